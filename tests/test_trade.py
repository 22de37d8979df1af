"""Trade against slow twins, laws, containers, and what must be named."""

import os
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from reference import trade as slow

import indicia
from indicia import trade

MORE = int(os.environ.get("INDICIA_TRADES", "1"))
few = settings(max_examples=15 * MORE, deadline=None)
figures = st.one_of(st.just(0.0), st.just(float("nan")), st.floats(1e-3, 1e6))
tables = st.tuples(st.integers(2, 9), st.integers(2, 12)).flatmap(lambda s: arrays(np.float64, s, elements=figures))


def world(seed=0, countries=60, products=150, years=0):
    """Exports that nobody would take for random ones: able countries export what is hard to make."""
    rng = np.random.default_rng(seed)
    able, hard = rng.normal(size=(countries, 1)), rng.normal(size=products)
    lead = (years,) if years else ()
    noise = rng.normal(size=(*lead, countries, products))
    exports = np.exp(able * hard + noise + rng.normal(size=(countries, 1)))
    return np.where(rng.random(exports.shape) < 0.3, 0.0, exports)


def same(a, b, atol=1e-12):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=atol)


# ---- advantage ----------------------------------------------------------------------------------------------


@few
@given(tables)
def test_rca_is_what_its_definition_says(x):
    same(trade.rca(x), slow.rca(x))


@few
@given(tables, st.sampled_from([1e-3, 0.25, 7.0]))
def test_rca_does_not_depend_on_units(x, factor):
    same(trade.rca(x * factor), trade.rca(x))


def test_the_other_kinds():
    x = world()
    b = slow.rca(x)
    same(trade.rca(x, kind="symmetric"), (b - 1) / (b + 1))
    same(trade.rca(x, kind="log"), np.log(np.where(b > 0, b, np.nan)))
    s = x / x.sum()
    normalised = s - s.sum(axis=1, keepdims=True) * s.sum(axis=0)
    same(trade.rca(x, kind="normalised"), normalised)
    assert abs(normalised.sum(axis=0)).max() < 1e-15
    additive = trade.rca(x, kind="additive")
    same(additive, x / x.sum(axis=1, keepdims=True) - s.sum(axis=0))
    assert abs(additive.sum(axis=1)).max() < 1e-13


@few
@given(tables)
def test_presence_is_decided_by_the_quotient_itself(x):
    for threshold in (0.5, 1.0):
        with np.errstate(invalid="ignore"):
            np.testing.assert_array_equal(trade.presence(x, threshold=threshold), trade.rca(x) >= threshold)


def test_presence_of_exactly_one():
    np.testing.assert_array_equal(trade.presence([[1.0, 3.0], [1.0, 3.0], [2.0, 6.0]]), 1)
    x = np.outer([3.0, 7.0, 11.0], [0.1, 0.7, 1.3])  # all quotients are 1 but for rounding
    np.testing.assert_array_equal(trade.presence(x), trade.rca(x) >= 1)


def test_balance_and_lafay():
    rng = np.random.default_rng(1)
    x, m = rng.uniform(0, 9, (2, 5, 8))
    same(trade.balance(x, m), x - m)
    same(trade.balance(x, m, normalised=True), (x - m) / (x + m))
    for c in range(5):
        t = (x[c] + m[c]) / (x[c] + m[c]).sum()
        same(
            trade.lafay(x, m)[c], 100 * ((x[c] - m[c]) / (x[c] + m[c]) - (x[c] - m[c]).sum() / (x[c] + m[c]).sum()) * t
        )
    assert abs(trade.lafay(x, m).sum(axis=1)).max() < 1e-12
    same(trade.balance([[1.0, np.nan, np.nan]], [[np.nan, 2.0, np.nan]]), [[1, -2, np.nan]])


# ---- complexity ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(60, 150), (90, 40)])
def test_complexity_is_that_of_the_general_eigenvectors(shape):
    x = world(2, *shape)
    eci, pci, values = slow.complexity(slow.presence(x))
    made = trade.complexity(x)
    same(made.eci, eci, 1e-10)
    same(made.pci, pci, 1e-10)
    same([made.second, made.third], values[1:3])
    m = slow.presence(x)
    own = trade.pci(x, pci_scale="own")
    same([own.mean(), own.std()], [0, 1])
    same((m @ made.pci) / m.sum(axis=1), made.eci)  # a country is the mean of what it has


@few
@given(st.integers(0, 1000))
def test_complexity_does_not_depend_on_order(seed):
    x = world(seed, 20, 45)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(20), rng.permutation(45)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made, mixed = trade.complexity(x), trade.complexity(x[rows][:, columns])
    assume(not any(d.apart for d in made.dropped))  # which of two parts is the larger one may depend on order
    np.testing.assert_allclose(mixed.eci, made.eci[rows], atol=1e-9)
    np.testing.assert_allclose(mixed.pci, made.pci[columns], atol=1e-9)


