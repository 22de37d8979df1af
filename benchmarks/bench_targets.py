"""What the rest of a year must bring, for many series, against the same written in pandas and NumPy; and audits."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row
from indicia import audit, targets


def frame_of(x: Any) -> Any:
    import pandas as pd

    return pd.DataFrame(x.T, index=pd.period_range("2000-01", periods=x.shape[1], freq="M"))


def pandas_required(frame: Any, aim: float) -> Any:
    years = frame.index.year
    so_far = frame.groupby(years).cumsum()
    whole = frame.groupby(years).transform("sum")
    base, last = so_far.shift(12), whole.shift(12)
    rest = last - base
    return ((1 + aim) * last - so_far) / rest.where(rest > 1e-9) - 1


def numpy_required(x: Any, aim: float) -> Any:
    years = x.reshape(len(x), -1, 12)
    so_far = years.cumsum(axis=2)
    whole = so_far[:, :, -1:]
    out = np.full(years.shape, np.nan)
    rest = (whole - so_far)[:, :-1, :-1]
    out[:, 1:, :-1] = ((1 + aim) * whole[:, :-1] - so_far[:, 1:, :-1]) / rest - 1
    return out.reshape(x.shape)


def numpy_met(aims: Any, outcomes: Any, half: float) -> Any:
    low, high = outcomes - half, outcomes + half
    return np.where(low >= aims, 3, np.where(high < aims, 1, 2)).astype(np.uint8)


def near(ours: Any, peer: Any) -> None:
    np.testing.assert_allclose(np.asarray(ours), np.asarray(peer), rtol=1e-8, atol=1e-10)


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    length = 240
    series = max(int(10_000 * scale), 4)
    x = rng.uniform(50, 150, (series, length))
    required = functools.partial(targets.required, x, 0.05, freq="M")
    yield Row(
        f"required growth of the rest, {series} series of {length} months",
        ours=required,
        peers={"numpy expression": functools.partial(numpy_required, x, 0.05)},
        equal=near,
        bytes_moved=2 * x.nbytes,
        note="at every month; the peer takes whole years only and no missing figure",
    )
    try:
        frame = frame_of(x)
    except ModuleNotFoundError:
        frame = None
    if frame is not None:
        yield Row(
            f"the same of a frame of {length} months",
            ours=functools.partial(targets.required, frame, 0.05),
            peers={"pandas groupby": functools.partial(pandas_required, frame, 0.05)},
            equal=near,
            bytes_moved=2 * x.nbytes,
        )
    some = x[: max(series // 10, 2)]
    yield Row(
        f"the same as a pace from month to month, {len(some)} series",
        ours=functools.partial(targets.required, some, 0.05, on="period", freq="M"),
        peers={},
        note="no peer: a root for every month",
    )
    aims = np.round(rng.uniform(2, 8, x.shape), 1) + 0.003
    outcomes = np.round(rng.uniform(2, 8, x.shape), 1)
    yield Row(
        f"targets met or not, {x.size} outcomes",
        ours=functools.partial(audit.targets, aims, outcomes, decimals=1),
        peers={"numpy expression": functools.partial(numpy_met, aims, outcomes, 0.05)},
        equal=lambda ours, peer: np.testing.assert_array_equal(ours.verdicts, peer),
        bytes_moved=2 * x.nbytes,
        note="verdict and distance, from exact ends; the peer has the verdict alone, from rounded ones",
    )
    yield Row(
        f"contributions, {series} parts",
        ours=functools.partial(
            audit.contributions,
            np.round(x, 1),
            np.full(length, 1e4),
            np.round(np.diff(x, axis=1, prepend=np.nan) / 100, 2),
            decimals=1,
            contribution_decimals=2,
        ),
        peers={},
        note="no peer",
    )
