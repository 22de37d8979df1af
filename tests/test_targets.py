"""Targets: words, the rest of a year against the slow twin, laws, containers, parts, bad input."""

from __future__ import annotations

import math
import os
from fractions import Fraction

import numpy as np
import pytest
from growth_figures import NAN, cube_of, floats, levels, lists, near, reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn
from reference import targets as twin

import indicia
from indicia import Flag, Verdict, growth, interval, targets
from indicia.interval import Interval, Phrase

pd = pytest.importorskip("pandas")
YEARS = {"S": 2, "Q": 4, "M": 12}


def along(function, x, *args):
    return np.array([floats([function(row, t, *args) for t in range(len(row))]) for row in lists(x)])


# ---- words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kind", "figure", "ends", "aim"),
    [
        ("5.5 %", "point", 0.055, (0.055, 0.055), "reach"),
        ("5.5", "point", 0.055, (0.055, 0.055), "reach"),
        ("around 5 %", "around", 0.05, (0.04, 0.06), "reach"),
        ("about 5.0 per cent", "around", 0.05, (0.049, 0.051), "reach"),
        ("above 5.5", "at least", 0.055, (0.055, math.inf), "reach"),
        ("at least 6 %", "at least", 0.06, (0.06, math.inf), "reach"),
        ("no more than 3 %", "at most", 0.03, (-math.inf, 0.03), "limit"),
        ("5 to 5.5", "range", 0.05, (0.05, 0.055), "reach"),
        ("5-5.5 %", "range", 0.05, (0.05, 0.055), "reach"),
        ("between 2.5 and 3.5 %", "range", 0.025, (0.025, 0.035), "reach"),
        ("-2", "point", -0.02, (-0.02, -0.02), "reach"),
    ],
)
def test_what_was_said(said, kind, figure, ends, aim):
    found = targets.target(said)
    assert (found.kind, found.figure, found.aim) == (kind, figure, aim)
    assert (found.low, found.high) == pytest.approx(ends, rel=1e-15)
    assert found.low <= ends[0]
    assert ends[1] <= found.high


def test_levels_shares_and_numbers():
    assert targets.target("more than 209", of="level").low == 209
    assert targets.target("42", of="share").figure == 0.42
    assert targets.target("0.42", of="share", percent=False).figure == 0.42
    one = targets.target(0.055, period=2024)
    assert (one.kind, one.said, one.step != one.step) == ("point", "5.5 %", True)
    assert str(one) == "5.5 % (growth in 2024)"
    assert targets.target(Interval(0.05, 0.055)).kind == "range"
    assert targets.target(Interval(0.05, math.inf)).said == "at least 5 %"
    assert targets.target("5 to 5.5", aim="limit").figure == 0.055
    assert targets.target(targets.target("5 %"), aim="within").aim == "within"
    narrow = {**interval.PHRASES, "around": Phrase((-0.5, 0.5), (-0.5, 0.5))}
    assert targets.target("around 5 %", phrases=narrow).low == pytest.approx(0.045)


@pytest.mark.parametrize("said", ["", "soon", "around", "5.5 to 5", math.nan, math.inf, Interval(-math.inf, math.inf)])
def test_what_is_no_target(said):
    with pytest.raises(ValueError, match=r"."):
        targets.target(said)


# ---- the rest of a year ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("freq", YEARS)
@pytest.mark.parametrize("start", [1, 2])
def test_against_the_twin(freq, start):
    n = YEARS[freq]
    x = levels((4, 5 * n + 1), missing=0.02)
    x[0] = 7.0
    how = {"freq": freq, "start": start}
    near(targets.required(x, 0.05, **how), along(twin.required, x, 0.05, n, start - 1), rtol=1e-12, atol=1e-14)
    near(targets.required(x.T, 0.05, axis=0, **how), along(twin.required, x, 0.05, n, start - 1).T, 1e-12, 1e-14)
    want = along(twin.required_level, x, 900.0, n, start - 1)
    near(targets.required(x, 900.0, of="level", **how), want, rtol=1e-12, atol=1e-14)
    near(targets.required(x, 0.05, on="period", **how), along(twin.pace, x, 0.05, n, start - 1), 1e-11, 1e-13)
    near(targets.outturn(x, 0.03, **how), along(twin.outturn, x, 0.03, n, start - 1), rtol=1e-12, atol=1e-14)
    near(targets.run_rate(x, **how), along(twin.run_rate, x, n, start - 1), rtol=1e-13)
    near(targets.percentile(x, 0.05, **how), along(twin.percentile, x, 0.05, n, start - 1), rtol=1e-14)


