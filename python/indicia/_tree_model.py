"""What a classification is: codes, and which codes each one is part of."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from indicia._collapse import OTHERS, Recode
from indicia._labels import near, some
from indicia.errors import UnknownNameError

if TYPE_CHECKING:
    import pandas

__all__ = ["Facts", "Tree", "grown", "near_codes"]

_CLOSE = 1e-9  # weights are decimals: ten times 0.1 is not one


@dataclass(frozen=True)
class Facts:
    """What is known of a tree besides its codes."""

    title: str | None = None
    scheme: str | None = None  # "HS"
    revision: str | None = None  # "HS22"
    whole: bool = True  # every code has its place; else what it doesn't name is outside of it
    added: tuple[str, ...] = ()  # nodes that no code list had
    broader: Mapping[str, str] = field(default_factory=dict)  # codes that hold more than their node says, and what
    foreign: Mapping[str, str] = field(default_factory=dict)  # codes of other revisions only, and what is wrong
    notes: tuple[str, ...] = ()


class Tree:
    """A classification: codes, and which codes each of them is part of.

    Immutable. Made by `prefixes`, `parents`, `listed`, `read_tree` and the built-in ones (`new_three`, `hs`, ...).
    Codes are strings. A code may be part of several ones, by weights that add up to one.

    Given to a reader (``recode={"k": tree}``) it makes rows of its topmost nodes out of those of their codes.

    Attributes
    ----------
    codes : tuple of str
        All of them, those without a parent first, then level by level.
    levels : tuple of str
        Names of the levels, from the top.
    labels : mapping of str to str
        Words for codes.
    title, scheme, revision : str or None
        Such as "The new three", "HS", "HS22".
    broader : mapping of str to str
        Codes that hold other things besides what their node says, and which.
    added : tuple of str
        Nodes that the code list didn't have, made because codes below them need them.
    whole : bool
        Whether a code that isn't there is an error; else it is outside of what the tree is about.
    notes : tuple of str
        How the codes were chosen.

    See Also
    --------
    aggregate : figures of the codes added up.

    Examples
    --------
    >>> from indicia import tree
    >>> cars = tree.prefixes(["870310", "870380", "870210"], (2, 4, 6))
    >>> cars.children("87"), cars.leaves("8703"), cars.levels
    (('8703', '8702'), ('870310', '870380'), ('2', '4', '6'))
    """

    __slots__ = ("_above", "_below", "_facts", "_level", "codes", "labels", "levels")

    codes: tuple[str, ...]
    levels: tuple[str, ...]
    labels: Mapping[str, str]
    _above: dict[str, tuple[tuple[str, float], ...]]
    _below: dict[str, tuple[str, ...]]
    _level: dict[str, int]
    _facts: Facts

    def __init__(self) -> None:
        raise TypeError("a Tree is made by tree.prefixes(), tree.parents(), tree.listed() or tree.read_tree()")

    # ---- facts

    @property
    def title(self) -> str | None:
        """What it is called.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.new_three("HS22").title
        "The new three of China's exports"
        """
        return self._facts.title

    @property
    def scheme(self) -> str | None:
        """The family of classifications that its codes are of.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.new_three("HS22").scheme
        'HS'
        """
        return self._facts.scheme

    @property
    def revision(self) -> str | None:
        """The revision of the scheme.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.new_three("HS 2017").revision
        'HS17'
        """
        return self._facts.revision

    @property
    def whole(self) -> bool:
        """Whether a code that isn't there is an error.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.new_three("HS22").whole, tree.prefixes(["0101"], (2, 4)).whole
        (False, True)
        """
        return self._facts.whole

    @property
    def added(self) -> tuple[str, ...]:
        """Nodes that the code list didn't have.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.prefixes(["01", "0101", "0201"], (2, 4)).added
        ('02',)
        """
        return self._facts.added

    @property
    def broader(self) -> Mapping[str, str]:
        """Codes that hold more than their node says, and what.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.new_three("HS17").broader
        mappingproxy({'854140': 'light-emitting diodes and other photosensitive devices too'})
        """
        return self._facts.broader

    @property
    def notes(self) -> tuple[str, ...]:
        """How the codes were chosen, and from which sources.

        Examples
        --------
        >>> from indicia import tree
        >>> len(tree.new_three("HS22").notes) > 0
        True
        """
        return self._facts.notes

    # ---- the way up and down

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        return iter(self.codes)

    def __contains__(self, code: object) -> bool:
        return code in self._level

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tree):
            return NotImplemented
        return self._same() == other._same()

    def __hash__(self) -> int:
        return hash((self.codes, self.levels))

    def _same(self) -> tuple[Any, ...]:
        return self.codes, self.levels, self._above, self._level, dict(self.labels), self._facts

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.codes, self._above, self._level, self.levels, dict(self.labels), _plain(self._facts))

    def _known(self, code: str) -> str:
        if code not in self._level:
            raise UnknownNameError(f"{self._name()} has no code {code!r}{self._hint(code)}")
        return code

    def _name(self) -> str:
        return self.title or self.revision or "the tree"

    def _hint(self, code: str) -> str:
        """What may have been meant by a code that isn't there."""
        if code in self._facts.foreign:
            return f": {self._facts.foreign[code]}"
        if f"0{code}" in self._level:
            return f": it may have lost a zero: {'0' + code!r}"
        return near_codes(code, self.codes) or near(code, self.codes, self.labels)

    def parents(self, code: str) -> dict[str, float]:
        """What a code is part of, and by which weight.

        Parameters
        ----------
        code : str

        Returns
        -------
        dict of str to float

        Examples
        --------
        >>> from indicia import tree
        >>> tree.prefixes(["0101", "0102"], (2, 4)).parents("0102")
        {'01': 1.0}
        """
        return dict(self._above.get(self._known(code), ()))

    def children(self, code: str) -> tuple[str, ...]:
        """The codes that are part of a code, one level below.

        Parameters
        ----------
        code : str

        Returns
        -------
        tuple of str

        Examples
        --------
        >>> from indicia import tree
        >>> tree.prefixes(["0101", "0102"], (2, 4)).children("01")
        ('0101', '0102')
        """
        return self._below.get(self._known(code), ())

    def leaves(self, code: str | None = None) -> tuple[str, ...]:
        """The codes that nothing is part of: all of them, or those below one.

        Parameters
        ----------
        code : str, optional

        Returns
        -------
        tuple of str

        Examples
        --------
        >>> from indicia import tree
        >>> tree.new_three("HS22").leaves("solar cells")
        ('854142', '854143')
        """
        if code is None:
            return tuple(one for one in self.codes if one not in self._below)
        found: dict[str, None] = {}
        waiting = [self._known(code)]
        while waiting:
            one = waiting.pop()
            below = self._below.get(one, ())
            waiting.extend(reversed(below))
            if not below:
                found[one] = None
        return tuple(found)

    def roots(self) -> tuple[str, ...]:
        """The codes that are part of nothing.

        Returns
        -------
        tuple of str

        Examples
        --------
        >>> from indicia import tree
        >>> tree.new_three("HS22").roots()
        ('electric vehicles', 'lithium-ion batteries', 'solar cells')
        """
        return tuple(code for code in self.codes if code not in self._above)

    def level(self, level: str | int) -> tuple[str, ...]:
        """The codes of a level.

        Parameters
        ----------
        level : str or int
            Its name, or its place from the top (0) or the bottom (-1).

        Returns
        -------
        tuple of str

        Examples
        --------
        >>> from indicia import tree
        >>> cars = tree.prefixes(["870310", "870380", "870210"], (2, 4, 6))
        >>> cars.level("4"), cars.level(0)
        (('8703', '8702'), ('87',))
        """
        place = self._place(level)
        return tuple(code for code in self.codes if self._level[code] == place)

    def _place(self, level: str | int) -> int:
        if isinstance(level, str):
            if level not in self.levels:
                raise UnknownNameError(f"{self._name()} has no level {level!r}{near(level, self.levels)}")
            return self.levels.index(level)
        if not -len(self.levels) <= level < len(self.levels):
            raise UnknownNameError(f"{self._name()} has {len(self.levels)} levels: {some(self.levels)}")
        return level % len(self.levels)

    def level_of(self, code: str) -> str:
        """The name of a code's level.

        Parameters
        ----------
        code : str

        Returns
        -------
        str

        Examples
        --------
        >>> from indicia import tree
        >>> tree.prefixes(["0101"], (2, 4), levels=("chapter", "heading")).level_of("01")
        'chapter'
        """
        return self.levels[self._level[self._known(code)]]

    def recode(self, level: str | int = 0, *, others: str | None = "tree") -> Recode:
        """What readers need to make rows of a level's nodes out of rows of their codes.

        Parameters
        ----------
        level : str or int, default 0
            Codes become the node of this level that they are part of.
        others : {"tree", "keep", "drop", "refuse"}, default "tree"
            What becomes of codes that are not below the level: an error for a tree that is `whole`, dropped otherwise;
            or as said. Codes that only another revision has are always refused.

        Returns
        -------
        mapping of str to str or None
            For ``recode=``, where the tree itself does too if it is about the topmost level.

        Raises
        ------
        ValueError
            A code is part of several ones: rows can't be divided.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.prefixes(["0101", "0102"], (2, 4)).recode("2")
        {'01': '01', '0101': '01', '0102': '01'}
        """
        choices = ("tree", "keep", "drop", "refuse")
        if others not in choices:
            raise ValueError(f"others={others!r}: expected one of {', '.join(map(repr, choices))}")
        to: dict[str, str | None] = {}
        for node in self.level(level):
            waiting = [node]
            while waiting:
                code = waiting.pop()
                if to.get(code, node) != node or len(self._above.get(code, ())) > 1:
                    over = some([parent for parent, _ in self._above[code]])
                    raise ValueError(
                        f"{code!r} is part of {over}: rows can't be divided while they are read; "
                        "aggregate() does it by weights"
                    )
                to[code] = node
                waiting.extend(reversed(self._below.get(code, ())))
        others = ("refuse" if self.whole else "drop") if others == "tree" else others
        if others != "refuse":
            to[OTHERS] = OTHERS if others == "keep" else None
        return Recode(to, self._facts.foreign)

    # ---- shown

    def __repr__(self) -> str:
        lines = [f"Tree {self.title}" if self.title else "Tree"]
        if self.revision:
            lines.append(f"  codes   {self.revision}")
        for place, name in enumerate(self.levels):
            codes = self.level(place)
            lines.append(f"  {name:<8}{len(codes)}: {some(codes, 4)}")
        if self.broader:
            lines.append(f"  broader {some(tuple(self.broader))}")
        if self.added:
            lines.append(f"  added   {some(self.added)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each code and parent.

        Returns
        -------
        pandas.DataFrame
            Columns code, level, parent (None at the top), weight and label.

        Examples
        --------
        >>> from indicia import tree
        >>> print(tree.prefixes(["0101"], (2, 4)).to_pandas().to_string(index=False))
        code level parent  weight label
          01     2   None     1.0  None
        0101     4     01     1.0  None
        """
        import pandas as pd

        rows = [
            (code, self.level_of(code), parent, weight, self.labels.get(code))
            for code in self.codes
            for parent, weight in self._above.get(code, ((None, 1.0),))
        ]
        table = {name: list(column) for name, column in zip(_COLUMNS, zip(*rows, strict=True), strict=True)}
        return pd.DataFrame(
            {name: pd.Series(column, dtype=_DTYPES.get(name, object)) for name, column in table.items()}
        )


def near_codes(code: str, codes: Iterable[str]) -> str:
    """Codes of the same length that begin like `code`, the nearest first, as the end of a message; or nothing."""
    size = len(code)
    for length in range(size - 1, max(1, size // 2 - 1), -1):
        alike = [one for one in codes if len(one) == size and one.startswith(code[:length])]
        if alike:
            if code.isdecimal():
                alike.sort(key=lambda one: (abs(int(one) - int(code)) if one.isdecimal() else 10**size, one))
            return f"; did you mean {' or '.join(map(repr, alike[:3]))}?"
    return ""


_COLUMNS = ("code", "level", "parent", "weight", "label")
_DTYPES = {"weight": float}


def _plain(facts: Facts) -> dict[str, Any]:
    return {name: dict(got) if isinstance(got, Mapping) else got for name, got in vars(facts).items()}


def _restored(*parts: Any) -> Tree:
    *rest, facts = parts
    return _made(*rest, facts=Facts(**facts))


def _made(
    codes: tuple[str, ...],
    above: dict[str, tuple[tuple[str, float], ...]],
    level: dict[str, int],
    levels: tuple[str, ...],
    labels: Mapping[str, str],
    *,
    facts: Facts,
) -> Tree:
    tree = object.__new__(Tree)
    below: dict[str, list[str]] = {}
    for code in codes:
        for parent, _ in above.get(code, ()):
            below.setdefault(parent, []).append(code)
    fields = vars(facts) | {"broader": MappingProxyType(dict(facts.broader))}
    for name, value in (
        ("codes", codes),
        ("levels", levels),
        ("labels", MappingProxyType({code: labels[code] for code in codes if labels.get(code)})),
        ("_above", above),
        ("_below", {code: tuple(kids) for code, kids in below.items()}),
        ("_level", level),
        ("_facts", Facts(**fields)),
    ):
        object.__setattr__(tree, name, value)
    return tree


def grown(
    above: Mapping[str, Sequence[tuple[str, float]]],
    *,
    labels: Mapping[str, str] | None = None,
    level: Mapping[str, int] | None = None,
    levels: Sequence[str] | None = None,
    facts: Facts | None = None,
) -> Tree:
    """A tree of all codes, in their order, and what each is part of; everything is checked."""
    for code in above:
        _check_code(code)
    edges: dict[str, tuple[tuple[str, float], ...]] = {}
    for code, parents in above.items():
        for parent, _ in parents:
            if parent not in above:
                raise UnknownNameError(
                    f"{code!r} is part of {parent!r}, which is not among the codes{near(parent, above)}"
                )
        if len({parent for parent, _ in parents}) < len(parents):
            raise ValueError(f"{code!r} is part of {parents[0][0]!r} twice")
        if parents:
            edges[code] = tuple(_weighed(code, parents))
    depth = _depths(above, edges)
    places = depth if level is None else dict(level)
    order = sorted(above, key=lambda code: places[code])  # stable: as given within a level
    n = max(places.values(), default=-1) + 1
    names = tuple(levels) if levels is not None else tuple(str(place) for place in range(n))
    if len(names) < n:
        raise ValueError(f"levels: {len(names)} names for {n} levels")
    return _made(tuple(order), edges, places, names[: max(n, 1)], labels or {}, facts=facts or Facts())


def _check_code(code: Any) -> None:
    if not isinstance(code, str):
        raise TypeError(f"codes are strings, not {type(code).__name__} {code!r}: as a number a code loses its zeros")
    if not code or code == OTHERS:
        raise ValueError(f"{code!r} can't be a code")


def _weighed(code: str, parents: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    weights = [weight for _, weight in parents]
    if len(parents) > 1 and any(weight is None for weight in weights):
        raise ValueError(
            f"{code!r} is part of {some([parent for parent, _ in parents])}: weights must say how it is divided"
        )
    if any(not 0 <= (1.0 if weight is None else weight) <= 1 for weight in weights):
        raise ValueError(f"weights of {code!r}: expected fractions from 0 to 1, got {weights}")
    if len(parents) > 1 or weights[0] is not None:
        total = sum(weights)
        if abs(total - 1) > _CLOSE:
            raise ValueError(f"weights of {code!r} add up to {total!r}, not to one")
    for parent, weight in parents:
        yield parent, 1.0 if weight is None else float(weight)


def _depths(codes: Iterable[str], edges: Mapping[str, tuple[tuple[str, float], ...]]) -> dict[str, int]:
    """How far each code is from the top, by the longest way; an error that shows the way round if there is one."""
    depth: dict[str, int] = {}
    for start in codes:
        way = [start]
        on_way = {start}
        while way:
            code = way[-1]
            open_ones = [parent for parent, _ in edges.get(code, ()) if parent not in depth]
            if not open_ones:
                depth[code] = max((depth[parent] + 1 for parent, _ in edges.get(code, ())), default=0)
                on_way.discard(way.pop())
                continue
            up = open_ones[0]
            if up in on_way:
                circle = [*way[way.index(up) :], up]
                raise ValueError(f"a cycle: {' is part of '.join(map(repr, circle))}")
            way.append(up)
            on_way.add(up)
    return depth
