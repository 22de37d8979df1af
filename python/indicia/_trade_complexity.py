"""How much an economy knows how to make: complexity, the method of reflections, fitness."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia import _core
from indicia._trade_advantage import Presence, presence_of
from indicia._trade_table import Floats, Table
from indicia.config import get_threads
from indicia.errors import DataWarning

__all__ = ["Complexity", "Dropped", "Fitness", "Reflections", "complexity", "eci", "fitness", "pci", "reflections"]

MULTIPLE: Final = 1e-9  # eigenvalues that are closer can't be told apart
SHOWN: Final = 8  # names in a message


def listed(names: Sequence[str]) -> str:
    """The first few names."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Dropped:
    """What has no part in a year's result.

    Attributes
    ----------
    year : str
        Which table; the period where there is one.
    exporters : tuple of str
        Those without an advantage in anything.
    products : tuple of str
        Those that nobody has an advantage in.
    apart : tuple of tuple of str
        The exporters of each part of the graph besides the largest one: they share no product with the others, not
        even through third ones, so that there is no one scale for both.
    apart_products : tuple of tuple of str
        The products of these parts.
    """

    year: str
    exporters: tuple[str, ...]
    products: tuple[str, ...]
    apart: tuple[tuple[str, ...], ...] = ()
    apart_products: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.exporters or self.products or self.apart)

    def __str__(self) -> str:
        said = []
        if self.exporters:
            said.append(f"exporters without an advantage: {listed(self.exporters)}")
        if self.products:
            said.append(f"products that nobody has an advantage in: {listed(self.products)}")
        for who, what in zip(self.apart, self.apart_products, strict=True):
            said.append(f"a part of its own: {listed(who)} with {listed(what)}")
        return "; ".join(said) or "nothing"


@dataclass(frozen=True, slots=True)
class Complexity:
    """Economic complexity, as `complexity` finds it.

    Attributes
    ----------
    eci, pci : labelled as the exports
        Of exporters and of products, standardised.
    diversity, ubiquity : labelled as the exports
        How many products an exporter has an advantage in, and how many exporters a product.
    second, third : labelled as the exports, or float
        The eigenvalues behind the result and next to it. The nearer they are, the less the result is determined by
        the data.
    dropped : tuple of Dropped
        What had no part in it, one entry for each year in which there is something.
    steps : int
        Products of matrix and vector that the slowest year took.
    """

    eci: Any
    pci: Any
    diversity: Any
    ubiquity: Any
    second: Any
    third: Any
    dropped: tuple[Dropped, ...]
    steps: int


@dataclass(frozen=True, slots=True)
class Solved:
    """Eigenvectors of all years as arrays, standardised, and what goes with them."""

    eci: Floats
    pci: Floats
    own: Floats
    raw: Floats  # of products, over the spread of countries, but not about their mean
    facts: Floats
    dropped: tuple[Dropped, ...]


def dropped_of(table: Table, diversity: Any, ubiquity: Any, country_part: Any = None, product_part: Any = None) -> Any:
    """What lacks any advantage, and what lies apart, by year."""
    found = []
    spare = [(diversity == 0).any(axis=1), (ubiquity == 0).any(axis=1)]
    if country_part is not None:
        spare.append((country_part > 0).any(axis=1))
    for y in np.flatnonzero(np.any(spare, axis=0)):
        who, what = np.array(table.exporters), np.array(table.products)
        parts = 1 if country_part is None else int(country_part[y].max()) + 1
        found.append(
            Dropped(
                table.years[int(y)],
                tuple(who[diversity[y] == 0].tolist()),
                tuple(what[ubiquity[y] == 0].tolist()),
                tuple(tuple(who[country_part[y] == k].tolist()) for k in range(1, parts)),
                tuple(tuple(what[product_part[y] == k].tolist()) for k in range(1, parts)),
            )
        )
    return tuple(found)


