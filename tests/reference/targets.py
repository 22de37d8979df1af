"""Targets the slow way: rational numbers, one figure at a time; None is missing. `x` is a list along time, `n` a year's
periods, `start` the place of the first figure in its year from 0."""

from __future__ import annotations

from fractions import Fraction
from itertools import product


def total(x, a, b):
    """The sum of x[a:b], None where a figure is missing or lies before the first."""
    figures = x[a:b] if a >= 0 else [None]
    return None if any(v is None for v in figures) else sum(map(Fraction, figures), Fraction(0))


def parts(x, t, n, start):
    """Sum of the year up to t, the same a year before, and what followed then; None where any is missing."""
    first = t - (start + t) % n
    found = [total(x, a, b) for a, b in ((first, t + 1), (first - n, t + 1 - n), (t + 1 - n, first))]
    return None if None in found else found


def required(x, t, target, n, start=0):
    found = parts(x, t, n, start)
    if found is None or (start + t) % n == n - 1 or found[2] <= 0:
        return None
    now, base, rest = found
    return ((1 + Fraction(target)) * (base + rest) - now) / rest - 1


def required_level(x, t, target, n, start=0):
    """Needs nothing of last year but its rest."""
    first = t - (start + t) % n
    now, rest = total(x, first, t + 1), total(x, t + 1 - n, first)
    if now is None or rest is None or first == t + 1 - n or rest <= 0:
        return None
    return (Fraction(target) - now) / rest - 1


def pace(x, t, target, n, start=0):
    """By bisection, in doubles."""
    found = parts(x, t, n, start)
    left = n - 1 - (start + t) % n
    if found is None or not left or x[t] <= 0:
        return None
    now, base, rest = found
    ratio = ((1 + Fraction(target)) * (base + rest) - now) / Fraction(x[t])
    if ratio <= 0:
        return None
    low, high = 0.0, float(max(ratio, 1)) + 1
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(middle**k for k in range(1, left + 1)) < ratio else (low, middle)
    return low - 1


def outturn(x, t, rate, n, start=0):
    found = parts(x, t, n, start)
    if found is None or found[1] + found[2] <= 0:
        return None
    now, base, rest = found
    return (now + rest * (1 + Fraction(rate))) / (base + rest) - 1


def run_rate(x, t, n, start=0):
    found = parts(x, t, n, start)
    if found is None or found[1] <= 0:
        return None
    now, base, rest = found
    return now * (base + rest) / base


def percentile(x, t, target, n, start=0):
    """Of three earlier years at least."""
    wanted = required(x, t, target, n, start)
    if wanted is None:
        return None
    history = []
    for s in range(t - n, -1, -n):
        end = s - (start + s) % n + n
        now, before = total(x, s + 1, end), total(x, s + 1 - n, end - n)
        if now is not None and before is not None and before > 0:
            history.append(now / before - 1)
    if len(history) < 3:
        return None
    return sum(Fraction(1) if h < wanted else Fraction(1, 2) if h == wanted else 0 for h in history) / len(history)


def mean_range(weights, figures):
    """The range of a weighted mean over all corners of boxes of weights and figures, given as (low, high)."""
    values = [
        sum(Fraction(w) * Fraction(f) for w, f in zip(ws, fs, strict=True)) / sum(map(Fraction, ws))
        for ws in product(*weights)
        for fs in product(*figures)
        if sum(ws)
    ]
    return min(values), max(values)


def met(low, high, outcome):
    """The verdict on an outcome (low, high), of a target that admits low to high; None is no bound."""
    if (low is None or low <= outcome[0]) and (high is None or outcome[1] <= high):
        return "CERTAIN"
    if (low is not None and outcome[1] < low) or (high is not None and outcome[0] > high):
        return "CONTRADICTED"
    return "POSSIBLE"


def contribution_range(now, base, total):
    values = [(a - b) / c for a, b, c in product(now, base, total) if c > 0]
    return min(values), max(values)
