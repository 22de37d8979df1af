"""The targets that a brief tells of, against what can be worked out by hand; ranks within rounding."""

from __future__ import annotations

import json
import tomllib
from fractions import Fraction as F
from importlib.resources import files

import numpy as np
import pytest
from page_checks import check_alone, check_heard, check_inside, texts, tree

import indicia
from indicia import Verdict, interval
from indicia.brief import brief, targets
from indicia.cli import main

HALF = F(1, 2000)


@pytest.fixture(scope="module")
def aims():
    return targets()


@pytest.fixture(scope="module")
def table():
    return tomllib.loads((files("indicia.data") / "targets.toml").read_text(encoding="utf-8"))


def test_what_was_met(aims):
    found = dict(zip(aims.met.names, (Verdict(v).name for v in aims.met.verdicts), strict=True))
    assert found == {
        "Shenzhen, 2023": "POSSIBLE",
        "Shenzhen, 2024": "CERTAIN",
        "Guangzhou, 2024": "UNKNOWN",
        "Shanghai, 2023": "CONTRADICTED",
        "Shanghai, 2024": "CERTAIN",
        "China, 2023": "CERTAIN",
        "China, 2024": "CERTAIN",
    }


def test_the_rest_of_the_year(aims):
    """Every corner of what was rounded lies within, and the corners that are extreme attain the ends."""
    for one, aim, out, rate, part, whole in zip(
        aims.rest, (F(6, 100), F("0.055")), (F(6, 100), F("0.058")), (F("0.065"), F("0.064")),
        (F("706.46"), F("777.2")), (F("3248.07"), F("3460.64")), strict=True,
    ):  # fmt: skip
        step = F(1, 100) if part.denominator > 10 else F(1, 10)
        for sign in (-1, 1):
            done = (part + sign * step / 2) / (whole - sign * F(1, 200))
            assert one.done.low <= done <= one.done.high
            for other in (-1, 1):
                r = rate + other * HALF
                need = aim + (aim - r) * done / (1 - done)
                assert one.required.low <= need <= one.required.high
                came = out - other * HALF + (out - other * HALF - r) * done / (1 - done)
                assert one.came.low <= came <= one.came.high
        assert one.required.width < 0.0005


def test_the_base(aims):
    by = {(one.place, one.period): one for one in aims.bases}
    one = by["Shenzhen", "2024"]
    assert one.word == "lofty, given the high base"
    assert one.two_years.contains(((1.06) * (1.055)) ** 0.5 - 1)
    assert one.earlier.contains((1.033 * 1.06) ** 0.5 - 1)
    assert by["Shenzhen", "2023"].word == ""


def test_the_table_agrees_with_the_other_built_in_ones(table):
    found = {row["period"]: row for row in table["targets"] if row["place"] == "Shenzhen"}
    for period, row in found.items():
        level = brief(at=str(int(period) - 1))["SZ"].level / 10  # billion yuan
        assert interval.published(row["so_far"][0]["whole"]).contains(level)
    article = tomllib.loads((files("indicia.data") / "article.toml").read_text(encoding="utf-8"))["quantities"]
    assert f"{article['gdp_target_2024']['said']} %" == found["2024"]["said"]
    assert article["gdp_target_2024_guangzhou"]["said"] in "no less than 5 %"
    for row in table["targets"]:
        for part in (row, *row.get("so_far", ())):
            assert part["sources"]
            assert set(part["sources"]) <= set(table["sources"])


def test_in_every_form(aims, capsys, tmp_path):
    assert main(["brief", "--plain"]) == 0
    printed = capsys.readouterr().out
    assert str(aims) in printed
    assert printed.index("Targets for the growth of GDP") < printed.index("Shenzhen's targets for 2024")
    assert "lofty, given the high base" in printed
    assert main(["brief", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["targets"]
    assert told == json.loads(json.dumps(aims.to_dict()))
    assert told["targets"][1]["verdict"] == "CERTAIN"
    assert told["targets"][2]["outcome"] is None
    assert main(["brief", "--html", str(tmp_path / "page.html")]) == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    root = tree(page)
    check_alone(page)
    check_heard(root)
    check_inside(root)
    assert any("lofty, given the high base" in text for text in texts(root))
    assert {"3.79", "0.73", "\N{MINUS SIGN}0.31"} <= set(texts(root))
    assert main(["brief", "--at", "2023", "--plain"]) == 0
    assert "Targets for the growth" not in capsys.readouterr().out
    assert aims._repr_html_().count("<table>") == 3


# ---- ranks -------------------------------------------------------------------------------------------------------


def cube(values, decimals):
    codes = [chr(65 + k) for k in range(len(values))]
    return indicia.Cube(
        ["geo", "time"], {"geo": codes}, indicia.Periods.span("2022", "2023"), values, decimals=decimals
    )


def test_ranks_within_rounding():
    found = brief(cube([[100.0, 106.0], [100.0, 106.0], [50.0, 53.0], [100.0, 120.0]], 0))
    assert [(row.code, row.places) for row in found] == [("D", (1, 1)), ("A", (2, 4)), ("B", (2, 4)), ("C", (2, 4))]
    assert "2-4" in str(found)
    assert "the worst rank that growth can have" in str(found)
    assert found.to_dict()["rows"][1]["places"] == [2, 4]
    assert all(row.places is None for row in brief(cube([[100.0, 106.0], [1.0, 2.0]], None)))
    assert all(row.places == (row.rank, row.rank) for row in brief())


@pytest.mark.parametrize("seed", range(3))
def test_ranks_hold_what_figures_may_have_been(seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(20, 60, (6, 2)).astype(float)
    found = brief(cube(values, 0))
    for _ in range(300):
        exact = values + rng.uniform(-0.5, 0.5, values.shape)
        rates = exact[:, 1] / exact[:, 0]
        for row in found:
            rank = 1 + (rates > rates["ABCDEF".index(row.code)]).sum()
            assert row.places[0] <= rank <= row.places[1]


# ---- bridges -----------------------------------------------------------------------------------------------------


def test_bridges_of_the_headline():
    found = brief()
    (whole,) = found.totals
    rows = [row for row in found if row.unit == "CNY"]
    people, change = whole.people, whole.change
    assert people.headline == pytest.approx(whole.growth, abs=1e-15)
    assert sum(people.totals.values()) == pytest.approx(whole.growth, abs=1e-12)
    each = dict(zip(people.components, people.array.sum(axis=-1), strict=True))
    for row in rows:
        assert each[row.label] == pytest.approx(row.contribution, abs=1e-12)
    then = brief(at="2023").totals[0].growth
    assert change.headline == pytest.approx(whole.growth - then, abs=1e-12)
    told = whole.to_dict()
    assert set(told["people"]["parts"]) == {"people", "per head"}
    assert set(told["change"]["parts"]["own"]) == {row.code for row in rows}
    assert "of the growth of 4.67 %: people +0.88 pp, per head +3.79 pp" in str(found)
    assert f"pp since 2023, when growth was {100 * then:.2f} %" in str(found)
    pd = pytest.importorskip("pandas")
    assert isinstance(change.to_pandas(), pd.DataFrame)


def test_no_bridge_where_there_is_a_hole():
    holed = brief(cube([[100.0, 106.0], [np.nan, 106.0], [50.0, 53.0]], 0))
    assert holed.totals[0].people is None
    assert holed.totals[0].change is None
    assert holed.totals[0].to_dict()["change"] is None
