"""PC-Axis files: samples, the slow twin, encodings, threads, and what is broken."""

import io
import os
import random
from math import prod
from pathlib import Path

import numpy as np
import pytest
from readers import frozen, outcome, same
from reference import px as reference

import indicia
from indicia import Flag

DATA = Path(__file__).parent / "data" / "px"
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
GOOD = (DATA / "good_months.px").read_bytes()
KEYS = (DATA / "odd_keys.px").read_bytes()
LANGUAGES = (DATA / "odd_languages.px").read_bytes()
nan = float("nan")


def test_good():
    cube = indicia.read_cube(DATA / "good_months.px")
    assert cube.dims == ("port", "flow", "time")
    assert dict(cube.codes) == {"port": ("01", "02"), "flow": ("M", "X")}
    assert dict(cube.labels["port"]) == {"01": "Málaga", "02": "Old town; DATA=1"}
    assert [str(p) for p in cube.time] == ["2023-11", "2023-12", "2024-01"]
    expected = [[[1.0, 2.5, -3.0], [0.0, nan, nan]], [[nan, 7.25, nan], [12.0, 0.0, nan]]]
    np.testing.assert_array_equal(cube.values, expected)
    flags = [[[0, 0, 0], [Flag.ZERO, Flag.NOT_APPLICABLE, Flag.NOT_AVAILABLE]]]
    flags += [[[Flag.NOT_YET, 0, Flag.CONFIDENTIAL], [0, Flag.ZERO, Flag.NOT_AVAILABLE]]]  # DATASYMBOL4="secret"
    np.testing.assert_array_equal(cube.flags, np.array(flags, np.uint32))
    assert cube.unit.tolist() == [["tonnes", "thousand euro"]]
    assert cube.decimals.tolist() == [[1, 2]]
    attrs = cube.attrs
    assert (attrs["title"], attrs["source"]) == ("Trade by port, flow and month", "Harbour office")
    assert attrs["last_updated"] == "20240101 09:30"
    assert attrs["notes"] == "Must be shown.\nFigures are made up; they serve as a sample.\nSee the manual."
    assert attrs["children"] == {"port": {"01": ("02",)}}
    assert attrs["keywords"]["VALUENOTE"] == {("flow", "Imports"): "Without transit."}
    assert attrs["titles"] == {"time": "month"}
    assert "encoding" not in attrs
    assert indicia.sniff(GOOD) == "px"


def test_rows():
    """Observations have a row where there is a value or a reason."""
    obs = indicia.read_observations(GOOD)
    assert len(obs) == 12
    assert same(obs, indicia.read_cube(GOOD).to_observations())


def test_odd_languages():
    """No STUB, time first, descending, with a hole; TIMEVAL that contradicts VALUES; commas; `;` in every row."""
    cube = indicia.read_cube(DATA / "odd_languages.px")
    assert cube.dims == ("kön", "time")
    assert [str(p) for p in cube.time] == ["2021", "2022", "2023"]
    np.testing.assert_array_equal(cube.values, [[30, nan, 10], [4.5, nan, 20]])
    assert cube.flags is None
    assert cube.decimals.tolist() == [0, 2]
    assert (cube.unit, cube.attrs["encoding"]) == ("personer", "cp1252")
    english = indicia.read_cube(DATA / "odd_languages.px", language="EN")
    assert english.dims == ("sex", "time")
    assert english.codes["sex"] == ("1", "2")
    assert dict(english.labels["sex"]) == {"1": "men", "2": "women"}
    assert (english.unit, english.attrs["title"]) == ("persons", "Population by sex and year")
    assert english.attrs["notes"] == "En not."  # not translated
    np.testing.assert_array_equal(english.values, cube.values)
    assert same(indicia.read_cube(LANGUAGES, language="sv"), cube)
    with pytest.raises(ValueError, match=r'language="de": the file has sv, en'):
        indicia.read_cube(LANGUAGES, language="de")


def test_odd_keys():
    """Rows with keys in any order, some left out; small letters; a DOS code page; T4 is a quarter."""
    cube = indicia.read_cube(DATA / "odd_keys.px")
    assert cube.dims == ("zona", "edad", "time")
    assert dict(cube.labels["zona"]) == {"N": "norte", "S": "süd"}
    assert [str(p) for p in cube.time] == ["2013-Q3", "2013-Q4", "2014-Q1"]
    np.testing.assert_array_equal(cube.values[:, 0], [[nan] * 3, [nan, 5, 0]])
    np.testing.assert_array_equal(cube.values[:, 1], [[1, 2, nan], [nan] * 3])
    assert cube.flags[0, 0].tolist() == [0, 0, 0]
    assert cube.flags[1, 0].tolist() == [Flag.NOT_YET, 0, Flag.ZERO]
    assert cube.attrs["encoding"] == "cp850"
    assert cube.attrs["guesses"] == {"time": ("Periodo",)}


