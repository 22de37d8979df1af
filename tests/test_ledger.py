"""Audits of ledgers: verdicts, spans, alternatives, readings, identities, assumptions, conflicts, laws, size."""

from __future__ import annotations

import functools
import itertools
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicia import LedgerError, UnknownNameError, Verdict, audit, read_ledger
from indicia._expressions import evaluate, holds, parse
from indicia._ledger_audit import Span

BAKERY = Path(__file__).parent / "data" / "ledger" / "bakery.toml"
INF = float("inf")


@functools.cache
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
    assert bakery(assume="cautious").assumptions["cautious"].made
    with pytest.raises(UnknownNameError, match="no assumption 'cautios'; did you mean 'cautious'"):
        bakery(assume="cautios")
    with pytest.raises(UnknownNameError, match="no assumption, relation or quantity 'grwn'; did you mean 'grown'"):
        bakery(without="grwn")


# ---- verdicts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "relation", "want"),
    [
        ({"a": "6.0", "b": "5.8"}, "a > b", "CERTAIN"),
        ({"a": "6.0", "b": "5.9"}, "a > b", "POSSIBLE"),  # 5.95 may be both
        ({"a": "6.0", "b": "5.9"}, "a >= b", "CERTAIN"),
        ({"a": "6.0", "b": "5.9"}, "a < b", "CONTRADICTED"),
        ({"a": "6.0", "b": "5.9"}, "a <= b", "POSSIBLE"),
        ({"a": "6.0", "b": "6.1"}, "a = b", "POSSIBLE"),  # ends that touch never contradict
        ({"a": "6.0", "b": "6.2"}, "a = b", "CONTRADICTED"),
        ({"a": "6", "b": "6.0"}, "a = b", "CERTAIN"),  # all that prints as 6.0 prints as 6
        ({"a": "6.0", "b": "6"}, "a = b", "POSSIBLE"),
        ({"a": "5 to 6", "b": "5.4"}, "a = b", "CERTAIN"),
        ({"t": "10.0", "a": "4.0", "b": "6.0"}, "t = a + b", "POSSIBLE"),
        ({"t": "10.2", "a": "4.0", "b": "6.0"}, "t = a + b", "CONTRADICTED"),
        ({"a": "3", "b": "4"}, "a + b = b + a", "CERTAIN"),
        ({"a": "3", "b": "4"}, "a * b = b * a + 1", "CONTRADICTED"),
        ({"a": "3"}, "a = a", "CERTAIN"),
        ({"a": "3"}, "a * a >= 0", "CERTAIN"),
        ({"a": "3"}, "a ** 2 < 0", "CONTRADICTED"),
        ({"a": "3", "z": "0.0"}, "a / z > 1", "POSSIBLE"),  # by an interval around zero
        ({"a": "3", "z": "0.0"}, "a / z < 30", "POSSIBLE"),
        ({"a": "3", "z": "0.0"}, "(a / z) ** 2 < 2000", "CONTRADICTED"),
        ({"a": "-3.0"}, "0 - a > 2.9", "CERTAIN"),
        ({"a": "-0.0"}, "a >= -0.05", "CERTAIN"),
        ({"a": "123456789012345"}, "a > 0", "UNKNOWN"),  # print didn't round it
        ({"a": None, "b": "4"}, "a > b", "UNKNOWN"),
        ({"a": None, "b": "4"}, "a * a >= 0 * b", "CERTAIN"),  # whatever it is
    ],
)
def test_verdicts(figures, relation, want):
    assert verdict(said(**figures), relation).name == want


def test_exact_figures_are_compared_exactly():
    targets = {"a": {"said": "5.5", "unit": "%", "kind": "target"}, "b": {"said": "6.0", "unit": "%", "kind": "target"}}
    cut = {"cut": {"said": "0.5", "unit": "percentage points", "kind": "claim"}}
    assert verdict({**targets, **cut}, "a = b - cut") == Verdict.CERTAIN
    assert verdict({**targets, **cut}, "a < b - cut") == Verdict.CONTRADICTED
    tenths = {"x": {"value": "0.1"}, "y": {"value": "0.2"}, "z": {"value": "0.3"}}
    assert verdict(tenths, "z = x + y") == Verdict.CERTAIN
    assert verdict({"x": {"value": "0.1"}}, "x = 0.1") == Verdict.CERTAIN  # which no double is


