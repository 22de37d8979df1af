"""What an audit of a ledger finds: spans, findings, conflicts, and the whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from indicia._ledger_model import Ends, Source, Version, float_ends, infinite
from indicia._ledger_units import Unit
from indicia.audit import Verdict

if TYPE_CHECKING:
    import pandas

__all__ = ["SCHEMA", "Conflict", "Figure", "Finding", "Implied", "LedgerAudit", "QuantityFound", "Span", "Taken"]

SCHEMA: Final = "indicia.ledger/1"


class Span(NamedTuple):
    """From where to where a quantity reaches, exactly, in its own unit; an end that is a float is infinite."""

    low: Fraction | float
    high: Fraction | float

    @classmethod
    def of(cls, ends: Ends, unit: Unit) -> Span:
        """Ends in base units, in a unit.

        Examples
        --------
        >>> from fractions import Fraction
        >>> from indicia._ledger_audit import Span
        >>> from indicia._ledger_units import parse_unit
        >>> Span.of((Fraction(5, 100), Fraction(6, 100)), parse_unit("per cent"))
        Span(low=Fraction(5, 1), high=Fraction(6, 1))
        """
        scale = Fraction(10) ** -unit.power
        low, high = (end if infinite(end) else Fraction(end) * scale for end in ends)
        return cls(low, high)

    @property
    def bounded(self) -> bool:
        """Whether it has two ends.

        Examples
        --------
        >>> from indicia._ledger_audit import Span
        >>> Span(209, float("inf")).bounded
        False
        """
        return not infinite(self.low) and not infinite(self.high)

    @property
    def unbounded(self) -> bool:
        """Whether it has no end at all.

        Examples
        --------
        >>> from indicia._ledger_audit import Span
        >>> Span(209, float("inf")).unbounded
        False
        """
        return infinite(self.low) and infinite(self.high)

    def gap(self, other: Span) -> Fraction | float:
        """How far it lies above another span, below zero where it lies below; 0 where they meet.

        Examples
        --------
        >>> from indicia._ledger_audit import Span
        >>> Span(5, 6).gap(Span(7, 8)), Span(5, 6).gap(Span(6, 8))
        (-1, Fraction(0, 1))
        """
        low, high = self
        if low > other.high:
            return low - other.high
        return high - other.low if high < other.low else Fraction(0)

    def to_dict(self) -> dict[str, float | None] | None:
        """Ends as the tightest doubles; None for one that is infinite, and for a span without ends."""
        if self.unbounded:
            return None
        low, high = float_ends((self.low, self.high))
        if self.low == self.high and _decimal(self.low):
            low = high = float(self.low)  # a decimal prints as it is
        return {"low": low if math.isfinite(low) else None, "high": high if math.isfinite(high) else None}


def _decimal(value: Fraction | float) -> bool:
    return -1e300 < value < 1e300 and Fraction(repr(float(value))) == value


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity in a finding.

    Attributes
    ----------
    key, label, alternative : str
    version : Version
        With what was said.
    published : Span or None
        What its own figure stands for; None where it has none.
    elsewhere : Span or None
        What identities leave for a quantity without a figure, without the relation that is judged.
    implied : Span or None
        What the relation and the other quantities leave for it, without its own figure.
    gap : Fraction or float or None
        How far `published` (or `elsewhere`) lies above `implied`, in its own unit: below 0 where it is too low, 0 where
        they meet, None where one of them isn't known.
    distance : float or None
        The same in units of the last digit printed.
    """

    key: str
    label: str
    alternative: str
    version: Version
    published: Span | None = None
    elsewhere: Span | None = None
    implied: Span | None = None
    gap: Fraction | float | None = None
    distance: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain values."""
        return {
            "quantity": self.key,
            "label": self.label,
            "alternative": self.alternative,
            "said": self.version.said or None,
            "unit": self.version.unit.text,
            "kind": self.version.kind,
            "published": _span(self.published),
            "elsewhere": _span(self.elsewhere),
            "implied": _span(self.implied),
            "gap": None if self.gap is None else _plain(self.gap),
            "distance": None if self.distance is None else _plain(self.distance),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """A relation, judged for one choice of alternatives and one reading of open phrases.

    Attributes
    ----------
    key, says, holds : str
        The relation: its key, its words, its formula.
    kind : {"claim", "identity"}
    section : str
    implies : tuple of str
        The quantities without a figure that an identity determines.
    alternatives : dict of str to str
        Which alternative of each quantity that has several.
    reading : {"literal", "reported"} or None
        How open phrases are read; None where there is none.
    verdict : Verdict
    reason : str
        For UNKNOWN, why; else "" or what is worth knowing.
    figures : tuple of Figure
        The quantities of the relation; `subject` first.
    behind : tuple of Figure
        The published figures of the identities that a contradicted claim drew on: what each would have to be.
    subject : str
        The quantity that is judged.
    assumptions : tuple of str
        What the verdict rests on.
    rests_on : tuple of str
        The identities that it drew on.
    flags : tuple of str
        ``"FORECAST"`` where one of the figures is a projection, and what cells are flagged with.
    holds_at, fails_at : dict of str to Span, or None
        A point at which it holds, and one at which it doesn't, where they were looked for.
    """

    key: str
    says: str
    holds: str
    kind: str
    section: str
    implies: tuple[str, ...]
    alternatives: Mapping[str, str]
    reading: str | None
    verdict: Verdict
    reason: str = ""
    figures: tuple[Figure, ...] = ()
    behind: tuple[Figure, ...] = ()
    subject: str = ""
    assumptions: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    holds_at: Mapping[str, Fraction] | None = None
    fails_at: Mapping[str, Fraction] | None = None
    line: int = 0

    def figure(self, key: str) -> Figure:
        """The figure of one quantity.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> data = {"quantities": {"x": {"said": "5"}}, "relations": [{"holds": "x > 6"}]}
        >>> read_ledger(data).audit().findings[0].figure("x").distance
        -0.5
        """
        return next(figure for figure in self.figures if figure.key == key)

    @property
    def implied(self) -> dict[str, Span | None]:
        """What the relation and the others leave for each quantity.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> data = {"quantities": {"x": {"said": "5"}}, "relations": [{"holds": "x > 6"}]}
        >>> read_ledger(data).audit().findings[0].implied
        {'x': Span(low=Fraction(6, 1), high=inf)}
        """
        return {figure.key: figure.implied for figure in self.figures}

    @property
    def gap(self) -> Fraction | float | None:
        """By how much the subject is off, in its own unit."""
        return self.figures[0].gap if self.figures else None

    @property
    def distance(self) -> float | None:
        """By how much it is off, in units of the last digit of the subject; or else of the figure that is least off."""
        if self.figures and self.figures[0].distance is not None:
            return self.figures[0].distance
        known = [figure.distance for figure in self.figures + self.behind if figure.distance is not None]
        return min(known, key=abs, default=None)

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain values."""
        return {
            "relation": self.key,
            "says": self.says,
            "holds": self.holds,
            "kind": self.kind,
            "section": self.section,
            "line": self.line,
            "implies": list(self.implies),
            "alternatives": dict(self.alternatives),
            "reading": self.reading,
            "verdict": self.verdict.name,
            "reason": self.reason,
            "subject": self.subject,
            "gap": None if self.gap is None else _plain(self.gap),
            "distance": None if self.distance is None else _plain(self.distance),
            "assumptions": list(self.assumptions),
            "rests_on": list(self.rests_on),
            "flags": list(self.flags),
            "figures": [figure.to_dict() for figure in self.figures],
            "behind": [figure.to_dict() for figure in self.behind],
            "holds_at": _point(self.holds_at),
            "fails_at": _point(self.fails_at),
        }


