"""Regions: every measure against its slow twin, its laws, what is refused."""

from __future__ import annotations

import math
import os
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import region as twin

from indicia import region, ufuncs

NAN = float("nan")
MANY = int(os.environ.get("INDICIA_REGIONS", "60"))  # examples of each law


def lists(values):
    return [None if math.isnan(v) else v for v in np.asarray(values, float).tolist()]


def number(value):
    return NAN if value is None else float(value)


def near(a, b, rtol=1e-13, atol=1e-15):
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=rtol, atol=atol)


def figures(n, seed, missing=0.0, spread=1.0):
    rng = np.random.default_rng(seed)
    x = np.round(4 * np.exp(rng.normal(3, spread, n)))
    x[rng.random(n) < 0.1] = 0.0
    x[rng.random(n) < missing] = NAN
    return x


SIZES = [1, 2, 3, 16, 17, 31, 70]
MEASURES = {
    "hhi": (lambda x, w: ufuncs.region_hhi(x, 1), lambda x, w: twin.hhi(x)),
    "entropy": (lambda x, w: ufuncs.region_entropy(x, 1), lambda x, w: twin.entropy(x)),
    "total": (lambda x, w: ufuncs.region_total(x, 1), lambda x, w: twin.total(x)),
    "median": (lambda x, w: ufuncs.region_median(x, 1), lambda x, w: twin.median(x)),
    "leaders": (lambda x, w: ufuncs.region_leaders(x, 4, 1), lambda x, w: twin.leaders(x, 4)),
    "theil": (lambda x, w: ufuncs.region_theil(x, w, 1), twin.theil),
    "theil_l": (lambda x, w: ufuncs.region_theil_l(x, w, 1), lambda x, w: twin.theil(x, w, "L")),
    "variation": (lambda x, w: ufuncs.region_variation(x, w, 1), twin.variation),
    "log_deviation": (lambda x, w: ufuncs.region_log_deviation(x, w, 1), twin.log_deviation),
    "hoover": (lambda x, w: ufuncs.region_hoover(x, w, 1), twin.hoover),
    "hachman": (lambda x, w: ufuncs.region_hachman(x, w, 1), twin.hachman),
    **{
        f"atkinson {e}": (
            lambda x, w, e=e: ufuncs.region_atkinson(x, w, e, 1),
            lambda x, w, e=e: twin.atkinson(x, w, e),
        )
        for e in (0.5, 1, 2)
    },
}
PAIRWISE = {
    "gini": (lambda x, w: ufuncs.region_gini(x, 1), lambda x, w: twin.gini(x)),
    "gini_weighted": (lambda x, w: ufuncs.region_gini_weighted(x, w, 1), twin.gini),
}


@pytest.mark.parametrize("name", [*MEASURES, *PAIRWISE])
@pytest.mark.parametrize("positive", [False, True])
def test_measures_are_those_of_their_twins(name, positive):
    ours, slow = {**MEASURES, **PAIRWISE}[name]
    for n in [k for k in SIZES if name in MEASURES or k < 40]:
        x, w = figures(n, n), figures(n, n + 1) + 1
        if positive:
            x = x + 0.5
        near(ours(x, w), number(slow(lists(x), lists(w))), rtol=1e-12)
        x[::7] = NAN
        if n > 1:
            near(ours(x, w), number(slow(lists(x), lists(w))), rtol=1e-12)


