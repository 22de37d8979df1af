"""Targets: what was aimed at, whether it was met, and what the rest of a year must bring.

A target is a text as it was said ("around 5 %", "above 5.5", "5 to 5.5", "no more than 3") or a number, of growth, of a
level or of a share. Growth and shares are fractions (0.055 is 5.5 %), gaps are in points as fractions. Targets are
exact as said, outcomes are rounded by print; where that matters the answer is a `Verdict`.

One target: `target`. Along time, on arrays, pandas, xarray, polars and cubes: `required`, `outturn`, `run_rate`,
`profile`, `percentile`. Figures beside one another: `gap`, `required_rate`, `outturn_rate`. Reports: `path`, `compare`,
`adds_up`.
"""

from __future__ import annotations

from indicia._targets_compare import Comparison, compare, gap
from indicia._targets_model import Target, target
from indicia._targets_parts import PartTargets, adds_up
from indicia._targets_path import Path, path
from indicia._targets_rates import outturn_rate, required_rate
from indicia._targets_year import outturn, percentile, profile, required, run_rate

__all__ = [
    "Comparison",
    "PartTargets",
    "Path",
    "Target",
    "adds_up",
    "compare",
    "gap",
    "outturn",
    "outturn_rate",
    "path",
    "percentile",
    "profile",
    "required",
    "required_rate",
    "run_rate",
    "target",
]
