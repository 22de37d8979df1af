"""A relation as a tape: operations on numbered slots, run forwards to find what its sides can be, and backwards (HC4)
to find what that leaves for its quantities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from indicia._expressions import Binary, Comparison, Name, Negate, Node, Number, Power, postorder
from indicia._solver_ranges import (
    EVERYTHING,
    NOTHING_BUT_ZERO,
    ONE,
    Range,
    add,
    divide,
    end_of,
    has_zero,
    less,
    meet,
    meet_any,
    multiply,
    negative,
    power,
    roots,
    subtract,
)

ADD: Final = 0
SUBTRACT: Final = 1
MULTIPLY: Final = 2
DIVIDE: Final = 3
NEGATE: Final = 4
POWER: Final = 5
_CODES: Final = {"+": ADD, "-": SUBTRACT, "*": MULTIPLY, "/": DIVIDE}
_MIRROR: Final = {"=": "=", "<=": "<=", "<": "<", ">=": "<=", ">": "<"}
_MOST_TERMS: Final = 2000  # of a sum whose terms are collected

Operation = tuple[int, int, int]  # code, operand, and other operand or exponent
Box = dict[int, Range]


@dataclass(frozen=True, slots=True)
class Tape:
    """What `revise` runs. Slots: the variables, the constants, then one for each operation.

    Attributes
    ----------
    variables : tuple of int
        Which of the system's variables each of the first slots holds.
    constants : tuple of Range
    operations : tuple of Operation
    op : {"=", "<=", "<"}
        How slot `left` compares with slot `right`.
    left, right : int
    repeated : tuple of int
        The slots of variables that are used more than once.
    """

    variables: tuple[int, ...]
    constants: tuple[Range, ...]
    operations: tuple[Operation, ...]
    op: str
    left: int
    right: int
    repeated: tuple[int, ...] = ()

    def uses(self) -> list[int]:
        """How often each slot is an operand or a side."""
        uses = [0] * (len(self.variables) + len(self.constants) + len(self.operations))
        for code, a, b in self.operations:
            uses[a] += 1
            if code <= DIVIDE:
                uses[b] += 1
        uses[self.left] += 1
        uses[self.right] += 1
        return uses

    def denominators(self) -> list[int]:
        """Slots that something is divided by, figures other than zero aside."""
        k = len(self.variables)
        figures = {k + i for i, x in enumerate(self.constants) if not has_zero(x)}
        return [b for code, _, b in self.operations if code == DIVIDE and b not in figures]


def tape_of(comparison: Comparison, index: Mapping[str, int]) -> Tape:
    """Compiles; equal subexpressions share a slot, and a name that occurs again in a sum is collected first."""
    gathered = _gathered(comparison)
    comparison = comparison if gathered is None else gathered
    names: dict[str, int] = {}
    figures: dict[Fraction, int] = {}
    for node in postorder(comparison):
        if isinstance(node, Name):
            names.setdefault(node.name, len(names))
        elif isinstance(node, Number):
            figures.setdefault(node.value, len(figures))
        elif isinstance(node, Power) and node.exponent <= 0:
            figures.setdefault(Fraction(1), len(figures))
    first = len(names) + len(figures)
    operations: dict[Operation, int] = {}

    def slot(code: int, a: int, b: int = 0) -> int:
        return operations.setdefault((code, a, b), first + len(operations))

    stack: list[int] = []
    for node in postorder(comparison):
        if isinstance(node, Name):
            stack.append(names[node.name])
        elif isinstance(node, Number):
            stack.append(len(names) + figures[node.value])
        elif isinstance(node, Negate):
            stack.append(slot(NEGATE, stack.pop()))
        elif isinstance(node, Binary):
            right = stack.pop()
            stack.append(slot(_CODES[node.op], stack.pop(), right))
        else:
            one = len(names) + figures.get(Fraction(1), 0)
            operand = stack.pop()
            raised = slot(POWER, operand, abs(node.exponent)) if abs(node.exponent) > 1 else operand
            if node.exponent == 0:
                raised = one
            stack.append(slot(DIVIDE, one, raised) if node.exponent < 0 else raised)
    right, left = stack.pop(), stack.pop()
    if comparison.op in (">", ">="):
        left, right = right, left
    constants = tuple((end, end) for end in map(end_of, figures))
    tape = Tape(tuple(index[name] for name in names), constants, tuple(operations), _MIRROR[comparison.op], left, right)
    uses = tape.uses()
    for z, (code, a, b) in reversed(list(enumerate(tape.operations, first))):
        if uses[z] > 1:  # what a slot that is used twice is made of is used twice too
            uses[a] += 1
            if code <= DIVIDE:
                uses[b] += 1
    return replace(tape, repeated=tuple(k for k in range(len(names)) if uses[k] > 1))


def _gathered(comparison: Comparison) -> Comparison | None:
    """The comparison with each name once, where both sides are sums of multiples and some name occurs again."""
    seen: set[str] = set()
    again = False
    for node in postorder(comparison):
        if isinstance(node, Name):
            again = again or node.name in seen
            seen.add(node.name)
    if not again:
        return None
    terms = linear(Binary("-", comparison.left, comparison.right))
    if terms is None:
        return None
    sides: list[Node | None] = [None, None]
    for name, factor in terms.items():
        if factor:
            size: Node = Number(abs(factor))
            if name is not None:
                size = Name(name) if abs(factor) == 1 else Binary("*", size, Name(name))
            side = sides[factor < 0]
            sides[factor < 0] = size if side is None else Binary("+", side, size)
    left, right = (Number(Fraction(0)) if side is None else side for side in sides)
    return Comparison(left, comparison.op, right)


def linear(node: Node) -> dict[str | None, Fraction] | None:
    """The factor of each name, and under None what stands alone; None where the node is no sum of multiples."""
    stack: list[dict[str | None, Fraction]] = []
    for here in postorder(node):
        if isinstance(here, Number):
            stack.append({None: here.value})
        elif isinstance(here, Name):
            stack.append({here.name: Fraction(1)})
        elif isinstance(here, Negate):
            stack.append({name: -factor for name, factor in stack.pop().items()})
        elif isinstance(here, Power):
            return None
        else:
            right, left = stack.pop(), stack.pop()
            if here.op in "+-":
                sign = 1 if here.op == "+" else -1
                for name, factor in right.items():
                    left[name] = left.get(name, Fraction(0)) + sign * factor
                stack.append(left)
            else:
                if here.op == "*" and left.keys() <= {None}:
                    left, right = right, left
                if not right.keys() <= {None} or (here.op == "/" and not right[None]):
                    return None
                scale = right[None] if here.op == "*" else 1 / right[None]
                stack.append({name: factor * scale for name, factor in left.items()})
        if len(stack[-1]) > _MOST_TERMS:
            return None
    return stack.pop()


# ---- running it ------------------------------------------------------------------------------------------------


def forward(tape: Tape, box: Box) -> list[Range] | None:
    """What each slot can be; None where one has no value."""
    slots: list[Range] = [box[i] for i in tape.variables]
    slots.extend(tape.constants)
    for code, a, b in tape.operations:
        if code == ADD:
            slots.append(add(slots[a], slots[b]))
        elif code == MULTIPLY:
            slots.append(multiply(slots[a], slots[b]))
        elif code == SUBTRACT:
            slots.append(subtract(slots[a], slots[b]))
        elif code == DIVIDE:
            hull = meet_any(EVERYTHING, divide(slots[a], slots[b]))
            if hull is None:
                return None
            slots.append(hull)
        elif code == NEGATE:
            slots.append(negative(slots[a]))
        else:
            slots.append(power(slots[a], b))
    return slots


def _slopes(tape: Tape, slots: list[Range], variable: int) -> list[Range | None]:
    """How each slot changes with one variable's; None where it doesn't depend on it."""
    slopes: list[Range | None] = [None] * (len(tape.variables) + len(tape.constants))
    slopes[variable] = (ONE, ONE)
    for z, (code, a, b) in enumerate(tape.operations, len(slopes)):
        da, db = slopes[a], (slopes[b] if code <= DIVIDE else None)
        slope: Range | None = None
        if da is None and db is None:
            pass
        elif code == ADD:
            slope = add(da, db) if da and db else da or db
        elif code == SUBTRACT:
            slope = subtract(da or NOTHING_BUT_ZERO, db or NOTHING_BUT_ZERO)
        elif code == NEGATE and da:
            slope = negative(da)
        elif code == MULTIPLY:
            parts = [multiply(d, slots[x]) for d, x in ((da, b), (db, a)) if d]
            slope = parts[0] if len(parts) == 1 else add(*parts)
        elif code == DIVIDE:  # z = x / y: (dx - z dy) / y
            above = subtract(da or NOTHING_BUT_ZERO, multiply(slots[z], db) if db else NOTHING_BUT_ZERO)
            slope = EVERYTHING if has_zero(slots[b]) else divide(above, slots[b])[0]
        elif da:
            slope = multiply(da, multiply(((b, 1), (b, 1)), power(slots[a], b - 1)))
        slopes.append(slope)
    return slopes


def tightened(tape: Tape, box: Box, slots: list[Range]) -> bool:
    """Narrows both sides, of which the slots know too little where a variable repeats; False where they can't compare.

    In ``part / (part + rest)`` the two parts are not free of one another. But it rises with its part, all over the
    box: so its ends are those at the ends of the part.
    """
    difference = len(slots)
    corners: dict[int, tuple[Box, Box]] = {}
    for variable in tape.repeated:
        i = tape.variables[variable]
        low, high = box[i]
        if low == high:
            continue
        slopes = _slopes(tape, slots, variable)
        left, right = slopes[tape.left], slopes[tape.right]
        both = subtract(left or NOTHING_BUT_ZERO, right or NOTHING_BUT_ZERO)
        for target, slope in ((tape.left, left), (tape.right, right), (difference, both)):
            if slope is None or (not (rises := slope[0][0] >= 0) and slope[1][0] > 0):
                continue
            if target not in corners:
                corners[target] = {}, {}
            down, up = (low, high) if rises else (high, low)
            if down[1]:
                corners[target][0][i] = down, down
            if up[1]:
                corners[target][1][i] = up, up
    for target, (bottom, top) in corners.items():
        lowest, highest = forward(tape, {**box, **bottom}), forward(tape, {**box, **top})
        if lowest is None or highest is None:
            continue  # a corner where it has no value says nothing about the others
        if target == difference:
            below = subtract(lowest[tape.left], lowest[tape.right])[0]
            above = subtract(highest[tape.left], highest[tape.right])[1]
            if below[0] > 0 or (tape.op == "<" and below[0] == 0) or (tape.op == "=" and above[0] < 0):
                return False
        else:
            new = meet(slots[target], (lowest[target][0], highest[target][1]))
            if new is None:
                return False
            slots[target] = new
    return True


def compared(tape: Tape, slots: list[Range]) -> bool:
    """Narrows both sides to where they can compare as they should; False where they can't."""
    left, right = slots[tape.left], slots[tape.right]
    if tape.op == "=":
        both = meet(left, right)
        if both is None:
            return False
        slots[tape.left] = slots[tape.right] = both
        return True
    low, high = left[0], right[1]
    if less(high, low) or (tape.op == "<" and not less(low, high)):
        return False
    if less(high, left[1]):
        slots[tape.left] = low, high
    if less(right[0], low):
        slots[tape.right] = low, high
    return True


