"""Periods: years, half-years, quarters, months, ISO weeks and days, as a letter and an ordinal each.

The ordinals of one frequency count without gaps, so that a lag in time is a subtraction. They are pandas' for ``A Q M
W-SUN D``, and ``2 * (year - 1970) + half - 1`` for half-years. The calendar is the proleptic Gregorian one, years 0001
to 9999; weeks are ISO 8601's, and belong to the year (and month) that holds their Thursday.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicia import _core
from indicia._period import Freq, Period, as_freq, as_ordinals, as_period, format_periods, parse_periods

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Period", "Periods", "format_periods", "parse_periods"]

_PER_YEAR: Final = {"A": 1, "S": 2, "Q": 4, "M": 12}
_FAR: Final = 1 << 32  # further than any two ordinals of one frequency lie apart
_NO_ORDINAL: Final = -(1 << 31)


class Periods:
    """Periods, one after the other, of one frequency or of several.

    Parameters
    ----------
    freq : str or array_like of str
        One letter for all (``A S Q M W D``), or one each.
    ordinals : array_like of int
        One dimension; copied.

    Notes
    -----
    Immutable: the arrays are read-only. ``==`` compares the whole, ``len``, iteration and ``in`` do what they do for a
    tuple of `Period`, an integer index gives a `Period`, anything else that NumPy takes as an index gives `Periods`.

    Examples
    --------
    >>> import indicia
    >>> time = indicia.Periods.parse(["2022-Q3", "2022-Q4", "2023-Q1"])
    >>> time
    Periods('2022-Q3' .. '2023-Q1', freq='Q', 3)
    >>> time.freq, time.ordinals
    ('Q', array([210, 211, 212], dtype=int32))
    >>> str(time[-1])
    '2023-Q1'
    >>> time.select("2022")
    array([ True,  True, False])
    """

    __slots__ = ("_freq", "_ordinals")

    _freq: Freq
    _ordinals: NDArray[np.int32]

    def __init__(self, freq: str | Sequence[str] | NDArray[np.str_], ordinals: ArrayLike) -> None:
        letters, numbers = as_freq(freq), np.array(as_ordinals(ordinals))
        if numbers.ndim != 1 or not (isinstance(letters, str) or letters.shape == numbers.shape):
            raise ValueError("expected ordinals in one dimension, and one letter, or as many letters as ordinals")
        _core.period_years(letters, numbers)  # raises where there is no such period
        self._fill(letters, numbers)

    def _fill(self, freq: Freq, ordinals: NDArray[np.int32]) -> None:
        if not isinstance(freq, str):
            if len(freq) and (freq == freq[0]).all():
                freq = str(freq[0])
            else:
                freq = freq.view()
                freq.flags.writeable = False
        ordinals = ordinals.view()
        ordinals.flags.writeable = False
        self._freq = freq
        self._ordinals = ordinals

    @classmethod
    def _trusted(cls, freq: Freq, ordinals: NDArray[np.int32]) -> Periods:
        """From arrays that are known to be right and are not written to any more."""
        self = cls.__new__(cls)
        self._fill(freq, ordinals)
        return self

    @classmethod
    def parse(cls, texts: ArrayLike, *, day_first: bool = False, freq: str | None = None) -> Periods:
        """Read texts, in one dimension; see `parse_periods`.

        Examples
        --------
        >>> import indicia
        >>> indicia.Periods.parse(["2023M01", "2023M02"])
        Periods('2023-01' .. '2023-02', freq='M', 2)
        """
        letters, ordinals = parse_periods(texts, day_first=day_first, freq=freq)
        if ordinals.ndim != 1:
            raise ValueError(f"expected texts in one dimension, got {ordinals.ndim}")
        return cls._trusted(letters, ordinals)

    @classmethod
    def range(cls, freq: str, first_ordinal: int, n: int) -> Periods:
        """`n` periods in a row, from an ordinal on.

        Examples
        --------
        >>> import indicia
        >>> indicia.Periods.range("A", 30, 4)
        Periods('2000' .. '2003', freq='A', 4)
        """
        if n < 0:
            raise ValueError(f"n: expected 0 or more, got {n}")
        return cls(freq, np.arange(first_ordinal, first_ordinal + n, dtype=np.int64))

    @classmethod
    def span(cls, first: str | Period, last: str | Period) -> Periods:
        """All periods from one to another of the same frequency, both included.

        Examples
        --------
        >>> import indicia
        >>> len(indicia.Periods.span("2000-01", "2023-12"))
        288
        """
        start, end = as_period(first), as_period(last)
        if start.freq != end.freq or end < start:
            raise ValueError(f"no span: {start} and {end} differ in frequency, or the last comes before the first")
        return cls.range(start.freq, start.ordinal, end - start + 1)

    @classmethod
    def from_days(cls, freq: str, days: ArrayLike) -> Periods:
        """The periods that hold the given days (datetime64).

        Examples
        --------
        >>> import indicia
        >>> import numpy as np
        >>> indicia.Periods.from_days("Q", np.array(["2023-03-31", "2023-04-01"], "M8[D]"))
        Periods('2023-Q1' .. '2023-Q2', freq='Q', 2)
        """
        array = np.asarray(days, dtype="M8")
        if array.ndim != 1:
            raise ValueError(f"expected days in one dimension, got {array.ndim}")
        if np.isnat(array).any():
            raise ValueError(f"element {int(np.flatnonzero(np.isnat(array))[0])} is missing (NaT)")
        return cls._trusted(freq, _core.periods_of_days(freq, array.astype("M8[D]").astype(np.int64)))

    @classmethod
    def from_pandas(cls, index: pd.PeriodIndex | pd.DatetimeIndex, *, freq: str | None = None) -> Periods:
        """From a PeriodIndex, or from a DatetimeIndex whose frequency is known, can be inferred, or is given.

        Parameters
        ----------
        index : pandas.PeriodIndex or pandas.DatetimeIndex
            Periods of a year that ends in December, half-years (``6M`` from January or July), quarters, months, weeks
            from Monday to Sunday, days. Dates may be business days.
        freq : str, optional
            The letter of the periods that hold the dates of a DatetimeIndex.

        Examples
        --------
        >>> import indicia
        >>> import pandas as pd
        >>> indicia.Periods.from_pandas(pd.period_range("2023-01", periods=3, freq="M"))
        Periods('2023-01' .. '2023-03', freq='M', 3)
        """
        from indicia import _pandas_periods

        return cls._trusted(*_pandas_periods.from_index(index, freq))

    @property
    def freq(self) -> Freq:
        """The letter of the frequency, or an array of letters where they differ."""
        return self._freq

    @property
    def freqs(self) -> tuple[str, ...]:
        """The different letters, sorted."""
        return (self._freq,) if isinstance(self._freq, str) else tuple(np.unique(self._freq).tolist())

    @property
    def ordinals(self) -> NDArray[np.int32]:
        """The numbers of the periods; read-only."""
        return self._ordinals

    @property
    def per_year(self) -> int | None:
        """Periods in a year: 1, 2, 4 or 12; None for weeks, days and mixed frequencies."""
        return _PER_YEAR.get(self._freq) if isinstance(self._freq, str) else None

    @property
    def contiguous(self) -> bool:
        """Whether all are of one frequency and each follows the one before it."""
        n = len(self._ordinals)
        if not isinstance(self._freq, str):
            return n == 0
        return n < 2 or bool((np.diff(self._ordinals) == 1).all())

    def __len__(self) -> int:
        return len(self._ordinals)

    def __iter__(self) -> Iterator[Period]:
        letters = self._freq if isinstance(self._freq, str) else self._freq.tolist()
        for i, ordinal in enumerate(self._ordinals.tolist()):
            yield Period._trusted(letters if isinstance(letters, str) else letters[i], ordinal)

    @overload
    def __getitem__(self, index: int | np.integer[Any]) -> Period: ...
    @overload
    def __getitem__(self, index: slice | Sequence[int] | NDArray[Any]) -> Periods: ...
    def __getitem__(self, index: Any) -> Period | Periods:
        ordinals = self._ordinals[index]
        freq = self._freq if isinstance(self._freq, str) else self._freq[index]
        if np.ndim(ordinals) == 0:
            return Period._trusted(str(freq), int(ordinals))
        if np.ndim(ordinals) != 1:
            raise IndexError("periods have one dimension")
        return Periods._trusted(freq, ordinals)

    def __contains__(self, item: object) -> bool:
        if isinstance(item, str):
            item = Period.parse(item)
        return isinstance(item, Period) and bool((self._keys() == _key(item.freq, item.ordinal)).any())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Periods):
            return NotImplemented
        if isinstance(self._freq, str) or isinstance(other._freq, str):
            same = isinstance(self._freq, str) and isinstance(other._freq, str) and self._freq == other._freq
        else:
            same = np.array_equal(self._freq, other._freq)
        return same and np.array_equal(self._ordinals, other._ordinals)

    def __hash__(self) -> int:
        freq = self._freq if isinstance(self._freq, str) else self._freq.tobytes()
        return hash((freq, self._ordinals.tobytes()))

    def __reduce__(self) -> tuple[Any, ...]:
        freq = self._freq if isinstance(self._freq, str) else np.array(self._freq)
        return _restore, (freq, np.array(self._ordinals))

    def __copy__(self) -> Periods:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Periods:
        return self

    def __repr__(self) -> str:
        n = len(self)
        ends = "" if n == 0 else f"'{self[0]}', " if n == 1 else f"'{self[0]}' .. '{self[-1]}', "
        return f"Periods({ends}freq={' '.join(self.freqs)!r}, {n})"

    def to_text(self) -> NDArray[np.str_]:
        """The canonical texts, such as ``2023-Q1``."""
        return _core.format_periods(self._freq, self._ordinals)

    def first_days(self) -> NDArray[np.datetime64]:
        """The day each begins with, as datetime64[D]."""
        return _core.period_days(self._freq, self._ordinals, False).view("M8[D]")

    def last_days(self) -> NDArray[np.datetime64]:
        """The day each ends with, as datetime64[D]."""
        return _core.period_days(self._freq, self._ordinals, True).view("M8[D]")

    def years(self) -> NDArray[np.int32]:
        """The calendar year of each; of weeks, the ISO year."""
        return _core.period_years(self._freq, self._ordinals)

    def to_pandas(self) -> pd.PeriodIndex:
        """A PeriodIndex with frequency ``Y-DEC``, ``6M``, ``Q-DEC``, ``M``, ``W-SUN`` or ``D``, named "time".

        Raises
        ------
        ValueError
            The periods are of several frequencies, which no PeriodIndex can hold.
        """
        from indicia import _pandas_periods

        if not isinstance(self._freq, str):
            raise ValueError(f"a PeriodIndex has one frequency, these have {', '.join(self.freqs) or 'none'}")
        return _pandas_periods.to_index(self._freq, self._ordinals)

    def lag_index(self, lag: int) -> NDArray[np.int64]:
        """Where the period stands that lies `lag` periods earlier, by calendar: -1 where it isn't there.

        Parameters
        ----------
        lag : int
            In periods of each one's own frequency; negative for later ones.

        Raises
        ------
        ValueError
            A period comes twice, so that its place is ambiguous.

        Examples
        --------
        >>> import indicia
        >>> indicia.Periods.parse(["2019", "2020", "2022", "2023"]).lag_index(1)
        array([-1,  0, -1,  2])
        """
        n = len(self)
        if abs(lag) >= _FAR >> 8:
            return np.full(n, -1, dtype=np.int64)
        if self.contiguous:
            index = np.arange(n, dtype=np.int64) - lag
            index[(index < 0) | (index >= n)] = -1
            return index
        keys = self._keys()
        return self._places(keys, keys - lag)

    def year_lag_index(self) -> NDArray[np.int64]:
        """Where the same period of the year before stands: -1 where it isn't there.

        Of weeks, the ISO week of the same number (none for week 53); of days, the same date (none for 29 February).

        Raises
        ------
        ValueError
            A period comes twice, so that its place is ambiguous.

        Examples
        --------
        >>> import indicia
        >>> indicia.Periods.span("2022-Q4", "2024-Q1").year_lag_index()
        array([-1, -1, -1, -1,  0,  1])
        """
        if self.per_year is not None:
            return self.lag_index(self.per_year)
        before = _core.periods_year_before(self._freq, self._ordinals)
        index = self._places(self._keys(), _keys(self._freq, before))
        index[before == _NO_ORDINAL] = -1
        return index

    def select(
        self, spec: str | Period | Iterable[str | Period] | tuple[str | Period | None, str | Period | None]
    ) -> NDArray[np.bool_]:
        """Which periods lie in the time that is asked for.

        A week lies in the year, half-year, quarter or month that holds its Thursday; any other period lies in another
        if all of its days do. So "2023" selects the twelve months of 2023, and its 52 ISO weeks.

        Parameters
        ----------
        spec : str, Period, list of them, or tuple (start, end)
            Of a tuple both ends belong to the time, and None leaves an end open.

        Returns
        -------
        ndarray of bool

        Raises
        ------
        KeyError
            No period lies in the text, or in one of the list.
        ValueError
            A text is no period (`FormatError`), or the end comes before the start.

        Examples
        --------
        >>> import indicia
        >>> time = indicia.Periods.span("2021-Q3", "2023-Q1")
        >>> str(time[time.select("2022")][0])
        '2022-Q1'
        >>> int(time.select(("2022", None)).sum())
        5
        """
        if isinstance(spec, str | Period):
            return self._select_one(as_period(spec))
        if isinstance(spec, tuple):
            if len(spec) != 2:
                raise ValueError(
                    f"expected a tuple (start, end), got {len(spec)} elements; several periods come in a list"
                )
            return self._select_range(*(None if end is None else as_period(end) for end in spec))
        if isinstance(spec, Iterable):
            mask = np.zeros(len(self), dtype=bool)
            for one in spec:
                mask |= self._select_one(as_period(one))
            return mask
        raise TypeError(f"expected a period's text, a list of them or a tuple (start, end), got {type(spec).__name__}")

    def _select_one(self, period: Period) -> NDArray[np.bool_]:
        mask: NDArray[np.bool_] = self._keys() == _key(period.freq, period.ordinal)
        if self.freqs != (period.freq,):
            mask |= self._select_range(period, period)
        if not mask.any():
            extent = f" (from {self[0]} to {self[-1]})" if len(self) else ""
            raise KeyError(f"no period lies in {period}{extent}")
        return mask

    def _select_range(self, start: Period | None, end: Period | None) -> NDArray[np.bool_]:
        if start is not None and end is not None and end.last_day < start.first_day:
            raise ValueError(f"the end, {end}, comes before the start, {start}")
        mask = np.ones(len(self), dtype=bool)
        if start is not None:
            first = self.first_days()
            if start.freq in _PER_YEAR and "W" in self.freqs:
                first[np.broadcast_to(np.asarray(self._freq) == "W", first.shape)] += 3  # its Thursday
            mask &= first >= start.first_day
        if end is not None:
            last = self.last_days()
            if end.freq in _PER_YEAR and "W" in self.freqs:
                last[np.broadcast_to(np.asarray(self._freq) == "W", last.shape)] -= 3
            mask &= last <= end.last_day
        return mask

    def _keys(self) -> NDArray[np.int64]:
        return _keys(self._freq, self._ordinals)

    def _places(self, keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """Position of each wanted key among the keys, -1 where it isn't there."""
        if len(keys) == 0:
            return np.zeros(0, dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        ranked = keys[order]
        twice = np.flatnonzero(ranked[1:] == ranked[:-1])
        if twice.size:
            raise ValueError(f"{self[int(order[twice[0]])]} comes twice, so that a lag is ambiguous")
        place = np.minimum(np.searchsorted(ranked, wanted), len(keys) - 1)
        return np.where(ranked[place] == wanted, order[place], -1).astype(np.int64)


def _key(freq: str, ordinal: int) -> int:
    return ord(freq) * _FAR + ordinal


def _keys(freq: Freq, ordinals: NDArray[np.int32]) -> NDArray[np.int64]:
    """One number for letter and ordinal: periods of one frequency lie close, others far apart."""
    if isinstance(freq, str):
        return ordinals + np.int64(ord(freq) * _FAR)
    return freq.astype("U1").view(np.uint32).astype(np.int64) * _FAR + ordinals


def _restore(freq: Freq, ordinals: NDArray[np.int32]) -> Periods:
    return Periods._trusted(freq, ordinals)
