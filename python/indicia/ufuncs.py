"""The raw ufuncs: NumPy's ``out=``, ``where=``, ``axis=`` and ``__array_ufunc__`` at the speed of the core.

They know arrays, not labels or calendars: :mod:`indicia.growth` and its siblings do. None of them ever raises a
RuntimeWarning: what is undefined is NaN. Each can be pickled, so that dask and xarray can spread it over a cluster.
"""

from __future__ import annotations

import numpy as np

from indicia import (
    _core,
    _deflation_documents,
    _growth_documents,
    _index_documents,
    _interval_documents,
    _region_documents,
)

__all__ = [
    "deflation_breadth",
    "deflation_percentile",
    "deflation_trimmed_mean",
    "growth_annualised",
    "growth_average_rate",
    "growth_cagr",
    "growth_carry_over",
    "growth_carry_over_this",
    "growth_change",
    "growth_change_lag",
    "growth_compound",
    "growth_contribution",
    "growth_from_ytd",
    "growth_implied_base",
    "growth_implied_level",
    "growth_last_observed",
    "growth_log_rate",
    "growth_log_rate_lag",
    "growth_rate",
    "growth_rate_abs",
    "growth_rate_abs_lag",
    "growth_rate_lag",
    "growth_share",
    "growth_untangle",
    "growth_window_sum",
    "growth_ytd",
    "index_banerjee",
    "index_bennet",
    "index_carli",
    "index_chain",
    "index_chain_rates",
    "index_cswd",
    "index_davies",
    "index_drobisch",
    "index_dutot",
    "index_fisher",
    "index_geary_khamis",
    "index_geometric_laspeyres",
    "index_geometric_paasche",
    "index_geometric_young",
    "index_harmonic",
    "index_jevons",
    "index_lehr",
    "index_lloyd_moulton",
    "index_lowe",
    "index_marshall_edgeworth",
    "index_matched",
    "index_montgomery",
    "index_montgomery_vartia",
    "index_palgrave",
    "index_product_dummy",
    "index_sato_vartia",
    "index_stuvel",
    "index_tornqvist",
    "index_walsh",
    "index_young",
    "interval_add",
    "interval_contribution",
    "interval_div",
    "interval_from_decimals",
    "interval_implied_base",
    "interval_implied_level",
    "interval_mul",
    "interval_rate",
    "interval_share",
    "interval_sub",
    "interval_sum",
    "interval_verdict",
    "region_atkinson",
    "region_entropy",
    "region_gini",
    "region_gini_weighted",
    "region_hachman",
    "region_hhi",
    "region_hoover",
    "region_leaders",
    "region_log_deviation",
    "region_median",
    "region_rank",
    "region_rank_bounds",
    "region_shift_share",
    "region_theil",
    "region_theil_l",
    "region_total",
    "region_variation",
]

