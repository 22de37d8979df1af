"""SDMX-ML: samples row by row, what is decided without a structure, errors, and the same result however it is read."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from readers import outcome, same

import indicia

DATA = Path(__file__).parent / "data" / "sdmx-ml"
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "sdmx"
NAN = float("nan")
MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"


def rows(source, **options):
    """A source in long form: codes, period, value, flags."""
    obs = indicia.read_observations(source if isinstance(source, bytes) else DATA / source, **options)
    return obs, [tuple(row) for row in obs.to_pandas(flags="text").astype(object).itertuples(index=False)]


def alike(found, expected):
    """Row by row, NaN being itself."""
    assert [tuple(map(repr, row)) for row in found] == [tuple(map(repr, row)) for row in expected]


def specific(body, *, version="v2_1", header=""):
    """A structure-specific message around a data set's content."""
    root = f'<m:StructureSpecificData xmlns:m="{MESSAGE.replace("v2_1", version)}">'
    return f"{root}\n{header}<m:DataSet>\n{body}</m:DataSet>\n</m:StructureSpecificData>\n".encode()


# ---- samples --------------------------------------------------------------------------------------------------------


def test_structure_specific_series_with_groups():
    obs, found = rows("good_structure_specific.xml")
    assert obs.dims == ("FREQ", "REF_AREA", "time")
    expected = [("M", "01", "2023-01", 1.25, ""), ("M", "01", "2023-02", -0.5, "PROVISIONAL")]
    expected += [("M", "01", "2023-03", NAN, "NOT_APPLICABLE"), ("M", "01", "2023-05", 3.0, "CONFIDENTIAL")]
    alike(found, [*expected, ("M", "NA", "2022-12", 18.5, "BREAK"), ("M", "NA", "2023-01", 19.0, "")])
    assert obs.codes["REF_AREA"] == ("01", "NA", "02")
    assert obs.unit == "PC"
    assert list(obs.multiplier) == [0, 3]
    assert list(obs.decimals) == [2, 1]
    assert obs.attrs["by_series"]["TITLE"] == ("Rates of 01 & others", "Rates of Namibia")
    assert (obs.attrs["structure"], obs.attrs["id"], obs.attrs["sender"]) == ("XX:RATES(1.0)", "RATES1", "XX")


def test_generic_series():
    obs, found = rows("good_generic.xml")
    expected = [("M", "01", "2023-01", 1.25, ""), ("M", "01", "2023-02", -0.5, "PROVISIONAL")]
    alike(found, [*expected, ("M", "01", "2023-03", NAN, "NOT_APPLICABLE"), ("M", "NA", "2022-12", 18.5, "")])
    assert list(obs.decimals) == [2, 1]


def test_everything_that_xml_allows():
    """A byte order mark, either quotes, references, CDATA, comments, blanks, FREQ over the period, own statuses."""
    obs, found = rows("odd_syntax.xml")
    expected = [("A", "DE", "2000", 1000.0, "OTHER"), ("A", "DE", "2001", 7.0, "")]
    expected += [("A", "DE", "2002", 12345678901234567890.0, "BREAK|PROVISIONAL")]
    alike(found, [*expected, ("A", '"q"', "2001", NAN, "NOT_COLLECTED")])
    assert obs.attrs["unknown_flags"] == {"SD": 1}
    assert (obs.attrs["id"], obs.attrs["title"], obs.attrs["TITLE"]) == ("a <b>", "Café 中<", "a b c")


def test_several_measures():
    """SDMX 3.0: Atts, Comp, a deleted series, a measure that an observation lacks."""
    obs, found = rows("odd_flat_measures.xml")
    expected = [("A", "DE", "TURNOVER", "2021", 10.5, "PROVISIONAL"), ("A", "DE", "STAFF", "2021", 3.0, "PROVISIONAL")]
    expected += [("A", "DE", "TURNOVER", "2022", 11.0, ""), ("A", "DE", "TURNOVER", "2023", 12.25, "")]
    alike(found, expected)
    assert obs.attrs["TITLE"] == "German firms"
    assert sum(obs.attrs["skipped"].values()) == 1
    one, found = rows("odd_flat_measures.xml", measures=["STAFF"], attributes=["COMMENT_OBS"])
    assert one.dims == ("FREQ", "GEO", "time")
    assert [row[2:4] for row in found] == [("2021", 3.0)]
    assert "one;two" in repr(rows("odd_flat_measures.xml", attributes=["COMMENT_OBS"])[1])


