"""Figures of a ledger: what is said becomes exact ends, and cells of data files are read."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Final

from indicia._labels import some
from indicia._ledger_model import Ends
from indicia._ledger_units import PURE, Unit, parse_unit
from indicia._phrases import _POWERS, PHRASES, published_ends
from indicia.flags import Flag

if TYPE_CHECKING:
    from indicia.observations import Observations

__all__ = ["BUILT_IN", "Cell", "Figure", "exactly", "figure", "read_cell"]

BUILT_IN: Final = "indicia:"
_LARGEST: Final = 400  # digits; beyond what doubles hold
_LAST: Final = re.compile(
    r"\d(?:[\d,'’\u00a0\u2009\u202f ]*\d)?(?:\.(\d*))?(?:[eE]([-+]?\d+))?|\.(\d+)(?:[eE]([-+]?\d+))?"
)
_WORD: Final = re.compile("(?:" + "|".join(map(re.escape, sorted(_POWERS, key=len, reverse=True))) + r")\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a text stands for, in base units."""

    literal: Ends | None
    reported: Ends | None
    digit: Fraction | None
    why: str = ""


def figure(
    said: str, unit: Unit, *, decimals: int | None, kind: str, exact: bool | None, reading: str | None
) -> Figure:
    """A published figure under its two readings; ValueError says what it lacks."""
    if len(said) > _LARGEST:
        raise ValueError(f"a figure of {len(said):,} characters")
    power = 0
    if word := _WORD.search(said):
        power = _POWERS[word[0].strip().lower()]
        if unit.power not in (0, power):
            raise ValueError(f"{said!r} says {word[0].strip()!r}, its unit {unit.text!r}: one of the two must go")
    multiplier = 0 if power else unit.power
    options: dict[str, Any] = {"kind": kind, "exact": exact, "multiplier": multiplier, "phrases": PHRASES}
    last = _last(said, decimals)
    if last is None or abs(last) + len(said) > _LARGEST:
        raise ValueError(f"{said!r} has no number" if last is None else f"{said!r} is beyond all sizes")
    # Only words can be read in two ways.
    readings = ("literal", "reported") if said[0] not in "0123456789" else ("literal",)
    both = [published_ends(said, decimals, reading=one, **options) for one in readings]
    if any(isinstance(end, float) and math.isnan(end) for ends in both for end in ends):
        why = f"{said!r} has so many digits that print didn't round it: its step is unknown without decimals= or exact="
        return Figure(None, None, None, why)
    literal, reported = both[0], both[-1]
    if reading is not None:
        literal = reported = reported if reading == "reported" else literal
    return Figure(literal, reported, Fraction(10) ** (last + power + multiplier))


def exactly(value: str, unit: Unit) -> Figure:
    """An exact number."""
    if len(value) > _LARGEST or abs(Decimal(value).adjusted()) > _LARGEST:
        raise ValueError("a figure beyond all sizes")
    number = Decimal(value)
    end = Fraction(number) * Fraction(10) ** unit.power
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return Figure((end, end), (end, end), Fraction(10) ** (exponent + unit.power))


def _last(said: str, decimals: int | None) -> int | None:
    """The power of ten of the last digit printed."""
    last = None
    for found in _LAST.finditer(said):
        exponent = found[2] or found[4] or "0"
        if len(exponent) > 5:
            return _LARGEST
        last = int(exponent) - len(found[1] or found[3] or "")
    return last if last is None or decimals is None else -decimals


# ---- cells -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a data file: the figure as printed, or why there is none."""

    said: str
    decimals: int | None
    unit: Unit | None
    flags: tuple[str, ...]
    period: str
    why: str = ""


def read_cell(spec: Mapping[str, Any], folder: str, stated: Unit | None) -> Cell:
    """The one cell that a file, codes and a period choose; ValueError, OSError or KeyError where that isn't one."""
    from indicia.read import read_observations

    file, where, time = str(spec["file"]), dict(spec.get("where", {})), spec.get("time")
    options: dict[str, Any] = {
        "where": {dim: _codes(codes) for dim, codes in where.items()},
        "format": spec.get("format"),
    }
    if file.startswith(BUILT_IN):
        name = file.removeprefix(BUILT_IN).lstrip()
        known = sorted(entry.name for entry in files("indicia.data").iterdir() if entry.name.endswith(".csv"))
        if name not in known:
            raise ValueError(f"no built-in data {name!r}; there are {some(known)}")
        with as_file(files("indicia.data") / name) as path:
            rows = read_observations(path, **options)
    else:
        here = file if "://" in file else os.path.join(folder, os.path.expanduser(file))
        rows = read_observations(here, **options)
    wanted = "" if time is None else str(time)
    # The series is read whole, as its digits are those of its most precise figure.
    found = rows if time is None else rows.sel(time=wanted)
    if len(found.values) != 1:
        raise ValueError(_not_one(found, where, wanted))
    value = float(found.values[0])
    decimals, unit = _one(found.decimals), _unit(found, stated)
    bits = Flag(0) if found.flags is None else Flag(int(found.flags[0]))
    flags = tuple(str(flag.name) for flag in Flag if bits & flag)
    period = str(found.time[0]) if found.time is not None else ""
    if not math.isfinite(value):
        why = "the cell is missing" + (f" ({', '.join(flags)})" if flags else "")
        return Cell("", None, unit, flags, period, why)
    text = format(Decimal(repr(value)), "f")
    text = text.removesuffix(".0") if "." in text else text
    if decimals is not None and 0 <= decimals <= 22:
        places = len(text.partition(".")[2])
        text += ("." if not places and decimals else "") + "0" * max(0, decimals - places)
    return Cell(text, decimals if decimals is not None and decimals != -1 else None, unit, flags, period)


def _codes(codes: Any) -> Any:
    return [str(code) for code in codes] if isinstance(codes, list | tuple) else str(codes)


def _not_one(found: Observations, where: Mapping[str, Any], time: str) -> str:
    told = " ".join([*(f"{dim}={codes}" for dim, codes in where.items()), *([f"time={time}"] if time else [])])
    if not len(found.values):
        return f"no cell at {told}"
    several = {dim: codes for dim, codes in found.codes.items() if len(codes) > 1}
    hints = [f"{dim} ({some(list(codes), 4)})" for dim, codes in several.items()]
    if found.time is not None and len({str(period) for period in found.time}) > 1:
        hints.append("time")
    return f"{len(found.values):,} cells at {told or 'no choice'}: choose one of {' and '.join(hints) or 'them'}"


def _one(x: Any) -> int | None:
    if x is None:
        return None
    return int(x) if not hasattr(x, "shape") or not x.shape else int(x.flat[0])


def _unit(found: Observations, stated: Unit | None) -> Unit | None:
    """The file's unit, held against the one that the ledger states."""
    name = found.unit if not hasattr(found.unit, "flat") else found.unit.flat[0]
    power = _one(found.multiplier) or 0
    if name is None and not power:
        return stated
    words = (f"10**{power} " if power else "") + str(name or "")
    try:
        unit = parse_unit(words)
    except ValueError:
        unit = None
    if stated is None:
        return unit if unit is not None else PURE
    if unit is not None and unit.dims == stated.dims and unit.power != stated.power:
        raise ValueError(f"the file's unit is {unit.text!r}, the ledger's {stated.text!r}")
    currencies = [
        {name for name, _ in u.dims if len(name) == 3 and name.isascii() and name.isupper()}
        for u in (unit or PURE, stated)
    ]
    if all(currencies) and currencies[0] != currencies[1]:
        raise ValueError(f"the file's unit is {words!r}, the ledger's {stated.text!r}")
    return stated
