"""Claims under relations, beside solvers that decide the same in general: z3 (nonlinear real arithmetic), scipy (linear
programmes).

Both are told the same in their own terms. z3 says whether a claim, or its negation, goes with the rest; scipy gives the
least and the greatest of each quantity in a linear ledger, up to rounding. Reading formulas is no part of any of them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from benchmarks._harness import Row
from indicia._conflicts import conflicts
from indicia._expressions import Comparison, Name, Negate, Node, Number, Power, parse
from indicia._solver import Claim, Constraint, System, Variable, enclose, judge


def around(figure: Fraction, step: Fraction) -> tuple[Fraction, Fraction]:
    return figure - step / 2, figure + step / 2


def levels(n: int) -> System:
    """A series that is published as levels and as growth."""
    rng = random.Random(1)
    level = Fraction(1000)
    variables, relations = [Variable("x0", *around(level, Fraction(1, 10)))], []
    for k in range(n):
        growth = Fraction(rng.randint(-50, 50), 1000)
        level = round(level * (1 + growth), 1)
        exact = level / (level - round(level * growth / (1 + growth), 1)) - 1
        variables.append(Variable(f"x{k + 1}", level - 20, level + 20))
        variables.append(Variable(f"g{k}", exact - Fraction(1, 10), exact + Fraction(1, 10)))
        relations.append(Constraint(f"r{k}", parse(f"g{k} = x{k + 1} / x{k} - 1")))
    return System(variables, relations)


def parts(n: int) -> System:
    """Totals of totals, four parts each, some of which are not published."""
    rng = random.Random(2)
    variables, relations, open_ends, k = [], [], ["t0"], 0
    ends: dict[str, Any] = {"t0": (-math.inf, math.inf)}
    while k < n:
        whole = open_ends.pop(0)
        inner = [f"t{4 * k + j + 1}" for j in range(4)]
        relations.append(Constraint(f"r{k}", parse(f"{whole} = {' + '.join(inner)}")))
        for name in inner:
            ends[name] = (-math.inf, math.inf)
        open_ends += inner
        k += 1
    for name in open_ends:
        ends[name] = around(Fraction(rng.randint(100, 9999), 10), Fraction(1, 10))
    variables = [Variable(name, *pair) for name, pair in ends.items()]
    return System(variables, relations)


def article() -> tuple[System, list[Claim | Constraint]]:
    """Levels, shares and rates as an article has them, and what may be claimed of them."""
    known = {
        "gdp": around(Fraction("34606.4"), Fraction("0.1")),
        "gdp_before": around(Fraction("32387.7"), Fraction("0.1")),
        "share": (Fraction("0.4185"), Fraction("0.4195")),
        "output": (Fraction(0), Fraction(10**6)),
        "growth": (Fraction(0), Fraction(1)),
        "base": (Fraction(0), Fraction(10**6)),
        "rate": (Fraction("0.075"), Fraction("0.085")),
        "real": (Fraction("0.055"), Fraction("0.065")),
        "deflator": (Fraction(-1), Fraction(1)),
    }
    said = [
        "output = share * gdp",
        "growth = gdp / gdp_before - 1",
        "output = base * (1 + rate)",
        "1 + growth = (1 + real) * (1 + deflator)",
    ]
    system = System(
        [Variable(name, *pair) for name, pair in known.items()],
        [Constraint(f"r{k}", parse(text)) for k, text in enumerate(said)],
    )
    claims: list[Claim | Constraint] = [
        Claim("growth", Fraction("0.068"), Fraction("0.069")),
        Claim("output", Fraction(14600), Fraction(14700)),
        Constraint("share of the base", parse("base / gdp_before >= 0.41")),
        Constraint("more than real", parse("growth > real")),
        Constraint("deflator", parse("deflator > 0.014")),
        Constraint("product", parse("base * gdp_before < 440000000 + output * 100")),
    ]
    return system, claims


# ---- peers -------------------------------------------------------------------------------------------------------


class Z3:
    """A system in z3's terms."""

    def __init__(self, system: System) -> None:
        import z3

        self.z3, self.system = z3, system
        self.names = {v.name: z3.Real(v.name) for v in system.variables}

    def term(self, node: Node, below: list[Any]) -> Any:
        if isinstance(node, Number):
            return self.z3.Q(node.value.numerator, node.value.denominator)
        if isinstance(node, Name):
            return self.names[node.name]
        if isinstance(node, Negate):
            return -self.term(node.operand, below)
        if isinstance(node, Power):
            return self.term(node.operand, below) ** node.exponent
        a, b = self.term(node.left, below), self.term(node.right, below)
        if node.op == "/":
            below.append(b != 0)
            return a / b
        return a + b if node.op == "+" else a - b if node.op == "-" else a * b

    def formula(self, comparison: Comparison) -> Any:
        below: list[Any] = []
        a, b = self.term(comparison.left, below), self.term(comparison.right, below)
        op = comparison.op
        holds = (
            a == b if op == "=" else a < b if op == "<" else a <= b if op == "<=" else a > b if op == ">" else a >= b
        )
        return self.z3.And(holds, *below)

    def within(self, name: str, low: Any, high: Any) -> Any:
        x = self.names[name]
        sides = [x >= self.z3.Q(low.numerator, low.denominator)] if low > -math.inf else []
        return self.z3.And(*sides, *([x <= self.z3.Q(high.numerator, high.denominator)] if high < math.inf else []))

    def verdict(self, claim: Claim | Constraint) -> str:
        rest = [
            self.within(v.name, v.low, v.high)
            for v in self.system.variables
            if not (isinstance(claim, Claim) and v.name == claim.name)
        ] + [self.formula(c.comparison) for c in self.system.constraints]
        said = (
            self.within(claim.name, claim.low, claim.high)
            if isinstance(claim, Claim)
            else self.formula(claim.comparison)
        )
        answers = []
        for side in (said, self.z3.Not(said)):
            solver = self.z3.Solver()
            solver.add(*rest, side)
            answers.append(str(solver.check()))
        names = {("unsat", "sat"): "CONTRADICTED", ("sat", "unsat"): "CERTAIN", ("sat", "sat"): "POSSIBLE"}
        return names.get((answers[0], answers[1]), "UNKNOWN")

    def core(self) -> set[str]:
        solver = self.z3.Solver()
        solver.set(unsat_core=True, **{"core.minimize": True})
        for v in self.system.variables:
            solver.assert_and_track(self.within(v.name, v.low, v.high), v.name)
        for c in self.system.constraints:
            solver.assert_and_track(self.formula(c.comparison), c.name)
        assert str(solver.check()) == "unsat"
        return {str(name) for name in solver.unsat_core()}


