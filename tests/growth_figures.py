"""What the tests of growth share: figures with holes, and the slow twin along an axis."""

from __future__ import annotations

import numpy as np
from reference import growth as twin


def lists(values):
    """An array as nested lists, None where there is no figure."""
    return np.where(np.isnan(values), None, values.astype(object)).tolist()


def floats(values):
    return np.array(values, dtype=float)


def same(a, b):
    np.testing.assert_array_equal(np.asarray(a, float), np.asarray(b, float), strict=True)


def figures(shape, seed=0):
    rng = np.random.default_rng(seed)
    x = np.asarray(rng.uniform(-20, 100, shape))
    x[rng.random(shape) < 0.25] = np.nan
    x[rng.random(shape) < 0.05] = 0.0
    return x


def twin_along(x, axis=-1, *args, **kwargs):
    moved = np.moveaxis(x, axis, -1)
    out = np.empty(moved.shape)
    for i in np.ndindex(moved.shape[:-1]):
        out[i] = floats(twin.pct_change(lists(moved[i]), *args, **kwargs))
    return np.moveaxis(out, -1, axis)


OPTIONS = [
    {"lag": lag, "skip_missing": skip, "negative_base": negative}
    for lag in (1, 2, 7, 12, 100)
    for skip in (False, True)
    for negative in (None, "abs")
]
