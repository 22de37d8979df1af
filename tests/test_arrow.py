"""The Arrow stream: what pyarrow, polars, duckdb and pandas make of it, and that nothing is copied or left behind."""

from __future__ import annotations

import ctypes
import gc
import math
import sys
import threading
import weakref
from typing import Any

import numpy as np
import pytest

from indicia import _core

pa = pytest.importorskip("pyarrow", exc_type=ImportError)

ROWS = 1000


class Stream:
    """Any object with the protocol's method."""

    def __init__(self, columns: list[Any], **options: Any) -> None:
        self.columns, self.options = columns, options

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return _core.arrow_stream(self.columns, **self.options)


class Array(np.ndarray):
    """An array that can be watched."""


def watched(array: Any) -> tuple[Any, weakref.ref[Any]]:
    array = array.view(Array)
    return array, weakref.ref(array)


def columns(rows: int = ROWS) -> list[Any]:
    rng = np.random.default_rng(1)
    values = rng.standard_normal(rows)
    values[::7] = np.nan
    return [
        ("geo", rng.integers(0, 3, rows).astype(np.uint8), ("CN", "DE", "EU27_2020")),
        ("title", rng.integers(0, 300, rows).astype(np.uint16), [f"名{i}" for i in range(300)]),
        ("far", rng.integers(0, 2, rows).astype(np.uint32), np.array(["", "é"], dtype=object)),
        ("value", values),
        ("flags", rng.integers(0, 9, rows).astype(np.uint32)),
        ("note", rng.integers(0, 3, rows).astype(np.uint8), ("x", "y")),  # 2: none
        ("start", rng.integers(-9, 9, rows).astype(np.int32), "tdD"),
    ]


def expected(given: list[Any]) -> dict[str, list[Any]]:
    result: dict[str, list[Any]] = {}
    for name, array, *rest in given:
        if not rest:
            result[name] = [None if math.isnan(x) else x for x in array.tolist()]
        elif isinstance(rest[0], str):
            result[name] = array.astype("M8[D]").tolist()
        else:
            result[name] = [rest[0][p] if p < len(rest[0]) else None for p in array.tolist()]
    return result


@pytest.mark.parametrize("batch", [0, 1, 333, 1000, 5000])
def test_pyarrow_reads_it(batch: int) -> None:
    given = columns()
    table = pa.table(Stream(given, batch=batch))
    table.validate(full=True)
    assert table.to_pydict() == expected(given)
    assert [str(f.type) for f in table.schema] == [
        "dictionary<values=string, indices=uint8, ordered=0>",
        "dictionary<values=string, indices=uint16, ordered=0>",
        "dictionary<values=string, indices=uint32, ordered=0>",
        "double",
        "uint32",
        "dictionary<values=string, indices=uint8, ordered=0>",
        "date32[day]",
    ]
    assert table.column("value").null_count == len(range(0, ROWS, 7))
    assert table.column("geo").null_count == 0


def test_polars_reads_it() -> None:
    pl = pytest.importorskip("polars")
    given = columns()
    for batch in (0, 300):
        frame = pl.DataFrame(Stream(given, batch=batch))
        assert frame.to_dict(as_series=False) == expected(given)
        assert frame.filter(pl.col("geo") == "DE").height == int((given[0][1] == 1).sum())


def test_duckdb_reads_it() -> None:
    duckdb = pytest.importorskip("duckdb")
    given = columns()
    connection = duckdb.connect()
    for batch in (0, 300):
        stream = Stream(given, batch=batch)  # found by its name
        assert connection.sql("from stream").fetchall() == list(zip(*expected(given).values(), strict=True))
        count = connection.sql("select count(*), count(value), count(note) from stream where geo = 'CN'").fetchone()
        here = given[0][1] == 0
        assert count == (here.sum(), (here & ~np.isnan(given[3][1])).sum(), (here & (given[5][1] < 2)).sum())
        del stream
    connection.close()


