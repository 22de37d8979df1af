"""What is known about a value, or why there is none: the bits of ``flags`` by name."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["FLAG_TEXTS", "Flag", "flag_text", "parse_flags"]


class Flag(enum.IntFlag, boundary=enum.KEEP):
    """The bits of ``.flags``: what is known about a value, or why there is none.

    A bit set on ``uint32``. The letters are Eurostat's in lower case and those of SDMX CL_OBS_STATUS in upper case;
    every reader maps its own marks onto these bits, and a mark without a bit of its own sets ``OTHER``.

    Examples
    --------
    >>> from indicia import Flag
    >>> Flag.BREAK | Flag.ESTIMATED
    <Flag.BREAK|ESTIMATED: 5>
    >>> Flag(5).text
    'break in the time series; estimated'
    >>> bool(Flag(5) & Flag.FORECAST)
    False
    """

    BREAK = 1 << 0
    DEFINITION_DIFFERS = 1 << 1
    ESTIMATED = 1 << 2
    FORECAST = 1 << 3
    IMPUTED = 1 << 4
    PROVISIONAL = 1 << 5
    REVISED = 1 << 6
    LOW_RELIABILITY = 1 << 7
    NOT_SIGNIFICANT = 1 << 8
    CONFIDENTIAL = 1 << 9
    EXPERIMENTAL = 1 << 10
    DEROGATION = 1 << 11
    INCLUDED_ELSEWHERE = 1 << 12
    INCLUDES_OTHER = 1 << 13
    UNVALIDATED = 1 << 14
    STRIKE = 1 << 15
    ZERO = 1 << 16
    LESS_THAN_HALF = 1 << 17
    NOT_AVAILABLE = 1 << 18
    NOT_APPLICABLE = 1 << 19
    NOT_COLLECTED = 1 << 20
    SUPPRESSED = 1 << 21
    NOT_YET = 1 << 22
    PARTIAL = 1 << 23
    JOINT = 1 << 24
    SPLIT = 1 << 25
    UNDEFINED = 1 << 26
    DERIVED = 1 << 27
    OTHER = 1 << 28

    @property
    def text(self) -> str:
        """What the bits mean, in words.

        Examples
        --------
        >>> from indicia import Flag
        >>> Flag.NOT_YET.text
        'missing: not yet available'
        """
        return "; ".join(text for flag, text in FLAG_TEXTS.items() if self & flag)


FLAG_TEXTS: dict[Flag, str] = {
    Flag.BREAK: "break in the time series",
    Flag.DEFINITION_DIFFERS: "definition differs, see metadata",
    Flag.ESTIMATED: "estimated",
    Flag.FORECAST: "forecast or projection",
    Flag.IMPUTED: "imputed",
    Flag.PROVISIONAL: "provisional",
    Flag.REVISED: "revised",
    Flag.LOW_RELIABILITY: "low reliability",
    Flag.NOT_SIGNIFICANT: "not significant",
    Flag.CONFIDENTIAL: "confidential",
    Flag.EXPERIMENTAL: "experimental",
    Flag.DEROGATION: "derogation",
    Flag.INCLUDED_ELSEWHERE: "included elsewhere",
    Flag.INCLUDES_OTHER: "includes data of another category",
    Flag.UNVALIDATED: "unvalidated",
    Flag.STRIKE: "affected by a strike or another special event",
    Flag.ZERO: "exactly nil",
    Flag.LESS_THAN_HALF: "zero by rounding: less than half of the unit shown",
    Flag.NOT_AVAILABLE: "missing: not available",
    Flag.NOT_APPLICABLE: "missing: cannot exist",
    Flag.NOT_COLLECTED: "missing: not collected",
    Flag.SUPPRESSED: "missing: suppressed",
    Flag.NOT_YET: "missing: not yet available",
    Flag.PARTIAL: "an aggregate with a missing part",
    Flag.JOINT: "a figure for two periods together",
    Flag.SPLIT: "a joint figure divided when asked",
    Flag.UNDEFINED: "a rate on a zero or negative base",
    Flag.DERIVED: "a hole filled when asked",
    Flag.OTHER: "a mark that has no bit of its own",
}


def _name(bits: int) -> str:
    known = [str(flag.name) for flag in Flag if bits & flag]
    rest = bits & ~sum(Flag)
    return "|".join([*known, f"{rest:#x}"] if rest else known)


def flag_text(bits: Any) -> Any:
    """The names of the bits, joined by ``|``: ``"BREAK|ESTIMATED"``; ``""`` for none.

    Parameters
    ----------
    bits : int or array of int
        One bit set, or an array of them.

    Returns
    -------
    str or ndarray of object
        One text, or an array of texts of the same shape. Each bit set that occurs is spelled once.

    Examples
    --------
    >>> from indicia.flags import flag_text
    >>> flag_text(5)
    'BREAK|ESTIMATED'
    >>> flag_text([0, 1])
    array(['', 'BREAK'], dtype=object)
    """
    if isinstance(bits, int | np.integer):
        return _name(int(bits))
    array = np.asarray(bits)
    if array.dtype.kind not in "iu":
        raise TypeError(f"flags are integers, not {array.dtype}")
    found, where = np.unique(array, return_inverse=True)
    texts = np.empty(len(found), dtype=object)
    texts[:] = [_name(int(b)) for b in found]
    return texts[where].reshape(array.shape)


def parse_flags(texts: Iterable[str | None]) -> npt.NDArray[np.uint32]:
    """The bits of texts like ``"BREAK|ESTIMATED"``: what `flag_text` writes.

    Parameters
    ----------
    texts : iterable of str
        Names joined by ``|``. ``""`` and None are no flag.

    Returns
    -------
    ndarray of uint32

    Raises
    ------
    ValueError
        For a name that is no flag's.

    Examples
    --------
    >>> from indicia.flags import parse_flags
    >>> parse_flags(["BREAK|ESTIMATED", ""])
    array([5, 0], dtype=uint32)
    """
    seen: dict[str | None, int] = {None: 0, "": 0}
    return np.fromiter((seen[t] if t in seen else seen.setdefault(t, _bits(str(t))) for t in texts), dtype=np.uint32)


def _bits(text: str) -> int:
    bits = 0
    for word in text.split("|"):
        name = word.strip()
        if name in Flag.__members__:
            bits |= Flag[name]
        elif name.startswith("0x"):
            bits |= int(name, 16)
        else:
            raise ValueError(f"{name!r} is no flag; the flags are {', '.join(Flag.__members__)}")
    return bits
