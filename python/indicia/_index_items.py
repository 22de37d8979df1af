"""Tables of items and periods: what a user hands in, as arrays of (..., items, periods), and the way back.

Time runs along the last axis of an array, down the rows of a DataFrame, along ``time`` of a DataArray or Cube, as in
all rooms; items along the axis before it, the columns, or the dimension that is called so.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indicia import containers
from indicia._times import select

if TYPE_CHECKING:
    from indicia.periods import Periods

__all__ = ["Items", "in_order", "items_of", "place_of", "places_of"]

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Items:
    """Aligned arguments of an index.

    Attributes
    ----------
    arrays
        In the order given, each broadcastable to (..., items, periods); views.
    shape
        What all broadcast to.
    time
        The periods, or None where the container has none.
    names
        What items and periods are called, for messages.
    reduced
        From values over (..., periods), and flags or None, to the user's kind, without the items.
    whole
        The same from (..., items, periods).
    flags
        Of all arguments together, over (..., items, periods); None where there are none.
    """

    arrays: list[Floats]
    shape: tuple[int, ...]
    time: Periods | None
    names: tuple[Callable[[int], str], Callable[[int], str]]
    reduced: Callable[[Any, Any], Any]
    whole: Callable[[Any, Any], Any]
    flags: NDArray[np.uint32] | None = None


def items_of(given: dict[str, Any], *, over: Any, axis: Any, join: str = "exact", unit: str = "index") -> Items:
    """Arguments by name, the first of which are prices of items along `over`, over time along `axis`."""
    if join not in ("exact", "inner"):
        raise ValueError(f"join: expected 'exact' or 'inner', got {join!r}")
    names = tuple(given)
    first = given[names[0]]
    kind = containers._kind(first)
    if kind == "polars":
        raise TypeError("a polars Series holds one item: unit_values() makes a table of items of a long one")
    values = [_basket(x, first, kind) for x in given.values()]
    how = containers._How(axis, None, join, True, unit, ())
    panels, wrap = containers._panels(values, names, how)
    ndim = max(np.ndim(panel.values) for panel in panels)
    if ndim < 2:
        raise ValueError(f"{names[0]}: an index needs items and periods, two dimensions; there is {ndim}")
    lead = panels[0]
    when = _last(lead.axis, ndim)
    where = _over(first, kind, over, when, ndim)
    arrays = [_moved(np.asarray(panel.values, dtype=np.float64), ndim, where, when) for panel in panels]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    marks = [_moved(panel.flags, ndim, where, when) for panel in panels if panel.flags is not None]
    flags = functools.reduce(np.bitwise_or, marks) if marks else None

    def whole(result: Any, marked: Any) -> Any:
        back = np.moveaxis(result, (-2, -1), (where, when))
        return wrap(back, None if marked is None else np.moveaxis(marked, (-2, -1), (where, when)))

    def reduced(result: Any, marked: Any) -> Any:
        place = when - (where < when)
        back = np.moveaxis(result, -1, place)
        return _without(wrap, where, kind)(back, None if marked is None else np.moveaxis(marked, -1, place))

    time = next((panel.time for panel in panels if panel.time is not None), None)
    return Items(arrays, shape, time, _names(wrap, kind, where, when, time), reduced, whole, flags)


def place_of(time: Periods | None, period: Any, length: int, name: str) -> int:
    """Where one period stands, given as a place or as text."""
    places = places_of(time, period, length, name)
    if len(places) != 1:
        raise ValueError(f"{name}: expected one period, {period!r} is {len(places)}")
    return int(places[0])


def places_of(time: Periods | None, period: Any, length: int, name: str) -> NDArray[np.intp]:
    """Where periods stand: a place, a slice of places, or what `Cube.sel` takes for time ("2015", ("2015", "2017"))."""
    if isinstance(period, int | np.integer) and not isinstance(period, bool):
        if not -length <= period < length:
            raise IndexError(f"{name}: there are {length} periods, none at {period}")
        return np.array([int(period) % length], dtype=np.intp)
    if isinstance(period, slice):
        found = np.arange(length, dtype=np.intp)[period]
    elif time is None:
        raise ValueError(f"{name}: {period!r} is no place, and the argument carries no periods")
    else:
        found = np.flatnonzero(select(time, period))
    if len(found) == 0:
        raise ValueError(f"{name}: there is no period {period!r}")
    return found


def in_order(items: Items) -> None:
    """Links are made of neighbours: periods have to rise."""
    if items.time is not None and np.any(np.diff(items.time.ordinals) <= 0):
        raise ValueError("periods don't rise: sort them before they are chained")


def _last(axis: int | None, ndim: int) -> int:
    return ndim - 1 if axis is None else axis


def _moved(array: Any, ndim: int, where: int, when: int) -> Any:
    array = array.reshape((1,) * (ndim - array.ndim) + array.shape)
    return np.moveaxis(array, (where, when), (-2, -1))


def _basket(x: Any, first: Any, kind: str) -> Any:
    """One figure per item beside a table: a Series by the columns' names, an array of as many."""
    if x is first:
        return x
    if kind == "pandas" and containers._kind(x) == "pandas" and x.ndim == 1 and first.ndim == 2:
        lacking = first.columns.difference(x.index)
        if len(lacking):
            raise ValueError(f"a basket must name every item; it lacks {containers._listed(lacking)}")
        return np.broadcast_to(x.reindex(first.columns).to_numpy(dtype=np.float64, na_value=np.nan), first.shape)
    if kind == "pandas" and first.ndim == 2 and np.ndim(x) == 1:
        return np.broadcast_to(np.asarray(x, dtype=np.float64), first.shape)
    if kind == "array" and np.ndim(x) == 1 and np.ndim(first) > 1:
        return np.asarray(x, dtype=np.float64)[:, None]
    return x


