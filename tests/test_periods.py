"""Periods: ordinals beside pandas, spellings beside a slow twin, and the laws of the containers."""

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
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference import periods as twin

import indicia
import indicia._period
import indicia.periods
from indicia import FormatError, Period, Periods, UnsupportedFormatError, _core

PANDAS = {"A": "Y-DEC", "Q": "Q-DEC", "M": "M", "W": "W-SUN", "D": "D"}
LOWEST = {"A": -1969, "S": -3938, "Q": -7876, "M": -23628, "W": -102736, "D": -719162}
HIGHEST = {"A": 8029, "S": 16059, "Q": 32119, "M": 96359, "W": 418986, "D": 2932896}


def verdict(text: Any, **options: Any) -> Any:
    """What the core says of one text, in the twin's words."""
    try:
        freq, ordinals, flags = _core.parse_periods([text], **options)
    except UnsupportedFormatError:
        return "unsupported"
    except FormatError as error:
        return "unplaced" if "calendar" in str(error) else "none"
    return freq, int(ordinals[0]), flags is not None


def every(freq: str, first_year: int = 1800, last_year: int = 2200) -> Periods:
    return Periods.from_days(freq, np.array([f"{first_year}-01-01", f"{last_year}-12-31"], "M8[D]"))


def between(freq: str, first_year: int = 1800, last_year: int = 2200) -> Periods:
    ends = every(freq, first_year, last_year)
    return Periods.range(freq, ends[0].ordinal, ends[1] - ends[0] + 1)


