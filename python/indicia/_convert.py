"""Observations as files: CSV that reads back exactly, Parquet and Arrow through pyarrow."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from indicia.flags import Flag, flag_text
from indicia.numbers import format_numbers
from indicia.observations import Observations

__all__ = ["KINDS", "kind_of", "lost_flags", "write", "write_csv"]

KINDS = {".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow"}
CHUNK = 1 << 16  # rows at a time

# Letters that a reader of OBS_STATUS turns into the same bit.
LETTERS = {
    **{Flag.BREAK: "B", Flag.DEFINITION_DIFFERS: "D", Flag.ESTIMATED: "E", Flag.FORECAST: "F", Flag.IMPUTED: "I"},
    **{Flag.PROVISIONAL: "P", Flag.REVISED: "r", Flag.LOW_RELIABILITY: "U", Flag.NOT_SIGNIFICANT: "N"},
    **{Flag.CONFIDENTIAL: "C", Flag.EXPERIMENTAL: "G", Flag.DEROGATION: "J", Flag.INCLUDED_ELSEWHERE: "K"},
    **{Flag.INCLUDES_OTHER: "W", Flag.UNVALIDATED: "V", Flag.STRIKE: "S", Flag.NOT_AVAILABLE: "O"},
    **{Flag.NOT_APPLICABLE: "M", Flag.NOT_COLLECTED: "L", Flag.SUPPRESSED: "Q", Flag.OTHER: "X"},
}
_LETTERED = np.uint32(sum(LETTERS))

Told = Callable[[int, int], Any] | None


def kind_of(name: str) -> str:
    """What a file is to be, by its name; ``-`` is CSV on the standard output.

    Raises
    ------
    ValueError
        The ending says nothing.

    Examples
    --------
    >>> from indicia._convert import kind_of
    >>> kind_of("gdp.parquet"), kind_of("-")
    ('parquet', 'csv')
    """
    if name == "-":
        return "csv"
    for suffix, kind in KINDS.items():
        if name.lower().endswith(suffix):
            return kind
    raise ValueError(f"{name}: the ending must be one of {', '.join(KINDS)}, or - for CSV on the standard output")


def lost_flags(rows: Observations) -> Flag:
    """The flags of some rows that no letter of OBS_STATUS stands for."""
    if rows.flags is None:
        return Flag(0)
    return Flag(int(np.bitwise_or.reduce(rows.flags, initial=0) & ~_LETTERED))


def write(rows: Observations, name: str, told: Told = None) -> None:
    """Writes a file; half a file never stands under its name."""
    kind = kind_of(name)
    if name == "-":
        write_csv(rows, sys.stdout, told)
        return
    if kind == "csv":
        with _finished(name) as file:
            packed: IO[bytes] = gzip.GzipFile("", "wb", 6, file, 0) if name.lower().endswith(".gz") else file  # type: ignore[assignment]
            text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
            write_csv(rows, text, told)
            text.flush()
            text.detach()
            if packed is not file:
                packed.close()
        return
    _write_arrow(rows, name, kind)


@contextmanager
def _finished(name: str) -> Iterator[IO[bytes]]:
    """A file beside `name` that takes its place when all is written."""
    path = Path(name)
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


# ---- CSV ------------------------------------------------------------------------------------------------------------


def write_csv(rows: Observations, file: IO[str], told: Told = None) -> None:
    r"""Writes rows as SDMX-CSV: dimensions, TIME_PERIOD, OBS_VALUE, OBS_STATUS, and what is known per series.

    Numbers have the fewest digits that read back as the same double, codes stand as they are, fields are quoted as in
    RFC 4180 where they must be. A row that has neither a value nor a letter for its reason gets O (missing).

    Examples
    --------
    >>> import sys
    >>> from indicia import Observations
    >>> from indicia._convert import write_csv
    >>> write_csv(Observations.from_arrays({"geo": ["CN"]}, [0.1], time=["2023"], unit="EUR"), sys.stdout)
    geo,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE
    CN,2023,0.1,A,EUR
    """
    dims = list(rows.codes)
    head = [quoted(dim) for dim in dims]
    if rows.time is not None:
        head.append("TIME_PERIOD")
    facts = _facts(rows)
    names = [name for name in rows.attributes if name not in facts]
    lost = lost_flags(rows)
    head += ["OBS_VALUE", "OBS_STATUS", *facts, *(["FLAGS"] if lost else []), *map(quoted, names)]
    file.write(",".join(head) + "\n")
    texts = {dim: _table(codes) for dim, codes in rows.codes.items()}
    more = {name: _table((*rows.attributes[name][1], "")) for name in names}
    where, periods = (None, None) if rows.time is None else _periods(rows)
    for start in range(0, len(rows), CHUNK):
        part = slice(start, min(start + CHUNK, len(rows)))
        columns: list[Any] = [texts[dim][rows.positions[dim][part]] for dim in dims]
        if where is not None and periods is not None:
            columns.append(periods[where[part]])
        values = rows.values[part]
        columns.append(format_numbers(values))
        bits = np.zeros(len(values), np.uint32) if rows.flags is None else rows.flags[part]
        columns.append(_statuses(bits, np.isnan(values)))
        columns += [
            texts_of[numbers[part]] if numbers is not None else [texts_of] * len(values)
            for numbers, texts_of in facts.values()
        ]
        if lost:
            columns.append(flag_text(bits & ~_LETTERED))
        columns += [more[name][rows.attributes[name][0][part]] for name in names]
        lists = [column.tolist() if isinstance(column, np.ndarray) else column for column in columns]
        file.write("\n".join(map(",".join, zip(*lists, strict=True))) + "\n")
        if told is not None:
            told(part.stop, len(rows))


def quoted(text: str) -> str:
    """A field of CSV: in quotes where it must be, and where a reader might strip blanks.

    Examples
    --------
    >>> from indicia._convert import quoted
    >>> print(quoted("CN"), quoted("Korea, Rep."), quoted('a "b" c'))
    CN "Korea, Rep." "a ""b"" c"
    """
    plain = not any(mark in text for mark in ',"\n\r;\t|') and text == text.strip()
    return text if plain and text else '"' + text.replace('"', '""') + '"' if text else ""


def _table(texts: tuple[str, ...]) -> npt.NDArray[np.object_]:
    table = np.empty(len(texts), dtype=object)
    table[:] = [quoted(text) for text in texts]
    return table


def _periods(rows: Observations) -> tuple[npt.NDArray[Any], npt.NDArray[np.object_]]:
    from indicia._times import distinct

    assert rows.time is not None
    table, where = distinct(rows.time)
    return where, table.to_text().astype(object)


def _statuses(bits: npt.NDArray[np.uint32], missing: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    keys = (bits.astype(np.int64) << 1) | missing
    found, where = np.unique(keys, return_inverse=True)
    texts = np.empty(len(found), dtype=object)
    for place, key in enumerate(found.tolist()):
        text = "".join(letter for flag, letter in LETTERS.items() if (key >> 1) & flag)
        texts[place] = text or ("O" if key & 1 else "A")
    return texts[where]


def _facts(rows: Observations) -> dict[str, tuple[npt.NDArray[Any] | None, Any]]:
    """Columns for what is kept per series: (number of the text by row, the texts), or (None, the text of all)."""
    columns: dict[str, tuple[npt.NDArray[Any] | None, Any]] = {}
    index: npt.NDArray[Any] | None = None
    for name, fact in (("UNIT_MEASURE", rows.unit), ("UNIT_MULT", rows.multiplier), ("DECIMALS", rows.decimals)):
        if fact is None or (name == "UNIT_MEASURE" and any(dim in ("UNIT", "unit", name) for dim in rows.codes)):
            continue
        if isinstance(fact, np.ndarray):
            index = rows.series_index()[0] if index is None else index
            texts = np.empty(len(fact), dtype=object)
            texts[:] = [
                "" if one is None or (name == "DECIMALS" and one < 0) else quoted(str(one)) for one in fact.tolist()
            ]
            columns[name] = (index, texts)
        elif name != "DECIMALS" or fact >= 0:
            columns[name] = (None, quoted(str(fact)))
    return columns


# ---- Arrow ----------------------------------------------------------------------------------------------------------


def _write_arrow(rows: Observations, name: str, kind: str) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ModuleNotFoundError(f"{kind} needs pyarrow: pip install 'indicia[arrow]'") from None
    table = pa.table(rows)
    facts: dict[str, Any] = {}
    for word in ("unit", "multiplier", "decimals"):
        fact = getattr(rows, word)
        if isinstance(fact, np.ndarray):
            by_row = fact[rows.series_index()[0]]
            kept = pa.array(by_row.tolist(), pa.string()).dictionary_encode() if word == "unit" else pa.array(by_row)
            table = table.append_column(word if word not in table.column_names else f"{word}_", kept)
        elif fact is not None:
            facts[word] = fact
    facts["labels"] = {dim: dict(words) for dim, words in rows.labels.items()}
    table = table.replace_schema_metadata({"indicia": json.dumps(facts, ensure_ascii=False)})
    with _finished(name) as file:
        if kind == "parquet":
            pq.write_table(table, file)
        else:
            with pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
