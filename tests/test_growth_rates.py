"""Changes, logarithmic and compound rates, implied figures: accuracy, laws, published figures, containers."""

from __future__ import annotations

import pickle
from decimal import Decimal, localcontext

import numpy as np
import pytest
from growth_figures import NAN, cube_of, flags_of, floats, levels, lists, near, reference, same
from hypothesis import given
from hypothesis import strategies as st
from reference import growth as twin

import indicia
from indicia import Flag, growth, ufuncs

pd = pytest.importorskip("pandas")
positive = st.floats(1e-6, 1e9)

# ---- digits --------------------------------------------------------------------------------------------------


def worst(got, exact, *args):
    """The largest error in units of the last place, against fifty digits."""
    most = 0.0
    with localcontext() as context:
        context.prec = 50
        for value, *numbers in zip(got.tolist(), *(a.tolist() for a in args), strict=True):
            want = exact(*map(Decimal, numbers))
            most = max(most, abs(float((Decimal(value) - want) / Decimal(float(np.spacing(abs(float(want))))))))
    return most


def pairs(n, seed):
    """Two levels: of one size, next to each other, and far apart."""
    rng = np.random.default_rng(seed)
    a = np.concatenate([rng.uniform(1, 100, n), rng.uniform(1, 2, n), 10.0 ** rng.uniform(-200, 200, n)])
    near_by = a[n : 2 * n] * (1 + rng.uniform(-1, 1, n) * 10.0 ** rng.uniform(-15, -1, n))
    b = np.concatenate([rng.uniform(1, 100, n), near_by, 10.0 ** rng.uniform(-200, 200, n)])
    return a[a != b], b[a != b]


def test_log_rates_are_right_to_the_last_place():
    now, base = pairs(400, 1)
    assert worst(growth.log_rate(now, base), lambda a, b: (a / b).ln(), now, base) < 1


def test_powers_are_right_to_the_last_place():
    rng = np.random.default_rng(2)
    first, last = pairs(250, 3)
    years = np.where(rng.random(len(first)) < 0.5, rng.integers(1, 40, len(first)), rng.uniform(0.5, 40, len(first)))
    got = growth.cagr(first, last, years)
    assert worst(got, lambda a, b, y: ((b / a).ln() / y).exp() - 1, first, last, years) < 1
    first, last = first[: 500 - 10], last[: 500 - 10]
    power = rng.choice([1.0, 2, 4, 12, 52, 0.25, 12 / 5], len(first))
    got = ufuncs.growth_annualised(last, first, power)
    assert worst(got, lambda a, b, p: ((a / b).ln() * p).exp() - 1, last, first, power) < 1
    rates = np.concatenate([rng.uniform(-0.99, 3, 300), 10.0 ** rng.uniform(-18, 6, 300) * rng.choice([1, 1e-7], 300)])
    power = rng.choice([2.0, 4, 12, 52, 0.25, 1 / 3], 600)
    got = ufuncs.growth_compound(rates, power)
    assert worst(got, lambda r, p: ((1 + r).ln() * p).exp() - 1, rates, power) < 1


def test_small_rates_keep_the_digits_that_a_plain_power_loses():
    with localcontext() as context:
        context.prec = 50
        exact = float(((Decimal.from_float(100.1) / 100).ln() / 3).exp() - 1)
    assert growth.cagr(100.0, 100.1, 3) == exact
    assert abs((100.1 / 100.0) ** (1 / 3) - 1 - exact) > 1e-17


@pytest.mark.parametrize(("n", "seed"), [(1, 0), (127, 1), (128, 2), (129, 3), (1000, 4)])
def test_every_length(n, seed):
    """Kernels go in tiles; the figure at each place is the one that comes alone."""
    a, b = levels(n, seed, missing=0), levels(n, seed + 10, missing=0)
    years = levels(n, seed + 20, missing=0)
    alone = [growth.cagr(x, y, z) for x, y, z in zip(a, b, years, strict=True)]
    same(growth.cagr(a, b, years), alone)
    inside = years.copy()
    ufuncs.growth_cagr(a, b, inside, out=inside)
    same(inside, alone)


