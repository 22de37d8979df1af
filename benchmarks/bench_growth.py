"""Growth over time, against what NumPy, pandas, polars, bottleneck and numba users would write.

The floor is memory: a rate reads every figure once and writes one. NumPy's own copy of the argument moves exactly those
bytes without computing anything, so that it stands among the peers, as the one whose result is the argument.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from benchmarks._harness import Row, lacking, same_floats
from indicia import get_threads, growth, ufuncs


class Moved(NamedTuple):
    """The result of a peer that only copies."""

    array: Any


def same(argument: Any, ours: Any, peer: Any) -> None:
    if isinstance(peer, Moved):
        np.testing.assert_array_equal(peer.array, argument)
    else:
        same_floats(ours, peer, atol=4e-16)  # now / base - 1, which pandas takes, rounds the quotient next to 1


def expression(x: Any, lag: int, axis: int, out: Any) -> Any:
    """What one writes in NumPy to get the same: a head of NaN, and no rate on a base that isn't positive."""
    now, base = np.moveaxis(x, axis, -1)[..., lag:], np.moveaxis(x, axis, -1)[..., :-lag]
    result = np.empty_like(x) if out is None else out
    moved = np.moveaxis(result, axis, -1)
    moved[..., :lag] = np.nan
    tail = moved[..., lag:]
    with np.errstate(all="ignore"):
        np.subtract(now, base, out=tail)
        np.divide(tail, base, out=tail)
    tail[~(base > 0)] = np.nan
    return result


def compiled() -> Callable[..., Any] | None:
    """numba's loop over a lag that is a distance in memory: ours, as a user would write it."""
    try:
        import numba
    except ModuleNotFoundError:
        return None

    @numba.njit(cache=False, error_model="numpy")  # type: ignore[misc]
    def rates(x: Any, out: Any, shape: tuple[int, int, int], lag: int) -> None:
        outer, length, inner = shape
        for i in range(outer):
            start = i * length * inner
            for j in range(start, start + lag * inner):
                out[j] = np.nan
            for j in range(start + lag * inner, start + length * inner):
                base = x[j - lag * inner]
                out[j] = (x[j] - base) / base if base > 0 else np.nan

    rates(np.ones(2), np.ones(2), (1, 2, 1), 1)  # compiles
    return rates


def by_numba(kernel: Callable[..., Any] | None, x: Any, lag: int, axis: int, out: Any) -> Any:
    if kernel is None:
        raise ModuleNotFoundError("No module named 'numba'", name="numba")
    result = np.empty_like(x) if out is None else out
    outer, inner = int(np.prod(x.shape[:axis])), int(np.prod(x.shape[axis + 1 :]))
    kernel(x.reshape(-1), result.reshape(-1), (outer, x.shape[axis], inner), lag)
    return result


def copied(x: Any, out: Any) -> Moved:
    np.copyto(out, x)
    return Moved(out)


def by_pandas(x: Any, axis: int, lag: int, *, skip: bool = False) -> Callable[[], Any]:
    try:
        import pandas as pd
    except ModuleNotFoundError:
        return lacking("pandas")
    frame = pd.DataFrame(x if axis == 0 else x.T)  # pandas runs down its rows

    def call() -> Any:
        result = frame / frame.ffill().shift(1) - 1 if skip else frame.pct_change(lag, fill_method=None)
        return result.to_numpy() if axis == 0 else result.to_numpy().T

    return call


def pushed(x: Any, axis: int) -> Any:
    import bottleneck

    return bottleneck.push(x, axis=axis)


def skipped(x: Any) -> Any:
    """bottleneck's push, and NumPy for the rest."""
    base = pushed(x, -1)[:, :-1]
    result = np.full_like(x, np.nan)
    with np.errstate(all="ignore"):
        np.divide(x[:, 1:] - base, base, out=result[:, 1:])
    return result