# ---- the calendar --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("freq", PANDAS)
def test_ordinals_are_pandas(freq):
    index = pd.period_range("1800-01-01", "2200-12-31", freq=PANDAS[freq])
    ours = between(freq)
    np.testing.assert_array_equal(index.asi8, ours.ordinals)
    np.testing.assert_array_equal(index.start_time.to_numpy().astype("M8[D]"), ours.first_days())
    if freq in "AQMD":  # the canonical text is one that pandas reads too
        some = slice(None, None, 1 + len(index) // 2000)
        texts = ours.to_text()[some]
        np.testing.assert_array_equal(pd.PeriodIndex(texts, freq=PANDAS[freq]).asi8, ours.ordinals[some])
    assert indicia.parse_periods(ours.to_text())[0] == freq
    np.testing.assert_array_equal(indicia.parse_periods(ours.to_text())[1], ours.ordinals)


def test_ordinals_of_half_years():
    years = np.repeat(np.arange(1, 10000), 2)
    halves = np.tile([1, 2], 9999)
    freq, ordinals = indicia.parse_periods([f"{y:04}-S{h}" for y, h in zip(years, halves, strict=True)])
    assert freq == "S"
    np.testing.assert_array_equal(ordinals, 2 * (years - 1970) + halves - 1)


@pytest.mark.parametrize("freq", LOWEST)
def test_round_trip_over_all_years(freq):
    step = 1 + (HIGHEST[freq] - LOWEST[freq]) // 50_000
    ordinals = np.arange(LOWEST[freq], HIGHEST[freq] + 1, step, dtype=np.int32)
    texts = indicia.format_periods(freq, ordinals)
    back, again = indicia.parse_periods(texts)
    assert back == freq
    np.testing.assert_array_equal(again, ordinals)
    assert texts.dtype == {"A": "U4", "S": "U7", "Q": "U7", "M": "U7", "W": "U8", "D": "U10"}[freq]


@pytest.mark.parametrize("freq", LOWEST)
def test_the_calendar_beside_its_twin(freq):
    rng = np.random.default_rng(5)
    ordinals = rng.integers(LOWEST[freq] + 400, HIGHEST[freq] - 1, 300, dtype=np.int32)
    periods = Periods(freq, ordinals)
    firsts, lasts = periods.first_days().tolist(), periods.last_days().tolist()
    texts, before = periods.to_text().tolist(), _core.periods_year_before(freq, ordinals).tolist()
    for i, ordinal in enumerate(ordinals.tolist()):
        assert (firsts[i], lasts[i]) == twin.days_of(freq, ordinal)
        assert texts[i] == twin.text_of(freq, ordinal)
        if freq in "WD":
            assert (None if before[i] == -(2**31) else before[i]) == twin.year_before(freq, ordinal)
    np.testing.assert_array_equal(Periods.from_days(freq, periods.last_days()).ordinals, ordinals)
    np.testing.assert_array_equal(Periods.from_days(freq, periods.first_days()).ordinals, ordinals)


@pytest.mark.parametrize("freq", LOWEST)
def test_the_ends_of_time(freq):
    for outside in (LOWEST[freq] - 1, HIGHEST[freq] + 1, 2**31 - 1, -(2**31)):
        with pytest.raises(ValueError, match="element 1: ordinal"):
            indicia.format_periods(freq, [0, outside])
        with pytest.raises(ValueError, match="outside the years"):
            Periods(freq, [outside])
        with pytest.raises(ValueError, match="outside the years"):
            Period(freq, outside)
    assert Period(freq, LOWEST[freq]).first_day == np.datetime64("0001-01-01")
    assert str(Period(freq, HIGHEST[freq])).startswith("9999")
    with pytest.raises(ValueError, match="element 0 is no day"):
        Periods.from_days(freq, np.array(["0000-12-31"], "M8[D]"))


# ---- spellings -----------------------------------------------------------------------------------------------------

SPELLINGS = {
    "2023": "2023|2023A|2023A1|2023-A1|2023-a1|2023 [YR2023]|YR2023|2023年|2023年度"
    "|2023-01-01/P1Y|2023-01-01/P12M|2023-01-01T00:00:00/P1Y",
    "2023-S2": "2023-S2|2023S2|2023s2|2023-H2|2023h2|H2 2023|2H2023|2023年下半年|2023-07-01/P6M",
    "2023-Q1": "2023-Q1|2023Q1|2023q1|2023 Q1|Q1 2023|Q1-2023|1Q2023|2023Q1 [2023Q1]"
    "|2023年第一季度|2023年1季度|2023年一季度|2023年第1季度|2023-01-01/P3M",
    "2023-01": "2023-01|2023M01|2023-M01|2023M1|2023m1|Jan-2023|Jan 2023|January 2023|2023 JAN"
    "|2023年1月|2023年01月|2023-01-01/P1M",
    "2023-W05": "2023-W05|2023W05|2023-W5|2023w5|2023-01-30/P7D|2023-01-30/P1W",
    "2023-01-31": "2023-01-31|2023-D031|2023D031|2023M01D31|2023年1月31日|2023-01-31T00:00:00|2023-01-31 23:59"
    "|2023-01-31T12:00:00.000Z|2023-01-31T00:00:00+01:00|2023-01-31Z|2023-01-31/P1D",
}


@pytest.mark.parametrize(("canonical", "text"), [(c, t) for c, texts in SPELLINGS.items() for t in texts.split("|")])
def test_spellings(canonical, text):
    period = Period.parse(text)
    assert str(period) == canonical
    assert Period.parse(text.encode()) == period
    assert twin.parse(text) == (period.freq, period.ordinal, False)


@pytest.mark.parametrize(
    ("text", "freq", "canonical"),
    [
        ("2000-01", "A", "2000"),
        ("2000-01-01T00:00:00", "A", "2000"),
        ("2000-07", "S", "2000-S2"),
        ("2000-04", "Q", "2000-Q2"),
        ("2000-04-01", "Q", "2000-Q2"),
        ("2000-01-01", "M", "2000-01"),
        ("2023-01-30", "W", "2023-W05"),
        ("2023-01-31", "B", "2023-01-31"),
        ("202301", "M", "2023-01"),
        ("202304", "Q", "2023-Q2"),
        ("20230131", "D", "2023-01-31"),
        ("2023T2", "Q", "2023-Q2"),
        ("2023-Q1", "A", "2023-Q1"),  # the text names its frequency
        ("2023-01", "W", "2023-01"),  # coarser than the code: as written
        ("2023-01", "Z", "2023-01"),
    ],
)
def test_freq_decides_start_dates(text, freq, canonical):
    assert str(Period.parse(text, freq=freq)) == canonical
    assert verdict(text, freq=freq) == twin.parse(text, freq=freq)


@pytest.mark.parametrize(
    ("text", "freq"),
    [
        ("2000-02", "Q"),
        ("2000-04-01", "A"),
        ("2023-01-31", "W"),
        ("2023-01-31", "M"),
        ("2023-01-31T10:00:00", "H"),
        ("2023", "N"),
        ("2023-T1", None),
        ("2023-07-01/P1Y", None),
        ("2023-01-01/PT1H", None),
        ("2023年1-9月", None),
        ("2023年前三季度", None),
    ],
)
def test_what_no_letter_can_hold(text, freq):
    under = f" under freq='{freq}'" if freq else ""
    with pytest.raises(
        UnsupportedFormatError, match=f"element 1: '{text}'{under} is a period that none of A S Q M W D"
    ):
        indicia.parse_periods(["2023Q1", text], freq=freq)
    assert twin.parse(text, freq=freq) == "unsupported"


@pytest.mark.parametrize("text", ["", "2023-13", "2023-02-30", "total", "2023-Q5", "0000", " 2023", "2023 ", "202301"])
def test_what_is_no_period(text):
    with pytest.raises(FormatError, match=f"element 2: '{text}' is no period"):
        indicia.parse_periods(["2023", "2024", text])
    assert twin.parse(text) == "none"


@pytest.mark.parametrize("text", ["2023-W99", "2023W99", "2023-W53"])
def test_what_is_on_no_calendar(text):
    with pytest.raises(FormatError, match="is on no calendar"):
        indicia.parse_periods([text])
    assert twin.parse(text) == "unplaced"


def test_two_months_together_warn():
    with pytest.warns(
        indicia.DataWarning, match="1 of the texts cover two months together; element 1 is kept as 2023-02"
    ):
        freq, ordinals = indicia.parse_periods(["2023年3月", "2023年1-2月"])
    assert indicia.format_periods(freq, ordinals).tolist() == ["2023-03", "2023-02"]
    assert _core.parse_periods(["2023年3月", "2023年1-2月"])[2].tolist() == [0, int(twin_joint())]


def twin_joint() -> int:
    assert twin.parse("2023年1-2月") == ("M", 53 * 12 + 1, True)
    return 1 << 24  # IC_FLAG_JOINT


def test_day_first():
    assert str(Period.parse("31/01/2023", day_first=True)) == "2023-01-31"
    for text in ("31/01/2023", "01/02/2023", "1.2.2023"):
        with pytest.raises(FormatError):
            Period.parse(text)
    with pytest.raises(FormatError):
        Period.parse("01/31/2023", day_first=True)


PIECES = ["20", "2023", "2024", "0001", "9999", "01", "02", "12", "13", "29", "30", "31", "52", "53", "99", "366", "1"]
PIECES += [
    "-",
    "-",
    "-",
    "/",
    ".",
    ":",
    " ",
    "T",
    "Z",
    "+",
    "P",
    "Y",
    "M",
    "D",
    "W",
    "Q",
    "S",
    "H",
    "A",
    "YR",
    "[",
    "]",
]
PIECES += [
    "年",
    "月",
    "日",
    "第",
    "季度",
    "一",
    "三",
    "上半年",
    "前",
    "两",
    "至",
    "Jan",
    "sept",
    "May",
    "é",
    "\x00",
    "q1",
    "m1",
]
CODES = st.sampled_from([None, None, *"ASQMWDBHTUZ"])


@st.composite
def spelled(draw: Any) -> str:
    """A valid spelling of some period."""
    year = f"{draw(st.integers(1, 9999)):04}"
    month, day = draw(st.integers(1, 12)), draw(st.integers(1, 31))
    week, half, quarter = draw(st.integers(1, 53)), draw(st.integers(1, 2)), draw(st.integers(1, 4))
    sep = draw(st.sampled_from(["", "-", " "]))
    date = f"{year}-{month:02}-{day:02}"
    clock = draw(st.sampled_from(["T00:00:00", "T23:59", " 12:30:01.50", "T00:00:00.000"]))
    zone = draw(st.sampled_from(["", "Z", "+14:00", "-03:30"]))
    duration = draw(st.sampled_from(["P1Y", "P12M", "P6M", "P3M", "P1M", "P7D", "P1W", "P1D", "PT1H", "P1Y0D", "P2Y"]))
    name = draw(st.sampled_from(sorted(twin.NAMES)))
    numeral = "一二三四"[quarter - 1]
    forms = [year, f"{year}A", f"{year}-A1", f"YR{year}", f"{year} [YR{year}]", f"{year}{sep}S{half}"]
    forms += [f"{year}{sep}Q{quarter}", f"Q{quarter} {year}", f"{quarter}q{sep}{year}", f"{year}-T{quarter}"]
    forms += [f"{year}-{month:02}", f"{year}{sep}M{month:02}", f"{year}m{month}", f"{name.title()} {year}"]
    forms += [f"{year} {name}", f"{year}{sep}W{week:02}", f"{year}W{week}", date, f"{year}-D{day * 12:03}"]
    forms += [f"{year}M{month:02}D{day:02}", date + clock + zone, date + zone, f"{date}/{duration}"]
    forms += [f"{date[:8]}01/{duration}", f"{date[:8]}01{clock}/{duration}", f"{day}/{month}/{year}"]
    forms += [f"{year}{month:02}", f"{year}{month:02}{day:02}", f"{year}年", f"{year}年{month}月", f"{year}年上半年"]
    forms += [f"{year}年{month}月{day}日", f"{year}年第{numeral}季度", f"{year}年{quarter}季度"]
    forms += [f"{year}年{month}-{month + 1}月", f"{year}年1—{month}月", f"{year}年前{numeral}季度"]
    return str(draw(st.sampled_from(forms)))


@st.composite
def mutated(draw: Any) -> str:
    """A spelling with a few pieces put in, taken out or changed."""
    text = draw(spelled())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 2))
        text = text[:at] + draw(st.sampled_from(["", "", *PIECES])) + text[at + cut :]
    return text


