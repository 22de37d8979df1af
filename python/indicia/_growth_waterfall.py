"""Waterfalls: bars that lead from zero to a total, each beginning where the one before ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indicia._page_svg import ROW, Scale, cut, drawing, escaped, tag, wide

if TYPE_CHECKING:
    from indicia._growth_bridge_show import Bridge

__all__ = ["Step", "plotted", "waterfall"]

UP: Final = "#5b84ab"
DOWN: Final = "#b9653c"
TOTAL: Final = "#1f4c78"


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: its name, its length, what is written beside it, and whether it begins at zero."""

    name: str
    value: float
    text: str
    total: bool = False


def spans(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """Where each bar begins and ends; one that is missing has no length."""
    at, found = 0.0, []
    for step in steps:
        value = step.value if math.isfinite(step.value) else 0.0
        found.append((0.0, value) if step.total else (at, at + value))
        at = found[-1][1]
    return found


def waterfall(steps: Sequence[Step], title: str, *, across: float = 560) -> str:
    """A waterfall as SVG that stands by itself: rows from the top down, the total last.

    Examples
    --------
    >>> waterfall([Step("own", 4.0, "4.0"), Step("total", 4.0, "4.0", True)], "Growth").count("<rect")
    2
    """
    ends = spans(steps)
    low, high = min(min(0.0, *pair) for pair in ends), max(max(0.0, *pair) for pair in ends)
    names = min(max(wide(step.name) for step in steps), 210.0) + 12
    room = max(wide(step.text) for step in steps) + 12
    scale = Scale(low, high if high > low else low + 1, names + (room if low < 0 else 0), across - room)
    inside, zero, bottom = [], scale(0.0), ROW * len(steps) + 4
    for number, (step, (begin, end)) in enumerate(zip(steps, ends, strict=True)):
        middle = ROW * number + ROW / 2 + 2
        left, right = sorted((scale(begin), scale(end)))
        colour = TOTAL if step.total else UP if end >= begin else DOWN
        bold = "600" if step.total else None
        inside.append(tag("text", escaped(cut(step.name, 210)), x=names - 10, y=middle + 4.5, text_anchor="end",
                          font_weight=bold))  # fmt: skip
        inside.append(tag("rect", x=left, y=middle - 8, width=max(right - left, 0.75), height=16, fill=colour))
        place = (right + 6, "start") if end >= begin else (left - 6, "end")
        inside.append(tag("text", escaped(step.text), x=place[0], y=middle + 4.5, text_anchor=place[1],
                          font_weight=bold))  # fmt: skip
        if number + 1 < len(steps) and not steps[number + 1].total:
            inside.append(tag("line", x1=scale(end), x2=scale(end), y1=middle + 8, y2=middle + ROW - 8,
                              stroke="currentColor", opacity=0.35))  # fmt: skip
    axis = tag("line", x1=zero, x2=zero, y1=2, y2=bottom, stroke="currentColor", opacity=0.5)
    said = "; ".join(f"{step.name} {step.text}" for step in steps)
    group = tag("g", *inside, axis, fill="currentColor", font_family="sans-serif", font_size=13)
    return drawing((across, bottom + 4), title, said, group)


def plotted(bridge: Bridge, ax: Any, by: str | None) -> Any:
    """With matplotlib: one case as a waterfall, several as bars of parts with the headline as a line."""
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    many = len(bridge) > 1
    if not many:
        steps = bridge.steps(by)
        for number, (step, (begin, end)) in enumerate(zip(steps, spans(steps), strict=True)):
            colour = TOTAL if step.total else UP if end >= begin else DOWN
            ax.barh(number, end - begin, left=begin, color=colour)
            ax.annotate(step.text, (end, number), (4 if end >= begin else -4, 0), textcoords="offset points",
                        va="center", ha="left" if end >= begin else "right", fontsize=9)  # fmt: skip
        ax.set_yticks(range(len(steps)), [step.name for step in steps])
        ax.invert_yaxis()
        ends = [end for pair in spans(steps) for end in (0.0, *pair)]
        room = 0.15 * (max(ends) - min(ends) or 1.0)
        ax.set_xlim(min(ends) - (room if min(ends) < 0 else 0), max(ends) + room)
        ax.axvline(0, color="0.4", linewidth=0.8)
        if bridge.of != "level":
            ax.set_xlabel("per cent")
    else:
        _stacked(bridge, ax, by)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _stacked(bridge: Bridge, ax: Any, by: str | None) -> None:
    scale = 100.0 if bridge.of != "level" else 1.0
    tops = [k for k, depth in enumerate(bridge.depth) if depth == int(bridge.rooted)]
    flat = np.nan_to_num(bridge.array.reshape(-1, *bridge.array.shape[-2:])) * scale
    if by == "effect" or (by is None and len(tops) == 1):
        layers = {effect: flat[:, tops, k].sum(axis=1) for k, effect in enumerate(bridge.effects)}
    else:
        layers = {bridge.components[k]: flat[:, k, :].sum(axis=1) for k in tops}
    headline = np.ravel(bridge.headline) * scale
    left = headline - sum(layers.values())
    if bridge.stated and np.nanmax(np.abs(left)) > 0.5e-3:
        layers["residual"] = np.nan_to_num(left)
    places = np.arange(len(headline))
    up, down = np.zeros(len(places)), np.zeros(len(places))
    for name, values in layers.items():
        ax.bar(places, values, bottom=np.where(values >= 0, up, down), label=name, width=0.8)
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    ax.plot(places, headline, color="black", linewidth=1.4, marker="o", markersize=3, label="total")
    every = max(1, len(places) // 8)
    ax.set_xticks(places[::every], bridge.cases[::every])
    ax.axhline(0, color="0.4", linewidth=0.8)
    ax.legend(fontsize=8, frameon=False)
    if scale == 100.0:
        ax.set_ylabel("percentage points")
