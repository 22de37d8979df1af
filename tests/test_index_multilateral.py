"""Multilateral indices against slow twins, their laws, windows, and tables that don't hang together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import index as twin

import indicia
from indicia import index

NAN = float("nan")
FEW = settings(max_examples=12, deadline=None)
ALL = ["geks", "ccdi", "geks_walsh", "geary_khamis", "time_product_dummy"]


def lists(array):
    return [[None if np.isnan(x) else x for x in row] for row in np.asarray(array, float).tolist()]


def close(got, want, tolerance=1e-10):
    np.testing.assert_allclose(got, np.asarray(want, float), rtol=tolerance, equal_nan=True)


def table(items=15, periods=7, seed=0, gaps=0.2):
    """An item or two that are always there, others that come and go."""
    rng = np.random.default_rng(seed)
    p = np.exp(rng.normal(0, 0.1, (items, periods)).cumsum(1)) * rng.lognormal(1, 1, (items, 1))
    q = rng.lognormal(2, 1, p.shape) / p
    gone = rng.random(p.shape) < gaps
    gone[0] = False
    p[gone] = q[gone] = NAN
    return p, q


@pytest.mark.parametrize(
    "formula", ["fisher", "tornqvist", "walsh", "jevons", "product_dummy", "sato_vartia", "stuvel"]
)
@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_geks_against_the_twin(formula, gaps):
    p, q = table(gaps=gaps)
    close(index.geks(p, q, formula=formula), twin.geks(formula, lists(p), lists(q), range(7)))
    if formula == "jevons":
        close(index.geks(p, formula=formula), index.geks(p, q, formula=formula))


@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_others_against_the_twin(gaps):
    p, q = table(gaps=gaps)
    close(index.geary_khamis(p, q), twin.geary_khamis(lists(p), lists(q)))
    close(index.time_product_dummy(p, q), twin.time_product_dummy(lists(p), lists(q)))
    even = np.where(np.isnan(p), np.nan, 1 / p)  # every price counts the same if all values are
    if gaps == 0:
        close(index.time_product_dummy(p), twin.time_product_dummy(lists(p), lists(even)))
        close(index.time_product_dummy(p), index.jevons(p))
    close(index.ccdi(p, q), index.geks(p, q, formula="tornqvist"))
    close(index.geks_walsh(p, q), index.geks(p, q, formula="walsh"))


@FEW
@given(st.integers(0, 10**6), st.sampled_from(ALL))
def test_laws(seed, name):
    p, q = table(6, 5, seed)
    function = getattr(index, name)
    got = function(p, q)
    assert got[0] == 1
    # circular: whatever the base, two periods compare alike
    close(function(p, q, base=3), got / got[3])
    order = np.random.default_rng(seed).permutation(5)
    close(function(p[:, order], q[:, order]), got[order] / got[order[0]])  # periods in any order
    units = np.random.default_rng(seed).lognormal(0, 2, (6, 1))
    close(function(p * units, q / units), got, 1e-9)
    known = ~np.isnan(p)
    alike = np.where(known, p[:, :1].clip(0.1) if not np.isnan(p[:, 0]).any() else 2.0, np.nan)
    path = np.array([1.0, 1.1, 0.9, 2.0, 0.5])
    close(function(alike * path, q), path)  # all prices in proportion
    two = ~np.isnan(p[:, :2]).any(1)
    pairs = {"geks": index.fisher, "ccdi": index.tornqvist, "geks_walsh": index.walsh}
    if name in pairs:
        close(function(p[two, :2], q[two, :2]), pairs[name](p[two, :2], q[two, :2]))
    if name == "time_product_dummy" and two.all():
        close(function(p[:, :2], q[:, :2]), index.product_dummy(p[:, :2], q[:, :2]))


def test_digits_hold_where_prices_hardly_move():
    rng = np.random.default_rng(1)
    p = 1e6 * (1 + 1e-9 * rng.random((200, 8)))
    q = rng.lognormal(0, 1, p.shape)
    for formula in ("fisher", "tornqvist", "walsh", "jevons"):
        close(index.geks(p, q, formula=formula), twin.geks(formula, lists(p), lists(q), range(8)), 1e-14)


# ---- windows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("splice", ["movement", "window", "half", "mean", "window_published", "half_published",
                                    "mean_published"])  # fmt: skip
def test_windows_are_spliced(name, splice):
    p, q = table(12, 9, 3)
    function = getattr(index, name)
    rows = [function(p[:, k : k + 4], q[:, k : k + 4]) for k in range(6)]
    close(function(p, q, window=4, splice=splice), index.splice_windows(rows, splice=splice))
    close(function(p, q, window=9, splice=splice), function(p, q))
    if splice != "mean":  # which stands on the window before, where there is one
        again = index.splice_windows(rows[1:2], splice=splice, published=rows[0])
        close(again, index.splice_windows(rows[:2], splice=splice))


def test_splices_by_hand():
    windows = [[1.0, 2.0, 4.0, 5.0], [1.0, 3.0, 4.0, 6.0], [1.0, 1.0, 1.0, 2.0]]
    close(index.splice_windows(windows, splice="movement"), [1, 2, 4, 5, 5 * 6 / 4, 15])
    fifth = 5 * 6 / (5 / 2)
    close(index.splice_windows(windows, splice="window"), [1, 2, 4, 5, fifth, fifth * 2 / (6 / 3)])
    close(index.splice_windows(windows, splice="window_published"), [1, 2, 4, 5, 2 * 6, 4 * 2])
    close(index.splice_windows(windows, splice="half")[4], 4 * 6 / 3)
    close(index.splice_windows(windows, splice="mean")[4], (12 * 4 * 6 / 3 * 7.5) ** (1 / 3))
    with pytest.raises(ValueError, match="splice: expected one of"):
        index.splice_windows(windows, splice="last")
    with pytest.raises(ValueError, match="two periods or more"):
        index.splice_windows([[1.0]])
    with pytest.raises(ValueError, match="needs 3 periods, there are 2"):
        index.splice_windows(windows, published=[1.0, 1.0])


def test_fixed_bases():
    p, q = table(12, 30, 5)
    time = indicia.Periods.span("2019-12", "2022-05")
    cubes = [indicia.Cube(["item", "time"], {"item": [str(k) for k in range(12)]}, time, x) for x in (p, q)]
    moving = index.ccdi(*cubes, window=13, splice="fixed_base_moving").values
    expanding = index.ccdi(*cubes, splice="fixed_base_expanding").values
    close(moving[:13], index.ccdi(p[:, :13], q[:, :13]))
    for t in range(1, 30):
        base = (t - 1) // 12 * 12
        close(expanding[t], expanding[base] * index.ccdi(p[:, base : t + 1], q[:, base : t + 1])[-1])
        if t >= 13:
            window = index.ccdi(p[:, t - 12 : t + 1], q[:, t - 12 : t + 1])
            close(moving[t], moving[base] * window[-1] / window[base - t + 12])
    close(index.ccdi(p, q, splice="fixed_base_expanding"), expanding)
    close(index.ccdi(p, q, window=13, splice="fixed_base_moving", per_year=12), moving)
    with pytest.raises(ValueError, match="don't hold the base"):
        index.ccdi(*cubes, window=5, splice="fixed_base_moving")
    with pytest.raises(ValueError, match="window: expected 2"):
        index.ccdi(p, q, window=1)
    with pytest.raises(ValueError, match="splice: expected"):
        index.ccdi(p, q, window=5, splice="none")


# ---- containers and what goes wrong ---------------------------------------------------------------------------------


def test_containers():
    pd = pytest.importorskip("pandas")
    p, q = table(5, 6, 2)
    months = pd.period_range("2020-01", periods=6, freq="M")
    frames = [pd.DataFrame(x.T, index=months, columns=list("abcde")) for x in (p, q)]
    for name in ALL:
        function = getattr(index, name)
        got = function(*frames, base="2020-02")
        want = function(p, q)
        close(got.to_numpy(), want / want[1])
        assert got.index.equals(months)
        close(function(np.stack([p, p * 2]), np.stack([q, q])), np.stack([want, want]))
    with pytest.raises(ValueError, match="don't rise"):
        index.geks(frames[0].iloc[::-1], frames[1].iloc[::-1])


def test_tables_that_do_not_hang_together():
    p = np.array([[1.0, 1.0, NAN, NAN], [NAN, NAN, 2.0, 2.0]])
    q = np.where(np.isnan(p), NAN, 1.0)
    for name in ALL:
        with pytest.raises(ValueError, match="period 0 and period 2"):
            getattr(index, name)(p, q)
    p[0, 2] = q[0, 2] = 1.0  # linked by way of the third
    with pytest.raises(ValueError, match="period 0 and period 3 share no item"):
        index.geks(p, q)
    close(index.time_product_dummy(p, q), [1, 1, 1, 1])
    close(index.geary_khamis(p, q), [1, 1, 1, 1])
    with pytest.raises(ValueError, match="price of item 1 in period 3: 0"):
        index.ccdi(np.where(np.isnan(p), NAN, [[1, 1, 1, 1], [1, 1, 1, 0.0]]), q)
    with pytest.raises(ValueError, match="fisher needs them"):
        index.geks(p)
    with pytest.raises(ValueError, match="laspeyres there and back is not 1"):
        index.geks(p, q, formula="laspeyres")
    with pytest.raises(ValueError, match="formula: expected one of"):
        index.geks(p, q, formula="fischer")


def test_an_item_that_is_seen_once_changes_nothing():
    p, q = table(8, 6, 4, 0.0)
    once = np.full((1, 6), NAN)
    once[0, 3] = 100.0
    more = [np.concatenate([x, once]) for x in (p, q)]
    for name in ("geks", "geks_walsh"):
        close(getattr(index, name)(*more), getattr(index, name)(p, q))
    close(index.geary_khamis(*more), index.geary_khamis(p, q))
    assert index.time_product_dummy(*more).shape == (6,)
