"""A World Bank bulk file (WDICSV.csv) of about 146 MB from the page cache, to a labelled cube.

Figures stand in quotes with all their digits, half of the cells are empty. Peers read the table as their manuals would
have it done fast, and put it into an array of country x indicator x year with its labels; pandas' own reader rounds the
last digit of some figures, so results are the same to 1e-12. The floor is to read the file through one reused window
and to count its newlines. A folder named in ``INDICIA_BENCH_DATA`` may have the file already.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

THREADS = 2
os.environ.setdefault("POLARS_MAX_THREADS", str(THREADS))  # read when polars is imported, which a peer does

import indicia  # noqa: E402
from benchmarks import _read_memory  # noqa: E402
from benchmarks._harness import Row, same_floats  # noqa: E402
from benchmarks._json_files import place  # noqa: E402
from benchmarks.bench_json_stat import floor  # noqa: E402

YEARS = [str(year) for year in range(1960, 2024)]
KEY = ("Country Name", "Country Code", "Indicator Name", "Indicator Code")
COUNTRIES = 266
SIZE = 146e6  # bytes at scale 1, about
ROW = 797  # bytes of a row, about
SUBJECTS = ("Access to electricity", "Agricultural land", "Exports of goods and services", "GDP per capita", "Exports")
UNITS = ("(% of total)", "(current US$)", "(annual %)", "(per 1,000 people), total", "(constant 2015 US$)")


def write(path: Path, scale: float) -> None:
    """Walks of positive figures that begin late, with gaps, and some that nobody has."""
    rng = np.random.default_rng(11)
    count = max(1, int(SIZE * scale / ROW / COUNTRIES))
    names = [f"{SUBJECTS[k % 5]}, group {k // 25} {UNITS[k // 5 % 5]}" for k in range(count)]
    shape = (count, len(YEARS))
    with path.open("w", newline="") as out:
        out.write(",".join(f'"{name}"' for name in (*KEY, *YEARS)) + "\r\n")
        for c in range(COUNTRIES):
            country = f"Country {c}, Islands" if c % 7 == 0 else f"Country {c}"
            values = rng.lognormal(3, 3, (count, 1)) * np.exp(np.cumsum(rng.normal(0.01, 0.05, shape), axis=1))
            start = np.where(rng.random(count) < 0.35, 0, rng.integers(0, len(YEARS), count))
            start[rng.random(count) < 0.15] = len(YEARS)
            there = (np.arange(len(YEARS)) >= start[:, None]) & (rng.random(shape) < 0.88)
            for k, (row, known) in enumerate(zip(values.tolist(), there.tolist(), strict=True)):
                cells = ",".join(f'"{x!r}"' if say else "" for x, say in zip(row, known, strict=True))
                out.write(f'"{country}","C{c:02X}","{names[k]}","SB.{k:04d}.ZS",{cells}\r\n')


def cube(countries: Any, indicators: Any, table: Any) -> tuple[Any, list[str], list[str]]:
    """The array of a table's rows, and what stands along it."""
    import pandas as pd

    rows, row_names = pd.factorize(countries)
    columns, column_names = pd.factorize(indicators)
    values = np.full((len(row_names), len(column_names), len(YEARS)), np.nan)
    values[rows, columns] = table
    return values, list(row_names), list(column_names)


def by_pandas(path: Path) -> Any:
    import pandas as pd

    frame = pd.read_csv(path, engine="c", dtype=dict.fromkeys(YEARS, float))
    return cube(frame["Country Code"], frame["Indicator Code"], frame[YEARS].to_numpy(float))


def by_polars(path: Path) -> Any:
    import polars as pl

    frame = pl.read_csv(path, schema_overrides=dict.fromkeys(YEARS, pl.Float64))
    keys = (frame["Country Code"].to_numpy(), frame["Indicator Code"].to_numpy())
    return cube(*keys, frame.select(YEARS).to_numpy())


def equal(ours: indicia.Cube, peer: Any) -> None:
    if isinstance(peer, int):
        assert peer == ours.values.shape[0] * ours.values.shape[1] + 1
    elif isinstance(peer, indicia.Cube):
        assert ours.equals(peer)
    else:
        values, *codes = peer
        assert [list(names) for names in ours.codes.values()] == codes
        same_floats(ours.values, values)


def rows(scale: float = 1.0) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path, there = place(Path(folder), "WDICSV.csv", scale)
        if not there:
            write(path, scale)

        def read(threads: int) -> indicia.Cube:
            return indicia.read_cube(path, threads=threads)

        yield Row(
            f"WDI to Cube, {THREADS} threads",
            ours=lambda: read(THREADS),
            peers={
                "indicia 1 thread": lambda: read(1),
                "floor (newlines counted)": floor(path),
                "pandas": lambda: by_pandas(path),
                f"polars {THREADS} threads": lambda: by_polars(path),
            },
            equal=equal,
            bytes_moved=path.stat().st_size,
            note=f"wanted: 3 times pandas; {_read_memory.apart(path, 'cube')}",
        )
