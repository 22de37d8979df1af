"""Cubes with cubes: the same codes and periods in the same places, arithmetic on them, one behind the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import numpy as np
import numpy.typing as npt

from indicia._facts import SERIES, fact_array, facts_of, placed_facts, same_fact
from indicia._labels import Codes, Labelled, agreed, free_name, merged_labels, narrow, some
from indicia._times import span_text
from indicia.periods import Periods

if TYPE_CHECKING:
    from indicia.cube import Cube
    from indicia.observations import Observations

T = TypeVar("T", bound=Labelled)
Join = Literal["exact", "inner"]


# ---- the same places ------------------------------------------------------------------------------------------------


def align(*cubes: Cube, join: Join = "exact") -> tuple[Cube, ...]:
    """Cubes on the same dimensions, codes and periods, so that cell by cell they are about the same thing.

    Parameters
    ----------
    *cubes : Cube
        A dimension that one lacks is broadcast (without a copy). A shared dimension must have the same codes, in any
        order; the first cube's order rules.
    join : {"exact", "inner"}
        Whether all must have the same periods, or the ones that they share are taken. The frequency must be the same.

    Returns
    -------
    tuple of Cube
        Views where possible.

    Raises
    ------
    ValueError
        Naming the codes or periods that are not in all.

    Examples
    --------
    >>> from indicia import Cube, align
    >>> a = Cube.from_arrays([1.0, 2.0], ["geo"], {"geo": ["CN", "DE"]})
    >>> b = Cube.from_arrays([[5.0, 6.0]], ["sex", "geo"], {"sex": ["F"], "geo": ["DE", "CN"]})
    >>> a, b = align(a, b)
    >>> a.dims, b.values
    (('geo', 'sex'), array([[6.],
           [5.]]))
    """
    if join not in ("exact", "inner"):
        raise ValueError(f"join is 'exact' or 'inner', not {join!r}")
    for cube in cubes:
        if not isinstance(cube, Labelled) or not hasattr(cube, "shape"):
            raise TypeError(f"align() takes cubes, not {type(cube).__name__}")
    if len(cubes) < 2:
        return cubes
    first = cubes[0]
    if all(c.dims == first.dims and c.codes == first.codes and c.time == first.time for c in cubes[1:]):
        return cubes
    codes: dict[str, Codes] = {}
    for cube in cubes:
        for dim, words in cube.codes.items():
            _same_codes(dim, codes.setdefault(dim, words), words)
    time = _shared_time([cube.time for cube in cubes if cube.time is not None], join)
    return tuple(_onto(cube, codes, time) for cube in cubes)


def _same_codes(dim: str, left: Codes, right: Codes) -> None:
    if left == right:
        return
    here, there = set(left), set(right)
    if here != there:
        parts = [
            f"{some([code for code in words if code in lone])} only in the {place}"
            for place, words, lone in (("first", left, here - there), ("second", right, there - here))
            if lone
        ]
        raise ValueError(f"the codes of {dim!r} differ: {', '.join(parts)}; sel() the ones that both have")


def _shared_time(times: Sequence[Periods], join: str) -> Periods | None:
    if not times:
        return None
    first = times[0]
    freqs = sorted({str(time.freq) for time in times})
    if len(freqs) > 1:
        raise ValueError(f"frequencies differ: {' and '.join(freqs)}")
    if all(time == first for time in times[1:]):
        return first
    if join == "exact":
        other = next(time for time in times if time != first)
        raise ValueError(
            f"periods differ: {span_text(first)} and {span_text(other)}; "
            "align(..., join='inner') takes those that both have"
        )
    filled = [time for time in times if len(time)]
    low = max((int(time.ordinals[0]) for time in filled), default=0)
    high = min((int(time.ordinals[-1]) for time in filled), default=-1)
    if len(filled) < len(times) or high < low:
        raise ValueError(f"no period in common: {'; '.join(span_text(time) for time in times)}")
    return Periods.range(str(first.freq), low, high - low + 1)


def _onto(cube: Cube, codes: Mapping[str, Codes], time: Periods | None) -> Cube:
    """A cube on the given dimensions: codes in their order, part of the periods, missing dimensions broadcast."""
    values, flags = cube.values, cube.flags
    facts = facts_of(cube)
    for axis, (dim, words) in enumerate(cube.codes.items()):
        if words != codes[dim]:
            index = {code: i for i, code in enumerate(words)}
            order = np.fromiter((index[code] for code in codes[dim]), np.intp, len(words))
            values = values.take(order, axis=axis)
            flags = None if flags is None else flags.take(order, axis=axis)
            for name, fact in facts.items():
                if isinstance(fact, np.ndarray) and fact.shape[axis] > 1:
                    facts[name] = fact.take(order, axis=axis)
    if cube.time is not None and time is not None and cube.time != time:
        start = int(time.ordinals[0]) - int(cube.time.ordinals[0])
        part = (..., slice(start, start + len(time)))
        values, flags = values[part], None if flags is None else flags[part]
    dims = (*codes, *([] if time is None else ["time"]))
    shape = (*map(len, codes.values()), *([] if time is None else [len(time)]))
    values = np.broadcast_to(_axes(values, cube.dims, dims), shape)
    flags = None if flags is None else np.broadcast_to(_axes(flags, cube.dims, dims), shape)
    for name, fact in facts.items():
        if isinstance(fact, np.ndarray):
            facts[name] = _axes(fact, tuple(cube.codes), tuple(codes))
    about = placed_facts(cube.attrs, facts, False)
    return cube._but(dims=dims, codes=codes, time=time, values=values, flags=flags, **about)


def _axes(array: npt.NDArray[Any], has: tuple[str, ...], wants: tuple[str, ...]) -> npt.NDArray[Any]:
    """Axes in another order, with one of size 1 for each that is missing."""
    array = array.transpose([has.index(dim) for dim in wants if dim in has])
    return array[tuple(slice(None) if dim in has else None for dim in wants)]


# ---- arithmetic -----------------------------------------------------------------------------------------------------

# whose result has the unit of what goes in
_ALIKE = frozenset({"add", "subtract", "maximum", "minimum", "fmax", "fmin", "remainder", "fmod", "hypot", "copysign"})
_ROUNDING = frozenset({"rint", "floor", "ceil", "trunc"})
_SIGN = frozenset({"negative", "positive", "absolute", "fabs", "conjugate"})
_EXTREME = frozenset({"maximum", "minimum", "fmax", "fmin"})


def compute(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What ``ufunc(*inputs)`` is where some of them are cubes; `Cube` says by which rules."""
    from indicia.cube import Cube

    name = ufunc.__name__
    if method != "__call__":
        raise TypeError(f"np.{name}.{method} of a cube has no labels: take to_xarray() for sums and other reductions")
    if kwargs.pop("out", None) is not None:
        raise TypeError("a cube is immutable: out= is not for it")
    if kwargs.get("where", True) is not True:
        raise TypeError("where= leaves cells undefined: choose among results with np.where(condition, a.values, ...)")
    if ufunc is np.matmul:
        raise TypeError("a matrix product of cubes is one to_xarray().dot() away")
    cubes = [x for x in inputs if isinstance(x, Cube)]
    shape = None
    aligned = iter(align(*cubes))
    operands: list[Any] = []
    for x in inputs:
        if isinstance(x, Cube):
            operands.append(next(aligned))
            shape = operands[-1].shape
        elif isinstance(x, np.ndarray | np.generic | int | float | list | tuple):
            operands.append(x)
        else:
            kind = f"{type(x).__module__.split('.')[0]}.{type(x).__name__}"
            raise TypeError(f"np.{name} of a Cube and a {kind}: make a cube of it first (Cube.from_...)")
    for x in operands:
        if not isinstance(x, Cube) and np.ndim(x):
            _fits(np.shape(x), cast("tuple[int, ...]", shape))
    parts = [x for x in operands if isinstance(x, Cube)]
    facts = _facts(name, operands, parts)
    results = getattr(ufunc, method)(*(x.values if isinstance(x, Cube) else x for x in operands), **kwargs)
    flags = _union([part.flags for part in parts])
    fields = {"labels": merged_labels(parts), "attrs": agreed([part.attrs for part in parts]), **facts}
    several = isinstance(results, tuple)
    wrapped = []
    for result in results if several else (results,):
        if np.shape(result) != shape:
            raise TypeError(f"np.{name} changes the shape of a cube: take its .values, or to_xarray()")
        if result.dtype == np.bool_:
            wrapped.append(result)
        else:
            wrapped.append(parts[0]._with(np.asarray(result, dtype=np.float64), flags, **fields))
    return tuple(wrapped) if several else wrapped[0]


