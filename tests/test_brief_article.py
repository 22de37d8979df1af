"""The audit of the article: every finding against exact fractions, worked out by hand from what is printed."""

from __future__ import annotations

import csv
import json
import os
import re
from fractions import Fraction as F
from importlib.resources import files
from pathlib import Path

import pytest
from page_checks import check_alone, check_heard, check_inside, texts, tree

from indicia import Verdict
from indicia._audit_view import ends_text, view_of
from indicia.brief import article, brief
from indicia.cli import main
from indicia.ledger import read_ledger

SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
RATES = {"average_2023": F("7.0467"), "early_2024": F("7.1055"), "market_2024": F("7.1755")}
HALF = F(1, 2)


def rounded(text):
    """What a decimal stands for: half a unit of its last digit to either side."""
    half = HALF / 10 ** len(text.partition(".")[2])
    return F(text) - half, F(text) + half


@pytest.fixture(scope="module")
def audit():
    return article()


def implied(audit, key, reading=None, **alternatives):
    """What is left for a quantity without a figure, in the one case asked for."""
    found = {
        (case.span.low, case.span.high)
        for case in audit.quantities[key].implied
        if reading in (None, case.reading) and all(case.alternatives[k] == v for k, v in alternatives.items())
    }
    assert len(found) == 1
    return found.pop()


def verdicts(audit, key, reading=None, **alternatives):
    cases = [
        finding
        for finding in audit.findings
        if finding.key == key
        and reading in (None, finding.reading)
        and all(finding.alternatives[k] == v for k, v in alternatives.items())
    ]
    assert cases
    return cases


def encloses(found, exact, width=F(1, 10**6)):
    """The exact range lies inside, and as good as fills it."""
    low, high = exact
    slack = (high - low) * width
    assert found[0] <= low <= found[0] + slack
    assert found[1] - slack <= high <= found[1]


# ---- the findings ---------------------------------------------------------------------------------------


def test_the_unstated_target_of_2023_is_6(audit):
    assert implied(audit, "gdp_target_2023") == (F("5.5") + F("0.5"),) * 2 == (6, 6)
    assert ends_text((6.0, 6.0)) == "6.0"
    (finding,) = verdicts(audit, "in_line_with_target")
    assert finding.verdict == Verdict.CERTAIN  # 6.0 rounds to what is printed


def test_guangzhou_and_hong_kong_lie_below_it(audit):
    for key, printed in (("guangzhou_below_target", "4.6"), ("hongkong_below_target", "3.2")):
        (finding,) = verdicts(audit, key)
        assert rounded(printed)[1] < 6
        assert finding.verdict == Verdict.CERTAIN
        assert finding.reading is None
    (finding,) = verdicts(audit, "hongkong_below_target")
    assert "FORECAST" in finding.flags
    (finding,) = verdicts(audit, "guangzhou_below_target")
    assert "FORECAST" not in finding.flags


def test_the_band_that_the_share_leaves(audit):
    low = F("0.4185") * F("34606.395")
    high = F("0.4195") * F("34606.405")
    encloses(implied(audit, "sei_2023"), (low, high))
    assert ends_text((float(low), float(high))) == "14,482.7 to 14,517.4"


def test_the_quotient_at_face_value(audit):
    low, high = implied(audit, "face_base")
    assert low == high == F(209) / F("1.07")
    assert round(float(low), 1) == 195.3


@pytest.mark.parametrize("rate", RATES)
def test_the_base_in_the_reported_reading_is_contradicted_by_the_share(audit, rate):
    low, high = F(209) / F("1.08"), F(210) / F("1.07")
    encloses(implied(audit, "sei_base_usd", "reported"), (low, high))
    step = F(1, 20000)  # half of the last digit of the rate
    in_yuan = 10 * low * (RATES[rate] - step), 10 * high * (RATES[rate] + step)
    encloses(implied(audit, "sei_base_cny", "reported", yuan_per_dollar=rate), in_yuan)
    (finding,) = verdicts(audit, "output_fits_share", "reported", yuan_per_dollar=rate)
    assert finding.verdict == Verdict.CONTRADICTED
    apart = F("0.4185") * F("34606.395") - in_yuan[1]
    assert apart > 0
    assert abs(finding.gap) == pytest.approx(float(apart), rel=1e-6)
    assert float(apart) == pytest.approx(
        {"average_2023": 652.7, "early_2024": 537.3, "market_2024": 399.9}[rate], abs=0.05
    )
    assert "value_added" in finding.assumptions
    assert "Output of strategic industries means value added, as their share of GDP does." in [
        str(audit.assumptions[key]) for key in finding.assumptions
    ]


