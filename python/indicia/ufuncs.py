"""The raw ufuncs: NumPy's ``out=``, ``where=``, ``axis=`` and ``__array_ufunc__`` at the speed of the core.

They know arrays, not labels or calendars: :mod:`indicia.growth` and its siblings do. None of them ever raises a
RuntimeWarning: what is undefined is NaN. Each can be pickled, so that dask and xarray can spread it over a cluster.
"""

from __future__ import annotations

import numpy as np

from indicia import _core

__all__ = [
    "growth_contribution",
    "growth_last_observed",
    "growth_rate",
    "growth_rate_abs",
    "growth_rate_abs_lag",
    "growth_rate_lag",
    "growth_share",
]

growth_rate: np.ufunc = _core.growth_rate
growth_rate_abs: np.ufunc = _core.growth_rate_abs
growth_rate_lag: np.ufunc = _core.growth_rate_lag
growth_rate_abs_lag: np.ufunc = _core.growth_rate_abs_lag
growth_share: np.ufunc = _core.growth_share
growth_contribution: np.ufunc = _core.growth_contribution
growth_last_observed: np.ufunc = _core.growth_last_observed

_DOCUMENTS = {
    "growth_rate": """growth_rate(now, base, /, out=None, *, where=True, ...)

By which fraction a figure has grown over its base: ``(now - base) / base``.

The difference is taken first, so that small rates keep all their digits (``now / base - 1`` would lose them).

Parameters
----------
now, base : array_like of float
    Levels in the same unit; broadcast against each other.

Returns
-------
ndarray of float64 or scalar
    A fraction (0.06 is 6 %). NaN where ``base`` is zero, negative or NaN, or ``now`` is NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_rate
>>> growth_rate([106.0, 97.0, 5.0], [100.0, 100.0, 0.0])
array([ 0.06, -0.03,   nan])
""",
    "growth_rate_abs": """growth_rate_abs(now, base, /, out=None, *, where=True, ...)

Growth over the size of a base that may be negative: ``(now - base) / abs(base)``.

Positive where the figure has risen, on either side of zero (a loss that shrinks is a rise).

Parameters
----------
now, base : array_like of float
    Levels in the same unit; broadcast against each other.

Returns
-------
ndarray of float64 or scalar
    A fraction. NaN where ``base`` is zero or NaN, or ``now`` is NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_rate_abs
>>> growth_rate_abs([-1.0, 3.0, 1.0], [-2.0, -2.0, 0.0])
array([0.5, 2.5, nan])
""",
    "growth_share": """growth_share(part, total, /, out=None, *, where=True, ...)

Which fraction of a total a part is: ``part / total``.

Parameters
----------
part, total : array_like of float
    Levels in the same unit; broadcast against each other.

Returns
-------
ndarray of float64 or scalar
    A fraction; shares of all parts add up to 1, also where the total is a negative balance. NaN where ``total`` is
    zero or NaN, or ``part`` is NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_share
>>> growth_share([[30.0, 70.0], [1.0, -1.0]], [[100.0], [0.0]])
array([[0.3, 0.7],
       [nan, nan]])
""",
    "growth_contribution": """growth_contribution(part_now, part_base, total_base, /, out=None, *, where=True, ...)

What a part adds to the growth rate of its total: ``(part_now - part_base) / total_base``.

Parameters
----------
part_now, part_base, total_base : array_like of float
    Levels in the same unit; broadcast against each other.

Returns
-------
ndarray of float64 or scalar
    A fraction (0.01 is one percentage point). Over all parts they add up to the rate of the total. NaN where
    ``total_base`` is zero, negative or NaN, or the part is NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_contribution
>>> growth_contribution([63.0, 41.0], [60.0, 40.0], 100.0)
array([0.03, 0.01])
""",
    "growth_rate_lag": """growth_rate_lag(x, lag, /, out=None, *, axis=-1, ...)

By which fraction each figure has grown over the one `lag` places before. Signature ``(t),()->(t)``.

What ``growth_rate(x[lag:], x[:-lag])`` gives, in the shape of `x` and in one pass over any layout.

Parameters
----------
x : array_like of float
    Levels along time.
lag : array_like of int
    How many places back, from 1 on; one for all series, or one for each.
axis : int
    The axis of time; the last one by default.

Returns
-------
ndarray of float64
    Fractions (0.06 is 6 %). NaN at the first `lag` places, where the base is zero, negative or NaN, and everywhere
    where `lag` is no whole number from 1 on.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_rate_lag
>>> growth_rate_lag([100.0, 106.0, 53.0], 1)
array([  nan,  0.06, -0.5 ])
""",
    "growth_rate_abs_lag": """growth_rate_abs_lag(x, lag, /, out=None, *, axis=-1, ...)

`growth_rate_lag` over the size of a base that may be negative. Signature ``(t),()->(t)``.

Parameters
----------
x : array_like of float
    Levels along time.
lag : array_like of int
    How many places back, from 1 on; one for all series, or one for each.
axis : int
    The axis of time; the last one by default.

Returns
-------
ndarray of float64
    Fractions. NaN at the first `lag` places and where the base is zero or NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_rate_abs_lag
>>> growth_rate_abs_lag([-2.0, -1.0, 0.0], 1)
array([nan, 0.5, 1. ])
""",
    "growth_last_observed": """growth_last_observed(x, /, out=None, *, axis=-1, ...)

The most recent observation at or before each period. Signature ``(t)->(t)``.

Parameters
----------
x : array_like of float
    Levels, NaN where missing.
axis : int
    The axis of time; the last one by default.

Returns
-------
ndarray of float64
    ``x`` with every NaN replaced by the last value before it; NaN before the first value.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_last_observed
>>> growth_last_observed([np.nan, 1.0, np.nan, 3.0])
array([nan,  1.,  1.,  3.])
""",
}

for _name in __all__:
    _ufunc = globals()[_name]
    _ufunc.__doc__ = _DOCUMENTS[_name]
    # pickle finds a ufunc by these two
    _ufunc.__module__ = __name__
    _ufunc.__qualname__ = _name
del _name, _ufunc