@pytest.mark.parametrize("n", [511, 512, 513, 1500, 5000])
def test_many_figures(n):
    rng = np.random.default_rng(n)
    x, w = np.exp(rng.normal(3, 1, (10, n))), rng.uniform(1, 9, (10, n))
    s, p = x / x.sum(1, keepdims=True), w / w.sum(1, keepdims=True)
    r = x / (p * x).sum(1, keepdims=True)
    ranked = np.sort(x, axis=1)
    near(region.hhi(x), (s**2).sum(1), rtol=1e-12)
    near(region.entropy(x), -(s * np.log(s)).sum(1), rtol=1e-12)
    near(region.theil(x, w), (p * r * np.log(r)).sum(1), rtol=1e-12)
    near(region.theil(x, w, index="L"), -(p * np.log(r)).sum(1), rtol=1e-12)
    near(region.williamson(x, w), np.sqrt((p * (r - 1) ** 2).sum(1)), rtol=1e-12)
    near(region.hoover(x, w), np.abs(s - p).sum(1) / 2, rtol=1e-12)
    near(region.leaders(x, 8), ranked[:, -8:].sum(1) / x.sum(1), rtol=1e-12)
    near(ufuncs.region_median(x, n), np.median(x, axis=1), rtol=1e-15)
    gini = ((2 * np.arange(1, n + 1) - n - 1) * ranked).sum(1) / n / x.sum(1)
    near(region.gini(x), gini, rtol=1e-12)
    near(region.gini(x[0]), gini[0], rtol=1e-12)
    near(region.gini(x, np.ones(n)), gini, rtol=1e-12)


def test_what_is_next_to_equal_keeps_its_digits():
    x = 1000 + np.array([0.01, -0.02, 0.03, 0.0, -0.015])
    one = np.ones(5)
    exact = [(v - x.mean()) / x.mean() for v in x]
    near(ufuncs.region_theil(x, one, 5), math.fsum((1 + e) * math.log1p(e) - e for e in exact) / 5, rtol=1e-9)
    near(ufuncs.region_gini(x, 5), twin.gini(x.tolist()), rtol=1e-12)
    near(ufuncs.region_gini_weighted(x, one, 5), twin.gini(x.tolist()), rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e300])
def test_units_far_from_one(scale):
    x = np.array([20.0, 50.0, 20.0, 10.0])
    near(ufuncs.region_hhi(x * scale, 4), 0.34, rtol=1e-15)
    near(ufuncs.region_entropy(x * scale, 4), ufuncs.region_entropy(x, 4), rtol=1e-14)
    near(ufuncs.region_gini(x * scale, 4), 0.3, rtol=1e-14)