def revise(tape: Tape, box: Box) -> list[Range] | None:
    """HC4-revise: what the relation leaves for each of its variables, in the tape's order; None for nothing."""
    slots = forward(tape, box)
    if slots is None or (tape.repeated and not tightened(tape, box, slots)) or not compared(tape, slots):
        return None
    z = len(slots)
    for code, a, b in reversed(tape.operations):
        z -= 1
        out, x = slots[z], slots[a]
        if code <= DIVIDE:
            y = slots[b]
            if code == ADD:
                new = meet(x, subtract(out, y))
                if new is None:
                    return None
                slots[a] = new
                new = meet(slots[b], subtract(out, new))
            elif code == SUBTRACT:
                new = meet(x, add(out, y))
                if new is None:
                    return None
                slots[a] = new
                new = meet(slots[b], subtract(new, out))
            elif code == MULTIPLY:
                new = x
                zero = has_zero(out)
                if not (zero and has_zero(y)):
                    narrower = meet_any(x, divide(out, y))
                    if narrower is None:
                        return None
                    slots[a] = new = narrower
                new = slots[b] if zero and has_zero(new) else meet_any(slots[b], divide(out, new))
            else:
                new = meet(x, multiply(out, y))
                if new is None:
                    return None
                slots[a] = new
                # of out * y = x: y may be anything where both others are zero
                new = slots[b] if has_zero(out) and has_zero(new) else meet_any(slots[b], divide(new, out))
            if new is None:
                return None
            slots[b] = new
        else:
            new = meet(x, negative(out)) if code == NEGATE else meet_any(x, roots(out, b))
            if new is None:
                return None
            slots[a] = new
    return slots[: len(tape.variables)]


