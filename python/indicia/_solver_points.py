"""Witnesses: points at which all relations hold, found by choosing one quantity after the other.

What is chosen for one narrows the others, exactly; an equation whose other quantities are chosen gives its last one as
a point. So there is nothing else to solve: the points are what propagation leaves, and are checked once more.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from typing import Final

from indicia._solver_propagate import Problem, Trail, propagate
from indicia._solver_ranges import ONE, ZERO, End, Range, less, plus, times
from indicia._solver_tape import Box, outputs, truth

Point = dict[int, End]

# A choice need not be followed to the last digit: what is left is chosen next, and the point is checked.
_GAIN: Final = 1e-2
_SWEEPS: Final = 20


def find_point(
    problem: Problem,
    box: Box,
    *,
    attempts: int,
    revisions: int,
    seed: int = 0,
) -> Point | None:
    """A point of the box at which all relations hold.

    Parameters
    ----------
    problem : Problem
    box : dict of int to Range
        Left as it was. What is in no relation is chosen too.
    attempts : int
        The first goes by the middles, the others by the ends and by chance.
    revisions : int
        How many are made at most.
    seed : int

    Returns
    -------
    dict of int to End, or None
    """
    rng = random.Random(seed)
    spent = 0
    trail = Trail()
    size = {i: _size(x) for i, x in box.items()}
    for attempt in range(attempts):
        follow = _followers(problem, size if attempt % 3 < 2 else {i: rng.random() for i in box})
        # Those first that the others follow from, and of these the ones that are best known.
        order = sorted(box, key=lambda i: (i in follow, size[i]))
        if attempt % 3 == 1:
            order.sort(key=lambda i: (i in follow, -size[i]))
        at, step = 0, max(len(order) - len(follow), 1) if attempt == 0 else 1
        while at < len(order) and step and spent <= revisions:
            # Many at once, as long as they let one another; half as many where they don't.
            chosen = order[at : at + step]
            mark = len(trail.entries)
            for values in choices([box[i] for i in chosen], rng, attempt):
                touched: dict[int, None] = {}
                for i, value in zip(chosen, values, strict=True):
                    if box[i] != (value, value):
                        trail.entries.append((i, box[i]))
                        box[i] = value, value
                        touched.update(dict.fromkeys(problem.users.get(i, ())))
                run = propagate(problem, box, touched, trail=trail, gain=_GAIN, sweeps=_SWEEPS)
                spent += run.revisions
                if not run.empty:
                    at += step
                    step = step * 2 if attempt == 0 else 1
                    break
                trail.undo(box, mark)
            else:
                step //= 2
        point = None
        if at >= len(order) and all(truth(tape, box) for tape in problem.tapes.values()):
            point = {i: x[0] for i, x in box.items()}
        trail.undo(box, 0)
        if point is not None or spent > revisions:
            return point
    return None


def _followers(problem: Problem, size: dict[int, float]) -> set[int]:
    """Variables that equations give once the others are chosen: one for each equation, as far as that goes.

    A variable that occurs in one equation only, and once, is what that one is solved for; the equation then says
    nothing about the others, so that another variable may be left in one equation only.
    """
    equations = {c: outputs(tape) for c, tape in problem.tapes.items() if tape.op == "="}
    left = {i: {c for c in users if c in equations} for i, users in problem.users.items()}
    ready = [(-size[i], i) for i, users in left.items() if len(users) == 1]
    heapq.heapify(ready)
    follow: set[int] = set()
    while ready:
        _, i = heapq.heappop(ready)
        if len(left[i]) != 1:
            continue
        (c,) = left[i]
        if i not in equations[c]:
            continue
        follow.add(i)
        for other in problem.tapes[c].variables:
            left[other].discard(c)
            if len(left[other]) == 1:
                heapq.heappush(ready, (-size[other], other))
    return follow


def _size(x: Range) -> float:
    """Narrow ranges are chosen from first: those that are hardly known follow from them."""
    (an, ad), (bn, bd) = x
    if not ad or not bd:
        return 2e308
    try:
        low, high = an / ad, bn / bd
    except OverflowError:
        return 1e308
    return (high - low) / (abs(high) + abs(low) + 1e-300)


def choices(ranges: list[Range], rng: random.Random, attempt: int) -> Iterator[list[End]]:
    """Values to try for all of them: the middles of several, more of one."""
    if len(ranges) > 1:
        yield [x[0] if x[0] == x[1] else between(x, 1, 2) for x in ranges]
    else:
        for value in _values(ranges[0], rng, attempt):
            yield [value]


def _values(x: Range, rng: random.Random, attempt: int) -> Iterator[End]:
    """Values to try, of few digits where the range has room for them."""
    low, high = x
    if low == high:
        yield low
        return
    if attempt:
        yield between(x, rng.randint(1, 31), 32)
    if attempt % 2:
        yield low if low[1] and rng.random() < 0.5 else between(x, 31, 32)
    yield between(x, 1, 2)
    if low[1]:
        yield low
    if high[1]:
        yield high
    if not attempt:
        yield between(x, 1, 8)
        yield between(x, 7, 8)


def between(x: Range, part: int, of: int) -> End:
    """A value so far between the ends, moved by less than a quarter of the way to one of few digits."""
    low, high = x
    if not low[1] and not high[1]:
        return [ONE, ZERO, (-1, 1), (100, 1), (-100, 1)][part % 5] if of > 8 else ONE
    step: End = (part, of - part)
    if not high[1]:
        return _beyond(low, times((abs(low[0]), low[1]), step) if low[0] else step)
    if not low[1]:
        n, d = _beyond((-high[0], high[1]), times((abs(high[0]), high[1]), step) if high[0] else step)
        return -n, d
    (an, ad), (bn, bd) = low, high
    middle = plus(times(low, (of - part, of)), times(high, (part, of)))
    wn, wd = bn * ad - an * bd, ad * bd
    room = (wn * min(part, of - part), wd * of * 2)  # not reduced
    places = 0
    power = 1
    while room[0] * power < room[1] and places < 400:
        places += 1
        power *= 10
    mn, md = middle
    if places == 400:
        return middle
    # whole multiples of a power of ten where the room is wide
    wide = 1
    while room[0] > room[1] * wide * 10 and wide < 10**60:
        wide *= 10
    rounded = plus(ZERO, (round_to(mn * power, md * wide) * wide, power))
    return middle if less(rounded, low) or less(high, rounded) else rounded


def round_to(n: int, d: int) -> int:
    """The whole number next to n / d."""
    return (2 * n + d) // (2 * d)


def _beyond(low: End, step: End) -> End:
    n, d = plus(low, step)
    whole = -(-n // d)  # not below
    return (whole, 1) if less(low, (whole, 1)) else (n, d)
