"""Where the bytes come from: paths, buffers, streams, archives, encodings; progress, Ctrl-C, and memory."""

from __future__ import annotations

import array
import bz2
import gzip
import io
import lzma
import mmap
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indicia
from tests.readers import outcome, same

TSV = "geo\\TIME_PERIOD\t2022 \t2021 \nDE\t1.5 p\t2.5 \nÖ,中\t: c\t3.5 \n".replace(",", "")
CSV = "GEO,TIME_PERIOD,OBS_VALUE,OBS_STATUS\nDE,2021,1.5,p\nÖ中,2022,2.5,A\n"
NAMES = {"eurostat-tsv": TSV, "sdmx-csv": CSV}


class Trickle(io.RawIOBase):
    """A stream that can't be sought and gives a few bytes at a time."""

    def __init__(self, data, step=3, then=None):
        super().__init__()
        self.data, self.step, self.then = data, step, then

    def readable(self):
        return True

    def seekable(self):
        return False

    def read(self, size=-1):
        step = self.step if size < 0 else min(self.step, size)
        piece, self.data = self.data[:step], self.data[step:]
        if not piece and self.then is not None:
            return self.then()
        return piece


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_source_gives_the_same(name, tmp_path):
    data = NAMES[name].encode()
    expected = indicia.read_observations(data)
    gz = gzip.compress(data[:20]) + gzip.compress(data[20:]) + b"\0" * 512
    pack = zipped(data_txt=data)
    nested = zipped(data_tsv_gz=gz)
    path = tmp_path / "file"
    path.write_bytes(data)
    sources = [
        path,
        str(path),
        bytearray(data),
        memoryview(data),
        np.frombuffer(data, np.uint8),
        array.array("B", data),
    ]
    sources += [memoryview(b"x" + data)[1:], io.BytesIO(data), Trickle(data), Trickle(data, 1)]
    halves = data[:20], data[20:]
    bz2s = b"".join(map(bz2.compress, halves))
    xzs = b"".join(map(lzma.compress, halves)) + b"\0" * 4
    for word, packed in (("bz2", bz2s), ("xz", xzs)):
        sources += [packed, io.BytesIO(packed), Trickle(packed, 5), zipped(**{f"data_tsv_{word}": packed})]
    sources += [gz, io.BytesIO(gz), Trickle(gz, 7), pack, io.BytesIO(pack), Trickle(pack, 5), nested]
    for n, packed in enumerate((gz, pack, nested)):
        (tmp_path / f"packed{n}").write_bytes(packed)
        sources.append(tmp_path / f"packed{n}")
    for encoding in ("utf-16", "utf-16-le", "utf-8-sig", "gb18030", "utf-32"):
        coded = NAMES[name].encode(encoding)
        sources.append((coded, None if encoding in ("utf-16", "utf-8-sig") else encoding))
        sources.append((gzip.compress(coded), None if encoding in ("utf-16", "utf-8-sig") else encoding))
    for given_ in sources:
        source, encoding = given_ if isinstance(given_, tuple) else (given_, None)
        assert same(indicia.read_observations(source, encoding=encoding, format=name), expected)
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert same(indicia.read_observations(file), expected)
        assert not file.closed
        assert same(indicia.read_observations(memoryview(mapped)), expected)


def test_buffers_that_are_no_bytes_in_a_row():
    with pytest.raises(TypeError, match="expected a path"):
        indicia.read_observations(memoryview(TSV.encode())[::2])


def test_streams_are_read_from_where_they_are_and_sniffed_without_a_trace():
    file = io.BytesIO(b"something else\n" + TSV.encode())
    file.seek(15)
    assert indicia.sniff(file) == "eurostat-tsv"
    assert file.tell() == 15
    assert len(indicia.read_observations(file)) == 4


