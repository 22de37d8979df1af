"""The sample files of every format, row by row: good ones, odd ones, and where the broken ones break."""

from pathlib import Path

import pandas as pd
import pytest

import indicia

DATA = Path(__file__).parent / "data"
FORMATS = {f.name for f in indicia.formats()}
GOOD = [path for path in sorted(DATA.glob("*/good*")) if path.parent.name in FORMATS]
NAN = float("nan")


def rows(name, **options):
    """A sample in long form: codes, period, value, flags."""
    obs = indicia.read_observations(DATA / name, **options)
    return obs, [tuple(row) for row in obs.to_pandas(flags="text").astype(object).itertuples(index=False)]


def same(found, expected):
    """Row by row, NaN being itself and zero having its sign."""
    assert [tuple(map(repr, row)) for row in found] == [tuple(map(repr, row)) for row in expected]


def test_eurostat_tsv():
    obs, found = rows("eurostat-tsv/good_annual.tsv")
    assert obs.dims == ("freq", "unit", "geo", "time")
    expected = [("A", "CP_MEUR", "DE", "2021", 3682340.0, ""), ("A", "CP_MEUR", "DE", "2022", 3989390.0, "")]
    expected += [("A", "CP_MEUR", "DE", f"{y}", v, "PROVISIONAL") for y, v in ((2023, 4219310.0), (2024, 4328970.0))]
    expected += [("A", "CP_MEUR", "FR", "2021", 2508102.0, ""), ("A", "CP_MEUR", "FR", "2022", 2653997.0, "BREAK")]
    expected += [
        ("A", "CP_MEUR", "FR", "2023", 2826542.0, ""),
        ("A", "CP_MEUR", "FR", "2024", 2919900.0, "PROVISIONAL"),
    ]
    expected += [("A", "CP_MEUR", "MT", f"{y}", v, "") for y, v in ((2021, 16396.4), (2022, 18294.6), (2023, 20957.6))]
    expected += [("A", "CP_MEUR", "MT", "2024", NAN, "CONFIDENTIAL")]
    expected += [("A", "PC_GDP", "DE", "2022", 4.25, ""), ("A", "PC_GDP", "DE", "2023", -0.3, "")]
    same(found, expected)
    assert list(obs.unit) == ["CP_MEUR", "CP_MEUR", "CP_MEUR", "PC_GDP"]
    assert list(obs.decimals) == [1, 1, 1, 2]


def test_eurostat_tsv_as_a_cube_keeps_what_is_empty():
    cube = indicia.read_cube(DATA / "eurostat-tsv/good_annual.tsv")
    assert cube.shape == (1, 2, 3, 4)
    part = cube.sel(unit="PC_GDP", geo="DE")
    assert repr(part.values.ravel().tolist()) == "[nan, 4.25, -0.3, nan]"
    assert part.flags is None or not part.flags.any()


def test_old_eurostat_tsv():
    """No freq, descending months with a gap, blanks around codes and cells, marks alone, no last line feed."""
    obs, found = rows("eurostat-tsv/odd_old_head.tsv")
    expected = [
        ("I10", "01", "NA", "2014-01", 0.0, "LESS_THAN_HALF"),
        ("I10", "01", "NA", "2014-03", 1.5, "BREAK|PROVISIONAL"),
        ("I10", "C10-C12", "EU27_2020", "2013-12", -0.0, ""),
        ("I10", "C10-C12", "EU27_2020", "2014-01", 1000.0, ""),
        ("I10", "C10-C12", "EU27_2020", "2014-03", NAN, "NOT_APPLICABLE"),
        ("I10", "B", "EL", "2013-12", 12.25, "ESTIMATED"),
        ("I10", "B", "EL", "2014-01", NAN, "LOW_RELIABILITY"),
        ("I10", '"q"', "CY", "2013-12", 2.0, "OTHER"),
        ("I10", '"q"', "CY", "2014-01", 7.0, ""),
        ("I10", '"q"', "CY", "2014-03", 0.5, ""),
    ]
    same(sorted(found, key=str), sorted(expected, key=str))
    assert obs.attrs["unknown_flags"] == {"q": 1}
    cube = indicia.read_cube(DATA / "eurostat-tsv/odd_old_head.tsv")
    assert [str(p) for p in cube.time] == ["2013-12", "2014-01", "2014-02", "2014-03"]


def test_eurostat_tsv_of_several_frequencies():
    with pytest.warns(indicia.DataWarning, match="2022-W99"):
        obs, found = rows("eurostat-tsv/odd_frequencies.tsv")
    same(found, [("A", "DE", "2022", 1.0), ("Q", "DE", "2022-Q1", 2.0), ("W", "DE", "2022-W05", 3.0)])
    assert obs.freqs == ("A", "Q", "W")
    assert obs.attrs["unplaced"] == {"2022-W99": 1}
    with pytest.warns(indicia.DataWarning), pytest.raises(ValueError, match="freq="):
        indicia.read_cube(DATA / "eurostat-tsv/odd_frequencies.tsv")


