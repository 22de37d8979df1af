"""Reading, against slow twins and against itself: by the plain path, by many threads, as rows and as arrays."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indicia
from tests.readers import csv_files, csv_text, outcome, raw, same, tsv_files
from tests.reference import read as twin

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("INDICIA_SHARED", ROOT.parent / "shared"))
DUPLICATES = ["error", "first", "last", "sum"]

pytestmark = pytest.mark.filterwarnings("ignore::indicia.DataWarning")


def check_twin(data, duplicates, expected, **options):
    """What the twin gives, or an error on the twin's line."""
    line = None
    try:
        names, rows = expected()
    except twin.Broken as broken:
        line = broken.line
    if line is not None:
        with pytest.raises(indicia.FormatError) as caught:
            indicia.read_observations(data, duplicates=duplicates, **options)
        assert caught.value.line == line
        return None
    found = twin.listed(indicia.read_observations(data, duplicates=duplicates, **options))
    assert found[0] == names
    return found[1], rows


# ---- twins -----------------------------------------------------------------------------------------------------------


@given(tsv_files(), st.sampled_from(DUPLICATES))
@settings(max_examples=150)
def test_eurostat_tsv_as_its_twin(data, duplicates):
    def expected():
        names, rows = twin.eurostat_tsv(data, duplicates)
        return tuple("value_" if name == "value" else name for name in names), rows

    both = check_twin(data, duplicates, expected, format="eurostat-tsv")
    if both is not None:
        assert sorted(map(repr, both[0])) == sorted(map(repr, both[1]))


@given(csv_files(), st.sampled_from(DUPLICATES))
@settings(max_examples=150)
def test_sdmx_csv_as_its_twin(file, duplicates):
    data, roles, options = file

    def expected():
        words = {"separator": options["separator"], "decimal": options["decimal"]}
        return twin.sdmx_csv(data, roles, duplicates=duplicates, **words)

    both = check_twin(data, duplicates, expected, **options)
    if both is not None:
        assert list(map(repr, both[0])) == list(map(repr, both[1]))  # in the file's order


@given(st.one_of(tsv_files().map(lambda data: (data, {}, {})), csv_files()), st.sampled_from(DUPLICATES))
@settings(max_examples=80)
def test_the_quick_path_is_the_plain_path(file, duplicates):
    data, _, options = file
    for want_long in (True, False):
        words = options | {"duplicates": duplicates, "want_long": want_long}
        plain = outcome(data, plain=True, **words)
        assert outcome(data, **words) == plain
        assert outcome(data, threads=3, **words) == plain


@given(tsv_files(), st.data())
@settings(max_examples=50)
def test_a_cube_is_the_cube_of_the_rows(data, draw):
    duplicates = draw.draw(st.sampled_from(DUPLICATES[1:]))
    obs = indicia.read_observations(data, duplicates=duplicates, format="eurostat-tsv")
    cubes = indicia.read_cubes(data, duplicates=duplicates, format="eurostat-tsv")
    if not len(obs.values):
        return
    for freq in obs.freqs:
        ours, theirs = cubes[freq], obs.to_cube(freq)
        for dim in theirs.dims[:-1]:  # a cube keeps codes and periods that have no value
            assert [code for code in ours.codes[dim] if code in theirs.codes[dim]] == list(theirs.codes[dim])
        spans = ours.time.ordinals, theirs.time.ordinals
        assert spans[0][0] <= spans[1][0] and spans[0][-1] >= spans[1][-1]  # noqa: PT018
        assert (
            sorted(ours.to_observations().to_pandas().astype(object).values.tolist(), key=repr)
            == sorted(theirs.to_observations().to_pandas().astype(object).values.tolist(), key=repr)
            or np.isnan(ours.to_observations().values).any()
        )


