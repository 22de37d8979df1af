"""Outcomes beside targets: gaps in points, and verdicts within rounding."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from indicia import interval
from indicia._audit_found import Verdict
from indicia._audit_targets import targets as audit_of_targets
from indicia._interval import Interval
from indicia._targets_model import Target, ends_of_targets, fractions, target
from indicia._targets_show import MANY, Report, Table, cells_of, matched, points_text
from indicia.containers import labelled

__all__ = ["Comparison", "compare", "gap"]

WHERE = ("below", "on it", "above")


def gap(
    outcome: Any, target: Any, *, of: str = "growth", aim: str | None = None, percent: bool = True, join: str = "exact"
) -> Any:
    """By how much an outcome differs from what was aimed at.

    ``outcome - target``; of a range to its nearer end, 0 within

    Parameters
    ----------
    outcome : float, array_like, pandas, xarray, polars, Cube or Interval
        Growth and shares as fractions, levels in their unit.
    target : str, float, Target, or many of them
        What was aimed at: texts as `target` reads them, numbers in the unit of `outcome`.
    of, aim, percent
        As `target` takes them.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as the labelled argument, else ndarray or float64; an Interval if one is given
        Points as fractions (-0.014 is 1.4 percentage points below); a level's in its unit. Below 0 where the outcome is
        below the target, whether that is good or bad.

    Raises
    ------
    ValueError
        A text is no target; labels differ or shapes don't broadcast.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    From the figure that was named: "around 5" and "at least 5" are 5. Missing: NaN where one of the two is.

    See Also
    --------
    compare : with the verdict within rounding, as a report.
    indicia.audit.targets : verdicts of many.

    Examples
    --------
    >>> from indicia import interval, targets
    >>> targets.gap([0.046, 0.052], ["6 %", "5 to 5.5 %"]).round(4)
    array([-0.014,  0.   ])
    >>> targets.gap(interval.published("6.0 %"), "5.5 %")
    Interval(0.0044..., 0.0055...)
    """
    ends = ends_of_targets(target, of=of, aim=aim, percent=percent)
    if of != "level":
        fractions(outcome, "outcome")
    if isinstance(outcome, Interval):
        low, high = (np.asarray(end, np.float64) for end in (ends.named_low, ends.named_high))
        below, above = outcome - Interval(low), outcome - Interval(high)
        return Interval._of((_nearest(below.low, above.low), _nearest(below.high, above.high)))
    make = _gap_level if of == "level" else _gap
    return make(outcome, ends.named_low, ends.named_high, join=join)


@labelled("outcome", "low", "high", levels=())
def _gap(outcome: Any, low: Any, high: Any, *, join: str) -> Any:
    return _points(outcome, low, high)


@labelled("outcome", "low", "high", unit="kept", levels=("outcome",))
def _gap_level(outcome: Any, low: Any, high: Any, *, join: str) -> Any:
    return _points(outcome, low, high)


def _points(outcome: Any, low: Any, high: Any) -> Any:
    result = _nearest(outcome.values - low.values, outcome.values - high.values)
    flags = None if outcome.flags is None else np.broadcast_to(outcome.flags, result.shape).copy()
    return result, flags


def _nearest(below: Any, above: Any) -> Any:
    """The distance to the nearer of two ends, from those to both; 0 between them."""
    between = np.where(np.isnan(below + above), np.nan, 0.0)
    return np.where(below < 0, below, np.where(above > 0, above, between))[()]


class Comparison(Report):
    """Outcomes beside what was aimed at.

    Attributes
    ----------
    names : tuple of str
    targets : tuple of Target or None
    outcome : Interval
        What each outcome stands for.
    gap : Interval
        In points as fractions, from the figure that was named.
    verdicts : ndarray of uint8
        Whether each target was met (`Verdict`).
    distance : ndarray of float64
        How far an outcome falls short, in units of its last digit; 0 where it may have met the target.

    See Also
    --------
    compare : makes one.

    Examples
    --------
    >>> from indicia import targets
    >>> targets.compare({"SZ": "6.0 %"}, {"SZ": "6 %"}).verdicts
    array([2], dtype=uint8)
    """

    __slots__ = ("distance", "gap", "names", "of", "outcome", "said", "targets", "verdicts")

    def __init__(
        self, names: list[str], aims: list[Target | None], said: list[str], outcome: Interval, *, of: str, steps: Any
    ) -> None:
        self.names, self.said, self.targets, self.outcome, self.of = tuple(names), tuple(said), tuple(aims), outcome, of
        shape = outcome.shape
        admits = [Interval(math.nan) if one is None else one.admits for one in aims]
        low, high = (np.array([getattr(x, end) for x in admits], np.float64) for end in ("low", "high"))
        found = audit_of_targets(Interval(low, high), outcome, of=of, aim="within", percent=False)
        self.verdicts = found.verdicts
        apart = np.where(low > outcome.high, low - outcome.high, np.where(high < outcome.low, high - outcome.low, 0.0))
        self.distance = np.where(self.verdicts == Verdict.UNKNOWN, np.nan, apart / steps).reshape(shape)
        self.gap = gap(outcome, [one if one is not None else math.nan for one in aims], of=of)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def where(self) -> tuple[str, ...]:
        """Where each outcome lies: "below", "on it", "above", or "open" where rounding leaves that so.

        Examples
        --------
        >>> from indicia import targets
        >>> targets.compare(["4.6 %", "6.0 %"], "6 %").where
        ('below', 'open')
        """
        found = []
        for low, high in zip(self.gap.low, self.gap.high, strict=True):
            signs = {int(np.sign(low)), int(np.sign(high))} if not np.isnan(low) else set()
            found.append("" if not signs else WHERE[signs.pop() + 1] if len(signs) == 1 else "open")
        return tuple(found)

    def count(self) -> dict[Verdict, int]:
        """How many targets have each verdict, the surest first.

        Examples
        --------
        >>> from indicia import Verdict, targets
        >>> targets.compare(["4.6 %", "6.0 %"], "6 %").count()[Verdict.CONTRADICTED]
        1
        """
        counts = np.bincount(self.verdicts, minlength=len(Verdict))
        return {verdict: int(counts[verdict]) for verdict in reversed(Verdict)}

    def to_pandas(self) -> Any:
        """A row for each target.

        Returns
        -------
        pandas.DataFrame
            Indexed by name: ``target``, ``outcome_low``, ``outcome_high``, ``gap_low``, ``gap_high``, ``where``,
            ``verdict``, ``distance``.

        Examples
        --------
        >>> from indicia import targets
        >>> targets.compare({"GZ": "4.6 %"}, "6 %").to_pandas()[["where", "verdict"]]
            where       verdict
        GZ  below  CONTRADICTED
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "target": [None if one is None else one.said for one in self.targets],
                "outcome_low": self.outcome.low,
                "outcome_high": self.outcome.high,
                "gap_low": self.gap.low,
                "gap_high": self.gap.high,
                "where": self.where,
                "verdict": pd.Categorical(
                    [Verdict(v).name for v in self.verdicts], [v.name for v in Verdict], ordered=True
                ),
                "distance": self.distance,
            },
            index=pd.Index(self.names),
        )

    def _table(self) -> Table:
        scale, unit = (1.0, "") if self.of == "level" else (100.0, ", pp")
        rows = [
            [name, "" if one is None else one.said, said, points_text(off, scale=scale), where, Verdict(v).name.lower()]
            for name, one, said, off, where, v in list(
                zip(self.names, self.targets, self.said, self.gap, self.where, self.verdicts, strict=True)
            )[:MANY]
        ]
        counts = ", ".join(f"{n} {verdict.name.lower()}" for verdict, n in self.count().items() if n)
        notes = [f"the first {MANY} of {len(self)}"] if len(self) > MANY else []
        if Verdict.POSSIBLE in self.verdicts:
            notes.append("possible: met or missed within what the outcome was rounded from")
        head = ["", "target", "outcome", f"gap{unit}", "", "met"]
        return Table(f"Targets met: {counts}", head, rows, [False, True, True, True, False, False], notes)


