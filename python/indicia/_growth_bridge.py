"""A headline's change taken apart: by component, and within each by what drove it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indicia._growth_bridge_parts import (
    FACTORS,
    METHODS,
    Floats,
    log_mean,
    on_grid,
    shapley_of,
    split,
    step_for,
    total_of,
)
from indicia._growth_bridge_show import Bridge
from indicia._growth_bridge_tree import Tree, tree_of
from indicia._growth_flags import PARTIAL, judged
from indicia.containers import Panel, Wrap, panels_of

__all__ = ["bridge"]


def bridge(
    now: Any,
    base: Any,
    *,
    of: str | None = None,
    method: str = "additive",
    over: tuple[Any, Any] | None = None,
    before: tuple[Any, Any] | None = None,
    rebased: Any = None,
    formula: Callable[..., Any] | None = None,
    headline: Any = None,
    parents: Mapping[Any, Any] | None = None,
    min_coverage: float | None = None,
    join: str = "exact",
    axis: int | str | None = None,
) -> Bridge:
    """Where a headline's change comes from: parts by component and by cause, which add up to it exactly.

    ``sum(now) - sum(base)``, over ``sum(base)`` for a rate, component by component; and within each component, if it is
    a product (price times volume), by factor.

    Parameters
    ----------
    now, base : array_like, pandas, xarray, polars, Cube, or dict
        The components, whose sum is the headline, now and then. A dict of name to number gives them by name; a dict
        of name to any of the kinds before gives *factors*, whose product is each component's figure:
        ``{"price": p, "volume": q}``. Along other axes than that of the components stand cases (periods, regions).
    of : {"rate", "level", "log_rate"}
        What is taken apart: growth as a fraction (the default), the change in the unit of the figures (the default with
        `over` and `before`), or the logarithm of the quotient.
    method : {"additive", "log_mean", "shapley"}
        How several factors share a change. "additive": each alone, the others as they were, and what they did
        together as a part called ``joint``. "log_mean": Montgomery's decomposition, which energy analysts know as
        LMDI: the logarithmic mean of now and then times each factor's logarithmic change; nothing is joint.
        "shapley": the mean over all orders in which they may have changed; nothing is joint, any sign is welcome.
    over : (now, base), optional
        Makes the headline a ratio: the sum of `now` over the sum of this. With one figure for each component (value
        added over hours), parts are ``own``, the component's own ratio, and ``mix``, its weight in the whole, counted
        against the average ratio. With one figure for all (a share of the nation), parts are ``own`` and ``whole``.
    before : (now, base), optional
        Makes the headline the change of a growth rate since an earlier one, which went from this base to this now.
        Parts are ``own``, the component's own growth, and ``mix``, its weight in the base.
    rebased : as `base`, optional
        The base on the definitions of now: the difference from `base` is a part called ``break``.
    formula : callable, optional
        What a component is of its factors, in place of their product; with ``method="shapley"``, up to 12 factors.
    headline : float or array_like, optional
        The headline as published. What the parts leave of it is the ``residual``.
    parents : mapping of str to str, optional
        A classification, child to parent: parts then are given at all its levels. A parent may be a component itself;
        what its children leave of it is its residual.
    min_coverage : float, optional
        Which fraction of the components is enough, over 0 and up to 1. What is missing on one side is left out of
        both, and the headline is that of the rest (PARTIAL).
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.
    axis : int or str, optional
        Where the components stand: by default the last axis of an array, the columns of a DataFrame, the only dimension
        besides time of a DataArray or Cube.

    Returns
    -------
    Bridge
        With `parts`, `headline`, `residual`, `to_pandas()`, `plot()`, and a waterfall in a notebook.

    Raises
    ------
    ValueError
        An option is none of those above, factors or shapes differ, there is no component, `parents` names none or goes
        round in a circle, or `axis` is needed. The message says what was given.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    Parts are rounded to multiples of one power of two, at most 2**-51 of the sum of their sizes, so that sums of them,
    in any order and at any level, are exact: ``sum(parts) + residual + rounding == headline``, to the bit.
    ``rounding`` is what a published headline's own last binary digits and the computation leave, some 1e-17.

    Missing: a part is NaN where one of its figures is, and then the headline is, unless `min_coverage` says otherwise.
    A rate over zero or a negative sum is NaN, "log_mean" where a figure changes its sign. One that comes from zero has
    all of the change as its own. Flags of a Cube: those of all its cells, BREAK only from `now`.

    References
    ----------
    J. K. Montgomery, *The Mathematical Problem of the Price Index* (1937). B. W. Ang, "The LMDI approach to
    decomposition analysis: a practical guide", *Energy Policy* 33 (2005). A. F. Shorrocks, "Decomposition procedures
    for distributional analysis", *Journal of Economic Inequality* 11 (2013). IMF, *Quarterly National Accounts Manual*
    (2017 edition), chapter 8.

    Examples
    --------
    >>> from indicia import growth
    >>> b = growth.bridge({"price": {"steel": 11.0, "cars": 20.0}, "volume": {"steel": 6.0, "cars": 3.1}},
    ...                   {"price": {"steel": 10.0, "cars": 20.0}, "volume": {"steel": 6.0, "cars": 3.0}},
    ...                   method="shapley")
    >>> print(b)
    Rate of growth, in per cent
           price  volume  total
    steel   5.00    0.00   5.00
    cars    0.00    1.67   1.67
    total   5.00    1.67   6.67
    >>> sum(sum(part) for part in b.parts.values()) + b.rounding == b.headline
    np.True_
    """
    _check(of, method, {"over": over, "before": before, "rebased": rebased}, formula, min_coverage)
    if of is None:
        of = "rate" if over is None and before is None else "level"
    factors = _factors(now, "now")
    given: list[Any] = [*factors.values()]
    names = [f"now[{name!r}]" for name in factors] if isinstance(now, Mapping) else ["now"]
    for what, argument in (("base", base), ("rebased", rebased)):
        if argument is None and what == "rebased":
            continue
        others = _factors(argument, what)
        if list(others) != list(factors) and set(others) != set(factors):
            raise ValueError(f"{what}: expected the factors {', '.join(factors)}, got {', '.join(others)}")
        given += [others[name] for name in factors]
        names += [f"{what}[{name!r}]" if isinstance(argument, Mapping) else what for name in factors]
    pair, pair_name = (over, "over") if over is not None else (before, "before")
    if pair is not None:
        given += list(pair)
        names += [f"{pair_name}[0]", f"{pair_name}[1]"]
    inputs = _gather(given, names, factors, join, axis)
    return _built(inputs, list(factors), _Asked(of, method, formula, over is not None, before is not None,
                                               rebased is not None, headline, parents, min_coverage))  # fmt: skip


class _Asked(NamedTuple):
    of: str
    method: str
    formula: Callable[..., Any] | None
    over: bool
    before: bool
    rebased: bool
    headline: Any
    parents: Mapping[Any, Any] | None
    min_coverage: float | None


class _Ends(NamedTuple):
    """The headline now and then, and the difference, whose digits the two needn't have."""

    now: Floats
    base: Floats
    change: Floats


