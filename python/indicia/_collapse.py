"""Rows folded into fewer: what `collapse=` and `recode=` of the readers ask for, and what must be said about it.

The readers of long tables fold while they scan (src/core/read/collapse.h). What comes back is checked here: codes
that a mapping has no word for, totals that would be added up with their parts, figures of different units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ABSENT", "OTHERS", "REFUSED", "Asked", "Recode", "asked_for", "check_folded", "check_known", "recoded"]

Raw = dict[str, Any]

RULES = ("sum", "count", "min", "max")
OTHERS = "*"  # the key of a mapping that says what codes become which it doesn't name; as a value: they stay
ABSENT, _STAY, REFUSED = 2**32 - 1, 2**32 - 2, 2**32 - 3  # of src/core/read/read.h: dropped, as it is, not named

# dimensions along which nothing can be added up: they say what a figure is measured in
_MEASURES = ("UNIT_MEASURE", "UNIT", "unit", "UNIT_MULT", "UNIT_MULTIPLIER", "multiplier", "measure", "freqCode")
_BY_DIGITS = ("cmdCode", "Commodity Code")  # codes that are sums over those they begin
_TOTALS = ("_T", "TOTAL")  # codes of a sum over all others, wherever they stand


class Recode(dict[str, str | None]):
    """What codes become, as a mapping has it, and the codes that are wrong in any case, with the reason."""

    foreign: Mapping[str, str]

    def __init__(self, to: Mapping[str, str | None], foreign: Mapping[str, str]) -> None:
        super().__init__(to)
        self.foreign = foreign

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self), dict(self.foreign))


@dataclass(frozen=True)
class Asked:
    """What `collapse=`, `recode=` and `min_coverage=` ask for."""

    rule: str
    dims: tuple[str, ...]  # that are folded away
    recodes: Mapping[str, Mapping[str, str | None]]
    coverage: float

    def core(self) -> tuple[int, float, list[str], list[tuple[str, list[str], list[int], list[str], int]]]:
        """The same for `_core.read`."""
        recodes = [(dim, *_numbered(mapping)) for dim, mapping in self.recodes.items()]
        return RULES.index(self.rule), self.coverage, list(self.dims), recodes


def _numbered(mapping: Mapping[str, str | None]) -> tuple[list[str], list[int], list[str], int]:
    codes: dict[str, int] = {}
    numbers = {}
    for old, new in mapping.items():
        stay = old == new == OTHERS
        numbers[old] = _STAY if stay else ABSENT if new is None else codes.setdefault(new, len(codes))
    others = numbers.pop(OTHERS, REFUSED)
    numbers |= {code: REFUSED for code in getattr(mapping, "foreign", ()) if code not in mapping}
    return list(numbers), list(numbers.values()), list(codes), others


def asked_for(
    collapse: Mapping[str, str] | None,
    recode: Mapping[str, Mapping[str, str | None]] | None,
    min_coverage: float | None,
    duplicates: str,
    attributes: Any,
) -> Asked | None:
    """The options of a reader, checked; None if rows stay as they are."""
    if min_coverage is not None and not 0 < min_coverage <= 1:
        raise ValueError(f"min_coverage: expected a fraction over 0 and up to 1, got {min_coverage!r}")
    if not collapse and not recode:
        if min_coverage is not None:
            raise ValueError("min_coverage= is about collapse= and recode=, and neither is given")
        return None
    if duplicates in {"first", "last"}:
        raise ValueError(f"duplicates={duplicates!r} needs all rows at once, and collapse= and recode= add them up")
    if attributes:
        raise ValueError("attributes= is by row, and collapse= and recode= leave no rows of the source")
    for option, given in (("collapse", collapse), ("recode", recode)):
        if given is not None and not isinstance(given, Mapping):
            raise TypeError(f"{option}: expected a mapping by dimension, got {type(given).__name__}")
        if "time" in (given or {}):
            raise ValueError(
                f"{option} names time, which rows aren't added up over: whether a year is the sum, the mean or the "
                "end of its months depends on what they measure"
            )
    rules = set((collapse or {}).values())
    for rule in rules:
        if rule not in RULES:
            raise ValueError(f"collapse: {rule!r} is none of {', '.join(map(repr, RULES))}")
    if len(rules) > 1:
        raise ValueError(
            f"collapse: {' and '.join(map(repr, sorted(rules)))} in one reading; which comes first matters, so read "
            "with one of them, and go on from there"
        )
    recodes = {dim: _checked(dim, mapping) for dim, mapping in (recode or {}).items()}
    return Asked(
        next(iter(rules), "sum"), tuple(collapse or ()), recodes, 1.0 if min_coverage is None else min_coverage
    )


def _checked(dim: str, mapping: Any) -> dict[str, str | None]:
    if callable(getattr(mapping, "recode", None)):  # a tree
        mapping = mapping.recode()
    if not isinstance(mapping, Mapping):
        raise TypeError(f"recode: {dim}: expected a mapping of codes, got {type(mapping).__name__}")
    for old, new in mapping.items():
        for code in (old, "" if new is None else new):
            if not isinstance(code, str):
                raise TypeError(f"recode: {dim}: codes are texts, not {type(code).__name__} {code!r}")
            if "\0" in code:
                raise ValueError(f"recode: {dim}: a NUL in {code!r}")
        if new == OTHERS != old:
            raise ValueError(f'recode: {dim}: "*" stands for what is not named: {old!r} can\'t become it')
    return mapping if isinstance(mapping, Recode) else dict(mapping)


def check_known(asked: Asked, dims: Iterable[str]) -> None:
    """That the dimensions are there; the core does it for the formats that it folds."""
    known = list(dims)
    for option, names in (("recode", asked.recodes), ("collapse", asked.dims)):
        for name in names:
            if name not in known:
                raise ValueError(f'{option} names "{name}": there is no such dimension')


def recoded(asked: Asked, dim: str, codes: Iterable[str]) -> tuple[npt.NDArray[np.uint32], tuple[str, ...]]:
    """What each code becomes, as a number of a new one, ABSENT or REFUSED; and the new ones."""
    olds, numbers, news, others = _numbered(asked.recodes[dim])
    to = dict(zip(olds, numbers, strict=True))
    places = {code: place for place, code in enumerate(news)}
    became = []
    for code in codes:
        number = to.get(code, others)
        became.append(places.setdefault(code, len(places)) if number == _STAY else number)
    return np.array(became, dtype=np.uint32), tuple(places)


# ---- what was met -------------------------------------------------------------------------------------------------


def check_folded(asked: Asked, raw: Raw) -> dict[str, Any]:
    """Raises where rows were folded that should not be; what attrs should say."""
    totals: dict[str, set[str]] = {}
    for name, text, _ in raw["notes"]:
        if name.startswith("totals/"):
            totals.setdefault(name.removeprefix("totals/"), set()).add(text)
    met = {}
    for dim, codes, refused in raw["folded"]:
        if refused:
            raise ValueError(_refusal(dim, refused, getattr(asked.recodes[dim], "foreign", {})))
        met[dim] = codes
    parents = _parents(raw)
    if asked.rule == "count":
        raw["attributes"] = [one for one in raw["attributes"] if one[0] not in _MEASURES]
    for dim, codes in met.items():
        for new, olds in _joined(asked, dim, codes).items():
            if len(olds) > 1:
                what = f"{_what(new)}: {dim} has"
                if dim in _MEASURES and asked.rule != "count":
                    raise ValueError(f"{what} {_some(olds)}, which can't be added up")
                _check_joined(what, dim, olds, totals.get(dim, set()), parents.get(dim, {}))
    return _report(asked, met)


def _refusal(dim: str, refused: Mapping[str, int], foreign: Mapping[str, str]) -> str:
    wrong = [code for code in refused if code in foreign]
    if wrong:
        more = f", and {len(wrong) - 1} more codes like it" if len(wrong) > 1 else ""
        return f"recode: {dim} has {wrong[0]!r} ({_rows(refused[wrong[0]])}){more}: {foreign[wrong[0]]}"
    some = ", ".join(f"{code!r} ({_rows(rows)})" for code, rows in list(refused.items())[:5])
    more = f" and {len(refused) - 5} more" if len(refused) > 5 else ""
    return (
        f"recode: the mapping of {dim} doesn't name {some}{more}: {_rows(sum(refused.values()))} in all; "
        '"*" says what others become: {"*": None} drops them, {"*": "*"} leaves them their code'
    )


def _rows(n: int) -> str:
    return f"{n} row{'' if n == 1 else 's'}"


def _joined(asked: Asked, dim: str, codes: Iterable[str]) -> dict[str | None, list[str]]:
    """The source's codes by what they have become; all that is dropped left out."""
    mapping = asked.recodes.get(dim)
    gone = dim in asked.dims
    joined: dict[str | None, list[str]] = {}
    for code in codes:
        new: str | None = code
        if mapping is not None:
            new = mapping[code] if code in mapping else mapping[OTHERS]
            if new is None:
                continue
            new = code if new == OTHERS else new
        joined.setdefault(None if gone else new, []).append(code)
    return joined


