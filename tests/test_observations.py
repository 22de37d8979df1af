"""Observations: construction, selection, the way to a cube and back."""

from __future__ import annotations

import copy
import math
import pickle

import containers as make
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import cube as slow

from indicia import DuplicateError, Flag, LimitError, Observations, Periods, concat


def small(**facts):
    return Observations.from_arrays(
        {"geo": ["DE", "DE", "CN"], "sex": ["F", "F", "M"]},
        [1.0, 2.0, 3.0],
        time=["2022", "2023", "2023"],
        flags=[0, 5, 0],
        **facts,
    )


def test_fields():
    obs = small(unit=["EUR", "CNY"])
    assert obs.dims == ("geo", "sex", "time")
    assert obs.codes == {"geo": ("DE", "CN"), "sex": ("F", "M")}
    assert obs.positions["geo"].dtype == np.uint8
    assert obs.positions["geo"].tolist() == [0, 0, 1]
    assert obs.freqs == ("A",)
    assert len(obs) == 3
    assert obs.unit.tolist() == ["EUR", "CNY"]
    assert obs.flags.dtype == np.uint32


def test_arrays_are_read_only_and_a_copy_is_not():
    obs = small()
    for array in (obs.values, obs.flags, *obs.positions.values()):
        assert not array.flags.writeable
    mine = obs.copy()
    mine.values[0] = 9.0
    mine.flags[0] = 1
    assert obs.values[0] == 1.0
    assert obs.flags[0] == 0
    assert mine != obs
    with pytest.raises(AttributeError, match="immutable"):
        obs.values = mine.values
    with pytest.raises(AttributeError, match="immutable"):
        del obs.values
    with pytest.raises(TypeError):
        obs.codes["geo"] = ("XX",)
    with pytest.raises(TypeError, match="unhashable"):
        hash(obs)


def test_flags_of_zeros_are_none():
    obs = Observations(["geo"], {"geo": ["a"]}, {"geo": [0]}, None, [1.0], [0])
    assert obs.flags is None


@pytest.mark.parametrize("name", ["value", "flags", "time"])
def test_impostors_get_an_underscore(name):
    obs = Observations([name], {name: ["a"]}, {name: [0]}, None, [1.0], labels={name: {"a": "A"}})
    assert obs.dims == (f"{name}_",)
    assert obs.labels == {f"{name}_": {"a": "A"}}
    again = Observations([name], {f"{name}_": ["a"]}, {f"{name}_": [0]}, None, [1.0])  # by the name it gets
    assert again.codes == obs.codes
    both = Observations([name, f"{name}_"], {name: ["a"], f"{name}_": ["b"]}, {name: [0], f"{name}_": [0]}, None, [1.0])
    assert both.dims == (f"{name}__", f"{name}_")
    assert both.codes == {f"{name}__": ("a",), f"{name}_": ("b",)}


