"""An audit of a ledger as text and as HTML: claim, verdict, numbers; what was assumed; what can't all be true."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from indicia._ledger_audit import Figure, Finding, Implied, LedgerAudit, QuantityFound
from indicia._ledger_words import choice_text, exact_text, off_text, span_text
from indicia._tables import aligned, shown
from indicia.audit import Verdict

__all__ = ["figure_cells", "implied_lines", "print_rich", "to_html", "to_text"]

_ROOM: Final = 14  # of a verdict
_WIDTH: Final = 100
_STYLES: Final = {"CERTAIN": "bold green", "POSSIBLE": "bold yellow", "CONTRADICTED": "bold red", "UNKNOWN": "bold dim"}


def figure_cells(figure: Figure, *, implied: bool, behind: bool = False) -> list[str]:
    """One quantity: its key, what was said, what that stands for, what the others imply, by how much it is off."""
    version, unit = figure.version, figure.version.unit
    said = [version.said or "-", *(["FORECAST"] if "FORECAST" in version.flags else [])]
    if figure.published is not None:
        stands = span_text(figure.published, unit)
    elif figure.elsewhere is not None:
        stands = f"elsewhere {span_text(figure.elsewhere, unit, published=False)}"
    else:
        stands = version.why or "no figure"
    cells = [f"{'· ' if behind else ''}{figure.key}", " ".join(said), stands]
    if implied and figure.implied is not None and not figure.implied.unbounded:
        cells.append(f"implied {span_text(figure.implied, published=False)}")
        if figure.gap:
            cells.append(off_text(figure.gap, figure.distance))
    return cells + [""] * (5 - len(cells))


def implied_lines(quantity: QuantityFound) -> Iterator[str]:
    """What identities imply for a quantity without a figure."""
    by_span: dict[str, list[Implied]] = {}
    for implied in quantity.implied:
        text = span_text(implied.span, quantity.unit, published=False, decimals=implied.decimals)
        by_span.setdefault(text + exact_text(implied.span), []).append(implied)
    for text, many in by_span.items():
        where = choices_text([(i.alternatives, i.reading) for i in many])
        assumed = ", ".join(dict.fromkeys(key for implied in many for key in implied.assumptions))
        notes = [where] if where and len(by_span) > 1 else []
        notes += [f"assuming {assumed}"] if assumed else []
        yield text + (f"  [{'; '.join(notes)}]" if notes else "")


def choices_text(choices: Sequence[tuple[Mapping[str, str], str | None]]) -> str:
    """For which alternatives and readings something is so; those that differ in one quantity are put together."""
    if not choices:
        return ""
    keys = list(choices[0][0])
    several = {key: {chosen.get(key, "") for chosen, _ in choices} for key in keys}
    readings = list(dict.fromkeys(reading for _, reading in choices))
    whole = math.prod(map(len, several.values())) * len(readings)
    if whole != len(choices) or any(list(chosen) != keys for chosen, _ in choices):
        return " | ".join(filter(None, (choice_text(*choice) for choice in choices)))
    names = {key: " or ".join(dict.fromkeys(chosen[key] for chosen, _ in choices)) for key in keys}
    words = choice_text(names, readings[0] if len(readings) == 1 else None)
    return words if len(readings) == 1 else "; ".join(filter(None, (words, "either reading")))


def summary(audit: LedgerAudit) -> str:
    """How many claims have which verdict."""
    counts = {verdict: n for verdict, n in audit.count().items() if n}
    relations = len({finding.key for finding in audit.findings if finding.kind == "claim"})
    told = ", ".join(f"{n:,} {verdict.name.lower()}" for verdict, n in counts.items()) or "nothing judged"
    judged = sum(counts.values())
    claims = f"{relations:,} claim{'' if relations == 1 else 's'}"
    return f"{claims}: {told}" if judged == relations else f"{claims} in {judged:,} readings and alternatives: {told}"


def _figures(finding: Finding) -> list[list[str]]:
    """The cells of a finding's quantities."""
    off = finding.verdict == Verdict.CONTRADICTED
    equation = "=" in finding.holds.replace("<=", "").replace(">=", "")
    rows = [figure_cells(figure, implied=off or equation) for figure in finding.figures]
    return rows + [figure_cells(figure, implied=True, behind=True) for figure in finding.behind]


