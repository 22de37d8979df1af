"""Period and Periods: sequences, lags, selections, and pandas' indexes there and back."""

from __future__ import annotations

import copy
import datetime
import doctest
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import periods as twin

import indicia._period
import indicia.periods
from indicia import FormatError, Period, Periods

PANDAS = {"A": "Y-DEC", "Q": "Q-DEC", "M": "M", "W": "W-SUN", "D": "D", "S": "6M"}


# ---- Period --------------------------------------------------------------------------------------------------------


def test_one_period():
    q = Period.parse("2023-Q4")
    assert (q.freq, q.ordinal, q.year, str(q), repr(q)) == ("Q", 215, 2023, "2023-Q4", "Period('2023-Q4')")
    assert (q.first_day, q.last_day) == (np.datetime64("2023-10-01"), np.datetime64("2023-12-31"))
    assert str(q + 1) == "2024-Q1"
    assert str(q - 4) == "2022-Q4"
    assert q + 3 - q == 3
    assert q == Period("Q", 215) != Period("M", 215)
    assert q != 215
    assert len({q, Period("Q", 215), Period("S", 215)}) == 2
    assert pickle.loads(pickle.dumps(q)) == q
    assert copy.deepcopy(q) == q
    assert Period.parse("2020-W53").year == 2020
    with pytest.raises(AttributeError):
        q.freq = "A"


def test_order():
    a, b = Period.parse("2023-Q4"), Period.parse("2024-Q1")
    assert a < b <= b + 0
    assert b > a >= a - 0
    assert not a > b
    assert sorted([b, a]) == [a, b]
    for compare in ("__lt__", "__le__", "__gt__", "__ge__"):
        assert getattr(a, compare)(5) is NotImplemented
    with pytest.raises(TypeError):
        _ = a < Period.parse("2024-01")
    with pytest.raises(TypeError):
        _ = a >= Period.parse("2024-01")
    with pytest.raises(TypeError, match="differ in frequency"):
        _ = a - Period.parse("2024-01")
    with pytest.raises(TypeError):
        _ = a + 1.5
    with pytest.raises(TypeError):
        _ = a - "1"


def test_a_period_is_checked():
    with pytest.raises(ValueError, match="expected one of"):
        Period("X", 1)
    with pytest.raises(TypeError, match="expected a letter"):
        Period(["A"], 1)
    with pytest.raises(TypeError, match="expected integers"):
        Period("A", 1.5)


# ---- Periods -------------------------------------------------------------------------------------------------------

MIXED = ["2023", "2023-Q1", "2023-01", "2023-W05", "2023-01-31", "2023-S2"]


def test_periods_are_a_sequence():
    time = Periods.parse(["2022-Q3", "2022-Q4", "2023-Q1"])
    assert len(time) == 3
    assert [str(p) for p in time] == time.to_text().tolist() == ["2022-Q3", "2022-Q4", "2023-Q1"]
    assert time[0] == Period.parse("2022-Q3")
    assert time[-1] == time[np.int64(2)] == Period.parse("2023-Q1")
    assert time[1:] == Periods.parse(["2022-Q4", "2023-Q1"])
    assert time[[2, 0]].to_text().tolist() == ["2023-Q1", "2022-Q3"]
    assert time[np.array([True, False, True])] == time[[0, 2]] == time[::2]
    assert "2022-Q4" in time
    assert Period.parse("2022-Q4") in time
    assert "2022" not in time
    assert 211 not in time
    with pytest.raises(IndexError):
        time[3]
    with pytest.raises(IndexError):
        time[[[0]]]
    assert repr(time) == "Periods('2022-Q3' .. '2023-Q1', freq='Q', 3)"
    assert repr(time[:1]) == "Periods('2022-Q3', freq='Q', 1)"
    assert repr(time[:0]) == "Periods(freq='Q', 0)"
    assert repr(Periods.parse([])) == "Periods(freq='', 0)"


def test_mixed_frequencies():
    time = Periods.parse(MIXED)
    assert time.freq.tolist() == list("AQMWDS")
    assert time.freqs == ("A", "D", "M", "Q", "S", "W")
    assert time.per_year is None
    assert not time.contiguous
    assert [str(p) for p in time] == time.to_text().tolist() == MIXED
    assert time[1:2].freq == "Q"  # one frequency is one letter
    assert time[1:2] == Periods.parse(["2023Q1"])
    assert time.first_days().tolist() == [twin.days_of(p.freq, p.ordinal)[0] for p in time]
    assert time.years().tolist() == [2023] * 6
    assert time == pickle.loads(pickle.dumps(time))
    assert Periods.parse(["2023", "2023-Q1"]) != Periods.parse(["2023", "2023-Q2"])
    assert Periods(["A", "Q"], [53, 212]) == Periods.parse(["2023", "2023-Q1"])
    with pytest.raises(ValueError, match="have A, D, M, Q, S, W"):
        time.to_pandas()


