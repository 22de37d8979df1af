"""Figures as text, both ways, to the bit: against published cases, exact fractions, float(), repr() and decimal."""

from __future__ import annotations

import decimal
import math
import os
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference import numbers as twin

import indicia
from indicia import _core, format_numbers, parse_numbers

SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).parents[2] / "shared"))
CASES = sorted((SHARED / "data" / "numbers").glob("*.txt"))


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def parse(text: str, **options: Any) -> tuple[float, int] | None:
    """One text; None if it is no number."""
    try:
        values, decimals = parse_numbers([text], **options)
    except indicia.FormatError:
        return None
    return float(values[0]), int(decimals[0])


def scanned(text: str) -> float:
    """By the scan of files, where the figure is followed by a line break and by whatever comes next."""
    count, total, _ = _core.bench_numbers(f"{text}\n".encode(), "scan")
    assert count == 1
    return total


# ---- the value ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not CASES, reason=f"no published cases under {SHARED}")
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_published_cases_to_the_bit(path: Path) -> None:
    lines = [line.split(" ", 3) for line in path.read_text(encoding="ascii").splitlines()]
    texts = [text for *_, text in lines]
    expected = np.array([int(double, 16) for _, _, double, _ in lines], np.uint64)
    values, _ = parse_numbers(texts)
    wrong = np.flatnonzero(values.view(np.uint64) != expected)
    assert len(lines) > 10
    assert [texts[i] for i in wrong] == []
    assert [text for text, value in zip(texts, values, strict=True) if bits(scanned(text)) != bits(value + 0.0)] == []


finite = st.floats(allow_nan=False, allow_infinity=False)
published = st.decimals(-(10**9), 10**9, places=2).map(str) | st.decimals(-1000, 1000, places=1).map(str)
digits = st.text("0123456789", min_size=0, max_size=30)
long_digits = st.integers(0, 10**800 - 1).map(str) | st.text("0123456789", min_size=700, max_size=900)
exponents = st.just("") | st.builds(
    "{}{}{}".format, st.sampled_from("eE"), st.sampled_from(["", "+", "-"]), st.integers(0, 400)
)
numerals = st.builds(
    "{}{}.{}{}".format, st.sampled_from(["", "-", "+"]), digits | long_digits, digits | long_digits, exponents
)


@given(finite)
def test_repr_comes_back(value: float) -> None:
    found = parse(repr(value))
    assert found is not None
    assert bits(found[0]) == bits(value)
    assert bits(scanned(repr(value))) == bits(value + 0.0)  # a sum: -0 is 0 there


@settings(max_examples=300)
@given(numerals | published)
def test_as_float_and_fractions_do(text: str) -> None:
    found = parse(text)
    slow = twin.parse(text)
    assert (found is None) == (slow is None)
    if found is not None and slow is not None:
        assert bits(found[0]) == bits(slow[0]) == bits(float(text))
        assert found[1] == slow[1]
        assert bits(scanned(text)) == bits(slow[0] + 0.0)


@st.composite
def middles(draw: st.DrawFn) -> tuple[str, str, str]:
    """The point halfway between two neighbouring doubles, in full, and its neighbours to 800 digits."""
    low = draw(st.floats(0, 1.7e308, allow_nan=False, allow_subnormal=True))
    with decimal.localcontext(prec=1200):
        middle = (decimal.Decimal(low) + decimal.Decimal(math.nextafter(low, math.inf))) / 2
        text = f"{middle:e}" if draw(st.booleans()) or middle > 10**300 else f"{middle:f}"
        step = decimal.Decimal(10) ** (middle.adjusted() - draw(st.integers(780, 900)))
        return text, f"{middle - step:e}", f"{middle + step:e}"


@given(middles())
@example(("9007199254740993", "9007199254740992.9999999999999999999", "9007199254740993.0000000000000000001"))
def test_halfway(texts: tuple[str, str, str]) -> None:
    middle, below, above = (parse(text) for text in texts)
    assert middle is not None
    assert below is not None
    assert above is not None
    assert [bits(middle[0]), bits(below[0]), bits(above[0])] == [bits(float(text)) for text in texts]
    assert above[0] == math.nextafter(below[0], math.inf)
    assert struct.unpack("<Q", bits(middle[0]))[0] % 2 == 0  # of two, the even one


def test_beyond_the_range() -> None:
    values, _ = parse_numbers(
        ["1e309", "-1e309", "1e-400", "-1e-400", "1" + "0" * 400, "0." + "0" * 400 + "1", "0e99999"]
    )
    assert [bits(v) for v in values] == [bits(v) for v in (math.inf, -math.inf, 0.0, -0.0, math.inf, 0.0, 0.0)]
    assert parse("1e-99999999999999999999999") == (0.0, 127)