@pytest.mark.parametrize("name", [n for n in {**MEASURES, **PAIRWISE} if n not in ("total", "median", "variation")])
def test_what_is_not_allowed_is_nan(name):
    ours, _ = {**MEASURES, **PAIRWISE}[name]
    w = np.ones(3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in ([1.0, -1.0, 5.0], [0.0, 0.0, 0.0], [NAN, NAN, NAN], [np.inf, 1.0, 1.0], [-1.0, -2.0, -3.0]):
            if name in ("gini", "gini_weighted", "leaders") and x[0] == np.inf and name != "gini_weighted":
                continue  # infinite ones count as missing
            assert np.isnan(ours(np.array(x), w)), x
    if name in ("theil", "theil_l", "log_deviation", "gini_weighted", "hoover", "hachman"):
        for w in ([-1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [NAN] * 3):
            assert np.isnan(ours(np.array([1.0, 2.0, 3.0]), np.array(w))), w


# ---- ranks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ties", ["average", "min", "max", "dense", "first"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("n", [1, 2, 5, 8, 9, 31, 90])
def test_ranks(n, ties, descending):
    rng = np.random.default_rng(n)
    x = np.round(rng.normal(0, n / 4, (11, n)))
    x[rng.random(x.shape) < 0.1] = NAN
    x[0], x[1] = -3.0, np.abs(x[1])
    x[2, : n // 2] = -0.0
    x[3] = np.nextafter(1.0, 2.0) ** rng.integers(0, 3, n)  # differ in their last bits alone
    x[4, ::3] = np.inf
    x[4, 1::3] = -np.inf
    want = np.array([[number(v) for v in twin.rank(lists(row), ties, descending)] for row in x[:6]])
    got = region.rank(x, ties=ties, descending=descending)
    np.testing.assert_array_equal(got[:6], want)
    np.testing.assert_array_equal(region.rank(np.asfortranarray(x).T, over=0, ties=ties, descending=descending).T, got)
    np.testing.assert_array_equal([region.rank(row, ties=ties, descending=descending) for row in x], got)


def test_ranks_of_long_series_are_those_of_pandas():
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    for shape in ((9, 4097), (2, 600), (17, 513), (3, 300)):
        x = np.round(rng.normal(0, 100, shape), 1)
        x[rng.random(shape) < 0.05] = NAN
        for ties in ("average", "min", "max", "dense", "first"):
            for descending in (False, True):
                want = pd.DataFrame(x).rank(axis=1, method=ties, ascending=not descending)
                np.testing.assert_array_equal(region.rank(x, ties=ties, descending=descending), want)


def test_ranks_of_other_ties_are_nan():
    for ties in (-1, 5, 0.5, NAN):
        assert np.isnan(ufuncs.region_rank([1.0, 2.0], ties, 0)).all()


def test_places_of_intervals():
    rng = np.random.default_rng(0)
    for n in (1, 2, 7, 40):
        low = np.round(rng.normal(0, 3, n), 1)
        high = low + rng.integers(0, 3, n) / 2
        got = ufuncs.region_rank_bounds(low, high)
        np.testing.assert_array_equal(got, twin.rank_bounds(low.tolist(), high.tolist()))
        low[0] = NAN
        best, worst = ufuncs.region_rank_bounds(low, high)
        assert np.isnan(best[0])
        assert np.isnan(worst[0])
        np.testing.assert_array_equal((best[1:], worst[1:]), twin.rank_bounds(low[1:].tolist(), high[1:].tolist()))


# ---- laws ------------------------------------------------------------------------------------------------------------

levels = st.lists(st.integers(1, 10**6).map(lambda v: v / 100), min_size=2, max_size=40)


@settings(max_examples=MANY, deadline=None)
@given(levels, st.sampled_from([1e-3, 2.0, 1e6]), st.randoms(use_true_random=False))
def test_units_and_order_do_not_matter(x, unit, random):
    x = np.array(x)
    mixed = x[random.sample(range(len(x)), len(x))] * unit
    for measure in (region.hhi, region.entropy, region.gini, region.theil, region.atkinson, region.williamson):
        near(measure(mixed), measure(x), rtol=1e-9, atol=1e-13)
    near(np.sort(region.rank(mixed)), np.sort(region.rank(x)))


@settings(max_examples=MANY, deadline=None)
@given(levels, st.data(), st.sampled_from("TL"))
def test_within_and_between_are_the_whole(x, data, index):
    groups = data.draw(st.lists(st.integers(0, 3), min_size=len(x), max_size=len(x)))
    weights = data.draw(st.lists(st.integers(1, 50), min_size=len(x), max_size=len(x)))
    parts = region.theil_parts(x, weights, groups=groups, index=index)
    near(parts.within + parts.between, region.theil(x, weights, index=index), rtol=1e-10, atol=1e-14)
    near(parts.total, parts.within + parts.between, rtol=0)
    assert parts.within >= 0
    assert parts.between >= 0


tables = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 10**5), min_size=n, max_size=n), min_size=2, max_size=6)
)


