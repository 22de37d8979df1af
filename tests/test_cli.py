"""The command line: as a function, and as a program that is interrupted, piped and given nonsense."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import indicia
from indicia import Flag
from indicia._convert import KINDS
from indicia._tables import aligned, sparkline, width
from indicia._write_sdmx_csv import quoted
from indicia.brief import MEASURES, SCHEMA
from indicia.cli import INTERRUPTED, PIPE_CLOSED, main

HEAD = "geo,TIME_PERIOD,OBS_VALUE\n"
GOOD = HEAD + "A,2022,100\nA,2023,110\nB,2022,50\nB,2023,45\n"
LATEST = 0.5 * float(os.environ.get("INDICIA_TEST_SLACK", "4"))  # seconds; machines that test are busy
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and pipes as POSIX has them")


def program(*arguments, **options):
    """A run of the program, which sees the package that the tests see."""
    path = str(Path(indicia.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **options.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-m", "indicia", *map(str, arguments)],
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        env=environment,
        **options,
    )


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    return path


def failure(capsys, *arguments, code=1):
    """The one line that a failed run prints."""
    assert main([str(argument) for argument in arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("indicia: error: ")
    assert err.count("\n") == 1
    return err.removeprefix("indicia: error: ").strip()


# ---- brief ----------------------------------------------------------------------------------------------------------


def test_brief_as_a_program():
    with program("brief") as run:
        out, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (0, b"")
    lines = out.decode().splitlines()
    assert lines[0] == "Gross domestic product, 2024"
    (shenzhen,) = (line for line in lines if "SZ   Shenzhen " in line)
    assert shenzhen.split() == re.split(" ", "6 SZ Shenzhen 36,801.87 CNY 6.34 6.40 31.9 1.99 -2.86 204,574")
    assert "\x1b" not in out.decode()


def test_json(capsys):
    assert main(["brief", "--json", "--peers", "SZ,MO"]) == 0

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    found = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert list(found) == [
        *("schema", "title", "source", "by", "freq", "at", "base", "since", "years", "selected", "leader", "periods"),
        *("rows", "totals", "choices", "notes"),
    ]
    assert found["schema"] == SCHEMA == "indicia.brief/1"
    assert (found["freq"], found["at"], found["base"], found["since"]) == ("A", "2024", "2023", "2019")
    assert found["periods"] == [str(year) for year in range(2015, 2025)]
    keys = ["code", "label", "kind", "unit", "multiplier", "rank", "places", *MEASURES, "flags", "missing", "history"]
    assert all(list(row) == keys for row in found["rows"])
    macao, shenzhen = found["rows"]
    assert macao["share"] is None
    assert macao["missing"]["share"] == "no other member is in MOP"
    assert macao["flags"] == {"growth": ["REVISED"]}
    assert shenzhen["growth"] == (36801.87 - 34606.4) / 34606.4
    assert len(shenzhen["history"]) == len(found["periods"])
    keys = ["unit", "multiplier", "code", "members", "absent", "level", "growth", "average", "people", "change"]
    assert list(found["totals"][0]) == keys


def test_options_of_brief(good, capsys):
    assert main(["brief", str(good), "--exclude", "B", "--years", "1", "--at", "2023", "--plain"]) == 0
    out = capsys.readouterr().out
    assert "10.00" in out
    assert "note:" in out
    assert main(["brief", str(good), "--where", "time=:2022", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["at"] == "2022"
    assert main(["brief", str(good), "--chart"]) == 0
    assert "█" in capsys.readouterr().out


def test_codes_with_commas(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text("item," + HEAD + '"Cars, new",A,2022,1\n"Cars, new",A,2023,2\nx,A,2023,7\n')
    assert main(["brief", str(path), "--by", "geo", "--where", 'item="Cars, new"', "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["level"] == 2


def test_a_terminal_gets_colours_and_bars(capsys):
    pytest.importorskip("rich")
    import io

    from indicia._brief_show import print_rich
    from indicia.brief import brief

    for room, wanted, absent in [
        (120, "▁", "wider terminal"),
        (80, "wider terminal", "▁"),
        (80, "Shenzhen", "gap pp  "),
    ]:
        file = io.StringIO()
        os.environ["COLUMNS"] = str(room)
        try:
            assert print_rich(brief(), file)
        finally:
            del os.environ["COLUMNS"]
        text = file.getvalue()
        assert wanted in text
        assert absent not in text
        assert "…" not in text
        assert "36,801.87" in text


# ---- the other commands ---------------------------------------------------------------------------------------------


def test_sniff_formats_config_version(good, capsys):
    assert main(["sniff", str(good)]) == 0
    assert capsys.readouterr().out == "sdmx-csv\n"
    assert main(["sniff", str(good), str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: sdmx-csv\n" * 2
    assert main(["formats"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()] == [known.name for known in indicia.formats()]
    assert main(["config"]) == 0
    assert "simd" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"indicia {indicia.__version__}\n"


FLAGGED = (
    "FREQ,geo,x.y,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS,UNIT_MEASURE,UNIT_MULT,DECIMALS\n"
    'A,"Korea, Rep.","say ""hi""",2022,0.1,A,F,EUR,6,1\n'
    'A,"Korea, Rep.","say ""hi""",2023,1e300,bp,C,EUR,6,1\n'
    "M,NA,01,2023-05,-0.30000000000000004,E,F,USD,0,2\n"
    "M,NA,01,2023-06,,M,F,USD,0,2\n"
    "M, blank ,02,2023-07,5,?,F,,,\n"
)


