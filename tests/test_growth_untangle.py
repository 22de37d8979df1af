"""What fits a mix of published sums, single months, growth and revisions; and what contradicts itself."""

import itertools
import os

import numpy as np
import pandas as pd
import polars as pl
import pytest
import xarray as xr
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference import growth_untangle as twin

from indicia import Cube, Flag, Periods, growth, interval, ufuncs
from tests.growth_figures import NAN, floats, near, reference, same

MANY = int(os.environ.get("INDICIA_UNTANGLED", "60"))
KINDS = ("level", "ytd", "rate", "ytd_rate")


def sums_of(x, year):
    length = -(-x.shape[-1] // year) * year
    padded = np.concatenate([x, np.zeros((*x.shape[:-1], length - x.shape[-1]))], axis=-1)
    return np.cumsum(padded.reshape(*x.shape[:-1], -1, year), axis=-1).reshape(*x.shape[:-1], -1)[..., : x.shape[-1]]


def publish(x, rng, year=12, decimals=0, *, rate_decimals=3, share=0.6, joint=True, base=None):
    """Rounded figures of what is true, a part of them; rates on `base`, the levels of a year before as revised."""
    base = x if base is None else base
    truth = {"level": x, "ytd": sums_of(x, year)}
    for name, later in (("level", base), ("ytd", sums_of(base, year))):
        rates = np.full(x.shape, NAN)
        rates[..., year:] = truth[name][..., year:] / later[..., :-year] - 1
        truth["rate" if name == "level" else "ytd_rate"] = rates
    figures = {}
    for name, values in truth.items():
        rounded = np.round(values, rate_decimals if "rate" in name else decimals)
        if joint and name in ("level", "rate"):
            first = np.arange(x.shape[-1]) % year == 0
            both = truth["ytd" if name == "level" else "ytd_rate"]
            second = np.roll(first, 1)
            second[0] = False
            rounded = np.where(
                first, NAN, np.where(second, np.round(both, rate_decimals if name == "rate" else decimals), rounded)
            )
        elif joint:
            rounded = np.where(np.arange(x.shape[-1]) % year == 0, NAN, rounded)
        figures[name] = np.where(rng.random(x.shape) < share, rounded, NAN)
        if joint and name in ("level", "rate"):  # a joint figure is known by the hole before it
            figures[name] = np.where(np.arange(x.shape[-1]) % year == 0, NAN, figures[name])
    return figures, truth


def contains(bounds, truth, decimals):
    """Up to the last digit of the doubles that the truth itself is rounded to."""
    slack = 4e-16 * np.nanmax(np.abs(truth), initial=1.0) * 30
    low, high = np.asarray(bounds.low), np.asarray(bounds.high)
    there = ~np.isnan(low) & ~np.isnan(truth)
    assert (low[there] <= truth[there] + slack).all()
    assert (truth[there] <= high[there] + slack).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 4, 12]), st.integers(-1, 2), st.floats(0.05, 1.0), st.booleans())
