"""Baskets: parts add up, thresholds mean what they say, outliers and reports of one side are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from test_trade import cube_of, few, figures, same, world

import indicia
from indicia import trade

sizes = st.tuples(st.integers(1, 5), st.integers(1, 7))
two = sizes.flatmap(lambda s: st.tuples(*[arrays(np.float64, s, elements=figures)] * 2))
four = sizes.flatmap(lambda s: st.tuples(*[arrays(np.float64, s, elements=figures)] * 4))


@few
@given(two, st.sampled_from([0.0, 5.0, 1e4]))
def test_margins_add_up(pair, least):
    before, after = pair
    made = trade.margins(before, after, least=least)
    scale = max(np.nansum(before), np.nansum(after), 1.0)
    np.testing.assert_allclose(made.intensive + made.entered - made.left, made.change, atol=1e-12 * scale)
    old, new = np.nan_to_num(before), np.nan_to_num(after)
    np.testing.assert_allclose(made.change, new.sum(axis=1) - old.sum(axis=1), atol=1e-12 * scale)
    for c in range(len(old)):
        was, there = old[c] > least, new[c] > least
        same(made.entered[c], new[c][there & ~was].sum())
        same(made.left[c], old[c][was & ~there].sum())
        assert (made.kept[c], made.new[c], made.gone[c]) == (
            (was & there).sum(), (there & ~was).sum(), (was & ~there).sum()
        )  # fmt: skip


@few
@given(four)
def test_price_and_quantity_add_up(given_four):
    v, w, q, r = given_four
    made = trade.price_quantity(v, w, q, r)
    parts = np.array([made.price, made.quantity, made.unsplit])
    scale = max(1.0, np.nansum(v), np.nansum(w), np.abs(parts).max())
    np.testing.assert_allclose(parts.sum(axis=0), made.change, atol=1e-11 * scale)
    assert ((made.coverage >= 0) & (made.coverage <= 1) | np.isnan(made.coverage)).all()


def test_new_products_by_their_definition():
    x = world(1, 12, 40, years=6)
    b = np.nan_to_num(trade.rca(x))
    for below, reached, window in [(0.5, 1.0, 2), (1.0, 1.0, 3), (0.2, 2.0, 1)]:
        found = trade.new_products(x, below=below, reached=reached, window=window)
        want = (b[:window] < below).all(axis=0) & (b[-window:] >= reached).all(axis=0)
        np.testing.assert_array_equal(found, want)
    cube = cube_of(np.moveaxis(x, 0, -1))
    made = trade.new_products(cube, window=1, below=1.0)
    assert made.dims == ("i", "k")
    np.testing.assert_array_equal(made.values, trade.new_products(x, window=1, below=1.0))
    xr = pytest.importorskip("xarray")
    array = xr.DataArray(x, dims=["t", "i", "k"])
    np.testing.assert_array_equal(trade.new_products(array, window=1, below=1.0), made.values)
    for bad in ({"window": 4}, {"window": 0}, {"below": 0.0}):
        with pytest.raises(ValueError, match=r"window|below"):
            trade.new_products(x, **bad)
    with pytest.raises(ValueError, match="years"):
        trade.new_products(x[0])


def test_unit_values_and_their_outliers():
    rng = np.random.default_rng(0)
    quantity = rng.uniform(1, 9, (30, 4))
    value = quantity * np.exp(rng.normal(0, 0.2, (30, 4)) + np.arange(4))
    value[7, 2] *= 1000
    quantity[3, 1] = np.nan
    quantity[4, 1] = 0
    made = trade.unit_values(value, quantity)
    assert [(who, what) for who, what, _, _ in made.outliers] == [("7", "2")]
    assert made.without == 2
    assert np.isnan([made.values[7, 2], made.values[3, 1], made.values[4, 1]]).all()
    same(made.values[0], value[0] / quantity[0])
    assert not trade.unit_values(value, quantity, guard=None).outliers
    assert not trade.unit_values(value[5:9], quantity[5:9]).outliers  # too few to say which one is wrong


def test_mirror():
    rng = np.random.default_rng(1)
    sent = rng.uniform(1, 9, (6, 6))
    np.fill_diagonal(sent, np.nan)
    received = sent * 1.08
    received[0, 1], received[2, 3] = np.nan, 5 * received[2, 3]
    sent[4, 5] = np.nan
    made = trade.mirror(sent, received, freight=0.08)
    assert (made.both, made.exporter_alone, made.importer_alone) == (28, 1, 1)
    assert {(a, b, who) for a, b, _, who, _ in made.alone} == {("0", "1", "exporter"), ("4", "5", "importer")}
    same(made.gap[2, 3], 4 * sent[2, 3])
    same(made.relative[2, 3], 4 / 3)
    same(made.reconciled[2, 3], 3 * sent[2, 3])
    same(made.reconciled[0, 1], sent[0, 1])
    same(made.reconciled[4, 5], received[4, 5] / 1.08)
    assert np.nanmax(made.quality) < 4 / 3  # a median is not moved by one flow
    back = trade.mirror(received / 1.08, sent, weight=1.0)
    same(back.gap, -made.gap)
    cube = indicia.Cube(["i", "j"], {"i": list("abcdef"), "j": list("abcdef")}, None, sent)
    named = trade.mirror(cube, cube)
    assert named.gap.dims == ("i", "j")
    assert named.importer_quality.dims == ("j",)
    for bad in ({"freight": -0.1}, {"weight": 2.0}):
        with pytest.raises(ValueError, match=r"freight|weight"):
            trade.mirror(sent, received, **bad)
    world_row = cube.replace(attrs={"totals": {"j": ("a",)}})
    with pytest.raises(ValueError, match="j has a, which are sums"):
        trade.mirror(world_row, cube)


@pytest.mark.parametrize("package", ["ecomplexity", "econcomplex"])
def test_two_packages_agree(package):
    """ECI and PCI of the Growth Lab's table, up to sign and scale; skipped where the package is not installed."""
    pytest.importorskip(package, reason=f"{package} is not installed")
    pd = pytest.importorskip("pandas")
    import json
    import warnings

    from test_references import SHARED

    path = SHARED / "06_trade" / "ecomplexity_growthlab_60x69.json"
    if not path.exists():
        pytest.skip("no reference figures here: INDICIA_SHARED names their folder")
    table = json.loads(path.read_text(encoding="utf-8"))["inputs"]
    x = pd.DataFrame(table["exports"], table["countries"], table["products"])
    made = trade.complexity(x)
    long = x.rename_axis("loc").reset_index().melt("loc", var_name="prod", value_name="val").assign(time=2000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if package == "ecomplexity":
            from ecomplexity import ecomplexity

            columns = {"time": "time", "loc": "loc", "prod": "prod", "val": "val"}
            theirs = ecomplexity(long, columns, check_logsupermodularity=False)
            eci, pci = theirs.groupby("loc")["eci"].first(), theirs.groupby("prod")["pci"].first()
        else:
            from econcomplex.complexity.eigenvector import eci_pci_eigenvector

            found = eci_pci_eigenvector(x.to_numpy())
            eci, pci = (pd.Series(v, i) for v, i in zip(found[:2], (x.index, x.columns), strict=True))
    for ours, peer in ((made.eci, eci), (made.pci, pci)):
        a, b = (v.to_numpy(float) for v in (ours, peer.reindex(ours.index)))
        a, b = (a - a.mean()) / a.std(), (b - b.mean()) / b.std()
        np.testing.assert_allclose(a * np.sign(a @ b), b, rtol=0, atol=1e-10)