@dataclass(frozen=True, slots=True)
class Implied:
    """What identities leave for a quantity without a figure, for one choice.

    Attributes
    ----------
    alternatives : dict of str to str
    reading : str or None
    span : Span or None
        None where nothing is left: what it is made of contradicts itself.
    decimals : int or None
        The digits printed in what it is made of, where it comes out as one number.
    """

    alternatives: Mapping[str, str]
    reading: str | None
    span: Span | None
    by: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    decimals: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "alternatives": dict(self.alternatives),
            "reading": self.reading,
            "implied": _span(self.span),
            "exact": self.span is not None and self.span.low == self.span.high,
            "by": list(self.by),
            "assumptions": list(self.assumptions),
        }


@dataclass(frozen=True, slots=True)
class QuantityFound:
    """A quantity as an audit sees it.

    Attributes
    ----------
    key, label, unit, note : str
    versions : dict of str to Version
    published : dict of str to dict of str to Span
        By alternative and reading (``"literal"``, ``"reported"``) what its figure stands for.
    implied : tuple of Implied
        Where it has no figure.
    """

    key: str
    label: str
    unit: Unit
    note: str
    versions: Mapping[str, Version]
    published: Mapping[str, Mapping[str, Span]]
    implied: tuple[Implied, ...]
    line: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "label": self.label,
            "unit": self.unit.text,
            "note": self.note,
            "line": self.line,
            "alternatives": {
                name: {
                    "said": version.said or None,
                    "unit": version.unit.text,
                    "literal": _span(self.published[name].get("literal")),
                    "reported": _span(self.published[name].get("reported")),
                    "missing": version.why or None,
                    **{key: getattr(version, key) for key in ("kind", "concept", "prices", "vintage", "place")},
                    **{key: getattr(version, key) for key in ("period", "source", "note")},
                    "flags": list(version.flags),
                }
                for name, version in self.versions.items()
            },
            "implied": [implied.to_dict() for implied in self.implied],
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims and figures that can't all be true, of which any can be dropped for the rest to be possible.

    Attributes
    ----------
    relations, figures : tuple of str
        Keys of the relations, and of the quantities whose published figures are part of it.
    choices : tuple of (dict of str to str, str or None)
        For which alternatives and which reading; what is no part of it isn't named.
    words : tuple of str
        Each of them in words, with the numbers.
    assumptions : tuple of str
    """

    relations: tuple[str, ...]
    figures: tuple[str, ...]
    choices: tuple[tuple[Mapping[str, str], str | None], ...]
    words: tuple[str, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Relations, then figures."""
        return self.relations + self.figures

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "relations": list(self.relations),
            "figures": list(self.figures),
            "choices": [{"alternatives": dict(chosen), "reading": reading} for chosen, reading in self.choices],
            "words": list(self.words),
            "assumptions": list(self.assumptions),
        }