def test_cross_sectional_of_sdmx_2_0():
    obs, found = rows("odd_cross_sectional.xml")
    assert obs.dims == ("FREQ", "measure", "CATEGORY", "COUNTRY", "time")
    expected = [("A", "STOCKS", "A", "MX", "2000", 3.14, ""), ("A", "FLOWS", "A", "MX", "2000", 1.0, "ESTIMATED")]
    alike(found, [*expected, ("A", "FLOWS", "B", "MX", "2000", -1.0, "")])


@pytest.mark.parametrize(
    ("name", "line", "column", "message"),
    [
        ("broken_number.xml", 6, 45, 'expected a number, not "1,5"'),
        ("broken_end_tag.xml", 4, 1, "expected the end tag of"),
        ("broken_twice.xml", 8, 1, "on line 4 and line 8"),
        ("broken_doctype.xml", 2, 1, "DOCTYPE"),
        ("broken_footer.xml", 3, 11, "510: Response size exceeds the limit"),
    ],
)
def test_broken_samples(name, line, column, message):
    with pytest.raises(indicia.FormatError) as error:
        indicia.read_observations(DATA / name)
    assert (error.value.line, error.value.column) == (line, column)
    assert message in str(error.value)


def test_samples_are_sniffed():
    assert {indicia.sniff(path) for path in DATA.glob("*.xml")} == {"sdmx-ml"}


# ---- the official sample --------------------------------------------------------------------------------------------


def test_the_same_observations_from_every_variant():
    names = [f"ecb_exr_{n}" for n in ("ng_flat", "ng_ts", "ng_ts_gf", "ng_xs", "rg_flat", "rg_ts", "ng_flat_ss")]
    names += [f"ecb_exr_{n}" for n in ("ng_ts_ss", "ng_xs_ss", "rg_ts_ss", "sg_ts_gf_flat_ss")]
    if not SHARED.is_dir():
        pytest.skip("no shared data")
    columns = ["FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_VAR", "time", "value"]
    found = set()
    for name in names:
        obs = indicia.read_observations(SHARED / f"{name}.xml")
        assert set(obs.dims) == set(columns[:-1]), name
        frame = obs.to_pandas()[columns].astype(object)
        found.add(tuple(sorted(tuple(row) for row in frame.itertuples(index=False))))
        units = {obs.codes["CURRENCY"][p] for p in obs.positions["CURRENCY"]}
        assert set(obs.unit) == units, name
        assert sorted(obs.decimals) == [2, 4, 4, 5], name
        assert obs.multiplier == 0
    assert len(found) == 1
    assert len(next(iter(found))) == 12


# ---- what is a dimension --------------------------------------------------------------------------------------------


def test_what_series_need_to_differ_is_a_dimension():
    """COLLECTION is an attribute, unless two series are one without it; so is what stands behind an attribute."""
    text = '<Series FREQ="A" GEO="DE" COLLECTION="{}" TITLE="{}"><Obs TIME_PERIOD="2020" OBS_VALUE="1"/></Series>\n'
    both = specific(text.format("A", "average") + text.format("E", "end"))
    assert indicia.read_observations(both).dims == ("FREQ", "GEO", "COLLECTION", "time")
    one = specific(text.format("A", "average") + text.format("E", "end").replace("DE", "FR"))
    assert indicia.read_observations(one).dims == ("FREQ", "GEO", "time")
    behind = specific(text.replace("COLLECTION", "DECIMALS").replace("TITLE", "ITEM").format(1, "x") * 1)
    assert indicia.read_observations(behind).dims == ("FREQ", "GEO", "time")
    first, second = (text.replace("COLLECTION", "DECIMALS").replace("TITLE", "ITEM").format(1, x) for x in "xy")
    assert indicia.read_observations(specific(first + second)).dims == ("FREQ", "GEO", "ITEM", "time")