@pytest.mark.parametrize("out", ["a.csv", "a.csv.gz"])
def test_csv_reads_back_exactly(tmp_path, capsys, out):
    source, copy = tmp_path / "in.csv", tmp_path / out
    source.write_text(FLAGGED)
    assert main(["convert", str(source), str(copy)]) == 0
    assert capsys.readouterr().err == ""
    rows, again = indicia.read_observations(source), indicia.read_observations(copy)
    assert again.equals(rows)
    assert rows.flags.tolist()[1] == Flag.BREAK | Flag.PROVISIONAL | Flag.CONFIDENTIAL


@pytest.mark.parametrize("out", ["a.json", "a.json.gz", "a.px", "a.px.gz"])
def test_arrays_read_back_exactly(tmp_path, capsys, good, out):
    assert main(["convert", str(good), str(tmp_path / out)]) == 0
    assert capsys.readouterr().err == ""
    cube, again = indicia.read_cube(good), indicia.read_cube(tmp_path / out)
    assert again.equals(cube)


def test_csv_on_the_standard_output_and_where(tmp_path, capsys):
    source = tmp_path / "in.csv"
    source.write_text(FLAGGED)
    assert main(["convert", str(source), "-", "--where", "geo=NA", "--freq", "M"]) == 0
    assert capsys.readouterr().out == (
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,geo,x.y,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE,UNIT_MULT,DECIMALS\n"
        "dataflow,indicia:DATA(1.0),I,M,NA,01,2023-05,-0.30000000000000004,E,USD,0,2\n"
        "dataflow,indicia:DATA(1.0),I,M,NA,01,2023-06,,M,USD,0,2\n"
    )


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather"])
def test_arrow(tmp_path, name):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.feather
    import pyarrow.parquet

    source = tmp_path / "in.csv"
    source.write_text(FLAGGED)
    assert main(["convert", str(source), str(tmp_path / name)]) == 0
    reader = pyarrow.parquet.read_table if name.endswith("parquet") else pyarrow.feather.read_table
    table = reader(tmp_path / name)
    assert isinstance(table, pa.Table)
    rows = indicia.read_observations(source)
    assert table["value"].to_pylist()[:3] == rows.values.tolist()[:3]
    assert table["geo"].to_pylist() == ["Korea, Rep."] * 2 + ["NA"] * 2 + [rows.codes["geo"][-1]]
    assert table["unit"].to_pylist()[:4] == ["EUR", "EUR", "USD", "USD"]
    assert table["multiplier"].to_pylist()[:4] == [6, 6, 0, 0]
    assert table["unit"].to_pylist()[4] is None
    again = indicia.Observations.from_arrow(table, dims=list(rows.codes))
    assert again.positions["geo"].tolist() == rows.positions["geo"].tolist()
    assert os.listdir(tmp_path).count(name) == 1
    assert len(os.listdir(tmp_path)) == 2  # nothing half-written is left


