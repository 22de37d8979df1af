"""The monitor on a page: growth as bars, levels as many small lines, and the whole table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from indicia._brief_show import grid, unit_text
from indicia._page_svg import Mark, Strip, bars, escaped, line, strips, tag
from indicia._targets_show import points_text
from indicia.brief import Brief, Row

if TYPE_CHECKING:
    from indicia._brief_deflators import Deflators
    from indicia._brief_targets import Aims
    from indicia._growth_bridge_show import Bridge

__all__ = ["aimed", "deflated", "monitor", "table"]

BARS, PANELS, ROWS = 40, 24, 1000  # as many members as a chart and a table have room for


def monitor(brief: Brief) -> tuple[list[str], list[str]]:
    """The head of the page, and its sections."""
    shown = grid(brief)
    title, *below = shown.title
    head = [
        tag("h1", escaped(title[:1].upper() + title[1:])),
        *(tag("p", escaped(text), class_="deck") for text in below),
    ]
    if lede := _lede(brief):
        head.append(tag("p", escaped(lede), class_="lede"))
    parts = []
    if any(math.isfinite(row.growth) for row in brief.rows):
        parts.append(_growth(brief))
    if bridges := _bridges(brief):
        parts.append(bridges)
    if len(brief.periods) > 1:
        parts.append(_histories(brief))
    columns = [(column.head, column.right) for column in shown.columns]
    classes = [_class(row) for row in brief.rows[:ROWS]]
    notes = list(shown.feet)
    if len(brief.rows) > ROWS:
        notes.append(f"the first {ROWS:,} of {len(brief.rows):,} members")
    name = next((i for i, column in enumerate(shown.columns) if not column.right), 0)
    name += len(columns) > name + 1 and not shown.columns[name + 1].head  # the label behind a code
    parts.append(
        tag(
            "section",
            tag("h2", "The figures"),
            table(columns, shown.cells[:ROWS], classes, heads=name),
            tag("ul", *(tag("li", escaped(text)) for text in notes), class_="notes plain"),
        )
    )
    return head, parts


def table(
    columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], classes: Sequence[str] = (), *, heads: int = 0,
    caption: str | None = None,
) -> str:  # fmt: skip
    """A table of plain texts; the column `heads` names its rows."""

    def cell(name: str, text: str, right: bool, scope: str | None = None) -> str:
        if right:
            text = " ".join("\N{MINUS SIGN}" + word[1:] if word.startswith("-") else word for word in text.split(" "))
        return (
            tag(name, escaped(text), class_="right" if right else None, scope=scope)
            if text
            else tag(name, "", scope=scope)
        )

    head = tag("tr", *(cell("th", text, right, "col") for text, right in columns))
    body = []
    for number, row in enumerate(rows):
        cells = [
            cell("th" if i == heads else "td", text, right, "row" if i == heads else None)
            for i, (text, (_, right)) in enumerate(zip(row, columns, strict=True))
        ]
        body.append(tag("tr", *cells, class_=(classes[number] or None) if classes else None))
    inside = [tag("caption", escaped(caption))] if caption else []
    return tag("div", tag("table", *inside, tag("thead", head), tag("tbody", *body)), class_="scroll")


def _class(row: Row) -> str:
    return "dim" if row.kind != "member" else "lead" if row.rank == 1 else ""


def _name(row: Row) -> str:
    return row.label or row.code


def _percent(value: float, digits: int = 2) -> str:
    return f"{100 * value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _level(row: Row) -> str:
    """A level in words that are read aloud: 3.68 trillion CNY."""
    value = row.level * 10.0**row.multiplier
    for power in (12, 9, 6):
        if abs(value) >= 10.0**power:
            return f"{_three(value / 10.0**power)} {unit_text(row.unit, power)}"
    return f"{_three(value)} {row.unit or ''}".rstrip()


def _three(value: float) -> str:
    """Three digits, more only before the mark."""
    return f"{value:,.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}".replace("-", "\N{MINUS SIGN}")


def _lede(brief: Brief) -> str:
    """What stands out, in a sentence or two."""
    known = [row for row in brief.rows if row.kind == "member" and math.isfinite(row.growth)]
    if not known:
        return ""
    first, last = known[0], known[-1]
    words = [f"{_name(first)} grew fastest in {brief.at}, by {_percent(first.growth)} %"]
    if first is not last:
        verb = "grew least, by" if last.growth >= 0 else "fell most, by"
        words.append(f"; {_name(last)} {verb} {_percent(abs(last.growth))} %")
    words.append(".")
    for whole in brief.totals:
        if math.isfinite(whole.growth) and len(whole.members) > 1:
            who = (
                whole.code
                or f"The {len(whole.members) - len(whole.absent)} members in {whole.unit or 'one unit'} together"
            )
            verb = "grew" if whole.growth >= 0 else "shrank"
            words.append(f" {who} {verb} by {_percent(abs(whole.growth))} %.")
            break
    return "".join(words)


def _growth(brief: Brief) -> str:
    known = [row for row in brief.rows if math.isfinite(row.growth)]
    rows = known[:BARS]
    marks = [Mark(_name(row), 100 * row.growth, _percent(row.growth), _class(row)) for row in rows]
    reference = None
    whole = next((t for t in brief.totals if math.isfinite(t.growth) and t.code is None and len(t.members) > 1), None)
    if whole is not None:
        reference = 100 * whole.growth, f"all in {whole.unit or 'one unit'} {_percent(whole.growth)}"
    on = "" if brief.base is None else f" on {brief.base}"
    nominal = ", in current prices" if brief.nominal else ""
    title = f"Growth of {len(rows)} members in {brief.at}{on}, per cent"
    said = "; ".join(f"{mark.label} {mark.text}" for mark in marks)
    chart = bars(marks, title, said, reference=reference)
    cut = f" The {BARS} that grew fastest of {len(known):,}." if len(known) > BARS else ""
    if absent := len(brief.rows) - len(known):
        cut += f" {absent:,} without a rate: the table says why."
    caption = tag("p", escaped(f"Per cent{on}{nominal}.{cut}"), class_="sub")
    parts = [tag("div", tag("h2", "Who grew"), caption, tag("figure", chart))]
    if any(math.isfinite(row.contribution) for row in brief.rows):
        parts.append(_contributions(brief))
    return tag("section", tag("div", *parts, class_="beside") if len(parts) > 1 else parts[0])


def _contributions(brief: Brief) -> str:
    adding = sorted((row for row in brief.rows if math.isfinite(row.contribution)), key=lambda row: -row.contribution)
    most = len(adding)
    if most > BARS:  # those that add most and those that take most away
        adding = sorted(
            sorted(adding, key=lambda row: -abs(row.contribution))[:BARS], key=lambda row: -row.contribution
        )
    marks = [Mark(_name(row), 100 * row.contribution, _percent(row.contribution), _class(row)) for row in adding]
    title = f"What members add to the growth of their total in {brief.at}, percentage points"
    chart = bars(marks, title, "; ".join(f"{mark.label} {mark.text}" for mark in marks))
    cut = f" The {BARS} largest of {most:,}." if most > BARS else ""
    sub = tag("p", f"Percentage points of the growth of all members in one unit.{cut}", class_="sub")
    return tag("div", tag("h2", "Who made the total grow"), sub, tag("figure", chart))


def _bridges(brief: Brief) -> str:
    """Waterfalls: a total's growth by people and output per head, and what changed since the year before."""
    whole = next((total for total in brief.totals if total.people is not None or total.change is not None), None)
    if whole is None:
        return ""
    who = f"all members in {whole.unit}" if whole.unit else "all members"
    parts = []
    if whole.people is not None:
        sub = f"Growth of {who} in {brief.at}, percentage points: each with what it did alone, and half of the rest."
        chart = _steps(whole.people, "effect", f"Growth of {who} by people and output per head")
        parts.append(_figure("People, and output per head", sub, chart))
    if whole.change is not None:
        sub = f"Growth of {who}, {brief.at} less {brief.base}, percentage points: own growth, and weight, of each."
        chart = _steps(whole.change, "component", f"Change of the growth of {who} since {brief.base}")
        parts.append(_figure(f"What changed since {brief.base}", sub, chart))
    return tag("section", tag("div", *parts, class_="beside") if len(parts) > 1 else parts[0])