def test_what_some_series_lack_is_none():
    body = '<Series GEO="DE" NOTE1="x"><Obs TIME_PERIOD="2020" OBS_VALUE="1"/></Series>'
    obs = indicia.read_observations(specific(body + body.replace(' NOTE1="x"', "").replace("DE", "FR")))
    assert obs.dims == ("GEO", "time")
    assert obs.attrs["by_series"]["NOTE1"] == ("x", None)


def test_dims_overrule():
    body = '<Series GEO="DE" TITLE="a"><Obs TIME_PERIOD="2020" OBS_VALUE="1"/></Series>'
    assert indicia.read_observations(specific(body), dims=["TITLE"]).dims == ("TITLE", "time")
    with pytest.raises(ValueError, match="dims names"):
        indicia.read_observations(specific(body), dims=["SEX"])


def test_filters_and_attributes():
    _, found = rows("good_structure_specific.xml", where={"REF_AREA": "NA", "time": "2023"})
    alike(found, [("M", "NA", "2023-01", 19.0)])
    with pytest.raises(ValueError, match="there is no such dimension"):
        rows("good_structure_specific.xml", where={"TITLE": "x"})
    with pytest.raises(ValueError, match="there is no such concept"):
        rows("good_structure_specific.xml", attributes=["NOTHING"])
    obs, found = rows("good_structure_specific.xml", attributes=["CONF_STATUS", "REF_AREA"])
    assert [str(row[-1]) for row in found] == ["nan", "F", "nan", "N", "nan", "nan"]
    assert [bool(flags & indicia.Flag.CONFIDENTIAL) for flags in obs.flags] == [row[-1] == "N" for row in found]


def test_data_sets():
    series = '<Series GEO="{}"><Obs TIME_PERIOD="2020" OBS_VALUE="{}"/></Series>'
    text = specific(series.format("DE", 1)).decode()
    two = text.replace("<m:DataSet>", '<m:DataSet structureRef="A">').replace(
        "</m:DataSet>", '</m:DataSet><m:DataSet structureRef="B">' + series.format("FR", 2) + "</m:DataSet>"
    )
    assert [row[0] for row in rows(two.encode())[1]] == ["DE", "FR"]
    assert [row[0] for row in rows(two.encode(), dataset="B")[1]] == ["FR"]
    with pytest.raises(ValueError, match="the message has A, B"):
        rows(two.encode(), dataset="C")
    with pytest.raises(indicia.FormatError, match="dataset= chooses one of A, B"):
        rows(two.replace('GEO="FR"', 'AREA="FR"').encode())


def test_no_data():
    assert len(indicia.read_observations(specific(""))) == 0
    with pytest.raises(indicia.FormatError, match="no data set"):
        indicia.read_observations(specific("").replace(b"DataSet>", b"Other>"))
    with pytest.raises(indicia.UnsupportedFormatError, match="holds no observations"):
        indicia.read_observations(f'<m:Structure xmlns:m="{MESSAGE}"/>'.encode())
    with pytest.raises(indicia.FormatError, match=r"measures=\[\"FIGURE\"\]"):
        indicia.read_observations(specific('<Series A="1"><Obs TIME_PERIOD="2020" FIGURE="1"/></Series>'))
    text = specific('<Series A="1"><Obs TIME_PERIOD="2020" FIGURE="1"/></Series>')
    assert rows(text, measures=["FIGURE"])[1] == [("1", "2020", 1.0)]


def test_an_error_message_from_the_provider():
    message = '<m:ErrorMessage code="100"><Text>No results found.</Text></m:ErrorMessage>'
    text = f'<m:Error xmlns:m="{MESSAGE}">{message}</m:Error>'
    with pytest.raises(indicia.FormatError, match=r"100: No results found\."):
        indicia.read_observations(text.encode())


