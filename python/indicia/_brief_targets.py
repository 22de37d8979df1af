"""The targets that a brief tells of: met or not, what the rest of a year had to bring, and from which base."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indicia import interval, targets
from indicia._audit_found import Verdict
from indicia._interval import Interval
from indicia._targets_show import Report, Table, points_text
from indicia.targets import Comparison, Target

__all__ = ["Aims", "Base", "Rest", "aims_of"]


@dataclass(frozen=True)
class Rest:
    """What the rest of a year had to bring for a target to be met, and what it brought.

    Attributes
    ----------
    place, after : str
    said : str
        Growth of the year to date, as printed.
    done : Interval
        Which part of the year before the periods so far were.
    required, came : Interval
        Growth of the rest over that of the year before: needed, and left by the outcome; unknown where there is none.
    """

    place: str
    after: str
    said: str
    done: Interval
    required: Interval
    came: Interval


@dataclass(frozen=True)
class Base:
    """From which base a target is aimed at.

    Attributes
    ----------
    place, period, said, before : str
        The target, and the growth of the year before, as printed.
    two_years : Interval
        Average growth of the two years, if the target is just met.
    earlier : Interval
        The same of the two years before; unknown where the growth of one isn't.
    """

    place: str
    period: str
    said: str
    before: str
    two_years: Interval
    earlier: Interval

    @property
    def word(self) -> str:
        """What the base makes of the target: more or less than the two years before averaged, or open."""
        if not self.earlier.known:
            return ""
        if self.two_years.low > self.earlier.high:
            return "lofty, given the high base"
        return "modest, given the low base" if self.two_years.high < self.earlier.low else "as before"


class Aims(Report):
    """The targets of a brief.

    Attributes
    ----------
    title : str
    met : indicia.targets.Comparison
        Outcomes beside what was aimed at.
    rest : tuple of Rest
    bases : tuple of Base
    notes, sources : tuple of str

    See Also
    --------
    indicia.brief.targets : makes the built-in one.

    Examples
    --------
    >>> from indicia.brief import targets
    >>> targets().met.names[:2]
    ('Shenzhen, 2023', 'Shenzhen, 2024')
    """

    def __init__(
        self, title: str, met: Comparison, rest: Sequence[Rest], bases: Sequence[Base], *, notes: Sequence[str],
        sources: Sequence[str],
    ) -> None:  # fmt: skip
        self.title, self.met, self.rest, self.bases = title, met, tuple(rest), tuple(bases)
        self.notes, self.sources = tuple(notes), tuple(sources)

    def tables(self) -> list[Table]:
        """The tables that are shown: met or not, what the rest had to bring, from which base."""
        first = self.met._table()
        found = [first._replace(title=self.title, notes=(*first.notes, *self.notes))]
        if self.rest:
            head = ["", "so far", "part of last year %", "rest needed %", "rest brought %"]
            rows = [
                [f"{one.place}, after {one.after}", one.said, *map(_percent, (one.done, one.required, one.came))]
                for one in self.rest
            ]
            notes = [
                "over the same quarters of the year before; profiles are in current prices, growth in constant ones"
            ]
            found.append(Table("What the rest of the year had to bring", head, rows, [False, *[True] * 4], notes))
        if self.bases:
            head = ["", "target", "on", "two years, % a year", "two years before", ""]
            rows = [
                [
                    f"{one.place}, {one.period}",
                    one.said,
                    one.before,
                    _percent(one.two_years),
                    _percent(one.earlier),
                    one.word,
                ]
                for one in self.bases
            ]
            notes = [
                "two years: average growth if the target is just met, ((1 + growth before) (1 + target)) ** (1 / 2) - 1"
            ]
            found.append(Table("From which base", head, rows, [False, *[True] * 4, False], notes))
        return found

    def _tables(self) -> list[Table]:
        return self.tables()

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, as ``indicia brief --json`` prints it: fractions, None for what isn't known."""
        rows = zip(
            self.met.names,
            self.met.targets,
            self.met.said,
            self.met.outcome,
            self.met.gap,
            self.met.verdicts,
            strict=True,
        )
        return {
            "title": self.title,
            "targets": [
                {
                    "name": name,
                    "said": aim.said if aim is not None else None,
                    "low": _end(aim.low) if aim is not None else None,
                    "high": _end(aim.high) if aim is not None else None,
                    "printed": said or None,
                    "outcome": _ends(outcome),
                    "gap": _ends(gap),
                    "verdict": Verdict(verdict).name,
                }
                for name, aim, said, outcome, gap, verdict in rows
            ],
            "rest": [
                {
                    "place": one.place,
                    "after": one.after,
                    "so_far": one.said,
                    "done": _ends(one.done),
                    "required": _ends(one.required),
                    "came": _ends(one.came),
                }
                for one in self.rest
            ],
            "bases": [
                {
                    "place": one.place,
                    "period": one.period,
                    "said": one.said,
                    "before": one.before,
                    "two_years": _ends(one.two_years),
                    "earlier": _ends(one.earlier),
                    "word": one.word or None,
                }
                for one in self.bases
            ],
            "notes": list(self.notes),
            "sources": list(self.sources),
        }