def to_text(audit: LedgerAudit) -> str:
    """The report as plain text."""
    lines = [audit.title or "Audit of a ledger"]
    if audit.path:
        lines.append(audit.path)
    if audit.note:
        lines += textwrap.wrap(audit.note, _WIDTH)
    lines += [summary(audit), ""]
    claims = [f for f in audit.findings if f.kind == "claim" or f.verdict in (Verdict.CONTRADICTED, Verdict.UNKNOWN)]
    section = ""
    for _, group in groupby(claims, key=lambda finding: finding.key):
        findings = list(group)
        if findings[0].section != section:
            section = findings[0].section
            lines += [section, "-" * len(section), ""] if section else []
        lines += [*_claim(findings), ""]
    implied = [q for q in audit.quantities.values() if q.implied]
    if implied:
        lines.append("Implied, where nothing was published")
        for quantity in implied:
            told = list(implied_lines(quantity))
            name = quantity.label if quantity.label == quantity.key else f"{quantity.label} ({quantity.key})"
            lines.append(f"  {name}: {told[0]}")
            lines += [f"  {' ' * len(name)}  {text}" for text in told[1:]]
        lines.append("")
    lines += _glossary(audit)
    if audit.assumptions:
        lines.append("Assumed")
        for key, taken in audit.assumptions.items():
            bridges = f" Bridges {', '.join(taken.bridges)}." if taken.bridges else ""
            lines.append(f"  {key}: {taken.text}{bridges}{'' if taken.made else ' NOT MADE.'}")
        lines.append("")
    for n, conflict in enumerate(audit.conflicts, 1):
        head = f"Conflict {n}: these can't all be true"
        where = choices_text(conflict.choices)
        lines.append(head + (f"  [{where}]" if where else ""))
        lines += [f"  - {words}" for words in conflict.words]
        if conflict.assumptions:
            lines.append(f"  assumed: {', '.join(conflict.assumptions)}")
        lines.append("")
    if audit.sources:
        lines.append("Sources")
        for key, source in audit.sources.items():
            lines.append(f"  {key}: {source}" + (f", {source.url}" if source.url else ""))
        lines.append("")
    lines += [f"note: {note}" for note in audit.notes]
    return "\n".join(shown(line).rstrip() for line in lines).rstrip()


def _glossary(audit: LedgerAudit) -> list[str]:
    """What the keys mean, where that is said."""
    rows = []
    for quantity in audit.quantities.values():
        versions = list(quantity.versions.values())
        words = dict.fromkeys(text for v in versions for text in (v.place, v.period))
        facts = [text for text in words if text and text not in quantity.label]
        sources = dict.fromkeys(v.source for v in versions if v.source)
        label = [] if quantity.label == quantity.key else [quantity.label]
        if label or facts or sources:
            rows.append([quantity.key, ", ".join([*label, *facts]), ", ".join(sources)])
    return ["Quantities", *(f"  {line}" for line in aligned(rows)), ""] if rows else []


def _claim(findings: list[Finding]) -> list[str]:
    """One relation with its verdicts; those that agree in all that is told are put together."""
    first = findings[0]
    pad = " " * _ROOM
    lines = []
    formula = [] if first.holds == first.says else [f"{pad}{first.holds}"]
    alike: dict[tuple[Verdict, str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.verdict, finding.reason, repr(_figures(finding))), []).append(finding)
    for (verdict, reason, _), many in alike.items():
        where = choices_text([(finding.alternatives, finding.reading) for finding in many])
        head = f"{verdict.name:<{_ROOM}}"
        if len(alike) == 1:
            lines += [f"{head}{first.says}", *formula, *([f"{pad}{where}"] if where else [])]
        else:
            if many[0] is first:
                lines += [f"{pad}{first.says}", *formula]
            lines.append(f"{head}{where}")
        if reason:
            lines.append(f"{pad}{reason}")
        lines += [f"{pad}  {line}" for line in aligned(_figures(many[0]))]
    assumptions = dict.fromkeys(key for finding in findings for key in finding.assumptions)
    if assumptions:
        lines.append(f"{pad}assumed: {', '.join(assumptions)}")
    return lines


