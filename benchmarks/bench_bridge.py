"""Bridges, against what a NumPy user would write: the parts alone, which add up but for rounding."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from benchmarks._harness import Row, same_floats
from indicia import growth


def parts(bridge: growth.Bridge) -> np.ndarray:
    return np.stack(list(bridge.parts.values()), axis=-1)


def log_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a - b) / np.log(a / b)


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    shape = max(int(10_000 * scale), 2), 30
    p, q, p0, q0 = (rng.uniform(50, 150, shape) for _ in range(4))
    now, base = {"price": p, "volume": q}, {"price": p0, "volume": q0}
    total = (p0 * q0).sum(axis=1, keepdims=True)
    ours = functools.partial(growth.bridge, now, base)
    cases = [
        ("one cause", lambda: parts(growth.bridge(p, p0)), lambda: ((p - p0) / p0.sum(1, keepdims=True))[..., None]),
        (
            "shapley, price and volume",
            lambda: parts(ours(method="shapley")),
            lambda: np.stack([(p - p0) * (q + q0) / 2, (q - q0) * (p + p0) / 2], axis=-1) / total[..., None],
        ),
        (
            "log_mean, price and volume",
            lambda: parts(ours(method="log_mean")),
            lambda: np.stack([np.log(p / p0), np.log(q / q0)], axis=-1) * (log_mean(p * q, p0 * q0) / total)[..., None],
        ),
    ]
    for name, mine, formula in cases:
        yield Row(
            f"bridge, {name}: {shape[0]} periods of {shape[1]} components",
            ours=mine,
            peers={"numpy expression": formula},
            equal=functools.partial(same_floats, rtol=1e-9, atol=1e-14),
            note="ours add up to the last bit",
        )