@given(csv_files())
@settings(max_examples=40)
def test_cubes_of_long_files_are_the_rows_cubes(file):
    data, _, options = file
    obs = indicia.read_observations(data, duplicates="last", **options)
    cubes = indicia.read_cubes(data, duplicates="last", **options)
    assert sorted(cubes) == list(obs.freqs)
    for freq, cube in cubes.items():
        assert same(cube, obs.to_cube(freq))


@given(csv_files(), st.data())
@settings(max_examples=80)
def test_where_is_a_filter_afterwards(file, data):
    source, _, options = file
    everything = twin.listed(indicia.read_observations(source, duplicates="last", **options))
    dims = [name for name in everything[0] if name != "measure"]
    dim = data.draw(st.sampled_from(dims))
    at = dims.index(dim)
    codes = sorted({row[0][at] for row in everything[1]} | {"nowhere"})
    wanted = data.draw(st.one_of(st.sampled_from(codes), st.lists(st.sampled_from(codes), max_size=2)))
    where = {dim: wanted}
    keep = {wanted} if isinstance(wanted, str) else set(wanted)
    rows = [row for row in everything[1] if row[0][at] in keep]
    time = data.draw(
        st.sampled_from([None, "2023", ["2022", "2023-Q1"], ("2022", None), (None, "2022-06"), ("2022", "2023")])
    )
    if time is not None:
        where["time"] = time
        rows = [row for row in rows if lies_in(row[1], time)]
    found = indicia.read_observations(source, duplicates="last", where=where, **options)
    assert list(map(repr, twin.listed(found)[1])) == list(map(repr, rows))
    assert outcome(source, duplicates="last", where=where, plain=True, **options) == outcome(
        source, duplicates="last", where=where, **options
    )


def lies_in(period, spec):
    one = indicia.Periods.parse([period])[0]

    def first(p, by):  # a week lies in the year, half, quarter or month of its Thursday
        return p.first_day + (3 if p.freq == "W" and by.freq in "ASQM" else 0)

    def last(p, by):
        return p.last_day - (3 if p.freq == "W" and by.freq in "ASQM" else 0)

    if isinstance(spec, tuple):
        start, end = (None if text is None else indicia.Periods.parse([text])[0] for text in spec)
        return (start is None or first(one, start) >= start.first_day) and (
            end is None or last(one, end) <= end.last_day
        )
    spans = [indicia.Periods.parse([text])[0] for text in ([spec] if isinstance(spec, str) else spec)]
    return any(first(one, span) >= span.first_day and last(one, span) <= span.last_day for span in spans)


# ---- parts -----------------------------------------------------------------------------------------------------------


def long_csv(odd=False):
    """Some 4 MB; `odd`: comments that hold line feeds and rows, so that parts begin inside quotes."""
    rows = [["DATAFLOW", "FREQ", "GEO", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "COMMENT"]]
    trap = 'x\nX:Y(1.0),A,DE,2020,1.5,A,\n"quoted"\n' * 40
    for s in range(1700 if not odd else 2500):
        for year in range(1950, 2024, 1 if not odd else 3):
            comment = "" if not odd or (s + year) % 4 else trap[: 17 * (year % 19)]
            value = "" if year % 31 == 0 else f"{s + year / 8:.{year % 4}f}"
            rows.append(["X:Y(1.0)", "A", f"G{s}", str(year), value, "AEBp"[year % 4], comment])
    return csv_text(rows).encode()


def long_tsv():
    head = "unit,geo\\TIME_PERIOD" + "".join(f"\t{y} " for y in range(2023, 1960, -1))
    lines = [head]
    for s in range(9000):
        cells = [[f"{s}.{c % 10} ", ": ", f"{c}.25 p", ": c"][(s + c) % 4] for c in range(63)]
        lines.append(f"U{s % 7},G{s}" + "".join("\t" + cell for cell in cells))
    return "\n".join(lines).encode()


