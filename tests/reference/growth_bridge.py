"""Bridges the slow way: every order of the factors, one component at a time, in exact fractions."""

import itertools
import math
from fractions import Fraction


def worth(factors):
    product = Fraction(1)
    for factor in factors:
        product *= Fraction(factor)
    return product


def shapley(now, base, value=worth):
    """The mean, over all orders in which factors change, of what each adds when its turn comes."""
    orders = list(itertools.permutations(range(len(now))))
    parts = [Fraction(0)] * len(now)
    for order in orders:
        current = list(base)
        for k in order:
            before = value(current)
            current[k] = now[k]
            parts[k] += (value(current) - before) / len(orders)
    return parts


def additive(now, base):
    """Each factor alone, and what is left."""
    parts = []
    for k in range(len(now)):
        changed = list(base)
        changed[k] = now[k]
        parts.append(worth(changed) - worth(base))
    if len(now) > 1:
        parts.append(worth(now) - worth(base) - sum(parts))
    return parts


def log_mean(now, base):
    """The logarithmic mean of the products, times the logarithm of each factor's change."""
    a, b = float(worth(now)), float(worth(base))
    mean = a if a == b else (a - b) / math.log(a / b)
    return [mean * math.log(x / y) for x, y in zip(now, base, strict=True)]


METHODS = {"additive": additive, "shapley": shapley, "log_mean": log_mean}


def bridge(components_now, components_base, method, of="rate"):
    """Parts of components, each a list of factors: a list of parts for each."""
    base = sum(worth(c) for c in components_base)
    over = base if of == "rate" else 1
    return [
        [float(part / over) if isinstance(part, Fraction) else part / float(over) for part in METHODS[method](a, b)]
        for a, b in zip(components_now, components_base, strict=True)
    ]


def ratio(upper, lower, method):
    """Of the sum of `upper` over that of `lower`, now and then: own ratios, and weights against the average."""
    weights = [[Fraction(x) / sum(map(Fraction, xs)) for x in xs] for xs in lower]
    ratios = [[Fraction(a) / Fraction(b) for a, b in zip(a, b, strict=True)] for a, b in zip(upper, lower, strict=True)]
    heads = [sum(map(Fraction, a)) / sum(map(Fraction, b)) for a, b in zip(upper, lower, strict=True)]
    middle = heads[1] if method == "additive" else (heads[0] + heads[1]) / 2
    parts = []
    for k in range(len(upper[0])):
        own, mix, *joint = METHODS[method]((ratios[0][k], weights[0][k]), (ratios[1][k], weights[1][k]))
        parts.append([float(own), float(mix - (weights[0][k] - weights[1][k]) * middle), *map(float, joint)])
    return parts
