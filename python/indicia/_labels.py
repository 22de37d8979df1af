"""What `Observations` and `Cube` share: names, codes, labels, and the facts that are kept per series."""

from __future__ import annotations

import difflib
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from indicia._facts import SERIES, known_fact, same_fact, series_fact
from indicia.errors import UnknownNameError

if TYPE_CHECKING:
    from indicia.periods import Periods

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.uint32]
Positions: TypeAlias = npt.NDArray[Any]
Codes: TypeAlias = tuple[str, ...]

RESERVED = ("value", "flags", "time")


# ---- names ------------------------------------------------------------------------------------------------------


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, with as many trailing underscores as it takes to be new."""
    names = set(taken)
    while name in names:
        name += "_"
    return name


def dim_names(dims: Iterable[str], has_time: bool) -> tuple[tuple[str, ...], dict[str, str]]:
    """The names of the dimensions, and {as given: as named}: an impostor of value, flags or time is renamed."""
    if isinstance(dims, str):
        raise TypeError(f"dims is a sequence of names, not the text {dims!r}")
    given = list(dims)
    for name in given:
        if not isinstance(name, str):
            raise TypeError(f"a dimension's name is a str, not {type(name).__name__} {name!r}")
    if has_time:
        if not given or given[-1] != "time":
            raise ValueError(f"with a time axis the last dimension is 'time'; dims are {tuple(given)!r}")
        given.pop()
    double = [name for name in given if given.count(name) > 1]
    if double:
        raise ValueError(f"dimension {double[0]!r} is named twice in {tuple(given)!r}")
    renamed: dict[str, str] = {}
    for name in given:
        others = [other for other in given if other != name]
        renamed[name] = free_name(name, [*RESERVED, *others]) if name in RESERVED else name
    names = tuple(renamed.values())
    return ((*names, "time") if has_time else names), renamed


def near(word: str, choices: Iterable[str], labels: Mapping[str, str] | None = None) -> str:
    """The end of a message about an unknown name: what may have been meant."""
    names = list(choices)
    folded = {name.casefold(): name for name in reversed(names)}
    by_label = {label.casefold(): code for code, label in (labels or {}).items()}
    key = str(word).casefold()
    hits = [folded[hit] for hit in difflib.get_close_matches(key, folded, n=3)]
    hits += [by_label[hit] for hit in difflib.get_close_matches(key, by_label, n=3) if by_label[hit] not in hits]
    if hits:
        known = labels or {}
        shown = [repr(hit) + (f" ({known[hit]})" if known.get(hit) else "") for hit in hits[:4]]
        return f"; did you mean {' or '.join(shown)}?"
    if not names:
        return "; there are none"
    return f"; there are {some(names)}"


def some(names: Sequence[str], most: int = 6) -> str:
    """The first few names of a list, in quotes, and how many more there are."""
    shown = ", ".join(repr(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def checked_codes(dim: str, codes: Any) -> Codes:
    """The codes of one dimension as a tuple of different str; TypeError or ValueError that names the culprit."""
    if isinstance(codes, str):
        raise TypeError(f"the codes of {dim!r} are a sequence of str, not the text {codes!r}")
    found = tuple(codes.tolist() if isinstance(codes, np.ndarray) else codes)
    for i, code in enumerate(found):
        if not isinstance(code, str):
            raise TypeError(f"codes are strings: element {i} of {dim!r} is {type(code).__name__} {code!r}")
    found = tuple(map(str, found))
    if len(set(found)) != len(found):
        seen: set[str] = set()
        twice = next(code for code in found if code in seen or seen.add(code))  # type: ignore[func-returns-value]
        raise ValueError(f"code {twice!r} of {dim!r} is there twice")
    return found


def renamed_mapping(what: str, given: Mapping[str, Any] | None, renamed: Mapping[str, str]) -> dict[str, Any]:
    """A mapping by dimension, under the names that the dimensions have here."""
    known = {**renamed, **{name: name for name in renamed.values()}}
    for name in given or {}:
        if name not in known:
            raise UnknownNameError(f"{what} names no dimension: {name!r}{near(str(name), renamed.values())}")
    return {known[name]: value for name, value in (given or {}).items()}


def checked_positions(dim: str, given: Any, n: int, size: int) -> Positions:
    array = np.asarray(given)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"positions of {dim!r} are integers, not {array.dtype}")
    if array.shape != (n,):
        raise ValueError(f"positions of {dim!r} have shape {array.shape} for {n} values")
    if n and (int(array.min()) < 0 or int(array.max()) >= size):
        row = int(np.flatnonzero((array < 0) | (array >= size))[0])
        raise ValueError(f"position {array[row]} of {dim!r} in row {row} lies outside of its {size} codes")
    return array.astype(narrow(size), copy=False)


def checked_labels(given: Any, renamed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """{dimension: {code: label}}, all texts."""
    labels = renamed_mapping("labels", given, renamed)
    for dim, words in labels.items():
        for code, label in words.items():
            if not (isinstance(code, str) and isinstance(label, str)):
                raise TypeError(f"labels are texts by code: {code!r}: {label!r} in {dim!r}")
    return {dim: dict(words) for dim, words in labels.items()}


# ---- arrays -----------------------------------------------------------------------------------------------------


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A read-only view."""
    view = array.view()
    view.flags.writeable = False
    return view


