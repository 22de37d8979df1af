"""Ledgers as text: what is read, and where errors are said to be."""

from __future__ import annotations

import datetime
import io
import pickle
import tomllib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import indicia
from indicia import LedgerError, interval, read_ledger
from indicia._ledger_figures import figure
from indicia._ledger_model import float_ends
from indicia._ledger_toml import load
from indicia._ledger_units import PURE, dims_text, parse_unit

GOOD = """\
title = "An article"

[sources.nbs]
title = "Statistical communiqué"
date = 2024-01-30

[assumptions.output]
text = "Output means value added."
bridges = ["concept"]

[quantities.gdp]
label = "GDP of Shenzhen"
said = "34,606.4"
unit = "100 million CNY"
period = 2023

[quantities.rate]
unit = "CNY per USD"
[quantities.rate.alternatives.average_2023]
said = 7.0467
source = "nbs"
[quantities.rate.alternatives]
early_2024 = { said = "about 7.10" }

[quantities.output]
said = "more than 209"
unit = "billion USD"

[[relations]]
key = "small"
says = "The output is less than the economy"
holds = "output * rate < gdp"
assumes = ["output"]
with = { rate = "early_2024" }
"""


def ledger(text=GOOD):
    return read_ledger(text.encode())


def only(**keys):
    """The figure of a quantity."""
    (version,) = read_ledger({"quantities": {"x": keys}}).quantities["x"]
    return version


# ---- what is read ------------------------------------------------------------------------------------------------


def test_a_ledger_is_read():
    found = ledger()
    assert repr(found) == "Ledger 'An article': 3 quantities, 1 relation, 1 assumption"
    gdp = found.quantities["gdp"]
    assert (gdp.label, gdp.versions["stated"].period, gdp.line) == ("GDP of Shenzhen", "2023", 11)
    assert gdp.versions["stated"].ends(None) == (Fraction("34606.35") * 10**8, Fraction("34606.45") * 10**8)
    assert gdp.versions["stated"].digit == 10**7
    rate = found.quantities["rate"]
    assert list(rate.versions) == ["average_2023", "early_2024"]
    assert rate.versions["average_2023"].ends(None) == (Fraction("7.04665"), Fraction("7.04675"))
    assert rate.versions["early_2024"].ends(None) == (Fraction("7.09"), Fraction("7.11"))
    assert rate.versions["average_2023"].source == "nbs"
    assert str(found.sources["nbs"]) == "Statistical communiqué, 2024-01-30"
    output = found.quantities["output"].versions["stated"]
    assert output.open
    assert output.ends("literal") == (209 * 10**9, float("inf"))
    assert output.ends("reported") == (209 * 10**9, 210 * 10**9)
    (relation,) = found.relations.values()
    assert relation.names == ("output", "rate", "gdp")
    assert relation.pins == {"rate": ("early_2024",)}
    assert relation.assumes == ("output",)
    assert relation.line == 29


@pytest.mark.parametrize("form", ["path", "text path", "file", "text file", "bytes", "mapping", "bom", "crlf"])
def test_a_ledger_comes_in_any_form(form, tmp_path):
    path = tmp_path / "ledger.toml"
    path.write_text(GOOD, encoding="utf-8")
    source = {
        "path": path,
        "text path": str(path),
        "file": io.BytesIO(GOOD.encode()),
        "text file": io.StringIO(GOOD),
        "bytes": GOOD.encode(),
        "mapping": tomllib.loads(GOOD),
        "bom": b"\xef\xbb\xbf" + GOOD.encode(),
        "crlf": GOOD.replace("\n", "\r\n").encode(),
    }[form]
    found = read_ledger(source)
    assert list(found.quantities) == ["gdp", "rate", "output"]
    assert found.relations["small"].line == (0 if form == "mapping" else 29)
    assert found.path == (str(path) if "path" in form else None)


