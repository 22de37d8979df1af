"""The same from published rates of the year to date."""

from __future__ import annotations

from typing import Any

import numpy as np

from indicia._growth_flags import judged
from indicia._interval import Interval
from indicia._targets_model import ends_of_targets, fractions
from indicia.containers import labelled

__all__ = ["outturn_rate", "required_rate"]


def required_rate(rate: Any, done: Any, target: Any, *, percent: bool = True, join: str = "exact") -> Any:
    """By how much the rest of a year must grow, given the growth of the year to date.

    ``target + (target - rate) * done / (1 - done)``

    Parameters
    ----------
    rate : float, array_like, pandas, xarray, polars, Cube or Interval
        Growth of the year to date over the same periods of last year: fractions.
    done : the same
        Which part of last year those periods were, by level: over 0 and below 1 (`profile` gives it).
    target : str, float, Target, or many of them
        What the year aims at: a text as `target` reads it, or fractions.
    percent : bool
        Whether texts without a unit are in per cent.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64; an Interval if one is given
        Fractions.

    Raises
    ------
    ValueError
        `done` is nowhere over 0 and below 1: at 1 the year is over. Labels differ.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Exact where rates and the target are of sums in the same prices. With real rates and a profile in current prices it
    is an approximation, as good as prices move alike in both parts of last year. Of an Interval every value that it
    may stand for counts: `interval.published` makes one of a printed rate.

    Missing: NaN where an argument is missing, or `done` not over 0 and below 1.

    Examples
    --------
    5.4 % after three quarters that were 70.7 % of last year, and 5.5 % aimed at:

    >>> from indicia import interval, targets
    >>> targets.required_rate(0.054, 0.707, "5.5 %").round(4)
    np.float64(0.0574)
    >>> targets.required_rate(interval.published("5.4 %"), 0.707, "5.5 %")
    Interval(0.0562..., 0.0586...)
    """
    aim = ends_of_targets(target, percent=percent).figure
    fractions(rate, "rate")
    _part(fractions(done, "done"))
    if any(isinstance(a, Interval) for a in (rate, done)):
        odds = _odds(done)
        return aim + (aim - rate) * odds
    return _required_rate(rate, done, aim, join=join)


@labelled("rate", "done", "target", levels=())
def _required_rate(rate: Any, done: Any, target: Any, *, join: str) -> Any:
    part = np.where((done.values > 0) & (done.values < 1), done.values, np.nan)
    result = target.values + (target.values - rate.values) * (part / (1 - part))
    return judged(result, [rate, done, target])


def outturn_rate(rate: Any, done: Any, rest: Any, *, join: str = "exact") -> Any:
    """The growth of a year, from that of the year to date and of the rest: what if.

    ``rate * done + rest * (1 - done)``

    Parameters
    ----------
    rate : float, array_like, pandas, xarray, polars, Cube or Interval
        Growth of the year to date: fractions.
    done : the same
        Which part of last year those periods were, by level.
    rest : the same
        Growth of the rest over the same periods of last year.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64; an Interval if one is given
        Fractions.

    Raises
    ------
    ValueError
        `done` is nowhere over 0 and below 1. Labels differ.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: NaN where an argument is missing, or `done` not over 0 and below 1.

    Examples
    --------
    >>> from indicia import targets
    >>> targets.outturn_rate(0.054, 0.75, [0.05, 0.06]).round(4)
    array([0.053 , 0.0555])
    """
    for x, name in ((rate, "rate"), (done, "done"), (rest, "rest")):
        fractions(x, name)
    _part(done)
    if any(isinstance(a, Interval) for a in (rate, done, rest)):
        return _between(rate, rest, done)
    return _outturn_rate(rate, done, rest, join=join)


@labelled("rate", "done", "rest", levels=())
def _outturn_rate(rate: Any, done: Any, rest: Any, *, join: str) -> Any:
    part = np.where((done.values > 0) & (done.values < 1), done.values, np.nan)
    result = rest.values + (rate.values - rest.values) * part
    return judged(result, [rate, done, rest])


def _part(done: Any) -> None:
    low, high = (done.low, done.high) if isinstance(done, Interval) else (getattr(done, "values", done),) * 2
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    fits = (low > 0) & (high < 1)
    if low.size and not fits.any() and not np.isnan(low).all():
        over = " the year is over, and its outcome is what audit.targets judges;" if (low >= 1).all() else ""
        first = f"{float(low.ravel()[0]):g}"
        raise ValueError(f"done: {first} is no part of a year to date:{over} needed is a fraction over 0 and below 1")


def _odds(done: Any) -> Interval:
    """``done / (1 - done)``, which rises."""
    low, high = (done.low, done.high) if isinstance(done, Interval) else (done, done)
    outside = ~((np.asarray(low) > 0) & (np.asarray(high) < 1))
    low, high = (np.where(outside, np.nan, end) for end in (low, high))
    ends = [Interval(end) / (1.0 - Interval(end)) for end in (low, high)]
    return Interval._of((ends[0].low, ends[1].high))


def _between(rate: Any, rest: Any, done: Any) -> Interval:
    """The least and the most of a mean whose weights vary: at the ends of each."""
    one = [x if isinstance(x, Interval) else Interval(x) for x in (rate, rest, done)]
    found = [
        Interval(a) * Interval(w) + Interval(b) * (1.0 - Interval(w))
        for a, b in ((one[0].low, one[1].low), (one[0].high, one[1].high))
        for w in (one[2].low, one[2].high)
    ]
    low, high = found[0].hull(found[1]), found[2].hull(found[3])
    return Interval._of((low.low, high.high))
