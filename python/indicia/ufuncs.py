"""The raw ufuncs: NumPy's ``out=``, ``where=``, ``axis=`` and ``__array_ufunc__`` at the speed of the core.

They know arrays, not labels or calendars: :mod:`indicia.growth` and its siblings do. None of them ever raises a
RuntimeWarning: what is undefined is NaN. Each can be pickled, so that dask and xarray can spread it over a cluster.
"""

from __future__ import annotations

import numpy as np

from indicia import _core, _growth_documents, _interval_documents

__all__ = [
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
    "growth_window_sum",
    "growth_ytd",
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
]

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
growth_window_sum: np.ufunc = _core.growth_window_sum
growth_ytd: np.ufunc = _core.growth_ytd
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

_DOCUMENTS = _growth_documents.DOCUMENTS | _interval_documents.DOCUMENTS

for _name in __all__:
    _ufunc = globals()[_name]
    _ufunc.__doc__ = _DOCUMENTS[_name]
    # pickle finds a ufunc by these two
    _ufunc.__module__ = __name__
    _ufunc.__qualname__ = _name
del _name, _ufunc
