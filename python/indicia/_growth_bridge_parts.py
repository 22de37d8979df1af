"""What a bridge is made of: a product's change divided among its factors, and parts that add up to the last bit.

Arrays have the components along their last axis; what stands before it are cases (periods, regions) of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METHODS: Final = ("additive", "log_mean", "shapley")
FACTORS: Final = 12  # of a formula: Shapley's value asks it 2**12 times


def log_mean(a: Any, b: Any) -> Floats:
    """(a - b) / ln(a / b), a where the two are equal; 0 where one of them is.

    Examples
    --------
    >>> from indicia._growth_bridge_parts import log_mean
    >>> log_mean([1.0, 2.0, 0.0], [1.0, 1.0, 3.0]).round(6)
    array([1.      , 1.442695, 0.      ])
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    with np.errstate(all="ignore"):
        ratio = a / b
        # near 1, (a - b) / log1p((a - b) / b) is right to the last digits
        near = np.abs(ratio - 1) < 0.5
        log = np.where(near, np.log1p((a - b) / b), np.log(ratio))
        mean = np.where(a == b, a, (a - b) / log)
        mean = np.where((a == 0) | (b == 0), 0.0, mean)
    result: Floats = np.where(np.isnan(a) | np.isnan(b) | (a * b < 0), np.nan, mean)
    return result


def additive(now: Sequence[Floats], base: Sequence[Floats]) -> list[Floats]:
    """Each factor alone, the others as they were; what they do together is a last part, if there are several."""
    parts = []
    for k in range(len(now)):
        part = now[k] - base[k]
        for j in range(len(now)):
            if j != k:
                part = part * base[j]
        parts.append(part)
    if len(now) > 1:
        parts.append(_product(now) - _product(base) - _sum(parts))
    return parts


def shapley(now: Sequence[Floats], base: Sequence[Floats]) -> list[Floats]:
    """The mean over all orders in which the factors of a product can change.

    A factor's part is its own change times the mean of what the others come to, over how many and which of them have
    changed before. The sums over which are coefficients of prod(base + now z), so that no order is ever listed.
    """
    count = len(now)
    parts = []
    for k in range(count):
        sums: list[Any] = [np.float64(1.0)]  # by how many have changed
        for j in range(count):
            if j != k:
                sums = [
                    (sums[s] * base[j] if s < len(sums) else 0.0) + (sums[s - 1] * now[j] if s else 0.0)
                    for s in range(len(sums) + 1)
                ]
        weights = [1 / (count * math.comb(count - 1, s)) for s in range(count)]
        parts.append((now[k] - base[k]) * _sum([w * s for w, s in zip(weights, sums, strict=True)]))
    return parts


def logarithmic(now: Sequence[Floats], base: Sequence[Floats]) -> list[Floats]:
    """Montgomery's and LMDI's: the logarithmic mean of the product times the logarithm of each factor's change.

    A factor that comes from or falls to zero has all of the change, shared equally if there are several: the limit.
    NaN where a factor or the product changes its sign.
    """
    mean = log_mean(_product(now), _product(base))
    change = _product(now) - _product(base)
    with np.errstate(all="ignore"):
        ratios = [a / b for a, b in zip(now, base, strict=True)]
        logs = [np.where(np.abs(r - 1) < 0.5, np.log1p((a - b) / b), np.log(r))
                for r, a, b in zip(ratios, now, base, strict=True)]  # fmt: skip
    gone = [(a == 0) != (b == 0) for a, b in zip(now, base, strict=True)]
    still = [(a == 0) & (b == 0) for a, b in zip(now, base, strict=True)]
    several = _sum([np.asarray(g, np.float64) for g in gone])
    parts = []
    for log, left, zero in zip(logs, gone, still, strict=True):
        with np.errstate(all="ignore"):
            part = np.where(several > 0, np.where(left, change / several, 0.0), mean * np.where(zero, 0.0, log))
        parts.append(np.where(np.isnan(change), np.nan, part))
    return parts


def shapley_of(formula: Callable[..., Any], now: Sequence[Floats], base: Sequence[Floats]) -> list[Floats]:
    """Of any formula of the factors: asked once for every set of them that has changed."""
    count = len(now)
    asked = [
        np.asarray(formula(*(now[k] if which >> k & 1 else base[k] for k in range(count))), np.float64)
        for which in range(1 << count)
    ]
    parts = []
    for k in range(count):
        part: Any = 0.0
        for which in range(1 << count):
            if not which >> k & 1:
                weight = 1 / (count * math.comb(count - 1, which.bit_count()))
                part = part + weight * (asked[which | 1 << k] - asked[which])
        parts.append(part)
    return parts