positive = st.floats(0.5, 1000.0)


@given(hn.arrays(np.float64, (2, 30), elements=positive), st.floats(-0.5, 1.0), st.sampled_from("SQM"), st.booleans())
def test_required_growth_put_back_meets_the_target(x, aim, freq, monthly):
    for on in ("year", "period"):
        rate = targets.required(x, aim, on=on, freq=freq)
        back = targets.outturn(x, rate, on=on, freq=freq)
        known = ~np.isnan(rate)
        scale = 1 + np.abs(targets.outturn(x, 0.0, freq=freq)[known])
        assert (np.abs(back[known] - aim) <= 1e-12 * scale).all()
        level = targets.required(x, 5000.0, of="level", on=on, freq=freq)
        made = targets.outturn(x, level, of="level", on=on, freq=freq)
        assert np.allclose(made[~np.isnan(level)], 5000.0, rtol=1e-12)


@given(hn.arrays(np.float64, 30, elements=positive), st.floats(-0.5, 1.0), st.floats(0.01, 1000.0))
def test_units_do_not_matter(x, aim, scale):
    near(targets.required(x * scale, aim, freq="Q"), targets.required(x, aim, freq="Q"), rtol=1e-9, atol=1e-9)


@given(st.floats(-0.3, 0.5), st.floats(0.05, 0.95), st.floats(-0.3, 0.5))
def test_rates_of_the_year_to_date_put_back(rate, done, aim):
    rest = targets.required_rate(rate, done, aim)
    assert math.isclose(float(targets.outturn_rate(rate, done, rest)), aim, abs_tol=1e-13)


def test_rates_are_those_of_levels():
    x = levels((3, 20), missing=0.0)
    so_far = growth.ytd(x, freq="Q")
    rate = growth.pct_change(so_far, 4)
    done = targets.profile(x, freq="Q")
    before = np.full_like(done, np.nan)
    before[:, 4:] = done[:, :-4]
    here = np.where(before < 1, before, np.nan)
    near(targets.required_rate(rate, here, 0.05), targets.required(x, 0.05, freq="Q"), rtol=1e-9, atol=1e-12)
    near(targets.run_rate(x, profile="even", freq="Q")[:, 4::4], x[:, 4::4] * 4)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-50, 200), st.integers(10, 90)), min_size=1, max_size=3), st.integers(0, 100))
def test_required_rates_hold_all_that_was_rounded(given_, part):
    rng = np.random.default_rng(part)
    for tenths, done in given_:
        rate = interval.from_decimals(tenths / 10, 1, multiplier=-2)
        share = interval.from_decimals(done / 100, 2)
        found = targets.required_rate(rate, share, "5.5 %")
        r, w = (rng.uniform(i.low, i.high, 50) for i in (rate, share))
        assert found.contains(targets.required_rate(r, w, 0.055)).all()
        back = targets.outturn_rate(rate, share, 0.06)
        assert back.contains(targets.outturn_rate(r, w, 0.06)).all()


