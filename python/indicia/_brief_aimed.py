"""What members of a brief aim at: growth of the year to date beside it, and what the rest of the year must bring."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import interval, ufuncs
from indicia._audit_found import Verdict
from indicia._interval import Interval
from indicia._labels import near
from indicia.cube import Cube
from indicia.errors import UnknownNameError
from indicia.periods import Periods
from indicia.targets import Target, gap, path, target

__all__ = ["Aim", "aims_for", "set_aims"]


@dataclass(frozen=True)
class Aim:
    """A member's target for the growth of the year, and where it stands.

    Attributes
    ----------
    target : indicia.targets.Target
    so_far : Interval
        Growth of the year up to the period, over the same periods of the year before, from levels as printed.
    left : int
        How many periods the year still has.
    gap : Interval
        `so_far` less the target, in points as fractions.
    met : Verdict
        Once the year is over; UNKNOWN before.
    required : float
        Growth that the rest of the year needs over that of the year before; NaN when there is none.
    percentile, years : float, int
        In which part of how many earlier years the same part of the year grew by less.
    """

    target: Target
    so_far: Interval
    left: int
    gap: Interval
    met: Verdict
    required: float = math.nan
    percentile: float = math.nan
    years: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, NaN as None."""

        def ends(x: Interval) -> list[float | None] | None:
            return [_plain(x.low), _plain(x.high)] if x.known else None

        return {
            "said": self.target.said,
            "low": _plain(self.target.low),
            "high": _plain(self.target.high),
            "so_far": ends(self.so_far),
            "left": self.left,
            "gap": ends(self.gap),
            "met": self.met.name,
            "required": _plain(self.required),
            "percentile": _plain(self.percentile),
            "years": self.years,
        }


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def aims_for(given: Any, codes: Sequence[str], labels: Mapping[str, str]) -> dict[str, Target]:
    """The target of each member, of one for all or a mapping by code."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        one = target(given)
        return dict.fromkeys(codes, one)
    for code in given:
        if code not in codes:
            raise UnknownNameError(f"targets: no member {code!r}{near(code, list(codes), labels)}")
    return {code: target(said) for code, said in given.items()}


def set_aims(
    aims: Mapping[str, Target], cube: Cube, by: str, t: int, printed: Sequence[Interval | None]
) -> dict[str, Aim]:
    """Where each member with a target stands at place `t`; `printed` are levels of the year's periods so far and then
    those of the year before, as printed, for the members of `aims` in order; None where their digits aren't known."""
    time = cube.time
    assert time is not None
    codes = list(aims)
    if time.per_year is None:
        raise ValueError("targets: years of weeks and days differ in length; needed are years, quarters or months")
    left = time.per_year - 1 - int(time.ordinals[t]) % time.per_year
    half = len(printed) // 2
    sums = [_sum(part, len(codes)) for part in (printed[:half], printed[half:])]
    so_far = interval.rate(*sums)
    found = {}
    needs = _required(aims, cube, by, t) if left else {}
    for i, code in enumerate(codes):
        aim, rate = aims[code], so_far[i]
        met = Verdict.UNKNOWN
        if not left:
            ends = (aim.admits.low, aim.admits.high, rate.low, rate.high)
            met = Verdict(int(ufuncs.interval_verdict(*ends, 1.0)[0]))
        found[code] = Aim(aim, rate, left, gap(rate, aim), met, *needs.get(code, ()))
    return found


def _sum(parts: Sequence[Interval | None], count: int) -> Interval:
    total = Interval(np.zeros(count))
    for part in parts:
        total = total + (Interval(np.full(count, math.nan)) if part is None else part)
    return total


def _required(aims: Mapping[str, Target], cube: Cube, by: str, t: int) -> dict[str, tuple[float, float, int]]:
    """Needed growth of the rest, its percentile and of how many years, by member."""
    codes = list(aims)
    time = cube.time
    assert time is not None
    values: NDArray[np.float64] = cube.sel({by: codes}).values[:, : t + 1]
    until = Cube([by, "time"], {by: codes}, Periods.range(str(time.freq), int(time.ordinals[0]), t + 1), values)
    try:
        found = path(until, list(aims.values()), at=time[t])
    except ValueError:  # no member has what is needed, or less than a year and a period
        return {}
    rows = zip(found.required, found.percentile, found.years, strict=True)
    return {code: (float(a), float(b), int(n)) for code, (a, b, n) in zip(codes, rows, strict=True)}
