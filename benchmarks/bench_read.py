"""Files of about 100 MB read from the page cache: beside other readers, beside the floor, beside zlib.

The floor of a text file is to read it through one reused window of 1 MiB and to count its newlines; the floor of a
compressed one is to inflate it. Files are made for the run (`benchmarks._read_files`), unless a folder named in
``INDICIA_BENCH_DATA`` has them. Peers have two threads, as we have, where nothing else is said.

Fresh memory is the larger part of what a fast reader needs, so the kind of pages that large arrays get stands in every
note: touching 4 KiB pages can cost several times what huge ones cost.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

THREADS = 2
os.environ.setdefault("POLARS_MAX_THREADS", str(THREADS))  # read when polars is imported, which the peers do

import indicia  # noqa: E402
from benchmarks import _read_files, _read_memory, _read_peers  # noqa: E402
from benchmarks._harness import Row  # noqa: E402
from indicia import _core  # noqa: E402

PIECE = 1 << 18  # compressed bytes at a time


def same(ours: Any, again: Any) -> None:
    assert ours.equals(again), (ours, again)


def pages() -> str:
    return indicia.show_config(mode="dict")["pages"]


def floor(path: Path) -> Callable[[], int]:
    def call() -> int:
        with path.open("rb", buffering=0) as file:
            return _core.bench_floor(file.fileno())

    return call


def lines_of(rows: Callable[[Any], int]) -> Callable[[Any, Any], None]:
    """The floor counted as many lines as our result has rows, and the head."""

    def equal(ours: Any, lines: int) -> None:
        assert rows(ours) + 1 == lines, (rows(ours), lines)

    return equal


def either(equal: Callable[[Any, Any], None], other: Callable[[Any, Any], None], kind: type) -> Callable[..., None]:
    """Compares by `equal`, or by `other` what is of a kind."""
    return lambda ours, peer: (other if isinstance(peer, kind) else equal)(ours, peer)


# ---- rows ----------------------------------------------------------------------------------------------------


def sdmx_csv(path: Path, version: str) -> Iterator[Row]:
    def read(threads: int) -> Any:
        return indicia.read_observations(path, threads=threads)

    name, size = f"SDMX-CSV {version} to Observations", path.stat().st_size
    equal = either(_read_peers.same_rows, same, indicia.Observations)
    yield Row(
        f"{name}, {THREADS} threads",
        ours=lambda: read(THREADS),
        peers={"indicia 1 thread": lambda: read(1), **_read_peers.of_table(path, THREADS)},
        equal=equal,
        bytes_moved=size,
        note=f"wanted: 5 times the fastest, 1.6 times one thread; {pages()}; {_read_memory.apart(path)}",
    )
    yield Row(
        f"{name}, 1 thread",
        ours=lambda: read(1),
        peers={"floor (newlines counted)": floor(path), **_read_peers.of_table(path, 1)},
        equal=either(equal, lines_of(len), int),
        bytes_moved=size,
        note=f"wanted: the floor at 0.167 times ours or more; {pages()}",
    )


def tsv(path: Path) -> Iterator[Row]:
    def read(threads: int) -> Any:
        return indicia.read_cube(path, threads=threads)

    def series(cube: Any) -> int:
        return int(np.prod(cube.shape[:-1]))

    name, size = "Eurostat TSV to Cube with flags", path.stat().st_size
    yield Row(
        f"{name}, {THREADS} threads",
        ours=lambda: read(THREADS),
        peers={"indicia 1 thread": lambda: read(1), **_read_peers.of_sheet(path, THREADS)},
        equal=either(_read_peers.same_cells, same, indicia.Cube),
        bytes_moved=size,
        note="wanted: 10 times the fastest, 1.6 times one thread; peers stop at a matrix of values and columns of text "
        f"for flags, with no dimensions but the months; {pages()}; {_read_memory.apart(path)}",
    )
    yield Row(
        f"{name}, 1 thread",
        ours=lambda: read(1),
        peers={"floor (newlines counted)": floor(path)},
        equal=lines_of(series),
        bytes_moved=size,
        note=f"the file has every series of the cube; {pages()}",
    )


def compressed(path: Path, plain: Path) -> Iterator[Row]:
    def at_once() -> int:
        return len(zlib.decompress(path.read_bytes(), wbits=31))

    def streamed() -> int:
        inflater = zlib.decompressobj(wbits=31)
        done = 0
        with path.open("rb", buffering=0) as file:
            while piece := file.read(PIECE):
                while piece:
                    done += len(inflater.decompress(piece, 1 << 20))
                    piece = inflater.unconsumed_tail
        assert inflater.eof
        return done

    def inflated(ours: Any, size: int) -> None:
        del ours
        assert size == plain.stat().st_size, size

    yield Row(
        f"Eurostat TSV.gz to Cube with flags, {THREADS} threads",
        ours=lambda: indicia.read_cube(path, threads=THREADS),
        peers={
            "zlib inflating alone, 1 MiB at a time": streamed,
            "zlib inflating alone, at once": at_once,
            "indicia from the plain file": lambda: indicia.read_cube(plain, threads=THREADS),
        },
        equal=either(same, inflated, int),
        bytes_moved=plain.stat().st_size,
        note=f"wanted: inflating alone at 0.91 times ours or more; {pages()}; {_read_memory.apart(path)}",
    )


def rows(scale: float = 1.0) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        files = _read_files.make(Path(folder), scale)
        yield from sdmx_csv(files.csv1, "1.0")
        yield from sdmx_csv(files.csv2, "2.0")
        yield from tsv(files.tsv)
        yield from compressed(files.gz, files.tsv)
