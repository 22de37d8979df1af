"""Deflation: core measures against their slow twins, laws, spells, the wedge between price indices."""

from __future__ import annotations

import os
from pathlib import Path

import hicp_figures as hicp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import deflation as twin

import indicia
from indicia import Cube, Flag, Periods, deflation, growth, index, interval

NAN = float("nan")
MANY = int(os.environ.get("INDICIA_DEFLATION", "60"))  # examples of each law
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))

rates = st.floats(-0.5, 0.5).map(lambda x: round(x, 3))
weights = st.integers(0, 100).map(float)
pairs = st.lists(st.tuples(rates, weights), min_size=1, max_size=40).filter(lambda p: sum(w for _, w in p) > 0)
shares = st.sampled_from([0.0, 0.05, 0.08, 0.15, 0.2, 0.24, 0.31, 0.45, 0.5])


def near(a, b, rtol=1e-12, atol=1e-14):
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=rtol, atol=atol)


def number(x):
    return NAN if x is None else x


# ---- core measures --------------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(pairs, shares, shares, st.sampled_from(["split", "keep", "drop"]))
def test_trimmed_means_are_those_of_the_twin(items, lower, upper, straddlers):
    x, w = zip(*items, strict=True)
    whole = {"split": 0, "keep": 1, "drop": -1}[straddlers]
    got = deflation.trimmed_mean(x, w, trim=(lower, upper), straddlers=straddlers)
    near(got, number(twin.trimmed_mean(x, w, lower, upper, whole)))


@settings(max_examples=MANY, deadline=None)
@given(pairs, st.one_of(shares, st.sampled_from([0.75, 1.0])), st.sampled_from(["lower", "middle", "upper"]))
def test_percentiles_are_those_of_the_twin(items, share, boundary):
    x, w = zip(*items, strict=True)
    side = {"lower": -1, "middle": 0, "upper": 1}[boundary]
    near(deflation.percentile(x, w, share=share, boundary=boundary), number(twin.percentile(x, w, share, side)))


@settings(max_examples=MANY, deadline=None)
@given(pairs, st.floats(0.5, 1000))
def test_laws_of_core_measures(items, scale):
    x, w = np.array(items).T
    near(deflation.trimmed_mean(x, w, trim=0), np.average(x, weights=w))
    near(deflation.excluding(x, w, []), np.average(x, weights=w))
    near(deflation.trimmed_mean(x, w, trim=0.5), deflation.weighted_median(x, w))
    for measure in (lambda x, w: deflation.trimmed_mean(x, w, trim=(0.24, 0.31)), deflation.weighted_median):
        found = measure(x, w)
        near(measure(x, w * scale), found)  # only shares count
        near(measure(x + 0.25, w), found + 0.25)
        order = np.argsort(np.sin(np.arange(len(x))))
        near(measure(x[order], w[order]), found)
        assert x.min() - 1e-15 <= found <= x.max() + 1e-15
    near(-deflation.weighted_median(-x, w), deflation.weighted_median(x, w))
    near(-deflation.trimmed_mean(-x, w, trim=(0.31, 0.24)), deflation.trimmed_mean(x, w, trim=(0.24, 0.31)))
    low, high = (deflation.weighted_median(x, w, boundary=side) for side in ("lower", "upper"))
    assert low <= deflation.weighted_median(x, w) <= high


def test_a_trim_goes_to_the_median():
    x, w = [1.0, 2.0, 3.0, 4.0], [10, 40, 30, 20]
    trims = [0.4, 0.49, 0.499, 0.5 - 1e-13]
    found = [float(deflation.trimmed_mean(x, w, trim=trim)) for trim in trims]
    assert found == sorted(found)
    near(found[-1], 2.5)
    near(deflation.weighted_median(x, w), 2.5)


def test_many_items():
    rng = np.random.default_rng(0)
    for n in (63, 64, 65, 1000, 5000):
        x, w = rng.normal(0.02, 0.05, (n, 7)).round(3), rng.uniform(0, 1, n)
        x[rng.random(x.shape) < 0.1] = NAN
        got = deflation.trimmed_mean(x, w, trim=(0.24, 0.31), min_coverage=0.5)
        middle = deflation.weighted_median(x, w, min_coverage=0.5)
        for t in range(7):
            there = ~np.isnan(x[:, t])
            near(got[t], twin.trimmed_mean(x[there, t], w[there], 0.24, 0.31))
            near(middle[t], twin.percentile(x[there, t], w[there], 0.5))


