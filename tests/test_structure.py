"""Labels from structure messages and code lists: structure=, and what a source carries itself."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
from pathlib import Path

import pytest

import indicia
from indicia import _core

SAMPLES = Path(__file__).parent / "data" / "structure"
MESSAGES = ["good_2_1.xml", "good_3_0.xml", "odd_2_0.xml", "good_json.json"]

DATA = (
    b"DATAFLOW,REF_AREA,FLOUR,TIME_PERIOD,OBS_VALUE\n"
    b"OWN:BREAD(1.0),NA,R,2022,1\nOWN:BREAD(1.0),DE,R,2022,2\nOWN:BREAD(1.0),XX,R,2022,3\n"
)
SPECIFIC = """<mes:StructureSpecificData xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">
<mes:Header><mes:ID>D</mes:ID></mes:Header>CARRIED<mes:DataSet>
<Series REF_AREA="NA" FLOUR="R"><Obs TIME_PERIOD="2022" OBS_VALUE="1"/></Series>
<Series REF_AREA="DE" FLOUR="R"><Obs TIME_PERIOD="2022" OBS_VALUE="2"/></Series></mes:DataSet>
</mes:StructureSpecificData>"""
JSON = json.dumps(
    {
        "data": {
            "dataSets": [{"structure": 0, "series": {"0:0": {"observations": {"0": [1]}}}}],
            "structures": [
                {
                    "dimensions": {
                        "series": [
                            {"id": "REF_AREA", "values": [{"id": "NA", "name": "of the file"}]},
                            {"id": "FLOUR", "values": [{"id": "R"}]},
                        ],
                        "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2022"}]}],
                    }
                }
            ],
        }
    }
).encode()


def words(data):
    return {dim: dict(labels) for dim, labels in data.labels.items()}


def specific(carried=""):
    return SPECIFIC.replace("CARRIED", carried).encode()


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("data", [DATA, specific(), JSON], ids=["sdmx-csv", "sdmx-ml", "sdmx-json"])
def test_every_message_labels_every_format(name, data):
    found = indicia.read_observations(data, structure=SAMPLES / name)
    plain = indicia.read_observations(data)
    expected = {"REF_AREA": {"NA": "Namibia", "DE": "Germany"}, "FLOUR": {"R": "Rye"}}
    if data == JSON:
        del expected["REF_AREA"]["DE"]
    assert words(found) == expected
    assert found.codes == plain.codes
    assert found.attrs["titles"]["REF_AREA"] == "Reference area"
    assert words(indicia.read_cube(data, structure=SAMPLES / name)) == expected


def test_languages():
    found = indicia.read_observations(DATA, structure=SAMPLES / "good_2_1.xml", language="de")
    assert words(found)["REF_AREA"] == {"NA": "Namibia (de)", "DE": "Deutschland & alles"}
    assert words(found)["FLOUR"] == {"R": "Rye"}  # which it has in English alone
    assert found.attrs["titles"] == {"REF_AREA": "Gebiet", "FLOUR": "Flour"}
    for name in ("good_3_0.xml", "odd_2_0.xml", "good_json.json"):
        found = indicia.read_observations(DATA, structure=SAMPLES / name, language="de")
        assert words(found)["REF_AREA"] == {"NA": "Namibia", "DE": "Deutschland"}


def test_what_the_scanner_tells():
    lists = {
        (kind, name): items
        for kind, name, _, _, items in _core.structures((SAMPLES / "good_2_1.xml").read_bytes(), None, 1 << 20)
    }
    assert list(lists) == [
        ("flow", "OWN:BREAD(1.0)"),
        ("codes", "OWN:CL_AREA(1.0)"),
        ("codes", "OWN:CL_FLOUR(1.0)"),
        ("codes", "OWN:CL_FLOUR(2.0)"),
        ("concepts", "OWN:CONCEPTS(1.0)"),
        ("data", "OWN:DSD_BREAD(2.0)"),
    ]
    assert lists["codes", "OWN:CL_AREA(1.0)"] == {"NA": "Namibia", "DE": "Germany", "AT": "Österreich"}
    assert lists["codes", "OWN:CL_FLOUR(2.0)"] == {"R": "Rye", "W": "Wheat <white>"}
    assert [(id, codes, concept) for id, _, codes, concept in lists["data", "OWN:DSD_BREAD(2.0)"]] == [
        ("FREQ", None, "OWN:CONCEPTS(1.0).FREQ"),
        ("REF_AREA", None, "OWN:CONCEPTS(1.0).REF_AREA"),
        ("FLOUR", "OWN:CL_FLOUR(2.0)", "OWN:CONCEPTS(1.0).FLOUR"),
        ("TIME_PERIOD", None, "OWN:CONCEPTS(1.0).TIME_PERIOD"),
    ]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("name", ["good_2_1.xml", "odd_2_0.xml"])
def test_a_message_that_carries_its_structures(name, threads):
    text = (SAMPLES / name).read_text()
    inner = text[text.index("</mes:Header>" if "mes:" in text else "</Header>") :].partition("\n")[2].rpartition("<")[0]
    inner = inner.replace("mes:", "")
    namespaces = ' xmlns:str="s" xmlns:com="c" xmlns:structure="t"'
    data = specific(inner).replace(b" xmlns:mes", namespaces.encode() + b" xmlns:mes", 1)
    found = indicia.read_observations(data, threads=threads)
    assert words(found) == {"REF_AREA": {"NA": "Namibia", "DE": "Germany"}, "FLOUR": {"R": "Rye"}}
    assert (
        indicia.read_observations(data, threads=threads, language="de").labels["REF_AREA"]["DE"].startswith("Deutsch")
    )
    assert indicia.read_observations(gzip.compress(data)).labels == found.labels
    asked = indicia.read_observations(data, structure={"FLOUR": {"R": "Roggen"}})
    assert words(asked) == {**words(found), "FLOUR": {"R": "Roggen"}}


def archive(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("name", MESSAGES)
def test_an_archive_with_data_and_structure(name, tmp_path):
    message = (SAMPLES / name).read_bytes()
    packed = archive(structure=message, data=specific())
    found = indicia.read_observations(packed)
    assert found.labels["REF_AREA"]["DE"] == "Germany"
    assert indicia.read_observations(packed, member="data").labels == found.labels
    assert indicia.sniff(packed) == "sdmx-ml"
    path = tmp_path / "x.zip"
    path.write_bytes(packed)
    assert indicia.read_observations(DATA, structure=path).labels["REF_AREA"]["DE"] == "Germany"
    with pytest.warns(indicia.errors.DataWarning, match="can't be read"):
        indicia.read_observations(archive(structure=message[:-9], data=specific()))


def test_what_wins():
    """structure= before the file's own labels, code by code; those before what the source carries."""
    labelled = b"DATAFLOW,REF_AREA: Area,TIME_PERIOD: Time,OBS_VALUE\n"
    labelled += b"X,DE: Mine,2022,1\nX,NA: Also mine,2022,2\nX,FR: France,2022,1\n"
    own = words(indicia.read_observations(labelled))["REF_AREA"]
    assert own == {"DE": "Mine", "NA": "Also mine", "FR": "France"}
    asked = indicia.read_observations(labelled, structure={"REF_AREA": {"DE": "Germany", "ZZ": "nowhere"}})
    assert words(asked)["REF_AREA"] == own | {"DE": "Germany"}
    message = SAMPLES / "odd_2_0.xml"
    assert words(indicia.read_observations(JSON, structure=message))["REF_AREA"] == {"NA": "Namibia"}
    packed = archive(structure=message.read_bytes(), data=JSON)
    assert words(indicia.read_observations(packed)) == {"REF_AREA": {"NA": "of the file"}, "FLOUR": {"R": "Rye"}}


