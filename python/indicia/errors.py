"""What can go wrong, with its place."""

from __future__ import annotations

from typing import Any

__all__ = [
    "DataWarning",
    "DuplicateError",
    "FormatError",
    "LedgerError",
    "LimitError",
    "UnknownNameError",
    "UnsupportedFormatError",
]


class _Placed(Exception):
    """An error that knows file, line (from 1), column (from 1, in characters), byte offset and format."""

    def __init__(
        self,
        message: str = "",
        *,
        path: Any = None,
        line: int = 0,
        column: int = 0,
        offset: int = 0,
        format: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column
        self.offset = offset
        self.format = format

    def __str__(self) -> str:
        place = [str(self.path)] if self.path is not None else []
        if self.line:
            place.append(f"line {self.line}" + (f", column {self.column}" if self.column else ""))
        text = ": ".join([*place, self.message])
        return f"{text} ({self.format})" if self.format else text

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.message, self.__dict__.copy())


def _restore(cls: type[Any], message: str, state: dict[str, Any]) -> Any:
    error = cls(message)
    error.__dict__.update(state)
    return error


class FormatError(_Placed, ValueError):
    """The bytes are not what their format says.

    ``.line`` and ``.column`` (in characters) count from 1, ``.offset`` (in bytes) from 0; 0 is "no place". ``.path`` is
    what was read and ``.format`` the name of its format, each None where there is none.

    Examples
    --------
    >>> import indicia
    >>> try:
    ...     indicia.parse_numbers(["1.5", "abc"])
    ... except indicia.FormatError as error:
    ...     print(error)
    element 1: "abc" is no number
    """


class LimitError(_Placed, ValueError):
    r"""A size lies beyond a limit; ``limits=`` moves it. Has the places of a `FormatError`.

    Examples
    --------
    >>> import indicia
    >>> text = b"geo\\time\t2021 \t2022 \t2023 \nDE\t1.5 \t1.6 \t1.7 \n"
    >>> try:
    ...     indicia.read_cube(text, limits={"cells": 2})
    ... except indicia.LimitError as error:
    ...     print(error)
    line 1, column 1: the periods of the head row span 3; limits={"cells": ...} allows more than 2 (eurostat-tsv)
    """


class UnsupportedFormatError(_Placed, ValueError):
    """Understood, but not read by indicia; has the places of a `FormatError`.

    Examples
    --------
    >>> import indicia
    >>> try:
    ...     indicia.parse_periods(["2023-01-01"], freq="H")
    ... except indicia.UnsupportedFormatError as error:
    ...     print(error)
    element 0: '2023-01-01' under freq='H' is a period that none of A S Q M W D can hold
    """


class LedgerError(_Placed, ValueError):
    """A ledger says something that has no meaning. ``.path``, ``.line`` and ``.column`` say where; 0 is "no place".

    Examples
    --------
    >>> import indicia
    >>> try:
    ...     indicia.read_ledger({"quantities": {"gdp": {"said": "more than"}}})
    ... except indicia.LedgerError as error:
    ...     print(error)
    quantities.gdp.said: 'more than' has no number
    """


class DuplicateError(ValueError):
    """Two rows are for the same cell. ``rows`` are their numbers, from 0, the offending one last.

    Examples
    --------
    >>> import indicia
    >>> twice = indicia.Observations.from_arrays({"geo": ["CN", "CN"]}, time=["2023", "2023"], values=[1.0, 2.0])
    >>> try:
    ...     twice.to_cube()
    ... except indicia.DuplicateError as error:
    ...     print(error.rows)
    (0, 1)
    >>> twice.to_cube(duplicates="last").values
    array([[2.]])
    """

    def __init__(self, message: str = "", rows: tuple[int, int] = (-1, -1)) -> None:
        super().__init__(message)
        self.rows = rows

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.rows)


class UnknownNameError(KeyError):
    """A dimension, code or column that is not there; the message names the nearest ones.

    Examples
    --------
    >>> import indicia
    >>> obs = indicia.Observations.from_arrays({"geo": ["CN", "DE"]}, time=["2023", "2023"], values=[1.0, 2.0])
    >>> try:
    ...     obs.sel(geo="CH")
    ... except indicia.UnknownNameError as error:
    ...     print(error)
    no code 'CH' in 'geo'; there are 'CN', 'DE'
    """

    def __str__(self) -> str:  # KeyError shows the repr of its message
        return str(self.args[0]) if self.args else ""


class DataWarning(UserWarning):
    r"""The data were read, but something in them wants attention.

    Examples
    --------
    >>> import indicia, warnings
    >>> text = b"DATAFLOW,FREQ,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),W,2023-W01,1\nX:Y(1.0),W,2023-W99,2\n"
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always", indicia.DataWarning)
    ...     obs = indicia.read_observations(text)
    >>> print(caught[0].message)
    1 observations have a period that is on no calendar: 2023-W99 (1)
    """