def test_a_dimension_time_beside_time():
    obs = Observations(["time", "time"], {"time": ["noon"]}, {"time": [0]}, Periods("A", [50]), [1.0])
    assert obs.dims == ("time_", "time")
    trusted = Observations._trusted(
        dims=("time", "value"),
        codes={"time": ("noon",), "value": ("x",)},
        positions={"value": np.zeros(1, np.uint8), "time": np.zeros(1, np.uint8)},
        time=None,
        values=np.ones(1),
    )
    assert trusted.dims == ("time_", "value_")
    assert list(trusted.positions) == ["time_", "value_"]


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"dims": "geo"}, TypeError, "sequence of names"),
        ({"dims": ["geo", "geo"]}, ValueError, "named twice"),
        ({"dims": [1]}, TypeError, "a dimension's name is a str"),
        ({"codes": {"geo": ["a", 1]}}, TypeError, "element 1 of 'geo' is int 1"),
        ({"codes": {"geo": ["a", "a"]}}, ValueError, "'a' of 'geo' is there twice"),
        ({"codes": {"geo": "ab"}}, TypeError, "sequence of str"),
        ({"codes": {}}, ValueError, "no codes"),
        ({"codes": {"geo": ["a", "b"], "goe": ["c"]}}, KeyError, "'goe'; did you mean 'geo'"),
        ({"positions": {}}, ValueError, "no positions"),
        ({"positions": {"geo": [0, 2]}}, ValueError, "position 2 of 'geo' in row 1 lies outside of its 2 codes"),
        ({"positions": {"geo": [0, -1]}}, ValueError, "position -1"),
        ({"positions": {"geo": [0.0, 1.0]}}, TypeError, "integers"),
        ({"positions": {"geo": [0]}}, ValueError, "shape"),
        ({"time": ["2023", "2024"]}, TypeError, "from_arrays"),
        ({"dims": ["geo", "time"], "time": Periods("A", [1])}, ValueError, "1 periods for 2 values"),
        ({"time": Periods("A", [1, 2])}, ValueError, "last dimension is 'time'"),
        ({"values": ["1", "2"]}, TypeError, "numbers"),
        ({"values": [[1.0, 2.0]]}, ValueError, "one axis"),
        ({"flags": [0.5, 1.0]}, TypeError, "flags are integers"),
        ({"flags": [1]}, ValueError, "flags have shape"),
        ({"flags": [-1, 0]}, ValueError, "negative"),
        ({"unit": 3}, TypeError, "a unit is a text"),
        ({"unit": ["a", "b", "c"]}, ValueError, "shape"),
        ({"multiplier": 200}, ValueError, "outside of -128 to 127"),
        ({"multiplier": "k"}, TypeError, "integer"),
        ({"labels": {"geo": {"a": 1}}}, TypeError, "labels are texts"),
        ({"labels": {"sex": {}}}, KeyError, "names no dimension"),
        ({"attributes": {"note": ([0, 2], ["x"])}}, ValueError, "outside"),
    ],
)
def test_what_the_constructor_refuses(change, error, match):
    fields = {
        "dims": ["geo"],
        "codes": {"geo": ["a", "b"]},
        "positions": {"geo": [0, 1]},
        "time": None,
        "values": [1.0, 2.0],
    }
    with pytest.raises(error, match=match):
        Observations(**{**fields, **change})


def test_codes_stay_strings():
    obs = Observations.from_arrays({"geo": ["01", "1", "NA", "TRUE", "", "中国"]}, range(6))
    assert obs.codes["geo"] == ("01", "1", "NA", "TRUE", "", "中国")
    with pytest.raises(TypeError, match="element 1 of 'geo' is float nan"):
        Observations.from_arrays({"geo": ["a", float("nan")]}, [1, 2])
    with pytest.raises(TypeError, match="element 1 of 'geo' is"):
        Observations.from_arrays({"geo": ["a", ["b"]]}, [1, 2])
    with pytest.raises(KeyError, match="'b', which are not among its codes"):
        Observations.from_arrays({"geo": ["a", "b"]}, [1, 2], codes={"geo": ["a"]})


# ---- selection


def test_sel_drops_one_code_and_keeps_a_list():
    obs = small(labels={"geo": {"CN": "China", "DE": "Germany"}})
    one = obs.sel(geo="DE")
    assert one.dims == ("sex", "time")
    assert one.attrs == {"selected": {"geo": "DE"}}
    assert one.values.tolist() == [1.0, 2.0]
    again = one.sel(sex="F")
    assert again.attrs == {"selected": {"geo": "DE", "sex": "F"}}
    some = obs.sel(geo=["CN", "DE"])
    assert some.codes["geo"] == ("CN", "DE")
    assert some.positions["geo"].tolist() == [1, 1, 0]
    assert obs.sel({"geo": ["CN"]}, time="2023").values.tolist() == [3.0]
    assert obs.sel(time=("2023", None)).values.tolist() == [2.0, 3.0]
    assert obs.sel(time=slice(None, "2022")).values.tolist() == [1.0]
    assert obs.sel() == obs
    assert obs.sel(geo=[]).codes["geo"] == ()


