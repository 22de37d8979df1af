"""The XML scanner against expat: both fail, or both see the same; however few bytes come at a time."""

import random

import pytest
from differential import agree_xml as agree
from differential import xml_by_us as ours
from hypothesis import example, given
from hypothesis import strategies as st

import indicia
from indicia import _core

NAMES = ["a", "b:c", "x-1", "_", "é", "中", "Obs", "a.b", ":"]
TEXTS = ["", " ", "x", "\n", "\r\n", "\t", "&amp;", "&#65;", "&#x4E2D;", "é", "中", "]]", ">", "'", "&lt;", "&gt;"]
BAD = ["&", "&x;", "&#0;", "&#xD800;", "&#;", "]]>", "<", "\x01", "\ufffe", "&#1114112;", "&amp", "&#x;"]


@st.composite
def documents(draw):
    """Small documents, nearly all well-formed."""
    name = st.sampled_from(NAMES)
    text = st.lists(st.sampled_from([*TEXTS, *(BAD if draw(st.integers(0, 5)) == 0 else [])]), max_size=3).map("".join)
    value = text.map(lambda s: s.replace("]]>", "").replace("<", ""))
    blank = st.sampled_from(["", "", " ", "\n", "\r\n\t"])

    def attributes():
        names = draw(st.lists(name, max_size=3, unique=draw(st.integers(0, 9)) > 0))
        out = ""
        for one in names:
            quote = draw(st.sampled_from("\"'"))
            out += f" {draw(blank)}{one}{draw(blank)}={draw(blank)}{quote}{draw(value).replace(quote, '')}{quote}"
        return out

    def element(depth):
        tag = draw(name)
        if draw(st.booleans()) or depth > 3:
            return f"<{tag}{attributes()}{draw(blank)}/>"
        kinds = st.sampled_from(["text", "element", "comment", "cdata", "pi"])
        inner = "".join(piece(draw(kinds), depth) for _ in range(draw(st.integers(0, 3))))
        return f"<{tag}{attributes()}{draw(blank)}>{inner}</{tag}{draw(blank)}>"

    def piece(kind, depth):
        if kind == "element":
            return element(depth + 1)
        if kind == "comment":
            return f"<!--{draw(st.sampled_from(['', ' x ', '<a>', '-', 'a--b', '&', 'é']))}-->"
        if kind == "cdata":
            return f"<![CDATA[{draw(st.sampled_from(['', 'x', '<a>&amp;', ']]', 'r' + chr(13) + 'n', 'é']))}]]>"
        if kind == "pi":
            return f"<?{draw(st.sampled_from(['a', 'a b', 'xml-x y?', 'a  ?b', 'XML', 'é']))}?>"
        return draw(text)

    head = draw(
        st.sampled_from(
            [
                "",
                '<?xml version="1.0"?>',
                "<?xml version='1.0' encoding='utf-8'?>\n",
                '<?xml version="1.0" standalone="no" ?>',
                ' <?xml version="1.0"?>',
                '<?xml version="1.0" encoding="1"?>',
                "<?xml?>",
                '<?xml  version = "1.0"  encoding="UTF-8" standalone="yes"?><!-- x -->',
                "\ufeff",
                '\ufeff<?xml version="1.0"?>',
                "<?x?>",
            ]
        )
    )
    tail = draw(st.sampled_from(["", "", "\n", "<!-- y -->", "<?y z?>", "x", "<a/>", "&#32;"]))
    return (head + element(0) + tail).encode("utf-8", "surrogatepass")


@given(documents())
@example(b"")
@example(b"<a")
@example(b"<a>]]></a>")
@example(b"<a>" + b"x" * 5000 + b"</a>")
def test_it_sees_what_expat_sees(data):
    agree(data)


@given(documents(), st.data())
def test_it_fails_where_expat_fails(data, draw):
    """With a byte changed, left out, or doubled; and cut."""
    at = draw.draw(st.integers(0, len(data)))
    byte = draw.draw(st.sampled_from([bytes([b]) for b in b"<>/&;'\" =!-[]?x:\n\r\t\x00\x7f\x80\xc3\xff"]))
    for changed in (
        data[:at] + byte + data[at + 1 :],
        data[:at] + data[at + 1 :],
        data[:at] + byte + data[at:],
        data[:at],
    ):
        agree(changed)


@given(documents(), st.integers(1, 9))
def test_few_bytes_at_a_time(data, step):
    assert ours(data, step) == ours(data)


def test_random_bytes():
    """Strings of what markup is made of."""
    pieces = [
        b"<",
        b">",
        b"/",
        b"a",
        b"=",
        b'"',
        b"'",
        b" ",
        b"&",
        b";",
        b"#",
        b"x",
        b"!",
        b"-",
        b"[",
        b"]",
        b"?",
        b"<a>",
    ]
    pieces += [
        b"</a>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"&lt;",
        b"\xc3\xa9",
        b"\xc3",
        b"\n",
        b"<a/>",
        b"<?x",
        b"?>",
    ]
    source = random.Random(20261124)
    for _ in range(20_000):
        body = b"".join(source.choices(pieces, k=source.randrange(1, 9)))
        agree(b"<a>" + body + b"</a>")
        agree(body)


@pytest.mark.parametrize("data", [b"<!DOCTYPE a><a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_document_types_are_refused(data):
    with pytest.raises(indicia.FormatError, match="DOCTYPE"):
        _core.xml_events(data, 1)


def test_depth_is_bounded():
    assert len(_core.xml_events(b"<a>" * 200 + b"</a>" * 200, 7)) == 400
    with pytest.raises(indicia.LimitError, match="nested"):
        _core.xml_events(b"<a>" * 201, 7)


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        ("<é\n中='<'/>", 2, 4, '"<" in the value'),
        ("<a>\n中&x;</a>", 2, 2, "a reference"),
        ("<a\n b='1' b='2'/>", 2, 8, "there twice"),
        ("<a>\n</b>", 2, 1, 'the end tag of "a"'),
        ("<a></a>\n é", 2, 2, "nothing behind the root"),
        ("<a>", 1, 4, "ends before its root element"),
        ("<a b", 1, 1, "ends within the markup"),
        ("<a><!-- -- --></a>", 1, 9, "in a comment"),
        ("<a b='1'c='2'/>", 1, 9, "expected a blank"),
    ],
)
def test_places(data, line, column, message):
    for step in (1, 3, 1000):
        with pytest.raises(indicia.FormatError, match=message) as error:
            _core.xml_events(data.encode(), step)
        assert (error.value.line, error.value.column) == (line, column)
