"""A Brief as a table: on a terminal with rich or without, and in a notebook."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from indicia._brief_aimed import Aim
from indicia._brief_bridge import bridge_texts
from indicia._tables import aligned, shown, sparkline, width
from indicia._targets_show import percent_text, points_text
from indicia.brief import MEASURES, Brief, Row, Total, own_flags
from indicia.flags import Flag
from indicia.numbers import format_numbers

__all__ = ["bars", "grid", "print_rich", "to_html", "to_text"]

LETTERS: dict[Flag, str] = {
    **{Flag.BREAK: "b", Flag.DEFINITION_DIFFERS: "d", Flag.ESTIMATED: "e", Flag.FORECAST: "f", Flag.IMPUTED: "i"},
    **{Flag.PROVISIONAL: "p", Flag.REVISED: "r", Flag.LOW_RELIABILITY: "u", Flag.NOT_SIGNIFICANT: "n"},
    **{Flag.CONFIDENTIAL: "c", Flag.EXPERIMENTAL: "G", Flag.DEROGATION: "J", Flag.INCLUDED_ELSEWHERE: "K"},
    **{Flag.INCLUDES_OTHER: "W", Flag.UNVALIDATED: "V", Flag.STRIKE: "S", Flag.NOT_AVAILABLE: "O"},
    **{Flag.NOT_APPLICABLE: "M", Flag.NOT_COLLECTED: "L", Flag.SUPPRESSED: "Q", Flag.PARTIAL: "*"},
}
POWERS = {
    0: "",
    2: "hundred",
    3: "thousand",
    4: "10 thousand",
    6: "million",
    8: "100 million",
    9: "billion",
    12: "trillion",
}
FREQ_WORDS = {"A": "annual", "S": "half-yearly", "Q": "quarterly", "M": "monthly", "W": "weekly", "D": "daily"}


@dataclass(frozen=True)
class Column:
    """One column of the table: its head, the measure it shows, and how."""

    head: str
    measure: str  # a figure, whose absence Row.missing explains; or a word for what may be left out
    cell: Callable[[Row], str]
    right: bool = True


@dataclass(frozen=True)
class Grid:
    """The table in texts: what all three forms show."""

    title: list[str]
    columns: list[Column]
    cells: list[list[str]]
    feet: list[str]


def unit_text(unit: str | None, multiplier: int) -> str:
    """``100 million CNY``."""
    power = POWERS.get(multiplier, f"10^{multiplier}")
    return " ".join(word for word in (power, unit or "") if word)


def _percent(value: float, digits: int = 2) -> str:
    text = f"{100 * value:,.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


def level_text(value: float, decimals: int) -> str:
    """A figure with so many digits after the mark, six at most."""
    return f"{value:,.{min(decimals, 6)}f}"


def _digits(values: Iterable[float]) -> int:
    """After the mark, where the source doesn't tell: as many as the figures have, but two at most."""
    texts = [str(text) for text in format_numbers(list(values))]
    return max((min(len(text.partition(".")[2]), 2) for text in texts if "e" not in text), default=0)


def _head_text(value: float) -> str:
    size = abs(value)
    return f"{value:,.0f}" if size >= 1000 else f"{value:,.{3 if size < 1 else 1}f}"


