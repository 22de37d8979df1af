"""What is to be added up for the nodes of a tree, given the codes that data have: steps for `core/tree`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from indicia._labels import some
from indicia._tree_model import Tree
from indicia.errors import UnknownNameError

__all__ = ["Plan", "chosen_nodes", "outside", "plan_of"]

_BEGIN, _ADD, _JOIN, _END = range(4)
_DEEPEST = 64  # open sums at once; deeper trees are added up node by node


@dataclass
class Plan:
    """Steps, and what they lead to."""

    nodes: tuple[str, ...]  # that are found, in the tree's order
    sources: Mapping[str, Mapping[str, float]]  # of each node: codes of the data and their weights
    steps: list[tuple[int, int, int]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    slots: int = 1
    absent: tuple[str, ...] = ()  # leaves of the tree that the data don't have
    empty: tuple[str, ...] = ()  # nodes that nothing is known of

    def step(self, verb: int, slot: int, at: int = 0, weight: float = 1.0) -> None:
        self.steps.append((verb, slot, at))
        self.weights.append(weight)

    def arrays(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        return np.array(self.steps, dtype=np.int32).reshape(-1, 3), np.array(self.weights, dtype=np.float64)


def outside(tree: Tree, dim: str, codes: Iterable[str], others: str | None) -> tuple[str, ...]:
    """Codes of the data that are not the tree's; an error unless they may be left out."""
    foreign = [code for code in codes if code in tree._facts.foreign]
    if foreign:
        more = f" and {len(foreign) - 1} more codes of {dim} like it" if len(foreign) > 1 else ""
        raise ValueError(f"{dim} has {foreign[0]!r}{more}: {tree._facts.foreign[foreign[0]]}")
    unknown = tuple(code for code in codes if code not in tree)
    drop = not tree.whole if others is None else others == "drop"
    if unknown and not drop:
        raise UnknownNameError(
            f"{tree._name()} doesn't know {some(unknown)} of {dim}{tree._hint(unknown[0])}; others='drop' leaves "
            "them out"
        )
    return unknown


def chosen_nodes(tree: Tree, levels: Sequence[str | int] | str | int | None) -> list[str]:
    """The nodes of some levels; by default all that have something below them."""
    if levels is None:
        return [code for code in tree.codes if code in tree._below]
    given = [levels] if isinstance(levels, str | int) else list(levels)
    places = {tree._place(level) for level in given}
    return [code for code in tree.codes if tree._level[code] in places]


def plan_of(tree: Tree, data: Sequence[str], wanted: Sequence[str], *, use: bool, weights: Mapping[str, float]) -> Plan:
    """How each wanted node is made of the codes of the data.

    A node that the data carry stands for all below it if nothing of that is in the data, or if `use` says so.
    """
    place = {code: number for number, code in enumerate(data)}
    order = [code for code in reversed(tree.codes) if code in tree._below]
    has = dict.fromkeys(place, True)
    for code in order:  # children before their parents
        below = any(has.get(child, False) for child in tree._below[code])
        has[code] = has.get(code, False) or below
    leaf = {
        code: code in place
        and (code not in tree._below or use or not any(has.get(c, False) for c in tree._below[code]))
        for code in tree.codes
    }
    nodes = [code for code in wanted if has.get(code, False) and code in tree._below]
    made: dict[str, Mapping[str, float]] = {}
    simple = len(tree.levels) <= _DEEPEST and all(
        len(edges) == 1 and edges[0][1] == 1 for edges in tree._above.values()
    )
    for code in order:
        found: dict[str, float] = {}
        for child in tree._below[code]:
            share = dict(tree._above[child])[code]
            parts = {child: 1.0} if leaf[child] else made.get(child, {})
            for one, weight in parts.items():
                found[one] = found.get(one, 0.0) + share * weight
        made[code] = found
    for code in order:
        if not made[code] and code in place:
            made[code] = {code: 1.0}  # the data know it, and nothing below it
    plan = Plan(
        tuple(nodes),
        {code: made[code] for code in nodes},
        absent=tuple(code for code in tree.leaves() if code not in place),
        empty=tuple(code for code in wanted if code in tree._below and not has.get(code, False)),
    )
    if simple:
        known = {code: leaf[code] for code in leaf if has.get(code, False)}
        _by_depth(plan, tree, leaf=known, made=made, place=place, weights=weights)
    else:
        for number, code in enumerate(nodes):
            plan.step(_BEGIN, 0)
            for one, weight in made[code].items():
                plan.step(_ADD, 0, place[one], weight * weights.get(one, 1.0))
            plan.step(_END, 0, number)
    return plan


def _by_depth(
    plan: Plan,
    tree: Tree,
    *,
    leaf: Mapping[str, bool],
    made: Mapping[str, Mapping[str, float]],
    place: Mapping[str, int],
    weights: Mapping[str, float],
) -> None:
    """Every code is added once, to the innermost sum that is open; sums are joined to those around them."""
    number = {code: at for at, code in enumerate(plan.nodes)}
    needed = set(number)
    for code in reversed(tree.codes):
        if any(child in needed for child in tree._below.get(code, ())):
            needed.add(code)

    def visit(code: str, slot: int) -> None:
        plan.slots = max(plan.slots, slot + 1)
        plan.step(_BEGIN, slot)
        if code in made[code]:  # nothing is known of what is below it
            plan.step(_ADD, slot, place[code], weights.get(code, 1.0))
        for child in tree._below[code] if code not in made[code] else ():
            if child not in leaf:
                continue
            if leaf[child]:
                plan.step(_ADD, slot, place[child], weights.get(child, 1.0))
                if child in needed:  # by itself: above it, what the data say of it counts
                    visit(child, slot + 1)
            else:
                visit(child, slot + 1)
                plan.step(_JOIN, slot, slot + 1)
        if code in number:
            plan.step(_END, slot, number[code])

    for code in tree.codes:
        if code not in tree._above and code in needed and code in leaf:
            visit(code, 0)
