"""Intervals: the exact range by the tightest doubles, against rational numbers; what published figures stand for."""

from __future__ import annotations

import copy
import math
import os
import pickle
import struct
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import interval as twin

import indicia
from indicia import _core, interval, ufuncs
from indicia.interval import PHRASES, Interval, Phrase, from_decimals, published, rank, readings

INF, NAN = math.inf, math.nan
COUNT = int(os.environ.get("INDICIA_INTERVALS", "100000"))  # random inputs, over all formulas together
OPERANDS = {
    "add": 2,
    "sub": 2,
    "mul": 2,
    "div": 2,
    "rate": 2,
    "share": 2,
    "implied_base": 2,
    "implied_level": 2,
    "contribution": 3,
}
AWKWARD = [0.0, -0.0, 1.0, -1.0, INF, -INF, NAN, 5e-324, -5e-324, 1.7976931348623157e308, -1.7976931348623157e308]
AWKWARD += [2.2250738585072014e-308, 1 - 2**-53, 1 + 2**-52, -1 + 2**-53, 2.0**200, 2.0**201, 2.0**-200, 0.1, 3.0]


def figures(rng, n):
    """Every kind of double that can go wrong: all exponents, decimals, neighbours of one, quarters, corner cases."""
    made = [
        rng.integers(0, 2**64, n, dtype=np.uint64).view(float),
        np.round(rng.uniform(-1000, 1000, n), 2),
        rng.choice([-1, 1], n) * (1 + rng.integers(-4, 5, n) * 2.0**-52),
        rng.choice([-1, 1], n) * 2.0 ** rng.uniform(-70, 70, n),
        rng.integers(-20, 20, n) / 4,
        rng.choice(AWKWARD, n),
    ]
    return np.choose(rng.integers(0, len(made), n), made)


def operands(rng, n):
    """Points, neighbours, narrow and wide intervals; a few that are none."""
    a = figures(rng, n)
    with np.errstate(all="ignore"):
        b = np.choose(rng.integers(0, 5, n), [a, np.nextafter(a, INF), a + abs(a) * 0.01, *(figures(rng, n),) * 2])
        low, high = np.minimum(a, b), np.maximum(a, b)
    odd = rng.integers(0, 60, n)
    return np.choose(np.minimum(odd, 3), [NAN, high, low, low]), np.choose(np.minimum(odd, 3), [high, low, NAN, high])


def bits(ends):
    return struct.pack("dd", *[NAN if math.isnan(e) else e for e in ends])


@pytest.mark.parametrize("word", OPERANDS)
def test_the_tightest_doubles_around_the_exact_range(word):
    n = COUNT // len(OPERANDS) + 1
    rng = np.random.default_rng(list(word.encode()))
    given = [operands(rng, n) for _ in range(OPERANDS[word])]
    with np.errstate(all="raise"):
        low, high = getattr(ufuncs, f"interval_{word}")(*[end for pair in given for end in pair])
    slow = getattr(twin, word)
    for i in range(n):
        ends = [(float(a[i]), float(b[i])) for a, b in given]
        want = slow(*[twin.operand(*pair) for pair in ends])
        assert bits(want) == bits((low[i], high[i])), (word, ends, want, (low[i], high[i]))
    assert np.isnan(low).mean() < 0.6  # of a base, half is below zero


small = st.floats(-1e6, 1e6, allow_nan=False)
anything = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def nested(draw, of=small):
    """An interval, and one within."""
    a, b, c, d = sorted(draw(st.lists(of, min_size=4, max_size=4)))
    return Interval(a, d), Interval(b, c)


def call(word, args):
    return Interval._of(getattr(ufuncs, f"interval_{word}")(*[end for x in args for end in (x.low, x.high)]))


@pytest.mark.parametrize("word", OPERANDS)
@given(data=st.data())
def test_a_part_of_the_operands_gives_a_part_of_the_result(word, data):
    pairs = [data.draw(nested(data.draw(st.sampled_from([small, anything])))) for _ in range(OPERANDS[word])]
    whole, part = (call(word, [pair[k] for pair in pairs]) for k in (0, 1))
    assert whole.contains(part) or not part.known


