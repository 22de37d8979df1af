"""Strategies that make observations and cubes, odd ones among them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from indicia import Cube, Observations, Periods

ODD = ["01", "1", "NA", "TRUE", "", "a,b", '"', "中国", "nan", "None", " ", "é", "<b>", "0", "x" * 40]
NAMES = ["geo", "sex", "unit", "nace_r2", "value_", "国家", "Country Name"]
FREQS = "ASQMWD"
UNITS = ["EUR", "PS", "%", None]

numbers = st.one_of(
    st.floats(allow_infinity=True, allow_nan=True, width=64), st.sampled_from([0.0, -0.0, 1.0, 2.5, float("nan")])
)
flag_sets = st.sampled_from([0, 0, 0, 1, 4, 1 << 18, (1 << 22) | 1, 1 << 28])


@st.composite
def code_lists(draw, least=0):
    words = st.one_of(st.sampled_from(ODD), st.text(alphabet="abcdef01", min_size=1, max_size=3))
    return draw(st.lists(words, min_size=least, max_size=4, unique=True))


@st.composite
def cubes(draw, time=None, least=0, plain=False, dims=None):
    """A cube of up to three dimensions; `plain` ones have finite values and no facts."""
    names = dims or draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    codes = {name: draw(code_lists(least)) for name in names}
    has_time = draw(st.booleans()) if time is None else time
    if not names and not has_time:
        has_time = True
    axis = None
    if has_time:
        axis = Periods.range(draw(st.sampled_from(FREQS)), draw(st.integers(-200, 400)), draw(st.integers(least, 5)))
    shape = (*(len(codes[name]) for name in names), *([len(axis)] if axis is not None else []))
    size = int(np.prod(shape))
    figures = st.integers(-5, 5).map(float) if plain else numbers
    values = np.array(draw(st.lists(figures, min_size=size, max_size=size)), dtype=float).reshape(shape)
    flags = None
    if draw(st.booleans()):
        flags = np.array(draw(st.lists(flag_sets, min_size=size, max_size=size)), dtype=np.uint32).reshape(shape)
    facts = {}
    if not plain:
        facts = draw(series_facts(shape[: len(names)]))
        facts["attrs"] = draw(st.sampled_from([{}, {"title": "GDP"}, {"notes": ["a", "b"], "n": float("nan")}]))
        if names and codes[names[0]]:
            facts["labels"] = {names[0]: {codes[names[0]][0]: "a label"}}
    return Cube([*names, *(["time"] if has_time else [])], codes, axis, values, flags, **facts)


@st.composite
def series_facts(draw, shape):
    facts = {}
    for name, choices in (("unit", UNITS), ("multiplier", [0, 3, -2]), ("decimals", [-1, 0, 1])):
        how = draw(st.sampled_from(["none", "one", "array"]))
        if how == "one":
            facts[name] = draw(st.sampled_from(choices))
        elif how == "array":
            along = tuple(n if draw(st.booleans()) else min(n, 1) for n in shape)
            size = int(np.prod(along))
            given = draw(st.lists(st.sampled_from(choices), min_size=size, max_size=size))
            facts[name] = np.array(given, dtype=object if name == "unit" else np.int8).reshape(along)
    return facts


@st.composite
def observations(draw, mixed=None, unique=False, most=8):
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    codes = {name: draw(code_lists(1)) for name in names}
    has_time = draw(st.booleans()) if names else True
    letters = draw(
        st.lists(st.sampled_from(FREQS), min_size=1, max_size=2 if mixed in (None, True) else 1, unique=True)
    )
    one = st.tuples(
        *(st.integers(0, len(codes[name]) - 1) for name in names), st.sampled_from(letters), st.integers(40, 44)
    )

    def key(row):
        return row if has_time else row[: len(names)]

    rows = draw(st.lists(one, max_size=most, unique_by=key if unique else None))
    n = len(rows)
    time = Periods(np.array([r[-2] for r in rows], "U1"), [r[-1] for r in rows]) if has_time else None
    if time is not None and len(letters) == 1:
        time = Periods(letters[0], [r[-1] for r in rows])
    positions = {name: np.array([r[i] for r in rows], np.int64) for i, name in enumerate(names)}
    values = np.array(draw(st.lists(numbers, min_size=n, max_size=n)), float)
    flags = np.array(draw(st.lists(flag_sets, min_size=n, max_size=n)), np.uint32) if draw(st.booleans()) else None
    dims = [*names, *(["time"] if has_time else [])]
    bare = Observations(dims, codes, positions, time, values, flags)
    series = len(bare.series_index()[1])
    attributes = {}
    if draw(st.booleans()):
        attributes["note"] = (np.array([draw(st.integers(0, 2)) for _ in range(n)], np.int64), ["x", ""])
    return Observations(
        dims, codes, positions, time, values, flags, attributes=attributes, **draw(series_facts((series,)))
    )
