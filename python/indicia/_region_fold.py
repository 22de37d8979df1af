"""What the indicators of the room region share: folds over a dimension on all threads, coverage, and flags."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._growth_flags import PARTIAL, UNDEFINED, mark
from indicia._parts import each, parts
from indicia.containers import Panel, Several

__all__ = ["alike", "counted", "folded", "judged", "least_of", "mean_of", "ones", "outer", "several", "totals"]

LARGE: Final = 1 << 18  # figures from which on a second thread is worth making
LIGHT: Final = 1 << 21  # the same of sums, which cost little more than reading
NARROW: Final = 512  # neighbours side by side that one thread folds alone


def alike(panels: Sequence[Panel]) -> list[NDArray[np.float64]]:
    """The values of all, in their common shape."""
    shape = np.broadcast_shapes(*(np.shape(p.values) for p in panels))
    return [np.broadcast_to(p.values, shape) for p in panels]


def outer(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return shape[:axis] + shape[axis + 1 :]


def ones(like: Panel) -> Panel:
    """The same weight for all along the dimension that is folded."""
    shape = [1] * np.ndim(like.values)
    shape[like.over] = np.shape(like.values)[like.over]
    return Panel(np.broadcast_to(1.0, shape), over=like.over, regions=like.regions)


def least_of(count: int, min_coverage: float | None) -> float:
    """How many of `count` figures there must be."""
    if count == 0:
        raise ValueError("over: there are no figures along that dimension")
    if min_coverage is None:
        return float(count)
    if not 0 < min_coverage <= 1:
        raise ValueError(f"min_coverage: expected a share above 0 and up to 1, got {min_coverage!r}")
    return float(max(1, math.ceil(min_coverage * count - 1e-9)))


_LIGHT = (ufuncs.region_total, ufuncs.region_hhi, ufuncs.deflation_breadth)


def folded(ufunc: np.ufunc, panels: Sequence[Panel], *numbers: float, min_coverage: float | None = None) -> Any:
    """``ufunc(*figures, *numbers, least)`` over the dimension of `panels`."""
    axis = panels[0].over
    if not all(isinstance(p.values, np.ndarray | np.generic) for p in panels):
        return _lazily(ufunc, panels, numbers, min_coverage)
    values = alike(panels)
    shape = values[0].shape
    least = least_of(shape[axis], min_coverage)
    axes = [(axis,)] * len(values) + [()] * (len(numbers) + 1 + ufunc.nout)
    whole = _parts(values[0], axis, LIGHT if ufunc in _LIGHT else LARGE)
    if len(whole) == 1:
        return ufunc(*values, *numbers, least, axes=axes)
    made = [np.empty(outer(shape, axis)) for _ in range(ufunc.nout)]

    def work(part: tuple[slice, ...]) -> None:
        part = (*part, *[slice(None)] * (len(shape) - len(part)))
        outs = tuple(m[outer_part(part, axis)] for m in made)
        ufunc(*[v[part] for v in values], *numbers, least, axes=axes, out=outs)

    each(whole, work)
    return made[0] if ufunc.nout == 1 else tuple(made)


def _parts(x: NDArray[Any], axis: int, large: int = LARGE) -> list[tuple[slice, ...]]:
    """Parts for the threads; of few neighbours that lie side by side one, as threads would read the same lines."""
    across = max((k for k in range(x.ndim) if k != axis), key=lambda k: x.shape[k], default=None)
    if across is not None and abs(x.strides[across]) == x.itemsize and x.shape[across] < NARROW:
        return [(slice(None),)]
    return parts(x, axis, large=large)


def totals(values: Sequence[NDArray[np.float64]], axis: int) -> list[NDArray[np.float64]]:
    """The sums of several arrays of one shape along an axis, which remains."""
    shape = values[0].shape
    least = least_of(shape[axis], None)
    made = [np.empty(outer(shape, axis)) for _ in values]

    def work(part: tuple[slice, ...]) -> None:
        part = (*part, *[slice(None)] * (len(shape) - len(part)))
        for x, out in zip(values, made, strict=True):
            ufuncs.region_total(x[part], least, axes=[(axis,), (), ()], out=out[outer_part(part, axis)])

    each(_parts(values[0], axis, LIGHT), work)
    return [np.expand_dims(m, axis) for m in made]


def outer_part(part: tuple[slice, ...], axis: int) -> tuple[slice, ...]:
    return part[:axis] + part[axis + 1 :]


def _lazily(ufunc: np.ufunc, panels: Sequence[Panel], numbers: Sequence[float], min_coverage: float | None) -> Any:
    import dask.array

    da: Any = dask.array

    values = da.broadcast_arrays(*(da.asarray(p.values) for p in panels))
    axis = panels[0].over
    least = least_of(values[0].shape[axis], min_coverage)
    axes = [(axis,)] * len(values) + [()] * (len(numbers) + 1 + ufunc.nout)
    return da.apply_gufunc(
        ufunc, ufunc.signature, *values, *numbers, least, axes=axes, output_dtypes=float, allow_rechunk=True
    )


def counted(x: Panel) -> Any:
    """How many figures are there, as the result has it; NaN where it is none."""
    n = np.count_nonzero(~np.isnan(x.values), axis=x.over)
    return np.where(n == 0, np.nan, n)


def mean_of(x: Panel, min_coverage: float | None = None) -> Any:
    """The mean of the figures that are there."""
    total = folded(ufuncs.region_total, [x], min_coverage=min_coverage)
    there = np.shape(x.values)[x.over] if min_coverage is None else np.count_nonzero(~np.isnan(x.values), axis=x.over)
    return total / np.where(there == 0, np.nan, there)


def several(kind: Callable[..., Any], parts: dict[str, Any]) -> Several:
    """Results by name, each as `judged` leaves it."""
    return Several(list(parts.values()), lambda *found: kind(**dict(zip(parts, found, strict=True))))


def judged(result: Any, panels: Sequence[Panel], *, kept: bool = False) -> Any:
    """A result with its flags: the union over the cells that were used; PARTIAL where some are missing, UNDEFINED where
    all are there but allow no result.

    `kept`: the result still has the dimension, and each cell the flags of its own.
    """
    flagged = [p for p in panels if p.flagged]
    if not flagged:
        return result
    axis = panels[0].over
    shape = np.broadcast_shapes(*(np.shape(p.values) for p in panels))
    union = np.zeros(shape, np.uint32)
    missing = np.zeros(shape, np.bool_)
    for p in panels:
        if p.flags is not None:
            union |= p.flags
        missing |= np.isnan(p.values)
    some = missing.any(axis=axis, keepdims=kept)
    if not kept:
        union = np.asarray(np.bitwise_or.reduce(union, axis=axis))
    there = ~np.isnan(result)
    flags = mark(union, some & there, PARTIAL, union.shape)
    undefined = ~there & ~(missing if kept else some)
    return result, mark(flags, undefined, UNDEFINED, union.shape)
