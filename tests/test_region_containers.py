"""Regions on every container: which dimension is meant, what the result lacks, labels, flags, units."""

from __future__ import annotations

import numpy as np
import pytest

import indicia
from indicia import Cube, Flag, region, ufuncs

pd = pytest.importorskip("pandas")
NAN = float("nan")
X = np.array([[30.0, 10.0, 20.0], [20.0, 40.0, 5.0]])  # two periods or regions of three


def same(a, b):
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-14)


def frame():
    index = pd.period_range("2022", periods=2, freq="Y", name="year")
    return pd.DataFrame(X, index=index, columns=pd.Index(["CN", "DE", "US"], name="geo"))


def cube(flags=None, **facts):
    coords = {"geo": ["CN", "DE", "US"], "time": ["2022", "2023"]}
    return Cube.from_arrays(X.T, ["geo", "time"], coords, flags, **facts)


def test_arrays():
    same(region.hhi(X), [region.hhi(row) for row in X])
    same(region.hhi(X, over=0), [region.hhi(column) for column in X.T])
    same(region.hhi(X[None], over=1)[0], region.hhi(X, over=0))
    weights = [1.0, 2.0, 3.0]
    same(region.gini(X, weights), [region.gini(row, weights) for row in X])
    same(region.gini(X.T, weights, over=0), region.gini(X, weights))
    same(region.gini(X.tolist(), np.tile(weights, (2, 1))), region.gini(X, weights))
    assert isinstance(region.hhi(X[0]), np.float64)
    same(region.hhi(np.ma.masked_invalid([[1.0, NAN], [1.0, 1.0]])), [NAN, 0.5])


def test_frames():
    found = region.hhi(frame())
    assert isinstance(found, pd.Series)
    assert found.index.equals(frame().index)
    same(found, region.hhi(X))
    for over in ("index", "year", 0):
        down = region.hhi(frame(), over=over)
        assert list(down.index) == ["CN", "DE", "US"]
        same(down, region.hhi(X, over=0))
    same(region.hhi(frame(), over="geo"), region.hhi(X))
    with pytest.raises(ValueError, match="no dimension 'country'"):
        region.hhi(frame(), over="country")
    ranked = region.rank(frame())
    assert list(ranked.columns) == ["CN", "DE", "US"]
    assert ranked.index.equals(frame().index)
    people = pd.Series({"US": 3.0, "CN": 1.0, "DE": 2.0})  # one for each region, in another order
    same(region.gini(frame(), people), region.gini(X, [1.0, 2.0, 3.0]))
    years = pd.Series([1.0, 2.0], index=frame().index)
    same(region.gini(frame(), years, over="index"), region.gini(X, [1.0, 2.0], over=0))
    with pytest.raises(ValueError, match="labels differ"):
        region.gini(frame(), people.drop("US"))
    same(region.hhi(frame().iloc[0]), region.hhi(X[0]))
    nullable = frame().astype("Float64")
    nullable.iloc[0, 0] = pd.NA
    same(region.hhi(nullable), [NAN, region.hhi(X[1])])


def test_tables_of_regions_and_industries():
    table = pd.DataFrame(X, index=["north", "south"], columns=["cars", "ships", "tea"])
    quotients = region.location_quotient(table)
    assert quotients.columns.equals(table.columns)
    same(quotients, region.location_quotient(X))
    same(region.location_quotient(table.T, over="index"), region.location_quotient(X).T)
    after = table.iloc[:, [2, 0, 1]] * [1.0, 1.1, 1.2]
    parts = region.shift_share(table, after)
    assert list(parts.mix.index) == ["north", "south"]
    same(parts.change, (after - table).sum(axis=1))
    detail = region.shift_share(table, after, detail=True)
    assert detail.mix.shape == table.shape
    same(detail.mix.sum(axis=1), parts.mix)


def test_cubes():
    found = region.hhi(cube(unit="EUR", multiplier=6))
    assert found.dims == ("time",)
    assert (found.unit, found.multiplier) == ("fraction", None)
    same(found.values, region.hhi(X))
    assert region.rank(cube(unit="EUR")).unit == "place"
    gaps = region.gap(cube(unit="EUR", multiplier=6))
    assert (gaps.unit, gaps.multiplier) == ("EUR", 6)
    overall = region.hhi(cube(), over="time")
    assert overall.dims == ("geo",)
    assert overall.time is None
    same(overall.values, region.hhi(X, over=0))
    people = Cube(["geo"], {"geo": ["US", "DE", "CN"]}, None, [3.0, 2.0, 1.0], unit="PS")
    same(region.gini(cube(unit="EUR"), people).values, region.gini(X, [1.0, 2.0, 3.0]))
    assert isinstance(region.hhi(people), np.float64)
    coords = {"geo": ["CN", "DE"], "nace": ["C", "F"], "time": ["2022", "2023", "2024"]}
    wide = Cube.from_arrays(np.arange(1.0, 13).reshape(2, 2, 3), ["geo", "nace", "time"], coords)
    with pytest.raises(ValueError, match="say which of geo, nace"):
        region.hhi(wide)
    assert region.hhi(wide, over="nace").dims == ("geo", "time")
    quotients = region.location_quotient(wide, over="nace")
    same(quotients.values[..., 0], region.location_quotient(wide.values[..., 0]))
    same(region.location_quotient(wide, regions="geo").values, quotients.values)
    parts = region.shift_share(wide, wide * 2.0, over="nace")
    assert parts.competitive.dims == ("geo", "time")
    same(parts.competitive.values, np.zeros((2, 3)))
    with pytest.raises(ValueError, match="no dimension 'geos'"):
        region.hhi(wide, over="geos")