def test_what_is_said_of_boundaries():
    # weights of one decimal: 0.1 + 0.2 + 0.2 is 0.5, which in binary it needn't be
    x, w = [1.0, 2.0, 3.0, 4.0, 5.0], [0.1, 0.2, 0.2, 0.3, 0.2]
    assert [deflation.weighted_median(x, w, boundary=b) for b in ("lower", "middle", "upper")] == [3.0, 3.5, 4.0]
    near([deflation.trimmed_mean(x, w, trim=(0.3, 0.2), straddlers=s) for s in ("drop", "split", "keep")], [3.6] * 3)
    straddled = [deflation.trimmed_mean(x, w, trim=0.25, straddlers=s) for s in ("drop", "split", "keep")]
    near(straddled, [3.0, (0.05 * 2 + 0.2 * 3 + 0.25 * 4) / 0.5, (0.4 + 0.6 + 1.2) / 0.7])
    assert np.isnan(deflation.trimmed_mean([1.0, 2.0, 3.0], trim=0.4, straddlers="drop"))


def test_percentiles_by_hand():
    assert deflation.weighted_median([1, 2, 3, 4, 5], [0.15, 0.1, 0.2, 0.3, 0.25]) == 4
    skating = [6.0, 8.1, 8.3, 9.1, 9.9]
    near(deflation.trimmed_mean(skating, trim=0.2), 8.5)  # of 8.1, 8.3 and 9.1
    near(deflation.trimmed_mean(skating, trim=0), 8.28)


# ---- breadth ------------------------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(pairs, rates)
def test_breadth_is_a_share(items, below):
    x, w = np.array(items).T
    found = deflation.breadth(x, w, below=below)
    assert 0 <= found <= 1
    near(found, twin.breadth(x, w, below))
    near(deflation.breadth(x, below=below), np.mean(x < below))
    near(found + deflation.breadth(-x, w, below=-below) + w[x == below].sum() / w.sum(), 1)
    balance = deflation.diffusion(x, w, unchanged=abs(below))
    near(balance, (w[x > abs(below)].sum() - w[x < -abs(below)].sum()) / w.sum())
    near(deflation.diffusion(-x, w), -deflation.diffusion(x, w))


