"""A file of trade folded while it is read, and the highest memory that it takes: of the process, in all.

::

    python -m benchmarks._trade_folds FILE LIBRARY FOLD
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

THREADS = 2
BASKET = ("ev", "cells", "solar", "solar")  # what products become, by turns; there are so many in the basket
FOLDS = {
    "exporter": "by year and exporter",
    "basket": "a basket of goods by year and exporter",
    "product": "by year, exporter and product",
}


def basket(path: Path) -> dict[str, str]:
    """Products from all over the file, which are there whatever made it."""
    with path.open() as file:
        next(file)
        codes = list(dict.fromkeys(line.split(",")[3] for _, line in zip(range(20_000), file, strict=False)))
    return dict(zip(codes[:: max(1, len(codes) // len(BASKET))], BASKET, strict=False))


def indicia(path: Path, fold: str) -> Any:
    import indicia as ours

    if fold == "basket":
        recode: Any = {"k": basket(path) | {"*": None}}
        return ours.read_observations(path, recode=recode, collapse={"j": "sum"}, threads=THREADS)
    collapse: Any = {"j": "sum"} if fold == "product" else {"j": "sum", "k": "sum"}
    return ours.read_observations(path, collapse=collapse, threads=THREADS)


def polars(path: Path, fold: str) -> Any:
    import polars as pl

    texts = dict.fromkeys("ijk", pl.String) | {"t": pl.Int32, "v": pl.Float64, "q": pl.String}
    lazy = pl.scan_csv(path, schema_overrides=texts)
    if fold == "basket":
        goods = basket(path)
        lazy = lazy.filter(pl.col("k").is_in(list(goods))).with_columns(pl.col("k").replace_strict(goods))
    keys = ["t", "i"] if fold == "exporter" else ["t", "i", "k"]
    return lazy.group_by(keys).agg(pl.col("v").sum()).collect(engine="streaming")


def duckdb(path: Path, fold: str) -> Any:
    import duckdb as peer

    kinds = "{'t': 'INTEGER', 'i': 'VARCHAR', 'j': 'VARCHAR', 'k': 'VARCHAR', 'v': 'DOUBLE', 'q': 'VARCHAR'}"
    table = f"read_csv('{path}', columns={kinds}, header=true)"
    with peer.connect(config={"threads": THREADS}) as connection:
        if fold == "basket":
            connection.execute("create table goods(k varchar, good varchar)")
            connection.executemany("insert into goods values (?, ?)", list(basket(path).items()))
            table = f"(select t, i, good as k, v from {table} join goods using (k))"
        keys = "t, i" if fold == "exporter" else "t, i, k"
        return connection.sql(f"select {keys}, sum(v) as v from {table} group by {keys}").arrow().read_all()


LIBRARIES: dict[str, Callable[[Path, str], Any]] = {"indicia": indicia, "polars": polars, "duckdb": duckdb}


def figures(result: Any) -> dict[tuple[str, ...], float]:
    """By year and codes, of whatever a library gave."""
    if hasattr(result, "positions"):
        codes = [np.array(result.codes[dim], dtype=object)[result.positions[dim]] for dim in result.codes]
        years = (result.time.ordinals + 1970).astype(str)
        return dict(zip(zip(years.tolist(), *codes, strict=True), result.values.tolist(), strict=True))
    table = result.to_arrow() if hasattr(result, "to_arrow") else result
    columns = [map(str, table[name].to_pylist()) for name in table.column_names if name != "v"]
    return dict(zip(zip(*columns, strict=True), table["v"].to_pylist(), strict=True))


def equal(ours: Any, theirs: Any) -> None:
    """The same cells; the peers' sums are rounded at every step, and ours once."""
    mine, other = figures(ours), figures(theirs)
    assert mine.keys() == other.keys(), (len(mine), len(other))
    keys = list(mine)
    np.testing.assert_allclose([mine[key] for key in keys], [other[key] for key in keys], rtol=1e-12)


def apart(path: Path, library: str, fold: str) -> tuple[float, float]:
    """Seconds and megabytes, Python and all, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks._trade_folds", str(path), library, fold]
    environment = os.environ | {"POLARS_MAX_THREADS": str(THREADS)}
    root = Path(__file__).parents[1]
    out = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    seconds, megabytes = json.loads(out.stdout)
    return seconds, megabytes


def highest() -> float:
    """Megabytes of this process at their highest; what rusage says counts the parent's too."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(path: Path, library: str, fold: str) -> None:
    started = time.perf_counter()
    LIBRARIES[library](path, fold)
    seconds = time.perf_counter() - started
    print(json.dumps([seconds, highest()]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
