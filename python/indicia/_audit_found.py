"""What an audit found: verdicts, and the class `Audit`."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import interval
from indicia._audit_claims import Cells, Claim, Growth
from indicia._interval import Interval
from indicia.cube import Cube

__all__ = ["Audit", "Verdict"]


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

    Notes
    -----
    Intervals are computed where they are asked for, of the cells that are asked for, from the arrays that were audited:
    they are kept, not copied.

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

    __slots__ = ("_ends", "_judged", "claim", "distance", "labels", "verdicts")

    def __init__(self, claim: str, judged: Claim, *, labels: Cube | None = None) -> None:
        self.claim, self.labels, self._judged = claim, labels, judged
        self._ends: dict[str, Interval] = {}
        self.verdicts: NDArray[np.uint8]
        self.distance: NDArray[np.float64]
        self.verdicts, self.distance = judged.judge()

    def _interval(self, which: str) -> Interval:
        if which not in self._ends:
            self._ends[which] = self._judged.all(which)
        return self._ends[which]

    @property
    def published(self) -> Interval:
        """What the figures that are judged stand for; rates and shares as fractions.

        Examples
        --------
        >>> from indicia import audit
        >>> audit.share([1.0], [4.0], [30.0], decimals=1, share_decimals=0).published
        Interval([0.295],
                 [0.305])
        """
        return self._interval("published")

    @property
    def implied(self) -> Interval:
        """What the other figures imply for them.

        Examples
        --------
        >>> from indicia import audit
        >>> audit.adds_up([[1.0], [2.0]], [9.0], decimals=0).implied
        Interval([2.],
                 [4.])
        """
        return self._interval("implied")

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
        where = self.contradicted
        made = []
        for x in self._revisions(np.nonzero(where)):
            ends = np.full((2, *where.shape), np.nan)
            ends[:, where] = x.low, x.high
            made.append(Interval._of((ends[0], ends[1])))
        return made[0], made[1]

    def _revisions(self, cells: Cells) -> tuple[Interval, Interval]:
        """Implied base and revision of cells."""
        if not isinstance(self._judged, Growth):
            raise AttributeError(f"an audit of {self.claim} implies no base")
        now, before = (Interval._of(ends) for ends in self._judged.levels(cells))
        base = interval.implied_base(now, self._judged.plain(self._judged.at(cells, "published")))
        return base, base - before

    # ---- telling

    def _names(self) -> dict[str, NDArray[Any]]:
        """The names of the places along each dimension."""
        if self.labels is None:
            return {f"axis {k}": np.arange(n) for k, n in enumerate(self.verdicts.shape)}
        names: dict[str, NDArray[Any]] = {}
        for dim in self.labels.dims:
            if dim == "time" and self.labels.time is not None:
                names[dim] = self.labels.time.to_text()
            else:
                names[dim] = np.array(self.labels.codes[dim], dtype=object)
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
        cells = np.nonzero(wanted)
        columns: dict[str, Any] = {
            name: pd.Index(words).take(where) for (name, words), where in zip(self._names().items(), cells, strict=True)
        }
        words = pd.Index([verdict.name for verdict in Verdict], dtype=object)
        codes = self.verdicts[cells].astype(np.int8)
        columns["verdict"] = pd.Categorical.from_codes(codes, words, ordered=True)
        for name in ("published", "implied"):
            x = self._judged.at(cells, name)
            columns[f"{name}_low"], columns[f"{name}_high"] = x.low, x.high
        columns["distance"] = self.distance[cells]
        if isinstance(self._judged, Growth):
            off = codes == Verdict.CONTRADICTED
            for name, x in zip(("base", "revision"), self._revisions(cells), strict=True):
                columns[f"{name}_low"], columns[f"{name}_high"] = (np.where(off, e, np.nan) for e in (x.low, x.high))
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        lines = [f"Audit of {self.claim}: {self.verdicts.size:,} cells"]
        lines += [f"  {verdict.name.lower():<12}  {n:,}" for verdict, n in self.count().items()]
        off = np.where(self.contradicted & ~np.isnan(self.distance), np.abs(self.distance), 0)
        if off.size and off.max() > 0:
            cell = np.unravel_index(int(off.argmax()), off.shape)
            places = tuple(np.array([k]) for k in cell)
            ends = [(word, self._judged.at(places, word)) for word in ("published", "implied")]
            told = [f"{float(x.low[0]):.6g} to {float(x.high[0]):.6g} {word}" for word, x in ends]
            where = " ".join(str(words[k]) for words, k in zip(self._names().values(), cell, strict=True))
            lines.append(f"  furthest off: {where}, by {off[cell]:,.2g} of the last digit: {', '.join(told)}")
        return "\n".join(lines)
