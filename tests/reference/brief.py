"""The monitor by hand: exact fractions, one member after the other."""

import csv
from decimal import Decimal, localcontext
from fractions import Fraction


def table(text):
    """{(indicator, code): {year: Fraction}} and {(indicator, code): (unit, power of ten)} of an SDMX-CSV text."""
    figures, units = {}, {}
    for cells in csv.DictReader(text.splitlines()):
        row = {head.split(":")[0]: cell for head, cell in cells.items()}
        key = tuple(row[name].split(":")[0] for name in ("INDICATOR", "GEO"))
        figures.setdefault(key, {})[int(row["TIME_PERIOD"])] = Fraction(row["OBS_VALUE"])
        units[key] = (row["UNIT_MEASURE"].split(":")[0], int(row["UNIT_MULT"].split(":")[0]))
    return figures, units


def growth(now, base):
    """A fraction, or None where the base allows none."""
    return None if now is None or base is None or base <= 0 else (now - base) / base


def average(now, base, years):
    """Compound growth per year to 40 digits."""
    if now is None or base is None or base <= 0 or now < 0:
        return None
    with localcontext() as context:
        context.prec = 60
        ratio = now / base
        quotient = Decimal(ratio.numerator) / Decimal(ratio.denominator)
        return Fraction(quotient ** (Decimal(1) / Decimal(years)) - 1) if quotient else Fraction(-1)


def monitor(figures, units, year, years=5, heads=None):
    """{code: {measure: Fraction or None}} of {code: {year: Fraction}} and {code: unit}."""
    rows = {}
    groups = {}
    for code in figures:
        groups.setdefault(units[code], []).append(code)
    for code, series in figures.items():
        now, base = series.get(year), series.get(year - 1)
        both = [c for c in groups[units[code]] if year in figures[c] and year - 1 in figures[c]]
        there = [c for c in groups[units[code]] if year in figures[c]]
        alone = len(groups[units[code]]) == 1
        total = sum(figures[c][year] for c in there)
        before = sum(figures[c][year - 1] for c in both)
        rows[code] = {
            "level": now,
            "growth": growth(now, base),
            "average": average(now, series.get(year - years), years),
            "share": None if alone or now is None or total == 0 else now / total,
            "contribution": None if alone or None in (now, base) or before <= 0 else (now - base) / before,
            "per_head": None if not heads or now is None or year not in heads[code] else now / heads[code][year],
        }
    rates = sorted((row["growth"] for row in rows.values() if row["growth"] is not None), reverse=True)
    for row in rows.values():
        rate = row["growth"]
        row["rank"] = None if rate is None else 1 + rates.index(rate)
        row["gap"] = None if rate is None else rate - rates[0]
    return rows
