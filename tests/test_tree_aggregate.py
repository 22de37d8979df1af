"""Figures added up along trees: against slow twins, exact, and the same for any number of threads."""

from __future__ import annotations

import math
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import tree as twin

import indicia
from indicia import Cube, Flag, Observations, _core, tree
from indicia.errors import UnknownNameError

NAN = float("nan")
MANY = int(os.environ.get("INDICIA_TREES", "40"))  # examples of each law
CODES = ("010121", "010129", "010210", "020110", "020120")
GOODS = tree.prefixes(CODES)
CHILDREN = {
    "01": {"0101": 1.0, "0102": 1.0},
    "02": {"0201": 1.0},
    "0101": {"010121": 1.0, "010129": 1.0},
    "0102": {"010210": 1.0},
    "0201": {"020110": 1.0, "020120": 1.0},
}
FIGURES = st.one_of(
    st.floats(allow_nan=True, allow_infinity=False),
    st.floats(-1e6, 1e6).map(lambda v: round(v, 2)),
    st.sampled_from([NAN, 0.0, -0.0, 5e-324, 1e308, -1e308, 0.1]),
)


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


# ---- the kernels --------------------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), FIGURES), max_size=60), st.integers(1, 4))
def test_grouped_sums_are_exact(rows, threads):
    groups = np.array([g for g, _ in rows], np.uint8)
    values = np.array([v for _, v in rows], np.float64)
    sums, valued, missing, flags, _ = _core.tree_sums(((groups, 4, None, 4),), values, None, threads=threads)
    assert flags is None
    for k, (total, n, holes) in enumerate(twin.grouped(groups.tolist(), values.tolist(), 4)):
        assert same(sums[k], total)
        assert (valued[k], missing[k]) == (n, holes)


@pytest.mark.parametrize("kind", ["money", "wild", "tiny", "rising", "mixed"])
def test_grouped_sums_of_many_rows(kind):
    rng = np.random.default_rng(7)
    n = 30_000
    values = {
        "money": np.round(rng.lognormal(2, 3, n), 3),
        "wild": rng.normal(size=n) * 10.0 ** rng.integers(-300, 300, n),
        "tiny": np.ldexp(rng.normal(size=n), -1060),
        "rising": np.exp2(np.linspace(-200, 800, n)),
        "mixed": np.where(rng.random(n) < 0.5, 1e200, 1e-200) * rng.normal(size=n),
    }[kind]
    values[rng.random(n) < 0.1] = NAN
    groups = rng.integers(0, 7, n).astype(np.uint16)
    found = [_core.tree_sums(((groups, 7, None, 7),), values, None, threads=t) for t in (1, 2, 3, 8)]
    for k in range(7):
        some = values[(groups == k) & ~np.isnan(values)]
        assert found[0][0][k] == math.fsum(some)
        assert found[0][1][k] == len(some)
    for other in found[1:]:
        for a, b in zip(found[0][:3], other[:3], strict=True):
            assert a.tobytes() == b.tobytes()


def test_infinities_and_overflow():
    groups = np.array([0, 0, 1, 1, 2, 2, 3, 3], np.uint8)
    big = 1.7e308
    values = np.array([np.inf, 1.0, np.inf, -np.inf, big, big, big, -big])
    assert repr(_core.tree_sums(((groups, 4, None, 4),), values, None)[0].tolist()) == "[inf, nan, inf, 0.0]"