def test_flags():
    flags = np.zeros((3, 2), int)
    flags[0, 0] = Flag.PROVISIONAL
    flags[2, 0] = Flag.ESTIMATED
    found = region.hhi(cube(flags))
    assert found.flags.tolist() == [Flag.PROVISIONAL | Flag.ESTIMATED, 0]
    assert region.rank(cube(flags)).flags.tolist() == flags.tolist()
    holed = cube().copy()
    values = np.array(holed.values)
    values[1, 1] = NAN
    holed = cube(flags)._with(values, cube(flags).flags)
    assert np.isnan(region.hhi(holed).values[1])
    partial = region.hhi(holed, min_coverage=0.5)
    same(partial.values[1], region.hhi([20.0, 5.0]))
    assert partial.flags[1] == Flag.PARTIAL
    ranked = region.rank(holed)
    assert ranked.flags[:, 1].tolist() == [Flag.PARTIAL, 0, Flag.PARTIAL]
    nothing = cube()._with(np.zeros((3, 2)), None)
    assert region.hhi(nothing).flags.tolist() == [Flag.UNDEFINED, Flag.UNDEFINED]


def test_xarray():
    xr = pytest.importorskip("xarray")
    array = xr.DataArray(X, dims=("time", "geo"), coords={"geo": ["CN", "DE", "US"]}, attrs={"units": "EUR"})
    found = region.hhi(array)
    assert found.dims == ("time",)
    assert found.attrs["units"] == "1"
    assert "geo" not in found.coords
    same(found, region.hhi(X))
    assert region.rank(array).dims == ("time", "geo")
    people = xr.DataArray([3.0, 1.0, 2.0], dims="geo", coords={"geo": ["US", "CN", "DE"]})
    same(region.gini(array, people), region.gini(X, [1.0, 2.0, 3.0]))
    same(region.hhi(array, over="time"), region.hhi(X, over=0))


def test_polars():
    pl = pytest.importorskip("polars")
    assert region.hhi(pl.Series("x", [20.0, 50.0, 20.0, 10.0])) == pytest.approx(0.34)
    ranked = region.rank(pl.Series("x", [1.0, None, 3.0]))
    assert ranked.to_list() == [2.0, None, 1.0]


def test_dask():
    da = pytest.importorskip("dask.array")
    lazy = da.from_array(np.tile(X, (4, 1)), chunks=(3, 2))
    same(region.hhi(lazy).compute(scheduler="sync"), np.tile(region.hhi(X), 4))
    same(region.gini(lazy, [1.0, 2.0, 3.0]).compute(scheduler="sync"), np.tile(region.gini(X, [1.0, 2.0, 3.0]), 4))


@pytest.mark.parametrize("over", [0, 1])
def test_threads_change_nothing(over):
    before = indicia.get_threads()
    x = np.random.default_rng(0).uniform(1, 9, (700, 600))
    try:
        indicia.set_threads(1)
        alone = [region.hhi(x, over=over), region.rank(x, over=over), region.gini(x, over=over)]
        alone += [region.shift_share(x, x[::-1], over=over).mix]
        indicia.set_threads(3)
        shared = [region.hhi(x, over=over), region.rank(x, over=over), region.gini(x, over=over)]
        shared += [region.shift_share(x, x[::-1], over=over).mix]
    finally:
        indicia.set_threads(before)
    for a, b in zip(alone, shared, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(alone[0], ufuncs.region_hhi(np.moveaxis(x, over, -1), x.shape[over]))


@pytest.mark.parametrize(("regions", "error"), [(5, np.exceptions.AxisError), ("city", TypeError), (1, ValueError)])
def test_an_axis_of_regions_that_is_not_there(regions, error):
    """Axis 5 of 2 isn't axis 1."""
    with pytest.raises(error, match="regions"):
        region.location_quotient(np.ones((3, 2)), over=1, regions=regions)
