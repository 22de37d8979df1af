"""What is known: quantities with what is published of them, and relations that are to hold together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from indicia._expressions import Comparison, names
from indicia._solver_points import find_point
from indicia._solver_propagate import Problem, propagate
from indicia._solver_ranges import EVERYTHING, Range, end_of, less, value_of
from indicia._solver_tape import Box, tape_of

Bound: TypeAlias = Fraction | float  # a float where it is infinite
Bounds: TypeAlias = tuple[Bound, Bound]

_REVISIONS: Final = 5_000  # for the point at which a small system holds; thirty for each relation of a larger one


@dataclass(frozen=True, slots=True)
class Variable:
    """A quantity and what is published of it; nothing, where its ends are infinite.

    Attributes
    ----------
    name : str
    low, high : Fraction, int or float
        The closed interval's ends. Decimals that decide whether figures touch want to be fractions: the double next
        to 0.055 is not 0.055.
    """

    name: str
    low: Bound = -math.inf
    high: Bound = math.inf

    def __post_init__(self) -> None:
        if self.low != self.low or self.high != self.high:
            raise ValueError(f"variable {self.name!r}: an end is NaN; what is unknown reaches from -inf to inf")


@dataclass(frozen=True, slots=True)
class Constraint:
    """A relation that is to hold, under a name of its own.

    Attributes
    ----------
    name : str
        Not that of a variable either: both can be parts of a conflict.
    comparison : Comparison
        As `_expressions.parse` makes it.
    tag : object
        The caller's.
    """

    name: str
    comparison: Comparison
    tag: object = None


@dataclass(frozen=True, slots=True)
class Claim:
    """That a quantity lies in a closed interval; judged by everything but what the system has published of it.

    Attributes
    ----------
    name : str
        The variable's.
    low, high : Fraction, int or float
    tag : object
        The caller's.
    """

    name: str
    low: Bound
    high: Bound
    tag: object = None


class System:
    """Quantities, and relations that are to hold together.

    Parameters
    ----------
    variables : iterable of Variable
    constraints : iterable of Constraint

    Raises
    ------
    ValueError
        Two share a name, or a relation is about a quantity that isn't there.

    Examples
    --------
    >>> from indicia._expressions import parse
    >>> from indicia._solver import Constraint, System, Variable, enclose
    >>> system = System(
    ...     [Variable("target"), Variable("target_2023"), Variable("cut", 0.5, 0.5), Variable("said", 5.5, 5.5)],
    ...     [Constraint("a", parse("target = said")), Constraint("b", parse("target = target_2023 - cut"))],
    ... )
    >>> enclose(system).boxes["target_2023"]
    (Fraction(6, 1), Fraction(6, 1))
    """

    def __init__(self, variables: Iterable[Variable], constraints: Iterable[Constraint]) -> None:
        self.variables = tuple(variables)
        self.constraints = tuple(constraints)
        self.index: dict[str, int] = {}
        for i, variable in enumerate(self.variables):
            if self.index.setdefault(variable.name, i) != i:
                raise ValueError(f"two variables are called {variable.name!r}")
        self.numbers: dict[str, int] = {}
        for c, constraint in enumerate(self.constraints):
            if constraint.name in self.index or self.numbers.setdefault(constraint.name, c) != c:
                raise ValueError(f"constraint {constraint.name!r}: something else is called so")
            for name in names(constraint.comparison):
                if name not in self.index:
                    raise ValueError(f"constraint {constraint.name!r}: there is no variable {name!r}")
        self.published: list[Range | None] = [range_of(v.low, v.high) for v in self.variables]
        self.tapes = [tape_of(c.comparison, self.index) for c in self.constraints]
        self.problem = Problem(dict(enumerate(self.tapes)))
        self._parts: list[set[int]] | None = None
        self._point: tuple[dict[int, Range] | None] | None = None

    def without(self, *dropped: str) -> System:
        """The system less some constraints, and less what is published of some variables."""
        for name in dropped:
            if name not in self.index and name not in self.numbers:
                raise ValueError(f"there is nothing called {name!r}")
        return System(
            (Variable(v.name) if v.name in dropped else v for v in self.variables),
            (c for c in self.constraints if c.name not in dropped),
        )

    # ---- for the functions of this package

    def name_of(self, bit: int) -> str:
        """What a bit of a proof stands for."""
        relations = len(self.constraints)
        return self.constraints[bit].name if bit < relations else self.variables[bit - relations].name

    def names_of(self, reasons: int) -> tuple[str, ...]:
        """What a proof has used."""
        known = reasons & ((1 << (len(self.constraints) + len(self.variables))) - 1)
        found = []
        while known:
            bit = (known & -known).bit_length() - 1
            found.append(self.name_of(bit))
            known &= known - 1
        return tuple(found)

    def ranges(self, variables: Iterable[int], dropped: int = -1) -> tuple[Box, dict[int, int]]:
        """What is published of variables, less that of one, and whose doing that is."""
        box: Box = {}
        why: dict[int, int] = {}
        for i in variables:
            x = self.published[i]
            box[i] = EVERYTHING if x is None or i == dropped else x
            if box[i] is not EVERYTHING:
                why[i] = 1 << (len(self.constraints) + i)
        return box, why

    def fixed(self, i: int) -> bool:
        """Whether a variable is published as one point: nothing that one relation says of it concerns another."""
        x = self.published[i]
        return x is not None and x[0] == x[1]

    def around(self, variables: Iterable[int], *, left_out: int, dropped: int, most: int) -> tuple[list[int], bool]:
        """The relations that concern variables, nearest first, and whether those are all."""
        todo = list(variables)
        seen = set(todo)
        found: dict[int, None] = {}
        for i in todo:
            if self.fixed(i) and i != dropped:
                continue
            for c in self.problem.users.get(i, ()):
                if c == left_out or c in found:
                    continue
                if len(found) >= most:
                    return list(found), False
                found[c] = None
                for other in self.tapes[c].variables:
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
        return list(found), True

    def parts(self) -> list[set[int]]:
        """The relations, divided into parts that share no variable but points."""
        if self._parts is None:
            self._parts = []
            done: set[int] = set()
            for c, tape in enumerate(self.tapes):
                if c not in done:
                    free = [i for i in tape.variables if not self.fixed(i)]
                    part = {c, *self.around(free, left_out=-1, dropped=-1, most=len(self.tapes))[0]}
                    done |= part
                    self._parts.append(part)
        return self._parts

    def point(self) -> dict[int, Range] | None:
        """A point at which all of the system holds, where one is found at the first attempt; kept."""
        if self._point is None:
            box, _ = self.ranges(range(len(self.variables)))
            found = None
            if None not in self.published and not propagate(self.problem, box, self.problem.tapes).empty:
                most = 30 * len(self.tapes) + _REVISIONS
                found = find_point(self.problem, box, attempts=1, revisions=most)
            self._point = (None if found is None else {i: (end, end) for i, end in found.items()},)
        return self._point[0]


def range_of(low: Bound, high: Bound) -> Range | None:
    """The range between two figures, None where it is empty."""
    ends = end_of(low), end_of(high)
    return None if less(ends[1], ends[0]) or not (ends[0][1] or ends[0][0] < 0) or ends[1] == (-1, 0) else ends


def bounds_of(x: Range) -> Bounds:
    """The ends of a range, as figures."""
    return value_of(x[0]), value_of(x[1])
