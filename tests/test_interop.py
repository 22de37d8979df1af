"""Observations and cubes as frames, arrays and streams, and back."""

from __future__ import annotations

import subprocess
import sys

import containers as make
import numpy as np
import pytest
from hypothesis import given
from reference import cube as slow

from indicia import Cube, Observations, Periods

pd = pytest.importorskip("pandas")

ODD = ["01", "NA", "TRUE", "", "a,b", "中国"]


def cubes_equal(a, b):
    assert a.dims == b.dims
    assert a.codes == b.codes
    assert a.time == b.time
    assert np.array_equal(a.values, b.values, equal_nan=True)
    assert np.array_equal(
        np.zeros(a.shape, np.uint32) if a.flags is None else a.flags,
        np.zeros(b.shape, np.uint32) if b.flags is None else b.flags,
    )


def test_importing_indicia_imports_no_library():
    code = (
        "import sys, indicia; indicia.Cube(['a'], {'a': ['x']}, None, [1.0]) + 1;"
        "print([m for m in ('pandas', 'xarray', 'polars', 'pyarrow', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- pandas: long


def long_one():
    return Observations.from_arrays(
        {"geo": ODD}, range(6), time=["2023", "2021", "2022", "2022", "2021", "2023"], flags=[0, 1, 5, 0, 0, 1 << 28],
        codes={"geo": [*ODD[::-1], "unused"]},
    )  # fmt: skip


def test_to_pandas():
    obs = long_one()
    frame = obs.to_pandas()
    assert list(frame.columns) == ["geo", "time", "value", "flags"]
    assert frame["geo"].tolist() == ODD
    assert frame["geo"].cat.categories.tolist() == [*ODD[::-1], "unused"]
    assert frame["time"].tolist() == ["2023", "2021", "2022", "2022", "2021", "2023"]
    assert frame["time"].cat.categories.tolist() == ["2021", "2022", "2023"]
    assert frame["time"].cat.ordered
    assert frame["value"].dtype == np.float64
    assert frame["flags"].dtype == np.uint32
    assert obs.to_pandas(flags="text")["flags"].tolist() == ["", "BREAK", "BREAK|ESTIMATED", "", "", "OTHER"]
    assert "flags" not in obs.to_pandas(flags=None)
    assert "flags" not in obs.sel(geo=["01"]).to_pandas()
    assert isinstance(obs.to_pandas(time="period")["time"].dtype, pd.PeriodDtype)
    assert obs.to_pandas(time="start")["time"][0] == pd.Timestamp("2023-01-01")
    assert obs.to_pandas(time="end")["time"][0] == pd.Timestamp("2023-12-31")
    frame.loc[0, "value"] = 99.0  # the frame is the user's own
    assert obs.values[0] == 0.0
    with pytest.raises(ValueError, match="time is one of"):
        obs.to_pandas(time="date")
    with pytest.raises(ValueError, match="flags is"):
        obs.to_pandas(flags="letters")


def test_to_pandas_of_several_frequencies():
    obs = Observations.from_arrays({}, [1.0, 2.0, 3.0, 4.0], time=["2023-Q1", "2023", "2023-S1", "2022-12-31"])
    frame = obs.to_pandas()
    assert frame["time"].tolist() == ["2023-Q1", "2023", "2023-S1", "2022-12-31"]
    assert frame["time"].cat.categories.tolist() == ["2022-12-31", "2023", "2023-S1", "2023-Q1"]
    assert obs.to_pandas(time="start")["time"].dt.year.tolist() == [2023, 2023, 2023, 2022]
    with pytest.raises(ValueError, match="needs one frequency, and there are A and D and Q and S"):
        obs.to_pandas(time="period")


def test_attributes_are_columns():
    obs = Observations(
        ["geo"], {"geo": ["a"]}, {"geo": [0, 0, 0]}, None, [1, 2, 3],
        attributes={"note": ([0, 2, 1], ["x", ""]), "value": ([0, 0, 0], ["y"])},
    )  # fmt: skip
    frame = obs.to_pandas()
    assert list(frame.columns) == ["geo", "value", "note", "value_"]
    assert frame["note"].isna().tolist() == [False, True, False]
    assert frame["note"].cat.categories.tolist() == ["x", ""]
    back = Observations.from_pandas(frame, attributes=["note", "value_"])
    assert back.attributes["note"][1] == ("x", "")
    assert back.to_pandas().equals(frame)


@pytest.mark.parametrize("n", [126, 127, 128, 255, 256, 257, 33000])
def test_categories_of_every_width(n):
    codes = [f"c{i}" for i in range(n)]
    obs = Observations.from_arrays({"geo": codes[::-1]}, range(n), codes={"geo": codes})
    frame = obs.to_pandas()
    assert frame["geo"].tolist() == codes[::-1]
    noted = Observations._trusted(
        **{**obs._state(), "attributes": {"x": (np.arange(1, n + 1).astype(np.uint32), tuple(codes))}}
    )
    column = noted.to_pandas()["x"]
    assert column.isna().sum() == 1
    assert column[0] == "c1"


@given(make.observations(mixed=True))
def test_pandas_round_trip(obs):
    frame = obs.to_pandas()
    assert len(frame) == len(obs)
    rows = [tuple(row) for row in frame[[*obs.positions, *(["time"] if obs.time is not None else [])]].to_numpy()]
    words = [] if obs.time is None else [str(p) for p in obs.time]
    for i, (key, value, _) in enumerate(slow.rows_of(obs)):
        codes = key[: len(obs.positions)]
        assert rows[i] == (*codes, *([words[i]] if words else []))
        assert slow.same(frame["value"][i], value)
    back = Observations.from_pandas(frame, attributes=list(obs.attributes), dims=list(obs.positions))
    assert repr(slow.rows_of(back)) == repr(slow.rows_of(obs))
    assert back.codes == obs.codes
    assert back.attributes.keys() == obs.attributes.keys()
    text = Observations.from_pandas(obs.to_pandas(flags="text"), attributes=list(obs.attributes))
    assert repr(slow.rows_of(text)) == repr(slow.rows_of(obs))


def test_from_pandas_kinds_of_columns():
    frame = pd.DataFrame({"geo": ["b", "a"], "time": [2022, 2023], "value": [1, None]})
    obs = Observations.from_pandas(frame)
    assert obs.codes["geo"] == ("b", "a")
    assert [str(p) for p in obs.time] == ["2022", "2023"]
    assert np.isnan(obs.values[1])
    nullable = frame.astype({"value": "Float64"})
    assert np.isnan(Observations.from_pandas(nullable).values[1])
    objects = frame.assign(value=pd.Series([1.5, None], dtype=object))
    assert np.isnan(Observations.from_pandas(objects).values[1])
    periods = frame.assign(time=pd.PeriodIndex(["2023Q1", "2022Q4"], freq="Q"))
    assert [str(p) for p in Observations.from_pandas(periods).time] == ["2023-Q1", "2022-Q4"]
    halves = frame.assign(time=pd.PeriodIndex(["2023-07", "2023-01"], freq="6M"))
    assert [str(p) for p in Observations.from_pandas(halves).time] == ["2023-S2", "2023-S1"]
    dates = frame.assign(time=pd.to_datetime(["2023-03-31", "2023-01-01"]))
    assert [str(p) for p in Observations.from_pandas(dates, freq="Q").time] == ["2023-Q1", "2023-Q1"]
    with pytest.raises(ValueError, match="freq="):
        Observations.from_pandas(dates)
    three = pd.DataFrame({"time": pd.date_range("2023-01-31", periods=4, freq="ME"), "value": range(4)})
    assert Observations.from_pandas(pd.concat([three, three])).freqs == ("M",)
    indexed = frame.set_index(["geo", "time"])
    assert Observations.from_pandas(indexed).dims == ("geo", "time")
    assert Observations.from_pandas(indexed["value"]).dims == ("geo", "time")
    assert Observations.from_pandas(frame, time=None, dims=["geo"]).dims == ("geo",)


def test_from_pandas_errors():
    frame = pd.DataFrame({"geo": [1, 2], "time": ["2022", "2023"], "value": [1.0, 2.0]})
    with pytest.raises(TypeError, match="codes are strings: column 'geo' holds int64"):
        Observations.from_pandas(frame)
    with pytest.raises(ValueError, match="row 1 has no code in column 'geo'"):
        Observations.from_pandas(frame.assign(geo=["a", None]))
    with pytest.raises(ValueError, match="row 0 has no period in column 'time'"):
        Observations.from_pandas(frame.assign(geo=["a", "b"], time=[None, "2023"]))
    with pytest.raises(KeyError, match="no column 'values'; did you mean 'value'"):
        Observations.from_pandas(frame, value="values")
    with pytest.raises(TypeError, match="not numbers"):
        Observations.from_pandas(frame.assign(geo="a", value=["1", "2"]))
    with pytest.raises(TypeError, match="a pandas DataFrame"):
        Observations.from_pandas({"value": [1]})
    with pytest.raises(ValueError, match="twice"):
        Observations.from_pandas(pd.concat([frame, frame], axis=1))
    with pytest.raises(TypeError, match="codes are strings: element 1 of 'geo' is int 2"):
        Observations.from_pandas(frame.assign(geo=pd.Series(["a", 2], dtype=object)))
    with pytest.raises(TypeError, match="flags are bits or texts"):
        Observations.from_pandas(frame.assign(geo="a", flags=[0.5, 1.0]))


# ---- pandas: wide


@given(make.cubes(time=True))
def test_wide_round_trip(cube):
    frame = cube.to_pandas()
    assert frame.shape == (len(cube.time), int(np.prod(cube.shape[:-1])))
    assert isinstance(frame.index, pd.PeriodIndex)
    if cube.codes:
        assert list(frame.columns.names) == list(cube.codes)
        if cube.size:
            back = Cube.from_pandas(frame)
            assert back.dims == cube.dims
            assert back.codes == cube.codes
            assert back.time == cube.time
            assert np.array_equal(back.values, cube.values, equal_nan=True)
    else:
        assert list(frame.columns) == ["value"]
        if cube.size:
            assert np.array_equal(Cube.from_pandas(frame["value"]).values, cube.values, equal_nan=True)


def test_wide():
    cube = Cube.from_arrays([[1.0, 2.0]], ["geo", "time"], {"geo": ["NA"], "time": ["2022-S2", "2023-S1"]})
    frame = cube.to_pandas()
    assert frame.index.freqstr == "6M"
    assert frame.index.name == "time"
    assert frame.columns.tolist() == ["NA"]
    frame.iloc[0, 0] = 9.0
    assert cube.values[0, 0] == 1.0
    still = Cube(["geo", "sex"], {"geo": ["a", "b"], "sex": ["F"]}, None, [[1.0], [2.0]]).to_pandas()
    assert still.loc[("b", "F"), "value"] == 2.0


def test_from_wide_frames():
    monthly = pd.DataFrame({"a": [1, 2, 3]}, index=pd.date_range("2023-01-31", periods=3, freq="ME"))
    cube = Cube.from_pandas(monthly, dims=["geo"], unit="EUR")
    assert cube.dims == ("geo", "time")
    assert cube.time.freq == "M"
    assert cube.unit == "EUR"
    assert Cube.from_pandas(monthly).dims == ("series", "time")
    gap = monthly.iloc[[0, 2]]
    assert np.isnan(Cube.from_pandas(gap, freq="M").values[0, 1])
    texts = pd.DataFrame({"a": [1.0, 2.0]}, index=["2023-Q2", "2023-Q1"])
    assert Cube.from_pandas(texts).values.tolist() == [[2.0, 1.0]]
    years = pd.DataFrame({"a": [1.0, 2.0]}, index=[2022, 2023])
    assert Cube.from_pandas(years).time.freq == "A"
    one = pd.Series([1.0, 2.0], index=pd.period_range("2022", periods=2, freq="Y"))
    assert Cube.from_pandas(one).dims == ("time",)
    holes = pd.DataFrame(
        [[1.0, 2.0]], index=pd.PeriodIndex(["2023"], freq="Y"),
        columns=pd.MultiIndex.from_tuples([("a", "F"), ("b", "M")], names=["geo", "sex"]),
    )  # fmt: skip
    assert Cube.from_pandas(holes).values[:, :, 0].tolist()[0][0] == 1.0
    assert np.isnan(Cube.from_pandas(holes).values[0, 1, 0])
    long = pd.DataFrame({"geo": ["a"], "time": ["2023"], "value": [1.0], "flags": [4]})
    assert Cube.from_pandas(long).flags.tolist() == [[4]]
    assert Cube.from_pandas(long, unit="EUR").unit == "EUR"
    dates = long.assign(time=pd.to_datetime(["2023-05-31"]))
    assert str(Cube.from_pandas(dates, freq="M").time[0]) == "2023-05"
    both = pd.concat([long, long.assign(time="2023-Q1", value=7.0)])
    assert Cube.from_pandas(both, freq="Q").values.tolist() == [[7.0]]
    assert Cube.from_pandas(long.set_index(["geo", "time"])["value"]).shape == (1, 1)


def test_from_wide_errors():
    years = pd.PeriodIndex(["2023"], freq="Y")
    with pytest.raises(TypeError, match="codes are strings"):
        Cube.from_pandas(pd.DataFrame([[1.0, 2.0]], index=years, columns=[1, 2]))
    with pytest.raises(ValueError, match="dims= names each"):
        Cube.from_pandas(
            pd.DataFrame([[1.0]], index=years, columns=pd.MultiIndex.from_tuples([("a", "b")])),
        )
    with pytest.raises(ValueError, match="a column is there twice"):
        Cube.from_pandas(pd.DataFrame([[1.0, 2.0]], index=years, columns=["a", "a"]))
    with pytest.raises(ValueError, match="2023 is there twice"):
        Cube.from_pandas(pd.DataFrame({"a": [1.0, 2.0]}, index=pd.PeriodIndex(["2023", "2023"], freq="Y")))
    with pytest.raises(ValueError, match="freq"):
        Cube.from_pandas(pd.DataFrame({"a": [1.0, 2.0]}, index=pd.to_datetime(["2023-01-01", "2023-05-07"])))
    with pytest.raises(TypeError, match="not numbers"):
        Cube.from_pandas(pd.DataFrame({"a": ["x"]}, index=years))
    with pytest.raises(ValueError, match="one frequency"):
        Cube.from_pandas(pd.DataFrame({"a": [1.0, 2.0]}, index=["2023", "2023-Q1"]))


# ---- xarray


@given(make.cubes())
def test_xarray_round_trip(cube):
    xr = pytest.importorskip("xarray")
    array = cube.to_xarray()
    assert isinstance(array, xr.DataArray)
    assert array.dims == cube.dims
    assert Cube.from_xarray(array) == cube


@pytest.mark.parametrize("time", ["period", "start", "end", "text"])
@pytest.mark.parametrize("freq", list("ASQMWD"))
@pytest.mark.parametrize("n", [1, 4])
def test_xarray_time(time, freq, n):
    pytest.importorskip("xarray")
    cube = Cube(["time"], {}, Periods.range(freq, 211, n), np.arange(float(n)), [4] * n, unit="EUR", decimals=1)
    array = cube.to_xarray(time=time)
    assert Cube.from_xarray(array) == cube
    assert Cube.from_xarray(array.isel(time=slice(None, None, -1))).equals(cube)


def test_xarray_details():
    xr = pytest.importorskip("xarray")
    cube = Cube.from_arrays(
        [[[1.0, 2.0]], [[3.0, 4.0]]], ["geo", "unit", "time"],
        {"geo": ["NA", "01"], "unit": ["EUR"], "time": ["2022", "2023"]},
        flags=[[[0, 1]], [[0, 0]]], unit=[["A"], ["B"]], multiplier=3, labels={"geo": {"NA": "Namibia"}},
        attrs={"title": "t"},
    )  # fmt: skip
    array = cube.to_xarray()
    assert array.sel(geo="01", unit="EUR", time="2023").item() == 4.0
    assert array.coords["unit_"].values.tolist() == ["A", "B"]
    assert array.coords["flags"].sel(geo="NA", unit="EUR").values.tolist() == [0, 1]
    assert array.attrs == {"title": "t", "multiplier": 3}
    assert array.coords["geo_label"].values.tolist() == ["Namibia", ""]
    assert Cube.from_xarray(array).labels == {"geo": {"NA": "Namibia"}}
    assert Cube.from_xarray(array.sel(geo=["01"])).labels == {}
    part = Cube.from_xarray(array.sel(geo=["01"]).transpose("time", "geo", "unit"))
    assert part.dims == ("geo", "unit", "time")
    assert part.unit == "B"
    total = Cube.from_xarray(array.sum("geo"))
    assert total.values.tolist() == [[4.0, 6.0]]
    array[0, 0, 0] = 77.0
    assert cube.values[0, 0, 0] == 1.0
    gap = array.isel(time=[0]).drop_vars("flags")
    assert Cube.from_xarray(gap).shape == (2, 1, 1)
    with pytest.raises(TypeError, match="not Dataset; choose one of its variables"):
        Cube.from_xarray(array.to_dataset(name="x"))
    with pytest.raises(ValueError, match="dimension 'geo' has no coordinate"):
        Cube.from_xarray(xr.DataArray([1.0], dims=["geo"]))
    with pytest.raises(TypeError, match="codes are strings"):
        Cube.from_xarray(xr.DataArray([1.0], dims=["geo"], coords={"geo": [1]}))
    dated = xr.DataArray(range(3), dims="time", coords={"time": pd.date_range("2023-01-01", periods=3, freq="MS")})
    assert Cube.from_xarray(dated).time.freq == "M"
    assert Cube.from_xarray(dated[:1], freq="M").shape == (1,)
    with pytest.raises(ValueError, match="freq="):
        Cube.from_xarray(xr.DataArray([1.0], dims="time", coords={"time": pd.to_datetime(["2023-01-01"])}))


# ---- polars and Arrow


@given(make.observations())
def test_arrow_round_trip(obs):
    pa = pytest.importorskip("pyarrow")
    table = pa.table(obs)
    assert table.num_rows == len(obs)
    names = [*obs.positions, *(["time"] if obs.time is not None else [])]
    assert table.column_names[: len(names)] == names
    back = Observations.from_arrow(table, dims=list(obs.positions), attributes=list(obs.attributes))
    assert repr(slow.rows_of(back)) == repr(slow.rows_of(obs))
    assert {name: words for name, (_, words) in back.attributes.items()} == {
        name: words for name, (_, words) in obs.attributes.items()
    } or not len(obs)


@given(make.observations())
def test_polars_round_trip(obs):
    pl = pytest.importorskip("polars")
    frame = obs.to_polars()
    assert isinstance(frame, pl.DataFrame)
    if obs.positions or obs.time is not None:
        assert len(frame) == len(obs)
    rows = slow.rows_of(obs)
    for j, dim in enumerate(obs.positions):
        assert frame[dim].to_list() == [key[j] for key, _, _ in rows]
        assert frame[dim].dtype == pl.Enum(list(obs.codes[dim]))
    back = Observations.from_arrow(frame, dims=list(obs.positions), attributes=list(obs.attributes))
    assert repr(slow.rows_of(back)) == repr(rows)
    again = pl.DataFrame(obs)
    assert again["value"].to_list() == frame["value"].to_list()


def test_from_arrow_kinds():
    pa = pytest.importorskip("pyarrow")
    import datetime

    table = pa.table({"geo": ["a", "b"], "time": [2022, 2023], "value": [1, None], "flags": ["BREAK", None]})
    obs = Observations.from_arrow(table)
    assert [str(p) for p in obs.time] == ["2022", "2023"]
    assert np.isnan(obs.values[1])
    assert obs.flags.tolist() == [1, 0]
    dates = table.set_column(1, "time", pa.array([datetime.date(2023, 1, 31), datetime.date(2023, 2, 28)]))
    assert Observations.from_arrow(dates, freq="M").freqs == ("M",)
    with pytest.raises(ValueError, match="holds dates; say"):
        Observations.from_arrow(dates)
    with pytest.raises(TypeError, match="codes are strings: column 'geo' holds int64"):
        Observations.from_arrow(table.set_column(0, "geo", pa.array([1, 2])))
    with pytest.raises(ValueError, match="row 1 has no code in column 'geo'"):
        Observations.from_arrow(table.set_column(0, "geo", pa.array(["a", None])))
    with pytest.raises(TypeError, match="holds string, not numbers"):
        Observations.from_arrow(table.set_column(2, "value", pa.array(["1", "2"])))
    with pytest.raises(KeyError, match="no column 'v'"):
        Observations.from_arrow(table, value="v")
    chunked = pa.concat_tables([table, table.slice(0, 0), table])
    twice = chunked.set_column(0, "geo", pa.chunked_array([["a", "b"], ["b", "c"]]).dictionary_encode())
    assert Observations.from_arrow(twice).codes["geo"] == ("a", "b", "c")
    assert Cube.from_arrow(table.drop_columns(["flags"]), unit="EUR").unit == "EUR"
    assert Cube.from_arrow(table.slice(0, 0)).shape == (0, 0)
