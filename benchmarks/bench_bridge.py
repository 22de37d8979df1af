"""Bridges, base effects and untangling, against what a NumPy user would write: parts that add up but for rounding."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from benchmarks._harness import Row, same_floats
from indicia import growth, ufuncs


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
    yield untangled(rng, max(int(1_000 * scale), 2))
    yield from of_totals(rng, max(int(40_000 * scale), 2), 240)


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


def inside(ours: growth.Untangled, peer: np.ndarray) -> None:
    there = ~np.isnan(peer)
    assert (ours.level.low[there] <= peer[there] + 1).all()
    assert (peer[there] <= ours.level.high[there] + 1).all()


def untangled(rng: np.random.Generator, series: int) -> Row:
    """Also the kernel beneath, `growth_untangle`, which is nearly all of it."""
    steps = np.cumsum(rng.normal(0.003, 0.02, (series, 240)), axis=1)
    x = np.exp(rng.normal(4, 0.3, (series, 1)) + steps)
    sums = np.round(np.cumsum(x.reshape(series, -1, 12), axis=2).reshape(x.shape))
    rates = np.full(x.shape, np.nan)
    rates[:, 12:] = np.round(x[:, 12:] / x[:, :-12] - 1, 3)
    sums[:, ::12] = np.nan

    def differences() -> np.ndarray:
        result = np.diff(sums, axis=1, prepend=np.nan)
        result[:, ::12] = np.nan
        return result

    return Row(
        f"untangle, {series} series of 240 months: sums of the year but January's, and growth",
        ours=lambda: growth.untangle(ytd=sums, rate=rates, decimals=0, rate_decimals=3, freq="M"),
        peers={"numpy differences": differences},
        equal=inside,
        note="differences have no bounds, leave January and February unknown and look for no contradiction",
    )


def of_totals(rng: np.random.Generator, series: int, length: int) -> Iterator[Row]:
    """Shares and contributions of a total that runs along one of the axes, against moving the same bytes."""
    for order, how in (("C", "rows"), ("F", "columns")):
        x, y = (np.asarray(rng.uniform(50, 150, (series, length)), order=order) for _ in range(2))
        out = np.empty_like(x)
        for total, where in ((rng.uniform(1e6, 2e6, length), "period"), (rng.uniform(1e6, 2e6, (series, 1)), "series")):
            yield Row(
                f"growth_share with out=, {series} series of {length} in {how}, a total for each {where}",
                ours=functools.partial(ufuncs.growth_share, x, total, out=out),
                peers={
                    "numpy expression": functools.partial(np.divide, x, total, out=np.empty_like(x)),
                    "numpy copyto, nothing computed": functools.partial(moved, np.empty_like(x), x),
                },
                equal=same_or_moved,
                bytes_moved=2 * x.nbytes,
            )
            yield Row(
                f"growth_contribution with out=, {series} series of {length} in {how}, a total for each {where}",
                ours=functools.partial(ufuncs.growth_contribution, x, y, total, out=out),
                peers={
                    "numpy expression": functools.partial(contributed, x, y, total, np.empty_like(x)),
                    "numpy add, two arrays read": functools.partial(moved, np.empty_like(x), x, y),
                },
                equal=same_or_moved,
                bytes_moved=3 * x.nbytes,
            )


def contributed(now: np.ndarray, base: np.ndarray, total: np.ndarray, out: np.ndarray) -> np.ndarray:
    np.subtract(now, base, out=out)
    return np.divide(out, total, out=out)


def moved(out: np.ndarray, x: np.ndarray, y: np.ndarray | None = None) -> None:
    """Reads and writes the bytes of a result, which it is not."""
    if y is None:
        np.copyto(out, x)
    else:
        np.add(x, y, out=out)


def same_or_moved(ours: np.ndarray, peer: np.ndarray | None) -> None:
    if peer is not None:
        same_floats(ours, peer, atol=1e-15)
