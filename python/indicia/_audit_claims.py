"""What an audit judges: published figures, and what they imply for one another, for any part of the cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import NDArray

from indicia import interval, ufuncs
from indicia._blocks import Block, in_blocks, views
from indicia._interval import Interval, floats
from indicia.containers import units_agree
from indicia.cube import Cube, align

__all__ = [
    "Claim",
    "Growth",
    "Operand",
    "Share",
    "Sum",
    "cells_of",
    "cube_or_none",
    "operand",
    "sum_of",
    "together",
    "units_of_cubes_agree",
]

Ends: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
Cells: TypeAlias = tuple[Any, ...]  # an index with an entry for each axis: all slices, or all arrays of places


class Operand:
    """Figures whose ends are taken when they are needed: numbers and their decimals, or an Interval.

    `arrays` are numbers, decimals and steps, or low, high and steps; they broadcast against each other.
    """

    __slots__ = ("arrays", "exact", "multiplier")

    def __init__(self, arrays: Sequence[NDArray[np.float64]], multiplier: int, *, exact: bool) -> None:
        self.arrays, self.multiplier, self.exact = tuple(arrays), multiplier, exact

    @property
    def shape(self) -> tuple[int, ...]:
        return np.broadcast_shapes(*(a.shape for a in self.arrays))

    def ends(self, cells: Cells) -> Ends:
        """Low and high of some cells; an axis of one is not repeated."""
        first, second = (_of_cells(a, cells) for a in self.arrays[:2])
        if self.exact:
            return first, second
        return cast(Ends, ufuncs.interval_from_decimals(first, second, self.multiplier))

    def step(self, cells: Cells) -> NDArray[np.float64]:
        """The unit of the last digit of some cells."""
        return _of_cells(self.arrays[2], cells)

    def before(self, lag: int, axis: int) -> Operand:
        """The figures `lag` places before, NaN where there are none."""
        shape = self.shape
        made = []
        for a in self.arrays:
            if a.ndim < len(shape) or a.shape[axis] == 1 < shape[axis]:
                made.append(a)  # the same at all places
                continue
            copy = np.full_like(a, np.nan)
            np.moveaxis(copy, axis, -1)[..., lag:] = np.moveaxis(a, axis, -1)[..., :-lag]
            made.append(copy)
        return Operand(made, self.multiplier, exact=self.exact)


def _of_cells(a: NDArray[np.float64], cells: Cells) -> NDArray[np.float64]:
    near = cells[len(cells) - a.ndim :] if a.ndim else ()
    whole: Any = slice(None) if all(isinstance(i, slice) for i in cells) else 0
    found: NDArray[np.float64] = a[tuple(whole if n == 1 else i for n, i in zip(a.shape, near, strict=True))]
    return found


def operand(x: Any, name: str, decimals: Any, multiplier: int = 0) -> Operand:
    """What was given, checked."""
    if isinstance(x, Interval):
        low, high, width = (np.asarray(a) for a in (x.low, x.high, x.width))
        return Operand((low, high, np.where(width > 0, width, np.nan)), 0, exact=True)
    if hasattr(x, "iloc") or type(x).__module__.partition(".")[0] in ("xarray", "polars"):
        raise TypeError(f"{name}: labels of a {type(x).__name__} would be lost; give a Cube, or its plain values")
    if not isinstance(x, Cube):
        x = floats(name, x)
    if decimals is None and getattr(x, "decimals", None) is None:
        raise ValueError(f"{name}: its decimals are neither given nor known; say how many digits are printed")
    numbers, digits = interval.figures(x, decimals)
    steps = np.where(digits == -1, np.nan, 10.0 ** (multiplier - digits.astype(float)))
    return Operand((numbers, digits.astype(float), steps), multiplier, exact=False)


def cube_or_none(x: Any) -> Cube | None:
    """A cube, whose names cells go by."""
    return x if isinstance(x, Cube) else None


def units_of_cubes_agree(*named: tuple[Any, str]) -> None:
    """ValueError where cubes among these are in different units."""
    cubes = [(x, name) for x, name in named if isinstance(x, Cube)]
    if len(cubes) > 1:
        units_agree([x for x, _ in cubes], [name for _, name in cubes])


def cells_of(shape: tuple[int, ...]) -> tuple[int, ...]:
    """At least one dimension, so that there are cells."""
    return shape or (1,)


def together(given: Sequence[tuple[Any, Operand]], join: str) -> tuple[list[Operand], tuple[int, ...], Cube | None]:
    """Operands on the same cells, by the names of the cubes that they come from or broadcast; the shape, the names."""
    cubes = [cube for cube, _ in given if isinstance(cube, Cube)]
    if not cubes:
        shape = np.broadcast_shapes(*(x.shape for _, x in given))
        return [x for _, x in given], shape, None
    if len(cubes) < len(given) and any(x.shape not in ((), cubes[0].shape) for c, x in given if c is None):
        raise ValueError("an array beside cubes has no names to be aligned by: give a Cube, or one of the same shape")
    sheets = []
    for cube, x in given:
        names = cubes[0] if cube is None else cube
        sheets += [names._with(np.broadcast_to(a, names.shape)) for a in x.arrays if a.ndim]
    sheets = list(align(*sheets, join=cast(Any, join)))
    values = iter([sheet.values for sheet in sheets])
    made = [Operand([next(values) if a.ndim else a for a in x.arrays], x.multiplier, exact=x.exact) for _, x in given]
    return made, sheets[0].shape, sheets[0]


class Claim:
    """A published figure for each cell, and what others imply for it."""

    __slots__ = ("last", "said", "shape")

    said: Operand
    shape: tuple[int, ...]
    last: int | None  # the axis that blocks leave whole

    def implied(self, cells: Cells) -> Ends:
        raise NotImplementedError

    def pair(self, cells: Cells, which: str) -> Ends:
        """Ends of what is published or implied, for these cells."""
        return self.said.ends(cells) if which == "published" else self.implied(cells)

    def at(self, cells: Cells, which: str) -> Interval:
        """The same as an Interval, in the shape of arrays of places."""
        shape = np.broadcast_shapes(*(np.shape(i) for i in cells))
        low, high = (np.broadcast_to(end, shape) for end in self.pair(cells, which))
        return Interval._of((low, high))

    def all(self, which: str) -> Interval:
        """The same of all cells."""
        low, high = np.empty(self.shape), np.empty(self.shape)

        def work(block: Block) -> None:
            low[block], high[block] = self.pair(block, which)

        in_blocks(self.shape, work, last=self.last)
        return Interval._of((low, high))

    def judge(self) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """The verdict of each cell, and the distance."""
        verdicts, distance = np.empty(self.shape, np.uint8), np.empty(self.shape)

        def work(block: Block) -> None:
            low, high = self.said.ends(block)
            code, _ = ufuncs.interval_verdict(
                low, high, *self.implied(block), self.said.step(block), out=(None, distance[block])
            )
            verdicts[block] = code

        in_blocks(self.shape, work, last=self.last)
        return verdicts, distance


class Growth(Claim):
    """A rate, of levels along an axis, or of levels and bases; compounded, where the factor has a `power`."""

    __slots__ = ("base", "lag", "level", "power")

    def __init__(
        self,
        said: Operand,
        level: Operand,
        base: Operand | None,
        shape: tuple[int, ...],
        *,
        lag: int,
        axis: int,
        power: int = 1,
    ) -> None:
        self.said, self.level, self.base, self.lag, self.shape = said, level, base, lag, shape
        self.last, self.power = axis + len(shape), power

    def levels(self, cells: Cells) -> tuple[Ends, Ends]:
        """Ends of level and base; cells are arrays of places, unless bases were given."""
        now = self.level.ends(cells)
        if self.base is not None:
            return now, self.base.ends(cells)
        axis = cast(int, self.last)
        places = cells[axis] - self.lag
        there = (*cells[:axis], np.maximum(places, 0), *cells[axis + 1 :])
        low, high = (np.where(places < 0, np.nan, end) for end in self.level.ends(there))
        return now, (low, high)

    def implied(self, cells: Cells) -> Ends:
        axis = cast(int, self.last)
        when = cells[axis]
        if self.base is not None or not isinstance(when, slice):
            now, base = self.levels(cells)
            return _compounded(ufuncs.interval_rate(*now, *base), self.power)
        head = min(self.lag, when.start)
        low, high = self.level.ends((*cells[:axis], slice(when.start - head, when.stop), *cells[axis + 1 :]))
        made = _compounded(_over_earlier(low, high, self.lag, axis - len(cells)), self.power)
        kept = _along(axis - len(cells), head, None)
        return made[0][kept], made[1][kept]

    def plain(self, rates: Interval) -> Interval:
        """Rates from one period to the next, of rates that are compounded: a root, and what it may be off by."""
        if self.power == 1:
            return rates
        low, high = (ufuncs.growth_compound(end, 1 / self.power) for end in (rates.low, rates.high))
        for _ in range(4):  # roots come within a unit in the last place; so does their exponent
            low, high = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
        return Interval._of((low, high))


def _compounded(rates: Ends, power: int) -> Ends:
    """``(1 + rate) ** power - 1``, outwards; unknown of rates below -1, as of levels that change their sign."""
    if power == 1:
        return rates
    low = np.where(rates[0] < -1, np.nan, rates[0])
    factor = cast(Ends, ufuncs.interval_implied_level(1.0, 1.0, low, rates[1]))
    made = None
    while power:
        if power % 2:
            made = factor if made is None else cast(Ends, ufuncs.interval_mul(*made, *factor))
        factor = cast(Ends, ufuncs.interval_mul(*factor, *factor))
        power //= 2
    assert made is not None
    return cast(Ends, ufuncs.interval_sub(*made, 1.0, 1.0))


def _over_earlier(low: NDArray[np.float64], high: NDArray[np.float64], lag: int, axis: int) -> Ends:
    """Rates over the place `lag` before, NaN where there is none."""
    made = np.empty_like(low), np.empty_like(high)
    four, n = (low, high, *made), low.shape[axis]
    if axis == -1 and lag < n and all(a.flags.c_contiguous for a in four):
        # series that follow one another are taken as one: short ones cost no more than long ones
        flat = [a.reshape(-1) for a in four]
        after, before = [a[lag:] for a in flat], [a[:-lag] for a in flat]
    else:
        after = [a[_along(axis, lag, None)] for a in four]
        before = [a[_along(axis, 0, max(n - lag, 0))] for a in four]
    ufuncs.interval_rate(*after[:2], *before[:2], out=(after[2], after[3]))
    for end in made:
        end[_along(axis, 0, lag)] = np.nan
    return made


def _along(axis: int, start: int, stop: int | None) -> tuple[Any, ...]:
    """A part of an axis that is counted from the end."""
    return (..., slice(start, stop), *[slice(None)] * (-1 - axis))


class Share(Claim):
    """A share of a part in a total."""

    __slots__ = ("part", "total")

    def __init__(self, said: Operand, part: Operand, total: Operand, shape: tuple[int, ...]) -> None:
        self.said, self.part, self.total, self.shape, self.last = said, part, total, shape, None

    def implied(self, cells: Cells) -> Ends:
        return cast(Ends, ufuncs.interval_share(*self.part.ends(cells), *self.total.ends(cells)))


class Sum(Claim):
    """A total, of parts that have been added up."""

    __slots__ = ("sums",)

    def __init__(self, said: Operand, sums: Operand, shape: tuple[int, ...]) -> None:
        self.said, self.sums, self.shape, self.last = said, sums, shape, None

    def implied(self, cells: Cells) -> Ends:
        return self.sums.ends(cells)


def sum_of(parts: Operand, axis: int) -> Operand:
    """The sums along an axis."""
    shape = list(parts.shape)
    axis = normalize_axis_index(axis, len(shape))
    n = shape.pop(axis)
    low, high = np.empty(shape), np.empty(shape)

    def work(block: Block) -> None:
        here = (*block[:axis], slice(0, n), *block[axis:])
        ends = [np.broadcast_to(end, [s.stop - s.start for s in here]) for end in parts.ends(here)]
        ufuncs.interval_sum(*ends, axis=axis, out=views(block, low, high))

    in_blocks(tuple(shape), work, figures=max(n, 1))
    return Operand((low, high, np.asarray(np.nan)), 0, exact=True)