@pytest.mark.parametrize(
    "table",
    [
        "code,label\nNA,Namibia\nDE,Germany\n",
        "NA\tNamibia\nDE\tGermany\n",
        '\ufeffREF_AREA;name_de;name\r\nDE;Deutschland;"Ger""many"\r\nNA;;Namibia\r\n',
        "n,iso code,label\n1,DE,Germany\n2,NA,Namibia\n",
    ],
)
def test_tables_of_codes(table):
    expected = {"NA": "Namibia", "DE": 'Ger"many' if '"' in table else "Germany"}
    data = table.encode()
    assert words(indicia.read_observations(DATA, structure={"REF_AREA": data})) == {"REF_AREA": expected}
    assert words(indicia.read_observations(DATA, structure=[data])) == {"REF_AREA": expected}
    if "name_de" in table:
        expected["DE"] = "Deutschland"
    assert words(indicia.read_observations(DATA, structure=data, language="de")) == {"REF_AREA": expected}


def test_lists_that_have_lost_their_zeros():
    head = b"t,i,j,k,v,q\n"
    data = head + b"2022,4,8,010111,1,1\n2022,8,12,010119,2,1\n2022,4,12,999999,2,1\n"
    countries, products = (
        b"country_code,country_name\n4,Afghanistan\n8,Albania\n12,Algeria\n",
        b"code,description\n10111,Horses\n10119,Asses\n",
    )
    found = words(indicia.read_observations(data, structure=[countries, products]))
    assert found == {
        "i": {"4": "Afghanistan", "8": "Albania"},
        "j": {"8": "Albania", "12": "Algeria"},
        "k": {"010111": "Horses", "010119": "Asses"},
    }
    assert (
        words(
            indicia.read_observations(
                [data[: len(head) + 20], head + data[len(head) + 20 :]], structure=[countries, products]
            )
        )
        == found
    )


