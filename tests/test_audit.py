"""Audits against their slow twin, on planted truths and planted errors, on arrays and cubes."""

from __future__ import annotations

import os
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from reference import audit as twin

import indicia
from indicia import Cube, Verdict, audit
from indicia.interval import Interval, from_decimals, published, rate

NAN = float("nan")
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def printed(value, decimals):
    """As a statistical office prints it."""
    return str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN))


def table(values, decimals, missing):
    texts = np.array([printed(v, decimals) for v in np.ravel(values)], dtype=object).reshape(np.shape(values))
    texts[missing] = None
    return texts


def numbers(texts):
    return np.where(texts == None, NAN, texts).astype(float)  # noqa: E711


def verdicts(found):
    return [Verdict(code).name for code in found.verdicts.ravel()]


def check(found, cells):
    """Verdicts, ends and distances against (published, implied, unit) of the twin, cell by cell."""
    assert verdicts(found) == [twin.verdict(p, i) for p, i, _ in cells]
    for k, (want_published, want_implied, unit) in enumerate(cells):
        for got, want in ((found.published, want_published), (found.implied, want_implied)):
            if want is None:
                continue
            low, high = Fraction(float(got.low.flat[k])), Fraction(float(got.high.flat[k]))
            assert low <= want[0] <= want[1] <= high
            size = max(abs(want[0]), abs(want[1])) + 1
            assert high - low - (want[1] - want[0]) <= size * Fraction(1, 2**46)
        want = twin.distance(want_published, want_implied, unit)
        got = found.distance.flat[k]
        assert np.isnan(got) if want is None else abs(float(want) - got) <= 1e-6 * (1 + abs(float(want)))


@pytest.mark.parametrize("lag", [1, 4])
@pytest.mark.parametrize("rate_decimals", [0, 1, 2])
def test_growth_against_the_twin(lag, rate_decimals):
    rng = np.random.default_rng(lag * 10 + rate_decimals)
    levels = rng.uniform(20, 90, (12, 9))
    rates = np.full(levels.shape, NAN)
    rates[:, lag:] = (levels[:, lag:] / levels[:, :-lag] - 1) * 100 + rng.choice([0, 0, 0.4, -3], levels[:, lag:].shape)
    level_texts = table(levels, 1, rng.random(levels.shape) < 0.1)
    rate_texts = table(np.nan_to_num(rates), rate_decimals, np.isnan(rates) | (rng.random(levels.shape) < 0.1))
    found = audit.growth(numbers(level_texts), numbers(rate_texts), lag=lag, decimals=1, rate_decimals=rate_decimals)
    cells = []
    for i, t in np.ndindex(levels.shape):
        now = twin.ends(level_texts[i, t], 1)
        base = twin.ends(level_texts[i, t - lag], 1) if t >= lag else None
        cells.append(
            (
                twin.ends(rate_texts[i, t], rate_decimals, per_cent=True),
                twin.growth(now, base),
                Fraction(1, 100) / Fraction(10) ** rate_decimals,
            )
        )
    check(found, cells)
    assert {"POSSIBLE", "CONTRADICTED", "UNKNOWN"} <= set(verdicts(found))
    turned = audit.growth(
        numbers(level_texts).T, numbers(rate_texts).T, lag=lag, decimals=1, rate_decimals=rate_decimals, axis=0
    )
    np.testing.assert_array_equal(turned.verdicts.T, found.verdicts)
    np.testing.assert_array_equal(turned.distance.T, found.distance)


