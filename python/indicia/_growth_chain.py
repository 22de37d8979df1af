"""Contributions to chained figures: volumes at prices of the year before, and price indices linked in December.

A chained total is not the sum of its chained components. But between two links it is a weighted sum, and the change
from any period to any other runs through links: from the earlier period up to its next link on the weights of then, on
the weights of each year between, and from the last link to the later period on those of now. In points of the total
these steps add up, and so do the contributions; a change of weights is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicia import ufuncs
from indicia._growth_along import PER_YEAR, lag_of, letter_of
from indicia._growth_bridge import _added, _Asked, _Inputs, _labels, _Parts
from indicia._growth_bridge_parts import Floats, total_of
from indicia._growth_bridge_show import Bridge
from indicia._growth_bridge_tree import tree_of
from indicia.containers import Panel, panels_of

__all__ = ["chain_bridge"]

LINKS: Final = ("annual", "quarter", "continuous", "december")


def chain_bridge(
    volume: Any,
    weight: Any,
    *,
    link: str = "annual",
    total: Any = None,
    whole: float | None = None,
    lag: int | None = None,
    parents: Mapping[Any, Any] | None = None,
    freq: str | None = None,
    start: int = 1,
    join: str = "exact",
) -> Bridge:
    """What each component adds to the growth of a chain-linked volume, or of a price index that is linked every year.

    In points of the total X, with the link before period t, the weights w that it brings in, and components V::

        step(i, from a to b) = w[i] * X[link] * (V[i, b] - V[i, a]) / V[i, link]
        contribution(i, t)   = (steps of i from t - lag to t, link by link) / X[t - lag]

    Parameters
    ----------
    volume : array_like, DataFrame, DataArray or Cube
        Chain-linked volumes of the components, or their price indices: time down the rows of a DataFrame and components
        in its columns; of an array (components, time); of the others by ``time`` and one other dimension.
    weight : as `volume`
        Their figures in current prices, period by period, from which weights are made; with ``link="december"`` the
        weights in force in each period.
    link : {"annual", "quarter", "continuous", "december"}
        "annual": annual overlap, on the average of the year before, with its values as weights. "quarter": one-quarter
        overlap, on the last period of the year before, valued at that year's average prices. "continuous": on the
        period before, with its values as weights. "december": on the last period of the year before with the weights
        in force since, as the HICP and most consumer price indices are.
    total : array_like, pandas, DataArray or Cube, optional
        The chained total as published, along time. Without it, it is chained from the components.
    whole : float, optional
        What all weights add up to (1000), where there are other components; by default the sum of those here.
    lag : int, optional
        Growth over how many periods; a year by default, 1 for that on the period before.
    parents : mapping of str to str, optional
        A classification, child to parent, as of `bridge`; parents have no figures of their own here.
    freq, start
        As of `ytd`, where `volume` carries no periods.
    join : {"exact", "inner"}
        As of `bridge`.

    Returns
    -------
    Bridge
        Cases are periods, parts ``own`` by component. They add up to the growth of the total exactly; the residual is
        what they leave of a published total.

    Raises
    ------
    ValueError
        An option is none of those above, `volume` isn't of two dimensions, or carries no periods and `freq` isn't
        given; `whole` comes without a `total`.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Missing: NaN before the first link, and where a figure that is used is missing; a link that is zero has no growth.
    Under "annual" and "quarter" all periods of the year before are used, and the first whole year, which has none
    before it, is valued at its own average prices. Flags of a Cube: those of its cells.

    A component whose volume stands still contributes nothing, whatever its weight does. Over a year of a December index
    this is Ribe's formula.

    References
    ----------
    Eurostat, *HICP Methodological Manual* (2018 edition), section 8.5 (Ribe). Eurostat, *Handbook on Quarterly National
    Accounts* (2013), chapter 6. IMF, *Quarterly National Accounts Manual* (2017 edition), chapter 8.

    Examples
    --------
    >>> from indicia import growth
    >>> volume, value = [[10.0, 11.0, 12.0, 12.0], [30.0, 30.0, 30.0, 30.0]], [[10.0, 12.0, 13.0, 14.0]] * 2
    >>> b = growth.chain_bridge(volume, value, freq="S", lag=1)
    >>> b.headline.round(4)
    array([   nan, 0.0488, 0.0465, 0.    ])
    >>> b.parts["own"].round(4)
    array([[   nan, 0.0488, 0.0465, 0.    ],
           [   nan, 0.    , 0.    , 0.    ]])
    """
    if link not in LINKS:
        raise ValueError(f"link: expected one of {', '.join(LINKS)}, got {link!r}")
    letter_of(freq)
    given, names = [volume, weight], ["volume", "weight"]
    if total is not None:
        given, names = [*given, total], [*names, "total"]
    panels, wrap = panels_of(given, names, join=join, along=True, freq=freq)
    shape = np.broadcast_shapes(*(np.shape(p.values) for p in panels))
    if len(shape) != 2:
        raise ValueError(f"volume: expected components and time, two dimensions, got the shape {shape}")
    time_axis = panels[0].axis
    assert time_axis is not None
    place, per_year = _places_of(panels[0], freq, start, shape[time_axis])
    arrays = [np.moveaxis(np.broadcast_to(p.values, shape), time_axis, -1) for p in panels]
    labels = _labels(wrap(np.zeros(shape), None), shape)
    names_of = labels[1 - time_axis]
    tree = tree_of(names_of, parents)
    within = [name for k, name in enumerate(tree.names) if tree.children[k] and tree.place[k] is not None]
    if within:
        raise ValueError(f"parents: {', '.join(within)} has figures of its own, and chained figures don't add up")
    chained = _chained(arrays[0], arrays[1], link, None if whole is None else float(whole), place)
    published = None if total is None else _one_total(arrays[2])
    level, linked = chained.chained() if published is None else (published, chained.linked(published))
    if whole is not None and total is None:
        raise ValueError("whole: there are other components, so that total= is needed, too")
    step = lag_of(per_year if lag is None else lag)
    parts = chained.contributions(level, linked, step)
    rate = ufuncs.growth_rate_lag(level, step)
    inputs = _Inputs(arrays, panels[:2], wrap, 1 - time_axis, names_of, [labels[time_axis]], [True] * len(arrays))
    asked = _Asked("rate", "additive", None, False, False, False, None if published is None else rate, parents, None)
    computed = np.where(np.isnan(parts).any(axis=0), np.nan, rate)
    return _added(inputs, tree, asked, _Parts(["own"], [parts.T], {}, computed, None))


def _places_of(x: Panel, freq: str | None, start: int, length: int) -> tuple[NDArray[np.int64], int]:
    """The place of each period in its year, and how many a year has."""
    if x.time is None:
        if freq is None:
            raise ValueError("chain_bridge: volume carries no periods: say freq= (A, S, Q or M)")
        if freq not in PER_YEAR:
            raise ValueError(f"chain_bridge: freq={freq!r} needs years that are alike: A, S, Q or M")
        per_year, first = PER_YEAR[freq], start - 1
        if not 1 <= start <= per_year:
            raise ValueError(f"start: expected a period of the year, from 1 to {per_year}, got {start}")
    else:
        if x.time.per_year is None:
            raise ValueError(f"chain_bridge: expected years, half-years, quarters or months, got {x.time.freq}")
        if not x.time.contiguous:
            raise ValueError("chain_bridge: periods must follow one another without a gap, in order")
        per_year = x.time.per_year
        first = int(x.time.ordinals[0]) % per_year if length else 0
    return (first + np.arange(length)) % per_year, per_year


def _one_total(values: Floats) -> Floats:
    """The published total is the same for all components."""
    first: Floats = values[0] if len(values) else np.empty(values.shape[-1])
    if len(values) and not np.array_equal(values, np.broadcast_to(first, values.shape), equal_nan=True):
        raise ValueError("total: expected one figure for each period, got one for each component")
    return first


class _Chained(NamedTuple):
    """Components by time, and for each period its link: places to begin from, weights that it brings in.

    `at` holds V at the link, `weights` w; `next_at` V at the link that ends the stretch of each period, or NaN.
    `stretch` counts stretches between links; `begins` says where each begins. The stretch `own` has no link before it,
    but its own average prices; its link is its own end.
    """

    volume: Floats
    at: Floats
    weights: Floats
    next_at: Floats
    stretch: NDArray[np.int64]
    begins: NDArray[np.int64]
    mean: bool
    own: int

    def chained(self) -> tuple[Floats, Floats]:
        """The total, chained from the components, 1 at the first link; and what it is at the link of each period."""
        with np.errstate(all="ignore"):
            relative = total_of((self.weights * self.volume / self.at).T)
        level, at = np.full(len(relative), np.nan), np.full(len(relative), np.nan)
        link = 1.0
        for begin, end in self._stretches():
            part = relative[begin:end]
            if not np.isnan(part).all():
                at[begin:end] = link
                level[begin:end] = link * part
                link = float(level[begin:end].mean() if self.mean else level[end - 1])
                if np.isnan(link):
                    link = 1.0  # a chain that broke begins anew
        return level, at

    def linked(self, level: Floats) -> Floats:
        """What a published total is at the link of each period."""
        at = np.full(len(level), np.nan)
        stretches = self._stretches()
        for number, (begin, end) in enumerate(stretches):
            first, last = stretches[number if number == self.own else max(number - 1, 0)]
            if number > 0 or self.own == 0:
                at[begin:end] = level[first:last].mean() if self.mean else level[last - 1]
        return at

    def _stretches(self) -> list[tuple[int, int]]:
        ends = [*self.begins[1:], self.volume.shape[-1]]
        return [(int(begin), int(end)) for begin, end in zip(self.begins, ends, strict=True) if end > begin]

    def contributions(self, level: Floats, link: Floats, lag: int) -> Floats:
        """Steps from t - lag to t over the total at t - lag."""
        length = len(level)
        result = np.full(self.volume.shape, np.nan)
        if lag >= length:
            return result
        with np.errstate(all="ignore"):
            worth = self.weights * link / self.at  # points of the total by unit of the component
            since = worth * (self.volume - self.at)
            until = worth * (self.next_at - self.volume)
            through = worth * (self.next_at - self.at)
            now, then = np.arange(lag, length), np.arange(length - lag)
            apart = self.stretch[now] - self.stretch[then]
            steps = np.where(
                apart == 0,
                worth[:, then] * (self.volume[:, now] - self.volume[:, then]),
                since[:, now] + until[:, then],
            )
            for between in range(1, int(apart.max(initial=0))):
                inside = apart > between
                which = self.begins[np.clip(self.stretch[then] + between, 0, len(self.begins) - 1)]
                steps = np.where(inside, steps + through[:, np.minimum(which, length - 1)], steps)
            base = level[then]
            result[:, lag:] = steps / np.where(base > 0, base, np.nan)
        return result


def _chained(volume: Floats, value: Floats, link: str, whole: float | None, place: NDArray[np.int64]) -> _Chained:
    """The link of each period."""
    length = volume.shape[-1]
    begins = np.arange(length) if link == "continuous" else np.unique(np.r_[0, np.flatnonzero(place == 0)])
    begins = begins[begins < length].astype(np.int64)
    stretch = np.searchsorted(begins, np.arange(length), side="right") - 1
    at, weights, next_at = (np.full(volume.shape, np.nan) for _ in range(3))
    mean, own = link == "annual", -1
    per_year = int(place.max(initial=0)) + 1
    for number, begin in enumerate(begins):
        end = int(begins[number + 1]) if number + 1 < len(begins) else length
        whole_year = link == "continuous" or (end - begin == per_year and place[begin] == 0)
        if not mean:
            next_at[:, begin:end] = volume[:, end - 1 : end] if end < length or whole_year else np.nan
        elif whole_year:
            next_at[:, begin:end] = volume[:, begin:end].mean(axis=1, keepdims=True)
        if number == 0:
            continue
        before = slice(int(begins[number - 1]), int(begin))
        full = link in ("continuous", "december") or before.stop - before.start == per_year
        if not full:
            continue
        last = volume[:, begin - 1 : begin]
        with np.errstate(all="ignore"):
            if link == "december":
                found = value[:, begin : begin + 1]
            elif link == "continuous":
                found = value[:, begin - 1 : begin]
            else:
                found = value[:, before].sum(axis=1, keepdims=True)
                if link == "quarter":
                    found = found * last / volume[:, before].sum(axis=1, keepdims=True)
            sums = total_of(found.T)[:, None] if whole is None else np.array([[whole]])
            share = found / np.where(sums > 0, sums, np.nan)
        weights[:, begin:end] = share
        at[:, begin:end] = volume[:, before].mean(axis=1, keepdims=True) if mean else last
        if own < 0 and link in ("annual", "quarter"):  # a first whole year
            own = number - 1
            weights[:, before], at[:, before] = share, at[:, begin : begin + 1]
    at = np.where(at == 0, np.nan, at)
    return _Chained(volume, at, weights, next_at, stretch, begins, mean, own)
