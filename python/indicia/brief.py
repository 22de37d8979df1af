"""The monitor: what each member of a group stands at, how it grows, and what it adds to the whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indicia._brief_series import Request, pick
from indicia._labels import near
from indicia.errors import UnknownNameError
from indicia.flags import Flag
from indicia.periods import Period

if TYPE_CHECKING:
    import pandas

    from indicia._brief_aimed import Aim
    from indicia._brief_deflators import Deflators
    from indicia._brief_targets import Aims
    from indicia._brief_trade import TradeReport
    from indicia._growth_bridge_show import Bridge
    from indicia._ledger_audit import LedgerAudit

__all__ = ["MEASURES", "Brief", "Row", "Total", "article", "brief", "deflators", "exports", "targets"]

SCHEMA = "indicia.brief/1"
MEASURES = ("level", "growth", "average", "share", "contribution", "gap", "per_head")


@dataclass
class Row:
    """One member: its figures at `Brief.at`, NaN where there is none, and why.

    Attributes
    ----------
    code, label : str
    kind : {"member", "aggregate", "total"}
        An aggregate (EU27_2020 among countries) counts neither in sums nor in ranks.
    level : float
        The figure itself, in ``10 ** multiplier`` `unit`.
    growth, average : float
        Over one year, and per year over `Brief.years`; fractions.
    share, contribution : float
        Of the total of the members with the same unit: its part of the level, and of the growth; fractions.
    rank, gap : int or None, float
        By growth, from 1, and the distance to the leader's growth: a difference of fractions, never positive.
    places : (int, int) or None
        The best and the worst rank that the growth can have, given that levels are rounded; None where it isn't known
        to which digit they are.
    per_head : float
        Level per person, in `unit`.
    flags : dict of str to Flag
        What is known about the cells that each figure came from.
    missing : dict of str to str
        Why a figure is NaN.
    history : tuple of float
        The figures of `Brief.periods`.
    news, base : float
        Of quarters and months, with three years before: what the last period, and what happened a year ago, did to
        `growth` since the period before (`indicia.growth.base_effect`); fractions, NaN otherwise.
    aim : Aim or None
        The target for the growth of the year, and where it stands, if ``brief(targets=...)`` gave one: `target`,
        `so_far`, `gap`, `met`, and what the rest of the year must bring (`required`, `percentile`).
    """

    code: str
    label: str
    kind: str
    level: float
    unit: str | None = None
    multiplier: int = 0
    decimals: int | None = None
    growth: float = math.nan
    average: float = math.nan
    share: float = math.nan
    contribution: float = math.nan
    rank: int | None = None
    places: tuple[int, int] | None = None
    gap: float = math.nan
    per_head: float = math.nan
    flags: dict[str, Flag] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    history: tuple[float, ...] = ()
    news: float = math.nan
    base: float = math.nan
    aim: Aim | None = None

    def to_dict(self) -> dict[str, Any]:
        """The row as plain values: NaN as None, flags as lists of names."""
        figures = {name: _plain(getattr(self, name)) for name in MEASURES}
        head = {"code": self.code, "label": self.label, "kind": self.kind}
        places = None if self.places is None else list(self.places)
        facts = {"unit": self.unit, "multiplier": self.multiplier, "rank": self.rank, "places": places}
        return {
            **head,
            **facts,
            **figures,
            "flags": {name: _names(bits) for name, bits in self.flags.items() if bits},
            "missing": dict(self.missing),
            "history": [_plain(value) for value in self.history],
            **({} if math.isnan(self.base) else {"base_effect": {"news": self.news, "base": self.base}}),
            **({} if self.aim is None else {"target": self.aim.to_dict()}),
        }


@dataclass
class Total:
    """The sum of the members with one unit, or the member that was named as their total.

    Attributes
    ----------
    unit, multiplier
    members : tuple of str
        Whose sum it is.
    code : str or None
        The member that was named, if one was.
    level, growth, average : float
        As of a `Row`. Growth compares the same members in both years.
    absent : tuple of str
        Members without a value at `Brief.at` or a year before; the total is partial then.
    people, change : indicia.growth.Bridge or None
        The growth by people and output per head of each member; and the change of the growth since the year before, by
        each member's own growth and its weight. None where a member lacks a figure for it, or the total was named.
    names : dict of str to str
        The codes of the components of the two.
    """

    unit: str | None
    multiplier: int
    members: tuple[str, ...]
    code: str | None = None
    level: float = math.nan
    growth: float = math.nan
    average: float = math.nan
    absent: tuple[str, ...] = ()
    people: Bridge | None = None
    change: Bridge | None = None
    names: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The total as plain values."""
        from indicia._brief_bridge import plain

        return {
            "unit": self.unit,
            "multiplier": self.multiplier,
            "code": self.code,
            "members": list(self.members),
            "absent": list(self.absent),
            "level": _plain(self.level),
            "growth": _plain(self.growth),
            "average": _plain(self.average),
            "people": plain(self.people, self.names),
            "change": plain(self.change, self.names),
        }


