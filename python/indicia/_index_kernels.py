"""What the functions of the room index have in common: kernels over items, against a base or chained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._index_formulas import FORMULAS
from indicia._index_items import Items, in_order, place_of
from indicia.flags import Flag

__all__ = ["between", "bilateral", "kernel_of", "over_time", "reproach"]

Floats = NDArray[np.float64]
Kernel = Callable[..., Any]

#: figures of a period and those of another, to one result for all items
Pair = Callable[[list[Floats], list[Floats]], Floats]


def kernel_of(name: str) -> Kernel:
    """The ufunc of a formula."""
    if name not in FORMULAS:
        raise ValueError(f"formula: expected one of {', '.join(FORMULAS)}; got {name!r}")
    kernel: Kernel = getattr(ufuncs, f"index_{ {'laspeyres': 'lowe', 'paasche': 'lowe'}.get(name, name) }")
    return kernel


def bilateral(name: str, *, sigma: float | None = None) -> Pair:
    """A formula on [prices, quantities or weights] of two periods."""
    kernel, operands = kernel_of(name), FORMULAS[name].operands

    def pair(base: list[Floats], now: list[Floats]) -> Floats:
        figures = {"p0": base[0], "p1": now[0]}
        if len(operands) > 2:
            figures |= {"q0": base[1], "q1": now[1], "q": now[1], "w": now[1]}
        result: Floats = kernel(*(sigma if x == "sigma" else figures[x] for x in operands), axis=-2)
        return result

    return pair


def between(arrays: list[Floats], start: slice, end: slice, pair: Pair) -> Floats:
    """A formula from each period of `start` to that of `end`; one period goes with all."""

    def cut(part: slice) -> list[Floats]:
        return [a[..., part] if a.shape[-1] > 1 else a for a in arrays]

    return pair(cut(start), cut(end))


def over_time(items: Items, pair: Pair, *, base: Any, chained: bool, ratio: bool = True) -> Any:
    """An index or indicator in every period, in the user's kind."""
    length = items.shape[-1]
    arrays = [a if a.shape[-1] in (1, length) else np.broadcast_to(a, items.shape) for a in items.arrays]
    arrays[0] = np.broadcast_to(arrays[0], (*arrays[0].shape[:-1], length))
    place = 0 if base is None else place_of(items.time, base, length, "base")
    if length == 0:
        return items.reduced(np.empty((*items.shape[:-2], 0)), None)
    if chained:
        in_order(items)
        made = np.full((*items.shape[:-2], length), 1.0 if ratio else np.nan)
        if length > 1:
            made[..., 1:] = between(arrays, slice(0, -1), slice(1, None), pair)
        reproach(items, made[..., 1:])
        result = ufuncs.index_chain(made, place, place + 1, 1.0) if ratio else made
    else:
        result = between(arrays, slice(place, place + 1), slice(None), pair)
        reproach(items, result)
    return items.reduced(np.asarray(result), _flags(items, place, chained))


def reproach(items: Items, result: Floats) -> None:
    """Where a result is missing, an impossible figure may be why: name it."""
    if not np.isnan(result).any():
        return
    for k, array in enumerate(items.arrays):
        bad = (array <= 0) if k == 0 else (array < 0)
        if not bad.any():
            bad = np.isinf(array)
        if not bad.any():
            continue
        where = np.argwhere(np.broadcast_to(bad, items.shape))[0]
        what = "price" if k == 0 else "quantity"
        value = np.broadcast_to(array, items.shape)[tuple(where)]
        item, period = items.names[0](int(where[-2])), items.names[1](int(where[-1]))
        rule = "a price is more than 0" if k == 0 else "a quantity is not less than 0"
        raise ValueError(f"{what} of {item} in {period}: {value:g}, but {rule} and finite; NaN is missing")


def _flags(items: Items, base: int, chained: bool) -> NDArray[np.uint32] | None:
    """Of all items in both periods; BREAK where one lies between them."""
    if items.flags is None:
        return None
    marks: NDArray[np.uint32] = np.bitwise_or.reduce(np.broadcast_to(items.flags, items.shape), axis=-2)
    broken = (marks & int(Flag.BREAK)) != 0
    plain = marks & ~np.uint32(Flag.BREAK)
    plain = np.bitwise_or.accumulate(plain, axis=-1) if chained else plain | plain[..., base : base + 1]
    count: NDArray[np.int64] = np.cumsum(broken, axis=-1)
    apart = count != count[..., base : base + 1]
    result: NDArray[np.uint32] = plain | np.where(apart, np.uint32(Flag.BREAK), np.uint32(0))
    return result
