"""Every ufunc of the table, whatever it computes: layouts, overlap, silence, pickling, spreading."""

from __future__ import annotations

import copy
import doctest
import itertools
import pickle
import warnings

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from indicia import _core, ufuncs

ALL = [getattr(ufuncs, name) for name in ufuncs.__all__]
MAPS = [u for u in ALL if u.signature is None]
FOLDS = [u for u in ALL if u.signature is not None and "(" not in u.signature.split("->")[1].replace("()", "")]
BLOCKS = [u for u in ALL if u.signature is not None and "," in u.signature.split("->")[1]]  # tested with their rooms
SERIES = [u for u in ALL if u.signature is not None and u not in (*FOLDS, *BLOCKS)]

awkward = np.array(
    [0.0, -0.0, 1.0, -1.0, 1.5, 100.1, -7.0, np.nan, np.inf, -np.inf, 5e-324, 1.7e308, -1.7e308, 2e-308, 104.3]
)


@pytest.fixture(params=[*MAPS, *SERIES], ids=lambda u: u.__name__)
def ufunc(request):
    return request.param


everyone = pytest.mark.parametrize("ufunc", ALL, ids=lambda u: u.__name__)
of_figures = pytest.mark.parametrize("ufunc", [u for u in ALL if u not in BLOCKS], ids=lambda u: u.__name__)


def along(ufunc):
    """For each input of a gufunc, whether time runs along its last axis."""
    return [core.strip("()") in ("t", "n") for core in ufunc.signature.split("->")[0].split("),(")]


def inputs(ufunc, shape, seed=0):
    """Figures with gaps and zeros; where an input of a gufunc is one number per series, small lags."""
    rng = np.random.default_rng(seed)
    made = []
    for k in range(ufunc.nin):
        if ufunc.signature is not None and not along(ufunc)[k]:
            made.append(rng.integers(0, 5, shape[:-1] if isinstance(shape, tuple) else ()).astype(float))
            continue
        x = np.asarray(rng.uniform(-20, 100, shape))
        x[rng.random(shape) < 0.2] = np.nan
        x[rng.random(shape) < 0.05] = 0.0
        made.append(x)
    if ufunc is ufuncs.interval_from_decimals:
        made[1:] = [rng.integers(-4, 9, shape).astype(float), rng.integers(-3, 1, shape).astype(float)]
    elif ufunc.nout == 2 and ufunc.signature is None:  # low and high of each operand, now and then in the wrong order
        for low, high in zip(made[::2], made[1::2], strict=False):
            high[...] = np.where(rng.random(shape) < 0.9, np.maximum(low, high), high)
    return made


def each(ufunc, change, args):
    """The change made to all inputs that have the shape of the result."""
    core = [True] * ufunc.nin if ufunc.signature is None else along(ufunc)
    return [change(a) if c else a for a, c in zip(args, core, strict=True)]


def spread(a):
    """The same with no axis of unit steps."""
    wide = np.empty([3 * n for n in a.shape])[tuple(slice(0, 3 * n, 3) for n in a.shape)]
    wide[...] = a
    return wide


def one_by_one(ufunc, *args):
    """The answer without any layout: fresh contiguous operands, one element (map) or series at a time."""
    args = [np.asarray(a, dtype=float) for a in args]
    if ufunc.signature is None:
        args = np.broadcast_arrays(*args)
    if ufunc.nout > 1 and ufunc.signature is not None:
        out = np.empty((ufunc.nout, *args[0].shape))
        for i in np.ndindex(args[0].shape[:-1]):
            for made, result in zip(out, ufunc(*[a[i].copy() for a in args]), strict=True):
                made[i] = result
        return tuple(out)
    if ufunc.nout > 1:
        rows = [ufunc(*row) for row in zip(*[a.ravel().tolist() for a in args], strict=True)]
        return tuple(np.array(rows).reshape(-1, ufunc.nout).T.reshape(ufunc.nout, *args[0].shape))
    out = np.empty(args[0].shape)
    for i in np.ndindex(args[0].shape if ufunc.signature is None else args[0].shape[:-1]):
        out[i] = ufunc(*[a[i].copy() for a in args])
    return out


