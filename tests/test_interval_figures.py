"""What printed figures stand for, sums of intervals, verdicts: kernels against rational numbers and a forerunner."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from reference import interval as twin
from test_interval import AWKWARD, COUNT, bits, figures, operands

import indicia
from indicia import interval, ufuncs
from indicia.interval import Interval, from_decimals

INF, NAN = math.inf, math.nan
POWERS = np.array([float(10**k) for k in range(23)])

# ---- figures -------------------------------------------------------------------------------------------------


def in_numpy(numbers, digits, multiplier):
    """The same out of NumPy and the ufuncs of arithmetic, as it was written before it had a kernel."""

    def power(exponent):
        return POWERS[np.clip(exponent, 0, 22)]

    numbers, digits = np.broadcast_arrays(np.asarray(numbers, float), np.asarray(digits))
    up, down = power(digits), power(-digits)
    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.rint(numbers * up / down)
        printed = (whole / up * down == numbers) & (np.abs(whole) < 2.0**51)
        whole *= 2
    shift = digits - multiplier
    steps, parts = power(-shift), np.where(digits == -1, np.nan, 2 * power(shift))
    low, high = ufuncs.interval_mul(whole - 1, whole + 1, steps, steps)
    low, high = ufuncs.interval_div(low, high, parts, parts)
    rest = ~printed & np.isfinite(numbers) & (digits != -1)
    scale = Interval(10.0**multiplier) if multiplier >= 0 else 1 / Interval(10.0**-multiplier)
    around = (
        Interval._of(ufuncs.interval_div(-steps, steps, parts, parts)) + Interval(np.where(rest, numbers, 0)) * scale
    )
    return np.where(rest, around.low, low), np.where(rest, around.high, high)


def printed_figures(rng, n, digits):
    """Decimals as they are printed, a few with more digits, and doubles of every kind."""
    whole = rng.integers(-(10**9), 10**9, n) // 10 ** rng.integers(0, 9, n)
    decimals = whole / POWERS[np.maximum(digits, 0)] * POWERS[np.maximum(-digits, 0)]
    return np.choose(np.minimum(rng.integers(0, 12, n), 2), [figures(rng, n), decimals * (1 + 2.0**-52), decimals])


@pytest.mark.parametrize("multiplier", [0, -2, -9, 3, 22])
def test_the_kernel_gives_the_bits_of_its_forerunner(multiplier):
    rng = np.random.default_rng(multiplier + 30)
    for n in (1, 255, 256, 257, 5000):
        for digits in (0, 1, 2, -1, -3, 9, 13, 22):
            if abs(digits - multiplier) <= 22:
                x = printed_figures(rng, n, np.full(n, digits))
                assert from_decimals(x, digits, multiplier=multiplier) == Interval._of(in_numpy(x, digits, multiplier))
        digits = rng.integers(max(-22, multiplier - 22), min(22, multiplier + 22) + 1, n)
        x = printed_figures(rng, n, digits)
        assert from_decimals(x, digits, multiplier=multiplier) == Interval._of(in_numpy(x, digits, multiplier))


def test_figures_against_rational_numbers():
    n = max(COUNT // 10, 1000)
    rng = np.random.default_rng(5)
    digits, multiplier = rng.integers(-6, 12, n), rng.choice([0, 0, -2, 3, 9], n)
    x = printed_figures(rng, n, digits)
    low, high = ufuncs.interval_from_decimals(x, digits, multiplier)
    exact = 0
    for k in range(n):
        if not math.isfinite(x[k]) or digits[k] == -1:
            assert math.isnan(low[k])
            assert math.isnan(high[k])
            continue
        decimal = twin.printed(float(x[k]), int(digits[k]))
        ends = twin.figure(Fraction(float(x[k])) if decimal is None else decimal, int(digits[k]), int(multiplier[k]))
        tight = twin.enclosed(ends)
        if decimal is not None:
            exact += 1
            assert bits(tight) == bits((low[k], high[k])), (x[k], digits[k], multiplier[k])
        else:  # three operations, each rounded outwards
            assert low[k] <= tight[0] <= tight[1] <= high[k]
            reach = 4 * max(math.ulp(tight[0]), math.ulp(tight[1]), math.ulp(float(ends[1] - ends[0])))
            assert math.isinf(reach) or (tight[0] - low[k] <= reach and high[k] - tight[1] <= reach)
    assert exact > n / 2


def test_decimals_that_are_none():
    for decimals, multiplier in [
        (NAN, 0),
        (1.5, 0),
        (23, 0),
        (-23, 0),
        (INF, 0),
        (1, 0.5),
        (1, NAN),
        (20, -3),
        (1, 23),
    ]:
        low, high = ufuncs.interval_from_decimals(1.0, decimals, multiplier)
        assert math.isnan(low)
        assert math.isnan(high)
    for multiplier in (-23, 23):
        with pytest.raises(ValueError, match="scales beyond the powers of ten"):
            from_decimals([1.0], 0, multiplier=multiplier)


# ---- sums ----------------------------------------------------------------------------------------------------


def test_sums_against_rational_numbers():
    rng = np.random.default_rng(1)
    for n in [0, 1, 2, 3, 8, 40, 300]:
        rows = 200 if n < 100 else 20
        low, high = operands(rng, n * rows)
        low, high = low.reshape(rows, n), high.reshape(rows, n)
        low[: rows // 2] = np.round(rng.uniform(-1000, 1000, (rows // 2, n)), 2)  # and sums that are known
        high[: rows // 2] = low[: rows // 2] + rng.choice([0, 0.1, 1e-20, 1e300], (rows // 2, n))
        wild = rng.integers(0, 2**64, (rows // 4, n), dtype=np.uint64).view(float)
        low[: rows // 4] = np.where(np.isfinite(wild), wild, 0)
        high[: rows // 4] = np.maximum(low[: rows // 4], np.roll(low[: rows // 4], 1, axis=0))
        got = ufuncs.interval_sum(low, high)
        turned = ufuncs.interval_sum(low.T.copy(), high.T.copy(), axis=0)
        for k in range(rows):
            want = twin.total(twin.operand(float(a), float(b)) for a, b in zip(low[k], high[k], strict=True))
            assert bits(want) == bits((got[0][k], got[1][k])) == bits((turned[0][k], turned[1][k])), (low[k], high[k])


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([1e300, 1e-300, -1e300], 1e-300, 1e-300),
        ([1.7e308, 1.7e308, -1.7e308], 1.7e308, 1.7e308),
        ([1.7e308, 1.7e308], 1.7976931348623157e308, INF),
        ([-1.7e308, -1.7e308], -INF, -1.7976931348623157e308),
        ([5e-324] * 3, 1.5e-323, 1.5e-323),
        ([1.0, 2.0**-53, 2.0**-106, 2.0**-160], 1.0, 1 + 2.0**-52),
        ([1.0, -(2.0**-60), -(2.0**-120), -(2.0**-180)], 1 - 2.0**-53, 1.0),
        ([-0.0, -0.0], 0.0, 0.0),
    ],
)
def test_sums_by_hand(values, low, high):
    for order in (values, values[::-1]):
        got = ufuncs.interval_sum(order, order)
        assert bits(got) == bits((low, high))


def test_sums_of_intervals_without_bounds():
    got = ufuncs.interval_sum([[209.0, 1.0], [-INF, 1.0], [-INF, 5.0]], [[INF, 2.0], [3.0, 2.0], [INF, INF]])
    assert got[0].tolist() == [210.0, -INF, -INF]
    assert got[1].tolist() == [INF, 5.0, INF]
    for low, high in [(NAN, 1.0), (2.0, 1.0), (INF, INF), (1.0, NAN), (-INF, -INF)]:
        assert np.isnan(ufuncs.interval_sum([1.0, low], [1.0, high])).all()


# ---- verdicts ------------------------------------------------------------------------------------------------


def test_verdicts_against_rational_numbers():
    rng = np.random.default_rng(2)
    n = 20_000
    grid = rng.choice([*range(-4, 5), INF, -INF, NAN, 0.5], (4, n))
    step = rng.choice([0.5, 1.0, 0.1], n)
    verdict, distance = ufuncs.interval_verdict(*grid, step)
    for k in range(n):
        a, b, c, d = map(float, grid[:, k])
        want = twin.verdict(twin.operand(a, b), twin.operand(c, d), Fraction(float(step[k])))
        assert verdict[k] == want[0]
        assert math.isclose(distance[k], want[1], rel_tol=1e-15) or (math.isnan(distance[k]) and math.isnan(want[1]))
    assert set(verdict) == {0, 1, 2, 3}
    assert np.isnan(ufuncs.interval_verdict(1.0, 1.0, 2.0, 2.0, NAN)[1])
    assert ufuncs.interval_verdict(1.0, 2.0, 2.0, 2.0, NAN)[1] == 0


# ---- all of them ---------------------------------------------------------------------------------------------


def test_every_level_gives_the_same():
    code = (
        "import numpy as np, hashlib; from indicia import ufuncs\n"
        "rng = np.random.default_rng(0); h = hashlib.sha256()\n"
        "def put(*ends): [h.update(e.tobytes()) for e in ends]\n"
        f"awkward = np.array({[repr(x) for x in AWKWARD]}, float)\n"
        "for n in (1, 7, 256, 5000):\n"
        "    x = np.where(rng.random(n) < .2, rng.choice(awkward, n), np.round(rng.normal(size=n) * 100, 2))\n"
        "    for d in (0, 2, -3, rng.integers(-4, 4, n)):\n"
        "        low, high = ufuncs.interval_from_decimals(x, d, -2)\n"
        "        put(low, high, *ufuncs.interval_verdict(low, high, low[::-1].copy(), high[::-1].copy(), 0.5))\n"
        "        put(*ufuncs.interval_rate(low, high, low[::-1].copy(), high[::-1].copy()))\n"
        "        wide = np.array([low, x, low]), np.array([high, x + 1, high])\n"
        "        put(*ufuncs.interval_sum(*wide, axis=0), *map(np.asarray, ufuncs.interval_sum(low, high)))\n"
        "print(h.hexdigest())"
    )
    digests = set()
    for level in ("scalar", "sse2", indicia.show_config(mode="dict")["simd"]):
        env = {**os.environ, "INDICIA_SIMD": level}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
        if level == "sse2" and done.returncode:
            continue  # another machine
        assert done.returncode == 0, done.stderr
        digests.add(done.stdout)
    assert len(digests) == 1


def test_rates_where_the_quick_way_is_close():
    """Quotients next to one, tiny and huge, and zero: what one operation too few would get wrong."""
    rng = np.random.default_rng(8)
    n = max(COUNT // 10, 2000)
    base = rng.uniform(0.5, 2, n) * 10.0 ** rng.integers(-20, 20, n)
    near = base * (1 + rng.normal(size=n) * 10.0 ** rng.uniform(-17, 0, n))
    now = np.choose(
        rng.integers(0, 5, n),
        [near, np.nextafter(base, INF), base * 10.0 ** rng.uniform(-20, 20, n), -base * rng.uniform(0, 4, n), 0 * base],
    )
    low, high = ufuncs.interval_rate(now, now, base, base)
    for k in range(n):
        exact = Fraction(float(now[k])) / Fraction(float(base[k])) - 1
        assert bits((low[k], high[k])) == bits(twin.enclosed([exact])), (now[k], base[k])


def test_threads_change_nothing():
    values = np.random.default_rng(0).integers(-(10**6), 10**6, 2_200_000) / 100
    before = indicia.get_threads()
    try:
        indicia.set_threads(1)
        alone = from_decimals(values, 2)
        indicia.set_threads(3)
        assert from_decimals(values, 2) == alone
    finally:
        indicia.set_threads(before)
    assert alone[:100] == from_decimals(values[:100], 2)
    assert interval.from_decimals(values[5], 2) == alone[5]
