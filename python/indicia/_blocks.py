"""Large arrays, worked off in blocks whose intermediate results stay in the cache, on as many threads as help."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeAlias

from numpy.typing import NDArray

from indicia.config import get_threads

__all__ = ["LARGE", "Block", "in_blocks", "views"]

LARGE: Final = 1 << 21  # figures from which on a second thread is worth making
CELLS: Final = 1 << 16  # of a block: fewer cost more in calls than they save in the cache

Block: TypeAlias = tuple[slice, ...]


def blocks(shape: tuple[int, ...], most: int, last: int | None = None) -> Iterator[Block]:
    """Parts of a shape, of about `most` cells each; the axis `last` is cut only where the others are already."""
    sizes, order = list(shape), [k for k in range(len(shape)) if k != last]
    if last is not None:
        order.append(last)
    steps = list(sizes)
    for k in order:
        if math.prod(steps) <= most:
            break
        rest = math.prod(steps) // max(steps[k], 1)
        steps[k] = max(1, most // max(rest, 1))

    def cut(k: int) -> Iterator[Block]:
        if k == len(sizes):
            yield ()
            return
        for start in range(0, sizes[k], max(steps[k], 1)):
            for others in cut(k + 1):
                yield (slice(start, min(start + steps[k], sizes[k])), *others)

    return cut(0)


def views(block: Block, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """The block of each array, as arrays that can be written into, also where there is only one cell."""
    index: Any = (*block, ...)
    return tuple(a[index] for a in arrays)


def in_blocks(
    shape: tuple[int, ...],
    work: Callable[[Block], None],
    *,
    last: int | None = None,
    figures: int = 1,
    threads: int | None = None,
) -> None:
    """Calls `work` on each block of a shape: on several threads where it is large, as NumPy's loops let go of the GIL.

    Parameters
    ----------
    shape : tuple of int
    work : callable
        Takes the block, one slice for each axis.
    last : int, optional
        The axis that is better left whole.
    figures : int
        How many go into a cell.
    threads : int, optional
        At most so many; what `indicia.get_threads` says by default.
    """
    parts = list(blocks(shape, max(CELLS // figures, 1), last))
    most = get_threads() if threads is None else threads
    n = min(most, len(parts)) if math.prod(shape) * figures >= LARGE else 1
    if n < 2:
        for block in parts:
            work(block)
        return

    def some(first: int) -> None:
        for block in parts[first::n]:
            work(block)

    with ThreadPoolExecutor(n) as pool:
        list(pool.map(some, range(n)))
