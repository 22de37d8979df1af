"""Bridges: parts that add up to the headline, to the bit, by component, by cause and up a classification."""

import itertools
import math
import re
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from reference import growth_bridge as twin

from indicia import Cube, Flag, Periods, growth
from tests.growth_figures import NAN, floats, near

positive = st.floats(1e-3, 1e6)
any_sign = st.floats(-1e6, 1e6)


@st.composite
def tables(draw, elements, factors=3):
    components = draw(st.integers(1, 5))
    count = draw(st.integers(1, factors))
    row = st.lists(st.lists(elements, min_size=count, max_size=count), min_size=components, max_size=components)
    return draw(row), draw(row)


def factors_of(rows):
    return {f"f{k}": [row[k] for row in rows] for k in range(len(rows[0]))}


def parts_of(bridge):
    return [value for part in bridge.parts.values() for value in np.ravel(np.asarray(part))]


def adds_up(bridge):
    """In any order, with the residual and the rounding, to the bit."""
    for one in map(bridge.case, range(len(bridge))):
        terms = [*one.array[[d == 0 for d in one.depth]].ravel().tolist(), one.residual]
        if math.isnan(one.headline):
            continue
        for order in (terms, terms[::-1], sorted(terms), sorted(terms, key=abs)):
            total = 0.0
            for term in order:
                total += term
            assert total + one.rounding == one.headline
        assert math.fsum([*terms, one.rounding]) == one.headline


# ---- against the slow twin -----------------------------------------------------------------------------------------


@given(tables(positive), st.sampled_from(["additive", "shapley", "log_mean"]), st.sampled_from(["rate", "level"]))
def test_parts_are_the_twins(rows, method, of):
    now, base = rows
    got = growth.bridge(factors_of(now), factors_of(base), method=method, of=of)
    want = floats(twin.bridge(now, base, method, of))
    size = (
        np.abs(want).sum()
        + abs(got.headline)
        + sum(math.prod(map(abs, row)) for row in (*now, *base))
        / (1 if of == "level" else sum(math.prod(row) for row in base))
    )
    near(got.array, want, rtol=1e-12, atol=1e-13 * size)
    adds_up(got)


@given(tables(any_sign), st.sampled_from(["additive", "shapley"]))
def test_any_sign_adds_up(rows, method):
    got = growth.bridge(factors_of(rows[0]), factors_of(rows[1]), method=method, of="level")
    adds_up(got)
    assert not np.isnan(got.headline)


@given(tables(positive, factors=1), positive)
def test_before_rounding_parts_are_within_two_ulp_a_term(rows, headline):
    now, base = (floats(x)[:, 0] for x in rows)
    got = growth.bridge(now, base)
    total = math.fsum(base)
    exact = (now - base) / total
    ulp = np.spacing(np.abs(exact).sum())
    assert (np.abs(got.parts["own"] - exact) <= 2 * ulp).all()
    assert abs(got.rounding) <= 2 * len(now) * ulp
    exactly = sum(map(Fraction, now)) / sum(map(Fraction, base)) - 1
    near(got.headline, float(exactly), rtol=0, atol=2 * ulp)
    published = growth.bridge(now, base, headline=headline)
    assert published.headline == headline
    adds_up(published)


@given(tables(positive), st.sampled_from(["additive", "shapley", "log_mean"]), st.integers(-20, 20), st.randoms())
def test_units_and_order_change_nothing(rows, method, power, random):
    now, base = rows
    first = growth.bridge(factors_of(now), factors_of(base), method=method)
    order = list(range(len(now)))
    random.shuffle(order)
    mixed = growth.bridge(factors_of([now[k] for k in order]), factors_of([base[k] for k in order]), method=method)
    assert mixed.headline == first.headline
    np.testing.assert_array_equal(mixed.array, first.array[order])
    scaled = {k: [x * 2.0**power for x in v] if k == "f0" else v for k, v in factors_of(now).items()}
    scaled_base = {k: [x * 2.0**power for x in v] if k == "f0" else v for k, v in factors_of(base).items()}
    np.testing.assert_array_equal(growth.bridge(scaled, scaled_base, method=method).array, first.array)
    thousand = {k: [x * 1000 for x in v] if k == "f0" else v for k, v in factors_of(now).items()}
    thousand_base = {k: [x * 1000 for x in v] if k == "f0" else v for k, v in factors_of(base).items()}
    near(growth.bridge(thousand, thousand_base, method=method).array, first.array, rtol=1e-9,
         atol=1e-12 * (1 + sum(math.prod(row) for row in now) / sum(math.prod(row) for row in base)))  # fmt: skip


