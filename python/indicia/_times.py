"""Time axes of the containers: from texts, chosen by text, as columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from indicia._labels import encode
from indicia.errors import UnknownNameError
from indicia.periods import Period, Periods

FREQ_WORDS = {"A": "annual", "S": "half-yearly", "Q": "quarterly", "M": "monthly", "W": "weekly", "D": "daily"}


def periods_of(time: Any, freq: str | None = None) -> Periods:
    """Periods from periods or texts; each different text is read once."""
    if isinstance(time, Periods):
        return time
    where, texts = encode(time, "time")
    return Periods.parse(list(texts), freq=freq)[where] if texts else Periods(freq or "A", np.zeros(0, np.int32))


def freqs_of(time: Periods) -> tuple[str, ...]:
    """The letters that occur, sorted: as ``time.freqs``, in passes over words of four bytes instead of a sort."""
    if isinstance(time.freq, str):
        return (time.freq,)
    words = np.ascontiguousarray(time.freq).view(np.uint32)
    return tuple(letter for letter in sorted(FREQ_WORDS) if bool((words == ord(letter)).any()))


def rows_of_freq(time: Periods, letter: str) -> npt.NDArray[np.intp]:
    """The rows of one frequency."""
    if isinstance(time.freq, str):
        return np.arange(len(time) if time.freq == letter else 0)
    return np.flatnonzero(np.ascontiguousarray(time.freq).view(np.uint32) == ord(letter))


def distinct(time: Periods) -> tuple[Periods, npt.NDArray[Any]]:
    """The different periods in chronological order (the longer one first), and for each row where its period stands."""
    if isinstance(time.freq, str):
        found, where = _distinct(time.ordinals)
        return Periods(time.freq, found), where
    where = np.zeros(len(time), np.int32)
    letters: list[str] = []
    ordinals: list[npt.NDArray[np.int32]] = []
    start = 0
    for letter in freqs_of(time):
        rows = rows_of_freq(time, letter)
        found, inside = _distinct(time.ordinals[rows])
        where[rows] = inside + start
        letters += [letter] * len(found)
        ordinals.append(found)
        start += len(found)
    table = Periods(np.array(letters, dtype="U1"), np.concatenate(ordinals) if ordinals else np.zeros(0, np.int32))
    order = np.lexsort((-table.last_days().astype(np.int64), table.first_days().astype(np.int64)))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return table[order], rank[where]


def _distinct(ordinals: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    if not len(ordinals):
        return ordinals, ordinals
    low, high = int(ordinals.min()), int(ordinals.max())
    if high - low < max(2 * len(ordinals), 1 << 16):  # a table is one pass; sorting is many
        there = np.zeros(high - low + 1, np.bool_)
        offsets = ordinals - np.int32(low)
        there[offsets] = True
        if there.all():
            return np.arange(low, high + 1, dtype=np.int32), offsets
        return (np.flatnonzero(there) + low).astype(np.int32), (np.cumsum(there, dtype=np.int32) - 1)[offsets]
    found, where = np.unique(ordinals, return_inverse=True)
    return found, where.astype(np.int32)


def select(time: Periods, wanted: Any) -> npt.NDArray[np.bool_]:
    """Which periods are wanted; a slice of texts is a span too."""
    if isinstance(wanted, slice):
        if wanted.step is not None:
            raise TypeError("a span of time has no step")
        wanted = (wanted.start, wanted.stop)
    try:
        if len(time) < 1 << 12:
            return time.select(wanted)
        table, where = distinct(time)  # long columns repeat their periods
        inside: npt.NDArray[np.bool_] = table.select(wanted)[where]
        return inside
    except KeyError as error:
        raise UnknownNameError(*error.args) from None


def time_slice(time: Periods, wanted: Any) -> slice:
    """The part of a contiguous axis that the wanted periods are; ValueError where they have gaps."""
    hits = np.flatnonzero(select(time, wanted))
    if not len(hits):
        return slice(0, 0)
    if hits[-1] - hits[0] + 1 != len(hits):
        raise ValueError(
            "the time axis of a cube has no gaps: choose one span, as in time=('2015', '2020'); "
            "to_pandas() or to_observations() takes any periods"
        )
    return slice(int(hits[0]), int(hits[-1]) + 1)


def span_periods(freq: Any, span: Any, ordinals: npt.NDArray[np.int32]) -> Periods:
    """The periods of a span: a Periods without gaps, or (first, last) in words, None being what occurs."""
    if isinstance(span, Periods):
        if span.freq != freq:
            raise ValueError(f"span is {span.freq}, the rows are {freq}")
        if not span.contiguous:
            raise ValueError("a span has no gaps")
        return span
    if isinstance(span, str) or not isinstance(span, Iterable):
        raise TypeError(f"span is (first, last) or a Periods, not {span!r}")
    first, last = span
    low = int(ordinals.min()) if first is None and len(ordinals) else 0
    high = int(ordinals.max()) if last is None and len(ordinals) else low - 1
    if first is not None:
        low = _edge(freq, first)[0]
    if last is not None:
        high = _edge(freq, last)[1]
    return Periods.range(freq, low, max(high - low + 1, 0))


def _edge(freq: str, text: str) -> tuple[int, int]:
    """The first and last ordinal of `freq` in the period that a text names."""
    one = Period.parse(text)
    if one.freq == freq:
        return one.ordinal, one.ordinal
    days = np.array([one.first_day, one.last_day])
    first, last = Periods.from_days(freq, days).ordinals.tolist()
    if freq == "W" and one.freq in "ASQM":  # a week lies in the year or month that holds its Thursday
        first, last = Periods.from_days(freq, days + np.array([3, -3])).ordinals.tolist()
    return first, last


def span_text(time: Periods) -> str:
    """First and last period in words, by frequency: ``"2000-01 to 2023-12 (monthly)"``."""
    parts = []
    for letter in freqs_of(time):
        ordinals = time.ordinals if isinstance(time.freq, str) else time.ordinals[rows_of_freq(time, letter)]
        word = FREQ_WORDS.get(letter, letter)
        if len(ordinals):
            low, high = Periods(letter, np.array([ordinals.min(), ordinals.max()], np.int32)).to_text()
            parts.append(f"{low} to {high} ({word})" if low != high else f"{low} ({word})")
        else:
            parts.append(f"no period ({word})")
    return ", ".join(parts)


def contiguous(periods: Periods) -> tuple[Periods, npt.NDArray[np.int64]]:
    """The axis without gaps that holds some periods, and where each of them stands on it."""
    ordinals = periods.ordinals.astype(np.int64)
    if not isinstance(periods.freq, str):
        raise ValueError(f"a cube has one frequency, and there are {' and '.join(periods.freqs) or 'none'}")
    if not len(ordinals):
        return Periods.range(periods.freq, 0, 0), ordinals
    low = int(ordinals.min())
    found, counts = np.unique(ordinals, return_counts=True)
    if len(found) != len(ordinals):
        raise ValueError(f"period {Periods(periods.freq, found[counts > 1].astype(np.int32))[0]} is there twice")
    return Periods.range(periods.freq, low, int(ordinals.max()) - low + 1), ordinals - low


def spread_time(array: Any, rows: npt.NDArray[np.int64], n: int, empty: float) -> Any:
    """An array whose last axis has its elements at `rows` of `n`, `empty` elsewhere; itself where nothing moves."""
    if array is None or (n == len(rows) and bool((rows == np.arange(n)).all())):
        return array
    out = np.full((*array.shape[:-1], n), empty, dtype=array.dtype)
    out[..., rows] = array
    return out