def test_a_published_figure_is_judged_as_audit_does():
    """`audit.growth` and a ledger agree on every rate."""
    levels = [98.0, 107.1, 110.0, 96.4, 96.4, 120.0]
    rates = [np.nan, 9.3, 3.4, -12.4, 0.0, 24.4]
    found = audit.growth(levels, rates, decimals=1, rate_decimals=1)
    for t in range(1, len(levels)):
        figures = {
            "now": {"said": f"{levels[t]:.1f}"},
            "base": {"said": f"{levels[t - 1]:.1f}"},
            "rate": {"said": f"{rates[t]:.1f}", "unit": "%"},
        }
        (finding,) = audited(figures, "rate = now / base - 1").findings
        assert finding.verdict == found.verdicts[t]
        assert finding.distance == pytest.approx(found.distance[t], abs=1e-9)
        implied = finding.figure("rate").implied
        assert float(implied.low) == pytest.approx(100 * found.implied.low[t], abs=1e-12)
        if finding.verdict == Verdict.CONTRADICTED:
            base = finding.figure("base").implied
            assert float(base.high) == pytest.approx(found.implied_base.high[t], rel=1e-12)


def test_a_point_on_each_side_is_shown():
    (finding,) = audited({"a": {"said": "6.0", "unit": "%"}, "b": {"said": "5.9", "unit": "%"}}, "a > b").findings
    assert finding.holds_at["a"] > finding.holds_at["b"]
    assert finding.fails_at["a"] <= finding.fails_at["b"]
    assert 5.9 < finding.holds_at["a"] < 6.1  # in per cent


# ---- alternatives and readings -----------------------------------------------------------------------------------

RATES = {"alternatives": {"low": {"said": "7.0"}, "high": {"said": "8.0"}}}


def test_alternatives_are_never_thrown_together():
    quantities = {"usd": {"value": 10}, "cny": {"said": "75.0"}, "rate": RATES}
    found = audited(quantities, "cny = usd * rate")
    assert [(f.alternatives, f.verdict) for f in found] == [
        ({"rate": "low"}, Verdict.CONTRADICTED),
        ({"rate": "high"}, Verdict.CONTRADICTED),
    ]  # 7.5 lies in their hull
    assert [f.gap > 0 for f in found] == [True, False]
    for name, alternative in RATES["alternatives"].items():
        alone = audited({**quantities, "rate": alternative}, "cny = usd * rate").findings[0]
        (same,) = (f for f in found if f.alternatives["rate"] == name)
        assert (alone.verdict, alone.gap, alone.distance) == (same.verdict, same.gap, same.distance)


def test_a_figure_and_its_alternatives():
    found = audited({"x": {"said": "5", "alternatives": {"revised": {"said": "7"}}}}, "x > 6")
    assert {f.alternatives["x"]: f.verdict.name for f in found} == {"stated": "CONTRADICTED", "revised": "CERTAIN"}


def test_a_relation_may_be_said_of_some_alternatives():
    quantities = {"usd": {"value": 10}, "cny": {"said": "80.0"}, "rate": RATES}
    found = audited(quantities, {"holds": "cny = usd * rate", "with": {"rate": "high"}})
    assert [(f.alternatives["rate"], f.verdict.name) for f in found] == [("high", "POSSIBLE")]
    assert not found.conflicts  # of the other one nothing is said
    pinned = {"key": "i", "holds": "usd_in_cny = usd * rate", "with": {"rate": "low"}}
    found = audited({**quantities, "usd_in_cny": {}}, pinned, "cny > usd_in_cny")
    told = {f.alternatives["rate"]: f.verdict.name for f in found["relation_2"]}
    assert told == {"low": "CERTAIN", "high": "UNKNOWN"}


def test_too_many_alternatives(tmp_path):
    names = [f"x{i}" for i in range(7)]
    tables = "".join(f"[quantities.{n}.alternatives]\na = {{ said = 1 }}\nb = {{ said = 2 }}\n" for n in names)
    path = tmp_path / "ledger.toml"
    path.write_text(f"{tables}[[relations]]\nkey = 'r'\nholds = '{' + '.join(names)} > 3'\n")
    ledger = read_ledger(path)
    with pytest.raises(LedgerError, match="line 22: the relation 'r' has 128 combinations of alternatives") as caught:
        ledger.audit()
    assert (caught.value.path, caught.value.line) == (str(path), 22)
    few = path.read_text() + "with = { x0 = 'a' }\n"
    path.write_text(few)
    assert len(read_ledger(path).audit()) == 64


