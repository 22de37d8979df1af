"""The steps from one series per member to a `indicia.brief.Brief`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from indicia import growth, interval
from indicia._brief_aimed import aims_for, set_aims
from indicia._brief_bridge import bridge_of_change, bridge_of_people
from indicia._brief_series import Picked, is_aggregate, nested
from indicia._interval import Interval
from indicia._labels import near, some
from indicia.brief import Brief, Row, Total
from indicia.cube import Cube
from indicia.errors import FormatError, UnknownNameError
from indicia.flags import Flag
from indicia.numbers import format_numbers
from indicia.periods import Period, Periods

__all__ = ["Asked", "Making"]

HISTORY = 24  # periods of each member that the result keeps, for a line beside it

# Units whose values don't add up over members: per cents, rates, indices, per head.
_RATIO = re.compile(r"(PC|PT|PCH|RT|INX|INDEX|IX|RATIO|PERCENT|I\d\d)([_\W].*)?|%.*|.*_(HAB|IX\d*|I\d\d)|.*/.*", re.I)
_CHAINED = re.compile(r"(CLV|CL)[_\d].*|.*chain.?linked.*", re.I)
_PERSONS = re.compile(r"PS|PERS?|PERSONS?|NR|NUMBER|POP|HAB|INH|T?HS_PER|人", re.I)


@dataclass(frozen=True)
class Asked:
    """What the caller of `indicia.brief.brief` said about what to make of the series."""

    at: str | Period | None
    total: str | None
    peers: tuple[str, ...] | None
    additive: bool | None
    years: int
    min_coverage: float
    targets: Any = None


class Making:
    """The figures of every member, one kind after the other."""

    def __init__(self, picked: Picked, asked: Asked) -> None:
        self.picked = picked
        self.cube = _one_scale(picked.cube)
        self.by = picked.by
        self.codes = self.cube.codes[self.by]
        self.index = {code: place for place, code in enumerate(self.codes)}
        self.facts = {name: _flat(getattr(self.cube, name)) for name in ("unit", "multiplier", "decimals")}
        self.years, self.min_coverage, self.additive = asked.years, asked.min_coverage, asked.additive
        self.choices, self.notes = list(picked.choices), list(picked.remarks)
        for what, codes in (("--total", () if asked.total is None else (asked.total,)), ("--peers", asked.peers or ())):
            for code in codes:
                if code not in self.index:
                    raise UnknownNameError(f"{what}: no member {code!r}{near(code, self.codes, picked.labels)}")
        self.total = asked.total
        self.aims = aims_for(asked.targets, self.codes, picked.labels)
        self.kinds = self._kinds()
        self.shown = set(self.codes if asked.peers is None else asked.peers)
        self.members = [code for code in self.codes if self.kinds[code] == "member"]
        if not self.members:
            raise ValueError(f"all of {some(self.codes)} are aggregates or the total: no member is left")
        assert self.cube.time is not None
        self.time: Periods = self.cube.time
        self.t = self._place(asked.at)
        self.base = self._years_before(1)
        self.since = self._years_before(asked.years)

    # ---- which period, which members

    def _kinds(self) -> dict[str, str]:
        labels = self.picked.labels
        kinds = {code: "aggregate" if is_aggregate(code, self.codes, labels) else "member" for code in self.codes}
        if "member" not in kinds.values():  # nothing but aggregates: then they are what is compared
            kinds = dict.fromkeys(kinds, "member")
        if self.total is not None:
            kinds[self.total] = "total"
        found = [code for code, kind in kinds.items() if kind == "aggregate"]
        if found:
            self.notes.append(f"{', '.join(found)}: known to hold others, so in no sum and in no rank")
        return kinds

    def _place(self, at: str | Period | None) -> int:
        time = self.time
        if at is not None:
            period = _period(at)
            if period.freq != time.freq:
                raise ValueError(f"--at {period}: the data are of frequency {time.freq}, {time[0]} to {time[-1]}")
            place = period.ordinal - time[0].ordinal
            if not 0 <= place < len(time):
                raise ValueError(f"--at {period}: the data are {time[0]} to {time[-1]}")
            return place
        there = ~np.isnan(self.cube.values[[self.index[code] for code in self.members]])
        count = there.sum(axis=0)
        enough = np.flatnonzero(count >= max(1, math.ceil(self.min_coverage * len(self.members))))
        if not len(enough):
            enough = np.flatnonzero(count == count.max())
            if not count.max():
                raise ValueError("no member has any value")
        place = int(enough[-1])
        told = (
            f"at {time[place]}, the latest period at which {count[place]} of {len(self.members)} members have a value"
        )
        self.choices.append(f"{told} (--at takes another)")
        return place

    def _years_before(self, years: int) -> int | None:
        if self.time.per_year is not None:
            place = self.t - years * self.time.per_year
            return place if place >= 0 else None
        index = self.time.year_lag_index()
        place = self.t
        for _ in range(years):
            place = int(index[place]) if place >= 0 else -1
        return place if place >= 0 else None

    # ---- figures

    def _cut(self, codes: Sequence[str], t: int, after: int | None = None) -> Cube:
        """One period, without time; with BREAK wherever one lies in (after, t]."""
        cube = self.cube
        rows = np.array([self.index[code] for code in codes], np.intp)
        flags = None if cube.flags is None else cube.flags[rows, t]
        if flags is not None and after is not None:
            broken = (cube.flags[rows, after + 1 : t + 1] & np.uint32(Flag.BREAK)).any(axis=1)  # type: ignore[index]
            flags[broken] |= np.uint32(Flag.BREAK)
        facts = {name: fact[rows] if isinstance(fact, np.ndarray) else fact for name, fact in self.facts.items()}
        return Cube._trusted(
            dims=(self.by,), codes={self.by: tuple(codes)}, time=None, values=cube.values[rows, t], flags=flags, **facts
        )

    def _rate(self, codes: Sequence[str], base: int | None) -> Cube | None:
        if base is None:
            return None
        rate: Cube = growth.rate(self._cut(codes, self.t, after=base), self._cut(codes, base))
        return rate

    def made(self) -> Brief:
        rows = self._rows()
        self._put(rows, "growth", self._rate(self.codes, self.base), self.base, 1)
        over = self._rate(self.codes, self.since)
        self._put(rows, "average", None if over is None else growth.average(over, self.years), self.since, self.years)
        self._per_head(rows)
        self._base_effects(rows)
        self._aimed(rows)
        totals = self._totals(rows)
        shown = [row for row in rows.values() if row.code in self.shown]
        ranked = [row for row in shown if row.kind == "member"]
        _rank(ranked)
        self._places(ranked)
        order = {"member": 0, "aggregate": 1, "total": 2}
        shown.sort(key=lambda row: (order[row.kind], math.isnan(row.growth), -row.growth, row.code))
        first = max(0, self.t + 1 - HISTORY)
        return Brief(
            title=self.picked.title,
            source=self.picked.source,
            by=self.by,
            at=self.time[self.t],
            base=None if self.base is None else self.time[self.base],
            since=None if self.since is None else self.time[self.since],
            years=self.years,
            rows=shown,
            totals=totals,
            periods=tuple(self.time[first : self.t + 1]),
            selected=dict(self.picked.selected),
            choices=self.choices,
            notes=self.notes,
            nominal=self.picked.nominal,
        )

    def _rows(self) -> dict[str, Row]:
        cube = self.cube
        units, powers, decimals = (_each(getattr(cube, n), len(self.codes)) for n in ("unit", "multiplier", "decimals"))
        first = max(0, self.t + 1 - HISTORY)
        bits_of = _bits(self._cut(self.codes, self.t))
        rows = {}
        for i, code in enumerate(self.codes):
            bits = bits_of[i]
            row = Row(
                code=code,
                label=self.picked.labels.get(code, ""),
                kind=self.kinds[code],
                level=float(cube.values[i, self.t]),
                unit=units[i],
                multiplier=int(powers[i] or 0),
                decimals=None if decimals[i] is None or decimals[i] < 0 else int(decimals[i]),
                history=tuple(map(float, cube.values[i, first : self.t + 1])),
            )
            if bits:
                row.flags["level"] = bits
            if math.isnan(row.level):
                row.missing["level"] = bits.text if bits else f"no value in {self.time[self.t]}"
            rows[code] = row
        return rows

    def _put(self, rows: Mapping[str, Row], name: str, rate: Cube | None, base: int | None, years: int) -> None:
        before = f"{years} years before" if years > 1 else "a year before"
        bits_of = [] if rate is None else _bits(rate)
        for i, code in enumerate(self.codes):
            row = rows[code]
            if rate is not None:
                setattr(row, name, float(rate.values[i]))
                if bits_of[i]:
                    row.flags[name] = bits_of[i]
            if not math.isnan(getattr(row, name)):
                continue
            if "level" in row.missing:
                row.missing[name] = row.missing["level"]
            elif base is None:
                row.missing[name] = f"no period {before}"
            elif math.isnan(self.cube.values[i, base]):
                why = Flag(0 if self.cube.flags is None else int(self.cube.flags[i, base])).text
                row.missing[name] = f"{self.time[base]}: {why or 'no value'}"
            else:
                row.missing[name] = Flag.UNDEFINED.text

    def _per_head(self, rows: Mapping[str, Row]) -> None:
        people = self.picked.population
        if people is None:
            return
        units = {str(unit) for unit in _each(people.unit, len(people.codes[self.by])) if unit is not None}
        strange = [
            unit
            for unit in units
            if not re.fullmatch(r"PS|PERS?|PERSONS?|NR|NUMBER|POP|HAB|INH|T?HS_PER|人", unit, re.I)
        ]
        if strange:
            raise ValueError(f"population: the unit is {', '.join(strange)}, not persons")
        time = people.time
        assert time is not None
        place = self.time[self.t].ordinal - (time[0].ordinal if len(time) else 0)
        both = [code for code in self.codes if code in people.codes[self.by]]
        for row in rows.values():
            row.missing["per_head"] = f"no population in {self.time[self.t]}"
        if time.freq != self.time.freq or not 0 <= place < len(time) or not both:
            self.notes.append(f"no population at {self.time[self.t]}: no figures per head")
            return
        levels = self._cut(both, self.t).scaled()
        whole = people.sel({self.by: both}).scaled()
        flags = None if whole.flags is None else whole.flags[:, place]
        heads = np.where(whole.values[:, place] > 0, whole.values[:, place], np.nan)
        each = levels / levels._with(heads, flags, unit="PS", multiplier=0, decimals=None)
        if self.picked.population_title:
            self.notes.append(f"per head: over {self.picked.population_title}")
        for code, value, bits in zip(both, each.values, _bits(each), strict=True):
            row = rows[code]
            if math.isnan(row.level):
                row.missing["per_head"] = row.missing["level"]
            elif not math.isnan(value):
                row.per_head = float(value)
                del row.missing["per_head"]
                if bits:
                    row.flags["per_head"] = bits

    def _base_effects(self, rows: Mapping[str, Row]) -> None:
        """What a year ago did to growth since the period before; of three years at least, whose mean is the normal."""
        a_year = self.time.per_year
        if a_year in (None, 1) or self.t < 3 * a_year:
            return
        first = int(self.time.ordinals[0])
        cube = self.cube
        until = Cube(
            [self.by, "time"],
            {self.by: self.codes},
            Periods.range(str(self.time.freq), first, self.t + 1),
            cube.values[:, : self.t + 1],
            None if cube.flags is None else cube.flags[:, : self.t + 1],
        )
        effect = growth.base_effect(until)
        for i, code in enumerate(self.codes):
            rows[code].news, rows[code].base = (float(part.values[i, -1]) for part in (effect.news, effect.base))

    def _aimed(self, rows: Mapping[str, Row]) -> None:
        """Targets, and the year to date beside them."""
        if not self.aims:
            return
        where = [self.index[code] for code in self.aims]
        if self.base is None:
            raise ValueError(f"targets: there is no period a year before {self.time[self.t]}")
        since = 0 if self.time.per_year is None else int(self.time.ordinals[self.t]) % self.time.per_year
        if since > self.base:
            raise ValueError(f"targets: the year before {self.time[self.t]} doesn't begin with the data")
        places = [t - back for t in (self.t, self.base) for back in range(since + 1)]
        printed = [self._printed(where, t, loose=True) for t in places]
        for code, aim in set_aims(self.aims, self.cube, self.by, self.t, printed).items():
            rows[code].aim = aim

    def _places(self, rows: Sequence[Row]) -> None:
        """The ranks that each can have, given to which digit levels are printed."""
        if self.base is None or not rows:
            return
        known = [row for row in rows if row.rank is not None]
        ends = [self._printed([self.index[row.code] for row in known], t) for t in (self.t, self.base)]
        if not known or ends[0] is None or ends[1] is None:
            return
        places = interval.rank(interval.rate(*ends))
        if not np.asarray(places.known).all():
            return
        for row, best, worst in zip(known, places.low, places.high, strict=True):
            row.places = int(best), int(worst)

    def _printed(self, members: Sequence[int], t: int, *, loose: bool = False) -> Interval | None:
        """What levels stand for; where the series' digits vary too much to be known, by the digits of the figure.

        Where no digits are known at all: the levels themselves if `loose`, else None.
        """
        values, decimals = self.cube.values[members, t], _each(self.cube.decimals, len(self.codes))
        if all(n is None or n < 0 for n in decimals):
            return Interval(values) if loose else None
        shown = [len(str(text).partition(".")[2]) if "e" not in str(text) else 0 for text in format_numbers(values)]
        own = [decimals[i] for i in members]
        digits = [min(n, 15) if d is None or d < 0 else d for d, n in zip(own, shown, strict=True)]
        return interval.from_decimals(values, np.array(digits, np.int64))

    # ---- totals

    def _totals(self, rows: Mapping[str, Row]) -> list[Total]:
        groups: dict[str | None, list[str]] = {}
        for code in self.members:
            groups.setdefault(rows[code].unit, []).append(code)
        if None in groups and self.additive is not False:
            self.notes.append("the unit isn't stated: members are taken to have the same one")
        totals = []
        for unit, codes in groups.items():
            reason = self._no_sum(unit, codes, len(groups) > 1)
            if self.total is not None and rows[self.total].unit != unit:
                reason = f"the total {self.total} is in {rows[self.total].unit}, not in {unit}"
            made = None if reason else self._one_total(unit, codes, rows)
            for code in codes:
                row = rows[code]
                if reason:
                    row.missing["share"] = row.missing["contribution"] = reason
                elif made is None:
                    row.missing["share"] = row.missing["contribution"] = "too few members have a value for a total"
            if made is not None:
                totals.append(made)
        for row in rows.values():
            if row.kind != "member":
                why = "aggregates are in no sum" if row.kind == "aggregate" else "the total itself"
                row.missing["share"] = row.missing["contribution"] = why
        return totals

    def _no_sum(self, unit: str | None, codes: Sequence[str], several_units: bool) -> str | None:
        """Why these members have no total, or None; what is worth a note is noted."""
        if len(codes) == 1 and self.total is None:
            return f"no other member is in {unit}" if several_units else "there is no other member"
        if self.additive is None:
            if unit is not None and _RATIO.fullmatch(unit):
                self.notes.append(f"{unit} is a ratio or an index: no sum, no shares (--additive overrules)")
                self.notes.append("growth of a ratio is relative: from 4 % to 5 % is 25 %, and one percentage point")
                return f"{unit} doesn't add up"
            inside = nested(codes) if self.total is None else []
            if inside:
                self.notes.append(
                    f"{some(inside, 4)} seem to hold other members: no sum, no shares "
                    "(--exclude removes some, --total names the total, --additive overrules)"
                )
                return "some members hold others"
            if unit is not None and _CHAINED.fullmatch(unit):
                self.notes.append(f"{unit} is chain-linked: sums and contributions are approximate")
        return "not additive, as said" if self.additive is False else None

    def _one_total(self, unit: str | None, codes: Sequence[str], rows: Mapping[str, Row]) -> Total | None:
        """Shares and contributions go into the rows."""
        power = rows[codes[0]].multiplier
        made = Total(unit, power, tuple(codes), self.total)
        now = self._cut(codes, self.t)
        whole = self._whole(now, codes, self.t, self.t)
        if whole is None:
            return None
        made.level = float(whole.values)
        self._take(rows, "share", growth.share(now, whole), codes)
        if self.base is not None:
            before = self._whole(now, codes, self.t, self.base)
            after = self._whole(now, codes, self.base, self.t)
            if before is not None and after is not None:
                made.growth = float(growth.rate(float(after.values), float(before.values)))
                based = self._cut(codes, self.base)
                again = self._cut(codes, self.t, after=self.base)
                self._take(rows, "contribution", growth.contribution(again, based, before), codes)
        if self.since is not None:
            before = self._whole(now, codes, self.t, self.since)
            after = self._whole(now, codes, self.since, self.t)
            if before is not None and after is not None:
                made.average = float(growth.average(growth.rate(float(after.values), float(before.values)), self.years))
        if self.total is None:
            self._bridges(made, rows)
        for code in codes:
            row = rows[code]
            for name in ("share", "contribution"):
                if math.isnan(getattr(row, name)):
                    row.missing.setdefault(name, self._why_none(row, name))
        if self.total is None:
            here = ~np.isnan(now.values)
            if self.base is not None:
                here &= ~np.isnan(self._cut(codes, self.base).values)
            made.absent = tuple(code for code, there in zip(codes, here, strict=True) if not there)
        if made.absent:
            self.notes.append(
                f"the total{'' if unit is None else ' in ' + unit} is partial: "
                f"{len(made.absent)} of {len(codes)} members lack a value ({some(made.absent)})"
            )
        return made

    def _bridges(self, made: Total, rows: Mapping[str, Row]) -> None:
        """Where the growth of a total comes from, and what changed since the year before."""
        first = self._years_before(2)
        if self.base is None or math.isnan(made.growth):
            return
        labels = [rows[code].label or code for code in made.members]
        names = labels if len(set(labels)) == len(labels) else list(made.members)
        made.names = dict(zip(names, made.members, strict=True))
        where = [self.index[code] for code in made.members]
        levels = [self.cube.values[where, t] for t in (self.t, self.base)]
        if first is not None:
            made.change = bridge_of_change(names, [*levels, self.cube.values[where, first]])
        people = [self._heads(made.members, t) for t in (self.t, self.base)]
        if people[0] is not None and people[1] is not None:
            made.people = bridge_of_people(names, levels, [people[0], people[1]])

    def _heads(self, codes: Sequence[str], t: int) -> npt.NDArray[np.float64] | None:
        """The population of members, in persons."""
        people = self.picked.population
        if people is None or people.time is None or people.time.freq != self.time.freq:
            return None
        place = self.time[t].ordinal - (people.time[0].ordinal if len(people.time) else 0)
        if not 0 <= place < len(people.time) or not set(codes) <= set(people.codes[self.by]):
            return None
        return np.asarray(people.sel({self.by: list(codes)}).scaled().values[:, place])

    def _why_none(self, row: Row, name: str) -> str:
        """Why a member of a total has no share of it, or no part in its growth."""
        if "level" in row.missing:
            return row.missing["level"]
        if name == "share" or self.base is None:
            return (
                "no period a year before" if name != "share" else f"the total is missing or zero in {self.time[self.t]}"
            )
        place = self.index[row.code]
        if math.isnan(self.cube.values[place, self.base]):
            return row.missing["growth"]
        return f"the total is missing, zero or negative in {self.time[self.base]}"

    def _whole(self, like: Cube, codes: Sequence[str], other: int, t: int) -> Cube | None:
        """The total at `t` as a cube of no dimension: of the members that have a value at `other` too."""
        if self.total is not None:
            one = self._cut([self.total], t)
            return Cube._trusted(
                dims=(), codes={}, time=None, values=one.values.reshape(()), unit=one.unit, multiplier=one.multiplier,
                flags=None if one.flags is None else one.flags.reshape(()),
            )  # fmt: skip
        part = self._cut(codes, t)
        there = ~np.isnan(part.values) & ~np.isnan(self._cut(codes, other).values)
        if there.sum() < self.min_coverage * len(codes) or not there.any():
            return None
        bits = np.bitwise_or.reduce(_raw(part)[there]) & ~np.uint32(Flag.BREAK)
        if not there.all():
            bits |= np.uint32(Flag.PARTIAL)
        return Cube._trusted(
            dims=(),
            codes={},
            time=None,
            values=np.array(math.fsum(part.values[there])),
            flags=np.array(bits) if bits else None,
            unit=like.unit,
            multiplier=like.multiplier,
        )

    def _take(self, rows: Mapping[str, Row], name: str, found: Cube, codes: Sequence[str]) -> None:
        for code, value, bits in zip(codes, found.values, _bits(found), strict=True):
            setattr(rows[code], name, float(value))
            if bits:
                rows[code].flags[name] = bits


def _period(text: str | Period) -> Period:
    if isinstance(text, Period):
        return text
    try:
        return Period.parse(text)
    except FormatError:
        raise ValueError(f"--at: {text!r} is no period") from None


def _raw(cube: Cube) -> npt.NDArray[np.uint32]:
    return np.zeros(cube.values.shape, np.uint32) if cube.flags is None else cube.flags


def _bits(cube: Cube) -> list[Flag]:
    none = Flag(0)
    return [Flag(bits) if bits else none for bits in _raw(cube).tolist()]


def _flat(fact: Any) -> Any:
    """A fact of the members alone, as one value or an array over them."""
    return fact.reshape(-1) if isinstance(fact, np.ndarray) else fact


def _each(fact: Any, n: int) -> list[Any]:
    """A fact kept per series, of each of `n` members."""
    if fact is None or isinstance(fact, str | int):
        return [fact] * n
    return list(np.broadcast_to(np.asarray(fact).reshape(-1), (n,)).tolist())


def _one_scale(cube: Cube) -> Cube:
    """Members of one unit are in one multiplier: in the unit itself where they differ."""
    powers: dict[Any, set[Any]] = {}
    n = len(cube.codes[cube.dims[0]])
    for unit, power in zip(_each(cube.unit, n), _each(cube.multiplier, n), strict=True):
        powers.setdefault(unit, set()).add(power or 0)
    return cube.scaled() if any(len(found) > 1 for found in powers.values()) else cube


def _rank(rows: Sequence[Row]) -> None:
    """Ranks from 1 by growth, the same for equals, and the distance to the first."""
    known = sorted((row.growth for row in rows if not math.isnan(row.growth)), reverse=True)
    place: dict[float, int] = {}
    for rank, rate in enumerate(known, 1):
        place.setdefault(rate, rank)
    for row in rows:
        if math.isnan(row.growth):
            row.missing["gap"] = row.missing["growth"]
        else:
            row.rank, row.gap = place[row.growth], row.growth - known[0]
