"""Judges the relations of a ledger, one by one and all together; the solver does the arithmetic."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from indicia import _solver as solver
from indicia._expressions import Comparison, Name, Number, names
from indicia._ledger_audit import Figure, Finding, Implied, QuantityFound, Span, nearest
from indicia._ledger_model import Quantity, Relation, infinite
from indicia._ledger_plan import MOST_CHOICES, Around, Choice, Plan
from indicia._solver import Claim, Constraint, System, Variable, enclose, judge
from indicia.audit import Verdict

__all__ = ["LARGE", "Judging", "constraint", "variables"]

_WIDE: Final = 12  # quantities of a relation; of wider ones only the subject's implied span is worked out
_BOXES: Final = 200_000  # that all judgements may look at together, and one of them at most half of it
_FEWEST: Final = 200  # that each may look at however many others there are
_MANY: Final = 64  # identities; beyond, what they imply is worked out at once where there is nothing to choose
LARGE: Final = 300  # relations; of larger ledgers implied spans are worked out only where a claim is contradicted


def constraint(relation: Relation) -> Constraint:
    """A relation for the solver; in brackets, so that its name is no quantity's."""
    return Constraint(f"[{relation.key}]", relation.comparison)


def variables(plan: Plan, keys: Iterable[str], choice: Choice, free: str = "") -> list[Variable]:
    """Quantities for the solver: what is published of them under a choice, and nothing of one that is set free."""
    made = []
    for key in keys:
        low, high = (-math.inf, math.inf) if key == free else plan.version(key, choice).ends(choice.reading)
        made.append(Variable(key, low, high))
    return made


