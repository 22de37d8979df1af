"""Slow twins of the solver, and random ledgers to try it on.

Linear systems are decided by Fourier and Motzkin: equations are solved for one name and put into the others, then
one name after the other is eliminated, each lower bound on it against each upper one. All in fractions; strict bounds
count.
"""

import itertools
from dataclasses import dataclass, field
from fractions import Fraction

from indicia import Verdict
from indicia._expressions import Binary, Name, Negate, Number, evaluate, names, parse
from indicia._solver import Claim, Constraint, System, Variable

OPPOSITE = {"=": "<>", "<": [">="], "<=": ">", ">": ["<="], ">=": "<"}


# ---- linear systems ----------------------------------------------------------------------------------------------


def terms(node):
    """Factors by name; what stands alone is under ""."""
    if isinstance(node, Number):
        return {"": node.value}
    if isinstance(node, Name):
        return {node.name: Fraction(1)}
    if isinstance(node, Negate):
        return scaled(terms(node.operand), Fraction(-1))
    assert isinstance(node, Binary)
    left, right = terms(node.left), terms(node.right)
    if node.op in "+-":
        return total(left, right if node.op == "+" else scaled(right, Fraction(-1)))
    if node.op == "*":
        constant, other = (left, right) if set(left) <= {""} else (right, left)
        return scaled(other, constant.get("", Fraction(0)))
    return scaled(left, 1 / right[""])


def scaled(form, factor):
    return {name: factor * value for name, value in form.items()}


def total(a, b):
    return {name: a.get(name, Fraction(0)) + b.get(name, Fraction(0)) for name in {*a, *b}}


def rows(comparison):
    """``form op 0`` for op in = <= <."""
    form = terms(Binary("-", comparison.left, comparison.right))
    if comparison.op in (">", ">="):
        return [(scaled(form, Fraction(-1)), comparison.op.replace(">", "<"))]
    return [(form, comparison.op)]


def feasible(system):
    """Whether ``form op 0`` can all be true."""
    system = [({n: v for n, v in form.items() if v}, op) for form, op in system]
    while True:
        equation = next((s for s in system if s[1] == "=" and set(s[0]) - {""}), None)
        if equation is None:
            break
        name = min(set(equation[0]) - {""})
        system = [
            (total(form, scaled(equation[0], -form.get(name, Fraction(0)) / equation[0][name])), op)
            for form, op in system
            if (form, op) is not equation and form is not equation[0]
        ]
        system = [({n: v for n, v in form.items() if v}, op) for form, op in system]
    while True:
        left = sorted({name for form, _ in system for name in form} - {""})
        if not left:
            break
        name = left[0]
        below = [(scaled(f, 1 / -f[name]), op) for f, op in system if f.get(name, 0) < 0]  # name >= ...
        above = [(scaled(f, 1 / f[name]), op) for f, op in system if f.get(name, 0) > 0]
        rest = [(f, op) for f, op in system if name not in f]
        pairs = {}
        for (low, a), (high, b) in itertools.product(below, above):
            form = {n: v for n, v in total(low, high).items() if v}
            op = "<" if "<" in (a, b) else "<="
            pairs[tuple(sorted(form.items())), op] = (form, op)
        system = rest + list(pairs.values())
    for form, op in system:
        value = form.get("", Fraction(0))
        if not (value == 0 if op == "=" else value < 0 if op == "<" else value <= 0):
            return False
    return True


def system_rows(system, without=None):
    """All that a linear system says."""
    found = []
    for variable in system.variables:
        if variable.name == without:
            continue
        for sign, end in ((-1, variable.low), (1, variable.high)):
            if isinstance(end, Fraction):
                found.append(({variable.name: Fraction(sign), "": -sign * end}, "<="))
    for constraint in system.constraints:
        if constraint.name != without:
            found += rows(constraint.comparison)
    return found


def verdict(system, claim):
    """What is true of a claim, under a linear system."""
    rest = system_rows(system, claim.name)
    if isinstance(claim, Claim):
        sides = [parse(f"{claim.name} >= 0"), parse(f"{claim.name} <= 0")]
        sides = [
            type(side)(side.left, side.op, Number(end))
            for side, end in zip(sides, (claim.low, claim.high), strict=True)
        ]
    else:
        sides = [claim.comparison]
    if not feasible(rest):
        return Verdict.UNKNOWN
    if not feasible(rest + [row for side in sides for row in rows(side)]):
        return Verdict.CONTRADICTED
    cases = [type(side)(side.left, op, side.right) for side in sides for op in OPPOSITE[side.op]]
    if any(feasible(rest + rows(case)) for case in cases):
        return Verdict.POSSIBLE
    return Verdict.CERTAIN


# ---- random ledgers ----------------------------------------------------------------------------------------------


@dataclass
class RandomLedger:
    """True values, what is published of them, and relations that are true."""

    truth: dict = field(default_factory=dict)
    ends: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)
    definitions: dict = field(default_factory=dict)
    wrong: str | None = None  # the quantity that is published wrongly

    def system(self):
        variables = [Variable(name, *self.ends.get(name, (-float("inf"), float("inf")))) for name in self.truth]
        return System(variables, [Constraint(key, parse(text)) for key, text in self.texts.items()])

    def claims(self):
        """Everything that is said."""
        known = [Claim(name, *ends) for name, ends in self.ends.items()]
        return known + [Constraint(key, parse(text)) for key, text in self.texts.items()]


