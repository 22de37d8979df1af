"""Topic 04: temporal disaggregation and benchmarking."""

import numpy as np

from indicia import disaggregation

TOPIC = "04_temporal_disaggregation"


def close(got, want, tolerance):
    """Within the tolerance, of the largest figure: what is measured solved a system that loses that much."""
    want = np.asarray(want, float)
    assert got.shape == want.shape
    assert np.isfinite(got).all()
    assert np.abs(got - want).max() <= tolerance * np.abs(want).max()


def exact(inputs, expected, tolerance):
    got = disaggregation.denton_cholette(inputs["benchmark"], inputs["indicator"], per=4)
    assert np.abs(got - expected["values"]).max() <= 0.1  # printed to one decimal, the last digit by hand
    assert np.median(np.abs(got - expected["values"])) <= tolerance
    assert abs(got[-1] / inputs["indicator"][-1] - expected["bi_ratio_last"]) < 1e-3


def swisspharma(inputs, expected, tolerance):
    years, exports = inputs["sales_a"]["values"], inputs["exports_q"]["values"]
    for name, found in expected.items():
        method, *words = name.split("_")
        function = {"denton": disaggregation.denton, "denton-cholette": disaggregation.denton_cholette}[method]
        if "noind" in words:
            differences, _, conversion = words
            options = {"criterion": "additive"}
            indicator = None
        else:
            criterion, differences, conversion, _ = words
            options = {"criterion": criterion, "start": 12}
            indicator = exports
        got = function(years, indicator, per=4, differences=int(differences[1]), conversion=conversion, **options)
        close(got, found["values"], tolerance)


def aggregation(inputs, expected, tolerance):
    exports = inputs["exports_q"]
    for conversion, found in expected.items():
        got = disaggregation.aggregate(exports["values"], per=4, conversion=conversion)
        want = np.array(found["values"], float)
        np.testing.assert_allclose(got[: len(want)], want, rtol=tolerance)
        assert np.isnan(got[len(want) :]).all()


def regressions(inputs, expected, tolerance):
    years = inputs["sales_a"]["values"]
    exports, imports = inputs["exports_q"]["values"], inputs["imports_q"]["values"]
    at = {"per": 4, "start": 12}
    close(disaggregation.denton(years, per=4), expected["denton"], tolerance)
    close(disaggregation.denton_cholette(years, per=4), expected["denton_cholette"], tolerance)
    close(disaggregation.denton_cholette(years, exports, **at), expected["denton_cholette_exports"], tolerance)
    close(disaggregation.chow_lin(years, exports, **at).values, expected["chow_lin_exports"], tolerance)
    both = disaggregation.chow_lin(years, [exports, imports], **at)
    close(both.values, expected["chow_lin_exports_imports"], tolerance)


CHECKS = {
    "imf_qna_2001_example_6_2_proportional_denton.json": exact,
    "tempdisagg_denton_swisspharma.json": swisspharma,
    "tempdisagg_ta_aggregation.json": aggregation,
    "tsdisagg_r_outputs.json": regressions,
}