def split(method: str, now: Sequence[Floats], base: Sequence[Floats]) -> list[Floats]:
    if method == "additive":
        return additive(now, base)
    return shapley(now, base) if method == "shapley" else logarithmic(now, base)


def _product(factors: Sequence[Floats]) -> Floats:
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    return result


def _sum(terms: Sequence[Any]) -> Any:
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


# ---- parts that add up -------------------------------------------------------------------------------------------


def total_of(parts: Floats) -> Floats:
    """The sum along the last axis, the same in any order: on a grid where it is exact, and what is left on a finer one.

    Examples
    --------
    >>> import numpy as np
    >>> float(total_of(np.array([1e16, 1.0, -1e16])))
    1.0
    """
    room = max(parts.shape[-1], 1).bit_length() - 53
    with np.errstate(all="ignore"):
        exponent = _exponent(np.max(np.abs(parts), axis=-1, initial=0.0)) + room
        exponent = np.maximum(exponent, -1074)
        upper = on_grid(parts, exponent[..., None])
        lower = on_grid(parts - upper, np.maximum(exponent + room, -1074)[..., None])
        result: Floats = upper.sum(axis=-1) + lower.sum(axis=-1)
        if not np.isfinite(result).all():
            result = np.where(np.isfinite(result), result, parts.sum(axis=-1))
    return result


def step_for(parts: Floats, others: Sequence[Floats], twice: bool) -> NDArray[np.int64]:
    """The exponent of a step, for each case, so coarse that sums of its multiples are exact in any order.

    `parts` are cases by components by effects, `others` figures of the cases. A sum is exact while it is below 2**53
    steps. The bound is the same in any order, too: sizes are first added on a coarser step, that of as many figures of
    the largest size. With `twice` what is left of another figure is one more term.
    """
    sizes = np.abs(parts.reshape(*parts.shape[:-2], -1))
    sizes = np.where(np.isfinite(sizes), sizes, 0.0)
    count = max(sizes.shape[-1], 1)
    coarse = _exponent(sizes.max(axis=-1, initial=0.0)) + count.bit_length() - 53
    bound = on_grid(sizes, coarse[..., None]).sum(axis=-1) + np.ldexp(float(count), np.maximum(coarse, -1000))
    bound = np.where(sizes.max(axis=-1, initial=0.0) == 0, 0.0, bound)
    if twice:
        bound = 2 * bound
    for other in others:
        bound = bound + (2 if twice else 1) * np.where(np.isfinite(other), np.abs(other), 0.0)
    step: NDArray[np.int64] = np.maximum(_exponent(bound) - 53, -1074)
    return step


def adding_up(total: Floats, *parts: Floats) -> list[Floats]:
    """The total and its parts, figure by figure, on a grid where they add up to it; the last is what the others leave.

    Examples
    --------
    >>> import numpy as np
    >>> total, a, b = adding_up(np.array([0.3]), np.array([0.1]))
    >>> bool(a + b == total)
    True
    """
    total, *parts = np.broadcast_arrays(total, *parts)  # type: ignore[assignment]
    size = np.abs(total)
    for part in parts:
        size = size + np.abs(part)
    exponent = np.maximum(_exponent(size) - 51, -1074)
    whole, *made = (on_grid(x, exponent) for x in (total, *parts))
    last = whole
    for part in made:
        last = last - part
    return [whole, *made, last]


def _exponent(x: Floats) -> NDArray[np.int64]:
    _, exponent = np.frexp(np.where(np.isfinite(x), x, 0.0))
    return exponent.astype(np.int64)


def on_grid(values: Floats, exponent: NDArray[np.int64]) -> Floats:
    """The nearest multiples of 2**exponent."""
    power = exponent.astype(np.int32)
    result: Floats
    with np.errstate(all="ignore"):
        if (np.abs(power) <= 1000).all():
            result = np.rint(values * np.ldexp(1.0, -power)) * np.ldexp(1.0, power)
        else:  # in two steps, as 2**1074 is no double
            half = power // 2
            scaled = np.rint(np.ldexp(np.ldexp(values, -half), half - power))
            result = np.ldexp(np.ldexp(scaled, power - half), half)
    return result + 0.0  # no -0
