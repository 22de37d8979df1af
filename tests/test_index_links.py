"""Chains, splices and deflators: against their slow twin, there and back, and what goes wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn
from reference import index as twin

import indicia
from indicia import Cube, Periods, index, ufuncs

NAN = float("nan")
FEW = settings(max_examples=20, deadline=None)


def lists(array):
    return [None if np.isnan(x) else x for x in np.asarray(array, float).tolist()]


def close(got, want, tolerance=1e-12):
    want = np.array([NAN if x is None else x for x in want]) if isinstance(want, list) else want
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=1e-13, equal_nan=True)


def links_of(n, head, seed=0):
    x = 1 + np.random.default_rng(seed).normal(0, 0.02, n)
    x[:head] = NAN
    return x


# ---- links on the period before --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 2, 5, 31, 32, 33, 100, 1000])
@pytest.mark.parametrize("head", [0, 1, 2, 40])
def test_chains_against_the_twin(n, head):
    x = links_of(n, head)
    for first, last in ((0, 0), (n // 2, n // 2 + n // 3), (0, n), (head, min(head + 3, n))):
        want = twin.chain(lists(x), first, last, 100.0) if first <= last <= n else None
        if want is not None:
            close(ufuncs.index_chain(x, first, last, 100.0), want)
            close(ufuncs.index_chain_rates(x - 1, first, last, 100.0), want, 1e-11)
    if n > 20:
        x[n - 5] = NAN
        close(index.chain(x), twin.chain(lists(x), 0, 0, 1.0))


def test_layouts_of_chains():
    x = np.stack([links_of(70, k % 4, k) for k in range(30)])
    want = np.array([index.chain(row, reference=50, level=100) for row in x])
    for axis, given_ in ((-1, x), (0, np.ascontiguousarray(x.T)), (1, np.asfortranarray(x))):
        got = index.chain(given_, reference=50, level=100, axis=axis)
        np.testing.assert_array_equal(got if axis else got.T, want)
        out = np.empty_like(given_)
        assert index.chain(given_, reference=50, level=100, axis=axis, out=out) is out
        inside = given_.copy()
        index.chain(inside, reference=50, level=100, axis=axis, out=inside)
        np.testing.assert_array_equal(inside, out)
    large = np.broadcast_to(x[:, :60], (1200, 30, 60)).copy()
    np.testing.assert_array_equal(index.chain(large)[700], index.chain(x[:, :60]))


@FEW
@given(hn.arrays(np.float64, st.integers(1, 60), elements=st.floats(0.5, 2)))
def test_there_and_back(x):
    close(index.chain(index.unchain(x), level=x[0]), x if len(x) > 1 else [None], 1e-10)
    for freq, overlap in (("Q", "last"), ("Q", "same"), ("M", "year"), ("S", "year")):
        per_year = {"S": 2, "Q": 4, "M": 12}[freq]
        n = len(x) // per_year * per_year
        if n < 2 * per_year:
            continue
        again = index.chain(index.unchain(x[:n], overlap=overlap, freq=freq), overlap=overlap, freq=freq)
        after = slice(per_year, n)
        if overlap == "same":
            close(again[after], (x[:n].reshape(-1, per_year) / x[:per_year]).ravel()[after], 1e-10)
        else:
            base = x[per_year - 1] if overlap == "last" else x[:per_year].mean()
            close(again[after], x[after] / base, 1e-10)


def test_chains_of_containers():
    pd = pytest.importorskip("pandas")
    months = pd.period_range("2020-01", periods=30, freq="M")
    x = pd.Series(links_of(30, 1), index=months, name="cpi")
    got = index.chain(x, reference="2020", level=100)
    assert got.name == "cpi"
    assert got.iloc[:12].mean() == pytest.approx(100)
    pd.testing.assert_series_equal(index.unchain(got), x)
    cube = Cube(["time"], {}, Periods.span("2020-01", "2022-06"), x.to_numpy(), unit="fraction")
    assert index.chain(cube).unit == "index"
    with pytest.raises(ValueError, match="don't rise"):
        index.chain(x.iloc[::-1])
    with pytest.raises(ValueError, match="say freq="):
        index.chain(x.to_numpy(), overlap="year")
    with pytest.raises(ValueError, match="overlap: expected"):
        index.unchain(x, overlap="december")
    with pytest.raises(indicia.UnknownNameError, match="no period lies in 2019"):
        index.chain(x, reference="2019")
    with pytest.raises(TypeError, match="out="):
        index.chain(x.to_numpy(), overlap="year", freq="M", out=x.to_numpy())


# ---- links on the year before ----------------------------------------------------------------------------------------


def basket(years=4, per_year=4, items=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.lognormal(0, 0.2, (items, years * per_year)), rng.lognormal(1, 0.2, (items, years * per_year))


@FEW
@given(st.integers(0, 10**6), st.sampled_from(["S", "Q", "M"]))
def test_laws_of_overlaps(seed, freq):
    per_year = {"S": 2, "Q": 4, "M": 12}[freq]
    p, q = basket(4, per_year, 3, seed)
    at_previous, at_own = index.previous_year_prices(p, q, freq=freq)
    value = (p * q).sum(0)
    close(at_own.reshape(4, -1).sum(1), value.reshape(4, -1).sum(1))
    # annual overlap: the quarters of a year add up to the annual Laspeyres chain
    got = index.chain_link(at_previous, value, freq=freq).reshape(4, -1).mean(1)
    yearly = [x.reshape(3, 4, per_year) for x in (p * q, q)]
    annual = index.laspeyres(yearly[1].sum(-1), yearly[0].sum(-1) / yearly[1].sum(-1), chained=True)
    close(got, 100 * annual, 1e-11)
    # one-quarter overlap: the step from the last quarter is that of the volumes at the same prices
    last = index.chain_link(at_previous, at_own, overlap="last", freq=freq)
    for t in range(per_year, 4 * per_year, per_year):
        assert last[t] / last[t - 1] == pytest.approx(at_previous[t] / at_own[t - 1])
    # over the year: growth on the same quarter of the year before
    same = index.chain_link(at_previous, at_own, overlap="same", freq=freq)
    close(same[per_year:] / same[:-per_year], at_previous[per_year:] / at_own[:-per_year], 1e-11)
    close(index.chain_link(at_previous, at_own, freq=freq, reference=5, level="value")[5], at_own[5], 1e-11)


def test_a_year_that_lacks_a_quarter_is_named():
    pd = pytest.importorskip("pandas")
    quarters = pd.period_range("2020Q1", periods=12, freq="Q").delete(7)
    x = pd.Series(np.arange(1.0, 12), index=quarters)
    with pytest.raises(ValueError, match="overlap='last': there is no 2021-Q4"):
        index.chain_link(x, x, overlap="last")
    with pytest.raises(ValueError, match="there is no 2021-Q4"):
        index.chain_link(x, x)
    prices = pd.DataFrame({"a": x, "b": x})
    with pytest.raises(ValueError, match="there is no 2021-Q4, so that its year has no average prices"):
        index.previous_year_prices(prices, prices)
    unlinked = index.unchain(x, overlap="last")
    assert unlinked.isna().tolist() == [True] * 4 + [False] * 3 + [True] * 4
    short = index.chain_link(x.iloc[:7], x.iloc[:7])  # the last year may be going on
    assert short.notna().all()
    with pytest.raises(ValueError, match="price of item a in 2020-Q2: -1"):
        index.previous_year_prices(prices.replace(2.0, -1.0), prices)
    with pytest.raises(ValueError, match="expected 'year'"):
        index.chain_link(x, x, overlap="period")
    with pytest.raises(ValueError, match="level"):
        index.chain_link(x.iloc[:7], x.iloc[:7], level="hundred")


# ---- levels ----------------------------------------------------------------------------------------------------------


def test_rereference_and_rebase():
    pd = pytest.importorskip("pandas")
    months = pd.period_range("2020-01", periods=24, freq="M")
    x = pd.Series(np.linspace(90, 120, 24), index=months)
    got = index.rereference(x, "2021")
    assert got.loc["2021"].mean() == pytest.approx(100)
    close(got / x, np.full(24, (got / x).iloc[0]))
    close(index.rereference(x, ("2020-03", "2020-04")).iloc[2:4].mean(), 100.0)
    close(index.rereference(x.to_numpy(), slice(0, 3), level=1).mean(), x.mean() / x.iloc[:3].mean())
    value, volume = basket(2, 4, 3)
    based = index.rebase(volume, value, slice(4, 8))
    close(based[:, 4:].sum(1), value[:, 4:].sum(1))
    close(based / volume, np.repeat((based / volume)[:, :1], 8, 1))
    with pytest.raises(ValueError, match="carries no periods"):
        index.rereference([1.0, 2.0], "2020")


def test_splices():
    pd = pytest.importorskip("pandas")
    xr = pytest.importorskip("xarray")
    old = pd.Series([80.0, 90.0, 100.0], index=pd.period_range("2018", periods=3, freq="Y"))
    new = pd.Series([50.0, 60.0, 66.0], index=pd.period_range("2020", periods=3, freq="Y"))
    got = index.splice(old, new)
    assert got.tolist() == [40.0, 45.0, 50.0, 60.0, 66.0]
    assert index.splice(old, new, keep="old").tolist() == [80.0, 90.0, 100.0, 120.0, 132.0]
    arrays = [xr.DataArray(s.to_numpy(), dims="time", coords={"time": s.index}) for s in (old, new)]
    close(index.splice(*arrays).to_numpy(), got.to_numpy())
    cubes = [Cube(["time"], {}, Periods.from_pandas(s.index), s.to_numpy()) for s in (old, new)]
    close(index.splice(*cubes).values, got.to_numpy())
    with pytest.raises(ValueError, match="no period in common"):
        index.splice(old, new.iloc[1:])
    with pytest.raises(ValueError, match="is not known of both"):
        index.splice(old, new, at="2021")
    a, b = [1.0, 2.0, 4.0, NAN], [NAN, 4.0, 6.0, 9.0]
    close(index.splice(a, b), [10 / 6, 4.0, 6.0, 9.0])
    close(index.splice(a, b, at=1), [2.0, 4.0, 6.0, 9.0])
    with pytest.raises(ValueError, match="keep"):
        index.splice(a, b, keep="both")


def test_deflators():
    value, volume = [110.0, 121.0, 5.0], [100.0, 110.0, 0.0]
    deflator = index.implicit_deflator(value, volume)
    close(deflator, [110.0, 110.0, None])
    close(index.deflate(value, deflator), [100.0, 110.0, None])
    close(index.terms_of_trade([110.0, 1.0], [100.0, -1.0]), [110.0, None])
    time = Periods.span("2020", "2021")
    money = Cube(["time"], {}, time, [110.0, 121.0], unit="CNY")
    prices = Cube(["time"], {}, time, [100.0, 110.0], unit="index")
    real = index.deflate(money, prices)
    assert real.unit == "CNY"
    close(real.values, [110.0, 110.0])
    assert index.implicit_deflator(money, real).unit == "index"
    with pytest.raises(ValueError, match="units differ"):
        index.implicit_deflator(money, indicia.Cube(["time"], {}, time, [1.0, 2.0], unit="USD"))
