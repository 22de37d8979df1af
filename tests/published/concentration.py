"""Topic 09: inequality and concentration.

Of `ineq_measures.json`, what indicia has no function for is derived where a formula leads there from one it has; Kolm's
measure and the index called Herfindahl_2 there are not.
"""

import numpy as np

from indicia import region

TOPIC = "09_inequality_concentration"


def near(got, want, tolerance):
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(want, float), rtol=0, atol=tolerance)


def doersam(inputs, expected, tolerance):
    sales, income, people = (np.array(inputs[name], float) for name in ("sales", "income", "class_size"))
    near(region.gini(sales), expected["gini_sales"], tolerance["gini"])
    near(region.gini(sales, corrected=True), expected["gini_sales_normalised"], tolerance["gini"])
    near(region.gini(income, people), expected["gini_income_weighted"], tolerance["gini_income_weighted"])
    near(region.hhi(sales), expected["hhi"], tolerance["hhi"])
    near(region.hhi(sales, normalised=True), expected["hhi_normalised"], tolerance["hhi"])
    near(1 / region.hhi(sales), expected["hhi_equivalent_number"], tolerance["hhi_equivalent_number"])


def measures(inputs, expected, tolerance):
    for name, key in (("x", "x"), ("ilocos", "ilocos_first200")):
        x, want = np.array(inputs[key], float), expected[name]
        variation = region.williamson(x)
        got = {
            "Gini": region.gini(x),
            "Gini_corr": region.gini(x, corrected=True),
            "RS": region.hoover(x, np.ones(len(x))),
            "Atkinson_0.5": region.atkinson(x, aversion=0.5),
            "Atkinson_1": region.atkinson(x, aversion=1),
            "Atkinson_2": region.atkinson(x, aversion=2),
            "Theil_T": region.theil(x),
            "Theil_L": region.theil(x, index="L"),
            "var_coeff": variation,
            "entropy_0.5": 4 * (1 - np.sqrt(1 - region.atkinson(x, aversion=0.5))),
            "entropy_2": variation**2 / 2,
            "Herfindahl": region.hhi(x),
            "Rosenbluth": 1 / (len(x) * (1 - region.gini(x))),
        }
        assert set(want) - set(got) == {"Kolm_1", "Herfindahl_2"}
        for measure, figure in got.items():
            near(figure, want[measure], tolerance)


def wolfson(inputs, expected, tolerance):
    for name, want in zip(("x", "small", "even"), expected["wolfson"], strict=True):
        x = np.array(inputs[name], float)
        poor = 1 - region.leaders(x, len(x) // 2)  # the share of the lower half
        near((2 * (0.5 - poor) - region.gini(x)) * x.mean() / np.median(x), want, tolerance)
    near(region.gini(inputs["x"]), expected["gini_x"], tolerance)
    near(region.theil(inputs["x"]), expected["theil_x"], tolerance)


def stoermann(inputs, expected, tolerance):
    near(region.theil(inputs["x"], index="L"), expected["run"], tolerance)
    near(region.theil(inputs["x"], index="L"), expected["theil_L_mld"], tolerance)
    near(region.theil(inputs["x"]), expected["theil_T_hand"], tolerance)


CHECKS = {
    "doersam_gini_hhi.json": doersam,
    "ineq_measures.json": measures,
    "pysal_wolfson_schutz.json": wolfson,
    "stoermann_theil.json": stoermann,
}
