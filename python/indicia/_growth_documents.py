"""What `indicia.ufuncs` says of the ufuncs of the room growth."""

DOCUMENTS = {
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
    "growth_change": """growth_change(now, base, /, out=None, *, where=True, ...)

The difference of two figures: ``now - base``.

Parameters
----------
now, base : array_like of float
    Levels in the same unit; broadcast against each other.

Returns
-------
ndarray of float64 or scalar
    In the unit of the two. NaN where one is NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_change
>>> growth_change([106.0, -3.0], 100.0)
array([   6., -103.])
""",
    "growth_log_rate": """growth_log_rate(now, base, /, out=None, *, where=True, ...)

The logarithmic rate of growth: ``ln(now / base)``.

Right within one unit in the last place, next to 0 too.

Parameters
----------
now, base : array_like of float
    Levels in the same unit; broadcast against each other.

Returns
-------
ndarray of float64 or scalar
    A fraction. NaN where one of the two is zero, negative, subnormal or NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_log_rate
>>> growth_log_rate([106.0, 0.0], 100.0).round(6)
array([0.058269,      nan])
""",
    "growth_cagr": """growth_cagr(first, last, years, /, out=None, *, where=True, ...)

The compound annual growth rate: ``(last / first)**(1 / years) - 1``.

Right within one unit in the last place.

Parameters
----------
first, last : array_like of float
    Levels in the same unit; broadcast against each other and `years`.
years : array_like of float
    How many years lie between the two.

Returns
-------
ndarray of float64 or scalar
    A fraction per year; -1 where ``last`` is zero. NaN where ``first`` is zero, negative or subnormal, ``last``
    negative, ``years`` not positive or infinite, or one of them NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_cagr
>>> growth_cagr(100.0, [121.0, 0.0, -1.0], 2.0).round(12)
array([ 0.1, -1. ,  nan])
""",
    "growth_annualised": """growth_annualised(now, base, power, /, out=None, *, where=True, ...)

Growth compounded: ``(now / base)**power - 1``.

Right within one unit in the last place.

Parameters
----------
now, base : array_like of float
    Levels in the same unit; broadcast against each other.
power : array_like of float
    How often the growth comes in a year: 4 for a quarter's.

Returns
-------
ndarray of float64 or scalar
    A fraction per year. NaN as in `growth_cagr`.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_annualised
>>> growth_annualised(101.0, 100.0, 4.0).round(6)
np.float64(0.040604)
""",
    "growth_compound": """growth_compound(rate, power, /, out=None, *, where=True, ...)

A rate compounded: ``(1 + rate)**power - 1``.

Right within one unit in the last place; with a power of 1 the rate itself.

Parameters
----------
rate : array_like of float
    Fractions.
power : array_like of float
    How often they come.

Returns
-------
ndarray of float64 or scalar
    A fraction. NaN where ``rate`` is below -1, ``power`` not positive or infinite, or one of them NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_compound
>>> growth_compound([0.01, -1.0, -1.5], 4.0).round(6)
array([ 0.040604, -1.      ,       nan])
""",
    "growth_implied_base": """growth_implied_base(level, rate, /, out=None, *, where=True, ...)

The base that a level and its growth imply: ``level / (1 + rate)``.

Parameters
----------
level : array_like of float
    Levels.
rate : array_like of float
    By which fraction they have grown; broadcast against `level`.

Returns
-------
ndarray of float64 or scalar
    In the unit of `level`. NaN where that isn't a positive number, or one of the two is NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_implied_base
>>> growth_implied_base([106.0, 5.0], [0.06, -1.0])
array([100.,  nan])
""",
    "growth_implied_level": """growth_implied_level(base, rate, /, out=None, *, where=True, ...)

The level that a base grows to: ``base * (1 + rate)``.

Parameters
----------
base : array_like of float
    Levels.
rate : array_like of float
    By which fraction they grow; broadcast against `base`.

Returns
-------
ndarray of float64 or scalar
    In the unit of `base`. NaN where ``base`` is zero, negative or NaN, or ``rate`` is NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_implied_level
>>> growth_implied_level([100.0, 0.0], 0.06)
array([106.,  nan])
""",
    "growth_change_lag": """growth_change_lag(x, lag, /, out=None, *, axis=-1, ...)

The difference of each figure from the one `lag` places before. Signature ``(t),()->(t)``.

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
    In the unit of `x`. NaN at the first `lag` places, and everywhere where `lag` is no whole number from 1 on.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_change_lag
>>> growth_change_lag([100.0, 106.0, 53.0], 1)
array([ nan,   6., -53.])
""",
    "growth_log_rate_lag": """growth_log_rate_lag(x, lag, /, out=None, *, axis=-1, ...)

`growth_log_rate` of each figure over the one `lag` places before. Signature ``(t),()->(t)``.

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
    Fractions. NaN at the first `lag` places and where one of the two is zero, negative, subnormal or NaN.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_log_rate_lag
>>> growth_log_rate_lag([100.0, 106.0], 1).round(6)
array([     nan, 0.058269])
""",
    "growth_untangle": """growth_untangle(place, same, lag, rows, /, out=None, *, axes=[...], ...)

What published sums, flows and their growth leave of one another: ends, narrowed until nothing moves.

Parameters
----------
place : array_like of float
    That of each period in its year, from 0 on.
same : array_like of float
    Whether the figures that later growth is measured from are the same as these (1), or were revised (0).
lag : float
    How many periods growth goes back.
rows : array_like of float, (..., 12, t)
    Low and high ends of: the sum of the year so far, the flow of the period, both as revised later, and one plus the
    growth of sums and flows. What isn't known is -inf and inf.

Returns
-------
ndarray of float64
    The same rows, narrowed. A low end above its high one says that no figures fit. NaN bounds nothing.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_untangle
>>> rows = np.array([[-np.inf] * 2, [np.inf] * 2] * 6)
>>> rows[:2] = [[9.5, 14.5], [10.5, 15.5]]  # sums of 10 and 15, rounded
>>> growth_untangle([0.0, 1.0], [1.0, 1.0], 12.0, rows)[2:4]
array([[ 9.5,  4. ],
       [10.5,  6. ]])
""",
    "growth_window_sum": """growth_window_sum(x, window, /, out=None, *, axis=-1, ...)

The sum of the `window` figures up to each place. Signature ``(t),()->(t)``.

Compensated, and made anew for every window: nothing drifts, and no NaN outlives its window.

Parameters
----------
x : array_like of float
    Levels along time.
window : array_like of int
    How many places a window has, from 1 on; one for all series, or one for each.
axis : int
    The axis of time; the last one by default.

Returns
-------
ndarray of float64
    In the unit of `x`. NaN before the first whole window, where a figure of the window is NaN, and everywhere where
    `window` is no whole number from 1 to the length.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_window_sum
>>> growth_window_sum([1.0, 2.0, 3.0, 4.0], 3)
array([nan, nan,  6.,  9.])
""",
    "growth_average_rate": """growth_average_rate(x, window, /, out=None, *, axis=-1, ...)

By which fraction the sum of a window has grown over the window before. Signature ``(t),()->(t)``.

Parameters
----------
x : array_like of float
    Levels along time.
window : array_like of int
    How many places a window has, from 1 on; one for all series, or one for each.
axis : int
    The axis of time; the last one by default.

Returns
-------
ndarray of float64
    Fractions. NaN before two whole windows, where a figure of the two is NaN, and where the earlier sum is zero or
    negative.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_average_rate
>>> growth_average_rate([100.0, 100.0, 103.0, 109.0], 2)
array([ nan,  nan,  nan, 0.06])
""",
    "growth_ytd": """growth_ytd(x, place, /, out=None, *, axis=-1, ...)

The sum of the year up to each period. Signature ``(t),(t)->(t)``.

Parameters
----------
x : array_like of float
    Flows along time.
place : array_like of float
    The place of each period in its year; a year begins where it is 0.
axes : list
    The axes of time of all operands, as of any generalised ufunc: ``axes=[0, 0, 0]``.

Returns
-------
ndarray of float64
    In the unit of `x`. NaN before the first year begins, and from a NaN to the end of its year.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_ytd
>>> growth_ytd([1.0, 2.0, 3.0, 4.0, 10.0], [0, 1, 2, 3, 0])
array([ 1.,  3.,  6., 10., 10.])
""",
    "growth_from_ytd": """growth_from_ytd(x, place, /, out=None, *, axis=-1, ...)

The figure of each period from the sums of the year so far. Signature ``(t),(t)->(t)``.

Parameters
----------
x : array_like of float
    Sums of the year up to each period.
place : array_like of float
    The place of each period in its year; a year begins where it is 0.
axes : list
    The axes of time of all operands, as of any generalised ufunc: ``axes=[0, 0, 0]``.

Returns
-------
ndarray of float64
    In the unit of `x`. NaN where one of two sums is NaN; but where only the first of a year is, the second's figure
    stands for both.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_from_ytd
>>> growth_from_ytd([1.0, 3.0, 6.0, 10.0, np.nan, 5.0], [0, 1, 2, 3, 0, 1])
array([ 1.,  2.,  3.,  4., nan,  5.])
""",
    "growth_carry_over": """growth_carry_over(x, place, length, /, out=None, *, axis=-1, ...)

Next year's mean over this year's, if the level stays. Signature ``(t),(t),(t)->(t)``.

Parameters
----------
x : array_like of float
    Levels along time.
place : array_like of float
    The place of each period in its year; a year begins where it is 0.
length : array_like of float
    How many periods the year of each has.
axes : list
    The axes of time of all operands, as of any generalised ufunc: ``axes=[0, 0, 0]``.

Returns
-------
ndarray of float64
    Fractions. NaN before the first year begins, from a NaN to the end of its year, and where the mean is zero or
    negative.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_carry_over
>>> growth_carry_over([100.0, 101.0, 102.0, 103.0], [0, 1, 2, 3], [4, 4, 4, 4])[-1].round(4)
np.float64(0.0148)
""",
    "growth_carry_over_this": """growth_carry_over_this(x, place, length, /, out=None, *, axis=-1, ...)

This year's mean over last year's, if the level stays. Signature ``(t),(t),(t)->(t)``.

Parameters
----------
x : array_like of float
    Levels along time.
place : array_like of float
    The place of each period in its year; a year begins where it is 0.
length : array_like of float
    How many periods the year of each has.
axes : list
    The axes of time of all operands, as of any generalised ufunc: ``axes=[0, 0, 0]``.

Returns
-------
ndarray of float64
    Fractions. NaN before a whole year has passed, in the years that have a NaN and those after them, and where the
    mean is zero or negative.

Examples
--------
>>> import numpy as np
>>> from indicia.ufuncs import growth_carry_over_this
>>> growth_carry_over_this([100.0, 104.0, 106.0, 102.0], [0, 1, 0, 1], [2, 2, 2, 2]).round(4)
array([   nan,    nan, 0.0392, 0.0196])
""",
}
