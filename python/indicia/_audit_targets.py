"""Audits of contributions to growth, and of outcomes against what was aimed at."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._audit_claims import (
    Cells,
    Claim,
    Ends,
    Operand,
    cells_of,
    cube_or_none,
    operand,
    together,
    units_of_cubes_agree,
)
from indicia._audit_found import Audit
from indicia._interval import Interval
from indicia._targets_model import AIMS, OF, ends_of_targets
from indicia.cube import Cube

__all__ = ["contributions", "targets"]


class Contribution(Claim):
    """What a part adds to the growth of a total."""

    __slots__ = ("base", "now", "total")

    def __init__(self, said: Operand, now: Operand, base: Operand, total: Operand, shape: tuple[int, ...]) -> None:
        self.said, self.now, self.base, self.total, self.shape, self.last = said, now, base, total, shape, None

    def implied(self, cells: Cells) -> Ends:
        ends = (*self.now.ends(cells), *self.base.ends(cells), *self.total.ends(cells))
        return cast(Ends, ufuncs.interval_contribution(*ends))


class Met(Claim):
    """Outcomes, held against what meets a target; distances are in units of the outcome's last digit."""

    __slots__ = ("outcome",)

    def __init__(self, said: Operand, outcome: Operand, shape: tuple[int, ...]) -> None:
        self.said, self.outcome, self.shape, self.last = said, outcome, shape, None

    def implied(self, cells: Cells) -> Ends:
        return self.outcome.ends(cells)


def contributions(
    parts: Any,
    totals: Any,
    contributions: Any,
    *,
    lag: int = 1,
    decimals: Any = None,
    total_decimals: Any = None,
    contribution_decimals: Any = None,
    percent: bool = True,
    axis: int = -1,
    join: str = "exact",
) -> Audit:
    """Whether published contributions to growth are those of the published parts and totals.

    ``(parts[t] - parts[t - lag]) / totals[t - lag]``, over all figures that round to those printed.

    Parameters
    ----------
    parts : array_like of float, Cube or Interval
        As published, along time.
    totals : array_like of float, Cube or Interval
        As published, in the same unit, at the same periods; broadcast, or aligned by name.
    contributions : array_like of float, Cube or Interval
        As published; NaN where there is none. An Interval holds fractions.
    lag : int
        How many periods back the base is: 1, or 12 for months year on year.
    decimals, total_decimals, contribution_decimals : int or array of int, optional
        Digits printed after the mark; a cube knows its own. Totals have those of the parts unless told.
    percent : bool
        Whether contributions are printed in percentage points, or as fractions.
    axis : int
        Where time runs in an array, counted from the end where arrays have different numbers of axes; always ``time``
        of a Cube.
    join : {"exact", "inner"}
        Cubes must have the same periods; or those are taken that all have (bases may lie before them).

    Returns
    -------
    Audit
        `published` and `implied` are fractions.

    Raises
    ------
    ValueError
        Decimals are neither given nor known, `lag` is less than 1, units, names or shapes differ, a figure has no time.
    TypeError
        An argument holds no numbers, or labels that would be lost.

    Notes
    -----
    Missing: UNKNOWN, as is a total that isn't above zero. The total is taken to vary freely of the part: safe, and
    wider than it need be for parts that are nearly all of it. Holds for levels that add up; contributions of
    chain-linked volumes are computed otherwise.

    References
    ----------
    IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8.

    Examples
    --------
    >>> from indicia import audit
    >>> nan = float("nan")
    >>> audit.contributions(
    ...     [[60.0, 63.0], [40.0, 41.0]], [100.0, 104.0], [[nan, 3.0], [nan, 1.6]], decimals=0, contribution_decimals=1
    ... ).verdicts
    array([[0, 2],
           [0, 2]], dtype=uint8)
    """
    if isinstance(lag, bool) or not isinstance(lag, int | np.integer) or lag < 1:
        raise ValueError(f"lag: expected a whole number from 1 on, got {lag!r}")
    units_of_cubes_agree((parts, "parts"), (totals, "totals"))
    part = operand(parts, "parts", decimals)
    known = total_decimals is not None or getattr(totals, "decimals", None) is not None
    whole = operand(totals, "totals", total_decimals if known else decimals)
    claimed = operand(contributions, "contributions", contribution_decimals, -2 if percent else 0)
    given = []
    for x, made, name in ((parts, part, "parts"), (totals, whole, "totals")):
        cube = cube_or_none(x)
        if cube is not None and cube.time is None:
            raise ValueError(f"{name}: the cube has no time")
        if not made.shape:
            raise ValueError(f"{name}: a single figure has no growth; needed are figures along time")
        where = -1 if cube is not None else axis if axis < 0 else axis - len(part.shape)
        where = normalize_axis_index(where, len(made.shape)) - len(made.shape)
        given.append((cube, made, made.before(int(lag), where)))
    (source, now, base), (outer, _, before) = given
    operands, shape, labels = together(
        [(cube_or_none(contributions), claimed), (source, now), (source, base), (outer, before)], join
    )
    claimed, now, base, before = operands
    return Audit("contributions", Contribution(claimed, now, base, before, shape), labels=labels)


