"""From a mix of published sums of the year, single periods, growth of both and revisions to what fits them all."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicia import interval, ufuncs
from indicia._growth_base import _per_year
from indicia._growth_bridge import _labels
from indicia._growth_bridge_parts import Floats
from indicia._growth_flags import JOINT, Flags
from indicia._growth_untangle_show import Bounds, Conflict, Figure, Untangled
from indicia._growth_years import _back, _Dense, _dense, _flags_back, _places
from indicia._parts import each
from indicia.config import get_threads
from indicia.containers import Panel, panels_of
from indicia.flags import Flag

__all__ = ["untangle"]

ROWS: Final = {"ytd": 0, "level": 2, "revised_ytd": 4, "revised": 6, "ytd_rate": 8, "rate": 10}  # of the kernel
SUM_OF: Final = {"level": "ytd", "revised": "revised_ytd", "rate": "ytd_rate"}  # what a joint first figure is, too
_LARGE: Final = 1 << 19  # figures from which on a second thread is worth making
_ROUNDS: Final = 100  # contradictions of one series that are looked for
DERIVED: Final = np.uint32(Flag.DERIVED)


def untangle(
    level: Any = None,
    *,
    ytd: Any = None,
    rate: Any = None,
    ytd_rate: Any = None,
    revised: Any = None,
    revised_ytd: Any = None,
    decimals: Any = None,
    rate_decimals: int | str | None = None,
    joint: bool | None = None,
    base: str = "published",
    nonnegative: bool = True,
    freq: str | None = None,
    start: int = 1,
    join: str = "exact",
    axis: int | str | None = None,
) -> Untangled:
    """The levels and the growth that fit whatever was published of a flow: sums of the year, single months, rates.

    With x the flow of a period, s its sum of the year so far, c and C the same as later revised, Y a year::

        s[t] = s[t-1] + x[t]      x[t] = (1 + rate[t]) * c[t-Y]      s[t] = (1 + ytd_rate[t]) * C[t-Y]

    each figure known within half a step of its last printed digit.

    Parameters
    ----------
    level, ytd : array_like, pandas, xarray, polars or Cube, optional
        Figures of single periods, and sums of the year so far, along time; NaN where none was published. At least one
        of the two, or `rate` or `ytd_rate` with one of the two.
    rate, ytd_rate : likewise, optional
        Their growth on the same period a year before, as fractions.
    revised, revised_ytd : likewise, optional
        Figures as revised later, which later growth is measured from. A year of which there is one has two versions:
        as first published, and as revised.
    decimals : int, array_like, "exact", or mapping, optional
        How many decimals levels and sums are printed with; negative for tens and hundreds. By default a Cube's own. A
        mapping gives them by name (``{"ytd": 0, "level": 1}``).
    rate_decimals : int or "exact", optional
        The same of rates, as fractions: 3 for 10.6 %.
    joint : bool, optional
        Whether a second period whose first is missing holds both together, as China's February. By default where it
        is flagged JOINT, so only in a Cube.
    base : {"published", "free"}
        What growth is measured from: the levels that were published the year before, or levels that may have been
        revised since, of which only growth (and `revised`) tells.
    nonnegative : bool
        The flow is never below zero.
    freq : {None, "A", "S", "Q", "M"}
        How often figures come, where they carry no periods, or dates whose frequency can't be inferred.
    start : int
        Which period of its year the first figure is, where they carry no periods; 1 is the first.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.
    axis : int, str or None
        Where time runs, as of `pct_change`.

    Returns
    -------
    Untangled
        Bounds of `level`, `ytd`, the `base` as later growth sees it, comparable `growth` and `ytd_growth`; and the
        `conflicts`: figures that contradict each other, with their periods.

    Raises
    ------
    ValueError
        Nothing is given that has a level, decimals aren't known, a level is negative though `nonnegative`, a rate is in
        per cent, or as `ytd`. The message says what was given.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    What truly fits the figures lies within the bounds, always: ends are rounded outwards. They are the tightest where
    no growth ties two years together; with growth they are those of narrowing figure by figure, 60 times at most,
    until little moves.

    Where figures of a series contradict each other, a smallest such set is named. If growth is in it, the years it is
    measured from are taken to have been revised (as with ``base="free"``, for those years); if not, the figures of the
    set are left out. The bounds are those of what remains.

    Flags of a Cube: those of the period's own figures, but JOINT; DERIVED where no single level was published.

    References
    ----------
    National Bureau of Statistics of China, notes to the monthly releases, on joint figures of January and February and
    on growth at comparable coverage. R. Dechter, I. Meiri and J. Pearl, "Temporal constraint networks", *Artificial
    Intelligence* 49 (1991), on bounds by difference constraints.

    Examples
    --------
    China's retail sales from January 2022 to March 2023: a few sums, one month, and growth.

    >>> import numpy as np
    >>> from indicia import growth
    >>> sums, months, rates = np.full((3, 15), np.nan)
    >>> sums[[2, 13, 14]], months[2], rates[14] = [108659, 77067, 114922], 34233, 0.106
    >>> u = growth.untangle(months, ytd=sums, rate=rates, decimals=0, rate_decimals=3, freq="M")
    >>> print(f"January and February 2022: {u.ytd.low[1]:.0f} to {u.ytd.high[1]:.0f}")
    January and February 2022: 74425 to 74427
    >>> print(f"March 2023: {u.level.low[14]:.0f} to {u.level.high[14]:.0f}, {u.growth.low[14]:.4f} at least")
    March 2023: 37854 to 37856, 0.1058 at least
    """
    given = {name: x for name, x in (
        ("level", level), ("ytd", ytd), ("rate", rate), ("ytd_rate", ytd_rate), ("revised", revised),
        ("revised_ytd", revised_ytd)) if x is not None}  # fmt: skip
    if not given.keys() & {"level", "ytd", "revised", "revised_ytd"}:
        got = ", ".join(given) or "nothing"
        raise ValueError(f"untangle: expected level= or ytd=, from which levels could be told, got {got}")
    if base not in ("published", "free"):
        raise ValueError(f"base: expected 'published' or 'free', got {base!r}")
    digits = {name: _digits(name, x, decimals, rate_decimals) for name, x in given.items()}
    names = list(given)
    levels = [name for name in names if "rate" not in name]
    rated = {name: {"rate": x} for name, x in given.items() if "rate" in name}
    for name, pair in rated.items():
        _fraction(name, pair["rate"])
    panels, wrap = panels_of(list(given.values()), names, join=join, unit="kept", levels=levels, along=True, freq=freq,
                             axis=axis)  # fmt: skip
    shape = np.broadcast_shapes(*(np.shape(p.values) for p in panels))
    where = next((p for p in panels if p.axis is not None), panels[0])
    for p in panels:
        p.values, p.axis, p.time = np.broadcast_to(p.values, shape), where.axis, where.time
        if p.flags is not None:
            p.flags = np.broadcast_to(p.flags, shape)
    dense = {name: _dense(p) for name, p in zip(names, panels, strict=True)}
    first = next(iter(dense.values()))
    lag = _per_year(where, freq, "untangle")
    place, _ = _places(first.time, freq, start, first.values.shape[-1], "untangle")
    joints = {name: _joint(p, dense[name], place, joint) for name, p in zip(names, panels, strict=True)}
    ends = {name: _ends(dense[name], digits[name], name, nonnegative) for name in names}
    problem = _Problem(place, lag, nonnegative, base == "free")
    rows, same = _rows(problem, ends, joints)
    found = _narrowed(problem, rows, same)
    like = wrap(np.zeros(shape), None)
    labels = _labels(like, shape)
    periods = list(map(str, first.time)) if first.time is not None else labels[where.axis or 0]
    series = [names_ for k, names_ in enumerate(labels) if k != where.axis]
    conflicts = _conflicts(problem, _Published(ends, joints), same, found, _Words(periods, series, dense))
    marks = _marks(dict(zip(names, panels, strict=True)), found)

    def bounds(row: int, less: float = 0.0) -> Bounds:
        low, high = found[..., row, :], found[..., row + 1, :]
        if less:
            with np.errstate(invalid="ignore"):
                low, high = np.nextafter(low - less, -np.inf), np.nextafter(high - less, np.inf)
            unknown = (low == -np.inf) & (high == np.inf)
            low, high = np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)
        pair = []
        for end in (low, high):
            out = end if first.places is None else np.take(end, first.places, axis=-1)
            flags = None if marks is None else _flags_back(where, marks)
            pair.append(wrap(np.ascontiguousarray(_back(where, out)), flags))
        return Bounds(*pair)

    return Untangled(bounds(2), bounds(0), bounds(6), bounds(10, 1.0), bounds(8, 1.0), tuple(conflicts), tuple(names))


class _Problem(NamedTuple):
    place: Floats
    lag: int
    nonnegative: bool
    free: bool


class _Published(NamedTuple):
    ends: dict[str, tuple[Floats, Floats]]
    joints: dict[str, NDArray[np.bool_]]


class _Words(NamedTuple):
    periods: list[str]
    series: list[list[str]]
    dense: dict[str, _Dense]


# ---- what was published ------------------------------------------------------------------------------------------


def _digits(name: str, x: Any, decimals: Any, rate_decimals: Any) -> Any:
    if "rate" in name:
        if rate_decimals is None:
            raise ValueError(f"rate_decimals: say how many decimals {name} is printed with (3 for 10.6 % as 0.106)")
        return rate_decimals
    if isinstance(decimals, Mapping):
        decimals = decimals.get(name)
    if decimals is None:
        decimals = getattr(x, "decimals", None)
        if decimals is not None and np.ndim(decimals):
            decimals = np.asarray(decimals)[..., None]
    if decimals is None or (not isinstance(decimals, str) and np.min(decimals) < -22):
        raise ValueError(f"decimals: neither given nor known from {name}; say how many are printed, or 'exact'")
    return decimals


def _fraction(name: str, x: Any) -> None:
    unit = getattr(x, "unit", None)
    if unit is not None:
        for text in np.unique(np.asarray(unit, dtype=object).astype(str)):
            if "%" in text or any(word in text.casefold() for word in ("per cent", "percent", "per mille")):
                raise ValueError(f"{name}: a fraction is expected (0.06 is 6 %), the unit is {text!r}")


def _ends(dense: _Dense, digits: Any, name: str, nonnegative: bool) -> tuple[Floats, Floats]:
    """What each figure stands for, unbounded where there is none."""
    values = np.asarray(dense.values, np.float64)
    if "rate" not in name and nonnegative and bool(np.any(values < 0)):
        raise ValueError(f"{name}: {float(np.nanmin(values)):g} is below zero: say nonnegative=False if that can be")
    if isinstance(digits, str):
        if digits != "exact":
            raise ValueError(f"decimals: expected integers or 'exact', got {digits!r}")
        low, high = values, values
    else:
        known = interval.from_decimals(values, digits)
        low, high = np.asarray(known.low), np.asarray(known.high)
    if "rate" in name:
        low, high = np.nextafter(1 + low, -np.inf), np.nextafter(1 + high, np.inf)
    missing = np.isnan(values)
    return np.where(missing, -np.inf, low), np.where(missing, np.inf, high)


def _joint(x: Panel, dense: _Dense, place: Floats, joint: bool | None) -> NDArray[np.bool_]:
    """Where a figure stands for the first two periods of the year together."""
    values = np.asarray(dense.values)
    second = np.zeros(len(place), np.bool_)
    second[1:] = (place[1:] == 1) & (place[:-1] == 0)
    hollow = np.zeros(values.shape, np.bool_)
    hollow[..., 1:] = np.isnan(values[..., :-1])
    said = second & hollow & ~np.isnan(values)
    if joint is not None:
        return said if joint else np.zeros(values.shape, np.bool_)
    if x.flags is None or not (x.flags & JOINT).any():
        return np.zeros(values.shape, np.bool_)
    flagged = (np.moveaxis(x.flags, x.axis or 0, -1) & JOINT) != 0
    result: NDArray[np.bool_] = flagged & (place == 1) & ~np.isnan(values)
    return result


def _rows(
    problem: _Problem, ends: dict[str, tuple[Floats, Floats]], joints: dict[str, NDArray[np.bool_]]
) -> tuple[Floats, Floats]:
    """The kernel's rows, and where the base of later growth is what was published."""
    shape = next(iter(ends.values()))[0].shape
    rows = _unbounded(problem, shape)
    for name, (low, high) in ends.items():
        row, where = ROWS[name], joints[name] if name in SUM_OF else np.zeros(shape, np.bool_)
        single = ~where
        rows[..., row, :] = np.where(single, np.maximum(rows[..., row, :], low), rows[..., row, :])
        rows[..., row + 1, :] = np.where(single, np.minimum(rows[..., row + 1, :], high), rows[..., row + 1, :])
        if where.any():
            row = ROWS[SUM_OF[name]]
            rows[..., row, :] = np.where(where, np.maximum(rows[..., row, :], low), rows[..., row, :])
            rows[..., row + 1, :] = np.where(where, np.minimum(rows[..., row + 1, :], high), rows[..., row + 1, :])
    same = np.full(shape, 0.0 if problem.free else 1.0)
    later = np.zeros(shape, np.bool_)
    for name in ("revised", "revised_ytd"):
        if name in ends:
            later |= np.isfinite(ends[name][0])
    if later.any():
        for begin, end in _years(problem.place):
            same[..., begin:end] = np.where(
                later[..., begin:end].any(axis=-1, keepdims=True), 0.0, same[..., begin:end]
            )
    return rows, same


