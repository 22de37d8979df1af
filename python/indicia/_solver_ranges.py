"""Closed intervals with rational ends, exactly: what decides whether two figures touch.

An end is a pair (numerator, denominator), in lowest terms, the denominator above zero; (1, 0) and (-1, 0) are the
infinities, which compare like the others. Fractions would say the same; pairs take a fourth of the time, and a relation
is revised some ten thousand times. A range is a pair of ends, low and high, never empty: what is empty is None.

Results are exact until an end takes more than 320 bits, a hundred digits; then it is rounded outwards to 128 of them.
"""

from __future__ import annotations

import math
from fractions import Fraction
from math import gcd
from typing import Final, TypeAlias

End: TypeAlias = tuple[int, int]
Range: TypeAlias = tuple[End, End]

INFINITE: Final[End] = (1, 0)
MINUS_INFINITE: Final[End] = (-1, 0)
ZERO: Final[End] = (0, 1)
ONE: Final[End] = (1, 1)
EVERYTHING: Final[Range] = (MINUS_INFINITE, INFINITE)
NOTHING_BUT_ZERO: Final[Range] = (ZERO, ZERO)

_LONG: Final = 1 << 320
_KEPT: Final = 128  # bits
_VAST: Final = 1000  # bits: beyond 2 ** 1000 an end is infinite, below 2 ** -1000 it is zero; doubles go so far


# ---- to and from other figures -----------------------------------------------------------------------------------


def end_of(x: Fraction | float) -> End:
    """A figure as an end."""
    if isinstance(x, float) and math.isinf(x):
        return INFINITE if x > 0 else MINUS_INFINITE
    exact = Fraction(x)
    return exact.numerator, exact.denominator


def value_of(end: End) -> Fraction | float:
    """An end as a fraction; as a float where it is infinite."""
    n, d = end
    return Fraction(n, d) if d else math.copysign(math.inf, n)


def float_below(end: End) -> float:
    """The largest double not above an end."""
    n, d = end
    if not d:
        return math.copysign(math.inf, n)
    try:
        nearest = n / d
    except OverflowError:
        return -math.inf if n < 0 else 1.7976931348623157e308
    m, e = nearest.as_integer_ratio()
    return nearest if m * d <= n * e else math.nextafter(nearest, -math.inf)


def floats_around(x: Range) -> tuple[float, float]:
    """The tightest doubles around a range."""
    n, d = x[1]
    return float_below(x[0]), -float_below((-n, d))


# ---- ends ------------------------------------------------------------------------------------------------------


def less(a: End, b: End) -> bool:
    """Whether a < b."""
    an, ad = a
    bn, bd = b
    return an * bd < bn * ad if ad or bd else an < bn


