"""Bad input: each a clear error with file, line and column, never a crash, never a silent drop."""

from __future__ import annotations

import gzip
import io
import os
import resource
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

import indicia
from tests.reference import read as twin

DATA = Path(__file__).parent / "data"

TSV = "unit,geo\\TIME_PERIOD\t2021 \t2022 \t2023 \n"
CSV = "GEO,TIME_PERIOD,OBS_VALUE,OBS_STATUS,NOTE\n"

FORMAT, LIMIT, UNSUPPORTED = indicia.FormatError, indicia.LimitError, indicia.UnsupportedFormatError

# what, bytes, class, line, column, words of the message
TSV_CASES = [
    ("empty", "", FORMAT, 1, 1, "the file is empty"),
    ("a byte order mark alone", "\ufeff", FORMAT, 1, 1, "the file is empty"),
    ("header only", TSV, FORMAT, 2, 1, "no row behind the head row"),
    ("header without its line feed", TSV[:-1], FORMAT, 2, 1, "no row behind"),
    ("no dimension", "\\time\t2021\nDE\t1\n", FORMAT, 1, 1, "no name of a dimension"),
    ("a dimension without a name", "a,,geo\\time\t2021\nx,y,DE\t1\n", FORMAT, 1, 3, "no name of a dimension"),
    ("two dimensions of one name", "geo,geo\\time\t2021\nx,y\t1\n", FORMAT, 1, 5, 'two dimensions are called "geo"'),
    ("no time", "geo\t2021\nDE\t1\n", FORMAT, 1, 1, "expected dimensions, then"),
    ("no periods", "geo\\time\nDE\n", FORMAT, 1, 9, "no period behind"),
    ("a head that is no period", "geo\\time\t2021\tsoon\nDE\t1\t2\n", FORMAT, 1, 15, '"soon" is no period'),
    ("an empty head", "geo\\time\t2021\t\nDE\t1\t2\n", FORMAT, 1, 15, '"" is no period'),
    ("a period twice", "geo\\time\t2021\t2021-A1\nDE\t1\t2\n", FORMAT, 1, 1, "2021-A1 is there twice"),
    ("hourly", "geo\\time\t2021-01-01T05:00:00/PT1H\nDE\t1\n", UNSUPPORTED, 1, 10, "not one of A, S, Q, M, W, D"),
    ("too few cells", TSV + "EUR,DE\t1\t2\n", FORMAT, 2, 10, "2 cells, expected 3"),
    ("too many cells", TSV + "EUR,DE\t1\t2\t3\t4\n", FORMAT, 2, 13, "more than 3 cells, expected 3"),
    ("no cells", TSV + "EUR,DE\n", FORMAT, 2, 1, "0 cells, expected 3"),
    ("too few codes", TSV + "DE\t1\t2\t3\n", FORMAT, 2, 1, "1 codes before the first tab, expected 2"),
    ("too many codes", TSV + "a,b,DE\t1\t2\t3\n", FORMAT, 2, 1, "3 codes before the first tab, expected 2"),
    ("a word", TSV + "EUR,DE\t1\tx\t3\n", FORMAT, 2, 10, '2022: "x" is neither a number nor ":"'),
    ("a thousands separator", TSV + "EUR,DE\t1\t2,000\t3\n", FORMAT, 2, 10, '"2,000" is neither'),
    ("blanks in a figure", TSV + "EUR,DE\t1\t1 234.5\t3\n", FORMAT, 2, 10, '"1 234.5" is neither'),
    ("two marks", TSV + "EUR,DE\t1\t1.2.3\t3\n", FORMAT, 2, 10, '"1.2.3" is neither'),
    ("zero by rounding of no zero", TSV + "EUR,DE\t1\t5n\t3\n", FORMAT, 2, 10, '"5n" is neither'),
    ("a date", TSV + "EUR,DE\t1\t2023-01\t3\n", FORMAT, 2, 10, '"2023-01" is neither'),
    ("marks that are no letters", TSV + "EUR,DE\t1\t2 *\t3\n", FORMAT, 2, 10, '"2 \\*" is neither'),
    ("a column in characters", TSV + "€,中国\t1\tx\t3\n", FORMAT, 2, 8, '"x" is neither'),
    (
        "the same key twice",
        TSV + "EUR,DE\t1\t2\t3\nEUR,FR\t1\t2\t3\nEUR,DE\t:\t:\t:\n",
        FORMAT,
        4,
        1,
        "line 2 and line 4",
    ),
    ("a NUL in a code", TSV + "EUR,D\0E\t1\t2\t3\n", FORMAT, 2, 6, "a NUL byte"),
    ("a NUL in a cell", TSV + "EUR,DE\t1\t\0\t3\n", FORMAT, 2, 10, "neither a number"),
    ("a NUL in the head", "ge\0o\\time\t2021\nDE\t1\n", FORMAT, 1, 1, "no name of a dimension"),
    ("no UTF-8 in a code", TSV.encode() + b"EUR,D\xe9E\t1\t2\t3\n", FORMAT, 2, 6, "no UTF-8"),
    ("no UTF-8 in a cell", TSV.encode() + b"EUR,DE\t1\t\xe9\t3\n", FORMAT, 2, 10, "neither a number"),
    ("no UTF-8 in the head", b"ge\xe9\\time\t2021\nDE\t1\n", FORMAT, 1, 1, "no name of a dimension"),
    ("10^6 columns", "geo\\time" + "\t2021" * 10**6 + "\nDE\n", LIMIT, 1, 1, "1000000 columns"),
    ("10^6 dimensions", "g," * 10**6 + "g\\time\t2021\nDE\n", LIMIT, 1, 1, "1000001 dimensions"),
]
CSV_CASES = [
    ("empty", "", FORMAT, 1, 1, "the file is empty"),
    ("header only", CSV, FORMAT, 2, 1, "no row behind the head row"),
    ("header without its line feed", CSV[:-1], FORMAT, 2, 1, "no row behind"),
    ("header of two lines only", CSV.replace("NOTE", '"NO\nTE"'), FORMAT, 3, 1, "no row behind"),
    ("no values", "GEO,TIME_PERIOD\nDE,2021\n", FORMAT, 1, 1, "no column OBS_VALUE"),
    ("no separator", "hello\nworld\n", FORMAT, 1, 1, "no column OBS_VALUE"),
    (
        "two columns of one name",
        "GEO,GEO,TIME_PERIOD,OBS_VALUE\nDE,FR,2021,1\n",
        FORMAT,
        1,
        1,
        "two columns are called",
    ),
    ("a quote in the head", 'GEO,"TIME_PERIOD,OBS_VALUE\nDE,2021,1\n', FORMAT, 1, 5, "never closed"),
    ("text behind a quote in the head", 'GEO,"TIME_PERIOD"x,OBS_VALUE\nDE,2021,1\n', FORMAT, 1, 18, "behind a closing"),
    ("too few fields", CSV + "DE,2021,1,p\n", FORMAT, 2, 11, "4 fields, expected 5"),
    ("too many fields", CSV + "DE,2021,1,p,,\n", FORMAT, 2, 14, "6 fields, expected 5"),
    ("far too many fields", CSV + "DE,2021,1,p,,,,,\n", FORMAT, 2, 1, "more than 5 fields"),
    ("an unclosed quote", CSV + 'DE,2021,1,p,"x\nFR,2021,2,p,y\n', FORMAT, 2, 13, "never closed"),
    ("text behind a quote", CSV + 'DE,2021,1,p,"x"y\n', FORMAT, 2, 16, "text behind a closing quote"),
    ("a word", CSV + "DE,2021,x,p,\n", FORMAT, 2, 9, 'OBS_VALUE: "x" is no number'),
    ("a decimal comma", CSV + 'DE,2021,"1,5",p,\n', FORMAT, 2, 9, 'decimal=","'),
    ("inf", CSV + "DE,2021,inf,p,\n", FORMAT, 2, 9, '"inf" is no number'),
    ("no period", CSV + "DE,soon,1,p,\n", FORMAT, 2, 4, 'TIME_PERIOD: "soon" is no period'),
    ("an empty period", CSV + "DE,,1,p,\n", FORMAT, 2, 4, '"" is no period'),
    ("no such day", CSV + "DE,2023-02-30,1,p,\n", FORMAT, 2, 4, '"2023-02-30" is no period'),
    ("hourly", CSV + "DE,2021-01-01T05:00:00/PT1H,1,p,\n", UNSUPPORTED, 2, 4, "not one of A, S, Q, M, W, D"),
    ("the same key twice", CSV + "DE,2021,1,p,\nFR,2021,1,p,\nDE,2021,1,p,\n", FORMAT, 4, 1, "line 2 and line 4"),
    (
        "the same key twice behind line feeds",
        CSV + 'DE,2021,1,p,"a\nb"\nDE,2022,1,p,"a\nb"\nDE,2023,1,p,"a\nb"\nDE,2022,1,p,"a\nb"\n',
        FORMAT,
        8,
        1,
        "line 4 and line 8",
    ),
    ("behind line feeds", CSV + 'DE,2021,1,p,"a\n\nb"\nFR,2021,x,p,\n', FORMAT, 5, 9, '"x" is no number'),
    ("behind a line feed in the row", CSV + '"D\nE",2021,x,p,\n', FORMAT, 3, 9, '"x" is no number'),
    ("in characters", CSV + "中国,2021,x,p,\n", FORMAT, 2, 9, '"x" is no number'),
    ("a NUL in a code", CSV + "D\0E,2021,1,p,\n", FORMAT, 2, 1, "GEO: a NUL byte"),
    ("a NUL in a value", CSV + "DE,2021,1\0,p,\n", FORMAT, 2, 9, "no number"),
    ("a NUL in a status", CSV + "DE,2021,1,\0,\n", FORMAT, 2, 11, "OBS_STATUS: a NUL byte"),
    ("a NUL in a note", CSV + "DE,2021,1,p,\0\n", FORMAT, 2, 13, "NOTE: a NUL byte"),
    ("a NUL in the head", "G\0,TIME_PERIOD,OBS_VALUE\nDE,2021,1\n", FORMAT, 1, 1, "no UTF-8 text"),
    ("no UTF-8 in a code", CSV.encode() + b"D\xe9,2021,1,p,\n", FORMAT, 2, 1, "GEO: bytes that are no UTF-8"),
    ("no UTF-8 in a status", CSV.encode() + b"DE,2021,1,\xe9,\n", FORMAT, 2, 11, "OBS_STATUS: bytes"),
    ("no UTF-8 in a note", CSV.encode() + b"DE,2021,1,p,\xe9\n", FORMAT, 2, 13, "NOTE: bytes"),
    ("no UTF-8 in the head", b"G\xe9,TIME_PERIOD,OBS_VALUE\nDE,2021,1\n", FORMAT, 1, 1, "no UTF-8 text"),
    ("overlong UTF-8", CSV.encode() + b"D\xc0\xaf,2021,1,p,\n", FORMAT, 2, 1, "no UTF-8"),
    ("10^6 columns", "D," * 10**6 + "OBS_VALUE\n1\n", LIMIT, 1, 1, "more than 100000 columns"),
]
CASES = [("eurostat-tsv", *case) for case in TSV_CASES] + [("sdmx-csv", *case) for case in CSV_CASES]


