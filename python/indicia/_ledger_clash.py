"""Conflicts of a ledger: sets of claims and figures that can't all be true, in words."""

from __future__ import annotations

import math
from typing import Final

from indicia._conflicts import Conflicts, search_conflicts
from indicia._ledger_audit import Conflict, Span
from indicia._ledger_judge import constraint, variables
from indicia._ledger_model import Relation
from indicia._ledger_plan import MOST_CHOICES, Choice, Plan
from indicia._ledger_words import span_text
from indicia._solver import System

__all__ = ["found_conflicts"]

_MOST: Final = 4  # claims in a set, where all sets are looked for
_PARTS: Final = 100  # that contradict themselves; sets are looked for in no more


def found_conflicts(plan: Plan) -> tuple[list[Conflict], list[str]]:
    """All conflicts, and what was not looked at."""
    made: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Choice]] = {}
    notes: list[str] = []
    contradicted = 0
    for part in plan.parts():
        keys = tuple(dict.fromkeys(name for relation in part for name in relation.names))
        total = math.prod(n for _, n in plan.count(keys, {}))
        if total > MOST_CHOICES:
            notes.append(
                f"conflicts among {part[0].key} and {len(part) - 1:,} more weren't looked for: {total:,} choices"
            )
            continue
        if contradicted >= _PARTS:
            notes.append(f"conflicts were looked for until {_PARTS} parts of the ledger had some")
            break
        before = len(made)
        for choice in plan.choices(keys, {}):
            used = [r for r in part if plan.in_force(r, choice) and not plan.mixes(r, choice)]
            found = _sets(plan, keys, used, choice)
            for items in found.sets:
                relations = tuple(r.key for r in used if f"[{r.key}]" in items)
                figures = tuple(key for key in keys if key in items)
                made.setdefault((relations, figures), []).append(choice)
            if found.sets and not found.complete:
                notes.append(f"conflicts among {part[0].key} and {len(part) - 1:,} more: {found.reason}")
        contradicted += len(made) > before
    by_key = {relation.key: relation for relation in plan.relations}
    return [
        _conflict(plan, [by_key[key] for key in relations], figures, choices)
        for (relations, figures), choices in made.items()
    ], list(dict.fromkeys(notes))


def _sets(plan: Plan, keys: tuple[str, ...], used: list[Relation], choice: Choice) -> Conflicts:
    return search_conflicts(System(variables(plan, keys, choice), map(constraint, used)), most=_MOST)


def _conflict(plan: Plan, relations: list[Relation], figures: tuple[str, ...], choices: list[Choice]) -> Conflict:
    told: dict[tuple[tuple[tuple[str, str], ...], str | None], Choice] = {}
    for choice in choices:
        alternatives = {key: name for key, name in choice.alternatives.items() if key in figures}
        opened = any(plan.version(key, choice).open for key in figures)
        reading = choice.reading if opened else None
        told.setdefault((tuple(alternatives.items()), reading), Choice(alternatives, reading))
    words = [f"{r.says.rstrip('.:')}: {r.holds}" if r.says != r.holds else r.holds for r in relations]
    for key in figures:
        spans: dict[str, None] = {}
        for choice in told.values():
            version = plan.version(key, choice)
            span = span_text(Span.of(version.ends(choice.reading), version.unit), version.unit)
            spans[f"{version.said} [{span}]"] = None
        label = plan.quantities[key].label
        words.append(f"{label if label == key else f'{label} ({key})'}: {' or '.join(spans)}")
    assumptions = tuple(dict.fromkeys(key for relation in relations for key in relation.assumes))
    settled = tuple((choice.alternatives, choice.reading) for choice in told.values())
    return Conflict(tuple(r.key for r in relations), figures, settled, tuple(words), assumptions)