@pytest.mark.parametrize(("lag", "per_year"), [(1, 4), (1, 12), (2, 4), (4, 4), (3, 12), (1, 1)])
def test_annualised_growth_against_the_twin(lag, per_year):
    rng = np.random.default_rng(lag * 100 + per_year)
    levels = rng.uniform(90, 110, (12, 9))
    power = per_year // lag
    rates = np.full(levels.shape, NAN)
    rates[:, lag:] = ((levels[:, lag:] / levels[:, :-lag]) ** power - 1) * 100
    rates[:, lag:] += rng.choice([0, 0, 0.4, -3], levels[:, lag:].shape)
    level_texts = table(levels, 2, rng.random(levels.shape) < 0.1)
    rate_texts = table(np.nan_to_num(rates), 1, np.isnan(rates) | (rng.random(levels.shape) < 0.1))
    options = {"lag": lag, "decimals": 2, "rate_decimals": 1, "per_year": per_year}
    found = audit.growth(numbers(level_texts), numbers(rate_texts), **options)
    cells = []
    for i, t in np.ndindex(levels.shape):
        now = twin.ends(level_texts[i, t], 2)
        base = twin.ends(level_texts[i, t - lag], 2) if t >= lag else None
        cells.append((twin.ends(rate_texts[i, t], 1, per_cent=True), twin.growth(now, base, power), Fraction(1, 1000)))
    check(found, cells)
    assert {"POSSIBLE", "CONTRADICTED", "UNKNOWN"} <= set(verdicts(found))
    implied = found.implied_base
    for i, t in zip(*np.nonzero(found.contradicted), strict=True):  # the base that the rate needs leads to the level
        said, level = twin.ends(rate_texts[i, t], 1, per_cent=True), twin.ends(level_texts[i, t], 2)
        low, high = Fraction(float(implied.low[i, t])), Fraction(float(implied.high[i, t]))
        assert low**power * (1 + said[1]) <= level[0] ** power
        assert high**power * (1 + said[0]) >= level[1] ** power
        assert abs(high**power * (1 + said[0]) / level[1] ** power - 1) < Fraction(1, 10**13)
        assert not found.revision[i, t].contains(0.0)


def test_levels_below_zero_are_not_compounded():
    found = audit.growth([5.0, -5.0, 5.0], [NAN, 1.0, 1.0], decimals=1, rate_decimals=1, per_year=2)
    assert verdicts(found) == ["UNKNOWN"] * 3


def test_long_wide_and_many_cells_are_judged_as_few():
    """Blocks, threads and layouts change nothing; neither does what else the cells are with."""
    rng = np.random.default_rng(3)
    for shape, axis in [((3, 70_000), 1), ((70_000, 3), 0), ((900, 90), 1), ((90, 900), 0), ((2, 40, 1000), 1)]:
        levels = np.round(rng.uniform(50, 150, shape), 1)
        levels[rng.random(shape) < 0.01] = NAN
        rates = np.round(rng.normal(0, 60, shape), 1)
        found = audit.growth(levels, rates, lag=5, decimals=1, rate_decimals=1, axis=axis)
        turned = audit.growth(
            np.moveaxis(levels, axis, -1).copy(),
            np.moveaxis(rates, axis, -1).copy(),
            lag=5,
            decimals=1,
            rate_decimals=1,
        )
        np.testing.assert_array_equal(np.moveaxis(found.verdicts, axis, -1), turned.verdicts)
        np.testing.assert_array_equal(np.moveaxis(found.distance, axis, -1), turned.distance)
        low = np.full(np.moveaxis(levels, axis, -1).shape, NAN)
        level = from_decimals(np.moveaxis(levels, axis, -1), 1)
        low[..., 5:] = rate(level[..., 5:], level[..., :-5]).low
        np.testing.assert_array_equal(np.moveaxis(found.implied.low, axis, -1), low)
        frame = found.to_pandas(Verdict.CONTRADICTED) if shape == (900, 90) else None
        if frame is not None:
            cells = tuple(frame[f"axis {k}"].to_numpy() for k in range(2))
            np.testing.assert_array_equal(frame["implied_low"], found.implied.low[cells])
            np.testing.assert_array_equal(frame["published_high"], found.published.high[cells])


