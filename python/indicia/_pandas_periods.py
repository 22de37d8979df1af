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
    name = index.freqstr.replace("A-", "Y-")
    if name == "B":
        index, name = index.asfreq("D"), "D"
    letter = _LETTER.get(name, "")
    numbers = np.asarray(index.asi8)
    if letter == "S":
        if (numbers % 6).any():
            raise ValueError("periods of six months that don't begin in January or July are no half-years")
        numbers = numbers // 6
    if not letter or freq not in (None, letter):
        wanted = f"freq={freq!r}" if letter else "a year to December, 6M, quarter, month, week to Sunday or day"
        raise ValueError(f"periods of frequency {index.freqstr} are no {wanted}")
    _core.period_years(letter, numbers.astype(np.int32))  # raises outside the years 0001 to 9999
    return letter, numbers.astype(np.int32)


def _letter_of_steps(index: pd.DatetimeIndex) -> str:
    step = index.freqstr
    if step is None and len(index) >= 3:
        step = pd.infer_freq(index)
    letter = _STEPS.get((step or "").split("-")[0])
    if letter is None:
        what = "no frequency can be inferred from the dates" if step is None else f"steps of {step} are no frequency"
        raise ValueError(f"{what}: say freq= (one of {', '.join(_PANDAS)})")
    months = {"A": 12, "S": 6, "Q": 3}.get(letter, 1)
    place = (index.month - 1) % months
    if not (place == 0).all() and not (place == months - 1).all():
        raise ValueError(f"steps of {step} don't mark calendar periods: say freq= for those that hold the dates")
    return letter
