"""Complexity (`_trade_complexity`); a file of trade by exporter, importer and product, beside libraries for such files.

The file is BACI's: sorted by year, exporter, importer and product, so that a row has three codes in common with the one
before. Codes are texts (``010119`` keeps its zero), which is what makes the job of peers a long one.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

THREADS = 2
os.environ.setdefault("POLARS_MAX_THREADS", str(THREADS))  # read when polars is imported, which the peers do

import indicia  # noqa: E402
from benchmarks import _trade_complexity, _trade_folds  # noqa: E402
from benchmarks._harness import Row  # noqa: E402
from benchmarks._read_peers import coded, floats  # noqa: E402
from benchmarks.bench_read import floor, lines_of, pages, same  # noqa: E402

PLACES, PRODUCTS = 226, 5022
TEXTS = ("i", "j", "k")


def write_baci(path: Path, rows: int) -> None:
    """About 33 bytes for each row, over two years."""
    random = np.random.default_rng(2022)
    places = np.sort(random.choice(np.arange(4, 895), PLACES, replace=False)).tolist()
    products = [f"{k:06d}" for k in np.sort(random.choice(np.arange(10121, 970700), PRODUCTS, replace=False))]
    keys = np.unique(random.integers(0, 2 * PLACES * PLACES * PRODUCTS, rows))
    values = random.lognormal(2.2, 2.6, keys.size).round(3) + 0.001
    quantities = (values / random.lognormal(1.2, 1.1, keys.size)).round(3).astype(str)
    quantities[random.random(keys.size) < 0.04] = "NA"
    with path.open("w", newline="") as file:
        file.write("t,i,j,k,v,q\n")
        for start in range(0, keys.size, 1 << 16):
            part = slice(start, start + (1 << 16))
            pairs, product = np.divmod(keys[part], PRODUCTS)
            pairs, importer = np.divmod(pairs, PLACES)
            year, exporter = np.divmod(pairs, PLACES)
            columns = (year, exporter, importer, product, values[part], quantities[part])
            file.writelines(
                f"{2022 + t},{places[i]},{places[j]},{products[k]},{v:.3f},{q}\n"
                for t, i, j, k, v, q in zip(*(column.tolist() for column in columns), strict=True)
            )


def polars(path: Path) -> Any:
    import polars as pl

    texts = dict.fromkeys(TEXTS, pl.String)
    return pl.read_csv(path, schema_overrides=texts | {"t": pl.Int32, "v": pl.Float64}, null_values="NA")


def pyarrow(path: Path) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    pa.set_cpu_count(THREADS)
    kinds = dict.fromkeys(TEXTS, pa.dictionary(pa.int32(), pa.string())) | {"t": pa.int32(), "v": pa.float64()}
    return csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=kinds, null_values=["NA"]))


def pandas(path: Path) -> Any:
    import pandas as pd

    kinds: dict[Any, Any] = dict.fromkeys(TEXTS, "str") | {"t": "int32", "v": "float64"}
    return pd.read_csv(path, dtype=kinds, engine="c", na_values=["NA"], keep_default_na=False)


def duckdb(path: Path) -> Any:
    import duckdb

    with duckdb.connect(config={"threads": THREADS}) as connection:
        kinds = "{'t': 'INTEGER', 'i': 'VARCHAR', 'j': 'VARCHAR', 'k': 'VARCHAR', 'v': 'DOUBLE', 'q': 'DOUBLE'}"
        return connection.sql(f"select * from read_csv('{path}', columns={kinds}, nullstr='NA')").arrow().read_all()


def same_rows(ours: indicia.Observations, table: Any) -> None:
    np.testing.assert_array_equal(ours.values, floats(table["v"]))
    np.testing.assert_array_equal(ours.time.ordinals + 1970, floats(table["t"]))
    for name in TEXTS:
        texts, positions = coded(table[name])
        place = {code: k for k, code in enumerate(ours.codes[name])}
        known = np.array([place.get(text, -1) for text in texts])
        np.testing.assert_array_equal(ours.positions[name], known[positions])


def either(ours: indicia.Observations, peer: Any) -> None:
    (same if isinstance(peer, indicia.Observations) else same_rows)(ours, peer)


def rows(scale: float = 1.0) -> Iterator[Row]:
    yield from _trade_complexity.rows(scale)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "BACI.csv"
        write_baci(path, max(1000, int(3_000_000 * scale)))

        def read(threads: int) -> Callable[[], Any]:
            return lambda: indicia.read_observations(path, threads=threads)

        size = path.stat().st_size
        yield Row(
            f"BACI to Observations, {THREADS} threads",
            ours=read(THREADS),
            peers={
                "indicia 1 thread": read(1),
                "polars": lambda: polars(path),
                "pyarrow": lambda: pyarrow(path),
                "pandas": lambda: pandas(path),
                "duckdb": lambda: duckdb(path),
            },
            equal=either,
            bytes_moved=size,
            note=f"wanted: 4 times the fastest; peers keep quantities too; {pages()}",
        )
        yield Row(
            "BACI to Observations, 1 thread",
            ours=read(1),
            peers={"floor (newlines counted)": floor(path)},
            equal=lines_of(lambda obs: obs.values.size),
            bytes_moved=size,
            note=pages(),
        )
        for fold, words in _trade_folds.FOLDS.items():
            yield folded(path, fold, words)


def folded(path: Path, fold: str, words: str) -> Row:
    """A row about collapse=, with the memory of fresh processes in the note."""

    def by(library: str) -> Callable[[], Any]:
        return lambda: _trade_folds.LIBRARIES[library](path, fold)

    def memory(library: str) -> str:
        try:
            return f"{library} {_trade_folds.apart(path, library, fold)[1]:.0f} MB"
        except subprocess.CalledProcessError:  # it isn't installed
            return f"{library} absent"

    return Row(
        f"BACI folded while it is read: {words}",
        ours=by("indicia"),
        peers={"polars": by("polars"), "duckdb": by("duckdb"), "indicia, all rows": lambda: read_all(path)},
        equal=either_fold,
        bytes_moved=path.stat().st_size,
        note="memory of the process in all: " + ", ".join(map(memory, _trade_folds.LIBRARIES)),
    )


def read_all(path: Path) -> indicia.Observations:
    return indicia.read_observations(path, threads=THREADS)


def either_fold(ours: Any, theirs: Any) -> None:
    """All rows have more cells, but the same sum."""
    if not isinstance(theirs, indicia.Observations):
        _trade_folds.equal(ours, theirs)
    elif "k" not in ours.codes or len(ours.codes["k"]) > len(_trade_folds.BASKET):
        np.testing.assert_allclose(ours.values.sum(), theirs.values.sum(), rtol=1e-12)
