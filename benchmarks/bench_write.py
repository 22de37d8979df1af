"""Files with a million figures, beside the libraries that write the same from frames.

Peers are given frames that are made beforehand, with all columns of the file; what both have written is read back and
compared first. A peer's own figures have no decimals that are kept, labels, or flags but as texts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

import indicia
from benchmarks._harness import Row, lacking

PLACES, ITEMS, MONTHS = 50, 20, 1000


def made(scale: float) -> indicia.Cube:
    """Monthly figures with one decimal, a tenth of them estimated."""
    random = np.random.default_rng(2026)
    months = max(int(MONTHS * scale), 2)
    shape = (PLACES, ITEMS, months)
    return indicia.Cube(
        ["geo", "item", "time"],
        {"geo": [f"G{i:02d}" for i in range(PLACES)], "item": [f"item {i}" for i in range(ITEMS)]},
        indicia.Periods.range("M", -240, months),
        random.lognormal(3, 2, shape).round(1),
        (random.random(shape) < 0.1).astype(np.uint32) * np.uint32(indicia.Flag.ESTIMATED),
        unit="EUR",
        decimals=1,
    )


def same_when_read(ours: bytes, peer: Any) -> None:
    """Raises unless both files hold the same observations."""
    mine, others = (indicia.read_observations(text) for text in (ours, bytes(peer)))
    assert mine.dims == others.dims
    assert mine.codes == others.codes
    assert mine.time == others.time
    assert np.array_equal(mine.values, others.values)
    assert mine.flags is None or others.flags is None or np.array_equal(mine.flags, others.flags)


def columns_of(rows: indicia.Observations) -> dict[str, Any]:
    """The columns of the SDMX-CSV file as texts and figures."""
    table: dict[str, Any] = {"STRUCTURE": "dataflow", "STRUCTURE_ID": "indicia:DATA(1.0)", "ACTION": "I"}
    for dim, codes in rows.codes.items():
        table[dim] = np.array(codes, object)[rows.positions[dim]]
    assert rows.time is not None
    table["TIME_PERIOD"] = rows.time.to_text().astype(object)
    table["OBS_VALUE"] = rows.values
    table["OBS_STATUS"] = np.where(rows.flags, "E", "A").astype(object) if rows.flags is not None else "A"
    return table | {"UNIT_MEASURE": "EUR", "DECIMALS": 1}


def pandas_csv(rows: indicia.Observations) -> Any:
    try:
        import pandas as pd
    except ModuleNotFoundError:
        return lacking("pandas")
    frame = pd.DataFrame(columns_of(rows))
    return lambda: frame.to_csv(index=False, lineterminator="\n").encode()


def polars_csv(rows: indicia.Observations) -> Any:
    try:
        import polars as pl
    except ModuleNotFoundError:
        return lacking("polars")
    n = len(rows)
    frame = pl.DataFrame({k: v if isinstance(v, np.ndarray) else [v] * n for k, v in columns_of(rows).items()})
    return lambda: frame.write_csv().encode()


def pyjstat_json(cube: indicia.Cube) -> Any:
    try:
        from pyjstat import pyjstat
    except ModuleNotFoundError:
        return lacking("pyjstat")
    frame = cube.to_observations().to_pandas(flags=None)
    for dim in cube.dims:
        frame[dim] = frame[dim].astype(str)

    def write() -> bytes:
        with warnings.catch_warnings():  # its own writing warns of itself
            warnings.simplefilter("ignore", DeprecationWarning)
            return pyjstat.Dataset.read(frame, value="value").write().encode()

    return write


def px_by_hand(cube: indicia.Cube) -> Any:
    """A head as ours and NumPy's own texts: there is no writer of px for Python that keeps time."""
    head, _, _ = indicia.write_px(cube).partition(b"DATA=\n")

    def write() -> bytes:
        lines = cube.values.reshape(-1, cube.shape[-1]).tolist()
        return head + b"DATA=\n" + "\n".join(" ".join(map(repr, line)) for line in lines).encode() + b";\n"

    return write


def rows(scale: float = 1.0) -> Iterator[Row]:
    cube = made(scale)
    obs = cube.to_observations()
    n = f"{len(obs):,} figures"
    yield Row(
        f"SDMX-CSV, {n}",
        ours=lambda: indicia.write_sdmx_csv(obs),
        peers={"pandas": pandas_csv(obs), "polars": polars_csv(obs)},
        equal=same_when_read,
        bytes_moved=len(indicia.write_sdmx_csv(obs) or b""),
        note="peers write texts that were made beforehand",
    )
    few = made(scale / 10)
    yield Row(
        f"JSON-stat, {few.size:,} figures",
        ours=lambda: indicia.write_json_stat(few),
        peers={"pyjstat": pyjstat_json(few)},
        equal=same_when_read,
        bytes_moved=len(indicia.write_json_stat(few) or b""),
        note="pyjstat has no status",
    )
    yield Row(
        f"px, {n}",
        ours=lambda: indicia.write_px(cube),
        peers={"repr of each": px_by_hand(cube)},
        equal=same_when_read,
        bytes_moved=len(indicia.write_px(cube) or b""),
    )