def targets(
    targets: Any,
    outcomes: Any,
    *,
    of: str = "growth",
    aim: str | None = None,
    decimals: Any = None,
    percent: bool = True,
    join: str = "exact",
) -> Audit:
    """Whether published outcomes met what was aimed at, given that they are rounded.

    The outcomes that round to the one printed, against those that meet the target.

    Parameters
    ----------
    targets : str, Target, array_like of float or str, Cube or Interval
        As said: ``"around 5 %"``, ``"5 to 5.5"``, as `indicia.targets.target` reads them; numbers are printed ones, of
        which nothing is rounded away. An Interval holds fractions (and levels).
    outcomes : array_like of float, Cube or Interval
        As published, broadcast or aligned by name; NaN where there is none. An Interval holds fractions.
    of : {"growth", "level", "share"}
        What they are of.
    aim : {"reach", "within", "limit"}, optional
        Whether no less, nothing else, or no more is aimed at; by default "limit" of what is said to be at most so
        much, else "reach".
    decimals : int or array of int, optional
        Digits that outcomes are printed with after the mark; a cube knows its own.
    percent : bool
        Whether growth and shares are printed in per cent, or as fractions.
    join : {"exact", "inner"}
        Cubes must have the same periods; or those are taken that both have.

    Returns
    -------
    Audit
        `published` is what meets the target, `implied` what the outcome stands for; growth and shares as fractions.
        `distance` is above 0 where the outcome falls short, in units of its last digit.

    Raises
    ------
    ValueError
        Decimals are neither given nor known, a text is no target, names or shapes differ.
    TypeError
        An argument holds no numbers, or labels that would be lost.

    Notes
    -----
    An outcome printed as the target is POSSIBLE, not CERTAIN: 5.5 % may have been 5.45 %. Missing: UNKNOWN.

    See Also
    --------
    indicia.targets.gap : by how much it was missed, in points.

    Examples
    --------
    >>> from indicia import Verdict, audit
    >>> found = audit.targets(["6 %", "around 5 %", "5 to 5.5 %"], [6.0, 5.2, 4.6], decimals=1)
    >>> [Verdict(v).name for v in found.verdicts], found.distance.round(2)
    (['POSSIBLE', 'CERTAIN', 'CONTRADICTED'], array([0. , 0. , 3.5]))
    """
    if of not in OF:
        raise ValueError(f"of: expected one of {', '.join(OF)}, got {of!r}")
    power = -2 if percent and of != "level" else 0
    outcome = operand(outcomes, "outcomes", decimals, power)
    step = outcome.arrays[2]
    if isinstance(targets, Cube) or not _worded(targets):
        low, high = _exact(operand(targets, "targets", 0).arrays[0], aim or "reach", hundred=bool(power))
    elif hasattr(targets, "iloc") or type(targets).__module__.partition(".")[0] in ("xarray", "polars"):
        raise TypeError(
            f"targets: labels of a {type(targets).__name__} would be lost; give a Cube, or its plain values"
        )
    else:
        ends = ends_of_targets(targets, of=of, aim=aim, percent=percent)
        low, high = np.asarray(ends.admits_low, np.float64), np.asarray(ends.admits_high, np.float64)
    said = Operand((low, high, step), 0, exact=True)
    if cube_or_none(targets) is None or cube_or_none(outcomes) is None:
        (said, outcome), shape, labels = together(
            [(cube_or_none(targets), said), (cube_or_none(outcomes), outcome)], join
        )
    else:  # the step goes with the outcomes, not with the names of the targets
        pair = [(targets, Operand((low, high), 0, exact=True)), (outcomes, outcome)]
        (ends_only, outcome), shape, labels = together(pair, join)
        said = Operand((*ends_only.arrays, outcome.arrays[2]), 0, exact=True)
    return Audit("targets", Met(said, outcome, cells_of(shape)), labels=labels)


def _exact(figures: NDArray[np.float64], aim: str, *, hundred: bool) -> Ends:
    """What meets exact figures. A quotient by 100 is rounded: outwards, so that ends that touch do."""
    if aim not in AIMS:
        raise ValueError(f"aim: expected one of {', '.join(AIMS)}, got {aim!r}")
    shares = figures / 100.0 if hundred else figures
    low = np.asarray(-np.inf) if aim == "limit" else np.nextafter(shares, -np.inf) if hundred else shares
    high = np.asarray(np.inf) if aim == "reach" else np.nextafter(shares, np.inf) if hundred else shares
    return low, high


def _worded(targets: Any) -> bool:
    """Whether these are texts, Targets or an Interval, rather than numbers."""
    if isinstance(targets, str | Interval) or hasattr(targets, "admits"):
        return True
    if isinstance(targets, list | tuple):
        return any(_worded(x) for x in targets)
    return getattr(getattr(targets, "dtype", None), "kind", "f") in "OUST" or hasattr(targets, "iloc")
