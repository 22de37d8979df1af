"""Every example that we print runs: docstrings, README, the pages in docs.

In Markdown, a block marked ``python`` runs: as a doctest if it has prompts, else as a script. The blocks of one page
share their names. ``python no-run`` is for what needs a file that only the reader has.
"""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import indicia

ROOT = Path(__file__).parents[1]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def modules():
    return [
        "indicia",
        *(m.name for m in pkgutil.walk_packages(indicia.__path__, "indicia.") if m.name != "indicia._core"),
    ]


def examples(module):
    """Doctests of a module; those of ufuncs too, which doctest does not look into."""
    found = doctest.DocTestFinder(exclude_empty=True).find(module, module.__name__)
    parser = doctest.DocTestParser()
    for name, value in vars(module).items():
        if isinstance(value, np.ufunc) and name in getattr(module, "__all__", ()):
            found.append(
                parser.get_doctest(value.__doc__ or "", vars(module).copy(), f"{module.__name__}.{name}", None, 0)
            )
    return [test for test in found if test.examples]


def run(test):
    out = []
    doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(test, out=out.append)
    assert not out, "".join(out)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Examples may write where they stand."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", modules())
def test_docstrings(name):
    for test in examples(importlib.import_module(name)):
        run(test)


def pages():
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", pages(), ids=lambda p: p.name)
def test_pages(path):
    text = path.read_text()
    names: dict[str, object] = {}
    for block in re.finditer(r"^```python\n(.*?)^```", text, re.M | re.S):
        line = text[: block.start(1)].count("\n")
        if ">>> " in block[1]:
            test = doctest.DocTestParser().get_doctest(block[1], names, path.name, str(path), line)
            test.globs = names  # shared by the page, where the parser makes a copy
            doctest_out = []
            doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(
                test, out=doctest_out.append, clear_globs=False
            )
            assert not doctest_out, "".join(doctest_out)
        else:
            exec(compile("\n" * line + block[1], str(path), "exec"), names)


def test_a_wrong_example_is_noticed():
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    with pytest.raises(AssertionError, match="Expected"):
        run(test)
