"""Plain tables for terminals: columns that line up where characters are one, two or no cells wide."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Sequence

__all__ = ["aligned", "shown", "sparkline", "width"]

_BARS = "▁▂▃▄▅▆▇█"


def shown(text: str) -> str:
    r"""A text from a file as a terminal may see it: what would move the cursor or change colours is a blank.

    Examples
    --------
    >>> from indicia._tables import shown
    >>> shown("Shen\x1b[31mzhen\n"), shown("澳门")
    ('Shen [31mzhen ', '澳门')
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def width(text: str) -> int:
    """How many cells a text takes on a terminal: Chinese characters take two, combining marks none.

    Examples
    --------
    >>> from indicia._tables import width
    >>> width("Macao"), width("澳门"), width("é")
    (5, 4, 1)
    """
    if text.isascii():
        return len(text)
    cells = 0
    for character in text:
        if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
            continue
        cells += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return cells


def aligned(rows: Sequence[Sequence[str]], right: Collection[int] = (), gap: str = "  ") -> list[str]:
    """Rows as lines whose columns line up; the columns `right` to the right.

    Examples
    --------
    >>> from indicia._tables import aligned
    >>> aligned([["澳门", "1"], ["SZ", "23"]], right={1})
    ['澳门   1', 'SZ    23']
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = []
        for place, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            room = " " * (wide - width(cell))
            cells.append(room + cell if place in right else cell + room)
        lines.append(gap.join(cells).rstrip())
    return lines


def sparkline(values: Sequence[float]) -> str:
    """A line of bars, one cell per value; blank where there is none.

    Examples
    --------
    >>> from indicia._tables import sparkline
    >>> sparkline([1.0, 2.0, float("nan"), 4.0])
    '▁▃ █'
    """
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return " " * len(values)
    low, span = min(known), max(known) - min(known)
    steps = len(_BARS) - 1

    def bar(value: float) -> str:
        if not math.isfinite(value):
            return " "
        return _BARS[round((value - low) / span * steps)] if span else _BARS[steps // 2]

    return "".join(map(bar, values))