def test_odd_plain():
    """No time, no codes, no decimals declared, a symbol with a blank, figures in any spelling, no mark at the end."""
    cube = indicia.read_cube(DATA / "odd_plain.px")
    assert cube.dims == ("zone", "item", "q")
    assert cube.time is None
    np.testing.assert_array_equal(cube.values.ravel(), [1.5, 2, 3, 4, nan, 5.125, 100, 0.5])
    assert cube.flags[1, 0, 0] == Flag.OTHER
    assert cube.decimals.ravel().tolist() == [2, 0, 0, 0, -1, 3, 0, 1]
    assert same(indicia.read_observations(DATA / "odd_plain.px").to_cube(), cube)
    timed = indicia.read_cube(DATA / "odd_plain.px", time="q")
    assert [str(p) for p in timed.time] == ["2023-Q4", "2024-Q1"]
    np.testing.assert_array_equal(timed.values[0], [[2, 1.5], [4, 3]])
    assert timed.decimals.tolist() == [[2, 0], [3, 1]]


@pytest.mark.parametrize(
    ("name", "line", "column", "message"),
    [
        ("broken_cell.px", 8, 3, '"5x" is neither a figure nor a symbol'),
        ("broken_count.px", 9, 1, r"DATA has 5 cells, expected 6 \(2 x 3\)"),
        ("broken_surplus.px", 9, 1, r"DATA has more than 6 cells, expected 6 \(2 x 3\)"),
        ("broken_end.px", 6, 1, "the file ends here; expected DATA="),
        ("broken_key.px", 9, 1, '"3" is none of the values of "a"'),
        ("broken_quote.px", 5, 21, 'expected "," or ";", got "z";"'),
        ("broken_values.px", 3, 13, r'there is no VALUES\("c"\)'),
    ],
)
def test_broken(name, line, column, message):
    data = (DATA / name).read_bytes()
    assert indicia.sniff(data) == "px"
    with pytest.raises(indicia.FormatError, match=message) as caught:
        indicia.read_cube(DATA / name)
    error = caught.value
    assert (error.line, error.column, error.format) == (line, column, "px")
    assert data[: error.offset].count(b"\n") == line - 1
    with pytest.raises(indicia.FormatError) as caught:
        indicia.read_cube(Stream(data))
    streamed = caught.value
    assert (streamed.line, streamed.column, streamed.offset) == (line, column, error.offset)


def test_sizes_are_held_against_the_limit_before_anything_is_made():
    with pytest.raises(indicia.LimitError, match="75 x 75") as caught:
        indicia.read_cube(DATA / "broken_size.px")
    assert caught.value.line == 11
    with pytest.raises(indicia.LimitError, match="allows more than 11"):
        indicia.read_cube(GOOD, limits={"cells": 11})
    assert indicia.read_cube(GOOD, limits={"cells": 12}).size == 12


class Stream(io.RawIOBase):
    """A source that can be read only once, in order."""

    def __init__(self, data):
        self.rest = data

    def readable(self):
        return True

    def read(self, n=-1):
        piece, self.rest = self.rest[:n], self.rest[n:]
        return piece


