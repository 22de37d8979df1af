"""Rows in memory, folded into fewer: for formats that aren't folded while they are scanned, by the same rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from indicia import _core
from indicia._collapse import ABSENT, REFUSED, RULES, Asked, check_folded, check_known, recoded
from indicia._facts import fact_array
from indicia.observations import Observations
from indicia.periods import Periods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.cube import Cube

__all__ = ["cells_of", "fold"]

Index = npt.NDArray[Any]


def cells_of(cube: Cube) -> Observations:
    """Every cell of a cube as a row, but for series that have nothing at any time: the source may not have those."""
    something = ~np.isnan(cube.values)
    if cube.flags is not None:
        something |= cube.flags != 0
    there = np.ones_like(something)
    if cube.time is not None:
        there &= something.any(axis=-1, keepdims=True)
    places = np.nonzero(there)
    time = None
    if cube.time is not None:
        first = cube.time.ordinals[0] if len(cube.time) else 0
        time = Periods._trusted(cube.time.freq, (places[-1] + first).astype(np.int32))
    rows = Observations._trusted(
        dims=cube.dims,
        codes=cube.codes,
        positions={dim: place.astype(np.uint32) for dim, place in zip(cube.codes, places, strict=False)},
        time=time,
        values=cube.values[there],
        flags=None if cube.flags is None else cube.flags[there],
        labels=cube.labels,
        attrs=cube.attrs,
        unit=None,
        multiplier=None,
        decimals=None,
    )
    heads = rows.series_index()[1] if len(rows) else np.zeros(0, np.int64)
    facts = {}
    for name in ("unit", "multiplier", "decimals"):
        fact = getattr(cube, name)
        if isinstance(fact, np.ndarray):
            grid = np.broadcast_to(fact, cube._series_shape())
            fact = grid[tuple(place[heads] for place in places[: grid.ndim])]
        facts[name] = fact
    return rows._but(**facts)


def fold(rows: Observations, raw: Mapping[str, Any], asked: Asked, *, decimals: int | None) -> Observations:
    """What a reader that folds would have made of `rows`."""
    dims = list(rows.codes)
    check_known(asked, dims)
    new = {dim: recoded(asked, dim, codes) for dim, codes in rows.codes.items() if dim in asked.recodes}
    kept = np.ones(len(rows), bool)
    for dim, (to, _) in new.items():
        kept &= to[rows.positions[dim]] != ABSENT
    told = check_folded(asked, {**raw, "folded": _met(rows, asked, new, kept)})
    part = rows if kept.all() else rows._take(kept)
    codes = {dim: new[dim][1] if dim in new else rows.codes[dim] for dim in dims if dim not in asked.dims}
    positions = {dim: new[dim][0][part.positions[dim]] if dim in new else part.positions[dim] for dim in codes}
    index, heads = _groups(part, positions, {dim: len(texts) for dim, texts in codes.items()})
    values, flags = _core.fold(index, len(heads), part.values, part.flags, RULES.index(asked.rule), asked.coverage)
    result = Observations._trusted(
        dims=(*codes, "time") if part.time is not None else tuple(codes),
        codes={dim: tuple(texts) for dim, texts in codes.items()},
        positions={dim: _narrow(place[heads], len(codes[dim])) for dim, place in positions.items()},
        time=_times(part, heads),
        values=values,
        flags=flags if flags.any() else None,
        labels=_labels(rows, codes),
        attrs=_attrs(rows, told, codes),
        unit=None,
        multiplier=None,
        decimals=None,
    )
    return result._but(**_facts(part, result, asked, index=index, heads=heads, decimals=decimals))


def _narrow(positions: Index, n: int) -> Index:
    return positions.astype(np.uint8 if n < 1 << 8 else np.uint16 if n < 1 << 16 else np.uint32)


def _met(
    rows: Observations, asked: Asked, new: Mapping[str, tuple[Index, tuple[str, ...]]], kept: Index
) -> list[tuple[str, list[str], dict[str, int]]]:
    """The codes of rows that aren't dropped, of each dimension that is gone or recoded, and those refused."""
    folded = []
    for dim, codes in rows.codes.items():
        if dim not in asked.dims and dim not in new:
            continue
        counts = np.bincount(rows.positions[dim][kept], minlength=len(codes))
        refused = {}
        if dim in new:
            wrong = np.flatnonzero((new[dim][0] == REFUSED) & (counts > 0))
            refused = {codes[place]: int(counts[place]) for place in wrong}
        folded.append((dim, [codes[place] for place in np.flatnonzero(counts)], refused))
    return folded


