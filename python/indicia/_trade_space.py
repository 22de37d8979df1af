"""What is near to what: proximity, density, the outlook of countries, and the product space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia import _core
from indicia._trade_advantage import Presence, ones_of, presence_of
from indicia._trade_complexity import Dropped, dropped_of, moments, solve
from indicia._trade_layout import layout_of
from indicia._trade_table import Floats
from indicia.config import get_threads

__all__ = ["Outlook", "ProductSpace", "density", "distance", "outlook", "product_space", "proximity"]


def proximity(
    x: Any, *, exporter: Any = None, product: Any = None, threshold: float = 1.0, given: str = "exports"
) -> Any:
    """How near products are: the probability of having an advantage in one, given the other, the smaller of the two.

    ``sum_c M_cp M_cq / max(k_p, k_q)``, where k is ubiquity

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `complexity`.
    exporter, product, threshold, given
        As in `complexity`.

    Returns
    -------
    labelled as `x`
        A figure from 0 to 1 for each pair of products, 1 for each with itself; the second dimension of a Cube or
        DataArray is called ``<product>_2``. NaN for products that nobody has an advantage in.

    Raises
    ------
    ValueError
        As in `complexity`.

    Notes
    -----
    Countries are counted in bits, on all threads; the result is the larger part of the work: 200 MB for 5,000 products
    in each year.

    References
    ----------
    C. A. Hidalgo, B. Klinger, A.-L. Barabási and R. Hausmann, "The product space conditions the development of
    nations", *Science* 317 (2007).

    Examples
    --------
    >>> from indicia import trade
    >>> trade.proximity([[1, 1, 0], [1, 1, 1], [1, 0, 1]], given="presence").round(3)
    array([[1.   , 0.667, 0.667],
           [0.667, 1.   , 0.5  ],
           [0.667, 0.5  , 1.   ]])
    """
    of = presence_of(x, exporter, product, threshold, given)
    return of.table.pairs(_core.trade_proximity(of.bits, of.columns, threads=get_threads()), 1, "index")


def density_of(of: Presence) -> tuple[Floats, Floats]:
    """Density, and the sum of each product's proximities."""
    ones = np.ones((of.table.values.shape[0], of.columns))
    near, whole = _core.trade_spread(of.bits, of.columns, ones, threads=get_threads())
    with np.errstate(all="ignore"):
        near /= np.where(whole > 0, whole, np.nan)[:, None, :]
    return near, whole


def density(
    x: Any, *, exporter: Any = None, product: Any = None, threshold: float = 1.0, given: str = "exports"
) -> Any:
    """How much of what is near to a product a country has already.

    ``sum_q M_cq proximity_pq / sum_q proximity_pq``, q = p included

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `complexity`.
    exporter, product, threshold, given
        As in `complexity`.

    Returns
    -------
    same kind as `x`
        From 0 to 1. NaN for products that nobody has an advantage in.

    Raises
    ------
    ValueError
        As in `complexity`.

    Notes
    -----
    Proximities are counted a tile at a time and forgotten, so that memory is that of the result.

    Examples
    --------
    >>> from indicia import trade
    >>> trade.density([[1, 1, 0], [1, 1, 1], [1, 0, 1]], given="presence").round(3)
    array([[0.714, 0.769, 0.538],
           [1.   , 1.   , 1.   ],
           [0.714, 0.538, 0.769]])
    """
    of = presence_of(x, exporter, product, threshold, given)
    return of.table.both(density_of(of)[0], "index")


