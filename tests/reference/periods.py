"""The slow twin of the period room: one regular expression per spelling, and datetime for the calendar."""

from __future__ import annotations

import datetime
import re

Found = tuple[str, int, bool]  # letter, ordinal, joint

NONE, UNPLACED, UNSUPPORTED = "none", "unplaced", "unsupported"
EPOCH = datetime.date(1970, 1, 1)
MONTHS = ["january", "february", "march", "april", "may", "june"]
MONTHS += ["july", "august", "september", "october", "november", "december"]
NAMES = {name: i + 1 for i, m in enumerate(MONTHS) for name in (m, m[:3])} | {"sept": 9}
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}

YEAR = "([0-9]{4})"
ZONE = "(?:Z|[+-]([0-9]{2}):([0-9]{2}))?"
TIME = r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?)?"
DURATION = (
    "(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?"
    r"(T(?:([0-9]{1,4})H)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})(?:\.([0-9]+))?S)?)?"
)
MARK = "(?:-|—|–|～|~|至|－)"


def annual(year: int) -> Found:
    return "A", year - 1970, False


def half(year: int, n: int) -> Found:
    return "S", (year - 1970) * 2 + n - 1, False


def quarter(year: int, n: int) -> Found:
    return "Q", (year - 1970) * 4 + n - 1, False


def month(year: int, n: int, joint: bool = False) -> Found:
    return "M", (year - 1970) * 12 + n - 1, joint


def day(date: datetime.date) -> Found:
    return "D", (date - EPOCH).days, False


def week(date: datetime.date) -> Found:
    """The week of 1970-01-01 is 1."""
    monday = date.toordinal() - date.weekday()
    return "W", (monday - datetime.date(1969, 12, 29).toordinal()) // 7 + 1, False


def as_date(*parts: str | int) -> datetime.date | None:
    try:
        return datetime.date(*map(int, parts))
    except ValueError:
        return None


def start(exact: str, date: datetime.date, freq: str | None) -> Found | str:
    """A start date, exact to A, M or D, under a FREQ code."""
    if freq in ("H", "N", "I", "T"):
        return UNSUPPORTED
    if freq in ("A", "S", "Q", "M", "W") and (exact == "D" or (exact == "M" and freq in "ASQ")):
        first_months = {"A": (1,), "S": (1, 7), "Q": (1, 4, 7, 10), "M": range(1, 13)}
        if freq == "W":
            return week(date) if date.weekday() == 0 else UNSUPPORTED
        if date.day != 1 or date.month not in first_months[freq]:
            return UNSUPPORTED
        return holding(date, freq)
    return {"A": annual(date.year), "M": month(date.year, date.month), "D": day(date)}[exact]


