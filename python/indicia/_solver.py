"""Judges claims about quantities that are known as intervals, under relations between them.

Nothing here knows a unit or a file. A `System` has quantities, each with what is published of it, and relations that
are to hold together; `enclose` says what that leaves for each, and `judge` how sure one more relation is:

* CONTRADICTED only where nothing satisfies the claim and the rest together,
* CERTAIN only where nothing satisfies the rest and violates the claim,
* POSSIBLE only with a point on each side,
* UNKNOWN otherwise, with the reason.

Ranges are narrowed by HC4 with extended division in exact rational arithmetic, so that figures which touch do touch
(`_solver_propagate`); what that can't tell is divided into boxes, in doubles rounded outwards (`_solver_boxes`). A
relation that divides by zero has no value there, and what has no value isn't satisfied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from indicia._expressions import Binary, Comparison, Name, Node, Number, Power, holds, names, postorder
from indicia._solver_boxes import divide_boxes
from indicia._solver_identities import numerator
from indicia._solver_points import find_point
from indicia._solver_propagate import GAIN, SWEEPS, Problem, propagate
from indicia._solver_ranges import (
    Range,
    end_of,
    floats_around,
    less,
    meet,
    value_of,
)
from indicia._solver_system import Bound, Bounds, Claim, Constraint, System, Variable, bounds_of, range_of
from indicia._solver_tape import Box, Tape, forward, tape_of, truth
from indicia.audit import Verdict

__all__ = ["Claim", "Constraint", "Enclosure", "Finding", "System", "Variable", "enclose", "judge"]

BOXES: Final = 100_000
_WHOLE: Final = 400  # relations: a larger component is looked at around the claim only
_WORK: Final = 80_000  # relations times neighbours that all judgements of a large system may cost together
_NEAREST: Final = 8
_BRIEFLY: Final = 20  # sweeps, to see whether the rest alone is to blame
_ATTEMPTS: Final = 9
_REVISIONS: Final = 5_000  # for one point


@dataclass(frozen=True, slots=True)
class Enclosure:
    """What the relations leave for each quantity.

    Attributes
    ----------
    boxes : dict of str to (low, high)
        Fractions, floats where infinite. Quantities of a part that contradicts itself keep what is published of them.
    empty : bool
        Nothing satisfies all of it.
    by : tuple of str
        What the first proof of that has used: constraints, and variables for what is published of them.
    proofs : tuple of tuple of str
        The same for each part of the system that has nothing to do with the others.
    sweeps : int
        How often each relation was revised, on average, rounded up.
    reason : str
        Why narrowing ended before nothing changed any more; "" where it didn't.
    """

    boxes: dict[str, Bounds]
    empty: bool
    by: tuple[str, ...]
    proofs: tuple[tuple[str, ...], ...]
    sweeps: int
    reason: str

    def floats(self, name: str) -> tuple[float, float]:
        """The tightest doubles around one quantity's range."""
        low, high = self.boxes[name]
        return floats_around((end_of(low), end_of(high)))


@dataclass(frozen=True, slots=True)
class Finding:
    """How sure a claim is.

    Attributes
    ----------
    verdict : Verdict
    reason : str
        In words; for UNKNOWN, why.
    witness_for, witness_against : dict of str to Fraction, or None
        A point at which the rest holds and so does the claim, or doesn't. Exact, and checked.
    implied : dict of str to (low, high)
        What the rest leaves for each quantity of the claim, without it.
    gap : Fraction, float or None
        How far the claim is off, where it is contradicted by ranges: above zero where its left side (or the claimed
        interval) is too high, below where it is too low.
    by : tuple of str
        What a proof has used, besides the claim.
    boxes : int
        How many boxes were looked at.
    """

    verdict: Verdict
    reason: str
    witness_for: dict[str, Fraction] | None
    witness_against: dict[str, Fraction] | None
    implied: dict[str, Bounds]
    gap: Bound | None
    by: tuple[str, ...] = ()
    boxes: int = 0


# ---- what relations leave ----------------------------------------------------------------------------------------


