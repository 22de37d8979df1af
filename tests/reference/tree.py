"""Slow twins of sums along a tree: one node, one series, one figure at a time, in fractions."""

from __future__ import annotations

import math
from fractions import Fraction


def exact(figures):
    """The sum of doubles, rounded once."""
    figures = list(figures)
    if not all(map(math.isfinite, figures)):
        return sum(figures)
    try:
        return float(sum(map(Fraction, figures), Fraction(0)))
    except OverflowError:
        return math.inf if sum(map(Fraction, figures)) > 0 else -math.inf


def grouped(groups, values, n):
    """Sums, figures and holes of each group."""
    cells = [[v for g, v in zip(groups, values, strict=True) if g == k] for k in range(n)]
    there = [[v for v in cell if not math.isnan(v)] for cell in cells]
    return [(exact(some), len(some), len(cell) - len(some)) for cell, some in zip(cells, there, strict=True)]


def leaves(children, node):
    """The codes below a node that have none below them, by the share of them that is the node's."""
    if node not in children:
        return {node: 1.0}
    found = {}
    for child, share in children[node].items():
        for leaf, part in leaves(children, child).items():
            found[leaf] = found.get(leaf, 0.0) + share * part
    return found


def node(children, code, figures, *, how="sum", coverage=1.0, weights=None):
    """A node's value in one series: `figures` by code."""
    parts = {c: w for c, w in leaves(children, code).items() if c in figures}
    shares = {c: w * (weights or {}).get(c, 1.0) for c, w in parts.items()}
    there = {c: w for c, w in shares.items() if not math.isnan(figures[c])}
    covered = sum(there.values()) / sum(shares.values()) if sum(shares.values()) else math.nan
    if how == "count":
        return sum(there.values())
    if how == "coverage":
        return covered
    if not there or covered < coverage:
        return math.nan
    total = exact(w * figures[c] for c, w in there.items())
    return total / sum(there.values()) if how == "mean" else total


def families(pairs):
    """The codes of both sides that hang together: spread until nothing changes."""
    families = []
    for a, b in pairs:
        new = {(0, a), (1, b)}
        near = [family for family in families if family & new]
        families = [family for family in families if not family & new] + [new.union(*near)]
    return {frozenset(family) for family in families}


def convert(table, figures):
    """Figures divided by a table of shares: {code: {target: share}}."""
    found = {}
    for code, figure in figures.items():
        for target, share in table.get(code, {}).items():
            found[target] = found.get(target, 0.0) + share * figure
    return found
