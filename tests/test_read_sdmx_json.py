"""SDMX-JSON: samples, shapes, the order of keys, options, and what is broken."""

import gzip
import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest
from test_read_json_stat import OnlyRead

import indicia
from indicia import Flag

DATA = Path(__file__).parent / "data" / "sdmx-json"
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
NAN = float("nan")


def rows(obs):
    """The rows as tuples of codes, period, value, flags (if there are any) and attributes."""
    frame = obs.to_pandas(flags="text")
    frame = frame.astype(object).where(frame.notna(), None)
    return list(frame.itertuples(index=False, name=None))


def test_good():
    obs = indicia.read_observations(DATA / "good_series.json")
    assert obs.dims == ("FREQ", "GEO", "SEX", "time")
    assert rows(obs) == [
        ("A", "DE", "T", "2021", 3.1, ""),
        ("A", "DE", "T", "2022", 3.0, "BREAK"),  # FREQ decides about 2022-01
        ("A", "DE", "T", "2023", None, "NOT_APPLICABLE"),
        ("A", "NA", "T", "2021", 7.25, ""),
        ("A", "NA", "T", "2023", 7.0, ""),
    ]
    assert obs.codes["GEO"] == ("DE", "NA", "FR")  # a code without rows is kept
    assert obs.labels["GEO"] == {"DE": "Germany", "NA": "Namibia"}
    assert (obs.unit.tolist(), obs.multiplier, obs.decimals.tolist()) == (["PC", "PS"], 3, [1, 2])
    assert obs.attrs["by_series"]["COMMENT"] == ("A note", None)
    assert (obs.attrs["title"], obs.attrs["sender"]) == ("Unemployment", "Own figures")
    assert obs.attrs["titles"] == {"GEO": "Area", "SEX": "Sex"}
    cube = indicia.read_cube(DATA / "good_series.json")
    np.testing.assert_array_equal(
        cube.sel(SEX="T", FREQ="A").values, [[3.1, 3.0, NAN], [7.25, NAN, 7.0], [NAN, NAN, NAN]]
    )


@pytest.mark.filterwarnings("ignore::indicia.DataWarning")
def test_odd():
    """All dimensions at observations, two measures, one of them coded; attributes of every kind; a deletion."""
    obs = indicia.read_observations(DATA / "odd_flat.json", attributes=["NOTE", "CONF_STATUS", "TEXTS", "annotations"])
    assert obs.dims == ("value_", "measure", "time")
    first = ("a; b", "F", "x; 1; true", "First")
    second = ("words", "C", "word", "Second")
    third = ("words", None, None, "First")
    assert rows(obs) == [
        ("01", "LEVEL", "2023-Q1", 10.5, "", *first),
        ("01", "RATE", "2023-Q1", 1.5, "", *first),
        ("x y", "LEVEL", "2023-Q1", None, "CONFIDENTIAL", *second),
        ("x y", "RATE", "2023-Q1", None, "CONFIDENTIAL", *second),
        ("x y", "LEVEL", "2023", 12345678901234.0, "", *third),
        ("x y", "RATE", "2023", -2.0, "", *third),
    ]
    assert obs.attrs["unplaced"] == {"2023-W99": 1}
    assert obs.attrs["skipped"] == {"rows with the action D (delete)": 1}
    assert obs.labels["value_"] == {"x y": "\u00c9"}
    assert obs.decimals.tolist() == [2, 1, -1, 0]
    one = indicia.read_observations(DATA / "odd_flat.json", measures=["RATE"])
    assert one.dims == ("value_", "time")
    assert one.values.tolist()[0] == 1.5


def test_broken():
    words = 'TIME_PERIOD: expected a position below 2, not the key "2"'
    with pytest.raises(indicia.FormatError, match=words) as caught:
        indicia.read_observations(DATA / "broken_position.json")
    assert (caught.value.line, caught.value.column, caught.value.format) == (4, 39, "sdmx-json")


