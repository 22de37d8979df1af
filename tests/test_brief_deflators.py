"""The deflators that a brief tells of, against every corner of what was rounded."""

from __future__ import annotations

import itertools
import json
import tomllib
from fractions import Fraction as F
from importlib.resources import files

import pytest
from page_checks import check_alone, check_heard, check_inside, texts, tree

from indicia import interval
from indicia.brief import article, brief, deflators, targets
from indicia.cli import main


@pytest.fixture(scope="module")
def found():
    return deflators()


@pytest.fixture(scope="module")
def table():
    return tomllib.loads((files("indicia.data") / "deflators.toml").read_text(encoding="utf-8"))


def ends(text):
    """All that rounds to a print, as fractions; per cent as fractions of one."""
    figure, _, percent = text.partition(" ")
    half = F(1, 2 * 10 ** len(figure.partition(".")[2]))
    return [(F(figure) + sign * half) / (100 if percent else 1) for sign in (-1, 1)]


def test_every_corner(found, table):
    for one, row in zip(found.rows, table["deflators"], strict=True):
        corners = [
            now / before / (1 + real) - 1
            for now, before, real in itertools.product(ends(row["now"]), ends(row["before"]), ends(row["real"]))
        ]
        assert one.rate.low <= min(corners)
        assert max(corners) <= one.rate.high
        assert [float(x) for x in (min(corners), max(corners))] == pytest.approx(
            [one.rate.low, one.rate.high], abs=1e-14
        )
        for name in ("consumer", "producer"):
            assert getattr(one, name).known == (name in row)
        if "consumer" in row:
            low, high = min(corners) - ends(row["consumer"])[1], max(corners) - ends(row["consumer"])[0]
            gap = one.wedge(one.consumer)
            assert gap.low <= low
            assert high <= gap.high


def test_what_fell(found):
    words = {(one.place, one.period): one.word for one in found.rows}
    assert words == {
        ("China", "2022"): "rose",
        ("China", "2023"): "fell",
        ("China", "2024"): "fell",
        ("Shenzhen", "2023"): "rose",
        ("Shenzhen", "2024"): "rose",
    }
    (fall,) = found.falls
    assert (fall.place, fall.begin, fall.end, fall.years, fall.began, fall.ended) == (
        "China", "2023", "2024", 2, True, False,
    )  # fmt: skip
    rates = [one.rate for one in found.rows if one.word == "fell"]
    assert fall.depth.contains((1 + rates[0].low) * (1 + rates[1].low) - 1)
    assert fall.word == "may go on"
    # consumer prices rose in both years, the deflator fell: the two have different signs
    assert all(one.consumer.low > 0 and one.producer.high < 0 for one in found.rows if one.word == "fell")


def test_the_table_agrees_with_the_other_built_in_ones(table):
    rows = {(row["place"], row["period"]): row for row in table["deflators"]}
    for period in ("2023", "2024"):
        row = rows["Shenzhen", period]
        for name, year in (("now", int(period)), ("before", int(period) - 1)):
            assert interval.published(row[name]).contains(brief(at=str(year))["SZ"].level / 10)  # billion yuan
    aims = tomllib.loads((files("indicia.data") / "targets.toml").read_text(encoding="utf-8"))["targets"]
    outcomes = {(row["place"], row["period"]): row.get("outcome") for row in aims}
    for key, row in rows.items():
        assert outcomes.get(key, row["real"]) == row["real"]
    for row in table["deflators"]:
        assert set(row["sources"]) <= set(table["sources"])


def test_the_command(capsys):
    assert main(["brief", "--plain"]) == 0
    printed = capsys.readouterr().out
    assert "China, 2024" in printed
    assert printed.index("Targets for the growth") < printed.index("What became of prices") < printed.index("newspaper")
    assert main(["brief", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["deflators"]
    assert told["rows"][1]["prices"] == "fell"
    assert told["rows"][3]["consumer"] is None
    assert told["spells"][0]["end"] == "2024"
    assert main(["brief", "--at", "2022", "--json"]) == 0
    assert "deflators" not in json.loads(capsys.readouterr().out)


def test_the_page(found):
    text = brief().to_page(article(), targets(), found)
    check_alone(text)
    page = tree(text)
    check_heard(page)
    check_inside(page)
    assert any("What became of prices" in words for words in texts(page))
    assert text.count("<svg") > brief().to_page(article(), targets()).count("<svg")
    assert "China, 2023" in found._repr_html_()
