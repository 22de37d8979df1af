"""Audits of ledgers: verdicts, spans, alternatives, readings, assumptions, conflicts; as text, JSON, table, program."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from indicia import UnknownNameError, Verdict, read_ledger
from indicia._ledger_audit import SCHEMA, Span
from indicia.cli import main

BAKERY = Path(__file__).parent / "data" / "ledger" / "bakery.toml"
INF = float("inf")


def bakery(**options):
    return read_ledger(BAKERY).audit(**options)


def audited(quantities, *relations, assumptions=None, **options):
    """An audit of quantities and of formulas, or tables with them."""
    told = [{"holds": r} if isinstance(r, str) else r for r in relations]
    data = {"quantities": quantities, "relations": told, "assumptions": assumptions or {}}
    return read_ledger(data).audit(**options)


def verdict(quantities, relation, **options):
    """The verdict of one relation that is judged once."""
    (finding,) = audited(quantities, relation, **options).findings
    return finding.verdict


def said(**figures):
    return {key: {} if figure is None else {"said": figure} for key, figure in figures.items()}


# ---- the example -------------------------------------------------------------------------------------------------


def test_the_verdicts_of_the_example():
    found = bakery()
    told = [(f.key, tuple(f.alternatives.values()), f.reading, f.verdict.name) for f in found if f.kind == "claim"]
    assert told == [
        ("grown", (), None, "CONTRADICTED"),
        ("same", ("average",), "literal", "POSSIBLE"),
        ("same", ("average",), "reported", "POSSIBLE"),
        ("same", ("december",), "literal", "POSSIBLE"),
        ("same", ("december",), "reported", "CONTRADICTED"),
        ("beaten", (), None, "CERTAIN"),
        ("outlook", (), None, "CERTAIN"),
    ]
    assert found.count() == {
        Verdict.CERTAIN: 2, Verdict.POSSIBLE: 3, Verdict.CONTRADICTED: 2, Verdict.UNKNOWN: 0
    }  # fmt: skip


def test_spans_and_distances_of_the_example():
    (grown,) = bakery()["grown"]
    growth = grown.figure("growth")
    assert growth.published == Span(Fraction("7.5"), Fraction("8.5"))
    low, high = Fraction("44.35") / Fraction("41.95") - 1, Fraction("44.45") / Fraction("41.85") - 1
    assert growth.implied == Span(100 * low, 100 * high)
    assert growth.gap == Fraction("7.5") - growth.implied.high
    assert growth.distance == float(growth.gap) == grown.distance
    assert grown.gap == growth.gap
    assert grown.figure("sales_2022").implied.high == Fraction("44.45") / Fraction("1.075")


def test_what_nobody_published_is_implied_exactly():
    found = bakery()
    (target,) = found.quantities["target_2023"].implied
    assert target.span == Span(Fraction(6), Fraction(6))
    assert target.decimals == 1
    assert target.by == ("target_cut",)
    assert "target of 2023, never published (target_2023): 6.0 per cent, exactly" in str(found)
    output = found.quantities["output_eur"].implied
    assert [(i.alternatives["rate"], i.reading) for i in output] == [
        (rate, reading) for rate in ("average", "december") for reading in ("literal", "reported")
    ]
    assert output[0].span == Span(47 / Fraction("1.08135"), INF)


def test_a_projection_is_flagged_wherever_it_is_used():
    (outlook,) = bakery()["outlook"]
    assert outlook.flags == ("FORECAST",)
    assert "4.2 FORECAST" in str(bakery())
    assert bakery()["grown"][0].flags == ()


def test_assumptions_are_printed_and_can_be_withdrawn():
    found = bakery(without="sales")
    assert {f.verdict for f in found["same"]} == {Verdict.UNKNOWN}
    reason = "it rests on the assumption 'What the guild calls output are sales' (sales), which isn't made"
    assert found["same"][0].reason == reason
    assert not found.assumptions["sales"].made
    assert [c.relations for c in found.conflicts] == [("grown",)]
    assert "NOT MADE" in str(found)
    assert "assumed: sales" in str(bakery())
    assert not bakery().assumptions["cautious"].made
    assert bakery(assume=["cautious"]).assumptions["cautious"].made
    with pytest.raises(UnknownNameError, match="no assumption 'cautios'; did you mean 'cautious'"):
        bakery(assume="cautios")
    with pytest.raises(UnknownNameError, match="no assumption, relation or quantity 'grwn'; did you mean 'grown'"):
        bakery(without="grwn")


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
