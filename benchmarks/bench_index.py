"""Index numbers, against what NumPy, numba and pyindexnum users would write."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks._harness import Row, lacking, same_floats
from indicia import index, ufuncs

#: every fold of the room, by its operands: p0 and p1; and one quantity or weight; and both quantities
PRICES = ["index_matched", "index_carli", "index_harmonic", "index_cswd", "index_jevons", "index_dutot"]
ONE = ["index_lowe", "index_young", "index_geometric_young", "index_geometric_laspeyres", "index_geometric_paasche",
       "index_palgrave", "index_lloyd_moulton"]  # fmt: skip
BOTH = ["index_fisher", "index_drobisch", "index_marshall_edgeworth", "index_walsh", "index_geary_khamis",
        "index_tornqvist", "index_stuvel", "index_banerjee", "index_davies", "index_lehr", "index_sato_vartia",
        "index_montgomery_vartia", "index_product_dummy", "index_bennet", "index_montgomery"]  # fmt: skip


def items(rng: np.random.Generator, periods: int, count: int) -> tuple[Any, Any]:
    """Prices and quantities, period by period."""
    prices = np.exp(np.cumsum(rng.normal(0, 0.02, (periods, count)), 0)) * rng.lognormal(1, 0.5, count)
    return prices, rng.lognormal(2, 1, (periods, count)) / prices


def fisher_by_einsum(p: Any, q: Any) -> Any:
    def cost(a: Any, b: Any) -> Any:
        return np.einsum("ti,ti->t", a, b)

    laspeyres = cost(p[1:], q[:-1]) / cost(p[:-1], q[:-1])
    return np.cumprod(np.sqrt(laspeyres * cost(p[1:], q[1:]) / cost(p[:-1], q[1:])))


def fisher_by_einsum_matched(p: Any, q: Any) -> Any:
    """With items missing: what is missing in one of the two periods is zero in both."""
    known = ~np.isnan(p + q)
    both = known[1:] & known[:-1]
    p0, p1, q0, q1 = (np.where(both, x, 0.0) for x in (p[:-1], p[1:], q[:-1], q[1:]))
    laspeyres = np.einsum("ti,ti->t", p1, q0) / np.einsum("ti,ti->t", p0, q0)
    return np.cumprod(np.sqrt(laspeyres * np.einsum("ti,ti->t", p1, q1) / np.einsum("ti,ti->t", p0, q1)))


def tornqvist_by_einsum(p: Any, q: Any) -> Any:
    shares = p * q
    shares /= shares.sum(1, keepdims=True)
    logs = np.diff(np.log(p), axis=0)
    return np.cumprod(
        np.exp(0.5 * (np.einsum("ti,ti->t", shares[1:], logs) + np.einsum("ti,ti->t", shares[:-1], logs)))
    )


def tornqvist_by_numpy(p: Any, q: Any) -> Any:
    values = p * q
    shares = values / values.sum(1, keepdims=True)
    return np.cumprod(np.exp((0.5 * (shares[1:] + shares[:-1]) * np.log(p[1:] / p[:-1])).sum(1)))


def compiled(parallel: bool) -> Callable[..., Any]:
    """A chain by hand in numba, four series at once, as the running product of one waits for itself."""
    import numba

    @numba.njit(parallel=parallel, cache=False, error_model="numpy")  # type: ignore[misc]
    def chain(x: Any, out: Any, first: int, last: int) -> None:
        for group in numba.prange(x.shape[0] // 4):
            i = 4 * group
            a, b, c, d = 1.0, 1.0, 1.0, 1.0
            for j in range(x.shape[1]):
                a *= 1 + x[i, j]
                b *= 1 + x[i + 1, j]
                c *= 1 + x[i + 2, j]
                d *= 1 + x[i + 3, j]
                out[i, j], out[i + 1, j], out[i + 2, j], out[i + 3, j] = a, b, c, d
            for k in range(i, i + 4):
                total = 0.0
                for j in range(first, last):
                    total += out[k, j]
                total = 100 * (last - first) / total
                for j in range(x.shape[1]):
                    out[k, j] *= total

    chain(np.zeros((4, 3)), np.zeros((4, 3)), 0, 2)
    return chain


def by_numba(kernels: dict[bool, Any], parallel: bool, x: Any, out: Any, span: tuple[int, int]) -> Any:
    if parallel not in kernels:
        kernels[parallel] = compiled(parallel)
    kernels[parallel](x, out, *span)
    return out


def chained_by_numpy(x: Any, out: Any, span: tuple[int, int]) -> Any:
    np.add(x, 1, out=out)
    np.cumprod(out, axis=1, out=out)
    out *= 100 / out[:, slice(*span)].mean(1, keepdims=True)
    return out


def long_table(p: Any, q: Any) -> dict[str, Any]:
    """A row for each item in each period, as the packages want it."""
    periods, count = p.shape
    return {
        "period": np.repeat(np.arange(periods), count),
        "item": np.tile(np.arange(count), periods),
        "price": p.ravel(),
        "quantity": q.ravel(),
    }


def by_pyindexnum(name: str, p: Any, q: Any) -> Callable[[], Any]:
    try:
        import polars as pl
        import pyindexnum
    except ModuleNotFoundError as missing:
        return lacking(str(missing.name))
    table = long_table(p, q)
    columns = dict(
        zip(("period", "product_id", "aggregated_price", "aggregated_quantity"), table.values(), strict=True)
    )
    frame = pl.DataFrame(columns)
    function = getattr(pyindexnum, name)
    return lambda: function(frame).sort("period").to_numpy()[:, -1].astype(float)


def by_priceindexcalc(name: str, p: Any, q: Any, **options: Any) -> Callable[[], Any]:
    try:
        import pandas as pd
        from PriceIndexCalc.pandas_modules import multilateral
    except ModuleNotFoundError as missing:
        return lacking(str(missing.name))
    table = long_table(p, q)
    columns = dict(zip(("month", "id", "price", "quantity"), table.values(), strict=True))
    frame = pd.DataFrame(columns)
    function = getattr(multilateral, name)
    return lambda: np.asarray(function(frame.copy(), **options), float)


def many_periods(rng: np.random.Generator, scale: float) -> Iterator[Row]:
    """Multilateral indices; the packages go pair by pair, or solve for the items rather than the periods."""
    periods, count = max(int(100 * scale), 6), max(int(5000 * scale), 20)
    p, q = items(rng, periods, count)
    head = f"{count} items in {periods} periods"
    for formula, name, method in (("fisher", "geks_fisher", "fisher"), ("tornqvist", "geks_tornqvist", "tornqvist")):
        yield Row(
            f"geks of {formula}, {head}",
            ours=functools.partial(index.geks, p, q, formula=formula, axis=0),
            peers={
                "pyindexnum": by_pyindexnum(name, p, q),
                "PriceIndexCalc": by_priceindexcalc("geks", p, q, bilateral_method=method),
            },
            equal=functools.partial(same_floats, rtol=1e-10),
            note="the packages take minutes at full size",
        )
    yield Row(
        f"geary_khamis, {head}",
        ours=functools.partial(index.geary_khamis, p, q, axis=0),
        peers={"pyindexnum": by_pyindexnum("geary_khamis", p, q)},
        equal=functools.partial(same_floats, rtol=1e-6),
        note="the package iterates until it moves by less than 1e-8, ours is solved",
    )
    few, some = items(rng, 10, max(int(300 * scale), 20))
    yield Row(
        f"time_product_dummy, {few.shape[1]} items in 10 periods",
        ours=functools.partial(index.time_product_dummy, few, some, axis=0),
        peers={"pyindexnum": by_pyindexnum("time_product_dummy", few, some)},
        equal=functools.partial(same_floats, rtol=1e-9),
        note="the package makes a column for each item, which no memory holds at the size of the next row",
    )
    for name in ("time_product_dummy", "ccdi", "geks_walsh"):
        yield Row(f"{name}, {head}", ours=functools.partial(getattr(index, name), p, q, axis=0))
    gone = p.copy()
    gone[rng.random(p.shape) < 0.1] = np.nan
    yield Row(
        f"ccdi, windows of 13 periods, a tenth missing, {head}",
        ours=functools.partial(index.ccdi, gone, q, window=min(13, periods - 1), splice="mean", axis=0),
    )


def folds(p: Any, q: Any) -> Iterator[Row]:
    """The ufuncs, against the time of a sum of as many products."""
    for names, arrays in (
        (PRICES, (p[:-1], p[1:])),
        (ONE, (p[:-1], p[1:], q[:-1])),
        (BOTH, (p[:-1], p[1:], q[:-1], q[1:])),
    ):
        for name in names:
            more = (0.7,) if name == "index_lloyd_moulton" else ()
            yield Row(
                f"{name}, {p.shape[1]} items, {p.shape[0] - 1} pairs of periods",
                ours=functools.partial(getattr(ufuncs, name), *arrays, *more),
                peers={"numpy einsum, one sum of products": lambda: np.einsum("ti,ti->t", p[:-1], p[1:])},
                equal=lambda ours, peer: None,
                bytes_moved=len(arrays) // 2 * p.nbytes,
                note="the peer makes one of the sums",
            )


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    periods, count = 200, max(int(5000 * scale), 8)
    p, q = items(rng, periods, count)
    head = f"{count} items in {periods} periods"
    for place, axis in (("by period", 0), ("by item", 1)):
        x, y = (p, q) if axis == 0 else (np.ascontiguousarray(p.T), np.ascontiguousarray(q.T))
        yield Row(
            f"fisher, chained, {head}, {place}",
            ours=functools.partial(index.fisher, x, y, chained=True, axis=axis),
            peers={"numpy einsum": functools.partial(fisher_by_einsum, p, q)},
            equal=lambda ours, peer: same_floats(ours[1:], peer, rtol=1e-11),
            bytes_moved=p.nbytes + q.nbytes,
            note="NumPy's knows nothing of missing items, and always has its figures by period",
        )
        yield Row(
            f"tornqvist, chained, {head}, {place}",
            ours=functools.partial(index.tornqvist, x, y, chained=True, axis=axis),
            peers={
                "numpy": functools.partial(tornqvist_by_numpy, p, q),
                "numpy einsum": functools.partial(tornqvist_by_einsum, p, q),
            },
            equal=lambda ours, peer: same_floats(ours[1:], peer, rtol=1e-11),
            bytes_moved=p.nbytes + q.nbytes,
        )
    gone = p.copy()
    gone[rng.random(p.shape) < 0.1] = np.nan
    yield Row(
        f"fisher, chained, {head}, a tenth missing",
        ours=functools.partial(index.fisher, gone, q, chained=True, axis=0),
        peers={"numpy einsum, matched": functools.partial(fisher_by_einsum_matched, gone, q)},
        equal=lambda ours, peer: same_floats(ours[1:], peer, rtol=1e-11),
        bytes_moved=p.nbytes + q.nbytes,
    )
    series, length = max(int(10**4 * scale) // 4 * 4, 4), 1000
    rates, span, kernels = rng.normal(0, 0.01, (series, length)), (120, 132), {}
    out, spare = np.empty_like(rates), np.empty_like(rates)
    hands = {"numba by hand": False} | ({} if scale < 1 else {"numba by hand, 2 threads": True})  # slow to compile
    yield Row(
        f"index_chain_rates with out=, {series} series of {length}, the mean of a year 100",
        ours=functools.partial(ufuncs.index_chain_rates, rates, *span, 100.0, out=out),
        peers={
            **{who: functools.partial(by_numba, kernels, many, rates, spare, span) for who, many in hands.items()},
            "numpy": functools.partial(chained_by_numpy, rates, spare, span),
        },
        bytes_moved=2 * rates.nbytes,
        note="one thread is ours",
    )
    links = 1 + rates
    yield Row(
        f"index_chain with out=, {series} series of {length}",
        ours=functools.partial(ufuncs.index_chain, links, 0, 0, 1.0, out=out),
        peers={"numpy": functools.partial(np.cumprod, links, axis=1, out=spare)},
        bytes_moved=2 * rates.nbytes,
    )
    yield from many_periods(rng, scale)
    yield from folds(p, q)
