"""Figures added up along a tree, in every container."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from indicia import _core
from indicia._facts import SERIES
from indicia._labels import narrow, near, some
from indicia._tree_model import Tree
from indicia._tree_plan import Plan, chosen_nodes, outside, plan_of
from indicia.config import get_threads
from indicia.cube import Cube
from indicia.flags import Flag
from indicia.observations import Observations
from indicia.periods import Periods

__all__ = ["aggregate"]

How: TypeAlias = Literal["sum", "mean", "count", "coverage"]
Carried: TypeAlias = Literal["keep", "use", "check"]
Array: TypeAlias = npt.NDArray[Any]

_HOWS = ("sum", "mean", "count", "coverage")
_CARRIED = ("keep", "use", "check")
_OTHERS = (None, "drop", "error")
_CELLS = 1 << 24  # of a table that is filled at once; larger ones are numbered by what occurs


def aggregate(
    data: Any,
    tree: Tree,
    *,
    dim: str | int | None = None,
    how: How = "sum",
    weights: Any = None,
    carried: Carried = "keep",
    levels: str | int | Sequence[str | int] | None = None,
    min_coverage: float | None = None,
    others: Literal["drop", "error"] | None = None,
    codes: Sequence[str] | None = None,
) -> Any:
    """Figures of codes added up to those of the nodes that they are part of, all levels in one pass.

    Sums are exact until they are rounded once, so that they depend neither on the order of the codes nor on threads.

    Parameters
    ----------
    data : Cube, Observations, Series or DataFrame of pandas, or array
    tree : Tree
    dim : str or int, optional
        The dimension whose codes are the tree's; for a DataFrame ``"index"`` or ``"columns"``; of an array the axis
        (the last). By default the only one with codes of the tree.
    how : {"sum", "mean", "count", "coverage"}, default "sum"
        Mean: of the codes below, weighted by `weights`. Count: how many have a value. Coverage: the share of the codes
        (or of the weights) that have a value, among those that the data have at all.
    weights : mapping of str to float, or Cube, optional
        Of each code; or a cube of the same dimensions (for a cube), with a weight for each figure.
    carried : {"keep", "use", "check"}, default "keep"
        What becomes of figures that the data have for nodes themselves. Keep: sums stay as the data have them, and what
        is above them is made of the codes below them. Use: they stay, and what is above them is made of them. Check: an
        error where they are not what is made of the codes below them, by more than rounding of as many decimals as the
        data have. A node is made of its own figure where the data have nothing below it.
    levels : str, int or sequence of them, optional
        Which levels the result has; all but the lowest by default.
    min_coverage : float, optional
        The share of a node's codes that must have a value. Without it a node with a missing part is missing; with it,
        it is flagged PARTIAL.
    others : {"drop", "error"}, optional
        What becomes of codes that the tree doesn't know; an error if the tree is `whole`. Codes that only another
        revision has are an error in any case.
    codes : sequence of str, optional
        Of an array's axis.

    Returns
    -------
    Cube, Observations, Series, DataFrame, or (array, codes)
        As `data`, nodes in the place of codes. Of a Cube or Observations, ``attrs`` say what the tree has and the
        data don't (``"absent"``), and what was left out (``"outside"``). A row that isn't there is nothing, not
        missing.
        Flags are the union of those of the parts.

    Raises
    ------
    ValueError
        Different units; a check that fails, with the node, both figures and the number of others.
    UnknownNameError
        Codes that the tree doesn't know, with what may have been meant.

    Examples
    --------
    >>> from indicia import Cube, tree
    >>> cube = Cube.from_arrays([[1.0, 2.0], [3.0, float("nan")], [5.0, 6.0]], ["k", "time"],
    ...                         {"k": ["010121", "010129", "020110"], "time": ["2022", "2023"]})
    >>> sums = tree.aggregate(cube, tree.prefixes(cube.codes["k"]))
    >>> sums.codes["k"], sums.values[0], sums.values[1]
    (('01', '02', '0101', '0201'), array([ 4., nan]), array([5., 6.]))
    """
    if how not in _HOWS:
        raise ValueError(f"how={how!r}: expected one of {', '.join(map(repr, _HOWS))}")
    if carried not in _CARRIED:
        raise ValueError(f"carried={carried!r}: expected one of {', '.join(map(repr, _CARRIED))}")
    if others not in _OTHERS:
        raise ValueError(f"others={others!r}: expected one of {', '.join(map(repr, _OTHERS))}")
    if min_coverage is not None and not 0 < min_coverage <= 1:
        raise ValueError(f"min_coverage: expected a fraction over 0 and up to 1, got {min_coverage!r}")
    if not isinstance(tree, Tree):
        raise TypeError(f"tree: expected a Tree, got {type(tree).__name__}")
    asked = _Asked(tree, how, weights, carried, levels, 1.0 if min_coverage is None else min_coverage, others)
    if isinstance(data, Cube):
        return _cube(data, asked, dim)
    if isinstance(data, Observations):
        return _rows(data, asked, dim)
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(data, pandas.Series | pandas.DataFrame):
        return _frame(data, asked, dim, pandas)
    if codes is None:
        raise TypeError("codes: an array needs the codes of its axis")
    return _array(np.asarray(data, dtype=np.float64), asked, -1 if dim is None else int(dim), codes)


@dataclass(frozen=True)
class _Asked:
    """What was asked for."""

    tree: Tree
    how: str
    weights: Any
    carried: str
    levels: Any
    coverage: float
    others: str | None

    def by_code(self) -> dict[str, float]:
        """Weights that are one for each code."""
        if self.weights is None or isinstance(self.weights, Cube):
            return {}
        if not isinstance(self.weights, Mapping):
            raise TypeError(f"weights: expected a mapping by code or a cube, got {type(self.weights).__name__}")
        for code, weight in self.weights.items():
            if code not in self.tree:
                raise ValueError(f"weights name {code!r}{self.tree._hint(code)}")
            if not 0 <= weight < np.inf:
                raise ValueError(f"weights: {code!r} has {weight!r}")
        return {code: float(weight) for code, weight in self.weights.items()}

    def plan(self, dim: str, codes: Sequence[str]) -> tuple[Plan, list[str], tuple[str, ...]]:
        """The plan, the nodes of the result in their order, and codes that are left out."""
        left = outside(self.tree, dim, codes, self.others)
        wanted = chosen_nodes(self.tree, self.levels)
        by_code = self.by_code()
        plan = plan_of(self.tree, codes, wanted, use=self.carried == "use", weights=by_code)
        if by_code:
            bare = sorted({code for made in plan.sources.values() for code in made if code not in by_code})
            if bare:
                raise ValueError(f"weights: there are none of {some(bare)}")
        known, found = set(codes), set(plan.nodes)
        return plan, [code for code in wanted if code in found or code in known], left


def _dim_of(tree: Tree, dims: Mapping[str, Iterable[str]], dim: Any) -> str:
    if dim is not None:
        if dim not in dims:
            raise ValueError(f"there is no dimension {dim!r}{near(str(dim), dims)}")
        return str(dim)
    fits = [name for name, codes in dims.items() if any(code in tree for code in codes)]
    fits = [name for name in fits if all(code in tree for code in dims[name])] or fits
    if len(fits) == 1:
        return fits[0]
    if not fits:
        raise ValueError(
            f"no dimension has codes of {tree._name()}: dim= says which one is meant; there are {some(list(dims))}"
        )
    raise ValueError(f"{some(fits)} all have codes of {tree._name()}: dim= says which one is meant")


# ---- dense ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Block:
    """Figures of codes along an axis."""

    values: Array
    flags: Array | None
    axis: int


def _rolled(block: _Block, plan: Plan, how: str, coverage: float = 0.0) -> tuple[Array, Array]:
    values, flags, axis = block.values, block.flags, block.axis
    shape = values.shape
    inner = int(np.prod(shape[axis + 1 :], dtype=np.int64))
    to_front = axis > 0 and inner < 32  # neighbours are added up side by side: there must be some
    if to_front:
        values = np.moveaxis(values, axis, 0)
        flags = None if flags is None else np.moveaxis(flags, axis, 0)
    at = 0 if to_front else axis
    outer = int(np.prod(values.shape[:at], dtype=np.int64))
    rest = values.shape[:at], values.shape[at + 1 :]
    sizes = (outer, shape[axis], int(np.prod(rest[1], dtype=np.int64)))
    steps, weights = plan.arrays()
    results, bits = _core.tree_roll(
        np.ascontiguousarray(values, dtype=np.float64).reshape(sizes),
        None if flags is None else np.ascontiguousarray(flags).reshape(sizes),
        steps,
        weights,
        plan.slots,
        len(plan.nodes),
        _HOWS.index(how),
        coverage,
        threads=get_threads(),
    )
    whole = (*rest[0], len(plan.nodes), *rest[1])
    results, bits = results.reshape(whole), bits.reshape(whole)
    if to_front:
        results, bits = np.moveaxis(results, 0, axis), np.moveaxis(bits, 0, axis)
    return results, bits


def _weighted(block: _Block, weights: Array, plan: Plan, asked: _Asked) -> tuple[Array, Array]:
    """By weights of their own for each figure."""
    there = ~np.isnan(block.values)
    all_of, _ = _rolled(_Block(weights, None, block.axis), plan, "sum")
    of_valued, _ = _rolled(_Block(np.where(there, weights, 0.0), None, block.axis), plan, "sum")
    with np.errstate(divide="ignore", invalid="ignore"):
        covered = of_valued / all_of
        if asked.how == "coverage":
            return covered, _rolled(block, plan, "coverage")[1]
        results, bits = _rolled(_Block(block.values * weights, block.flags, block.axis), plan, "sum")
        results = results / of_valued if asked.how == "mean" else results
    results[~(covered >= asked.coverage)] = np.nan
    return results, bits


def _nodes(
    block: _Block, codes: Sequence[str], dim: str, asked: _Asked, weights: Array | None = None
) -> tuple[Array, Array | None, list[str], Plan, tuple[str, ...]]:
    values, flags, axis = block.values, block.flags, block.axis
    plan, names, left = asked.plan(dim, codes)
    if weights is not None and asked.how != "count":
        results, bits = _weighted(block, weights, plan, asked)
    else:
        results, bits = _rolled(block, plan, asked.how, asked.coverage)
    place = {code: at for at, code in enumerate(codes)}
    own = {code: at for at, code in enumerate(plan.nodes)}
    kept = [code for code in names if code in place and (code not in own or asked.how == "sum")]
    if asked.carried == "check":
        kept = [code for code in kept if code not in own]
    if names != list(plan.nodes) or kept:
        shape = (*values.shape[:axis], len(names), *values.shape[axis + 1 :])
        whole, marks = np.empty(shape), np.zeros(shape, np.uint32)
        at: tuple[Any, ...] = (slice(None),) * axis
        for number, code in enumerate(names):
            if code in kept:
                figures = np.take(values, place[code], axis)
                whole[(*at, number)] = (
                    figures if asked.how in {"sum", "mean"} else (~np.isnan(figures)).astype(np.float64)
                )
                if flags is not None:
                    marks[(*at, number)] = np.take(flags, place[code], axis)
            else:
                whole[(*at, number)] = np.take(results, own[code], axis)
                marks[(*at, number)] = np.take(bits, own[code], axis)
        results, bits = whole, marks
    return results, bits if bits.any() else None, names, plan, left


def _check_carried(
    found: Array, block: _Block, names: Sequence[str], codes: Sequence[str], plan: Plan, *, step: float = 0.0
) -> None:
    """That nodes which the data carry are what was made of the codes below them."""
    place = {code: at for at, code in enumerate(codes)}
    wrong: list[tuple[str, float, float]] = []
    for number, code in enumerate(names):
        if code not in place or code not in plan.sources:
            continue
        got, said = np.take(found, number, block.axis), np.take(block.values, place[code], block.axis)
        parts = len(plan.sources[code])
        close = np.abs(got - said) <= step / 2 * (parts + 1) + 1e-12 * np.abs(said)
        bad = ~close & ~np.isnan(got) & ~np.isnan(said)
        if bad.any():
            first = np.unravel_index(int(np.argmax(bad)), bad.shape)
            wrong.append((code, float(said[first]), float(got[first])))
    if wrong:
        code, said, got = wrong[0]
        more = f"; {len(wrong) - 1} more nodes don't either" if len(wrong) > 1 else ""
        raise ValueError(f"{code!r} doesn't add up: the data have {said!r}, its parts make {got!r}{more}")


def _one_fact(name: str, fact: Any, axis: int, used: Sequence[int]) -> Any:
    """A fact of series that is the same for all that are added up."""
    if not isinstance(fact, np.ndarray):
        return fact
    if fact.shape[axis] == 1:
        return fact
    part = np.take(fact, list(used), axis)
    first = np.take(part, [0], axis)
    if not (part == first).all():
        raise ValueError(f"codes of {name} {some(sorted({str(one) for one in part.ravel()}))} would be added up")
    return first


def _cube(cube: Cube, asked: _Asked, dim: Any) -> Cube:
    name = _dim_of(asked.tree, cube.codes, dim)
    axis = list(cube.codes).index(name)
    codes = cube.codes[name]
    weights = None
    if isinstance(asked.weights, Cube):
        from indicia.cube import align

        same, other = align(cube, asked.weights)
        if same.dims != cube.dims or same.shape != cube.shape or same.codes[name] != codes:
            raise ValueError("weights: expected a cube of the same dimensions")
        weights = np.broadcast_to(other.values, cube.shape)
    block = _Block(cube.values, cube.flags, axis)
    values, flags, names, plan, left = _nodes(block, codes, name, asked, weights)
    used = [at for at, code in enumerate(codes) if code not in left]
    facts: dict[str, Any] = {
        fact: _one_fact(fact, getattr(cube, fact), axis, used) for fact in SERIES if fact != "decimals"
    }
    if asked.carried == "check":
        decimals = cube.decimals
        low = int(np.min(decimals)) if decimals is not None and np.size(decimals) else -1
        _check_carried(values, block, names, codes, plan, step=10.0**-low if low >= 0 else 0.0)
    if asked.how in {"count", "coverage"}:
        facts = {"unit": None, "multiplier": None, "decimals": 0 if asked.how == "count" else None}
    labels = dict(cube.labels)
    words = {code: cube.labels.get(name, {}).get(code) or asked.tree.labels.get(code) for code in names}
    labels[name] = {code: word for code, word in words.items() if word}
    return Cube(
        cube.dims,
        {**cube.codes, name: tuple(names)},
        cube.time,
        values,
        flags,
        labels=labels,
        attrs=_attrs(cube.attrs, name, plan, left),
        **facts,
    )


def _attrs(attrs: Mapping[str, Any], dim: str, plan: Plan, left: tuple[str, ...]) -> dict[str, Any]:
    told = {key: value for key, value in attrs.items() if key not in {"by_series", "by_row", "absent", "outside"}}
    for key in ("totals", "children"):
        if isinstance(told.get(key), dict):
            told[key] = {name: value for name, value in told[key].items() if name != dim}
            if not told[key]:
                del told[key]
    if plan.absent or plan.empty:
        told["absent"] = {dim: (*plan.empty, *plan.absent)}
    if left:
        told["outside"] = {dim: left}
    return told


def _array(values: Array, asked: _Asked, axis: int, codes: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    if not -values.ndim <= axis < values.ndim:
        raise ValueError(f"dim={axis}: the array has {values.ndim} axes")
    axis %= values.ndim
    if values.shape[axis] != len(codes):
        raise ValueError(f"{len(codes)} codes for an axis of {values.shape[axis]}")
    block = _Block(values, None, axis)
    results, _, names, plan, _ = _nodes(block, list(codes), "codes", asked)
    if asked.carried == "check":
        _check_carried(results, block, names, codes, plan)
    return results, tuple(names)


def _frame(data: Any, asked: _Asked, dim: Any, pandas: Any) -> Any:
    if isinstance(data, pandas.Series):
        values, names = _array(data.to_numpy(dtype=np.float64, na_value=np.nan), asked, 0, list(data.index))
        return pandas.Series(values, index=pandas.Index(names, name=data.index.name), name=data.name)
    sides = {"index": list(data.index), "columns": list(data.columns)}
    side = _dim_of(asked.tree, sides, dim)
    values, names = _array(data.to_numpy(dtype=np.float64, na_value=np.nan), asked, int(side == "columns"), sides[side])
    index = pandas.Index(names, name=getattr(data, side).name)
    if side == "columns":
        return pandas.DataFrame(values, index=data.index, columns=index)
    return pandas.DataFrame(values, index=index, columns=data.columns)


# ---- rows ----------------------------------------------------------------------------------------------------------


def _rows(rows: Observations, asked: _Asked, dim: Any) -> Observations:
    name = _dim_of(asked.tree, rows.codes, dim)
    if asked.weights is not None:
        raise ValueError("weights of rows: to_cube() first")
    codes = rows.codes[name]
    plan, names, left = asked.plan(name, codes)
    if any(weight != 1 for made in plan.sources.values() for weight in made.values()):
        raise ValueError("codes that are part of several ones: to_cube() first")
    if rows.time is not None and not isinstance(rows.time.freq, str):
        raise ValueError(f"rows of frequencies {some(rows.freqs)}: one at a time")
    for fact in ("unit", "multiplier"):
        if isinstance(getattr(rows, fact), np.ndarray):
            raise ValueError(f"rows of several {fact}s: to_cube() first, which tells whether they would be added up")
    place = {code: at for at, code in enumerate(codes)}
    own = {code: at for at, code in enumerate(names)}
    waiting = {code: made for code, made in plan.sources.items() if code in own}
    if asked.carried != "check":
        waiting = {code: {code: 1.0} if code in place else made for code, made in waiting.items()}
    waiting |= {code: {code: 1.0} for code in names if code not in waiting}
    parts = []
    while waiting:  # a code may be added to a node of each level: so many passes
        to = np.full(len(codes), 2**32 - 1, np.uint32)
        for code, made in list(waiting.items()):
            at = [place[one] for one in made]
            if (to[at] == 2**32 - 1).all():
                to[at] = own[code]
                del waiting[code]
        parts.append(_folded(rows, name, to, len(names), asked))
    cells = [np.concatenate([part[k] for part in parts]) for k in range(len(parts[0]))]
    *positions, values, flags = cells
    others = [one for one in rows.codes if one != name]
    time = None
    if rows.time is not None:
        time = Periods._trusted(rows.time.freq, positions.pop().astype(np.int32))
    by_dim = dict(zip([*others, name], positions, strict=True))
    new_codes = {one: rows.codes[one] if one != name else tuple(names) for one in rows.codes}
    labels = dict(rows.labels)
    labels[name] = {c: w for c in names if (w := rows.labels.get(name, {}).get(c) or asked.tree.labels.get(c))}
    plain = asked.how in {"count", "coverage"}
    return Observations._trusted(
        dims=rows.dims,
        codes=new_codes,
        positions={one: by_dim[one].astype(narrow(len(new_codes[one]))) for one in rows.codes},
        time=time,
        values=values,
        flags=flags if flags.any() else None,
        labels=labels,
        attrs=_attrs(rows.attrs, name, plan, left),
        unit=None if plain else rows.unit,
        multiplier=None if plain else rows.multiplier,
        decimals=0 if asked.how == "count" else None,
    )


def _folded(rows: Observations, name: str, to: Array, n: int, asked: _Asked) -> tuple[Array, ...]:
    """Positions of the other dimensions, of the node, ordinals; values and flags; of cells that have rows."""
    others = [one for one in rows.codes if one != name]
    axes: list[tuple[Array, int, Array | None, int]] = []
    sizes = [len(rows.codes[one]) for one in others]
    axes += [(rows.positions[one], size, None, size) for one, size in zip(others, sizes, strict=True)]
    axes.append((rows.positions[name], len(to), to, n))
    sizes.append(n)
    first = 0
    if rows.time is not None:
        ordinals = rows.time.ordinals.astype(np.int64)
        first = int(ordinals.min()) if len(ordinals) else 0
        spread = ordinals - first
        size = int(spread.max()) + 1 if len(spread) else 1
        axes.append((spread.astype(narrow(size)), size, None, size))
        sizes.append(size)
    values = np.ascontiguousarray(rows.values)
    threads = get_threads()
    if np.prod(sizes, dtype=np.float64) <= _CELLS and len(axes) <= 8:
        sums, valued, missing, flags, reasons = _core.tree_sums(tuple(axes), values, rows.flags, threads=threads)
        cells = np.flatnonzero(valued + missing)
        places = list(np.unravel_index(cells, sizes))
        sums, valued, missing = sums[cells], valued[cells], missing[cells]
        flags = None if flags is None else flags[cells]
        reasons = None if reasons is None else reasons[cells]
    else:
        kept = np.flatnonzero(to[rows.positions[name]] != 2**32 - 1)
        columns = [np.ascontiguousarray((at if by is None else by[at])[kept]) for at, _, by, _ in axes]
        narrowed = tuple(column.astype(narrow(size)) for column, size in zip(columns, sizes, strict=True))
        index, heads = _core.series_index(narrowed, tuple(sizes), threads=threads)
        m = len(heads)
        bits = None if rows.flags is None else rows.flags[kept]
        axis = (index.astype(np.uint32), m, None, m)
        sums, valued, missing, flags, reasons = _core.tree_sums((axis,), values[kept], bits, threads=threads)
        places = [column[heads] for column in narrowed]
    n_valued, n_missing = valued.astype(np.float64), missing.astype(np.float64)
    marks = np.zeros(len(sums), np.uint32) if flags is None else flags
    with np.errstate(divide="ignore", invalid="ignore"):
        share = n_valued / (n_valued + n_missing)
        found = {"sum": sums, "mean": sums / n_valued, "count": n_valued, "coverage": share}[asked.how]
    if asked.how in {"sum", "mean"}:
        partial = missing > 0
        bad = partial & ((valued == 0) | (share < asked.coverage))
        found = np.where(bad, np.nan, found)
        marks = marks | np.where(partial, np.uint32(Flag.PARTIAL), np.uint32(0))
        if reasons is not None:
            marks = marks | np.where(bad, reasons, np.uint32(0))
    if rows.time is not None:
        places[-1] = places[-1].astype(np.int64) + first
    return (*places, found, marks.astype(np.uint32))
