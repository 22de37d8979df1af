"""Who is specialised in what: revealed advantage in its several forms, and the balance of trade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia import _core
from indicia._trade_table import Floats, Table, tables_of
from indicia.config import get_threads

__all__ = ["ADVANTAGES", "Presence", "balance", "lafay", "presence", "rca"]

ADVANTAGES: Final = ("balassa", "symmetric", "normalised", "additive", "log")


def table_of(x: Any, exporter: Any, product: Any, name: str = "x") -> Table:
    """One argument as a table."""
    return tables_of({name: x}, exporter, product)[0]


def advantage_of(table: Table) -> Floats:
    """Balassa's index of a table."""
    found, unfit = _core.trade_advantage(table.values, threads=get_threads())
    if unfit >= 0:
        raise table.unfit(unfit)
    return found


@dataclass(frozen=True, slots=True)
class Presence:
    """Who has an advantage in what, as bits.

    Attributes
    ----------
    table
        What it was found in.
    bits
        uint64 of shape (years, exporters, words): product p is bit ``p % 64`` of word ``p // 64``.
    diversity, ubiquity
        int32 of shape (years, exporters) and (years, products): how many products an exporter has, and how many
        exporters a product.
    """

    table: Table
    bits: NDArray[np.uint64]
    diversity: NDArray[np.int32]
    ubiquity: NDArray[np.int32]

    @property
    def columns(self) -> int:
        """How many products there are."""
        return int(self.table.values.shape[2])


def presence_of(x: Any, exporter: Any, product: Any, threshold: float, given: str) -> Presence:
    """Presence in a table of `given`: exports, quotients, or ones and zeros."""
    if given not in ("exports", "rca", "presence"):
        raise ValueError(f"given: expected 'exports', 'rca' or 'presence', got {given!r}")
    if not 0 < threshold < float("inf"):
        raise ValueError(f"threshold: expected a number above 0, got {threshold!r}")
    table = table_of(x, exporter, product)
    if given == "presence":
        odd = ~np.isnan(table.values) & (table.values != 0) & (table.values != 1)
        if odd.any():
            value = table.values[tuple(np.argwhere(odd)[0])]
            raise ValueError(f"given='presence' wants ones and zeros, and there is {value:g}")
    as_given, least = given != "exports", 0.5 if given == "presence" else float(threshold)
    bits, diversity, ubiquity, unfit = _core.trade_presence(
        table.values, least, as_given=as_given, threads=get_threads()
    )
    if unfit >= 0:
        raise table.unfit(unfit)
    return Presence(table, bits, diversity, ubiquity)


