"""Numbers and spans of a ledger in words, exact or rounded outwards."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from indicia._ledger_audit import Span
from indicia._ledger_model import infinite
from indicia._ledger_units import Unit

__all__ = ["choice_text", "exact_text", "number_text", "off_text", "span_text", "unit_words"]

_EXACT = 12  # significant digits that are printed as they are


def number_text(value: Fraction | float, *, decimals: int | None = None) -> str:
    """A number: all its digits if they are few, else six significant ones.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from indicia._ledger_words import number_text
    >>> number_text(Fraction("34606.35")), number_text(Fraction(209) / Fraction("1.07")), number_text(6, decimals=1)
    ('34,606.35', '195.327', '6.0')
    """
    if infinite(value):
        return "∞" if value > 0 else "-∞"
    exact = Fraction(value)
    places = _places(exact)
    if places is None or _digits(exact, places) > _EXACT:
        return _rounded(exact, _magnitude(exact) - 5, 0)
    return _printed(exact, max(places, decimals or 0))


def exact_text(span: Span | None) -> str:
    """What to add to a span that is one number: ", exactly" where its digits are all printed.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from indicia._ledger_audit import Span
    >>> from indicia._ledger_words import exact_text
    >>> exact_text(Span(Fraction(6), Fraction(6))), exact_text(Span(Fraction(20900, 107), Fraction(20900, 107)))
    (', exactly', ', that is 20,900/107')
    """
    if span is None or span.low != span.high or not isinstance(span.low, Fraction):
        return ""
    places = _places(span.low)
    if places is not None and _digits(span.low, places) <= _EXACT:
        return ", exactly"
    short = span.low.denominator < 10**6 and abs(span.low.numerator) < 10**9
    return f", that is {span.low.numerator:,}/{span.low.denominator:,}" if short else ""


def unit_words(unit: Unit | None) -> str:
    """A unit behind a number; in brackets where it begins with a number of its own.

    Examples
    --------
    >>> from indicia._ledger_units import parse_unit
    >>> from indicia._ledger_words import unit_words
    >>> unit_words(parse_unit("per cent")), unit_words(parse_unit("100 million CNY"))
    (' per cent', ' (100 million CNY)')
    """
    if unit is None or not unit.text:
        return ""
    return f" ({unit.text})" if unit.text[0].isdigit() else f" {unit.text}"


def span_text(
    span: Span | None, unit: Unit | None = None, *, published: bool = True, decimals: int | None = None
) -> str:
    """From where to where, in a unit; what is not published is rounded outwards to what its width bears.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from indicia._ledger_audit import Span
    >>> from indicia._ledger_words import span_text
    >>> span_text(Span(Fraction("41.85"), Fraction("41.95")))
    '41.85 to 41.95'
    >>> span_text(Span(Fraction("14482.757475"), Fraction("14517.405775")), published=False)
    '14,482.7 to 14,517.5'
    >>> span_text(Span(209, float("inf")))
    'at least 209'
    """
    if span is None:
        return "nothing"
    words = unit_words(unit)
    low, high = span
    if span.unbounded:
        return f"anything{words}"
    if low == high:
        return number_text(low, decimals=decimals) + words
    if published:
        ends = [number_text(end) for end in span]
    else:
        step = _step(span)
        places = [_places(Fraction(end)) for end in span if not infinite(end)]
        if all(known is not None and known < -step for known in places):
            step = -max(known or 0 for known in places)  # fewer digits are exact
        ends = ["" if infinite(end) else _rounded(end, step, side) for end, side in ((low, -1), (high, 1))]
    if infinite(low):
        return f"at most {ends[1]}{words}"
    return f"at least {ends[0]}{words}" if infinite(high) else f"{ends[0]} to {ends[1]}{words}"


def off_text(gap: Fraction | float, distance: float | None) -> str:
    """By how much a figure is off, and in units of its last digit.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from indicia._ledger_words import off_text
    >>> off_text(Fraction(-1, 20), -0.5)
    'too low by 0.05 (0.5 last digits)'
    """
    told = f"too {'high' if gap > 0 else 'low'} by "
    if infinite(gap):
        return told + "no end of it"
    told += _short(Fraction(max(gap, -gap)))
    known = distance is not None and math.isfinite(distance)
    return f"{told} ({_short(Fraction(abs(distance or 0)))} last digits)" if known else told


def choice_text(alternatives: Mapping[str, str], reading: str | None) -> str:
    """Which alternatives, and how open phrases are read.

    Examples
    --------
    >>> from indicia._ledger_words import choice_text
    >>> choice_text({"rate": "average_2023"}, "reported")
    'rate: average_2023; as reported'
    """
    words = [f"{key}: {name}" for key, name in alternatives.items()]
    if reading is not None:
        words.append("taken literally" if reading == "literal" else "as reported")
    return "; ".join(words)


# ---- digits ------------------------------------------------------------------------------------------------------


def _short(value: Fraction) -> str:
    """Three significant digits at most."""
    if not value:
        return "0"
    text = _rounded(value, _magnitude(value) - 2, 0)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _places(value: Fraction) -> int | None:
    """How many decimals a number has; None for one that has no end of them, or very many."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
        if twos > 60:
            return None
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
        if fives > 60:
            return None
    return None if rest != 1 else max(twos, fives)


def _digits(value: Fraction, places: int) -> int:
    whole = abs(value.numerator) * 10**places // value.denominator
    return len(str(whole).rstrip("0")) if places == 0 and whole else len(str(whole)) if whole else 1


def _magnitude(value: Fraction) -> int:
    """The power of ten of the first digit."""
    size = abs(value)
    if not size:
        return 0
    guess = len(str(size.numerator)) - len(str(size.denominator))
    return guess if Fraction(10) ** guess <= size else guess - 1


def _step(span: Span) -> int:
    """To which power of ten a span is rounded: a hundredth of its width at least, six digits where it has one end."""
    if span.bounded:
        width = Fraction(span.high) - Fraction(span.low)
        size = max(abs(Fraction(span.high)), abs(Fraction(span.low)))
        return max(_magnitude(width) - 2, _magnitude(size) - 14)
    low, high = span
    return _magnitude(Fraction(high if infinite(low) else low)) - 5


def _rounded(value: Fraction | float, step: int, side: int) -> str:
    """A number to a power of ten: down, up, or to the nearest."""
    scaled = Fraction(value) / Fraction(10) ** step
    whole = math.floor(scaled) if side < 0 else math.ceil(scaled) if side > 0 else round(scaled)
    return _printed(Fraction(whole) * Fraction(10) ** step, max(0, -step)) if whole else "0"


def _printed(value: Fraction, places: int) -> str:
    whole = value * 10**places
    assert whole.denominator == 1
    digits = str(abs(whole.numerator)).rjust(places + 1, "0")
    head, tail = digits[: len(digits) - places], digits[len(digits) - places :]
    if len(head) > 21:
        return f"{'-' if value < 0 else ''}{head[0]}.{head[1:4]}e{len(head) - 1}"
    return f"{'-' if value < 0 else ''}{int(head):,}" + (f".{tail}" if places else "")