def test_sdmx_csv_1():
    obs, found = rows("sdmx-csv/good_1.csv")
    expected = [("A", "CP_MEUR", "DE", "2022", 3989390.0, ""), ("A", "CP_MEUR", "DE", "2023", 4219310.0, "PROVISIONAL")]
    expected += [("A", "CP_MEUR", "MT", "2022", 18294.6, "BREAK"), ("A", "CP_MEUR", "MT", "2023", NAN, "CONFIDENTIAL")]
    same(found, expected)
    assert obs.dims == ("freq", "unit", "geo", "time")
    assert obs.attrs["LAST UPDATE"] == "25/07/22 23:00:00"


def test_sdmx_csv_2():
    obs, found = rows("sdmx-csv/good_2.csv")
    expected = [("M", "01", "2023-01", 1.0769, ""), ("M", "01", "2023-02", 1.0715, "")]
    same(found, [*expected, ("M", "NA", "2023-01", 18.5, "PROVISIONAL")])
    assert list(obs.multiplier) == [0, 3]
    assert list(obs.decimals) == [4, 1]


def test_sdmx_csv_with_labels():
    """A byte order mark, semicolons, decimal commas, labels, a quoted line feed, FREQ over the period, a deletion."""
    obs, found = rows("sdmx-csv/odd_labels.csv")
    same(found, [("A", "DE", "2000", 12.5, ""), ("A", "FR", "2001", NAN, "NOT_APPLICABLE")])
    assert dict(obs.labels["REF_AREA"]) == {"DE": "Germany", "FR": "France"}
    assert sum(obs.attrs["skipped"].values()) == 1
    _, wanted = rows("sdmx-csv/odd_labels.csv", attributes=["TITLE"])
    assert 'a "quoted"\ntitle' in wanted[0]


def test_sdmx_csv_out_of_order():
    obs, found = rows("sdmx-csv/odd_mixed.csv")
    same(
        found,
        [("Q", "2023-Q4", NAN, "NOT_AVAILABLE"), ("Q", "2023-Q1", -150.0, "ESTIMATED"), ("A", "2023", 2.0, "OTHER")],
    )
    assert obs.attrs["unknown_flags"] == {"x": 1}
    cubes = indicia.read_cubes(DATA / "sdmx-csv/odd_mixed.csv")
    assert {freq: cube.shape[-1] for freq, cube in cubes.items()} == {"A": 1, "Q": 4}


@pytest.mark.parametrize(
    ("name", "line", "column", "message"),
    [
        ("eurostat-tsv/broken_number.tsv", 2, 11, 'neither a number nor ":"'),
        ("eurostat-tsv/broken_period.tsv", 1, 28, '"soon" is no period'),
        ("eurostat-tsv/broken_short_row.tsv", 3, 6, "1 cells, expected 2"),
        ("eurostat-tsv/broken_twice.tsv", 3, 1, "twice, on line 2 and line 3"),
        ("sdmx-csv/broken_number.csv", 2, 17, '"one" is no number'),
        ("sdmx-csv/broken_hourly.csv", 2, 12, "is no period"),
        ("sdmx-csv/broken_quote.csv", 2, 17, "never closed"),
        ("sdmx-csv/broken_twice.csv", 4, 1, "twice, on line 2 and line 4"),
        ("sdmx-csv/broken_wide_row.csv", 2, 19, "5 fields, expected 4"),
    ],
)
def test_what_is_broken_has_a_place(name, line, column, message):
    with pytest.raises(indicia.FormatError, match=message) as caught:
        indicia.read_observations(DATA / name)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert error.format == name.partition("/")[0]
    assert str(error.path) == str(DATA / name)
    text = (DATA / name).read_bytes()
    if "twice" not in name:  # there the line is the place
        assert text[: error.offset].count(b"\n") == line - 1


@pytest.mark.parametrize("path", GOOD, ids=lambda p: p.name)
def test_good_samples_are_recognised_and_stay_the_same(path):
    """By their first bytes, plain or packed, by any number of threads, and in either container."""
    assert indicia.sniff(path) == path.parent.name
    obs = indicia.read_observations(path)
    frame = obs.to_pandas()
    for source, threads in ((path.read_bytes(), 1), (path.read_bytes(), 3)):
        pd.testing.assert_frame_equal(indicia.read_observations(source, threads=threads).to_pandas(), frame)
    pd.testing.assert_frame_equal(indicia.read_cube(path).to_pandas(), obs.to_cube().to_pandas())