def _groups(part: Observations, positions: Mapping[str, Index], sizes: Mapping[str, int]) -> tuple[Index, Index]:
    """The cell of each row, numbered by first appearance, and the first row of each."""
    columns = [_narrow(place, sizes[dim]) for dim, place in positions.items()]
    counts = list(sizes.values())
    if part.time is not None and len(part):
        ordinals = part.time.ordinals.astype(np.int64) - int(part.time.ordinals.min())
        columns.append(ordinals.astype(np.uint32))
        counts.append(int(ordinals.max()) + 1)
        if not isinstance(part.time.freq, str):
            letters, numbers = np.unique(part.time.freq, return_inverse=True)
            columns.append(numbers.astype(np.uint8))
            counts.append(len(letters))
    if not columns or not len(part):
        return np.zeros(len(part), np.int64), np.zeros(min(len(part), 1), np.int64)
    index, heads = _core.series_index(tuple(columns), tuple(counts))
    return index.astype(np.int64), heads


def _times(part: Observations, heads: Index) -> Periods | None:
    if part.time is None:
        return None
    freq = part.time.freq if isinstance(part.time.freq, str) else part.time.freq[heads]
    return Periods._trusted(freq, part.time.ordinals[heads])


def _labels(rows: Observations, codes: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    labels = {}
    for dim, texts in codes.items():
        known = rows.labels.get(dim, {})
        own = set(rows.codes[dim])
        labels[dim] = {code: known[code] for code in texts if code in known and code in own}
    return {dim: words for dim, words in labels.items() if words}


def _attrs(rows: Observations, told: Mapping[str, Any], codes: Mapping[str, Any]) -> dict[str, Any]:
    attrs = {name: value for name, value in rows.attrs.items() if name not in {"by_series", "by_row"}}
    for by_dim in ("titles", "totals", "children"):
        if isinstance(attrs.get(by_dim), dict):
            left = {dim: value for dim, value in attrs[by_dim].items() if dim in codes or dim == "time"}
            attrs.pop(by_dim)
            if left:
                attrs[by_dim] = left
    return attrs | dict(told)


def _facts(
    part: Observations, result: Observations, asked: Asked, *, index: Index, heads: Index, decimals: int | None
) -> dict[str, Any]:
    facts: dict[str, Any] = {"unit": None, "multiplier": None, "decimals": decimals}
    if asked.rule == "count":
        return facts | {"decimals": 0}
    if decimals is None and asked.rule != "sum" and not isinstance(part.decimals, np.ndarray):
        facts["decimals"] = part.decimals  # of the smallest or largest figure; sums of rounded ones aren't rounded so
    for name in ("unit", "multiplier"):
        fact = getattr(part, name)
        if not isinstance(fact, np.ndarray) or not len(part):
            facts[name] = None if isinstance(fact, np.ndarray) else fact
            continue
        by_row = fact[part.series_index()[0]]
        other = np.flatnonzero(by_row != by_row[heads][index])
        if other.size:
            here = int(other[0])
            raise ValueError(
                f"{_what(asked)}: rows of {name} {by_row[heads][index[here]]!r} and {by_row[here]!r} would be added up"
            )
        array = fact_array(name, len(result.series_index()[1]))
        array[:] = by_row[heads][result.series_index()[1]]
        facts[name] = array[0] if (array == array[0]).all() else array
        if name == "multiplier" and not isinstance(facts[name], np.ndarray):
            facts[name] = int(facts[name])
    return facts


def _what(asked: Asked) -> str:
    return "collapse" if asked.dims else "recode"
