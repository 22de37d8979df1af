"""The year that is on: where it stands, what its rest must bring, and how that compares with earlier years."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia._targets_model import Target, ends_of_targets, target
from indicia._targets_show import MANY, Report, Table, percent_text
from indicia._targets_sums import Year, along, beside, by_name, coming, needed, pace, rest_growth, standing, year_of
from indicia.containers import Panel, labelled
from indicia.periods import Period, Periods

__all__ = ["Path", "path"]


class Path(Report):
    """What the rest of a year must bring for targets to be met, for one series or many.

    Attributes
    ----------
    names : tuple of str
    said : tuple of str
        The targets, as they were said.
    of : {"growth", "level"}
    at : Period or None
        The last period that counts as known; None where figures carry no periods.
    left : int
        How many periods the year has after it.
    target : ndarray of float64
        The figures aimed at.
    so_far : ndarray of float64
        Growth of the year to date over the same periods of last year.
    done : ndarray of float64
        Which part of last year those were.
    required : ndarray of float64
        Growth that the rest needs over the same periods of last year; below -1: reached already.
    pace : ndarray of float64
        The same rate from each period to the next that would do; NaN where none does.
    needed : ndarray of float64
        What the rest must add up to, and by period in `levels`.
    run_rate : ndarray of float64
        The year's growth, or its sum, if the rest grows over last year as much as the year so far has.
    percentile : ndarray of float64
        In which part of earlier years the rest of the year grew by less; NaN with fewer than three.
    years : ndarray of int
        How many earlier years that is of.
    levels : ndarray of float64
        For each series and period that is left: last year's level, grown by `required`.
    missing : dict of str to str
        Why a series has no figures.

    See Also
    --------
    path : makes one.

    Examples
    --------
    >>> from indicia import targets
    >>> targets.path([100.0, 100.0, 100.0, 100.0, 104.0, 104.0, 104.0], "6 %", freq="Q").levels.round(2)
    array([[112.]])
    """

    def __init__(self, names: list[str], said: list[str], of: str, at: Period | None, figures: dict[str, Any]) -> None:
        self.names, self.said, self.of, self.at = tuple(names), tuple(said), of, at
        self.left: int = figures["left"]
        self.target: NDArray[np.float64] = figures["target"]
        self.so_far: NDArray[np.float64] = figures["so_far"]
        self.done: NDArray[np.float64] = figures["done"]
        self.required: NDArray[np.float64] = figures["required"]
        self.pace: NDArray[np.float64] = figures["pace"]
        self.needed: NDArray[np.float64] = figures["needed"]
        self.run_rate: NDArray[np.float64] = figures["run_rate"]
        self.percentile: NDArray[np.float64] = figures["percentile"]
        self.years: NDArray[np.int64] = figures["years"]
        self.levels: NDArray[np.float64] = figures["levels"]
        self.missing: dict[str, str] = figures["missing"]

    def __len__(self) -> int:
        return len(self.names)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods that are left; none where figures carry no periods.

        Examples
        --------
        >>> import pandas as pd
        >>> from indicia import targets
        >>> months = pd.period_range("2023Q1", periods=7, freq="Q")
        >>> [str(period) for period in targets.path(pd.Series([1.0] * 7, index=months), "6 %").periods]
        ['2024-Q4']
        """
        if self.at is None:
            return ()
        return tuple(Period(self.at.freq, self.at.ordinal + 1 + k) for k in range(self.left))

    def to_pandas(self) -> Any:
        """A row for each series.

        Returns
        -------
        pandas.DataFrame
            Indexed by name: ``said`` and the attributes of one figure for each series.

        Examples
        --------
        >>> from indicia import targets
        >>> x = [100.0, 100.0, 100.0, 100.0, 104.0, 104.0, 104.0]
        >>> targets.path(x, "6 %", freq="Q").to_pandas()[["said", "so_far", "required"]].round(4)
          said  so_far  required
        1  6 %    0.04      0.12
        """
        import pandas as pd

        columns: dict[str, Any] = {"said": list(self.said)}
        for name in ("target", "so_far", "done", "required", "pace", "needed", "run_rate", "percentile", "years"):
            columns[name] = getattr(self, name)
        return pd.DataFrame(columns, index=pd.Index(self.names))

    def _table(self) -> Table:
        head = ["", "target", "so far %", "rest needs %", "a period %", "less in"]
        rows = []
        for i, name in enumerate(self.names[:MANY]):
            below = self.percentile[i] * self.years[i]
            rank = "" if math.isnan(below) else f"{round(below, 1):g} of {self.years[i]} years"
            rates = [percent_text(float(x[i])) for x in (self.so_far, self.required, self.pace)]
            rows.append([name, self.said[i], *rates, rank])
        when = "" if self.at is None else f", after {self.at}"
        notes = [
            f"rest: {self.left} period{'s' * (self.left != 1)}, over the same of last year; a period: on the one before"
        ]
        if not np.isnan(self.percentile).all():
            notes.append("less in: earlier years whose same part grew by less than is needed")
        if (self.required < -1).any():
            notes.append("below -100: reached already")
        notes += [f"{name}: {why}" for name, why in list(self.missing.items())[:MANY]]
        if len(self) > MANY:
            notes.append(f"the first {MANY} of {len(self)} series")
        return Table(f"What the rest of the year must bring{when}", head, rows, [False, *[True] * 5], notes)


