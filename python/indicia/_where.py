"""What `where=` of the readers asks for, as the core takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["filters_of", "texts"]


def texts(name: str, given: Sequence[str] | None) -> list[str]:
    if given is None:
        return []
    texts = [given] if isinstance(given, str) else list(given)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"{name}: expected texts, got {type(text).__name__}")
        if "\0" in text:
            raise ValueError(f"{name}: a NUL in {text!r}")
    return texts


def _days(spec: Any) -> list[tuple[int, int, bool, bool]]:
    """The spans of days that a time is: a text, a list of texts, or (start, end) with None for an open end."""
    from indicia.periods import Period

    def period(given: Any) -> Period:
        return given if isinstance(given, Period) else Period.parse(given)

    if isinstance(spec, tuple):
        if len(spec) != 2:
            raise ValueError(f"where: expected a tuple (start, end) for time, got {len(spec)} elements")
        start, end = (None if one is None else period(one) for one in spec)
        if start is not None and end is not None and end.last_day < start.first_day:
            raise ValueError(f"where: the end, {end}, comes before the start, {start}")
        first = _day(start.first_day) if start is not None else -(1 << 62)
        last = _day(end.last_day) if end is not None else 1 << 62
        return [(first, last, _by_thursday(start), _by_thursday(end))]
    spans = []
    for one in [spec] if isinstance(spec, str | Period) else spec:
        p = period(one)
        spans.append((_day(p.first_day), _day(p.last_day), _by_thursday(p), _by_thursday(p)))
    return spans


def _day(date: np.datetime64) -> int:
    return int(date.astype(np.int64))


def _by_thursday(period: Any) -> bool:
    return period is not None and period.freq in "ASQM"


def filters_of(
    where: Mapping[str, Any] | None,
) -> tuple[list[tuple[str, list[str]]], list[tuple[int, int, bool, bool]] | None]:
    filters = []
    days = None
    for dim, spec in (where or {}).items():
        if dim == "time":
            days = _days(spec)
        else:
            filters.append((dim, texts(f"where: {dim}", spec)))
    return filters, days
