"""What of an audit is shown, whatever it is shown on: sections of figures, and claims with their verdicts."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from indicia.audit import Verdict

if TYPE_CHECKING:
    from indicia._ledger_audit import Finding, LedgerAudit, QuantityFound, Span
    from indicia._ledger_model import Source, Version

__all__ = ["Case", "Claim", "Figure", "Section", "View", "ends_text", "number_text", "view_of", "worst"]

Ends: TypeAlias = tuple[float, float]
_ORDER = (Verdict.CONTRADICTED, Verdict.POSSIBLE, Verdict.UNKNOWN, Verdict.CERTAIN)


@dataclass(frozen=True)
class Figure:
    """One row of figures: what was published of a quantity, or what is implied for it, in its own unit.

    Attributes
    ----------
    key, label, place, period, unit : str
    case : str
        Which alternative or reading, "" if there is one only.
    said : str
        As published, "" for what is implied alone.
    kind : str
        target, claim, outcome, estimate, projection.
    ends : (float, float) or None
        What it stands for, or what the other figures leave for it; None where nothing is known.
    published : bool
    mark : float or None
        The figure as printed.
    """

    key: str
    label: str
    place: str
    period: str
    unit: str
    case: str = ""
    said: str = ""
    kind: str = ""
    ends: Ends | None = None
    published: bool = True
    mark: float | None = None
    source: str = ""
    note: str = ""

    @property
    def where(self) -> str:
        """Place and period."""
        return ", ".join(text for text in (self.place, self.period) if text)

    @property
    def text(self) -> str:
        """What it stands for, in words."""
        if self.ends is None:
            return "unknown"
        if not self.published:
            return f"{ends_text(self.ends)}, implied"
        return "exactly" if self.ends[0] == self.ends[1] else ends_text(self.ends, printed=True)

    @property
    def forecast(self) -> bool:
        """Whether it is a projection: not an outcome yet."""
        return self.kind == "projection"


@dataclass(frozen=True)
class Case:
    """A verdict, and under which reading and alternatives it is given."""

    which: str
    verdict: Verdict
    reason: str
    sides: tuple[tuple[str, Ends], ...] = ()


@dataclass(frozen=True)
class Claim:
    """What is claimed: in words, as a formula, what it rests on, and the verdicts."""

    key: str
    words: str
    formula: str
    names: tuple[str, ...]
    assumes: tuple[str, ...]
    cases: tuple[Case, ...]


@dataclass
class Section:
    """Figures and claims that belong together."""

    title: str
    figures: list[Figure] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    assumes: list[str] = field(default_factory=list)  # of what is implied

    @property
    def place(self) -> str:
        """The place of all its figures, "" if there are several."""
        places = {figure.place for figure in self.figures} - {""}
        return places.pop() if len(places) == 1 else ""

    @property
    def heading(self) -> str:
        """Title and place."""
        return f"{self.title}, {self.place}" if self.place and self.place not in self.title else self.title


@dataclass
class View:
    """All that is shown of an audit."""

    title: str
    note: str
    sections: list[Section]
    conflicts: list[tuple[str, ...]] = field(default_factory=list)
    sources: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def claims(self) -> list[Claim]:
        """The claims of all sections, those first that a reader must see first."""
        return sorted(
            (claim for section in self.sections for claim in section.claims), key=lambda c: _ORDER.index(worst(c.cases))
        )

    def tally(self) -> dict[Verdict, int]:
        """How many verdicts of each kind, the surest first; a claim counts once for each that it has."""
        counts = dict.fromkeys(reversed(Verdict), 0)
        for claim in self.claims:
            for verdict in {case.verdict for case in claim.cases}:
                counts[verdict] += 1
        return counts


def number_text(value: float, digits: int) -> str:
    """A number with so many digits after the mark, a true minus before it."""
    text = f"{value:,.{max(digits, 0)}f}"
    return "\N{MINUS SIGN}" + text[1:] if text.startswith("-") and text.strip("-0.,") else text.lstrip("-")


def ends_text(ends: Ends | None, *, printed: bool = False) -> str:
    """An interval in words, its ends rounded outwards to as many digits as its width tells apart.

    Of what was `printed`, the ends have few digits: all are shown.

    Examples
    --------
    >>> ends_text((14482.7763, 14517.3869)), ends_text((209.0, float("inf"))), ends_text((6.0, 6.0))
    ('14,482.7 to 14,517.4', 'from 209', '6.0')
    >>> ends_text((34606.395, 34606.405), printed=True)
    '34,606.395 to 34,606.405'
    """
    if ends is None or any(map(math.isnan, ends)):
        return "unknown"
    low, high = ends
    if math.isinf(low) and math.isinf(high):
        return "anything"
    if math.isinf(low) or math.isinf(high):
        end = high if math.isinf(low) else low
        return f"{'up to' if math.isinf(low) else 'from'} {_short(end)}"
    width = high - low
    if width <= 1e-9 * max(abs(low), abs(high)):
        text = _short(low + width / 2, 6)
        return text if "." in text or "e" in text or printed or abs(low) >= 1000 else f"{text}.0"
    if max(abs(low), abs(high)) >= 1e15:
        return f"{_short(low)} to {_short(high)}"
    before = math.floor(math.log10(max(abs(low), abs(high))))
    digits = max(0, min(3 + math.floor(-math.log10(width)), max(5 - before, 0), 9))
    for most in range(10 if printed else digits):
        if all(math.isclose(end, round(end, most), rel_tol=1e-13) for end in ends):
            digits = most
            break
    step = 10.0**digits
    down, up = math.floor(low * step + 1e-6) / step, math.ceil(high * step - 1e-6) / step
    return f"{number_text(down, digits)} to {number_text(up, digits)}"


def _short(value: float, digits: int = 7) -> str:
    text = f"{value:,.0f}" if 10.0**digits <= abs(value) < 1e15 else f"{value:,.{digits}g}"
    return "\N{MINUS SIGN}" + text[1:] if text.startswith("-") else text


def worst(cases: Sequence[Case]) -> Verdict:
    """The verdict that a reader must see first."""
    return next((verdict for verdict in _ORDER if any(case.verdict == verdict for case in cases)), Verdict.UNKNOWN)


# ---- from an audit --------------------------------------------------------------------------------------------------


def view_of(audit: LedgerAudit) -> View:
    """What is shown of the audit of a ledger."""
    sections: dict[str, Section] = {}
    names: dict[str, dict[str, None]] = {}
    claims: dict[str, list[Finding]] = {}
    for finding in audit.findings:
        sections.setdefault(finding.section, Section(finding.section or "Figures"))
        names.setdefault(finding.section, {}).update(dict.fromkeys(figure.key for figure in finding.figures))
        if finding.kind == "claim":
            claims.setdefault(finding.key, []).append(finding)
    for title, section in sections.items():
        section.figures = [figure for name in names[title] for figure in _figures(audit.quantities[name])]
        section.figures.sort(key=lambda figure: not figure.published)
        keys = {
            key: None for name in names[title] for found in audit.quantities[name].implied for key in found.assumptions
        }
        section.assumes = _assumed(audit, keys)
    for findings in claims.values():
        sections[findings[0].section].claims.append(_claim(audit, findings))
    used = {version.source for quantity in audit.quantities.values() for version in quantity.versions.values()}
    sources = [(key, _named(source), source.url) for key, source in audit.sources.items() if key in used]
    conflicts = [tuple(conflict.words) for conflict in audit.conflicts]
    return View(audit.title, audit.note.strip(), list(sections.values()), conflicts, sources)


def _assumed(audit: LedgerAudit, keys: Iterable[str]) -> list[str]:
    return [str(audit.assumptions[key]) if key in audit.assumptions else key for key in keys]


def _named(source: Source) -> str:
    return ", ".join(text for text in (source.title, source.publisher, source.date) if text) or source.key


Choice: TypeAlias = tuple[Mapping[str, str], str | None]
T = TypeVar("T", bound=Hashable)


def _which(alternatives: Mapping[str, str], reading: str | None) -> str:
    words = [reading] if reading else []
    return ", ".join([*words, *(name.replace("_", " ") for name in alternatives.values())])


def _told_apart(cases: Sequence[tuple[Choice, T]]) -> list[tuple[str, T]]:
    """Cases with what came of them; those that come to the same under every alternative are one.

    Examples
    --------
    >>> _told_apart([(({"x": "a"}, "literal"), 1), (({"x": "b"}, "literal"), 1), (({"x": "a"}, "reported"), 2)])
    [('literal', 1), ('reported, a', 2)]
    """
    if len({found for _, found in cases}) == 1:
        return [("", cases[0][1])]
    by_reading: dict[str | None, list[tuple[Choice, T]]] = {}
    for choice, found in cases:
        by_reading.setdefault(choice[1], []).append((choice, found))
    told: list[tuple[str, T]] = []
    for reading, group in by_reading.items():
        if reading is not None and len(group) > 1 and len({found for _, found in group}) == 1:
            told.append((reading, group[0][1]))
        else:
            told += [(_which(*choice), found) for choice, found in group]
    return told


def _figures(quantity: QuantityFound) -> list[Figure]:
    """What was published of a quantity, by alternative and reading where they differ; or what is implied for it."""
    rows = []
    several = len(quantity.versions) > 1
    for name, version in quantity.versions.items():
        readings = dict(quantity.published.get(name, {}))
        spans = {None: next(iter(readings.values()))} if len(set(readings.values())) == 1 else readings
        for reading, span in spans.items():
            case = _which({quantity.key: name} if several else {}, reading)
            rows.append(_figure(quantity, version, case, _floats(span), published=True, mark=_mark(version.said)))
    if rows:
        return rows
    version = next(iter(quantity.versions.values()))
    cases = _told_apart([((found.alternatives, found.reading), found.span) for found in quantity.implied])
    return [
        _figure(quantity, version, case, None if span is None or span.unbounded else _floats(span), published=False)
        for case, span in cases or [("", None)]
    ]


def _figure(
    quantity: QuantityFound,
    version: Version,
    case: str,
    ends: Ends | None,
    *,
    published: bool,
    mark: float | None = None,
) -> Figure:
    note = ", ".join(dict.fromkeys(text for text in (quantity.note, version.note) if text))
    source = version.source
    return Figure(
        key=quantity.key, label=quantity.label, place=version.place, period=version.period, unit=version.unit.text,
        case=case, said=version.said, kind=version.kind if published else "", ends=ends, published=published, mark=mark,
        source=source, note=note,
    )  # fmt: skip


def _floats(span: Span) -> Ends:
    return float(span.low), float(span.high)


def _mark(said: str) -> float | None:
    """The number in what was said, in its own unit."""
    found = re.search(r"[-+]?\d[\d,]*(?:\.\d+)?", said)
    return float(found[0].replace(",", "")) if found else None


def _claim(audit: LedgerAudit, findings: Sequence[Finding]) -> Claim:
    first = findings[0]
    assumed = dict.fromkeys(key for finding in findings for key in finding.assumptions)
    found = [((one.alternatives, one.reading), (one.verdict, _because(one))) for one in findings]
    cases = [Case(which, *what) for which, what in _told_apart(found)]
    cases.sort(key=lambda case: _ORDER.index(case.verdict))
    names = tuple(figure.key for figure in first.figures)
    texts = tuple(_assumed(audit, assumed))
    return Claim(first.key, first.says or first.holds, first.holds, names, texts, tuple(cases))


def _unit(text: str) -> str:
    """A unit behind a figure: one that begins with a figure itself is kept apart."""
    return f"({text})" if text[:1].isdigit() else text


def _because(finding: Finding) -> str:
    """What a verdict rests on, with the numbers."""
    known = [(figure, figure.published or figure.elsewhere) for figure in finding.figures]
    spans = [
        (figure, ends_text(_floats(span), printed=figure.published is not None))
        for figure, span in known
        if span is not None
    ]
    if finding.verdict == Verdict.UNKNOWN or not spans:
        return finding.reason or "no figures"
    units = {figure.version.unit.text for figure, _ in spans}
    labels = {figure.label for figure, _ in spans}
    if len(spans) == 2 and len(units) == 1:
        text = f"{spans[0][1]} against {spans[1][1]} {_unit(units.pop())}".rstrip()
    else:
        said = []
        for figure, ends in spans:
            where = ", ".join(word for word in (figure.version.place, figure.version.period) if word)
            name = f"{figure.label} ({where})" if len(labels) < len(spans) and where else figure.label
            said.append(f"{name} {ends} {_unit(figure.version.unit.text)}".rstrip())
        text = "; ".join(said)
    gap = finding.gap
    if finding.verdict == Verdict.CONTRADICTED and gap is not None and math.isfinite(gap) and gap:
        text += f", {abs(float(gap)):,.4g} apart"
    return text