@pytest.mark.parametrize(
    ("name", "data", "cls", "line", "column", "words"),
    [pytest.param(case[0], *case[2:], id=f"{case[0]}: {case[1]}") for case in CASES],
)
def test_what_is_wrong_and_where(  # noqa: PLR0917 - a row of the table
    name, data, cls, line, column, words, tmp_path
):
    data = data.encode() if isinstance(data, str) else data
    path = tmp_path / "file"
    path.write_bytes(data)
    for read in (indicia.read_observations, indicia.read_cube):
        with pytest.raises(cls, match=words) as caught:
            read(path, format=name)
        error = caught.value
        assert type(error) is cls
        assert (error.line, error.column) == (line, column)
        assert (error.path, error.format) == (str(path), name)
        assert str(error).startswith(f"{path}: line {line}, column {column}: ")
    for source in (data, io.BytesIO(data)):
        with pytest.raises(cls, match=words) as caught:
            indicia.read_observations(source, format=name, threads=3)
        assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("path", sorted(DATA.glob("*/*.[tc]sv")), ids=lambda p: f"{p.parent.name}/{p.name}")
@pytest.mark.filterwarnings("ignore::indicia.DataWarning")
def test_a_file_that_is_cut_anywhere(path):
    """An error with its place, or what the whole rows say; a cut inside a row's fields is an error."""
    data = path.read_bytes()
    name = path.parent.name
    for n in range(len(data)):
        for read in (indicia.read_observations, indicia.read_cubes):
            try:
                read(data[:n], format=name, duplicates="last")
            except (indicia.FormatError, indicia.UnsupportedFormatError) as error:
                assert 1 <= error.line <= data[:n].count(b"\n") + 2  # noqa: PT017 - a missing row is missing behind the last