def test_pandas_reads_it() -> None:
    pd = pytest.importorskip("pandas", minversion="3.0")
    given = columns()
    frame = pd.DataFrame.from_arrow(Stream(given))
    assert frame["geo"].cat.categories.tolist() == ["CN", "DE", "EU27_2020"]
    assert frame["geo"].tolist() == expected(given)["geo"]
    np.testing.assert_array_equal(frame["value"].to_numpy(), given[3][1])


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 64])
def test_short_tables(rows: int) -> None:
    given = columns(rows)
    table = pa.table(Stream(given))
    table.validate(full=True)
    assert table.num_rows == rows
    assert table.to_pydict() == expected(given)


def test_no_columns_and_no_codes() -> None:
    assert pa.table(Stream([])).num_rows == 0
    table = pa.table(Stream([("note", np.zeros(3, np.uint8), ())]))
    assert table.column(0).to_pylist() == [None] * 3


def test_arrays_are_not_copied() -> None:
    given = columns()
    batch = pa.RecordBatchReader.from_stream(Stream(given)).read_next_batch()
    for i in (0, 1, 2):
        assert batch.column(i).indices.buffers()[1].address == given[i][1].ctypes.data
    for i in (3, 4, 6):
        assert batch.column(i).buffers()[1].address == given[i][1].ctypes.data
    second = list(pa.RecordBatchReader.from_stream(Stream(given, batch=100)))[1].column(4)
    assert second.buffers()[1].address == given[4][1].ctypes.data
    assert second.offset == 100


# ---- who keeps what, and until when ------------------------------------------------------------------------------


def watch() -> tuple[list[Any], list[weakref.ref[Any]]]:
    given, refs = [], []
    for name, array, *rest in columns():
        seen, ref = watched(array)
        given.append((name, seen, *rest))
        refs.append(ref)
    del seen
    return given, refs


def alive(refs: list[weakref.ref[Any]]) -> int:
    gc.collect()
    return sum(ref() is not None for ref in refs)


def test_an_unused_capsule_lets_go() -> None:
    given, refs = watch()
    capsule = _core.arrow_stream(given)
    del given
    assert alive(refs) == len(refs)
    del capsule
    assert alive(refs) == 0


def test_a_consumer_keeps_what_it_uses() -> None:
    given, refs = watch()
    table = pa.table(Stream(given))
    value = table.column("value").to_pylist()
    kept = table.column("value")
    del given, table
    assert alive(refs) > 0
    assert kept.to_pylist() == value
    del kept
    assert alive(refs) == 0


def test_a_stream_that_is_left_halfway() -> None:
    given, refs = watch()
    reader = pa.RecordBatchReader.from_stream(Stream(given, batch=100))
    first = reader.read_next_batch()
    reader.read_next_batch()
    flags = given[4][1][:100].tolist()
    del given
    reader.close()
    del reader
    assert first.column("flags").to_pylist() == flags
    del first
    assert alive(refs) == 0


def test_schema_alone() -> None:
    given, refs = watch()
    reader = pa.RecordBatchReader.from_stream(Stream(given))
    schema = reader.schema
    del reader, given
    assert schema.names == [c[0] for c in columns()]
    del schema
    assert alive(refs) == 0


def test_columns_outlive_their_table_and_go_on_any_thread() -> None:
    given, refs = watch()
    kept = [list(pa.RecordBatchReader.from_stream(Stream(given, batch=90))) for _ in range(8)]
    del given
    barrier = threading.Barrier(len(kept))

    def drop(batches: list[Any]) -> None:
        barrier.wait()
        while batches:
            batches.pop()

    threads = [threading.Thread(target=drop, args=(batches,)) for batches in kept]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert alive(refs) == 0


def test_reference_counts_return() -> None:
    given = columns(100)
    arrays = [c[1] for c in given]
    gc.collect()
    before = [sys.getrefcount(a) for a in arrays]
    for i in range(200):
        capsule = _core.arrow_stream(given, batch=i % 50)
        if i % 3 == 0:
            pa.table(Stream(given))
        elif i % 3 == 1:
            pa.RecordBatchReader.from_stream(Stream(given, batch=7)).read_next_batch()
        del capsule
    gc.collect()
    assert [sys.getrefcount(a) for a in arrays] == before