@pytest.mark.parametrize("word", OPERANDS)
@given(data=st.data())
def test_the_exact_value_at_points_lies_within(word, data):
    given = [data.draw(nested()) for _ in range(OPERANDS[word])]
    result = call(word, [whole for whole, _ in given])
    x, y, *z = (Fraction(float(part.low)) for _, part in given)
    try:
        value = {
            "add": lambda: x + y,
            "sub": lambda: x - y,
            "mul": lambda: x * y,
            "div": lambda: x / y,
            "share": lambda: x / y,
            "rate": lambda: x / y - 1 if y > 0 else None,
            "implied_base": lambda: x / (1 + y) if y > -1 else None,
            "implied_level": lambda: x * (1 + y),
            "contribution": lambda: (x - y) / z[0] if z[0] > 0 else None,
        }[word]()
    except ZeroDivisionError:
        return
    if value is not None:
        assert (result.low == -INF or Fraction(float(result.low)) <= value) and (  # noqa: PT018
            result.high == INF or value <= Fraction(float(result.high))
        )


@given(small, small)
def test_a_point_is_rounded_to_its_two_neighbours(x, y):
    got = Interval(x) * y
    exact = Fraction(x) * Fraction(y)
    assert got.low == got.high if Fraction(float(got.low)) == exact else math.nextafter(got.low, INF) == got.high


def test_every_level_gives_the_same(tmp_path):
    """Forced through the environment, in processes of their own."""
    import subprocess
    import sys

    code = (
        "import numpy as np, hashlib; from indicia import _core\n"
        "rng = np.random.default_rng(0); h = hashlib.sha256()\n"
        "for n in (1, 7, 256, 5000):\n"
        "    x = [np.sort(rng.normal(size=(2, n)) * 10.0 ** rng.integers(-70, 70, n), axis=0) for _ in range(3)]\n"
        "    for w in 'add sub mul div rate implied_base implied_level contribution'.split():\n"
        "        a = [e for p in x[:3 if w == 'contribution' else 2] for e in p]\n"
        "        for r in getattr(_core, 'interval_' + w)(*a): h.update(r.tobytes())\n"
        "print(h.hexdigest())"
    )
    digests = set()
    for level in ("scalar", indicia.show_config(mode="dict")["simd"]):
        env = {**os.environ, "INDICIA_SIMD": level}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        digests.add(done.stdout)
    assert len(digests) == 1


# ---- the class -----------------------------------------------------------------------------------------------


def test_operators_take_intervals_numbers_and_arrays():
    x = Interval([1.0, 2.0], [2.0, 4.0])
    assert x + 1 == Interval([2, 3], [3, 5])
    assert 1 - x == Interval([-1, -3], [0, -1])
    assert np.array([2.0, 3.0]) * x == Interval([2, 6], [4, 12])
    assert 4 / x == Interval([2, 1], [4, 2])
    assert -x == Interval([-2, -4], [-1, -2])
    assert +x is x
    assert x / Interval(-1, 1) == Interval([-INF, -INF], INF)
    assert x - x == Interval([-1, -2], [1, 2])
    with pytest.raises(TypeError):
        x + "1"
    with pytest.raises(TypeError):
        np.add(np.ones(2), x)


def test_sets():
    x = Interval(1, 3)
    assert x.contains([0.9, 1.0, 3.0, 3.1, NAN]).tolist() == [False, True, True, False, False]
    assert x.overlaps(Interval(3, 4))
    assert not x.overlaps(Interval(3.1, 4))
    assert x.intersect(Interval(2, 9)) == Interval(2, 3)
    assert not x.intersect(Interval(4, 5)).known
    assert x.hull(Interval(5, 6)) == Interval(1, 6)
    assert Interval(0.1, 0.3).width == twin.ceiling(Fraction(0.3) - Fraction(0.1))
    assert Interval(-(2.0**-60), 1).width == 1 + 2**-52  # rounded up


