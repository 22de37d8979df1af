"""One period, and texts to and from letters and ordinals: what `indicia.periods` stands on."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicia import _core
from indicia.errors import DataWarning

__all__ = ["Period", "format_periods", "parse_periods"]

FREQS: Final = "ASQMWD"

Freq = str | NDArray[np.str_]


def parse_periods(
    texts: ArrayLike, *, day_first: bool = False, freq: str | None = None
) -> tuple[Freq, NDArray[np.int32]]:
    """Read texts as periods.

    The spellings are those of statistical offices: ``2023``, ``2023-S1``, ``2023-Q1``, ``2023Q1``, ``Q1 2023``,
    ``2023-01``, ``2023M01``, ``Jan 2023``, ``2023-W05``, ``2023-01-31``, ``2023-01-01/P1M``, ``2023年1季度`` and more:
    docs/period.md has the table. Reading is strict: the whole text is a period, or it is an error.

    Parameters
    ----------
    texts : array_like of str or bytes
        A list, or an array of dtype U, S, object or StringDType, of any shape.
    day_first : bool
        Whether ``31/01/2023``, ``31.01.2023`` and ``31-01-2023`` are days.
    freq : str, optional
        A code of SDMX's list CL_FREQ. It decides where the text is only a start date: under ``"A"``, ``2000-01`` is the
        year 2000. Digits alone (``202301``, ``20230131``) are periods only with it.

    Returns
    -------
    freq : str or ndarray of str
        The letter of the frequency, ``A S Q M W`` or ``D``, where all texts agree; else an array of letters.
    ordinals : ndarray of int32
        In the shape of `texts`.

    Raises
    ------
    FormatError
        An element is no period; the message names it.
    UnsupportedFormatError
        An element is a period that no letter can hold: hours, trimesters, fiscal years, cumulative months.
    ValueError
        An element is missing (None, NaN).

    Warns
    -----
    DataWarning
        An element is two months together (``2023年1-2月``); it is kept as the last of them.

    See Also
    --------
    format_periods : the way back
    Periods.parse : the same, as an object

    Examples
    --------
    >>> import indicia
    >>> indicia.parse_periods(["2023-Q1", "2023Q2", "Q3 2023"])
    ('Q', array([212, 213, 214], dtype=int32))
    >>> indicia.parse_periods(["2023", "2023-W05"])
    (array(['A', 'W'], dtype='<U1'), array([  53, 2771], dtype=int32))
    >>> indicia.parse_periods(["2023-01", "2024-01"], freq="A")
    ('A', array([53, 54], dtype=int32))
    """
    letters, ordinals, flags = _core.parse_periods(texts, day_first=day_first, freq=freq)
    if flags is not None:
        first = int(np.flatnonzero(flags)[0])
        kept = str(
            Period._trusted(
                letters if isinstance(letters, str) else str(letters.flat[first]), int(ordinals.flat[first])
            )
        )
        message = f"{np.count_nonzero(flags)} of the texts cover two months together; element {first} is kept as {kept}"
        warnings.warn(DataWarning(message), stacklevel=2)
    return letters, ordinals


def format_periods(freq: str | Sequence[str] | NDArray[np.str_], ordinals: ArrayLike) -> NDArray[np.str_]:
    """Write periods as text: ``2023``, ``2023-S1``, ``2023-Q1``, ``2023-01``, ``2023-W05``, ``2023-01-31``.

    Parameters
    ----------
    freq : str or array_like of str
        One letter for all, or one each.
    ordinals : array_like of int

    Returns
    -------
    ndarray of str
        In the shape of `ordinals`.

    Raises
    ------
    ValueError
        A letter is no frequency, or an ordinal lies outside the years 0001 to 9999; the message names the element.

    Examples
    --------
    >>> import indicia
    >>> indicia.format_periods("Q", [212, 213])
    array(['2023-Q1', '2023-Q2'], dtype='<U7')
    """
    return _core.format_periods(as_freq(freq), as_ordinals(ordinals))


def as_ordinals(ordinals: ArrayLike) -> NDArray[np.int32]:
    array = np.asarray(ordinals)
    if array.dtype == np.int32:
        return array
    if array.size == 0:
        return array.astype(np.int32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"ordinals: expected integers, got dtype {array.dtype}")
    limits = np.iinfo(np.int32)
    if array.min() < limits.min or array.max() > limits.max:
        raise ValueError("ordinals: beyond the years 0001 to 9999")
    return array.astype(np.int32)


def as_freq(freq: str | Sequence[str] | NDArray[np.str_]) -> Freq:
    if isinstance(freq, str):
        if len(freq) != 1 or freq not in FREQS:
            raise ValueError(f"freq: expected one of {', '.join(FREQS)}, got {freq!r}")
        return freq
    array = np.asarray(freq, dtype=str if len(freq) else "U1")
    strange = array[~np.isin(array, list(FREQS))]
    if strange.size:
        raise ValueError(f"freq: expected letters among {', '.join(FREQS)}, got {str(strange[0])!r}")
    return array.astype("U1")


class Period:
    """One period.

    Parameters
    ----------
    freq : str
        ``A S Q M W`` or ``D``.
    ordinal : int

    Notes
    -----
    Immutable and hashable. Periods of one frequency are ordered; an integer may be added or subtracted, and the
    difference of two is the number of periods between them.

    Examples
    --------
    >>> import indicia
    >>> quarter = indicia.Period.parse("2023-Q4")
    >>> quarter.freq, quarter.ordinal, quarter.year
    ('Q', 215, 2023)
    >>> str(quarter + 1)
    '2024-Q1'
    >>> quarter.first_day, quarter.last_day
    (np.datetime64('2023-10-01'), np.datetime64('2023-12-31'))
    """

    __slots__ = ("_freq", "_ordinal")

    _freq: str
    _ordinal: int

    def __init__(self, freq: str, ordinal: int) -> None:
        letter = as_freq(freq) if isinstance(freq, str) else None
        if not isinstance(letter, str):
            raise TypeError(f"freq: expected a letter, got {type(freq).__name__}")
        _core.period_years(letter, as_ordinals(ordinal))  # raises where there is no such period
        self._freq = letter
        self._ordinal = int(ordinal)

    @classmethod
    def _trusted(cls, freq: str, ordinal: int) -> Period:
        self = cls.__new__(cls)
        self._freq = freq
        self._ordinal = ordinal
        return self

    @classmethod
    def parse(cls, text: str, *, day_first: bool = False, freq: str | None = None) -> Period:
        """Read one text; see `parse_periods`."""
        letter, ordinals = parse_periods([text], day_first=day_first, freq=freq)
        return cls._trusted(str(letter), int(ordinals[0]))

    @property
    def freq(self) -> str:
        """The letter of the frequency."""
        return self._freq

    @property
    def ordinal(self) -> int:
        """The number of the period, from 1970 (weeks: the one of 1970-01-01 is 1)."""
        return self._ordinal

    @property
    def year(self) -> int:
        """The calendar year; of weeks, the ISO year."""
        return int(_core.period_years(self._freq, self._ordinal))

    @property
    def first_day(self) -> np.datetime64:
        """The day it begins with."""
        return np.datetime64(int(_core.period_days(self._freq, self._ordinal, False)), "D")

    @property
    def last_day(self) -> np.datetime64:
        """The day it ends with."""
        return np.datetime64(int(_core.period_days(self._freq, self._ordinal, True)), "D")

    def __str__(self) -> str:
        return str(_core.format_periods(self._freq, self._ordinal))

    def __repr__(self) -> str:
        return f"Period({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Period, (self._freq, self._ordinal)

    def __hash__(self) -> int:
        return hash((self._freq, self._ordinal))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return self._freq == other._freq and self._ordinal == other._ordinal

    # each by itself: an order made of its mirror image would ask the other side for ever where neither knows
    def __lt__(self, other: Period) -> bool:
        return self._ordinal < other._ordinal if self._comparable(other) else NotImplemented

    def __le__(self, other: Period) -> bool:
        return self._ordinal <= other._ordinal if self._comparable(other) else NotImplemented

    def __gt__(self, other: Period) -> bool:
        return self._ordinal > other._ordinal if self._comparable(other) else NotImplemented

    def __ge__(self, other: Period) -> bool:
        return self._ordinal >= other._ordinal if self._comparable(other) else NotImplemented

    def _comparable(self, other: object) -> bool:
        return isinstance(other, Period) and self._freq == other._freq

    def __add__(self, periods: int) -> Period:
        if not isinstance(periods, int | np.integer):
            return NotImplemented
        return Period(self._freq, self._ordinal + int(periods))

    @overload
    def __sub__(self, other: Period) -> int: ...
    @overload
    def __sub__(self, other: int) -> Period: ...
    def __sub__(self, other: int | Period) -> int | Period:
        if isinstance(other, Period):
            if other._freq != self._freq:
                raise TypeError(f"{self} and {other} differ in frequency")
            return self._ordinal - other._ordinal
        if not isinstance(other, int | np.integer):
            return NotImplemented
        return Period(self._freq, self._ordinal - int(other))


def as_period(spec: object) -> Period:
    if isinstance(spec, Period):
        return spec
    if isinstance(spec, str):
        return Period.parse(spec)
    raise TypeError(f"expected a period or its text, got {spec!r}")
