"""The slow, obvious twin of the reader of tables, told what the columns are."""

from __future__ import annotations

import csv
import io

EMPTY = {"", "-", "--", ":", "NA", "n/a", "NaN", "null"}


def figure(text: str, decimal: str, thousands: str) -> float | None:
    """A cell's figure, None where it is missing."""
    text = text.strip()
    if text in EMPTY:
        return None
    return float(text.replace(thousands, "").replace(decimal, ".") if thousands else text.replace(decimal, "."))


def rows(data: bytes, separator: str) -> list[dict[str, str]]:
    """The rows by the names of the columns, up to the first that is not as long as the head."""
    head, *body = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=separator))
    kept = []
    for row in body:
        if len(row) != len(head):
            break
        kept.append(dict(zip(head, row, strict=True)))
    return kept


def long(
    data: bytes, *, separator: str, decimal: str, thousands: str, dims: list[str], time: str, measures: list[str]
) -> dict[tuple[str, ...], float]:
    """Figures by codes, measure and period."""
    cells = {}
    for row in rows(data, separator):
        for measure in measures:
            value = figure(row[measure], decimal, thousands)
            if value is not None:
                cells[(*(row[dim] for dim in dims), measure, row[time])] = value
    return cells


def wide(data: bytes, *, separator: str, decimal: str, thousands: str, dims: list[str]) -> dict[tuple[str, ...], float]:
    """Figures by codes and period: all other columns are periods."""
    cells = {}
    for row in rows(data, separator):
        for name, cell in row.items():
            value = None if name in dims else figure(cell, decimal, thousands)
            if value is not None:
                cells[(*(row[dim].strip() for dim in dims), name)] = value
    return cells
