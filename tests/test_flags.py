"""Flag: the same bits and words as the core's list; names of bits."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia import Flag, _core
from indicia.flags import FLAG_TEXTS, flag_text, parse_flags

HEADER = Path(__file__).parents[1] / "src" / "core" / "base" / "flags.h"


def test_the_list_is_the_cores():
    found = re.findall(r'X\((\w+), (\d+), "([^"]+)"\)', HEADER.read_text())
    assert len(found) == len(Flag)
    assert {name: 1 << int(bit) for name, bit, _ in found} == {f.name: int(f) for f in Flag}
    assert {name: text for name, _, text in found} == {f.name: text for f, text in FLAG_TEXTS.items()}
    if hasattr(_core, "flag_bits"):
        assert dict(_core.flag_bits()) == {f.name: int(f) for f in Flag}


def test_text():
    assert flag_text(0) == ""
    assert flag_text(Flag.BREAK | Flag.ESTIMATED) == "BREAK|ESTIMATED"
    assert flag_text(np.uint32(1 << 28)) == "OTHER"
    assert flag_text(1 << 30) == "0x40000000"
    assert flag_text([[0, 1], [1, 5]]).tolist() == [["", "BREAK"], ["BREAK", "BREAK|ESTIMATED"]]
    assert flag_text(np.zeros((0, 2), np.uint32)).shape == (0, 2)
    assert Flag(5).text == "break in the time series; estimated"
    with pytest.raises(TypeError, match="integers"):
        flag_text([0.5])


@given(st.lists(st.integers(0, 2**32 - 1), max_size=20))
def test_parse_undoes_text(bits):
    array = np.array(bits, np.uint32)
    assert parse_flags(flag_text(array)).tolist() == bits


def test_parse():
    assert parse_flags([None, "", " BREAK | OTHER"]).tolist() == [0, 0, 1 | 1 << 28]
    with pytest.raises(ValueError, match="'BRAKE' is no flag"):
        parse_flags(["BRAKE"])