def every(result):
    """The results of a call, be they one or several."""
    return result if isinstance(result, tuple) else (result,)


def turned(result, change):
    """The change made to each result."""
    return tuple(map(change, result)) if isinstance(result, tuple) else change(result)


def same(a, b):
    for x, y in zip(every(a), every(b), strict=True):
        np.testing.assert_array_equal(np.asarray(x), np.asarray(y), strict=True)


def written(ufunc, args, first, *more):
    """The call with `first` for its first output, `more` or fresh arrays for the others."""
    fresh = [np.empty(first.shape) for _ in range(ufunc.nout - 1 - len(more))]
    outs = (first, *more[: ufunc.nout - 1], *fresh)
    results = every(ufunc(*args, out=outs))
    assert all(r is o for r, o in zip(results, outs, strict=True))
    return results[0] if ufunc.nout == 1 else results


def test_the_module_names_every_ufunc_of_the_core():
    assert sorted(ufuncs.__all__) == sorted(n for n, u in vars(_core).items() if isinstance(u, np.ufunc))
    assert list(ufuncs.__all__) == sorted(ufuncs.__all__)


@everyone
def test_only_doubles(ufunc):
    assert ufunc.types == ["d" * ufunc.nin + "->" + "d" * ufunc.nout]


@everyone
def test_pickle_gives_the_ufunc_itself(ufunc):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        text = pickle.dumps(ufunc, protocol)
        assert b"indicia.ufuncs" in text
        assert pickle.loads(text) is ufunc
    assert copy.copy(ufunc) is ufunc
    assert copy.deepcopy(ufunc) is ufunc


@everyone
def test_documents(ufunc):
    document = ufunc.__doc__
    assert document.startswith(ufunc.__name__ + "(")
    for part in ("Parameters", "Returns", "Examples", "NaN"):
        assert part in document
    for example in doctest.DocTestFinder(recurse=False).find(ufunc, ufunc.__name__) or [
        doctest.DocTestParser().get_doctest(document, {}, ufunc.__name__, None, 0)
    ]:
        assert example.examples
        assert doctest.DocTestRunner().run(example).failed == 0


@of_figures
def test_no_input_makes_a_warning(ufunc):
    if ufunc.nin <= 3:
        grid = list(np.array(list(itertools.product(awkward, repeat=ufunc.nin))).T)
    else:
        grid = list(np.random.default_rng(0).choice(awkward, (ufunc.nin, 30_000)))
    if ufunc.signature is not None:
        grid = [g if core else 1.0 for g, core in zip(grid, along(ufunc), strict=True)]
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        for change in (lambda g: g, lambda g: g[::-2], lambda g: g.reshape(3, -1)):
            ufunc(*each(ufunc, change, grid))
        if ufunc.signature is None:
            for args in itertools.islice(np.array(grid).T, 300):
                ufunc(*args)
    with np.errstate(all="raise"):
        ufunc(*grid)


@of_figures
def test_the_status_of_others_stays_theirs(ufunc):
    """A loop that cleans up must not hide what NumPy's own ufuncs find afterwards."""
    ufunc(*inputs(ufunc, 50))
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        np.divide(1.0, np.zeros(3))


@pytest.mark.parametrize("n", [0, 1, 2, 7, 8, 9, 63, 64, 65, 1023, 1024, 1025, 2049, 5000])
@pytest.mark.parametrize("step", [1, 2, 3, -1, -2])
def test_lengths_and_strides(ufunc, n, step):
    args = inputs(ufunc, n * abs(step))
    views = each(ufunc, lambda a: a[::step], args)
    want = one_by_one(ufunc, *[v.copy() for v in views])
    same(ufunc(*views), want)
    spaces = [np.full(n * abs(step), 7.0) for _ in range(ufunc.nout)]
    result = written(ufunc, views, *[space[::step] for space in spaces])
    same(result, want)
    if abs(step) > 1:  # the space between is left alone
        rest = np.ones(n * abs(step), bool)
        rest[np.arange(rest.size)[::step]] = False
        assert all((space[rest] == 7.0).all() for space in spaces)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(3, 5, 7), (1, 9), (9, 1), (70, 33), (2, 600), (600, 2), (0, 4), (4, 0), (3, 2100)])