@settings(max_examples=1500, deadline=None)
@given(
    spelled() | mutated() | st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=12),
    st.booleans(),
    CODES,
)
@example("2023 [YR2023]", False, None)
@example("2023年1季度", False, "A")
@example("9999-W52", False, None)
@example("2023\x00", False, None)
@example("２０２３", False, None)
@example("2023-01-01/P1YT0H", False, None)
def test_beside_the_twin(text, day_first, freq):
    assert verdict(text, day_first=day_first, freq=freq) == twin.parse(text, day_first=day_first, freq=freq)


# ---- arrays of texts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        np.array,
        lambda texts: np.array(texts, "S"),
        lambda texts: np.array(texts, ">U7"),
        lambda texts: np.array(texts, object),
        lambda texts: np.array(texts, np.dtypes.StringDType()),
        lambda texts: np.array([t for t in texts for _ in (0, 1)])[::2],
        pd.Series,
        lambda texts: [t.encode() for t in texts],
    ],
)
def test_kinds_of_texts(make):
    freq, ordinals = indicia.parse_periods(make(["2023-01", "2023M02", "2023-03"]))
    assert freq == "M"
    assert ordinals.dtype == np.int32
    assert ordinals.tolist() == [636, 637, 638]


def test_shapes():
    freq, ordinals = indicia.parse_periods(np.array([["2023", "2024"], ["2025", "2026"]]))
    assert ordinals.tolist() == [[53, 54], [55, 56]]
    assert indicia.format_periods(freq, ordinals).tolist() == [["2023", "2024"], ["2025", "2026"]]
    freq, ordinals = indicia.parse_periods([["2023", "2024Q1"], ["2025", "2026"]])
    assert freq.tolist() == [["A", "Q"], ["A", "A"]]
    assert indicia.format_periods(freq, ordinals).tolist() == [["2023", "2024-Q1"], ["2025", "2026"]]
    assert indicia.parse_periods("2023")[1].shape == ()
    freq, ordinals = indicia.parse_periods([])
    assert (freq.dtype, freq.shape, ordinals.dtype, ordinals.shape) == ("U1", (0,), np.int32, (0,))
    assert indicia.format_periods("A", []).shape == (0,)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_missing_texts_are_named(missing):
    with pytest.raises(ValueError, match="element 1 is missing") as caught:
        indicia.parse_periods(["2023", missing])
    assert not isinstance(caught.value, FormatError)
    with pytest.raises(ValueError, match="element 1 is missing"):
        indicia.parse_periods(np.array(["2023", missing], object))