def test_an_interval_is_a_value():
    x = Interval([[1.0, NAN, -INF]], [[2.0, 3.0, INF]])
    assert x.shape == (1, 3)
    assert len(x) == 1
    assert x[0, 2] == Interval(-INF, INF)
    assert x.known.tolist() == [[True, False, True]]
    assert [i.shape for i in x] == [(3,)]
    for twin_of in (pickle.loads(pickle.dumps(x)), copy.copy(x), copy.deepcopy(x)):
        assert twin_of == x
    assert repr(Interval(1, 2)) == "Interval(1.0, 2.0)"
    assert repr(Interval([1.0, 2.0], 3)) == "Interval([1., 2.],\n         [3., 3.])"
    assert x != 1
    with pytest.raises(AttributeError, match="immutable"):
        x.low = 1
    with pytest.raises(ValueError, match="read-only"):
        x.low[0] = 1
    given_ends = np.array([1.0, 2.0])
    y = Interval(given_ends, 3)
    given_ends[0] = 9
    assert y.low[0] == 1
    with pytest.raises(TypeError):
        hash(x)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Interval(2, 1), ValueError, "an empty interval: low is 2.0, high 1.0"),
        (lambda: Interval([1, 3], [2, 1]), ValueError, r"an empty interval at \(1,\): low is 3.0, high 1.0"),
        (lambda: Interval(INF, INF), ValueError, "empty"),
        (lambda: Interval("a", 1), TypeError, "low: expected numbers, got str"),
        (lambda: Interval([1, 2], [1, 2, 3]), ValueError, "broadcast"),
        (lambda: len(Interval(1, 2)), TypeError, "no length"),
        (lambda: Interval(1, 2)[0], TypeError, "no items"),
        (lambda: rank(Interval(1, 2)), ValueError, "no others"),
        (lambda: interval.rate("a", 1), TypeError, "now: expected numbers"),
    ],
)
def test_what_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_formulas():
    now, base = published("107"), published("100")
    assert interval.rate(now, base) == call("rate", [now, base])
    assert interval.share(now, base) == call("share", [now, base])
    assert interval.implied_base(now, 0.5) == call("implied_base", [now, Interval(0.5)])
    assert interval.implied_level(base, 0.5) == call("implied_level", [base, Interval(0.5)])
    assert interval.contribution(now, base, 200) == call("contribution", [now, base, Interval(200)])
    assert interval.implied_base(209, 0.07).overlaps(195.3271028037383)  # 209 / 1.07


def test_rank_against_the_twin():
    rng = np.random.default_rng(0)
    values = np.where(rng.random((40, 12)) < 0.1, NAN, rng.integers(0, 15, (40, 12)) / 10)
    x = from_decimals(values, rng.integers(0, 2, (40, 12)))
    got = rank(x)
    for i in range(40):
        want = twin.rank(x.low[i].tolist(), x.high[i].tolist())
        np.testing.assert_array_equal(np.array(want).T, [got.low[i], got.high[i]])
    turned = rank(Interval(x.low.T, x.high.T), axis=0)
    assert Interval(turned.low.T, turned.high.T) == got
    mixed = rank(Interval([1, 5, -INF], [1, 5, INF]))
    assert mixed == Interval([2, 1, 1], [3, 2, 3])


# ---- published figures ---------------------------------------------------------------------------------------


def around(low, high):
    """Exact ends as the tightest doubles."""
    return Interval(
        *[x if isinstance(x, float) else f(Fraction(x)) for x, f in ((low, twin.floor), (high, twin.ceiling))]
    )


