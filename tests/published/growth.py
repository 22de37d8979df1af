"""Topic 01: reproduced beside the functions they concern, in the modules named here."""

from pathlib import Path

TOPIC = "01_growth"
TESTS = Path(__file__).parents[1]


def beside(module, name):
    """The file is loaded and held against by a test of that module."""

    def check(inputs, expected, tolerance):
        assert f'reference("{name}")' in (TESTS / module).read_text(encoding="utf-8"), f"{module} reads it no more"

    return check


PLACES = {
    "base_effect_examples.json": "test_growth.py",
    "cagr_power_one.json": "test_growth_rates.py",
    "cross_wyman_weights.json": "test_growth_rates.py",
    "dallasfed_annualising.json": "test_growth_rates.py",
    "hicp_manual_contributions_ribe_kirchner.json": "test_growth_rates.py",
    "hicp_rates_na_gaps.json": "test_growth.py",
    "irisheconomy_carry_over_2016.json": "test_growth_rates.py",
    "nbs_china_expenditure_contributions.json": "test_growth.py",
    "nbs_china_retail_sales_ytd_to_month.json": "test_growth_rates.py",
}
CHECKS = {name: beside(module, name) for name, module in PLACES.items()}
