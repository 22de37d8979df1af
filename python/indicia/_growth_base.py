"""What the year before does to a rate: base effects, stacked rates, what of a year's growth is older than the year."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._growth_along import PER_YEAR, letter_of
from indicia._growth_bridge_parts import Floats, adding_up
from indicia._growth_flags import BREAK, JOINT, UNDEFINED, Flags, mark, union_over
from indicia._growth_years import _back, _dense, _flags_back, _places, _sparse
from indicia.containers import Panel, Several, labelled

__all__ = ["AnnualSplit", "BaseEffect", "ThroughYear", "annual_split", "base_effect", "stacked", "through_year"]


class BaseEffect(NamedTuple):
    """What `base_effect` finds: ``change == news + base``, exactly, each of the kind of the levels.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.base_effect([100.0, 104.0, 104.0, 104.0, 106.0], freq="S", normal=0.0).news[3:].round(4)
    array([0.    , 0.0192])
    """

    change: Any
    news: Any
    base: Any


class AnnualSplit(NamedTuple):
    """What `annual_split` finds: ``growth == overhang + within``, exactly, each of the kind of the levels.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.annual_split([100.0, 102.0, 103.0, 105.0], freq="S").overhang[-1].round(4)
    np.float64(0.0099)
    """

    growth: Any
    overhang: Any
    within: Any


class ThroughYear(NamedTuple):
    """What `through_year` finds: ``through == average - carried_in + carried_out``, each of the kind of the levels.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.through_year([100.0, 102.0, 103.0, 105.0], freq="S").average[-1].round(4)
    np.float64(0.0297)
    """

    through: Any
    average: Any
    carried_in: Any
    carried_out: Any


@labelled("x")
def base_effect(
    x: Any,
    *,
    normal: Any = None,
    years: int | None = None,
    freq: str | None = None,
    axis: int | str | None = None,
) -> Any:
    """Why a year-on-year rate has changed since the period before: news of now, or what happened a year ago.

    ``yoy[t] - yoy[t-1] = news + base``, with m the growth on the period before, n its normal for the season, Y a year::

        base = (x[t-1] / x[t-1-Y]) * (n - m[t-Y]) / (1 + m[t-Y])
        news = (x[t-1] / x[t-1-Y]) * (m[t] - n) / (1 + m[t-Y])

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time.
    normal : float or array_like, optional
        What growth on the period before is normal: 0 for figures free of season and trend. By default the mean of
        the same month (quarter) over all years of `x`.
    years : int, optional
        Takes that mean over so many years before instead, the last of them that of the base: nothing later than it.
    freq : {None, "A", "S", "Q", "M"}
        How often figures come, where `x` carries no periods, or dates whose frequency can't be inferred.
    axis : int, str or None
        Where time runs, as of `pct_change`.

    Returns
    -------
    BaseEffect
        Of `change`, `news` and `base`, in fractions (0.01 is one percentage point). A high base now leaving the
        comparison counts as positive, one coming in as negative.

    Raises
    ------
    ValueError
        `x` carries no periods and `freq` isn't given; figures come by week or day; `years` is less than 1, or `normal`
        is given, too.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    `news` and `base` add up to `change` to the bit: all three are rounded to multiples of one power of two.

    Missing: NaN where one of the four figures is missing, or not above zero, or the normal isn't known. Flags of a
    Cube: those of the four cells, BREAK where one lies after the first of them; a JOINT figure (January and February
    together) has no growth on the month before, which is UNDEFINED.

    References
    ----------
    ECB, *Monthly Bulletin*, January 2005 and January 2007, boxes on base effects and their impact on annual inflation.

    Examples
    --------
    Prices that stood still but for one jump a year ago: now it leaves the comparison, and the rate falls by itself.

    >>> from indicia import growth
    >>> effect = growth.base_effect([100.0, 104.0, 104.0, 104.0], freq="S", normal=0.0)
    >>> effect.change[-1].round(4), effect.news[-1].round(4), effect.base[-1].round(4)
    (np.float64(-0.04), np.float64(0.0), np.float64(-0.04))
    """
    if years is not None and (normal is not None or not isinstance(years, int | np.integer) or years < 1):
        raise ValueError(f"years: expected an integer of 1 or more, and no normal= beside it, got {years!r}")
    dense = _dense(x)
    values = _plain(dense.values)
    lag = _per_year(x, freq, "base_effect")
    with np.errstate(all="ignore"):
        before, ago = _lagged(values, 1), _lagged(values, lag)
        momentum = ufuncs.growth_rate(values, before)
        earlier = _lagged(values, lag + 1)
        usual = _usual(momentum, lag, years) if normal is None else np.asarray(normal, np.float64)
        yoy = ufuncs.growth_rate(values, ago)
        change = yoy - _lagged(yoy, 1)
        # as in the formula, without 1 + m, which next to -1 has no digits left
        base = (before / earlier) * (((earlier - ago) + usual * earlier) / ago)
    good = (values > 0) & (before > 0) & (ago > 0) & (earlier > 0) & ~np.isnan(base)
    whole, based, news = adding_up(np.where(good, change, np.nan), np.where(good, base, np.nan))
    marks = _marks(x, whole, (0, 1, lag, lag + 1))
    if marks is not None and (lost := (marks & JOINT) != 0).any():
        whole, based, news = (np.where(lost, np.nan, part) for part in (whole, based, news))
        marks = mark(marks, lost, UNDEFINED, whole.shape)
    return Several([_result(x, dense, part, marks) for part in (whole, news, based)], BaseEffect)


@labelled("x")
def stacked(
    x: Any,
    years: int = 2,
    *,
    of: str = "level",
    average: bool = True,
    method: str = "compound",
    freq: str | None = None,
    axis: int | str | None = None,
) -> Any:
    """Growth over several years: the two-year average that looks through a year of crisis, or the rates stacked.

    ``((1 + g[t]) * (1 + g[t-Y])) ** (1 / 2) - 1`` for two years of year-on-year rates g, Y being a year

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time, or year-on-year rates.
    years : int
        How many, at least 1.
    of : {"level", "rate"}
        What `x` is. Rates on a comparable basis say more than the levels that were published.
    average : bool
        The average of a year; False stacks all years: ``(1 + g[t]) * (1 + g[t-Y]) - 1``.
    method : {"compound", "sum"}
        "sum" adds the rates up as they are (or takes their mean), as some do; for ``of="rate"``.
    freq : {None, "A", "S", "Q", "M"}
        How often figures come, where `x` carries no periods, or dates whose frequency can't be inferred.
    axis : int, str or None
        Where time runs, as of `pct_change`.

    Returns
    -------
    same kind as `x`
        Fractions, of a year where they are averages.

    Raises
    ------
    ValueError
        `x` carries no periods and `freq` isn't given; figures come by week or day; an option is none of those above.
    TypeError
        `x` holds no numbers, or `years` is no integer.

    Notes
    -----
    Missing: NaN where a figure is missing (of levels: one of the two ends), a base is zero or negative, or a rate is
    below -1. Flags of a Cube: those of the cells used, of levels BREAK where one lies after the base.

    References
    ----------
    National Bureau of Statistics of China, releases of 2021: the two-year average growth is the geometric mean, on the
    period of 2019.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.stacked([-0.068, 0.183], of="rate", freq="A")[-1].round(4)
    np.float64(0.05)
    >>> growth.stacked([-0.068, 0.183], of="rate", average=False, freq="A")[-1].round(4)
    np.float64(0.1026)
    """
    if not isinstance(years, int | np.integer) or isinstance(years, bool):
        raise TypeError(f"years: expected an integer, got {years!r}")
    if years < 1:
        raise ValueError(f"years: expected 1 or more, got {years}")
    if of not in ("level", "rate"):
        raise ValueError(f"of: expected 'level' or 'rate', got {of!r}")
    if method not in ("compound", "sum"):
        raise ValueError(f"method: expected 'compound' or 'sum', got {method!r}")
    if method == "sum" and of == "level":
        raise ValueError("method='sum' adds rates: say of='rate'")
    dense = _dense(x)
    values = _plain(dense.values)
    lag = _per_year(x, freq, "stacked")
    if of == "level":
        total = ufuncs.growth_rate(values, _lagged(values, lag * years))
        cells: tuple[int, ...] = (0, lag * years)
    else:
        cells = tuple(lag * k for k in range(years))
        total = np.where(values < -1, np.nan, values) if method == "compound" else values
        for k in cells[1:]:
            rate = _lagged(values, k)
            # (1 + a) * (1 + b) - 1, with the digits of small rates
            total = total + rate if method == "sum" else total + rate + total * np.where(rate < -1, np.nan, rate)
    if average:
        total = total / years if method == "sum" else ufuncs.growth_compound(total, 1.0 / years)
    result = np.asarray(total, np.float64)
    marks = _marks(x, result, cells, breaks=of == "level")
    return _result(x, dense, result, marks) if x.flagged else _sparse(x, dense, result)


@labelled("x")
def annual_split(x: Any, *, freq: str | None = None, start: int = 1, axis: int | str | None = None) -> Any:
    """How much of a year's average growth was there before the year began, and how much came within it.

    ``mean(year) / mean(year before) - 1 = overhang + within``, with P periods a year and x0 the last level before::

        overhang = x0 / mean(year before) - 1
        within   = sum over k of (P - k + 1) / P * (x[k] - x[k-1]) / mean(year before)

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time, free of season.
    freq : {None, "A", "S", "Q", "M"}
        How often figures come, where `x` carries no periods, or dates whose frequency can't be inferred.
    start : int
        Which period of its year the first figure is, where `x` carries no periods; 1 is the first.
    axis : int, str or None
        Where time runs, as of `pct_change`.

    Returns
    -------
    AnnualSplit
        Fractions. At the last period of a year they are the year's; before that, what it comes to if the level stays:
        `growth` then is what has been acquired (`carry_over` with ``year="this"``), and what `within` adds from one
        period to the next is that period's own part.

    Raises
    ------
    ValueError
        `x` carries no periods and `freq` isn't given, figures come by week or day, or `start` is none.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    The parts add up to `growth` to the bit. Early growth counts more: that of the first quarter for the whole year, of
    the last for a fourth of it.

    Missing: NaN where a figure of the two years up to `t` is missing, before the first whole year, and where the
    earlier mean is zero or negative (UNDEFINED). Flags of a Cube: the union over the cells used, BREAK after the first.

    References
    ----------
    ECB, *Monthly Bulletin*, March 2010, box on the carry-over effect. P. Cross and D. Wyman, "The relationship between
    monthly, quarterly and annual growth rates", *Canadian Economic Observer*, 2011.

    Examples
    --------
    >>> from indicia import growth
    >>> split = growth.annual_split([100.0, 101.0, 102.0, 103.0, 104.0, 104.0, 104.0, 104.0], freq="Q")
    >>> split.growth[-1].round(4), split.overhang[-1].round(4), split.within[-1].round(4)
    (np.float64(0.0246), np.float64(0.0148), np.float64(0.0099))
    """
    dense, place, lag = _years(x, freq, start, "annual_split")
    values = _plain(dense.values)
    growth = ufuncs.growth_carry_over_this(values, place, np.full(len(place), float(lag)))
    out = ufuncs.growth_carry_over(values, place, np.full(len(place), float(lag)))
    last = np.arange(len(place)) - place.astype(np.int64) - 1  # that of the year before
    overhang = np.where(last >= 0, np.take(out, np.maximum(last, 0), axis=-1), np.nan)
    whole, before, within = adding_up(growth, np.where(np.isnan(growth), np.nan, overhang))
    begin = np.where(last >= lag - 1, last - lag + 1, -1)
    marks = _window_marks(x, whole, begin)
    return Several([_result(x, dense, part, marks) for part in (whole, before, within)], AnnualSplit)


@labelled("x")
def through_year(x: Any, *, freq: str | None = None, start: int = 1, axis: int | str | None = None) -> Any:
    """Growth through a year, fourth quarter on fourth quarter, against the growth of its average.

    ``through = average - carried_in + carried_out``, with o the overhang into a year and into the next::

        1 + through = x[last] / x[last of the year before] = (1 + average) * (1 + o[next]) / (1 + o)
        carried_in  = (1 + average) * o / (1 + o)
        carried_out = (1 + average) * o[next] / (1 + o)

    Parameters
    ----------
    x, freq, start, axis
        As of `annual_split`.

    Returns
    -------
    ThroughYear
        Fractions, at the last period of each year; NaN elsewhere. What was carried in is in the average, but not in the
        growth through the year; what will be carried into the next year is the reverse.

    Raises
    ------
    ValueError, TypeError
        As `annual_split`.

    Notes
    -----
    The identity holds to the bit. Missing values and flags are as in `annual_split`, NaN also where the last level
    before the year is zero or negative.

    References
    ----------
    P. Cross and D. Wyman, "The relationship between monthly, quarterly and annual growth rates", *Canadian Economic
    Observer*, 2011.

    Examples
    --------
    >>> from indicia import growth
    >>> year = growth.through_year([100.0, 101.0, 102.0, 103.0, 104.0, 104.0, 104.0, 104.0], freq="Q")
    >>> [part[-1].round(4) for part in year]
    [np.float64(0.0097), np.float64(0.0246), np.float64(0.0149), np.float64(0.0)]
    """
    dense, place, lag = _years(x, freq, start, "through_year")
    values = _plain(dense.values)
    length = np.full(len(place), float(lag))
    average = ufuncs.growth_carry_over_this(values, place, length)
    out = ufuncs.growth_carry_over(values, place, length)
    ends = place == lag - 1
    with np.errstate(all="ignore"):
        overhang = _lagged(out, lag)
        through = ufuncs.growth_rate(values, _lagged(values, lag))
        scale = (1 + average) / (1 + overhang)
        good = ends & ~np.isnan(through) & ~np.isnan(average)
        parts = [np.where(good, part, np.nan) for part in (through, average, -scale * overhang)]
    whole, mean, brought, left = adding_up(*parts)
    begin = np.where(ends, np.arange(len(place)) - 2 * lag + 1, -1)
    marks = _window_marks(x, whole, begin)
    return Several([_result(x, dense, part, marks) for part in (whole, mean, 0.0 - brought, left)], ThroughYear)


# ---- what they share -----------------------------------------------------------------------------------------


def _plain(values: Any) -> Floats:
    return np.asarray(values, np.float64)  # what is lazy is worked out: sums need all of it


def _per_year(x: Panel, freq: str | None, name: str) -> int:
    letter = letter_of(freq)
    if x.time is not None:
        letter = str(x.time.freq)
    if letter is None:
        raise ValueError(f"{name}: the argument carries no periods: say freq= (A, S, Q or M)")
    if letter not in PER_YEAR:
        raise ValueError(f"{name}: expected years, half-years, quarters or months, got frequency {letter}")
    return PER_YEAR[letter]


def _years(x: Panel, freq: str | None, start: int, name: str) -> tuple[Any, Floats, int]:
    dense = _dense(x)
    lag = _per_year(x, freq, name)
    place, _ = _places(dense.time, letter_of(freq), start, dense.values.shape[-1], name)
    return dense, place, lag


def _lagged(values: Floats, lag: int) -> Floats:
    """Each figure `lag` places later, NaN before."""
    result = np.full_like(values, np.nan)
    if lag < values.shape[-1]:
        result[..., lag:] = values[..., : values.shape[-1] - lag]
    return result


def _usual(momentum: Floats, lag: int, years: int | None) -> Floats:
    """The mean of the same season: of all years, or of so many that end with the base's."""
    if years is not None:
        shifted = [_lagged(momentum, lag * k) for k in range(1, years + 1)]
        return np.asarray(np.mean(shifted, axis=0))
    length = momentum.shape[-1]
    cycles = -(-length // lag)
    padded = np.full((*momentum.shape[:-1], cycles * lag), np.nan)
    padded[..., :length] = momentum
    seasons = padded.reshape(*momentum.shape[:-1], cycles, lag)
    there = ~np.isnan(seasons)
    count = there.sum(axis=-2)
    with np.errstate(all="ignore"):
        mean = np.where(there, seasons, 0.0).sum(axis=-2) / count
    return np.tile(mean, cycles)[..., :length]


def _result(x: Panel, dense: Any, values: Floats, marks: Flags | None) -> tuple[Any, Flags | None]:
    if not x.flagged:
        return _sparse(x, dense, values), None
    return _back(x, values), _flags_back(x, marks)


def _marks(x: Panel, result: Floats, cells: tuple[int, ...], *, breaks: bool = True) -> Flags | None:
    """The union of the flags of such places before; BREAK from all between the first and the last."""
    if not x.flagged:
        return None
    length = result.shape[-1]
    flags = None
    if x.flags is not None:
        own = np.moveaxis(x.flags, x.axis or 0, -1)
        flags = np.zeros(result.shape, np.uint32)
        for lag in cells:
            flags[..., lag:] |= own[..., : max(length - lag, 0)]
        if breaks:
            flags &= ~BREAK
            flags |= union_over(own & BREAK, np.maximum(np.arange(length) - max(cells) + 1, -1))
        flags[..., : max(cells)] = 0
    there = np.ones(result.shape, np.bool_)
    values = np.moveaxis(x.values, x.axis or 0, -1)
    for lag in cells:
        there &= ~np.isnan(_lagged(values, lag))
    return mark(flags, there & np.isnan(result), UNDEFINED, result.shape)


def _window_marks(x: Panel, result: Floats, begin: NDArray[np.int64]) -> Flags | None:
    """The union from `begin` to each period, BREAK only after it."""
    if not x.flagged:
        return None
    values = np.moveaxis(x.values, x.axis or 0, -1)
    flags = None
    if x.flags is not None:
        own = np.moveaxis(x.flags, x.axis or 0, -1) & ~JOINT
        flags = union_over(own & ~BREAK, begin) | union_over(own & BREAK, np.where(begin >= 0, begin + 1, -1))
    gaps = np.cumsum(np.isnan(values), axis=-1)
    before = np.where(begin > 0, np.take(gaps, np.maximum(begin - 1, 0), axis=-1), 0)
    whole = (begin >= 0) & (gaps == before)
    return mark(flags, whole & np.isnan(result), UNDEFINED, result.shape)