@pytest.mark.parametrize(
    ("figure", "low", "high"),
    [
        ("41.9", "41.85", "41.95"),
        ("0", "-0.5", "0.5"),
        ("-0.0", "-0.05", "0.05"),
        ("0.00", "-0.005", "0.005"),
        ("-3.2", "-3.25", "-3.15"),
        ("−3.2", "-3.25", "-3.15"),
        ("+5", "4.5", "5.5"),
        ("1,234.5", "1234.45", "1234.55"),
        ("1 234.5", "1234.45", "1234.55"),
        ("34,606.4", "34606.35", "34606.45"),
        ("34\u202f606.4", "34606.35", "34606.45"),
        (".5", "0.45", "0.55"),
        ("6.0 %", "0.0595", "0.0605"),
        ("6.0 per cent", "0.0595", "0.0605"),
        ("1.2 million", "1150000", "1250000"),
        ("$1.5 billion", "1450000000", "1550000000"),
        ("1.5e3", "1450", "1550"),
        (41.9, "41.85", "41.95"),
        (209.0, "208.5", "209.5"),
        (209, "208.5", "209.5"),
        ("about 209", "208", "210"),
        ("About 5.5 %", "0.054", "0.056"),
        ("~5.5", "5.4", "5.6"),
        ("5 to 6", "5", "6"),
        ("5 to 6 %", "0.05", "0.06"),
        ("5–6", "5", "6"),
        ("between 5.5 and 6", "5.5", "6"),
        ("from 1,000 to 2,000", "1000", "2000"),
        ("-3 to -1", "-3", "-1"),
        ("more than 209", "209", INF),
        ("at least 5", "5", INF),
        ("> 5", "5", INF),
        ("less than 3", -INF, "3"),
        ("up to 3.5", -INF, "3.5"),
        ("nearly 200", -INF, "200"),
        ("over 1,000", "1000", INF),
        ("some 12 million", "11000000", "13000000"),
    ],
)
def test_published(figure, low, high):
    assert published(figure) == around(low, high)


def test_reported_readings():
    assert readings("more than 209") == {"literal": Interval(209, INF), "reported": Interval(209, 210)}
    assert published("less than 3.5", reading="reported") == around("3.4", "3.5")
    assert readings("about 5") == {"literal": Interval(4, 6), "reported": Interval(4, 6)}


def test_options_of_published():
    assert published("12,000", -3) == Interval(11500, 12500)
    assert published("120", -1) == Interval(115, 125)
    assert published("41.9", 2) == around("41.895", "41.905")
    assert published("41.9", multiplier=-2) == around("0.4185", "0.4195")
    for kind, is_exact in [("outcome", 0), ("estimate", 0), ("projection", 0), ("target", 1), ("claim", 1)]:
        assert published("5.5", kind=kind) == (around("5.5", "5.5") if is_exact else around("5.45", "5.55"))
        assert published("5.5", kind=kind, exact=True) == Interval(5.5)
        assert published("5.5", kind=kind, exact=False) == around("5.45", "5.55")
    assert published("5.1", exact=True) == Interval(5.1) or published("5.1", exact=True).width == 2**-50
    assert not published("1234567890123").known  # not rounded by print
    assert published("1234567890123", 0).known
    assert published("123456789012").known
    assert not published(NAN).known


def test_a_row_can_be_overruled():
    mine = {**PHRASES, "about": Phrase((-10, 10), (-5, 5)), "a good": Phrase((0, None), (0, 2))}
    assert published("about 200", phrases=mine) == Interval(190, 210)
    assert published("a good 200", phrases=mine, reading="reported") == Interval(200, 202)
    assert published("about 200", phrases=mine, reading="reported") == Interval(195, 205)
    with pytest.raises(TypeError):
        PHRASES["about"] = mine["about"]


@pytest.mark.parametrize("words", PHRASES)
def test_every_row_of_the_table_reads(words):
    row = PHRASES[words]
    for reading in ("literal", "reported"):
        low, high = getattr(row, reading)
        want = Interval(-INF if low is None else 70 + low, INF if high is None else 70 + high)
        assert published(f"{words} 70", reading=reading) == want


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("more than", "'more than' has no number"),
        ("", "no number|no published figure"),
        ("abc", "no published figure"),
        ("moreover 5", "no published figure"),
        ("6 to 5", "'6 to 5' is empty"),
        ("5 and 6", "no published figure"),
        ("1,23", "no published figure"),
        ("5 parsecs", "no published figure"),
        ("-", "no number"),
        ("%", "no number"),
        (INF, "inf is no published figure"),
    ],
)
def test_texts_that_are_refused(figure, message):
    with pytest.raises(ValueError, match=message):
        published(figure)