def head(**changes):
    said = {"MATRIX": '"M"', "STUB": '"a"', "HEADING": '"b"', 'VALUES("a")': '"1","2"', 'VALUES("b")': '"x","y"'}
    said |= changes
    return "".join(f"{keyword}={values};\n" for keyword, values in said.items() if values is not None)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        (head() + "DATA=1 2 3 4 \n", None, None, None),
        (head(STUB=None, HEADING=None) + "DATA=1 2 3 4", 4, 1, "neither STUB nor HEADING"),
        (head(STUB='"a","a"') + "DATA=1 2 3 4", 2, 10, 'two dimensions are called "a"'),
        (head(STUB='"a",""') + "DATA=1 2 3 4", 2, 10, "a dimension of STUB without a name"),
        (head(STUB='"time","time_"') + 'VALUES("time")="1";VALUES("time_")="1";DATA=1 2', 2, 13, '"time_"'),
        (head() + 'CODES("a")="1";DATA=1 2', 6, 1, r'CODES has 1 values, expected 2 like VALUES\("a"\)'),
        (head() + 'CODES("a")="1","1";DATA=1 2', 6, 16, 'the code "1" is there twice'),
        (head() + 'CODES("a")="1"-"2";DATA=1 2', 6, 16, '"-" in front of this one of CODES; expected ","'),
        (head(**{'VALUES("a")': ""}) + "DATA=1", 4, 1, "VALUES without a value"),
        (head() + 'KEYS("b")=VALUES;DATA=1', 2, 6, r'there is no KEYS\("a"\), but there are others'),
        (head() + 'KEYS("a")=YES;DATA=1', 6, 1, "KEYS is neither VALUES nor CODES"),
        (head() + 'KEYS("a")=VALUES;\nDATA="1" 1 2 "1" 3 4', 7, 14, "there already, on line 7"),
        (head() + 'KEYS("a")=VALUES;\nDATA="1" 1', 7, 11, "the last row has 1 cells, expected 2"),
        (head() + 'NOTE="x"\nDATA=1 2 3 4', 7, 1, 'expected "," or ";", got "DATA=1 2 3 4"'),
        (head() + 'NOTE="x;\nDATA=1 2 3 4', 6, 6, "this quote is never closed"),
        (head() + "NOTE[=1;\nDATA=1 2 3 4", 6, 6, 'expected a language and "]"'),
        (head() + 'NOTE("a"=1;\nDATA=1 2 3 4', 6, 9, r'expected "," or "\)", got "=1;"'),
        (head() + "=1;\nDATA=1 2 3 4", 6, 1, 'expected a keyword, got "=1;"'),
        (head() + 'NOTE "a";\nDATA=1 2 3 4', 6, 6, 'expected "="'),
        (head() + 'DATA=1 2\n3 ". 4', 7, 3, "this quote is never closed"),
        (head() + "DATA=1 2\n3 1-2", 7, 3, '"1-2" is neither'),
        (head() + "DATA=\x001 2\n3 1", 6, 6, "is neither"),
        (head(MATRIX='"\0"') + "DATA=1 2 3 1", 1, 9, "a NUL byte"),
        (head(**{'VALUES("b")': '"2020","2020 "'}) + 'TIMEVAL("b")=TLIST(A1);DATA=1 2 3 1', 5, 20, "there twice"),
        (
            head(HEADING='"year"', STUB='"period"') + 'VALUES("year")="2020";VALUES("period")="2021";DATA=1',
            3,
            9,
            "both",
        ),
    ],
)
def test_every_error_has_its_place(text, line, column, message):
    if message is None:
        assert indicia.read_cube(text.encode(), format="px").values.tolist() == [[1, 2], [3, 4]]
        return
    with pytest.raises(indicia.FormatError, match=message) as caught:
        indicia.read_cube(text.encode(), format="px")
    assert (caught.value.line, caught.value.column) == (line, column)
    before = text.encode()[: caught.value.offset].decode()
    assert (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1) == (line, column)


def test_what_px_has_not_got():
    for option in ("attributes", "measures", "dims"):
        with pytest.raises(ValueError, match=f"{option}=: px has no choice of it"):
            indicia.read_cube(GOOD, **{option: ["port"]})
    with pytest.raises(ValueError, match=r'time="day": there is no such dimension'):
        indicia.read_cube(GOOD, time="day")
    with pytest.raises(indicia.FormatError, match='the values of "port" are not all periods'):
        indicia.read_cube(GOOD, time="port")
    with pytest.raises(ValueError, match="no such dimension"):
        indicia.read_cube(GOOD, where={"geo": "x"})
    assert indicia.read_cube(GOOD, time=None).dims == ("port", "flow", "month")


def test_where():
    whole = indicia.read_cube(GOOD)
    one = indicia.read_cube(GOOD, where={"flow": ["X"], "time": ("2023-12", None)})
    assert one.codes["flow"] == ("X",)
    np.testing.assert_array_equal(one.values, whole.values[:, 1:, 1:])
    np.testing.assert_array_equal(one.flags, whole.flags[:, 1:, 1:])
    assert (one.unit, one.decimals) == ("thousand euro", 2)
    assert indicia.read_cube(GOOD, where={"port": "99"}).shape == (0, 2, 3)
    assert indicia.read_cube(GOOD, where={"time": "1999"}).shape == (2, 2, 0)
    assert indicia.read_cube(KEYS, where={"zona": "S"}).values[0, 0].tolist()[1:] == [5.0, 0.0]


