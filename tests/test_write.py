"""What is written is read back as it was: by any cube or observations, in each format."""

import gzip
import io
import json
import os
import warnings

import numpy as np
import pytest
from containers import cubes, observations
from hypothesis import given, settings
from hypothesis import strategies as st

import indicia
from indicia import Cube, DataWarning, Flag, Observations, Periods
from indicia._core import join_rows

NAN = float("nan")
WRITERS = [indicia.write_sdmx_csv, indicia.write_json_stat, indicia.write_px]
any_flags = st.one_of(st.just(0), st.integers(0, (1 << 29) - 1), st.sampled_from([int(flag) for flag in Flag]))
texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\x1e\x1f"), max_size=12)
TEXTS = st.one_of(
    texts, st.sampled_from(["01", "NA", "", "a,b", 'say "hi"', "两\n行", "a\r\nb", ";", "a: b", " x ", "#", "\t"])
)


def finite(data):
    return data._but(values=np.where(np.isinf(data.values), 1e300, data.values))


@st.composite
def flagged(draw, strategy):
    """The same with any flags and odd codes and labels, no infinities."""
    data = finite(draw(strategy))
    codes = {}
    for dim, words in data.codes.items():
        more = draw(st.lists(TEXTS, min_size=len(words), max_size=len(words), unique=True))
        codes[dim] = more if draw(st.booleans()) else words
    flags = data.flags
    if draw(st.booleans()):
        size = data.values.size
        flags = np.array(draw(st.lists(any_flags, min_size=size, max_size=size)), np.uint32).reshape(data.values.shape)
    labels = {dim: {code: draw(TEXTS) for code in words if draw(st.booleans())} for dim, words in codes.items()}
    return data._but(codes=codes, flags=flags if flags is not None and flags.any() else None, labels=labels)


