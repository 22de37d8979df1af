"""What relations leave for their quantities: each is revised (HC4) until none of them narrows anything any more."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from indicia._solver_ranges import Range
from indicia._solver_tape import Box, Tape, revise

GAIN: Final = 1e-9
SWEEPS: Final = 1000
_REVISIONS: Final = 50_000  # of all relations together, beyond twenty of each
_PARTS: Final = 10**15
_FREELY: Final = 8  # narrowings of a variable that count however small they are: figures touch exactly


class Problem:
    """Relations that are to hold together.

    Attributes
    ----------
    tapes : dict of int to Tape
        By numbers that the caller has given them.
    users : dict of int to list of int
        For each variable that occurs, the relations that it occurs in.
    """

    __slots__ = ("tapes", "users")

    def __init__(self, tapes: Mapping[int, Tape]) -> None:
        self.tapes = dict(tapes)
        self.users: dict[int, list[int]] = {}
        for c, tape in self.tapes.items():
            for i in tape.variables:
                self.users.setdefault(i, []).append(c)

    def and_also(self, tapes: Mapping[int, Tape]) -> Problem:
        """The problem with more relations."""
        return Problem({**self.tapes, **tapes})


@dataclass(slots=True)
class Run:
    """One propagation, and what came of it.

    Attributes
    ----------
    empty : bool
        Nothing satisfies the relations.
    culprit : int
        The relation that found it so, -1 for none.
    revisions : int
    stopped : str
        Why it ended early; "" where nothing changes any more.
    """

    empty: bool = False
    culprit: int = -1
    revisions: int = 0
    stopped: str = ""


@dataclass(slots=True)
class Trail:
    """What was overwritten, so that a choice can be taken back."""

    entries: list[tuple[int, Range]] = field(default_factory=list)

    def undo(self, box: Box, mark: int) -> None:
        """Puts back what has been overwritten since the mark, an earlier length."""
        while len(self.entries) > mark:
            i, old = self.entries.pop()
            box[i] = old


def propagate(
    problem: Problem,
    box: Box,
    start: Iterable[int],
    *,
    why: dict[int, int] | None = None,
    trail: Trail | None = None,
    gain: float = GAIN,
    sweeps: int = SWEEPS,
) -> Run:
    """Narrows `box` in place.

    Parameters
    ----------
    problem : Problem
    box : dict of int to Range
        For each variable of the problem.
    start : iterable of int
        The relations that are revised first; others follow where their variables become narrower.
    why : dict of int, optional
        For each variable, the set of what has narrowed it, as bits: filled in.
    trail : Trail, optional
    gain : float
        The relative narrowing that is worth another revision.
    sweeps : int
        How often, on average, relations are revised at most.

    Returns
    -------
    Run
    """
    run = Run()
    queue = deque(start)
    waiting = set(queue)
    tapes, users = problem.tapes, problem.users
    relations = len(tapes)
    most = min(sweeps * max(relations, 1), 20 * relations + _REVISIONS)
    narrowed: dict[int, int] = {}
    while queue:
        if run.revisions >= most:
            at_sweeps = most == sweeps * max(relations, 1)
            run.stopped = f"stopped after {sweeps} sweeps" if at_sweeps else f"stopped after {most} revisions"
            break
        c = queue.popleft()
        waiting.discard(c)
        if c < 0:  # a variable: only now, so that one that many relations narrow wakes them once a round
            for other in users[~c]:
                if other not in waiting:
                    waiting.add(other)
                    queue.append(other)
            continue
        tape = tapes[c]
        run.revisions += 1
        new = revise(tape, box)
        if new is None:
            run.empty, run.culprit = True, c
            if why is not None:
                why[-1] = _reasons(tape, c, why)
            break
        reasons = None
        for i, x in zip(tape.variables, new, strict=True):
            old = box[i]
            if x == old:
                continue
            if trail is not None:
                trail.entries.append((i, old))
            box[i] = x
            if why is not None:
                if reasons is None:
                    reasons = _reasons(tape, c, why)
                why[i] = reasons
            narrowed[i] = count = narrowed.get(i, 0) + 1
            if count > _FREELY and not worthwhile(old, x, gain):
                run.stopped = f"narrowings below {gain:g} were not followed"
                continue
            if ~i not in waiting:
                waiting.add(~i)
                queue.append(~i)
    return run


def _reasons(tape: Tape, c: int, why: dict[int, int]) -> int:
    reasons = 1 << c
    for i in tape.variables:
        reasons |= why.get(i, 0)
    return reasons


def worthwhile(old: Range, new: Range, gain: float) -> bool:
    """Whether a range has become narrower by more than a fraction of its width."""
    (an, ad), (bn, bd) = old
    (cn, cd), (dn, dd) = new
    parts = round(gain * _PARTS)  # whole numbers only: ends may be too long for a double
    if ad and bd:
        width, narrow = (bn * ad - an * bd) * cd * dd, (dn * cd - cn * dd) * ad * bd
        return (width - narrow) * _PARTS > parts * width
    if (ad > 0) + (bd > 0) < (cd > 0) + (dd > 0):
        return True
    # of a half-line: by how far its end has moved, relative to where it was
    (pn, pd), (qn, qd) = (old[0], new[0]) if ad else (old[1], new[1])
    if not pd or not qd:
        return False
    return abs(qn * pd - pn * qd) * _PARTS > parts * abs(pn * qd)
