"""Inputs that are nearly right, made of the samples by a source of chance: for differential.py."""

from __future__ import annotations

import math
import random
import re
import struct

ODD_XML = [
    "&amp;",
    "&#65;",
    "&#x4E2D;",
    "&x;",
    "&#0;",
    "&#xD800;",
    "&",
    "]]>",
    "<![CDATA[<a>&amp;]]>",
    "<![CDATA[",
    "<!-- x -->",
]
ODD_XML += [
    "<!-- -- -->",
    "<?a b?>",
    "<?xml version='1.0'?>",
    "<a/>",
    "</a>",
    "<a b='1' b='2'/>",
    "\r\n",
    "\t",
    "\x01",
    "é",
    "中",
]
ODD_XML += [
    "<b:c xmlns:b='d'>",
    "\ufffe",
    "\ufeff",
    "x" * 300,
    " a=''",
    "<!DOCTYPE a>",
    "<a\n>",
    "</a\t>",
    "&#1114112;",
    "]]",
    ">",
]
ODD_JSON = [
    "null",
    "true",
    "NaN",
    '"\\u00e9"',
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    '"\\x"',
    "[]",
    "{}",
    ",",
    ":",
    "[",
    "]",
    "{",
    "}",
]
ODD_JSON += [
    '"a":1',
    "é",
    "\x00",
    '"\t"',
    "-",
    "1.",
    "01",
    "1e",
    "\ufeff",
    " ",
    "\n",
    '"' + "x" * 300 + '"',
    "[" * 40,
    "//",
    "'a'",
]
FIGURES = [
    "0",
    "-0",
    "1",
    "12.5",
    "-3.25",
    "0.1",
    "1e3",
    "1E-5",
    "+4",
    ".5",
    "7.",
    "1e400",
    "-1e-400",
    "9007199254740993",
    "1_000",
]
FIGURES += [
    "0.30000000000000004",
    "1e-320",
    "1.7976931348623157e308",
    "12345678901234567890",
    "00012",
    "NaN",
    "1" * 40,
    "0x10",
    "١",
]
FIGURES += [
    "2.2250738585072011e-308",
    "4.9e-324",
    "0." + "0" * 60 + "1",
    "1,5",
    "1 ",
    "--1",
    "1e+",
    "Infinity",
    "1.2.3",
]

_XML_PIECES = re.compile(r"<!--.*?-->|<[^<>]*>|[^<]+|<", re.DOTALL)
_XML_INNER = re.compile(r"\"[^\"]*\"|'[^']*'|[\w:.-]+|\s+|.", re.DOTALL)
_JSON_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|\w+|\s+|.', re.DOTALL)


def _shuffled(r: random.Random, pieces: list[str], odd: list[str], others: list[str]) -> list[str]:
    """A few pieces left out, doubled, exchanged, put in from elsewhere or broken."""
    for _ in range(r.choice((0, 1, 1, 2, 3))):
        if not pieces:
            break
        i, j = r.randrange(len(pieces)), r.randrange(len(pieces))
        kind = r.randrange(7)
        if kind == 0:
            del pieces[i]
        elif kind == 1:
            pieces.insert(j, pieces[i])
        elif kind == 2:
            pieces[i], pieces[j] = pieces[j], pieces[i]
        elif kind == 3:
            pieces.insert(i, r.choice(odd))
        elif kind == 4:
            pieces[i] = r.choice(odd)
        elif kind == 5:
            pieces.insert(i, r.choice(others or odd))
        else:
            at = r.randrange(len(pieces[i]) + 1)
            pieces[i] = pieces[i][:at] + r.choice(odd) + pieces[i][at:]
    return pieces


def _figure(r: random.Random) -> str:
    return r.choice(FIGURES) if r.random() < 0.6 else number_mutant(r, [])


def _bytes(r: random.Random, data: bytes) -> bytes:
    """Now and then a byte changed, left out or doubled, or a file that is cut."""
    if not data or r.random() < 0.6:
        return data
    at = r.randrange(len(data))
    byte = bytes(
        [r.choice(b"<>/&;'\" =!-[]?x:\n\r\t\x00\x7f\x80\xc3\xff{},\\0.eE") if r.random() < 0.8 else r.randrange(256)]
    )
    return r.choice(
        (data[:at] + byte + data[at + 1 :], data[:at] + data[at + 1 :], data[:at] + byte + data[at:], data[:at])
    )


