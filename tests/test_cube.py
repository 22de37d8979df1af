"""Cube: construction, selection, arithmetic by name, align and concat."""

from __future__ import annotations

import operator
import pickle

import containers as make
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from reference import cube as slow

from indicia import Cube, Observations, Periods, align, concat
from indicia.ufuncs import growth_rate

NAN = float("nan")


def grid(**facts):
    """geo x item x time: 3 x 2 x 4"""
    return Cube(
        ["geo", "item", "time"],
        {"geo": ["CN", "DE", "FR"], "item": ["x", "y"]},
        Periods.span("2022-11", "2023-02"),
        np.arange(24.0).reshape(3, 2, 4),
        np.where(np.arange(24).reshape(3, 2, 4) == 5, 4, 0),
        **facts,
    )


def line(values, start="2020", **facts):
    first = Periods.parse([start])
    return Cube(["time"], {}, Periods.range(first.freq, int(first.ordinals[0]), len(values)), values, **facts)


def flat(codes, values, dim="geo", **facts):
    return Cube([dim], {dim: codes}, None, values, **facts)


# ---- construction


def test_fields():
    cube = grid(unit=np.array([["A"], ["B"], ["B"]]), multiplier=3, decimals=[[1, 1]])
    assert cube.shape == (3, 2, 4)
    assert (cube.ndim, cube.size) == (3, 24)
    assert cube.unit.shape == (3, 1)
    assert cube.multiplier == 3
    assert cube.decimals == 1  # alike along both
    assert not cube.values.flags.writeable
    assert not cube.flags.flags.writeable
    assert not cube.unit.flags.writeable
    assert np.asarray(cube) is cube.values
    assert np.asarray(cube, dtype=np.float32).dtype == np.float32
    assert np.array(cube).flags.writeable
    with pytest.raises(ValueError, match="needs a copy"):
        np.asarray(cube, dtype=np.float32, copy=False)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"values": np.zeros((2, 3))}, ValueError, r"values have shape \(2, 3\)"),
        ({"time": ["2020"]}, TypeError, "from_arrays"),
        ({"time": Periods("A", [1, 3])}, ValueError, "without gaps"),
        ({"time": Periods(["A", "Q"], [1, 2])}, ValueError, "one frequency"),
        ({"codes": {}}, ValueError, "no codes"),
        ({"codes": {"geo": ["a", "a"]}}, ValueError, "twice"),
        ({"flags": np.zeros((2,), int)}, ValueError, "flags have shape"),
        ({"unit": np.array(["a", "b", "c"], object)}, ValueError, "does not fit series of shape"),
        ({"unit": np.array([["a", "b"]], object)}, ValueError, "does not fit series of shape"),
        ({"values": [["a", "b"], ["c", "d"]]}, TypeError, "numbers"),
        ({"values": np.zeros((2, 2), complex)}, TypeError, "numbers"),
    ],
)
def test_what_the_constructor_refuses(change, error, match):
    fields = {
        "dims": ["geo", "time"],
        "codes": {"geo": ["a", "b"]},
        "time": Periods("A", [1, 2]),
        "values": np.zeros((2, 2)),
    }
    with pytest.raises(error, match=match):
        Cube(**{**fields, **change})


def test_from_arrays_moves_and_fills_time():
    cube = Cube.from_arrays(
        [[3.0, 6.0], [1.0, 4.0]], ["time", "geo"], {"time": ["2023-Q1", "2022-Q3"], "geo": ["a", "b"]}, [[0, 1], [2, 0]]
    )
    assert cube.dims == ("geo", "time")
    assert cube.values.tolist()[0][0] == 1.0
    assert np.isnan(cube.values[:, 1]).all()
    assert cube.flags.tolist() == [[2, 0, 0], [0, 0, 1]]
    assert [str(p) for p in cube.time] == ["2022-Q3", "2022-Q4", "2023-Q1"]
    with pytest.raises(ValueError, match="2023 is there twice"):
        Cube.from_arrays([1.0, 2.0], ["time"], {"time": ["2023", "2023"]})
    with pytest.raises(ValueError, match="one frequency, and there are A and Q"):
        Cube.from_arrays([1.0, 2.0], ["time"], {"time": ["2023", "2023-Q1"]})
    with pytest.raises(ValueError, match="1 periods for an axis of 2"):
        Cube.from_arrays([1.0, 2.0], ["time"], {"time": ["2023"]})


