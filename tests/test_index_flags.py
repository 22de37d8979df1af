"""Flags of cubes in index numbers: none is lost, and a break stays where it is."""

from __future__ import annotations

import numpy as np
import pytest

from indicia import Cube, Flag, Periods, growth, index

B, P, E = int(Flag.BREAK), int(Flag.PROVISIONAL), int(Flag.ESTIMATED)
NAN = float("nan")


def line(values, flags, first="2020-Q1"):
    start = Periods.parse([first])
    time = Periods.range("Q", int(start.ordinals[0]), len(values))
    return Cube(["time"], {}, time, values, np.array(flags, np.uint32))


def of(cube):
    return [0] * len(cube.time) if cube.flags is None else cube.flags.tolist()


def table(values, flags):
    names = [f"item {k}" for k in range(len(values))]
    time = Periods.span("2020", str(2019 + len(values[0])))
    return Cube(["item", "time"], {"item": names}, time, values, np.array(flags, np.uint32))


def test_chains():
    links = line([NAN, 1.1, 1.2, 1.1], [0, P, 0, E])
    assert of(index.chain(links)) == [0, P, P, P | E]  # each period stands on all links before
    assert of(index.chain(links, reference="2020-Q3")) == [P, P, P, P | E]
    assert of(index.chain(line([NAN, 1.1, 1.2, 1.1], [0, 0, B, 0]))) == [0, 0, B, 0]
    assert index.chain(line([NAN, 1.1], [0, 0])).flags is None
    yearly = line([NAN] * 4 + [1.1] * 4, [0] * 5 + [P, 0, 0])
    assert of(index.chain(yearly, overlap="year")) == [0] * 5 + [P] * 3


def test_links():
    x = line([100.0, 110.0, 121.0, 120.0], [P, 0, B, 0])
    assert of(index.unchain(x)) == [P, P, B, 0]
    eight = line(np.arange(100.0, 108.0), [P, 0, 0, E, 0, B, 0, 0])
    assert of(index.unchain(eight, overlap="last"))[4:] == [E, E | B, E | B, E | B]
    assert of(index.unchain(eight, overlap="year"))[4:] == [P | E, P | E | B, P | E | B, P | E | B]
    assert of(index.unchain(eight, overlap="same"))[4:] == [P, B, B, B | E]
    broken = line(np.arange(100.0, 108.0), [0, 0, 0, B, 0, 0, 0, 0])
    assert of(index.unchain(broken, overlap="last"))[4:] == [0] * 4  # a break at the base lies before
    # there and back: a break of a level is one of its growth, wherever it passed
    again = index.chain(index.unchain(line([100.0, 110.0, 121.0, 120.0], [0, 0, B, 0])))
    assert of(growth.pct_change(again, lag=1)) == [0, 0, B, 0]


def test_levels():
    x = line([100.0, 110.0, 121.0, 120.0], [E | B, 0, B, P])
    assert of(index.rereference(x, "2020-Q1")) == [E | B, E, E | B, E | P]
    other = line([1.0, 1.0, 1.0, 1.0], [0, P, 0, 0])
    assert of(index.rebase(x, other, "2020-Q2")) == [E | B | P, P, B | P, P]
    assert of(index.deflate(x, other)) == [E | B, P, B, P]
    assert of(index.implicit_deflator(x, other)) == [E | B, P, B, P]
    assert of(index.terms_of_trade(x, other)) == [E | B, P, B, P]
    zero = index.deflate(x, line([1.0, 0.0, 1.0, 1.0], [0, 0, 0, 0]))
    assert of(zero)[1] == int(Flag.UNDEFINED)


def test_splices():
    old = line([100.0, 110.0, 120.0, NAN], [P, 0, E, 0])
    new = line([50.0, 60.0], [B, 0], first="2020-Q3")
    found = index.splice(old, new)
    assert of(found) == [P | E, E, B, 0]
    assert of(index.splice(line([100.0, 110.0], [0, 0]), line([50.0, 60.0], [0, 0], first="2020-Q2"))) == [0, 0, 0]


@pytest.mark.parametrize("chained", [False, True])
def test_items(chained):
    prices = table([[1.0, 1.1, 1.2], [2.0, 2.1, 2.2]], [[P, 0, 0], [0, B, 0]])
    quantities = table([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [[0, 0, E], [0, 0, 0]])
    want = [0, P | B, E] if chained else [P, P | B, P | B | E]
    parts = index.contributions(prices, quantities, chained=chained)
    assert parts.flags.tolist() == [want, want]
    assert of(index.coverage(prices, quantities, chained=chained)) == want


def test_years_of_items():
    time = Periods.range("Q", int(Periods.parse(["2020-Q1"]).ordinals[0]), 12)
    flags = np.zeros((2, 12), np.uint32)
    flags[0, 1], flags[1, 6] = P, E
    prices = Cube(["item", "time"], {"item": ["a", "b"]}, time, np.ones((2, 12)), flags)
    quantities = Cube(["item", "time"], {"item": ["a", "b"]}, time, np.ones((2, 12)))
    at_previous, at_own = index.previous_year_prices(prices, quantities)
    assert of(at_previous) == [0] * 4 + [P, P, P | E, P] + [E] * 4
    assert of(at_own) == [P] * 4 + [E] * 4 + [0] * 4
    chained = of(index.chain_link(at_previous, at_own))
    assert all(f & P for f in chained)
    assert all(f & E for f in chained[8:])