def test_archives_of_several_members(tmp_path):
    data = TSV.encode()
    assert len(indicia.read_observations(zipped(readme_txt=b"hello", data_tsv=data))) == 4
    two = zipped(a_tsv=data, b_csv=CSV.encode(), readme_txt=b"hello")
    with pytest.raises(indicia.FormatError, match=r"2 members .* one of a.tsv, b.csv"):
        indicia.read_observations(two)
    assert len(indicia.read_observations(two, member="b.csv")) == 2
    assert indicia.sniff(two, member="b.csv") == "sdmx-csv"
    with pytest.raises(ValueError, match=r"the archive has a.tsv, b.csv, readme.txt"):
        indicia.read_observations(two, member="c.csv")
    path = tmp_path / "two.zip"
    path.write_bytes(two)
    obs = indicia.read_observations(path, member="a.tsv")
    assert obs.attrs["path"] == f"{path}:a.tsv"
    bad = zipped(a_tsv=b"geo\\time\t2021\nDE\tx\n")
    path.write_bytes(bad)
    with pytest.raises(indicia.FormatError) as caught:
        indicia.read_observations(path)
    assert (str(caught.value.path), caught.value.line, caught.value.column) == (f"{path}:a.tsv", 2, 4)


def test_bytes_that_are_not_of_their_encoding():
    for source in (CSV.encode("gb18030"), gzip.compress(CSV.encode("gb18030"))):
        with pytest.raises(indicia.FormatError, match="no utf-32"):
            indicia.read_observations(source, encoding="utf-32")
    for rows in (3, 300_000):
        late = CSV.encode("gb18030") + b"DE,2020,1,A\n" * rows + b"D\xff,2020,1,A\n"
        with pytest.raises(indicia.FormatError, match="no gb18030") as caught:
            indicia.read_observations(late, encoding="gb18030", duplicates="last")
        assert caught.value.line == rows + 4
    assert len(indicia.read_observations(CSV.encode("latin-1", "replace"), encoding="latin-1")) == 2


def test_a_named_pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(TSV.encode(),))
    writer.start()
    assert len(indicia.read_observations(path)) == 4
    writer.join()


@given(st.binary(max_size=60), st.integers(1, 9))
@settings(max_examples=100)
def test_how_bytes_arrive_does_not_matter(tail, step):
    """Decimal commas that come late, too."""
    rows = b"".join(b"G%d;2020;%d\n" % (i, i) for i in range(300))
    data = b"GEO;TIME_PERIOD;OBS_VALUE\n" + rows + b"X;2021;1,5\n" + tail
    assert outcome(Trickle(data, step * 50), format="sdmx-csv") == outcome(data, format="sdmx-csv")


def test_what_a_stream_raises_comes_through():
    def fail():
        raise RuntimeError("the line went dead")

    for step in (5, 1 << 20):
        with pytest.raises(RuntimeError, match="the line went dead"):
            indicia.read_observations(Trickle(CSV.encode(), step, fail), format="sdmx-csv")
    rows = b"".join(b"G%d,2020,1,A\n" % i for i in range(200_000))
    with pytest.raises(RuntimeError, match="the line went dead"):
        indicia.read_observations(Trickle(CSV.encode() + rows, 1 << 16, fail))
    with pytest.raises(indicia.FormatError, match='"x" is no number'):  # this comes first
        indicia.read_observations(Trickle(CSV.encode() + b"DE,2020,x,A\n" + rows, 1 << 16, fail))


# ---- progress and Ctrl-C -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Files that take a while: out of order, so that the fast path is of no use; and a plain one that inflates well."""
    folder = tmp_path_factory.mktemp("large")
    rows = "".join(f"G{i % 5000},{1900 + i % 120},{i}.5,A\n" for i in range(1_500_000))
    (folder / "a.csv").write_text("GEO,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n" + rows)
    cells = "".join(f"\t{c}.5 p" for c in range(100))
    head = "geo\\time" + "".join(f"\t{1900 + c}" for c in range(100))
    (folder / "a.tsv").write_text("\n".join([head, *(f"G{i}{cells}" for i in range(40_000))]))
    (folder / "a.tsv.gz").write_bytes(gzip.compress((folder / "a.tsv").read_bytes(), 1))
    return folder


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.tsv.gz"])
@pytest.mark.parametrize("threads", [1, 3])
def test_progress_and_what_it_raises(large, name, threads):
    seen = []
    source = large / name
    options = {"threads": threads, "duplicates": "last", "limits": {"cells": 1e9}}
    indicia.read_observations(source, progress=lambda done, total: seen.append((done, total)), **options)
    assert seen
    total = os.path.getsize(large / name.removesuffix(".gz"))  # a gzip file says what it inflates to
    assert {one[1] for one in seen} == {total}
    assert all(0 <= done <= (total or done) for done, _ in seen)
    if threads == 1:
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)

    class Enough(Exception):
        pass

    def stop(done, total):
        raise Enough

    begin = time.perf_counter()
    with pytest.raises(Enough):
        indicia.read_observations(source, progress=stop, **options)
    assert time.perf_counter() - begin < 0.5


