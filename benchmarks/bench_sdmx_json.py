"""SDMX-JSON of about 90 MB from the page cache, to labelled rows with flags, beside what a user would write.

Peers decode the whole document and put its series into arrays. The data stand before the structure, as most providers
write them. The floor is to read the file through one reused window and to count its newlines. Millions of lists are
what Python's garbage collector looks through again and again while they are made: peers run as they do for everybody,
and the fastest of them once more with the collector switched off.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import indicia
from benchmarks import _json_files
from benchmarks._harness import Row
from benchmarks.bench_json_stat import floor
from indicia.flags import Flag

THREADS = 2
BITS = {"A": 0, "P": Flag.PROVISIONAL, "E": Flag.ESTIMATED, "B": Flag.BREAK, "S": Flag.STRIKE}


def arrays(document: Any) -> tuple[Any, list[list[str]], Any, list[str]]:
    """Values, codes, numbers of statuses and the statuses, by NumPy from a decoded document."""
    data = document.get("data", document)
    structure = data["structures"][0] if "structures" in data else data["structure"]
    dims = structure["dimensions"]
    codes = [[value["id"] for value in dim["values"]] for dim in [*dims["series"], *dims["observation"]]]
    values = np.full([len(c) for c in codes], np.nan)
    marks = np.zeros(values.shape, np.uint8)
    for key, series in data["dataSets"][0]["series"].items():
        at = tuple(map(int, key.split(":")))
        rows = series["observations"]
        months, cells = list(map(int, rows)), list(rows.values())
        values[at][months] = [cell[0] for cell in cells]
        marks[at][months] = [cell[1] for cell in cells]
    return values, codes, marks, [value["id"] for value in structure["attributes"]["observation"][0]["values"]]


def collecting(call: Callable[[], Any], on: bool = True) -> Callable[[], Any]:
    """The call with the garbage collector on, as Python begins, or off: the harness has it off."""

    def called() -> Any:
        was = gc.isenabled()
        (gc.enable if on else gc.disable)()
        try:
            return call()
        finally:
            (gc.enable if was else gc.disable)()

    return called


def equal(ours: indicia.Observations, peer: Any) -> None:
    if isinstance(peer, int):
        assert peer == 0, "the file is one line without an end"
        return
    if isinstance(peer, indicia.Observations):
        assert ours.equals(peer)
        return
    values, codes, marks, letters = peer
    assert [list(c) for c in ours.codes.values()] == codes[:-1]
    place = {month: k for k, month in enumerate(codes[-1])}
    first = place[str(ours.time[0])] - int(ours.time.ordinals[0])  # type: ignore[index, union-attr]
    at = (*ours.positions.values(), ours.time.ordinals + first)  # type: ignore[union-attr]
    assert len(ours) == int((~np.isnan(values)).sum())
    np.testing.assert_array_equal(ours.values, values[at])
    np.testing.assert_array_equal(ours.flags, np.array([int(BITS[x]) for x in letters], np.uint32)[marks[at]])


def rows(scale: float = 1.0) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for version in (1, 2):
            path = _json_files.sdmx_json(Path(folder), scale, version)

            def read(threads: int, path: Path = path) -> indicia.Observations:
                return indicia.read_observations(path, threads=threads)

            def orjson(path: Path = path) -> Any:
                import orjson

                return arrays(orjson.loads(path.read_bytes()))

            def msgspec(path: Path = path) -> Any:
                import msgspec

                return arrays(msgspec.json.decode(path.read_bytes()))

            yield Row(
                f"SDMX-JSON {version}.0 to Observations with flags, {THREADS} threads",
                ours=lambda read=read: read(THREADS),
                peers={
                    "indicia 1 thread": lambda read=read: read(1),
                    "floor (newlines counted)": floor(path),
                    "orjson": collecting(orjson),
                    "orjson, collector off": collecting(orjson, on=False),
                    "msgspec": collecting(msgspec),
                },
                equal=equal,
                bytes_moved=path.stat().st_size,
                note="wanted: 60 times orjson",
            )
