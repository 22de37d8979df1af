"""What structure messages and code lists say, written in SDMX-ML, SDMX-JSON, or as a delimited table."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from indicia import _core
from indicia.errors import FormatError, LimitError
from indicia.sources import Given, open_source, whole

__all__ = ["Component", "Concept", "Messages", "Reference", "Table", "read_structure"]

LONGEST = 1 << 24  # bytes of one text

#: What heads of columns are called that hold codes, or labels, in words of them.
_CODES = {"code", "codes", "id", "key", "kod", "clave", "codigo", "schlüssel", "代码"}
_LABELS = {"name", "label", "description", "title", "text", "libelle", "libellé", "bezeichnung", "nombre", "名称"}
_SEPARATORS = "\t,;|"


class Reference(NamedTuple):
    """What a structure calls another: `ECB:CL_FREQ(1.0)`, or `ECB:CONCEPTS(1.0).FREQ` for what is in it."""

    agency: str
    id: str
    version: str
    item: str

    @classmethod
    def of(cls, text: str) -> Reference:
        """Parts that aren't said are empty; what stands before "=" is the rest of a URN."""
        found = _REFERENCE.fullmatch(text.rpartition("=")[2].strip())
        return cls("", text, "", "") if found is None else cls(*(part or "" for part in found.groups()))


_REFERENCE = re.compile(r"(?:([^:()]*):)?([^(.:]*)(?:\(([^)]*)\))?(?:\.(.+))?")


class Concept(NamedTuple):
    """What a dimension is about."""

    label: str | None
    codes: str | None


class Component(NamedTuple):
    """A dimension of a data structure."""

    id: str
    codes: str | None
    concept: str | None


@dataclass
class Messages:
    """What structure messages say, by name: `ECB:CL_FREQ(1.0)`."""

    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    concepts: dict[str, dict[str, Concept]] = field(default_factory=dict)
    data: dict[str, list[Component]] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)

    def add(self, lists: Iterable[tuple[str, str, str | None, str | None, Any]]) -> None:
        """What `_core.structures` tells; of two of one name the first counts."""
        for kind, name, _, of, items in lists:
            if kind == "codes":
                self.codes.setdefault(name, items)
            elif kind == "flow":
                if of:
                    self.flows.setdefault(name, of)
            elif kind == "concepts":
                scheme = self.concepts.setdefault(name, {})
                for id, label, codes, _ in items:
                    scheme.setdefault(id, Concept(label, codes))
            else:
                self.data.setdefault(name, [Component(id, codes, concept) for id, _, codes, concept in items if id])

    def __bool__(self) -> bool:
        return bool(self.codes or self.concepts or self.data)


class Table(NamedTuple):
    """A code list as a delimited table: its labels by code, and what the column of its codes is called."""

    head: str | None
    labels: dict[str, str]


def read_structure(source: Given, language: str | None, *, encoding: str | None, ratio: float) -> Messages | Table:
    """A structure message, or a code list; FormatError where it is neither."""
    with open_source(source, encoding=encoding, ratio=ratio, structure=True) as opened:
        data = whole(opened)
        try:
            return structure_of(data, language)
        except (FormatError, LimitError) as error:
            error.path = error.path or opened.name
            raise


