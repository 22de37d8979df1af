"""comtrade and baci: the samples, row by row, and what is peculiar to files of trade."""

from pathlib import Path

import pytest

import indicia

DATA = Path(__file__).parent / "data"


def rows(name, **options):
    obs = indicia.read_observations(DATA / name, **options)
    return obs, [tuple(row) for row in obs.to_pandas(flags="text").astype(object).itertuples(index=False)]


def same(found, expected):
    assert [tuple(map(repr, row)) for row in found] == [tuple(map(repr, row)) for row in expected]


def test_baci():
    obs, found = rows("baci/good_two_years.csv")
    assert obs.dims == ("i", "j", "k", "time")
    expected = [("4", "12", "010119", "2022", 85.001), ("4", "12", "850760", "2022", 2.81)]
    same(
        found,
        [*expected, ("842", "156", "854142", "2022", 1234.5), ("4", "12", "010119", "2023", 86.0)],
    )
    assert (obs.unit, obs.multiplier) == ("USD", 3)
    assert obs.attrs["titles"] == {"i": "exporter", "j": "importer", "k": "product"}
    assert "q" in obs.attrs["by_row"]
    _, found = rows("baci/good_two_years.csv", where={"k": ["010119"], "time": "2023"})
    same(found, [("4", "12", "010119", "2023", 86.0)])


def test_baci_quantities():
    obs, found = rows("baci/good_two_years.csv", measures=["q"])
    assert (obs.unit, obs.multiplier) == ("t", 0)
    assert [row[-1] for row in found] == [58.493, 0.002, 60.0]
    obs, found = rows("baci/good_two_years.csv", measures=["v", "q"])
    assert obs.dims == ("i", "j", "k", "measure", "time")
    assert len(found) == 7
    named = dict(zip((row[3] for row in obs.to_pandas().itertuples(index=False)), obs.unit, strict=False))
    assert named == {"v": "USD", "q": "t"}


def test_baci_codes_are_texts():
    """4 and 004 are two codes; a head in quotes and CR LF change nothing."""
    obs, found = rows("baci/odd_quoted_head.csv")
    same(found, [("004", "12", "010119", "2022", 0.001), ("4", "12", "010119", "2022", 7.0)])
    assert obs.codes["i"] == ("004", "4")


def test_comtrade_of_before():
    """Months without a dash, labels beside codes, a comma within quotes."""
    obs, found = rows("comtrade/good_old_months.csv")
    head = ("H5", "2", "40")
    same(
        found,
        [
            (*head, "0", "01", "2023-01", 1200.0),
            (*head, "0", "01", "2023-02", 1300.0),
            (*head, "56", "01", "2023-01", 200.0),
        ],
    )
    assert dict(obs.labels["Commodity Code"]) == {"01": "Animals, live"}
    assert dict(obs.labels["Partner Code"]) == {"0": "World", "56": "Belgium"}
    assert obs.attrs["totals"] == {"Partner Code": ("0",)}
    assert obs.unit == "USD"


def test_comtrade_of_today():
    """Every row has a field more than the head, and a name is in the western code page."""
    obs, found = rows("comtrade/odd_western_and_ragged.csv", attributes=["qty"])
    assert len(found) == 3
    assert obs.to_pandas()["qty"].astype(object).tolist()[1] == "7"
    assert obs.values.tolist() == [1500.25, 90000.0, 91000.0]
    assert obs.labels["partnerCode"]["531"] == "Cura\u00e7ao"
    assert obs.attrs["encoding"] == "cp1252"
    assert obs.attrs["totals"] == {"partnerCode": ("0",), "cmdCode": ("TOTAL",)}
    cube = indicia.read_cube(DATA / "comtrade/odd_western_and_ragged.csv", where={"cmdCode": "8507"})
    assert cube.sel(partnerCode="531").values.item() == 1500.25


@pytest.mark.parametrize(
    ("name", "line", "column", "message"),
    [
        ("baci/broken_twice.csv", 3, 1, "twice, on line 2 and line 3"),
        ("baci/broken_number.csv", 3, 18, '"two" is no number'),
        ("comtrade/broken_fields.csv", 2, 75, "17 fields, expected 16"),
        ("comtrade/broken_period.csv", 2, 10, '"soon" is no period'),
    ],
)
def test_what_is_broken_has_a_place(name, line, column, message):
    with pytest.raises(indicia.FormatError, match=message) as caught:
        indicia.read_observations(DATA / name)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.format == name.partition("/")[0]


@pytest.mark.parametrize("format", ["baci", "comtrade"])
def test_sniffed(format):
    for path in (DATA / format).glob("[go]*.csv"):
        assert indicia.sniff(path) == format


def test_options_overrule():
    obs, _ = rows("comtrade/good_old_months.csv", measures=["Netweight (kg)"])
    assert obs.values.tolist() == [12.5]
    obs, _ = rows("comtrade/good_old_months.csv", dims=["Partner ISO"])
    assert obs.dims == ("Partner ISO", "time")
