"""JSON-stat: samples, the order of keys, options, and what is broken."""

import gzip
import io
import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest

import indicia
from indicia import Flag

DATA = Path(__file__).parent / "data" / "json-stat"
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
NAN = float("nan")


def flags(text):
    value = 0
    for name in text.split():
        value |= int(Flag[name])
    return value


def test_good():
    cube = indicia.read_cube(DATA / "good_areas.json")
    assert cube.dims == ("geo", "sex", "time")
    assert cube.codes == {"geo": ("DE", "NA"), "sex": ("F", "M")}
    assert cube.labels["geo"] == {"DE": "Germany", "NA": "Namibia"}
    assert [str(p) for p in cube.time] == ["2021", "2022", "2023"]
    expected = [[[3.1, 3.0, NAN], [3.5, 3.25, 3]], [[20.1, NAN, 21.0], [-1.5, 0.0, 100.0]]]
    np.testing.assert_array_equal(cube.values, expected)
    found = np.zeros((2, 2, 3), int)
    found[0, 0] = [0, flags("BREAK"), flags("CONFIDENTIAL")]
    found[0, 1, 2] = flags("BREAK PROVISIONAL")
    np.testing.assert_array_equal(cube.flags, found)
    assert cube.decimals.tolist() == [[1, 2], [1, 1]]
    assert (cube.attrs["title"], cube.attrs["source"]) == ("Unemployment rate", "Own figures")
    obs = indicia.read_observations(DATA / "good_areas.json")
    assert len(obs) == 11  # a null is a row where its status gives a reason
    assert obs.to_cube().equals(cube) or obs.equals(cube.to_observations())


def test_odd():
    """JSON-stat 1.x: values before sizes, texts for numbers, quarters in front, backwards and with a gap."""
    cube = indicia.read_cube(DATA / "odd_bundle.json", dataset="first")
    assert cube.dims == ("one", "what", "time")
    assert cube.codes == {"one": ("only",), "what": ("GDP", "01", "T")}
    assert cube.labels["what"]["GDP"] == "Gross dom\u00e9stic \U0001f4c8"
    assert [str(p) for p in cube.time] == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    expected = np.full((1, 3, 4), NAN)
    expected[0, 0, 3], expected[0, 1, 0] = 1.5, 2.25
    np.testing.assert_array_equal(cube.values, expected)
    found = np.zeros((1, 3, 4), int)
    found[0, 0, 3] = flags("PROVISIONAL")
    found[0, 2, 1] = flags("CONFIDENTIAL")
    found[0, 1, 0] = flags("NOT_APPLICABLE OTHER")  # "x y z"
    found[0, 2, 0] = flags("NOT_AVAILABLE")  # ".." in the place of a value
    np.testing.assert_array_equal(cube.flags, found)
    assert cube.unit.tolist() == [["euro", "per cent", None]]
    assert cube.multiplier.tolist() == [[6, 0, 0]]
    assert cube.decimals.tolist() == [[2, 2, -1]]
    assert cube.attrs["children"] == {"what": {"T": ("GDP", "01")}}
    assert cube.attrs["notes"] == "One note\nand another\nwhat=GDP: At market prices"
    assert cube.attrs["unknown_flags"] == {"x": 1, "y": 1}
    single = indicia.read_cube(DATA / "odd_bundle.json", dataset="second")
    assert (single.dims, single.values.tolist()) == ((), 7.0)
    assert single.time is None


def test_broken():
    with pytest.raises(indicia.FormatError, match=r"expected 4 values \(2 x 2\), not 3") as caught:
        indicia.read_cube(DATA / "broken_count.json")
    assert (caught.value.line, caught.value.column, caught.value.format) == (9, 16, "json-stat")


@pytest.mark.parametrize("name", ["good_areas.json", "odd_bundle.json", "broken_count.json"])
def test_sniff(name):
    data = (DATA / name).read_bytes()
    for given in (data, gzip.compress(data), b"\xef\xbb\xbf" + data):
        assert indicia.sniff(given) == "json-stat"


# ---- the order of keys, the kind of source -------------------------------------------------------------------------


def message(**changes):
    whole = {
        "class": "dataset",
        "version": "2.0",
        "id": ["geo", "time"],
        "size": [2, 3],
        "role": {"time": ["time"]},
        "dimension": {
            "geo": {"category": {"index": ["DE", "FR"]}},
            "time": {"category": {"index": ["2021", "2022", "2023"]}},
        },
        "value": [1.5, 2.5, 3.5, None, 5.5, 6.5],
        "status": {"1": "p"},
    }
    return {key: value for key, value in (whole | changes).items() if value is not None}


