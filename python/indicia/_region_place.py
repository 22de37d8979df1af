"""Where regions stand among each other: ranks, gaps, how long a gap lasts, and whether regions converge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._growth_flags import judged as judged_beside
from indicia._parts import each, parts
from indicia._region_fold import LARGE, alike, folded, judged, mean_of, ones, several
from indicia.containers import labelled

__all__ = ["TIES", "Beta", "beta", "catch_up", "gap", "rank", "sigma"]

TIES: Final = ("average", "min", "max", "dense", "first")


@labelled("x", unit="place")
def rank(x: Any, *, over: Any = None, ties: str = "min", descending: bool = True) -> Any:
    """The places of regions in each period: 1 is the largest.

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Figures of the regions.
    over : int or str, optional
        The dimension of the regions: an axis, ``"columns"``, the name of a dimension. By default the last axis, the
        columns of a DataFrame, the only dimension of a Cube or DataArray that is not time.
    ties : {"min", "average", "max", "dense", "first"}
        What equal figures get, in the words of pandas: the best of their places, their mean, the worst, the best with
        no place left out behind it, or one place each in their order.
    descending : bool
        Whether the largest is first, or the smallest.

    Returns
    -------
    same kind as `x`
        Places from 1 on.

    Raises
    ------
    ValueError
        `ties` is none of these words; `over` names no dimension, or several are possible.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    Missing: NaN where the figure is; the others are ranked as if it didn't exist, and flagged PARTIAL in a Cube.
    Other flags are those of the cell. Figures that are rounded alike may in truth be in either order: `interval.rank`
    says which places are possible.

    Examples
    --------
    >>> from indicia import region
    >>> region.rank([6.1, 6.0, float("nan"), 6.1, 5.0])
    array([ 1.,  3., nan,  1.,  4.])
    >>> region.rank([6.1, 6.0, 6.1, 5.0], ties="average")
    array([1.5, 3. , 1.5, 4. ])
    """
    if ties not in TIES:
        raise ValueError(f"ties: expected one of {', '.join(TIES)}, got {ties!r}")
    how = float(TIES.index(ties))
    axis, values = x.over, x.values
    axes = [(axis,), (), (), (axis,)]
    if isinstance(values, np.ndarray):
        found = np.empty_like(values, np.float64, subok=False)

        def work(part: tuple[slice, ...]) -> None:
            ufuncs.region_rank(values[part], how, float(descending), axes=axes, out=found[part])

        each(parts(values, axis, large=LARGE), work)
    else:
        found = ufuncs.region_rank(values, how, float(descending))
    return judged(found, [x], kept=True)


@labelled("x", unit="kept")
def gap(x: Any, *, to: str = "leader", over: Any = None, min_coverage: float | None = None) -> Any:
    """How far regions are from the leader, the mean or the median of all, in the unit of the figures.

    ``x - reference``; ``growth.rate(x, reference)`` and ``growth.share(x, reference)`` are the same relative to a
    nation

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Figures of the regions.
    to : {"leader", "last", "mean", "median"}
        What they are compared with: the largest, the smallest, the mean without weights, the median.
    over : int or str, optional
        The dimension of the regions, as in `rank`.
    min_coverage : float, optional
        The share of the regions that must have a figure for there to be a reference. By default all must.

    Returns
    -------
    same kind as `x`
        0 for the reference itself, below 0 behind the leader.

    Raises
    ------
    ValueError
        `to` is none of these words; `min_coverage` is no share; `over` names no dimension, or several are possible.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    Missing: NaN where the figure is, or more figures of the period are missing than `min_coverage` allows. Flags as
    in `rank`.

    Examples
    --------
    >>> from indicia import region
    >>> region.gap([6.0, 9.0, 4.5])
    array([-3. ,  0. , -4.5])
    >>> region.gap([6.0, 9.0, 4.5], to="mean")
    array([-0.5,  2.5, -2. ])
    """
    words = ("leader", "last", "mean", "median")
    if to not in words:
        raise ValueError(f"to: expected one of {', '.join(words)}, got {to!r}")
    if to == "mean":
        reference = mean_of(x, min_coverage)
    elif to == "median":
        reference = folded(ufuncs.region_median, [x], min_coverage=min_coverage)
    else:
        extreme = (np.fmax if to == "leader" else np.fmin).reduce(x.values, axis=x.over)
        there = folded(ufuncs.region_total, [x], min_coverage=min_coverage)
        reference = np.where(np.isnan(there), np.nan, extreme)
    return judged(x.values - np.expand_dims(reference, x.over), [x], kept=True)


@labelled("level", "reference", "rate", "reference_rate", unit="year", levels=("level", "reference"))
def catch_up(level: Any, reference: Any, rate: Any, reference_rate: Any, *, join: str = "exact") -> Any:
    """In how many years a region is where another one will be by then, if both go on growing as they do.

    ``ln(reference / level) / ln((1 + rate) / (1 + reference_rate))``

    Parameters
    ----------
    level, reference : array_like, pandas, xarray, polars or Cube
        Levels now, in the same unit: of the region, and of the leader or the nation.
    rate, reference_rate : array_like, pandas, xarray, polars or Cube
        Their growth per year, as fractions (0.06 is 6 %).
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64
        Years (periods, if the rates are per period). Where the region is ahead and grows more slowly, until it is
        caught up with.

    Raises
    ------
    ValueError
        Labels or units differ, or shapes don't broadcast.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: NaN where one of the four is missing, a level is not above zero, a rate not above -1, or the two never
    meet: the one behind grows no faster. 0 only where the levels are the same. Flags of a Cube: those of all cells.

    Examples
    --------
    >>> from indicia import region
    >>> region.catch_up([50.0, 50.0], 100.0, [0.06, 0.02], 0.02).round(2)
    array([18.02,   nan])
    """
    with np.errstate(all="ignore"):
        behind = ufuncs.growth_log_rate(reference.values, level.values)
        faster = ufuncs.growth_log_rate(1 + rate.values, 1 + reference_rate.values)
        years = behind / faster
    meets = (years >= 0) & np.isfinite(years)
    return judged_beside(np.where(meets, years + 0.0, np.nan)[()], [level, reference, rate, reference_rate])


@labelled("x", "weights", unit="index", levels=())
def sigma(
    x: Any,
    weights: Any = None,
    *,
    over: Any = None,
    of: str = "log",
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """How far regions are apart; regions converge (sigma convergence) where it falls from period to period.

    ``sd(ln(x))``, or ``sd(x) / mean(x)``, over all regions of a period

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Figures per head of the regions.
    weights : array_like or labelled as `x`, optional
        People; all alike if left out.
    of : {"log", "level"}
        The standard deviation of the logarithms, or the coefficient of variation (as `williamson`).
    over : int or str, optional
        The dimension of the regions, as in `rank`.
    min_coverage : float, optional
        The share of the regions that must have a figure; all by default.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `x` without `over`, or float64

    Raises
    ------
    ValueError
        `of` is none of the two; otherwise as in `gap`.

    Notes
    -----
    The standard deviation is that of the regions that there are (divided by n, not n - 1). Missing: NaN where a
    figure is missing (but see `min_coverage`) or, for ``"log"``, not above zero. Flags: the union over the regions.

    References
    ----------
    R. J. Barro and X. Sala-i-Martin, *Economic Growth* (2nd edition, 2004), 11.1.

    Examples
    --------
    >>> from indicia import region
    >>> region.sigma([[50.0, 100.0], [80.0, 100.0]]).round(6)
    array([0.346574, 0.111572])
    """
    if of not in ("log", "level"):
        raise ValueError(f"of: expected 'log' or 'level', got {of!r}")
    used = [x] if weights is None else [x, weights]
    pair = [x, ones(x) if weights is None else weights]
    ufunc = ufuncs.region_log_deviation if of == "log" else ufuncs.region_variation
    return judged(folded(ufunc, pair, min_coverage=min_coverage), used)


@dataclass(frozen=True)
class Beta:
    """A line of growth over the logarithm of the first level.

    Attributes
    ----------
    slope, intercept
        ``ln(last / first) / years = intercept + slope * ln(first)``; a slope below 0 is convergence.
    r_squared
        The share of the variance of growth that the line explains.
    speed
        Which fraction of the gap to the common path closes in a year: ``-ln(1 + slope * years) / years``.
    half_life
        The years until half of a gap is closed: ``ln(2) / speed``; NaN where gaps don't close.
    count
        How many regions there are.
    """

    slope: Any
    intercept: Any
    r_squared: Any
    speed: Any
    half_life: Any
    count: Any


@labelled("first", "last", unit="index")
def beta(first: Any, last: Any, years: float, *, over: Any = None, join: str = "exact") -> Any:
    """Whether poor regions grow faster (absolute beta convergence), and how fast they catch up.

    The least-squares line ``ln(last / first) / years = intercept + slope * ln(first)``

    Parameters
    ----------
    first, last : array_like, pandas, xarray, polars or Cube
        Figures per head of the regions in the first and the last year.
    years : float
        Between the two; more than 0.
    over : int or str, optional
        The dimension of the regions, as in `rank`.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    Beta
        Slope, intercept, r_squared, speed, half_life and count, each the same kind as `first` without `over`.

    Raises
    ------
    ValueError
        `years` is not more than 0; otherwise as in `rank`.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Regions of which one of the two figures is missing or not above zero are left out, and the results flagged PARTIAL
    in a Cube. Missing: NaN with less than three regions, or where all begin at one level; `speed` where the slope is
    -1 / years or less (all gaps would be closed at once), `half_life` where it is not below 0.

    References
    ----------
    R. J. Barro and X. Sala-i-Martin, *Economic Growth* (2nd edition, 2004), 11.2.

    Examples
    --------
    >>> from indicia import region
    >>> found = region.beta([10.0, 20.0, 40.0], [20.0, 30.0, 50.0], 10)
    >>> float(found.slope.round(4)), float(found.speed.round(4)), float(found.half_life.round(1))
    (-0.0339, 0.0414, 16.7)
    """
    if not years > 0:
        raise ValueError(f"years: expected more than 0, got {years!r}")
    before, after = alike([first, last])
    axis = first.over
    with np.errstate(all="ignore"):
        start = np.log(np.where(before > 0, before, np.nan))
        growth = ufuncs.growth_log_rate(after, before) / years
        there = np.isfinite(start) & np.isfinite(growth)
        count = np.count_nonzero(there, axis=axis)
        x, x_mean = _centred(start, there, count, axis)
        y, y_mean = _centred(growth, there, count, axis)
        xx, xy, yy = (a.sum(axis=axis) for a in (x * x, x * y, y * y))
        enough = (count >= 3) & (xx > 1e-28 * np.maximum(x_mean**2, 1) * count)
        slope = np.where(enough, xy / np.where(xx > 0, xx, np.nan), np.nan)
        explained = slope * xy / np.where(yy > 0, yy, np.nan)
        closing = 1 + slope * years
        speed = -np.log(np.where(closing > 0, closing, np.nan)) / years
        half = np.log(2) / np.where(speed > 0, speed, np.nan)
    found = {
        "slope": slope,
        "intercept": y_mean - slope * x_mean,
        "r_squared": explained,
        "speed": speed,
        "half_life": half,
        "count": count.astype(np.float64),
    }
    return several(Beta, {name: judged(np.asarray(part)[()], [first, last]) for name, part in found.items()})


def _centred(
    values: NDArray[np.float64], there: NDArray[np.bool_], count: Any, axis: int
) -> tuple[NDArray[np.float64], Any]:
    kept = np.where(there, values, 0.0)
    mean = kept.sum(axis=axis) / np.where(count > 0, count, np.nan)
    return np.where(there, values - np.expand_dims(mean, axis), 0.0), mean