@dataclass(frozen=True, slots=True)
class Taken:
    """An assumption, and whether it was made."""

    key: str
    text: str
    bridges: tuple[str, ...]
    made: bool
    note: str = ""

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {"text": self.text, "bridges": list(self.bridges), "made": self.made, "note": self.note}


@dataclass(frozen=True)
class LedgerAudit:
    """What an audit of a ledger found.

    ``print`` shows a report, a notebook a table; `to_dict` and `to_pandas` give the figures.

    Attributes
    ----------
    title, note : str
    path : str or None
    sources : dict of str to Source
    assumptions : dict of str to Taken
        And whether they were made.
    quantities : dict of str to QuantityFound
    findings : tuple of Finding
        In the order of the ledger; several for a relation whose quantities have alternatives or open phrases.
    conflicts : tuple of Conflict
        Sets of claims and figures that can't all be true, found over the whole ledger.
    notes : tuple of str
        What was left out.
    """

    title: str
    note: str
    path: str | None
    sources: Mapping[str, Source]
    assumptions: Mapping[str, Taken]
    quantities: Mapping[str, QuantityFound]
    findings: tuple[Finding, ...]
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, key: str) -> tuple[Finding, ...]:
        found = tuple(finding for finding in self.findings if finding.key == key)
        if not found:
            from indicia._labels import near
            from indicia.errors import UnknownNameError

            raise UnknownNameError(f"no relation {key!r}{near(key, dict.fromkeys(f.key for f in self.findings))}")
        return found

    def count(self) -> dict[Verdict, int]:
        """How many claims have each verdict, the surest first; a claim that is judged several times counts as often.

        Examples
        --------
        >>> from indicia import Verdict, read_ledger
        >>> data = {"quantities": {"x": {"said": "5"}}, "relations": [{"holds": "x > 6"}, {"holds": "x < 6"}]}
        >>> read_ledger(data).audit().count()[Verdict.CERTAIN]
        1
        """
        counts = dict.fromkeys(reversed(Verdict), 0)
        for finding in self.findings:
            counts[finding.verdict] += finding.kind == "claim" or finding.verdict == Verdict.CONTRADICTED
        return counts

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, as ``indicia audit --json`` prints it.

        Spans are ``{"low": ..., "high": ...}`` in the quantity's own unit, null where there is no end; a span that is
        null isn't known. `distance` and `gap` are above 0 where the published figure is too high.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> data = {"quantities": {"x": {"said": "5"}}, "relations": [{"holds": "x > 6"}]}
        >>> found = read_ledger(data).audit().to_dict()
        >>> found["schema"], found["findings"][0]["verdict"]
        ('indicia.ledger/1', 'CONTRADICTED')
        """
        return {
            "schema": SCHEMA,
            "title": self.title,
            "note": self.note,
            "path": self.path,
            "counts": {verdict.name: n for verdict, n in self.count().items()},
            "sources": {
                key: {name: getattr(source, name) for name in ("title", "publisher", "url", "date")}
                for key, source in self.sources.items()
            },
            "assumptions": {key: taken.to_dict() for key, taken in self.assumptions.items()},
            "quantities": {key: found.to_dict() for key, found in self.quantities.items()},
            "findings": [finding.to_dict() for finding in self.findings],
            "conflicts": [conflict.to_dict() for conflict in self.conflicts],
            "notes": list(self.notes),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each quantity of each finding.

        Returns
        -------
        pandas.DataFrame
            ``relation``, ``reading``, ``alternatives``, ``verdict`` (a category), ``quantity``, ``unit``, the ends
            of ``published``, ``elsewhere`` and ``implied`` in that unit (NaN where there is no span), ``gap`` and
            ``distance``.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> data = {"quantities": {"x": {"said": "5"}}, "relations": [{"key": "r", "holds": "x > 6"}]}
        >>> read_ledger(data).audit().to_pandas()[["relation", "verdict", "published_high", "implied_low", "distance"]]
          relation       verdict  published_high  implied_low  distance
        0        r  CONTRADICTED             5.5          6.0      -0.5
        """
        import pandas as pd

        columns: dict[str, Any] = {}
        codes = []
        for finding in self.findings:
            for figure in finding.figures:
                row: dict[str, Any] = {
                    "relation": finding.key,
                    "kind": finding.kind,
                    "reading": finding.reading,
                    "alternatives": ", ".join(f"{key}={name}" for key, name in finding.alternatives.items()),
                    "verdict": None,
                    "quantity": figure.key,
                    "said": figure.version.said,
                    "unit": figure.version.unit.text,
                }
                for name in ("published", "elsewhere", "implied"):
                    span = getattr(figure, name)
                    ends = (math.nan, math.nan) if span is None else float_ends(span)
                    row[f"{name}_low"], row[f"{name}_high"] = ends
                row["gap"] = math.nan if figure.gap is None else nearest(figure.gap)
                row["distance"] = math.nan if figure.distance is None else figure.distance
                codes.append(int(finding.verdict))
                for name, value in row.items():
                    columns.setdefault(name, []).append(value)
        words = pd.Index([verdict.name for verdict in Verdict], dtype=object)
        if columns:
            columns["verdict"] = pd.Categorical.from_codes(codes, words, ordered=True)
        return pd.DataFrame(columns)

    def __str__(self) -> str:
        from indicia._ledger_show import to_text

        return to_text(self)

    def __repr__(self) -> str:
        counts = ", ".join(f"{n:,} {verdict.name.lower()}" for verdict, n in self.count().items() if n)
        return f"LedgerAudit{f' {self.title!r}' if self.title else ''}: {counts or 'no claims'}"

    def _repr_html_(self) -> str:
        from indicia._ledger_show import to_html

        return to_html(self)


def _span(span: Span | None) -> dict[str, float | None] | None:
    return None if span is None else span.to_dict()


def nearest(value: Fraction | float) -> float:
    """The nearest double."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _plain(value: Fraction | float) -> float | None:
    """The nearest double; None for what is beyond them."""
    number = nearest(value)
    return number if math.isfinite(number) else None


def _point(point: Mapping[str, Fraction] | None) -> dict[str, float | None] | None:
    return None if point is None else {name: _plain(value) for name, value in point.items()}
