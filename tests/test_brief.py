"""The monitor against exact fractions, and what it says where figures are missing, mixed or nested."""

from __future__ import annotations

import csv
import json
import math
import os
import pickle
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import brief as twin

import indicia
from indicia import Flag, growth
from indicia._brief_series import is_aggregate, nested
from indicia.brief import MEASURES, brief

SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
NAN = float("nan")
CITIES = {
    **{"广州": "GZ", "深圳": "SZ", "珠海": "ZH", "佛山": "FS", "惠州": "HZ", "东莞": "DG", "中山": "ZS", "江门": "JM"},
    **{"肇庆": "ZQ", "香港特区": "HK", "澳门": "MO"},
}


def built_in():
    return (files("indicia.data") / "gba.csv").read_text(encoding="utf-8")


def close(got, want):
    if want is None:
        assert math.isnan(got)
    else:
        assert got == pytest.approx(float(want), rel=1e-12, abs=1e-14)


def observations(table, *, dims=("geo",), unit=None, multiplier=None, flags=None, labels=None):
    """Rows of {key: {period: value}}; a key is a code or a tuple of them."""
    rows = [(key if isinstance(key, tuple) else (key,), t, v) for key, line in table.items() for t, v in line.items()]
    columns = {dim: [key[i] for key, _, _ in rows] for i, dim in enumerate(dims)}
    bits = None if flags is None else [int(flags.get((key, t), 0)) for key, t, _ in rows]
    facts = {"unit": unit, "multiplier": multiplier, "labels": labels}
    return indicia.Observations.from_arrays(
        columns, [v for *_, v in rows], time=[t for _, t, _ in rows], flags=bits, **facts
    )