@pytest.mark.parametrize("name", ["good_series.json", "odd_flat.json", "broken_position.json"])
def test_sniff(name):
    data = (DATA / name).read_bytes()
    for given in (data, gzip.compress(data), b"\xef\xbb\xbf" + data):
        assert indicia.sniff(given) == "sdmx-json"


# ---- shapes --------------------------------------------------------------------------------------------------------

GEO = {"id": "GEO", "keyPosition": 0, "values": [{"id": "DE"}, {"id": "FR"}]}
SEX = {"id": "SEX", "keyPosition": 1, "values": [{"id": "F"}, {"id": "M"}]}
TIME = {"id": "TIME_PERIOD", "keyPosition": 2, "values": [{"id": "2022"}, {"id": "2023"}]}
STATUS = {"id": "OBS_STATUS", "values": [{"id": "A"}, {"id": "P"}]}
UNIT = {"id": "UNIT_MEASURE", "values": [{"id": "PC"}, {"id": "EUR"}]}


def message(series, observation, sets, attributes=None):
    dims = {"dataSet": [], "series": series, "observation": observation}
    attributes = attributes or {"series": [UNIT], "observation": [STATUS]}
    return {
        "header": {"prepared": "now"},
        "structure": {"dimensions": dims, "attributes": attributes},
        "dataSets": sets,
    }


def in_series():
    series = {
        f"{g}:{s}": {"attributes": [g], "observations": {str(t): [100 * g + 10 * s + t + 0.5, t] for t in (0, 1)}}
        for g, s in itertools.product((0, 1), (0, 1))
    }
    return message([GEO, SEX], [TIME], [{"series": series}])


def flat():
    attributes = {"observation": [UNIT, STATUS]}
    keys = itertools.product((0, 1), (0, 1), (0, 1))
    rows = {f"{g}:{s}:{t}": [100 * g + 10 * s + t + 0.5, g, t] for g, s, t in keys}
    return message([], [GEO, SEX, TIME], [{"observations": rows}], attributes)


def across():
    attributes = {"observation": [UNIT, STATUS]}
    series = {
        f"{t}:{s}": {"observations": {str(g): [100 * g + 10 * s + t + 0.5, g, t] for g in (0, 1)}}
        for t, s in itertools.product((0, 1), (0, 1))
    }
    return message([TIME, SEX], [GEO], [{"series": series}], attributes)


def two_sets():
    whole = in_series()
    series = whole["dataSets"][0]["series"]
    whole["dataSets"] = [{"series": {key: series[key]}} for key in series]
    return whole


def backwards():
    whole = in_series()
    for series in whole["dataSets"][0]["series"].values():
        series["observations"] = dict(reversed(series["observations"].items()))
        series["attributes"] = series.pop("attributes")  # behind the observations
    return {key: whole[key] for key in reversed(whole)}


def as_version_2():
    whole = in_series()
    structure = whole.pop("structure")
    sets = [{"structure": 1, **one} for one in whole["dataSets"]]
    return {"meta": {"prepared": "now"}, "data": {"dataSets": sets, "structures": [{"dimensions": {}}, structure]}}


@pytest.mark.parametrize("make", [in_series, flat, across, two_sets, backwards, as_version_2])
def test_every_shape_says_the_same(make, tmp_path):
    expected = [
        (geo, sex, str(2022 + t), 100 * g + 10 * s + t + 0.5, "PROVISIONAL" if t else "")
        for (g, geo), (s, sex), t in itertools.product(enumerate(["DE", "FR"]), enumerate("FM"), (0, 1))
    ]
    for indent in (None, 1):
        data = json.dumps(make(), indent=indent).encode()
        path = tmp_path / "file"
        path.write_bytes(data)
        for source in (data, path, gzip.compress(data), OnlyRead(data, 5)):
            obs = indicia.read_observations(source, format="sdmx-json")
            assert obs.dims == ("GEO", "SEX", "time")
            assert sorted(rows(obs)) == expected
            cube = obs.to_cube()
            assert cube.codes == {"GEO": ("DE", "FR"), "SEX": ("F", "M")}
            assert cube.unit.tolist() == [["PC"], ["EUR"]]
        assert indicia.read_cube(data).equals(cube)


