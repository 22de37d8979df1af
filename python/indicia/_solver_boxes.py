"""Bisection: what propagation can't tell, box by box, in doubles that are rounded outwards.

All boxes of a batch are narrowed at once, by the ufuncs of `interval`. A box that is left empty is excluded; another is
halved. One that has become tiny without being excluded is looked at in exact arithmetic: figures may touch there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._solver_points import Point, find_point
from indicia._solver_propagate import Problem, propagate
from indicia._solver_ranges import end_of, floats_around, meet
from indicia._solver_tape import ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT, Box, Tape

Array: TypeAlias = NDArray[np.float64]
Ends: TypeAlias = tuple[Array, Array]

_BATCH: Final = 512
_SWEEPS: Final = 3
_TINY: Final = 1e-9  # relative width
_WIDE: Final = 1e-3  # half-lines are divided once bounded ranges have become this narrow
_WORK: Final = 1_000_000  # boxes times operations
_PATIENCE: Final = 20  # tiny boxes that are neither excluded nor hold a point
_SETTLED: Final = 1000  # tiny boxes altogether
_SETTLING: Final = 10  # sweeps over one of those
_ROOT: Final = (
    1e-13  # what a power to 1 / n may be off: the exponent's rounding, by the logarithm of the largest double
)


@dataclass(frozen=True, slots=True)
class Divided:
    """What boxes have shown.

    Attributes
    ----------
    empty : bool
        All of them were excluded.
    point : dict of int to End, or None
        A point at which all relations hold, met on the way.
    boxes : int
        How many were looked at.
    reason : str
        Why it ended without either.
    """

    empty: bool
    point: Point | None
    boxes: int
    reason: str


def divide_boxes(problem: Problem, box: Box, most: int) -> Divided:
    """Tries to exclude all of a box.

    Parameters
    ----------
    problem : Problem
    box : dict of int to Range
    most : int
        How many boxes are looked at.

    Returns
    -------
    Divided
    """
    variables = sorted(problem.users)
    if not variables:
        empty = propagate(problem, {}, problem.tapes).empty
        return Divided(empty, None, 0, "" if empty else "there is nothing to be divided")
    place = {i: k for k, i in enumerate(variables)}
    tapes = [(tape, [place[i] for i in tape.variables], _figures(tape)) for tape in problem.tapes.values()]
    operations = sum(len(tape.operations) + 1 for tape in problem.tapes.values())
    allowed = max(min(most, _WORK // operations), 1)
    ends = np.array([floats_around(box[i]) for i in variables]).reshape(-1, 2)
    low, high = ends[:, :1].copy(), ends[:, 1:].copy()
    size = np.where(np.isfinite(ends), np.abs(ends), 0).max(axis=1, initial=0)[:, None]
    scale = np.where(size > 0, size, 1) * 1e-6
    stack = [(low, high)]
    boxes = settled = unsettled = 0
    look = 64  # at how many boxes a point is looked for
    with np.errstate(all="ignore"):
        while stack:
            low, high = stack.pop()
            if low.shape[1] > _BATCH:
                stack.append((low[:, :-_BATCH], high[:, :-_BATCH]))
                low, high = low[:, -_BATCH:], high[:, -_BATCH:]
            boxes += low.shape[1]
            if boxes > allowed:
                fewer = f"; {operations} operations allow no more" if allowed < most else ""
                return Divided(False, None, allowed, f"{allowed} boxes didn't exclude it{fewer}")
            low, high = narrowed(tapes, low.copy(), high.copy())
            if not low.shape[1]:
                continue
            score = (high - low) / (scale + np.minimum(np.abs(low), np.abs(high)))
            score[~np.isfinite(high - low)] = _WIDE
            widest = score.argmax(axis=0)
            best = np.take_along_axis(score, widest[None], 0)[0]
            for k in np.nonzero(best <= _TINY)[0].tolist():
                settled += 1
                excluded, point = _settle(problem, variables, box, low[:, k], high[:, k])
                if point is not None:
                    return Divided(False, point, boxes, "")
                unsettled += not excluded
                if unsettled > _PATIENCE or settled > _SETTLED:
                    return Divided(False, None, boxes, "boxes too small to be divided neither exclude nor show one")
            if boxes >= look:
                look *= 8
                _, point = _settle(problem, variables, box, low[:, -1], high[:, -1])
                if point is not None:
                    return Divided(False, point, boxes, "")
            wide = best > _TINY
            if wide.any():
                stack.append(_halves(low[:, wide], high[:, wide], widest[wide]))
    if unsettled:
        return Divided(False, None, boxes, "boxes too small to be divided neither exclude nor show one")
    return Divided(True, None, boxes, "")


def _halves(low: Array, high: Array, widest: NDArray[np.intp]) -> Ends:
    """Two boxes for each, cut where it is widest."""
    columns = np.arange(low.shape[1])
    a, b = low[widest, columns], high[widest, columns]
    middle = a / 2 + b / 2
    # Half-lines: at zero, then ever further out; the steps double.
    middle = np.where(np.isinf(a) & np.isinf(b), 0, middle)
    middle = np.where(np.isfinite(a) & np.isinf(b), np.maximum(np.where(a < 0, 0, 2 * a), a + 1), middle)
    middle = np.where(np.isinf(a) & np.isfinite(b), np.minimum(np.where(b > 0, 0, 2 * b), b - 1), middle)
    middle = np.clip(middle, -1.7976931348623157e308, 1.7976931348623157e308)
    left, right = high.copy(), low.copy()
    left[widest, columns] = middle
    right[widest, columns] = middle
    return np.concatenate([low, right], axis=1), np.concatenate([left, high], axis=1)


def _settle(problem: Problem, variables: list[int], box: Box, low: Array, high: Array) -> tuple[bool, Point | None]:
    """Whether exact arithmetic excludes a box, and otherwise a point in it."""
    part = dict(box)
    for i, a, b in zip(variables, low.tolist(), high.tolist(), strict=True):
        both = meet(box[i], (end_of(_exact(a)), end_of(_exact(b))))
        if both is None:
            return True, None
        part[i] = both
    if propagate(problem, part, problem.tapes, sweeps=_SETTLING).empty:
        return True, None
    return False, find_point(problem, part, attempts=1, revisions=_SETTLING * len(problem.tapes))


def _exact(x: float) -> Fraction | float:
    return x if math.isinf(x) else Fraction(x)


# ---- HC4 on arrays of boxes --------------------------------------------------------------------------------------


def _figures(tape: Tape) -> list[tuple[float, float]]:
    return [floats_around(x) for x in tape.constants]


def narrowed(tapes: list[tuple[Tape, list[int], list[tuple[float, float]]]], low: Array, high: Array) -> Ends:
    """What the relations leave of boxes, less those of which they leave nothing."""
    for _ in range(_SWEEPS):
        before = high - low
        for tape, places, figures in tapes:
            _revise(tape, places, figures, low, high)
        left = (low <= high).all(axis=0)
        if not left.all():
            low, high, before = low[:, left], high[:, left], before[:, left]
        if not low.shape[1]:
            break
        after = high - low
        if not ((after < 0.9 * before) | (np.isinf(before) & np.isfinite(after))).any():
            break
    return low, high


def _revise(tape: Tape, places: list[int], figures: list[tuple[float, float]], low: Array, high: Array) -> None:
    """HC4-revise of all boxes, in place; where nothing is left, an end is NaN or they have crossed."""
    slots: list[Ends] = [(low[p], high[p]) for p in places]
    slots += [(np.float64(a), np.float64(b)) for a, b in figures]  # type: ignore[misc]
    for code, a, b in tape.operations:
        x = slots[a]
        if code == ADD:
            slots.append(ufuncs.interval_add(*x, *slots[b]))
        elif code == SUBTRACT:
            slots.append(ufuncs.interval_sub(*x, *slots[b]))
        elif code == MULTIPLY:
            slots.append(ufuncs.interval_mul(*x, *slots[b]))
        elif code == DIVIDE:
            slots.append(ufuncs.interval_div(*x, *slots[b]))
        elif code == NEGATE:
            slots.append((-x[1], -x[0]))
        else:
            slots.append(_power(x, b))
    left, right = slots[tape.left], slots[tape.right]
    if tape.op == "=":
        slots[tape.left] = slots[tape.right] = _meet(left, right)
    else:
        bottom, top = np.asarray(left[0]), np.asarray(right[1])
        if tape.op == "<":
            bottom = np.where(bottom >= top, np.nan, bottom)
        slots[tape.left] = bottom, np.minimum(left[1], top)
        slots[tape.right] = np.maximum(right[0], bottom), top
    z = len(slots)
    for code, a, b in reversed(tape.operations):
        z -= 1
        out, x = slots[z], slots[a]
        if code == ADD:
            slots[a] = x = _meet(x, ufuncs.interval_sub(*out, *slots[b]))
            slots[b] = _meet(slots[b], ufuncs.interval_sub(*out, *x))
        elif code == SUBTRACT:
            slots[a] = x = _meet(x, ufuncs.interval_add(*out, *slots[b]))
            slots[b] = _meet(slots[b], ufuncs.interval_sub(*x, *out))
        elif code == MULTIPLY:
            slots[a] = x = _quotient(x, out, slots[b])
            slots[b] = _quotient(slots[b], out, x)
        elif code == DIVIDE:
            slots[a] = x = _meet(x, ufuncs.interval_mul(*out, *slots[b]))
            slots[b] = _quotient(slots[b], x, out)
        elif code == NEGATE:
            slots[a] = _meet(x, (-out[1], -out[0]))
        else:
            slots[a] = _root(x, out, b)
    # A constant that is left empty says so of the whole box.
    ends = [slots[k] for k in range(len(places), len(slots)) if k >= len(places)]
    good: Any = True
    for bottom, top in ends:
        good = good & (bottom <= top)
    for k, p in enumerate(places):
        low[p] = np.where(good, slots[k][0], np.nan)
        high[p] = slots[k][1]


def _meet(x: Ends, y: Ends) -> Ends:
    return np.maximum(x[0], y[0]), np.minimum(x[1], y[1])


def _has_zero(x: Ends) -> Any:
    return (x[0] <= 0) & (x[1] >= 0)


def _quotient(x: Ends, z: Ends, y: Ends) -> Ends:
    """What of x can be a factor beside y of z: the hull of what two half-lines leave, where y has zero inside."""
    zero = _has_zero(y)
    if not np.any(zero):
        return _meet(x, ufuncs.interval_div(*z, *y))
    above = _known(_meet(x, ufuncs.interval_div(*z, np.maximum(y[0], 0), y[1])))
    below = _known(_meet(x, ufuncs.interval_div(*z, y[0], np.minimum(y[1], 0))))
    anything = zero & _has_zero(z)
    low = np.where(anything, x[0], np.fmin(above[0], below[0]))
    return low, np.where(anything, x[1], np.fmax(above[1], below[1]))


def _known(x: Ends) -> Ends:
    empty = ~(x[0] <= x[1])
    return np.where(empty, np.nan, x[0]), np.where(empty, np.nan, x[1])


def _power(x: Ends, n: int) -> Ends:
    low, high = np.asarray(x[0]), np.asarray(x[1])
    if n % 2 == 0:
        most = np.maximum(np.abs(low), np.abs(high))
        low, high = np.where(_has_zero(x), 0, np.minimum(np.abs(low), np.abs(high))), most
    return _raised(low, n)[0], _raised(high, n)[1]


def _raised(x: Array, n: int) -> Ends:
    """Doubles around powers of doubles; infinite where those are."""
    base: Ends = (x, x)
    result: Ends | None = None
    k = n
    while k:
        if k & 1:
            result = base if result is None else ufuncs.interval_mul(*result, *base)
        k >>= 1
        if k:
            base = ufuncs.interval_mul(*base, *base)
    assert result is not None
    endless = np.isinf(x)
    end = np.where((x < 0) & (n % 2 == 1), -np.inf, np.inf)
    return np.where(endless, end, result[0]), np.where(endless, end, result[1])


def _root(x: Ends, z: Ends, n: int) -> Ends:
    """What of x has its n-th power in z."""
    low, high = np.asarray(z[0]), np.asarray(z[1])
    if n % 2:
        a, b = (np.copysign(np.abs(end) ** (1 / n), end) for end in (low, high))
        return _meet(x, (a - np.abs(a) * _ROOT, b + np.abs(b) * _ROOT))
    outer = np.where(high < 0, np.nan, np.abs(high) ** (1 / n) * (1 + _ROOT))
    inner = np.where(low > 0, np.abs(low) ** (1 / n) * (1 - _ROOT), 0)
    above, below = _known(_meet(x, (inner, outer))), _known(_meet(x, (-outer, -inner)))
    return np.fmin(above[0], below[0]), np.fmax(above[1], below[1])