def test_sel_names_what_is_near():
    obs = small(labels={"geo": {"CN": "China", "DE": "Germany"}})
    with pytest.raises(KeyError, match=r"no code 'China' in 'geo'; did you mean 'CN' \(China\)"):
        obs.sel(geo="China")
    with pytest.raises(KeyError, match="no code 'de' in 'geo'; did you mean 'DE'"):
        obs.sel(geo=["CN", "de"])
    with pytest.raises(KeyError, match="no dimension 'goe'; did you mean 'geo'"):
        obs.sel(goe="CN")
    with pytest.raises(KeyError, match="no period lies in 1950"):
        obs.sel(time="1950")
    with pytest.raises(TypeError, match="codes are strings: int 1"):
        obs.sel(geo=[1])
    with pytest.raises(TypeError, match="by a code or a list"):
        obs.sel(geo=slice("CN", "DE"))
    with pytest.raises(TypeError, match="chosen twice"):
        obs.sel({"geo": "CN"}, geo="CN")
    with pytest.raises(ValueError, match="asked for twice"):
        obs.sel(geo=["CN", "CN"])


def test_facts_follow_their_series():
    obs = Observations.from_arrays(
        {"geo": ["a", "b", "a", "c"]}, [1.0, 2.0, 3.0, 4.0], time=["2020", "2020", "2021", "2020"],
        unit=["A", "B", "C"], multiplier=[1, 2, 3],
    )  # fmt: skip
    part = obs.sel(geo=["c", "b"])
    assert part.unit.tolist() == ["B", "C"]
    assert part.multiplier.tolist() == [2, 3]
    assert obs.sel(geo="b").unit == "B"
    assert obs.scaled().values.tolist() == [10.0, 200.0, 30.0, 4000.0]
    assert obs.scaled().multiplier == 0
    assert obs.to_cube().unit.tolist() == ["A", "B", "C"]


# ---- to a cube and back


@given(make.observations(mixed=False), st.sampled_from(["first", "last", "sum"]))
def test_to_cube_against_the_slow_twin(obs, duplicates):
    cube = obs.to_cube(duplicates=duplicates)
    wanted = slow.dense(obs, duplicates)
    for key, (value, flags) in slow.cells_of(cube).items():
        expected, marks = wanted.get(key, (float("nan"), 0))
        # a compensated sum loses what lies 32 digits below its largest part
        slack = 1e-29 * max((abs(x) for x in obs.values.tolist() if math.isfinite(x)), default=0.0)
        close = duplicates == "sum" and math.isclose(value, expected, rel_tol=2.3e-16, abs_tol=slack)
        assert close or slow.same(value, expected)
        assert flags == marks
    assert len(slow.cells_of(cube)) == cube.size
    assert cube.time is None or cube.time.contiguous


@given(make.observations(mixed=False, unique=True))
def test_round_trip(obs):
    cube = obs.to_cube()
    back = cube.to_observations()
    kept = {key: (value, flags) for key, value, flags in slow.rows_of(obs) if not math.isnan(value) or flags}
    assert {key: f for key, _, f in slow.rows_of(back)} == {key: f for key, (_, f) in kept.items()}
    assert all(slow.same(value, kept[key][0]) for key, value, _ in slow.rows_of(back))
    assert back.codes == obs.codes
    if len(kept) == len(obs):  # no row was empty, so every series is still there
        index, first = obs.series_index()
        position, heads = back.series_index()
        for name in ("unit", "multiplier", "decimals"):
            mine, theirs = getattr(obs, name), getattr(back, name)
            mine = np.broadcast_to(np.asarray(mine, object), len(first))
            theirs = np.broadcast_to(np.asarray(theirs, object), len(heads))
            by_key = {key[: len(obs.positions)]: mine[index[i]] for i, (key, _, _) in enumerate(slow.rows_of(obs))}
            for i, (key, _, _) in enumerate(slow.rows_of(back)):
                fact = by_key[key[: len(obs.positions)]]
                assert theirs[position[i]] == (
                    None if name == "decimals" and fact == -1 and theirs.size and theirs[position[i]] is None else fact
                )
        assert back.to_cube() == cube