def truth(tape: Tape, box: Box) -> bool | None:
    """Whether the relation is true of a box that is one point; None where figures were too long to tell."""
    slots = forward(tape, box)
    if slots is None:
        return False
    for low, high in slots:
        if low != high:
            return None
    (an, ad), (bn, bd) = slots[tape.left][0], slots[tape.right][0]
    difference = an * bd - bn * ad
    return not difference if tape.op == "=" else difference < 0 or (tape.op == "<=" and not difference)


def outputs(tape: Tape) -> set[int]:
    """Variables that an equation can be solved for: they occur once in it, and under no power."""
    raised = {a for code, a, _ in tape.operations if code == POWER}
    uses = tape.uses()
    return {i for k, i in enumerate(tape.variables) if uses[k] == 1 and k not in raised}


def free_slots(tape: Tape) -> Sequence[bool]:
    """For each variable, whether its own choice can always satisfy the relation (where that has a value at all): it
    occurs once, and nothing but sums, differences and multiples stand between it and the comparison.
    """
    uses = tape.uses()
    constant = [False] * len(uses)
    k = len(tape.variables)
    for i, (low, _) in enumerate(tape.constants):
        constant[k + i] = low[0] != 0
    free = [False] * len(uses)
    if tape.left != tape.right:
        free[tape.left] = free[tape.right] = True
    for z in range(len(uses) - 1, k + len(tape.constants) - 1, -1):
        code, a, b = tape.operations[z - k - len(tape.constants)]
        if not free[z] or uses[z] != 1:
            continue
        free[a] = code in (ADD, SUBTRACT, NEGATE) or (code in (MULTIPLY, DIVIDE) and constant[b])
        if code <= DIVIDE and a != b:
            free[b] = code in (ADD, SUBTRACT) or (code == MULTIPLY and constant[a])
    return [free[i] and uses[i] == 1 for i in range(k)]
