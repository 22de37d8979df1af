"""What `indicia.ufuncs` says of the ufuncs of the room deflation."""

DOCUMENTS = {
    "deflation_breadth": """deflation_breadth(x, w, low, high, least, /, out=None, *, axes=..., ...)

The shares of the weight of rates below and above thresholds.

Parameters
----------
x, w : array_like of float
    Items' rates and weights, along the last axis; a pair is missing where one of the two is.
low, high : array_like of float
    The thresholds; a rate at one is neither below nor above it.
least : array_like of float
    How many pairs there must be; NaN where fewer are.

Returns
-------
below, above : ndarray of float64 or scalar
    From 0 to 1; NaN where a weight is negative, or all are 0.

Examples
--------
>>> from indicia.ufuncs import deflation_breadth
>>> deflation_breadth([-4.0, 1.0, 2.0, 9.0], [10.0, 30.0, 50.0, 10.0], 0.0, 2.0, 4)
(np.float64(0.1), np.float64(0.1))
""",
    "deflation_trimmed_mean": """deflation_trimmed_mean(x, w, lower, upper, whole, least, /, out=None, *, axes=..., ...)

The mean under weights, without the shares of the weight in both tails.

``sum(u * x) / sum(u)``, where ``u`` is the part of each weight between `lower` and ``1 - upper`` of their sum

Parameters
----------
x, w : array_like of float
    Items' rates and weights, along the last axis; a pair is missing where one of the two is.
lower, upper : array_like of float
    What is cut off of the weight, as fractions: of the lowest and of the highest rates.
whole : array_like of float
    Of an item across a cut the part within counts (0), all of it (1) or nothing (-1).
least : array_like of float
    How many pairs there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    Where `lower` and `upper` leave nothing, the percentile there; NaN where a weight is negative, or all are 0.

Examples
--------
>>> from indicia.ufuncs import deflation_trimmed_mean
>>> deflation_trimmed_mean([-4.0, 1.0, 2.0, 9.0], [10.0, 40.0, 40.0, 10.0], 0.1, 0.1, 0, 4)
np.float64(1.5)
""",
    "deflation_percentile": """deflation_percentile(x, w, share, side, least, /, out=None, *, axes=..., ...)

The rate up to which stands a share of the weight.

Parameters
----------
x, w : array_like of float
    Items' rates and weights, along the last axis; a pair is missing where one of the two is.
share : array_like of float
    From 0 to 1: 0.5 is the weighted median.
side : array_like of float
    Where the share ends between two items: the mean of the two (0), the lower one (-1) or the upper one (1).
least : array_like of float
    How many pairs there must be; NaN where fewer are.

Returns
-------
ndarray of float64 or scalar
    NaN where a weight is negative, all are 0, or `share` isn't between 0 and 1.

Examples
--------
>>> from indicia.ufuncs import deflation_percentile
>>> deflation_percentile([-4.0, 1.0, 2.0, 9.0], [10.0, 30.0, 50.0, 10.0], 0.5, 0, 4)
np.float64(2.0)
""",
}
