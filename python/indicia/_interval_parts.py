"""What is certain of parts and their own total, which don't vary freely: shares, concentration, quotients."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._interval import Interval

__all__ = ["Bounds", "contributions", "hhi", "location_quotient", "shares"]

Floats = NDArray[np.float64]

FEW: Final = 20  # parts whose corners are all looked at
STEP: Final = 2.0**-52


class Bounds(NamedTuple):
    """An interval, and whether its ends are attained.

    Attributes
    ----------
    interval : Interval
        Contains every value that the figures may have.
    exact : bool or ndarray of bool
        Whether both ends are values that they have, within some units in the last place; else the interval is safe,
        but may be wider than it must.
    """

    interval: Interval
    exact: Any


def _ends(x: Interval, axis: int) -> tuple[Floats, Floats]:
    """Both ends, `axis` last; nothing is below zero, and what can't be above it is unknown."""
    if not x.shape:
        raise ValueError("one figure has no others beside it")
    low, high = (np.moveaxis(np.asarray(end, float), axis, -1) for end in (x.low, x.high))
    known = high >= 0
    return np.where(known, np.maximum(low, 0.0), np.nan), np.where(known, high, np.nan)


def _back(low: Floats, high: Floats, axis: int) -> Interval:
    return Interval._of((np.moveaxis(low, -1, axis)[()], np.moveaxis(high, -1, axis)[()]))


def _rest(ends: Floats, upwards: bool) -> Floats:
    """The sum of all others along the last axis, rounded to the safe side."""
    total = ufuncs.interval_sum(ends, ends)[int(upwards)][..., None]
    rest: Floats = ufuncs.interval_sub(total, total, ends, ends)[int(upwards)]
    return np.maximum(rest, 0.0)


def shares(x: Interval, *, axis: int = -1) -> Interval:
    """The shares that parts can have in their own total.

    ``x / (x + others)``, highest where the part is and the others are lowest

    Parameters
    ----------
    x : Interval
        The parts. What of them is below zero is left out.
    axis : int
        Along which they add up to the total.

    Returns
    -------
    Interval
        Fractions, tighter than ``share(x, x.sum())``, in which the total varies freely of its part. Unknown where a
        part is; unbounded nowhere, but [0, 1] where all may be zero.

    Notes
    -----
    Ends are attained, within a few units in the last place.

    Examples
    --------
    >>> from indicia import interval
    >>> found = interval.shares(interval.from_decimals([3.0, 1.0], 0))
    >>> found.low.round(4), found.high.round(4)
    (array([0.625, 0.125]), array([0.875, 0.375]))
    """
    low, high = _ends(x, axis)
    least, most = _rest(low, False), _rest(high, True)
    bottom = ufuncs.interval_add(low, low, most, most)
    top = ufuncs.interval_add(high, high, least, least)
    with np.errstate(all="ignore"):
        lowest = ufuncs.interval_div(low, low, *bottom)[0]
        highest = ufuncs.interval_div(high, high, *top)[1]
    known = ~np.isnan(low).any(axis=-1, keepdims=True) & (high.sum(axis=-1, keepdims=True) > 0)
    lowest = np.where(known, np.where(low == 0, 0.0, np.clip(lowest, 0, 1)), np.nan)
    highest = np.where(known, np.where(high == 0, 0.0, np.minimum(np.nan_to_num(highest, nan=1.0), 1)), np.nan)
    return _back(lowest, highest, axis)


def contributions(now: Interval, base: Interval, *, axis: int = -1) -> Interval:
    """What parts can have added to the growth of their own total.

    ``(now - base) / (base + others in the base period)``

    Parameters
    ----------
    now, base : Interval
        The parts, now and in the base period. What of them is below zero is left out.
    axis : int
        Along which they add up to the total.

    Returns
    -------
    Interval
        Fractions (0.01 is one percentage point). Unknown where a part is, or the total may be zero.

    Notes
    -----
    Falls as the part's base rises, which stands in both; so each end is attained at a corner.

    Examples
    --------
    >>> from indicia import interval
    >>> now, base = interval.from_decimals([6.0, 5.0], 0), interval.from_decimals([5.0, 5.0], 0)
    >>> found = interval.contributions(now, base)
    >>> found.low.round(4), found.high.round(4)
    (array([ 0. , -0.1]), array([0.2222, 0.1111]))
    """
    (now_low, now_high), (low, high) = _ends(now, axis), _ends(base, axis)
    least, most = _rest(low, False), _rest(high, True)
    down = ufuncs.interval_sub(now_low, now_low, high, high)[0]
    up = ufuncs.interval_sub(now_high, now_high, low, low)[1]
    beside_down, beside_up = np.where(down >= 0, most, least), np.where(up > 0, least, most)
    bottom = ufuncs.interval_add(high, high, beside_down, beside_down)
    top = ufuncs.interval_add(low, low, beside_up, beside_up)
    with np.errstate(all="ignore"):
        lowest = ufuncs.interval_div(down, down, *bottom)[0]
        highest = ufuncs.interval_div(up, up, *top)[1]
    known = ~np.isnan(now_low + low).any(axis=-1, keepdims=True) & (low.sum(axis=-1, keepdims=True) > 0)
    return _back(np.where(known, lowest, np.nan), np.where(known, highest, np.nan), axis)