def test_threads_change_nothing():
    rng = np.random.default_rng(4)
    levels, rates = np.round(rng.uniform(50, 150, (2, 300, 8000)), 1)
    before = indicia.get_threads()
    try:
        results = []
        for threads in (1, 2, 3):
            indicia.set_threads(threads)
            found = audit.growth(levels, rates, lag=12, decimals=1, rate_decimals=1)
            sums = audit.adds_up(levels, rates[0], decimals=1)
            results.append((found.verdicts, found.distance, found.implied.high, sums.verdicts, sums.implied.low))
    finally:
        indicia.set_threads(before)
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_shares_and_sums_against_the_twin():
    rng = np.random.default_rng(5)
    parts = rng.uniform(1, 50, (6, 40))
    total = parts.sum(axis=0)
    part_texts = table(parts, 1, rng.random(parts.shape) < 0.03)
    total_texts = table(total + rng.choice([0, 0, 0.3, 2], total.shape), 1, rng.random(total.shape) < 0.1)
    share_texts = table(parts / total * 100 + rng.choice([0, 0, 0.2], parts.shape), 1, rng.random(parts.shape) < 0.1)
    found = audit.share(numbers(part_texts), numbers(total_texts), numbers(share_texts), decimals=1, share_decimals=1)
    cells = [
        (
            twin.ends(share_texts[i, t], 1, per_cent=True),
            twin.share(twin.ends(part_texts[i, t], 1), twin.ends(total_texts[t], 1)),
            Fraction(1, 1000),
        )
        for i, t in np.ndindex(parts.shape)
    ]
    check(found, cells)
    found = audit.adds_up(numbers(part_texts), numbers(total_texts), decimals=1)
    cells = [
        (twin.ends(total_texts[t], 1), twin.sums([twin.ends(text, 1) for text in part_texts[:, t]]), Fraction(1, 10))
        for t in range(len(total))
    ]
    check(found, cells)
    assert {"POSSIBLE", "CONTRADICTED", "UNKNOWN"} <= set(verdicts(found))


@pytest.mark.parametrize("decimals", [0, 1, 3])
def test_what_is_true_is_never_contradicted(decimals):
    """Planted truths: figures rounded from one set of levels, in every way that offices do."""
    rng = np.random.default_rng(decimals)
    levels = np.round(rng.uniform(10, 500, (200, 30)), 6)
    rates = (levels[:, 1:] / levels[:, :-1] - 1) * 100
    rates = np.hstack([np.full((200, 1), NAN), np.round(rates, 1)])
    found = audit.growth(np.round(levels, decimals), rates, decimals=decimals, rate_decimals=1)
    assert not found.contradicted.any()
    assert found.count()[Verdict.UNKNOWN] == 200
    shares = np.round(levels / levels.sum(axis=0) * 100, 1)
    totals = np.round(levels.sum(axis=0), decimals)
    assert not audit.share(
        np.round(levels, decimals), totals, shares, decimals=decimals, share_decimals=1
    ).contradicted.any()
    assert not audit.adds_up(np.round(levels, decimals), totals, decimals=decimals).contradicted.any()


def test_a_planted_error_comes_with_the_revision_that_it_implies():
    """A level was revised from 98.0 to 100.0 after the rate was published."""
    levels = np.array([[100.0, 107.1], [100.0, 107.1]])
    rates = np.array([[NAN, 9.3], [NAN, 7.1]])  # 107.1 / 98.0 is 9.3 % more
    found = audit.growth(levels, rates, decimals=1, rate_decimals=1)
    assert verdicts(found) == ["UNKNOWN", "CONTRADICTED", "UNKNOWN", "POSSIBLE"]
    assert found.implied_base[0, 1].contains(98.0)
    assert found.revision[0, 1].contains(-2.0)
    assert found.revision[0, 1].high < 0
    assert found.implied_base.known.tolist() == [[False, True], [False, False]]
    assert found.distance[0, 1] > 10


def test_touching_ends_never_contradict():
    """[0.5, 1.5] / [0.5, 1.5] ends at 3, so that growth is up to 200 %; 250 to the hundred ends there too."""
    found = audit.growth([1.0, 1.0], [NAN, 250.0], decimals=0, rate_decimals=0)
    assert found.verdicts[1] == Verdict.CONTRADICTED
    found = audit.growth([1.0, 1.0], Interval([NAN, 2.0], [NAN, 3.0]), decimals=0)
    assert found.verdicts[1] == Verdict.POSSIBLE
    assert found.distance[1] == 0
    found = audit.adds_up([[0.1], [0.2]], [0.4], decimals=1)  # [0.2, 0.4] and [0.35, 0.45]
    assert found.verdicts[0] == Verdict.POSSIBLE
    found = audit.adds_up(Interval([[0.1], [0.2]]), Interval([0.3]))  # exact doubles, whose sum isn't 0.3
    assert found.verdicts[0] in (Verdict.CONTRADICTED, Verdict.POSSIBLE)