# ---- the built-in table -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gdp", "population"])
def test_the_built_in_table_is_the_source(name):
    source = SHARED / "data" / "derived" / f"gba_{name}_long.csv"
    if not source.exists():
        pytest.skip(f"no {source}")
    wanted = {}
    with open(source, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if 2015 <= int(row["year"]) <= 2024:
                wanted[CITIES[row["city"].split("(")[0]], row["year"]] = (row["value"], row["flag"])
    indicator = {"gdp": "GDP", "population": "POP"}[name]
    found = {}
    for cells in csv.DictReader(built_in().splitlines()):
        row = {head.split(":")[0]: cell.split(":")[0] for head, cell in cells.items()}
        if row["INDICATOR"] == indicator:
            key = row["GEO"], row["TIME_PERIOD"]
            assert key not in found
            found[key] = (row["OBS_VALUE"], row["OBS_STATUS"].replace("A", ""))
            assert row["SOURCE"]
    assert len(found) == 110
    assert found == wanted


def test_every_figure_is_read_as_it_is_written():
    text = built_in()
    rows = indicia.read_observations(text.encode())
    figures, units = twin.table(text)
    assert len(rows) == sum(map(len, figures.values())) == 220
    cube = rows.to_cube()
    for (indicator, geo), line in figures.items():
        one = cube.sel(FREQ="A", INDICATOR=indicator, GEO=geo)
        assert one.values.tolist() == [float(line[year]) for year in range(2015, 2025)]
        assert (one.unit, one.multiplier) == units[indicator, geo]


@pytest.mark.parametrize("year", [2015, 2016, 2019, 2020, 2022, 2024])
def test_built_in_against_exact_fractions(year):
    figures, units = twin.table(built_in())
    gdp = {geo: line for (indicator, geo), line in figures.items() if indicator == "GDP"}
    heads = {geo: line for (indicator, geo), line in figures.items() if indicator == "POP"}
    wanted = twin.monitor(gdp, {geo: units["GDP", geo] for geo in gdp}, year, heads=heads)
    found = brief(at=str(year))
    assert {row.code for row in found} == set(wanted)
    for row in found:
        want = wanted[row.code]
        want["per_head"] *= Fraction(10) ** (8 - 4)
        for measure in MEASURES:
            close(getattr(row, measure), want[measure])
            assert (measure in row.missing) == (want[measure] is None)
        assert row.rank == want["rank"]


def test_known_truths():
    found = brief()
    shenzhen = found["SZ"]
    assert (str(found.at), str(found.base), str(found.since)) == ("2024", "2023", "2019")
    assert shenzhen.level == 36801.87
    assert round(100 * shenzhen.growth, 2) == 6.34  # the table's own figure: 34606.40 to 36801.87
    assert (shenzhen.unit, shenzhen.multiplier, shenzhen.label) == ("CNY", 8, "Shenzhen")
    assert {row.code for row in found if math.isnan(row.share)} == {"HK", "MO"}
    assert math.fsum(row.share for row in found if not math.isnan(row.share)) == pytest.approx(1, abs=1e-14)
    (total,) = found.totals
    added = math.fsum(row.contribution for row in found if not math.isnan(row.contribution))
    assert added == pytest.approx(total.growth, abs=1e-14)
    assert len(total.members) == 9
    assert found.leader is not None
    assert found.leader.code == "MO"
    assert found["MO"].missing["share"] == "no other member is in MOP"


def test_flags_of_the_base_travel():
    macao = brief()["MO"]
    assert macao.flags == {"growth": Flag.REVISED}  # 2023 is revised, 2024 isn't
    assert brief(at="2023")["MO"].flags == {"level": Flag.REVISED, "growth": Flag.REVISED, "average": Flag.REVISED,
                                            "per_head": Flag.REVISED}  # fmt: skip


def test_another_indicator_of_the_built_in_table():
    found = brief(where={"INDICATOR": "POP"})
    assert found["SZ"].level == 1798.95
    assert found.title == "Population at the end of the year"
    assert "currency" not in str(found)
    assert len(found.totals) == 1
    assert len(found.totals[0].members) == 11
    assert all(math.isnan(row.per_head) for row in found)


def test_peers_are_ranked_among_themselves():
    found = brief(peers=["SZ", "GZ", "HK"])
    assert [row.code for row in found] == ["HK", "SZ", "GZ"]
    assert [row.rank for row in found] == [1, 2, 3]
    assert found["HK"].gap == 0
    assert found["SZ"].share == brief()["SZ"].share


# ---- any data ---------------------------------------------------------------------------------------------------


values = st.integers(1, 10**6) | st.just(None) | st.integers(-50, 0)
tables = st.dictionaries(
    st.sampled_from([f"c{i}" for i in range(8)]),
    st.dictionaries(st.sampled_from(range(2015, 2025)), values, min_size=1),
    min_size=1,
)


@given(tables, st.data())
def test_any_table_against_exact_fractions(table, data):
    table = {code: {year: v for year, v in line.items() if v is not None} for code, line in table.items()}
    table = {code: line for code, line in table.items() if line}
    if not table:
        return
    units = {code: data.draw(st.sampled_from(["EUR", "USD"])) for code in table}
    figures = {code: {year: Fraction(v) for year, v in line.items()} for code, line in table.items()}
    year = data.draw(st.sampled_from(sorted({year for line in table.values() for year in line})))
    years = data.draw(st.integers(1, 5))
    rows = observations(
        {code: {str(y): v for y, v in line.items()} for code, line in table.items()}, unit=list(units.values())
    )
    found = brief(rows, at=str(year), years=years, min_coverage=1e-9)
    wanted = twin.monitor(figures, units, year, years)
    assert {row.code for row in found} == set(wanted)
    for row in found:
        for measure in MEASURES:
            close(getattr(row, measure), wanted[row.code][measure])
            assert math.isnan(getattr(row, measure)) <= (measure in row.missing or measure == "per_head")
        assert row.rank == wanted[row.code]["rank"]
    json.dumps(found.to_dict(), allow_nan=False)
    assert str(found)


@pytest.mark.parametrize(("freq", "periods", "lag"), [("Q", 4, 4), ("M", 12, 12), ("S", 2, 2)])
def test_growth_is_over_a_year(freq, periods, lag):
    time = indicia.Periods.range(
        freq,
        indicia.Periods.parse({"Q": ["2020-Q1"], "M": ["2020-01"], "S": ["2020-S1"]}[freq]).ordinals[0],
        4 * periods,
    )
    line = {str(period): 100.0 * 1.01**i for i, period in enumerate(time)}
    found = brief(observations({"A": line, "B": line}), years=2)
    assert str(found.at) == str(time[-1])
    close(found["A"].growth, 1.01**lag - 1)
    close(found["A"].average, 1.01**lag - 1)
    assert found.base == time[-1 - lag]


def test_growth_of_weeks_and_days_is_by_calendar():
    days = {"2023-02-28": 50.0, "2024-02-28": 100.0, "2024-02-29": 7.0, "2025-02-28": 110.0}
    found = brief(observations({"A": days, "B": days}), at="2025-02-28", years=2)
    close(found["A"].growth, 0.1)
    close(found["A"].average, math.sqrt(110 / 50) - 1)
    leap = brief(observations({"A": days, "B": days}), at="2024-02-29")
    assert leap["A"].missing["growth"] == "no period a year before"


def test_equals_share_a_rank():
    found = brief(observations({"A": TWO, "B": TWO, "C": {"2022": 1.0, "2023": 1.0}, "D": {"2022": 1.0, "2023": 2.0}}))
    assert [(row.code, row.rank) for row in found] == [("D", 1), ("A", 2), ("B", 2), ("C", 4)]


def test_the_latest_period_that_half_of_the_members_have():
    table = {"A": {"2021": 1, "2022": 2, "2023": 3}, "B": {"2021": 1, "2022": 2}, "C": {"2021": 5}}
    assert str(brief(observations(table)).at) == "2022"
    assert str(brief(observations(table), min_coverage=1).at) == "2021"
    assert str(brief(observations(table), min_coverage=0.3).at) == "2023"
    assert "2 of 3 members" in " ".join(brief(observations(table)).choices)


def test_why_a_figure_is_missing():
    table = {"A": {"2022": 4, "2023": 5}, "B": {"2022": NAN, "2023": 7}, "C": {"2023": 1}, "D": {"2022": 0, "2023": 1},
             "E": {"2022": 3, "2023": NAN}}  # fmt: skip
    flags = {(("B",), "2022"): Flag.CONFIDENTIAL, (("E",), "2023"): Flag.NOT_YET}
    found = brief(observations(table, flags=flags), at="2023")
    assert found["B"].missing["growth"] == "2022: confidential"
    assert found["C"].missing["growth"] == "2022: no value"
    assert found["D"].missing["growth"] == Flag.UNDEFINED.text
    assert found["E"].missing["level"] == Flag.NOT_YET.text == found["E"].missing["growth"]
    assert found["A"].missing["average"] == "no period 5 years before"
    assert found["E"].rank is None
    assert found["B"].flags["growth"] == Flag.CONFIDENTIAL


def test_a_partial_total_says_so_and_full_coverage_can_be_asked_for():
    table = {"A": {"2022": 4, "2023": 5}, "B": {"2022": 6, "2023": 6}, "C": {"2023": 9}, "D": {"2022": 9}}
    found = brief(observations(table, unit="EUR"), at="2023")
    (total,) = found.totals
    assert total.level == 20
    close(total.growth, 0.1)
    assert total.absent == ("C", "D")
    assert found["A"].share == 0.25
    assert found["A"].contribution == 0.1
    assert found["A"].flags["share"] == Flag.PARTIAL
    assert any("partial" in note for note in found.notes)
    strict = brief(observations(table, unit="EUR"), at="2023", min_coverage=1)
    assert strict.totals == []
    assert strict["A"].missing["share"] == "too few members have a value for a total"


def test_a_break_between_the_two_marks_the_growth_and_one_at_the_base_does_not():
    table = {"A": {"2021": 1, "2022": 2, "2023": 3}, "B": {"2021": 1, "2022": 2, "2023": 3}}
    flags = {(("A",), "2022"): Flag.BREAK, (("B",), "2021"): Flag.BREAK}
    found = brief(observations(table, flags=flags), at="2023", years=2)
    assert found["A"].flags == {"average": Flag.BREAK}
    assert found["B"].flags == {}


# ---- units and sums -------------------------------------------------------------------------------------------------


TWO = {"2022": 100.0, "2023": 110.0}


def test_currencies_are_never_added():
    found = brief(observations({"A": TWO, "B": TWO, "C": TWO, "D": TWO}, unit=["EUR", "EUR", "USD", "USD"]))
    assert {total.unit: total.level for total in found.totals} == {"EUR": 220, "USD": 220}
    assert found["A"].share == 0.5


def test_members_in_one_unit_and_several_multipliers_are_scaled():
    found = brief(observations({"A": TWO, "B": TWO}, unit="EUR", multiplier=[6, 9]))
    assert found["B"].level == 110e9
    assert (found["B"].multiplier, found["A"].multiplier) == (0, 0)
    close(found["A"].share, Fraction(1, 1001))


@pytest.mark.parametrize("unit", ["PC_GDP", "I15", "PCH_PRE", "EUR_HAB", "%", "EUR/PS", "RT", "INX"])
def test_ratios_and_indices_have_no_total(unit):
    found = brief(observations({"A": TWO, "B": TWO}, unit=unit))
    assert found.totals == []
    assert found["A"].missing["share"] == f"{unit} doesn't add up"
    close(found["A"].growth, 0.1)
    assert brief(observations({"A": TWO, "B": TWO}, unit=unit), additive=True)["A"].share == 0.5


@pytest.mark.parametrize("unit", ["CP_MEUR", "EUR", "PS", "THS_PER", "INR", "IDR", "ISK", "PTE", "PHP", "XDC"])
def test_amounts_have_one(unit):
    assert brief(observations({"A": TWO, "B": TWO}, unit=unit))["A"].share == 0.5


def test_chained_volumes_come_with_a_note():
    found = brief(observations({"A": TWO, "B": TWO}, unit="CLV10_MEUR"))
    assert found["A"].share == 0.5
    assert any("chain-linked" in note for note in found.notes)


def test_known_aggregates_are_in_no_sum_and_no_rank():
    found = brief(observations({"DE": TWO, "FR": TWO, "EU27_2020": {"2022": 1.0, "2023": 900.0}}, unit="EUR"))
    assert found["DE"].share == 0.5
    assert [row.kind for row in found] == ["member", "member", "aggregate"]
    assert found["EU27_2020"].rank is None
    close(found["EU27_2020"].growth, 899)
    assert any("EU27_2020" in note for note in found.notes)


def test_nothing_but_aggregates_is_compared_as_members():
    assert [row.kind for row in brief(observations({"EU28": TWO, "EA19": TWO}))] == ["member", "member"]


@pytest.mark.parametrize(
    "code", ["EU", "EU27_2020", "EU28", "EA", "EA20", "EEA30_2007", "EFTA", "EU_V", "OECD", "W0", "TOTAL"]
)
def test_aggregates(code):
    assert is_aggregate(code, [code], {})


@pytest.mark.parametrize("code", ["EE", "ES", "EL", "EG", "ECU", "EUR", "EAT", "W", "MNG", "SSD", "ETH", "EH"])
def test_countries_are_none(code):
    assert not is_aggregate(code, [code], {})


def test_groups_of_the_world_bank_only_among_its_kind_of_codes():
    assert is_aggregate("SSF", ["SSF", "CHN", "DEU"], {})
    assert not is_aggregate("SSF", ["SSF", "x", "yy", "zzzz"], {})


def test_members_within_members_have_no_total():
    table = {"DE": TWO, "DE1": TWO, "DE2": TWO, "FR": TWO}
    found = brief(observations(table, unit="EUR"))
    assert found.totals == []
    assert "DE" in " ".join(found.notes)
    assert brief(observations(table, unit="EUR"), exclude=["DE1", "DE2"])["DE"].share == 0.5
    assert brief(observations(table, unit="EUR"), additive=True)["DE"].share == 0.25
    assert nested(["AT", "ATX", "B", "BE"]) == ["AT"]


def test_a_named_total():
    table = {"A": TWO, "B": {"2022": 50.0, "2023": 60.0}, "T": {"2022": 200.0, "2023": 220.0}}
    found = brief(observations(table, unit="EUR"), total="T")
    assert found["A"].share == 0.5
    close(found["B"].contribution, 0.05)
    (total,) = found.totals
    assert (total.code, total.level) == ("T", 220)
    close(total.growth, 0.1)
    assert found["T"].kind == "total"
    assert found["T"].rank is None


def test_population_from_the_same_and_from_other_data():
    table = {("GDP", "A"): TWO, ("GDP", "B"): TWO, ("POP", "A"): {"2022": 4.0, "2023": 5.0}}
    rows = observations(table, dims=("what", "geo"), unit=["EUR", "EUR", "PS"], multiplier=[6, 6, 3])
    found = brief(rows, where={"what": "GDP"}, population={"what": "POP"})
    assert found["A"].per_head == 22_000
    assert found["B"].missing["per_head"] == "no population in 2023"
    people = observations({"A": {"2023": 10.0}, "B": {"2023": 11.0}}, unit="PS")
    found = brief(observations({"A": TWO, "B": TWO}, unit="EUR"), population=people)
    assert (found["A"].per_head, found["B"].per_head) == (11, 10)
    assert brief(population=observations({"SZ": {"2024": 1e8}}, unit="PS", dims=("GEO",)))["SZ"].per_head == 36801.87
    with pytest.raises(ValueError, match="not persons"):
        brief(observations({"A": TWO}), population=observations({"A": TWO}, unit="EUR"))


# ---- choosing -----------------------------------------------------------------------------------------------------


def test_several_series_are_an_error_that_names_them():
    table = {("x", "A"): TWO, ("y", "A"): TWO, ("x", "B"): TWO}
    with pytest.raises(ValueError, match=r"several series for one geo: .*item \(x, y\)"):
        brief(observations(table, dims=("item", "geo")))
    found = brief(observations(table, dims=("item", "geo")), where={"item": "x"})
    assert len(found) == 2
    assert found.selected == {"item": "x"}
    assert brief(observations(table, dims=("item", "geo")), by="item", where={"geo": "A"}).by == "item"


@pytest.mark.parametrize(
    ("dims", "by"),
    [
        (("item", "geo"), "geo"),
        (("REF_AREA", "x"), "REF_AREA"),
        (("a", "b"), "a"),
        (("b", "Country Name"), "Country Name"),
    ],
)
def test_which_dimension_is_compared(dims, by):
    first, second = ([f"{i}" for i in range(3)], ["k"]) if by == dims[0] else (["k"], ["A", "B"])
    table = {(a, b): TWO for a in first for b in second}
    assert brief(observations(table, dims=dims)).by == by


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"by": "gео"}, KeyError, "no dimension"),
        ({"by": "gea"}, KeyError, "did you mean 'geo'"),
        ({"where": {"foo": "x"}}, KeyError, "no dimension 'foo'"),
        ({"where": {"geo": "Z"}}, KeyError, "no code 'Z' in 'geo'"),
        ({"at": "2030"}, ValueError, "2022 to 2023"),
        ({"at": "2023-Q1"}, ValueError, "frequency A"),
        ({"at": "someday"}, ValueError, "no period"),
        ({"total": "Z"}, KeyError, "no member 'Z'"),
        ({"peers": ["Z"]}, KeyError, "no member 'Z'"),
        ({"peers": "A"}, TypeError, "lists"),
        ({"exclude": ["Z"]}, KeyError, "no code 'Z'"),
        ({"exclude": ["A", "B"]}, ValueError, "no member"),
        ({"years": 0}, ValueError, "years"),
        ({"min_coverage": 0}, ValueError, "min_coverage"),
        ({"freq": "Q"}, ValueError, "no frequency 'Q'"),
    ],
)
def test_what_is_not_there_is_named(options, error, words):
    with pytest.raises(error) as caught:
        brief(observations({"A": TWO, "B": TWO}), **options)
    assert words in str(caught.value)


