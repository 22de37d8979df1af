"""Core measures across items, against what NumPy users would write."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row, same_floats
from indicia import deflation


def sorted_by_rate(x: Any, w: Any) -> tuple[Any, Any]:
    order = np.argsort(x, axis=0)
    return np.take_along_axis(x, order, 0), np.take_along_axis(np.broadcast_to(w[:, None], x.shape), order, 0)


def trimmed_by_numpy(x: Any, w: Any, lower: float, upper: float) -> Any:
    rates, weights = sorted_by_rate(x, w)
    up_to = np.cumsum(weights, 0)
    low, high = lower * up_to[-1], (1 - upper) * up_to[-1]
    inside = np.clip(np.minimum(up_to, high) - np.maximum(up_to - weights, low), 0, None)
    return (inside * rates).sum(0) / inside.sum(0)


def median_by_numpy(x: Any, w: Any) -> Any:
    rates, weights = sorted_by_rate(x, w)
    up_to = np.cumsum(weights, 0)
    where = (up_to < 0.5 * up_to[-1]).sum(0)
    return np.take_along_axis(rates, where[None], 0)[0]


def breadth_by_numpy(x: Any, w: Any) -> Any:
    return ((x < 0) * w[:, None]).sum(0) / w.sum()


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(8)
    alike = functools.partial(same_floats, rtol=1e-10, atol=1e-14)
    for items, periods in ((5000, 200), (400, 2000), (12, 50_000)):
        count, length = max(int(items * min(scale * 10, 1)), 3), max(int(periods * scale), 3)
        x, w = rng.normal(0.02, 0.05, (count, length)), rng.uniform(0, 1, count)
        size = f"{count} items x {length} periods"
        yield Row(
            f"deflation_trimmed_mean, 24 and 31 %, {size}",
            ours=lambda x=x, w=w: deflation.trimmed_mean(x, w, trim=(0.24, 0.31)),
            peers={"numpy argsort, cumsum": lambda x=x, w=w: trimmed_by_numpy(x, w, 0.24, 0.31)},
            equal=alike,
            bytes_moved=x.nbytes,
        )
        yield Row(
            f"deflation_percentile, weighted median, {size}",
            ours=lambda x=x, w=w: deflation.weighted_median(x, w),
            peers={"numpy argsort, cumsum": lambda x=x, w=w: median_by_numpy(x, w)},
            equal=alike,
            bytes_moved=x.nbytes,
        )
        yield Row(
            f"deflation_breadth, {size}",
            ours=lambda x=x, w=w: deflation.breadth(x, w),
            peers={"numpy": lambda x=x, w=w: breadth_by_numpy(x, w)},
            equal=alike,
            bytes_moved=x.nbytes,
        )
