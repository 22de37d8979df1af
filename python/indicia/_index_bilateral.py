"""Bilateral index numbers and indicators, each against a base period or chained from period to period."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from indicia._index_formulas import FORMULAS
from indicia._index_items import items_of
from indicia._index_kernels import bilateral, over_time

__all__ = [
    "banerjee",
    "bennet",
    "carli",
    "cswd",
    "davies",
    "drobisch",
    "dutot",
    "fisher",
    "geometric_laspeyres",
    "geometric_paasche",
    "geometric_young",
    "harmonic",
    "jevons",
    "laspeyres",
    "lehr",
    "lloyd_moulton",
    "lowe",
    "marshall_edgeworth",
    "montgomery",
    "montgomery_vartia",
    "paasche",
    "palgrave",
    "product_dummy",
    "sato_vartia",
    "stuvel",
    "tornqvist",
    "walsh",
    "young",
]

F = TypeVar("F", bound=Callable[..., Any])

_WHAT = {
    "prices": (
        "array_like, pandas.DataFrame, xarray.DataArray or Cube",
        "Of items in periods; time along the last axis, the rows of a frame, `time` of a cube. Missing is NaN.",
    ),
    "quantities": ("the same kind", "As many; aligned by label."),
    "basket": (
        "array_like or the same kind",
        "One for each item, of any one period: as many figures as items, or a table of the shape of the prices.",
    ),
    "sigma": ("float", "The elasticity of substitution; 0 is Laspeyres, 1 its geometric twin."),
    "base": (
        "int, str or Period, optional",
        "The period that is 1: a place, or a text such as ``'2020-01'`` where the container knows periods; the first.",
    ),
    "chained": (
        "bool",
        "Whether each period is compared with the one before and these links are multiplied, so that items may come "
        "and go; or with the base.",
    ),
    "over": ("int or str, optional", "Where the items are, if not along the axis before time or the only other one."),
    "axis": ("int or str, optional", "Where time runs, if not as usual."),
    "join": ('{"exact", "inner"}', "Labels must be the same, in any order; or what all have is taken."),
}
_RETURNS = {
    False: "The index, 1 in the base period.",
    True: "In the unit of the value, against the base period or, chained, the period before (NaN in the first).",
}
_CALLS = {1: "(prices)", 2: "(prices, [[4.0, 3.0, 3.0], [3.0, 3.0, 2.0]])"}


def explained(name: str, result: str, call: str = "") -> Callable[[F], F]:
    """Write a function's docstring from its formula; `result` is that of the example."""
    formula = FORMULAS[name]

    def explain(function: F) -> F:
        lines = []
        for parameter in inspect.signature(function).parameters:
            basket = name in ("lowe", "young", "geometric_young") and parameter in ("quantities", "weights")
            kind, text = _WHAT["basket" if basket else parameter]
            lines += [f"{parameter} : {kind}", f"    {text}"]
        function.__doc__ = f"""{formula.meaning}

``{formula.formula}``; 0 is the base period or the one before, 1 the period itself.

Parameters
----------
{chr(10).join(lines)}

Returns
-------
same kind, without the items
    {_RETURNS[formula.indicator]}

Raises
------
ValueError
    A price isn't positive, a quantity is negative, one of them is infinite: the message names item and period. Labels
    differ, or periods to be chained don't rise.

Notes
-----
The matched model: an item counts between two periods if all figures that the formula needs are known; `coverage` tells
how much of the value that is. NaN where nothing is left, and, chained, from there on. Flags of cubes are those of all
items in both periods.

References
----------
{formula.source}.

Examples
--------
>>> from indicia import index
>>> prices = [[1.0, 1.1, 1.2], [2.0, 2.0, 2.1]]  # two items, three periods
>>> index.{name}{call or _CALLS[1 if len(formula.operands) == 2 else 2]}.round(4)
{result}
"""
        return function

    return explain


@explained("carli", "array([1.   , 1.05 , 1.125])")
def carli(
    prices: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
) -> Any:
    items = items_of({"prices": prices}, over=over, axis=axis)
    return over_time(items, bilateral("carli"), base=base, chained=chained)


@explained("dutot", "array([1.    , 1.0333, 1.1   ])")
def dutot(
    prices: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
) -> Any:
    items = items_of({"prices": prices}, over=over, axis=axis)
    return over_time(items, bilateral("dutot"), base=base, chained=chained)


@explained("jevons", "array([1.    , 1.0488, 1.1225])")
def jevons(
    prices: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
) -> Any:
    items = items_of({"prices": prices}, over=over, axis=axis)
    return over_time(items, bilateral("jevons"), base=base, chained=chained)