def test_languages():
    names = {"names": {"en": "Germany", "fr": "Allemagne", "de-AT": "Deutschland"}, "name": "of the provider"}
    values = [{"id": "DE", **names}, {"id": "FR", "name": "France"}, {"id": "IT", "names": {"it": "Italia"}}]
    series = [{"id": "GEO", "name": "Area", "names": {"fr": "Zone"}, "values": values}]
    times = {"id": "TIME_PERIOD", "values": [{"id": "2022"}]}
    titled = {"id": "TITLE", "values": [{"name": {"en": "One", "fr": "Une"}}]}
    rows = {f"{k}": {"attributes": [0], "observations": {"0": [k]}} for k in range(3)}
    structure = {
        "name": "Prices",
        "names": {"fr": "Prix"},
        "dimensions": {"series": series, "observation": [times]},
        "attributes": {"series": [titled]},
    }
    data = json.dumps({"dataSets": [{"series": rows}], "structure": structure}).encode()
    for language, germany, area, title, label in (
        (None, "of the provider", "Area", "Prices", "One"),
        ("fr", "Allemagne", "Zone", "Prix", "Une"),
        ("fr-BE", "Allemagne", "Zone", "Prix", "Une"),
        ("de", "Deutschland", "Area", "Prices", "One"),
        ("it", "of the provider", "Area", "Prices", "One"),
    ):
        obs = indicia.read_observations(data, language=language)
        assert dict(obs.labels["GEO"]) == {"DE": germany, "FR": "France", "IT": "Italia"}
        assert (obs.attrs["titles"]["GEO"], obs.attrs["title"], obs.attrs["TITLE"]) == (area, title, label)


def test_where():
    for make in (in_series, flat, across):
        data = json.dumps(make()).encode()
        obs = indicia.read_observations(data, where={"GEO": "FR", "time": "2023"})
        assert [row[:4] for row in rows(obs)] == [("FR", "F", "2023", 101.5), ("FR", "M", "2023", 111.5)]
        assert obs.codes["GEO"] == ("FR",)
        assert len(indicia.read_observations(data, where={"GEO": []})) == 0
        with pytest.raises(ValueError, match="there is no such dimension"):
            indicia.read_observations(data, where={"AREA": "FR"})


def test_options_that_do_not_fit():
    data = json.dumps(in_series()).encode()
    for options in ({"attributes": ["X"]}, {"measures": ["X"]}, {"time": "X"}, {"dataset": "X"}, {"dims": ["GEO"]}):
        with pytest.raises(ValueError, match=f"{next(iter(options))}"):
            indicia.read_observations(data, **options)
    assert indicia.read_observations(data, time=None).dims == ("GEO", "SEX", "TIME_PERIOD")


def test_data_sets_of_other_dimensions():
    other = message([GEO], [TIME], [])["structure"]
    whole = {
        "data": {
            "structures": [in_series()["structure"] | {"name": "one"}, other | {"name": "two"}],
            "dataSets": [
                {"structure": 0, **in_series()["dataSets"][0]},
                {"structure": 1, "series": {"1": {"observations": {"0": [7]}}}},
            ],
        }
    }
    data = json.dumps(whole).encode()
    with pytest.raises(indicia.FormatError, match=r'the same dimensions .*dataset= says which: "one", "two"'):
        indicia.read_observations(data)
    for name in ("two", "1"):
        assert rows(indicia.read_observations(data, dataset=name)) == [("FR", "2022", 7.0)]  # no flags in it at all
    assert len(indicia.read_observations(data, dataset="one")) == 8


def test_duplicates():
    whole = in_series()
    whole["dataSets"].append({"series": {"1:0": {"observations": {"1": [9, 0]}}}})
    data = json.dumps(whole).encode()
    with pytest.raises(indicia.FormatError, match="GEO=FR, SEX=F, 2023 is there twice"):
        indicia.read_observations(data)
    for duplicates, value in (("first", 101.5), ("last", 9.0), ("sum", 110.5)):
        obs = indicia.read_observations(data, duplicates=duplicates)
        assert [row[3] for row in rows(obs) if row[:3] == ("FR", "F", "2023")] == [value]


