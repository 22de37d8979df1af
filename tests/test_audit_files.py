"""Audits of official files: what is found in them, in figures, and what it means. docs/audit.md tells it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import indicia
from indicia import Flag, Verdict, audit, interval

NAN = float("nan")
DATA = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
SECTORS = ["第一产业", "第二产业", "第三产业"]


def cube(name, **options):
    """A file of the shared data, without the units that would forbid to compare a share with a level."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not here: INDICIA_SHARED names the folder of data")
    return indicia.read_cube(path, **options).replace(unit=None, multiplier=None)


def counts(found):
    """Certain, possible, contradicted."""
    by = found.count()
    return by[Verdict.CERTAIN], by[Verdict.POSSIBLE], by[Verdict.CONTRADICTED]


def wrong(found):
    pytest.importorskip("pandas")
    return found.to_pandas(Verdict.CONTRADICTED)


# ---- China: sectors to provinces, provinces to the nation -------------------------------------------------------


def china():
    provinces = cube("china/cn_gdp_2015_2024_long.csv")
    return provinces, cube("china/cn_gdp_national.csv")


def shares_of(x):
    names = {f"{sector}占比": sector for sector in SECTORS}
    codes = {**x.codes, "measure": SECTORS}
    return indicia.Cube(x.dims, codes, x.time, x.sel(measure=list(names)).values)


def test_sectors_of_provinces_are_what_their_shares_say():
    provinces, _ = china()
    parts, total = provinces.sel(measure=SECTORS), provinces.sel(measure="GDP总量")
    assert counts(audit.adds_up(parts, total, dim="measure", decimals=2, total_decimals=2)) == (0, 310, 0)
    found = audit.share(
        parts, total, shares_of(provinces), decimals=2, total_decimals=2, share_decimals=4, percent=False
    )
    assert counts(found) == (921, 9, 0)


def test_sectors_of_the_nation_are_of_another_vintage_in_the_last_year():
    _, nation = china()
    parts, total = nation.sel(measure=SECTORS), nation.sel(measure="GDP总量")
    found = audit.adds_up(parts, total, dim="measure", decimals=1, total_decimals=1)
    assert counts(found) == (0, 9, 1)
    off = wrong(found)
    assert off["time"].tolist() == ["2024"]
    assert off["distance"].round().tolist() == [-10171]  # 1,017.1 hundred million yuan
    # shares of the revised total, with four decimals, don't show it
    found = audit.share(parts, total, shares_of(nation), decimals=1, total_decimals=1, share_decimals=4, percent=False)
    assert counts(found) == (30, 0, 0)
    # the bureau's own table, of one vintage, adds up
    bureau = cube("china/nbs_national_accounts.csv")
    gdp, *sectors = bureau.codes["indicator"][1:5]
    found = audit.adds_up(bureau.sel(indicator=sectors), bureau.sel(indicator=gdp), dim="indicator", decimals=1)
    assert counts(found) == (0, 10, 0)
    assert bureau.sel(indicator=gdp, time="2024").values == 1_349_083.5


def test_provinces_that_are_too_regular():
    """They fall short of the nation by the same 2.5 % in each sector and year: made from it, not counted."""
    provinces, nation = china()
    for measure in [*SECTORS, "GDP总量"]:
        parts, total = provinces.sel(measure=measure), nation.sel(measure=measure)
        found = audit.adds_up(parts, total, dim="省份", decimals=2, total_decimals=1)
        assert counts(found) == (0, 0, 10)
        found = audit.adds_up(parts, interval.from_decimals(total.values, 1) * 0.975, dim="省份", decimals=2)
        revised = measure == "GDP总量"  # of 2024, the total, but not its sectors
        assert counts(found) == (0, 9, 1) if revised else (0, 10, 0)
    bureau = cube("china/nbs_grp_province_20y.csv")
    bureau = bureau.sel(indicator=bureau.codes["indicator"][0], time=("2015", "2024"))
    found = audit.adds_up(bureau, nation.sel(measure="GDP总量"), dim="region", decimals=1, total_decimals=1)
    assert counts(found) == (0, 0, 10)
    off = (np.asarray(found.implied.low) / nation.sel(measure="GDP总量").values - 1) * 100
    assert (off.round(1)).tolist() == [0.3, 0.4, -0.3, -0.6, -0.4, -0.4, -0.6, -0.9, -0.8, -0.8]


# ---- Eurostat: debt and deficit as levels and as per cent of GDP ------------------------------------------------


def debt(unit):
    return cube("eurostat/gov_10dd_edpt1.tsv").sel(unit=unit).replace(decimals=1)


def test_debt_per_gdp_is_that_of_national_currency():
    level, share = debt("MIO_NAC"), debt("PC_GDP")
    found = audit.share(level, level.sel(sector="S1", na_item="B1GQ"), share)
    assert counts(found) == (17_150, 18, 0)


