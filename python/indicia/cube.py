"""`Cube`: statistics as a dense array with names, and what puts cubes together: `align`, `concat`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from indicia._combine import align, compute, concat
from indicia._facts import SERIES, facts_of, placed_facts, scaled_decimals, series_fact, times_power
from indicia._labels import (
    Codes,
    Labelled,
    checked_codes,
    checked_labels,
    dim_names,
    find_codes,
    find_dims,
    flag_bits,
    floats,
    renamed_mapping,
    selected,
)
from indicia._times import contiguous, periods_of, spread_time, time_slice
from indicia.periods import Periods

if TYPE_CHECKING:
    import pandas
    import xarray

    from indicia.interop import TimeForm
    from indicia.observations import Observations

__all__ = ["Cube", "align", "concat"]


def _not_in_place(self: Any, other: Any) -> Any:
    return NotImplemented  # so that x += y is x = x + y, as with any immutable number


class Cube(np.lib.mixins.NDArrayOperatorsMixin, Labelled):
    """Statistics as a dense array: one axis per dimension, time last and without gaps.

    Immutable. The arrays are read-only views of those given (they are not copied: don't write to them afterwards);
    `copy` gives arrays of its own that may be written to. A dimension that is called ``value``, ``flags`` or ``time``
    without being it is given a trailing underscore.

    A cube takes NumPy's operators and ufuncs, aligned by name (`align`): a dimension that one lacks is broadcast,
    codes may stand in any order, time must be the same. Flags of a result are the union of its parts'. Units:

    - ``+``, ``-``, ``maximum`` and their like want the same unit and multiplier, and keep them (a cube without a unit
      goes with any; no multiplier is 0). A number has the unit of the cube it meets.
    - ``*`` gives ``"A*B"``, ``/`` gives ``"A/B"`` or, of the same unit, none; multipliers are added and subtracted.
      Where one cube's unit is not known, neither is the result's.
    - Any other function of several cubes wants them alike and gives a result without a unit; ``replace(unit=None)``
      tells it not to care.
    - `decimals` survive what does not round anew: signs, maxima, a number added.

    Comparisons (``cube > 3``) give plain arrays of bool; ``==`` compares the whole (see `equals`). For sums and other
    reductions take `to_xarray`.

    Parameters
    ----------
    dims : sequence of str
        Names of the axes; ``"time"`` is the last one if there is time.
    codes : mapping of str to sequence of str
        The codes of each dimension other than time, all different. Codes are strings, always.
    time : Periods or None
        Periods without gaps (`from_arrays` fills them).
    values : array of float
        NaN is missing.
    flags : array of int, optional
        Bits of `Flag`, in the shape of `values`: what is known about a value, or why there is none.
    labels : mapping of str to mapping of str to str, optional
        For a dimension, words for its codes.
    attrs : mapping, optional
        Title, source, last update, notes.
    unit : str or array of str, optional
        One unit, or an array that broadcasts against the shape without the time axis, with as many axes: one along
        the second of three dimensions has shape ``(1, n, 1)``.
    multiplier : int or array of int, optional
        The power of ten that values must be multiplied by to be in `unit`.
    decimals : int or array of int, optional
        Digits after the mark that the source prints; -1 unknown.

    Attributes
    ----------
    dims, codes, time, values, flags, labels, attrs, unit, multiplier, decimals
        As above: ``codes[dim]`` is a tuple, ``flags`` uint32 or None where no cell has any.

    See Also
    --------
    Observations : the same in long form.

    Examples
    --------
    >>> from indicia import Cube
    >>> gdp = Cube.from_arrays([[4.0, 6.0], [1.0, 3.0]], ["geo", "time"],
    ...                        {"geo": ["CN", "DE"], "time": ["2022", "2023"]}, unit="EUR", multiplier=9)
    >>> people = Cube.from_arrays([[2.0, 2.0], [1.0, 1.0]], ["geo", "time"],
    ...                           {"geo": ["DE", "CN"], "time": ["2022", "2023"]}, unit="PS", multiplier=6)
    >>> each = gdp / people
    >>> each.values, each.unit, each.multiplier
    (array([[4. , 6. ],
           [0.5, 1.5]]), 'EUR/PS', 3)
    >>> gdp.sel(geo="CN", time="2023").values
    array([6.])
    """

    __slots__ = ()
    __pandas_priority__ = 5000  # so that pandas leaves `series + cube` to us, who refuse it

    def __init__(
        self,
        dims: Sequence[str],
        codes: Mapping[str, Sequence[str]],
        time: Periods | None,
        values: npt.ArrayLike,
        flags: npt.ArrayLike | None = None,
        *,
        labels: Mapping[str, Mapping[str, str]] | None = None,
        attrs: Mapping[str, Any] | None = None,
        unit: Any = None,
        multiplier: Any = None,
        decimals: Any = None,
    ) -> None:
        if time is not None and not isinstance(time, Periods):
            raise TypeError(f"time is a Periods, not {type(time).__name__}; from_arrays() reads texts")
        if time is not None and not time.contiguous:
            raise ValueError("the time axis of a cube is one frequency without gaps; from_arrays() fills them")
        names, renamed = dim_names(dims, time is not None)
        codes = renamed_mapping("codes", codes, renamed)
        words: dict[str, Codes] = {}
        for dim in renamed.values():
            if dim not in codes:
                raise ValueError(f"dimension {dim!r} has no codes")
            words[dim] = checked_codes(dim, codes[dim])
        numbers = floats(values)
        shape = (*map(len, words.values()), *([] if time is None else [len(time)]))
        if numbers.shape != shape:
            raise ValueError(f"values have shape {numbers.shape}; dims {names} have {shape}")
        facts = dict(zip(SERIES, (unit, multiplier, decimals), strict=True))
        for name, given in facts.items():
            series_fact(name, given, shape[: len(words)])
        self._fill(
            {
                "dims": names,
                "codes": words,
                "time": time,
                "values": numbers,
                "flags": flag_bits(flags, shape),
                "labels": checked_labels(labels, renamed),
                "attrs": attrs,
                **facts,
            }
        )

    @classmethod
    def from_arrays(
        cls,
        values: npt.ArrayLike,
        dims: Sequence[str],
        coords: Mapping[str, Any],
        flags: npt.ArrayLike | None = None,
        *,
        freq: str | None = None,
        **facts: Any,
    ) -> Self:
        """A cube of an array and the names of what it holds.

        Parameters
        ----------
        values : array of float
        dims : sequence of str
            Names of its axes, ``"time"`` anywhere among them.
        coords : mapping of str to sequence of str
            The codes of each dimension; for ``"time"``, periods or texts such as ``"2023-Q1"``, in any order. A period
            that is left out between two others is filled with NaN.
        flags : array of int, optional
        freq : str, optional
            Where the texts of time are only start dates, the frequency that they mean.
        **facts
            ``labels``, ``attrs``, ``unit``, ``multiplier``, ``decimals``, as `Cube` takes them.

        Returns
        -------
        Cube

        Examples
        --------
        >>> from indicia import Cube
        >>> Cube.from_arrays([1.0, 3.0], ["time"], {"time": ["2021", "2023"]}).values
        array([ 1., nan,  3.])
        """
        names = list(dims)
        numbers = floats(values)
        bits = flag_bits(flags, numbers.shape)
        if "time" not in names or "time" not in coords:
            return cls(names, coords, None, numbers, bits, **facts)
        if numbers.ndim != len(names):
            raise ValueError(f"values have shape {numbers.shape} for dims {tuple(names)}")
        place = names.index("time")
        names.append(names.pop(place))
        numbers = np.moveaxis(numbers, place, -1)
        bits = None if bits is None else np.moveaxis(bits, place, -1)
        periods = periods_of(coords["time"], freq)
        if len(periods) != numbers.shape[-1]:
            raise ValueError(f"{len(periods)} periods for an axis of {numbers.shape[-1]}")
        time, rows = contiguous(periods)
        numbers, bits = spread_time(numbers, rows, len(time), np.nan), spread_time(bits, rows, len(time), 0)
        codes = {dim: words for dim, words in coords.items() if dim != "time"}
        return cls(names, codes, time, numbers, bits, **facts)

    def _with(self, values: npt.NDArray[Any], flags: npt.NDArray[np.uint32] | None = None, **changes: Any) -> Self:
        """Other values under the same names, unchecked; `changes` are further fields."""
        return self._but(values=values, flags=flags, **changes)

    # ---- shape

    @property
    def shape(self) -> tuple[int, ...]:
        """How many codes and periods each dimension has.

        Examples
        --------
        >>> from indicia import Cube
        >>> Cube(["geo"], {"geo": ["CN", "DE"]}, None, [1.0, 2.0]).shape
        (2,)
        """
        return self.values.shape

    @property
    def ndim(self) -> int:
        """The number of dimensions, time included.

        Examples
        --------
        >>> from indicia import Cube
        >>> Cube(["geo"], {"geo": ["CN", "DE"]}, None, [1.0, 2.0]).ndim
        1
        """
        return self.values.ndim

    @property
    def size(self) -> int:
        """The number of cells.

        Examples
        --------
        >>> from indicia import Cube
        >>> Cube(["geo"], {"geo": ["CN", "DE"]}, None, [1.0, 2.0]).size
        2
        """
        return self.values.size

    def _series_shape(self) -> tuple[int, ...]:
        return self.shape[: len(self.codes)]

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if dtype is not None and np.dtype(dtype) != self.values.dtype:
            if copy is False:
                raise ValueError(f"a cube as an array of {np.dtype(dtype)} needs a copy")
            return self.values.astype(dtype)
        return self.values.copy() if copy else self.values

    def sel(self, indexers: Mapping[str, Any] | None = None, /, **named: Any) -> Self:
        """The part of some codes and periods; views where possible.

        Parameters
        ----------
        indexers : mapping of str to code, list of codes, or periods
            For names of dimensions that are no Python names: ``sel({"Country Name": "China"})``.
        **named
            The same by keyword: ``sel(geo=["CN", "DE"], time=("2015", None))``. One code given as a str drops the
            dimension and notes it in ``attrs["selected"]``; a list keeps it, with those codes in that order.
            Time is never dropped: ``time="2023"`` gives all periods in 2023, ``time=(first, last)`` a span whose ends
            belong to it, None being open.

        Returns
        -------
        Cube

        Raises
        ------
        KeyError
            For a dimension, code or period that isn't there; the message names the nearest ones.
        ValueError
            For periods with gaps between them.

        Examples
        --------
        >>> from indicia import Cube
        >>> cube = Cube.from_arrays([[1.0, 2.0], [3.0, 4.0]], ["geo", "time"],
        ...                         {"geo": ["CN", "DE"], "time": ["2022-12", "2023-01"]})
        >>> cube.sel(geo="DE", time="2023")
        Cube
          dims    time 1
          span    2023-01 (monthly)
          missing 0 of 1
          selected geo=DE
        """
        wanted = find_dims(self.dims, indexers, named)
        values, flags = self.values, self.flags
        facts = facts_of(self)
        codes = dict(self.codes)
        labels = {dim: dict(words) for dim, words in self.labels.items()}
        time = self.time
        chosen: dict[str, str] = {}
        axis = 0
        for dim in self.dims:
            if dim not in wanted:
                axis += 1
                continue
            if dim == "time" and time is not None:
                part = time_slice(time, wanted[dim])
                values, time = values[..., part], time[part]
                flags = None if flags is None else flags[..., part]
                continue
            found, single = find_codes(dim, codes[dim], self.labels.get(dim, {}), wanted[dim])
            values = _pick(values, axis, found, single)
            flags = None if flags is None else _pick(flags, axis, found, single)
            for name, fact in facts.items():
                if isinstance(fact, np.ndarray):
                    alike = fact.shape[axis] == 1
                    facts[name] = _pick(fact, axis, np.zeros(1, np.intp) if alike else found, single)
            if single:
                chosen[dim] = codes.pop(dim)[int(found[0])]
                labels.pop(dim, None)
            else:
                codes[dim] = tuple(codes[dim][i] for i in found)
                kept = set(codes[dim])
                labels[dim] = {code: word for code, word in labels.get(dim, {}).items() if code in kept}
                axis += 1
        return self._but(
            dims=tuple(dim for dim in self.dims if dim not in chosen),
            codes=codes,
            time=time,
            values=values,
            flags=flags if flags is not None and flags.any() else None,
            labels=labels,
            **placed_facts(selected(self.attrs, chosen), facts, False),
        )

    def scaled(self) -> Self:
        """Values in the unit itself: multiplied by ``10 ** multiplier``, series by series; `multiplier` is then 0.

        What was rounded to tens or more after that has unknown (-1) `decimals`.

        Returns
        -------
        Cube

        Examples
        --------
        >>> from indicia import Cube
        >>> cube = Cube(["geo"], {"geo": ["CN", "DE"]}, None, [1.5, 30.0], unit="EUR", multiplier=[3, 2])
        >>> cube.scaled().values
        array([1500., 3000.])
        """
        power = self.multiplier
        if power is None or (isinstance(power, int) and power == 0):
            return self._but(multiplier=0)
        if isinstance(power, np.ndarray) and self.time is not None:
            power = power[..., None]
        return self._but(
            values=times_power(self.values, power),
            multiplier=0,
            decimals=scaled_decimals(self.decimals, self.multiplier),
        )

    # ---- arithmetic

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ifloordiv__ = __imod__ = __ipow__ = _not_in_place
    __iand__ = __ior__ = __ixor__ = __ilshift__ = __irshift__ = __imatmul__ = _not_in_place
    __eq__ = Labelled.__eq__
    __ne__ = Labelled.__ne__
    __hash__ = Labelled.__hash__

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return compute(ufunc, method, inputs, kwargs)

    # ---- other forms

    def to_observations(self) -> Observations:
        """The same in long form: a row for every cell with a value, or without one but with a reason (flags).

        Returns
        -------
        Observations
            Rows in the order of the array, time running fastest.

        Examples
        --------
        >>> from indicia import Cube
        >>> cube = Cube.from_arrays([[1.0, float("nan")]], ["geo", "time"], {"geo": ["CN"], "time": ["2022", "2023"]})
        >>> cube.to_observations().to_pandas()
          geo  time  value
        0  CN  2022    1.0
        """
        from indicia._dense import to_observations

        return to_observations(self)

    def to_pandas(self) -> pandas.DataFrame:
        """A wide frame: periods as rows, one column per series.

        Returns
        -------
        pandas.DataFrame
            Rows are a PeriodIndex (half-years as ``period[6M]``). Columns are the codes of the one dimension, or a
            MultiIndex of the codes of all (those with a single code too: `sel` drops them). A cube of time alone has
            one column, ``value``. A cube without time has one row per cell and the column ``value``. Flags don't
            come along: ``to_observations().to_pandas()`` has them.

        Examples
        --------
        >>> from indicia import Cube
        >>> cube = Cube.from_arrays([[1.0, 2.0]], ["geo", "time"], {"geo": ["CN"], "time": ["2022-Q4", "2023-Q1"]})
        >>> cube.to_pandas().loc["2023Q1", "CN"]
        np.float64(2.0)
        """
        from indicia.interop import cube_to_pandas

        return cube_to_pandas(self)

    @classmethod
    def from_pandas(
        cls,
        frame: pandas.DataFrame | pandas.Series[Any],
        *,
        dims: Sequence[str] | None = None,
        value: str = "value",
        time: str | None = "time",
        flags: str | None = "flags",
        freq: str | None = None,
        **facts: Any,
    ) -> Self:
        """A cube of a frame, wide or long.

        Parameters
        ----------
        frame : pandas.DataFrame or pandas.Series
            Wide: rows are periods (a PeriodIndex, a DatetimeIndex, or texts such as ``"2023-Q1"``), columns are codes
            or a MultiIndex of codes. Long: if it has a column (or Series: is indexed) as `value` says; then as
            `Observations.from_pandas` reads it.
        dims : sequence of str, optional
            Names of the dimensions: the levels of the columns of a wide frame (else their own names, or ``series`` for
            a single level without one), the columns of a long one.
        value, time, flags : str
            The columns of a long frame.
        freq : str, optional
            The frequency of dates, if it can't be inferred; of a long frame with several, the one to take.
        **facts
            ``labels``, ``attrs``, ``unit``, ``multiplier``, ``decimals``, as `Cube` takes them.

        Returns
        -------
        Cube

        Examples
        --------
        >>> import pandas as pd
        >>> from indicia import Cube
        >>> frame = pd.DataFrame({"CN": [1.0, 2.0]}, index=pd.period_range("2022Q4", periods=2, freq="Q"))
        >>> Cube.from_pandas(frame, dims=["geo"]).dims
        ('geo', 'time')
        """
        from indicia.interop import cube_from_pandas, has_dates, is_long

        if is_long(frame, value):
            from indicia.observations import Observations

            said = freq if has_dates(frame, time) else None
            long = Observations.from_pandas(frame, value=value, time=time, flags=flags, dims=dims, freq=said)
            return cls(**{**long.to_cube(freq)._state(), **facts})
        return cls(**cube_from_pandas(frame, dims=dims, freq=freq), **facts)

    def to_xarray(self, *, time: TimeForm = "period") -> xarray.DataArray:
        """An xarray DataArray: codes and periods as coordinates, ``flags`` as one more.

        Parameters
        ----------
        time : {"period", "start", "end", "text"}
            Time as a PeriodIndex, as dates of first or last days, or as texts. Each can be read back.

        Returns
        -------
        xarray.DataArray
            `attrs` as they are, with ``unit``, ``multiplier`` and ``decimals`` among them, or as coordinates along the
            dimensions that they vary with (under a trailing underscore if a dimension has the name). Labels of ``geo``
            are the coordinate ``geo_label``. Files of netCDF want dates: ``time="start"``.

        Examples
        --------
        >>> from indicia import Cube
        >>> cube = Cube.from_arrays([[1.0, 2.0]], ["geo", "time"], {"geo": ["CN"], "time": ["2022-Q4", "2023-Q1"]})
        >>> float(cube.to_xarray().sum())
        3.0
        >>> Cube.from_xarray(cube.to_xarray()) == cube
        True
        """
        from indicia.interop import cube_to_xarray

        return cube_to_xarray(self, time=time)

    @classmethod
    def from_xarray(
        cls, array: xarray.DataArray, *, time: str | None = "time", freq: str | None = None, **facts: Any
    ) -> Self:
        """A cube of an xarray DataArray whose dimensions all have coordinates.

        Parameters
        ----------
        array : xarray.DataArray
            Codes are str; time is a PeriodIndex, dates, or texts. Gaps in time are filled with NaN. A coordinate
            ``flags`` becomes the flags.
        time : str or None
            The dimension that is time, if the array has it. None: there is none.
        freq : str, optional
            The frequency of dates, if it can't be inferred.
        **facts
            ``labels``, ``attrs``, ``unit``, ``multiplier``, ``decimals``, instead of what the array says.

        Returns
        -------
        Cube

        Examples
        --------
        >>> import xarray as xr
        >>> from indicia import Cube
        >>> array = xr.DataArray([1.0, 2.0], dims=["geo"], coords={"geo": ["CN", "DE"]}, attrs={"unit": "EUR"})
        >>> Cube.from_xarray(array).unit
        'EUR'
        """
        from indicia.interop import cube_from_xarray

        return cls(**{**cube_from_xarray(array, time=time, freq=freq), **facts})

    @classmethod
    def from_arrow(cls, table: Any, *, freq: str | None = None, **options: Any) -> Self:
        """A cube of a long table that speaks the Arrow stream protocol: pyarrow, polars, duckdb; needs pyarrow.

        Parameters
        ----------
        table : object with ``__arrow_c_stream__``
        freq : str, optional
            The frequency to take, where there are several.
        **options
            As `Observations.from_arrow` takes them.

        Returns
        -------
        Cube

        Examples
        --------
        >>> import polars as pl
        >>> from indicia import Cube
        >>> Cube.from_arrow(pl.DataFrame({"geo": ["CN"], "time": ["2023"], "value": [1.0]})).shape
        (1, 1)
        """
        from indicia.observations import Observations

        return cls(**Observations.from_arrow(table, **options).to_cube(freq)._state())


def _pick(array: npt.NDArray[Any], axis: int, found: npt.NDArray[np.intp], single: bool) -> npt.NDArray[Any]:
    """Some places of an axis: a view where they are neighbours."""
    head: tuple[Any, ...] = (slice(None),) * axis
    if single:
        return array[(*head, int(found[0]))] if array.ndim > 1 else array[found[0] : found[0] + 1].reshape(())
    if len(found) and (np.diff(found) == 1).all():
        return array[(*head, slice(int(found[0]), int(found[-1]) + 1))]
    return array.take(found, axis=axis)