def test_a_cube_is_immutable():
    cube = grid()
    with pytest.raises(AttributeError, match="immutable"):
        cube.values = np.zeros(1)
    with pytest.raises(ValueError, match="read-only"):
        cube.values[0] = 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(cube)
    before = cube
    cube += 1
    assert cube is not before
    assert before.values[0, 0, 0] == 0.0
    with pytest.raises(TypeError, match="immutable"):
        np.add(cube, 1, out=cube)
    mine = cube.copy()
    mine.values[0, 0, 0] = -1.0
    assert cube.values[0, 0, 0] == 1.0


# ---- selection


def test_sel():
    cube = grid(unit=np.array([["A"], ["B"], ["C"]]), labels={"geo": {"CN": "China"}, "item": {"x": "X"}})
    one = cube.sel(geo="DE")
    assert one.dims == ("item", "time")
    assert one.unit == "B"
    assert one.attrs == {"selected": {"geo": "DE"}}
    assert one.labels == {"item": {"x": "X"}}
    assert np.shares_memory(one.values, cube.values)
    assert one.values.tolist() == cube.values[1].tolist()
    assert cube.sel(geo="CN", item="y").dims == ("time",)
    assert cube.sel(geo="CN", item="y").unit == "A"
    two = cube.sel(geo=["DE", "FR"])
    assert np.shares_memory(two.values, cube.values)
    assert two.unit.tolist() == [["B"], ["C"]]
    swapped = cube.sel(geo=["FR", "CN"])
    assert swapped.codes["geo"] == ("FR", "CN")
    assert swapped.values.tolist() == cube.values[[2, 0]].tolist()
    assert swapped.labels["geo"] == {"CN": "China"}
    year = cube.sel(time="2023")
    assert [str(p) for p in year.time] == ["2023-01", "2023-02"]
    assert cube.sel(time="2022-12").shape == (3, 2, 1)
    assert cube.sel(time=("2022-12", None)).shape == (3, 2, 3)
    assert cube.sel(time=slice(None, "2022")).shape == (3, 2, 2)
    assert cube.sel(time=["2022-11", "2022-12"]).shape == (3, 2, 2)
    assert cube.sel(time=("2030", None)).shape == (3, 2, 0)
    assert cube.sel(geo=[]).shape == (0, 2, 4)
    assert cube.sel(item="x").flags is None
    assert cube.sel(geo="CN", item="y").flags.tolist() == [0, 4, 0, 0]
    with pytest.raises(ValueError, match="no gaps"):
        cube.sel(time=["2022-11", "2023-01"])
    with pytest.raises(KeyError, match="no code 'china' in 'geo'; did you mean 'CN'"):
        cube.sel(geo="china")
    with pytest.raises(KeyError, match="no period lies in 2050"):
        cube.sel(time="2050")
    whole = flat(["a", "b"], [1.0, 2.0]).sel(geo="b")
    assert whole.dims == ()
    assert whole.values == 2.0
    assert "none" in repr(whole)


@given(make.cubes(least=1), st.data())
def test_sel_against_the_slow_twin(cube, data):
    wanted = {}
    for dim, codes in cube.codes.items():
        how = data.draw(st.sampled_from(["all", "one", "list"]))
        if how == "one":
            wanted[dim] = data.draw(st.sampled_from(codes))
        elif how == "list":
            wanted[dim] = data.draw(st.lists(st.sampled_from(codes), unique=True))
    part = cube.sel(wanted)
    cells = slow.cells_of(cube)
    named = {dim: code for dim, code in wanted.items() if isinstance(code, str)}
    for key, (value, flags) in slow.cells_of(part).items():
        known = {**named, **dict(zip(part.dims, key, strict=True))}
        whole = tuple(known[dim] for dim in cube.dims)
        assert slow.same(cells[whole][0], value)
        assert cells[whole][1] == flags
    for dim, code in wanted.items():
        assert dim not in part.dims if isinstance(code, str) else part.codes[dim] == tuple(code)


