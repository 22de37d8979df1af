"""What is aimed at: a target as it is said, the figure that it names, and the ends within which it is met."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, NamedTuple

import numpy as np

from indicia._interval import Interval
from indicia._phrases import PHRASES, Phrase, published_ends, step_of, words_of
from indicia.periods import Period

__all__ = ["Ends", "Target", "admitted", "ends_of_targets", "fractions", "target"]

OF: Final = ("growth", "level", "share")
AIMS: Final = ("reach", "within", "limit")
_PERCENT: Final = re.compile(r"%|per\s?cent", re.I)


@dataclass(frozen=True)
class Target:
    """A target: what was said, the figure that it names, and the ends of what was said.

    Attributes
    ----------
    said : str
        As it was said.
    kind : {"point", "range", "around", "at least", "at most"}
    of : {"growth", "level", "share"}
        What it is a target of. Growth and shares are fractions, levels in their own unit.
    low, high : float
        The ends of what was said: those of a range; one unit of the last digit to either side for "around"; -inf or
        inf where there is none. The tightest doubles around the exact ends.
    figure : float
        What to aim at: the figure that is named; of a range the lower end, the upper one if the aim is "limit".
    aim : {"reach", "within", "limit"}
        When it is met: not below `low` (more is no failure), between both ends, or not above `high`.
    step : float
        The unit of the last digit that was said; NaN where a number was given.
    period : Period or None
        What it is a target for.

    See Also
    --------
    target : makes one of a text or a number.

    Examples
    --------
    >>> from indicia import targets
    >>> targets.target("5 to 5.5 %").figure
    0.05
    """

    said: str
    kind: str
    of: str
    low: float
    high: float
    figure: float
    aim: str
    step: float = math.nan
    period: Period | None = None

    def __str__(self) -> str:
        when = "" if self.period is None else f" in {self.period}"
        return f"{self.said} ({self.of}{when})"

    @property
    def named(self) -> tuple[float, float]:
        """The figure from which gaps are measured, twice; of a range its ends.

        Examples
        --------
        >>> from indicia import targets
        >>> targets.target("around 5 %").named
        (0.05, 0.05)
        """
        return (self.low, self.high) if self.kind == "range" else (self.figure, self.figure)

    @property
    def admits(self) -> Interval:
        """The outcomes that meet it.

        Examples
        --------
        >>> from indicia import targets
        >>> targets.target("5.5 %").admits, targets.target("5.5 %", aim="within").admits
        (Interval(0.05499999999999999, inf), Interval(0.05499999999999999, 0.055))
        """
        return Interval(*admitted(self.low, self.high, self.aim))


def target(
    said: Any,
    *,
    of: str = "growth",
    aim: str | None = None,
    percent: bool = True,
    decimals: int | None = None,
    period: str | int | Period | None = None,
    phrases: Mapping[str, Phrase] | None = None,
) -> Target:
    """A target from what was said of it.

    Parameters
    ----------
    said : str, float, Interval or Target
        A text is as printed: ``"5.5 %"``, ``"around 5"``, ``"above 5.5"``, ``"5 to 5.5"``, ``"no more than 3"``, with
        the words of `indicia.interval.PHRASES`. A number or an Interval is in the unit of the result (0.055 is 5.5 %),
        exact.
    of : {"growth", "level", "share"}
        What it is a target of.
    aim : {"reach", "within", "limit"}, optional
        When it is met: by no less than its lower end, between its ends, or by no more than its upper end. By default
        "limit" of what is said to be at most so much, else "reach".
    percent : bool
        Whether a text without a unit is in per cent, of growth and shares.
    decimals : int, optional
        To which digit the text is rounded, where it doesn't show it.
    period : str, int or Period, optional
        What it is a target for: a year.
    phrases : dict of str to Phrase, optional
        In place of `indicia.interval.PHRASES`.

    Returns
    -------
    Target

    Raises
    ------
    ValueError
        The text holds no number, or words that are in no row; an option is none of its choices.

    Notes
    -----
    Targets are exact as said: 5.5 is not 5.45. "Around 5" is 4 to 6 by the table of phrases, one unit of the last digit
    printed, and "around 5.0" 4.9 to 5.1; ``phrases=`` overrules that.

    Examples
    --------
    >>> from indicia import targets
    >>> lofty = targets.target("above 5.5 %", period="2023")
    >>> print(lofty)
    above 5.5 % (growth in 2023)
    >>> lofty.kind, lofty.figure, lofty.step
    ('at least', 0.055, 0.001)
    >>> targets.target("around 5").figure, targets.target("more than 209", of="level").low
    (0.05, 209.0)
    """
    _choice("of", of, OF)
    if aim is not None:
        _choice("aim", aim, AIMS)
    when = _period(period)
    if isinstance(said, Target):
        return replace(said, aim=aim or said.aim, period=when or said.period)
    if isinstance(said, Interval):
        if said.shape:
            raise ValueError(f"a target is one figure or range, got intervals of shape {said.shape}")
        return _of_ends(float(said.low), float(said.high), of, aim, when)
    if not isinstance(said, str):
        number = float(said)
        if not math.isfinite(number):
            raise ValueError(f"{said!r} is no target: expected a number, or a text such as 'around 5 %'")
        return _of_ends(number, number, of, aim, when)
    table = PHRASES if phrases is None else phrases
    power = -2 if of != "level" and percent and not _PERCENT.search(said) else 0
    how: dict[str, Any] = {"kind": "target", "reading": "literal", "phrases": table, "exact": None}
    low, high = published_ends(said, decimals, multiplier=power, **how)
    words, rest = words_of(said, table)
    if words:
        figure, _ = published_ends(rest, decimals, multiplier=power, **how)  # without the words: exact
        bounded = math.isfinite(low), math.isfinite(high)
        kind = {(True, True): "around", (True, False): "at least", (False, True): "at most"}.get(bounded, "around")
    else:
        kind, figure = ("point" if low == high else "range"), low
    aim = aim or ("limit" if kind == "at most" else "reach")
    if kind == "range" and aim == "limit":
        figure = high
    step = step_of(said, decimals, multiplier=power, phrases=table)
    return Target(said.strip(), kind, of, _down(low), -_down(-high), float(figure), aim, float(step), when)


def _of_ends(low: float, high: float, of: str, aim: str | None, when: Period | None) -> Target:
    if low == high:
        kind = "point"
    elif math.isfinite(low) and math.isfinite(high):
        kind = "range"
    else:
        kind = "at least" if math.isfinite(low) else "at most"
    if math.isnan(low) or low == -math.inf == -high:
        raise ValueError(f"no target: [{low}, {high}] has no end to aim at")
    aim = aim or ("limit" if kind == "at most" else "reach")
    figure = high if kind == "at most" or (kind == "range" and aim == "limit") else low
    said = _shown(low, of) if low == high else f"{_shown(low, of)} to {_shown(high, of)}"
    if kind in ("at least", "at most"):
        said = f"{kind} {_shown(figure, of)}"
    return Target(said, kind, of, low, high, figure, aim, math.nan, when)


def _shown(value: float, of: str) -> str:
    return f"{value:g}" if of == "level" else f"{100 * value:.6g} %"


def _down(x: Fraction | float) -> float:
    """The largest double not above x."""
    if isinstance(x, float):
        return x
    nearest = x.numerator / x.denominator
    return nearest if Fraction(nearest) <= x else math.nextafter(nearest, -math.inf)


def _period(period: str | int | Period | None) -> Period | None:
    if period is None or isinstance(period, Period):
        return period
    return Period.parse(str(period))


def _choice(name: str, given: str, choices: tuple[str, ...]) -> None:
    if given not in choices:
        raise ValueError(f"{name}: expected one of {', '.join(choices)}, got {given!r}")


def admitted(low: Any, high: Any, aim: str) -> tuple[Any, Any]:
    """The ends of what meets a target of these ends."""
    if aim == "reach":
        return low, np.full_like(high, np.inf)
    return (low, high) if aim == "within" else (np.full_like(low, -np.inf), high)


# ---- many targets ----------------------------------------------------------------------------------------------


class Ends(NamedTuple):
    """Targets as numbers, each in the kind of container that they came in.

    `low` and `high` are what was said, `named_low` and `named_high` what gaps are measured from, `figure` what to aim
    at; `admits_low` and `admits_high` what meets them; `step` the unit of the last digit said, NaN of a number.
    """

    low: Any
    high: Any
    named_low: Any
    named_high: Any
    figure: Any
    admits_low: Any
    admits_high: Any
    step: Any


def fractions(x: Any, name: str) -> Any:
    """`x` itself; ValueError for a cube in per cent."""
    units = getattr(x, "unit", None) if hasattr(x, "codes") else None
    for unit in () if units is None else np.unique(np.asarray(units, dtype=object).astype(str)):
        if _PERCENT.search(unit):
            raise ValueError(f"{name}: a fraction is expected (0.06 is 6 %), the unit is {str(unit)!r}")
    return x


def ends_of_targets(given: Any, **how: Any) -> Ends:
    """The numbers of one target or many: texts, numbers, Targets, an Interval, arrays, pandas, polars of these, cubes.

    Options are those of `target`. What is missing (None, NaN, an empty text) has NaN throughout.
    """
    if how.get("of") != "level":
        fractions(given, "target")
    if isinstance(given, str | Target | float | int | np.number):
        if isinstance(given, float | np.floating) and math.isnan(given):
            return Ends(*[math.nan] * len(Ends._fields))
        return Ends(*_numbers(target(given, **how)))
    cells, wrap = _texts(given)
    if cells is None:  # numbers, whatever holds them: exact, and each its own figure
        x = np.asarray(given, np.float64) if isinstance(given, list | tuple | np.ndarray) else given
        low, high = {"limit": (-np.inf, 0.0), "within": (0.0, 0.0)}.get(how.get("aim") or "reach", (0.0, np.inf))
        none = x * 0.0
        return Ends(
            x, x, x, x, x, x + low if low == 0 else none + low, x + high if high == 0 else none + high, none * np.nan
        )
    rows = [[math.nan] * len(Ends._fields) if _missing(x) else _numbers(target(x, **how)) for x in cells]
    columns = np.array(rows, np.float64).reshape(-1, len(Ends._fields)).T
    return Ends(*map(wrap, columns))


def _numbers(one: Target) -> list[float]:
    return [one.low, one.high, *one.named, one.figure, *map(float, admitted(one.low, one.high, one.aim)), one.step]


def _missing(x: Any) -> bool:
    if isinstance(x, Interval):
        return not x.known
    return x is None or x == "" or (isinstance(x, float | np.floating) and math.isnan(x))


def _texts(given: Any) -> tuple[Sequence[Any] | None, Callable[[Any], Any]]:
    """The cells of what doesn't hold numbers alone, and how a column of numbers takes their place."""
    pd, pl = sys.modules.get("pandas"), sys.modules.get("polars")
    if isinstance(given, Interval):
        return [given[i] for i in np.ndindex(given.shape)] if given.shape else [given], _shaped(given.shape)
    if pd is not None and isinstance(given, pd.Series):
        if pd.api.types.is_numeric_dtype(given.dtype):
            return None, np.asarray
        return given.astype(object).where(given.notna(), None).tolist(), lambda column: pd.Series(
            column, index=given.index, name=given.name
        )
    if pd is not None and isinstance(given, pd.DataFrame):
        if all(pd.api.types.is_numeric_dtype(dtype) for dtype in given.dtypes):
            return None, np.asarray
        cells = given.astype(object).where(given.notna(), None).to_numpy()
        return cells.ravel().tolist(), lambda column: pd.DataFrame(
            column.reshape(cells.shape), index=given.index, columns=given.columns
        )
    if pl is not None and isinstance(given, pl.Series):
        if given.dtype.is_numeric():
            return None, np.asarray
        return given.to_list(), lambda column: pl.Series(given.name, column)
    if isinstance(given, list | tuple | np.ndarray):
        if isinstance(given, np.ndarray) and given.dtype.kind in "biuf":
            return None, np.asarray
        array = np.array(given, dtype=object) if any(isinstance(x, Target) for x in given) else np.asarray(given)
        if array.dtype.kind in "biuf":
            return None, np.asarray
        return np.asarray(given, dtype=object).ravel().tolist(), _shaped(array.shape)
    if getattr(getattr(given, "dtype", None), "kind", "f") in "OUST" and hasattr(given, "copy"):  # xarray
        return given.values.ravel().tolist(), lambda column: given.copy(data=column.reshape(given.shape))
    return None, np.asarray


def _shaped(shape: tuple[int, ...]) -> Callable[[Any], Any]:
    return lambda column: column.reshape(shape)