def _unbounded(problem: _Problem, shape: tuple[int, ...]) -> Floats:
    rows = np.empty((*shape[:-1], 12, shape[-1]))
    rows[..., 0::2, :] = -np.inf
    rows[..., 1::2, :] = np.inf
    if problem.nonnegative:
        rows[..., 0:8:2, :] = 0.0
    return rows


def _years(place: Floats) -> list[tuple[int, int]]:
    begins = np.unique(np.r_[0, np.flatnonzero(place == 0)])
    return [(int(a), int(b)) for a, b in zip(begins, [*begins[1:], len(place)], strict=True) if b > a]


def _narrowed(problem: _Problem, rows: Floats, same: Floats) -> Floats:
    found = np.empty_like(rows)
    guides = problem.place, float(problem.lag)
    if rows.ndim == 2 or rows.size < _LARGE:
        return np.asarray(ufuncs.growth_untangle(guides[0], same, guides[1], rows, out=found))
    count = min(get_threads(), len(rows))
    ends = [len(rows) * i // count for i in range(count + 1)]

    def work(part: tuple[slice, ...]) -> None:
        ufuncs.growth_untangle(guides[0], same[part], guides[1], rows[part], out=found[part])

    each([(slice(a, b),) for a, b in itertools.pairwise(ends)], work)
    return found


def _marks(panels: dict[str, Panel], found: Floats) -> Flags | None:
    if not any(p.flagged for p in panels.values()):
        return None
    shape = (*found.shape[:-2], found.shape[-1])
    marks = np.zeros(shape, np.uint32)
    for p in panels.values():
        if p.flags is not None:
            marks |= np.moveaxis(p.flags, p.axis or 0, -1) & ~JOINT
    single = np.zeros(shape, np.bool_)
    if "level" in panels:
        p = panels["level"]
        single = ~np.isnan(np.moveaxis(p.values, p.axis or 0, -1))
        if p.flags is not None:
            single &= (np.moveaxis(p.flags, p.axis or 0, -1) & JOINT) == 0
    known = np.isfinite(found[..., 2, :]) & np.isfinite(found[..., 3, :])
    marks |= np.where(known & ~single, DERIVED, np.uint32(0))
    return marks


# ---- what contradicts itself -------------------------------------------------------------------------------------


class _Figures(NamedTuple):
    """The figures of one series, in order of time: which argument, row of the kernel, period, ends."""

    name: list[str]
    row: NDArray[np.int64]
    time: NDArray[np.int64]
    low: Floats
    high: Floats

    def block(self, problem: _Problem, kept: NDArray[np.bool_]) -> Floats:
        rows = _unbounded(problem, problem.place.shape)
        np.maximum.at(rows, (self.row[kept], self.time[kept]), self.low[kept])
        np.minimum.at(rows, (self.row[kept] + 1, self.time[kept]), self.high[kept])
        return rows


def _conflicts(problem: _Problem, published: _Published, same: Floats, found: Floats, words: _Words) -> list[Conflict]:
    """Names contradictions, series by series, and puts into `found` what is left without them."""
    ends, joints = published
    empty = (found[..., 0::2, :] > found[..., 1::2, :]).any(axis=(-2, -1))
    conflicts: list[Conflict] = []
    for index in np.argwhere(np.atleast_1d(empty)) if empty.ndim else ([()] if empty else []):
        at = tuple(int(i) for i in index)
        figures = _figures_of({k: (low[at], high[at]) for k, (low, high) in ends.items()},
                              {k: j[at] for k, j in joints.items()})  # fmt: skip
        label = ", ".join(names[i] for names, i in zip(words.series, at, strict=True))
        conflicts += _settle(problem, figures, same[at], found[at], (label, at, words))
    return conflicts


def _figures_of(ends: dict[str, tuple[Floats, Floats]], joints: dict[str, NDArray[np.bool_]]) -> _Figures:
    rows: list[tuple[int, str, int, float, float]] = []
    for name, (low, high) in ends.items():
        for t in np.flatnonzero(np.isfinite(low)).tolist():
            row = ROWS[SUM_OF[name]] if name in SUM_OF and joints[name][t] else ROWS[name]
            rows.append((t, name, row, float(low[t]), float(high[t])))
    rows.sort(key=lambda r: r[0])
    return _Figures(
        [r[1] for r in rows], np.array([r[2] for r in rows], np.int64), np.array([r[0] for r in rows], np.int64),
        np.array([r[3] for r in rows]), np.array([r[4] for r in rows]),
    )  # fmt: skip


def _settle(
    problem: _Problem, figures: _Figures, same: Floats, found: Floats, about: tuple[str, tuple[int, ...], _Words]
) -> list[Conflict]:
    """One contradiction after the other, until what is left agrees."""
    label, at, words = about
    same = same.copy()
    kept = np.ones(len(figures.name), np.bool_)
    conflicts: list[Conflict] = []
    for _ in range(_ROUNDS):
        block = ufuncs.growth_untangle(problem.place, same, float(problem.lag), figures.block(problem, kept))
        if not (block[0::2] > block[1::2]).any():
            found[...] = block
            return conflicts
        core = _smallest(problem, figures, same, kept)
        bases = [int(figures.time[k]) - problem.lag for k in core if "rate" in figures.name[k]]
        years = [(a, b) for a, b in _years(problem.place) if same[a] and any(a <= base < b for base in bases)]
        for begin, end in years:
            same[begin:end] = 0.0
        if not years:
            kept[core] = False
        named = tuple(
            Figure(figures.name[k], words.periods[t := int(figures.time[k])],
                   float(np.asarray(words.dense[figures.name[k]].values)[(*at, t)]))
            for k in core
        )  # fmt: skip
        revised = tuple(words.periods[a][:4] if words.periods[a][:4].isdigit() else words.periods[a] for a, _ in years)
        conflicts.append(Conflict(label, named, revised))
    found[...] = _unbounded(problem, problem.place.shape)
    return conflicts


def _smallest(problem: _Problem, figures: _Figures, same: Floats, kept: NDArray[np.bool_]) -> list[int]:
    """A set of figures that contradict each other, none of which could be left out."""
    order = np.flatnonzero(kept)
    years = [a for a, _ in _years(problem.place)]

    def fail(some: NDArray[np.int64]) -> bool:
        if not len(some):
            return False
        use = np.zeros(len(kept), np.bool_)
        use[some] = True
        times = figures.time[some]
        first = max(a for a in years if a <= max(int(times.min()) - problem.lag, 0))
        stop = int(times.max()) + 1
        rows = figures.block(problem, use)[:, first:stop]
        block = ufuncs.growth_untangle(problem.place[first:stop], same[first:stop], float(problem.lag), rows)
        return bool((block[0::2] > block[1::2]).any())

    def least(low: int, high: int, test: Any) -> int:
        """The least of `low` to `high` for which a monotone test holds; it does for `high`."""
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if test(middle) else (middle + 1, high)
        return low

    end = least(1, len(order), lambda k: fail(order[:k]))
    begin = end - least(1, end, lambda k: fail(order[end - k : end]))
    core = order[begin:end]
    size = max(len(core) // 2, 1)
    while True:  # leave out large parts first
        k = 0
        while k < len(core):
            rest = np.r_[core[:k], core[k + size :]]
            if fail(rest):
                core = rest
            else:
                k += size
        if size == 1:
            return [int(i) for i in core]
        size = max(size // 2, 1)
