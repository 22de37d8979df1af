"""The slow, obvious twins of the readers: csv, str.split, and one row after the other."""

from __future__ import annotations

import csv
import math
import re
from typing import Any

from tests.reference import numbers, periods

Row = tuple[tuple[str, ...], str | None, float | None, int]  # codes, period's canonical text, value, flags
Result = tuple[tuple[str, ...], list[Row]]  # names of the dimensions without time, rows

BITS = {"BREAK": 0, "DEFINITION_DIFFERS": 1, "ESTIMATED": 2, "FORECAST": 3, "IMPUTED": 4, "PROVISIONAL": 5}
BITS |= {"REVISED": 6, "LOW_RELIABILITY": 7, "NOT_SIGNIFICANT": 8, "CONFIDENTIAL": 9, "EXPERIMENTAL": 10}
BITS |= {"DEROGATION": 11, "INCLUDED_ELSEWHERE": 12, "INCLUDES_OTHER": 13, "UNVALIDATED": 14, "STRIKE": 15}
BITS |= {"LESS_THAN_HALF": 17, "NOT_AVAILABLE": 18, "NOT_APPLICABLE": 19, "NOT_COLLECTED": 20, "SUPPRESSED": 21}
BITS |= {"JOINT": 24, "OTHER": 28}

LETTERS = {"b": "BREAK", "B": "BREAK", "d": "DEFINITION_DIFFERS", "D": "DEFINITION_DIFFERS", "e": "ESTIMATED"}
LETTERS |= {"s": "ESTIMATED", "E": "ESTIMATED", "f": "FORECAST", "F": "FORECAST", "i": "IMPUTED", "I": "IMPUTED"}
LETTERS |= {"p": "PROVISIONAL", "P": "PROVISIONAL", "r": "REVISED", "u": "LOW_RELIABILITY", "U": "LOW_RELIABILITY"}
LETTERS |= {"n": "NOT_SIGNIFICANT", "N": "NOT_SIGNIFICANT", "c": "CONFIDENTIAL", "C": "CONFIDENTIAL"}
LETTERS |= {"G": "EXPERIMENTAL", "J": "DEROGATION", "K": "INCLUDED_ELSEWHERE", "W": "INCLUDES_OTHER"}
LETTERS |= {"V": "UNVALIDATED", "S": "STRIKE", "O": "NOT_AVAILABLE", "H": "NOT_AVAILABLE", "z": "NOT_APPLICABLE"}
LETTERS |= {"M": "NOT_APPLICABLE", "L": "NOT_COLLECTED", "Q": "SUPPRESSED"}


