"""From TOML to what a ledger means: every key is known, every name is there, units fit; or an error with its line."""

from __future__ import annotations

import datetime
import keyword
import unicodedata
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final

from indicia._expressions import Comparison, ExpressionError, names, parse
from indicia._labels import near, some
from indicia._ledger_figures import Figure, exactly, figure, read_cell
from indicia._ledger_model import ASPECTS, STATED, Assumption, Quantity, Relation, Source, Version
from indicia._ledger_toml import Document, Path
from indicia._ledger_units import PURE, Unit, UnitsError, check, parse_unit
from indicia._phrases import KINDS, READINGS
from indicia.errors import LedgerError

__all__ = ["Building"]

_FIGURES: Final = ("said", "value", "cell")
_WORDS: Final = ("concept", "prices", "vintage", "place", "period", "source", "note")
_VERSION: Final = (*_FIGURES, "unit", "kind", "decimals", "exact", "reading", *_WORDS)
_KEYS: Final = {
    "ledger": ("title", "note", "sources", "assumptions", "quantities", "relations"),
    "source": ("title", "publisher", "url", "date"),
    "assumption": ("text", "bridges", "made", "note"),
    "quantity": ("label", *_VERSION, "alternatives"),
    "alternative": _VERSION,
    "cell": ("file", "where", "time", "format"),
    "relation": ("key", "says", "holds", "kind", "section", "assumes", "with", "note"),
}
_BRIDGES: Final = (*ASPECTS, "place", "period")
_TYPES: Final = {
    str: "text", bool: "true or false", int: "a whole number", Decimal: "a number", float: "a number",
    list: "a list", dict: "a table", datetime.date: "a date", datetime.datetime: "a date", datetime.time: "a time",
}  # fmt: skip


