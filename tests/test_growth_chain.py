"""Contributions to chained volumes and to price indices that are linked every year."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from reference import growth_chain as twin

from indicia import Cube, Flag, Periods, growth
from tests.growth_figures import NAN, floats, near, reference

levels = st.floats(10.0, 200.0)


@st.composite
def tables(draw):
    components, length = draw(st.integers(1, 3)), draw(st.integers(5, 15))
    row = st.lists(st.lists(levels, min_size=length, max_size=length), min_size=components, max_size=components)
    return draw(row), draw(row)


@given(tables(), st.sampled_from(["annual", "quarter", "december"]), st.integers(1, 9))
def test_contributions_are_the_twins(figures, link, lag):
    volume, value = figures
    got = growth.chain_bridge(volume, value, link=link, lag=lag, freq="Q")
    want = twin.contributions(volume, value, link, 4, lag)
    for t, parts in want.items():
        near(got.parts["own"][:, t], [float(p) for p in parts], rtol=0, atol=1e-11)
        near(got.headline[t], float(sum(parts)), rtol=0, atol=1e-11)
    for t in range(len(volume[0])):
        if not np.isnan(got.headline[t]):
            assert sum(got.parts["own"][:, t].tolist()) + got.rounding[t] == got.headline[t]


@given(tables(), st.integers(1, 5))
def test_links_from_period_to_period_are_annual_ones_of_years(figures, lag):
    volume, value = figures
    got = growth.chain_bridge(volume, value, link="continuous", lag=lag, freq="Q")
    want = twin.contributions(volume, value, "quarter", 1, lag)
    for t, parts in want.items():
        near(got.parts["own"][:, t], [float(p) for p in parts], rtol=0, atol=1e-10)


def test_what_stands_still_adds_nothing():
    rng = np.random.default_rng(0)
    volume = rng.uniform(50, 150, (3, 40))
    volume[1] = 77.0
    for link in ("annual", "quarter", "continuous", "december"):
        got = growth.chain_bridge(volume, rng.uniform(50, 150, (3, 40)), link=link, freq="Q", lag=6)
        assert not np.nan_to_num(got.parts["own"][1]).any()


def test_ribe():
    inputs, expected, tolerance = reference("hicp_manual_contributions_ribe_kirchner.json")
    x, total, weight = (floats(inputs[name]) for name in ("x", "x_all", "w"))
    for lag, name in ((12, "ribe_annual"), (1, "monthly")):
        got = growth.chain_bridge(
            [x], [weight], total=total[None], whole=1000, link="december", lag=lag, freq="M", start=12
        )
        near(got.parts["own"][0] * 100, floats(expected[name]), rtol=0, atol=tolerance)
        near(got.headline, growth.pct_change(total, lag))
        near(got.residual, got.headline - got.parts["own"][0], rtol=0, atol=1e-15)


def test_annual_overlap_of_the_imf():
    inputs, expected, tolerance = reference("imf_qna_annual_overlap_chainstat.json", "03_chainlink")
    volume = floats([inputs["quantity_A"], inputs["quantity_B"]])
    value = volume * floats([inputs["price_A"], inputs["price_B"]])
    chained = floats(expected["chained_volume_ref1998"])
    for lag in (1, 4, 6):
        got = growth.chain_bridge(volume, value, lag=lag, freq="Q")
        near(got.headline[4 + lag :], growth.pct_change(chained, lag)[4 + lag :], rtol=0, atol=tolerance)


def test_one_quarter_overlap_of_the_imf():
    inputs, expected, tolerance = reference("imf_qna_2001_one_quarter_and_over_the_year.json", "03_chainlink")
    volume = floats([inputs["quantity_A"], inputs["quantity_B"]])
    value = volume * floats([inputs["price_A"], inputs["price_B"]])
    chained = floats(expected["one_quarter_overlap"])
    got = growth.chain_bridge(volume, value, link="quarter", lag=1, freq="Q")
    near(got.headline[5:], growth.pct_change(chained)[5:], rtol=0, atol=tolerance)


def test_every_container_with_both_axes():
    rng = np.random.default_rng(1)
    volume, value = rng.uniform(50, 150, (3, 16)), rng.uniform(50, 150, (3, 16))
    want = growth.chain_bridge(volume, value, freq="Q")
    quarters = pd.period_range("2020Q1", periods=16, freq="Q")
    frames = [pd.DataFrame(x.T, index=quarters, columns=list("abc")) for x in (volume, value)]
    got = growth.chain_bridge(*frames)
    assert got.cases[-1] == "2023Q4"
    assert got.components == ("a", "b", "c")
    np.testing.assert_array_equal(got.parts["own"].to_numpy().T, want.parts["own"])
    level = pd.Series(np.r_[100.0, 100 * np.cumprod(np.full(15, 1.01))], index=quarters)
    assert growth.chain_bridge(*frames, total=level).residual[-1] != 0
    arrays = [xr.DataArray(x, dims=("nace", "time"), coords={"time": quarters.to_timestamp()}) for x in (volume, value)]
    np.testing.assert_array_equal(growth.chain_bridge(*arrays).parts["own"].to_numpy(), want.parts["own"])
    time = Periods.span("2020-Q1", "2023-Q4")
    flags = np.zeros((3, 16), np.uint32)
    flags[1, 15] = Flag.PROVISIONAL
    cubes = [Cube(["nace", "time"], {"nace": ["a", "b", "c"]}, time, volume, flags, unit="volume"),
             Cube(["nace", "time"], {"nace": ["a", "b", "c"]}, time, value, unit="EUR")]  # fmt: skip
    got = growth.chain_bridge(*cubes, parents={"a": "ab", "b": "ab"})
    np.testing.assert_array_equal(got.parts["own"].values, want.parts["own"])
    assert got.flags[-1] == Flag.PROVISIONAL
    assert got.components == ("ab", "a", "b", "c")
    late = growth.chain_bridge(volume[:, 1:], value[:, 1:], freq="Q", start=2, lag=1)
    near(late.headline[8:], growth.chain_bridge(volume, value, freq="Q", lag=1).headline[9:], rtol=1e-12, atol=1e-15)


def test_a_missing_month_is_forgotten_with_its_link():
    rng = np.random.default_rng(2)
    index, weight = rng.uniform(90, 110, (2, 48)), np.full((2, 48), 500.0)
    index[0, 14] = NAN
    got = growth.chain_bridge(index, weight, link="december", freq="M")
    assert np.flatnonzero(np.isnan(got.headline[24:])).tolist() == [2]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: growth.chain_bridge(x, x), "volume carries no periods: say freq="),
        (lambda x: growth.chain_bridge(x, x, freq="Q", link="x"), r"link: expected one of annual.*, got 'x'"),
        (
            lambda x: growth.chain_bridge(x[0], x[0], freq="Q"),
            r"components and time, two dimensions, got the shape \(8,\)",
        ),
        (lambda x: growth.chain_bridge(x, x, freq="D"), "needs years that are alike"),
        (lambda x: growth.chain_bridge(x, x, freq="Q", whole=1000), "so that total= is needed"),
        (lambda x: growth.chain_bridge(x, x, freq="Q", total=x), "one figure for each period"),
        (lambda x: growth.chain_bridge(x, x, freq="Q", start=9), "start"),
        (lambda x: growth.chain_bridge(x, x, freq="Q", lag=0), "lag: expected 1 or more"),
        (lambda x: growth.chain_bridge(x, x, freq="Q", parents={"0": "1"}), "1 has figures of its own"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call(np.random.default_rng(0).uniform(1, 2, (2, 8)))


def test_zero_weights_have_no_growth():
    got = growth.chain_bridge(np.ones((2, 8)), np.zeros((2, 8)), freq="Q")
    assert np.isnan(got.headline).all()
