"""What becomes of the flags of a cube's cells in index numbers: the union over the cells that were used.

Time is the last axis throughout. A level keeps a BREAK where it was, so that its growth has it; what compares two
periods has one if it lies between them, the first excluded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia._growth_flags import BREAK, UNDEFINED, mark
from indicia._index_items import Items
from indicia.containers import Panel

__all__ = ["between_periods", "chained_flags", "flags_of", "level_flags", "linked_flags", "over_items"]

Flags = NDArray[np.uint32]
_NONE: Final = np.uint32(0)


def flags_of(*panels: Panel) -> Flags | None:
    """Of all arguments, time last; None where there are none."""
    cells = [p.flags if p.axis is None else np.moveaxis(p.flags, p.axis, -1) for p in panels if p.flags is not None]
    union: Flags | None = None
    for one in cells:
        union = one if union is None else union | one
    return union


def level_flags(x: Panel, result: Any, *, reference: Flags | None = None, used: Iterable[Panel] = ()) -> Any:
    """A level with its flags: its own cells', and those of the reference period but for BREAK; UNDEFINED where figures
    that are there allow none. In the axes of `x`, as is `result`."""
    panels = [x, *used]
    if not any(p.flagged for p in panels):
        return result
    own = flags_of(*panels)
    flags = None
    if own is not None or reference is not None:
        whole = _NONE if own is None else own
        if reference is not None:
            whole = whole | (np.bitwise_or.reduce(reference, axis=-1, keepdims=True) & ~BREAK)
        shape = np.shape(result if x.axis is None else np.moveaxis(result, x.axis, -1))
        made = np.broadcast_to(whole, shape)
        flags = np.array(made if x.axis is None else np.moveaxis(made, -1, x.axis))
    undefined = np.isnan(result)
    for p in panels:
        undefined = undefined & ~np.isnan(p.values)
    return result, mark(flags, undefined, UNDEFINED, np.shape(result))


def chained_flags(links: Flags | None, known: NDArray[np.bool_], places: NDArray[np.intp] | None) -> Flags | None:
    """Of an index that is chained from links: of all links up to it, and up to its reference period."""
    if links is None:
        return None
    used = np.where(np.logical_or.accumulate(known, axis=-1), links & ~BREAK, _NONE)
    flags = np.bitwise_or.accumulate(used, axis=-1)
    if places is not None:
        flags = flags | np.bitwise_or.reduce(flags[..., places], axis=-1, keepdims=True)
    made: Flags = flags | (links & BREAK)
    return made


def linked_flags(index: Flags | None, years: Iterable[NDArray[np.intp]] | None, overlap: str) -> Flags | None:
    """Of links: of the index and of what it stands on; BREAK where one lies behind the first of that."""
    if index is None:
        return None
    made = np.zeros(index.shape, np.uint32)
    if years is None:
        made[..., 1:] = index[..., 1:] | (index[..., :-1] & ~BREAK)
        made[..., :1] = index[..., :1]
        return made
    breaks = np.cumsum((index & BREAK) != 0, axis=-1)
    before: NDArray[np.intp] | None = None
    for where in years:
        for place, t in enumerate(where):
            if t < 0:
                continue
            made[..., t] = index[..., t]
            if before is None:
                continue
            stand = before if overlap == "year" else before[-1:] if overlap == "last" else before[place : place + 1]
            stand = stand[stand >= 0]
            if len(stand):
                union = np.bitwise_or.reduce(index[..., stand], axis=-1) | index[..., t]
                apart = breaks[..., t] > breaks[..., stand[0]]
                made[..., t] = (union & ~BREAK) | np.where(apart, BREAK, _NONE)
        before = where
    return made


def over_items(items: Items) -> Flags | None:
    """Of all items of each period."""
    if items.flags is None:
        return None
    union: Flags = np.bitwise_or.reduce(np.broadcast_to(items.flags, items.shape), axis=-2)
    return union


def between_periods(items: Items, base: int, *, linked: bool) -> Flags | None:
    """Of all items in both periods, the base or the one before; BREAK where one lies between them."""
    marks = over_items(items)
    if marks is None:
        return None
    plain: Flags = marks & ~BREAK
    broken = (marks & BREAK) != 0
    if linked:
        both = plain | np.where(broken, BREAK, _NONE)
        both[..., 1:] |= plain[..., :-1]
        both[..., :1] = 0  # nothing stands before the first
        return np.asarray(both, dtype=np.uint32)
    count = np.cumsum(broken, axis=-1)
    apart = np.not_equal(count, count[..., base : base + 1])
    against: Flags = np.where(apart, BREAK, _NONE)
    return against | plain | plain[..., base : base + 1]
