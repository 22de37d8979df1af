"""Claims under relations: verdicts are proofs or points, ties are exact, and it always ends."""

import math
from fractions import Fraction

import pytest

from indicia import Verdict
from indicia._expressions import holds, parse
from indicia._solver import Claim, Constraint, System, Variable, enclose, judge

F = Fraction


def system(variables, *relations):
    """A system of named ends and of formulas."""
    known = [
        Variable(name, *(F(str(end)) if math.isfinite(end) else end for end in map(float, ends)))
        for name, ends in variables.items()
    ]
    return System(known, [Constraint(f"r{k}", parse(text)) for k, text in enumerate(relations)])


def claim(text):
    return Constraint("claim", parse(text))


ANY = (-math.inf, math.inf)


def test_the_unstated_target():
    s = system({"said": (5.5, 5.5), "cut": (0.5, 0.5), "target_2023": ANY}, "said = target_2023 - cut")
    assert enclose(s).boxes["target_2023"] == (6, 6)
    assert judge(s, Claim("target_2023", 6, 6)).verdict == Verdict.CERTAIN
    assert judge(s, claim("4.6 < target_2023")).verdict == Verdict.CERTAIN
    finding = judge(s, Claim("target_2023", F("6.05"), 7))
    assert finding.verdict == Verdict.CONTRADICTED
    assert finding.gap == F("0.05")
