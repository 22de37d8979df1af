"""Every published result is reproduced, or named with the reason why it isn't."""

import importlib
import json
import os
import pkgutil
from pathlib import Path

import pytest

from tests import published

SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).parents[2] / "shared")) / "reference"
MODULES = [importlib.import_module(f"tests.published.{m.name}") for m in pkgutil.iter_modules(published.__path__)]
CHECKS = {f"{m.TOPIC}/{name}": check for m in MODULES for name, check in m.CHECKS.items()}
CANNOT = {f"{m.TOPIC}/{name}": why for m in MODULES for name, why in getattr(m, "CANNOT", {}).items()}
TOPICS = sorted({m.TOPIC for m in MODULES})


def found(topic):
    if not SHARED.is_dir():
        pytest.skip("no reference figures here: INDICIA_SHARED names their folder")
    return {f"{topic}/{path.name}" for path in (SHARED / topic).glob("*.json")}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_published_result_is_reproduced(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not here: INDICIA_SHARED names the folder of reference figures")
    document = json.loads(path.read_text(encoding="utf-8"))
    CHECKS[name](document["inputs"], document["expected"], document["tolerance"])


@pytest.mark.parametrize("name", sorted(CANNOT))
def test_what_cannot_be_reproduced_is_named(name):
    assert name in found(name.partition("/")[0]), f"{name} is excused, but does not exist"
    pytest.skip(f"{name} is not reproduced: {CANNOT[name]}")


@pytest.mark.parametrize("topic", TOPICS)
def test_no_published_result_is_forgotten(topic):
    both = CHECKS.keys() & CANNOT.keys()
    assert not both, f"reproduced and excused: {sorted(both)}"
    mine = {name for name in [*CHECKS, *CANNOT] if name.startswith(f"{topic}/")}
    assert mine == found(topic)
