"""From a long table of transactions to prices and quantities of items in periods."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indicia.cube import Cube
from indicia.periods import Periods

__all__ = ["unit_values"]


def unit_values(
    item: Any, time: Any, *, quantity: Any, price: Any = None, value: Any = None, freq: str | None = None
) -> tuple[Cube, Cube]:
    """Average prices and total quantities of items in periods, from a long table of transactions.

    ``sum(price * quantity) / sum(quantity)``, over the transactions of an item in a period

    Parameters
    ----------
    item : array_like
        What is sold, a code for each row.
    time : array_like, Periods or pandas period or date column
        When: anything that periods are read from, such as ``"2024-01"``.
    quantity : array_like of float
        How much of it.
    price, value : array_like of float
        At which price, or for how much in all; one of the two.
    freq : str, optional
        Of the periods, where days are to be put together: "M" for months.

    Returns
    -------
    prices, quantities : Cube
        Of dimensions ``item`` and ``time``; NaN where an item isn't sold in a period. Every index takes them, and
        ``to_pandas()`` makes frames of them.

    Raises
    ------
    ValueError
        Columns are of different lengths, a price isn't positive, a quantity or value is negative (the message names
        item and period), neither or both of `price` and `value` are given.

    Notes
    -----
    A unit value is a price where what is sold as one item is alike: packages of one size, one quality. Rows of which a
    figure is missing are left out; items of which only a quantity of 0 is known have no price.

    References
    ----------
    IMF, ILO and others, *Consumer Price Index Manual: Concepts and Methods* (2020), chapter 10.

    Examples
    --------
    >>> from indicia import index
    >>> prices, quantities = index.unit_values(
    ...     ["rice", "rice", "rice", "pork"], ["2024-01", "2024-01", "2024-02", "2024-02"],
    ...     price=[4.0, 5.0, 4.0, 20.0], quantity=[3.0, 1.0, 2.0, 1.0])
    >>> prices.values
    array([[  nan, 20.  ],
           [ 4.25,  4.  ]])
    """
    if (price is None) == (value is None):
        raise ValueError("give one of price= and value=")
    codes, of_item = np.unique(np.asarray(item).astype(str), return_inverse=True)
    periods = _periods(time, freq)
    amounts = _figures(quantity, "quantity")
    money = _figures(price if value is None else value, "price" if value is None else "value")
    lengths = {len(of_item), len(periods), len(amounts), len(money)}
    if len(lengths) > 1:
        raise ValueError(f"columns are of different lengths: {', '.join(map(str, sorted(lengths)))}")
    for name, figures, bad in (
        ("quantity", amounts, amounts < 0),
        ("price" if value is None else "value", money, money <= 0 if value is None else money < 0),
    ):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise ValueError(f"{name} of item {codes[of_item[row]]} in {periods[row]}: {figures[row]:g} (row {row})")
    if value is None:
        money = money * amounts
    ordinals = periods.ordinals.astype(np.int64)
    first = int(ordinals.min()) if len(ordinals) else 0
    span = int(ordinals.max()) - first + 1 if len(ordinals) else 0
    known = ~np.isnan(money + amounts)
    cells = (of_item * span + (ordinals - first))[known]
    shape = (len(codes), span)
    totals = [np.bincount(cells, x[known], minlength=shape[0] * shape[1]).reshape(shape) for x in (amounts, money)]
    sold = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape) > 0
    quantities = np.where(sold, totals[0], np.nan)
    prices = np.divide(totals[1], totals[0], out=np.full(shape, np.nan), where=totals[0] > 0)
    span_of = Periods.range(str(periods.freq), first, span)
    names = {"item": [str(code) for code in codes]}
    return Cube(["item", "time"], names, span_of, prices), Cube(["item", "time"], names, span_of, quantities)


def _figures(x: Any, name: str) -> NDArray[np.float64]:
    found = x.to_numpy(dtype=np.float64, na_value=np.nan) if hasattr(x, "to_numpy") and hasattr(x, "isna") else x
    figures = np.asarray(found, dtype=np.float64)
    if figures.ndim != 1:
        raise ValueError(f"{name}: expected a column, got {figures.ndim} dimensions")
    return figures


def _periods(time: Any, freq: str | None) -> Periods:
    if isinstance(time, Periods):
        found = time
    else:
        values = time.to_numpy() if hasattr(time, "to_numpy") else np.asarray(time)
        if values.dtype.kind == "M":
            found = Periods.from_days(freq or "D", values.astype("datetime64[D]"))
        else:
            found = Periods.parse(np.array([str(x) for x in values]))
    if isinstance(found.freq, str) and freq is not None and found.freq != freq:
        found = Periods.from_days(freq, found.first_days())
    if not isinstance(found.freq, str):
        raise ValueError(f"time: periods of several frequencies ({', '.join(found.freqs)}); say freq=")
    return found
