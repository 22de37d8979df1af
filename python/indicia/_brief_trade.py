"""The new three in a file of trade: what is sold, how fast it grows, who sells it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indicia._targets_show import Report, Table, percent_text

__all__ = ["BasketSales", "TradeReport", "trade_of"]

LEADERS = 3
CHINA = ("156", "CHN", "CN", "China")


@dataclass(frozen=True)
class BasketSales:
    """A basket in one year.

    Attributes
    ----------
    basket : str
    value, growth : float
        Exports of all, and their growth since the year before (of exporters with a figure in both); a fraction.
    own, own_growth, own_share : float
        Those of the country that is asked about, and its part in all.
    own_rank : int or None
        Its place among all.
    leaders : tuple of (str, float)
        The largest exporters, and their parts in all.
    """

    basket: str
    value: float
    growth: float
    own: float
    own_growth: float
    own_share: float
    own_rank: int | None
    leaders: tuple[tuple[str, float], ...]


class TradeReport(Report):
    """The baskets of a file of trade.

    Attributes
    ----------
    title : str
    country, period, unit : str
    rows : tuple of BasketSales
    notes : tuple of str
    """

    def __init__(
        self, title: str, names: tuple[str, str, str], rows: Sequence[BasketSales], notes: Sequence[str]
    ) -> None:
        self.title, self.rows, self.notes = title, tuple(rows), tuple(notes)
        self.country, self.period, self.unit = names

    def _table(self) -> Table:
        own = self.country
        head = [
            "",
            f"all, {self.unit}" if self.unit else "all",
            "growth %",
            own,
            "growth %",
            "share %",
            "rank",
            "largest",
        ]
        rows = [
            [
                one.basket,
                f"{one.value:,.0f}",
                percent_text(one.growth, 1),
                "" if math.isnan(one.own) else f"{one.own:,.0f}",
                percent_text(one.own_growth, 1),
                percent_text(one.own_share, 1),
                "" if one.own_rank is None else str(one.own_rank),
                ", ".join(f"{name} {percent_text(part, 1)} %" for name, part in one.leaders),
            ]
            for one in self.rows
        ]
        return Table(f"{self.title}, {self.period}", head, rows, [False, *[True] * 6, False], self.notes)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, as ``indicia brief --json`` prints it: fractions, None for what isn't known."""

        def plain(value: float) -> float | None:
            return value if math.isfinite(value) else None

        rows = [
            {
                "basket": one.basket,
                "value": plain(one.value),
                "growth": plain(one.growth),
                "own": {
                    "value": plain(one.own),
                    "growth": plain(one.own_growth),
                    "share": plain(one.own_share),
                    "rank": one.own_rank,
                },
                "leaders": [{"exporter": name, "share": part} for name, part in one.leaders],
            }
            for one in self.rows
        ]
        head = {"title": self.title, "country": self.country, "period": self.period, "unit": self.unit or None}
        return head | {"rows": rows, "notes": list(self.notes)}


def _revision(source: Any, said: str | None) -> str:
    """The revision of the Harmonized System: as said, or as BACI's file name has it."""
    if said is not None:
        return said
    sources = source if isinstance(source, list | tuple) else [source]
    found = {
        match[0]
        for one in sources
        if isinstance(one, str | Path) and (match := re.search(r"HS(92|96|02|07|12|17|22)(?!\d)", Path(one).name))
    }
    if len(found) != 1:
        words = f"files of {', '.join(sorted(found))}" if found else "its name doesn't say"
        raise ValueError(f"revision: {words}; which one of HS92, HS96, HS02, HS07, HS12, HS17, HS22 is the data in?")
    return found.pop()


def trade_of(source: Any, *, revision: str | None, country: str | None, format: str | None) -> TradeReport:
    """The report of a file of exporters, importers and products."""
    from indicia import tree
    from indicia.read import read_cube

    basket = tree.new_three(_revision(source, revision))
    cube = read_cube(source, format=format, recode={"k": basket}, collapse={"j": "sum"})
    if cube.time is None or set(cube.dims) != {"i", "k", "time"}:
        raise ValueError(
            f"a file of exporters i, importers j, products k and years is needed, not {', '.join(cube.dims)}"
        )
    codes, words = cube.codes["i"], cube.labels.get("i", {})
    wanted = CHINA if country is None else (country,)
    own = next((k for k, code in enumerate(codes) if code in wanted or words.get(code) in wanted), None)
    if own is None and country is not None:
        raise ValueError(f"country: no exporter {country!r}; there are {', '.join(codes[:8])}, ...")
    rows, absent = [], []
    for k, name in enumerate(cube.codes["k"]):
        values = cube.values[:, k, :]
        if np.isnan(values[:, -1]).all():
            absent.append(name)
            continue
        rows.append(_sales(name, values, own, [words.get(code, code) for code in codes]))
    if not rows:
        raise ValueError(f"there are no exports of {', '.join(absent)} in {cube.time[len(cube.time) - 1]}")
    notes = [f"{basket.revision or revision}: {', '.join(sorted(codes_of(basket)))}"]
    notes += [f"{code} holds other goods besides" for code in sorted(basket.broader)]
    if absent:
        notes.append(f"no exports of {', '.join(absent)}")
    if len(cube.time) < 2:
        notes.append("one year alone has no growth: name the file of the year before too")
    who = "China" if country is None else words.get(country, country)
    unit = cube.unit if isinstance(cube.unit, str) else ""
    if unit and isinstance(cube.multiplier, int | np.integer) and cube.multiplier:
        unit = f"10^{int(cube.multiplier)} {unit}"
    return TradeReport("The new three", (who, str(cube.time[len(cube.time) - 1]), unit), rows, notes)


def codes_of(basket: Any) -> list[str]:
    """The product codes of all baskets."""
    return [code for root in basket.roots() for code in basket.leaves(root)]


def _sales(name: str, values: Any, own: int | None, names: Sequence[str]) -> BasketSales:
    now = values[:, -1]
    before = values[:, -2] if values.shape[1] > 1 else np.full_like(now, np.nan)
    both = ~np.isnan(now) & ~np.isnan(before)
    base, whole = float(before[both].sum()), float(np.nansum(now))
    growth = float(now[both].sum()) / base - 1 if base > 0 else math.nan
    order = [int(k) for k in np.argsort(-np.nan_to_num(now), kind="stable") if now[k] > 0]
    mine = math.nan if own is None else float(now[own])
    old = math.nan if own is None else float(before[own])
    return BasketSales(
        name,
        whole,
        growth,
        mine,
        mine / old - 1 if old > 0 else math.nan,
        mine / whole if whole > 0 else math.nan,
        1 + int((now > mine).sum()) if own is not None and not math.isnan(mine) else None,
        tuple((names[k], float(now[k]) / whole) for k in order[:LEADERS]),
    )
