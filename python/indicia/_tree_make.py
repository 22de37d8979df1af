"""Trees of code lists: by prefixes, by a column of parents, by their order, and from a file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import isnan
from os import PathLike
from pathlib import Path
from typing import Any

from indicia._labels import near, some
from indicia._tree_model import Facts, Tree, grown

__all__ = ["listed", "parents", "prefixes", "read_tree", "tree_of"]


def _texts(name: str, codes: Any) -> list[str]:
    if isinstance(codes, str):
        raise TypeError(f"{name}: expected codes, got the text {codes!r}")
    found = list(codes)
    for place, code in enumerate(found):
        if not isinstance(code, str):
            raise TypeError(
                f"{name}: codes are strings, but element {place} is {type(code).__name__} {code!r}: as a number a code "
                "loses its zeros"
            )
    return list(map(str, found))


def prefixes(
    codes: Iterable[str],
    lengths: Sequence[int] = (2, 4, 6),
    *,
    labels: Mapping[str, str] | None = None,
    levels: Sequence[str] | None = None,
    title: str | None = None,
) -> Tree:
    """A tree of codes that begin with the code they are part of: ``"010121"``, ``"0101"``, ``"01"``.

    Parameters
    ----------
    codes : iterable of str
        Codes of the lowest level, or of several; the others are made (`Tree.added` names those that are missing
        although the list has codes of their level).
    lengths : sequence of int, default (2, 4, 6)
        How long the codes of each level are, dots included: NACE's ``"01"``, ``"01.1"``, ``"01.11"`` are (2, 4, 5).
    labels : mapping of str to str, optional
        Words for codes.
    levels : sequence of str, optional
        Names of the levels; else their lengths.
    title : str, optional

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        A code of another length. One that has lost a leading zero is told so.

    Examples
    --------
    >>> from indicia import tree
    >>> goods = tree.prefixes(["010121", "010129", "020110"])
    >>> goods.level("2"), goods.parents("010121")
    (('01', '02'), {'0101': 1.0})
    """
    sizes = list(lengths)
    if not sizes or any(upper >= lower for upper, lower in pairwise(sizes)) or sizes[0] < 1:
        raise ValueError(f"lengths: expected rising numbers, got {tuple(lengths)}")
    given = list(dict.fromkeys(_texts("codes", codes)))
    wrong = [code for code in given if len(code) not in sizes]
    if wrong:
        fixed = [f"0{code}" for code in wrong[:1] if len(code) + 1 in sizes and code.isdigit()]
        hint = f"; {wrong[0]!r} may have lost a zero: {fixed[0]!r}" if fixed else ""
        raise ValueError(f"codes are {' or '.join(map(str, sizes))} long, but not {some(wrong)}{hint}")
    has = {len(code) for code in given}
    above: dict[str, list[tuple[str, float]]] = {}
    known = set(given)
    added: dict[str, None] = {}
    for code in given:
        chain = [code[:size] for size in sizes if size <= len(code)]
        for place, one in enumerate(chain):
            above.setdefault(one, [(chain[place - 1], 1.0)] if place else [])
            if one not in known and len(one) in has:
                added[one] = None
    return grown(
        above,
        labels=labels,
        level={code: sizes.index(len(code)) for code in above},
        levels=levels if levels is not None else [str(size) for size in sizes],
        facts=Facts(title=title, added=tuple(added)),
    )


def parents(
    codes: Iterable[str],
    parents: Iterable[str | None],
    weights: Iterable[float | None] | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    levels: Sequence[str] | None = None,
    title: str | None = None,
) -> Tree:
    """A tree of a column of codes and one of what each is part of.

    Parameters
    ----------
    codes : iterable of str
        A code stands once for each parent that it has.
    parents : iterable of str or None
        None or ``""`` for a code that is part of nothing.
    weights : iterable of float, optional
        Which share of the code belongs to that parent; those of a code add up to one.
    labels : mapping of str to str, optional
        Words for codes.
    levels : sequence of str, optional
        Names of the levels, from the top; else ``"0"``, ``"1"``, ...
    title : str, optional

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        Several parents without weights, weights that don't add up to one, a cycle (the message shows it).
    UnknownNameError
        A parent that is not among the codes.

    Examples
    --------
    >>> from indicia import tree
    >>> energy = tree.parents(["all", "coal", "oil", "fuel", "fuel"], [None, "all", "all", "coal", "oil"],
    ...                       [None, None, None, 0.25, 0.75])
    >>> energy.parents("fuel"), energy.roots()
    ({'coal': 0.25, 'oil': 0.75}, ('all',))
    """
    words = _texts("codes", codes)
    ups = [None if _nothing(parent) else parent for parent in parents]
    shares = list(weights) if weights is not None else [None] * len(words)
    if not len(words) == len(ups) == len(shares):
        raise ValueError(f"{len(words)} codes, {len(ups)} parents and {len(shares)} weights")
    above: dict[str, list[tuple[str, Any]]] = {}
    for code, up, share in zip(words, ups, shares, strict=True):
        edges = above.setdefault(code, [])
        if up is not None:
            edges.append((_texts("parents", [up])[0], None if _nothing(share) else share))
    return grown(above, labels=labels, levels=levels, facts=Facts(title=title))


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and isnan(value)) or (isinstance(value, str) and not value)


def listed(
    codes: Iterable[str],
    *,
    labels: Mapping[str, str] | None = None,
    levels: Sequence[str] | None = None,
    title: str | None = None,
) -> Tree:
    """A tree of a printed code list: each code is part of the last one before it that is shorter.

    That is how ISIC and NACE are printed, whose sections are no prefixes: A, 01, 011, 0111, 0112, 012, ...

    Parameters
    ----------
    codes : iterable of str
        In the order of the list.
    labels : mapping of str to str, optional
    levels : sequence of str, optional
        Names of the levels; else ``"0"``, ``"1"``, ...
    title : str, optional

    Returns
    -------
    Tree

    Examples
    --------
    >>> from indicia import tree
    >>> isic = tree.listed(["A", "01", "011", "012", "B", "05"])
    >>> isic.children("A"), isic.leaves("A")
    (('01',), ('011', '012'))
    """
    above: dict[str, list[tuple[str, float]]] = {}
    open_ones: list[str] = []
    for code in _texts("codes", codes):
        if code in above:
            raise ValueError(f"codes: {code!r} is there twice")
        while open_ones and len(open_ones[-1]) >= len(code):
            open_ones.pop()
        above[code] = [(open_ones[-1], 1.0)] if open_ones else []
        open_ones.append(code)
    return grown(above, labels=labels, levels=levels, facts=Facts(title=title))


def tree_of(data: Any, dim: str) -> Tree:
    """The tree that a source gives for one of its dimensions: which codes are sums over which others.

    Parameters
    ----------
    data : Cube or Observations
        Whose ``attrs["children"]`` the reader has filled: JSON-stat files, and any with ``structure=``.
    dim : str

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        The source says nothing about it.

    Examples
    --------
    >>> from indicia import Cube, tree
    >>> cube = Cube(["k"], {"k": ["T", "a", "b"]}, None, [3.0, 1.0, 2.0], attrs={"children": {"k": {"T": ["a", "b"]}}})
    >>> tree.tree_of(cube, "k").children("T")
    ('a', 'b')
    """
    if dim not in data.codes:
        raise ValueError(f"there is no dimension {dim!r}{near(dim, data.codes)}")
    families = data.attrs.get("children", {}).get(dim)
    if not families:
        raise ValueError(f"the source doesn't say what the codes of {dim!r} are part of; prefixes() or parents() can")
    above: dict[str, list[tuple[str, Any]]] = {code: [] for code in data.codes[dim]}
    for parent, children in families.items():
        above.setdefault(parent, [])
        for child in children:
            above.setdefault(child, []).append((parent, None))
    return grown(above, labels=data.labels.get(dim), facts=Facts())


# ---- TOML ---------------------------------------------------------------------------------------------------------


def read_tree(
    source: str | PathLike[str] | Mapping[str, Any],
    *,
    revision: str | None = None,
    choices: Mapping[str, str] | None = None,
) -> Tree:
    """A tree from a TOML file.

    ::

        title = "Two groups"
        scheme = "HS"                        # optional: codes are looked up, shorter ones stand for all they begin

        [nodes.vehicles]
        label = "Vehicles"
        codes = ["8702", "8703"]             # or a table by revisions: {"92-12" = [...], "17-22" = [...]}
        without = ["870310"]                 # optional: codes that others stand for, left out

        [nodes.vehicles.broader]             # optional: codes that hold more than this, and what
        870390 = "cars with other motors"

    A code may be a node of its own; ``weights = {code = 0.5}`` in a node is its share of a code that others have too.

    Parameters
    ----------
    source : path or mapping
        The file, or what tomllib makes of one.
    revision : str, optional
        Of the scheme: ``"HS22"``, ``"HS 2022"`` or ``"H6"``.
    choices : mapping of str to str, optional
        Where the file has variants (``[choices.NAME.VARIANT.NODE]``), which are taken.

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        A code that the revision doesn't know, with what may have been meant; a code of two nodes without weights.

    Examples
    --------
    >>> from indicia import tree
    >>> two = tree.read_tree({"title": "Two", "nodes": {"a": {"codes": ["x", "y"]}, "b": {"codes": ["z"]}}})
    >>> two.leaves("a"), two.roots()
    (('x', 'y'), ('a', 'b'))
    """
    if isinstance(source, Mapping):
        return _from_table(source, revision, choices or {}, "the table")
    path = Path(source)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from None
    return _from_table(table, revision, choices or {}, str(path))


def _from_table(table: Mapping[str, Any], revision: str | None, choices: Mapping[str, str], where: str) -> Tree:
    from indicia._tree_hs import revision_called

    nodes = table.get("nodes")
    if not isinstance(nodes, Mapping) or not nodes:
        raise ValueError(f"{where}: [nodes.NAME] are missing")
    scheme = table.get("scheme")
    if scheme == "HS":
        revision = revision_called(revision) if revision is not None else None
        if revision is None:
            raise ValueError(f"{where}: which revision of the Harmonized System? revision='HS22', for instance")
    chosen: dict[str, Any] = {}
    for name, variant in choices.items():
        variants = table.get("choices", {}).get(name, {})
        if variant not in variants:
            raise ValueError(f"{name}={variant!r}: expected one of {', '.join(map(repr, variants))}")
        chosen |= variants[variant]
    above: dict[str, list[tuple[str, Any]]] = {name: [] for name in nodes}
    below: dict[str, list[str]] = {}
    labels, broader = {}, {}
    for name, node in nodes.items():
        if node.get("label"):
            labels[name] = node["label"]
        shares = node.get("weights", {})
        for code in _codes_of(
            name, node | ({"codes": chosen[name]} if name in chosen else {}), nodes, scheme, revision
        ):
            above.setdefault(code, []).append((name, shares.get(code)))
            below.setdefault(name, []).append(code)
            if code in node.get("broader", {}):
                broader[code] = node["broader"][code]
    notes = [str(table["note"]).strip()] if table.get("note") else []
    notes += [
        ", ".join(str(given[key]) for key in ("title", "publisher", "date", "url") if key in given)
        for given in table.get("sources", {}).values()
    ]
    return grown(
        _as_listed(above, below),
        labels=labels,
        levels=table.get("levels"),
        facts=Facts(
            title=table.get("title"),
            scheme=scheme,
            revision=revision,
            whole=table.get("whole", scheme is None),
            broader=broader,
            foreign=_foreign(nodes, chosen, revision) if scheme == "HS" and revision else {},
            notes=tuple(notes),
        ),
    )


def _foreign(nodes: Mapping[str, Any], chosen: Mapping[str, Any], revision: str) -> dict[str, str]:
    """Codes that only other revisions have, of those that the nodes have there: no other code changes a figure."""
    from indicia._tree_hs import REVISIONS, foreign_codes

    wrong = foreign_codes(revision)
    found = {}
    for other in REVISIONS:
        for name, node in nodes.items():
            given = node | ({"codes": chosen[name]} if name in chosen else {})
            try:
                codes = _codes_of(name, given, nodes, "HS", other)
            except ValueError:  # codes of one revision alone
                continue
            found.update({code: wrong[code] for code in codes if code in wrong})
    return found


def _as_listed(above: dict[str, Any], below: Mapping[str, list[str]]) -> dict[str, Any]:
    """Nodes in the order in which those above them list them, not in that in which they are described."""
    order: dict[str, None] = {}
    waiting = [code for code in reversed(above) if not above[code]]
    while waiting:
        code = waiting.pop()
        if code not in order:
            order[code] = None
            waiting.extend(reversed(below.get(code, ())))
    return {code: above[code] for code in [*order, *(code for code in above if code not in order)]}


def _codes_of(
    name: str, node: Mapping[str, Any], nodes: Mapping[str, Any], scheme: Any, revision: str | None
) -> list[str]:
    codes = node.get("codes", [])
    if isinstance(codes, Mapping):
        codes = _of_revision(name, codes, revision)
    if scheme != "HS" or revision is None:
        return _texts(f"codes of {name!r}", codes)
    from indicia._tree_hs import begun_by

    without = set(node.get("without", ()))
    found = [
        one
        for code in _texts(f"codes of {name!r}", codes)
        for one in ([code] if code in nodes else begun_by(code, revision))
    ]
    return [code for code in found if code not in without]


def _of_revision(name: str, codes: Mapping[str, Any], revision: str | None) -> Any:
    from indicia._tree_hs import in_span

    for span, listed_codes in codes.items():
        if revision is not None and in_span(revision, span):
            return listed_codes
    raise ValueError(f"{name!r} has no codes for {revision or 'no revision'}; there are some for {', '.join(codes)}")