def test_columns_maps_and_flags():
    rng = np.random.default_rng(3)
    n = 5000
    years, codes = rng.integers(0, 3, n), rng.integers(0, 600, n)
    to = rng.integers(0, 4, 600).astype(np.uint32)
    to[::5] = 2**32 - 1
    values = rng.normal(size=n)
    values[::9] = NAN
    bits = rng.integers(0, 4, n).astype(np.uint32)
    axes = ((years.astype(np.uint32), 3, None, 3), (codes.astype(np.uint16), 600, to, 4))
    sums, valued, missing, flags, reasons = _core.tree_sums(axes, values, bits, threads=2)
    for y in range(3):
        for g in range(4):
            part = (years == y) & (to[codes] == g)
            there = part & ~np.isnan(values)
            at = y * 4 + g
            assert sums[at] == math.fsum(values[there])
            assert (valued[at], missing[at]) == (there.sum(), (part & ~there).sum())
            assert flags[at] == np.bitwise_or.reduce(bits[there])
            assert reasons[at] == np.bitwise_or.reduce(bits[part & ~there])


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        (((np.array([4], np.uint8), 4, None, 4),), "no code's"),
        (((np.array([0], np.uint8), 4, None, 5),), "as many groups"),
        (((np.array([0, 1], np.uint8), 4, None, 4),), "one for each value"),
        (((np.array([0], np.uint8), 2, np.array([0, 9], np.uint32), 4),), "a group for each code"),
        (((np.array([0], np.uint8), 1 << 20, None, 1 << 20),) * 3, "too many cells"),
    ],
)
def test_the_kernel_refuses(axes, words):
    with pytest.raises(ValueError, match=words):
        _core.tree_sums(axes, np.array([1.0]), None)


# ---- cubes --------------------------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(
    st.lists(st.lists(FIGURES, min_size=5, max_size=5), min_size=1, max_size=4),
    st.sampled_from(["sum", "mean", "count", "coverage"]),
    st.sampled_from([None, 0.5]),
)
def test_nodes_against_the_twin(series, how, coverage):
    values = np.array(series)
    for axis in (0, 1):
        got, codes = tree.aggregate(
            np.moveaxis(values, 1, axis), GOODS, dim=axis, how=how, min_coverage=coverage, codes=CODES
        )
        assert codes == ("01", "02", "0101", "0102", "0201")
        for k, code in enumerate(codes):
            for s, figures in enumerate(series):
                want = twin.node(
                    CHILDREN, code, dict(zip(CODES, figures, strict=True)), how=how, coverage=coverage or 1.0
                )
                assert same(np.moveaxis(got, axis, 0)[k, s], want)


@settings(max_examples=MANY, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9), min_size=5, max_size=5))
def test_totals_are_conserved(figures):
    top = tree.parents(
        ["all", *GOODS.codes],
        [None] + ["all" if not GOODS.parents(c) else next(iter(GOODS.parents(c))) for c in GOODS.codes],
    )
    got, codes = tree.aggregate(np.array(figures), top, codes=CODES)
    assert got[codes.index("all")] == twin.exact(figures)


def test_wide_cubes_on_any_threads():
    rng = np.random.default_rng(5)
    codes = [f"{k:06d}" for k in rng.choice(10**6, 300, replace=False)]
    values = np.round(rng.lognormal(2, 3, (300, 700)), 2)
    values[rng.random(values.shape) < 0.05] = NAN
    values[:, 3] *= 10.0 ** rng.integers(-200, 200, 300)
    cube = Cube(["k", "s"], {"k": codes, "s": [str(s) for s in range(700)]}, None, values)
    goods = tree.prefixes(codes, (1, 2, 6))
    before = indicia.get_threads()
    found = []
    try:
        for threads in (1, 2, 5):
            indicia.set_threads(threads)
            found.append(tree.aggregate(cube, goods, min_coverage=0.5))
    finally:
        indicia.set_threads(before)
    assert found[0].values.tobytes() == found[1].values.tobytes() == found[2].values.tobytes()
    for code in ("3", "42"):
        below = np.isin(codes, goods.leaves(code))
        row = found[0].values[found[0].codes["k"].index(code)]
        for s in (0, 3, 255, 256, 699):
            some = values[below, s]
            some = some[~np.isnan(some)]
            assert same(row[s], math.fsum(some) if len(some) >= 0.5 * below.sum() else NAN)


def test_flags_and_coverage():
    est, conf = int(Flag.ESTIMATED), int(Flag.CONFIDENTIAL)
    cube = Cube(["k"], {"k": ["0101", "0102", "0201"]}, None, [1.0, NAN, 5.0], [est, conf, 0])
    goods = tree.prefixes(cube.codes["k"], (2, 4))
    strict, loose = tree.aggregate(cube, goods), tree.aggregate(cube, goods, min_coverage=0.5)
    assert math.isnan(strict.values[0])
    assert strict.flags.tolist() == [est | conf | int(Flag.PARTIAL), 0]
    assert loose.values.tolist() == [1.0, 5.0]
    assert loose.flags.tolist() == [est | int(Flag.PARTIAL), 0]


