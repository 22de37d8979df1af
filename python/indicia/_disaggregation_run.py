"""From series and options to the core, and what it says made into results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia import _core
from indicia._disaggregation_calendar import Calendar, calendar
from indicia._disaggregation_series import Floats, Series, aligned, series_of
from indicia.config import get_threads
from indicia.flags import Flag

__all__ = ["AUTOREGRESSIVE", "WALK", "WALK_AUTOREGRESSIVE", "How", "Outcome", "disaggregate"]

Made = tuple[Floats, Floats, Floats, Floats | None]
Days = tuple[NDArray[np.int32], Floats]  # for each period its benchmark, and its weight in it

# how the error remembers, as core/disaggregation numbers it
WITHOUT, WALK, WALK_OF_WALKS, AUTOREGRESSIVE, WALK_AUTOREGRESSIVE = range(5)
RULES: Final = {"max_log": 1, "min_rss": 2}


@dataclass(frozen=True, slots=True)
class How:
    """What a method is, in the words of the core."""

    memory: int
    about: bool = False
    scaled: bool = False
    polynomial: int = 0
    rho: float | str = 0.0
    rho_range: tuple[float, float] = (0.0, 0.999)
    errors: bool = False


@dataclass(slots=True)
class Outcome:
    """Results in the shape of the benchmark's series."""

    values: Any
    errors: Any
    coefficients: Floats
    rho: Floats
    variance: Floats
    likelihood: Floats


def disaggregate(
    benchmark: Any, indicators: Any, how: How, *, to: str | None, per: int | None, start: int, conversion: str,
    lengths: str, freq: str | None, threads: int | None,
) -> Outcome:  # fmt: skip
    """Disaggregate by the method that `how` is; `indicators` None, one, or a list of them."""
    low = series_of(benchmark, "benchmark", freq)
    given = indicators if isinstance(indicators, list | tuple) else [] if indicators is None else [indicators]
    if isinstance(indicators, list | tuple) and indicators and np.ndim(indicators[0]) == 0:
        given = [indicators]  # a list of numbers is one indicator
    names = ["indicator"] if len(given) < 2 else [f"indicators[{k}]" for k in range(len(given))]
    high = [series_of(x, name, None) for x, name in zip(given, names, strict=False)]
    for one in high[1:]:
        if one.n != high[0].n or one.time != high[0].time:
            raise ValueError(f"{one.name} has other periods than {high[0].name}")
    when = calendar(low, high[0] if high else None, to=to, per=per, start=start, conversion=conversion, lengths=lengths)
    _covered(low, when)
    shape = low.values.shape[:-1]
    if high:
        stacked = [aligned(one, low).reshape(-1, when.n) for one in high]
        shared = all(_one_for_all(one) for one in high)
        columns = np.stack([x[:1] if shared else x for x in stacked], axis=1)
    elif not (how.about or how.scaled):
        columns = np.empty((1, 0, when.n))
    else:
        flow = lengths == "days" and conversion == "sum"  # an even flow: the longer the period, the more of it
        columns = (when.days if flow else np.ones(when.n))[None, None]
    if how.rho not in RULES and not (isinstance(how.rho, int | float) and -1 < how.rho < 1):
        raise ValueError(f"rho: expected 'max_log', 'min_rss' or a number between -1 and 1, got {how.rho!r}")
    from_, until = how.rho_range
    if not -1 < from_ < until < 1:
        raise ValueError(f"rho_range: expected two numbers that rise, between -1 and 1, got {how.rho_range!r}")
    threads = get_threads() if threads is None else threads
    values, coefficients, facts, errors = _by_span(low, columns, when, how, threads)
    return Outcome(
        low.make(values.reshape(*shape, when.n), when.time, _flags(low, when, values)),
        None if errors is None else low.make(errors.reshape(*shape, when.n), when.time, None),
        coefficients.reshape(*shape, -1),
        *(facts[:, k].reshape(shape) for k in range(3)),
    )


def _one_for_all(indicator: Series) -> bool:
    return indicator.values.ndim == 1 or indicator.values.size == indicator.n