@pytest.mark.parametrize("method", ["additive", "shapley", "log_mean"])
def test_a_ratio_is_own_and_mix(method):
    now, base = [60.0, 30.0, 12.0], [50.0, 33.0, 10.0]
    hours, hours_base = [10.0, 8.0, 4.0], [9.5, 9.0, 3.0]
    got = growth.bridge(now, base, over=(hours, hours_base), method=method)
    assert got.effects[:2] == ("own", "mix")
    near(got.headline, sum(now) / sum(hours) - sum(base) / sum(hours_base), rtol=1e-13)
    if method != "log_mean":
        near(got.array, twin.ratio((now, base), (hours, hours_base), method), rtol=1e-12, atol=1e-15)
        same = growth.bridge(np.array(now) * 2, now, over=(np.array(now) * 2, now), method=method)
        assert not np.any(same.array), "nobody's ratio has changed, and all ratios are the average"
    adds_up(got)


def test_a_share_is_own_and_whole():
    got = growth.bridge([30.0, 12.0], [28.0, 10.0], over=(110.0, 100.0), method="shapley")
    assert got.effects == ("own", "whole")
    near(got.parts["own"], (floats([30, 12]) - [28, 10]) * (1 / 110 + 1 / 100) / 2)
    near(got.headline, 42 / 110 - 38 / 100, rtol=1e-13)
    rate = growth.bridge([30.0, 12.0], [28.0, 10.0], over=(110.0, 100.0), method="shapley", of="rate")
    near(rate.headline, 42 / 110 / (38 / 100) - 1, rtol=1e-13)


def test_the_change_of_a_rate_is_own_growth_and_weights():
    x = [[10.0, 90.0], [11.0, 91.0], [12.5, 90.0]]
    got = growth.bridge(x[2], x[1], before=(x[1], x[0]), method="shapley")
    near(got.headline, sum(x[2]) / sum(x[1]) - sum(x[1]) / sum(x[0]), rtol=1e-12)
    g = floats(x[2]) / x[1] - 1, floats(x[1]) / x[0] - 1
    w = floats(x[1]) / sum(x[1]), floats(x[0]) / sum(x[0])
    near(got.parts["own"], (g[0] - g[1]) * (w[0] + w[1]) / 2, rtol=1e-12)
    middle = ((w[0] @ g[0]) + (w[1] @ g[1])) / 2
    near(got.parts["mix"], (w[0] - w[1]) * ((g[0] + g[1]) / 2 - middle), rtol=1e-11)
    adds_up(got)


def test_what_was_not_there_before_is_mix():
    got = growth.bridge([50.0, 5.0], [50.0, 0.0], over=([10.0, 2.0], [10.0, 0.0]), method="shapley")
    assert got.parts["own"].tolist() == [0.0, 0.0]
    near(got.parts["mix"].sum(), got.headline, rtol=1e-12)


def test_a_break_is_a_part_of_its_own():
    got = growth.bridge([105.0, 52.0], [100.0, 50.0], rebased=[102.0, 50.0])
    assert got.effects == ("own", "break")
    near(got.parts["break"], [2 / 150, 0.0])
    near(got.parts["own"], [3 / 150, 2 / 150], rtol=1e-13)
    adds_up(got)


def test_zero_has_the_limit_in_logarithmic_means():
    now, base = {"price": [0.0, 2.0, 3.0], "volume": [4.0, 0.0, 0.0]}, {"price": [5.0, 2, 3], "volume": [4.0, 3.0, 0.0]}
    got = growth.bridge(now, base, method="log_mean", of="level")
    assert got.parts["price"].tolist() == [-20.0, 0.0, 0.0]
    assert got.parts["volume"].tolist() == [0.0, -6.0, 0.0]
    near_zero = growth.bridge(
        {"price": [1e-300], "volume": [4.0]}, {"price": [5.0], "volume": [3.0]}, method="log_mean", of="level"
    )
    assert abs(near_zero.parts["volume"][0]) < 0.01 * abs(near_zero.parts["price"][0])
    crossing = growth.bridge([-1.0], [1.0], method="log_mean", of="level")
    assert np.isnan(crossing.parts["own"][0])