def structure_of(data: bytes, language: str | None) -> Messages | Table:
    """The same of its bytes, which are UTF-8."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start not in {b"<", b"{"}:
        return _table(data, language)
    messages = Messages()
    messages.add(_core.structures(data, language, LONGEST) if start == b"<" else _json_lists(data, language))
    if not messages:
        raise FormatError("expected a structure message with code lists, concepts or data structures", line=1, column=1)
    return messages


# ---- SDMX-JSON -----------------------------------------------------------------------------------------------------


def _json_lists(data: bytes, language: str | None) -> Iterator[tuple[str, str, str | None, str | None, Any]]:
    try:
        message = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise FormatError(error.msg, line=error.lineno, column=error.colno, format="sdmx-json") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError("bytes that are no UTF-8", line=line, format="sdmx-json") from None
    except RecursionError:
        raise LimitError("brackets within brackets, too deep", line=1, format="sdmx-json") from None
    try:
        yield from _json_message(message.get("data", message), language)
    except (AttributeError, TypeError, KeyError):
        raise FormatError(
            "expected the lists of an SDMX-JSON structure message, objects with an id", line=1, format="sdmx-json"
        ) from None


def _json_message(
    message: Mapping[str, Any], language: str | None
) -> Iterator[tuple[str, str, str | None, str | None, Any]]:
    for one in (*message.get("codelists", ()), *message.get("valueLists", ()), *message.get("valuelists", ())):
        items = one.get("codes") or one.get("valueItems") or ()
        yield "codes", _name(one), None, None, _json_codes(items, language)
    for one in message.get("conceptSchemes", ()):
        concepts = [
            (c["id"], _word(c, language), _codes_of(c, "coreRepresentation"), None) for c in one.get("concepts", ())
        ]
        yield "concepts", _name(one), None, None, concepts
    for one in message.get("dataStructures", ()):
        dims = one.get("dataStructureComponents", {}).get("dimensionList", {})
        last = dims.get("timeDimensions") or [dims[word] for word in ("timeDimension",) if word in dims]
        components = [
            (d["id"], None, _codes_of(d, "localRepresentation"), d.get("conceptIdentity"))
            for d in (*dims.get("dimensions", ()), *dims.get("measureDimensions", ()), *last)
        ]
        yield "data", _name(one), None, None, components
    for one in message.get("dataflows", ()):
        yield "flow", _name(one), None, one.get("structure"), ()


def _name(one: Mapping[str, Any]) -> str:
    agency, version = one.get("agencyID"), one.get("version")
    return f"{agency + ':' if agency else ''}{one['id']}{f'({version})' if version else ''}"


def _codes_of(one: Mapping[str, Any], where: str) -> str | None:
    codes: str | None = one.get(where, {}).get("enumeration")
    return codes


def _json_codes(items: Iterable[Mapping[str, Any]], language: str | None) -> dict[str, str]:
    labels: dict[str, str] = {}
    for one in items:
        label = _word(one, language)
        if label:
            labels.setdefault(str(one["id"]), label)
    return labels


def _word(one: Mapping[str, Any], language: str | None) -> str | None:
    """A name in the wanted language, else the one that the provider chose, else English, else the first."""
    names = one.get("names") or {}
    if isinstance(one.get("name"), dict):  # SDMX-JSON before 1.0
        names = one["name"]
    if language is not None:
        for tag in (language, *(tag for tag in names if tag.partition("-")[0] == language.partition("-")[0])):
            if names.get(tag):
                return str(names[tag])
    if isinstance(one.get("name"), str):
        return str(one["name"])
    label = names.get("en") or next(iter(names.values()), None)
    return None if label is None else str(label)


# ---- tables ----------------------------------------------------------------------------------------------------------


def _table(data: bytes, language: str | None) -> Table:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("bytes that are no UTF-8", line=data.count(b"\n", 0, error.start) + 1) from None
    start = text[: 1 << 16].splitlines()[:50]
    counted = {mark: min((line.count(mark) for line in start if line.strip()), default=0) for mark in _SEPARATORS}
    separator = max(_SEPARATORS, key=lambda mark: counted[mark])
    if not counted[separator]:
        raise FormatError("expected a structure message, or a code list of two columns", line=1, column=1)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    labels: dict[str, str] = {}
    code, words = 0, [0]
    head: str | None = None
    try:
        for row in rows:
            if len(row) < 2:
                continue
            if head is None:
                code, words = _columns(row, language)
                head = row[code].strip()
            label = next((text for i in words if i < len(row) and (text := row[i].strip())), "")
            if label and code < len(row):
                labels.setdefault(row[code].strip(), label)
    except csv.Error as error:
        raise FormatError(str(error), line=rows.line_num) from None
    return Table(head, labels)


def _columns(head: list[str], language: str | None) -> tuple[int, list[int]]:
    """Which columns hold codes and labels, the best one first: by their heads, or else the first two."""
    words = [set(re.split(r"[\W_]+", name.casefold())) for name in head]
    code = next((i for i, of in enumerate(words) if of & _CODES), 0)
    named = [i for i, of in enumerate(words) if of & _LABELS and i != code]
    tag = (language or "").casefold()
    named.sort(key=lambda i: (tag not in words[i], not words[i] <= _LABELS, "en" not in words[i]))
    return code, named or [1 if code == 0 else 0]
