"""Rolling windows of multilateral indices, put together to one series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["SPLICES", "rolled", "splice_windows"]

Floats = NDArray[np.float64]

LINKED: Final = ("movement", "window", "half", "mean")
PUBLISHED: Final = ("window_published", "half_published", "mean_published")
FIXED: Final = ("fixed_base_moving", "fixed_base_expanding")
SPLICES: Final = (*LINKED, *PUBLISHED, *FIXED)


def splice_windows(windows: ArrayLike, *, splice: str = "mean", published: ArrayLike | None = None) -> Floats:
    """One index from those of rolling windows.

    The window that ends with a new period is linked to the one before, or to what has been published already, in one of
    the periods that both hold, or in all on average.

    Parameters
    ----------
    windows : array_like of float
        A row for each window, each beginning a period after the last: levels of the index, on any base.
    splice : str
        ``"movement"``: linked in the newest common period. ``"window"``: in the oldest. ``"half"``: in the middle one.
        ``"mean"``: the geometric mean over all. ``"window_published"``, ``"half_published"``, ``"mean_published"``: the
        same on the published index in place of the window before.
    published : array_like of float, optional
        The index up to the period before the last one of the first window; if not said, the first window begins it.

    Returns
    -------
    ndarray of float64
        The published index with a period more for each window (for each but the first, if none was published).

    Raises
    ------
    ValueError
        `splice` is none of these, windows are shorter than two periods, or too little is published.

    References
    ----------
    IMF, ILO and others, *Consumer Price Index Manual: Concepts and Methods* (2020), chapter 10.

    Examples
    --------
    >>> from indicia import index
    >>> index.splice_windows([[1.0, 1.1, 1.2], [1.0, 1.1, 1.3]], splice="movement").round(4)
    array([1.    , 1.1   , 1.2   , 1.4182])
    >>> index.splice_windows([[1.0, 1.1, 1.2], [1.0, 1.1, 1.3]], splice="window").round(4)
    array([1.  , 1.1 , 1.2 , 1.43])
    """
    if splice not in (*LINKED, *PUBLISHED):
        raise ValueError(f"splice: expected one of {', '.join(map(repr, (*LINKED, *PUBLISHED)))}; got {splice!r}")
    rows = np.atleast_2d(np.asarray(windows, dtype=np.float64))
    length = rows.shape[-1]
    if length < 2:
        raise ValueError(f"windows: expected two periods or more, got {length}")
    logs = np.log(rows)
    if published is None:
        index, before, new = list(logs[0]), logs[0], logs[1:]
    else:
        index, new = list(np.log(np.asarray(published, dtype=np.float64))), logs
        before = np.asarray(index[-length:])
        if len(index) < length - 1:
            raise ValueError(f"published: a window of {length} needs {length - 1} periods, there are {len(index)}")
    # places in the new window of the periods that link
    where = {"movement": [length - 2], "window": [0], "half": [_middle(length)], "mean": list(range(length - 1))}
    places = np.array(where[splice.removesuffix("_published")])
    for row in new:
        if splice in PUBLISHED or len(before) < length:
            stand = np.asarray(index[-(length - 1) :])[places]
        else:
            stand = index[-1] - before[-1] + before[places + 1]
        index.append(float(np.mean(stand + row[-1] - row[places])))
        before = row
    spliced: Floats = np.exp(np.asarray(index))
    return spliced


def _middle(length: int) -> int:
    return (length + 1) // 2 - 1


def rolled(
    over: Callable[[int, int], Floats], length: int, window: int | None, splice: str, bases: Sequence[int]
) -> Floats:
    """An index of `length` periods from one of the periods from `start` up to `stop`, which is 1 in the first."""
    if window is None and splice != "fixed_base_expanding":
        return over(0, length)
    if splice not in SPLICES:
        raise ValueError(f"splice: expected one of {', '.join(map(repr, SPLICES))}; got {splice!r}")
    if splice == "fixed_base_expanding":
        window = 1
    assert window is not None
    if splice != "fixed_base_expanding" and window < 2:
        raise ValueError(f"window: expected 2 periods or more, got {window!r}")
    if window >= length and splice != "fixed_base_expanding":
        return over(0, length)
    if splice not in FIXED:
        windows = np.array([over(start, start + window) for start in range(length - window + 1)])
        return splice_windows(windows, splice=splice)
    index = np.ones(length)
    begun = 1
    if splice == "fixed_base_moving":
        index[:window] = over(0, window)
        begun = window
    for t in range(begun, length):
        base = max((b for b in bases if b < t), default=0)
        start = base if splice == "fixed_base_expanding" else t - window + 1
        if base < start:
            raise ValueError(f"window: {window} periods up to place {t} don't hold the base at place {base}")
        made = over(start, t + 1)
        index[t] = index[base] * made[-1] / made[base - start]
    return index


def bases_of(time: Any, per_year: int | None, length: int) -> list[int]:
    """The last period of each year: what a fixed base is linked to in the next one."""
    if time is None or time.per_year is None:
        return list(range(0, length, per_year or 12))
    each = time.per_year
    return [0, *(int(k) for k in np.flatnonzero(time.ordinals % each == each - 1))]