class Broken(Exception):
    """Not what the format says; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line


def flags_of(letters: str) -> int:
    bits = 0
    for letter in letters:
        if letter in " ;" or letter == "A":
            continue
        bits |= 1 << BITS[LETTERS.get(letter, "OTHER")]
    return bits


def period_of(text: str, line: int, freq: str | None = None) -> tuple[str, bool] | None:
    """Canonical text and whether it is joint; None for one on no calendar."""
    found = periods.parse(text, freq=freq)
    if found == periods.UNPLACED:
        return None
    if isinstance(found, str):
        raise Broken(line, f"{text!r} is {found} period")
    return periods.text_of(*found[:2]), found[2]


def number_of(text: str, decimal: str = ".") -> float | None:
    found = numbers.parse(text, decimal)
    return None if found is None else found[0]


def settle(rows: list[tuple[Row, int]], duplicates: str) -> list[Row]:
    """Rows with their lines -> rows, one for a key."""
    places: dict[Any, int] = {}
    kept: list[Row | None] = []
    for row, line in rows:
        key = row[:2]
        if key not in places:
            places[key] = len(kept)
            kept.append(row)
            continue
        if duplicates == "error":
            raise Broken(line, f"{key} is there twice")
        at = places[key]
        if duplicates == "last":
            kept[at] = None
            places[key] = len(kept)
            kept.append(row)
        elif duplicates == "sum":
            first = kept[at]
            assert first is not None
            missing = first[2] is None or row[2] is None
            kept[at] = (*first[:2], None if missing else first[2] + row[2], first[3] | row[3])  # type: ignore[operator]
    return [row for row in kept if row is not None]


# ---- Eurostat TSV ----------------------------------------------------------------------------------------------------


def eurostat_tsv(data: bytes, duplicates: str = "error") -> Result:
    """A row of the file is a series: of two with the same key, one counts as a whole."""
    lines = data.decode("utf-8-sig").split("\n")
    if lines[-1] == "":
        lines.pop()
    if len(lines) < 2:
        raise Broken(len(lines), "no rows")
    head, *columns = lines[0].split("\t")
    names, mark, time = head.rpartition("\\")
    if not mark or time.strip() not in ("time", "TIME_PERIOD") or not columns:
        raise Broken(1, "no head row")
    dims = tuple(name.strip() for name in names.split(","))
    head_periods = [period_of(text.strip(" \r"), 1) for text in columns]
    placed = [p for p in head_periods if p is not None]
    if len(set(placed)) < len(placed):
        raise Broken(1, "a period is there twice")
    series: dict[tuple[str, ...], dict[str, tuple[float | None, int]]] = {}
    for number, line in enumerate(lines[1:], 2):
        if line in ("", "\r"):
            continue
        first, *cells = line.split("\t")
        codes = tuple(code.strip(" ") for code in first.split(","))
        if len(codes) != len(dims) or len(cells) != len(columns):
            raise Broken(number, "a wrong count")
        row = {}
        for period, cell in zip(head_periods, cells, strict=True):
            value = tsv_cell(cell.strip(" \r"), number)
            if period is not None:
                row[period[0]] = value
        if codes in series:
            if duplicates == "error":
                raise Broken(number, f"{codes} is there twice")
            if duplicates == "last":
                del series[codes]
            else:
                if duplicates == "sum":
                    series[codes] = {p: added(old, row[p]) for p, old in series[codes].items()}
                continue
        series[codes] = row
    return dims, [
        (codes, period, value, bits)
        for codes, row in series.items()
        for period, (value, bits) in row.items()
        if value is not None or bits
    ]


def added(a: tuple[float | None, int], b: tuple[float | None, int]) -> tuple[float | None, int]:
    """Nothing at all adds nothing; a value that is missing for a reason makes the sum missing."""
    if a == (None, 0):
        return b
    if b == (None, 0):
        return a
    return None if a[0] is None or b[0] is None else a[0] + b[0], a[1] | b[1]


def tsv_cell(text: str, line: int) -> tuple[float | None, int]:
    if text == "":
        return None, 0
    if text.startswith(":"):
        figure, letters, value = ":", text[1:], None
    else:
        figure, _, letters = text.partition(" ")
        value = number_of(figure)
    bits = 0
    if figure != ":" and value is None:
        value = number_of(figure[:-1])
        if figure[-1] not in "ns" or value != 0:
            raise Broken(line, f"{figure!r} is no number")
        bits = 1 << BITS["LESS_THAN_HALF"]
    if not all(c == " " or (c.isascii() and c.isalpha()) for c in letters):
        raise Broken(line, f"{text!r} is no cell")
    return value, bits | flags_of(letters)


# ---- SDMX-CSV --------------------------------------------------------------------------------------------------------


def sdmx_csv(
    data: bytes,
    roles: dict[str, str],
    *,
    separator: str = ",",
    decimal: str = ".",
    labelled: bool = False,
    duplicates: str = "error",
) -> Result:
    """`roles`: for every column "dim", "time", "value", "status", "conf", "action" or "other"."""

    def code(text: str) -> str:
        return text.partition(": ")[0] if labelled else text

    text = data.decode("utf-8-sig")
    reader = csv.reader(re.findall("[^\n]*\n|[^\n]+", text), delimiter=separator, strict=True)  # lines end in LF alone
    head = [code(name) for name in next(reader)]
    kinds = [roles[name] for name in head]
    dims = [name for name in head if roles[name] == "dim"]
    measures = [name for name in head if roles[name] == "value"]
    rows: list[tuple[Row, int]] = []
    while True:
        line = reader.line_num + 1
        fields = next(reader, None)
        if fields is None:
            break
        if not fields:
            continue
        if len(fields) != len(head):
            raise Broken(line, "a wrong count")
        by_name = dict(zip(head, fields, strict=True))
        of_kind = {kind: [f for f, k in zip(fields, kinds, strict=True) if k == kind] for kind in kinds}
        if any(action[:1].upper() == "D" for action in of_kind.get("action", [])):
            continue
        time = "".join(map(code, of_kind.get("time", [])))
        if "time" in kinds and time == "" and not any(of_kind["value"]):
            continue
        freq = by_name.get("FREQ")
        freq = code(freq) if freq is not None and len(code(freq)) == 1 else None
        period = period_of(time, line, freq) if "time" in kinds else (None, False)
        if period is None:
            continue
        bits = 0
        for status in of_kind.get("status", []):
            bits |= flags_of(code(status))
        for status in of_kind.get("conf", []):
            bits |= 0 if code(status) in ("", "F", "f") else 1 << BITS["CONFIDENTIAL"]
        bits |= 1 << BITS["JOINT"] if period[1] else 0
        for measure in measures:
            figure = by_name[measure].strip(" ")
            value = None if figure in ("", "NaN") else number_of(figure, decimal)
            if figure not in ("", "NaN") and value is None:
                raise Broken(line, f"{figure!r} is no number")
            if value is None and not bits:
                continue
            codes = tuple(code(by_name[d]) for d in dims) + ((measure,) if len(measures) > 1 else ())
            rows.append(((codes, period[0], value, bits), line))
    names = (*dims, "measure") if len(measures) > 1 else tuple(dims)
    return names, settle(rows, duplicates)


# ---- what indicia read, the same way ---------------------------------------------------------------------------------


def listed(obs: Any) -> Result:
    """Observations as the twins give them."""
    names = tuple(d for d in obs.dims if d != "time")
    columns = [[obs.codes[d][int(p)] for p in obs.positions[d]] for d in names]
    times = [str(p) for p in obs.time] if obs.time is not None else [None] * len(obs.values)
    flags = [0] * len(obs.values) if obs.flags is None else obs.flags.tolist()
    rows = []
    for i, value in enumerate(obs.values.tolist()):
        rows.append((tuple(column[i] for column in columns), times[i], None if math.isnan(value) else value, flags[i]))
    return names, rows


def exact(result: Result) -> list[str]:
    """Rows as texts, sorted: floats by all their bits, zero with its sign."""
    return sorted(map(repr, result[1]))
