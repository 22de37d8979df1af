"""Growth: rates over a base, over time and over a year; sums of years; shares and contributions.

Rates are fractions (0.06 is 6 %). What is undefined is NaN: no rate is taken on a base of zero, none on a negative
one unless asked. Every function takes arrays, lists, pandas Series and DataFrames (nullable ones too), xarray
DataArrays, polars Series and cubes, and gives the same kind back; values are float64 whatever came in (float32 too).

Figures beside one another: `rate`, `log_rate`, `cagr`, `average`, `implied_base`, `implied_level`, `share`,
`contribution`. Along time: `pct_change`, `yoy`, `change`, `log_change`, `annualised`. Over years and windows:
`average_rate`, `ytd`, `from_ytd`, `carry_over`, `stacked`, `annual_split`, `through_year`. What makes a headline move:
`bridge`, `chain_bridge`, `base_effect`. What fits a mix of published sums, months and rates: `untangle`.
"""

from __future__ import annotations

from typing import Any

from indicia import ufuncs
from indicia._growth_along import annualised, change, kernel_of, log_change, pct_change, yoy
from indicia._growth_base import AnnualSplit, BaseEffect, ThroughYear, annual_split, base_effect, stacked, through_year
from indicia._growth_bridge import bridge
from indicia._growth_bridge_show import Bridge
from indicia._growth_chain import chain_bridge
from indicia._growth_flags import judged
from indicia._growth_untangle import untangle
from indicia._growth_untangle_show import Bounds, Conflict, Untangled
from indicia._growth_years import average_rate, carry_over, from_ytd, ytd
from indicia._parts import elementwise
from indicia.containers import labelled

__all__ = [
    "AnnualSplit",
    "BaseEffect",
    "Bounds",
    "Bridge",
    "Conflict",
    "ThroughYear",
    "Untangled",
    "annual_split",
    "annualised",
    "average",
    "average_rate",
    "base_effect",
    "bridge",
    "cagr",
    "carry_over",
    "chain_bridge",
    "change",
    "contribution",
    "from_ytd",
    "implied_base",
    "implied_level",
    "log_change",
    "log_rate",
    "pct_change",
    "rate",
    "share",
    "stacked",
    "through_year",
    "untangle",
    "yoy",
    "ytd",
]


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
    return judged(elementwise(kernel_of(negative_base), now.values, base.values), [now], [base])


@labelled("now", "base")
def log_rate(now: Any, base: Any, *, join: str = "exact") -> Any:
    """The logarithmic rate at which a figure has grown over its base.

    ``ln(now / base)``

    Parameters
    ----------
    now, base : array_like, pandas, xarray, polars or Cube
        Levels in the same unit, of any shapes that broadcast. Two labelled ones are aligned by label.
    join : {"exact", "inner"}
        Labels of `now` and `base` must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64
        Fractions. Rates of successive periods add up, and a fall undoes a rise of the same size; next to 0 it is the
        plain rate (0.06 against 0.0583).

    Raises
    ------
    ValueError
        Labels or units differ (the message names them), or shapes don't broadcast.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: NaN where one of the two is missing, zero or negative. Flags are as in `rate`. Right within one unit in the
    last place also where the two are next to each other, which ``log(now) - log(base)`` is not. Over time it is
    `log_change`.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.log_rate([106.0, 0.0], 100.0).round(6)
    array([0.058269,      nan])
    """
    return judged(elementwise(ufuncs.growth_log_rate, now.values, base.values), [now], [base])


