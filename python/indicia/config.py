"""What runs here, and on how many threads."""

from __future__ import annotations

import functools
import os
import platform
from pathlib import Path
from typing import Literal, overload

import numpy as np

from indicia import _core

__all__ = ["get_threads", "resolve_threads", "set_threads", "show_config"]

MOST = 8  # by default: memory is the limit long before
VARIABLE = "INDICIA_THREADS"

_chosen: int | None = None


def _affinity() -> int:
    """Processors that this process may run on."""
    if hasattr(os, "process_cpu_count"):  # 3.13; knows PYTHON_CPU_COUNT too
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota_v2(root: Path, group: str) -> float:
    """The tightest cpu.max from a cgroup up to the root; inf without one."""
    least = float("inf")
    folder = root / group.lstrip("/")
    for place in (folder, *folder.parents):
        try:
            limit, period = (place / "cpu.max").read_text().split()
            if limit != "max":
                least = min(least, int(limit) / int(period))
        except (OSError, ValueError, ZeroDivisionError):
            pass
        if place == root:
            break
    return least


def _quota_v1(root: Path) -> float:
    try:
        limit = int((root / "cpu" / "cpu.cfs_quota_us").read_text())
        period = int((root / "cpu" / "cpu.cfs_period_us").read_text())
    except (OSError, ValueError):
        return float("inf")
    return limit / period if limit > 0 and period > 0 else float("inf")


@functools.cache
def _quota(root: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")) -> float:
    """Processors' worth of time that a container may use; inf where nothing limits it."""
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return float("inf")
    groups = [line.removeprefix("0::") for line in lines if line.startswith("0::")]
    return min([_quota_v1(root), *(_quota_v2(root, group) for group in groups)])


def _positive(threads: int, what: str) -> int:
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)):
        raise TypeError(f"{what}: expected a whole number, got {type(threads).__name__}")
    if threads < 1:
        raise ValueError(f"{what}: expected at least 1, got {threads}")
    return int(threads)


def get_threads() -> int:
    """Number of threads that a large call may use.

    What `set_threads` said, else the environment variable ``INDICIA_THREADS``, else the smallest of: the processors
    this process may run on, the time its container may use (rounded up), and 8. Results are the same, to the bit, for
    every number of threads.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError
        If ``INDICIA_THREADS`` is not a whole number from 1 on.

    Examples
    --------
    >>> import indicia
    >>> indicia.get_threads() >= 1
    True
    """
    if _chosen is not None:
        return _chosen
    text = os.environ.get(VARIABLE, "").strip()
    if text:
        if not (text.isascii() and text.isdigit()) or int(text) < 1:
            raise ValueError(f"{VARIABLE}={text}: expected a whole number from 1 on")
        return int(text)
    quota = _quota()
    return max(1, min(_affinity(), MOST if quota == float("inf") else -int(-quota // 1), MOST))


def set_threads(threads: int | None) -> None:
    """Sets the number of threads of all later calls that are not given ``threads=``.

    Parameters
    ----------
    threads
        At least 1; None goes back to the default (see `get_threads`).

    Examples
    --------
    >>> import indicia
    >>> indicia.set_threads(1)
    >>> indicia.get_threads()
    1
    >>> indicia.set_threads(None)
    """
    global _chosen  # noqa: PLW0603 - the one setting of the package
    _chosen = None if threads is None else _positive(threads, "set_threads")


def resolve_threads(threads: int | None) -> int:
    """What a function's ``threads=`` means: a number as it is, None the number of `get_threads`.

    Examples
    --------
    >>> from indicia.config import resolve_threads
    >>> resolve_threads(3)
    3
    """
    return get_threads() if threads is None else _positive(threads, "threads")


@overload
def show_config(*, mode: Literal["stdout"] = ...) -> None: ...
@overload
def show_config(*, mode: Literal["dict"]) -> dict[str, str]: ...
def show_config(*, mode: Literal["stdout", "dict"] = "stdout") -> dict[str, str] | None:
    """Says what runs here: versions, instruction set, memory pages, threads.

    Wanted in every report of a bug, and beside every benchmark.

    Parameters
    ----------
    mode
        "stdout" prints, "dict" returns the same as a dict of texts.

    Examples
    --------
    >>> import indicia
    >>> config = indicia.show_config(mode="dict")
    >>> config["simd"] in {"scalar", "sse2", "avx2", "avx512", "neon"}
    True
    """
    from indicia import __version__

    config = {"indicia": __version__, "python": platform.python_version(), "numpy": np.__version__}
    config |= _core.config()
    config |= {"threads": str(get_threads()), "platform": platform.platform()}
    if mode == "dict":
        return config
    if mode != "stdout":
        raise ValueError(f"mode={mode!r}: expected 'stdout' or 'dict'")
    width = max(map(len, config))
    print("\n".join(f"{key:<{width}}  {value}" for key, value in config.items()))
    return None