def test_the_year_that_follows():
    """Published: what a forecast of the annual mean needs of each quarter, from the carry-over of 2016 on."""
    inputs, expected, tolerance = reference("irisheconomy_carry_over_2016.json")
    q4, total = inputs["q4_2016"], inputs["annual_2016"]
    year = [(total - q4) / 3] * 3 + [q4]
    aims = np.array(inputs["forecasts_pct"]) / 100
    found = targets.required(np.array([year] * 3), aims, on="period", year="next", freq="Q")
    want = expected["required_constant_quarterly_growth_pct_for_forecast"]
    near(100 * found[:, -1], want, rtol=0, atol=tolerance["exact"])
    assert np.isnan(found[:, :-1]).all()
    back = targets.outturn(np.array([year] * 3), found, on="period", year="next", freq="Q")
    near(back[:, -1], aims, rtol=1e-12)
    x = levels((2, 40), missing=0.0)
    for how in ({"freq": "Q"}, {"freq": "M"}):
        ahead = targets.required(x, 0.05, year="next", **how)
        ends = ~np.isnan(ahead)
        assert np.allclose(ahead[ends], 0.05)
        near(targets.outturn(x, 0.07, year="next", **how)[ends], np.full(ends.sum(), 0.07), rtol=1e-12)
    path = targets.path(x[:, :24], 0.05, year="next", freq="Q")
    near(path.required, [0.05, 0.05])
    near(path.levels, x[:, 20:24] * 1.05)
    near(path.percentile, targets.percentile(x[:, :24], 0.05, year="next", freq="Q")[:, -1])
    rates = x[:, 4:24].reshape(2, 5, 4).sum(axis=2) / x[:, :20].reshape(2, 5, 4).sum(axis=2) - 1
    near(path.percentile, (rates < 0.05).mean(axis=1))
    with pytest.raises(ValueError, match="isn't the last period of its year"):
        targets.path(x[:, :23], 0.05, year="next", freq="Q")


def test_joint_months():
    flows = np.full((1, 36), 10.0)
    flows[:, ::12], flows[:, 1::12] = NAN, 20.0  # January and February together
    flows[:, 24:] *= 1.1
    found = targets.required(flows, 0.1, freq="M", joint=True)[0]
    assert np.isnan(found[24])
    near(found[25:35], np.full(10, 0.1), rtol=1e-12)
    assert np.isnan(targets.required(flows, 0.1, freq="M")[0]).all()
    flags = np.zeros(flows.shape, np.uint32)
    flags[:, 1::12] = Flag.JOINT
    cube = cube_of(flows, flags, first=12 * 30)
    near(targets.required(cube, 0.1).values[0], found)
    paced = targets.required(cube, 0.1, on="period").values[0]
    assert np.isnan(paced[25])  # no rate starts from two months together
    assert paced[26] == pytest.approx(0.0, abs=1e-15)


def test_flags():
    flags = np.zeros((1, 12), np.uint32)
    flags[0, 5], flags[0, 7] = Flag.ESTIMATED, Flag.BREAK
    cube = cube_of(np.full((1, 12), 10.0), flags, freq="Q", first=0)
    found = targets.required(cube, 0.05)
    bits = [Flag(int(b)) for b in found.flags[0]]
    assert bits[4] == Flag(0)
    assert bits[5] == Flag.ESTIMATED
    assert bits[8:] == [Flag.ESTIMATED | Flag.BREAK] * 4
    assert found.unit == "fraction"
    zero = np.full((1, 8), 10.0)
    zero[0, 1:4] = 0.0
    assert Flag(int(targets.required(cube_of(zero, freq="Q", first=0), 0.05).flags[0, 4])) == Flag.UNDEFINED
    level = targets.outturn(cube_of(zero, freq="Q", first=0, unit="CNY"), 0.0, of="level")
    assert level.unit == "CNY"


