"""From one classification to another: which codes become which, by which shares, and what isn't known about that."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from indicia import _core
from indicia._labels import near, some
from indicia._tree_model import near_codes
from indicia.config import get_threads
from indicia.cube import Cube
from indicia.errors import UnknownNameError

__all__ = ["Concordance", "concordance"]

Floats = npt.NDArray[np.float64]
_CLOSE = 1e-9  # shares are printed with a few decimals


class Concordance:
    """Which codes of one classification become which of another, and by which shares.

    Immutable. The shares of a code add up to exactly one: they are fractions, so that composing tables in any order
    gives the same. Made by `concordance` and `read_concordance`.

    Attributes
    ----------
    source, target : str or None
        What the two classifications are called.
    shares : mapping of str to mapping of str to Fraction
        For each code of the source, its targets.
    known : bool
        Whether the shares come from data; else they are equal, a stated rule that stands for not knowing, and `bounds`
        says between which ends the truth lies.

    Examples
    --------
    >>> from indicia import tree
    >>> table = tree.concordance(["a", "b", "b"], ["x", "x", "y"])
    >>> table.convert({"a": 1.0, "b": 10.0})
    {'x': 6.0, 'y': 5.0}
    >>> table.bounds({"a": 1.0, "b": 10.0})
    {'x': (1.0, 11.0), 'y': (0.0, 10.0)}
    """

    __slots__ = ("known", "shares", "source", "target")

    def __init__(
        self,
        shares: Mapping[str, Mapping[str, Fraction]],
        *,
        source: str | None = None,
        target: str | None = None,
        known: bool = False,
    ) -> None:
        for code, parts in shares.items():
            if sum(parts.values()) != 1 or any(share < 0 for share in parts.values()):
                raise ValueError(f"shares of {code!r} don't add up to one; concordance() makes them")
        self.shares = {code: dict(parts) for code, parts in shares.items()}
        self.source = source
        self.target = target
        self.known = known

    def __len__(self) -> int:
        return sum(map(len, self.shares.values()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Concordance):
            return NotImplemented
        return self.shares == other.shares and self.known == other.known

    def __hash__(self) -> int:
        return hash(tuple(self.shares))

    def __repr__(self) -> str:
        kinds = {"1:1": 0, "1:n": 0, "n:1": 0, "n:m": 0}
        back = self._back()
        for parts in self.shares.values():
            shared = any(len(back[target]) > 1 for target in parts)
            kinds[("n" if shared else "1") + ":" + ("1" if len(parts) == 1 else "m" if shared else "n")] += 1
        said = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
        return (
            f"Concordance {self.source or 'codes'} to {self.target or 'codes'}\n"
            f"  codes   {len(self.shares)} to {len(self.targets())} in {len(self)} pairs\n"
            f"  kinds   {said}\n"
            f"  shares  {'from data' if self.known else 'equal'}"
        )

    def _back(self) -> dict[str, list[str]]:
        back: dict[str, list[str]] = {}
        for code, parts in self.shares.items():
            for target in parts:
                back.setdefault(target, []).append(code)
        return back

    def targets(self) -> tuple[str, ...]:
        """The codes of the target, by first appearance.

        Returns
        -------
        tuple of str

        Examples
        --------
        >>> from indicia import tree
        >>> tree.concordance(["a", "b"], ["y", "x"]).targets()
        ('y', 'x')
        """
        return tuple(dict.fromkeys(target for parts in self.shares.values() for target in parts))

    def merged(self, backward: Concordance) -> Concordance:
        """This table with all pairs that the one of the way back has too.

        Published tables often name, for each new code, the old one that is closest: what a split loses that way is in
        the table of the other direction. Shares are equal afterwards.

        Parameters
        ----------
        backward : Concordance
            From this one's target to its source.

        Returns
        -------
        Concordance

        Examples
        --------
        >>> from indicia import tree
        >>> forward = tree.concordance(["681510"], ["681511"])
        >>> backward = tree.concordance(["681511", "681512"], ["681510", "681510"])
        >>> forward.merged(backward).shares
        {'681510': {'681511': Fraction(1, 2), '681512': Fraction(1, 2)}}
        """
        pairs = [(code, target) for code, parts in self.shares.items() for target in parts]
        pairs += [(target, code) for code, parts in backward.shares.items() for target in parts]
        ordered = dict.fromkeys(pairs)
        return concordance([a for a, _ in ordered], [b for _, b in ordered], source=self.source, target=self.target)

    def reversed(self, values: Mapping[str, float] | None = None) -> Concordance:
        """The way back: equal shares, or by what the codes of this source are worth.

        Parameters
        ----------
        values : mapping of str to float, optional
            By code of this table's source.

        Returns
        -------
        Concordance

        Examples
        --------
        >>> from indicia import tree
        >>> tree.concordance(["a", "b"], ["x", "x"]).reversed({"a": 1.0, "b": 3.0}).shares
        {'x': {'a': Fraction(1, 4), 'b': Fraction(3, 4)}}
        """
        back = self._back()
        sources = [code for codes in back.values() for code in codes]
        targets = [target for target, codes in back.items() for _ in codes]
        turned = concordance(targets, sources, source=self.target, target=self.source)
        return turned if values is None else turned.weighted(values)

    def weighted(self, values: Mapping[str, float]) -> Concordance:
        """The same pairs, shared out by what the target's codes are worth in data that have them.

        Parameters
        ----------
        values : mapping of str to float
            By code of the target, none negative. Where all targets of a code are worth nothing its shares are equal.

        Returns
        -------
        Concordance

        Raises
        ------
        ValueError
            A negative or missing value, or codes without one.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.concordance(["a", "a"], ["x", "y"]).weighted({"x": 1.0, "y": 3.0}).shares
        {'a': {'x': Fraction(1, 4), 'y': Fraction(3, 4)}}
        """
        bare = [code for code in self.targets() if code not in values]
        if bare:
            raise ValueError(f"values: there are none of {some(bare)}; 0.0 says that there is nothing")
        for code in self.targets():
            if not 0 <= values[code] < np.inf:
                raise ValueError(f"values: {code!r} has {values[code]!r}")
        shares = {}
        for code, parts in self.shares.items():
            worth = {target: Fraction(values[target]) for target in parts}
            total = sum(worth.values())
            shares[code] = {t: w / total for t, w in worth.items()} if total else _equal(parts)
        return Concordance(shares, source=self.source, target=self.target, known=True)

    def then(self, other: Concordance) -> Concordance:
        """This table and then another one: A to B and B to C give A to C, exactly, in whatever order they are composed.

        Parameters
        ----------
        other : Concordance
            From this one's target.

        Returns
        -------
        Concordance

        Raises
        ------
        UnknownNameError
            A code that the other doesn't know: what it stands for would be lost.

        Examples
        --------
        >>> from indicia import tree
        >>> first = tree.concordance(["a", "a"], ["b1", "b2"])
        >>> first.then(tree.concordance(["b1", "b2", "b2"], ["c", "c", "d"])).shares
        {'a': {'c': Fraction(3, 4), 'd': Fraction(1, 4)}}
        """
        lost = [code for code in self.targets() if code not in other.shares]
        if lost:
            raise UnknownNameError(
                f"{len(lost)} codes that come of the first table are unknown to the second one: {some(lost)}"
                f"{near_codes(lost[0], other.shares)}"
            )
        shares: dict[str, dict[str, Fraction]] = {}
        for code, parts in self.shares.items():
            found: dict[str, Fraction] = {}
            for middle, share in parts.items():
                for target, part in other.shares[middle].items():
                    found[target] = found.get(target, Fraction(0)) + share * part
            shares[code] = found
        return Concordance(shares, source=self.source, target=other.target, known=self.known and other.known)

    # ---- figures

    def convert(
        self, data: Any, *, dim: str | None = None, codes: Sequence[str] | None = None, others: str = "error"
    ) -> Any:
        """Figures by the source's codes turned into figures by the target's.

        A figure is divided so that its parts add up to it exactly (the last one is what the others leave); sums are
        exact until they are rounded once.

        Parameters
        ----------
        data : Cube, mapping of str to float, or array with `codes` along its first axis
        dim : str, optional
            Of a cube; the only one with codes of the source by default.
        codes : sequence of str, optional
            Of an array.
        others : {"error", "drop"}, default "error"
            What becomes of codes that the table doesn't know. What is dropped is in ``attrs["dropped"]`` of a cube,
            with its total; of a mapping it is what the method `dropped` gives.

        Returns
        -------
        Cube, dict, or (array, codes)

        Raises
        ------
        UnknownNameError
            A code that the table doesn't know.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.concordance(["a", "a", "a"], ["x", "y", "z"]).convert({"a": 1.0})
        {'x': 0.3333333333333333, 'y': 0.3333333333333333, 'z': 0.33333333333333337}
        """
        if others not in {"error", "drop"}:
            raise ValueError(f"others={others!r}: expected 'error' or 'drop'")
        if isinstance(data, Cube):
            return self._cube(data, dim, others)
        if isinstance(data, Mapping):
            found, names = self._figures(np.array(list(data.values()), float)[:, None], list(data), others)
            return dict(zip(names, found[:, 0].tolist(), strict=True))
        if codes is None:
            raise TypeError("codes: an array needs the codes of its axis")
        values = np.asarray(data, dtype=np.float64)
        if values.ndim < 1 or len(codes) != len(values):
            raise ValueError(f"{len(codes)} codes for an array of shape {values.shape}")
        found, names = self._figures(values.reshape(len(values), -1), list(codes), others)
        return found.reshape(len(names), *values.shape[1:]), names

    def dropped(self, data: Mapping[str, float]) -> dict[str, float]:
        """The figures that `convert` can't place.

        Parameters
        ----------
        data : mapping of str to float

        Returns
        -------
        dict of str to float

        Examples
        --------
        >>> from indicia import tree
        >>> tree.concordance(["a"], ["x"]).dropped({"a": 1.0, "b": 2.0})
        {'b': 2.0}
        """
        return {code: figure for code, figure in data.items() if code not in self.shares}

    def bounds(self, data: Mapping[str, float]) -> dict[str, tuple[float, float]]:
        """The smallest and largest figure of each target that any division of the source's figures allows.

        Parameters
        ----------
        data : mapping of str to float
            None missing; codes that the table doesn't know are an error.

        Returns
        -------
        dict of str to (float, float)
            Both ends are `convert`'s result where the shares are known.

        Examples
        --------
        >>> from indicia import tree
        >>> tree.concordance(["a", "a", "b"], ["x", "y", "y"]).bounds({"a": -1.0, "b": 2.0})
        {'x': (-1.0, 0.0), 'y': (1.0, 2.0)}
        """
        self._check(list(data), "error")
        ends: dict[str, tuple[list[float], list[float]]] = {}
        for code, figure in data.items():
            if not np.isfinite(figure):
                raise ValueError(f"{code!r} has {figure!r}")
            parts = self.shares[code]
            for target, share in parts.items():
                low, high = ends.setdefault(target, ([], []))
                if self.known or len(parts) == 1:
                    low.append(float(share) * figure)
                    high.append(float(share) * figure)
                else:
                    low.append(min(figure, 0.0))
                    high.append(max(figure, 0.0))
        return {target: (_exact(low), _exact(high)) for target, (low, high) in ends.items()}

    def families(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """Groups of codes that hang together: between them nothing is exchanged, so their sums can be compared.

        Returns
        -------
        tuple of (source codes, target codes)

        Examples
        --------
        >>> from indicia import tree
        >>> tree.concordance(["a", "b", "b", "c"], ["x", "x", "y", "z"]).families()
        ((('a', 'b'), ('x', 'y')), (('c',), ('z',)))
        """
        from indicia._tree_codes import families

        found = families([self])
        return tuple((tuple(family.get(0, ())), tuple(family.get(1, ()))) for family in found)

    # ---- within

    def _check(self, codes: Sequence[str], others: str) -> list[int]:
        """The places of codes that are known."""
        unknown = [code for code in codes if code not in self.shares]
        if unknown and others == "error":
            lost = f"0{unknown[0]}"
            hint = f"; it may have lost a zero: {lost!r}" if lost in self.shares else ""
            hint = hint or near_codes(unknown[0], self.shares) or near(unknown[0], self.shares)
            raise UnknownNameError(
                f"the table from {self.source or 'one classification'} to {self.target or 'another'} doesn't know "
                f"{some(unknown)}{hint}"
            )
        return [place for place, code in enumerate(codes) if code in self.shares]

    def _figures(self, values: Floats, codes: Sequence[str], others: str) -> tuple[Floats, tuple[str, ...]]:
        places = self._check(codes, others)
        names = tuple(dict.fromkeys(target for place in places for target in self.shares[codes[place]]))
        terms: list[Floats] = []
        of: dict[str, list[int]] = {name: [] for name in names}
        for place in places:
            parts = self.shares[codes[place]]
            rest, more = values[place], np.zeros(values.shape[1])
            for number, (target, share) in enumerate(parts.items()):
                if number + 1 < len(parts):
                    part = float(share) * values[place]
                    of[target].append(len(terms))
                    terms.append(part)
                    left = rest - part  # and what that rounds off
                    by = left - rest
                    more = more + ((rest - (left - by)) + (-part - by))
                    rest = left
                else:
                    of[target] += [len(terms)] if len(parts) == 1 else [len(terms), len(terms) + 1]
                    terms += [rest] if len(parts) == 1 else [rest, more]
        steps = []
        for number, name in enumerate(names):
            steps += [(0, 0, 0), *((1, 0, term) for term in of[name]), (3, 0, number)]
        block = np.array(terms).reshape(1, len(terms), values.shape[1])
        found, _ = _core.tree_roll(
            block,
            None,
            np.array(steps, np.int32).reshape(-1, 3),
            np.ones(len(steps)),
            1,
            len(names),
            0,
            1.0,
            threads=get_threads(),
        )
        return found[0], names

    def _cube(self, cube: Cube, dim: str | None, others: str) -> Cube:
        fits = [name for name, codes in cube.codes.items() if any(code in self.shares for code in codes)]
        if dim is None and len(fits) != 1:
            raise ValueError(f"dim= says which dimension is meant: {some(list(cube.codes))}")
        name = fits[0] if dim is None else dim
        if name not in cube.codes:
            raise ValueError(f"there is no dimension {name!r}{near(name, cube.codes)}")
        axis = list(cube.codes).index(name)
        for fact in ("unit", "multiplier"):
            given = getattr(cube, fact)
            if isinstance(given, np.ndarray) and given.shape[axis] > 1:
                raise ValueError(f"codes of {name} differ by {fact}")
        codes = cube.codes[name]
        front = np.moveaxis(cube.values, axis, 0)
        found, names = self._figures(np.ascontiguousarray(front).reshape(len(codes), -1), codes, others)
        values = np.moveaxis(found.reshape(len(names), *front.shape[1:]), 0, axis)
        attrs = dict(cube.attrs)
        lost = {c: float(np.nansum(front[k])) for k, c in enumerate(codes) if c not in self.shares}
        if lost:
            attrs["dropped"] = {name: lost}
        labels = {key: words for key, words in cube.labels.items() if key != name}
        return Cube(
            cube.dims,
            {**cube.codes, name: names},
            cube.time,
            np.ascontiguousarray(values),
            labels=labels,
            attrs=attrs,
            unit=cube.unit,
            multiplier=cube.multiplier,
        )


def _equal(parts: Iterable[str]) -> dict[str, Fraction]:
    names = list(parts)
    return dict.fromkeys(names, Fraction(1, len(names)))


def _exact(figures: Sequence[float]) -> float:
    return math.fsum(figures)


def concordance(
    codes: Iterable[str],
    targets: Iterable[str],
    weights: Iterable[float] | None = None,
    *,
    source: str | None = None,
    target: str | None = None,
) -> Concordance:
    """A table of pairs of codes.

    Parameters
    ----------
    codes, targets : iterable of str
        A pair for each line of the table.
    weights : iterable of float, optional
        Which share of the code becomes that target; those of a code add up to one. Else the shares are equal.
    source, target : str, optional
        What the classifications are called.

    Returns
    -------
    Concordance

    Raises
    ------
    ValueError
        A pair that is there twice, weights that don't add up to one.

    Examples
    --------
    >>> from indicia import tree
    >>> tree.concordance(["a", "a"], ["x", "y"], [0.25, 0.75]).convert({"a": 8.0})
    {'x': 2.0, 'y': 6.0}
    """
    a, b = list(codes), list(targets)
    w = None if weights is None else list(weights)
    if len(a) != len(b) or (w is not None and len(w) != len(a)):
        raise ValueError(f"{len(a)} codes, {len(b)} targets{'' if w is None else f' and {len(w)} weights'}")
    found: dict[str, dict[str, Fraction]] = {}
    for number, (code, to) in enumerate(zip(a, b, strict=True)):
        for one in (code, to):
            if not isinstance(one, str):
                raise TypeError(
                    f"codes are strings, not {type(one).__name__} {one!r}: as a number a code loses its zeros"
                )
            if not one:
                raise ValueError(f"pair {number}: {code!r} and {to!r}: an empty code")
        parts = found.setdefault(code, {})
        if to in parts:
            raise ValueError(f"{code!r} becomes {to!r} twice")
        if w is not None and not 0 <= w[number] <= 1 + _CLOSE:
            raise ValueError(f"weight of {code!r} and {to!r}: expected a fraction, got {w[number]!r}")
        parts[to] = Fraction(1) if w is None else Fraction(w[number])
    for code, parts in found.items():
        if w is None:
            found[code] = _equal(parts)
            continue
        total = sum(parts.values())
        if abs(float(total) - 1) > _CLOSE:
            raise ValueError(f"weights of {code!r} add up to {float(total)!r}, not to one")
        found[code] = {to: share / total for to, share in parts.items()}
    return Concordance(found, source=source, target=target, known=w is not None)
