"""Nodes that data carry against their parts, and a part that is missing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from indicia import Cube, Flag, audit, tree

NAN = float("nan")
GOODS = tree.parents(["T", "a", "b", "a1", "a2"], [None, "T", "T", "a", "a"])


def cube(values, codes=("T", "a", "b", "a1", "a2"), **more):
    return Cube(["k", "s"], {"k": list(codes), "s": [str(n) for n in range(len(values[0]))]}, None, values, **more)


def test_nodes_are_held_against_their_parts():
    data = cube([[10.1, 11.0], [6.0, 6.0], [4.0, 4.0], [3.0, 3.0], [3.1, NAN]], decimals=1)
    found = audit.adds_up(data, GOODS)
    assert "4 cells" in str(found).splitlines()[0]
    assert "contradicted  1" in str(found)
    assert "unknown       1" in str(found)
    assert found.verdicts.shape == (2, 2)


def test_a_node_whose_parts_are_not_all_there_is_unknown():
    data = cube([[10.0], [4.0], [3.0]], ("T", "b", "a1"), decimals=0)
    assert "unknown       1" in str(audit.adds_up(data, GOODS))
    with pytest.raises(ValueError, match="no node of the tree together with its parts"):
        audit.adds_up(cube([[1.0]], ("a1",), decimals=0), GOODS)
    with pytest.raises(TypeError, match="a Cube is expected"):
        audit.adds_up([1.0], GOODS)


def test_levels_that_are_missing_are_passed():
    data = cube([[10.0], [4.0], [3.0], [3.0]], ("T", "b", "a1", "a2"), decimals=0)
    assert "possible      1" in str(audit.adds_up(data, GOODS))


def test_a_missing_child_is_found():
    data = cube([[10.0, 1.0, NAN], [NAN, NAN, 1.0], [4.0, NAN, 2.0], [1.5, 1.0, 1.0]], ("T", "a", "b", "a1"))
    found = tree.complete(data, GOODS)
    assert found.codes["k"] == ("T", "a", "b", "a1", "a2")
    assert np.array_equal(found.values[1], [6.0, NAN, 1.0], equal_nan=True)
    assert np.array_equal(found.values[4], [4.5, NAN, 0.0], equal_nan=True)
    derived = int(Flag.DERIVED)
    assert (found.flags == derived).tolist() == [
        [False] * 3,
        [True, False, False],
        [False] * 3,
        [False] * 3,
        [True, False, True],
    ]


def test_what_is_left_is_exact():
    data = cube([[1e16], [1.0], [NAN]], ("T", "a", "b"))
    assert tree.complete(data, GOODS, dim="k").sel(k="b").values.tolist() == [1e16 - 1]
    assert math.isnan(data.values[2, 0])


def test_what_cannot_be_completed_is_told():
    two = tree.parents(["a", "b", "x", "x"], [None, None, "a", "b"], [None, None, 0.5, 0.5])
    with pytest.raises(ValueError, match="parts of others too"):
        tree.complete(cube([[1.0], [2.0]], ("a", "x")), two)
    with pytest.raises(ValueError, match="isn't in the data"):
        audit.adds_up(cube([[1.0], [2.0]], ("a", "x"), decimals=0), two)
    with pytest.raises(ValueError, match="there is no dimension 'K'"):
        tree.complete(cube([[1.0]], ("a",)), two, dim="K")