def test_what_is_no_text():
    with pytest.raises(TypeError, match="element 1: expected text, got int"):
        indicia.parse_periods(["2023", 2024])
    with pytest.raises(TypeError, match="expected an array of text, got dtype int64"):
        indicia.parse_periods(np.array([2023]))
    for freq in ("", "AB", "é", 5):
        with pytest.raises(ValueError, match="freq: expected None or one letter"):
            indicia.parse_periods(["2023"], freq=freq)


def test_long_arrays_change_frequency_late():
    n = 200_000
    texts = np.full(n, "2023-01")
    texts[n - 1] = "2023-Q1"
    freq, ordinals = indicia.parse_periods(texts.astype("S"))
    assert freq[-1] == "Q"
    assert (freq[:-1] == "M").all()
    assert (ordinals[:-1] == 636).all()
    texts[n - 2] = "2023-99"
    with pytest.raises(FormatError, match=f"element {n - 2}: '2023-99'"):
        indicia.parse_periods(texts)


def test_formatting_refuses():
    with pytest.raises(ValueError, match="freq: expected one of A, S, Q, M, W, D"):
        indicia.format_periods("X", [0])
    with pytest.raises(ValueError, match="freq: expected letters among A, S, Q, M, W, D, got 'X'"):
        indicia.format_periods(["A", "X"], [0, 0])
    with pytest.raises(TypeError, match="expected integers, got dtype float64"):
        indicia.format_periods("A", [0.5])
    with pytest.raises(ValueError, match="beyond the years"):
        indicia.format_periods("A", [2**40])
    with pytest.raises(ValueError, match="differ in shape"):
        indicia.format_periods(["A", "A"], [1, 2, 3])
    with pytest.raises(ValueError, match="its frequency is none of"):
        _core.format_periods(np.array(["A", "\u4e00"]), np.array([0, 0], np.int32))


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


@pytest.mark.parametrize("freq", LOWEST)
@pytest.mark.parametrize("lag", [0, 1, 12, -1, 99, 10**12])
def test_lag_index_of_contiguous_periods(freq, lag):
    index = Periods.range(freq, -5, 20).lag_index(lag)
    assert index.tolist() == [i - lag if 0 <= i - lag < 20 else -1 for i in range(20)]


def test_lags_do_not_cross_frequencies():
    time = Periods.parse(["2022", "2022-Q4", "2023-Q1", "2023"])
    assert time.lag_index(1).tolist() == [-1, -1, 1, 0]
    assert time.lag_index(4).tolist() == [-1, -1, -1, -1]
    assert time.year_lag_index().tolist() == [-1, -1, -1, 0]


@pytest.mark.parametrize("freq", LOWEST)
def test_year_lag_index_law(freq):
    whole = between(freq, 1999, 2022)
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


@pytest.mark.parametrize("freq", LOWEST)
def test_to_and_from_pandas(freq):
    time = Periods.range(freq, -7, 30)[::-1]
    index = time.to_pandas()
    assert index.dtype == f"period[{'6M' if freq == 'S' else PANDAS[freq]}]"
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
