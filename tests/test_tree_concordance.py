"""Tables from one classification to another: totals, composition, bounds, families, what is wrong with codes."""

from __future__ import annotations

import itertools
import math
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import tree as twin

from indicia import Cube, tree
from indicia.errors import UnknownNameError

CLASSIF = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "classif"
MANY = int(os.environ.get("INDICIA_TREES", "40"))  # examples of each law

PAIRS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), min_size=1, unique=True)
FIGURES = st.floats(-1e9, 1e9)


def table(pairs):
    return tree.concordance([a for a, _ in pairs], [b for _, b in pairs])


def chain(draw, firsts, seconds):
    """A table that knows all of `firsts`."""
    pairs = []
    for code in firsts:
        pairs += [(code, to) for to in draw(st.lists(st.sampled_from(seconds), min_size=1, max_size=3, unique=True))]
    return table(pairs)


def shipped(name):
    if not (CLASSIF / name).exists():
        pytest.skip(f"{name} is not here: INDICIA_SHARED names the folder of data")
    return CLASSIF / name


# ---- laws ---------------------------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(PAIRS, st.data())
def test_totals_are_conserved(pairs, data):
    made = table(pairs)
    figures = {code: data.draw(FIGURES) for code in made.shares}
    found = made.convert(figures)
    slack = Fraction(0) if len(found) == 1 else sum(Fraction(math.ulp(v)) / 2 for v in found.values())
    assert abs(sum(map(Fraction, found.values())) - sum(map(Fraction, figures.values()))) <= slack + (
        Fraction(math.ulp(next(iter(found.values())))) / 2
    )
    for target, want in twin.convert(
        {c: {t: float(s) for t, s in p.items()} for c, p in made.shares.items()}, figures
    ).items():
        assert math.isclose(found[target], want, rel_tol=1e-12, abs_tol=1e-3)


@settings(max_examples=MANY, deadline=None)
@given(st.data())
def test_composition_is_associative(data):
    one = chain(data.draw, "abc", "klm")
    two = chain(data.draw, "klm", "pqr")
    three = chain(data.draw, "pqr", "xyz")
    assert one.then(two).then(three) == one.then(two.then(three))
    for parts in one.then(two).then(three).shares.values():
        assert sum(parts.values()) == 1


@settings(max_examples=MANY, deadline=None)
@given(PAIRS, st.data())
def test_bounds_hold_every_division_and_are_reached(pairs, data):
    made = table(pairs)
    figures = {code: float(data.draw(st.integers(-50, 50))) for code in made.shares}
    ends = made.bounds(figures)
    # a linear function over products of simplices is least and largest where each figure goes to one target
    reached = {target: [] for target in ends}
    for choice in itertools.product(*(tuple(parts) for parts in made.shares.values())):
        sums = dict.fromkeys(ends, 0.0)
        for code, target in zip(made.shares, choice, strict=True):
            sums[target] += figures[code]
        for target, figure in sums.items():
            reached[target].append(figure)
    assert ends == {target: (min(some), max(some)) for target, some in reached.items()}
    for target, figure in made.convert(figures).items():
        assert ends[target][0] - 1e-9 <= figure <= ends[target][1] + 1e-9


@settings(max_examples=MANY, deadline=None)
@given(PAIRS)
def test_families_are_connected_components(pairs):
    found = {frozenset([*((0, a) for a in left), *((1, b) for b in right)]) for left, right in table(pairs).families()}
    assert found == twin.families(pairs)


@settings(max_examples=MANY, deadline=None)
@given(PAIRS, st.data())
def test_families_keep_their_sums(pairs, data):
    made = table(pairs)
    figures = {code: float(data.draw(st.integers(-1000, 1000))) for code in made.shares}
    found = made.convert(figures)
    for left, right in made.families():
        assert math.isclose(math.fsum(figures[a] for a in left), math.fsum(found[b] for b in right), abs_tol=1e-9)


# ---- examples -----------------------------------------------------------------------------------------------------


def test_a_backward_table_finds_splits():
    forward = tree.concordance(["681510", "690890"], ["681511", "690721"])
    backward = tree.concordance(["681511", "681512", "690722"], ["681510", "681510", "690890"])
    both = forward.merged(backward)
    assert set(both.shares["681510"]) == {"681511", "681512"}
    assert set(both.shares["690890"]) == {"690721", "690722"}
    assert forward.reversed().reversed() == forward


def test_values_share_out():
    made = tree.concordance(["a", "a", "b", "b"], ["x", "y", "y", "z"], source="old", target="new")
    known = made.weighted({"x": 1.0, "y": 0.0, "z": 0.0})
    assert known.shares == {"a": {"x": Fraction(1), "y": Fraction(0)}, "b": {"y": Fraction(1, 2), "z": Fraction(1, 2)}}
    assert known.bounds({"a": 3.0, "b": 4.0}) == {"x": (3.0, 3.0), "y": (2.0, 2.0), "z": (2.0, 2.0)}
    assert "old to new" in repr(made)
    assert "from data" in repr(known)
    assert "2 n:m" in repr(made)
    with pytest.raises(ValueError, match="none of 'z'"):
        made.weighted({"x": 1.0, "y": 1.0})
    with pytest.raises(ValueError, match="'x' has -1"):
        made.weighted({"x": -1.0, "y": 1.0, "z": 1.0})


