"""Sums of windows and years, and back: the twin, laws, calendars, China's joint months, flags."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from growth_figures import NAN, cube_of, flags_of, floats, levels, lists, near, same
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn
from reference import growth as twin

import indicia
from indicia import Flag, growth, ufuncs

pd = pytest.importorskip("pandas")
BRK, EST, JOINT, SPLIT = Flag.BREAK, Flag.ESTIMATED, Flag.JOINT, Flag.SPLIT
UND, PART = Flag.UNDEFINED, Flag.PARTIAL
YEARS = {"A": 1, "S": 2, "Q": 4, "M": 12}


def places(n, per_year, start=1):
    place = (start - 1 + np.arange(n)) % per_year
    return place.tolist(), [per_year] * n


# ---- the twin ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", [1, 2, 3, 12, 39, 40, 41, 1000])
def test_windows_against_the_twin(window):
    x = levels((6, 40), missing=0.02)
    x[0] = 3.0
    want = np.array([floats(twin.window_sum(row, window)) for row in lists(x)])
    near(ufuncs.growth_window_sum(x, window), want, rtol=4e-16)
    want = np.array([floats(twin.average_rate(row, window)) for row in lists(x)])
    near(growth.average_rate(x, window), want, rtol=1e-12, atol=1e-15)
    near(growth.average_rate(x.T, window, axis=0), want.T, rtol=1e-12, atol=1e-15)
    same(growth.average_rate(x, window), growth.average_rate(x.T.copy(), window, axis=0).T)


@pytest.mark.parametrize("freq", YEARS)
@pytest.mark.parametrize("start", [1, 2, 4])
def test_years_against_the_twin(freq, start):
    if start > YEARS[freq]:
        pytest.skip("a year has fewer periods")
    x = levels((6, 60), missing=0.01)
    x[0] = 3.0
    place, length = places(60, YEARS[freq], start)
    how = {"freq": freq, "start": start}
    sums = np.array([floats(twin.ytd(row, place)) for row in lists(x)])
    near(growth.ytd(x, **how), sums, rtol=4e-16)
    near(growth.ytd(x.T, axis=0, **how), sums.T, rtol=4e-16)
    sums[1, :13] = np.nan
    back = np.array([floats(twin.from_ytd(row, place)) for row in lists(sums)])
    same(growth.from_ytd(sums, **how), back)
    same(growth.from_ytd(sums.T, axis=0, **how), back.T)
    want = np.array([floats(twin.carry_over(row, place, length)) for row in lists(x)])
    near(growth.carry_over(x, **how), want, rtol=1e-12, atol=1e-14)
    want = np.array([floats(twin.carry_over_this(row, place, length)) for row in lists(x)])
    near(growth.carry_over(x, year="this", **how), want, rtol=1e-12, atol=1e-14)


def test_sums_do_not_drift():
    """A running sum that subtracts what leaves would carry the rounding of the large figures on."""
    x = np.ones(5000)
    x[10], x[20] = 1e17, -1e17
    got = ufuncs.growth_window_sum(x, 12)
    same(got[32:], np.full(5000 - 32, 12.0))
    x[10] = np.inf
    assert np.isposinf(ufuncs.growth_window_sum(x, 12)[12:22]).all()
    same(ufuncs.growth_window_sum(x, 12)[32:], got[32:])


# ---- laws ----------------------------------------------------------------------------------------------------

flows = hn.arrays(float, st.integers(1, 40), elements=st.floats(-1e6, 1e6))


@given(flows, st.sampled_from(list(YEARS)))
def test_there_and_back(x, freq):
    year = YEARS[freq]
    near(growth.from_ytd(growth.ytd(x, freq=freq), freq=freq), x, rtol=0, atol=4e-16 * 1e6 * year)
    whole = np.round(x)
    same(growth.from_ytd(growth.ytd(whole, freq=freq), freq=freq), whole)


@given(flows, st.sampled_from(list(YEARS)))
def test_the_last_sum_of_a_year_is_the_year(x, freq):
    year = YEARS[freq]
    whole = x[: len(x) // year * year].reshape(-1, year)
    near(growth.ytd(x, freq=freq)[year - 1 :: year], whole.sum(axis=1), rtol=0, atol=1e-15 * 1e6 * year)


@given(hn.arrays(float, st.integers(2, 60), elements=st.floats(0.1, 1e6)), st.integers(1, 12))
def test_an_average_rate_is_the_rate_of_the_means(x, window):
    got = growth.average_rate(x, window)
    for t in range(2 * window - 1, len(x)):
        now, before = x[t - window + 1 : t + 1].mean(), x[t - 2 * window + 1 : t - window + 1].mean()
        assert abs(got[t] - (now / before - 1)) <= 1e-13 * (now / before) + 1e-15
    assert np.isnan(got[: 2 * window - 1]).all()
    same(growth.average_rate(x, 1), growth.pct_change(x))
    same(growth.average_rate(x, window, min_coverage=1.0), got)


@given(hn.arrays(float, 4, elements=st.floats(1, 1e4)), hn.arrays(float, 4, elements=st.floats(1, 1e4)))
def test_growth_of_a_year_is_carried_over_and_added(last, this):
    x = np.concatenate([last, this])
    carried, acquired = growth.carry_over(x, freq="Q")[3], growth.carry_over(x, freq="Q", year="this")
    stays = growth.carry_over(np.concatenate([last, np.full(4, last[-1])]), freq="Q", year="this")
    near(stays[4:], np.full(4, carried), rtol=1e-12, atol=1e-14)
    near(acquired[-1], growth.average_rate(x, 4)[-1], rtol=1e-12, atol=1e-14)


@given(st.floats(1, 1e6), st.integers(1, 12))
def test_what_stays_carries_nothing_over(level, start):
    got = growth.carry_over(np.full(30, level), freq="M", start=start)
    same(got[12:], np.zeros(18))


# ---- calendars -----------------------------------------------------------------------------------------------


def test_years_of_months_begin_in_january():
    months = pd.period_range("2020-11", periods=30, freq="M")
    x = pd.Series(np.arange(1.0, 31.0), index=months)
    got = growth.ytd(x)
    want = x.groupby(months.year).cumsum()
    want[months.year == 2020] = NAN
    same(got, want)
    near(growth.from_ytd(got)[2:], x[2:])
    dates = pd.Series(x.to_numpy(), index=pd.date_range("2020-11-30", periods=30, freq="ME"))
    same(growth.ytd(dates), want)
    mixed = x.sample(frac=1, random_state=1)
    pd.testing.assert_series_equal(growth.ytd(mixed), got[mixed.index])
    pd.testing.assert_series_equal(growth.average_rate(mixed, 12), growth.average_rate(x, 12)[mixed.index])
    hole = growth.ytd(x.drop(months[5]))
    assert hole["2021-03"] == x["2021-01":"2021-03"].sum()
    assert hole["2021-05":"2021-12"].isna().all()
    assert hole["2022-02"] == got["2022-02"]
    with pytest.raises(ValueError, match="comes twice"):
        growth.ytd(pd.Series([1.0, 2.0], index=pd.PeriodIndex(["2020-01"] * 2, freq="M")))


def test_years_of_weeks_and_days():
    weeks = pd.period_range("2019-12-16", "2022-02-06", freq="W-SUN")
    sums, n = {}, {}
    for week in weeks:
        year, _, _ = week.end_time.isocalendar()
        n[year] = n.get(year, 0) + 1
        sums[week] = n[year] if year > 2019 else NAN
    got = growth.ytd(pd.Series(1.0, index=weeks))
    same(got, list(sums.values()))
    assert got.max() == 53  # 2020 had so many
    days = pd.period_range("2019-12-30", "2021-01-03", freq="D")
    got = growth.ytd(pd.Series(1.0, index=days))
    same(
        got,
        [NAN if d.year == 2019 else (dt.date(d.year, d.month, d.day) - dt.date(d.year, 1, 1)).days + 1 for d in days],
    )
    cube = cube_of(np.ones(len(days)), freq="D", first=int(indicia.Periods.from_days("D", ["2019-12-30"]).ordinals[0]))
    same(growth.ytd(cube).values, got)
    x = np.ones(len(days))
    x[-1] = 2.0  # the third day of 2021: 2 * 365 over 2 + 2 * 363
    near(growth.carry_over(pd.Series(x, index=days)).iloc[-1], 730 / (1 + 1 + 2 * 363) - 1)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: growth.ytd([1.0]), ValueError, "ytd: the argument carries no periods: say freq="),
        (lambda: growth.from_ytd([1.0], freq="W"), ValueError, "needs an index of dates"),
        (lambda: growth.carry_over([1.0], freq="H"), ValueError, "freq: expected one of"),
        (lambda: growth.ytd([1.0], freq="Q", start=5), ValueError, "start: expected a period of the year, from 1 to 4"),
        (lambda: growth.ytd([1.0], freq="Q", start=0), ValueError, "start: expected a period"),
        (lambda: growth.ytd(cube_of([1.0]), start=2), ValueError, "start: the argument carries periods"),
        (lambda: growth.ytd(1.0, freq="Q"), ValueError, "a single figure"),
        (lambda: growth.ytd([1.0], freq="Q", min_coverage=0), ValueError, "min_coverage: expected a fraction"),
        (lambda: growth.average_rate([1.0], 3, min_coverage=50), ValueError, "min_coverage: expected a fraction"),
        (lambda: growth.average_rate([1.0], 0), ValueError, "window: expected 1 or more"),
        (lambda: growth.average_rate([1.0], 2.0), TypeError, "window: expected an integer"),
        (lambda: growth.from_ytd([1.0], freq="M", split="half"), ValueError, "split: expected None"),
        (lambda: growth.from_ytd([1.0], freq="M", split=1.5), ValueError, "split: expected None"),
        (lambda: growth.from_ytd([1.0], freq="M", split="days"), ValueError, "carries no periods"),
        (lambda: growth.carry_over([1.0], freq="M", year="last"), ValueError, "year: expected"),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- January and February of China -----------------------------------------------------------------------------

# Total retail sales of consumer goods, sums of the year, 100 million yuan: 77,067 to February and 114,922 to March 2023
# (National Bureau of Statistics of China, releases of 15 March and 18 April 2023); 81,307 and 120,327 in 2024.
SALES = np.full(27, NAN)
SALES[[1, 2]] = 74426.0, 108659.0
SALES[[13, 14]] = 77067.0, 114922.0
SALES[[25, 26]] = 81307.0, 120327.0
FIRST = (2022 - 1970) * 12


def sales():
    return cube_of(SALES, first=FIRST, unit="100 million yuan")


def test_january_and_february_stay_together():
    got = growth.from_ytd(sales())
    want = np.full(27, NAN)
    want[[1, 13, 25]] = 74426.0, 77067.0, 81307.0
    want[[2, 14, 26]] = 34233.0, 37855.0, 39020.0
    same(got.values, want)
    flags = np.zeros(27, int)
    flags[[1, 13, 25]] = JOINT
    assert flags_of(got) == flags.tolist()
    yoy = growth.yoy(got)
    near(yoy.values[[13, 14, 25]], [77067 / 74426 - 1, 37855 / 34233 - 1, 81307 / 77067 - 1], rtol=1e-12)
    assert flags_of(yoy) == [0] * 12 + flags[12:].tolist()
    monthly = growth.pct_change(got)  # March over January and February together is no rate
    assert np.isnan(monthly.values).all()
    assert flags_of(monthly)[2] == JOINT | UND
    back = growth.ytd(got)
    same(back.values, SALES)
    assert back.flags is None  # a sum up to February is whole
    again = growth.from_ytd(back)
    same(again.values, want)
    assert flags_of(again) == flags.tolist()


def test_they_are_divided_when_asked():
    got = growth.from_ytd(sales(), split="equal")
    same(got.values[12:15], [38533.5, 38533.5, 37855.0])
    assert flags_of(got)[12:15] == [SPLIT, SPLIT, 0]
    got = growth.from_ytd(sales(), split="days")
    near(got.values[[12, 13, 24, 25]], [77067 * 31 / 59, 77067 * 28 / 59, 81307 * 31 / 60, 81307 * 29 / 60])
    near(growth.from_ytd(sales(), split=0.6).values[12:14], [0.6 * 77067, 0.4 * 77067])
    near(growth.ytd(got).values[[1, 2, 13, 14]], SALES[[1, 2, 13, 14]])
    assert flags_of(growth.ytd(got))[14] == SPLIT
    against = growth.rate(got, growth.from_ytd(sales()))  # a month against two
    assert np.isnan(against.values[13])
    assert flags_of(against)[13] == JOINT | SPLIT | UND
    months = pd.period_range("2022-01", periods=27, freq="M")
    near(growth.from_ytd(pd.Series(SALES, index=months), split="days"), got.values)


def test_arrays_have_no_flags_but_can_be_told():
    x = growth.from_ytd(SALES, freq="M")
    assert np.isnan(growth.ytd(x, freq="M")).all()
    same(growth.ytd(x, freq="M", joint=True), SALES)
    flagged = growth.from_ytd(sales())
    assert np.isnan(growth.ytd(flagged, joint=False).values).all()


def test_sums_with_joint_figures():
    x = np.arange(1.0, 37.0)
    joint = x.copy()
    joint[1::12] += joint[::12]
    joint[::12] = NAN
    marks = np.where(np.arange(36) % 12 == 1, int(JOINT), 0)
    cube, plain = cube_of(joint, marks), cube_of(x)
    got, want = growth.average_rate(cube, 12), growth.average_rate(plain, 12)
    whole = (np.arange(36) >= 23) & (np.arange(36) % 12 != 0)  # twelve months to January would cut one in two
    near(got.values[whole], want.values[whole])
    assert np.isnan(got.values[~whole]).all()
    assert flags_of(got)[24] == JOINT | UND
    assert flags_of(got)[25] == 0
    same(growth.average_rate(cube, 12, min_coverage=0.5).values, got.values)
    sums = growth.ytd(cube)
    rest = np.arange(36) % 12 != 0
    same(sums.values[rest], growth.ytd(plain).values[rest])
    assert np.isnan(sums.values[~rest]).all()
    for year in ("next", "this"):
        got, want = growth.carry_over(cube, year=year), growth.carry_over(plain, year=year)
        level = np.arange(36) % 12 > 1
        near(got.values[level], want.values[level], rtol=1e-12)
        assert np.isnan(got.values[~level]).all()
        assert flags_of(got)[25] == JOINT | UND
        assert flags_of(got)[26] == 0


def test_a_figure_for_december_and_january_belongs_to_no_year():
    x, marks = np.ones(24), np.zeros(24, int)
    x[11], x[12], marks[12] = NAN, 2.0, JOINT
    got = growth.ytd(cube_of(x, marks))
    assert np.isnan(got.values[11:]).all()
    assert flags_of(got)[12] == JOINT | UND
    near(growth.average_rate(cube_of(x, marks), 6).values[[16, 17, 22, 23]], [0.0, NAN, 0.0, NAN])


def test_a_joint_figure_and_its_months_are_left_out_together():
    """With gaps allowed, what a joint figure covers on one side is dropped whole on the other."""
    x = np.tile([NAN, 20.0, 10.0, 10.0], 2)
    x[4:] = 11.0
    x[4] = NAN  # really missing: the quarter after it is for itself alone
    marks = np.array([0, JOINT, 0, 0, 0, 0, 0, 0])
    got = growth.average_rate(cube_of(x, marks, freq="Q", first=200), 4, min_coverage=0.5)
    near(got.values[7], 0.1)
    assert flags_of(got)[7] == PART


# ---- what is missing, and flags ------------------------------------------------------------------------------------


def test_gaps_that_are_allowed():
    x = np.array([10.0, 20.0, NAN, 40.0, 11.0, 22.0, 33.0, NAN])
    cube = cube_of(x, freq="Q", first=200)
    got = growth.average_rate(cube, 4, min_coverage=0.5)
    near(got.values[7], 33 / 30 - 1)  # the two quarters that both years have
    assert flags_of(got) == [0] * 7 + [PART]
    assert np.isnan(growth.average_rate(cube, 4, min_coverage=0.51).values[7])
    assert np.isnan(growth.average_rate(cube, 4).values).all()
    got = growth.ytd(cube, min_coverage=0.6)
    same(got.values, [10.0, 30.0, 30.0, 70.0, 11.0, 33.0, 66.0, 66.0])
    assert flags_of(got) == [0, 0, PART, PART, 0, 0, 0, PART]
    assert np.isnan(growth.ytd(cube, min_coverage=0.7).values[2])
    assert flags_of(growth.ytd(cube)) == [0] * 8
    assert np.isnan(growth.ytd(cube_of([NAN, NAN], freq="Q", first=200), min_coverage=0.1).values).all()


def union(marks, begin, t, after):
    """The flags of the cells from begin to t; BREAK counts from `after` on."""
    total = 0
    for k in range(begin, t + 1):
        total |= marks[k] if k >= after else marks[k] & ~int(BRK)
    return total


def test_flags_of_windows_and_years_against_the_twin():
    rng = np.random.default_rng(5)
    x, marks = rng.uniform(1, 9, (5, 40)), rng.integers(0, 8, (5, 40)) * (rng.random((5, 40)) < 0.2)
    cube = cube_of(x, marks, first=600 + 3)  # begins in April
    place, _ = places(40, 12, 4)
    sums, rates = growth.ytd(cube), growth.average_rate(cube, 5)
    next_year, this_year = growth.carry_over(cube), growth.carry_over(cube, year="this")
    single = growth.from_ytd(cube)
    for i, row in enumerate(marks.tolist()):
        for t in range(40):
            begin = t - place[t]
            last = begin - 12
            assert flags_of(rates)[i][t] == (union(row, t - 9, t, t - 8) if t >= 9 else 0)
            own = begin if t == begin else begin + 1
            assert flags_of(sums)[i][t] == (union(row, begin, t, own) if begin >= 0 else 0)
            assert flags_of(next_year)[i][t] == (union(row, begin, t, begin + 1) if begin >= 0 else 0)
            assert flags_of(this_year)[i][t] == (union(row, last, t, last + 1) if last >= 0 else 0)
            before = row[t - 1] & ~int(BRK) if t > 0 and place[t] > 0 else 0
            assert flags_of(single)[i][t] == row[t] | before


def test_undefined_says_so():
    cube = cube_of([-1.0, -1.0, 3.0, 4.0, -1.0, 1.0, NAN, 1.0], freq="Q", first=200)
    assert flags_of(growth.average_rate(cube, 2)) == [0, 0, 0, UND, 0, 0, 0, 0]
    got = growth.carry_over(cube)
    assert flags_of(got) == [UND, UND, 0, 0, UND, 0, 0, 0]
    assert np.isnan(got.values[[0, 1, 4, 6, 7]]).all()
    got = growth.carry_over(cube_of([-1.0] * 4 + [1.0] * 4, freq="Q", first=200), year="this")
    assert flags_of(got) == [0] * 4 + [UND] * 4


def test_reasons_of_what_a_joint_figure_covers_are_not_those_of_the_sum():
    cube = cube_of([NAN, 5.0, 6.0], [Flag.NOT_COLLECTED, JOINT | EST, 0], first=FIRST)
    assert flags_of(growth.ytd(cube)) == [0, EST, EST]


@pytest.mark.parametrize("length", [1, 3, 4, 5, 24, 61, 512, 513])
def test_series_beside_one_another_give_what_each_gives(length):
    place, twelve = (np.arange(length) + 3) % 12.0, np.full(length, 12.0)
    for count in (1, 3, 4, 5, 9):
        x = levels((count, length), count, missing=0.02)
        for ufunc, guides in (
            (ufuncs.growth_window_sum, (5,)),
            (ufuncs.growth_average_rate, (5,)),
            (ufuncs.growth_ytd, (place,)),
            (ufuncs.growth_from_ytd, (place,)),
            (ufuncs.growth_carry_over, (place, twelve)),
            (ufuncs.growth_carry_over_this, (place, twelve)),
        ):
            same(ufunc(x, *guides), [ufunc(series, *guides) for series in x])
            same(ufunc(x[:, ::-1], *guides), ufunc(x[:, ::-1].copy(), *guides))
