"""What a user hands in, and the same kind handed back: the one decorator of all indicators.

An indicator is written once, on arrays::

    @labelled("now", "base")
    def rate(now: Any, base: Any, *, join: str = "exact") -> Any:
        return ufuncs.growth_rate(now.values, base.values)

and takes arrays, lists, pandas, xarray, polars and cubes. Its body sees a `Panel` in place of each argument that is
named to the decorator: values as float64, already aligned by label with the others, NaN where there is no value. It
returns an array of the shape of the first panel that they broadcast to, or a pair of that and flags.

pandas, xarray and polars are never imported here: an argument can only be theirs if they are loaded already.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np
from numpy.typing import NDArray

from indicia._over import placed, prepared, reduced

if TYPE_CHECKING:
    from indicia.periods import Periods

__all__ = ["Panel", "Several", "Wrap", "labelled", "panels_of", "units_agree"]

P = ParamSpec("P")
Wrap = Callable[[Any, Any], Any]


@dataclass(slots=True)
class Panel:
    """One argument of an indicator, without its labels.

    Attributes
    ----------
    values
        float64; an ndarray, or a lazy array (dask) where the user's was.
    axis
        The axis of time; 0 and more, or None where the values have no dimension.
    time
        The periods along `axis`, or None where the container has none and a lag can only be one of places.
    flags
        uint32 of the shape of `values`, or None where there are none.
    flagged
        Whether the container can keep flags.
    over, regions
        The axes that the options of these names mean, where the indicator has them.
    """

    values: Any
    axis: int | None = None
    time: Periods | None = None
    flags: NDArray[np.uint32] | None = None
    flagged: bool = False
    over: int = -1
    regions: int = -2


@dataclass(frozen=True, slots=True)
class Several:
    """What an indicator returns that has several results: pairs of values and flags, and what is made of all."""

    results: Sequence[tuple[Any, Any]]
    make: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class _How:
    """What the caller said, and whether the indicator runs along time at all."""

    axis: Any
    freq: Any
    join: str
    along: bool
    unit: str = "fraction"
    levels: Sequence[str] = ()
    over: tuple[Any, Any, bool] = (None, None, False)  # the options over and regions, and whether there is the second


# ---- the decorator -------------------------------------------------------------------------------------------


def labelled(
    *names: str, unit: str = "fraction", levels: Sequence[str] | None = None
) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Let the arguments `names` (the first ones of the function) be of any kind, and give the same kind back.

    Three options of the function mean something here, if it has them: ``axis=`` says where time runs, ``freq=`` how
    often the dates of a DatetimeIndex come, ``join=`` ("exact" or "inner") what to do where labels differ.

    An option ``over=`` names a dimension that the indicator runs over, ``regions=`` a second one (`_over` tells what
    they are by default); a result may lack the first. An argument that is None is left out.

    `unit` is what a cube's result is measured in, ``"kept"`` for the unit and multiplier of the first argument.
    `levels` are the arguments whose units must agree, all unless said; an argument called ``rate`` must be a
    fraction.
    """
    alike = names if levels is None else tuple(levels)

    def decorate(function: Callable[P, Any]) -> Callable[P, Any]:
        signature = inspect.signature(function)
        if tuple(signature.parameters)[: len(names)] != names:
            raise TypeError(f"{function.__name__}: the first parameters are not {names}")
        along, has_out = "axis" in signature.parameters, "out" in signature.parameters
        across, two = "over" in signature.parameters, "regions" in signature.parameters

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            if len(args) < len(names):
                bound = signature.bind(*args, **kwargs)
                given = [bound.arguments.pop(name, None) for name in names]
                args, kwargs = bound.args, bound.kwargs  # type: ignore[assignment]
            else:
                given = list(args[: len(names)])
                args = args[len(names) :]  # type: ignore[assignment]
            join = kwargs.get("join", "exact")
            if join not in ("exact", "inner"):
                raise ValueError(f"join: expected 'exact' or 'inner', got {join!r}")
            how = _How(kwargs.get("axis"), kwargs.get("freq"), str(join), along, unit, alike)
            if across:
                said = (kwargs.get("over"), kwargs.get("regions"), two)
                return _across(functools.partial(_call, function, args), given, names, replace(how, over=said), kwargs)
            panels, wrap = _panels(given, names, how)
            if wrap is not _plain and has_out and kwargs.get("out") is not None:
                raise TypeError("out= goes with arrays: the result of a labelled argument is a new one of its kind")
            result = function(*panels, *args, **kwargs)  # type: ignore[arg-type]
            if isinstance(result, Several):
                return result.make(*(wrap(*one) for one in result.results))
            values, flags = result if isinstance(result, tuple) else (result, None)
            return wrap(values, flags)

        return call

    return decorate


