"""Slow twins of the room region, on lists, with None for what is missing: fractions where they can be, else math."""

import itertools
import math
from fractions import Fraction


def there(x, w=None):
    if w is None:
        return [v for v in x if v is not None]
    return [(v, u) for v, u in zip(x, w, strict=True) if v is not None and u is not None]


def total(x):
    return float(sum(map(Fraction, there(x))))


def shares(x):
    x = [Fraction(v) for v in there(x)]
    if not x or min(x) < 0 or sum(x) <= 0:
        return None
    return [v / sum(x) for v in x]


def hhi(x):
    s = shares(x)
    return None if s is None else float(sum(v * v for v in s))


def leaders(x, count):
    s = shares(x)
    return None if s is None else float(sum(sorted(s, reverse=True)[:count]))


def entropy(x):
    s = shares(x)
    return None if s is None else -math.fsum(float(v) * math.log(v) for v in s if v > 0)


def gini(x, w=None):
    pairs = there(x, [1] * len(x) if w is None else w)
    pairs = [(Fraction(v), Fraction(u)) for v, u in pairs]
    if not pairs or min(min(p) for p in pairs) < 0:
        return None
    weight, whole = sum(u for _, u in pairs), sum(v * u for v, u in pairs)
    if weight <= 0 or whole <= 0:
        return None
    apart = sum(u1 * u2 * abs(v1 - v2) for (v1, u1), (v2, u2) in itertools.product(pairs, pairs))
    return float(apart / (2 * weight * whole))


def around_mean(x, w):
    """Each figure over the mean, with its weight as a share; exact."""
    pairs = [(Fraction(v), Fraction(u)) for v, u in there(x, w)]
    if not pairs or min(u for _, u in pairs) < 0 or sum(u for _, u in pairs) <= 0:
        return None
    weight = sum(u for _, u in pairs)
    mean = sum(v * u for v, u in pairs) / weight
    return None if mean <= 0 else [(v / mean, u / weight) for v, u in pairs]


def theil(x, w, index="T"):
    r = around_mean(x, w)
    if r is None or min(v for v, _ in r) < 0:
        return None
    if index == "T":
        return math.fsum(float(u * v) * math.log(v) for v, u in r if v > 0)
    if any(v == 0 and u > 0 for v, u in r):
        return None
    return -math.fsum(float(u) * math.log(v) for v, u in r if u > 0)


def variation(x, w):
    r = around_mean(x, w)
    return None if r is None else math.sqrt(sum(u * (v - 1) ** 2 for v, u in r))


def log_deviation(x, w):
    pairs = there(x, w)
    if not pairs or min(v for v, _ in pairs) <= 0 or min(u for _, u in pairs) < 0:
        return None
    weight = math.fsum(u for _, u in pairs)
    if weight <= 0:
        return None
    mean = math.fsum(u * math.log(v) for v, u in pairs) / weight
    return math.sqrt(math.fsum(u * (math.log(v) - mean) ** 2 for v, u in pairs) / weight)


def atkinson(x, w, aversion):
    r = around_mean(x, w)
    if r is None or min(v for v, _ in r) < 0:
        return None
    if any(v == 0 and u > 0 for v, u in r) and aversion >= 1:
        return 1.0
    if aversion == 1:
        return 1 - math.exp(math.fsum(float(u) * math.log(v) for v, u in r if u > 0))
    power = 1 - aversion
    return 1 - math.fsum(float(u) * float(v) ** power for v, u in r if u > 0) ** (1 / power)


def two_shares(x, w):
    pairs = there(x, w)
    a, b = shares([v for v, _ in pairs]), shares([u for _, u in pairs])
    return None if a is None or b is None else list(zip(a, b, strict=True))


def hoover(x, w):
    s = two_shares(x, w)
    return None if s is None else float(sum(abs(a - b) for a, b in s) / 2)


def hachman(x, w):
    s = two_shares(x, w)
    if s is None or any(b == 0 and a > 0 for a, b in s):
        return None
    return float(1 / sum(a * a / b for a, b in s if a > 0))


def median(x):
    x = sorted(map(Fraction, there(x)))
    return float((x[(len(x) - 1) // 2] + x[len(x) // 2]) / 2) if x else None


def rank(x, ties="average", descending=False):
    """By counting; `first` by places."""
    sign = -1 if descending else 1
    made = []
    for i, v in enumerate(x):
        if v is None:
            made.append(None)
            continue
        others = [(sign * u, j) for j, u in enumerate(x) if u is not None]
        below = sum(u < sign * v for u, _ in others)
        alike = sum(u == sign * v for u, _ in others)
        made.append(
            {
                "average": below + (alike + 1) / 2,
                "min": below + 1,
                "max": below + alike,
                "dense": len({u for u, _ in others if u < sign * v}) + 1,
                "first": below + 1 + sum(u == sign * v and j < i for u, j in others),
            }[ties]
        )
    return made


def rank_bounds(low, high):
    best = [1 + sum(a > high[i] for a in low) for i in range(len(low))]
    worst = [1 + sum(b > low[i] for j, b in enumerate(high) if j != i) for i in range(len(low))]
    return best, worst


def location_quotient(x, reference="nation"):
    """x[region][industry]"""
    made = []
    for r, row in enumerate(x):
        rows = [other for k, other in enumerate(x) if reference == "nation" or k != r]
        here, there_ = sum(map(Fraction, row)), sum(sum(map(Fraction, o)) for o in rows)
        made.append([])
        for i, v in enumerate(row):
            part = sum(Fraction(o[i]) for o in rows)
            made[-1].append(float(Fraction(v) / here / (part / there_)) if here > 0 and part > 0 else None)
    return made


def shift_share(before, after):
    """National, mix and competitive of each region; figures[region][industry]."""
    old = [[Fraction(v) for v in row] for row in before]
    new = [[Fraction(v) for v in row] for row in after]
    sums = [sum(column) for column in zip(*old, strict=True)], [sum(column) for column in zip(*new, strict=True)]
    nation = sum(sums[1]) / sum(sums[0]) - 1
    rates = [b / a - 1 if a else 0 for a, b in zip(*sums, strict=True)]
    made = []
    for a, b in zip(old, new, strict=True):
        national = sum(a) * nation
        mix = sum(v * (g - nation) for v, g in zip(a, rates, strict=True))
        own = sum(u - v * (1 + g) for v, u, g in zip(a, b, rates, strict=True))
        made.append(tuple(map(float, (national, mix, own))))
    return made


def hhi_bounds(low, high):
    """The largest index at a corner, and the smallest anywhere, of a few intervals."""
    worst = max(hhi(corner) or 0.0 for corner in itertools.product(*zip(low, high, strict=True)))
    ends = sorted({*low, *high})
    best = min(
        hhi([min(max(level, a), b) for a, b in zip(low, high, strict=True)]) or 2.0
        for start, end in itertools.pairwise([ends[0], *ends, ends[-1]])
        for level in [start + (end - start) * k / 64 for k in range(65)]
    )
    return best, worst