class _Inputs(NamedTuple):
    """Arguments with the components last, and what makes the user's kind of a result."""

    arrays: list[Floats]
    panels: list[Panel]
    wrap: Wrap
    axis: int
    components: list[str]
    cases: list[list[str]]
    by_component: list[bool]


def _check(of: str | None, method: str, others: Mapping[str, Any], formula: Any, min_coverage: float | None) -> None:
    if of not in (None, "rate", "level", "log_rate"):
        raise ValueError(f"of: expected 'rate', 'level' or 'log_rate', got {of!r}")
    if method not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    for name in ("over", "before"):
        pair = others[name]
        if pair is not None and not (isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2):
            raise ValueError(f"{name}: expected a pair, (now, base), got {type(pair).__name__}")
    said = [name for name, x in others.items() if x is not None]
    if len(said) > 1:
        raise ValueError(f"{' and '.join(said)}: one of over, before and rebased at a time")
    if others["before"] is not None and of not in (None, "level"):
        raise ValueError(f"of: with before= it is the change of a rate in points, 'level', got {of!r}")
    if formula is not None and method != "shapley":
        raise ValueError(f"formula: goes with method='shapley', got {method!r}")
    if min_coverage is not None and not 0 < min_coverage <= 1:
        raise ValueError(f"min_coverage: expected a fraction over 0 and up to 1, got {min_coverage!r}")