@pytest.mark.parametrize("rate", RATES)
def test_it_is_not_in_the_literal_reading(audit, rate):
    (finding,) = verdicts(audit, "output_fits_share", "literal", yuan_per_dollar=rate)
    assert finding.verdict == Verdict.POSSIBLE
    # by hand: 209 billion on 7 % miss the band, the output that 8 % make of its lower end is more than 209 billion
    low, high = F("0.4185") * F("34606.395"), F("0.4195") * F("34606.405")
    assert not low <= 10 * F(209) / F("1.07") * RATES[rate] <= high
    assert low * F("1.08") / RATES[rate] / 10 > 209


def test_no_rate_of_exchange_around_saves_it(audit):
    low = F("0.4185") * F("34606.395") / 10 / (F(210) / F("1.07"))
    high = F("0.4195") * F("34606.405") / 10 / (F(209) / F("1.08"))
    encloses(implied(audit, "yuan_per_dollar_needed", "reported"), (low, high))
    assert all(rate < low for rate in RATES.values())
    assert ends_text((float(low), float(high))) == "7.379 to 7.502"


def test_the_rate_of_2023_is_the_one_behind_the_bureau_s_own_dollars(audit):
    low, high = F("89357.5") / F("12681.5"), F("89358.5") / F("12680.5")
    assert low < F("7.04665") < F("7.04675") < high
    (finding,) = verdicts(audit, "rate_of_exchange")
    assert finding.verdict == Verdict.POSSIBLE


def test_nominal_growth_and_the_deflator_that_real_growth_leaves(audit):
    level = next(row for row in csv_rows() if row["TIME_PERIOD: Time"] == "2022")["OBS_VALUE: Value"]
    assert level == "32480.7103030453"
    now = F("34606.395"), F("34606.405")
    bases = {"revised": (F(level), F(level)), "first_print": (F(32300), F(32400))}
    real = rounded("6.0")
    for vintage, (least, most) in bases.items():
        nominal = now[0] / most, now[1] / least
        case = {"gdp_2022": vintage}
        encloses(implied(audit, "gdp_growth_nominal_2023", **case), tuple(100 * (x - 1) for x in nominal))
        deflator = nominal[0] / (1 + real[1] / 100), nominal[1] / (1 + real[0] / 100)
        encloses(implied(audit, "deflator_2023", **case), tuple(100 * (x - 1) for x in deflator))
    assert round(100 * (now[0] / F(level) - 1), 2) == F("6.54")
    deflator = implied(audit, "deflator_2023", gdp_2022="revised")
    assert (round(float(deflator[0]), 3), round(float(deflator[1]), 3)) == (0.466, 0.561)
    cases = [case for case in audit.quantities["deflator_2023"].implied if case.alternatives["gdp_2022"] == "revised"]
    assert "vintage_2022" in cases[0].assumptions


def csv_rows():
    with (files("indicia.data") / "gba.csv").open(encoding="utf-8") as file:
        return [
            row
            for row in csv.DictReader(file)
            if row["GEO: City"][:2] == "SZ" and row["INDICATOR: Indicator"][:3] == "GDP"
        ]


@pytest.mark.parametrize(
    ("key", "larger", "smaller"),
    [
        ("outpaces_guangzhou", rounded("6.0"), rounded("4.6")),
        ("outpaces_hongkong", rounded("6.0"), rounded("3.2")),
        ("target_above_guangzhou", (F("5.5"),) * 2, (F(5),) * 2),
        ("target_above_shanghai", (F("5.5"),) * 2, (F(5),) * 2),
        ("above_the_nation", rounded("33.9"), rounded("29.9")),
        ("well_above_the_delta", rounded("33.9"), rounded("19.7")),
    ],
)
def test_what_is_certain(audit, key, larger, smaller):
    assert larger[0] > smaller[1]
    assert [finding.verdict for finding in verdicts(audit, key)] == [Verdict.CERTAIN]


def test_how_far_the_new_three_lead(audit):
    encloses(implied(audit, "lead_on_china"), (F("33.85") - F("29.95"), F("33.95") - F("29.85")))
    encloses(implied(audit, "lead_on_delta"), (F("33.85") - F("19.75"), F("33.95") - F("19.65")))


def test_what_cannot_be_told(audit):
    assert {finding.verdict for finding in verdicts(audit, "other_goals")} == {Verdict.UNKNOWN}
    assert {finding.verdict for finding in verdicts(audit, "below_last_year")} == {Verdict.POSSIBLE}


def test_the_contradiction_is_said_in_words_and_is_irreducible(audit):
    (conflict,) = audit.conflicts
    assert "output_fits_share" in conflict.relations
    assert set(conflict.figures) == {
        "gdp_2023",
        "sei_share_2023",
        "sei_output_2024",
        "sei_growth_2024",
        "yuan_per_dollar",
    }
    assert any("more than 209" in words for words in conflict.words)
    ledger = read_ledger(files("indicia.data") / "article.toml")
    for key in conflict.keys:
        rest = ledger.audit(without=[key])
        assert not rest.conflicts
        assert all(finding.verdict != Verdict.CONTRADICTED for finding in rest.findings)


