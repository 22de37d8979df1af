"""SDMX-CSV 2.0: a row for each observation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from indicia._facts import SERIES
from indicia._labels import free_name, some
from indicia._times import distinct
from indicia._write_common import (
    Column,
    chunks,
    coded,
    figures,
    lost,
    mark_text,
    marks,
    narrowed,
    plain_text,
    refuse_infinite,
)
from indicia.cube import Cube
from indicia.errors import FormatError
from indicia.observations import Observations

__all__ = ["pieces", "quoted"]

NAME = "SDMX-CSV"
UNITS = ("UNIT_MEASURE", "UNIT", "unit")  # the names that a reader knows for the unit; the first that is free is used
STRUCTURE = "indicia:DATA(1.0)"
# Periods that say their frequency, for rows whose code of FREQ says another one.
SPELLED = {"A": "{0}-A1", "M": "{0}-M{1:02d}", "D": "{0}-D{2:03d}"}


def quoted(text: str) -> str:
    """A field of CSV: in quotes where it must be, and where a reader might strip blanks.

    Examples
    --------
    >>> from indicia._write_sdmx_csv import quoted
    >>> print(quoted("CN"), quoted("Korea, Rep."), quoted('a "b" c'))
    CN "Korea, Rep." "a ""b"" c"
    """
    plain = not any(mark in text for mark in ',"\n\r;\t|') and text == text.strip()
    return text if plain else '"' + text.replace('"', '""') + '"'


def pieces(data: Any, structure: str | None, labels: bool) -> Iterator[tuple[bytes, int, int]]:
    """The bytes of the file, some rows at a time."""
    if isinstance(data, Cube):
        data = data.to_observations()
    if not isinstance(data, Observations):
        raise TypeError(f"expected Observations or a Cube, not {type(data).__name__}")
    rows = _with_reasons(data)
    refuse_infinite(rows.values, NAME)
    _warn_of_codes(rows)
    named = {dim: words for dim, words in rows.labels.items() if labels and any(words.values())}
    table = _Table(rows, named, _structure(rows, structure))
    table.check()
    if not len(rows):
        lost(f"{NAME} without a row: its reader refuses it")
    return table.pieces()


def _with_reasons(rows: Observations) -> Observations:
    """Only what is an observation: a value, or a reason why there is none."""
    empty = np.isnan(rows.values)
    if rows.flags is not None:
        empty &= rows.flags == 0
    if not empty.any():
        return rows
    lost(f"{int(empty.sum())} rows with neither a value nor a reason are not written: {NAME} has none")
    return rows._take(np.flatnonzero(~empty))


def _warn_of_codes(rows: Observations) -> None:
    for dim, codes in rows.codes.items():
        used = np.bincount(rows.positions[dim], minlength=len(codes)) > 0
        unused = [code for code, there in zip(codes, used.tolist(), strict=True) if not there]
        if unused:
            lost(f"{NAME} has no list of codes: {some(unused)} of {dim!r}, which no row has, are not written")


def _structure(rows: Observations, given: str | None) -> str:
    if given is None:
        given = rows.attrs.get("STRUCTURE_ID", rows.attrs.get("DATAFLOW", STRUCTURE))
    return plain_text("structure", given if isinstance(given, str) and given else STRUCTURE)


def _periods(rows: Observations) -> tuple[npt.NDArray[Any], list[str]]:
    """The number of each row's period, and the texts. FREQ decides what a bare text means, so it must not differ."""
    assert rows.time is not None
    table, where = distinct(rows.time)
    texts = [str(text) for text in table.to_text()]
    dim = next((dim for dim in rows.codes if dim.upper() in {"FREQ", "FREQUENCY", "FREQCODE"}), None)
    if dim is None:
        return where, texts
    codes = np.array([*rows.codes[dim], ""])
    said = codes[rows.positions[dim]] if len(rows) else codes[:0]
    if bool((said == np.asarray(rows.time.freq)).all()):
        return where, texts
    for i, period in enumerate(table):
        if period.freq in SPELLED:
            day = period.first_day.astype("M8[D]")
            in_year = int((day - day.astype("M8[Y]").astype("M8[D]")).astype(int)) + 1
            month = int(day.astype("M8[M]").astype(int)) % 12 + 1
            texts[i] = SPELLED[period.freq].format(texts[i][:4], month, in_year)
    return where, texts


