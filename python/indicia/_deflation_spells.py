"""Along time: runs of falling prices, and how far prices are below where they stood."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from indicia import containers, ufuncs
from indicia._growth_flags import BREAK, UNDEFINED, mark
from indicia._tables import aligned
from indicia.containers import labelled
from indicia.flags import Flag
from indicia.periods import Period, Periods

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Spell", "Spells", "depth", "spells"]

Floats = NDArray[np.float64]
When: TypeAlias = Period | int


@dataclass(frozen=True, slots=True)
class Spell:
    """A run of periods in which prices fall.

    Attributes
    ----------
    series : tuple
        Which series it is in: labels, or places in an array; empty for a single one.
    begin, end : Period or int
        The first and the last period whose rate is a fall. Places where the argument carries no periods.
    length : int
        How many periods.
    lowest : float
        The lowest rate of the spell.
    peak, trough : Period, int or None
        Where prices stood highest before they fell (the last such period, within one lag before `begin`), and lowest
        after that. None where no level is known.
    depth : float
        ``level at the trough / level at the peak - 1``: the cumulative fall, not above 0.
    recovery : Period, int or None
        The first period after the trough that is back at the level of the peak; None if there is none yet.
    began, ended : bool
        Whether the period before `begin`, and the one behind `end`, is known and no fall. Else the spell may be longer.
    flags : Flag
        Of all cells between the first base and `end`; BREAK where one lies behind the first base.
    """

    series: tuple[Any, ...]
    begin: When
    end: When
    length: int
    lowest: float
    peak: When | None
    trough: When | None
    depth: float
    recovery: When | None
    began: bool
    ended: bool
    flags: Flag

    def to_dict(self) -> dict[str, Any]:
        """Plain values: periods as texts, NaN as None, flags as names."""

        def when(x: When | None) -> Any:
            return str(x) if isinstance(x, Period) else x

        return {
            "series": [str(one) for one in self.series],
            "begin": when(self.begin),
            "end": when(self.end),
            "length": self.length,
            "lowest": _plain(self.lowest),
            "peak": when(self.peak),
            "trough": when(self.trough),
            "depth": _plain(self.depth),
            "recovery": when(self.recovery),
            "began": self.began,
            "ended": self.ended,
            "flags": [str(flag.name) for flag in Flag if self.flags & flag],
        }


def _plain(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None


@dataclass(frozen=True)
class Spells(Sequence[Spell]):
    """What `spells` found, in the order of the series and of time.

    Attributes
    ----------
    rows : tuple of Spell
    names : tuple of str
        What the dimensions of `Spell.series` are called.
    lag : int
        What rates are over, in periods.
    """

    rows: tuple[Spell, ...]
    names: tuple[str, ...] = ()
    lag: int = 1

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Spell]:
        return iter(self.rows)

    def __getitem__(self, key: Any) -> Any:
        return Spells(self.rows[key], self.names, self.lag) if isinstance(key, slice) else self.rows[key]

    @property
    def longest(self) -> Spell | None:
        """The one of most periods, the first of several; None if there is none."""
        return max(self.rows, key=lambda spell: spell.length, default=None)

    @property
    def deepest(self) -> Spell | None:
        """The one with the largest cumulative fall, the first of several; None where none has a level."""
        known = [spell for spell in self.rows if not math.isnan(spell.depth)]
        return min(known, key=lambda spell: spell.depth, default=None)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {"lag": self.lag, "dims": list(self.names), "spells": [spell.to_dict() for spell in self.rows]}

    def to_pandas(self) -> pd.DataFrame:
        """One row for each spell; periods as texts.

        Examples
        --------
        >>> from indicia import deflation
        >>> deflation.spells([100.0, 98.0, 97.0, 101.0]).to_pandas()[["begin", "end", "recovery"]].to_numpy().tolist()
        [[1, 2, 3]]
        """
        import pandas as pd

        made = []
        for spell in self.rows:
            row = spell.to_dict()
            named = dict(zip(self.names, spell.series, strict=True))
            row = {**named, **{key: value for key, value in row.items() if key != "series"}}
            made.append({**row, "flags": "|".join(row["flags"]), "lowest": spell.lowest, "depth": spell.depth})
        columns = [*self.names, *(key for key in Spell.__dataclass_fields__ if key != "series")]
        return pd.DataFrame(made, columns=columns)

    def _table(self) -> list[list[str]]:
        heads = [*self.names, "begin", "end", "length", "lowest %", "depth %", "peak", "trough", "recovery", ""]
        rows = [heads]
        for s in self.rows:
            open_ends = " and ".join(w for w, known in (("beginning", s.began), ("end", s.ended)) if not known)
            rows.append(
                [
                    *map(str, s.series), str(s.begin), str(s.end), str(s.length), _percent(s.lowest), _percent(s.depth),
                    *("" if when is None else str(when) for when in (s.peak, s.trough, s.recovery)),
                    f"{open_ends} not seen" if open_ends else "",
                ]
            )  # fmt: skip
        return rows

    def __str__(self) -> str:
        head = f"{len(self.rows)} spell{'s' if len(self.rows) != 1 else ''} of falling prices"
        if not self.rows:
            return head
        first = len(self.names)
        return "\n".join([head, *(line.rstrip() for line in aligned(self._table(), {first + 2, first + 3, first + 4}))])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from indicia._page_svg import escaped, tag

        head, *rows = self._table()
        cells = [tag("tr", *(tag("th", escaped(text)) if text else "<th></th>" for text in head))]
        cells += [tag("tr", *(tag("td", escaped(text)) if text else "<td></td>" for text in row)) for row in rows]
        return tag("table", *cells)


def _percent(x: float) -> str:
    return "" if math.isnan(x) else f"{100 * x:.2f}"


def spells(
    x: Any,
    *,
    lag: int | str = 1,
    of: str = "index",
    below: float = 0.0,
    least: int = 1,
    freq: str | None = None,
    axis: Any = None,
) -> Spells:
    """Spells of deflation: runs of periods in which prices fall, how long, how deep, and when they were made good.

    A spell is a run of consecutive periods with ``x[t] / x[t - lag] - 1 < below``, as long as it can be.

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        A price index or deflator, or several; with ``of="rates"`` their rates of change as fractions.
    lag : int or "year"
        What is compared with: 1 is the period before (month on month), ``"year"`` the same period of the year before.
    of : {"index", "rates"}
        What `x` holds. Of rates over one period a level is chained; rates over more than that leave none, and no depth.
    below : float
        The threshold of a fall, as a fraction. A rate at it is none.
    least : int
        How many periods make a spell.
    freq : str, optional
        How often dates come, where a DatetimeIndex doesn't say.
    axis : int or str, optional
        Where time runs, if not as usual.

    Returns
    -------
    Spells
        A sequence of `Spell`; ``to_pandas`` makes a table. Empty where prices never fall.

    Raises
    ------
    ValueError
        `lag` is no positive whole number, ``"year"`` without periods of a year, periods don't rise, there is no time.

    Notes
    -----
    Missing: a period without a rate (a figure or its base is missing, or the base isn't positive) ends a spell, as
    nobody knows what it was, and `began` or `ended` is False there, as at both ends of the data. Periods are those of
    the calendar: one that the container lacks is missing. Prices at the peak and the trough are those that are known.

    References
    ----------
    IMF, "Deflation: determinants, risks, and policy options", Occasional Paper 221 (2003); C. Borio and others, "The
    costs of deflations: a historical perspective", *BIS Quarterly Review* (March 2015), for peaks and cumulative falls.

    Examples
    --------
    >>> from indicia import deflation
    >>> print(deflation.spells([99.5, 100.0, 99.0, 97.0, 98.0, 100.5, 100.0]))
    2 spells of falling prices
    begin  end  length  lowest %  depth %  peak  trough  recovery
    2      3         2     -2.02    -3.00  1     3       5
    6      6         1     -0.50    -0.50  5     6                 end not seen
    """
    if of not in ("index", "rates"):
        raise ValueError(f"of: expected 'index' or 'rates', got {of!r}")
    if not least >= 1:
        raise ValueError(f"least: expected 1 or more periods, got {least!r}")
    (panel,), _ = containers.panels_of([x], ["x"], along=True, freq=freq, axis=axis)
    values = np.asarray(panel.values, dtype=np.float64)
    if panel.axis is None:
        raise ValueError("x: a single figure has no spells")
    moved = np.moveaxis(values, panel.axis, -1)
    flags = None if panel.flags is None else np.moveaxis(panel.flags, panel.axis, -1)
    time, moved, flags = _without_gaps(panel.time, moved, flags)
    step = _step_of(lag, time)
    names, labels = _series_of(x, panel.axis)
    chained = of == "rates" and step == 1
    if chained:  # the first rate has a base too
        time, moved, flags = _one_before(time, moved, flags)
    if of == "rates":
        rate, level = moved, _chained(moved) if chained else np.full(moved.shape, np.nan)
    else:
        level = np.where(moved > 0, moved, np.nan)
        rate = np.full(moved.shape, np.nan)
        if step < moved.shape[-1]:
            ufuncs.growth_rate(level[..., step:], level[..., :-step], out=rate[..., step:])
    calendar = _Calendar(time, int(chained), step, of == "index")
    found = []
    for place, begin, end in _runs(rate < below, int(least)):
        series = tuple(labels[k][i] for k, i in enumerate(place)) if labels else place
        cells = None if flags is None else flags[place]
        found.append(calendar.spell(series, rate[place], level[place], cells, (begin, end)))
    return Spells(tuple(found), names, step)


@dataclass(frozen=True, slots=True)
class _Calendar:
    """What places along time mean: `before` of them were put in front of the data."""

    time: Periods | None
    before: int
    step: int
    bases: bool  # whether a rate's base is among the cells

    def when(self, t: int) -> When | None:
        if self.time is not None:
            return self.time[t]
        return t - self.before if t >= self.before else None

    def spell(
        self, series: tuple[Any, ...], rate: Floats, level: Floats, flags: NDArray[np.uint32] | None,
        run: tuple[int, int],
    ) -> Spell:  # fmt: skip
        begin, end = run
        start = max(begin - self.step, 0)
        peak = trough = recovery = None
        fall = math.nan
        if not np.isnan(level[start:begin]).all():
            high = np.nanmax(level[start:begin])
            top = start + int(np.flatnonzero(level[start:begin] == high)[-1])
            bottom = begin + int(np.nanargmin(level[begin : end + 1]))
            fall = float(level[bottom] / high - 1)
            least = high if self.bases else high * (1 - 1e-12)  # a chained level has the roundings of its links
            back = np.flatnonzero(level[bottom + 1 :] >= least)
            peak, trough = self.when(top), self.when(bottom)
            recovery = self.when(bottom + 1 + int(back[0])) if len(back) else None
        bits = 0
        if flags is not None:
            used = flags[start if self.bases else begin : end + 1]
            bits = int(np.bitwise_or.reduce(used)) & ~int(BREAK)
            bits |= int(np.bitwise_or.reduce(used[int(self.bases) :])) & int(BREAK)  # a break at the base lies before
        known = [0 <= t < len(rate) and not math.isnan(rate[t]) for t in (begin - 1, end + 1)]
        first, last = self.when(begin), self.when(end)
        assert first is not None
        assert last is not None
        return Spell(
            series, first, last, end - begin + 1, float(rate[begin : end + 1].min()), peak, trough, fall, recovery,
            known[0], known[1], Flag(bits),
        )  # fmt: skip


def _step_of(lag: int | str, time: Periods | None) -> int:
    if lag == "year":
        if time is None:
            raise ValueError("lag='year': the argument carries no periods; say how many periods a year has")
        if time.per_year is None:
            raise ValueError("lag='year': years of weeks and days differ in length; say lag=52, or 365")
        return time.per_year
    if not isinstance(lag, int | np.integer) or isinstance(lag, bool) or lag < 1:
        raise ValueError(f"lag: expected a whole number from 1 on, or 'year'; got {lag!r}")
    return int(lag)


def _without_gaps(
    time: Periods | None, values: Floats, flags: NDArray[np.uint32] | None
) -> tuple[Periods | None, Floats, NDArray[np.uint32] | None]:
    """With every period of the calendar between the first and the last."""
    if time is None or len(time) < 2:
        return time, values, flags
    ordinals = time.ordinals.astype(np.int64)
    if np.any(np.diff(ordinals) <= 0):
        raise ValueError("x: periods don't rise: sort them first")
    places = ordinals - ordinals[0]
    length = int(places[-1]) + 1
    if length == len(time):
        return time, values, flags
    whole = np.full((*values.shape[:-1], length), np.nan)
    whole[..., places] = values
    marked = None
    if flags is not None:
        marked = np.zeros(whole.shape, np.uint32)
        marked[..., places] = flags
    return Periods.range(str(time.freq), int(ordinals[0]), length), whole, marked


def _one_before(
    time: Periods | None, values: Floats, flags: NDArray[np.uint32] | None
) -> tuple[Periods | None, Floats, NDArray[np.uint32] | None]:
    pad = [(0, 0)] * (values.ndim - 1) + [(1, 0)]
    if time is not None and len(time):
        time = Periods.range(str(time.freq), int(time.ordinals[0]) - 1, len(time) + 1)
    return time, np.pad(values, pad, constant_values=np.nan), None if flags is None else np.pad(flags, pad)


def _chained(rates: Floats) -> Floats:
    """The level that each run of known rates leaves: 1 in the period before it."""
    level = np.full(rates.shape, np.nan)
    now = np.ones(rates.shape[:-1])
    for t in range(rates.shape[-1]):
        known = ~np.isnan(rates[..., t])
        now = np.where(known, now * (1 + rates[..., t]), 1.0)
        level[..., t] = now
        if t + 1 == rates.shape[-1]:
            level[..., t] = np.where(known, now, np.nan)
    return level


def _runs(falls: NDArray[np.bool_], least: int) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """Series, first and last place of each run."""
    padded = np.zeros((*falls.shape[:-1], falls.shape[-1] + 2), dtype=np.int8)
    padded[..., 1:-1] = falls
    turns = np.diff(padded, axis=-1)
    begins, ends = np.argwhere(turns == 1), np.argwhere(turns == -1)
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if end[-1] - begin[-1] >= least:
            yield tuple(begin[:-1]), begin[-1], end[-1] - 1


def _series_of(x: Any, axis: int) -> tuple[tuple[str, ...], list[Sequence[Any]]]:
    """Names and labels of the dimensions that are not time; no labels for an array's."""
    kind = containers._kind(x)
    if kind == "cube":
        dims = [d for d in x.dims if d != "time"]
        return tuple(dims), [list(x.codes[d]) for d in dims]
    if kind == "xarray":
        dims = [d for k, d in enumerate(x.dims) if k != axis]
        return tuple(map(str, dims)), [list(x.indexes[d]) if d in x.indexes else range(x.sizes[d]) for d in dims]
    if kind == "pandas" and x.ndim == 2:
        labels = x.columns if axis == 0 else x.index
        return (str(labels.name) if labels.name is not None else "series",), [list(labels)]
    return tuple(f"axis {k}" for k in range(np.ndim(x)) if k != axis), []


@labelled("x", unit="fraction")
def depth(x: Any, *, freq: str | None = None, axis: Any = None) -> Any:
    """How far prices are below the highest level they have had so far.

    ``x[t] / max(x[0], ..., x[t]) - 1``

    Parameters
    ----------
    x : array_like, pandas, xarray, polars or Cube
        A price index or deflator.
    freq : str, optional
        How often dates come, where a DatetimeIndex doesn't say.
    axis : int or str, optional
        Where time runs, if not as usual.

    Returns
    -------
    same kind as `x`
        Fractions, 0 at a peak and never above.

    Raises
    ------
    ValueError
        There is no time.

    Notes
    -----
    Missing: NaN where the level is missing or isn't positive; the highest is that of the levels that are known. Flags
    of a cube are those of the cell itself.

    Examples
    --------
    >>> from indicia import deflation
    >>> deflation.depth([100.0, 104.0, 102.96, 101.92, 106.0]).round(4)
    array([ 0.  ,  0.  , -0.01, -0.02,  0.  ])
    """
    del freq  # what `labelled` makes of it is enough
    values = np.asarray(x.values, dtype=np.float64)
    if x.axis is None:
        raise ValueError("x: a single figure has no depth")
    level = np.where(values > 0, values, np.nan)
    made = level / np.fmax.accumulate(level, axis=x.axis) - 1
    if not x.flagged:
        return made
    flags = None if x.flags is None else x.flags.copy()
    return made, mark(flags, np.isnan(made) & ~np.isnan(values), UNDEFINED, made.shape)
