"""Temporal disaggregation and benchmarking: years told as quarters or months that add up to them.

Benchmarks come by year (half-year, quarter), results by half-year, quarter or month; for both an array, pandas,
xarray, polars or a Cube. With an indicator that is known more often: `denton_cholette` (the one to begin with),
`denton`. With a regression on indicators: `chow_lin`, `fernandez`, `litterman`, `ols`, which give standard errors.
Back again: `aggregate`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from indicia._disaggregation_aggregate import aggregate
from indicia._disaggregation_run import (
    AUTOREGRESSIVE,
    WALK,
    WALK_AUTOREGRESSIVE,
    WALK_OF_WALKS,
    WITHOUT,
    How,
    Outcome,
    disaggregate,
)

__all__ = ["Regression", "aggregate", "chow_lin", "denton", "denton_cholette", "fernandez", "litterman", "ols"]


class Regression(NamedTuple):
    """What a regression of `disaggregation` finds.

    Examples
    --------
    >>> from indicia import disaggregation
    >>> found = disaggregation.ols([10.0, 14.0, 18.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], per=2)
    >>> found.coefficients.round(6)
    array([3.5, 1. ])
    """

    values: Any
    errors: Any
    coefficients: Any
    rho: Any
    variance: Any
    likelihood: Any


def denton_cholette(
    benchmark: Any,
    indicator: Any = None,
    *,
    criterion: str = "proportional",
    differences: int = 1,
    to: str | None = None,
    per: int | None = None,
    start: int = 0,
    conversion: str = "sum",
    lengths: str = "equal",
    freq: str | None = None,
    threads: int | None = None,
) -> Any:
    """Years told as quarters or months that move as an indicator does, and add up to the years.

    Of all series with the given yearly sums, the one whose quotient by the indicator changes least: ``sum((x[t] /
    z[t] - x[t-1] / z[t-1])**2)`` is the smallest (criterion "proportional", first differences).

    Parameters
    ----------
    benchmark : array_like, pandas, xarray, polars or Cube
        Levels by year (half-year, quarter); of an array time is the last axis, of pandas the rows. NaN is a year that
        is not known, which nothing has to add up to.
    indicator : the same kinds, optional
        What moves as the result should: levels by quarter or month, one series for all benchmarks or one for each. It
        may begin before the benchmarks and end after them: the result does, too. Without one the result is as smooth
        as can be.
    criterion : {"proportional", "additive"}
        Whether quotients of result and indicator are kept smooth, or differences.
    differences : {1, 2, 0}
        Which differences are kept small: changes; changes of changes; or the distances themselves.
    to : {"S", "Q", "M"}, optional
        The frequency of the result, where there is no indicator to say it.
    per : int, optional
        How many periods a year has, where arguments carry none.
    start : int
        Then, at which place of the indicator the first benchmark begins.
    conversion : {"sum", "average", "first", "last"}
        What a year is of its periods: their sum (flows), average (rates, indices), first or last one (stocks).
    lengths : {"equal", "days"}
        "days": longer months weigh more in an average, and an even flow brings more in them.
    freq : str, optional
        How often the benchmark comes, where dates don't say it.
    threads : int, optional
        How many threads; by default `indicia.get_threads`. The same result for any number.

    Returns
    -------
    same kind as `benchmark`
        By quarter or month, in the unit of the benchmark. The weighted sums are those of the benchmark, to rounding.

    Raises
    ------
    ValueError
        Frequencies don't fit, an option is none of those above, or a benchmark lacks periods of its indicator (the
        message names it).
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: a series is NaN where its indicator is missing at an end, and throughout if that is missing between two
    figures, or zero in all of a year that has a benchmark (criterion "proportional"). Flags of a Cube: ESTIMATED, and
    those of the benchmark.

    Where the indicator goes on after the last benchmark, the last quotient is carried forward (with second
    differences, its trend). Linear in the number of periods.

    References
    ----------
    F. T. Denton, "Adjustment of monthly or quarterly series to annual totals", *Journal of the American Statistical
    Association* 66 (1971). P. A. Cholette, "Adjusting sub-annual series to yearly benchmarks", *Survey Methodology* 10
    (1984). IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 6.

    Examples
    --------
    Quarters from years and an indicator (IMF, *Quarterly National Accounts Manual*, 2001, example 6.2); the third
    year isn't known yet.

    >>> from indicia import disaggregation
    >>> indicator = [98.2, 100.8, 102.2, 100.8, 99.0, 101.6, 102.7, 101.5, 100.5, 103.0, 103.5, 101.5]
    >>> disaggregation.denton_cholette([4000.0, 4161.4], indicator, per=4).round(1)
    array([ 969.8,  998.4, 1018.3, 1013.4, 1007.2, 1042.8, 1060.3, 1051. ,
           1040.6, 1066.5, 1071.7, 1051. ])
    """
    how = _denton(criterion, differences, free=True)
    return disaggregate(
        benchmark, _one(indicator), how, to=to, per=per, start=start, conversion=conversion, lengths=lengths, freq=freq,
        threads=threads,
    ).values  # fmt: skip


def denton(
    benchmark: Any,
    indicator: Any = None,
    *,
    criterion: str = "proportional",
    differences: int = 1,
    to: str | None = None,
    per: int | None = None,
    start: int = 0,
    conversion: str = "sum",
    lengths: str = "equal",
    freq: str | None = None,
    threads: int | None = None,
) -> Any:
    """As `denton_cholette`, but with a beginning that is held to the indicator.

    ``sum((x[t] / z[t] - x[t-1] / z[t-1])**2)``, where before the first period the result is the indicator (criterion
    "proportional": its scale, too, should be the benchmark's).

    Parameters
    ----------
    benchmark : array_like, pandas, xarray, polars or Cube
        Levels by year (half-year, quarter); of an array time is the last axis, of pandas the rows. NaN is a year that
        is not known, which nothing has to add up to.
    indicator : the same kinds, optional
        What moves as the result should: levels by quarter or month, one series for all benchmarks or one for each. It
        may begin before the benchmarks and end after them: the result does, too. Without one the result is as smooth
        as can be.
    criterion : {"proportional", "additive"}
        Whether quotients of result and indicator are kept smooth, or differences.
    differences : {1, 2, 0}
        Which differences are kept small: changes; changes of changes; or the distances themselves.
    to : {"S", "Q", "M"}, optional
        The frequency of the result, where there is no indicator to say it.
    per : int, optional
        How many periods a year has, where arguments carry none.
    start : int
        Then, at which place of the indicator the first benchmark begins.
    conversion : {"sum", "average", "first", "last"}
        What a year is of its periods: their sum (flows), average (rates, indices), first or last one (stocks).
    lengths : {"equal", "days"}
        "days": longer months weigh more in an average, and an even flow brings more in them.
    freq : str, optional
        How often the benchmark comes, where dates don't say it.
    threads : int, optional
        How many threads; by default `indicia.get_threads`. The same result for any number.

    Returns
    -------
    same kind as `benchmark`
        By quarter or month, in the unit of the benchmark. The weighted sums are those of the benchmark, to rounding.

    Raises
    ------
    ValueError
        Frequencies don't fit, an option is none of those above, or a benchmark lacks periods of its indicator (the
        message names it).
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: a series is NaN where its indicator is missing at an end, and throughout if that is missing between two
    figures, or zero in all of a year that has a benchmark (criterion "proportional"). Flags of a Cube: ESTIMATED, and
    those of the benchmark.

    This is the method as it was first published; it bends the beginning towards the indicator's own level.
    `denton_cholette` does not, and is what manuals recommend.

    References
    ----------
    F. T. Denton, "Adjustment of monthly or quarterly series to annual totals", *Journal of the American Statistical
    Association* 66 (1971).

    Examples
    --------
    >>> from indicia import disaggregation
    >>> disaggregation.denton([10.0, 14.0], [2.0, 2.0, 3.0, 3.0], per=2, criterion="additive", differences=0)
    array([5., 5., 7., 7.])
    """
    how = _denton(criterion, differences, free=False)
    return disaggregate(
        benchmark, _one(indicator), how, to=to, per=per, start=start, conversion=conversion, lengths=lengths, freq=freq,
        threads=threads,
    ).values  # fmt: skip


def chow_lin(
    benchmark: Any,
    indicators: Any = None,
    *,
    constant: bool = True,
    rho: str | float = "max_log",
    rho_range: tuple[float, float] = (0.0, 0.999),
    to: str | None = None,
    per: int | None = None,
    start: int = 0,
    conversion: str = "sum",
    lengths: str = "equal",
    freq: str | None = None,
    threads: int | None = None,
) -> Regression:
    """Years told as quarters or months by a regression on indicators, with errors that fade.

    ``x = Z b + u``, ``u[t] = rho u[t-1] + e[t]``; b is estimated from the years by generalised least squares, and
    what the years leave of the regression is spread as u most likely was.

    Parameters
    ----------
    benchmark : array_like, pandas, xarray, polars or Cube
        Levels by year (half-year, quarter); of an array time is the last axis, of pandas the rows. NaN is a year that
        is not known, which nothing has to add up to.
    indicators : the same kinds, or a list of them, optional
        Related series by quarter or month, up to 15; each one for all benchmarks, or one for each. They may begin
        before the benchmarks and end after them: the result does, too.
    constant : bool
        Whether the regression has a constant.
    rho : {"max_log", "min_rss"} or float
        The autocorrelation of u: the likeliest, that of the least sum of squares, or as given.
    rho_range : (float, float)
        Where it is sought.
    to : {"S", "Q", "M"}, optional
        The frequency of the result, where there is no indicator to say it.
    per : int, optional
        How many periods a year has, where arguments carry none.
    start : int
        Then, at which place of the indicator the first benchmark begins.
    conversion : {"sum", "average", "first", "last"}
        What a year is of its periods: their sum (flows), average (rates, indices), first or last one (stocks).
    lengths : {"equal", "days"}
        "days": longer months weigh more in an average, and an even flow brings more in them.
    freq : str, optional
        How often the benchmark comes, where dates don't say it.
    threads : int, optional
        How many threads; by default `indicia.get_threads`. The same result for any number.

    Returns
    -------
    Regression
        `values` and their standard `errors`, of the kind of `benchmark`; `coefficients` (the constant first), `rho`,
        `variance` and `likelihood`, by series.

    Raises
    ------
    ValueError
        As of `denton_cholette`.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: as of `denton_cholette`; NaN throughout, too, with fewer benchmarks than coefficients, or where
    indicators say the same. Standard errors are those of the model, given rho; the variance in them is of as many
    degrees of freedom as benchmarks exceed coefficients. `variance` itself is the likeliest one.

    References
    ----------
    G. C. Chow and A. Lin, "Best linear unbiased interpolation, distribution, and extrapolation of time series by
    related series", *Review of Economics and Statistics* 53 (1971).

    Examples
    --------
    >>> from indicia import disaggregation
    >>> found = disaggregation.chow_lin([10.0, 14.0, 18.0, 26.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0], per=2)
    >>> found.values.reshape(4, 2).sum(axis=1).round(9)
    array([10., 14., 18., 26.])
    """
    made = disaggregate(
        benchmark, indicators, How(AUTOREGRESSIVE, polynomial=int(constant), rho=rho, rho_range=rho_range,
        errors=True), to=to, per=per, start=start, conversion=conversion, lengths=lengths, freq=freq, threads=threads,
    )  # fmt: skip
    return _regression(made)


def fernandez(
    benchmark: Any,
    indicators: Any = None,
    *,
    constant: bool = True,
    to: str | None = None,
    per: int | None = None,
    start: int = 0,
    conversion: str = "sum",
    lengths: str = "equal",
    freq: str | None = None,
    threads: int | None = None,
) -> Regression:
    """As `chow_lin`, with errors that stay: a random walk.

    ``x = Z b + u``, ``u[t] = u[t-1] + e[t]``, u[-1] = 0.

    Parameters
    ----------
    benchmark : array_like, pandas, xarray, polars or Cube
        Levels by year (half-year, quarter); of an array time is the last axis, of pandas the rows. NaN is a year that
        is not known, which nothing has to add up to.
    indicators : the same kinds, or a list of them, optional
        Related series by quarter or month, up to 15; each one for all benchmarks, or one for each. They may begin
        before the benchmarks and end after them: the result does, too.
    constant : bool
        Whether the regression has a constant.
    to : {"S", "Q", "M"}, optional
        The frequency of the result, where there is no indicator to say it.
    per : int, optional
        How many periods a year has, where arguments carry none.
    start : int
        Then, at which place of the indicator the first benchmark begins.
    conversion : {"sum", "average", "first", "last"}
        What a year is of its periods: their sum (flows), average (rates, indices), first or last one (stocks).
    lengths : {"equal", "days"}
        "days": longer months weigh more in an average, and an even flow brings more in them.
    freq : str, optional
        How often the benchmark comes, where dates don't say it.
    threads : int, optional
        How many threads; by default `indicia.get_threads`. The same result for any number.

    Returns
    -------
    Regression
        `values` and their standard `errors`, of the kind of `benchmark`; `coefficients` (the constant first), `rho`,
        `variance` and `likelihood`, by series.

    Raises
    ------
    ValueError
        As of `denton_cholette`.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: as of `denton_cholette`; NaN throughout, too, with fewer benchmarks than coefficients, or where
    indicators say the same. Standard errors are those of the model, given rho; the variance in them is of as many
    degrees of freedom as benchmarks exceed coefficients. `variance` itself is the likeliest one.

    References
    ----------
    R. B. Fernandez, "A methodological note on the estimation of time series", *Review of Economics and Statistics* 63
    (1981).

    Examples
    --------
    >>> from indicia import disaggregation
    >>> found = disaggregation.fernandez([10.0, 14.0, 18.0, 26.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0], per=2)
    >>> found.values.reshape(4, 2).sum(axis=1).round(9)
    array([10., 14., 18., 26.])
    """
    made = disaggregate(
        benchmark, indicators, How(WALK, polynomial=int(constant), errors=True), to=to, per=per,
        start=start, conversion=conversion, lengths=lengths, freq=freq, threads=threads,
    )  # fmt: skip
    return _regression(made)


def litterman(
    benchmark: Any,
    indicators: Any = None,
    *,
    constant: bool = True,
    rho: str | float = "max_log",
    rho_range: tuple[float, float] = (0.0, 0.999),
    to: str | None = None,
    per: int | None = None,
    start: int = 0,
    conversion: str = "sum",
    lengths: str = "equal",
    freq: str | None = None,
    threads: int | None = None,
) -> Regression:
    """As `fernandez`, with steps of the random walk that are like the one before.

    ``x = Z b + u``, ``u[t] = u[t-1] + v[t]``, ``v[t] = rho v[t-1] + e[t]``, both 0 before the first period.

    Parameters
    ----------
    benchmark : array_like, pandas, xarray, polars or Cube
        Levels by year (half-year, quarter); of an array time is the last axis, of pandas the rows. NaN is a year that
        is not known, which nothing has to add up to.
    indicators : the same kinds, or a list of them, optional
        Related series by quarter or month, up to 15; each one for all benchmarks, or one for each. They may begin
        before the benchmarks and end after them: the result does, too.
    constant : bool
        Whether the regression has a constant.
    rho : {"max_log", "min_rss"} or float
        The autocorrelation of v: the likeliest, that of the least sum of squares, or as given.
    rho_range : (float, float)
        Where it is sought.
    to : {"S", "Q", "M"}, optional
        The frequency of the result, where there is no indicator to say it.
    per : int, optional
        How many periods a year has, where arguments carry none.
    start : int
        Then, at which place of the indicator the first benchmark begins.
    conversion : {"sum", "average", "first", "last"}
        What a year is of its periods: their sum (flows), average (rates, indices), first or last one (stocks).
    lengths : {"equal", "days"}
        "days": longer months weigh more in an average, and an even flow brings more in them.
    freq : str, optional
        How often the benchmark comes, where dates don't say it.
    threads : int, optional
        How many threads; by default `indicia.get_threads`. The same result for any number.

    Returns
    -------
    Regression
        `values` and their standard `errors`, of the kind of `benchmark`; `coefficients` (the constant first), `rho`,
        `variance` and `likelihood`, by series.

    Raises
    ------
    ValueError
        As of `denton_cholette`.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: as of `denton_cholette`; NaN throughout, too, with fewer benchmarks than coefficients, or where
    indicators say the same. Standard errors are those of the model, given rho; the variance in them is of as many
    degrees of freedom as benchmarks exceed coefficients. `variance` itself is the likeliest one.

    References
    ----------
    R. B. Litterman, "A random walk, Markov model for the distribution of time series", *Journal of Business and
    Economic Statistics* 1 (1983).

    Examples
    --------
    >>> from indicia import disaggregation
    >>> years, halves = [10.0, 14.0, 18.0, 26.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0]
    >>> found = disaggregation.litterman(years, halves, per=2, rho=0.5)
    >>> found.values.reshape(4, 2).sum(axis=1).round(9)
    array([10., 14., 18., 26.])
    """
    made = disaggregate(
        benchmark, indicators, How(WALK_AUTOREGRESSIVE, polynomial=int(constant), rho=rho, rho_range=rho_range,
        errors=True), to=to, per=per, start=start, conversion=conversion, lengths=lengths, freq=freq, threads=threads,
    )  # fmt: skip
    return _regression(made)


def ols(
    benchmark: Any,
    indicators: Any = None,
    *,
    constant: bool = True,
    to: str | None = None,
    per: int | None = None,
    start: int = 0,
    conversion: str = "sum",
    lengths: str = "equal",
    freq: str | None = None,
    threads: int | None = None,
) -> Regression:
    """As `chow_lin`, with errors that know nothing of one another.

    ``x = Z b + u``; what the years leave is spread evenly over the periods of each: steps between years remain.

    Parameters
    ----------
    benchmark : array_like, pandas, xarray, polars or Cube
        Levels by year (half-year, quarter); of an array time is the last axis, of pandas the rows. NaN is a year that
        is not known, which nothing has to add up to.
    indicators : the same kinds, or a list of them, optional
        Related series by quarter or month, up to 15; each one for all benchmarks, or one for each. They may begin
        before the benchmarks and end after them: the result does, too.
    constant : bool
        Whether the regression has a constant.
    to : {"S", "Q", "M"}, optional
        The frequency of the result, where there is no indicator to say it.
    per : int, optional
        How many periods a year has, where arguments carry none.
    start : int
        Then, at which place of the indicator the first benchmark begins.
    conversion : {"sum", "average", "first", "last"}
        What a year is of its periods: their sum (flows), average (rates, indices), first or last one (stocks).
    lengths : {"equal", "days"}
        "days": longer months weigh more in an average, and an even flow brings more in them.
    freq : str, optional
        How often the benchmark comes, where dates don't say it.
    threads : int, optional
        How many threads; by default `indicia.get_threads`. The same result for any number.

    Returns
    -------
    Regression
        `values` and their standard `errors`, of the kind of `benchmark`; `coefficients` (the constant first), `rho`,
        `variance` and `likelihood`, by series.

    Raises
    ------
    ValueError
        As of `denton_cholette`.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: as of `denton_cholette`; NaN throughout, too, with fewer benchmarks than coefficients, or where
    indicators say the same. Standard errors are those of the model, given rho; the variance in them is of as many
    degrees of freedom as benchmarks exceed coefficients. `variance` itself is the likeliest one.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 6, on why steps between years are to be avoided.

    Examples
    --------
    >>> from indicia import disaggregation
    >>> disaggregation.ols([10.0, 14.0, 18.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], per=2).values.round(9)
    array([4.5, 5.5, 6.5, 7.5, 8.5, 9.5])
    """
    made = disaggregate(
        benchmark, indicators, How(WITHOUT, polynomial=int(constant), errors=True), to=to, per=per,
        start=start, conversion=conversion, lengths=lengths, freq=freq, threads=threads,
    )  # fmt: skip
    return _regression(made)


def _one(indicator: Any) -> Any:
    if isinstance(indicator, list | tuple) and len(indicator) and np.ndim(indicator[0]) > 0:
        return np.asarray(indicator, np.float64)
    return indicator


def _denton(criterion: str, differences: int, *, free: bool) -> How:
    if criterion not in ("proportional", "additive"):
        raise ValueError(f"criterion: expected 'proportional' or 'additive', got {criterion!r}")
    if differences not in (0, 1, 2):
        raise ValueError(f"differences: expected 0, 1 or 2, got {differences!r}")
    memory = (WITHOUT, WALK, WALK_OF_WALKS)[differences]
    scaled = criterion == "proportional"
    # where quotients begin freely, the indicator's own level says nothing, and would only cost digits
    about = not (scaled and free and differences > 0)
    return How(memory, about=about, scaled=scaled, polynomial=differences if free else 0)


def _regression(made: Outcome) -> Regression:
    plain = made.rho.ndim == 0
    rho, variance, likelihood = (float(x) if plain else x for x in (made.rho, made.variance, made.likelihood))
    return Regression(made.values, made.errors, made.coefficients, rho, variance, likelihood)