class Building:
    """Makes the parts of a ledger of a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        data = document.data
        self._known("ledger", data, ())
        self.title = self._text(data, (), "title")
        self.note = self._text(data, (), "note")
        self.sources = {
            key: Source(key, **{name: self._text(table, path, name) for name in _KEYS["source"]})
            for key, table, path in self._tables("sources", "source")
        }
        self.assumptions = {
            key: self._assumption(key, table, path) for key, table, path in self._tables("assumptions", "assumption")
        }
        self.quantities = {
            key: self._quantity(key, table, path) for key, table, path in self._tables("quantities", "quantity")
        }
        self.relations: dict[str, Relation] = {}
        relations = data.get("relations", [])
        if not isinstance(relations, list | tuple):
            raise self._wrong(relations, ("relations",), "[[relations]], each with two brackets")
        for number, table in enumerate(relations):
            made = self._relation(number, table, ("relations", number))
            self.relations[made.key] = made

    # ---- helpers

    def _error(self, message: str, path: Path, *, value: bool = False, offset: int = 0) -> LedgerError:
        if not any(self.document.place(path)):  # no text to point into: the message says where
            message = ".".join(str(key) for key in path) + f": {message}" if path else message
        return self.document.error(message, path, value=value, offset=offset)

    def _wrong(self, given: Any, path: Path, wanted: str) -> LedgerError:
        told = next((words for kind, words in _TYPES.items() if type(given) is kind), type(given).__name__)
        return self._error(f"{path[-1]}: expected {wanted}, got {told}", path)

    def _known(self, what: str, table: Mapping[Any, Any], path: Path) -> None:
        for key in table:
            if key not in _KEYS[what]:
                raise self._error(f"{what} has no key {key!r}{near(str(key), _KEYS[what])}", (*path, key))

    def _tables(self, name: str, what: str) -> list[tuple[str, Mapping[str, Any], Path]]:
        tables = self.document.data.get(name, {})
        if not isinstance(tables, Mapping):
            raise self._wrong(tables, (name,), f"tables [{name}.KEY]")
        for key, table in tables.items():
            if not isinstance(table, Mapping):
                raise self._wrong(table, (name, key), f"a table [{name}.{key}]")
            self._known(what, table, (name, key))
        return [(str(key), table, (name, key)) for key, table in tables.items()]

    def _text(self, table: Mapping[str, Any], path: Path, key: str) -> str:
        """Text; where a word is natural as a number or a date (a period, a vintage), that too."""
        given = table.get(key, "")
        if isinstance(given, str):
            return " ".join(given.split())
        if key in ("period", "vintage", "date") and isinstance(given, int | datetime.date) and given is not True:
            return str(given)
        raise self._wrong(given, (*path, key), "text")

    def _choice(self, table: Mapping[str, Any], path: Path, key: str, choices: Collection[str], default: str) -> str:
        given = table.get(key, default)
        if not isinstance(given, str):
            raise self._wrong(given, (*path, key), f"one of {', '.join(choices)}")
        if given not in choices and given != default:
            raise self._error(f"no {key} {given!r}{near(given, choices)}", (*path, key), value=True)
        return given

    def _flag(self, table: Mapping[str, Any], path: Path, key: str, default: bool | None) -> bool | None:
        given = table.get(key, default)
        if given is not None and not isinstance(given, bool):
            raise self._wrong(given, (*path, key), "true or false")
        return given

    def _names(self, given: Any, path: Path, choices: Collection[str], what: str) -> tuple[str, ...]:
        """A name or a list of names."""
        many = [given] if isinstance(given, str) else given
        if not isinstance(many, list | tuple):
            raise self._wrong(given, path, "a list of names")
        for number, name in enumerate(many):
            here = path if isinstance(given, str) else (*path, number)
            if not isinstance(name, str):
                raise self._wrong(name, here, "a name")
            if name not in choices:
                raise self._error(f"no {what} {name!r}{near(name, choices)}", here, value=True)
        return tuple(many)

    def _line(self, path: Path) -> int:
        return self.document.place(path)[0]

    # ---- assumptions and quantities

    def _assumption(self, key: str, table: Mapping[str, Any], path: Path) -> Assumption:
        text = self._text(table, path, "text")
        if not text:
            raise self._error(f"the assumption {key!r} has no text", path)
        bridges = self._names(table.get("bridges", []), (*path, "bridges"), _BRIDGES, "aspect to bridge")
        made = self._flag(table, path, "made", True)
        note = self._text(table, path, "note")
        return Assumption(key, text, bridges, made is not False, note, self._line(path))

    def _quantity(self, key: str, table: Mapping[str, Any], path: Path) -> Quantity:
        if not key.isidentifier() or keyword.iskeyword(key) or unicodedata.normalize("NFKC", key) != key:
            wanted = "a name for formulas: letters, digits and _, not a digit first, no word of Python"
            raise self._error(f"{key!r} is not {wanted}", path)
        alternatives = table.get("alternatives", {})
        if not isinstance(alternatives, Mapping):
            raise self._wrong(alternatives, (*path, "alternatives"), "tables, one for each alternative")
        stated = {name: value for name, value in table.items() if name not in ("label", "alternatives")}
        versions: dict[str, Version] = {}
        if not alternatives or any(name in table for name in _FIGURES):
            versions[STATED] = self._version(STATED, stated, path, {})
        for name, own in alternatives.items():
            here = (*path, "alternatives", name)
            if not isinstance(own, Mapping):
                raise self._wrong(own, here, "a table")
            if name == STATED:
                raise self._error(f"an alternative can't be called {STATED!r}: that is the quantity's own figure", here)
            self._known("alternative", own, here)
            kept = dict(stated)
            if any(key in own for key in _FIGURES):
                for other in _FIGURES:
                    kept.pop(other, None)
            origins = dict.fromkeys(kept, path) | dict.fromkeys(own, here)
            versions[str(name)] = self._version(str(name), {**kept, **own}, here, origins)
        unit = next(iter(versions.values())).unit
        for version in versions.values():
            if version.unit.dims != unit.dims:
                raise self._error(
                    f"alternatives of {key!r} have units that don't fit: {unit.text!r} and {version.unit.text!r}",
                    (*path, "alternatives", version.name) if version.name != STATED else path,
                )
        label = self._text(table, path, "label") or key
        return Quantity(key, label, unit, versions, self._text(table, path, "note"), self._line(path))

    def _version(self, name: str, table: Mapping[str, Any], path: Path, origins: Mapping[str, Path]) -> Version:
        def at(key: str) -> Path:
            return (*origins.get(key, path), key)

        given = [key for key in _FIGURES if key in table]
        if len(given) > 1:
            raise self._error(f"{given[0]} and {given[1]} are two figures: one must go", at(given[1]))
        words = {key: self._text(table, at(key)[:-1], key) for key in _WORDS}
        kind = self._choice(table, at("kind")[:-1], "kind", KINDS, "outcome")
        reading = self._choice(table, at("reading")[:-1], "reading", READINGS, "") or None
        exact = self._flag(table, at("exact")[:-1], "exact", None)
        decimals = table.get("decimals")
        if decimals is not None and (isinstance(decimals, bool) or not isinstance(decimals, int)):
            raise self._wrong(decimals, at("decimals"), "a whole number")
        if decimals is not None and abs(decimals) > 22:
            raise self._error("decimals lie outside of -22 to 22", at("decimals"), value=True)
        unit = self._unit(table, at("unit"))
        flags: tuple[str, ...] = ("FORECAST",) if kind == "projection" else ()
        made, said = Figure(None, None, None), ""
        try:
            if "value" in table:
                said = self._number(table["value"], at("value"))
                made = exactly(said, unit or PURE)
            elif "cell" in table:
                said, decimals, unit, marks, made, words["period"] = self._cell(
                    table["cell"], at("cell"), unit, decimals, words["period"]
                )
                flags = tuple(dict.fromkeys((*flags, *marks)))
            elif "said" in table:
                said = self._said(table["said"], at("said"))
            if said and "value" not in table:
                options: dict[str, Any] = {"decimals": decimals, "kind": kind, "exact": exact, "reading": reading}
                made = figure(said, unit or PURE, **options)
        except (ValueError, OverflowError) as error:
            if isinstance(error, LedgerError):
                raise
            raise self._error(str(error), at(given[0]), value=True) from None
        return Version(
            name, unit or PURE, said, made.literal, made.reported, made.digit, made.why, kind,
            **words, flags=flags, line=self._line(path),
        )  # fmt: skip

    def _unit(self, table: Mapping[str, Any], path: Path) -> Unit | None:
        given = table.get("unit")
        if given is None:
            return None
        if not isinstance(given, str):
            raise self._wrong(given, path, "text")
        try:
            return parse_unit(given)
        except ValueError as error:
            raise self._error(str(error), path, value=True) from None

    def _number(self, given: Any, path: Path) -> str:
        """An exact number as text."""
        if isinstance(given, str):
            try:
                given = Decimal(given.replace(",", "").replace("−", "-"))
            except ArithmeticError:
                raise self._error(f"value: {given!r} is no number; said= takes words", path, value=True) from None
        if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
            raise self._wrong(given, path, "a number")
        number = Decimal(repr(given)) if isinstance(given, float) else Decimal(given)
        if not number.is_finite():
            raise self._error(f"value: {given} is no number", path, value=True)
        return str(number)

    def _said(self, given: Any, path: Path) -> str:
        if isinstance(given, str):
            said = " ".join(given.split())
            if not said:
                raise self._error("said: nothing; leave it out where there is no figure", path, value=True)
            return said
        return self._number(given, path)

    def _cell(
        self, spec: Any, path: Path, unit: Unit | None, decimals: int | None, period: str
    ) -> tuple[str, int | None, Unit | None, tuple[str, ...], Figure, str]:
        if not isinstance(spec, Mapping):
            raise self._wrong(spec, path, "a table { file = ..., where = {...}, time = ... }")
        self._known("cell", spec, path)
        if not isinstance(spec.get("file"), str):
            raise self._error("cell: no file", path) if "file" not in spec else self._wrong(spec["file"], path, "text")
        if not isinstance(spec.get("where", {}), Mapping):
            raise self._wrong(spec["where"], (*path, "where"), "a table { dimension = code }")
        try:
            cell = read_cell(spec, self.document.folder, unit)
        except OSError as error:
            told = f"{error.filename or spec['file']}: {error.strerror or error}"
            raise self._error(f"cell: {told}", (*path, "file"), value=True) from error
        except (ValueError, KeyError, ImportError) as error:
            raise self._error(f"cell: {spec['file']}: {error}", path, value=True) from error
        made = Figure(None, None, None, cell.why)
        said = cell.said
        return said, cell.decimals if decimals is None else decimals, cell.unit, cell.flags, made, period or cell.period

    # ---- relations

    def _relation(self, number: int, table: Any, path: Path) -> Relation:
        if not isinstance(table, Mapping):
            raise self._wrong(table, path, "a table [[relations]]")
        self._known("relation", table, path)
        key = self._text(table, path, "key") or f"relation_{number + 1}"
        if key in self.relations:
            told = f" (line {self.relations[key].line} has it)" if self.relations[key].line else ""
            raise self._error(f"a second relation with the key {key!r}{told}", (*path, "key"))
        if "holds" not in table:
            raise self._error(f'the relation {key!r} holds nothing: holds = "a formula" is missing', path)
        holds = table["holds"]
        here = (*path, "holds")
        if not isinstance(holds, str):
            raise self._wrong(holds, here, "a formula in quotes")
        comparison = self._comparison(holds, here)
        told = " ".join(holds.split())
        pins = self._pins(table.get("with", {}), (*path, "with"), names(comparison))
        return Relation(
            key, self._text(table, path, "says") or told, told, comparison, names(comparison),
            self._names(table.get("assumes", []), (*path, "assumes"), self.assumptions, "assumption"),
            pins, self._choice(table, path, "kind", ("claim", "identity"), ""), self._text(table, path, "section"),
            self._text(table, path, "note"), self._line(path),
        )  # fmt: skip

    def _comparison(self, holds: str, path: Path) -> Comparison:
        try:
            made = parse(holds)
        except ExpressionError as error:
            raise self._error(f"{error.message} in {_cut(holds)!r}", path, value=True, offset=error.column) from None
        if not isinstance(made, Comparison):
            raise self._error(f"{_cut(holds)!r} claims nothing: it has none of = < <= > >=", path, value=True)
        if not names(made):
            raise self._error(f"{_cut(holds)!r} names no quantity", path, value=True)
        for name in names(made):
            if name not in self.quantities:
                hint = near(name, self.quantities)
                raise self._error(f"no quantity {name!r}{hint}", path, value=True, offset=_place(name, holds))
        try:
            check(made, {name: self.quantities[name].unit.dims for name in names(made)})
        except UnitsError as error:
            raise self._error(str(error), path, value=True) from None
        return made

    def _pins(self, given: Any, path: Path, within: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, Mapping):
            raise self._wrong(given, path, 'a table { quantity = "alternative" }')
        pins = {}
        for name, wanted in given.items():
            if name not in self.quantities:
                raise self._error(f"no quantity {name!r}{near(str(name), self.quantities)}", (*path, name))
            versions = self.quantities[name].versions
            pins[str(name)] = self._names(wanted, (*path, name), versions, f"alternative of {name!r} called")
            if not pins[str(name)]:
                raise self._error(f"with: no alternative of {name!r}; there are {some(list(versions))}", (*path, name))
        return pins


def _place(name: str, text: str) -> int:
    import re

    found = re.search(rf"\b{re.escape(name)}\b", text)
    return found.start() + 1 if found else 0


def _cut(text: str, width: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 3] + "..."