def _figure(heading: str, sub: str, chart: str) -> str:
    return tag("div", tag("h2", escaped(heading)), tag("p", escaped(sub), class_="sub"), tag("figure", chart))


def _steps(bridge: Bridge, by: str, title: str) -> str:
    """The parts of a bridge as bars, the largest first, the whole last."""
    *parts, last = bridge.steps(by, most=BARS)
    scale = 100.0 if bridge.of == "level" else 1.0  # a change of a rate is a fraction
    parts.sort(key=lambda step: -abs(step.value))
    marks = [Mark(step.name, scale * step.value, _percent(scale * step.value / 100)) for step in parts]
    marks.append(Mark("Together", scale * last.value, _percent(scale * last.value / 100), "lead"))
    return bars(marks, title, "; ".join(f"{mark.label} {mark.text}" for mark in marks))


def _histories(brief: Brief) -> str:
    """Small multiples: every member before all others, as an index where all figures are above zero."""
    rows = [row for row in brief.rows if any(math.isfinite(value) for value in row.history)]
    drawn = rows[:PANELS]
    indexed = all(value > 0 for row in drawn for value in row.history if math.isfinite(value))
    lines = {row.code: _indexed(row.history) if indexed else list(row.history) for row in drawn}
    values = [value for history in lines.values() for value in history if math.isfinite(value)]
    if not values:
        return ""
    low, high = min(values), max(values)
    feet = str(brief.periods[0]), str(brief.periods[-1])
    panels = []
    for row in drawn:
        history = lines[row.code]
        level = _level(row) if math.isfinite(row.level) else "unknown"
        others = [other for code, other in lines.items() if code != row.code]
        said = ", ".join(
            f"{period} {value:,.0f}"
            for period, value in zip(brief.periods, history, strict=True)
            if math.isfinite(value)
        )
        chart = line(history, others, (low, high), f"{_name(row)}, {feet[0]} to {feet[1]}", said, foot=feet,
                     base=100.0 if indexed else None)  # fmt: skip
        name = tag("p", escaped(_name(row)), class_="panel-name")
        panels.append(tag("div", name, chart, tag("p", escaped(level), class_="sub"), class_="whole"))
    scale = (
        f"Index, first year = 100, all on one scale; the level of {brief.at} below" if indexed else "All on one scale"
    )
    cut = f"; {PANELS} of {len(rows):,} members" if len(rows) > PANELS else ""
    sub = tag("p", escaped(f"{scale}{cut}. In grey: the others."), class_="sub")
    first, last = brief.periods[0], brief.periods[-1]
    panel_rows = tag("div", *panels, class_="panels")
    return tag("section", tag("h2", escaped(f"From {first} to {last}")), sub, panel_rows)


