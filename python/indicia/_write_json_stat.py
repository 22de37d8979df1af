"""JSON-stat 2.0: an array with a cell for every combination of codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from indicia._labels import free_name
from indicia._write_common import (
    as_cube,
    chunks,
    coded,
    facts_of_axes,
    figures,
    mark_text,
    marks,
    plain_text,
    refuse_infinite,
    rows_of_facts,
    time_by_mistake,
)
from indicia.cube import Cube

__all__ = ["pieces"]

NAME = "JSON-stat"
REFUSED = "\0\x1e\x1f"  # what its reader keeps for itself
LETTERS_MOST = 4  # of a status: more are a word to its reader
SPARSE = 4  # an object of values is written where fewer than one cell in so many has a value


def pieces(data: Any) -> Iterator[tuple[bytes, int, int]]:
    """The bytes of the file, some cells at a time."""
    cube = as_cube(data, NAME)
    refuse_infinite(cube.values, NAME)
    if "role" in cube.codes:
        raise ValueError("a dimension called 'role' is none in JSON-stat; give it another name")
    time_by_mistake(cube, NAME)
    return _written(cube, _head(cube))


def _text(what: str, text: str) -> str:
    return plain_text(what, text, REFUSED)


def _head(cube: Cube) -> dict[str, Any]:
    dims = list(cube.codes)
    facts = facts_of_axes(cube, NAME)
    head: dict[str, Any] = {"version": "2.0", "class": "dataset"}
    for key, attr in (("label", "title"), ("source", "source"), ("updated", "updated"), ("href", "href")):
        if isinstance(cube.attrs.get(attr), str):
            head[key] = _text(attr, cube.attrs[attr])
    if isinstance(cube.attrs.get("notes"), str):
        head["note"] = [_text("notes", cube.attrs["notes"])]
    ids = [_text("a dimension", dim) for dim in dims]
    time = free_name("time", dims)
    if cube.time is not None:
        ids.append(time)
    head["id"], head["size"] = ids, list(cube.shape)
    if cube.time is not None:
        head["role"] = {"time": [time]}
    head["dimension"] = {dim: _dimension(cube, axis, dim, facts) for axis, dim in enumerate(dims)}
    if cube.time is not None:
        head["dimension"][time] = {"category": {"index": [str(text) for text in cube.time.to_text()]}}
        _entitle(cube, "time", head["dimension"][time])
    unit = _unit({name: fact for name, (axis, fact) in facts.items() if axis is None})
    if unit:
        head["extension"] = {"unit": unit}
    return head


def _entitle(cube: Cube, dim: str, described: dict[str, Any]) -> None:
    titles = cube.attrs.get("titles")
    title = titles.get(dim) if isinstance(titles, Mapping) else None
    if isinstance(title, str):
        described["label"] = _text("a title", title)


def _dimension(cube: Cube, axis: int, dim: str, facts: dict[str, tuple[int | None, Any]]) -> dict[str, Any]:
    codes = [_text(f"a code of {dim!r}", code) for code in cube.codes[dim]]
    category: dict[str, Any] = {"index": codes}
    words = cube.labels.get(dim, {})
    labels = {code: _text(f"a label of {dim!r}", words[code]) for code in codes if code in words}
    if labels:
        category["label"] = labels
    units = {}
    for i, code in enumerate(codes):
        unit = _unit({name: fact[i] for name, (along, fact) in facts.items() if along == axis})
        if unit:
            units[code] = unit
    if units:
        category["unit"] = units
    children = cube.attrs.get("children")
    beneath = children.get(dim) if isinstance(children, Mapping) else None
    if isinstance(beneath, Mapping):
        category["child"] = {str(parent): list(codes) for parent, codes in beneath.items()}
    described: dict[str, Any] = {"category": category}
    _entitle(cube, dim, described)
    return described


def _unit(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The unit of a category; with a multiplier it is the base that this multiplies."""
    unit: dict[str, Any] = {}
    if facts.get("unit"):
        unit["base" if facts.get("multiplier") is not None else "label"] = _text("the unit", facts["unit"])
    if facts.get("multiplier") is not None:
        unit["multiplier"] = facts["multiplier"]
    if facts.get("decimals", -1) >= 0:
        unit["decimals"] = facts["decimals"]
    return unit


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _written(cube: Cube, head: dict[str, Any]) -> Iterator[tuple[bytes, int, int]]:
    values = np.ascontiguousarray(cube.values).reshape(-1)
    decimals = rows_of_facts(cube)
    there = np.flatnonzero(~np.isnan(values))
    yield _dumped(head)[:-1], 0, values.size
    if len(there) * SPARSE >= values.size:
        yield b',"value":[', 0, values.size
        yield from _listed([figures(values, decimals, "null"), b","], values.size, values.size)
        yield b"]", values.size, values.size
    else:
        some = decimals[there] if isinstance(decimals, np.ndarray) else decimals
        columns = [b'"', _numbers(there), b'":', figures(values[there], some, "null"), b","]
        yield b',"value":{', 0, values.size
        yield from _listed(columns, len(there), values.size)
        yield b"}", values.size, values.size
    if cube.flags is not None:
        flags = np.ascontiguousarray(cube.flags).reshape(-1)
        cells = np.flatnonzero(flags)
        where, sets = marks(flags[cells])
        yield b',"status":{', values.size, values.size
        columns = [
            b'"',
            _numbers(cells),
            b'":"',
            coded(where, [mark_text(bits, most=LETTERS_MOST) for bits in sets]),
            b'",',
        ]
        yield from _listed(columns, len(cells), values.size)
        yield b"}", values.size, values.size
    yield b"}\n", values.size, values.size


def _numbers(cells: npt.NDArray[np.intp]) -> Any:
    return figures(cells.astype(np.float64), 0, "")


def _listed(columns: list[Any], n: int, total: int) -> Iterator[tuple[bytes, int, int]]:
    """Rows that end in a comma, without the last one's."""
    for piece, done in chunks(columns, n):
        yield piece if done < n else piece[:-1], total * done // n, total