def _factors(x: Any, what: str) -> dict[str, Any]:
    if isinstance(x, Mapping) and not (x and all(isinstance(v, int | float | np.number) for v in x.values())):
        if not x:
            raise ValueError(f"{what}: expected components or factors, got an empty dict")
        return {str(name): figures for name, figures in x.items()}
    return {"own": x}


def _gather(given: list[Any], names: list[str], factors: Mapping[str, Any], join: str, axis: Any) -> _Inputs:
    keyed = [x for x in given if isinstance(x, Mapping)]
    known: list[str] | None = None
    if keyed:
        known = [str(name) for name in keyed[0]]
        for x, name in zip(given, names, strict=True):
            if isinstance(x, Mapping) and set(map(str, x)) != set(known):
                other = sorted(set(map(str, x)) ^ set(known))
                raise ValueError(f"{name}: components differ: {', '.join(other[:5])}")
        first = list(keyed[0])
        given = [np.array([x[k] for k in first], np.float64) if isinstance(x, Mapping) else x for x in given]
    panels, wrap = panels_of(given, names, join=join, unit="fraction", levels=[n for n in names if len(factors) == 1])
    shape = np.broadcast_shapes(*(np.shape(p.values) for p in panels))
    if not shape:
        raise ValueError("now: a single figure has no components: expected several along an axis")
    like = wrap(np.zeros(shape), None)
    where, components, cases = _named(like, shape, axis)
    if known is not None:
        components = known
    if not components:
        raise ValueError(f"now: expected at least one component, got none (shape {shape})")
    arrays = [np.moveaxis(np.broadcast_to(p.values, shape), where, -1) for p in panels]
    by_component = [_has(x, p, like, where, shape) for x, p in zip(given, panels, strict=True)]
    return _Inputs(arrays, panels, wrap, where, components, cases, by_component)


def _named(like: Any, shape: tuple[int, ...], axis: Any) -> tuple[int, list[str], list[list[str]]]:
    """Which axis holds the components, what they are called, and what the cases along the others are."""
    labels = _labels(like, shape)
    dims = getattr(like, "dims", None)
    if dims is not None:  # xarray and cubes
        dims = [str(dim) for dim in dims]
        if axis is None:
            free = [dim for dim in dims if dim != "time"] or dims
            if len(free) > 1:
                raise ValueError(f"axis: which of {', '.join(free)} holds the components?")
            axis = free[0]
        if isinstance(axis, str):
            if axis not in dims:
                raise ValueError(f"axis: no dimension {axis!r}; there are {', '.join(dims)}")
            axis = dims.index(axis)
    elif isinstance(axis, str):
        if axis not in ("index", "rows", "columns") or len(shape) != 2:
            raise ValueError(f"axis: expected a number, 'index' or 'columns', got {axis!r}")
        axis = 1 if axis == "columns" else 0
    where = -1 if axis is None else axis
    if not isinstance(where, int | np.integer) or not -len(shape) <= where < len(shape):
        raise ValueError(f"axis: expected one of {len(shape)} axes, got {axis!r}")
    where = int(where) % len(shape)
    return where, labels[where], [names for k, names in enumerate(labels) if k != where]