def test_debt_in_euro_over_gdp_in_euro_is_another_ratio():
    """Debt is converted at the rate of the year's end, GDP at the year's average."""
    level, share = debt("MIO_EUR"), debt("PC_GDP")
    found = audit.share(level, level.sel(sector="S1", na_item="B1GQ"), share)
    assert counts(found) == (15_636, 26, 921)
    off = wrong(found)
    assert set(off["na_item"]) == {
        "GD",
        "GD_F4",
        "GD_F41",
        "GD_F42",
    }  # stocks alone: no deficit, interest or investment
    furthest = off.loc[off["distance"].abs().idxmax()]
    assert (furthest["geo"], furthest["time"], furthest["na_item"]) == ("HU", "2011", "GD")
    national = debt("MIO_NAC")

    def rate(**where):
        forint, euro = (x.sel(geo="HU", time="2011", **where).values.item() for x in (national, level))
        return forint / euro

    end, average = rate(sector="S13", na_item="GD"), rate(sector="S1", na_item="B1GQ")
    assert (round(end, 2), round(average, 2)) == (314.58, 279.37)  # forint to the euro
    low, high = (
        furthest["published_low"] / furthest["implied_high"],
        furthest["published_high"] / furthest["implied_low"],
    )
    assert low <= end / average <= high
    # euro area members are contradicted before they had the euro only
    joined = {
        "AT": 1999,
        "BE": 1999,
        "DE": 1999,
        "ES": 1999,
        "FI": 1999,
        "FR": 1999,
        "IE": 1999,
        "IT": 1999,
        "LU": 1999,
    }
    joined |= {
        "NL": 1999,
        "PT": 1999,
        "EL": 2001,
        "SI": 2007,
        "CY": 2008,
        "MT": 2008,
        "SK": 2009,
        "EE": 2011,
        "LV": 2014,
    }
    years = off[off["geo"].isin(joined)]
    assert (years["time"].astype(int) < years["geo"].map(joined)).all()


@pytest.mark.parametrize(
    ("unit", "empty", "inside"),
    [("MIO_NAC", 0, 667), ("MIO_EUR", 248, 403)],
)
def test_all_items_of_a_country_and_year_imply_one_gdp(unit, empty, inside):
    """Each level over its share leaves an interval of GDP; what all of them leave is their intersection."""
    level, share = debt(unit), debt("PC_GDP")
    gdp = interval.from_decimals(level) / interval.from_decimals(share, multiplier=-2)
    items = [(s, i) for s in range(len(level.codes["sector"])) for i in range(len(level.codes["na_item"]))]
    own = (level.codes["sector"].index("S1"), level.codes["na_item"].index("B1GQ"))
    others = tuple(np.array([item for item in items if item != own]).T)
    low, high = np.fmax.reduce(gdp.low[others]), np.fmin.reduce(gdp.high[others])
    known = ~np.isnan(low)
    assert known.sum() == 668
    assert (low > high).sum() == empty
    published = interval.from_decimals(level.sel(sector="S1", na_item="B1GQ"))
    assert ((low <= published.low) & (published.high <= high)).sum() == inside
    assert 0.0006 < np.median(((high - low) / published.low)[low <= high]) < 0.0008  # GDP to a tenth of a per cent


def test_other_files_of_debt_and_deficit_hold_the_same_figures():
    for name, sector, item, cells in [("tsdde410", "S13", "GD", 1275), ("teina200", "S13", "B9", 776)]:
        other, whole = cube(f"eurostat/{name}.tsv"), cube("eurostat/gov_10dd_edpt1.tsv")
        whole = whole.sel(unit=list(other.codes["unit"]), sector=sector, na_item=item, geo=list(other.codes["geo"]))
        a, b = indicia.align(other, whole, join="inner")
        both = np.isfinite(a.values) & np.isfinite(b.values)
        assert both.sum() == cells
        assert (a.values[both] == b.values[both]).all()


