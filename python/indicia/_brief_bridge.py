"""Where the growth of a total comes from: people and output per head, and what changed since the year before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from indicia._growth_bridge_show import Bridge
    from indicia.brief import Brief, Total

__all__ = ["bridge_of_change", "bridge_of_people", "bridge_texts", "plain"]

MANY = 4  # members that a line names


def bridge_of_change(names: Sequence[str], levels: Sequence[NDArray[np.float64]]) -> Bridge | None:
    """The change of a total's growth since the year before, from levels now, a year before and two; None of holes."""
    if len(names) < 2 or any(np.isnan(level).any() for level in levels):
        return None
    from indicia import growth

    now, base, first = (dict(zip(names, map(float, level), strict=True)) for level in levels)
    found = growth.bridge(now, base, before=(base, first))
    return found if math.isfinite(found.headline) else None


def bridge_of_people(
    names: Sequence[str], levels: Sequence[NDArray[np.float64]], people: Sequence[NDArray[np.float64]]
) -> Bridge | None:
    """A total's growth by people and output per head, from both now and a year before; None of holes."""
    if len(names) < 2 or any(not (part > 0).all() for part in (*levels, *people)):
        return None
    from indicia import growth

    sides = []
    for level, heads in zip(levels, people, strict=True):
        each = {"people": heads, "per head": level / heads}
        sides.append({name: dict(zip(names, map(float, part), strict=True)) for name, part in each.items()})
    return growth.bridge(*sides, method="shapley")


def bridge_texts(brief: Brief, total: Total) -> list[str]:
    """What the bridges of a total say, a line each."""
    lines = []
    if total.people is not None:
        parts = [f"{name} {_points(float(value))} pp" for name, value in total.people.totals.items()]
        lines.append(f"of the growth of {_points(total.growth).lstrip('+')} %: {', '.join(parts)}")
    if total.change is not None and brief.base is not None:
        one = total.change
        each = one.array.sum(axis=-1)
        order = np.argsort(-np.abs(each), kind="stable")[:MANY]
        named = ", ".join(f"{one.components[i]} {_points(float(each[i]))}" for i in order)
        more = (
            f"; {len(each) - MANY} others {_points(float(each.sum() - each[order].sum()))}" if len(each) > MANY else ""
        )
        before = total.growth - float(one.headline)
        lines.append(
            f"{_points(float(one.headline))} pp since {brief.base}, when growth was {100 * before:.2f} %: {named}{more}"
        )
    return lines


def _points(value: float) -> str:
    text = f"{100 * value:+,.2f}"
    return text.lstrip("+-") if not text.strip("+-0.,") else text


def plain(bridge: Bridge | None, codes: Mapping[str, str]) -> dict[str, Any] | None:
    """A bridge as plain values, by code."""
    if bridge is None:
        return None
    names = [codes[name] for name in bridge.components]
    parts = {
        effect: dict(zip(names, bridge.array[:, k].tolist(), strict=True)) for k, effect in enumerate(bridge.effects)
    }
    return {"headline": float(bridge.headline), "parts": parts, "rounding": float(bridge.rounding)}
