"""Where an indicator runs over a named dimension that its result has no more: regions, industries, parts of a total.

`containers.labelled` comes here for functions that have an option ``over``. Which dimension that is, if it isn't
said: the last axis of an array, the columns of a DataFrame, the one of a Series; of a cube or a DataArray the only
one that is not time. Functions with an option ``regions`` besides have a second such dimension: the one that remains.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["placed", "prepared", "reduced"]

Wrap = Callable[[Any, Any], Any]


def prepared(kind: str, given: list[Any], over: Any) -> list[Any]:
    """Arguments as alignment wants them: weights that have one dimension lie along `over`."""
    if kind == "pandas":
        return _series_beside_frames(given, over)
    if kind == "array":
        return _vectors_beside_tables(given, over)
    return given


def _series_beside_frames(given: list[Any], over: Any) -> list[Any]:
    pd: Any = sys.modules["pandas"]
    frames = [x for x in given if isinstance(x, pd.DataFrame)]
    if not frames:
        return given
    frame = frames[0]
    if _axis_of_frame(frame, over) == 0:
        return given
    return [
        pd.DataFrame(np.broadcast_to(x.to_numpy(), (len(frame), len(x))), index=frame.index, columns=x.index)
        if isinstance(x, pd.Series)
        else x
        for x in given
    ]


def _vectors_beside_tables(given: list[Any], over: Any) -> list[Any]:
    shapes = [np.shape(x) for x in given]
    whole = max(shapes, key=len)
    axis = -1 if over is None else over
    if len(whole) < 2 or not isinstance(axis, int | np.integer) or not -len(whole) <= axis < len(whole):
        return given
    upright = [1] * len(whole)
    upright[axis] = -1
    return [
        np.reshape(np.asarray(x), upright) if len(shape) == 1 and shape[0] == whole[axis] else x
        for x, shape in zip(given, shapes, strict=True)
    ]


def _axis_of_frame(frame: Any, said: Any, default: int = 1) -> int:
    if said is None:
        return default
    words = {"index": 0, "rows": 0, "columns": 1}
    for axis, name in ((0, frame.index.name), (1, frame.columns.name)):
        if name is not None:
            words[name] = axis
    if isinstance(said, int | np.integer) and -2 <= said < 2:
        return int(said) % 2
    if said in words:
        return words[said]
    raise ValueError(f"over: no dimension {said!r}; a DataFrame has 'index' and 'columns' (or their names)")


def placed(kind: str, wrap: Wrap, ndim: int, said: tuple[Any, Any], two: bool) -> tuple[int, int | None]:
    """The axes that `over` and `regions` mean; `wrap` is as the makers of `containers` leave it."""
    over, regions = said
    if ndim == 0:
        raise ValueError("over: one figure has no others beside it")
    template: Any = wrap.args[0] if isinstance(wrap, functools.partial) else None
    if kind in ("cube", "xarray"):
        if kind == "cube" and isinstance(template, list):
            template = template[0]
        names = [str(d) for d in template.dims]
        time = _time_of(kind, template)
        others = [d for d in names if d != time]
        first = _named(
            "over", over, names, others if not two or regions is None else [d for d in others if d != regions]
        )
        if not two:
            return names.index(first), None
        second = _named("regions", regions, names, [d for d in others if d != first])
        if second == first:
            raise ValueError(f"regions: {second!r} is what is summed over")
        return names.index(first), names.index(second)
    if kind == "pandas" and ndim == 2:
        axis = _axis_of_frame(template, over)
        return axis, 1 - axis if two else None
    axis = -1 if over is None else over
    if isinstance(axis, str) and kind in ("pandas", "polars"):
        axis = 0
    first_axis = _axis_of_array("over", axis, ndim)
    if not two:
        return first_axis, None
    if ndim < 2:
        raise ValueError("regions: a table of regions and industries has two dimensions, not one")
    rest = [k for k in range(ndim) if k != first_axis]
    second_axis = rest[-1] if regions is None else _axis_of_array("regions", regions, ndim)
    if second_axis == first_axis:
        raise ValueError(f"regions: axis {second_axis} is what is summed over")
    return first_axis, second_axis


def _axis_of_array(option: str, said: Any, ndim: int) -> int:
    if not isinstance(said, int | np.integer):
        raise TypeError(f"{option}: expected an integer, got {said!r}")
    if not -ndim <= said < ndim:
        raise np.exceptions.AxisError(int(said), ndim, option)
    return int(said) % ndim


def _time_of(kind: str, template: Any) -> str | None:
    if kind == "cube":
        return "time" if template.time is not None else None
    pd: Any = sys.modules["pandas"]
    dated = [d for d in template.dims if isinstance(template.indexes.get(d), pd.DatetimeIndex | pd.PeriodIndex)]
    if "time" in template.dims:
        return "time"
    return str(dated[0]) if len(dated) == 1 else None


def _named(option: str, said: Any, names: Sequence[str], candidates: Sequence[str]) -> str:
    if said is None:
        if len(candidates) != 1:
            raise ValueError(f"{option}: say which of {', '.join(candidates or names)}")
        return candidates[0]
    if said not in names:
        raise ValueError(f"{option}: no dimension {said!r}; there are {', '.join(names)}")
    return str(said)


# ---- results that lack a dimension ---------------------------------------------------------------------------------


def reduced(kind: str, wrap: Wrap, axis: int, values: Any, flags: Any) -> Any:
    """The same kind without the dimension at `axis`; a number where none is left."""
    if kind == "array":
        return values if np.ndim(values) else np.float64(values)
    if np.ndim(values) == 0:
        return np.float64(values)
    assert isinstance(wrap, functools.partial)
    if kind == "pandas":
        _, rows, columns = wrap.args
        pd: Any = sys.modules["pandas"]
        return pd.Series(values, index=columns if axis == 0 else rows)
    if kind == "xarray":
        template, unit = wrap.args
        small = template.isel({template.dims[axis]: 0}, drop=True).copy(data=values)
        if "units" in small.attrs and unit != "kept":
            small.attrs = {**small.attrs, "units": "1"}
        return small
    cubes, unit, first = wrap.args
    return _cube_without(cubes, unit if first or unit != "kept" else None, axis, (values, flags))


def _cube_without(cubes: list[Any], unit: str | None, axis: int, result: tuple[Any, Any]) -> Any:
    from indicia._labels import agreed, merged_labels

    cube = cubes[0]
    dim = cube.dims[axis]
    labels = {d: words for d, words in merged_labels(cubes).items() if d != dim}
    facts: dict[str, Any] = {"unit": None if unit == "kept" else unit, "multiplier": None, "decimals": None}
    if unit == "kept":
        for name in ("unit", "multiplier"):
            fact = getattr(cube, name)
            if isinstance(fact, np.ndarray) and dim != "time":
                if fact.shape[axis] != 1:
                    raise ValueError(f"{name}s differ along {dim!r}: {', '.join(map(str, fact.reshape(-1)[:5]))}")
                fact = np.take(fact, 0, axis=axis)
            facts[name] = fact
    attrs = {key: value for key, value in agreed([c.attrs for c in cubes]).items() if key != "by_series"}
    return cube._but(
        dims=tuple(d for d in cube.dims if d != dim),
        codes={d: words for d, words in cube.codes.items() if d != dim},
        time=None if dim == "time" else cube.time,
        values=np.ascontiguousarray(result[0]),
        flags=result[1],
        labels=labels,
        attrs=attrs,
        **facts,
    )