def test_several_frequencies():
    rows = observations({"A": {**TWO, "2022-Q1": 1.0, "2023-Q1": 2.0}})
    with pytest.raises(ValueError, match="several frequencies"):
        brief(rows)
    assert brief(rows, freq="Q")["A"].growth == 1


def test_no_time_and_no_rows():
    with pytest.raises(ValueError, match="no time"):
        brief(indicia.Observations.from_arrays({"geo": ["A"]}, [1.0]))
    with pytest.raises(ValueError, match="no observation"):
        brief(indicia.Observations.from_arrays({"geo": []}, [], time=[]))


# ---- showing ------------------------------------------------------------------------------------------------------


def test_a_brief_in_every_form():
    rows = observations(
        {"A": TWO, "B": {"2022": 10.0, "2023": 9.0}}, labels={"geo": {"A": "<澳门>", "B": "b"}}, unit="EUR"
    )
    found = brief(rows, years=1)
    assert str(found) == (
        "by geo, 2023\n"
        "EUR; annual; growth on 2022; 1-year: average per year since 2022\n"
        "\n"
        "#  geo          2023  growth %  1-year %  share %  adds pp  gap pp\n"
        "1  A    <澳门>   110     10.00     10.00     92.4     9.09    0.00\n"
        "2  B    b          9    -10.00    -10.00      7.6    -0.91  -20.00\n"
        "\n"
        "total of 2 members: 119 EUR, growth 8.18 %, 8.18 % a year since 2022\n"
        "share of, and percentage points added to the growth of, the total of the members with the same unit\n"
        "gap: to the growth of <澳门>, the leader\n"
        "chosen: by geo, the dimension of places (--by takes another)\n"
        "chosen: at 2023, the latest period at which 2 of 2 members have a value (--at takes another)"
    )
    page = found._repr_html_()
    assert "&lt;澳门&gt;" in page
    assert "<澳门>" not in page
    assert pickle.loads(pickle.dumps(found)).to_dict() == found.to_dict()
    with pytest.raises(KeyError, match="did you mean"):
        found["a"]


