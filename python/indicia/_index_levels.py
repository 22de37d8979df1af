"""Levels of index numbers: other reference periods, splices, and what deflators make of values."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import containers
from indicia._growth_flags import BREAK, judged
from indicia._index_flags import flags_of, level_flags
from indicia._index_items import places_of
from indicia.containers import Panel, labelled
from indicia.periods import Periods

__all__ = ["deflate", "implicit_deflator", "rebase", "rereference", "splice", "terms_of_trade"]

Floats = NDArray[np.float64]


def _last(x: Panel) -> Floats:
    values = np.asarray(x.values, dtype=np.float64)
    return values if x.axis is None else np.moveaxis(values, x.axis, -1)


def _back(x: Panel, result: Floats) -> Floats:
    return result if x.axis is None else np.moveaxis(result, -1, x.axis)


def _mean_over(x: Panel, values: Floats, period: Any, name: str) -> Floats:
    if x.axis is None:
        raise ValueError(f"{name}: a single figure has no periods")
    mean: Floats = values[..., places_of(x.time, period, values.shape[-1], name)].mean(-1, keepdims=True)
    return np.where(mean > 0, mean, np.nan)


def _reference(x: Panel, period: Any) -> NDArray[np.uint32] | None:
    """The flags of a reference period, time last."""
    cells = flags_of(x)
    return None if cells is None else cells[..., places_of(x.time, period, cells.shape[-1], "period")]


def _positive(x: Any) -> Any:
    return np.where(np.asarray(x) > 0, x, np.nan)


@labelled("index", unit="index")
def rereference(index: Any, period: Any, *, level: float = 100.0, axis: Any = None) -> Any:
    """The same index with another reference period: its growth is what it was.

    ``level * index[t] / mean of index over the period``

    Parameters
    ----------
    index : array_like, pandas, xarray or Cube
        An index number.
    period : int, slice, str or tuple
        The period or span over which the mean is to be `level`: a place or a slice of places; or ``"2015"``,
        ``("2015-01", "2015-06")`` where the argument carries periods, the months of 2015 for the first.
    level : float
        What the mean is to be.
    axis : int or str, optional
        Where time runs, if not as usual.

    Returns
    -------
    same kind as `index`
        NaN throughout where a figure of the reference period is missing, or their mean isn't positive.

    Raises
    ------
    ValueError
        There is no such period.

    Notes
    -----
    That is no change of the base: weights stay what they are. `rebase` makes volumes at the prices of another year.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8.

    Examples
    --------
    >>> from indicia import index
    >>> index.rereference([1.0, 1.25, 1.5], 1)
    array([ 80., 100., 120.])
    """
    values = _last(index)
    made = _back(index, values * (level / _mean_over(index, values, period, "period")))
    return level_flags(index, made, reference=_reference(index, period))


@labelled("volume", "value", unit="kept")
def rebase(volume: Any, value: Any, period: Any, *, axis: Any = None, join: str = "exact") -> Any:
    """Volumes at the prices of another period: those that add up over items there.

    ``volume[t] * sum of value / sum of volume``, sums over the base period

    Parameters
    ----------
    volume : array_like, pandas, xarray or Cube
        Of each item, at any constant prices or as an index.
    value : the same kind
        Of each item, at current prices.
    period : int, slice, str or tuple
        Whose prices are wanted, as in `rereference`.
    axis : int or str, optional
        Where time runs, if not as usual.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `volume`
        In the unit of `value`; NaN throughout where the base period misses a figure.

    Raises
    ------
    ValueError
        Labels differ, or there is no such period.

    Notes
    -----
    Growth of each item stays, but that of their sum doesn't: its weights are now the new base's.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8.

    Examples
    --------
    >>> from indicia import index
    >>> index.rebase([[10.0, 11.0], [20.0, 18.0]], [[10.0, 13.2], [20.0, 16.2]], 1)
    array([[12. , 13.2],
           [18. , 16.2]])
    """
    values, money = _last(volume), _last(value)
    by = _mean_over(value, money, period, "period") / _mean_over(volume, values, period, "period")
    made = _back(volume, values * by)
    cells = [found for x in (volume, value) if (found := _reference(x, period)) is not None]
    return level_flags(volume, made, reference=np.concatenate(np.broadcast_arrays(*cells), -1) if cells else None)


def splice(old: Any, new: Any, *, at: Any = None, keep: str = "new", axis: Any = None) -> Any:
    """One index from an old and a new one that overlap.

    ``old[t] * mean of new / mean of old`` where only the old one is known, means over the overlap; `new` elsewhere

    Parameters
    ----------
    old, new : array_like, pandas, xarray or Cube
        Arrays of the same periods, NaN where one has nothing; labelled ones have periods of their own.
    at : int, slice, str or tuple, optional
        The periods over which the two are brought to the same mean, as in `rereference`; else all that both have.
    keep : {"new", "old"}
        Whose level the result has, and whose figures where both are known.
    axis : int or str, optional
        Where time runs, if not as usual.

    Returns
    -------
    same kind
        Over all periods that one of the two has.

    Raises
    ------
    ValueError
        The two have no period in common, or not that of `at`.

    Notes
    -----
    Growth is that of the one or the other in every period, but where the result passes from one to the other.

    References
    ----------
    IMF, ILO and others, *Consumer Price Index Manual: Concepts and Methods* (2020), chapter 9.

    Examples
    --------
    >>> from indicia import index
    >>> nan = float("nan")
    >>> index.splice([50.0, 60.0, nan], [nan, 120.0, 132.0])
    array([100., 120., 132.])
    """
    if keep not in ("new", "old"):
        raise ValueError(f"keep: expected 'new' or 'old', got {keep!r}")
    return _spliced(*_together(old, new), at, keep == "new", axis=axis)


@labelled("old", "new", unit="kept")
def _spliced(old: Any, new: Any, at: Any, keep_new: bool, *, axis: Any = None) -> Any:
    a, b = np.broadcast_arrays(_last(old), _last(new))
    first, then = (a, b) if keep_new else (b, a)  # `then` is kept
    both = ~np.isnan(a) & ~np.isnan(b)
    if at is not None:
        places = places_of(old.time, at, a.shape[-1], "at")
        chosen = np.zeros(a.shape[-1], dtype=bool)
        chosen[places] = True
        if not both[..., places].all():
            raise ValueError(f"at: {at!r} is not known of both")
        both = both & chosen
    if not both.any(-1).all():
        raise ValueError("the two have no period in common that links them")
    factor = np.where(both, then, 0).sum(-1, keepdims=True) / np.where(both, first, 0).sum(-1, keepdims=True)
    made = np.where(np.isnan(then), first * factor, then)
    if not (old.flagged or new.flagged):
        return _back(old, made)
    return _back(old, made), _spliced_flags(old, new, both, ~np.isnan(then), keep_new)


def _spliced_flags(
    old: Panel, new: Panel, both: NDArray[np.bool_], kept: NDArray[np.bool_], keep_new: bool
) -> NDArray[np.uint32] | None:
    """Those of the one a period comes from; where that was scaled, of the periods that link the two as well."""
    cells = [flags_of(x) for x in ((old, new) if keep_new else (new, old))]
    if cells[0] is None and cells[1] is None:
        return None
    first, then = (np.zeros(kept.shape, np.uint32) if x is None else np.broadcast_to(x, kept.shape) for x in cells)
    linking = np.bitwise_or.reduce(np.where(both, (first | then) & ~BREAK, np.uint32(0)), axis=-1, keepdims=True)
    flags = np.where(kept, then, first | linking)
    return np.ascontiguousarray(flags if old.axis is None else np.moveaxis(flags, -1, old.axis))


def _together(old: Any, new: Any) -> tuple[Any, Any]:
    """Both over the periods of either."""
    kind = containers._kind(old)
    if kind != containers._kind(new) or kind in ("array", "polars"):
        return old, new
    if kind == "pandas":
        rows = old.index.union(new.index).sort_values()
        return old.reindex(rows), new.reindex(rows)
    if kind == "xarray":
        both: tuple[Any, Any] = sys.modules["xarray"].align(old, new, join="outer")
        return both
    if old.time is None or new.time is None:
        raise ValueError("a cube without time can't be spliced")
    if old.time.freq != new.time.freq:
        raise ValueError(f"old is of frequency {old.time.freq}, new of {new.time.freq}")
    ends = [int(x) for cube in (old, new) for x in cube.time.ordinals[[0, -1]]]
    time = Periods.range(old.time.freq, min(ends), max(ends) - min(ends) + 1)
    made = []
    for cube in (old, new):
        start = int(cube.time.ordinals[0]) - min(ends)
        width = [(0, 0)] * (cube.values.ndim - 1) + [(start, len(time) - start - len(cube.time))]
        values = np.pad(cube.values, width, constant_values=np.nan)
        made.append(
            cube._but(time=time, values=values, flags=None if cube.flags is None else np.pad(cube.flags, width))
        )
    return made[0], made[1]


@labelled("value", "deflator", unit="kept", levels=("value",))
def deflate(value: Any, deflator: Any, *, level: float = 100.0, join: str = "exact") -> Any:
    """A value at current prices, at the prices of the deflator's reference period.

    ``value / (deflator / level)``

    Parameters
    ----------
    value : array_like, pandas, xarray, polars or Cube
        At current prices.
    deflator : array_like, pandas, xarray, polars or Cube
        A price index.
    level : float
        What the index is in its reference period: 100, or 1 for those of this room.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `value`
        NaN where the deflator isn't positive.

    Raises
    ------
    ValueError
        Labels differ (the message names them), or shapes don't broadcast.

    References
    ----------
    *System of National Accounts 2008*, chapter 15.

    Examples
    --------
    >>> from indicia import index
    >>> index.deflate([110.0, 121.0], [100.0, 110.0])
    array([110., 110.])
    """
    return judged(np.asarray(value.values) / (_positive(deflator.values) / level), [value, deflator])


@labelled("value", "volume", unit="index")
def implicit_deflator(value: Any, volume: Any, *, level: float = 100.0, join: str = "exact") -> Any:
    """The price index that a value and its volume imply.

    ``level * value / volume``

    Parameters
    ----------
    value : array_like, pandas, xarray, polars or Cube
        At current prices.
    volume : array_like, pandas, xarray, polars or Cube
        At the prices of the reference period, or chained.
    level : float
        What the index is to be where the two are the same.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `value`
        NaN where the volume isn't positive.

    Raises
    ------
    ValueError
        Labels or units differ (the message names them), or shapes don't broadcast.

    References
    ----------
    *System of National Accounts 2008*, chapter 15.

    Examples
    --------
    >>> from indicia import index
    >>> index.implicit_deflator([110.0, 121.0], [110.0, 110.0]).round(6)
    array([100., 110.])
    """
    return judged(level * (np.asarray(value.values) / _positive(volume.values)), [value, volume])


@labelled("exports", "imports", unit="index", levels=())
def terms_of_trade(exports: Any, imports: Any, *, level: float = 100.0, join: str = "exact") -> Any:
    """What exports fetch against what imports cost: the ratio of their price indices.

    ``level * exports / imports``

    Parameters
    ----------
    exports, imports : array_like, pandas, xarray, polars or Cube
        Price indices with the same reference period.
    level : float
        What the index is to be in that period.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind
        A rise is a gain: the same exports buy more imports. NaN where the price of imports isn't positive.

    Raises
    ------
    ValueError
        Labels differ (the message names them), or shapes don't broadcast.

    References
    ----------
    *System of National Accounts 2008*, chapter 15.

    Examples
    --------
    >>> from indicia import index
    >>> index.terms_of_trade([100.0, 105.0], [100.0, 84.0]).round(6)
    array([100., 125.])
    """
    return judged(level * (np.asarray(exports.values) / _positive(imports.values)), [exports, imports])