def compare(
    outcomes: Any,
    targets: Any,
    *,
    of: str = "growth",
    aim: str | None = None,
    decimals: int | None = None,
    percent: bool = True,
) -> Comparison:
    """Outcomes beside targets: the gap in points, and whether each was met, within rounding.

    Parameters
    ----------
    outcomes : dict, list, array, Series, Cube or Interval; or one figure
        Texts are as printed (``"4.6 %"``); numbers are in the unit of the result (0.046), exact unless `decimals` says
        otherwise. One dimension.
    targets : str, float, Target, or many of them
        What was aimed at: one for all, or one for each, by name where both have names.
    of, aim : str
        As `target` takes them.
    decimals : int, optional
        To which digit numbers were rounded, of growth and shares the digits of the per cent: 1 for 4.6 %.
    percent : bool
        Whether texts without a unit are in per cent.

    Returns
    -------
    Comparison
        ``print`` shows a table, a notebook an HTML one; ``to_pandas`` gives the figures.

    Raises
    ------
    ValueError
        No outcome at all, names or numbers of figures differ, a text is none.

    Notes
    -----
    CERTAIN: met whatever the outcome was before rounding; CONTRADICTED: missed. Missing: UNKNOWN.

    Examples
    --------
    >>> from indicia import targets
    >>> targets.compare({"Shenzhen": "6.0 %", "Guangzhou": "4.6 %"}, {"Shenzhen": "6 %", "Guangzhou": "above 6 %"})
    Targets met: 1 possible, 1 contradicted
    <BLANKLINE>
                  target  outcome           gap, pp         met
    Shenzhen         6 %    6.0 %    -0.05 to +0.05  open   possible
    Guangzhou  above 6 %    4.6 %    -1.45 to -1.35  below  contradicted
    <BLANKLINE>
    possible: met or missed within what the outcome was rounded from
    """
    names, cells = first = cells_of(outcomes)
    if not cells:
        raise ValueError("outcomes: none given; needed is one at least")
    aims = [
        None if one is None or one == "" or (isinstance(one, float) and math.isnan(one))
        else target(one, of=of, aim=aim, percent=percent)
        for one in matched(first, targets, "targets", "outcomes")
    ]  # fmt: skip
    scale = 0 if of == "level" else 2
    known = [_stands_for(cell, decimals, scale, percent) for cell in cells]
    outcome = Interval([x.low for x, _ in known], [x.high for x, _ in known])
    if not outcome.known.any():
        raise ValueError(f"outcomes: all {len(cells)} are missing; needed is one at least")
    said = [cell if isinstance(cell, str) else _printed(x, of) for cell, (x, _) in zip(cells, known, strict=True)]
    steps = np.array([step for _, step in known])
    return Comparison(names or [str(k + 1) for k in range(len(cells))], aims, said, outcome, of=of, steps=steps)


def _stands_for(cell: Any, decimals: int | None, scale: int, percent: bool) -> tuple[Interval, float]:
    """What an outcome stands for, and the unit of its last digit."""
    if cell is None or cell == "":
        return Interval(math.nan), math.nan
    if isinstance(cell, Interval):
        return cell, float(cell.width) or math.nan
    if isinstance(cell, str):
        power = -scale if percent and "%" not in cell and "per" not in cell.lower() else 0
        found = interval.published(cell, decimals, multiplier=power)
        return found, float(found.width) or math.nan
    if decimals is None:
        return Interval(float(cell)), math.nan
    return interval.from_decimals(float(cell), decimals + scale), 10.0 ** -(decimals + scale)


def _printed(x: Interval, of: str) -> str:
    if not x.known:
        return ""
    scale, unit = (1.0, "") if of == "level" else (100.0, " %")
    middle = x.low if x.low == x.high else (x.low + x.high) / 2
    return f"{scale * float(middle):.4g}{unit}"