def test_powers_are_right_where_their_roundings_weigh_most():
    """Just above a half octave, and where the result is a little more than a quarter or a half."""
    rng = np.random.default_rng(6)
    aim = np.concatenate([rng.uniform(-0.34, -0.2, 300), rng.uniform(0.3, 0.42, 300), rng.uniform(-3, 4, 300)])
    first, power = rng.uniform(50, 150, 900), rng.choice([0.3, 1.4, 2.5, 3.9, 4.1, 9.5, 30.5], 900)
    last = first * np.exp(aim / power)
    got = ufuncs.growth_annualised(last, first, power)
    assert worst(got, lambda a, b, p: ((a / b).ln() * p).exp() - 1, last, first, power) < 0.9
    got = growth.cagr(first, last, 1 / power)
    assert worst(got, lambda a, b, y: ((b / a).ln() / y).exp() - 1, first, last, 1 / power) < 0.9


@pytest.mark.parametrize("power", [1.0, 2, 3, 4, 12, 13, 64])
def test_whole_powers_are_rounded_about_once(power):
    """Multiplied out in two doubles each: also where the figures are neighbours, and nearly all of it cancels."""
    rng = np.random.default_rng(9)
    base = rng.uniform(50, 150, 400)
    steps = np.round(2.0 ** rng.uniform(0, 44, 400)) * rng.choice([-1, 1], 400)
    now = np.concatenate([(base + steps * np.spacing(base))[:200], base[200:] * np.exp(rng.normal(0, 1, 200))])
    kept = now > 0
    now, base = now[kept], base[kept]
    got = ufuncs.growth_annualised(now, base, power)
    assert worst(got, lambda a, b: ((a / b).ln() * int(power)).exp() - 1, now, base) < 0.52
    rates = (now - base) / base
    assert worst(ufuncs.growth_compound(rates, power), lambda r: (1 + r) ** int(power) - 1, rates) < 0.52
    assert (ufuncs.growth_annualised(base, base, power) == 0).all()


@pytest.mark.parametrize("power", [1.0, 2, 3, 4, 6, 12, 13, 52, 64, 65, 2.5, 0.25])
def test_a_rate_has_the_same_bits_in_any_company(power):
    """Tiles leave out what they don't need, settle what is far and multiply whole powers out."""
    rng = np.random.default_rng(8)
    n = 700
    base = rng.uniform(50, 150, n)
    now = base * (1 + rng.uniform(-0.05, 0.1, n))
    now[300::7] = base[300::7] * rng.uniform(0.01, 50, len(now[300::7]))
    now[305::50], base[309::61], now[303::97], now[304::211] = NAN, 0, -1, 1e-300
    now[308::150], base[308::150] = 1e300, 1e-300
    now[310::45] = base[310::45]
    now[311::83] = base[311::83] * (1 + 2e-14)
    rates = rng.uniform(-0.05, 0.1, n)
    rates[300::40], rates[301::41], rates[302::43], rates[303::47], rates[304::53] = 0, 1e-301, -1, np.inf, 40
    rates[306::59] = 3e-13
    several = np.append(np.full(n - 1, power), 3.7)
    for ufunc, levels_or_rates in ((ufuncs.growth_annualised, (now, base)), (ufuncs.growth_compound, (rates,))):
        alone = np.array([ufunc(*figures, power) for figures in zip(*levels_or_rates, strict=True)])
        assert alone.tobytes() == ufunc(*levels_or_rates, power).tobytes()
        assert alone[:-1].tobytes() == ufunc(*levels_or_rates, several)[:-1].tobytes()


# ---- laws ----------------------------------------------------------------------------------------------------


@given(positive, positive)
def test_logarithmic_rates_undo_each_other_and_add_up(a, b):
    assert growth.log_rate(a, b) == -growth.log_rate(b, a)
    together = growth.log_rate(a, 7.0) + growth.log_rate(7.0, b)
    assert abs(together - growth.log_rate(a, b)) <= 1e-14


