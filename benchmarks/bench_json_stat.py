"""JSON-stat of about 100 MB from the page cache, to a labelled cube with flags, beside what a user would write.

Peers decode the whole document and make arrays of it: values, codes, and statuses as numbers of their letters. pyjstat
drops statuses. The floor is to read the file through one reused window and to count its newlines.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import indicia
from benchmarks import _json_files
from benchmarks._harness import Row
from indicia import _core
from indicia.flags import Flag

THREADS = 2
BITS = {"p": Flag.PROVISIONAL, "e": Flag.ESTIMATED, "b": Flag.BREAK, "s": Flag.ESTIMATED, "c": Flag.CONFIDENTIAL}


def floor(path: Path) -> Callable[[], int]:
    def call() -> int:
        with path.open("rb", buffering=0) as file:
            return _core.bench_floor(file.fileno())

    return call


def arrays(document: Any) -> tuple[Any, list[list[str]], Any, dict[str, int]]:
    """Values, codes, statuses and what their numbers mean, by NumPy from a decoded document."""
    index = [document["dimension"][name]["category"]["index"] for name in document["id"]]
    values = np.array(document["value"], dtype=float).reshape(document["size"])
    status = document.get("status") or {}
    numbers: dict[str, int] = {}
    marks = np.zeros(values.size, np.uint8)
    places = np.fromiter(map(int, status), np.int64, len(status))
    marks[places] = np.fromiter(
        (numbers.setdefault(x, len(numbers) + 1) for x in status.values()), np.uint8, len(status)
    )
    return values, [sorted(codes, key=codes.get) for codes in index], marks.reshape(values.shape), numbers


def same_cube(ours: indicia.Cube, peer: Any) -> None:
    values, codes, marks, numbers = peer
    np.testing.assert_array_equal(ours.values, values)
    assert [list(c) for c in ours.codes.values()] == codes[:-1]
    assert [str(period) for period in ours.time] == codes[-1]
    bits = np.zeros(len(numbers) + 1, np.uint32)
    for letter, number in numbers.items():
        bits[number] = int(BITS[letter])
    np.testing.assert_array_equal(ours.flags, bits[marks])


def same_frame(ours: indicia.Cube, frame: Any) -> None:
    np.testing.assert_array_equal(ours.values.ravel(), frame["value"].to_numpy(float))


def equal(ours: indicia.Cube, peer: Any) -> None:
    if isinstance(peer, int):
        assert peer == 0, "the file is one line without an end"
    elif isinstance(peer, indicia.Cube):
        assert ours.equals(peer)
    elif isinstance(peer, tuple):
        same_cube(ours, peer)
    else:
        same_frame(ours, peer)


def rows(scale: float = 1.0) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = _json_files.json_stat(Path(folder), scale)

        def read(threads: int) -> indicia.Cube:
            return indicia.read_cube(path, threads=threads)

        def msgspec() -> Any:
            import msgspec

            return arrays(msgspec.json.decode(path.read_bytes()))

        def orjson() -> Any:
            import orjson

            return arrays(orjson.loads(path.read_bytes()))

        def pyjstat(given: Path) -> Any:
            from pyjstat import pyjstat

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it calls functions of its own that it warns of
                return pyjstat.Dataset.read(given.read_text()).write("dataframe")

        yield Row(
            f"JSON-stat to Cube with flags, {THREADS} threads",
            ours=lambda: read(THREADS),
            peers={"indicia 1 thread": lambda: read(1), "floor (newlines counted)": floor(path), "msgspec": msgspec}
            | {"orjson": orjson},
            equal=equal,
            bytes_moved=path.stat().st_size,
            note="wanted: 12 times msgspec",
        )
        part = _json_files.json_stat(Path(folder), 0.1 * scale)  # pyjstat needs 40 s and 6 GB for 100 MB
        yield Row(
            f"JSON-stat of a tenth of that, {THREADS} threads",
            ours=lambda: indicia.read_cube(part, threads=THREADS),
            peers={"pyjstat": lambda: pyjstat(part)},
            equal=equal,
            bytes_moved=part.stat().st_size,
            note="wanted: 300 times pyjstat, which drops statuses",
        )
