"""How alike, how matched and how rich exports are: similarity, complementarity, two-way trade, PRODY, shares kept."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from indicia._trade_advantage import advantage_of, flows, table_of
from indicia._trade_table import Floats, Table, tables_of

__all__ = [
    "MarketShare",
    "complementarity",
    "expy",
    "grubel_lloyd",
    "intensity",
    "market_share",
    "prody",
    "similarity",
]


def _shares(values: Floats) -> Floats:
    """Of each row, NaN where there is nothing."""
    whole = values.sum(axis=2, keepdims=True)
    return values / np.where(whole > 0, whole, np.nan)


def _overlap(a: Floats, b: Floats) -> Floats:
    """``sum_p min(a_ip, b_jp)`` of all rows i and j."""
    found = np.empty((a.shape[0], a.shape[1], b.shape[1]))
    for y in range(a.shape[0]):
        for i in range(a.shape[1]):
            found[y, i] = np.minimum(a[y, i], b[y]).sum(axis=1)
    return found


def similarity(x: Any, *, exporter: Any = None, product: Any = None, kind: str = "finger_kreinin") -> Any:
    """How alike the exports of two countries are.

    ``sum_p min(s_ap, s_bp)`` of shares s, or the cosine of the angle between exports

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.
    kind : {"finger_kreinin", "cosine"}
        Finger and Kreinin's index, which is 1 less half of Krugman's index of dissimilarity; or the cosine.

    Returns
    -------
    labelled as `x`
        A figure from 0 (nothing in common) to 1 (the same shares) for each pair of exporters; the second dimension of
        a Cube or DataArray is called ``<exporter>_2``. NaN for exporters without exports.

    Raises
    ------
    ValueError
        `kind` is none of these words, or as in `rca`.

    References
    ----------
    J. M. Finger and M. E. Kreinin, "A measure of 'export similarity' and its possible uses", *Economic Journal* 89
    (1979).

    Examples
    --------
    >>> from indicia import trade
    >>> trade.similarity([[30.0, 10.0], [20.0, 40.0]]).round(3)
    array([[1.   , 0.583],
           [0.583, 1.   ]])
    """
    if kind not in ("finger_kreinin", "cosine"):
        raise ValueError(f"kind: expected 'finger_kreinin' or 'cosine', got {kind!r}")
    table = table_of(x, exporter, product)
    values, _ = flows(table, table)
    if kind == "cosine":
        length = np.sqrt((values * values).sum(axis=2, keepdims=True))
        unit = values / np.where(length > 0, length, np.nan)
        found = np.clip(unit @ np.swapaxes(unit, 1, 2), 0.0, 1.0)
    else:
        found = _overlap(share := _shares(values), share)
    n = found.shape[1]
    exact = ~np.isnan(found[:, range(n), range(n)])
    found[:, range(n), range(n)] = np.where(exact, 1.0, np.nan)
    return table.pairs(found, 0, "index")


def complementarity(exports: Any, imports: Any, *, exporter: Any = None, product: Any = None) -> Any:
    """How well what one country exports fits what another imports (Michaely).

    ``1 - sum_p |s_ip - t_jp| / 2`` of shares s in the exports of i and t in the imports of j

    Parameters
    ----------
    exports, imports : array_like, DataFrame, DataArray or Cube
        By country and product, with the same labels.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.

    Returns
    -------
    labelled as `exports`
        A figure from 0 to 1 (often given times 100) for each exporter and, in the second dimension, importer.

    Raises
    ------
    ValueError
        Labels differ, or as in `rca`.

    References
    ----------
    M. Michaely, "Trade preferential agreements in Latin America", World Bank WPS 1583 (1996).

    Examples
    --------
    >>> from indicia import trade
    >>> trade.complementarity([[30.0, 10.0], [20.0, 40.0]], [[1.0, 1.0], [3.0, 1.0]]).round(3)
    array([[0.75 , 1.   ],
           [0.833, 0.583]])
    """
    x, m = tables_of({"exports": exports, "imports": imports}, exporter, product)
    out, into = flows(x, m)
    return x.pairs(_overlap(_shares(out), _shares(into)), 0, "index")


def intensity(x: Any, *, exporter: Any = None, importer: Any = None, own: bool = False) -> Any:
    """How much more two countries trade than their size in world trade would have it.

    ``(x_ij / x_i) / (x_j / x)``, or ``(x_ij / x_i) / (m_j / (m - m_i))``, without what i itself imports

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Flows by exporter and importer.
    exporter, importer : int or str, optional
        Their dimensions: by default the last but one and the last axis of an array, rows and columns of a DataFrame;
        of a Cube or DataArray both must be said unless one is known by its name.
    own : bool
        Whether the exporter's own imports are left in the world's, which it can't be part of itself.

    Returns
    -------
    same kind as `x`
        Above 1 where trade is more intense. NaN for a country with itself unless `own`.

    Raises
    ------
    ValueError
        Exporters and importers have other labels and `own` is false; or as in `rca`.

    References
    ----------
    K. Kojima, *Hitotsubashi Journal of Economics* 5 (1964); P. Drysdale and R. Garnaut, *Hitotsubashi Journal of
    Economics* 22 (1982).

    Examples
    --------
    >>> from indicia import trade
    >>> trade.intensity([[0.0, 6.0, 2.0], [4.0, 0.0, 4.0], [1.0, 3.0, 0.0]]).round(3)
    array([[  nan, 1.25 , 0.625],
           [1.1  ,   nan, 0.917],
           [0.7  , 1.167,   nan]])
    """
    table = table_of(x, exporter, importer)
    if own:
        return table.both(advantage_of(table), "index")
    if table.exporters != table.products:
        differ = sorted(set(table.exporters) ^ set(table.products))
        raise ValueError(f"exporters and importers differ ({', '.join(differ[:5])}): own=True does without")
    values, _ = flows(table, table)
    rows, columns = values.sum(axis=2, keepdims=True), values.sum(axis=1, keepdims=True)
    rest = columns.sum(axis=2, keepdims=True) - np.swapaxes(columns, 1, 2)  # the world's imports without those of i
    with np.errstate(all="ignore"):
        found = (values / rows) / (columns / rest)
    n = found.shape[1]
    found[:, range(n), range(n)] = np.nan
    return table.both(np.where(np.isfinite(found), found, np.nan), "index")


def grubel_lloyd(exports: Any, imports: Any, *, exporter: Any = None, product: Any = None, whole: bool = False) -> Any:
    """How much of trade goes both ways (intra-industry trade).

    ``1 - |x - m| / (x + m)``, or of a country as a whole ``1 - sum_p |x_p - m_p| / sum_p (x_p + m_p)``

    Parameters
    ----------
    exports, imports : array_like, DataFrame, DataArray or Cube
        By country and product, with the same labels.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.
    whole : bool
        Whether there is one figure for each country, or one for each product too. The finer the products, the less of
        trade goes both ways.

    Returns
    -------
    same kind as `exports`
        From 0 (one way) to 1 (as much out as in). NaN where there is no trade.

    Raises
    ------
    ValueError
        Labels differ, or as in `rca`.

    Notes
    -----
    Missing: a flow that isn't reported counts as 0.

    References
    ----------
    H. G. Grubel and P. J. Lloyd, *Intra-Industry Trade* (1975).

    Examples
    --------
    >>> from indicia import trade
    >>> trade.grubel_lloyd([[30.0, 10.0]], [[10.0, 0.0]])
    array([[0.5, 0. ]])
    >>> trade.grubel_lloyd([[30.0, 10.0]], [[10.0, 0.0]], whole=True)
    array([0.4])
    """
    x, m = tables_of({"exports": exports, "imports": imports}, exporter, product)
    out, into = flows(x, m)
    apart, both = np.abs(out - into), out + into
    if whole:
        apart, both = apart.sum(axis=2), both.sum(axis=2)
    found = 1 - apart / np.where(both > 0, both, np.nan)
    return x.country(found, "index", "grubel_lloyd") if whole else x.both(found, "index")


# ---- income content -----------------------------------------------------------------------------------------


def _income(income: Any, table: Table) -> Floats:
    """Income by year and exporter."""
    names, shape = table.exporters, table.values.shape[:2]
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(income, pd.Series):
        income = {str(k): v for k, v in income.items()}
    if isinstance(income, Mapping):
        given = {str(k): v for k, v in income.items()}
        lacking = [name for name in names if name not in given]
        if lacking:
            raise ValueError(f"income: none for {', '.join(lacking[:8])} (NaN leaves a country out)")
        income = [given[name] for name in names]
    elif table.kind == "cube" and hasattr(income, "codes"):
        cube, dim = income, table.template.dims[table.axes[0]]
        if cube.dims not in ((dim,), (dim, "time")):
            raise ValueError(f"income: expected the dimensions {dim!r} and time, got {', '.join(cube.dims)}")
        if "time" in cube.dims and (table.template.time is None or cube.time != table.template.time):
            raise ValueError("income: its time is not that of the exports")
        missing = [name for name in names if name not in cube.codes[dim]]
        if missing:
            raise ValueError(f"income: none for {', '.join(missing[:8])} (NaN leaves a country out)")
        values = cube.sel({dim: list(names)}).values
        income = values.T if values.ndim == 2 else values
    found = np.asarray(income, np.float64)
    if found.shape not in (shape, shape[1:], (*table.lead, shape[1])):
        years = f" in {shape[0]} years" if table.lead else ""
        raise ValueError(f"income: shape {found.shape} for {shape[1]} exporters{years}")
    found = np.broadcast_to(found.reshape((-1, shape[1])), shape)
    if np.isinf(found).any() or (found < 0).any():
        raise ValueError("income: a figure below zero, or an infinite one")
    return found


def _prody(table: Table, income: Floats) -> Floats:
    known = ~np.isnan(income)[:, :, None]
    weight = np.where(known, np.nan_to_num(advantage_of(table), nan=0.0), 0.0)
    whole = weight.sum(axis=1)
    worth: Floats = np.einsum("ycp,yc->yp", weight, np.nan_to_num(income)) / np.where(whole > 0, whole, np.nan)
    return worth


def prody(x: Any, income: Any, *, exporter: Any = None, product: Any = None) -> Any:
    """The income that goes with a product: the mean income of its exporters, weighted by their advantage in it.

    ``sum_c rca_cp y_c / sum_c rca_cp``

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product.
    income : array_like, Series, mapping or Cube
        Income per head by exporter (and year): an array in their order, or labelled by them.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.

    Returns
    -------
    labelled as `x`
        A figure for each product, in the unit of income.

    Raises
    ------
    ValueError
        An exporter has no income, or one below zero; or as in `rca`.

    Notes
    -----
    Missing: a country whose income is NaN is left out of the mean, of both sums; its exports still count in the
    world's. NaN for products that none of the others exports.

    References
    ----------
    R. Hausmann, J. Hwang and D. Rodrik, "What you export matters", *Journal of Economic Growth* 12 (2007).

    Examples
    --------
    >>> from indicia import trade
    >>> trade.prody([[30.0, 10.0], [20.0, 40.0]], [10.0, 40.0]).round(2)
    array([19.23, 31.82])
    """
    table = table_of(x, exporter, product)
    return table.product(_prody(table, _income(income, table)), None, "prody")


def expy(x: Any, income: Any, *, exporter: Any = None, product: Any = None) -> Any:
    """The income that goes with a country's exports: the mean of `prody`, weighted by what it exports.

    ``sum_p (x_cp / x_c) prody_p``

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product.
    income : array_like, Series, mapping or Cube
        As in `prody`.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.

    Returns
    -------
    labelled as `x`
        A figure for each exporter, in the unit of income.

    Raises
    ------
    ValueError
        As in `prody`.

    Notes
    -----
    Missing: NaN for exporters without exports. Products without a `prody` are left out of the mean.

    Examples
    --------
    >>> from indicia import trade
    >>> trade.expy([[30.0, 10.0], [20.0, 40.0]], [10.0, 40.0]).round(2)
    array([22.38, 27.62])
    """
    table = table_of(x, exporter, product)
    worth = _prody(table, _income(income, table))
    known = ~np.isnan(worth)[:, None, :]
    values = np.where(known, np.nan_to_num(table.values, nan=0.0), 0.0)
    return table.country(np.einsum("ycp,yp->yc", _shares(values), np.nan_to_num(worth)), None, "expy")


# ---- constant market shares ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MarketShare:
    """A change of exports in parts, as `market_share` finds it; the last three add up to the first.

    Attributes
    ----------
    change : labelled as the exports
        What exports have grown by.
    world : labelled as the exports
        What they would have grown by if they had grown like all exports.
    composition : labelled as the exports
        What it adds that the country's products grow faster or more slowly than all.
    competitiveness : labelled as the exports
        The rest: market shares won or lost.
    """

    change: Any
    world: Any
    composition: Any
    competitiveness: Any


def market_share(before: Any, after: Any, *, exporter: Any = None, product: Any = None) -> MarketShare:
    """Constant market shares: how much of a change in exports is due to the world, to products, to shares won.

    ``change = g x + sum_p (g_p - g) x_p + sum_p (x'_p - (1 + g_p) x_p)`` with the growth g of all exports and g_p of
    those in a product

    Parameters
    ----------
    before, after : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product (or by product and market, as one dimension), with the same labels.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.

    Returns
    -------
    MarketShare

    Raises
    ------
    ValueError
        Labels differ, or as in `rca`.

    Notes
    -----
    Missing: what isn't reported counts as 0. Exports in a product that nobody exported before are shares won.

    References
    ----------
    H. Tyszynski, *The Manchester School* 19 (1951); J. D. Richardson, *Journal of International Economics* 1 (1971).

    Examples
    --------
    >>> from indicia import trade
    >>> made = trade.market_share([[30.0, 10.0], [20.0, 40.0]], [[40.0, 10.0], [35.0, 35.0]])
    >>> made.change, made.world, made.composition, made.competitiveness
    (array([10., 10.]), array([ 8., 12.]), array([ 6., -6.]), array([-4.,  4.]))
    """
    x, later = tables_of({"before": before, "after": after}, exporter, product)
    old, new = flows(x, later)
    totals, new_totals = old.sum(axis=1, keepdims=True), new.sum(axis=1, keepdims=True)
    whole = totals.sum(axis=2, keepdims=True)
    with np.errstate(all="ignore"):
        kept = np.where(totals > 0, old * (new_totals / totals), 0.0)  # with the share as it was
        like_all = old * (new_totals.sum(axis=2, keepdims=True) / whole - 1)
    parts = {
        "change": new.sum(axis=2) - old.sum(axis=2),
        "world": like_all.sum(axis=2),
        "composition": (kept - old - like_all).sum(axis=2),
        "competitiveness": (new - kept).sum(axis=2),
    }
    return MarketShare(**{name: x.country(values, "kept", name) for name, values in parts.items()})
