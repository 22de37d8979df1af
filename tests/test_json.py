"""The JSON scanner against Python's: both fail, or both say the same."""

import json

import pytest
from differential import agree_json
from hypothesis import example, given, settings
from hypothesis import strategies as st


def check(data):
    for window in (1, 3, 64, 0):
        agree_json(data, window)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(values, st.sampled_from([None, 1]), st.booleans())
def test_what_python_writes(value, indent, ascii_only):
    check(json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(values, st.integers(0), st.binary(max_size=3))
def test_what_is_broken(value, place, instead):
    data = json.dumps(value).encode()
    k = place % (len(data) + 1)
    check(data[:k] + instead + data[k + 1 :])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*list('{}[]",:\\u0dD8eE+-.19 \n\ttruefalsn'), "é", "null", '"a"'])).map("".join))
@example('"\\ud83d\\ude00"')
@example('"\\ud83d"')
@example('["\\u12"]')
@example("-0.0e+10")
@example("1.e5")
@example("\ufeff[1]")
def test_what_looks_like_it(text):
    check(text.encode())


@pytest.mark.parametrize(
    "text", ["", " ", "[", "[1", '"', '"\\', '{"a"', '{"a":', "tru", "-", "1e", '["a\x00"]', '"\x7f"']
)
def test_what_is_cut(text):
    check(text.encode())
