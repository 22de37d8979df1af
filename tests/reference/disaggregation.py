"""Temporal disaggregation as textbooks write it: whole matrices, inverted."""

import numpy as np


def steps(n, memory, rho=0.0):
    """The matrix that makes independent steps of the error, the first one as if there was nothing before."""
    one = np.eye(n)
    difference = one - np.eye(n, k=-1)
    lagged = one - rho * np.eye(n, k=-1)
    if memory == "ar":
        lagged[0, 0] = np.sqrt(1 - rho**2)
    return {
        "none": one,
        "walk": difference,
        "walks": difference @ difference,
        "ar": lagged,
        "walk ar": lagged @ difference,
    }[memory]


def sums(low, weight, lows):
    matrix = np.zeros((lows, len(low)))
    for t, k in enumerate(low):
        if k >= 0:
            matrix[k, t] = weight[t]
    return matrix


def denton(benchmark, indicator, low, weight, differences, proportional, free):  # noqa: PLR0917
    """The smallest sum of squared differences under the sums, by the system of its multipliers."""
    benchmark, indicator = np.asarray(benchmark, float), np.asarray(indicator, float)
    n, known = len(indicator), np.isfinite(benchmark)
    adding = sums(low, weight, len(benchmark))[known]
    made = np.eye(n)
    for _ in range(differences):
        made = (np.eye(n) - np.eye(n, k=-1)) @ made
    if free:
        made = made[differences:]
    if proportional:
        made = made @ np.diag(1 / indicator)
    zero = np.zeros((len(adding), len(adding)))
    system = np.block([[made.T @ made, adding.T], [adding, zero]])
    right = np.concatenate([made.T @ made @ indicator, benchmark[known]])
    return np.linalg.solve(system, right)[:n]


def regression(benchmark, columns, low, weight, memory, rho):  # noqa: PLR0917
    """Generalised least squares: values, standard errors, coefficients, variance, log-likelihood."""
    benchmark, columns = np.asarray(benchmark, float), np.asarray(columns, float)
    n, known = columns.shape[1], np.isfinite(benchmark)
    adding, made = sums(low, weight, len(benchmark))[known], steps(n, memory, rho)
    covariance = np.linalg.inv(made.T @ made)
    seen = adding @ covariance @ adding.T
    inverse = np.linalg.inv(seen)
    x, y = adding @ columns.T, benchmark[known]
    information = np.linalg.inv(x.T @ inverse @ x)
    coefficients = information @ x.T @ inverse @ y
    rest = y - x @ coefficients
    spread = covariance @ adding.T @ inverse
    values = coefficients @ columns + spread @ rest
    squares, count = rest @ inverse @ rest, len(y)
    likelihood = -0.5 * (count * (np.log(2 * np.pi * squares / count) + 1) + np.linalg.slogdet(seen)[1])
    shift = columns.T - spread @ x
    variances = covariance - spread @ adding @ covariance + shift @ information @ shift.T
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.sqrt(np.maximum(np.diag(variances), 0) * squares / (count - len(columns)))
    return values, errors, coefficients, squares / count, likelihood