def panels_of(
    given: list[Any], names: Sequence[str], *, join: str = "exact", unit: str = "fraction", levels: Sequence[str] = (),
    along: bool = False, freq: str | None = None, axis: Any = None,
) -> tuple[list[Panel], Wrap]:  # fmt: skip
    """Arguments of any kind as panels, and what makes the first one's kind of a result: for what `labelled` can't say.

    That is a result in other shapes, or arguments whose number the caller chooses. Time has a meaning only `along` it.
    """
    if join not in ("exact", "inner"):
        raise ValueError(f"join: expected 'exact' or 'inner', got {join!r}")
    return _panels(given, names, _How(axis, freq, join, along, unit, levels))


def _across(function: Callable[..., Any], given: list[Any], names: Sequence[str], how: _How, kwargs: Any) -> Any:
    over, regions, two = how.over
    there = [k for k, x in enumerate(given) if x is not None]
    present = [given[k] for k in there]
    kind = next((k for k in map(_kind, present) if k != "array"), "array")
    panels, wrap = _panels(prepared(kind, present, over), [names[k] for k in there], how)
    ndim = max(np.ndim(p.values) for p in panels)
    axes = placed(kind, wrap, ndim, (over, regions), two)
    for panel in panels:
        panel.over, panel.regions = axes[0], -2 if axes[1] is None else axes[1]
    slots: list[Panel | None] = [None] * len(given)
    for k, panel in zip(there, panels, strict=True):
        slots[k] = panel

    def back(result: Any) -> Any:
        values, flags = result if isinstance(result, tuple) else (result, None)
        if np.ndim(values) == ndim:
            return wrap(values, flags)
        return reduced(kind, wrap, axes[0], values, flags)

    result = function(slots, kwargs)
    if isinstance(result, Several):
        return result.make(*map(back, result.results))
    return back(result)


def _call(function: Callable[..., Any], args: Any, panels: list[Panel | None], kwargs: Any) -> Any:
    return function(*panels, *args, **kwargs)


def _plain(values: Any, flags: Any) -> Any:
    return values


def _panels(given: list[Any], names: Sequence[str], how: _How) -> tuple[list[Panel], Wrap]:
    kinds = [_kind(x) for x in given]
    labelled_kinds = sorted(set(kinds) - {"array"})
    if not labelled_kinds:
        return _from_arrays(given, names, how)
    if len(labelled_kinds) > 1:
        found = ", ".join(f"{n} is from {k}" for n, k in zip(names, kinds, strict=True) if k != "array")
        raise TypeError(f"{found}: only labels of one kind can be aligned")
    return _MAKERS[labelled_kinds[0]](given, names, how)


def _kind(x: Any) -> str:
    if isinstance(x, np.ndarray | float | int | list | tuple | np.generic):
        return "array"
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(x, pd.Series | pd.DataFrame):
        return "pandas"
    xr = sys.modules.get("xarray")
    if xr is not None and isinstance(x, xr.DataArray):
        return "xarray"
    if xr is not None and isinstance(x, xr.Dataset):
        raise TypeError("a Dataset: give its variables one by one, or dataset.map(function)")
    pl = sys.modules.get("polars")
    if pl is not None and isinstance(x, pl.Series):
        return "polars"
    if pl is not None and isinstance(x, pl.DataFrame | pl.LazyFrame):
        raise TypeError(f"a polars {type(x).__name__}: give its columns one by one")
    cube = sys.modules.get("indicia.cube")
    if cube is not None and isinstance(x, cube.Cube):
        return "cube"
    observations = sys.modules.get("indicia.observations")
    if observations is not None and isinstance(x, observations.Observations):
        raise TypeError("Observations: indicators need a cube, which to_cube() makes")
    return "array"


def _listed(labels: Iterable[Any]) -> str:
    texts = [str(label) for label in labels]
    return ", ".join(texts[:5]) + (f" and {len(texts) - 5} more" if len(texts) > 5 else "")


# ---- arrays, lists and numbers ----------------------------------------------------------------------------------


def _floats(x: Any, name: str) -> Any:
    if hasattr(x, "__array_ufunc__") and not isinstance(x, np.ndarray | np.generic):  # dask: stays lazy
        return x
    array = np.asarray(x)
    if array.dtype != np.float64:
        if array.dtype.kind not in "biufO":
            raise TypeError(f"{name}: expected numbers, got dtype {array.dtype}")
        array = array.astype(np.float64)
    return array


