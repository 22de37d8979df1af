"""An audit as text: what the figures stand for, section by section, then the claims with their verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indicia._audit_view import Case, Claim, Figure, Section, View
from indicia._tables import aligned, shown
from indicia.audit import Verdict

__all__ = ["print_rich", "to_text"]

STYLES = {
    Verdict.CERTAIN: "green",
    Verdict.POSSIBLE: "yellow",
    Verdict.CONTRADICTED: "bold red",
    Verdict.UNKNOWN: "dim",
}
HEAD = ("", "where, when", "case", "published", "stands for", "unit")


def to_text(view: View) -> str:
    """Plain text."""
    return "\n".join(text for text, _ in lines(view))


def print_rich(view: View, file: Any) -> bool:
    """With colours, if rich is installed; whether it is."""
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:
        return False
    console = Console(file=file, highlight=False, soft_wrap=True)
    for text, style in lines(view):
        word = text.split(" ", 1)[0]
        printed = Text(text, style="" if style in STYLES.values() else style)
        if style in STYLES.values():
            printed.stylize(style, 0, len(word))
        console.print(printed)
    return True


def lines(view: View) -> list[tuple[str, str]]:
    """The lines, each with its style."""
    found: list[tuple[str, str]] = [(view.title, "bold")]
    if view.note:
        found += [(line, "dim") for line in view.note.splitlines()]
    for section in view.sections:
        found += [("", ""), (section.heading, "bold")]
        found += [("  " + line, "") for line in _figures(section)]
        found += [(f"  implied assuming: {text}", "dim") for text in section.assumes]
    if view.claims:
        found += [("", ""), ("Claims", "bold")]
        for claim in view.claims:
            found += _claim(claim)
    if view.conflicts:
        found += [("", ""), ("What can't be true together", "bold")]
        for conflict in view.conflicts:
            found += [("  - " + words, "") for words in conflict]
    return [(shown(text), style) for text, style in found]


def _figures(section: Section) -> list[str]:
    place = section.place
    rows = [_row(figure, place) for figure in section.figures]
    keep = [i for i in range(len(HEAD)) if any(row[i] for row in rows)]
    texts = [[HEAD[i] for i in keep], *([row[i] for i in keep] for row in rows)]
    out = aligned(texts)
    if any(figure.forecast for figure in section.figures):
        out.append("f forecast: a projection, not an outcome")
    return out


def _row(figure: Figure, place: str) -> list[str]:
    said = f"{figure.said} f" if figure.forecast else figure.said
    where = figure.period if figure.place in ("", place) else figure.where
    return [figure.label, where, figure.case, said, figure.text, figure.unit]


def _claim(claim: Claim) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    groups: dict[Verdict, list[Case]] = {}
    for case in claim.cases:
        groups.setdefault(case.verdict, []).append(case)
    for number, (verdict, cases) in enumerate(groups.items()):
        found.append((f"{verdict.name:<13}{claim.words if number == 0 else '(the same)'}", STYLES[verdict]))
        found += [(" " * 13 + text, "dim") for text in reasons(cases)]
    found += [(" " * 13 + f"assuming: {text}", "dim") for text in claim.assumes]
    return found


def reasons(cases: Sequence[Case]) -> list[str]:
    """Why, for each case."""
    return [f"{case.which}: {case.reason}" if case.which else case.reason for case in cases]