@settings(max_examples=MANY, deadline=None)
@given(tables, st.data())
def test_parts_of_a_shift_add_up(before, data):
    before = np.array(before, float)
    cells = st.lists(st.integers(0, 10**5), min_size=before.size, max_size=before.size)
    after = np.array(data.draw(cells), float).reshape(before.shape)
    if before.sum() == 0:
        assert np.isnan(region.shift_share(before, after).national).all()
        return
    parts = region.shift_share(before, after)
    near(parts.change, (after - before).sum(axis=1))
    near(parts.national + parts.mix + parts.competitive, parts.change, rtol=1e-12, atol=1e-6)
    want = np.array(twin.shift_share(before.tolist(), after.tolist()))
    near(np.stack([parts.national, parts.mix, parts.competitive], axis=1), want, rtol=1e-10, atol=1e-6)
    detail = region.shift_share(before, after, detail=True)
    for name in ("change", "national", "mix", "competitive"):
        near(getattr(detail, name).sum(axis=1), getattr(parts, name), rtol=1e-10, atol=1e-6)
    split = region.shift_share(before, after, method="esteban-marquillas")
    near(split.national + split.mix + split.competitive + split.allocation, parts.change, rtol=1e-10, atol=1e-5)
    factors = region.shift_share(before, after, method="gerfin")
    near(factors.mix * factors.competitive, np.where(np.isnan(factors.competitive), NAN, factors.total), rtol=1e-12)


@settings(max_examples=MANY, deadline=None)
@given(tables, st.sampled_from(["nation", "rest"]))
def test_location_quotients(x, reference):
    want = [[number(v) for v in row] for row in twin.location_quotient(x, reference)]
    near(region.location_quotient(np.array(x, float), reference=reference), want, rtol=1e-12)


# ---- the rest -----------------------------------------------------------------------------------------------------


def test_gaps():
    x = np.array([[6.0, 9.0, 4.5], [1.0, NAN, 3.0]])
    near(region.gap(x)[0], [-3, 0, -4.5])
    near(region.gap(x, to="last")[0], [1.5, 4.5, 0])
    near(region.gap(x, to="mean")[0], x[0] - x[0].mean())
    near(region.gap(x, to="median")[0], [0, 3, -1.5])
    assert np.isnan(region.gap(x)[1]).all()
    near(region.gap(x, min_coverage=0.5)[1], [-2, NAN, 0])
    near(region.gap(x, min_coverage=0.5, to="mean")[1], [-1, NAN, 1])


def test_catching_up():
    years = region.catch_up([50.0, 100.0, 200.0, 50.0, 0.0], 100.0, [0.07, 0.01, 0.01, 0.02, 0.05], 0.02)
    near(years[0], math.log(2) / math.log(1.07 / 1.02))
    near(years[1:3], [0.0, math.log(2) / math.log(1.02 / 1.01)])
    assert np.isnan(years[3:]).all()


def test_sigma_and_beta():
    rng = np.random.default_rng(0)
    first = np.exp(rng.normal(3, 0.5, 40))
    last = np.exp(0.6 * np.log(first) + 1.9 + rng.normal(0, 0.05, 40))
    found = region.beta(first, last, 20)
    slope, intercept = np.polyfit(np.log(first), np.log(last / first) / 20, 1)
    near((found.slope, found.intercept), (slope, intercept), rtol=1e-9)
    near(found.r_squared, np.corrcoef(np.log(first), np.log(last / first))[0, 1] ** 2, rtol=1e-9)
    near(found.half_life, math.log(2) / (-math.log(1 + slope * 20) / 20), rtol=1e-9)
    assert region.sigma(last) < region.sigma(first)
    near(region.sigma(first), np.log(first).std(), rtol=1e-12)
    near(region.sigma(first, of="level"), first.std() / first.mean(), rtol=1e-12)
    assert found.count == 40
    assert np.isnan(region.beta([1.0, 2.0], [2.0, 3.0], 5).slope)
    assert np.isnan(region.beta([2.0, 2.0, 2.0], [2.0, 3.0, 4.0], 5).slope)
    assert np.isnan(region.beta([1.0, 2.0, 3.0], [1.0, 4.0, 9.0], 5).half_life)


