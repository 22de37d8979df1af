"""Which claims contradict one another: sets of which none can be dropped without ending the contradiction.

A claim is a relation, or what is published of a quantity. A proof by propagation names the claims that it has used;
dropping one after the other, and keeping out what isn't missed, leaves an irreducible set. In a small system all sets
of up to four are found, by trying those that hang together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from indicia._solver_boxes import divide_boxes
from indicia._solver_propagate import Problem, propagate
from indicia._solver_ranges import EVERYTHING, has_zero
from indicia._solver_system import System
from indicia._solver_tape import Box, forward, free_slots

__all__ = ["Conflicts", "conflicts", "search_conflicts"]

SMALL: Final = 40  # relations
_CANDIDATES: Final = 300_000
_ROUNDS: Final = 25
_REVISIONS: Final = 200_000  # of all rounds together
_FEW: Final = 12  # quantities that boxes can divide
_BOXES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What contradicts itself.

    Attributes
    ----------
    sets : tuple of tuple of str
        The smallest first; names of relations, and of quantities for what is published of them.
    complete : bool
        No other set of up to `most` claims contradicts itself, as far as propagation proves.
    reason : str
        Why that isn't known; "" where it is.
    """

    sets: tuple[tuple[str, ...], ...]
    complete: bool
    reason: str


def conflicts(system: System, *, most: int = 4) -> list[tuple[str, ...]]:
    """Irreducible sets of claims that contradict one another.

    Parameters
    ----------
    system : System
    most : int
        Up to which size all of them are found, in systems of at most 40 relations. Of what is contradictory beyond
        that, one set after another is found, up to 25.

    Returns
    -------
    list of tuple of str
        The smallest first; names of relations, and of quantities for what is published of them.

    Examples
    --------
    >>> from indicia._conflicts import conflicts
    >>> from indicia._expressions import parse
    >>> from indicia._solver import Constraint, System, Variable
    >>> parts = [Variable("total", 9, 9), Variable("a", 4, 5), Variable("b", 5, 6), Variable("c", 1, 2)]
    >>> conflicts(System(parts, [Constraint("sum", parse("total = a + b + c"))]))
    [('sum', 'total', 'a', 'b', 'c')]
    """
    return list(search_conflicts(system, most=most).sets)


def search_conflicts(system: System, *, most: int = 4) -> Conflicts:
    """Irreducible sets of claims that contradict one another, and whether those are all.

    Parameters
    ----------
    system : System
    most : int
        As `conflicts` takes it.

    Returns
    -------
    Conflicts
    """
    relations = len(system.constraints)
    found = {frozenset([relations + i]) for i, x in enumerate(system.published) if x is None}
    complete, reason = True, ""
    for part in _components(system):
        claims = [*part, *(relations + i for i in sorted({i for c in part for i in system.tapes[c].variables}))]
        claims = [bit for bit in claims if frozenset([bit]) not in found and _says_something(system, bit)]
        prover = _Prover(system)
        if not prover.core(claims):
            prover.boxes = len(part) <= SMALL and sum(c >= relations for c in claims) <= _FEW
            if not (prover.boxes and prover.core(claims)):
                continue
        elif relations <= SMALL:
            sets, all_tried = _smallest(prover, part, claims, most)
            found |= sets
            if not all_tried:
                complete, reason = False, f"more than {_CANDIDATES} sets hang together; not all were tried"
        if relations > SMALL:
            complete, reason = False, f"beyond {SMALL} relations not all sets are tried"
        fresh, told = _others(prover, claims, found)
        found |= fresh
        if told:
            complete, reason = False, told
    sets_of_names = [tuple(system.name_of(bit) for bit in sorted(claims)) for claims in sorted(found, key=_order)]
    return Conflicts(tuple(sets_of_names), complete, reason)


def _order(claims: frozenset[int]) -> tuple[int, list[int]]:
    return len(claims), sorted(claims)


def _says_something(system: System, bit: int) -> bool:
    return bit < len(system.constraints) or system.published[bit - len(system.constraints)] != EVERYTHING


def _components(system: System) -> list[list[int]]:
    """Relations that share quantities, points too: what is published of those may be left out."""
    parts: list[list[int]] = []
    seen: set[int] = set()
    for first in range(len(system.tapes)):
        if first in seen:
            continue
        seen.add(first)
        part = [first]
        for c in part:
            for i in system.tapes[c].variables:
                fresh = [other for other in system.problem.users[i] if other not in seen]
                seen.update(fresh)
                part += fresh
        parts.append(sorted(part))
    return parts