class OnlyRead(io.RawIOBase):
    """A source that can't be sought, and gives a few bytes at a time."""

    def __init__(self, data, piece):
        self.data = io.BytesIO(data)
        self.piece = piece

    def readable(self):
        return True

    def readinto(self, buffer):
        chunk = self.data.read(min(len(buffer), self.piece))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def test_keys_come_in_any_order(tmp_path):
    expected = indicia.read_cube(json.dumps(message()).encode())
    for keys in itertools.islice(itertools.permutations(message()), 0, None, 977):
        data = json.dumps({key: message()[key] for key in keys}, indent=1).encode()
        path = tmp_path / "file"
        path.write_bytes(data)
        for source in (data, path, gzip.compress(data), OnlyRead(data, 7)):
            cube = indicia.read_cube(source, format="json-stat")
            np.testing.assert_array_equal(cube.values, expected.values)
            np.testing.assert_array_equal(cube.flags, expected.flags)
            assert (cube.codes, cube.time) == (expected.codes, expected.time)


@pytest.mark.parametrize("index", [["DE", "FR"], {"DE": 0, "FR": 1}, {"FR": 1, "DE": 0}, {"FR": "1", "DE": "0"}])
@pytest.mark.parametrize(
    "value",
    [
        [1.5, 2.5, 3.5, None, 5.5, 6.5],
        ["1.5", 2.5, "3.5", ":", 5.5, 6.5],
        {"5": 6.5, "0": 1.5, "1": 2.5, "2": 3.5, "4": 5.5},
        {"0": 1.5, "1": 2.5, "2": 3.5, "3": None, "4": 5.5, "5": 6.5},
    ],
)
@pytest.mark.parametrize("status", [{"1": "p"}, [None, "p", None, None, None, None], ["", "p", ":", "", "", ""]])
def test_every_spelling_says_the_same(index, value, status):
    given = message(value=value, status=status, size=["2", 3])
    given["dimension"]["geo"]["category"]["index"] = index
    cube = indicia.read_cube(json.dumps(given).encode())
    np.testing.assert_array_equal(cube.values, [[1.5, 2.5, 3.5], [NAN, 5.5, 6.5]])
    np.testing.assert_array_equal(cube.flags, [[0, int(Flag.PROVISIONAL), 0], [0, 0, 0]])
    assert cube.codes["geo"] == ("DE", "FR")


def test_one_status_for_all():
    cube = indicia.read_cube(json.dumps(message(status="p")).encode())
    np.testing.assert_array_equal(cube.flags != 0, ~np.isnan(cube.values))
    cube = indicia.read_cube(json.dumps(message(status=["p"])).encode())  # of the first one alone
    assert np.flatnonzero(cube.flags).tolist() == [0]


# ---- time ----------------------------------------------------------------------------------------------------------


def with_time(codes, *, name="time", role=None, label=None):
    category = {"index": codes, **({"label": label} if label else {})}
    dims = {"geo": {"category": {"index": ["DE"]}}, name: {"category": category}}
    return json.dumps(
        message(
            id=["geo", name], size=[1, len(codes)], role=role, dimension=dims, value=list(range(len(codes))), status={}
        )
    ).encode()


def test_what_is_time():
    by_role = indicia.read_cube(with_time(["2021M01", "2021M03"], name="when", role={"time": ["when"]}))
    np.testing.assert_array_equal(by_role.values, [[0, NAN, 1]])
    assert indicia.read_cube(with_time(["2021", "2022"], name="Year")).dims == ("geo", "time")
    assert indicia.read_cube(with_time(["1998", "1999"], name="x")).dims == ("geo", "time")  # consecutive years
    assert indicia.read_cube(with_time(["1998", "2000"], name="x")).dims == ("geo", "x")
    assert indicia.read_cube(with_time(["1998", "2000"], name="x"), time="x").shape == (1, 3)
    assert indicia.read_cube(with_time(["1998", "1999"]), time=None).dims == ("geo", "time_")
    assert indicia.read_cube(with_time(["a", "b"])).dims == ("geo", "time_")
    labels = with_time(["0", "1"], role={"time": ["time"]}, label={"0": "2020", "1": "2021"})
    assert [str(p) for p in indicia.read_cube(labels).time] == ["2020", "2021"]
    with pytest.raises(ValueError, match='its code "a" is no period'):
        indicia.read_cube(with_time(["a", "b"]), time="time")
    with pytest.raises(ValueError, match="there is no such dimension"):
        indicia.read_cube(with_time(["a", "b"]), time="when")


