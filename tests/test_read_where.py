"""`where=`, engine by engine: what is asked for while reading is what is selected afterwards, for every format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import indicia
from benchmarks import bench_memory

DATA = Path(__file__).parent / "data"
FORMATS = sorted(one.name for one in indicia.formats())
SAMPLES = [
    path for name in FORMATS for path in sorted((DATA / name).iterdir()) if path.stem.startswith(("good", "odd"))
]


def columns(rows: indicia.Observations) -> dict[str, Any]:
    """What rows say, without the numbers of their codes."""
    found: dict[str, Any] = {
        dim: np.array(rows.codes[dim], object)[np.asarray(positions, np.int64)]
        for dim, positions in rows.positions.items()
    }
    found["value"] = rows.values
    found["flags"] = np.zeros(len(rows), np.uint32) if rows.flags is None else rows.flags
    if rows.time is not None:
        found["time"] = rows.time.ordinals
        found["freq"] = np.broadcast_to(np.asarray(rows.time.freq), len(rows))
    return found


def assert_selected(part: indicia.Observations, whole: dict[str, Any], keep: Any) -> None:
    found = columns(part)
    assert list(found) == list(whole)
    for name, column in whole.items():
        np.testing.assert_array_equal(found[name], column[keep], err_msg=name)


def asked(rows: indicia.Observations, whole: dict[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """What is asked for, and the rows that it means: of each dimension one code, all but one, none; of time spans."""
    out = []
    for dim in rows.positions:
        codes = rows.codes[dim]
        if dim == "measure" and rows.attrs["format"] == "sdmx-json":  # measures= chooses among them
            continue
        for some in (codes[:1], codes[-1:], codes[1:], ["no such code"]):
            out.append(({dim: list(some)}, np.isin(whole[dim].astype(str), list(some))))
    if rows.time is None:
        return out
    days = np.array([(p.first_day, p.last_day) for p in distinct(rows)], "M8[D]").reshape(-1, 2)
    if len(days) == 0:
        return out
    if not isinstance(rows.time.freq, str):  # of mixed frequencies, whole years
        year = str(int(days[len(days) // 2, 0].astype("M8[Y]").astype(int)) + 1970)
        first, last = np.datetime64(f"{year}-01-01"), np.datetime64(f"{year}-12-31")
        inside = np.array([first <= p.first_day and p.last_day <= last for p in rows.time])
        weeks = "W" in whole["freq"]  # belong to the year of their Thursday
        return out if weeks else [*out, ({"time": (year, year)}, inside)]
    periods = distinct(rows)
    middle, last = periods[len(periods) // 2], periods[-1]
    ordinals, at = whole["time"], dict(zip(periods, sorted(set(whole["time"])), strict=True))
    out += [
        ({"time": (str(middle), None)}, ordinals >= at[middle]),
        ({"time": (None, str(middle))}, ordinals <= at[middle]),
        ({"time": [str(periods[0]), str(last)]}, np.isin(ordinals, [at[periods[0]], at[last]])),
    ]
    first = next(iter(rows.positions), None)
    if first is not None:
        code = rows.codes[first][-1]
        both = {first: [code], "time": (str(middle), str(last))}
        out.append((both, (whole[first].astype(str) == code) & (ordinals >= at[middle])))
    return out


def same_flags(a: indicia.Cube, b: indicia.Cube) -> bool:
    none = np.zeros(a.shape, np.uint32)
    return np.array_equal(none if a.flags is None else a.flags, none if b.flags is None else b.flags)


def distinct(rows: indicia.Observations) -> list[Any]:
    _, first = np.unique(rows.time.ordinals, return_index=True)  # type: ignore[union-attr]
    return [rows.time[int(i)] for i in first]  # type: ignore[index]


@pytest.mark.filterwarnings("ignore:.*on no calendar")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_samples(path):
    options: dict[str, Any] = {"format": path.parent.name, "duplicates": "last"}
    if path.stem == "odd_bundle":  # of two data sets
        options["dataset"] = "first"
    rows = indicia.read_observations(path, **options)
    whole = columns(rows)
    for where, keep in asked(rows, whole):
        assert_selected(indicia.read_observations(path, where=where, **options), whole, keep)
    if rows.time is not None and not isinstance(rows.time.freq, str):
        return
    cube = indicia.read_cube(path, **options)
    for dim in cube.dims:
        if dim == "time":
            continue
        for code in (cube.codes[dim][0], cube.codes[dim][-1]):
            part, selected = indicia.read_cube(path, where={dim: [code]}, **options), cube.sel(**{dim: [code]})
            assert part.codes[dim] == selected.codes[dim]
            if part.codes == selected.codes and part.shape == selected.shape:  # rows bring the codes they have
                np.testing.assert_array_equal(part.values, selected.values)
                assert same_flags(part, selected)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Files that several threads share, of every engine that divides them."""
    folder = tmp_path_factory.mktemp("where")
    for name, (_, write) in bench_memory.FILES.items():
        write(folder / name, 0.02)
    return folder


@pytest.mark.parametrize("name", sorted(bench_memory.FILES))
def test_several_threads(name, large):
    rows = indicia.read_observations(large / name, threads=1)
    whole = columns(rows)
    for where, keep in asked(rows, whole)[::4]:
        for threads in (1, 2, 3):
            assert_selected(indicia.read_observations(large / name, where=where, threads=threads), whole, keep)
