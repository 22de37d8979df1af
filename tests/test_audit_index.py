"""Audits of index numbers, against rational arithmetic over all corners."""

from __future__ import annotations

import itertools
import os
from fractions import Fraction
from pathlib import Path

import hicp_figures as hicp
import numpy as np
import pytest
from reference import audit as twin

from indicia import Cube, Periods, Verdict, audit, index, interval, read_cube, ufuncs

NAN = float("nan")
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def mean_range(parts, weights):
    """Over all corners of parts and weights: the mean is monotone in each."""
    found = [
        sum(w * x for w, x in zip(ws, xs, strict=True)) / sum(ws)
        for xs in itertools.product(*parts)
        for ws in itertools.product(*weights)
    ]
    return min(found), max(found)


@pytest.mark.parametrize("weight_decimals", [None, 0])
def test_an_index_against_the_twin(weight_decimals):
    rng = np.random.default_rng(3)
    parts = rng.uniform(90, 130, (4, 40)).round(1)
    weights = rng.integers(1, 30, 4).astype(float)
    exact = (parts * weights[:, None]).sum(0) / weights.sum()
    published = (exact + rng.normal(0, 1.0, 40)).round(1)
    found = audit.index(parts, weights, published, decimals=1, weight_decimals=weight_decimals)
    for t in range(40):
        ends = [twin.ends(f"{x:.1f}", 1) for x in parts[:, t]]
        heavy = [(Fraction(int(w)),) if weight_decimals is None else twin.ends(f"{w:.0f}", 0) for w in weights]
        implied, said = mean_range(ends, heavy), twin.ends(f"{published[t]:.1f}", 1)
        assert Verdict(found.verdicts[t]).name == twin.verdict(said, implied)
        got = found.implied
        assert got.low[t] <= implied[0]
        assert got.high[t] >= implied[1]
        np.testing.assert_allclose([got.low[t], got.high[t]], [float(x) for x in implied], rtol=1e-13)
    assert (found.verdicts == Verdict.CONTRADICTED).any()
    assert (found.verdicts != Verdict.CONTRADICTED).any()


def test_an_index_of_cubes():
    time = Periods.span("2020", "2022")
    values = np.array([[100.0, 104.2, NAN], [100.0, 101.0, 102.0]])
    parts = Cube(["coicop", "time"], {"coicop": ["food", "rest"]}, time, values, decimals=1)
    total = Cube(["time"], {}, time, [100.0, 102.9, 103.0], decimals=1)
    weights = Cube(["coicop"], {"coicop": ["rest", "food"]}, None, [400.0, 600.0])
    found = audit.index(parts, weights, total, dim="coicop")
    assert [Verdict(v).name for v in found.verdicts] == ["POSSIBLE", "POSSIBLE", "UNKNOWN"]
    assert found.labels.dims == ("time",)
    yearly = Cube(["coicop", "time"], {"coicop": ["food", "rest"]}, time, [[600.0] * 3, [400.0] * 3])
    np.testing.assert_array_equal(audit.index(parts, yearly, total, dim="coicop").verdicts, found.verdicts)
    np.testing.assert_array_equal(audit.index(parts, [600, 400], total, dim="coicop").verdicts, found.verdicts)
    with pytest.raises(ValueError, match="dim: expected one of coicop"):
        audit.index(parts, weights, total)
    with pytest.raises(ValueError, match="weights: there are 3 for 2 parts"):
        audit.index(parts, [1, 2, 3], total, dim="coicop")
    with pytest.raises(ValueError, match="0 and more"):
        audit.index(parts, [1, -2], total, dim="coicop")
    with pytest.raises(ValueError, match="an array has axes"):
        audit.index(values, [1, 2], [1, 2, 3], dim="coicop", decimals=1)


@pytest.mark.parametrize("overlap", ["period", "last", "year", "same"])
def test_chains(overlap):
    rng = np.random.default_rng(0)
    x = 100 * np.exp(rng.normal(0, 0.02, (3, 20)).cumsum(1))
    links = index.unchain(x, overlap=overlap, freq="Q")
    printed, said = links.round(4), x.round(2)
    found = audit.chain(printed, said, overlap=overlap, freq="Q", decimals=2, link_decimals=4)
    known = ~np.isnan(links)
    assert (found.verdicts[~known] == Verdict.UNKNOWN).all()
    assert np.isin(found.verdicts[known], [Verdict.CERTAIN, Verdict.POSSIBLE]).all()
    for axis in (0, 1):
        wrong = said.copy()
        wrong[1, 12] += 1
        again = audit.chain(
            printed if axis else printed.T, wrong if axis else wrong.T, overlap=overlap, freq="Q", decimals=2,
            link_decimals=4, axis=axis,
        )  # fmt: skip
        bad = np.argwhere((again.verdicts if axis else again.verdicts.T) == Verdict.CONTRADICTED)
        assert [1, 12] in bad.tolist()
        assert set(bad[:, 0]) == {1}
    rates = audit.chain((100 * (links - 1)).round(2), said, overlap=overlap, freq="Q", decimals=2, link_decimals=2,
                        percent=True)  # fmt: skip
    assert np.isin(rates.verdicts[known], [Verdict.CERTAIN, Verdict.POSSIBLE]).all()