def test_readings_are_given_where_a_phrase_is_open():
    found = audited(said(a="more than 209", b="100"), "a < 210.5", "b < 200")
    assert [(f.key, f.reading, f.verdict.name) for f in found] == [
        ("relation_1", "literal", "POSSIBLE"),
        ("relation_1", "reported", "CERTAIN"),
        ("relation_2", None, "CERTAIN"),
    ]
    settled = audited({"a": {"said": "more than 209", "reading": "reported"}}, "a < 210.5")
    assert [(f.reading, f.verdict.name) for f in settled] == [(None, "CERTAIN")]
    both = audited(said(a="more than 209", b="nearly 210"), "a < b")
    assert [(f.reading, f.verdict.name) for f in both] == [("literal", "POSSIBLE"), ("reported", "POSSIBLE")]


# ---- identities --------------------------------------------------------------------------------------------------


def test_an_equation_that_alone_determines_a_quantity_is_an_identity():
    found = audited(said(x=None, a="3", b="4"), "x = a + b", "x > 5", "x = a * b")
    assert [(f.kind, f.implies, f.verdict.name) for f in found] == [
        ("identity", ("x",), "CERTAIN"),
        ("claim", (), "CERTAIN"),
        ("claim", (), "CONTRADICTED"),
    ]
    assert found["relation_2"][0].rests_on == ("relation_1",)
    assert found.quantities["x"].implied[0].span == Span(6, 8)
    figure = found["relation_3"][0].figure("x")
    assert (figure.published, figure.elsewhere) == (None, Span(6, 8))
    assert figure.implied == Span(Fraction("8.75"), Fraction("15.75"))
    assert found["relation_3"][0].gap == Fraction("-0.75")
    assert found["relation_3"][0].distance == pytest.approx(-0.1, abs=0.2)


def test_the_order_of_identities_does_not_matter():
    relations = ["c = b + 1", "b = a + 1", "c > 5"]
    for order in itertools.permutations(relations):
        found = audited(said(a="4", b=None, c=None), *order)
        assert {f.holds: (f.kind, f.verdict.name) for f in found} == {
            "c = b + 1": ("identity", "CERTAIN"),
            "b = a + 1": ("identity", "CERTAIN"),
            "c > 5": ("claim", "CERTAIN"),
        }


def test_a_claim_may_not_be_an_identity():
    found = audited(said(x=None, a="3"), {"holds": "x = a + 1", "kind": "claim"})
    assert found.findings[0].kind == "claim"
    assert found.findings[0].verdict == Verdict.UNKNOWN
    assert found.findings[0].reason == "x has no figure, and no identity gives it one"
    assert not found.quantities["x"].implied


def test_identities_narrow_published_figures_and_may_contradict_them():
    parts = said(t="10", a="4.0", b="6.4")
    identity = {"key": "sum", "holds": "t = a + b", "kind": "identity"}
    found = audited(parts, identity, "t > 10")
    assert found["relation_2"][0].verdict == Verdict.CERTAIN  # 10.3 at least
    found = audited({**parts, "t": {"said": "9"}}, identity, "t > 8", "a > 3")
    assert found["sum"][0].verdict == Verdict.CONTRADICTED
    assert found["sum"][0].figure("t").implied == Span(Fraction("10.3"), Fraction("10.5"))
    assert [f.verdict for f in found if f.kind == "claim"] == [Verdict.UNKNOWN] * 2
    assert "contradicts itself" in found["relation_2"][0].reason
    assert "[" not in found["relation_2"][0].reason
    assert [c.relations for c in found.conflicts] == [("sum",)]


def test_claims_are_no_evidence_for_each_other():
    found = audited(said(a="5"), "a > 7", "a < 6")
    assert [f.verdict.name for f in found] == ["CONTRADICTED", "CERTAIN"]


def test_circles_end():
    assert audited(said(a=None, b=None), "a = b + 1", "b = a + 1").findings
    found = audited(said(a=None, b=None, s="10"), "a + b = s", "a - b = 2", "a > 5")
    assert {f.key: f.kind for f in found} == {"relation_1": "identity", "relation_2": "identity", "relation_3": "claim"}
    assert found["relation_3"][0].verdict in (Verdict.CERTAIN, Verdict.UNKNOWN)
    found = audited(said(a=None), "a = 0.5 * a + 1", "a > 3")
    assert found["relation_2"][0].verdict == Verdict.CONTRADICTED
    assert found.quantities["a"].implied[0].span == Span(2, 2)
    assert audited(said(a=None), "a = a + 1", "a > 3")["relation_2"][0].verdict in (Verdict.UNKNOWN, Verdict.POSSIBLE)


