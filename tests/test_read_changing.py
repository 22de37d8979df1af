"""Files that change while they are read: another program appends to them, cuts them or writes over them."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest

import indicia
from indicia import sources
from tests.readers import outcome, same

SERIES, MONTHS = 1500, 120


def tsv(series: int) -> bytes:
    head = "geo\\time\t" + "\t".join(f"{1950 + m // 12}-{m % 12 + 1:02d}" for m in range(MONTHS))
    rows = ("\t".join([f"G{k}", *(f"{k % 90}.{m % 10} p" for m in range(MONTHS))]) for k in range(series))
    return "\n".join([head, *rows, ""]).encode()


def sdmx_csv(series: int) -> bytes:
    rows = (f"G{k},{1950 + m // 12}-{m % 12 + 1:02d},{k % 90}.5,A" for k in range(series) for m in range(MONTHS))
    return "\n".join(["GEO,TIME_PERIOD,OBS_VALUE,OBS_STATUS", *rows, ""]).encode()


def baci(series: int) -> bytes:
    rows = (f"2020,{k},{m + 1},010121,{k}.{m % 10},1" for k in range(series) for m in range(MONTHS))
    return "\n".join(["t,i,j,k,v,q", *rows, ""]).encode()


MAKERS = {"eurostat-tsv": tsv, "sdmx-csv": sdmx_csv, "baci": baci}


# ---- a file object: what comes is what is read ----------------------------------------------------------------------


class Changing(io.BytesIO):
    """Does something to itself when the reader has come half way."""

    def __init__(self, data: bytes, change: Any) -> None:
        super().__init__(data)
        self.half, self.change = len(data) // 2, change

    def read(self, size: int | None = -1) -> bytes:
        if self.change is not None and self.tell() >= self.half:
            change, self.change = self.change, None
            place = self.tell()
            change(self)
            self.seek(place)
        return super().read(size)


@pytest.mark.parametrize("format", MAKERS)
def test_a_file_object_that_grows_is_read_to_its_new_end(format):
    short, long = MAKERS[format](SERIES), MAKERS[format](SERIES + 50)

    def grow(file: Changing) -> None:
        file.seek(0, os.SEEK_END)
        file.write(long[len(short) :])

    assert same(indicia.read_observations(Changing(short, grow)), indicia.read_observations(long))


@pytest.mark.parametrize("format", MAKERS)
def test_a_file_object_that_is_cut_ends_there(format):
    """Between two rows nobody can tell; within one it is an error with its place."""
    data = MAKERS[format](SERIES)
    rows_end = data.rindex(b"\n", 0, 3 * len(data) // 4) + 1
    cut = indicia.read_observations(Changing(data, lambda file: file.truncate(rows_end)))
    assert same(cut, indicia.read_observations(data[:rows_end]))
    within = rows_end + data[rows_end:].index(b"\n") // 2
    expected = outcome(data[:within], format=format)
    assert outcome(Changing(data, lambda file: file.truncate(within)), format=format) == expected
    assert expected[0] == "FormatError"


# ---- a real file, and another thread --------------------------------------------------------------------------------


class Meddling:
    """Changes a file once the reader has looked at it, from a thread of its own, while the core reads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, change: Any, wait: bool) -> None:
        self.thread = threading.Thread(target=change, daemon=True)
        was = sources.Source.begin

        def begin(source: Any) -> None:
            self.thread.start()
            if wait:  # the change is there before the core begins, the size is that of before
                self.thread.join()
            was(source)

        monkeypatch.setattr(sources.Source, "begin", begin)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("format", MAKERS)
def test_a_file_that_grows_is_read_as_it_was(format, threads, wait, tmp_path, monkeypatch):
    data = MAKERS[format](SERIES)
    expected = indicia.read_observations(data)
    path = tmp_path / "file"
    path.write_bytes(data)

    def grow() -> None:
        with path.open("ab") as file:
            for _ in range(20):
                file.write(b"not a row\n" * 1000)
                file.flush()

    Meddling(monkeypatch, grow, wait)
    assert same(indicia.read_observations(path, threads=threads), expected)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("format", MAKERS)
