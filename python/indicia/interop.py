"""The containers as frames of pandas and polars, arrays of xarray and streams of Arrow, and back.

The public face of this are the ``to_...`` and ``from_...`` methods of `Observations` and `Cube`; everything here
imports its library when it is used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from indicia import _core
from indicia._facts import SERIES
from indicia._labels import RESERVED, Codes, checked_codes, floats, free_name, narrow, near
from indicia._times import contiguous, distinct, spread_time
from indicia.errors import UnknownNameError
from indicia.flags import flag_text, parse_flags
from indicia.periods import Periods

if TYPE_CHECKING:
    import pandas
    import polars
    import xarray

    from indicia.cube import Cube
    from indicia.observations import Observations

__all__: list[str] = []

TimeForm = Literal["text", "period", "start", "end"]
TIME_FORMS = ("text", "period", "start", "end")


def _time_form(time: str) -> None:
    if time not in TIME_FORMS:
        raise ValueError(f"time is one of {', '.join(map(repr, TIME_FORMS))}, not {time!r}")


# ---- pandas: long -------------------------------------------------------------------------------------------------


def _category(where: npt.NDArray[Any], words: Sequence[str], ordered: bool = False, none: bool = False) -> Any:
    """A category of str made of positions; with `none`, a position behind the last word is a missing value."""
    import pandas as pd

    n = len(words)
    kind: Any = np.int8 if n < 127 else np.int16 if n < 32767 else np.int32
    codes = where.astype(kind)
    if none:
        codes[where == n] = -1
    dtype: Any = pd.CategoricalDtype(pd.Index(list(words), dtype="str"), ordered=ordered)
    return pd.Categorical.from_codes(codes, dtype=dtype, validate=False)


def observations_to_pandas(
    obs: Observations, *, time: TimeForm = "text", flags: Literal["bits", "text"] | None = "bits"
) -> pandas.DataFrame:
    import pandas as pd

    _time_form(time)
    if flags not in ("bits", "text", None):
        raise ValueError(f"flags is 'bits', 'text' or None, not {flags!r}")
    columns: dict[str, Any] = {dim: _category(where, obs.codes[dim]) for dim, where in obs.positions.items()}
    if obs.time is not None:
        columns["time"] = _time_column(obs.time, time)
    columns["value"] = obs.values.copy()
    if obs.flags is not None and flags == "bits":
        columns["flags"] = obs.flags.copy()
    elif obs.flags is not None and flags == "text":
        found = np.unique(obs.flags)
        columns["flags"] = _category(np.searchsorted(found, obs.flags), list(flag_text(found)))
    for name, (where, words) in obs.attributes.items():
        columns[name] = _category(where, words, none=True)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(obs)), copy=False)


def _time_column(periods: Periods, form: TimeForm) -> Any:
    if form == "period":
        if not isinstance(periods.freq, str):
            raise ValueError(
                f"time='period' needs one frequency, and there are {' and '.join(periods.freqs) or 'none'}; "
                "time='text', 'start' or 'end' take several, to_cubes() parts them"
            )
        return periods.to_pandas()
    table, where = distinct(periods)
    if form == "text":
        return _category(where, list(table.to_text()), ordered=isinstance(periods.freq, str))
    days = table.first_days() if form == "start" else table.last_days()
    return days.astype("M8[s]")[where]


def _text_column(column: Any, name: str) -> tuple[npt.NDArray[Any], Codes, npt.NDArray[np.bool_]]:
    """Positions, codes and which rows are missing, of a column of str."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        where, words = column.cat.codes.to_numpy(), column.cat.categories.tolist()
    elif column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        where, found = pd.factorize(column)
        words = found.tolist()
    elif not len(column):
        where, words = np.zeros(0, np.int64), []
    else:
        raise TypeError(f"codes are strings: column {name!r} holds {column.dtype}; as str, with any zeros it has lost")
    codes = checked_codes(name, words)
    none = where < 0
    return np.where(none, len(codes), where) if none.any() else where, codes, none


def _no_gaps(name: str, none: npt.NDArray[np.bool_], what: str = "code") -> None:
    if none.any():
        raise ValueError(f"row {int(np.flatnonzero(none)[0])} has no {what} in column {name!r}")


