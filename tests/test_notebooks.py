"""Every notebook runs, and shows what it says it shows.

Cells are executed in this process, in order; ``python tests/test_notebooks.py`` writes what they show now into the
notebooks. Magics are not used.
"""

import ast
import contextlib
import io
import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def lines(text):
    return text.splitlines(keepends=True)


def show(value):
    """The output of a cell that ends in this value, as a notebook would keep it."""
    data = {"text/plain": lines(repr(value))}
    html = getattr(value, "_repr_html_", None)
    if html is not None:
        text = html()  # of pandas too, which must not fail; only ours is kept
        if type(value).__module__.startswith("indicia"):
            data["text/html"] = lines(text)
    return data


def execute(cells):
    """Runs the code cells; yields each with its outputs."""
    names = {"__name__": "__main__"}
    for number, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]), f"cell {number}")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, f"cell {number}", "exec"), names)
            value = None if last is None else eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
        outputs = []
        if printed.getvalue():
            outputs.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
        if value is not None:
            outputs.append(
                {"data": show(value), "execution_count": None, "metadata": {}, "output_type": "execute_result"}
            )
        yield cell, outputs


def plain(outputs):
    return ["".join(o["text"] if "text" in o else o["data"]["text/plain"]) for o in outputs]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = json.loads(path.read_text())
    shown = 0
    for cell, outputs in execute(notebook["cells"]):
        assert plain(outputs) == plain(cell["outputs"]), "".join(cell["source"])
        shown += len(outputs)
    assert shown, "a notebook shows something"


def test_there_is_a_notebook():
    assert NOTEBOOKS


if __name__ == "__main__":
    for place in NOTEBOOKS:
        content = json.loads(place.read_text())
        for executed, found in execute(content["cells"]):
            executed["outputs"] = found
        place.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
