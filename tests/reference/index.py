"""Index numbers the slow way: one item at a time, in words of the definitions. Missing figures are None."""

from __future__ import annotations

import math


def matched(p0, p1, *others):
    """The items of which all figures are known, as rows of figures."""
    return [row for row in zip(p0, p1, *others, strict=True) if None not in row]


def quotient(top, bottom):
    return top / bottom if bottom else None


def mean(weights, figures):
    """Weighted; None where the weights come to nothing."""
    return quotient(math.fsum(w * x for w, x in zip(weights, figures, strict=True)), math.fsum(weights))


def log_mean(a, b):
    if a == 0 or b == 0:
        return 0.0
    return a if a == b else (a - b) / math.log(a / b)


def power(x):
    return None if x is None else math.exp(x)


def of_prices(name, p0, p1):
    rows = matched(p0, p1)
    if name == "matched":
        return len(rows)
    if not rows:
        return None
    relatives = [b / a for a, b in rows]
    n = len(rows)
    if name == "carli":
        return math.fsum(relatives) / n
    if name == "harmonic":
        return n / math.fsum(1 / r for r in relatives)
    if name == "cswd":
        return math.sqrt(of_prices("carli", p0, p1) * of_prices("harmonic", p0, p1))
    if name == "jevons":
        return math.exp(math.fsum(math.log(r) for r in relatives) / n)
    if name == "dutot":
        return math.fsum(b for _, b in rows) / math.fsum(a for a, _ in rows)
    raise ValueError(name)


def of_one(name, p0, p1, q, sigma=None):
    """With the quantities or weights of one period."""
    rows = matched(p0, p1, q)
    relatives, logs = [b / a for a, b, _ in rows], [math.log(b / a) for a, b, _ in rows]
    w = [x for *_, x in rows]
    v0, v1 = [a * x for a, _, x in rows], [b * x for _, b, x in rows]
    if name == "lowe":
        return quotient(math.fsum(v1), math.fsum(v0))
    if name == "young":
        return mean(w, relatives)
    if name == "geometric_young":
        return power(mean(w, logs))
    if name == "geometric_laspeyres":
        return power(mean(v0, logs))
    if name == "geometric_paasche":
        return power(mean(v1, logs))
    if name == "palgrave":
        return mean(v1, relatives)
    if name == "lloyd_moulton":
        if sigma == 1:
            return power(mean(v0, logs))
        found = mean(v0, [r ** (1 - sigma) for r in relatives])
        return None if found is None else found ** (1 / (1 - sigma))
    raise ValueError(name)


def of_both(name, p0, p1, q0, q1):
    rows = matched(p0, p1, q0, q1)

    def cost(price, quantity):
        return math.fsum(price(*row) * quantity(*row) for row in rows)

    def first(a, b, x, y):
        return a

    def second(a, b, x, y):
        return b

    def early(a, b, x, y):
        return x

    def late(a, b, x, y):
        return y

    v00, v10, v01, v11 = (cost(p, q) for q in (early, late) for p in (first, second))
    if name == "bennet":
        return math.fsum((x + y) / 2 * (b - a) for a, b, x, y in rows) if rows else None
    if name == "montgomery":
        return math.fsum(log_mean(b * y, a * x) * math.log(b / a) for a, b, x, y in rows) if rows else None
    if v00 == 0 or v01 == 0:
        return None
    laspeyres, paasche, value = v10 / v00, v11 / v01, v11 / v00

    def basket(quantity):
        return quotient(cost(second, quantity), cost(first, quantity))

    def over_quantity(price):
        bottom = cost(price, late)
        return quotient(value * cost(price, early), bottom)

    logs = [math.log(b / a) for a, b, _, _ in rows]
    s0, s1 = [a * x / v00 for a, _, x, _ in rows], [b * y / v11 if v11 else math.nan for _, b, _, y in rows]
    match name:
        case "fisher":
            return math.sqrt(laspeyres * paasche)
        case "drobisch":
            return (laspeyres + paasche) / 2
        case "marshall_edgeworth":
            return basket(lambda a, b, x, y: x + y)
        case "walsh":
            return basket(lambda a, b, x, y: math.sqrt(x * y))
        case "geary_khamis":
            return basket(lambda a, b, x, y: x * y / (x + y) if x + y else 0)
        case "tornqvist":
            return power(mean([(a + b) / 2 for a, b in zip(s0, s1, strict=True)], logs))
        case "stuvel":
            d = (laspeyres - v01 / v00) / 2
            return d + math.sqrt(d * d + value)
        case "banerjee":
            return value / ((v01 + v11) / (v00 + v10))
        case "davies":
            return over_quantity(lambda a, b, x, y: math.sqrt(a * b))
        case "lehr":
            return over_quantity(lambda a, b, x, y: (a * x + b * y) / (x + y) if x + y else 0)
        case "sato_vartia":
            return power(mean([log_mean(b, a) for a, b in zip(s0, s1, strict=True)], logs))
        case "montgomery_vartia":
            parts = math.fsum(log_mean(b * y, a * x) * math.log(b / a) for a, b, x, y in rows)
            return power(quotient(parts, log_mean(v11, v00)))
        case "product_dummy":
            return power(mean([a * b / (a + b) if a + b else 0 for a, b in zip(s0, s1, strict=True)], logs))
    raise ValueError(name)


