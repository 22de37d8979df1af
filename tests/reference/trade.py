"""Trade by the definitions, cell by cell: slow and obvious."""

import numpy as np


def rca(x):
    x = np.where(np.isnan(x), 0.0, x)
    out = np.full(x.shape, np.nan)
    whole = x.sum()
    for c in range(x.shape[0]):
        for p in range(x.shape[1]):
            row, column = x[c].sum(), x[:, p].sum()
            if row > 0 and column > 0:
                out[c, p] = x[c, p] / row / (column / whole)
    return out


def presence(x, threshold=1.0):
    with np.errstate(invalid="ignore"):
        return (rca(x) >= threshold).astype(float)


def complexity(m):
    """ECI and PCI on the ECI's scale, from NumPy's general eigenvectors of the matrix for countries."""
    rows, columns = m.sum(axis=1) > 0, m.sum(axis=0) > 0
    small = m[rows][:, columns]
    d, u = small.sum(axis=1), small.sum(axis=0)
    values, vectors = np.linalg.eig((small / d[:, None]) @ (small / u).T)
    order = np.argsort(values.real)[::-1]
    country = vectors[:, order[1]].real
    if np.cov(country, d)[0, 1] < 0:
        country = -country
    product = (small / u).T @ country / values[order[1]].real
    eci, pci = np.full(m.shape[0], np.nan), np.full(m.shape[1], np.nan)
    eci[rows] = (country - country.mean()) / country.std()
    pci[columns] = (product - country.mean()) / country.std()
    return eci, pci, values.real[order]


def reflections(m, steps):
    d, u = m.sum(axis=1), m.sum(axis=0)
    country, product = d.copy(), u.copy()
    for _ in range(steps):
        country, product = m @ product / d, m.T @ country / u
    return country, product


def fitness(m, iterations):
    f, q = np.ones(m.shape[0]), np.ones(m.shape[1])
    for _ in range(iterations):
        new = m @ q
        made = 1 / (m.T @ (1 / f))
        f, q = new / new.mean(), made / made.mean()
    return f, q


def proximity(m):
    n = m.shape[1]
    out = np.full((n, n), np.nan)
    u = m.sum(axis=0)
    for p in range(n):
        for q in range(n):
            if u[p] > 0 and u[q] > 0:
                out[p, q] = min((m[:, p] * m[:, q]).sum() / u[p], (m[:, p] * m[:, q]).sum() / u[q])
    return out


def density(m):
    near = np.nan_to_num(proximity(m))
    with np.errstate(invalid="ignore"):
        return (m @ near) / near.sum(axis=0)


def parts(m):
    """Sets of rows that are connected through columns."""
    found = []
    left = {r for r in range(m.shape[0]) if m[r].any()}
    while left:
        part, due = set(), [min(left)]
        while due:
            r = due.pop()
            if r in part:
                continue
            part.add(r)
            due += [s for s in left if (m[r] * m[s]).any()]
        found.append(part)
        left -= part
    return found
