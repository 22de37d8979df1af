"""The IMF's World Economic Outlook: samples, marks, encodings; what is broken."""

from pathlib import Path

import numpy as np
import pytest
from readers import outcome, same

import indicia
from indicia import Flag

DATA = Path(__file__).parent / "data" / "weo"
GOOD = (DATA / "good_2024.xls").read_bytes()
nan = float("nan")


def test_good():
    cube = indicia.read_cube(DATA / "good_2024.xls")
    assert indicia.sniff(GOOD) == "weo"
    assert cube.dims == ("country", "subject", "time")
    assert dict(cube.codes) == {"country": ("BRA", "ESP"), "subject": ("NGDP", "LUR")}
    assert dict(cube.labels["country"]) == {"BRA": "Brazil", "ESP": "Côte d'Essai"}
    assert cube.labels["subject"]["LUR"] == "Unemployment rate"
    np.testing.assert_array_equal(cube.values[0], [[9012.142, 10079.677, 10856.1], [13.2, nan, nan]])
    np.testing.assert_array_equal(cube.values[1], [[1222.29, 1346.377, nan], [nan] * 3])
    expected = np.zeros((2, 2, 3), np.uint32)
    expected[0, 0, 2] = Flag.FORECAST  # later than "Estimates Start After"; a missing figure has no flag
    np.testing.assert_array_equal(cube.flags, expected)
    assert cube.unit.tolist() == [["National currency", "Percent of total labor force"], ["National currency", None]]
    assert cube.multiplier.tolist() == [[9, 0]]  # for both countries
    assert cube.decimals.tolist() == [[3, 1], [3, -1]]
    by_series = cube.attrs["by_series"]  # along the axes of the cube, shortened where all agree
    assert by_series["Subject Notes"].tolist() == [["Note on GDP.", None]]
    assert by_series["Country/Series-specific Notes"].tolist() == [["Source: office", None], [None, None]]
    assert by_series["WEO Country Code"].tolist() == [["223", "223"], ["184", None]]
    notes = cube.sel(subject=["LUR"]).attrs["by_series"]["WEO Country Code"]
    assert notes.tolist() == [["223"], [None]]
    assert cube.attrs["source"] == "International Monetary Fund, World Economic Outlook Database, April 2024"
    assert cube.attrs["encoding"] == "cp1252"


def test_rows():
    obs = indicia.read_observations(GOOD)
    assert len(obs) == 6
    assert obs.multiplier.tolist() == [9, 0, 9]
    assert obs.attrs["by_series"]["Country/Series-specific Notes"] == ("Source: office", None, None)


def test_odd():
    """UTF-16 without a mark, lines that end in CR, no codes, decimal commas."""
    cube = indicia.read_cube(DATA / "odd_utf16.xls")
    assert cube.dims == ("country", "subject", "unit", "time")
    assert cube.codes["subject"] == ("GDP, current prices",)
    assert cube.codes["unit"] == ("U.S. dollars", "Pesos")
    np.testing.assert_array_equal(cube.values[0, 0], [[301.025, 335.658], [262593.1, -1.5]])
    assert cube.flags[0, 0].tolist() == [[0, Flag.FORECAST], [0, 0]]
    assert cube.unit.ravel().tolist() == ["U.S. dollars", "Pesos"]
    assert cube.attrs["encoding"] == "utf-16-le"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_encoding_and_the_line_ends(encoding, end, tmp_path):
    data = GOOD.decode("cp1252").replace("\n", end).encode(encoding)
    (tmp_path / "table.xls").write_bytes(data)
    expected = indicia.read_cube(GOOD)
    for given in (data, tmp_path / "table.xls"):
        assert same(indicia.read_cube(given), expected)
        assert indicia.sniff(given) == "weo"


@pytest.mark.parametrize(
    ("name", "column", "message"),
    [("broken_number.xls", 39, '2023: "x1" is no number'), ("broken_row.xls", 33, "5 fields, expected 7")],
)
def test_broken(name, column, message):
    with pytest.raises(indicia.FormatError, match=message) as caught:
        indicia.read_cube(DATA / name)
    assert (caught.value.line, caught.value.column, caught.value.format) == (2, column, "weo")


def test_the_decimal_mark_is_that_of_the_file():
    head = b"Country\tSubject Descriptor\tUnits\t2021\t2022\nChile\tGDP\tUSD\t%b\t%b\n"
    cases = {
        (b"1,234.5", b"2,345"): [1234.5, 2345],
        (b"1.234,5", b"2.345"): [1234.5, 2345],
        (b"4,367", b"4,514"): [4.367, 4.514],
    }
    for texts, values in cases.items():
        assert indicia.read_cube(head % texts).values.ravel().tolist() == values
    assert indicia.read_cube(head % (b"4,367", b"4,514"), decimal=".").values.ravel().tolist() == [4367, 4514]


def test_cut_anywhere_it_is_read_or_refused():
    for n in range(len(GOOD)):
        outcome(GOOD[:n], format="weo")
    with pytest.raises(ValueError, match="measures=: weo has no choice of it"):
        indicia.read_cube(GOOD, measures=["x"])
