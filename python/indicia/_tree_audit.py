"""What a tree says about figures that carry its nodes: sums to hold against them, and a child that is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from indicia import _core, ufuncs
from indicia._labels import near
from indicia._tree_model import Tree
from indicia.cube import Cube
from indicia.flags import Flag

__all__ = ["complete", "parts_of", "sums_by_node"]

Array = npt.NDArray[Any]


def parts_of(tree: Tree, codes: tuple[str, ...]) -> dict[str, tuple[tuple[str, ...], bool]]:
    """For each node that the data carry: its nearest parts that they carry too, and whether those are all of it."""
    carried = set(codes)
    nearest: dict[str, tuple[tuple[str, ...], bool]] = {}
    for code in reversed(tree.codes):
        found: list[str] = []
        whole = code in tree._below
        for child in tree._below.get(code, ()):
            if len(tree._above[child]) > 1 or tree._above[child][0][1] != 1:
                raise ValueError(f"{child!r} is part of several ones: what of it belongs to {code!r} isn't in the data")
            if child in carried:
                found.append(child)
            else:
                below, all_of_it = nearest[child]
                found += below
                whole &= all_of_it
        nearest[code] = tuple(found), whole
    return {code: nearest[code] for code in tree.codes if code in carried and nearest[code][0]}


def sums_by_node(low: Array, high: Array, cube: Cube, dim: str, tree: Tree) -> tuple[list[str], Array, Array]:
    """Nodes that can be held against their parts, and the ends of the sums of those; NaN where a part is missing."""
    codes, axis = cube.codes[dim], cube.dims.index(dim)
    parts = parts_of(tree, codes)
    if not parts:
        raise ValueError(f"{dim} has no node of the tree together with its parts")
    place = {code: at for at, code in enumerate(codes)}
    lows, highs = [], []
    for below, whole in parts.values():
        at = [place[code] for code in below]
        ends = ufuncs.interval_sum(np.take(low, at, axis), np.take(high, at, axis), axis=axis)
        lows.append(ends[0] if whole else np.full_like(ends[0], np.nan))
        highs.append(ends[1] if whole else np.full_like(ends[1], np.nan))
    return list(parts), np.stack(lows, axis), np.stack(highs, axis)


def complete(cube: Cube, tree: Tree, *, dim: str | None = None) -> Cube:
    """Missing codes found from the node they are part of and from its other parts, where one alone is missing.

    Parameters
    ----------
    cube : Cube
        That carries nodes of the tree.
    tree : Tree
        Whose codes are part of one node each.
    dim : str, optional
        The dimension whose codes are the tree's; the only one with codes of it by default.

    Returns
    -------
    Cube
        With a code more for each one that was found and the cube didn't have; what was found is flagged DERIVED, and
        has the flags of all that it was made of. A node that is missing is not made: `aggregate` does that.

    Examples
    --------
    >>> from indicia import Cube, Flag, tree
    >>> cube = Cube(["k"], {"k": ["T", "a", "b"]}, None, [10.0, float("nan"), 4.0])
    >>> found = tree.complete(cube, tree.parents(["T", "a", "b"], [None, "T", "T"]))
    >>> found.values, found.flags == int(Flag.DERIVED)
    (array([10.,  6.,  4.]), array([False,  True, False]))
    """
    fits = [name for name, some_codes in cube.codes.items() if any(code in tree for code in some_codes)]
    if dim is None and len(fits) != 1:
        raise ValueError(f"dim= says which dimension is meant: there are {', '.join(cube.codes)}")
    name = fits[0] if dim is None else dim
    if name not in cube.codes:
        raise ValueError(f"there is no dimension {name!r}{near(name, cube.codes)}")
    for fact in ("unit", "multiplier"):
        if isinstance(getattr(cube, fact), np.ndarray):
            raise ValueError(f"codes of {name} may differ by {fact}: sel() those that don't")
    axis = list(cube.codes).index(name)
    values = dict(zip(cube.codes[name], np.moveaxis(cube.values, axis, 0).copy(), strict=True))
    shape = next(iter(values.values())).shape if values else ()
    bits = np.zeros(cube.shape, np.uint32) if cube.flags is None else cube.flags
    flags = dict(zip(cube.codes[name], np.moveaxis(bits, axis, 0).copy(), strict=True))
    for node in tree.codes:
        children = tree.children(node)
        if node not in values or not children:
            continue
        if any(tree.parents(child) != {node: 1.0} for child in children):
            raise ValueError(f"parts of {node!r} are parts of others too: what of them belongs to it isn't known")
        rows = np.array([values.get(child, np.full(shape, np.nan)) for child in children])
        holes = np.isnan(rows)
        alone = (holes.sum(axis=0) == 1) & ~np.isnan(values[node])
        if not alone.any():
            continue
        rest = _rest(values[node], np.where(holes, 0.0, rows))
        marks = flags[node].copy()
        for child in children:
            if child in flags:
                marks |= np.where(np.isnan(values[child]), 0, flags[child]).astype(np.uint32)
        for number, child in enumerate(children):
            here = alone & holes[number]
            if not here.any():
                continue
            if child not in values:
                values[child], flags[child] = np.full(shape, np.nan), np.zeros(shape, np.uint32)
            values[child] = np.where(here, rest, values[child])
            flags[child] = np.where(here, marks | np.uint32(Flag.DERIVED), flags[child])
    whole = np.moveaxis(np.array(list(values.values())).reshape(len(values), *shape), 0, axis)
    told = np.moveaxis(np.array(list(flags.values()), np.uint32).reshape(len(values), *shape), 0, axis)
    labels = dict(cube.labels)
    labels[name] = {code: word for code in values if (word := labels.get(name, {}).get(code) or tree.labels.get(code))}
    return Cube(
        cube.dims,
        {**cube.codes, name: tuple(values)},
        cube.time,
        np.ascontiguousarray(whole),
        np.ascontiguousarray(told),
        labels=labels,
        attrs=cube.attrs,
        unit=cube.unit,
        multiplier=cube.multiplier,
        decimals=cube.decimals if not isinstance(cube.decimals, np.ndarray) else None,
    )


def _rest(total: Array, parts: Array) -> Array:
    """What a total leaves after its parts, rounded once."""
    terms = np.concatenate([total[None], -parts]).reshape(1, len(parts) + 1, total.size)
    steps = np.array([(0, 0, 0), *((1, 0, at) for at in range(len(parts) + 1)), (3, 0, 0)], np.int32)
    found, _ = _core.tree_roll(np.ascontiguousarray(terms), None, steps, np.ones(len(steps)), 1, 1, 0, 1.0)
    rest: Array = found.reshape(total.shape)
    return rest