def test_what_is_no_source():
    with pytest.raises(TypeError, match="a ledger is a path"):
        read_ledger(7)
    with pytest.raises(FileNotFoundError):
        read_ledger("nowhere.toml")


def test_figures_are_exact_decimals():
    assert only(said=0.1, unit="per cent", exact=True).ends(None) == (Fraction(1, 1000),) * 2
    assert ledger('[quantities.x]\nsaid = 41.90\nunit = "per cent"\n').quantities["x"].versions["stated"].ends(
        None
    ) == (
        Fraction("0.41895"),
        Fraction("0.41905"),
    )  # the zero was printed
    assert only(value="1,234.5").ends(None) == (Fraction("1234.5"),) * 2
    assert only(said="5.5", kind="target", unit="%").ends(None) == (Fraction(55, 1000),) * 2
    assert only(said="5 to 6", unit="%").ends(None) == (Fraction(5, 100), Fraction(6, 100))
    assert only(said="12,000", decimals=-3).ends(None) == (11500, 12500)


def test_a_unit_said_twice_counts_once():
    assert only(said="6.0 %", unit="per cent").ends(None) == only(said="6.0", unit="per cent").ends(None)
    assert only(said="6.0 %").ends(None) == only(said="6.0", unit="per cent").ends(None)
    assert only(said="209 billion", unit="USD").ends(None) == only(said="209", unit="billion USD").ends(None)
    assert only(said="209 billion", unit="billion USD").digit == 10**9
    with pytest.raises(LedgerError, match="one of the two must go"):
        only(said="209 million", unit="billion USD")


@given(
    st.sampled_from(["", "about ", "more than ", "less than ", "nearly "]),
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.sampled_from(["outcome", "estimate", "target"]),
    st.sampled_from(["literal", "reported"]),
    st.integers(-4, 9),
)
def test_a_figure_is_what_the_room_interval_makes_of_it(words, number, kind, reading, power):
    said = f"{words}{number}"
    unit = parse_unit(f"10**{power} CNY")
    made = figure(said, unit, decimals=None, kind=kind, exact=None, reading=None)
    ends = made.reported if reading == "reported" else made.literal
    published = interval.published(said, kind=kind, reading=reading, multiplier=power)
    assert ends is not None
    assert float_ends(ends) == (float(published.low), float(published.high))
    assert made.digit == Fraction(10) ** (power - 2)


def test_a_reading_is_kept_and_can_be_overruled():
    assert only(said="over 7", reading="reported").ends("literal") == (7, 8)
    assert not only(said="over 7", reading="reported").open
    assert only(said="over 7", reading="literal").ends("reported") == (7, float("inf"))


def test_what_print_did_not_round_has_no_step():
    version = only(said="32480.71030305")
    assert not version.known
    assert "its step is unknown" in version.why
    assert only(said="32480.71030305", decimals=2).known
    assert only(said="32480.71030305", exact=True).known


def test_a_projection_is_flagged():
    assert only(said="3.2", kind="projection").flags == ("FORECAST",)
    assert only(said="3.2").flags == ()


def test_alternatives_inherit_what_they_do_not_say():
    found = read_ledger(
        {
            "quantities": {
                "x": {
                    "said": "5",
                    "unit": "%",
                    "place": "SZ",
                    "alternatives": {"b": {"value": 7, "place": "HK"}, "c": {}},
                }
            }
        }
    ).quantities["x"]
    assert [(v.name, v.said, v.place) for v in found] == [("stated", "5", "SZ"), ("b", "7", "HK"), ("c", "5", "SZ")]
    assert found.versions["b"].ends(None) == (Fraction(7, 100),) * 2


def test_dates_and_numbers_may_stand_for_periods():
    assert only(period=datetime.date(2024, 1, 14)).period == "2024-01-14"
    with pytest.raises(LedgerError, match="place: expected text, got a whole number"):
        only(place=3)


# ---- cells -------------------------------------------------------------------------------------------------------

