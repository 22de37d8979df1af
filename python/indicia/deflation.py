"""Deflation: whether prices fall, how long, how deep and how broadly, and what is beneath the outermost items.

Along time, of a price index or deflator: `spells` (runs of falling prices), `depth` (how far below the highest level).
Across items, of rates and weights in tables as `indicia.index` has them: `breadth`, `diffusion`; core measures
`trimmed_mean`, `weighted_median`, `percentile`, `excluding`, `complement`. Between price indices: `implicit_rate` and
`wedge`, the deflator of output against what consumers and producers pay.

Rates are fractions, and what is undefined is NaN. What items add to the change of an index is
`indicia.index.contributions`; of published rates and weights, `indicia.growth.contribution` and `chain_bridge`.
"""

from __future__ import annotations

from indicia._deflation_core import (
    breadth,
    complement,
    diffusion,
    excluding,
    percentile,
    trimmed_mean,
    weighted_median,
)
from indicia._deflation_spells import Spell, Spells, depth, spells
from indicia._deflation_wedge import Wedge, implicit_rate, wedge

__all__ = [
    "Spell",
    "Spells",
    "Wedge",
    "breadth",
    "complement",
    "depth",
    "diffusion",
    "excluding",
    "implicit_rate",
    "percentile",
    "spells",
    "trimmed_mean",
    "wedge",
    "weighted_median",
]
