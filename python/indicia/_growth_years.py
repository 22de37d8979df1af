"""Growth over windows and years: average rates, cumulated figures and back, what a year leaves to the next.

A figure for two periods together (Flag.JOINT, such as China's January-February) stands at the second of the two, the
first is missing. In a sum that holds both periods it counts like any other figure; where a sum would cut it in two,
there is none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._growth_along import PER_YEAR, letter_of
from indicia._growth_flags import BREAK, JOINT, PARTIAL, SPLIT, UNDEFINED, Flags, joint_cells, mark, union_over
from indicia._parts import over_series
from indicia.containers import Panel, labelled
from indicia.periods import Periods

__all__ = ["average_rate", "carry_over", "from_ytd", "ytd"]


@labelled("x")
def average_rate(
    x: Any,
    window: int,
    *,
    min_coverage: float | None = None,
    freq: str | None = None,
    axis: int | str | None = None,
) -> Any:
    """By which fraction the average of a window has grown over the window before: twelve months on twelve months.

    ``sum(x[t - window + 1 : t + 1]) / sum(x[t - 2 * window + 1 : t - window + 1]) - 1``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time.
    window : int
        Of how many periods: 12 months for the average annual rate, 3 for three months on the three before.
    min_coverage : float, optional
        Which fraction of a window is enough, over 0 and up to 1. What is then missing in one of the two windows is left
        out of both, so that like is compared with like.
    freq : {None, "A", "S", "Q", "M", "W", "D"}
        How often the dates of a DatetimeIndex come, where that can't be inferred.
    axis : int, str or None
        Where time runs, as of `pct_change`.

    Returns
    -------
    same kind as `x`
        Fractions (0.06 is 6 %), in the shape of `x`. NaN before two whole windows have passed.

    Raises
    ------
    ValueError
        `window` is less than 1 or `min_coverage` no fraction; or as `pct_change`.
    TypeError
        `x` holds no numbers, or `window` is no integer.

    Notes
    -----
    Not the mean of the year-on-year rates, which weighs every month alike, whatever its level.

    Sums are compensated and made anew for every window: nothing drifts, and a missing figure is forgotten with its
    window.

    Missing: NaN where any figure of the two windows is missing, unless `min_coverage` says otherwise (PARTIAL on a
    Cube), and where the earlier sum is zero or negative (UNDEFINED). Flags of a Cube: the union over both windows,
    BREAK if one lies after their first figure. A JOINT figure counts where both of its periods are in the same
    window; where a window begins or ends between the two there is no rate (JOINT and UNDEFINED).

    References
    ----------
    Eurostat, *HICP Methodological Manual* (2018 edition), on the 12-month average rate of change.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.average_rate([100.0, 100.0, 103.0, 109.0], 2)
    array([ nan,  nan,  nan, 0.06])
    """
    letter_of(freq)
    if not isinstance(window, int | np.integer) or isinstance(window, bool):
        raise TypeError(f"window: expected an integer, got {window!r}")
    if window < 1:
        raise ValueError(f"window: expected 1 or more, got {window}")
    window = int(window)
    _check_coverage(min_coverage)
    dense = _dense(x)
    joints = joint_cells(x)
    if joints is None and min_coverage is None:
        result = _guided(ufuncs.growth_average_rate, dense.values, window)
        cut = partial = None
    else:
        result, cut, partial = _average_of_some(dense.values, window, joints, min_coverage)
    if not x.flagged:
        return _sparse(x, dense, result)
    length = result.shape[-1]
    begin = np.arange(length, dtype=np.int64) - 2 * window + 1
    flags = _cells(x, result.shape, joints)
    marks = _broken(flags, begin)
    if cut is not None:
        marks = mark(marks, cut, JOINT | UNDEFINED, result.shape)
    if partial is not None:
        marks = mark(marks, partial, PARTIAL, result.shape)
    sums = _guided(ufuncs.growth_window_sum, dense.values, window)
    there = np.zeros(result.shape, np.bool_)
    there[..., window:] = ~np.isnan(sums[..., window:]) & ~np.isnan(sums[..., :-window])
    return _back(x, result), _flags_back(x, mark(marks, there & np.isnan(result), UNDEFINED, result.shape))


@labelled("x", unit="kept")
def ytd(
    x: Any,
    *,
    joint: bool | None = None,
    min_coverage: float | None = None,
    freq: str | None = None,
    start: int = 1,
    axis: int | str | None = None,
) -> Any:
    """The sum of the year up to and including each period.

    ``x[first of the year] + ... + x[t]``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Flows along time (output, sales, investment).
    joint : bool, optional
        Whether a second period whose first is missing holds both together, as China's February does. By default where
        it is flagged JOINT, so only in a Cube; True says so of any container, False of none.
    min_coverage : float, optional
        Which fraction of the periods of the year so far is enough, over 0 and up to 1. The sum of what is there is then
        given as it is, and is too low for what is missing.
    freq : {None, "A", "S", "Q", "M", "W", "D"}
        How often figures come, where `x` carries no periods (then A, S, Q or M), or dates whose frequency can't be
        inferred.
    start : int
        Which period of its year the first figure is, where `x` carries no periods; 1 is the first.
    axis : int, str or None
        Where time runs, as of `pct_change`.

    Returns
    -------
    same kind as `x`
        In the unit of `x`. NaN before the first year that begins within `x`.

    Raises
    ------
    ValueError
        `x` carries no periods and `freq` isn't given; `start` is no period of a year or `min_coverage` no fraction.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    Years of weeks are ISO years. Missing: NaN from the first missing figure of a year to its end, unless
    `min_coverage` says otherwise (PARTIAL on a Cube). Under a JOINT figure the first of its two periods stays
    missing, and the second has the sum of both: a sum up to February is whole, so JOINT is gone. One that joins
    December to January can't be given to a year (UNDEFINED).

    Flags of a Cube: the union over the year so far, BREAK if one lies after its first period or the period is the first
    and has one itself.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.ytd([1.0, 2.0, 3.0, 4.0, 10.0], freq="Q")
    array([ 1.,  3.,  6., 10., 10.])
    >>> nan = float("nan")
    >>> growth.ytd([nan, 77067.0, 37855.0], freq="M", joint=True)
    array([    nan,  77067., 114922.])
    """
    _check_coverage(min_coverage)
    dense = _dense(x)
    place, _ = _places(dense.time, letter_of(freq), start, dense.values.shape[-1], "ytd")
    values = dense.values
    joints = _joints_of_years(x, values, place, joint)
    covered = None
    straddling = None
    if joints is not None:
        held, covered = joints
        straddling = held & (place == 0)
        values = np.where(straddling, np.nan, np.where(covered, 0.0, values))
    partial = None
    if min_coverage is None:
        result = _guided(ufuncs.growth_ytd, values, place)
    else:
        observed = ~np.isnan(values)
        count = _guided(ufuncs.growth_ytd, observed.astype(np.float64), place)
        enough = (count > 0) & (count >= min_coverage * (place + 1))
        result = np.where(enough, _guided(ufuncs.growth_ytd, np.where(observed, values, 0.0), place), np.nan)
        partial = enough & (count < place + 1)
    if covered is not None:
        result = np.where(covered, np.nan, result)
    if not x.flagged:
        return _sparse(x, dense, result)
    begin = _beginnings(place)
    marks = _broken(_cells(x, result.shape, joints), begin, own=True)
    if straddling is not None:
        marks = mark(marks, straddling, JOINT | UNDEFINED, result.shape)
    if partial is not None:
        marks = mark(marks, partial, PARTIAL, result.shape)
    return _back(x, result), _flags_back(x, marks)


@labelled("x", unit="kept")
def from_ytd(
    x: Any,
    *,
    split: str | float | None = None,
    freq: str | None = None,
    start: int = 1,
    axis: int | str | None = None,
) -> Any:
    """The figure of each period from the sums of the year so far: what `ytd` came from.

    ``x[t] - x[t - 1]``, and ``x[t]`` for the first period of a year

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Sums of the year up to each period, along time.
    split : {None, "equal", "days"} or float
        What to do where the first sum of a year is missing and the second is there, as in China, where January has
        none of its own. None keeps one figure for both periods, at the second; the first stays missing (JOINT on a
        Cube). Otherwise it is divided (SPLIT on a Cube): in halves, by the days of the two periods, or with this
        fraction for the first.
    freq : {None, "A", "S", "Q", "M", "W", "D"}
        How often figures come, where `x` carries no periods (then A, S, Q or M), or dates whose frequency can't be
        inferred.
    start : int
        Which period of its year the first figure is, where `x` carries no periods; 1 is the first.
    axis : int, str or None
        Where time runs, as of `pct_change`.

    Returns
    -------
    same kind as `x`
        In the unit of `x`. NaN at the very first figure, if it isn't the first of its year.

    Raises
    ------
    ValueError
        `x` carries no periods and `freq` isn't given, or not for ``split="days"``; `split` or `start` is none.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    ``from_ytd(ytd(x))`` is `x` but for the rounding of the sums. A rate of growth compares a JOINT figure with the
    JOINT one of another year, and is NaN (UNDEFINED) against a figure of one period: `rate`, `yoy` and all others see
    to that on cubes, which alone carry flags. Other containers show a joint figure by the missing one before it.

    Missing: NaN where one of the two sums is missing, except under the rule for the second period. Flags of a Cube:
    those of the two sums, BREAK if the later has one.

    Published sums are revised as the year goes on; a difference of first publications then holds the revision, too.

    References
    ----------
    National Bureau of Statistics of China, notes to the monthly releases: January and February are published
    together, to take out the moving date of the Spring Festival.

    Examples
    --------
    Retail sales of China from January-February to March 2023, 100 million yuan:

    >>> from indicia import growth
    >>> nan = float("nan")
    >>> growth.from_ytd([nan, 77067.0, 114922.0], freq="M")
    array([   nan, 77067., 37855.])
    >>> growth.from_ytd([nan, 77067.0, 114922.0], freq="M", split="equal")
    array([38533.5, 38533.5, 37855. ])
    """
    dense = _dense(x)
    values = dense.values
    place, _ = _places(dense.time, letter_of(freq), start, values.shape[-1], "from_ytd")
    share = _first_share(split, dense.time, values.shape[-1])
    result = _guided(ufuncs.growth_from_ytd, values, place)
    if share is None and not x.flagged:
        return _sparse(x, dense, result)
    second = np.zeros(len(place), np.bool_)
    second[1:] = (place[1:] == 1) & (place[:-1] == 0)
    missing = np.isnan(values)
    joint = second & ~missing & _shifted(missing, 1)
    before = _shifted(joint, -1)  # the first of the two
    if share is not None:
        with np.errstate(invalid="ignore"):  # what an infinite sum is divided into
            first = np.where(joint, result * share, 0.0)
            result = np.where(before, _shifted(first, -1), result - first)
    if not x.flagged:
        return _sparse(x, dense, result)
    marks: Flags | None = None
    if x.flags is not None:
        cells = np.moveaxis(x.flags, x.axis or 0, -1) & ~JOINT
        earlier = np.where((place == 0) | joint, np.uint32(0), _shifted(cells, 1) & ~BREAK)
        marks = cells | earlier
        if share is not None:
            marks = np.where(before, _shifted(cells, -1), marks)
    if share is None:
        marks = mark(marks, joint, JOINT, result.shape)
    else:
        marks = mark(marks, joint | before, SPLIT, result.shape)
    return _back(x, result), _flags_back(x, marks)


@labelled("x")
def carry_over(
    x: Any,
    *,
    year: str = "next",
    freq: str | None = None,
    start: int = 1,
    axis: int | str | None = None,
) -> Any:
    """The statistical overhang: by how much a year's mean grows if the level stays at the last observation.

    At `t`, with x[t] in place of all later periods: ``mean(next year) / mean(this year) - 1``, or with ``year="this"``
    ``mean(this year) / mean(last year) - 1``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels along time (an index, seasonally adjusted output).
    year : {"next", "this"}
        Which year's growth: the next one's, or that of the year that `t` is in (the growth that is already "acquired").
    freq : {None, "A", "S", "Q", "M", "W", "D"}
        How often figures come, where `x` carries no periods (then A, S, Q or M), or dates whose frequency can't be
        inferred.
    start : int
        Which period of its year the first figure is, where `x` carries no periods; 1 is the first.
    axis : int, str or None
        Where time runs, as of `pct_change`.

    Returns
    -------
    same kind as `x`
        Fractions (0.04 is 4 %). At the last period of a year, the carry-over into the next as it is published.

    Raises
    ------
    ValueError
        `x` carries no periods and `freq` isn't given; `year` or `start` is none.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    The growth of a year's mean is the carry-over into it plus what its own periods add. Levels should be free of
    season: a December above the others is no overhang.

    Missing: NaN where a figure of the year so far is missing (of the year before too, for ``year="this"``), before
    the first whole year, and where the earlier mean is zero or negative (UNDEFINED on a Cube). Flags of a Cube: the
    union over the cells used, BREAK if one lies after the first of them. A JOINT figure counts in the mean, but is no
    level that could stay: there is no carry-over from it (UNDEFINED).

    References
    ----------
    ECB, *Monthly Bulletin*, March 2010, box on the carry-over effect on annual average real GDP growth. P. Cross and
    D. Wyman, "The relationship between monthly, quarterly and annual growth rates", *Canadian Economic Observer*, 2011.

    Examples
    --------
    >>> from indicia import growth
    >>> growth.carry_over([100.0, 101.0, 102.0, 103.0], freq="Q")[-1].round(4)
    np.float64(0.0148)
    """
    if year not in ("next", "this"):
        raise ValueError(f"year: expected 'next' or 'this', got {year!r}")
    dense = _dense(x)
    place, length = _places(dense.time, letter_of(freq), start, dense.values.shape[-1], "carry_over")
    joints = _joints_of_years(x, dense.values, place, None)
    values = dense.values
    if joints is not None:
        values = np.where(joints[0] & (place == 0), np.nan, np.where(joints[1], 0.0, values))
    ufunc = ufuncs.growth_carry_over if year == "next" else ufuncs.growth_carry_over_this
    result = _guided(ufunc, values, place, length)
    if joints is not None:
        result = np.where(joints[0] | joints[1], np.nan, result)
    if not x.flagged:
        return _sparse(x, dense, result)
    begin = _beginnings(place)
    if year == "this":
        begin = np.where(begin > 0, begin[np.maximum(begin - 1, 0)], -1)
    marks = _broken(_cells(x, result.shape, joints), begin)
    if joints is not None:
        marks = mark(marks, joints[0], JOINT | UNDEFINED, result.shape)
    gaps = np.cumsum(np.isnan(values), axis=-1)
    whole = (begin >= 0) & (gaps == np.where(begin > 0, np.take(gaps, np.maximum(begin - 1, 0), axis=-1), 0))
    if joints is not None:
        whole = whole & ~joints[1]
    return _back(x, result), _flags_back(x, mark(marks, whole & np.isnan(result), UNDEFINED, result.shape))


# ---- time ----------------------------------------------------------------------------------------------------


class _Dense(NamedTuple):
    """A panel with time as its last axis, gapless: a period that the container lacks is missing."""

    values: Any
    time: Periods | None
    places: NDArray[np.int64] | None  # where each period of the container stands, if that isn't its own place


def _dense(x: Panel) -> _Dense:
    if x.axis is None:
        raise ValueError("a single figure has no growth: expected an axis of time")
    values = np.moveaxis(x.values, x.axis, -1)
    if x.time is None or x.time.contiguous:
        return _Dense(values, x.time, None)
    x.time.lag_index(1)  # raises where a period comes twice
    ordinals = x.time.ordinals.astype(np.int64)
    first = int(ordinals.min())
    time = Periods.range(str(x.time.freq), first, int(ordinals.max()) - first + 1)
    source = np.full(len(time), -1, np.int64)
    source[ordinals - first] = np.arange(len(ordinals))
    return _Dense(np.where(source < 0, np.nan, np.take(values, np.maximum(source, 0), axis=-1)), time, ordinals - first)


def _sparse(x: Panel, dense: _Dense, result: Any) -> Any:
    """A result back in the places and axes of the container."""
    return _back(x, result if dense.places is None else np.take(result, dense.places, axis=-1))


def _back(x: Panel, result: Any) -> Any:
    return np.moveaxis(result, -1, x.axis or 0)


def _flags_back(x: Panel, flags: Flags | None) -> Flags | None:
    return None if flags is None or not flags.any() else np.ascontiguousarray(_back(x, flags))


def _guided(ufunc: np.ufunc, values: Any, *guides: Any) -> Any:
    """A result of our own is laid out as the values are."""
    if isinstance(values, np.ndarray):
        result = np.empty_like(values, np.float64, subok=False)
        over_series(lambda part, out: ufunc(part, *guides, out=out), values, result, values.ndim - 1)
        return result
    if hasattr(values, "rechunk"):  # dask: time is one chunk, which shifting has cut
        values = values.rechunk({values.ndim - 1: -1})
    return ufunc(values, *guides)


def _places(
    time: Periods | None, freq: str | None, start: int, length: int, name: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The place of each period in its year, from 0 on, and how many periods that year has."""
    if time is None:
        if freq is None:
            raise ValueError(f"{name}: the argument carries no periods: say freq= (A, S, Q or M)")
        if freq not in PER_YEAR:
            raise ValueError(f"{name}: freq={freq!r} needs an index of dates, as years differ in length")
        per_year, first = PER_YEAR[freq], start - 1
        if not 1 <= start <= per_year:
            raise ValueError(f"start: expected a period of the year, from 1 to {per_year}, got {start}")
    else:
        if start != 1:
            raise ValueError("start: the argument carries periods, which say where a year begins")
        if time.per_year is None:
            return _places_of_dates(time)
        per_year = time.per_year
        first = int(time.ordinals[0]) % per_year if length else 0
    place = (first + np.arange(length)) % per_year
    return place.astype(np.float64), np.full(length, float(per_year))


