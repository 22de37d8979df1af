"""Series of two frequencies: what a user hands in as arrays with periods, and results as the same kind again.

`containers.labelled` aligns arguments that share their periods. Here they never do: years come in and quarters go out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia.periods import Periods

__all__ = ["Series", "aligned", "series_of"]

Floats = NDArray[np.float64]
Flags = NDArray[np.uint32]


@dataclass(slots=True)
class Series:
    """One argument: values of shape (..., periods), its periods if they are known, and how its kind is made again."""

    values: Floats
    time: Periods | None
    kind: str
    make: Callable[[Floats, Periods | None, Flags | None], Any]
    labels: dict[str, tuple[str, ...]]  # of the axes before the last, where these have any
    flags: Flags | None = None
    name: str = "x"

    @property
    def n(self) -> int:
        """How many periods."""
        return int(self.values.shape[-1])

    def told(self, place: int, period: int) -> str:
        """One figure, for a message."""
        when = str(self.time[period]) if self.time is not None else f"at place {period}"
        where = np.unravel_index(place, self.values.shape[:-1]) if self.values.ndim > 1 else ()
        names = [
            f"{dim} {codes[at]}"
            for (dim, codes), at in zip(self.labels.items(), where, strict=False)
            if len(codes) > at
        ]
        series = ", ".join(names) if names else f"series {place}" if where else ""
        return f"{series}, {when}" if series else when


def series_of(x: Any, name: str, freq: str | None = None) -> Series:
    """`x` of any kind; time is the last axis of an array, the rows of pandas, the dimension "time" of the others."""
    pd, pl, xr = (sys.modules.get(module) for module in ("pandas", "polars", "xarray"))
    cube = sys.modules.get("indicia.cube")
    if pd is not None and isinstance(x, pd.Series | pd.DataFrame):
        return _from_pandas(x, name, freq)
    if xr is not None and isinstance(x, xr.DataArray):
        return _from_xarray(x, name, freq)
    if pl is not None and isinstance(x, pl.Series):
        return _from_polars(x, name)
    if cube is not None and isinstance(x, cube.Cube):
        return _from_cube(x, name)
    values = _floats(x, name)
    if values.ndim == 0:
        raise ValueError(f"{name}: a single number is no series")
    return Series(values, None, "array", lambda made, time, flags: made, {}, None, name)


def _floats(x: Any, name: str) -> Floats:
    if isinstance(x, np.ma.MaskedArray):
        x = np.ma.filled(x.astype(np.float64), np.nan)
    array = np.asarray(x)
    if array.dtype.kind not in "biufO":
        raise TypeError(f"{name}: expected numbers, got dtype {array.dtype}")
    return np.asarray(array, np.float64)


def _dense(values: Floats, time: Periods | None, name: str) -> tuple[Floats, Periods | None]:
    """Periods that are left out are missing ones."""
    if time is None or time.contiguous:
        return values, time
    if len(time.freqs) > 1:
        raise ValueError(f"{name}: periods of several frequencies: {', '.join(time.freqs)}")
    ordinals = time.ordinals
    if len(np.unique(ordinals)) < len(ordinals):
        raise ValueError(f"{name}: a period comes twice")
    first = int(ordinals.min())
    filled = np.full((*values.shape[:-1], int(ordinals.max()) - first + 1), np.nan)
    filled[..., ordinals - first] = values
    return filled, Periods.range(str(time.freq), first, filled.shape[-1])


def _from_pandas(x: Any, name: str, freq: str | None) -> Series:
    pd: Any = sys.modules["pandas"]
    dated = isinstance(x.index, pd.PeriodIndex | pd.DatetimeIndex)
    time = Periods.from_pandas(x.index, freq=freq) if dated else None
    columns = None if isinstance(x, pd.Series) else x.columns
    values = x.to_numpy(dtype=np.float64, na_value=np.nan).T
    values, time = _dense(np.ascontiguousarray(values), time, name)
    stamps = isinstance(x.index, pd.DatetimeIndex)

    def make(made: Floats, time: Periods | None, flags: Flags | None) -> Any:
        index: Any = pd.RangeIndex(made.shape[-1]) if time is None else time.to_pandas()
        if stamps and time is not None:
            index = index.to_timestamp()
        if columns is None:
            return pd.Series(made, index=index, name=x.name)
        return pd.DataFrame(made.T, index=index, columns=columns)

    labels = {} if columns is None else {"column": tuple(map(str, columns))}
    return Series(values, time, "pandas", make, labels, None, name)


def _from_xarray(x: Any, name: str, freq: str | None) -> Series:
    pd, xr = sys.modules["pandas"], sys.modules["xarray"]
    if "time" not in x.dims:
        raise ValueError(f"{name}: no dimension 'time' among {', '.join(map(str, x.dims))}")
    turned = x.transpose(..., "time")
    index = turned.indexes.get("time")
    dated = isinstance(index, pd.PeriodIndex | pd.DatetimeIndex)
    time = Periods.from_pandas(index, freq=freq) if dated else None
    values, time = _dense(np.asarray(turned.data, np.float64), time, name)
    stamps = isinstance(index, pd.DatetimeIndex)
    others = {dim: turned.coords[dim] for dim in turned.dims[:-1] if dim in turned.coords}

    def make(made: Floats, time: Periods | None, flags: Flags | None) -> Any:
        coords = dict(others)
        if time is not None:
            coords["time"] = time.to_pandas().to_timestamp() if stamps else time.to_pandas()
        result = xr.DataArray(made, coords, turned.dims, name=x.name, attrs=x.attrs)
        return result.transpose(*x.dims)

    labels = {str(dim): tuple(map(str, coord.values)) for dim, coord in others.items()}
    return Series(values, time, "xarray", make, labels, None, name)


def _from_polars(x: Any, name: str) -> Series:
    pl: Any = sys.modules["polars"]
    values = x.cast(pl.Float64).to_numpy()

    def make(made: Floats, time: Periods | None, flags: Flags | None) -> Any:
        return pl.Series(x.name, made, dtype=pl.Float64, nan_to_null=True)

    return Series(np.array(values, np.float64), None, "polars", make, {}, None, name)


def _from_cube(x: Any, name: str) -> Series:
    if x.time is None:
        raise ValueError(f"{name}: the cube has no time")

    def make(made: Floats, time: Periods | None, flags: Flags | None) -> Any:
        return x._but(time=time, values=made, flags=flags if flags is not None and flags.any() else None, decimals=None)

    return Series(x.values, x.time, "cube", make, dict(x.codes), x.flags, name)


def aligned(indicator: Series, benchmark: Series) -> Floats:
    """The indicator's values for each series of the benchmark: by label where both have some, else by shape."""
    values = indicator.values
    if indicator.labels and benchmark.labels and indicator.kind == benchmark.kind:
        for dim, codes in indicator.labels.items():
            wanted = benchmark.labels.get(dim)
            if wanted is None:
                raise ValueError(f"{indicator.name} has a dimension {dim} that {benchmark.name} lacks")
            if wanted == codes:
                continue
            lacking = [code for code in wanted if code not in codes]
            if lacking:
                raise ValueError(f"{indicator.name} lacks {dim} {_some(lacking)}")
            axis = list(indicator.labels).index(dim)
            values = values.take([codes.index(code) for code in wanted], axis)
        names = list(indicator.labels)
        places = [names.index(dim) if dim in names else None for dim in benchmark.labels]
        values = values.transpose(*[place for place in places if place is not None], values.ndim - 1)
        for at, place in enumerate(places):
            if place is None:
                values = np.expand_dims(values, at)
    try:
        return np.broadcast_to(values, (*benchmark.values.shape[:-1], indicator.n))
    except ValueError:
        raise ValueError(
            f"{indicator.name} of shape {indicator.values.shape} doesn't fit the series of {benchmark.name}, "
            f"of shape {benchmark.values.shape}"
        ) from None


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