def test_containers():
    x = levels((3, 30), missing=0.0)
    aims = np.array([0.05, 0.06, 0.07])
    want = targets.required(x, aims[:, None], freq="M")
    near(targets.required(x, aims, freq="M"), want)
    near(targets.required(x.T, aims, freq="M", axis=0).T, want)
    near(targets.required(x, ["5 %", "6 %", "above 7"], freq="M"), want)
    months = pd.period_range("2020-01", periods=30, freq="M")
    frame = pd.DataFrame(x.T, index=months, columns=list("abc"))
    found = targets.required(frame, pd.Series(aims[::-1], index=list("cba")))
    assert isinstance(found, pd.DataFrame)
    near(found.to_numpy().T, want)
    near(targets.required(frame, pd.Series(["7", "6", "5"], index=list("cba"))).to_numpy().T, want)
    near(targets.required(frame, {"c": "7 %", "a": "5 %", "b": 0.06}).to_numpy().T, want)
    gaps = frame.drop(months[7])
    assert np.isnan(targets.required(gaps, 0.05).iloc[6:].to_numpy()[:16]).all()
    near(targets.required(frame["a"], 0.05).to_numpy(), want[0])
    cube = cube_of(x, first=600)
    aimed = indicia.Cube(["d0"], {"d0": ["d0-2", "d0-1", "d0-0"]}, None, aims[::-1])
    near(targets.required(cube, aimed).values, want)
    near(targets.required(cube, {"d0-1": "6 %", "d0-0": "5 %", "d0-2": "7 %"}).values, want)
    xr = pytest.importorskip("xarray")
    array = xr.DataArray(x, dims=("geo", "time"), coords={"geo": list("abc"), "time": months.to_timestamp()})
    near(targets.required(array, xr.DataArray(aims, dims="geo", coords={"geo": list("abc")})).values, want)
    pl = pytest.importorskip("polars")
    assert isinstance(targets.required(pl.Series("x", x[0]), 0.05, freq="M"), pl.Series)
    assert targets.gap(pl.Series([0.06, None]), "5.5 %").to_list()[1] is None
    assert targets.gap(pd.Series([0.06], index=["SZ"]), pd.Series(["6 %"], index=["SZ"]))["SZ"] == 0.0


# ---- gaps and verdicts -----------------------------------------------------------------------------------------


def test_gaps():
    near(targets.gap([0.046, 0.052, 0.06], "5 to 5.5 %"), [-0.004, 0.0, 0.005], atol=1e-15)
    near(targets.gap([0.046, NAN], "around 5 %"), [-0.004, NAN], rtol=1e-12)
    assert targets.gap(30.0, "at least 29", of="level") == 1.0
    found = targets.gap(interval.published("5.2 %"), "5 to 5.5 %")
    assert found == Interval(0.0)
    straddling = targets.gap(interval.published("5.0 %"), "5 to 5.5 %")
    assert straddling.low == pytest.approx(-0.0005)
    assert straddling.high == 0.0


def test_comparisons():
    said = {"SZ": "6.0 %", "GZ": "4.6 %", "SH": "5.0 %", "XX": None}
    aims = pd.Series({"GZ": "above 6 %", "SZ": "6 %", "SH": "above 5.5 %", "XX": "5 %"})
    found = targets.compare(said, aims)
    assert [Verdict(v).name for v in found.verdicts] == ["POSSIBLE", "CONTRADICTED", "CONTRADICTED", "UNKNOWN"]
    assert found.where == ("open", "below", "below", "")
    near(found.distance[:3], [0.0, 13.5, 4.5], rtol=1e-9, atol=1e-12)
    assert found.count()[Verdict.CONTRADICTED] == 2
    table = found.to_pandas()
    assert table.loc["GZ", "verdict"] == "CONTRADICTED"
    assert "<table>" in found._repr_html_()
    assert "Guang<b>" not in targets.compare({"Guang<b>": "5 %"}, "5 %")._repr_html_()
    numbers = targets.compare([0.06, 0.046], 0.06, decimals=1)
    assert list(numbers.verdicts) == [Verdict.POSSIBLE, Verdict.CONTRADICTED]
    assert list(targets.compare([0.06, 0.046], 0.06).verdicts) == [Verdict.CERTAIN, Verdict.CONTRADICTED]
    assert targets.compare("2.0 %", "no more than 3 %").verdicts[0] == Verdict.CERTAIN
    assert targets.compare("2.0 %", "3 %", aim="within").verdicts[0] == Verdict.CONTRADICTED
    assert targets.compare(["212"], ["more than 209"], of="level").verdicts[0] == Verdict.CERTAIN


# ---- the year that is on ---------------------------------------------------------------------------------------