@settings(max_examples=MANY)
@example(0, 12, 0, 1.0, True)
def test_what_is_true_is_inside_always(seed, year, decimals, share, joint):
    rng = np.random.default_rng(seed)
    free, length = rng.random() < 0.5, int(rng.integers(1, 41))
    x = np.exp(rng.normal(4, rng.uniform(0, 2), (3, length)))
    x[rng.random(x.shape) < 0.03] = 0.0
    base = x * rng.uniform(0.9, 1.1, x.shape) if free else x
    with np.errstate(all="ignore"):
        figures, truth = publish(x, rng, year, decimals, share=share, joint=joint, base=base)
    figures = {k: np.where(np.isfinite(v), v, NAN) for k, v in figures.items()}
    figures["rate"] = np.where(np.abs(figures["rate"]) > 1e6, NAN, figures["rate"])
    got = growth.untangle(**figures, decimals=decimals, rate_decimals=3, joint=joint,
                          freq={2: "S", 4: "Q", 12: "M"}[year], base="free" if free else "published")  # fmt: skip
    assert got.conflicts == ()
    contains(got.level, x, decimals)
    contains(got.ytd, truth["ytd"], decimals)
    contains(got.base, base, decimals)
    with np.errstate(all="ignore"):
        contains(got.growth, np.where(np.isfinite(truth["rate"]), truth["rate"], NAN), decimals)
        contains(got.ytd_growth, np.where(np.isfinite(truth["ytd_rate"]), truth["ytd_rate"], NAN), decimals)


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.booleans(), st.integers(0, 3))
@settings(max_examples=MANY)
def test_bounds_of_sums_and_flows_are_the_tightest(seed, length, nonnegative, start):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 6, length).astype(float)
    place = (np.arange(length) + start) % 4
    flows = np.where(rng.random(length) < 0.5, x, NAN)
    total = np.full(length, NAN)
    running = 0.0
    for t in range(length):
        running = x[t] if place[t] == 0 else running + x[t]
        if rng.random() < 0.5:
            total[t] = running + rng.integers(0, 2)
    ends = [[(v - 0.5, v + 0.5) if not np.isnan(v) else (None, None) for v in values] for values in (total, flows)]
    want = twin.bounds(place, *ends, nonnegative)
    got = growth.untangle(flows, ytd=total, decimals=0, freq="Q", start=start + 1, nonnegative=nonnegative)
    if want is None:
        assert got.conflicts
        return
    assert not got.conflicts
    for t, (flow, so_far) in enumerate(want):
        for pair, bounds in ((flow, got.level), (so_far, got.ytd)):
            if pair is None or (t < 4 - start and start):
                continue  # what a year was worth before the series begins is not in the twin
            low, high = (
                float("inf") * sign if end is None else float(end) for end, sign in zip(pair, (-1, 1), strict=True)
            )
            assert (bounds.low[t], bounds.high[t]) == (low, high)