def carried(values, codes=("01", "0101", "0102", "02", "0201"), **more):
    return Cube(["k"], {"k": list(codes)}, None, values, **more)


def test_what_the_data_carry():
    cube = carried([10.0, 1.0, 2.0, 5.0, 5.0])
    goods = tree.parents(["T", "01", "02", "0101", "0102", "0201"], [None, "T", "T", "01", "01", "02"])
    assert tree.aggregate(cube, goods).values.tolist() == [8.0, 10.0, 5.0]
    assert tree.aggregate(cube, goods, carried="use").values.tolist() == [15.0, 10.0, 5.0]
    with pytest.raises(ValueError, match=r"'01' doesn't add up: the data have 10\.0, its parts make 3\.0"):
        tree.aggregate(cube, goods, carried="check")
    right = carried([3.1, 1.0, 2.0, 5.0, 5.0], decimals=1)
    assert tree.aggregate(right, goods, carried="check").values.tolist() == [8.0, 3.0, 5.0]


def test_a_node_without_anything_below_it_in_the_data():
    goods = tree.parents(["T", "01", "02", "0101", "0201"], [None, "T", "T", "01", "02"])
    cube = carried([3.0, 4.0], ("01", "0201"))
    got = tree.aggregate(cube, goods)
    assert dict(zip(got.codes["k"], got.values.tolist(), strict=True)) == {"T": 7.0, "01": 3.0, "02": 4.0}
    assert got.attrs["absent"] == {"k": ("0101",)}
    assert tree.aggregate(carried([4.0], ("0201",)), goods).attrs["absent"] == {"k": ("01", "0101")}


def test_levels():
    cube = carried([1.0, 2.0, 5.0], ("010121", "010129", "020110"))
    got = tree.aggregate(cube, GOODS, levels=["2", "6"])
    assert got.codes["k"] == ("01", "02", "010121", "010129", "020110")
    assert got.values.tolist() == [3.0, 5.0, 1.0, 2.0, 5.0]
    assert tree.aggregate(cube, GOODS, levels=0).codes["k"] == ("01", "02")


def test_weights_and_several_parents():
    shares = tree.parents(["a", "b", "x", "x", "y"], [None, None, "a", "b", "b"], [None, None, 0.25, 0.75, None])
    got, codes = tree.aggregate(np.array([8.0, 1.0]), shares, codes=["x", "y"])
    assert dict(zip(codes, got.tolist(), strict=True)) == {"a": 2.0, "b": 7.0}
    mean, _ = tree.aggregate(
        np.array([1.0, 2.0, 4.0]),
        GOODS,
        codes=list(CODES[:3]),
        how="mean",
        weights={CODES[0]: 3.0, CODES[1]: 1.0, CODES[2]: 4.0},
        levels=0,
    )
    assert mean.tolist() == [(3 + 2 + 16) / 8]
    cube = carried([1.0, NAN, 4.0], CODES[:3])
    by_figure = carried([3.0, 5.0, 1.0], CODES[:3])
    got = tree.aggregate(cube, GOODS, how="mean", weights=by_figure, levels=0, min_coverage=0.4)
    assert got.values.tolist() == [7 / 4]
    with pytest.raises(ValueError, match="weights: there are none of"):
        tree.aggregate(cube, GOODS, how="mean", weights={CODES[0]: 1.0})


def test_deep_trees():
    chain = [str(k) for k in range(200)]
    deep = tree.parents(chain, [None, *chain[:-1]])
    got, codes = tree.aggregate(np.array([7.0]), deep, codes=["199"])
    assert len(codes) == 199
    assert set(got.tolist()) == {7.0}