def test_instruments_of_debt():
    """Bonds and loans by maturity: a million is the unit that some countries really round to; lending is taken out."""
    level = debt("MIO_NAC").sel(sector="S13")

    def found(parts, total, x=level):
        return audit.adds_up(x.sel(na_item=parts), x.sel(na_item=total), dim="na_item")

    assert counts(found(["GD_F31", "GD_F32"], "GD_F3")) == (0, 597, 35)
    off = wrong(found(["GD_F31", "GD_F32"], "GD_F3"))
    assert off["distance"].abs().max() < 12
    assert set(off["geo"]) == {"ES", "DK", "EA17", "EA18", "EA19", "EU25", "EU27", "EU28"}
    spain = level.sel(geo="ES", na_item=["GD_F3", "GD_F31", "GD_F32"]).values
    assert (spain == np.round(spain)).all()
    assert counts(found(["GD_F31", "GD_F32"], "GD_F3", level.replace(decimals=0)))[2] == 0
    off = wrong(found(["GD_F41", "GD_F42"], "GD_F4"))
    assert len(off) == 58
    large = off[off["distance"].abs() > 12]
    groups = ["EA17", "EA18", "EA19", "EU25", "EU27", "EU28"]
    assert set(large["geo"]) == set(groups)
    for geo in groups:  # what is missing in the total is the lending between members, which the file has too
        x = level.sel(geo=geo)
        whole = interval.from_decimals(x.sel(na_item="GD_F4")) + interval.from_decimals(x.sel(na_item=f"IGL_F4_{geo}"))
        again = audit.adds_up(x.sel(na_item=["GD_F41", "GD_F42"]), whole, dim="na_item")
        assert not again.contradicted.any()
        assert again.verdicts[-4:].min() >= Verdict.POSSIBLE  # 2011 to 2014, when there is such lending


# ---- tables: which members a group has --------------------------------------------------------------------------


EURO = "AUT BEL HRV CYP EST FIN FRA DEU GRC IRL ITA LVA LTU LUX MLT NLD PRT SVK SVN ESP"


@pytest.mark.parametrize(
    ("total", "members", "want"),
    [
        ("WLD", "EAS ECS LCN MEA NAC SAS SSF", 65),
        ("WLD", "HIC UMC LMC LIC", 0),
        ("WLD", "HIC UMC LMC LIC ETH VEN", 65),
        ("SSF", "AFE AFW", 65),
        ("NAC", "USA CAN BMU", 65),
        ("LMY", "LIC LMC UMC", 65),
        ("IBT", "IBD IDX IDB", 65),
        ("SAS", "BGD BTN IND MDV NPL LKA AFG PAK", 0),
        ("SAS", "BGD BTN IND MDV NPL LKA", 65),
        ("CEB", "BGR HRV CZE EST HUN LVA LTU POL ROU SVK SVN", 65),
        ("EUU", f"{EURO} BGR CZE DNK HUN POL ROU SWE", 65),
        ("EMU", EURO, 65),
    ],
)  # fmt: skip
def test_population_of_groups(total, members, want):
    """65 years. World: two countries have no income group. South Asia: without Afghanistan and Pakistan."""
    people = cube("tables/datahub_population.csv")
    dim = "Country Code"
    found = audit.adds_up(people.sel({dim: members.split()}), people.sel({dim: total}), dim=dim)
    assert counts(found) == (0, want, 65 - want)


def test_figures_that_no_print_has_rounded_are_not_judged():
    """GDP in dollars with a dozen digits and more: its unit isn't known, so nothing is said."""
    gdp = cube("worldbank/datahub_gdp.csv")
    dim = "Country Code"
    assert (gdp.decimals == -1).sum() == 257
    assert len(gdp.codes[dim]) == 262
    with pytest.raises(ValueError, match="decimals are neither given nor known"):
        audit.adds_up(gdp.sel({dim: ["USA", "CAN", "BMU"]}), gdp.sel({dim: "NAC"}), dim=dim)
    found = audit.adds_up(gdp, gdp.sel({dim: "WLD"}), dim=dim, total_decimals=-1)
    assert found.count()[Verdict.UNKNOWN] == found.verdicts.size == 64


# ---- a level and its rate ---------------------------------------------------------------------------------------


def test_production_of_spain_and_its_rates():
    """Index with three decimals, rates with one, 1975 to 2013."""
    x = cube("px/dp_ipi_en_3433.px")
    kind = "Índice y tasas"
    for level, rate, want in [
        ("Index", "Annual variation rate", (1361, 27, 0)),
        ("Year-to-date average index", "Year-to-date average variation rate", (1367, 21, 0)),
    ]:
        rates = x.sel({kind: rate})
        assert counts(audit.growth(x.sel({kind: level}), rates, lag=12, decimals=3, rate_decimals=1)) == want
        shifted = audit.growth(x.sel({kind: level}), rates, lag=11, decimals=3, rate_decimals=1)
        assert shifted.contradicted.sum() > 1200
    x = cube("px/pyaxis_27067.px")
    found = audit.growth(x.sel({kind: "Índice"}), x.sel({kind: "Variación mensual"}), decimals=3, rate_decimals=1)
    assert counts(found) == (77, 1, 0)