def test_periods_are_immutable():
    ordinals = np.array([1, 2, 3], np.int32)
    time = Periods("A", ordinals)
    ordinals[0] = 9
    assert time.ordinals.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="read-only"):
        time.ordinals[0] = 5
    with pytest.raises(ValueError, match="read-only"):
        Periods.parse(MIXED).freq[0] = "A"
    with pytest.raises(AttributeError):
        time.ordinals = ordinals
    assert copy.copy(time) is copy.deepcopy(time) is not None


def test_equality_hash_and_pickle():
    a, b = Periods.parse(["2023", "2024"]), Periods.range("A", 53, 2)
    assert a == b
    assert hash(a) == hash(b)
    assert a != Periods("Q", [53, 54])
    assert a != Periods.parse(["2023"])
    assert a != ["2023", "2024"]
    assert a != Periods.parse(["2023", "2024-Q1"])
    again = pickle.loads(pickle.dumps(a))
    assert again == a
    assert not again.ordinals.flags.writeable
    assert len({a, b, Periods("Q", [53, 54])}) == 2


def test_construction_is_checked():
    for freq, ordinals in [("A", [[1]]), ("A", 1), (["A"], [1, 2])]:
        with pytest.raises(ValueError, match="expected ordinals in one dimension"):
            Periods(freq, ordinals)
    with pytest.raises(ValueError, match="texts in one dimension"):
        Periods.parse("2023")
    with pytest.raises(ValueError, match="n: expected 0 or more"):
        Periods.range("A", 0, -1)
    with pytest.raises(ValueError, match="no span"):
        Periods.span("2023", "2024-Q1")
    with pytest.raises(ValueError, match="no span"):
        Periods.span("2023", "2022")
    assert Periods.span("2023-11", "2024-02").to_text().tolist() == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert len(Periods.range("M", 0, 0)) == 0


def test_contiguous_and_per_year():
    assert Periods.span("2023-01", "2024-12").contiguous
    assert Periods.parse(["2023"]).contiguous
    assert Periods.parse([]).contiguous
    assert not Periods.parse(["2023", "2025"]).contiguous
    assert not Periods.parse(["2024", "2023"]).contiguous
    wanted = {"A": 1, "S": 2, "Q": 4, "M": 12, "W": None, "D": None}
    assert {f: Periods.range(f, 0, 1).per_year for f in wanted} == wanted


# ---- lags ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-30, 30), unique=True, max_size=20), st.integers(-35, 35))
def test_lag_index_law(ordinals, lag):
    time = Periods("M", ordinals)
    index = time.lag_index(lag)
    assert index.dtype == np.int64
    place = {o: i for i, o in enumerate(ordinals)}
    assert index.tolist() == [place.get(o - lag, -1) for o in ordinals]


@pytest.mark.parametrize("freq", PANDAS)
@pytest.mark.parametrize("lag", [0, 1, 12, -1, 99, 10**12])
def test_lag_index_of_contiguous_periods(freq, lag):
    index = Periods.range(freq, -5, 20).lag_index(lag)
    assert index.tolist() == [i - lag if 0 <= i - lag < 20 else -1 for i in range(20)]


def test_lags_do_not_cross_frequencies():
    time = Periods.parse(["2022", "2022-Q4", "2023-Q1", "2023"])
    assert time.lag_index(1).tolist() == [-1, -1, 1, 0]
    assert time.lag_index(4).tolist() == [-1, -1, -1, -1]
    assert time.year_lag_index().tolist() == [-1, -1, -1, 0]