def plus(a: End, b: End) -> End:
    """Their sum. An infinity wins; two of different signs never meet, as low ends meet low ones."""
    an, ad = a
    bn, bd = b
    if ad == bd:
        if ad == 1:
            return an + bn, 1
        if not ad:
            return a
        n, d = an + bn, ad
    elif not ad:
        return a
    elif not bd:
        return b
    else:
        n, d = an * bd + bn * ad, ad * bd
    g = gcd(n, d)
    return (n, d) if g == 1 else (n // g, d // g)


def times(a: End, b: End) -> End:
    """Their product; zero times infinity is zero, as no end that is infinite is ever taken."""
    an, ad = a
    bn, bd = b
    if not an or not bn:
        return ZERO
    n, d = an * bn, ad * bd
    if d == 1:
        return n, 1
    if not d:
        return INFINITE if n > 0 else MINUS_INFINITE
    g = gcd(n, d)
    return (n, d) if g == 1 else (n // g, d // g)


def _inverse(a: End) -> End:
    n, d = a
    return (d, n) if n > 0 else (-d, -n)


def _is_long(a: End) -> bool:
    n, d = a
    return d > _LONG or n > _LONG or n < -_LONG


def _floor(a: End) -> End:
    """The largest end of 128 bits that is not above."""
    n, d = a
    size = n.bit_length() - d.bit_length()
    if size > _VAST:
        return (1 << _VAST, 1) if n > 0 else MINUS_INFINITE
    if size < -_VAST:
        return ZERO if n > 0 else (-1, 1 << _VAST)
    shift = _KEPT - size
    if shift < 0:
        return (n // (d << -shift)) << -shift, 1
    n, d = (n << shift) // d, 1 << shift
    g = gcd(n, d)
    return n // g, d // g


def shortened(x: Range) -> Range:
    """A range around it whose ends are not too long."""
    low, high = x
    if _is_long(low):
        low = _floor(low)
    if _is_long(high):
        n, d = _floor((-high[0], high[1]))
        high = -n, d
    return low, high


# ---- ranges ----------------------------------------------------------------------------------------------------


def meet(x: Range, y: Range) -> Range | None:
    """What two ranges have in common, be it one point."""
    (an, ad), (bn, bd) = a, b = x
    (cn, cd), (dn, dd) = c, d = y
    low = c if (an * cd < cn * ad if ad or cd else an < cn) else a
    high = d if (dn * bd < bn * dd if bd or dd else dn < bn) else b
    return None if less(high, low) else (low, high)


def meet_any(x: Range, pieces: tuple[Range, ...]) -> Range | None:
    """The hull of what a range has in common with pieces."""
    hull: Range | None = None
    for piece in pieces:
        part = meet(x, piece)
        if part is None:
            continue
        if hull is None:
            hull = part
        else:
            hull = (
                part[0] if less(part[0], hull[0]) else hull[0],
                part[1] if less(hull[1], part[1]) else hull[1],
            )
    return hull


def has_zero(x: Range) -> bool:
    """Whether zero lies within."""
    return x[0][0] <= 0 <= x[1][0]


def negative(x: Range) -> Range:
    """-x"""
    (an, ad), (bn, bd) = x
    return (-bn, bd), (-an, ad)


def add(x: Range, y: Range) -> Range:
    """x + y"""
    return plus(x[0], y[0]), plus(x[1], y[1])


def subtract(x: Range, y: Range) -> Range:
    """x - y"""
    (cn, cd), (dn, dd) = y
    return plus(x[0], (-dn, dd)), plus(x[1], (-cn, cd))


def multiply(x: Range, y: Range) -> Range:
    """x * y"""
    a, b = x
    c, d = y
    if a[0] >= 0:
        low = times(a if c[0] >= 0 else b, c)
        high = times(a if d[0] <= 0 else b, d)
    elif b[0] <= 0:
        low = times(b if d[0] <= 0 else a, d)
        high = times(b if c[0] >= 0 else a, c)
    elif c[0] >= 0:
        low, high = times(a, d), times(b, d)
    elif d[0] <= 0:
        low, high = times(b, c), times(a, c)
    else:
        low, other = times(a, d), times(b, c)
        if less(other, low):
            low = other
        high, other = times(a, c), times(b, d)
        if less(high, other):
            high = other
    return shortened((low, high)) if _is_long(low) or _is_long(high) else (low, high)


def divide(x: Range, y: Range) -> tuple[Range, ...]:
    """{x / y : y != 0}, in at most two pieces: where zero lies inside y, two half-lines may remain."""
    c, d = y
    if c[0] > 0 or d[0] < 0:
        return (multiply(x, (_inverse(d), _inverse(c))),)
    if not x[0][0] and not x[1][0]:
        return (NOTHING_BUT_ZERO,) if c[0] or d[0] else ()
    pieces = []
    if c[0] < 0:
        pieces.append(multiply(x, (MINUS_INFINITE, _inverse(c))))
    if d[0] > 0:
        pieces.append(multiply(x, (_inverse(d), INFINITE)))
    return tuple(pieces)


def power(x: Range, n: int) -> Range:
    """x ** n for n > 0"""
    low, high = x
    if high[0] <= 0 or (low[0] < 0 and n % 2 == 0 and less(high, (-low[0], low[1]))):
        x = low, high = negative(x)
        turned = n % 2 == 1
    else:
        turned = False
    if low[0] < 0:
        if n % 2:
            return negative(power((ZERO, (-low[0], low[1])), n))[0], power((ZERO, high), n)[1]
        x = ZERO, high
    result: Range | None = None
    while True:  # by squares, so that ends are shortened on the way
        if n & 1:
            result = x if result is None else multiply(result, x)
        n >>= 1
        if not n:
            break
        x = multiply(x, x)
    assert result is not None
    return negative(result) if turned else result


def roots(z: Range, n: int) -> tuple[Range, ...]:
    """{x : x ** n in z} for n > 0, in at most two pieces."""
    low, high = z
    if n % 2:
        return ((_root_below(low, n), _root_above(high, n)),)
    if high[0] < 0:
        return ()
    outer = _root_above(high, n)
    if low[0] <= 0:
        return (((-outer[0], outer[1]), outer),)
    inner = _root_below(low, n)
    return ((-outer[0], outer[1]), (-inner[0], inner[1])), (inner, outer)


def _root_above(a: End, n: int) -> End:
    """The n-th root where it is rational, else one above it."""
    if n % 2:
        m, d = _root_below((-a[0], a[1]), n)
        return -m, d
    p, q = a
    m, d = root = _root_below(a, n)
    if not q or m**n * q == p * d**n:
        return root
    return plus(root, (1, 1 << _places(p, q, n)))


def _root_below(a: End, n: int) -> End:
    """The n-th root where it is rational, else the next below it on a grid of some hundred bits."""
    p, q = a
    if not q or not p:
        return a
    size = abs(p)  # below zero only where n is odd
    up, d = _whole_root(size, n), _whole_root(q, n)
    if up**n == size and d**n == q:
        return (up if p > 0 else -up), d
    k = _places(size, q, n)
    up = _whole_root((size << (n * k)) // q, n)
    return plus((0, 1 << k), (up if p > 0 else -up - 1, 1 << k))  # in lowest terms


def _places(p: int, q: int, n: int) -> int:
    """How many binary places give a root of p / q a hundred bits and more."""
    return max(128 - (p.bit_length() - q.bit_length()) // n, 0)


def _whole_root(p: int, n: int) -> int:
    """The largest whole number whose n-th power is not above p."""
    if n == 1:
        return p
    if n == 2:
        return math.isqrt(p)
    if not p:
        return 0
    bits = math.log2(p) / n
    whole = int(bits)
    guess = int(2 ** (bits - whole) * (1 << 52))
    guess = guess << (whole - 52) if whole > 52 else guess >> (52 - whole)
    guess += (guess >> 40) + 1  # above it: Newton's steps fall
    while True:
        step = ((n - 1) * guess + p // guess ** (n - 1)) // n
        if step >= guess:
            return guess
        guess = step
