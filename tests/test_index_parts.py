"""Contributions, coverage and unit values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import Periods, index
from indicia._index_formulas import FORMULAS
from indicia._index_parts import WHOLE

NAN = float("nan")
FEW = settings(max_examples=5, deadline=None)
PRICES = ("carli", "dutot", "jevons", "harmonic", "cswd")


def close(got, want, tolerance=1e-10):
    np.testing.assert_allclose(got, np.asarray(want, float), rtol=tolerance, atol=1e-12, equal_nan=True)


def table(seed, items=7, periods=4):
    rng = np.random.default_rng(seed)
    p, q = rng.lognormal(0, 0.5, (items, periods)), rng.lognormal(0, 1, (items, periods))
    q[rng.random(q.shape) < 0.1] = 0
    p[rng.random(p.shape) < 0.2] = NAN
    p[0], q[0] = 1.0, 1.0
    return p, q


def made(name, p, q, **options):
    if name == "geary_khamis":
        return None
    if name == "lloyd_moulton":
        return index.lloyd_moulton(p, q, sigma=2.5, **options)
    return getattr(index, name)(p, **options) if name in PRICES else getattr(index, name)(p, q, **options)


@pytest.mark.parametrize("name", [name for name in FORMULAS if name not in WHOLE])
@FEW
@given(seed=st.integers(0, 10**6))
def test_contributions_add_up(name, seed):
    p, q = table(seed)
    sigma = 2.5 if name == "lloyd_moulton" else None
    quantities = None if name in PRICES else q
    for chained in (False, True):
        parts = index.contributions(p, quantities, formula=name, sigma=sigma, chained=chained)
        assert parts.shape == p.shape
        whole = made(name, p, q, chained=chained)
        if whole is None:
            continue
        if FORMULAS[name].indicator:
            close(parts.sum(0), whole)
            continue
        change = np.diff(whole) / whole[:-1] if chained else whole - 1
        close(parts[:, 1:].sum(0) if chained else parts.sum(0), change, 1e-9)
        if chained:
            assert np.isnan(parts[:, 0]).all()
    same = index.contributions(
        np.ones((3, 2)), quantities if quantities is None else np.ones((3, 2)), formula=name, sigma=sigma
    )
    close(same, np.zeros((3, 2)))


def test_an_item_whose_price_stays_adds_nothing():
    p, q = table(3)
    p[0] = 1.0
    for name in FORMULAS:
        if name not in WHOLE:
            quantities = None if name in PRICES else q
            sigma = 1.0 if name == "lloyd_moulton" else None
            close(index.contributions(p, quantities, formula=name, sigma=sigma)[0], np.zeros(4))


def test_contributions_of_frames_and_what_goes_wrong():
    pd = pytest.importorskip("pandas")
    p, q = table(1)
    frames = [pd.DataFrame(x.T, index=pd.period_range("2020", periods=4, freq="Y")) for x in (p, q)]
    got = index.contributions(*frames, base="2021")
    assert got.columns.equals(frames[0].columns)
    close(got.sum(axis=1), index.fisher(*frames, base="2021") - 1)
    with pytest.raises(ValueError, match="no rule takes stuvel apart"):
        index.contributions(p, q, formula="stuvel")
    with pytest.raises(ValueError, match="fisher needs them"):
        index.contributions(p)
    with pytest.raises(ValueError, match="formula: expected one of"):
        index.contributions(p, q, formula="fischer")


def test_coverage():
    p = np.array([[1.0, 2.0, NAN], [NAN, 1.0, 1.0], [1.0, 1.0, 1.0]])
    q = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [1.0, 4.0, NAN]])
    close(index.coverage(p, q), [1, 6 / 8, 0])
    close(index.coverage(p, q, chained=True), [NAN, 6 / 8, 1])
    close(index.coverage(p), [1, 2 / 3, 1 / 2])
    close(index.coverage(p, base=1), [1, 1, 1])
    assert np.isnan(index.coverage([[1.0, NAN]])[1])


def test_unit_values():
    pd = pytest.importorskip("pandas")
    sold = pd.DataFrame(
        {
            "item": ["b", "a", "a", "b", "a", "a"],
            "day": pd.to_datetime(["2024-01-05", "2024-01-06", "2024-01-30", "2024-03-01", "2024-03-02", "2024-03-03"]),
            "price": [10.0, 1.0, 2.0, 12.0, 3.0, None],
            "quantity": [1.0, 3.0, 1.0, 2.0, 5.0, 7.0],
        }
    )
    prices, quantities = index.unit_values(
        sold["item"], sold["day"], price=sold["price"], quantity=sold["quantity"], freq="M"
    )
    assert prices.codes["item"] == ("a", "b")
    assert prices.time == Periods.span("2024-01", "2024-03")
    close(prices.values, [[1.25, NAN, 3.0], [10.0, NAN, 12.0]])
    close(quantities.values, [[4.0, NAN, 5.0], [1.0, NAN, 2.0]])
    close(
        index.fisher(prices, quantities).values[[0, 2]],
        [1.0, index.fisher([[1.25, 3], [10, 12]], [[4, 5], [1, 2.0]])[1]],
    )
    again = index.unit_values(
        sold["item"],
        sold["day"].dt.strftime("%Y-%m"),
        value=sold["price"] * sold["quantity"],
        quantity=sold["quantity"],
    )
    close(again[0].values, prices.values)
    assert prices.to_pandas().shape == (3, 2)
    columns = (["a", "b"], ["2024-01", "2024-02"])
    with pytest.raises(ValueError, match=r"price of item b in 2024-02: 0 \(row 1\)"):
        index.unit_values(*columns, price=[1.0, 0.0], quantity=[1.0, 1.0])
    with pytest.raises(ValueError, match="quantity of item a in 2024-01: -1"):
        index.unit_values(*columns, value=[1.0, 0.0], quantity=[-1.0, 1.0])
    with pytest.raises(ValueError, match="one of price= and value="):
        index.unit_values(*columns, quantity=[1.0, 1.0])
    with pytest.raises(ValueError, match="different lengths: 1, 2"):
        index.unit_values(*columns, price=[1.0], quantity=[1.0, 1.0])
    with pytest.raises(ValueError, match="several frequencies"):
        index.unit_values(["a", "b"], ["2024-01", "2024"], price=[1.0, 1.0], quantity=[1.0, 1.0])
    freed, _ = index.unit_values(["a", "a"], ["2024", "2024"], value=[0.0, 2.0], quantity=[1.0, 1.0])
    close(freed.values, [[1.0]])
