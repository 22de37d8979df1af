"""What `indicia.ufuncs` says of the ufuncs of the room region."""

DOCUMENTS = {
    "region_total": """region_total(x, least, /, out=None, *, axes=..., ...)

The sum of the figures that are there.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where fewer than `least` are there.

Examples
--------
>>> from indicia.ufuncs import region_total
>>> region_total([1.0, 2.0, 3.0], 3)
np.float64(6.0)
""",
    "region_hhi": """region_hhi(x, least, /, out=None, *, axes=..., ...)

Sum of squared shares.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative or their sum is not above zero.

Examples
--------
>>> from indicia.ufuncs import region_hhi
>>> region_hhi([20.0, 50.0, 20.0, 10.0], 4)
np.float64(0.34)
""",
    "region_entropy": """region_entropy(x, least, /, out=None, *, axes=..., ...)

Entropy of the shares: ``-sum(s * ln(s))``.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative or their sum is not above zero.

Examples
--------
>>> from indicia.ufuncs import region_entropy
>>> region_entropy([1.0, 1.0], 2).round(6)
np.float64(0.693147)
""",
    "region_hoover": """region_hoover(x, w, least, /, out=None, *, axes=..., ...)

Half the sum of what two sets of shares differ by.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
w : array_like of float
    Their weights.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative or a sum is not above zero.

Examples
--------
>>> from indicia.ufuncs import region_hoover
>>> region_hoover([60.0, 40.0], [50.0, 50.0], 2).round(12)
np.float64(0.1)
""",
    "region_hachman": """region_hachman(x, w, least, /, out=None, *, axes=..., ...)

The reciprocal of ``sum(s**2 / r)`` of the shares s of `x` and r of `w`.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
w : array_like of float
    Their weights.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative, a sum is not above zero, or r is 0 and s is not.

Examples
--------
>>> from indicia.ufuncs import region_hachman
>>> region_hachman([30.0, 10.0], [50.0, 50.0], 2)
np.float64(0.8)
""",
    "region_theil": """region_theil(x, w, least, /, out=None, *, axes=..., ...)

Theil's T: ``sum(w r ln(r)) / sum(w)`` for ``r = x / mean``.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
w : array_like of float
    Their weights.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative or the mean is not above zero.

Examples
--------
>>> from indicia.ufuncs import region_theil
>>> region_theil([10.0, 10.0, 10.0, 20.0, 50.0], [1.0, 1.0, 1.0, 1.0, 1.0], 5).round(7)
np.float64(0.2502012)
""",
    "region_theil_l": """region_theil_l(x, w, least, /, out=None, *, axes=..., ...)

Theil's L: ``-sum(w ln(r)) / sum(w)`` for ``r = x / mean``.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
w : array_like of float
    Their weights.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative or zero, or the mean is not above zero.

Examples
--------
>>> from indicia.ufuncs import region_theil_l
>>> region_theil_l([10.0, 10.0, 10.0, 20.0, 50.0], [1.0, 1.0, 1.0, 1.0, 1.0], 5).round(7)
np.float64(0.2326302)
""",
    "region_variation": """region_variation(x, w, least, /, out=None, *, axes=..., ...)

The standard deviation over the mean.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
w : array_like of float
    Their weights.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a weight is negative or the mean is not above zero.

Examples
--------
>>> from indicia.ufuncs import region_variation
>>> region_variation([80.0, 120.0], [1.0, 1.0], 2)
np.float64(0.2)
""",
    "region_log_deviation": """region_log_deviation(x, w, least, /, out=None, *, axes=..., ...)

The standard deviation of the logarithms.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
w : array_like of float
    Their weights.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is not above zero or a weight is negative.

Examples
--------
>>> from indicia.ufuncs import region_log_deviation
>>> region_log_deviation([50.0, 100.0], [1.0, 1.0], 2).round(6)
np.float64(0.346574)
""",
    "region_atkinson": """region_atkinson(x, w, aversion, least, /, out=None, *, axes=..., ...)

Atkinson's index.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
w : array_like of float
    Their weights.
aversion : array_like of float
    Above 0.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative, the mean is not above zero, or `aversion` is not above 0.

Examples
--------
>>> from indicia.ufuncs import region_atkinson
>>> region_atkinson([1.0, 4.0], [1.0, 1.0], 0.5, 2).round(12)
np.float64(0.1)
""",
    "region_shift_share": """region_shift_share(before, after, rates, rate, /, out=None, *, axes=..., ...)

The change of a region, and its parts: national, mix and competitive.

Parameters
----------
before, after : array_like of float
    Figures by industry, along the last axis.
rates : array_like of float
    The growth of each industry in the nation.
rate : array_like of float
    The growth of the nation.

Returns
-------
tuple of ndarray of float64 or scalar
    Change, national, mix, competitive. NaN where a figure is missing, or the rate of an industry that was there.

Examples
--------
>>> from indicia.ufuncs import region_shift_share
>>> [float(part.round(6)) for part in region_shift_share([90.0, 10.0], [99.0, 21.0], [0.06, 0.62], 0.2)]
[20.0, 20.0, -8.4, 8.4]
""",
    "region_gini": """region_gini(x, least, /, out=None, *, axes=..., ...)

Gini's coefficient.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative or their sum is not above zero. Infinite figures are missing.

Examples
--------
>>> from indicia.ufuncs import region_gini
>>> region_gini([20.0, 50.0, 20.0, 10.0], 4)
np.float64(0.3)
""",
    "region_gini_weighted": """region_gini_weighted(x, w, least, /, out=None, *, axes=..., ...)

Gini's coefficient of figures with weights.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
w : array_like of float
    Their weights.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure or a weight is negative or the mean is not above zero.

Examples
--------
>>> from indicia.ufuncs import region_gini_weighted
>>> region_gini_weighted([1.0, 3.0], [3.0, 1.0], 2)
np.float64(0.25)
""",
    "region_median": """region_median(x, least, /, out=None, *, axes=..., ...)

The median.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where fewer than `least` are there. Infinite figures are missing.

Examples
--------
>>> from indicia.ufuncs import region_median
>>> region_median([3.0, 1.0, 2.0, 10.0], 4)
np.float64(2.5)
""",
    "region_leaders": """region_leaders(x, k, least, /, out=None, *, axes=..., ...)

The share of the k largest.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
k : array_like of float
    From 1 on.
least : array_like of float
    How many figures there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a figure is negative, their sum is not above zero, or k is less than 1. Infinite figures are missing.

Examples
--------
>>> from indicia.ufuncs import region_leaders
>>> region_leaders([20.0, 50.0, 20.0, 10.0], 2, 4)
np.float64(0.7)
""",
    "region_rank": """region_rank(x, ties, descending, /, out=None, *, axes=..., ...)

Places from 1 on.

Parameters
----------
x : array_like of float
    Figures, along the last axis.
ties : array_like of float
    What equal figures get: 0 the mean of their places, 1 the best, 2 the worst, 3 the best without leaving places out,
    4 one place each in their order.
descending : array_like of float
    Above 0: the largest is first.

Returns
-------
ndarray of float64
    NaN where the figure is; NaN throughout for any other `ties`.

Examples
--------
>>> from indicia.ufuncs import region_rank
>>> region_rank([6.1, 6.0, 6.1], 1, 1)
array([1., 3., 1.])
""",
    "region_rank_bounds": """region_rank_bounds(low, high, /, out=None, *, axes=..., ...)

The best and the worst place that each of several intervals can have; 1 is the largest.

Parameters
----------
low, high : array_like of float
    Ends, along the last axis.

Returns
-------
tuple of ndarray of float64
    Best and worst. NaN where an end is NaN or the ends are in the wrong order; such figures don't compete.

Examples
--------
>>> from indicia.ufuncs import region_rank_bounds
>>> region_rank_bounds([6.05, 6.15, 4.95], [6.25, 6.35, 5.05])
(array([1., 1., 3.]), array([2., 2., 3.]))
""",
}