def _fits(shape: tuple[int, ...], whole: tuple[int, ...]) -> None:
    try:
        fits = np.broadcast_shapes(shape, whole) == whole
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"an array of shape {shape} does not fit a cube of shape {whole}")


def _union(flags: Sequence[npt.NDArray[np.uint32] | None]) -> npt.NDArray[np.uint32] | None:
    known = [f for f in flags if f is not None]
    if not known:
        return None
    union = known[0]
    for other in known[1:]:
        union = union | other
    return union


def _facts(name: str, operands: Sequence[Any], parts: Sequence[Cube]) -> dict[str, Any]:
    """unit, multiplier and decimals of a result."""
    alone = len(parts) == 1
    facts: dict[str, Any] = dict.fromkeys(SERIES)
    if name in ("multiply", "divide", "floor_divide"):
        return {**facts, **_product(name, operands)}
    if not alone:
        unit, multiplier = _agreement(name, parts)
        if name in _ALIKE:
            facts |= {"unit": unit, "multiplier": multiplier}
        if name in _EXTREME and all(same_fact(parts[0].decimals, part.decimals) for part in parts):
            facts["decimals"] = parts[0].decimals
    elif name in _ALIKE or name in _SIGN or name in _ROUNDING:
        facts |= {"unit": parts[0].unit, "multiplier": parts[0].multiplier}
        if name in _SIGN or name in ("add", "subtract"):
            facts["decimals"] = parts[0].decimals
    return facts