@dataclass
class Brief:
    """What `brief` found: `rows` in order of growth, `totals`, and what was chosen and left out, in words.

    Attributes
    ----------
    title, source : str
    by : str
        The dimension whose codes are the members.
    at, base, since : Period
        The period of the levels, the one a year before, and the one `years` years before.
    years : int
        Over how many years `Row.average` goes.
    rows : list of Row
    totals : list of Total
    periods : tuple of Period
        Those of `Row.history`.
    selected : dict of str to str
        The codes of all other dimensions.
    choices, notes : list of str
        What was decided where nothing was said, and what must be known to read the figures.
    """

    title: str
    source: str
    by: str
    at: Period
    base: Period | None
    since: Period | None
    years: int
    rows: list[Row]
    totals: list[Total]
    periods: tuple[Period, ...]
    selected: dict[str, str]
    choices: list[str]
    notes: list[str]
    nominal: bool = False

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, code: str) -> Row:
        for row in self.rows:
            if row.code == code:
                return row
        raise UnknownNameError(f"no member {code!r}{near(code, [row.code for row in self.rows])}")

    @property
    def leader(self) -> Row | None:
        """The member that grows fastest, or None if no growth is known."""
        return next((row for row in self.rows if row.rank == 1), None)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, as ``indicia brief --json`` prints it: NaN is None, periods are ISO texts.

        Examples
        --------
        >>> from indicia.brief import brief
        >>> brief().to_dict()["at"]
        '2024'
        """
        return {
            "schema": SCHEMA,
            "title": self.title,
            "source": self.source,
            "by": self.by,
            "freq": self.at.freq,
            "at": str(self.at),
            "base": None if self.base is None else str(self.base),
            "since": None if self.since is None else str(self.since),
            "years": self.years,
            "selected": dict(self.selected),
            "leader": None if self.leader is None else self.leader.code,
            "periods": [str(period) for period in self.periods],
            "rows": [row.to_dict() for row in self.rows],
            "totals": [total.to_dict() for total in self.totals],
            "choices": list(self.choices),
            "notes": list(self.notes),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row per member, indexed by code; flags as text.

        Examples
        --------
        >>> from indicia.brief import brief
        >>> round(float(brief().to_pandas().loc["SZ", "growth"]), 4)
        0.0634
        """
        import pandas as pd

        names = ("label", "kind", "unit", "multiplier", "rank", *MEASURES)
        columns: dict[str, Any] = {name: [getattr(row, name) for row in self.rows] for name in names}
        columns["rank"] = pd.array([row.rank for row in self.rows], dtype="Int64")
        columns["flags"] = ["|".join(_names(own_flags(row))) for row in self.rows]
        return pd.DataFrame(columns, index=pd.Index([row.code for row in self.rows], name=self.by))

    def to_page(
        self, audit: LedgerAudit | None = None, targets: Aims | None = None, deflators: Deflators | None = None
    ) -> str:
        """One page of HTML with charts that needs nothing else: no script, no network; light, dark and printed.

        Parameters
        ----------
        audit : LedgerAudit, optional
            Of claims about the same, to be shown below: of the built-in table, `article`'s.
        targets : Aims, optional
            To be shown between the two: of the built-in table, `targets`'s.
        deflators : Deflators, optional
            To be shown behind the targets: of the built-in table, `deflators`'s.

        Returns
        -------
        str
            The whole document.

        Examples
        --------
        >>> from indicia.brief import brief
        >>> brief().to_page().count("<svg")
        15
        """
        from indicia._page import brief_page

        return brief_page(self, audit, targets, deflators)

    def __str__(self) -> str:
        from indicia._brief_show import to_text

        return to_text(self)

    def _repr_html_(self) -> str:
        from indicia._brief_show import to_html

        return to_html(self)