def _places_of_dates(time: Periods) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of weeks in their ISO year and days in theirs, by looking at the years around them."""
    if len(time) == 0:
        return np.empty(0), np.empty(0)
    reach = 366 if time.freq == "D" else 53
    first, last = int(time.ordinals[0]) - reach, int(time.ordinals[-1]) + reach
    years = Periods.range(str(time.freq), first, last - first + 1).years()
    starts = np.flatnonzero(np.diff(years)) + 1
    at = np.arange(reach, reach + len(time))
    which = np.searchsorted(starts, at, side="right") - 1
    ends = np.append(starts[1:], len(years))
    return (at - starts[which]).astype(np.float64), (ends[which] - starts[which]).astype(np.float64)


def _beginnings(place: NDArray[np.float64]) -> NDArray[np.int64]:
    """Where the year of each period begins, -1 where that lies before the first one."""
    begin = np.arange(len(place), dtype=np.int64) - place.astype(np.int64)
    return np.where(begin < 0, -1, begin)


# ---- parts that are missing, and joint ones --------------------------------------------------------------------


def _check_coverage(min_coverage: float | None) -> None:
    if min_coverage is not None and not 0 < min_coverage <= 1:
        raise ValueError(f"min_coverage: expected a fraction over 0 and up to 1, got {min_coverage!r}")


def _shifted(along: Any, by: int) -> Any:
    """Each element moved `by` places later along the last axis; zeros come in."""
    by = max(min(by, along.shape[-1]), -along.shape[-1])
    if by > 0:
        return np.concatenate([np.zeros_like(along[..., :by]), along[..., : along.shape[-1] - by]], axis=-1)
    return np.concatenate([along[..., -by:], np.zeros_like(along[..., :-by])], axis=-1)


def _first_share(split: Any, time: Periods | None, length: int) -> NDArray[np.float64] | None:
    """Which fraction of a figure for t - 1 and t together belongs to t - 1, for each t."""
    if split is None:
        return None
    if split == "equal":
        return np.full(length, 0.5)
    if split == "days":
        if time is None:
            raise ValueError("split='days': the argument carries no periods, whose days could be counted")
        days = ((time.last_days() - time.first_days()).astype(np.int64) + 1).astype(np.float64)
        share = np.full(length, 0.5)
        share[1:] = days[:-1] / (days[:-1] + days[1:])
        return share
    if isinstance(split, str) or not 0 <= split <= 1:
        raise ValueError(f"split: expected None, 'equal', 'days' or a fraction, got {split!r}")
    return np.full(length, float(split))


def _joints_of_years(
    x: Panel, values: Any, place: NDArray[np.float64], joint: bool | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Figures for two periods of one year, as flagged or as said, and the first periods that they cover."""
    if joint is False:
        return None
    found = joint_cells(x)
    if found is not None:
        found = found[0], found[1] & ~_shifted((place == 0) & np.ones(values.shape, np.bool_), -1)
    if not joint:
        return found
    missing = np.isnan(values)
    second = np.zeros(len(place), np.bool_)
    second[1:] = (place[1:] == 1) & (place[:-1] == 0)
    held = second & ~missing & _shifted(missing, 1)
    if found is not None:
        return found[0] | held, found[1] | _shifted(held, -1)
    return held, _shifted(held, -1)