@pytest.mark.parametrize("make", [long_csv, lambda: long_csv(odd=True), long_tsv], ids=["csv", "quotes", "tsv"])
@pytest.mark.parametrize("want_long", [True, False])
def test_any_number_of_threads_gives_the_same_bits(make, want_long, tmp_path):
    data = make()
    assert len(data) > 3 << 20
    path = tmp_path / "file"
    path.write_bytes(data)
    one = outcome(data, threads=1, want_long=want_long)
    assert one[1] is not None
    assert isinstance(one, list)
    for threads in (2, 3, 7):
        assert outcome(path, threads=threads, want_long=want_long) == one
    assert outcome(data, threads=2, want_long=want_long, plain=True) == one


@pytest.mark.parametrize("at", [0.001, 0.3, 0.52, 0.97])
def test_the_first_error_of_all_parts_is_told(at):
    data = bytearray(long_csv(odd=True))
    for share in (at, 0.99):
        row = data.index(b"\nX:Y(1.0),A,G", int(len(data) * share)) + 1
        data[row : row + 10] = b"X:Y(1.0);A"
    one = outcome(bytes(data), threads=1)
    assert one[0] == "FormatError"
    assert data[: one[3]].count(b"\n") + 1 == one[1]
    for threads in (2, 3, 7):
        assert outcome(bytes(data), threads=threads) == one


def test_a_quote_over_all_parts():
    head = b"GEO,TIME_PERIOD,OBS_VALUE,COMMENT\nDE,2020,1,"
    inside = b"\nDE,2021,2,\n" * 400_000
    data = head + b'"' + inside + b'"\nFR,2020,2,x\nFR,2020,3,x\n'
    lines = 2 + 2 * 400_000
    for threads in (1, 2, 7):
        with pytest.raises(indicia.FormatError, match=f"line {lines + 1} and line {lines + 2}"):
            indicia.read_observations(data, threads=threads)
        obs = indicia.read_observations(data, threads=threads, duplicates="last")
        assert obs.values.tolist() == [1.0, 3.0]


def test_duplicates_in_different_parts_name_both_lines():
    data = long_csv()
    row = data.index(b"X:Y(1.0),A,G0,1990")
    again = data[row : data.index(b"\n", row) + 1]
    first, last = data[:row].count(b"\n") + 1, data.count(b"\n") + 1
    for threads in (1, 3):
        with pytest.raises(indicia.FormatError, match=f"line {first} and line {last} ") as caught:
            indicia.read_observations(data + again, threads=threads)
        assert caught.value.line == last


def test_attributes_of_many_values_stay_the_same_by_any_number_of_threads():
    rows = [["GEO", "TIME_PERIOD", "OBS_VALUE", "TITLE"]]
    rows += [[f"G{s}", "2020", "1", f"title {s}" * 3] for s in range(90_000)]
    data = csv_text(rows).encode()
    one = outcome(data, threads=1)
    for threads in (2, 3):
        assert outcome(data, threads=threads) == one
    assert indicia.read_observations(data).attrs["by_row"] == ("TITLE",)
    obs = indicia.read_observations(data, attributes=["TITLE"])
    positions, texts = obs.attributes["TITLE"]
    assert [texts[int(p)] for p in positions[:2]] == ["title 0" * 3, "title 1" * 3]


# ---- options ---------------------------------------------------------------------------------------------------------

LONG = b"""DATAFLOW,GEO,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE,UNIT_MULT,DECIMALS,NOTE
A:X(1.0),DE,M,2020,1.25,p,EUR,3,1,first
A:X(1.0),DE,M,2021,2.5,,EUR,3,1,
A:X(1.0),DE,F,2020,3,A,USD,0,0,third
B:Y(1.0),FR,M,2020,4,A,EUR,3,1,third
"""