def test_structures_without_data_structures():
    codes = b'<CodeList id="cl_flour"><Code value="R"><Description>Rye</Description></Code></CodeList>'
    codes = b'<Structure xmlns="sdmx"><CodeLists>' + codes + b"</CodeLists></Structure>"
    assert words(indicia.read_observations(DATA, structure=codes)) == {"FLOUR": {"R": "Rye"}}
    assert words(indicia.read_observations(DATA, structure={"FLOUR": codes})) == {"FLOUR": {"R": "Rye"}}
    with pytest.warns(indicia.errors.DataWarning, match="no label for a code of REF_AREA, FLOUR"):
        indicia.read_observations(DATA, structure=codes.replace(b"cl_flour", b"cl_x"))


def test_a_structure_in_two_messages():
    text = (SAMPLES / "good_2_1.xml").read_text()
    at, end = text.index("<str:Codelists>"), text.index("</str:Codelists>") + len("</str:Codelists>")
    lists, rest = (
        text[: text.index("<str:Dataflows>")] + text[at:end] + "</mes:Structures></mes:Structure>",
        text[:at] + text[end:],
    )
    found = indicia.read_observations(DATA, structure=[io.BytesIO(rest.encode()), lists.encode("utf-16")])
    assert words(found) == {"REF_AREA": {"NA": "Namibia", "DE": "Germany"}, "FLOUR": {"R": "Rye"}}


def test_what_does_not_fit():
    def read(structure):
        return indicia.read_observations(DATA, structure=structure)

    with pytest.raises(indicia.errors.UnknownNameError, match="no dimension 'REFAREA'; did you mean 'REF_AREA'"):
        read({"REFAREA": {}})
    with pytest.raises(TypeError, match="labels are texts"):
        read({"REF_AREA": {"DE": 1}})
    with pytest.raises(ValueError, match=r"no dimension has half of its codes, and two, in the list .* structure={"):
        read(b"code,label\nA,a\nB,b\n")
    two = (SAMPLES / "odd_2_0.xml").read_bytes().replace(b'conceptRef="FLOUR"', b'conceptRef="F"')
    with pytest.raises(ValueError, match="which list 'FLOUR' has isn't said; there are 'OWN:CL_AREA"):
        read({"FLOUR": two})
    alike = (SAMPLES / "odd_2_0.xml").read_text()
    at, end = alike.index("<structure:KeyFamily "), alike.index("</KeyFamilies>")
    alike = alike[:end] + alike[at:end].replace('id="BREAD"', 'id="CAKE"') + alike[end:]
    with pytest.raises(ValueError, match="'OWN:BREAD', 'OWN:CAKE' fit the data"):
        indicia.read_observations(specific(), structure=alike.encode())


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"<Structure>\n<a></Structure>", 2, "the end tag"),
        (b"<!DOCTYPE a><Structure/>", 1, "DOCTYPE"),
        (b'{"data":\n{"codelists": [}', 2, "Expecting value"),
        (b'{"data": {"codelists": [1]}}', 1, "objects with an id"),
        (b'{"data": {"codelists": [{}]}}', 1, "objects with an id"),
        (b'{"data": {"codelists": [{"id": "\xff"}]}}', 1, "no UTF-8"),
        (b"<Structure/>", 1, "expected a structure message"),
        (b"{}", 1, "expected a structure message"),
        (b"hello", 1, "or a code list of two columns"),
        (b'a,b\n"c,d\n', 2, "unexpected end"),
    ],
)
def test_broken_messages(data, line, message, tmp_path):
    path = tmp_path / "broken"
    path.write_bytes(data)
    with pytest.raises(indicia.FormatError, match=message) as error:
        indicia.read_observations(DATA, structure=path)
    assert error.value.line == line
    assert error.value.path == str(path)