def test_a_path():
    quarters = pd.period_range("2019Q1", periods=23, freq="Q")
    rng = np.random.default_rng(3)
    x = np.cumprod(1 + rng.uniform(0, 0.03, (2, 23)), axis=1)
    frame = pd.DataFrame(x.T, index=quarters, columns=["north", "south"])
    frame["new"] = np.nan
    found = targets.path(frame, targets.target("6 %", period="2024"))
    near(found.required, targets.required(frame, "6 %").iloc[-1].to_numpy())
    near(found.pace, targets.required(frame, "6 %", on="period").iloc[-1].to_numpy())
    near(found.percentile, targets.percentile(frame, "6 %").iloc[-1].to_numpy())
    assert list(found.years) == [4, 4, 0]
    assert [str(p) for p in found.periods] == ["2024-Q4"]
    assert found.missing == {"new": "no figure in this year or last"}
    near(found.levels[:2].sum(axis=1), found.needed[:2], rtol=1e-12)
    assert "2024-Q3" in str(found)
    assert "<table>" in found._repr_html_()
    assert list(found.to_pandas().index) == ["north", "south", "new"]
    earlier = targets.path(frame, "6 %", at="2024Q1")
    assert earlier.left == 3
    near(earlier.levels[:2].sum(axis=1), earlier.needed[:2], rtol=1e-12)
    cube = cube_of(x[:, :23], freq="Q", first=4 * 49)
    assert targets.path(cube, ["5 %", "6 %"]).names == ("d0-0", "d0-1")
    level = targets.path(frame["north"], 5.0, of="level", at="2024Q1")
    near(level.run_rate, [targets.run_rate(frame["north"])["2024Q1"]])
    holed = frame.copy()
    holed.loc["2023Q3", "south"] = np.nan
    assert targets.path(holed, "6 %").missing["south"] == "1 missing in this year and last (2023-Q3)"


# ---- parts -----------------------------------------------------------------------------------------------------


boxes = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 5), st.integers(-5, 15), st.integers(0, 4)), min_size=1, max_size=4
).filter(lambda rows: sum(w for w, *_ in rows) > 0)


@settings(max_examples=40)
@given(boxes)
def test_the_mean_of_parts_attains_its_ends(rows):
    weights = [(w, w + d) for w, d, _, _ in rows]
    figures = [(f / 64, (f + d) / 64) for _, _, f, d in rows]
    low, high = twin.mean_range(weights, figures)
    found = targets.adds_up([Interval(*f) for f in figures], Interval(*np.array(weights, float).T), 0.05).implied
    assert found.low <= low
    assert high <= found.high
    assert found.low == pytest.approx(float(low), abs=1e-15)
    assert found.high == pytest.approx(float(high), abs=1e-15)


@settings(max_examples=40)
@given(boxes, st.integers(0, 10))
def test_who_gives_way_alone_closes_the_gap(rows, aim):
    weights = [w for w, *_ in rows]
    figures = [f / 64 for _, _, f, _ in rows]
    plan = targets.adds_up(figures, weights, aim / 64)
    for k, name in enumerate(plan.names):
        if weights[k]:
            assert float(plan.what_if({name: float(plan.alone[k])}).gap) == pytest.approx(0.0, abs=1e-13)
        else:
            assert np.isnan(plan.alone[k])
    moved = targets.adds_up([f + float(plan.together) for f in figures], weights, aim / 64)
    assert float(moved.gap) == pytest.approx(0.0, abs=1e-13)
    order = np.random.default_rng(aim).permutation(len(rows))
    again = targets.adds_up([figures[i] for i in order], [weights[i] for i in order], aim / 64)
    assert float(again.gap) == pytest.approx(float(plan.gap), abs=1e-15)


