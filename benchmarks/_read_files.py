"""The files that bench_read reads: monthly indices of production, 300 months, as statistical offices write them.

Index levels and signed rates of change with one decimal, series that start late, a few gaps, flags, confidential
series. The same arguments give the same bytes.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = "INDICIA_BENCH_DATA"  # a folder that may have the files already, under the names below
SIZE = 100e6  # bytes of a file at scale 1, about

MONTHS = [f"{year}-{month:02d}" for year in range(2000, 2025) for month in range(1, 13)]
UNITS = ("I15", "I21", "PCH_PRE", "PCH_SM")  # two of them levels, two rates
AREAS = (
    *("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EA20", "EE", "EL", "ES", "EU27_2020", "FI", "FR", "HR", "HU"),
    *("IE", "IS", "IT", "LT", "LU", "LV", "ME", "MK", "MT", "NA", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK"),
    *("TR", "UK"),
)
LOW, HIGH = -999, 9999  # tenths: what is printed lies between -99.9 and 999.9
MARKS = ("", "p", "e", "b", "s")  # kinds 0 to 4 of a cell
MISSING, CONFIDENTIAL = 5, 6
BLOCK = 1024  # series at a time


@dataclass(frozen=True)
class Files:
    """Where the files are."""

    csv1: Path
    csv2: Path
    tsv: Path
    gz: Path


def make(folder: Path, scale: float) -> Files:
    """The four files, made in `folder` unless ``INDICIA_BENCH_DATA`` has them; that is looked at for scale 1 alone."""
    given = os.environ.get(FOLDER) if scale == 1 else None

    def place(name: str) -> Path:
        ready = Path(given) / name if given else None
        return ready if ready is not None and ready.exists() else folder / name

    files = Files(place("sdmx1.csv"), place("sdmx2.csv"), place("estat_sts.tsv"), place("estat_sts.tsv.gz"))
    if not files.csv1.exists():
        write_sdmx_csv(files.csv1, scale, version=1)
    if not files.csv2.exists():
        write_sdmx_csv(files.csv2, scale, version=2)
    if not files.tsv.exists():
        write_tsv(files.tsv, scale)
    if not files.gz.exists():
        with files.tsv.open("rb") as plain, gzip.GzipFile(files.gz, "wb", compresslevel=6, mtime=0) as packed:
            shutil.copyfileobj(plain, packed, 1 << 20)
    return files


# ---- the data ------------------------------------------------------------------------------------------------


def activities() -> Iterator[str]:
    """Codes of NACE Rev. 2, or what looks like them: sections, divisions, groups, classes."""
    yield from ("B-D", "B-S_X_K642", "C", "D", "MIG_CAG", "MIG_COG", "MIG_ING", "MIG_NRG_X_E")
    for division in range(5, 100):
        yield f"C{division:02d}"
        for group in range(1, 10):
            yield f"C{division:02d}{group}"
            yield from (f"C{division:02d}{group}{name}" for name in range(1, 6))


def keys(series: int) -> list[tuple[str, str, str, str]]:
    """About so many series, and at least one activity of each unit and area."""
    count = max(1, series // (len(UNITS) * len(AREAS)))
    names = [name for name, _ in zip(activities(), range(count), strict=False)]
    return [("M", unit, name, area) for unit in UNITS for name in names for area in AREAS]


def panel(rng: np.random.Generator, units: list[str]) -> tuple[Any, Any]:
    """Tenths and kinds of the cells of some series."""
    shape = (len(units), len(MONTHS))
    month = np.arange(shape[1], dtype=np.float32)
    season = np.sin((month + rng.integers(0, 12, (shape[0], 1))) * np.float32(np.pi / 6))
    walk = rng.standard_normal(shape, np.float32) * 1.2
    level = rng.uniform(70, 120, (shape[0], 1)) + np.cumsum(walk, axis=1) + rng.uniform(0, 12, (shape[0], 1)) * season
    rate = 3 * walk + 1.5
    is_rate = np.array([unit.startswith("PCH") for unit in units])[:, None]
    tenths = np.rint(np.where(is_rate, rate, np.maximum(level, 0.1)) * 10).astype(np.int32)

    kind = np.zeros(shape, np.int32)
    draw = rng.random(shape, np.float32)
    for mark, share in ((2, 0.012), (3, 0.015), (4, 0.018)):
        kind[(draw < share) & (kind == 0)] = mark
    kind[:, -3:] = np.where(rng.random((shape[0], 3)) < 0.7, 1, kind[:, -3:])
    start = np.where(rng.random(shape[0]) < 0.6, rng.integers(0, shape[1] // 2, shape[0]), 0)
    kind[(draw > 0.97) | (month < start[:, None])] = MISSING
    kind[rng.random(shape[0]) < 0.03] = CONFIDENTIAL
    return np.clip(tenths, LOW, HIGH), kind


def blocks(seed: int, series: int) -> Iterator[tuple[list[tuple[str, str, str, str]], Any, Any]]:
    rng = np.random.default_rng(seed)
    all_keys = keys(series)
    for first in range(0, len(all_keys), BLOCK):
        block = all_keys[first : first + BLOCK]
        yield block, *panel(rng, [key[1] for key in block])


# ---- the text ------------------------------------------------------------------------------------------------


def printed() -> list[str]:
    return [f"{tenths / 10:.1f}" for tenths in range(LOW, HIGH + 1)]


def table(columns: list[list[str]], width: int) -> Any:
    """Texts by kind and tenths, as rows of bytes filled up with NUL, which no file keeps."""
    return np.array([text for column in columns for text in column], f"S{width}").view(np.uint8).reshape(-1, width)


def padded(texts: list[str]) -> Any:
    packed = np.array(texts, "S")
    return packed.view(np.uint8).reshape(len(texts), packed.dtype.itemsize)


def joined(*parts: Any) -> bytes:
    packed: bytes = np.concatenate(parts, axis=1).tobytes()
    return packed.translate(None, b"\0")


def write_tsv(path: Path, scale: float) -> None:
    """Eurostat's: ``value flag`` in each cell, a blank even without a flag, ``:`` for none, ``: c`` for a secret."""
    figures = printed()
    columns = [[f"\t{figure} {mark}" for figure in figures] for mark in MARKS]
    columns += [["\t: "] * len(figures), ["\t: c"] * len(figures)]
    cells = table(columns, 8).view(np.uint64).ravel()
    with path.open("wb") as out:
        out.write(("freq,unit,nace_r2,geo\\TIME_PERIOD\t" + "\t".join(f"{m} " for m in MONTHS) + "\r\n").encode())
        for names, tenths, kind in blocks(1, int(SIZE * scale / (len(MONTHS) * 6))):
            body = cells[kind * len(figures) + (tenths - LOW)].view(np.uint8)
            ends = np.broadcast_to(np.frombuffer(b"\r\n", np.uint8), (len(names), 2))
            out.write(joined(padded([",".join(name) for name in names]), body, ends))


