"""The same flow told twice: by who sends it, and by who receives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from indicia._trade_advantage import flows
from indicia._trade_table import tables_of

__all__ = ["Mirror", "mirror"]


@dataclass(frozen=True, slots=True)
class Mirror:
    """Two reports of the same flows side by side, as `mirror` finds them.

    Attributes
    ----------
    gap : same kind as the exports
        What importers report, less freight and insurance, minus what exporters report. NaN unless both report.
    relative : same kind as the exports
        The gap over the mean of both: from -2 to 2.
    reconciled : same kind as the exports
        The mean of both by the weights; the one report there is where the other lacks.
    quality : labelled as the exports
        For each exporter, and for each importer, the weighted median of the size of `relative`: how far its reports are
        from its partners'.
    importer_quality : labelled as the exports
    both, exporter_alone, importer_alone : int
        How many flows are reported by whom.
    alone : tuple of tuple
        The ten largest flows that one side alone reports: exporter, importer, year (empty where there is one), who
        reports it, and the value.
    """

    gap: Any
    relative: Any
    reconciled: Any
    quality: Any
    importer_quality: Any
    both: int
    exporter_alone: int
    importer_alone: int
    alone: tuple[tuple[str, str, str, str, float], ...]


def mirror(
    exports: Any,
    imports: Any,
    *,
    exporter: Any = None,
    importer: Any = None,
    freight: float = 0.0,
    weight: float = 0.5,
) -> Mirror:
    """Compares what exporters say they sent with what importers say they received.

    Parameters
    ----------
    exports : array_like, DataFrame, DataArray or Cube
        By exporter and importer, as the exporter reports (free on board).
    imports : array_like, DataFrame, DataArray or Cube
        The same flows with the same labels, exporters along the same axis, as the importer reports (with cost,
        insurance and freight).
    exporter, importer : int or str, optional
        Their dimensions, as in `intensity`.
    freight : float
        What insurance and freight come to, as a fraction of the value on board: 0.06 is 6 %. Imports are divided by
        1 + freight. It differs by distance and goods, so that 0 takes nothing off in silence.
    weight : float
        Of the importer's report in the reconciled value, from 0 to 1. Importers levy duties, and look closer.

    Returns
    -------
    Mirror

    Raises
    ------
    ValueError
        `freight` is below 0, or `weight` outside of 0 to 1; labels differ; a total (partner World) stands among the
        partners; or as in `rca`.

    Notes
    -----
    Missing: NaN is no report. A reported 0 is one. What is between a country and itself is left as it is.

    Examples
    --------
    >>> from indicia import trade
    >>> nan = float("nan")
    >>> made = trade.mirror([[nan, 100.0], [50.0, nan]], [[nan, 111.3], [nan, nan]], freight=0.06)
    >>> made.gap.round(9), made.alone
    (array([[nan,  5.],
           [nan, nan]]), (('1', '0', '', 'exporter', 50.0),))
    """
    if not freight >= 0:
        raise ValueError(f"freight: expected a fraction from 0 on, got {freight!r}")
    if not 0 <= weight <= 1:
        raise ValueError(f"weight: expected a number from 0 to 1, got {weight!r}")
    x, m = tables_of({"exports": exports, "imports": imports}, exporter, importer)
    flows(x, m)  # refuses what can't be
    sent, received = x.values, m.values / (1 + freight)
    told, heard = ~np.isnan(sent), ~np.isnan(received)
    both = told & heard
    gap = received - sent
    with np.errstate(all="ignore"):
        relative = np.where(both & (received + sent > 0), gap / ((received + sent) / 2), np.nan)
    reconciled = np.where(both, sent + weight * gap, np.where(told, sent, received))
    single = np.where(told ^ heard, np.where(told, sent, received), -1.0)
    order = np.argsort(-single, axis=None, kind="stable")[:10]
    years = x.years if x.lead else [""] * len(sent)
    alone = []
    for place in order[single.reshape(-1)[order] > 0].tolist():
        y, c, p = (int(k) for k in np.unravel_index(place, single.shape))
        who = "exporter" if told[y, c, p] else "importer"
        alone.append((x.exporters[c], x.products[p], years[y], who, float(single[y, c, p])))
    size = np.abs(relative)
    return Mirror(
        x.both(gap, "kept"),
        x.both(relative, "fraction"),
        x.both(reconciled, "kept"),
        x.country(_weighted_median(size, reconciled, 2), "fraction", "quality"),
        x.product(_weighted_median(size, reconciled, 1), "fraction", "quality"),
        int(both.sum()),
        int((told & ~heard).sum()),
        int((heard & ~told).sum()),
        tuple(alone),
    )


def _weighted_median(values: Any, weights: Any, axis: int) -> Any:
    """The lower weighted median of what is there; NaN where nothing is."""
    order = np.argsort(values, axis=axis, kind="stable")  # NaN last
    ordered = np.take_along_axis(values, order, axis)
    heavy = np.take_along_axis(np.where(np.isnan(values), 0.0, weights), order, axis)
    sums = np.cumsum(heavy, axis=axis)
    whole = np.take(sums, [-1], axis=axis)
    place = np.argmax(sums >= whole / 2, axis=axis)
    found = np.take_along_axis(ordered, np.expand_dims(place, axis), axis)
    return np.where(whole > 0, found, np.nan).squeeze(axis)
