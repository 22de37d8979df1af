"""What `growth.untangle` finds, as one holds it: bounds, contradictions, tables."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Bounds", "Conflict", "Figure", "Untangled"]

_WORDS: Final = {
    "level": "level", "ytd": "sum of the year", "rate": "growth", "ytd_rate": "growth of the sum of the year",
    "revised": "revised level", "revised_ytd": "revised sum of the year",
}  # fmt: skip
_SHOWN: Final = 10


class Bounds(NamedTuple):
    """The least and the most that something can be, each of the kind of the figures.

    Examples
    --------
    >>> Bounds(1.0, 2.0).middle
    1.5
    """

    low: Any
    high: Any

    @property
    def middle(self) -> Any:
        """Half way between the two."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> Any:
        """How much is left open."""
        return self.high - self.low


class Figure(NamedTuple):
    """One published figure: which argument of `untangle` it is from, its period and its value."""

    name: str
    period: str
    value: float

    def __str__(self) -> str:
        value = f"{self.value * 100:.6g} %" if "rate" in self.name else f"{self.value:.12g}"
        return f"{_WORDS[self.name]} {self.period}: {value}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Figures of one series that can't all be right; without any one of them the others could.

    Attributes
    ----------
    series : str
        Its name, "" where there is one alone.
    figures : tuple of Figure
    revised : tuple of str
        Years that were then taken to have been revised before growth was measured from them; if none, the figures were
        left out.
    """

    series: str
    figures: tuple[Figure, ...]
    revised: tuple[str, ...]

    def __str__(self) -> str:
        text = " | ".join(map(str, self.figures))
        then = f"base of {', '.join(self.revised)} taken as revised" if self.revised else "left out"
        return f"{self.series + ': ' if self.series else ''}{text} ({then})"


@dataclass(frozen=True, slots=True, repr=False)
class Untangled:
    """Bounds of levels and growth, and the contradictions among what was published.

    Attributes
    ----------
    level, ytd : Bounds
        Of each period's figure, and of the sum of the year so far.
    base : Bounds
        Of the level that growth a year later is measured from.
    growth, ytd_growth : Bounds
        Comparable growth over a year, as fractions; NaN where nothing is known.
    conflicts : tuple of Conflict
    given : tuple of str
        What was published.

    Examples
    --------
    >>> from indicia import growth
    >>> print(growth.untangle([5.0, 7.0], ytd=[5.0, 15.0], decimals=0, freq="Q"))
    Untangled: 1 series of 2 periods, from level and ytd; 1 contradiction
      sum of the year 0: 5 | level 1: 7 | sum of the year 1: 15 (left out)
    """

    level: Bounds
    ytd: Bounds
    base: Bounds
    growth: Bounds
    ytd_growth: Bounds
    conflicts: tuple[Conflict, ...]
    given: tuple[str, ...]

    def __str__(self) -> str:
        low = _array(self.level.low)
        time = getattr(self.level.low, "index", None)
        periods = len(time) if time is not None and not callable(time) else low.shape[-1]
        series = low.size // max(periods, 1)
        count = len(self.conflicts)
        said = f"{count or 'no'} contradiction{'' if count == 1 else 's'}"
        lines = [f"Untangled: {series} series of {periods} periods, from {' and '.join(self.given)}; {said}"]
        lines += [f"  {conflict}" for conflict in self.conflicts[:_SHOWN]]
        if count > _SHOWN:
            lines.append(f"  and {count - _SHOWN} more")
        return "\n".join(lines)

    __repr__ = __str__

    def to_pandas(self) -> pd.DataFrame:
        """Of one series: a row for each period, columns low and high of everything.

        Returns
        -------
        DataFrame
            Columns are pairs: ``("level", "low")`` and so on.

        Raises
        ------
        ValueError
            There are several series: their bounds are tables of their own.
        """
        import pandas as pd

        low = _array(self.level.low)
        if low.size != max(low.shape, default=0):
            raise ValueError(f"to_pandas: one series is expected, there are figures of shape {low.shape}")
        columns = {
            (name, end): np.ravel(_array(getattr(getattr(self, name), end)))
            for name in ("level", "ytd", "base", "growth", "ytd_growth")
            for end in ("low", "high")
        }
        index = None
        if isinstance(self.level.low, pd.Series | pd.DataFrame):
            index = self.level.low.index
        elif (time := getattr(self.level.low, "time", None)) is not None and "indicia.cube" in sys.modules:
            index = pd.Index(list(map(str, time)), name="time")
        return pd.DataFrame(columns, index=index)


def _array(x: Any) -> Any:
    return np.asarray(getattr(x, "values", x) if hasattr(x, "dims") else x)