def test_cubes_and_arrays():
    made = tree.concordance(["a", "b", "b"], ["x", "x", "y"])
    cube = Cube(
        ["k", "s"], {"k": ["a", "b", "q"], "s": ["1", "2"]}, None, [[1.0, 2.0], [4.0, math.nan], [9.0, 1.0]], unit="EUR"
    )
    with pytest.raises(UnknownNameError, match="doesn't know 'q'"):
        made.convert(cube)
    got = made.convert(cube, others="drop")
    assert got.codes["k"] == ("x", "y")
    assert np.array_equal(got.values, [[3.0, math.nan], [2.0, math.nan]], equal_nan=True)
    assert got.attrs["dropped"] == {"k": {"q": 10.0}}
    assert got.unit == "EUR"
    values, names = made.convert(np.array([[1.0, 2.0], [4.0, 6.0]]), codes=["a", "b"])
    assert (names, values.tolist()) == (("x", "y"), [[3.0, 5.0], [2.0, 3.0]])
    assert made.dropped({"a": 1.0, "q": 2.0}) == {"q": 2.0}
    with pytest.raises(TypeError, match="needs the codes"):
        made.convert(np.zeros(2))


@pytest.mark.parametrize(
    ("codes", "targets", "weights", "words"),
    [
        (["a", "a"], ["x", "x"], None, "becomes 'x' twice"),
        (["a", "a"], ["x", "y"], [0.5, 0.6], r"add up to 1\.1"),
        (["a"], ["x"], [2.0], "expected a fraction"),
        (["a"], [""], None, "an empty code"),
        (["a"], [], None, "1 codes, 0 targets"),
    ],
)
def test_what_is_refused(codes, targets, weights, words):
    with pytest.raises(ValueError, match=words):
        tree.concordance(codes, targets, weights)


def test_codes_are_strings_and_mass_is_not_lost():
    with pytest.raises(TypeError, match="loses its zeros"):
        tree.concordance(["01", 2], ["x", "y"])
    one = tree.concordance(["a"], ["0101"])
    with pytest.raises(
        UnknownNameError, match="1 codes that come of the first table are unknown to the second one: '0101'"
    ):
        one.then(tree.concordance(["0102"], ["z"]))
    with pytest.raises(UnknownNameError, match="lost a zero: '010121'"):
        tree.concordance(["010121"], ["x"]).convert({"10121": 1.0})


def test_files():
    bec = tree.read_concordance(shipped("conc_hs2022_to_bec_conversion_and_correlation_tables.csv"), "HS 2022", "BEC 4")
    assert set(bec.shares["010130"]) == {"111", "41"}
    assert len(bec.targets()) == 19  # the basic categories of BEC 4
    isic = tree.read_concordance(shipped("conc_isic4_isic31.txt"), "ISIC4code", "ISIC31code")
    assert isic.shares["0111"] == {"0111": 1}
    assert set(isic.shares["0113"]) == {"0111", "0112"}
    with pytest.raises(ValueError, match="no column 'ISIC4'"):
        tree.read_concordance(shipped("conc_isic4_isic31.txt"), "ISIC4", "ISIC31code")
    sitc = tree.read_concordance(
        shipped("conc_jobid_68_concordance_hs_to_s2.csv"),
        "HS - Combined  Product Code",
        "SITC Revision 2 Product Code",
        encoding="latin-1",
    )
    goods = {code: 1.0 for code in tree.hs("HS92").level("subheading") if code in sitc.shares}
    assert math.fsum(sitc.convert(goods).values()) == len(goods) > 4900
    assert len(isic.families()) < len(isic.shares)


def test_problems():
    found = tree.problems(["0111", "111", "01111", "0199", "0111"], tree.concordance(["0111", "0112"], ["x", "y"]))
    assert [(p.code, p.problem, p.suggestion) for p in found] == [
        ("111", "lost zero", "0111"),
        ("01111", "wrong length", "0111"),
        ("0199", "unknown", None),
    ]
    assert "did you mean '0112'" in found[2].says
    with pytest.raises(TypeError, match="loses its zeros"):
        tree.problems([1], tree.hs("HS22"))


def test_families_over_revisions():
    first, second = (
        tree.concordance(["a", "b", "c"], ["x", "x", "y"]),
        tree.concordance(["x", "y", "z"], ["1", "2", "2"]),
    )
    assert tree.families([first, second]) == (
        {0: ("a", "b"), 1: ("x",), 2: ("1",)},
        {0: ("c",), 1: ("y", "z"), 2: ("2",)},
    )
