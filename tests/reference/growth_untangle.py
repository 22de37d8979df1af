"""What sums of the year and single periods leave of each other: shortest paths between all sums, in exact fractions."""

from fractions import Fraction


def bounds(place, sums, flows, nonnegative=True):
    """Least and most of each flow and each sum; ends are None where there is no bound, all is None where none fit.

    Nodes are the sums at the end of each period, and one for nothing, where a year begins. `b - a <= d` is an edge.
    """
    n = len(place)
    nothing = n
    far = [[None] * (n + 1) for _ in range(n + 1)]

    def edge(a, b, most):  # b - a <= most
        if most is not None and (far[a][b] is None or most < far[a][b]):
            far[a][b] = most

    for node in range(n + 1):
        edge(node, node, Fraction(0))
    for t in range(n):
        before = nothing if place[t] == 0 else t - 1
        for low, high, start in ((*flows[t], before), (*sums[t], nothing)):
            if start < 0:
                continue  # the year has begun before the series
            edge(start, t, None if high is None else Fraction(high))
            edge(t, start, None if low is None else -Fraction(low))
        if nonnegative and before >= 0:
            edge(t, before, Fraction(0))
        if nonnegative:
            edge(t, nothing, Fraction(0))
    for k in range(n + 1):
        for a in range(n + 1):
            for b in range(n + 1):
                if far[a][k] is not None and far[k][b] is not None:
                    edge(a, b, far[a][k] + far[k][b])
    if any(far[a][a] < 0 for a in range(n + 1)):
        return None

    def between(a, b):
        least, most = far[b][a], far[a][b]
        return (None if least is None else -least), most

    return [
        (between(nothing if place[t] == 0 else t - 1, t) if place[t] == 0 or t > 0 else None, between(nothing, t))
        for t in range(n)
    ]
