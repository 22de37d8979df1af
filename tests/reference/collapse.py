"""Slow and obvious: rows folded into cells one by one."""

import math
from fractions import Fraction

PARTIAL = "PARTIAL"


def fold(rows, dims, *, collapse=(), recode=None, rule="sum", coverage=1.0):
    """rows: (codes by dim, period, value or NaN, set of flags). By cell: value and flags, in the order of the rows."""
    cells = {}
    for codes, period, value, flags in rows:
        new = []
        for dim, code in zip(dims, codes, strict=True):
            mapping = (recode or {}).get(dim, {"*": "*"})
            becomes = mapping[code] if code in mapping else mapping["*"]
            new.append(code if becomes == "*" else becomes)
        if None in new:
            continue
        key = tuple(code for dim, code in zip(dims, new, strict=True) if dim not in collapse)
        cells.setdefault((*key, period), []).append((value, flags))
    return {key: _one(parts, rule, coverage) for key, parts in cells.items()}


def _one(parts, rule, coverage):
    valued = [value + 0.0 for value, _ in parts if not math.isnan(value)]
    flags = set().union(*(flags for value, flags in parts if not math.isnan(value)))
    if rule == "count":
        return float(len(valued)), flags
    if len(valued) < len(parts):
        flags |= {PARTIAL}
        if not valued or len(valued) < coverage * len(parts):
            return math.nan, flags.union(*(flags for value, flags in parts if math.isnan(value)))
    return {"sum": exact_sum, "min": min, "max": max}[rule](valued), flags


def exact_sum(values):
    exact = sum(map(Fraction, values))
    try:
        return float(exact)  # rounded once
    except OverflowError:
        return math.inf if exact > 0 else -math.inf