@labelled("first", "last", "years", unit="fraction per year", levels=("first", "last"))
def cagr(first: Any, last: Any, years: Any, *, join: str = "exact") -> Any:
    """The compound annual growth rate: the constant rate a year that leads from the first level to the last.

    ``(last / first)**(1 / years) - 1``

    Parameters
    ----------
    first, last : array_like, pandas, xarray, polars or Cube
        Levels in the same unit, of any shapes that broadcast.
    years : array_like, pandas, xarray, polars or Cube
        How many years lie between the two (from 2009 to 2017: 8), whole or not, whatever is missing between them.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64
        Fractions per year (0.06 is 6 % a year).

    Raises
    ------
    ValueError
        Labels or units differ (the message names them), or shapes don't broadcast.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: NaN where one of the three is missing, `first` is zero or negative, `last` is negative, or `years` is zero,
    negative or infinite. A `last` of 0 is a rate of -1. Flags of a Cube: those of both levels, BREAK only from `last`;
    UNDEFINED where the figures allow no rate.

    Right within one unit in the last place. ``(last / first) ** (1 / years) - 1`` in doubles loses the digits that the
    subtraction cancels, three of sixteen at 0.1 % a year.

    References
    ----------
    World Bank, *World Development Indicators*, statistical methods: geometric growth rates between two points in time.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.cagr(10_000_000.0, 42_998_000.0, 2017 - 2009).round(4)
    np.float64(0.2)
    >>> growth.cagr([100.0, 100.0, 0.0], [121.0, 0.0, 5.0], 2).round(12)
    array([ 0.1, -1. ,  nan])
    """
    return judged(elementwise(ufuncs.growth_cagr, first.values, last.values, years.values), [last, years], [first])


@labelled("level", "rate", unit="kept", levels=("level",))
def implied_base(level: Any, rate: Any, *, join: str = "exact") -> Any:
    """The base that a level and its growth rate imply.

    ``level / (1 + rate)``

    Parameters
    ----------
    level : array_like, pandas, xarray, polars or Cube
        Levels now.
    rate : array_like, pandas, xarray, polars or Cube
        By which fraction they are said to have grown.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64
        In the unit of `level`, which a Cube keeps.

    Raises
    ------
    ValueError
        Labels differ (the message names them), shapes don't broadcast, or the unit of `rate` is per cent.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Published growth "on a comparable basis" need not be the quotient of published levels: where the implied base is not
    the level that was published for it, that level has been revised, and by how much is their difference.

    Missing: NaN where one of the two is missing, and where no positive base fits them (a rate of -1; a positive level
    and a rate below -1), as no rate is measured from another. Flags of a Cube: those of both cells, UNDEFINED where
    no base fits or only one of the two is JOINT.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.implied_base([106.0, 5.0], [0.06, -1.0])
    array([100.,  nan])
    """
    return judged(elementwise(ufuncs.growth_implied_base, level.values, rate.values), [level, rate])


@labelled("base", "rate", unit="kept", levels=("base",))
def implied_level(base: Any, rate: Any, *, join: str = "exact") -> Any:
    """The level that a base grows to at a rate.

    ``base * (1 + rate)``

    Parameters
    ----------
    base : array_like, pandas, xarray, polars or Cube
        Levels in the base period.
    rate : array_like, pandas, xarray, polars or Cube
        By which fraction they grow.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64
        In the unit of `base`, which a Cube keeps.

    Raises
    ------
    ValueError
        Labels differ (the message names them), shapes don't broadcast, or the unit of `rate` is per cent.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Leads back from `rate`: ``implied_level(base, rate(now, base))`` is `now` but for the rounding of the rate.

    Missing: NaN where one of the two is missing, and where the base is zero or negative. Flags of a Cube: those of both
    cells, UNDEFINED where the base allows no rate or only one of the two is JOINT.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.implied_level([100.0, 0.0], 0.06)
    array([106.,  nan])
    """
    return judged(elementwise(ufuncs.growth_implied_level, base.values, rate.values), [base, rate])


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
    return judged(elementwise(ufuncs.growth_share, part.values, total.values), [part, total])


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
    the weights, and are `chain_bridge`'s.

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
    return judged(result, [part_now], [part_base, total_base])


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

    Right within one unit in the last place.

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
    return judged(elementwise(ufuncs.growth_compound, rate.values, 1 / periods), [rate])