def again_and_again(read):
    for _ in range(100):
        read()


def interrupted(read, after=0.06):
    """Seconds from the signal to the exception."""
    sent = []

    def send():
        sent.append(time.perf_counter())
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    timer = threading.Timer(after, send)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            again_and_again(read)
        return time.perf_counter() - sent[0]
    finally:
        timer.join()


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.tsv.gz"])
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_stops_within_a_tenth_of_a_second(large, name, threads):
    class Forever(io.RawIOBase):
        """The file again and again, as one that never ends."""

        def __init__(self):
            super().__init__()
            self.file = open(large / name, "rb")  # noqa: SIM115

        def readable(self):
            return True

        def read(self, size=-1):
            piece = self.file.read(size)
            if not piece:
                self.file.seek(0)
                piece = b"\n" + self.file.read(size).split(b"\n", 1)[1]
            return piece

        def close(self):
            self.file.close()
            super().close()

    options = {"threads": threads, "duplicates": "last"}
    if name.endswith("gz"):
        took = [interrupted(lambda: indicia.read_observations(large / name, **options)) for _ in range(3)]
    else:
        with Forever() as source:
            took = [interrupted(lambda: indicia.read_observations(source, format=None, **options), 0.2)]
        took += [interrupted(lambda: indicia.read_cubes(large / name, **options), 0.05)]
    assert min(took) < 0.1


def test_ctrl_c_while_another_thread_is_at_work(tmp_path):
    """The caller's part is done at once, the other one takes seconds."""
    path = tmp_path / "file.csv"
    head = "GEO,TIME_PERIOD,OBS_VALUE,OBS_STATUS,NOTE\n"
    note = "x" * (1 << 20)
    slow = "".join(f"G{i % 5000},{1900 + i % 120},{i}.5,A,\n" for i in range(1_200_000))
    path.write_text(head + f"DE,2021,1,A,{note}\n" * (len(slow) >> 20) + slow)
    took = interrupted(lambda: indicia.read_observations(path, threads=2, duplicates="last"), 0.1)
    assert took < 0.1


@pytest.mark.parametrize("read", [indicia.read_observations, indicia.sniff])
def test_ctrl_c_on_a_stream_that_stalls(read):
    stalled = threading.Event()

    def wait():
        stalled.wait(5)
        return b""

    data = CSV.encode() + b"".join(b"G%d,2020,1,A\n" % i for i in range(20_000))
    if read is indicia.sniff:  # has seen enough and does not wait
        assert read(Trickle(data, 1 << 14, wait)) == "sdmx-csv"
    else:
        assert interrupted(lambda: read(Trickle(data, 1 << 14, wait)), 0.2) < 0.2
    stalled.set()


# ---- memory ----------------------------------------------------------------------------------------------------------


def json_stat_before_its_head(codes, blanks=300):
    """A data set of a hundred years whose values come before its dimensions, and with more blanks than figures."""
    gap = " " * blanks + ","
    geo = ",".join(f'"G{i}"' for i in range(codes))
    years = ",".join(f'"{1900 + i}"' for i in range(100))
    return (
        f'{{"version":"2.0","class":"dataset","value":[{gap.join(["1.5"] * (100 * codes))}],"id":["geo","time"],'
        f'"size":[{codes},100],"dimension":{{"geo":{{"category":{{"index":[{geo}]}}}},'
        f'"time":{{"category":{{"index":[{years}]}}}}}}}}'
    ).encode()


