"""From the columns that the core has read to containers: names, units, words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from indicia._facts import series_fact
from indicia.cube import Cube
from indicia.observations import Observations
from indicia.periods import Periods

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["cube", "observations"]

Raw = dict[str, Any]

# attributes and dimensions that say what a value is measured in; the first that is there counts
_UNITS = ("UNIT_MEASURE", "UNIT", "unit", "UOM")
_MULTIPLIERS = ("UNIT_MULT", "UNIT_MULTIPLIER", "multiplier", "SCALAR_ID")  # the last of Statistics Canada
_DECIMALS = ("DECIMALS", "PRECISION")
# what attrs has under names of our own
_OURS = (
    "format",
    "path",
    "titles",
    "guesses",
    "keywords",
    "children",
    "by_series",
    "by_row",
    "unplaced",
    "collapsed",
    "recoded",
    "absent",
)


def observations(raw: Raw, format: str, path: Any, *, language: str | None, decimals: int | None) -> Observations:
    """A long result as `Observations`."""
    facts = _series_facts(raw, decimals)
    dims = [name for name, *_ in raw["dims"]]
    empty = np.zeros(0, np.uint8)
    return Observations._trusted(
        dims=(*dims, "time") if raw["has_time"] else tuple(dims),
        codes={name: tuple(codes) for name, _, codes, _, _ in raw["dims"]},
        positions={name: empty if positions is None else positions for name, _, _, _, positions in raw["dims"]},
        time=_periods(raw) if raw["has_time"] else None,
        values=np.zeros(0) if raw["values"] is None else raw["values"],
        flags=raw["flags"],
        labels={name: labels for name, _, _, labels, _ in raw["dims"] if labels},
        attrs=_attrs(raw, format, path, language),
        attributes=_row_attributes(raw),
        **facts,
    )


def cube(raw: Raw, format: str, path: Any, *, language: str | None, decimals: int | None) -> Cube:
    """A dense result as a `Cube`."""
    dims = [name for name, *_ in raw["dims"]]
    codes = {name: tuple(codes) for name, _, codes, _, _ in raw["dims"]}
    shape = tuple(len(codes[name]) for name in dims)
    has_time = raw["has_time"]
    values = raw["values"]
    if values is None:
        values = np.zeros((*shape, 0) if has_time else shape)
    printed = _shrunk(raw["decimals"].reshape(shape)) if decimals is None else decimals
    by_series = _series_values(raw, _UNITS)
    unit = None if by_series is None else series_fact("unit", by_series.reshape(shape))
    for name in _UNITS:
        if unit is None and name in dims and len(codes[name]) > 0:
            axis = dims.index(name)
            unit = _shrunk(_objects(codes[name]).reshape([-1 if i == axis else 1 for i in range(len(dims))]))
    powers = _series_values(raw, _MULTIPLIERS)
    numbers = None if powers is None else _whole_numbers(powers, 0)
    multiplier = None if numbers is None else _shrunk(numbers.reshape(shape))
    attrs = _attrs(raw, format, path, language)
    if further := attrs.get("by_series"):  # along the axes of the cube, as its other facts are
        attrs["by_series"] = {
            name: series_fact("unit", _objects(texts).reshape(shape)) for name, texts in further.items()
        }
    return Cube._trusted(
        dims=(*dims, "time") if has_time else tuple(dims),
        codes=codes,
        time=Periods.range(raw["freq"] or "A", raw["first"], values.shape[-1]) if has_time else None,
        values=values,
        flags=raw["flags"],
        labels={name: labels for name, _, _, labels, _ in raw["dims"] if labels},
        attrs=attrs,
        unit=unit,
        multiplier=multiplier,
        decimals=printed,
    )


def _periods(raw: Raw) -> Periods:
    ordinals = raw["ordinals"]
    if ordinals is None:
        return Periods._trusted(raw["freq"] or "A", np.zeros(0, np.int32))
    if raw["freqs"] is not None:
        return Periods._trusted(raw["freqs"].view("S1").astype("U1"), ordinals)
    return Periods._trusted(raw["freq"] or "A", ordinals)


def _objects(texts: Any) -> npt.NDArray[Any]:
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return array


def _shrunk(values: npt.NDArray[Any]) -> Any:
    """One value where all agree; None for no values."""
    if values.size == 0:
        return None
    first = values.reshape(-1)[0]
    if bool((values == first).all()):
        return first if isinstance(first, str) else int(first)
    return values


# ---- facts per series ----------------------------------------------------------------------------------------------


def _series_values(raw: Raw, names: tuple[str, ...]) -> npt.NDArray[Any] | None:
    """The texts of the first attribute of these names that is the same in all of a series, by series."""
    for name in names:
        for attribute, _, values, numbers, _ in raw["attributes"]:
            if attribute != name or numbers is None:
                continue
            table = _objects([*values, None])
            index = np.broadcast_to(np.minimum(numbers, len(values)), (raw["series"],))
            chosen: npt.NDArray[Any] = table[index]
            return chosen
    return None


def _whole_numbers(texts: npt.NDArray[Any], missing: int) -> npt.NDArray[np.int8] | None:
    numbers = np.full(len(texts), missing, dtype=np.int8)
    known: dict[str, int] = {}
    for text in set(texts.tolist()) - {None}:
        try:
            number = int(text)
        except ValueError:
            return None
        if not -128 < number < 128:
            return None
        known[text] = number
    for text, number in known.items():
        numbers[texts == text] = number
    return numbers


def _series_facts(raw: Raw, decimals: int | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"unit": None, "multiplier": None, "decimals": decimals}
    unit = _series_values(raw, _UNITS)
    if unit is None:
        for d, (name, _, codes, _, _) in enumerate(raw["dims"]):
            if name in _UNITS and raw["series"]:
                unit = _objects(codes)[raw["series_codes"].reshape(raw["series"], -1)[:, d]]
                break
    if unit is not None and not all(text is None for text in unit):
        facts["unit"] = _shrunk(unit)
    multiplier = _series_values(raw, _MULTIPLIERS)
    if multiplier is not None:
        numbers = _whole_numbers(multiplier, 0)
        facts["multiplier"] = None if numbers is None else _shrunk(numbers)
    if decimals is None and raw["series"]:
        declared = _series_values(raw, _DECIMALS)
        numbers = None if declared is None else _whole_numbers(declared, -1)
        printed = raw["decimals"]
        facts["decimals"] = _shrunk(printed if numbers is None else np.where(numbers >= 0, numbers, printed))
    return facts


# ---- what else the source says -----------------------------------------------------------------------------------


def _row_attributes(raw: Raw) -> dict[str, tuple[npt.NDArray[Any], tuple[str, ...]]]:
    """The attributes that were asked for, by row; a position equal to the number of codes is none."""
    kept = {}
    for name, _, values, _, rows in raw["attributes"]:
        if rows is not None:
            most = len(values)
            dtype = np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32
            kept[name] = (np.minimum(rows, most).astype(dtype), tuple(values))
    return kept


def _attrs(raw: Raw, format: str, path: Any, language: str | None) -> dict[str, Any]:
    del language  # of formats that have several; none of those read so far
    attrs: dict[str, Any] = {"format": format}
    attrs |= raw.get("told", {})  # what was folded
    if path is not None:
        attrs["path"] = str(path)
    if raw.get("encoding") is not None:
        attrs["encoding"] = raw["encoding"]
    titles = {name: title for name, title, *_ in raw["dims"] if title}
    if titles:
        attrs["titles"] = titles
    by_series: dict[str, tuple[str | None, ...]] = {}
    by_row = []
    for name, level, values, numbers, rows in raw["attributes"]:
        if rows is not None:
            continue  # in .attributes
        if name in {"unit", "multiplier"}:
            continue  # in .unit, .multiplier
        if level == "row":
            by_row.append(name)
        elif level == "series":
            by_series[name] = tuple(_objects([*values, None])[np.minimum(numbers, len(values))])
        elif numbers is not None and numbers[0] < len(values):
            _put(attrs, name, values[int(numbers[0])])
    if by_series:
        attrs["by_series"] = by_series
    if by_row and not raw["collapsed"]:
        attrs["by_row"] = tuple(by_row)  # attributes= keeps them
    notes: dict[str, dict[str, int]] = {}
    for name, text, count in raw["notes"]:
        notes.setdefault(name, {})[text] = count
    for name, counts in notes.items():
        if name == "notes":
            attrs[name] = "\n".join(counts)  # lines before and behind a table
        elif name.startswith("totals/"):
            attrs.setdefault("totals", {})[name.removeprefix("totals/")] = tuple(counts)
        else:
            attrs[name] = counts
    _warn(notes)
    return attrs


def _put(attrs: dict[str, Any], name: str, text: str) -> None:
    """An attribute of the data set; what a reader guessed goes together, lists as tuples."""
    what = name.removeprefix("guesses/")
    first, _, rest = name.partition("\x1f")
    if name.startswith("children/"):  # parents and the codes beneath them
        families = [family.split("\x1f") for family in text.split("\x1e")]
        attrs.setdefault("children", {})[name.removeprefix("children/")] = {of: tuple(codes) for of, *codes in families}
    elif first == "hierarchies":  # px: "parent:child", one after the other
        beneath: dict[str, list[str]] = {}
        for parent, _, child in (one.rpartition("\x1e") for one in text.split("\x1f")):
            if parent:
                beneath.setdefault(parent, []).append(child)
        attrs.setdefault("children", {})[rest] = {of: tuple(codes) for of, codes in beneath.items()}
    elif first == "keywords":  # px: what is said about parts of the table
        keyword, *subs = rest.split("\x1f")
        attrs.setdefault("keywords", {}).setdefault(keyword, {})[tuple(subs)] = _one_or_several(text)
    elif name == "titles/time":
        attrs.setdefault("titles", {})["time"] = text
    elif what == name:
        attrs[name + "_" if name in _OURS else name] = _one_or_several(text)
    else:
        is_list = what in {"time", "dims", "labels", "measures", "attributes"}
        attrs.setdefault("guesses", {})[what] = tuple(text.split("\x1f")) if is_list else text


def _one_or_several(text: str) -> str | tuple[str, ...]:
    texts = tuple(text.split("\x1f"))
    return texts[0] if len(texts) == 1 else texts


def _warn(notes: Mapping[str, Mapping[str, int]]) -> None:
    unplaced = notes.get("unplaced")
    if not unplaced:
        return
    import warnings

    from indicia.errors import DataWarning

    some = ", ".join(f"{text} ({count})" for text, count in list(unplaced.items())[:5])
    warnings.warn(
        f"{sum(unplaced.values())} observations have a period that is on no calendar: {some}",
        DataWarning,
        stacklevel=5,
    )
