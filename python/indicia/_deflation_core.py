"""Across items: how many fall, and what the change of prices is without the outermost or without some of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import containers, ufuncs
from indicia._region_fold import alike, folded, judged, ones
from indicia.containers import Panel, labelled

__all__ = ["breadth", "complement", "diffusion", "excluding", "percentile", "trimmed_mean", "weighted_median"]

SIDES = {"lower": -1.0, "middle": 0.0, "upper": 1.0}
STRADDLERS = {"split": 0.0, "keep": 1.0, "drop": -1.0}


def _items(x: Any, over: Any) -> Any:
    """Tables are those of `index`: items before time. An array of one axis is the items of one period."""
    return -2 if over is None and containers._kind(x) == "array" and np.ndim(x) > 1 else over


def _word(name: str, said: str, words: dict[str, float]) -> float:
    if said not in words:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, words))}; got {said!r}")
    return words[said]


def _share(name: str, x: Any) -> float:
    if not 0 <= x <= 1:
        raise ValueError(f"{name}: expected a share from 0 to 1 (0.08 is 8 %), got {x!r}")
    return float(x)


# ---- breadth --------------------------------------------------------------------------------------------------


def breadth(
    rates: Any,
    weights: Any = None,
    *,
    below: float = 0.0,
    over: int | str | None = None,
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """How broad a fall of prices is: the share of items whose prices fall, or rise by less than a threshold.

    ``sum(w where rate < below) / sum(w)``; of the number of items without weights

    Parameters
    ----------
    rates : array_like, pandas, xarray or Cube
        Items' rates of change, as fractions: over the month, the year, whatever the share is to be of.
    weights : array_like or labelled as `rates`, optional
        Of the items, one for each or one for each and period, on any scale (1000 in all, or 1).
    below : float
        The threshold, as a fraction: 0 for falling prices, 0.02 for items below an aim of 2 %. One that is at it isn't
        below.
    over : int or str, optional
        Where the items are: the axis before time, the columns of a frame, the only other dimension.
    min_coverage : float, optional
        The share of items that must be known; all, if not said. The share is then of those.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `rates` without the items, or float64
        Between 0 and 1.

    Raises
    ------
    ValueError
        Labels differ, or `over` is no dimension.

    Notes
    -----
    Missing: NaN where an item's rate or weight is missing (but see `min_coverage`), a weight is negative, or all are 0.
    Flags of a cube are the union over the items, PARTIAL where some are missing.

    References
    ----------
    IMF, "Deflation: determinants, risks, and policy options", Occasional Paper 221 (2003).

    Examples
    --------
    >>> from indicia import deflation
    >>> deflation.breadth([-0.02, -0.01, 0.0, 0.03]), deflation.breadth([-0.02, -0.01, 0.0, 0.03], [10, 20, 40, 30])
    (np.float64(0.5), np.float64(0.3))
    """
    return _breadth(rates, weights, below, over=_items(rates, over), min_coverage=min_coverage, join=join)


@labelled("rates", "weights", unit="fraction", levels=())
def _breadth(
    rates: Any, weights: Any, below: float, *, over: Any = None, min_coverage: float | None = None, join: str = "exact"
) -> Any:
    used = [rates, ones(rates) if weights is None else weights]
    found = folded(ufuncs.deflation_breadth, used, below, np.inf, min_coverage=min_coverage)[0]
    return judged(found, used[: 1 if weights is None else 2])


def diffusion(
    rates: Any,
    weights: Any = None,
    *,
    unchanged: float = 0.0,
    over: int | str | None = None,
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """The balance of items that rise and that fall.

    ``share of items that rise - share of items that fall``: -1 where all fall, 1 where all rise

    Parameters
    ----------
    rates : array_like, pandas, xarray or Cube
        Items' rates of change, as fractions.
    weights : array_like or labelled as `rates`, optional
        Of the items.
    unchanged : float
        A rate of no more than that, up or down, is neither.
    over, min_coverage, join
        As in `breadth`.

    Returns
    -------
    same kind as `rates` without the items, or float64
        ``50 + 50 * diffusion`` is the index that counts half of what is unchanged.

    Raises
    ------
    ValueError
        `unchanged` is negative; otherwise as in `breadth`.

    Notes
    -----
    Missing and flags are as in `breadth`.

    Examples
    --------
    >>> from indicia import deflation
    >>> deflation.diffusion([-0.02, -0.01, 0.0, 0.03])
    np.float64(-0.25)
    """
    if not unchanged >= 0:
        raise ValueError(f"unchanged: expected 0 or more, got {unchanged!r}")
    return _diffusion(rates, weights, unchanged, over=_items(rates, over), min_coverage=min_coverage, join=join)


@labelled("rates", "weights", unit="fraction", levels=())
def _diffusion(
    rates: Any, weights: Any, unchanged: float, *, over: Any = None, min_coverage: float | None = None,
    join: str = "exact",
) -> Any:  # fmt: skip
    used = [rates, ones(rates) if weights is None else weights]
    down, up = folded(ufuncs.deflation_breadth, used, -unchanged, unchanged, min_coverage=min_coverage)
    return judged(up - down, used[: 1 if weights is None else 2])


# ---- what is left without the outermost --------------------------------------------------------------------------


def trimmed_mean(
    rates: Any,
    weights: Any = None,
    *,
    trim: float | tuple[float, float] = 0.08,
    straddlers: str = "split",
    over: int | str | None = None,
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """The mean change of prices without the tails: without so much of the weight as fell most and rose most.

    ``sum(u * rate) / sum(u)``, where ``u`` is the part of an item's weight between `lower` and ``1 - upper`` of all,
    items in the order of their rates

    Parameters
    ----------
    rates : array_like, pandas, xarray or Cube
        Items' rates of change.
    weights : array_like or labelled as `rates`, optional
        Of the items, one for each or one for each and period, on any scale. Items count alike without.
    trim : float or (float, float)
        What is cut off of the weight in each tail; or of the lowest and of the highest rates. 0.08 is the 16 % trimmed
        mean of the Federal Reserve Bank of Cleveland, 0.15 that of the Reserve Bank of Australia, 0.2 that of the Bank
        of Canada, (0.24, 0.31) that of the Federal Reserve Bank of Dallas.
    straddlers : {"split", "keep", "drop"}
        Of an item that stands across a cut the part within counts, all of it, or nothing.
    over, min_coverage, join
        As in `breadth`.

    Returns
    -------
    same kind as `rates` without the items, or float64
        ``trim=0`` is the weighted mean, ``trim=0.5`` the weighted median.

    Raises
    ------
    ValueError
        More than all is to be cut off, `straddlers` is none of these; otherwise as in `breadth`.

    Notes
    -----
    Missing: NaN where an item's rate or weight is missing (but see `min_coverage`), a weight is negative, all are 0, or
    ``"drop"`` leaves no item. Flags are as in `breadth`: those of the items that were cut off too, as they decide about
    what is left. Equal rates are one item.

    References
    ----------
    M. Bryan, S. Cecchetti, "Measuring core inflation", in *Monetary Policy* (1994), where straddlers are dropped;
    J. Dolmas, "Trimmed mean PCE inflation", Federal Reserve Bank of Dallas, Working Paper 0506 (2005).

    Examples
    --------
    >>> from indicia import deflation
    >>> rates, weights = [-0.04, 0.01, 0.02, 0.09], [100, 400, 400, 100]
    >>> deflation.trimmed_mean(rates, weights, trim=0.1), deflation.trimmed_mean(rates, weights, trim=0)
    (np.float64(0.015), np.float64(0.017))
    """
    lower, upper = (trim, trim) if isinstance(trim, float | int | np.number) else trim
    cut = _share("trim", lower), _share("trim", upper)
    if sum(cut) > 1:
        raise ValueError(f"trim: {lower} and {upper} are more than all there is")
    whole = _word("straddlers", straddlers, STRADDLERS)
    numbers = (*cut, whole)
    how = ufuncs.deflation_trimmed_mean
    return _selected(rates, weights, how, numbers, over=_items(rates, over), min_coverage=min_coverage, join=join)


@labelled("rates", "weights", unit="kept", levels=())
def _selected(
    rates: Any, weights: Any, ufunc: np.ufunc, numbers: tuple[float, ...], *, over: Any = None,
    min_coverage: float | None = None, join: str = "exact",
) -> Any:  # fmt: skip
    used = [rates, ones(rates) if weights is None else weights]
    found = folded(ufunc, used, *numbers, min_coverage=min_coverage)
    return judged(found, used[: 1 if weights is None else 2])


def percentile(
    rates: Any,
    weights: Any = None,
    *,
    share: float = 0.5,
    boundary: str = "middle",
    over: int | str | None = None,
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """The rate up to which stands a share of the weight, items in the order of their rates.

    Parameters
    ----------
    rates : array_like, pandas, xarray or Cube
        Items' rates of change.
    weights : array_like or labelled as `rates`, optional
        Of the items. Items count alike without.
    share : float
        From 0 (the lowest rate) to 1 (the highest).
    boundary : {"middle", "lower", "upper"}
        Where the share ends just between two items: the mean of the two; or the lower one, the first up to which the
        weight reaches the share, as statistical offices have it; or the upper one.
    over, min_coverage, join
        As in `breadth`.

    Returns
    -------
    same kind as `rates` without the items, or float64

    Raises
    ------
    ValueError
        `share` isn't between 0 and 1, `boundary` is none of these; otherwise as in `breadth`.

    Notes
    -----
    Missing and flags are as in `trimmed_mean`. Items of no weight don't count. A share ends between two items if it
    differs from the weight up to there by no more than 1e-12 of the whole: a dozen weights of one decimal need not add
    up to half of their sum exactly.

    Examples
    --------
    >>> from indicia import deflation
    >>> rates = [-0.04, 0.01, 0.02, 0.09]
    >>> [float(deflation.percentile(rates, boundary=how)) for how in ("lower", "middle", "upper")]
    [0.01, 0.015, 0.02]
    """
    numbers = (_share("share", share), _word("boundary", boundary, SIDES))
    how = ufuncs.deflation_percentile
    return _selected(rates, weights, how, numbers, over=_items(rates, over), min_coverage=min_coverage, join=join)


def weighted_median(
    rates: Any,
    weights: Any = None,
    *,
    boundary: str = "middle",
    over: int | str | None = None,
    min_coverage: float | None = None,
    join: str = "exact",
) -> Any:
    """The change of prices in the middle: half of the weight lies below, half above.

    Parameters
    ----------
    rates : array_like, pandas, xarray or Cube
        Items' rates of change.
    weights : array_like or labelled as `rates`, optional
        Of the items. Items count alike without.
    boundary, over, min_coverage, join
        As in `percentile`.

    Returns
    -------
    same kind as `rates` without the items, or float64

    Raises
    ------
    ValueError
        As in `percentile`.

    See Also
    --------
    trimmed_mean : what it is the limit of.

    References
    ----------
    Federal Reserve Bank of Cleveland, *Median CPI*: the rate of the item at the 50th percentile of the weight.

    Examples
    --------
    >>> from indicia import deflation
    >>> deflation.weighted_median([-0.04, 0.01, 0.02, 0.09], [100, 300, 500, 100])
    np.float64(0.02)
    """
    return percentile(rates, weights, boundary=boundary, over=over, min_coverage=min_coverage, join=join)


# ---- what is left without some items ------------------------------------------------------------------------------


def excluding(
    rates: Any,
    weights: Any,
    items: Sequence[Any],
    *,
    over: int | str | None = None,
    min_coverage: float | None = None,
) -> Any:
    """The mean change of prices without some items: without energy and food, say.

    ``sum(w * rate) / sum(w)`` over all other items: their weights, raised to one in all

    Parameters
    ----------
    rates : array_like, pandas, xarray or Cube
        Items' rates of change; or links of a chained index (`index.unchain`), under the weights of the year that they
        stand on.
    weights : array_like or labelled as `rates`
        Of the items, one for each or one for each and period, on any scale.
    items : sequence of str or int
        What is left out, by label; by place in an array.
    over, min_coverage
        As in `breadth`.

    Returns
    -------
    same kind as `rates` without the items, or float64

    Raises
    ------
    KeyError
        There is no such item; the message names the nearest ones.
    ValueError
        As in `breadth`.

    Notes
    -----
    Missing: an item that is left out may be missing; otherwise as in `trimmed_mean`. Levels of a chained index don't
    add up over items: take links, then `index.chain`, as Eurostat does for its special aggregates.

    See Also
    --------
    complement : the same from the published total and the items that are to be left out.

    References
    ----------
    Eurostat, *Harmonised Index of Consumer Prices Methodological Manual* (2024), chapter 8.

    Examples
    --------
    >>> from indicia import deflation
    >>> deflation.excluding([-0.10, 0.02, 0.03], [100, 600, 300], [0]).round(6)
    np.float64(0.023333)
    """
    where = _items(rates, over)
    kept = ~_chosen(rates, items, where)
    return _excluding(rates, weights, kept, over=where, min_coverage=min_coverage)


@labelled("rates", "weights", unit="kept", levels=())
def _excluding(
    rates: Any, weights: Any, kept: NDArray[np.bool_], *, over: Any = None, min_coverage: float | None = None
) -> Any:
    axis = rates.over
    places = np.flatnonzero(kept)
    used = []
    for panel, values in zip((rates, weights), alike([rates, weights]), strict=True):
        flags = None if panel.flags is None else np.take(np.broadcast_to(panel.flags, values.shape), places, axis)
        used.append(Panel(np.take(values, places, axis), flags=flags, flagged=panel.flagged, over=axis))
    return judged(folded(ufuncs.deflation_trimmed_mean, used, 0.0, 0.0, 0.0, min_coverage=min_coverage), used)


def _chosen(x: Any, items: Sequence[Any], over: Any) -> NDArray[np.bool_]:
    """Which places along the items are named."""
    from indicia._labels import near
    from indicia.errors import UnknownNameError

    if isinstance(items, str):
        raise TypeError("items: expected a list of labels")
    labels = _labels_of(x, over)
    found = np.zeros(len(labels), dtype=np.bool_)
    places = {label: k for k, label in enumerate(labels)}
    for item in items:
        if isinstance(labels, range) and isinstance(item, int | np.integer) and -len(labels) <= item < len(labels):
            found[int(item)] = True
        elif item in places:
            found[places[item]] = True
        else:
            raise UnknownNameError(f"items: no {item!r}{near(str(item), [str(label) for label in labels])}")
    return found


def _labels_of(x: Any, over: Any) -> Any:
    from indicia._over import placed

    kind = containers._kind(x)
    if kind == "polars":
        return range(len(x))
    panels, wrap = containers.panels_of([x], ["rates"])
    axis, _ = placed(kind, wrap, np.ndim(panels[0].values), (over, None), False)
    if kind == "pandas":
        return list(x.columns if x.ndim == 2 and axis == 1 else x.index)
    if kind in ("xarray", "cube"):
        dim = x.dims[axis]
        if kind == "cube":
            return list(x.codes[dim]) if dim != "time" else [str(period) for period in x.time]
        return list(x.indexes[dim]) if dim in x.indexes else range(x.sizes[dim])
    return range(np.shape(x)[axis])


@labelled("headline", "part", "weight", unit="kept", levels=("headline", "part"))
def complement(headline: Any, part: Any, weight: Any, *, total: float = 1000.0, join: str = "exact") -> Any:
    """A total without one of its parts, from the two: what all items but energy do, from all items and energy.

    ``(total * headline - weight * part) / (total - weight)``

    Parameters
    ----------
    headline, part : array_like, pandas, xarray, polars or Cube
        Rates over one and the same base, or links of chained indices.
    weight : the same kind, or float
        Of the part.
    total : float
        Of everything: 1000 for weights per mille, 1 for shares.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind as `headline`
        NaN where the weight isn't from 0 to less than `total`.

    Raises
    ------
    ValueError
        Labels or units differ (the message names them), or shapes don't broadcast.

    Notes
    -----
    Missing: NaN where one of the three is. Rounding of the headline is widened by ``total / (total - weight)``.

    See Also
    --------
    excluding : from all items that remain.

    References
    ----------
    Eurostat, *Harmonised Index of Consumer Prices Methodological Manual* (2024), chapter 8.

    Examples
    --------
    >>> from indicia import deflation
    >>> deflation.complement(0.011, -0.10, 100.0).round(6)
    np.float64(0.023333)
    """
    from indicia._growth_flags import judged as of_cells

    all_of, one, w = (np.asarray(x.values, dtype=np.float64) for x in (headline, part, weight))
    rest = np.where((w >= 0) & (w < total), total - w, np.nan)
    return of_cells((total * all_of - w * one) / rest, [headline, part, weight])
