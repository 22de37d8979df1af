"""The slow, obvious twin of the room number: a regular expression and exact fractions."""

from __future__ import annotations

import math
import re
from fractions import Fraction

MARKS = {",": ",", ".": "\\.", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}


def parse(text: str, decimal: str = ".", thousands: str | None = None) -> tuple[float, int, int] | None:
    """(value, decimals, significant digits), or None if the text is no number."""
    whole = "[0-9]*" if thousands is None else f"(?:[1-9][0-9]{{0,2}}(?:{MARKS[thousands]}[0-9]{{3}})+|[0-9]*)"
    found = re.fullmatch(f"([+-]?)({whole})(?:{MARKS[decimal]}([0-9]*))?(?:[eE]([+-]?[0-9]+))?", text, re.ASCII)
    if found is None:
        return None
    sign, before, after, exponent = found.groups("")
    before = re.sub("[^0-9]", "", before)
    digits = before + after
    if not digits:
        return None
    last = int(exponent or 0) - len(after)
    significant = len(digits.lstrip("0")) or 1
    return (
        (-1 if sign == "-" else 1) * nearest(int(digits), last),
        min(max(-last, 0), 127),
        min(significant, 255),
    )


def nearest(digits: int, last: int) -> float:
    """The double nearest to digits * 10**last; the division of Python's integers is correctly rounded."""
    if digits == 0 or last + len(str(digits)) < -400:
        return 0.0
    if last > 400:
        return math.inf
    try:
        return float(Fraction(digits) * Fraction(10) ** last)
    except OverflowError:
        return math.inf


def written(value: float) -> str:
    """What format_numbers writes, from Python's own shortest digits."""
    return re.sub(r"\.0$", "", repr(value))