@given(st.text("0123456789.,eE+-_ naifx\u0661\n", max_size=12) | st.text(max_size=6))
@example("1_000")
@example("nan")
@example(" 1")
@example("\u0661")
def test_refused_where_float_refuses(text: str) -> None:
    """float() also takes blanks around, underscores, words and other scripts' digits: documented to be refused here."""
    try:
        expected = float(text)
    except ValueError:
        expected = math.nan
    if re.search(r"[^0-9.eE+-]", text, re.ASCII):
        expected = math.nan
    if text == "":
        return  # missing
    found = parse(text)
    assert (found is None) == math.isnan(expected)
    if found is not None:
        assert bits(found[0]) == bits(expected)


# ---- decimals ----------------------------------------------------------------------------------------------------


@given(numerals)
def test_decimals_are_those_of_decimal(text: str) -> None:
    found = parse(text)
    if found is None:
        return
    with decimal.localcontext(Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX):
        exponent = decimal.Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int)
    assert found[1] == min(max(-exponent, 0), 127)


def test_decimals_as_documented() -> None:
    texts = ["104.30", "1e-3", "1.5e3", "5.", ".5", "100", "0.00", "1.25e1", "-0.7", "1e-300"]
    assert parse_numbers(texts)[1].tolist() == [2, 3, 0, 0, 1, 0, 2, 1, 1, 127]


# ---- marks -------------------------------------------------------------------------------------------------------

STYLES = [(".", None), (",", None), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'")]


@pytest.mark.parametrize(("mark", "group"), STYLES)
@given(data=st.data())
def test_marks(mark: str, group: str | None, data: st.DataObject) -> None:
    text = data.draw(
        st.text("0123456789.,' -e\u00a0\u2019\u202f", max_size=14)
        | st.integers(0, 10**12).map(lambda n: f"{n:,}".replace(",", group or "")).map(lambda t: f"{t}{mark}5")
    )
    slow = twin.parse(text, mark, group)
    found = parse(text, decimal=mark, thousands=group) if text else None
    assert (found is None) == (slow is None)
    if found is not None and slow is not None:
        assert (bits(found[0]), found[1]) == (bits(slow[0]), slow[1])


def test_groups_are_checked() -> None:
    values, decimals = parse_numbers(["1,234,567.25", "1234567.25", "-12,345"], thousands=",")
    assert values.tolist() == [1234567.25, 1234567.25, -12345.0]
    assert decimals.tolist() == [2, 2, 0]
    for text in ["1,23", "1,2345", "1234,567", ",123", "0,123", "1,,234", "1,234,", "1.5,000", "1 234"]:
        with pytest.raises(indicia.FormatError, match=re.escape(f'element 0: "{text}" is no number')):
            parse_numbers([text], thousands=",")
    assert (
        parse_numbers(["1\u00a0234,5", "1\u202f234,5", "1\u2009234,5", "1 234,5"], decimal=",", thousands=" ")[
            0
        ].tolist()
        == [1234.5] * 4
    )
    assert parse_numbers(["1\u2019234", "1'234"], thousands="'")[0].tolist() == [1234.0] * 2


@pytest.mark.parametrize(
    "options",
    [{"decimal": ""}, {"decimal": ".."}, {"decimal": ";"}, {"thousands": ""}, {"thousands": "_"}, {"thousands": "."}],
)
def test_options_are_checked(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"expected|both"):
        parse_numbers(["1"], **options)


# ---- containers --------------------------------------------------------------------------------------------------

FIGURES = ["104.3", "-0.70", "1e5"]


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        np.array,
        lambda texts: np.array(texts, "S"),
        lambda texts: np.array(texts, object),
        lambda texts: np.array(texts, ">U8"),
        lambda texts: np.array(texts, np.dtypes.StringDType()),
        lambda texts: np.repeat(np.array(texts), 2)[::2],
        lambda texts: [text.encode() for text in texts],
        pd.Series,
        pd.Index,
        lambda texts: pd.Series(texts, dtype="string"),
        lambda texts: pd.Series(texts, dtype="category"),
        pl.Series,
        pa.array,
        lambda texts: pa.chunked_array([texts[:1], texts[1:]]),
        lambda texts: pa.array(texts).dictionary_encode(),
    ],
)
def test_containers(make: Any) -> None:
    values, decimals = parse_numbers(make(FIGURES))
    assert values.dtype == np.float64
    assert values.tolist() == [104.3, -0.7, 1e5]
    assert decimals.dtype == np.int8
    assert decimals.tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    "texts",
    [
        ["1", None, "", "2"],
        ["1", math.nan, pd.NA, "2"],
        np.array(["1", None, math.nan, "2"], object),
        np.array(["1", "", "", "2"]),
        pd.Series(["1", None, pd.NA, "2"], dtype="string"),
        pl.Series(["1", None, "", "2"]),
        pa.array(["1", None, "", "2"]),
    ],
)
def test_missing(texts: Any) -> None:
    values, decimals = parse_numbers(texts)
    np.testing.assert_array_equal(values, [1, math.nan, math.nan, 2])
    assert decimals.tolist() == [0, -1, -1, 0]


