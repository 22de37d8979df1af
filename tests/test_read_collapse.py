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
@settings(max_examples=250 * MANY, deadline=None)
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