CSV = "geo,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT,DECIMALS,OBS_STATUS\n"


@pytest.fixture
def folder(tmp_path):
    text = CSV + "SZ,2022,90,CNY,8,1,A\nSZ,2023,100.5,CNY,8,1,F\nHK,2023,,HKD,8,1,O\nGZ,2023,7.25,CNY,8,2,A\n"
    (tmp_path / "gdp.csv").write_text(text)
    return tmp_path


def cell(folder, spec, **keys):
    path = folder / "ledger.toml"
    more = "".join(f"{key} = {value}\n" for key, value in keys.items())
    path.write_text(f"[quantities.x]\n{more}cell = {spec}\n")
    return read_ledger(path).quantities["x"].versions["stated"]


def test_a_cell_is_read_beside_the_ledger(folder):
    found = cell(folder, '{ file = "gdp.csv", where = { geo = "SZ" }, time = 2023 }')
    assert (found.said, found.unit.power, found.period, found.flags) == ("100.5", 8, "2023", ("FORECAST",))
    assert found.ends(None) == (Fraction("100.45") * 10**8, Fraction("100.55") * 10**8)
    assert cell(folder, '{ file = "gdp.csv", where = { geo = "SZ" }, time = "2022" }').said == "90.0"
    assert cell(folder, '{ file = "gdp.csv", where = { geo = "GZ" } }').said == "7.25"
    exact = cell(folder, '{ file = "gdp.csv", where = { geo = "GZ" } }', exact="true", unit='"100 million yuan"')
    assert exact.ends(None) == (725 * 10**6,) * 2
    assert cell(folder, '{ file = "gdp.csv", where = { geo = "GZ" } }', decimals=1).digit == 10**7


def test_a_missing_cell_is_no_figure(folder):
    found = cell(folder, '{ file = "gdp.csv", where = { geo = "HK" }, time = 2023 }')
    assert not found.known
    assert found.why == "the cell is missing (NOT_AVAILABLE)"


def test_built_in_data_have_cells():
    spec = {"file": "indicia:gba.csv", "where": {"GEO": "SZ", "INDICATOR": "GDP"}, "time": 2023}
    found = only(cell=spec, unit="100 million CNY")
    assert found.said == "34606.4"


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ('{ file = "gpd.csv" }', "line 2, column 17: cell: .*gpd.csv: No such file"),
        ("{ where = {} }", "line 2, column 1: cell: no file"),
        ('{ file = "gdp.csv" }', r"line 2, column 8: cell: gdp.csv: 4 cells at no choice: choose one of geo \("),
        ('{ file = "gdp.csv", where = { geo = "SZ" } }', "2 cells at geo=SZ: choose one of time"),
        ('{ file = "gdp.csv", where = { geo = "MO" } }', "no cell at geo=MO"),
        ('{ file = "gdp.csv", where = { geo = "SZ" }, time = 1999 }', "no period lies in 1999"),
        ('{ file = "gdp.csv", where = { place = "SZ" } }', "no such dimension"),
        ('{ file = "gdp.csv", when = 3 }', "line 2, column 28: cell has no key 'when'; did you mean 'where'"),
        ('{ file = "." }', "line 2, column 17: cell: .*Is a directory"),
        ('{ file = "nowhere://gdp.csv" }', "cell: nowhere://gdp.csv"),
        ('{ file = "indicia:gdp.csv" }', "no built-in data 'gdp.csv'; there are 'gba.csv'"),
        ("3", "line 2, column 1: cell: expected a table"),
    ],
)
def test_a_cell_that_is_none(folder, spec, told):
    with pytest.raises(LedgerError, match=told) as caught:
        cell(folder, spec)
    assert caught.value.path == str(folder / "ledger.toml")


