"""Periods as pandas has them: the half of `indicia.periods` that needs pandas."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicia import _core

_PANDAS: Final = {"A": "Y-DEC", "S": "6M", "Q": "Q-DEC", "M": "M", "W": "W-SUN", "D": "D"}
_LETTER: Final = {name: letter for letter, name in _PANDAS.items()}

# pandas' names for the steps of a DatetimeIndex, without what follows a hyphen, and the letter of the periods they mark
_STEPS: Final = {
    **dict.fromkeys(["Y", "A", "YE", "YS", "BYE", "BYS"], "A"),
    **dict.fromkeys(["2Q", "2QE", "2QS", "6ME", "6MS", "6M"], "S"),
    **dict.fromkeys(["Q", "QE", "QS", "BQE", "BQS", "3ME", "3MS"], "Q"),
    **dict.fromkeys(["M", "ME", "MS", "BME", "BMS"], "M"),
    "W": "W",
    **dict.fromkeys(["D", "B", "C"], "D"),
}


def to_index(freq: str, ordinals: NDArray[np.int32]) -> pd.PeriodIndex:
    """pandas counts half-years by the month they begin with."""
    numbers = ordinals.astype(np.int64) * (6 if freq == "S" else 1)
    kind: Any = pd.PeriodIndex  # the stubs don't know from_ordinals
    index: pd.PeriodIndex = kind.from_ordinals(numbers, freq=_PANDAS[freq], name="time")
    return index


def from_index(index: Any, freq: str | None) -> tuple[str, NDArray[np.int32]]:
    """Letter and ordinals; ValueError where the index has periods that indicia has not."""
    if not isinstance(index, pd.PeriodIndex | pd.DatetimeIndex):
        raise TypeError(f"expected a PeriodIndex or a DatetimeIndex, got {type(index).__name__}")
    if index.hasnans:
        raise ValueError(f"element {int(np.flatnonzero(index.isna())[0])} of the index is missing (NaT)")
    if isinstance(index, pd.DatetimeIndex):
        letter = freq or _letter_of_steps(index)
        if index.tz is not None:
            index = index.tz_localize(None)
        return letter, _core.periods_of_days(letter, index.to_numpy().astype("M8[D]").astype(np.int64))
    name = str(index.dtype).removeprefix("period[").removesuffix("]")
    letter = _LETTER.get(name.replace("A-", "Y-"), "")
    numbers = np.asarray(index.asi8)
    if letter == "S":
        if (numbers % 6).any():
            raise ValueError("periods of six months that don't begin in January or July are no half-years")
        numbers = numbers // 6
    if not letter:
        held = "years to December, half-years (6M), quarters, months, weeks to Sunday and days"
        raise ValueError(f"periods of frequency {name} can't be held: {held} can")
    if freq not in (None, letter):
        raise ValueError(f"periods of frequency {name} are not of freq={freq!r}")
    _core.period_years(letter, numbers.astype(np.int32))  # raises outside the years 0001 to 9999
    return letter, numbers.astype(np.int32)


def _letter_of_steps(index: pd.DatetimeIndex) -> str:
    """The frequency that the index states, or that its dates keep without a gap: one in each period."""
    letter = _STEPS.get((index.freqstr or "").split("-")[0])
    if letter is None and index.freqstr is None and len(index) >= 3:
        letter = next((letter for letter in _PANDAS if _keeps(index, letter)), None)
    say = f"say freq= (one of {', '.join(_PANDAS)})"
    if letter is None:
        steps = index.freqstr
        raise ValueError(f"{'the dates keep' if steps is None else f'steps of {steps} are'} no frequency: {say}")
    months = {"A": 12, "S": 6, "Q": 3}.get(letter, 1)
    place = (index.month - 1) % months
    if not (place == 0).all() and not (place == months - 1).all():
        raise ValueError(f"the dates neither begin nor end calendar years, half-years or quarters: {say}")
    return letter


def _keeps(index: pd.DatetimeIndex, letter: str) -> bool:
    days = index.to_numpy().astype("M8[D]")
    if letter == "D" and np.is_busday(days).all():  # Friday and Monday are neighbours
        steps = np.busday_count(days[:-1], days[1:])
    else:
        steps = np.diff(_core.periods_of_days(letter, days.astype(np.int64)))
    even = letter != "W" or len(np.unique((days - days[0]).astype(np.int64) % 7)) == 1  # one day of the week
    return even and (bool((steps == 1).all()) or bool((steps == -1).all()))
