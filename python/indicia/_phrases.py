"""Published figures in words: the table of phrases, and the exact ends that a text stands for."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType
from typing import Final

__all__ = ["PHRASES", "Phrase", "published_ends", "step_of", "words_of"]

KINDS: Final = {"outcome": False, "estimate": False, "projection": False, "target": True, "claim": True}
READINGS: Final = ("literal", "reported")
MOST_DIGITS: Final = 12  # a figure of more is not rounded by print


@dataclass(frozen=True, slots=True)
class Phrase:
    """What the words before a figure x make of it, in units of its last digit printed: a row of `PHRASES`.

    Parameters
    ----------
    literal : (float or None, float or None)
        The ends as said: x plus so many units; None is no bound.
    reported : (float or None, float or None)
        The ends that the words have in a report, where one would have said the next digit had it been reached.

    Examples
    --------
    >>> from indicia.interval import PHRASES, Phrase, published
    >>> published("about 200", phrases={**PHRASES, "about": Phrase((-10, 10), (-10, 10))})
    Interval(190.0, 210.0)
    """

    literal: tuple[float | None, float | None]
    reported: tuple[float | None, float | None]


_AROUND: Final = Phrase((-1, 1), (-1, 1))
_ABOVE: Final = Phrase((0, None), (0, 1))
_BELOW: Final = Phrase((None, 0), (-1, 0))

PHRASES: Mapping[str, Phrase] = MappingProxyType(
    dict.fromkeys(("about", "approximately", "around", "roughly", "some", "circa", "close to", "~", "≈"), _AROUND)
    | dict.fromkeys(
        ("more than", "over", "above", "exceeding", "in excess of", "at least", "no less than", "not less than"), _ABOVE
    )
    | dict.fromkeys((">", ">=", "≥"), _ABOVE)
    | dict.fromkeys(
        ("less than", "fewer than", "under", "below", "at most", "no more than", "not more than", "up to"), _BELOW
    )
    | dict.fromkeys(("nearly", "almost", "just under", "<", "<=", "≤"), _BELOW)
)

_NUMBER: Final = r"[-+−]?\s?[$€£¥]?(?:\d{1,3}(?:[,'’\u00a0\u2009\u202f ]\d{3})+(?!\d)|\d+)?(?:\.\d+)?(?:[eE][-+]?\d+)?"
_POWERS: Final = {"%": -2, "per cent": -2, "percent": -2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_UNIT: Final = "|".join(map(re.escape, _POWERS))
_FIGURE: Final = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?", re.I)
_RANGE: Final = re.compile(
    rf"(?P<between>between\s+|from\s+)?(?P<a>{_NUMBER})\s*(?P<p>{_UNIT})?\s*(?P<word>to|and|-|–|—)\s*"
    rf"(?P<b>{_NUMBER})\s*(?P<q>{_UNIT})?",
    re.I,
)


def _decimal(number: str, text: str) -> Decimal:
    try:
        return Decimal(re.sub(r"[^-+.0-9eE]", "", number.replace("−", "-")))
    except InvalidOperation:
        raise ValueError(f"no number in {text!r}") from None


def _figure(figure: str | float, text: str) -> tuple[Decimal, int]:
    """A figure, and the power of ten behind it."""
    if not isinstance(figure, str):
        number = Decimal(repr(float(figure))) if isinstance(figure, float) else Decimal(int(figure))
        if isinstance(figure, float) and number == number.to_integral_value():
            number = number.quantize(Decimal(1)) if abs(number) < 1e15 else number.normalize()
        return number, 0
    found = _FIGURE.fullmatch(figure.strip())
    if found is None:
        raise ValueError(f"{text!r} is no published figure: {figure.strip()!r} is neither a number nor a known phrase")
    return _decimal(found["number"], text), _POWERS.get((found["unit"] or "").lower(), 0)


def _range(text: str, multiplier: int) -> tuple[Fraction, Fraction] | None:
    found = _RANGE.fullmatch(text)
    if found is None or not (found["a"].strip() and found["b"].strip()):
        return None
    if (found["word"].lower() == "and") != ((found["between"] or "").strip().lower() == "between"):
        return None
    units = [(found[name] or "").lower() for name in ("p", "q")]
    powers = [_POWERS.get(unit or units[1], 0) for unit in units]  # "5 to 6 %": of both
    low, high = (
        Fraction(_decimal(found[name], text)) * Fraction(10) ** (power + multiplier)
        for name, power in zip("ab", powers, strict=True)
    )
    if low > high:
        raise ValueError(f"{text!r} is empty: it ends below where it begins")
    return low, high


def words_of(text: str, phrases: Mapping[str, Phrase]) -> tuple[str, str]:
    """The words of a phrase that a text begins with, and the figure behind them; no words and the text itself."""
    folded = " ".join(text.lower().split())
    words = max((known for known in phrases if folded.startswith(known.lower())), key=len, default="")
    rest = folded[len(words) :]
    if not words or (words[-1].isalpha() and rest[:1].isalpha()):
        return "", text
    if not rest.strip():
        raise ValueError(f"{text.strip()!r} has no number")
    return words, rest


def step_of(text: str, decimals: int | None, *, multiplier: int, phrases: Mapping[str, Phrase]) -> Fraction:
    """The unit of the last digit that a text prints; of a range that of its end with more digits."""
    found = _RANGE.fullmatch(text.strip())
    if found is not None and found["a"].strip() and found["b"].strip():
        power = _POWERS.get((found["q"] or found["p"] or "").lower(), 0)
        last = min(int(_decimal(found[name], text).as_tuple().exponent) for name in "ab")
    else:
        number, power = _figure(words_of(text, phrases)[1], text)
        last = int(number.as_tuple().exponent)
    return Fraction(10) ** ((last if decimals is None else -decimals) + power + multiplier)


def _choice(name: str, given: str, choices: Collection[str]) -> None:
    if given not in choices:
        raise ValueError(f"{name}: expected one of {', '.join(choices)}, got {given!r}")


def published_ends(
    figure: str | float,
    decimals: int | None,
    *,
    kind: str,
    exact: bool | None,
    reading: str,
    multiplier: int,
    phrases: Mapping[str, Phrase],
) -> tuple[Fraction | float, Fraction | float]:
    """The exact ends of what a figure stands for; an end that is a float is infinite, or NaN for unknown."""
    _choice("kind", kind, KINDS)
    _choice("reading", reading, READINGS)
    if decimals is not None and (isinstance(decimals, bool) or not hasattr(decimals, "__index__")):
        raise TypeError(f"decimals: expected an integer, got {decimals!r}")
    if not isinstance(figure, str) and not math.isfinite(figure):
        if math.isnan(figure):
            return math.nan, math.nan
        raise ValueError(f"{figure} is no published figure")
    text = figure.strip() if isinstance(figure, str) else str(figure)
    phrase = None
    if isinstance(figure, str):
        ends = _range(text, multiplier)
        if ends is not None:
            return ends
        words, rest = words_of(text, phrases)
        if words:
            phrase, figure = phrases[words], rest
    number, power = _figure(figure, text)
    _, digits, exponent = number.as_tuple()
    last = int(exponent) if decimals is None else -int(decimals)
    scale = Fraction(10) ** (power + multiplier)
    value, unit = Fraction(number) * scale, Fraction(10) ** last * scale
    if phrase is None and (KINDS[kind] if exact is None else exact):
        return value, value
    low, high = (-0.5, 0.5) if phrase is None else getattr(phrase, reading)
    if decimals is None and len(digits) > MOST_DIGITS and phrase is None:
        return math.nan, math.nan
    return (
        -math.inf if low is None else value + Fraction(low) * unit,
        math.inf if high is None else value + Fraction(high) * unit,
    )
