"""Long tables to dense arrays and back: against NumPy's fancy indexing, pandas and polars.

What must be moved at least is the rows, read once, and the cells, written once (or the other way round); the first row
is NumPy's own copy of as many bytes into fresh memory, which is the measure of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row, lacking
from indicia import _core, get_threads

FIRST = 24000  # some month


def same(ours: Any, peer: Any) -> None:
    """Equal to the bit, part by part."""
    for a, b in zip(ours, peer, strict=True):
        np.testing.assert_array_equal(a, b)


class Table:
    """Rows of a cube of `sizes` and `periods`: about `share` of its cells, in some order."""

    def __init__(self, sizes: tuple[int, ...], periods: int, share: float, order: str) -> None:
        rng = np.random.default_rng(0)
        self.sizes, self.periods = sizes, periods
        shape = (*sizes, periods)
        series = int(np.prod(sizes))
        if order == "series in any order":
            cells = (rng.permutation(series)[:, None] * periods + np.arange(periods)).ravel()
        else:
            cells = np.arange(series * periods)
        if share < 1:
            cells = cells[rng.random(len(cells)) < share]
        if order == "rows in any order":
            rng.shuffle(cells)
        *where, time = np.unravel_index(cells, shape)
        narrow = [np.uint8 if size <= 256 else np.uint16 for size in sizes]
        self.positions = tuple(w.astype(d) for w, d in zip(where, narrow, strict=True))
        self.time = (time + FIRST).astype(np.int32)
        self.values = rng.standard_normal(len(cells))
        self.cells = series * periods

    @property
    def bytes(self) -> int:
        rows = sum(p.nbytes for p in self.positions) + self.time.nbytes + self.values.nbytes
        return rows + self.cells * 8

    def scatter(self, threads: int) -> Any:
        values, _ = _core.scatter(
            self.positions,
            self.sizes,
            self.time,
            FIRST,
            self.periods,
            self.values,
            None,
            "error",
            threads=threads,
        )
        return (values,)

    def numpy_scatter(self) -> Any:
        cube = np.full((*self.sizes, self.periods), np.nan)
        cube[(*self.positions, self.time - FIRST)] = self.values
        return (cube,)

    def names(self) -> list[str]:
        return [f"d{i}" for i in range(len(self.positions))]

    def columns(self) -> dict[str, Any]:
        return dict(zip(self.names(), self.positions, strict=True)) | {"time": self.time, "value": self.values}

    def spread(self, keys: list[Any], times: Any, block: Any) -> Any:
        """A pivot's block, whose rows and columns are those that occur, as the cube."""
        cube = np.full((*self.sizes, self.periods), np.nan)
        cube[(*[np.asarray(k)[:, None] for k in keys], np.asarray(times)[None, :] - FIRST)] = block
        return (cube,)

    def pandas(self) -> Any:
        try:
            import pandas as pd
        except ModuleNotFoundError:
            return lacking("pandas")
        frame = pd.DataFrame(self.columns()).set_index([*self.names(), "time"])["value"]

        def call() -> Any:
            wide = frame.unstack("time")
            keys = [wide.index.get_level_values(i) for i in range(len(self.sizes))]
            return self.spread(keys, wide.columns, wide.to_numpy())

        return call

    def polars(self) -> Any:
        try:
            import polars as pl
        except ModuleNotFoundError:
            return lacking("polars")
        frame = pl.DataFrame(self.columns())

        def call() -> Any:
            wide = frame.pivot("time", index=self.names(), values="value")
            times = [int(name) for name in wide.columns[len(self.sizes) :]]
            keys = [wide[name].to_numpy() for name in self.names()]
            return self.spread(keys, times, wide[:, len(self.sizes) :].to_numpy())

        return call


def gathers(shape: tuple[int, ...], share: float) -> Row:
    rng = np.random.default_rng(0)
    cube = rng.standard_normal(shape)
    if share < 1:
        cube[rng.random(shape) >= share] = np.nan
    kept = int((~np.isnan(cube)).sum())

    def ours(threads: int) -> Any:
        positions, time, values, _ = _core.gather(cube, None, True, threads=threads)
        return (*positions, time, values)

    def numpy_gather() -> Any:
        where = np.nonzero(~np.isnan(cube))
        return (*where, cube[where])

    return Row(
        f"gather {kept:.2g} rows of {cube.size:.2g} cells, {get_threads()} threads",
        ours=lambda: ours(get_threads()),
        peers={"indicia 1 thread": lambda: ours(1), "numpy nonzero": numpy_gather},
        equal=same,
        bytes_moved=cube.nbytes + kept * (len(shape) - 1 + 4 + 8),
    )


def rows(scale: float = 1.0) -> Iterator[Row]:
    sizes, periods = (max(2, int(50 * scale)), 200, 33), 30
    threads = get_threads()
    for order, share in (
        ("sorted", 1.0),
        ("sorted", 0.9),
        ("series in any order", 0.9),
        ("rows in any order", 0.9),
    ):
        table = Table(sizes, periods, share, order)
        half = np.ones(table.bytes // 16)
        peers = {
            "indicia 1 thread": lambda table=table: table.scatter(1),
            "numpy fancy": table.numpy_scatter,
        }
        if share < 1 and order != "series in any order":
            peers |= {"pandas unstack": table.pandas(), "polars pivot": table.polars()}
        yield Row(
            f"copy of as many bytes ({table.bytes / 1e6:.0f} MB read and written)",
            ours=lambda half=half: (half.copy(),),
            equal=same,
            bytes_moved=table.bytes,
            note="NumPy, into fresh memory: the measure of the next row",
        )
        yield Row(
            f"scatter {len(table.values):.2g} rows, {order}, {share:.0%} of the cells, {threads} threads",
            ours=lambda table=table: table.scatter(threads),
            peers=peers,
            equal=same,
            bytes_moved=table.bytes,
            note="indicia looks for duplicates; numpy doesn't",
        )
    yield gathers((*sizes, periods), 1.0)
    yield gathers((*sizes, periods), 0.9)
    yield gathers((*sizes, periods), 0.05)
    table = Table(sizes, periods, 0.9, "sorted")
    key = np.ravel_multi_index(table.positions, sizes)

    def numpy_series() -> Any:
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        return inverse, first  # sorted rows: by first appearance is by key

    yield Row(
        f"number the series of {len(table.values):.2g} rows, {threads} threads",
        ours=lambda: _core.series_index(table.positions, sizes, threads=threads),
        peers={
            "indicia 1 thread": lambda: _core.series_index(table.positions, sizes),
            "numpy unique": numpy_series,
            "pandas factorize": _factorize(key),
        },
        equal=lambda a, b: np.testing.assert_array_equal(a[0], b[0]),
        bytes_moved=sum(p.nbytes for p in table.positions) + 4 * len(key),
        note="the peers are given one key, ready-made",
    )


def _factorize(key: Any) -> Any:
    try:
        import pandas as pd
    except ModuleNotFoundError:
        return lacking("pandas")
    return lambda: pd.factorize(key)