def test_codes_that_are_not_the_trees():
    cube = carried([1.0, 2.0], ("010121", "999999"))
    with pytest.raises(UnknownNameError, match=r"'999999' of k.*others='drop'"):
        tree.aggregate(cube, GOODS)
    assert tree.aggregate(cube, GOODS, others="drop").attrs["outside"] == {"k": ("999999",)}
    three = tree.new_three("HS22")
    got = tree.aggregate(carried([1.0, 2.0], ("854143", "010121")), three)
    assert (got.codes["k"], got.values.tolist()) == (("solar cells",), [1.0])
    assert got.attrs["outside"] == {"k": ("010121",)}
    assert "850760" in got.attrs["absent"]["k"]
    with pytest.raises(ValueError, match="HS22 has no code '854140', which is of HS92 to HS17"):
        tree.aggregate(carried([1.0, 2.0], ("854143", "854140")), three)
    with pytest.raises(ValueError, match="no dimension has codes"):
        tree.aggregate(carried([1.0], ("x",)), three)
    with pytest.raises(ValueError, match="would be added up"):
        tree.aggregate(carried([1.0, 2.0], CODES[:2], unit=np.array(["EUR", "USD"], object)), GOODS)


def test_containers_give_their_own_kind():
    frame = pd.DataFrame([[1.0, 2.0, 4.0]], index=["CN"], columns=list(CODES[:3]))
    got = tree.aggregate(frame, GOODS, levels=0)
    assert (got.loc["CN", "01"], list(got.columns)) == (7.0, ["01"])
    assert tree.aggregate(frame.T, GOODS, levels=0).loc["01", "CN"] == 7.0
    assert tree.aggregate(frame.loc["CN"], GOODS, levels=0).to_dict() == {"01": 7.0}
    with pytest.raises(TypeError, match="needs the codes"):
        tree.aggregate(np.zeros(3), GOODS)


# ---- rows ---------------------------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["CN", "DE"]), st.sampled_from(CODES), st.sampled_from(["2021", "2023"]), FIGURES),
        max_size=30,
    ),
    st.sampled_from(["sum", "mean", "count", "coverage"]),
)
def test_rows_against_the_twin(rows, how):
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    obs = Observations.from_arrays(
        {"i": columns[0], "k": columns[1]}, np.array(columns[3], float), time=columns[2], codes={"k": CODES}
    )
    got = tree.aggregate(obs, GOODS, dim="k", how=how, min_coverage=0.5)
    found = {
        (got.codes["i"][i], got.codes["k"][k], str(t)): v
        for i, k, t, v in zip(got.positions["i"], got.positions["k"], got.time, got.values.tolist(), strict=True)
    }
    want = {}
    for i in ("CN", "DE"):
        for code in CHILDREN:
            below = twin.leaves(CHILDREN, code)
            for t in ("2021", "2023"):
                cell = [v for a, k, u, v in rows if a == i and k in below and u == t]
                there = [v for v in cell if not math.isnan(v)]
                if cell:
                    total = twin.exact(there) if there and len(there) >= 0.5 * len(cell) else NAN
                    want[i, code, t] = {
                        "sum": total,
                        "mean": total / len(there) if there else NAN,
                        "count": len(there),
                        "coverage": len(there) / len(cell),
                    }[how]
    assert found.keys() == want.keys()
    assert all(same(found[key], want[key]) for key in want)


def test_rows_of_many_cells_are_numbered(monkeypatch):
    from indicia import _tree_aggregate

    rng = np.random.default_rng(2)
    n = 4000
    obs = Observations.from_arrays(
        {"i": [str(v) for v in rng.integers(0, 40, n)], "k": [CODES[v] for v in rng.integers(0, 5, n)]},
        rng.normal(size=n),
        time=[str(v) for v in rng.integers(1990, 2020, n)],
        flags=rng.integers(0, 2, n),
    )
    few = tree.aggregate(obs, GOODS)
    monkeypatch.setattr(_tree_aggregate, "_CELLS", 10)
    many = tree.aggregate(obs, GOODS)
    assert few.to_cube() == many.to_cube()


def test_the_way_from_rows_and_from_readers_is_one():
    text = b"t,i,j,k,v,q\n" + b"".join(
        b"2023,%d,%d,%s,%d.5,1\n" % (n % 5 + 1, n % 7 + 10, [b"850760", b"854142", b"854143", b"870380"][n % 4], n)
        for n in range(400)
    )
    three = tree.new_three("HS22")
    read = indicia.read_cube(text, format="baci", recode={"k": three}, collapse={"j": "sum"})
    later = tree.aggregate(indicia.read_observations(text, format="baci", collapse={"j": "sum"}), three).to_cube()
    for k in three.roots():
        assert read.sel(k=k).values.tolist() == later.sel(k=k).sel(i=list(read.codes["i"])).values.tolist()
