"""Figures as text: parsed to the nearest double, and written with the fewest digits that read back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import _core

__all__ = ["format_numbers", "parse_numbers"]

_DECIMALS = (".", ",")
_THOUSANDS = (",", ".", " ", "'")


def parse_numbers(
    texts: Any, *, decimal: str = ".", thousands: str | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Parse figures as they are printed, to the nearest double, and count the decimals that they show.

    Parameters
    ----------
    texts : array_like of str or bytes
        A list, a NumPy array (dtype ``U``, ``S``, ``StringDType`` or object), a pandas or polars Series, a pyarrow
        array; any shape. ``None``, NaN, ``pd.NA`` and empty text are missing.
    decimal : {".", ","}, default "."
        The decimal mark.
    thousands : {",", ".", " ", "'"}, optional
        The separator of groups of three digits, other than the decimal mark. Groups are checked (``"1,2345"`` is no
        number, nor is ``"0,123"``), and may be absent. ``" "`` stands for the no-break, thin and narrow no-break space
        too, ``"'"`` for the apostrophe U+2019.

    Returns
    -------
    values : ndarray of float64
        In the shape of `texts`; NaN where missing. The nearest double, of two equally near the even one; beyond the
        range of doubles infinity or zero, as IEEE 754 says.
    decimals : ndarray of int8
        Digits printed after the mark, less the exponent: 2 for ``"104.30"``, 3 for ``"1e-3"``, 0 for ``"1.5e3"``; at
        most 127, and -1 where missing. Published figures are rounded to them.

    Raises
    ------
    FormatError
        An element is no number; the message names it. Neither blanks nor words (``"nan"``, ``"inf"``, ``":"``), nor
        ``"1_000"`` or ``"0x1p3"`` are accepted.
    TypeError
        An element is no text.
    ValueError
        `decimal` or `thousands` is none of the above, or they are the same.

    See Also
    --------
    format_numbers : the way back.

    Notes
    -----
    The result is that of ``float(text)``, whatever the length of the text, independent of locale and machine [1]_.

    References
    ----------
    .. [1] D. Lemire (2021), Number parsing at a gigabyte per second, Software: Practice and Experience 51(8),
       1700-1727.

    Examples
    --------
    >>> import indicia
    >>> values, decimals = indicia.parse_numbers(["104.3", "-0.70", "1e5", None])
    >>> values.tolist()
    [104.3, -0.7, 100000.0, nan]
    >>> decimals.tolist()
    [1, 2, 0, -1]
    >>> indicia.parse_numbers(["1.234.567,8"], decimal=",", thousands=".")[0]
    array([1234567.8])
    >>> indicia.parse_numbers(["104.3", "n/a"])
    Traceback (most recent call last):
        ...
    indicia.errors.FormatError: element 1: "n/a" is no number
    """
    if decimal not in _DECIMALS:
        raise ValueError(f"decimal={decimal!r}: expected '.' or ','")
    if thousands is not None and thousands not in _THOUSANDS:
        raise ValueError(f"thousands={thousands!r}: expected ',', '.', ' ', \"'\" or None")
    if thousands == decimal:
        raise ValueError(f"decimal and thousands are both {decimal!r}: no figure could be told from another")
    return _core.parse_numbers(_as_texts(texts), decimal, thousands)


def format_numbers(values: Any, *, missing: str = "") -> NDArray[np.object_]:
    """Write figures with the fewest digits that read back as the same double.

    Parameters
    ----------
    values : array_like of float
        Any shape.
    missing : str, default ""
        What is written for NaN.

    Returns
    -------
    ndarray of object
        Of str, in the shape of `values`. As ``repr`` writes them, but whole numbers end without ``".0"``, and exponents
        appear only where ``repr`` has them (from 1e+16 up and below 0.0001). Infinity is ``"inf"``, which
        `parse_numbers` refuses.

    See Also
    --------
    parse_numbers : the way back.

    Examples
    --------
    >>> import indicia
    >>> indicia.format_numbers([104.3, 0.1 + 0.2, 25.0, 1e-7, float("nan")]).tolist()
    ['104.3', '0.30000000000000004', '25', '1e-07', '']
    """
    return _core.format_numbers(np.asarray(values, dtype=np.float64), missing)


def _as_texts(texts: Any) -> Any:
    """What the binding takes: a list, tuple, str or NumPy array of text."""
    if isinstance(texts, (list, tuple)):
        return np.array(texts, dtype=object) if texts else np.empty(0, dtype=object)
    if isinstance(texts, (str, bytes, np.ndarray)):
        return texts
    if hasattr(texts, "to_numpy"):
        try:
            return texts.to_numpy(zero_copy_only=False)  # pyarrow
        except TypeError:
            return texts.to_numpy()
    return np.asarray(texts, dtype=object)
