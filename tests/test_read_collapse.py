"""collapse= and recode=: rows folded while they are read, against a slow twin; and what is never added up silently."""

import gzip
import io
import math
import os

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from readers import frozen, raw
from reference import collapse as slow

import indicia

MANY = int(os.environ.get("INDICIA_COLLAPSES", "1"))  # so many times the examples

DIMS = ("i", "j", "k")
MISSING = {"": (math.nan, set()), "NA": (math.nan, set()), "..": (math.nan, {"NOT_AVAILABLE"})}


def baci(rows):
    return ("t,i,j,k,v,q\n" + "".join(f"{t},{i},{j},{k},{v},1\n" for t, i, j, k, v in rows)).encode()


def parts_of(rows):
    for t, i, j, k, v in rows:
        value, flags = MISSING.get(v) or (float(v), set())
        yield (i, j, k), t, value, flags


def cells(obs):
    """By codes and period: value and flags, in the order of the rows."""
    flags = np.zeros(len(obs), np.uint32) if obs.flags is None else obs.flags
    kept = [np.array([*obs.codes[dim], ""], dtype=object)[obs.positions[dim]] for dim in obs.codes]
    found = {}
    for *codes, period, value, bits in zip(*kept, obs.time, obs.values.tolist(), flags, strict=True):
        found[*codes, str(period)] = (value, {flag.name for flag in indicia.Flag(int(bits))})
    return found


def same_cells(found, expected):
    assert list(found) == list(expected)
    for key, (value, flags) in expected.items():
        assert repr(found[key][0]) == repr(value), key
        assert found[key][1] == flags, key


