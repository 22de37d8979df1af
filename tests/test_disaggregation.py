"""Temporal disaggregation: against whole matrices, its laws, kinds of arguments, and what can't be done."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import disaggregation as twin

import indicia
from indicia import Flag, disaggregation

RNG = np.random.default_rng(20)
DENTONS = {"denton": disaggregation.denton, "denton_cholette": disaggregation.denton_cholette}
REGRESSIONS = {
    "chow_lin": (disaggregation.chow_lin, "ar"),
    "fernandez": (disaggregation.fernandez, "walk"),
    "litterman": (disaggregation.litterman, "walk ar"),
    "ols": (disaggregation.ols, "none"),
}


def layout(n, lows, per, first, conversion):
    low, weight = np.full(n, -1), np.zeros(n)
    for k in range(lows):
        for m in range(per):
            w = {"sum": 1.0, "average": 1 / per, "first": float(m == 0), "last": float(m == per - 1)}[conversion]
            low[first + k * per + m], weight[first + k * per + m] = (k if w else -1), w
    return low, weight


def series(lows, per, before, after):
    n = before + lows * per + after
    indicator = 100 + np.cumsum(RNG.normal(1, 2, n)) + 10 * np.sin(np.arange(n))
    return RNG.normal(1000, 50, lows).cumsum(), indicator


def close(got, want, tolerance=1e-7):
    assert np.abs(np.asarray(got) - want).max() <= tolerance * np.abs(want).max()


# ---- values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", ["proportional", "additive"])
@pytest.mark.parametrize("differences", [0, 1, 2])
@pytest.mark.parametrize("conversion", ["sum", "average", "first", "last"])
@pytest.mark.parametrize("name", DENTONS)
def test_denton_is_the_smallest_sum_of_squares(name, conversion, differences, criterion):
    for lows, per, before, after in ((8, 4, 3, 5), (5, 12, 0, 0), (6, 2, 0, 3)):
        benchmark, indicator = series(lows, per, before, after)
        benchmark[3] = np.nan
        low, weight = layout(len(indicator), lows, per, before, conversion)
        got = DENTONS[name](
            benchmark,
            indicator,
            per=per,
            start=before,
            conversion=conversion,
            differences=differences,
            criterion=criterion,
        )
        free, proportional = name == "denton_cholette", criterion == "proportional"
        close(got, twin.denton(benchmark, indicator, low, weight, differences, proportional, free))


@pytest.mark.parametrize("conversion", ["sum", "average", "last"])
@pytest.mark.parametrize("name", REGRESSIONS)
def test_a_regression_is_generalised_least_squares(name, conversion):
    function, memory = REGRESSIONS[name]
    for rho in (0.0, 0.35, 0.9):
        benchmark, first = series(14, 4, 2, 3)
        benchmark[5] = np.nan
        second = RNG.normal(0, 3, len(first)).cumsum()
        low, weight = layout(len(first), 14, 4, 2, conversion)
        options = {"rho": rho} if name in ("chow_lin", "litterman") else {}
        found = function(benchmark, [first, second], per=4, start=2, conversion=conversion, **options)
        columns = [np.ones_like(first), first, second]
        values, errors, coefficients, variance, likelihood = twin.regression(
            benchmark, columns, low, weight, memory, rho
        )
        close(found.values, values)
        close(found.errors**2, errors**2)
        close(found.coefficients, coefficients)
        assert found.variance == pytest.approx(variance, rel=1e-8)
        assert found.likelihood == pytest.approx(likelihood, rel=1e-9)


@pytest.mark.parametrize("rule", ["max_log", "min_rss"])
@pytest.mark.parametrize("name", ["chow_lin", "litterman"])
def test_rho_is_the_best_there_is(name, rule):
    function, memory = REGRESSIONS[name]
    for _ in range(2):
        benchmark, indicator = series(20, 4, 0, 0)
        low, weight = layout(len(indicator), 20, 4, 0, "sum")
        found = function(benchmark, indicator, per=4, rho=rule)

        def rate(rho, benchmark=benchmark, indicator=indicator, low=low, weight=weight):
            made = twin.regression(benchmark, [np.ones_like(indicator), indicator], low, weight, memory, rho)
            return made[4] if rule == "max_log" else -made[3]

        best = max(rate(rho) for rho in np.linspace(0, 0.999, 60))
        assert rate(found.rho) >= best - 1e-7 * abs(best)


# ---- laws ------------------------------------------------------------------------------------------------------

PLAIN = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-3)


@given(st.lists(PLAIN, min_size=3, max_size=12), st.integers(2, 12), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_benchmarks_are_met(benchmark, per, spare, seed):
    rng = np.random.default_rng(seed)
    indicator = rng.uniform(1, 100, len(benchmark) * per + spare)
    size = np.abs(benchmark).max() + np.abs(indicator).sum()
    for function in (*DENTONS.values(), *(f for f, _ in REGRESSIONS.values())):
        made = function(benchmark, indicator, per=per)
        values = made if isinstance(made, np.ndarray) else made.values
        met = values[: len(benchmark) * per].reshape(-1, per).sum(axis=1)
        assert np.abs(met - benchmark).max() <= 1e-11 * size


@given(st.lists(st.floats(1, 1e3), min_size=8, max_size=48).filter(lambda x: len(x) % 4 == 0))
def test_what_was_added_up_comes_back_by_itself(indicator):
    years = disaggregation.aggregate(indicator, per=4)
    back = disaggregation.denton_cholette(years * 3, indicator, per=4)
    np.testing.assert_allclose(back, np.array(indicator) * 3, rtol=1e-12)


@given(st.floats(0.1, 1e6), st.floats(0.1, 1e6))
def test_units_do_not_matter(unit, other):
    benchmark, indicator = series(6, 4, 1, 2)
    for name, function in DENTONS.items():
        if name == "denton" and unit != other:  # the beginning is held to the indicator, in its unit
            continue
        once = function(benchmark, indicator, per=4, start=1)
        np.testing.assert_allclose(function(benchmark * unit, indicator * other, per=4, start=1), once * unit, 1e-10)
    found = disaggregation.chow_lin(benchmark, indicator, per=4, start=1, rho=0.5)
    again = disaggregation.chow_lin(benchmark * unit, indicator * other, per=4, start=1, rho=0.5)
    np.testing.assert_allclose(again.values, found.values * unit, 1e-8)
    np.testing.assert_allclose(again.errors, found.errors * unit, 1e-6, 1e-12 * unit)


def test_series_do_not_touch_one_another():
    both = [series(10, 4, 0, 3) for _ in range(37)]
    benchmarks, indicators = (np.array(x) for x in zip(*both, strict=True))
    benchmarks[4, 2] = np.nan
    for function in (disaggregation.denton_cholette, lambda *x, **y: disaggregation.chow_lin(*x, **y).values):
        one_by_one = np.array([function(b, i, per=4) for b, i in both[:4]])
        for threads in (1, 2, 3, 8):
            made = function(benchmarks, indicators, per=4, threads=threads)
            assert np.array_equal(made[:4], one_by_one)
        shared = function(benchmarks, indicators[0], per=4)
        assert np.array_equal(shared[7], function(benchmarks[7], indicators[0], per=4))


# ---- missing -----------------------------------------------------------------------------------------------------


def test_an_indicator_that_begins_late_or_ends_early():
    benchmark, indicator = series(6, 4, 0, 4)
    late = np.concatenate([np.full(3, np.nan), np.full(1, 50.0), indicator])
    lone = disaggregation.denton_cholette(benchmark, late[3:], per=4, start=1)
    many = disaggregation.denton_cholette([benchmark, benchmark], [late, late + 1], per=4, start=4)
    assert np.isnan(many[:, :3]).all()
    assert np.array_equal(many[0, 3:], lone)
    indicators = np.array([indicator, indicator])
    indicators[1, 22:] = np.nan
    with pytest.raises(ValueError, match="no figures for the benchmark of series 1, at place 5"):
        disaggregation.denton_cholette([benchmark, benchmark], indicators, per=4)


def test_a_hole_in_an_indicator_or_a_year_of_nothing_gives_nan():
    benchmark, indicator = series(6, 4, 0, 0)
    hollow = indicator.copy()
    hollow[9] = np.nan
    assert np.isnan(disaggregation.denton_cholette(benchmark, hollow, per=4)).all()
    nothing = indicator.copy()
    nothing[8:12] = 0
    assert np.isnan(disaggregation.denton_cholette(benchmark, nothing, per=4)).all()
    benchmark[2] = 0
    assert (disaggregation.denton_cholette(benchmark, nothing, per=4)[8:12] == 0).all()


def test_too_little_is_known():
    benchmark, indicator = series(6, 4, 0, 0)
    benchmark[1:] = np.nan
    assert np.isnan(disaggregation.denton_cholette(benchmark, indicator, per=4, differences=2)).all()
    assert np.isnan(disaggregation.chow_lin(benchmark, indicator, per=4, rho=0.5).values).all()
    assert np.isfinite(disaggregation.denton_cholette(benchmark, indicator, per=4)).all()
    benchmark, indicator = series(6, 4, 0, 0)
    alike = disaggregation.chow_lin(benchmark, [indicator, 2 * indicator + 3], per=4, rho=0.5)
    assert np.isnan(alike.values).all()
    assert np.isnan(alike.coefficients).all()


# ---- kinds -------------------------------------------------------------------------------------------------------


def test_pandas_keeps_periods_and_names():
    pd = pytest.importorskip("pandas")
    years = pd.Series([100.0, 110.0, 121.0], pd.period_range("2020", "2022", freq="Y"), name="sales")
    index = pd.period_range("2019-07", "2023-03", freq="M")
    months = pd.Series(np.linspace(5, 9, len(index)), index)
    made = disaggregation.denton_cholette(years, months)
    assert made.name == "sales"
    assert made.index.equals(index)
    back = disaggregation.aggregate(made)
    assert back.index.astype(str).tolist() == ["2019", "2020", "2021", "2022", "2023"]
    np.testing.assert_allclose(back.to_numpy()[1:4], years)
    assert np.isnan(back.to_numpy()[[0, 4]]).all()
    frame = pd.DataFrame({"b": years, "a": years * 2})
    both = disaggregation.denton_cholette(frame, pd.DataFrame({"a": months, "b": months}))
    assert both.columns.tolist() == ["b", "a"]
    assert np.array_equal(both["b"], made)
    with pytest.raises(ValueError, match="lacks column a"):
        disaggregation.denton_cholette(frame, pd.DataFrame({"b": months}))
    stamps = years.to_timestamp()
    quarters = disaggregation.denton_cholette(stamps, to="Q")
    assert isinstance(quarters.index, pd.DatetimeIndex)
    assert len(quarters) == 12


def test_cubes_keep_codes_and_flags():
    dims = ["geo", "time"]
    years = indicia.Cube.from_arrays(
        [[100.0, 110.0], [50.0, 60.0]],
        dims,
        {"geo": ["CN", "DE"], "time": ["2020", "2021"]},
        [[0, int(Flag.PROVISIONAL)], [0, 0]],
        unit="EUR",
        multiplier=6,
    )
    quarters = [f"{year}-Q{q}" for year in (2020, 2021, 2022) for q in (1, 2, 3, 4)]
    indicator = indicia.Cube.from_arrays(
        np.arange(1.0, 25.0).reshape(2, 12), dims, {"geo": ["DE", "CN"], "time": quarters}
    )
    made = disaggregation.denton_cholette(years, indicator)
    assert made.dims == ("geo", "time")
    assert made.codes["geo"] == ("CN", "DE")
    assert (made.unit, made.multiplier) == ("EUR", 6)
    assert str(made.time[0]) == "2020-Q1"
    assert len(made.time) == 12
    assert made.flags[0, 4] == Flag.ESTIMATED | Flag.PROVISIONAL
    assert made.flags[1, 0] == Flag.ESTIMATED
    alone = disaggregation.denton_cholette([50.0, 60.0], np.arange(1.0, 13.0), per=4)
    assert np.array_equal(made.sel(geo="DE").values, alone)
    back = disaggregation.aggregate(made)
    assert back.flags[0, 1] & Flag.PROVISIONAL
    np.testing.assert_allclose(back.values[:, :2], years.values)


def test_xarray_and_polars():
    xr, pl = pytest.importorskip("xarray"), pytest.importorskip("polars")
    pd = pytest.importorskip("pandas")
    years = xr.DataArray(
        [[100.0, 50.0], [110.0, 60.0]],
        {"time": pd.date_range("2020", periods=2, freq="YS"), "geo": ["CN", "DE"]},
        ("time", "geo"),
    )
    made = disaggregation.denton_cholette(years, to="Q")
    assert made.dims == ("time", "geo")
    assert made.sizes["time"] == 8
    np.testing.assert_allclose(disaggregation.aggregate(made).values, years.values)
    series = disaggregation.denton_cholette(pl.Series("x", [100.0, 110.0]), per=4)
    assert isinstance(series, pl.Series)
    assert series.name == "x"


def test_months_have_their_lengths():
    pd = pytest.importorskip("pandas")
    years = pd.Series([366.0, 365.0, 365.0], pd.period_range("2020", "2022", freq="Y"))
    flow = disaggregation.denton_cholette(years, to="M", lengths="days")
    np.testing.assert_allclose(flow.to_numpy()[:3], [31, 29, 31], rtol=1e-12)
    rate = disaggregation.denton_cholette(years, to="M", lengths="days", conversion="average")
    days = rate.index.days_in_month.to_numpy()
    np.testing.assert_allclose((rate * days).groupby(rate.index.year).sum() / [366, 365, 365], years)
    again = disaggregation.aggregate(rate, conversion="average", lengths="days")
    np.testing.assert_allclose(again, years)


# ---- what can't be done ------------------------------------------------------------------------------------------


def test_errors_say_what_is_needed():
    pd = pytest.importorskip("pandas")
    benchmark, indicator = series(6, 4, 0, 0)
    f = disaggregation.denton_cholette
    for match, call in {
        "how many periods there are": lambda: f(benchmark, indicator),
        "expected one of sum": lambda: f(benchmark, indicator, per=4, conversion="mean"),
        "expected 'proportional'": lambda: f(benchmark, indicator, per=4, criterion="ratio"),
        "differences: expected": lambda: f(benchmark, indicator, per=4, differences=3),
        "all 4 periods of the benchmark of at place 5": lambda: f(benchmark, indicator[:22], per=4),
        "needs periods; here per=": lambda: f(benchmark, indicator, per=4, to="Q"),
        "no figure is known": lambda: f(benchmark * np.nan, indicator, per=4),
        "between -1 and 1": lambda: disaggregation.chow_lin(benchmark, indicator, per=4, rho=1.0),
        "two numbers that rise": lambda: disaggregation.chow_lin(benchmark, indicator, per=4, rho_range=(0.5, 0.2)),
        "at most 16": lambda: disaggregation.ols(benchmark, [indicator] * 17, per=4),
        "doesn't fit the series": lambda: f(benchmark, [indicator] * 3, per=4),
        "single number": lambda: f(3.0, indicator, per=4),
        "lengths='days' needs periods": lambda: f(benchmark, indicator, per=4, lengths="days"),
    }.items():
        with pytest.raises(ValueError, match=match):
            call()
    years = pd.Series(benchmark, pd.period_range("2015", periods=6, freq="Y"))
    with pytest.raises(ValueError, match="without an indicator"):
        f(years)
    with pytest.raises(ValueError, match="from frequency A to A"):
        f(years, years)
    quarters = pd.Series(indicator[:-1], pd.period_range("2015Q1", periods=23, freq="Q"))
    with pytest.raises(ValueError, match="all 4 periods of the benchmark of 2020"):
        f(years, quarters)
    with pytest.raises(TypeError, match="expected numbers"):
        f(["a", "b"], indicator, per=4)
