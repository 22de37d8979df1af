"""Slow, obvious twins of the containers: dictionaries from keys to figures."""

from __future__ import annotations

import itertools
import math
from typing import Any

Key = tuple[Any, ...]


def rows_of(obs: Any) -> list[tuple[Key, float, int]]:
    """Key (codes, then (freq, ordinal)), value and flags of every row."""
    rows = []
    for i in range(len(obs)):
        key: list[Any] = [obs.codes[dim][int(obs.positions[dim][i])] for dim in obs.positions]
        if obs.time is not None:
            key.append((obs.time[i].freq, obs.time[i].ordinal))
        rows.append((tuple(key), float(obs.values[i]), 0 if obs.flags is None else int(obs.flags[i])))
    return rows


def cells_of(cube: Any) -> dict[Key, tuple[float, int]]:
    """Value and flags of every cell, by key."""
    axes: list[list[Any]] = [list(cube.codes[dim]) for dim in cube.codes]
    if cube.time is not None:
        axes.append([(period.freq, period.ordinal) for period in cube.time])
    cells = {}
    for index in itertools.product(*(range(len(axis)) for axis in axes)):
        key = tuple(axis[i] for axis, i in zip(axes, index, strict=True))
        cells[key] = (float(cube.values[index]), 0 if cube.flags is None else int(cube.flags[index]))
    return cells


def dense(obs: Any, duplicates: str = "error") -> dict[Key, tuple[float, int]]:
    """The cells of ``obs.to_cube(duplicates=...)`` that some row fills."""
    cells: dict[Key, tuple[float, int]] = {}
    figures: dict[Key, list[float]] = {}
    for key, figure, marks in rows_of(obs):
        value, flags = figure, marks
        figures.setdefault(key, []).append(figure)
        if key in cells and duplicates == "error":
            raise ValueError(f"{key} is there twice")
        if key in cells and duplicates == "first":
            continue
        if key in cells and duplicates == "sum":
            value, flags = total(figures[key]), cells[key][1] | flags
        cells[key] = (value, flags)
    return cells


def total(figures: list[float]) -> float:
    """The sum, rounded once; as arithmetic has it where something is missing, infinite or overflows."""
    try:
        return math.fsum(figures) if all(map(math.isfinite, figures)) else sum(figures)
    except OverflowError:
        return sum(figures)


def same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def add(left: Any, right: Any, dims: tuple[str, ...]) -> dict[Key, tuple[float, int]]:
    """The cells of ``left + right`` on the dimensions `dims`, matched by name."""
    mine, theirs = cells_of(left), cells_of(right)
    out = {}
    for a, (value, flags) in mine.items():
        for b, (other, marks) in theirs.items():
            known = dict(zip(left.dims, a, strict=True))
            asked = dict(zip(right.dims, b, strict=True))
            if all(known.get(dim, code) == code for dim, code in asked.items()):
                key = tuple({**known, **asked}[dim] for dim in dims)
                out[key] = (value + other, flags | marks)
    return out