def grid(brief: Brief) -> Grid:
    """The table of a brief, its title, and what stands below it."""
    rows = brief.rows
    units = {(row.unit, row.multiplier) for row in rows}
    columns = [Column("#", "", _rank_text)]
    named = any(row.label and row.label != row.code for row in rows)
    columns.append(Column(shown(brief.by), "code" if named else "", lambda row: row.code, right=False))
    if named:
        columns.append(Column("", "", lambda row: row.label, right=False))
    digits = _digits(row.level for row in rows if row.decimals is None)
    columns.append(Column(str(brief.at), "level", lambda row: level_text(row.level, _known(row.decimals, digits))))
    powers = {power for _, power in units}
    if len(units) > 1:
        apart = len(powers) > 1
        columns.append(Column("unit", "", lambda row: unit_text(row.unit, row.multiplier if apart else 0), right=False))
    columns.append(Column("growth %", "growth", lambda row: _percent(row.growth)))
    if any(not math.isnan(row.base) for row in rows):
        columns.append(Column("base pp", "", lambda row: percent_text(row.base)))
    columns.append(Column(f"{brief.years}-year %", "average", lambda row: _percent(row.average)))
    if any(not math.isnan(row.share) for row in rows):
        columns.append(Column("share %", "share", lambda row: _percent(row.share, 1)))
        columns.append(Column("adds pp", "contribution", lambda row: _percent(row.contribution)))
    columns.append(Column("gap pp", "gap", lambda row: _percent(row.gap)))
    columns += _aim_columns(rows)
    if any(not math.isnan(row.per_head) for row in rows):
        columns.append(Column("per head", "per_head", lambda row: _head_text(row.per_head)))
    if any(_shown_flags(row) for row in rows):
        columns.append(Column("flags", "flags", lambda row: letters(_shown_flags(row)), right=False))
    reasons: dict[str, int] = {}
    cells = [[shown(_cell(row, column, reasons)) for column in columns] for row in rows]
    title, feet = _title(brief, units), _feet(brief, columns, reasons)
    return Grid(list(map(shown, title)), columns, cells, list(map(shown, feet)))


def _aim_columns(rows: Sequence[Row]) -> list[Column]:
    aims = [row.aim for row in rows if row.aim is not None]
    if not aims:
        return []

    def of(tell: Callable[[Aim], str]) -> Callable[[Row], str]:
        return lambda row: "" if row.aim is None else tell(row.aim)

    columns = [Column("target", "", of(lambda aim: aim.target.said))]
    if aims[0].left:
        columns.append(Column("so far %", "", of(lambda aim: points_text(aim.so_far).replace("+", ""))))
        columns.append(Column("rest needs %", "", of(lambda aim: percent_text(aim.required))))
        if any(aim.years for aim in aims):
            columns.append(Column("less in", "", of(_years_text)))
        return columns
    columns.append(Column("off pp", "", of(lambda aim: points_text(aim.gap))))
    columns.append(Column("met", "", of(lambda aim: aim.met.name.lower()), right=False))
    return columns


def _years_text(aim: Aim) -> str:
    return "" if math.isnan(aim.percentile) else f"{round(aim.percentile * aim.years, 1):g} of {aim.years}"


def _aim_feet(rows: Sequence[Row]) -> list[str]:
    aims = [row.aim for row in rows if row.aim is not None]
    if not aims:
        return []
    if not aims[0].left:
        return ["target: of the growth of the year; off: by how much it was missed (-) or passed (+)"]
    left = aims[0].left
    rest = "the period that is left" if left == 1 else f"the {left} periods that are left"
    feet = [f"so far: the year to date on the same of the year before; rest: {rest}"]
    if any(aim.years for aim in aims):
        feet.append("less in: earlier years whose same part grew by less than is needed")
    return feet


def _rank_text(row: Row) -> str:
    if row.rank is None:
        return ""
    if row.places is None or row.places[0] == row.places[1]:
        return str(row.rank)
    return f"{row.places[0]}-{row.places[1]}"


def _cell(row: Row, column: Column, reasons: dict[str, int]) -> str:
    measure = column.measure
    if measure in MEASURES and math.isnan(getattr(row, measure)):
        reason = row.missing.get(measure)
        return f":[{reasons.setdefault(reason, len(reasons) + 1)}]" if reason else ""
    return column.cell(row)


def _shown_flags(row: Row) -> Flag:
    """Those that no footnote says already."""
    return own_flags(row) & ~Flag.UNDEFINED


def _known(decimals: int | None, otherwise: int) -> int:
    return otherwise if decimals is None else decimals


