"""A ledger's text: TOML, with the line and column of every key, which `tomllib` doesn't tell."""

from __future__ import annotations

import bisect
import os
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from indicia.errors import LedgerError

__all__ = ["Document", "Path", "load"]

Path = tuple[str | int, ...]
MOST_BYTES: Final = 64 << 20
DEEPEST: Final = 100
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_BLANK: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_END: Final = re.compile(r"[,\]}\n#]")
_STRINGS: Final = {
    '"""': re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.S),
    "'''": re.compile(r"'''.*?'{3,5}", re.S),
    '"': re.compile(r'"(?:\\.|[^"\\])*"'),
    "'": re.compile(r"'[^']*'"),
}
_BRACKET: Final = re.compile(
    "|".join([*(string.pattern.replace(".", r"[\s\S]") for string in _STRINGS.values()), "#[^\n]*", r"[\[\]{}]"])
)


class Place(NamedTuple):
    """Offsets in the text: of a key, and of its value."""

    key: int
    value: int


class Document:
    """What a ledger's text holds, and where."""

    def __init__(self, data: Mapping[str, Any], path: str | None, text: str | None, folder: str) -> None:
        self.data, self.path, self.folder = data, path, folder
        self._text = text or ""
        self._places = {} if text is None else _Scanner(self._text).places
        self._lines = [0, *(found.end() for found in re.finditer("\n", self._text))]

    def place(self, keys: Path, *, value: bool = False, offset: int = 0) -> tuple[int, int]:
        """Line and column, from 1, of a key, of its value, or of a character in a value that is text; (0, 0) is none.

        Where a key isn't there, the table that it belongs to.
        """
        while keys and keys not in self._places:
            keys, value, offset = keys[:-1], False, 0
        if not keys:
            return 0, 0
        at = self._places[keys].value if value else self._places[keys].key
        if value and offset:
            quote = self._text[at]
            told = self._text[at + 1 : at + 1 + offset]
            if quote in "\"'" and not self._text.startswith(quote * 3, at) and "\\" not in told:
                at += offset
        line = bisect.bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def error(self, message: str, keys: Path = (), *, value: bool = False, offset: int = 0) -> LedgerError:
        """An error at a key, at its value, or at a character of it (1 is the first)."""
        line, column = self.place(keys, value=value, offset=offset)
        return LedgerError(message, path=self.path, line=line, column=column)


def load(source: Any) -> Document:
    """The TOML of a path, of bytes or a file; a mapping is taken as it is, without lines."""
    if isinstance(source, Mapping):
        return Document(source, None, None, ".")
    path: str | None = None
    raw: Any
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source) if not isinstance(source, str) else source
        with open(path, "rb") as file:
            raw = file.read(MOST_BYTES + 1)
    elif hasattr(source, "read"):
        name = getattr(source, "name", None)
        path = name if isinstance(name, str) else None
        raw = source.read(MOST_BYTES + 1)
    elif isinstance(source, bytes | bytearray | memoryview):
        raw = bytes(source)
    else:
        raise TypeError(f"a ledger is a path, bytes, a file or a mapping, not {type(source).__name__}")
    if len(raw) > MOST_BYTES:
        raise LedgerError(f"a ledger of more than {MOST_BYTES:,} bytes", path=path)
    text: str = raw.lstrip("\ufeff") if isinstance(raw, str) else _decoded(raw, path)
    text = text.replace("\r\n", "\n")
    _shallow(text, path)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
        return Document(data, path, text, os.path.dirname(path or "") or ".")
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(error, text, path) from None


def _decoded(raw: bytes, path: str | None) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].rpartition(b"\n")
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(before[2].decode("utf-8", "replace")) + 1
        raise LedgerError("not UTF-8, as TOML must be", path=path, line=line, column=column) from None


def _unreadable(error: tomllib.TOMLDecodeError, text: str, path: str | None) -> LedgerError:
    found = re.fullmatch(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error), re.S)
    if found is None:
        return LedgerError(f"not TOML: {error}", path=path)
    line, column = (int(found[2]), int(found[3])) if found[2] else (text.count("\n") + 1, 0)
    return LedgerError(f"not TOML: {found[1]}", path=path, line=line, column=column)


def _shallow(text: str, path: str | None) -> None:
    """Whether brackets within brackets end: what reads them is recursive."""
    depth = 0
    for found in _BRACKET.finditer(text):
        mark = found[0]
        if len(mark) > 1 or mark not in "[{]}":
            continue
        depth += 1 if mark in "[{" else -1
        if depth > DEEPEST:
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            told = f"brackets are nested more than {DEEPEST} deep"
            raise LedgerError(told, path=path, line=line, column=column)


class _Scanner:
    """Finds the keys of a text that is known to be TOML."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.places: dict[Path, Place] = {}
        self._counts: dict[Path, int] = {}  # of the arrays of tables
        table: Path = ()
        while self._blank() < len(text):
            start = self.at
            if text.startswith("[", start):
                many = text.startswith("[[", start)
                self.at += 1 + many
                table = self._table(self._key(), many, start)
                self.at += 1 + many
            else:
                self._pair(table)

    def _blank(self) -> int:
        self.at = _matched(_BLANK, self.text, self.at)
        return self.at

    def _key(self) -> list[str]:
        """The words of a key with dots."""
        words = []
        while True:
            self._blank()
            first = self.text[self.at]
            end = _matched(_STRINGS.get(first, _BARE), self.text, self.at)
            word = self.text[self.at : end]
            if first == '"':
                word = next(iter(tomllib.loads(f"{word}=0"))) if "\\" in word else word[1:-1]
            words.append(word[1:-1] if first == "'" else word)
            self.at = end
            self._blank()
            if not self.text.startswith(".", self.at):
                return words
            self.at += 1

    def _table(self, words: list[str], many: bool, start: int) -> Path:
        path: Path = ()
        for n, word in enumerate(words, 1):
            path = (*path, word)
            if many and n == len(words):
                self._counts[path] = self._counts.get(path, 0) + 1
                self.places.setdefault(path, Place(start, start))
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
            self.places.setdefault(path, Place(start, start))
        return path

    def _pair(self, table: Path) -> None:
        start = self.at
        words = self._key()
        self.at += 1  # the =
        self._blank()
        path = table
        for word in words:
            path = (*path, word)
            self.places.setdefault(path, Place(start, self.at))
        self._value(path)

    def _value(self, path: Path) -> None:
        text = self.text
        first = text[self.at]
        if first in "\"'":
            quote = first * 3 if text.startswith(first * 3, self.at) else first
            self.at = _matched(_STRINGS[quote], text, self.at)
        elif first == "[":
            self.at += 1
            number = 0
            while text[self._blank()] != "]":
                item = (*path, number)
                self.places[item] = Place(self.at, self.at)
                self._value(item)
                number += 1
                if text[self._blank()] == ",":
                    self.at += 1
            self.at += 1
        elif first == "{":
            self.at += 1
            while text[self._blank()] != "}":
                self._pair(path)
                if text[self._blank()] == ",":
                    self.at += 1
            self.at += 1
        else:
            found = _END.search(text, self.at)
            self.at = len(text) if found is None else found.start()


def _matched(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at + 1 if found is None else found.end()