def xml_mutant(r: random.Random, seeds: list[bytes]) -> bytes:
    pieces = _XML_PIECES.findall(r.choice(seeds).decode("utf-8", "replace"))
    others = _XML_PIECES.findall(r.choice(seeds).decode("utf-8", "replace"))
    for _ in range(r.choice((0, 1, 1, 2))):  # within a tag
        i = r.randrange(len(pieces))
        inner = _XML_INNER.findall(pieces[i])
        values = [k for k, one in enumerate(inner) if one[:1] in "\"'" and len(one) > 1]
        if values and r.random() < 0.7:
            k = r.choice(values)
            word = _figure(r) if r.random() < 0.7 else r.choice(ODD_XML)
            inner[k] = inner[k][0] + word + inner[k][0]
        else:
            inner = _shuffled(r, inner, ODD_XML, [])
        pieces[i] = "".join(inner)
    if r.random() < 0.6:
        pieces = _shuffled(r, pieces, ODD_XML, others)
    return _bytes(r, "".join(pieces).encode("utf-8", "surrogatepass"))


def json_mutant(r: random.Random, seeds: list[bytes]) -> bytes:
    pieces = _JSON_PIECES.findall(r.choice(seeds).decode("utf-8", "replace"))
    others = _JSON_PIECES.findall(r.choice(seeds).decode("utf-8", "replace"))
    for _ in range(r.choice((0, 1, 1, 3))):
        figures = [i for i, one in enumerate(pieces) if one[0] in "-0123456789"]
        if figures:
            pieces[r.choice(figures)] = _figure(r)
    if r.random() < 0.7:
        pieces = _shuffled(r, pieces, ODD_JSON, others)
    return _bytes(r, "".join(pieces).encode("utf-8", "surrogatepass"))


def number_mutant(r: random.Random, seeds: list[bytes]) -> str:
    kind = r.randrange(7)
    if kind == 0:
        text = repr(struct.unpack("<d", r.randbytes(8))[0])
    elif kind == 1:  # halfway between two doubles, or nearly
        low = abs(struct.unpack("<d", r.randbytes(8))[0])
        low = low if 1e-300 < low < 1e300 else r.random()
        top, bottom = low.as_integer_ratio()
        next_top, next_bottom = math.nextafter(low, math.inf).as_integer_ratio()
        top, bottom = top * next_bottom + next_top * bottom, 2 * bottom * next_bottom
        shift = max(0, 1100 - len(str(top // bottom or 1)))
        digits = str(top * 10**shift // bottom)
        cut = r.choice((len(digits), r.randrange(1, len(digits) + 1), 20, 800))
        text = f"{digits[:cut]}e{len(digits) - len(digits[:cut]) - shift}"
    elif kind == 2:  # as published
        whole = r.randrange(-(10 ** r.randrange(1, 20)), 10 ** r.randrange(1, 20))
        text = f"{whole / 10 ** r.randrange(6):.{r.randrange(8)}f}"
    elif kind == 3:
        digits = "".join(r.choices("0123456789", k=r.choice((1, 3, 17, 18, 19, 20, 21, 40, 800))))
        at = r.randrange(len(digits) + 1)
        text = f"{r.choice(('', '-', '+'))}{digits[:at]}.{digits[at:]}"
        text += r.choice(("", "", f"e{r.randrange(-400, 400)}", f"E+{r.randrange(30)}"))
    elif kind == 4 or not seeds:
        text = r.choice(FIGURES)
    elif kind == 5:
        text = r.choice(seeds).decode("utf-8", "replace")
    else:
        text = "".join(r.choices("0123456789.eE+-_ ,\x00xn", k=r.randrange(1, 12)))
    if r.random() < 0.25 and text:
        at = r.randrange(len(text))
        text = text[:at] + r.choice("0123456789.eE+-_ ,") + text[at + r.randrange(2) :]
    return text
