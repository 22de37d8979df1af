"""comtrade and baci: the samples, row by row, and what is peculiar to files of trade."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


# ---- fans: rows that agree in all codes but one ------------------------------------------------------------------


def written(rows, tail="1"):
    return ("t,i,j,k,v,q\n" + "".join(f"{t},{i},{j},{k},{v},{tail}\n" for t, i, j, k, v in rows)).encode()


def as_long_table(data, **options):
    """By the engine of all long tables, which an attribute that is asked for makes the reader take."""
    return indicia.read_observations(data, format="baci", attributes=["q"], **options)


def same_observations(a, b):
    assert (a.dims, a.codes) == (b.dims, b.codes)
    assert a.unit == b.unit
    assert a.multiplier == b.multiplier
    for name in a.codes:
        assert a.positions[name].dtype == b.positions[name].dtype
        np.testing.assert_array_equal(a.positions[name], b.positions[name])
    assert a.time == b.time
    np.testing.assert_array_equal(a.values, b.values)
    assert (a.flags is None) == (b.flags is None)


codes = st.sampled_from(["4", "8", "156", "842", "0", "", "long code", '"7"', "é"])
products = st.sampled_from(["010119", "850760", "854142", "8", "longer than seven", "999999", "01"])
table = st.lists(
    st.tuples(
        st.sampled_from(["2021", "2022", "2023"]),
        codes,
        codes,
        products,
        st.sampled_from(["1", "0.001", "85.25", "-3", "NA", "", "1e3", "123456789.5"]),
    ),
    min_size=1,
    max_size=30,
)


@given(table, st.sampled_from(["first", "last", "sum"]), st.sampled_from(["1", "NA", "", '"a,b"']))
@settings(max_examples=300)
def test_a_fan_is_a_long_table(rows, duplicates, tail):
    data = written(rows, tail)
    same_observations(
        indicia.read_observations(data, format="baci", duplicates=duplicates),
        as_long_table(data, duplicates=duplicates),
    )


@given(table, st.lists(products, min_size=1, max_size=3), st.sampled_from([None, "2022", ("2022", None)]))
@settings(max_examples=200)
def test_a_filtered_fan_is_a_filtered_long_table(rows, wanted, time):
    where = {"k": wanted} | ({} if time is None else {"time": time})
    data = written(rows)
    same_observations(
        indicia.read_observations(data, format="baci", duplicates="first", where=where),
        as_long_table(data, duplicates="first", where=where),
    )


def many_rows(n, seed=0):
    """Sorted fans, with some rows out of order."""
    random = np.random.default_rng(seed)
    keys = np.sort(random.choice(4_000_000, n, replace=False))
    rows = [(2022 + k // 2_000_000, 4 + k // 40_000 % 50, 4 + k // 800 % 50, f"{k % 800 * 7:06d}") for k in keys]
    values = random.lognormal(2, 2, n).round(3)
    return [(*row, f"{value:.3f}") for row, value in zip(rows, values, strict=True)]


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_many_rows(threads):
    rows = many_rows(150_000)
    data = written(rows)
    assert len(data) > 3 << 20  # several parts
    obs = indicia.read_observations(data, threads=threads)
    same_observations(obs, as_long_table(data))
    assert obs.values.tolist() == [float(row[-1]) for row in rows]
    assert obs.decimals == 3


@pytest.mark.parametrize("threads", [1, 3])
def test_a_key_that_is_there_twice_far_apart(threads):
    rows = many_rows(150_000)
    rows[140_000] = (*rows[20_000][:4], "7")
    data = written(rows)
    with pytest.raises(indicia.FormatError, match="twice, on line 20002 and line 140002") as caught:
        indicia.read_observations(data, threads=threads)
    assert caught.value.line == 140_002
    for rule in ("first", "last", "sum"):
        same_observations(
            indicia.read_observations(data, threads=threads, duplicates=rule), as_long_table(data, duplicates=rule)
        )


def test_more_products_than_sixteen_bits_count():
    rows = [("2022", "4", "8", f"{k:06d}", "1.5") for k in range(70_000)]
    obs = indicia.read_observations(written(rows))
    assert obs.positions["k"].dtype == np.uint32
    assert obs.codes["k"] == tuple(row[3] for row in rows)
    assert (obs.positions["k"] == np.arange(70_000)).all()


def test_quotes_over_the_border_of_two_parts():
    rows = many_rows(120_000)
    middle = len(written(rows[:60_000]))
    data = written(rows[:59_000]) + b'2022,4,4,"a\n' + b"x" * (len(written(rows)) // 2 - middle + 40_000) + b'",1,1\n'
    data += written(rows[59_000:]).partition(b"\n")[2]
    for threads in (1, 2, 3):
        same_observations(indicia.read_observations(data, threads=threads), as_long_table(data))


def test_periods_of_two_frequencies():
    with pytest.raises(indicia.FormatError, match="another frequency") as caught:
        indicia.read_observations(written([(2022, 4, 8, "01", 1), ("2022-01", 4, 8, "01", 1)]), format="baci")
    assert (caught.value.line, caught.value.column) == (3, 1)