# ---- arithmetic


@st.composite
def two(draw):
    """Two cubes that go together: shared dimensions with the same codes in another order."""
    a = draw(make.cubes(plain=True, least=1))
    names = [dim for dim in a.codes if draw(st.booleans())]
    new = [name for name in make.NAMES if name not in a.codes][: draw(st.integers(0, 1))]
    order = draw(st.permutations([*names, *new]))
    codes = {dim: draw(st.permutations(a.codes[dim])) for dim in names}
    codes |= {dim: draw(make.code_lists(1)) for dim in new}
    time = a.time if a.time is not None and draw(st.booleans()) else None
    shape = (*(len(codes[dim]) for dim in order), *([len(time)] if time is not None else []))
    assume(shape)
    size = int(np.prod(shape))
    values = np.array(draw(st.lists(st.integers(-5, 5), min_size=size, max_size=size)), float).reshape(shape)
    flags = np.array(draw(st.lists(make.flag_sets, min_size=size, max_size=size)), np.uint32).reshape(shape)
    b = Cube([*order, *(["time"] if time is not None else [])], codes, time, values, flags)
    return (a, b) if draw(st.booleans()) else (b, a)


@given(two())
def test_addition_against_the_slow_twin(pair):
    a, b = pair
    total = a + b
    expected = slow.add(a, b, total.dims)
    found = slow.cells_of(total)
    assert found.keys() == expected.keys()
    assert found == expected
    other = (b + a).to_observations() if total.size else None
    assert other is None or len(other) == total.size
    left, right = align(a, b)
    assert left.dims == right.dims == total.dims
    assert left.codes == right.codes
    assert np.array_equal(left.values + right.values, total.values)


def test_operators():
    a, b = flat(["a", "b"], [1.0, -2.0]), flat(["b", "a"], [5.0, 3.0])
    assert (a + b).values.tolist() == [4.0, 3.0]
    assert (a - b).values.tolist() == [-2.0, -7.0]
    assert (2 * a + 1).values.tolist() == [3.0, -3.0]
    assert (1 / a).values.tolist() == [1.0, -0.5]
    assert (-a).values.tolist() == [-1.0, 2.0]
    assert abs(a).values.tolist() == [1.0, 2.0]
    assert (a**2).values.tolist() == [1.0, 4.0]
    assert (a % 2).values.tolist() == [1.0, 0.0]
    assert np.exp(a).values.tolist() == np.exp([1.0, -2.0]).tolist()
    assert np.maximum(a, b).values.tolist() == [3.0, 5.0]
    assert (a > 0).tolist() == [True, False]
    assert (a < b).tolist() == [True, True]
    assert np.isnan(a).tolist() == [False, False]
    assert (a + np.array([1.0, 1.0])).values.tolist() == [2.0, -1.0]
    assert (np.float64(1) + a).values.tolist() == [2.0, -1.0]
    assert (np.array([1.0, 1.0]) * a).values.tolist() == [1.0, -2.0]
    fraction, whole = np.modf(a * 1.5)
    assert fraction.values.tolist() == [0.5, 0.0]
    assert whole.values.tolist() == [1.0, -3.0]
    quotient, rest = divmod(a, 2)
    assert quotient.values.tolist() == [0.0, -1.0]
    assert rest.values.tolist() == [1.0, 0.0]


def test_our_ufuncs():
    now, base = flat(["a", "b"], [106.0, 97.0], unit="EUR"), flat(["b", "a"], [100.0, 100.0], unit="EUR")
    rate = growth_rate(now, base)
    assert np.allclose(rate.values, [0.06, -0.03])
    assert rate.unit is None
    with pytest.raises(ValueError, match="units differ, 'EUR' and 'USD'"):
        growth_rate(now, base.replace(unit="USD"))


