"""Audits the slow way: rational numbers, one cell at a time. A figure is (value as text, decimals); None is missing."""

from __future__ import annotations

from fractions import Fraction


def ends(text, decimals, per_cent=False):
    """The exact interval of a printed figure."""
    if text is None:
        return None
    value, half = Fraction(text), Fraction(1, 2) / Fraction(10) ** decimals
    scale = Fraction(1, 100) if per_cent else 1
    return (value - half) * scale, (value + half) * scale


def corners(formula, *operands):
    """The range of a formula that is monotone in each operand."""
    values = [()]
    for low, high in operands:
        values = [(*v, x) for v in values for x in (low, high)]
    found = [formula(*v) for v in values]
    return min(found), max(found)


def verdict(published, implied):
    if published is None or implied is None:
        return "UNKNOWN"
    if published[0] > implied[1] or published[1] < implied[0]:
        return "CONTRADICTED"
    return "CERTAIN" if published[0] <= implied[0] and implied[1] <= published[1] else "POSSIBLE"


def distance(published, implied, unit):
    if published is None or implied is None:
        return None
    if published[0] > implied[1]:
        return (published[0] - implied[1]) / unit
    if published[1] < implied[0]:
        return (published[1] - implied[0]) / unit
    return Fraction(0)


def growth(now, base, power=1):
    """Of a base that is above zero throughout; compounded, of levels that aren't below it."""
    if now is None or base is None:
        return None
    return corners(lambda x, y: (x / y) ** power - 1, now, base)


def share(part, total):
    if part is None or total is None:
        return None
    return corners(lambda x, y: x / y, part, total)


def sums(parts):
    if any(part is None for part in parts):
        return None
    return sum(low for low, _ in parts), sum(high for _, high in parts)
