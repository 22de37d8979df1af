"""What the tests of growth share: figures with holes, cubes, the slow twin along an axis, reference figures."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from reference import growth as twin

import indicia

SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "reference"
NAN = float("nan")


def lists(values):
    """An array as nested lists, None where there is no figure."""
    return np.where(np.isnan(values), None, values.astype(object)).tolist()


def floats(values):
    return np.array(values, dtype=float)


def same(a, b):
    np.testing.assert_array_equal(np.asarray(a, float), np.asarray(b, float), strict=True)


def near(a, b, rtol=1e-14, atol=0.0):
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=rtol, atol=atol, strict=True)


def figures(shape, seed=0):
    rng = np.random.default_rng(seed)
    x = np.asarray(rng.uniform(-20, 100, shape))
    x[rng.random(shape) < 0.25] = np.nan
    x[rng.random(shape) < 0.05] = 0.0
    return x


def levels(shape, seed=0, missing=0.1):
    rng = np.random.default_rng(seed)
    x = np.asarray(rng.uniform(10, 100, shape))
    x[rng.random(shape) < missing] = np.nan
    return x


def cube_of(values, flags=None, freq="M", first=600, **facts):
    values = np.asarray(values, float)
    dims = [f"d{k}" for k in range(values.ndim - 1)]
    codes = {d: [f"{d}-{i}" for i in range(n)] for d, n in zip(dims, values.shape, strict=False)}
    time = indicia.Periods.range(freq, first, values.shape[-1])
    return indicia.Cube([*dims, "time"], codes, time, values, flags, **facts)


def flags_of(cube):
    return np.zeros(cube.shape, int).tolist() if cube.flags is None else cube.flags.tolist()


def reference(name, topic="01_growth"):
    path = SHARED / topic / name
    if not path.exists():
        pytest.skip(f"{name} is not here: INDICIA_SHARED names the folder of reference figures")
    data = json.loads(path.read_text(encoding="utf-8"))
    return data["inputs"], data["expected"], data["tolerance"]


def twin_along(x, axis=-1, *args, **kwargs):
    moved = np.moveaxis(x, axis, -1)
    out = np.empty(moved.shape)
    for i in np.ndindex(moved.shape[:-1]):
        out[i] = floats(twin.pct_change(lists(moved[i]), *args, **kwargs))
    return np.moveaxis(out, -1, axis)


OPTIONS = [
    {"lag": lag, "skip_missing": skip, "negative_base": negative}
    for lag in (1, 2, 7, 12, 100)
    for skip in (False, True)
    for negative in (None, "abs")
]