def _agreement(name: str, parts: Sequence[Cube]) -> tuple[Any, Any]:
    """The common unit and multiplier; ValueError that names the ones that differ."""
    unit: Any = None
    multiplier: Any = None
    for i, part in enumerate(parts):
        power = part.multiplier
        if i:
            clash = _clash(unit, part.unit)
            if clash is not None:
                raise ValueError(
                    f"np.{name}: units differ, {clash[0]!r} and {clash[1]!r}; convert one, or say replace(unit=None)"
                )
            low, high = np.asarray(multiplier or 0 if not isinstance(multiplier, np.ndarray) else multiplier), power
            high = np.asarray(0 if high is None else high)
            if (low != high).any():
                a, b = next((int(a), int(b)) for a, b in np.broadcast(low, high) if a != b)
                raise ValueError(f"np.{name}: multipliers differ, 10**{a} and 10**{b}; scaled() values can be combined")
        unit = part.unit if unit is None else _either(unit, part.unit)
        multiplier = power if multiplier is None else multiplier
    return unit, multiplier


def _clash(left: Any, right: Any) -> tuple[str, str] | None:
    if left is None or right is None or same_fact(left, right):
        return None
    pairs = np.broadcast(np.asarray(left, dtype=object), np.asarray(right, dtype=object))
    return next(((a, b) for a, b in pairs if a is not None and b is not None and a != b), None)


def _either(left: Any, right: Any) -> Any:
    if not isinstance(left, np.ndarray):
        return left
    other = np.asarray(right, dtype=object)
    unknown = np.array([u is None for u in left.flat], np.bool_).reshape(left.shape)
    return np.where(unknown, other, left)


