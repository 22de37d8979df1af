"""Sums of each year before and behind every period, and what targets make of them; time last."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple, ParamSpec

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._growth_along import letter_of
from indicia._growth_flags import UNDEFINED, Flags, mark
from indicia._growth_years import (
    _broken,
    _cells,
    _Dense,
    _dense,
    _flags_back,
    _guided,
    _joints_of_years,
    _places,
    _shifted,
    _sparse,
)
from indicia.config import get_threads
from indicia.containers import Panel

__all__ = [
    "Year",
    "along",
    "at_pace",
    "beside",
    "by_name",
    "by_series",
    "coming",
    "needed",
    "over_year_so_far",
    "pace",
    "rest_growth",
    "standing",
    "told",
    "year_of",
]

P = ParamSpec("P")

BLOCK: Final = 1 << 15  # figures at a time
STEPS: Final = 400  # of Newton's method, at most; some ten are taken


def by_series(function: Callable[P, Any]) -> Callable[P, Any]:
    """Run it for a few series at a time, where there are many: what lies between stays in the cache."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Any:
        panels = [a for a in args if isinstance(a, Panel)]
        x, others, rest = panels[0], panels[1:], args[len(panels) :]
        values = x.values
        if x.flagged or x.axis is None or not isinstance(values, np.ndarray) or values.size < 2 * BLOCK:
            return function(*args, **kwargs)
        try:
            wide = [o.values if np.ndim(o.values) == 0 else np.broadcast_to(o.values, values.shape) for o in others]
        except ValueError:
            return function(*args, **kwargs)  # which says what doesn't fit
        across = max((k for k in range(values.ndim) if k != x.axis), key=lambda k: values.shape[k], default=None)
        if across is None:
            return function(*args, **kwargs)
        out = np.empty_like(values, np.float64, subok=False)
        count = max(1, BLOCK * values.shape[across] // values.size)

        def work(start: int) -> None:
            here = (*[slice(None)] * across, slice(start, start + count))
            part = Panel(values[here], x.axis, x.time)
            more = [Panel(w if np.ndim(w) == 0 else w[here], x.axis, x.time) for w in wide]
            out[here] = function(part, *more, *rest, **kwargs)  # type: ignore[arg-type]

        starts = range(0, values.shape[across], count)
        with ThreadPoolExecutor(get_threads()) as pool:
            list(pool.map(work, starts))  # raises what a part has raised
        return out

    return call


class Year(NamedTuple):
    """What is known at each period, time last: of its year so far, and of the year before."""

    dense: _Dense
    now: Any  # the figure itself, NaN where it is for two periods together
    so_far: Any  # sum of the year up to here
    base_so_far: Any  # the same a year before
    base_rest: Any  # sum of what followed a year before; 0 at the last period
    rest: Any  # sum of what follows in the same year; NaN where that isn't known
    left: NDArray[np.float64]  # how many periods follow in the year
    per_year: int
    joints: Any


def year_of(x: Panel, *, freq: str | None, start: int, joint: bool | None, name: str, ahead: bool = False) -> Year:
    """Sums of each year before and behind every period; one year is enough to look ahead."""
    dense = _dense(x)
    values = np.asarray(dense.values)
    length = values.shape[-1]
    if dense.time is not None and dense.time.per_year is None:
        raise ValueError(f"{name}: years of weeks and days differ in length; needed are months, quarters or half-years")
    place, per = _places(dense.time, letter_of(freq), start, length, name)
    n = int(per[0]) if length else 1
    if length and n == 1:
        raise ValueError(f"{name}: a year of annual figures has no rest; needed are months, quarters or half-years")
    if length < n + (not ahead):
        known = f"{length} figure{'s' * (length != 1)}"
        more = "" if ahead else " and one more"
        raise ValueError(f"{name}: {known} along time; needed are a whole year ({n} periods){more} at least")
    joints = _joints_of_years(x, values, place, joint)
    now = values
    if joints is not None:
        values = np.where(joints[0] & (place == 0), np.nan, np.where(joints[1], 0.0, values))
        now = np.where(joints[0] | joints[1], np.nan, now)
    so_far = _guided(ufuncs.growth_ytd, values, place)
    backwards = np.ascontiguousarray(values[..., ::-1])
    left = n - 1 - place
    onward = _guided(ufuncs.growth_ytd, backwards, np.ascontiguousarray(left[::-1]))[..., ::-1]
    rest = np.where(left == 0, 0.0, _shifted(onward, -1))
    rest[..., -1] = 0.0 if left[-1] == 0 else np.nan
    if joints is not None:  # a sum up to the first of two periods that are published together isn't known
        so_far, rest = (np.where(joints[1], np.nan, part) for part in (so_far, rest))
    before = np.arange(length) < n
    base_so_far, base_rest = (np.where(before, np.nan, _shifted(part, n)) for part in (so_far, rest))
    if length >= n and left[0] < n - 1:  # the first figure follows one of its own year, a year before this place
        base_rest[..., n - 1] = onward[..., 0]
    return Year(dense, now, so_far, base_so_far, base_rest, rest, left, n, joints)


def coming(year: Year) -> Year:
    """The year that follows, as it stands at the last period of each: all of it is to come."""
    end, n = year.left == 0, year.per_year
    whole = np.where(end, year.so_far, np.nan)
    after = np.full_like(whole, np.nan)
    after[..., :-n] = whole[..., n:]
    nothing = np.where(end, 0.0 * whole, np.nan)
    return year._replace(
        so_far=nothing, base_so_far=nothing, base_rest=whole, rest=after, left=np.where(end, float(n), 0.0)
    )


# ---- arithmetic, on figures beside one another -------------------------------------------------------------------


def needed(year: Year, aim: Any, of: str) -> Any:
    """What the rest of the year must add up to."""
    if of == "level":
        return aim - year.so_far
    return (year.base_so_far - year.so_far) + aim * (year.base_so_far + year.base_rest) + year.base_rest


def rest_growth(year: Year, aim: Any, of: str) -> Any:
    """Growth of the rest over the same periods a year before."""
    base = np.where((year.base_rest > 0) & (year.left > 0), year.base_rest, np.nan)
    if of == "level":
        return (aim - year.so_far - base) / base
    return aim + ((year.base_so_far - year.so_far) + aim * year.base_so_far) / base


def pace(last: Any, sum_needed: Any, left: Any) -> Any:
    """The rate g at which ``last * ((1 + g) + ... + (1 + g) ** left)`` is what is needed; NaN where there is none."""
    last, total, left = np.broadcast_arrays(last, sum_needed, left)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where((last > 0) & (total > 0) & (left > 0), total / last, np.nan)
        # the sum of powers is at least left * q ** ((left + 1) / 2), and at least q: the root lies below both bounds
        q = np.minimum(ratio, (ratio / left) ** (2 / (left + 1)))
    where = np.flatnonzero(np.isfinite(q))
    root, want, count = q.ravel()[where], ratio.ravel()[where], left.ravel()[where].astype(np.int64)
    most = int(count.max(initial=0))
    active = np.arange(len(root))
    for _ in range(STEPS):  # from above on a convex curve: every step comes nearer
        at, n = root[active], count[active]
        value, slope = np.zeros(len(at)), np.zeros(len(at))
        for k in range(most, 0, -1):  # Horner, of as many powers as are left
            inside = n >= k
            slope = np.where(inside, slope * at + (value + 1.0), slope)
            value = np.where(inside, (value + 1.0) * at, value)
        # value = q + ... + q^n; slope = its derivative, by the product rule along the way
        step = (value - want[active]) / slope
        root[active] = np.maximum(at - step, at / 4)
        active = active[np.abs(step) > 1e-15 * at]
        if not len(active):
            break
    out = np.full(ratio.shape, np.nan)
    out.reshape(-1)[where] = root - 1.0
    return out


def at_pace(last: Any, rate: Any, left: Any) -> Any:
    """The sum of `left` further periods, each `rate` above the one before."""
    last, rate, left = np.broadcast_arrays(last, rate, left)
    factor, total, level = 1.0 + rate, np.zeros(last.shape), np.array(last, np.float64)
    for k in range(int(np.max(left, initial=0))):
        level = level * factor
        total = np.where(left > k, total + level, total)
    return total


def by_name(x: Any, given: Any, axis: Any) -> Any:
    """A mapping of names to targets as a list in the order of the series; anything else as it is."""
    if not isinstance(given, Mapping):
        return given
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(x, pd.DataFrame):
        names = list(x.columns if axis in (None, 0, "index", "rows") else x.index)
    else:
        dims = [dim for dim in getattr(x, "dims", ()) if dim != ("time" if axis is None else axis)]
        if len(dims) != 1:
            raise ValueError(
                f"targets by name: a {type(x).__name__} has no one dimension of names; needed are a frame, or an array "
                "or cube of one dimension besides time"
            )
        names = list(x.codes[dims[0]]) if hasattr(x, "codes") else x.coords[dims[0]].values.tolist()
    lacking, beyond = [n for n in names if n not in given], [n for n in given if n not in names]
    if lacking or beyond:
        told = [f"{word} {', '.join(map(str, d[:5]))}" for word, d in (("lacking", lacking), ("beyond", beyond)) if d]
        raise ValueError(f"targets are not those of the series: {'; '.join(told)}")
    return [given[name] for name in names]


def beside(x: Any, figures: Any, axis: Any) -> Any:
    """Targets or rates for several series, as something that aligns with series along time."""
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(x, pd.DataFrame) and isinstance(figures, pd.Series):
        along = axis in (None, 0, "index", "rows")
        names = x.columns if along else x.index
        if not figures.index.equals(x.index if along else x.columns):
            lacking, beyond = names.difference(figures.index), figures.index.difference(names)
            if len(lacking) or len(beyond):
                told = [
                    f"{word} {', '.join(map(str, d[:5]))}"
                    for word, d in (("lacking", lacking), ("beyond", beyond))
                    if len(d)
                ]
                raise ValueError(f"targets are not those of the series: {'; '.join(told)}")
            row = figures.reindex(names).to_numpy(np.float64, na_value=np.nan)
            return row if along else row[:, None]
    dims = list(getattr(x, "dims", ()))
    if isinstance(figures, np.ndarray) and figures.ndim and (dims or isinstance(x, np.ndarray | list | tuple)):
        shape, place = list(np.shape(x)), -1 if axis is None else axis
        if dims:
            time = "time" if axis is None else axis
            place = dims.index(time) if time in dims else -1
        if len(shape) > 1:
            shape.pop(place)
            if figures.shape == tuple(shape):
                return np.expand_dims(figures, place)
    return figures


def along(x: Panel, other: Panel, dense: _Dense) -> Any:
    """A second argument in the places of the first, time last."""
    if np.ndim(other.values) == 0:
        return other.values
    assert x.axis is not None
    try:
        wide = np.broadcast_to(other.values, x.values.shape)
    except ValueError:
        raise ValueError(
            f"shapes don't fit: figures of shape {x.values.shape}, beside them one of {np.shape(other.values)}; "
            "needed is one for all, one for each series, or one for each figure"
        ) from None
    moved = np.moveaxis(wide, x.axis, -1)
    if dense.places is None:
        return moved
    full = np.full((*moved.shape[:-1], np.shape(dense.values)[-1]), np.nan)
    full[..., dense.places] = moved
    return full


def over_year_so_far(x: Panel, year: Year, result: Any) -> Any:
    """A result with the flags of the cells from the year's first period on."""
    if not x.flagged:
        return _sparse(x, year.dense, result)
    return _sparse(x, year.dense, result), _flags_back(x, _marks(x, year, result, 0))


def _marks(x: Panel, year: Year, result: Any, before: int) -> Flags | None:
    """The flags of all cells from so many periods before the year on."""
    begin = np.arange(result.shape[-1]) - (year.per_year - 1 - year.left.astype(np.int64)) - before
    return _broken(_cells(x, result.shape, year.joints), np.where(begin < 0, -1, begin))


def told(x: Panel, year: Year, result: Any, *inputs: Any) -> Any:
    """A result with the flags of all cells from the first of last year on; UNDEFINED where figures allow none."""
    if not x.flagged:
        return _sparse(x, year.dense, result)
    marks = _marks(x, year, result, year.per_year)
    known = np.isnan(result) & (year.left > 0)
    for part in (year.base_so_far, year.base_rest, year.so_far, *inputs):
        known = known & ~np.isnan(part)
    marks = mark(marks, known, UNDEFINED, result.shape)
    return _sparse(x, year.dense, result), _flags_back(x, marks)


def standing(year: Year, wanted: Any) -> tuple[Any, Any]:
    """How many earlier years' rest grew by less (ties count half), and how many are known."""
    base = np.where((year.base_rest > 0) & (year.left > 0), year.base_rest, np.nan)
    history = (year.rest - base) / base
    below, count = np.zeros(wanted.shape), np.zeros(wanted.shape)
    for lag in range(year.per_year, wanted.shape[-1], year.per_year):
        then, now = history[..., :-lag], wanted[..., lag:]
        below[..., lag:] += np.where(then < now, 1.0, np.where(then == now, 0.5, 0.0))
        count[..., lag:] += ~np.isnan(then)
    return below, count
