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


def steps_of(values: Any, indicator: Any) -> Any:
    """What Denton's proportional first differences are to be the smallest of, one figure a series."""
    return (np.diff(values / indicator, axis=1) ** 2).sum(axis=1)


def best_of_all(benchmark: Any, indicator: Any, ours: Any, pieces: Any) -> None:
    """Both meet their totals; in one piece the steps are no larger than in ten, which know nothing of one another."""
    for values in (np.asarray(ours), pieces):
        totals = values.reshape(*benchmark.shape, -1).sum(axis=2)
        np.testing.assert_allclose(totals, benchmark, rtol=1e-9)
    assert (steps_of(np.asarray(ours), indicator) <= steps_of(pieces, indicator) * (1 + 1e-9)).all()


def of_rho(y: Any, x: Any, rho: float, per: int) -> tuple[float, Any]:
    """Likelihood and values of generalised least squares, given the autocorrelation."""
    n, lows = len(x), len(y)
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    covariance = rho**apart / (1 - rho * rho)
    with_sums = covariance.reshape(n, lows, per).sum(axis=2)
    seen = with_sums.reshape(lows, per, lows).sum(axis=1)
    columns = np.stack([np.ones(n), x])
    low = columns.reshape(2, lows, per).sum(axis=2).T
    solved = np.linalg.solve(seen, np.column_stack([low, y]))
    coefficients = np.linalg.solve(low.T @ solved[:, :2], low.T @ solved[:, 2])
    rest = solved[:, 2] - solved[:, :2] @ coefficients
    squares = (y - low @ coefficients) @ rest
    likelihood = -0.5 * (lows * (np.log(2 * np.pi * squares / lows) + 1) + np.linalg.slogdet(seen)[1])
    return likelihood, coefficients @ columns + with_sums @ rest


def chow_lin_by_numpy(benchmark: Any, indicator: Any, per: int) -> Any:
    """The likeliest autocorrelation of a grid, one series at a time."""
    grid = [*np.arange(0.0, 0.99, 0.05), 0.999]
    pairs = zip(benchmark, indicator, strict=True)
    return [max((of_rho(y, x, rho, per) for rho in grid), key=lambda one: one[0]) for y, x in pairs]


def likely(benchmark: Any, indicator: Any, ours: Any, peer: Any) -> None:
    """Ours are the values of their own autocorrelation, which is no less likely than any of the peer's grid."""
    for k, (best, _) in enumerate(peer):
        likelihood, values = of_rho(benchmark[k], indicator[k], float(ours.rho[k]), 4)
        np.testing.assert_allclose(np.asarray(ours.values)[k], values, rtol=1e-7)
        assert likelihood >= best - 1e-6


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
    long = figures(max(count // 10, 8), 250, 4)
    short = [(long[0][:, t : t + 25], long[1][:, 4 * t : 4 * t + 100]) for t in range(0, 250, 25)]

    def ten_times() -> Any:
        return np.concatenate([disaggregation.denton_cholette(*part, per=4) for part in short], axis=1)

    yield Row(
        "the same, ten times as long (peer: in ten pieces of the length above; linear in the length is 1)",
        ours=functools.partial(disaggregation.denton_cholette, *long, per=4),
        peers={"ten short ones": ten_times},
        equal=functools.partial(best_of_all, *long),
        bytes_moved=2 * long[1].nbytes,
    )
    some = benchmark[: count // 100 + 8], indicator[: count // 100 + 8]
    yield Row(
        f"Chow-Lin, rho by likelihood, {len(some[0])} series of 25 years of quarters",
        ours=functools.partial(disaggregation.chow_lin, *some, per=4),
        peers={"numpy, one series at a time": functools.partial(chow_lin_by_numpy, *some, 4)},
        equal=functools.partial(likely, *some),
        bytes_moved=None,
    )
