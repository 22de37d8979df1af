"""Labels from elsewhere: which code list of a structure message, or of a table, belongs to which dimension."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from indicia._labels import Labelled, near, some
from indicia._statcan import metadata
from indicia._structure_sources import Component, Concept, Messages, Reference, Table, read_structure, structure_of
from indicia.errors import DataWarning, FormatError, LimitError, UnknownNameError
from indicia.sources import tells_as_table

__all__ = ["labelled"]

Labels = dict[str, str]
AnyContainer = TypeVar("AnyContainer", bound=Labelled)
Held = TypeVar("Held")


def labelled(
    data: AnyContainer,
    structure: Any,
    *,
    carried: Iterable[Any] = (),
    beside: Iterable[bytes] = (),
    language: str | None = None,
    encoding: str | None = None,
    ratio: float = 200.0,
) -> AnyContainer:
    """The container with the labels of the structures that its source carries, and those of `structure=`.

    Parameters
    ----------
    data
        `Observations` or `Cube`.
    structure
        As for `read_observations`: it wins over what the data have, code by code.
    carried, beside
        What the message itself carries, as `_core.structures` tells it, and structure messages in the same archive: the
        data's own labels win over those.
    language, encoding, ratio
        As for `read_observations`.
    """
    labels = {dim: dict(words) for dim, words in data.labels.items()}
    titles = dict(data.attrs.get("titles", {}))
    own = Messages()
    own.add(carried)
    parts: list[Messages | Table] = [own]
    attrs: dict[str, Any] = {}
    for one in beside:
        if tells_as_table(one):
            attrs |= metadata(one)
            continue
        try:
            parts.append(structure_of(one, language))
        except (FormatError, LimitError) as error:
            warnings.warn(f"a structure message in the archive can't be read: {error}", DataWarning, stacklevel=4)
    for dim, words in _by_message(data, _together(parts)).items():
        labels[dim] = words[0] | labels.get(dim, {})
        if words[1]:
            titles.setdefault(dim, words[1])
    if structure is not None:
        found = _asked(data, structure, language, encoding, ratio)
        for dim, (words_of, title) in found.items():
            labels[dim] = labels.get(dim, {}) | words_of
            if title:
                titles[dim] = title
        if not any(words_of for words_of, _ in found.values()):
            warnings.warn(f"structure= has no label for a code of {', '.join(data.codes)}", DataWarning, stacklevel=4)
    attrs = {**attrs, **data.attrs, **({"titles": titles} if titles else {})}
    return data._but(labels=labels, attrs=attrs)


# ---- what is asked for -----------------------------------------------------------------------------------------------


def _asked(
    data: Labelled, structure: Any, language: str | None, encoding: str | None, ratio: float
) -> dict[str, tuple[Labels, str | None]]:
    def read(source: Any) -> Messages | Table:
        return read_structure(source, language, encoding=encoding, ratio=ratio)

    if isinstance(structure, Mapping):
        return {_dim(data, name): (_of_dim(data, _dim(data, name), given, read)) for name, given in structure.items()}
    parts = [read(one) for one in (structure if isinstance(structure, list | tuple) else [structure])]
    found = _by_message(data, _together(parts))
    for table in parts:
        if isinstance(table, Table):
            for dim in _dims_of(data, table):
                found[dim] = (_fitting(data.codes[dim], table.labels), found.get(dim, ({}, None))[1])
    return found


def _dim(data: Labelled, name: str) -> str:
    if name not in data.codes:
        raise UnknownNameError(f"structure=: no dimension {name!r}{near(str(name), data.codes)}")
    return name


def _of_dim(data: Labelled, dim: str, given: Any, read: Any) -> tuple[Labels, str | None]:
    """The labels of one dimension: given as they are, or by a source of which it has one list."""
    if isinstance(given, Mapping):
        for code, label in given.items():
            if not (isinstance(code, str) and isinstance(label, str)):
                raise TypeError(f"structure=: labels are texts by code: {code!r}: {label!r} in {dim!r}")
        return {code: given[code] for code in data.codes[dim] if code in given}, None
    found = read(given)
    if isinstance(found, Table):
        return _fitting(data.codes[dim], found.labels), None
    by_message = _by_message(data, found).get(dim)
    if by_message is not None and by_message[0]:
        return by_message
    if len(found.codes) == 1:
        return _fitting(data.codes[dim], next(iter(found.codes.values()))), None
    raise ValueError(f"structure=: which list {dim!r} has isn't said; there are {some(list(found.codes))}")


def _dims_of(data: Labelled, table: Table) -> list[str]:
    """The dimensions that a table of codes is of: the one that it names, else those of whose codes it has the most."""
    named = [dim for dim in data.codes if table.head is not None and _same(dim, table.head)]
    if named:
        return named
    found = [
        dim
        for dim, codes in data.codes.items()
        if (n := len(_fitting(codes, table.labels))) > 1 and 2 * n >= len(codes)
    ]
    if not found:
        raise ValueError(
            "structure=: no dimension has half of its codes, and two, in the list that begins with "
            f"{some(list(table.labels)[1:], 3)}; structure={{dimension: source}} says which it is of"
        )
    return found


def _fitting(codes: Iterable[str], labels: Mapping[str, str]) -> Labels:
    """The labels of codes. A list of numbers that has lost its leading zeros, as spreadsheets do, is understood."""
    found = {code: labels[code] for code in codes if code in labels}
    rest = [code for code in codes if code not in found and code.startswith("0") and code.isdigit()]
    if rest and not any(code.startswith("0") and len(code) > 1 for code in labels):
        found |= {code: labels[short] for code in rest if (short := code.lstrip("0") or "0") in labels}
    return found


# ---- by structure messages ------------------------------------------------------------------------------------------


def _together(parts: Iterable[Messages | Table]) -> Messages:
    """What several messages say: the code lists may be in one, the data structure in another."""
    whole = Messages()
    for one in parts:
        if isinstance(one, Messages):
            whole.codes = one.codes | whole.codes
            whole.data = one.data | whole.data
            whole.flows = one.flows | whole.flows
            for name, concepts in one.concepts.items():
                whole.concepts[name] = concepts | whole.concepts.get(name, {})
    return whole


def _by_message(data: Labelled, messages: Messages) -> dict[str, tuple[Labels, str | None]]:
    """Labels and title of each dimension that the messages know."""
    if not messages:
        return {}
    components = _components(data, messages)
    found: dict[str, tuple[Labels, str | None]] = {}
    for dim, codes in data.codes.items():
        component = next((one for one in components if _same(dim, one.id)), None)
        concept = _concept(messages, dim, component)
        name = (component.codes if component is not None else None) or (concept.codes if concept is not None else None)
        listed = _list_called(messages, name) if name else None
        if component is None and listed is None:
            listed = _list_like(messages, dim, codes)
        words = {} if listed is None else _fitting(codes, listed)
        if words or (concept is not None and concept.label):
            found[dim] = (words, concept.label if concept is not None else None)
    return found


def _same(dim: str, id: str) -> bool:
    """Whether a dimension is called so: Eurostat's files and structures differ in case; `value_` is `value`."""
    return id.casefold() in {dim.casefold(), dim.removesuffix("_").casefold()}