# ---- concepts, price bases, vintages -----------------------------------------------------------------------------

BRIDGE = {"b": {"text": "They are the same.", "bridges": ["concept"]}}


@pytest.mark.parametrize("aspect", ["concept", "prices", "vintage"])
def test_what_mixes_needs_an_assumption(aspect):
    figures = {"a": {"said": "5", aspect: "one"}, "b": {"said": "4", aspect: "other"}, "c": {"said": "3"}}
    (mixed,) = audited(figures, "a > b").findings
    assert mixed.verdict == Verdict.UNKNOWN
    assert f"one (a) and other (b): name an assumption that bridges '{aspect}'" in mixed.reason
    assert verdict(figures, "a > c") == Verdict.CERTAIN
    bridge = {"b": {"text": "They are the same.", "bridges": [aspect]}}
    found = audited(figures, {"holds": "a > b - 1", "assumes": ["b"]}, assumptions=bridge)
    assert found.findings[0].verdict == Verdict.CERTAIN
    assert found.findings[0].assumptions == ("b",)
    text = {"b": {"text": "They are the same."}}
    assert verdict(figures, {"holds": "a > b", "assumes": "b"}, assumptions=text) == Verdict.UNKNOWN


def test_place_and_period_need_none():
    assert verdict({"a": {"said": "6", "place": "SZ", "period": 2023}, "b": {"said": "4", "place": "HK"}}, "a > b")


def test_what_a_quantity_is_made_of_hands_its_concept_on():
    figures = {"a": {"said": "5", "concept": "output"}, "x": {}, "v": {"said": "9", "concept": "value added"}}
    (_, mixed) = audited(figures, "x = 2 * a", "x > v").findings
    assert mixed.verdict == Verdict.UNKNOWN
    assert "output (x) and value added (v)" in mixed.reason
    (_, bridged) = audited(figures, "x = 2 * a", {"holds": "x > v - 1", "assumes": "b"}, assumptions=BRIDGE).findings
    assert bridged.verdict == Verdict.CERTAIN
    own = {**figures, "x": {"concept": "value added"}}
    (identity, claim) = audited(own, "x = 2 * a", "x > v").findings
    assert identity.verdict == claim.verdict == Verdict.UNKNOWN
    assert "what would give it one, relation_1, isn't used: it mixes concepts" in claim.reason
    (_, claim) = audited(own, {"holds": "x = 2 * a", "assumes": "b"}, "x > v - 1", assumptions=BRIDGE).findings
    assert claim.verdict == Verdict.CERTAIN
    assert claim.assumptions == ("b",)  # of the identity that it rests on


def test_a_concept_may_differ_by_alternative():
    rates = {"alternatives": {"a": {"said": "5", "vintage": "first"}, "b": {"said": "5", "vintage": "second"}}}
    found = audited({"x": rates, "y": {"said": "3", "vintage": "first"}}, "x > y")
    assert [f.verdict.name for f in found] == ["CERTAIN", "UNKNOWN"]


def test_an_assumption_that_is_not_made():
    off = {"b": {**BRIDGE["b"], "made": False}}
    figures = {"a": {"said": "5"}, "x": {}}
    relations = {"key": "i", "holds": "x = 2 * a", "assumes": "b"}, "x > 8"
    found = audited(figures, *relations, assumptions=off)
    assert [f.verdict.name for f in found] == ["UNKNOWN", "UNKNOWN"]
    assert "what would give it one, i, rests on the assumption 'b', which isn't made" in found.findings[1].reason
    assert audited(figures, *relations, assumptions=off, assume="b").findings[1].verdict == Verdict.CERTAIN
    assert not found.conflicts


