"""Topic 03: chain-linking."""

import numpy as np

import indicia
from indicia import index

TOPIC = "03_chainlink"


def close(got, want, tolerance):
    wanted = np.array([np.nan if x is None else x for x in want], dtype=float)
    np.testing.assert_allclose(np.asarray(got, float), wanted, rtol=tolerance, atol=0, equal_nan=True)


def hicp(inputs, expected, tolerance):
    time = indicia.Periods.parse(inputs["t"])
    x = indicia.Cube(["time"], {}, time, inputs["x"])
    for overlap, word in (("last", "december"), ("year", "annual_average")):
        links = index.unchain(x, overlap=overlap)
        close(links.values, expected[f"unchained_{word}"], tolerance)
        close(index.chain(links, overlap=overlap, level=100).values, expected[f"chained_{word}"], tolerance)
    close(index.rereference(x, "2021").values, expected["rebased_2021"], tolerance)
    close(index.rereference(x, "2020-06").values, expected["rebased_2020_06"], tolerance)


def quarters(inputs):
    return [np.array([inputs[f"{what}_A"], inputs[f"{what}_B"]]) for what in ("price", "quantity")]


def annual_overlap(inputs, expected, tolerance):
    time = indicia.Periods.span("1997-Q1", "2000-Q4")
    p, q = (indicia.Cube(["item", "time"], {"item": ["A", "B"]}, time, x) for x in quarters(inputs))
    at_previous, at_own = index.previous_year_prices(p, q)
    values = indicia.Cube(["time"], {}, time, inputs["current_price_total"])
    close(at_previous.values[4:], inputs["previous_year_price_total"][4:], tolerance)
    # the published 1997 has its quarters at current prices
    for own in (at_own, values):
        chained = index.chain_link(at_previous, own, reference="1998", level="value")
        close(chained.values[4:], expected["chained_volume_ref1998"][4:], tolerance)
    close(chained.values, expected["chained_volume_ref1998"], tolerance)
    close(chained.values.reshape(4, 4).sum(1), expected["annual_chained_ref1998"], tolerance)
    hundred = index.chain_link(at_previous, values, reference="1998")
    close(hundred.values, expected["index_1998_100"], tolerance)


def other_overlaps(inputs, expected, tolerance):
    p, q = quarters(inputs)
    base = inputs["base_1997"]
    # the year 1997, of which only sums are given, as four quarters alike
    p = np.concatenate([np.repeat([[base["PA"]], [base["PB"]]], 4, 1), p], 1)
    q = np.concatenate([np.repeat([[base["QA"] / 4], [base["QB"] / 4]], 4, 1), q], 1)
    at_previous, at_own = index.previous_year_prices(p, q, freq="Q")
    close(at_own[:4].sum(keepdims=True), [base["value"]], tolerance)
    for overlap, word in (("last", "one_quarter_overlap"), ("same", "over_the_year")):
        got = index.chain_link(at_previous, at_own, overlap=overlap, freq="Q")
        close(got[4:], expected[word], tolerance)
    assert expected["one_quarter_q4_links"]


CHECKS = {
    "hicp_chain_unchain_rebase.json": hicp,
    "imf_qna_annual_overlap_chainstat.json": annual_overlap,
    "imf_qna_2001_one_quarter_and_over_the_year.json": other_overlaps,
}
