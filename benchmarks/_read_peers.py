"""What others make of the files of bench_read, and whether it is the same.

Each peer does the job as its manual would have it done fast, and stops where the content is there: codes and statuses
as its own categories or texts, values as doubles, in order of the file. What is ours to make of that (positions,
ordinals, bits of flags) is made in the comparison, outside of the clock.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indicia import Flag

Call = Callable[[], Any]

# ---- columns of any library as (texts, positions) ------------------------------------------------------------


def coded(column: Any) -> tuple[list[str], Any]:
    """The distinct texts of a column, and for each row the position of its text; a null is an empty text."""
    kind = type(column).__module__.partition(".")[0]
    if kind == "pandas":
        categories = column.astype("category").cat
        texts, positions = categories.categories.tolist(), categories.codes.to_numpy()
    elif kind == "polars":
        import polars as pl

        numbers = column.cast(pl.Categorical)
        distinct = numbers.unique()
        texts = [text or "" for text in distinct.to_list()]
        physical = distinct.to_physical().fill_null(0).to_numpy()  # a null's place is its own, see below
        places = np.full(int(physical.max(initial=0)) + 1, -1)
        places[physical[distinct.is_not_null().to_numpy()]] = np.flatnonzero(distinct.is_not_null().to_numpy())
        positions = np.where(numbers.is_null().to_numpy(), -1, places[numbers.to_physical().fill_null(0).to_numpy()])
    else:
        import pyarrow as pa

        whole = column.dictionary_encode() if not pa.types.is_dictionary(column.type) else column
        whole = whole.unify_dictionaries().combine_chunks()
        texts = whole.dictionary.to_pylist()
        positions = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return [*texts, ""], positions  # -1 is the last


def floats(column: Any) -> Any:
    """The column as doubles, null being NaN."""
    kind = type(column).__module__.partition(".")[0]
    if kind == "polars":
        return column.fill_null(float("nan")).to_numpy()
    return column.to_numpy()


def look_up(table: dict[str, int], texts: list[str], positions: Any) -> Any:
    """For each row what the table has for its text, -1 for nothing."""
    return np.array([table.get(text, -1) for text in texts])[positions]


# ---- SDMX-CSV: a table ---------------------------------------------------------------------------------------

STATUS = {
    "": 0,
    "B": int(Flag.BREAK),
    "C": int(Flag.CONFIDENTIAL),
    "E": int(Flag.ESTIMATED),
    "P": int(Flag.PROVISIONAL),
    "S": int(Flag.STRIKE),
}


def same_rows(ours: Any, peer: Any) -> None:
    """Every row's codes, period, value and flags, in order; and the name of the dataflow."""
    assert len(ours) == len(peer), (len(ours), len(peer))
    for name in ours.dims:
        column = "TIME_PERIOD" if name == "time" else name
        texts, positions = coded(peer[column])
        if name == "time":
            ordinals = {text: 12 * (int(text[:4]) - 1970) + int(text[5:]) - 1 for text in texts if text}
            np.testing.assert_array_equal(ours.time.ordinals, look_up(ordinals, texts, positions))
        else:
            places = {code: place for place, code in enumerate(ours.codes[name])}
            np.testing.assert_array_equal(ours.positions[name], look_up(places, texts, positions), name)
    np.testing.assert_array_equal(ours.values, floats(peer["OBS_VALUE"]))
    np.testing.assert_array_equal(ours.flags, look_up(STATUS, *coded(peer["OBS_STATUS"])))
    flow = "DATAFLOW" if "DATAFLOW" in ours.attrs else "STRUCTURE_ID"
    texts, positions = coded(peer[flow])
    assert {texts[place] for place in np.unique(positions)} == {ours.attrs[flow]}


@dataclass(frozen=True)
class Table:
    """An SDMX-CSV file and its columns, those that say nothing about the data left out."""

    path: str
    names: list[str]
    threads: int

    @property
    def texts(self) -> list[str]:
        return [name for name in self.names if name != "OBS_VALUE"]

    def polars(self) -> Any:
        import polars as pl

        types = dict.fromkeys(self.texts, pl.Categorical) | {"OBS_VALUE": pl.Float64}
        return pl.read_csv(self.path, columns=self.names, schema_overrides=types)

    def pyarrow(self) -> Any:
        import pyarrow as pa
        from pyarrow import csv

        pa.set_cpu_count(max(self.threads, 1))
        types = dict.fromkeys(self.texts, pa.dictionary(pa.int32(), pa.string())) | {"OBS_VALUE": pa.float64()}
        return csv.read_csv(
            self.path,
            read_options=csv.ReadOptions(use_threads=self.threads > 1),
            convert_options=csv.ConvertOptions(column_types=types, include_columns=self.names),
        )

    def duckdb(self) -> Any:
        types = dict.fromkeys(self.texts, "VARCHAR") | {"OBS_VALUE": "DOUBLE"}
        chosen = ", ".join(f'"{name}"' for name in self.names)
        sql = f"select {chosen} from read_csv($path, header=true, delim=',', types=$types)"
        return connection(self.threads).execute(sql, {"path": self.path, "types": types}).to_arrow_table()

    def pandas_c(self) -> Any:
        import pandas as pd

        types = dict.fromkeys(self.texts, "category") | {"OBS_VALUE": "float64"}
        missing = {"OBS_VALUE": [""]}
        return pd.read_csv(
            self.path, engine="c", usecols=self.names, dtype=types, na_values=missing, keep_default_na=False
        )

    def pandas_pyarrow(self) -> Any:
        import pandas as pd
        import pyarrow as pa

        pa.set_cpu_count(max(self.threads, 1))
        types = dict.fromkeys(self.texts, "category") | {"OBS_VALUE": "float64"}
        return pd.read_csv(
            self.path, engine="pyarrow", usecols=self.names, dtype=types, na_values=[""], keep_default_na=False
        )