def test_attributes_are_columns_on_request():
    obs = indicia.read_observations(LONG, attributes=["NOTE", "UNIT_MEASURE"])
    frame = obs.to_pandas()
    assert frame["NOTE"].astype(object).where(frame["NOTE"].notna(), None).tolist() == ["first", None, "third", "third"]
    assert frame["UNIT_MEASURE"].tolist() == ["EUR", "EUR", "USD", "EUR"]
    assert list(obs.unit) == ["EUR", "USD", "EUR"]  # it is still the series' unit
    assert list(obs.multiplier) == [3, 0, 3]
    assert list(obs.decimals) == [1, 0, 1]
    plain = indicia.read_observations(LONG)
    assert plain.attrs["by_row"] == ("NOTE",)
    assert plain.attrs["by_series"]["DATAFLOW"] == ("A:X(1.0)", "A:X(1.0)", "B:Y(1.0)")
    assert list(plain.unit) == list(obs.unit)


def test_dataset_takes_one_structure():
    obs = indicia.read_observations(LONG, dataset="B:Y(1.0)")
    assert obs.codes["GEO"] == ("FR",)
    assert obs.values.tolist() == [4.0]


def test_where_by_a_dimension_behind_the_value():
    text = b"A,TIME_PERIOD,OBS_VALUE,B\n" + b"".join(b"x,%d,%d,%c\n" % (2000 + i, i, b"yz"[i % 2]) for i in range(8))
    obs = indicia.read_observations(text, dims=["A", "B"], where={"B": "z"})
    assert obs.values.tolist() == [1.0, 3.0, 5.0, 7.0]


def test_what_is_not_wanted_is_neither_counted_nor_skipped_over():
    text = (
        "A,TIME_PERIOD,OBS_VALUE,OBS_STATUS,ACTION\n"
        + "x,2020,1,q,I\nx,2021,2,q,I\nx,2022,3,q,D\nx,,,,I\ny,2020,1,w,I\n"
    )
    for plain in (False, True):
        found = raw(text.encode(), where={"A": "y"}, plain=plain, format="sdmx-csv")
        assert found["notes"] == [("unknown_flags", "w", 1)]
        assert found["rows"] == 1
    for bad in ("x,2021,2\n", 'x,2021,"2"5,q,I\n', "x,2021,2,q,I,more\n"):
        broken = text.replace("x,2021,2,q,I\n", bad).encode()
        places = {outcome(broken, where={"A": "y"}, plain=plain)[1:3] for plain in (False, True)}
        assert len(places) == 1
        assert places.pop()[0] == 3


def test_dims_measures_and_time():
    text = b"GEO,YEAR,TIME_PERIOD,GDP,POP\nDE,2020,2021,1,2\nFR,2020,2021,3,4\n"
    both = indicia.read_observations(text, format="sdmx-csv", measures=["GDP", "POP"])
    assert both.dims == ("GEO", "YEAR", "measure", "time")
    assert both.codes["measure"] == ("GDP", "POP")
    assert both.values.tolist() == [1.0, 2.0, 3.0, 4.0]
    one = indicia.read_observations(text, format="sdmx-csv", measures=["POP"], dims=["GEO"])
    assert one.dims == ("GEO", "time")
    assert one.values.tolist() == [2.0, 4.0]
    other = indicia.read_observations(text, format="sdmx-csv", measures=["POP"], time="YEAR", dims=["GEO"])
    assert {str(period) for period in other.time} == {"2020"}
    none = indicia.read_observations(text, format="sdmx-csv", measures=["POP"], dims=["GEO"], time=None)
    assert none.dims == ("GEO",)
    assert none.time is None
    assert indicia.read_cube(text, format="sdmx-csv", measures=["POP"], dims=["GEO"], time=None).shape == (2,)
    for options in ({"measures": ["X"]}, {"dims": ["X"]}, {"time": "X"}, {"attributes": ["X"]}, {"where": {"X": "1"}}):
        with pytest.raises(ValueError, match='"X"') as caught:
            indicia.read_observations(text, format="sdmx-csv", **({"measures": ["POP"]} | options))
        assert not isinstance(caught.value, indicia.FormatError)