def raw(rng: np.random.Generator, series: int, length: int, lag: int) -> Iterator[Row]:
    """The ufuncs that no row above is about, into memory that is in use, against their formula in NumPy."""
    a, b, c = (rng.uniform(50, 150, (series, length)) for _ in range(3))
    now, before, rates = a[:, lag:], a[:, :-lag], rng.uniform(-0.1, 0.2, a.shape)
    cases: list[tuple[np.ufunc, tuple[Any, ...], Callable[[], Any]]] = [
        (ufuncs.growth_rate_abs, (a, b), lambda: (a - b) / np.abs(b)),
        (ufuncs.growth_share, (a, b), lambda: a / b),
        (ufuncs.growth_contribution, (a, b, c), lambda: (a - b) / c),
        (ufuncs.growth_rate_lag, (a, lag), lambda: (now - before) / before),
        (ufuncs.growth_change, (a, b), lambda: a - b),
        (ufuncs.growth_change_lag, (a, lag), lambda: now - before),
        (ufuncs.growth_log_rate_lag, (a, lag), lambda: np.log(now / before)),
        (ufuncs.growth_implied_base, (a, rates), lambda: a / (1 + rates)),
        (ufuncs.growth_implied_level, (a, rates), lambda: a * (1 + rates)),
        (ufuncs.growth_rate_abs_lag, (a, lag), lambda: (now - before) / np.abs(before)),
    ]
    out = np.empty_like(a)
    for ufunc, arguments, formula in cases:
        yield Row(
            f"{ufunc.__name__} with out=, {series} series of {length}",
            ours=functools.partial(ufunc, *arguments, out=out),
            peers={"numpy expression": formula},
            equal=lambda ours, peer: same_floats(ours[:, -peer.shape[1] :], peer, atol=4e-16),
            bytes_moved=(1 + sum(isinstance(x, np.ndarray) for x in arguments)) * a.nbytes,
        )


def powers(rng: np.random.Generator, size: int) -> Iterator[Row]:
    """Logarithms and powers, which are arithmetic rather than memory."""
    a, b, years = (rng.uniform(50, 150, size) for _ in range(3))
    rates = rng.uniform(-0.05, 0.1, size)
    out = np.empty_like(a)
    cases: list[tuple[np.ufunc, tuple[Any, ...], Callable[[], Any], str]] = [
        (ufuncs.growth_cagr, (a, b, years), lambda: (b / a) ** (1 / years) - 1, "years of each"),
        (ufuncs.growth_cagr, (a, b, 8.0), lambda: (b / a) ** (1 / 8.0) - 1, "the same years for all"),
        (ufuncs.growth_annualised, (a, b, 4.0), lambda: (a / b) ** 4.0 - 1, "quarters"),
        (ufuncs.growth_compound, (rates, 1 / 3), lambda: (1 + rates) ** (1 / 3) - 1, "a third"),
        (
            ufuncs.growth_log_rate,
            (a, b),
            lambda: np.log(a / b),
            "NumPy's logarithm is a vector's, ours is of a quotient",
        ),
    ]
    for ufunc, arguments, formula, what in cases:
        yield Row(
            f"{ufunc.__name__} with out=, {size} figures, {what}",
            ours=functools.partial(ufunc, *arguments, out=out),
            peers={"numpy expression": formula},
            equal=functools.partial(same_floats, atol=1e-14),
            bytes_moved=(1 + sum(isinstance(x, np.ndarray) for x in arguments)) * a.nbytes,
            note="ours is right within one unit in the last place, the expression loses what the subtraction cancels",
        )


def spread(call: Callable[..., Any], arrays: tuple[Any, ...], out: Any = None) -> Any:
    """``call(*rows of the arrays, out=rows)``, on as many threads as our functions take."""
    result = np.empty_like(arrays[0]) if out is None else out
    ends = np.linspace(0, len(result), 4 * get_threads() + 1).astype(int).tolist()

    def some(k: int) -> None:
        rows = slice(ends[k], ends[k + 1])
        call(*(a[rows] for a in arrays), out=result[rows])

    with ThreadPoolExecutor(get_threads()) as pool:
        list(pool.map(some, range(len(ends) - 1)))
    return result


MOVED = {1: "numpy copy on all threads", 2: "numpy a + b on all threads"}


def move(*arrays: Any, out: Any = None) -> Moved | Summed:
    """What moves an operand or two and a result, and computes nothing."""
    if len(arrays) == 1:
        return Moved(spread(lambda x, out: np.copyto(out, x), arrays, out))
    return Summed(spread(np.add, arrays, out))


