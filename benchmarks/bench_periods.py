"""A million periods as text, read and written: beside pandas' and NumPy's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import indicia
from benchmarks._harness import Row

PANDAS = {"A": "Y-DEC", "Q": "Q-DEC", "M": "M", "D": "D"}
NUMPY = {"A": "M8[Y]", "M": "M8[M]", "D": "M8[D]"}
SPAN = {"A": 200, "Q": 800, "M": 2400, "D": 73_000}  # periods from 1900 on that the texts are drawn from


def same_ordinals(ours: Any, peer: Any) -> None:
    """Ours is (letter, ordinals); a peer's has ordinals, or days since 1970."""
    np.testing.assert_array_equal(ours[1], peer)


def same_texts(ours: Any, peer: Any) -> None:
    np.testing.assert_array_equal(ours, np.asarray(peer, str))


def by_numpy(texts: Any, unit: str) -> Callable[[], Any]:
    return lambda: texts.astype(unit).astype(np.int64)


def by_pandas(texts: Any, freq: str) -> Callable[[], Any]:
    def call() -> Any:
        import pandas as pd

        return pd.PeriodIndex(texts, freq=PANDAS[freq]).asi8

    return call


def by_to_datetime(texts: Any) -> Callable[[], Any]:
    def call() -> Any:
        import pandas as pd

        return pd.to_datetime(texts, format="%Y-%m-%d").to_numpy().astype("M8[D]").astype(np.int64)

    return call


def by_polars(texts: Any) -> Callable[[], Any]:
    def call() -> Any:
        import polars as pl

        days = pl.Series(texts).str.to_date("%Y-%m-%d").to_numpy()
        return days.astype("M8[D]").astype(np.int64)

    return call


def to_texts(ordinals: Any, freq: str) -> Callable[[], Any]:
    def call() -> Any:
        import pandas as pd

        index = pd.PeriodIndex.from_ordinals(ordinals, freq=PANDAS[freq])
        return index.strftime("%Y-Q%q") if freq == "Q" else index.astype(str)

    return call


def rows(scale: float = 1.0) -> Iterator[Row]:
    n = max(100, int(1_000_000 * scale))
    few = min(n, 20_000)  # what pandas' parser of single periods is given: it needs seconds for more
    rng = np.random.default_rng(1)
    for freq in "AQMD":
        first = indicia.Period.parse("1900-01-01").first_day
        start = indicia.Periods.from_days(freq, [first])[0].ordinal
        ordinals = rng.integers(start, start + SPAN[freq], n, dtype=np.int32)
        texts = indicia.format_periods(freq, ordinals)
        packed, objects = texts.astype("S"), texts.astype(object)
        example = str(texts[0])
        numpy_s, numpy_u = ({"numpy": by_numpy(t, NUMPY[freq])} if freq in NUMPY else {} for t in (packed, texts))
        days: dict[str, Callable[[], Any]] = {}
        if freq == "D":
            days = {"pandas to_datetime": by_to_datetime(objects), "polars to_date": by_polars(objects.tolist())}

        yield Row(
            f"parse {n} texts like {example}, dtype S",
            lambda t=packed: indicia.parse_periods(t),
            numpy_s,
            same_ordinals,
            packed.nbytes + 4 * n,
        )
        yield Row(
            f"parse {n} texts like {example}, dtype U",
            lambda t=texts: indicia.parse_periods(t),
            numpy_u,
            same_ordinals,
            texts.nbytes + 4 * n,
        )
        yield Row(
            f"parse {n} texts like {example}, str objects",
            lambda t=objects: indicia.parse_periods(t),
            days,
            same_ordinals,
            note="polars starts from a list of str, as we do" if days else "",
        )
        yield Row(
            f"parse {few} texts like {example}, str objects",
            lambda t=objects[:few]: indicia.parse_periods(t),
            {"pandas PeriodIndex": by_pandas(objects[:few], freq)},
            same_ordinals,
        )

        yield Row(
            f"format {few} periods like {example}",
            lambda f=freq, o=ordinals[:few]: indicia.format_periods(f, o),
            {"pandas PeriodIndex": to_texts(ordinals[:few], freq)},
            same_texts,
        )
        if freq in NUMPY:
            yield Row(
                f"format {n} periods like {example}",
                lambda f=freq, o=ordinals: indicia.format_periods(f, o),
                {"numpy datetime_as_string": lambda o=ordinals, u=NUMPY[freq]: np.datetime_as_string(o.astype(u))},
                same_texts,
                texts.nbytes + 4 * n,
            )