def test_many_years_are_each_by_themselves():
    x = world(3, 30, 70, years=4)
    made = trade.complexity(x)
    assert made.eci.shape == (4, 30)
    assert made.second.shape == (4,)
    for y in range(4):
        np.testing.assert_array_equal(made.eci[y], trade.eci(x[y]))
        np.testing.assert_array_equal(made.pci[y], trade.pci(x[y]))
    turned = trade.complexity(np.moveaxis(x, 0, -1), exporter=0, product=1)
    np.testing.assert_array_equal(turned.eci, made.eci)


def test_threads_give_the_same_bits():
    x = world(4, 30, 70, years=3)
    try:
        indicia.set_threads(1)
        one = trade.complexity(x)
        indicia.set_threads(3)
        three = trade.complexity(x)
    finally:
        indicia.set_threads(None)
    np.testing.assert_array_equal(one.eci, three.eci)
    np.testing.assert_array_equal(one.pci, three.pci)


def test_what_is_dropped_is_named():
    x = world(5, 20, 30)
    x[3], x[:, 7] = 0, 0
    made = trade.complexity(x)
    assert made.dropped == (trade.Dropped("0", ("3",), ("7",)),)
    assert str(made.dropped[0]) == "exporters without an advantage: 3; products that nobody has an advantage in: 7"
    assert np.isnan(made.eci[3])
    assert np.isnan(made.pci[7])
    kept = np.delete(np.delete(x, 3, axis=0), 7, axis=1)
    same(np.delete(made.eci, 3), trade.eci(kept), 1e-10)
    assert not trade.complexity(kept).dropped