def _product(name: str, operands: Sequence[Any]) -> dict[str, Any]:
    """Unit and multiplier of a product or a quotient; a plain number has neither."""
    left, right = operands[0], operands[1]
    a, b = (x.unit if isinstance(x, Labelled) else "" for x in (left, right))
    sign = 1 if name == "multiply" else -1
    powers = [
        np.asarray((x.multiplier or 0) if isinstance(getattr(x, "multiplier", 0), int | None) else x.multiplier)
        if isinstance(x, Labelled)
        else np.asarray(0)
        for x in (left, right)
    ]
    power = powers[0].astype(np.int64) + sign * powers[1].astype(np.int64)
    if not any(isinstance(u, np.ndarray) for u in (a, b)):
        unit: Any = _unit_of(name, a, b)
    else:
        pairs = np.broadcast(np.asarray(a, dtype=object), np.asarray(b, dtype=object))
        unit = np.empty(pairs.shape, dtype=object)
        unit.reshape(-1)[:] = [_unit_of(name, x, y) for x, y in pairs]
    return {"unit": unit, "multiplier": power if power.any() else None}


def _unit_of(name: str, a: str | None, b: str | None) -> str | None:
    if a is None or b is None:
        return None
    if name == "multiply":
        return "*".join(u for u in (a, b) if u)
    if a == b:
        return None
    return f"{a or '1'}/{b}" if b else a


# ---- one behind the other -------------------------------------------------------------------------------------------


def concat(
    containers: Iterable[T] | Mapping[str, T],
    dim: str = "time",
    *,
    duplicates: Literal["error", "first", "last"] = "error",
) -> T:
    """One container of several.

    Parameters
    ----------
    containers : iterable of Cube, or of Observations, or mapping of str to Cube
        Of a mapping, the keys are the codes of a new dimension `dim`, which comes first.
    dim : str
        For cubes, the dimension that they are put behind each other along: ``"time"`` (gaps become NaN) or one whose
        codes are all different; everything else must be the same, in any order. Observations are put together row by
        row, whatever `dim`.
    duplicates : {"error", "first", "last"}
        Which cube's figure to take for a period that two of them have. A cell that one leaves empty (no value, no
        flag) is the other's.

    Returns
    -------
    Cube or Observations
        Only `attrs` that all share are kept.

    Raises
    ------
    ValueError
        For codes, periods or units that don't go together, naming them.

    Examples
    --------
    >>> from indicia import Cube, concat
    >>> old = Cube.from_arrays([1.0, 2.0], ["time"], {"time": ["2019", "2020"]})
    >>> new = Cube.from_arrays([4.0], ["time"], {"time": ["2022"]})
    >>> concat([old, new]).values
    array([ 1.,  2., nan,  4.])
    >>> concat({"old": old, "older": old}, dim="vintage").dims
    ('vintage', 'time')
    """
    from indicia.cube import Cube
    from indicia.observations import Observations

    if duplicates not in ("error", "first", "last"):
        raise ValueError(f"duplicates is 'error', 'first' or 'last', not {duplicates!r}")
    parts: list[Any]
    if isinstance(containers, Mapping):
        parts = [_under(cube, dim, code) for code, cube in containers.items()]
    else:
        parts = list(containers)
    if not parts:
        raise ValueError("nothing to put together")
    if all(isinstance(part, Observations) for part in parts):
        return cast("T", _concat_rows(parts))
    if not all(isinstance(part, Cube) for part in parts):
        raise TypeError(f"cubes or observations, not {' and '.join(sorted({type(p).__name__ for p in parts}))}")
    if len(parts) == 1:
        return cast("T", parts[0])
    for part in parts:
        if set(part.dims) != set(parts[0].dims):
            raise ValueError(f"dimensions differ: {parts[0].dims} and {part.dims}")
    if dim not in parts[0].dims:
        raise ValueError(f"no dimension {dim!r} among {parts[0].dims}; a mapping {{code: cube}} makes a new one")
    if dim == "time" and parts[0].time is not None:
        return cast("T", _concat_time(parts, duplicates))
    return cast("T", _concat_dim(parts, dim))


def _under(part: Any, dim: str, code: str) -> Any:
    """A cube with one more dimension, of a single code."""
    if not hasattr(part, "shape"):
        raise TypeError(f"a mapping holds cubes, not {type(part).__name__}")
    if dim in part.dims or dim != free_name(dim, ("value", "flags", "time")):
        raise ValueError(f"a new dimension cannot be called {dim!r}")
    if not isinstance(code, str):
        raise TypeError(f"codes are strings, not {type(code).__name__} {code!r}")
    facts = {name: fact[None] if isinstance(fact, np.ndarray) else fact for name, fact in facts_of(part).items()}
    return part._but(
        dims=(dim, *part.dims),
        codes={dim: (code,), **part.codes},
        values=part.values[None],
        flags=None if part.flags is None else part.flags[None],
        **placed_facts(part.attrs, facts, False),
    )