def rounded(value, step):
    """Ends of the figure that is printed for a value."""
    printed = round(value / step) * step
    return printed - step / 2, printed + step / 2


def random_ledger(rng, size=8, *, contradiction=False, linear=False):
    """Quantities of which some follow from others by ``+ - * /``, published rounded; some are not published at all.

    Parameters
    ----------
    rng : random.Random
    size : int
        How many quantities follow from others.
    contradiction : bool
        Whether one figure is published that its definition, by all others that are published, excludes.
    linear : bool
        Sums, differences and multiples only.
    """
    ledger = RandomLedger()
    for k in range(rng.randint(2, 4)):
        step = Fraction(10) ** rng.choice([-2, -1, 0])
        value = Fraction(rng.randint(2000, 90000), 100) if rng.random() < 0.8 else Fraction(rng.randint(20, 900))
        ledger.truth[f"x{k}"] = value
        exact = rng.random() < 0.2
        ledger.ends[f"x{k}"] = (value, value) if exact else rounded(value, step)
    for k in range(size):
        define(rng, ledger, f"y{k}", linear)
    for k in range(rng.randint(0, 3)):  # what follows from the others in another way
        a, b = rng.sample(sorted(ledger.truth), 2)
        high, low = (a, b) if ledger.truth[a] > ledger.truth[b] else (b, a)
        if ledger.truth[high] != ledger.truth[low]:
            ledger.texts[f"order{k}"] = rng.choice(["{} > {}", "{} >= {}"]).format(high, low)
    for key, text in list(ledger.texts.items()):
        if not linear and " / " in text and " = " in text and rng.random() < 0.3:
            name, formula = text.split(" = ")
            if formula.endswith(" - 1"):
                now, base = formula[:-4].split(" / ")
                ledger.texts[f"{key}_again"] = f"{now} = {base} * (1 + {name})"
    if contradiction:
        plant(rng, ledger)
    return ledger


def define(rng, ledger, name, linear):
    """Adds a quantity, its relation and perhaps its figure."""
    known = sorted(ledger.truth)
    a, b, c = rng.sample(known, 3) if len(known) > 2 else [*known, known[0]]
    shapes = [f"{a} + {b}", f"{a} - {b}", f"{a} + {b} + {c}", f"{rng.randint(2, 9)} * {a} - {b}", f"({a} + {b}) / 2"]
    if not linear:
        shapes += [
            f"{a} / {b} - 1",
            f"{a} / {b}",
            f"{a} * {b}",
            f"100 * {a} / ({b} + {c})",
            f"{a} * (1 + {b} / {c})",
        ] * 2
    for _ in range(20):
        formula = rng.choice(shapes)
        try:
            value = evaluate(parse(formula), ledger.truth)
        except ZeroDivisionError:
            continue
        if abs(value) < 10**7 and value.denominator < 10**40:
            break
    else:
        formula = a
        value = ledger.truth[a]
    ledger.truth[name] = value
    ledger.texts[f"define_{name}"] = f"{name} = {formula}"
    ledger.definitions[name] = formula
    if rng.random() < 0.7:
        digits = rng.choice([1, 2, 3, 4])
        size = Fraction(10) ** (len(str(int(abs(value)))) if abs(value) >= 1 else 0)
        ledger.ends[name] = rounded(value, size / 10**digits)


def hull(ledger, node):
    """Ends that enclose a formula, by the figures of what it is made of, or else by their definitions."""
    if isinstance(node, Number):
        return node.value, node.value
    if isinstance(node, Negate):
        low, high = hull(ledger, node.operand)
        return -high, -low
    if isinstance(node, Name):
        if node.name in ledger.ends:
            return ledger.ends[node.name]
        return hull(ledger, parse(ledger.definitions[node.name]))
    (a, b), (c, d) = hull(ledger, node.left), hull(ledger, node.right)
    if node.op == "+":
        return a + c, b + d
    if node.op == "-":
        return a - d, b - c
    if node.op == "/":
        if c <= 0 <= d:
            raise ZeroDivisionError
        c, d = 1 / d, 1 / c
    corners = [a * c, a * d, b * c, b * d]
    return min(corners), max(corners)


def plant(rng, ledger):
    """Publishes one figure that can't be."""
    names_of_defined = list(ledger.definitions)
    rng.shuffle(names_of_defined)
    for name in names_of_defined:
        try:
            low, high = hull(ledger, parse(ledger.definitions[name]))
        except ZeroDivisionError:
            continue
        step = max((high - low) / 4, abs(low) / 1000, Fraction(1, 1000))
        gap = step * Fraction(rng.choice([1, 10, 100, 1000]), 100)
        figure = (high + gap, high + gap + step) if rng.random() < 0.5 else (low - gap - step, low - gap)
        ledger.ends[name] = figure
        ledger.wrong = name
        return


def used(ledger, claims):
    """The names that claims are about."""
    return {n for key in claims for n in (names(parse(ledger.texts[key])) if key in ledger.texts else (key,))}