def test_what_does_not_go_together():
    a = flat(["a", "b"], [1.0, 2.0])
    with pytest.raises(ValueError, match="codes of 'geo' differ: 'b' only in the first, 'c' only in the second"):
        a + flat(["a", "c"], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"periods differ: 2020 to 2021 \(annual\) and 2021 to 2022"):
        line([1.0, 2.0]) + line([1.0, 2.0], "2021")
    with pytest.raises(ValueError, match="frequencies differ: A and Q"):
        line([1.0]) + line([1.0], "2020-Q1")
    with pytest.raises(ValueError, match=r"an array of shape \(3,\) does not fit a cube of shape \(2,\)"):
        a + np.zeros(3)
    with pytest.raises(ValueError, match="does not fit"):
        a + np.zeros((2, 2))
    with pytest.raises(TypeError, match="no labels: take to_xarray"):
        np.add.reduce(a)
    with pytest.raises(TypeError, match="no labels: take to_xarray"):
        np.sum(a)
    with pytest.raises(TypeError, match="where="):
        np.add(a, 1, where=np.array([True, False]))
    with pytest.raises(TypeError, match="to_xarray"):
        a @ a
    with pytest.raises(TypeError, match=r"a builtins\.str"):
        a + "x"
    with pytest.raises(TypeError, match="None"):
        a + None
    pd = pytest.importorskip("pandas")
    for other in (pd.Series([1.0, 2.0]), pd.DataFrame({"a": [1.0, 2.0]})):
        with pytest.raises(TypeError, match=r"and a pandas\..* make a cube of it first"):
            a + other
        with pytest.raises(TypeError, match=r"and a pandas\..* make a cube of it first"):
            other + a


def test_flags_are_united():
    a = flat(["a", "b"], [1.0, 2.0], flags=[1, 0])
    b = flat(["b", "a"], [1.0, 2.0], flags=[4, 4])
    assert (a + b).flags.tolist() == [5, 4]
    assert (a + 1).flags.tolist() == [1, 0]
    assert (a + flat(["a", "b"], [1.0, 1.0])).flags.tolist() == [1, 0]
    both = a + line([1.0, 2.0])
    assert both.flags.tolist() == [[1, 1], [0, 0]]


def test_units():
    euro, dollar = flat(["a"], [6.0], unit="EUR"), flat(["a"], [3.0], unit="USD")
    people = flat(["a"], [2.0], unit="PS", multiplier=3)
    bare = flat(["a"], [1.0])
    assert (euro + euro).unit == "EUR"
    assert (euro + bare).unit == "EUR"
    assert (bare + euro).unit == "EUR"
    assert (euro + 1).unit == "EUR"
    assert (-euro).unit == "EUR"
    assert np.log(euro).unit is None
    with pytest.raises(ValueError, match=r"np\.add: units differ, 'EUR' and 'USD'"):
        euro + dollar
    assert (euro.replace(unit=None) + dollar).unit == "USD"
    with pytest.raises(ValueError, match="units differ"):
        np.greater(euro, dollar)
    assert (euro / dollar).unit == "EUR/USD"
    assert (euro * dollar).unit == "EUR*USD"
    assert (euro / euro).unit is None
    assert (euro * 2).unit == "EUR"
    assert (euro / 2).unit == "EUR"
    assert (1 / euro).unit == "1/EUR"
    assert (euro * bare).unit is None
    each = euro.replace(multiplier=6) / people
    assert (each.unit, each.multiplier) == ("EUR/PS", 3)
    assert (people * people).multiplier == 6
    assert (1 / people).multiplier == -3
    assert (people / people).multiplier is None
    with pytest.raises(ValueError, match=r"multipliers differ, 10\*\*3 and 10\*\*6"):
        people + people.replace(multiplier=6)
    assert (people.scaled() + people.replace(multiplier=6).scaled()).values.tolist() == [2_002_000.0]
    assert (people.replace(multiplier=0) + people.replace(multiplier=None)).values.tolist() == [4.0]


