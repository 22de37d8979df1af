"""Audit: whether published figures agree with one another, given that they are rounded.

Each function takes what was published, computes what the figures imply for one another over all values that they may
stand for before rounding, and says by cell how sure the agreement is (`Verdict`). Arrays and cubes.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from indicia import interval, ufuncs
from indicia._interval import Interval, floats
from indicia.containers import units_agree
from indicia.cube import Cube, align

__all__ = ["Audit", "Verdict", "adds_up", "growth", "share"]


class Verdict(enum.IntEnum):
    """How sure a claim is, over all values that its figures may stand for.

    Examples
    --------
    >>> from indicia import Verdict
    >>> Verdict(1).name
    'CONTRADICTED'
    """

    UNKNOWN = 0
    """An input is missing or refused."""
    CONTRADICTED = 1
    """No admissible value satisfies it."""
    POSSIBLE = 2
    """Some admissible values satisfy it, some don't."""
    CERTAIN = 3
    """Every admissible value satisfies it."""


class Audit:
    """What an audit found, cell by cell.

    Attributes
    ----------
    claim : str
        What was held against what.
    verdicts : ndarray of uint8
        A `Verdict` for each cell.
    published : Interval
        What the figure that is judged stands for; rates and shares as fractions.
    implied : Interval
        What the other figures imply for it.
    distance : ndarray of float64
        How far the two are apart, in units of the last digit printed: above 0 where the published figure is too high,
        below where it is too low, 0 where they meet (be it in one point), NaN where that isn't known.
    labels : Cube or None
        A cube that the cells' names come from.

    Examples
    --------
    >>> from indicia import audit
    >>> found = audit.growth([100.0, 107.0, 110.0], [float("nan"), 7.0, 4.5], decimals=0, rate_decimals=1)
    >>> found
    Audit of growth: 3 cells
      certain       0
      possible      1
      contradicted  1
      unknown       1
      furthest off: 2, by 6.9 of the last digit: 0.0445 to 0.0455 published, 0.0186047 to 0.0375587 implied
    """

    __slots__ = ("_base", "_now", "claim", "distance", "implied", "labels", "published", "verdicts")

    def __init__(
        self,
        claim: str,
        published: Interval,
        implied: Interval,
        step: Any,
        *,
        labels: Cube | None = None,
        levels: tuple[Interval, Interval] | None = None,
    ) -> None:
        self.claim, self.published, self.implied, self.labels = claim, published, implied, labels
        self._now: Interval | None = None if levels is None else levels[0]
        self._base: Interval | None = None if levels is None else levels[1]
        low, high = published.low, published.high
        meet = (low <= implied.high) & (implied.low <= high)
        # three comparisons that follow from one another: how many hold is the verdict
        codes = (published.known & implied.known).astype(np.uint8)
        codes += meet
        codes += (low <= implied.low) & (implied.high <= high)
        self.verdicts: NDArray[np.uint8] = codes
        with np.errstate(all="ignore"):
            gap = np.maximum(low - implied.high, 0) + np.minimum(high - implied.low, 0)
            gap /= step
        self.distance: NDArray[np.float64] = np.where(meet, 0, gap)

    @property
    def contradicted(self) -> NDArray[np.bool_]:
        """Where no admissible value satisfies the claim.

        Examples
        --------
        >>> from indicia import audit
        >>> audit.share([1.0, 2.0], [4.0, 4.0], [30.0, 50.0], decimals=1, share_decimals=0).contradicted
        array([ True, False])
        """
        return np.asarray(self.verdicts == Verdict.CONTRADICTED)

    def count(self) -> dict[Verdict, int]:
        """How many cells have each verdict, the surest first.

        Examples
        --------
        >>> from indicia import Verdict, audit
        >>> audit.adds_up([[1.0], [2.0]], [9.0], decimals=0).count()[Verdict.CONTRADICTED]
        1
        """
        counts = np.bincount(self.verdicts.ravel(), minlength=len(Verdict))
        return {verdict: int(counts[verdict]) for verdict in reversed(Verdict)}

    @property
    def implied_base(self) -> Interval:
        """The base that the published rate and the level imply, where levels contradict the rate; unknown elsewhere.

        Of `growth` alone.

        Examples
        --------
        >>> from indicia import audit
        >>> found = audit.growth([100.0, 110.0], [float("nan"), 3.5], decimals=0, rate_decimals=1)
        >>> round(float(found.implied_base.low[1]), 2), round(float(found.implied_base.high[1]), 2)
        (105.75, 106.81)
        """
        return self._revised()[0]

    @property
    def revision(self) -> Interval:
        """By how much the base must have been revised for the published rate to hold: `implied_base` less the base.

        Of `growth` alone; unknown where the levels don't contradict the rate.

        Examples
        --------
        >>> from indicia import audit
        >>> found = audit.growth([100.0, 110.0], [float("nan"), 3.5], decimals=0, rate_decimals=1)
        >>> round(float(found.revision.low[1]), 2), round(float(found.revision.high[1]), 2)
        (5.25, 7.31)
        """
        return self._revised()[1]

    def _revised(self) -> tuple[Interval, Interval]:
        if self._now is None or self._base is None:
            raise AttributeError(f"an audit of {self.claim} implies no base")
        where = self.contradicted
        base = interval.implied_base(self._now[where], self.published[where])
        made = []
        for x in (base, base - self._base[where]):
            ends = np.full((2, *where.shape), np.nan)
            ends[:, where] = x.low, x.high
            made.append(Interval(*ends))
        return made[0], made[1]

    # ---- telling

    def _names(self, cells: Sequence[NDArray[Any]]) -> dict[str, list[Any]]:
        """What cells are called, by dimension."""
        if self.labels is None:
            return {f"axis {k}": where.tolist() for k, where in enumerate(cells)}
        names: dict[str, list[Any]] = {}
        for dim, where in zip(self.labels.dims, cells, strict=True):
            if dim == "time" and self.labels.time is not None:
                words = self.labels.time.to_text()
            else:
                words = np.array(self.labels.codes[dim], dtype=object)
            names[dim] = words[where].tolist()
        return names

    def to_pandas(self, *verdicts: Verdict) -> Any:
        """A table with a row for each cell.

        Parameters
        ----------
        *verdicts : Verdict
            Only the cells that have one of these; all cells by default.

        Returns
        -------
        pandas.DataFrame
            A column for each dimension, then ``verdict`` (a category), ``published_low``, ``published_high``,
            ``implied_low``, ``implied_high``, ``distance``; of `growth` also ``base_low``, ``base_high``,
            ``revision_low`` and ``revision_high``.

        Examples
        --------
        >>> from indicia import Verdict, audit
        >>> found = audit.adds_up([[1.0, 2.0], [2.0, 2.0]], [9.0, 4.0], decimals=0)
        >>> found.to_pandas(Verdict.CONTRADICTED)[["axis 0", "verdict", "distance"]]
           axis 0       verdict  distance
        0       0  CONTRADICTED       4.5
        """
        import pandas as pd

        wanted = np.ones(self.verdicts.shape, bool) if not verdicts else np.isin(self.verdicts, verdicts)
        columns: dict[str, Any] = dict(self._names(np.nonzero(wanted)))
        words = pd.Index([verdict.name for verdict in Verdict], dtype=object)
        codes = self.verdicts[wanted].astype(np.int8)
        columns["verdict"] = pd.Categorical.from_codes(codes, words, ordered=True)
        pairs = [("published", self.published), ("implied", self.implied)]
        if self._now is not None:
            pairs += zip(("base", "revision"), self._revised(), strict=True)
        for name, x in pairs:
            columns[f"{name}_low"], columns[f"{name}_high"] = x.low[wanted], x.high[wanted]
            if name == "implied":
                columns["distance"] = self.distance[wanted]
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        lines = [f"Audit of {self.claim}: {self.verdicts.size:,} cells"]
        lines += [f"  {verdict.name.lower():<12}  {n:,}" for verdict, n in self.count().items()]
        off = np.where(self.contradicted & ~np.isnan(self.distance), np.abs(self.distance), 0)
        if off.size and off.max() > 0:
            cell = np.unravel_index(int(off.argmax()), off.shape)
            names = self._names([np.array([k]) for k in cell])
            told = [
                f"{x.low[cell]:.6g} to {x.high[cell]:.6g} {word}"
                for word, x in (("published", self.published), ("implied", self.implied))
            ]
            where = " ".join(str(name) for words in names.values() for name in words)
            lines.append(f"  furthest off: {where}, by {off[cell]:,.2g} of the last digit: {', '.join(told)}")
        return "\n".join(lines)


