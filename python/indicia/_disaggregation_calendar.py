"""Which periods belong to which benchmark, and with which weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indicia._disaggregation_series import Series
from indicia.periods import Periods

__all__ = ["CONVERSIONS", "Calendar", "calendar"]

PER_YEAR: Final = {"A": 1, "S": 2, "Q": 4, "M": 12}
CONVERSIONS: Final = ("sum", "average", "first", "last")


@dataclass(slots=True)
class Calendar:
    """The periods of a result, and where they belong.

    Attributes
    ----------
    n
        How many periods.
    lows
        How many benchmarks.
    per
        Periods in a benchmark.
    low
        For each period its benchmark, or -1 where there is none, or it doesn't count.
    weight
        For each period how much it counts.
    time
        The periods, where they are known.
    first
        The first period of benchmark 0, as a place among the periods; it may lie before them.
    days
        How long each period is, or 1.
    """

    n: int
    lows: int
    per: int
    low: NDArray[np.int32]
    weight: NDArray[np.float64]
    time: Periods | None
    first: int
    days: NDArray[np.float64]


def calendar(
    benchmark: Series, indicator: Series | None, *, to: str | None, per: int | None, start: int, conversion: str,
    lengths: str,
) -> Calendar:  # fmt: skip
    """Lay the periods of `indicator` (or those that `to` or `per` ask for) along `benchmark`."""
    if conversion not in CONVERSIONS:
        raise ValueError(f"conversion: expected one of {', '.join(CONVERSIONS)}, got {conversion!r}")
    if lengths not in ("equal", "days"):
        raise ValueError(f"lengths: expected 'equal' or 'days', got {lengths!r}")
    time = None
    if benchmark.time is not None and (indicator is None or indicator.time is not None):
        per, first, time = _dated(benchmark, indicator, to)
        n = benchmark.n * per if indicator is None else indicator.n
    else:
        if to is not None:
            raise ValueError(f"to={to!r} needs periods; here per= says how many there are in a benchmark")
        if per is None or per < 1:
            raise ValueError("per: how many periods there are in a benchmark (4 quarters in a year) must be said")
        first, n = (start, indicator.n) if indicator is not None else (0, benchmark.n * per)
    if lengths == "days" and time is None:
        raise ValueError("lengths='days' needs periods")
    if time is not None and lengths == "days":
        days = (time.last_days() - time.first_days()).astype(np.float64) + 1
    else:
        days = np.ones(n)
    place = np.arange(n) - first
    low = place // per
    within = place % per
    inside = (low >= 0) & (low < benchmark.n)
    counts = np.bincount(low[inside], minlength=benchmark.n)
    if conversion == "first":
        good = inside & (within == 0)
    elif conversion == "last":
        good = inside & (within == per - 1)
    else:
        good = inside & (np.where(inside, counts[np.clip(low, 0, benchmark.n - 1)], 0) == per)
    weight = np.where(good, 1.0, 0.0)
    if conversion == "average":
        sums = np.bincount(low[good], days[good], minlength=benchmark.n)
        weight[good] = days[good] / sums[low[good]]
    return Calendar(n, benchmark.n, per, np.where(good, low, -1).astype(np.int32), weight, time, first, days)


def _dated(benchmark: Series, indicator: Series | None, to: str | None) -> tuple[int, int, Periods]:
    assert benchmark.time is not None
    slow = str(benchmark.time.freq)
    quick = to if indicator is None or indicator.time is None else str(indicator.time.freq)
    if quick is None:
        raise ValueError("to: without an indicator, say the frequency of the result: 'S', 'Q' or 'M'")
    if to is not None and to != quick:
        raise ValueError(f"to={to!r}: the indicator is of frequency {quick}")
    if slow not in PER_YEAR or quick not in PER_YEAR or PER_YEAR[quick] <= PER_YEAR[slow]:
        raise ValueError(f"from frequency {slow} to {quick}: expected years, halves or quarters, to something shorter")
    per = PER_YEAR[quick] // PER_YEAR[slow]
    begin = int(benchmark.time.ordinals[0]) * per
    if indicator is None or indicator.time is None:
        return per, 0, Periods.range(quick, begin, benchmark.n * per)
    return per, begin - int(indicator.time.ordinals[0]), indicator.time
