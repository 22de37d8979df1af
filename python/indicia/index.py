"""Index numbers: what the prices of many items come to together, against a base period or chained.

Tables of items and periods: time along the last axis of an array and items along the one before it, as rows and columns
of a DataFrame, as ``time`` and another dimension of a DataArray or Cube. An index is 1 in the base period. Between two
periods those items count of which all that a formula needs is known; what is undefined is NaN, what is impossible (a
price of zero) an error that names the item and the period.

Of prices alone: `carli`, `dutot`, `jevons`, `harmonic`, `cswd`. With quantities: `laspeyres`, `paasche`, `fisher`,
`tornqvist`, `walsh`, `marshall_edgeworth` and the rest; with any basket or weights: `lowe`, `young`, `geometric_young`.
Indicators, in the unit of the value: `bennet`, `montgomery`.

Of many periods at once: `geks`, `ccdi`, `geks_walsh`, `geary_khamis`, `time_product_dummy`, on windows that
`splice_windows` puts together. From a long table: `unit_values`. Of items: `contributions`, `coverage`.

Chains: `chain`, `unchain`, `chain_link`, `previous_year_prices`. Levels: `rereference`, `rebase`, `splice`, `deflate`,
`implicit_deflator`, `terms_of_trade`.
"""

from __future__ import annotations

from indicia._index_bilateral import (
    banerjee,
    bennet,
    carli,
    cswd,
    davies,
    drobisch,
    dutot,
    fisher,
    geometric_laspeyres,
    geometric_paasche,
    geometric_young,
    harmonic,
    jevons,
    laspeyres,
    lehr,
    lloyd_moulton,
    lowe,
    marshall_edgeworth,
    montgomery,
    montgomery_vartia,
    paasche,
    palgrave,
    product_dummy,
    sato_vartia,
    stuvel,
    tornqvist,
    walsh,
    young,
)
from indicia._index_levels import deflate, implicit_deflator, rebase, rereference, splice, terms_of_trade
from indicia._index_links import chain, chain_link, previous_year_prices, unchain
from indicia._index_multilateral import ccdi, geary_khamis, geks, geks_walsh, time_product_dummy
from indicia._index_parts import contributions, coverage
from indicia._index_splices import splice_windows
from indicia._index_values import unit_values

__all__ = [
    "banerjee",
    "bennet",
    "carli",
    "ccdi",
    "chain",
    "chain_link",
    "contributions",
    "coverage",
    "cswd",
    "davies",
    "deflate",
    "drobisch",
    "dutot",
    "fisher",
    "geary_khamis",
    "geks",
    "geks_walsh",
    "geometric_laspeyres",
    "geometric_paasche",
    "geometric_young",
    "harmonic",
    "implicit_deflator",
    "jevons",
    "laspeyres",
    "lehr",
    "lloyd_moulton",
    "lowe",
    "marshall_edgeworth",
    "montgomery",
    "montgomery_vartia",
    "paasche",
    "palgrave",
    "previous_year_prices",
    "product_dummy",
    "rebase",
    "rereference",
    "sato_vartia",
    "splice",
    "splice_windows",
    "stuvel",
    "terms_of_trade",
    "time_product_dummy",
    "tornqvist",
    "unchain",
    "unit_values",
    "walsh",
    "young",
]
