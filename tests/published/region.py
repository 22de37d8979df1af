"""Topic 05: shift-share, location quotients, specialisation, the inequality of regions."""

import numpy as np

from indicia import region

TOPIC = "05_regional"


def near(got, want, tolerance):
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(want, float), rtol=0, atol=tolerance)


def specialisation(inputs, expected, tolerance):
    x = np.array(inputs["mat"], float)
    nation, close = x.sum(axis=0), tolerance["default"]
    near(region.krugman(x, nation), expected["krugman_index"], close)
    near(region.krugman(x, nation) / 2, expected["spec_coeff"], close)
    near(region.hachman(x, nation), expected["hachman"], close)
    near(1 / region.hachman(x, nation), expected["lq_avg"], tolerance["lq_avg"])
    near(region.hhi(x), expected["herfindahl"], tolerance["herfindahl"])
    near(region.entropy(x, base=2), expected["entropy_log2_rounded3"], tolerance["entropy"])
    near(region.location_quotient(x), expected["rca"], tolerance["rca"])


def table(inputs):
    names = [name for name in inputs if name != "nation"]
    before, after = (np.array([inputs[name][t] for name in names], float) for t in ("t0", "t1"))
    nation = [np.array(inputs["nation"][t], float) for t in ("t0", "t1")]
    assert (before.sum(axis=0) == nation[0]).all()
    assert (after.sum(axis=0) == nation[1]).all()
    return names, before, after


def shift(inputs, expected, tolerance):
    names, before, after = table(inputs)
    dunn, gerfin = region.shift_share(before, after), region.shift_share(before, after, method="gerfin")
    for k, name in enumerate(names):
        want, factors = (expected[method][name.removeprefix("region_")] for method in ("Dunn", "Gerfin"))
        got = (dunn.change[k], dunn.national[k], dunn.mix[k], dunn.competitive[k], dunn.mix[k] + dunn.competitive[k])
        words = ("Growth (t1-t)", "National share", "Industrial mix", "Regional share", "Net total shift")
        near(got, [want[word] for word in words], tolerance)
        near((gerfin.mix[k], gerfin.competitive[k], gerfin.total[k]), [factors[word] for word in words[2:]], tolerance)


def shift_by_industry(inputs, expected, tolerance):
    names, before, after = table(inputs)
    parts = region.shift_share(before, after, detail=True)
    nation = [before.sum(axis=0), after.sum(axis=0)]
    for k, name in enumerate(names):
        want = expected[name.removeprefix("region_")]
        rows = {row[".row"]: [row[str(i)] for i in range(1, 5)] for row in want["components.industry"]}
        near(parts.change[k], rows["Growth (t1-t)"], tolerance)
        # by industry that page calls the national rate of the industry the national share
        near(parts.national[k] + parts.mix[k], rows["National share"], tolerance)
        near(parts.competitive[k], rows["Regional share"], tolerance)
        near(parts.competitive[k], rows["Net total shift"], tolerance)
        sums = {row[".row"]: row["Components"] for row in want["components"]}
        near(parts.national[k].sum(), sums["National share"], tolerance)
        near(parts.mix[k].sum(), sums["Industrial mix"], tolerance)
        near(parts.competitive[k].sum(), sums["Regional share"], tolerance)
        for i, row in enumerate(want["growth"]):
            near([row["e_ij"], row["e_ij_t1"], row["e_i"], row["e_i_t1"]],
                 [before[k, i], after[k, i], nation[0][i], nation[1][i]], tolerance)  # fmt: skip
            near(nation[1][i] / nation[0][i] - 1, row["e_i_growth_rel"], tolerance)


def krugman(inputs, expected, tolerance):
    one, two = inputs["case1"], inputs["goettingen"]
    near(region.krugman(one["e_ij"], one["e_il"]), expected["case1"], tolerance[0])
    near(region.krugman(two["e_ij"], two["e_i"]), expected["goettingen"], tolerance[1])
    others = np.array(list(inputs["sweden"]["others"].values()), float)
    mean = (others / others.sum(axis=1, keepdims=True)).mean(axis=0)
    got = region.krugman(inputs["sweden"]["sweden"], mean)
    near(got, expected["sweden_vs_unweighted_mean_share_of_others"], tolerance[2])


def quotient(inputs, expected, tolerance):
    here, industry, place, all_ = (inputs[name] for name in ("e_ij", "e_i", "e_j", "e"))
    whole = [[here, place - here], [industry - here, all_ - place - industry + here]]
    near(region.location_quotient(whole)[0, 0], expected["lq"], tolerance)


def mexico(inputs, expected, tolerance):
    x = np.array(inputs["pcgdp"], float)
    near(region.gini(x, over=0), expected["gini"], tolerance)
    near(region.gini(x, over=0)[0], expected["literal_gini_1940"], tolerance)
    near(region.theil(x, over=0), expected["theil"], tolerance)
    parts = region.theil_parts(x, groups=inputs["region"], over=0)
    near(parts.total, expected["theil"], tolerance)
    near(parts.within, expected["theil_within"], tolerance)
    near(parts.between, expected["theil_between"], tolerance)


CHECKS = {
    "econgeo_specialisation.json": specialisation,
    "farhauer_kroell_shift_share_dunn.json": shift,
    "krugman_spec.json": krugman,
    "locq_farhauer.json": quotient,
    "pysal_mexico_gini_theil_decomposition.json": mexico,
    "shift_share_by_industry.json": shift_by_industry,
}