def observations_from_pandas(
    frame: Any,
    *,
    value: str = "value",
    time: str | None = "time",
    flags: str | None = "flags",
    dims: Sequence[str] | None = None,
    attributes: Sequence[str] = (),
    freq: str | None = None,
) -> dict[str, Any]:
    import pandas as pd

    if isinstance(frame, pd.Series):
        frame = frame.to_frame(value)
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"expected a pandas DataFrame, not {type(frame).__name__}")
    levels = [name for name in frame.index.names if name is not None]
    if levels:
        frame = frame.reset_index(level=levels)
    if not frame.columns.is_unique:
        raise ValueError(f"a column name is there twice among {list(frame.columns)}")
    names = [str(c) for c in frame.columns]
    for wanted in (value, *(dims or ()), *attributes):
        if wanted not in frame.columns:
            raise UnknownNameError(f"the frame has no column {wanted!r}{near(str(wanted), names)}")
    time = time if time is not None and time in frame.columns else None
    flags = flags if flags is not None and flags in frame.columns else None
    if dims is None:
        dims = [c for c in frame.columns if c not in (value, time, flags, *attributes)]
    where: dict[str, Any] = {}
    codes: dict[str, Codes] = {}
    for dim in dims:
        where[dim], codes[dim], none = _text_column(frame[dim], dim)
        _no_gaps(dim, none)
    columns = {name: _text_column(frame[name], name)[:2] for name in attributes}
    return {
        "dims": [*dims, *(["time"] if time is not None else [])],
        "codes": codes,
        "positions": where,
        "time": None if time is None else periods_from_pandas(frame[time], freq, str(time)),
        "values": _numbers(frame[value], str(value)),
        "flags": None if flags is None else _flags_column(frame[flags], str(flags)),
        "attributes": columns,
    }


def _numbers(column: Any, name: str) -> npt.NDArray[np.float64]:
    if column.dtype == object:
        return floats(column.where(column.notna(), None).to_numpy(), f"column {name!r}")
    if column.dtype.kind not in "fiub":
        raise TypeError(f"column {name!r} holds {column.dtype}, not numbers")
    numbers: npt.NDArray[np.float64] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers


def _flags_column(column: Any, name: str) -> npt.NDArray[np.uint32]:
    import pandas as pd

    if column.dtype == object or isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype):
        where, words, _ = _text_column(column, name)
        table = parse_flags([*words, ""])
        return np.asarray(table[where], dtype=np.uint32)
    if column.dtype.kind not in "iu" and not (column.dtype.kind == "f" and column.isna().any()):
        raise TypeError(f"flags are bits or texts, not {column.dtype}")
    bits: npt.NDArray[np.uint32] = column.fillna(0).to_numpy(dtype=np.uint32)
    return bits


# ---- pandas: time -------------------------------------------------------------------------------------------------


def periods_from_pandas(column: Any, freq: str | None = None, name: str = "time") -> Periods:
    """Periods of an index or a column: pandas periods, dates, texts, or years as integers."""
    import pandas as pd

    dtype = column.dtype
    if isinstance(dtype, pd.PeriodDtype | pd.DatetimeTZDtype) or dtype.kind == "M":
        _no_gaps(name, np.asarray(column.isna()), "period")
        index = pd.PeriodIndex(column) if isinstance(dtype, pd.PeriodDtype) else pd.DatetimeIndex(column)
        if freq is None and isinstance(index, pd.DatetimeIndex) and index.freq is None:
            freq = Periods.from_pandas(index.unique().sort_values()).freqs[0]  # several rows per date, in any order
        return Periods.from_pandas(index, freq=freq)
    if dtype.kind in "iu":
        return _years(column.to_numpy(), name)
    where, words, none = _text_column(pd.Series(column), name)
    _no_gaps(name, none, "period")
    return _read_periods(words, where, freq)


def _years(numbers: npt.NDArray[Any], name: str) -> Periods:
    if len(numbers) and not 1 <= numbers.min() <= numbers.max() <= 9999:
        raise ValueError(f"integers in {name!r} are years, and those run from 1 to 9999")
    return Periods("A", numbers.astype(np.int64) - 1970)


def _read_periods(words: Codes, where: npt.NDArray[Any], freq: str | None) -> Periods:
    return Periods.parse(list(words), freq=freq)[where] if len(where) else Periods(freq or "A", np.zeros(0, np.int32))


# ---- pandas: wide -------------------------------------------------------------------------------------------------


