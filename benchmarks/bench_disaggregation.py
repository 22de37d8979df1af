"""Temporal disaggregation of many series, against the dense system solved in batches, and by length."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row
from indicia import disaggregation


def dense_denton_cholette(benchmark: Any, indicator: Any, per: int, batch: int = 250) -> Any:
    """The system of the sum of squares and its multipliers, one matrix a series, by LAPACK."""
    series, n = indicator.shape
    lows = n // per
    out = np.empty((series, n))
    difference = (np.eye(n) - np.eye(n, k=-1))[1:]
    adding = np.kron(np.eye(lows), np.ones(per))
    for start in range(0, series, batch):
        x, y = indicator[start : start + batch], benchmark[start : start + batch]
        steps = difference / x[:, None, :]
        system = np.zeros((len(x), n + lows, n + lows))
        system[:, :n, :n] = steps.transpose(0, 2, 1) @ steps
        system[:, :n, n:] = adding.T
        system[:, n:, :n] = adding
        right = np.zeros((len(x), n + lows, 1))
        right[:, n:, 0] = y
        out[start : start + batch] = np.linalg.solve(system, right)[:, :n, 0]
    return out


def figures(series: int, years: int, per: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    indicator = rng.uniform(80, 120, (series, years * per))
    benchmark = indicator.reshape(series, years, per).sum(axis=2) * rng.uniform(0.95, 1.05, (series, years))
    return benchmark, indicator


def near(ours: Any, peer: Any) -> None:
    np.testing.assert_allclose(np.asarray(ours), np.asarray(peer), rtol=1e-7)


def rows(scale: float = 1.0) -> Iterator[Row]:
    count = max(int(10_000 * scale), 8)
    benchmark, indicator = figures(count, 25, 4)
    yield Row(
        f"Denton-Cholette, {count} series of 25 years of quarters",
        ours=functools.partial(disaggregation.denton_cholette, benchmark, indicator, per=4),
        peers={"numpy.linalg.solve": functools.partial(dense_denton_cholette, benchmark, indicator, 4)},
        equal=near,
        bytes_moved=2 * indicator.nbytes + benchmark.nbytes,
    )
    long = [figures(max(count // 10, 8), years, 4) for years in (250, 25)]

    def ten_times() -> Any:
        return [disaggregation.denton_cholette(*long[1], per=4) for _ in range(10)]

    yield Row(
        "the same, ten times as long (peer: ten of the length above; linear in the length is 1)",
        ours=functools.partial(disaggregation.denton_cholette, *long[0], per=4),
        peers={"ten short ones": ten_times},
        equal=lambda ours, peer: None,
        bytes_moved=2 * long[0][1].nbytes,
    )
    yield Row(
        f"Chow-Lin, rho by likelihood, {max(count // 10, 8)} series of 25 years of quarters",
        ours=functools.partial(
            disaggregation.chow_lin, benchmark[: count // 10 + 8], indicator[: count // 10 + 8], per=4
        ),
        peers={},
        equal=lambda ours, peer: None,
        bytes_moved=None,
    )
