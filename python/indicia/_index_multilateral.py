"""Multilateral index numbers: of many periods at once, so that none of them is a base and no chain drifts.

All of them come down to matrix products over the items, after which only periods are left. An item that is missing in a
period is zero in it, in prices and quantities alike, so that products hold the items that two periods share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia._index_items import Items, in_order, items_of, place_of
from indicia._index_kernels import bilateral, kernel_of, reproach
from indicia._index_splices import bases_of, rolled

__all__ = ["ccdi", "geary_khamis", "geks", "geks_walsh", "time_product_dummy"]

Floats = NDArray[np.float64]
Over = Callable[[int, int], Floats]

#: formulas that change to their inverse when the two periods are exchanged
REVERSIBLE = (
    "fisher", "tornqvist", "walsh", "jevons", "product_dummy", "dutot", "cswd", "marshall_edgeworth", "geary_khamis",
    "sato_vartia", "montgomery_vartia", "stuvel", "banerjee", "davies", "lehr",
)  # fmt: skip


# ---- all pairs -------------------------------------------------------------------------------------------------------


def pairs(formula: str, p: Floats, q: Floats | None) -> Floats:
    """The logarithm of an index from each period (row) to each (column); NaN where they share no item."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if formula == "jevons":
            known = p > 0
            m, logs = known.astype(np.float64), _logs(p, known)
            found = m.T @ logs
            return _quiet((found - found.T) / (m.T @ m))
        if q is None:
            raise ValueError(f"quantities: {formula} needs them")
        if formula not in ("fisher", "tornqvist", "walsh"):
            return _by_kernel(formula, p, q)
        known = (p > 0) & (q >= 0)
        whole = bool(known.all())
        price, quantity = (p, q) if whole else (np.where(known, p, 0.0), np.where(known, q, 0.0))
        if formula == "walsh":
            root = np.sqrt(quantity)
            cost = np.log((price * root).T @ root)
            return _quiet(cost.T - cost)
        value = price * quantity
        m = known.astype(np.float64)
        total = np.broadcast_to(value.sum(0)[:, None], (p.shape[1],) * 2) if whole else value.T @ m
        if formula == "fisher":
            cost = price.T @ quantity  # of the row's prices, at the column's quantities
            ratio = np.log(cost.T / total)  # Laspeyres
            return _quiet(0.5 * (ratio - ratio.T))
        logs = _logs(p, known)
        own = value * logs
        owned = np.broadcast_to(own.sum(0)[:, None], total.shape) if whole else own.T @ m
        geometric = (value.T @ logs - owned) / total
        return _quiet(0.5 * (geometric - geometric.T))


def _quiet(logs: Floats) -> Floats:
    return np.where(np.isfinite(logs), logs, np.nan)


def _logs(p: Floats, known: NDArray[np.bool_]) -> Floats:
    """Of prices over the item's mean, 0 where there is none: small, so that differences keep their digits."""
    logs = np.log(np.where(known, p, 1.0))
    count = np.maximum(known.sum(1, keepdims=True), 1)
    return np.where(known, logs - logs.sum(1, keepdims=True) / count, 0.0)


def _by_kernel(formula: str, p: Floats, q: Floats) -> Floats:
    """Formulas without an algebra of their own: period by period against all."""
    pair = bilateral(formula)
    made = [pair([p[:, s : s + 1], q[:, s : s + 1]], [p, q]) for s in range(p.shape[1])]
    return np.log(np.array(made))


# ---- the face --------------------------------------------------------------------------------------------------------


def _multilateral(
    prices: Any,
    quantities: Any,
    method: Callable[[Floats, Floats | None, Items], Over],
    options: dict[str, Any],
) -> Any:
    """A method on each table of items and periods, windows spliced, 1 in the base period."""
    given = {"prices": prices} if quantities is None else {"prices": prices, "quantities": quantities}
    items = items_of(given, over=options["over"], axis=options["axis"], join=options.get("join", "exact"))
    in_order(items)
    length = items.shape[-1]
    base = 0 if options["base"] is None else place_of(items.time, options["base"], length, "base")
    arrays = [np.broadcast_to(a, items.shape) for a in items.arrays]
    if (arrays[0] <= 0).any() or any((a < 0).any() or np.isinf(a).any() for a in arrays):
        reproach(items, np.full(1, np.nan))
    made = np.empty((*items.shape[:-2], length))
    bases = bases_of(items.time, options["per_year"], length)
    for where in np.ndindex(*items.shape[:-2]):
        p = np.ascontiguousarray(arrays[0][where])
        q = np.ascontiguousarray(arrays[1][where]) if len(arrays) > 1 else None
        over = method(p, q, items)
        made[where] = rolled(over, length, options["window"], options["splice"], bases) if length else 1.0
    result = made / made[..., base : base + 1] if length else made
    flags = None
    if items.flags is not None:
        seen = np.bitwise_or.reduce(np.broadcast_to(items.flags, items.shape), axis=-2)
        flags = seen | np.bitwise_or.reduce(seen, axis=-1, keepdims=True)  # every period has a say in each
    return items.reduced(result, flags)