def test_options_that_are_refused():
    with pytest.raises(ValueError, match="kind: expected one of outcome, estimate"):
        published("5", kind="guess")
    with pytest.raises(ValueError, match="reading: expected one of literal, reported, got 'loose'"):
        published("5", reading="loose")
    with pytest.raises(TypeError, match=r"decimals: expected an integer, got 1\.5"):
        published("5", 1.5)
    with pytest.raises(ValueError, match="neither given nor known"):
        from_decimals([1.0])
    with pytest.raises(TypeError, match="decimals: expected integers"):
        from_decimals([1.0], 1.5)
    with pytest.raises(ValueError, match="outside of -22 to 22"):
        from_decimals([1.0], 30)
    with pytest.raises(ValueError, match="multiplier: 20 scales beyond"):
        from_decimals([1.0], -4, multiplier=20)
    with pytest.raises(TypeError, match="values: expected numbers"):
        from_decimals(["a"], 1)


@pytest.mark.parametrize("multiplier", [0, -2, 3, 9])
def test_arrays_are_what_their_texts_are(multiplier):
    rng = np.random.default_rng(1)
    for decimals in (0, 1, 2, 5, 9, -3):
        whole = rng.integers(-(10 ** rng.integers(1, 7)), 10**6, 300)
        texts = [f"{int(w) * 1000}" if decimals == -3 else f"{Decimal(int(w)).scaleb(-decimals):f}" for w in whole]
        got = from_decimals(np.array(texts, float), decimals, multiplier=multiplier)
        for i, text in enumerate(texts):
            assert got[i] == published(text, decimals, multiplier=multiplier), text


def test_steps_that_are_unknown_or_broken():
    x = from_decimals([1.5, 1.5, NAN, 1.53, 1e17, INF, -INF, 1e300], [1, -1, 1, 1, 1, 1, 1, 22])
    assert x.known.tolist() == [True, False, False, True, True, False, False, True]
    assert x[7].contains(1e300)
    assert x[3].contains(Interval(1.48, 1.58))
    assert x[3].width < 0.1 + 1e-15
    assert x[4].contains(1e17)
    scaled = from_decimals([1.53], 1, multiplier=-2)
    assert scaled[0].contains(Interval(0.0148, 0.0158))
    assert scaled[0].width < 0.001 + 1e-15


def test_large_arrays_are_what_their_parts_are():
    values = np.random.default_rng(0).integers(-(10**6), 10**6, (3, 20_000)) / 100
    values[1, 5] = NAN
    values[2, 7] = 1.23456
    for array in (values, values.T, values[:, ::3]):
        got = from_decimals(array, 2)
        assert got.shape == array.shape
        assert got == from_decimals(array, np.full(array.shape, 2))
        assert got[1][:5] == from_decimals(array[1][:5], 2)


def test_cubes_know_their_decimals():
    cube = indicia.Cube.from_arrays(
        [[1.5, 2.0], [3.0, NAN]],
        ["geo", "time"],
        {"geo": ["CN", "DE"], "time": ["2022", "2023"]},
        decimals=np.array([1, 0]),
    )
    assert from_decimals(cube) == from_decimals(cube.values, [[1], [0]])
    assert from_decimals(cube, 2) == from_decimals(cube.values, 2)
    with pytest.raises(ValueError, match="neither given nor known"):
        from_decimals(cube.replace(decimals=None))


def test_the_module_names_every_interval_ufunc():
    words = {name.removeprefix("interval_") for name in vars(_core) if name.startswith("interval_")}
    assert words == {*OPERANDS, "from_decimals", "sum", "verdict"}  # of which tests/test_interval_figures.py is
