"""Units: powers of ten before the names of what is counted, products and quotients of them, and whether they fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from indicia._expressions import Binary, Comparison, Name, Negate, Node, Number, Power, postorder, to_text

__all__ = ["PURE", "Dims", "Unit", "UnitsError", "check", "dims_text", "parse_unit"]

Dims: TypeAlias = tuple[tuple[str, int], ...]

_WORDS: Final = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_PARTS: Final = (
    (re.compile(r"\bper\s?cent\b|\bpercentage[ -]points?\b|%(?:[ -]?points?\b)?|\bpp\b", re.I), " 1e-2 "),
    (re.compile(r"\bper\s?mille?\b|‰", re.I), " 1e-3 "),
    (re.compile(r"\bbasis[ -]points?\b", re.I), " 1e-4 "),
    (re.compile(r"万亿"), " 1e12 "),
    (re.compile(r"亿"), " 1e8 "),
    (re.compile(r"万"), " 1e4 "),
    (re.compile(r"\s+per\s+", re.I), " / "),
)
_POWER: Final = re.compile(r"10(?:\*\*|\^)(-?\d{1,3})|1e(-?\d{1,3})|(10*(?:[, ]?000)*)", re.I)
_EXPONENT: Final = re.compile(r"(.*?)(?:(?:\^|\*\*)(-?\d{1,2})|([²³]))", re.S)
_PRODUCT: Final = re.compile(r"(?<!\*)\*(?!\*)|·|×")
_CURRENCIES: Final = {
    "USD": ("usd", "us$", "us dollar", "united states dollar", "美元"),
    "CNY": ("cny", "rmb", "yuan", "renminbi", "yuan renminbi", "元", "人民币"),
    "EUR": ("eur", "euro", "€"),
    "HKD": ("hkd", "hk$", "hong kong dollar", "港元"),
    "MOP": ("mop", "pataca"),
    "JPY": ("jpy", "yen"),
    "GBP": ("gbp", "pound sterling", "£"),
}
_NAMES: Final = {word: code for code, words in _CURRENCIES.items() for word in words} | {
    "people": "person",
    "人": "person",
}
_PURE_WORDS: Final = {"", "count", "number", "pure number", "ratio", "fraction", "times", "time"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written: a power of ten, times names with exponents."""

    text: str
    power: int
    dims: Dims

    def __str__(self) -> str:
        return self.text


PURE: Final = Unit("", 0, ())


class UnitsError(ValueError):
    """Units that don't fit."""


def parse_unit(text: str) -> Unit:
    """A unit from its words; ValueError says what can't be read.

    Examples
    --------
    >>> from indicia._ledger_units import parse_unit
    >>> parse_unit("100 million CNY")
    Unit(text='100 million CNY', power=8, dims=(('CNY', 1),))
    >>> parse_unit("CNY per USD").dims, parse_unit("per cent").power
    ((('CNY', 1), ('USD', -1)), -2)
    """
    words = f" {text} "
    for pattern, meant in _PARTS:
        words = pattern.sub(meant, words)
    power = 0
    dims: dict[str, int] = {}
    parts = [_PRODUCT.split(part) for part in words.split("/")]
    for place, factors in enumerate(parts):
        for factor in factors:
            if not factor.strip() and (len(parts) > 1 or len(factors) > 1):
                raise ValueError(f"unit {text!r}: nothing stands on one side of a sign")
            sign = -1 if place else 1
            tens, name, exponent = _factor(factor, text)
            power += sign * tens
            if name:
                dims[name] = dims.get(name, 0) + sign * exponent
    return Unit(text.strip(), power, _dims(dims))


