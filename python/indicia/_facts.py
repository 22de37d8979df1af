"""What is known per series: unit, multiplier and decimals, and the further attributes that a reader keeps in attrs.

A fact is None, one value where all series agree, or an array: over the series of `Observations`, or, of a `Cube`, one
that broadcasts against its shape without the time axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from indicia._labels import Floats, Labelled, Positions

SERIES = ("unit", "multiplier", "decimals")
NUMBERS: Mapping[str, int] = {"multiplier": 0, "decimals": -1}  # what stands for "not stated"; for texts it is None
BY_SERIES = "by_series"  # the key of attrs under which a reader keeps further attributes of series


def series_fact(name: str, given: Any, shape: tuple[int, ...] | None = None) -> Any:
    """unit, multiplier or decimals: None, one value, or an array; an axis along which all agree shrinks to one.

    `shape` is what an array must broadcast to, with as many axes; None is not checked.
    """
    if given is None or (isinstance(given, str) and name not in NUMBERS):
        return known_fact(name, given)
    if name == "unit":
        array = np.asarray(given, dtype=object)
        wrong = next((u for u in array.flat if not (u is None or isinstance(u, str))), None)
        if wrong is not None:
            raise TypeError(f"a unit is a text, not {type(wrong).__name__} {wrong!r}")
    else:
        array = np.asarray(given)
        if array.dtype.kind not in "iu" and array.size:
            raise TypeError(f"{name} is an integer, not {array.dtype}")
        if array.size and not -128 <= int(array.min()) <= int(array.max()) <= 127:
            raise ValueError(f"{name} lies outside of -128 to 127")
        array = array.astype(np.int8)
    if shape is not None and array.ndim:
        fits = array.ndim == len(shape) and all(a in (1, b) for a, b in zip(array.shape, shape, strict=True))
        if not fits:
            raise ValueError(f"{name} has shape {array.shape}, which does not fit series of shape {shape}")
    return _one_fact(name, array)


def known_fact(name: str, given: Any) -> Any:
    """A fact that is known to be one, in its shortest form."""
    if given is None:
        return None
    if isinstance(given, str):
        return str(given)
    return _one_fact(name, np.asarray(given, dtype=np.int8 if name in NUMBERS else object))


def _one_fact(name: str, array: npt.NDArray[Any]) -> Any:
    for axis in range(array.ndim):
        if array.shape[axis] > 1:
            first = array.take([0], axis=axis)
            if bool(np.asarray(array == first, dtype=bool).all()):
                array = first
    if array.size == 1:
        value = array.reshape(-1)[0]
        if name not in NUMBERS:
            return None if value is None else str(value)
        return None if name == "decimals" and value == -1 else int(value)
    return _frozen(array) if array.size else None


def fact_array(name: str, shape: Any) -> npt.NDArray[Any]:
    """An array of "not stated"."""
    return np.full(shape, NUMBERS.get(name), dtype=np.int8 if name in NUMBERS else object)


def facts_of(container: Labelled) -> dict[str, Any]:
    """All that is known per series: unit, multiplier, decimals, and what stands in ``attrs["by_series"]``."""
    facts = {name: getattr(container, name) for name in SERIES}
    further = container.attrs.get(BY_SERIES)
    if isinstance(further, Mapping):
        for name, given in further.items():
            array = given
            if isinstance(given, tuple):
                array = np.empty(len(given), dtype=object)
                array[:] = given
            facts[f"{BY_SERIES} {name}"] = array
    return facts


def placed_facts(attrs: Mapping[str, Any], facts: Mapping[str, Any], as_tuples: bool) -> dict[str, Any]:
    """Fields of a container: `attrs` with the further facts in them, and unit, multiplier, decimals."""
    further = {
        name.removeprefix(f"{BY_SERIES} "): tuple(fact.tolist()) if as_tuples and isinstance(fact, np.ndarray) else fact
        for name, fact in facts.items()
        if name not in SERIES
    }
    kept = {key: value for key, value in attrs.items() if key != BY_SERIES or not isinstance(value, Mapping)}
    if not as_tuples:
        further = {name: _one_fact("unit", f) if isinstance(f, np.ndarray) else f for name, f in further.items()}
    return {
        **{name: facts[name] for name in SERIES},
        "attrs": {**kept, BY_SERIES: further} if further else kept,
    }


def spread_fact(name: str, given: Any, where: tuple[Positions, ...], sizes: tuple[int, ...]) -> Any:
    """A fact known for some series (at `where`) as one over the grid of all: unknown series agree with any."""
    if given is None or not isinstance(given, np.ndarray):
        return given
    index: dict[Any, int] = {}
    codes = np.array([index.setdefault(value, len(index)) for value in given.tolist()], dtype=np.int64)
    grid = np.full(sizes, -1, dtype=np.int64)
    grid[where] = codes
    for axis in range(grid.ndim):
        if grid.shape[axis]:
            high = grid.max(axis=axis, keepdims=True)
            low = np.where(grid < 0, len(index), grid).min(axis=axis, keepdims=True)
            if bool(((low == high) | (high < 0)).all()):
                grid = high
    table = fact_array(name, len(index) + 1)
    table[:-1] = list(index)
    return _one_fact(name, table[grid])


def same_fact(left: Any, right: Any) -> bool:
    """Whether two facts are the same, None, value or array."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return (
            isinstance(left, np.ndarray)
            and isinstance(right, np.ndarray)
            and left.shape == right.shape
            and bool(np.asarray(left == right, dtype=bool).all())
        )
    return bool(left == right)


def times_power(values: Floats, power: Any) -> Floats:
    """``values * 10 ** power``, rounded once: a negative power divides by an exact one."""
    powers = np.asarray(power, dtype=np.int64)
    up = values * np.power(10.0, np.maximum(powers, 0))
    return up if (powers >= 0).all() else up / np.power(10.0, np.maximum(-powers, 0))


def scaled_decimals(decimals: Any, multiplier: Any) -> Any:
    """The decimals of scaled values; unknown where the last digit printed is left of the mark."""
    if decimals is None:
        return None
    digits = np.asarray(decimals, dtype=np.int64)
    left = np.where(digits < 0, -1, digits - np.asarray(multiplier, dtype=np.int64))
    return series_fact("decimals", np.clip(left, -1, 127))


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