def test_units_by_series():
    a = flat(["x", "y"], [1.0, 2.0], unit=["EUR", "PS"], multiplier=[3, 0])
    b = flat(["y", "x"], [1.0, 2.0], unit=["PS", "EUR"], multiplier=[0, 3])
    total = a + b
    assert total.unit.tolist() == ["EUR", "PS"]
    assert total.multiplier.tolist() == [3, 0]
    with pytest.raises(ValueError, match="units differ, 'PS' and 'EUR'"):
        a + b.replace(unit="EUR")
    assert (a / b).unit is None
    assert (a / b.replace(unit="EUR")).unit.tolist() == [None, "PS/EUR"]
    assert (a * b).multiplier.tolist() == [6, 0]
    with pytest.raises(ValueError, match=r"multipliers differ, 10\*\*3 and 10\*\*0"):
        a + line([1.0, 2.0])  # none stated is 10**0
    a = a.replace(multiplier=None)
    b = b.replace(multiplier=None)
    wide = a + line([1.0, 2.0])
    assert wide.unit.tolist() == ["EUR", "PS"]
    assert (a + flat(["p"], [1.0], dim="sex")).unit.shape == (2, 1)
    known = a.replace(unit=["EUR", None]) + b
    assert known.unit.tolist() == ["EUR", "PS"]


def test_decimals():
    a = flat(["a"], [6.0], decimals=1)
    assert (-a).decimals == 1
    assert (a + 1).decimals == 1
    assert (a * 2).decimals is None
    assert (a + a).decimals is None
    assert np.maximum(a, a).decimals == 1
    assert np.log(a).decimals is None
    thousands = flat(["a"], [6.0], decimals=1, multiplier=3)
    assert thousands.scaled().decimals is None
    assert thousands.replace(multiplier=-2).scaled().decimals == 3
    assert thousands.replace(multiplier=-2).scaled().values.tolist() == [0.06]


def test_scaled_divides_by_exact_powers():
    assert flat(["a"], [3.0], multiplier=-1).scaled().values.tolist() == [0.3]
    assert flat(["a"], [4.35], multiplier=2).scaled().values.tolist() == [4.35 * 100]
    grown = grid(multiplier=np.array([[1], [0], [-1]])).scaled()
    assert grown.values[2, 1, 3] == 2.3
    assert grown.values[0, 0, 1] == 10.0
    assert grown.multiplier == 0


# ---- align


def test_align_inner():
    a, b = line([1.0, 2.0, 3.0]), line([5.0, 6.0, 7.0], "2021")
    left, right = align(a, b, join="inner")
    assert left.values.tolist() == [2.0, 3.0]
    assert right.values.tolist() == [5.0, 6.0]
    assert left.time == right.time
    assert np.shares_memory(left.values, a.values)
    assert align(a) == (a,)
    assert align(a, a) == (a, a)
    with pytest.raises(ValueError, match="no period in common"):
        align(a, line([1.0], "2050"), join="inner")
    with pytest.raises(ValueError, match="join is"):
        align(a, b, join="outer")
    with pytest.raises(TypeError, match="takes cubes, not int"):
        align(a, 1)


def test_align_three():
    a = flat(["a", "b"], [1.0, 2.0])
    b = Cube(["sex", "geo"], {"sex": ["F", "M"], "geo": ["b", "a"]}, None, [[1.0, 2.0], [3.0, 4.0]])
    c = line([1.0, 2.0])
    parts = align(a, b, c)
    assert {part.dims for part in parts} == {("geo", "sex", "time")}
    assert {part.shape for part in parts} == {(2, 2, 2)}
    assert parts[1].values[:, 0, 0].tolist() == [2.0, 1.0]


# ---- concat