def test_without_pyarrow(good, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert (
        failure(capsys, "convert", good, tmp_path / "a.parquet")
        == "parquet needs pyarrow: pip install 'indicia[arrow]'"
    )


# ---- what goes wrong ------------------------------------------------------------------------------------------------


def test_bad_inputs_are_one_line(tmp_path, capsys):
    missing = tmp_path / "missing.csv"
    assert failure(capsys, "brief", missing) == f"{missing}: No such file or directory"
    assert "directory" in failure(capsys, "brief", tmp_path).lower()
    files = {"empty.csv": "", "head.csv": HEAD, "words.csv": HEAD + "A,2022,1\nA,2023,x\n", "prose.csv": "Dear Sir,\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert re.search(r"empty\.csv: line 1: ", failure(capsys, "brief", tmp_path / "empty.csv"))
    assert re.search(r"head\.csv: line \d+", failure(capsys, "brief", tmp_path / "head.csv"))
    assert re.search(r"words\.csv: line 3, column 8: ", failure(capsys, "brief", tmp_path / "words.csv"))
    assert re.search(r"prose\.csv: ", failure(capsys, "sniff", tmp_path / "prose.csv"))
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(GOOD.encode() * 50)[:60])
    assert re.search(r"cut\.csv\.gz: line \d+: .*gzip", failure(capsys, "brief", cut))


def test_unknown_names_are_one_line(good, capsys):
    assert failure(capsys, "brief", good, "--where", "foo=1").startswith(f"{good}: ")
    told = failure(capsys, "brief", good, "--where", "geo=Z", "--where", "time=2023")
    assert "no code 'Z' in 'geo'; there are 'A', 'B'" in told
    assert "no member 'Z'" in failure(capsys, "brief", good, "--total", "Z")
    assert "no dimension 'Z'" in failure(capsys, "brief", good, "--by", "Z")
    assert "2022 to 2023" in failure(capsys, "brief", good, "--at", "1999")
    assert "'xyz' is no period" in failure(capsys, "brief", good, "--at", "xyz")
    assert "expected one of" in failure(capsys, "brief", good, "--format", "xyz")


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["nonsense"], ["brief", "--where", "geo"], ["brief", "--where", "=A"], ["brief", "--where", "geo="]),
        *(["brief", "--years", "x"], ["brief", "--json", "--plain"], ["convert", "a"], ["brief", "--freq", "Z"]),
    ],
)
def test_wrong_usage(arguments, capsys):
    failure(capsys, *arguments, code=2)


def test_where_to_convert(good, tmp_path, capsys):
    assert "ending" in failure(capsys, "convert", good, tmp_path / "a.txt")
    assert "written over" in failure(capsys, "convert", good, good)
    assert good.read_text() == GOOD
    assert "No such file" in failure(capsys, "convert", good, tmp_path / "no" / "a.csv")
    assert sorted(KINDS.values()) == ["arrow"] * 2 + ["csv"] * 2 + ["json-stat"] * 2 + ["parquet"] + ["px"] * 2


def test_warnings_are_a_line(tmp_path, capsys):
    path = tmp_path / "w.csv"
    path.write_text(GOOD + "A,2023-W99,1\n")
    assert main(["brief", str(path), "--freq", "A"]) == 0
    err = capsys.readouterr().err
    assert err.startswith("indicia: warning: 1 observations have a period")
    assert err.count("\n") == 1


def test_a_bug_is_not_hidden(monkeypatch):
    def broken(options):
        raise TypeError("a bug")

    monkeypatch.setattr("indicia.cli._formats", broken)
    with pytest.raises(TypeError, match="a bug"):
        main(["formats"])


