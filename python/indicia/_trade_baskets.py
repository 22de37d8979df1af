"""Baskets of products: put together, their growth by margin, by price and quantity, and what is new in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from indicia._trade_advantage import advantage_of, flows, table_of
from indicia._trade_table import Floats, tables_of

__all__ = [
    "Margins",
    "PriceQuantity",
    "UnitValues",
    "margins",
    "new_products",
    "price_quantity",
    "unit_values",
]


@dataclass(frozen=True, slots=True)
class Margins:
    """A change of exports by margin, as `margins` finds it: ``change = intensive + entered - left``.

    Attributes
    ----------
    change : labelled as the exports
        What exports have grown by.
    intensive : labelled as the exports
        What products exported in both years have grown by.
    entered, left : labelled as the exports
        Exports of products that were not exported before, and of those that are no more.
    kept, new, gone : labelled as the exports
        How many products that is.
    """

    change: Any
    intensive: Any
    entered: Any
    left: Any
    kept: Any
    new: Any
    gone: Any


def margins(before: Any, after: Any, *, exporter: Any = None, product: Any = None, least: float = 0.0) -> Margins:
    """How much of a change in exports is more of the same, and how much new products (extensive margin).

    Parameters
    ----------
    before, after : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product in two years, with the same labels.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.
    least : float
        Exports count as such above this value, in the unit of the data: samples sent abroad are no trade. What is below
        it stays in the change, with the products that are exported in both years.

    Returns
    -------
    Margins
        Parts add up to the change.

    Raises
    ------
    ValueError
        `least` is below 0; labels differ, or as in `rca`.

    Notes
    -----
    Missing: what isn't reported counts as 0. Both years must be in the same revision of the classification, or codes
    that were split are new products: convert them first.

    Examples
    --------
    >>> from indicia import trade
    >>> made = trade.margins([[30.0, 10.0, 0.0]], [[35.0, 0.0, 8.0]])
    >>> made.change, made.intensive, made.entered, made.left
    (array([3.]), array([5.]), array([8.]), array([10.]))
    """
    if not least >= 0:
        raise ValueError(f"least: expected a value from 0 on, got {least!r}")
    x, later = tables_of({"before": before, "after": after}, exporter, product)
    old, new = flows(x, later)
    was, there = old > least, new > least
    enters, leaves, stays = ~was & there, was & ~there, was & there
    entered, left = (np.where(enters, new, 0.0).sum(axis=2), np.where(leaves, old, 0.0).sum(axis=2))
    rest = np.where(enters, -old, np.where(leaves, new, new - old)).sum(axis=2)
    values = {"change": rest + entered - left, "intensive": rest, "entered": entered, "left": left}
    counts = {"kept": stays.sum(axis=2), "new": enters.sum(axis=2), "gone": leaves.sum(axis=2)}
    made = {name: x.country(v, "kept", name) for name, v in values.items()}
    return Margins(**made, **{name: x.country(v, None, name) for name, v in counts.items()})


def new_products(
    x: Any,
    *,
    exporter: Any = None,
    product: Any = None,
    below: float = 0.5,
    reached: float = 1.0,
    window: int = 2,
) -> Any:
    """Products that a country has come to export: without advantage throughout the first years, with it in the last.

    ``rca < below`` in each of the first `window` years and ``rca >= reached`` in each of the last

    Parameters
    ----------
    x : array_like, DataArray or Cube
        Exports by exporter, product and year: of an array the years are the first axis of three, unless `exporter` and
        `product` say otherwise.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.
    below, reached : float
        The thresholds. How many products are new depends on them, and on `window`, more than on anything else: say
        them beside the number.
    window : int
        How many years at each end. One year alone makes a new product of every order that is not repeated.

    Returns
    -------
    labelled as `x`, without time
        1 where the product is new, else 0.

    Raises
    ------
    ValueError
        There are fewer than twice `window` years; a threshold is not above 0; or as in `rca`.

    Examples
    --------
    >>> import numpy as np
    >>> from indicia import trade
    >>> x = np.array([[[9.0, 1.0], [1.0, 9.0]], [[5.0, 5.0], [1.0, 5.0]]])
    >>> trade.new_products(x, window=1, reached=0.7)
    array([[0., 1.],
           [0., 0.]])
    """
    if not (below > 0 and reached > 0):
        raise ValueError(f"below, reached: expected thresholds above 0, got {below!r} and {reached!r}")
    table = table_of(x, exporter, product)
    years = table.values.shape[0]
    if len(table.lead) != 1:
        raise ValueError(f"expected years beside exporters and products, and nothing else; got {len(table.lead)} more")
    if isinstance(window, bool) or window < 1 or years < 2 * window:
        raise ValueError(f"window: {window!r} years at each end of {years}")
    found = np.nan_to_num(advantage_of(table), nan=0.0)
    new = (found[:window] < below).all(axis=0) & (found[-window:] >= reached).all(axis=0)
    return table.over_time(new.astype(np.float64))


# ---- prices and quantities ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PriceQuantity:
    """A change of value by price and quantity: ``change = price + quantity + unsplit``.

    Attributes
    ----------
    change, price, quantity : labelled as the values
        Sums over products.
    unsplit : labelled as the values
        The change in products without a quantity, or with nothing, in one of the two years.
    coverage : labelled as the values
        Which part of the values of both years could be split.
    """

    change: Any
    price: Any
    quantity: Any
    unsplit: Any
    coverage: Any


def price_quantity(
    value_before: Any,
    value_after: Any,
    quantity_before: Any,
    quantity_after: Any,
    *,
    exporter: Any = None,
    product: Any = None,
) -> PriceQuantity:
    """How much of a change in value is price (unit value) and how much quantity (Bennet).

    ``sum_p (q + q') / 2 (u' - u) + sum_p (u + u') / 2 (q' - q)`` with unit values u

    Parameters
    ----------
    value_before, value_after, quantity_before, quantity_after : array_like, DataFrame, DataArray or Cube
        By exporter and product in two years, with the same labels; quantities of a product in one unit.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.

    Returns
    -------
    PriceQuantity
        Parts add up to the change.

    Raises
    ------
    ValueError
        Labels differ, or as in `rca`.

    Notes
    -----
    Missing: products without a quantity (or with 0) in one of the years are not split, and are there as ``unsplit``.
    Unit values are no prices: what changes within a code is in them. `unit_values` tells of those that can't be.

    References
    ----------
    T. L. Bennet, "The theory of measurement of changes in cost of living", *Journal of the Royal Statistical Society*
    83 (1920).

    Examples
    --------
    >>> from indicia import trade
    >>> made = trade.price_quantity([[100.0, 5.0]], [[180.0, 7.0]], [[10.0, 0.0]], [[20.0, 1.0]])
    >>> made.change, made.price, made.quantity, made.unsplit
    (array([82.]), array([-15.]), array([95.]), array([2.]))
    """
    names = ("value_before", "value_after", "quantity_before", "quantity_after")
    given = (value_before, value_after, quantity_before, quantity_after)
    tables = tables_of(dict(zip(names, given, strict=True)), exporter, product)
    (v, w), (q, r) = flows(tables[0], tables[1]), flows(tables[2], tables[3])
    split = (q > 0) & (r > 0) & (v > 0) & (w > 0)
    with np.errstate(all="ignore"):
        before, after = v / q, w / r
        price = np.where(split, (q + r) / 2 * (after - before), 0.0).sum(axis=2)
        quantity = np.where(split, (before + after) / 2 * (r - q), 0.0).sum(axis=2)
        coverage = np.where(split, v + w, 0.0).sum(axis=2) / (v + w).sum(axis=2)
    unsplit = np.where(split, 0.0, w - v).sum(axis=2)
    x = tables[0]
    parts = {"change": w.sum(axis=2) - v.sum(axis=2), "price": price, "quantity": quantity, "unsplit": unsplit}
    made = {name: x.country(values, "kept", name) for name, values in parts.items()}
    return PriceQuantity(**made, coverage=x.country(coverage, "fraction", "coverage"))


@dataclass(frozen=True, slots=True)
class UnitValues:
    """Unit values with outliers guarded, as `unit_values` finds them.

    Attributes
    ----------
    values : same kind as the values
        Value over quantity; NaN where there is none, or it is an outlier.
    outliers : tuple of tuple
        What was taken out: exporter, product, year (empty where there is one), and the unit value.
    without : int
        Flows with a value but no quantity.
    """

    values: Any
    outliers: tuple[tuple[str, str, str, float], ...]
    without: int


def unit_values(
    value: Any, quantity: Any, *, exporter: Any = None, product: Any = None, guard: float | None = 4.0
) -> UnitValues:
    """Value over quantity, without those that are too far from what others get for the same product.

    An outlier is one whose logarithm is further from the median of all exporters of the product (and year) than
    `guard` times the median of such distances (times 1.4826, which makes it a standard deviation of normal data).

    Parameters
    ----------
    value, quantity : array_like, DataFrame, DataArray or Cube
        By exporter and product, with the same labels; quantities of a product in one unit.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.
    guard : float, optional
        How many such deviations are allowed; None keeps all.

    Returns
    -------
    UnitValues

    Raises
    ------
    ValueError
        `guard` is not above 0; labels differ, or as in `rca`.

    Notes
    -----
    Missing: NaN where the value or the quantity is missing or 0. A product with fewer than five exporters has no
    outliers, as nobody could say which one it is; where half of all agree to the last digit, the distance allowed is
    that of a factor of 2.

    Examples
    --------
    >>> from indicia import trade
    >>> made = trade.unit_values([[10.0], [22.0], [9.0], [11.0], [5000.0]], [[1.0], [2.0], [1.0], [1.0], [1.0]])
    >>> made.values[:, 0], made.outliers
    (array([10., 11.,  9., 11., nan]), (('4', '0', '', 5000.0),))
    """
    if guard is not None and not guard > 0:
        raise ValueError(f"guard: expected a number above 0, or None; got {guard!r}")
    x, q = tables_of({"value": value, "quantity": quantity}, exporter, product)
    worth, many = flows(x, q)
    with np.errstate(all="ignore"):
        found = np.where((worth > 0) & (many > 0), worth / many, np.nan)
    named: list[tuple[str, str, str, float]] = []
    if guard is not None:
        far = _far(np.log(found), guard)
        years = x.years if x.lead else [""] * len(found)
        named = [
            (x.exporters[c], x.products[p], years[y], float(found[y, c, p])) for y, c, p in np.argwhere(far).tolist()
        ]
        found = np.where(far, np.nan, found)
    return UnitValues(x.both(found, None), tuple(named), int(((worth > 0) & ~(many > 0)).sum()))


def _far(logs: Floats, guard: float) -> Any:
    """Which are outliers among the exporters of a product."""
    there = ~np.isnan(logs)
    middle = _median(logs)
    apart = np.abs(logs - middle)
    deviation = 1.4826 * _median(apart)
    allowed = np.where(deviation > 0, guard * deviation, np.log(2.0))
    return there & (there.sum(axis=1, keepdims=True) >= 5) & (apart > allowed)


def _median(x: Floats) -> Floats:
    """Over exporters, of what is there; NaN where nothing is."""
    count = (~np.isnan(x)).sum(axis=1, keepdims=True)
    ordered = np.sort(x, axis=1)  # NaN last
    high = np.take_along_axis(ordered, np.minimum(count // 2, x.shape[1] - 1), axis=1)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=1)
    found: Floats = np.where(count > 0, (low + high) / 2, np.nan)
    return found
