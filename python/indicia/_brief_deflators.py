"""The deflators that a brief tells of: what nominal and real growth leave of them, other prices, and spells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from indicia import deflation, interval
from indicia._brief_targets import _ends, _percent, _source
from indicia._interval import Interval
from indicia._targets_show import Report, Table, points_text

__all__ = ["Deflator", "Deflators", "Fall", "deflators_of"]


@dataclass(frozen=True)
class Deflator:
    """What growth at current and at constant prices leaves of the change of the deflator.

    Attributes
    ----------
    place, period : str
    nominal, real, rate : Interval
        Growth from levels as printed, growth at constant prices, and the rate of the deflator that both imply.
    consumer, producer : Interval
        Other prices; unknown where there are none.
    """

    place: str
    period: str
    nominal: Interval
    real: Interval
    rate: Interval
    consumer: Interval
    producer: Interval

    @property
    def word(self) -> str:
        """Whether prices of output fell, whatever the roundings hide."""
        return "fell" if self.rate.high < 0 else "rose" if self.rate.low > 0 else "open"

    def wedge(self, prices: Interval) -> Interval:
        """The deflator's rate less that of other prices."""
        return self.rate - prices


@dataclass(frozen=True)
class Fall:
    """A spell of years in which the deflator certainly fell.

    Attributes
    ----------
    place, begin, end : str
    years : int
    depth : Interval
        The cumulative fall.
    began, ended : bool
        Whether the year before, and the one behind, is known, and the deflator didn't certainly fall in it.
    """

    place: str
    begin: str
    end: str
    years: int
    depth: Interval
    began: bool
    ended: bool

    @property
    def word(self) -> str:
        """What isn't seen of it."""
        return ", ".join(
            text for text, seen in (("may have begun earlier", self.began), ("may go on", self.ended)) if not seen
        )


class Deflators(Report):
    """The deflators of a brief.

    Attributes
    ----------
    title : str
    rows : tuple of Deflator
    falls : tuple of Fall
    notes, sources : tuple of str

    See Also
    --------
    indicia.brief.deflators : makes the built-in one.

    Examples
    --------
    >>> from indicia.brief import deflators
    >>> [(row.place, row.period) for row in deflators().rows if row.word == "fell"]
    [('China', '2023'), ('China', '2024')]
    """

    def __init__(
        self, title: str, rows: Sequence[Deflator], falls: Sequence[Fall], *, notes: Sequence[str],
        sources: Sequence[str],
    ) -> None:  # fmt: skip
        self.title, self.rows, self.falls = title, tuple(rows), tuple(falls)
        self.notes, self.sources = tuple(notes), tuple(sources)

    def tables(self) -> list[Table]:
        """The tables that are shown: the deflators, and the spells."""
        head = ["", "nominal %", "real %", "deflator %", "consumer %", "producer %", "less consumer, pp",
                "less producer, pp", "prices"]  # fmt: skip
        rows = [
            [
                f"{one.place}, {one.period}",
                *map(_percent, (one.nominal, one.real)),
                *(points_text(x) for x in (one.rate, one.consumer, one.producer)),
                *(points_text(one.wedge(x)) for x in (one.consumer, one.producer)),
                one.word,
            ]
            for one in self.rows
        ]
        told = "deflator: (1 + nominal growth) / (1 + real growth) - 1, for all figures that round to those printed"
        found = [Table(self.title, head, rows, [False, *[True] * 7, False], [told, *self.notes])]
        if self.falls:
            spells = [
                [one.place, f"{one.begin} to {one.end}", str(one.years), points_text(one.depth),
                 one.word]
                for one in self.falls
            ]  # fmt: skip
            head = ["", "the deflator fell", "years", "in all %", ""]
            found.append(Table("Spells of falling prices", head, spells, [False, False, True, True, False], []))
        return found

    def _tables(self) -> list[Table]:
        return self.tables()

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, as ``indicia brief --json`` prints it: fractions, None for what isn't known."""
        return {
            "title": self.title,
            "rows": [
                {
                    "place": one.place,
                    "period": one.period,
                    **{
                        name: _ends(getattr(one, name)) for name in ("nominal", "real", "rate", "consumer", "producer")
                    },
                    "less_consumer": _ends(one.wedge(one.consumer)),
                    "less_producer": _ends(one.wedge(one.producer)),
                    "prices": one.word,
                }
                for one in self.rows
            ],
            "spells": [
                {"place": one.place, "begin": one.begin, "end": one.end, "years": one.years, "depth": _ends(one.depth),
                 "began": one.began, "ended": one.ended}
                for one in self.falls
            ],
            "notes": list(self.notes),
            "sources": list(self.sources),
        }  # fmt: skip


def deflators_of(given: Mapping[str, Any]) -> Deflators:
    """The deflators of a table in TOML: ``title``, ``sources``, ``deflators``."""
    rows = []
    for row in given["deflators"]:
        unknown = Interval(math.nan)
        nominal = interval.rate(interval.published(row["now"]), interval.published(row["before"]))
        real = interval.published(row["real"])
        others = [interval.published(row[name]) if name in row else unknown for name in ("consumer", "producer")]
        rate = deflation.implicit_rate(nominal, real)
        rows.append(Deflator(row["place"], row["period"], nominal, real, rate, *others))
    notes = [f"{row['place']}, {row['period']}: {row['note']}" for row in given["deflators"] if "note" in row]
    used = dict.fromkeys(key for row in given["deflators"] for key in row["sources"])
    sources = [_source(given["sources"][key]) for key in used]
    return Deflators(given["title"], rows, _falls(rows), notes=notes, sources=sources)


def _falls(rows: Sequence[Deflator]) -> list[Fall]:
    """Of each place the spells of years in which every admissible rate is a fall."""
    found = []
    for place in dict.fromkeys(one.place for one in rows):
        by_year = {int(one.period): one.rate for one in rows if one.place == place}
        first = min(by_year)
        ends = np.full((2, max(by_year) - first + 1), np.nan)
        for year, rate in by_year.items():
            ends[:, year - first] = rate.low, rate.high
        for spell in deflation.spells(ends[1], of="rates"):
            begin, end = cast("int", spell.begin), cast("int", spell.end)  # of an array: places
            depth = Interval(0.0)
            for year in range(begin, end + 1):
                depth = (1.0 + depth) * (1.0 + by_year[first + year]) - 1.0
            years = str(first + begin), str(first + end)
            found.append(Fall(place, *years, spell.length, depth, began=spell.began, ended=spell.ended))
    return found