def test_gdp_of_the_united_states_and_its_annualised_rates():
    """As the file stands, rates are one row too early; moved, one figure of 622 is contradicted."""
    path = DATA / "macro" / "us_gdp_quarter.csv"
    if not path.exists():
        pytest.skip("us_gdp_quarter.csv is not here: INDICIA_SHARED names the folder of data")
    table = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=(1, 2, 3, 4)).T
    dates = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=0, dtype="U10")
    options = {"decimals": 1, "rate_decimals": 1, "per_year": 4}
    for level, rate, stands, moved in [
        (table[0], table[2], (2, 2, 307), (177, 134, 0)),
        (table[1], table[3], (0, 1, 310), (270, 40, 1)),
    ]:
        assert counts(audit.growth(level, rate, **options)) == stands
        later = np.concatenate([[NAN], rate[:-1]])
        found = audit.growth(level, later, **options)
        assert counts(found) == moved
        (off,) = np.nonzero(found.contradicted)
        assert dates[off].tolist() == (["1950-04-01"] if moved[2] else [])
        for k in off:  # 12.7 % is published, 12.8 % implied: the base must have been higher by a few hundred millions
            assert later[k] == 12.7
            assert (found.implied[k].low > 0.1275) & (found.implied[k].high < 0.1285)
            assert 0 < found.revision[k].low < found.revision[k].high < 1


# ---- JSON-stat: counties, provinces, ages -----------------------------------------------------------------------


def test_unemployment_of_counties():
    x = cube("jsonstat/jso_us_labor.json")
    force = x.sel(labor="labforce").replace(decimals=0)
    found = audit.adds_up(x.sel(labor=["empl", "unempl"]).replace(decimals=0), force, dim="labor")
    assert counts(found) == (0, 3220, 0)
    rate = x.sel(labor="unr").replace(decimals=1)
    assert counts(audit.share(x.sel(labor="unempl").replace(decimals=0), force, rate)) == (2707, 513, 0)


def test_household_income_of_irish_counties():
    x = cube("jsonstat/cso_ie_CIA01.json").replace(decimals=0)

    def of(*numbers):
        return x.sel(Statistic=[f"CIA01C{k:02d}" for k in numbers])

    def whole(number):
        return x.sel(Statistic=f"CIA01C{number:02d}")

    for parts, total, want in [
        ((1, 2, 3, 4), 5, (0, 555, 0)),  # primary income
        ((10, 11), 7, (0, 555, 0)),  # total income: taxes and disposable income
        ((5, 6), 7, (0, 11, 544)),  # but not primary income and benefits: something isn't shown
    ]:
        assert counts(audit.adds_up(of(*parts), whole(total), dim="Statistic")) == want
    for level, index, want in [(8, 9, (510, 45, 0)), (12, 13, (514, 41, 0)), (14, 15, (489, 66, 0))]:
        state = whole(level).sel({"County and Region": "-"})
        assert counts(audit.share(whole(level), state, whole(index).replace(decimals=1))) == want


def test_ages_of_canada_are_shares_of_their_own_sex():
    x = cube("jsonstat/jso_canada.json").replace(decimals=1)
    people, share = x.sel(concept="POP"), x.sel(concept="PERCENT")
    assert counts(audit.share(people, people.sel(age="T"), share)) == (58, 2, 0)
    assert counts(audit.share(people, people.sel(age="T", sex="T"), share)) == (19, 1, 40)


def test_one_age_of_galicia_is_wrong():
    """Both sexes of 90 to 94 years in 2001, and the total over ages of both sexes: two audits name one slice."""
    x = cube("jsonstat/jso_galicia.json").replace(decimals=0)
    found = audit.adds_up(x.sel(gender=["M", "F"]), x.sel(gender="T"), dim="gender")
    assert counts(found) == (0, 1288, 30)
    off = wrong(found)
    assert (set(off["age"]), set(off["time"])) == ({"90"}, {"2001"})
    ages = [code for code in x.codes["age"] if code != "T"]
    found = audit.adds_up(x.sel(age=ages), x.sel(age="T"), dim="age")
    assert counts(found) == (0, 154, 22)
    by_age = wrong(found)
    assert (set(by_age["gender"]), set(by_age["time"])) == ({"T"}, {"2001"})
    first, second = (
        table[(table["birth"] == "T") & (table["residence"] == "T")]["distance"].item() for table in (off, by_age)
    )
    assert (first, second) == (-1815.5, 1806.0)  # by 1,817 persons, less what roundings could explain
    for dim in ("birth", "residence"):
        parts = [code for code in x.codes[dim] if code != "T"]
        assert counts(audit.adds_up(x.sel({dim: parts}), x.sel({dim: "T"}), dim=dim))[2] == 0


def test_flags_are_the_reader_s():
    """What isn't a number in these files has its reason, and is UNKNOWN here."""
    x = cube("px/dp_ipi_en_3433.px")
    kind = "Índice y tasas"
    rates = x.sel({kind: "Annual variation rate"})
    found = audit.growth(x.sel({kind: "Index"}), rates, lag=12, decimals=3, rate_decimals=1)
    assert (found.verdicts[np.isnan(rates.values)] == Verdict.UNKNOWN).all()
    assert (rates.flags[np.isnan(rates.values)] == Flag.NOT_APPLICABLE).all()
