"""Wide and long tables read from memory beside readers of CSV, which are told what is what; one thread each."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np

import indicia
from benchmarks._harness import Row


def wide_text(rows: int, years: int) -> bytes:
    """An export in the bureau's manner: indicators with units, the newest year first, one decimal, some cells empty."""
    rng = np.random.default_rng(5)
    figures = rng.integers(1, 10_000_000, (rows, years))
    empty = rng.random((rows, years)) < 0.05
    head = "指标," + ",".join(f"{2024 - k}年" for k in range(years))
    lines = [
        f"指标{i}(亿元),"
        + ",".join("" if e else f"{f // 10}.{f % 10}" for f, e in zip(figures[i].tolist(), empty[i], strict=True))
        for i in range(rows)
    ]
    return "\n".join(["数据库：年度数据", "时间：全部", head, *lines, "数据来源：国家统计局", ""]).encode()


def same_cells(ours: Any, peer: Any) -> None:
    """A frame of pandas, or the columns of the others: first the names, then the figures."""
    if isinstance(peer, indicia.Cube):
        assert ours == peer
        return
    if hasattr(peer, "iloc"):
        peer = peer.reset_index()
    names, *figures = (np.asarray(peer[k]) for k in peer.columns) if hasattr(peer, "loc") else map(np.asarray, peer)
    np.testing.assert_array_equal(ours.values, np.array(figures[::-1], float).T)
    assert list(ours.codes["indicator"]) == names.tolist()


def nbs(scale: float) -> Iterator[Row]:
    import pandas as pd

    text = wide_text(int(50_000 * scale) + 1, 75)

    def peer(engine: Any) -> Any:
        lines = text.count(b"\n") - 1
        return lambda: pd.read_csv(
            io.BytesIO(text[: text.rindex("数据来源".encode())]),
            skiprows=2,
            nrows=lines - 3,
            index_col=0,
            dtype={0: str},
            engine=engine,
        )

    table = text[text.index("指标,".encode()) : text.rindex("数据来源".encode())]
    head = table[: table.index(b"\n")].decode().split(",")

    def polars() -> Any:
        import polars as pl

        types = dict.fromkeys(head, pl.Float64) | {head[0]: pl.String}
        return pl.read_csv(table, schema_overrides=types).get_columns()

    def pyarrow() -> Any:
        import pyarrow as pa
        from pyarrow import csv

        types = dict.fromkeys(head, pa.float64()) | {head[0]: pa.string()}
        return csv.read_csv(
            io.BytesIO(table), csv.ReadOptions(use_threads=False), None, csv.ConvertOptions(column_types=types)
        ).columns

    yield Row(
        "nbs to Cube, 1 thread",
        ours=lambda: indicia.read_cube(text, format="nbs", threads=1),
        peers={
            "indicia 2 threads": lambda: indicia.read_cube(text, format="nbs", threads=2),
            "pandas c": peer("c"),
            "polars (all threads)": polars,
            "pyarrow": pyarrow,
        },
        equal=same_cells,
        bytes_moved=len(text),
        note="peers are told where the head is, what is around the table is cut off for them, and they stop at columns",
    )


def long_text(areas: int, years: int) -> bytes:
    """A table with names and codes of areas, years and a figure."""
    rng = np.random.default_rng(6)
    figures = rng.integers(1, 10_000_000, (areas, years)).tolist()
    lines = ["Country Name,Country Code,Year,Value"]
    for i in range(areas):
        lines += [f"Area {i},A{i:05d},{1950 + k},{figures[i][k] // 10}.{figures[i][k] % 10}" for k in range(years)]
    return "\n".join([*lines, ""]).encode()


def same_rows(ours: Any, peer: Any) -> None:
    if isinstance(peer, indicia.Observations):
        assert ours == peer
        return
    np.testing.assert_array_equal(ours.values, np.asarray(peer["Value"]))
    codes = np.asarray(ours.codes["Country Code"], dtype=object)[ours.positions["Country Code"]]
    column = peer["Country Code"]
    if hasattr(column, "cat") and hasattr(column.cat, "categories"):
        found = np.asarray(column.astype(object))
    else:
        found = np.array(column.to_pylist() if hasattr(column, "to_pylist") else column.to_list(), dtype=object)
    np.testing.assert_array_equal(codes, found)


def table(scale: float) -> Iterator[Row]:
    import pandas as pd

    text = long_text(int(12_000 * scale) + 1, 75)
    dtypes = {"Country Name": "category", "Country Code": "category", "Year": "int32", "Value": "float64"}

    def polars() -> Any:
        import polars as pl

        types = {"Country Name": pl.Categorical, "Country Code": pl.Categorical, "Year": pl.Int32, "Value": pl.Float64}
        return pl.read_csv(text, schema_overrides=types)

    def pyarrow() -> Any:
        import pyarrow as pa
        from pyarrow import csv

        words = pa.dictionary(pa.int32(), pa.string())
        types = {"Country Name": words, "Country Code": words, "Year": pa.int32(), "Value": pa.float64()}
        return csv.read_csv(
            io.BytesIO(text), csv.ReadOptions(use_threads=False), None, csv.ConvertOptions(column_types=types)
        )

    yield Row(
        "table, long, to Observations, 1 thread",
        ours=lambda: indicia.read_observations(text, threads=1),
        peers={
            "indicia 2 threads": lambda: indicia.read_observations(text, threads=2),
            "pandas c": lambda: pd.read_csv(io.BytesIO(text), dtype=dtypes, keep_default_na=False),
            "polars (all threads)": polars,
            "pyarrow": pyarrow,
        },
        equal=same_rows,
        bytes_moved=len(text),
        note="we guess what they are told",
    )


def rows(scale: float = 1.0) -> Iterator[Row]:
    yield from nbs(scale)
    yield from table(scale)