def test_the_file_and_the_ledger_agree_on_the_unit(folder):
    for unit in ('"billion CNY"', '"100 million USD"'):
        with pytest.raises(LedgerError, match="the file's unit is '10\\*\\*8 CNY', the ledger's"):
            cell(folder, '{ file = "gdp.csv", where = { geo = "GZ" } }', unit=unit)


# ---- units -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "power", "words"),
    [
        ("", 0, "a pure number"),
        ("per cent", -2, "a pure number"),
        ("percentage points", -2, "a pure number"),
        ("%", -2, "a pure number"),
        ("pp", -2, "a pure number"),
        ("basis points", -4, "a pure number"),
        ("per mille", -3, "a pure number"),
        ("count", 0, "a pure number"),
        ("100 million CNY", 8, "CNY"),
        ("100 million yuan", 8, "CNY"),
        ("亿元", 8, "CNY"),
        ("万亿元", 12, "CNY"),
        ("万人", 4, "person"),
        ("10**8 CNY", 8, "CNY"),
        ("1e4 persons", 4, "person"),
        ("1,000 tonnes", 3, "tonne"),
        ("billion US dollars", 9, "USD"),
        ("US$", 0, "USD"),
        ("CNY/USD", 0, "CNY per USD"),
        ("yuan per US dollar", 0, "CNY per USD"),
        ("USD per thousand people", -3, "USD per person"),
        ("t/t", 0, "a pure number"),
        ("m^2 * kg", 0, "kg * m^2"),
        ("persons per km²", 0, "person per km^2"),
        ("companies", 0, "company"),
    ],
)
def test_units(text, power, words):
    unit = parse_unit(text)
    assert (unit.power, dims_text(unit.dims)) == (power, words)


@pytest.mark.parametrize("text", ["7 CNY", "CNY/", "/USD", "CNY * ", "CNY billion", "^2"])
def test_units_that_are_none(text):
    with pytest.raises(ValueError, match="unit"):
        parse_unit(text)


def test_no_unit_is_a_pure_number():
    assert only(said="3").unit == PURE


# ---- errors ------------------------------------------------------------------------------------------------------

X = '[quantities.x]\nsaid = "3"\nunit = "USD"\n[quantities.y]\nunit = "CNY"\n[quantities.n]\nvalue = 2\n'


def relation(holds, more=""):
    return f'{X}[[relations]]\nkey = "r"\nholds = "{holds}"\n{more}'


