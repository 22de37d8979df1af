"""Regions by industry: location quotients, and the change of a region split by shift-share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._parts import each, parts
from indicia._region_fold import LIGHT, alike, folded, judged, outer, several, totals
from indicia.containers import Panel, labelled

__all__ = ["GerfinParts", "ShiftShare", "location_quotient", "shift_share"]


def _without(panel: Panel, axis: int) -> Panel:
    return Panel(panel.values, flags=panel.flags, flagged=panel.flagged, over=axis)


@labelled("x", "base", unit="index")
def location_quotient(
    x: Any,
    base: Any = None,
    *,
    over: Any = None,
    regions: Any = None,
    reference: str = "nation",
    join: str = "exact",
) -> Any:
    """How much more of an industry a region has than the nation, relative to its size.

    ``(x_ri / x_r) / (x_i / x)``: above 1 the region is specialised in the industry

    Parameters
    ----------
    x : array_like, pandas, xarray or Cube
        Jobs or output by region and industry; rows of an array or a DataFrame are regions.
    base : array_like or labelled as `x`, optional
        The same in an earlier year: the quotient of growth factors is given, ``(x_ri / base_ri) / (x_i / base_i)``.
        Above 1 the industry has grown faster here than in the nation.
    over : int or str, optional
        The dimension of the industries: an axis, ``"columns"``, the name of a dimension. By default the last axis, the
        columns of a DataFrame, the only dimension of a Cube or DataArray that is neither time nor `regions`.
    regions : int or str, optional
        The dimension of the regions, by default the one that remains.
    reference : {"nation", "rest"}
        What a region is compared with: all regions, or all but itself (a region that is most of the nation can't differ
        from it much).
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `x`
        0 where the region has none of the industry.

    Raises
    ------
    ValueError
        `reference` is none of the two; a dimension is not there, or several are possible; labels or units differ.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    Missing: NaN where a figure of the region, the industry or (through the total) anywhere is missing, as sums are
    made of all; a region or an industry without anything is NaN throughout (0 / 0), and so is what has a negative
    total. Flags of a Cube: the union over the region and the industry.

    With the nation as `reference` and exports by country and product it is the revealed comparative advantage of
    Balassa.

    References
    ----------
    P. S. Florence, *Investment, Location and Size of Plant* (1948); B. Balassa, "Trade liberalisation and revealed
    comparative advantage", *The Manchester School* 33 (1965).

    Examples
    --------
    >>> from indicia import region
    >>> region.location_quotient([[30.0, 10.0], [20.0, 40.0]]).round(3)
    array([[1.5  , 0.5  ],
           [0.667, 1.333]])
    >>> region.location_quotient([[30.0, 10.0], [20.0, 40.0]], reference="rest").round(3)
    array([[2.25 , 0.375],
           [0.444, 2.667]])
    """
    if reference not in ("nation", "rest"):
        raise ValueError(f"reference: expected 'nation' or 'rest', got {reference!r}")
    used = [x] if base is None else [x, base]
    industry, place = x.over, x.regions
    if base is None:
        found = _quotient(x.values, industry, place, reference)
    else:
        now, before = alike(used)
        with np.errstate(all="ignore"):
            here = now / np.where(before > 0, before, np.nan)
            there = [_total(v, place) - (v if reference == "rest" else 0.0) for v in (now, before)]
            found = here / (_positive(there[0]) / _positive(there[1]))
    flagged = [_without(p, industry) for p in used]
    if not any(p.flagged for p in flagged):
        return found
    union = np.zeros(found.shape, np.uint32)
    for p in flagged:
        if p.flags is not None:
            for axis in (industry, place):
                union |= np.bitwise_or.reduce(p.flags, axis=axis, keepdims=True)
    return found, union if union.any() else None


def _positive(total: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(total > 0, total, np.nan)


def _total(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.expand_dims(folded(ufuncs.region_total, [Panel(values, over=axis)]), axis)
    return total


def _quotient(values: NDArray[np.float64], industry: int, place: int, reference: str) -> Any:
    rows = _total(values, industry)
    columns = _total(values, place)
    whole = _total(columns, industry)
    with np.errstate(all="ignore"):
        share = values / _positive(rows)
        if reference == "rest":
            return share / (_positive(columns - values) / _positive(whole - rows))
        return share / (_positive(columns) / _positive(whole))


@dataclass(frozen=True)
class ShiftShare:
    """The change of each region, in parts that add up to it.

    Attributes
    ----------
    change
        ``after - before``.
    national
        What it would be if all had grown as the nation.
    mix
        What the region's industries add, having grown faster or more slowly in the nation.
    competitive
        What the region's industries have grown beyond the same industries of the nation.
    allocation
        With ``method="esteban-marquillas"``: how far the region is specialised in what it is good at, taken out of
        `competitive`; else None.
    """

    change: Any
    national: Any
    mix: Any
    competitive: Any
    allocation: Any = None


@dataclass(frozen=True)
class GerfinParts:
    """The growth factor of each region relative to the nation's, in two factors.

    Attributes
    ----------
    total
        The region's growth factor over the nation's; ``mix * competitive``.
    mix
        That of its industries, had each grown as in the nation, over the nation's.
    competitive
        What remains: its own growth over that of its industries.
    """

    total: Any
    mix: Any
    competitive: Any


@labelled("before", "after", unit="kept")
def shift_share(
    before: Any,
    after: Any,
    *,
    over: Any = None,
    regions: Any = None,
    method: str = "dunn",
    detail: bool = False,
    join: str = "exact",
) -> Any:
    """Why regions have grown as they have: the nation, their mix of industries, or themselves (shift-share).

    ``national = x G``, ``mix = x (G_i - G)``, ``competitive = y - x - x G_i`` for x before, y after, G and G_i the
    rates of the nation and of its industries; each summed over the industries of a region

    Parameters
    ----------
    before, after : array_like, pandas, xarray or Cube
        Jobs or output by region and industry in both years; rows of an array or a DataFrame are regions. The nation
        is the sum of the regions.
    over : int or str, optional
        The dimension of the industries, as in `location_quotient`.
    regions : int or str, optional
        The dimension of the regions, by default the one that remains.
    method : {"dunn", "esteban-marquillas", "gerfin"}
        The classic parts; those with the competitive effect of a region that has the nation's industries, and
        allocation apart; or factors instead of sums.
    detail : bool
        Parts of each industry instead of their sums; not for ``"gerfin"``.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    ShiftShare or GerfinParts
        Each part the same kind as `before`, without `over` unless `detail`; in its unit.

    Raises
    ------
    ValueError
        `method` is none of these; `detail` with ``"gerfin"``; a dimension is not there, or several are possible;
        labels or units differ.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    No rate of a region's industry is formed: one that is new to the region (0 before) is competitive growth; one that
    is new to the nation too. For a change over several periods in steps (dynamic shift-share) call it with ``x[:-1]``
    and ``x[1:]`` along time, and add up each part.

    Missing: NaN where a figure of the region is missing; and in all regions where the nation's figure of an industry
    they have is, or the nation's total before is not above zero. With ``"gerfin"``, a region without anything before
    is NaN. Flags of a Cube: the union over the region's industries.

    References
    ----------
    E. S. Dunn, "A statistical and analytical technique for regional analysis", *Papers in Regional Science* 6 (1960);
    J. M. Esteban-Marquillas, "A reinterpretation of shift-share analysis", *Regional and Urban Economics* 2 (1972);
    H. Gerfin, "Gesamtwirtschaftliches Wachstum und regionale Entwicklung", *Kyklos* 17 (1964).

    Examples
    --------
    >>> from indicia import region
    >>> parts = region.shift_share([[90.0, 10.0], [60.0, 40.0]], [[99.0, 21.0], [60.0, 60.0]])
    >>> parts.change, parts.national
    (array([20., 20.]), array([20., 20.]))
    >>> parts.mix.round(6), parts.competitive.round(6)
    (array([-8.4,  8.4]), array([ 8.4, -8.4]))
    """
    methods = ("dunn", "esteban-marquillas", "gerfin")
    if method not in methods:
        raise ValueError(f"method: expected one of {', '.join(methods)}, got {method!r}")
    if detail and method == "gerfin":
        raise ValueError("detail: the factors of 'gerfin' are of whole regions")
    old, new = alike([before, after])
    industry, place = before.over, before.regions
    old_sums, new_sums = totals([old, new], place)
    old_all, new_all = _total(old_sums, industry), _total(new_sums, industry)
    with np.errstate(all="ignore"):
        rate = (new_all - old_all) / _positive(old_all)
        rates = (new_sums - old_sums) / _positive(old_sums)
    rates = np.where((old_sums == 0) & ~np.isnan(new_sums), 0.0, rates)  # none of it was there before
    if method == "gerfin":
        return _gerfin(before, after, (old, new, rates, rate), industry)
    if detail or method != "dunn":
        found = _in_detail(old, new, rates, rate)
        if method == "esteban-marquillas":
            with np.errstate(all="ignore"):
                alike_there = _total(old, industry) * old_sums / _positive(old_all)
                own = found["competitive"] / np.where(old > 0, old, np.nan)
                as_nation = np.where(old == 0, 0.0, alike_there * own)
            found["allocation"] = found["competitive"] - as_nation
            found["competitive"] = as_nation
        if not detail:
            found = {name: folded(ufuncs.region_total, [Panel(part, over=industry)]) for name, part in found.items()}
    else:
        found = _summed(old, new, rates, rate, industry)
    return several(ShiftShare, {name: judged(part, [before, after], kept=detail) for name, part in found.items()})


def _in_detail(
    old: NDArray[np.float64], new: NDArray[np.float64], rates: NDArray[np.float64], rate: NDArray[np.float64]
) -> dict[str, Any]:
    change = new - old
    national = old * rate
    mix = np.where(old == 0, 0.0 * change, old * (rates - rate))
    return {"change": change, "national": national, "mix": mix, "competitive": (change - national) - mix}


def _summed(old: NDArray[np.float64], new: NDArray[np.float64], rates: Any, rate: Any, industry: int) -> dict[str, Any]:
    shape = old.shape
    made = [np.empty(outer(shape, industry)) for _ in range(4)]
    wide = [np.broadcast_to(a, shape) for a in (rates, rate)]
    axes = [(industry,)] * 3 + [()] * 5
    fixed = np.moveaxis(wide[1], industry, 0)[0]

    def work(part: tuple[slice, ...]) -> None:
        part = (*part, *[slice(None)] * (len(shape) - len(part)))
        inner = part[:industry] + part[industry + 1 :]
        ufuncs.region_shift_share(
            old[part], new[part], wide[0][part], fixed[inner], axes=axes, out=tuple(m[inner] for m in made)
        )

    each(parts(old, industry, large=LIGHT), work)
    return dict(zip(("change", "national", "mix", "competitive"), made, strict=True))


def _gerfin(before: Panel, after: Panel, figures: tuple[Any, Any, Any, Any], industry: int) -> Any:
    old, new, rates, rate = figures
    with np.errstate(all="ignore"):
        start = _positive(_total(old, industry))
        own = _total(new, industry) / start
        as_nation = _total(np.where(old == 0, 0.0, old * (1 + rates)), industry) / start
        nation = 1 + rate
        factors = {"total": own / nation, "mix": as_nation / nation, "competitive": own / _positive(as_nation)}
    found = {name: np.take(part, 0, axis=industry) for name, part in factors.items()}
    return several(GerfinParts, {name: judged(part, [before, after]) for name, part in found.items()})
