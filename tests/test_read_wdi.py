"""World Bank CSV: bulk files, single indicators, DataBank; what is broken."""

import csv
import io
import random
from pathlib import Path

import numpy as np
import pytest
from readers import outcome

import indicia
from indicia import Flag

DATA = Path(__file__).parent / "data" / "wdi"
nan = float("nan")


def test_good():
    cube = indicia.read_cube(DATA / "good_bulk.csv")
    assert indicia.sniff(DATA / "good_bulk.csv") == "wdi"
    assert cube.dims == ("country", "indicator", "time")
    assert dict(cube.codes) == {"country": ("NAM", "COD"), "indicator": ("NY.GDP.MKTP.CD", "SP.POP.TOTL")}
    assert dict(cube.labels["country"]) == {"NAM": "Namibia", "COD": "Congo, Dem. Rep."}
    assert cube.labels["indicator"]["SP.POP.TOTL"] == "Population, total"
    assert [str(p) for p in cube.time] == ["2020", "2021", "2022"]
    np.testing.assert_array_equal(cube.values[0], [[10.5, nan, 12.25], [2489098, 2530151, 2567012]])
    np.testing.assert_array_equal(cube.values[1], [[-1, 2, 3], [nan] * 3])
    assert cube.flags is None
    assert (cube.attrs["source"], cube.attrs["updated"]) == ("World Development Indicators", "2024-05-02")


def test_odd():
    """DataBank: series first, periods in brackets and descending, dots, lines behind the table."""
    cube = indicia.read_cube(DATA / "odd_databank.csv")
    assert cube.dims == ("indicator", "country", "time")
    assert cube.labels["indicator"]["FP.X"] == 'Inflation, "core" (%)'
    assert [str(p) for p in cube.time] == ["2010", "2011"]
    np.testing.assert_array_equal(cube.values[:, 0], [[15, nan], [nan, 0.123456789012345]])
    assert cube.flags[:, 0].tolist() == [[0, Flag.NOT_AVAILABLE], [0, 0]]
    assert cube.decimals.tolist() == [[0], [-1]]
    assert (cube.attrs["source"], cube.attrs["updated"]) == ("World Development Indicators", "12/16/2024")
    assert len(indicia.read_observations(DATA / "odd_databank.csv")) == 3


@pytest.mark.parametrize(
    ("name", "line", "column", "message"),
    [
        ("broken_number.csv", 2, 22, '2020: "1o" is no number'),
        ("broken_row.csv", 2, 24, "6 fields, expected 5"),
        ("broken_behind.csv", 4, 1, "a row behind the remarks"),
        ("broken_column.csv", 1, 57, '"Region" is neither a period nor'),
    ],
)
def test_broken(name, line, column, message):
    with pytest.raises(indicia.FormatError, match=message) as caught:
        indicia.read_cube(DATA / name)
    error = caught.value
    assert (error.line, error.column, error.format) == (line, column, "wdi")


def written(seed):
    """A file in the bank's manner, and what is in it: (country, indicator, year) -> value."""
    r = random.Random(seed)
    countries = [(f"Country {i}, Rep.", f"C{i:02d}") for i in range(r.randint(1, 6))]
    indicators = [(f'Name "{i}" (%)', f"X.{i}.ZS") for i in range(r.randint(1, 5))]
    years = r.sample(range(1960, 2024), r.randint(1, 20))
    out = io.StringIO()
    writer = csv.writer(
        out, quoting=r.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), lineterminator=r.choice(["\n", "\r\n"])
    )
    tail = [""] if r.random() < 0.5 else []
    spell = r.choice(["{0}", "{0} [YR{0}]"])
    heads = ["Country Name", "Country Code", "Indicator Name", "Indicator Code"]
    writer.writerow([*heads, *(spell.format(year) for year in years), *tail])
    cells = {}
    for name, code in countries:
        for indicator, key in indicators:
            row = [r.choice(["", "..", repr(r.uniform(-1e9, 1e12)), f"{r.uniform(-9, 9):.2f}"]) for _ in years]
            writer.writerow([name, code, indicator, key, *row, *tail])
            cells |= {(code, key, str(year)): cell for year, cell in zip(years, row, strict=True) if cell}
    return out.getvalue().encode(), cells


@pytest.mark.parametrize("seed", range(60))
def test_every_cell(seed):
    data, cells = written(seed)
    frame = indicia.read_observations(data, format="wdi").to_pandas()
    keys = zip(*(frame[name].astype(str) for name in ("country", "indicator", "time")), strict=True)
    found = dict(zip(keys, zip(frame["value"], frame.get("flags", [0] * len(frame)), strict=True), strict=True))
    assert found.keys() == cells.keys()
    for key, (value, flags) in found.items():
        missing = cells[key] == ".."
        assert flags == (Flag.NOT_AVAILABLE if missing else 0)
        assert np.isnan(value) if missing else value == float(cells[key])
    assert outcome(data, format="wdi") == outcome(data, format="wdi", plain=True)


def test_cut_anywhere_it_is_read_or_refused():
    for name in ("good_bulk.csv", "odd_databank.csv"):
        data = (DATA / name).read_bytes()
        for n in range(len(data)):
            assert outcome(data[:n], format="wdi") == outcome(data[:n], format="wdi", plain=True)


def test_options():
    one = indicia.read_cube(DATA / "good_bulk.csv", where={"country": "NAM", "time": "2022"})
    assert one.values.ravel().tolist() == [12.25, 2567012]
    with pytest.raises(ValueError, match="measures=: wdi has no choice of it"):
        indicia.read_cube(DATA / "good_bulk.csv", measures=["x"])
    with pytest.raises(indicia.FormatError, match="no head row; expected Country Name"):
        indicia.read_cube(b"a,b\n1,2\n", format="wdi")