def _labels(like: Any, shape: tuple[int, ...]) -> list[list[str]]:
    """What stands along each axis, in words."""
    if hasattr(like, "columns"):
        return [list(map(str, like.index)), list(map(str, like.columns))]
    if hasattr(like, "indexes"):
        return [
            list(map(str, like.indexes[dim])) if dim in like.indexes else list(map(str, range(n)))
            for dim, n in zip(like.dims, shape, strict=True)
        ]
    if hasattr(like, "codes"):
        return [list(map(str, like.time if dim == "time" else like.codes[dim])) for dim in like.dims]
    if hasattr(like, "index") and not callable(like.index):
        return [list(map(str, like.index))]
    return [list(map(str, range(n))) for n in shape]


def _has(x: Any, panel: Panel, like: Any, where: int, shape: tuple[int, ...]) -> bool:
    """Whether an argument has a figure for each component, rather than one for all."""
    dims = getattr(x, "dims", None)
    if dims is not None:
        return str(like.dims[where]) in [str(dim) for dim in dims]
    own = np.shape(panel.values)
    back = where - len(shape)
    return len(own) >= -back and (own[back] == shape[where])


# ---- the arithmetic ----------------------------------------------------------------------------------------------


def _built(inputs: _Inputs, factors: list[str], asked: _Asked) -> Bridge:
    count = len(factors)
    arrays = inputs.arrays
    now, base = arrays[:count], arrays[count : 2 * count]
    rest = arrays[2 * count :]
    tree = tree_of(inputs.components, asked.parents)
    leaves = [place for k in tree.leaves() if (place := tree.place[k]) is not None]
    kept, enough = _coverage(arrays, leaves, asked.min_coverage)
    if kept is not None:
        now, base, rest = ([np.where(kept, x, 0.0) for x in xs] for xs in (now, base, rest))
    whole = asked.over and not inputs.by_component[2 * count]
    effects, parts, ends = _split(tree, factors, asked, whole, (now, base, rest))
    scale = _scale(asked.of, ends.now, ends.base)
    with np.errstate(all="ignore"):
        parts = [part / scale[..., None] for part in parts]
        computed = ends.change / scale
    whole_change = sum(parts[1:], parts[0])
    own = {k: whole_change[..., place] for k in tree.upwards() if (place := tree.place[k]) is not None}
    if enough is not None:
        computed = np.where(enough, computed, np.nan)
    return _added(inputs, tree, asked, _Parts(effects, parts, own, computed, kept))


class _Parts(NamedTuple):
    effects: list[str]
    arrays: list[Floats]
    own: dict[int, Floats]  # what nodes with others below them come to by themselves
    headline: Floats
    kept: NDArray[np.bool_] | None


def _coverage(
    arrays: list[Floats], leaves: list[int], min_coverage: float | None
) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None]:
    if min_coverage is None:
        return None, None
    there: NDArray[np.bool_] = np.ones(arrays[0].shape, np.bool_)
    for x in arrays:
        there = there & ~np.isnan(x)
    found = there[..., leaves].sum(axis=-1)
    return there, (found > 0) & (found >= min_coverage * len(leaves))


def _worth(asked: _Asked, whole: bool, factors: list[Floats], rest: list[Floats], when: int) -> Floats:
    """What each component comes to."""
    if asked.formula is not None:
        return np.asarray(asked.formula(*factors), np.float64)
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    if whole:
        with np.errstate(all="ignore"):
            result = result / rest[when]
    return result