def solve(of: Presence) -> Solved:
    """ECI, PCI on the scale of the ECI, and PCI on its own."""
    country, product, country_part, product_part, facts = _core.trade_complexity(
        of.bits, of.columns, threads=get_threads()
    )
    dropped = dropped_of(of.table, of.diversity, of.ubiquity, country_part, product_part)
    years = of.table.years
    for y in np.flatnonzero(facts[:, 2] > 1):
        apart = next(d for d in dropped if d.year == years[int(y)])
        names = listed([name for part in apart.apart for name in part])
        where = f" in {years[int(y)]}" if of.table.lead else ""
        warnings.warn(
            f"exporters and products fall into {int(facts[y, 2])} parts{where}: there is no one scale for all of them; "
            f"NaN for {names}",
            DataWarning,
            stacklevel=3,
        )
    near = (facts[:, 0] - facts[:, 1] < MULTIPLE) & (facts[:, 0] > MULTIPLE)
    if near.any():
        where = listed([years[int(y)] for y in np.flatnonzero(near)]) if of.table.lead else "the table"
        warnings.warn(
            f"the second eigenvalue is a multiple one in {where}: any mixture of its vectors would be as good a result",
            DataWarning,
            stacklevel=3,
        )
    sign = sign_of(country, of.diversity)
    country, product = country * sign, product * sign  # a country is the mean of what it has
    middle, spread = moments(country)
    own_middle, own_spread = moments(product)
    with np.errstate(all="ignore"):
        eci, pci = (country - middle) / spread, (product - middle) / spread
        own, raw = (product - own_middle) / own_spread, product / spread
    return Solved(eci, pci, own, raw, facts, dropped)