def _apart(items: Items, linked: NDArray[np.bool_], start: int) -> None:
    """An error that names two periods that nothing links."""
    reached = np.zeros(len(linked), dtype=bool)
    reached[:1] = True
    while True:
        more = reached | linked[reached].any(0)
        if (more == reached).all():
            break
        reached = more
    if not reached.all():
        name = items.names[1]
        other = int(np.flatnonzero(~reached)[0])
        raise ValueError(f"no item links {name(start)} and {name(start + other)}, not even by way of other periods")


def _geks(formula: str) -> Callable[[Floats, Floats | None, Items], Over]:
    if formula not in REVERSIBLE:
        kernel_of(formula)  # raises where it is none at all
        raise ValueError(f"formula: {formula} there and back is not 1; GEKS takes one of {', '.join(REVERSIBLE)}")

    def method(p: Floats, q: Floats | None, items: Items) -> Over:
        logs = pairs(formula, p, q)

        def over(start: int, stop: int) -> Floats:
            part = logs[start:stop, start:stop]
            gone = np.argwhere(np.isnan(part))
            if len(gone):
                one, two = (items.names[1](start + int(k)) for k in gone[0])
                raise ValueError(f"{one} and {two} share no item that counts, so that GEKS has no index between them")
            mean = part.mean(0)
            made: Floats = np.exp(mean - mean[0])
            return made

        return over

    return method


def _geary_khamis(p: Floats, q: Floats | None, items: Items) -> Over:
    assert q is not None
    known = (p > 0) & (q >= 0)
    quantity = np.where(known, q, 0.0)
    value = np.where(known, p, 0.0) * quantity

    def over(start: int, stop: int) -> Floats:
        v, x = value[:, start:stop], quantity[:, start:stop]
        total = x.sum(1, keepdims=True)
        shares = np.divide(x, total, out=np.zeros_like(x), where=total > 0)
        # V[t] / P[t] = sum over s of A[t, s] / P[s], of which one equation follows from the others
        a = shares.T @ v
        _apart(items, a > 0, start)
        system = np.diag(v.sum(0)) - a
        inverse = np.ones(stop - start)
        inverse[1:] = np.linalg.solve(system[1:, 1:], -system[1:, 0])
        return 1 / inverse

    return over


def _time_product_dummy(p: Floats, q: Floats | None, items: Items) -> Over:
    known = p > 0 if q is None else (p > 0) & (q >= 0)
    value = known.astype(np.float64) if q is None else np.where(known, p, 0.0) * np.where(known, q, 0.0)
    totals = value.sum(0)
    weight = value if q is None else np.divide(value, totals, out=np.zeros_like(value), where=totals > 0)
    logs = _logs(p, known)

    def over(start: int, stop: int) -> Floats:
        w, x = weight[:, start:stop], logs[:, start:stop]
        total = w.sum(1, keepdims=True)
        shares = np.divide(w, total, out=np.zeros_like(w), where=total > 0)
        a = shares.T @ w
        _apart(items, a > 0, start)
        # normal equations of ln p = period + item, without the items
        system = np.diag(w.sum(0)) - a
        right = (w * x).sum(0) - w.T @ (shares * x).sum(1)
        index = np.zeros(stop - start)
        index[1:] = np.linalg.solve(system[1:, 1:], right[1:])
        return np.exp(index)

    return over


_PARAMETERS = """prices : array_like, pandas.DataFrame, xarray.DataArray or Cube
    Of items in periods; time along the last axis, the rows of a frame, `time` of a cube. Missing is NaN.
quantities : the same kind
    As many; aligned by label.{formula}
window : int, optional
    How many periods are taken together; all if not said. Later ones are spliced on.
splice : str
    How a window continues those before: ``"movement"``, ``"window"``, ``"half"``, ``"mean"``, the last three with
    ``"_published"`` (see `splice_windows`); ``"fixed_base_moving"``: on the last period of the year before, by
    windows of fixed length; ``"fixed_base_expanding"``: by windows that begin there.
base : int, str or Period, optional
    The period that is 1; the first.
per_year : int, optional
    Periods of a year for the fixed bases, where the container carries none; 12.
over : int or str, optional
    Where the items are, if not along the axis before time or the only other one.
axis : int or str, optional
    Where time runs, if not as usual.
join : {{"exact", "inner"}}
    Labels must be the same, in any order; or what all have is taken."""


