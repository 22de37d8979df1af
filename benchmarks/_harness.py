"""What a row of a benchmark is, and how it is judged: equal first, then fast.

A module ``bench_<word>.py`` has one function::

    def rows(scale: float = 1.0) -> Iterator[Row]:
        ...
        yield Row("yoy, 1000 x 240", ours=lambda: growth.yoy(x, lag=12), peers={"pandas": ...}, equal=same_floats)

``scale`` multiplies the sizes: the tests run every row at a small one, for its equality alone. A row is judged before
the next is asked for, so the generator may keep its inputs (and a temporary directory) in local variables.

A peer that isn't installed raises ModuleNotFoundError when it is first called, and is then named as absent: import it
inside its callable, or build the callable with `lacking` when its input can't be made without it. Peers are named by
their distribution first ("pandas", "polars lazy", "numba 2 threads"), so that its version can be looked up.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import importlib.metadata
import inspect
import math
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

__all__ = [
    "Result",
    "Row",
    "Timing",
    "check",
    "lacking",
    "machine",
    "peak_memory",
    "rows_of",
    "run",
    "same_floats",
    "words",
]

OURS = "indicia"
ROUNDS = 40  # samples of one callable, at most
PATIENCE = 10  # times the budget: a peer's first call that takes longer is its measurement
SAMPLE = 2e-3  # seconds that a sample lasts at least: faster calls are repeated within it


def lacking(module: str) -> Callable[..., Any]:
    """A peer that can't run here: calling it, with whatever arguments, raises ModuleNotFoundError."""

    def call(*_: Any) -> Any:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    return call


def same_floats(ours: Any, peer: Any, *, rtol: float = 1e-12, atol: float = 0.0) -> None:
    """Raises AssertionError unless both hold the same numbers, NaN where the other has NaN."""
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(peer, float), rtol=rtol, atol=atol, equal_nan=True)


@dataclass(frozen=True)
class Row:
    """One comparison: what is computed, by us and by others.

    Parameters
    ----------
    name
        What is done, and on how much.
    ours, peers
        Callables without arguments that return the result; they are called many times and leave their input alone.
    equal
        Takes our result and a peer's and raises if they differ.
    bytes_moved
        Bytes that must be read and written at least (for a reader: the size of the file), or None.
    note
        What a reader of the table should know, such as what a peer does not do.
    moving
        The peer that only moves the bytes, if one does: the table then says how many times its time each takes.
    """

    name: str
    ours: Callable[[], Any]
    peers: dict[str, Callable[[], Any]] = field(default_factory=dict)
    equal: Callable[[Any, Any], None] = same_floats
    bytes_moved: int | None = None
    note: str = ""
    moving: str = ""