def test_names_that_are_taken():
    text = b"value,flags,time,TIME_PERIOD,OBS_VALUE\na,b,c,2020,1\n"
    obs = indicia.read_observations(text, where={"value_": "a"})
    assert obs.dims == ("value_", "flags_", "time_", "time")
    for head in (b"value,value_,TIME_PERIOD,OBS_VALUE", b"A,A,TIME_PERIOD,OBS_VALUE"):
        with pytest.raises(indicia.FormatError, match="two columns are called"):
            indicia.read_observations(head + b"\na,b,2020,1\n")
    with pytest.raises(indicia.FormatError, match="two dimensions are called"):
        indicia.read_observations(b"value,value_\\time\t2020\na,b\t1\n")


@pytest.mark.parametrize(
    "options",
    [
        {"attributes": ["a"]},
        {"measures": ["a"]},
        {"dims": ["a"]},
        {"dataset": "a"},
        {"time": "geo"},
        {"time": None},
        {"decimal": ","},
        {"separator": ";"},
        {"where": {"x": "1"}},
    ],
)
def test_eurostat_tsv_ignores_no_option(options):
    with pytest.raises(ValueError, match=r"\w") as caught:
        indicia.read_observations(b"geo\\time\t2020\nDE\t1\n", **options)
    assert not isinstance(caught.value, indicia.FormatError)


def test_separator_and_decimal():
    text = "GEO;TIME_PERIOD;OBS_VALUE\nDE;2020;1,5\nFR;2020;2\n"
    assert indicia.read_observations(text.encode()).values.tolist() == [1.5, 2.0]
    assert indicia.read_observations(text.encode(), decimal=",").values.tolist() == [1.5, 2.0]
    with pytest.raises(indicia.FormatError, match="decimal") as caught:
        indicia.read_observations(text.encode(), decimal=".")
    assert (caught.value.line, caught.value.column) == (2, 9)
    piped = text.replace(";", "|")
    assert indicia.read_observations(piped.encode(), separator="|", format="sdmx-csv").values.tolist() == [1.5, 2.0]
    for words in ({"separator": "x"}, {"separator": ";;"}, {"decimal": ";"}):
        with pytest.raises(ValueError, match="expected one of"):
            indicia.read_observations(text.encode(), **words)


def test_decimals_overrule():
    assert indicia.read_observations(LONG, decimals=4).decimals == 4
    assert indicia.read_cube(b"geo\\time\t2020\nDE\t1.25\n", decimals=0).decimals == 0
    assert indicia.read_cube(b"geo\\time\t2020\nDE\t1.25\n").decimals == 2


@pytest.mark.parametrize(
    "options",
    [
        {"duplicates": "any"},
        {"format": "x"},
        {"limits": {"x": 1}},
        {"limits": {"cells": 0}},
        {"threads": 0},
        {"where": {"time": ("2020", "2021", "2022")}},
        {"where": {"time": ("2021", "2020")}},
        {"encoding": "hex"},
        {"encoding": "no such"},
        {"member": "x"},
        {"where": {"GEO": "a\0b"}},
        {"where": {"time": "soon"}},
    ],
)
def test_options_that_mean_nothing_are_errors(options):
    with pytest.raises(ValueError, match=r"\w"):
        indicia.read_observations(LONG, **options)


def test_sniff_and_formats():
    names = [one.name for one in indicia.formats()]
    assert {"eurostat-tsv", "sdmx-csv"} <= set(names)
    assert indicia.sniff(LONG) == "sdmx-csv"
    assert indicia.sniff(b"\xef\xbb\xbfgeo\\time\t2020\nDE\t1\n") == "eurostat-tsv"
    assert indicia.sniff(b"a,b\n1,2\n") == "table"  # what fits no format, but is one
    for data in (b"", b"hello", b"geo\t2020\n", b"\0" * 100, "geo\\time".encode("utf-16")):
        with pytest.raises(indicia.FormatError) as caught:
            indicia.sniff(data)
        assert caught.value.line == 1


