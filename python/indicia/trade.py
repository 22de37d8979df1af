"""Trade: who is specialised in what, how alike and how complex economies are.

Tables of exports by country and product, years along other axes. Rows of an array or a DataFrame are exporters; the
dimensions of a Cube or DataArray are known by what sources call them, or named by ``exporter=`` and ``product=``. What
a country does not report it does not export; what has no part in a result is named in a report.

Advantage: `rca`, `presence`, `lafay`, `balance`. Complexity: `complexity` (`eci`, `pci`), `reflections`, `fitness`.
"""

from __future__ import annotations

from indicia._trade_advantage import balance, lafay, presence, rca
from indicia._trade_complexity import (
    Complexity,
    Dropped,
    Fitness,
    Reflections,
    complexity,
    eci,
    fitness,
    pci,
    reflections,
)

__all__ = [
    "Complexity",
    "Dropped",
    "Fitness",
    "Reflections",
    "balance",
    "complexity",
    "eci",
    "fitness",
    "lafay",
    "pci",
    "presence",
    "rca",
    "reflections",
]