def enclose(system: System, *, gain: float = GAIN, sweeps: int = SWEEPS) -> Enclosure:
    """What the relations and what is published leave for each quantity.

    Parameters
    ----------
    system : System
    gain : float
        Narrowings by less than this fraction of a range aren't followed for ever.
    sweeps : int
        How often each relation is revised at most, on average.

    Returns
    -------
    Enclosure
    """
    boxes = {v.name: (v.low, v.high) for v in system.variables}
    proofs: list[tuple[str, ...]] = [
        (v.name,) for v, x in zip(system.variables, system.published, strict=True) if x is None
    ]
    revisions, reason = 0, ""
    for part in system.parts():
        problem = Problem({c: system.tapes[c] for c in sorted(part)})
        if any(system.published[i] is None for i in problem.users):
            continue
        box, why = system.ranges(problem.users)
        run = propagate(problem, box, problem.tapes, why=why, gain=gain, sweeps=sweeps)
        revisions += run.revisions
        reason = reason or run.stopped
        if run.empty:
            proofs.append(system.names_of(why[-1]))
            continue
        for i, x in box.items():
            boxes[system.variables[i].name] = bounds_of(x)
    return Enclosure(
        boxes,
        bool(proofs),
        proofs[0] if proofs else (),
        tuple(proofs),
        -(-revisions // max(len(system.tapes), 1)),
        reason,
    )


# ---- verdicts ----------------------------------------------------------------------------------------------------

_OPPOSITE: Final = {"=": ("<", ">"), "<": (">=",), "<=": (">",), ">": ("<=",), ">=": ("<",)}


class _Judgement:
    """A claim and the relations around it."""

    def __init__(self, system: System, claim: Constraint | Claim) -> None:
        self.system, self.claim = system, claim
        for name in self.about():
            if name not in system.index:
                raise ValueError(f"claim {claim.name!r}: there is no variable {name!r}")
        own = system.numbers.get(claim.name, -1) if isinstance(claim, Constraint) else -1
        self.dropped = system.index[claim.name] if isinstance(claim, Claim) else -1
        self.variables = [system.index[name] for name in self.about()]
        size = len(system.tapes)
        most = _WHOLE if size <= _WHOLE else max(_NEAREST, min(_WHOLE, _WORK // size))
        near, self.whole = system.around(self.variables, left_out=own, dropped=self.dropped, most=most)
        self.rest = Problem({c: system.tapes[c] for c in near})
        self.box, self.why = system.ranges({*self.rest.users, *self.variables}, self.dropped)
        self.first = len(system.tapes) + len(system.variables)  # numbers that are free for the claim
        # (relations that are to hold, in words) for the claim, and the cases in which it doesn't hold
        self.holds = self.numbered(self.sides())
        self.fails = [self.numbered([case]) for case in self.cases()]

    def about(self) -> tuple[str, ...]:
        claim = self.claim
        return (claim.name,) if isinstance(claim, Claim) else names(claim.comparison)

    def sides(self) -> list[Comparison]:
        claim = self.claim
        if isinstance(claim, Constraint):
            return [claim.comparison]
        name, low, high = Name(claim.name), claim.low, claim.high
        if range_of(low, high) is None:
            return [Comparison(Number(Fraction(1)), "<", Number(Fraction(0)))]
        sides = [Comparison(name, ">=", Number(Fraction(low)))] if not math.isinf(low) else []
        return sides + ([Comparison(name, "<=", Number(Fraction(high)))] if not math.isinf(high) else [])

    def cases(self) -> list[Comparison]:
        cases = [Comparison(s.left, op, s.right) for s in self.sides() for op in _OPPOSITE[s.op]]
        zero = Number(Fraction(0))
        below: dict[Node, None] = {}
        for side in self.sides():
            for node in postorder(side):
                if isinstance(node, Binary) and node.op == "/":
                    below[node.right] = None
                elif isinstance(node, Power) and node.exponent < 0:
                    below[node.operand] = None
        return cases + [Comparison(node, "=", zero) for node in below if names(node)]

    def numbered(self, comparisons: Sequence[Comparison]) -> dict[int, Tape]:
        return {self.first + k: tape_of(c, self.system.index) for k, c in enumerate(comparisons)}

    def named(self, point: Mapping[int, Any]) -> dict[str, Fraction]:
        return {self.system.variables[i].name: Fraction(*end) for i, end in sorted(point.items())}

    def judge(self, boxes: int) -> Finding:
        system = self.system
        for i in self.box:
            if system.published[i] is None and i != self.dropped:
                return self.found(Verdict.UNKNOWN, f"what is published of {system.variables[i].name} is empty")
        run = propagate(self.rest, self.box, self.rest.tapes, why=self.why)
        if run.empty:
            by = system.names_of(self.why[-1])
            self.box, _ = system.ranges({*self.rest.users, *self.variables}, self.dropped)
            return self.found(Verdict.UNKNOWN, f"the rest contradicts itself: {_listed(by)}", by=by)
        empty, by = self.empty(self.holds)
        if empty:
            against = [self.empty(case, sweeps=_BRIEFLY) for case in self.fails]
            if against and all(also for also, _ in against):
                by = tuple(dict.fromkeys([*by, *(name for _, more in against for name in more)]))
                return self.found(Verdict.UNKNOWN, f"the rest contradicts itself: {_listed(by)}", by=by)
            return self.found(Verdict.CONTRADICTED, "nothing satisfies it and the rest together", gap=self.gap(), by=by)
        open_cases = []
        used: dict[str, None] = {}
        same = self.same()
        for case in self.fails:
            empty, by = self.empty(case)
            if not empty and same is not None and next(iter(case.values())).op == "<":
                empty, by = True, same
            if empty:
                used.update(dict.fromkeys(by))
            else:
                open_cases.append(case)
        if not open_cases:
            return self.found(Verdict.CERTAIN, "nothing satisfies the rest and violates it", by=tuple(used))
        return self.search(open_cases, tuple(used), boxes)

    def same(self) -> tuple[str, ...] | None:
        """An equation of the rest that says what the claim says; none but not None, where its sides are the same."""
        claim = self.claim
        if isinstance(claim, Claim) or claim.comparison.op in "<>":
            return None
        polynomial = numerator(claim.comparison)
        if polynomial is None or (polynomial and claim.comparison.op != "="):
            return None
        if not polynomial:
            return ()
        about = set(self.variables)
        for c in self.rest.tapes:
            other = self.system.constraints[c]
            alike = other.comparison.op == "=" and set(self.system.tapes[c].variables) == about
            if alike and numerator(other.comparison) == polynomial:
                return (other.name,)
        return None

    def empty(self, tapes: Mapping[int, Tape], *, sweeps: int = SWEEPS) -> tuple[bool, tuple[str, ...]]:
        """Whether propagation proves that the rest and more relations have no point in common, and by what."""
        box, why = dict(self.box), dict(self.why)
        run = propagate(self.rest.and_also(tapes), box, tapes, why=why, sweeps=sweeps)
        return run.empty, self.system.names_of(why[-1]) if run.empty else ()

    def search(self, cases: list[dict[int, Tape]], used: tuple[str, ...], boxes: int) -> Finding:
        """What propagation can't tell: points on both sides, or else boxes."""
        base = None if self.whole else self.system.point()
        yes = self.point(self.holds, base)
        no = None
        for case in cases:
            no = no or self.point(case, base)
        spent, reason = 0, ""
        if yes is None:
            result = divide_boxes(self.rest.and_also(self.holds), self.box, boxes)
            spent += result.boxes
            if result.empty:
                if no is None and all(divide_boxes(self.rest.and_also(c), self.box, boxes).empty for c in cases):
                    return self.found(Verdict.UNKNOWN, "the rest contradicts itself: no box of values satisfies it")
                return self.found(
                    Verdict.CONTRADICTED, "no box of values satisfies it and the rest together", no=no, boxes=spent
                )
            yes = self.confirmed(result.point, self.holds)
            reason = f"no point was found at which it holds, and {result.reason}"
        if no is None:
            left = []
            for case in cases:
                result = divide_boxes(self.rest.and_also(case), self.box, max(boxes - spent, 1))
                spent += result.boxes
                if result.empty:
                    continue
                left.append(case)
                no = self.confirmed(result.point, case)
                if no is not None:
                    break
                reason = f"no point was found at which it fails, and {result.reason}"
            if not left and yes is not None:
                return self.found(
                    Verdict.CERTAIN, "no box of values satisfies the rest and violates it", yes=yes, boxes=spent
                )
            if not left:
                reason = "no point was found at which the rest holds, and boxes prove nothing"
        if yes is not None and no is not None:
            return self.found(Verdict.POSSIBLE, "it holds at one point and fails at another", yes, no, boxes=spent)
        if not self.whole:
            reason += f"; only the {len(self.rest.tapes)} nearest relations were looked at"
        return self.found(Verdict.UNKNOWN, reason, yes, no, by=used, boxes=spent)

    def point(self, tapes: Mapping[int, Tape], base: Mapping[int, Range] | None) -> dict[str, Fraction] | None:
        """A point at which the rest and more relations hold; far from the claim, one that is known already."""
        problem = self.rest.and_also(tapes)
        if self.whole:
            found = find_point(problem, dict(self.box), attempts=_ATTEMPTS, revisions=_REVISIONS)
            return self.confirmed(found, tapes)
        if base is None:
            return None
        if all(truth(tape, dict(base)) for tape in tapes.values()):
            return self.named({i: base[i][0] for i in self.box})
        users = self.system.problem.users
        own = self.system.numbers.get(self.claim.name, -1) if isinstance(self.claim, Constraint) else -1
        box: Box = {}
        for i, x in self.box.items():
            inner = all(c in self.rest.tapes or c == own for c in users.get(i, ()))
            box[i] = x if inner else base[i]
        if propagate(problem, box, problem.tapes).empty:
            return None
        found = find_point(problem, box, attempts=2, revisions=_REVISIONS // 10)
        return None if found is None else self.named(found)

    def confirmed(self, found: Mapping[int, Any] | None, tapes: Mapping[int, Tape]) -> dict[str, Fraction] | None:
        """The point, once formulas themselves have confirmed what tapes have found; far from the claim, never."""
        if found is None or not self.whole:
            return None
        point = self.named(found)
        good = all(holds(self.system.constraints[c].comparison, point) for c in self.rest.tapes)
        true = all(holds(side, point) for side in self.sides())
        return point if good and true == (tapes is self.holds) else None

    def gap(self) -> Bound | None:
        """How far what is claimed lies from what the rest leaves."""
        claim = self.claim
        if isinstance(claim, Claim):
            implied, claimed = self.box[self.dropped], range_of(claim.low, claim.high)
            return None if claimed is None else _distance(claimed, implied)
        tape = self.holds[self.first]
        slots = forward(tape, self.box)
        if slots is None:
            return None
        left, right = slots[tape.left], slots[tape.right]
        if claim.comparison.op in (">", ">="):
            left, right = right, left
        return _distance(left, right)

    def found(
        self,
        verdict: Verdict,
        reason: str,
        yes: dict[str, Fraction] | None = None,
        no: dict[str, Fraction] | None = None,
        *,
        gap: Bound | None = None,
        by: tuple[str, ...] = (),
        boxes: int = 0,
    ) -> Finding:
        implied = {self.system.variables[i].name: bounds_of(self.box[i]) for i in self.variables}
        return Finding(verdict, reason, yes, no, implied, gap, by, boxes)


def _distance(x: Range, y: Range) -> Bound:
    """How far x lies above y, below zero where it lies below; zero where they meet."""
    if meet(x, y) is not None:
        return Fraction(0)
    return value_of(x[0]) - value_of(y[1]) if less(y[1], x[0]) else value_of(x[1]) - value_of(y[0])


def _listed(items: Sequence[str], most: int = 6) -> str:
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def judge(system: System, claim: Constraint | Claim, *, boxes: int = BOXES) -> Finding:
    """How sure a claim is, given everything else.

    Parameters
    ----------
    system : System
        A constraint of the claim's name in it is the claim itself, and left out; so is what is published of the
        variable of a `Claim`.
    claim : Constraint or Claim
    boxes : int
        How many boxes are looked at, at most, where ranges don't tell.

    Returns
    -------
    Finding

    Examples
    --------
    >>> from indicia._expressions import parse
    >>> from indicia._solver import Claim, Constraint, System, Variable, judge
    >>> system = System(
    ...     [Variable("now", 106.5, 107.5), Variable("base", 99.5, 100.5), Variable("growth")],
    ...     [Constraint("rate", parse("growth = now / base - 1"))],
    ... )
    >>> judge(system, Claim("growth", 0.05, 0.09)).verdict.name
    'CERTAIN'
    >>> judge(system, Claim("growth", 0.07, 0.07)).verdict.name
    'POSSIBLE'
    >>> finding = judge(system, Claim("growth", 0.09, 0.1))
    >>> finding.verdict.name, float(finding.gap)
    ('CONTRADICTED', 0.009597989949748741)
    """
    return _Judgement(system, claim).judge(boxes)
