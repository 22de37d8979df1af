"""Classifications: rows into groups, and the codes of a cube into the nodes of a tree."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row, lacking, same_floats
from indicia import Cube, Observations, _core, get_threads, tree
from indicia.periods import Periods


def alike(ours: Any, peer: Any) -> None:
    same_floats(np.asarray(ours, float), np.asarray(peer, float), rtol=1e-9, atol=1e-6)


def by_hand(threads: int) -> Callable[..., Any]:
    """What an experienced user writes: a table for each thread, added up at the end."""
    try:
        import numba
    except ModuleNotFoundError:
        return lacking("numba")

    @numba.njit(parallel=True)  # type: ignore[untyped-decorator]
    def sums(groups: Any, values: Any, n: int) -> Any:
        tables = np.zeros((threads, n))
        rows = len(values)
        for t in numba.prange(threads):
            for i in range(rows * t // threads, rows * (t + 1) // threads):
                tables[t, groups[i]] += values[i]
        return tables.sum(axis=0)

    return sums  # type: ignore[no-any-return]


def in_duckdb(table: Any, by: str, n: int) -> Any:
    import duckdb

    with duckdb.connect(config={"threads": get_threads()}) as connection:
        connection.register("t", table)
        found = connection.execute(f"select {by} as cell, sum(v) as s from t group by all").fetchnumpy()
    sums = np.zeros(n)
    sums[found["cell"]] = found["s"]
    return sums


def in_polars(table: Any, by: Any, n: int) -> Any:
    import polars as pl

    found = table.group_by(by.alias("g")).agg(pl.col("v").sum())
    sums = np.zeros(n)
    sums[found["g"].to_numpy()] = found["v"].to_numpy()
    return sums


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(9)
    n, groups = max(int(10_000_000 * scale), 1000), 5000
    group = rng.integers(0, groups, n).astype(np.uint16)
    values = np.round(rng.lognormal(2.2, 2.6, n), 3)
    table: Any = None
    try:
        import polars as pl

        table = pl.DataFrame({"g": group, "v": values})
    except ModuleNotFoundError:
        pass
    hand = by_hand(get_threads())
    yield Row(
        f"sums of {n} rows into {groups} groups, exact",
        ours=lambda: _core.tree_sums(((group, groups, None, groups),), values, None, threads=get_threads())[0],
        peers={
            "numba by hand, not exact": lambda: hand(group, values, groups),
            "numpy bincount": lambda: np.bincount(group, values, groups),
            "duckdb": lambda: in_duckdb(table.to_arrow(), "g", groups),
            "polars": lambda: in_polars(table, pl.col("g"), groups),
            "pandas": lambda: _in_pandas(group, values),
        },
        equal=alike,
        bytes_moved=n * 10,
    )
    codes = [f"{k:04d}" for k in range(groups)]
    year, exporter = rng.integers(0, 10, n).astype(np.int32), rng.integers(0, 230, n).astype(np.uint8)
    to = rng.integers(0, 20, groups)
    made = tree.parents([*map(str, range(20)), *(f"c{code}" for code in codes)], [None] * 20 + [str(k) for k in to])
    obs = Observations._trusted(
        dims=("i", "k", "time"),
        codes={"i": tuple(f"x{k}" for k in range(230)), "k": tuple(f"c{code}" for code in codes)},
        positions={"i": exporter, "k": group},
        time=Periods._trusted("A", year + 50),
        values=values,
        flags=None,
        labels={},
        attrs={},
        unit=None,
        multiplier=None,
        decimals=None,
    )
    cell = (exporter.astype(np.int64) * 20 + to[group]) * 10 + year
    if table is not None:
        table = table.with_columns(y=year, e=exporter.astype(np.int64), k=to.astype(np.int64)[group])
    size = 230 * 20 * 10
    yield Row(
        f"sums of {n} rows by (year, exporter, group of a tree), exact",
        ours=lambda: _cells(tree.aggregate(obs, made), size),
        peers={
            "numpy bincount of cells that are known": lambda: np.bincount(cell, values, size),
            "duckdb": lambda: in_duckdb(table.to_arrow(), "(e * 20 + k) * 10 + y", size),
            "polars": lambda: in_polars(table, (pl.col("e") * 20 + pl.col("k")) * 10 + pl.col("y"), size),
        },
        equal=alike,
        bytes_moved=n * 15,
    )
    series = max(int(10_000 * scale), 40)
    goods = [f"{k:06d}" for k in sorted(rng.choice(10**6, 5000, replace=False))]
    cube = Cube(
        ["k", "s"], {"k": goods, "s": [f"s{k}" for k in range(series)]}, None, rng.lognormal(2, 2, (5000, series))
    )
    levels = tree.prefixes(goods)
    starts = {size: np.unique([code[:size] for code in goods], return_index=True)[1] for size in (2, 4)}
    yield Row(
        f"a cube of 5000 codes x {series} series to chapters and headings",
        ours=lambda: tree.aggregate(cube, levels).values,
        peers={
            "numpy add.reduceat, each level": functools.partial(_reduceat, cube.values, starts),
            "numpy sum, which reads it": lambda: _Read(cube.values.sum(axis=0)),
        },
        equal=lambda ours, peer: None if isinstance(peer, _Read) else alike(ours, peer),
        bytes_moved=cube.values.nbytes,
    )


class _Read:
    """The result of a peer that only reads the array."""

    def __init__(self, sums: Any) -> None:
        self.sums = sums


def _reduceat(values: Any, starts: Any) -> Any:
    return np.concatenate([np.add.reduceat(values, at, axis=0) for at in starts.values()])


def _in_pandas(group: Any, values: Any) -> Any:
    import pandas as pd

    return pd.Series(values).groupby(group).sum().reindex(range(5000), fill_value=0.0).to_numpy()


def _cells(found: Observations, size: int) -> Any:
    years = found.time.ordinals.astype(np.int64) - 50 if found.time is not None else 0
    sums = np.zeros(size)
    sums[(found.positions["i"].astype(np.int64) * 20 + found.positions["k"]) * 10 + years] = found.values
    return sums