def test_the_logarithmic_rate_is_montgomerys():
    price, price0, volume, volume0 = [3.0, 2.0], [2.5, 2.1], [10.0, 5.0], [9.0, 6.0]
    got = growth.bridge({"price": price, "volume": volume}, {"price": price0, "volume": volume0},
                        method="log_mean", of="log_rate")  # fmt: skip
    total, total0 = 40.0, 2.5 * 9 + 2.1 * 6
    near(got.headline, math.log(total / total0), rtol=1e-13)
    adds_up(got)


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=4))
def test_shapley_of_a_formula_that_is_the_product(pairs):
    now = {f"f{k}": [a] for k, (a, _) in enumerate(pairs)}
    base = {f"f{k}": [b] for k, (_, b) in enumerate(pairs)}
    plain = growth.bridge(now, base, method="shapley", of="level")
    asked = growth.bridge(now, base, method="shapley", of="level", formula=lambda *f: math.prod(f))
    near(asked.array, plain.array, rtol=1e-9, atol=1e-12 * math.prod(max(a, b) for a, b in pairs))


def test_twelve_factors_and_no_more():
    rng = np.random.default_rng(3)
    now, base = ({f"f{k}": rng.uniform(0.5, 2, 3) for k in range(12)} for _ in range(2))
    got = growth.bridge(now, base, method="shapley", of="level", formula=lambda *f: sum(f))
    near(got.array, np.stack([now[k] - base[k] for k in now], -1), rtol=1e-12, atol=1e-12)
    product = growth.bridge(now, base, method="shapley", of="level")
    near(product.array, growth.bridge(now, base, method="shapley", of="level", formula=lambda *f: math.prod(f)).array,
         rtol=1e-9, atol=1e-12)  # fmt: skip
    now["f12"] = base["f12"] = np.ones(3)
    with pytest.raises(ValueError, match=r"exact up to 12 factors, got 13"):
        growth.bridge(now, base, method="shapley", formula=lambda *f: sum(f))


# ---- classifications -----------------------------------------------------------------------------------------------

PARENTS = {"a1": "a", "a2": "a", "b1": "b", "b2": "b", "a": "all", "b": "all", "c": "all"}


@given(st.lists(st.tuples(any_sign, any_sign), min_size=5, max_size=5), st.permutations(["a1", "a2", "b1", "b2", "c"]))
def test_all_levels_at_once(figures, names):
    now = {name: pair[0] for name, pair in zip(names, figures, strict=True)}
    base = {name: pair[1] for name, pair in zip(names, figures, strict=True)}
    got = growth.bridge(now, base, parents=PARENTS, of="level")
    at = {name: got.array[k, 0] for k, name in enumerate(got.components)}
    assert at["a1"] + at["a2"] == at["a"]
    assert at["a"] + at["b"] + at["c"] == at["all"]
    assert set(got.components) == {*names, "a", "b", "all"}
    adds_up(got)


def test_what_a_published_subtotal_leaves_is_its_residual():
    now, base = {"a1": 11.0, "a2": 20.0, "a": 33.0, "c": 5.0}, {"a1": 10.0, "a2": 20.0, "a": 31.0, "c": 5.0}
    got = growth.bridge(now, base, parents={"a1": "a", "a2": "a"}, of="level")
    assert (got.headline, got.residual) == (2.0, 1.0)
    assert got.gaps.tolist() == [1.0, 0.0, 0.0, 0.0]
    frame = got.to_pandas()
    assert frame.loc["a", "total"] == 2.0
    assert frame.loc["total", "residual"] == 1.0
    assert (frame[["own", "residual", "rounding"]].sum(axis=1) == frame["total"]).all()


@pytest.mark.parametrize(
    ("parents", "words"),
    [
        ({"a": "b", "b": "a"}, "above itself"),
        ({"x": "all"}, r"no such component: x; there are a, b"),
    ],
)
def test_a_tree_that_is_none(parents, words):
    with pytest.raises(ValueError, match=words):
        growth.bridge({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 1.0}, parents=parents)


