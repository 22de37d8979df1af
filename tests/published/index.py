"""Topic 02: index numbers."""

import numpy as np

from indicia import index

TOPIC = "02_index_numbers"
NAMES = {
    "geomLaspeyres": "geometric_laspeyres", "geomPaasche": "geometric_paasche", "geolaspeyres": "geometric_laspeyres",
    "geopaasche": "geometric_paasche", "satovartia": "sato_vartia", "vartia": "montgomery_vartia",
    "drobish": "drobisch", "marshalledgeworth": "marshall_edgeworth", "banajree": "banerjee",
    "gk": "geary_khamis", "ces": "lloyd_moulton",
}  # fmt: skip
OF_PRICES = ("carli", "dutot", "jevons", "harmonic", "cswd")


def tables(inputs):
    """Items by periods."""
    both = (inputs[k] for k in ("prices", "quantities"))
    return (np.array([[np.nan if x is None else x for x in row] for row in rows]).T for rows in both)


def close(got, want, tolerance):
    wanted = np.array([np.nan if x is None else x for x in want], dtype=float)
    np.testing.assert_allclose(got, wanted, rtol=tolerance, equal_nan=True)


def without_bias(p, q):
    """The dummy of two periods as that peer has it: less half the variance of its logarithm, as Kennedy advised."""
    dummy = index.product_dummy(p, q)[1]
    s = p * q / (p * q).sum(0)
    weight = s[:, 0] * s[:, 1] / s.sum(1)
    rest = np.log(p[:, 1] / p[:, 0]) - np.log(dummy)
    return dummy * np.exp(-(weight * rest**2).sum() / (len(p) - 1) / weight.sum() / 2)


def of_pairs(two, p, q, chained):
    pairs = [[t - 1 if chained else 0, t] for t in range(1, p.shape[1])]
    links = np.array([1.0, *(two(p[:, pair], q[:, pair]) for pair in pairs)])
    return np.cumprod(links) if chained else links


def call(name, p, q, *, sigma=0.7, **options):
    if name == "tpd":
        return of_pairs(without_bias, p, q, options.get("chained", False))
    name = NAMES.get(name, name)
    if name == "geary_khamis":  # of two periods each
        return of_pairs(lambda p, q: index.geary_khamis(p, q)[1], p, q, options.get("chained", False))
    if name == "harmonic_laspeyres":
        return 1 / index.young(1 / p, p[:, 0] * q[:, 0])
    if name == "lloyd_moulton":
        return index.lloyd_moulton(p, q, sigma=sigma, **options)
    if name == "lowe":
        return index.lowe(p, q[:, 0], **options)
    if name == "young":
        return index.young(p, p[:, 0] * q[:, 0], **options)
    function = getattr(index, name)
    return function(p, **options) if name in OF_PRICES else function(p, q, **options)


def balk(inputs, expected, tolerance):
    p, q = tables(inputs)
    for name, want in expected["fixed_base"].items():
        np.testing.assert_allclose(call(name, p, q), want, rtol=0, atol=tolerance * 1.01)


def bilateral(inputs, expected, tolerance):
    p, q = tables(inputs)
    for key, want in expected.items():
        name, _, how = key.rpartition("_")
        if how == "pop":
            got = call(name, p, q, sigma=2.0, chained=True)
            got = np.concatenate([[1.0], got[1:] / got[:-1]])
        else:
            got = call(name, p, q, sigma=2.0, chained=how == "chained")
        close(got, want, tolerance)


def milk(inputs, expected, tolerance):
    p, q = tables(inputs)
    for name, want in expected.items():
        close(call(name, p, q), want, tolerance)


def dispersed(inputs, expected, tolerance):
    p, q = (np.array([inputs[f"{k}0"], inputs[f"{k}1"]]).T for k in "pq")
    for name, want in expected.items():
        close(call(name, p, q)[1:], [want], tolerance)


def splices(inputs, expected, tolerance):
    relatives = np.array(inputs["rolling_windows"], float)  # of each period on the one before, the first one too
    windows = np.cumprod(np.insert(relatives, 0, 1.0, axis=1), axis=1)
    for splice in ("movement", "window", "window_published"):
        close(index.splice_windows(windows, splice=splice)[1:], expected[splice], tolerance)
    close(index.splice_windows(windows, splice="mean")[4:5], [expected["mean_first_new"]], tolerance)
    before = np.cumprod([1.0, 1.0, 1.0, 1.0, 2.0, 3.0])
    got = index.splice_windows(windows[1:], splice="movement", published=before)
    close(got, expected["initial_1_1_1_1_2_3_movement"], tolerance)


def geks(inputs, expected, tolerance):
    p, q = tables(inputs)
    for name, want in expected["full_window12"].items():
        # that peer's dummies are weighted by the mean of both shares there: Törnqvist's index
        close(index.geks(p, q, formula="tornqvist" if name == "tpd" else name), want, tolerance)
    words = {"wisp": "window_published", "hasp": "half_published", "mean_pub": "mean_published"}
    for name, want in expected["rolling_window11_tornqvist"].items():
        close(index.ccdi(p, q, window=11, splice=words.get(name, name)), want, tolerance)


def ccdi(inputs, expected, tolerance):
    p, q = tables(inputs)
    for splice, want in expected.items():
        close(index.ccdi(p, q, window=10, splice=splice), want, tolerance)


def geary_khamis(inputs, expected, tolerance):
    p, q = tables(inputs)
    close(index.geary_khamis(p, q), expected["full"], tolerance)
    for splice in ("mean", "movement", "window"):
        close(index.geary_khamis(p, q, window=11, splice=splice), expected[splice], tolerance)


def indicators(inputs, expected, tolerance):
    p, q = tables(inputs)
    change = np.diff(p, axis=1)

    def following(figures):
        return [np.nan, *figures]

    found = {
        "price_laspeyres": following((q[:, :-1] * change).sum(0)),
        "price_paasche": following((q[:, 1:] * change).sum(0)),
        "price_bennet": index.bennet(p, q),
        "price_montgomery": index.montgomery(p, q),
        "quantity_laspeyres": following((p[:, :-1] * np.diff(q, axis=1)).sum(0)),
    }
    for name, want in expected.items():  # printed to nine decimals
        np.testing.assert_allclose(found[name], np.array(want, float), rtol=0, atol=tolerance)


CHECKS = {
    "balk2008_tables_3_4_3_6_3_12.json": balk,
    "gpindex_splice_rules.json": splices,
    "indexnumr_bilateral_price.json": bilateral,
    "indexnumr_geary_khamis.json": geary_khamis,
    "indexnumr_geks.json": geks,
    "indexnumr_indicators.json": indicators,
    "priceindices_milk_ccdi_splices.json": ccdi,
    "priceindices_milk_fixed_base.json": milk,
    "pyindexnum_priceindices_gold_1200.json": dispersed,
}
