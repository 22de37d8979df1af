"""Audit: whether published figures agree with one another, given that they are rounded.

Each function takes what was published, computes what the figures imply for one another over all values that they may
stand for before rounding, and says by cell how sure the agreement is (`Verdict`). Arrays and cubes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from indicia._audit_claims import (
    Growth,
    Operand,
    Share,
    Sum,
    cells_of,
    cube_or_none,
    operand,
    sum_of,
    together,
    units_of_cubes_agree,
)
from indicia._audit_found import Audit, Verdict
from indicia._audit_index import chain, index
from indicia._audit_targets import contributions, targets
from indicia._tree_model import Tree
from indicia.cube import Cube

if TYPE_CHECKING:
    from indicia._ledger_audit import LedgerAudit

__all__ = ["Audit", "Verdict", "adds_up", "chain", "contributions", "growth", "index", "ledger", "share", "targets"]


def growth(
    levels: Any,
    rates: Any,
    *,
    lag: int = 1,
    decimals: Any = None,
    rate_decimals: Any = None,
    percent: bool = True,
    per_year: int | None = None,
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
    per_year : int, optional
        How many periods a year has, where rates are annualised:
        ``(levels[t] / levels[t - lag]) ** (per_year / lag) - 1``.
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
        Decimals are neither given nor known, `lag` is less than 1, `per_year` is no multiple of it, names or shapes
        differ.
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
    power = 1 if per_year is None else _power(per_year, lag)
    level = operand(levels, "levels", decimals)
    claimed = operand(rates, "rates", rate_decimals, -2 if percent else 0)
    source, claim = cube_or_none(levels), cube_or_none(rates)
    if source is not None:
        if source.time is None:
            raise ValueError("levels: the cube has no time")
        axis = -1
    length = level.shape
    if not length:
        raise ValueError("levels: a single figure has no growth")
    lag, axis = int(lag), normalize_axis_index(axis, len(length)) - len(length)
    given = [(source, level), (claim, claimed)]
    operands, shape, labels = together(given, join)
    base = None
    if operands[0].shape[axis:] != length[axis:] or shape[axis] != length[axis]:  # bases lie before the periods of both
        (level, claimed, base), shape, labels = together([*given, (source, level.before(lag, axis))], join)
    else:
        level, claimed = operands
    return Audit("growth", Growth(claimed, level, base, shape, lag=lag, axis=axis, power=power), labels=labels)


def _power(per_year: Any, lag: int) -> int:
    whole = isinstance(per_year, int | np.integer) and not isinstance(per_year, bool)
    if not whole or not 0 < per_year <= 366 or per_year % lag:
        raise ValueError(f"per_year: expected a multiple of lag={lag} up to 366, got {per_year!r}")
    return int(per_year) // int(lag)


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
    units_of_cubes_agree((parts, "parts"), (totals, "totals"))
    part = operand(parts, "parts", decimals)
    known = total_decimals is not None or getattr(totals, "decimals", None) is not None
    whole = operand(totals, "totals", total_decimals if known else decimals)
    claimed = operand(shares, "shares", share_decimals, -2 if percent else 0)
    (part, whole, claimed), shape, labels = together(
        [(cube_or_none(parts), part), (cube_or_none(totals), whole), (cube_or_none(shares), claimed)], join
    )
    return Audit("shares", Share(claimed, part, whole, cells_of(shape)), labels=labels)


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
    total : array_like of float, Cube, Interval or Tree
        As published, in the same unit, without that axis. With a `tree.Tree`, `parts` is a cube that carries nodes too:
        each is held against its nearest parts in the cube, and is UNKNOWN where some of it isn't there.
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
    if isinstance(total, Tree):
        return _nodes_add_up(parts, total, dim, decimals)
    units_of_cubes_agree((parts, "parts"), (total, "total"))
    part = operand(parts, "parts", decimals)
    known = total_decimals is not None or getattr(total, "decimals", None) is not None
    claimed = operand(total, "total", total_decimals if known else decimals)
    source = cube_or_none(parts)
    if source is not None:
        if dim not in source.codes:
            raise ValueError(f"dim: expected one of {', '.join(source.codes)}, got {dim!r}")
        axis = source.dims.index(dim)
        if isinstance(total, Cube) and dim in total.dims:
            raise ValueError(f"total: it has the dimension {dim!r} too; sel() the code that is the total")
    elif not part.shape:
        raise ValueError("parts: a single figure has no parts")
    elif dim is not None:
        raise ValueError(f"dim={dim!r}: an array has axes, not names")
    sums = sum_of(part, axis)
    if source is not None:
        kept = {name: codes for name, codes in source.codes.items() if name != dim}
        source = Cube([name for name in source.dims if name != dim], kept, source.time, sums.arrays[0])
    (sums, claimed), shape, labels = together([(source, sums), (cube_or_none(total), claimed)], join)
    return Audit("sums", Sum(claimed, sums, cells_of(shape)), labels=labels)


def _nodes_add_up(cube: Any, tree: Tree, dim: str | None, decimals: Any) -> Audit:
    """The nodes that a cube carries against their parts."""
    from indicia._tree_audit import sums_by_node

    if not isinstance(cube, Cube):
        raise TypeError(f"parts: with a tree a Cube is expected, got {type(cube).__name__}")
    names = [name for name, codes in cube.codes.items() if any(code in tree for code in codes)]
    dim = names[0] if dim is None and len(names) == 1 else dim
    if dim is None or dim not in cube.codes:
        raise ValueError(f"dim: expected one of {', '.join(cube.codes)}, got {dim!r}")
    for fact in ("unit", "multiplier"):
        if isinstance(getattr(cube, fact), np.ndarray):
            raise ValueError(f"codes may differ by {fact}: sel() those that don't")
    part = operand(cube, "parts", decimals)
    axis = cube.dims.index(dim)
    low, high = (np.broadcast_to(end, cube.shape) for end in part.ends((slice(None),) * cube.ndim))
    nodes, lows, highs = sums_by_node(low, high, cube, dim, tree)
    at = [cube.codes[dim].index(node) for node in nodes]
    claimed = Operand(
        [np.take(np.broadcast_to(a, cube.shape), at, axis) for a in part.arrays], part.multiplier, exact=False
    )
    source = cube.sel({dim: nodes})
    sums = Operand((lows, highs, np.asarray(np.nan)), 0, exact=True)
    (sums, claimed), shape, labels = together([(source, sums), (source, claimed)], "exact")
    return Audit("sums", Sum(claimed, sums, cells_of(shape)), labels=labels)


def ledger(source: Any, **options: Any) -> LedgerAudit:
    """Whether the figures of a ledger bear out what is claimed of them: `indicia.read_ledger` and its `audit`.

    Parameters
    ----------
    source : path, bytes, file object or mapping
        TOML, or what it would hold.
    **options
        ``assume`` and ``without``, as `indicia.ledger.Ledger.audit` takes them.

    Returns
    -------
    LedgerAudit

    Examples
    --------
    >>> from indicia import audit
    >>> audit.ledger({"quantities": {"growth": {"said": "6 %"}}, "relations": [{"holds": "growth > 0.05"}]})
    LedgerAudit: 1 certain
    """
    from indicia.ledger import read_ledger

    return read_ledger(source).audit(**options)