def test_orders_and_axes(ufunc, shape, order):
    if ufunc.signature is None:
        args = [np.array(a, order=order) for a in inputs(ufunc, shape)]
        same(ufunc(*args), one_by_one(ufunc, *args))
        same(ufunc(*[a.T for a in args]), turned(one_by_one(ufunc, *args), np.transpose))
        return
    for axis in range(-len(shape), len(shape)):
        moved = inputs(ufunc, np.moveaxis(np.empty(shape), axis, -1).shape)
        want = turned(one_by_one(ufunc, *moved), lambda r: np.moveaxis(r, -1, axis))  # noqa: B023
        args = each(ufunc, lambda a: np.array(np.moveaxis(a, -1, axis), order=order), moved)  # noqa: B023
        same(ufunc(*args, axis=axis), want)
        apart = np.empty([2 * s for s in shape])[tuple(slice(0, 2 * s, 2) for s in shape)]
        for out in (np.empty(shape, order="C"), np.empty(shape, order="F"), apart):
            outs = (out, *[np.empty(shape) for _ in range(ufunc.nout - 1)])
            assert every(ufunc(*args, axis=axis, out=outs))[0] is out
            same(outs if ufunc.nout > 1 else out, want)
        # no axis has unit steps
        same(ufunc(*each(ufunc, spread, args), axis=axis), want)
        same(ufunc(*each(ufunc, lambda a: np.flip(np.flip(a).copy()), args), axis=axis), want)


@pytest.mark.parametrize("u", MAPS, ids=lambda u: u.__name__)
def test_broadcasting(u):
    args = inputs(u, (6, 1300))
    for which in range(u.nin):
        for pick in (np.s_[:1, :1], np.s_[:, :1], np.s_[:1, :]):
            some = [a[pick] if k == which else a for k, a in enumerate(args)]
            same(u(*some), one_by_one(u, *some))
            # a constant that only the strides show
            spread = [np.broadcast_to(a, args[0].shape) for a in some]
            same(u(*spread), one_by_one(u, *some))
    same(u(*[a[0, :1] for a in args]), one_by_one(u, *[a[0, :1] for a in args]))


def test_scalars_and_no_dimensions(ufunc):
    if ufunc.signature is None:
        args = [a[()] for a in inputs(ufunc, (), seed=3)]
        assert all(isinstance(r, np.float64) for r in every(ufunc(*args)))
        same(turned(ufunc(*[np.array(a) for a in args]), np.asarray), one_by_one(ufunc, *args))
    else:
        with pytest.raises(ValueError, match="dimension"):
            ufunc(*[1.0] * ufunc.nin)


def test_out_is_an_input(ufunc):
    """The trap of generalised ufuncs: by default NumPy lets the output be the very array that is still being read."""
    for shape in [(50,), (3000,), (40, 30), (30, 5, 4)]:
        for which in range(ufunc.nin):
            args = inputs(ufunc, shape)
            if args[which].shape != shape:
                continue
            want = one_by_one(ufunc, *args)
            same(written(ufunc, args, args[which]), want)
            args = each(ufunc, np.asfortranarray, inputs(ufunc, shape))
            same(written(ufunc, args, args[which], *[args[which - k] for k in range(1, ufunc.nout)]), want)
        args = inputs(ufunc, shape)
        args = each(ufunc, lambda _: args[0], args)  # noqa: B023
        want = one_by_one(ufunc, *args)
        same(written(ufunc, args, args[0]), want)