@functools.cache
def connection(threads: int) -> Any:
    import duckdb

    return duckdb.connect(config={"threads": threads})


def of_table(path: Path, threads: int) -> dict[str, Call]:
    """The readers of an SDMX-CSV file; with one thread those that can be told so."""
    with path.open() as file:
        names = file.readline().rstrip("\n").split(",")
    table = Table(str(path), [name for name in names if name not in ("STRUCTURE", "ACTION")], threads)
    single = {"pyarrow": table.pyarrow, "duckdb": table.duckdb, "pandas (C)": table.pandas_c}
    if threads == 1:
        return single
    return {"polars": table.polars, **single, "pandas (pyarrow)": table.pandas_pyarrow}


# ---- Eurostat TSV: a wide table ------------------------------------------------------------------------------

LETTERS = {
    "": 0,
    "b": int(Flag.BREAK),
    "c": int(Flag.CONFIDENTIAL),
    "e": int(Flag.ESTIMATED),
    "p": int(Flag.PROVISIONAL),
    "s": int(Flag.ESTIMATED),
}
DIGITS = "0123456789.-:"
MARKS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Wide:
    """Series by month: texts of the keys, a column of doubles and one of flags for each month."""

    keys: Any
    months: list[str]
    values: Any  # a matrix
    flags: list[Any]


@dataclass(frozen=True)
class Long:
    """A row for each cell: key, month, value, flag."""

    table: Any


def same_cells(ours: Any, peer: Any) -> None:
    """Every cell's value and flags, where their codes say that they belong; no cell is anybody else's."""
    if isinstance(peer, Long):
        keys, series = coded(peer.table["key"])
        months, month = coded(peer.table["time"])
        flags = look_up(LETTERS, *coded(peer.table["flag"]))
        values = floats(peer.table["value"])
    else:
        keys, months = [str(key) for key in peer.keys], peer.months
        flags = np.stack([look_up(LETTERS, *coded(column)) for column in peer.flags], axis=1)
        series, month = np.arange(len(keys))[:, None], np.arange(len(months))
        values = peer.values
    places = [{code: place for place, code in enumerate(ours.codes[name])} for name in ours.dims[:-1]]
    split = [[place[code] for place, code in zip(places, key.split(","), strict=True)] for key in keys if key]
    row = np.ravel_multi_index(np.array(split).T, ours.shape[:-1])
    ours_months = {str(period): place for place, period in enumerate(ours.time)}
    column = np.array([ours_months[text.strip()] for text in months if text])
    assert len(np.unique(row)) == len(row)
    where = (row[series], column[month])
    flat = (-1, ours.shape[-1])
    np.testing.assert_array_equal(ours.values.reshape(flat)[where], values)
    np.testing.assert_array_equal(ours.flags.reshape(flat)[where], flags)
    assert values.size == len(row) * len(column)
    assert np.count_nonzero(~np.isnan(ours.values)) == np.count_nonzero(~np.isnan(values))
    assert np.count_nonzero(ours.flags) == np.count_nonzero(flags)