def test_shapes() -> None:
    values, decimals = parse_numbers(np.array([["1.5", "2"], ["3", "4"]]))
    assert values.tolist() == [[1.5, 2], [3, 4]]
    assert decimals.shape == (2, 2)
    assert [a.shape for a in parse_numbers([])] == [(0,), (0,)]
    assert [a.shape for a in parse_numbers(np.empty((0, 3), "U1"))] == [(0, 3), (0, 3)]
    assert [a.shape for a in parse_numbers("1.5")] == [(), ()]


def test_errors_name_the_element() -> None:
    with pytest.raises(indicia.FormatError, match=r'^element 2: "n/a" is no number$'):
        parse_numbers(["1", None, "n/a"])
    with pytest.raises(indicia.FormatError, match=r'^element \(1, 0\): ":" is no number$'):
        parse_numbers(np.array([["1", "2"], [":", "4"]]))
    with pytest.raises(indicia.FormatError, match=r'^the text: "x" is no number$'):
        parse_numbers("x")
    with pytest.raises(indicia.FormatError, match=r"\.\.\.\" is no number$"):
        parse_numbers(["9" * 1000 + "x"])
    with pytest.raises(indicia.FormatError, match="is no number"):
        parse_numbers(["\u2212" + "1"])
    for wrong in ([1.5], [object()], np.array([1, 2]), ["1", ["2"]]):
        with pytest.raises(TypeError, match="text"):
            parse_numbers(wrong)


# ---- and back ----------------------------------------------------------------------------------------------------


@settings(max_examples=500)
@given(st.lists(finite | finite.map(lambda x: round(x, 2)) | st.integers(-(2**70), 2**70).map(float), max_size=20))
@example([0.0, -0.0, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 1e16, 9999999999999998.0, 1e22, 1e23])
@example([2.0**k for k in range(-1074, 1024)])
@example([10.0**k for k in range(-323, 309)])
def test_format_is_repr(values: list[float]) -> None:
    texts = format_numbers(values)
    assert texts.dtype == object
    assert texts.tolist() == [twin.written(value) for value in values]
    back, _ = parse_numbers(texts)
    assert back.tobytes() == np.array(values, float).tobytes()


def test_format_shapes_and_missing() -> None:
    assert format_numbers([[1.5, math.nan], [math.inf, -math.inf]]).tolist() == [["1.5", ""], ["inf", "-inf"]]
    assert format_numbers([math.nan], missing=":").tolist() == [":"]
    assert format_numbers([]).shape == (0,)
    assert format_numbers(np.float32(0.5)).shape == ()
    assert format_numbers(np.arange(6.0).reshape(2, 3).T[::-1]).tolist() == [["2", "5"], ["1", "4"], ["0", "3"]]
    assert format_numbers(pd.Series([1, None], dtype="Float64")).tolist() == ["1", ""]
    with pytest.raises(TypeError):
        format_numbers([1.0], missing=None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="could not convert"):
        format_numbers(["x"])


# ---- the entry for benchmarks ------------------------------------------------------------------------------------


def test_engines_agree() -> None:
    lines = "".join(
        f"{value}\n" for value in ["104.3", "-7", "1234567.25", "0.1234567890123456", "1e5", "12345678901234567890"]
    )
    sums = {engine: _core.bench_numbers(lines.encode(), engine)[:2] for engine in ("scan", "parse", "strtod", "format")}
    assert len(set(sums.values())) == 1
    assert sums["scan"][0] == 6
    for wrong in (b"", b"1", b"1\nx\n", b"\n", b"1 2\n"):
        with pytest.raises(ValueError, match="line"):
            _core.bench_numbers(wrong, "scan")
    with pytest.raises(ValueError, match="engine 'x'"):
        _core.bench_numbers(b"1\n", "x")
