"""Trade: the Growth Lab's package on a table of 60 countries, EconGeo on the network of Hidalgo and Hausmann."""

import numpy as np

from indicia import trade

TOPIC = "06_trade"


def up_to_sign(ours, theirs, rtol):
    """Equal but for the sign and the scale of the whole."""
    ours, theirs = (np.asarray(v, float) for v in (ours, theirs))
    ours, theirs = ours / np.linalg.norm(ours), theirs / np.linalg.norm(theirs)
    np.testing.assert_allclose(ours * np.sign(ours @ theirs), theirs, rtol=0, atol=rtol)


def growth_lab(inputs, expected, tolerance):
    x = np.array(inputs["exports"], float)
    made = trade.complexity(x)
    np.testing.assert_allclose(made.eci, expected["eci"], rtol=tolerance, atol=1e-10)
    np.testing.assert_allclose(made.pci, expected["pci"], rtol=tolerance, atol=1e-10)
    np.testing.assert_array_equal(made.diversity, expected["diversity"])
    np.testing.assert_array_equal(made.ubiquity, expected["ubiquity"])
    np.testing.assert_allclose(trade.rca(x)[:5], expected["rca_first5"], rtol=tolerance)
    near = trade.proximity(x)
    ten = np.asarray(expected["proximity_first10"], float)
    np.testing.assert_allclose(near[: ten.shape[0], : ten.shape[1]], ten, rtol=tolerance)
    found = trade.outlook(x)
    np.testing.assert_allclose(found.density[:5], expected["density_first5"], rtol=tolerance)
    np.testing.assert_allclose(found.coi, expected["coi"], rtol=tolerance, atol=1e-10)
    np.testing.assert_allclose(found.cog[:5], expected["cog_first5"], rtol=tolerance, atol=1e-10)


def network(inputs, expected, tolerance):
    m = np.array(inputs["M"], float)
    for steps in range(3):  # later ones are put on a scale from 0 to 100 there
        made = trade.reflections(m, steps=steps, given="presence")
        np.testing.assert_allclose(made.country, expected["method_of_reflections_country"][steps], rtol=tolerance)
        np.testing.assert_allclose(made.product, expected["method_of_reflections_product"][steps], rtol=tolerance)
    made = trade.complexity(m, given="presence")
    np.testing.assert_array_equal(made.diversity, expected["diversity"])
    np.testing.assert_array_equal(made.ubiquity, expected["ubiquity"])
    # the package's vector is one but for 3e-4: what the matrix makes of it is 0.5418 to 0.5422 times its entries
    up_to_sign(made.eci - shift(made.eci, made.diversity), expected["kci"], 2e-4)
    apart = ((made.eci - shift(made.eci, made.diversity)) * made.diversity).sum()
    np.testing.assert_allclose(apart, 0, atol=tolerance)


def shift(eci, diversity):
    """What an eigenvector has lost by being standardised: it is orthogonal to diversity."""
    return (eci * diversity).sum() / diversity.sum()


def similar(inputs, expected, tolerance):
    x = np.array(inputs["exports"], float)
    place = {name: k for k, name in enumerate(inputs["countries"])}
    found = trade.similarity(x)
    for pair, index in zip(expected["pairs"], expected["esi"], strict=True):
        np.testing.assert_allclose(found[place[pair[0]], place[pair[1]]], index, rtol=tolerance)


def content_of_income(inputs, expected, tolerance):
    x, income = np.array(inputs["mat"], float), inputs["gdp"]
    prody, expy = trade.prody(x, income), trade.expy(x, income)
    np.testing.assert_allclose(prody, expected["prody_unrounded_hand"], rtol=tolerance["hand"])
    np.testing.assert_allclose(expy, expected["expy_unrounded_hand"], rtol=tolerance["hand"])
    np.testing.assert_allclose(prody, expected["prody"], rtol=tolerance["package"])  # of quotients with two digits
    np.testing.assert_allclose(expy, expected["expy"], rtol=tolerance["package"])
    np.testing.assert_allclose(trade.rca(x), expected["rca"], atol=0.0051)


CHECKS = {
    "econgeo_prody_expy.json": content_of_income,
    "finger_kreinin_krugman_similarity.json": similar,
    "ecomplexity_growthlab_60x69.json": growth_lab,
    "hidalgo_hausmann_2009_figS4_network.json": network,
}
CANNOT = {}