def _explained(meaning: str, formula: str, result: str, *, more: str = "") -> Callable[[Any], Any]:
    def explain(function: Any) -> Any:
        parameters = _PARAMETERS.replace("{formula}", more).replace("{{", "{").replace("}}", "}")
        function.__doc__ = f"""{meaning}

{formula}

Parameters
----------
{parameters}

Returns
-------
same kind, without the items
    The index; without a window, that of any two periods is the same by way of any third.

Raises
------
ValueError
    Two periods are not linked by any item, a price isn't positive, a quantity is negative: the message names them.

Notes
-----
Items may come and go: between two periods those count that both have. Digits of sums: those of a matrix product.

References
----------
IMF, ILO and others, *Consumer Price Index Manual: Concepts and Methods* (2020), chapter 10.

Examples
--------
>>> from indicia import index
>>> prices = [[1.0, 1.1, 1.2], [2.0, 2.0, 2.1]]  # two items, three periods
>>> index.{function.__name__}(prices, [[4.0, 3.0, 3.0], [3.0, 3.0, 2.0]]).round(4)
{result}
"""
        return function

    return explain


@_explained(
    "Gini, Eltetö, Köves and Szulc: the geometric mean of the ways over all other periods.",
    "``prod(P[0, k] * P[k, t]) ** (1 / T)`` over the T periods k, P a bilateral index.",
    "array([1.    , 1.0387, 1.11  ])",
    more="""
formula : str
    The bilateral index: ``"fisher"``, ``"tornqvist"``, ``"walsh"``, ``"jevons"`` (which needs no quantities) or any
    other that is 1 there and back.""",
)
def geks(
    prices: Any,
    quantities: Any = None,
    *,
    formula: str = "fisher",
    window: int | None = None,
    splice: str = "mean",
    base: Any = None,
    per_year: int | None = None,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    options = {"window": window, "splice": splice, "base": base, "per_year": per_year, "over": over, "axis": axis}
    return _multilateral(prices, quantities, _geks(formula), options | {"join": join})


@_explained(
    "Caves, Christensen, Diewert and Inklaar: GEKS of Törnqvist indices.",
    "``prod(P[0, k] * P[k, t]) ** (1 / T)`` over the T periods k, P the Törnqvist index.",
    "array([1.    , 1.0387, 1.11  ])",
)
def ccdi(
    prices: Any,
    quantities: Any,
    *,
    window: int | None = None,
    splice: str = "mean",
    base: Any = None,
    per_year: int | None = None,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    options = {"window": window, "splice": splice, "base": base, "per_year": per_year, "over": over, "axis": axis}
    return _multilateral(prices, quantities, _geks("tornqvist"), options | {"join": join})


@_explained(
    "GEKS of Walsh indices.",
    "``prod(P[0, k] * P[k, t]) ** (1 / T)`` over the T periods k, P the Walsh index.",
    "array([1.    , 1.0387, 1.1099])",
)
def geks_walsh(
    prices: Any,
    quantities: Any,
    *,
    window: int | None = None,
    splice: str = "mean",
    base: Any = None,
    per_year: int | None = None,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    options = {"window": window, "splice": splice, "base": base, "per_year": per_year, "over": over, "axis": axis}
    return _multilateral(prices, quantities, _geks("walsh"), options | {"join": join})


@_explained(
    "Geary and Khamis: the value over what the quantities are worth at prices that all periods have in common.",
    "``P[t] = sum(p[t] * q[t]) / sum(b * q[t])``, ``b = sum of p * q / P over all periods / sum of q``.",
    "array([1.    , 1.0381, 1.1121])",
)
def geary_khamis(
    prices: Any,
    quantities: Any,
    *,
    window: int | None = None,
    splice: str = "mean",
    base: Any = None,
    per_year: int | None = None,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    options = {"window": window, "splice": splice, "base": base, "per_year": per_year, "over": over, "axis": axis}
    return _multilateral(prices, quantities, _geary_khamis, options | {"join": join})


@_explained(
    "The weighted time product dummy: a regression of logarithms of prices on items and periods.",
    "``log(p) = period + item``, weighted by the shares of the value; equally without quantities.",
    "array([1.    , 1.038 , 1.1115])",
)
def time_product_dummy(
    prices: Any,
    quantities: Any = None,
    *,
    window: int | None = None,
    splice: str = "mean",
    base: Any = None,
    per_year: int | None = None,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    options = {"window": window, "splice": splice, "base": base, "per_year": per_year, "over": over, "axis": axis}
    return _multilateral(prices, quantities, _time_product_dummy, options | {"join": join})
