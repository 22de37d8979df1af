"""What px files say about themselves, one keyword at a time."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest

import indicia
from indicia import Flag

ALL = {"STUB": '"a"', "HEADING": '"b"', 'VALUES("a")': '"1","2"', 'VALUES("b")': '"x","y"'}


def read(data: str, encoding: str = "utf-8", **changes: str | None) -> indicia.Cube:
    """The cube of a table of two by two; a keyword that is None is left out."""
    said = {"CHARSET": '"ANSI"', **ALL, **changes}
    text = "".join(f"{keyword}={value};\n" for keyword, value in said.items() if value is not None)
    return indicia.read_cube(f"{text}DATA=\n{data};\n".encode(encoding), format="px")


def test_stub_alone():
    cube = read("1\n2\n3\n4", STUB='"a","b"', HEADING=None)
    assert cube.dims == ("a", "b")
    assert cube.values.tolist() == [[1, 2], [3, 4]]


def test_heading_alone():
    cube = read("1 2 3 4", STUB=None, HEADING='"b","a"')
    assert cube.dims == ("b", "a")
    assert dict(cube.codes) == {"b": ("x", "y"), "a": ("1", "2")}
    assert cube.values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(("kind", "key"), [("VALUES", "2"), ("CODES", "02")])
def test_keys_give_some_rows_alone(kind, key):
    cube = read(f'"{key}",3,4', **{'CODES("a")': '"01","02"', 'KEYS("a")': kind})
    assert cube.codes["a"] == ("01", "02")
    np.testing.assert_array_equal(cube.values, [[math.nan] * 2, [3, 4]])
    assert cube.flags is None  # a row that is left out has no reason
    rows = indicia.Cube.to_observations(cube)
    assert len(rows) == 2


def test_contvariable_has_a_unit_and_digits_for_each_value():
    words = {"CONTVARIABLE": '"b"', 'UNITS("x")': '"tonnes"', 'UNITS("y")': '"euro"', "DECIMALS": "0"}
    words |= {'PRECISION("b","y")': "3"}
    cube = read("1 2.5 3 4.125", **words)
    assert cube.unit.tolist() == [["tonnes", "euro"]]
    assert cube.decimals.tolist() == [[0, 3]]
    assert read("1 2 3 4", UNITS='"persons"').unit == "persons"


@pytest.mark.parametrize("quote", ['"', ""])
@pytest.mark.parametrize(
    ("symbol", "flag"),
    [(".", Flag.NOT_APPLICABLE), ("..", Flag.NOT_AVAILABLE), ("...", Flag.NOT_YET)]
    + [("." * n, Flag.OTHER) for n in (4, 5, 6, 7)],
)
def test_dots(symbol, flag, quote):
    cube = read(f"1 {quote}{symbol}{quote} 3 4")
    np.testing.assert_array_equal(cube.values, [[1, math.nan], [3, 4]])
    assert cube.flags.tolist() == [[0, flag], [0, 0]]


@pytest.mark.parametrize("quote", ['"', ""])
def test_nil(quote):
    cube = read(f"1 {quote}-{quote} 3 4")
    assert cube.values.tolist() == [[1, 0], [3, 4]]
    assert cube.flags.tolist() == [[0, Flag.ZERO], [0, 0]]


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize(
    ("word", "flag"),
    [
        ("Confidential", Flag.CONFIDENTIAL),
        ("secret", Flag.CONFIDENTIAL),
        ("Not available", Flag.NOT_AVAILABLE),
        ("not yet available", Flag.NOT_YET),
        ("suppressed", Flag.SUPPRESSED),
    ],
)
def test_datasymbol_says_what_so_many_dots_mean(number, word, flag):
    """The file's word wins over what as many dots mean elsewhere."""
    cube = read(f'1 "{"." * number}" 3 4', **{f"DATASYMBOL{number}": f'"{word}"'})
    assert Flag(int(cube.flags[0, 1])) == flag
    assert math.isnan(cube.values[0, 1])


def test_symbols_that_are_no_dots():
    cube = read('1 "n.a." "*" "nil"', DATASYMBOL2='"n.a."', DATASYMBOL3='"*"', DATASYMBOLNIL='"nil"')
    np.testing.assert_array_equal(cube.values, [[1, math.nan], [math.nan, 0]])
    assert cube.flags[0, 1] == Flag.NOT_AVAILABLE
    assert cube.flags[1, 1] == Flag.ZERO
    assert cube.flags[1, 0] != 0


def test_a_sum_with_missing_parts():
    cube = read('1 "......." 3 4', DATASYMBOLSUM='"Sum with confidential cells"')
    assert math.isnan(cube.values[0, 1])
    assert cube.flags[0, 1] != 0


@pytest.mark.parametrize("said", ["utf-8", "iso-8859-1", "windows-1251", None])
def test_a_charset_that_lies(said):
    """Bytes that are UTF-8 are UTF-8, whatever is said."""
    changes: dict[str, Any] = {'VALUES("a")': '"Ärger","край"', "CODEPAGE": said and f'"{said}"'}
    assert read("1 2 3 4", **changes).codes["a"] == ("Ärger", "край")


def test_bytes_that_are_no_utf_8_though_it_is_said():
    assert read("1 2 3 4", "cp1252", **{'VALUES("a")': '"Ärger","é"', "CODEPAGE": '"utf-8"'}).codes["a"][0] == "Ärger"


def test_a_keyword_within_quotes_is_text():
    words = {'VALUES("a")': '"1; DATA=7","DATA="', "NOTE": '"DATA=\n9 9;"', "TITLE": '"x=";"y"'.replace('";"', '" "')}
    cube = read("1 2 3 4", **words)
    assert cube.codes["a"] == ("1; DATA=7", "DATA=")
    assert cube.values.tolist() == [[1, 2], [3, 4]]
    assert "DATA=" in cube.attrs["notes"]


@pytest.mark.parametrize("between", [" ", ",", ", ", ";", "\n", "\t"])
def test_what_may_stand_between_cells(between):
    assert read(between.join(["1", "2", "3", "4"])).values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("last", [None, 15])
def test_sizes_of_ten_to_the_fifteen_are_refused_before_anything_is_made(last):
    """Five dimensions of a thousand values; and as many bytes of memory are not asked for."""
    names = "abcde"
    values = ",".join(f'"{k}"' for k in range(1000))
    text = 'STUB="' + '","'.join(names) + '";\n' + "".join(f'VALUES("{name}")={values};\n' for name in names)
    tracemalloc.start()
    try:
        limits = {} if last is None else {"cells": 10**last - 1}
        with pytest.raises(indicia.LimitError, match="1000 x 1000 x 1000") as caught:
            indicia.read_cube((text + "DATA=1 2 3").encode(), format="px", limits=limits)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.line >= 1
    assert peak < 20 << 20