def own_flags(row: Row) -> Flag:
    """The union over a member's own cells: shares and contributions have their total's flags too."""
    bits = Flag(0)
    for name in ("level", "growth", "average", "per_head"):
        bits |= row.flags.get(name, Flag(0))
    return bits


def _names(bits: Flag) -> list[str]:
    return [str(flag.name) for flag in Flag if bits & flag]


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


# ---- the call -----------------------------------------------------------------------------------------------------


def brief(
    data: Any = None,
    *,
    by: str | None = None,
    at: str | Period | None = None,
    where: Mapping[str, Any] | None = None,
    total: str | None = None,
    exclude: Sequence[str] = (),
    peers: Sequence[str] | None = None,
    population: Any = None,
    targets: Any = None,
    additive: bool | None = None,
    years: int = 5,
    min_coverage: float = 0.5,
    freq: str | None = None,
    format: str | None = None,
    progress: Any = None,
) -> Brief:
    """Level, growth, share, contribution, rank and gap of every member: of cities, countries, industries.

    ``growth = (x[t] - x[t - year]) / x[t - year]`` by calendar, ``average = (x[t] / x[t - n years]) ** (1 / n) - 1``,
    ``share = x / total``, ``contribution = (x[t] - x[t - year]) / total[t - year]``; the gap is the distance to the
    highest growth. All are fractions. Different units are never added up: shares are of the members with one unit.

    Parameters
    ----------
    data : path, bytes, file object, Observations, Cube or None
        Anything that indicia reads. None is the built-in table: gross domestic product and population of the eleven
        cities of the Greater Bay Area, 2015 to 2024.
    by : str, optional
        The dimension whose codes are the members; by default the one of places, else the one of most codes.
    at : str or Period, optional
        The period; by default the latest at which `min_coverage` of the members have a value.
    where : mapping of str to code or list of codes, optional
        What to take of the other dimensions. One code of each must be left.
    total : str, optional
        The member that is the total of the others; by default the members' sum.
    exclude : sequence of str
        Members to leave out.
    peers : sequence of str, optional
        The members to show and to rank; shares stay those of all.
    population : mapping or any source, optional
        For figures per head: another selection of the same data (``{"INDICATOR": "POP"}``), or data of its own. It
        must be in persons.
    targets : str, float, Target or mapping of code to such, optional
        What members aim at for the growth of the year, one for all or by code, as `indicia.targets.target` reads it:
        ``"around 5 %"``. Held against the growth of the year to date; before the year is over, what its rest must
        bring is shown.
    additive : bool, optional
        Whether members add up to a total. By default they don't if the unit is a ratio or an index, or if some
        members hold others.
    years : int
        What the average goes over.
    min_coverage : float
        Which part of the members must have a value for a total to be taken; it is then flagged PARTIAL. 1 is all.
    freq : {"A", "S", "Q", "M", "W", "D"}, optional
        Where the data have several.
    format, progress
        As `indicia.read_observations` takes them.

    Returns
    -------
    Brief
        ``print`` shows a table, a notebook an HTML one; ``to_dict`` and ``to_pandas`` give the figures.

    Raises
    ------
    ValueError
        Several series are left for one member (the message names the dimensions and their codes), a period lies
        outside, there is no time; or `FormatError` and its kin from reading.
    KeyError
        A dimension, code or member that isn't there; the message names the nearest ones.

    Notes
    -----
    Missing: a figure is NaN where one of its parts is, and `Row.missing` says why. A total over members of which some
    are missing is taken over the others, if they are enough, and the note that says so names the missing.

    References
    ----------
    Contributions: IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8.

    Examples
    --------
    >>> from indicia.brief import brief
    >>> shenzhen = brief()["SZ"]
    >>> shenzhen.level, round(100 * shenzhen.growth, 2)
    (36801.87, 6.34)
    """
    from indicia._brief_make import Asked, Making

    if years < 1 or int(years) != years:
        raise ValueError(f"years={years!r}: expected a whole number from 1 on")
    if not 0 < min_coverage <= 1:
        raise ValueError(f"min_coverage={min_coverage!r}: expected more than 0 and at most 1")
    names = (exclude, *([] if peers is None else [peers]))
    if any(isinstance(codes, str) for codes in names):
        raise TypeError("exclude and peers are lists of codes")
    picked = pick(data, Request(by, where, tuple(exclude), population, freq, format, progress))
    asked = Asked(at, total, None if peers is None else tuple(peers), additive, int(years), min_coverage, targets)
    return Making(picked, asked).made()


