"""The metadata beside the data in Statistics Canada's zip archives: sections, each with a head row of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

__all__ = ["metadata"]

# the sections by the first two of their heads, in English
_CUBE = ("Cube Title", "Product Id")
_DIMENSIONS = ("Dimension ID", "Dimension name")
_MEMBERS = ("Dimension ID", "Member Name")
_NOTES = ("Note ID", "Note")
_SURVEYS = ("Survey Code", "Survey Name")


def metadata(data: bytes) -> dict[str, Any]:
    """What it says of the data, as `attrs`: title, table, url, source, notes, and `children` by dimension."""
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    members: dict[str, dict[str, tuple[str, str]]] = {}
    notes: list[str] = []
    surveys: list[str] = []
    for head, row in _rows(data):
        section = (head[0], head[1]) if len(head) > 1 else ("", "")
        cells = dict(zip(head, row, strict=False))
        if section == _CUBE:
            said = {"title": row[0], "table": row[1], "url": cells.get("URL", "")}
            found |= {name: text for name, text in said.items() if text}
        elif section == _MEMBERS:
            of = members.setdefault(row[0], {})
            of[cells.get("Member ID", "")] = (row[1], cells.get("Parent Member ID", ""))
        elif section == _DIMENSIONS:
            names[row[0]] = row[1]
        elif section == _NOTES:
            notes.append(row[1])
        elif section == _SURVEYS:
            surveys.append(row[1])
    found |= {"notes": "\n".join(notes)} if notes else {}
    found |= {"source": "; ".join(surveys)} if surveys else {}
    children: dict[str, dict[str, list[str]]] = {}
    for number, of in members.items():
        for name, parent in of.values():
            if parent in of:
                children.setdefault(names.get(number, number), {}).setdefault(of[parent][0], []).append(name)
    families = {dim: {name: tuple(below) for name, below in of.items()} for dim, of in children.items()}
    return found | ({"children": families} if families else {})


def _rows(data: bytes) -> Iterator[tuple[list[str], list[str]]]:
    """Each row with the head of its section; sections are apart by empty lines. A damaged rest is left out."""
    text = data.decode("utf-8-sig", "replace")
    head: list[str] = []
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            if not any(cell.strip() for cell in row):
                head = []
            elif not head:
                head = [cell.strip() for cell in row]
            elif len(row) > 1:
                yield head, row
    except csv.Error:
        return