def _from_arrays(given: list[Any], names: Sequence[str], how: _How) -> tuple[list[Panel], Wrap]:
    wrap: Wrap = _plain
    panels = []
    for x, name in zip(given, names, strict=True):
        values = _floats(x, name)
        if isinstance(x, np.ma.MaskedArray):
            values = np.where(np.ma.getmaskarray(x), np.nan, values)
            wrap = _masked
        panels.append(Panel(values, _position(how.axis, values.ndim)))
    return panels, wrap


def _masked(values: Any, flags: Any) -> Any:
    return np.ma.MaskedArray(values, mask=np.isnan(values))


def _position(axis: Any, ndim: int, default: int = -1) -> int | None:
    """An axis as 0 and more; None where there are no dimensions."""
    if ndim == 0:
        return None
    if axis is None:
        axis = default
    if not isinstance(axis, int | np.integer):
        raise TypeError(f"axis: expected an integer, got {axis!r}")
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(int(axis), ndim)
    return int(axis) % ndim


def _beside(x: Any, name: str, shape: tuple[int, ...]) -> Panel:
    """A number or an array beside labelled arguments: it must fit into their shape, as it has no labels to add."""
    values = _floats(x, name)
    try:
        fits = np.broadcast_shapes(values.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"{name}: shape {values.shape} doesn't fit into {shape}, the shape of the labelled arguments")
    return Panel(values)


# ---- pandas --------------------------------------------------------------------------------------------------


def _from_pandas(given: list[Any], names: Sequence[str], how: _How) -> tuple[list[Panel], Wrap]:
    pd: Any = sys.modules["pandas"]
    framed = [x for x in given if isinstance(x, pd.DataFrame)]
    tables = [(x, name) for x, name in zip(given, names, strict=True) if isinstance(x, pd.Series | pd.DataFrame)]
    rows = _index("row", [(x.index, name) for x, name in tables], how.join)
    columns = _index("column", [(x.columns, name) for x, name in tables if isinstance(x, pd.DataFrame)], how.join)
    shape = (len(rows),) if columns is None else (len(rows), len(columns))
    axis = {"index": 0, "rows": 0, "columns": 1}.get(how.axis, how.axis) if isinstance(how.axis, str) else how.axis
    where = _position(axis, len(shape), 0)
    time = _time_of_index(rows if where == 0 else columns, how.freq) if how.along else None
    panels = []
    for x, name in zip(given, names, strict=True):
        if not isinstance(x, pd.Series | pd.DataFrame):
            panels.append(_beside(x, name, shape))
            continue
        aligned = x if x.index.equals(rows) else x.reindex(rows)
        if isinstance(x, pd.DataFrame) and not x.columns.equals(columns):
            aligned = aligned.reindex(columns=columns)
        values = _pandas_floats(aligned, name)
        if len(shape) > values.ndim:  # a series beside a frame: one value per row
            values = values[:, None]
        panels.append(Panel(values, where, time))
    template = framed[0] if framed else tables[0][0]
    return panels, functools.partial(_to_pandas, template, rows, columns)


def _index(what: str, found: list[tuple[Any, str]], join: str) -> Any:
    """The labels that all share, in the order of the first; ValueError that names what differs."""
    if not found:
        return None
    first, first_name = found[0]
    common = first
    for other, name in found[1:]:
        if common.equals(other):
            continue
        for index, owner in ((common, first_name), (other, name)):
            if not index.is_unique:
                twice = _listed(index[index.duplicated()].unique())
                raise ValueError(f"{owner}: {what} labels come twice, so that they can't be aligned: {twice}")
        lacking, beyond = common.difference(other, sort=False), other.difference(common, sort=False)
        if join == "exact" and (len(lacking) or len(beyond)):
            parts = [f"{n} lacks {_listed(d)}" for n, d in ((name, lacking), (first_name, beyond)) if len(d)]
            raise ValueError(f"{what} labels differ: {'; '.join(parts)} (join='inner' takes what is in both)")
        common = common[common.isin(other)]
    return common


def _time_of_index(index: Any, freq: Any) -> Periods | None:
    pd: Any = sys.modules["pandas"]
    if isinstance(index, pd.MultiIndex):
        raise ValueError("the rows of a MultiIndex are several series one after the other: unstack() them first")
    if not isinstance(index, pd.PeriodIndex | pd.DatetimeIndex):
        return None
    from indicia.periods import Periods

    return Periods.from_pandas(index, freq=freq)


