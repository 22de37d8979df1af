"""Chains: links along time to an index and back, over the period or the year before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._growth_flags import BREAK
from indicia._index_flags import chained_flags, flags_of, linked_flags, over_items
from indicia._index_items import items_of, places_of
from indicia._index_kernels import reproach
from indicia._parts import each, parts
from indicia.containers import Panel, labelled
from indicia.periods import Periods

__all__ = ["chain", "chain_link", "previous_year_prices", "unchain", "years_of"]

Floats = NDArray[np.float64]
OVERLAPS = ("period", "year", "last", "same")
_PER_YEAR = {"A": 1, "S": 2, "Q": 4, "M": 12}


@dataclass(frozen=True, slots=True)
class Years:
    """Which year each place belongs to, and which period of it it is, from 0 on."""

    year: NDArray[np.int64]
    place: NDArray[np.int64]
    per_year: int

    def __iter__(self) -> Iterator[Any]:
        """The years there are, each with the places it has, by period; -1 where it lacks one."""
        for year in range(int(self.year.min()), int(self.year.max()) + 1) if len(self.year) else ():
            where = np.full(self.per_year, -1, dtype=np.intp)
            found = np.flatnonzero(self.year == year)
            where[self.place[found]] = found
            yield where


def years_of(time: Periods | None, freq: str | None, length: int) -> Years:
    """From the periods, or from `freq` and a first period that begins a year."""
    letter = str(time.freq) if time is not None else freq
    if letter is None:
        raise ValueError("years: the argument carries no periods; say freq= ('Q', 'M'; the first one begins a year)")
    if letter not in _PER_YEAR:
        raise ValueError(f"freq: a chain over years needs one of {', '.join(_PER_YEAR)}, not {letter!r}")
    if time is not None and freq is not None and freq != time.freq:
        raise ValueError(f"freq={freq!r}: the argument is of frequency {time.freq}")
    per_year = _PER_YEAR[letter]
    ordinals = np.arange(length, dtype=np.int64) if time is None else time.ordinals.astype(np.int64)
    if len(ordinals) > 1 and np.any(np.diff(ordinals) <= 0):
        raise ValueError("periods don't rise: sort them before they are chained")
    return Years(ordinals // per_year, ordinals % per_year, per_year)


def _check(overlap: str, of: str = "links") -> None:
    if overlap not in OVERLAPS:
        raise ValueError(f"overlap: expected one of {', '.join(map(repr, OVERLAPS))}; got {overlap!r}")
    if of not in ("links", "rates"):
        raise ValueError(f"of: expected 'links' or 'rates', got {of!r}")


def _at(x: Floats, where: NDArray[np.intp]) -> Floats:
    """The figures of one year, NaN where it lacks a period."""
    found: Floats = np.where(where < 0, np.nan, x[..., np.maximum(where, 0)])
    return found


def _linked_to(year: Floats, overlap: str) -> Floats:
    """What the links of the next year stand on: one figure for all its periods, or one for each."""
    if overlap == "year":
        mean: Floats = year.mean(-1, keepdims=True)
        return mean
    return year[..., -1:] if overlap == "last" else year


def _last_axis(x: Panel) -> Floats:
    values = np.asarray(x.values, dtype=np.float64)
    return values if x.axis is None else np.moveaxis(values, x.axis, -1)


def _back(x: Panel, result: Floats) -> Floats:
    return result if x.axis is None else np.moveaxis(result, -1, x.axis)


def _scaled(index: Floats, time: Any, reference: Any, level: float) -> Floats:
    if reference is None:
        return index * level
    places = places_of(time, reference, index.shape[-1], "reference")
    scaled: Floats = index * (level / index[..., places].mean(-1, keepdims=True))
    return scaled


@labelled("links", unit="index")
def chain(
    links: Any,
    *,
    overlap: str = "period",
    of: str = "links",
    reference: Any = None,
    level: float = 1.0,
    freq: str | None = None,
    axis: Any = None,
    out: Any = None,
) -> Any:
    """An index number from its links: relatives on the period before, or on the year before.

    ``index[t] = links[t] * index[t - 1]``, or times what the year before stands at.

    Parameters
    ----------
    links : array_like, pandas, xarray or Cube
        Relatives (1.02), or rates (0.02) if `of` says so.
    overlap : {"period", "year", "last", "same"}
        What a link is a relative on: the period before; the mean of the year before (annual overlap); its last period
        (one-quarter or December overlap); the same period of the year before (over the year).
    of : {"links", "rates"}
        What `links` holds.
    reference : int, slice, str or tuple, optional
        The period or span over which the mean of the index is `level`; the period before the first link if not said.
    level : float
        The index in the reference period, such as 100.
    freq : str, optional
        How often figures come ("Q", "M") where the argument carries no periods and `overlap` needs years; the first
        begins a year then.
    axis : int or str, optional
        Where time runs, if not as usual.
    out : ndarray, optional
        Where the result of an array goes; for ``overlap="period"``.

    Returns
    -------
    same kind as `links`
        The index.

    Raises
    ------
    ValueError
        Nothing says which period begins a year, there is no reference period, or periods don't rise.

    Notes
    -----
    Missing: links before the first known one are skipped, and the period before that stands at `level`; from a link
    that is missing later on all is NaN. With ``overlap="year"`` the year before the first link is flat, and a year that
    lacks a period is no year to stand on.

    From two million figures on, as many threads as `get_threads()` says; the same figures to the bit.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8.

    Examples
    --------
    >>> from indicia import index
    >>> index.chain([float("nan"), 1.1, 1.1], level=100).round(6)
    array([100., 110., 121.])
    >>> index.chain([0.1, 0.1], of="rates", reference=1).round(4)
    array([0.9091, 1.    ])
    """
    _check(overlap, of)
    if overlap != "period":
        if out is not None:
            raise TypeError("out= goes with overlap='period'")
        values = _last_axis(links)
        made = _chained_years(values + (of == "rates"), links, overlap, freq=freq, reference=reference, level=level)
        return _with_flags(links, _back(links, made), values, reference)
    values, axis = np.asarray(links.values, dtype=np.float64), links.axis
    if axis is None:
        raise ValueError("links: a chain needs a dimension")
    if links.time is not None:
        years_rise(links.time)
    first, last = 0, 0
    if reference is not None:
        places = places_of(links.time, reference, values.shape[axis], "reference")
        first, last = int(places[0]), int(places[-1]) + 1
        if len(places) != last - first:
            raise ValueError("reference: expected periods that follow one another")
    kernel = ufuncs.index_chain if of == "links" else ufuncs.index_chain_rates
    result = np.empty_like(values, subok=False) if out is None else out

    def work(part: tuple[slice, ...]) -> None:
        rest = [(axis,)]
        kernel(values[part], first, last, level, out=result[part], axes=[*rest, (), (), (), *rest])

    each(parts(values, axis), work)
    return _with_flags(links, result, _last_axis(links), reference) if links.flagged else result


def _with_flags(links: Panel, made: Any, values: Floats, reference: Any) -> Any:
    """An index with the flags of the links that it is chained from; `values` are the links, time last."""
    if not links.flagged:
        return made
    places = None if reference is None else places_of(links.time, reference, values.shape[-1], "reference")
    return made, _flags_back(links, chained_flags(flags_of(links), ~np.isnan(values), places))


def _flags_back(x: Panel, flags: NDArray[np.uint32] | None) -> NDArray[np.uint32] | None:
    if flags is None or not flags.any():
        return None
    return np.ascontiguousarray(flags if x.axis is None else np.moveaxis(flags, -1, x.axis))


def years_rise(time: Periods) -> None:
    """Links belong to periods that rise."""
    if np.any(np.diff(time.ordinals) <= 0):
        raise ValueError("periods don't rise: sort them before they are chained")


def _chained_years(
    links: Floats,
    x: Panel,
    overlap: str,
    *,
    freq: str | None,
    reference: Any,
    level: float,
    profile: Floats | None = None,
) -> Floats:
    """An index whose links stand on the year before; `profile` is what the year before the first is like, by places."""
    years = years_of(x.time, freq, links.shape[-1])
    index = np.full(links.shape, np.nan)
    before: Floats | None = None
    for where in years:
        now, here = _at(links, where), where >= 0
        if before is None and np.isnan(now).all():  # the first links may come next year, on what this one is like
            following = int(where.max()) + 1
            ahead = links[..., following : following + years.per_year]
            if profile is None and (ahead.size == 0 or np.isnan(ahead).all()):
                continue
            flat = np.ones_like(now) if profile is None else _at(profile, where)
            known = here if profile is not None or overlap != "last" else here & (where == where[-1])
            index[..., where[known]] = flat[..., known]
            before = _linked_to(flat, overlap)
            continue
        stood = np.ones((*links.shape[:-1], 1)) if before is None else before
        index[..., where[here]] = (now * stood)[..., here]
        before = _linked_to(_at(index, where), overlap)
    return _scaled(index, x.time, reference, level)


@labelled("index", unit="fraction")
def unchain(index: Any, *, overlap: str = "period", freq: str | None = None, axis: Any = None) -> Any:
    """The links of a chained index: what `chain` makes the index of.

    Parameters
    ----------
    index : array_like, pandas, xarray or Cube
        A chained index.
    overlap : {"period", "year", "last", "same"}
        What the links stand on, as in `chain`.
    freq : str, optional
        How often figures come, where the argument carries no periods and `overlap` needs years.
    axis : int or str, optional
        Where time runs, if not as usual.

    Returns
    -------
    same kind as `index`
        Relatives; NaN where there is nothing to stand on: the first period or year, a missing figure, a year that
        lacks a period where all are needed.

    Raises
    ------
    ValueError
        Nothing says which period begins a year, or periods don't rise.

    References
    ----------
    Eurostat, *Harmonised Index of Consumer Prices Methodological Manual* (2024), chapter 8.

    Examples
    --------
    >>> from indicia import index
    >>> index.unchain([100.0, 110.0, 121.0]).round(6)
    array([nan, 1.1, 1.1])
    """
    _check(overlap)
    x = _last_axis(index)
    links = np.full(x.shape, np.nan)
    if overlap == "period":
        if index.time is not None:
            years_rise(index.time)
        np.divide(x[..., 1:], x[..., :-1], out=links[..., 1:], where=x[..., :-1] > 0)
        return _back(index, links), _flags_back(index, linked_flags(flags_of(index), None, overlap))
    before = None
    years = years_of(index.time, freq, x.shape[-1])
    for where in years:
        year, here = _at(x, where), where >= 0
        if before is not None:
            links[..., where[here]] = (year / np.where(before > 0, before, np.nan))[..., here]
        before = _linked_to(year, overlap)
    return _back(index, links), _flags_back(index, linked_flags(flags_of(index), years, overlap))


@labelled("at_previous", "at_own", unit="index")
def chain_link(
    at_previous: Any,
    at_own: Any,
    *,
    overlap: str = "year",
    reference: Any = None,
    level: float | str = 100.0,
    freq: str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    """Chain volumes of quarters or months at prices of the year before.

    ``index[t] = at_previous[t] / at_own[year before] * index[year before]``

    Parameters
    ----------
    at_previous : array_like, pandas, xarray or Cube
        What is produced in each period, at the average prices of the year before; not needed in the first year.
    at_own : the same kind
        The same at the average prices of its own year. With ``overlap="year"`` values at current prices do as well, as
        only their sums over a year count.
    overlap : {"year", "last", "same"}
        Annual overlap: quarters of the chain add up to its years. One-quarter overlap: no step between the last quarter
        and the first. Over the year: growth on the same quarter of the year before is right, and no other.
    reference : int, slice, str or tuple, optional
        The period or span whose mean is `level`; the first year if not said.
    level : float or "value"
        The index in the reference period; ``"value"`` for volumes in its prices, so that they sum up to its value.
    freq : str, optional
        How often figures come ("Q", "M") where the arguments carry no periods; the first begins a year then.
    axis : int or str, optional
        Where time runs, if not as usual.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `at_previous`
        The index, or volumes at the prices of the reference period.

    Raises
    ------
    ValueError
        Labels differ, nothing says which period begins a year, or a year that links stand on lacks a period that the
        overlap needs: the message names it.

    Notes
    -----
    In the first year, which has no links, the index is the profile of `at_own`. From a missing link on all that stands
    on it is NaN. Chained volumes don't add up over items; `growth.contribution` needs the weights of their prices.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8 and annex 8.1.

    Examples
    --------
    Two years of half-years: at prices of the first year 210 of the second, against 200.

    >>> from indicia import index
    >>> index.chain_link([0.0, 0.0, 104.0, 106.0], [98.0, 102.0, 120.0, 130.0], freq="S").round(6)
    array([ 98., 102., 104., 106.])
    """
    if overlap == "period":
        raise ValueError("overlap: expected 'year', 'last' or 'same'; links on the period before are chain()'s")
    _check(overlap)
    previous, own = np.broadcast_arrays(_last_axis(at_previous), _last_axis(at_own))
    time = at_previous.time if at_previous.time is not None else at_own.time
    years = years_of(time, freq, previous.shape[-1])
    links = np.full(previous.shape, np.nan)
    before, lacking = None, ""
    for where in years:
        here = where >= 0
        if before is not None:
            if lacking and not np.isnan(previous[..., where[here]]).all():
                raise ValueError(f"overlap={overlap!r}: {lacking}, on which the next year is to be linked")
            stood = np.where(before > 0, before, np.nan)
            links[..., where[here]] = (_at(previous, where) / stood)[..., here]
        before, lacking = _linked_to(_at(own, where), overlap), _lacking(where, overlap, time, years)
    first = next(iter(years), np.zeros(0, np.intp))
    profile = own / np.where((total := _at(own, first).mean(-1, keepdims=True)) > 0, total, np.nan)
    panel = Panel(previous, at_previous.axis, time)
    wanted = level if isinstance(level, float | int) else 1.0
    reference = (
        np.s_[int(first[first >= 0][0]) : int(first.max()) + 1] if reference is None and len(first) else reference
    )
    index = _chained_years(links, panel, overlap, freq=freq, reference=reference, level=float(wanted), profile=profile)
    if level == "value":
        places = places_of(time, reference, previous.shape[-1], "reference")
        index = index * own[..., places].mean(-1, keepdims=True)
    elif isinstance(level, str):
        raise ValueError(f"level: expected a number or 'value', got {level!r}")
    made = _back(at_previous, index)
    if not (at_previous.flagged or at_own.flagged):
        return made
    base = None if reference is None else places_of(time, reference, previous.shape[-1], "reference")
    return made, _flags_back(at_previous, _linked_years_flags(at_previous, at_own, years, base))


def _linked_years_flags(
    at_previous: Panel, at_own: Panel, years: Years, places: NDArray[np.intp] | None
) -> NDArray[np.uint32] | None:
    """Of what each period is made of: its own, and all of the years that it stands on."""
    union = flags_of(at_previous, at_own)
    if union is None:
        return None
    own = np.broadcast_to(union, np.broadcast_shapes(union.shape, np.shape(_last_axis(at_previous))))
    made, carried = np.zeros(own.shape, np.uint32), np.zeros((*own.shape[:-1], 1), np.uint32)
    for where in years:
        here = where[where >= 0]
        made[..., here] = own[..., here] | carried
        carried = carried | np.bitwise_or.reduce(own[..., here] & ~BREAK, axis=-1, keepdims=True)
    if places is not None:
        made |= np.bitwise_or.reduce(made[..., places] & ~BREAK, axis=-1, keepdims=True)
    return made


def _lacking(where: NDArray[np.intp], overlap: str, time: Periods | None, years: Years) -> str:
    """What a year that is to be linked to lacks; empty if nothing."""
    gone = np.flatnonzero(where < 0)
    if overlap == "last":
        gone = gone[gone == years.per_year - 1]
    if len(gone) == 0:
        return ""
    known = int(where.max())
    if time is None:
        return f"the year of period {known} lacks period {int(gone[0]) + 1}"
    ordinal = int(time.ordinals[known]) - int(years.place[known]) + int(gone[0])
    return f"there is no {Periods.range(str(time.freq), ordinal, 1)[0]}"


def previous_year_prices(
    prices: Any,
    quantities: Any,
    *,
    over: int | str | None = None,
    freq: str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> tuple[Any, Any]:
    """What all items come to at the average prices of the year before, and at those of their own year.

    ``sum(q[t] * P[year before])`` and ``sum(q[t] * P[year])``, where P is the unit value of an item in a year: what
    `chain_link` links.

    Parameters
    ----------
    prices, quantities : array_like, pandas.DataFrame, xarray.DataArray or Cube
        Of items in quarters or months.
    over : int or str, optional
        Where the items are, if not along the axis before time or the only other one.
    freq : str, optional
        How often figures come ("Q", "M") where the arguments carry no periods; the first begins a year then.
    axis : int or str, optional
        Where time runs, if not as usual.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    at_previous, at_own : same kind, without the items
        At previous prices NaN in the first year.

    Raises
    ------
    ValueError
        Labels differ, a price isn't positive, or a year lacks a period, so that it has no average price: the message
        names it.

    Notes
    -----
    NaN where an item's quantity is missing, or its price in the year that is needed.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8.

    Examples
    --------
    >>> from indicia import index
    >>> p, q = [[1.0, 1.0, 1.2, 1.2], [2.0, 2.0, 1.8, 1.8]], [[5.0, 5.0, 6.0, 6.0], [3.0, 3.0, 3.0, 4.0]]
    >>> at_previous, at_own = index.previous_year_prices(p, q, freq="S")
    >>> at_previous, at_own.round(6)
    (array([nan, nan, 12., 14.]), array([11. , 11. , 12.6, 14.4]))
    """
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join, unit="value")
    p, q = (np.broadcast_to(x, items.shape) for x in items.arrays)
    reproach(items, np.full(1, np.nan))
    years = years_of(items.time, freq, items.shape[-1])
    made = np.full((2, *items.shape[:-2], items.shape[-1]), np.nan)
    before: Floats | None = None
    for where in years:
        here = where >= 0
        gone = _lacking(where, "year", items.time, years) if here.any() else ""
        if gone and (where.max() + 1 < items.shape[-1]):
            raise ValueError(f"{gone}, so that its year has no average prices")
        quantity = _at(q, where)
        value = np.where(quantity == 0, 0.0, quantity * _at(p, where))
        average = value.sum(-1) / np.where(quantity.sum(-1) > 0, quantity.sum(-1), np.nan)
        for k, price in enumerate((before, average)):
            if price is not None:
                made[k][..., where[here]] = (quantity * price[..., None]).sum(-2)[..., here]
        before = average
    flags = _priced_flags(over_items(items), years)
    return items.reduced(made[0], flags[0]), items.reduced(made[1], flags[1])


def _priced_flags(
    cells: NDArray[np.uint32] | None, years: Years
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]] | tuple[None, None]:
    """Of the quantities of a period, and of the year that its prices are the average of."""
    if cells is None:
        return None, None
    made = (np.zeros(cells.shape, np.uint32), np.zeros(cells.shape, np.uint32))
    before: NDArray[np.uint32] | None = None
    for where in years:
        here = where[where >= 0]
        year = np.bitwise_or.reduce(cells[..., here] & ~BREAK, axis=-1, keepdims=True)
        made[1][..., here] = cells[..., here] | year
        if before is not None:
            made[0][..., here] = cells[..., here] | before
        before = year
    return made