def test_bounds_with_growth_are_near_those_of_linear_programs():
    optimize = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(11)
    x = rng.uniform(50, 150, 8)
    figures, _ = publish(x, rng, 4, share=0.7, joint=False)
    got = growth.untangle(**figures, decimals=0, rate_decimals=3, freq="Q")
    rows, most = [], []

    def add(coefficients, limit):
        rows.append(coefficients)
        most.append(limit)

    for name, values in figures.items():
        for t in np.flatnonzero(~np.isnan(values)):
            one = np.zeros(8)
            one[(t // 4 * 4 if "ytd" in name else t) : t + 1] = 1
            half = 0.5 if "rate" not in name else 0.0005
            if "rate" not in name:
                add(one, values[t] + half), add(-one, -values[t] + half)
            else:
                base = np.roll(one, -4)
                add(one - (1 + values[t] + half) * base, 0), add((1 + values[t] - half) * base - one, 0)
    for t in range(8):
        for sign, end in ((1, got.level.low[t]), (-1, got.level.high[t])):
            best = optimize.linprog(sign * np.eye(8)[t], A_ub=rows, b_ub=most, bounds=(0, None))
            tight = sign * best.fun
            assert sign * (end - tight) <= 1e-6, "the truth of the program is inside"
            assert abs(end - tight) < 1.5, "and the bounds are not far from it"


def test_retail_sales_of_china():
    inputs, expected, tolerance = reference("nbs_china_retail_sales_ytd_to_month.json")
    months = Periods.span("2022-01", "2024-12")
    level, ytd, rate, ytd_rate = np.full((4, 36), NAN)
    at = {str(p): k for k, p in enumerate(months)}
    ytd[at["2022-03"]], level[at["2022-03"]] = inputs["y2022"]["jan_mar"], inputs["y2022"]["mar"]
    ytd[at["2023-02"]], ytd[at["2023-03"]] = inputs["y2023"]["jan_feb"], inputs["y2023"]["jan_mar"]
    ytd[at["2024-03"]], level[at["2024-03"]] = inputs["y2024"]["jan_mar"], inputs["y2024"]["mar"]
    rate[at["2023-03"]] = expected["y2023"]["mar_yoy"] / 100
    ytd_rate[at["2023-02"]] = expected["y2023"]["jan_feb_yoy"] / 100
    ytd_rate[at["2023-03"]] = expected["y2023"]["jan_mar_yoy"] / 100
    rate[at["2024-03"]] = expected["y2024"]["mar_yoy"] / 100
    ytd_rate[at["2024-03"]] = expected["y2024"]["jan_mar_yoy"] / 100
    cubes = {
        name: Cube(["time"], {}, months, values, unit=unit, decimals=0 if unit != "fraction" else -1)
        for name, values, unit in (("level", level, "100 million yuan"), ("ytd", ytd, "100 million yuan"),
                                   ("rate", rate, "fraction"), ("ytd_rate", ytd_rate, "fraction"))
    }  # fmt: skip
    got = growth.untangle(**cubes, rate_decimals=3)
    assert got.conflicts == ()
    for bounds, month, want in (
        (got.ytd, "2022-02", expected["y2022"]["jan_feb"]),
        (got.level, "2023-03", expected["y2023"]["mar"]),
        (got.ytd, "2024-02", expected["y2024"]["jan_feb"]),
    ):
        low, high = bounds.low.values[at[month]], bounds.high.values[at[month]]
        assert want - 1.01 <= low <= want <= high <= want + 1.01
    assert got.growth.low.values[at["2023-03"]] * 100 == pytest.approx(10.58, abs=tolerance["pct"])
    assert got.level.low.unit == "100 million yuan"
    assert got.level.low.flags[at["2022-02"]] == Flag.DERIVED
    assert got.level.low.flags[at["2022-03"]] == 0


# ---- contradictions ------------------------------------------------------------------------------------------------


def names(conflict):
    return {(figure.name, figure.period) for figure in conflict.figures}


def test_a_smallest_contradiction_is_named():
    months = pd.period_range("2022-01", periods=24, freq="M")
    x = np.full(24, 100.0)
    level, ytd = x.copy(), sums_of(x, 12)
    level[6] = 140.0
    got = growth.untangle(pd.Series(level, months), ytd=pd.Series(ytd, months), decimals=0)
    assert len(got.conflicts) == 1
    assert names(got.conflicts[0]) == {("level", "2022-07"), ("ytd", "2022-06"), ("ytd", "2022-07")}
    assert "level 2022-07: 140" in str(got)
    assert "(left out)" in str(got)
    assert (got.level.low["2022-07"], got.level.high["2022-07"]) == (98, 102)


def test_growth_that_does_not_fit_says_that_the_base_was_revised():
    months = pd.period_range("2022-01", periods=24, freq="M")
    x = pd.Series(np.r_[np.full(12, 100.0), np.full(12, 110.0)], months)
    rate = pd.Series(NAN, months)
    rate["2023-03"] = 0.05  # so the base was about 104.8
    got = growth.untangle(x, rate=rate, decimals=0, rate_decimals=3)
    (conflict,) = got.conflicts
    assert names(conflict) == {("level", "2022-03"), ("level", "2023-03"), ("rate", "2023-03")}
    assert conflict.revised == ("2022",)
    assert 104.2 < got.base.low["2022-03"] <= got.base.high["2022-03"] < 105.4
    assert (got.level.low["2022-03"], got.level.high["2022-03"]) == (99.5, 100.5)
    assert "base of 2022 taken as revised" in str(conflict)
    told = growth.untangle(x, rate=rate, decimals=0, rate_decimals=3, base="free")
    assert not told.conflicts
    assert told.base.low["2022-03"] == got.base.low["2022-03"]


def test_a_revision_is_what_later_growth_is_measured_from():
    months = pd.period_range("2022-01", periods=24, freq="M")
    x = pd.Series(np.r_[np.full(12, 100.0), np.full(12, 110.0)], months)
    revised, rate = pd.Series(NAN, months), pd.Series(NAN, months)
    revised["2022-03"], rate["2023-03"] = 105.0, 0.048
    got = growth.untangle(x, rate=rate, revised=revised, decimals=0, rate_decimals=3)
    assert not got.conflicts
    assert 104.5 <= got.base.low["2022-03"] <= 105
    wrong = rate * 2
    (conflict,) = growth.untangle(x, rate=wrong, revised=revised, decimals=0, rate_decimals=3).conflicts
    assert ("revised", "2022-03") in names(conflict)
    assert conflict.revised == ()


@given(st.integers(0, 2**32 - 1), st.sampled_from(KINDS), st.integers(0, 23))
@settings(max_examples=MANY // 3)
def test_without_any_one_of_its_figures_a_contradiction_is_none(seed, name, where):
    rng = np.random.default_rng(seed)
    x = rng.uniform(50, 150, 24)
    figures, _ = publish(x, rng, share=0.7, joint=False)
    if np.isnan(figures[name][where]):
        return
    figures[name][where] += 0.3 if "rate" in name else 40.0
    if figures[name][where] < 0:
        return
    options = {"decimals": 0, "rate_decimals": 3, "freq": "M"}
    got = growth.untangle(**figures, **options)
    for conflict in got.conflicts[:1]:
        alone = {k: np.full(24, NAN) for k in figures}
        for figure in conflict.figures:
            alone[figure.name][int(figure.period)] = figure.value
        assert growth.untangle(**alone, **options).conflicts
        for figure in conflict.figures:
            less = {k: v.copy() for k, v in alone.items()}
            less[figure.name][int(figure.period)] = NAN
            assert not growth.untangle(**less, **options).conflicts
    again = growth.untangle(level=got.level.middle, decimals="exact", freq="M", nonnegative=True)
    assert not again.conflicts


def test_many_series_at_once_are_each_alone():
    rng = np.random.default_rng(3)
    x = rng.uniform(50, 150, (40, 60))
    figures, _ = publish(x, rng, share=0.7)
    figures["level"][7, 30] += 50
    options = {"decimals": 0, "rate_decimals": 3, "freq": "M", "joint": True}
    got = growth.untangle(**figures, **options)
    assert {conflict.series for conflict in got.conflicts} <= {"7"}
    for k in (0, 7, 39):
        one = growth.untangle(**{name: v[k] for name, v in figures.items()}, **options)
        for whole, single in zip((got.level, got.ytd, got.growth), (one.level, one.ytd, one.growth), strict=True):
            same(whole.low[k], single.low)
            same(whole.high[k], single.high)


# ---- containers ----------------------------------------------------------------------------------------------------


def test_every_container():
    rng = np.random.default_rng(4)
    x = rng.uniform(50, 150, (3, 30))
    figures, _ = publish(x, rng, joint=False)
    options = {"decimals": 0, "rate_decimals": 3}
    want = growth.untangle(**figures, **options, freq="M")
    months = pd.period_range("2020-01", periods=30, freq="M")
    frames = {k: pd.DataFrame(v.T, index=months, columns=list("abc")) for k, v in figures.items()}
    arrays = {
        k: xr.DataArray(v, dims=("geo", "time"), coords={"time": months.to_timestamp()}) for k, v in figures.items()
    }
    cubes = {
        k: Cube(["geo", "time"], {"geo": list("abc")}, Periods.span("2020-01", "2022-06"), v)
        for k, v in figures.items()
    }
    for kind, given_ in (("pandas", frames), ("xarray", arrays), ("cube", cubes)):
        got = growth.untangle(**given_, **options)
        for name in ("level", "ytd", "base", "growth", "ytd_growth"):
            for end in ("low", "high"):
                value = getattr(getattr(got, name), end)
                assert type(value) is type(given_["level"]), kind
                values = value.to_numpy().T if kind == "pandas" else np.asarray(value.values)
                same(values, getattr(getattr(want, name), end))
    shuffled = {k: v.sample(frac=1, random_state=2) for k, v in frames.items()}
    got = growth.untangle(**shuffled, **options)
    same(got.level.low.sort_index().to_numpy().T, want.level.low)
    series = {k: pl.Series(k, v[0]) for k, v in figures.items()}
    same(growth.untangle(**series, **options, freq="M").level.low.to_numpy(), want.level.low[0])
    same(
        growth.untangle(**{k: v.T for k, v in figures.items()}, **options, freq="M", axis=0).level.low.T, want.level.low
    )
    table = growth.untangle(**{k: v["a"] for k, v in frames.items()}, **options).to_pandas()
    assert table.index.equals(months)
    same(table["level", "low"].to_numpy(), want.level.low[0])
    with pytest.raises(ValueError, match="one series is expected"):
        want.to_pandas()


def test_the_middle_of_exact_figures_is_the_figure():
    got = growth.untangle([5.0, 7.0, 1.0], decimals="exact", freq="Q")
    same(got.level.middle, floats([5, 7, 1]))
    same(got.ytd.low, floats([5, 12, 13]))
    near(got.level.width, np.zeros(3), atol=0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, r"expected level= or ytd=, from which levels could be told, got nothing"),
        ({"rate": [0.1], "rate_decimals": 3, "freq": "M"}, "got rate"),
        ({"level": [1.0], "freq": "M"}, "decimals: neither given nor known from level"),
        ({"level": [1.0], "decimals": 0}, "carries no periods"),
        ({"level": [1.0], "decimals": 0, "freq": "D"}, "got frequency D"),
        ({"level": [1.0], "rate": [0.1], "decimals": 0, "freq": "M"}, "say how many decimals rate is printed with"),
        ({"level": [-1.0], "decimals": 0, "freq": "M"}, "level: -1 is below zero: say nonnegative=False"),
        ({"level": [1.0], "decimals": "some", "freq": "M"}, "expected integers or 'exact'"),
        ({"level": [1.0], "decimals": {"ytd": 0}, "freq": "M"}, "neither given nor known from level"),
        ({"level": [1.0], "decimals": 0, "freq": "M", "base": "x"}, "base: expected 'published' or 'free', got 'x'"),
        ({"level": [1.0], "ytd": [1.0, 2.0, 3.0], "decimals": 0, "freq": "M", "start": 13}, "start"),
    ],
)
def test_bad_input(options, words):
    with pytest.raises(ValueError, match=words):
        growth.untangle(**options)


def test_per_cent_is_no_fraction():
    cube = Cube(["time"], {}, Periods.span("2020-01", "2020-03"), [1.0, 2.0, 3.0], decimals=0)
    rate = Cube(["time"], {}, Periods.span("2020-01", "2020-03"), [1.0, 2.0, 3.0], unit="%")
    with pytest.raises(ValueError, match="rate: a fraction is expected"):
        growth.untangle(cube, rate=rate, rate_decimals=3)


def test_nothing_published_bounds_nothing():
    got = growth.untangle([NAN] * 14, decimals=0, freq="M")
    assert (got.level.low == 0).all()
    assert np.isinf(got.level.high).all()
    empty = growth.untangle(np.empty((2, 0)), decimals=0, freq="M")
    assert empty.level.low.shape == (2, 0)


# ---- the kernel ----------------------------------------------------------------------------------------------------


def test_the_ufunc_narrows_any_layout():
    rng = np.random.default_rng(6)
    rows = np.empty((4, 12, 20))
    rows[:, 0::2], rows[:, 1::2] = -np.inf, np.inf
    value = rng.uniform(1, 9, (4, 20))
    rows[:, 2], rows[:, 3] = value - 0.5, value + 0.5
    place = np.arange(20) % 4.0
    want = ufuncs.growth_untangle(place, np.ones(20), 4.0, rows)
    for order in itertools.permutations(range(3)):
        moved = np.ascontiguousarray(rows.transpose(order)).transpose(np.argsort(order))
        out = np.ascontiguousarray(np.empty_like(rows).transpose(order)).transpose(np.argsort(order))
        same(ufuncs.growth_untangle(place, np.ones(20), 4.0, moved, out=out), want)
    same(ufuncs.growth_untangle(place[::-1][::-1], np.ones((4, 20)), 4.0, rows[::-1])[::-1], want)
    held = rows.copy()
    same(ufuncs.growth_untangle(place, np.ones(20), 4.0, held, out=held), want)
    known = interval.Interval(want[:, 0], want[:, 1])
    assert (known.low <= np.cumsum(value.reshape(4, -1, 4), axis=2).reshape(4, 20) + 1e-12).all()


def test_no_rows_make_a_warning():
    rng = np.random.default_rng(8)
    awkward = [0.0, -0.0, 1.0, -7.0, NAN, np.inf, -np.inf, 5e-324, 1.7e308, -1.7e308]
    with np.errstate(all="raise"):
        for place in (np.arange(30) % 12.0, rng.choice(awkward, 30)):
            for lag in (12.0, 0.0, -1.0, 1e300, NAN):
                ufuncs.growth_untangle(place, rng.choice(awkward, 30), lag, rng.choice(awkward, (50, 12, 30)))
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        np.divide(1.0, np.zeros(3))
