"""`Observations`: statistics in long form, one row per observation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt

from indicia import _core
from indicia._facts import SERIES, scaled_decimals, series_fact, times_power
from indicia._labels import (
    RESERVED,
    Codes,
    Labelled,
    Positions,
    checked_codes,
    checked_labels,
    checked_positions,
    dim_names,
    encode,
    find_dims,
    flag_bits,
    floats,
    free_name,
    frozen,
    renamed_mapping,
)
from indicia._times import freqs_of, periods_of
from indicia.config import get_threads

if TYPE_CHECKING:
    import pandas
    import polars

    from indicia.cube import Cube
    from indicia.periods import Periods

__all__ = ["Observations"]

Duplicates = Literal["error", "first", "last", "sum"]
MAX_CELLS = 1 << 30


class Observations(Labelled):
    """Statistics in long form: one row per observation, whatever the size of the whole.

    Immutable. The arrays are read-only views of those given (they are not copied: don't write to them afterwards);
    `copy` gives arrays of its own that may be written to. A dimension that is called ``value``, ``flags`` or ``time``
    without being it is given a trailing underscore.

    Parameters
    ----------
    dims : sequence of str
        Names of the dimensions; ``"time"`` is the last one if there is time.
    codes : mapping of str to sequence of str
        The codes of each dimension other than time, all different. Codes are strings, always.
    positions : mapping of str to array of int, shape (n,)
        For each dimension other than time and each row, where its code stands in ``codes``.
    time : Periods or None
        One period per row; frequencies may be mixed.
    values : array of float, shape (n,)
        NaN is missing.
    flags : array of int, shape (n,), optional
        Bits of `Flag`: what is known about a value, or why there is none.
    labels : mapping of str to mapping of str to str, optional
        For a dimension, words for its codes.
    attrs : mapping, optional
        Title, source, last update, notes.
    unit : str or array of str, optional
        One unit, or one per series; series are numbered by first appearance (`series_index`).
    multiplier : int or array of int, optional
        The power of ten that values must be multiplied by to be in `unit`.
    decimals : int or array of int, optional
        Digits after the mark that the source prints; -1 unknown.
    attributes : mapping of str to (positions, codes), optional
        Further columns of text by row; a position equal to ``len(codes)`` is none.

    Attributes
    ----------
    dims, codes, positions, time, values, flags, labels, attrs, unit, multiplier, decimals, attributes
        As above: ``codes[dim]`` is a tuple, ``positions[dim]`` as narrow as fits, ``flags`` uint32 or None where no
        row has any.

    See Also
    --------
    Cube : the same as a dense array.

    Examples
    --------
    >>> from indicia import Observations
    >>> obs = Observations.from_arrays(
    ...     {"geo": ["CN", "CN", "DE"]}, time=["2022", "2023", "2023"], values=[1.0, 2.0, 3.0], unit="EUR")
    >>> len(obs), obs.dims, obs.codes["geo"], obs.freqs
    (3, ('geo', 'time'), ('CN', 'DE'), ('A',))
    >>> obs.to_cube().values
    array([[ 1.,  2.],
           [nan,  3.]])
    """

    __slots__ = ("attributes", "positions")
    _fields: ClassVar[tuple[str, ...]] = (*Labelled._fields, "positions", "attributes")

    positions: Mapping[str, Positions]
    attributes: Mapping[str, tuple[Positions, Codes]]

    def __init__(  # noqa: PLR0917 (the order of the fields)
        self,
        dims: Sequence[str],
        codes: Mapping[str, Sequence[str]],
        positions: Mapping[str, npt.ArrayLike],
        time: Periods | None,
        values: npt.ArrayLike,
        flags: npt.ArrayLike | None = None,
        *,
        labels: Mapping[str, Mapping[str, str]] | None = None,
        attrs: Mapping[str, Any] | None = None,
        unit: Any = None,
        multiplier: Any = None,
        decimals: Any = None,
        attributes: Mapping[str, tuple[npt.ArrayLike, Sequence[str]]] | None = None,
    ) -> None:
        from indicia.periods import Periods

        if time is not None and not isinstance(time, Periods):
            raise TypeError(f"time is a Periods, not {type(time).__name__}; from_arrays() reads texts")
        names, renamed = dim_names(dims, time is not None)
        codes = renamed_mapping("codes", codes, renamed)
        positions = renamed_mapping("positions", positions, renamed)
        numbers = floats(values)
        if numbers.ndim != 1:
            raise ValueError(f"values have one axis, not {numbers.ndim}")
        n = len(numbers)
        if time is not None and len(time) != n:
            raise ValueError(f"{len(time)} periods for {n} values")
        rows: dict[str, Positions] = {}
        words: dict[str, Codes] = {}
        for dim in renamed.values():
            if dim not in codes or dim not in positions:
                raise ValueError(f"dimension {dim!r} has no {'codes' if dim not in codes else 'positions'}")
            words[dim] = checked_codes(dim, codes[dim])
            rows[dim] = checked_positions(dim, positions[dim], n, len(words[dim]))
        fields: dict[str, Any] = {
            "dims": names,
            "codes": words,
            "positions": rows,
            "time": time,
            "values": numbers,
            "flags": flag_bits(flags, numbers.shape),
            "labels": checked_labels(labels, renamed),
            "attrs": attrs,
        }
        columns: dict[str, tuple[Positions, Codes]] = {}
        for name, (where, texts) in (attributes or {}).items():
            free = free_name(name, [*RESERVED, *names, *columns])
            some_codes = checked_codes(name, texts)
            columns[free] = (checked_positions(name, where, n, len(some_codes) + 1), some_codes)
        fields["attributes"] = columns
        self._fill(fields)
        for name, given in zip(SERIES, (unit, multiplier, decimals), strict=True):
            shape = self._series_shape() if not (given is None or isinstance(given, str | int)) else ()
            object.__setattr__(self, name, series_fact(name, given, shape))

    def _fill(self, fields: Mapping[str, Any]) -> None:
        super()._fill(fields)
        rows = {dim: frozen(fields["positions"][dim]) for dim in self.codes}
        columns = {name: (frozen(p), tuple(c)) for name, (p, c) in (fields.get("attributes") or {}).items()}
        object.__setattr__(self, "positions", MappingProxyType(rows))
        object.__setattr__(self, "attributes", MappingProxyType(columns))

    @classmethod
    def from_arrays(
        cls,
        columns: Mapping[str, Sequence[str]],
        values: npt.ArrayLike,
        *,
        time: Any = None,
        flags: npt.ArrayLike | None = None,
        codes: Mapping[str, Sequence[str]] | None = None,
        freq: str | None = None,
        **facts: Any,
    ) -> Self:
        """Observations of columns of texts.

        Parameters
        ----------
        columns : mapping of str to sequence of str
            For each dimension, the code of every row.
        values : array of float
        time : Periods or sequence of str, optional
            The period of every row; texts such as ``"2023-Q1"``.
        flags : array of int, optional
        codes : mapping of str to sequence of str, optional
            The codes of a dimension in their order, present or not. Else by first appearance.
        freq : str, optional
            Where the texts of `time` are only start dates, the frequency that they mean.
        **facts
            ``labels``, ``attrs``, ``unit``, ``multiplier``, ``decimals``, as `Observations` takes them.

        Returns
        -------
        Observations

        Examples
        --------
        >>> from indicia import Observations
        >>> obs = Observations.from_arrays({"geo": ["DE", "CN"]}, [1.0, 2.0], codes={"geo": ["CN", "DE"]})
        >>> obs.codes["geo"], obs.positions["geo"]
        (('CN', 'DE'), array([1, 0], dtype=uint8))
        """
        declared = {dim: checked_codes(dim, words) for dim, words in (codes or {}).items()}
        encoded = {dim: encode(texts, repr(dim), declared.get(dim)) for dim, texts in columns.items()}
        dims, renamed = dim_names([*columns, *(["time"] if time is not None else [])], time is not None)
        return cls(
            dims,
            {renamed[dim]: words for dim, (_, words) in encoded.items()},
            {renamed[dim]: where for dim, (where, _) in encoded.items()},
            None if time is None else periods_of(time, freq),
            values,
            flags,
            **facts,
        )

    # ---- shape

    def __len__(self) -> int:
        return len(self.values)

    @property
    def freqs(self) -> tuple[str, ...]:
        """The letters of the frequencies that occur, sorted; empty without time.

        Examples
        --------
        >>> from indicia import Observations
        >>> Observations.from_arrays({}, [1.0, 2.0], time=["2023", "2023-Q1"]).freqs
        ('A', 'Q')
        """
        return () if self.time is None else freqs_of(self.time)

    def series_index(self) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
        """The number of the series of each row, and the first row of each series.

        A series is one key of the dimensions other than time; series are numbered by first appearance.

        Returns
        -------
        index : ndarray of int, shape (n,)
        first : ndarray of int64, shape (number of series,)

        Examples
        --------
        >>> from indicia import Observations
        >>> obs = Observations.from_arrays({"geo": ["DE", "DE", "CN"]}, [1.0, 2.0, 3.0], time=["2022", "2023", "2023"])
        >>> index, first = obs.series_index()
        >>> index.tolist(), first.tolist()
        ([0, 0, 1], [0, 2])
        """
        if not self.positions:
            return np.zeros(len(self), np.int32), np.zeros(min(len(self), 1), np.int64)
        return _core.series_index(tuple(self.positions.values()), self._sizes(), threads=get_threads())

    def _sizes(self) -> tuple[int, ...]:
        return tuple(len(self.codes[dim]) for dim in self.positions)

    def _series_shape(self) -> tuple[int, ...]:
        return (len(self.series_index()[1]),)

    def _key(self, row: int) -> str:
        """The key of a row in words."""
        words = [f"{dim}={self.codes[dim][int(self.positions[dim][row])]!r}" for dim in self.positions]
        if self.time is not None:
            words.append(f"time={self.time[int(row)]}")
        return ", ".join(words) or "the whole"

    def _take(self, rows: Any, **changes: Any) -> Self:
        """The rows of a mask, a slice or an index array."""
        from indicia._rows import take

        return take(self, rows, changes)

    def sel(self, indexers: Mapping[str, Any] | None = None, /, **named: Any) -> Self:
        """The rows of some codes and periods.

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
        Observations

        Raises
        ------
        KeyError
            For a dimension or code that isn't there; the message names the nearest ones.

        Examples
        --------
        >>> from indicia import Observations
        >>> obs = Observations.from_arrays(
        ...     {"geo": ["CN", "DE", "CN"]}, [1.0, 2.0, 3.0], time=["2022", "2022", "2023"])
        >>> china = obs.sel(geo="CN", time=("2023", None))
        >>> china.dims, china.values, china.attrs
        (('time',), array([3.]), {'selected': {'geo': 'CN'}})
        """
        from indicia._rows import sel

        return sel(self, find_dims(self.dims, indexers, named))

    def scaled(self) -> Self:
        """Values in the unit itself: multiplied by ``10 ** multiplier``, series by series; `multiplier` is then 0.

        What was rounded to tens or more after that has unknown (-1) `decimals`.

        Returns
        -------
        Observations

        Examples
        --------
        >>> from indicia import Observations
        >>> obs = Observations.from_arrays({"geo": ["CN", "DE"]}, [1.5, 30.0], unit="EUR", multiplier=[3, 2])
        >>> obs.scaled().values
        array([1500., 3000.])
        """
        if self.multiplier is None or (isinstance(self.multiplier, int) and self.multiplier == 0):
            return self._but(multiplier=0)
        index = self.series_index()[0]
        power = self.multiplier[index] if isinstance(self.multiplier, np.ndarray) else self.multiplier
        return self._but(
            values=times_power(self.values, power),
            multiplier=0,
            decimals=scaled_decimals(self.decimals, self.multiplier),
        )

    # ---- other forms

    def to_cube(
        self,
        freq: str | None = None,
        *,
        duplicates: Duplicates = "error",
        span: tuple[str | None, str | None] | Periods | None = None,
        max_cells: int = MAX_CELLS,
    ) -> Cube:
        """The same as a dense array: all codes, and a time axis without gaps.

        Parameters
        ----------
        freq : str, optional
            The frequency to take, where there are several.
        duplicates : {"error", "first", "last", "sum"}
            What to do where two rows have the same key. The flags of a sum are the union of its parts'.
        span : (first, last) or Periods, optional
            The periods of the time axis; rows outside are left out. Else from the first period that occurs to the last.
        max_cells : int
            The largest array to make.

        Returns
        -------
        Cube
            NaN where there is no row.

        Raises
        ------
        ValueError
            For several frequencies without `freq`, and for duplicates, naming both rows.
        LimitError
            For more than `max_cells` cells.

        Examples
        --------
        >>> from indicia import Observations
        >>> obs = Observations.from_arrays({"geo": ["CN", "CN"]}, [1.0, 3.0], time=["2021", "2023"])
        >>> obs.to_cube().values
        array([[ 1., nan,  3.]])
        """
        from indicia._dense import to_cube

        return to_cube(self, freq, duplicates=duplicates, span=span, max_cells=max_cells)

    def to_cubes(self, *, duplicates: Duplicates = "error") -> dict[str, Cube]:
        """One cube per frequency.

        Parameters
        ----------
        duplicates : {"error", "first", "last", "sum"}

        Returns
        -------
        dict of str to Cube

        Examples
        --------
        >>> from indicia import Observations
        >>> obs = Observations.from_arrays({}, [1.0, 2.0, 3.0], time=["2022", "2023", "2023-Q1"])
        >>> {freq: cube.shape for freq, cube in obs.to_cubes().items()}
        {'A': (2,), 'Q': (1,)}
        """
        if self.time is None:
            raise ValueError("observations without time have no frequency; to_cube() makes their cube")
        return {freq: self.to_cube(freq, duplicates=duplicates) for freq in self.freqs}

    def to_pandas(
        self,
        *,
        time: Literal["text", "period", "start", "end"] = "text",
        flags: Literal["bits", "text"] | None = "bits",
    ) -> pandas.DataFrame:
        """A long frame: one column per dimension, then ``time``, ``value``, ``flags`` and the attributes.

        Parameters
        ----------
        time : {"text", "period", "start", "end"}
            Periods as a category of texts (in chronological order), as pandas periods (one frequency; half-years as
            ``period[6M]``), or as the date of their first or last day.
        flags : {"bits", "text"} or None
            The column ``flags``, if any row has flags: bits of `Flag`, or their names (``"BREAK|ESTIMATED"``).

        Returns
        -------
        pandas.DataFrame
            Dimensions are categories of str: all codes, in their order.

        Examples
        --------
        >>> from indicia import Observations
        >>> obs = Observations.from_arrays({"geo": ["CN", "DE"]}, [1.0, 2.0], time=["2023", "2023"], flags=[4, 1])
        >>> obs.to_pandas(flags="text")
          geo  time  value      flags
        0  CN  2023    1.0  ESTIMATED
        1  DE  2023    2.0      BREAK
        """
        from indicia.interop import observations_to_pandas

        return observations_to_pandas(self, time=time, flags=flags)

    @classmethod
    def from_pandas(
        cls,
        frame: pandas.DataFrame | pandas.Series[Any],
        *,
        value: str = "value",
        time: str | None = "time",
        flags: str | None = "flags",
        dims: Sequence[str] | None = None,
        attributes: Sequence[str] = (),
        freq: str | None = None,
        **facts: Any,
    ) -> Self:
        """Observations of a long frame.

        Parameters
        ----------
        frame : pandas.DataFrame or pandas.Series
            Named levels of its index are columns like the others.
        value : str
            The column of values; NA is NaN.
        time : str or None
            The column of periods, if the frame has it: texts, pandas periods, dates (with `freq`), or whole years as
            integers. None: there is none.
        flags : str or None
            The column of flags, if the frame has it: bits, or texts such as ``"BREAK|ESTIMATED"``.
        dims : sequence of str, optional
            The columns that are dimensions; else all others. They hold str; a category keeps its order.
        attributes : sequence of str
            Columns of text that describe a row without being part of its key.
        freq : str, optional
            The frequency of dates, or of texts that are only start dates.
        **facts
            ``labels``, ``attrs``, ``unit``, ``multiplier``, ``decimals``, as `Observations` takes them.

        Returns
        -------
        Observations

        Examples
        --------
        >>> import pandas as pd
        >>> from indicia import Observations
        >>> frame = pd.DataFrame({"geo": ["01", "NA"], "time": ["2023-Q1", "2023-Q2"], "value": [1.0, 2.0]})
        >>> Observations.from_pandas(frame).codes["geo"]
        ('01', 'NA')
        """
        from indicia.interop import observations_from_pandas

        fields = observations_from_pandas(
            frame, value=value, time=time, flags=flags, dims=dims, attributes=attributes, freq=freq
        )
        return cls(**fields, **facts)

    def to_polars(self) -> polars.DataFrame:
        """A polars frame: dimensions and time as categories, ``value``, ``flags`` and the attributes.

        Returns
        -------
        polars.DataFrame

        Examples
        --------
        >>> from indicia import Observations
        >>> obs = Observations.from_arrays({"geo": ["CN", "DE"]}, [1.0, 2.0], time=["2023", "2023"])
        >>> obs.to_polars().columns
        ['geo', 'time', 'value']
        """
        from indicia.interop import observations_to_polars

        return observations_to_polars(self)

    @classmethod
    def from_arrow(
        cls,
        table: Any,
        *,
        value: str = "value",
        time: str | None = "time",
        flags: str | None = "flags",
        dims: Sequence[str] | None = None,
        attributes: Sequence[str] = (),
        freq: str | None = None,
        **facts: Any,
    ) -> Self:
        """Observations of anything that speaks the Arrow stream protocol: pyarrow, polars, duckdb; needs pyarrow.

        Parameters
        ----------
        table : object with ``__arrow_c_stream__``
        value, time, flags, dims, attributes, freq, **facts
            As in `from_pandas`.

        Returns
        -------
        Observations

        Examples
        --------
        >>> import polars as pl
        >>> from indicia import Observations
        >>> frame = pl.DataFrame({"geo": ["01", "NA"], "time": ["2023-Q1", "2023-Q2"], "value": [1.0, None]})
        >>> Observations.from_arrow(frame).values
        array([ 1., nan])
        """
        from indicia.interop import observations_from_arrow

        fields = observations_from_arrow(
            table, value=value, time=time, flags=flags, dims=dims, attributes=attributes, freq=freq
        )
        return cls(**fields, **facts)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """An Arrow stream of the rows: texts as dictionaries, values as float64 (NaN is null), flags as uint32."""
        from indicia.interop import observations_stream

        return observations_stream(self)

    def equals(self, other: object) -> bool:
        """Whether two hold the same rows in the same order; see `Cube.equals` for what counts.

        Parameters
        ----------
        other : object

        Returns
        -------
        bool

        Examples
        --------
        >>> from indicia import Observations
        >>> one = Observations.from_arrays({"geo": ["CN"]}, [1.0])
        >>> one.equals(one.copy())
        True
        """
        if not isinstance(other, Observations) or not super().equals(other):
            return False
        if self.attributes.keys() != other.attributes.keys():
            return False
        mine = [*self.positions.values(), *(where for where, _ in self.attributes.values())]
        theirs = [other.positions[dim] for dim in self.positions]
        for name, (_, words) in self.attributes.items():
            where, others = other.attributes[name]
            if words != others:
                return False
            theirs.append(where)
        return all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True))