codes = st.sampled_from(["4", "8", "156", "842", "", "long code", "é"])
products = st.sampled_from(["010119", "850760", "854142", "8", "longer than seven", "999999", "01"])
figures = st.one_of(
    st.sampled_from(["1", "0.001", "85.25", "-3", "NA", "", "..", "1e3", "123456789.5", "-0", "0.1", "0.2", "0.3"]),
    st.sampled_from(["1e300", "-1e300", "1e-300", "1.7976931348623157e308", "5e-324", "1e16", "-1e16", "3.5e-17"]),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
table = st.lists(st.tuples(st.sampled_from(["2021", "2022"]), codes, codes, products, figures), min_size=1, max_size=40)
mapping = st.dictionaries(products, st.sampled_from(["cars", "cells", "010119", None]), max_size=4)
others = st.sampled_from([None, "*", "rest", "cars"])
gone = st.lists(st.sampled_from(DIMS), unique=True, max_size=3)
rules = st.sampled_from(["sum", "sum", "count", "min", "max"])


options = st.tuples(gone, rules, st.sampled_from(["i", "k"]), mapping, others, st.sampled_from([None, 0.3, 0.5, 1.0]))


@given(table, options)
@settings(max_examples=120 * MANY, deadline=None)
@example([("2021", "4", "8", "01", v) for v in ("1e16", "1", "-1e16")], (["k"], "sum", "k", {}, "*", None))
def test_folded_as_the_twin_folds(rows, asked):
    collapse, rule, dim, codes_of, star, coverage = asked
    recode = {dim: {**codes_of, "*": star}}
    options = {"recode": recode, "collapse": dict.fromkeys(collapse, rule), "min_coverage": coverage}
    rule = rule if collapse else "sum"
    expected = slow.fold(parts_of(rows), DIMS, collapse=collapse, recode=recode, rule=rule, coverage=coverage or 1.0)
    for plain in (False, True):
        data = raw(baci(rows), format="baci", plain=plain, **options)
        assert data["collapsed"]
    same_cells(cells(indicia.read_observations(baci(rows), format="baci", **options)), expected)


def many_rows(n, seed=0):
    random = np.random.default_rng(seed)
    keys = np.sort(random.choice(4_000_000, n, replace=False))
    values = random.lognormal(2, 6, n)
    return [
        (str(2022 + k // 2_000_000), str(4 + k // 40_000 % 50), str(4 + k // 800 % 50), f"{k % 800 * 7:06d}", repr(v))
        for k, v in zip(keys.tolist(), values.tolist(), strict=True)
    ]


@pytest.fixture(scope="module")
def large():
    rows = many_rows(60_000)
    return rows, baci(rows)


@pytest.mark.parametrize("gone", [("j",), ("i", "k")], ids=str)
def test_the_same_bits_for_every_number_of_threads(large, gone):
    rows, data = large
    options = {"collapse": dict.fromkeys(gone, "sum")}
    assert len(data) > 2 << 20  # several parts
    same_cells(
        cells(indicia.read_observations(data, **options)), expected := slow.fold(parts_of(rows), DIMS, collapse=gone)
    )
    alone = frozen(raw(data, threads=1, plain=True, **options))
    for threads in (1, 2, 3, 4):
        assert frozen(raw(data, threads=threads, **options)) == alone
    assert frozen(raw(io.BytesIO(gzip.compress(data, 1)), threads=2, **options)) == alone
    shuffled = list(rows)
    np.random.default_rng(1).shuffle(shuffled)
    found = raw(baci(shuffled), threads=3, **options)
    assert sorted(found["values"].tolist()) == sorted(value for value, _ in expected.values())


def test_a_basket(large):
    rows, data = large
    basket = {"000007": "cars", "000700": "cells", "001400": "cells", "*": None}
    cube = indicia.read_cube(data, recode={"k": basket}, collapse={"j": "sum"}, where={"i": ["4", "5"]})
    assert cube.dims == ("i", "k", "time")
    assert cube.codes["k"] == ("cars", "cells")
    assert cube.attrs["recoded"]["k"] == {"cars": ("000007",), "cells": ("000700", "001400")}
    assert (cube.unit, cube.multiplier, cube.decimals) == ("USD", 3, None)
    wanted = [row for row in rows if row[1] in {"4", "5"}]
    for key, (value, _) in slow.fold(parts_of(wanted), DIMS, collapse=("j",), recode={"k": basket}).items():
        assert cube.sel(i=key[0], k=key[1], time=key[2]).values.item() == value


def test_more_codes_than_sixteen_bits_count():
    rows = [("2022", "4", j, f"{k:06d}", "1.5") for j in ("8", "9") for k in range(70_000)]
    obs = indicia.read_observations(baci(rows), collapse={"j": "sum"})
    assert obs.codes["k"] == tuple(row[3] for row in rows[:70_000])
    assert (obs.values == 3).all()


# ---- what is asked for ---------------------------------------------------------------------------------------------

FEW = baci([
    ("2022", "4", "8", "010119", "1"),
    ("2022", "4", "9", "010119", "2"),
    ("2022", "4", "9", "850760", "4"),
    ("2022", "5", "9", "854142", "8"),
])  # fmt: skip


def test_codes_that_a_mapping_does_not_name():
    for collapse in ({}, {"k": "sum"}, {"i": "count"}):
        with pytest.raises(ValueError, match=r"doesn't name '010119' \(2 rows\), '854142' \(1 row\): 3 rows in all"):
            indicia.read_observations(FEW, recode={"k": {"850760": "cells"}}, collapse=collapse)
    obs = indicia.read_observations(FEW, recode={"k": {"850760": "cells", "*": "*"}}, collapse={"i": "sum", "j": "sum"})
    assert {key[0]: value for key, (value, _) in cells(obs).items()} == {"010119": 3, "cells": 4, "854142": 8}
    obs = indicia.read_observations(FEW, recode={"k": {"850760": "cells", "*": None}}, collapse={"j": "sum"})
    assert (obs.codes["i"], obs.values.tolist()) == (("4",), [4])
    assert "absent" not in obs.attrs


def test_what_a_mapping_names_and_no_row_has():
    mapping = {"850760": "cells", "850761": "cells", "870380": "cars", "*": None}
    cube = indicia.read_cube(FEW, recode={"k": mapping}, collapse={"j": "sum"})
    assert cube.attrs["absent"] == {"k": ("850761", "870380")}
    assert cube.codes["k"] == ("cells", "cars")
    assert math.isnan(cube.sel(i="4", k="cars").values.item())


def test_where_asks_the_source_and_recode_the_rest():
    obs = indicia.read_observations(FEW, where={"k": ["010119"]}, recode={"k": {"010119": "horses"}})
    assert cells(obs) == {("4", "8", "horses", "2022"): (1, set()), ("4", "9", "horses", "2022"): (2, set())}


def test_counts():
    obs = indicia.read_observations(FEW, collapse={"j": "count"})
    assert obs.values.tolist() == [2, 1, 1]
    assert (obs.unit, obs.multiplier, obs.decimals) == (None, None, 0)


def test_everything_at_once():
    cube = indicia.read_cube(FEW, collapse=dict.fromkeys(DIMS, "sum"))
    assert (cube.dims, cube.values.tolist()) == (("time",), [15])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"collapse": {"x": "sum"}}, "collapse names \"x\": there is no such dimension"),
        ({"recode": {"x": {"*": "a"}}}, "recode names \"x\": there is no such dimension"),
        ({"collapse": {"j": "mean"}}, "'mean' is none of"),
        ({"collapse": {"j": "sum", "k": "max"}}, "which comes first matters"),
        ({"collapse": {"time": "sum"}}, "names time"),
        ({"collapse": {"j": "sum"}, "duplicates": "last"}, "needs all rows at once"),
        ({"collapse": {"j": "sum"}, "attributes": ["q"]}, "by row"),
        ({"collapse": {"j": "sum"}, "min_coverage": 0}, "a fraction"),
        ({"min_coverage": 0.5}, "neither is given"),
        ({"recode": {"k": {"010119": "*"}}}, "stands for what is not named"),
        ({"collapse": {"measure": "sum"}, "measures": ["v", "q"]}, "measure has 'v', 'q', which can't be added up"),
    ],
)  # fmt: skip
def test_options_that_do_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        indicia.read_observations(FEW, **options)


