"""Inequality: how unevenly figures are spread over regions or people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from indicia import ufuncs
from indicia._region_fold import alike, counted, folded, judged, ones, several
from indicia.containers import Panel, labelled

__all__ = ["TheilParts", "atkinson", "gini", "theil", "theil_parts", "williamson"]


@labelled("x", "weights", unit="index", levels=())
def gini(
    x: Any,
    weights: Any = None,
    *,
    over: Any = None,
    corrected: bool = False,
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """How unequal figures are (Gini coefficient): half their mean absolute difference, relative to the mean.

    ``sum_ij(w_i w_j |x_i - x_j|) / (2 W**2 mean)``: from 0 (all alike) to ``(n - 1) / n`` (all in one)

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Figures of the regions or people, such as income per head.
    weights : array_like or labelled as `x`, optional
        How many people each figure stands for. One dimension of weights lies along `over`.
    corrected : bool
        Times ``n / (n - 1)``, so that all in one is 1 however few there are; NaN for one figure.
    over, min_coverage
        As in `hhi`.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `x` without `over`, or float64

    Raises
    ------
    ValueError
        As in `hhi`; labels differ.

    Notes
    -----
    Missing: NaN where a figure or its weight is missing (but see `min_coverage`) or negative, or the mean is zero.
    Flags are as in `hhi`.

    References
    ----------
    F. A. Cowell, *Measuring Inequality* (3rd edition, 2011), appendix A.

    Examples
    --------
    >>> from indicia import region
    >>> region.gini([20.0, 50.0, 20.0, 10.0]), region.gini([20.0, 50.0, 20.0, 10.0], corrected=True).round(12)
    (np.float64(0.3), np.float64(0.4))
    """
    used = [x] if weights is None else [x, weights]
    ufunc = ufuncs.region_gini if weights is None else ufuncs.region_gini_weighted
    found = folded(ufunc, used, min_coverage=min_coverage)
    if corrected:
        n = counted(x)
        found = found * np.where(n > 1, n / np.maximum(n - 1, 1), np.nan)
    return judged(found, used)


@labelled("x", "weights", unit="index", levels=())
def theil(
    x: Any,
    weights: Any = None,
    *,
    over: Any = None,
    index: str = "T",
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """How unequal figures are, by an index that splits into what is within groups and what is between them.

    ``T = sum(w r ln(r)) / sum(w)``, ``L = -sum(w ln(r)) / sum(w)``, where ``r = x / mean``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Figures of the regions or people, such as output per head.
    weights : array_like or labelled as `x`, optional
        How many people each figure stands for. One dimension of weights lies along `over`.
    index : {"T", "L"}
        Theil's T, in which the rich weigh more; or L, the mean logarithmic deviation.
    over, min_coverage, join
        As in `gini`.

    Returns
    -------
    same kind as `x` without `over`, or float64
        0 where all are alike; T is at most ``ln(n)``.

    Raises
    ------
    ValueError
        `index` is no such letter; otherwise as in `gini`.

    Notes
    -----
    Missing and flags are as in `gini`. A figure of zero adds 0 to T; L is then infinite, and NaN here.

    See Also
    --------
    theil_parts : within and between groups.

    References
    ----------
    H. Theil, *Economics and Information Theory* (1967), chapter 4; A. F. Shorrocks, "The class of additively
    decomposable inequality measures", *Econometrica* 48 (1980).

    Examples
    --------
    >>> from indicia import region
    >>> incomes = [10.0, 10.0, 10.0, 20.0, 50.0]
    >>> region.theil(incomes).round(7), region.theil(incomes, index="L").round(7)
    (np.float64(0.2502012), np.float64(0.2326302))
    """
    used = [x] if weights is None else [x, weights]
    return judged(_theil(x, weights, index, min_coverage), used)


def _theil(x: Panel, weights: Panel | None, index: str, min_coverage: float | None) -> Any:
    if index not in ("T", "L"):
        raise ValueError(f"index: expected 'T' or 'L', got {index!r}")
    ufunc = ufuncs.region_theil if index == "T" else ufuncs.region_theil_l
    return folded(ufunc, [x, ones(x) if weights is None else weights], min_coverage=min_coverage)


@dataclass(frozen=True)
class TheilParts:
    """Theil's index, and its two parts.

    Attributes
    ----------
    total, within, between
        As the argument of `theil_parts`; ``within + between`` is ``total``.
    """

    total: Any
    within: Any
    between: Any


@labelled("x", "weights", unit="index", levels=())
def theil_parts(
    x: Any, weights: Any = None, *, groups: Any, over: Any = None, index: str = "T", join: str = "exact"
) -> Any:
    """Inequality within groups and between them: provinces within regions, and the regions' means.

    ``between``: Theil's index of the groups' means; ``within``: the mean of the groups' own indices, by their share
    of the total (T) or of the weights (L)

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Figures of the regions or people.
    weights : array_like or labelled as `x`, optional
        How many people each figure stands for.
    groups : sequence
        The group of each figure along `over`: one word or number each.
    over, index, join
        As in `theil`.

    Returns
    -------
    TheilParts
        With ``total``, ``within`` and ``between``, each the same kind as `x` without `over`.

    Raises
    ------
    ValueError
        `groups` has another length than `over`; otherwise as in `theil`.

    Notes
    -----
    The total is the sum of the two parts, and Theil's index of all within rounding. Missing: NaN where a figure is
    missing. Flags are as in `hhi`.

    References
    ----------
    A. F. Shorrocks, "The class of additively decomposable inequality measures", *Econometrica* 48 (1980).

    Examples
    --------
    >>> from indicia import region
    >>> parts = region.theil_parts([1.0, 3.0, 4.0, 8.0], groups=["west", "west", "east", "east"])
    >>> float(parts.total.round(6)), float(parts.within.round(6)), float(parts.between.round(6))
    (0.20599, 0.075178, 0.130812)
    """
    values, heads = alike([x, ones(x) if weights is None else weights])
    axis = x.over
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    if place.shape != (values.shape[axis],):
        raise ValueError(f"groups: {place.size} are given for {values.shape[axis]} figures along over")
    people, sums, own = [], [], []
    for g in range(len(names)):
        member = np.flatnonzero(place == g)
        part = Panel(np.take(values, member, axis), over=axis)
        head = Panel(np.take(heads, member, axis), over=axis)
        weighted = Panel(part.values * head.values, over=axis)
        people.append(folded(ufuncs.region_total, [head]))
        sums.append(folded(ufuncs.region_total, [weighted]))
        own.append(_theil(part, head, index, None))
    counts, totals, indices = (np.stack(a, axis=axis) for a in (people, sums, own))
    with np.errstate(all="ignore"):
        means = totals / counts
        between = _theil(Panel(means, over=axis), Panel(counts, over=axis), index, None)
        weight = totals if index == "T" else counts
        inside = np.where(weight == 0, 0.0, weight * np.where(weight == 0, 0.0, indices))
        within = inside.sum(axis=axis) / weight.sum(axis=axis)
    within = np.where(np.isnan(between), np.nan, within)[()]
    used = [x] if weights is None else [x, weights]
    found = {"total": within + between, "within": within, "between": between}
    return several(TheilParts, {name: judged(part, used) for name, part in found.items()})


@labelled("x", "weights", unit="index", levels=())
def atkinson(
    x: Any,
    weights: Any = None,
    *,
    over: Any = None,
    aversion: float = 0.5,
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """Which part of a total could be given up if the rest were spread evenly, by one's aversion to inequality.

    ``1 - mean(r**(1 - aversion))**(1 / (1 - aversion))``, and ``1 - exp(mean(ln(r)))`` for 1, where ``r = x / mean``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Figures of the regions or people.
    weights : array_like or labelled as `x`, optional
        How many people each figure stands for.
    aversion : float
        Above 0; the larger, the more the poor weigh.
    over, min_coverage, join
        As in `gini`.

    Returns
    -------
    same kind as `x` without `over`, or float64
        From 0 (all alike) to 1.

    Raises
    ------
    ValueError
        `aversion` is not above 0; otherwise as in `gini`.

    Notes
    -----
    Missing and flags are as in `gini`. A figure of zero makes it 1 where `aversion` is 1 or more.

    References
    ----------
    A. B. Atkinson, "On the measurement of inequality", *Journal of Economic Theory* 2 (1970).

    Examples
    --------
    >>> from indicia import region
    >>> region.atkinson([1.0, 4.0]).round(12)
    np.float64(0.1)
    """
    if not aversion > 0:
        raise ValueError(f"aversion: expected more than 0, got {aversion!r}")
    used = [x] if weights is None else [x, weights]
    pair = [x, ones(x) if weights is None else weights]
    return judged(folded(ufuncs.region_atkinson, pair, float(aversion), min_coverage=min_coverage), used)


@labelled("x", "weights", unit="index", levels=())
def williamson(
    x: Any, weights: Any = None, *, over: Any = None, min_coverage: float | None = None, join: str = "exact"
) -> Any:
    """How far regions are from their mean: the coefficient of variation, weighted by people (Williamson index).

    ``sqrt(sum(w (x - mean)**2) / sum(w)) / mean``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Figures per head of the regions.
    weights : array_like or labelled as `x`, optional
        People; all alike if left out, which is the plain coefficient of variation.
    over, min_coverage, join
        As in `gini`.

    Returns
    -------
    same kind as `x` without `over`, or float64
        Fractions of the mean.

    Raises
    ------
    ValueError
        As in `gini`.

    Notes
    -----
    The mean is weighted too: it is that of the nation. Missing: NaN where a figure or weight is missing (but see
    `min_coverage`), a weight is negative, or the mean is not above zero. Flags are as in `hhi`.

    References
    ----------
    J. G. Williamson, "Regional inequality and the process of national development", *Economic Development and Cultural
    Change* 13 (1965).

    Examples
    --------
    >>> from indicia import region
    >>> region.williamson([80.0, 120.0])
    np.float64(0.2)
    """
    used = [x] if weights is None else [x, weights]
    pair = [x, ones(x) if weights is None else weights]
    return judged(folded(ufuncs.region_variation, pair, min_coverage=min_coverage), used)
