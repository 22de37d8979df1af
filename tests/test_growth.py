"""Growth against its slow twin, its laws, and published figures."""

from __future__ import annotations

import doctest
import json
import os
from pathlib import Path

import numpy as np
import pytest
from growth_figures import OPTIONS, figures, floats, lists, same, twin_along
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn
from reference import growth as twin

import indicia
from indicia import growth

pd = pytest.importorskip("pandas")
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
NAN = float("nan")


# ---- arrays --------------------------------------------------------------------------------------------------


def test_examples():
    outcome = doctest.testmod(growth)
    assert outcome.attempted >= 10
    assert outcome.failed == 0


def test_two_figures_against_the_twin():
    now, base = figures((40, 25)), figures((40, 25), seed=1)
    for negative in (None, "abs"):
        want = [
            [twin.rate(a, b, negative) for a, b in zip(*r, strict=True)]
            for r in zip(lists(now), lists(base), strict=True)
        ]
        same(growth.rate(now, base, negative_base=negative), floats(want))
    want = [[twin.share(a, b) for a, b in zip(*r, strict=True)] for r in zip(lists(now), lists(base), strict=True)]
    same(growth.share(now, base), floats(want))
    third = figures((40, 25), seed=2)
    rows = zip(lists(now), lists(base), lists(third), strict=True)
    same(
        growth.contribution(now, base, third),
        floats([[twin.contribution(a, b, c) for a, b, c in zip(*r, strict=True)] for r in rows]),
    )


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_along_time_against_the_twin(options):
    for shape in [(30,), (1,), (0,), (3, 20), (70, 20), (2, 600), (4, 5, 6), (0, 5), (5, 0)]:
        x = figures(shape)
        for axis in range(-len(shape), len(shape)):
            want = twin_along(x, axis, **options)
            got = growth.pct_change(x, axis=axis, **options)
            same(got, want)
            for layout in (np.asfortranarray(x), np.repeat(x, 2, axis=-1)[..., ::2], np.flip(np.flip(x).copy())):
                same(growth.pct_change(layout, axis=axis, **options), want)
            out = np.full(shape, 7.0)
            assert growth.pct_change(x, axis=axis, out=out, **options) is out
            same(out, want)
            inside = x.copy()
            assert growth.pct_change(inside, axis=axis, out=inside, **options) is inside
            same(inside, want)
            backwards = np.empty(shape)
            growth.pct_change(x, axis=axis, out=np.flip(backwards), **options)
            same(np.flip(backwards), want)


def test_out_that_overlaps_with_a_shift():
    space = figures(110)
    x = space[5:105].copy()
    want = twin_along(x, lag=3)
    for shift in (-5, -1, 1, 5):
        space[5:105] = x
        growth.pct_change(space[5:105], 3, out=space[5 + shift : 105 + shift])
        same(space[5 + shift : 105 + shift], want)


def test_the_layout_of_the_result_is_that_of_the_argument():
    x = np.asfortranarray(figures((30, 40)))
    assert growth.pct_change(x).flags.f_contiguous
    assert growth.pct_change(x.T, axis=0).flags.c_contiguous


def test_large_arrays_in_both_directions():
    x = np.random.default_rng(0).uniform(50, 150, (3000, 240))
    want = np.full(x.shape, np.nan)
    want[:, 12:] = (x[:, 12:] - x[:, :-12]) / x[:, :-12]
    same(growth.yoy(x, freq="M"), want)
    same(growth.yoy(np.ascontiguousarray(x.T), freq="M", axis=0), want.T)
    gaps = figures((3001, 50))
    want = twin_along(gaps, skip_missing=True)
    same(growth.pct_change(gaps, skip_missing=True), want)
    same(growth.pct_change(np.ascontiguousarray(gaps.T), skip_missing=True, axis=0), want.T)
    same(growth.pct_change(gaps, skip_missing=True, out=gaps), want)


@pytest.mark.parametrize("dtype", ["f4", "i2", "u8", "?", ">f8"])
def test_what_is_computed_with_is_float64(dtype):
    x = np.nan_to_num(np.abs(figures(50))).astype(dtype)
    got = growth.pct_change(x)
    assert got.dtype == np.float64
    same(got, twin_along(x.astype(float)))
    assert growth.rate(x, x).dtype == np.float64


def test_lists_and_numbers():
    same(growth.pct_change([100, 110, None, 121]), [NAN, (110 - 100) / 100, NAN, NAN])
    assert growth.rate(106.0, 100) == 0.06
    assert isinstance(growth.rate(106.0, 100), np.float64)
    assert growth.rate(now=106.0, base=100) == 0.06
    assert np.isnan(growth.rate(1.0, 0.0))
    same(growth.yoy([], freq="M"), [])