def cube_to_pandas(cube: Cube) -> pandas.DataFrame:
    import pandas as pd

    dims = list(cube.codes)
    texts = [pd.Index(list(cube.codes[dim]), dtype="str") for dim in dims]
    names: Any
    if len(dims) > 1:
        names = pd.MultiIndex.from_product(texts, names=dims)
    elif dims:
        names = texts[0].rename(dims[0])
    else:
        names = pd.Index(["value"])
    if cube.time is None:
        return pd.DataFrame({"value": cube.values.reshape(-1).copy()}, index=names if dims else None)
    table = cube.values.reshape(math.prod(cube.shape[:-1]), len(cube.time)).T
    return pd.DataFrame(table, index=cube.time.to_pandas().rename("time"), columns=names, copy=True)


def is_long(frame: Any, value: str) -> bool:
    """Whether a frame has a column of values, or a series more than one level of keys."""
    import pandas as pd

    if isinstance(frame, pd.Series):
        return isinstance(frame.index, pd.MultiIndex)
    return value in frame.columns and not isinstance(frame.index, pd.PeriodIndex | pd.DatetimeIndex)


def has_dates(frame: Any, time: str | None) -> bool:
    """Whether the column (or level of the index) that is time holds dates, whose frequency someone must say."""
    column = frame[time] if time in getattr(frame, "columns", ()) else None
    if column is None and time in frame.index.names:
        column = frame.index.get_level_values(time)
    return column is not None and getattr(column.dtype, "kind", "") == "M"


def cube_from_pandas(frame: Any, *, dims: Sequence[str] | None = None, freq: str | None = None) -> dict[str, Any]:
    """Fields of a cube of a wide frame: periods as rows, one column per series."""
    import pandas as pd

    if isinstance(frame, pd.Series):
        frame = frame.to_frame()
        names: list[str] = []
        codes: list[Codes] = []
        where: list[npt.NDArray[Any]] = []
    else:
        index = frame.columns
        given = list(dims) if dims is not None else list(index.names)
        if dims is None and index.nlevels == 1 and given[0] is None:
            given = ["series"]
        if len(given) != index.nlevels or any(name is None for name in given):
            raise ValueError(f"the columns have {index.nlevels} levels, named {given}: dims= names each of them")
        names = [str(name) for name in given]
        columns = [_text_column(index.get_level_values(i).to_series(), names[i]) for i in range(index.nlevels)]
        for name, (_, _, none) in zip(names, columns, strict=True):
            _no_gaps(name, none)
        codes, where = [c[1] for c in columns], [c[0] for c in columns]
        if not index.is_unique:
            raise ValueError("a column is there twice")
    periods = periods_from_pandas(frame.index, freq, "the index")
    if not isinstance(periods.freq, str):
        raise ValueError(f"a cube has one frequency; the rows have {' and '.join(periods.freqs)}")
    numbers = np.empty(frame.shape, np.float64)
    for i in range(frame.shape[1]):
        numbers[:, i] = _numbers(frame.iloc[:, i], str(frame.columns[i]))
    time_axis, rows = contiguous(periods)
    values = np.full((*map(len, codes), len(time_axis)), np.nan)
    # one column per series: its place in the grid is that of its codes
    target = values.reshape(math.prod(map(len, codes)), len(time_axis))
    flat = np.ravel_multi_index(tuple(where), tuple(map(len, codes))) if names else np.zeros(frame.shape[1], np.intp)
    target[flat[:, None], rows[None, :]] = numbers.T
    return {
        "dims": [*names, "time"],
        "codes": dict(zip(names, codes, strict=True)),
        "time": time_axis,
        "values": values,
    }


# ---- xarray -------------------------------------------------------------------------------------------------------


def cube_to_xarray(cube: Cube, *, time: TimeForm = "period") -> xarray.DataArray:
    import xarray as xr

    _time_form(time)
    coords: dict[str, Any] = {}
    for dim, codes in cube.codes.items():
        words = np.empty(len(codes), dtype=object)
        words[:] = codes
        coords[dim] = ((dim,), words)
        if dim in cube.labels:
            texts = np.empty(len(codes), dtype=object)
            texts[:] = [cube.labels[dim].get(code, "") for code in codes]
            coords[_label_name(dim, cube.dims)] = ((dim,), texts)
    if cube.time is not None:
        axis: Any
        if time == "period":
            axis = cube.time.to_pandas()
        elif time == "text":
            axis = np.asarray(cube.time.to_text(), dtype=object)
        else:
            axis = (cube.time.first_days() if time == "start" else cube.time.last_days()).astype("M8[s]")
        coords["time"] = xr.Variable(("time",), axis, attrs={"freq": cube.time.freq})
    if cube.flags is not None:
        coords["flags"] = (cube.dims, cube.flags.copy())
    attrs = dict(cube.attrs)
    series = tuple(cube.codes)
    for name in SERIES:
        fact = getattr(cube, name)
        if isinstance(fact, np.ndarray):
            axes = [i for i, size in enumerate(fact.shape) if size > 1]
            along = fact.reshape([fact.shape[i] for i in axes]).copy()
            coords[free_name(name, [*cube.dims, *RESERVED])] = (tuple(series[i] for i in axes), along)
        elif fact is not None:
            attrs[name] = fact
    return xr.DataArray(cube.values.copy(), dims=cube.dims, coords=coords, attrs=attrs, name="value")