def test_missing_items():
    x, w = np.array([[-0.1, NAN], [0.1, 0.2], [0.3, -0.2]]), [1.0, 2.0, 1.0]
    near(deflation.breadth(x, w), [0.25, NAN])
    near(deflation.breadth(x, w, min_coverage=0.6), [0.25, 1 / 3])
    near(deflation.trimmed_mean(x, w, trim=0), [0.1, NAN])
    near(deflation.trimmed_mean(x, w, trim=0, min_coverage=0.6), [0.1, 0.2 / 3])
    near(deflation.weighted_median(x, w, min_coverage=0.6), [0.1, 0.2])
    near(deflation.excluding(x, w, [0]), [0.5 / 3, 0.2 / 3])  # what is left out may be missing
    for bad in ([-1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [NAN, 1.0, 1.0]):
        for measure in (deflation.breadth, deflation.diffusion, deflation.trimmed_mean, deflation.weighted_median):
            assert np.isnan(measure(x[:, 0], bad))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: deflation.trimmed_mean(x, trim=0.6), "more than all there is"),
        (lambda x: deflation.trimmed_mean(x, trim=-0.1), "expected a share from 0 to 1"),
        (lambda x: deflation.trimmed_mean(x, trim=8), "0.08 is 8 %"),
        (
            lambda x: deflation.trimmed_mean(x, straddlers="halve"),
            "straddlers: expected one of 'split', 'keep', 'drop'",
        ),
        (lambda x: deflation.percentile(x, share=50), "share: expected a share"),
        (lambda x: deflation.weighted_median(x, boundary="left"), "boundary: expected one of"),
        (lambda x: deflation.diffusion(x, unchanged=-1), "unchanged: expected 0 or more"),
        (lambda x: deflation.excluding(x, [1, 1, 1], [7]), "items: no 7"),
        (lambda x: deflation.breadth(x, min_coverage=2), "min_coverage"),
        (lambda x: deflation.spells(x, lag=0), "lag: expected a whole number"),
        (lambda x: deflation.spells(x, lag="year"), "carries no periods"),
        (lambda x: deflation.spells(x, of="levels"), "of: expected 'index' or 'rates'"),
        (lambda x: deflation.spells(x, least=0), "least: expected 1"),
        (lambda x: deflation.spells(1.0), "a single figure has no spells"),
        (lambda x: deflation.depth(1.0), "a single figure has no depth"),
        (lambda x: deflation.wedge(x, x, demand=x), "exports, imports, export_share, import_share is missing"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises((ValueError, KeyError), match=message):
        call([1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="a list of labels"):
        deflation.excluding([1.0], [1.0], "energy")


# ---- without some items -------------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(st.lists(st.tuples(rates, st.integers(1, 100).map(float)), min_size=2, max_size=12), st.data())
def test_complements_and_exclusions_agree(items, data):
    x, w = np.array(items).T
    out = data.draw(st.integers(0, len(x) - 1))
    headline = deflation.excluding(x, w, [])
    rest = deflation.excluding(x, w, [out])
    near(deflation.complement(headline, x[out], w[out], total=w.sum()), rest, rtol=1e-9, atol=1e-12)
    parts = growth.contribution(x * w, 0.0, w.sum())  # contributions add up to the headline
    near(parts.sum(), headline)
    near(np.delete(parts, out).sum() * w.sum() / (w.sum() - w[out]), rest, rtol=1e-9, atol=1e-12)


def test_core_rates_of_the_euro_area():
    """What Eurostat published for December 2023: rates of all items without energy, and without food besides."""
    parts = hicp.PARTS["all items"]
    rates, weights = ([figures[name] for name in parts] for figures in (hicp.ANNUAL, hicp.WEIGHTS))
    december = [rate[-1] for rate in rates]
    assert deflation.excluding(december, weights, []).round(1) == hicp.ANNUAL["all items"][-1]
    energy, food = parts.index("energy"), parts.index("food, alcohol, tobacco")
    assert deflation.excluding(december, weights, [energy]).round(1) == hicp.ANNUAL["excluding energy"][-1]
    core = hicp.ANNUAL["excluding energy, food, alcohol, tobacco"][-1]
    assert deflation.excluding(december, weights, [energy, food]).round(1) == core
    # from the total, as precisely as its print allows: half a unit of it, raised by 1000 / (1000 - weight)
    made = deflation.complement(hicp.ANNUAL["all items"][-1], december[energy], weights[energy])
    near(made, hicp.ANNUAL["excluding energy"][-1], atol=0.05 * 1000 / 897.7 + 0.05 * 102.3 / 897.7 + 0.05)
    assert deflation.breadth(december, weights) == pytest.approx(0.1023, abs=1e-4)


def test_inflation_without_energy():
    """HICP of energy and all items, weights per mille: the example of Eurostat's manual, as the package hicp has it."""
    import json

    path = SHARED / "reference" / "01_growth" / "hicp_manual_contributions_ribe_kirchner.json"
    if not path.exists():
        pytest.skip("no reference figures here: INDICIA_SHARED names their folder")
    given_figures = json.loads(path.read_text())["inputs"]
    time = Periods.parse([t[:7] for t in given_figures["t"]])
    energy, every = (Cube(["time"], {}, time, given_figures[name]) for name in ("x", "x_all"))
    weight = Cube(["time"], {}, time, [NAN if w is None else w for w in given_figures["w"]])
    links = [index.unchain(x, overlap="last") for x in (energy, every)]
    core = index.chain(deflation.complement(links[1], links[0], weight), overlap="last", level=100.0)
    rate, headline = growth.yoy(core).values, growth.yoy(every).values
    fall = growth.yoy(energy).values
    assert (headline[25:31] < 0).any()
    assert (rate[13:] > 0).all()  # without energy prices never fell
    between = np.minimum(fall, rate) - 1e-3, np.maximum(fall, rate) + 1e-3
    assert ((between[0] <= headline) & (headline <= between[1]))[13:].all()
    # the whole is put together again from the two, under their weights
    both = np.stack(
        [links[0].values, (1000 * links[1].values - weight.values * links[0].values) / (1000 - weight.values)]
    )
    again = deflation.excluding(both, np.stack([weight.values, 1000 - weight.values]), [])
    near(again[1:], links[1].values[1:])
    found = [(str(s.begin), str(s.end)) for s in deflation.spells(every, lag="year", least=2)]
    assert found == [("2014-12", "2015-03"), ("2016-02", "2016-05")]


# ---- spells ---------------------------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(st.lists(st.one_of(rates, st.just(NAN)), min_size=1, max_size=60))
def test_spells_of_a_series_and_of_its_reverse(series):
    found = deflation.spells(series, of="rates")
    assert [(s.begin, s.end) for s in found] == twin.runs([None if np.isnan(x) else x for x in series])
    back = deflation.spells(series[::-1], of="rates")
    last = len(series) - 1
    assert [(last - s.end, last - s.begin, s.length, s.lowest, s.ended, s.began) for s in reversed(list(back))] == [
        (s.begin, s.end, s.length, s.lowest, s.began, s.ended) for s in found
    ]
    for s in found:  # over one period the fall is that of all rates together, and at its end
        fall = np.prod([1 + x for x in series[s.begin : s.end + 1]]) - 1
        near(s.depth, fall, atol=1e-12)
        assert s.trough == s.end
        assert s.recovery is None or s.recovery > s.end


@settings(max_examples=MANY, deadline=None)
@given(st.lists(st.floats(50, 150), min_size=2, max_size=60), st.integers(1, 12))
def test_spells_of_levels(levels, lag):
    x = np.array(levels)
    found = deflation.spells(x, lag=lag)
    rate = np.full(len(x), NAN)
    rate[lag:] = x[lag:] / x[:-lag] - 1
    falls = np.zeros(len(x), bool)
    for s in found:
        assert (rate[s.begin : s.end + 1] < 0).all()
        falls[s.begin : s.end + 1] = True
        assert s.length == s.end - s.begin + 1
        assert s.peak < s.begin <= s.trough <= s.end
        assert s.depth <= 0
        near(s.depth, x[s.trough] / x[s.peak] - 1)
        assert deflation.depth(x)[s.trough] <= s.depth + 1e-15
        if s.recovery is not None:
            assert x[s.recovery] >= x[s.peak]
            assert (x[s.trough : s.recovery] < x[s.peak]).all()
    assert (falls == (rate < 0)).all()  # each falling period is in one spell
    if lag == 1:
        again = deflation.spells(growth.pct_change(x, lag=1), of="rates")
        assert [(s.begin, s.end, s.recovery) for s in again] == [(s.begin, s.end, s.recovery) for s in found]


def test_spells_by_the_calendar():
    pd = pytest.importorskip("pandas")
    months = pd.period_range("2020-01", periods=30, freq="M")
    level = pd.Series(100 + 3 * np.sin(np.arange(30) / 4), index=months)
    whole = deflation.spells(level, lag="year")
    assert whole.lag == 12
    cut = deflation.spells(level.drop(months[17]), lag="year")  # a month that the container lacks ends a spell
    assert len(cut) == len(whole) + 1
    assert (cut[0].ended, cut[1].began) == (False, False)
    assert str(cut[0].end) == "2021-05"
    yearly = deflation.spells(growth.yoy(level), of="rates", lag="year")
    assert [(s.begin, s.end) for s in yearly] == [(s.begin, s.end) for s in whole]
    assert all(np.isnan(s.depth) and s.peak is None for s in yearly)
    with pytest.raises(ValueError, match="periods don't rise"):
        deflation.spells(level[::-1])
    frame = pd.DataFrame({"food": level, "energy": level[::-1].to_numpy()})
    table = deflation.spells(frame).to_pandas()
    assert set(table["series"]) == {"food", "energy"}
    assert list(table.columns[:4]) == ["series", "begin", "end", "length"]
    assert deflation.spells(level, below=-0.5).to_pandas().empty
    assert str(deflation.spells(level, below=-0.5)) == "0 spells of falling prices"


def test_spells_and_flags():
    time = Periods.span("2020-01", "2020-06")
    flags = np.zeros((2, 6), np.uint32)
    flags[0] = [Flag.BREAK, 0, Flag.PROVISIONAL, 0, 0, 0]
    flags[1] = [0, Flag.BREAK, 0, 0, Flag.ESTIMATED, 0]
    values = [[100, 99, 98, 99, 101, 102], [100, 99, 98, 99, 101, 102]]
    cube = Cube(["geo", "time"], {"geo": ["CN", "JP"]}, time, values, flags)
    found = deflation.spells(cube)
    assert [s.series for s in found] == [("CN",), ("JP",)]
    assert found[0].flags == Flag.PROVISIONAL  # a break at the base lies before
    assert found[1].flags == Flag.BREAK
    assert [str(x) for x in (found[0].begin, found[0].end, found[0].peak, found[0].trough, found[0].recovery)] == [
        "2020-02", "2020-03", "2020-01", "2020-03", "2020-05",
    ]  # fmt: skip
    assert "<td>JP</td>" in found._repr_html_()
    assert found.to_dict()["spells"][1]["flags"] == ["BREAK"]
    assert found[:1].deepest is found[0]
    depths = deflation.depth(cube)
    near(depths.values[0], [0, -0.01, -0.02, -0.01, 0, 0])
    assert (depths.flags == flags).all()


def test_spells_of_consumer_prices():
    """Consumer prices of Japan, annual rates: the spells that its history names."""
    path = SHARED / "data" / "worldbank" / "datahub_inflation_gdp.csv"
    if not path.exists():
        pytest.skip("no shared data here: INDICIA_SHARED names their folder")
    prices = indicia.read_cube(path, where={"Country Code": ["JPN", "CHN", "HKG"]})
    dims = {d: prices.codes[d] for d in prices.dims if d != "time" and len(prices.codes[d]) == 1}
    rates_of = prices.sel({d: codes[0] for d, codes in dims.items()})
    found = deflation.spells(rates_of / 100, of="rates", least=2)
    japan = [(str(s.begin), str(s.end), round(100 * s.depth, 1)) for s in found if "JPN" in s.series]
    assert japan == [("1999", "2005", -3.2), ("2009", "2012", -2.4), ("2020", "2021", -0.3)]
    assert found.longest.length == 7


# ---- between price indices ----------------------------------------------------------------------------------------


@settings(max_examples=MANY, deadline=None)
@given(st.lists(rates, min_size=5, max_size=5), st.floats(0, 0.6), st.floats(0, 0.6))
def test_the_parts_of_a_wedge_add_up(figures, sx, sm):
    g, cpi, d, x, m = figures
    parts = deflation.wedge(g, cpi, demand=d, exports=x, imports=m, export_share=sx, import_share=sm)
    near(parts.wedge, g - cpi)
    near(parts.wedge, parts.terms_of_trade + parts.balance + parts.demand + parts.rest, atol=1e-13)
    near(parts.terms_of_trade + parts.balance, sx * (x - d) - sm * (m - d), atol=1e-13)
    near(deflation.wedge(g, cpi), g - cpi)


def test_a_laspeyres_deflator_leaves_no_rest():
    demand, exports, imports = 102.0, 30.0, 25.0  # values at base prices, volumes unchanged
    d, x, m = 0.02, -0.03, 0.10
    output = demand + exports - imports
    deflator = (demand * (1 + d) + exports * (1 + x) - imports * (1 + m)) / output - 1
    trade = {"exports": x, "imports": m, "export_share": exports / output, "import_share": imports / output}
    parts = deflation.wedge(deflator, 0.025, demand=d, **trade)
    near(parts.rest, 0, atol=1e-15)
    assert parts.terms_of_trade < 0


@settings(max_examples=MANY, deadline=None)
@given(st.floats(-20, 20).map(lambda x: round(x, 1)), st.floats(-20, 20).map(lambda x: round(x, 1)))
def test_the_implicit_rate(nominal, real):
    n, r = nominal / 100, real / 100
    found = deflation.implicit_rate(n, r)
    near((1 + found) * (1 + r), 1 + n)
    deflators = index.implicit_deflator([100.0, 100 * (1 + n)], [100.0, 100 * (1 + r)])
    near(growth.rate(deflators[1], deflators[0]), found, rtol=1e-9)
    ends = deflation.implicit_rate(
        interval.published(nominal, decimals=1) / 100, interval.published(real, decimals=1) / 100
    )
    assert ends.low <= found <= ends.high
    corners = [(1 + (nominal + a) / 100) / (1 + (real + b) / 100) - 1 for a in (-0.05, 0.05) for b in (-0.05, 0.05)]
    near([ends.low, ends.high], [min(corners), max(corners)], atol=1e-12)
    assert not deflation.implicit_rate(interval.Interval(0.1), interval.Interval(-1.5, 0.1)).known


# ---- containers -----------------------------------------------------------------------------------------------------

X = np.array([[-0.02, 0.01, 0.03], [-0.01, -0.02, 0.02], [0.02, 0.03, -0.05], [0.05, 0.01, 0.0]])
W = np.array([100.0, 400.0, 300.0, 200.0])
ACROSS = [
    deflation.breadth,
    deflation.diffusion,
    lambda x, w, **o: deflation.trimmed_mean(x, w, trim=(0.1, 0.2), **o),
    deflation.weighted_median,
]


@pytest.mark.parametrize("measure", ACROSS)
def test_items_of_every_container(measure):
    pd, xr = pytest.importorskip("pandas"), pytest.importorskip("xarray")
    pl = pytest.importorskip("polars")
    want = np.array([measure(X[:, t], W) for t in range(3)])
    near(measure(X, W), want)
    near(measure(X, np.repeat(W[:, None], 3, 1)), want)
    near(measure(X.T, W, over=-1), want)
    near(measure(np.stack([X, X]), W), [want, want])
    names, years = ["energy", "food", "goods", "services"], pd.period_range("2021", periods=3, freq="Y")
    frame = pd.DataFrame(X.T, index=years, columns=names)
    got = measure(frame, pd.Series(W[::-1], index=names[::-1]))
    assert isinstance(got, pd.Series)
    assert got.index.equals(years)
    near(got, want)
    array = xr.DataArray(X, dims=["coicop", "time"], coords={"coicop": names, "time": [2021, 2022, 2023]})
    got = measure(array, xr.DataArray(W, dims=["coicop"], coords={"coicop": names}))
    assert got.dims == ("time",)
    near(got, want)
    flags = np.zeros(X.shape, np.uint32)
    flags[2, 1] = Flag.ESTIMATED
    cube = Cube(["coicop", "time"], {"coicop": names}, Periods.span("2021", "2023"), X, flags, unit="fraction")
    got = measure(cube, Cube(["coicop"], {"coicop": names}, None, W))
    assert got.dims == ("time",)
    assert got.flags.tolist() == [0, int(Flag.ESTIMATED), 0]
    near(got.values, want)
    series = measure(pl.Series(X[:, 0]), pl.Series(W))
    near(series, want[0])


def test_items_by_label():
    pd = pytest.importorskip("pandas")
    names, years = ["energy", "food", "goods", "services"], pd.period_range("2021", periods=3, freq="Y")
    frame, weights_of = pd.DataFrame(X.T, index=years, columns=names), pd.Series(W, index=names)
    cube = Cube(["coicop", "time"], {"coicop": names}, Periods.span("2021", "2023"), X)
    want = (X[2:] * W[2:, None]).sum(0) / W[2:].sum()
    near(deflation.excluding(frame, weights_of, ["energy", "food"]), want)
    near(deflation.excluding(cube, Cube(["coicop"], {"coicop": names}, None, W), ["food", "energy"]).values, want)
    near(deflation.excluding(X, W, [0, 1]), want)
    with pytest.raises(KeyError, match=r"'enrgy'.*energy"):
        deflation.excluding(frame, weights_of, ["enrgy"])


def test_lazy_arrays():
    da = pytest.importorskip("dask.array")
    lazy = da.from_array(X, chunks=(4, 1))
    near(deflation.trimmed_mean(lazy, W[:, None], trim=0.1).compute(), deflation.trimmed_mean(X, W, trim=0.1))