class _Prover:
    """Proves that claims contradict one another, by propagation, and by boxes where it is told to."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.boxes = False
        self.revisions = 0

    def core(self, claims: Iterable[int]) -> frozenset[int]:
        """Those of the claims that a proof has used; none where there is no proof."""
        relations = len(self.system.constraints)
        chosen = set(claims)
        problem = Problem({c: self.system.tapes[c] for c in sorted(chosen) if c < relations})
        box: Box = {}
        why: dict[int, int] = {}
        for i in problem.users:
            x = self.system.published[i]
            box[i] = EVERYTHING
            if relations + i in chosen:
                if x is None:
                    return frozenset([relations + i])
                box[i], why[i] = x, 1 << (relations + i)
        start = dict(box)
        run = propagate(problem, box, problem.tapes, why=why)
        self.revisions += run.revisions
        if not run.empty:
            return frozenset(chosen) if self.boxes and divide_boxes(problem, start, _BOXES).empty else frozenset()
        reasons, bits = why[-1], set()
        while reasons:
            bits.add((reasons & -reasons).bit_length() - 1)
            reasons &= reasons - 1
        return frozenset(bits)

    def irreducible(self, claims: frozenset[int]) -> frozenset[int] | None:
        """What is left of contradictory claims once no other can be dropped; None where that takes too long."""
        kept: set[int] = set()
        while rest := claims - kept:
            if self.revisions > _REVISIONS:
                return None
            # relations last: a set is easier to read as few relations with all their figures
            bit = max(rest)
            core = self.core(claims - {bit})
            if core:
                claims = core
                kept &= core
            else:
                kept.add(bit)
        return claims


def _others(prover: _Prover, claims: list[int], known: set[frozenset[int]]) -> tuple[set[frozenset[int]], str]:
    """Sets by deletion: of what is still contradictory once each known set has lost a claim; why there may be more."""
    left = set(claims)
    sets = [s for s in known if s <= left]
    fresh: set[frozenset[int]] = set()
    for _ in range(_ROUNDS):
        while sets:
            count = Counter(bit for s in sets for bit in s)
            # the claim that most sets have in common, and rather a figure than a relation
            worst = max(count, key=lambda bit: (count[bit], bit))
            left.discard(worst)
            sets = [s for s in sets if worst not in s]
        core = prover.core(left)
        if not core:
            return fresh, ""
        smaller = prover.irreducible(core)
        if smaller is None:
            return fresh, f"what remains contradictory, {len(core)} claims, was too much to be reduced"
        fresh.add(smaller)
        sets = [smaller]
    return fresh, f"after {_ROUNDS} sets, no more were looked for"


# ---- all small ones ----------------------------------------------------------------------------------------------


def _smallest(prover: _Prover, part: list[int], claims: list[int], most: int) -> tuple[set[frozenset[int]], bool]:
    """All irreducible sets of up to so many claims, and whether all candidates were tried."""
    candidates = _Candidates(prover.system, part, set(claims))
    found: set[frozenset[int]] = set()
    for size in range(1, most + 1):
        for candidate in candidates.of(size):
            if any(smaller <= candidate for smaller in found):
                continue
            if prover.core(candidate) and not any(prover.core(candidate - {bit}) for bit in candidate):
                found.add(candidate)
    return found, candidates.looked_at <= _CANDIDATES


class _Candidates:
    """Sets of claims that hang together, less those in which a relation can be satisfied by one quantity's choice."""

    def __init__(self, system: System, part: list[int], known: set[int]) -> None:
        self.system, self.known = system, known
        self.relations = len(system.constraints)
        self.looked_at = 0
        tapes = {c: system.tapes[c] for c in part}
        self.variables = {c: tape.variables for c, tape in tapes.items()}
        self.below = {c: tape.denominators() for c, tape in tapes.items()}
        self.free = {
            c: [i for i, free in zip(tape.variables, free_slots(tape), strict=True) if free]
            for c, tape in tapes.items()
        }
        self.near = {
            c: {other for i in tape.variables for other in system.problem.users[i]} - {c} for c, tape in tapes.items()
        }
        self.levels: list[set[frozenset[int]]] = [set(), {frozenset([c]) for c in part}]  # by number of relations

    def of(self, size: int) -> Iterator[frozenset[int]]:
        """Those of one size."""
        for count in range(1, size + 1):
            if len(self.levels) <= count:
                self.levels.append(
                    {s | {other} for s in self.levels[-1] for c in s for other in self.near[c] if other not in s}
                )
            for chosen in sorted(self.levels[count], key=sorted):
                if self.looked_at > _CANDIDATES:
                    return
                yield from self.with_figures(chosen, size - count)

    def with_figures(self, chosen: frozenset[int], extra: int) -> Iterator[frozenset[int]]:
        """Relations with so many figures of what they are about."""
        self.looked_at += 1
        uses: dict[int, int] = {}
        for c in chosen:
            for i in self.variables[c]:
                uses[i] = uses.get(i, 0) + 1
        # What only one relation is about, and that one could give: without its figure there is no conflict. Not so
        # where a denominator may be zero, and the relation have no value at all.
        needed: set[int] = set()
        for c in chosen:
            if not self.below[c]:
                needed.update(self.relations + i for i in self.free[c] if uses[i] == 1)
        if len(needed) > extra or not needed <= self.known:
            return
        others = sorted(self.known.intersection(self.relations + i for i in uses) - needed)
        for more in combinations(others, extra - len(needed)):
            self.looked_at += 1
            candidate = chosen | needed | set(more)
            if all(self.held(c, candidate, uses) for c in chosen if self.below[c]):
                yield candidate

    def held(self, c: int, candidate: frozenset[int], uses: dict[int, int]) -> bool:
        """Whether a relation with denominators can't be satisfied by one quantity's choice."""
        if not any(uses[i] == 1 and self.relations + i not in candidate for i in self.free[c]):
            return True
        box: Box = {}
        for i in self.variables[c]:
            x = self.system.published[i]
            box[i] = x if x is not None and self.relations + i in candidate else EVERYTHING
        slots = forward(self.system.tapes[c], box)
        return slots is None or any(has_zero(slots[z]) for z in self.below[c])