@dataclass(frozen=True)
class Sheet:
    """A Eurostat TSV file and its head."""

    path: str
    head: list[str]
    threads: int

    @property
    def dims(self) -> list[str]:
        return self.head[0].partition("\\")[0].split(",")

    # Texts first, then each text split: works on any such file.

    def polars(self) -> Any:
        import polars as pl

        texts = pl.read_csv(self.path, separator="\t", infer_schema=False, quote_char=None)
        months = texts.columns[1:]
        figures = [pl.col(m).str.strip_chars_end(MARKS + " ").cast(pl.Float64, strict=False) for m in months]
        values = texts.select(figures).to_numpy()
        flags = texts.select(pl.col(m).str.strip_chars_start(DIGITS + " ") for m in months)
        return Wide(texts[:, 0], months, values, flags.get_columns())

    def polars_long(self) -> Any:
        import polars as pl

        key = self.head[0]
        table = (
            pl.scan_csv(self.path, separator="\t", infer_schema=False, quote_char=None)
            .rename({key: "key"})
            .with_columns(pl.col("key").cast(pl.Categorical))
            .unpivot(index="key", variable_name="time", value_name="cell")
            .select(
                "key",
                "time",
                pl.col("cell").str.split_exact(" ", 1).struct.rename_fields(["value", "flag"]).alias("parts"),
            )
            .unnest("parts")
            .with_columns(pl.col("value").cast(pl.Float64, strict=False))
        )
        return Long(table.collect())

    def pyarrow(self) -> Any:
        import pyarrow as pa
        from pyarrow import compute, csv

        pa.set_cpu_count(self.threads)
        texts = csv.read_csv(
            self.path,
            parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(self.head, pa.string())),
        )
        values = np.empty((len(texts), len(self.head) - 1))
        flags = []
        for place, name in enumerate(self.head[1:]):
            cells = texts[name]
            figures = compute.utf8_rtrim(cells, characters=MARKS + " ")
            figures = compute.if_else(compute.equal(figures, ":"), None, figures)
            values[:, place] = compute.cast(figures, pa.float64()).to_numpy()
            flags.append(compute.utf8_ltrim(cells, characters=DIGITS + " "))
        return Wide(texts[0].to_pylist(), self.head[1:], values, flags)

    def duckdb(self) -> Any:
        key = f'"{self.head[0]}"'
        parts = [f"split_part(columns(* exclude ({key})), ' ', {part})" for part in (1, 2)]
        sql = (
            f"select {key}, try_cast({parts[0]} as double), {parts[1]} "
            "from read_csv($path, delim='\t', header=true, all_varchar=true, quote='', escape='')"
        )
        table = connection(self.threads).execute(sql, {"path": self.path}).to_arrow_table()
        count = len(self.head) - 1
        values = np.stack([column.to_numpy() for column in table.columns[1 : 1 + count]], axis=1)
        return Wide(table[0].to_pylist(), self.head[1:], values, table.columns[1 + count :])

    def pandas(self) -> Any:
        import pandas as pd

        texts = pd.read_csv(self.path, sep="\t", dtype=str, keep_default_na=False, quoting=3)
        months = texts.columns[1:].tolist()
        values = np.empty((len(texts), len(months)))
        flags = []
        for place, name in enumerate(months):
            values[:, place] = pd.to_numeric(texts[name].str.rstrip(MARKS + " "), errors="coerce")
            flags.append(texts[name].str.lstrip(DIGITS + " "))
        return Wide(texts.iloc[:, 0].tolist(), months, values, flags)

    # Blanks made tabs first, so that values and flags are columns: holds only while each cell has exactly one blank.

    def doubled(self) -> tuple[Any, list[str]]:
        """The body, and the names of its columns."""
        with open(self.path, "rb", buffering=0) as file:
            file.seek(0, io.SEEK_END)
            body = np.empty(file.tell(), np.uint8)
            file.seek(0)
            file.readinto(body.data)
        body = body[int(np.argmax(body == 10)) + 1 :]
        np.putmask(body, body == 32, 9)
        return body, ["key", *(part + month for month in self.head[1:] for part in ("value ", "flag "))]

    def polars_doubled(self) -> Any:
        import polars as pl

        body, names = self.doubled()
        kinds = {"key": pl.String, "value": pl.Float64, "flag": pl.Categorical}
        table = pl.read_csv(
            io.BytesIO(body),
            has_header=False,
            separator="\t",
            quote_char=None,
            null_values=[":"],
            schema={name: kinds[name.partition(" ")[0]] for name in names},
        )
        values = table[:, 1::2].to_numpy()
        return Wide(table["key"], self.head[1:], values, table[:, 2::2].get_columns())

    def pyarrow_doubled(self) -> Any:
        import pyarrow as pa
        from pyarrow import csv

        pa.set_cpu_count(self.threads)
        body, names = self.doubled()
        kinds = {"key": pa.string(), "value": pa.float64(), "flag": pa.dictionary(pa.int32(), pa.string())}
        table = csv.read_csv(
            pa.py_buffer(body),
            read_options=csv.ReadOptions(column_names=names),
            parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=csv.ConvertOptions(
                column_types={name: kinds[name.partition(" ")[0]] for name in names}, null_values=[":"]
            ),
        )
        values = np.empty((len(table), len(self.head) - 1))
        for place, column in enumerate(table.columns[1::2]):
            values[:, place] = column.to_numpy()
        return Wide(table["key"].to_pylist(), self.head[1:], values, table.columns[2::2])


def of_sheet(path: Path, threads: int) -> dict[str, Call]:
    """The readers of a Eurostat TSV file."""
    with path.open() as file:
        head = file.readline().rstrip("\n").split("\t")
    sheet = Sheet(str(path), head, threads)
    return {
        "polars (blanks made tabs)": sheet.polars_doubled,
        "polars": sheet.polars,
        "polars unpivot": sheet.polars_long,
        "pyarrow (blanks made tabs)": sheet.pyarrow_doubled,
        "pyarrow": sheet.pyarrow,
        "duckdb": sheet.duckdb,
        "pandas": sheet.pandas,
    }