def _pandas_floats(x: Any, name: str) -> NDArray[np.float64]:
    pd: Any = sys.modules["pandas"]
    columns = [(name, x.dtype)] if isinstance(x, pd.Series) else list(zip(x.columns, x.dtypes, strict=True))
    for column, dtype in columns:
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_object_dtype(dtype)):
            raise TypeError(f"{name}: expected numbers, column {column!r} has dtype {dtype}")
    if all(dtype == np.float64 for _, dtype in columns):
        array: NDArray[np.float64] = x.to_numpy()  # no copy
    else:
        array = x.to_numpy(dtype=np.float64, na_value=np.nan)
    return array


def _pandas_column(values: NDArray[np.float64], dtype: Any) -> Any:
    """As the input had them: a nullable column gets NULL where there is no value."""
    pd: Any = sys.modules["pandas"]
    if isinstance(dtype, np.dtype):
        return values
    missing = np.isnan(values)
    if isinstance(dtype, pd.ArrowDtype):
        pa: Any = sys.modules["pyarrow"]
        return pd.array(pa.array(values, mask=missing), dtype=pd.ArrowDtype(pa.float64()))
    return pd.arrays.FloatingArray(np.ascontiguousarray(values), missing)


def _to_pandas(template: Any, rows: Any, columns: Any, values: Any, flags: Any) -> Any:
    pd: Any = sys.modules["pandas"]
    if columns is None:
        return pd.Series(_pandas_column(values, template.dtype), index=rows, name=template.name, copy=False)
    if all(isinstance(dtype, np.dtype) for dtype in template.dtypes):
        return pd.DataFrame(values, index=rows, columns=columns, copy=False)
    dtypes = template.reindex(columns=columns).dtypes
    made = {k: _pandas_column(values[:, k], dtype) for k, dtype in enumerate(dtypes)}
    frame = pd.DataFrame(made, index=rows)
    frame.columns = columns
    return frame


# ---- xarray --------------------------------------------------------------------------------------------------


def _from_xarray(given: list[Any], names: Sequence[str], how: _How) -> tuple[list[Panel], Wrap]:
    xr: Any = sys.modules["xarray"]
    places = [k for k, x in enumerate(given) if isinstance(x, xr.DataArray)]
    arrays = [given[k] for k in places]
    if len(arrays) > 1:
        for dim in dict.fromkeys(d for a in arrays for d in a.dims):
            indexed = [(a, names[k]) for a, k in zip(arrays, places, strict=True) if dim in a.indexes]
            common = _index(f"dimension {dim}:", [(a.indexes[dim], name) for a, name in indexed], how.join)
            if common is not None:
                arrays = [
                    a if dim not in a.indexes or a.indexes[dim].equals(common) else a.sel({dim: common}) for a in arrays
                ]
        arrays = list(xr.broadcast(*arrays))
    template = arrays[0]
    where, time = None, None
    if how.along:
        dim = _xarray_time(template, how.axis)
        where = None if dim is None else template.get_axis_num(dim)
        if dim is not None and dim in template.indexes:
            time = _time_of_index(template.indexes[dim], how.freq)
    panels = []
    for k, (x, name) in enumerate(zip(given, names, strict=True)):
        if k in places:
            array = arrays[places.index(k)]
            if array.dtype.kind not in "biuf":
                raise TypeError(f"{name}: expected numbers, got dtype {array.dtype}")
            panels.append(
                Panel(array.data if array.dtype == np.float64 else array.data.astype(np.float64), where, time)
            )
        else:
            panels.append(_beside(x, name, template.shape))
    return panels, functools.partial(_to_xarray, template, how.unit)


def _xarray_time(array: Any, axis: Any) -> Any:
    pd: Any = sys.modules["pandas"]
    if isinstance(axis, int | np.integer):
        return array.dims[int(axis)]
    if axis is not None:
        if axis not in array.dims:
            raise ValueError(f"axis: no dimension {axis!r}; there are {', '.join(map(str, array.dims))}")
        return axis
    if "time" in array.dims:
        return "time"
    dated = [d for d in array.dims if isinstance(array.indexes.get(d), pd.DatetimeIndex | pd.PeriodIndex)]
    if len(dated) == 1 or array.ndim == 1:
        return dated[0] if dated else array.dims[0]
    if array.ndim == 0:
        return None
    raise ValueError(f"axis: which of {', '.join(map(str, array.dims))} is time?")


def _to_xarray(template: Any, unit: str, values: Any, flags: Any) -> Any:
    result = template.copy(data=values)
    if "units" in result.attrs and unit != "kept":  # of the level, not of what was made of it
        result.attrs = {**result.attrs, "units": "1"}
    return result


# ---- polars --------------------------------------------------------------------------------------------------