def letters(bits: Flag) -> str:
    """The letters of flags, and a name where there is no letter."""
    known = "".join(letter for flag, letter in LETTERS.items() if bits & flag)
    named = [str(flag.name).lower() for flag in Flag if bits & flag and flag not in LETTERS]
    return " ".join(word for word in (known, *named) if word)


def _title(brief: Brief, units: set[tuple[str | None, int]]) -> list[str]:
    head = brief.title or f"by {brief.by}"
    words = [FREQ_WORDS.get(brief.at.freq, brief.at.freq)]
    names, powers = {unit for unit, _ in units}, {power for _, power in units}
    if len(powers) == 1 and (unit := unit_text(names.pop() if len(names) == 1 else None, powers.pop())):
        words.insert(0, unit)
    if brief.base is not None:
        words.append(f"growth on {brief.base}" + (", nominal, in own currency" if brief.nominal else ""))
    if brief.since is not None:
        words.append(f"{brief.years}-year: average per year since {brief.since}")
    return [f"{head}, {brief.at}", "; ".join(words)]


def _feet(brief: Brief, columns: list[Column], reasons: dict[str, int]) -> list[str]:
    feet = [text for total in brief.totals for text in (_total_text(brief, total), *bridge_texts(brief, total))]
    if any(column.measure == "share" for column in columns):
        feet.append(
            "share of, and percentage points added to the growth of, the total of the members with the same unit"
        )
    if any(column.measure == "gap" for column in columns) and brief.leader is not None:
        feet.append(f"gap: to the growth of {brief.leader.label or brief.leader.code}, the leader")
    if any(row.places is not None and row.places[0] != row.places[1] for row in brief.rows):
        feet.append("#: from the best to the worst rank that growth can have, given that levels are rounded")
    if any(not math.isnan(row.base) for row in brief.rows):
        feet.append(
            "base: what the year before did to growth since the period before, percentage points; below 0: a high base"
        )
    feet += _aim_feet(brief.rows)
    feet += [f"[{number}] {reason}" for reason, number in reasons.items()]
    bits = Flag(0)
    for row in brief.rows:
        bits |= _shown_flags(row)
    if bits:
        feet.append("flags: " + "; ".join(f"{letters(flag)} {flag.text}" for flag in Flag if bits & flag))
    feet += [f"note: {note}" for note in brief.notes]
    feet += [f"chosen: {choice}" for choice in brief.choices]
    if brief.source:
        feet.append(f"source: {brief.source}")
    return feet


def _total_text(brief: Brief, total: Total) -> str:
    whose = total.code if total.code is not None else f"total of {len(total.members) - len(total.absent)}"
    if total.code is None:
        whose += " members"
    words = [
        f"{whose}: {level_text(total.level, _digits([total.level]))} {unit_text(total.unit, total.multiplier)}".rstrip()
    ]
    if not math.isnan(total.growth):
        words.append(f"growth {_percent(total.growth)} %")
    if not math.isnan(total.average):
        words.append(f"{_percent(total.average)} % a year since {brief.since}")
    return ", ".join(words)


# ---- the three forms ------------------------------------------------------------------------------------------------


def to_text(brief: Brief) -> str:
    """Aligned plain text."""
    table = grid(brief)
    rows = [[column.head for column in table.columns], *table.cells]
    right = {place for place, column in enumerate(table.columns) if column.right}
    return "\n".join([*table.title, "", *aligned(rows, right), "", *table.feet])


