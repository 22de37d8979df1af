"""The page of any audit: odd ledgers, open ends, names that are markup; and the words of intervals."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_checks import check_alone, check_heard, check_inside, texts, tree

from indicia import Verdict
from indicia._audit_show import to_text
from indicia._audit_view import ends_text, view_of
from indicia._page import audit_page
from indicia._page_audit import verdict
from indicia.cli import main
from indicia.ledger import read_ledger

NAN, INF = float("nan"), float("inf")
EVIL = "<b>&amp;</b> \"'\u202e\x1b[31m"


def paged(ledger):
    """A ledger's page, checked."""
    audit = read_ledger(ledger).audit()
    page = audit_page(audit)
    check_alone(page)
    root = tree(page)
    check_heard(root)
    check_inside(root)
    assert not re.search(r'="(nan|-?inf)"|\bnan\b', page)
    view = view_of(audit)
    said = " ".join(texts(root))
    for claim in view.claims:
        assert " ".join(claim.words.split()) in said or claim.words == EVIL
    for text, printed in ((to_text(view), view.claims),):
        assert all(claim.cases for claim in printed)
        assert "\x1b" not in text
    return root, view


def claims(*formulas):
    return [
        {"key": f"r{i}", "says": f"Claim {i}", "holds": formula, "kind": "claim"} for i, formula in enumerate(formulas)
    ]


@pytest.mark.parametrize(
    ("quantities", "formulas", "verdicts"),
    [
        ({}, [], []),
        ({"x": {"said": "5"}}, [], []),
        ({"x": {}, "y": {}}, ["x = y"], ["UNKNOWN"]),
        ({"x": {"said": "more than 5"}, "y": {"said": "less than 4"}}, ["x > y", "x < y"], ["CERTAIN", "CONTRADICTED"]),
        ({"x": {"said": "0"}, "y": {"said": "0.0"}}, ["x = y", "x / y = 1"], None),
        ({"x": {"said": "-3.5", "unit": "per cent"}, "y": {"said": "4 %"}}, ["x < y"], ["CERTAIN"]),
        ({"x": {"said": "1e300"}, "y": {"said": "1e-300"}}, ["x > y"], ["CERTAIN"]),
        ({"x": {"value": 7}, "y": {"value": 7}}, ["x = y"], ["CERTAIN"]),
        ({"x": {"said": "1,000,000,000,000.25"}, "y": {"said": "1,000,000,000,000.25"}}, ["x = y"], None),
        ({"x": {"said": "3.2", "kind": "projection"}, "y": {"said": "3.2", "kind": "target"}}, ["x = y"], None),
    ],
)
def test_odd_ledgers_make_a_page(quantities, formulas, verdicts):
    _, view = paged({"title": "Odd", "quantities": quantities, "relations": claims(*formulas)})
    if verdicts is not None:
        found = {claim.key: claim.cases[0].verdict.name for claim in view.claims}
        assert [found[f"r{i}"] for i in range(len(formulas))] == verdicts


def test_names_that_are_markup_stay_texts():
    quantities = {
        "x": {"said": "5", "label": EVIL, "place": EVIL, "period": EVIL, "note": EVIL, "source": "s"},
        "y": {"label": EVIL, "alternatives": {"a": {"said": "6", "note": EVIL}, "b": {"said": "more than 4"}}},
    }
    sources = {"s": {"title": EVIL, "publisher": EVIL, "url": "javascript:alert(1)"}}
    relations = [{"says": EVIL, "holds": "x < y", "kind": "claim", "section": EVIL, "assumes": ["a"]}]
    ledger = {"title": EVIL, "note": EVIL, "quantities": quantities, "sources": sources, "relations": relations}
    ledger["assumptions"] = {"a": {"text": EVIL}}
    root, _ = paged(ledger)
    assert not list(root.iter("a"))
    assert root.find("head/title").text.startswith("<b>")


def test_addresses_are_links_and_nothing_more():
    ledger = {
        "title": "t",
        "sources": {"s": {"title": "Bureau", "url": "https://example.org/?a=1&b=2"}},
        "quantities": {"x": {"said": "5", "source": "s"}},
        "relations": claims("x > 4"),
    }
    root, _ = paged(ledger)
    (link,) = root.iter("a")
    assert link.get("href") == "https://example.org/?a=1&b=2" == link.text


