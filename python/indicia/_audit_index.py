"""Whether a published index number follows from its parts and weights, or from its links."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._audit_claims import Ends, Operand, Sum, cells_of, cube_or_none, operand, together
from indicia._audit_found import Audit
from indicia._index_links import OVERLAPS, years_of
from indicia.cube import Cube, align

__all__ = ["chain", "index"]

Floats = NDArray[np.float64]


def index(
    parts: Any,
    weights: Any,
    published: Any,
    *,
    dim: str | None = None,
    axis: int = 0,
    decimals: Any = None,
    weight_decimals: Any = None,
    published_decimals: Any = None,
    join: str = "exact",
) -> Audit:
    """Whether a published index is the mean of its published parts under its weights.

    ``sum(weights * parts) / sum(weights)``, over all figures that round to those printed.

    Parameters
    ----------
    parts : array_like of float, Cube or Interval
        Indices of the parts as published, all with the reference period of the weights (unchained ones: a chained index
        isn't the mean of chained parts).
    weights : array_like of float or Cube
        As many as parts, or one for each part and period.
    published : array_like of float, Cube or Interval
        The index, without the axis of the parts.
    dim : str, optional
        Which dimension of a Cube the parts are along.
    axis : int
        Which axis of an array the parts are along.
    decimals, published_decimals : int or array of int, optional
        Digits printed after the mark; a cube knows its own. The index has those of its parts unless told.
    weight_decimals : int, optional
        Digits printed of the weights; if not said they are exact.
    join : {"exact", "inner"}
        Cubes must have the same periods; or those are taken that both have.

    Returns
    -------
    Audit

    Raises
    ------
    ValueError
        Decimals are neither given nor known, a weight is negative, names or shapes differ, `dim` is none of the cube's.
    TypeError
        An argument holds no numbers, or labels that would be lost.

    Notes
    -----
    Missing: an index with a part or weight that is missing is UNKNOWN. What is implied is the range over all admissible
    parts and weights together, widened by the roundings of its own computation.

    References
    ----------
    Eurostat, *Harmonised Index of Consumer Prices Methodological Manual* (2024), chapter 8.

    Examples
    --------
    >>> from indicia import audit
    >>> audit.index([[100.0, 104.2], [100.0, 101.0]], [600, 400], [100.0, 103.2], decimals=1)
    Audit of index: 2 cells
      certain       0
      possible      1
      contradicted  1
      unknown       0
      furthest off: 1, by 1.8 of the last digit: 103.15 to 103.25 published, 102.87 to 102.97 implied
    """
    part = operand(parts, "parts", decimals)
    known = published_decimals is not None or getattr(published, "decimals", None) is not None
    claimed = operand(published, "published", published_decimals if known else decimals)
    source = cube_or_none(parts)
    if source is not None:
        if dim not in source.codes:
            raise ValueError(f"dim: expected one of {', '.join(source.codes)}, got {dim!r}")
        axis = source.dims.index(dim)
    elif dim is not None:
        raise ValueError(f"dim={dim!r}: an array has axes, not names")
    shape = part.shape
    if not shape:
        raise ValueError("parts: a single figure has no parts")
    axis = normalize_axis_index(axis, len(shape))
    low, high = _weights(weights, source, dim, shape=shape, axis=axis, decimals=weight_decimals)
    ends = part.ends((slice(None),) * len(shape))
    implied = _mean(*(np.moveaxis(np.broadcast_to(x, shape), axis, -1) for x in (*ends, low, high)))
    sums = Operand((*implied, np.full((), np.nan)), 0, exact=True)
    if source is not None:
        kept = {name: codes for name, codes in source.codes.items() if name != dim}
        source = Cube([name for name in source.dims if name != dim], kept, source.time, implied[0])
    (sums, claimed), cells, labels = together([(source, sums), (cube_or_none(published), claimed)], join)
    return Audit("index", Sum(claimed, sums, cells_of(cells)), labels=labels)


def _weights(
    weights: Any, source: Cube | None, dim: str | None, *, shape: tuple[int, ...], axis: int, decimals: Any
) -> tuple[Floats, Floats]:
    """Ends, in the axes of the parts."""
    if isinstance(weights, Cube):
        if source is None:
            raise TypeError("weights: a Cube goes with parts that are one")
        if dim not in weights.dims:
            raise ValueError(f"weights: the cube has no dimension {dim!r}")
        values = align(source, weights)[1].values
    else:
        values = np.asarray(weights, dtype=np.float64)
        if values.ndim == 1 and len(shape) > 1:
            if len(values) != shape[axis]:
                raise ValueError(f"weights: there are {len(values)} for {shape[axis]} parts")
            values = values.reshape([-1 if k == axis else 1 for k in range(len(shape))])
    if (values < 0).any():
        raise ValueError("weights: expected figures of 0 and more")
    if decimals is None:
        return values, values
    low, high = cast(Ends, ufuncs.interval_from_decimals(values, decimals, 0))
    return np.maximum(low, 0.0), high


def _mean(low: Floats, high: Floats, lightest: Floats, heaviest: Floats) -> Ends:
    """The range of weighted means over the last axis: as much weight as can be on what lies beyond the mean."""
    ends = []
    for x, sign in ((low, -1.0), (high, 1.0)):
        weight = np.where(np.isnan(x), np.nan, lightest)
        made = _weighted(x, weight)
        for _ in range(x.shape[-1] + 1):
            weight = np.where(sign * (x - made[..., None]) > 0, heaviest, lightest)
            again = _weighted(x, weight)
            if np.array_equal(again, made, equal_nan=True):
                break
            made = again
        slack = 4e-16 * (x.shape[-1] + 4) * _weighted(np.abs(x), weight)
        ends.append(made + sign * slack if x.shape[-1] > 1 else made)
    return ends[0], ends[1]


def _weighted(x: Floats, weight: Floats) -> Floats:
    total = weight.sum(-1)
    mean: Floats = np.divide((weight * x).sum(-1), total, out=np.full(total.shape, np.nan), where=total > 0)
    return mean


def chain(
    links: Any,
    published: Any,
    *,
    overlap: str = "period",
    percent: bool = False,
    freq: str | None = None,
    decimals: Any = None,
    link_decimals: Any = None,
    axis: int = -1,
    join: str = "exact",
) -> Audit:
    """Whether a published chained index follows from its links.

    ``links[t] * what index[t] is linked to``, over all figures that round to those printed, against the index.

    Parameters
    ----------
    links : array_like of float, Cube or Interval
        Relatives as published, along time; rates where `percent` says so.
    published : array_like of float, Cube or Interval
        The index as published, for the same periods.
    overlap : {"period", "year", "last", "same"}
        What links stand on, as in `indicia.index.chain`: the period before; the mean of the year before, its last
        period, its same period.
    percent : bool
        Whether links are rates printed in per cent, or relatives.
    freq : str, optional
        How often figures come ("Q", "M"), where the arguments carry no periods and `overlap` needs years; the first
        begins a year then.
    decimals, link_decimals : int or array of int, optional
        Digits printed after the mark, of the index and of the links; a cube knows its own.
    axis : int
        Where time runs in an array; always ``time`` of a Cube.
    join : {"exact", "inner"}
        Two cubes must have the same periods; or those are taken that both have.

    Returns
    -------
    Audit
        `published` and `implied` are indices.

    Raises
    ------
    ValueError
        Decimals are neither given nor known, nothing says which period begins a year, names or shapes differ.
    TypeError
        An argument holds no numbers, or labels that would be lost.

    Notes
    -----
    Missing: UNKNOWN, as is what has nothing to stand on. Each link is held against the published index alone, so that
    what has gone wrong in one year is no charge against the next.

    Examples
    --------
    >>> from indicia import audit
    >>> audit.chain([float("nan"), 1.021, 1.035], [100.0, 102.1, 105.9], decimals=1, link_decimals=3).verdicts
    array([0, 2, 1], dtype=uint8)
    """
    if overlap not in OVERLAPS:
        raise ValueError(f"overlap: expected one of {', '.join(map(repr, OVERLAPS))}; got {overlap!r}")
    link = operand(links, "links", link_decimals, -2 if percent else 0)
    claimed = operand(published, "published", decimals)
    given = [(cube_or_none(links), link), (cube_or_none(published), claimed)]
    (link, claimed), shape, labels = together(given, join)
    if not shape:
        raise ValueError("links: a single figure makes no chain")
    axis = -1 if labels is not None else axis
    if labels is not None and labels.time is None:
        raise ValueError("links: the cube has no time")
    where = normalize_axis_index(axis, len(shape))
    whole = (slice(None),) * len(shape)
    low, high = (np.moveaxis(np.broadcast_to(x, shape), where, -1) for x in claimed.ends(whole))
    by = link.ends(whole)
    if percent:
        by = cast(Ends, ufuncs.interval_add(*by, 1.0, 1.0))
    ends = [np.moveaxis(np.broadcast_to(x, shape), where, -1) for x in by]
    stand = (np.full(low.shape, np.nan), np.full(low.shape, np.nan))
    if overlap == "period":
        for end, made in zip((low, high), stand, strict=True):
            made[..., 1:] = end[..., :-1]
    else:
        before: Ends | None = None
        for places in years_of(None if labels is None else labels.time, freq, low.shape[-1]):
            here = places >= 0
            if before is not None:
                for end, made in zip(before, stand, strict=True):
                    made[..., places[here]] = np.broadcast_to(end, (*low.shape[:-1], len(places)))[..., here]
            year = [np.where(here, end[..., np.maximum(places, 0)], np.nan) for end in (low, high)]
            if overlap == "year":
                of_year = cast(Ends, ufuncs.interval_sum(*year))
                before = cast(
                    Ends, ufuncs.interval_div(*(x[..., None] for x in of_year), float(len(places)), float(len(places)))
                )
            else:
                kept = slice(-1, None) if overlap == "last" else slice(None)
                before = year[0][..., kept], year[1][..., kept]
    implied = cast(Ends, ufuncs.interval_mul(*ends, *stand))
    back = [np.moveaxis(x, -1, where) for x in implied]
    sums = Operand((*back, np.full((), np.nan)), 0, exact=True)
    return Audit("chain", Sum(claimed, sums, shape), labels=labels)