def _over(first: Any, kind: str, over: Any, when: int, ndim: int) -> int:
    """The axis of the items."""
    others = [k for k in range(ndim) if k != when]
    dims = getattr(first, "dims", None) if kind in ("xarray", "cube") else None
    if over is None:
        if kind == "array":
            return others[-1]
        if len(others) > 1:
            raise ValueError(
                f"over: which of {', '.join(str(dims[k]) for k in others) if dims else others} holds the items?"
            )
        return others[0]
    if isinstance(over, str) and dims is not None:
        if over not in dims:
            raise ValueError(f"over: no dimension {over!r}; there are {', '.join(map(str, dims))}")
        where = list(dims).index(over)
    elif kind == "pandas" and over in ("columns", "index", "rows"):
        where = 1 if over == "columns" else 0
    elif isinstance(over, int | np.integer) and kind in ("array", "pandas"):
        where = containers._position(over, ndim) or 0
    else:
        raise ValueError(f"over: expected {'the name of a dimension' if dims else 'an axis'}, got {over!r}")
    if where == when:
        raise ValueError(f"over: {over!r} is time")
    return where


def _without(wrap: Any, where: int, kind: str) -> Callable[[Any, Any], Any]:
    """The way back of a result that lacks one dimension of the arguments."""
    if kind == "pandas":
        _, rows, columns = wrap.args
        pd: Any = sys.modules["pandas"]
        return lambda values, flags: pd.Series(values, index=columns if where == 0 else rows, copy=False)
    if kind == "xarray":
        template, unit = wrap.args
        smaller = template.isel({template.dims[where]: 0}, drop=True)
        return functools.partial(containers._to_xarray, smaller, unit)
    if kind == "cube":
        cubes, unit, first = wrap.args
        dim = cubes[0].dims[where]
        parts = []
        for cube in cubes:
            part = cube.sel({dim: cube.codes[dim][0]}) if cube.codes[dim] else cube
            parts.append(part._but(attrs={k: v for k, v in part.attrs.items() if k != "selected"}))
        return functools.partial(containers._to_cube, parts, unit, first)
    return wrap  # type: ignore[no-any-return]


def _names(
    wrap: Any, kind: str, where: int, when: int, time: Periods | None
) -> tuple[Callable[[int], str], Callable[[int], str]]:
    """Of items and of periods, for messages."""
    items: Any = None
    periods: Any = None if time is None else time.to_text()
    if kind == "pandas":
        _, rows, columns = wrap.args
        items = columns if where == 1 else rows
        periods = (rows if when == 0 else columns) if periods is None else periods
    elif kind == "xarray":
        template = wrap.args[0]
        items, times = (template.indexes.get(template.dims[k]) for k in (where, when))
        periods = times if periods is None else periods
    elif kind == "cube":
        cube = wrap.args[0][0]
        items = cube.codes[cube.dims[where]]

    def item(i: int) -> str:
        return f"item {i if items is None else items[i]}"

    def period(t: int) -> str:
        return f"period {t}" if periods is None else str(periods[t])

    return item, period
