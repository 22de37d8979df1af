"""Between price indices: the deflator that nominal and real growth imply, and why it isn't what consumers pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from indicia import containers
from indicia._growth_flags import judged
from indicia._interval import Interval
from indicia.containers import labelled

__all__ = ["Wedge", "implicit_rate", "wedge"]


def implicit_rate(nominal: Any, real: Any, *, join: str = "exact") -> Any:
    """The change of the deflator that growth at current and at constant prices implies.

    ``(1 + nominal) / (1 + real) - 1``

    Parameters
    ----------
    nominal, real : array_like, pandas, xarray, polars, Cube or Interval
        Growth at current prices and at constant ones, as fractions, over one and the same base.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what both have is taken.

    Returns
    -------
    same kind as `nominal`
        A fraction; below 0 prices fell. Of intervals the interval of all that they admit: the deflator of published
        growth is known to about the sum of the two roundings.

    Raises
    ------
    ValueError
        Labels differ (the message names them), or shapes don't broadcast.

    Notes
    -----
    Missing: NaN where one of the two is, and where real growth is -1 or less. Flags of a Cube are those of both cells.

    See Also
    --------
    indicia.index.implicit_deflator : the same of levels.

    References
    ----------
    *System of National Accounts 2008*, chapter 15.

    Examples
    --------
    >>> from indicia import deflation, interval
    >>> deflation.implicit_rate(0.046, 0.052).round(5)
    np.float64(-0.0057)
    >>> nominal, real = (interval.published(x, decimals=1) / 100 for x in (4.6, 5.2))
    >>> found = deflation.implicit_rate(nominal, real)
    >>> float(100 * found.low.round(4)), float(100 * found.high.round(4))
    (-0.67, -0.48)
    """
    if isinstance(nominal, Interval) or isinstance(real, Interval):
        pair = [x if isinstance(x, Interval) else Interval(x) for x in (nominal, real)]
        whole = 1 + pair[1]
        bad = ~(whole.low > 0)
        ends = [np.where(bad, np.nan, end) for end in (whole.low, whole.high)]
        return (1 + pair[0]) / Interval(*ends) - 1
    return _implicit_rate(nominal, real, join=join)


@labelled("nominal", "real", unit="fraction", levels=())
def _implicit_rate(nominal: Any, real: Any, *, join: str = "exact") -> Any:
    now, volume = (np.asarray(x.values, dtype=np.float64) for x in (nominal, real))
    made = (now - volume) / np.where(volume > -1, 1 + volume, np.nan)
    return judged(made, [nominal, real])


@dataclass(frozen=True)
class Wedge:
    """Why the deflator of output changes by another rate than other prices.

    ``deflator - prices == terms_of_trade + balance + demand + rest``

    Attributes
    ----------
    wedge
        The deflator's rate less that of the prices it is compared with.
    terms_of_trade
        What comes of export and import prices moving apart: ``(sx + sm) / 2 * (x - m)``.
    balance
        What comes of both moving apart from domestic prices, where trade isn't balanced:
        ``(sx - sm) * ((x + m) / 2 - d)``.
    demand
        Prices of all domestic demand (investment and government included) less those compared with: ``d - prices``.
    rest
        What is left: shares that move between the periods, and roundings.
    """

    wedge: Any
    terms_of_trade: Any
    balance: Any
    demand: Any
    rest: Any


def wedge(
    deflator: Any,
    prices: Any,
    *,
    demand: Any = None,
    exports: Any = None,
    imports: Any = None,
    export_share: Any = None,
    import_share: Any = None,
    join: str = "exact",
) -> Any:
    """The gap between the deflator of output and consumer or producer prices, and what of it is trade.

    ``deflator - prices``: output has exports but no imports in it, what is bought at home has imports but no exports.

    Parameters
    ----------
    deflator, prices : array_like, pandas, xarray, polars or Cube
        Rates of change as fractions: of the deflator of gross domestic product, and of what it is compared with.
    demand, exports, imports : the same kind, optional
        Rates of change of the deflators of domestic demand, exports and imports; all three or none.
    export_share, import_share : the same kind or float, optional
        Exports and imports as shares of output: of the base period, or the mean of both; with the three above.
    join : {"exact", "inner"}
        Labels must be the same, in any order; or what all have is taken.

    Returns
    -------
    same kind as `deflator`, or Wedge
        The gap alone; with prices of demand and trade its parts, which add up to it.

    Raises
    ------
    ValueError
        Some but not all of the five are given, labels differ, or shapes don't broadcast.

    Notes
    -----
    Missing: NaN where one of the figures is. Flags of a Cube are those of all cells.

    With base shares and volumes the trade parts are those of a Laspeyres deflator; with mean shares they are near to a
    superlative one. `rest` says how near.

    References
    ----------
    U. Kohli, "Real GDP, real domestic income, and terms-of-trade changes", *Journal of International Economics* 62
    (2004); *System of National Accounts 2008*, chapter 15, on trading gains.

    Examples
    --------
    Import prices jump, export prices don't: consumers pay, and the deflator of output hardly moves.

    >>> from indicia import deflation
    >>> trade = {"exports": 0.02, "imports": 0.12, "export_share": 0.30, "import_share": 0.28}
    >>> parts = deflation.wedge(0.01, 0.03, demand=0.03, **trade)
    >>> parts.wedge.round(4), parts.terms_of_trade.round(4), parts.balance.round(4), parts.rest.round(4)
    (np.float64(-0.02), np.float64(-0.029), np.float64(0.0008), np.float64(0.0082))
    """
    more = {"demand": demand, "exports": exports, "imports": imports, "export_share": export_share,
            "import_share": import_share}  # fmt: skip
    lacking = [name for name, x in more.items() if x is None]
    if lacking and len(lacking) < len(more):
        raise ValueError(f"prices of demand and trade go together with both shares: {', '.join(lacking)} is missing")
    given = {"deflator": deflator, "prices": prices} | ({} if lacking else more)
    panels, wrap = containers.panels_of(list(given.values()), list(given), join=join, unit="fraction")
    shape = np.broadcast_shapes(*(np.shape(p.values) for p in panels))
    p = [np.broadcast_to(np.asarray(x.values, dtype=np.float64), shape) for x in panels]

    def shown(made: Any, used: Any) -> Any:
        found = judged(made, used)
        values, flags = found if isinstance(found, tuple) else (found, None)
        return wrap(values if np.ndim(values) else np.float64(values), flags)

    gap = p[0] - p[1]
    if lacking:
        return shown(gap, panels)
    _, cpi, d, x, m, sx, sm = p
    parts = {
        "terms_of_trade": (sx + sm) / 2 * (x - m),
        "balance": (sx - sm) * ((x + m) / 2 - d),
        "demand": d - cpi,
    }
    rest = gap - sum(parts.values())
    return Wedge(**{name: shown(made, panels) for name, made in ({"wedge": gap} | parts | {"rest": rest}).items()})
