"""Chained totals and contributions the slow way: one link after the other, in exact fractions."""

from fractions import Fraction


def links(volume, value, link, year):
    """For each year but the first: the level of each component at its link, and its weight from there on."""
    components = range(len(volume))
    found = {}
    for begin in range(year, len(volume[0]), year):
        before = range(begin - year, begin)
        at = [
            sum(Fraction(volume[i][t]) for t in before) / year if link == "annual" else Fraction(volume[i][begin - 1])
            for i in components
        ]
        if link == "december":
            worth = [Fraction(value[i][begin]) for i in components]
        else:
            worth = [sum(Fraction(value[i][t]) for t in before) for i in components]
            if link == "quarter":
                price = [worth[i] / sum(Fraction(volume[i][t]) for t in before) for i in components]
                worth = [price[i] * at[i] for i in components]
        found[begin] = at, [w / sum(worth) for w in worth]
    return found


def chained(volume, value, link, year):
    """The total from the second year on, 1 at the first link, and what each component has added since: its account."""
    components = range(len(volume))
    level, account, start, begin_account = {}, {}, Fraction(1), [Fraction(0)] * len(volume)
    for begin, (at, weight) in links(volume, value, link, year).items():
        stretch = range(begin, min(begin + year, len(volume[0])))
        for t in stretch:
            steps = [weight[i] * start * (Fraction(volume[i][t]) / at[i] - 1) for i in components]
            level[t] = start + sum(steps)
            account[t] = [begin_account[i] + steps[i] for i in components]
        if link == "annual":
            start = sum(level[t] for t in stretch) / len(stretch)
            begin_account = [sum(account[t][i] for t in stretch) / len(stretch) for i in components]
        else:
            start, begin_account = level[stretch[-1]], account[stretch[-1]]
    return level, account


def contributions(volume, value, link, year, lag):
    level, account = chained(volume, value, link, year)
    return {
        t: [(account[t][i] - account[t - lag][i]) / level[t - lag] for i in range(len(volume))]
        for t in level
        if t - lag in level
    }