# ---- containers, flags, coverage -----------------------------------------------------------------------------------


def test_every_container_gives_its_own_kind():
    x = np.array([[10.0, 20.0, 30.0], [11.0, 19.0, 33.0], [12.0, 25.0, 30.0]])
    years = pd.period_range("2020", "2022", freq="Y")
    frame = pd.DataFrame(x, columns=["a", "b", "c"], index=years)
    want = growth.bridge(x[1:], x[:-1])
    made = growth.bridge(frame[1:].set_axis([0, 1]), frame[:-1].set_axis([0, 1]))
    assert made.components == ("a", "b", "c")
    assert isinstance(made.parts["own"], pd.DataFrame)
    shifted = growth.bridge(frame, frame.shift(1))
    assert shifted.cases == ["2020", "2021", "2022"]
    np.testing.assert_array_equal(shifted.parts["own"].to_numpy()[1:], want.parts["own"])
    down = growth.bridge(frame.T, frame.shift(1).T, axis="index")
    np.testing.assert_array_equal(down.parts["own"].to_numpy().T[1:], want.parts["own"])
    array = xr.DataArray(x.T, dims=("nace", "time"), coords={"nace": ["a", "b", "c"], "time": years})
    lazy = growth.bridge(array, array.shift(time=1))
    assert lazy.parts["own"].dims == ("nace", "time")
    np.testing.assert_array_equal(lazy.parts["own"].to_numpy()[:, 1:].T, want.parts["own"])
    series = growth.bridge(pl.Series("x", x[1]), pl.Series("y", x[0]))
    assert isinstance(series.parts["own"], pl.Series)
    assert series.parts["own"].to_list() == want.parts["own"][0].tolist()
    other_order = growth.bridge(frame.iloc[1], frame.iloc[0][["c", "a", "b"]])
    assert other_order.parts["own"].tolist() == want.parts["own"][0].tolist()
    with pytest.raises(ValueError, match=r"labels differ: base lacks c"):
        growth.bridge(frame.iloc[1], frame.iloc[0][["a", "b"]])


def test_a_cube_keeps_its_flags():
    time = Periods.span("2021", "2022")
    now = Cube(["geo", "time"], {"geo": ["CN", "DE"]}, time, [[2.0, 3.0], [5.0, 6.0]],
               np.array([[Flag.BREAK, 0], [0, Flag.PROVISIONAL]], np.uint32), unit="EUR")  # fmt: skip
    base = Cube(["geo", "time"], {"geo": ["CN", "DE"]}, time, [[1.0, 2.0], [4.0, 5.0]],
                np.array([[0, Flag.BREAK], [0, 0]], np.uint32), unit="EUR")  # fmt: skip
    got = growth.bridge(now, base)
    assert got.parts["own"].flags.tolist() == [[Flag.BREAK, 0], [0, Flag.PROVISIONAL]]
    assert got.flags.tolist() == [Flag.BREAK, Flag.PROVISIONAL]
    assert got.cases == ["2021", "2022"]
    assert got.parts["own"].unit == "fraction"
    with pytest.raises(ValueError, match="units differ"):
        growth.bridge(now, Cube(["geo", "time"], {"geo": ["CN", "DE"]}, time, base.values, unit="USD"))
    with pytest.raises(ValueError, match="which of a, b holds the components"):
        growth.bridge(Cube(["a", "b"], {"a": ["x"], "b": ["y"]}, None, [[1.0]]), 1.0)


def test_a_missing_component():
    now, base = floats([3, NAN, 5]), floats([2, 3, 4])
    whole = growth.bridge(now, base)
    assert np.isnan(whole.headline)
    some = growth.bridge(now, base, min_coverage=0.6)
    near(some.headline, 2 / 6)
    assert np.isnan(some.parts["own"]).tolist() == [False, True, False]
    assert int(some.flags) == Flag.PARTIAL
    assert np.isnan(growth.bridge(now, base, min_coverage=0.9).headline)
    nothing = growth.bridge(floats([NAN, NAN]), floats([1, 2]))
    assert np.isnan(nothing.headline)
    assert "missing" in str(nothing)