# ---- concentration ---------------------------------------------------------------------------------------------------


def hhi(x: Interval, *, axis: int = -1) -> Bounds:
    """How concentrated a total can be on its parts (Herfindahl-Hirschman index), whatever they are before rounding.

    ``sum(x**2) / sum(x)**2``

    Parameters
    ----------
    x : Interval
        The parts. What of them is below zero is left out.
    axis : int
        Along which they add up to the total.

    Returns
    -------
    Bounds
        The interval, and whether its ends are attained: where all parts have one rounding step, where there are at
        most 20, and often beyond. Unknown where a part is, or all are zero.

    Notes
    -----
    The index is smallest where all parts are as near to one level as their intervals let them be: the level at which
    the slope is zero. It is largest at a corner. With the parts in the order of their middles, those above some place
    are high and the others low, if all are equally wide (swapping two that are not so raises the sum of squares and
    leaves the sum); else that is so of all but one when each square is replaced by its chord, which can't be less. Of
    up to 20 parts, all corners are looked at where the chord is one too many.

    Examples
    --------
    >>> from indicia import interval
    >>> found = interval.hhi(interval.from_decimals([5.0, 3.0, 2.0], 0))
    >>> found.interval.low.round(4), found.interval.high.round(4), found.exact
    (np.float64(0.3515), np.float64(0.4294), True)
    """
    low, high = _ends(x, axis)
    shape = low.shape[:-1]
    ends, exact = np.full((2, *shape), np.nan), np.zeros(shape, np.bool_)
    for i in np.ndindex(shape):
        if low.shape[-1] and not np.isnan(low[i]).any() and (high[i] > 0).any():
            least = _least_hhi(low[i], high[i])
            most, attained = _most_hhi(low[i], high[i])
            ends[(0, *i)] = max(least * (1 - 8 * STEP), 1 / low.shape[-1] * (1 - STEP))
            ends[(1, *i)] = min(most * (1 + 8 * STEP), 1.0)
            exact[i] = attained
    return Bounds(Interval._of((ends[0][()], ends[1][()])), exact if shape else bool(exact))


def _ratio(x: Floats) -> float:
    scaled = x / x.max() if x.max() > 0 else x
    total = float(np.sum(scaled, dtype=np.longdouble))
    return float(np.sum(np.square(scaled, dtype=np.longdouble))) / (total * total) if total > 0 else np.inf


def _least_hhi(low: Floats, high: Floats) -> float:
    """At the level that is the sum of squares over the sum, once each part is as near to it as it can be."""
    points = np.unique(np.concatenate([low, high[np.isfinite(high)]]))
    best = min(_ratio(np.clip(level, low, high)) for level in (points[0], points[-1]))
    first, last = 0, len(points) - 1
    while last - first > 1:  # the level lies where the quotient of the sums crosses it
        middle = (first + last) // 2
        x = np.clip(points[middle], low, high)
        total = x.sum()
        if total > 0 and np.square(x).sum() / total < points[middle]:
            last = middle
        else:
            first = middle
    for k in {first, last}:
        best = min(best, _ratio(np.clip(points[k], low, high)))
    if last > first:
        x = np.clip((points[first] + points[last]) / 2, low, high)
        fixed = (x == low) | (x == high)
        total = x[fixed].sum()
        if total > 0:
            level = np.clip(np.square(x[fixed]).sum() / total, points[first], points[last])
            best = min(best, _ratio(np.clip(level, low, high)))
    return best


def _most_hhi(low: Floats, high: Floats) -> tuple[float, bool]:
    if np.isinf(high).any():
        return 1.0, False
    scale = high.max()
    low, high = low / scale, high / scale
    width = high - low
    order = np.argsort(-(low + high), kind="stable")
    a, b, w = np.square(low[order]), np.square(high[order]), width[order]
    squares = np.concatenate([[0.0], np.cumsum(b - a)]) + a.sum()
    sums = np.concatenate([[0.0], np.cumsum(w)]) + low.sum()
    corner = max(range(len(sums)), key=lambda k: squares[k] / sums[k] ** 2 if sums[k] > 0 else -1.0)
    best = _ratio(np.where(np.argsort(order) < corner, high, low))
    if np.ptp(width) <= 1e-9 * width.max():  # one step, within the rounding of ends
        return best, True
    n0, s0, gain = squares[:-1], sums[:-1], b - a
    with np.errstate(all="ignore"):
        z = (gain * s0 - 2 * w * n0) / (gain * w)
        between = np.where((z > 0) & (z < 1) & (s0 > 0), (n0 + gain * z) / (s0 + w * z) ** 2, 0.0)
    relaxed = float(np.nanmax(between, initial=0.0))
    if relaxed <= best * (1 + 4 * STEP):
        return best, True
    free = np.flatnonzero(width > 0)
    if len(free) > FEW:
        return relaxed, False
    return _corners(low, high, free), True