def test_normalised_and_corrected():
    x = [20.0, 50.0, 20.0, 10.0]
    near(region.hhi(x, normalised=True), 0.12)
    near(region.gini(x, corrected=True), 0.4)
    near(region.entropy([1.0, 1.0, 1.0], normalised=True), 1.0)
    near(region.entropy([4.0, 1.0], base=2), -(0.8 * math.log2(0.8) + 0.2 * math.log2(0.2)))
    for alone in (region.hhi([3.0], normalised=True), region.gini([3.0], corrected=True)):
        assert np.isnan(alone)
    near(region.leaders(x, 9), 1.0)
    near(region.ellison_glaeser([80.0, 10.0, 10.0], [40.0, 30.0, 30.0], 0.1), (0.24 / 0.66 - 0.1) / 0.9)
    assert np.isnan(region.ellison_glaeser([80.0, 10.0], [100.0, 0.0], 0.1))
    assert np.isnan(region.ellison_glaeser([80.0, 10.0], [50.0, 50.0], 1.0))


def test_coverage():
    x = [[20.0, 50.0, 20.0, 10.0], [20.0, NAN, 20.0, 10.0], [NAN, NAN, NAN, 10.0]]
    near(region.hhi(x), [0.34, NAN, NAN])
    near(region.hhi(x, min_coverage=0.75), [0.34, 0.36, NAN])
    near(region.hhi(x, min_coverage=0.01), [0.34, 0.36, 1.0])


BAD = [
    (lambda: region.hhi([]), "no figures"),
    (lambda: region.hhi(3.0), "no others"),
    (lambda: region.hhi([1.0], min_coverage=0), "above 0 and up to 1, got 0"),
    (lambda: region.hhi([1.0], over=1), "out of bounds"),
    (lambda: region.rank([1.0], ties="best"), "expected one of average, min, max, dense, first, got 'best'"),
    (lambda: region.leaders([1.0], 0), "1 or more, got 0"),
    (lambda: region.entropy([1.0], base=1), "more than 1, got 1"),
    (lambda: region.theil([1.0], index="H"), "'T' or 'L', got 'H'"),
    (lambda: region.theil_parts([1.0, 2.0], groups=["a"]), "1 are given for 2 figures"),
    (lambda: region.atkinson([1.0], aversion=0), "more than 0, got 0"),
    (lambda: region.gap([1.0], to="best"), "leader, last, mean, median, got 'best'"),
    (lambda: region.sigma([1.0], of="logs"), "'log' or 'level', got 'logs'"),
    (lambda: region.beta([1.0], [1.0], 0), "more than 0, got 0"),
    (lambda: region.location_quotient([1.0, 2.0]), "two dimensions, not one"),
    (lambda: region.location_quotient([[1.0]], reference="all"), "'nation' or 'rest', got 'all'"),
    (lambda: region.location_quotient([[1.0]], regions=1), "axis 1 is what is summed over"),
    (lambda: region.shift_share([[1.0]], [[1.0]], method="shift"), "gerfin, got 'shift'"),
    (lambda: region.shift_share([[1.0]], [[1.0]], method="gerfin", detail=True), "of whole regions"),
    (lambda: region.shift_share(np.ones((2, 2)), np.ones((3, 2))), "shape|inhomogeneous"),
]


@pytest.mark.parametrize("k", range(len(BAD)))
def test_refused(k):
    call, message = BAD[k]
    with pytest.raises((ValueError, TypeError, np.exceptions.AxisError), match=message):
        call()


def test_a_region_without_industries_and_an_industry_without_regions():
    x = np.array([[30.0, 10.0, 0.0], [0.0, 0.0, 0.0], [20.0, 40.0, 0.0]])
    found = region.location_quotient(x)
    assert np.isnan(found[1]).all()
    assert np.isnan(found[:, 2]).all()
    near(found[np.ix_([0, 2], [0, 1])], region.location_quotient(x[np.ix_([0, 2], [0, 1])]))
    parts = region.shift_share(x, x + np.array([0, 0, 5]))
    near(parts.competitive[1], 5.0)  # new to the region and to the nation
    assert np.isnan(region.hhi(x)[1])