# ---- operands ------------------------------------------------------------------------------------------------


def _operand(x: Any, name: str, decimals: Any, multiplier: int = 0) -> tuple[Interval, Any]:
    """What published figures stand for, and the unit of their last digit."""
    if isinstance(x, Interval):
        width = np.asarray(x.width)
        return x, np.where(width > 0, width, np.nan)
    if hasattr(x, "iloc") or type(x).__module__.partition(".")[0] in ("xarray", "polars"):
        raise TypeError(f"{name}: labels of a {type(x).__name__} would be lost; give a Cube, or its plain values")
    if not isinstance(x, Cube):
        x = floats(name, x)
    if decimals is None and getattr(x, "decimals", None) is None:
        raise ValueError(f"{name}: its decimals are neither given nor known; say how many digits are printed")
    numbers, digits = interval.figures(x, decimals)
    made = interval.from_decimals(numbers, digits, multiplier=multiplier)
    return made, np.where(digits == -1, np.nan, 10.0 ** (multiplier - digits.astype(float)))


def _together(parts: Sequence[tuple[Any, Interval]], join: str) -> tuple[list[Interval], Cube | None]:
    """Intervals on the same cells: aligned by the names of the cubes that they come from, or broadcast."""
    cubes = [cube for cube, _ in parts if isinstance(cube, Cube)]
    if not cubes:
        ends = np.broadcast_arrays(*[end for _, x in parts for end in (x.low, x.high)])
        return [Interval._of((low, high)) for low, high in zip(ends[::2], ends[1::2], strict=True)], None
    if len(cubes) < len(parts) and any(x.shape not in ((), cubes[0].shape) for c, x in parts if c is None):
        raise ValueError("an array beside cubes has no names to be aligned by: give a Cube, or one of the same shape")
    sheets = []
    for cube, x in parts:
        names = cubes[0] if cube is None else cube
        sheets += [names._with(np.broadcast_to(end, names.shape)) for end in (x.low, x.high)]
    sheets = list(align(*sheets, join=cast(Any, join)))
    values = [sheet.values for sheet in sheets]
    return [Interval._of((low, high)) for low, high in zip(values[::2], values[1::2], strict=True)], sheets[0]