def _corners(low: Floats, high: Floats, free: NDArray[np.intp]) -> float:
    """The largest index of all corners, one part after the other."""
    fixed = np.setdiff1d(np.arange(len(low)), free)
    squares, sums = np.array([np.square(low[fixed]).sum()]), np.array([low[fixed].sum()])
    for k in free:
        squares = np.concatenate([squares + low[k] ** 2, squares + high[k] ** 2])
        sums = np.concatenate([sums + low[k], sums + high[k]])
    with np.errstate(all="ignore"):
        best = int(np.nanargmax(np.where(sums > 0, squares / np.square(sums), -1.0)))
    x = low.copy()
    for place, k in enumerate(free):
        if best >> place & 1:
            x[k] = high[k]
    return _ratio(x)


# ---- location quotients ---------------------------------------------------------------------------------------------


def location_quotient(x: Interval, *, regions: int = -2, industries: int = -1) -> Interval:
    """The location quotients that regions can have, whatever their figures are before rounding.

    ``(x_ri / x_r) / (x_i / x)``

    Parameters
    ----------
    x : Interval
        Jobs or output by region and industry. What of them is below zero is left out.
    regions, industries : int
        The axes of both.

    Returns
    -------
    Interval
        Each figure stands in its own totals too. Unknown where a figure is; without an upper end where the other
        figures of the region or of the industry may all be zero, and the figure too.

    Notes
    -----
    The quotient falls with the other industries of the region and the other regions' figures of the industry, and
    rises with the rest; in the figure itself it rises and may then fall. So the lowest is at a corner, and the
    highest there or where the slope is zero. Ends are attained, within some units in the last place.

    Examples
    --------
    >>> from indicia import interval
    >>> found = interval.location_quotient(interval.from_decimals([[30.0, 10.0], [20.0, 40.0]], 0))
    >>> found.low.round(3)[0], found.high.round(3)[0]
    (array([1.473, 0.475]), array([1.528, 0.525]))
    """
    if len(x.shape) < 2:
        raise ValueError("a table of regions and industries has two dimensions")
    low, high = (np.moveaxis(np.asarray(e, float), (regions, industries), (-2, -1)) for e in (x.low, x.high))
    known = (high >= 0).all(axis=(-2, -1), keepdims=True)
    low, high = np.maximum(low, 0.0), np.where(known, high, np.nan)
    rows, columns, rest = (np.stack(parts) for parts in zip(_beside(low), _beside(high), strict=True))
    with np.errstate(all="ignore"):
        bottom = [_quotient(v, rows[1], columns[1], rest[0]) for v in (low, high)]
        both = rows[0] * columns[0]
        turn = (both + np.sqrt(both**2 + rest[1] * both * (rows[0] + columns[0] + rest[1]))) / rest[1]
        inside = np.clip(np.nan_to_num(turn, nan=0.0), low, high)
        top = [_quotient(v, rows[0], columns[0], rest[1]) for v in (low, high, inside)]
    lowest, highest = np.fmin.reduce(bottom), np.fmax.reduce(top)
    wide = 32 * STEP * low.shape[-1] * low.shape[-2]
    loose = (low == 0) & ((rows[0] == 0) | (columns[0] == 0)) & (high > 0)
    nothing = ~known | np.isnan(low) | (high == 0) & ((rows[1] == 0) | (columns[1] == 0))
    lowest = np.where(nothing, np.nan, np.where(low == 0, 0.0, lowest * (1 - wide)))
    highest = np.where(nothing, np.nan, np.where(loose, np.inf, highest * (1 + wide)))
    ends = [np.moveaxis(end, (-2, -1), (regions, industries)) for end in (lowest, highest)]
    return Interval._of((ends[0], ends[1]))


def _beside(x: Floats) -> tuple[Floats, Floats, Floats]:
    """For each cell, the sums of the others in its row, in its column, and of all that are in neither."""
    row, column = x.sum(axis=-1, keepdims=True), x.sum(axis=-2, keepdims=True)
    whole = row.sum(axis=-2, keepdims=True)
    return np.maximum(row - x, 0), np.maximum(column - x, 0), np.maximum((whole - row) - (column - x), 0)


def _quotient(x: Floats, row: Floats, column: Floats, rest: Floats) -> Floats:
    made: Floats = x * (((x + row) + column) + rest) / ((x + row) * (x + column))
    return made
