"""What belongs to a claim: which relations are identities, what they determine, what hangs together with it."""

from __future__ import annotations

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from indicia._ledger_model import ASPECTS, Assumption, Quantity, Relation, Version

__all__ = ["MOST_CHOICES", "MOST_IDENTITIES", "Around", "Choice", "Plan"]

MOST_CHOICES: Final = 64  # combinations of alternatives of one relation
MOST_IDENTITIES: Final = 256  # that are looked at for one claim
_WORK: Final = 25_600  # identities that all claims together may look at


@dataclass(frozen=True, slots=True)
class Choice:
    """Which alternative of each quantity that has several, and how open phrases are read."""

    alternatives: Mapping[str, str]
    reading: str | None

    def version(self, quantity: Quantity) -> Version:
        name = self.alternatives.get(quantity.key)
        return next(iter(quantity)) if name is None else quantity.versions[name]


@dataclass(frozen=True, slots=True)
class Around:
    """The identities that hang together with some quantities, nearest first, and all quantities in them."""

    identities: tuple[Relation, ...]
    names: tuple[str, ...]
    whole: bool


class Plan:
    """A ledger as one audit sees it: without what is left out, and with the assumptions that are made."""

    def __init__(
        self,
        quantities: Mapping[str, Quantity],
        relations: Iterable[Relation],
        assumptions: Mapping[str, Assumption],
        made: Collection[str],
        silent: Collection[str],
    ) -> None:
        self.quantities, self.assumptions, self.made = quantities, assumptions, made
        self.silent = frozenset(silent)
        self.relations = tuple(relations)
        self.most = max(8, min(MOST_IDENTITIES, _WORK // max(1, len(self.relations))))
        self.known = {key for key, q in quantities.items() if q.known and key not in self.silent}
        self.determines: dict[str, list[str]] = {}
        self._by: dict[str, Relation] = {}
        self._place: dict[str, int] = {}
        self._stated = [a for a in ASPECTS if any(getattr(v, a) for q in quantities.values() for v in q)]
        self._mixed: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        self.identities = self._identities()
        self._core = self._over_determined()

    # ---- identities

    def lacking(self, relation: Relation) -> tuple[str, ...]:
        """The assumptions that a relation rests on and that aren't made."""
        return tuple(key for key in relation.assumes if key not in self.made)

    def _identities(self) -> dict[str, Relation]:
        """Relations that are said to be identities; and equations that alone determine what has no figure.

        In the order in which quantities become determined; relations of the file's order first where several could.
        """
        chosen = {r.key: r for r in self.relations if r.kind == "identity" and not self.lacking(r)}
        unsaid = [r for r in self.relations if r.equation and not r.kind and not self.lacking(r)]
        self._determine([r for r in chosen.values() if r.equation])
        chosen |= {r.key: r for r in self._determine(unsaid)}
        # What is left determines several at once, if anything.
        chosen |= {r.key: r for r in unsaid if any(name not in self.known and name not in self._by for name in r.names)}
        return chosen

    def _determine(self, equations: list[Relation]) -> list[Relation]:
        """Gives each equation with one undetermined quantity that quantity, as long as there are such."""
        open_names = {r.key: {n for n in r.names if n not in self.known and n not in self._by} for r in equations}
        users = defaultdict(list)
        for place, r in enumerate(equations):
            for name in open_names[r.key]:
                users[name].append(place)
        ready = [place for place, r in enumerate(equations) if len(open_names[r.key]) == 1]
        heapq.heapify(ready)
        done = []
        while ready:
            relation = equations[heapq.heappop(ready)]
            left = open_names[relation.key]
            if not left:
                continue
            name = left.pop()
            self._by[name] = relation
            self._place[name] = len(self._place)
            self.determines.setdefault(relation.key, []).append(name)
            done.append(relation)
            for place in users[name]:
                others = open_names[equations[place].key]
                others.discard(name)
                if len(others) == 1:
                    heapq.heappush(ready, place)
        return done

    def _over_determined(self) -> dict[str, list[Relation]]:
        """The identities that say something of published figures, or of each other, by their quantities.

        An identity whose quantity without a figure is in no other one says nothing of the rest.
        """
        left = dict(self.identities)
        users: dict[str, set[str]] = defaultdict(set)
        for relation in left.values():
            for name in relation.names:
                users[name].add(relation.key)
        todo = [name for name in users if name not in self.known and len(users[name]) == 1]
        while todo:
            name = todo.pop()
            if len(users[name]) != 1:
                continue
            relation = left.pop(next(iter(users[name])))
            for other in relation.names:
                users[other].discard(relation.key)
                if other not in self.known and len(users[other]) == 1:
                    todo.append(other)
        core: dict[str, list[Relation]] = defaultdict(list)
        for relation in left.values():
            for name in relation.names:
                core[name].append(relation)
        return core

    def determined_by(self, name: str) -> Relation | None:
        """The identity that gives a quantity without a figure its value."""
        return self._by.get(name)

    def around(self, names: Iterable[str], *, without: str = "") -> Around:
        """The identities that hang together with quantities, less one of them."""
        todo = list(dict.fromkeys(names))
        seen = set(todo)
        found: dict[str, Relation] = {}
        whole = True
        for name in todo:
            own = self._by.get(name)
            for relation in [*([own] if own is not None else []), *self._core.get(name, ())]:
                if relation.key == without or relation.key in found:
                    continue
                if len(found) >= self.most:
                    whole = False
                    continue
                found[relation.key] = relation
                for other in relation.names:
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
        return Around(tuple(found.values()), tuple(todo), whole)

    # ---- choices

    def count(self, names: Iterable[str], pins: Mapping[str, Collection[str]]) -> list[tuple[str, int]]:
        """The quantities that have several alternatives here, and how many."""
        counts = [(name, len(self._allowed(name, pins))) for name in names]
        return [(name, n) for name, n in counts if n > 1]

    def _allowed(self, name: str, pins: Mapping[str, Collection[str]]) -> list[str]:
        if name in self.silent:
            return []
        versions = self.quantities[name].versions
        return [version for version in versions if name not in pins or version in pins[name]]

    def choices(self, names: Iterable[str], pins: Mapping[str, Collection[str]]) -> Iterator[Choice]:
        """Every combination of alternatives, under each reading where an open phrase is among them."""
        names = tuple(names)
        several = [name for name in names if len(self.quantities[name].versions) > 1 and name not in self.silent]
        for combination in itertools.product(*(self._allowed(name, pins) for name in several)):
            alternatives = dict(zip(several, combination, strict=True))
            choice = Choice(alternatives, None)
            opened = any(choice.version(self.quantities[name]).open for name in names if name not in self.silent)
            for reading in ("literal", "reported") if opened else (None,):
                yield Choice(alternatives, reading)

    def version(self, name: str, choice: Choice) -> Version:
        """The figure of a quantity under a choice; none where it is left out."""
        version = choice.version(self.quantities[name])
        if name in self.silent:
            from dataclasses import replace

            return replace(version, said="", literal=None, reported=None, digit=None, why="left out")
        return version

    def in_force(self, relation: Relation, choice: Choice) -> bool:
        """Whether a relation is said of the alternatives that are chosen."""
        return all(choice.alternatives.get(name, wanted[0]) in wanted for name, wanted in relation.pins.items())

    # ---- concepts, price bases, vintages

    def mixes(self, relation: Relation, choice: Choice) -> str:
        """In what the quantities of a relation differ without an assumption that bridges it; "" for nothing."""
        if not self._stated:
            return ""
        asked = relation.key, tuple(choice.alternatives.items())
        if asked not in self._mixed:
            self._mixed[asked] = self._mixes(relation, choice)
        return self._mixed[asked]

    def _mixes(self, relation: Relation, choice: Choice) -> str:
        for aspect in self._stated:
            if self._bridged(relation, aspect):
                continue
            told: dict[str, str] = {}
            for name in relation.names:
                for word in self._aspect(name, choice, aspect):
                    told.setdefault(word, name)
            if len(told) > 1:
                words = " and ".join(f"{word} ({name})" for word, name in itertools.islice(told.items(), 3))
                return f"it mixes {ASPECTS[aspect]}, {words}: name an assumption that bridges {aspect!r}"
        return ""

    def _bridged(self, relation: Relation, aspect: str) -> bool:
        return any(aspect in self.assumptions[key].bridges for key in relation.assumes if key in self.made)

    def _aspect(self, name: str, choice: Choice, aspect: str) -> tuple[str, ...]:
        """What is said of a quantity in one aspect; where nothing is, what it is made of hands it on."""
        found: dict[str, None] = {}
        todo, seen = [name], {name}
        while todo:
            here = todo.pop()
            word = getattr(self.quantities[here].versions[choice.version(self.quantities[here]).name], aspect)
            if word:
                found[word] = None
                continue
            by = self._by.get(here)
            if by is None or self._bridged(by, aspect) or len(seen) > self.most:
                continue
            fresh = [
                other for other in by.names if other not in seen and self._place.get(other, -1) < self._place[here]
            ]
            seen.update(fresh)
            todo += fresh
        return tuple(found)

    # ---- what hangs together

    def parts(self) -> list[list[Relation]]:
        """The relations whose assumptions are made, divided into parts that share no quantity."""
        heads: dict[str, str] = {}

        def head(name: str) -> str:
            while heads.setdefault(name, name) != name:
                heads[name] = heads[heads[name]]
                name = heads[name]
            return name

        usable = [r for r in self.relations if not self.lacking(r)]
        for relation in usable:
            first = head(relation.names[0])
            for name in relation.names[1:]:
                heads[head(name)] = first
        parts: dict[str, list[Relation]] = defaultdict(list)
        for relation in usable:
            parts[head(relation.names[0])].append(relation)
        return list(parts.values())


def combinations(counts: list[tuple[str, int]]) -> int:
    """How many combinations there are of so many alternatives."""
    return math.prod(n for _, n in counts)
