"""Intervals: what is certain about figures that are published rounded.

A figure that is printed as 41.9 lies in [41.85, 41.95]. An `Interval` holds such ends, closed, for one figure or for a
whole array, and computes with them: a result encloses every value that the formula takes, by the tightest doubles.
How a figure becomes an interval is `published`'s (texts, with the words of headlines) and `from_decimals`' (arrays).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._blocks import Block, in_blocks, views
from indicia._interval import Interval, ends_of, floats
from indicia._interval_parts import Bounds, contributions, hhi, location_quotient, shares
from indicia._phrases import PHRASES, Phrase, published_ends

__all__ = [
    "PHRASES",
    "Bounds",
    "Interval",
    "Phrase",
    "contribution",
    "contributions",
    "from_decimals",
    "hhi",
    "implied_base",
    "implied_level",
    "location_quotient",
    "published",
    "rank",
    "rate",
    "readings",
    "share",
    "shares",
]

LARGEST: Final = 22  # power of ten that is a double


# ---- formulas ------------------------------------------------------------------------------------------------


def rate(now: Any, base: Any) -> Interval:
    """By which fraction a figure has grown over its base, where both are intervals.

    ``now / base - 1`` for base > 0

    Parameters
    ----------
    now, base : Interval or array_like of float
        Levels in the same unit. What of the base is not above zero is left out.

    Returns
    -------
    Interval
        Fractions (0.06 is 6 %), from the lowest `now` on the highest base to the highest on the lowest. Unknown where
        an argument is, or nothing of the base is above zero.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.rate(interval.published("3"), interval.published("2.0"))
    Interval(0.21951219512195105, 0.7948717948717949)
    """
    return Interval._of(ufuncs.interval_rate(*ends_of(now, "now"), *ends_of(base, "base")))


def share(part: Any, total: Any) -> Interval:
    """Which fraction of a total a part is, where both are intervals.

    ``part / total`` for total != 0

    Parameters
    ----------
    part, total : Interval or array_like of float
        Levels in the same unit.

    Returns
    -------
    Interval
        Fractions. Unbounded where the total may be zero; unknown where an argument is, or the total can only be zero.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.share(interval.Interval(1, 2), 4)
    Interval(0.25, 0.5)
    """
    return Interval._of(ufuncs.interval_share(*ends_of(part, "part"), *ends_of(total, "total")))


def implied_base(level: Any, rate: Any) -> Interval:
    """The base that a level and its growth imply.

    ``level / (1 + rate)`` for rate > -1

    Parameters
    ----------
    level : Interval or array_like of float
    rate : Interval or array_like of float
        Fractions. What of them is not above -1 is left out.

    Returns
    -------
    Interval
        Unknown where an argument is, or nothing of the rate is above -1.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.implied_base(209, 1)
    Interval(104.5, 104.5)
    """
    return Interval._of(ufuncs.interval_implied_base(*ends_of(level, "level"), *ends_of(rate, "rate")))


def implied_level(base: Any, rate: Any) -> Interval:
    """The level that a base and its growth imply.

    ``base * (1 + rate)``

    Parameters
    ----------
    base : Interval or array_like of float
    rate : Interval or array_like of float
        Fractions.

    Returns
    -------
    Interval
        Unknown where an argument is.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.implied_level(200, interval.Interval(0.25, 0.5))
    Interval(250.0, 300.0)
    """
    return Interval._of(ufuncs.interval_implied_level(*ends_of(base, "base"), *ends_of(rate, "rate")))


def contribution(now: Any, base: Any, total: Any) -> Interval:
    """What a part adds to the growth of its total, where all three are intervals.

    ``(now - base) / total`` for total > 0

    Parameters
    ----------
    now, base : Interval or array_like of float
        The part, now and in the base period.
    total : Interval or array_like of float
        The total in the base period, taken to vary freely of the part. What of it is not above zero is left out.

    Returns
    -------
    Interval
        Fractions (0.01 is one percentage point). Unknown where an argument is, or nothing of the total is above zero.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.contribution(63, 60, 96)
    Interval(0.03125, 0.03125)
    """
    ends = (*ends_of(now, "now"), *ends_of(base, "base"), *ends_of(total, "total"))
    return Interval._of(ufuncs.interval_contribution(*ends))


def rank(x: Interval, *, axis: int = -1) -> Interval:
    """The places that each of several figures can have, whatever the figures are before rounding.

    1 is the largest; equal figures share the better place.

    Parameters
    ----------
    x : Interval
    axis : int
        Along which figures are compared.

    Returns
    -------
    Interval
        The best and the worst place: one behind all that are surely larger, and behind all that may be. Unknown where
        the figure is; figures that are unknown don't compete.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.rank(interval.from_decimals([6.1, 6.0, 6.1, 5.0], 1))
    Interval([1., 1., 1., 4.],
             [3., 3., 3., 4.])
    """
    if not x.shape:
        raise ValueError("rank: one figure has no others to be ranked among")
    return Interval._of(ufuncs.region_rank_bounds(x.low, x.high, axis=axis))


# ---- published figures -----------------------------------------------------------------------------------------


def published(
    figure: str | float,
    decimals: int | None = None,
    *,
    kind: str = "outcome",
    exact: bool | None = None,
    reading: str = "literal",
    multiplier: int = 0,
    phrases: Mapping[str, Phrase] | None = None,
) -> Interval:
    """The interval that a published figure stands for.

    Parameters
    ----------
    figure : str or float
        As printed: ``"41.9"``, ``"1,234.5"``, ``"6.0 %"``, ``"more than 209"``, ``"5 to 6"``. A number is taken by the
        digits that it shows (41.9 has one, 209.0 none). ``%`` and per cent, thousand, million, billion and trillion
        behind it are powers of ten.
    decimals : int, optional
        To which digit it is rounded, where the text doesn't show it: -3 for thousands.
    kind : {"outcome", "estimate", "projection", "target", "claim"}
        Targets and claims are exact as said, the others rounded.
    exact : bool, optional
        Whether it is exact, whatever its kind.
    reading : {"literal", "reported"}
        How an open phrase is read: "more than 209" is literally [209, inf]; of what is reported one expects the digits
        that would have been said otherwise: [209, 210].
    multiplier : int
        A power of ten that the figure is multiplied by, in decimal: -2 for per cent.
    phrases : dict of str to Phrase, optional
        In place of `PHRASES`; ``{**PHRASES, "about": Phrase(...)}`` overrules one row.

    Returns
    -------
    Interval
        The tightest doubles around the exact ends. Unknown for a figure of more than 12 significant digits without
        `decimals`: it isn't rounded by print, and its step is not known.

    Raises
    ------
    ValueError
        The text holds no number, words that are in no row, or ends in the wrong order; or an option is none of its
        choices.

    Notes
    -----
    The sign of a zero is not relied on: "-0.0" is [-0.05, 0.05]. The ends of "5 to 6" are exact.

    See Also
    --------
    readings : all readings of a phrase.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.published("41.9")
    Interval(41.849999999999994, 41.95)
    >>> interval.published("12,000", decimals=-3)
    Interval(11500.0, 12500.0)
    >>> interval.published("about 25 %")
    Interval(0.24, 0.26)
    >>> interval.published("5.5", kind="target")
    Interval(5.5, 5.5)
    >>> interval.published("more than 209", reading="reported")
    Interval(209.0, 210.0)
    """
    table = PHRASES if phrases is None else phrases
    low, high = published_ends(
        figure, decimals, kind=kind, exact=exact, reading=reading, multiplier=multiplier, phrases=table
    )
    return Interval._of((_floor(low), -_floor(-high)))


def readings(figure: str | float, decimals: int | None = None, **options: Any) -> dict[str, Interval]:
    """All readings of a published figure, which differ where a phrase is open.

    Parameters
    ----------
    figure : str or float
    decimals : int, optional
    **options
        As `published` takes them.

    Returns
    -------
    dict of str to Interval
        ``"literal"`` and ``"reported"``.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.readings("more than 209")
    {'literal': Interval(209.0, inf), 'reported': Interval(209.0, 210.0)}
    """
    return {reading: published(figure, decimals, reading=reading, **options) for reading in ("literal", "reported")}


def _floor(x: Fraction | float) -> float:
    """The largest double not above x."""
    if isinstance(x, float):
        return x
    try:
        nearest = x.numerator / x.denominator  # correctly rounded
    except OverflowError:
        return -math.inf if x < 0 else float.fromhex("0x1.fffffffffffffp1023")
    return nearest if Fraction(nearest) <= x else math.nextafter(nearest, -math.inf)


def from_decimals(values: Any, decimals: Any = None, *, multiplier: int = 0) -> Interval:
    """The intervals that published figures stand for, each rounded to its number of decimals.

    Parameters
    ----------
    values : array_like of float, or Cube
    decimals : int or array of int, optional
        Digits after the mark, broadcast against `values`; negative for whole thousands (-3), but -1 is unknown, as in
        a cube. A cube's own by default.
    multiplier : int
        A power of ten that figures are multiplied by, in decimal: -2 makes fractions of per cent.

    Returns
    -------
    Interval
        Arrays in the shape of `values`: half a step around the printed decimal, by the tightest doubles. Unknown where
        the value is NaN or infinite, or its step unknown. A value that isn't one of so many decimals (or has more than
        15 digits) is taken as it is, half a step around it.

    Raises
    ------
    ValueError
        `decimals` is neither given nor known.
    TypeError
        `values` holds no numbers, or `decimals` no integers.

    Examples
    --------
    >>> from indicia import interval
    >>> interval.from_decimals([41.9, 3.0], 1)
    Interval([41.85,  2.95],
             [41.95,  3.05])
    """
    numbers, digits = figures(values, decimals)
    shift = digits - multiplier  # 10 ** -shift is the unit of the result
    if not -LARGEST <= multiplier <= LARGEST or (abs(shift) > LARGEST).any():
        raise ValueError(f"multiplier: {multiplier} scales beyond the powers of ten that are doubles")
    shape = np.broadcast_shapes(numbers.shape, digits.shape)
    low, high = np.empty(shape), np.empty(shape)
    wide = [np.broadcast_to(a, shape) for a in (numbers, digits.astype(float))]

    def work(block: Block) -> None:
        ufuncs.interval_from_decimals(*[a[block] for a in wide], multiplier, out=views(block, low, high))

    in_blocks(shape, work)
    return Interval._of((low, high))


def figures(values: Any, decimals: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Values, and decimals that broadcast against them."""
    if decimals is None:
        decimals = getattr(values, "decimals", None)
        if decimals is None:
            raise ValueError("decimals: neither given nor known from the values; say how many digits are printed")
        if np.ndim(decimals) and values.time is not None:
            decimals = decimals[..., None]
    numbers = floats("values", getattr(values, "values", values))
    digits = np.asarray(decimals)
    if digits.dtype.kind not in "iu":
        raise TypeError(f"decimals: expected integers, got {digits.dtype}")
    if digits.size and not -LARGEST <= int(digits.min()) <= int(digits.max()) <= LARGEST:
        raise ValueError(f"decimals lie outside of {-LARGEST} to {LARGEST}")
    return numbers, digits.astype(np.int64)
