"""What items have to do with an index: contributions that add up to its change, and how much it rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia._index_flags import between_periods
from indicia._index_formulas import FORMULAS
from indicia._index_items import in_order, items_of, place_of
from indicia._index_kernels import between, bilateral, kernel_of, reproach

__all__ = ["contributions", "coverage"]

Floats = NDArray[np.float64]

#: indices that no rule takes apart by item: an item whose price stays would have a part in them
WHOLE = ("stuvel", "banerjee", "davies", "lehr")


def contributions(
    prices: Any,
    quantities: Any = None,
    *,
    formula: str = "fisher",
    sigma: float | None = None,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    """What each item adds to the change of an index: over all items they add up to it.

    ``sum over the items = index - 1``

    Parameters
    ----------
    prices : array_like, pandas.DataFrame, xarray.DataArray or Cube
        Of items in periods; time along the last axis, the rows of a frame, `time` of a cube. Missing is NaN.
    quantities : the same kind, optional
        As many; a basket or weights where the formula takes one of any period; none for those of prices alone.
    formula : str
        Any index of this room but ``"stuvel"``, ``"banerjee"``, ``"davies"`` and ``"lehr"``, or an indicator.
    sigma : float, optional
        For ``"lloyd_moulton"``.
    base : int, str or Period, optional
        The period that is compared with; the first.
    chained : bool
        Whether each period is compared with the one before: contributions to the links, NaN in the first.
    over : int or str, optional
        Where the items are, if not along the axis before time or the only other one.
    axis : int or str, optional
        Where time runs, if not as usual.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind as `prices`
        Fractions (0.01 is one percentage point); of an indicator, in the unit of the value. 0 for an item that is left
        out; NaN where there is no index.

    Raises
    ------
    ValueError
        No rule takes the index apart, or as for the index itself.

    Notes
    -----
    An index of a basket: ``q * (p1 - p0) / sum(p0 * q)``. Fisher is one too, at ``Q * q0 + q1`` with his own quantity
    index Q (van IJzeren). An arithmetic mean: ``w * (p1 / p0 - 1)``. A geometric one: what the item adds to the
    logarithm of the index, times the logarithmic mean of the index and 1.

    References
    ----------
    B. Balk, *Price and Quantity Index Numbers* (2008), chapter 4.

    Examples
    --------
    >>> from indicia import index
    >>> prices, quantities = [[1.0, 1.1], [2.0, 2.0]], [[4.0, 3.0], [3.0, 3.0]]
    >>> index.contributions(prices, quantities, formula="laspeyres").round(4)
    array([[0.  , 0.04],
           [0.  , 0.  ]])
    >>> index.contributions(prices, quantities)[:, 1].sum().round(4), index.fisher(prices, quantities)[1].round(4)
    (np.float64(0.0367), np.float64(1.0367))
    """
    kernel_of(formula)
    if formula in WHOLE:
        raise ValueError(f"formula: no rule takes {formula} apart by item")
    given = {"prices": prices} | ({} if quantities is None else {"quantities": quantities})
    unit = "kept" if FORMULAS[formula].indicator else "fraction"
    items = items_of(given, over=over, axis=axis, join=join, unit=unit)
    if len(FORMULAS[formula].operands) > 2 and quantities is None:
        raise ValueError(f"quantities: {formula} needs them")
    arrays = [np.broadcast_to(a, items.shape) for a in items.arrays]
    place = 0 if base is None else place_of(items.time, base, items.shape[-1], "base")
    if chained:
        in_order(items)
    start, end = (slice(0, -1), slice(1, None)) if chained else (slice(place, place + 1), slice(None))
    index = between(arrays, start, end, bilateral(formula, sigma=sigma))
    reproach(items, index)
    made = np.full(items.shape, np.nan)
    p0, p1 = arrays[0][..., start], arrays[0][..., end]
    q0, q1 = (arrays[1][..., start], arrays[1][..., end]) if len(arrays) > 1 else (np.ones(1), np.ones(1))
    made[..., end] = _parts(formula, sigma, (p0, p1, q0, q1), index[..., None, :])
    flags = between_periods(items, place, linked=chained)
    return items.whole(made, None if flags is None else np.array(np.broadcast_to(flags[..., None, :], items.shape)))


def _parts(formula: str, sigma: float | None, figures: tuple[Floats, ...], index: Floats) -> Floats:
    p0, p1, q0, q1 = np.broadcast_arrays(*figures)
    operands = FORMULAS[formula].operands
    taken = [p0, p1]
    if "q0" in operands:
        taken.append(q0)
    if {"q1", "q", "w"} & set(operands):
        taken.append(q1)
    known = ~np.isnan(np.sum(taken, axis=0))
    p0, p1, q0, q1 = (np.where(known, x, fill) for x, fill in ((p0, 1.0), (p1, 1.0), (q0, 0.0), (q1, 0.0)))

    def total(x: Floats) -> Floats:
        made: Floats = x.sum(-2, keepdims=True)
        return made

    with np.errstate(divide="ignore", invalid="ignore"):
        log, change = np.log(p1 / p0), p1 - p0
        v0, v1 = p0 * q0, p1 * q1
        one = known.astype(np.float64)
        if formula == "bennet":
            return _missing((q0 + q1) / 2 * change, index)
        if formula == "montgomery":
            return _missing(_log_mean(v1, v0) * log, index)
        if formula == "drobisch":
            both = [_parts(name, None, figures, index) for name in ("laspeyres", "paasche")]
            return 0.5 * (both[0] + both[1])
        if formula == "cswd":  # half the logarithm of each mean, each of which is taken apart by itself
            means = [total(p1 / p0 * one) / total(one), total(one) / total(p0 / p1 * one)]
            apart = [_parts(name, None, figures, index) for name in ("carli", "harmonic")]
            halves = [0.5 * a / _log_mean(m, np.ones_like(m)) for a, m in zip(apart, means, strict=True)]
            return _log_mean(index, np.ones_like(index)) * (halves[0] + halves[1])
        baskets = {
            "dutot": one,
            "laspeyres": q0,
            "paasche": q1,
            "lowe": q1,
            "marshall_edgeworth": q0 + q1,
            "walsh": np.sqrt(q0 * q1),
            "geary_khamis": np.divide(q0 * q1, q0 + q1, out=np.zeros_like(q0), where=q0 + q1 > 0),
            "fisher": np.sqrt(total(p0 * q1) * total(v1) / (total(v0) * total(p1 * q0))) * q0 + q1,
        }
        if formula in baskets:
            basket = baskets[formula]
            return _missing(basket * change / total(p0 * basket), index)
        means_of = {"carli": one, "young": q1, "palgrave": v1, "harmonic": p0 / p1 * one}
        if formula in means_of:
            weight = means_of[formula]
            return _missing(weight / total(weight) * (p1 / p0 - 1), index)
        if formula == "lloyd_moulton" and sigma != 1:
            assert sigma is not None
            power = 1 - sigma
            of_powers = v0 / total(v0) * ((p1 / p0) ** power - 1)
            rise = total(of_powers)
            return _missing(of_powers * np.where(rise == 0, 1 / power, (index - 1) / rise), index)
        if formula == "montgomery_vartia":
            weight = _log_mean(v1, v0) / _log_mean(total(v1), total(v0))
        else:
            s0, s1 = v0 / total(v0), v1 / total(v1)
            weights = {
                "jevons": one,
                "geometric_young": q1,
                "geometric_laspeyres": v0,
                "lloyd_moulton": v0,
                "geometric_paasche": v1,
                "tornqvist": s0 + s1,
                "sato_vartia": _log_mean(s1, s0),
                "product_dummy": np.divide(s0 * s1, s0 + s1, out=np.zeros_like(s0), where=s0 + s1 > 0),
            }
            weight = weights[formula] / total(weights[formula])
        return _missing(_log_mean(index, np.ones_like(index)) * weight * log, index)


def _missing(parts: Floats, index: Floats) -> Floats:
    return np.where(np.isnan(index), np.nan, parts)


def _log_mean(a: Floats, b: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.abs(a - b) <= 1e-5 * np.abs(b)  # there (a - b) / ln(a / b) would lose digits
        d = np.where(near, (a - b) / b, 0.0)
        mean = np.where(near, b * (1 + d / 2 - d * d / 12), (a - b) / np.log(a / b))
    return np.where((a > 0) & (b > 0), mean, 0.0)


def coverage(
    prices: Any,
    quantities: Any = None,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    """How much of a period counts in an index: the share of its value, or of its items, that the other period has too.

    ``value of the items that both periods have / value of all``

    Parameters
    ----------
    prices : array_like, pandas.DataFrame, xarray.DataArray or Cube
        Of items in periods; time along the last axis, the rows of a frame, `time` of a cube. Missing is NaN.
    quantities : the same kind, optional
        As many. Without them items are counted.
    base : int, str or Period, optional
        The period that is compared with; the first.
    chained : bool
        Whether each period is compared with the one before; NaN in the first then.
    over : int or str, optional
        Where the items are, if not along the axis before time or the only other one.
    axis : int or str, optional
        Where time runs, if not as usual.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind, without the items
        Fractions of the later period; NaN where it has nothing.

    Raises
    ------
    ValueError
        Labels differ, or periods to be chained don't rise.

    Examples
    --------
    >>> from indicia import index
    >>> nan = float("nan")
    >>> index.coverage([[1.0, 1.0, 1.0], [nan, 3.0, 4.0]], [[1.0, 1.0, 1.0], [nan, 1.0, 1.0]])
    array([1.  , 0.25, 0.2 ])
    """
    given = {"prices": prices} | ({} if quantities is None else {"quantities": quantities})
    items = items_of(given, over=over, axis=axis, join=join, unit="fraction")
    arrays = [np.broadcast_to(a, items.shape) for a in items.arrays]
    known = ~np.isnan(np.sum(arrays, axis=0))
    value = np.where(known, arrays[0] * arrays[1] if len(arrays) > 1 else 1.0, 0.0)
    made = np.full((*items.shape[:-2], items.shape[-1]), np.nan)
    place = 0
    if chained:
        in_order(items)
        both, end = known[..., 1:] & known[..., :-1], slice(1, None)
    else:
        place = 0 if base is None else place_of(items.time, base, items.shape[-1], "base")
        both, end = known & known[..., place : place + 1], slice(None)
    whole = value[..., end].sum(-2)
    np.divide(np.where(both, value[..., end], 0.0).sum(-2), whole, out=made[..., end], where=whole > 0)
    return items.reduced(made, between_periods(items, place, linked=chained))