def _covered(low: Series, when: Calendar) -> None:
    """That each known benchmark has its periods."""
    has = np.zeros(when.lows, bool)
    has[when.low[when.low >= 0]] = True
    known = np.isfinite(low.values.reshape(-1, low.n))
    if not known.any():
        raise ValueError("benchmark: no figure is known")
    lacking = np.flatnonzero(known.any(axis=0) & ~has)
    if len(lacking):
        place = int(np.flatnonzero(known[:, lacking[0]])[0])
        raise ValueError(
            f"the indicator doesn't have all {when.per} periods of the benchmark of {low.told(place, int(lacking[0]))}"
            + (f", and of {len(lacking) - 1} more" if len(lacking) > 1 else "")
        )


def _by_span(benchmark: Series, columns: Floats, when: Calendar, how: How, threads: int) -> Made:
    """Series whose indicators begin and end together go down together: before and after there is no figure."""
    rows = benchmark.values.reshape(-1, benchmark.n)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(columns).all(axis=1))
    if columns.shape[1] == 0:
        return _call(rows, columns, (when.low, when.weight), how, threads)
    starts = np.where(known.any(axis=1), known.argmax(axis=1), 0)
    ends = np.where(known.any(axis=1), when.n - known[:, ::-1].argmax(axis=1), 0)
    spans = np.unique(np.stack([starts, ends], axis=1), axis=0)
    if len(spans) == 1 and (spans[0] == (0, when.n)).all():
        return _call(rows, columns, (when.low, when.weight), how, threads)
    values = np.full((len(rows), when.n), np.nan)
    errors = np.full_like(values, np.nan) if how.errors else None
    parts: list[tuple[NDArray[np.intp], Floats, Floats]] = []
    for begin, end in spans:
        mine = np.flatnonzero((starts == begin) & (ends == end))
        series = np.arange(len(rows)) if len(columns) == 1 else mine
        if end <= begin:
            continue
        low = when.low[begin:end].copy()
        for edge in (begin, end):  # a benchmark that the span cuts has not all its periods
            if 0 < edge < when.n and when.low[edge] >= 0 and when.low[edge] == when.low[edge - 1]:
                low[when.low[begin:end] == when.low[edge]] = -1
        told = np.zeros(when.lows, bool)
        told[low[low >= 0]] = True
        lost = np.isfinite(rows[series]) & ~told
        if lost.any():
            place, period = np.argwhere(lost)[0]
            raise ValueError(
                f"the indicator has no figures for the benchmark of {benchmark.told(int(series[place]), int(period))}"
            )
        part = np.where(told, rows[series], np.nan)
        made, coefficients, facts, wrong = _call(
            part, columns[mine, :, begin:end], (low, when.weight[begin:end]), how, threads
        )
        values[series, begin:end] = made
        if errors is not None and wrong is not None:
            errors[series, begin:end] = wrong
        parts.append((series, coefficients, facts))
    width = parts[0][1].shape[1] if parts else 0
    coefficients, facts = np.full((len(rows), width), np.nan), np.full((len(rows), 4), np.nan)
    for series, some, said in parts:
        coefficients[series], facts[series] = some, said
    return values, coefficients, facts, errors


def _call(rows: Floats, columns: Floats, days: Days, how: How, threads: int) -> Made:
    searched = isinstance(how.rho, str)
    return _core.disaggregate(
        rows, columns, *days, about=how.about, scaled=how.scaled, polynomial=how.polynomial, memory=how.memory,
        rule=RULES[str(how.rho)] if searched else 0, rho=0.0 if searched else float(how.rho),
        rho_low=how.rho_range[0], rho_high=how.rho_range[1], errors=how.errors, threads=threads,
    )  # fmt: skip


def _flags(low: Series, when: Calendar, values: Floats) -> NDArray[np.uint32] | None:
    """Of a cube: each figure is estimated, and has the flags of its benchmark."""
    if low.kind != "cube":
        return None
    flags = np.where(np.isnan(values), np.uint32(0), np.uint32(Flag.ESTIMATED))
    if low.flags is not None:
        belongs = np.floor_divide(np.arange(when.n) - when.first, when.per)
        inside = (belongs >= 0) & (belongs < when.lows)
        flags[:, inside] |= low.flags.reshape(-1, low.n)[:, belongs[inside]]
    return flags.reshape(*low.values.shape[:-1], when.n)
