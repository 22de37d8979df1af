"""The class `Interval`: ends, sets and operators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs

__all__ = ["Interval", "ends_of", "floats"]

Ends: TypeAlias = Any  # float64, a number or an array


class Interval:
    """A closed interval, or an array of them.

    Operators take other intervals, and numbers or arrays, which are exact. Where an operand is unknown (NaN), so is
    the result. Immutable; ``==`` compares the whole.

    Parameters
    ----------
    low, high : array_like of float
        The ends, broadcast against each other; `high` is `low` if left out. -inf and inf are no bound. NaN (in either)
        is unknown.

    Attributes
    ----------
    low, high : float64 or ndarray of float64
        Read-only.

    Raises
    ------
    ValueError
        Where an interval would be empty (low > high).

    See Also
    --------
    published : the interval that a published figure stands for.

    Examples
    --------
    >>> from indicia.interval import Interval
    >>> Interval(1, 2) + Interval(3, 4)
    Interval(4.0, 6.0)
    >>> Interval(1, 2) / Interval(-1, 1)
    Interval(-inf, inf)
    """

    __slots__ = ("high", "low")
    __array_ufunc__ = None  # so that NumPy leaves `array + interval` to us
    __hash__ = None  # type: ignore[assignment]

    low: Ends
    high: Ends

    def __init__(self, low: Any, high: Any = None) -> None:
        ends = np.broadcast_arrays(floats("low", low), floats("high", low if high is None else high))
        lows, highs = ends[0] + 0.0, ends[1] + 0.0
        empty = (lows > highs) | (lows == np.inf) | (highs == -np.inf)
        if empty.any():
            place = np.unravel_index(int(np.argmax(empty)), empty.shape)
            where = f" at {tuple(map(int, place))}" if place else ""
            raise ValueError(f"an empty interval{where}: low is {lows[place]}, high {highs[place]}")
        unknown = np.isnan(lows) | np.isnan(highs)
        self._fill(np.where(unknown, np.nan, lows), np.where(unknown, np.nan, highs))

    def _fill(self, low: Any, high: Any) -> None:
        for name, end in (("low", low), ("high", high)):
            if isinstance(end, np.ndarray) and end.ndim:
                kept = end.view()
                kept.flags.writeable = False
                object.__setattr__(self, name, kept)
            else:
                object.__setattr__(self, name, np.float64(end))

    @classmethod
    def _of(cls, ends: tuple[Any, Any]) -> Interval:
        """Ends that a ufunc has made."""
        made = cls.__new__(cls)
        made._fill(*ends)
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"an Interval is immutable: {name} can't be set")

    def __reduce__(self) -> tuple[Any, ...]:
        return Interval, (self.low, self.high)

    # ---- what it is

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the ends; () of one interval.

        Examples
        --------
        >>> from indicia.interval import Interval
        >>> Interval([1, 2], 3).shape
        (2,)
        """
        shape: tuple[int, ...] = np.shape(self.low)
        return shape

    @property
    def known(self) -> Any:
        """Whether there is an interval: neither end is NaN.

        Examples
        --------
        >>> from indicia.interval import Interval
        >>> Interval([1, float("nan")]).known
        array([ True, False])
        """
        return self.low == self.low

    @property
    def width(self) -> Any:
        """How far the ends lie apart, rounded up.

        Examples
        --------
        >>> from indicia.interval import Interval
        >>> float(Interval(1, 3).width)
        2.0
        """
        return ufuncs.interval_sub(self.high, self.high, self.low, self.low)[1]

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("one interval has no length; .width is how far its ends lie apart")
        return self.shape[0]

    def __getitem__(self, key: Any) -> Interval:
        if not self.shape:
            raise TypeError("one interval has no items")
        return self._of((self.low[key], self.high[key]))

    def __iter__(self) -> Iterator[Interval]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        if not self.shape:
            return f"Interval({float(self.low)!r}, {float(self.high)!r})"
        indent = len("Interval(")
        ends = [
            np.array2string(end, separator=", ", prefix=" " * indent, threshold=20) for end in (self.low, self.high)
        ]
        return f"Interval({ends[0]},\n{' ' * indent}{ends[1]})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Interval):
            return NotImplemented
        return (
            self.shape == other.shape
            and bool(np.array_equal(self.low, other.low, equal_nan=True))
            and bool(np.array_equal(self.high, other.high, equal_nan=True))
        )

    # ---- sets

    def contains(self, other: Any) -> Any:
        """Whether all of `other` lies within; False where either is unknown.

        Parameters
        ----------
        other : Interval or array_like of float

        Returns
        -------
        bool or ndarray of bool

        Examples
        --------
        >>> from indicia.interval import Interval
        >>> bool(Interval(41.85, 41.95).contains(41.95))
        True
        """
        low, high = ends_of(other, "other")
        return (self.low <= low) & (high <= self.high)

    def overlaps(self, other: Any) -> Any:
        """Whether the two have a value in common, be it one end; False where either is unknown.

        Parameters
        ----------
        other : Interval or array_like of float

        Returns
        -------
        bool or ndarray of bool

        Examples
        --------
        >>> from indicia.interval import Interval
        >>> bool(Interval(1, 2).overlaps(Interval(2, 3)))
        True
        """
        low, high = ends_of(other, "other")
        return (self.low <= high) & (low <= self.high)

    def intersect(self, other: Any) -> Interval:
        """What lies in both; unknown where that is nothing (`overlaps` says where).

        Parameters
        ----------
        other : Interval or array_like of float

        Returns
        -------
        Interval

        Examples
        --------
        >>> from indicia.interval import Interval
        >>> Interval(1, 3).intersect(Interval(2, 5))
        Interval(2.0, 3.0)
        """
        low, high = ends_of(other, "other")
        meet = self.overlaps(other)
        return self._of(
            (
                np.where(meet, np.maximum(self.low, low), np.nan),
                np.where(meet, np.minimum(self.high, high), np.nan),
            )
        )

    def hull(self, other: Any) -> Interval:
        """The smallest interval around both.

        Parameters
        ----------
        other : Interval or array_like of float

        Returns
        -------
        Interval

        Examples
        --------
        >>> from indicia.interval import Interval
        >>> Interval(1, 2).hull(5)
        Interval(1.0, 5.0)
        """
        low, high = ends_of(other, "other")
        return self._of((np.minimum(self.low, low), np.maximum(self.high, high)))

    # ---- arithmetic

    def __neg__(self) -> Interval:
        return self._of((0.0 - self.high, 0.0 - self.low))

    def __pos__(self) -> Interval:
        return self

    def __add__(self, other: Any) -> Interval:
        return _operate(ufuncs.interval_add, self, other)

    def __radd__(self, other: Any) -> Interval:
        return _operate(ufuncs.interval_add, other, self)

    def __sub__(self, other: Any) -> Interval:
        return _operate(ufuncs.interval_sub, self, other)

    def __rsub__(self, other: Any) -> Interval:
        return _operate(ufuncs.interval_sub, other, self)

    def __mul__(self, other: Any) -> Interval:
        return _operate(ufuncs.interval_mul, self, other)

    def __rmul__(self, other: Any) -> Interval:
        return _operate(ufuncs.interval_mul, other, self)

    def __truediv__(self, other: Any) -> Interval:
        return _operate(ufuncs.interval_div, self, other)

    def __rtruediv__(self, other: Any) -> Interval:
        return _operate(ufuncs.interval_div, other, self)


def floats(name: str, x: Any) -> NDArray[np.float64]:
    array = np.asarray(x)
    if array.dtype != np.float64:
        if array.dtype.kind not in "biufO" or isinstance(x, Interval):
            raise TypeError(f"{name}: expected numbers, got {type(x).__name__}")
        array = array.astype(np.float64)
    return array


def ends_of(x: Any, name: str) -> tuple[Ends, Ends]:
    """Low and high; a number is both."""
    if isinstance(x, Interval):
        return x.low, x.high
    values = floats(name, x)
    return values, values


def _operate(ufunc: np.ufunc, left: Any, right: Any) -> Interval:
    try:
        ends = (*ends_of(left, "left"), *ends_of(right, "right"))
    except TypeError:
        return NotImplemented  # type: ignore[no-any-return]
    return Interval._of(ufunc(*ends))