@pytest.mark.parametrize(
    ("text", "line", "column", "told"),
    [
        ("title = 'a'\ntitel = 'b'\n", 2, 1, "ledger has no key 'titel'; did you mean 'title'"),
        ("title = 3\n", 1, 1, "title: expected text, got a whole number"),
        ("quantities = 3\n", 1, 1, "quantities: expected tables"),
        ("[quantities]\nx = 3\n", 2, 1, "x: expected a table"),
        ("relations = 3\n", 1, 1, "relations: expected"),
        ("[[relations]]\n\n[[relations]]\nkey = 'a'\n", 1, 1, "holds nothing"),
        ("[quantities.x]\nsaid = '3'\nunits = 'CNY'\n", 3, 1, "quantity has no key 'units'; did you mean 'unit'"),
        ("[quantities.x]\nsaid = 'more than'\n", 2, 8, "'more than' has no number"),
        ("[quantities.x]\nsaid = 'a lot'\n", 2, 8, "'a lot' has no number"),
        ("[quantities.x]\nsaid = 'dozens: 3'\n", 2, 8, "neither a number nor a known phrase"),
        ("[quantities.x]\nsaid = ''\n", 2, 8, "said: nothing"),
        ("[quantities.x]\nsaid = '6 to 5'\n", 2, 8, "is empty"),
        ("[quantities.x]\nsaid = nan\n", 2, 8, "is no number"),
        ("[quantities.x]\nsaid = true\n", 2, 1, "expected a number, got true or false"),
        ("[quantities.x]\nsaid = '1e99999999'\n", 2, 8, "beyond all sizes"),
        ("[quantities.x]\nvalue = 1e99999999\n", 2, 9, "beyond all sizes|inf is no number"),
        ("[quantities.x]\nvalue = 'six'\n", 2, 9, "'six' is no number"),
        ("[quantities.x]\nvalue = 3\nsaid = '4'\n", 2, 1, "said and value are two figures"),
        ("[quantities.x]\nunit = '7 CNY'\n", 2, 8, "7 is no power of ten"),
        ("[quantities.x]\nunit = 3\n", 2, 1, "unit: expected text"),
        ("[quantities.x]\nkind = 'goal'\n", 2, 8, "no kind 'goal'"),
        ("[quantities.x]\nreading = 'litteral'\n", 2, 11, "no reading 'litteral'; did you mean 'literal'"),
        ("[quantities.x]\nexact = 'yes'\n", 2, 1, "exact: expected true or false, got text"),
        ("[quantities.x]\ndecimals = 1.5\n", 2, 1, "decimals: expected a whole number, got a number"),
        ("[quantities.x]\ndecimals = 99\n", 2, 12, "outside of -22 to 22"),
        ("[quantities.sei-growth]\n", 1, 1, "'sei-growth' is not a name for formulas"),
        ("[quantities.class]\n", 1, 1, "'class' is not a name"),
        ("[quantities.x.alternatives.stated]\n", 1, 1, "can't be called 'stated'"),
        ("[quantities.x]\nalternatives = 3\n", 2, 1, "alternatives: expected tables"),
        ("[quantities.x.alternatives]\nb = 3\n", 2, 1, "b: expected a table"),
        ("[quantities.x.alternatives.b]\nsiad = 3\n", 2, 1, "alternative has no key 'siad'; did you mean 'said'"),
        ("[quantities.x.alternatives.b]\nsaid = 'so'\n", 2, 8, "has no number"),
        ("[quantities.x]\nsaid = 'so'\n[quantities.x.alternatives.b]\n", 2, 8, "has no number"),
        (
            "[quantities.x]\nunit='CNY'\n[quantities.x.alternatives]\nb = {said = 3}\nc = {said = 4, unit = 'USD'}\n",
            5, 1, "units that don't fit: 'CNY' and 'USD'",
        ),
        ("[assumptions.a]\nnote = 'x'\n", 1, 1, "has no text"),
        ("[assumptions.a]\ntext = 'x'\nbridges = ['price']\n", 3, 12, "no aspect to bridge 'price'; did you"),
        ("[assumptions.a]\ntext = 'x'\nbridges = 3\n", 3, 1, "bridges: expected a list of names"),
        (relation("x > z"), 10, 14, "no quantity 'z'; there are 'x', 'y', 'n'"),
        (relation("x + 1"), 10, 9, "claims nothing"),
        (relation("1 < 2"), 10, 9, "names no quantity"),
        (relation("x > (n"), 10, 16, "a bracket is never closed"),
        (relation("x >> n"), 10, 13, "a second '>'"),
        (relation("f(x) > 3"), 10, 11, "no functions"),
        (relation("x > 7 %"), 10, 16, "per cent is the unit of a quantity"),
        (relation("x = y"), 10, 9, r"units don't fit: x = y compares x \(USD\) and y \(CNY\)"),
        (relation("n = x + n * y"), 10, 9, r"units don't fit: x \+ n \* y adds x \(USD\) and n \* y \(CNY\)"),
        (relation("x > 100"), 10, 9, "a number with a unit is a quantity of its own"),
        (relation("n = x ** 2 / y"), 10, 9, r"\(USD\^2 per CNY\)"),
        (relation("x > n", "says = 3\n"), 10, 9, "units"),
        (relation("x > 0", "says = 3\n"), 11, 1, "says: expected text"),
        (relation("x > 0", "assumes = ['a']\n"), 11, 12, "no assumption 'a'; there are none"),
        (relation("x > 0", "with = { x = 'b' }\n"), 11, 14, "no alternative of 'x' called 'b'; there are 'stated'"),
        (relation("x > 0", "with = { z = 'b' }\n"), 11, 10, "no quantity 'z'"),
        (relation("x > 0", "with = { x = [] }\n"), 11, 10, "no alternative of 'x'; there are 'stated'"),
        (relation("x > 0", "kind = 'fact'\n"), 11, 8, "no kind 'fact'"),
        (relation("x > 0", "[[relations]]\nkey = 'r'\nholds = 'x < 9'\n"), 12, 1, "a second relation with the key 'r'"),
        ("[quantities.x]\nsaid = 3\nsaid = 4\n", 3, 9, "not TOML: Cannot overwrite a value"),
        ("[quantities.x\n", 1, 14, "not TOML"),
        ("x = [1,\n", 2, 0, "not TOML"),
        ("x = " + "[" * 100_000, 1, 105, "brackets are nested more than 100 deep"),
        ("x = 3\ny = " + "{a = " * 100_000, 2, 505, "brackets are nested more than 100 deep"),
    ],
)  # fmt: skip
def test_errors_have_their_line(text, line, column, told, tmp_path):
    path = tmp_path / "ledger.toml"
    path.write_text(text)
    with pytest.raises(LedgerError, match=told) as caught:
        read_ledger(path)
    error = caught.value
    assert (error.path, error.line, error.column) == (str(path), line, column), str(error)
    assert isinstance(error, ValueError)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    # and the same without a text
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    with pytest.raises(LedgerError, match=told) as caught:
        read_ledger(data)
    assert caught.value.line == 0