def test_masked_arrays_stay_masked():
    x = np.ma.MaskedArray([100.0, -1e20, 121.0, 133.1], mask=[False, True, False, False])
    got = growth.pct_change(x)
    assert isinstance(got, np.ma.MaskedArray)
    assert got.mask.tolist() == [True, True, True, False]
    assert got[3] == (133.1 - 121.0) / 121.0


def test_nothing_warns():
    x = np.array([0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 5e-324, 1.7e308, -1.7e308])
    grid = np.array(np.meshgrid(x, x, x)).reshape(3, -1)
    with np.errstate(all="raise"):
        growth.rate(*grid[:2])
        growth.share(*grid[:2])
        growth.contribution(*grid)
        growth.rate(*grid[:2], negative_base="abs")
        for skip in (False, True):
            growth.pct_change(grid[1], skip_missing=skip)
            growth.pct_change(grid, skip_missing=skip, axis=0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: growth.pct_change([1.0, 2.0], 0), ValueError, "lag: expected 1 or more, got 0"),
        (lambda: growth.pct_change([1.0, 2.0], -1), ValueError, "lag: expected 1 or more"),
        (lambda: growth.pct_change([1.0, 2.0], 1.0), TypeError, "lag: expected an integer"),
        (lambda: growth.pct_change([1.0, 2.0], True), TypeError, "lag: expected an integer"),
        (lambda: growth.pct_change(3.0), ValueError, "a single figure has no growth"),
        (lambda: growth.pct_change([1.0], axis=1), np.exceptions.AxisError, "axis 1 is out of bounds"),
        (lambda: growth.pct_change([1.0], axis="time"), TypeError, "axis: expected an integer"),
        (lambda: growth.pct_change([1.0], out=np.empty(2)), ValueError, r"out: expected the shape \(1,\), got \(2,\)"),
        (lambda: growth.pct_change(["a"]), TypeError, "x: expected numbers, got dtype <U1"),
        (lambda: growth.pct_change([1j]), TypeError, "x: expected numbers"),
        (lambda: growth.pct_change([1.0], freq="H"), ValueError, "freq: expected one of"),
        (lambda: growth.rate(1.0, 2.0, negative_base="keep"), ValueError, "negative_base: expected None or 'abs'"),
        (lambda: growth.rate(1.0, 2.0, join="outer"), ValueError, "join: expected 'exact' or 'inner'"),
        (lambda: growth.rate([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, "broadcast"),
        (lambda: growth.rate(np.array(["2020"], "M8[D]"), 1.0), TypeError, "now: expected numbers"),
        (lambda: growth.yoy([1.0]), ValueError, "say freq="),
        (lambda: growth.yoy([1.0], freq="W"), ValueError, "needs an index of dates"),
        (lambda: growth.yoy([1.0], freq="M", lag=12), ValueError, "not both"),
        (lambda: growth.rate(1.0), TypeError, "base"),
        (lambda: growth.pct_change(pd.Series([1.0]), out=np.empty(1)), TypeError, "out= goes with arrays"),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- laws ----------------------------------------------------------------------------------------------------

levels = st.floats(1e-6, 1e9)


@given(hn.arrays(float, st.tuples(st.integers(1, 5), st.integers(2, 30)), elements=st.floats(0.01, 1e6)))
def test_contributions_add_up_to_the_growth_of_the_total(parts):
    total = parts.sum(axis=0)
    now, base = parts[:, 1:], parts[:, :-1]
    sums = growth.contribution(now, base, total[:-1]).sum(axis=0)
    scale = (np.abs(now).sum(axis=0) + np.abs(base).sum(axis=0)) / total[:-1]
    assert (np.abs(sums - growth.rate(total[1:], total[:-1])) <= 1e-14 * len(parts) * scale).all()


@given(hn.arrays(float, st.integers(1, 8), elements=levels))
def test_shares_add_up_to_one(parts):
    assert abs(growth.share(parts, parts.sum()).sum() - 1) < 1e-14 * len(parts)


@given(levels, levels)
def test_a_rate_leads_back_to_the_level(now, base):
    back = base * (1 + growth.rate(now, base))
    assert abs(back - now) <= 4e-16 * (now + base)


@given(levels, levels, st.integers(-200, 200))
def test_a_rate_has_no_unit(now, base, power):
    assert growth.rate(now * 2.0**power, base * 2.0**power) == growth.rate(now, base)


@given(levels, st.floats(-1e-3, 1e-3))
def test_small_rates_keep_their_digits(base, tiny):
    from fractions import Fraction

    now = base * (1 + tiny)
    exact = (Fraction(now) - Fraction(base)) / Fraction(base)
    assert abs(Fraction(growth.rate(now, base).item()) - exact) <= abs(exact) * Fraction(1, 2**52)


@given(hn.arrays(float, st.integers(1, 40), elements=st.floats(-1e6, 1e6) | st.just(NAN)), st.integers(1, 45))
def test_where_nothing_is_missing_skipping_changes_nothing(x, lag):
    if not np.isnan(x).any():
        same(growth.pct_change(x, lag, skip_missing=True), growth.pct_change(x, lag))
    same(growth.pct_change(x, lag, skip_missing=True), floats(twin.pct_change(lists(x), lag, skip_missing=True)))


# ---- published figures ---------------------------------------------------------------------------------------


def reference(name):
    path = SHARED / "reference" / "01_growth" / name
    if not path.exists():
        pytest.skip(f"{name} is not here: INDICIA_SHARED names the folder of reference figures")
    data = json.loads(path.read_text(encoding="utf-8"))
    return data["inputs"], data["expected"], data["tolerance"]


def test_us_gdp_of_2022():
    """Gross domestic product, current dollars, billions: 23,315.1 in 2021, 25,462.7 in 2022, "9.2 percent, or $2.15
    trillion"; Bureau of Economic Analysis, GDP fourth quarter and year 2022 (third estimate), 30 March 2023."""
    assert round(growth.rate(25_462.7, 23_315.1).item(), 3) == 0.092


def test_base_effect():
    inputs, expected, tolerance = reference("base_effect_examples.json")
    for x, want in [
        ("arthapedia_index", "arthapedia_pct"),
        ("wikipedia_index", "wikipedia_pct"),
        ("livemint", "livemint_pct"),
    ]:
        np.testing.assert_allclose(growth.pct_change(inputs[x])[1:] * 100, expected[want], atol=tolerance)


def test_retail_sales_of_china():
    inputs, expected, tolerance = reference("nbs_china_retail_sales_ytd_to_month.json")
    march = inputs["y2023"]["jan_mar"] - inputs["y2023"]["jan_feb"]
    assert march == expected["y2023"]["mar"]
    yoy = growth.rate([march, inputs["y2023"]["jan_mar"]], [inputs["y2022"]["mar"], inputs["y2022"]["jan_mar"]]) * 100
    np.testing.assert_allclose(
        yoy, [expected["y2023"]["mar_yoy"], expected["y2023"]["jan_mar_yoy"]], atol=tolerance["pct"]
    )
    february = inputs["y2022"]["jan_mar"] - inputs["y2022"]["mar"]
    np.testing.assert_allclose(
        growth.rate(inputs["y2023"]["jan_feb"], february) * 100, expected["y2023"]["jan_feb_yoy"], atol=tolerance["pct"]
    )


def test_gaps_and_missing_figures_of_a_peer():
    inputs, expected, tolerance = reference("hicp_rates_na_gaps.json")
    for name in ("chronological", "with_na"):
        np.testing.assert_allclose(growth.pct_change(inputs[name]) * 100, floats(expected[name]), rtol=tolerance)
    time = pd.PeriodIndex(inputs["gap_dates"], freq="M")
    got = growth.pct_change(pd.Series(inputs["gap_x"], index=time)) * 100
    np.testing.assert_allclose(got, floats(expected["gap"]), rtol=tolerance)
    np.testing.assert_allclose(
        growth.yoy(inputs["yoy_monthly_x"], freq="M") * 100, floats(expected["yoy"]), rtol=tolerance
    )


def test_contributions_to_gdp_of_china():
    """A published share of growth times growth is the published contribution, within the rounding of the table."""
    inputs, expected, tolerance = reference("nbs_china_expenditure_contributions.json")
    growth_of_gdp = np.array(inputs["gdp_growth_sum_of_contributions"])
    parts = np.array([expected["contribution_pp"][name] for name in expected["contribution_pp"]])
    shares = np.array([inputs["contribution_share_pct"][name] for name in expected["contribution_pp"]]) / 100
    # levels that grow like that: the total was 100, the parts anything
    base = np.full_like(parts, 100 / 3)
    got = growth.contribution(base + shares * growth_of_gdp, base, 100.0) * 100
    np.testing.assert_allclose(got, parts, atol=tolerance)
    sums = got.sum(axis=0)
    np.testing.assert_allclose(growth.share(got, sums).sum(axis=0), 1.0)
    np.testing.assert_allclose(sums, growth_of_gdp, atol=tolerance)


@pytest.mark.parametrize("axis", [0, 1])
def test_large_arrays_are_the_same_for_any_number_of_threads(axis):
    x = figures((3000, 720))  # 2.2 million: beyond the size from which on threads are made
    made = {}
    try:
        for threads in (1, 2, 3):
            indicia.set_threads(threads)
            made[threads] = growth.yoy(x, lag=12, axis=axis)
            same(growth.yoy(x, lag=12, axis=axis, out=np.empty_like(x)), made[threads])
            y = x.copy()
            same(growth.yoy(y, lag=12, axis=axis, out=y), made[threads])
    finally:
        indicia.set_threads(None)
    same(made[2], made[1])
    same(made[3], made[1])
    rows = np.moveaxis(x, axis, -1)
    same(np.moveaxis(made[2], axis, -1)[7], growth.yoy(rows[7].copy(), lag=12))