def _cube(x: Any) -> Cube | None:
    return x if isinstance(x, Cube) else None


def _agree(*named: tuple[Any, str]) -> None:
    cubes = [(x, name) for x, name in named if isinstance(x, Cube)]
    if len(cubes) > 1:
        units_agree([x for x, _ in cubes], [name for _, name in cubes])


def _arrays(*intervals: Interval) -> list[Interval]:
    """At least one dimension, so that there are cells."""
    return [Interval._of((np.atleast_1d(x.low), np.atleast_1d(x.high))) for x in intervals]


# ---- audits --------------------------------------------------------------------------------------------------


def growth(
    levels: Any,
    rates: Any,
    *,
    lag: int = 1,
    decimals: Any = None,
    rate_decimals: Any = None,
    percent: bool = True,
    axis: int = -1,
    join: str = "exact",
) -> Audit:
    """Whether published growth rates are those of the published levels.

    ``levels[t] / levels[t - lag] - 1``, over all levels that round to those printed, against the rates that round to
    the one printed.

    Parameters
    ----------
    levels : array_like of float, Cube or Interval
        As published, along time.
    rates : array_like of float, Cube or Interval
        As published, at the same periods; NaN where there is none. An Interval holds fractions.
    lag : int
        How many periods back the base is: 1, or 12 for months year on year.
    decimals, rate_decimals : int or array of int, optional
        Digits printed after the mark; a cube knows its own.
    percent : bool
        Whether rates are printed in per cent, or as fractions.
    axis : int
        Where time runs in an array; always ``time`` of a Cube.
    join : {"exact", "inner"}
        Two cubes must have the same periods; or those are taken that both have (a base may lie before them).

    Returns
    -------
    Audit
        `published` and `implied` are fractions; `implied_base` and `revision` say what the base must have been where
        the levels contradict a rate.

    Raises
    ------
    ValueError
        Decimals are neither given nor known, `lag` is less than 1, names or shapes differ.
    TypeError
        An argument holds no numbers, or labels that would be lost.

    Notes
    -----
    Missing: UNKNOWN, as is a base that isn't above zero. Levels must be those that the rates are computed from: at
    constant prices for real rates. A CONTRADICTED rate often means that the base has been revised since.

    Examples
    --------
    >>> from indicia import audit
    >>> audit.growth([100.0, 107.0], [float("nan"), 7.0], decimals=1, rate_decimals=0).verdicts
    array([0, 3], dtype=uint8)
    """
    if isinstance(lag, bool) or not isinstance(lag, int | np.integer) or lag < 1:
        raise ValueError(f"lag: expected a whole number from 1 on, got {lag!r}")
    level, _ = _operand(levels, "levels", decimals)
    claimed, step = _operand(rates, "rates", rate_decimals, -2 if percent else 0)
    if isinstance(levels, Cube):
        if levels.time is None:
            raise ValueError("levels: the cube has no time")
        axis = -1
    if not level.shape:
        raise ValueError("levels: a single figure has no growth")
    base = Interval._of((_before(level.low, int(lag), axis), _before(level.high, int(lag), axis)))
    source, claim = _cube(levels), _cube(rates)
    unit = Interval._of((step, step))
    (now, base, published, unit), labels = _together(
        [(source, level), (source, base), (claim, claimed), (claim, unit)], join
    )
    implied = interval.rate(now, base)
    return Audit("growth", published, implied, unit.low, labels=labels, levels=(now, base))


