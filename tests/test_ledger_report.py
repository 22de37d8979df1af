"""Audits of ledgers as text, JSON, HTML and table, and as a program."""

from __future__ import annotations

import functools
import io
import json
import pickle
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import indicia
from indicia import UnknownNameError, audit, read_ledger
from indicia._ledger_audit import SCHEMA, Span
from indicia._ledger_show import choices_text, print_rich
from indicia._ledger_words import span_text
from indicia.cli import main

BAKERY = Path(__file__).parent / "data" / "ledger" / "bakery.toml"


@functools.cache
def bakery(**options):
    return read_ledger(BAKERY).audit(**options)


def audited(quantities, *relations, assumptions=None):
    return read_ledger({"quantities": quantities, "relations": relations, "assumptions": assumptions or {}}).audit()


# ---- the program -------------------------------------------------------------------------------------------------


def test_the_program(capsys):
    assert main(["audit", str(BAKERY)]) == 0
    assert capsys.readouterr().out.startswith("The town's bakeries\n")
    assert main(["audit", str(BAKERY), "--strict"]) == 3
    capsys.readouterr()
    assert main(["audit", str(BAKERY), "--strict", "--without", "grown", "--without", "sales"]) == 0
    assert "left out: grown, sales" in capsys.readouterr().out
    assert main(["audit", str(BAKERY), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == SCHEMA


def test_the_program_and_what_is_wrong(capsys, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text('[quantities.x]\nsaid = "more than"\n')
    for arguments, code, told in [
        ([bad], 1, f"{bad}: line 2, column 8: 'more than' has no number"),
        ([tmp_path / "none.toml"], 1, f"{tmp_path / 'none.toml'}: No such file or directory"),
        ([BAKERY, "--assume", "sale"], 1, f"{BAKERY}: no assumption 'sale'; did you mean 'sales'?"),
        ([], 2, "the following arguments are required"),
    ]:
        assert main(["audit", *map(str, arguments)]) == code
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"indicia: error: {told}")
        assert err.count("\n") == 1


# ---- as text, JSON, HTML, table ----------------------------------------------------------------------------------


def keys_of(value, path=""):
    """Every key of a JSON document, numbers of lists and keys of the ledger's own left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            own = path in OWN
            yield f"{path}.*" if own else f"{path}.{key}"
            yield from keys_of(inner, f"{path}.*" if own else f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner, f"{path}[]")


OWN = {
    ".sources", ".assumptions", ".quantities", ".quantities.*.alternatives", ".findings[].alternatives",
    ".findings[].holds_at", ".findings[].fails_at", ".quantities.*.implied[].alternatives",
    ".conflicts[].choices[].alternatives",
}  # fmt: skip
FIGURE = "quantity label alternative said unit kind published elsewhere implied gap distance"
SPANS = "published.low published.high elsewhere.low elsewhere.high implied.low implied.high"
WANTED = {
    "": "schema title note path counts sources assumptions quantities findings conflicts notes",
    ".counts": "CERTAIN POSSIBLE CONTRADICTED UNKNOWN",
    ".sources": "*",
    ".sources.*": "title publisher url date",
    ".assumptions": "*",
    ".assumptions.*": "text bridges made note",
    ".quantities": "*",
    ".quantities.*": "label unit note line alternatives implied",
    ".quantities.*.alternatives": "*",
    ".quantities.*.alternatives.*": (
        "said unit literal reported missing kind concept prices vintage place period source note flags "
        "literal.low literal.high reported.low reported.high"
    ),
    ".quantities.*.implied[]": (
        "alternatives alternatives.* reading implied implied.low implied.high exact by assumptions"
    ),
    ".findings[]": (
        "relation says holds kind section line implies alternatives alternatives.* reading verdict reason subject gap "
        "distance assumptions rests_on flags figures behind holds_at holds_at.* fails_at fails_at.*"
    ),
    ".findings[].figures[]": f"{FIGURE} {SPANS}",
    ".findings[].behind[]": f"{FIGURE} published.low published.high implied.low implied.high",
    ".conflicts[]": "relations figures choices words assumptions",
    ".conflicts[].choices[]": "alternatives alternatives.* reading",
}


def test_the_schema_is_stable():
    data = json.loads(json.dumps(bakery().to_dict(), allow_nan=False))
    assert data["schema"] == "indicia.ledger/1"
    assert set(keys_of(data)) == {f"{path}.{key}" for path, keys in WANTED.items() for key in keys.split()}


def test_json_has_the_numbers():
    data = bakery().to_dict()
    grown = data["findings"][0]
    assert (grown["verdict"], grown["subject"], grown["line"]) == ("CONTRADICTED", "growth", 85)
    assert grown["figures"][0]["published"] == {"low": 7.5, "high": 8.5}
    assert grown["figures"][0]["implied"]["high"] == pytest.approx(6.2126642771804)
    assert grown["distance"] == grown["gap"] == pytest.approx(7.5 - 6.2126642771804)
    (target,) = data["quantities"]["target_2023"]["implied"]
    assert (target["implied"], target["exact"]) == ({"low": 6.0, "high": 6.0}, True)
    rate = data["quantities"]["output_eur"]["implied"][0]
    assert (rate["alternatives"], rate["reading"]) == ({"rate": "average"}, "literal")
    assert rate["implied"]["high"] is None  # no end
    assert data["counts"] == {"CERTAIN": 2, "POSSIBLE": 3, "CONTRADICTED": 2, "UNKNOWN": 0}


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_ends_in_json_enclose(a, b):
    low, high = sorted([Fraction(a) / 3, Fraction(b) / 7])
    told = Span(low, high).to_dict()
    assert told["low"] is None or Fraction(told["low"]) <= low
    assert told["high"] is None or Fraction(told["high"]) >= high


def test_the_table():
    frame = bakery().to_pandas()
    assert list(frame["relation"][:3]) == ["grown"] * 3
    assert frame["verdict"].cat.ordered
    row = frame.loc[frame["relation"].eq("grown") & frame["quantity"].eq("growth")].iloc[0]
    assert (row["published_low"], row["published_high"], row["unit"]) == (7.5, 8.5, "per cent")
    assert audited({}).to_pandas().empty


def test_html_is_escaped():
    evil = "<script>alert(1)</script>"
    found = audited(
        {"x": {"said": "5", "label": evil, "unit": evil[1:9]}},
        {"key": evil, "says": evil, "holds": "x > 0", "section": evil, "assumes": ["a"]},
        assumptions={"a": {"text": evil}},
    )
    text = found._repr_html_()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "CERTAIN" in text


def test_text_moves_no_cursor():
    found = audited({"x": {"said": "5", "label": "\x1b[31mred"}}, {"says": "\x1b[2J", "holds": "x > 0"})
    assert "\x1b" not in str(found)


def test_rich_shows_the_same_text():
    pytest.importorskip("rich")
    out = io.StringIO()
    assert print_rich(bakery(), out)
    assert [line.rstrip() for line in out.getvalue().splitlines()] == str(bakery()).splitlines()


def test_findings_are_found_by_key():
    found = bakery()
    assert len(found) == 12  # of the identity too, one for each choice
    assert [f.key for f in found["same"]] == ["same"] * 4
    with pytest.raises(UnknownNameError, match="no relation 'sam'; did you mean 'same'"):
        found["sam"]
    assert repr(found) == 'LedgerAudit "The town\'s bakeries": 2 certain, 3 possible, 2 contradicted'
    assert audit.ledger(BAKERY).to_dict() == found.to_dict()
    assert repr(audited({})) == "LedgerAudit: no claims"
    assert "nothing judged" in str(audited({}))


# ---- numbers in words --------------------------------------------------------------------------------------------


@given(st.fractions(), st.fractions())
def test_spans_in_words_enclose(a, b):
    low, high = sorted([a, b])
    if low == high:
        return
    ends = [Fraction(end.replace(",", "")) for end in span_text(Span(low, high), published=False).split(" to ")]
    assert ends[0] <= low
    assert high <= ends[1]
    assert (ends[1] - ends[0]) <= (high - low) * Fraction(11, 10) or high - low < abs(high) * Fraction(1, 10**12)


@pytest.mark.parametrize(
    ("choices", "want"),
    [
        ([], ""),
        ([({}, None)], ""),
        ([({}, "literal"), ({}, "reported")], "either reading"),
        ([({"r": "a"}, "literal"), ({"r": "b"}, "literal")], "r: a or b; taken literally"),
        ([({"r": "a"}, "literal"), ({"r": "b"}, "reported")], "r: a; taken literally | r: b; as reported"),
        ([({"r": "a"}, None), ({"r": "b"}, None)], "r: a or b"),
    ],
)
def test_choices_in_words(choices, want):
    assert choices_text(choices) == want


def test_audits_travel():
    ledger = read_ledger(BAKERY)
    again = pickle.loads(pickle.dumps(ledger))
    assert again.audit().to_dict() == ledger.audit().to_dict()
    assert pickle.loads(pickle.dumps(bakery())).to_dict() == bakery().to_dict()


def test_the_report_explains_keys_and_sources():
    text = str(bakery())
    assert "  sales_2022   sales of bakeries, 2022          office\n" in text
    assert "  office: Statistical yearbook, Statistical office of the town, 2024-06-30" in text


@pytest.mark.parametrize(
    ("figures", "relations"),
    [
        (("more than 3", "more than 3", "4.0"), ["=v = w", "=v = w * z", "w < 5"]),
        (("more than 3", "4", "4.0"), ["=w ** 2 = v", "=z + v = w + 2.5", "w < 5"]),
        (("about 6", None, "4.0"), ["z ** 2 = v", "w + v = z + 5"]),
    ],
)
def test_what_runs_away_is_told(figures, relations):
    """Circles that only infinity satisfies: ends grow beyond all doubles."""
    quantities = {key: {"said": said} if said else {} for key, said in zip("wvz", figures, strict=True)}
    told = [{"holds": r.lstrip("="), "kind": "identity" if r[0] == "=" else "claim"} for r in relations]
    found = audited(quantities, *told)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert str(found)
    assert found._repr_html_()
    assert len(found.to_pandas())


def test_what_an_audit_is_made_of_has_names():
    for name in indicia.ledger.__all__:
        assert getattr(indicia.ledger, name).__doc__
    assert isinstance(bakery(), indicia.ledger.LedgerAudit)
    with pytest.raises(AttributeError, match="no attribute 'Legder'"):
        indicia.ledger.Legder  # noqa: B018