def print_rich(audit: LedgerAudit, file: Any) -> bool:
    """The report with verdicts in colour, if rich is installed; whether it is."""
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:
        return False
    console = Console(file=file, highlight=False, soft_wrap=True)
    for line in to_text(audit).split("\n"):
        text = Text(line)
        word = line.partition(" ")[0]
        if word in _STYLES:
            text.stylize(_STYLES[word], 0, len(word))
        elif line.startswith("  " * 8) or line.startswith("-"):
            text.stylize("dim")
        console.print(text, crop=False)
    return True


# ---- HTML --------------------------------------------------------------------------------------------------------

_COLOURS: Final = {
    Verdict.CERTAIN: "#2e7d32",
    Verdict.POSSIBLE: "#8d6e00",
    Verdict.CONTRADICTED: "#c62828",
    Verdict.UNKNOWN: "#757575",
}


def to_html(audit: LedgerAudit) -> str:
    """A table for notebooks; everything that comes from the ledger is escaped."""
    rows = []
    for finding in audit.findings:
        if finding.kind == "identity" and finding.verdict == Verdict.CERTAIN:
            continue
        style = f"color:{_COLOURS[finding.verdict]};font-weight:bold;text-align:left"
        where = choice_text(finding.alternatives, finding.reading)
        claim = [f"<b>{_escaped(finding.says)}</b>"]
        claim += [f"<code>{_escaped(finding.holds)}</code>"] if finding.holds != finding.says else []
        claim += [_escaped(where)] if where else []
        told = [_escaped(finding.reason)] if finding.reason else []
        told += [_escaped("; ".join(filter(None, cells))) for cells in _figures(finding)]
        if finding.assumptions:
            told.append(f"assumed: {_escaped(', '.join(finding.assumptions))}")
        rows.append(
            f'<tr><td style="{style}">{finding.verdict.name}</td>'
            f'<td style="text-align:left">{"<br>".join(claim)}</td>'
            f'<td style="text-align:left">{"<br>".join(told)}</td></tr>'
        )
    items = [
        f"<li>implied: {_escaped(quantity.label)}: {_escaped(' / '.join(implied_lines(quantity)))}</li>"
        for quantity in audit.quantities.values()
        if quantity.implied
    ]
    items += [
        f"<li>{'assumed' if taken.made else 'not assumed'} ({_escaped(key)}): {_escaped(taken.text)}</li>"
        for key, taken in audit.assumptions.items()
    ]
    items += [f"<li>source ({_escaped(key)}): {_escaped(str(source))}</li>" for key, source in audit.sources.items()]
    for conflict in audit.conflicts:
        where = choices_text(conflict.choices)
        parts = "".join(f"<li>{_escaped(words)}</li>" for words in conflict.words)
        items.append(f"<li>these can't all be true{_escaped(f' [{where}]' if where else '')}:<ul>{parts}</ul></li>")
    items += [f"<li>note: {_escaped(note)}</li>" for note in audit.notes]
    head = f"<p><b>{_escaped(audit.title or 'Audit of a ledger')}</b><br>{_escaped(summary(audit))}</p>"
    columns = "".join(f'<th style="text-align:left">{word}</th>' for word in ("verdict", "claim", "figures"))
    table = f"<table><thead><tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"{head}{table}<ul>{''.join(items)}</ul>"


def _escaped(text: str) -> str:
    return html.escape(text)
