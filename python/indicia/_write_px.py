"""PC-Axis (px): keywords, then cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from indicia._labels import free_name
from indicia._write_common import (
    as_cube,
    chunks,
    coded,
    facts_of_axes,
    figures,
    lost,
    mark_text,
    marks,
    plain_text,
    refuse_infinite,
    rows_of_facts,
    time_by_mistake,
)
from indicia.cube import Cube
from indicia.flags import Flag

__all__ = ["pieces"]

NAME = "px"
HEAD_MOST = 1 << 24  # what a reader takes in front of the data
WIDTH = 200  # of a line, more or less

# The reasons in the order of their dots, and what DATASYMBOL says about each.
SYMBOLS = {
    Flag.NOT_APPLICABLE: "not applicable",
    Flag.NOT_AVAILABLE: "not available",
    Flag.NOT_YET: "not yet available",
    Flag.CONFIDENTIAL: "confidential",
    Flag.SUPPRESSED: "suppressed",
    Flag.NOT_COLLECTED: "not collected",
    Flag.OTHER: "for another reason",
}
TEXTS = [*(f'"{"." * n}"' for n in range(1, len(SYMBOLS) + 1)), '"-"']
NIL = len(TEXTS)
SCALES = {"A": "A1", "S": "H1", "Q": "Q1", "M": "M1", "W": "W1", "D": "D1"}


def pieces(data: Any) -> Iterator[tuple[bytes, int, int]]:
    """The bytes of the file, some cells at a time."""
    cube = as_cube(data, NAME)
    refuse_infinite(cube.values, NAME)
    time_by_mistake(cube, NAME)
    _check(cube)
    places, rest = _symbols(cube)
    head = "".join(_head(cube, places, rest)).encode()
    if len(head) > HEAD_MOST:
        lost(f'px: {len(head)} bytes in front of the data; to read them takes limits={{"line": {len(head) + 1}}}')
    return _written(cube, head, places)


def _check(cube: Cube) -> None:
    seen: dict[str, str] = {}
    for dim, codes in cube.codes.items():
        if not codes:
            raise ValueError(f"px has no dimension without codes, such as {dim!r}")
        if not dim:
            raise ValueError("px has no dimension without a name")
        if dim.strip(" ") in seen:
            raise ValueError(f"px tells no difference between {seen[dim.strip(' ')]!r} and {dim!r}")
        seen[dim.strip(" ")] = dim


# ---- cells ----------------------------------------------------------------------------------------------------------


def _symbols(cube: Cube) -> tuple[npt.NDArray[np.uint8] | None, npt.NDArray[np.uint32] | None]:
    """The symbol of each cell, 0 for none, and the flags that no symbol says."""
    if cube.flags is None:
        return None, None
    values = np.ascontiguousarray(cube.values).reshape(-1)
    rest = np.ascontiguousarray(cube.flags).reshape(-1).copy()
    places = np.zeros(values.size, np.uint8)
    missing = np.isnan(values) & (rest != 0)
    for k, flag in enumerate(SYMBOLS, 1):
        here = missing & (places == 0) & (rest & np.uint32(flag) != 0)
        places[here] = k
        rest[here] &= ~np.uint32(flag)
    nil = (values == 0) & ~np.signbit(values) & (rest & np.uint32(Flag.ZERO) != 0)
    places[nil] = NIL
    rest[nil] &= ~np.uint32(Flag.ZERO)
    return places, rest if rest.any() else None


def _written(cube: Cube, head: bytes, places: npt.NDArray[np.uint8] | None) -> Iterator[tuple[bytes, int, int]]:
    values = np.ascontiguousarray(cube.values).reshape(-1)
    n = values.size
    width = cube.shape[-1] if cube.ndim > 1 or cube.time is not None else 1
    ends = np.zeros(n, np.uint8)
    ends[width - 1 :: width] = 1
    yield head, 0, n
    columns = [figures(values, rows_of_facts(cube), '""', places, TEXTS), coded(ends, [" ", "\n"])]
    for piece, done in chunks(columns, n):
        yield piece, done, n
    yield b";\n", n, n


# ---- keywords -------------------------------------------------------------------------------------------------------


def _text(text: str, what: str = "the text") -> str:
    """A text in quotes, for which there is no escape."""
    return f'"{plain_text(f"px: {what}", text, chr(0) + chr(34))}"'


def _words(text: str) -> str:
    """Words about the table: quotes become apostrophes, since px has none within texts."""
    return _text(text.replace('"', "'"))


def _listed(texts: Iterable[str]) -> str:
    """Texts with commas, on several lines where they are long."""
    lines, line = [], ""
    for text in texts:
        if line and len(line) + len(text) > WIDTH:
            lines.append(line)
            line = ""
        line += f"{text},"
    return "\n".join([*lines, line])[:-1]


def _head(cube: Cube, places: npt.NDArray[np.uint8] | None, rest: npt.NDArray[np.uint32] | None) -> Iterator[str]:
    dims = list(cube.codes)
    titles = cube.attrs.get("titles")
    wanted = titles.get("time") if isinstance(titles, Mapping) else None
    time = free_name(
        wanted.strip() if isinstance(wanted, str) and wanted.strip() else "time", [d.strip() for d in dims]
    )
    facts = facts_of_axes(cube, NAME)
    yield 'CHARSET="ANSI";\nAXIS-VERSION="2013";\nCODEPAGE="utf-8";\n'
    yield from _about(cube)
    heading = [time] if cube.time is not None else dims[-1:] if len(dims) > 1 else []
    stub = dims if cube.time is not None or len(dims) < 2 else dims[:-1]
    for keyword, names in (("STUB", stub), ("HEADING", heading)):
        if names:
            yield f"{keyword}={_listed(_text(name, 'a dimension') for name in names)};\n"
    values = {dim: _values(cube, dim) for dim in dims}
    for dim, texts in values.items():
        yield f"VALUES({_text(dim)})={_listed(_text(text, f'a code or label of {dim!r}') for text in texts)};\n"
    if cube.time is not None:
        yield f"VALUES({_text(time)})={_listed(_text(text) for text in cube.time.to_text())};\n"
        yield f"TIMEVAL({_text(time)})=TLIST({SCALES[str(cube.time.freq)]}),{_listed(_timeval(cube))};\n"
    for dim, texts in values.items():
        if texts != list(cube.codes[dim]):
            yield f"CODES({_text(dim)})={_listed(_text(code, f'a code of {dim!r}') for code in cube.codes[dim])};\n"
    yield from _facts(cube, values, facts)
    yield from _said_of_symbols(places)
    if rest is not None:
        yield from _flags(rest)
    yield "DATA=\n"


def _about(cube: Cube) -> Iterator[str]:
    """The words that every file has, and those that are known."""
    attrs = {key: value for key, value in cube.attrs.items() if isinstance(value, str) and "\0" not in value}
    title = attrs.get("title") or ", ".join(cube.codes) or "time"
    yield f"MATRIX={_words(attrs.get('matrix', 'indicia'))};\n"
    yield f"SUBJECT-CODE={_words(attrs.get('subject_code', ''))};\n"
    yield f"SUBJECT-AREA={_words(attrs.get('subject_area', ''))};\n"
    yield f"TITLE={_words(title)};\nCONTENTS={_words(attrs.get('contents', title))};\n"
    for key in ("source", "last_updated", "updated", "contact"):
        if key in attrs and not (key == "updated" and "last_updated" in attrs):
            keyword = "LAST-UPDATED" if key == "updated" else key.upper().replace("_", "-")
            yield f"{keyword}={_words(attrs[key])};\n"
    if "notes" in attrs:
        yield f"NOTE={_words(attrs['notes'].replace(chr(10), '#'))};\n"


def _values(cube: Cube, dim: str) -> list[str]:
    words = cube.labels.get(dim, {})
    return [words.get(code, code) for code in cube.codes[dim]]


def _timeval(cube: Cube) -> list[str]:
    assert cube.time is not None
    texts = [str(text) for text in cube.time.to_text()]
    if cube.time.freq != "D":
        texts = [text.translate({ord(mark): None for mark in "-SQW"}) for text in texts]
    return [_text(text) for text in texts]


def _naming(values: Sequence[str], codes: Sequence[str], i: int) -> str | None:
    """What a statement calls a code: its word if no other has it, else the code if it is no word."""
    if values.index(values[i]) == i:
        return values[i]
    return codes[i] if codes[i] not in values else None


def _facts(cube: Cube, values: Mapping[str, list[str]], facts: Mapping[str, tuple[int | None, Any]]) -> Iterator[str]:
    """UNITS and UNIT-MULT of all, or by the values of the one CONTVARIABLE; DECIMALS, or PRECISION by any values."""
    dims = list(cube.codes)
    contents = next(
        (facts[name][0] for name in ("unit", "multiplier") if facts.get(name, (None,))[0] is not None), None
    )
    if contents is not None:
        yield f"CONTVARIABLE={_text(dims[contents])};\n"
    for name, keyword in (("unit", "UNITS"), ("multiplier", "UNIT-MULT"), ("decimals", "DECIMALS")):
        axis, fact = facts.get(name, (None, None))
        if axis is None:
            if fact is not None and (name != "decimals" or fact >= 0):
                yield f"{keyword}={_text(fact, 'the unit') if name == 'unit' else fact};\n"
            continue
        if name == "multiplier" and axis != contents:
            lost(f"multiplier varies along {dims[axis]!r}, unit along {dims[contents or 0]!r}; px has both along one")
            continue
        codes = cube.codes[dims[axis]]
        for i, one in enumerate(fact):
            if not one and (name == "unit" or (name == "decimals" and one < 0)):
                continue
            if name == "decimals" and one < 0:
                continue
            of = _naming(values[dims[axis]], codes, i)
            if of is None:
                lost(f"{name} of {codes[i]!r} is not written: px names it by its label, which others have too")
                continue
            if name == "decimals":
                yield f"PRECISION({_text(dims[axis])},{_text(of)})={one};\n"
            else:
                yield f"{keyword}({_text(of)})={_text(one, 'the unit') if name == 'unit' else one};\n"


def _said_of_symbols(places: npt.NDArray[np.uint8] | None) -> Iterator[str]:
    there = np.bincount(places, minlength=NIL + 1) if places is not None else np.zeros(NIL + 1, int)
    for k, words in enumerate(SYMBOLS.values(), 1):
        if there[k]:
            yield f'DATASYMBOL{"SUM" if k == len(SYMBOLS) else k}="{words}";\n'


def _flags(rest: npt.NDArray[np.uint32]) -> Iterator[str]:
    """The cells of every set of flags by number, runs as "first"-"last"."""
    cells = np.flatnonzero(rest)
    where, sets = marks(rest[cells])
    for k, bits in enumerate(sets):
        mine = cells[where == k]
        starts = np.flatnonzero(np.diff(mine, prepend=-2) != 1)
        stops = np.append(starts[1:], len(mine)) - 1
        runs = zip(mine[starts].tolist(), mine[stops].tolist(), strict=True)
        texts = (f'"{first}"' if first == last else f'"{first}"-"{last}"' for first, last in runs)
        yield f'FLAGS("{mark_text(bits, most=0)}")={_listed(texts)};\n'