class Judging:
    """One audit at work."""

    def __init__(self, plan: Plan, path: str | None) -> None:
        self.plan, self.path = plan, path
        self.boxes = _BOXES
        self.large = len(plan.relations) > LARGE

    # ---- findings

    def findings(self) -> Iterator[Finding]:
        """Every relation, for every choice."""
        for relation in self.plan.relations:
            yield from self.judged(relation)

    def judged(self, relation: Relation) -> Iterator[Finding]:
        """One relation under every choice of alternatives and reading that it hangs together with."""
        plan = self.plan
        identity = relation.key in plan.identities
        around = plan.around(relation.names, without=relation.key)
        if relation.key in plan.determines:  # what it gives a value is no evidence for or against it
            around = Around((), relation.names, True)
        self._bounded(relation, around)
        for choice in plan.choices(around.names, relation.pins):
            yield self._finding(relation, around, choice, identity)

    def _bounded(self, relation: Relation, around: Around) -> None:
        from indicia.errors import LedgerError

        counts = self.plan.count(around.names, relation.pins)
        if (total := math.prod(n for _, n in counts)) > MOST_CHOICES:
            told = ", ".join(f"{name} {n}" for name, n in counts[:6]) + (" and more" if len(counts) > 6 else "")
            message = (
                f"the relation {relation.key!r} has {total:,} combinations of alternatives ({told}), "
                f'more than {MOST_CHOICES}: choose with = {{ quantity = "alternative" }}'
            )
            raise LedgerError(message, path=self.path, line=relation.line)

    def _finding(self, relation: Relation, around: Around, choice: Choice, identity: bool) -> Finding:
        plan = self.plan
        used = [r for r in around.identities if plan.in_force(r, choice)]
        refused = {r.key: mixed for r in used if (mixed := plan.mixes(r, choice))}
        used = [r for r in used if r.key not in refused]
        assumptions = tuple(dict.fromkeys(key for r in (relation, *used) for key in r.assumes))
        flags = dict.fromkeys(flag for name in relation.names for flag in plan.version(name, choice).flags)
        made: dict[str, Any] = {
            "flags": tuple(flags),
            "assumptions": assumptions,
            "rests_on": tuple(r.key for r in used),
            "subject": self._subject(relation),
        }
        lacking = plan.lacking(relation)
        reason = ""
        if lacking:
            told = " and ".join(f"{plan.assumptions[key].text.rstrip('.')!r} ({key})" for key in lacking)
            reason = f"it rests on the assumption {told}, which isn't made"
        elif not plan.in_force(relation, choice):
            reason = "it is said of other alternatives"
        reason = reason or plan.mixes(relation, choice)
        if reason:
            figures = tuple(self._bare(name, choice) for name in self._order(relation))
            return self._made(relation, choice, Verdict.UNKNOWN, reason, figures=figures, **made)
        keys = tuple(dict.fromkeys((*relation.names, *(name for r in used for name in r.names))))
        rest = [constraint(r) for r in used]
        if not around.whole:
            rest += self._boxes(keys, relation)
        if identity:
            return self._identity(relation, choice, keys, rest, made)
        subject = relation.subject
        own = constraint(relation)
        if subject is not None and subject in plan.known and plan.version(subject, choice).known:
            low, high = plan.version(subject, choice).ends(choice.reading)
            system = System(variables(plan, keys, choice), [*rest, own])
            found = self._judge(system, Claim(subject, low, high))
        else:
            system = System(variables(plan, keys, choice), rest)
            found = self._judge(system, own)
        verdict = found.verdict
        reason = re.sub(r"\[([^\]]*)\]", r"\1", found.reason) if verdict == Verdict.UNKNOWN else ""
        missing = self._missing(relation, choice, found.implied, refused)
        if verdict in (Verdict.POSSIBLE, Verdict.UNKNOWN) and missing:
            verdict, reason = Verdict.UNKNOWN, missing
        elif verdict == Verdict.POSSIBLE and not around.whole:
            verdict, reason = Verdict.UNKNOWN, f"the {len(used)} nearest identities don't tell, and there are more"
        if verdict == Verdict.CONTRADICTED or not self.large:
            figures = tuple(
                self._figure(name, choice, keys, rest, own, first=not n) for n, name in enumerate(self._order(relation))
            )
        else:
            figures = tuple(self._bare(name, choice) for name in self._order(relation))
        if verdict == Verdict.CONTRADICTED:
            others = [key for key in keys if key not in relation.names and plan.version(key, choice).known]
            made["behind"] = tuple(self._figure(key, choice, keys, rest, own, first=True) for key in others[:_WIDE])
        if verdict in (Verdict.POSSIBLE, Verdict.CERTAIN):
            made["holds_at"] = self._point(found.witness_for, choice)
            made["fails_at"] = self._point(found.witness_against, choice)
        return self._made(relation, choice, verdict, reason, figures=figures, **made)

    def _judge(self, system: System, claim: Constraint | Claim) -> solver.Finding:
        found = judge(system, claim, boxes=max(_FEWEST, min(_BOXES // 2, self.boxes)))
        self.boxes -= found.boxes
        return found

    def _boxes(self, keys: tuple[str, ...], relation: Relation) -> list[Constraint]:
        """What is known of quantities without a figure, where not all identities behind them are looked at."""
        made = []
        for key in keys:
            by = self.plan.determined_by(key)
            if key in self.plan.known or by is None or by.key == relation.key or key not in self._plain:
                continue
            quantity = self.plan.quantities[key]
            ends = self._plain[key].span or (-math.inf, math.inf)
            for op, end in zip((">=", "<="), ends, strict=True):
                if not infinite(end):
                    bound = Number(Fraction(end) * Fraction(10) ** quantity.unit.power)
                    made.append(Constraint(f"{op}{key}", Comparison(Name(key), op, bound)))
        return made

    def _identity(
        self, relation: Relation, choice: Choice, keys: tuple[str, ...], rest: list[Constraint], made: dict[str, Any]
    ) -> Finding:
        """An identity isn't judged, but the figures may not bear it out."""
        own = constraint(relation)
        found = enclose(System(variables(self.plan, keys, choice), [*rest, own]))
        if not found.empty:
            figures = tuple(self._bare(name, choice) for name in self._order(relation))
            return self._made(relation, choice, Verdict.CERTAIN, "by definition", figures=figures, **made)
        figures = tuple(
            self._figure(name, choice, keys, rest, own, first=not n) for n, name in enumerate(self._order(relation))
        )
        without = enclose(System(variables(self.plan, keys, choice), rest)).empty
        if without:
            told = "the identities that it hangs together with contradict the figures already"
            return self._made(relation, choice, Verdict.UNKNOWN, told, figures=figures, **made)
        told = "no figures that round to these make it true"
        return self._made(relation, choice, Verdict.CONTRADICTED, told, figures=figures, **made)

    def _made(self, relation: Relation, choice: Choice, verdict: Verdict, reason: str, **more: Any) -> Finding:
        plan = self.plan
        return Finding(
            key=relation.key,
            says=relation.says,
            holds=relation.holds,
            kind="identity" if relation.key in plan.identities else "claim",
            section=relation.section,
            implies=tuple(plan.determines.get(relation.key, ())),
            alternatives=dict(choice.alternatives),
            reading=choice.reading,
            verdict=verdict,
            reason=reason,
            line=relation.line,
            **more,
        )

    def _subject(self, relation: Relation) -> str:
        return self._order(relation)[0]

    def _order(self, relation: Relation) -> tuple[str, ...]:
        """The quantities of a relation, the one that is judged first."""
        known = [name for name in relation.names if name in self.plan.known]
        first = relation.subject if relation.subject is not None else (known or list(relation.names))[0]
        return tuple(dict.fromkeys((first, *relation.names)))

    def _missing(
        self, relation: Relation, choice: Choice, implied: Mapping[str, object], refused: Mapping[str, str]
    ) -> str:
        """Why a quantity of the relation has no figure and none is implied; "" where all have."""
        for name in relation.names:
            version = self.plan.version(name, choice)
            ends = implied.get(name)
            if version.known or not isinstance(ends, tuple) or not all(map(infinite, ends)):
                continue
            told = f"{name} has no figure" + (f": {version.why}" if version.why else "")
            by = [r for r in self.plan.relations if name in r.names and r.equation and r.key != relation.key]
            for other in by:
                if other.key in refused:
                    return f"{told}; what would give it one, {other.key}, isn't used: {refused[other.key]}"
                if lacking := self.plan.lacking(other):
                    what = f"rests on the assumption {lacking[0]!r}, which isn't made"
                    return f"{told}; what would give it one, {other.key}, {what}"
            return f"{told}, and no identity gives it one" if not version.why else told
        return ""

    def _point(self, point: Mapping[str, Fraction] | None, choice: Choice) -> dict[str, Fraction] | None:
        """A point in the quantities' own units."""
        if point is None:
            return None
        return {
            name: value / Fraction(10) ** self.plan.version(name, choice).unit.power for name, value in point.items()
        }

    # ---- figures

    def _bare(self, name: str, choice: Choice) -> Figure:
        """A quantity of a relation, without what is implied for it."""
        plan, quantity = self.plan, self.plan.quantities[name]
        version = plan.version(name, choice)
        alternative = choice.alternatives.get(name, "")
        published = Span.of(version.ends(choice.reading), version.unit) if version.known else None
        return Figure(name, quantity.label, alternative, version, published)

    def _figure(
        self, name: str, choice: Choice, keys: tuple[str, ...], rest: list[Constraint], own: Constraint, *, first: bool
    ) -> Figure:
        bare = self._bare(name, choice)
        if not first and len(names(own.comparison)) > _WIDE:
            return bare
        version = bare.version
        elsewhere = None
        against = [*rest, own]
        if bare.published is None and name not in self.plan.silent:
            # What else is known of it, and what the relation says without that.
            found = enclose(System(variables(self.plan, keys, choice), rest))
            elsewhere = None if found.empty else Span.of(found.boxes[name], version.unit)
            elsewhere = None if elsewhere is not None and elsewhere.unbounded else elsewhere
            by = self.plan.determined_by(name)
            if by is not None:
                against = [c for c in against if c.name != f"[{by.key}]"]
        found = enclose(System(variables(self.plan, keys, choice, free=name), against))
        implied = None if found.empty else Span.of(found.boxes[name], version.unit)
        own_span = bare.published if bare.published is not None else elsewhere
        gap = None if own_span is None or implied is None else own_span.gap(implied)
        distance = None
        if gap is not None and bare.published is not None and version.digit is not None:
            distance = nearest(gap / (version.digit / Fraction(10) ** version.unit.power))
        return Figure(name, bare.label, bare.alternative, version, bare.published, elsewhere, implied, gap, distance)

    # ---- quantities

    def quantity(self, quantity: Quantity) -> QuantityFound:
        """A quantity, and what identities imply where it has no figure."""
        published = {
            version.name: {reading: Span.of(version.ends(reading), version.unit) for reading in ("literal", "reported")}
            for version in quantity
            if version.known
        }
        spans = {name: published.get(name, {}) for name in quantity.versions}
        implied = () if quantity.key in self.plan.known else tuple(self._implied(quantity))
        return QuantityFound(
            quantity.key, quantity.label, quantity.unit, quantity.note, quantity.versions, spans, implied, quantity.line
        )

    def _implied(self, quantity: Quantity) -> Iterator[Implied]:
        plan = self.plan
        if len(plan.identities) > _MANY and quantity.key in self._plain:
            yield self._plain[quantity.key]
            return
        around = plan.around([quantity.key])
        if not around.identities or math.prod(n for _, n in plan.count(around.names, {})) > MOST_CHOICES:
            return
        for choice in plan.choices(around.names, {}):
            used = [r for r in around.identities if plan.in_force(r, choice) and not plan.mixes(r, choice)]
            keys = tuple(dict.fromkeys((quantity.key, *(name for r in used for name in r.names))))
            found = enclose(System(variables(plan, keys, choice), [constraint(r) for r in used]))
            span = None if found.empty else Span.of(found.boxes[quantity.key], quantity.unit)
            if span is not None and span.unbounded:
                continue
            assumptions = tuple(dict.fromkeys(key for r in used for key in r.assumes))
            yield Implied(
                choice.alternatives, choice.reading, span, tuple(r.key for r in used), assumptions,
                self._decimals(quantity, span, keys, choice),
            )  # fmt: skip

    @functools.cached_property
    def _plain(self) -> dict[str, Implied]:
        """What is implied in a large ledger where there is nothing to choose, all at once."""
        plan = self.plan
        once = Choice({}, None)
        unsure = {q.key for q in plan.quantities.values() if len(q.versions) > 1 or any(version.open for version in q)}
        todo = [name for name in unsure if name not in plan.silent]
        users: dict[str, list[Relation]] = {}
        for r in plan.identities.values():
            for name in r.names:
                users.setdefault(name, []).append(r)
        out = {r.key for r in plan.identities.values() if plan.mixes(r, once)}
        for name in todo:  # and whatever hangs together with it
            for r in users.get(name, ()):
                if r.key not in out:
                    out.add(r.key)
                    fresh = [other for other in r.names if other not in plan.known and other not in unsure]
                    unsure.update(fresh)
                    todo += fresh
        used = [r for r in plan.identities.values() if r.key not in out]
        keys = tuple(dict.fromkeys(name for r in used for name in r.names))
        found = enclose(System(variables(plan, keys, once), [constraint(r) for r in used]))
        made = {}
        for key in keys:
            by = plan.determined_by(key)
            span = Span.of(found.boxes[key], plan.quantities[key].unit)
            if key not in plan.known and key not in unsure and by is not None and not span.unbounded:
                decimals = self._decimals(plan.quantities[key], span, by.names, once)
                made[key] = Implied({}, None, span, (by.key,), by.assumes, decimals)
        return made

    def _decimals(self, quantity: Quantity, span: Span | None, keys: tuple[str, ...], choice: Choice) -> int | None:
        """How many digits to print of a number that figures in the same unit make."""
        if span is None or span.low != span.high:
            return None
        unit = quantity.unit
        versions = [self.plan.version(key, choice) for key in keys]
        digits = [
            v.digit for v in versions if v.digit is not None and (v.unit.power, v.unit.dims) == (unit.power, unit.dims)
        ]
        if not digits:
            return None
        step = min(digits) / Fraction(10) ** unit.power
        decimals = len(str(step.denominator)) - 1
        return decimals if isinstance(span.low, Fraction) and span.low % step == 0 else None
