"""Large arrays in parts, done by as many threads as there are: ufuncs let go of the GIL.

Rates are arithmetic on memory, and one core alone reaches neither its limit where there are divisions and
logarithms, nor that of the memory where there are none. Results are the same to the bit, whatever the parts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia.config import get_threads

Part = tuple[slice, ...]

_LARGE: Final = 1 << 21  # figures from which on a second thread is worth making
_EACH: Final = 4  # parts of each thread: who is held up takes fewer


def elementwise(kernel: Callable[..., Any], *arguments: Any) -> Any:
    """``kernel(*arguments)`` of figures beside one another, which broadcast."""
    if not all(isinstance(a, np.ndarray | np.generic | float | int) for a in arguments):
        return kernel(*arguments)  # a lazy array
    shape = np.broadcast_shapes(*(np.shape(a) for a in arguments))
    like = next((a for a in arguments if isinstance(a, np.ndarray) and a.shape == shape), None)
    if like is None or like.size < _LARGE:
        return kernel(*arguments)
    result = np.empty_like(like, np.float64, subok=False)
    whole = [np.broadcast_to(a, shape) if np.ndim(a) else a for a in arguments]

    def work(part: Part) -> None:
        kernel(*(a[part] if np.ndim(a) else a for a in whole), out=result[part])

    each(parts(result), work)
    return result


def over_series(kernel: Callable[[Any, Any], Any], x: NDArray[Any], out: NDArray[Any], axis: int) -> None:
    """``kernel(x, out)`` of whole series along an axis."""
    if np.may_share_memory(x, out):
        kernel(x, out)
    else:
        each(parts(x, axis), lambda part: kernel(x[part], out[part]))


def parts(x: NDArray[Any], series: int | None = None, *, large: int = _LARGE) -> list[Part]:
    """Cut a large array along its longest axis, or its longest but the one of the series; one part of anything else."""
    axes = [k for k in range(x.ndim) if k != series]
    across = max(axes, key=lambda k: x.shape[k], default=None)
    if across is None or x.size < large:
        return [(slice(None),)]
    threads = get_threads()
    count = min(threads * _EACH if threads > 1 else 1, x.shape[across])
    ends = [x.shape[across] * i // count for i in range(count + 1)]
    return [(*[slice(None)] * across, slice(*pair)) for pair in itertools.pairwise(ends)]


def each(all_parts: Sequence[Part], work: Callable[[Part], None]) -> None:
    if len(all_parts) == 1:
        work(all_parts[0])
        return
    with ThreadPoolExecutor(min(get_threads(), len(all_parts))) as pool:
        list(pool.map(work, all_parts))  # raises what a part has raised