def path(
    x: Any,
    target: Any,
    *,
    of: str = "growth",
    at: str | Period | None = None,
    year: str = "this",
    percent: bool = True,
    min_years: int = 3,
    joint: bool | None = None,
    freq: str | None = None,
    start: int = 1,
    axis: int | str | None = None,
) -> Path:
    """What the rest of the year must bring for a target to be met, and how earlier years did in that part.

    Formulas are those of `required`, `run_rate` and `percentile`, at one period.

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        Flows along time, or levels whose mean is aimed at; one series or many.
    target : str, float, Target, or many of them
        What is aimed at, as of `required`. With a period of its own it must be for the year that is on.
    of : {"growth", "level"}
        Whether the year's growth or its sum is aimed at.
    at : str or Period, optional
        The last period that counts as known; by default the last with a figure in any series.
    year : {"this", "next"}
        Which year's target: that of the year that `at` is in, or, if it is its last period, that of the next.
    percent : bool
        Whether texts without a unit are in per cent.
    min_years : int
        How many earlier years a percentile needs.
    joint, freq, start, axis
        As of `required`.

    Returns
    -------
    Path
        ``print`` shows a table, a notebook an HTML one; ``to_pandas`` gives the figures.

    Raises
    ------
    ValueError
        The year is over, or the target is for another one; no series has a figure; less than a year and one period;
        `at` lies outside; labels or shapes differ.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    A series without a figure at `at`, or with a hole in this year or last, has NaN throughout; `missing` says why.

    Examples
    --------
    >>> from indicia import targets
    >>> x = [100.0, 100.0, 100.0, 100.0, 104.0, 104.0, 104.0]
    >>> targets.path(x, "6 %", freq="Q")
    What the rest of the year must bring
    <BLANKLINE>
       target  so far %  rest needs %  a period %  less in
    1     6 %      4.00         12.00        7.69
    <BLANKLINE>
    rest: 1 period, over the same of last year; a period: on the one before
    """
    if of not in ("growth", "level"):
        raise ValueError(f"of: expected 'growth' or 'level', got {of!r}; a share becomes a level by its total")
    target = by_name(x, target, axis)
    ends = ends_of_targets(target, of=of, percent=percent)
    if year not in ("this", "next"):
        raise ValueError(f"year: expected 'this' or 'next', got {year!r}")
    kept: list[tuple[Panel, Year, Any]] = []

    @labelled("x", "target", levels=("x",))
    def taken(x: Any, target: Any, *, joint: Any, freq: Any, start: int, axis: Any) -> Any:
        on = year_of(x, freq=freq, start=start, joint=joint, name="path", ahead=year == "next")
        kept.append((x, coming(on) if year == "next" else on, along(x, target, on.dense)))
        return x.values

    taken(x, beside(x, ends.figure, axis), joint=joint, freq=freq, start=start, axis=axis)
    panel, on, aim = kept[0]
    moved = np.asarray(on.dense.values)
    names = _names(x, panel, moved.shape[:-1])
    place = _place(moved, on.dense.time, at)
    _in_time(target, on, place, ahead=year == "next")
    count = len(names)
    cut = on._replace(
        now=on.now[..., place].reshape(count),
        so_far=on.so_far[..., place].reshape(count),
        base_so_far=on.base_so_far[..., place].reshape(count),
        base_rest=on.base_rest[..., place].reshape(count),
        left=np.full(count, on.left[place]),
    )
    aimed = np.broadcast_to(aim, moved.shape)[..., place].reshape(count) if np.ndim(aim) else np.full(count, float(aim))
    figures = _figures(cut, aimed, of)
    wide = rest_growth(on, aim, of)
    below, known = (part[..., place].reshape(count) for part in standing(on, wide))
    known = np.where(np.isnan(figures["required"]), 0, known)
    few = known < min_years
    figures["percentile"] = np.where(few, np.nan, below / np.maximum(known, 1))
    figures["years"] = known.astype(np.int64)
    left = int(on.left[place])
    behind = moved.reshape(count, -1)[:, place + 1 - on.per_year : place + 1 - on.per_year + left]
    figures["levels"] = behind * (1.0 + figures["required"])[:, None]
    figures["left"] = left
    figures["missing"] = {
        name: why for name, why in zip(names, _reasons(moved.reshape(count, -1), cut, place), strict=True) if why
    }
    if len(figures["missing"]) == count:
        first = next(iter(figures["missing"].values()))
        raise ValueError(f"path: no series of {count} has what is needed: {first}")
    time = on.dense.time
    return Path(names, _said(target, aimed, of), of, None if time is None else time[place], figures)


