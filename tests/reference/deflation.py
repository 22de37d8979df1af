"""Slow twins of the room deflation, on lists, with None for what is missing: in fractions."""

from fractions import Fraction

NEAR = Fraction(1, 10**12)


def items(x, w):
    """Rates in order, each once, with all of its weight."""
    found = {}
    for rate, weight in zip(x, w, strict=True):
        if rate is not None and weight is not None:
            found[Fraction(rate)] = found.get(Fraction(rate), 0) + Fraction(weight)
    return sorted((rate, weight) for rate, weight in found.items() if weight > 0)


def percentile(x, w, share, side=0):
    ordered = items(x, w)
    if not ordered:
        return None
    total = sum(weight for _, weight in ordered)
    target, up_to = Fraction(share) * total, Fraction(0)
    for k, (rate, weight) in enumerate(ordered):
        up_to += weight
        if abs(up_to - target) <= NEAR * total and k + 1 < len(ordered):
            pair = rate, ordered[k + 1][0]
            return float({-1: pair[0], 1: pair[1], 0: (pair[0] + pair[1]) / 2}[side])
        if target < up_to:
            return float(rate)
    return float(ordered[-1][0])


def trimmed_mean(x, w, lower, upper, whole=0):
    ordered = items(x, w)
    if not ordered:
        return None
    total = sum(weight for _, weight in ordered)
    low, high = Fraction(lower) * total, (1 - Fraction(upper)) * total
    if high - low <= NEAR * total:
        return percentile(x, w, lower)
    up_to, kept, gained = Fraction(0), Fraction(0), Fraction(0)
    for rate, weight in ordered:
        inside = max(min(up_to + weight, high) - max(up_to, low), Fraction(0))
        if whole and NEAR * total < inside < weight - NEAR * total:
            inside = weight if whole > 0 else Fraction(0)
        elif whole:
            inside = weight if inside > NEAR * total else Fraction(0)
        kept, gained, up_to = kept + inside, gained + inside * rate, up_to + weight
    return float(gained / kept) if kept else None


def breadth(x, w, below):
    pairs = [(rate, Fraction(weight)) for rate, weight in zip(x, w, strict=True) if rate is not None]
    return float(sum(weight for rate, weight in pairs if rate < below) / sum(weight for _, weight in pairs))


def runs(rates, below=0):
    """First and last place of each run of rates below, one figure at a time."""
    found, begin = [], None
    for t, rate in enumerate([*rates, None]):
        falls = rate is not None and rate < below
        if falls and begin is None:
            begin = t
        if not falls and begin is not None:
            found.append((begin, t - 1))
            begin = None
    return found