def floats(values: Any, what: str = "values") -> Floats:
    """Numbers as float64, without a copy where they are; texts are none."""
    array = np.asarray(values)
    if array.dtype.kind == "O" and all(v is None or isinstance(v, int | float | np.number) for v in array.flat):
        array = np.array([np.nan if v is None else v for v in array.flat], dtype=np.float64).reshape(array.shape)
    if array.dtype.kind not in "fiub" and array.size:
        raise TypeError(f"{what} are numbers, not {array.dtype}")
    return array.astype(np.float64, copy=False)


def flag_bits(flags: Any, shape: tuple[int, ...]) -> Flags | None:
    """Flags as uint32 of the shape of the values; None where there are none."""
    if flags is None:
        return None
    array = np.asarray(flags)
    if array.dtype.kind not in "iu":
        raise TypeError(f"flags are integers, not {array.dtype}; indicia.flags.parse_flags reads texts")
    if array.shape != shape:
        raise ValueError(f"flags have shape {array.shape}, values {shape}")
    if array.dtype.kind == "i" and array.size and array.min() < 0:
        raise ValueError("flags are bit sets, not negative numbers")
    return array.astype(np.uint32, copy=False) if array.any() else None


def narrow(size: int) -> np.dtype[Any]:
    """The narrowest unsigned type for positions below `size`."""
    return np.dtype(np.uint8 if size <= 1 << 8 else np.uint16 if size <= 1 << 16 else np.uint32)


def encode(texts: Any, what: str, codes: Codes | None = None) -> tuple[Positions, Codes]:
    """Positions and codes of a column of texts: codes as given, or else by first appearance."""
    if isinstance(texts, str):
        raise TypeError(f"{what} is a sequence of str, not the text {texts!r}")
    items = texts.tolist() if isinstance(texts, np.ndarray) else texts
    index: dict[Any, int] = {code: i for i, code in enumerate(codes or ())}
    n = len(index)
    try:
        found = np.array([index.setdefault(text, len(index)) for text in items], dtype=np.int64)
    except TypeError:  # something that has no hash
        index = {}
        found = np.zeros(0, dtype=np.int64)
        bad = next(i for i, text in enumerate(items) if not isinstance(text, Hashable))
        raise TypeError(f"codes are strings: element {bad} of {what} is {items[bad]!r}") from None
    for code in index:
        if not isinstance(code, str):
            bad = index[code]
            row = int(np.flatnonzero(found == bad)[0])
            raise TypeError(f"codes are strings: element {row} of {what} is {type(code).__name__} {code!r}")
    if codes is not None and len(index) > n:
        extra = list(index)[n:]
        raise UnknownNameError(f"{what} has {some(extra)}, which are not among its codes")
    return found.astype(narrow(len(index))), tuple(map(str, index))


# ---- equality ------------------------------------------------------------------------------------------------------