def quietly(function, *args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return function(*args, **options)


def same_bits(left, right):
    """Bit for bit, zeros with their sign; NaN is NaN."""
    left, right = np.asarray(left), np.asarray(right)
    assert left.shape == right.shape
    missing = np.isnan(left)
    assert np.array_equal(missing, np.isnan(right))
    assert np.array_equal(left[~missing].view(np.uint64), right[~missing].view(np.uint64))


def some_decimals(decimals, shape):
    """Those that are known, -1 for the others."""
    return np.broadcast_to(np.asarray(-1 if decimals is None else decimals, np.int64), shape)


def same_decimals(again, data, shape):
    known = some_decimals(data.decimals, shape) >= 0
    assert np.array_equal(some_decimals(again.decimals, shape)[known], some_decimals(data.decimals, shape)[known])


def words(labels):
    return {dim: {code: word for code, word in of.items() if word} for dim, of in labels.items() if any(of.values())}


# ---- SDMX-CSV -------------------------------------------------------------------------------------------------------


def as_sdmx_csv_has_it(obs):
    """Only rows with a value or a reason, codes by first appearance, units that a dimension says."""
    flags = np.zeros(len(obs), np.uint32) if obs.flags is None else obs.flags
    obs = obs._take(np.flatnonzero(~np.isnan(obs.values) | (flags != 0)))
    codes, positions = {}, {}
    for dim, old in obs.codes.items():
        order = list(dict.fromkeys(obs.positions[dim].tolist()))
        codes[dim] = [old[i] for i in order]
        positions[dim] = np.array([order.index(i) for i in obs.positions[dim].tolist()], np.uint8)
    labels = {dim: {c: w for c, w in of.items() if c in codes[dim]} for dim, of in words(obs.labels).items()}
    obs = obs._but(codes=codes, positions=positions, labels=words(labels))
    if obs.unit is None and "unit" in codes and len(obs):
        units = np.array(codes["unit"], object)[positions["unit"][obs.series_index()[1]]]
        obs = obs.replace(unit=units if len(units) > 1 else str(units[0]))
    return obs


def row_texts(obs, name):
    where, codes = obs.attributes[name]
    return [([*codes, ""])[i] for i in where.tolist()]


@given(flagged(observations(unique=True)))
@settings(max_examples=150, deadline=None)
def test_any_observations_in_sdmx_csv(obs):
    text = quietly(indicia.write_sdmx_csv, obs)
    obs = as_sdmx_csv_has_it(obs)
    if not len(obs):
        return
    again = indicia.read_observations(text, attributes=list(obs.attributes))
    assert again._but(attributes={}).equals(obs._but(attributes={}, decimals=again.decimals))
    same_bits(again.values, obs.values)
    same_decimals(again, obs, (len(obs.series_index()[1]),))
    assert {dim: dict(of) for dim, of in again.labels.items()} == {dim: dict(of) for dim, of in obs.labels.items()}
    for name in obs.attributes:
        assert row_texts(again, name) == row_texts(obs, name)


@given(flagged(cubes(least=1)))
@settings(max_examples=50, deadline=None)
def test_a_cube_in_sdmx_csv_is_its_observations(cube):
    assert quietly(indicia.write_sdmx_csv, cube) == quietly(indicia.write_sdmx_csv, cube.to_observations())


def test_frequency_that_the_dimension_contradicts():
    for text in ("2023", "2023-S1", "2023-Q2", "2023-01", "2023-W05", "2023-12-31", "2024-02-29"):
        for freq in "ASQMWD":
            obs = Observations.from_arrays({"FREQ": [freq]}, [1.0], time=[text], decimals=0)
            assert indicia.read_observations(indicia.write_sdmx_csv(obs)).equals(obs)


# ---- cubes ----------------------------------------------------------------------------------------------------------


def writable_facts(cube, multipliers_with):
    """Facts that vary along one dimension at most; in px the multiplier along that of the unit."""
    facts = {}
    for name in ("unit", "multiplier", "decimals"):
        fact = getattr(cube, name)
        several = isinstance(fact, np.ndarray) and sum(n > 1 for n in fact.shape) > 1
        facts[name] = None if several else fact
    both = [facts["unit"], facts["multiplier"]] if multipliers_with else [None]
    if all(isinstance(fact, np.ndarray) for fact in both) and both[0].shape != both[1].shape:
        facts["multiplier"] = None
    if facts["unit"] is None and "unit" in cube.codes and cube.size:
        shape = [-1 if dim == "unit" else 1 for dim in cube.codes]
        facts["unit"] = np.array(cube.codes["unit"], object).reshape(shape)
    return cube.replace(**facts)


def same_cube(again, cube):
    assert again.equals(cube.replace(decimals=again.decimals))
    same_bits(again.values, cube.values)
    same_decimals(again, cube, cube._series_shape())


@given(flagged(cubes(least=1)))
@settings(max_examples=150, deadline=None)
def test_any_cube_in_json_stat(cube):
    text = quietly(indicia.write_json_stat, cube)
    json.loads(text)
    again = indicia.read_cube(text, **({"time": None} if cube.time is None else {}))
    same_cube(again, writable_facts(cube, False))
    assert {d: dict(w) for d, w in again.labels.items()} == {d: dict(w) for d, w in cube.labels.items() if w}


def has_quotes(cube):
    labels = [word for of in cube.labels.values() for word in of.values()]
    return any('"' in text for text in [*cube.codes, *sum(cube.codes.values(), ()), *labels])


@given(flagged(cubes(least=1)))
@settings(max_examples=150, deadline=None)
def test_any_cube_in_px(cube):
    if has_quotes(cube):
        with pytest.raises(ValueError, match="no way to write"):
            quietly(indicia.write_px, cube)
        clean = {d: [f"{i}" if '"' in c else f"{c}." for i, c in enumerate(w)] for d, w in cube.codes.items()}
        cube = cube._but(codes=clean, labels={})
    text = quietly(indicia.write_px, cube)
    again = indicia.read_cube(text, **({"time": None} if cube.time is None else {}))
    labels = {d: {c: w for c, w in of.items() if c != w} for d, of in cube.labels.items()}
    ambiguous = any(len({of.get(c, c) for c in cube.codes[d]}) < len(cube.codes[d]) for d, of in labels.items())
    cube = writable_facts(cube, True)
    if ambiguous:  # what is said about a value may be lost, with a warning
        cube, again = (one.replace(unit=None, multiplier=None, decimals=None) for one in (cube, again))
    same_cube(again, cube)
    assert {d: dict(w) for d, w in again.labels.items()} == {d: w for d, w in labels.items() if w}


@given(flagged(observations(mixed=False, unique=True)))
@settings(max_examples=50, deadline=None)
def test_observations_as_cubes(obs):
    if not len(obs):
        return
    for write, option in ((indicia.write_json_stat, {}), (indicia.write_px, {})):
        cube = obs.to_cube()
        if write is indicia.write_px and has_quotes(cube):
            continue
        assert quietly(write, obs) == quietly(write, cube)
        del option


# ---- what is written ------------------------------------------------------------------------------------------------

OBS = Observations.from_arrays(
    {"geo": ["CN", "CN", "DE"]},
    [1.5, NAN, 2.0],
    time=["2022", "2023", "2023"],
    flags=[Flag.BREAK | Flag.JOINT, Flag.CONFIDENTIAL, 0],
    unit="EUR",
    multiplier=6,
    decimals=2,
    labels={"geo": {"CN": "China"}},
)


def test_every_flag_with_a_value_and_without():
    for flag in Flag:
        for value in (1.0, 0.0, -0.0, NAN):
            obs = Observations.from_arrays({"geo": ["A"]}, [value], time=["2022"], flags=[flag], decimals=0)
            for write in WRITERS:
                again = indicia.read_observations(write(obs))
                assert again.flags.tolist() == [flag], (write, flag)
                same_bits(again.values, obs.values)


def test_sdmx_csv_with_labels():
    assert indicia.write_sdmx_csv(OBS, structure="ESTAT:X(1.0)").decode() == (
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,geo,geo (name),TIME_PERIOD,TIME_PERIOD (name),OBS_VALUE,"
        "OBS_VALUE (name),OBS_STATUS,OBS_STATUS (name),UNIT_MEASURE,UNIT_MEASURE (name),UNIT_MULT,UNIT_MULT (name),"
        "DECIMALS,DECIMALS (name)\n"
        "dataflow,ESTAT:X(1.0),,I,CN,China,2022,,1.50,,B;JOINT,,EUR,,6,,2,\n"
        "dataflow,ESTAT:X(1.0),,I,CN,China,2023,,,,C,,EUR,,6,,2,\n"
        "dataflow,ESTAT:X(1.0),,I,DE,,2023,,2.00,,A,,EUR,,6,,2,\n"
    )
    plain = indicia.write_sdmx_csv(OBS, labels=False)
    assert plain.splitlines()[1] == b"dataflow,indicia:DATA(1.0),I,CN,2022,1.50,B;JOINT,EUR,6,2"
    again = indicia.read_observations(indicia.write_sdmx_csv(OBS, structure="ESTAT:X(1.0)"))
    assert again.equals(OBS)
    assert again.labels == OBS.labels
    assert again.attrs["STRUCTURE_ID"] == "ESTAT:X(1.0)"
    assert b"ESTAT:X(1.0)" in indicia.write_sdmx_csv(again)


def test_json_stat_is_json_that_says_what_stands_where():
    said = json.loads(indicia.write_json_stat(OBS))
    assert (said["id"], said["size"], said["role"]) == (["geo", "time"], [2, 2], {"time": ["time"]})
    assert said["value"] == [1.5, None, None, 2.0]
    assert said["status"] == {"0": "B;JOINT", "1": "C"}
    assert said["extension"] == {"unit": {"base": "EUR", "multiplier": 6, "decimals": 2}}
    assert said["dimension"]["geo"]["category"] == {"index": ["CN", "DE"], "label": {"CN": "China"}}


def test_json_stat_of_few_values_is_an_object():
    values = np.full((3, 4), NAN)
    values[1, 2] = 0.25
    cube = Cube(["a", "b"], {"a": list("xyz"), "b": list("1234")}, None, values, decimals=[[2], [-1], [3]])
    said = indicia.write_json_stat(cube)
    assert json.loads(said)["value"] == {"6": 0.25}
    same_cube(indicia.read_cube(said, time=None), cube)


def test_units_that_stand_with_categories():
    cube = Cube.from_arrays(
        [[1.0, 2.0], [3.0, 4.0]],
        ["what", "time"],
        {"what": ["gdp", "people"], "time": ["2022", "2023"]},
        unit=["EUR", "PS"],
        multiplier=[9, 0],
        decimals=[1, 0],
    )
    for write in (indicia.write_json_stat, indicia.write_px):
        assert indicia.read_cube(write(cube)).equals(cube)
    assert json.loads(indicia.write_json_stat(cube))["dimension"]["what"]["category"]["unit"] == {
        "gdp": {"base": "EUR", "multiplier": 9, "decimals": 1},
        "people": {"base": "PS", "multiplier": 0, "decimals": 0},
    }
    text = indicia.write_px(cube).decode()
    assert 'CONTVARIABLE="what";\nUNITS("gdp")="EUR";\nUNITS("people")="PS";\nUNIT-MULT("gdp")=9;' in text
    assert 'PRECISION("what","gdp")=1;' in text
    assert text.endswith("DATA=\n1.0 2.0\n3 4\n;\n")


@pytest.mark.parametrize("write", WRITERS)
def test_attributes_of_the_whole_are_kept(write):
    cube = OBS.to_cube().replace(attrs={"title": 'GDP "at" prices', "source": "Office", "notes": "one\ntwo"})
    again = indicia.read_observations(write(cube))
    if write is not indicia.write_sdmx_csv:
        title = cube.attrs["title"] if write is indicia.write_json_stat else "GDP 'at' prices"
        assert (again.attrs["title"], again.attrs["source"], again.attrs["notes"]) == (title, "Office", "one\ntwo")
    assert again.equals(OBS)


@pytest.mark.parametrize("freq", "ASQMWD")
@pytest.mark.parametrize("write", WRITERS)
def test_every_frequency(write, freq):
    cube = Cube(["time"], {}, Periods.range(freq, 100, 40), np.arange(40.0), decimals=0, unit="EUR")
    assert indicia.read_cube(write(cube)).equals(cube)


# ---- what can't be written ------------------------------------------------------------------------------------------


def test_what_a_format_has_no_word_for_is_an_error():
    def obs(dim="geo", code="A", value=1.0, time="2022", **facts):
        return Observations.from_arrays({dim: [code]}, [value], time=[time], **facts)

    for write in WRITERS:
        with pytest.raises(TypeError, match="Observations or a Cube"):
            write([1.0])
        with pytest.raises(ValueError, match="no figure for inf"):
            write(obs(value=float("inf")))
        with pytest.raises(ValueError, match="no way to write"):
            write(obs(code="a\0b"))
        with pytest.raises(ValueError, match="surrogate"):
            write(obs(code="\ud800"))
        with pytest.raises(ValueError, match="0x20000000"):
            write(obs(flags=[1 << 29]))
    for name in ("TIME_PERIOD", "OBS_VALUE", "COMMENT", "OBS_STATUS", "ACTION", "DECIMALS", "a: b", "x[y]"):
        with pytest.raises(ValueError, match=r"clash|another name|other names"):
            indicia.write_sdmx_csv(obs(dim=name, decimals=1))
    with pytest.raises(ValueError, match="'role'"):
        indicia.write_json_stat(obs(dim="role"))
    with pytest.raises(ValueError, match="without a name"):
        indicia.write_px(obs(dim=""))
    with pytest.raises(ValueError, match="no difference"):
        indicia.write_px(Observations.from_arrays({"a": ["x"], "a ": ["y"]}, [1.0]))
    mixed = Observations.from_arrays({"geo": ["A", "A"]}, [1.0, 2.0], time=["2022", "2022-Q1"])
    twice = Observations.from_arrays({"geo": ["A", "A"]}, [1.0, 2.0], time=["2022", "2022"])
    empty = Cube(["geo", "time"], {"geo": ["A"]}, Periods.range("A", 0, 0), np.zeros((1, 0)))
    for write in (indicia.write_json_stat, indicia.write_px):
        with pytest.raises(ValueError, match="A and Q"):
            write(mixed)
        with pytest.raises(indicia.errors.DuplicateError):
            write(twice)
        with pytest.raises(ValueError, match="without a period"):
            write(empty)
    with pytest.raises(ValueError, match="without codes"):
        indicia.write_px(Cube(["geo", "x"], {"geo": [], "x": ["1"]}, None, np.zeros((0, 1))))


def test_what_is_lost_is_said():
    rows = Observations(["geo"], {"geo": ["A", "B", "C"]}, {"geo": [0, 1]}, None, [1.0, NAN])
    with pytest.warns(DataWarning) as caught:
        indicia.write_sdmx_csv(rows)
    assert [str(one.message)[:20] for one in caught] == ["1 rows with neither ", "SDMX-CSV has no list"]
    assert {one.filename for one in caught} == {__file__}
    with pytest.warns(DataWarning, match="without a row"):
        assert indicia.write_sdmx_csv(Observations(["geo"], {"geo": []}, {"geo": []}, None, [])).count(b"\n") == 1
    odd = rows._but(codes={"geo": ["A", "B"]}, values=np.ones(2), attributes={"OBS_STATUS": (np.zeros(2, int), ("R",))})
    with pytest.warns(DataWarning, match="another column of that name"):
        indicia.write_sdmx_csv(odd)
    units = Cube(["a", "b"], {"a": ["1", "2"], "b": ["x", "y"]}, None, np.ones((2, 2)), unit=[["A", "B"], ["C", "D"]])
    years = Cube(["a"], {"a": ["2022", "2023"]}, None, [1.0, 2.0])
    for write in (indicia.write_json_stat, indicia.write_px):
        with pytest.warns(DataWarning, match="unit varies along 'a', 'b'"):
            write(units)
        with pytest.warns(DataWarning, match="time=None"):
            text = write(years)
        assert indicia.read_cube(text, time=None).dims == ("a",)
        assert indicia.read_cube(text).dims == ("time",)
    apart = units.replace(unit=[["A"], ["B"]], multiplier=[[0, 3]])
    with pytest.warns(DataWarning, match="multiplier varies along 'b'"):
        indicia.write_px(apart)
    assert indicia.read_cube(indicia.write_json_stat(apart)).equals(apart.replace(decimals=0))
    alike = units.replace(unit=[["A"], ["B"]], labels={"a": {"1": "x", "2": "x"}})
    assert indicia.read_cube(indicia.write_px(alike)).unit.tolist() == [["A"], ["B"]]  # named by its code
    with pytest.warns(DataWarning, match="its label, which others have too"):
        indicia.write_px(units.replace(unit=[["A"], ["B"]], labels={"a": {"1": "2"}}))


# ---- targets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", WRITERS)
def test_targets(write, tmp_path):
    wanted = write(OBS)
    assert write(OBS, tmp_path / "a.txt") is None
    assert (tmp_path / "a.txt").read_bytes() == wanted
    assert write(OBS, str(tmp_path / "a.txt.gz")) is None
    assert gzip.decompress((tmp_path / "a.txt.gz").read_bytes()) == wanted
    assert indicia.read_observations(tmp_path / "a.txt.gz").equals(OBS)
    file = io.BytesIO(b"")
    assert write(OBS, file) is None
    assert file.getvalue() == wanted
    told = []
    write(OBS, io.BytesIO(), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(wanted), len(wanted))
    with pytest.raises(TypeError, match="binary mode"):
        write(OBS, io.StringIO())
    with pytest.raises(TypeError, match="not int"):
        write(OBS, 3)
    with pytest.raises(IsADirectoryError):
        write(OBS, tmp_path)
    with pytest.raises(FileNotFoundError):
        write(OBS, tmp_path / "no" / "a.txt")
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "a.txt.gz"]