def test_many_rows_in_every_shape():
    """More than a window, with every number of threads."""
    rng = np.random.default_rng(3)
    periods = [f"{2000 + m // 12}-{m % 12 + 1:02d}" for m in range(240)]
    time = {"id": "TIME_PERIOD", "values": [{"id": p} for p in periods]}
    areas = {"id": "GEO", "values": [{"id": f"G{k}"} for k in range(90)]}
    marks = {"id": "OBS_STATUS", "values": [{"id": c} for c in "APEB"]}
    values = np.round(rng.normal(0, 1e3, (90, 240)), 2)
    states = rng.integers(0, 4, (90, 240))
    gone = rng.random((90, 240)) < 0.1
    series, flat_rows = {}, {}
    for g in range(90):
        cells = {str(t): [float(values[g, t]), int(states[g, t])] for t in range(240) if not gone[g, t]}
        series[str(g)] = {"attributes": [], "observations": cells}
        flat_rows |= {f"{g}:{t}": cell for t, cell in cells.items()}
    attributes = {"observation": [marks]}
    bits = np.array([0, int(Flag.PROVISIONAL), int(Flag.ESTIMATED), int(Flag.BREAK)])[states]
    for whole in (
        message([areas], [time], [{"series": series}], attributes),
        message([], [areas, time], [{"observations": flat_rows}], attributes),
    ):
        for indent, threads in ((None, 1), (None, 2), (None, 5), (1, 1), (1, 3)):
            for keys in (list(whole), list(reversed(whole))):
                data = json.dumps({key: whole[key] for key in keys}, indent=indent).encode()
                cube = indicia.read_cube(data, threads=threads)
                np.testing.assert_array_equal(cube.values, np.where(gone, NAN, values))
                np.testing.assert_array_equal(cube.flags, np.where(gone, 0, bits))


# ---- what is wrong -------------------------------------------------------------------------------------------------


def text(change=None, make=in_series, **sets):
    whole = make()
    whole["dataSets"][0] |= sets
    if change:
        change(whole)
    return json.dumps(whole)


def renamed(whole):
    whole["structure"]["dimensions"]["observation"] = [{"values": [{"id": "2022"}]}]


def with_time(period):
    def change(whole):
        whole["structure"]["dimensions"]["observation"] = [TIME | {"values": [{"id": period}]}]
        whole["dataSets"] = [{"series": {"0:0": {"observations": {"0": [1]}}}}]

    return change


def one_row(key="0:0", row='"0":[1,0]', more=""):
    return text(series="HERE").replace('"HERE"', f'{{"{key}":{{{more}"observations":{{{row}}}}}}}')