def moving(rng: np.random.Generator, series: int, length: int) -> Iterator[Row]:
    """The kernels on all threads into memory that is in use: no page is zeroed by the system on the way."""
    x, y = (rng.uniform(50, 150, (series, length)) for _ in range(2))
    rates = rng.uniform(-0.1, 0.2, x.shape)
    out, spare = np.empty_like(x), np.empty_like(x)
    place, twelve = np.arange(length) % 12.0, np.full(length, 12.0)
    cases: list[tuple[str, Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]] = [
        ("log_rate", ufuncs.growth_log_rate, (x, y), ()),
        ("cagr over the same years", ufuncs.growth_cagr, (x, y), (8.0,)),
        ("annualised, of quarters", ufuncs.growth_annualised, (x, y), (4.0,)),
        ("annualised, of months", ufuncs.growth_annualised, (x, y), (12.0,)),
        ("implied_base", ufuncs.growth_implied_base, (x, rates), ()),
        ("implied_level", ufuncs.growth_implied_level, (x, rates), ()),
        ("change", ufuncs.growth_change_lag, (x,), (12.0,)),
        ("average_rate", ufuncs.growth_average_rate, (x,), (12.0,)),
        ("ytd", ufuncs.growth_ytd, (x,), (place,)),
        ("from_ytd", ufuncs.growth_from_ytd, (x,), (place,)),
        ("carry_over", ufuncs.growth_carry_over, (x,), (place, twelve)),
    ]
    for name, ufunc, arrays, rest in cases:

        def ours(ufunc: Any = ufunc, arrays: Any = arrays, rest: Any = rest) -> Any:
            return spread(lambda *rows, out: ufunc(*rows, *rest, out=out), arrays, out)

        yield Row(
            f"{name} with out= on all threads, {series} series of {length}",
            ours=ours,
            peers={MOVED[len(arrays)]: functools.partial(move, *arrays, out=spare)},
            equal=functools.partial(alike, x),
            bytes_moved=(1 + len(arrays)) * x.nbytes,
            moving=MOVED[len(arrays)],
        )


def whole(rng: np.random.Generator, series: int, length: int) -> Iterator[Row]:
    """The functions themselves, on all threads and into fresh memory, as the peers."""
    x, y, years = (rng.uniform(50, 150, (series, length)) for _ in range(3))
    rates = rng.uniform(-0.1, 0.2, x.shape)
    months = x.reshape(series, -1, 12)
    grown = 100 * np.exp(np.cumsum(rng.normal(0.002, 0.01, x.shape), axis=1))  # as levels grow: some 2 % a year
    later = grown * rng.uniform(0.95, 1.4, x.shape)
    cases: list[tuple[str, Callable[[], Any], int, Callable[[], Any] | None]] = [
        ("cagr over years of each", lambda: growth.cagr(x, y, years), 3, lambda: (y / x) ** (1 / years) - 1),
        ("cagr over the same years", lambda: growth.cagr(x, y, 8), 2, lambda: (y / x) ** (1 / 8) - 1),
        ("cagr over the same years, of what grows", lambda: growth.cagr(grown, later, 8), 2, None),
        ("log_rate", lambda: growth.log_rate(x, y), 2, lambda: np.log(x / y)),
        ("log_rate of what grows", lambda: growth.log_rate(later, grown), 2, None),
        ("implied_base", lambda: growth.implied_base(x, rates), 2, lambda: x / (1 + rates)),
        ("implied_level", lambda: growth.implied_level(x, rates), 2, lambda: x * (1 + rates)),
        ("change", lambda: growth.change(x, 12), 1, None),
        ("annualised", lambda: growth.annualised(x, 3, freq="M"), 1, None),
        ("annualised, of what grows", lambda: growth.annualised(grown, 3, freq="M"), 1, None),
        ("annualised by a broken power", lambda: growth.annualised(grown, 5, freq="M"), 1, None),
        ("average_rate", lambda: growth.average_rate(x, 12), 1, None),
        ("ytd", lambda: growth.ytd(x, freq="M"), 1, lambda: np.cumsum(months, axis=2).reshape(x.shape)),
        ("from_ytd", lambda: growth.from_ytd(x, freq="M"), 1, None),
        ("carry_over", lambda: growth.carry_over(x, freq="M"), 1, None),
    ]
    for name, ours, inputs, formula in cases:
        peers: dict[str, Callable[[], Any]] = {} if formula is None else {"numpy expression": formula}
        if inputs == 1:
            peers["numpy copy, nothing computed"] = lambda: Moved(x.copy())
        else:  # three are read by cagr over years of each
            peers["numpy a + b, two arrays read"] = lambda: Summed(x + y)
        read = min(inputs, 2)
        peers[MOVED[read]] = functools.partial(move, *(x, y)[:read])
        yield Row(
            f"{name}, {series} series of {length}",
            ours=ours,
            peers=peers,
            equal=functools.partial(alike, x),
            bytes_moved=(1 + inputs) * x.nbytes,
            note="into new arrays, whose pages the system zeroes first: most of what moving takes",
            moving=MOVED[read],
        )