def test_which_must_give_way():
    aims, weights = {"A": "6 %", "B": "8 %", "C": "7 %"}, {"C": 0.0, "A": 75.0, "B": 25.0}
    plan = targets.adds_up(aims, weights, "6 %", bounds=(0.055, 0.09))
    assert plan.verdict == Verdict.CONTRADICTED
    assert plan.meets == Verdict.CERTAIN
    assert list(plan.must) == [False, True, False]
    near(plan.least, [0.0, 0.005, 0.0], atol=1e-15)  # A can take 0.375 of 0.5 points, 0.125 / 0.25 are left
    short = targets.adds_up(aims, weights, "8 %", bounds=(0.055, 0.09))
    assert list(short.must) == [True, False, False]
    assert short.meets == Verdict.POSSIBLE  # some would have to do more
    exactly = {name: targets.target(said, aim="within") for name, said in aims.items()}
    assert targets.adds_up(exactly, weights, "8 %").meets == Verdict.CONTRADICTED
    assert targets.adds_up(["at least 6 %"], [1.0], "5.5 %").meets == Verdict.CERTAIN
    assert targets.adds_up(["around 6 %"], [1.0], "6.5 %").verdict == Verdict.POSSIBLE
    rest = targets.adds_up(["6 %", "8 %"], [60.0, 20.0], "5.5 %", total=100.0)
    assert rest.rest == pytest.approx(0.2)
    assert rest.needed_of_rest == pytest.approx((0.055 - 0.65 * 0.08 / 1.0) / 0.2, abs=1e-12)
    assert "must give way" in str(plan)
    assert plan.to_pandas().loc["B", "must"]
    assert "<table>" in plan._repr_html_()
    with pytest.raises(KeyError, match="no part 'D'"):
        plan.what_if({"D": "5 %"})


# ---- bad input -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: targets.required(5.0, 0.05, freq="Q"), "a single figure"),
        (lambda: targets.required([5.0], 0.05, freq="Q"), r"1 figure along time; needed are a whole year"),
        (lambda: targets.required([5.0] * 5, 0.05), "carries no periods"),
        (lambda: targets.required([5.0] * 5, 0.05, freq="A"), "annual figures has no rest"),
        (lambda: targets.required(pd.Series([1.0] * 9, pd.period_range("2023", periods=9, freq="W")), 0.05), "weeks"),
        (lambda: targets.required(np.ones((3, 9)), np.ones(2), freq="Q"), r"shapes don't fit.*\(3, 9\).*\(2,\)"),
        (lambda: targets.required([5.0] * 5, 0.05, freq="Q", of="share"), "a level by the total"),
        (lambda: targets.required([5.0] * 5, 0.05, freq="Q", on="month"), "'year' or 'period'"),
        (lambda: targets.path([NAN] * 9, 0.05, freq="Q"), "all 9 figures are missing"),
        (lambda: targets.path([5.0] * 8, 0.05, freq="Q"), "the year is over"),
        (lambda: targets.path([5.0, 5.0, NAN, 5.0, 5.0], 0.05, freq="Q"), "no series of 1 .*: 1 missing"),
        (lambda: targets.path([5.0] * 3, 0.05, freq="Q"), "needed are a whole year"),
        (lambda: targets.required_rate(0.05, 1.0, 0.05), "the year is over"),
        (lambda: targets.required_rate(0.05, 0.0, 0.05), "over 0 and below 1"),
        (lambda: targets.adds_up([], [], 0.05), "none given"),
        (lambda: targets.adds_up(["5 %"], [0.0], 0.05), "all 1 are zero"),
        (lambda: targets.adds_up(["5 %", "6 %"], [1.0], 0.05), "2 targets and 1 weights"),
        (lambda: targets.adds_up({"A": "5 %"}, {"B": 1.0}, 0.05), "weights lack A; targets lack B"),
        (lambda: targets.adds_up(["5 %"], [-1.0], 0.05), "that of 1 is -1"),
        (lambda: targets.adds_up(["5 %"], [NAN], 0.05), "that of 1 is nan"),
        (lambda: targets.adds_up([None], [1.0], 0.05), "that of 1 is missing"),
        (lambda: targets.adds_up(["5 %"], [9.0], 0.05, total=5.0), "less than the weights"),
        (lambda: targets.adds_up(["5 %"], [9.0], 0.05, bounds=(0.1, 0.0)), "ends below"),
        (lambda: targets.compare([], "5 %"), "none given"),
        (lambda: targets.required([5.0] * 9, {"a": "5 %"}, freq="Q"), "a list has no one dimension of names"),
        (lambda: targets.required(cube_of(np.ones((1, 9)), freq="Q"), {"x": 0.05}), "lacking d0-0; beyond x"),
        (lambda: targets.gap(cube_of(np.ones((1, 9)), unit="%"), 0.05), "outcome: a fraction is expected"),
        (lambda: targets.gap(0.05, cube_of(np.ones((1, 9)), unit="PC per cent")), "target: a fraction is expected"),
        (lambda: targets.outturn_rate(cube_of(np.ones((1, 9)), unit="%"), 0.5, 0.1), "rate: a fraction is expected"),
        (lambda: targets.compare([None], "5 %"), "all 1 are missing"),
        (lambda: targets.compare(["5 %"], ["5 %", "6 %"]), "1 outcomes and 2 targets"),
    ],
)  # fmt: skip
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_target_for_another_year():
    x = pd.Series([1.0] * 7, pd.period_range("2023Q1", periods=7, freq="Q"))
    with pytest.raises(ValueError, match="for 2023, which is over at 2024-Q3; needed is one for 2024"):
        targets.path(x, targets.target("5 %", period=2023))
    with pytest.raises(ValueError, match="hasn't begun"):
        targets.path(x, targets.target("5 %", period=2025))
    with pytest.raises(ValueError, match="2030-Q1 isn't among the figures"):
        targets.path(x, "5 %", at="2030Q1")