def test_many_claims_and_alternatives():
    quantities = {f"q{i}": {"said": str(i), "unit": "million EUR", "place": f"Place {i}"} for i in range(60)}
    quantities["rate"] = {"alternatives": {f"a{i}": {"said": f"{i}.5"} for i in range(12)}}
    _, view = paged(
        {
            "title": "Many",
            "quantities": quantities,
            "relations": claims(*(f"q{i} < q{i + 1}" for i in range(59)), "rate > 3"),
        }
    )
    assert len(view.claims) == 60
    assert len({case.verdict for claim in view.claims for case in claim.cases if claim.key == "r59"}) == 2


def test_the_contradicted_comes_first_and_is_red_and_crossed():
    root, view = paged(
        {"title": "t", "quantities": {"x": {"said": "5"}, "y": {"said": "7"}}, "relations": claims("x < y", "x > y")}
    )
    assert [claim.cases[0].verdict for claim in view.claims] == [Verdict.CONTRADICTED, Verdict.CERTAIN]
    rows = list(next(table for table in root.iter("table") if table.get("class") == "claims").find("tbody"))
    assert "Claim 1" in "".join(rows[0].itertext())
    signs = {found: verdict(found) for found in Verdict}
    shapes = {re.sub(r"^.*?<svg|</svg>.*$", "", sign) for sign in signs.values()}
    assert len(shapes) == len(Verdict), "verdicts differ by shape, not by colour alone"
    assert all(found.name.lower() in sign for found, sign in signs.items())


def test_the_command_writes_the_page_of_an_audit(tmp_path, capsys):
    ledger = tmp_path / "ledger.toml"
    ledger.write_text(
        'title = "Mine"\n[quantities]\nx = { said = "5" }\n[[relations]]\nsays = "Small."\nholds = "x < 7"\n'
    )
    out = tmp_path / "out.html"
    assert main(["audit", str(ledger), "--html", str(out)]) == 0
    assert capsys.readouterr().out == ""
    root = tree(out.read_text(encoding="utf-8"))
    assert "Small." in " ".join(texts(root))
    assert main(["audit", str(ledger), "--html", str(ledger)]) == 1
    assert ledger.read_text().startswith("title")


def test_parts_of_one_grow_from_zero_and_levels_do_not():
    quantities = {
        "a": {"said": "5.5", "unit": "per cent", "place": "A", "label": "growth"},
        "b": {"said": "4.6", "unit": "per cent", "place": "B", "label": "growth"},
        "c": {"said": "1,400", "unit": "million EUR", "place": "A"},
        "d": {"said": "1,410", "unit": "million EUR", "place": "B"},
    }
    root, _ = paged({"title": "t", "quantities": quantities, "relations": claims("a > b", "c < d")})
    charts = [chart for chart in root.iter("svg") if chart.get("role") == "img"]
    stems = {chart[0].text: [e for e in chart.iter("line") if e.get("class") == "stem"] for chart in charts}
    assert [len(found) for found in stems.values()] == [2, 0]
    assert any("Per cent, growth" in "".join(head.itertext()) for head in root.iter("h3"))


# ---- intervals in words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((5.95, 6.05), "5.95 to 6.05"),
        ((-0.1, 0.1), "\N{MINUS SIGN}0.1 to 0.1"),
        ((-2.0, -2.0), "\N{MINUS SIGN}2.0"),
        ((0.0, 0.0), "0.0"),
        ((1 / 3, 2 / 3), "0.333 to 0.667"),
        ((-INF, 4.0), "up to 4"),
        ((209.0, INF), "from 209"),
        ((-INF, INF), "anything"),
        ((NAN, 1.0), "unknown"),
        (None, "unknown"),
        ((13636.57, 13830.07), "13,636 to 13,831"),
    ],
)
def test_intervals_in_words(ends, text):
    assert ends_text(ends) == text


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.booleans())
def test_what_is_written_encloses_what_is_meant(low, width, printed):
    high = low + width
    text = ends_text((low, high), printed=printed)
    numbers = [float(word.replace(",", "").replace("\N{MINUS SIGN}", "-")) for word in text.split(" to ")]
    slack = 1e-5 * width + 1e-9 * max(abs(low), abs(high))
    if len(numbers) == 2:
        assert numbers[0] <= low + slack
        assert numbers[1] >= high - slack
        assert numbers[0] >= low - max(width, 1e-4 * max(abs(low), abs(high)))
    else:
        assert abs(numbers[0] - low) <= 1e-5 * abs(low) + slack