def test_hostile_messages():
    for deep in (b"<a>" * 10**6, b'{"a":' + b"[" * 10**6):
        with pytest.raises(indicia.LimitError):
            indicia.read_observations(DATA, structure=deep)


def test_long_lists_take_linear_time():
    def took(n):
        codes = "".join(
            f'<Code id="C{i}"><Name xml:lang="en">Code {i}</Name><Name xml:lang="fr">F</Name></Code>' for i in range(n)
        )
        data = f'<Structure><Codelists><Codelist id="CL">{codes}</Codelist></Codelists></Structure>'
        start = time.perf_counter()
        ((_, _, _, _, found),) = _core.structures(data.encode(), None, 1 << 20)
        assert len(found) == n
        return time.perf_counter() - start

    assert min(took(40_000) for _ in range(3)) < 80 * min(took(4_000) for _ in range(3))


# ---- what archives have besides -------------------------------------------------------------------------------------

DATA_OF_STATCAN = b"""REF_DATE,GEO,Products,VALUE
2022,Canada,Bread,1.5
2023,Canada,Bread,2.5
2022,Canada,Rye bread,0.5
2023,Canada,Rye bread,0.75
"""
METADATA = b"""\xef\xbb\xbf"Cube Title","Product Id","CANSIM Id","URL","Cube Notes"
"Prices of bread","18100001","326-0009","https://example.org/18100001","1"

"Dimension ID","Dimension name","Dimension Notes","Dimension Definitions"
"1","Geography","",""
"2","Products","",""

"Dimension ID","Member Name","Classification Code","Member ID","Parent Member ID","Terminated"
"1","Canada","","1","",""
"2","Bread","","1","",""
"2","Rye bread","","2","1",""

"Symbol Legend"
"Description","Symbol"
"not available",".."

"Survey Code","Survey Name"
"2301","Consumer Price Index"

"Note ID","Note"
"1","Prices, ""all"" taxes included."
"2","A second one."
"""


def test_the_metadata_of_statistics_canada():
    packed = archive(**{"18100001.csv": DATA_OF_STATCAN, "18100001_MetaData.csv": METADATA})
    for found in (indicia.read_observations(packed), indicia.read_observations(packed, member="18100001.csv")):
        assert found.to_pandas()["value"].tolist() == [1.5, 2.5, 0.5, 0.75]
        attrs = {name: found.attrs[name] for name in ("title", "table", "url", "source", "children", "notes")}
        assert attrs == {
            "title": "Prices of bread",
            "table": "18100001",
            "url": "https://example.org/18100001",
            "source": "Consumer Price Index",
            "children": {"Products": {"Bread": ("Rye bread",)}},
            "notes": 'Prices, "all" taxes included.\nA second one.',
        }
    cut = archive(**{"a.csv": DATA_OF_STATCAN, "a_MetaData.csv": METADATA[:-100]})
    assert indicia.read_observations(cut).attrs["title"] == "Prices of bread"


def test_names_of_members_are_names_only(tmp_path):
    """No member is ever written anywhere, whatever it is called."""
    packed = archive(**{"../../outside.csv": DATA, "/etc/../absolute.xml": (SAMPLES / "odd_2_0.xml").read_bytes()})
    found = indicia.read_observations(packed)
    assert found.labels["REF_AREA"]["DE"] == "Germany"
    assert found.attrs["path"] == "../../outside.csv"
    assert indicia.read_observations(packed, member="../../outside.csv").labels == found.labels
    with pytest.raises(ValueError, match=r"the archive has ../../outside.csv"):
        indicia.read_observations(packed, member="outside.csv")
    assert not list(tmp_path.iterdir())