@dataclass
class Timing:
    """Seconds of one callable."""

    who: str
    seconds: list[float]
    peak: int | None = None  # bytes of resident memory that the call added at its highest

    @property
    def min(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass
class Result:
    """A judged row; ``timings[0]`` is ours."""

    row: Row
    timings: list[Timing]
    absent: list[str]

    def as_dict(self) -> dict[str, Any]:
        ours = self.timings[0]
        moving = next((t.min for t in self.timings if t.who == self.row.moving), None)
        out = []
        for t in self.timings:
            rate = None if self.row.bytes_moved is None else self.row.bytes_moved / t.min / 1e9
            out.append(
                {"who": t.who, "min": t.min, "median": t.median, "n": len(t.seconds), "ratio": t.min / ours.min}
                | {"ratio_median": t.median / ours.median, "gb_per_second": rate, "peak": t.peak}
                | {"over_moving": None if moving is None else t.min / moving}
            )
        return {"row": self.row.name, "bytes": self.row.bytes_moved, "note": self.row.note} | {
            "timings": out,
            "absent": self.absent,
        }


# ---- the rows that there are ---------------------------------------------------------------------------------


def words() -> list[str]:
    """The words that have a ``bench_<word>.py``."""
    return sorted(p.stem.removeprefix("bench_") for p in Path(__file__).parent.glob("bench_*.py"))


def rows_of(word: str, scale: float = 1.0) -> Iterator[Row]:
    """The rows of ``bench_<word>.py``."""
    rows = importlib.import_module(f"benchmarks.bench_{word}").rows
    if "scale" not in inspect.signature(rows).parameters:
        raise TypeError(f"bench_{word}.rows() takes no scale=, so that the tests can't run it small")
    found: Iterator[Row] = rows(scale=scale)
    return found


# ---- judging -------------------------------------------------------------------------------------------------


def _call(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    out = function()
    return time.perf_counter() - start, out


def check(row: Row) -> tuple[dict[str, float], list[str]]:
    """Calls everything once and holds every peer's result against ours.

    Returns the seconds of these first calls by name, ours first, and the names of the peers that are not installed.
    Raises AssertionError naming the peer that disagrees.
    """
    seconds, absent = {}, []
    seconds[OURS], ours = _call(row.ours)
    for who, peer in row.peers.items():
        try:
            seconds[who], theirs = _call(peer)
        except ModuleNotFoundError as missing:
            if missing.name and missing.name.partition(".")[0] in (OURS, "benchmarks"):
                raise  # one of ours is missing, which is no peer's absence
            absent.append(who)
            continue
        try:
            row.equal(ours, theirs)
        except AssertionError as difference:
            raise AssertionError(f"{row.name}: {OURS} and {who} differ: {difference}") from difference
    return seconds, absent


def run(row: Row, seconds: float = 1.0) -> Result:
    """Judges a row: equality, then the times of all callables, interleaved so that noise hits each alike.

    After the call that checked equality, each callable is called until `seconds` are spent on it, at least once and in
    at most 40 samples; a peer whose first call took ten times as long is not called again, and that call is its figure.
    """
    first, absent = check(row)
    calls = {OURS: row.ours, **{who: peer for who, peer in row.peers.items() if who in first}}
    taken: dict[str, list[float]] = {who: [] for who in calls}
    spent = dict.fromkeys(calls, 0.0)
    repeats = {}
    for who, warm in first.items():
        if warm > PATIENCE * seconds and who != OURS:
            taken[who].append(warm)
            continue
        again, _ = _call(calls[who])  # the first call also paid for imports and compilers
        if again > seconds:
            taken[who].append(again)
            spent[who] = again
        repeats[who] = max(1, math.ceil(SAMPLE / max(again, 1e-9)))
    collecting = gc.isenabled()
    gc.freeze()  # what is there by now is not looked through again before each round
    try:
        for _ in range(ROUNDS):
            due = [who for who in repeats if spent[who] < seconds or not taken[who]]
            if not due:
                break
            gc.collect()
            gc.disable()
            for who in due:
                function, n = calls[who], repeats[who]
                out = None
                start = time.perf_counter()
                for _ in range(n):
                    out = function()
                passed = time.perf_counter() - start
                del out  # outside of the clock, like the garbage
                taken[who].append(passed / n)
                spent[who] += passed
            if collecting:
                gc.enable()
    finally:
        gc.unfreeze()
        if collecting:
            gc.enable()
    return Result(row, [Timing(who, taken[who]) for who in calls], absent)


# ---- memory --------------------------------------------------------------------------------------------------


def _status(key: str) -> int:
    found = re.search(rf"^{key}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    return int(found[1]) * 1024 if found else 0


def peak_of(call: Callable[[], Any]) -> int | None:
    """Bytes of resident memory that a call adds at its highest; None where the system doesn't tell.

    To be called in a process that has done nothing else: memory that was touched before can be used again.
    """
    reset = Path("/proc/self/clear_refs")
    if not reset.exists():
        return None
    call()  # imports and compilers are not what is asked about
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # gives the first call's memory back, where there is glibc
    try:
        reset.write_text("5")  # the high-water mark starts again
    except OSError:
        return None
    before = _status("VmRSS")
    out = call()
    peak = _status("VmHWM") - before
    del out
    return max(peak, 0)


def peak_memory(word: str, name: str, who: str, scale: float) -> int | None:
    """`peak_of` one callable of a row, for ``python -m benchmarks --memory``."""
    for row in rows_of(word, scale):
        if row.name == name:
            return peak_of(row.ours if who == OURS else row.peers[who])
    raise LookupError(f"bench_{word} has no row named {name!r}")


# ---- the machine ---------------------------------------------------------------------------------------------


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.M)
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def versions(peers: list[str]) -> dict[str, str]:
    """Versions of the distributions that the peers' names begin with; built-in ones have none."""
    found = {}
    for who in peers:
        name = re.split(r"[\s/(:+]", who, maxsplit=1)[0]
        try:
            found[name] = importlib.metadata.version(name)
        except (importlib.metadata.PackageNotFoundError, ValueError):
            continue
    return found


def machine() -> dict[str, Any]:
    """Where the figures were made."""
    import indicia

    return {"processor": _processor(), "cores": _cores()} | indicia.show_config(mode="dict")