def _parents(raw: Raw) -> dict[str, dict[str, set[str]]]:
    """The codes beneath each code, where the source says which those are."""
    families: dict[str, dict[str, set[str]]] = {}
    for name, _, values, numbers, _ in raw["attributes"]:
        if not name.startswith("children/") or numbers is None or numbers[0] >= len(values):
            continue
        for family in values[int(numbers[0])].split("\x1e"):
            of, *codes = family.split("\x1f")
            families.setdefault(name.removeprefix("children/"), {})[of] = set(codes)
    return families


def _what(new: str | None) -> str:
    return "collapse" if new is None else f"recode to {new!r}"


def _check_joined(what: str, dim: str, codes: list[str], totals: set[str], beneath: Mapping[str, set[str]]) -> None:
    """That there is no total among the codes with its parts."""
    sums = [code for code in codes if code in totals or code in _TOTALS]
    if sums:
        others = [code for code in codes if code not in sums]
        raise ValueError(
            f"{what} {_some(sums)}, a sum over others, beside {_some(others or sums)}: added up, these would count "
            f"twice; where={{{dim!r}: [...]}} takes one side, and "
            f'recode={{{dim!r}: {{{sums[0]!r}: None, "*": "*"}}}} drops the sum'
        )
    if dim in _BY_DIGITS:
        ordered = sorted(code for code in codes if code.isdigit())
        for upper, lower in pairwise(ordered):
            if lower.startswith(upper):
                raise ValueError(
                    f"{what} {upper!r} and its part {lower!r}: added up, these would count twice; level= takes "
                    "the codes of so many digits"
                )
    for parent, children in beneath.items():
        both = [code for code in codes if code in children and code != parent]
        if parent in codes and both:
            raise ValueError(
                f"{what} {parent!r} and what it consists of, {_some(both)}: added up, these would count twice; "
                f"where={{{dim!r}: [...]}} takes one side"
            )


def _some(codes: list[str]) -> str:
    shown = ", ".join(map(repr, codes[:3]))
    return f"{shown} and {len(codes) - 3} more" if len(codes) > 3 else shown


def _report(asked: Asked, met: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if asked.dims:
        told["collapsed"] = dict.fromkeys(asked.dims, asked.rule)
    recoded, absent = {}, {}
    for dim, mapping in asked.recodes.items():
        known = dict.fromkeys(met.get(dim, ()))
        codes = [code for code in mapping if code in known] + [code for code in known if code not in mapping]
        news = _joined(asked, dim, codes)
        recoded[dim] = {new: tuple(olds) for new, olds in news.items() if new is not None and olds != [new]}
        missing = tuple(old for old, new in mapping.items() if old != OTHERS and new is not None and old not in known)
        if missing:
            absent[dim] = missing
    if any(recoded.values()):
        told["recoded"] = {dim: news for dim, news in recoded.items() if news}
    if absent:
        told["absent"] = absent
    return told