def moments(values: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation (of all, not of a sample) over what is there."""
    there = ~np.isnan(values)
    count = np.maximum(there.sum(axis=1, keepdims=True), 1)
    middle = np.where(there, values, 0.0).sum(axis=1, keepdims=True) / count
    apart = np.where(there, values - middle, 0.0)
    return middle, np.sqrt((apart * apart).sum(axis=1, keepdims=True) / count)


def sign_of(country: Floats, diversity: NDArray[np.int32]) -> Floats:
    """+1 or -1: the vector goes up with diversity; where it does neither, its largest entry is positive."""
    there = ~np.isnan(country)
    values, many = np.where(there, country, 0.0), np.where(there, diversity, 0.0)
    count = np.maximum(there.sum(axis=1, keepdims=True), 1)
    centred = np.where(there, many - many.sum(axis=1, keepdims=True) / count, 0.0)
    together = (values * centred).sum(axis=1, keepdims=True)
    size = np.sqrt((values**2).sum(axis=1, keepdims=True) * (centred**2).sum(axis=1, keepdims=True))
    largest = np.take_along_axis(values, np.abs(values).argmax(axis=1, keepdims=True), axis=1)
    decided = np.abs(together) > 1e-12 * size
    return np.where(np.where(decided, together, largest) < 0, -1.0, 1.0)


def complexity(
    x: Any,
    *,
    exporter: Any = None,
    product: Any = None,
    threshold: float = 1.0,
    given: str = "exports",
    pci_scale: str = "eci",
) -> Complexity:
    """Economic complexity of countries (ECI) and products (PCI).

    The eigenvectors to the second eigenvalue of ``D^-1 M U^-1 M'`` and ``U^-1 M' D^-1 M``, where M is 1 for what a
    country has an advantage in (``rca >= threshold``), D its diversity and U the ubiquity of products: a country is
    complex that exports complex products, which complex countries export.

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product; other axes (years) are worked out each by itself, on all threads.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.
    threshold : float
        What the advantage must reach, 1 in the field.
    given : {"exports", "rca", "presence"}
        What `x` holds: exports; quotients of any kind, to be held against `threshold`; or M itself.
    pci_scale : {"eci", "own"}
        Products on the scale of countries (the ECI's mean and standard deviation, as the Growth Lab publishes them), so
        that the ECI is the mean PCI of what a country has; or with mean 0 and standard deviation 1 among themselves.

    Returns
    -------
    Complexity
        ECI with mean 0 and standard deviation 1 (of all countries, not of a sample).

    Warns
    -----
    DataWarning
        Countries and products fall into parts that have nothing in common, not even through third ones: the largest
        part (most countries) is worked out, the others are named and NaN. Or the second eigenvalue is a multiple one,
        so that the result is arbitrary. Where it is 0, as all countries have the same products, all are NaN.

    Raises
    ------
    ValueError
        An option is none of its words; `given` is ``"presence"`` and there is something else than 0 and 1; or as in
        `rca`.

    Notes
    -----
    Sign: an eigenvector has none. The ECI goes up with diversity (their covariance is positive); where they have none
    to speak of, its largest entry is positive. Products take the sign under which a country is the mean of what it has.

    Missing: what a country does not report it does not export, so that NaN counts as 0. Countries without an advantage
    in anything and products that nobody has an advantage in get NaN and are named in ``dropped``. So does everything
    where fewer than two countries or products are left.

    The matrix is formed on the smaller side, in its symmetric form ``D^-1/2 M U^-1 M' D^-1/2``, by counting bits; its
    first eigenvector is known, and the second is found by Lanczos' method beside it, to the last digits.

    References
    ----------
    C. A. Hidalgo and R. Hausmann, "The building blocks of economic complexity", *PNAS* 106 (2009); R. Hausmann et al.,
    *The Atlas of Economic Complexity* (2014), technical box 2.2.

    Examples
    --------
    >>> from indicia import trade
    >>> m = [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    >>> made = trade.complexity(m, given="presence")
    >>> made.eci.round(3)
    array([-0.075, -1.603,  0.748,  0.93 ])
    >>> made.diversity, made.dropped
    (array([4., 1., 2., 1.]), ())
    """
    if pci_scale not in ("eci", "own"):
        raise ValueError(f"pci_scale: expected 'eci' or 'own', got {pci_scale!r}")
    of = presence_of(x, exporter, product, threshold, given)
    made = solve(of)
    table = of.table
    return Complexity(
        table.country(made.eci, "index", "eci"),
        table.product(made.pci if pci_scale == "eci" else made.own, "index", "pci"),
        table.country(of.diversity, None, "diversity"),
        table.product(of.ubiquity, None, "ubiquity"),
        table.year(made.facts[:, 0]),
        table.year(made.facts[:, 1]),
        made.dropped,
        int(made.facts[:, 3].max()),
    )


def eci(x: Any, *, exporter: Any = None, product: Any = None, threshold: float = 1.0, given: str = "exports") -> Any:
    """The economic complexity of countries alone: ``complexity(x).eci``.

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `complexity`.
    exporter, product, threshold, given
        As in `complexity`.

    Returns
    -------
    labelled as `x`
        A figure for each exporter, mean 0 and standard deviation 1.

    Raises
    ------
    ValueError
        As in `complexity`.

    Examples
    --------
    >>> from indicia import trade
    >>> trade.eci([[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]], given="presence").round(3)
    array([-0.075, -1.603,  0.748,  0.93 ])
    """
    return complexity(x, exporter=exporter, product=product, threshold=threshold, given=given).eci


def pci(
    x: Any,
    *,
    exporter: Any = None,
    product: Any = None,
    threshold: float = 1.0,
    given: str = "exports",
    pci_scale: str = "eci",
) -> Any:
    """The complexity of products alone: ``complexity(x).pci``.

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `complexity`.
    exporter, product, threshold, given, pci_scale
        As in `complexity`.

    Returns
    -------
    labelled as `x`
        A figure for each product.

    Raises
    ------
    ValueError
        As in `complexity`.

    Examples
    --------
    >>> from indicia import trade
    >>> m = [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    >>> trade.pci(m, given="presence", pci_scale="own").round(3)
    array([-0.122, -1.574,  0.66 ,  1.036])
    """
    return complexity(x, exporter=exporter, product=product, threshold=threshold, given=given, pci_scale=pci_scale).pci


# ---- reflections --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reflections:
    """The method of reflections, as `reflections` finds it.

    Attributes
    ----------
    country, product : labelled as the exports
        ``k_c,n`` and ``k_p,n`` after the last step.
    dropped : tuple of Dropped
        What had no part in it.
    """

    country: Any
    product: Any
    dropped: tuple[Dropped, ...]


def reflections(
    x: Any,
    *,
    steps: int,
    exporter: Any = None,
    product: Any = None,
    threshold: float = 1.0,
    given: str = "exports",
) -> Reflections:
    """The method of reflections: the mean over neighbours, again and again, from diversity and ubiquity on.

    ``k_c,n = (1 / k_c,0) sum_p M_cp k_p,n-1`` and ``k_p,n = (1 / k_p,0) sum_c M_cp k_c,n-1``

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `complexity`.
    steps : int
        How many reflections; 0 gives diversity and ubiquity. Even steps of countries and odd ones of products speak of
        diversification, the others of ubiquity. All of them tend to the same number for everybody: what differs
        between countries is in the last digits after some 20 steps, which is why `complexity` finds it directly.
    exporter, product, threshold, given
        As in `complexity`.

    Returns
    -------
    Reflections

    Raises
    ------
    ValueError
        `steps` is below 0, or as in `complexity`.

    Notes
    -----
    NaN for countries without an advantage in anything and products that nobody has an advantage in, which are named in
    ``dropped``.

    References
    ----------
    C. A. Hidalgo and R. Hausmann, "The building blocks of economic complexity", *PNAS* 106 (2009).

    Examples
    --------
    >>> from indicia import trade
    >>> made = trade.reflections([[1, 1, 1], [0, 1, 0]], steps=1, given="presence")
    >>> made.country, made.product
    (array([1.33333333, 2.        ]), array([3., 2., 3.]))
    """
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 0:
        raise ValueError(f"steps: expected a whole number from 0 on, got {steps!r}")
    of = presence_of(x, exporter, product, threshold, given)
    many, common = (np.where(k > 0, k, np.nan).astype(np.float64) for k in (of.diversity, of.ubiquity))
    country, products = many, common
    for _ in range(int(steps)):
        by_country, by_product = _core.trade_sums(
            of.bits, of.columns, np.nan_to_num(products), np.nan_to_num(country), threads=get_threads()
        )
        country, products = by_country / many, by_product / common
    table = of.table
    return Reflections(
        table.country(country, None, "country"),
        table.product(products, None, "product"),
        dropped_of(table, of.diversity, of.ubiquity),
    )


# ---- fitness ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fitness:
    """Fitness and complexity, as `fitness` finds them.

    Attributes
    ----------
    fitness, complexity : labelled as the exports
        Of countries and of products, each with mean 1.
    iterations, change : labelled as the exports, or float
        How many times each year was gone through, and by how much of itself some country still changed in the last one.
    converged : bool
        Whether all years came to rest.
    dropped : tuple of Dropped
        What had no part in it.
    """

    fitness: Any
    complexity: Any
    iterations: Any
    change: Any
    converged: bool
    dropped: tuple[Dropped, ...]


def fitness(
    x: Any,
    *,
    exporter: Any = None,
    product: Any = None,
    threshold: float = 1.0,
    given: str = "exports",
    tolerance: float = 1e-10,
    floor: float = 1e-6,
    iterations: int = 1000,
) -> Fitness:
    """Fitness of countries and complexity of products: a product is only as complex as its least fit exporter allows.

    ``F_c = sum_p M_cp Q_p`` and ``Q_p = 1 / sum_c (M_cp / F_c)``, each divided by its mean, from 1 on

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `complexity`.
    exporter, product, threshold, given
        As in `complexity`.
    tolerance : float
        Enough: no country's fitness changes by more than this part of itself from one time to the next.
    floor : float
        Countries below this fitness are not waited for: some of them go to 0 for ever, like a power of the number of
        iterations, as the shape of the matrix wants it.
    iterations : int
        The end in any case.

    Returns
    -------
    Fitness

    Warns
    -----
    DataWarning
        A year did not come to rest within `iterations`.

    Raises
    ------
    ValueError
        `tolerance`, `floor` or `iterations` are below 0, or as in `complexity`.

    Notes
    -----
    NaN for countries without an advantage in anything and products that nobody has an advantage in, which are named in
    ``dropped``. The mean is taken over the others. With ``tolerance=0`` exactly `iterations` are done.

    References
    ----------
    A. Tacchella, M. Cristelli, G. Caldarelli, A. Gabrielli and L. Pietronero, "A new metrics for countries' fitness and
    products' complexity", *Scientific Reports* 2 (2012); E. Pugliese, A. Zaccaria and L. Pietronero, "On the
    convergence of the Fitness-Complexity Algorithm", *European Physical Journal Special Topics* 225 (2016).

    Examples
    --------
    >>> from indicia import trade
    >>> made = trade.fitness([[1, 1, 1], [1, 1, 0], [1, 0, 0]], given="presence", iterations=2, tolerance=0)
    >>> made.fitness.round(4), made.complexity.round(4)
    (array([1.8333, 0.8333, 0.3333]), array([0.3448, 0.7586, 1.8966]))
    """
    for option, value in (("tolerance", tolerance), ("floor", floor), ("iterations", iterations - 1)):
        if not value >= 0:
            raise ValueError(f"{option}: expected a number from {int(option == 'iterations')} on, got {value!r}")
    of = presence_of(x, exporter, product, threshold, given)
    country, products, facts = _core.trade_fitness(
        of.bits, of.columns, float(tolerance), float(floor), int(iterations), threads=get_threads()
    )
    table = of.table
    calm = facts[:, 1] <= tolerance
    if tolerance > 0 and not calm.all():
        where = f" in {listed([table.years[int(y)] for y in np.flatnonzero(~calm)])}" if table.lead else ""
        warnings.warn(
            f"fitness did not come to rest{where} within {iterations} iterations: it still changes by "
            f"{facts[:, 1].max():.1e} of itself",
            DataWarning,
            stacklevel=2,
        )
    return Fitness(
        table.country(country, "index", "fitness"),
        table.product(products, "index", "complexity"),
        table.year(facts[:, 0]),
        table.year(facts[:, 1]),
        bool(calm.all()),
        dropped_of(table, of.diversity, of.ubiquity),
    )