@explained("harmonic", "array([1.    , 1.0476, 1.12  ])")
def harmonic(
    prices: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
) -> Any:
    items = items_of({"prices": prices}, over=over, axis=axis)
    return over_time(items, bilateral("harmonic"), base=base, chained=chained)


@explained("cswd", "array([1.    , 1.0488, 1.1225])")
def cswd(
    prices: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
) -> Any:
    items = items_of({"prices": prices}, over=over, axis=axis)
    return over_time(items, bilateral("cswd"), base=base, chained=chained)


@explained("laspeyres", "array([1.  , 1.04, 1.11])")
def laspeyres(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("laspeyres"), base=base, chained=chained)


@explained("paasche", "array([1.    , 1.0333, 1.1143])")
def paasche(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("paasche"), base=base, chained=chained)


@explained("fisher", "array([1.    , 1.0367, 1.1121])")
def fisher(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("fisher"), base=base, chained=chained)


@explained("tornqvist", "array([1.    , 1.0366, 1.1122])")
def tornqvist(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("tornqvist"), base=base, chained=chained)


@explained("walsh", "array([1.    , 1.0366, 1.1121])")
def walsh(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("walsh"), base=base, chained=chained)


@explained("marshall_edgeworth", "array([1.    , 1.0368, 1.1118])")
def marshall_edgeworth(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("marshall_edgeworth"), base=base, chained=chained)


@explained("lowe", "array([1.  , 1.04, 1.11])", "(prices, [4.0, 3.0])")
def lowe(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("lowe"), base=base, chained=chained)


@explained("young", "array([1.  , 1.04, 1.11])", "(prices, [0.4, 0.6])")
def young(
    prices: Any,
    weights: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "weights": weights}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("young"), base=base, chained=chained)


@explained("geometric_young", "array([1.    , 1.0389, 1.1076])", "(prices, [0.4, 0.6])")
def geometric_young(
    prices: Any,
    weights: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "weights": weights}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("geometric_young"), base=base, chained=chained)


@explained("drobisch", "array([1.    , 1.0367, 1.1121])")
def drobisch(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("drobisch"), base=base, chained=chained)


@explained("geometric_laspeyres", "array([1.    , 1.0389, 1.1076])")
def geometric_laspeyres(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("geometric_laspeyres"), base=base, chained=chained)


@explained("geometric_paasche", "array([1.    , 1.0344, 1.1167])")
def geometric_paasche(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("geometric_paasche"), base=base, chained=chained)


@explained("palgrave", "array([1.    , 1.0355, 1.1192])")
def palgrave(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("palgrave"), base=base, chained=chained)


@explained(
    "lloyd_moulton", "array([1.    , 1.0392, 1.1083])", "(prices, [[4.0, 3.0, 3.0], [3.0, 3.0, 2.0]], sigma=0.7)"
)
def lloyd_moulton(
    prices: Any,
    quantities: Any,
    *,
    sigma: float,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("lloyd_moulton", sigma=sigma), base=base, chained=chained)


@explained("sato_vartia", "array([1.    , 1.0366, 1.1121])")
def sato_vartia(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("sato_vartia"), base=base, chained=chained)


@explained("montgomery_vartia", "array([1.    , 1.0366, 1.1118])")
def montgomery_vartia(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("montgomery_vartia"), base=base, chained=chained)


@explained("product_dummy", "array([1.    , 1.0366, 1.1121])")
def product_dummy(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("product_dummy"), base=base, chained=chained)


@explained("stuvel", "array([1.    , 1.0369, 1.1117])")
def stuvel(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("stuvel"), base=base, chained=chained)


@explained("banerjee", "array([1.    , 1.0367, 1.112 ])")
def banerjee(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("banerjee"), base=base, chained=chained)


@explained("davies", "array([1.    , 1.0366, 1.1122])")
def davies(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("davies"), base=base, chained=chained)


@explained("lehr", "array([1.    , 1.0362, 1.1123])")
def lehr(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = False,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join)
    return over_time(items, bilateral("lehr"), base=base, chained=chained)


@explained("bennet", "array([ nan, 0.35, 0.55])")
def bennet(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = True,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join, unit="kept")
    return over_time(items, bilateral("bennet"), base=base, chained=chained, ratio=False)


@explained("montgomery", "array([   nan, 0.3468, 0.5462])")
def montgomery(
    prices: Any,
    quantities: Any,
    *,
    base: Any = None,
    chained: bool = True,
    over: int | str | None = None,
    axis: Any = None,
    join: str = "exact",
) -> Any:
    items = items_of({"prices": prices, "quantities": quantities}, over=over, axis=axis, join=join, unit="kept")
    return over_time(items, bilateral("montgomery"), base=base, chained=chained, ratio=False)