MEASURE = """
import resource, sys
import numpy as np
import indicia
import indicia._assemble, indicia.cube, indicia.observations
indicia.read_observations(sys.argv[2].encode().decode("unicode_escape").encode())
def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) << 10
before = peak()
got = getattr(indicia, sys.argv[3])(sys.argv[1], threads=int(sys.argv[4]))
after = peak()
out = got.values.nbytes + (0 if got.flags is None else got.flags.nbytes)
if sys.argv[3] == "read_observations":
    out += got.time.ordinals.nbytes + sum(p.nbytes for p in got.positions.values())
print(after - before, out, got.values.size)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc")
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("name", "read"),
    [("csv", "read_observations"), ("tsv", "read_cube"), ("tsv", "read_observations"), ("json", "read_cube")],
)
def test_memory_is_the_output_and_a_fixed_window(name, read, threads, packed, tmp_path):
    if name == "json":
        if threads == 2:
            pytest.skip("what is inflated is read by one thread, and the plain file needs nothing")
        data = json_stat_before_its_head(4100)
        small = json_stat_before_its_head(1).decode()
    elif name == "csv":
        note = "with some words that nobody asked for"
        rows = "".join(f"X:Y(1.0),A,G{s},{1900 + y},{s}.{y},A,{note}\n" for s in range(4000) for y in range(110))
        data = ("DATAFLOW,FREQ,GEO,TIME_PERIOD,OBS_VALUE,OBS_STATUS,NOTE\n" + rows).encode()
        small = "GEO,TIME_PERIOD,OBS_VALUE\nDE,2020,1\n"
    else:
        cells = "".join(f"\t{c}.25 p" for c in range(100))
        head = "geo\\time" + "".join(f"\t{1900 + c}" for c in range(100))
        data = ("\n".join([head, *(f"G{i}{cells}" for i in range(40_000))])).encode()
        small = "geo\\time\t2020\nDE\t1\n"
    assert len(data) > 28 << 20
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(data, 1) if packed else data)
    del data
    command = [
        sys.executable,
        "-c",
        textwrap.dedent(MEASURE),
        str(path),
        repr(small)[1:-1].replace("\\\\", "\\x5c"),
        read,
    ]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([*command, str(threads)], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    growth, out, cells = map(int, done.stdout.split())
    assert cells > 400_000
    assert growth <= out + (64 << 20), f"{growth >> 20} MB for {out >> 20} MB"


# ---- what is read twice --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def backwards():
    """JSON that has to be gone back in, further than what is kept of a stream."""
    data = json_stat_before_its_head(1000)
    assert len(data) > 28 << 20
    return data, indicia.read_cube(data)


class Sought(io.BytesIO):
    """Counts how often it is brought back."""

    sought = 0

    def seek(self, *place):
        self.sought += 1
        return super().seek(*place)


@pytest.mark.parametrize("how", ["plain", "gzip", "zip", "gzip in zip", "utf-16", "path"])
def test_a_stream_is_begun_again(backwards, how, tmp_path):
    data, expected = backwards
    source = {
        "plain": lambda: Sought(data),
        "gzip": lambda: Sought(gzip.compress(data, 1)),
        "zip": lambda: zipped(data_json=data),
        "gzip in zip": lambda: zipped(data_json_gz=gzip.compress(data, 1)),
        "utf-16": lambda: data.decode().encode("utf-16"),
        "path": lambda: tmp_path / "data.json.gz",
    }[how]()
    if how == "path":
        source.write_bytes(gzip.compress(data, 1))
    assert same(indicia.read_cube(source), expected)
    if isinstance(source, Sought):
        assert source.sought >= 1


def test_a_stream_that_can_not_be_begun_again_is_kept(backwards):
    data, expected = backwards
    assert same(indicia.read_cube(Trickle(data, 1 << 20)), expected)


def test_a_stream_is_begun_where_it_was(backwards):
    data, expected = backwards
    file = io.BytesIO(b"something else" + gzip.compress(data, 1))
    file.seek(14)
    assert same(indicia.read_cube(file), expected)


def test_what_is_wrong_far_behind_has_its_place(backwards):
    data, _ = backwards
    bad = data.replace(b"1.5],", b"\n\n  x],")
    with pytest.raises(indicia.FormatError) as plain:
        indicia.read_cube(bad)
    assert (plain.value.line, plain.value.column) == (3, 3)
    for source in (gzip.compress(bad, 1), io.BytesIO(bad), Trickle(bad, 1 << 20)):
        with pytest.raises(indicia.FormatError) as caught:
            indicia.read_cube(source)
        assert (caught.value.line, caught.value.column, str(caught.value)) == (3, 3, str(plain.value))
    packed = gzip.compress(data, 1)
    with pytest.raises(indicia.FormatError, match="ends early") as caught:
        indicia.read_cube(packed[:-20])
    assert caught.value.line == 1


def test_a_stream_that_fails_or_differs_when_it_is_begun_again(backwards):
    class Once(io.BytesIO):
        def seek(self, *place):
            raise OSError("the tape is worn")

    data, _ = backwards
    with pytest.raises(OSError, match="the tape is worn"):
        indicia.read_cube(Once(data))

    class Other(io.BytesIO):
        def seek(self, *place):
            self.__init__(b" " * len(data))
            return 0

    with pytest.raises(indicia.FormatError):
        indicia.read_cube(Other(data))


@pytest.mark.parametrize("compress", [bz2.compress, lzma.compress])
def test_damaged_streams(compress):
    packed = bytearray(compress(TSV.encode() * 50))
    with pytest.raises(indicia.FormatError, match="ends early"):
        indicia.read_observations(bytes(packed[:-5]), format="eurostat-tsv")
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(indicia.FormatError, match="damaged") as caught:
        indicia.read_observations(bytes(packed), format="eurostat-tsv")
    assert caught.value.line >= 1


@pytest.mark.parametrize("compress", [bz2.compress, lzma.compress])
def test_bombs_of_every_kind(compress):
    bomb = compress(b"geo\\time\t2022 \nDE\t1.0 \n" + b"\n" * (80 << 20))
    with pytest.raises(indicia.LimitError, match="ratio"):
        indicia.read_observations(bomb)


def test_zstandard():
    try:
        from compression import zstd
    except ModuleNotFoundError:
        with pytest.raises(ModuleNotFoundError, match="Zstandard"):
            indicia.read_observations(b"\x28\xb5\x2f\xfd" + b"\0" * 20)
    else:
        assert same(indicia.read_observations(zstd.compress(TSV.encode())), indicia.read_observations(TSV.encode()))


def test_urls():
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/indicia/table.tsv.gz", gzip.compress(TSV.encode()))
    obs = indicia.read_observations("memory://indicia/table.tsv.gz")
    assert obs.equals(indicia.read_observations(TSV.encode()).replace(attrs=dict(obs.attrs)))
    with pytest.raises(FileNotFoundError):
        indicia.read_observations("memory://indicia/nothing.tsv")


# ---- several files ---------------------------------------------------------------------------------------------


def part(*rows):
    return ("GEO,TIME_PERIOD,OBS_VALUE\n" + "".join(f"{row}\n" for row in rows)).encode()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_several_files_are_one(threads, tmp_path):
    parts = [part("DE,2021,1.5", "FR,2021,2"), part("FR,2022,2.25", "NA,2022,3"), part("DE,2022,4")]
    paths = []
    for n, data in enumerate(parts):
        paths.append(tmp_path / f"{n}.csv")
        paths[-1].write_bytes(data)
    obs = indicia.read_observations(paths, threads=threads)
    assert obs.codes["GEO"] == ("DE", "FR", "NA")
    assert obs.values.tolist() == [1.5, 2, 2.25, 3, 4]
    assert list(obs.decimals) == [1, 2, 0]
    assert indicia.read_cube(parts, threads=threads).shape == (3, 2)


def test_keys_that_two_files_have():
    parts = [part("DE,2021,1.5", "FR,2021,2"), part("FR,2021,5", "DE,2022,3")]
    with pytest.raises(indicia.FormatError, match=r"GEO='FR', time=2021 is there twice, in source 0 and in source 1"):
        indicia.read_observations(parts)
    assert indicia.read_observations(parts, duplicates="first").values.tolist() == [1.5, 2, 3]
    assert indicia.read_observations(parts, duplicates="last").values.tolist() == [1.5, 5, 3]
    assert indicia.read_observations(parts, duplicates="sum").values.tolist() == [1.5, 7, 3]


def test_files_that_do_not_go_together():
    with pytest.raises(indicia.FormatError, match="source 1 has the dimensions GEO, SEX"):
        indicia.read_observations([part("DE,2021,1"), b"GEO,SEX,TIME_PERIOD,OBS_VALUE\nDE,F,2021,1\n"])
    with pytest.raises(ValueError, match="nothing to read"):
        indicia.read_observations([])
    with pytest.raises(indicia.FormatError, match='"x" is no number'):
        indicia.read_observations([part("DE,2021,1"), part("DE,2022,x"), part("DE,2023,1")])


def test_progress_of_several_files():
    told = []
    parts = [part("DE,2021,1"), part("DE,2022,2")]
    indicia.read_observations(parts, progress=lambda done, size: told.append((done, size)))
    assert {size for _, size in told} == {len(parts[0]), len(parts[0]) + len(parts[1])}
