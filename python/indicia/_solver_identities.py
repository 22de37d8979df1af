"""Relations that say the same: ``g = now / base - 1`` and ``now = base * (1 + g)``.

Propagation and boxes can't prove that two equations agree, as there is always some box left in which they might not.
Multiplied out, they are the same polynomial.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, TypeAlias

from indicia._expressions import Binary, Comparison, Name, Negate, Node, Number, Power, postorder

Monomial: TypeAlias = tuple[tuple[str, int], ...]  # names and their powers, sorted
Polynomial: TypeAlias = dict[Monomial, Fraction]

_MOST_TERMS: Final = 200
_MOST_WORK: Final = 5_000  # products of terms, for one side


class _TooLarge(Exception):
    """Multiplied out, it would have too many terms."""


def numerator(comparison: Comparison) -> Polynomial | None:
    """What is zero where both sides are equal, scaled so that its first factor is 1; None where that is too large.

    Examples
    --------
    >>> from indicia._expressions import parse
    >>> from indicia._solver_identities import numerator
    >>> numerator(parse("g = now / base - 1")) == numerator(parse("now = base * (1 + g)"))
    True
    >>> numerator(parse("(a + b) ** 2 = a * a + 2 * a * b + b * b"))
    {}
    """
    try:
        above, _ = _Quotients().of(Binary("-", comparison.left, comparison.right))
    except _TooLarge:
        return None
    if not above:
        return {}
    first = above[min(above)]
    return {monomial: factor / first for monomial, factor in sorted(above.items())}


class _Quotients:
    """Turns nodes into quotients of polynomials."""

    def __init__(self) -> None:
        self.work = 0

    def of(self, node: Node) -> tuple[Polynomial, Polynomial]:
        one: Polynomial = {(): Fraction(1)}
        stack: list[tuple[Polynomial, Polynomial]] = []
        for here in postorder(node):
            if isinstance(here, Number):
                stack.append(({(): here.value} if here.value else {}, one))
            elif isinstance(here, Name):
                stack.append(({((here.name, 1),): Fraction(1)}, one))
            elif isinstance(here, Negate):
                above, below = stack.pop()
                stack.append(({m: -factor for m, factor in above.items()}, below))
            elif isinstance(here, Power):
                above, below = stack.pop()
                if here.exponent < 0:
                    above, below = below, above
                result = one, one
                for _ in range(abs(here.exponent)):
                    result = self.product(result[0], above), self.product(result[1], below)
                stack.append(result)
            else:
                (c, d), (a, b) = stack.pop(), stack.pop()
                if here.op in "+-":
                    sign = 1 if here.op == "+" else -1
                    if b == d:
                        stack.append((self.total(a, c, sign), b))
                    else:
                        stack.append((self.total(self.product(a, d), self.product(c, b), sign), self.product(b, d)))
                elif here.op == "*":
                    stack.append((self.product(a, c), self.product(b, d)))
                else:
                    stack.append((self.product(a, d), self.product(b, c)))
        return stack.pop()

    def total(self, a: Polynomial, b: Polynomial, sign: int) -> Polynomial:
        result = dict(a)
        for monomial, factor in b.items():
            value = result.get(monomial, Fraction(0)) + sign * factor
            if value:
                result[monomial] = value
            else:
                result.pop(monomial, None)
        return self.bounded(result)

    def product(self, a: Polynomial, b: Polynomial) -> Polynomial:
        self.work += len(a) * len(b)
        if self.work > _MOST_WORK:
            raise _TooLarge
        result: Polynomial = {}
        for m, p in a.items():
            for n, q in b.items():
                powers = dict(m)
                for name, power in n:
                    powers[name] = powers.get(name, 0) + power
                monomial = tuple(sorted(powers.items()))
                value = result.get(monomial, Fraction(0)) + p * q
                if value:
                    result[monomial] = value
                else:
                    result.pop(monomial, None)
        return self.bounded(result)

    @staticmethod
    def bounded(polynomial: Polynomial) -> Polynomial:
        if len(polynomial) > _MOST_TERMS or any(
            factor.numerator.bit_length() + factor.denominator.bit_length() > 2000 for factor in polynomial.values()
        ):
            raise _TooLarge
        return polynomial