def _components(data: Labelled, messages: Messages) -> list[Component]:
    """The dimensions of the data's structure: the one that the data name, else the one that has all of them."""
    for name in _names(data.attrs.get("structure")):
        flow = _best(messages.flows, name)
        found = _best(messages.data, flow or name)
        if found is not None:
            return found
    fitting = {
        name: components
        for name, components in messages.data.items()
        if all(any(_same(dim, one.id) for one in components) for dim in data.codes)
    }
    if len(fitting) > 1:
        raise ValueError(f"structure=: {some(list(fitting))} fit the data, which don't name their structure")
    if fitting:
        return next(iter(fitting.values()))
    return next(iter(messages.data.values())) if len(messages.data) == 1 else []


def _names(structure: Any) -> list[str]:
    names = [structure] if isinstance(structure, str) else list(structure or ())
    return [name.strip() for one in names for name in str(one).split(", ")]


def _best(table: Mapping[str, Held], name: str) -> Held | None:
    """What a reference means: the same id, if possible of the same agency and version."""
    wanted = Reference.of(name)
    best, rank = None, (-1, -1)
    for known, held in table.items():
        one = Reference.of(known)
        if one.id != wanted.id:
            continue
        how = (int(one.agency == wanted.agency), int(one.version == wanted.version))
        if how > rank:
            best, rank = held, how
    return best


def _concept(messages: Messages, dim: str, component: Component | None) -> Concept | None:
    if component is not None and component.concept:
        reference = Reference.of(component.concept)
        scheme = _best(messages.concepts, component.concept)
        if scheme is not None and reference.item in scheme:
            return scheme[reference.item]
    id = component.id if component is not None else dim
    for concepts in messages.concepts.values():
        for name, concept in concepts.items():
            if name is not None and _same(id, name):
                return concept
    return None


def _list_called(messages: Messages, name: str) -> Labels | None:
    """A code list, or a scheme of concepts, which may be a dimension's codes too."""
    found = _best(messages.codes, name)
    if found is not None:
        return found
    scheme = _best(messages.concepts, name)
    return None if scheme is None else {id: concept.label for id, concept in scheme.items() if concept.label}


def _list_like(messages: Messages, dim: str, codes: Iterable[str]) -> Labels | None:
    """Without a data structure: the list that is called as the dimension is, of several the one with the most codes."""
    found = [
        labels
        for name, labels in messages.codes.items()
        if _same(dim, id := Reference.of(name).id) or (id[:3].casefold() == "cl_" and _same(dim, id[3:]))
    ]
    return max(found, key=lambda labels: len(_fitting(codes, labels)), default=None)