def test_limits_can_be_as_high_as_one_likes():
    for most in (math.inf, 1e30, 2**64, 2**63):
        limits = {"cells": most, "line": most, "columns": most, "ratio": most}
        assert len(indicia.read_observations(LONG, limits=limits)) == 4


# ---- known files -----------------------------------------------------------------------------------------------------

A, B = "A", "B"
TWO = [(("A", "B"), "2014-01", 12.4), (("A", "B"), "2014-02", 10.8)]
# typed in from the files; where the time has another name than TIME_PERIOD, the reader has to be told
EXAMPLES = {
    "01": ({"time": "DIM_3"}, TWO),
    "02": (
        {"time": "DIM_3", "dims": ["DIM_1", "DIM_2"]},
        [
            (("B", "A", f"OBS_VALUE{k}"), f"2014-0{m}", v)
            for m, k, v in ((1, 1, 12.4), (1, 2, 12.5), (2, 1, 10.8), (2, 2, 10.9))
        ],
    ),
    "03": (
        {"time": "DIM_3", "dims": ["DIM_1", "DIM_2"]},
        [
            (("B", "A", f"OBS_VALUE{k}"), f"2014-0{m}", v)
            for m, k, v in ((1, 1, 12.4), (1, 2, 12.5), (2, 1, 10.8), (2, 2, 10.9))
        ],
    ),
    "04": ({"time": "DIM_3"}, TWO),
    "05": ({"time": "DIM_3"}, [(("A", "B"), "2014-01-01", 12.4), (("A", "B"), "2014-02-01", 10.8)]),
    "06": ({"time": "DIM_3"}, TWO),
    "07": ({"time": "DIM_3"}, TWO),
    "08": ({"time": "DIM_3"}, TWO),
    "09A": ({"time": "DIM_3"}, [*TWO, (("A", "B"), "2014-03", 11.2)]),
    "09B": ({"measures": ["MEAS_C2"]}, indicia.FormatError),
    "10": ({"time": "DIM_3"}, TWO),
    "11": ({"time": "DIM_3"}, TWO),
    "12": ({"time": "DIM_3"}, indicia.FormatError),
    "13": ({"time": "DIM_3", "measures": ["MEAS_1"]}, [(("A", "B"), "2014-01", 12.4)]),
    "14": ({}, indicia.FormatError),
    "15": ({"time": "DIM_3"}, TWO),
    "16": ({"time": "DIM_3"}, []),
    "17": ({"time": "DIM_3"}, []),
    "18": ({}, indicia.FormatError),
    "19A": ({}, indicia.FormatError),
    "19B": ({}, indicia.FormatError),
}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_examples_of_the_specification(name):
    path = SHARED / "data" / "sdmx" / f"csv2_example_{name}.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    options, expected = EXAMPLES[name]
    assert indicia.sniff(path) == "sdmx-csv"
    if expected is indicia.FormatError:
        with pytest.raises(indicia.FormatError) as caught:
            indicia.read_observations(path, **options)
        assert caught.value.line >= 1
        return
    obs = indicia.read_observations(path, **options)
    assert twin.listed(obs)[1] == [(codes, period, value, 0) for codes, period, value in expected]


@pytest.mark.parametrize("name", ["eurostat-tsv", "sdmx-csv"])
def test_published_files_read_as_expected(name):
    tool = SHARED / "tools" / "check_readers.py"
    if not tool.exists():
        pytest.skip(f"{tool} is not here")
    command = [sys.executable, str(tool), "--format", name]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


def test_warnings_name_what_has_no_place():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        obs = indicia.read_observations(b"geo\\time\t2022\t2022-W99 \nDE\t1\t2\nFR\t:\t:\nIT\t\t: c\n")
    assert obs.attrs["unplaced"] == {"2022-W99": 2}
    assert [w.category for w in caught] == [indicia.DataWarning]
    assert np.asarray(obs.values).tolist() == [1.0]