def _split(
    tree: Tree, names: list[str], asked: _Asked, whole: bool, figures: tuple[list[Floats], list[Floats], list[Floats]]
) -> tuple[list[str], list[Floats], _Ends]:
    """Effects, the parts of each, and the headline."""
    now, base, rest = figures
    joint = ["joint"] if asked.method == "additive" else []
    if asked.before or (asked.over and not whole):
        if len(names) > 1:
            raise ValueError(
                f"{'over' if asked.over else 'before'}: goes with plain components, got {len(names)} factors"
            )
        if asked.before:  # growth over base, weighed by base: now and the earlier one
            return _of_ratios((now[0] - base[0], rest[0] - rest[1]), (base[0], rest[1]), tree, asked.method, joint)
        return _of_ratios((now[0], base[0]), (rest[0], rest[1]), tree, asked.method, joint)
    if asked.over:
        with np.errstate(all="ignore"):
            now, base = [*now, 1 / rest[0]], [*base, 1 / rest[1]]
        names = [*names, "whole"]
    worth = _worth(asked, False, now, rest, 0), _worth(asked, False, base, rest, 1)
    start = rest if asked.rebased else base
    if asked.formula is not None:
        if len(names) > FACTORS:
            raise ValueError(f"formula: Shapley's value is exact up to {FACTORS} factors, got {len(names)}")
        effects, parts = list(names), shapley_of(asked.formula, now, start)
    else:
        effects, parts = list(names), split(asked.method, now, start)
        if len(names) > 1:
            effects += joint
    if asked.rebased:
        effects.append("break")
        parts.append(_worth(asked, False, rest, [], 0) - worth[1])
    return effects, parts, _Ends(_top(tree, worth[0]), _top(tree, worth[1]), _top(tree, worth[0], -worth[1]))


def _of_ratios(
    upper: tuple[Floats, Floats], lower: tuple[Floats, Floats], tree: Tree, method: str, joint: list[str]
) -> tuple[list[str], list[Floats], _Ends]:
    """Of a sum over a sum: each ratio, and its weight in the sum below."""
    sums = [_top(tree, x) for x in lower]
    with np.errstate(all="ignore"):
        ratios = [a / b for a, b in zip(upper, lower, strict=True)]
        weights = [b / total[..., None] for b, total in zip(lower, sums, strict=True)]
        # what isn't there yet, or any more, has the ratio of its other time: its coming is all mix
        gone = [(b == 0) & (a == 0) for a, b in zip(upper, lower, strict=True)]
        ratios = [np.where(gone[k], np.where(gone[1 - k], 0.0, ratios[1 - k]), ratios[k]) for k in (0, 1)]
        heads = [_top(tree, a) / total for a, total in zip(upper, sums, strict=True)]
        parts = split(method, [ratios[0], weights[0]], [ratios[1], weights[1]])
        if method != "log_mean":  # weights add up to 1 at both times, so that a constant for all can be taken out
            middle = heads[1] if method == "additive" else (heads[0] + heads[1]) / 2
            parts[1] = parts[1] - (weights[0] - weights[1]) * middle[..., None]
    return ["own", "mix", *joint], parts, _Ends(heads[0], heads[1], heads[0] - heads[1])


def _top(tree: Tree, *worth: Floats) -> Floats:
    """The headline: the roots' own figures, or the sums of their leaves."""
    places: list[int] = []
    for root in tree.roots:
        own = tree.place[root]
        places += [own] if own is not None else _below(tree, root)
    return total_of(np.concatenate([x[..., places] for x in worth], axis=-1))


def _below(tree: Tree, node: int) -> list[int]:
    found: list[int] = []
    for child in tree.children[node]:
        own = tree.place[child]
        found += [own] if own is not None else _below(tree, child)
    return found


def _scale(of: str, now: Floats, base: Floats) -> Floats:
    with np.errstate(all="ignore"):
        if of == "rate":
            return np.where(base > 0, base, np.nan)
        if of == "log_rate":
            return np.where((now > 0) & (base > 0), log_mean(now, base), np.nan)
    return np.ones_like(now)