def _label_name(dim: str, dims: Sequence[str]) -> str:
    """The coordinate of the words for the codes of a dimension."""
    return free_name(f"{dim}_label", [*dims, *RESERVED])


def cube_from_xarray(array: Any, *, time: str | None = "time", freq: str | None = None) -> dict[str, Any]:
    import pandas as pd
    import xarray as xr

    if not isinstance(array, xr.DataArray):
        hint = "; choose one of its variables" if isinstance(array, xr.Dataset) else ""
        raise TypeError(f"expected an xarray DataArray, not {type(array).__name__}{hint}")
    dims = [str(dim) for dim in array.dims]
    if time is not None and time in dims:
        array = array.transpose(..., time)
        dims = [str(dim) for dim in array.dims]
    else:
        time = None
    codes: dict[str, Codes] = {}
    labels: dict[str, Any] = {}
    for dim in dims:
        if dim not in array.coords:
            raise ValueError(f"dimension {dim!r} has no coordinate: a cube names what it holds")
        if dim == time:
            continue
        where, words, none = _text_column(pd.Series(array.indexes[dim]), dim)
        _no_gaps(dim, none)
        if len(words) != len(where):
            raise ValueError(f"a code of {dim!r} is there twice")
        codes[dim] = tuple(words[i] for i in where)
        named = array.coords.get(_label_name(dim, dims))
        if named is not None and named.dims == (dim,):
            pairs = zip(codes[dim], named.to_numpy().tolist(), strict=True)
            labels[dim] = {code: word for code, word in pairs if isinstance(word, str) and word}
    fields: dict[str, Any] = {"codes": codes, "labels": labels}
    attrs = dict(array.attrs)
    others = [dim for dim in dims if dim != time]
    for name in SERIES:
        coord = free_name(name, [*dims, *RESERVED])
        if coord in array.coords and set(map(str, array.coords[coord].dims)) <= set(others):
            found = array.coords[coord]
            sizes = [len(codes[dim]) if dim in found.dims else 1 for dim in others]
            along = found.transpose(*(dim for dim in others if dim in found.dims)).to_numpy().reshape(sizes)
            if name == "unit":  # pandas may have made a NaN of None
                along = np.where(pd.isna(along), None, along)
            fields[name] = along if along.ndim else along.item()
        elif name in attrs:
            fields[name] = attrs.pop(name)
    fields["attrs"] = attrs
    numbers = floats(array.to_numpy())
    bits = array.coords["flags"] if "flags" in array.coords and "flags" not in dims else None
    flags = None if bits is None else bits.broadcast_like(array).transpose(*array.dims).to_numpy()
    if time is None:
        return {**fields, "dims": dims, "time": None, "values": numbers, "flags": flags}
    letter = freq or array.coords[time].attrs.get("freq")
    index = array.indexes[time]
    dated = index.dtype.kind == "M" or not isinstance(index, pd.PeriodIndex)
    periods = periods_from_pandas(index, letter if dated else freq, time)
    if not isinstance(periods.freq, str):
        raise ValueError("a cube has one frequency")
    axis, rows = contiguous(periods)
    numbers, flags = spread_time(numbers, rows, len(axis), np.nan), spread_time(flags, rows, len(axis), 0)
    return {**fields, "dims": [*others, "time"], "time": axis, "values": numbers, "flags": flags}


# ---- Arrow and polars -----------------------------------------------------------------------------------------------


def observations_stream(obs: Observations) -> object:
    """A capsule "arrow_array_stream" of the rows, on the columns themselves."""
    columns: list[tuple[Any, ...]] = [(dim, where, obs.codes[dim]) for dim, where in obs.positions.items()]
    if obs.time is not None:
        table, where = distinct(obs.time)
        columns.append(("time", where.astype(narrow(len(table))), tuple(map(str, table.to_text()))))
    columns.append(("value", obs.values))
    if obs.flags is not None:
        columns.append(("flags", obs.flags))
    columns += [(name, where, words) for name, (where, words) in obs.attributes.items()]
    return _core.arrow_stream(columns)


