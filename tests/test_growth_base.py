"""Base effects, stacked rates, and the splits of a year's growth."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from reference import growth_base as twin

from indicia import Cube, Flag, Periods, growth
from tests.growth_figures import NAN, floats, near, same

levels = st.floats(1.0, 1e4)
holed = st.one_of(levels, levels, levels, st.none(), st.sampled_from([0.0, -3.0]))


def values(series):
    return floats([NAN if x is None else x for x in series])


@given(st.lists(holed, min_size=6, max_size=14), st.sampled_from(["S", "Q", "A"]), st.floats(-0.5, 0.5))
def test_news_and_base_are_the_twins_and_add_up(series, freq, normal):
    lag = {"A": 1, "S": 2, "Q": 4}[freq]
    got = growth.base_effect(values(series), freq=freq, normal=normal)
    same(got.news + got.base, got.change)
    for t in range(len(series)):
        want = twin.base_effect(series, t, lag, normal)
        found = [part[t] for part in (got.change, got.news, got.base)]
        if want is None:
            assert np.isnan(found).all()
        else:
            size = (
                sum(abs(float(w)) for w in want)
                + 2 * abs(series[t] / series[t - lag])
                + series[t - 1] / series[t - lag]
            )
            near(found, [float(w) for w in want], rtol=0, atol=1e-14 * (size + 1))


@given(st.lists(st.floats(50, 200), min_size=9, max_size=14))
def test_the_normal_is_that_of_the_season(series):
    got = growth.base_effect(series, freq="Q")
    seasons = twin.usual(series, 4)
    for t in range(5, len(series)):
        change, _, base = twin.base_effect(series, t, 4, seasons[t % 4])
        near([got.change[t], got.base[t]], [float(change), float(base)], rtol=0, atol=1e-13)


def test_a_normal_of_years_before_knows_nothing_later():
    rng = np.random.default_rng(1)
    x = np.cumprod(rng.uniform(0.95, 1.08, 40))
    whole = growth.base_effect(x, freq="Q", years=2)
    cut = growth.base_effect(x[:30], freq="Q", years=2)
    near(whole.base[:30], cut.base, rtol=0, atol=0)
    momentum = growth.pct_change(x)
    usual = (momentum[21] + momentum[17]) / 2
    near(whole.base[25], x[24] / x[20] * (usual - momentum[21]) / (1 + momentum[21]), rtol=1e-13)
    assert np.isnan(whole.base[:9]).all()


def test_a_jump_that_leaves_the_comparison_is_all_base():
    x = np.full(30, 100.0)
    x[10:] = 110.0
    got = growth.base_effect(x, freq="M", normal=0.0)
    assert got.news[22] == 0
    near(got.base[22], -0.1, rtol=1e-12)
    same(got.change[14:22], np.zeros(8))


@given(st.lists(st.floats(-0.9, 3), min_size=4, max_size=9), st.integers(1, 3))
def test_stacked_rates_are_the_twins(rates, years):
    for average in (True, False):
        got = growth.stacked(rates, years, of="rate", average=average, freq="S")
        for t in range(len(rates)):
            want = twin.stacked(rates, t, 2, years)
            if want is None:
                assert np.isnan(got[t])
            else:
                want = float(want) if not average else float(1 + want) ** (1 / years) - 1
                near(got[t], want, rtol=1e-12, atol=1e-14)


def test_levels_and_rates_stack_alike():
    x = np.cumprod(np.random.default_rng(0).uniform(0.9, 1.1, 20)) * 100
    by_rate = growth.stacked(growth.yoy(x, freq="Q"), 3, of="rate", freq="Q")
    near(growth.stacked(x, 3, freq="Q")[12:], by_rate[12:], rtol=1e-12, atol=1e-15)
    added = growth.stacked([0.1, 0.2], of="rate", method="sum", freq="A", average=False)
    near(added, [NAN, 0.3], rtol=1e-15)
    near(growth.stacked([0.1, 0.2], of="rate", method="sum", freq="A"), [NAN, 0.15], rtol=1e-15)


@given(st.lists(levels, min_size=8, max_size=8))
def test_a_years_growth_is_overhang_and_within(series):
    got = growth.annual_split(series, freq="Q")
    same(got.overhang + got.within, got.growth)
    total, overhang, within = twin.annual_split(series, 4)
    size = 1e-13 * (1 + max(series) / min(series))
    near(got.growth[-1], float(total), rtol=0, atol=size)
    near(got.overhang[4:], np.full(4, float(overhang)), rtol=0, atol=size)
    near(np.diff(got.within[4:], prepend=0.0), [float(w) for w in within], rtol=0, atol=size)
    near(got.growth, growth.carry_over(series, year="this", freq="Q"), rtol=0, atol=size)
    assert np.isnan(got.growth[:4]).all()
    year = growth.through_year(series, freq="Q")
    same(year.average - year.carried_in + year.carried_out, year.through)
    near([part[-1] for part in year], [float(w) for w in twin.through_year(series, 4)], rtol=0, atol=4 * size)
    assert np.isnan(year.through[:-1]).all()


def test_every_container():
    x = np.random.default_rng(2).uniform(90, 110, (3, 24))
    time = Periods.span("2020-01", "2021-12")
    cube = Cube(["geo", "time"], {"geo": ["a", "b", "c"]}, time, x, unit="EUR")
    months = pd.period_range("2020-01", "2021-12", freq="M")
    frame = pd.DataFrame(x.T, index=months, columns=list("abc"))
    array = xr.DataArray(x, dims=("geo", "time"), coords={"time": months.to_timestamp()})
    for call in (
        lambda x, **k: growth.base_effect(x, normal=0.0, **k),
        growth.annual_split,
        growth.through_year,
        lambda x, **k: (growth.stacked(x, 1, **k),),
    ):
        want = call(x, freq="M")
        for k, part in enumerate(call(cube)):
            assert part.unit == "fraction"
            same(part.values, want[k])
        for k, part in enumerate(call(frame)):
            same(part.to_numpy().T, want[k])
        for k, part in enumerate(call(frame.sample(frac=1, random_state=1))):
            same(part.sort_index().to_numpy().T, want[k])
        for k, part in enumerate(call(array)):
            same(part.to_numpy(), want[k])
        for k, part in enumerate(call(pl.Series("x", x[0]), freq="M")):
            same(part.to_numpy(), want[k][0])
        for k, part in enumerate(call(np.asfortranarray(x.T), freq="M", axis=0)):
            same(part.T, want[k])


def test_flags():
    x = np.array([np.linspace(100, 124, 25)])
    flags = np.zeros((1, 25), np.uint32)
    flags[0, 12], flags[0, 3] = Flag.BREAK, Flag.PROVISIONAL
    cube = Cube(["geo", "time"], {"geo": ["a"]}, Periods.span("2020-01", "2022-01"), x, flags)
    got = growth.base_effect(cube, normal=0.0).news.flags[0]
    assert [t for t in range(25) if got[t] & Flag.BREAK] == list(range(13, 25))
    assert [t for t in range(25) if got[t] & Flag.PROVISIONAL] == [15, 16]
    split = growth.annual_split(cube).growth.flags[0]
    assert [t for t in range(25) if split[t] & Flag.BREAK] == list(range(12, 24))
    joint = np.where(np.arange(25) % 12 == 1, np.uint32(Flag.JOINT), np.uint32(0))
    holes = np.where(np.arange(25) % 12 == 0, NAN, x[0])
    china = Cube(["time"], {}, Periods.span("2020-01", "2022-01"), holes, joint)
    got = growth.base_effect(china, normal=0.0).change
    assert np.isnan(got.values[14])
    assert got.flags[14] == Flag.JOINT | Flag.UNDEFINED
    assert not np.isnan(got.values[15])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: growth.base_effect([1.0, 2.0]), "base_effect: the argument carries no periods"),
        (lambda: growth.base_effect([1.0], freq="W"), "got frequency W"),
        (lambda: growth.base_effect([1.0], freq="M", years=0), "years: expected an integer of 1 or more"),
        (lambda: growth.base_effect([1.0], freq="M", years=2, normal=0.0), "no normal= beside it"),
        (lambda: growth.base_effect(1.0, freq="M"), "a single figure"),
        (lambda: growth.stacked([1.0], 0, freq="M"), "years: expected 1 or more, got 0"),
        (lambda: growth.stacked([1.0], freq="M", of="x"), "of: expected 'level' or 'rate', got 'x'"),
        (lambda: growth.stacked([1.0], freq="M", method="x"), "method: expected"),
        (lambda: growth.stacked([1.0], freq="M", method="sum"), "say of='rate'"),
        (lambda: growth.annual_split([1.0], freq="Q", start=5), "start: expected a period of the year"),
        (lambda: growth.through_year([1.0]), "through_year: the argument carries no periods"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_one_observation_and_none_have_no_growth():
    for x in ([5.0], [], [NAN] * 30):
        for part in growth.base_effect(x, freq="Q"):
            assert np.isnan(part).all()
        for part in growth.annual_split(x, freq="Q"):
            assert np.isnan(part).all()
    with pytest.raises(TypeError, match="years: expected an integer"):
        growth.stacked([1.0], 1.5, freq="A")