def test_concat_time():
    old, new = line([1.0, 2.0]), line([4.0], "2023", flags=[2])
    whole = concat([new, old])
    assert whole.values.tolist()[:2] == [1.0, 2.0]
    assert np.isnan(whole.values[2])
    assert whole.flags.tolist() == [0, 0, 0, 2]
    with pytest.raises(ValueError, match="two cubes have 2021; duplicates"):
        concat([old, line([9.0], "2021")])
    assert concat([old, line([9.0], "2021")], duplicates="last").values.tolist() == [1.0, 9.0]
    assert concat([old, line([9.0], "2021")], duplicates="first").values.tolist() == [1.0, 2.0]
    assert concat([old, line([NAN], "2021")], duplicates="last").values.tolist() == [1.0, 2.0]
    blank = Cube(["time"], {}, Periods.span("2021", "2022"), [NAN, 5.0], [0, 1])
    marked = line([1.0, 2.0], flags=[0, 2])
    assert concat([marked, blank], duplicates="last").flags.tolist() == [0, 2, 1]
    assert concat([blank, marked], duplicates="first").values.tolist() == [1.0, 2.0, 5.0]
    with pytest.raises(ValueError, match="units differ"):
        concat([old.replace(unit="A"), new.replace(unit="B")])
    with pytest.raises(ValueError, match="frequencies differ"):
        concat([old, line([9.0], "2021-01")])
    assert concat([old]) is old
    swapped = Cube(["geo", "time"], {"geo": ["b", "a"]}, Periods("A", [1]), [[1.0], [2.0]])
    first = Cube(["geo", "time"], {"geo": ["a", "b"]}, Periods("A", [0]), [[5.0], [6.0]])
    assert concat([first, swapped]).values.tolist() == [[5.0, 2.0], [6.0, 1.0]]
    assert concat([first, first.sel(time=("2020", None))]).values.tolist() == first.values.tolist()


def test_concat_codes():
    a = flat(["a", "b"], [1.0, 2.0], unit=["A", "B"], decimals=1, attrs={"t": 1, "u": 2})
    b = flat(["c"], [3.0], unit="C", decimals=1, attrs={"t": 1, "u": 3}, flags=[8])
    both = concat([a, b], dim="geo")
    assert both.codes["geo"] == ("a", "b", "c")
    assert both.unit.tolist() == ["A", "B", "C"]
    assert both.decimals == 1
    assert both.attrs == {"t": 1}
    assert both.flags.tolist() == [0, 0, 8]
    with pytest.raises(ValueError, match="several cubes have 'a'"):
        concat([a, a], dim="geo")
    with pytest.raises(ValueError, match="no dimension 'sex'"):
        concat([a, b], dim="sex")
    with pytest.raises(ValueError, match="dimensions differ"):
        concat([a, line([1.0])], dim="geo")


def test_concat_a_new_dimension():
    a, b = flat(["a", "b"], [1.0, 2.0], unit="A"), flat(["b", "a"], [3.0, 4.0], unit="B")
    both = concat({"low": a, "high": b}, dim="scenario")
    assert both.dims == ("scenario", "geo")
    assert both.values.tolist() == [[1.0, 2.0], [4.0, 3.0]]
    assert both.unit.tolist() == [["A"], ["B"]]
    assert both.sel(scenario="high").unit == "B"
    with pytest.raises(ValueError, match="cannot be called"):
        concat({"x": a}, dim="value")
    with pytest.raises(TypeError, match="codes are strings"):
        concat({1: a}, dim="scenario")


@given(make.cubes(time=True, least=1), st.data())
def test_concat_undoes_sel(cube, data):
    cut = data.draw(st.integers(0, len(cube.time)))
    first = int(cube.time.ordinals[0])

    def part(start, stop):
        flags = None if cube.flags is None else cube.flags[..., start:stop]
        time = Periods.range(cube.time.freq, first + start, stop - start)
        return cube._but(time=time, values=cube.values[..., start:stop], flags=flags)

    whole = concat([part(cut, len(cube.time)), part(0, cut)])
    kept = cube.to_observations()
    assert slow.rows_of(whole.to_observations()).__repr__() == slow.rows_of(kept).__repr__()
    if cube.codes:
        dim = next(iter(cube.codes))
        codes = cube.codes[dim]
        at = data.draw(st.integers(0, len(codes)))
        halves = [cube.sel({dim: list(codes[:at])}), cube.sel({dim: list(codes[at:])})]
        together = concat(halves, dim=dim)
        assert together.equals(cube)


# ---- whole


