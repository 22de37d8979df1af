"""What `indicia.ufuncs` says of the ufuncs of the room interval."""

DOCUMENTS = {
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
    "interval_from_decimals": """interval_from_decimals(x, decimals, multiplier, /, out=None, *, where=True, ...)

What a printed figure stands for: half a unit of its last digit to both sides, times ``10 ** multiplier``.

The tightest doubles around the exact ends, where the figure is one of so many decimals and of at most 15 digits;
any other is taken as it is, half a unit around it.

Parameters
----------
x : array_like of float
    Figures, as they were read.
decimals : array_like of float
    Digits after the mark, whole numbers; negative for whole tens and up, but -1 is unknown.
multiplier : array_like of float
    A whole number: -2 makes fractions of per cent.

Returns
-------
low, high : ndarray of float64 or scalar
    NaN where the figure is NaN or infinite, or its unit unknown: a decimal or a multiplier that isn't whole, or one of
    them or their difference beyond 22 in size.

Examples
--------
>>> from indicia.ufuncs import interval_from_decimals
>>> [float(end) for end in interval_from_decimals(41.9, 1.0, -2.0)]
[0.4185, 0.41950000000000004]
""",
    "interval_sum": """interval_sum(low, high, /, out=None, *, axis=-1, keepdims=False, ...)

The sum of intervals along an axis.

The tightest doubles that enclose the exact range.

Parameters
----------
low, high : array_like of float
    Ends of closed intervals, in the same shape. They may be infinite.
axis : int
    Which axis is summed over.

Returns
-------
low, high : ndarray of float64 or scalar
    NaN where one of the intervals is none (an end is NaN, or low > high). Of nothing, zero.

Examples
--------
>>> from indicia.ufuncs import interval_sum
>>> [float(end) for end in interval_sum([1e300, 1.0, -1e300], [1e300, 2.0, -1e300])]
[1.0, 2.0]
""",
    "interval_verdict": """interval_verdict(a_low, a_high, b_low, b_high, step, /, out=None, *, where=True, ...)

Whether what is said (`a`) agrees with what is implied (`b`), and by how much it is off.

Parameters
----------
a_low, a_high, b_low, b_high : array_like of float
    Ends of closed intervals. They may be infinite.
step : array_like of float
    The unit in which distances are told, above zero.

Returns
-------
verdict : ndarray of float64 or scalar
    As `indicia.Verdict` counts: 0 where an operand is no interval, 1 where the two have no value in common, 2 where
    they have one, 3 where all of `b` lies within `a`.
distance : ndarray of float64 or scalar
    How far the two are apart, in steps: above 0 where `a` is too high, below where it is too low, 0 where they meet,
    NaN where that isn't known.

Examples
--------
>>> from indicia.ufuncs import interval_verdict
>>> [float(x) for x in interval_verdict(6.0, 7.0, 3.0, 4.0, 0.5)]
[1.0, 4.0]
""",
}