def test_what_is_left_out():
    found = audited(said(a="5", b="9"), {"key": "r", "holds": "a > b"}, "a < 6", without=["r", "b"])
    assert [f.key for f in found] == ["relation_2"]
    assert found.notes == ("left out: r, b",)
    found = audited(said(a="5", b="9"), "a > b", without="b")
    assert found.findings[0].reason == "b has no figure: left out"
    twice = {"quantities": said(a="5"), "assumptions": {"a": {"text": "x"}}, "relations": [{"holds": "a > 1"}]}
    with pytest.raises(UnknownNameError, match=r"'a' may be assumptions\.a or quantities\.a: say which"):
        read_ledger(twice).audit(without="a")
    assert read_ledger(twice).audit(without="assumptions.a").findings[0].verdict == Verdict.CERTAIN
    assert read_ledger(twice).audit(without="quantities.a").findings[0].verdict == Verdict.UNKNOWN


# ---- conflicts ---------------------------------------------------------------------------------------------------


def test_a_conflict_in_words():
    (conflict,) = bakery(without="sales").conflicts
    assert conflict.keys == ("grown", "growth", "sales_2023", "sales_2022")
    assert conflict.words == (
        "Sales grew by 8 %: growth = sales_2023 / sales_2022 - 1",
        "growth of sales (growth): 8 [7.5 to 8.5 per cent]",
        "sales of bakeries (sales_2023): 44.4 [44.35 to 44.45 million EUR]",
        "sales of bakeries (sales_2022): 41.9 [41.85 to 41.95 million EUR]",
    )
    assert conflict.choices == (({}, None),)


def test_a_conflict_names_only_choices_that_are_part_of_it():
    found = bakery().conflicts
    assert [c.choices for c in found] == [(({}, None),), (({"rate": "december"}, "reported"),)]
    assert found[1].relations == ("in_euros", "same")
    assert found[1].assumptions == ("sales",)


def test_claims_that_are_fine_alone_may_conflict():
    found = audited(said(a="5", b="5", c="5"), "a > b", "b > c + 0.4", "c > a - 0.5")
    assert [f.verdict.name for f in found] == ["POSSIBLE"] * 3
    found = audited(said(a="5", b="5", c="5"), "a > b + 0.4", "b > c + 0.4", "c > a + 0.4")
    assert [f.verdict.name for f in found] == ["POSSIBLE"] * 3
    assert {c.relations for c in found.conflicts} == {("relation_1", "relation_2", "relation_3")}
    assert {c.figures for c in found.conflicts} == {("a",), ("b",), ("c",)}  # one is enough: they chase each other


def test_dropping_any_part_of_a_conflict_ends_it():
    figures = said(t="20", a="4.0", b="6.0", c="7.0", d="11.2")
    formulas = {"r": "t = a + b + c", "s": "d = a + b", "u": "c < d"}
    relations = [{"key": key, "holds": holds} for key, holds in formulas.items()]
    found = audited(figures, *relations)
    assert {c.relations for c in found.conflicts} >= {("r",), ("s",)}
    for conflict in found.conflicts:
        others = [r["key"] for r in relations if r["key"] not in conflict.relations]
        for key in conflict.keys:
            left = audited(figures, *relations, without=[*others, key]).conflicts
            assert conflict.keys not in [c.keys for c in left]
            assert not [c for c in left if set(c.keys) < set(conflict.keys)]


# ---- laws --------------------------------------------------------------------------------------------------------

NUMBERS = st.decimals(min_value=1, max_value=999, places=3).map(Fraction)
FORMS = ("{x} = {a} + {b}", "{x} = {a} - {b}", "{x} = {a} * {b}", "{x} = {a} / {b} - 1", "{x} = ({a} - {b}) / {c}")


