"""What becomes of the flags of a cube's cells when rates and sums are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia.containers import Panel
from indicia.flags import Flag

__all__ = ["BREAK", "JOINT", "PARTIAL", "SPLIT", "UNDEFINED", "joint_cells", "judged", "mark", "union_over", "upright"]

Flags = NDArray[np.uint32]

BREAK: Final = np.uint32(Flag.BREAK)
PARTIAL: Final = np.uint32(Flag.PARTIAL)
JOINT: Final = np.uint32(Flag.JOINT)
SPLIT: Final = np.uint32(Flag.SPLIT)
UNDEFINED: Final = np.uint32(Flag.UNDEFINED)
_NONE: Final = np.uint32(0)


def judged(result: Any, now: Sequence[Panel], base: Sequence[Panel] = ()) -> Any:
    """A result of figures beside one another, with its flags: those of all cells, but BREAK from `now` alone.

    A break at the base lies before the growth that is measured from it. UNDEFINED where figures that are there allow no
    result, and where one is JOINT and another not: a figure for two months and one for a single month have no rate.
    """
    panels = (*now, *base)
    if not any(p.flagged for p in panels):
        return result
    flags = _union(result.shape, *(p.flags for p in now), *(_unbroken(p.flags) for p in base))
    unlike = _unlike(panels)
    if unlike is not None and unlike.any():
        result = np.where(unlike, np.nan, result)
    undefined = np.isnan(result)
    for p in panels:
        undefined = undefined & ~np.isnan(p.values)
    return result, mark(flags, undefined, UNDEFINED, result.shape)


def mark(flags: Flags | None, where: NDArray[np.bool_], flag: np.uint32, shape: tuple[int, ...]) -> Flags | None:
    """The flags with one more, or None where there are none at all."""
    if where.any():
        flags = np.zeros(shape, np.uint32) if flags is None else flags
        flags |= np.where(where, flag, _NONE)
    return flags if flags is not None and flags.any() else None


def upright(along: NDArray[Any], ndim: int, axis: int) -> NDArray[Any]:
    """One value per period, as an array that broadcasts against the others along `axis`."""
    return along.reshape((-1,) + (1,) * (ndim - 1 - axis))


def union_over(flags: Flags, begin: NDArray[np.int64]) -> Flags:
    """Those of all cells from ``begin[t]`` to `t`, both included, time last; none where `begin` is negative."""
    total = np.zeros(flags.shape, np.uint32)
    present = int(np.bitwise_or.reduce(flags, axis=None)) if flags.size else 0
    inside = begin >= 0
    for bit in (1 << k for k in range(32) if present >> k & 1):
        count = np.cumsum((flags & np.uint32(bit)) != 0, axis=-1)
        before = np.where(begin > 0, np.take(count, np.maximum(begin - 1, 0), axis=-1), 0)
        total |= np.where(inside & (count > before), np.uint32(bit), _NONE)
    return total


def joint_cells(x: Panel) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Which cells hold a figure for two periods, and which are the first of two, time last; None where none does."""
    if x.flags is None or x.axis is None or not (x.flags & JOINT).any():
        return None
    values, cells = np.moveaxis(x.values, x.axis, -1), np.moveaxis(x.flags, x.axis, -1)
    joint = (cells & JOINT) != 0
    covered = np.zeros(joint.shape, np.bool_)
    covered[..., :-1] = joint[..., 1:] & np.isnan(values[..., :-1])
    return joint, covered


def flags_along(x: Panel, result: Any, step: int | NDArray[np.int64], skip_missing: bool) -> Flags | None:
    """Of both cells, BREAK where one lies after the base, UNDEFINED where two figures allow no rate.

    `result` becomes NaN where one of the two is JOINT and the other not.
    """
    assert x.axis is not None
    values, made = np.moveaxis(x.values, x.axis, -1), np.moveaxis(result, x.axis, -1)
    length = values.shape[-1]
    if isinstance(step, int):
        index = np.arange(length) - step
        index[index < 0] = -1
    else:
        index = step
    place = np.broadcast_to(index, values.shape)
    if skip_missing:  # each cell has its own base
        observed = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(length)), axis=-1)
        place = np.where(place < 0, -1, np.take_along_axis(observed, np.maximum(place, 0), -1))
    based, place = place >= 0, np.maximum(place, 0)
    flags = None
    if x.flags is not None:
        cells = np.moveaxis(x.flags, x.axis, -1)
        bases = np.take_along_axis(cells, place, -1)
        breaks = np.cumsum((cells & BREAK) != 0, axis=-1)
        crossed = breaks > np.take_along_axis(breaks, place, -1)
        flags = (cells | bases) & ~BREAK
        flags = np.where(based, flags | np.where(crossed, BREAK, _NONE), _NONE)
        unlike = based & (((cells ^ bases) & JOINT) != 0)
        if unlike.any():
            made[unlike] = np.nan
    there = ~np.isnan(values) & ~np.isnan(np.take_along_axis(values, place, -1))
    marked = mark(flags, np.isnan(made) & there & based, UNDEFINED, values.shape)
    return None if marked is None else np.ascontiguousarray(np.moveaxis(marked, -1, x.axis))


def _unlike(panels: Sequence[Panel]) -> NDArray[np.bool_] | None:
    """Where some cells are JOINT and others not; numbers without labels are like whatever they stand beside."""
    cells = [_NONE if p.flags is None else p.flags & JOINT for p in panels if p.flagged]
    if len(cells) < 2 or not any(np.any(c) for c in cells):
        return None
    some, every = cells[0], cells[0]
    for cell in cells[1:]:
        some, every = some | cell, every & cell
    where: NDArray[np.bool_] = some != every
    return where


def _unbroken(flags: Flags | None) -> Flags | None:
    return None if flags is None else flags & ~BREAK


def _union(shape: tuple[int, ...], *parts: Flags | None) -> Flags | None:
    union = None
    for part in parts:
        if part is not None:
            union = part if union is None else union | part
    return None if union is None else np.array(np.broadcast_to(union, shape))