def test_what_a_file_says_cannot_steer_the_terminal(tmp_path, capsys):
    path = tmp_path / "evil.csv"
    path.write_text(HEAD.replace("geo", '"ge\x1b]0;x\x07o"') + '"A\x1b[2J",2022,1\n"B\rC",2023,2\n"B\rC",2022,2\n')
    assert main(["brief", str(path)]) == 0
    assert main(["brief", str(path), "--chart"]) == 0
    assert main(["brief", str(path), "--total", "\x1b[31m"]) == 1
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "\r" not in out + err


def test_population_by_selection_and_by_file(tmp_path, capsys):
    path, people = tmp_path / "a.csv", tmp_path / "p.csv"
    path.write_text("what," + HEAD + "GDP,A,2022,100\nGDP,A,2023,110\nPOP,A,2023,5\n")
    people.write_text(HEAD + "A,2023,10\n")
    arguments = ["brief", str(path), "--by", "geo", "--where", "what=GDP", "--json", "--population"]
    for population, each in [("what=POP", 22), (str(people), 11)]:
        assert main([*arguments, population]) == 0
        assert json.loads(capsys.readouterr().out)["rows"][0]["per_head"] == each


# ---- signals and pipes ----------------------------------------------------------------------------------------------


@POSIX
def test_ctrl_c_while_reading(tmp_path):
    """A file that never ends, so that the program is certainly reading when the signal comes."""
    pipe = tmp_path / "endless.csv"
    os.mkfifo(pipe)
    with program("brief", pipe, "--progress") as run:

        def feed():
            block = "".join(f"R{i},2020,{i}\n" for i in range(5000)).encode()
            with contextlib.suppress(BrokenPipeError), open(pipe, "wb", buffering=0) as file:
                file.write(HEAD.encode())
                while run.poll() is None:
                    file.write(block)

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        begun = run.stderr.read(20)
        assert b"endless.csv" in begun  # progress: it reads
        interrupt(run, begun)
        feeder.join(timeout=60)


def interrupt(run, begun):
    """Ctrl-C: the program says one word and ends at once."""
    start = time.monotonic()
    run.send_signal(signal.SIGINT)
    err = begun + run.stderr.read()
    assert run.wait(timeout=60) == INTERRUPTED == 130
    assert b"Traceback" not in err
    assert err.endswith(b"indicia: interrupted\n")
    assert time.monotonic() - start < LATEST


@POSIX
def test_ctrl_c_while_converting_leaves_no_half_file(tmp_path):
    source = tmp_path / "large.csv"
    line = "".join(f"{year},{year}\n" for year in range(1000, 2000))
    with open(source, "w", encoding="ascii") as file:
        file.write(HEAD)
        for i in range(2000):
            file.write("".join(f"R{i:04d},{cell}" for cell in line.splitlines(keepends=True)))
    with program("convert", source, tmp_path / "out.csv") as run:
        while run.poll() is None and not list(tmp_path.glob(".out.csv.*")):
            time.sleep(0.005)
        interrupt(run, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["large.csv"]


@POSIX
def test_a_closed_pipe_is_quiet(tmp_path):
    source = tmp_path / "large.csv"
    source.write_text(HEAD + "".join(f"R{i},2020,{i}\n" for i in range(200_000)))
    with program("convert", source, "-") as run:
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(timeout=60) == PIPE_CLOSED == 141


def test_a_terminal_that_knows_only_ascii():
    with program("brief", "--json", env={"PYTHONIOENCODING": "ascii"}) as run:
        out, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (0, b"")
    assert json.loads(out.decode("ascii"))["rows"]


# ---- tables ---------------------------------------------------------------------------------------------------------


def test_width_of_what_stands_on_a_terminal():
    assert width("澳门 Macao") == 10
    assert width("Ça e\u0301té") == 6
    assert aligned([["深圳", "1"], ["GZ", "10"]], right={1}) == ["深圳   1", "GZ    10"]
    assert sparkline([]) == ""
    assert sparkline([3.0, 3.0]) == "▄▄"
    assert quoted("") == ""
    assert quoted(" a") == '" a"'