def _from_polars(given: list[Any], names: Sequence[str], how: _How) -> tuple[list[Panel], Wrap]:
    pl: Any = sys.modules["polars"]
    series = [(x, name) for x, name in zip(given, names, strict=True) if isinstance(x, pl.Series)]
    template, first_name = series[0]
    panels = []
    for x, name in zip(given, names, strict=True):
        if not isinstance(x, pl.Series):
            panels.append(_beside(x, name, (len(template),)))
            continue
        if not x.dtype.is_numeric() and x.dtype != pl.Null:
            raise TypeError(f"{name}: expected numbers, got dtype {x.dtype}")
        if len(x) != len(template):
            raise ValueError(f"{first_name} has {len(template)} rows, {name} has {len(x)}")
        panels.append(Panel(x.cast(pl.Float64).to_numpy(), _position(how.axis, 1)))
    return panels, functools.partial(_to_polars, template.name)


def _to_polars(name: str, values: Any, flags: Any) -> Any:
    pl: Any = sys.modules["polars"]
    return pl.Series(name, values, dtype=pl.Float64, nan_to_null=True)


# ---- cubes ---------------------------------------------------------------------------------------------------


def _from_cubes(given: list[Any], names: Sequence[str], how: _How) -> tuple[list[Panel], Wrap]:
    module: Any = sys.modules["indicia.cube"]
    places = [k for k, x in enumerate(given) if isinstance(x, module.Cube)]
    cubes = [given[k] for k in places]
    if len(cubes) > 1:
        cubes = list(module.align(*cubes, join=how.join))
    _units_fit(dict(zip([names[k] for k in places], cubes, strict=True)), how.levels)
    template = cubes[0]
    time = template.time
    where = len(template.dims) - 1 if time is not None else None
    if how.axis not in (None, "time"):
        raise ValueError(f"axis={how.axis!r}: of a cube it is always 'time'")
    if how.along and time is None:
        raise ValueError("the cube has no time")
    if how.freq is not None and time is not None and how.freq != time.freq:
        raise ValueError(f"freq={how.freq!r}: the cube is of frequency {time.freq}")
    panels = []
    for k, (x, name) in enumerate(zip(given, names, strict=True)):
        if k in places:
            cube = cubes[places.index(k)]
            panels.append(Panel(cube.values, where, time, cube.flags, True))
        else:
            panels.append(_beside(x, name, template.shape))
    return panels, functools.partial(_to_cube, cubes, how.unit, places[0] == 0)


def _units_fit(cubes: dict[str, Any], levels: Sequence[str]) -> None:
    """Rates are fractions, and levels agree."""
    if "rate" in cubes and cubes["rate"].unit is not None:
        for text in np.unique(np.asarray(cubes["rate"].unit, dtype=object).astype(str)):
            if "%" in text or any(word in text.casefold() for word in ("per cent", "percent", "per mille")):
                raise ValueError(f"rate: a fraction is expected (0.06 is 6 %), the unit is {text!r}")
    alike = {name: cube for name, cube in cubes.items() if name in levels}
    if len(alike) > 1:
        units_agree(list(alike.values()), list(alike))


def units_agree(cubes: list[Any], names: list[str]) -> None:
    """A unit that is not known goes with any; no multiplier is 0."""
    for what, stand_in in (("unit", None), ("multiplier", 0)):
        first, *others = (
            np.asarray(stand_in if (fact := getattr(cube, what)) is None else fact, dtype=object) for cube in cubes
        )
        for other, name in zip(others, names[1:], strict=True):
            for a, b in np.broadcast(first, other):
                if a is not None and b is not None and a != b:
                    raise ValueError(
                        f"{what}s differ: {names[0]} has {a}, {name} has {b}"
                        + (" (scaled() makes them the same)" if what == "multiplier" else "")
                    )


def _to_cube(cubes: list[Any], unit: str, first: bool, values: Any, flags: Any) -> Any:
    from indicia._labels import agreed, merged_labels

    facts: dict[str, Any] = {"labels": merged_labels(cubes), "attrs": agreed([cube.attrs for cube in cubes])}
    if unit != "kept":
        facts.update(unit=unit, multiplier=None, decimals=None)
    elif first:
        facts.update(unit=cubes[0].unit, multiplier=cubes[0].multiplier, decimals=None)
    else:  # the argument that gives the unit is a bare number
        facts.update(unit=None, multiplier=None, decimals=None)
    return cubes[0]._with(values, flags, **facts)


_MAKERS: dict[str, Callable[[list[Any], Sequence[str], _How], tuple[list[Panel], Wrap]]] = {
    "pandas": _from_pandas,
    "xarray": _from_xarray,
    "polars": _from_polars,
    "cube": _from_cubes,
}
