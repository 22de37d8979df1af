"""Complexity, proximity and fitness, beside the packages for it and what an expert writes with NumPy."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row, same_floats
from indicia import trade

COUNTRIES, PRODUCTS, YEARS = 230, 5000, 10


def world(rng: np.random.Generator, scale: float) -> Any:
    """Exports of able countries in hard products; a third of them nothing."""
    countries, products = max(int(COUNTRIES * scale), 24), max(int(PRODUCTS * scale), 60)
    able, hard = rng.normal(size=(countries, 1)), rng.normal(size=products)
    noise = rng.normal(0, 1.5, (YEARS, countries, products))
    exports = np.exp(able * hard + noise + rng.normal(size=(countries, 1)))
    return np.where(rng.random(exports.shape) < 0.3, 0.0, exports)


def presence(x: Any) -> Any:
    return (x / x.sum(axis=1, keepdims=True) / (x.sum(axis=0) / x.sum()) >= 1).astype(float)


def standard(values: Any) -> Any:
    return (values - values.mean()) / values.std()


def numpy_symmetric(x: Any) -> Any:
    """On the smaller side, in symmetric form: one dense product and one eigh for each year."""
    found = []
    for year in x:
        m = presence(year)
        d, u = m.sum(axis=1), m.sum(axis=0)
        root = np.sqrt(d)
        _, vectors = np.linalg.eigh((m / u) @ m.T / root[:, None] / root)
        country = vectors[:, -2] / root
        found.append(standard(country * np.sign(np.cov(country, d)[0, 1])))
    return np.array(found)


def numpy_product(x: Any) -> Any:
    """The dense product alone, which the eigenvectors come after."""
    return [m @ m.T for m in x]


def frame_of(x: Any) -> Any:
    import pandas as pd

    years, countries, products = x.shape
    index = pd.MultiIndex.from_product(
        [range(years), [f"C{k:03d}" for k in range(countries)], [f"{k:06d}" for k in range(products)]],
        names=["year", "country", "product"],
    )
    return pd.DataFrame({"value": x.reshape(-1)}, index=index).reset_index()


def growth_lab(frame: Any) -> Any:
    from ecomplexity import ecomplexity

    columns = {"time": "year", "loc": "country", "prod": "product", "val": "value"}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = ecomplexity(frame, columns, check_logsupermodularity=False)
    return made.groupby(["year", "country"])["eci"].first().unstack().to_numpy()


def datawheel(tables: Any) -> Any:
    from economic_complexity import complexity, rca

    return np.array([complexity(rca(table))[0].to_numpy() for table in tables])


def roughly(ours: Any, peer: Any) -> None:
    """The first peer to 1e-10; the second reflects 18 times, which leaves a part of the third eigenvector."""
    ours, peer = (np.array([standard(year) for year in np.asarray(v, float)]) for v in (ours, peer))
    together = (ours * peer).mean(axis=1)
    assert (together > 0.99).all(), f"correlations are {together}"
    if (together > 1 - 1e-12).all():
        same_floats(ours, peer, rtol=1e-10, atol=1e-10)


def alike(ours: Any, peer: Any) -> None:
    if not isinstance(peer, list):
        same_floats(ours, peer, rtol=1e-10, atol=1e-10)


def numpy_proximity(m: Any) -> Any:
    u = m.sum(axis=0)
    return (m.T @ m) / np.maximum(u, u[:, None])


def numpy_fitness(m: Any, iterations: int) -> Any:
    f, q = np.ones(m.shape[0]), np.ones(m.shape[1])
    for _ in range(iterations):
        new, made = m @ q, 1 / (m.T @ (1 / f))
        f, q = new / new.mean(), made / made.mean()
    return f


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    x = world(rng, scale)
    what = f"{x.shape[1]} x {x.shape[2]}"
    ones = [presence(year) for year in x]
    yield Row(
        f"rca, {what}, {YEARS} years",
        ours=lambda: trade.rca(x),
        peers={
            "numpy expression": lambda: (
                x / x.sum(axis=2, keepdims=True) / (x.sum(axis=1) / x.sum(axis=(1, 2))[:, None])[:, None]
            )
        },
        equal=alike,
        bytes_moved=2 * x.nbytes,
    )
    yield Row(
        f"eci, {what}, {YEARS} years, from exports",
        ours=lambda: trade.complexity(x).eci,
        peers={"numpy eigh": lambda: numpy_symmetric(x), "numpy product alone": lambda: numpy_product(ones)},
        equal=alike,
        bytes_moved=x.nbytes,
        note="the product alone is what comes before any eigenvector, of ones and zeros that are there already",
    )
    two = x[:2, :, : max(x.shape[2] // 5, 60)]
    try:
        frame = frame_of(two)
        tables = [year.pivot(index="country", columns="product", values="value") for _, year in frame.groupby("year")]
    except ModuleNotFoundError:
        frame = tables = None
    yield Row(
        f"eci, {two.shape[1]} x {two.shape[2]}, 2 years, from exports",
        ours=lambda: trade.complexity(two).eci,
        peers={"ecomplexity": lambda: growth_lab(frame), "economic-complexity": lambda: datawheel(tables)},
        equal=roughly,
        note="a fifth of the products: the time of the first goes with their cube",
    )
    m = ones[0]
    yield Row(
        f"proximity, {what}",
        ours=lambda: trade.proximity(m, given="presence"),
        peers={
            "numpy expression": lambda: numpy_proximity(m),
            "numpy product alone": lambda: numpy_product([m.T]),
        },
        equal=alike,
        bytes_moved=8 * m.shape[1] ** 2,
    )
    yield Row(
        f"density, {what}",
        ours=lambda: trade.density(m, given="presence"),
        peers={"numpy expression": lambda: m @ (near := numpy_proximity(m)) / near.sum(axis=0)},
        equal=alike,
    )
    yield Row(
        f"fitness, {what}, 100 iterations",
        ours=lambda: trade.fitness(m, given="presence", tolerance=0, iterations=100).fitness,
        peers={"numpy products": lambda: numpy_fitness(m, 100)},
        equal=alike,
    )