def test_a_capsule_is_used_once() -> None:
    given = columns(10)
    capsule = _core.arrow_stream(given)
    get = ctypes.pythonapi.PyCapsule_IsValid
    get.argtypes, get.restype = [ctypes.py_object, ctypes.c_char_p], ctypes.c_int
    assert get(capsule, b"arrow_array_stream") == 1

    class Once:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return capsule

    assert pa.table(Once()).num_rows == 10
    with pytest.raises(pa.ArrowInvalid, match="released"):
        pa.table(Once())


# ---- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "error", "match"),
    [
        (["value", np.zeros(2)], TypeError, "expected tuples"),
        (("value",), TypeError, "takes at least 2|2 arguments|argument"),
        (("a\0b", np.zeros(2)), ValueError, "NUL"),
        (("value", [0.0, 1.0]), TypeError, "column 'value': expected a 1-d array"),
        (("value", np.zeros((2, 2))), TypeError, "1-d"),
        (("value", np.zeros(2, np.float32)), TypeError, "1-d array of float64"),
        (("value", np.zeros(3)), ValueError, "column 'value': 3 rows, where the others have 2"),
        (("geo", np.zeros(2, np.int32), ("a",)), TypeError, "positions are uint8"),
        (("geo", np.zeros(2, np.uint8), ("a", 1)), TypeError, "code 1 is no text: 1"),
        (("geo", np.array([0, 3], np.uint8), ("a", "b")), ValueError, "position 3 lies beyond the 2 codes"),
        (("geo", np.zeros(2, np.uint8), ("\ud800",)), UnicodeEncodeError, "surrogates"),
        (("start", np.zeros(2), "tdD"), ValueError, "'tdD', of int32"),
        (("start", np.zeros(2, np.int32), "tdm"), ValueError, "'tdD', of int32"),
    ],
)
def test_columns_that_are_refused(column: Any, error: type[Exception], match: str) -> None:
    good, ref = watched(np.zeros(2))
    with pytest.raises(error, match=match):
        _core.arrow_stream([("first", good), column])
    del good
    assert alive([ref]) == 0


def test_other_refusals() -> None:
    with pytest.raises(TypeError):
        _core.arrow_stream(())
    with pytest.raises(ValueError, match="batch: -1"):
        _core.arrow_stream([], batch=-1)


# ---- observations ------------------------------------------------------------------------------------------------


def observations() -> Any:
    from indicia import Observations, Periods

    return Observations(
        ("geo", "time"),
        {"geo": ("01", "NA", "中国")},
        {"geo": np.array([0, 1, 1, 2], np.uint8)},
        Periods.parse(["2023", "2022-Q4", "2022-Q4", "2021-01"]),
        [1.0, np.nan, 3.0, np.nan],
        [0, 0, 1, 1 << 21],
        attributes={"note": (np.array([0, 1, 1, 0], np.uint8), ("x",))},
    )


def test_observations_by_every_door() -> None:
    wanted = {
        "geo": ["01", "NA", "NA", "中国"],
        "time": ["2023", "2022-Q4", "2022-Q4", "2021-01"],
        "value": [1.0, None, 3.0, None],
        "flags": [0, 0, 1, 1 << 21],
        "note": ["x", None, None, "x"],
    }
    obs = observations()
    table = pa.table(obs)
    table.validate(full=True)
    assert table.to_pydict() == wanted
    assert type(obs).from_arrow(obs, attributes=["note"]) == obs
    pl = pytest.importorskip("polars")
    assert pl.DataFrame(obs).to_dict(as_series=False) == wanted
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        rows = connection.sql("select * from obs").fetchall()
    assert rows == list(zip(*wanted.values(), strict=True))


def test_observations_are_not_copied_and_are_let_go() -> None:
    obs = observations()
    value = pa.table(obs).column("value")
    assert value.chunk(0).buffers()[1].address == obs.values.ctypes.data
    gc.collect()
    before = sys.getrefcount(obs.values)
    for _ in range(50):
        pa.table(obs)
    gc.collect()
    after = sys.getrefcount(obs.values)
    assert after == before
    del obs
    gc.collect()
    assert value.to_pylist() == [1.0, None, 3.0, None]
