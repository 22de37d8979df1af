"""The JSON files that bench_json_stat and bench_sdmx_json read, as statistical offices write them: one line, no blanks.

The series are those of `benchmarks._read_files`. A folder named in ``INDICIA_BENCH_DATA`` may have the files already:
``jsonstat.json``, ``sdmx1.json``, ``sdmx2.json``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._read_files import AREAS, CONFIDENTIAL, FOLDER, MISSING, MONTHS, UNITS, blocks

SIZE = 100e6  # bytes of a file at scale 1, about


def place(folder: Path, name: str, scale: float) -> tuple[Path, bool]:
    """Where a file is or will be, and whether it is there."""
    given = os.environ.get(FOLDER) if scale == 1 else None
    ready = Path(given) / name if given else None
    return (ready, True) if ready is not None and ready.exists() else (folder / name, False)


def _series(scale: float, bytes_per_cell: float) -> list[Any]:
    """Blocks of keys, tenths and kinds, and the activities in order of appearance."""
    return list(blocks(1, int(SIZE * scale / (len(MONTHS) * bytes_per_cell))))


def json_stat(folder: Path, scale: float) -> Path:
    path, there = place(folder, "jsonstat.json", scale)
    if there:
        return path
    parts = _series(scale, 6.1)
    names = list(dict.fromkeys(key[2] for block, _, _ in parts for key in block))
    codes = {"freq": ["M"], "unit": list(UNITS), "nace_r2": names, "geo": list(AREAS), "time": MONTHS}
    dims = {name: {"category": {"index": {code: k for k, code in enumerate(c)}}} for name, c in codes.items()}
    head = {"version": "2.0", "class": "dataset", "id": list(codes), "size": [len(c) for c in codes.values()]}
    cells = np.full([len(c) for c in codes.values()], "null", object)
    kinds = np.zeros(cells.shape, np.int8)
    rank = {name: {code: k for k, code in enumerate(c)} for name, c in codes.items()}
    for block, tenths, kind in parts:
        for key, row, marks in zip(block, tenths.tolist(), kind, strict=True):
            at = tuple(rank[name][code] for name, code in zip(list(codes)[:4], key, strict=True))
            cells[at] = [f"{t / 10:.1f}" if k < MISSING else "null" for t, k in zip(row, marks.tolist(), strict=True)]
            kinds[at] = marks
    marked = np.flatnonzero((kinds > 0) & (kinds != MISSING))
    letters = dict(enumerate(" pebs")) | {CONFIDENTIAL: "c"}
    with path.open("w") as out:
        out.write(json.dumps({**head, "dimension": dims})[:-1] + ',"value":[' + ",".join(cells.ravel().tolist()))
        status = (f'"{k}":"{letters[s]}"' for k, s in zip(marked.tolist(), kinds.ravel()[marked].tolist(), strict=True))
        out.write('],"status":{' + ",".join(status) + "}}")
    return path


def sdmx_json(folder: Path, scale: float, version: int) -> Path:
    path, there = place(folder, f"sdmx{version}.json", scale)
    if there:
        return path
    parts = _series(scale, 13)
    names = list(dict.fromkeys(key[2] for block, _, _ in parts for key in block))
    codes = {"FREQ": ["M"], "UNIT": list(UNITS), "NACE_R2": names, "GEO": list(AREAS)}
    rank = [{code: k for k, code in enumerate(c)} for c in codes.values()]
    series = []
    for block, tenths, kind in parts:
        for key, row, marks in zip(block, tenths.tolist(), kind.tolist(), strict=True):
            at = ":".join(str(ranks[code]) for ranks, code in zip(rank, key, strict=True))
            cells = [
                f'"{m}":[{t / 10:.1f},{k}]' for m, (t, k) in enumerate(zip(row, marks, strict=True)) if k < MISSING
            ]
            if cells:
                series.append(f'"{at}":{{"attributes":[0],"observations":{{{",".join(cells)}}}}}')

    def component(name: str, values: list[str]) -> dict[str, Any]:
        return {"id": name, "values": [{"id": value} for value in values]}

    structure = {
        "dimensions": {
            "series": [component(name, c) for name, c in codes.items()],
            "observation": [component("TIME_PERIOD", MONTHS)],
        },
        "attributes": {
            "series": [component("DECIMALS", ["1"])],
            "observation": [component("OBS_STATUS", ["A", "P", "E", "B", "S"])],
        },
    }
    sets = '"dataSets":[{"action":"Replace","series":{' + ",".join(series) + "}}]"
    with path.open("w") as out:
        if version == 1:
            out.write('{"header":{"prepared":"2026"},' + sets + ',"structure":' + json.dumps(structure) + "}")
        else:
            out.write('{"data":{' + sets + ',"structures":[' + json.dumps(structure) + "]}}")
    return path