def test_cells_have_a_limit(large):
    with pytest.raises(indicia.LimitError, match="cells"):
        indicia.read_observations(large[1], collapse={"j": "sum"}, limits={"cells": 1000}, threads=1)


def test_broken_rows_have_their_place_still():
    with pytest.raises(indicia.FormatError, match='"two" is no number') as caught:
        indicia.read_observations(FEW + b"2022,5,9,01,two,1\n", collapse={"j": "sum"})
    assert (caught.value.line, caught.value.column) == (6, 13)


# ---- other formats ---------------------------------------------------------------------------------------------------


@given(table, st.lists(st.sampled_from(DIMS), unique=True, max_size=3), rules, mapping, others)
@settings(max_examples=80 * MANY, deadline=None)
def test_long_tables_fold_alike(rows, collapse, rule, codes_of, star):
    """Two measures, which the engine of all long tables reads."""
    options = {"recode": {"k": {**codes_of, "*": star}}, "collapse": dict.fromkeys(collapse, rule)}
    expected = slow.fold(
        (((*codes, measure), *rest) for codes, *rest in parts_of(rows) for measure in "vq"),
        (*DIMS, "measure"),
        collapse=collapse,
        recode=options["recode"],
        rule=rule if collapse else "sum",
    )
    data = "t,i,j,k,v,q\n" + "".join(f"{t},{i},{j},{k},{v},{v}\n" for t, i, j, k, v in rows)
    for plain in (False, True):
        assert raw(data.encode(), format="baci", measures=["v", "q"], plain=plain, **options)["collapsed"]
    found = cells(indicia.read_observations(data.encode(), format="baci", measures=["v", "q"], **options))
    same_cells(dict(sorted(found.items())), dict(sorted(expected.items())))


def sdmx(rows, unit="EUR"):
    head = "DATAFLOW,FREQ,GEO,ITEM,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE\n"
    return (head + "".join(f"X:Y(1.0),A,{g},{i},{t},{v},{s},{unit}\n" for g, i, t, v, s in rows)).encode()


series = st.lists(
    st.tuples(
        st.sampled_from(["DE", "FR", "IT"]),
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from(["2019", "2020", "2021", "2022"]),
        st.sampled_from(["1.5", "2", "", "0.1", "1e20", "-7", "NaN"]),
        st.sampled_from(["", "", "E", "P", "M"]),
    ),
    min_size=1,
    max_size=40,
)
STATUS = {"": set(), "E": {"ESTIMATED"}, "P": {"PROVISIONAL"}, "M": {"NOT_APPLICABLE"}}