def _percent(x: Interval) -> str:
    return points_text(x).replace("+", "")


def _end(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _ends(x: Interval) -> list[float | None] | None:
    return [_end(x.low), _end(x.high)] if x.known else None


def _average(first: Interval, second: Interval) -> Interval:
    """Average growth over two years."""
    product = (1.0 + first) * (1.0 + second)
    low, high = np.nextafter(np.sqrt(product.low), -np.inf), np.nextafter(np.sqrt(product.high), np.inf)
    return Interval(low, high) - 1.0


def aims_of(given: Mapping[str, Any]) -> Aims:
    """The targets of a table in TOML: ``title``, ``sources``, ``targets``."""
    rows = given["targets"]
    aims = {f"{row['place']}, {row['period']}": targets.target(row["said"], period=row["period"]) for row in rows}
    met = targets.compare({f"{row['place']}, {row['period']}": row.get("outcome") for row in rows}, aims)
    grew: dict[tuple[str, int], Interval] = {}
    for row in rows:
        year = int(row["period"])
        for name, when in (("outcome", year), ("before", year - 1)):
            if row.get(name):
                grew.setdefault((row["place"], when), interval.published(row[name]))
    rest, bases = [], []
    for row, outcome in zip(rows, met.outcome, strict=True):
        aim: Target = aims[f"{row['place']}, {row['period']}"]
        for past in row.get("so_far", ()):
            done = interval.share(interval.published(past["part"]), interval.published(past["whole"]))
            rate = interval.published(past["said"])
            odds = done / (1.0 - done)
            came = outcome + (outcome - rate) * odds
            needed = targets.required_rate(rate, done, aim)
            rest.append(Rest(row["place"], past["period"], past["said"], done, needed, came))
        if row.get("before"):
            year, unknown = int(row["period"]), Interval(math.nan)
            before = grew[row["place"], year - 1]
            earlier = grew.get((row["place"], year - 2), unknown)
            two = _average(before, Interval(aim.figure))
            then = _average(earlier, before) if earlier.known else unknown
            bases.append(Base(row["place"], row["period"], row["said"], row["before"], two, then))
    notes = [f"{row['place']}, {row['period']}: {row['note']}" for row in rows if "note" in row]
    used = dict.fromkeys(key for row in rows for part in (row, *row.get("so_far", ())) for key in part["sources"])
    sources = [_source(given["sources"][key]) for key in used]
    return Aims(given["title"], met, rest, bases, notes=notes, sources=sources)


def _source(source: Mapping[str, str]) -> str:
    return ", ".join(source[name] for name in ("publisher", "title", "date") if name in source)
