"""What the tests of the readers share: strategies that write files, and comparisons of what is read."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
from hypothesis import strategies as st

import indicia
from indicia.read import _defaults, _read

CODES = ["01", "1", "NA", "TRUE", "", "nan", "None", "中国", "é", "<b>", "x" * 40, "DE", "FR", "C10-C12", "0", "A"]
QUOTED = ["a,b", 'say "x"', '"', "two\nlines", "tab\there", "a;b", "cr\rlf\r\n", '""', "|"]
FIGURES = [
    "1",
    "0",
    "-0",
    "12.5",
    "104.3",
    "-3.25",
    "0.1",
    "1e3",
    "+4",
    ".5",
    "7.",
    "123456789.123",
    "1234567890123456",
]
FIGURES += ["0.30000000000000004", "1e-320", "1.7976931348623157e308", "12345678901234567890", "00012"]
PERIODS = ["2023", "2022", "2021", "2023-Q1", "2023-Q2", "2022-01", "2022-03", "2023-W05", "2020-W53", "2023-S1"]
PERIODS += ["2023-01-31", "2024-02-29", "2023M04", "2023Q3", "1999"]


def raw(data: Any, *, want_long: bool = True, plain: bool = False, **options: Any) -> dict[str, Any]:
    return _read(data, _defaults(options), want_long=want_long, plain=plain)[0]


def outcome(data: Any, **options: Any) -> Any:
    """All that the core makes of a source, comparable; or its error with its place."""
    try:
        return frozen(raw(data, **options))
    except (indicia.FormatError, indicia.LimitError, indicia.UnsupportedFormatError) as error:
        return type(error).__name__, error.line, error.column, error.offset, error.message


def frozen(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return value.shape, value.tolist()
        if value.dtype == np.float64:
            value = np.where(np.isnan(value), np.nan, value)
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return [(key, frozen(one)) for key, one in value.items()]
    if isinstance(value, list | tuple):
        return [frozen(one) for one in value]
    return value


def same(a: Any, b: Any) -> bool:
    """Two containers alike but for where they came from."""
    return described(a) == described(b)


def described(one: Any) -> Any:
    facts = [one.dims, {d: tuple(c) for d, c in one.codes.items()}, one.labels, one.unit, one.multiplier, one.decimals]
    facts += [one.time and (one.time.freq, one.time.ordinals), one.values, one.flags]
    facts += [{k: v for k, v in one.attrs.items() if k not in ("path", "encoding")}]
    if hasattr(one, "positions"):
        facts += [dict(one.positions), dict(one.attributes)]
    return frozen(facts)


def csv_text(rows: list[list[str]], separator: str = ",", ending: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=ending, quoting=quoting).writerows(rows)
    return out.getvalue()


# ---- tables ----------------------------------------------------------------------------------------------------------


@st.composite
def tsv_files(draw: st.DrawFn) -> bytes:
    dims = draw(st.lists(st.sampled_from(["geo", "unit", "sex", "nace_r2", "国家", "value"]), min_size=1, unique=True))
    columns = draw(st.lists(st.sampled_from(PERIODS), min_size=1, max_size=6, unique_by=canonical))
    plain = [c for c in CODES if "," not in c and c == c.strip()]
    keys = st.tuples(*[st.sampled_from(plain[:5])] * len(dims))
    figures = st.sampled_from([":", ":", *FIGURES, "0n", "0s", ""])
    marks = st.sampled_from(["", "", "", " ", " p", " b", " bd", " c", " e p", " z", " q", "  u "])
    spaces = st.sampled_from(["", "", " "])
    lines = [",".join(dims) + draw(st.sampled_from(["\\time", "\\TIME_PERIOD"]))]
    lines[0] += "".join("\t" + column + draw(spaces) for column in columns)
    for key in draw(st.lists(keys, min_size=1, max_size=8)):
        cells = []
        for _ in columns:
            figure, mark = draw(figures), draw(marks)
            cells.append("" if figure == "" else figure + (mark if figure[-1] not in "ns" else ""))
        lines.append("\t".join([",".join(draw(spaces) + code + draw(spaces) for code in key), *cells]))
        if draw(st.integers(0, 9)) == 0:
            lines.append("")
    ending = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = ending.join(lines) + draw(st.sampled_from(["", ending]))
    if text.endswith("\n" * 2) or lines[-1] == "":
        text += "\n"
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + text.encode()


def canonical(text: str) -> Any:
    freq, ordinals = indicia.parse_periods([text])
    return str(freq), int(ordinals[0])


@st.composite
def csv_files(draw: st.DrawFn) -> tuple[bytes, dict[str, str], dict[str, Any]]:
    """Bytes, the columns' roles, and the options that say so."""
    separator = draw(st.sampled_from([",", ",", ";", "\t", "|"]))
    decimal = draw(st.sampled_from([".", "."] if separator == "," else [".", ","]))
    dims = draw(st.lists(st.sampled_from(["GEO", "UNIT", "FREQ", "国家", "SEX"]), min_size=1, max_size=3, unique=True))
    measures = draw(st.sampled_from([["OBS_VALUE"], ["OBS_VALUE"], ["M1", "M2"]]))
    roles = dict.fromkeys(dims, "dim") | {"TIME_PERIOD": "time"} | dict.fromkeys(measures, "value")
    for name, role in (("OBS_STATUS", "status"), ("CONF_STATUS", "conf"), ("COMMENT", "other"), ("NOTE", "other")):
        if draw(st.booleans()):
            roles[name] = role
    order = draw(st.permutations(list(roles)))
    if draw(st.integers(0, 2)):  # the order that files have
        order = list(roles)
    texts = st.sampled_from([*CODES[:8], *QUOTED])
    comments = st.sampled_from(["", "", "x", *QUOTED])
    keys = draw(st.lists(st.tuples(*[texts] * len(dims)), min_size=1, max_size=4))
    kinds = {
        "time": st.sampled_from([*PERIODS, "2023-W99"]),
        "value": st.sampled_from(["", "NaN", " ", *FIGURES]).map(lambda s: s.replace(".", decimal)),
        "status": st.sampled_from(["", "", "A", "A", "p", "E", "BD", "M", "q", "e;p"]),
        "conf": st.sampled_from(["", "", "F", "F", "N", "C"]),
        "other": comments,
    }
    rows = []
    for _ in range(draw(st.integers(1, 14))):
        key = dict(zip(dims, draw(st.sampled_from(keys)), strict=True))
        if "FREQ" in key:
            key["FREQ"] = "1"
        fields = {name: key.get(name) if role == "dim" else draw(kinds[role]) for name, role in roles.items()}
        rows.append([fields[name] for name in order])
    ending = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = csv_text([order, *rows], separator, ending, draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    if draw(st.booleans()):
        text = text.removesuffix(ending) + ("" if rows[-1][-1] else ending)
    options: dict[str, Any] = {"format": "sdmx-csv", "separator": separator, "decimal": decimal, "dims": dims}
    if len(measures) > 1:
        options["measures"] = measures
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + text.encode(), roles, options