class _Table:
    """The columns: what the head calls them, and what stands in the rows."""

    def __init__(self, rows: Observations, labels: dict[str, Any], structure: str) -> None:
        self.rows = rows
        self.labels = labels
        self.named = bool(labels)  # every column has one of names behind it: "labels=name"
        self.names: list[str] = ["STRUCTURE", "STRUCTURE_ID", *(["STRUCTURE_NAME"] if self.named else []), "ACTION"]
        self.columns: list[Column] = [f"dataflow,{quoted(structure)},{',' if self.named else ''}I".encode()]
        self.leading = len(self.names)
        for dim, codes in rows.codes.items():
            self._add(dim, rows.positions[dim], codes, labels.get(dim, {}), f"a code of {dim!r}")
        if rows.time is not None:
            self._add("TIME_PERIOD", *_periods(rows))
        self._add_values()
        self._add_facts()
        self._add_attributes()
        self.columns.append(b"\n")

    def _head(self, name: str) -> None:
        self.names.append(plain_text("the column", name))
        if self.named:
            titles = self.rows.attrs.get("titles")
            title = titles.get(name) if isinstance(titles, dict) else None
            title = title.replace(": ", " ") if isinstance(title, str) else f"{name} (name)"
            self.names.append(free_name(plain_text("the title", title), [*self.names, *self.rows.codes]))

    def _add(
        self, name: str, positions: npt.NDArray[Any], texts: Any, labels: Any = None, what: str | None = None
    ) -> None:
        self._head(name)
        fields = [quoted(plain_text(what or f"a text of {name!r}", text)) for text in texts]
        if self.named:
            words = [plain_text(f"a label of {name!r}", labels.get(text, "")) for text in texts] if labels else ""
            fields = [f",{field},{quoted(words[i]) if words else ''}" for i, field in enumerate(fields)]
        else:
            fields = [f",{field}" for field in fields]
        self.columns.append(coded(positions, fields))

    def _add_values(self) -> None:
        rows = self.rows
        decimals = rows.decimals
        if isinstance(decimals, np.ndarray):
            decimals = np.maximum(decimals, 0)[rows.series_index()[0]]
        between = ",," if self.named else ","
        behind = "," if self.named else ""
        self._head("OBS_VALUE")
        self._head("OBS_STATUS")
        self.columns += [b",", figures(rows.values, -1 if decimals is None else decimals, "")]
        if rows.flags is None:
            self.columns.append(f"{between}A{behind}".encode())
            return
        where, sets = marks(rows.flags)
        self.columns.append(coded(where, [f"{between}{mark_text(bits) or 'A'}{behind}" for bits in sets]))

    def _add_facts(self) -> None:
        rows = self.rows
        self.unit = next((name for name in UNITS if name not in rows.codes), UNITS[0])
        for fact, name in zip(SERIES, (self.unit, "UNIT_MULT", "DECIMALS"), strict=True):
            given = getattr(rows, fact)
            if given is None or (fact == "unit" and self._said_by_dim(given)):
                continue
            several = isinstance(given, np.ndarray)
            values = given.tolist() if several else [given]
            texts = ["" if one is None or (fact == "decimals" and one < 0) else str(one) for one in values]
            index = rows.series_index()[0] if several else np.zeros(len(rows), np.uint8)
            self._add(name, index, texts)

    def _said_by_dim(self, unit: Any) -> bool:
        """Whether the codes of a dimension are the units anyway: a reader takes them from there."""
        dim = next((name for name in UNITS if name in self.rows.codes), None)
        if dim is None:
            return False
        codes = np.array(self.rows.codes[dim], dtype=object)[self.rows.positions[dim][self.rows.series_index()[1]]]
        return bool((codes == unit).all())

    def _add_attributes(self) -> None:
        for name, (where, codes) in self.rows.attributes.items():
            if name in self.names:
                if name not in {"UNIT_MEASURE", "UNIT_MULT", "DECIMALS", self.unit}:
                    lost(f"the attribute {name!r} is not written: there is another column of that name")
                continue
            self._add(name, narrowed(where, len(codes) + 1), (*codes, ""))

    def check(self) -> None:
        """Whether a reader finds the same columns: one row of this shape is read."""
        from indicia.read import read_observations

        rows = self.rows
        asked = [name for name in rows.attributes if name in self.names]
        fields = {"STRUCTURE": "dataflow", "TIME_PERIOD": "2020", "OBS_VALUE": "1", "ACTION": "I"}
        line = ",".join(fields.get(name, "") for name in self.names)
        try:
            again = read_observations(f"{self.head()}{line}\n".encode(), format="sdmx-csv", attributes=asked)
        except (FormatError, ValueError) as error:
            raise ValueError(f"the names of dimensions and attributes clash with those of {NAME}: {error}") from None
        for dim in rows.dims:
            if dim not in again.dims:
                raise ValueError(f"a dimension called {dim!r} would be something else in {NAME}; give it another name")
        if again.dims != rows.dims:
            extra = [dim for dim in again.dims if dim not in rows.dims]
            raise ValueError(f"the columns {some(extra)} would be dimensions in {NAME}; give them other names")

    def head(self) -> str:
        return ",".join(map(quoted, self.names)) + "\n"

    def pieces(self) -> Iterator[tuple[bytes, int, int]]:
        n = len(self.rows)
        yield self.head().encode(), 0, n
        for piece, done in chunks(self.columns, n):
            yield piece, done, n
