"""What a ledger holds: sources, assumptions, quantities with their versions, relations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, TypeAlias

from indicia._expressions import Comparison, Name, names
from indicia._ledger_units import Unit

__all__ = [
    "ASPECTS",
    "STATED",
    "Assumption",
    "Ends",
    "Quantity",
    "Relation",
    "Source",
    "Version",
    "float_ends",
    "infinite",
]

Ends: TypeAlias = tuple[Fraction | float, Fraction | float]
"""Exact ends; one that is a float is infinite."""

EVERYTHING: Final[Ends] = (-math.inf, math.inf)
ASPECTS: Final = {"concept": "concepts", "prices": "price bases", "vintage": "vintages"}
"""What the quantities of a relation must agree in, unless an assumption bridges it."""
STATED: Final = "stated"
"""The name of a quantity's own figure beside its alternatives."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures were published."""

    key: str
    title: str = ""
    publisher: str = ""
    url: str = ""
    date: str = ""

    def __str__(self) -> str:
        return ", ".join(text for text in (self.title, self.publisher, self.date) if text) or self.key


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is taken for granted, in words.

    Attributes
    ----------
    key, text : str
    bridges : tuple of str
        In what the quantities of a relation that names it may differ.
    made : bool
        Whether it is made unless `Ledger.audit` is told otherwise.
    """

    key: str
    text: str
    bridges: tuple[str, ...] = ()
    made: bool = True
    note: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One figure of a quantity, with what is said about it.

    Attributes
    ----------
    name : str
        Of the alternative; ``"stated"`` is the quantity's own.
    said : str
        As published, or "" where there is no figure.
    literal, reported : (Fraction or float, Fraction or float) or None
        The exact ends of what it stands for under either reading, in base units (fractions, not per cent); None where
        it is not known.
    digit : Fraction or None
        The unit of its last digit, in base units.
    why : str
        Why there is no figure where one was to be.
    """

    name: str
    unit: Unit
    said: str = ""
    literal: Ends | None = None
    reported: Ends | None = None
    digit: Fraction | None = None
    why: str = ""
    kind: str = "outcome"
    concept: str = ""
    prices: str = ""
    vintage: str = ""
    place: str = ""
    period: str = ""
    source: str = ""
    note: str = ""
    flags: tuple[str, ...] = ()
    line: int = 0

    @property
    def known(self) -> bool:
        """Whether there is a figure.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> read_ledger({"quantities": {"x": {}}}).quantities["x"].versions["stated"].known
        False
        """
        return self.literal is not None

    @property
    def open(self) -> bool:
        """Whether its two readings differ.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> ledger = read_ledger({"quantities": {"x": {"said": "more than 209"}}})
        >>> ledger.quantities["x"].versions["stated"].open
        True
        """
        return self.literal != self.reported

    def ends(self, reading: str | None) -> Ends:
        """What it stands for under one reading; everything where it is not known.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> ledger = read_ledger({"quantities": {"x": {"said": "41.9", "unit": "per cent"}}})
        >>> ledger.quantities["x"].versions["stated"].ends(None)
        (Fraction(837, 2000), Fraction(839, 2000))
        """
        ends = self.reported if reading == "reported" else self.literal
        return EVERYTHING if ends is None else ends


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that has a figure, several, or none that is published.

    Attributes
    ----------
    key : str
        Its name in formulas.
    label : str
        Its name in words.
    unit : Unit
    versions : mapping of str to Version
        By name of the alternative; a quantity without alternatives has one, ``"stated"``.
    """

    key: str
    label: str
    unit: Unit
    versions: Mapping[str, Version]
    note: str = ""
    line: int = 0

    @property
    def known(self) -> bool:
        """Whether it has a figure.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> read_ledger({"quantities": {"x": {"said": "1"}}}).quantities["x"].known
        True
        """
        return any(version.known for version in self.versions.values())

    def __iter__(self) -> Iterator[Version]:
        return iter(self.versions.values())


@dataclass(frozen=True, slots=True)
class Relation:
    """What is said of quantities: words, and a formula.

    Attributes
    ----------
    key, says, holds : str
        `holds` is the formula as written.
    comparison : Comparison
    names : tuple of str
        The quantities in it.
    assumes : tuple of str
        The assumptions that it rests on.
    pins : mapping of str to tuple of str
        The alternatives that it is said of, where it is not said of all.
    kind : {"claim", "identity", ""}
        An identity holds by definition: it is used, not judged. "" leaves it to the audit.
    section : str
        A heading that it belongs under.
    """

    key: str
    says: str
    holds: str
    comparison: Comparison
    names: tuple[str, ...]
    assumes: tuple[str, ...] = ()
    pins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: str = ""
    section: str = ""
    note: str = ""
    line: int = 0

    @property
    def equation(self) -> bool:
        """Whether it is an equality.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> data = {"quantities": {"x": {}}, "relations": [{"key": "r", "holds": "x > 0"}]}
        >>> read_ledger(data).relations["r"].equation
        False
        """
        return self.comparison.op == "="

    @property
    def subject(self) -> str | None:
        """The quantity that stands alone on one side of an equality, and not on the other.

        Examples
        --------
        >>> from indicia import read_ledger
        >>> data = {"quantities": {"x": {}, "y": {}}, "relations": [{"key": "r", "holds": "2 * y = x"}]}
        >>> read_ledger(data).relations["r"].subject
        'x'
        """
        if not self.equation:
            return None
        left, right = self.comparison.left, self.comparison.right
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Name) and side.name not in names(other):
                return side.name
        return None


def infinite(end: Fraction | float) -> bool:
    """Whether an end is none; `math.isinf` would make a double of a fraction, which may be beyond them."""
    return isinstance(end, float) and math.isinf(end)


def float_ends(ends: Ends) -> tuple[float, float]:
    """The tightest doubles around exact ends."""
    from indicia.interval import _floor

    return _floor(ends[0]), -_floor(-ends[1])
