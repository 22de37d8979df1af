"""Interval arithmetic, against the same written in NumPy.

The peer computes what ours does: the tightest doubles around the exact range. It finds the sign of what rounding left
over by sums and products without error (Knuth, Dekker), and steps by nextafter, all in NumPy expressions. The other one
takes a step outwards whether it is due or not, as one writes it in a hurry: its ends lie a double further out.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from benchmarks._harness import Row, same_floats
from indicia import interval, ufuncs


class Loose(NamedTuple):
    """Ends that enclose the range, one step too wide."""

    low: Any
    high: Any


def total(a: Any, b: Any) -> tuple[Any, Any]:
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def product(a: Any, b: Any) -> tuple[Any, Any]:
    p, c, d = a * b, 134217729.0 * a, 134217729.0 * b
    a1, b1 = c - (c - a), d - (d - b)
    a2, b2 = a - a1, b - b1
    return p, a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2)


def below(q: Any, sign: Any) -> Any:
    return np.where(sign < 0, np.nextafter(q, -np.inf), q)


def floor_quotient(a: Any, b: Any) -> Any:
    q = a / b
    p, rest = product(q, b)
    return below(q, (a - p) - rest)


def three(x: Any, y: Any, z: Any) -> Any:
    s, r = total(y, z)
    a, u = total(x, r)
    b, v = total(a, s)
    return b + (v + u)


def floor_ratio(x: Any, y: Any, b: Any) -> Any:
    d, rest = total(x, y)
    q = d / b
    p, e = product(q, b)
    q = q + (((d - p) - e) + rest) / b
    p, e = product(q, b)
    return below(q, three(d - p, rest, -e))


def picked(x: Any, positive: Any, negative: Any) -> Any:
    return np.where(x >= 0, positive, negative)


def add(a: Any, b: Any, c: Any, d: Any) -> tuple[Any, Any]:
    return below(*total(a, c)), -below(*total(-b, -d))


def mul(a: Any, b: Any, c: Any, d: Any) -> tuple[Any, Any]:
    pairs = [(a, c), (a, d), (b, c), (b, d)]
    low = np.minimum.reduce([below(*product(x, y)) for x, y in pairs])
    return low, -np.minimum.reduce([below(*product(-x, y)) for x, y in pairs])


def div(a: Any, b: Any, c: Any, d: Any) -> tuple[Any, Any]:
    """Of a divisor above zero."""
    return floor_quotient(a, picked(a, d, c)), -floor_quotient(-b, picked(b, c, d))


def rate(a: Any, b: Any, c: Any, d: Any) -> tuple[Any, Any]:
    under, over = picked(a, d, c), picked(b, c, d)
    return floor_ratio(a, -under, under), -floor_ratio(-b, over, over)


def contribution(*ends: Any) -> tuple[Any, Any]:
    a, b, c, d, e, f = ends
    under, over = picked(a - d, f, e), picked(b - c, e, f)
    return floor_ratio(a, -d, under), -floor_ratio(-b, c, over)


def outwards(low: Any, high: Any) -> Loose:
    return Loose(np.nextafter(low, -np.inf), np.nextafter(high, np.inf))


def loose_add(a: Any, b: Any, c: Any, d: Any) -> Loose:
    return outwards(a + c, b + d)


def loose_mul(a: Any, b: Any, c: Any, d: Any) -> Loose:
    ends = [a * c, a * d, b * c, b * d]
    return outwards(np.minimum.reduce(ends), np.maximum.reduce(ends))


def loose_div(a: Any, b: Any, c: Any, d: Any) -> Loose:
    return outwards(a / picked(a, d, c), b / picked(b, c, d))


def same(ours: Any, peer: Any) -> None:
    if isinstance(peer, Loose):
        assert (peer.low <= ours[0]).all()
        assert (ours[1] <= peer.high).all()
        same_floats(np.array(ours), np.array(peer), rtol=1e-15, atol=1e-290)
    else:
        np.testing.assert_array_equal(np.array(ours), np.array(peer))


def plain_decimals(values: Any, decimals: int) -> tuple[Any, Any]:
    half = 0.5 * 10.0**-decimals
    return values - half, values + half


def decimals(values: Any, digits: int) -> tuple[Any, Any]:
    """Of figures that are printed so: odd numbers of half units, each over the units that one has."""
    whole, parts = np.rint(values * 10.0**digits) * 2, 2 * 10.0**digits
    return floor_quotient(whole - 1, parts), -floor_quotient(-whole - 1, parts)


def sums(low: Any, high: Any) -> tuple[Any, Any]:
    """Sums in two doubles, whose second has lost nothing."""
    made = []
    for ends in (low, -high):
        value, rest = np.zeros(low.shape[1]), np.zeros(low.shape[1])
        for row in ends:
            value, off = total(value, row)
            rest, lost = total(rest, off)
            assert not lost.any()
        made.append(below(*total(value, rest)))
    return made[0], -made[1]


def loose_sums(low: Any, high: Any) -> Loose:
    far = low.shape[0] * np.spacing(np.abs(high).sum(axis=0))
    return Loose(low.sum(axis=0) - far, high.sum(axis=0) + far)


def same_sums(ours: Any, peer: Any) -> None:
    if not isinstance(peer, Loose):
        return same(ours, peer)
    assert (peer.low <= ours[0]).all()
    assert (ours[1] <= peer.high).all()
    same_floats(np.array(ours), np.array(peer), rtol=1e-12, atol=1e-12)


def verdict(a: Any, b: Any, c: Any, d: Any, step: float) -> tuple[Any, Any]:
    known = ~(np.isnan(a) | np.isnan(c))
    meet, within = (a <= d) & (c <= b), (a <= c) & (d <= b)
    distance = np.where(a > d, a - d, np.where(b < c, b - c, 0.0)) / step
    return np.select([~known, within, meet], [0.0, 3.0, 2.0], 1.0), np.where(known, distance, np.nan)


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    n = max(int(10**6 * scale), 100)
    values = [np.round(rng.uniform(50, 150, n), 1) for _ in range(3)]
    ends = [(x - 0.05, x + 0.05) for x in values]
    signed = [(x - 100, y - 100) for x, y in ends]
    rates = (rng.uniform(0, 0.1, n), rng.uniform(0.1, 0.2, n))
    for name, ours, operands, tight, loose in (
        ("interval_add", ufuncs.interval_add, ends[:2], add, loose_add),
        ("interval_sub", ufuncs.interval_sub, ends[:2], lambda a, b, c, d: add(a, b, -d, -c), None),
        ("interval_mul, either sign", ufuncs.interval_mul, signed[:2], mul, loose_mul),
        ("interval_div", ufuncs.interval_div, ends[:2], div, loose_div),
        ("interval_share", ufuncs.interval_share, ends[:2], div, loose_div),
        ("interval_rate", ufuncs.interval_rate, ends[:2], rate, None),
        ("interval_contribution", ufuncs.interval_contribution, ends, contribution, None),
        ("interval_implied_base", ufuncs.interval_implied_base, [ends[0], rates], None, None),
        ("interval_implied_level", ufuncs.interval_implied_level, [ends[0], rates], None, None),
    ):
        args = [end for pair in operands for end in pair]
        peers = {"numpy expression": tight, "numpy, a step too wide": loose}
        yield Row(
            f"{name}, {n}",
            ours=functools.partial(ours, *args),
            peers={who: functools.partial(peer, *args) for who, peer in peers.items() if peer is not None},
            equal=same,
            bytes_moved=(len(args) + 2) * 8 * n,
            note="" if tight else "no peer: four terms to be added without error",
        )
    wide = rng.permutation(n) / 10.0

    def equal(ours: Any, peer: Any) -> None:
        same_floats([ours.low, ours.high], peer, rtol=1e-12, atol=1e-12)

    yield Row(
        f"from_decimals (interval_from_decimals), {n}",
        ours=functools.partial(interval.from_decimals, wide, 1),
        peers={
            "numpy expression": functools.partial(decimals, wide, 1),
            "numpy, rounded to nearest": functools.partial(plain_decimals, wide, 1),
        },
        equal=equal,
        bytes_moved=24 * n,
        note="the ends of the last may lie within the interval that is meant, and nobody looks whether figures are so",
    )
    low, high = (x[: n // 8 * 8].reshape(8, -1) for x in ends[0])
    yield Row(
        f"interval_sum, 8 parts, {n // 8} sums",
        ours=functools.partial(ufuncs.interval_sum, low, high, axis=0),
        peers={
            "numpy expression": functools.partial(sums, low, high),
            "numpy, a few steps too wide": functools.partial(loose_sums, low, high),
        },
        equal=same_sums,
        bytes_moved=low.nbytes + high.nbytes,
    )
    yield Row(
        f"interval_verdict, {n}",
        ours=functools.partial(ufuncs.interval_verdict, *ends[0], *ends[1], 0.1),
        peers={"numpy expression": functools.partial(verdict, *ends[0], *ends[1], 0.1)},
        equal=same_floats,
        bytes_moved=48 * n,
    )