def test_duplicates_are_named():
    obs = Observations.from_arrays({"geo": ["CN", "DE", "CN"]}, [1.0, 2.0, 4.0], time=["2023"] * 3, flags=[1, 0, 4])
    with pytest.raises(
        DuplicateError, match=r"rows 0 and 2 have the same key: geo='CN', time=2023 .*1\.0 and 4\.0"
    ) as e:
        obs.to_cube()
    assert e.value.rows == (0, 2)
    assert obs.to_cube(duplicates="first").values.tolist() == [[1.0], [2.0]]
    assert obs.to_cube(duplicates="last").values.tolist() == [[4.0], [2.0]]
    total = obs.to_cube(duplicates="sum")
    assert total.values.tolist() == [[5.0], [2.0]]
    assert total.flags.tolist() == [[5], [0]]
    with pytest.raises(ValueError, match="duplicates is"):
        obs.to_cube(duplicates="mean")


def test_several_frequencies():
    obs = Observations.from_arrays({}, [1.0, 2.0, 3.0], time=["2022", "2023-Q1", "2023-Q2"])
    with pytest.raises(ValueError, match="several frequencies, A and Q"):
        obs.to_cube()
    assert obs.to_cube("Q").values.tolist() == [2.0, 3.0]
    assert obs.to_cube("A").time.freq == "A"
    with pytest.raises(KeyError, match="no frequency 'M'; there are 'A', 'Q'"):
        obs.to_cube("M")
    assert list(obs.to_cubes()) == ["A", "Q"]
    nowhen = Observations.from_arrays({"geo": ["a"]}, [1.0])
    assert nowhen.freqs == ()
    with pytest.raises(ValueError, match="needs time"):
        nowhen.to_cube("A")
    with pytest.raises(ValueError, match="without time"):
        nowhen.to_cubes()


def test_span():
    obs = Observations.from_arrays({}, [1.0, 3.0], time=["2001-02", "2001-04"])
    assert obs.to_cube(span=("2001", "2001")).shape == (12,)
    assert obs.to_cube(span=(None, "2001-05")).values[:3].tolist()[0] == 1.0
    assert obs.to_cube(span=("2001-03", None)).values.tolist()[-1] == 3.0
    assert obs.to_cube(span=Periods.span("2001-04", "2001-05")).shape == (2,)
    weeks = Observations.from_arrays({}, [1.0], time=["2021-W52"])
    year = weeks.to_cube(span=("2021", "2021")).time  # the weeks whose Thursday lies in 2021
    assert (str(year[0]), str(year[-1]), len(year)) == ("2021-W01", "2021-W52", 52)
    days = Observations.from_arrays({}, [1.0], time=["2020-02-01"]).to_cube(span=("2020-02", "2020-02"))
    assert days.shape == (29,)
    with pytest.raises(ValueError, match="span is A"):
        obs.to_cube(span=Periods("A", [1]))
    with pytest.raises(TypeError, match="span is"):
        obs.to_cube(span="2001")


def test_a_cube_too_large_is_refused():
    many = [str(i) for i in range(1000)]
    obs = Observations.from_arrays({"a": many, "b": many, "c": many}, np.ones(1000))
    with pytest.raises(LimitError, match="max_cells"):
        obs.to_cube(max_cells=10**6)