def test_exact_claims():
    found = audit.share([41.9], [100.0], published("41.9", kind="target") / 100, decimals=1)
    assert found.verdicts[0] == Verdict.POSSIBLE
    certain = audit.growth([100.0, 107.0], published("6.5 to 7.5 %"), decimals=1)
    assert certain.verdicts[1] == Verdict.CERTAIN
    assert audit.share([41.9], [100.0], Interval(0.5), decimals=1).verdicts[0] == Verdict.CONTRADICTED
    assert np.isnan(audit.share([41.9], [100.0], Interval(0.5), decimals=1).distance[0])  # no digit was printed


def test_bases_that_allow_no_rate():
    found = audit.growth([[0.0, 5.0], [-3.0, 5.0], [0.2, 5.0]], [[NAN, 9.0]] * 3, decimals=0, rate_decimals=0)
    assert found.implied[0, 1].high == np.inf  # the base may be as small as one likes
    assert verdicts(found) == ["UNKNOWN", "POSSIBLE", "UNKNOWN", "UNKNOWN", "UNKNOWN", "POSSIBLE"] or (
        verdicts(found)[3] == "UNKNOWN"
    )
    assert audit.share([5.0], [0.0], [10.0], decimals=1, share_decimals=0).count()[Verdict.UNKNOWN] == 0


def cube(values, decimals=1, dims=("geo", "time"), **coords):
    names = {"geo": ["CN", "DE"], "time": ["2021", "2022", "2023"], **coords}
    return Cube.from_arrays(values, dims, {d: names[d] for d in dims}, decimals=decimals)


def test_cubes_are_aligned_by_name():
    levels = cube([[100.0, 107.0, 110.0], [50.0, 51.0, 51.5]], decimals=np.array([0, 1]))
    rates = Cube.from_arrays(
        [[2.0, 1.0], [7.0, 9.9]], ["geo", "time"], {"geo": ["DE", "CN"], "time": ["2022", "2023"]}, decimals=1
    )
    with pytest.raises(ValueError, match="periods differ"):
        audit.growth(levels, rates)
    found = audit.growth(levels, rates, join="inner")
    assert verdicts(found) == ["POSSIBLE", "CONTRADICTED", "POSSIBLE", "POSSIBLE"]
    frame = pytest.importorskip("pandas").DataFrame(found.to_pandas())
    assert frame["geo"].tolist() == ["CN", "CN", "DE", "DE"]
    assert frame["time"].tolist() == ["2022", "2023"] * 2
    wrong = found.to_pandas(Verdict.CONTRADICTED)
    assert len(wrong) == 1
    assert wrong.loc[0, "verdict"] == "CONTRADICTED"
    assert wrong.loc[0, "revision_high"] < 0 < wrong.loc[0, "distance"]
    assert list(frame.columns[2:]) == [
        "verdict", "published_low", "published_high", "implied_low", "implied_high", "distance",
        "base_low", "base_high", "revision_low", "revision_high",
    ]  # fmt: skip
    assert "furthest off: CN 2023, by" in repr(found)