def distance(
    x: Any, *, exporter: Any = None, product: Any = None, threshold: float = 1.0, given: str = "exports"
) -> Any:
    """How much of what is near to a product a country lacks: ``1 - density``.

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `complexity`.
    exporter, product, threshold, given
        As in `complexity`.

    Returns
    -------
    same kind as `x`
        From 0 to 1.

    Raises
    ------
    ValueError
        As in `complexity`.

    Examples
    --------
    >>> from indicia import trade
    >>> trade.distance([[1, 1, 0], [1, 1, 1], [1, 0, 1]], given="presence")[0].round(3)
    array([0.286, 0.231, 0.462])
    """
    of = presence_of(x, exporter, product, threshold, given)
    return of.table.both(1 - density_of(of)[0], "index")


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a country could come to, as `outlook` finds it.

    Attributes
    ----------
    coi : labelled as the exports
        Complexity outlook index of exporters, mean 0 and standard deviation 1.
    cog : same kind as the exports
        Complexity outlook gain: what a product that a country lacks would open up for it; 0 for what it has.
    density : same kind as the exports
        As `density` gives it.
    dropped : tuple of Dropped
        What had no part in it.
    """

    coi: Any
    cog: Any
    density: Any
    dropped: tuple[Dropped, ...]


def outlook(
    x: Any, *, exporter: Any = None, product: Any = None, threshold: float = 1.0, given: str = "exports"
) -> Outlook:
    """How much complexity lies near to what countries have (COI), and what each product would add to that (COG).

    ``COI_c = sum_p density_cp (1 - M_cp) K_p`` and
    ``COG_cp = (1 - M_cp) sum_q (1 - M_cq) proximity_pq K_q / sum_r proximity_qr``

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `complexity`.
    exporter, product, threshold, given
        As in `complexity`.

    Returns
    -------
    Outlook

    Raises
    ------
    ValueError
        As in `complexity`.

    Notes
    -----
    ``K`` is the complexity of products before its mean is taken off, in units of the standard deviation of countries,
    as the Growth Lab's package has it; the COI is standardised over countries, the COG isn't.

    References
    ----------
    R. Hausmann et al., *The Atlas of Economic Complexity* (2014), technical box 5.4.

    Examples
    --------
    >>> from indicia import trade
    >>> m = [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    >>> trade.outlook(m, given="presence").coi.round(3)
    array([ 0.53 ,  1.036, -1.625,  0.059])
    """
    of = presence_of(x, exporter, product, threshold, given)
    made = solve(of)
    near, whole = density_of(of)
    lacked = 1 - ones_of(of)
    worth = np.nan_to_num(made.raw, nan=0.0)
    with np.errstate(all="ignore"):
        weight = np.where(whole > 0, worth / whole, 0.0)
    gained, all_of_it = _core.trade_spread(of.bits, of.columns, weight, threads=get_threads())
    cog = lacked * (all_of_it[:, None, :] - gained)
    cog[np.broadcast_to(np.isnan(made.raw)[:, None, :], cog.shape)] = np.nan
    raw = np.where(np.isnan(made.eci), np.nan, (np.nan_to_num(near) * lacked * worth[:, None, :]).sum(axis=2))
    middle, spread = moments(raw)
    table = of.table
    with np.errstate(all="ignore"):
        coi = (raw - middle) / spread
    return Outlook(
        table.country(coi, "index", "coi"), table.both(cog, "index"), table.both(near, "index"), made.dropped
    )


# ---- the product space --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProductSpace:
    """Products as a network, as `product_space` finds it.

    Attributes
    ----------
    products : tuple of str
        Codes of the products in it.
    source, target : array of int
        Places in `products` of the ends of each link.
    proximity : array of float
        Of each link.
    tree : array of bool
        Whether the link is one of the maximum spanning tree; the others are there for their proximity.
    dropped : tuple of Dropped
        Products that nobody has an advantage in are not in the network.
    """

    products: tuple[str, ...]
    source: NDArray[np.intp]
    target: NDArray[np.intp]
    proximity: Floats
    tree: NDArray[np.bool_]
    dropped: tuple[Dropped, ...]

    def layout(self, *, steps: int = 300, seed: int = 0) -> Floats:
        """Places to draw the products at, from a tree spread out and then pulled together by its links.

        Parameters
        ----------
        steps : int
            Of springs and repulsion; each takes time with the square of the number of products.
        seed : int
            The same places for the same number.

        Returns
        -------
        array of float
            x and y of each product, within [-1, 1].

        Examples
        --------
        >>> from indicia import trade
        >>> space = trade.product_space([[1, 1, 0], [1, 1, 1], [1, 0, 1]], given="presence")
        >>> space.layout().shape
        (3, 2)
        """
        return layout_of(len(self.products), (self.source, self.target), self.tree, steps, seed)

    def to_pandas(self) -> Any:
        """The links as a DataFrame: source, target, proximity, tree.

        Returns
        -------
        DataFrame

        Examples
        --------
        >>> from indicia import trade
        >>> space = trade.product_space([[1, 1, 0], [1, 1, 1], [1, 0, 1]], given="presence")
        >>> space.to_pandas()
          source target  proximity  tree
        0      0      1   0.666667  True
        1      0      2   0.666667  True
        """
        import pandas as pd

        names = np.array(self.products, object)
        links = {"source": names[self.source], "target": names[self.target]}
        return pd.DataFrame(links | {"proximity": self.proximity, "tree": self.tree})


def product_space(
    x: Any,
    *,
    exporter: Any = None,
    product: Any = None,
    threshold: float = 1.0,
    given: str = "exports",
    least: float = 0.55,
) -> ProductSpace:
    """The product space: the maximum spanning tree of proximities, and all links that are close enough.

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports of one year by exporter and product, as in `complexity`.
    exporter, product, threshold, given
        As in `complexity`.
    least : float
        The proximity from which on a link is kept that the tree doesn't need; 0.55 in the literature. Above 1: the tree
        alone.

    Returns
    -------
    ProductSpace
        Links of the tree first, in the order in which it grows, then the others by their products.

    Raises
    ------
    ValueError
        There are several years; or as in `complexity`.

    Notes
    -----
    Products that no country has together are joined by links of proximity 0, which the tree needs to be one. Among
    links that are equally close the tree takes the one whose products come first.

    Examples
    --------
    >>> from indicia import trade
    >>> space = trade.product_space([[1, 1, 0], [1, 1, 1], [1, 0, 1]], given="presence", least=0.5)
    >>> list(zip(space.source.tolist(), space.target.tolist(), space.tree.tolist()))
    [(0, 1, True), (0, 2, True), (1, 2, False)]
    """
    of = presence_of(x, exporter, product, threshold, given)
    if of.table.values.shape[0] != 1:
        raise ValueError(f"a product space is of one year, and there are {of.table.values.shape[0]}: sel() one")
    there = np.flatnonzero(of.ubiquity[0] > 0)
    near = _core.trade_proximity(of.bits, of.columns, threads=get_threads())[0]
    if there.size < of.columns:
        near = near[np.ix_(there, there)]
    source, target, weight = spanning_tree(near)
    close = np.triu(near >= least, 1)
    close[np.minimum(source, target), np.maximum(source, target)] = False
    more_source, more_target = np.nonzero(close)
    names = of.table.products
    return ProductSpace(
        tuple(names[k] for k in there),
        np.concatenate([source, more_source]),
        np.concatenate([target, more_target]),
        np.concatenate([weight, near[more_source, more_target]]),
        np.concatenate([np.ones(source.size, np.bool_), np.zeros(more_source.size, np.bool_)]),
        dropped_of(of.table, of.diversity, of.ubiquity),
    )


def spanning_tree(near: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """The maximum spanning tree of a full graph, grown from the first product (Prim)."""
    n = near.shape[0]
    source, target, weight = np.zeros(max(n - 1, 0), np.intp), np.zeros(max(n - 1, 0), np.intp), np.zeros(max(n - 1, 0))
    if n < 2:
        return source, target, weight
    best, owner = near[0].copy(), np.zeros(n, np.intp)
    best[0] = -1
    for k in range(n - 1):
        new = int(best.argmax())
        source[k], target[k], weight[k] = owner[new], new, best[new]
        best[new] = -1
        closer = (near[new] > best) & (best >= 0)
        best[closer], owner[closer] = near[new][closer], new
    return source, target, weight