def test_a_negative_or_empty_total_has_no_rate():
    assert np.isnan(growth.bridge([1.0, 2.0], [-3.0, 1.0]).headline)
    assert np.isnan(growth.bridge([1.0, 2.0], [0.0, 0.0]).headline)
    assert growth.bridge([1.0, 2.0], [-3.0, 1.0], of="level").headline == 5.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: growth.bridge(1.0, 2.0), "a single figure has no components"),
        (lambda: growth.bridge([], []), "at least one component"),
        (lambda: growth.bridge({}, {}), "empty dict"),
        (lambda: growth.bridge([1.0], [2.0], of="share"), r"of: expected .*, got 'share'"),
        (lambda: growth.bridge([1.0], [2.0], method="lmdi"), r"method: expected .*, got 'lmdi'"),
        (lambda: growth.bridge([1.0], [2.0], over=3.0), r"over: expected a pair, \(now, base\), got float"),
        (lambda: growth.bridge([1.0], [2.0], over=(1, 2), rebased=[1.0]), "over and rebased: one of"),
        (lambda: growth.bridge([1.0], [2.0], before=([1], [1]), of="rate"), "with before="),
        (lambda: growth.bridge([1.0], [2.0], formula=abs), "goes with method='shapley'"),
        (lambda: growth.bridge({"p": [1.0]}, {"q": [1.0]}), "expected the factors p, got q"),
        (
            lambda: growth.bridge({"p": [1.0], "q": [1.0]}, {"p": [1.0], "q": [1.0]}, over=([1], [1])),
            "plain components",
        ),
        (lambda: growth.bridge({"a": 1.0}, {"b": 1.0}), "components differ: a, b"),
        (lambda: growth.bridge([1.0], [2.0], min_coverage=0), "min_coverage"),
        (lambda: growth.bridge([1.0], [2.0], axis=3), "axis"),
        (lambda: growth.bridge([1.0, 2.0], [1.0, 2.0, 3.0]), "shape|broadcast"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# ---- how it shows itself -------------------------------------------------------------------------------------------


def test_tables_and_drawings():
    now = {"price": {"a<b": 11.0, "c": 20.0}, "volume": {"a<b": 6.0, "c": 3.1}}
    base = {"price": {"a<b": 10.0, "c": 20.0}, "volume": {"a<b": 6.0, "c": 3.0}}
    got = growth.bridge(now, base, headline=0.07)
    page = got._repr_html_()
    assert "a&lt;b" in page
    assert "<svg" in page
    assert "a<b" not in page
    frame = got.to_pandas()
    assert (frame.drop(columns="total").sum(axis=1) == frame["total"]).all()
    assert frame.loc["total", "total"] == 0.07
    names = re.findall(r"<text[^>]*>([^<]*)</text>", got.to_svg("effect"))
    assert names[::2] == ["price", "volume", "joint", "residual", "total"]
    many = growth.bridge(np.arange(1.0, 41).reshape(2, 20), np.arange(2.0, 42).reshape(2, 20))
    assert len(many.steps()) == 13
    assert many.steps()[-2].name == "others"
    assert str(many).startswith("Rate of growth, in per cent, 1 (of 2 cases)")
    assert many.case("0").headline == many.headline[0]
    with pytest.raises(KeyError, match="no case 'x'"):
        many.case("x")
    with pytest.raises(ValueError, match="by: expected"):
        many.steps("sector")


def test_it_plots():
    import matplotlib as mpl

    mpl.use("agg")
    x = np.random.default_rng(0).uniform(50, 100, (6, 3))
    for bridge in (growth.bridge(x[1:], x[:-1]), growth.bridge(x[1], x[0])):
        axes = bridge.plot()
        assert axes.patches
        mpl.pyplot.close("all")


def test_sums_run_in_any_order():
    """A grid's step is 2**-51 of the sum of sizes at most, whatever the figures."""
    rng = np.random.default_rng(5)
    now, base = rng.uniform(-1, 1, (200, 7)) * 10.0 ** rng.integers(-8, 8, (200, 7)), rng.uniform(0, 1, (200, 7))
    got = growth.bridge(now, base)
    for row, head, rounding in zip(got.parts["own"], got.headline, got.rounding, strict=True):
        sums = {
            float(np.add.reduce(row[list(order)])) for order in itertools.islice(itertools.permutations(range(7)), 50)
        }
        assert len(sums) == 1
        assert sums.pop() + rounding == head
