"""The JSON scanner against Python's: both fail, or both say the same."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import indicia
from indicia import _core

OBJECT, OBJECT_END, ARRAY, ARRAY_END, KEY, STRING, NUMBER, TRUE, FALSE, NULL = range(1, 11)
WORDS = {TRUE: True, FALSE: False, NULL: None}


class Number(str):
    """A number as it is written."""


def build(events):
    """The value that events say, an object as a list of pairs."""
    event, text = next(events)
    if event == OBJECT:
        pairs = []
        while (key := next(events))[0] == KEY:
            pairs.append((key[1], build(events)))
        return ("object", pairs)
    if event == ARRAY:
        items = []
        while (item := build(events)) is not ARRAY_END:
            items.append(item)
        return items
    if event == ARRAY_END:
        return ARRAY_END
    return WORDS[event] if event in WORDS else Number(text) if event == NUMBER else text


def refuse(word):
    raise ValueError(word)


def by_python(data):
    """None where it fails; so do NaN and lone surrogates, which are no JSON that UTF-8 can hold."""
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=lambda pairs: ("object", pairs),
            parse_int=Number,
            parse_float=Number,
            parse_constant=refuse,
        )
        repr(value).encode()
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return [value]


def by_us(data, window):
    try:
        events = _core.json_events(data, window)
    except indicia.FormatError as error:
        assert 1 <= error.line <= data.count(b"\n") + 1  # noqa: PT017 - and where it is
        assert error.offset <= len(data)  # noqa: PT017
        return None
    return [build(iter(events))]


def check(data):
    expected = by_python(data)
    for window in (1, 3, 64, 0):
        assert by_us(data, window) == expected, (data, window)


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
