"""A classification of components: which add up to which, in the order in which one reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Tree", "tree_of"]


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes from the top down, each before its children.

    Attributes
    ----------
    names : tuple of str
    depth : tuple of int
    place : tuple of int or None
        Which component a node is, None for one that has no figures of its own.
    children : tuple of tuple of int
        As places in `names`.
    roots : tuple of int
    """

    names: tuple[str, ...]
    depth: tuple[int, ...]
    place: tuple[int | None, ...]
    children: tuple[tuple[int, ...], ...]
    roots: tuple[int, ...]

    def leaves(self) -> list[int]:
        return [k for k, below in enumerate(self.children) if not below]

    def upwards(self) -> list[int]:
        """Nodes with children, lowest first."""
        return [k for k in reversed(range(len(self.names))) if self.children[k]]

    def summed(self, parts: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        """Figures of the components, of which leaves count, as sums for every node, along `axis`."""
        moved = np.moveaxis(parts, axis, 0)
        total = np.zeros((len(self.names), *moved.shape[1:]))
        for k in self.leaves():
            place = self.place[k]
            assert place is not None
            total[k] = moved[place]
        for k in self.upwards():
            total[k] = total[list(self.children[k])].sum(axis=0)
        return np.moveaxis(total, 0, axis)


def tree_of(components: Sequence[str], parents: Mapping[Any, Any] | None) -> Tree:
    """The tree of child to parent; without one, all components stand side by side."""
    if parents is None:
        count = len(components)
        return Tree(tuple(components), (0,) * count, tuple(range(count)), ((),) * count, tuple(range(count)))
    twice = sorted({name for name in components if components.count(name) > 1})
    if twice:
        raise ValueError(f"components come twice, so that none can have a parent: {', '.join(twice[:5])}")
    up = {str(child): str(parent) for child, parent in parents.items()}
    names = list(dict.fromkeys([*components, *up.values()]))
    lost = [child for child in up if child not in names]
    if lost:
        raise ValueError(f"parents: no such component: {', '.join(lost[:5])}; there are {', '.join(components[:8])}")
    for name in names:
        seen, here = {name}, up.get(name)
        while here is not None:
            if here in seen:
                raise ValueError(f"parents: {name!r} is above itself")
            seen.add(here)
            here = up.get(here)
    below: dict[str, list[str]] = {name: [] for name in names}
    for name in names:
        if name in up:
            below[up[name]].append(name)
    place = {name: k for k, name in enumerate(components)}
    first = dict(place)  # a node stands where the first of what it holds stands
    for name in reversed(components):
        here = up.get(name)
        while here is not None:
            first[here] = place[name]
            here = up.get(here)
    names.sort(key=lambda name: first[name])
    for children in below.values():
        children.sort(key=lambda name: first[name])
    order: list[tuple[str, int]] = []
    waiting = [(name, 0) for name in reversed(names) if name not in up]
    while waiting:
        name, depth = waiting.pop()
        order.append((name, depth))
        waiting += [(child, depth + 1) for child in reversed(below[name])]
    at = {name: k for k, (name, _) in enumerate(order)}
    return Tree(
        tuple(name for name, _ in order),
        tuple(depth for _, depth in order),
        tuple(place.get(name) for name, _ in order),
        tuple(tuple(at[child] for child in below[name]) for name, _ in order),
        tuple(k for k, (_, depth) in enumerate(order) if depth == 0),
    )