def test_keys_twice():
    text = (head() + 'KEYS("a")=VALUES;DATA="1" 1 . "2" 3 4 "1" 5 6').encode()
    with pytest.raises(indicia.FormatError, match="there already"):
        indicia.read_cube(text)
    first = indicia.read_cube(text, duplicates="first")
    assert (first.values[0, 0], first.flags[0].tolist()) == (1.0, [0, Flag.NOT_APPLICABLE])
    last = indicia.read_cube(text, duplicates="last")
    assert (last.values[0].tolist(), last.flags) == ([5.0, 6.0], None)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "cp1251", "iso8859-15", "big5", "gb18030", "utf-16"]
)
@pytest.mark.parametrize("declared", ["right", "none", "wrong"])
def test_the_encoding(encoding, declared):
    """What is valid UTF-8 is UTF-8; else CODEPAGE's word counts."""
    name = {"cp1251": "край", "big5": "臺北市政府", "gb18030": "北京市统计局"}.get(encoding, "Ärger für Málaga")
    page = {"right": encoding.removesuffix("-sig"), "none": None, "wrong": "utf-8"}[declared]
    said = {"CHARSET": '"ANSI"'} | ({"CODEPAGE": f'"{page}"'} if page else {}) | {"STUB": f'"{name}"'}
    text = "".join(f"{k}={v};\n" for k, v in said.items()) + f'VALUES("{name}")="1","2";\nDATA=1 2'
    data = text.encode(encoding)
    known = declared == "right" or encoding in {"utf-8", "utf-8-sig", "utf-16", "cp1252"} or encoding == "iso8859-15"
    cube = indicia.read_cube(data)
    assert (cube.dims == (name,)) == known
    if encoding.startswith("utf-8"):
        assert "encoding" not in cube.attrs
    assert indicia.read_cube(data, encoding=encoding).dims == (name,)


def test_bytes_that_are_nothing():
    data = head(MATRIX='"\xe9"').encode("latin-1") + b"DATA=1 2 3 4"
    assert indicia.read_cube(data).attrs["matrix"] == "é"
    with pytest.raises(indicia.FormatError, match="bytes that are no UTF-8") as caught:
        indicia.read_cube(data, encoding="utf-8")
    assert (caught.value.line, caught.value.column, caught.value.offset) == (1, 9, 8)


# ---- the slow twin -------------------------------------------------------------------------------------------------

NAMES = ["region", "kön", "a,b", "x;y", "DATA=1", "(c)", "№", "sex ", "é", "contents"]
TEXTS = [
    "01",
    "1",
    "NA",
    "TRUE",
    "null",
    "中国",
    "a;b",
    "c,d",
    "DATA=",
    "e=f",
    "(g)",
    "[h]",
    "<b>",
    "x" * 90,
    " i",
    "-",
    "é",
]


