"""Regions side by side: places, gaps, convergence; concentration, specialisation and inequality; shift-share.

Each function runs over one dimension (``over=``: regions, industries, firms) and takes arrays, lists, pandas Series and
DataFrames, xarray DataArrays, polars Series and cubes. Shares and rates are fractions; what is undefined is NaN.

Among each other: `rank`, `gap`, `catch_up`; over time: `sigma`, `beta`. Concentration: `hhi`, `leaders`, `entropy`.
Inequality: `gini`, `theil`, `theil_parts`, `atkinson`, `williamson`, `hoover`. Industries: `location_quotient`,
`shift_share`, `krugman`, `hachman`, `ellison_glaeser`.
"""

from __future__ import annotations

from indicia._region_concentration import ellison_glaeser, entropy, hachman, hhi, hoover, krugman, leaders
from indicia._region_industries import GerfinParts, ShiftShare, location_quotient, shift_share
from indicia._region_inequality import TheilParts, atkinson, gini, theil, theil_parts, williamson
from indicia._region_place import Beta, beta, catch_up, gap, rank, sigma

__all__ = [
    "Beta",
    "GerfinParts",
    "ShiftShare",
    "TheilParts",
    "atkinson",
    "beta",
    "catch_up",
    "ellison_glaeser",
    "entropy",
    "gap",
    "gini",
    "hachman",
    "hhi",
    "hoover",
    "krugman",
    "leaders",
    "location_quotient",
    "rank",
    "shift_share",
    "sigma",
    "theil",
    "theil_parts",
    "williamson",
]