# ---- the ledger against what was typed in ---------------------------------------------------------------

SEEDS = {
    "sei-output-2024": "sei_output_2024",
    "sei-growth-2024": "sei_growth_2024",
    "sei-growth-2023": "sei_growth_2023",
    "sei-share-2023": "sei_share_2023",
    "gdp-growth-2023": "gdp_growth_2023",
    "gdp-growth-target-2023": "gdp_target_2023",
    "gdp-growth-2023-guangzhou": "gdp_growth_2023_guangzhou",
    "gdp-growth-2023-hongkong": "gdp_growth_2023_hongkong",
    "gdp-growth-target-2024": "gdp_target_2024",
    "gdp-growth-target-2024-guangzhou": "gdp_target_2024_guangzhou",
    "gdp-growth-target-2024-shanghai": "gdp_target_2024_shanghai",
    "target-cut-2024": "target_cut_2024",
    "new-three-exports-shenzhen": "new_three_shenzhen",
    "new-three-exports-nation": "new_three_china",
    "new-three-exports-yrd": "new_three_delta",
}


def test_the_ledger_says_what_the_article_said(audit):
    source = SHARED / "seed-figures.csv"
    if not source.exists():
        pytest.skip(f"no {source}")
    with open(source, encoding="utf-8") as file:
        seeds = {row["id"]: row for row in csv.DictReader(file)}
    units = {"percent": "per cent", "percentage points": "percentage points", "USD billion": "billion USD"}
    numbers = {key for key, row in seeds.items() if row["unit"] in units}
    assert numbers - set(SEEDS) == {"sei-target-lofty"}, "a figure of the article is not in the ledger"
    for seed, key in SEEDS.items():
        row = seeds[seed]
        (version,) = audit.quantities[key].versions.values()
        assert version.said == row["said"]
        assert version.unit.text == units[row["unit"]]
        assert (version.place, version.period) == (row["place"], row["period"])
        assert version.kind == row["kind"]


def test_every_figure_has_a_source(audit):
    for quantity in audit.quantities.values():
        for version in quantity.versions.values():
            if version.said and not quantity.key.startswith("face_"):
                assert version.source in audit.sources, quantity.key


# ---- how it is shown ------------------------------------------------------------------------------------

SECTIONS = ["Strategic industries", "Target against outcome", "Cities", "New three"]


def test_the_brief_ends_in_the_article(capsys):
    assert main(["brief"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(str(brief()))
    places = [re.search(rf"^{title}\b", printed, re.M).start() for title in [*SECTIONS, "Claims"]]
    assert places == sorted(places)
    figures = ("6.0", "14,482.7 to 14,517.4", "195.327", "193.51 to 196.27", "0.4662 to 0.5611")
    for words in (*(f"{figure}, implied" for figure in figures), "3.2 f", "value added, as their share"):
        assert words in printed
    for line in (
        r"^CERTAIN +Guangzhou grew less than",
        r"^CONTRADICTED +",
        r"^POSSIBLE +",
        r"^UNKNOWN +The other goals",
    ):
        assert re.search(line, printed, re.M)
    assert "implied assuming: The level of 2022 is the one that growth of 2023 was measured from." in printed
    for asked in (["--peers", "SZ,GZ"], ["--at", "2022"], ["--where", "INDICATOR=POP"], ["--not-additive"]):
        assert main(["brief", *asked]) == 0
        assert "Claims" not in capsys.readouterr().out


def test_json_carries_it_all(capsys, audit):
    assert main(["brief", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["article"] == json.loads(json.dumps(audit.to_dict()))
    assert told["schema"] == "indicia.brief/1"
    assert told["article"]["schema"] == "indicia.ledger/1"
    assert {finding["section"] for finding in told["article"]["findings"]} == set(SECTIONS)


def test_every_claim_and_figure_is_on_the_page(audit):
    page = brief().to_page(audit)
    check_alone(page)
    root = tree(page)
    check_heard(root)
    check_inside(root)
    said = " ".join(texts(root))
    view = view_of(audit)
    assert [section.title for section in view.sections] == SECTIONS
    for claim in view.claims:
        assert claim.words in said
        assert claim.formula in said
        for case in claim.cases:
            assert case.reason in said
        for text in claim.assumes:
            assert text in said
    for section in view.sections:
        for figure in section.figures:
            assert figure.label in said
            assert figure.text in said
            assert figure.said in said
    for verdict in Verdict:
        assert verdict.name.lower() in said
    assert str(audit.title) in said