def test_several_frequencies():
    data = with_time(["2021", "2021Q1", "2021Q2"], role={"time": ["time"]})
    cubes = indicia.read_cubes(data)
    assert {freq: cube.values.tolist() for freq, cube in cubes.items()} == {"A": [[0.0]], "Q": [[1.0, 2.0]]}
    assert indicia.read_observations(data).freqs == ("A", "Q")


def test_where():
    data = json.dumps(message()).encode()
    cube = indicia.read_cube(data, where={"geo": "FR", "time": ("2022", None)})
    assert (cube.codes["geo"], cube.values.tolist()) == (("FR",), [[5.5, 6.5]])
    assert len(indicia.read_observations(data, where={"geo": []})) == 0
    assert indicia.read_cube(data, where={"geo": ["XX"]}).shape == (0, 3)
    assert indicia.read_cube(data, where={"time": "1999"}).shape == (2, 0)
    with pytest.raises(ValueError, match="there is no such dimension"):
        indicia.read_cube(data, where={"sex": "F"})


def test_threads_and_the_plain_path_agree():
    rng = np.random.default_rng(1)
    values = [None if x < 0.1 else round(x * 1e4, int(10 * x)) for x in rng.random(5 * 7 * 12 * 40)]
    marks = {str(k): "pbec"[k % 4] for k in rng.integers(0, len(values), 300).tolist()}
    dims = {
        name: {"category": {"index": [f"{name}{k}" for k in range(n)]}} for name, n in (("a", 5), ("b", 7), ("c", 40))
    }
    dims["t"] = {"category": {"index": [f"2021M{m:02d}" for m in range(1, 13)]}}
    for order in ("abct", "tabc", "atbc"):
        sizes = [len(dims[d]["category"]["index"]) for d in order]
        given = message(id=list(order), size=sizes, role={"time": ["t"]}, dimension=dims, value=values, status=marks)
        expected = np.array(values, float).reshape(sizes)
        expected = np.moveaxis(expected, order.index("t"), -1)
        for indent in (None, 1):
            data = json.dumps(given, indent=indent).encode()
            for threads in (1, 2, 5):
                cube = indicia.read_cube(data, threads=threads)
                np.testing.assert_array_equal(cube.values, expected)
                assert int((cube.flags != 0).sum()) == len(marks)
                assert len(indicia.read_observations(data, threads=threads)) == cube.to_observations().values.size


# ---- what is wrong -------------------------------------------------------------------------------------------------


def text(**changes):
    return json.dumps(message(**changes))


