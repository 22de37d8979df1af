"""What the writers of all formats share: marks as letters and names, columns for the core, checks, warnings."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from indicia import _core
from indicia._facts import SERIES
from indicia._labels import some
from indicia.cube import Cube
from indicia.errors import DataWarning, FormatError
from indicia.flags import Flag
from indicia.observations import Observations

__all__ = [
    "LETTERS",
    "along",
    "as_cube",
    "chunks",
    "coded",
    "figures",
    "lost",
    "mark_text",
    "marks",
    "narrowed",
    "packed",
    "plain_text",
    "refuse_infinite",
    "rows_of_facts",
    "time_by_mistake",
]

CHUNK = 1 << 16  # rows at a time

# Letters that readers turn into the same bit: those of CL_OBS_STATUS, and Eurostat's where there is none.
LETTERS = {
    **{Flag.BREAK: "B", Flag.DEFINITION_DIFFERS: "D", Flag.ESTIMATED: "E", Flag.FORECAST: "F", Flag.IMPUTED: "I"},
    **{Flag.PROVISIONAL: "P", Flag.REVISED: "r", Flag.LOW_RELIABILITY: "U", Flag.NOT_SIGNIFICANT: "N"},
    **{Flag.CONFIDENTIAL: "C", Flag.EXPERIMENTAL: "G", Flag.DEROGATION: "J", Flag.INCLUDED_ELSEWHERE: "K"},
    **{Flag.INCLUDES_OTHER: "W", Flag.UNVALIDATED: "V", Flag.STRIKE: "S", Flag.NOT_AVAILABLE: "O"},
    **{Flag.NOT_APPLICABLE: "M", Flag.NOT_COLLECTED: "L", Flag.SUPPRESSED: "Q"},
}
_KNOWN = sum(Flag)

Column: TypeAlias = Any  # what _core.join_rows takes


# ---- marks ----------------------------------------------------------------------------------------------------------


def mark_text(bits: int, *, most: int = len(LETTERS)) -> str:
    """Flags as readers take them back: letters, and behind them the names of those that have none.

    Names alone, where there would be more than `most` letters.

    Examples
    --------
    >>> from indicia import Flag
    >>> from indicia._write_common import mark_text
    >>> mark_text(Flag.BREAK | Flag.PROVISIONAL), mark_text(Flag.BREAK | Flag.JOINT), mark_text(Flag.OTHER)
    ('BP', 'B;JOINT', 'OTHER')
    """
    if bits & ~_KNOWN:
        raise ValueError(f"flags: the bits {bits & ~_KNOWN:#x} are none of indicia.Flag, and have no name to write")
    short = "".join(letter for flag, letter in LETTERS.items() if bits & flag)
    short = short if len(short) <= most else ""
    names = [str(flag.name) for flag in Flag if bits & flag and not (short and flag in LETTERS)]
    return ";".join([short, *names] if short else names)


def marks(bits: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[Any], list[int]]:
    """Positions of the different flag sets, and these."""
    found, where = np.unique(bits, return_inverse=True)
    return narrowed(where, len(found)), [int(one) for one in found]


# ---- columns --------------------------------------------------------------------------------------------------------


def narrowed(positions: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """Positions below `size` as the core takes them."""
    if positions.dtype in (np.uint8, np.uint16, np.uint32):
        return positions
    return positions.astype(np.uint8 if size <= 1 << 8 else np.uint16 if size <= 1 << 16 else np.uint32)


def packed(texts: Iterable[str]) -> tuple[bytes, npt.NDArray[np.int64]]:
    """Texts one behind the other, and where each begins."""
    pieces = [text.encode() for text in texts]
    ends = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum([len(piece) for piece in pieces], out=ends[1:])
    return b"".join(pieces), ends


def coded(positions: npt.NDArray[Any], texts: Sequence[str]) -> Column:
    """A column of texts by position."""
    return (narrowed(positions, len(texts)), *packed(texts))


def figures(
    values: npt.NDArray[Any], decimals: Any, none: str, places: Any = None, texts: Sequence[str] = ()
) -> Column:
    """A column of figures; `none` stands for NaN, and ``texts[k - 1]`` wherever `places` is k > 0."""
    fewest = int(max(decimals, 0)) if np.ndim(decimals) == 0 else decimals
    return (values, fewest, places, *packed([none, *texts]))


def chunks(columns: Sequence[Column], n: int) -> Iterator[tuple[bytes, int]]:
    """The joined rows, some at a time, and how many there are so far."""
    for start in range(0, n, CHUNK):
        stop = min(start + CHUNK, n)
        yield _core.join_rows(tuple(columns), start, stop), stop


# ---- facts ----------------------------------------------------------------------------------------------------------


def along(fact: Any) -> int | None:
    """The one axis along which a cube's fact varies; -1 for several, None for none."""
    if not isinstance(fact, np.ndarray):
        return None
    axes = [axis for axis, n in enumerate(fact.shape) if n > 1]
    return axes[0] if len(axes) == 1 else -1