def test_a_file_that_is_cut_is_an_error_or_was_read_before(format, threads, wait, tmp_path, monkeypatch):
    data = MAKERS[format](SERIES)
    expected = outcome(data)
    path = tmp_path / "file"
    path.write_bytes(data)
    size = len(data) - 200_000
    Meddling(monkeypatch, lambda: os.truncate(path, size), wait)
    found = outcome(path, threads=threads)
    if isinstance(found, tuple):
        name, line, _, offset, _ = found
        assert name == "FormatError"
        seen = size if wait else len(data)  # a read that began before may still have had some of what is cut off
        assert offset <= seen
        assert line <= data[:seen].count(b"\n") + 1
    else:
        assert not wait
        assert found == expected


def json_stat(n: int) -> bytes:
    codes = ",".join(f'"G{k}"' for k in range(n))
    values = ",".join(f"{k % 90}.5" for k in range(n))
    return (
        f'{{"version":"2.0","class":"dataset","value":[{values}],"id":["geo"],"size":[{n}],'
        f'"dimension":{{"geo":{{"category":{{"index":[{codes}]}}}}}}}}'
    ).encode()


def px(n: int) -> bytes:
    codes = ",".join(f'"G{k}"' for k in range(n))
    figures = "\n".join(f"{k % 90}.5" for k in range(n))
    return f'CHARSET="ANSI";\nSTUB="geo";\nVALUES("geo")={codes};\nDATA=\n{figures};\n'.encode()


def sdmx_ml(n: int) -> bytes:
    series = "".join(
        f'<Series GEO="G{k}"><Obs TIME_PERIOD="2020" OBS_VALUE="{k % 90}.5"/></Series>\n' for k in range(n)
    )
    return (
        '<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">'
        f"<m:DataSet>{series}</m:DataSet></m:StructureSpecificData>"
    ).encode()


def sdmx_json(n: int) -> bytes:
    rows = ",".join(f'"{k}":[{k % 90}.5]' for k in range(n))
    codes = ",".join(f'{{"id":"G{k}"}}' for k in range(n))
    return (
        f'{{"dataSets":[{{"observations":{{{rows}}}}}],"structure":{{"dimensions":{{"observation":'
        f'[{{"id":"GEO","values":[{codes}]}}]}}}}}}'
    ).encode()


def wdi(n: int) -> bytes:
    rows = "".join(f'"C{k}","C{k}","I","I.X","1.5","{k % 90}.5",\n' for k in range(n))
    return ('"Country Name","Country Code","Indicator Name","Indicator Code","2022","2023",\n' + rows).encode()


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("make", [json_stat, px, sdmx_ml, sdmx_json, wdi])
def test_what_has_an_end_is_never_read_shorter(make, threads, tmp_path, monkeypatch):
    """A cut file has another size than it had: an error, whatever was read before. What was added is not looked at."""
    data = make(60_000)
    path: Path = tmp_path / "file"
    path.write_bytes(data)
    expected = indicia.read_observations(data)
    with monkeypatch.context() as patch:
        Meddling(patch, lambda: os.truncate(path, len(data) - 5000), wait=True)
        with pytest.raises(indicia.FormatError) as caught:
            indicia.read_observations(path, threads=threads)
        line = data[: len(data) - 5000].count(b"\n") + 1
        assert caught.value.line == line or (make is sdmx_ml and line - 200 < caught.value.line < line)  # of its window
        assert caught.value.offset <= len(data)
    path.write_bytes(data)
    Meddling(monkeypatch, lambda: path.write_bytes(data + b"x" * 100_000), wait=True)
    assert same(
        indicia.read_observations(path, threads=threads), expected
    )  # behind the end that it had nothing is read
