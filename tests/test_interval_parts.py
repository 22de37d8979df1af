"""Parts and their total: bounds contain whatever the figures may be, and are attained where they say so."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import region as twin

from indicia import interval, region
from indicia.interval import Interval

RANDOM = int(os.environ.get("INDICIA_INTERVALS", "2000"))  # unrounded inputs of each case; a million takes minutes
NAN = float("nan")


def drawn(x, rng, count):
    """Figures within intervals: anywhere, and at their ends, where extremes are."""
    u = rng.random((count, *x.shape))
    u = np.where(rng.random((count, *[1] * len(x.shape))) < 0.5, np.round(u), u)
    return x.low + u * (x.high - x.low)


def batches(x, seed=0):
    rng = np.random.default_rng(seed)
    for start in range(0, RANDOM, 50_000):
        yield drawn(x, rng, min(50_000, RANDOM - start))


def inside(values, bounds):
    assert (values >= bounds.low).all(), (values - bounds.low).min()
    assert (values <= bounds.high).all(), (values - bounds.high).max()


CASES = [
    interval.from_decimals([5.0, 3.0, 2.0], 0),
    interval.from_decimals([0.0, 1.0, 2.0, 30.0], 0),
    interval.from_decimals([12.3, 0.4, 8.8, 41.9, 3.0], 1),
    interval.from_decimals([1200.0, 30.5, 7.25], [-2, 1, 2]),
    Interval([1.0, 2.0, 0.0, 3.0], [9.0, 2.5, 1.0, 3.0]),
    Interval([4.0, 4.0, 4.0], [4.0, 4.0, 4.0]),
    interval.from_decimals(np.arange(1.0, 41), 0),
]


@pytest.mark.parametrize("k", range(len(CASES)))
def test_bounds_contain_what_may_be(k):
    x = CASES[k]
    positive = Interval(np.maximum(x.low, 0), x.high)
    shares, found = interval.shares(x), interval.hhi(x)
    now = Interval(positive.low * 1.1, positive.high * 1.1 + 0.2)
    added = interval.contributions(now, x)
    places = interval.rank(positive)
    for values in batches(positive):
        total = values.sum(axis=1, keepdims=True)
        inside(values / total, Interval(shares.low * (1 - 1e-15), shares.high * (1 + 1e-15)))
        inside(region.hhi(values), found.interval)
        later = now.low + (now.high - now.low) * np.random.default_rng(1).random(values.shape)
        inside((later - values) / total, Interval(added.low - 1e-15, added.high + 1e-15))
        inside(region.rank(values), places)


@pytest.mark.parametrize("k", range(len(CASES)))
def test_ends_are_attained(k):
    x = CASES[k]
    low, high = np.maximum(x.low, 0), x.high
    shares = interval.shares(x)
    for i in range(x.shape[0]):
        for figure, others, end in ((low, high, shares.low), (high, low, shares.high)):
            corner = others.copy()
            corner[i] = figure[i]
            assert end[i] == pytest.approx(corner[i] / corner.sum(), rel=1e-14)
    found = interval.hhi(x)
    if x.shape[0] <= 6:
        assert found.exact
        best, worst = twin.hhi_bounds(low.tolist(), high.tolist())
        assert found.interval.high == pytest.approx(worst, rel=1e-14)
        assert found.interval.low == pytest.approx(best, rel=1e-3)
        assert found.interval.low <= best


widths = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15)), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(widths)
def test_the_index_at_all_corners(pairs):
    low, high = np.array([a for a, _ in pairs], float), np.array([a + w for a, w in pairs], float)
    found = interval.hhi(Interval(low, high))
    if high.max() == 0:
        assert np.isnan(found.interval.low)
        return
    assert found.exact
    best, worst = twin.hhi_bounds(low.tolist(), high.tolist())
    assert found.interval.high == pytest.approx(worst, rel=1e-13)
    assert found.interval.low <= best * (1 + 1e-15)
    assert found.interval.low == pytest.approx(best, rel=2e-3)


def test_one_step_is_exact_for_any_number():
    x = interval.from_decimals(np.round(np.random.default_rng(0).uniform(0, 9, 300), 1), 1)
    assert interval.hhi(x).exact
    mixed = Interval(x.low, x.high + np.arange(300) % 7 / 10)
    found = interval.hhi(mixed)
    inside(
        region.hhi(drawn(Interval(np.maximum(mixed.low, 0), mixed.high), np.random.default_rng(0), 500)), found.interval
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([(2, 2), (3, 2), (2, 4)]))
def test_quotients_contain_what_may_be(seed, shape):
    rng = np.random.default_rng(seed)
    x = interval.from_decimals(np.round(rng.uniform(0, 12, shape) * rng.choice([0.1, 1, 5], shape)), 0)
    found = interval.location_quotient(x)
    positive = Interval(np.maximum(x.low, 0), x.high)
    tops, bottoms = np.zeros(shape), np.full(shape, np.inf)
    for corner in itertools.islice(itertools.product((0, 1), repeat=x.low.size), 4096):
        values = np.where(np.reshape(corner, shape), positive.high, positive.low)
        with np.errstate(all="ignore"):
            made = region.location_quotient(values)
        tops, bottoms = np.fmax(tops, made), np.fmin(bottoms, made)
    known = np.isfinite(tops) & np.isfinite(bottoms) & ~np.isnan(found.low)
    assert (found.low[known] <= bottoms[known]).all()
    assert (found.high[known] >= tops[known]).all()
    closed = known & np.isfinite(found.high) & (bottoms > 0)
    np.testing.assert_allclose(found.low[closed], bottoms[closed], rtol=1e-12)
    for values in (drawn(positive, rng, 500),):
        made = np.array([region.location_quotient(v) for v in values])
        there = ~np.isnan(made) & ~np.isnan(found.low)
        assert (np.where(there, made, 1.0) >= np.where(known, found.low, 0)).all()
        assert (np.where(there, made, 1.0) <= np.where(known, found.high, np.inf)).all()


def test_a_quotient_may_be_highest_inside():
    x = Interval([[0.1, 1.0], [1.0, 100.0]], [[40.0, 1.0], [1.0, 100.0]])
    found = interval.location_quotient(x).high[0, 0]
    sizes = np.linspace(0.1, 40, 40_001)
    values = sizes * (sizes + 102) / (sizes + 1) ** 2
    assert found == pytest.approx(values.max(), rel=1e-7)
    assert found >= values.max()
    assert values.max() > max(values[0], values[-1]) * 1.0001


def test_axes_and_what_is_unknown():
    x = interval.from_decimals([[5.0, NAN], [3.0, 1.0], [2.0, 1.0]], 0)
    found = interval.hhi(x, axis=0)
    assert found.exact.tolist() == [True, False]
    assert np.isnan(found.interval.low[1])
    assert np.isnan(interval.shares(x, axis=0).low[:, 1]).all()
    assert interval.shares(x, axis=0).low[0, 0] == interval.shares(interval.from_decimals([5.0, 3.0, 2.0], 0)).low[0]
    assert np.isnan(interval.hhi(Interval([-2.0, 1.0], [-1.0, 2.0])).interval.low)
    assert interval.hhi(Interval([1.0, 1.0], [2.0, np.inf])).interval.high == 1
    both = interval.location_quotient(interval.from_decimals(np.arange(1.0, 7).reshape(2, 3), 0))
    other = interval.location_quotient(
        interval.from_decimals(np.arange(1.0, 7).reshape(2, 3).T, 0), regions=-1, industries=-2
    )
    np.testing.assert_array_equal(both.low, other.low.T)
    for refused in (lambda: interval.hhi(Interval(1, 2)), lambda: interval.shares(Interval(1, 2))):
        with pytest.raises(ValueError, match="no others"):
            refused()
    with pytest.raises(ValueError, match="two dimensions"):
        interval.location_quotient(interval.from_decimals([1.0], 0))