def _concat_time(parts: list[Cube], duplicates: str) -> Cube:
    first = parts[0]
    times = [cast("Periods", part.time) for part in parts]
    freqs = sorted({str(time.freq) for time in times})
    if len(freqs) > 1:
        raise ValueError(f"frequencies differ: {' and '.join(freqs)}")
    for part in parts[1:]:
        for dim, words in part.codes.items():
            _same_codes(dim, first.codes[dim], words)
    filled = [time for time in times if len(time)]
    low = min((int(time.ordinals[0]) for time in filled), default=0)
    high = max((int(time.ordinals[-1]) for time in filled), default=low - 1)
    time = Periods.range(freqs[0], low, high - low + 1)
    placed = [_onto(part, first.codes, part.time) for part in parts]
    unit, multiplier = _agreement("concatenate", placed)
    values = np.full((*placed[0].shape[:-1], len(time)), np.nan)
    flags = np.zeros(values.shape, np.uint32) if any(part.flags is not None for part in parts) else None
    taken = np.zeros(len(time), np.bool_)
    for part in placed if duplicates != "first" else placed[::-1]:
        if part.time is None or not len(part.time):
            continue
        start = int(part.time.ordinals[0]) - low
        place = slice(start, start + len(part.time))
        if duplicates == "error" and taken[place].any():
            twice = time[int(np.flatnonzero(taken[place])[0]) + start]
            raise ValueError(f"two cubes have {twice}; duplicates='first' or 'last' decides")
        taken[place] = True
        given = ~np.isnan(part.values)
        if part.flags is not None:
            given |= part.flags != 0
        np.copyto(values[..., place], part.values, where=given)
        if flags is not None:
            np.copyto(flags[..., place], 0 if part.flags is None else part.flags, where=given)
    decimals = first.decimals if all(same_fact(first.decimals, part.decimals) for part in placed) else None
    return first._but(
        time=time,
        values=values,
        flags=flags,
        labels=merged_labels(parts),
        attrs=agreed([part.attrs for part in parts]),
        unit=unit,
        multiplier=multiplier,
        decimals=decimals,
    )


def _concat_dim(parts: list[Cube], dim: str) -> Cube:
    first = parts[0]
    codes: dict[str, Codes] = dict(first.codes)
    codes[dim] = tuple(code for part in parts for code in part.codes[dim])
    if len(set(codes[dim])) != len(codes[dim]):
        twice = sorted({code for code in codes[dim] if codes[dim].count(code) > 1})
        raise ValueError(f"several cubes have {some(twice)} of {dim!r}")
    time = _shared_time([part.time for part in parts if part.time is not None], "exact")
    placed = []
    for part in parts:
        for other, words in part.codes.items():
            if other != dim:
                _same_codes(other, codes[other], words)
        placed.append(_onto(part, {**codes, dim: part.codes[dim]}, time))
    axis = first.dims.index(dim)
    flags = None
    if any(part.flags is not None for part in placed):
        none = [np.zeros(part.shape, np.uint32) if part.flags is None else part.flags for part in placed]
        flags = np.concatenate(none, axis=axis)
    facts: dict[str, Any] = {}
    known = [facts_of(part) for part in placed]
    for name in dict.fromkeys(name for one in known for name in one):
        given = [one.get(name) for one in known]
        if all(same_fact(given[0], fact) and not isinstance(fact, np.ndarray) for fact in given):
            facts[name] = given[0]
            continue
        grids = []
        for part, fact in zip(placed, given, strict=True):
            grid = fact_array(name, part._series_shape())
            if fact is not None:
                grid[...] = fact
            grids.append(grid)
        facts[name] = np.concatenate(grids, axis=axis)
    return first._but(
        codes=codes,
        values=np.concatenate([part.values for part in placed], axis=axis),
        flags=flags,
        labels=merged_labels(parts),
        **placed_facts(agreed([part.attrs for part in parts]), facts, False),
    )