def _indexed(history: Sequence[float]) -> list[float]:
    first = next((value for value in history if math.isfinite(value)), math.nan)
    return [100 * value / first for value in history]


def aimed(targets: Aims) -> str:
    """Targets: what was met, what the rest of a year had to bring, and from which base."""
    return tag("section", tag("h2", escaped(targets.title)), *_tables(targets))


def deflated(deflators: Deflators) -> str:
    """Deflators: what growth leaves of them beside other prices, as intervals, and the spells in which they fell."""
    rows = []
    for one in deflators.rows:
        for name, x in (("deflator", one.rate), ("consumer prices", one.consumer), ("producer prices", one.producer)):
            if not x.known:
                continue
            low, high = 100 * float(x.low), 100 * float(x.high)
            kind = "implied" if name == "deflator" else "published"
            head = f"{one.place}, {one.period}" if name == "deflator" else ""
            text = points_text(x).replace("-", "\N{MINUS SIGN}")
            rows.append(Strip(f"{head}: {name}" if head else name, low, high, text, kind))
    title = "Deflators of GDP beside consumer and producer prices, per cent on the year before"
    said = "; ".join(f"{row.label} {row.text}" for row in rows)
    chart = strips(rows, title, said, band=(0.0, 0.0, "no change"))
    sub = "Per cent on the year before. In outline what growth leaves of the deflator; filled, prices as published."
    figure = tag("div", tag("p", sub, class_="sub"), tag("figure", chart), class_="wide")
    head = tag("h2", escaped(deflators.title))
    return tag("section", head, tag("div", figure, class_="charts"), *_tables(deflators))


def _tables(told: Aims | Deflators) -> list[str]:
    """All tables of a section, each with its notes; the sources last."""
    parts = []
    for number, shown in enumerate(told.tables()):
        if number:
            parts.append(tag("h3", escaped(shown.title)))
        parts.append(table(list(zip(shown.head, shown.right, strict=True)), shown.rows))
        if shown.notes:
            parts.append(tag("ul", *(tag("li", escaped(text)) for text in shown.notes), class_="notes plain"))
    parts.append(tag("p", escaped(f"Sources: {'; '.join(told.sources)}."), class_="sub"))
    return parts