def chain(links, first, last, level):
    """The index of links, 1 before the first that is known, with `level` as its mean over places first .. last - 1."""
    known = next((t for t, x in enumerate(links) if x is not None), None)
    if known is None:
        return [None] * len(links)
    index = [None] * max(known - 1, 0) + [1.0] * min(known, 1)
    run = 1.0
    for x in links[known:]:
        run = None if run is None or x is None else run * x
        index.append(run)
    span = index[first:last]
    if first == last:
        by = level
    elif None in span:
        return [None] * len(links)
    else:
        by = level * len(span) / math.fsum(span)
    return [None if x is None else x * by for x in index]


# ---- many periods: tables are lists of items, each a list of periods ------------------------------------------------


def column(table, t):
    return [row[t] for row in table]


def geks(name, p, q, periods):
    """The geometric mean of the ways over all periods."""

    def between(s, t):
        if name == "jevons":
            return of_prices(name, column(p, s), column(p, t))
        return of_both(name, column(p, s), column(p, t), column(q, s), column(q, t))

    count = len(periods)
    return [
        math.exp(math.fsum(math.log(between(periods[0], k) * between(k, t)) for k in periods) / count) for t in periods
    ]


def geary_khamis(p, q, rounds=2000):
    """By turns: prices that all periods have in common, and the index that they imply."""
    periods, items = range(len(p[0])), range(len(p))
    known = [[p[i][t] is not None and q[i][t] is not None for t in periods] for i in items]
    index = [1.0] * len(periods)
    for _ in range(rounds):
        common = []
        for i in items:
            sold = math.fsum(q[i][t] for t in periods if known[i][t])
            worth = math.fsum(p[i][t] * q[i][t] / index[t] for t in periods if known[i][t])
            common.append(worth / sold if sold else 0.0)
        for t in periods:
            value = math.fsum(p[i][t] * q[i][t] for i in items if known[i][t])
            index[t] = value / math.fsum(common[i] * q[i][t] for i in items if known[i][t])
        index = [x / index[0] for x in index]
    return index


def time_product_dummy(p, q):
    """The regression itself, a row for each price."""
    import numpy as np

    periods, items = len(p[0]), len(p)
    totals = [
        math.fsum(p[i][t] * q[i][t] for i in range(items) if None not in (p[i][t], q[i][t])) for t in range(periods)
    ]
    rows, logs, weights = [], [], []
    for i in range(items):
        for t in range(periods):
            if p[i][t] is None or q[i][t] is None:
                continue
            row = [0.0] * (periods + items)
            row[periods + i] = 1.0
            row[t] = float(t > 0)
            rows.append(row)
            logs.append(math.log(p[i][t]))
            weights.append(math.sqrt(p[i][t] * q[i][t] / totals[t]))
    found = np.linalg.lstsq(np.array(rows) * np.array(weights)[:, None], np.array(logs) * weights, rcond=None)[0]
    return [1.0, *(math.exp(x) for x in found[1:periods])]
