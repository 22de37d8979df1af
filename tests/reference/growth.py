"""Growth the slow way: one figure at a time, in words of the definitions. Missing figures are None."""

from __future__ import annotations

BREAK, UNDEFINED = 1 << 0, 1 << 26


def rate(now, base, negative_base=None):
    """By which fraction `now` is above `base`."""
    if now is None or base is None or base == 0:
        return None
    if base < 0:
        return (now - base) / -base if negative_base == "abs" else None
    return (now - base) / base


def share(part, total):
    if part is None or total is None or total == 0:
        return None
    return part / total


def contribution(part_now, part_base, total_base):
    if part_now is None or part_base is None or total_base is None or total_base <= 0:
        return None
    return (part_now - part_base) / total_base


def base_of(series, t, lag, skip_missing=False):
    """Where the figure stands that the one at t is compared with, or None."""
    place = t - lag
    if place < 0:
        return None
    if skip_missing:
        while place >= 0 and series[place] is None:
            place -= 1
    return place if place >= 0 else None


def pct_change(series, lag=1, *, skip_missing=False, negative_base=None):
    rates = []
    for t in range(len(series)):
        base = base_of(series, t, lag, skip_missing)
        rates.append(None if base is None else rate(series[t], series[base], negative_base))
    return rates


def by_calendar(figures, lag, *, skip_missing=False, negative_base=None):
    """The same for a dict of ordinal -> figure, in which periods may be absent."""
    rates = {}
    for t, now in figures.items():
        base = t - lag
        while skip_missing and base >= min(figures) and figures.get(base) is None:
            base -= 1
        rates[t] = rate(now, figures.get(base), negative_base)
    return rates


def flags(series, marks, lag, *, skip_missing=False, negative_base=None):
    """The flags of each rate: of both cells, BREAK where one lies after the base and not after t."""
    result = []
    for t in range(len(series)):
        base = base_of(series, t, lag, skip_missing)
        if base is None:
            result.append(0)
            continue
        union = (marks[t] | marks[base]) & ~BREAK
        if any(marks[i] & BREAK for i in range(base + 1, t + 1)):
            union |= BREAK
        refused = series[base] is not None and (series[base] == 0 or (series[base] < 0 and negative_base is None))
        if refused and series[t] is not None:
            union |= UNDEFINED
        result.append(union)
    return result


# ---- over windows and years: `place` is that of each period in its year, from 0 on --------------------------------


def log_rate(now, base):
    import math

    return None if now is None or base is None or now <= 0 or base <= 0 else math.log(now / base)


def cagr(first, last, years):
    if first is None or last is None or years is None or first <= 0 or last < 0 or years <= 0:
        return None
    return (last / first) ** (1 / years) - 1


def total(figures):
    """Their exact sum, rounded once; None where one is missing."""
    import math

    return None if any(x is None for x in figures) else math.fsum(figures)


def window_sum(series, window):
    return [total(series[t - window + 1 : t + 1]) if t + 1 >= window else None for t in range(len(series))]


def average_rate(series, window):
    sums = window_sum(series, window)
    return [rate(sums[t], sums[t - window]) if t >= window else None for t in range(len(series))]


def year_so_far(series, place, t):
    """The figures of the year of t up to t, None where it began before the series."""
    begin = t - place[t]
    return series[begin : t + 1] if begin >= 0 else None


def ytd(series, place):
    years = [year_so_far(series, place, t) for t in range(len(series))]
    return [None if year is None else total(year) for year in years]


def from_ytd(sums, place):
    figures = []
    for t, now in enumerate(sums):
        before = sums[t - 1] if t > 0 else None
        if place[t] == 0 or (place[t] == 1 and t > 0 and before is None):
            figures.append(now)
        else:
            figures.append(None if now is None or before is None else now - before)
    return figures


def carry_over(series, place, length):
    """Next year's mean over this year's, with the figure at t for all that are to come."""
    rates = []
    for t, now in enumerate(series):
        year = year_so_far(series, place, t)
        if year is None or None in year:
            rates.append(None)
            continue
        this = total(year + [now] * (length[t] - len(year))) / length[t]
        rates.append(rate(now, this))
    return rates


def carry_over_this(series, place, length):
    rates = []
    for t, now in enumerate(series):
        year, begin = year_so_far(series, place, t), t - place[t]
        last = year_so_far(series, place, begin - 1) if begin > 0 else None
        if year is None or last is None or None in year or None in last:
            rates.append(None)
            continue
        this = total(year + [now] * (length[t] - len(year))) / length[t]
        rates.append(rate(this, total(last) / length[begin - 1]))
    return rates
