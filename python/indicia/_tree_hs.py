"""The Harmonized System: which codes each of its revisions has, and baskets of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from indicia._labels import near
from indicia._tree_make import read_tree
from indicia._tree_model import Facts, Tree, grown, near_codes

__all__ = [
    "REVISIONS",
    "begun_by",
    "foreign_codes",
    "hs",
    "in_span",
    "industries",
    "known_codes",
    "nace_a10",
    "new_three",
    "old_three",
    "revision_called",
]

REVISIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")


def revision_called(name: str) -> str:
    """``"HS22"`` of ``"HS22"``, ``"HS 2022"``, ``"HS2022"``, ``"H6"``; ValueError for others."""
    text = str(name).upper().replace(" ", "").replace("-", "")
    if len(text) == 2 and text[0] == "H" and text[1].isdigit() and int(text[1]) < len(REVISIONS):
        return REVISIONS[int(text[1])]
    short = "HS" + text[-2:] if text.startswith("HS") and text[2:-2] in {"", "19", "20"} else text
    if short not in REVISIONS:
        raise ValueError(f"{name!r} is no revision of the Harmonized System: expected one of {', '.join(REVISIONS)}")
    return short


def _place(year: str) -> int:
    return REVISIONS.index(f"HS{year}")


def in_span(revision: str, span: str) -> bool:
    """Whether ``"HS17"`` is in ``"92-17"``, or in ``"92-02 12-22"``."""
    place = REVISIONS.index(revision)
    for part in span.split():
        first, _, last = part.partition("-")
        if _place(first) <= place <= _place(last or first):
            return True
    return False


@cache
def _table() -> dict[str, str]:
    """The spans of revisions that have each code of six digits."""
    lines = (files("indicia.data") / "hs.csv").read_text(encoding="ascii").splitlines()
    return dict(line.split(",", 1) for line in lines[1:])


@cache
def known_codes(revision: str) -> Mapping[str, None]:
    """The codes of six, four and two digits of a revision, each group in order."""
    six = [code for code, span in _table().items() if in_span(revision, span)]
    return dict.fromkeys([*six, *(code[:4] for code in six), *(code[:2] for code in six)])


@cache
def foreign_codes(revision: str) -> dict[str, str]:
    """The codes of six digits that only other revisions have, and a sentence about each."""
    known = known_codes(revision)
    return {
        code: f"{revision} has no code {code!r}, which is of {_said(span)}: is the data in another revision?"
        for code, span in _table().items()
        if code not in known
    }


def _said(span: str) -> str:
    parts = [part.partition("-") for part in span.split()]
    return ", ".join(f"HS{first} to HS{last}" if last else f"HS{first}" for first, _, last in parts)


def begun_by(code: str, revision: str) -> list[str]:
    """The codes of six digits that begin with `code`; ValueError if the revision has none."""
    known = known_codes(revision)
    if code not in known:
        foreign = foreign_codes(revision).get(code)
        if foreign:
            raise ValueError(foreign.partition(":")[0])
        hint = (
            f"; has it lost a zero? {'0' + code!r}"
            if f"0{code}" in known
            else near_codes(code, known) or near(code, known)
        )
        raise ValueError(f"{revision} has no code {code!r}{hint}")
    return [one for one in known if len(one) == 6 and one.startswith(code)]


def _built_in(name: str, revision: str | None = None, **choices: str) -> Tree:
    text = (files("indicia.data") / f"{name}.toml").read_text(encoding="utf-8")
    return read_tree(tomllib.loads(text), revision=revision, choices=choices)


def new_three(revision: str, *, vehicles: str = "plug-in") -> Tree:
    """The "new three" of China's exports (electric vehicles, lithium-ion batteries, solar cells) as HS codes.

    Parameters
    ----------
    revision : {"HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22"}
        Of the data, as BACI's file names have it; ``"HS 2022"`` and ``"H6"`` are the same as ``"HS22"``.
    vehicles : {"plug-in", "battery", "all"}, default "plug-in"
        Battery cars and plug-in hybrids; battery cars alone; all that have an electric motor for propulsion, buses too.

    Returns
    -------
    Tree
        Of codes of six digits; `Tree.broader` says which of them hold other goods besides, as 8541.40 does before 2022.
        Codes that are not in it are outside of it; one that only another revision has stops the reading.

    Notes
    -----
    Sources and choices are in `Tree.notes`.

    Examples
    --------
    >>> import indicia
    >>> from indicia import tree
    >>> three = tree.new_three("HS22")
    >>> three.leaves("electric vehicles"), three.leaves("solar cells")
    (('870360', '870370', '870380'), ('854142', '854143'))
    >>> text = b"t,i,j,k,v,q\\n2023,156,842,870380,5,1\\n2023,156,276,870360,2,1\\n2023,156,276,010121,9,1\\n"
    >>> indicia.read_cube(text, format="baci", recode={"k": three}, collapse={"j": "sum"}).values[0, :, 0]
    array([ 7., nan, nan])
    """
    return _built_in("new_three", revision, vehicles=vehicles)


def old_three(revision: str) -> Tree:
    """The "old three" of China's exports (clothing, home appliances, furniture) as HS codes.

    Parameters
    ----------
    revision : {"HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22"}
        Of the data.

    Returns
    -------
    Tree
        As of `new_three`.

    Examples
    --------
    >>> from indicia import tree
    >>> len(tree.old_three("HS22").leaves("clothing")), tree.old_three("HS92").leaves("furniture")[0]
    (210, '940110')
    """
    return _built_in("old_three", revision)


def industries() -> Tree:
    """The industries that the article names, in its groups: pillar, emerging, further, future.

    Returns
    -------
    Tree
        Of names, not codes.

    Examples
    --------
    >>> from indicia import tree
    >>> tree.industries().leaves("emerging")
    ('internet-connected vehicles', 'aerospace', 'drones', 'flying cars')
    """
    return _built_in("industries")


def nace_a10() -> Tree:
    """The ten groups of industries of national accounts (NACE Rev. 2, A*10), and the sections they are made of.

    Returns
    -------
    Tree

    Examples
    --------
    >>> from indicia import tree
    >>> tree.nace_a10().children("B-E")
    ('B', 'C', 'D', 'E')
    """
    return _built_in("nace_a10")


def hs(revision: str, *, sections: bool = True) -> Tree:
    """The Harmonized System: sections, chapters, headings and subheadings of a revision.

    Parameters
    ----------
    revision : {"HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22"}
    sections : bool, default True
        False leaves the sections ("I" to "XXI") out.

    Returns
    -------
    Tree
        A code that it doesn't know is an error.

    Examples
    --------
    >>> from indicia import tree
    >>> goods = tree.hs("HS22")
    >>> goods.levels, len(goods.level("heading")), goods.parents("87")
    (('section', 'chapter', 'heading', 'subheading'), 1228, {'XVII': 1.0})
    """
    revision = revision_called(revision)
    above: dict[str, list[tuple[str, Any]]] = {}
    labels: dict[str, str] = {}
    section: dict[str, str] = {}
    table = tomllib.loads((files("indicia.data") / "hs_sections.toml").read_text(encoding="utf-8"))
    for name, node in table["nodes"].items():
        section |= dict.fromkeys(node["codes"], name)
        if sections:
            above[name] = []
            labels[name] = node["label"]
    level = dict.fromkeys(above, 0)
    names = ("section", "chapter", "heading", "subheading") if sections else ("chapter", "heading", "subheading")
    for code in sorted(known_codes(revision)):
        up = code[:-2] or (section[code] if sections else "")
        above[code] = [(up, 1.0)] if up else []
        level[code] = len(code) // 2 - (0 if sections else 1)
    facts = Facts(
        title=f"Harmonized System, {revision}", scheme="HS", revision=revision, foreign=foreign_codes(revision)
    )
    return grown(above, labels=labels, level=level, levels=names, facts=facts)
