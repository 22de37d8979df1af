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
