"""Concentration and specialisation: on how few parts a total rests, and how regions differ in their parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from indicia import ufuncs
from indicia._region_fold import alike, counted, folded, judged
from indicia.containers import labelled

__all__ = [
    "ellison_glaeser",
    "entropy",
    "hachman",
    "hhi",
    "hoover",
    "krugman",
    "leaders",
]


@labelled("x")
def hhi(x: Any, *, over: Any = None, normalised: bool = False, min_coverage: float | None = None) -> Any:
    r"""How concentrated a total is on few parts (Herfindahl-Hirschman index).

    ``sum of squared shares``: from ``1 / n`` (all alike) to 1 (all in one)

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels of the parts: sales of firms, output of regions. The shares are formed here.
    over : int or str, optional
        The dimension of the parts: an axis, ``"columns"``, the name of a dimension. By default the last axis, the
        columns of a DataFrame, the only dimension of a Cube or DataArray that is not time.
    normalised : bool
        ``(H - 1 / n) / (1 - 1 / n)``, from 0 to 1 whatever the number of parts; NaN for one part.
    min_coverage : float, optional
        The share of the parts (by number) that must be there. The others are then left out, and the result is flagged
        PARTIAL. By default all must be.

    Returns
    -------
    same kind as `x` without `over`, or float64
        Fractions; times 10,000 it is the index of competition authorities.

    Raises
    ------
    ValueError
        There are no parts, `over` names no dimension or several are possible, `min_coverage` is no share.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    Missing: NaN where a part is missing (but see `min_coverage`) or negative, or the total is zero. Parts of zero
    count in `normalised`. Flags of a Cube are the union over the parts.

    References
    ----------
    U.S. Department of Justice and Federal Trade Commission, *Merger Guidelines* (2023), 2.1.

    Examples
    --------
    >>> from indicia import region
    >>> region.hhi([20.0, 50.0, 20.0, 10.0])
    np.float64(0.34)
    >>> region.hhi([[20.0, 50.0, 20.0, 10.0], [1.0, 1.0, 1.0, 1.0]], normalised=True).round(6)
    array([0.12, 0.  ])
    """
    found = folded(ufuncs.region_hhi, [x], min_coverage=min_coverage)
    if normalised:
        n = counted(x)
        spread = np.where(n > 1, 1 - 1 / n, np.nan)
        found = np.maximum(found - 1 / n, 0) / spread
    return judged(found, [x])


@labelled("x")
def leaders(x: Any, count: int = 4, *, over: Any = None, min_coverage: float | None = None) -> Any:
    """The share of the largest parts in their total (concentration ratio CR4, CR8, ...).

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels of the parts.
    count : int
        How many of the largest; all where there are fewer.
    over, min_coverage
        As in `hhi`.

    Returns
    -------
    same kind as `x` without `over`, or float64
        Fractions.

    Raises
    ------
    ValueError
        `count` is less than 1; otherwise as in `hhi`.

    Notes
    -----
    Missing and flags are as in `hhi`.

    References
    ----------
    OECD, *Glossary of Industrial Organisation Economics and Competition Law* (1993), concentration indexes.

    Examples
    --------
    >>> from indicia import region
    >>> region.leaders([20.0, 50.0, 20.0, 10.0], 2)
    np.float64(0.7)
    """
    if count < 1:
        raise ValueError(f"count: expected 1 or more, got {count!r}")
    return judged(folded(ufuncs.region_leaders, [x], float(count), min_coverage=min_coverage), [x])


@labelled("x", unit="nat")
def entropy(
    x: Any,
    *,
    over: Any = None,
    base: float | None = None,
    normalised: bool = False,
    min_coverage: float | None = None,
) -> Any:
    """How diverse the parts of a total are (Shannon entropy of the shares).

    ``-sum(s * ln(s))``: from 0 (all in one) to ``ln(n)`` (all alike)

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels of the parts.
    base : float, optional
        Of the logarithm: 2 gives bits. Natural by default.
    normalised : bool
        Divided by that of as many parts of one size: from 0 to 1; NaN for one part.
    over, min_coverage
        As in `hhi`.

    Returns
    -------
    same kind as `x` without `over`, or float64

    Raises
    ------
    ValueError
        `base` is not above 1; otherwise as in `hhi`.

    Notes
    -----
    Missing and flags are as in `hhi`. A part of zero adds nothing, but counts in `normalised`.

    References
    ----------
    C. E. Shannon, "A mathematical theory of communication", *Bell System Technical Journal* 27 (1948).

    Examples
    --------
    >>> from indicia import region
    >>> region.entropy([1.0, 1.0, 1.0, 1.0], base=2)
    np.float64(2.0)
    """
    if base is not None and not base > 1:
        raise ValueError(f"base: expected more than 1, got {base!r}")
    found = folded(ufuncs.region_entropy, [x], min_coverage=min_coverage)
    if normalised:
        n = counted(x)
        found = found / np.where(n > 1, np.log(np.maximum(n, 2)), np.nan)
    elif base is not None:
        found = found / np.log(base)
    return judged(found, [x])


@labelled("x", "weights", unit="index", levels=())
def hoover(x: Any, weights: Any, *, over: Any = None, min_coverage: float | None = None, join: str = "exact") -> Any:
    """Which part of a total would have to move for it to be spread as something else is (Hoover index).

    ``sum(|x / sum(x) - w / sum(w)|) / 2``: from 0 to 1

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels of the parts: the income or jobs of regions.
    weights : array_like or labelled as `x`
        What they are compared with: people, area, another industry's jobs.
    over, min_coverage, join
        As in `gini`.

    Returns
    -------
    same kind as `x` without `over`, or float64
        Fractions.

    Raises
    ------
    ValueError
        As in `gini`.

    Notes
    -----
    Missing: NaN where a figure of one of the two is missing (but see `min_coverage`) or negative, or a total is zero.
    Flags are as in `hhi`.

    References
    ----------
    E. M. Hoover, "The measurement of industrial localization", *Review of Economics and Statistics* 18 (1936).

    Examples
    --------
    >>> from indicia import region
    >>> region.hoover([60.0, 40.0], [50.0, 50.0]).round(12)
    np.float64(0.1)
    """
    return judged(folded(ufuncs.region_hoover, [x, weights], min_coverage=min_coverage), [x, weights])


@labelled("x", "reference", unit="index", levels=())
def krugman(x: Any, reference: Any, *, over: Any = None, min_coverage: float | None = None, join: str = "exact") -> Any:
    """How far the industries of a region are from those of another region or the nation (Krugman index).

    ``sum(|x / sum(x) - reference / sum(reference)|)``: from 0 (the same mix) to 2 (no industry in common)

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Jobs or output of a region by industry.
    reference : array_like or labelled as `x`
        The same of what it is compared with; shares do as well.
    over, min_coverage, join
        As in `gini`; `over` is the dimension of the industries.

    Returns
    -------
    same kind as `x` without `over`, or float64

    Raises
    ------
    ValueError
        As in `gini`.

    Notes
    -----
    Twice the Hoover index; half of it is also called the coefficient of specialisation. Missing and flags are as in
    `hoover`.

    References
    ----------
    P. Krugman, *Geography and Trade* (1991), appendix C.

    Examples
    --------
    >>> from indicia import region
    >>> region.krugman([20.0, 10.0, 70.0, 0.0, 0.0], [0.0, 0.0, 0.0, 60.0, 40.0])
    np.float64(2.0)
    """
    return judged(2 * folded(ufuncs.region_hoover, [x, reference], min_coverage=min_coverage), [x, reference])


@labelled("x", "reference", unit="index", levels=())
def hachman(x: Any, reference: Any, *, over: Any = None, min_coverage: float | None = None, join: str = "exact") -> Any:
    """How much the industries of a region are those of the nation (Hachman index).

    ``1 / sum(s**2 / r)`` of the shares s and r: the reciprocal of the mean location quotient; 1 is the same mix

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Jobs or output of a region by industry.
    reference : array_like or labelled as `x`
        The same of the nation.
    over, min_coverage, join
        As in `gini`; `over` is the dimension of the industries.

    Returns
    -------
    same kind as `x` without `over`, or float64

    Raises
    ------
    ValueError
        As in `gini`.

    Notes
    -----
    Missing as in `hoover`; NaN too where the region has an industry that the reference lacks. Flags are as in `hhi`.

    References
    ----------
    F. Hachman's index, as in Utah Foundation and *Kem C. Gardner Policy Institute* reports on economic diversity.

    Examples
    --------
    >>> from indicia import region
    >>> region.hachman([30.0, 10.0], [50.0, 50.0])
    np.float64(0.8)
    """
    return judged(folded(ufuncs.region_hachman, [x, reference], min_coverage=min_coverage), [x, reference])


@labelled("x", "reference", "plants", unit="index", levels=())
def ellison_glaeser(x: Any, reference: Any, plants: Any, *, over: Any = None, join: str = "exact") -> Any:
    """Whether an industry clusters more than it must, given that it has few plants (Ellison-Glaeser index).

    ``(G / (1 - sum(r**2)) - H) / (1 - H)``, where ``G = sum((s - r)**2)`` of the shares s and r

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Jobs of the industry by region.
    reference : array_like or labelled as `x`
        All jobs by region.
    plants : array_like or labelled as `x`
        The Herfindahl index of the industry's plants (`hhi` of their jobs): a number, or one for each result, repeated
        along `over`.
    over, join
        As in `gini`; `over` is the dimension of the regions.

    Returns
    -------
    same kind as `x` without `over`, or float64
        0 where plants lie as if by chance; above 0.05 is called highly concentrated.

    Raises
    ------
    ValueError
        As in `gini`.

    Notes
    -----
    Missing: NaN where a figure is missing or negative, a total is zero, all jobs are in one region, or there is one
    plant (``H = 1``). Flags are as in `hhi`.

    References
    ----------
    G. Ellison and E. L. Glaeser, "Geographic concentration in U.S. manufacturing industries", *Journal of Political
    Economy* 105 (1997).

    Examples
    --------
    >>> from indicia import region
    >>> region.ellison_glaeser([80.0, 10.0, 10.0], [40.0, 30.0, 30.0], 0.1).round(6)
    np.float64(0.292929)
    """
    values, wholes, plant = alike([x, reference, plants])
    axis = x.over
    with np.errstate(all="ignore"):
        s = values / np.expand_dims(folded(ufuncs.region_total, [x]), axis)
        r = wholes / np.expand_dims(folded(ufuncs.region_total, [reference]), axis)
        gross = ((s - r) ** 2).sum(axis=axis) / (1 - (r**2).sum(axis=axis))
        h = np.take(plant, 0, axis=axis)
        found = (gross - h) / (1 - h)
    bad = (values < 0).any(axis=axis) | (wholes < 0).any(axis=axis)
    found = np.where(bad | ~np.isfinite(found), np.nan, found)[()]
    return judged(found, [x, reference])