class Summed(NamedTuple):
    """The result of a peer that only adds two arrays."""

    array: Any


def alike(argument: Any, ours: Any, peer: Any) -> None:
    if isinstance(peer, Summed):
        return
    if isinstance(peer, Moved):
        np.testing.assert_array_equal(peer.array, argument)
    else:
        same_floats(ours, peer, rtol=1e-9, atol=1e-13)


def sums(rng: np.random.Generator, series: int, length: int) -> Iterator[Row]:
    """Windows and years, along rows and columns."""
    place = np.arange(length) % 12.0
    twelve = np.full(length, 12.0)
    for axis in (1, 0):
        x = rng.uniform(50, 150, (series, length) if axis else (length, series))
        out = np.empty_like(x)
        how = "in rows" if axis else "in columns"
        upright = place if axis else place[:, None]
        years = x.reshape(series, -1, 12) if axis else x.reshape(-1, 12, series)

        def moving(x: Any = x, axis: int = axis) -> Any:
            import bottleneck

            return bottleneck.move_sum(x, 12, axis=axis)

        def average(axis: int = axis, moving: Callable[[], Any] = moving) -> Any:
            sums = np.moveaxis(moving(), axis, -1)
            result = np.full_like(sums, np.nan)
            result[:, 12:] = sums[:, 12:] / sums[:, :-12] - 1
            return np.moveaxis(result, -1, axis)

        def single(x: Any = x, upright: Any = upright, axis: int = axis) -> Any:
            return np.where(upright == 0, x, np.diff(x, axis=axis, prepend=0.0))

        def overhang(x: Any = x, years: Any = years, upright: Any = upright, axis: int = axis) -> Any:
            so_far = np.cumsum(years, axis=2 if axis else 1).reshape(x.shape)
            return 12 * x / (so_far + (11 - upright) * x) - 1

        def summed(x: Any = x, years: Any = years, axis: int = axis) -> Any:
            return np.cumsum(years, axis=2 if axis else 1).reshape(x.shape)

        axes = [axis, 0, axis]
        cases: list[tuple[np.ufunc, tuple[Any, ...], dict[str, Any], dict[str, Callable[[], Any]]]] = [
            (ufuncs.growth_window_sum, (12,), {"axis": axis}, {"bottleneck move_sum": moving}),
            (
                ufuncs.growth_average_rate,
                (12,),
                {"axis": axis},
                {"bottleneck move_sum, numpy": average} if axis else {},
            ),
            (ufuncs.growth_ytd, (place,), {"axes": axes}, {"numpy cumsum": summed}),
            (ufuncs.growth_from_ytd, (place,), {"axes": axes}, {"numpy diff": single}),
            (ufuncs.growth_carry_over, (place, twelve), {"axes": [axis, 0, 0, axis]}, {"numpy cumsum": overhang}),
            (ufuncs.growth_carry_over_this, (place, twelve), {"axes": [axis, 0, 0, axis]}, {}),
        ]
        for ufunc, guides, where, peers in cases:
            yield Row(
                f"{ufunc.__name__} with out=, {series} series of {length} {how}",
                ours=functools.partial(ufunc, x, *guides, out=out, **where),
                peers={"numpy copy, nothing computed": lambda x=x: Moved(x.copy()), **peers},
                equal=functools.partial(summed_alike, x),
                bytes_moved=2 * x.nbytes,
                note="peers run one sum through all figures, ours are compensated; a copy into fresh memory",
            )


