"""A bridge as one holds it: parts, sums, tables, and the waterfall."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from indicia._growth_waterfall import Step, plotted, waterfall
from indicia._page_svg import escaped, tag
from indicia._tables import aligned

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Bridge"]

_TITLES: Final = {"rate": "Rate of growth", "level": "Change", "log_rate": "Logarithmic rate of growth"}
_ROWS: Final = 40  # that a terminal sees


@dataclass(frozen=True, slots=True)
class Bridge:
    """A headline's change and its parts, which `growth.bridge` makes.

    Attributes
    ----------
    parts : dict of str to the kind of the figures
        By effect (``own``, ``price``, ``mix`` ...), for each component; labels and flags are kept.
    headline : float or ndarray
        One for each case.
    residual : float or ndarray
        What the parts leave of a published headline, or of components that have figures of their own beside those
        below them; else 0.
    rounding : float or ndarray
        The last binary digits: ``sum(parts) + residual + rounding == headline``, exactly.
    effects : tuple of str
    components : tuple of str
        Every node of the classification from the top down, or the components.
    depth : tuple of int
        How deep each of `components` stands.
    array : ndarray
        Cases, components, effects.
    gaps : ndarray
        Cases, components: the residual of each node.
    of, method : str
        As they were asked for.
    labels : list of list of str
        What the cases are called, along each of their axes.
    flags : ndarray of uint32, or None
        Of the headline.

    Examples
    --------
    >>> from indicia import growth
    >>> b = growth.bridge({"wages": 63.0, "profits": 41.0}, {"wages": 60.0, "profits": 40.0})
    >>> b.headline, b.parts["own"]
    (0.04, array([0.03, 0.01]))
    """

    parts: dict[str, Any]
    headline: Any
    residual: Any
    rounding: Any
    effects: tuple[str, ...]
    components: tuple[str, ...]
    depth: tuple[int, ...]
    array: NDArray[np.float64] = field(repr=False)
    gaps: NDArray[np.float64] = field(repr=False)
    of: str
    method: str
    labels: list[list[str]] = field(repr=False)
    flags: NDArray[np.uint32] | None = field(default=None, repr=False)
    rooted: bool = False
    stated: bool = False

    def __len__(self) -> int:
        return int(np.size(self.headline))

    @property
    def cases(self) -> list[str]:
        """What each case is called: its period, its region, or both."""
        return [", ".join(names) for names in product(*self.labels)]

    @property
    def totals(self) -> dict[str, Any]:
        """The headline's parts by effect, over all components."""
        tops = [k for k, depth in enumerate(self.depth) if depth == 0]
        sums = np.where(np.isnan(self.array), 0.0, self.array)[..., tops, :].sum(axis=-2)
        sums = np.where(np.isnan(np.asarray(self.headline))[..., None], np.nan, sums)
        return {effect: _plain(sums[..., k]) for k, effect in enumerate(self.effects)}

    def case(self, which: int | str = -1) -> Bridge:
        """One case alone, by its place or its name.

        Parameters
        ----------
        which : int or str
            By default the last.

        Returns
        -------
        Bridge

        Raises
        ------
        KeyError, IndexError
            There is none.
        """
        names = self.cases
        if isinstance(which, str):
            if which not in names:
                raise KeyError(f"no case {which!r}; there are {', '.join(names[:6])}")
            which = names.index(which)
        if not -len(names) <= which < len(names):
            raise IndexError(f"case {which} of {len(names)}")
        if self.array.ndim == 2:
            return self
        flat = self.array.reshape(-1, *self.array.shape[-2:])[which]
        gaps = self.gaps.reshape(-1, self.gaps.shape[-1])[which]
        headline, residual, rounding = (
            float(np.ravel(x)[which]) for x in (self.headline, self.residual, self.rounding)
        )
        flags = None if self.flags is None else np.ravel(self.flags)[which]
        parts = {effect: flat[:, k] for k, effect in enumerate(self.effects)}
        return replace(
            self, parts=parts, headline=headline, residual=residual, rounding=rounding, array=flat, gaps=gaps,
            labels=[[names[which]]], flags=flags,
        )  # fmt: skip

    def to_pandas(self) -> pd.DataFrame:
        """A row for each component (of each case) and one for the total; a column for each effect.

        Returns
        -------
        DataFrame
            Columns: the effects, ``residual`` where there can be one, ``rounding``, ``total``. Exact: each row adds up
            to its total, as do the components of one level with the residuals of those above them.
        """
        import pandas as pd

        frames = []
        for number, name in enumerate(self.cases):
            one = self.case(number)
            rows = [[*values, gap, 0.0] for values, gap in zip(one.array.tolist(), one.gaps.tolist(), strict=True)]
            totals = [[*row, _added(row)] for row in rows]
            last = [*one.totals.values(), one.residual, one.rounding, one.headline]
            if self.rooted:
                totals[0] = last
            else:
                totals.append(last)
            index = [*self.components, *([] if self.rooted else ["total"])]
            frame = pd.DataFrame(totals, columns=[*self.effects, "residual", "rounding", "total"], index=index)
            frame.index.name = "component"
            if self.array.ndim > 2:
                frame = pd.concat({name: frame}, names=["case"])
            frames.append(frame)
        whole = pd.concat(frames)
        return whole if self._has_residual() else whole.drop(columns="residual")

    def _has_residual(self) -> bool:
        return self.stated or bool(np.any(np.nan_to_num(self.gaps)))

    # ---- words -----------------------------------------------------------------------------------------------

    def _table(self) -> tuple[str, list[list[str]]]:
        """A title, and rows of texts under a head, of one case."""
        scale, digits, unit = _scale(self)
        title = f"{_TITLES[self.of]}{unit}"
        residual = self._has_residual()
        total = len(self.effects) > 1 or residual
        head = ["", *self.effects, *(["residual"] if residual else []), *(["total"] if total else [])]
        rows = [head]
        for k, name in enumerate(self.components):
            cells = [*self.array[k], *([self.gaps[k]] if residual else [])]
            if total:
                cells.append(_added([*self.array[k], self.gaps[k]]))
            if k == 0 and self.rooted:
                cells = self._last(residual, total)
            rows.append(["  " * self.depth[k] + name, *(_text(x, scale, digits) for x in cells)])
        if not self.rooted:
            rows.append(["total", *(_text(x, scale, digits) for x in self._last(residual, total))])
        return title, rows

    def _last(self, residual: bool, total: bool) -> list[float]:
        sums = list(self.totals.values())
        if not total:
            return [float(self.headline)]
        return [*sums, *([self.residual] if residual else []), self.headline]

    def __str__(self) -> str:
        one = self.case()
        title, rows = one._table()
        if len(rows) > _ROWS:
            rows = [*rows[: _ROWS - 2], ["..."] + [""] * (len(rows[0]) - 1), rows[-1]]
        if len(self) > 1:
            title = f"{title}, {one.cases[0]} (of {len(self)} cases)"
        elif one.cases[0]:
            title = f"{title}, {one.cases[0]}"
        return "\n".join([title, *aligned(rows, right=range(1, len(rows[0])))])

    def __repr__(self) -> str:
        return self.__str__()

    def _repr_html_(self) -> str:
        one = self.case()
        title, rows = one._table()
        where = f", {one.cases[0]}" if one.cases[0] else ""
        style, left = "text-align:right", "text-align:left;white-space:pre"
        head = tag("tr", *(tag("th", escaped(cell), style=style) for cell in rows[0]))
        body = "".join(
            tag(
                "tr",
                tag("th", escaped(row[0]), style=left),
                *(tag("td", escaped(cell), style=style) for cell in row[1:]),
            )
            for row in rows[1:]
        )
        table = tag("table", tag("caption", escaped(title + where)), tag("thead", head), tag("tbody", body))
        return tag("div", table, one.to_svg())

    # ---- drawings --------------------------------------------------------------------------------------------

    def steps(self, by: str | None = None, most: int = 12) -> list[Step]:
        """The bars of a waterfall, in per cent or in the unit, the last one the headline.

        Parameters
        ----------
        by : {"component", "effect"}, optional
            By default by component, unless there is one alone.
        most : int
            How many bars at most before the headline; the smallest then are one, "others".

        Returns
        -------
        list of Step

        Raises
        ------
        ValueError
            `by` is none of the two.
        """
        one = self.case()
        if by not in (None, "component", "effect"):
            raise ValueError(f"by: expected 'component' or 'effect', got {by!r}")
        scale, digits, _ = _scale(one)
        tops = [k for k, depth in enumerate(one.depth) if depth == int(one.rooted)]
        if by is None:
            by = "component" if len(tops) > 1 else "effect"
        if by == "effect":
            bars = [(name, float(value)) for name, value in one.totals.items()]
        else:
            bars = [(one.components[k], _added([*one.array[k], one.gaps[k]])) for k in tops]
        known = sorted(bars, key=lambda bar: -abs(bar[1]) if math.isfinite(bar[1]) else 0.0)
        if len(bars) > most:
            kept = {id(bar) for bar in known[: most - 1]}
            rest = math.fsum(value for bar in bars if id(bar) not in kept and math.isfinite(value := bar[1]))
            bars = [*(bar for bar in bars if id(bar) in kept), ("others", rest)]
        left = one.headline - math.fsum(value for _, value in bars if math.isfinite(value))
        if one._has_residual() and abs(left * scale) >= 0.5 * 10.0**-digits:
            bars.append(("residual", left))
        return [
            *(Step(name, value * scale, _text(value, scale, digits)) for name, value in bars),
            Step(one.components[0] if one.rooted else "total", one.headline * scale,
                 _text(one.headline, scale, digits), True),
        ]  # fmt: skip

    def to_svg(self, by: str | None = None) -> str:
        """The waterfall of the last case as SVG: bars from zero to the headline.

        Parameters
        ----------
        by : {"component", "effect"}, optional
            As of `steps`.

        Returns
        -------
        str
        """
        one = self.case()
        title = _TITLES[one.of] + (f", {one.cases[0]}" if one.cases[0] else "")
        return waterfall(self.steps(by), title + _scale(one)[2])

    def plot(self, ax: Any = None, *, by: str | None = None) -> Any:
        """The same with matplotlib; of several cases, bars of parts on top of one another along them.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            By default a new figure's.
        by : {"component", "effect"}, optional
            As of `steps`.

        Returns
        -------
        matplotlib Axes
        """
        return plotted(self, ax, by)


def _plain(x: Any) -> Any:
    return float(x) if np.ndim(x) == 0 else x


def _added(values: Any) -> float:
    total = 0.0
    for value in values:  # exact, as all lie on one grid
        total += float(value)
    return total


def _scale(one: Bridge) -> tuple[float, int, str]:
    """What figures are multiplied by for those who read them, how many digits they then see, and the unit's words."""
    if one.of != "level":
        size = float(np.nanmax(np.abs([one.headline, *one.totals.values()]), initial=0.0)) * 100
        return 100.0, 2 if size < 100 else 1, ", in per cent"
    values = np.abs(one.array[np.isfinite(one.array)])
    size = float(max(values.max(initial=0.0), abs(one.headline) if math.isfinite(one.headline) else 0.0))
    return 1.0, min(max(0, 3 - math.floor(math.log10(size))), 9) if size else 0, ""


def _text(value: float, scale: float, digits: int) -> str:
    if math.isnan(value):
        return "missing"
    text = f"{value * scale:,.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text
