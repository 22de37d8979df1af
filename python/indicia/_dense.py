"""Long to dense and back: `Observations.to_cube` and `Cube.to_observations`, on the scatter and gather of the core."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from indicia import _core
from indicia._facts import facts_of, placed_facts, spread_fact
from indicia._labels import near
from indicia._times import freqs_of, rows_of_freq, span_periods
from indicia.config import get_threads
from indicia.cube import Cube
from indicia.errors import DuplicateError, LimitError, UnknownNameError
from indicia.observations import Observations
from indicia.periods import Periods


def to_cube(obs: Observations, freq: str | None, *, duplicates: str, span: Any, max_cells: int) -> Cube:
    if duplicates not in ("error", "first", "last", "sum"):
        raise ValueError(f"duplicates is 'error', 'first', 'last' or 'sum', not {duplicates!r}")
    part = of_freq(obs, freq)
    ordinals: npt.NDArray[np.int32] | None = None
    time: Periods | None = None
    first = periods = 0
    if part.time is not None:
        if span is not None:
            time = span_periods(part.time.freq, span, part.time.ordinals)
            first, periods = (int(time.ordinals[0]), len(time)) if len(time) else (0, 0)
            inside = (part.time.ordinals >= first) & (part.time.ordinals < first + periods)
            part = part if inside.all() else part._take(inside)
        elif len(part):
            first = int(part.time.ordinals.min())  # type: ignore[union-attr]
            periods = int(part.time.ordinals.max()) - first + 1  # type: ignore[union-attr]
        assert part.time is not None
        ordinals = part.time.ordinals
        time = Periods.range(str(part.time.freq), first, periods) if time is None else time
    sizes = part._sizes()
    rows = tuple(part.positions.values())
    try:
        values, flags = _core.scatter(
            rows,
            sizes,
            ordinals,
            first,
            periods,
            part.values,
            part.flags,
            duplicates,
            threads=get_threads(),
            limit=max_cells,
        )
    except DuplicateError as error:
        a, b = map(int, error.rows)
        told = f"rows {a} and {b} have the same key: {part._key(a)} (values {part.values[a]} and {part.values[b]})"
        raise DuplicateError(f"{told}; duplicates='first', 'last' or 'sum' decides", rows=(a, b)) from None
    except LimitError as error:
        raise LimitError(f"{error.message}; sel() a part first, or raise max_cells=") from None
    facts = facts_of(part)
    if any(isinstance(fact, np.ndarray) for fact in facts.values()):
        heads = part.series_index()[1]
        where = tuple(row[heads] for row in rows)
        facts = {name: spread_fact(name, fact, where, sizes) for name, fact in facts.items()}
    return Cube._trusted(
        dims=part.dims,
        codes=part.codes,
        time=time,
        values=values,
        flags=flags,
        labels=part.labels,
        **placed_facts(part.attrs, facts, False),
    )


def of_freq(obs: Observations, freq: str | None) -> Observations:
    """The rows of one frequency."""
    if obs.time is None:
        if freq is not None:
            raise ValueError("freq= needs time, and these observations have none")
        return obs
    freqs = freqs_of(obs.time)
    if freq is None and len(freqs) > 1:
        raise ValueError(
            f"several frequencies, {' and '.join(freqs)}: to_cube(freq=...) takes one, to_cubes() gives all"
        )
    if isinstance(obs.time.freq, str) and freq in (None, obs.time.freq):
        return obs
    if not len(obs):
        return obs._but(time=Periods(freq or "A", obs.time.ordinals))
    if freq not in freqs:
        raise UnknownNameError(f"no frequency {freq!r}{near(str(freq), freqs)}")
    rows = rows_of_freq(obs.time, freq)
    return obs._take(rows, time=Periods._trusted(freq, obs.time.ordinals[rows]))


def to_observations(cube: Cube) -> Observations:
    rows, steps, values, flags = _core.gather(cube.values, cube.flags, cube.time is not None, threads=get_threads())
    time = None
    if cube.time is not None:
        assert steps is not None
        first = int(cube.time.ordinals[0]) if len(cube.time) else 0
        time = Periods._trusted(cube.time.freq, steps + np.int32(first))
    facts = facts_of(cube)
    if any(isinstance(fact, np.ndarray) for fact in facts.values()):
        first_rows = _core.series_index(rows, cube._series_shape(), threads=get_threads())[1]
        where = tuple(row[first_rows] for row in rows)
        for name, fact in facts.items():
            if isinstance(fact, np.ndarray):
                facts[name] = np.broadcast_to(fact, cube._series_shape())[where]
    return Observations._trusted(
        dims=cube.dims,
        codes=cube.codes,
        positions=dict(zip(cube.codes, rows, strict=True)),
        time=time,
        values=values,
        flags=flags,
        labels=cube.labels,
        **placed_facts(cube.attrs, facts, True),
    )