def article() -> LedgerAudit:
    """The audit of a newspaper article on the targets of Shenzhen for 2024, which ``indicia brief`` prints.

    Its figures are in the built-in ledger ``article.toml``, its levels in the built-in table.

    Returns
    -------
    LedgerAudit

    See Also
    --------
    indicia.audit.ledger : the audit of a ledger of your own.

    Examples
    --------
    >>> from indicia.brief import article
    >>> article().quantities["gdp_target_2023"].implied[0].span.low
    Fraction(6, 1)
    """
    from importlib.resources import files

    from indicia.ledger import read_ledger

    with (files("indicia.data") / "article.toml").open("rb") as file:
        return read_ledger(file).audit()


def targets() -> Aims:
    """What cities of the built-in table and others aimed at, which ``indicia brief`` prints: met or not, and the rest.

    Growth of gross domestic product at constant prices, as printed, from the built-in ``targets.toml``.

    Returns
    -------
    Aims
        `met` holds outcomes against targets; `rest` what was left to do after a part of a year, and what came; `bases`
        the growth that each target comes on top of. ``print`` shows it, ``to_dict`` gives the figures.

    See Also
    --------
    indicia.targets : the same for targets and figures of your own.

    Examples
    --------
    >>> from indicia.brief import targets
    >>> for one in targets().bases[:2]:
    ...     print(one.place, one.period, one.said, "on", one.before, one.word)
    Shenzhen 2023 6 % on 3.3 %
    Shenzhen 2024 5.5 % on 6.0 % lofty, given the high base
    """
    import tomllib
    from importlib.resources import files

    from indicia._brief_targets import aims_of

    return aims_of(tomllib.loads((files("indicia.data") / "targets.toml").read_text(encoding="utf-8")))


def deflators() -> Deflators:
    """What growth of output at current and constant prices leaves of its deflator, which ``indicia brief`` prints.

    China and Shenzhen, as intervals of all that the printed figures admit, beside consumer and producer prices; from
    the built-in ``deflators.toml``.

    Returns
    -------
    Deflators
        `rows` holds a `rate` each, `falls` the spells of years in which it certainly was below zero. ``print`` shows
        it, ``to_dict`` gives the figures.

    See Also
    --------
    indicia.deflation : the same for figures of your own.

    Examples
    --------
    >>> from indicia.brief import deflators
    >>> fall = deflators().falls[0]
    >>> fall.place, fall.begin, fall.end, round(100 * float(fall.depth.low), 1)
    ('China', '2023', '2024', -1.4)
    """
    import tomllib
    from importlib.resources import files

    from indicia._brief_deflators import deflators_of

    return deflators_of(tomllib.loads((files("indicia.data") / "deflators.toml").read_text(encoding="utf-8")))


def exports(
    source: Any, *, revision: str | None = None, country: str | None = None, format: str | None = None
) -> TradeReport:
    """The new three (electric vehicles, batteries, solar cells) in a file of trade, as ``indicia brief --trade`` shows.

    Parameters
    ----------
    source : path, bytes, file object, or a list of them
        In the format of BACI, of one year or several; two files of consecutive years give growth.
    revision : str, optional
        Of the Harmonized System: ``"HS22"``; by default as the name of the file has it (``BACI_HS22_Y2023.csv``).
    country : str, optional
        The code of the exporter whose part is given, by default China.
    format : str, optional
        The format, where the file's own look misleads.

    Returns
    -------
    TradeReport
        `rows` holds a `value`, `growth`, `own_share`, `own_rank` and `leaders` for each basket. ``print`` shows it,
        ``to_dict`` gives the figures.

    Raises
    ------
    ValueError
        The revision is not known, or is not that of the data; there is no such exporter.

    Notes
    -----
    Rows are added up while the file is scanned, so that memory is that of the result. Growth of all is that of
    exporters with a figure in both years.

    Examples
    --------
    >>> from indicia import brief
    >>> text = b"t,i,j,k,v,q\\n2022,156,528,870380,5,1\\n2023,156,528,870380,8,1\\n2023,276,528,870380,2,1\\n"
    >>> one = brief.exports(text, revision="HS22", format="baci").rows[0]
    >>> one.basket, round(one.own_growth, 3), one.own_share, one.own_rank
    ('electric vehicles', 0.6, 0.8, 1)
    """
    from indicia._brief_trade import trade_of

    return trade_of(source, revision=revision, country=country, format=format)
