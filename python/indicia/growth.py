"""Growth: rates over a base, over time and over a year; shares and contributions.

All results are fractions (0.06 is 6 %). What is undefined is NaN: no rate is taken on a base of zero, none on a
negative one unless asked. Every function takes arrays, lists, pandas Series and DataFrames (nullable ones too), xarray
DataArrays, polars Series and cubes, and gives the same kind back; values are float64 whatever came in (float32 too).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia.containers import Panel, labelled

__all__ = ["average", "contribution", "pct_change", "rate", "share", "yoy"]

_PER_YEAR: Final = {"A": 1, "S": 2, "Q": 4, "M": 12}
_BLOCK: Final = 1 << 17  # doubles that fit into the second-level cache
_BREAK: Final = np.uint32(1 << 0)
_UNDEFINED: Final = np.uint32(1 << 26)


# ---- two figures ---------------------------------------------------------------------------------------------


@labelled("now", "base")
def rate(now: Any, base: Any, *, negative_base: str | None = None, join: str = "exact") -> Any:
    """By which fraction a figure has grown over its base.

    ``(now - base) / base``

    Parameters
    ----------
    now, base : array_like, pandas, xarray, polars or Cube
        Levels in the same unit, of any shapes that broadcast. Two labelled ones are aligned by label.
    negative_base : {None, "abs"}
        A negative base gives NaN (None), or the rise over its size: ``(now - base) / abs(base)``.
    join : {"exact", "inner"}
        Labels of `now` and `base` must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64
        Fractions (0.06 is 6 %).

    Raises
    ------
    ValueError
        Labels or units differ (the message names them), or shapes don't broadcast.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: NaN where `now` or `base` is missing, and where `base` is zero or negative. Flags of a Cube are those of
    both cells; BREAK is kept only from `now`, as a break lies between the two only there; UNDEFINED marks a rate that
    the base does not allow.

    The difference is taken first. ``now / base - 1`` would round the quotient to a step of 1e-16 next to 1, and a rate
    of 0.001 would keep thirteen digits of sixteen.

    Labels are those of one and the same period: the growth of a series over time is `pct_change`'s.

    References
    ----------
    OECD, *Data and Metadata Reporting and Presentation Handbook* (2007), on the terminology of growth rates.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.rate([106.0, 97.0, 3.0], [100.0, 100.0, 0.0])
    array([ 0.06, -0.03,   nan])
    >>> growth.rate(-1.0, -2.0, negative_base="abs")
    np.float64(0.5)
    """
    result = _kernel(negative_base)(now.values, base.values)
    if not (now.flagged or base.flagged):
        return result
    flags = _union(result.shape, now.flags, _unbroken(base.flags))
    return result, _mark(flags, _undefined(now.values, base.values, negative_base), result.shape)


@labelled("part", "total")
def share(part: Any, total: Any, *, join: str = "exact") -> Any:
    """Which fraction of a total a part is.

    ``part / total``

    Parameters
    ----------
    part, total : array_like, pandas, xarray, polars or Cube
        Levels in the same unit, of any shapes that broadcast; beside a DataFrame, a Series is one total per row.
    join : {"exact", "inner"}
        Labels of both must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64
        Fractions. The shares of all parts add up to 1.

    Raises
    ------
    ValueError
        Labels or units differ (the message names them), or shapes don't broadcast.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: NaN where `part` or `total` is missing, and where `total` is zero. A negative total (a balance, a decline)
    is divided by as it is: shares still add up to 1, and a part of the same sign as the total is positive.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.share([30.0, 50.0, 20.0], 100.0)
    array([0.3, 0.5, 0.2])
    """
    result = ufuncs.growth_share(part.values, total.values)
    if not (part.flagged or total.flagged):
        return result
    undefined = (total.values == 0) & ~np.isnan(part.values)
    return result, _mark(_union(result.shape, part.flags, total.flags), undefined, result.shape)


@labelled("part_now", "part_base", "total_base")
def contribution(part_now: Any, part_base: Any, total_base: Any, *, join: str = "exact") -> Any:
    """What a part adds to the growth rate of its total.

    ``(part_now - part_base) / total_base``

    Parameters
    ----------
    part_now, part_base : array_like, pandas, xarray, polars or Cube
        The part, now and in the base period; in the same unit as the total.
    total_base : array_like, pandas, xarray, polars or Cube
        The total in the base period; beside a DataFrame, a Series is one total per row.
    join : {"exact", "inner"}
        Labels of all must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64
        Fractions (0.01 is one percentage point). Over all parts they add up to the growth rate of the total.

    Raises
    ------
    ValueError
        Labels or units differ (the message names them), or shapes don't broadcast.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: NaN where any of the three is missing, and where `total_base` is zero or negative. They add up for levels
    that add up: current prices, or prices of the base period. Chain-linked volumes don't; their contributions need
    the weights.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8, which also shows what chain-linking changes.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.contribution([63.0, 41.0], [60.0, 40.0], 100.0)
    array([0.03, 0.01])
    """
    result = ufuncs.growth_contribution(part_now.values, part_base.values, total_base.values)
    if not (part_now.flagged or part_base.flagged or total_base.flagged):
        return result
    flags = _union(result.shape, part_now.flags, _unbroken(part_base.flags), _unbroken(total_base.flags))
    missing = np.isnan(part_now.values) | np.isnan(part_base.values)
    return result, _mark(flags, (total_base.values <= 0) & ~missing, result.shape)


@labelled("rate")
def average(rate: Any, periods: float) -> Any:
    r"""The same rate in every period that adds up to a rate over several: average (compound) growth.

    ``(1 + rate) ** (1 / periods) - 1``

    Parameters
    ----------
    rate : array_like, pandas, xarray, polars or Cube
        Growth over `periods` periods together, a fraction, as `rate` and `pct_change` give it.
    periods : float
        How many; more than 0. Years, for the average annual growth.

    Returns
    -------
    same kind as `rate`
        Fractions per period.

    Raises
    ------
    ValueError
        `periods` is not more than 0.
    TypeError
        `rate` holds no numbers.

    Notes
    -----
    Missing: NaN where `rate` is missing, or less than -1 (the figure has changed its sign). Flags of a Cube stay.

    Computed as ``expm1(log1p(rate) / periods)``, which keeps the digits of small rates.

    References
    ----------
    OECD, *Data and Metadata Reporting and Presentation Handbook* (2007), on average growth rates.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.average([0.21, -0.75, 0.0], 2)
    array([ 0.1, -0.5,  0. ])
    >>> round(float(growth.average(growth.rate(121.0, 100.0), 2)), 6)
    0.1
    """
    if not periods > 0:
        raise ValueError(f"periods: expected more than 0, got {periods!r}")
    with np.errstate(divide="ignore", invalid="ignore"):
        result = np.expm1(np.log1p(rate.values) / periods)
    return (result, rate.flags) if rate.flagged else result


# ---- along time ----------------------------------------------------------------------------------------------


@labelled("x")
def pct_change(
    x: Any,
    lag: int = 1,
    *,
    skip_missing: bool = False,
    negative_base: str | None = None,
    freq: str | None = None,
    axis: int | str | None = None,
    out: NDArray[np.float64] | None = None,
) -> Any:
    """By which fraction each figure has grown over the one `lag` periods before: month on month, quarter on quarter.

    ``(x[t] - x[t - lag]) / x[t - lag]``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time.
    lag : int
        How many periods back, at least 1.
    skip_missing : bool
        Compare with the last figure that was observed at `t - lag` or before, rather than only at `t - lag`.
    negative_base : {None, "abs"}
        A negative base gives NaN (None), or the rise over its size.
    freq : {None, "A", "S", "Q", "M", "W", "D"}
        How often the dates of a DatetimeIndex come, where that can't be inferred.
    axis : int, str or None
        Where time runs: the last axis of an array, the rows of a DataFrame, the dimension ``time`` (or the only one of
        dates) of a DataArray, always ``time`` of a Cube.
    out : ndarray, optional
        Where the result goes; only for arrays. It may be `x` itself.

    Returns
    -------
    same kind as `x`
        Fractions (0.06 is 6 %), in the shape of `x`. NaN where there is no period `lag` before.

    Raises
    ------
    ValueError
        `lag` is less than 1, dates have no frequency that can be inferred, a period comes twice, or rows have a
        MultiIndex (that is several series in one column).
    TypeError
        `x` holds no numbers, or `out` comes with a labelled `x`.

    Notes
    -----
    Time is the calendar's where `x` carries periods (PeriodIndex, DatetimeIndex, DataArray, Cube): a period that the
    index lacks is a missing figure, and rows may come in any order. Anything else counts places. Business days count
    as days: Monday has no figure one day before, unless ``skip_missing=True``.

    Missing: NaN where one of the two is missing, or the base is zero or negative. Flags of a Cube: those of the two
    cells, but BREAK exactly where a break lies after the base, up to and including `t`; UNDEFINED where the base allows
    no rate; none where there is no base.

    References
    ----------
    OECD, *Data and Metadata Reporting and Presentation Handbook* (2007), on the terminology of growth rates.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.pct_change([100.0, 102.0, 51.0])
    array([  nan,  0.02, -0.5 ])
    >>> growth.pct_change([100.0, float("nan"), 51.0], skip_missing=True)
    array([  nan,   nan, -0.49])
    """
    _letter(freq)
    return _change(x, _lag(lag), negative_base, out, skip_missing=skip_missing)


@labelled("x")
def yoy(
    x: Any,
    *,
    freq: str | None = None,
    lag: int | None = None,
    negative_base: str | None = None,
    axis: int | str | None = None,
    out: NDArray[np.float64] | None = None,
) -> Any:
    """By which fraction each figure has grown over the same period of the year before: year on year.

    ``(x[t] - x[t - year]) / x[t - year]``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time.
    freq : {None, "A", "S", "Q", "M", "W", "D"}
        How often figures come. Needed where `x` carries no periods (then A, S, Q or M), or dates whose frequency can't
        be inferred.
    lag : int, optional
        How many periods a year has, in place of `freq`.
    negative_base : {None, "abs"}
        A negative base gives NaN (None), or the rise over its size.
    axis : int, str or None
        Where time runs: the last axis of an array, the rows of a DataFrame, the dimension ``time`` (or the only one of
        dates) of a DataArray, always ``time`` of a Cube.
    out : ndarray, optional
        Where the result goes; only for arrays. It may be `x` itself.

    Returns
    -------
    same kind as `x`
        Fractions (0.06 is 6 %), in the shape of `x`. NaN where there is no such period a year before.

    Raises
    ------
    ValueError
        `x` carries no periods and neither `freq` nor `lag` is given; or as in `pct_change`.
    TypeError
        `x` holds no numbers, or `out` comes with a labelled `x`.

    Notes
    -----
    Of weeks, the year before has the ISO week of the same number (none for week 53); of days, the same date (none for
    29 February). Time, missing values and flags are as in `pct_change`.

    References
    ----------
    OECD, *Data and Metadata Reporting and Presentation Handbook* (2007), on the terminology of growth rates.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.yoy([100.0, 110.0, 120.0, 130.0, 106.0, 99.0], freq="Q")
    array([  nan,   nan,   nan,   nan,  0.06, -0.1 ])
    """
    freq = _letter(freq)
    if lag is not None:
        if freq is not None and x.time is None:
            raise ValueError("yoy: say freq= or lag=, not both")
        return _change(x, _lag(lag), negative_base, out)
    if x.time is not None:
        per_year = x.time.per_year
        step = x.time.year_lag_index() if per_year is None else per_year
    elif freq is None:
        raise ValueError("yoy: the argument carries no periods: say freq= (A, S, Q or M) or lag=")
    elif freq not in _PER_YEAR:
        raise ValueError(f"yoy: freq={freq!r} needs an index of dates, as years differ in length")
    else:
        step = _PER_YEAR[freq]
    return _change(x, step, negative_base, out)


# ---- what the two have in common -----------------------------------------------------------------------------


def _kernel(negative_base: str | None) -> np.ufunc:
    if negative_base is None:
        return ufuncs.growth_rate
    if negative_base == "abs":
        return ufuncs.growth_rate_abs
    raise ValueError(f"negative_base: expected None or 'abs', got {negative_base!r}")


def _lag(lag: Any) -> int:
    if not isinstance(lag, int | np.integer) or isinstance(lag, bool):
        raise TypeError(f"lag: expected an integer, got {lag!r}")
    if lag < 1:
        raise ValueError(f"lag: expected 1 or more, got {lag}")
    return int(lag)


def _letter(freq: str | None) -> str | None:
    if freq is not None and freq not in ("A", "S", "Q", "M", "W", "D"):
        raise ValueError(f"freq: expected one of A, S, Q, M, W, D, got {freq!r}")
    return freq


def _change(
    x: Panel,
    step: int | NDArray[np.int64],
    negative_base: str | None,
    out: NDArray[np.float64] | None,
    *,
    skip_missing: bool = False,
) -> Any:
    """Rates over the period `step` before, or over the place `step[t]` (-1: there is none)."""
    values, axis = x.values, x.axis
    if axis is None:
        raise ValueError("a single figure has no growth: expected an axis of time")
    if out is not None and out.shape != values.shape:
        raise ValueError(f"out: expected the shape {values.shape}, got {out.shape}")
    kernel = _kernel(negative_base)
    if x.time is not None and not x.time.contiguous and isinstance(step, int):
        before, step = _observed_before(x, step) if skip_missing else (values, x.time.lag_index(step))
    else:
        before = values
    if not isinstance(step, int):
        result = _over_index(kernel, values, before, step, axis, out=out)
    elif skip_missing:
        result = _over_observed(kernel, values, step, axis, out=out)
    else:
        result = _over_places(negative_base, values, step, axis, out=out)
    if not x.flagged:
        return result
    return result, _flags_along(x, step, skip_missing, negative_base)


def _over_places(negative_base: str | None, x: Any, lag: int, axis: int, *, out: NDArray[np.float64] | None) -> Any:
    """Rates over the place `lag` before, in one pass; a result of our own is laid out as `x` is."""
    ufunc = ufuncs.growth_rate_lag if negative_base is None else ufuncs.growth_rate_abs_lag
    if isinstance(x, np.ndarray):
        return ufunc(x, lag, axis=axis, out=np.empty_like(x, subok=False) if out is None else out)
    return np.moveaxis(ufunc(np.moveaxis(x, axis, -1), lag), -1, axis)  # a lazy array


def _over_observed(kernel: np.ufunc, x: Any, lag: int, axis: int, *, out: NDArray[np.float64] | None) -> Any:
    """Rates over the last observation at the place `lag` before or earlier."""
    length = x.shape[axis]
    lag = min(lag, length)
    head, tail, bases = (_along(axis, *ends) for ends in ((0, lag), (lag, length), (0, length - lag)))
    if not isinstance(x, np.ndarray):  # a lazy array
        body = kernel(x[tail], _last_observed(x, axis)[bases])
        return np.concatenate([np.full_like(x[head], np.nan), body], axis=axis)
    if out is not None and np.may_share_memory(out, x):
        x = x.copy()
    result = np.empty_like(x, subok=False) if out is None else out
    # in blocks of series, so that the bases are still in the cache when they are divided by
    others = [k for k in range(x.ndim) if k != axis]
    across = max(others, key=lambda k: abs(x.strides[k]), default=None)
    blocks: list[tuple[slice, ...]] = [(slice(None),)]
    if across is not None and x.size:
        step = max(1, _BLOCK * x.shape[across] // x.size)
        blocks = [_along(across, start, start + step) for start in range(0, x.shape[across], step)]
    for block in blocks:
        now, rates = x[block], result[block]
        kernel(now[tail], _last_observed(now, axis)[bases], out=rates[tail])
        rates[head] = np.nan
    return result


def _over_index(
    kernel: np.ufunc, now: Any, before: Any, index: NDArray[np.int64], axis: int, *, out: NDArray[np.float64] | None
) -> Any:
    """``kernel(now[t], before[index[t]])`` along an axis, NaN where the index is -1."""
    base = np.take(before, np.maximum(index, 0), axis=axis)
    base = np.where(_upright(index < 0, now.ndim, axis), np.nan, base)
    return kernel(now, base) if out is None else kernel(now, base, out=out)


def _last_observed(values: Any, axis: int) -> Any:
    if isinstance(values, np.ndarray):
        return ufuncs.growth_last_observed(values, axis=axis, out=np.empty_like(values, subok=False))
    return np.moveaxis(ufuncs.growth_last_observed(np.moveaxis(values, axis, -1)), -1, axis)


def _observed_before(x: Panel, lag: Any) -> tuple[Any, NDArray[np.int64]]:
    """The last observation up to each period there is, and which of them counts for a period `lag` later."""
    assert x.time is not None
    assert x.axis is not None
    x.time.lag_index(lag)  # raises where a period comes twice
    ordinals = x.time.ordinals.astype(np.int64)
    order = np.argsort(ordinals, kind="stable")
    index = np.searchsorted(ordinals[order], ordinals - lag, side="right") - 1
    return _last_observed(np.take(x.values, order, axis=x.axis), x.axis), index


def _along(axis: int, start: int, stop: int) -> tuple[slice, ...]:
    return (slice(None),) * axis + (slice(start, stop),)


def _upright(along: NDArray[Any], ndim: int, axis: int) -> NDArray[Any]:
    """One value per period, as an array that broadcasts against the others along `axis`."""
    return along.reshape((-1,) + (1,) * (ndim - 1 - axis))


# ---- flags ---------------------------------------------------------------------------------------------------


def _unbroken(flags: NDArray[np.uint32] | None) -> NDArray[np.uint32] | None:
    """A break at the base lies before the growth that is measured from it."""
    return None if flags is None else flags & ~_BREAK


def _union(shape: tuple[int, ...], *parts: NDArray[np.uint32] | None) -> NDArray[np.uint32] | None:
    union = None
    for part in parts:
        if part is not None:
            union = part if union is None else union | part
    return None if union is None else np.array(np.broadcast_to(union, shape))


def _undefined(now: Any, base: Any, negative_base: str | None) -> NDArray[np.bool_]:
    """Where the base, and nothing else, is why there is no rate."""
    refused = base <= 0 if negative_base is None else base == 0
    where: NDArray[np.bool_] = refused & ~np.isnan(now)
    return where


def _mark(
    flags: NDArray[np.uint32] | None, undefined: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.uint32] | None:
    if undefined.any():
        flags = np.zeros(shape, np.uint32) if flags is None else flags
        flags |= np.where(undefined, _UNDEFINED, np.uint32(0))
    return flags if flags is not None and flags.any() else None


def _flags_along(
    x: Panel, step: int | NDArray[np.int64], skip_missing: bool, negative_base: str | None
) -> NDArray[np.uint32] | None:
    """Those of both cells, BREAK where one lies after the base, UNDEFINED where the base allows no rate."""
    assert x.axis is not None
    values = np.moveaxis(x.values, x.axis, -1)
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
    undefined = _undefined(values, np.take_along_axis(values, place, -1), negative_base) & based
    flags = None
    if x.flags is not None:
        cells = np.moveaxis(x.flags, x.axis, -1)
        breaks = np.cumsum((cells & _BREAK) != 0, axis=-1)
        crossed = breaks > np.take_along_axis(breaks, place, -1)
        flags = (cells | np.take_along_axis(cells, place, -1)) & ~_BREAK
        flags = np.where(based, flags | np.where(crossed, _BREAK, np.uint32(0)), np.uint32(0))
    marked = _mark(flags, undefined, values.shape)
    return None if marked is None else np.ascontiguousarray(np.moveaxis(marked, -1, x.axis))
