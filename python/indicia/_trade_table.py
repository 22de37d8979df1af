"""Tables of exporters and products of any kind, as arrays of years, and results back with the right labels.

Indicators of trade have results in many shapes: a figure for each exporter, for each product, for each pair of
products, for each year. So there is no one wrapper: a `Table` knows how to label each of them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["EXPORTERS", "PRODUCTS", "Floats", "Table", "tables_of"]

Floats = NDArray[np.float64]

#: what sources call who exports, and what
EXPORTERS: Final = ("exporter", "i", "reporter", "reporterCode", "reporterISO", "country", "location", "geo",
                    "ref_area", "REF_AREA", "region", "city")  # fmt: skip
PRODUCTS: Final = ("product", "k", "cmdCode", "commodity", "basket", "hs", "item", "industry", "nace_r2", "activity")


@dataclass(frozen=True, slots=True)
class Table:
    """Exports of many years, row after row.

    Attributes
    ----------
    values
        float64, contiguous, of shape (years, exporters, products); years stand for all other axes.
    lead
        The shape of the other axes.
    kind, template
        The user's kind, and what labels are taken from.
    axes
        Which axes of the template are the exporters' and the products'.
    flags
        As `values`, or None.
    """

    values: Floats
    lead: tuple[int, ...]
    kind: str
    template: Any
    axes: tuple[int, int]
    flags: NDArray[np.uint32] | None = None

    @property
    def exporters(self) -> list[str]:
        """What exporters are called, in messages and reports."""
        return self._names(0)

    @property
    def products(self) -> list[str]:
        """What products are called."""
        return self._names(1)

    @property
    def years(self) -> list[str]:
        """What the tables are called that stand one behind the other."""
        if self.kind == "cube" and self.template.time is not None:
            times = [str(t) for t in self.template.time]
            others = self.values.shape[0] // max(len(times), 1)
            return times * others if others == 1 else [f"{t} ({k})" for k in range(others) for t in times]
        if self.kind == "xarray":
            dims = [d for k, d in enumerate(self.template.dims) if k not in self.axes]
            if len(dims) == 1 and dims[0] in self.template.coords:
                return [str(v) for v in self.template.coords[dims[0]].to_numpy()]
        return [str(k) for k in range(self.values.shape[0])]

    def _names(self, which: int) -> list[str]:
        axis = self.axes[which]
        if self.kind == "pandas":
            return [str(v) for v in (self.template.index if axis == 0 else self.template.columns)]
        if self.kind == "cube":
            return list(self.template.codes[self.template.dims[axis]])
        if self.kind == "xarray":
            dim = self.template.dims[axis]
            if dim in self.template.coords:
                return [str(v) for v in self.template.coords[dim].to_numpy()]
        return [str(k) for k in range(self.values.shape[1 + which])]

    def unfit(self, place: int, what: str = "exports") -> ValueError:
        """An error that names a figure which can't be: below zero, or infinite."""
        year, exporter, product = np.unravel_index(place, self.values.shape)
        when = f" in {self.years[int(year)]}" if self.lead else ""
        value = self.values[year, exporter, product]
        return ValueError(
            f"{what} of {self.exporters[int(exporter)]} in product {self.products[int(product)]}{when}: {value:g}, but "
            "a figure of trade is not less than 0, and finite; NaN is missing"
        )

    # ---- results

    def both(self, values: Any, unit: str | None = None) -> Any:
        """A figure for each exporter and product: the user's kind."""
        flags = None
        if self.flags is not None:
            flags = self.flags.copy()
            for axis in (1, 2):
                flags |= np.bitwise_or.reduce(self.flags, axis=axis, keepdims=True)
        return self._label(values, (0, 1), unit, flags)

    def over_time(self, values: Any) -> Any:
        """A figure for each exporter and product, of all tables together: the user's kind without years."""
        flags = None if self.flags is None else np.bitwise_or.reduce(self.flags, axis=0, keepdims=True)
        one = self._one()
        return replace(one, flags=flags).both(values[None], "index")

    def _one(self) -> Table:
        """The first table alone, under the same labels."""
        template, axes = self.template, self.axes
        others = [] if template is None or self.kind == "pandas" else list(template.dims)
        others = [d for k, d in enumerate(others) if k not in axes]
        if self.kind == "xarray":
            template = template.isel(dict.fromkeys(others, 0), drop=True)
        elif self.kind == "cube":
            for d in others:
                if d == "time":
                    template = template._but(dims=template.dims[:-1], time=None, values=template.values[..., 0],
                                             flags=None)  # fmt: skip
                else:
                    template = template.sel({d: template.codes[d][0]})
        before = tuple(sum(1 for k in range(a) if k not in axes) for a in axes)
        return Table(self.values[:1], (), self.kind, template, (axes[0] - before[0], axes[1] - before[1]))

    def country(self, values: Any, unit: str | None = None, name: str | None = None) -> Any:
        """A figure for each exporter."""
        return self._label(values, (0,), unit, self._all((1, 2), 1), name)

    def product(self, values: Any, unit: str | None = None, name: str | None = None) -> Any:
        """A figure for each product."""
        return self._label(values, (1,), unit, self._all((1, 2), 1), name)

    def year(self, values: Any, unit: str | None = None) -> Any:
        """A figure for each table."""
        return self._label(values, (), unit, self._all((1, 2), 0))

    def pairs(self, values: Any, side: int, unit: str | None = None) -> Any:
        """A figure for each pair of exporters (side 0) or of products (1)."""
        return self._label(values, (side, side), unit, self._all((1, 2), 2))

    def _all(self, axes: tuple[int, int], ndim: int) -> NDArray[np.uint32] | None:
        """The flags of a year, as anything in a table may bear on anything in the result."""
        if self.flags is None:
            return None
        union: NDArray[np.uint32] = np.bitwise_or.reduce(self.flags, axis=axes)
        return union.reshape(union.shape + (1,) * ndim)

    def _label(self, values: Any, sides: tuple[int, ...], unit: str | None, flags: Any, name: str | None = None) -> Any:
        """`values` has the years first, and then an axis for each of `sides`."""
        array = np.asarray(values, np.float64)
        array = array.reshape(self.lead + array.shape[1:])
        if flags is not None:
            flags = np.broadcast_to(flags, values.shape).reshape(array.shape)
            flags = flags if flags.any() else None
        places = list(range(len(self.lead), array.ndim))
        if self.kind == "array":
            if sides == (0, 1):
                array = np.moveaxis(array, places, self.axes)
            return array if array.ndim else np.float64(array)
        if self.kind == "pandas":
            return self._pandas(array, sides, name)
        return (self._cube if self.kind == "cube" else self._xarray)(array, sides, unit, flags)

    def _pandas(self, array: Floats, sides: tuple[int, ...], name: str | None) -> Any:
        pd: Any = sys.modules["pandas"]
        index = [self.template.index if self.axes[side] == 0 else self.template.columns for side in sides]
        if not sides:
            return np.float64(array)
        if len(sides) == 1:
            return pd.Series(array, index=index[0], name=name)
        if sides == (0, 1) and self.axes == (1, 0):
            return pd.DataFrame(array.T, index=index[1], columns=index[0])
        return pd.DataFrame(array, index=index[0], columns=index[1])

    def _named(self, array: Any, flags: Any, sides: tuple[int, ...], time: Any) -> tuple[list[str], Any, Any]:
        """Dimensions of a result in the order of the template, time last, and the arrays in that order."""
        dims = [str(d) for d in self.template.dims]
        lead = [d for k, d in enumerate(dims) if k not in self.axes]
        own = [dims[self.axes[side]] for side in sides]
        if len(own) == 2 and own[0] == own[1]:
            own[1] = f"{own[1]}_2"
        names = lead + own
        order = sorted(names, key=lambda d: (d == time, dims.index(d) if d in dims else len(dims)))
        axes = [names.index(d) for d in order]
        turned = np.ascontiguousarray(np.transpose(array, axes))
        return order, turned, None if flags is None else np.ascontiguousarray(np.transpose(flags, axes))

    def _cube(self, array: Floats, sides: tuple[int, ...], unit: str | None, flags: Any) -> Any:
        from indicia.cube import Cube

        cube = self.template
        names, values, bits = self._named(array, flags, sides, "time" if cube.time is not None else None)
        if not names:
            return np.float64(array)
        plain = {d: d.removesuffix("_2") if d not in cube.dims else d for d in names}
        codes = {d: cube.codes[plain[d]] for d in names if d != "time" or cube.time is None}
        labels = {d: cube.labels[plain[d]] for d in names if plain[d] in cube.labels}
        attrs = {key: value for key, value in cube.attrs.items() if key not in ("by_series", "totals")}
        facts: dict[str, Any] = {"unit": unit}
        if unit == "kept":
            facts = {"unit": one_fact(cube, "unit"), "multiplier": one_fact(cube, "multiplier")}
        return Cube(names, codes, cube.time, values, bits, labels=labels, attrs=attrs, **facts)

    def _xarray(self, array: Floats, sides: tuple[int, ...], unit: str | None, flags: Any) -> Any:
        xr: Any = sys.modules["xarray"]
        given = self.template
        names, values, _ = self._named(array, None, sides, None)
        coords: dict[str, Any] = {}
        for d in names:
            plain = d if d in given.dims else d.removesuffix("_2")
            if plain in given.coords:
                coords[d] = given.coords[plain].to_numpy()
        return xr.DataArray(values, dims=names, coords=coords)