def written(seed):
    """A px file by chance: (text, language)."""
    r = random.Random(seed)
    names = r.sample(NAMES, r.randint(1, 4))
    years = r.random() < 0.7
    if years:
        names.insert(r.randint(0, len(names)), "tid")
    cut = r.randint(0, len(names))
    end = r.choice(["\n", "\r\n", ""])

    def text(one):
        if len(one) > 2 and r.random() < 0.1:
            k = r.randint(1, len(one) - 1)
            return f'"{one[:k]}"{end or " "}"{one[k:]}"'
        return f'"{one}"'

    def listed(texts):
        return ("," + r.choice(["", " ", end])).join(map(text, texts))

    values, codes, said = {}, {}, []
    for name in names:
        if name == "tid":
            first = r.randint(1900, 2020)
            values[name] = [str(first + i) for i in r.sample(range(12), r.randint(1, 8))]
            if r.random() < 0.5:
                values[name].sort()
        else:
            values[name] = r.sample(TEXTS, r.randint(1, 6))
        codes[name] = values[name]
        if r.random() < 0.5 and name != "tid":
            codes[name] = [f"{i:02d}" for i in range(len(values[name]))]
            said.append(f'CODES("{name}")={listed(codes[name])}')
        said.append(f'VALUES("{name}")={listed(values[name])}')
        if name == "tid" and r.random() < 0.7:
            said.append(f'TIMEVAL("{name}")=TLIST(A1),{listed(values[name])}')
    language = r.choice(["", "en"])
    if language:
        said += [f"{word}[en]={listed('en ' + name for name in part)}" for word, part in parts(names, cut)]
        said += [
            f'VALUES[en]("en {name}")={listed(one + "!" for one in values[name])}' for name in names if name != "tid"
        ]
        said += [f'VALUES[en]("en tid")={listed(values["tid"])}'] if years else []
    said += [f"{word}={listed(part)}" for word, part in parts(names, cut)]
    symbols = []
    for i in range(1, 7):
        if r.random() < 0.2:
            symbols.append(r.choice(["secret", "not yet", "suppressed", "( )", "not available"]) + " " * 0)
            said.append(f'DATASYMBOL{i}="{symbols[-1]}"')
    keyed = cut > 0 and r.random() < 0.25
    by = {name: r.choice(["VALUES", "CODES"]) for name in names[:cut]}
    said += [f'KEYS("{name}")={by[name]}' for name in names[:cut] if keyed]
    said += [*r.choice([[], ["DECIMALS=2"]]), 'LANGUAGE="sv"', *r.choice([[], ['NOTE="x;DATA=1;"']])]
    r.shuffle(said)

    def cell():
        kind = r.random()
        if kind < 0.25:
            dots = "." * r.randint(1, 7)
            return r.choice([dots, f'"{dots}"'])
        if kind < 0.3:
            return r.choice(["-", '"-"'])
        if kind < 0.35 and symbols:
            return f'"{r.choice(symbols)}"'
        if kind < 0.4:
            return r.choice(["1e3", "+5", ".5", "7.", "-0", '"12.5"', '""', "123456789012345678901"])
        return f"{r.uniform(-1e5, 1e5):.{r.randint(0, 6)}f}"

    width = prod(len(values[name]) for name in names[cut:])
    rows = prod(len(values[name]) for name in names[:cut])
    between = r.choice([" ", "  ", ",", ", ", "\t", "; ", " " + end])
    lines = []
    for row in range(rows):
        line = between.join(cell() for _ in range(width))
        if keyed:
            if r.random() < 0.3:
                continue
            keys, rest = [], row
            for name in reversed(names[:cut]):
                rest, k = divmod(rest, len(values[name]))
                keys.insert(0, '"' + (codes if by[name] == "CODES" else values)[name][k] + '"')
            line = ",".join(keys) + r.choice([",", " "]) + line
        lines.append(line)
    if keyed:
        r.shuffle(lines)
    return f";{end}".join(said) + f";{end}DATA={end}" + (end or " ").join(lines) + r.choice(
        [";", "", f";{end}", end]
    ), language


def parts(names, cut):
    return [(word, part) for word, part in (("STUB", names[:cut]), ("HEADING", names[cut:])) if part]


def observed(cube, time):
    """{codes in the file's order: (value, flags)} of what has a value or a reason."""
    names = [time if name == "time" else name for name in cube.dims]
    texts = [tuple(map(str, cube.time)) if name == "time" else cube.codes[name] for name in cube.dims]
    flags = np.zeros(cube.shape, np.uint32) if cube.flags is None else cube.flags
    found = {}
    for place in np.argwhere(~np.isnan(cube.values) | (flags != 0)).tolist():
        key = {name: texts[i][k] for i, (name, k) in enumerate(zip(names, place, strict=True))}
        value = float(cube.values[tuple(place)])
        found[frozenset(key.items())] = (None if np.isnan(value) else value, int(flags[tuple(place)]))
    return found


@pytest.mark.parametrize("seed", range(250))
def test_the_slow_twin_agrees(seed):
    text, language = written(seed)
    names, codes, cells = reference.read(text, language)
    data = text.encode()
    time = f"{language} tid".strip()
    cube = indicia.read_cube(data, format="px", language=language or None, time=time if time in names else None)
    assert [name for name in names if name != time] == [name for name in cube.dims if name != "time"]
    assert all(list(cube.codes[name]) == codes[name] for name in names if name != time)
    assert observed(cube, time) == {frozenset(zip(names, key, strict=True)): what for key, what in cells.items()}
    options = {"format": "px", "language": language or None, "time": time if time in names else None}
    plain = outcome(data, **options, plain=True)
    for given in (data, Stream(data)):
        assert outcome(given, **options) == plain


