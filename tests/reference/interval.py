"""Intervals the slow way: sets of rational numbers, enclosed by the nearest doubles outside of them.

An end is a Fraction, or one of the floats inf and -inf; None is an interval that isn't known. A range is found by
evaluating the formula at every pair of ends, and where an operand runs to zero or to infinity, at the limits there.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

INF = math.inf
MAX = Fraction(1.7976931348623157e308)


def floor(x):
    """The largest double that is not above x."""
    if isinstance(x, float):
        return x
    if x > MAX:
        return float(MAX)
    if x < -MAX:
        return -INF
    nearest = x.numerator / x.denominator  # correctly rounded, also where it is subnormal
    return nearest + 0.0 if Fraction(nearest) <= x else math.nextafter(nearest, -INF) + 0.0


def ceiling(x):
    return 0.0 - floor(-x)


def operand(low, high):
    """Ends as exact numbers; None where there is no interval."""
    if not low <= high or low == INF or high == -INF:
        return None
    return tuple(x if math.isinf(x) else Fraction(x) for x in (low, high))


def enclosed(values):
    """The doubles around a set that is given by its values and limits; NaN for none."""
    values = list(values)
    return (floor(min(values)), ceiling(max(values))) if values else (math.nan, math.nan)


def times(x, y):
    if x == 0 or y == 0:
        return Fraction(0)
    if isinstance(x, float) or isinstance(y, float):
        return INF if (x > 0) == (y > 0) else -INF
    return x * y


def over(x, y):
    """x / y; y is not zero, or comes to it from the side that the sign of `y` (a float) says."""
    if x == 0:
        return Fraction(0)
    if isinstance(y, float):
        if math.isinf(y):
            return None if isinstance(x, float) else Fraction(0)  # inf / inf: neighbours of it say more
        return times(x, math.copysign(INF, y))
    return times(x, 1 / y)


def plus(x, y):
    return float(x) + float(y) if isinstance(x, float) or isinstance(y, float) else x + y


def negative(a):
    return -a[1], -a[0]


def halves(y):
    """The parts of an operand below and above zero; an end at zero is left out, as a float zero with its side."""
    low, high = y
    return ([(high if high < 0 else -0.0, low)] if low < 0 else []) + (
        [(low if low > 0 else 0.0, high)] if high > 0 else []
    )


def add(a, b):
    return enclosed([plus(a[0], b[0]), plus(a[1], b[1])]) if a and b else enclosed([])


def sub(a, b):
    return add(a, negative(b)) if a and b else enclosed([])


def mul(a, b):
    return enclosed(times(x, y) for x, y in itertools.product(a, b)) if a and b else enclosed([])


def quotients(a, b):
    """All x / y, y != 0."""
    found = [over(x, y) for half in halves(b) for y in half for x in a]
    return [q for q in found if q is not None]


def div(a, b):
    return enclosed(quotients(a, b)) if a and b else enclosed([])


share = div


def positive(a):
    """What of it is above zero; None for nothing."""
    return a and (a if a[0] > 0 else (0.0, a[1]) if a[1] > 0 else None)


def ratio(numerator, denominator, constant):
    found = [over(x, y) for x in numerator for y in denominator]
    return enclosed(plus(q, constant) for q in found if q is not None)


def rate(now, base):
    base = positive(base)
    return ratio(now, base, Fraction(-1)) if now and base else enclosed([])


def implied_base(level, rate):
    factor = positive(rate and (plus(rate[0], Fraction(1)), plus(rate[1], Fraction(1))))
    return ratio(level, factor, Fraction(0)) if level and factor else enclosed([])


def implied_level(base, rate):
    return mul(base, (plus(rate[0], Fraction(1)), plus(rate[1], Fraction(1)))) if base and rate else enclosed([])


def contribution(now, base, total):
    total = positive(total)
    if not (now and base and total):
        return enclosed([])
    return ratio((plus(now[0], -base[1]), plus(now[1], -base[0])), total, Fraction(0))


def total(operands):
    """The sum of several."""
    operands = list(operands)
    if None in operands:
        return enclosed([])
    ends = (Fraction(0), Fraction(0))
    for x in operands:
        ends = (plus(ends[0], x[0]), plus(ends[1], x[1]))
    return enclosed(ends)


def printed(x, decimals):
    """The decimal that was printed with so many digits, if the double is one of at most 15 digits."""
    whole = round(Fraction(x) * Fraction(10) ** decimals)
    decimal = Fraction(whole) / Fraction(10) ** decimals
    return decimal if abs(whole) < 10**15 and decimal.numerator / decimal.denominator == x else None


def figure(x, decimals, multiplier):
    """What a printed figure stands for, exactly."""
    half = Fraction(1, 2) / Fraction(10) ** decimals
    return tuple((x + sign * half) * Fraction(10) ** multiplier for sign in (-1, 1))


def verdict(said, implied, step):
    """The number of the verdict, and the distance."""
    if said is None or implied is None:
        return 0, math.nan
    if said[0] > implied[1]:
        return 1, (said[0] - implied[1]) / step
    if said[1] < implied[0]:
        return 1, (said[1] - implied[0]) / step
    return (3 if said[0] <= implied[0] and implied[1] <= said[1] else 2), 0


def rank(low, high):
    """For each interval, the best and the worst place among those known (1 is the largest), ties sharing the better."""
    places = []
    for i, own in enumerate(zip(low, high, strict=True)):
        if operand(*own) is None:
            places.append((math.nan, math.nan))
            continue
        others = [(a, b) for j, (a, b) in enumerate(zip(low, high, strict=True)) if j != i and operand(a, b)]
        surely = sum(a > own[1] for a, _ in others)
        perhaps = sum(b > own[0] for _, b in others)
        places.append((1 + surely, 1 + perhaps))
    return places