def rca(x: Any, *, exporter: Any = None, product: Any = None, kind: str = "balassa") -> Any:
    """Revealed comparative advantage: how much more of a product a country exports than the world, given its size.

    ``(x_cp / x_c) / (x_p / x)``

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product; other axes (years) are worked out each by itself.
    exporter, product : int or str, optional
        Their dimensions: axes of an array (by default the last but one and the last), names of a Cube or DataArray (by
        default known from what sources call them: ``i``, ``reporter``, ``geo``; ``k``, ``cmdCode``, ...), ``"index"``
        and ``"columns"`` of a DataFrame.
    kind : {"balassa", "symmetric", "normalised", "additive", "log"}
        Balassa's index ``B``; Laursen's ``(B - 1) / (B + 1)``, from -1 to 1; Yu, Cai and Leung's
        ``x_cp / x - x_c x_p / x^2``, which adds up to 0 over countries and over products; Hoen and Oosterhaven's
        ``x_cp / x_c - x_p / x``, which adds up to 0 over products; the logarithm of ``B``.

    Returns
    -------
    same kind as `x`
        Above 1 (0 for the other kinds) where the country is specialised.

    Raises
    ------
    ValueError
        `kind` is none of these words; an export is below zero or infinite; a dimension isn't there, or several are
        possible; labels come twice; there are codes that are sums over others.
    TypeError
        `x` holds no numbers.

    Notes
    -----
    Missing: what a country does not report it does not export, so that NaN counts as 0. An exporter or a product
    without any exports is NaN throughout. The logarithm is NaN where exports are 0. Flags of a Cube: the union over
    the exporter and the product.

    References
    ----------
    B. Balassa, "Trade liberalisation and revealed comparative advantage", *The Manchester School* 33 (1965);
    K. Laursen, *Eurasian Business Review* 5 (2015); R. Yu, J. Cai and P. Leung, *Annals of Regional Science* 43 (2009);
    A. R. Hoen and J. Oosterhaven, *Annals of Regional Science* 40 (2006).

    Examples
    --------
    >>> from indicia import trade
    >>> trade.rca([[30.0, 10.0], [20.0, 40.0]]).round(3)
    array([[1.5  , 0.5  ],
           [0.667, 1.333]])
    >>> trade.rca([[30.0, 10.0], [20.0, 40.0]], kind="additive")
    array([[ 0.25      , -0.25      ],
           [-0.16666667,  0.16666667]])
    """
    if kind not in ADVANTAGES:
        raise ValueError(f"kind: expected one of {', '.join(ADVANTAGES)}, got {kind!r}")
    table = table_of(x, exporter, product)
    found = advantage_of(table)
    if kind == "symmetric":
        found = (found - 1) / (found + 1)
    elif kind == "log":
        found = np.log(np.where(found > 0, found, np.nan))
    elif kind in ("normalised", "additive"):
        values = np.nan_to_num(table.values, nan=0.0)
        rows, columns = values.sum(axis=2, keepdims=True), values.sum(axis=1, keepdims=True)
        whole = rows.sum(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            parts = columns / whole
            found = values / rows - parts if kind == "additive" else values / whole - (rows / whole) * parts
        found = np.where((rows > 0) & (columns > 0), found, np.nan)
    return table.both(found, "index")


def presence(x: Any, *, exporter: Any = None, product: Any = None, threshold: float = 1.0) -> Any:
    """Where a country has a revealed advantage: 1, else 0.

    ``rca >= threshold``

    Parameters
    ----------
    x : array_like, DataFrame, DataArray or Cube
        Exports by exporter and product, as in `rca`.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.
    threshold : float
        What Balassa's index must reach. The field takes 1, and a few implementations want more than 1.

    Returns
    -------
    same kind as `x`
        1 and 0. An exporter or a product without any exports is 0 throughout.

    Raises
    ------
    ValueError
        `threshold` is not above 0, or as in `rca`.

    Examples
    --------
    >>> from indicia import trade
    >>> trade.presence([[30.0, 10.0], [20.0, 40.0]])
    array([[1., 0.],
           [0., 1.]])
    """
    found = presence_of(x, exporter, product, threshold, "exports")
    return found.table.both(ones_of(found), "index")


def ones_of(of: Presence) -> Floats:
    """Bits as ones and zeros."""
    little = of.bits.astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(little, axis=-1, bitorder="little", count=of.columns).astype(np.float64)


def balance(exports: Any, imports: Any, *, exporter: Any = None, product: Any = None, normalised: bool = False) -> Any:
    """The balance of trade by country and product.

    ``x - m``, or ``(x - m) / (x + m)``, from -1 (imports alone) to 1 (exports alone)

    Parameters
    ----------
    exports, imports : array_like, DataFrame, DataArray or Cube
        By country and product, with the same labels.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.
    normalised : bool
        Whether it is given relative to the trade in both directions.

    Returns
    -------
    same kind as `exports`

    Raises
    ------
    ValueError
        Labels differ, or as in `rca`.

    Notes
    -----
    Missing: a flow that isn't reported counts as 0 beside one that is; NaN where neither is.

    Examples
    --------
    >>> from indicia import trade
    >>> trade.balance([[30.0, 10.0]], [[10.0, 30.0]], normalised=True)
    array([[ 0.5, -0.5]])
    """
    x, m = tables_of({"exports": exports, "imports": imports}, exporter, product)
    out, into = flows(x, m)
    with np.errstate(all="ignore"):
        found = (out - into) / (out + into) if normalised else out - into
    found = np.where(np.isnan(x.values) & np.isnan(m.values), np.nan, found)
    return x.both(found, "index" if normalised else "kept")


def flows(x: Table, m: Table) -> tuple[Floats, Floats]:
    """Exports and imports with nothing where nothing is reported."""
    made = []
    for table, what in ((x, "exports"), (m, "imports")):
        unfit = ~np.isnan(table.values) & ~((table.values >= 0) & np.isfinite(table.values))
        if unfit.any():
            raise table.unfit(int(np.flatnonzero(unfit)[0]), what)
        made.append(np.nan_to_num(table.values, nan=0.0))
    return made[0], made[1]


def lafay(exports: Any, imports: Any, *, exporter: Any = None, product: Any = None) -> Any:
    """Lafay's index: what a product adds to a country's balance beyond its part in trade.

    ``100 * ((x_p - m_p) / (x_p + m_p) - (x - m) / (x + m)) * (x_p + m_p) / (x + m)``, which adds up to 0 over products

    Parameters
    ----------
    exports, imports : array_like, DataFrame, DataArray or Cube
        By country and product, with the same labels.
    exporter, product : int or str, optional
        Their dimensions, as in `rca`.

    Returns
    -------
    same kind as `exports`
        Above 0 where the country is specialised. From -50 to 50.

    Raises
    ------
    ValueError
        Labels differ, or as in `rca`.

    Notes
    -----
    Missing: a flow that isn't reported counts as 0; NaN for a country without trade.

    References
    ----------
    G. Lafay, "The measurement of revealed comparative advantages", in *International Trade Modelling* (1992).

    Examples
    --------
    >>> from indicia import trade
    >>> trade.lafay([[30.0, 10.0]], [[10.0, 30.0]])
    array([[ 25., -25.]])
    """
    x, m = tables_of({"exports": exports, "imports": imports}, exporter, product)
    out, into = flows(x, m)
    net, both = out - into, out + into
    whole = both.sum(axis=2, keepdims=True)
    with np.errstate(all="ignore"):
        found = 100 * (net / whole - net.sum(axis=2, keepdims=True) / whole * (both / whole))
    return x.both(np.where(whole > 0, found, np.nan), "index")