@given(series, rules, st.sampled_from([None, 0.5]))
@settings(max_examples=80 * MANY, deadline=None)
def test_series_fold_alike(rows, rule, coverage):
    """The quick path of neighbouring periods, with flags and empty values."""
    rows.sort(key=lambda row: row[:3])
    parts = [(("A", g, i), t, float(v or "nan"), STATUS[s]) for g, i, t, v, s in rows]
    dims = ("FREQ", "GEO", "ITEM")
    expected = slow.fold(parts, dims, collapse=("ITEM",), rule=rule, coverage=coverage or 1.0)
    options = {"collapse": {"ITEM": rule}, "min_coverage": coverage}
    obs = indicia.read_observations(sdmx(rows), **options)
    same_cells(dict(sorted(cells(obs).items())), dict(sorted(expected.items())))
    assert obs.unit == (None if rule == "count" else "EUR")
    assert frozen(raw(sdmx(rows), plain=True, **options)) == frozen(raw(sdmx(rows), **options))


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_more_keys_than_are_remembered(threads):
    """Every row is a series: their keys are forgotten again and again."""
    random = np.random.default_rng(3)
    n = 150_000
    geo, item = random.integers(0, 3, n).tolist(), random.integers(0, 100_000, n).tolist()
    values = random.normal(0, 1e6, n).tolist()
    data = sdmx([(f"G{g}", f"I{i}", "2020", repr(v), "") for g, i, v in zip(geo, item, values, strict=True)])
    obs = indicia.read_observations(data, collapse={"ITEM": "sum"}, threads=threads)
    sums = [math.fsum(v for g, v in zip(geo, values, strict=True) if g == one) for one in range(3)]
    assert {key[1]: value for key, (value, _) in cells(obs).items()} == {f"G{g}": sums[g] for g in range(3)}


def test_units_that_differ():
    data = sdmx([("DE", "A", "2020", "1", ""), ("DE", "B", "2020", "2", "")])
    other = data + sdmx([("DE", "C", "2020", "3", "")], "PC").partition(b"\n")[2]
    with pytest.raises(ValueError, match='UNIT_MEASURE "EUR" and "PC" would be added up'):
        indicia.read_observations(other, collapse={"ITEM": "sum"})
    obs = indicia.read_observations(other, collapse={"GEO": "sum"})
    assert obs.unit.tolist() == ["EUR", "EUR", "PC"]
    assert indicia.read_observations(other, collapse={"ITEM": "count"}).values.tolist() == [3]
    mapping = {"A": "x", "C": "x", "B": None}
    with pytest.raises(ValueError, match="would be added up"):
        indicia.read_observations(other, recode={"ITEM": mapping})


HEAD = "typeCode,freqCode,refYear,period,reporterCode,flowCode,partnerCode,partnerDesc,cmdCode,cmdDesc,primaryValue\n"
PARTNERS = (("0", "World", (60, 60, 30)), ("276", "Germany", (40, 40, 10)), ("56", "Belgium", (20, 20, 20)))
COMTRADE = (
    HEAD
    + "".join(
        f"C,A,2022,2022,40,X,{partner},{name},{code},words,{value}\n"
        for partner, name, codes in PARTNERS
        for code, value in zip(("TOTAL", "85", "850760"), codes, strict=True)
    )
).encode()  # fmt: skip


def test_totals_are_never_added_up():
    for where, match in (
        ({"cmdCode": ["85"]}, "partnerCode has '0', a sum over others, beside '276', '56'"),
        ({"partnerCode": ["276"]}, "cmdCode has 'TOTAL', a sum over others, beside '85', '850760'"),
        ({"partnerCode": ["276"], "cmdCode": ["85", "850760"]}, "cmdCode has '85' and its part '850760'"),
    ):
        with pytest.raises(ValueError, match=match):
            indicia.read_observations(COMTRADE, where=where, collapse={"partnerCode": "sum", "cmdCode": "sum"})
    collapse = {"partnerCode": "sum"}
    obs = indicia.read_observations(COMTRADE, recode={"partnerCode": {"0": None, "*": "*"}}, collapse=collapse)
    assert obs.values.tolist() == [60, 60, 30]
    assert obs.labels == {"cmdCode": dict.fromkeys(("TOTAL", "85", "850760"), "words")}
    obs = indicia.read_observations(COMTRADE, where={"partnerCode": ["276", "56"]}, level=6, collapse=collapse)
    assert (obs.codes["cmdCode"], obs.values.tolist()) == (("850760",), [30])
    assert "totals" not in obs.attrs


