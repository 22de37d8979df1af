"""Audits of whole arrays, against the same written in NumPy.

The peer takes half a step to either side and computes with what rounding leaves: its ends may be off by a few units in
the last place, so that a figure that touches may be called contradicted. Figures here don't touch.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row
from indicia import audit


def ends(x: Any, half: float) -> tuple[Any, Any]:
    return x - half, x + half


def judged(low: Any, high: Any, implied_low: Any, implied_high: Any, step: float) -> tuple[Any, Any]:
    known = ~(np.isnan(low) | np.isnan(implied_low))
    meet = (low <= implied_high) & (implied_low <= high)
    within = (low <= implied_low) & (implied_high <= high)
    verdicts = np.select([~known, within, meet], [0, 3, 2], 1).astype(np.uint8)
    distance = np.where(low > implied_high, low - implied_high, np.where(high < implied_low, high - implied_low, 0.0))
    distance[~known] = np.nan
    return verdicts, distance / step


def growth(levels: Any, rates: Any, lag: int, level_step: float, rate_step: float) -> tuple[Any, Any]:
    low, high = ends(levels, level_step / 2)
    implied_low, implied_high = np.full_like(levels, np.nan), np.full_like(levels, np.nan)
    implied_low[:, lag:] = low[:, lag:] / high[:, :-lag] - 1
    implied_high[:, lag:] = high[:, lag:] / low[:, :-lag] - 1
    return judged(*ends(rates / 100, rate_step / 200), implied_low, implied_high, rate_step / 100)


def share(parts: Any, totals: Any, shares: Any, step: float, share_step: float) -> tuple[Any, Any]:
    low, high = ends(parts, step / 2)
    least, most = ends(totals, step / 2)
    return judged(*ends(shares / 100, share_step / 200), low / most, high / least, share_step / 100)


def adds_up(parts: Any, total: Any, step: float) -> tuple[Any, Any]:
    low, high = ends(parts, step / 2)
    return judged(*ends(total, step / 2), low.sum(axis=0), high.sum(axis=0), step)


def same_arrays(verdicts: Any, distance: Any, peer: tuple[Any, Any]) -> None:
    np.testing.assert_array_equal(verdicts, peer[0])
    np.testing.assert_allclose(distance, peer[1], rtol=1e-6, atol=1e-6)


def same(ours: audit.Audit, peer: tuple[Any, Any]) -> None:
    same_arrays(ours.verdicts, ours.distance, peer)


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    length, lag = 240, 12
    series = max(int(10**7 * scale) // length, 2)
    levels = np.round(rng.uniform(50, 150, (series, length)), 1)
    rates = np.full_like(levels, np.nan)
    rates[:, lag:] = np.round(
        (levels[:, lag:] / levels[:, :-lag] - 1) * 100 + rng.normal(size=(series, length - lag)), 2
    )
    rates += 0.001  # so that no end touches another
    yield Row(
        f"growth, {series} series of {length} months",
        ours=functools.partial(audit.growth, levels, rates, lag=lag, decimals=1, rate_decimals=2),
        peers={"numpy expression": functools.partial(growth, levels, rates, lag, 0.1, 0.01)},
        equal=same,
        bytes_moved=3 * levels.nbytes,
        note="verdict, implied ends and distance; the peer's ends are rounded to nearest",
    )
    turned = [np.ascontiguousarray(a.T) for a in (levels, rates)]
    yield Row(
        f"growth, {length} months of {series} series",
        ours=functools.partial(audit.growth, *turned, lag=lag, decimals=1, rate_decimals=2, axis=0),
        peers={"numpy expression": lambda: growth(turned[0].T, turned[1].T, lag, 0.1, 0.01)},
        equal=lambda ours, peer: same_arrays(ours.verdicts.T, ours.distance.T, peer),
        bytes_moved=3 * levels.nbytes,
    )
    n = max(int(10**6 * scale), 100)
    parts = np.round(rng.uniform(1, 50, (8, n)), 1)
    total = np.round(parts.sum(axis=0) + rng.choice([0.0, 0.23, 3.0], n), 2)
    yield Row(
        f"adds_up, 8 parts, {n} sums",
        ours=functools.partial(audit.adds_up, parts, total, decimals=1, total_decimals=1),
        peers={"numpy expression": functools.partial(adds_up, parts, total, 0.1)},
        equal=same,
        bytes_moved=parts.nbytes + total.nbytes,
    )
    totals = np.round(rng.uniform(100, 200, n), 1)
    shares = np.round(parts / totals * 100 + rng.choice([0.0, 0.0, 0.2], parts.shape), 2) + 0.001
    yield Row(
        f"share, {8 * n} parts",
        ours=functools.partial(audit.share, parts, totals, shares, decimals=1, share_decimals=2),
        peers={"numpy expression": functools.partial(share, parts, totals, shares, 0.1, 0.01)},
        equal=same,
        bytes_moved=3 * parts.nbytes,
    )