@pytest.mark.parametrize("freq", PANDAS)
def test_year_lag_index_law(freq):
    ends = Periods.from_days(freq, np.array(["1999-01-01", "2022-12-31"], "M8[D]"))
    whole = Periods.span(ends[0], ends[1])
    shuffled = whole[np.random.default_rng(0).permutation(len(whole))[: len(whole) * 9 // 10]]
    for time in (whole, shuffled):
        place = {o: i for i, o in enumerate(time.ordinals.tolist())}
        index = time.year_lag_index()
        assert index.dtype == np.int64
        assert index.tolist() == [place.get(twin.year_before(freq, o), -1) for o in time.ordinals.tolist()]
        found = index >= 0
        np.testing.assert_array_equal(time.years()[found] - 1, time.years()[index[found]])


def test_years_lag_of_odd_weeks_and_days():
    weeks = Periods.span("2019-W01", "2021-W52")
    where = dict(zip(weeks.to_text().tolist(), weeks.year_lag_index().tolist(), strict=True))
    assert where["2020-W53"] == -1
    assert str(weeks[where["2021-W01"]]) == "2020-W01"
    days = Periods.span("2023-01-01", "2025-12-31")
    where = dict(zip(days.to_text().tolist(), days.year_lag_index().tolist(), strict=True))
    assert where["2024-02-29"] == -1
    assert str(days[where["2025-03-01"]]) == "2024-03-01"
    assert str(days[where["2025-02-28"]]) == "2024-02-28"


def test_a_lag_of_periods_that_come_twice():
    time = Periods.parse(["2023", "2024", "2023"])
    with pytest.raises(ValueError, match="2023 comes twice"):
        time.lag_index(1)
    with pytest.raises(ValueError, match="2023 comes twice"):
        time.year_lag_index()
    assert len(Periods.parse([]).lag_index(1)) == len(Periods.parse([]).year_lag_index()) == 0


# ---- selecting -----------------------------------------------------------------------------------------------------


def chosen(time: Periods, spec: Any) -> list[str]:
    mask = time.select(spec)
    assert mask.dtype == bool
    assert mask.shape == (len(time),)
    return time[mask].to_text().tolist()


def test_select_one():
    months = Periods.span("2021-06", "2024-03")
    assert chosen(months, "2023") == [f"2023-{m:02}" for m in range(1, 13)]
    assert chosen(months, "2023-Q4") == ["2023-10", "2023-11", "2023-12"]
    assert chosen(months, "2023-S1") == [f"2023-{m:02}" for m in range(1, 7)]
    assert (
        chosen(months, "2023-05") == chosen(months, "2023M05") == chosen(months, Period.parse("2023-05")) == ["2023-05"]
    )
    assert chosen(months, "2024") == ["2024-01", "2024-02", "2024-03"]


def test_select_lists_and_ranges():
    quarters = Periods.span("2021-Q1", "2023-Q4")
    assert chosen(quarters, ["2021-Q2", "2023"]) == ["2021-Q2", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    assert chosen(quarters, []) == []
    assert chosen(quarters, Periods.parse(["2023-Q4"])) == ["2023-Q4"]
    assert chosen(quarters, ("2022-Q3", "2022")) == ["2022-Q3", "2022-Q4"]
    assert chosen(quarters, ("2023-02", None)) == ["2023-Q2", "2023-Q3", "2023-Q4"]
    assert chosen(quarters, (None, "2021-05")) == ["2021-Q1"]
    assert chosen(quarters, (None, None)) == quarters.to_text().tolist()
    assert chosen(quarters, ("1900", "1950")) == []


def test_select_weeks_by_their_thursday():
    weeks = Periods.span("2019-W50", "2021-W03")
    assert chosen(weeks, "2020") == [f"2020-W{w:02}" for w in range(1, 54)]
    assert chosen(weeks, ("2021", None)) == ["2021-W01", "2021-W02", "2021-W03"]
    assert chosen(weeks, (None, "2019")) == ["2019-W50", "2019-W51", "2019-W52"]
    assert chosen(weeks, ("2020-W53", "2021-W01")) == ["2020-W53", "2021-W01"]
    assert chosen(weeks, ("2020-12-29", None)) == ["2021-W01", "2021-W02", "2021-W03"]  # days bound whole weeks


def test_select_among_mixed():
    time = Periods.parse(MIXED)
    assert chosen(time, "2023") == MIXED
    assert chosen(time, "2023-Q1") == ["2023-Q1", "2023-01", "2023-W05", "2023-01-31"]
    assert chosen(time, "2023-01-31") == ["2023-01-31"]


def test_select_refuses():
    years = Periods.span("2000", "2010")
    with pytest.raises(KeyError, match=r"no period lies in 2023 \(from 2000 to 2010\)"):
        years.select("2023")
    with pytest.raises(KeyError, match="no period lies in 2005-01"):
        years.select("2005-01")
    with pytest.raises(KeyError, match="2011"):
        years.select(["2010", "2011"])
    with pytest.raises(KeyError, match="no period lies in 2011"):
        Periods.parse([]).select("2011")
    with pytest.raises(FormatError, match="'latest' is no period"):
        years.select("latest")
    with pytest.raises(ValueError, match="the end, 2001, comes before the start, 2002"):
        years.select(("2002", "2001"))
    with pytest.raises(ValueError, match="3 elements"):
        years.select(("2002", "2003", "2004"))
    for spec in (2005, slice("2001", None), [2005], None):
        with pytest.raises(TypeError, match="expected a period"):
            years.select(spec)


# ---- pandas --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("freq", PANDAS)
def test_to_and_from_pandas(freq):
    time = Periods.range(freq, -7, 30)[::-1]
    index = time.to_pandas()
    assert index.dtype == f"period[{PANDAS[freq]}]"
    assert index.name == "time"
    np.testing.assert_array_equal(index.start_time.to_numpy().astype("M8[D]"), time.first_days())
    np.testing.assert_array_equal(index.end_time.to_numpy().astype("M8[D]"), time.last_days())
    assert Periods.from_pandas(index) == time
    assert Periods.from_pandas(index, freq=freq) == time


@pytest.mark.parametrize(
    ("start", "freq", "wanted"),
    [
        ("2020-01-01", "MS", "2020-01"),
        ("2020-01-01", "ME", "2020-01"),
        ("2020-01-01", "BME", "2020-01"),
        ("2020-01-01", "QS", "2020-Q1"),
        ("2020-01-01", "QE", "2020-Q1"),
        ("2020-01-01", "YS", "2020"),
        ("2020-01-01", "YE", "2020"),
        ("2020-01-01", "2QS", "2020-S1"),
        ("2020-01-01", "6MS", "2020-S1"),
        ("2020-01-01", "D", "2020-01-01"),
        ("2020-01-01", "B", "2020-01-01"),
        ("2020-01-01", "W", "2020-W01"),
        ("2020-01-01", "W-WED", "2020-W01"),
    ],
)
def test_from_datetimes(start, freq, wanted):
    index = pd.date_range(start, periods=6, freq=freq)
    time = Periods.from_pandas(index)
    assert str(time[0]) == wanted
    assert freq == "B" or time.contiguous
    assert Periods.from_pandas(pd.DatetimeIndex(index, freq=None)) == time  # inferred
    assert Periods.from_pandas(index.tz_localize("Asia/Shanghai")) == time
    assert Periods.from_pandas(index.as_unit("s")) == time


def test_from_pandas_refuses():
    july = pd.date_range("2020-07-01", periods=4, freq="YS-JUL")
    with pytest.raises(ValueError, match="neither begin nor end calendar years"):
        Periods.from_pandas(july)
    assert Periods.from_pandas(july, freq="A").to_text().tolist() == ["2020", "2021", "2022", "2023"]
    with pytest.raises(ValueError, match="the dates keep no frequency"):
        Periods.from_pandas(pd.DatetimeIndex(["2020-01-01", "2020-01-05", "2021-07-07"]))
    with pytest.raises(ValueError, match="steps of h are no frequency"):
        Periods.from_pandas(pd.date_range("2020", periods=4, freq="h"))
    with pytest.raises(ValueError, match=r"element 1 of the index is missing \(NaT\)"):
        Periods.from_pandas(pd.PeriodIndex(["2020", None], freq="Y"))
    with pytest.raises(ValueError, match="frequency Y-JUN can't be held: years to December"):
        Periods.from_pandas(pd.period_range("2020", periods=2, freq="Y-JUN"))
    with pytest.raises(ValueError, match="begin in January or July"):
        Periods.from_pandas(pd.period_range("2020-02", periods=2, freq="6M"))
    with pytest.raises(ValueError, match="frequency M are not of freq='Q'"):
        Periods.from_pandas(pd.period_range("2020-02", periods=2, freq="M"), freq="Q")
    with pytest.raises(TypeError, match="expected a PeriodIndex or a DatetimeIndex, got Index"):
        Periods.from_pandas(pd.Index(["2020"]))


def test_from_days():
    days = np.array(["2023-03-31T23:59", "2023-04-01"], "M8[m]")
    assert Periods.from_days("Q", days).to_text().tolist() == ["2023-Q1", "2023-Q2"]
    assert Periods.from_days("D", [datetime.date(2023, 1, 1)]).to_text().tolist() == ["2023-01-01"]
    with pytest.raises(ValueError, match="element 1 is missing"):
        Periods.from_days("D", np.array(["2023-01-01", "NaT"], "M8[D]"))
    with pytest.raises(ValueError, match="expected one of A S Q M W D"):
        Periods.from_days("X", days)
    with pytest.raises(ValueError, match="one dimension"):
        Periods.from_days("D", np.datetime64("2023-01-01"))


def test_pandas_is_imported_when_used():
    code = "import sys, indicia; indicia.Periods.span('2023', '2024').to_text(); sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("module", [indicia.periods, indicia._period])
def test_examples(module):
    failed, tried = doctest.testmod(module)
    assert tried > 5
    assert failed == 0