@pytest.mark.parametrize("name", ["eurostat-tsv", "sdmx-csv"])
def test_a_cut_inside_a_row_is_no_shorter_file(name):
    text = TSV + "EUR,DE\t1.5 \t2.5 p\t: c\nEUR,FR\t3.5 \t4.5 b\t5.5 \n"
    if name == "sdmx-csv":
        text = CSV + 'DE,2021,1.5,p,"a ""b"""\nFR,2021,2.5,A,"c\nd"\n'
    data = text.encode()
    ends = [data.index(b"\n") + 1]
    ends.append(data.index(b"\n", ends[0]) + 1)
    last_mark = max(data.rindex(b"\t" if name == "eurostat-tsv" else b","), 0)
    for n in range(1, len(data) - 1):
        whole = n in ends or n + 1 in ends
        in_last_field = n > last_mark and name == "eurostat-tsv"  # "5." for "5.5 ": nothing tells
        in_first_last = name == "eurostat-tsv" and data.rindex(b"\t", 0, ends[1]) < n < ends[1]
        if n >= ends[0] and (whole or in_last_field or in_first_last):
            continue
        if name == "sdmx-csv" and (
            data[:n].endswith((b"p,", b"A,")) or data[:n].endswith(b'"') > data[:n].endswith(b',"')
        ):
            continue  # an empty note, or one that a quote ends
        with pytest.raises(indicia.FormatError):
            indicia.read_observations(data[:n], format=name)