def _concat_rows(parts: list[Observations]) -> Observations:
    first = parts[0]
    for part in parts:
        if set(part.dims) != set(first.dims):
            raise ValueError(f"dimensions differ: {first.dims} and {part.dims}")
    if len(parts) == 1:
        return first
    codes: dict[str, Codes] = {}
    positions: dict[str, npt.NDArray[Any]] = {}
    for dim in first.codes:
        codes[dim], positions[dim] = _merged([(part.positions[dim], part.codes[dim]) for part in parts])
    attributes: dict[str, Any] = {}
    for name in dict.fromkeys(name for part in parts for name in part.attributes):
        columns = [part.attributes.get(name, (np.zeros(len(part), np.uint8), ())) for part in parts]
        words, where = _merged(columns, none=True)
        attributes[name] = (where, words)
    times = [part.time for part in parts if part.time is not None]
    time = None
    if times:
        freqs = {freq for t in times for freq in t.freqs}
        ordinals = np.concatenate([t.ordinals for t in times])
        letters: Any = times[0].freq
        if len(freqs) > 1 or not isinstance(letters, str):
            letters = np.concatenate([np.broadcast_to(np.asarray(t.freq, dtype="U1"), len(t)) for t in times])
        time = Periods._trusted(letters, ordinals)
    flags = None
    if any(part.flags is not None for part in parts):
        flags = np.concatenate([np.zeros(len(p), np.uint32) if p.flags is None else p.flags for p in parts])
    merged = first._but(
        codes=codes,
        positions=positions,
        time=time,
        values=np.concatenate([part.values for part in parts]),
        flags=flags,
        labels=merged_labels(parts),
        attrs=agreed([part.attrs for part in parts]),
        attributes=attributes,
        **dict.fromkeys(SERIES),
    )
    known = [facts_of(part) for part in parts]
    names = dict.fromkeys(name for one in known for name in one)
    facts = {name: _series_facts(name, [one.get(name) for one in known], parts, merged) for name in names}
    return merged._but(**placed_facts(merged.attrs, facts, True))


def _merged(columns: list[tuple[npt.NDArray[Any], Codes]], none: bool = False) -> tuple[Codes, npt.NDArray[Any]]:
    """Codes of all columns, the first's first, and positions in them; with `none`, one behind the last is none."""
    index: dict[str, int] = {}
    tables = [np.array([index.setdefault(code, len(index)) for code in words], np.int64) for _, words in columns]
    kind = narrow(len(index) + none)
    whole = [
        (np.append(table, len(index)) if none else table).astype(kind)[where]
        for table, (where, _) in zip(tables, columns, strict=True)
    ]
    return tuple(index), np.concatenate(whole)


def _series_facts(name: str, given: list[Any], parts: list[Observations], merged: Observations) -> Any:
    """A fact per series of the whole, of the facts per series of its parts."""
    # what one part prints less precisely is no contradiction, and one without rows says nothing
    most_printed = name == "decimals" and all(
        fact is not None or not len(one) for fact, one in zip(given, parts, strict=True)
    )
    if all(not isinstance(fact, np.ndarray) and same_fact(given[0], fact) for fact in given):
        return given[0]
    index, heads = merged.series_index()
    fact = fact_array(name, len(heads))
    known = np.zeros(len(heads), np.bool_)
    start = 0
    for part, one in zip(parts, given, strict=True):
        firsts = part.series_index()[1]
        series = index[firsts + start]
        start += len(part)
        own = fact_array(name, len(firsts))
        if one is not None:
            own[:] = one
        clash = known[series] & np.asarray(fact[series] != own, dtype=bool)
        if most_printed:
            own = np.maximum(own, np.where(known[series], fact[series], own))
        elif clash.any():
            which = int(series[np.flatnonzero(clash)[0]])
            raise ValueError(
                f"{name} of {merged._key(int(heads[which]))} differs: {fact[which]!r} "
                f"and {own[np.flatnonzero(clash)[0]]!r}"
            )
        fact[series] = own
        known[series] = True
    return fact