def _before(x: NDArray[np.float64], lag: int, axis: int) -> NDArray[np.float64]:
    """The figures `lag` places before, NaN where there are none."""
    made = np.empty_like(x)
    to, source = np.moveaxis(made, axis, -1), np.moveaxis(x, axis, -1)
    to[..., :lag] = np.nan
    to[..., lag:] = source[..., :-lag]
    return made


def share(
    parts: Any,
    totals: Any,
    shares: Any,
    *,
    decimals: Any = None,
    total_decimals: Any = None,
    share_decimals: Any = None,
    percent: bool = True,
    join: str = "exact",
) -> Audit:
    """Whether published shares are those of the published parts in their totals.

    ``parts / totals``, over all figures that round to those printed.

    Parameters
    ----------
    parts, totals : array_like of float, Cube or Interval
        As published, in the same unit; broadcast, or aligned by name.
    shares : array_like of float, Cube or Interval
        As published; NaN where there is none. An Interval holds fractions.
    decimals, total_decimals, share_decimals : int or array of int, optional
        Digits printed after the mark; a cube knows its own. Totals have those of the parts unless told.
    percent : bool
        Whether shares are printed in per cent, or as fractions.
    join : {"exact", "inner"}
        Cubes must have the same periods; or those are taken that all have.

    Returns
    -------
    Audit
        `published` and `implied` are fractions.

    Raises
    ------
    ValueError
        Decimals are neither given nor known, units, names or shapes differ.
    TypeError
        An argument holds no numbers, or labels that would be lost.

    Notes
    -----
    Missing: UNKNOWN, as is a total that can only be zero.

    Examples
    --------
    >>> from indicia import audit
    >>> audit.share([41.9, 30.0], 100.0, [41.9, 31.0], decimals=1, share_decimals=1).verdicts
    array([2, 1], dtype=uint8)
    """
    _agree((parts, "parts"), (totals, "totals"))
    part, _ = _operand(parts, "parts", decimals)
    known = total_decimals is not None or getattr(totals, "decimals", None) is not None
    total, _ = _operand(totals, "totals", total_decimals if known else decimals)
    claimed, step = _operand(shares, "shares", share_decimals, -2 if percent else 0)
    unit, claim = Interval._of((step, step)), _cube(shares)
    given = [(_cube(parts), part), (_cube(totals), total), (claim, claimed), (claim, unit)]
    (part, total, published, unit), labels = _together(given, join)
    part, total, published, unit = _arrays(part, total, published, unit)
    return Audit("shares", published, interval.share(part, total), unit.low, labels=labels)