def test_sums_of_cubes():
    parts = Cube.from_arrays(
        [[[1.0, 2.0]], [[3.0, 4.0]]],
        ["sector", "geo", "time"],
        {"sector": ["A", "B"], "geo": ["CN"], "time": ["2022", "2023"]},
        decimals=0,
        unit="EUR",
    )
    total = Cube.from_arrays(
        [[4.0, 9.0]], ["geo", "time"], {"geo": ["CN"], "time": ["2022", "2023"]}, decimals=0, unit="EUR"
    )
    found = audit.adds_up(parts, total, dim="sector")
    assert verdicts(found) == ["CERTAIN", "CONTRADICTED"] or verdicts(found) == ["POSSIBLE", "CONTRADICTED"]
    assert found.distance.tolist() == [[0.0, 1.5]]
    assert found.labels.dims == ("geo", "time")
    for kind, message in ((total.replace(unit="USD"), "units differ"), (parts, "it has the dimension 'sector' too")):
        with pytest.raises(ValueError, match=message):
            audit.adds_up(parts, kind, dim="sector")
    with pytest.raises(ValueError, match="dim: expected one of sector, geo, got None"):
        audit.adds_up(parts, total)
    shares = Cube.from_arrays(
        [[[25.0, 33.0]], [[75.0, 67.0]]], ["sector", "geo", "time"],
        {"sector": ["A", "B"], "geo": ["CN"], "time": ["2022", "2023"]}, decimals=0, unit="PC",
    )  # fmt: skip
    found = audit.share(parts, total, shares)
    assert found.labels.dims == ("sector", "geo", "time")
    assert not found.contradicted[:, 0, 0].any()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: audit.growth([1.0], [1.0], rate_decimals=1), ValueError, "levels: its decimals are neither given"),
        (lambda: audit.growth([1.0], [1.0], decimals=1), ValueError, "rates: its decimals are neither given"),
        (lambda: audit.growth([1.0], [1.0], decimals=1, rate_decimals=1, lag=0), ValueError, "lag: expected"),
        (lambda: audit.growth([1.0], [1.0], decimals=1, rate_decimals=1, lag=1.5), ValueError, "lag: expected"),
        (lambda: audit.growth(1.0, 1.0, decimals=1, rate_decimals=1), ValueError, "a single figure has no growth"),
        (lambda: audit.growth(["a"], [1.0], decimals=1, rate_decimals=1), TypeError, "expected numbers"),
        (
            lambda: audit.growth([1.0], [1.0], decimals=1, rate_decimals=1, lag=2, per_year=3),
            ValueError,
            "per_year: expected a multiple of lag=2",
        ),
        (
            lambda: audit.growth([1.0], [1.0], decimals=1, rate_decimals=1, per_year=4.0),
            ValueError,
            "per_year: expected a multiple of lag=1 up to 366, got 4.0",
        ),
        (lambda: audit.growth([1, 2], [1, 2, 3], decimals=1, rate_decimals=1), ValueError, "broadcast"),
        (lambda: audit.adds_up(1.0, 1.0, decimals=1), ValueError, "a single figure has no parts"),
        (lambda: audit.adds_up([1.0], 1.0, decimals=1, dim="geo"), ValueError, "an array has axes"),
        (lambda: audit.share([1.0], [1.0], [1.0], decimals=1), ValueError, "shares: its decimals"),
        (lambda: audit.adds_up([1.0], 1.0, decimals=1).revision, AttributeError, "an audit of sums implies no base"),
        (
            lambda: audit.growth(cube(np.ones((2, 3))), np.ones(3), rate_decimals=1),
            ValueError,
            "no names to be aligned",
        ),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_table_of_nothing_has_columns_of_the_same_kind():
    pytest.importorskip("pandas")
    found = audit.adds_up(cube([[1.0, 2.0, 3.0], [2.0, 2.0, 2.0]]), [3.0, 4.0, 5.0], dim="geo", total_decimals=1)
    none, all_ = found.to_pandas(Verdict.CONTRADICTED), found.to_pandas()
    assert len(none) == 0
    assert len(all_) == 3
    assert none["time"].dtype == all_["time"].dtype
    plain = audit.adds_up([[1.0], [2.0]], [3.0], decimals=1)
    assert plain.to_pandas(Verdict.CONTRADICTED).dtypes.tolist() == plain.to_pandas().dtypes.tolist()


def test_labels_are_not_lost_silently():
    pd = pytest.importorskip("pandas")
    with pytest.raises(TypeError, match="levels: labels of a Series would be lost"):
        audit.growth(pd.Series([1.0, 2.0]), [1.0, 2.0], decimals=1, rate_decimals=1)


def test_a_whole_and_an_empty_audit():
    assert repr(audit.growth(np.ones((0, 3)), np.ones((0, 3)), decimals=1, rate_decimals=1)).startswith(
        "Audit of growth: 0 cells"
    )
    found = audit.adds_up([1.0, 2.0], 3.0, decimals=1)
    assert found.verdicts.shape == (1,)
    assert list(found.count()) == list(reversed(Verdict))
    assert [v.name for v in Verdict] == ["UNKNOWN", "CONTRADICTED", "POSSIBLE", "CERTAIN"]
    assert indicia.Verdict is Verdict
    assert from_decimals([1.0], 1).known.all()
