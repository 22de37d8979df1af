"""Topic 12: sums along classifications, and a table of two revisions."""

from collections import Counter

import numpy as np

from indicia import tree

TOPIC = "12_classification"


def nace(inputs, expected, tolerance):
    """The 65 branches of a supply table to sections and to A*10."""
    codes, sections = inputs["codes"], inputs["section"]
    words = {"BE": "B-E", "GI": "G-I", "MN": "M_N", "OQ": "O-Q", "RU": "R-U"}
    # a branch that is a section of its own, such as B, gets a name of its own below it
    branches = [f"{code}." if code in sections else code for code in codes]
    below = tree.nace_a10()
    pairs = [(code, next(iter(below.parents(code)), None)) for code in below.codes]
    pairs += zip(branches, sections, strict=True)
    made = tree.parents(["TOTAL"] + [a for a, _ in pairs], [None] + [b or "TOTAL" for _, b in pairs])
    for name, values in inputs["values"].items():
        found = dict(zip(*reversed(tree.aggregate(np.array(values), made, codes=branches)), strict=True))
        assert abs(found["TOTAL"] - expected["published_total"][name]) <= tolerance["total"]
        for code, want in expected["section_sums"][name].items():
            assert abs(found[code] - want) <= tolerance["sums"] * max(1, abs(want))
        for code, want in expected["a10_sums"][name].items():
            assert abs(found[words.get(code, code)] - want) <= tolerance["sums"] * max(1, abs(want))


def revisions(inputs, expected, tolerance):
    """The pairs that are not one to one: how many new codes each old one has."""
    table = tree.concordance(inputs["hs2012"], inputs["hs2007"], source="HS12", target="HS07")
    assert set(inputs["hs2012"]) <= set(tree.hs("HS12").level("subheading"))
    assert set(inputs["hs2007"]) <= set(tree.hs("HS07").level("subheading"))
    counts = Counter(target for parts in table.shares.values() for target in parts)
    for code, want in expected["many_hs2012_per_hs2007"].items():
        assert counts[code] == want
        assert len(table.reversed().shares[code]) == want
    assert len(tree.hs("HS12").level("subheading")) == expected["n_hs2012"]


CHECKS = {
    "croatia2010_nace_a65_to_total.json": nace,
    "hs2012_hs2007_concordance_chapters.json": revisions,
}
CANNOT = {
    "piar_matched_sample_tree_index.json": "a price index over a tree with imputed prices: the index room has Jevons "
    "and Laspeyres, the imputation by the parent's index is not built",
}
