"""Reports on targets: a table with a title and notes, as text, in a notebook and for pandas."""

from __future__ import annotations

import html
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from indicia._interval import Interval
from indicia._tables import aligned, shown

__all__ = ["Report", "Table", "cells_of", "percent_text", "points_text"]

MANY = 60  # rows that are shown


class Table(NamedTuple):
    """What a report shows."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[bool]
    notes: Sequence[str]


class Report:
    """What has a table or several: it prints as text, and shows itself in a notebook."""

    __slots__ = ()

    def _table(self) -> Table:
        raise NotImplementedError

    def _tables(self) -> list[Table]:
        return [self._table()]

    def __str__(self) -> str:
        return "\n\n".join(_text_of(table) for table in self._tables())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(_markup_of(table) for table in self._tables())


def _text_of(table: Table) -> str:
    lines = [table.title]
    if table.rows:
        places = {i for i, right in enumerate(table.right) if right}
        lines += ["", *aligned([table.head, *table.rows], places)]
    return "\n".join(shown(line) for line in [*lines, *([""] if table.notes else []), *table.notes])


def _markup_of(table: Table) -> str:
    def row(tag: str, cells: Sequence[str]) -> str:
        styled = (
            f'<{tag} style="text-align:{"right" if right else "left"}">{html.escape(shown(text))}</{tag}>'
            for text, right in zip(cells, table.right, strict=True)
        )
        return f"<tr>{''.join(styled)}</tr>"

    body = "".join(row("td", cells) for cells in table.rows)
    grid = f"<table><thead>{row('th', table.head)}</thead><tbody>{body}</tbody></table>" if table.rows else ""
    notes = "".join(f"<li>{html.escape(shown(text))}</li>" for text in table.notes)
    return f"<p><b>{html.escape(shown(table.title))}</b></p>{grid}" + (f"<ul>{notes}</ul>" if notes else "")


def percent_text(value: float, digits: int = 2) -> str:
    """A fraction in per cent; an empty text for NaN."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "-inf" if value < 0 else "inf"
    text = f"{100 * value:,.{digits}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def points_text(x: Interval, digits: int = 2, scale: float = 100.0) -> str:
    """An interval in points, or one figure where its ends are the same when printed."""
    low, high = float(x.low) * scale, float(x.high) * scale
    if math.isnan(low):
        return ""
    ends = [f"{end:+,.{digits}f}" if math.isfinite(end) else f"{end:+}" for end in (low, high)]
    ends = [text.lstrip("+-") if not text.strip("+-0.,") else text for text in ends]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def cells_of(given: Any) -> tuple[list[str] | None, list[Any]]:
    """The cells of what is one-dimensional, and their names if they have any."""
    if isinstance(given, Mapping):
        return [str(key) for key in given], list(given.values())
    if isinstance(given, Interval):
        return None, list(_intervals(given))
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(given, pd.Series):
        names = [", ".join(map(str, k)) if isinstance(k, tuple) else str(k) for k in given.index]
        return names, given.astype(object).where(given.notna(), None).tolist()
    if hasattr(given, "codes") and hasattr(given, "dims"):  # a cube
        if given.values.ndim != 1:
            raise ValueError(
                f"a cube of the dimensions {', '.join(given.dims)}: needed is one; sel() a code of the others"
            )
        dim = given.dims[0]
        names = given.time.to_text().tolist() if dim == "time" and given.time is not None else given.codes[dim]
        return list(map(str, names)), given.values.tolist()
    if hasattr(given, "dims") and hasattr(given, "coords"):  # xarray
        if given.ndim != 1:
            raise ValueError(f"an array of the dimensions {', '.join(map(str, given.dims))}: needed is one")
        dim = given.dims[0]
        labels = given.coords[dim].values.tolist() if dim in given.coords else None
        return None if labels is None else list(map(str, labels)), given.values.tolist()
    if hasattr(given, "to_list"):  # polars
        return None, given.to_list()
    if isinstance(given, np.ndarray | list | tuple):
        if np.ndim(np.asarray(given, dtype=object)) > 1:
            raise ValueError(f"needed is one figure for each part, got an array of shape {np.shape(given)}")
        return None, list(given)
    return None, [given]


def _intervals(given: Interval) -> Iterator[Interval]:
    if len(given.shape) > 1:
        raise ValueError(f"needed is one interval for each part, got intervals of shape {given.shape}")
    return iter(given) if given.shape else iter([given])


def matched(first: tuple[list[str] | None, list[Any]], other: Any, what: str, names: str) -> list[Any]:
    """Cells of another argument in the order of the first: by name where both have names, else by place."""
    labels, cells = cells_of(other)
    if first[0] is not None and labels is not None:
        lacking = [name for name in first[0] if name not in labels]
        beyond = [name for name in labels if name not in first[0]]
        if lacking or beyond:
            told = [
                f"{word} {', '.join(d[:5])}" for word, d in ((f"{what} lack", lacking), (f"{names} lack", beyond)) if d
            ]
            raise ValueError(f"names differ: {'; '.join(told)}")
        by = dict(zip(labels, cells, strict=True))
        return [by[name] for name in first[0]]
    if len(cells) == 1 and not isinstance(other, list | tuple | np.ndarray | Mapping):
        return cells * len(first[1])
    if len(cells) != len(first[1]):
        raise ValueError(f"{len(first[1])} {names} and {len(cells)} {what}: needed is one for each")
    return cells