def test_levels():
    for level, code in ((0, "TOTAL"), (2, "85"), (6, "850760")):
        assert indicia.read_observations(COMTRADE, level=level).codes["cmdCode"] == (code,)
    assert len(indicia.read_observations(COMTRADE, level=4)) == 0
    with pytest.raises(ValueError, match="level=: codes of baci have none"):
        indicia.read_observations(FEW, level=6)
    with pytest.raises(ValueError, match="a number of digits"):
        indicia.read_observations(COMTRADE, level=-1)


JSON_STAT = b"""{"version": "2.0", "class": "dataset", "id": ["geo", "item", "time"], "size": [2, 3, 2],
"dimension": {"geo": {"category": {"index": ["DE", "FR"]}}, "item": {"category": {"index": ["A", "B", "C"],
"label": {"A": "a", "B": "b", "C": "c"}}}, "time": {"category": {"index": ["2020", "2021"]}}},
"role": {"time": ["time"]}, "value": [1, 2, 3, 4, null, null, 1, null, 2, 3, 0.5, 1]}"""
TSV = b"\n".join([
    b"unit,item,geo\\TIME_PERIOD\t2020 \t2021 ",
    b"EUR,A,DE\t1 \t2 b",
    b"EUR,B,DE\t3 p\t4 ",
    b"EUR,A,FR\t1 \t: c",
    b"EUR,B,FR\t2 \t3 \n",
])  # fmt: skip


@pytest.mark.parametrize("source", [JSON_STAT, TSV], ids=["json-stat", "eurostat-tsv"])
def test_dense_formats_fold_alike(source):
    """A series that has nothing is no part, an empty cell of another is one."""
    cube = indicia.read_cube(source, collapse={"item": "sum"})
    assert cube.sel(geo="DE").values.ravel().tolist() == [4, 6]
    assert cube.sel(geo="FR", time="2020").values.item() == (3.5 if source is JSON_STAT else 3)
    assert math.isnan(cube.sel(geo="FR", time="2021").values.item())
    flags = indicia.Flag(int(cube.sel(geo="FR", time="2021").flags.item()))
    assert indicia.Flag.PARTIAL in flags
    some = indicia.read_cube(source, collapse={"item": "sum"}, min_coverage=0.5)
    assert some.sel(geo="FR", time="2021").values.item() == (4 if source is JSON_STAT else 3)
    one = indicia.read_cube(source, recode={"item": {"A": "x", "B": "x", "*": None}}, collapse={"geo": "count"})
    assert one.codes["item"] == ("x",)
    assert one.values.ravel().tolist() == [4, 3]
    with pytest.raises(ValueError, match='names "x"'):
        indicia.read_cube(source, collapse={"x": "sum"})


def test_a_total_in_any_format():
    data = sdmx([("DE", "_T", "2020", "3", ""), ("DE", "A", "2020", "1", ""), ("DE", "B", "2020", "2", "")])
    with pytest.raises(ValueError, match="ITEM has '_T', a sum over others, beside 'A', 'B'"):
        indicia.read_observations(data, collapse={"ITEM": "sum"})


def test_several_files():
    files = [
        baci([("2022", "4", "8", "01", "1"), ("2022", "4", "9", "01", "2")]),
        baci([("2023", "4", "8", "01", "4")]),
    ]
    obs = indicia.read_observations(files, collapse={"j": "sum"})
    assert cells(obs) == {("4", "01", "2022"): (3, set()), ("4", "01", "2023"): (4, set())}
    again = indicia.read_observations([*files, files[0]], collapse={"j": "sum"}, duplicates="sum")
    assert cells(again)["4", "01", "2022"] == (6, set())
    with pytest.raises(indicia.FormatError, match="is there twice"):
        indicia.read_observations([*files, files[0]], collapse={"j": "sum"})
