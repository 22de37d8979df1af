"""Regions: ranks, concentration, inequality and shift-share, against NumPy and bottleneck, along rows and columns."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row, same_floats
from indicia import region, ufuncs


class Read:
    """The result of a peer that only reads the array."""


def alike(ours: Any, peer: Any, rtol: float = 1e-10) -> None:
    if not isinstance(peer, Read):
        same_floats(ours, peer, rtol=rtol, atol=1e-13)


def read(x: Any) -> Read:
    flat = x.reshape(-1)
    np.dot(flat, flat)
    return Read()


def summed(x: Any, axis: int) -> Read:
    np.add.reduce(x, axis=axis)
    return Read()


def ranked(x: Any, axis: int) -> Any:
    import bottleneck

    return bottleneck.nanrankdata(x, axis=axis)


def shares(x: Any, axis: int) -> Any:
    return x / x.sum(axis=axis, keepdims=True)


def theil(x: Any, axis: int) -> Any:
    s = shares(x, axis)
    return (s * np.log(s * x.shape[axis])).sum(axis=axis)


def gini(x: Any, axis: int) -> Any:
    n = x.shape[axis]
    weights = np.expand_dims(2.0 * np.arange(1, n + 1) - n - 1, 1 - axis)
    s = np.sort(x, axis=axis)
    return (weights * s).sum(axis=axis) / (n * s.sum(axis=axis))


def pandas_rank(x: Any, axis: int) -> Any:
    import pandas as pd

    return pd.DataFrame(x).rank(axis=axis).to_numpy()


def along(rng: np.random.Generator, scale: float, axis: int) -> Iterator[Row]:
    how = "in rows" if axis else "in columns"
    many = max(int(100_000 * scale), 20)
    x = np.ascontiguousarray(rng.uniform(1, 100, (many, 100) if axis else (100, many)))
    yield Row(
        f"hhi, {many} series of 100 {how}",
        ours=functools.partial(region.hhi, x, over=axis),
        peers={
            "numpy dot, which reads it": functools.partial(read, x),
            "numpy sum": functools.partial(summed, x, axis),
            "numpy einsum": lambda: np.einsum("ij,ij->i" if axis else "ij,ij->j", x, x) / x.sum(axis=axis) ** 2,
        },
        equal=alike,
        bytes_moved=x.nbytes,
    )
    yield Row(
        f"theil, {many} series of 100 {how}",
        ours=functools.partial(region.theil, x, over=axis),
        peers={"numpy expression": functools.partial(theil, x, axis)},
        equal=functools.partial(alike, rtol=1e-9),
        bytes_moved=x.nbytes,
    )
    yield Row(
        f"gini, {many} series of 100 {how}",
        ours=functools.partial(region.gini, x, over=axis),
        peers={"numpy sort": functools.partial(gini, x, axis)},
        equal=alike,
        bytes_moved=x.nbytes,
    )
    cities, periods = 300, max(int(33_000 * scale), 20)
    y = np.ascontiguousarray(rng.uniform(1, 100, (periods, cities) if axis else (cities, periods)))
    for figures, what in ((y, "all different"), (np.round(y, 1), "a third equal to others")):
        yield Row(
            f"rank, {cities} cities in each of {periods} periods {how}, {what}",
            ours=functools.partial(region.rank, figures, over=axis, ties="average", descending=False),
            peers={
                "bottleneck nanrankdata": functools.partial(ranked, figures, axis),
                "pandas rank": functools.partial(pandas_rank, figures, axis),
            },
            equal=alike,
            bytes_moved=2 * y.nbytes,
        )


def shift(rng: np.random.Generator, scale: float) -> Iterator[Row]:
    regions, industries = max(int(10_000 * scale), 20), 100
    before = rng.uniform(1, 100, (regions, industries))
    after = before * rng.uniform(0.8, 1.3, before.shape)

    def parts() -> Any:
        found = region.shift_share(before, after)
        return np.stack([found.change, found.national, found.mix, found.competitive])

    def by_cell() -> Any:
        g = after.sum() / before.sum() - 1
        gi = after.sum(axis=0) / before.sum(axis=0) - 1
        gri = after / before - 1
        national, mix, own = before * g, before * (gi - g), before * (gri - gi)
        return np.stack([part.sum(axis=1) for part in (after - before, national, mix, own)])

    def by_product() -> Any:
        g = after.sum() / before.sum() - 1
        gi = after.sum(axis=0) / before.sum(axis=0) - 1
        change, national, mix = (after - before).sum(axis=1), before.sum(axis=1) * g, before @ (gi - g)
        return np.stack([change, national, mix, change - national - mix])

    yield Row(
        f"shift_share, {regions} regions of {industries} industries",
        ours=parts,
        peers={"numpy expression": by_cell, "numpy as products of matrices": by_product},
        equal=functools.partial(same_floats, rtol=1e-8, atol=1e-6),
        bytes_moved=2 * before.nbytes,
        note="the expression forms the parts of each cell, as formulas do; the products are what an expert makes of it",
    )
    yield Row(
        f"location_quotient, {regions} regions of {industries} industries",
        ours=functools.partial(region.location_quotient, before),
        peers={"numpy expression": lambda: shares(before, 1) / (before.sum(axis=0) / before.sum())},
        equal=alike,
        bytes_moved=2 * before.nbytes,
    )


def raw(rng: np.random.Generator, scale: float) -> Iterator[Row]:
    """The ufuncs that no row above is about, on one thread."""
    many, n = max(int(20_000 * scale), 20), 100
    x, w = rng.uniform(1, 100, (many, n)), rng.uniform(1, 9, (many, n))
    low, high = np.round(x) - 0.5, np.round(x) + 0.5

    def weighted() -> tuple[Any, Any]:
        p = shares(w, 1)
        return p, x / (p * x).sum(axis=1, keepdims=True)

    def mean_log() -> Any:
        p, r = weighted()
        return -(p * np.log(r)).sum(axis=1)

    def theil_weighted() -> Any:
        p, r = weighted()
        return (p * r * np.log(r)).sum(axis=1)

    def variation() -> Any:
        p, r = weighted()
        return np.sqrt((p * (r - 1) ** 2).sum(axis=1))

    def atkinson() -> Any:
        p, r = weighted()
        return 1 - (p * np.sqrt(r)).sum(axis=1) ** 2

    def log_deviation() -> Any:
        p, logs = shares(w, 1), np.log(x)
        mean = (p * logs).sum(axis=1, keepdims=True)
        return np.sqrt((p * (logs - mean) ** 2).sum(axis=1))

    def entropy() -> Any:
        s = shares(x, 1)
        return -(s * np.log(s)).sum(axis=1)

    def gini_weighted() -> Any:
        order = np.argsort(x, axis=1)
        y, p = np.take_along_axis(x, order, 1), shares(np.take_along_axis(w, order, 1), 1)
        below = np.cumsum(p, axis=1)
        return (p * y * (2 * below - p - 1)).sum(axis=1) / (p * y).sum(axis=1)

    def bounds() -> Any:
        lows, highs = np.sort(low, axis=1), np.sort(high, axis=1)
        best, worst = np.empty_like(x), np.empty_like(x)
        for i in range(many):
            best[i] = 1 + n - np.searchsorted(lows[i], high[i], side="right")
            worst[i] = n - np.searchsorted(highs[i], low[i], side="right")
        return best, worst

    def leaders() -> Any:
        return np.partition(x, n - 4, axis=1)[:, n - 4 :].sum(axis=1) / x.sum(axis=1)

    def hachman() -> Any:
        return 1 / (shares(x, 1) ** 2 / shares(w, 1)).sum(axis=1)

    rates = rng.uniform(0, 0.1, n)
    cases: list[tuple[np.ufunc, tuple[Any, ...], Callable[[], Any]]] = [
        (ufuncs.region_total, (x, n), lambda: x.sum(axis=1)),
        (ufuncs.region_hhi, (x, n), lambda: (shares(x, 1) ** 2).sum(axis=1)),
        (ufuncs.region_entropy, (x, n), entropy),
        (ufuncs.region_hoover, (x, w, n), lambda: np.abs(shares(x, 1) - shares(w, 1)).sum(axis=1) / 2),
        (ufuncs.region_hachman, (x, w, n), hachman),
        (ufuncs.region_theil, (x, w, n), theil_weighted),
        (ufuncs.region_theil_l, (x, w, n), mean_log),
        (ufuncs.region_variation, (x, w, n), variation),
        (ufuncs.region_log_deviation, (x, w, n), log_deviation),
        (ufuncs.region_atkinson, (x, w, 0.5, n), atkinson),
        (ufuncs.region_gini, (x, n), lambda: gini(x, 1)),
        (ufuncs.region_gini_weighted, (x, w, n), gini_weighted),
        (ufuncs.region_median, (x, n), lambda: np.median(x, axis=1)),
        (ufuncs.region_leaders, (x, 4, n), leaders),
        (ufuncs.region_rank, (x, 0, 0), lambda: ranked(x, 1)),
        (ufuncs.region_rank_bounds, (low, high), bounds),
        (
            ufuncs.region_shift_share,
            (x, w, rates, 0.05),
            lambda: (
                (w - x).sum(axis=1),
                x.sum(axis=1) * 0.05,
                x @ (rates - 0.05),
                (w - x).sum(axis=1) - x.sum(axis=1) * 0.05 - x @ (rates - 0.05),
            ),
        ),
    ]
    for ufunc, arguments, formula in cases:
        yield Row(
            f"{ufunc.__name__}, {many} series of {n}",
            ours=functools.partial(ufunc, *arguments),
            peers={("bottleneck" if ufunc is ufuncs.region_rank else "numpy expression"): formula},
            equal=functools.partial(alike, rtol=1e-9),
            bytes_moved=sum(a.nbytes for a in arguments if isinstance(a, np.ndarray)),
        )


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    for axis in (1, 0):
        yield from along(rng, scale, axis)
    yield from shift(rng, scale)
    yield from raw(rng, scale)
