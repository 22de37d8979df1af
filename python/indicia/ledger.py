"""Ledgers: what is claimed, written down so that a program can check it.

A ledger lists quantities with what was said about them, and relations between them as plain arithmetic. `read_ledger`
reads one from TOML; `Ledger.audit` holds every relation against the figures and says how sure it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from indicia._labels import near
from indicia.errors import UnknownNameError

if TYPE_CHECKING:
    from indicia._ledger_audit import Conflict, Figure, Finding, Implied, LedgerAudit, QuantityFound, Span
    from indicia._ledger_build import Building
    from indicia._ledger_model import Assumption, Quantity, Relation, Source, Version

__all__ = [
    "Assumption",
    "Conflict",
    "Figure",
    "Finding",
    "Implied",
    "Ledger",
    "LedgerAudit",
    "Quantity",
    "QuantityFound",
    "Relation",
    "Source",
    "Span",
    "Version",
    "read_ledger",
]

# Made by `read_ledger` and `Ledger.audit`; imported when asked for.
_PARTS: Final = {
    "_ledger_audit": ("Conflict", "Figure", "Finding", "Implied", "LedgerAudit", "QuantityFound", "Span"),
    "_ledger_model": ("Assumption", "Quantity", "Relation", "Source", "Version"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for module, names in _PARTS.items():
        if name in names:
            return getattr(import_module(f"indicia.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
        self.sources: Mapping[str, Source] = built.sources
        self.assumptions: Mapping[str, Assumption] = built.assumptions
        self.quantities: Mapping[str, Quantity] = built.quantities
        self.relations: Mapping[str, Relation] = built.relations

    def audit(
        self, *, assume: str | Iterable[str] | None = None, without: str | Iterable[str] | None = None
    ) -> LedgerAudit:
        """Holds every relation against the figures, and all of them against each other.

        A claim is judged by itself, whatever else is claimed: over all values that the published figures of its
        quantities may stand for before rounding, and that satisfy the identities which hang together with it. CERTAIN
        is a claim that all of them satisfy, CONTRADICTED one that none does, POSSIBLE one that some do and some don't.
        Of an equation with a published figure alone on one side (``growth = now / base - 1``), it is judged whether
        what the others imply lies within what that figure stands for, as `indicia.audit` does. UNKNOWN is a claim about
        a quantity that has no figure, one that mixes concepts, price bases or vintages without an assumption that
        bridges them, and what could not be found out; with the reason.

        Identities are used, not judged: relations of ``kind = "identity"``, and equations without a kind that alone
        determine a quantity without a figure. What they imply for it is shown. An identity that no admissible figures
        satisfy is CONTRADICTED, and the claims that hang together with it UNKNOWN.

        There is one verdict for each combination of the alternatives that hang together with a claim, never one for
        their hull, and for each reading where an open phrase is among them: all literally, then all as reported.

        Then all relations and figures are taken together. Where they contradict one another, the sets that do, of which
        none can be dropped, are the `conflicts`.

        Parameters
        ----------
        assume : str or iterable of str, optional
            Assumptions to make though the ledger says ``made = false``.
        without : str or iterable of str, optional
            What to leave out: assumptions, relations, and the figures of quantities; ``"assumptions.KEY"`` where two
            have the same key.

        Returns
        -------
        LedgerAudit

        Raises
        ------
        LedgerError
            A relation has more than 64 combinations of alternatives.
        KeyError
            `assume` or `without` names something that isn't there; the message names the nearest.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> quantities = {
        ...     "now": {"said": "107"}, "base": {"said": "100"}, "growth": {"said": "9.5", "unit": "per cent"},
        ... }
        >>> ledger = read_ledger({"quantities": quantities, "relations": [{"holds": "growth = now / base - 1"}]})
        >>> print(ledger.audit())
        Audit of a ledger
        1 claim: 1 contradicted
        <BLANKLINE>
        CONTRADICTED  growth = now / base - 1
        ...
        """
        from indicia._ledger_audit import LedgerAudit, Taken
        from indicia._ledger_clash import found_conflicts
        from indicia._ledger_judge import LARGE, Judging
        from indicia._ledger_plan import Plan

        wanted, dropped = _keys(assume), _keys(without)
        for key in wanted:
            if key not in self.assumptions:
                raise UnknownNameError(f"no assumption {key!r}{near(key, self.assumptions)}")
        out = {self._found(key) for key in dropped}
        made = {
            key for key, a in self.assumptions.items() if (a.made or key in wanted) and ("assumptions", key) not in out
        }
        relations = [r for key, r in self.relations.items() if ("relations", key) not in out]
        silent = [key for key in self.quantities if ("quantities", key) in out]
        plan = Plan(self.quantities, relations, self.assumptions, made, silent)
        judging = Judging(plan, self.path)
        findings = tuple(judging.findings())
        conflicts, notes = found_conflicts(plan)
        if judging.large:
            notes.append(f"implied spans of contradicted claims only: there are more than {LARGE} relations")
        notes += [f"left out: {', '.join(dropped)}"] if dropped else []
        return LedgerAudit(
            self.title,
            self.note,
            self.path,
            self.sources,
            {key: Taken(key, a.text, a.bridges, key in made, a.note) for key, a in self.assumptions.items()},
            {key: judging.quantity(quantity) for key, quantity in self.quantities.items()},
            findings,
            tuple(conflicts),
            tuple(notes),
        )

    def _found(self, name: str) -> tuple[str, str]:
        """What a key belongs to."""
        tables: dict[str, Mapping[str, Any]] = {
            "assumptions": self.assumptions,
            "relations": self.relations,
            "quantities": self.quantities,
        }
        table, _, rest = name.partition(".")
        if table in tables and rest in tables[table]:
            return table, rest
        hits = [table for table, entries in tables.items() if name in entries]
        if not hits:
            known = dict.fromkeys(key for entries in tables.values() for key in entries)
            raise UnknownNameError(f"no assumption, relation or quantity {name!r}{near(name, known)}")
        if len(hits) > 1:
            raise UnknownNameError(f"{name!r} may be {' or '.join(f'{table}.{name}' for table in hits)}: say which")
        return hits[0], name

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
    from indicia._ledger_build import Building
    from indicia._ledger_toml import load

    return Ledger(Building(load(source)))


def _keys(given: str | Iterable[str] | None) -> tuple[str, ...]:
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)
