"""Ledgers: what is claimed, written down so that a program can check it.

A ledger lists quantities with what was said about them, and relations between them as plain arithmetic. `read_ledger`
reads one from TOML; `Ledger.audit` holds every relation against the figures and says how sure it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from indicia._ledger_build import Building
from indicia._ledger_model import Assumption, Quantity, Relation, Source, Version
from indicia._ledger_toml import load

__all__ = ["Assumption", "Ledger", "Quantity", "Relation", "Source", "Version", "read_ledger"]


class Ledger:
    """Quantities, relations, and the assumptions that relations rest on.

    Attributes
    ----------
    title, note : str
    path : str or None
        The file.
    sources, assumptions, quantities, relations : mapping of str
        To `Source`, `Assumption`, `Quantity` and `Relation`, by key and in the order of the file.

    Examples
    --------
    >>> from indicia import read_ledger
    >>> read_ledger({"quantities": {"x": {"said": "41.9"}}, "relations": [{"holds": "x > 40"}]})
    Ledger: 1 quantity, 1 relation
    """

    def __init__(self, built: Building) -> None:
        self.title, self.note, self.path = built.title, built.note, built.document.path
        self.sources: Mapping[str, Source] = MappingProxyType(built.sources)
        self.assumptions: Mapping[str, Assumption] = MappingProxyType(built.assumptions)
        self.quantities: Mapping[str, Quantity] = MappingProxyType(built.quantities)
        self.relations: Mapping[str, Relation] = MappingProxyType(built.relations)

    def __repr__(self) -> str:
        counts = [
            (len(self.quantities), "quantity", "quantities"),
            (len(self.relations), "relation", "relations"),
            (len(self.assumptions), "assumption", "assumptions"),
        ]
        told = ", ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in counts if n)
        return f"Ledger{f' {self.title!r}' if self.title else ''}: {told or 'empty'}"


def read_ledger(source: Any) -> Ledger:
    """Reads a ledger.

    Parameters
    ----------
    source : path, bytes, file object or mapping
        TOML, or what it would hold. Files of cells are looked for beside the ledger.

    Returns
    -------
    Ledger

    Raises
    ------
    LedgerError
        What is written has no meaning: no TOML, unknown keys, quantities, assumptions or alternatives, units that don't
        fit, a formula that is none, a figure without a number, a cell that isn't there. With file, line and column.
    OSError
        The ledger can't be read.

    Examples
    --------
    >>> from indicia import read_ledger
    >>> ledger = read_ledger(b'''
    ... [quantities.growth]
    ... said = "6.0"
    ... unit = "per cent"
    ...
    ... [[relations]]
    ... says = "The economy grew by more than a twentieth"
    ... holds = "growth > 0.05"
    ... ''')
    >>> ledger.relations["relation_1"].holds
    'growth > 0.05'
    """
    return Ledger(Building(load(source)))