def _cells(x: Panel, shape: tuple[int, ...], joints: Any) -> Flags | None:
    """The flags that count: without JOINT, which a whole sum no longer is, and without what a JOINT figure covers."""
    if x.flags is None:
        return None
    flags = np.moveaxis(x.flags, x.axis or 0, -1) & ~JOINT
    return flags if joints is None else np.where(joints[1], np.uint32(0), flags)


def _broken(flags: Flags | None, begin: NDArray[np.int64], *, own: bool = False) -> Flags | None:
    """The union from `begin` on, BREAK only after it; with `own` a period that begins keeps its own."""
    if flags is None:
        return None
    breaks = union_over(flags & BREAK, np.where(begin >= 0, begin + 1, -1))
    if own:
        breaks |= np.where(begin == np.arange(len(begin)), flags & BREAK, np.uint32(0))
    return union_over(flags & ~BREAK, begin) | breaks


def _average_of_some(
    values: Any, window: int, joints: Any, min_coverage: float | None
) -> tuple[Any, NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
    """Average rates where figures are joint or may be missing; where a joint one is cut, and where some are missing."""
    cut = None
    if joints is not None:
        values = np.where(joints[1], 0.0, values)
        single = joints[1] | _shifted(joints[0], window - 1) if window > 1 else joints[0] | joints[1]
        cut = single | _shifted(single, window)
        cut[..., : 2 * window - 1] = False
    if min_coverage is None:
        sums = _guided(ufuncs.growth_window_sum, values, window)
        result = ufuncs.growth_rate_lag(sums, window)
        return (result if cut is None else np.where(cut, np.nan, result)), cut, None
    whole = np.arange(values.shape[-1]) >= 2 * window - 1
    base = np.where(np.arange(values.shape[-1]) < window, np.nan, _shifted(values, window))
    pair = ~np.isnan(values) & ~np.isnan(base)
    if joints is not None:  # the two periods of a joint figure stay together, on either side
        linked = _shifted(joints[1], 1)
        linked = linked | _shifted(linked, window)
        pair = pair & (~linked | _shifted(pair, 1))
        pair = pair & (~_shifted(linked, -1) | _shifted(pair, -1))
    sums = [_guided(ufuncs.growth_window_sum, np.where(pair, part, 0.0), window) for part in (values, base)]
    count = _guided(ufuncs.growth_window_sum, pair.astype(np.float64), window)
    enough = whole & (count > 0) & (count >= min_coverage * window)
    if cut is not None:
        enough = enough & ~cut
    return np.where(enough, ufuncs.growth_rate(*sums), np.nan), cut, enough & (count < window)