def test_chains_of_cubes():
    time = Periods.span("2019-12", "2021-03")
    x = 100 * np.exp(np.random.default_rng(1).normal(0, 0.02, 16).cumsum())
    published = Cube(["time"], {}, time, x.round(2), decimals=2)
    links = index.unchain(published, overlap="last")
    printed = Cube(["time"], {}, time, links.values.round(4), decimals=4)
    found = audit.chain(printed, published, overlap="last")
    assert (found.verdicts[1:] != Verdict.CONTRADICTED).all()
    assert found.verdicts[0] == Verdict.UNKNOWN
    with pytest.raises(ValueError, match="overlap: expected"):
        audit.chain(printed, published, overlap="december")
    with pytest.raises(ValueError, match="single figure"):
        audit.chain(1.0, 100.0, decimals=1, link_decimals=1)
    with pytest.raises(ValueError, match="neither given nor known"):
        audit.chain([1.0, 1.0], [100.0, 100.0])


def judged(name):
    """Of one aggregate of the euro area the verdicts on annual rates, month by month, and on the monthly rate."""
    parts = hicp.PARTS[name]
    weights = [hicp.WEIGHTS[part] for part in parts]
    found = []
    for rates, published in (
        ([hicp.ANNUAL[part] for part in parts], hicp.ANNUAL[name]),
        ([[hicp.MONTHLY[part]] for part in parts], [hicp.MONTHLY[name]]),
    ):
        relatives, claimed = 100 + np.array(rates), 100 + np.array(published)
        made = audit.index(relatives, weights, claimed, decimals=1, weight_decimals=1)
        found.append([Verdict(v).name for v in made.verdicts])
    return found


def test_consumer_prices_of_the_euro_area():
    """Annual rates follow from the weights of the year in December alone, when they stand on the December before."""
    found = {name: judged(name) for name in hicp.PARTS}
    assert all(annual[-1] == "POSSIBLE" for annual, _ in found.values())
    assert all(monthly == ["POSSIBLE"] for _, monthly in found.values())
    earlier = [verdict for annual, _ in found.values() for verdict in annual[:-1]]
    assert (earlier.count("CONTRADICTED"), earlier.count("POSSIBLE")) == (9, 16)
    assert found["all items"][0] == ["POSSIBLE", "POSSIBLE", *["CONTRADICTED"] * 3, "POSSIBLE"]
    # a weight that is off by a percentage point would have been seen in December
    parts = hicp.PARTS["all items"]
    weights = np.add([hicp.WEIGHTS[part] for part in parts], [10.0, -10.0, 0.0, 0.0])
    rates = 100 + np.array([[hicp.ANNUAL[part][-1]] for part in parts])
    wrong = audit.index(rates, weights, [102.9], decimals=1, weight_decimals=1)
    assert Verdict(wrong.verdicts[0]) == Verdict.CONTRADICTED


def test_consumer_prices_of_sweden():
    """Food and beverages out of its two parts: the file has no weights, but 2008 leaves one, and 2007 none."""
    path = SHARED / "data" / "px" / "scb_pr0101b3.px"
    if not path.exists():
        pytest.skip("no shared data here: INDICIA_SHARED names their folder")
    cube = read_cube(path)
    dim = cube.dims[0]
    levels = [cube.sel({dim: code}).values for code in ("01", "01.1", "01.2")]
    printed = [interval.Interval(*ufuncs.interval_from_decimals(x, 2, 0)) for x in levels]

    def refuted(december, weight):
        """How many months of the year after that December contradict a weight of food in it."""
        months = slice(december + 1, december + 13)
        links = [x[months] / interval.Interval(x.low[december], x.high[december]) for x in printed]
        parts = interval.Interval(*(np.stack([getattr(x, end) for x in links[1:]]) for end in ("low", "high")))
        return int((audit.index(parts, [weight, 1 - weight], links[0]).verdicts == Verdict.CONTRADICTED).sum())

    weights = np.arange(0.885, 0.915, 0.001)
    fits = [w for w in weights if refuted(14, w) == 0]
    assert (round(min(fits), 3), round(max(fits), 3)) == (0.897, 0.903)
    assert min(refuted(2, w) for w in weights) == 1
