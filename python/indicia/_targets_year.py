"""What the rest of a year must bring, and what comes of it, at every period."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from indicia._targets_model import ends_of_targets, fractions
from indicia._targets_sums import (
    Year,
    along,
    at_pace,
    beside,
    by_name,
    by_series,
    coming,
    needed,
    over_year_so_far,
    pace,
    rest_growth,
    standing,
    told,
    year_of,
)
from indicia.containers import Panel, labelled

__all__ = ["outturn", "percentile", "profile", "required", "run_rate"]

ONS: Final = ("year", "period")


def _check(of: str, on: str, year: str) -> None:
    if year not in ("this", "next"):
        raise ValueError(f"year: expected 'this' or 'next', got {year!r}")
    if of not in ("growth", "level"):
        raise ValueError(
            f"of: expected 'growth' or 'level', got {of!r}; a share becomes a level by the total that it is of"
        )
    if on not in ONS:
        raise ValueError(f"on: expected 'year' or 'period', got {on!r}")


def required(
    x: Any,
    target: Any,
    *,
    of: str = "growth",
    on: str = "year",
    year: str = "this",
    percent: bool = True,
    joint: bool | None = None,
    freq: str | None = None,
    start: int = 1,
    axis: int | str | None = None,
) -> Any:
    """By how much the rest of a year must grow for the whole of it to meet a target.

    At `t`, the k-th of the year's n periods, over the same periods of last year (``on="year"``):
    ``(needed - rest of last year) / rest of last year`` with ``needed = (1 + target) * last year - year so far``;
    or the same rate from each period to the next (``on="period"``): g in
    ``x[t] * ((1 + g) + ... + (1 + g) ** (n - k)) = needed``.

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Flows along time (output, sales, investment), or levels whose mean is aimed at.
    target : str, float, Target, or many of them
        What the year aims at: a text as `target` reads it, a number in the unit of the result (0.055), or one for each
        series: a Series or dict by the columns of a frame, an array without the axis of time, a cube of the other
        dimensions.
        Of a range its lower end (the upper one under ``aim="limit"``).
    of : {"growth", "level"}
        Whether the year's growth or its sum is aimed at.
    on : {"year", "period"}
        Growth over the same periods a year before, or from one period to the next.
    year : {"this", "next"}
        Which year's target: that of the year that `t` is in, or at its last period that of the next.
    percent : bool
        Whether texts without a unit are in per cent.
    joint : bool, optional
        Whether a second period whose first is missing holds both together, as of `indicia.growth.ytd`.
    freq : {None, "S", "Q", "M"}
        How often figures come, where `x` carries no periods.
    start : int
        Which period of its year the first figure is, where `x` carries no periods; 1 is the first.
    axis : int, str or None
        Where time runs, as of `indicia.growth.pct_change`.

    Returns
    -------
    same kind as `x`
        Fractions. NaN in the first year, and at the last period of each, when its target is over; for ``year="next"``
        at all other periods.

    Raises
    ------
    ValueError
        Less than a year and one period, annual figures, weeks or days; a text is no target; labels or shapes differ.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    Below -1: the target is reached already, whatever follows. The rate from one period to the next needs figures that
    are free of season.

    Missing: NaN from the first missing figure of a year to its end and through all of the next year, where the rest
    of last year is zero or negative, and for ``on="period"`` where nothing is needed any more (UNDEFINED on a Cube).
    A JOINT figure counts in sums, but no rate starts from it. Flags of a Cube: the union from last year's first period
    on, BREAK if one lies after that.

    See Also
    --------
    outturn : what comes of a rest that grows so: the target.
    path : the same for the year that is on, as a report.
    required_rate : from published rates of the year to date.

    Examples
    --------
    Three quarters stand 4 % above last year's, 6 % are aimed at:

    >>> from indicia import targets
    >>> x = [100.0, 100.0, 100.0, 100.0, 104.0, 104.0, 104.0]
    >>> targets.required(x, "6 %", freq="Q").round(4)
    array([   nan,    nan,    nan,    nan, 0.0667, 0.08  , 0.12  ])
    >>> targets.required(x, 0.06, on="period", freq="Q")[-1].round(4)
    np.float64(0.0769)
    """
    _check(of, on, year)
    aim = ends_of_targets(by_name(x, target, axis), of=of, percent=percent).figure
    return _required(x, beside(x, aim, axis), of, on, year, joint=joint, freq=freq, start=start, axis=axis)


@labelled("x", "target", levels=("x",))
@by_series
def _required(x: Any, target: Any, of: str, on: str, when: str, *, joint: Any, freq: Any, start: int, axis: Any) -> Any:
    year = _when(x, when, freq=freq, start=start, joint=joint, name="required")
    aim = along(x, target, year.dense)
    if on == "year":
        return told(x, year, rest_growth(year, aim, of), aim)
    return told(x, year, pace(year.now, needed(year, aim, of), year.left), aim, year.now)


def _when(x: Panel, when: str, **how: Any) -> Year:
    return coming(year_of(x, ahead=True, **how)) if when == "next" else year_of(x, **how)


def outturn(
    x: Any,
    rate: Any,
    *,
    of: str = "growth",
    on: str = "year",
    year: str = "this",
    joint: bool | None = None,
    freq: str | None = None,
    start: int = 1,
    axis: int | str | None = None,
) -> Any:
    """What becomes of a year whose rest grows at a rate: what if.

    At `t`, ``(year so far + rest of last year * (1 + rate)) / last year - 1``; with ``on="period"`` the rest is
    ``x[t] * ((1 + rate) + (1 + rate) ** 2 + ...)``.

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Flows along time, or levels whose mean is looked at.
    rate : float, or one for each series or figure
        Growth of the rest: fractions.
    of : {"growth", "level"}
        Whether the year's growth is given back, or its sum.
    on : {"year", "period"}
        Over the same periods a year before, or from one period to the next.
    year : {"this", "next"}
        What becomes of the year that `t` is in, or at its last period of the next.
    joint, freq, start, axis
        As of `required`.

    Returns
    -------
    same kind as `x`
        Fractions, or a level (a Cube's unit is then that of `x`). NaN in the first year; at the last period of a year
        the year's own.

    Raises
    ------
    ValueError
        As `required`.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    ``outturn(x, required(x, target))`` is the target. Missing and flags: as of `required`; NaN where last year adds up
    to zero or less.

    Examples
    --------
    >>> from indicia import targets
    >>> x = [100.0, 100.0, 100.0, 100.0, 104.0, 104.0, 104.0]
    >>> targets.outturn(x, 0.12, freq="Q")[-1].round(4), targets.outturn(x, 0.0, of="level", freq="Q")[-1]
    (np.float64(0.06), np.float64(412.0))
    """
    _check(of, on, year)
    make = _outturn if of == "growth" else _outturn_level
    fractions(rate, "rate")
    rate = np.asarray(rate, np.float64) if isinstance(rate, list | tuple) else rate
    return make(x, beside(x, rate, axis), on, year, joint=joint, freq=freq, start=start, axis=axis)


@labelled("x", "rate", levels=("x",))
@by_series
def _outturn(x: Any, rate: Any, on: str, when: str, *, joint: Any, freq: Any, start: int, axis: Any) -> Any:
    year = _when(x, when, freq=freq, start=start, joint=joint, name="outturn")
    g = along(x, rate, year.dense)
    base = year.base_so_far + year.base_rest
    base = np.where(base > 0, base, np.nan)
    done = year.so_far - year.base_so_far
    if on == "year":
        rest = np.where(year.left > 0, year.base_rest * g, 0.0)
    else:
        rest = np.where(year.left > 0, at_pace(year.now, g, year.left), 0.0) - year.base_rest
    return told(x, year, (done + rest) / base, np.asarray(g))


@labelled("x", "rate", unit="kept", levels=("x",))
@by_series
def _outturn_level(x: Any, rate: Any, on: str, when: str, *, joint: Any, freq: Any, start: int, axis: Any) -> Any:
    year = _when(x, when, freq=freq, start=start, joint=joint, name="outturn")
    g = along(x, rate, year.dense)
    rest = year.base_rest * (1.0 + g) if on == "year" else at_pace(year.now, g, year.left)
    return told(x, year, year.so_far + np.where(year.left > 0, rest, 0.0), np.asarray(g))


@labelled("x", unit="kept")
@by_series
def run_rate(
    x: Any,
    *,
    profile: str = "last year",
    joint: bool | None = None,
    freq: str | None = None,
    start: int = 1,
    axis: int | str | None = None,
) -> Any:
    """The sum that a year comes to if it goes on as so far.

    ``year so far * last year / last year up to the same period``, or ``year so far * n / k``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Flows along time.
    profile : {"last year", "even"}
        How a year is spread over its periods: as last year was, or evenly.
    joint, freq, start, axis
        As of `required`.

    Returns
    -------
    same kind as `x`
        In the unit of `x`. At the last period of a year its sum.

    Raises
    ------
    ValueError
        `profile` is none of its choices; or as `required`.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    By last year's profile the rest grows over last year as much as the year so far has: for a target of growth the run
    rate is that growth. Missing: as of `required`, and NaN where last year so far is zero or negative.

    Examples
    --------
    >>> from indicia import targets
    >>> x = [10.0, 20.0, 30.0, 40.0, 11.0]
    >>> targets.run_rate(x, freq="Q")[-1], targets.run_rate(x, profile="even", freq="Q")[-1]
    (np.float64(110.0), np.float64(44.0))
    """
    if profile not in ("last year", "even"):
        raise ValueError(f"profile: expected 'last year' or 'even', got {profile!r}")
    year = year_of(x, freq=freq, start=start, joint=joint, name="run_rate")
    if profile == "even":
        done = year.per_year - year.left
        return told(x, year, year.so_far * (year.per_year / done))
    base = np.where(year.base_so_far > 0, year.base_so_far, np.nan)
    return told(x, year, year.so_far + year.so_far * (year.base_rest / base))


@labelled("x")
@by_series
def profile(
    x: Any, *, joint: bool | None = None, freq: str | None = None, start: int = 1, axis: int | str | None = None
) -> Any:
    """Which part of a year's sum is done by each of its periods.

    ``year up to t / whole year``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Flows along time.
    joint, freq, start, axis
        As of `required`.

    Returns
    -------
    same kind as `x`
        Fractions, 1 at the last period of a year. NaN in years that aren't whole, or add up to zero or less.

    Raises
    ------
    ValueError
        As `required`.
    TypeError
        `x` holds no numbers.

    See Also
    --------
    required_rate : takes last year's.

    Examples
    --------
    >>> from indicia import targets
    >>> targets.profile([10.0, 20.0, 30.0, 40.0, 11.0], freq="Q")
    array([0.1, 0.3, 0.6, 1. , nan])
    """
    year = year_of(x, freq=freq, start=start, joint=joint, name="profile")
    whole = year.so_far + year.rest
    result = year.so_far / np.where(whole > 0, whole, np.nan)
    return over_year_so_far(x, year, result)


def percentile(
    x: Any,
    target: Any,
    *,
    of: str = "growth",
    year: str = "this",
    percent: bool = True,
    min_years: int = 3,
    joint: bool | None = None,
    freq: str | None = None,
    start: int = 1,
    axis: int | str | None = None,
) -> Any:
    """In which part of earlier years the same part of the year grew by less than is now required.

    At `t`, of the growth rates of the rest of the year after the same period, in all earlier years: the fraction below
    `required`, those equal to it counted half.

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Flows along time, or levels whose mean is aimed at.
    target : str, float, Target, or many of them
        As of `required`.
    of, year, percent
        As of `required`.
    min_years : int
        How many earlier years are enough.
    joint, freq, start, axis
        As of `required`.

    Returns
    -------
    same kind as `x`
        Fractions: 0 if every year did better than is required, 1 if none did. NaN with fewer years than `min_years`.

    Raises
    ------
    ValueError
        `min_years` is less than 1; or as `required`.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    A count, no probability: years are few, and not drawn from an urn. Missing: a year in which the rate isn't known
    doesn't count. Flags of a Cube: as of `required`; those of the years compared with don't enter.

    Examples
    --------
    >>> from indicia import targets
    >>> x = [100.0, 100.0, 100.0, 105.0, 100.0, 112.0, 100.0, 119.0, 100.0]
    >>> targets.percentile(x, 0.05, freq="S", min_years=3)[-1]
    np.float64(1.0)
    """
    _check(of, "year", year)
    if isinstance(min_years, bool) or not isinstance(min_years, int | np.integer) or min_years < 1:
        raise ValueError(f"min_years: expected a whole number from 1 on, got {min_years!r}")
    aim = ends_of_targets(by_name(x, target, axis), of=of, percent=percent).figure
    return _percentile(
        x, beside(x, aim, axis), of, year, int(min_years), joint=joint, freq=freq, start=start, axis=axis
    )


@labelled("x", "target", levels=("x",))
@by_series
def _percentile(
    x: Any, target: Any, of: str, when: str, min_years: int, *, joint: Any, freq: Any, start: int, axis: Any
) -> Any:
    year = _when(x, when, freq=freq, start=start, joint=joint, name="percentile")
    wanted = rest_growth(year, along(x, target, year.dense), of)
    below, count = standing(year, wanted)
    result = np.where(np.isnan(wanted) | (count < min_years), np.nan, below / np.maximum(count, 1))
    return told(x, year, result, wanted, np.where(count < min_years, np.nan, 0.0))