def one_fact(cube: Any, name: str) -> Any:
    """A unit or multiplier that all series share; ValueError that names two which differ."""
    fact = getattr(cube, name)
    if not isinstance(fact, np.ndarray):
        return fact
    found = list(dict.fromkeys(fact.reshape(-1).tolist()))
    if len(found) > 1:
        raise ValueError(f"{name}s differ: {', '.join(map(str, found[:5]))}")
    return found[0] if found else None


# ---- what was handed in -------------------------------------------------------------------------------------


def tables_of(given: Mapping[str, Any], exporter: Any, product: Any, *, totals: str = "error") -> list[Table]:
    """Every argument as a table of the same exporters, products and years, in the order of the first."""
    kinds = {name: _kind(x, name) for name, x in given.items()}
    if len(set(kinds.values())) > 1:
        found = ", ".join(f"{name} is from {kind}" for name, kind in kinds.items())
        raise TypeError(f"{found}: only tables of one kind can be aligned")
    make = {"array": _arrays, "pandas": _frames, "cube": _cubes, "xarray": _data_arrays}[next(iter(kinds.values()))]
    tables = make(dict(given), exporter, product)
    if totals == "error":
        for table, name in zip(tables, given, strict=True):
            _no_totals(table, name)
    return tables


def _kind(x: Any, name: str) -> str:
    pd, xr = sys.modules.get("pandas"), sys.modules.get("xarray")
    cube, observations = sys.modules.get("indicia.cube"), sys.modules.get("indicia.observations")
    if pd is not None and isinstance(x, pd.DataFrame):
        return "pandas"
    if pd is not None and isinstance(x, pd.Series):
        raise TypeError(f"{name}: a Series has no products beside exporters; unstack() makes a table of it")
    if xr is not None and isinstance(x, xr.DataArray):
        return "xarray"
    if cube is not None and isinstance(x, cube.Cube):
        return "cube"
    if observations is not None and isinstance(x, observations.Observations):
        raise TypeError(f"{name}: Observations; indicators need a cube, which to_cube() makes")
    return "array"