def programmes(system: System) -> dict[str, tuple[float, float]]:
    """The least and the greatest of each quantity, by two linear programmes each."""
    from scipy.optimize import linprog

    place = {v.name: k for k, v in enumerate(system.variables)}
    rows = np.zeros((len(system.constraints), len(place)))
    for r, constraint in enumerate(system.constraints):
        rows[r, place[constraint.comparison.left.name]] = 1
        todo = [constraint.comparison.right]
        while todo:
            node = todo.pop()
            if isinstance(node, Name):
                rows[r, place[node.name]] = -1
            else:
                todo += [node.left, node.right]
    bounds = [(None if math.isinf(v.low) else float(v.low), None if math.isinf(v.high) else float(v.high))
              for v in system.variables]  # fmt: skip
    found = {}
    for name, k in place.items():
        goal = np.zeros(len(place))
        goal[k] = 1
        ends = [sign * linprog(sign * goal, A_eq=rows, b_eq=np.zeros(len(rows)), bounds=bounds).fun for sign in (1, -1)]
        found[name] = (ends[0], ends[1])
    return found


# ---- rows --------------------------------------------------------------------------------------------------------


def same_ranges(ours: Any, peer: Any) -> None:
    assert not ours.empty
    for name, ends in peer.items():
        np.testing.assert_allclose([float(end) for end in ours.boxes[name]], ends, rtol=1e-9)


def same_verdicts(ours: Any, peer: Any) -> None:
    assert [finding.verdict.name for finding in ours] == peer


def same_conflict(ours: Any, peer: Any) -> None:
    assert any(set(claims) <= peer for claims in ours), f"none of {ours} lies in {peer}"


def rows(scale: float = 1.0) -> Iterator[Row]:
    n = max(int(10_000 * scale), 20)
    system = levels(n)
    yield Row(f"enclose, {n:,} growth relations", ours=lambda: enclose(system))

    n = max(int(64 * scale), 8)
    tree = parts(n)
    yield Row(
        f"enclose, {n:,} sums of four",
        ours=lambda: enclose(tree),
        peers={"scipy": lambda: programmes(tree)},
        equal=same_ranges,
    )

    known, claims = article()
    yield Row(
        f"judge, {len(claims)} claims of an article",
        ours=lambda: [judge(known, claim) for claim in claims],
        peers={"z3-solver": lambda: [Z3(known).verdict(claim) for claim in claims]},
        equal=same_verdicts,
    )

    wrong = levels(max(int(40 * scale), 8))
    wrong = System(
        [Variable(v.name, v.low + 300, v.high + 300) if v.name == "x4" else v for v in wrong.variables],
        wrong.constraints,
    )
    yield Row(
        f"conflicts, {len(wrong.constraints)} growth relations, one wrong level",
        ours=lambda: conflicts(wrong),
        peers={"z3-solver": lambda: Z3(wrong).core()},
        equal=same_conflict,
        note="z3 gives one set, ours all of up to four claims",
    )
