"""Index numbers against their slow twin, and their laws."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn
from reference import index as twin

import indicia
from indicia import index, ufuncs
from indicia._index_formulas import FORMULAS

SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
NAN = float("nan")
PRICES = ["carli", "dutot", "jevons", "harmonic", "cswd"]
ONE = ["lowe", "young", "geometric_young", "geometric_laspeyres", "geometric_paasche", "palgrave"]
BOTH = [name for name, f in FORMULAS.items() if f.operands == ("p0", "p1", "q0", "q1")]
WEIGHTED = [
    name
    for name, f in FORMULAS.items()
    if len(f.operands) > 2 and f.operands[2] in ("q0", "q1") and name != "geary_khamis"  # a function of many periods
]
BASKETS = ["lowe", "young", "geometric_young"]


def lists(array):
    return [None if np.isnan(x) else x for x in np.asarray(array, float).tolist()]


def close(got, want, tolerance=1e-12):
    want = np.array([NAN if x is None else x for x in want]) if isinstance(want, list) else want
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=1e-13, equal_nan=True)


def figures(shape, seed=0, gaps=0.2):
    """Prices and quantities with gaps, and quantities of 0."""
    rng = np.random.default_rng(seed)
    p, q = rng.lognormal(1, 0.7, shape), rng.lognormal(2, 1, shape)
    q[rng.random(shape) < 0.1] = 0
    p[rng.random(shape) < gaps] = np.nan
    q[rng.random(shape) < gaps / 4] = np.nan
    return p, q


def call(name, *arrays, **options):
    if name == "lloyd_moulton":
        return index.lloyd_moulton(*arrays, sigma=options.pop("sigma", 0.7), **options)
    return getattr(index, name)(*(arrays[:1] if name in PRICES else arrays), **options)


# ---- the ufuncs --------------------------------------------------------------------------------------------------


def wanted(name, p0, p1, q0, q1):
    operands = FORMULAS[name].operands if name != "matched" else ("p0", "p1")
    given = dict(zip(("p0", "p1", "q0", "q1", "q", "w"), (p0, p1, q0, q1, q1, q1), strict=True))
    rows = [lists(given[x]) for x in operands if x != "sigma"]
    if len(rows) == 2:
        return twin.of_prices(name, *rows)
    if "sigma" in operands:
        return [twin.of_one(name, *rows, sigma) for sigma in (0.0, 0.7, 1.0, 3.0)]
    return twin.of_one(name, *rows) if len(rows) == 3 else twin.of_both(name, *rows)


def found(name, p0, p1, q0, q1, *, axis=-1):
    operands = FORMULAS[name].operands if name != "matched" else ("p0", "p1")
    given = dict(zip(("p0", "p1", "q0", "q1", "q", "w"), (p0, p1, q0, q1, q1, q1), strict=True))
    kernel = getattr(ufuncs, f"index_{name}")
    arrays = [given[x] for x in operands if x != "sigma"]
    if "sigma" in operands:
        return [kernel(*arrays, sigma, axis=axis) for sigma in (0.0, 0.7, 1.0, 3.0)]
    return kernel(*arrays, axis=axis)


@pytest.mark.parametrize("name", ["matched", *(n for n in FORMULAS if n not in ("laspeyres", "paasche"))])
def test_ufuncs_against_the_twin(name):
    for n in (0, 1, 2, 7, 8, 9, 65, 1025):
        (p0, q0), (p1, q1) = figures(n, n), figures(n, n + 1)
        want = wanted(name, p0, p1, q0, q1)
        close(found(name, p0, p1, q0, q1), want if isinstance(want, list) else [want][0] if want is not None else NAN)


@pytest.mark.parametrize("name", ["matched", *(n for n in FORMULAS if n not in ("laspeyres", "paasche"))])
def test_layouts_give_the_same_bits(name):
    for n, width in ((5, 300), (70, 9), (1100, 3)):
        (p0, q0), (p1, q1) = figures((width, n), 1, 0.1), figures((width, n), 2, 0.1)
        rows = found(name, p0, p1, q0, q1)
        arrays = [np.ascontiguousarray(a.T) for a in (p0, p1, q0, q1)]
        np.testing.assert_array_equal(found(name, *arrays, axis=0), rows)
        wide = [np.repeat(a, 2, axis=1)[:, ::2] for a in (p0, p1, q0, q1)]
        np.testing.assert_array_equal(found(name, *wide), rows)
        one = [found(name, *(a[k] for a in (p0, p1, q0, q1))) for k in range(width)]
        np.testing.assert_array_equal(np.moveaxis(np.array(one), 0, -1), rows)


@pytest.mark.parametrize("name", [n for n in FORMULAS if n not in ("laspeyres", "paasche")])
@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, 5e-324])
def test_a_price_that_is_none_gives_nan(name, bad):
    p, q = np.full(20, 2.0), np.full(20, 3.0)
    p1 = p.copy()
    p1[13] = bad
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(found(name, p, p1, q, q)).all()
        assert np.isnan(found(name, p1, p, q, q)).all()
        q1 = q.copy()
        q1[3] = np.nan
        p1[:] = 2.0
        p1[3] = bad  # what is left out anyway
        assert name in PRICES or np.isfinite(found(name, p, p1, q1, q1)).all()


def test_quantities_that_are_negative_give_nan():
    p = np.full(5, 2.0)
    for name in [*BOTH, *ONE, "lloyd_moulton"]:
        assert np.isnan(found(name, p, p, p, np.array([1, 1, -1, 1, 1.0]) * p)).all() or name in (
            "geometric_laspeyres",
            "lloyd_moulton",
        )


def test_sums_are_compensated():
    p = np.ones(1 << 20)
    p[0] = 1e16
    assert ufuncs.index_dutot(p, p) == 1
    q = np.full(p.size, 0.1)
    assert abs(ufuncs.index_bennet(np.ones(p.size), np.full(p.size, 2.0), q, q) - 0.1 * p.size) < 1e-9


# ---- functions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chained", [False, True])
@pytest.mark.parametrize("name", [*PRICES, *WEIGHTED])
def test_functions_are_their_ufuncs_period_by_period(name, chained):
    p, q = figures((6, 40, 9), 3, 0.1)
    operands = [x for x in FORMULAS[name].operands if x != "sigma"]
    indicator = FORMULAS[name].indicator

    def between(s, t):
        given = {"p0": p[..., s], "p1": p[..., t], "q0": q[..., s], "q1": q[..., t]}
        kernel = getattr(ufuncs, f"index_{ {'laspeyres': 'lowe', 'paasche': 'lowe'}.get(name, name) }")
        return kernel(*(given[x] for x in operands), *([0.7] if name == "lloyd_moulton" else []))

    for base in (0, 4):
        got = call(name, p, q, base=base, chained=chained)
        if not chained:
            want = np.stack([between(base, t) for t in range(9)], -1)
        else:
            links = np.stack([between(t - 1, t) for t in range(1, 9)], -1)
            head = np.full((6, 1), np.nan if indicator else 1.0)
            want = np.concatenate([head, links if indicator else np.cumprod(links, -1)], -1)
            want = want if indicator else want / want[:, base : base + 1]
        close(got, want)
        close(call(name, np.moveaxis(p, -1, 0), np.moveaxis(q, -1, 0), base=base, chained=chained, axis=0), want.T)


@pytest.mark.parametrize("name", BASKETS)
def test_baskets(name):
    p, _ = figures((12, 7), 5, 0)
    w = np.random.default_rng(0).random(12)
    got = getattr(index, name)(p, w)
    close(got, [twin.of_one(name, lists(p[:, 0]), lists(p[:, t]), lists(w)) for t in range(7)])
    close(getattr(index, name)(p, np.repeat(w[:, None], 7, 1)), got)
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(p.T, columns=list("abcdefghijkl"))
    close(getattr(index, name)(frame, pd.Series(w[::-1], index=frame.columns[::-1])).to_numpy(), got)
    with pytest.raises(ValueError, match="lacks l"):
        getattr(index, name)(frame, pd.Series(w[:-1], index=frame.columns[:-1]))


def test_containers():
    pd = pytest.importorskip("pandas")
    xr = pytest.importorskip("xarray")
    p, q = figures((4, 6), 1, 0)
    want = index.fisher(p, q, base=2, chained=True)
    months = pd.period_range("2020-01", periods=6, freq="M")
    prices, quantities = (pd.DataFrame(a.T, index=months, columns=list("abcd")) for a in (p, q))
    got = index.fisher(prices, quantities[list("dcba")], base="2020-03", chained=True)
    pd.testing.assert_series_equal(got, pd.Series(want, index=months))
    arrays = [xr.DataArray(a.T, dims=("time", "item"), coords={"time": months, "item": list("abcd")}) for a in (p, q)]
    got = index.fisher(*arrays, base="2020-03", chained=True)
    assert got.dims == ("time",)
    close(got.to_numpy(), want)
    cubes = [
        indicia.Cube(["item", "time"], {"item": list("abcd")}, indicia.Periods.span("2020-01", "2020-06"), a, unit=unit)
        for a, unit in ((p, "CNY"), (q, "t"))
    ]
    got = index.fisher(*cubes, base="2020-03", chained=True)
    assert got.dims == ("time",)
    assert got.unit == "index"
    close(got.values, want)
    close(index.fisher(p, q, over=0, base=2, chained=True), want)
    close(index.fisher(p.T, q.T, over=1, axis=0, base=2, chained=True), want)
    with pytest.raises(ValueError, match="lacks d"):
        index.fisher(prices, quantities[list("abc")])
    with pytest.raises(ValueError, match="which of"):
        index.jevons(xr.DataArray(np.ones((2, 3, 4)), dims=("a", "b", "time")))
    with pytest.raises(ValueError, match="no dimension 'items'"):
        index.jevons(arrays[0], over="items")
    with pytest.raises(ValueError, match="two dimensions"):
        index.jevons([1.0, 2.0])
    with pytest.raises(ValueError, match="don't rise"):
        index.jevons(prices.iloc[::-1], chained=True)


def test_flags_of_cubes():
    p, q = figures((2, 4), 1, 0)
    marks = np.zeros((2, 4), np.uint32)
    marks[0, 1] = indicia.Flag.ESTIMATED
    marks[1, 2] = indicia.Flag.BREAK
    time = indicia.Periods.span("2020", "2023")
    cubes = [indicia.Cube(["item", "time"], {"item": ["a", "b"]}, time, x, flags=f) for x, f in ((p, marks), (q, None))]
    e, b = int(indicia.Flag.ESTIMATED), int(indicia.Flag.BREAK)
    assert index.fisher(*cubes).flags.tolist() == [0, e, b, b]
    assert index.fisher(*cubes, base="2021").flags.tolist() == [e, e, e | b, e | b]
    assert index.fisher(*cubes, chained=True).flags.tolist() == [0, e, e | b, e | b]


def test_impossible_figures_are_named():
    pd = pytest.importorskip("pandas")
    prices = pd.DataFrame(
        {"rice": [1.0, 1.1], "pork": [2.0, 0.0]}, index=pd.period_range("2020-01", periods=2, freq="M")
    )
    amounts = pd.DataFrame({"rice": [1.0, 1.1], "pork": [2.0, -3.0]}, index=prices.index)
    with pytest.raises(ValueError, match="price of item pork in 2020-02: 0, but a price is more than 0"):
        index.jevons(prices)
    with pytest.raises(ValueError, match="quantity of item pork in 2020-02: -3"):
        index.fisher(prices.abs() + 1, amounts, chained=True)
    with pytest.raises(ValueError, match="price of item 1 in period 0: inf"):
        index.dutot([[1.0, 2.0], [np.inf, 2.0]])
    with pytest.raises(IndexError, match="2 periods, none at 2"):
        index.dutot([[1.0, 2.0]], base=2)
    with pytest.raises(ValueError, match="no place"):
        index.dutot([[1.0, 2.0]], base="2020")


def test_no_overlap_is_missing():
    p = [[1.0, NAN, 1.0], [NAN, 2.0, 2.0]]
    close(index.jevons(p), [1.0, None, 1.0])
    close(index.jevons(p, chained=True), [1.0, None, None])
    close(index.jevons(np.ones((3, 1)), chained=True), [1.0])
    assert index.jevons(np.ones((3, 0))).shape == (0,)


# ---- laws ------------------------------------------------------------------------------------------------------------


def tables():
    """Prices and quantities, nothing missing."""
    return st.tuples(st.integers(1, 12), st.integers(2, 6)).flatmap(
        lambda shape: st.tuples(
            hn.arrays(np.float64, shape, elements=st.floats(0.01, 1000)),
            hn.arrays(np.float64, shape, elements=st.floats(0.01, 1000)),
        )
    )


RATIOS = [*PRICES, *(n for n in WEIGHTED if not FORMULAS[n].indicator)]
REVERSIBLE = ["jevons", "dutot", "cswd", "fisher", "marshall_edgeworth", "walsh", "tornqvist", "stuvel",
              "banerjee", "davies", "lehr", "sato_vartia", "montgomery_vartia", "product_dummy"]  # fmt: skip
FACTORS = ["fisher", "stuvel", "sato_vartia", "montgomery_vartia"]
# what must not depend on the units of the items: all but these
UNIT_BOUND = ["dutot", "lehr"]
FEW = settings(max_examples=10, deadline=None)


@FEW
@given(tables())
def test_identity_and_a_chain_of_one_link(table):
    p, q = table
    same = np.repeat(p[:, :1], p.shape[1], 1)
    for name in RATIOS:
        if name != "montgomery_vartia":
            close(call(name, same, q), np.ones(p.shape[1]))
        close(call(name, p[:, :2], q[:, :2], chained=True), call(name, p[:, :2], q[:, :2]))


@FEW
@given(tables(), st.floats(0.1, 10))
def test_proportionality(table, factor):
    p, q = table
    alike, scaled = (np.stack([p[:, 0], factor * p[:, k]], 1) for k in (0, 1))
    for name in RATIOS:
        if name not in ("montgomery_vartia", "stuvel", "banerjee", "lehr"):
            close(call(name, alike, q[:, :2])[1], factor, 1e-11)
    for name in (*PRICES, "laspeyres", "paasche", "fisher", "walsh", "tornqvist", "sato_vartia", "lloyd_moulton"):
        close(call(name, scaled, q[:, :2])[1], factor * call(name, p[:, :2], q[:, :2])[1], 1e-11)


@FEW
@given(tables())
def test_reversal_of_time_and_of_factors(table):
    p, q = (x[:, :2] for x in table)
    for name in REVERSIBLE:
        close(call(name, p, q)[1] * call(name, p[:, ::-1], q[:, ::-1])[1], 1.0, 1e-10)
    value = (p * q).sum(0)
    for name in FACTORS:
        close(call(name, p, q)[1] * call(name, q, p)[1], value[1] / value[0], 1e-9)
    for name in ("bennet", "montgomery"):
        np.testing.assert_allclose(
            call(name, p, q)[1] + call(name, q, p)[1], value[1] - value[0], rtol=1e-9, atol=1e-9 * value.max()
        )
    close(index.laspeyres(p, q)[1] * index.paasche(q, p)[1], value[1] / value[0], 1e-10)


@FEW
@given(tables(), st.integers(0, 1000))
def test_units_of_the_items_do_not_matter(table, seed):
    p, q = table
    units = np.random.default_rng(seed).lognormal(0, 3, (p.shape[0], 1))
    for name in [n for n in RATIOS if n not in UNIT_BOUND]:
        close(call(name, p * units, q / units, chained=True), call(name, p, q, chained=True), 1e-9)


@FEW
@given(tables())
def test_an_index_lies_between_its_relatives(table):
    p, q = table
    relatives = p / p[:, :1]
    for name in RATIOS:
        if name in ("montgomery_vartia", "stuvel", "banerjee", "davies", "lehr"):
            continue
        got = call(name, p, q)
        assert (got >= relatives.min(0) * (1 - 1e-9)).all(), name
        assert (got <= relatives.max(0) * (1 + 1e-9)).all(), name
