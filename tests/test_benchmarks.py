"""Every row of every benchmark, small: it runs, and all peers that are installed agree with us."""

import time

import numpy as np
import pytest

from benchmarks import __main__ as program
from benchmarks import _harness
from benchmarks._harness import Row


@pytest.mark.parametrize("word", _harness.words())
def test_rows_are_equal(word):
    rows = 0
    for row in _harness.rows_of(word, scale=0.01):
        _harness.check(row)
        rows += 1
    assert rows, f"bench_{word}.rows() yields no row"


def test_a_difference_is_named():
    row = Row("sum", ours=lambda: 1.0, peers={"good": lambda: 1.0, "bad": lambda: 2.0})
    with pytest.raises(AssertionError, match="sum: indicia and bad differ"):
        _harness.check(row)


def test_nan_only_equals_nan():
    _harness.same_floats([np.nan, 1.0], [np.nan, 1.0])
    with pytest.raises(AssertionError):
        _harness.same_floats([np.nan, 1.0], [0.0, 1.0])


def test_absent_peers_are_named_and_ours_are_not_absent():
    result = _harness.run(Row("x", ours=lambda: 1.0, peers={"none such": _harness.lacking("none_such")}), seconds=0.01)
    assert result.absent == ["none such"]
    assert [t.who for t in result.timings] == ["indicia"]
    with pytest.raises(ModuleNotFoundError):
        _harness.check(Row("x", ours=lambda: 1.0, peers={"y": _harness.lacking("indicia.none_such")}))


def test_timing():
    slow = Row("x", ours=lambda: 1.0, peers={"slow": lambda: time.sleep(0.02) or 1.0}, bytes_moved=8)
    result = _harness.run(slow, seconds=0.1)
    ours, peer = result.as_dict()["timings"]
    assert peer["min"] >= 0.02
    assert 1 <= peer["n"] <= 6
    assert 5 <= ours["n"] <= _harness.ROUNDS
    assert peer["ratio"] > 100
    assert ours["gb_per_second"] == pytest.approx(8e-9 / ours["min"])
    text = program.show(result.as_dict() | {"versions": {}})
    assert "slow" in text
    assert "times ours" in text
    assert "over moving" not in text
    slow = Row(slow.name, slow.ours, slow.peers, moving="slow")
    result = _harness.run(slow, seconds=0.05)
    ours, peer = result.as_dict()["timings"]
    assert peer["over_moving"] == 1
    assert ours["over_moving"] == pytest.approx(1 / peer["ratio"])
    assert "over moving" in program.show(result.as_dict() | {"versions": {}})


@pytest.mark.parametrize(("seconds", "calls"), [(0.005, 2), (0.001, 1)])
def test_a_call_beyond_its_budget_is_measured_once(seconds, calls):
    called = []

    def slow():
        called.append(0)
        time.sleep(0.02)
        return 1.0

    result = _harness.run(Row("x", ours=lambda: 1.0, peers={"slow": slow}), seconds=seconds)
    assert len(called) == calls
    assert len(result.timings[1].seconds) == 1


def test_unknown_words_are_refused(capsys):
    with pytest.raises(SystemExit):
        program.main(["no_such_word"])
    assert "no benchmark named no_such_word" in capsys.readouterr().err