def _added(inputs: _Inputs, tree: Tree, asked: _Asked, found: _Parts) -> Bridge:
    """Parts on one grid, summed up the tree, with what each level leaves."""
    effects, parts, own, computed, kept = found
    leaves = [place for k in tree.leaves() if (place := tree.place[k]) is not None]
    table = np.stack(parts, axis=-1)  # cases, components, effects
    counted = table if kept is None else np.where(kept[..., None], table, 0.0)
    stated = None if asked.headline is None else np.broadcast_to(np.asarray(asked.headline, np.float64), computed.shape)
    used = counted[..., leaves, :]
    others = [*own.values(), *(() if stated is None else (stated,))]
    exponent = step_for(used, others, bool(others))
    counted = on_grid(counted, exponent[..., None, None])
    nodes = tree.summed(counted, -2)
    gaps = np.zeros(nodes.shape[:-1])
    for k in tree.upwards():
        below = list(tree.children[k])
        gaps[..., k] = gaps[..., below].sum(axis=-1)
        if k in own:
            gaps[..., k] = on_grid(own[k], exponent) - nodes[..., k, :].sum(axis=-1)
    roots = list(tree.roots)
    summed, gap = nodes[..., roots, :].sum(axis=(-2, -1)), gaps[..., roots].sum(axis=-1)
    if stated is None:
        residual = gap
        headline = computed
        rounding = headline - (summed + gap)
        # parts that cancel leave a headline whose own digits end far below theirs: they are noise
        headline = np.where(_exact(headline, summed + gap, rounding), headline, on_grid(headline, exponent))
        rounding = headline - (summed + gap)
    else:
        headline = stated
        residual = on_grid(headline - summed, exponent)
        rounding = headline - (summed + residual)
    if kept is not None:
        for k in tree.leaves():
            nodes[..., k, :] = np.where(kept[..., tree.place[k], None], nodes[..., k, :], np.nan)
    back = np.zeros((*table.shape[:-2], len(inputs.components), len(effects)))
    for k, place in enumerate(tree.place):
        if place is not None:
            back[..., place, :] = nodes[..., k, :]
    marks = _flags(inputs, asked, back, len(effects))
    made = {}
    for number, effect in enumerate(effects):
        values = np.moveaxis(back[..., number], -1, inputs.axis)
        made[effect] = inputs.wrap(np.ascontiguousarray(values), marks)
    flags = _flags_of_headline(marks, inputs.axis, kept, leaves)
    return Bridge(
        made, _number(headline), _number(residual), _number(rounding), tuple(effects), tree.names, tree.depth,
        nodes, gaps, asked.of, asked.method, inputs.cases, flags, len(tree.roots) == 1 and asked.parents is not None,
        asked.headline is not None or bool(own),
    )  # fmt: skip


def _exact(a: Floats, b: Floats, difference: Floats) -> NDArray[np.bool_]:
    """Whether a - b is the difference without rounding (Knuth)."""
    with np.errstate(all="ignore"):
        back = a - difference
        lost: NDArray[np.bool_] = ((back - b) + (a - (back + difference))) == 0
    return lost


def _number(x: Floats) -> Any:
    return float(x) if np.ndim(x) == 0 else x


def _flags(inputs: _Inputs, asked: _Asked, back: Floats, effects: int) -> Any:
    if not any(p.flagged for p in inputs.panels):
        return None
    shape = np.moveaxis(back[..., 0], -1, inputs.axis).shape
    count = len(inputs.panels) // (2 + asked.rebased) if not (asked.over or asked.before) else 1
    now = [*inputs.panels[:count], *(inputs.panels[-2:-1] if asked.over else [])]
    base = [p for p in inputs.panels if not any(p is q for q in now)]
    result = judged(np.zeros(shape), now, base)
    return result[1] if isinstance(result, tuple) else None


def _flags_of_headline(marks: Any, axis: int, kept: Any, leaves: list[int]) -> Any:
    flags = None if marks is None else np.bitwise_or.reduce(np.moveaxis(marks, axis, -1)[..., leaves], axis=-1)
    if kept is not None and not kept[..., leaves].all():
        partial = np.where(kept[..., leaves].all(axis=-1), np.uint32(0), PARTIAL)
        flags = partial if flags is None else flags | partial
    return flags
