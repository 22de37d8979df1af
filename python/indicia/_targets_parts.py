"""Targets of parts against the target of the whole: whether they add up, and which must give way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._audit_found import Verdict
from indicia._interval import Interval
from indicia._targets_model import Target, target
from indicia._targets_show import MANY, Report, Table, cells_of, matched, percent_text, points_text

__all__ = ["PartTargets", "adds_up"]

SLACK: Final = 1e-14  # what sums of doubles may be off by: far below anything that is printed


class PartTargets(Report):
    """What the targets of parts come to together, beside that of the whole.

    Attributes
    ----------
    names : tuple of str
    targets : tuple of Target
    headline : Target
    weights : Interval
        Of each part in the whole, as they were given: levels or shares.
    share : ndarray of float64
        Of each part in the sum of weights.
    rest : float
        The share of what no part covers; 0 without `total`.
    figure : float
        What the figures that targets name come to, with the weights as printed.
    implied : Interval
        What they come to over all that targets say and weights stand for.
    gap : float
        `figure` less the headline's: points as fractions, above 0 where parts aim at more.
    verdict : Verdict
        Whether they add up: all that is implied lies within what the headline says, some of it does, or none.
    meets : Verdict
        Whether the headline is met if every part meets its target: POSSIBLE where some would have to do more.
    alone : ndarray of float64
        The target of each part that would close the gap by itself; NaN of a part without weight.
    together : float
        By how many points all parts must move, if all move by the same.
    must : ndarray of bool
        Which parts must give way: without them the others can't close the gap within their bounds.
    least : ndarray of float64
        By how many points they must at least.

    See Also
    --------
    adds_up : makes one.

    Examples
    --------
    >>> from indicia import targets
    >>> districts = targets.adds_up({"A": "6 %", "B": "8 %"}, {"A": 75.0, "B": 25.0}, "6 %", bounds=(0.055, 0.09))
    >>> districts.gap.round(4), districts.alone.round(4), districts.must
    (np.float64(0.005), array([0.0533, 0.06  ]), array([False,  True]))
    """

    __slots__ = (
        "alone", "bounds", "figure", "gap", "headline", "implied", "least", "meets", "must", "names", "rest",
        "share", "targets", "together", "total", "verdict", "weights",
    )  # fmt: skip

    def __init__(
        self, names: list[str], targets: list[Target], weights: Interval, headline: Target, *, bounds: Any, total: Any
    ) -> None:
        self.names, self.targets, self.weights, self.headline = tuple(names), tuple(targets), weights, headline
        self.bounds, self.total = bounds, total
        middle = (weights.low + weights.high) / 2
        covered = math.fsum(middle)
        whole = covered if total is None else float(total)
        self.share = middle / whole
        self.rest = max(0.0, 1.0 - covered / whole) if total is not None else 0.0
        figures = np.array([one.figure for one in targets])
        self.figure = np.float64(math.fsum(self.share * figures) / (1.0 - self.rest))
        ends = np.array([[one.low, one.high] for one in targets]).T
        self.implied = _mean_of(weights, ends[0], ends[1])
        self.gap = self.figure - headline.figure
        inside = Interval(headline.low, headline.high)
        self.verdict = _verdict(self.implied, inside)
        reached = [one.admits for one in targets]
        self.meets = _verdict(
            _mean_of(weights, np.array([x.low for x in reached]), np.array([x.high for x in reached])), headline.admits
        )
        inner = self.share / (1.0 - self.rest)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(inner > 0, self.gap / inner, np.nan)
        self.alone = figures - step
        self.together = -self.gap
        self.must, self.least = _giving_way(inner, figures, float(self.gap), bounds)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def needed_of_rest(self) -> float:
        """What the part that no target covers must do for the headline to be met; NaN if there is none.

        Examples
        --------
        >>> from indicia import targets
        >>> float(targets.adds_up(["6 %"], [80.0], "5.5 %", total=100.0).needed_of_rest)
        0.035
        """
        if not self.rest > 0:
            return math.nan
        return round((self.headline.figure - self.figure * (1.0 - self.rest)) / self.rest, 15)

    def what_if(self, changed: Mapping[str, Any]) -> PartTargets:
        """The same with other targets for some parts.

        Parameters
        ----------
        changed : dict of str to str, float or Target
            By name.

        Returns
        -------
        PartTargets

        Raises
        ------
        KeyError
            A name that is none of the parts'.

        Examples
        --------
        >>> from indicia import targets
        >>> plan = targets.adds_up({"A": "6 %", "B": "8 %"}, {"A": 75.0, "B": 25.0}, "6 %")
        >>> plan.what_if({"B": "6 %"}).verdict.name
        'CERTAIN'
        """
        from indicia._labels import near
        from indicia.errors import UnknownNameError

        for name in changed:
            if name not in self.names:
                raise UnknownNameError(f"no part {name!r}{near(name, list(self.names))}")
        of = self.headline.of
        aims = [
            target(changed[name], of=of) if name in changed else one
            for name, one in zip(self.names, self.targets, strict=True)
        ]
        return PartTargets(list(self.names), aims, self.weights, self.headline, bounds=self.bounds, total=self.total)

    def to_pandas(self) -> Any:
        """A row for each part.

        Returns
        -------
        pandas.DataFrame
            Indexed by name: ``target`` (as said), ``low``, ``high``, ``figure``, ``share``, ``adds`` (to the whole),
            ``alone``, ``must``, ``least``.

        Examples
        --------
        >>> from indicia import targets
        >>> plan = targets.adds_up({"A": "6 %", "B": "8 %"}, {"A": 75.0, "B": 25.0}, "6 %")
        >>> plan.to_pandas()["adds"].tolist()
        [0.045, 0.02]
        """
        import pandas as pd

        figures = np.array([one.figure for one in self.targets])
        return pd.DataFrame(
            {
                "target": [one.said for one in self.targets],
                "low": [one.low for one in self.targets],
                "high": [one.high for one in self.targets],
                "figure": figures,
                "share": self.share,
                "adds": self.share * figures,
                "alone": self.alone,
                "must": self.must,
                "least": self.least,
            },
            index=pd.Index(self.names),
        )

    def _table(self) -> Table:
        order = np.argsort(-self.share, kind="stable")[:MANY]
        bound = self.bounds is not None
        rows = []
        for i in order:
            one = self.targets[i]
            adds, alone = percent_text(self.share[i] * one.figure), percent_text(self.alone[i])
            row = [self.names[i], one.said, percent_text(self.share[i], 1), adds, alone]
            rows.append([*row, f"by {percent_text(self.least[i])} pp" if self.must[i] else ""][: 5 + bound])
        title = (
            f"Parts aim at {percent_text(self.figure)} % together, {points_text(Interval(self.gap))} pp from "
            f"{self.headline.said}: {self.verdict.name.lower()}"
        )
        low, high = (percent_text(float(end)) for end in (self.implied.low, self.implied.high))
        notes = [
            f"all that is said and rounded: {low} to {high} %; the whole meets its target: {self.meets.name.lower()}"
        ]
        if self.gap and bool(np.isfinite(self.gap)):
            alike = percent_text(-float(self.gap))
            notes.append(f"alone: what a part would have to aim at if only it gave way; all alike: {alike} pp")
        if self.rest > 0:
            notes.append(
                f"no target for {percent_text(self.rest, 1)} % of the whole, which would have to do "
                f"{percent_text(self.needed_of_rest)} %"
            )
        if len(self) > MANY:
            notes.append(f"the {MANY} largest of {len(self)} parts")
        head = ["", "target", "share %", "adds pp", "alone %", "must give way"][: 5 + bound]
        return Table(title, head, rows, [False, *[True] * 4, False][: 5 + bound], notes)


def adds_up(
    targets: Any,
    weights: Any,
    headline: Any,
    *,
    of: str = "growth",
    bounds: Any = None,
    total: float | None = None,
    percent: bool = True,
) -> PartTargets:
    """Whether the targets of parts (districts, sectors) add up to that of the whole, and which must give way.

    ``sum(weight * target) / sum(weight)`` against the headline

    Parameters
    ----------
    targets : dict, list, array or Series of str, float or Target
        Of the parts: texts as `target` reads them, numbers as fractions.
    weights : dict, list, array, Series, Cube or Interval
        Of the parts in the period that growth is measured from: levels, or shares; by name where both have names. An
        Interval of published ones counts all that they stand for.
    headline : str, float or Target
        What the whole aims at.
    of : {"growth", "share"}
        What targets are of. A share of the whole (its exports in output) is a mean of the parts' shares, too.
    bounds : (float, float) or array of such, optional
        From what to what each part's figure may be moved (the slowest and the fastest that it ever grew); one pair for
        all, or one for each part. Without, none must give way, as any other could.
    total : float, optional
        The level of the whole, in the unit of `weights`, where parts don't cover it.
    percent : bool
        Whether texts without a unit are in per cent.

    Returns
    -------
    PartTargets
        ``print`` shows a table, a notebook an HTML one; ``to_pandas`` gives the figures, ``what_if`` another plan.

    Raises
    ------
    ValueError
        No part, a target or weight missing or negative, weights that are all zero, more than `total`, names or shapes
        that don't fit, bounds in the wrong order.

    Notes
    -----
    The ends of what is implied are attained: a mean with weights from boxes is largest with the high weights on the
    largest targets and the low ones on the others, and all such cuts are tried. What doubles can't tell apart (1e-14)
    counts as equal.

    A part must give way if all others together, each moved to the end of its bounds, leave some of the gap: `least` is
    what is left, in its own points.

    See Also
    --------
    indicia.audit.adds_up : whether published levels add up.

    Examples
    --------
    >>> from indicia import targets
    >>> targets.adds_up({"A": "6 %", "B": "8 %"}, {"A": 75.0, "B": 25.0}, "6 %")
    Parts aim at 6.50 % together, +0.50 pp from 6 %: contradicted
    <BLANKLINE>
       target  share %  adds pp  alone %
    A     6 %     75.0     4.50     5.33
    B     8 %     25.0     2.00     6.00
    <BLANKLINE>
    all that is said and rounded: 6.50 to 6.50 %; the whole meets its target: certain
    alone: what a part would have to aim at if only it gave way; all alike: -0.50 pp
    """
    if of not in ("growth", "share"):
        raise ValueError(f"of: expected 'growth' or 'share', got {of!r}; levels add up as they are: audit.adds_up")
    names, cells = first = cells_of(targets)
    if not cells:
        raise ValueError("targets: none given; needed is one for each part")
    names = names or [str(k + 1) for k in range(len(cells))]
    aims = []
    for name, cell in zip(names, cells, strict=True):
        if cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)):
            raise ValueError(f"targets: that of {name} is missing; leave the part out of both, and say total=")
        aims.append(target(cell, of=of, percent=percent))
    held = matched(first, weights, "weights", "targets")
    ends = [(w.low, w.high) if isinstance(w, Interval) else (w, w) for w in held]
    box = Interval(*np.array(ends, np.float64).reshape(-1, 2).T)
    for name, one in zip(names, box, strict=True):
        if not one.known or not math.isfinite(float(one.high)) or one.low < 0:
            raise ValueError(f"weights: that of {name} is {one.low:g}; needed is a figure that isn't negative")
    most = math.fsum(box.high)
    if not most > 0:
        raise ValueError(f"weights: all {len(names)} are zero; needed is one above zero at least")
    if total is not None and not math.fsum(box.low) <= total * (1 + 1e-12):
        raise ValueError(f"total: {total:g} is less than the weights together, {math.fsum(box.low):g}")
    pairs = None if bounds is None else _pairs(bounds, len(names))
    return PartTargets(names, aims, box, target(headline, of=of, percent=percent), bounds=pairs, total=total)


def _pairs(bounds: Any, count: int) -> NDArray[np.float64]:
    pairs = np.asarray(bounds, np.float64)
    if pairs.shape == (2,):
        pairs = np.tile(pairs, (count, 1))
    if pairs.shape != (count, 2):
        raise ValueError(
            f"bounds: shape {pairs.shape}; needed is (low, high), or one such pair for each of {count} parts"
        )
    if not (pairs[:, 0] <= pairs[:, 1]).all():
        raise ValueError("bounds: a pair ends below where it begins")
    return pairs


def _verdict(implied: Interval, within: Interval) -> Verdict:
    ends = (within.low - SLACK, within.high + SLACK, implied.low, implied.high)
    return Verdict(int(ufuncs.interval_verdict(*ends, 1.0)[0]))


def _giving_way(
    inner: NDArray[np.float64], figures: NDArray[np.float64], gap: float, bounds: NDArray[np.float64] | None
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    none = np.zeros(len(inner), np.bool_)
    if bounds is None or not gap:
        return none, np.zeros(len(inner))
    room = figures - bounds[:, 0] if gap > 0 else bounds[:, 1] - figures
    able = inner * np.maximum(room, 0.0)
    left = abs(gap) - (math.fsum(able) - able)
    must = left > 1e-15
    with np.errstate(divide="ignore", invalid="ignore"):
        least = np.where(must, np.where(inner > 0, left / inner, np.inf), 0.0)
    return must & (inner > 0), np.where(inner > 0, least, 0.0)


def _mean_of(weights: Interval, low: NDArray[np.float64], high: NDArray[np.float64]) -> Interval:
    """The range of a weighted mean, of weights and figures from boxes."""
    least = -_largest(weights, -low)
    return Interval(least, _largest(weights, high))


def _largest(weights: Interval, figures: NDArray[np.float64]) -> float:
    counts = weights.high > 0
    if (np.isposinf(figures) & counts).any():
        return math.inf
    if (np.isneginf(figures) & (weights.low > 0)).any():
        return -math.inf
    kept = counts & ~np.isneginf(figures)
    order = np.argsort(-figures[kept], kind="stable")
    x, low, high = figures[kept][order], weights.low[kept][order], weights.high[kept][order]
    sums = [np.concatenate([[0.0], np.cumsum(part)]) for part in (high * x, low * x, high, low)]
    above, below = sums[0] + (sums[1][-1] - sums[1]), sums[2] + (sums[3][-1] - sums[3])
    with np.errstate(divide="ignore", invalid="ignore"):
        best = int(np.nanargmax(np.where(below > 0, above / below, -np.inf)))
    w = np.where(np.arange(len(x)) < best, high, low)
    products = Interval(w) * Interval(x)
    top = ufuncs.interval_sum(products.low, products.high)
    bottom = ufuncs.interval_sum(w, w)
    return float((Interval(float(top[0]), float(top[1])) / Interval(float(bottom[0]), float(bottom[1]))).high)
