"""Several files of one data set, read beside each other and put together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from indicia._combine import concat
from indicia.errors import FormatError
from indicia.observations import Observations
from indicia.progress import shown

__all__ = ["put_datasets_together", "read_several"]


_FOLDS = {"sum": np.add, "count": np.add, "min": np.minimum, "max": np.maximum}  # of what sources have folded each
Tell = Callable[[int, int], Any]


class _Together:
    """The progress of several readings as one; and how they are stopped."""

    def __init__(self, tell: Tell | None, n: int) -> None:
        self.tell = tell
        self.done, self.sizes = [0] * n, [0] * n
        self.lock = threading.Lock()
        self.stopped = False

    def of(self, number: int) -> Tell:
        def tell(done: int, size: int) -> None:
            if self.stopped:
                raise InterruptedError("another source failed")
            if self.tell is None:
                return
            with self.lock:
                self.done[number], self.sizes[number] = done, size
                self.tell(sum(self.done), sum(self.sizes))

        return tell


def read_several(
    sources: Sequence[Any],
    read: Callable[[Any, int, Tell], Observations],
    *,
    threads: int,
    duplicates: str,
    progress: Any,
    rule: str = "sum",
) -> Observations:
    """What `read` (of a source, with so many threads, telling its progress) makes of all sources, in their order."""
    if not sources:
        raise ValueError("an empty list of sources: nothing to read")
    beside = min(threads, len(sources))
    with shown(progress, f"{len(sources)} sources") as tell, ThreadPoolExecutor(beside) as pool:
        together = _Together(tell, len(sources))
        running = [
            pool.submit(read, source, max(1, threads // beside), together.of(number))
            for number, source in enumerate(sources)
        ]
        try:
            parts = [one.result() for one in running]
        except BaseException:
            together.stopped = True
            for one in running:
                one.cancel()
            raise
    return _put_together(parts, sources, duplicates, fold=_FOLDS[rule])


def put_datasets_together(
    first: Observations, read: Callable[[int], Observations], names: Sequence[str], *, duplicates: str
) -> Observations:
    """Data sets of one source as one, all but the first read by number; `attrs["datasets"]` has their names."""
    parts = [first, *(read(number) for number in range(1, len(names)))]
    parts = [part._but(attrs={k: v for k, v in part.attrs.items() if k != "datasets"}) for part in parts]
    rows = _put_together(parts, [f'the data set "{name}"' for name in names], duplicates)
    return rows._but(attrs={**rows.attrs, "datasets": tuple(names)})


def _put_together(
    parts: Sequence[Observations], sources: Sequence[Any], duplicates: str, *, fold: np.ufunc = np.add
) -> Observations:
    """What was read from several sources, or data sets of one, as one; `sources` name them in errors."""
    for number, (source, part) in enumerate(zip(sources, parts, strict=True)):
        if set(part.dims) != set(parts[0].dims):
            raise FormatError(
                f"{_name(source, number)} has the dimensions {', '.join(part.dims)}, and {_name(sources[0], 0)} has "
                f"{', '.join(parts[0].dims)}",
                line=1,
            )
    whole = concat(parts)
    return _settled(whole, np.cumsum([len(part) for part in parts]), sources, duplicates, fold)


def _name(source: Any, number: int) -> str:
    return str(source) if isinstance(source, str) or hasattr(source, "__fspath__") else f"source {number}"


def _settled(
    whole: Observations, ends: npt.NDArray[Any], sources: Sequence[Any], duplicates: str, fold: np.ufunc
) -> Observations:
    """Keys that two sources have, by the rule that each source's own were settled by."""
    keys = _keys(whole)
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    if not same.any():
        return whole
    if duplicates == "error":
        later = int(order[1:][same].min())
        earlier = int(order[np.flatnonzero(order == later)[0] - 1])
        places = [int(np.searchsorted(ends, row, side="right")) for row in (earlier, later)]
        raise FormatError(
            f"{whole._key(later)} is there twice, in {_name(sources[places[0]], places[0])} and in "
            f'{_name(sources[places[1]], places[1])} (duplicates="first", "last" or "sum" settles it)',
            line=1,
        )
    starts = np.flatnonzero(np.append(True, ~same))
    if duplicates == "last":
        return whole._take(np.sort(order[np.append(starts[1:], order.size) - 1]))
    rows = order[starts]
    again = np.argsort(rows)
    if duplicates == "first":
        return whole._take(rows[again])
    flags = None if whole.flags is None else np.bitwise_or.reduceat(whole.flags[order], starts)[again]
    values = fold.reduceat(whole.values[order], starts)[again]
    return whole._take(rows[again])._but(values=values, flags=flags)


def _keys(whole: Observations) -> npt.NDArray[np.int64]:
    """A number for each key: its series and its period."""
    index = np.asarray(whole.series_index()[0], dtype=np.int64)
    if whole.time is None or not len(whole):
        return index
    ordinals = whole.time.ordinals.astype(np.int64) - int(whole.time.ordinals.min())
    keys = index * (int(ordinals.max()) + 1) + ordinals
    if isinstance(whole.time.freq, str):
        return keys
    letters, numbers = np.unique(whole.time.freq, return_inverse=True)
    return keys * len(letters) + numbers