def observations_to_polars(obs: Observations) -> polars.DataFrame:
    import polars as pl

    def category(name: str, where: npt.NDArray[Any], words: Sequence[str]) -> Any:
        table = pl.Series(name, [*words, None], dtype=pl.Enum(list(words)))
        return table.gather(where)

    columns = [category(dim, where, obs.codes[dim]) for dim, where in obs.positions.items()]
    if obs.time is not None:
        table, where = distinct(obs.time)
        columns.append(category("time", where, list(map(str, table.to_text()))))
    columns.append(pl.Series("value", obs.values).fill_nan(None))
    if obs.flags is not None:
        columns.append(pl.Series("flags", obs.flags))
    columns += [category(name, where, words) for name, (where, words) in obs.attributes.items()]
    return pl.DataFrame(columns)


def observations_from_arrow(
    table: Any,
    *,
    value: str = "value",
    time: str | None = "time",
    flags: str | None = "flags",
    dims: Sequence[str] | None = None,
    attributes: Sequence[str] = (),
    freq: str | None = None,
) -> dict[str, Any]:
    import pyarrow as pa

    data = table if isinstance(table, pa.Table) else pa.table(table)
    names: list[str] = data.column_names
    if len(set(names)) != len(names):
        raise ValueError(f"a column name is there twice among {names}")
    for wanted in (value, *(dims or ()), *attributes):
        if wanted not in names:
            raise UnknownNameError(f"the table has no column {wanted!r}{near(wanted, names)}")
    time = time if time in names else None
    flags = flags if flags in names else None
    if dims is None:
        dims = [name for name in names if name not in (value, time, flags, *attributes)]
    where: dict[str, Any] = {}
    codes: dict[str, Codes] = {}
    for dim in dims:
        where[dim], codes[dim], none = _arrow_texts(data.column(dim), dim)
        _no_gaps(dim, none)
    numbers = data.column(value)
    if not (
        pa.types.is_integer(numbers.type) or pa.types.is_floating(numbers.type) or pa.types.is_decimal(numbers.type)
    ):
        raise TypeError(f"column {value!r} holds {numbers.type}, not numbers")
    return {
        "dims": [*dims, *(["time"] if time is not None else [])],
        "codes": codes,
        "positions": where,
        "time": None if time is None else _arrow_periods(data.column(time), time, freq),
        "values": numbers.cast(pa.float64()).to_numpy(),
        "flags": None if flags is None else _arrow_flags(data.column(flags), flags),
        "attributes": {name: _arrow_texts(data.column(name), name)[:2] for name in attributes},
    }


def _arrow_texts(column: Any, name: str) -> tuple[npt.NDArray[Any], Codes, npt.NDArray[np.bool_]]:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        kinds = (pa.types.is_string, pa.types.is_large_string, getattr(pa.types, "is_string_view", pa.types.is_string))
        if not any(kind(column.type) for kind in kinds) and len(column):
            raise TypeError(f"codes are strings: column {name!r} holds {column.type}")
        column = column.cast(pa.large_string()).dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks() if len(column) else None
    if whole is None:
        return np.zeros(0, np.uint8), (), np.zeros(0, np.bool_)
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    codes = checked_codes(name, whole.dictionary.to_pylist())
    none = whole.is_null().to_numpy(zero_copy_only=False)
    where = whole.indices.fill_null(len(codes)).to_numpy(zero_copy_only=False)
    return where, codes, none


def _arrow_periods(column: Any, name: str, freq: str | None) -> Periods:
    import pyarrow as pa

    if pa.types.is_integer(column.type) or pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        if column.null_count:
            raise ValueError(f"a row has no period in column {name!r}")
        if pa.types.is_integer(column.type):
            return _years(column.to_numpy(), name)
        if freq is None:
            raise ValueError(f"column {name!r} holds dates; say of which frequency: freq='M'")
        return Periods.from_days(freq, column.to_numpy().astype("M8[D]"))
    where, words, none = _arrow_texts(column, name)
    _no_gaps(name, none, "period")
    return _read_periods(words, where, freq)


def _arrow_flags(column: Any, name: str) -> npt.NDArray[np.uint32]:
    import pyarrow as pa

    if pa.types.is_integer(column.type):
        bits: npt.NDArray[np.uint32] = column.fill_null(0).cast(pa.uint32()).to_numpy()
        return bits
    where, words, _ = _arrow_texts(column, name)
    table = parse_flags([*words, ""])
    return np.asarray(table[where], dtype=np.uint32)