@pytest.mark.parametrize("shift", [1, 2, 5, -1, -3])
def test_out_overlaps_an_input(ufunc, shift):
    for n in (40, 1500):
        for which in range(ufunc.nin):
            args = inputs(ufunc, n)
            if args[which].shape != (n,):
                continue
            space = np.empty(n + 10)
            args[which] = space[5 : 5 + n]
            args[which][...] = inputs(ufunc, n, seed=9)[0]
            want = one_by_one(ufunc, *[a.copy() for a in args])
            same(written(ufunc, args, space[5 + shift : 5 + shift + n]), want)
            args = inputs(ufunc, n)
            want = one_by_one(ufunc, *args)
            same(written(ufunc, args, args[which][::-1]), want)


@pytest.mark.parametrize("dtype", ["i1", "u2", "i4", "i8", "u8", "f2", "f4", "?", ">f8", ">f4"])
def test_other_types_are_cast(ufunc, dtype):
    args = [np.nan_to_num(np.abs(a)).astype(dtype) for a in inputs(ufunc, (9, 40))]
    assert all(a.dtype == dtype for a in args)
    got = ufunc(*args)
    assert all(g.dtype == np.float64 for g in every(got))
    same(got, one_by_one(ufunc, *[a.astype(float) for a in args]))


def test_unaligned(ufunc):
    def shifted(a):
        raw = np.empty(a.nbytes + 1, "u1")[1:].view("f8")
        raw[...] = a
        assert not raw.flags.aligned
        return raw

    args = each(ufunc, shifted, inputs(ufunc, 77))
    same(ufunc(*args), one_by_one(ufunc, *args))


@pytest.mark.parametrize("u", MAPS, ids=lambda u: u.__name__)
def test_where(u):
    args = inputs(u, 100)
    mask = np.arange(100) % 3 == 0
    outs = tuple(np.full(100, -1.0) for _ in range(u.nout))
    u(*args, out=outs, where=mask)
    same(outs, tuple(np.where(mask, want, -1.0) for want in every(one_by_one(u, *args))))


def folded(ufunc, args):
    """One by one, of fresh contiguous operands."""
    shape = next(a.shape for a, core in zip(args, along(ufunc), strict=True) if core)[:-1]
    made = np.empty((ufunc.nout, *shape))
    for i in np.ndindex(shape):
        made[(slice(None), *i)] = ufunc(*[a[i].copy() for a in args])
    return tuple(made) if ufunc.nout > 1 else made[0]


def fold_axes(ufunc, axis):
    """For each operand and result, where the fold runs."""
    return [(axis,) if core else () for core in along(ufunc)] + [()] * ufunc.nout


@pytest.mark.parametrize("u", FOLDS, ids=lambda u: u.__name__)
@pytest.mark.parametrize(
    "shape", [(3, 5, 7), (1, 9), (9, 1), (70, 33), (200, 65), (0, 4), (4, 0), (3, 700), (1100, 8), (70, 100)]
)
def test_folds(u, shape):
    plain = inputs(u, shape, seed=1)
    want, backwards = folded(u, plain), folded(u, each(u, flipped, plain))
    for order in "CF":
        for axis in range(-len(shape), len(shape)):
            axes = fold_axes(u, axis)
            args = each(u, lambda a: np.array(np.moveaxis(a, -1, axis), order=order), plain)  # noqa: B023
            same(u(*args, axes=axes), want)
            same(u(*each(u, lambda a: np.flip(a, axis).copy(), args), axes=axes), backwards)  # noqa: B023
            same(u(*[np.flip(np.flip(a).copy()) for a in args], axes=axes), want)
            same(u(*map(spread, args), axes=axes), want)
            space = np.full([2 * n for n in shape[:-1]] + [u.nout], 7.0)
            outs = tuple(space[(*[slice(0, 2 * n, 2) for n in shape[:-1]], k)] for k in range(u.nout))
            u(*args, axes=axes, out=outs)
            same(outs, want)
    if len(shape) == 2 and shape[0]:  # operands that all share, beside ones of their own
        for which in range(u.nin):
            some = [a[0] if k == which else a for k, a in enumerate(plain)]
            wide = [np.broadcast_to(a[:1], a.shape) if k == which else a for k, a in enumerate(plain)]
            if sum(along(u)) > 1 or not along(u)[which]:
                want = folded(u, wide)
                same(u(*some), want)
                same(u(*map(np.asfortranarray, some)), want)