# ---- sizes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["eurostat-tsv", "sdmx-csv"])
@pytest.mark.parametrize("most", [100, 1000, 300_000])
def test_the_longest_row_is_exact(name, most, tmp_path):
    head = b"geo\\time\t2021\n" if name == "eurostat-tsv" else b"GEO,TIME_PERIOD,OBS_VALUE\n"
    tail = b"\t1" if name == "eurostat-tsv" else b",2021,1"
    for ending in (b"\n", b""):
        for extra in (0, 1):
            row = b"x" * (most + extra - len(tail)) + tail
            data = head + b"y" + tail + b"\n" + row + ending
            path = tmp_path / "file"
            path.write_bytes(data)
            for source in (data, path, io.BytesIO(data)):
                if not extra:
                    assert len(indicia.read_observations(source, limits={"line": most})) == 2
                    continue
                with pytest.raises(indicia.LimitError, match=f'more than {most} bytes .limits={{"line"') as caught:
                    indicia.read_observations(source, limits={"line": most}, threads=2)
                assert caught.value.line == 3


class Endless(io.RawIOBase):
    """A head row, then one row without an end; counts what was taken."""

    def __init__(self, head, piece, size):
        super().__init__()
        self.pieces = iter([head])
        self.piece = piece
        self.left = size
        self.given = 0

    def readable(self):
        return True

    def read(self, size=-1):
        piece = next(self.pieces, None)
        if piece is None:
            piece = self.piece if self.left > 0 else b""
            self.left -= len(piece)
        self.given += len(piece)
        return piece