deflation_breadth: np.ufunc = _core.deflation_breadth
deflation_percentile: np.ufunc = _core.deflation_percentile
deflation_trimmed_mean: np.ufunc = _core.deflation_trimmed_mean
growth_annualised: np.ufunc = _core.growth_annualised
growth_average_rate: np.ufunc = _core.growth_average_rate
growth_cagr: np.ufunc = _core.growth_cagr
growth_carry_over: np.ufunc = _core.growth_carry_over
growth_carry_over_this: np.ufunc = _core.growth_carry_over_this
growth_change: np.ufunc = _core.growth_change
growth_change_lag: np.ufunc = _core.growth_change_lag
growth_compound: np.ufunc = _core.growth_compound
growth_contribution: np.ufunc = _core.growth_contribution
growth_from_ytd: np.ufunc = _core.growth_from_ytd
growth_implied_base: np.ufunc = _core.growth_implied_base
growth_implied_level: np.ufunc = _core.growth_implied_level
growth_last_observed: np.ufunc = _core.growth_last_observed
growth_log_rate: np.ufunc = _core.growth_log_rate
growth_log_rate_lag: np.ufunc = _core.growth_log_rate_lag
growth_rate: np.ufunc = _core.growth_rate
growth_rate_abs: np.ufunc = _core.growth_rate_abs
growth_rate_abs_lag: np.ufunc = _core.growth_rate_abs_lag
growth_rate_lag: np.ufunc = _core.growth_rate_lag
growth_share: np.ufunc = _core.growth_share
growth_untangle: np.ufunc = _core.growth_untangle
growth_window_sum: np.ufunc = _core.growth_window_sum
growth_ytd: np.ufunc = _core.growth_ytd
index_banerjee: np.ufunc = _core.index_banerjee
index_bennet: np.ufunc = _core.index_bennet
index_carli: np.ufunc = _core.index_carli
index_chain: np.ufunc = _core.index_chain
index_chain_rates: np.ufunc = _core.index_chain_rates
index_cswd: np.ufunc = _core.index_cswd
index_davies: np.ufunc = _core.index_davies
index_drobisch: np.ufunc = _core.index_drobisch
index_dutot: np.ufunc = _core.index_dutot
index_fisher: np.ufunc = _core.index_fisher
index_geary_khamis: np.ufunc = _core.index_geary_khamis
index_geometric_laspeyres: np.ufunc = _core.index_geometric_laspeyres
index_geometric_paasche: np.ufunc = _core.index_geometric_paasche
index_geometric_young: np.ufunc = _core.index_geometric_young
index_harmonic: np.ufunc = _core.index_harmonic
index_jevons: np.ufunc = _core.index_jevons
index_lehr: np.ufunc = _core.index_lehr
index_lloyd_moulton: np.ufunc = _core.index_lloyd_moulton
index_lowe: np.ufunc = _core.index_lowe
index_marshall_edgeworth: np.ufunc = _core.index_marshall_edgeworth
index_matched: np.ufunc = _core.index_matched
index_montgomery: np.ufunc = _core.index_montgomery
index_montgomery_vartia: np.ufunc = _core.index_montgomery_vartia
index_palgrave: np.ufunc = _core.index_palgrave
index_product_dummy: np.ufunc = _core.index_product_dummy
index_sato_vartia: np.ufunc = _core.index_sato_vartia
index_stuvel: np.ufunc = _core.index_stuvel
index_tornqvist: np.ufunc = _core.index_tornqvist
index_walsh: np.ufunc = _core.index_walsh
index_young: np.ufunc = _core.index_young
interval_add: np.ufunc = _core.interval_add
interval_contribution: np.ufunc = _core.interval_contribution
interval_div: np.ufunc = _core.interval_div
interval_from_decimals: np.ufunc = _core.interval_from_decimals
interval_implied_base: np.ufunc = _core.interval_implied_base
interval_implied_level: np.ufunc = _core.interval_implied_level
interval_mul: np.ufunc = _core.interval_mul
interval_rate: np.ufunc = _core.interval_rate
interval_share: np.ufunc = _core.interval_share
interval_sub: np.ufunc = _core.interval_sub
interval_sum: np.ufunc = _core.interval_sum
interval_verdict: np.ufunc = _core.interval_verdict
region_atkinson: np.ufunc = _core.region_atkinson
region_entropy: np.ufunc = _core.region_entropy
region_gini: np.ufunc = _core.region_gini
region_gini_weighted: np.ufunc = _core.region_gini_weighted
region_hachman: np.ufunc = _core.region_hachman
region_hhi: np.ufunc = _core.region_hhi
region_hoover: np.ufunc = _core.region_hoover
region_leaders: np.ufunc = _core.region_leaders
region_log_deviation: np.ufunc = _core.region_log_deviation
region_median: np.ufunc = _core.region_median
region_rank: np.ufunc = _core.region_rank
region_rank_bounds: np.ufunc = _core.region_rank_bounds
region_shift_share: np.ufunc = _core.region_shift_share
region_theil: np.ufunc = _core.region_theil
region_theil_l: np.ufunc = _core.region_theil_l
region_total: np.ufunc = _core.region_total
region_variation: np.ufunc = _core.region_variation

_DOCUMENTS = (
    _deflation_documents.DOCUMENTS
    | _growth_documents.DOCUMENTS
    | _index_documents.DOCUMENTS
    | _interval_documents.DOCUMENTS
    | _region_documents.DOCUMENTS
)

for _name in __all__:
    _ufunc = globals()[_name]
    _ufunc.__doc__ = _DOCUMENTS[_name]
    # pickle finds a ufunc by these two
    _ufunc.__module__ = __name__
    _ufunc.__qualname__ = _name
del _name, _ufunc