def write_sdmx_csv(path: Path, scale: float, version: int) -> None:
    """A row for each observation; confidential ones have no value but a status."""
    start = "dataflow,ESTAT:STS_INPR_M(1.0),I," if version == 2 else "ESTAT:STS_INPR_M(1.0),"
    head = ("STRUCTURE,STRUCTURE_ID,ACTION," if version == 2 else "DATAFLOW,") + "FREQ,UNIT,NACE_R2,GEO,TIME_PERIOD"
    figures = printed()
    columns = [[f"{figure},{mark.upper()}\r\n" for figure in figures] for mark in MARKS]
    columns += [[""] * len(figures), [",C\r\n"] * len(figures)]
    ends = table(columns, 9)
    months = padded([f"{month}," for month in MONTHS])
    with path.open("wb") as out:
        out.write((head + ",OBS_VALUE,OBS_STATUS\r\n").encode())
        for names, tenths, kind in blocks(1 + version, int(SIZE * scale / (len(MONTHS) * (len(start) + 32) * 0.8))):
            series, month = np.nonzero(kind != MISSING)
            there = (series, month)
            body = ends[kind[there] * len(figures) + (tenths[there] - LOW)]
            out.write(joined(padded([start + ",".join(name) + "," for name in names])[series], months[month], body))