@pytest.mark.parametrize("write", WRITERS)
def test_half_a_file_never_stands(write, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("before")

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(OBS, path, progress=stop)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.csv"]


def test_a_link_stays_one(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    indicia.write_px(OBS, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == indicia.write_px(OBS)


# ---- the rows of the core -------------------------------------------------------------------------------------------


def test_rows_are_joined():
    figures = np.array([1.5, NAN, 1e300, 2.0])
    places = np.array([0, 0, 0, 1], np.uint8)
    decimals = np.array([3, 0, 2, 0], np.int8)
    column = (figures, decimals, places, b"none!", np.array([0, 4, 5]))
    codes = (np.array([1, 0, 1, 0], np.uint32), b"abc", np.array([0, 1, 3]))
    assert join_rows((codes, b"=", column, b";"), 0, 4) == b"bc=1.500;a=none;bc=1e+300;a=!;"
    assert join_rows(((figures, 2, None, b"", np.zeros(2, int)), b","), 0, 4) == b"1.50,,1e+300,2.00,"
    assert join_rows((b"x",), 2, 4) == b"xx"
    assert join_rows((), 0, 1000) == b""


def test_rows_that_do_not_fit_are_refused():
    texts = (b"abc", np.array([0, 1, 3]))
    one = np.zeros(1, np.uint8)
    for columns, error in (
        (((np.array([2], np.uint8), *texts),), ValueError),
        (((np.zeros(0, np.uint8), *texts),), ValueError),
        (((one, b"abc", np.array([0, 4])),), ValueError),
        (((one, b"abc", np.array([2, 1])),), ValueError),
        (((one, b"abc", np.array([-1, 1])),), ValueError),
        (((np.ones(1), np.zeros(0, np.int8), None, b"", np.zeros(2, int)),), ValueError),
        (((np.ones(1), 0, None, b"", np.zeros(1, int)),), ValueError),
        (((one, "abc", np.array([0, 1])),), TypeError),
        ((1,), TypeError),
        (((one,),), TypeError),
    ):
        with pytest.raises(error):
            join_rows(columns, 0, 1)
    with pytest.raises(ValueError, match="rows"):
        join_rows((), 3, 2)


# ---- what the readers learned for it --------------------------------------------------------------------------------

PX = 'STUB="a";HEADING="time";VALUES("a")="x","y";VALUES("time")="2022","2021";{}DATA=\n1 2 3 4;\n'


def test_px_flags_by_number_go_where_the_cell_goes():
    text = PX.format('FLAGS("BREAK;REVISED")="0","2"-"3";FLAGS("BREAK")="1";FLAGS("house rule")="7";')
    cube = indicia.read_cube(text.encode())
    assert cube.values.tolist() == [[2, 1], [4, 3]]  # time rises
    assert cube.flags.tolist() == [[1, 65], [65, 65]]
    assert cube.attrs["keywords"] == {"FLAGS": {("house rule",): "7"}}
    some = indicia.read_cube(text.encode(), where={"a": "y"})
    assert some.flags.tolist() == [[65, 65]]
    for bad in ("4", "-1", "", "x", "99999999999999999999"):
        with pytest.raises(indicia.FormatError, match="no number of a cell, of which there are 4") as caught:
            indicia.read_cube(PX.format(f'\nFLAGS("BREAK")="0","{bad}";').encode())
        assert (caught.value.line, caught.value.column) == (2, 20)


def test_px_flags_of_more_cells_than_there_are():
    text = PX.format('FLAGS("BREAK")="0"-"3";FLAGS("REVISED")="1";')
    with pytest.raises(indicia.FormatError, match="more cells than there are"):
        indicia.read_cube(text.encode())
    text = PX.format('FLAGS("BREAK")="3"-"0";')
    assert indicia.read_cube(text.encode()).flags is None


def test_names_behind_letters():
    head = "geo,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    for status, flags in (("bp;JOINT", 33 | Flag.JOINT), ("ZERO", Flag.ZERO), ("ZERO;SPLIT", Flag.ZERO | Flag.SPLIT)):
        assert indicia.read_observations(f"{head}A,2022,0,{status}\n".encode()).flags.tolist() == [flags]
    for status in ("JOIN", "JOINTS", "joint", "B;", "JOINT;x"):  # letters, as ever
        read = indicia.read_observations(f"{head}A,2022,0,{status}\n".encode())
        assert read.flags is not None
        assert not read.flags[0] & Flag.JOINT