def _contiguous(values: Any, axes: tuple[int, int], name: str) -> tuple[Floats, tuple[int, ...]]:
    array = np.asarray(values)
    if array.dtype.kind not in "biufO":
        raise TypeError(f"{name}: expected numbers, got dtype {array.dtype}")
    moved = np.moveaxis(array.astype(np.float64, copy=False), axes, (-2, -1))
    lead = moved.shape[:-2]
    flat = np.ascontiguousarray(moved).reshape((int(np.prod(lead)), *moved.shape[-2:]))
    if 0 in flat.shape:
        raise ValueError(
            f"{name}: there are {moved.shape[-2]} exporters, {moved.shape[-1]} products, {len(flat)} tables"
        )
    return flat, lead


def _axis(said: Any, ndim: int, option: str, default: int) -> int:
    axis = default if said is None else said
    if not isinstance(axis, int | np.integer):
        raise TypeError(f"{option}: the axis of an array is an integer, not {axis!r}")
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(int(axis), ndim, option)
    return int(axis) % ndim


def _arrays(given: dict[str, Any], exporter: Any, product: Any) -> list[Table]:
    tables: list[Table] = []
    for name, x in given.items():
        array = np.asarray(x)
        if array.ndim < 2:
            raise ValueError(f"{name}: exporters and products are two dimensions, not {array.ndim}")
        axes = (_axis(exporter, array.ndim, "exporter", -2), _axis(product, array.ndim, "product", -1))
        if axes[0] == axes[1]:
            raise ValueError(f"exporter and product are both axis {axes[0]}")
        values, lead = _contiguous(array, axes, name)
        if tables and tables[0].values.shape != values.shape:
            raise ValueError(f"{name}: shape {array.shape} is not that of {next(iter(given))}")
        tables.append(Table(values, lead, "array", None, axes))
    return tables


def _twice(labels: Any, name: str, what: str) -> None:
    if not labels.is_unique:
        found = ", ".join(str(v) for v in labels[labels.duplicated()].unique()[:5])
        raise ValueError(f"{name}: {what} come twice: {found}")


