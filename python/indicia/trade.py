"""Trade: who is specialised in what, how alike and how complex economies are.

Tables of exports by country and product, years along other axes. Rows of an array or a DataFrame are exporters; the
dimensions of a Cube or DataArray are known by what sources call them, or named by ``exporter=`` and ``product=``. What
a country does not report it does not export; what has no part in a result is named in a report.

Advantage: `rca`, `presence`, `lafay`, `balance`. Pairs: `similarity`, `complementarity`, `intensity`, `grubel_lloyd`.
Income: `prody`, `expy`. Change: `market_share`, `margins`, `price_quantity`, `new_products`. Reports: `unit_values`,
`mirror`.

Complexity: `complexity` (`eci`, `pci`), `reflections`, `fitness`. What is near to what: `proximity`, `density`,
`distance`, `outlook`, `product_space`.
"""

from __future__ import annotations

from indicia._trade_advantage import balance, lafay, presence, rca
from indicia._trade_baskets import (
    Margins,
    PriceQuantity,
    UnitValues,
    margins,
    new_products,
    price_quantity,
    unit_values,
)
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
from indicia._trade_mirror import Mirror, mirror
from indicia._trade_pairs import (
    MarketShare,
    complementarity,
    expy,
    grubel_lloyd,
    intensity,
    market_share,
    prody,
    similarity,
)
from indicia._trade_space import Outlook, ProductSpace, density, distance, outlook, product_space, proximity

__all__ = [
    "Complexity",
    "Dropped",
    "Fitness",
    "Margins",
    "MarketShare",
    "Mirror",
    "Outlook",
    "PriceQuantity",
    "ProductSpace",
    "Reflections",
    "UnitValues",
    "balance",
    "complementarity",
    "complexity",
    "density",
    "distance",
    "eci",
    "expy",
    "fitness",
    "grubel_lloyd",
    "intensity",
    "lafay",
    "margins",
    "market_share",
    "mirror",
    "new_products",
    "outlook",
    "pci",
    "presence",
    "price_quantity",
    "product_space",
    "prody",
    "proximity",
    "rca",
    "reflections",
    "similarity",
    "unit_values",
]