def same_value(left: Any, right: Any) -> bool:
    """Equality of what may stand in attrs: arrays, NaN and all."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        if not (isinstance(left, np.ndarray) and isinstance(right, np.ndarray)) or left.dtype != right.dtype:
            return False
        return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fc"))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same_value(left[k], right[k]) for k in left)
    if isinstance(left, list | tuple) and type(left) is type(right):
        return len(left) == len(right) and all(same_value(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    return left is right or bool(left == right)


# ---- choosing codes -----------------------------------------------------------------------------------------------


def find_codes(dim: str, codes: Codes, labels: Mapping[str, str], wanted: Any) -> tuple[npt.NDArray[np.intp], bool]:
    """Positions of the wanted codes, in the order asked, and whether it was one code alone (given as a str)."""
    single = isinstance(wanted, str)
    if isinstance(wanted, slice) or not (single or isinstance(wanted, Iterable)):
        raise TypeError(f"{dim!r} is chosen by a code or a list of codes, not by {wanted!r}")
    asked = [wanted] if single else list(wanted)
    index = {code: i for i, code in enumerate(codes)}
    found = np.empty(len(asked), dtype=np.intp)
    for i, code in enumerate(asked):
        if not isinstance(code, str):
            raise TypeError(f"codes are strings: {type(code).__name__} {code!r} is none of {dim!r}'s")
        if code not in index:
            raise UnknownNameError(f"no code {str(code)!r} in {dim!r}{near(code, codes, labels)}")
        found[i] = index[code]
    if len(set(found.tolist())) != len(asked):
        raise ValueError(f"a code of {dim!r} is asked for twice: {some([str(code) for code in asked])}")
    return found, single


def find_dims(dims: tuple[str, ...], indexers: Mapping[str, Any] | None, named: Mapping[str, Any]) -> dict[str, Any]:
    """What to choose by, by dimension: the two ways to say it put together."""
    wanted = {**(indexers or {}), **named}
    for name in wanted:
        if name not in dims:
            raise UnknownNameError(f"no dimension {name!r}{near(str(name), dims)}")
    if indexers and set(indexers) & set(named):
        raise TypeError(f"{some(sorted(set(indexers) & set(named)))} chosen twice")
    return wanted


# ---- the common part ----------------------------------------------------------------------------------------------


class Labelled:
    """The common part of `Observations` and `Cube`; see there."""

    __slots__ = (
        "__weakref__",
        "attrs",
        "codes",
        "decimals",
        "dims",
        "flags",
        "labels",
        "multiplier",
        "time",
        "unit",
        "values",
    )
    __hash__: ClassVar[None] = None  # type: ignore[assignment]
    _fields: ClassVar[tuple[str, ...]] = (
        "dims",
        "codes",
        "time",
        "values",
        "flags",
        "labels",
        "attrs",
        "unit",
        "multiplier",
        "decimals",
    )

    dims: tuple[str, ...]
    codes: Mapping[str, Codes]
    time: Periods | None
    values: Floats
    flags: Flags | None
    labels: Mapping[str, Mapping[str, str]]
    attrs: dict[str, Any]
    unit: Any
    multiplier: Any
    decimals: Any

    def _fill(self, fields: Mapping[str, Any]) -> None:
        """Takes checked fields over: views are frozen, mappings closed, facts brought to their shortest form."""
        put = object.__setattr__
        dims = tuple(fields["dims"])
        put(self, "dims", dims)
        put(self, "time", fields.get("time"))
        named = dims if self.time is None else dims[:-1]
        put(self, "codes", MappingProxyType({dim: tuple(fields["codes"][dim]) for dim in named}))
        put(self, "values", frozen(fields["values"]))
        flags = fields.get("flags")
        put(self, "flags", None if flags is None else frozen(flags))
        labels = {dim: _closed(words) for dim, words in (fields.get("labels") or {}).items() if words}
        put(self, "labels", MappingProxyType(labels))
        put(self, "attrs", dict(fields.get("attrs") or {}))
        for name in SERIES:
            put(self, name, known_fact(name, fields.get(name)))

    def _state(self) -> dict[str, Any]:
        """The fields as the constructor takes them."""
        return {name: getattr(self, name) for name in self._fields}

    @classmethod
    def _trusted(cls, **fields: Any) -> Self:
        """The container of fields that are known to fit, without a look at any row."""
        has_time = fields.get("time") is not None
        dims, renamed = dim_names(fields["dims"], has_time)
        if any(old != new for old, new in renamed.items()):
            fields["dims"] = dims
            for name in ("codes", "positions", "labels"):
                if fields.get(name) is not None:
                    fields[name] = {renamed.get(dim, dim): value for dim, value in fields[name].items()}
        self = cls.__new__(cls)
        self._fill(fields)
        return self

    def _but(self, **changes: Any) -> Self:
        """The same container with some fields changed, unchecked."""
        return self._trusted(**{**self._state(), **changes})

    def replace(self, **changes: Any) -> Self:
        """A container with other words about the same numbers.

        Parameters
        ----------
        **changes
            Any of ``labels``, ``attrs``, ``unit``, ``multiplier``, ``decimals``. Values are never changed by it:
            `scaled` does that.

        Returns
        -------
        Observations or Cube
            Shares its arrays with this one.

        Examples
        --------
        >>> from indicia import Cube
        >>> cube = Cube(["geo"], {"geo": ["CN", "DE"]}, None, [1.0, 2.0], unit="EUR")
        >>> cube.replace(unit="USD").unit
        'USD'
        """
        allowed = ("labels", "attrs", *SERIES)
        for name in changes:
            if name not in allowed:
                raise TypeError(f"replace() changes {', '.join(allowed)}, not {name!r}")
        if "labels" in changes:
            changes["labels"] = checked_labels(changes["labels"], {dim: dim for dim in self.codes})
        for name in SERIES:
            if isinstance(fact := series_fact(name, changes.get(name)), np.ndarray):
                series_fact(name, fact, self._series_shape())
        return self._but(**changes)

    def _series_shape(self) -> tuple[int, ...]:
        """The shape of a fact that is kept per series."""
        raise NotImplementedError

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; replace(), sel() and the operators give new ones")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        state = self._state()
        for name, value in state.items():
            if isinstance(value, MappingProxyType):  # which pickle does not know
                state[name] = dict(value)
        state["labels"] = {dim: dict(words) for dim, words in self.labels.items()}
        return _restore, (type(self), state)

    def __copy__(self) -> Self:
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Labelled):
            # an array would compare element by element, if it were asked
            return False if hasattr(other, "__array__") else NotImplemented
        return self.equals(other) and same_value(self.labels, other.labels) and same_value(self.attrs, other.attrs)

    def __ne__(self, other: object) -> bool:
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def equals(self, other: object) -> bool:
        """Whether two containers hold the same data: dims, codes, time, values, flags, unit, multiplier, decimals.

        NaN equals NaN. Labels and attrs don't count; ``==`` holds them against each other too.

        Parameters
        ----------
        other : object

        Returns
        -------
        bool

        Examples
        --------
        >>> from indicia import Cube
        >>> cube = Cube(["geo"], {"geo": ["CN", "DE"]}, None, [1.0, float("nan")])
        >>> cube.equals(cube.replace(attrs={"title": "GDP"})), cube == cube.replace(attrs={"title": "GDP"})
        (True, False)
        """
        if type(self) is not type(other) or not isinstance(other, Labelled):
            return False
        if self.dims != other.dims or self.values.shape != other.values.shape:
            return False
        if dict(self.codes) != dict(other.codes) or not all(
            same_fact(getattr(self, n), getattr(other, n)) for n in SERIES
        ):
            return False
        if (self.time is None) != (other.time is None) or (self.time is not None and self.time != other.time):
            return False
        mine, theirs = self.flags, other.flags
        if mine is None or theirs is None:
            some_flags = theirs if mine is None else mine
            if some_flags is not None and some_flags.any():
                return False
        elif not np.array_equal(mine, theirs):
            return False
        return bool(np.array_equal(self.values, other.values, equal_nan=True))

    def copy(self) -> Self:
        """The same container on arrays of its own, which may be written to.

        Containers don't change; ``copy()`` is for those who must correct a number in place. Only ``values`` and
        ``flags`` (made, if there were none) are writable; names and codes stay as they are.

        Returns
        -------
        Observations or Cube

        Examples
        --------
        >>> from indicia import Cube
        >>> cube = Cube(["geo"], {"geo": ["CN", "DE"]}, None, [1.0, 2.0])
        >>> mine = cube.copy()
        >>> mine.values[0] = 5.0
        >>> mine.values[0], cube.values[0]
        (np.float64(5.0), np.float64(1.0))
        """
        twin = self._but()
        flags = np.zeros(self.values.shape, np.uint32) if self.flags is None else self.flags.copy()
        object.__setattr__(twin, "values", self.values.copy())
        object.__setattr__(twin, "flags", flags)
        return twin

    def __repr__(self) -> str:
        from indicia.display import describe

        return describe(self)

    def _repr_html_(self) -> str:
        from indicia.display import describe_html

        return describe_html(self)


def _closed(words: Mapping[str, str]) -> Mapping[str, str]:
    return words if isinstance(words, MappingProxyType) else MappingProxyType(dict(words))


def _restore(cls: type[Labelled], state: dict[str, Any]) -> Labelled:
    return cls._trusted(**state)


def agreed(dicts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The entries that stand in all of them with the same value."""
    first, *others = dicts
    return {k: v for k, v in first.items() if all(k in other and same_value(v, other[k]) for other in others)}


def merged_labels(containers: Sequence[Labelled]) -> dict[str, dict[str, str]]:
    """All labels; where two differ the first wins."""
    merged: dict[str, dict[str, str]] = {}
    for container in reversed(containers):
        for dim, words in container.labels.items():
            merged.setdefault(dim, {}).update(words)
    return merged


def selected(attrs: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, Any]:
    """attrs with a note of the dimensions that were dropped because one code of them was chosen."""
    return {**attrs, "selected": {**attrs.get("selected", {}), **chosen}} if chosen else dict(attrs)