def to_html(brief: Brief) -> str:
    """A table for notebooks; everything that comes from the data is escaped."""
    table = grid(brief)

    def cell(tag: str, text: str, right: bool) -> str:
        return f'<{tag} style="text-align:{"right" if right else "left"}">{html.escape(text)}</{tag}>'

    sides = [column.right for column in table.columns]
    head = "".join(cell("th", column.head, column.right) for column in table.columns)
    body = "".join(
        "<tr>" + "".join(cell("td", text, right) for text, right in zip(row, sides, strict=True)) + "</tr>"
        for row in table.cells
    )
    title, *below = (html.escape(text) for text in table.title)
    caption = f"<p><b>{title}</b>" + "".join(f"<br>{text}" for text in below) + "</p>"
    feet = "".join(f"<li>{html.escape(text)}</li>" for text in table.feet)
    return f"{caption}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><ul>{feet}</ul>"


def print_rich(brief: Brief, file: Any) -> bool:
    """A table with a line of bars per member, if rich is installed; whether it is."""
    try:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ImportError:
        return False
    console = Console(file=file, highlight=False, soft_wrap=True)
    table = grid(brief)
    spark = len(brief.periods) > 1 and _utf8(file)
    kept, room = _fitting(table, console.width)
    spark = spark and room >= 2 + max(len(brief.periods), len(f"{brief.periods[0]} on"))
    printed = Table(title=Text("\n".join(table.title)), title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in kept:
        printed.add_column(Text(column.head), justify="right" if column.right else "left", no_wrap=True)
    if spark:
        printed.add_column(Text(f"{brief.periods[0]} on"), no_wrap=True)
    for row, cells in zip(brief.rows, table.cells, strict=True):
        style = "green" if row.growth > 0 else "red" if row.growth < 0 else ""
        texts = [
            Text(cell, style=style if column.measure == "growth" else "")
            for cell, column in zip(cells, table.columns, strict=True)
            if column in kept
        ]
        if spark:
            texts.append(Text(sparkline(row.history), style="cyan"))
        printed.add_row(*texts, style="bold" if row.rank == 1 else "" if row.kind == "member" else "dim")
    console.print(printed, crop=False)
    console.print()
    left_out = [column.head for column in table.columns if column not in kept]
    if left_out:
        table.feet.append(f"a wider terminal also shows: {', '.join(left_out)}")
    for text in table.feet:
        console.print(Text(text, style="dim"))
    return True


def _fitting(table: Grid, most: int) -> tuple[list[Column], int]:
    """The columns that a terminal has room for, and how many cells are left; the gap and the codes go first."""

    def needed(columns: list[Column]) -> int:
        places = [place for place, column in enumerate(table.columns) if column in columns]
        widths = [
            max(width(text) for text in (table.columns[i].head, *(row[i] for row in table.cells))) for i in places
        ]
        return sum(widths) + 2 * len(widths)

    kept = list(table.columns)
    for measure in ("gap", "code", "flags", "contribution"):
        if needed(kept) <= most:
            break
        kept = [column for column in kept if column.measure != measure]
    return kept, most - needed(kept)


def _utf8(file: Any) -> bool:
    """Whether a line of bars can be written; a file in memory has no encoding."""
    return (getattr(file, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def bars(brief: Brief, room: int) -> str:
    """The growth of every member as a bar, to the left of the axis where it falls; `room` cells wide."""
    rows = [row for row in brief.rows if not math.isnan(row.growth)]
    if not rows:
        return ""
    rates = [_percent(row.growth) for row in rows]
    names = aligned([[shown(row.label or row.code), rate] for row, rate in zip(rows, rates, strict=True)], right={1})
    low, high = min(0.0, *(row.growth for row in rows)), max(0.0, *(row.growth for row in rows))
    cells = max(10, room - max(map(width, names)) - 3)
    scale = cells / (high - low) if high > low else 0.0
    left = round(-low * scale)
    lines = [f"growth, %, {brief.at}"]
    for name, row in zip(names, rows, strict=True):
        long = round(abs(row.growth) * scale)
        fall, rise = ("█" * min(long, left), "") if row.growth < 0 else ("", "█" * long)
        lines.append(f"{name}  {' ' * (left - len(fall))}{fall}│{rise}")
    return "\n".join(lines)