def test_to_pandas():
    pd = pytest.importorskip("pandas")
    frame = brief().to_pandas()
    assert frame.index.name == "GEO"
    assert frame.loc["SZ", "level"] == 36801.87
    assert frame["rank"].dtype == pd.Int64Dtype()
    assert frame.loc["MO", "flags"] == "REVISED"


def test_files_and_containers_give_the_same(tmp_path):
    path = tmp_path / "gba.csv"
    path.write_text(built_in(), encoding="utf-8")
    where, population = {"INDICATOR": "GDP"}, {"INDICATOR": "POP"}
    rows = indicia.read_observations(path)
    briefs = [
        brief(data, where=where, population=population) for data in (path, rows, rows.to_cube(), path.read_bytes())
    ]
    assert all(one.rows == briefs[0].rows for one in briefs)
    assert [row.growth for row in briefs[0]] == [row.growth for row in brief()]


# ---- the average ----------------------------------------------------------------------------------------------------


def test_average_against_forty_digits():
    for now, base, years in [(121, 100, 2), (1, 3, 7), (10**9 + 1, 10**9, 5), (5, 5, 3), (0, 4, 2)]:
        rate = growth.rate(float(now), float(base))
        close(float(growth.average(rate, years)), twin.average(Fraction(now), Fraction(base), years))


def test_average_of_all_kinds():
    pd = pytest.importorskip("pandas")
    frame = pd.Series([0.21, NAN, -2.0, -1.0], index=list("abcd"))
    result = growth.average(frame, 2)
    np.testing.assert_allclose(result, [0.1, NAN, NAN, -1.0], rtol=1e-15)
    assert list(result.index) == list("abcd")
    cube = indicia.Cube(["geo"], {"geo": ["A", "B"]}, None, [0.21, 0.0], flags=[4, 0])
    assert growth.average(cube, 2).flags.tolist() == [4, 0]
    assert math.isnan(growth.average(NAN, 3))
    with pytest.raises(ValueError, match="periods"):
        growth.average(0.1, 0)