def printed(value, decimals):
    """As a figure is published; of a value between two, either may be."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.{decimals}f}"


@st.composite
def planted(draw):
    """Figures printed of true values, and relations that are true of those."""
    values = {f"v{i}": draw(NUMBERS) for i in range(draw(st.integers(2, 4)))}
    relations = []
    for number in range(draw(st.integers(1, 4))):
        names = draw(st.lists(st.sampled_from(sorted(values)), min_size=3, max_size=3))
        form = draw(st.sampled_from(FORMS))
        name = f"w{number}"
        formula = form.format(x=name, a=names[0], b=names[1], c=names[2])
        assume(all(values[n] for n in names))
        values[name] = evaluate(parse(formula).right, values)
        relations.append(formula)
    for a, b in itertools.pairwise(sorted(values)[:3]):
        if values[a] != values[b]:
            relations.append(f"{a} < {b}" if values[a] < values[b] else f"{a} > {b}")
    silent = draw(st.sets(st.sampled_from(sorted(values)), max_size=2))
    digits = {name: draw(st.integers(-1, 3)) for name in values}
    figures = {
        name: {} if name in silent else {"said": printed(value, max(digits[name], 0)), "decimals": max(digits[name], 0)}
        for name, value in values.items()
    }
    return values, figures, relations


@given(planted())
@settings(max_examples=20)
def test_what_is_true_is_never_contradicted(given_):
    values, figures, relations = given_
    found = audited(figures, *relations)
    assert Verdict.CONTRADICTED not in {f.verdict for f in found}
    assert not found.conflicts
    for finding in found:
        for figure in finding.figures:
            for span in (figure.published, figure.elsewhere, figure.implied):
                assert span is None or span.low <= values[figure.key] <= span.high
    for key, quantity in found.quantities.items():
        for implied in quantity.implied:
            assert implied.span.low <= values[key] <= implied.span.high


@given(
    st.lists(st.decimals(min_value=-9, max_value=9, places=1), min_size=3, max_size=3),
    st.sampled_from(["a - b", "a * b + c", "a / b", "(a + b) / c - 1", "a ** 2 - b * c", "a - a * b"]),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.sampled_from(["c", "0", "a + 1", "2 * b", "c / b"]),
    st.lists(st.tuples(*[st.fractions(0, 1, max_denominator=8)] * 3), min_size=10, max_size=10),
)
@settings(max_examples=25)
def test_a_verdict_holds_at_every_point(figures, left, op, right, places):
    """CERTAIN is a claim that holds wherever it is tried, CONTRADICTED one that never does."""
    keys = "abc"
    published = {k: str(f) for k, f in zip(keys, figures, strict=True)}
    (finding,) = audited(said(**published), f"{left} {op} {right}").findings
    claim = parse(f"{left} {op} {right}")
    half = Fraction(1, 20)
    truths = set()
    for place in places:
        point = {k: Fraction(f) - half + 2 * half * x for k, f, x in zip(keys, figures, place, strict=True)}
        truths.add(holds(claim, point))
    assert finding.verdict != Verdict.CERTAIN or truths == {True}
    assert finding.verdict != Verdict.CONTRADICTED or truths == {False}
    if finding.verdict == Verdict.POSSIBLE:
        assert holds(claim, finding.holds_at)
        assert not holds(claim, finding.fails_at)


@given(planted(), st.sampled_from(["thousand", "million", "per cent"]))
@settings(max_examples=8)
def test_units_do_not_change_a_verdict(given_, unit):
    """Sums of figures in thousands, with all else the same, are as sure as sums of figures."""
    values, figures, _ = given_
    names = [name for name in sorted(values) if figures[name]][:3]
    relation = " < ".join([" + ".join(names), "3 * " + names[0]]) if names else "0 < v0"
    plain = audited(figures, relation).findings[0]
    scaled = audited({name: {**f, "unit": unit} for name, f in figures.items()}, relation).findings[0]
    assert plain.verdict == scaled.verdict
    assert [f.implied for f in plain.figures] == [f.implied for f in scaled.figures]
    assert [f.distance for f in plain.figures] == [f.distance for f in scaled.figures]


# ---- size --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantities", "relations", "verdicts"),
    [
        (lambda n: said(**{f"x{i}": str(i) for i in range(n + 1)}), "x{j} = x{i} + 1", {"CERTAIN"}),
        (lambda n: said(**{f"x{i}": None if i else "5" for i in range(n + 1)}), "x{j} = x{i} + 1", {"CERTAIN"}),
        (lambda n: said(**{f"x{i}": "5" for i in range(n + 1)}), "x{i} < x{j}", {"POSSIBLE"}),
        (lambda n: said(**{f"x{i}": str(i) for i in range(n + 1)}), "x{j} = x{i} + 9", {"CONTRADICTED"}),
    ],
    ids=["claims", "identities", "possible", "contradicted"],
)
def test_large_ledgers_end(quantities, relations, verdicts):
    n = 400
    found = audited(quantities(n), *(relations.format(i=i, j=i + 1) for i in range(n)))
    assert {f.verdict.name for f in found} == verdicts
    implied = found.quantities[f"x{n}"].implied
    assert not implied or implied[0].span == Span(n + Fraction("4.5"), n + Fraction("5.5"))
    assert "x400" in str(found)