@pytest.mark.parametrize(
    ("head", "piece"), [(b"geo\\time\t2021\n", b"x" * 65536), (b"GEO,TIME_PERIOD,OBS_VALUE\n", b"x" * 65536)]
)
@pytest.mark.parametrize("quoted", [False, True])
def test_a_row_of_a_gigabyte_stops_early(head, piece, quoted):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    source = Endless(head + b'"' * quoted, piece if not quoted or b"\t" in head else piece[:-1] + b"\n", 1 << 30)
    # lines of 64 KB are short enough in TSV, where quotes mean nothing
    expected = indicia.LimitError
    with pytest.raises(expected) as caught:
        indicia.read_observations(source)
    assert caught.value.line == 2
    assert source.given < 48 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 160 << 10


def test_limits_of_cells():
    rows = "".join(f"{year},{geo},1\n" for geo in ("DE", "FR") for year in range(2000, 2010))
    data = ("TIME_PERIOD,GEO,OBS_VALUE\n" + rows).encode()
    assert len(indicia.read_observations(data, limits={"cells": 20})) == 20
    with pytest.raises(indicia.LimitError, match="cells"):
        indicia.read_observations(data, limits={"cells": 19})
    tsv = b"geo\\time\t2021\t2025\nDE\t1\t2\nFR\t1\t2\n"
    for read in (indicia.read_observations, indicia.read_cube):
        for source in (tsv, io.BytesIO(tsv)):
            assert read(source, limits={"cells": 10}).values.size >= 4
        for source in (tsv, io.BytesIO(tsv)):
            with pytest.raises(indicia.LimitError, match="cells"):
                read(source, limits={"cells": 9})
    only = indicia.read_observations(tsv, limits={"cells": 5}, where={"geo": "FR"})
    assert only.values.tolist() == [1.0, 2.0]
    wide = ("a,b\\time\t2021\n" + "".join(f"a{i},b{i}\t1\n" for i in range(100))).encode()
    assert len(indicia.read_observations(wide, limits={"cells": 100})) == 100
    with pytest.raises(indicia.LimitError, match="read_observations needs no cube"):
        indicia.read_cube(wide, limits={"cells": 9999})
    with pytest.raises(indicia.LimitError, match="2 columns"):
        indicia.read_observations(tsv, limits={"columns": 1})


def test_few_bytes_that_want_very_many_cells():
    """A day in the first year and one in the last: 3 652 059 cells in a row."""
    data = b"geo\\time\t0001-01-01\t9999-12-31\n" + b"".join(b"x%d\t1\t2\n" % i for i in range(2000))
    for read in (indicia.read_observations, indicia.read_cube):
        with pytest.raises(indicia.LimitError, match="2000 rows of 3652059 periods"):
            read(data)
        with pytest.raises(indicia.LimitError, match="cells"):
            read(io.BytesIO(data), limits={"cells": 10**7})


def test_very_many_names_take_no_long_time():
    names = ",".join(f"D{i}" for i in range(60_000))
    with pytest.raises(ValueError, match=r"dimensions|fields"):
        indicia.read_observations(f"{names},TIME_PERIOD,OBS_VALUE\n2020,1\n".encode(), format="sdmx-csv")
    with pytest.raises(indicia.FormatError, match="codes"):
        indicia.read_observations(f"{names}\\time\t2020\nx\t1\n".encode(), format="eurostat-tsv")


# ---- what is packed --------------------------------------------------------------------------------------------------

GOOD = (TSV + "".join(f"EUR,G{i}\t{i}.5 \t2 p\t: \n" for i in range(40_000))).encode()


def test_a_gzip_bomb():
    out = io.BytesIO()
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    out.write(squeeze.compress(TSV.encode()))
    for i in range(70):
        out.write(squeeze.compress(b"EUR,G%d\t1.5 \t2.5 \t" % i + b" " * (1 << 20) + b"3.5 \n"))
    out.write(squeeze.flush())
    with pytest.raises(indicia.LimitError, match="ratio") as caught:
        indicia.read_observations(out.getvalue())
    assert caught.value.line >= 1
    obs = indicia.read_observations(out.getvalue(), limits={"ratio": 2000})
    assert len(obs) == 210


def packed(kind, data=GOOD):
    if kind == "gz":
        return gzip.compress(data, 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("data.tsv", data)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["gz", "zip"])
