"""What can go wrong, with its place."""

from __future__ import annotations

from typing import Any

__all__ = ["DataWarning", "DuplicateError", "FormatError", "LimitError", "UnsupportedFormatError"]


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
    """The bytes are not what their format says."""


class LimitError(_Placed, ValueError):
    """A size lies beyond a limit; ``limits=`` moves it."""


class UnsupportedFormatError(_Placed, ValueError):
    """Understood, but not read by indicia."""


class DuplicateError(ValueError):
    """Two rows are for the same cell. ``rows`` are their numbers, from 0, the offending one last."""

    def __init__(self, message: str = "", rows: tuple[int, int] = (-1, -1)) -> None:
        super().__init__(message)
        self.rows = rows

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.rows)


class DataWarning(UserWarning):
    """The data were read, but something in them wants attention."""