@given(positive, positive, st.integers(-100, 100), st.floats(0.1, 50))
def test_no_rate_has_a_unit(a, b, power, years):
    scale = 2.0**power
    assert growth.cagr(a * scale, b * scale, years) == growth.cagr(a, b, years)
    assert growth.log_rate(a * scale, b * scale) == growth.log_rate(a, b)
    x = np.array([a, b, a, b])
    same(growth.annualised(x * scale, freq="Q"), growth.annualised(x, freq="Q"))
    same(growth.average_rate(x * scale, 2), growth.average_rate(x, 2))
    same(growth.carry_over(x * scale, freq="Q"), growth.carry_over(x, freq="Q"))


@given(positive, positive)
def test_a_rate_leads_back_to_the_level(now, base):
    rate = growth.rate(now, base)
    # the rate itself is rounded twice, by half a unit each: so much of `now - base`, and the rounding of the level
    ulp = np.spacing(now)
    assert abs(growth.implied_level(base, rate) - now) <= ulp + 2.3e-16 * abs(now - base)
    if abs(rate) < 0.5:
        assert abs(growth.implied_level(base, rate) - now) <= ulp
    if rate > -1 + 1e-9:
        assert abs(growth.implied_base(now, rate) - base) <= 6e-16 * base / min(1.0, 1 + rate)


@given(st.floats(-0.999, 100), st.sampled_from("ASQM"))
def test_annualised_over_a_year_is_the_rate_itself(rate, freq):
    per_year = {"A": 1, "S": 2, "Q": 4, "M": 12}[freq]
    same(growth.annualised([rate], per_year, of="rate", freq=freq), [rate])


@given(st.lists(positive, min_size=5, max_size=12))
def test_annualised_over_a_year_of_levels_is_yoy(x):
    near(growth.annualised(x, 4, freq="Q"), growth.yoy(x, freq="Q"), rtol=3e-16)


@given(positive, st.floats(-0.5, 2), st.integers(1, 30))
def test_cagr_finds_the_constant_rate(base, rate, years):
    last = base * (1 + rate) ** years
    assert abs(growth.cagr(base, last, years) - rate) <= 1e-13 * (1 + rate)


# ---- the twin, and what is undefined --------------------------------------------------------------------------------


def test_against_the_twin():
    now, base, years = levels(500, 1), levels(500, 2), levels(500, 3)
    now[::7], base[::11], years[::13], base[::17] = -now[::7], 0.0, -1.0, -3.0
    now[::19] = 0.0
    triples = list(zip(lists(now), lists(base), lists(years), strict=True))
    near(growth.log_rate(now, base), floats([twin.log_rate(a, b) for a, b, _ in triples]), rtol=1e-12)
    near(growth.cagr(base, now, years), floats([twin.cagr(b, a, y) for a, b, y in triples]), rtol=1e-12, atol=1e-15)
    x = levels((3, 60))
    for lag in (1, 12, 70):
        want = np.full(x.shape, np.nan)
        want[:, lag:] = x[:, lag:] - x[:, :-lag]
        same(growth.change(x, lag), want)
        same(growth.change(x.T, lag, axis=0), want.T)
        logs = np.full(x.shape, np.nan)
        with np.errstate(all="ignore"):
            logs[:, lag:] = np.log(x[:, lag:] / x[:, :-lag])
        near(growth.log_change(x, lag), logs, rtol=1e-11)
        year = np.full(x.shape, np.nan)
        year[:, lag:] = (x[:, lag:] / x[:, :-lag]) ** (12 / lag) - 1
        near(growth.annualised(x, lag, freq="M"), year, rtol=1e-10)
        inside = x.copy()
        assert growth.annualised(inside, lag, freq="M", out=inside) is inside
        same(inside, growth.annualised(x, lag, freq="M"))
    near(growth.change([1.0, NAN, 4.0], skip_missing=True), [NAN, NAN, 3.0])