def test_empty():
    obs = Observations.from_arrays({"geo": []}, [], time=[])
    assert len(obs) == 0
    cube = obs.to_cube()
    assert cube.shape == (0, 0)
    assert len(cube.to_observations()) == 0
    declared = Observations(["geo", "time"], {"geo": ["a", "b"]}, {"geo": []}, Periods("Q", []), [])
    assert declared.to_cube().shape == (2, 0)
    assert declared.to_cube().time.freq == "Q"
    assert "0 of 0" in repr(declared)


# ---- the rest


@given(make.observations())
def test_pickle(obs):
    buffers = []
    data = pickle.dumps(obs, protocol=5, buffer_callback=buffers.append)
    back = pickle.loads(data, buffers=buffers)
    assert back == obs
    assert not back.values.flags.writeable
    assert pickle.loads(pickle.dumps(obs)) == obs
    assert copy.copy(obs) is obs


@given(make.observations(), make.observations())
def test_equality(a, b):
    same = a._but()
    assert a == same
    assert (a != same) is False
    assert (a == b) == (b == a)
    if a == b:
        pairs = zip(slow.rows_of(a), slow.rows_of(b), strict=True)  # 0.0 equals -0.0
        assert all(x[0] == y[0] and slow.same(x[1], y[1]) and x[2] == y[2] for x, y in pairs)
    assert a != 1
    if len(a):
        other = a.copy()
        other.values[0] = 12345.0
        assert other != a


@settings(max_examples=50)
@given(make.observations(), st.data())
def test_concat_rows(obs, data):
    cut = data.draw(st.integers(0, len(obs)))
    whole = concat([obs._take(slice(0, cut)), obs._take(slice(cut, None))])
    assert slow.rows_of(whole).__repr__() == slow.rows_of(obs).__repr__()
    assert whole.equals(obs) or not len(obs)


def test_concat_merges_codes_and_facts():
    a = Observations.from_arrays({"geo": ["x", "y"]}, [1.0, 2.0], unit=["A", "B"], attrs={"title": "t", "n": 1})
    b = Observations.from_arrays({"geo": ["z", "y"]}, [3.0, 4.0], unit=["C", "B"], attrs={"title": "t", "n": 2})
    both = concat([a, b])
    assert both.codes["geo"] == ("x", "y", "z")
    assert both.positions["geo"].tolist() == [0, 1, 2, 1]
    assert both.unit.tolist() == ["A", "B", "C"]
    assert both.attrs == {"title": "t"}
    with pytest.raises(ValueError, match="unit of geo='y' differs: 'B' and 'C'"):
        concat([a, b.replace(unit=["D", "C"])])
    with pytest.raises(ValueError, match="dimensions differ"):
        concat([a, small()])
    with pytest.raises(ValueError, match="nothing"):
        concat([])
    with pytest.raises(TypeError, match="cubes or observations"):
        concat([a, 1])


def test_replace():
    obs = small()
    assert obs.replace(unit="EUR", attrs={"title": "x"}).unit == "EUR"
    assert obs.replace(unit="EUR").values is not None
    with pytest.raises(TypeError, match="not 'values'"):
        obs.replace(values=[1.0])
    with pytest.raises(ValueError, match="shape"):
        obs.replace(unit=["a", "b", "c"])
    with pytest.raises(KeyError, match="names no dimension"):
        obs.replace(labels={"x": {}})


def test_repr():
    text = repr(small(unit="EUR", multiplier=6, attrs={"title": "T"}))
    assert text.splitlines()[0] == "Observations"
    assert "geo 2 x sex 2 x time" in text
    assert "2022 to 2023 (annual)" in text
    assert "BREAK 1, ESTIMATED 1" in text
    assert "10**6 EUR" in text
    page = small(attrs={"title": "<script>", "source": "a & b"}, labels={"geo": {"DE": "<i>"}})._repr_html_()
    assert "<script>" not in page
    assert "<i>" not in page
    assert "a &amp; b" in page
    assert "codes of geo" in page
    assert "DE (&lt;i&gt;), CN" in page


def test_flags_are_shown_by_name():
    assert Flag(5) == Flag.BREAK | Flag.ESTIMATED
