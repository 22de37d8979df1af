"""Growth along time: each figure against an earlier one of its series."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._growth_flags import flags_along, judged, upright
from indicia._parts import elementwise, over_series
from indicia.containers import Panel, labelled

__all__ = ["annualised", "change", "log_change", "pct_change", "yoy"]

PER_YEAR: Final = {"A": 1, "S": 2, "Q": 4, "M": 12}
_BLOCK: Final = 1 << 17  # doubles that fit into the second-level cache


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
    letter_of(freq)
    return _change(x, lag_of(lag), _rates(negative_base), out, skip_missing=skip_missing)


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
    freq = letter_of(freq)
    if lag is not None:
        if freq is not None and x.time is None:
            raise ValueError("yoy: say freq= or lag=, not both")
        return _change(x, lag_of(lag), _rates(negative_base), out)
    if x.time is not None:
        per_year = x.time.per_year
        step = x.time.year_lag_index() if per_year is None else per_year
    elif freq is None:
        raise ValueError("yoy: the argument carries no periods: say freq= (A, S, Q or M) or lag=")
    elif freq not in PER_YEAR:
        raise ValueError(f"yoy: freq={freq!r} needs an index of dates, as years differ in length")
    else:
        step = PER_YEAR[freq]
    return _change(x, step, _rates(negative_base), out)


@labelled("x", unit="kept")
def change(
    x: Any,
    lag: int = 1,
    *,
    skip_missing: bool = False,
    freq: str | None = None,
    axis: int | str | None = None,
    out: NDArray[np.float64] | None = None,
) -> Any:
    """By how much each figure differs from the one `lag` periods before, in its own unit.

    ``x[t] - x[t - lag]``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time; or rates, whose changes are percentage points (as fractions: 0.01 is one point).
    lag, skip_missing, freq, axis, out
        As of `pct_change`.

    Returns
    -------
    same kind as `x`
        In the unit of `x` (a Cube keeps its unit and multiplier). NaN where there is no period `lag` before.

    Raises
    ------
    ValueError, TypeError
        As `pct_change`.

    Notes
    -----
    Any sign is welcome, zero too. Missing values and flags are as in `pct_change`; UNDEFINED only where one of the
    two is JOINT and the other not.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.change([100.0, 102.0, -5.0])
    array([  nan,    2., -107.])
    """
    letter_of(freq)
    how = _How(ufuncs.growth_change, ufuncs.growth_change_lag)
    return _change(x, lag_of(lag), how, out, skip_missing=skip_missing)


@labelled("x")
def log_change(
    x: Any,
    lag: int = 1,
    *,
    skip_missing: bool = False,
    freq: str | None = None,
    axis: int | str | None = None,
    out: NDArray[np.float64] | None = None,
) -> Any:
    """The logarithmic rate of each figure over the one `lag` periods before.

    ``ln(x[t] / x[t - lag])``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time.
    lag, skip_missing, freq, axis, out
        As of `pct_change`.

    Returns
    -------
    same kind as `x`
        Fractions (0.06 is 6 log per cent). Those of successive periods add up to the one over all of them. NaN where
        there is no period `lag` before.

    Raises
    ------
    ValueError, TypeError
        As `pct_change`.

    Notes
    -----
    NaN where one of the two is zero or negative. Missing values and flags are as in `pct_change`. For two figures
    beside one another there is `log_rate`.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.log_change([100.0, 106.0, 0.0]).round(6)
    array([     nan, 0.058269,      nan])
    """
    letter_of(freq)
    how = _How(ufuncs.growth_log_rate, ufuncs.growth_log_rate_lag)
    return _change(x, lag_of(lag), how, out, skip_missing=skip_missing)


@labelled("x", unit="fraction per year")
def annualised(
    x: Any,
    lag: int = 1,
    *,
    of: str = "level",
    per_year: float | None = None,
    freq: str | None = None,
    axis: int | str | None = None,
    out: NDArray[np.float64] | None = None,
) -> Any:
    """What growth over `lag` periods comes to in a year, if it goes on like that.

    ``(x[t] / x[t - lag])**(per_year / lag) - 1`` of levels, ``(1 + x[t])**(per_year / lag) - 1`` of rates.

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time, or with ``of="rate"`` rates that were measured over `lag` periods.
    lag : int
        How many periods the growth is measured over, at least 1.
    of : {"level", "rate"}
        What `x` is.
    per_year : float, optional
        How many periods a year has: by default 1, 2, 4, 12 and, of weeks, 52. Needed for days (365, or 252 of
        trading?) and where nothing says how often figures come.
    freq : {None, "A", "S", "Q", "M", "W", "D"}
        How often figures come, where `x` carries no periods, or dates whose frequency can't be inferred.
    axis : int, str or None
        Where time runs, as of `pct_change`.
    out : ndarray, optional
        Where the result goes; only for arrays. It may be `x` itself.

    Returns
    -------
    same kind as `x`
        Fractions per year (0.06 is 6 % a year); a Cube says so in its unit, so that they are never taken for plain
        rates of a quarter or a month.

    Raises
    ------
    ValueError
        Nothing says how many periods a year has, `per_year` isn't positive, or as `pct_change`.
    TypeError
        `x` holds no numbers, or `out` comes with a labelled `x`.

    Notes
    -----
    Of a lag of a year it is the plain rate. Within one unit in the last place. NaN where a level is negative, the
    base zero, or a rate below -1. Missing values and flags are as in `pct_change`.

    References
    ----------
    Federal Reserve Bank of Dallas, *DataBasics: Annualizing Data*. OECD, *Data and Metadata Reporting and Presentation
    Handbook* (2007), on the terminology of growth rates ("annualised growth rate").

    Examples
    --------
    0.92 % over the first five months of a year:

    >>> from indicia import growth
    >>> growth.annualised([100.0, 100.2, 100.3, 100.5, 100.7, 100.92], 5, freq="M")[-1].round(4)
    np.float64(0.0222)
    >>> growth.annualised([0.0092], 5, of="rate", freq="M").round(4)
    array([0.0222])
    """
    freq, lag = letter_of(freq), lag_of(lag)
    if of not in ("level", "rate"):
        raise ValueError(f"of: expected 'level' or 'rate', got {of!r}")
    power = _per_year(x, per_year, freq) / lag
    if of == "level":
        return _change(x, lag, _How(functools.partial(_annualise, power), None), out)
    if out is not None and out.shape != x.values.shape:
        raise ValueError(f"out: expected the shape {x.values.shape}, got {out.shape}")
    rates = (
        elementwise(ufuncs.growth_compound, x.values, power)
        if out is None
        else ufuncs.growth_compound(x.values, power, out=out)
    )
    return judged(rates, [x])


# ---- what they have in common -----------------------------------------------------------------------------


Kernel = Callable[..., Any]


class _How(NamedTuple):
    """What is made of a figure and an earlier one: `kernel` takes two arrays, `lagged`, if any, one and a lag."""

    kernel: Kernel
    lagged: np.ufunc | None


def _rates(negative_base: str | None) -> _How:
    kernel = kernel_of(negative_base)
    return _How(kernel, ufuncs.growth_rate_lag if negative_base is None else ufuncs.growth_rate_abs_lag)


def _annualise(power: float, now: Any, base: Any, **out: Any) -> Any:
    return ufuncs.growth_annualised(now, base, power, **out)


def _per_year(x: Panel, given: float | None, freq: str | None) -> float:
    if given is not None:
        if not 0 < given < math.inf:
            raise ValueError(f"per_year: expected a positive number, got {given!r}")
        return float(given)
    letter = freq if x.time is None else str(x.time.freq)
    if letter is None:
        raise ValueError("annualised: the argument carries no periods: say freq= or per_year=")
    if letter == "D":
        raise ValueError("annualised: say per_year=, as years of days differ (365, or the days of trading)")
    return 52.0 if letter == "W" else float(PER_YEAR[letter])


def kernel_of(negative_base: str | None) -> np.ufunc:
    if negative_base is None:
        return ufuncs.growth_rate
    if negative_base == "abs":
        return ufuncs.growth_rate_abs
    raise ValueError(f"negative_base: expected None or 'abs', got {negative_base!r}")


def lag_of(lag: Any) -> int:
    if not isinstance(lag, int | np.integer) or isinstance(lag, bool):
        raise TypeError(f"lag: expected an integer, got {lag!r}")
    if lag < 1:
        raise ValueError(f"lag: expected 1 or more, got {lag}")
    return int(lag)


def letter_of(freq: str | None) -> str | None:
    if freq is not None and freq not in ("A", "S", "Q", "M", "W", "D"):
        raise ValueError(f"freq: expected one of A, S, Q, M, W, D, got {freq!r}")
    return freq


def _change(
    x: Panel,
    step: int | NDArray[np.int64],
    how: _How,
    out: NDArray[np.float64] | None,
    *,
    skip_missing: bool = False,
) -> Any:
    """`how` over the period `step` before, or over the place `step[t]` (-1: there is none)."""
    values, axis = x.values, x.axis
    if axis is None:
        raise ValueError("a single figure has no growth: expected an axis of time")
    if out is not None and out.shape != values.shape:
        raise ValueError(f"out: expected the shape {values.shape}, got {out.shape}")
    kernel = how.kernel
    if x.time is not None and not x.time.contiguous and isinstance(step, int):
        before, step = _observed_before(x, step) if skip_missing else (values, x.time.lag_index(step))
    else:
        before = values
    if not isinstance(step, int):
        result = _over_index(kernel, values, before, step, axis, out=out)
    elif skip_missing:
        result = _over_observed(kernel, values, step, axis, out=out)
    else:
        result = _over_places(how, values, step, axis, out=out)
    if not x.flagged:
        return result
    return result, flags_along(x, result, step, skip_missing)


def _over_places(how: _How, x: Any, lag: int, axis: int, *, out: NDArray[np.float64] | None) -> Any:
    """Rates over the place `lag` before, in one pass; a result of our own is laid out as `x` is."""
    lagged = how.lagged
    if lagged is None:
        return _over_shift(how.kernel, x, lag, axis, out=out)
    if isinstance(x, np.ndarray):
        result = np.empty_like(x, subok=False) if out is None else out
        over_series(lambda part, out: lagged(part, lag, axis=axis, out=out), x, result, axis)
        return result
    return np.moveaxis(lagged(np.moveaxis(x, axis, -1), lag), -1, axis)  # a lazy array


def _over_shift(kernel: Kernel, x: Any, lag: int, axis: int, *, out: NDArray[np.float64] | None) -> Any:
    """The same by shifted views, for what has no lagged ufunc."""
    length = x.shape[axis]
    lag = min(lag, length)
    head, tail, bases = (_along(axis, *ends) for ends in ((0, lag), (lag, length), (0, length - lag)))
    if not isinstance(x, np.ndarray):  # a lazy array
        return np.concatenate([np.full_like(x[head], np.nan), kernel(x[tail], x[bases])], axis=axis)
    result = np.empty_like(x, subok=False) if out is None else out

    def shifted(part: Any, out: Any) -> None:
        if (
            axis == x.ndim - 1
            and part.flags.c_contiguous
            and out.flags.c_contiguous
            and not np.may_share_memory(part, out)
        ):
            # series in long rows: the first figures of each are compared with the end of its neighbour, and blanked
            # while they are in the cache
            row, to = part.reshape(-1), out.reshape(-1)
            step = max(_BLOCK // max(length, 1), 1) * max(length, 1)
            for start in range(0, row.size, step):
                some = row[start : start + step]
                kernel(some[lag:], some[: some.size - lag], out=to[start + lag : start + step])
                to[start : start + step].reshape(-1, length)[:, :lag] = np.nan
        else:
            kernel(part[tail], part[bases], out=out[tail])
            out[head] = np.nan

    over_series(shifted, x, result, axis)
    return result


def _over_observed(kernel: Kernel, x: Any, lag: int, axis: int, *, out: NDArray[np.float64] | None) -> Any:
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
    kernel: Kernel, now: Any, before: Any, index: NDArray[np.int64], axis: int, *, out: NDArray[np.float64] | None
) -> Any:
    """``kernel(now[t], before[index[t]])`` along an axis, NaN where the index is -1."""
    base = np.take(before, np.maximum(index, 0), axis=axis)
    base = np.where(upright(index < 0, now.ndim, axis), np.nan, base)
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