def test_what_is_undefined():
    same(growth.log_rate([0.0, -1.0, 1.0, NAN], [1.0, 1.0, 0.0, 1.0]), [NAN] * 4)
    same(
        growth.cagr([1.0, 0.0, -1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, -1.0, 1.0, 2.0], [2, 2, 2, 2, 2, 0]),
        [-1.0, *[NAN] * 3, 0.0, NAN],
    )
    same(growth.implied_base([5.0, 5.0, 0.0, -5.0, NAN, -50.0], [-1.0, -2.0, 0.1, 0.1, 0.1, -1.5]), [NAN] * 5 + [100.0])
    same(growth.implied_level([0.0, -1.0, NAN, 100.0], [0.1, 0.1, 0.1, -1.5]), [NAN, NAN, NAN, -50.0])
    same(growth.annualised([-1.5, -1.0, NAN], of="rate", freq="Q"), [NAN, -1.0, NAN])
    same(growth.annualised([-1.0, 1.0, 0.0, 1.0], freq="Q"), [NAN, NAN, -1.0, NAN])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: growth.annualised([1.0, 2.0]), ValueError, "say freq= or per_year="),
        (lambda: growth.annualised([1.0, 2.0], freq="D"), ValueError, "say per_year="),
        (lambda: growth.annualised([1.0, 2.0], per_year=0), ValueError, "per_year: expected a positive number"),
        (lambda: growth.annualised([1.0, 2.0], per_year=NAN), ValueError, "per_year: expected a positive number"),
        (lambda: growth.annualised([1.0, 2.0], of="levels", freq="Q"), ValueError, "of: expected 'level' or 'rate'"),
        (lambda: growth.annualised([1.0, 2.0], 0, freq="Q"), ValueError, "lag: expected 1 or more"),
        (lambda: growth.annualised([1.0], of="rate", freq="Q", out=np.empty(2)), ValueError, "out: expected the shape"),
        (lambda: growth.change(1.0), ValueError, "a single figure has no growth"),
        (lambda: growth.change([1.0], 1.5), TypeError, "lag: expected an integer"),
        (lambda: growth.change([1.0], freq="H"), ValueError, "freq: expected one of"),
        (lambda: growth.cagr(1.0, 2.0), TypeError, "years"),
        (lambda: growth.cagr(["a"], 2.0, 3.0), TypeError, "first: expected numbers"),
        (lambda: growth.implied_base([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, "broadcast"),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- published figures ---------------------------------------------------------------------------------------


def test_us_gdp_at_an_annual_rate():
    """Real GDP, billions of chained 2017 dollars, seasonally adjusted: 22,225.4 in the second quarter of 2023, 22,490.7
    in the third, "increased at an annual rate of 4.9 percent"; Bureau of Economic Analysis, GDP third quarter 2023
    (third
    estimate), 21 December 2023."""
    assert round(growth.annualised([22_225.4, 22_490.7], freq="Q")[1].item(), 3) == 0.049
    assert round(growth.pct_change([22_225.4, 22_490.7])[1].item(), 3) == 0.012  # which is not the same


def check_annualising():
    inputs, expected, tolerance = reference("dallasfed_annualising.json")
    for pct, months, want in zip(inputs["pct_change"], inputs["n_months"], expected["annualised_pct"], strict=True):
        per_year = inputs["periods_per_year"]
        got = growth.annualised([pct / 100], months, of="rate", per_year=per_year)[0] * 100
        assert abs(got - want) <= tolerance
        x = np.full(months + 1, 100.0)
        x[-1] += pct
        assert abs(growth.annualised(x, months, freq="M")[-1] * 100 - want) <= tolerance


def check_cagr():
    inputs, expected, tolerance = reference("cagr_power_one.json")
    got = growth.cagr(inputs["begin"], inputs["end"], inputs["last_year"] - inputs["first_year"]) * 100
    assert abs(got - expected["cagr_pct"]) <= tolerance


def check_weights_of_a_year():
    inputs, expected, tolerance = reference("cross_wyman_weights.json")
    x = inputs["levels"]
    near(growth.average_rate(x, 4)[-1] * 100, expected["annual_growth_pct"], rtol=tolerance)
    near(growth.carry_over(x, freq="Q")[3] * 100, expected["carry_over_pct"], rtol=tolerance)
    near(growth.yoy(x, freq="Q")[-1] * 100, expected["q4q4_pct"], rtol=tolerance)
    # by how much the mean of the year grows where one quarter alone grows a little
    for k, weight in enumerate(expected["linear_weights_qoq"], start=1):
        one = np.where(np.arange(8) >= k, 1 + 1e-9, 1.0)
        near(growth.average_rate(one, 4)[-1] / growth.rate(1 + 1e-9, 1.0), weight, rtol=1e-8)


def check_carry_over():
    inputs, expected, tolerance = reference("irisheconomy_carry_over_2016.json")
    q4, total = inputs["q4_2016"], inputs["annual_2016"]
    year = [(total - q4) / 3] * 3 + [q4]
    got = growth.carry_over(year, freq="Q")[-1] * 100
    assert abs(got - expected["carry_over_pct"]) <= tolerance["published"]
    near(got, expected["carry_over_exact"], rtol=0, atol=tolerance["exact"])

    def next_year(rate):
        return growth.average_rate(year + [q4 * (1 + rate / 100) ** k for k in (1, 2, 3, 4)], 4)[-1] * 100

    got = next_year(inputs["quarterly_growth_pct"])
    assert abs(got - expected["annual_growth_if_1pct_per_quarter"]) <= tolerance["published"]
    near(got, expected["annual_if_1pct_exact"], rtol=0, atol=tolerance["exact"])
    required = expected["required_constant_quarterly_growth_pct_for_forecast"]
    for forecast, rate in zip(inputs["forecasts_pct"], required, strict=True):
        near(next_year(rate), forecast, rtol=0, atol=tolerance["exact"])


def check_retail_sales():
    inputs, expected, tolerance = reference("nbs_china_retail_sales_ytd_to_month.json")
    y22, y23, y24 = (inputs[f"y{year}"] for year in (2022, 2023, 2024))
    sums = np.full(27, NAN)
    sums[[1, 2]] = y22["jan_mar"] - y22["mar"], y22["jan_mar"]
    sums[[13, 14]] = y23["jan_feb"], y23["jan_mar"]
    sums[[25, 26]] = y24["jan_mar"] - y24["mar"], y24["jan_mar"]
    cube = cube_of(sums, first=(2022 - 1970) * 12, unit="100 million yuan")
    months = growth.from_ytd(cube)
    at = {str(p): k for k, p in enumerate(cube.time)}
    for month, want in [("2022-02", expected["y2022"]["jan_feb"]), ("2023-03", expected["y2023"]["mar"])]:
        assert abs(months.values[at[month]] - want) <= tolerance["level"]
    assert abs(months.values[at["2024-02"]] - expected["y2024"]["jan_feb"]) <= tolerance["level"]
    rates, sums_rates = growth.yoy(months), growth.yoy(cube)
    for month, name, got in [
        ("2023-02", ("y2023", "jan_feb_yoy"), rates),
        ("2023-03", ("y2023", "mar_yoy"), rates),
        ("2023-03", ("y2023", "jan_mar_yoy"), sums_rates),
        ("2024-03", ("y2024", "mar_yoy"), rates),
        ("2024-03", ("y2024", "jan_mar_yoy"), sums_rates),
    ]:
        want = expected[name[0]][name[1]]
        assert abs(got.values[at[month]] * 100 - want) <= tolerance["pct"], (month, name)
    assert months.flags[at["2023-02"]] == Flag.JOINT
    assert rates.flags[at["2023-02"]] == Flag.JOINT  # like with like
    assert months.unit == "100 million yuan"


def check_chained_contributions():
    """Contributions to a chained index are those of parts in the points of the total: the part's index from the link
    (December before) on, times its weight and the total at the link. A change of weights then is no contribution."""
    inputs, expected, tolerance = reference("hicp_manual_contributions_ribe_kirchner.json")
    x, total, weight, whole = (floats(inputs[name]) for name in ("x", "x_all", "w", "w_all"))
    months = np.arange(len(x))
    assert inputs["t"][0] == "2013-12-01"
    link = np.maximum(months - 1, 0) // 12 * 12
    start = weight / whole * total[link]  # of the year, in points
    points = start * x / x[link]
    before, month = np.roll(points, 1), np.roll(total, 1)
    before[1::12] = start[1::12]  # January is held against December on the weights of the new year
    got = growth.contribution(points, before, month) * 100
    near(got[2:], floats(expected["monthly"])[2:], rtol=0, atol=tolerance)

    year = np.where(months < 12, NAN, np.roll(total, 12))
    this = growth.contribution(points, start, year)
    last = growth.contribution(points[link], np.roll(points, 12), year)  # from the month to its December
    ribe = (this + last) * 100
    near(ribe[13:], floats(expected["ribe_annual"])[13:], rtol=0, atol=tolerance)
    own, since = growth.contribution(points, start, total[link]), growth.rate(total, total[link])
    kirchner = (this + last * (1 + since) - own * last) * 100
    near(kirchner[13:], floats(expected["kirchner_annual"])[13:], rtol=0, atol=tolerance)


CHECKS = {
    "dallasfed_annualising.json": check_annualising,
    "hicp_manual_contributions_ribe_kirchner.json": check_chained_contributions,
    "cagr_power_one.json": check_cagr,
    "cross_wyman_weights.json": check_weights_of_a_year,
    "irisheconomy_carry_over_2016.json": check_carry_over,
    "nbs_china_retail_sales_ytd_to_month.json": check_retail_sales,
}


@pytest.mark.parametrize("name", CHECKS)
def test_reference(name):
    CHECKS[name]()


# ---- containers ----------------------------------------------------------------------------------------------

CALLS = {
    "log_rate": lambda x: growth.log_rate(x, x),
    "change": lambda x: growth.change(x, 3),
    "log_change": growth.log_change,
    "annualised": lambda x: growth.annualised(x, 3, freq="M"),
    "annualised rate": lambda x: growth.annualised(x, 3, of="rate", freq="M"),
    "cagr": lambda x: growth.cagr(x, x, 5.0),
    "implied_base": lambda x: growth.implied_base(x, 0.25),
    "implied_level": lambda x: growth.implied_level(x, 0.25),
    "average_rate": lambda x: growth.average_rate(x, 3),
    "average_rate of some": lambda x: growth.average_rate(x, 3, min_coverage=0.5),
    "ytd": lambda x: growth.ytd(x, freq="M"),
    "ytd of some": lambda x: growth.ytd(x, freq="M", min_coverage=0.5),
    "from_ytd": lambda x: growth.from_ytd(x, freq="M"),
    "from_ytd split": lambda x: growth.from_ytd(x, freq="M", split="equal"),
    "carry_over": lambda x: growth.carry_over(x, freq="M"),
    "carry_over this": lambda x: growth.carry_over(x, freq="M", year="this"),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_same_kind_comes_back(name):
    call = CALLS[name]
    x = levels((4, 40))
    if "ytd" in name:
        x[:, [0, 12, 24]] = np.nan  # so that there is something to split
    else:
        x[0] = 50.0 + np.arange(40)
    want = call(x)
    assert want.shape == x.shape
    assert np.isfinite(want).any()
    months = pd.period_range("2020-01", periods=40, freq="M")
    frame = pd.DataFrame(x.T, index=months, columns=list("abcd"))
    got = call(frame)
    pd.testing.assert_frame_equal(got, pd.DataFrame(want.T, index=months, columns=frame.columns))
    series = call(frame["b"].rename("gdp"))
    assert series.name == "gdp"
    same(series, want[1])
    nullable = call(frame["b"].astype("Float64"))
    assert str(nullable.dtype) == "Float64"
    same(nullable.to_numpy(float, na_value=NAN), want[1])
    same(call(pd.DataFrame(x.T).T.to_numpy(np.float64)), want)
    same(call(x[1].tolist()), want[1])
    masked = call(np.ma.masked_invalid(x))
    assert isinstance(masked, np.ma.MaskedArray)
    same(masked.filled(NAN), want)
    same(call(np.asfortranarray(x)), want)
    cube = cube_of(x, unit="EUR", multiplier=6, decimals=1)
    got = call(cube)
    assert isinstance(got, indicia.Cube)
    assert (got.dims, got.codes, got.time) == (cube.dims, cube.codes, cube.time)
    same(got.values, want)
    word = name.split()[0]
    kept = word in ("change", "implied_base", "implied_level", "ytd", "from_ytd")
    unit = "fraction per year" if word in ("annualised", "cagr") else "fraction"
    assert (got.unit, got.multiplier, got.decimals) == (("EUR", 6, None) if kept else (unit, None, None))


@pytest.mark.parametrize("name", CALLS)
def test_other_libraries(name):
    pl, xr, da = pytest.importorskip("polars"), pytest.importorskip("xarray"), pytest.importorskip("dask.array")
    call = CALLS[name]
    x = levels((4, 40))
    want = call(x)
    got = call(pl.Series("gdp", x[1], nan_to_null=True))
    assert (got.name, got.dtype) == ("gdp", pl.Float64)
    same(got.to_numpy(), want[1])
    time = pd.date_range("2020-01", periods=40, freq="MS")
    array = xr.DataArray(x, dims=("geo", "time"), coords={"geo": list("abcd"), "time": time}, attrs={"units": "EUR"})
    got = call(array)
    xr.testing.assert_equal(got.drop_attrs(), array.copy(data=want).drop_attrs())
    assert (got.attrs["units"] == "EUR") == (
        name.split()[0] in ("change", "implied_base", "implied_level", "ytd", "from_ytd")
    )
    xr.testing.assert_equal(call(array.transpose()), got.transpose())
    lazy = call(da.from_array(x, chunks=(2, -1)))
    assert isinstance(lazy, da.Array)
    same(lazy.compute(scheduler="sync"), want)


@pytest.mark.parametrize("name", CALLS)
def test_axes_and_nothing(name):
    call = CALLS[name]
    assert call(np.empty((0, 40))).shape == (0, 40)
    assert call(pd.DataFrame(index=pd.period_range("2020-01", periods=3, freq="M"))).shape == (3, 0)
    assert call(np.empty((3, 0))).shape == (3, 0)
    assert call(cube_of(np.empty((2, 0)), np.empty((2, 0), np.uint32))).shape == (2, 0)
    with np.errstate(all="raise"):
        call(np.array([0.0, -0.0, 1.0, -1.0, NAN, np.inf, -np.inf, 5e-324, 1.7e308, -1.7e308] * 4))


def test_functions_can_be_sent_to_others():
    for name in growth.__all__:
        function = getattr(growth, name)
        assert pickle.loads(pickle.dumps(function)) is function


# ---- cubes ---------------------------------------------------------------------------------------------------


def test_flags_of_two_figures():
    e, brk, und = Flag.ESTIMATED, Flag.BREAK, Flag.UNDEFINED
    now, base = cube_of([5.0, 0.0, 6.0, 7.0], [e, 0, brk, 0]), cube_of([4.0, 5.0, 3.0, 0.0], [brk, e, e, 0])
    assert flags_of(growth.log_rate(now, base)) == [e, e | und, brk | e, und]
    assert flags_of(growth.cagr(base, now, 2)) == [e, e, brk | e, und]
    rates = cube_of([0.1, -1.0, 0.2, 0.1], [e, 0, 0, 0], unit="fraction")
    assert flags_of(growth.implied_base(now, rates)) == [e, und, brk, 0]
    assert flags_of(growth.implied_level(base, rates)) == [brk | e, e, e, und]
    for cube in (growth.implied_base(now, 0.0), growth.change(now)):
        assert cube.flags.dtype == np.uint32


def test_units_of_levels_and_rates():
    level, rate = cube_of([106.0], unit="EUR", multiplier=9), cube_of([0.06], unit="fraction")
    got = growth.implied_base(level, rate)
    assert (got.values.tolist(), got.unit, got.multiplier) == ([100.0], "EUR", 9)
    got = growth.implied_level(100.0, rate)
    assert (got.unit, got.multiplier) == (None, None)
    for unit in ("%", "Per cent", "percentage change, percent"):
        with pytest.raises(ValueError, match="rate: a fraction is expected"):
            growth.implied_base(level, cube_of([6.0], unit=unit))
    with pytest.raises(ValueError, match="units differ: first has EUR, last has USD"):
        growth.cagr(level, cube_of([1.0], unit="USD", multiplier=9), 3)
    assert growth.cagr(level, level, cube_of([3.0], unit="years")).unit == "fraction per year"


def test_like_is_compared_with_like():
    j, und = Flag.JOINT, Flag.UNDEFINED
    x = [NAN, 30.0, 16.0, 15.0, NAN, 33.0, 12.0, 24.0]  # two "years" of four; the second of each is for two periods
    cube = cube_of(x, [0, j, 0, 0, 0, j, 0, 0], freq="Q", first=200)
    assert cube.time[0].year == 2020
    got = growth.yoy(cube)
    near(got.values[4:], [NAN, 0.1, -0.25, 0.6])
    assert flags_of(got)[4:] == [0, j, 0, 0]
    for function in (growth.pct_change, growth.change, growth.log_change, growth.annualised):
        got = function(cube)
        near(got.values[[2, 6]], [NAN, NAN])  # a period against two
        assert flags_of(got)[2] == j | und
        assert np.isfinite(got.values[3])
        assert flags_of(got)[3] == 0
    single = cube_of([10.0, 20.0, 16.0, 15.0, *x[4:]], [0, 0, 0, 0, 0, j, 0, 0], freq="Q", first=200)
    got = growth.yoy(single)
    assert np.isnan(got.values[5])  # two periods against one
    assert flags_of(got)[5] == j | und
    for function in (growth.rate, growth.log_rate, growth.share, growth.implied_base):
        other = single.replace(unit=None)
        got = function(cube, other)
        assert np.isnan(got.values[1])
        assert flags_of(got)[1] == j | und
        assert np.isfinite(got.values[2])
    got = growth.contribution(cube, cube, single)
    assert flags_of(got)[1] == j | und
    assert flags_of(growth.rate(cube, 2.0))[1] == j  # a bare number is like whatever it stands beside


def test_annualised_says_so():
    cube = cube_of([100.0, 101.0], [0, Flag.ESTIMATED], freq="Q")
    assert growth.annualised(cube).unit == "fraction per year"
    assert growth.pct_change(cube).unit == "fraction"
    near(growth.annualised(cube).values[1], 1.01**4 - 1)
    assert flags_of(growth.annualised(cube)) == [0, Flag.ESTIMATED]
    weeks = cube_of([100.0, 101.0], freq="W", first=2600)
    near(growth.annualised(weeks).values[1], 1.01**52 - 1)
    days = cube_of([100.0, 101.0], freq="D", first=19000)
    with pytest.raises(ValueError, match="per_year="):
        growth.annualised(days)
    near(growth.annualised(days, per_year=252).values[1], 1.01**252 - 1, rtol=1e-12)
    rates = growth.annualised(cube_of([0.01, -2.0], [Flag.BREAK, 0], freq="Q"), of="rate")
    assert flags_of(rates) == [Flag.BREAK, Flag.UNDEFINED]


# ---- large arrays ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3000, 720), (720, 3000), (2_160_000,)])
def test_large_arrays_are_the_same_for_any_number_of_threads(shape):
    rng = np.random.default_rng(5)
    a, b, years = (rng.uniform(1, 50, shape) for _ in range(3))  # 2.2 million: threads are made
    row = b[:1] if len(shape) > 1 else b[0]
    calls = [
        lambda: growth.cagr(a, b, years),
        lambda: growth.cagr(a, row, 3),
        lambda: growth.cagr(np.asfortranarray(a), b, np.float64(3)),
        lambda: growth.log_rate(a.astype(np.float32), b),
        lambda: growth.rate(a, 7.0),
        lambda: growth.annualised(a, 3, freq="M", axis=0),
        lambda: growth.annualised(a, 3, of="rate", freq="M"),
        lambda: growth.average_rate(a, 12),
        lambda: growth.ytd(a, freq="M", axis=0),
        lambda: growth.carry_over(a, freq="Q"),
    ]
    made = {}
    try:
        for threads in (1, 3):
            indicia.set_threads(threads)
            made[threads] = [call() for call in calls]
    finally:
        indicia.set_threads(None)
    for one, three in zip(made[1], made[3], strict=True):
        same(three, one)
    same(made[1][1][:50], growth.cagr(a[:50], row, 3))