# ---- one result, however it is read ---------------------------------------------------------------------------------


def long_specific(n, wrap=str):
    obs = '<Obs TIME_PERIOD="{}-{:02}" OBS_VALUE="{}.{}"{}/>'
    marks = ["", "", "", ' OBS_STATUS="p"', "", ' OBS_FLAG="b"', ' OBS_STATUS="q"', ' CONF_STATUS="N"']
    out = []
    for s in range(n):
        out.append(f'<Series FREQ="M" GEO="G{s}" TITLE="Title {s % 7}">')
        out += [wrap(obs.format(2000 + k // 12, 1 + k % 12, s * k, k % 10, marks[k * s % 8])) for k in range(200)]
        out.append("</Series>\n")
    return "".join(out)


def long_flat(n):
    return "".join(
        f'<Obs FREQ="A" GEO="G{k // 50}" TIME_PERIOD="{1950 + k % 50}" OBS_VALUE="{k}" NOTE="é"/>\n' for k in range(n)
    )


def long_generic(n):
    series = (
        '<g:Series><g:SeriesKey><g:Value id="GEO" value="G{}"/></g:SeriesKey><g:Attributes><g:Value id="UNIT" '
        'value="U"/></g:Attributes>\n{}</g:Series>\n'
    )
    obs = '<g:Obs>\n <g:ObsDimension value="{}"/>\n <g:ObsValue value="{}"/>\n</g:Obs>\n'
    body = "".join(series.format(s, "".join(obs.format(1960 + k, s * k) for k in range(60))) for s in range(n))
    return f'<m:GenericData xmlns:m="{MESSAGE}" xmlns:g="x"><m:DataSet>{body}</m:DataSet></m:GenericData>'.encode()


TALES = {
    "specific": specific(long_specific(350)),
    "lines": specific(long_specific(300, wrap=lambda text: text + "\n  ")),
    "flat": specific(long_flat(50_000)),
    "generic": long_generic(600),
    "false beginnings": specific(
        "".join(
            f'<Series A="{k}"><!-- <Series A="x"><Obs TIME_PERIOD="2021" OBS_VALUE="2"/></Series> {"-x" * 9000} -->'
            '<Obs TIME_PERIOD="2020" OBS_VALUE="1"/></Series>'
            for k in range(150)
        )
    ),
    "data sets": specific(long_specific(200) + '</m:DataSet><m:DataSet x="1">' + long_specific(100).replace("G", "H")),
    "an error late": specific(long_specific(300) + '\n<Series FREQ="M" GEO="é"><Obs OBS_VALUE="x"/></Series>'),
    "cut": specific(long_specific(300))[:-5000],
    "twice": specific(long_specific(200) + "\n" + long_specific(100)),
}


@pytest.mark.parametrize("name", TALES)
def test_threads_and_paths_agree(name):
    text = TALES[name]
    assert len(text) > 2 << 20, len(text)
    expected = outcome(text, threads=1, plain=True)
    for threads in (1, 2, 3):
        assert outcome(text, threads=threads) == expected, threads
    assert outcome(io.BytesIO(text), threads=2) == expected
    if name == "twice":
        assert expected[1] == 204
        assert "on line 3 and line 204" in expected[4]


def test_short_pieces():
    """A stream that gives a few bytes at a time."""

    class Drip(io.RawIOBase):
        def __init__(self, data, step):
            self.data, self.step, self.at = data, step, 0

        def readable(self):
            return True

        def read(self, size=-1):
            piece = self.data[self.at : self.at + self.step]
            self.at += len(piece)
            return piece

    for path in sorted(DATA.glob("*.xml")):
        text = path.read_bytes()
        expected = outcome(text)
        for step in (1, 7, 64):
            assert outcome(Drip(text, step)) == expected, (path, step)


def test_gzip_is_the_same(tmp_path):
    import gzip

    path = tmp_path / "x.xml.gz"
    path.write_bytes(gzip.compress(TALES["specific"]))
    assert same(indicia.read_observations(path), indicia.read_observations(TALES["specific"]))


def test_twins():
    """A structure-specific message and a generic one with the same content."""
    generic = indicia.read_observations(TALES["generic"])
    body = "".join(
        f'<Series GEO="G{s}" UNIT_MULT="0">'
        + "".join(f'<Obs TIME_PERIOD="{1960 + k}" OBS_VALUE="{s * k}"/>' for k in range(60))
        + "</Series>"
        for s in range(600)
    )
    twin = indicia.read_observations(specific(body))
    np.testing.assert_array_equal(generic.values, twin.values)
    np.testing.assert_array_equal(generic.time.ordinals, twin.time.ordinals)
    codes = [[obs.codes["GEO"][p] for p in obs.positions["GEO"]] for obs in (twin, generic)]
    assert codes[0] == codes[1]


# ---- hostile --------------------------------------------------------------------------------------------------------


def test_nesting():
    deep = specific("<a>" * 1_000_000)
    with pytest.raises(indicia.LimitError, match="nested more than"):
        indicia.read_observations(deep)


def test_many_attributes_take_linear_time():
    names = " ".join(f'A{k}="{k}"' for k in range(100_000))
    with pytest.raises(indicia.LimitError, match="more than 1000 concepts"):
        indicia.read_observations(specific(f"<Series {names}/>"))
    with pytest.raises(indicia.FormatError, match="there twice"):
        indicia.read_observations(specific(f'<Series {names} A7="x"/>'))


def test_a_long_tag():
    with pytest.raises(indicia.LimitError, match="a tag or text of more than"):
        indicia.read_observations(specific('<Series A="' + "x" * 2_000_000 + '"/>'), limits={"line": 1_000_000})


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("GB2312", "gb2312"),
        ("Shift_JIS", "shift_jis"),
        ("UTF-8", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"),
        ("utf-16", "utf-8"),
    ],
)
def test_encodings_by_the_declaration(declared, codec):
    name = {"cp1252": "ö€", "gb2312": "北京", "shift_jis": "東京"}.get(codec, "ö")
    text = specific(f'<Series A="{name}"><Obs TIME_PERIOD="2020" OBS_VALUE="1"/></Series>').decode()
    whole = f'<?xml version="1.0" encoding="{declared}"?>\n{text}'
    for source in (whole.encode(codec), io.BytesIO(whole.encode(codec))):
        assert indicia.read_observations(source).codes["A"] == (name,)


def test_an_encoding_that_there_is_not(tmp_path):
    text = b'<?xml version="1.0" encoding="EBCDIC-NOWHERE"?>' + specific("")
    path = tmp_path / "x.xml"
    path.write_bytes(text)
    with pytest.raises(indicia.FormatError, match=r"x\.xml: line 1, column 1: .*EBCDIC-NOWHERE"):
        indicia.read_observations(path)
    assert len(indicia.read_observations(text, encoding="utf-8")) == 0


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\x00", b"\x08", b"\xef\xbf\xbf"])
def test_bytes_that_are_no_text(bad):
    text = specific('<Series A="1"><Obs TIME_PERIOD="2020" OBS_VALUE="1" NOTE="x?"/></Series>').replace(b"?", bad)
    with pytest.raises(indicia.FormatError) as error:
        indicia.read_observations(text, encoding="utf-8")
    assert error.value.line == 3


def test_frequencies_that_are_not_read():
    with pytest.raises(indicia.UnsupportedFormatError, match="frequency of the period"):
        indicia.read_observations(
            specific('<Series FREQ="H" A="1"><Obs TIME_PERIOD="2020-01-01T10:00:00" OBS_VALUE="1"/></Series>')
        )


def test_periods_on_no_calendar():
    text = specific('<Series A="1"><Obs TIME_PERIOD="2020-W99" OBS_VALUE="1"/></Series>')
    with pytest.warns(indicia.DataWarning, match="2020-W99"):
        obs = indicia.read_observations(text)
    assert len(obs) == 0
