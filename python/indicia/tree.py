"""Classifications: which codes are part of which, figures added up along them, and tables from one to another.

A `Tree` is made by `prefixes`, `parents`, `listed`, `tree_of` or `read_tree`; built in are `hs`, `new_three`,
`old_three`, `nace_a10` and `industries`. Readers take one (``recode={"k": tree.new_three("HS22")}``); `aggregate` takes
data in memory. A `Concordance` leads from one classification to another; `problems` says what is wrong with codes.
"""

from __future__ import annotations

from indicia._tree_aggregate import aggregate
from indicia._tree_audit import complete
from indicia._tree_codes import CodeProblem, families, problems, read_concordance
from indicia._tree_concordance import Concordance, concordance
from indicia._tree_hs import hs, industries, nace_a10, new_three, old_three
from indicia._tree_make import listed, parents, prefixes, read_tree, tree_of
from indicia._tree_model import Tree

__all__ = [
    "CodeProblem",
    "Concordance",
    "Tree",
    "aggregate",
    "complete",
    "concordance",
    "families",
    "hs",
    "industries",
    "listed",
    "nace_a10",
    "new_three",
    "old_three",
    "parents",
    "prefixes",
    "problems",
    "read_concordance",
    "read_tree",
    "tree_of",
]