def rows_of_facts(cube: Cube) -> Any:
    """The decimals of every cell, at least 0: one value, or an array of all cells in a row."""
    fact = cube.decimals
    if not isinstance(fact, np.ndarray):
        return max(fact or 0, 0)
    fact = np.maximum(fact, 0).astype(np.int8)
    if cube.time is not None:
        fact = fact[..., None]
    return np.ascontiguousarray(np.broadcast_to(fact, cube.shape)).reshape(-1)


# ---- checks ---------------------------------------------------------------------------------------------------------


def plain_text(what: str, text: str, refused: str = "\0") -> str:
    """The text, unless it is none that a file of this format can hold."""
    for mark in refused:
        if mark in text:
            raise ValueError(f"{what} {text!r}: the format has no way to write {mark!r}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} {text!r} holds half of a surrogate pair, which no file can") from None
    return text


def refuse_infinite(values: npt.NDArray[np.float64], format: str) -> None:
    """ValueError for values that no format has a figure for."""
    bad = np.isinf(values)
    if bad.any():
        row = int(np.flatnonzero(bad.reshape(-1))[0])
        raise ValueError(f"{format} has no figure for {values.reshape(-1)[row]} (value {row})")


def lost(text: str) -> None:
    """A DataWarning about what the file will not say, told to whoever called indicia."""
    depth, frame = 2, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith("indicia"):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(text, DataWarning, stacklevel=depth)


def as_cube(data: Any, format: str) -> Cube:
    """The data as the array that a format wants, with a time axis that can be written."""
    if isinstance(data, Observations):
        if len(data.freqs) > 1:
            raise ValueError(
                f"{format} holds one frequency, and there are {' and '.join(data.freqs)}; "
                "to_cubes() gives one cube for each"
            )
        empty = np.isnan(data.values)
        if data.flags is not None:
            empty &= data.flags == 0
        if empty.any():
            lost(f"{int(empty.sum())} rows with neither a value nor a reason are no rows in {format}")
        data = data.to_cube()
    if not isinstance(data, Cube):
        raise TypeError(f"expected Observations or a Cube, not {type(data).__name__}")
    if data.time is not None and len(data.time) == 0:
        raise ValueError(f"{format} has no time axis without a period")
    return data


def facts_of_axes(cube: Cube, format: str, varying: bool = True) -> dict[str, tuple[int | None, Any]]:
    """unit, multiplier and decimals with the axis along which each varies; what varies along several is lost."""
    found: dict[str, tuple[int | None, Any]] = {}
    for name in SERIES:
        fact = getattr(cube, name)
        axis = along(fact)
        if axis == -1 or (axis is not None and not varying):
            dims = [dim for dim, n in zip(cube.codes, fact.shape, strict=True) if n > 1]
            lost(f"{name} varies along {some(dims)}; {format} has it along one dimension, and it is not written")
        elif fact is not None:
            found[name] = (axis, fact.reshape(-1).tolist() if axis is not None else fact)
    return found


def time_by_mistake(cube: Cube, format: str) -> None:
    """Warns of a dimension that a reader may take for time where there is none."""
    from indicia.periods import parse_periods

    for dim, codes in cube.codes.items() if cube.time is None else ():
        try:
            parse_periods(list(codes))
        except (FormatError, ValueError):
            continue
        if codes:
            lost(f"the codes of {dim!r} look like periods: {format} can't say that they are none; read with time=None")
            return