CASES = [
    ("an empty file", "", 1, 1, "expected a value, but the file ends"),
    ("no object", "[]", 1, 1, "expected an object, not an array"),
    ("no data set", '{"structure":{}}', 1, 1, 'expected "dataSets" with a data set'),
    ("the provider's words", '{"errors":[{"code":404,"title":"No results"}]}', 1, 1, "the provider says: No results"),
    ("cut short", text()[:-1], 1, len(text()), "expected a comma or }, but the file ends"),
    ("a key too short", one_row("0"), 1, None, 'expected a key with a position for each dimension, .* not the key "0"'),
    ("a key too long", one_row("0:0:0"), 1, None, "expected a key with a position for each dimension"),
    ("a key of words", one_row("DE:F"), 1, None, "expected a key with a position for each dimension"),
    ("a position too far", one_row("0:2"), 1, None, 'SEX: expected a position below 2, not the key "0:2"'),
    ("a period too far", one_row(row='"7":[1]'), 1, None, 'TIME_PERIOD: expected a position below 2, not the key "7"'),
    (
        "a status too far",
        one_row(row='"0":[1,2]'),
        1,
        None,
        "OBS_STATUS: expected a position below 2, not the number 2",
    ),
    (
        "a status below zero",
        one_row(row='"0":[1,-1]'),
        1,
        None,
        "expected a position, a whole number, not the number -1",
    ),
    ("a unit too far", one_row(more='"attributes":[5],'), 1, None, "UNIT_MEASURE: expected a position below 2"),
    ("too many attributes", one_row(more='"attributes":[0,0],'), 1, None, "no more values than attributes"),
    ("too many values", one_row(row='"0":[1,0,0]'), 1, None, "no more values than measures and attributes"),
    ("a word", one_row(row='"0":["x"]'), 1, None, 'OBS_VALUE: expected a number or null, not the text "x"'),
    ("a bracket", one_row(row='"0":[[1]]'), 1, None, "OBS_VALUE: expected a number or null, not an array"),
    ("a bare value", one_row(row='"0":1'), 1, None, "expected an observation, an array, not the number 1"),
    ("a leading zero", one_row(row='"0":[01]'), 1, None, 'expected a comma or ], not "1"'),
    ("a comma too many", one_row(row='"0":[1,]'), 1, None, 'expected a value, not "]"'),
    ("no series", text(series=[1]), 1, None, "series: expected an object, not an array"),
    ("a bare series", text(series={"0:0": 1}), 1, None, "series: expected an object, not the number 1"),
    ("flat, but in series", text(observations={"0": [1]}), 1, None, 'expected "series", since the structure'),
    ("no such structure", text(structure=1), 1, None, "expected one of the message's 1 structures, not number 1"),
    ("no id", text(renamed), 1, None, 'expected an "id" in the description'),
    ("no period", text(with_time("soon")), 1, None, 'TIME_PERIOD: expected a period, not "soon"'),
    ("no UTF-8", b'{"structure":{"name":"\xff"}}', 1, 23, "expected UTF-8 in a text"),
    ("a NUL in a code", text(with_time("a\0b")), 1, None, "not a text with a NUL"),
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
                read(given, format="sdmx-json", threads=3)
            places.add((caught.value.line, caught.value.column))
    assert len(places) == 1
    assert places.pop() == (line, column) or column is None


def test_hourly_data_are_refused():
    data = text(with_time("2021-01-01T05:00:00/PT1H")).encode()
    with pytest.raises(indicia.UnsupportedFormatError, match="not one of A, S, Q, M, W, D"):
        indicia.read_observations(data)


def test_limits():
    data = json.dumps(in_series()).encode()
    many = json.dumps(message([], [TIME], [{"observations": {"0": [1]}}] * 10_001)).encode()
    with pytest.raises(indicia.LimitError, match="more than 10000 data sets"):
        indicia.read_observations(many)
    dims = [{"id": f"D{k}", "values": [{"id": "x"}]} for k in range(63)]
    with pytest.raises(indicia.LimitError, match="more than 62 dimensions"):
        indicia.read_observations(json.dumps(message(dims, [TIME], [{"series": {}}])).encode())
    with pytest.raises(indicia.LimitError, match="brackets within brackets"):
        indicia.read_observations(b'{"header":' + b"[" * 10**6, format="sdmx-json")
    assert len(indicia.read_observations(data)) == 8


# ---- real files ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not (SHARED / "data" / "sdmx").is_dir(), reason="the shared data are not here")
def test_the_same_observations_in_all_variants():
    folder = SHARED / "data" / "sdmx"
    names = ["ecb_exr_ts.json", "ecb_exr_flat.json", "ecb_exr_xs.json"]
    names += [f"twg_json2_exr_{shape}.json" for shape in ("time_series", "flat", "cross_section")]
    expected = sorted(rows(indicia.read_observations(folder / names[0])))
    assert len(expected) == 4
    for name in names:
        obs = indicia.read_observations(folder / name)
        assert sorted(rows(obs)) == expected
        assert set(obs.attrs["by_series"]["TITLE"]) == {"New Zealand dollar (NZD)", "Russian rouble (RUB)"}