def holding(date: datetime.date, freq: str) -> Found:
    """The period of this frequency that holds the day."""
    return {
        "A": annual(date.year),
        "S": half(date.year, 1 if date.month <= 6 else 2),
        "Q": quarter(date.year, (date.month + 2) // 3),
        "M": month(date.year, date.month),
        "W": week(date),
        "D": day(date),
    }[freq]


def after_start(text: str, freq: str | None) -> Found | str:
    """2023-01-31, with time, zone and duration."""
    m = re.fullmatch(f"{YEAR}-([0-9]{{2}})-([0-9]{{2}}){TIME}{ZONE}(?:/P({DURATION}))?", text)
    if not m:
        return NONE
    date = as_date(*m.group(1, 2, 3))
    clock = [int(x or 0) for x in m.group(4, 5, 6)]
    zone = [int(x or 0) for x in m.group(8, 9)]
    if date is None or clock[0] > 23 or clock[1] > 59 or clock[2] > 59 or zone[1] > 59 or zone[0] * 60 + zone[1] > 840:
        return NONE
    if m[10] is None:
        return start("D", date, freq)
    years, months, weeks, days = (int(x or 0) for x in m.group(11, 12, 13, 14))
    hours = [int(x or 0) for x in m.group(16, 17, 18, 19)]
    if m[15] == "T" or not any([years, months, weeks, days, *hours]):
        return NONE
    midnight = not any([*clock, int(m[7] or 0)])
    lengths = {(1, 0): "M", (3, 0): "Q", (6, 0): "S", (12, 0): "A", (0, 7): "W", (0, 1): "D"}
    letter = lengths.get((12 * years + months, 7 * weeks + days))
    return UNSUPPORTED if m[15] or not letter or not midnight else start("D", date, letter)


def part(letter: str, year: int, n: int, freq: str | None) -> Found | str:
    if year < 1 or n < 1:
        return NONE
    if letter in "SH":
        return half(year, n) if n <= 2 else NONE
    if letter == "T":
        return NONE if n > 4 else quarter(year, n) if freq == "Q" else UNSUPPORTED
    if letter in "QK":
        return quarter(year, n) if n <= 4 else NONE
    return NONE


def lettered(year: int, rest: str, freq: str | None) -> Found | str:
    """What follows a year and a separator."""
    if rest.lower() in NAMES and rest.isascii():
        return month(year, NAMES[rest.lower()])
    rest = rest.upper() if rest.isascii() else rest
    if rest in ("A", "A1"):
        return annual(year)
    if m := re.fullmatch("M([0-9]{1,2})D([0-9]{2})", rest):
        date = as_date(year, *m.groups())
        return day(date) if date else NONE
    if m := re.fullmatch("M([0-9]{1,2})", rest):
        return month(year, int(m[1])) if 1 <= int(m[1]) <= 12 else NONE
    if m := re.fullmatch("W([0-9]{1,2})", rest):
        return iso_week(year, int(m[1]))
    if m := re.fullmatch("D([0-9]{3})", rest):
        date = datetime.date(year, 1, 1)
        leap = as_date(year, 2, 29) is not None
        return ("D", (date - EPOCH).days + int(m[1]) - 1, False) if 1 <= int(m[1]) <= 365 + leap else NONE
    if m := re.fullmatch("([A-Z])([0-9])", rest):
        return part(m[1], year, int(m[2]), freq)
    return NONE


def iso_week(year: int, n: int) -> Found | str:
    if n == 99:
        return UNPLACED
    if not 1 <= n <= 53:
        return NONE
    try:
        return week(datetime.date.fromisocalendar(year, n, 1))
    except ValueError:
        return UNPLACED


def chinese(year: int, rest: str) -> Found | str:
    """What follows the year's sign."""
    words = {"": annual(year), "度": annual(year), "上半年": half(year, 1), "下半年": half(year, 2)}
    if rest in words:
        return words[rest]
    if m := re.fullmatch("([0-9]{1,2})月", rest):
        return month(year, int(m[1])) if 1 <= int(m[1]) <= 12 else NONE
    if m := re.fullmatch("([0-9]{1,2})月([0-9]{1,2})日", rest):
        date = as_date(year, *m.groups())
        return day(date) if date else NONE
    if m := re.fullmatch(f"([0-9]{{1,2}}){MARK}([0-9]{{1,2}})月", rest):
        a, b = int(m[1]), int(m[2])
        if not 1 <= a < b <= 12:
            return NONE
        return month(year, b, joint=True) if b == a + 1 else UNSUPPORTED
    if m := re.fullmatch("第?([1-4一二三四])季度", rest):
        return quarter(year, QUARTERS[m[1]])
    if m := re.fullmatch("前([2-4二三四两])季度", rest):
        return UNSUPPORTED
    if m := re.fullmatch(f"第?([1-4一二三四]){MARK}([1-4一二三四两])季度", rest):
        return UNSUPPORTED if QUARTERS[m[1]] < (QUARTERS | {"两": 2})[m[2]] else NONE
    return NONE


def plain(text: str, day_first: bool, freq: str | None) -> Found | str:
    if m := re.fullmatch(YEAR, text):
        return start("A", datetime.date(int(m[1]), 1, 1), freq) if int(m[1]) else NONE
    if m := re.fullmatch(f"{YEAR}-([0-9]{{2}})", text):
        date = as_date(m[1], m[2], 1)
        return start("M", date, freq) if date else NONE
    if re.match(f"{YEAR}-[0-9]", text):
        return after_start(text, freq)
    if (m := re.fullmatch(f"{YEAR}([0-9])", text)) and freq in ("Q", "S"):
        return part(freq, int(m[1]), int(m[2]), freq)
    if (m := re.fullmatch(f"{YEAR}([0-9]{{2}})", text)) and freq == "W":
        return iso_week(int(m[1]), int(m[2])) if int(m[1]) else NONE
    if m := re.fullmatch("([0-9]{4})([0-9]{2})([0-9]{2})?", text):
        date = as_date(m[1], m[2], m[3] or 1)
        if freq not in tuple("ASQMWDBHINT") or date is None:
            return NONE
        return start("D" if m[3] else "M", date, freq)
    if m := re.fullmatch(f"{YEAR}年(.*)", text, re.S):
        return chinese(int(m[1]), m[2]) if int(m[1]) else NONE
    if m := re.fullmatch(f"{YEAR}[- ]?([A-Za-z].*)", text, re.S):
        return lettered(int(m[1]), m[2], freq) if int(m[1]) else NONE
    if m := re.fullmatch(f"YR{YEAR}", text):
        return annual(int(m[1])) if int(m[1]) else NONE
    if m := re.fullmatch(f"([A-Za-z]+)[- ]{YEAR}", text):
        found = NAMES.get(m[1].lower())
        return month(int(m[2]), found) if found and int(m[2]) else NONE
    if m := re.fullmatch(f"([A-Za-z])([0-9])[- ]{YEAR}", text):
        return part(m[1].upper(), int(m[3]), int(m[2]), freq)
    if m := re.fullmatch(f"([0-9])([A-Za-z])[- ]?{YEAR}", text):
        return part(m[2].upper(), int(m[3]), int(m[1]), freq)
    if day_first and (m := re.fullmatch(rf"([0-9]{{1,2}})([/.-])([0-9]{{1,2}})\2{YEAR}", text)):
        date = as_date(m[4], m[3], m[1])
        return start("D", date, freq) if date else NONE
    return NONE


def parse(text: str, *, day_first: bool = False, freq: str | None = None) -> Found | str:
    """Letter, ordinal and whether it is joint; or "none", "unplaced", "unsupported"."""
    m = re.fullmatch(r"([^\[]*)\[(.*)\]", text, re.S)
    if not m:
        return plain(text, day_first, freq)
    name, code = m.groups()
    if not name.endswith(" "):
        return NONE
    left = plain(name[:-1], day_first, freq)
    if isinstance(left, str):
        return left
    right = plain(re.sub("^YR(?=[0-9])", "", code), day_first, freq)
    return left if not isinstance(right, str) and right[:2] == left[:2] else NONE


def date_of(ordinal: int) -> datetime.date:
    return EPOCH + datetime.timedelta(ordinal)


def days_of(freq: str, ordinal: int) -> tuple[datetime.date, datetime.date]:
    """First and last day."""
    if freq == "D":
        return date_of(ordinal), date_of(ordinal)
    if freq == "W":
        monday = datetime.date(1969, 12, 29) + datetime.timedelta(weeks=ordinal - 1)
        return monday, monday + datetime.timedelta(6)
    n = {"A": 1, "S": 2, "Q": 4, "M": 12}[freq]
    year, index = divmod(ordinal, n)
    first = datetime.date(1970 + year, index * 12 // n + 1, 1)
    following = (first.year * 12 + first.month - 1) + 12 // n
    return first, datetime.date(following // 12, following % 12 + 1, 1) - datetime.timedelta(1)


def text_of(freq: str, ordinal: int) -> str:
    first, _ = days_of(freq, ordinal)
    if freq == "W":
        year, n, _ = first.isocalendar()
        return f"{year:04}-W{n:02}"
    tail = {"A": "", "S": f"-S{1 + (first.month > 6)}", "Q": f"-Q{(first.month + 2) // 3}", "M": f"-{first.month:02}"}
    return f"{first.year:04}" + tail[freq] if freq in tail else first.isoformat()


def year_before(freq: str, ordinal: int) -> int | None:
    first, _ = days_of(freq, ordinal)
    if freq == "D":
        date = as_date(first.year - 1, first.month, first.day)
        return None if date is None else day(date)[1]
    if freq == "W":
        year, n, _ = first.isocalendar()
        found = iso_week(year - 1, n)
        return None if isinstance(found, str) else found[1]
    return ordinal - {"A": 1, "S": 2, "Q": 4, "M": 12}[freq]
