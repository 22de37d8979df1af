"""Places for the nodes of a network: a tree spread out from its middle, then springs and repulsion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["layout_of"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def layout_of(n: int, links: tuple[Places, Places], tree: NDArray[np.bool_], steps: int, seed: int) -> Floats:
    """x and y of `n` nodes within [-1, 1]."""
    if n == 0:
        return np.zeros((0, 2))
    source, target = links
    place = _radial(n, source[tree], target[tree])
    place += np.random.default_rng(seed).normal(0, 1e-3, place.shape)  # nodes in one place would never part
    length = 1.2 / np.sqrt(n)
    strength = np.where(tree, 1.0, 0.05)  # the tree gives the shape, the other links bend it
    block = max(1, int(4e6) // n)  # differences of so many nodes with all others are held at once
    for step in range(steps):
        heat = 0.1 * (1 - step / steps) + 1e-4
        force = np.zeros_like(place)
        for start in range(0, n, block):
            part = slice(start, start + block)
            apart = place[part, None, :] - place[None, :, :]
            square = (apart * apart).sum(axis=2) + 1e-9
            force[part] = (apart * (length * length / square)[:, :, None]).sum(axis=1)
        apart = place[source] - place[target]
        pull = apart * (strength * np.sqrt((apart * apart).sum(axis=1)) / length)[:, None]
        for axis in (0, 1):
            force[:, axis] -= np.bincount(source, pull[:, axis], n) - np.bincount(target, pull[:, axis], n)
        force -= 0.3 * place  # nothing drifts away for ever
        size = np.sqrt((force * force).sum(axis=1, keepdims=True)) + 1e-12
        place += force / size * np.minimum(size, heat)
    place -= (place.max(axis=0) + place.min(axis=0)) / 2
    return place / max(float(np.abs(place).max()), 1e-12)


def _radial(n: int, source: Places, target: Places) -> Floats:
    """A tree about its middle: rings by distance, and for each branch an angle as wide as it has nodes."""
    neighbours: list[list[int]] = [[] for _ in range(n)]
    for a, b in zip(source.tolist(), target.tolist(), strict=True):
        neighbours[a].append(b)
        neighbours[b].append(a)
    order, above = _from(max(range(n), key=lambda k: len(neighbours[k])), neighbours)
    size = np.ones(n)
    for k in reversed(order):
        if above[k] >= 0:
            size[above[k]] += size[k]
    place, ring = np.zeros((n, 2)), np.zeros(n)
    begin, end = np.zeros(n), np.zeros(n)
    begin[order[0]], end[order[0]] = 0.0, 2 * np.pi
    for k in order:
        angle, radius = (begin[k] + end[k]) / 2, ring[k]
        place[k] = radius * np.cos(angle), radius * np.sin(angle)
        at = begin[k]
        for child in neighbours[k]:
            if child == above[k]:
                continue
            width = (end[k] - begin[k]) * size[child] / max(size[k] - 1, 1)
            begin[child], end[child], ring[child] = at, at + width, ring[k] + 1
            at += width
    return place / max(float(ring.max()), 1.0)


def _from(root: int, neighbours: list[list[int]]) -> tuple[list[int], list[int]]:
    above, order = [-2] * len(neighbours), [root]
    above[root] = -1
    for k in order:
        for child in neighbours[k]:
            if above[child] == -2:
                above[child] = k
                order.append(child)
    return order, above
