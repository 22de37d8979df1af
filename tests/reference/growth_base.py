"""Base effects and splits of a year the slow way, in exact fractions. Missing figures are None."""

from fractions import Fraction


def exact(series):
    return [None if x is None else Fraction(x) for x in series]


def at(series, t):
    return series[t] if t >= 0 else None


def base_effect(series, t, lag, normal):
    """The change of the rate over a year at t, what is new in it, and what left the comparison."""
    x = exact(series)
    now, before, ago, earlier = (at(x, t - k) for k in (0, 1, lag, lag + 1))
    if any(v is None or v <= 0 for v in (now, before, ago, earlier)):
        return None
    change = now / ago - before / earlier
    usual_now = before * (1 + Fraction(normal))  # had the season been as usual
    base = usual_now / ago - before / earlier
    return change, now / ago - usual_now / ago, base


def usual(series, lag):
    """The mean growth on the period before, by season."""
    x = exact(series)
    found = [[] for _ in range(lag)]
    for t in range(1, len(x)):
        if x[t] is not None and x[t - 1] is not None and x[t - 1] > 0:
            found[t % lag].append(x[t] / x[t - 1] - 1)
    return [sum(f) / len(f) if f else None for f in found]


def stacked(rates, t, lag, years):
    total = Fraction(1)
    for k in range(years):
        rate = at(exact(rates), t - k * lag)
        if rate is None:
            return None
        total *= 1 + rate
    return total - 1


def annual_split(series, lag):
    """Of two whole years: growth of the mean, the overhang, and each period's part of what came within."""
    x = exact(series)
    mean = sum(x[:lag]) / lag
    overhang = x[lag - 1] / mean - 1
    within = [(lag - k) * (x[lag + k] - x[lag + k - 1]) / lag / mean for k in range(lag)]
    return sum(x[lag:]) / lag / mean - 1, overhang, within


def through_year(series, lag):
    x = exact(series)
    mean, later = sum(x[:lag]) / lag, sum(x[lag:]) / lag
    into, out = x[lag - 1] / mean - 1, x[-1] / later - 1
    average = later / mean - 1
    return x[-1] / x[lag - 1] - 1, average, (1 + average) * into / (1 + into), (1 + average) * out / (1 + into)
