"""series_index, scatter and gather against their slow twins, and what they refuse."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import scatter as twin

import indicia
from indicia import _core

THREADS = (1, 2, 3, 7)
BLOCK = 1024  # rows per block in the core: sizes around it are the odd ones
UNSIGNED = (np.uint8, np.uint16, np.uint32)


def same(a: Any, b: Any) -> None:
    """Equal to the bit, dtype included; None equals None."""
    assert (a is None) == (b is None)
    if a is not None:
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        assert a.tobytes() == b.tobytes()


def rising(rng: np.random.Generator, sizes: tuple[int, ...], share: float) -> tuple[Any, ...]:
    """Distinct cells in C order."""
    cells = int(np.prod(sizes))
    chosen = np.flatnonzero(rng.random(cells) < share)
    return np.unravel_index(chosen, sizes)


# ---- series ------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([1, 2, 3, 200, 256, 60000, 2**32]), min_size=1, max_size=4),
    st.integers(0, 3000),
    st.integers(1, 40),
    st.integers(0, 2**32 - 1),
)
def test_series_are_numbered_by_first_appearance(sizes: list[int], rows: int, variety: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    positions = []
    for size in sizes:
        dtype = np.uint8 if size <= 256 else np.uint16 if size <= 65536 else np.uint32
        pool = rng.integers(0, size, variety)
        runs = np.repeat(pool[rng.integers(0, variety, rows)], rng.integers(1, 5, rows))[:rows]
        positions.append(runs.astype(dtype))
    index, first = _core.series_index(tuple(positions), tuple(sizes))
    expected, starts = twin.series_index(tuple(positions))
    assert index.dtype == np.int32
    assert first.dtype == np.int64
    assert index.tolist() == expected
    assert first.tolist() == starts


@pytest.mark.parametrize("sizes", [(50,), (1000, 1000), (70000, 70000, 70000, 70000, 3)])
@pytest.mark.parametrize("order", ["sorted", "shuffled"])
def test_series_do_not_depend_on_threads(sizes: tuple[int, ...], order: str) -> None:
    rng = np.random.default_rng(1)
    rows = 500_003
    keys = rng.integers(0, 2**62, 20_000)[rng.integers(0, 20_000, rows)]
    if order == "sorted":
        keys.sort()
    positions = tuple(((keys >> (8 * i)) % size).astype(np.uint32) for i, size in enumerate(sizes))
    results = [_core.series_index(positions, sizes, threads=t) for t in THREADS]
    _, first, inverse = np.unique(np.stack(positions), axis=1, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first))
    for index, starts in results:
        np.testing.assert_array_equal(index, rank[inverse.ravel()])
        np.testing.assert_array_equal(starts, np.sort(first))


def test_series_without_dimensions_are_one() -> None:
    index, first = _core.series_index((), (), rows=5)
    assert index.tolist() == [0] * 5
    assert first.tolist() == [0]
    index, first = _core.series_index((), (), rows=0)
    assert len(index) == len(first) == 0
    with pytest.raises(ValueError, match="rows="):
        _core.series_index((), ())


@pytest.mark.parametrize("threads", THREADS)
def test_series_name_the_lowest_wrong_row(threads: int) -> None:
    p = np.zeros(400_000, np.uint16)
    p[[399_999, 250_000, 123_456]] = 500, 400, 300
    with pytest.raises(ValueError, match=r"row 123456: position 300 lies beyond the 300 codes of axis 1"):
        _core.series_index((p * 0, p), (1, 300), threads=threads)


# ---- scatter -----------------------------------------------------------------------------------------------------

numbers = st.floats(allow_nan=True, allow_infinity=True, width=32)


@st.composite
def tables(draw: Any) -> dict[str, Any]:
    sizes = tuple(draw(st.lists(st.sampled_from([1, 2, 3, 4, 1, 2, 3, 4, 0]), max_size=3)))
    has_time = draw(st.booleans())
    periods = draw(st.integers(0, 5))
    rows = draw(st.integers(0, 12))
    first = draw(st.sampled_from([0, -3, 24000, 2**31 - 6, -(2**31)]))
    extra = draw(st.sampled_from([0, 0, 0, 1]))  # now and then a position beyond its axis
    draw_list = lambda s: draw(st.lists(s, min_size=rows, max_size=rows))  # noqa: E731
    return {
        "positions": tuple(
            np.array(draw_list(st.integers(0, max(s - 1, 0) + extra)), draw(st.sampled_from(UNSIGNED))) for s in sizes
        ),
        "sizes": sizes,
        "ordinals": np.array(
            [first + i for i in draw_list(st.integers(0, max(periods - 1, 0) + extra))], np.int64
        ).astype(np.int32)
        if has_time
        else None,
        "first": first,
        "periods": periods,
        "values": np.array(draw_list(numbers), float),
        "flags": np.array(draw_list(st.sampled_from([0, 0, 1, 6])), np.uint32) if draw(st.booleans()) else None,
        "duplicates": draw(st.sampled_from(["error", "first", "last", "sum"])),
    }


@settings(max_examples=400, deadline=None)
@given(tables())
def test_scatter_equals_its_twin(table: dict[str, Any]) -> None:
    values, flags, refused = None, None, None
    try:
        with np.errstate(all="ignore"):
            values, flags = twin.scatter(**table)
    except (twin.Wrong, twin.Twice) as error:
        refused = error
    if isinstance(refused, twin.Wrong):
        with pytest.raises(ValueError, match=f"row {refused.args[0]}: "):
            _core.scatter(*table.values())
    elif refused is not None:
        with pytest.raises(indicia.DuplicateError) as caught:
            _core.scatter(*table.values())
        assert caught.value.rows == refused.args
    else:
        got, marks = _core.scatter(*table.values())
        if table["duplicates"] == "sum":
            # a compensated sum loses what lies 32 digits below its largest part
            parts = table["values"][np.isfinite(table["values"])]
            np.testing.assert_allclose(got, values, rtol=2.3e-16, atol=1e-30 * np.abs(parts).sum())
        else:
            np.testing.assert_array_equal(got, values)
        assert got.shape == values.shape
        same(marks, flags)


@pytest.mark.parametrize("share", [1.0, 0.97, 0.3, 0.0005])
@pytest.mark.parametrize("order", ["sorted", "shuffled", "series shuffled", "last row first"])
def test_scatter_of_many_rows(share: float, order: str) -> None:
    rng = np.random.default_rng(3)
    sizes, periods, first = (7, 300, 5), 31, -20
    a, b, c, t = rising(rng, (*sizes, periods), share)
    n = len(a)
    if order == "shuffled":
        by = rng.permutation(n)
    elif order == "series shuffled":
        by = np.argsort(rng.permutation(7 * 300 * 5)[(a * 300 + b) * 5 + c], kind="stable")
    else:
        by = np.roll(np.arange(n), 1 if order == "last row first" else 0)
    a, b, c, t = a[by], b[by], c[by], t[by]
    values = rng.standard_normal(n)
    values[::11] = np.nan
    flags = np.where(np.arange(n) % 11 == 0, 4, 0).astype(np.uint32)
    dense = np.full((*sizes, periods), np.nan)
    dense[a, b, c, t] = values
    marks = np.zeros(dense.shape, np.uint32)
    marks[a, b, c, t] = flags
    columns = (a.astype(np.uint8), b.astype(np.uint16), c.astype(np.uint32))
    ordinals = (t + first).astype(np.int32)
    for threads in THREADS:
        for policy in ("error", "first", "last", "sum"):
            got, reasons = _core.scatter(
                columns, sizes, ordinals, first, periods, values, flags, policy, threads=threads
            )
            same(got, dense)
            same(reasons, marks)
            assert _core.scatter(columns, sizes, ordinals, first, periods, values, flags * 0, policy)[1] is None


@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("threads", THREADS)
def test_rows_that_rise_within_blocks_alone(step: int, threads: int) -> None:
    blocks = np.array_split(np.arange(200 * BLOCK, dtype=np.uint32) * step, 200)
    for order in (slice(None, None, -1), [*range(100), 150, 149, *range(100, 149), *range(151, 200)]):
        cell = np.concatenate([blocks[i] for i in np.arange(200)[order]])
        values = np.arange(len(cell), dtype=float)
        flags = (cell % 7 == 0).astype(np.uint32)
        size = int(cell.max()) + 2
        got, marks = _core.scatter((cell,), (size,), None, 0, 0, values, flags, "error", threads=threads)
        expected = np.full(size, np.nan)
        expected[cell] = values
        reasons = np.zeros(size, np.uint32)
        reasons[cell] = flags
        same(got, expected)
        same(marks, reasons)
    cell[BLOCK] = cell[BLOCK - 1]  # twice, on both sides of a block's end
    with pytest.raises(indicia.DuplicateError, match=f"rows {BLOCK - 1} and {BLOCK} "):
        _core.scatter((cell,), (size,), None, 0, 0, values, flags, "error", threads=threads)


@pytest.mark.parametrize("policy", ["first", "last", "sum"])
def test_many_rows_for_one_cell(policy: str) -> None:
    rng = np.random.default_rng(4)
    n, size = 300_000, 700
    position = rng.integers(0, size, n).astype(np.uint16)
    values = rng.standard_normal(n) * 10.0 ** rng.integers(-8, 9, n)
    flags = (1 << rng.integers(0, 29, n)).astype(np.uint32)
    results = [_core.scatter((position,), (size,), None, 0, 0, values, flags, policy, threads=t) for t in THREADS]
    for got, marks in results:
        same(got, results[0][0])
        same(marks, results[0][1])
    expected, reasons = twin.scatter((position,), (size,), None, 0, 0, values, flags, policy)
    np.testing.assert_allclose(results[0][0], expected, rtol=4e-16, atol=0)
    same(results[0][1], reasons)


def test_sums_are_compensated() -> None:
    p = np.zeros(4, np.uint8)
    got, _ = _core.scatter((p,), (1,), None, 0, 0, np.array([1.0, 1e100, 1.0, -1e100]), None, "sum")
    assert got[0] == 2.0


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("order", ["sorted", "shuffled"])
def test_the_lowest_second_row_is_named(threads: int, order: str) -> None:
    n = 400_000
    cell = np.arange(n, dtype=np.uint32)
    if order == "shuffled":
        cell = np.random.default_rng(5).permutation(cell)
    cell[[399_000, 200_001, 300_000]] = cell[[1, 200_000, 77]]
    arguments = ((cell,), (n,), None, 0, 0, np.full(n, np.nan), None, "error")
    with pytest.raises(indicia.DuplicateError, match="rows 200000 and 200001") as caught:
        _core.scatter(*arguments, threads=threads)
    assert caught.value.rows == (200_000, 200_001)
    restored = pickle.loads(pickle.dumps(caught.value))
    assert (str(restored), restored.rows) == (str(caught.value), caught.value.rows)
    cell[5] = n  # a wrong position in a lower row is the error, one in a higher row is not
    with pytest.raises(ValueError, match=f"row 5: position {n} lies beyond"):
        _core.scatter(*arguments, threads=threads)
    cell[5], cell[399_999] = 5 if order == "sorted" else cell[399_999], n
    with pytest.raises(indicia.DuplicateError, match="and 200001 "):
        _core.scatter(*arguments, threads=threads)


def test_ordinals_outside_the_periods() -> None:
    o = np.array([10, 11, 9], np.int32)
    with pytest.raises(ValueError, match="row 2: ordinal 9 lies outside the 3 periods from 10"):
        _core.scatter((), (), o, 10, 3, np.zeros(3), None, "error")
    with pytest.raises(ValueError, match="row 1: ordinal 11"):
        _core.scatter((), (), o, 9, 2, np.zeros(3), None, "error")


def test_scatter_limits() -> None:
    p = np.zeros(1, np.uint32)
    arguments = ((p, p), (1000, 1001), None, 0, 0, np.ones(1), None, "error")
    with pytest.raises(indicia.LimitError, match="1001000 cells: more than the limit of 1000000"):
        _core.scatter(*arguments, limit=10**6)
    assert _core.scatter(*arguments, limit=1_001_000)[0].shape == (1000, 1001)
    with pytest.raises(indicia.LimitError, match="more than the limit of 1073741824"):
        _core.scatter((p, p), (2**20, 2**20), None, 0, 0, np.ones(1), None, "error")
    with pytest.raises(indicia.LimitError, match="2\\^62"):
        _core.scatter((p, p, p), (2**32, 2**32, 2**32), None, 0, 0, np.ones(1), None, "error", limit=2**64 - 1)
    with pytest.raises(ValueError, match="limit: -1"):
        _core.scatter(*arguments, limit=-1)
    assert _core.scatter((p,), (np.int64(4),), None, 0, 0, np.ones(1), None, "error")[0].shape == (4,)


def test_empty_things() -> None:
    none = np.zeros(0, np.uint8)
    values, flags = _core.scatter((none,), (3,), np.zeros(0, np.int32), 5, 2, np.zeros(0), None, "error")
    assert np.isnan(values).all()
    assert values.shape == (3, 2)
    assert flags is None
    assert _core.scatter((none, none), (3, 0), None, 0, 0, np.zeros(0), None, "error")[0].shape == (3, 0)
    assert _core.scatter((), (), None, 0, 0, np.array([4.0]), None, "error")[0].shape == ()
    one = np.zeros(1, np.uint8)
    for duplicates in ("error", "first", "last", "sum"):
        with pytest.raises(ValueError, match="row 0: position 0 lies beyond the 0 codes of axis 1"):
            _core.scatter((one, one), (3, 0), None, 0, 0, np.ones(1), None, duplicates)
    with pytest.raises(ValueError, match="row 0: ordinal 5 lies outside the 0 periods from 5"):
        _core.scatter((), (), np.full(1, 5, np.int32), 5, 0, np.ones(1), None, "error")
    positions, time, values, flags = _core.gather(np.zeros((3, 0)), None, True)
    assert (len(positions), len(positions[0]), len(time), len(values), flags) == (1, 0, 0, 0, None)
    positions, time, values, flags = _core.gather(np.array(2.5), None, False)
    assert (positions, time, values.tolist(), flags) == ((), None, [2.5], None)


def test_results_are_plain_arrays_that_own_their_memory() -> None:
    values, flags = _core.scatter(
        (np.zeros(1, np.uint8),), (2,), None, 0, 0, np.ones(1), np.ones(1, np.uint32), "error"
    )
    assert values.flags.c_contiguous
    assert values.flags.writeable
    values[:] = 1
    flags[:] = 1


def test_strided_and_swapped_input() -> None:
    p = np.arange(10, dtype=np.uint8)[::-2]
    v = np.arange(20, dtype=">f8")[::4]
    got, _ = _core.scatter((p,), (10,), None, 0, 0, v, None, "error")
    expected = np.full(10, np.nan)
    expected[p] = v
    np.testing.assert_array_equal(got, expected)
    cube = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(_core.gather(cube.T, None, False)[2], cube.T.ravel())


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"positions": [np.zeros(2, np.uint8)]}, TypeError, "expected a tuple"),
        ({"positions": (np.zeros(2, np.int64),)}, TypeError, r"positions\[0\]: expected uint8.*got int64"),
        ({"positions": ([0, 0],)}, TypeError, r"positions\[0\]: expected an array"),
        ({"positions": (np.zeros((2, 1), np.uint8),)}, ValueError, "one dimension, got 2"),
        ({"positions": (np.zeros(3, np.uint8),)}, ValueError, r"positions\[0\]: 3 elements for 2 rows"),
        ({"sizes": (2, 2)}, ValueError, "1 columns of positions, but 2 sizes"),
        ({"sizes": (-2,)}, ValueError, "sizes: -2"),
        ({"sizes": ("2",)}, TypeError, "integer"),
        ({"ordinals": np.zeros(2)}, TypeError, "ordinals: expected int32, got float64"),
        ({"ordinals": np.zeros(1, np.int32)}, ValueError, "ordinals: 1 elements for 2 rows"),
        ({"periods": -1}, ValueError, "periods: -1"),
        ({"values": np.zeros(2, np.float32)}, TypeError, "values: expected float64, got float32"),
        ({"flags": np.zeros(2, np.int32)}, TypeError, "flags: expected uint32"),
        ({"flags": np.zeros(3, np.uint32)}, ValueError, "flags: 3 elements"),
        ({"duplicates": "mean"}, ValueError, "got 'mean'"),
    ],
)
def test_scatter_refuses(change: dict[str, Any], error: type[Exception], match: str) -> None:
    arguments: dict[str, Any] = {
        "positions": (np.zeros(2, np.uint8),),
        "sizes": (2,),
        "ordinals": np.arange(2, dtype=np.int32),
        "first": 0,
        "periods": 2,
        "values": np.zeros(2),
        "flags": None,
        "duplicates": "error",
    }
    _core.scatter(**arguments)
    with pytest.raises(error, match=match):
        _core.scatter(**(arguments | change))


# ---- gather ------------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=4),
    st.sampled_from([0.0, 0.1, 0.9, 1.0]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_gather_equals_its_twin(shape: list[int], share: float, marked: bool, has_time: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(shape) < share, rng.standard_normal(shape), np.nan)
    flags = (rng.random(shape) < 0.2).astype(np.uint32) * 64 if marked else None
    positions, time, got, marks = _core.gather(values, flags, has_time)
    expected = twin.gather(values, flags, has_time)
    for p, e in zip(positions, expected[0], strict=True):
        assert p.dtype == np.uint8
        assert p.tolist() == e.tolist()
    if has_time:
        assert time.dtype == np.int32
        assert time.tolist() == expected[1].tolist()
    else:
        assert time is None
    same(got, expected[2])
    same(marks, expected[3])


@pytest.mark.parametrize(
    "shape", [(300_000,), (3, 70_000), (256, 257, 5), (2, 3, 65_537), (400_000, 1), (1, 7, 2, 9000)]
)
@pytest.mark.parametrize("share", [1.0, 0.99, 0.4, 0.001])
def test_gather_of_many_cells(shape: tuple[int, ...], share: float) -> None:
    rng = np.random.default_rng(6)
    values = np.where(rng.random(shape) < share, rng.standard_normal(shape), np.nan)
    flags = np.where(rng.random(shape) < 0.01, 8, 0).astype(np.uint32)
    where = np.nonzero(~np.isnan(values) | (flags != 0))
    for threads in THREADS:
        positions, time, got, marks = _core.gather(values, flags, False, threads=threads)
        for p, w, size in zip(positions, where, shape, strict=True):
            assert p.dtype == (np.uint8 if size <= 256 else np.uint16 if size <= 65536 else np.uint32)
            np.testing.assert_array_equal(p, w)
        assert time is None
        same(got, values[where])
        same(marks, flags[where])


def test_there_and_back() -> None:
    rng = np.random.default_rng(7)
    values = np.where(rng.random((5, 40, 60)) < 0.7, rng.standard_normal((5, 40, 60)), np.nan)
    flags = (rng.random(values.shape) < 0.1).astype(np.uint32)
    positions, time, rows, marks = _core.gather(values, flags, True)
    back = _core.scatter(positions, (5, 40), time, 0, 60, rows, marks, "error")
    same(back[0], values)
    same(back[1], flags)


def test_gather_refuses() -> None:
    with pytest.raises(TypeError, match="float64"):
        _core.gather(np.zeros(3, np.float32), None, True)
    with pytest.raises(ValueError, match="shape of values"):
        _core.gather(np.zeros((3, 2)), np.zeros((2, 3), np.uint32), True)
    with pytest.raises(ValueError, match="no axis"):
        _core.gather(np.array(1.0), None, True)
