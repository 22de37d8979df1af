"""Tables of codes from files, families of codes over several tables, and what is wrong with codes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from indicia._labels import near
from indicia._tree_concordance import Concordance, concordance
from indicia._tree_hs import foreign_codes
from indicia._tree_model import Tree, near_codes

__all__ = ["CodeProblem", "families", "problems", "read_concordance"]


def read_concordance(
    path: str | PathLike[str],
    source: str,
    target: str,
    *,
    weight: str | None = None,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> Concordance:
    """A table from a small file of separated values.

    Parameters
    ----------
    path : path
    source, target : str
        The columns of the codes.
    weight : str, optional
        The column of shares.
    encoding : str, default "utf-8-sig"
    delimiter : str, default ","

    Returns
    -------
    Concordance
        Lines that are there twice count once; lines without one of the codes are left out.

    Raises
    ------
    ValueError
        No such column.

    Examples
    --------
    >>> import os, tempfile
    >>> from indicia import tree
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "table.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("HS,BEC\\n010121,41\\n010130,111\\n010130,41\\n")
    ...     table = tree.read_concordance(path, "HS", "BEC")
    >>> table.convert({"010130": 4.0})
    {'111': 2.0, '41': 2.0}
    """
    pairs: dict[tuple[str, str], str] = {}
    with Path(path).open(encoding=encoding, newline="") as file:
        lines = csv.DictReader(file, delimiter=delimiter)
        heads = list(lines.fieldnames or ())
        for name in (source, target, *([weight] if weight else [])):
            if name not in heads:
                raise ValueError(f"{path}: there is no column {name!r}{near(name, heads)}")
        for line in lines:
            a, b = (line[source] or "").strip(), (line[target] or "").strip()
            if a and b:
                pairs.setdefault((a, b), line[weight] if weight else "")
    shares = None if weight is None else [float(text) for text in pairs.values()]
    return concordance([a for a, _ in pairs], [b for _, b in pairs], shares, source=source, target=target)


def families(tables: Sequence[Concordance]) -> tuple[dict[int, tuple[str, ...]], ...]:
    """Groups of codes that stay among themselves over a chain of tables: revision to revision to revision.

    Parameters
    ----------
    tables : sequence of Concordance
        Each from the one before it: HS02 to HS07, HS07 to HS12, ...

    Returns
    -------
    tuple of dict of int to tuple of str
        For each family, the codes that it has in the first classification (0), the second (1), ...

    Examples
    --------
    >>> from indicia import tree
    >>> first, second = tree.concordance(["a", "b"], ["x", "y"]), tree.concordance(["x", "y", "z"], ["1", "1", "2"])
    >>> tree.families([first, second])
    ({0: ('a', 'b'), 1: ('x', 'y'), 2: ('1',)}, {1: ('z',), 2: ('2',)})
    """
    above: dict[tuple[int, str], tuple[int, str]] = {}

    def top(one: tuple[int, str]) -> tuple[int, str]:
        above.setdefault(one, one)
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    for number, table in enumerate(tables):
        for code, parts in table.shares.items():
            for target in parts:
                a, b = top((number, code)), top((number + 1, target))
                above[max(a, b)] = min(a, b)
    found: dict[tuple[int, str], dict[int, list[str]]] = {}
    for number, code in sorted(above):
        found.setdefault(top((number, code)), {}).setdefault(number, []).append(code)
    return tuple({number: tuple(codes) for number, codes in family.items()} for family in found.values())


@dataclass(frozen=True)
class CodeProblem:
    """What is wrong with a code, and what may have been meant.

    Attributes
    ----------
    code : str
    problem : {"lost zero", "other revision", "wrong length", "unknown"}
    suggestion : str or None
        The code that it was, where that is certain enough.
    says : str
        In words.
    """

    code: str
    problem: str
    suggestion: str | None
    says: str


def problems(codes: Iterable[str], known: Tree | Concordance) -> tuple[CodeProblem, ...]:
    """What is wrong with codes, for those with which something is.

    Parameters
    ----------
    codes : iterable of str
    known : Tree or Concordance
        Whose codes are right.

    Returns
    -------
    tuple of CodeProblem

    Examples
    --------
    >>> from indicia import tree
    >>> for found in tree.problems(["010121", "10121", "854140", "8703801000"], tree.hs("HS22")):
    ...     print(found.code, found.problem, found.suggestion)
    10121 lost zero 010121
    854140 other revision None
    8703801000 wrong length 870380
    """
    right: Iterable[str] = known.codes if isinstance(known, Tree) else known.shares
    table = dict.fromkeys(right)
    lengths = {len(code) for code in table}
    longest = max(lengths, default=0)
    foreign = foreign_codes(known.revision) if isinstance(known, Tree) and known.revision else {}
    found = []
    for code in dict.fromkeys(codes):
        if not isinstance(code, str):
            raise TypeError(
                f"codes are strings, not {type(code).__name__} {code!r}: as a number a code loses its zeros"
            )
        if code in table:
            continue
        zero, cut = f"0{code}", code[:longest]
        if code in foreign:
            problem = CodeProblem(code, "other revision", None, foreign[code])
        elif zero in table:
            problem = CodeProblem(code, "lost zero", zero, f"{code!r} may have lost a zero: {zero!r}")
        elif len(code) not in lengths:
            hint = cut if cut in table else None
            says = f"{code!r} has {len(code)} characters, not {' or '.join(map(str, sorted(lengths)))}"
            problem = CodeProblem(code, "wrong length", hint, says)
        else:
            problem = CodeProblem(code, "unknown", None, f"{code!r} is unknown{near_codes(code, table)}")
        found.append(problem)
    return tuple(found)