@few
@given(arrays(np.float64, (8, 6), elements=st.sampled_from([0.0, 0.0, 0.0, 1.0])))
def test_parts_that_share_nothing_are_named(m):
    parts = sorted(slow.parts(m), key=lambda part: (-len(part), -m[sorted(part)].any(axis=0).sum(), min(part)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = trade.complexity(m, given="presence")
    assert any("parts" in str(w.message) for w in caught) == (len(parts) > 1)
    apart = {name for d in made.dropped for part in d.apart for name in part}
    assert apart == {str(r) for part in parts[1:] for r in part}
    if parts and len(parts[0]) > 1:
        with np.errstate(all="ignore"):
            assert np.isnan(made.eci[[int(k) for k in apart]]).all()


def test_a_multiple_eigenvalue_is_named():
    circle = np.eye(6) + np.roll(np.eye(6), 1, axis=1)
    with pytest.warns(indicia.DataWarning, match="multiple"):
        trade.complexity(circle, given="presence")


def test_reflections_are_those_of_the_definition():
    m = slow.presence(world(6, 25, 40))
    m = m[m.any(axis=1)][:, m.any(axis=0)]
    for steps in (0, 1, 2, 9):
        made = trade.reflections(m, steps=steps, given="presence")
        country, product = slow.reflections(m, steps)
        same(made.country, country)
        same(made.product, product)


def test_fitness_is_that_of_the_definition():
    m = slow.presence(world(7, 25, 40))
    m = m[m.any(axis=1)][:, m.any(axis=0)]
    made = trade.fitness(m, given="presence", tolerance=0, iterations=30)
    f, q = slow.fitness(m, 30)
    np.testing.assert_allclose(made.fitness, f, rtol=1e-10)
    np.testing.assert_allclose(made.complexity, q, rtol=1e-10)
    same([made.fitness.mean(), made.complexity.mean(), made.iterations], [1, 1, 30])
    calm = trade.fitness(m, given="presence")
    assert calm.converged
    assert calm.change <= 1e-10
    again, _ = slow.fitness(m, int(calm.iterations) + 50)
    np.testing.assert_allclose(calm.fitness[again > 1e-3], again[again > 1e-3], rtol=1e-6)
    with pytest.warns(indicia.DataWarning, match="come to rest"):
        trade.fitness(m, given="presence", iterations=3)


# ---- containers ---------------------------------------------------------------------------------------------


def cube_of(x, **facts):
    codes = {"i": [f"C{k}" for k in range(x.shape[0])], "k": [f"{k:06d}" for k in range(x.shape[1])]}
    time = [str(2020 + t) for t in range(x.shape[2])]
    return indicia.Cube.from_arrays(x, ["i", "k", "time"], codes | {"time": time}, **facts)


def test_a_cube_gives_cubes():
    x = world(8, 25, 60, years=2)
    cube = cube_of(np.moveaxis(x, 0, -1), unit="USD", labels={"i": {"C0": "Utopia"}})
    made = trade.complexity(cube)
    assert made.eci.dims == ("i", "time")
    assert made.pci.dims == ("k", "time")
    assert made.second.dims == ("time",)
    assert made.eci.labels["i"] == {"C0": "Utopia"}
    np.testing.assert_array_equal(made.eci.values.T, trade.eci(x))
    advantage = trade.rca(cube)
    assert advantage.dims == cube.dims
    np.testing.assert_array_equal(advantage.values, np.moveaxis(trade.rca(x), 0, -1))
    assert trade.balance(cube, cube).unit == "USD"
    assert trade.eci(cube.sel(time="2021")).dims == ("i", "time")


def test_flags_travel():
    x = world(8, 25, 60, years=2)
    flags = np.zeros((25, 60, 2), np.uint32)
    flags[2, 3, 1] = indicia.Flag.ESTIMATED
    cube = cube_of(np.moveaxis(x, 0, -1), flags=flags)
    marked = trade.rca(cube).flags != 0
    assert marked[2, :, 1].all()
    assert marked[:, 3, 1].all()
    assert marked.sum() == 25 + 60 - 1
    np.testing.assert_array_equal(trade.eci(cube).flags != 0, [[False, True]] * 25)


def test_frames_and_data_arrays_give_their_kind():
    pd, xr = pytest.importorskip("pandas"), pytest.importorskip("xarray")
    x = world(9, 22, 50)
    names, codes = [f"C{k}" for k in range(22)], [f"{k:02d}" for k in range(50)]
    frame = pd.DataFrame(x, names, codes)
    made = trade.complexity(frame)
    assert made.eci.index.tolist() == names
    assert made.eci.name == "eci"
    assert made.pci.index.tolist() == codes
    np.testing.assert_array_equal(made.eci, trade.eci(x))
    turned = trade.complexity(frame.T, exporter="columns")
    pd.testing.assert_series_equal(turned.eci, made.eci)
    pd.testing.assert_frame_equal(trade.rca(frame.T, product="index"), trade.rca(frame).T)
    array = xr.DataArray(x[None], dims=["year", "i", "k"], coords={"i": names, "k": codes, "year": [2020]})
    found = trade.complexity(array)
    assert found.eci.dims == ("year", "i")
    np.testing.assert_array_equal(found.eci[0], made.eci)
    assert trade.complexity(array).pci.coords["k"].values.tolist() == codes


# ---- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", [-1.0, np.inf, -np.inf])
def test_a_figure_that_cannot_be_is_named(odd):
    x = world(10, 5, 6, years=2)
    x[1, 3, 4] = odd
    cube = cube_of(np.moveaxis(x, 0, -1))
    for call in (trade.rca, trade.complexity, trade.fitness):
        with pytest.raises(ValueError, match=f"exports of C3 in product 000004 in 2021: {odd:g}"):
            call(cube)
    with pytest.raises(ValueError, match="imports of 3 in product 4 in 1"):
        trade.balance(np.ones_like(x), x)


def test_bad_options_are_named():
    x = world(10, 5, 6)
    cube = cube_of(x[..., None])
    pd = pytest.importorskip("pandas")
    for call, message in [
        (lambda: trade.rca(x, kind="balasa"), "kind: expected one of balassa"),
        (lambda: trade.complexity(x, threshold=0), "threshold"),
        (lambda: trade.complexity(x, given="mcp"), "given"),
        (lambda: trade.complexity(x, given="presence"), "ones and zeros"),
        (lambda: trade.complexity(x, pci_scale="z"), "pci_scale"),
        (lambda: trade.reflections(x, steps=-1), "steps"),
        (lambda: trade.fitness(x, iterations=0), "iterations: expected a number from 1"),
        (lambda: trade.eci(x[0]), "two dimensions"),
        (lambda: trade.eci(x, exporter=1, product=1), "both axis 1"),
        (lambda: trade.eci(x[:0]), "0 exporters"),
        (lambda: trade.eci(cube, exporter="j"), "no dimension 'j'"),
        (lambda: trade.eci(cube, exporter="k", product="k"), "both 'k'"),
        (lambda: trade.eci(pd.DataFrame(x, index=list("aabcd"))), "rows come twice: a"),
        (lambda: trade.balance(pd.DataFrame(x, index=list("abcde")), pd.DataFrame(x, index=list("abcdf"))), "lacks e"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
    for call in (lambda: trade.eci([["a", "b"]]), lambda: trade.eci(pd.Series([1.0])), lambda: trade.balance(x, cube)):
        with pytest.raises(TypeError):
            call()


def test_totals_are_not_counted_twice():
    x = world(11, 5, 6)
    cube = cube_of(x[..., None], attrs={"totals": {"k": ("000000",)}})
    with pytest.raises(ValueError, match="k has 000000, which are sums over other codes"):
        trade.eci(cube)
    without = cube.sel(k=[f"{k:06d}" for k in range(1, 6)])
    np.testing.assert_array_equal(trade.rca(without).values[..., 0], trade.rca(x[:, 1:]))


@pytest.mark.parametrize("shape", [(5, 2), (2, 5), (3, 3)])
def test_nothing_tells_countries_apart(shape):
    found = trade.complexity(np.ones(shape))
    assert np.isnan(found.eci).all()
    assert np.isnan(found.pci).all()
    assert abs(float(found.second)) < 1e-12
