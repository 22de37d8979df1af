"""A PC-Axis file of about 92 MB, read from the page cache: beside what a user would write, beside the floor.

Nobody reads px fast. The peers are polars and pandas, given the data section as if it were a table of blanks (their
user has found the head by hand, inside of the clock), and pyaxis, the library for px; it takes a twentieth of the file.
The floor reads the file through one reused window of 1 MiB and counts its newlines.

``INDICIA_BENCH_DATA`` may name a folder that has ``table.px`` already.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

THREADS = 2
os.environ.setdefault("POLARS_MAX_THREADS", str(THREADS))  # read when polars is imported, which the peers do

import indicia  # noqa: E402
from benchmarks import _read_files, _read_memory  # noqa: E402
from benchmarks._harness import Row  # noqa: E402
from indicia import _core  # noqa: E402


def write(path: Path, scale: float) -> None:
    """Indices and rates with one decimal, 300 months; late starts and gaps as symbols."""
    figures = [f"{tenths / 10:.1f} " for tenths in range(_read_files.LOW, _read_files.HIGH + 1)]
    columns = [figures] * 5 + [['".." '] * len(figures), ['"." '] * len(figures)]
    cells = _read_files.table(columns, 8).view(np.uint64).ravel()
    series = int(_read_files.SIZE * scale / (len(_read_files.MONTHS) * 5.9))
    keys = _read_files.keys(series)
    units, names, areas = (list(dict.fromkeys(key[i] for key in keys)) for i in (1, 2, 3))
    months = [month.replace("-", "M") for month in _read_files.MONTHS]
    with path.open("wb") as out:
        said = {"CHARSET": ["ANSI"], "AXIS-VERSION": ["2013"], "CODEPAGE": ["iso-8859-15"], "LANGUAGE": ["en"]}
        said |= {"TITLE": ["Production by unit, activity, area and month"], "UNITS": ["index points"]}
        said |= {"STUB": ["unit", "activity", "area"], "HEADING": ["month"]}
        dims = {"unit": units, "activity": names, "area": areas, "month": months}
        said |= {f'VALUES("{name}")': [f"{name} {code}" for code in codes] for name, codes in dims.items()}
        said |= {'VALUES("month")': months} | {f'CODES("{name}")': codes for name, codes in dims.items()}
        text = ";\r\n".join(f"{keyword}=" + ",".join(f'"{one}"' for one in texts) for keyword, texts in said.items())
        text += f';\r\nTIMEVAL("month")=TLIST(M1,"{months[0]}"-"{months[-1]}");\r\nDECIMALS=1;\r\nDATA=\r\n'
        out.write(text.encode())
        for block, tenths, kind in _read_files.blocks(7, series):
            body = cells[kind * len(figures) + (tenths - _read_files.LOW)].view(np.uint8)
            ends = np.broadcast_to(np.frombuffer(b"\r\n", np.uint8), (len(block), 2))
            out.write(_read_files.joined(body, ends))
        out.write(b";\r\n")


def head(raw: bytes) -> tuple[int, list[list[str]]]:
    """Where the data begin, and the codes of the dimensions: good for this file, not for px."""
    end = raw.index(b"DATA=")
    said: dict[str, list[str]] = {}
    for name, sub, values in re.findall(r'([A-Z-]+)(?:\("([^"]*)"\))?=((?:"[^"]*"|[^;"])*);', raw[:end].decode()):
        said[name + sub] = re.findall(r'"([^"]*)"', values)
    return end + 5, [said["CODES" + dim] for dim in said["STUB"] + said["HEADING"]]


def polars(path: Path) -> Any:
    import polars as pl

    raw = path.read_bytes()
    start, codes = head(raw)
    schema = {f"c{i}": pl.Float64() for i in range(len(codes[-1]))} | {"end": pl.Utf8()}
    frame = pl.read_csv(
        io.BytesIO(raw[start:].strip(b"\r\n;")),
        separator=" ",
        has_header=False,
        null_values=["..", "."],
        truncate_ragged_lines=True,
        schema=schema,
    )
    return frame.drop("end").to_numpy().reshape([len(one) for one in codes]), codes


def pandas(path: Path) -> Any:
    import pandas as pd

    raw = path.read_bytes()
    start, codes = head(raw)
    data = io.BytesIO(raw[start:].strip(b"\r\n;"))
    frame = pd.read_csv(data, sep=" ", header=None, na_values=["..", "."], engine="c")
    return frame.iloc[:, : len(codes[-1])].to_numpy(float).reshape([len(one) for one in codes]), codes


def pyaxis(path: Path) -> Any:
    import pandas as pd
    from pyaxis import pyaxis as library

    frame = library.parse(str(path), encoding="iso-8859-15", null_values=r'^"\."$', sd_values=r'"\.\."')["DATA"]
    return pd.to_numeric(frame["DATA"], errors="coerce").to_numpy()


def same(cube: Any, peer: Any) -> None:
    if isinstance(peer, indicia.Cube):
        assert cube.equals(peer)
    elif isinstance(peer, int):  # the floor: newlines
        assert peer >= int(np.prod(cube.shape[:-1]))
    elif isinstance(peer, tuple):
        values, codes = peer
        assert [list(cube.codes[dim]) for dim in cube.dims if dim != "time"] == codes[:-1]
        np.testing.assert_array_equal(cube.values, values)
        assert (cube.flags[np.isnan(values)] != 0).all()
    else:
        np.testing.assert_array_equal(cube.values.ravel(), peer)


def floor(path: Path) -> Callable[[], int]:
    def call() -> int:
        with path.open("rb", buffering=0) as file:
            return _core.bench_floor(file.fileno())

    return call


def rows(scale: float = 1.0) -> Iterator[Row]:
    pages = indicia.show_config(mode="dict")["pages"]
    with tempfile.TemporaryDirectory() as folder:
        given = os.environ.get(_read_files.FOLDER) if scale == 1 else None
        path = Path(given or folder) / "table.px"
        if not path.exists():
            path = Path(folder) / "table.px"
            write(path, scale)
        yield Row(
            f"px to Cube with flags, {THREADS} threads",
            ours=lambda: indicia.read_cube(path, threads=THREADS),
            peers={
                "indicia 1 thread": lambda: indicia.read_cube(path, threads=1),
                "polars as a reader of blanks": lambda: polars(path),
                "pandas as a reader of blanks": lambda: pandas(path),
                "floor (newlines counted)": floor(path),
            },
            equal=same,
            bytes_moved=path.stat().st_size,
            note=f"wanted: 6 times polars; peers have no flags; {pages}; {_read_memory.apart(path)}",
        )
        small = Path(folder) / "small.px"
        write(small, 0.05 * scale)
        yield Row(
            "px to Cube with flags, a twentieth",
            ours=lambda: indicia.read_cube(small, threads=THREADS),
            peers={"pyaxis": lambda: pyaxis(small)},
            equal=same,
            bytes_moved=small.stat().st_size,
            note="wanted: 200 times pyaxis, which makes a row of texts for each cell",
        )
