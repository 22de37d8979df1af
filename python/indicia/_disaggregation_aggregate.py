"""Quarters and months added up to years."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia._disaggregation_calendar import CONVERSIONS, PER_YEAR
from indicia._disaggregation_series import Floats, Series, series_of
from indicia.periods import Periods

__all__ = ["aggregate"]


def aggregate(
    x: Any,
    *,
    to: str | None = None,
    per: int | None = None,
    start: int = 0,
    conversion: str = "sum",
    lengths: str = "equal",
    freq: str | None = None,
) -> Any:
    """Quarters or months as years (half-years, quarters): their sum, average, first or last.

    ``sum(x[t] for t in year)``, ``sum(w[t] * x[t]) / sum(w[t])`` with days for w if asked, or one of them.

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Levels; of an array time is the last axis, of pandas the rows.
    to : {"A", "S", "Q"}, optional
        The frequency of the result; "A" unless said, where `x` carries periods.
    per : int, optional
        How many periods make one, where `x` carries none.
    start : int
        Then, at which place the first of them begins; what lies before is left out.
    conversion : {"sum", "average", "first", "last"}
        What a year is of its periods.
    lengths : {"equal", "days"}
        "days": longer months weigh more in an average.
    freq : str, optional
        How often figures come, where dates don't say it.

    Returns
    -------
    same kind as `x`
        In the unit of `x`.

    Raises
    ------
    ValueError
        Frequencies don't fit, or an option is none of those above.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    Missing: NaN where one of the figures that it takes is missing or lies outside `x` (of "first" and "last" it takes
    one). Sums are compensated. Flags of a Cube: those of the cells that it takes.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 6.

    Examples
    --------
    >>> from indicia import disaggregation
    >>> disaggregation.aggregate([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], per=4)
    array([10., nan])
    """
    if conversion not in CONVERSIONS:
        raise ValueError(f"conversion: expected one of {', '.join(CONVERSIONS)}, got {conversion!r}")
    if lengths not in ("equal", "days"):
        raise ValueError(f"lengths: expected 'equal' or 'days', got {lengths!r}")
    given = series_of(x, "x", freq)
    per, skip, time = _layout(given, to, per, start)
    if lengths == "days" and given.time is None:
        raise ValueError("lengths='days' needs periods")
    count = -(-(given.n + skip) // per) if given.n + skip > 0 else 0
    values = _boxed(given.values, skip, count, per, np.nan)
    flags = None if given.flags is None else _boxed(given.flags, skip, count, per, 0)
    if conversion in ("first", "last"):
        at = 0 if conversion == "first" else per - 1
        return given.make(values[..., at], time(count), None if flags is None else flags[..., at])
    weights = np.ones((count, per))
    if lengths == "days" and given.time is not None and conversion == "average":
        days = (given.time.last_days() - given.time.first_days()).astype(np.float64) + 1
        weights = _boxed(days, skip, count, per, np.nan)
    result = _sums(values * weights)
    if conversion == "average":
        result = result / weights.sum(axis=-1)
    return given.make(result, time(count), None if flags is None else np.bitwise_or.reduce(flags, axis=-1))


def _layout(given: Series, to: str | None, per: int | None, start: int) -> tuple[int, int, Any]:
    """Periods in one, how many of the first one lie before `x`, and what makes the periods of the result."""
    if given.time is None:
        if to is not None:
            raise ValueError(f"to={to!r} needs periods; here per= says how many make one")
        if per is None or per < 1:
            raise ValueError("per: how many periods make one (4 quarters a year) must be said")
        return per, -start, lambda count: None
    quick, slow = str(given.time.freq), to or "A"
    if slow not in PER_YEAR or quick not in PER_YEAR or PER_YEAR[quick] <= PER_YEAR[slow]:
        raise ValueError(f"from frequency {quick} to {slow}: expected halves, quarters or months, to something longer")
    per = PER_YEAR[quick] // PER_YEAR[slow]
    first = int(given.time.ordinals[0])
    return per, first % per, lambda count: Periods.range(slow, first // per, count)


def _boxed(x: NDArray[Any], skip: int, count: int, per: int, filling: float) -> NDArray[Any]:
    """(..., periods) as (..., count, per): `skip` of the first box lie before `x`, or so many of `x` are left out."""
    if skip < 0:
        x, skip = x[..., -skip:], 0
    room = np.full((*x.shape[:-1], count * per), filling, x.dtype)
    room[..., skip : skip + x.shape[-1]] = x
    return room.reshape(*x.shape[:-1], count, per)


def _sums(x: Floats) -> Floats:
    """Along the last axis, with what each addition rounds off added at the end."""
    total, lost = np.zeros(x.shape[:-1]), np.zeros(x.shape[:-1])
    for k in range(x.shape[-1]):
        one = x[..., k]
        after = total + one
        by = after - total
        lost += (total - (after - by)) + (one - by)
        total = after
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(total), total + lost, total)
