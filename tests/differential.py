"""The scanners against Python's own: pyexpat, json and float. Both fail, or both say the same.

`agree` of a word holds one input against its twin and tells by AssertionError where they differ; `mutant` makes an
input that is nearly right, from the samples of the tree: pieces of markup and values are left out, doubled, exchanged,
and replaced by what is odd or wrong in their place. test_differential.py runs both. By hand, for as many seconds for
each word::

    INDICIA_FUZZ=600 python tests/differential.py xml json

Inputs that differ are written into the folder INDICIA_FUZZ_FOUND, if that is set.

Differences that are meant, each with its reason:

- A document type declaration is refused (entities are where XML's bombs come from).
- Names beyond ASCII, of elements, attributes and processing instructions, are those of XML's fifth edition; expat knows
  the fourth.
- A figure that other markup stands within, `3<a/>.1`, is put together in SDMX-ML 2.0's UtilityData.
- JSON: a text that ends in the middle of a surrogate pair is refused, since no UTF-8 can hold it; Python lets it pass.
  NaN and Infinity are Python's own.
- Depth: 200 elements, 1024 brackets; expat and json go as deep as memory and stack do.
- Figures: `1_000`, blanks around, "nan", "inf" and digits of other scripts are figures for float() alone.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import re
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from mutants import json_mutant, number_mutant, xml_mutant

import indicia
from indicia import _core

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
STEPS = (1, 7, 61, 1 << 20)  # bytes at a time


# ---- XML ---------------------------------------------------------------------------------------------------------


def merged(events: list[Any]) -> list[Any]:
    """Neighbouring texts as one."""
    out: list[Any] = []
    for event in events:
        if event[0] == "text" and out and out[-1][0] == "text":
            out[-1] = ("text", out[-1][1] + event[1], None)
        else:
            out.append(event)
    return out


def xml_by_us(data: bytes, step: int = 1 << 20) -> list[Any] | None:
    """The events, or None where it fails, which it does with a place."""
    try:
        return merged(_core.xml_events(data, step))
    except (indicia.FormatError, indicia.LimitError) as error:
        failure = error
    assert failure.line >= 1
    assert failure.column >= 1
    assert failure.offset <= len(data)
    return None


def xml_by_expat(data: bytes) -> list[Any] | None:
    """What expat sees, None where it fails; no namespaces, bytes as UTF-8."""
    events: list[Any] = []
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True

    def start(name: str, attributes: list[str]) -> None:
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        events.append(("start", name, pairs))

    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = lambda name: events.append(("end", name, None))
    parser.CharacterDataHandler = lambda text: events.append(("text", text, None))
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return None
    return merged(events)


def _names(events: list[Any]) -> Iterator[str]:
    for kind, name, pairs in events:
        if kind != "text":
            yield name
        for attribute, _ in pairs or ():
            yield attribute


_INSTRUCTION = re.compile(rb"<\?[^\s?>]*[\x80-\xff]")


def _fifth(data: bytes, events: list[Any]) -> bool:
    """Whether it has names that only the fifth edition knows, perhaps."""
    return _INSTRUCTION.search(data) is not None or not all(name.isascii() for name in _names(events))


def _deep(events: list[Any]) -> bool:
    depth = most = 0
    for kind, *_ in events:
        depth += (kind == "start") - (kind == "end")
        most = max(most, depth)
    return most > 200


def agree_xml(data: bytes, step: int = 1 << 20) -> None:
    found, expected = xml_by_us(data, step), xml_by_expat(data)
    if b"<!DOCTYPE" in data and found is None:
        return
    if expected is None and found is not None and _fifth(data, found):
        return
    if found is None and expected is not None and _deep(expected):
        return
    assert found == expected, data


# ---- JSON --------------------------------------------------------------------------------------------------------

OBJECT, OBJECT_END, ARRAY, ARRAY_END, KEY, STRING, NUMBER, TRUE, FALSE, NULL = range(1, 11)
WORDS = {TRUE: True, FALSE: False, NULL: None}


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def build(events: Iterator[Any]) -> Any:
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


def _refuse(word: str) -> Any:
    raise ValueError(word)


def json_by_python(data: bytes) -> list[Any] | None:
    """None where it fails; so do NaN and lone surrogates, which are no JSON that UTF-8 can hold."""
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=lambda pairs: ("object", pairs),
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse,
        )
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return [value]


def json_by_us(data: bytes, window: int) -> list[Any] | None:
    try:
        events = _core.json_events(data, window)
    except (indicia.FormatError, indicia.LimitError) as error:
        failure = error
    else:
        return [build(iter(events))]
    assert 1 <= failure.line <= data.count(b"\n") + 1
    assert failure.offset <= len(data)
    return None


def agree_json(data: bytes, window: int = 0) -> None:
    assert json_by_us(data, window) == json_by_python(data), (data, window)


# ---- figures --------------------------------------------------------------------------------------------------------

_FLOAT_ALONE = re.compile(r"[_\s]|nan|inf|[^\x00-\x7f]", re.IGNORECASE)


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def agree_number(text: str) -> None:
    try:
        expected: float | None = float(text)
    except ValueError:
        expected = None
    if expected is not None and _FLOAT_ALONE.search(text):
        expected = None
    if text == "":
        return  # missing
    try:
        found: float | None = float(indicia.parse_numbers([text])[0][0])
    except indicia.FormatError:
        found = None
    assert (found is None) == (expected is None), text
    if found is None or expected is None:
        return
    assert bits(found) == bits(expected), (text, found, expected)
    # by the scan of files, where whatever comes next stands behind the figure; a sum: -0 is 0 there
    if len(text) < 1 << 16:
        count, total, _ = _core.bench_numbers(f"{text}\n".encode(), "scan")
        assert (count, bits(total)) == (1, bits(expected + 0.0)), text


# ---- whole files ---------------------------------------------------------------------------------------------------


def _values(data: bytes, format: str) -> list[float] | None:
    """The figures that a reader makes of a message, None where it fails; the same by every path."""
    outcomes: list[Any] = []
    from readers import raw  # the strategies are not needed to fuzz by hand

    for plain, threads in ((False, 1), (True, 1), (False, 3)):
        try:
            made = raw(data, format=format, plain=plain, threads=threads, limits={"cells": 1 << 16, "columns": 1000})
        except (indicia.FormatError, indicia.LimitError, indicia.UnsupportedFormatError, ValueError) as error:
            outcomes.append((type(error).__name__, str(error)))
            continue
        values = made["values"]
        outcomes.append([] if values is None else [bits(v) for v in values.reshape(-1).tolist() if not math.isnan(v)])
    assert outcomes[0] == outcomes[1] == outcomes[2], (data, format)
    if isinstance(outcomes[0], tuple):
        return None
    return [struct.unpack("<d", v)[0] for v in outcomes[0]]


def _floats(texts: Iterator[str]) -> set[float]:
    out = {0.0}
    for text in texts:
        try:
            out.add(float(text))
        except ValueError:
            continue
    return out


def _xml_texts(events: list[Any]) -> Iterator[str]:
    open_texts: list[str] = []  # of the open elements, each with what stands around its children
    for kind, text, pairs in events:
        if kind == "start":
            open_texts.append("")
        elif kind == "text":
            open_texts[-1] += text
        else:
            yield open_texts.pop()
        for _, value in pairs or ():
            yield value


def agree_sdmx_ml(data: bytes, step: int = 0) -> None:
    """What a reader takes is well-formed, and every figure that it makes is float() of a text that is there."""
    del step
    values = _values(data, "sdmx-ml")
    if values is None:
        return
    events = xml_by_expat(data)
    if events is None:
        found = xml_by_us(data)
        assert found is not None, data
        assert _fifth(data, found), data
        return
    assert set(values) <= _floats(_xml_texts(events)), data


def _json_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _json_texts(one)
    elif isinstance(value, tuple):
        for _, one in value[1]:
            yield from _json_texts(one)


def _agree_json_reader(format: str) -> Callable[[bytes, int], None]:
    def agree(data: bytes, step: int = 0) -> None:
        del step
        values = _values(data, format)
        if values is None:
            return
        whole = json_by_python(data)
        assert whole is not None, data
        assert set(values) <= _floats(_json_texts(whole[0])), data

    return agree


# ---- what is run ----------------------------------------------------------------------------------------------------


class Word:
    """A comparison, the inputs that it starts from, and how others are made of them."""

    def __init__(self, agree: Callable[..., None], mutant: Callable[..., Any], *folders: str) -> None:
        self.agree = agree
        self.mutant = mutant
        self.folders = folders

    def seeds(self) -> list[bytes]:
        paths = [path for folder in self.folders for path in sorted((DATA / folder).glob("*")) if path.is_file()]
        return [data for path in paths if len(data := path.read_bytes()) < 1 << 13]


WORDS_OF: dict[str, Word] = {
    "xml": Word(agree_xml, xml_mutant, "fuzz/xml", "fuzz/sdmx_ml", "fuzz/structure", "sdmx-ml"),
    "json": Word(agree_json, json_mutant, "fuzz/json", "fuzz/sdmx_json", "fuzz/json_stat", "sdmx-json", "json-stat"),
    "number": Word(agree_number, number_mutant, "fuzz/number"),
    "sdmx-ml": Word(agree_sdmx_ml, xml_mutant, "fuzz/sdmx_ml", "sdmx-ml"),
    "sdmx-json": Word(_agree_json_reader("sdmx-json"), json_mutant, "fuzz/sdmx_json", "sdmx-json"),
    "json-stat": Word(_agree_json_reader("json-stat"), json_mutant, "fuzz/json_stat", "json-stat"),
}


def check(word: str, given: Any, r: random.Random) -> None:
    """One input, at a few bytes at a time."""
    one = WORDS_OF[word]
    if one.agree is agree_number:
        one.agree(given if isinstance(given, str) else given.decode("utf-8", "replace"))
    else:
        one.agree(given, r.choice(STEPS))


def run(
    word: str, seconds: float, *, most: int = 1 << 62, seed: int | None = None, go_on: bool = False
) -> tuple[int, int]:
    """Mutants until the time is over: how many, and how many differed. The first that does raises, unless `go_on`."""
    r = random.Random(seed)
    seeds = WORDS_OF[word].seeds()
    end = time.monotonic() + seconds
    done = differing = 0
    while done < most and time.monotonic() < end:
        given = WORDS_OF[word].mutant(r, seeds)
        done += 1
        try:
            check(word, given, r)
        except AssertionError as error:
            differing += 1
            kept = os.environ.get("INDICIA_FUZZ_FOUND")
            data = given.encode() if isinstance(given, str) else given
            if kept:
                Path(kept, f"{word}-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)
            if not go_on:
                raise
            print(f"{word}: {data!r}\n    {str(error)[:300]}", flush=True)
    return done, differing


def main(words: list[str]) -> int:
    seconds = float(os.environ.get("INDICIA_FUZZ", "10"))
    found = 0
    for word in words or WORDS_OF:
        done, differing = run(word, seconds, go_on=True)
        print(f"{word}: {done} inputs in {seconds:.0f} s, {differing} differ", flush=True)
        found += differing
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
