"""Audits of targets and contributions against the slow twin, and on cubes."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from growth_figures import NAN
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import targets as twin
from reference.audit import ends, verdict

import indicia
from indicia import Verdict, audit, targets
from indicia.interval import Interval

tenths = st.integers(-100, 200)


@settings(max_examples=50)
@given(st.lists(st.tuples(tenths, tenths), min_size=1, max_size=8))
def test_targets_against_the_twin(rows):
    for aim in ("reach", "within", "limit"):
        aimed, printed = ([r[k] / 10 for r in rows] for k in (0, 1))
        want = []
        for t, o in rows:
            outcome = ends(Fraction(o, 10), 1)
            exact = Fraction(t, 10)
            bounds = {"reach": (exact, None), "within": (exact, exact), "limit": (None, exact)}[aim]
            want.append(twin.met(*bounds, outcome))
        for given_ in (aimed, [f"{x:.1f} %" for x in aimed]):
            found = audit.targets(given_, printed, decimals=1, aim=aim)
            assert [Verdict(v).name for v in found.verdicts] == want
        off = np.array([max(0, abs(t - o) - 0.5) for t, o in rows])
        short = found.distance[found.contradicted]
        np.testing.assert_allclose(np.abs(short), off[found.contradicted], rtol=1e-9, atol=1e-9)


def test_targets_in_words():
    found = audit.targets(["around 5 %", "5 to 5.5", "no more than 3 %", None], [5.2, 4.6, 2.1, 4.0], decimals=1)
    assert [Verdict(v).name for v in found.verdicts] == ["CERTAIN", "CONTRADICTED", "CERTAIN", "UNKNOWN"]
    assert found.distance[1] == pytest.approx(3.5)
    assert str(found).startswith("Audit of targets: 4 cells")
    assert audit.targets(targets.target("6 %"), Interval(0.0595, 0.0605)).verdicts[()] == Verdict.POSSIBLE
    assert audit.targets("more than 209", 212.0, of="level", decimals=0).verdicts == [Verdict.CERTAIN]
    # ends that touch never contradict
    for tenth in range(200):
        assert audit.targets((tenth + 0.5) / 10, tenth / 10, decimals=1).verdicts[0] == Verdict.POSSIBLE
        assert audit.targets((tenth - 0.5) / 10, tenth / 10, decimals=1, aim="limit").verdicts[0] == Verdict.POSSIBLE


def test_targets_of_cubes():
    time = indicia.Periods.span("2023", "2024")
    outcome = indicia.Cube(["geo", "time"], {"geo": ["SZ", "GZ"]}, time, [[6.0, 5.8], [4.6, 2.1]], decimals=1)
    aimed = indicia.Cube(["geo", "time"], {"geo": ["GZ", "SZ"]}, time, [[6.0, 5.0], [6.0, 5.5]])
    found = audit.targets(aimed, outcome)
    table = found.to_pandas().set_index(["geo", "time"])["verdict"]
    assert table["SZ", "2024"] == "CERTAIN"
    assert table["SZ", "2023"] == "POSSIBLE"
    assert table["GZ", "2024"] == "CONTRADICTED"
    assert audit.targets("5 %", outcome).verdicts.tolist() == [[3, 3], [1, 1]]
    assert found.distance[found.verdicts == 1].tolist() == pytest.approx([13.5, 28.5])


figure = st.integers(1, 60)


@given(st.lists(st.tuples(figure, figure, figure, st.integers(-30, 30)), min_size=1, max_size=6))
def test_contributions_against_the_twin(rows):
    base, now, total, claim = (np.array(column, float) for column in zip(*rows, strict=True))
    parts = np.stack([base, now], axis=1)
    totals = np.stack([total, np.full(len(rows), NAN)], axis=1)
    claimed = np.stack([np.full(len(rows), NAN), claim], axis=1)
    found = audit.contributions(parts, totals, claimed, decimals=0, contribution_decimals=0)
    for k, (b, n, t, c) in enumerate(rows):
        implied = twin.contribution_range(ends(str(n), 0), ends(str(b), 0), ends(str(t), 0))
        published = ends(str(c), 0, per_cent=True)
        want = verdict(published, implied)
        assert Verdict(found.verdicts[k, 1]).name == want
        assert found.verdicts[k, 0] == Verdict.UNKNOWN
    turned = audit.contributions(parts.T, totals.T, claimed.T, decimals=0, contribution_decimals=0, axis=0)
    assert (found.verdicts == turned.verdicts.T).all()


def test_contributions_of_cubes_by_name():
    time = indicia.Periods.span("2022", "2024")
    codes = {"sector": ["I", "II"]}
    parts = indicia.Cube(["sector", "time"], codes, time, [[60.0, 63.0, 66.0], [40.0, 41.0, 43.0]], decimals=0)
    totals = indicia.Cube(["time"], {}, time, [100.0, 104.0, 109.0], decimals=0)
    said = indicia.Cube(
        ["sector", "time"], {"sector": ["II", "I"]}, time, [[NAN, 1.0, 1.9], [NAN, 3.0, 6.9]], decimals=1
    )
    found = audit.contributions(parts, totals, said)
    table = found.to_pandas().set_index(["sector", "time"])["verdict"]
    assert table["I", "2023"] == "POSSIBLE"
    assert table["I", "2024"] == "CONTRADICTED"
    late = indicia.Cube(["sector", "time"], codes, indicia.Periods.span("2024", "2024"), [[2.9], [1.9]], decimals=1)
    inner = audit.contributions(parts, totals, late, join="inner")
    assert inner.verdicts.shape == (2, 1)
    assert (inner.verdicts == Verdict.POSSIBLE).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: audit.targets(5.0, 5.0), "decimals"),
        (lambda: audit.targets("soon", 5.0, decimals=1), "soon"),
        (lambda: audit.targets(5.0, 5.0, decimals=1, of="speed"), "of: expected"),
        (lambda: audit.contributions([1.0], 5.0, [1.0], decimals=0, contribution_decimals=1), "a single figure"),
        (lambda: audit.contributions([1.0], [1.0], [1.0], lag=0, decimals=0), "lag"),
        (lambda: audit.contributions([1.0], [1.0], [1.0]), "decimals"),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_labels_are_not_lost():
    pd = pytest.importorskip("pandas")
    with pytest.raises(TypeError, match="labels"):
        audit.targets(pd.Series(["5 %"]), [5.0], decimals=1)
    assert math.isnan(audit.targets([NAN], [5.0], decimals=1).distance[0])