def test_text_that_is_no_utf8():
    with pytest.raises(LedgerError, match="line 2, column 9: not UTF-8"):
        read_ledger("title = 'a'\nnote = 'ü\xff'\n".encode("latin-1"))


def test_the_error_is_public():
    assert indicia.LedgerError is LedgerError


# ---- places ------------------------------------------------------------------------------------------------------

KEYS = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True),
    st.sampled_from(['"a b"', "'#c'", '"x.y"', '"\\u00e9"', "'[t]'"]),
)
VALUES = st.recursive(
    st.sampled_from(
        ["1", "1.5", "true", "2024-01-30", '"a # b"', "'c ] d'", '"""e\n[f]\n"g" = 1"""', "'''h\n'i' = 2'''", '"\\"j"']
    ),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: "[" + ", # [no\n".join(items) + "]"),
    max_leaves=6,
)


def word(key):
    return next(iter(tomllib.loads(f"{key} = 0")))


@given(st.lists(st.tuples(KEYS, KEYS, VALUES, st.sampled_from(["[{}]", "[[{}]]"]), st.booleans()), max_size=8))
def test_every_key_is_found_where_it_stands(tables):
    lines, wanted, number = ["# a ledger", ""], {}, {}
    for n, (head, key, value, brackets, inline) in enumerate(tables):
        name = f"t{n % 3}" if brackets == "[[{}]]" else f"s{n}.{head}"
        path = (name,) if "." not in name else (f"s{n}", word(head))
        wanted.setdefault(path, len(lines) + 1)
        if brackets == "[[{}]]":
            path = (name, number.setdefault(name, 0))
            number[name] += 1
            wanted[path] = len(lines) + 1
        lines.append(brackets.format(name))
        told = f"{{ {key} = {value} }}" if inline and "\n" not in value else value
        wanted[(*path, word(key))] = len(lines) + 1
        if told is not value:
            wanted[(*path, word(key), word(key))] = len(lines) + 1
        lines += f"  {key} = {told} # end".split("\n")
        lines.append("")
    text = "\n".join(lines)
    tomllib.loads(text)  # so that the test writes TOML
    document = load(text.encode())
    for path, line in wanted.items():
        assert document.place(path)[0] == line, (path, text)
