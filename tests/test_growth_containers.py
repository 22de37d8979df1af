"""Growth on every container: labels, calendars and flags are kept."""

from __future__ import annotations

import datetime as dt
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from growth_figures import OPTIONS, figures, floats, lists, same, twin_along
from reference import growth as twin

import indicia
from indicia import containers, growth

pd = pytest.importorskip("pandas")
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
NAN = float("nan")


# ---- pandas --------------------------------------------------------------------------------------------------


def months(n, start="2020-01"):
    return pd.period_range(start, periods=n, freq="M")


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "int64", "Float64", "Float32", "Int64", "double[pyarrow]", "int32[pyarrow]"]
)
def test_series_keep_their_labels_and_their_way_to_be_missing(dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    x = pd.Series([100, 110, 121, 0, 5], index=months(5), name="gdp").astype(dtype)
    nullable = dtype[0].isupper() or "pyarrow" in dtype
    if nullable:
        x.iloc[1] = pd.NA
    got = growth.pct_change(x)
    assert got.name == "gdp"
    assert got.index.equals(x.index)
    assert str(got.dtype) == (
        {"F": "Float64", "I": "Float64"}.get(dtype[0], "double[pyarrow]") if nullable else "float64"
    )
    want = floats(twin.pct_change([100, None if nullable else 110, 121, 0, 5]))
    same(got.to_numpy(dtype=float, na_value=np.nan), want)
    assert got.isna().tolist() == np.isnan(want).tolist()
    if nullable:
        assert got.iloc[0] is pd.NA


def test_frames_run_down_their_rows():
    x = figures((30, 4))
    frame = pd.DataFrame(x, index=months(30), columns=list("abcd"))
    got = growth.pct_change(frame)
    pd.testing.assert_frame_equal(got, pd.DataFrame(twin_along(x, 0), index=frame.index, columns=frame.columns))
    pd.testing.assert_frame_equal(growth.pct_change(frame.T, axis=1), got.T)
    pd.testing.assert_frame_equal(growth.pct_change(frame.T, axis="columns"), got.T)
    pd.testing.assert_frame_equal(growth.yoy(frame), growth.pct_change(frame, 12))


def test_a_frame_of_mixed_columns():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": pd.array([1, None], dtype="Int64"), "c": [1, 3]}, index=months(2))
    got = growth.pct_change(frame)
    assert [str(d) for d in got.dtypes] == ["float64", "Float64", "float64"]
    assert got["b"].isna().all()
    assert got["c"].iloc[1] == 2.0
    empty = growth.pct_change(frame[[]])
    assert empty.shape == (2, 0)
    with pytest.raises(TypeError, match="column 'd' has dtype"):
        growth.pct_change(frame.assign(d=pd.Categorical(["x", "y"])))


def test_the_argument_is_left_alone():
    x = pd.DataFrame(figures((20, 3)), index=months(20))
    before = x.copy()
    growth.pct_change(x)
    growth.rate(x, x)
    pd.testing.assert_frame_equal(x, before)


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("lag", [1, 3, 12])
def test_holes_and_order_of_a_period_index(lag, skip):
    rng = np.random.default_rng(lag)
    ordinals = rng.permutation(np.flatnonzero(rng.random(60) < 0.7) + 600)
    x = pd.Series(figures(len(ordinals)), index=pd.PeriodIndex.from_ordinals(ordinals, freq="M"))
    want = twin.by_calendar(dict(zip(ordinals.tolist(), lists(x.to_numpy()), strict=True)), lag, skip_missing=skip)
    same(growth.pct_change(x, lag, skip_missing=skip), floats(list(want.values())))
    frame = pd.DataFrame({"a": x, "b": 2 * x})
    same(growth.pct_change(frame, lag, skip_missing=skip)["b"], floats(list(want.values())))


def test_dates():
    dates = pd.date_range("2020-01-31", periods=30, freq="ME")
    x = pd.Series(figures(30), index=dates)
    same(growth.yoy(x), twin_along(x.to_numpy(), lag=12))
    same(growth.yoy(pd.Series(x.to_numpy(), index=pd.DatetimeIndex(dates.to_numpy()))), growth.yoy(x))  # inferred
    holes = x.drop(dates[[3, 7]])
    with pytest.raises(ValueError, match="say freq="):
        growth.pct_change(holes)
    want = twin.by_calendar(
        dict(zip(np.delete(np.arange(30), [3, 7]).tolist(), lists(holes.to_numpy()), strict=True)), 1
    )
    same(growth.pct_change(holes, freq="M"), floats(list(want.values())))


def test_quarters_and_years():
    x = np.arange(1.0, 13.0)
    same(growth.yoy(pd.Series(x, index=pd.period_range("2020Q1", periods=12, freq="Q"))), twin_along(x, lag=4))
    same(growth.yoy(pd.Series(x, index=pd.period_range("2000", periods=12, freq="Y"))), twin_along(x, lag=1))
    with pytest.raises(ValueError, match="freq='M'"):
        growth.yoy(pd.Series(x, index=pd.period_range("2000", periods=12, freq="Y")), freq="M")


def test_iso_weeks_compare_with_the_same_week():
    weeks = pd.period_range("2019-12-30", "2022-01-30", freq="W-SUN")
    x = pd.Series(np.arange(1.0, len(weeks) + 1), index=weeks)
    got = growth.yoy(x)
    by_week = {}
    for week, value, rate in zip(weeks, x, got, strict=True):
        year, number, _ = week.end_time.isocalendar()
        base = by_week.get((year - 1, number))
        assert (np.isnan(rate) and base is None) or rate == (value - base) / base
        by_week[year, number] = value
    assert sum(number == 53 for _, number in by_week) == 1


def test_days_compare_with_the_same_date():
    days = pd.period_range("2019-02-25", "2021-03-02", freq="D")
    x = pd.Series(np.arange(1.0, len(days) + 1), index=days)
    got = growth.yoy(x)
    values = dict(zip([d.to_timestamp().date() for d in days], x, strict=True))
    for day, rate in zip(values, got, strict=True):
        base = None if (day.month, day.day) == (2, 29) else values.get(dt.date(day.year - 1, day.month, day.day))
        assert (np.isnan(rate) and base is None) or rate == (values[day] - base) / base


def test_other_labels_count_places():
    x = pd.Series([1.0, 2.0, 4.0], index=["a", "b", "c"])
    same(growth.pct_change(x), [NAN, 1.0, 1.0])
    same(growth.yoy(x, freq="A"), [NAN, 1.0, 1.0])
    with pytest.raises(ValueError, match="say freq="):
        growth.yoy(x)
    index = pd.MultiIndex.from_product([["CN", "DE"], [2020, 2021]])
    with pytest.raises(ValueError, match="unstack"):
        growth.pct_change(pd.Series([1.0, 2.0, 3.0, 4.0], index=index))
    same(growth.rate(pd.Series([1.0, 2.0, 3.0, 4.0], index=index), 1.0), [0.0, 1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="2020-01 comes twice"):
        growth.pct_change(pd.Series([1.0, 2.0], index=pd.PeriodIndex(["2020-01", "2020-01"], freq="M")))


def test_two_labelled_arguments_are_aligned_by_label():
    a = pd.Series([1.0, 2.0, 4.0], index=["CN", "DE", "FR"], name="now")
    b = pd.Series([4.0, 1.0, 2.0], index=["FR", "CN", "DE"], name="base")
    got = growth.rate(a, b)
    assert got.name == "now"
    assert got.index.tolist() == ["CN", "DE", "FR"]
    same(got, [0.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="row labels differ: base lacks FR"):
        growth.rate(a, b.drop("FR"))
    with pytest.raises(ValueError, match=r"base lacks DE; now lacks FR \(join='inner'"):
        growth.rate(a.drop("FR"), b.drop("DE"))
    inner = growth.rate(a.drop("CN"), b.drop("DE"), join="inner")
    assert inner.index.tolist() == ["FR"]
    with pytest.raises(ValueError, match="come twice"):
        growth.rate(pd.Series([1.0, 2.0], index=["CN", "CN"]), a)
    with pytest.raises(ValueError, match=r"base: shape \(2,\) doesn't fit"):
        growth.rate(a, [1.0, 2.0])
    same(growth.rate(a, [1.0, 2.0, 4.0]), [0.0, 0.0, 0.0])
    same(growth.rate(8.0, a), [7.0, 3.0, 1.0])


def test_a_series_beside_a_frame_is_one_figure_per_row():
    frame = pd.DataFrame({"a": [1.0, 3.0], "b": [3.0, 1.0]}, index=["x", "y"])
    got = growth.share(frame, frame.sum(axis=1)[["y", "x"]])
    pd.testing.assert_frame_equal(got, pd.DataFrame({"a": [0.25, 0.75], "b": [0.75, 0.25]}, index=["x", "y"]))
    pd.testing.assert_frame_equal(growth.share(frame[["b", "a"]], frame)[["a", "b"]], frame / frame)
    with pytest.raises(ValueError, match="column labels differ: total lacks b"):
        growth.share(frame, frame[["a"]])
    same(growth.share(frame.sum(axis=1), frame).to_numpy(), [[4.0, 4 / 3], [4 / 3, 4.0]])


def test_nothing_comes_out_of_nothing():
    nothing = pd.Series([], dtype=float, index=pd.PeriodIndex([], freq="M"))
    for skip in (False, True):
        pd.testing.assert_series_equal(growth.pct_change(nothing, skip_missing=skip), nothing)
    assert growth.pct_change(pd.DataFrame()).shape == (0, 0)
    assert growth.yoy(pd.DataFrame(index=months(3))).shape == (3, 0)
    assert growth.pct_change(cube_of(np.empty((0, 5)))).shape == (0, 5)
    assert growth.pct_change(cube_of(np.empty((2, 0)), np.empty((2, 0), np.uint32))).shape == (2, 0)


def test_a_lag_beyond_all_figures():
    for index in (months(3), pd.PeriodIndex(["2020-01", "2020-03", "2020-04"], freq="M"), None):
        for skip in (False, True):
            assert growth.pct_change(pd.Series([1.0, 2.0, 3.0], index=index), 10**12, skip_missing=skip).isna().all()
    assert growth.pct_change(cube_of([1.0, 2.0], [1, 1]), 10**12).flags is None


# ---- xarray --------------------------------------------------------------------------------------------------


def test_data_arrays():
    xr = pytest.importorskip("xarray")
    x = figures((3, 30))
    a = xr.DataArray(
        x,
        dims=("geo", "time"),
        coords={"geo": list("abc"), "time": pd.date_range("2020-01", periods=30, freq="MS")},
        name="gdp",
    )
    a.attrs.update(units="EUR", source="here")
    got = growth.yoy(a)
    assert got.dims == a.dims
    assert got.name == "gdp"
    assert got.attrs == {"units": "1", "source": "here"}
    assert a.attrs["units"] == "EUR"
    xr.testing.assert_equal(got.drop_attrs(), xr.DataArray(twin_along(x, lag=12), a.coords, a.dims))
    xr.testing.assert_equal(growth.yoy(a.transpose()), got.transpose())
    xr.testing.assert_equal(growth.yoy(a.rename(time="t")), got.rename(time="t"))
    with pytest.raises(ValueError, match="which of geo, t is time"):
        growth.pct_change(a.rename(time="t").drop_vars("t"))
    same(growth.pct_change(a.rename(time="t").drop_vars("t"), axis="t"), twin_along(x))
    with pytest.raises(ValueError, match="no dimension 'x'"):
        growth.pct_change(a, axis="x")
    hole = a.isel(time=[0, 1, 3, 4])
    same(
        growth.pct_change(hole, freq="M"),
        np.stack(
            [
                floats(list(twin.by_calendar(dict(zip([0, 1, 3, 4], lists(r), strict=True)), 1).values()))
                for r in hole.values
            ]
        ),
    )


def test_data_arrays_are_aligned_by_name():
    xr = pytest.importorskip("xarray")
    a = xr.DataArray([[1.0, 2.0], [3.0, 4.0]], dims=("geo", "item"), coords={"geo": ["x", "y"], "item": ["i", "j"]})
    total = a.sum("item")[::-1]
    same(growth.share(a, total), [[1 / 3, 2 / 3], [3 / 7, 4 / 7]])
    same(growth.share(a.T, total).transpose("geo", "item"), [[1 / 3, 2 / 3], [3 / 7, 4 / 7]])
    with pytest.raises(ValueError, match="dimension geo: labels differ: total lacks y"):
        growth.share(a, total.sel(geo=["x"]))
    assert growth.share(a, total.sel(geo=["x"]), join="inner").shape == (1, 2)
    with pytest.raises(TypeError, match="only labels of one kind"):
        growth.share(a, pd.Series([1.0, 2.0]))
    with pytest.raises(TypeError, match="Dataset"):
        growth.pct_change(a.to_dataset(name="v"))


# ---- polars --------------------------------------------------------------------------------------------------


def test_polars_series():
    pl = pytest.importorskip("polars")
    for dtype in (pl.Float64, pl.Int32):
        x = pl.Series("gdp", [100, None, 121, 0, 5], dtype=dtype)
        got = growth.pct_change(x, skip_missing=True)
        assert isinstance(got, pl.Series)
        assert got.name == "gdp"
        assert got.dtype == pl.Float64
        assert got.to_list() == twin.pct_change(x.to_list(), skip_missing=True)
    assert growth.rate(pl.Series([2.0, None]), pl.Series([1.0, 1.0])).to_list() == [1.0, None]
    assert growth.yoy(pl.Series([1.0, 2.0]), freq="A").to_list() == [None, 1.0]
    with pytest.raises(ValueError, match="now has 2 rows, base has 1"):
        growth.rate(pl.Series([2.0, 1.0]), pl.Series([1.0]))
    with pytest.raises(ValueError, match="say freq="):
        growth.yoy(x)
    with pytest.raises(TypeError, match="expected numbers, got dtype String"):
        growth.pct_change(pl.Series(["a"]))
    with pytest.raises(TypeError, match="one by one"):
        growth.pct_change(pl.DataFrame({"a": [1.0]}))


# ---- cubes ---------------------------------------------------------------------------------------------------


def cube_of(values, flags=None, freq="M", first=600, **facts):
    values = np.asarray(values, float)
    dims = [f"d{k}" for k in range(values.ndim - 1)]
    codes = {d: [f"{d}-{i}" for i in range(n)] for d, n in zip(dims, values.shape, strict=False)}
    time = indicia.Periods.range(freq, first, values.shape[-1])
    return indicia.Cube([*dims, "time"], codes, time, values, flags, **facts)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_flags_of_cubes_against_the_twin(options):
    x = figures((3, 4, 30))
    marks = np.random.default_rng(5).integers(0, 8, x.shape).astype(np.uint32)
    marks[..., ::3] &= ~np.uint32(twin.BREAK)
    cube = cube_of(
        x, marks, unit="EUR", multiplier=6, decimals=1, attrs={"title": "t"}, labels={"d0": {"d0-0": "zero"}}
    )
    got = growth.pct_change(cube, **options)
    assert isinstance(got, indicia.Cube)
    same(got.values, twin_along(x, **options))
    want = [
        [twin.flags(lists(f), m.tolist(), **options) for f, m in zip(a, b, strict=True)]
        for a, b in zip(x, marks, strict=True)
    ]
    np.testing.assert_array_equal(got.flags, want) if np.any(want) else same(got.flags is None, True)
    assert (got.dims, got.codes, got.time, got.labels, got.attrs) == (
        cube.dims,
        cube.codes,
        cube.time,
        cube.labels,
        cube.attrs,
    )
    assert (got.unit, got.multiplier, got.decimals) == ("fraction", None, None)
    bare = growth.pct_change(cube_of(x), **options)
    want = [[twin.flags(lists(f), [0] * 30, **options) for f in a] for a in x]
    np.testing.assert_array_equal(0 if bare.flags is None else bare.flags, want)


def test_a_break_counts_after_the_base_only():
    brk = indicia.Flag.BREAK
    got = growth.pct_change(cube_of([1.0, 2.0, 4.0, 8.0, 16.0], [0, brk, 0, 0, 0]), 2)
    assert got.flags.tolist() == [0, 0, brk, 0, 0]  # (0, 2] holds the break, (1, 3] begins at it
    assert growth.pct_change(cube_of([1.0, 2.0], [brk, 0])).flags is None


def test_undefined_rates_say_so():
    und = indicia.Flag.UNDEFINED
    cube = cube_of([0.0, 1.0, -1.0, NAN, 5.0, 6.0])
    assert growth.pct_change(cube).flags.tolist() == [0, und, 0, 0, 0, 0]  # the missing figure is why, at 3
    assert growth.pct_change(cube_of([-1.0, 1.0, 0.0, 2.0])).flags.tolist() == [0, und, 0, und]
    assert growth.pct_change(cube_of([-1.0, 1.0, 0.0, 2.0]), negative_base="abs").flags.tolist() == [0, 0, 0, und]
    assert growth.rate(cube_of([1.0, 1.0, NAN]), cube_of([0.0, 1.0, -1.0])).flags.tolist() == [und, 0, 0]
    assert growth.share(cube_of([1.0, 1.0, NAN]), cube_of([0.0, -1.0, 0.0])).flags.tolist() == [und, 0, 0]
    one = cube_of([1.0, 1.0])
    assert growth.contribution(one, one, cube_of([-1.0, 1.0])).flags.tolist() == [und, 0]


@pytest.mark.parametrize(("freq", "lag"), [("A", 1), ("S", 2), ("Q", 4), ("M", 12)])
def test_a_year_of_a_cube(freq, lag):
    x = figures((3, 30))
    same(growth.yoy(cube_of(x, freq=freq)).values, twin_along(x, lag=lag))
    with pytest.raises(ValueError, match="the cube is of frequency"):
        growth.yoy(cube_of(x, freq=freq), freq="D")


@pytest.mark.parametrize("freq", ["W", "D"])
def test_a_year_of_weeks_and_days(freq):
    n = 3 * 53 if freq == "W" else 3 * 366
    first = int(indicia.Periods.from_days(freq, ["2019-01-01"]).ordinals[0])
    x = np.arange(1.0, n + 1)
    marks = np.zeros(n, np.uint32)
    marks[n // 2] = indicia.Flag.BREAK
    got = growth.yoy(cube_of(x, marks, freq=freq, first=first))
    base = got.time.year_lag_index()
    for t in range(n):
        if base[t] < 0:
            assert np.isnan(got.values[t])
            assert got.flags[t] == 0
        else:
            assert got.values[t] == (x[t] - x[base[t]]) / x[base[t]]
            assert (got.flags[t] == indicia.Flag.BREAK) == (base[t] < n // 2 <= t)


def test_cubes_are_aligned_by_name():
    part = cube_of([[1.0, 2.0], [3.0, 6.0]], [[1, 2], [4, 8]], unit="EUR")
    total = indicia.Cube(["time"], {}, part.time, [4.0, 8.0], [16, 1], unit="EUR")
    got = growth.share(part, total)
    assert got.dims == part.dims
    same(got.values, [[0.25, 0.25], [0.75, 0.75]])
    assert got.flags.tolist() == [[17, 3], [20, 9]]
    got = growth.rate(part, total)
    assert got.flags.tolist() == [[17, 2], [20, 8]]  # a break at the base stays behind
    got = growth.contribution(part, part, total)
    assert got.flags.tolist() == [[17, 2], [20, 8]]
    same(got.values, np.zeros((2, 2)))
    same(growth.share(part, 4.0).values, [[0.25, 0.5], [0.75, 1.5]])
    same(growth.rate(12.0, part).values, [[11.0, 5.0], [3.0, 1.0]])
    with pytest.raises(ValueError, match="units differ: part has EUR, total has USD"):
        growth.share(part, total.replace(unit="USD"))
    with pytest.raises(ValueError, match="multipliers differ: part has 0, total has 6"):
        growth.share(part, total.replace(multiplier=6))
    with pytest.raises(ValueError, match="units differ: part_now has EUR, total_base has USD"):
        growth.contribution(part, part, total.replace(unit="USD"))
    with pytest.raises(ValueError, match="periods differ"):
        growth.share(part, cube_of([1.0, 2.0], first=601))
    assert growth.share(part, cube_of([1.0, 2.0], first=601), join="inner").shape == (2, 1)
    assert growth.share(part, total.replace(unit=None)).unit == "fraction"


def test_cubes_refuse():
    cube = cube_of([1.0, 2.0])
    timeless = indicia.Cube(["geo"], {"geo": ["CN"]}, None, [1.0])
    with pytest.raises(ValueError, match="the cube has no time"):
        growth.pct_change(timeless)
    same(growth.rate(timeless, timeless).values, [0.0])
    with pytest.raises(ValueError, match="of a cube it is always 'time'"):
        growth.pct_change(cube, axis="d0")
    with pytest.raises(TypeError, match="to_cube"):
        growth.pct_change(cube.to_observations())
    with pytest.raises(TypeError, match="only labels of one kind"):
        growth.rate(cube, pd.Series([1.0, 2.0]))


def test_results_are_as_immutable_as_any_cube():
    got = growth.pct_change(cube_of([0.0, 2.0], [1, 2]))
    with pytest.raises(ValueError, match="read-only"):
        got.values[0] = 1.0
    assert got.flags.dtype == np.uint32
    assert pickle.loads(pickle.dumps(got)) == got


# ---- dask ----------------------------------------------------------------------------------------------------


def test_lazy_arrays_stay_lazy():
    da = pytest.importorskip("dask.array")
    x = figures((8, 60))
    lazy = da.from_array(x, chunks=(3, -1))
    for options in OPTIONS:
        got = growth.pct_change(lazy, **options)
        assert isinstance(got, da.Array)
        same(got.compute(scheduler="sync"), twin_along(x, **options))
    got = growth.pct_change(da.from_array(x.T, chunks=(-1, 3)), axis=0, skip_missing=True)
    same(got.compute(scheduler="sync"), twin_along(x, skip_missing=True).T)
    xr = pytest.importorskip("xarray")
    got = growth.pct_change(xr.DataArray(lazy, dims=("geo", "time")))
    assert isinstance(got.data, da.Array)
    same(got.compute(scheduler="sync"), twin_along(x))
    got = growth.rate(lazy, 2.0)
    assert isinstance(got, da.Array)
    same(got.compute(scheduler="sync"), growth.rate(x, 2.0))


def test_functions_can_be_sent_to_others():
    for name in growth.__all__:
        function = getattr(growth, name)
        assert pickle.loads(pickle.dumps(function)) is function


# ---- the decorator -------------------------------------------------------------------------------------------


def test_the_signature_stays():
    import inspect

    assert list(inspect.signature(growth.pct_change).parameters)[:2] == ["x", "lag"]
    with pytest.raises(TypeError, match="the first parameters are not"):
        containers.labelled("y")(lambda x: x)


def test_pandas_is_not_imported_for_arrays():
    import subprocess
    import sys

    code = (
        "import sys; from indicia import growth; growth.yoy([1.0, 2.0], freq='A');"
        "assert not {'pandas', 'xarray', 'polars', 'dask'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
