"""Peak memory of reading: at most the output and 64 MiB, whatever the format, plain and compressed.

Files of about 100 MB (BACI of 10 million rows, a year at full size) are read in fresh processes; a row fails where one
of them takes more. The times are those of reading in this process: what inflating adds.
"""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import indicia
from benchmarks import _json_files, _read_files, _read_memory, bench_px, bench_sdmx_ml, bench_trade, bench_wdi
from benchmarks._harness import Row

SMALL = 0.1  # below this scale two formats are enough


def _baci(path: Path, scale: float) -> None:
    bench_trade.write_baci(path, max(1000, int(10_000_000 * scale)))


def _json_stat(path: Path, scale: float) -> None:
    _json_files.json_stat(path.parent, scale)


def _sdmx_json(path: Path, scale: float) -> None:
    _json_files.sdmx_json(path.parent, scale, int(path.stem[-1]))


FILES: dict[str, tuple[str, Callable[[Path, float], None]]] = {
    "jsonstat.json": ("cube", _json_stat),
    "sdmx1.json": ("rows", _sdmx_json),
    "sdmx2.json": ("rows", _sdmx_json),
    "estat_sts.tsv": ("cube", _read_files.write_tsv),
    "sdmx1.csv": ("rows", lambda path, scale: _read_files.write_sdmx_csv(path, scale, version=1)),
    "ss.xml": ("rows", lambda path, scale: bench_sdmx_ml.make_specific(path, max(2, int(8000 * scale)))),
    "generic.xml": ("rows", lambda path, scale: bench_sdmx_ml.make_generic(path, max(2, int(2200 * scale)))),
    "table.px": ("cube", bench_px.write),
    "WDICSV.csv": ("cube", bench_wdi.write),
    "BACI.csv": ("rows", _baci),
}


def packed(path: Path) -> dict[str, Path]:
    """The file, plain and compressed."""
    gz, zipped = path.with_name(path.name + ".gz"), path.with_name(path.name + ".zip")
    with path.open("rb") as plain, gzip.GzipFile(gz, "wb", compresslevel=1, mtime=0) as out:
        shutil.copyfileobj(plain, out, 1 << 20)
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(path, path.name)
    return {"plain": path, ".gz": gz, ".zip": zipped}


def within(found: dict[str, _read_memory.Memory]) -> None:
    """Raises AssertionError where one of them is beyond."""
    for how, memory in found.items():
        assert memory.peak is None or memory.peak <= memory.output + _read_memory.ROOM, f"{how}: {memory}"


def same(ours: Any, again: Any) -> None:
    assert ours.equals(again)


def rows(scale: float = 1.0) -> Iterator[Row]:
    reads = {"cube": indicia.read_cube, "rows": indicia.read_observations}
    for name, (kind, write) in list(FILES.items())[: None if scale >= SMALL else 2]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write(path, scale)
            paths = packed(path)
            memory = {how: _read_memory.apart(one, kind) for how, one in paths.items()}
            within(memory)
            calls = {how: lambda read=reads[kind], one=one: read(one, threads=2) for how, one in paths.items()}
            yield Row(
                f"{name} to {kind}",
                ours=calls.pop("plain"),
                peers={f"indicia {how}": call for how, call in calls.items()},
                equal=same,
                bytes_moved=path.stat().st_size,
                note="; ".join(f"{how}: {one}" for how, one in memory.items()),
            )