def adds_up(
    parts: Any,
    total: Any,
    *,
    dim: str | None = None,
    axis: int = 0,
    decimals: Any = None,
    total_decimals: Any = None,
    join: str = "exact",
) -> Audit:
    """Whether published parts add up to their published total.

    The sum of parts, over all figures that round to those printed, against the total.

    Parameters
    ----------
    parts : array_like of float, Cube or Interval
        As published, all parts along one axis.
    total : array_like of float, Cube or Interval
        As published, in the same unit, without that axis.
    dim : str, optional
        Which dimension of a Cube the parts are along.
    axis : int
        Which axis of an array the parts are along.
    decimals, total_decimals : int or array of int, optional
        Digits printed after the mark; a cube knows its own. Totals have those of the parts unless told.
    join : {"exact", "inner"}
        Cubes must have the same periods; or those are taken that both have.

    Returns
    -------
    Audit

    Raises
    ------
    ValueError
        Decimals are neither given nor known, units, names or shapes differ, `dim` is none of the cube's.
    TypeError
        An argument holds no numbers, or labels that would be lost.

    Notes
    -----
    Missing: a sum with a part that is missing is UNKNOWN. Sums of many parts are wide: a thousand parts printed in
    whole numbers leave 1,000 units, so that even a plain error is POSSIBLE.

    Examples
    --------
    >>> from indicia import audit
    >>> audit.adds_up([[30.1, 30.1], [69.8, 69.8]], [99.9, 100.2], decimals=1)
    Audit of sums: 2 cells
      certain       0
      possible      1
      contradicted  1
      unknown       0
      furthest off: 1, by 1.5 of the last digit: 100.15 to 100.25 published, 99.8 to 100 implied
    """
    _agree((parts, "parts"), (total, "total"))
    part, _ = _operand(parts, "parts", decimals)
    known = total_decimals is not None or getattr(total, "decimals", None) is not None
    claimed, step = _operand(total, "total", total_decimals if known else decimals)
    source = _cube(parts)
    if source is not None:
        if dim not in source.codes:
            raise ValueError(f"dim: expected one of {', '.join(source.codes)}, got {dim!r}")
        axis = source.dims.index(dim)
        if isinstance(total, Cube) and dim in total.dims:
            raise ValueError(f"total: it has the dimension {dim!r} too; sel() the code that is the total")
        kept = {name: codes for name, codes in source.codes.items() if name != dim}
        dims = [name for name in source.dims if name != dim]
    elif not part.shape:
        raise ValueError("parts: a single figure has no parts")
    elif dim is not None:
        raise ValueError(f"dim={dim!r}: an array has axes, not names")
    implied = _sum(part, axis)
    if source is not None:
        source = Cube(dims, kept, source.time, np.asarray(implied.low))
    unit, claim = Interval._of((step, step)), _cube(total)
    (implied, published, unit), labels = _together([(source, implied), (claim, claimed), (claim, unit)], join)
    implied, published, unit = _arrays(implied, published, unit)
    return Audit("sums", published, implied, unit.low, labels=labels)


def _sum(parts: Interval, axis: int) -> Interval:
    """Each addition is rounded outwards: far below a printed digit."""
    lows, highs = np.moveaxis(parts.low, axis, 0), np.moveaxis(parts.high, axis, 0)
    ends = np.zeros(lows.shape[1:]), np.zeros(lows.shape[1:])
    for low, high in zip(lows, highs, strict=True):
        ends = ufuncs.interval_add(*ends, low, high)
    return Interval._of(ends)
