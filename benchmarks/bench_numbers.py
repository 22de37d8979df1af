"""Decimal text to double: the scan of files and the general parser beside strtod and float(), and the way back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks._harness import Row
from indicia import _core, format_numbers, parse_numbers

COUNT = 200_000


def same(ours: tuple[int, float], peer: tuple[int, float]) -> None:
    """Equal sums in the same order are equal figures, or else a very unlikely accident."""
    assert ours == peer, (ours, peer)


def figures(kind: str, count: int) -> list[str]:
    draw = random.Random(kind)
    makers: dict[str, Callable[[], str]] = {
        # index numbers, rates and small counts, as one file mixes them: 1 to 7 characters
        "1 to 7 characters": lambda: (
            draw.choice(("", "", "", "-"))
            + f"{draw.uniform(0, 10 ** draw.choice((1, 2, 3))):.{draw.choice((0, 1, 1, 1, 2))}f}"
        ),
        "5 to 12 characters": lambda: f"{draw.uniform(0, 10 ** draw.randrange(3, 10)):.2f}",
        "8 to 10 digits": lambda: (
            f"{draw.uniform(10 ** (k := draw.randrange(6, 8)), 10 ** (k + 1)):.{draw.choice((1, 2))}f}"
        ),
        # doubles that were printed to be read back: 15 to 17 digits after "0.", one in 10,000 with an exponent
        "17 digits": lambda: repr(draw.random()),
        "17 digits, some before the mark": lambda: f"{draw.uniform(-1, 1) * 10 ** draw.randrange(1, 7):.17g}",
    }
    return [makers[kind]() for _ in range(count)]


def index_numbers(count: int) -> list[str]:
    """What a file of index numbers has in neighbouring cells: one decimal, a random walk around 100."""
    draw = np.random.default_rng(1)
    return [f"{value:.1f}" for value in 60 + np.abs(40 + np.cumsum(draw.normal(0, 1.6, count))) % 80]


def rows(scale: float = 1.0) -> Iterator[Row]:
    count = max(int(COUNT * scale), 100)
    cells = "".join(f"{text}\n" for text in index_numbers(count)).encode()
    yield Row(
        f'scan cells like "104.3", {count:,}',
        ours=lambda: _core.bench_numbers(cells, "shaped")[:2],
        peers={
            "the general parser": lambda: _core.bench_numbers(cells, "parse")[:2],
            "strtod (C library)": lambda: _core.bench_numbers(cells, "strtod")[:2],
            "python float()": lambda: (count, sum(map(float, cells.split()), start=0.0)),
        },
        equal=same,
        bytes_moved=len(cells),
    )
    for kind in (
        "1 to 7 characters",
        "5 to 12 characters",
        "8 to 10 digits",
        "17 digits",
        "17 digits, some before the mark",
    ):
        texts = figures(kind, count)
        lines = "".join(f"{text}\n" for text in texts).encode()

        def engine(name: str, lines: bytes = lines) -> Callable[[], tuple[int, float]]:
            return lambda: _core.bench_numbers(lines, name)[:2]

        def by_float(lines: bytes = lines) -> tuple[int, float]:
            total = 0.0
            count = 0
            for line in lines.split():
                total += float(line)
                count += 1
            return count, total

        yield Row(
            f"scan lines of {kind}, {count:,}",
            ours=engine("shaped"),
            peers={
                "the scan without shapes": engine("scan"),
                "the general parser": engine("parse"),
                "strtod (C library)": engine("strtod"),
                "python float()": by_float,
            },
            equal=same,
            bytes_moved=len(lines),
        )

    texts = figures("1 to 7 characters", count)
    array = np.array(texts)
    values = parse_numbers(array)[0]
    yield Row(
        f"parse_numbers of a str array, {count:,}",
        ours=lambda: parse_numbers(array)[0],
        peers={
            "numpy astype(float)": lambda: array.astype(float),
            "python float()": lambda: np.array([float(text) for text in texts]),
        },
        equal=np.testing.assert_array_equal,
    )
    yield Row(
        f"format_numbers, {count:,}",
        ours=lambda: format_numbers(values),
        peers={"python repr()": lambda: [repr(value) for value in values.tolist()]},
        equal=lambda ours, peer: np.testing.assert_array_equal(ours, [text.removesuffix(".0") for text in peer]),
    )