DIMS = message()["dimension"]
CASES = [
    ("an empty file", "", 1, 1, "expected a value, but the file ends"),
    ("no object", "[1]", 1, 1, "expected an object, not an array"),
    ("no data set", "{}", 1, 1, "expected a data set"),
    ("links alone", '{"class":"collection","link":{"item":[{"href":"x"}]}}', 1, 1, "a collection of 1 links"),
    ("cut short", text()[:-1], 1, len(text()), "expected a comma or }, but the file ends"),
    ("more behind it", text() + " x", 1, len(text()) + 2, 'expected the end of the file, not "x"'),
    (
        "too few values",
        text(value=[1, 2]),
        1,
        text(value=[1, 2]).index("[1, 2]") + 6,
        r"expected 6 values \(2 x 3\), not 2",
    ),
    ("too many values", text(value=[1] * 7), 1, None, "expected 6 values .2 x 3., not more than 6"),
    ("too many statuses", text(status=["p"] * 7), 1, None, "expected 6 statuses"),
    ("too few statuses", text(status=["p"] * 5), 1, None, "expected 6 statuses .2 x 3., not 5"),
    ("a word", text(value=[1, 2, "x", 4, 5, 6]), 1, None, 'value: expected a number or null, not the text "x"'),
    ("a bracket", text(value=[1, 2, [3], 4, 5, 6]), 1, None, "expected a number or null, not an array"),
    ("true", text(value=[1, 2, True, 4, 5, 6]), 1, None, "expected a number or null, not true"),
    ("a leading zero", text().replace("1.5", "01.5"), 1, None, 'expected a comma or ], not "1"'),
    ("a point too many", text().replace("1.5", "1."), 1, None, "expected a digit behind the decimal point"),
    ("a plus", text().replace("1.5", "+1"), 1, None, 'expected a value or ], not "\\+"'),
    ("NaN", text().replace("1.5", "NaN"), 1, None, 'expected a value or ], not "N"'),
    ("a cell too far", text(value={"6": 1}), 1, None, 'the number of a cell below 6, not the key "6"'),
    ("no cell", text(value={"-1": 1}), 1, None, "the number of a cell below 6"),
    ("a cell twice", '{"value":{"1":2,"1":3},' + text(value=None)[1:], 1, 17, "value: expected every cell once"),
    ("a value that is none", text(value=3), 1, None, "value: expected an array or an object, not the number 3"),
    ("no status", text(status={"1": {}}), 1, None, "status: expected a text or null, not an object"),
    ("no sizes", text(size=[2]), 1, None, "expected 2 sizes, one for each dimension, not 1"),
    ("another size", text(size=[3, 3]), 1, None, "geo: expected 3 categories, as its size says, not 2"),
    ("no size", text(size=[2, -3]), 1, None, "expected a size, a whole number, not the number -3"),
    ("a name twice", text(id=["geo", "geo"]), 1, None, "id: expected names that are all different"),
    ("a dimension that is not there", text(id=["geo", "when"]), 1, None, 'expected a description of dimension "when"'),
    (
        "a code twice",
        text(dimension=DIMS | {"geo": {"category": {"index": ["DE", "DE"]}}}),
        1,
        None,
        'geo: expected codes that are all different, not "DE" once more',
    ),
    (
        "a position twice",
        text(dimension=DIMS | {"geo": {"category": {"index": {"DE": 1, "FR": 1}}}}),
        1,
        None,
        'geo: expected one code at position 1, not "FR" too',
    ),
    (
        "a position too far",
        text(dimension=DIMS | {"geo": {"category": {"index": {"DE": 0, "FR": 2}}}}),
        1,
        None,
        'geo: expected positions below 2, not 2 .code "FR".',
    ),
    (
        "a period twice",
        text(dimension=DIMS | {"time": {"category": {"index": ["2021", "2022", "2021-A1"]}}}),
        1,
        None,
        'two codes of time mean the same period, of which "2021-A1"',
    ),
    ("two values", '{"value":[],' + text()[1:], 1, None, "expected one value and one status"),
    ("no UTF-8", b'{"\xff":1}', 1, 3, "expected UTF-8 in a text"),
    ("a lone surrogate", '{"\\ud800":1}', 1, 3, "both surrogates"),
    ("a control character", '{"a\nb":1}', 1, 4, "a control character"),
    ("a NUL in a code", text(dimension=DIMS | {"g\0": {}}), 1, None, "control character"),
    (
        "two data sets of other dimensions",
        json.dumps({"a": message(), "b": message(id=["area", "time"])}),
        1,
        1,
        'not 2: "a", "b" .dataset= says which.',
    ),
]


