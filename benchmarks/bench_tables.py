"""Wide and long tables read from memory beside pandas, which is told what is what."""

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


def same_cells(ours: Any, frame: Any) -> None:
    np.testing.assert_array_equal(ours.values, frame.to_numpy()[:, ::-1])
    assert list(ours.codes["indicator"]) == frame.index.tolist()


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

    yield Row(
        "nbs to Cube, 1 thread",
        ours=lambda: indicia.read_cube(text, format="nbs", threads=1),
        peers={"pandas c": peer("c")},
        equal=same_cells,
        bytes_moved=len(text),
        note="pandas is told where the head is, and the source line is cut off for it",
    )


def long_text(areas: int, years: int) -> bytes:
    """A table with names and codes of areas, years and a figure."""
    rng = np.random.default_rng(6)
    figures = rng.integers(1, 10_000_000, (areas, years)).tolist()
    lines = ["Country Name,Country Code,Year,Value"]
    for i in range(areas):
        lines += [f"Area {i},A{i:05d},{1950 + k},{figures[i][k] // 10}.{figures[i][k] % 10}" for k in range(years)]
    return "\n".join([*lines, ""]).encode()


def same_rows(ours: Any, frame: Any) -> None:
    np.testing.assert_array_equal(ours.values, frame["Value"].to_numpy())
    assert list(ours.codes["Country Code"]) == list(frame["Country Code"].cat.categories)


def table(scale: float) -> Iterator[Row]:
    import pandas as pd

    text = long_text(int(12_000 * scale) + 1, 75)
    dtypes = {"Country Name": "category", "Country Code": "category", "Year": "int32", "Value": "float64"}
    yield Row(
        "table, long, to Observations, 1 thread",
        ours=lambda: indicia.read_observations(text, threads=1),
        peers={"pandas c": lambda: pd.read_csv(io.BytesIO(text), dtype=dtypes, keep_default_na=False)},
        equal=same_rows,
        bytes_moved=len(text),
        note="we guess what pandas is told",
    )


def rows(scale: float = 1.0) -> Iterator[Row]:
    yield from nbs(scale)
    yield from table(scale)
