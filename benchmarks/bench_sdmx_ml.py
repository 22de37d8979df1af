"""SDMX-ML files of about 90 MB, structure-specific and generic, beside expat, lxml, ElementTree, and the floor.

The peers do what their manuals would have one do fast (a handler, or iterparse with elements cleared), and stop where
the content is there: keys as tuples by series, periods and statuses as texts, figures as floats. The floor is to read
the file through one reused window and to count its newlines. Files are made for the run, unless a folder named in
``INDICIA_BENCH_DATA`` has ``ss.xml`` and ``generic.xml``.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np

import indicia
from benchmarks import _read_memory
from benchmarks._harness import Row
from indicia import Flag, _core

THREADS = 2
MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
GENERIC = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"
MARKS = {"": 0, "A": 0, "b": Flag.BREAK, "B": Flag.BREAK, "e": Flag.ESTIMATED, "E": Flag.ESTIMATED}
MARKS |= {"p": Flag.PROVISIONAL, "P": Flag.PROVISIONAL, "s": Flag.ESTIMATED, "S": Flag.STRIKE, "c": Flag.CONFIDENTIAL}

# ---- files ---------------------------------------------------------------------------------------------------


def series(count: int) -> Iterator[tuple[tuple[str, str, str, str], list[tuple[str, str, int]]]]:
    """Keys, and (month, figure, number of a mark) for 300 months less some."""
    source = np.random.default_rng(20261124)
    months = [f"{year}-{month:02}" for year in range(2000, 2025) for month in range(1, 13)]
    geos = [f"{a}{b}" for a, b in itertools.product("ABDEF", "ABDEFGHK")]
    keys = itertools.product(["M"], ["I15", "I21", "PCH_PRE", "PCH_SM"], (f"C{n}" for n in range(10, 9999)), geos)
    for key in itertools.islice(keys, count):
        level = np.round(100 + np.cumsum(source.normal(0, 1.5, len(months))), 1)
        there = source.random(len(months)) < 0.77
        marks = np.where(source.random(len(months)) < 0.1, source.integers(1, 5, len(months)), 0)
        chosen = zip(itertools.compress(months, there), level[there].tolist(), marks[there].tolist(), strict=True)
        yield key, [(month, str(value), mark) for month, value, mark in chosen]


def make_specific(path: Path, count: int) -> None:
    flags = ["", ' OBS_FLAG="p"', ' OBS_FLAG="e"', ' OBS_FLAG="b"', ' OBS_FLAG="c"']
    with path.open("w", newline="") as out:
        out.write(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<m:StructureSpecificData xmlns:m="{MESSAGE}">\n<m:DataSet>\n'
        )
        for key, cells in series(count):
            names = zip(("freq", "unit", "nace_r2", "geo"), key, strict=True)
            out.write("<Series " + " ".join(f'{name}="{code}"' for name, code in names) + ">")
            out.writelines(f'<Obs TIME_PERIOD="{t}" OBS_VALUE="{v}"{flags[m]}/>' for t, v, m in cells)
            out.write("</Series>\n")
        out.write("</m:DataSet>\n</m:StructureSpecificData>\n")


def make_generic(path: Path, count: int) -> None:
    value = '<g:Value id="{}" value="{}"/>'
    with path.open("w", newline="") as out:
        out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<m:GenericData xmlns:m="{MESSAGE}" xmlns:g="{GENERIC}">\n')
        out.write("<m:DataSet>\n")
        for key, cells in series(count):
            out.write("<g:Series><g:SeriesKey>")
            out.writelines(map(value.format, ("FREQ", "UNIT", "NACE_R2", "GEO"), key))
            out.write(f"</g:SeriesKey><g:Attributes>{value.format('DECIMALS', 1)}</g:Attributes>")
            out.writelines(
                f'<g:Obs><g:ObsDimension value="{t}"/><g:ObsValue value="{v}"/><g:Attributes>'
                f"{value.format('OBS_STATUS', 'APEBS'[m])}</g:Attributes></g:Obs>\n"
                for t, v, m in cells
            )
            out.write("</g:Series>\n")
        out.write("</m:DataSet>\n</m:GenericData>\n")


# ---- peers -----------------------------------------------------------------------------------------------------


@dataclass
class Content:
    """What a peer found."""

    keys: list[tuple[str, ...]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    periods: list[str] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)


def specific_by_expat(path: Path) -> Content:
    c = Content()
    period, value, mark = c.periods.append, c.values.append, c.marks.append

    def start(tag: str, a: dict[str, str]) -> None:
        if tag == "Obs":
            period(a["TIME_PERIOD"])
            value(float(a["OBS_VALUE"]))
            mark(a.get("OBS_FLAG", ""))
        elif tag == "Series":
            c.keys.append((a["freq"], a["unit"], a["nace_r2"], a["geo"]))
            c.starts.append(len(c.values))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with path.open("rb") as file:
        parser.ParseFile(file)
    return c


def generic_by_expat(path: Path) -> Content:
    c = Content()
    key: list[str] = []
    inside = ["", ""]

    def start(tag: str, a: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "Value":
            if inside[0] == "SeriesKey":
                key.append(a["value"])
            elif inside[1] == "Obs" and a["id"] == "OBS_STATUS":
                c.marks.append(a["value"])
        elif name == "ObsDimension":
            c.periods.append(a["value"])
            inside[1] = "Obs"
        elif name == "ObsValue":
            c.values.append(float(a["value"]))
        elif name == "SeriesKey":
            key.clear()
            c.starts.append(len(c.values))
            inside[:] = [name, ""]

    def end(tag: str) -> None:
        if tag.endswith("SeriesKey"):
            c.keys.append(tuple(key))
            inside[0] = ""

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    with path.open("rb") as file:
        parser.ParseFile(file)
    return c


def elements(path: Path, library: str, tag: str) -> Iterator[Any]:
    """Elements as they end, cleared afterwards."""
    if library == "lxml":
        from lxml import etree

        for _, element in etree.iterparse(path, events=("end",), tag=tag, huge_tree=True):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    else:
        from xml.etree import ElementTree

        for _, element in ElementTree.iterparse(path, events=("end",)):
            if element.tag == tag:
                yield element
                element.clear()


def specific_by_elements(path: Path, library: str) -> Content:
    c = Content()
    for element in elements(path, library, "Series"):
        get = element.get
        c.keys.append((get("freq"), get("unit"), get("nace_r2"), get("geo")))
        c.starts.append(len(c.values))
        for obs in element:
            get = obs.get
            c.periods.append(get("TIME_PERIOD"))
            c.values.append(float(get("OBS_VALUE")))
            c.marks.append(get("OBS_FLAG", ""))
    return c


def generic_by_elements(path: Path, library: str) -> Content:
    c = Content()
    space = f"{{{GENERIC}}}"
    for element in elements(path, library, space + "Series"):
        c.starts.append(len(c.values))
        for child in element:
            if child.tag == space + "Obs":
                c.periods.append(child[0].get("value"))
                c.values.append(float(child[1].get("value")))
                c.marks.append(child[2][0].get("value"))
            elif child.tag == space + "SeriesKey":
                c.keys.append(tuple(value.get("value") for value in child))
    return c


# ---- rows --------------------------------------------------------------------------------------------------------


def same(ours: Any, peer: Any) -> None:
    """Every row's codes, period, value and flags, in order; or the same from ourselves; or the file's newlines."""
    if isinstance(peer, int):
        return
    if not isinstance(peer, Content):
        assert ours.equals(peer), (ours, peer)
        return
    assert len(ours) == len(peer.values), (len(ours), len(peer.values))
    np.testing.assert_array_equal(ours.values, np.array(peer.values))
    months = {text: 12 * (int(text[:4]) - 1970) + int(text[5:]) - 1 for text in set(peer.periods)}
    np.testing.assert_array_equal(ours.time.ordinals, [months[text] for text in peer.periods])
    flags = np.array([int(MARKS[mark]) for mark in peer.marks])
    np.testing.assert_array_equal(ours.flags if ours.flags is not None else np.zeros(len(ours)), flags)
    lengths = np.diff([*peer.starts, len(peer.values)])
    for place, name in enumerate(ours.dims[:-1]):
        codes = {code: number for number, code in enumerate(ours.codes[name])}
        positions = np.repeat([codes[key[place]] for key in peer.keys], lengths)
        np.testing.assert_array_equal(ours.positions[name], positions, name)


def floor(path: Path) -> int:
    with path.open("rb", buffering=0) as file:
        return _core.bench_floor(file.fileno())


def row(path: Path, what: str, peers: dict[str, Callable[[], Any]], wanted: str) -> Row:
    return Row(
        f"SDMX-ML {what} to Observations, {THREADS} threads",
        ours=lambda: indicia.read_observations(path, threads=THREADS),
        peers={
            **peers,
            "indicia 1 thread": lambda: indicia.read_observations(path, threads=1),
            "floor: the file through a window": lambda: floor(path),
        },
        equal=same,
        bytes_moved=path.stat().st_size,
        note=f"wanted: {wanted}; {_read_memory.apart(path)}",
    )


def rows(scale: float = 1.0) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        given = os.environ.get("INDICIA_BENCH_DATA")
        specific, generic = (Path(folder if given is None else given) / name for name in ("ss.xml", "generic.xml"))
        if not specific.exists():
            specific = Path(folder) / "ss.xml"
            make_specific(specific, max(2, int(8000 * scale)))
        if not generic.exists():
            generic = Path(folder) / "generic.xml"
            make_generic(generic, max(2, int(2200 * scale)))
        yield row(
            specific,
            "structure-specific",
            {
                "expat": lambda: specific_by_expat(specific),
                "lxml iterparse": lambda: specific_by_elements(specific, "lxml"),
                "ElementTree iterparse": lambda: specific_by_elements(specific, "xml"),
            },
            "30 times expat",
        )
        yield row(
            generic,
            "generic",
            {
                "lxml iterparse": lambda: generic_by_elements(generic, "lxml"),
                "expat": lambda: generic_by_expat(generic),
                "ElementTree iterparse": lambda: generic_by_elements(generic, "xml"),
            },
            "20 times lxml",
        )