@pytest.mark.parametrize("at", [0.0, 0.001, 0.5, 0.999])
@pytest.mark.parametrize("how", ["cut", "changed"])
def test_damaged_archives(kind, at, how, tmp_path):
    if (kind, at, how) == ("zip", 0.0, "changed"):
        pytest.skip("a time that is there twice, and not looked at")
    data = bytearray(packed(kind))
    place = 11 + int(at * (len(data) - 40))
    if how == "cut":
        del data[place:]
    else:
        data[place : place + 4] = bytes(b ^ 0x5A for b in data[place : place + 4])
    path = tmp_path / f"data.tsv.{kind}"
    path.write_bytes(data)
    with pytest.raises(indicia.FormatError) as caught:
        indicia.read_observations(path)
    assert caught.value.line >= 1
    assert str(caught.value.path).startswith(str(path))


def test_an_error_in_the_bytes_comes_before_the_damage_behind_them():
    text = (TSV + "EUR,DE\tx\t2\t3\n").encode() + GOOD[len(TSV) :]
    data = gzip.compress(text, 1)[:-30]
    for _ in range(5):
        with pytest.raises(indicia.FormatError, match='"x" is neither') as caught:
            indicia.read_observations(data)
        assert caught.value.line == 2


def test_an_encrypted_archive_and_one_of_unknown_compression():
    data = bytearray(packed("zip", TSV.encode() + b"EUR,DE\t1\t2\t3\n"))
    for flag, value in ((6, 1), (8, 99)):
        odd = bytearray(data)
        odd[flag] = value
        odd[odd.index(b"PK\x01\x02") + flag + 2] = value
        with pytest.raises(indicia.FormatError) as caught:
            indicia.read_observations(bytes(odd))
        assert caught.value.line == 1


# ---- the file system -------------------------------------------------------------------------------------------------


def test_no_file_and_a_directory(tmp_path):
    for read in (indicia.read_observations, indicia.read_cube, indicia.read_cubes, indicia.sniff):
        with pytest.raises(FileNotFoundError) as caught:
            read(tmp_path / "nothing.tsv")
        assert str(caught.value.filename) == str(tmp_path / "nothing.tsv")
        with pytest.raises(IsADirectoryError) as caught:
            read(tmp_path)
        assert str(caught.value.filename) == str(tmp_path)


@pytest.mark.parametrize("name", ["eurostat-tsv", "sdmx-csv"])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_file_that_is_cut_while_it_is_read(name, threads, tmp_path):
    """The cut comes once the file has been opened and its size is known."""
    path = tmp_path / "file"
    rows = "".join(f"EUR,G{i}\t1.5 \t2.5 \t3.5 \n" for i in range(300_000))
    data = (TSV + rows).encode()
    if name == "sdmx-csv":
        data = (CSV + "".join(f"G{i},2021,1.5,p,\n" for i in range(400_000))).encode()
    path.write_bytes(data)
    code = """if True:
        import os, sys
        import indicia, indicia.read as read
        was = read._format_of
        def cut(source, format):
            os.truncate(sys.argv[1], 3_000_000)
            return was(source, format)
        read._format_of = cut
        try:
            indicia.read_observations(sys.argv[1], threads=int(sys.argv[2]))
        except indicia.FormatError as error:
            print(error.line, error.path, error)
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(threads)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    line, where, *_ = done.stdout.split(" ", 2)
    assert where == str(path)
    assert "when it was opened" in done.stdout
    assert int(line) == data[:3_000_000].count(b"\n") + 1


def test_what_is_no_source():
    for source in (None, 1, 1.5, object(), [1]):
        with pytest.raises(TypeError, match="expected a path"):
            indicia.read_observations(source)
    with pytest.raises(TypeError, match="binary mode"):
        indicia.read_observations(io.StringIO(TSV))


def test_twins_find_the_same_rows_bad():
    """The table above is the readers' and the twins' alike, as far as the twins look."""
    for name, what, data, cls, line, _, _ in CASES:
        if cls is not FORMAT or isinstance(data, bytes) or "\0" in data or name != "eurostat-tsv" or line == 1:
            continue
        with pytest.raises(twin.Broken) as caught:
            twin.eurostat_tsv(data.encode())
        assert caught.value.line in (line, line - (what.startswith("header"))), what