def _figures(cut: Year, aimed: NDArray[np.float64], of: str) -> dict[str, Any]:
    base = np.where(cut.base_so_far > 0, cut.base_so_far, np.nan)
    so_far = (cut.so_far - base) / base
    whole = cut.base_so_far + cut.base_rest
    need = needed(cut, aimed, of)
    return {
        "target": aimed,
        "so_far": so_far,
        "done": cut.base_so_far / np.where(whole > 0, whole, np.nan),
        "required": rest_growth(cut, aimed, of),
        "pace": pace(cut.now, need, cut.left),
        "needed": need,
        "run_rate": so_far if of == "growth" else cut.so_far * (1 + cut.base_rest / base),
    }


def _names(x: Any, panel: Panel, shape: tuple[int, ...]) -> list[str]:
    """A name for each series, in the order of the values."""
    count = math.prod(shape)
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(x, pd.DataFrame):
        labels = x.columns if panel.axis == 0 else x.index
        return [", ".join(map(str, k)) if isinstance(k, tuple) else str(k) for k in labels]
    if count == 1 and getattr(x, "name", None) not in (None, ""):
        return [str(x.name)]
    dims = [d for k, d in enumerate(getattr(x, "dims", ())) if k != panel.axis]
    if dims and len(dims) == len(shape):
        codes = [_codes(x, d, n) for d, n in zip(dims, shape, strict=True)]
        return [", ".join(codes[k][i] for k, i in enumerate(index)) for index in np.ndindex(*shape)]
    return [str(k + 1) for k in range(count)]


def _codes(x: Any, dim: Any, count: int) -> list[str]:
    if hasattr(x, "codes"):
        return list(map(str, x.codes[dim]))
    if dim in x.coords:
        return list(map(str, x.coords[dim].values.tolist()))
    return [str(k + 1) for k in range(count)]


def _place(moved: NDArray[np.float64], time: Periods | None, at: str | Period | None) -> int:
    if at is None:
        known = np.flatnonzero(~np.isnan(moved).reshape(-1, moved.shape[-1]).all(axis=0))
        if not len(known):
            raise ValueError(f"path: all {moved.size} figures are missing; needed are last year's and this year's")
        return int(known[-1])
    if time is None:
        raise ValueError("at: figures carry no periods; needed are an index of periods or dates, or a Cube")
    period = at if isinstance(at, Period) else Period.parse(at)
    place = period.ordinal - time[0].ordinal
    if period.freq != time.freq or not 0 <= place < len(time):
        raise ValueError(f"at: {period} isn't among the figures, which are {time[0]} to {time[-1]}")
    return place


def _in_time(given: Any, on: Year, place: int, *, ahead: bool) -> None:
    """ValueError where nothing is left to be required, or the target is for another year."""
    time = on.dense.time
    when = "the last figure" if time is None else str(time[place])
    about = None if time is None else int(time[place].year) + ahead
    wanted = given.period if isinstance(given, Target) else None
    if on.left[place] == 0:
        if ahead:
            raise ValueError(f"year='next': {when} isn't the last period of its year; needed is at= that period")
        raise ValueError(
            f"the year is over at {when}: nothing is left to require, and audit.targets judges it; at= takes an "
            "earlier period, year='next' the year that follows"
        )
    if wanted is not None and about is not None and wanted.year != about:
        over = "is over" if wanted.year < about else "hasn't begun"
        raise ValueError(
            f"the target is for {wanted}, which {over} at {when}; needed is one for {about} (audit.targets judges "
            "outcomes)"
        )


def _reasons(rows: NDArray[np.float64], cut: Year, place: int) -> list[str]:
    first = place - (cut.per_year - 1 - int(cut.left[0])) - cut.per_year
    time = cut.dense.time
    found = []
    for k, row in enumerate(rows):
        if not np.isnan(cut.so_far[k] + cut.base_so_far[k] + cut.base_rest[k]):
            found.append("" if cut.base_rest[k] > 0 else "last year's rest adds up to zero or less")
            continue
        if first < 0:
            found.append("last year isn't whole")
            continue
        holes = np.flatnonzero(np.isnan(row[first : place + 1])) + first
        if len(holes) == place + 1 - first:
            found.append("no figure in this year or last")
        else:
            named = "" if time is None else f" ({', '.join(str(time[int(i)]) for i in holes[:3])})"
            found.append(f"{len(holes)} missing in this year and last{named}")
    return found


def _said(given: Any, aimed: NDArray[np.float64], of: str) -> list[str]:
    if isinstance(given, str | Target):
        return [given.said if isinstance(given, Target) else given.strip()] * len(aimed)
    texts = [x.said if isinstance(x, Target) else x for x in np.asarray(given, dtype=object).ravel().tolist()]
    if len(texts) == len(aimed) and all(isinstance(x, str) for x in texts):
        return texts
    return ["" if np.isnan(x) else target(float(x), of=of).said for x in aimed]
