"""Bridges and base effects, against what a NumPy user would write: the parts alone, which add up but for rounding."""

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
    x = np.cumprod(rng.uniform(0.97, 1.04, (max(int(2_000 * scale), 2), 240)), axis=1)
    yield from of_years(x)
    yield chained(rng, max(int(200 * scale), 2))


def of_years(x: np.ndarray) -> Iterator[Row]:
    what = f"{x.shape[0]} series of {x.shape[1]} months"
    early, late, ago = x[:, :-13], x[:, 12:-1], x[:, 1:-12]

    def base() -> np.ndarray:
        return (late / early) * (early - ago) / ago

    def two_years() -> np.ndarray:
        return np.sqrt(x[:, 24:] / x[:, :-24]) - 1

    def means() -> np.ndarray:
        mean = x.reshape(len(x), -1, 12).mean(axis=2)
        return mean[:, 1:] / mean[:, :-1] - 1

    cases = [
        ("base_effect", lambda: growth.base_effect(x, normal=0.0, freq="M").base[:, 13:], base),
        ("stacked", lambda: growth.stacked(x, freq="M")[:, 24:], two_years),
        ("annual_split", lambda: growth.annual_split(x, freq="M").growth[:, 23::12], means),
        ("through_year", lambda: growth.through_year(x, freq="M").average[:, 23::12], means),
    ]
    for name, ours, formula in cases:
        yield Row(
            f"{name}, {what}",
            ours=ours,
            peers={"numpy expression": formula},
            equal=functools.partial(same_floats, rtol=1e-8, atol=1e-12),
            note="the expression gives one of the parts, and no flags",
        )


def chained(rng: np.random.Generator, components: int) -> Row:
    volume, value = (rng.uniform(50, 150, (components, 240)) for _ in range(2))

    def by_link() -> np.ndarray:
        """Of the last year on the year before, in Ribe's two steps."""
        w, link = value / value.sum(axis=0), np.ones(240)
        for begin in range(12, 240, 12):
            at = volume[:, [begin - 1]]
            link[begin : begin + 12] = link[begin - 1] * (w[:, [begin]] * volume[:, begin : begin + 12] / at).sum(
                axis=0
            )
        this = w[:, [228]] * link[227] * (volume[:, 228:] / volume[:, [227]] - 1)
        last = w[:, [216]] * link[215] * (volume[:, [227]] - volume[:, 216:228]) / volume[:, [215]]
        return (this + last) / link[216:228]

    return Row(
        f"chain_bridge, {components} indices of 240 months with December links",
        ours=lambda: growth.chain_bridge(volume, value, link="december", freq="M").parts["own"][:, 228:],
        peers={"numpy expression": by_link},
        equal=functools.partial(same_floats, rtol=1e-8, atol=1e-12),
        note="the expression gives the last year only",
    )