def test_exact_figures():
    """Three quarters at 4 %, 6 % aimed at: the last quarter needs 12 %."""
    x = [Fraction(100)] * 4 + [Fraction(104)] * 3
    assert twin.required(x, 6, Fraction(6, 100), 4) == Fraction(12, 100)


def test_many_series_are_taken_a_few_at_a_time():
    x = levels((700, 120), missing=0.01)
    aims = np.linspace(0.0, 0.1, 700)
    for call in (
        targets.required,
        lambda x, t, **how: targets.required(x, t, on="period", **how),
        targets.outturn,
        targets.percentile,
        lambda x, t, **how: targets.run_rate(x, **how),
        lambda x, t, **how: targets.profile(x, **how),
    ):
        found = call(x, aims, freq="M")
        near(found[::90], np.stack([call(x[i], aims[i], freq="M") for i in range(0, 700, 90)]), rtol=0)
        near(call(np.ascontiguousarray(x.T), aims, freq="M", axis=0).T, found, rtol=0)
    frame = pd.DataFrame(x.T, pd.period_range("2010-01", periods=120, freq="M"))
    gaps = frame.drop(frame.index[[5, 50]])
    near(targets.required(gaps, 0.05)[3].to_numpy(), targets.required(gaps[3], 0.05).to_numpy(), rtol=0)


EXAMPLES = int(os.environ.get("INDICIA_INTERVALS", "20000"))  # a million in the long run


def test_intervals_hold_all_that_may_have_been():
    rng = np.random.default_rng(11)
    rate, done = interval.published("5.4 %"), interval.share(interval.published("777.2"), interval.published("3460.64"))
    r, w = (rng.uniform(x.low, x.high, EXAMPLES) for x in (rate, done))
    assert targets.required_rate(rate, done, "5.5 %").contains(targets.required_rate(r, w, 0.055)).all()
    rest = interval.published("6.1 %")
    q = rng.uniform(rest.low, rest.high, EXAMPLES)
    assert targets.outturn_rate(rate, done, rest).contains(targets.outturn_rate(r, w, q)).all()
    weights = interval.from_decimals([45.0, 30.0, 25.0, 3.0], 0)
    figures = Interval([0.05, 0.06, 0.02, -0.01], [0.06, 0.06, 0.09, 0.0])
    found = targets.adds_up(list(figures), weights, 0.05).implied
    ws, fs = (rng.uniform(x.low, x.high, (EXAMPLES, 4)) for x in (weights, figures))
    assert found.contains((ws * fs).sum(axis=1) / ws.sum(axis=1)).all()
    low, high = twin.mean_range(*([(float(one.low), float(one.high)) for one in x] for x in (weights, figures)))
    assert (found.low, found.high) == pytest.approx((float(low), float(high)), abs=1e-16)