def flipped(a):
    return np.flip(a, -1)


@pytest.mark.parametrize("u", FOLDS, ids=lambda u: u.__name__)
def test_folds_over_their_inputs(u):
    args = inputs(u, (10, 20))
    want = folded(u, args)
    space = [a.copy() for a in args]
    outs = tuple(space[0][:, k] for k in range(u.nout))
    u(*space, out=outs)
    same(outs, want)


def test_a_window_onto_itself(ufunc):
    """Overlapping strides on the input side only (a sliding window) are legal."""
    base = inputs(ufunc, 60)[0]
    window = as_strided(base, (50, 10), (8, 8), writeable=False)
    args = each(ufunc, lambda _: window, inputs(ufunc, (50, 10)))
    same(ufunc(*args), one_by_one(ufunc, *args))


def test_dask_spreads_it(ufunc):
    da = pytest.importorskip("dask.array")
    args = inputs(ufunc, (8, 60))
    lazy = [da.from_array(a, chunks=(3, -1)[: a.ndim]) for a in args]
    want = one_by_one(ufunc, *args)
    if ufunc.nout > 1:  # dask spreads those that it doesn't know as gufuncs only
        signature = ",".join(["()"] * ufunc.nin) + "->" + ",".join(["()"] * ufunc.nout)
        got = da.apply_gufunc(ufunc, signature, *lazy, output_dtypes=[float] * ufunc.nout)
        same(tuple(g.compute(scheduler="sync") for g in got), want)
    elif ufunc.signature is None:
        same(da.map_blocks(ufunc, *lazy, dtype=float).compute(scheduler="sync"), want)
        same(ufunc(*lazy).compute(scheduler="sync"), want)
    else:
        same(da.apply_gufunc(ufunc, ufunc.signature, *lazy, output_dtypes=float).compute(scheduler="sync"), want)


def test_xarray_spreads_it(ufunc):
    xr = pytest.importorskip("xarray")
    args = [xr.DataArray(a, dims=("geo", "time")[: a.ndim]) for a in inputs(ufunc, (8, 60))]
    core = [["time"] if c else [] for c in along(ufunc)] if ufunc.signature else [[]] * ufunc.nin
    got = xr.apply_ufunc(ufunc, *args, input_core_dims=core, output_core_dims=core[:1] * ufunc.nout)
    assert all(g.dims == ("geo", "time") for g in every(got))
    same(turned(got, lambda g: g.values), one_by_one(ufunc, *args))


def test_threads_may_share_it(ufunc):
    from concurrent.futures import ThreadPoolExecutor

    args = inputs(ufunc, (200, 300))
    want = ufunc(*args)
    with ThreadPoolExecutor(4) as pool:
        for got in pool.map(lambda _: ufunc(*args), range(16)):
            same(got, want)


@pytest.mark.parametrize("u", [ufuncs.growth_rate_lag, ufuncs.growth_rate_abs_lag], ids=lambda u: u.__name__)
@pytest.mark.parametrize("axis", [0, 1])
def test_lags(u, axis):
    x = np.random.default_rng(0).uniform(1, 100, (37, 41))
    length = x.shape[axis]
    plain = np.moveaxis(x, axis, -1)
    for lag in (1, 2, 36, 37, 40, 41, 1000):
        want = np.full(plain.shape, np.nan)
        if lag < length:
            want[:, lag:] = (plain[:, lag:] - plain[:, :-lag]) / plain[:, :-lag]
        for out in (None, np.empty(x.shape), np.empty(x.shape, order="F")):
            same(np.moveaxis(u(x, lag, axis=axis, out=out), axis, -1), want)
    for lag in (0, -1, 1.5, np.nan, np.inf, -np.inf, 1e300):
        assert np.isnan(u(x, lag, axis=axis)).all()
    lags = np.arange(plain.shape[0]) % 5
    want = np.array([u(series, lag) for series, lag in zip(plain, lags, strict=True)])
    same(np.moveaxis(u(x, lags, axis=axis), axis, -1), want)