def test_cut_anywhere_it_is_read_or_refused():
    for data in (GOOD, KEYS, LANGUAGES):
        for n in range(len(data)):
            outcome(data[:n], format="px")


def test_with_any_byte_changed_it_is_read_or_refused():
    for data in (KEYS, LANGUAGES):
        for n in range(0, len(data), 2):
            for byte in b'\0"\n;=9\xff':
                changed = data[:n] + bytes([byte]) + data[n + 1 :]
                assert outcome(changed, format="px") == outcome(changed, format="px", plain=True)


# ---- threads and windows ---------------------------------------------------------------------------------------------


def long_file(order, *, symbol='"( )"', declared=True, bad=None):
    """More than 2 MB of cells, so that several threads read them; time first, in the middle or last."""
    r = random.Random(order)
    sizes = {"k": 40, "m": 120, "n": 90}
    names = list(sizes)
    names = names[order:] + names[:order]
    dims = "".join(
        f'VALUES("{name}")='
        + ",".join(f'"{2000 + i}"' if name == "m" else f'"{name}{i}"' for i in range(sizes[name]))
        + ";\n"
        for name in names
    )
    words = [f"{r.uniform(-1e4, 1e4):.{r.randint(0, 4)}f}" for _ in range(1000)] + ['".."', '"."', "-", symbol] * 30
    cells = [r.choice(words) for _ in range(40 * 120 * 90)]
    if bad is not None:
        cells[bad] = "1x"
    data = "".join(" ".join(cells[i : i + 90]) + " \r\n" for i in range(0, len(cells), 90))
    said = 'DECIMALS=1;\r\nDATASYMBOL3="( )";\r\n' if declared else 'DATASYMBOL3="( )";\r\n'
    stub = ",".join(f'"{name}"' for name in names)
    return f'MATRIX="é";\r\n{said}STUB={stub};\r\n{dims}TIMEVAL("m")=TLIST(A1);\r\nDATA=\r\n{data};\r\n'.encode(
        "latin-1"
    )


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("declared", [True, False])
def test_threads_change_nothing(order, declared):
    data = long_file(order, declared=declared)
    plain = outcome(data, plain=True, threads=1)
    for threads in (1, 2, 3, 5):
        assert outcome(data, threads=threads) == plain
    assert outcome(Stream(data)) == plain
    cube = indicia.read_cube(data)
    assert cube.shape == ((90, 40, 120), (90, 40, 120), (40, 90, 120))[order] or cube.shape[-1] == 120


@pytest.mark.parametrize("bad", [5, 200_000, 431_990])
def test_the_first_error_counts(bad):
    data = long_file(1, bad=bad)
    line = 1 + data[: data.index(b" 1x ")].count(b"\n")
    for threads in (1, 2, 3):
        with pytest.raises(indicia.FormatError, match='"1x"') as caught:
            indicia.read_cube(data, threads=threads)
        assert caught.value.line == line
        assert data[caught.value.offset :].startswith(b"1x ")
    for change in (
        lambda d: d[:-2000],
        lambda d: d.replace(b";\r\n", b"1 2;\r\n") + b"5",
        lambda d: d.replace(b"-", b'"', 1),
    ):
        changed = change(data) if change else data
        one = outcome(changed, threads=1, format="px")
        assert all(outcome(changed, threads=threads, format="px") == one for threads in (2, 3))


def test_the_files_of_offices():
    """The files of statistical offices: the same by the slow twin."""
    if not SHARED.is_dir():
        pytest.skip("no shared data here")
    paths = [
        p for p in sorted((SHARED / "data" / "px").glob("*.px")) if "fatal" not in p.name and p.stat().st_size < 40_000
    ]
    for path in paths:
        cube = indicia.read_cube(path, time=None)
        text = path.read_bytes().decode(cube.attrs.get("encoding", "utf-8"), "replace")
        names, codes, cells = reference.read(text)
        assert names == [name.removesuffix("_") if name == "time_" else name for name in cube.dims], path
        assert all(list(cube.codes[one]) == codes[name] for one, name in zip(cube.dims, names, strict=True)), path
        values = observed(cube, None)
        twin = {frozenset(zip(cube.dims, key, strict=True)): what[0] for key, what in cells.items()}
        assert {key: value for key, (value, _) in values.items()} == twin, path
        assert frozen(indicia.read_cube(path).values) == frozen(indicia.read_cube(path, threads=1).values)