def _frames(given: dict[str, Any], exporter: Any, product: Any) -> list[Table]:
    first_name, first = next(iter(given.items()))
    words = {"index": 0, "rows": 0, "columns": 1, 0: 0, 1: 1, -2: 0, -1: 1}
    for axis, label in ((0, first.index.name), (1, first.columns.name)):
        if label is not None:
            words[label] = axis
    for option, said in (("exporter", exporter), ("product", product)):
        if said is not None and said not in words:
            raise ValueError(f"{option}: no dimension {said!r}; a DataFrame has 'index' and 'columns' (or their names)")
    where = words[exporter] if exporter is not None else 1 - words[product] if product is not None else 0
    if product is not None and words[product] == where:
        raise ValueError(f"exporter and product are both {product!r}")
    tables = []
    for name, x in given.items():
        _twice(x.index, name, "rows")
        _twice(x.columns, name, "columns")
        if x.index.nlevels > 1 or x.columns.nlevels > 1:
            raise ValueError(f"{name}: a table has one level of labels; a Cube or DataArray holds several years")
        for what, mine, theirs in (("row", first.index, x.index), ("column", first.columns, x.columns)):
            lacking, beyond = mine.difference(theirs), theirs.difference(mine)
            if len(lacking) or len(beyond):
                parts = [
                    f"{n} lacks {', '.join(map(str, d[:5]))}"
                    for n, d in ((name, lacking), (first_name, beyond))
                    if len(d)
                ]
                raise ValueError(f"{what} labels differ: {'; '.join(parts)}")
        aligned = x if x is first else x.reindex(index=first.index, columns=first.columns)
        axes = (where, 1 - where)
        values, lead = _contiguous(aligned.to_numpy(np.float64, na_value=np.nan), axes, name)
        tables.append(Table(values, lead, "pandas", first, axes))
    return tables


def _role(option: str, said: Any, names: Sequence[str], known: Sequence[str], taken: str | None) -> str | None:
    if said is not None:
        if said not in names:
            raise ValueError(f"{option}: no dimension {said!r}; there are {', '.join(names)}")
        return str(said)
    found = [d for d in names if d in known and d != taken]
    return found[0] if len(found) == 1 else None


def _roles(names: Sequence[str], exporter: Any, product: Any) -> tuple[str, str]:
    """The dimensions that are exporters and products: as said, by their names, or the one that remains."""
    first = _role("exporter", exporter, names, EXPORTERS, None if product is None else str(product))
    second = _role("product", product, names, PRODUCTS, first)
    rest = [d for d in names if d not in (first, second)]
    if first is None and second is not None and len(rest) == 1:
        first = rest[0]
    if second is None and first is not None and len(rest) == 1:
        second = rest[0]
    for option, found in (("exporter", first), ("product", second)):
        if found is None:
            raise ValueError(f"{option}: say which of {', '.join(names)}")
    if first == second:
        raise ValueError(f"exporter and product are both {first!r}")
    return str(first), str(second)


def _cubes(given: dict[str, Any], exporter: Any, product: Any) -> list[Table]:
    from indicia.cube import align

    cubes = list(given.values())
    if len(cubes) > 1:
        cubes = list(align(*cubes, join="exact"))
    tables = []
    for name, cube in zip(given, cubes, strict=True):
        names = [d for d in cube.dims if d != "time" or cube.time is None]
        roles = _roles(names, exporter, product)
        axes = (cube.dims.index(roles[0]), cube.dims.index(roles[1]))
        values, lead = _contiguous(cube.values, axes, name)
        flags = None
        if cube.flags is not None:
            flags = np.ascontiguousarray(np.moveaxis(cube.flags, axes, (-2, -1))).reshape(values.shape)
        tables.append(Table(values, lead, "cube", cube, axes, flags))
    return tables


def _data_arrays(given: dict[str, Any], exporter: Any, product: Any) -> list[Table]:
    xr: Any = sys.modules["xarray"]
    arrays = list(given.values())
    if len(arrays) > 1:
        arrays = [a.transpose(*arrays[0].dims) for a in xr.align(*arrays, join="exact")]
    tables = []
    for name, array in zip(given, arrays, strict=True):
        names = [str(d) for d in array.dims]
        roles = _roles([d for d in names if d != "time"], exporter, product)
        axes = (names.index(roles[0]), names.index(roles[1]))
        values, lead = _contiguous(array.to_numpy(), axes, name)
        tables.append(Table(values, lead, "xarray", array, axes))
    return tables


def _no_totals(table: Table, name: str) -> None:
    """Readers of Comtrade and BACI say which codes are sums over others: counted beside them they count twice."""
    if table.kind != "cube":
        return
    totals = table.template.attrs.get("totals")
    if not isinstance(totals, Mapping):
        return
    for dim in table.template.dims:
        there = [code for code in totals.get(dim, ()) if code in table.template.codes.get(dim, ())]
        if there and len(table.template.codes[dim]) > 1:
            shown = ", ".join(there[:5]) + (f" and {len(there) - 5} more" if len(there) > 5 else "")
            raise ValueError(
                f"{name}: {dim} has {shown}, which are sums over other codes (attrs['totals']) and would count twice: "
                "sel() what is wanted, or read one level= alone"
            )
