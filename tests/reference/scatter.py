"""Slow, obvious twins of series_index, scatter and gather: dicts and loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def series_index(positions: tuple[Any, ...]) -> tuple[list[int], list[int]]:
    numbers: dict[tuple[int, ...], int] = {}
    index, first = [], []
    for row, key in enumerate(zip(*[p.tolist() for p in positions], strict=True)):
        if key not in numbers:
            numbers[key] = len(numbers)
            first.append(row)
        index.append(numbers[key])
    return index, first


class Wrong(Exception):
    """A row that has no place."""


class Twice(Exception):
    """Two rows for one cell."""


def scatter(  # noqa: PLR0917 - the signature of its twin
    positions: tuple[Any, ...],
    sizes: tuple[int, ...],
    ordinals: Any,
    first: int,
    periods: int,
    values: Any,
    flags: Any,
    duplicates: str,
) -> tuple[Any, Any]:
    shape = sizes if ordinals is None else (*sizes, periods)
    rows_of: dict[tuple[int, ...], list[int]] = {}
    for row in range(len(values)):
        cell = tuple(int(p[row]) for p in positions)
        if ordinals is not None:
            cell += (int(ordinals[row]) - first,)
        if any(not 0 <= at < size for at, size in zip(cell, shape, strict=True)):
            raise Wrong(row)
        rows_of.setdefault(cell, []).append(row)
        if duplicates == "error" and len(rows_of[cell]) == 2:
            raise Twice(*rows_of[cell])
    dense = np.full(shape, np.nan)
    marks = np.zeros(shape, np.uint32)
    for cell, rows in rows_of.items():
        chosen = {"first": rows[:1], "last": rows[-1:]}.get(duplicates, rows)
        numbers = [float(values[r]) for r in chosen]
        # fsum refuses inf - inf and overflows, where arithmetic gives nan and inf
        dense[cell] = math.fsum(numbers) if all(map(math.isfinite, numbers)) else sum(numbers)
        for r in chosen if flags is not None else ():
            marks[cell] |= flags[r]
    return dense, marks if flags is not None and np.any(flags) else None


def gather(values: Any, flags: Any, has_time: bool) -> tuple[Any, ...]:
    rows = [
        cell for cell in np.ndindex(values.shape) if not math.isnan(values[cell]) or (flags is not None and flags[cell])
    ]
    columns = [np.array([r[axis] for r in rows], dtype=np.int64) for axis in range(values.ndim)]
    time = columns.pop() if has_time else None
    marks = None if flags is None or not flags.any() else np.array([flags[r] for r in rows], dtype=np.uint32)
    return tuple(columns), time, np.array([values[r] for r in rows], dtype=float), marks
