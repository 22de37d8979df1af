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
    "interval_add",
    "interval_contribution",
    "interval_div",
    "interval_implied_base",
    "interval_implied_level",
    "interval_mul",
    "interval_rate",
    "interval_share",
    "interval_sub",
]

growth_rate: np.ufunc = _core.growth_rate
growth_rate_abs: np.ufunc = _core.growth_rate_abs
growth_rate_lag: np.ufunc = _core.growth_rate_lag
growth_rate_abs_lag: np.ufunc = _core.growth_rate_abs_lag
growth_share: np.ufunc = _core.growth_share
growth_contribution: np.ufunc = _core.growth_contribution
growth_last_observed: np.ufunc = _core.growth_last_observed
interval_add: np.ufunc = _core.interval_add
interval_sub: np.ufunc = _core.interval_sub
interval_mul: np.ufunc = _core.interval_mul
interval_div: np.ufunc = _core.interval_div
interval_rate: np.ufunc = _core.interval_rate
interval_share: np.ufunc = _core.interval_share
interval_implied_base: np.ufunc = _core.interval_implied_base
interval_implied_level: np.ufunc = _core.interval_implied_level
interval_contribution: np.ufunc = _core.interval_contribution

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
    "interval_add": """interval_add(a_low, a_high, b_low, b_high, /, out=None, *, where=True, ...)

The sum of two intervals: ``[a_low + b_low, a_high + b_high]``.

The tightest doubles that enclose the exact range.

Parameters
----------
a_low, a_high, b_low, b_high : array_like of float
    Ends of closed intervals, broadcast against each other. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    NaN where an operand is no interval (an end is NaN, or low > high).

Examples
--------
>>> from indicia.ufuncs import interval_add
>>> [float(end) for end in interval_add(41.85, 41.95, 1.0, 2.0)]
[42.85, 43.95]
""",
    "interval_sub": """interval_sub(a_low, a_high, b_low, b_high, /, out=None, *, where=True, ...)

The difference of two intervals: ``[a_low - b_high, a_high - b_low]``.

The tightest doubles that enclose the exact range. Operands vary freely: ``a - a`` is not zero.

Parameters
----------
a_low, a_high, b_low, b_high : array_like of float
    Ends of closed intervals, broadcast against each other. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    NaN where an operand is no interval (an end is NaN, or low > high).

Examples
--------
>>> from indicia.ufuncs import interval_sub
>>> [float(end) for end in interval_sub(5.0, 6.0, 1.0, 2.0)]
[3.0, 5.0]
""",
    "interval_mul": """interval_mul(a_low, a_high, b_low, b_high, /, out=None, *, where=True, ...)

The product of two intervals.

The tightest doubles that enclose the exact range. Zero times an unbounded interval is zero.

Parameters
----------
a_low, a_high, b_low, b_high : array_like of float
    Ends of closed intervals, broadcast against each other. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    NaN where an operand is no interval (an end is NaN, or low > high).

Examples
--------
>>> from indicia.ufuncs import interval_mul
>>> [float(end) for end in interval_mul(-2.0, 3.0, -5.0, 7.0)]
[-15.0, 21.0]
""",
    "interval_div": """interval_div(a_low, a_high, b_low, b_high, /, out=None, *, where=True, ...)

The quotients of two intervals: all ``x / y`` with y not zero.

The tightest doubles that enclose the exact range. Where `b` has zero inside, two half-lines remain (or all, if
`a` has zero inside): their hull is ``[-inf, inf]``, unless `a` is ``[0, 0]``. Where `b` ends at zero, one half-line
remains.

Parameters
----------
a_low, a_high, b_low, b_high : array_like of float
    Ends of closed intervals, broadcast against each other. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    NaN where an operand is no interval (an end is NaN, or low > high), or `b` is ``[0, 0]``.

Examples
--------
>>> from indicia.ufuncs import interval_div
>>> [float(end) for end in interval_div(1.0, 2.0, 0.0, 4.0)]
[0.25, inf]
""",
    "interval_rate": """interval_rate(now_low, now_high, base_low, base_high, /, out=None, *, where=True, ...)

By which fraction a figure has grown over its base: ``now / base - 1`` for base > 0.

The tightest doubles that enclose the exact range. `now` is counted once, as is `base`: the low end takes the low
end of `now` and the high one of `base`, and the high end the others.

Parameters
----------
now_low, now_high, base_low, base_high : array_like of float
    Ends of closed intervals of levels in the same unit, broadcast against each other. What of the base is
    not above zero is left out. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    Fractions. NaN where an operand is no interval (an end is NaN, or low > high), or nothing of the base is above zero.

Examples
--------
>>> from indicia.ufuncs import interval_rate
>>> [round(float(end), 6) for end in interval_rate(106.95, 107.05, 99.95, 100.05)]
[0.068966, 0.071036]
""",
    "interval_share": """interval_share(part_low, part_high, total_low, total_high,
    /, out=None, *, where=True, ...)

Which fraction of a total a part is: ``part / total``, total not zero.

The tightest doubles that enclose the exact range. The same as `interval_div`.

Parameters
----------
part_low, part_high, total_low, total_high : array_like of float
    Ends of closed intervals of levels in the same unit, broadcast against each other. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    Fractions. NaN where an operand is no interval (an end is NaN, or low > high), or the total is ``[0, 0]``.

Examples
--------
>>> from indicia.ufuncs import interval_share
>>> [float(end) for end in interval_share(1.0, 2.0, 4.0, 8.0)]
[0.125, 0.5]
""",
    "interval_implied_base": """interval_implied_base(level_low, level_high, rate_low, rate_high,
    /, out=None, *, where=True, ...)

The base that a level and its growth rate imply: ``level / (1 + rate)`` for rate > -1.

The tightest doubles that enclose the exact range.

Parameters
----------
level_low, level_high, rate_low, rate_high : array_like of float
    Ends of closed intervals, the rate as a fraction, broadcast against each other. What of the rate is not above -1 is
    left out. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    Levels. NaN where an operand is no interval (an end is NaN, or low > high), or nothing of the rate is above -1.

Examples
--------
>>> from indicia.ufuncs import interval_implied_base
>>> [float(end) for end in interval_implied_base(3.0, 3.0, 0.5, 2.0)]
[1.0, 2.0]
""",
    "interval_implied_level": """interval_implied_level(base_low, base_high, rate_low, rate_high,
    /, out=None, *, where=True, ...)

The level that a base and its growth rate imply: ``base * (1 + rate)``.

The tightest doubles that enclose the exact range.

Parameters
----------
base_low, base_high, rate_low, rate_high : array_like of float
    Ends of closed intervals, the rate as a fraction, broadcast against each other. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    Levels. NaN where an operand is no interval (an end is NaN, or low > high).

Examples
--------
>>> from indicia.ufuncs import interval_implied_level
>>> [float(end) for end in interval_implied_level(2.0, 4.0, 0.5, 2.0)]
[3.0, 12.0]
""",
    "interval_contribution": """interval_contribution(now_low, now_high, base_low, base_high, total_low, total_high,
    /, out=None, *, where=True, ...)

What a part adds to the growth of its total: ``(now - base) / total`` for total > 0.

The tightest doubles that enclose the exact range.

Parameters
----------
now_low, now_high, base_low, base_high, total_low, total_high : array_like of float
    Ends of closed intervals: the part now, the part and the total in the base period; in the same unit, broadcast
    against each other. What of the total is not above zero is left out. They may be infinite.

Returns
-------
low, high : ndarray of float64 or scalar
    Fractions. NaN where an operand is no interval (an end is NaN, or low > high), or nothing of the total is above
    zero.

Examples
--------
>>> from indicia.ufuncs import interval_contribution
>>> [float(end) for end in interval_contribution(6.0, 7.0, 5.0, 6.0, 4.0, 8.0)]
[0.0, 0.5]
""",
}

for _name in __all__:
    _ufunc = globals()[_name]
    _ufunc.__doc__ = _DOCUMENTS[_name]
    # pickle finds a ufunc by these two
    _ufunc.__module__ = __name__
    _ufunc.__qualname__ = _name
del _name, _ufunc