def summed_alike(argument: Any, ours: Any, peer: Any) -> None:
    if isinstance(peer, Moved):
        np.testing.assert_array_equal(peer.array, argument)
    else:
        same_floats(ours, peer, rtol=1e-9, atol=1e-10)


def rows(scale: float = 1.0) -> Iterator[Row]:
    rng = np.random.default_rng(0)
    length, lag = 240, 12
    series = max(int(10**7 * scale) // length, 2)
    kernel = compiled()
    for axis, shape in ((1, (series, length)), (0, (length, series))):
        x = rng.uniform(50, 150, shape)
        out, spare = np.empty_like(x), np.empty_like(x)
        place = "in rows" if axis else "in columns"
        judge = functools.partial(same, x)
        yield Row(
            f"yoy, {series} series of {length} months {place}",
            ours=functools.partial(growth.yoy, x, freq="M", axis=axis),
            peers={
                "numpy copy, nothing computed": lambda x=x: Moved(x.copy()),
                "numpy expression": functools.partial(expression, x, lag, axis, None),
                "pandas pct_change": by_pandas(x, axis, lag),
                "numba": functools.partial(by_numba, kernel, x, lag, axis, None),
            },
            equal=judge,
            bytes_moved=2 * x.nbytes,
            note="into fresh memory; pandas has no rule for a base of zero",
        )
        yield Row(
            f"yoy with out=, {series} series of {length} months {place}",
            ours=functools.partial(growth.yoy, x, freq="M", axis=axis, out=out),
            peers={
                "numpy copyto, nothing computed": functools.partial(copied, x, spare),
                "numpy expression": functools.partial(expression, x, lag, axis, spare),
                "numba": functools.partial(by_numba, kernel, x, lag, axis, spare),
            },
            equal=judge,
            bytes_moved=2 * x.nbytes,
            note="into memory that is in use",
        )
    x = rng.uniform(50, 150, (series, length))
    base = rng.uniform(50, 150, (series, length))
    out, spare = np.empty_like(x), np.empty_like(x)

    def two(now: Any, base: Any, out: Any) -> Any:
        np.subtract(now, base, out=out)
        return np.divide(out, base, out=out)

    yield Row(
        f"growth_rate with out=, two arrays of {x.size}",
        ours=functools.partial(ufuncs.growth_rate, x, base, out=out),
        peers={
            "numpy copyto, nothing computed": functools.partial(copied, x, spare),
            "numpy expression": functools.partial(two, x, base, spare),
        },
        equal=functools.partial(same, x),
        bytes_moved=3 * x.nbytes,
        note="a copy moves two thirds of these bytes",
    )
    x[rng.random(x.shape) < 0.2] = np.nan
    yield Row(
        f"pct_change(skip_missing=True), {series} series of {length}, a fifth missing",
        ours=functools.partial(growth.pct_change, x, skip_missing=True),
        peers={"bottleneck push": functools.partial(skipped, x), "pandas ffill": by_pandas(x, 1, 1, skip=True)},
        equal=functools.partial(same, x),
        bytes_moved=2 * x.nbytes,
    )
    for axis in (1, 0):
        x = x if axis else np.ascontiguousarray(x.T)
        yield Row(
            f"growth_last_observed with out=, {series} series of {length} {'in rows' if axis else 'in columns'}",
            ours=functools.partial(
                ufuncs.growth_last_observed, x, axis=axis, out=out if axis else out.reshape(x.shape)
            ),
            peers={"bottleneck push": functools.partial(pushed, x, axis)},
            bytes_moved=2 * x.nbytes,
            note="bottleneck has no out=",
        )
    yield from raw(rng, series, length, lag)
    yield from whole(rng, series, length)
    yield from moving(rng, series, length)
    yield from powers(rng, series * length)
    yield from sums(rng, series, length)
    short = rng.uniform(50, 150, length)
    yield Row(
        f"yoy, one series of {length} months",
        ours=functools.partial(growth.yoy, short, freq="M"),
        peers={
            "numpy expression": functools.partial(expression, short, lag, 0, None),
            "pandas pct_change": by_pandas(short[:, None], 0, lag),
        },
        equal=lambda ours, peer: same(short, np.ravel(ours), np.ravel(peer)),
        note="what a call costs",
    )
