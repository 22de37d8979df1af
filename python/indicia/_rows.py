"""Some rows of `Observations`: what every selection comes down to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from indicia._facts import SERIES, facts_of, placed_facts
from indicia._labels import find_codes, narrow, selected
from indicia._times import select

if TYPE_CHECKING:
    from indicia.observations import Observations

T = TypeVar("T", bound="Observations")


def take(obs: T, rows: Any, changes: Mapping[str, Any]) -> T:
    """The rows of a mask, a slice or an index array."""
    if isinstance(rows, np.ndarray) and rows.dtype == np.bool_:
        rows = np.flatnonzero(rows)  # once, for all columns
    fields = {**obs._state(), **changes}
    fields["values"] = fields["values"][rows]
    fields["flags"] = None if obs.flags is None else _some_flags(obs.flags[rows])
    fields["positions"] = {dim: where[rows] for dim, where in fields["positions"].items()}
    fields["attributes"] = {name: (where[rows], words) for name, (where, words) in obs.attributes.items()}
    if obs.time is not None and "time" not in changes:
        fields["time"] = obs.time[rows]
    facts = facts_of(obs)
    if any(isinstance(fact, np.ndarray) for fact in facts.values()):
        taken = obs._trusted(**{**fields, **dict.fromkeys(SERIES)})
        index, first = obs.series_index()
        series = index[rows][taken.series_index()[1]]
        for name, fact in facts.items():
            if isinstance(fact, np.ndarray) and len(fact) == len(first):
                facts[name] = fact[series]
    return obs._trusted(**{**fields, **placed_facts(fields["attrs"], facts, True)})


def sel(obs: T, wanted: Mapping[str, Any]) -> T:
    """The rows of the wanted codes and periods; `Observations.sel` says how."""
    keep: npt.NDArray[np.bool_] | None = None
    codes, rows = dict(obs.codes), dict(obs.positions)
    labels = {dim: dict(words) for dim, words in obs.labels.items()}
    chosen: dict[str, str] = {}
    for dim, what in wanted.items():
        if dim == "time" and obs.time is not None:
            here = select(obs.time, what)
        else:
            found, single = find_codes(dim, codes[dim], obs.labels.get(dim, {}), what)
            table = np.full(len(codes[dim]), len(found), dtype=narrow(len(found) + 1))
            table[found] = np.arange(len(found), dtype=table.dtype)
            moved = table[rows[dim]]
            here = moved != len(found)
            if single:
                chosen[dim] = codes[dim][int(found[0])]
                del codes[dim], rows[dim]
                labels.pop(dim, None)
            else:
                rows[dim] = moved.astype(narrow(len(found)), copy=False)
                codes[dim] = tuple(codes[dim][i] for i in found)
                kept = set(codes[dim])
                labels[dim] = {code: word for code, word in labels.get(dim, {}).items() if code in kept}
        keep = here if keep is None else keep & here
    return obs._take(
        slice(None) if keep is None else keep,
        dims=tuple(dim for dim in obs.dims if dim not in chosen),
        codes=codes,
        positions=rows,
        labels=labels,
        attrs=selected(obs.attrs, chosen),
    )


def _some_flags(flags: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32] | None:
    return flags if flags.any() else None
