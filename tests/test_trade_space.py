"""What is near to what, and how alike exports are: slow twins, laws, and containers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from reference import trade as slow
from test_trade import cube_of, few, figures, same, tables, world

from indicia import trade

pairs = st.tuples(st.integers(1, 6), st.integers(1, 8)).flatmap(
    lambda s: st.tuples(*[arrays(np.float64, s, elements=figures)] * 2)
)
bits = st.tuples(st.integers(1, 9), st.integers(1, 12)).flatmap(
    lambda s: arrays(np.float64, s, elements=st.sampled_from([0.0, 1.0]))
)


@few
@given(bits)
def test_proximity_is_that_of_the_definition(m):
    near = trade.proximity(m, given="presence")
    np.testing.assert_array_equal(near, slow.proximity(m))
    np.testing.assert_array_equal(near, near.T)
    assert set(np.unique(np.diag(near)[m.any(axis=0)])) <= {1.0}
    same(trade.density(m, given="presence"), slow.density(m))
    same(trade.distance(m, given="presence"), 1 - slow.density(m))


def test_many_countries_and_years():
    x = world(1, 300, 200, years=2)  # more than the words of a few countries
    near = trade.proximity(x)
    assert near.shape == (2, 200, 200)
    for y in range(2):
        np.testing.assert_array_equal(near[y], slow.proximity(slow.presence(x[y])))
        same(trade.density(x)[y], slow.density(slow.presence(x[y])))


def test_the_outlook_is_that_of_the_definition():
    x = world(2, 40, 90)
    x[:, 5] = 0
    m = slow.presence(x)
    made = trade.outlook(x)
    eci, pci, _ = slow.complexity(m)
    country = trade.complexity(x)
    same(country.eci, eci, 1e-10)
    near = np.nan_to_num(slow.proximity(m))
    d = m.sum(axis=1)
    mean = -(eci * d).sum() / d.sum()  # the eigenvector is orthogonal to diversity: what was taken off it
    worth = np.nan_to_num(pci + mean)
    density = np.nan_to_num(slow.density(m))
    coi = (density * (1 - m) * worth).sum(axis=1)
    np.testing.assert_allclose(made.coi, (coi - coi.mean()) / coi.std(), atol=1e-9)
    with np.errstate(invalid="ignore"):
        weight = np.nan_to_num(worth / near.sum(axis=1))
    cog = (1 - m) * ((1 - m) @ (near * weight[:, None]))
    np.testing.assert_allclose(np.delete(made.cog, 5, axis=1), np.delete(cog, 5, axis=1), atol=1e-9)
    assert np.isnan(made.cog[:, 5]).all()
    assert made.dropped[0].products == ("5",)


@few
@given(bits)
def test_the_tree_is_a_largest_one(m):
    space = trade.product_space(m, given="presence", least=0.5)
    near = trade.proximity(m, given="presence")
    there = np.flatnonzero(m.any(axis=0))
    near = near[np.ix_(there, there)]
    assert space.products == tuple(str(k) for k in there)
    links = sorted(((near[p, q], p, q) for p in range(there.size) for q in range(p)), reverse=True)
    group, total = list(range(there.size)), 0.0  # Kruskal's way
    for value, p, q in links:
        a, b = group[p], group[q]
        if a != b:
            group, total = [a if g == b else g for g in group], total + value
    same(space.proximity[space.tree].sum(), total)
    assert space.tree.sum() == max(there.size - 1, 0)
    seen = {frozenset(link) for link in zip(space.source.tolist(), space.target.tolist(), strict=True)}
    assert len(seen) == space.source.size
    assert {frozenset((p, q)) for value, p, q in links if value >= 0.5} <= seen
    same(near[space.source, space.target], space.proximity)
    places = space.layout(steps=20)
    assert places.shape == (there.size, 2)
    assert np.isfinite(places).all()
    assert (np.abs(places) <= 1 + 1e-12).all()


def test_a_layout_puts_neighbours_near():
    space = trade.product_space(world(3, 60, 120))
    places = space.layout()
    np.testing.assert_array_equal(places, space.layout())
    apart = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    linked = apart[space.source, space.target].mean()
    assert linked < 0.7 * apart[np.triu_indices(len(places), 1)].mean()
    assert space.to_pandas().columns.tolist() == ["source", "target", "proximity", "tree"]
    with pytest.raises(ValueError, match="of one year"):
        trade.product_space(world(3, 20, 40, years=2))


@few
@given(tables)
def test_similarity(x):
    filled = np.nan_to_num(x)
    found = trade.similarity(x)
    np.testing.assert_array_equal(found, found.T)
    for i, row in enumerate(filled):
        for j, other in enumerate(filled):
            if not row.any() or not other.any():
                assert np.isnan(found[i, j])
                continue
            s, t = row / row.sum(), other / other.sum()
            same(found[i, j], 1 - np.abs(s - t).sum() / 2)
            same(trade.similarity(x, kind="cosine")[i, j], row @ other / np.sqrt((row @ row) * (other @ other)))


@few
@given(pairs)
def test_trade_both_ways(given_pair):
    x, m = given_pair
    each, whole = trade.grubel_lloyd(x, m), trade.grubel_lloyd(x, m, whole=True)
    for found in (each, whole):
        assert ((found >= 0) & (found <= 1) | np.isnan(found)).all()
    a, b = np.nan_to_num(x), np.nan_to_num(m)
    weights = a + b
    for c in range(len(x)):
        if weights[c].any():
            same(whole[c], (np.nan_to_num(each[c]) * weights[c]).sum() / weights[c].sum())
    fit = trade.complementarity(x, m)
    for i in range(len(x)):
        for j in range(len(x)):
            if a[i].any() and b[j].any():
                same(fit[i, j], 1 - np.abs(a[i] / a[i].sum() - b[j] / b[j].sum()).sum() / 2)


@few
@given(pairs)
def test_constant_market_shares_add_up(given_pair):
    before, after = given_pair
    made = trade.market_share(before, after)
    parts = np.array([made.world, made.composition, made.competitiveness])
    scale = max(1.0, np.nansum(before), np.nansum(after))
    if np.nansum(before) == 0:
        return
    np.testing.assert_allclose(parts.sum(axis=0), made.change, atol=1e-11 * scale * max(1, np.abs(parts).max() / scale))
    np.testing.assert_allclose(parts[1].sum(), 0, atol=1e-9 * max(scale, np.abs(parts).max())) if np.all(
        np.nansum(before, axis=0) > 0
    ) else None


def test_intensity_without_the_own_market():
    x = np.random.default_rng(0).uniform(0, 9, (5, 5))
    np.fill_diagonal(x, 0)
    found = trade.intensity(x)
    for i in range(5):
        for j in range(5):
            if i != j:
                others = np.delete(x, i, axis=1)
                same(found[i, j], (x[i, j] / x[i].sum()) / (x[:, j].sum() / others.sum()))
    same(trade.intensity(x, own=True), trade.rca(x))
    pd = pytest.importorskip("pandas")
    with pytest.raises(ValueError, match="exporters and importers differ"):
        trade.intensity(pd.DataFrame(x, list("abcde"), list("abcdf")))


def test_income_is_found_by_its_label():
    pd = pytest.importorskip("pandas")
    x = world(4, 6, 9)
    income = np.arange(1.0, 7.0)
    frame = pd.DataFrame(x, list("abcdef"))
    worth = trade.prody(x, income)
    np.testing.assert_array_equal(trade.prody(frame, pd.Series(income[::-1], list("fedcba"))), worth)
    np.testing.assert_array_equal(trade.prody(frame, dict(zip("abcdef", income, strict=True))), worth)
    assert (trade.expy(x, income) >= worth.min()).all()
    with pytest.raises(ValueError, match="income: none for f"):
        trade.prody(frame, dict(zip("abcde", income, strict=False)))
    without = trade.prody(x, np.where(income == 3, np.nan, income))
    b = slow.rca(x)
    keep = income != 3
    same(without, (b[keep] * income[keep, None]).sum(axis=0) / b[keep].sum(axis=0))
    with pytest.raises(ValueError, match="below zero"):
        trade.expy(x, -income)


def test_labels_of_pairs():
    x = world(5, 12, 30, years=2)
    cube = cube_of(np.moveaxis(x, 0, -1))
    near = trade.proximity(cube)
    assert near.dims == ("k", "k_2", "time")
    assert near.codes["k_2"] == cube.codes["k"]
    np.testing.assert_array_equal(np.moveaxis(near.values, -1, 0), trade.proximity(x))
    assert trade.similarity(cube).dims == ("i", "i_2", "time")
    assert trade.density(cube).dims == cube.dims
    pd, xr = pytest.importorskip("pandas"), pytest.importorskip("xarray")
    frame = pd.DataFrame(x[0])
    assert trade.proximity(frame).shape == (30, 30)
    assert trade.proximity(xr.DataArray(x, dims=["t", "i", "k"])).dims == ("t", "k", "k_2")