@pytest.mark.parametrize(("data", "line", "column", "words"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_what_is_wrong_and_where(data, line, column, words, tmp_path):
    data = data.encode() if isinstance(data, str) else data
    path = tmp_path / "file"
    path.write_bytes(data)
    places = set()
    for source in (path, data, gzip.compress(data), lambda: OnlyRead(data, 3)):
        for read in (indicia.read_observations, indicia.read_cube):
            given = source() if callable(source) else source
            with pytest.raises(indicia.FormatError, match=words) as caught:
                read(given, format="json-stat", threads=3)
            places.add((caught.value.line, caught.value.column))
    assert len(places) == 1
    assert places.pop() == (line, column) or column is None


def test_places_count_lines_and_characters():
    data = json.dumps(message(label="中国 é"), indent=2, ensure_ascii=False).replace("1.5", '"é", x')
    with pytest.raises(indicia.FormatError, match='expected a value, not "x"') as caught:
        indicia.read_cube(data.encode(), format="json-stat")
    line = next(i for i, words in enumerate(data.splitlines()) if '"é", x' in words)
    assert (caught.value.line, caught.value.column) == (line + 1, data.splitlines()[line].index("x") + 1)


def test_sizes_are_held_against_the_limit_before_anything_is_made():
    for size in ([100_000, 100_000, 100_000], [10**15, 1, 1], ["1000000", "1000000", "1000"]):
        data = json.dumps(message(id=["a", "b", "c"], size=size, dimension={}, value=[1])).encode()
        with pytest.raises(indicia.LimitError, match="the sizes multiply to more than 1073741824 cells"):
            indicia.read_cube(data)
    with pytest.raises(indicia.LimitError, match="more than 5 cells"):
        indicia.read_cube(json.dumps(message()).encode(), limits={"cells": 5})
    far = with_time(["0001-01-01", "9999-12-31"])
    with pytest.raises(indicia.LimitError, match="the periods span 3652059"):
        indicia.read_cube(far, limits={"cells": 1e6})


def test_depth_and_length_are_bounded():
    for deep in (b'{"x":' * 10**6, b'{"x":' + b"[" * 10**6):
        with pytest.raises(indicia.LimitError, match="brackets within brackets, more than 1024 deep"):
            indicia.read_cube(deep, format="json-stat")
    long = json.dumps({"label": "x" * 10**5, **message()}).encode()
    assert len(indicia.read_cube(long, format="json-stat").attrs["title"]) == 10**5
    with pytest.raises(indicia.LimitError, match="a text of more than 65536 bytes"):
        indicia.read_cube(long, format="json-stat", limits={"line": 1 << 16})


# ---- several data sets -----------------------------------------------------------------------------------------------


def of_one_year(geo, year, values, **changes):
    dims = {"geo": {"category": {"index": geo}}, "time": {"category": {"index": [year]}}}
    size = {"size": [len(geo), 1]}
    return message(dimension=dims, value=values, label=f"in {year}", source="S", status=None, **size | changes)


PAIR = [of_one_year(["DE", "FR"], "2022", [1, 2]), of_one_year(["FR", "IT"], "2023", [3.5, None])]
PAIR += [of_one_year(["IT"], "2024", [4.0], id=["time", "geo"], size=[1, 1])]


@pytest.mark.parametrize("layout", ["bundle", "collection"])
def test_data_sets_of_the_same_dimensions_are_one(layout, tmp_path):
    items = {"class": "collection", "version": "2.0", "link": {"item": PAIR}}
    data = json.dumps(items if layout == "collection" else {"1": PAIR[0], "0": PAIR[1], "x": PAIR[2]}).encode()
    path = tmp_path / "several.json"
    path.write_bytes(data)
    for source in (data, path, gzip.compress(data), io.BytesIO(data)):
        cube = indicia.read_cube(source)
        assert cube.codes["geo"] == ("DE", "FR", "IT")
        assert [str(period) for period in cube.time] == ["2022", "2023", "2024"]
        np.testing.assert_array_equal(cube.values, [[1, np.nan, np.nan], [2, 3.5, np.nan], [np.nan, np.nan, 4]])
        assert cube.attrs["source"] == "S"
        names = ("in 2022", "in 2023", "in 2024") if layout == "collection" else ("1", "0", "x")
        assert cube.attrs["datasets"] == names
    assert len(indicia.read_observations(data, where={"geo": "FR"})) == 2
    assert indicia.read_cube(data, dataset="in 2023").shape == (2, 1)
    with pytest.raises(indicia.FormatError, match=r"a source that is read once, not .*dataset= says which"):
        indicia.read_cube(OnlyRead(data, 100))
    twice = json.dumps({"a": PAIR[0], "b": PAIR[0]}).encode()
    with pytest.raises(indicia.FormatError, match="geo='DE', time=2022 is there twice, in the data set \"a\" and"):
        indicia.read_cube(twice)
    assert indicia.read_cube(twice, duplicates="sum").values.ravel().tolist() == [2, 4]


# ---- real files ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not (SHARED / "data" / "jsonstat").is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("path", sorted((SHARED / "data" / "jsonstat").glob("*.json")), ids=lambda p: p.name)
def test_real_files_are_what_plain_python_makes_of_them(path):
    whole = json.loads(path.read_text())
    given = whole.get("dataset", whole)
    try:
        cube = indicia.read_cube(path, time=None)
    except indicia.FormatError as error:
        if "dimension" in given and "A1B1C1" not in str(error):
            raise
        return
    given = given if "dimension" in given else next(iter(whole.values()))
    dims = given["dimension"]
    ids = given.get("id") or dims["id"]
    sizes = [int(n) for n in given.get("size") or dims["size"]]
    value = given["value"]
    if isinstance(value, dict):
        value = [value.get(str(k)) for k in range(int(np.prod(sizes)))]
    np.testing.assert_array_equal(cube.values, np.array(value, float).reshape(sizes))
    assert [name.removesuffix("_") for name in cube.dims] == ids
    for name, dim in zip(ids, cube.dims, strict=True):
        index = dims[name]["category"].get("index") or dims[name]["category"]["label"]
        codes = sorted(index, key=index.get) if isinstance(index, dict) and len(index) > 1 else list(index)
        assert list(cube.codes[dim]) == codes
