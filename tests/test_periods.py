"""Texts and calendar: ordinals beside pandas, spellings beside a slow twin."""

from __future__ import annotations

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
    "2023-Q1": "2023-Q1|2023Q1|2023q1|2023 Q1|Q1 2023|Q1-2023|1Q2023|2023K1|2023Q1 [2023Q1]"
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
        ("202305", "W", "2023-W05"),
        ("20234", "Q", "2023-Q4"),
        ("20232", "S", "2023-S2"),
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
    forms += [
        f"{year}{month:02}",
        f"{year}{month:02}{day:02}",
        f"{year}{quarter}",
        f"{year}K{quarter}",
        f"{year}年",
        f"{year}年{month}月",
        f"{year}年上半年",
    ]
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
@example("202305", False, "W")
@example("20234", False, "Q")
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


def test_ascii_among_other_texts():
    texts = np.array(["2023年1月", "2023M02", "2023-03", "2023年第二季度"])
    assert indicia.format_periods(*indicia.parse_periods(texts)).tolist() == [
        "2023-01",
        "2023-02",
        "2023-03",
        "2023-Q2",
    ]
    with pytest.raises(FormatError, match=r"element 1: '2023\?1' is no period"):
        indicia.parse_periods(np.array(["2023", "2023\x001"]))


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
