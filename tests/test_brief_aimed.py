"""Targets of a brief's members: against the functions of indicia.targets, and exact figures within rounding."""

from __future__ import annotations

import json

import numpy as np
import pytest

import indicia
from indicia import Verdict, growth, interval, targets
from indicia.brief import brief
from indicia.cli import main

QUARTERS = indicia.Periods.span("2018-Q1", "2024-Q3")


@pytest.fixture(scope="module")
def quarters():
    rng = np.random.default_rng(5)
    values = np.round(100 * np.cumprod(1 + rng.uniform(-0.01, 0.03, (3, len(QUARTERS))), axis=1), 1)
    return indicia.Cube(["geo", "time"], {"geo": ["A", "B", "C"]}, QUARTERS, values, decimals=1)


def test_before_the_year_is_over(quarters):
    found = brief(quarters, targets={"A": "5 %", "B": "around 6 %"})
    assert found["C"].aim is None
    path = targets.path(quarters.sel(geo=["A", "B"]), ["5 %", "around 6 %"])
    for code, needed, rank, so_far in zip("AB", path.required, path.percentile, path.so_far, strict=True):
        aim = found[code].aim
        assert (aim.left, aim.met) == (1, Verdict.UNKNOWN)
        assert aim.required == pytest.approx(needed, rel=1e-12)
        assert aim.percentile == rank
        assert aim.so_far.contains(so_far)
        assert aim.so_far.width < 0.002
        assert aim.years == 5
    text = str(found)
    assert "rest needs %" in text
    assert "rest: the period that is left" in text
    told = {row["code"]: row.get("target") for row in found.to_dict()["rows"]}
    assert told["C"] is None
    assert told["A"]["required"] == pytest.approx(path.required[0])
    assert json.loads(json.dumps(told))["B"]["said"] == "around 6 %"
    assert "rest needs %" in found.to_page()


def test_when_it_is_over(quarters):
    found = brief(quarters, at="2023-Q4", targets="5 %")
    for i, code in enumerate("ABC"):
        exact = quarters.values[i, 20:24].sum() / quarters.values[i, 16:20].sum() - 1
        aim = found[code].aim
        assert aim.left == 0
        assert aim.so_far.contains(exact)
        want = interval.Interval(aim.so_far.low, aim.so_far.high)
        assert (aim.met == Verdict.CERTAIN) == bool(want.low >= 0.05)
        assert np.isnan(aim.required)
    assert "met" in str(found)


def test_annual_figures_within_rounding():
    levels = [[100.0, 105.0], [100.0, 110.0], [100.0, 101.0]]
    time = indicia.Periods.span("2022", "2023")
    data = indicia.Cube(["geo", "time"], {"geo": ["A", "B", "C"]}, time, levels, decimals=0)
    found = brief(data, targets="5 %")
    assert [found[code].aim.met for code in "ABC"] == [Verdict.POSSIBLE, Verdict.CERTAIN, Verdict.CONTRADICTED]
    exact = brief(data.replace(decimals=None), targets="5 %")
    assert exact["A"].aim.so_far.width < 1e-15
    assert exact["C"].aim.met == Verdict.CONTRADICTED


def test_on_the_command_line(capsys):
    assert main(["brief", "--plain", "--target", "SZ=5.5 %", "--target", "GZ=no less than 5 %"]) == 0
    printed = capsys.readouterr().out
    assert "no less than 5 %" in printed
    assert "Targets for the growth" not in printed  # the built-in ones are of the brief as it comes
    assert main(["brief", "--json", "--target", "5 %"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert all(row["target"]["said"] == "5 %" for row in rows)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"targets": "soon"}, ValueError, "soon"),
        ({"targets": {"SX": "5 %"}}, KeyError, "no member 'SX'"),
        ({"targets": "5 %", "at": "2015"}, ValueError, "no period a year before 2015"),
    ],
)
def test_what_cannot_be_aimed_at(options, error, words):
    with pytest.raises(error, match=words):
        brief(**options)


def test_years_that_differ_in_length(capsys):
    weeks = indicia.Periods.span("2022-W01", "2023-W20")
    data = indicia.Cube(["geo", "time"], {"geo": ["A", "B"]}, weeks, np.ones((2, len(weeks))))
    with pytest.raises(ValueError, match="weeks and days differ in length"):
        brief(data, targets="5 %")
    assert main(["brief", "--target", "5 %", "--target", "6 %"]) == 1
    assert "CODE=TEXT" in capsys.readouterr().err


def test_base_effects_of_quarters(quarters):
    found = brief(quarters)
    effect = growth.base_effect(quarters)
    for i, code in enumerate("ABC"):
        row = found[code]
        assert (row.news, row.base) == (effect.news.values[i, -1], effect.base.values[i, -1])
        then = brief(quarters, at="2024-Q2")[code].growth
        assert row.news + row.base == pytest.approx(row.growth - then, abs=1e-12)
    assert "base pp" in str(found)
    assert set(found.to_dict()["rows"][0]["base_effect"]) == {"news", "base"}
    early = brief(quarters, at="2019-Q4")  # two years are no normal
    assert np.isnan(early["A"].base)
    assert "base_effect" not in early.to_dict()["rows"][0]
    assert all(np.isnan(row.base) for row in brief())
