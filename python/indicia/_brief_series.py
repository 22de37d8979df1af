"""What a brief is about: one series per member, chosen from whatever was given, and every choice put into words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np

from indicia._labels import near, some
from indicia.cube import Cube
from indicia.errors import UnknownNameError
from indicia.observations import Observations

__all__ = ["Picked", "Request", "is_aggregate", "nested", "pick", "rows_where"]

PLACES = (
    *("geo", "ref_area", "country", "country name", "country code", "countrycode", "economy", "region", "city", "area"),
    *("location", "state", "province", "reporter", "reportercode", "reportingcountry", "cou", "iso3", "nuts", "地区"),
)
UNITS = ("unit", "unit_measure", "units", "currency", "unit of measure")
FREQS = ("freq", "frequency")
BUILT_IN_WHERE = {"INDICATOR": "GDP"}
BUILT_IN_POPULATION = {"INDICATOR": "POP"}

_UNIONS = re.compile(r"(EU|EA|EEA|EFTA|NMS|EMU|EUU|OECD|ASEAN|BRICS|G7|G20)(\d\d?)?([_-]\w+)?")
_WORLDS = frozenset({"WORLD", "WLD", "W0", "W00", "TOTAL", "_T", "_Z"})
# The World Bank's groups of countries; none is an ISO 3166 code.
_GROUPS = re.compile(
    "AF[EW]|ARB|CEB|CSS|EA[PRS]|EC[AS]|FCS|HIC|HPC|IB[DT]|ID[ABX]|LAC|LCN|LDC|LIC|LM[CY]|LTE|MEA|MIC|MNA|NAC|OED|OSS|"
    "PRE|PSS|PST|SAS|SS[AFT]|TE[AC]|TLA|TMN|TS[AS]|UMC|WLD"
)


@dataclass(frozen=True)
class Request:
    """What the caller of `indicia.brief.brief` said about which series to take."""

    by: str | None = None
    where: Mapping[str, Any] | None = None
    exclude: Sequence[str] = ()
    population: Any = None
    freq: str | None = None
    format: str | None = None
    progress: Any = None


@dataclass
class Picked:
    """One series per member, and how it was chosen."""

    cube: Cube  # [by, time]
    by: str
    labels: Mapping[str, str]
    title: str
    source: str
    selected: dict[str, str]
    choices: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    population: Cube | None = None  # [by, time]
    population_title: str = ""
    nominal: bool = False  # levels at current prices, in the currency of each member


def pick(data: Any, request: Request) -> Picked:
    """The series of all members.

    Raises
    ------
    ValueError
        Several series are left for a member, there is no time, or there are several frequencies.
    KeyError
        A dimension or code that isn't there.
    """
    built_in = data is None
    where = dict(request.where or {})
    population = request.population
    if built_in:
        for dim, code in BUILT_IN_WHERE.items():
            where.setdefault(dim, code)
        if population is None and where["INDICATOR"] in ("GDP", ["GDP"]):
            population = BUILT_IN_POPULATION
    apart = set(population) if isinstance(population, Mapping) else set()
    rows = _rows(data, where, apart, request)
    people = None
    if isinstance(population, Mapping):
        people = _chosen(rows, {**where, **population})
    elif population is not None:
        people = _rows(population, {}, set(), Request(format=None, progress=request.progress))
    rows = _chosen(rows, where)
    picked = _one_per_member(rows, request)
    picked.nominal = built_in and picked.selected.get("INDICATOR") == "GDP"
    if people is not None:
        told = Request(by=picked.by, exclude=(), freq=str(picked.cube.time.freq) if picked.cube.time else None)
        try:
            other = _one_per_member(people, told)
            picked.population, picked.population_title = other.cube, other.title
        except (ValueError, KeyError) as error:
            raise ValueError(f"population: {error}") from None
    return picked


# ---- rows ---------------------------------------------------------------------------------------------------------


def _rows(data: Any, where: Mapping[str, Any], apart: set[str], request: Request) -> Observations:
    """The rows of a source, filtered while it is read where nobody needs the others."""
    if isinstance(data, Observations):
        return data
    if isinstance(data, Cube):
        return data.to_observations()
    from indicia.read import read_observations

    if data is None:
        table = (files("indicia.data") / "gba.csv").read_bytes()
        return read_observations(table, format="sdmx-csv", attributes=["SOURCE", "COMMENT_TS"])
    wanted = {dim: codes for dim, codes in where.items() if dim not in apart}
    return rows_where(data, wanted, format=request.format, progress=request.progress)


def rows_where(source: Any, where: Mapping[str, Any], **options: Any) -> Observations:
    """Reads the rows that have some codes; KeyError for a dimension or code that isn't there.

    Parameters
    ----------
    source, **options
        As `indicia.read_observations` takes them.
    where : mapping of str to code or list of codes
    """
    from indicia.read import read_observations

    wanted = {dim: codes if dim == "time" else _listed(codes) for dim, codes in where.items()}
    rows = read_observations(source, where=wanted or None, **options)
    for dim, codes in wanted.items():
        if dim == "time" or (dim in rows.codes and set(codes) <= set(_used(rows, dim))):
            continue
        # The reader dropped what it was told to; what there is instead, only all rows can tell.
        others = {name: given for name, given in wanted.items() if name != dim}
        _known(read_observations(source, where=others or None, **options), dim, codes)
    return rows


def _listed(codes: Any) -> list[str]:
    return [codes] if isinstance(codes, str) else list(codes)


def _used(rows: Observations, dim: str) -> list[str]:
    """The codes that rows have, in their order."""
    counts = np.bincount(rows.positions[dim], minlength=len(rows.codes[dim]))
    return [code for code, n in zip(rows.codes[dim], counts, strict=True) if n]


def _known(rows: Observations, dim: str, codes: Iterable[str]) -> None:
    if dim not in rows.codes:
        raise UnknownNameError(f"no dimension {dim!r}{near(dim, rows.codes)}")
    used = _used(rows, dim)
    for code in codes:
        if code not in used:
            raise UnknownNameError(f"no code {code!r} in {dim!r}{near(code, used, rows.labels.get(dim))}")


def _chosen(rows: Observations, where: Mapping[str, Any]) -> Observations:
    for dim, codes in where.items():
        if dim != "time":
            _known(rows, dim, _listed(codes))
            rows = rows.sel({dim: _listed(codes)})
        else:
            rows = rows.sel(time=codes)
    return rows


# ---- one series per member ------------------------------------------------------------------------------------------


def _one_per_member(rows: Observations, request: Request) -> Picked:
    if rows.time is None:
        raise ValueError(f"there is no time among the dimensions ({some(rows.dims)}), so there is no growth")
    if not len(rows):
        raise ValueError("there is no observation")
    choices: list[str] = []
    rows = _of_freq(rows, request.freq, choices)
    used = {dim: _used(rows, dim) for dim in rows.codes}
    by = _member_dim(rows, used, request.by, choices)
    several = [dim for dim, codes in used.items() if dim != by and len(codes) > 1]
    if several:
        named = "; ".join(f"{dim} ({_some_codes(used[dim], rows.labels.get(dim, {}))})" for dim in several)
        raise ValueError(f"several series for one {by}: --where must choose one code of each of these: {named}")
    selected = {dim: codes[0] for dim, codes in used.items() if dim != by}
    title = _title(rows, selected)
    unit = next((code for dim, code in selected.items() if dim.casefold() in UNITS), None)
    rows = rows.sel(selected)
    if request.exclude:
        _known(rows, by, request.exclude)
        rows = rows.sel({by: [code for code in used[by] if code not in set(request.exclude)]})
    else:
        rows = rows.sel({by: used[by]})
    if not len(rows):
        raise ValueError("--exclude leaves no member")
    cube = rows.to_cube()
    if cube.unit is None and unit is not None:
        cube = cube.replace(unit=unit)
    return Picked(cube, by, rows.labels.get(by, {}), title, _source(rows), selected, choices, _remarks(rows, by))


def _of_freq(rows: Observations, freq: str | None, choices: list[str]) -> Observations:
    from indicia._dense import of_freq

    if freq is None and len(rows.freqs) > 1:
        raise ValueError(f"several frequencies, {', '.join(rows.freqs)}: --freq takes one")
    if freq is not None and freq not in rows.freqs:
        raise ValueError(
            f"no frequency {freq!r}; there {'is' if len(rows.freqs) == 1 else 'are'} {', '.join(rows.freqs)}"
        )
    return of_freq(rows, freq)


def _member_dim(rows: Observations, used: Mapping[str, list[str]], by: str | None, choices: list[str]) -> str:
    if by is not None:
        if by not in used:
            raise UnknownNameError(f"--by: no dimension {by!r}{near(by, used)}")
        return by
    if not used:
        raise ValueError("there is one series only: nothing to compare")
    order = {name: i for i, name in enumerate(PLACES)}
    places = sorted((dim for dim in used if dim.casefold() in order), key=lambda dim: order[dim.casefold()])
    places = [dim for dim in places if len(used[dim]) > 1] or places
    if places:
        choices.append(f"by {places[0]}, the dimension of places (--by takes another)")
        return places[0]
    most = max(used, key=lambda dim: len(used[dim]))
    if len(used) > 1:
        choices.append(f"by {most}, the dimension of most codes (--by takes another)")
    return most


def _some_codes(codes: Sequence[str], labels: Mapping[str, str], most: int = 8) -> str:
    shown = ", ".join(code + (f" = {labels[code]}" if labels.get(code, code) != code else "") for code in codes[:most])
    return shown if len(codes) <= most else f"{shown} and {len(codes) - most} more"


def _title(rows: Observations, selected: Mapping[str, str]) -> str:
    words = []
    for dim, code in selected.items():
        if dim.casefold() in (*FREQS, *UNITS):
            continue
        label = rows.labels.get(dim, {}).get(code)
        words.append(label if label else f"{dim} {code}")
    head = rows.attrs.get("title")
    texts = ([" ".join(str(head).split())] if head else []) + words
    return ", ".join(texts)


def _source(rows: Observations) -> str:
    """Where the figures are from, as far as the source says it."""
    for name in ("source", "SOURCE"):
        if rows.attrs.get(name):
            return " ".join(str(rows.attrs[name]).split())
    where, texts = rows.attributes.get("SOURCE", (np.zeros(0, np.intp), ()))
    return "; ".join(texts[i] for i in np.unique(where) if i < len(texts))


def _remarks(rows: Observations, by: str) -> list[str]:
    """What the source says about single series."""
    if "COMMENT_TS" not in rows.attributes:
        return []
    where, texts = rows.attributes["COMMENT_TS"]
    labels = rows.labels.get(by, {})
    pairs = sorted(
        {(int(i), int(member)) for i, member in zip(where, rows.positions[by], strict=True) if i < len(texts)}
    )
    codes = rows.codes[by]
    return [f"{labels.get(codes[member], codes[member])}: {texts[i]}" for i, member in pairs]


# ---- aggregates ---------------------------------------------------------------------------------------------------


def is_aggregate(code: str, codes: Sequence[str], labels: Mapping[str, str]) -> bool:
    """Whether a code is known to hold others of its list: EU27_2020, EA20, EFTA, WLD, TOTAL.

    Examples
    --------
    >>> [code for code in ("EU27_2020", "EA20", "EE", "DE", "WLD") if is_aggregate(code, ("DE", "EE"), {})]
    ['EU27_2020', 'EA20', 'WLD']
    """
    if code in _WORLDS or _UNIONS.fullmatch(code):
        return True
    if not _GROUPS.fullmatch(code):
        return False
    three = sum(len(other) == 3 and other.isalpha() and other.isupper() for other in codes)
    return 2 * three > len(codes)


def nested(codes: Sequence[str]) -> list[str]:
    """Codes that seem to hold others of their list, as NUTS' DE holds DE1, or 440000 holds 440100.

    Examples
    --------
    >>> nested(["DE", "DE1", "DE11", "FR"]), nested(["440000", "440100"]), nested(["AT", "BE"])
    (['DE', 'DE1'], ['440000'], [])
    """
    stems = {_stem(code): code for code in codes}
    ranked = sorted(stems)
    found = []
    for place, stem in enumerate(ranked):
        for other in (ranked[i] for i in range(place + 1, len(ranked))):
            if len(stem) < 2 or not other.startswith(stem):
                break
            if re.fullmatch(r"[0-9A-Z]{1,6}", other[len(stem) :]):
                found.append(stems[stem])
                break
    return found


def _stem(code: str) -> str:
    """Six digits of a place in China or elsewhere, without the noughts that stand for "the whole"."""
    return re.sub(r"(00)+$", "", code) if re.fullmatch(r"[1-9]\d{5}", code) else code