@given(make.cubes())
def test_round_trip_through_observations(cube):
    obs = cube.to_observations()
    cells = slow.cells_of(cube)
    kept = [(key, value, flags) for key, (value, flags) in cells.items() if not np.isnan(value) or flags]
    assert repr(slow.rows_of(obs)) == repr(kept)
    if kept and cube.time is not None:
        span = (str(cube.time[0]), str(cube.time[-1]))
        back = obs.to_cube(span=span)
        assert np.array_equal(back.values, cube.values, equal_nan=True)
        assert back.codes == cube.codes
        assert back.time == cube.time
        assert back.labels == cube.labels


@given(make.cubes())
def test_pickle(cube):
    buffers = []
    data = pickle.dumps(cube, protocol=5, buffer_callback=buffers.append)
    back = pickle.loads(data, buffers=buffers)
    assert back == cube
    assert not back.values.flags.writeable
    assert pickle.loads(pickle.dumps(cube)) == cube


@given(make.cubes(), make.cubes())
def test_equality_is_of_the_whole(a, b):
    assert isinstance(a == b, bool)
    assert (a == b) == (b == a)
    assert (a != b) is not (a == b)
    assert a == a._but()
    assert a != a.values.tolist()
    assert (a == a.values) is False
    assert (a == 1) is False
    if a.size:
        other = a.copy()
        other.flags[(0,) * a.ndim] ^= 1
        assert other != a
    assert (a.replace(attrs={"x": 1}) == a) is False
    assert a.replace(attrs={"x": 1}).equals(a)


@given(make.cubes())
def test_every_cube_can_be_shown(cube):
    text = repr(cube)
    assert text.startswith("Cube\n")
    page = cube._repr_html_()
    assert page.count("<table>") == page.count("</table>") == 1
    assert "<b>" not in page


@pytest.mark.parametrize("op", [operator.add, operator.mul, operator.truediv, operator.sub])
def test_empty_cubes(op):
    empty = Cube(["geo", "time"], {"geo": []}, Periods("M", []), np.zeros((0, 0)))
    assert op(empty, empty).shape == (0, 0)
    assert op(empty, 1).shape == (0, 0)
    assert len(empty.to_observations()) == 0
    assert empty.sel(geo=[]).shape == (0, 0)


def test_codes_of_numpy_are_plain_str():
    cube = Cube(["geo"], {"geo": np.array(["a", "b"])}, None, [1.0, 2.0])
    assert {type(code) for code in cube.codes["geo"]} == {str}
    assert cube.sel(geo=np.str_("a")).attrs == {"selected": {"geo": "a"}}


def test_attributes_of_series_follow_them():
    obs = Observations.from_arrays(
        {"geo": ["a", "b", "c"], "sex": ["F", "F", "M"]}, [1.0, 2.0, 3.0], time=["2020", "2020", "2021"],
        attrs={"title": "t", "by_series": {"NOTE": ("x", None, "z"), "BASE": ("2015", "2015", "2015")}},
    )  # fmt: skip
    assert obs.sel(geo=["c", "b"]).attrs["by_series"] == {"NOTE": (None, "z"), "BASE": ("2015", "2015")}
    cube = obs.to_cube()
    assert cube.attrs["by_series"]["BASE"] == "2015"
    assert cube.attrs["by_series"]["NOTE"].tolist() == [["x"], [None], ["z"]]
    assert cube.sel(geo="c").attrs["by_series"]["NOTE"] == "z"
    back = cube.sel(geo=["c", "a"]).to_observations()
    assert back.attrs == {"title": "t", "by_series": {"NOTE": ("z", "x"), "BASE": "2015"}}
    both = concat([obs.sel(geo=["c"]), obs.sel(geo=["a", "b"])])
    assert both.attrs["by_series"]["NOTE"] == ("z", "x", None)
    halves = [cube.sel(geo=["c"]), cube.sel(geo=["a", "b"])]
    assert concat(halves, dim="geo").attrs["by_series"]["NOTE"].tolist() == [["z"], ["x"], [None]]
    assert Cube.from_xarray(cube.to_xarray()) == cube