def _factor(factor: str, text: str) -> tuple[int, str, int]:
    """The power of ten, the name and its exponent in ``100 million km^2``."""
    words = factor.split()
    tens = 0
    while words:
        found = _POWER.fullmatch(words[0])
        if words[0].lower() in _WORDS:
            tens += _WORDS[words[0].lower()]
        elif found:
            tens += int(found[1] or found[2]) if found[1] or found[2] else re.sub(r"\D", "", found[3]).count("0")
        elif re.fullmatch(r"[-+]?[\d.,]+", words[0]):
            raise ValueError(f"unit {text!r}: {words[0]} is no power of ten")
        else:
            break
        words = words[1:]
    if any(word.lower() in _WORDS for word in words):
        raise ValueError(f"unit {text!r}: powers of ten stand before the name")
    name, exponent = " ".join(words), 1
    if found := _EXPONENT.fullmatch(name):
        name, exponent = found[1].strip(), int(found[2] or {"²": 2, "³": 3}[found[3]])
        if not name:
            raise ValueError(f"unit {text!r}: an exponent without a name")
    return tens, _named(name), exponent


def _named(name: str) -> str:
    """One word for one thing: codes of currencies, the singular."""
    low = name.casefold()
    if low in _NAMES:
        return _NAMES[low]
    if low.endswith("ies") and len(low) > 4:
        low = low[:-3] + "y"
    elif low.endswith("s") and not low.endswith("ss") and len(low) > 3:
        low = low[:-1]
    if low in _NAMES:
        return _NAMES[low]
    if low in _PURE_WORDS:
        return ""
    return name if name.isupper() else low


def _dims(dims: Mapping[str, int]) -> Dims:
    return tuple(sorted((name, exponent) for name, exponent in dims.items() if exponent))


def dims_text(dims: Dims) -> str:
    """What is counted, in words.

    Examples
    --------
    >>> from indicia._ledger_units import dims_text
    >>> dims_text((("CNY", 1), ("USD", -1))), dims_text(())
    ('CNY per USD', 'a pure number')
    """

    def words(name: str, exponent: int) -> str:
        return name if abs(exponent) == 1 else f"{name}^{abs(exponent)}"

    over = " * ".join(words(*factor) for factor in dims if factor[1] > 0)
    under = [words(*factor) for factor in dims if factor[1] < 0]
    if not over and not under:
        return "a pure number"
    return " per ".join([over or "1", *under])


# ---- in formulas -------------------------------------------------------------------------------------------------


def check(comparison: Comparison, units: Mapping[str, Dims]) -> None:
    """Whether the units of a relation fit; `UnitsError` names the part and both units. A literal 0 has any unit."""
    left, right = _dims_of(comparison.left, units), _dims_of(comparison.right, units)
    _same(left, right, f"{_cut(to_text(comparison))} compares", comparison.left, comparison.right)


def _dims_of(node: Node, units: Mapping[str, Dims]) -> Dims | None:
    """The unit of an expression; None fits all."""
    stack: list[Dims | None] = []
    for here in postorder(node):
        if isinstance(here, Number):
            stack.append(() if here.value else None)
        elif isinstance(here, Name):
            stack.append(units[here.name])
        elif isinstance(here, Power):
            dims = stack.pop()
            stack.append(None if dims is None else _dims({name: e * here.exponent for name, e in dims}))
        elif isinstance(here, Binary):
            right, left = stack.pop(), stack.pop()
            if here.op in "+-":
                words = f"{_cut(to_text(here))} {'adds' if here.op == '+' else 'subtracts'}"
                stack.append(_same(left, right, words, here.left, here.right))
            elif left is None or right is None:
                stack.append(None)
            else:
                stack.append(_dims(_product(left, right, 1 if here.op == "*" else -1)))
        else:
            assert isinstance(here, Negate)
    return stack.pop()


def _product(left: Dims, right: Dims, sign: int) -> dict[str, int]:
    dims = dict(left)
    for name, exponent in right:
        dims[name] = dims.get(name, 0) + sign * exponent
    return dims


def _same(left: Dims | None, right: Dims | None, words: str, a: Node, b: Node) -> Dims | None:
    if left is None or right is None or left == right:
        return right if left is None else left
    told = (
        f"units don't fit: {words} {_cut(to_text(a))} ({dims_text(left)}) and {_cut(to_text(b))} ({dims_text(right)})"
    )
    if (not left and isinstance(a, Number)) or (not right and isinstance(b, Number)):
        told += "; a number with a unit is a quantity of its own"
    raise UnitsError(told)


def _cut(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
