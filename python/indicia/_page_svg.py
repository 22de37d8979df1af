"""Small drawings: elements, scales, and the charts of a page. Texts are escaped, colours are the style's.

A drawing is one `svg` element with a title and a description, readable without its colours and without a script.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count

from indicia._tables import shown, width

__all__ = ["Mark", "Scale", "Strip", "bars", "cut", "drawing", "escaped", "line", "strips", "tag", "ticks", "wide"]

SIZE = 14.0  # of letters of 13 pixels, and what fonts differ by: nobody measures text here
PARTS = {  # of that size, by letter; 0.56 otherwise
    **dict.fromkeys("fijlt.,:;'|!()[]I ", 0.31), **dict.fromkeys("r-/", 0.37), **dict.fromkeys("mwMW%", 0.88),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ", 0.71),
}  # fmt: skip
ROW = 26.0
SMALL = 0.88  # of the smaller letters


def escaped(text: str) -> str:
    """A text as it may stand in an element or an attribute; what isn't printable is a blank."""
    return html.escape(shown(text))


def tag(name: str, *inside: str, **attributes: str | float | None) -> str:
    """One element; ``class_`` is class, ``stroke_width`` is stroke-width, None is left out.

    Examples
    --------
    >>> tag("rect", x=1.25, class_="bar")
    '<rect x="1.25" class="bar"/>'
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_plain(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def _plain(value: str | float) -> str:
    return escaped(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def _text(x: float, y: float, words: str, class_: str | None = None, anchor: str | None = None) -> str:
    return tag("text", escaped(words), x=x, y=y, class_=class_, text_anchor=anchor)


def wide(text: str) -> float:
    """About how many pixels a text of the page's charts takes, on the wide side."""
    return SIZE * sum(PARTS.get(letter, 0.56) if letter.isascii() else 0.52 * width(letter) or 0.56 for letter in text)


def cut(text: str, room: float) -> str:
    """A text that fits, with an ellipsis where it was cut.

    Examples
    --------
    >>> cut("Guangzhou", 100), cut("Guangzhou", 40)
    ('Guangzhou', 'Guan…')
    """
    if wide(text) <= room:
        return text
    while text and wide(text) > room:
        text = text[:-1]
    return text.rstrip() + "…"


_numbers = count(1)


def drawing(size: tuple[float, float], title: str, description: str, *inside: str, class_: str = "chart") -> str:
    """The svg element around a chart: its name for those who hear it, and what it shows."""
    number = next(_numbers)
    names = f"t{number}", f"d{number}"
    return tag(
        "svg", tag("title", escaped(title), id=names[0]), tag("desc", escaped(description), id=names[1]), *inside,
        viewBox=f"0 0 {_plain(size[0])} {_plain(size[1])}", width=size[0], height=size[1], role="img",
        aria_labelledby=" ".join(names), class_=class_,
    )  # fmt: skip


# ---- scales --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """Where a value stands between two places of a drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        part = 0.5 if span == 0 else (min(max(value, self.low), self.high) - self.low) / span
        return self.start + part * (self.end - self.start)


def ticks(low: float, high: float, most: int = 6) -> list[tuple[float, str]]:
    """Round values between two ends, at most so many, with their texts.

    Examples
    --------
    >>> ticks(0, 0.42, 5)
    [(0.0, '0.0'), (0.1, '0.1'), (0.2, '0.2'), (0.3, '0.3'), (0.4, '0.4')]
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return []
    power = math.floor(math.log10((high - low) / most))
    for step in (Fraction(10) ** power * whole for whole in (1, 2, 5, 10, 20)):
        first, last = math.ceil(Fraction(low) / step), math.floor(Fraction(high) / step)
        if last - first < most:
            digits = max(0, -math.floor(math.log10(step)))
            form = f",.{digits}f" if digits < 7 and max(abs(low), abs(high)) < 1e12 else ".4g"
            return [(float(n * step), f"{float(n * step):{form}}") for n in range(first, last + 1)]
    return []


# ---- bars ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One row of a chart of bars.

    Attributes
    ----------
    label : str
    value : float
        NaN where there is none.
    text : str
        What stands at the end of the bar: the value, or why there is none.
    class_ : str
        Of the bar: "lead" stands out, "dim" steps back.
    """

    label: str
    value: float
    text: str
    class_: str = ""


def bars(
    marks: Sequence[Mark],
    title: str,
    description: str,
    *,
    reference: tuple[float, str] | None = None,
    across: float = 440,
) -> str:
    """Bars from one line of zero, each with its name before and its value behind."""
    known = [mark.value for mark in marks if math.isfinite(mark.value)]
    at = [] if reference is None else [reference[0]]
    low, high = min([0.0, *known, *at]), max([0.0, *known, *at])
    names = min(max((wide(mark.label) for mark in marks), default=0), 190) + 10
    ends = max((wide(mark.text) for mark in marks if math.isfinite(mark.value)), default=0) + 10
    scale = Scale(low, high, names + (ends if low < 0 else 0), across - ends)
    top = 22.0 if reference is not None else 4.0
    bottom = top + ROW * len(marks)
    zero, drawn, said = scale(0.0), [], []
    for number, mark in enumerate(marks):
        middle = top + ROW * number + ROW / 2
        y = middle + 4.5
        said.append(_text(names - 10, y, cut(mark.label, 190), f"name {mark.class_}".rstrip(), "end"))
        if not math.isfinite(mark.value):
            said.append(_text(zero + 6, y, cut(mark.text, across - zero - 10), "muted"))
            continue
        end, right = scale(mark.value), mark.value >= 0
        class_ = f"bar {mark.class_}".rstrip()
        long = max(abs(end - zero), 0.75)
        drawn.append(tag("rect", x=min(zero, end), y=middle - 8, width=long, height=16, class_=class_))
        place = end + (6 if right else -6)
        said.append(_text(place, y, mark.text, f"value {mark.class_}".rstrip(), None if right else "end"))
    drawn.append(tag("line", x1=zero, x2=zero, y1=top, y2=bottom, class_="axis"))
    if reference is not None:
        x = scale(reference[0])
        left = x + wide(reference[1]) / 2 > across
        drawn.append(tag("line", x1=x, x2=x, y1=top - 4, y2=bottom, class_="reference"))
        said.append(_text(across if left else x, 12, reference[1], "muted", "end" if left else "middle"))
    inside = [*drawn, *said]
    return drawing((across, bottom + 4), title, description, *inside)


# ---- lines ---------------------------------------------------------------------------------------------------------


def line(
    values: Sequence[float], others: Iterable[Sequence[float]], ends: tuple[float, float], title: str, description: str,
    *, foot: tuple[str, str], base: float | None = None,
) -> str:  # fmt: skip
    """One of many small charts on one scale: a line before those of all others, its last value written beside it."""
    across, high = 168.0, 92.0
    right = across - 10 - max(22.0, *(SMALL * wide(_brief(end)) for end in ends))
    x = Scale(0, max(len(values) - 1, 1), 4, right)
    y = Scale(*ends, high - 18, 10)
    inside = []
    if base is not None:
        inside.append(tag("line", x1=4, x2=right, y1=y(base), y2=y(base), class_="rule"))
    inside += [tag("path", d=path, class_="other") for path in (_path(other, x, y) for other in others) if path]
    if path := _path(values, x, y):
        inside.append(tag("path", d=path, class_="line"))
    known = [i for i, value in enumerate(values) if math.isfinite(value)]
    if known:
        last = known[-1]
        inside.append(tag("circle", cx=x(last), cy=y(values[last]), r=2.6, class_="dot"))
        inside.append(_text(x(last) + 6, y(values[last]) + 4, _brief(values[last]), "value small"))
    inside.append(_text(4, high - 3, foot[0], "muted small"))
    inside.append(_text(right, high - 3, foot[1], "muted small", "end"))
    return drawing((across, high), title, description, *inside, class_="chart panel")


def _brief(value: float) -> str:
    return (f"{value:,.0f}" if abs(value) < 1e6 else f"{value:.2g}").replace("-", "\N{MINUS SIGN}")


def _path(values: Sequence[float], x: Scale, y: Scale) -> str:
    """A line through the known values, broken where there is none; one value alone is a short stroke."""
    parts, pen = [], False
    for i, value in enumerate(values):
        if not math.isfinite(value):
            pen = False
            continue
        parts.append(f"{'L' if pen else 'M'}{x(i):.1f} {y(value):.1f}")
        pen = True
    return "".join(parts)


# ---- intervals -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Strip:
    """One row of a chart of intervals.

    Attributes
    ----------
    label, below, text : str
        Before it, in a second line before it, and behind it.
    low, high : float
        Its ends; infinite where it is open, NaN for a row that says only its text.
    class_ : str
        "published", "implied" or "exact"; the verdict's class besides.
    mark : float, optional
        The figure as printed, or a claim.
    """

    label: str
    low: float
    high: float
    text: str = ""
    class_: str = "published"
    mark: float | None = None
    below: str = ""


@dataclass
class _Room:
    """What of an axis a chart of intervals shows."""

    low: float = math.inf
    high: float = -math.inf
    half_open: list[float] = field(default_factory=list)

    def take(self, strip: Strip) -> None:
        ends = [end for end in (strip.low, strip.high) if math.isfinite(end)]
        whole = len(ends) == 2
        if strip.mark is not None and math.isfinite(strip.mark):
            ends.append(strip.mark)
            whole = True
        if whole:
            self.low, self.high = min(self.low, *ends), max(self.high, *ends)
        else:
            self.half_open += ends

    def ends(self) -> tuple[float, float]:
        if self.low > self.high:
            known = self.half_open or [0.0]
            self.low, self.high = min(known), max(known)
        size = abs(self.high) or 1.0
        span = max(self.high - self.low, 1e-9 * size)
        near = [end for end in self.half_open if self.low - 0.6 * span <= end <= self.high + 0.6 * span]
        self.low, self.high = min(self.low, *near, self.low), max(self.high, *near, self.high)
        span = self.high - self.low or 0.1 * size
        return self.low - 0.08 * span, self.high + 0.08 * span


def strips(
    rows: Sequence[Strip], title: str, description: str, *, band: tuple[float, float, str] | None = None,
    from_zero: bool = False, across: float = 620,
) -> str:  # fmt: skip
    """Intervals on one axis, each with its name before and its figures behind; open ends run out as arrows.

    `band` is an interval that all rows are held against: shaded from top to bottom, named above. `from_zero` lets the
    axis begin at zero, and draws a stem from there to each interval.
    """
    room = _Room()
    for row in rows:
        room.take(row)
    if band is not None:
        room.take(Strip("", band[0], band[1]))
    low, high = room.ends()
    if from_zero:
        low = 0.0
    most = 290.0 if across > 600 else 216.0
    names = min(max((max(wide(row.label), SMALL * wide(row.below)) for row in rows), default=0), most) + 12
    ends = min(max((wide(row.text) for row in rows), default=0), 190) + 10
    scale = Scale(low, high, names + 10, across - ends - 10)
    each = ROW + 12 if any(row.below for row in rows) else ROW
    top = 24.0 if band is not None else 6.0
    bottom = top + each * len(rows)
    inside = []
    for value, text in ticks(low, high, max(2, int((scale.end - scale.start) / 48))):
        x = scale(value)
        inside.append(tag("line", x1=x, x2=x, y1=top, y2=bottom, class_="rule"))
        inside.append(_text(x, bottom + 15, text, "muted small", "middle"))
    if band is not None:
        left, right = scale(band[0]), scale(band[1])
        long = max(right - left, 1.5)
        inside.append(tag("rect", x=left, y=top - 4, width=long, height=bottom - top + 4, class_="band"))
        half, middle = wide(band[2]) / 2, (left + right) / 2
        inside.append(_text(min(max(middle, half), across - half), 13, band[2], "name", "middle"))
    for number, row in enumerate(rows):
        middle = top + each * number + each / 2
        lift = 2.5 if row.below else -4.5
        inside.append(_text(names - 2, middle - lift, cut(row.label, most), "name", "end"))
        if row.below:
            inside.append(_text(names - 2, middle + 11.5, cut(row.below, most / SMALL), "muted small", "end"))
        if from_zero and 0 < row.low < math.inf and row.high < math.inf:
            inside.append(tag("line", x1=scale(0), x2=scale(row.low), y1=middle, y2=middle, class_="stem"))
        inside += _strip(row, scale, middle)
        inside.append(_text(across - ends + 4, middle + 4.5, cut(row.text, 190), "value"))
    return drawing((across, bottom + 22), title, description, *inside)


def _strip(row: Strip, scale: Scale, middle: float) -> list[str]:
    if math.isnan(row.low) or math.isnan(row.high):
        return []
    left, right = scale(row.low), scale(row.high)
    open_left, open_right = row.low < scale.low, row.high > scale.high
    inside = []
    if row.low == row.high:
        x, size = left, 6.0
        inside.append(
            tag(
                "path",
                d=f"M{x:.1f} {middle - size}l{size} {size}l-{size} {size}l-{size} -{size}z",
                class_=f"point {row.class_}",
            )
        )
    elif right < scale.start or left > scale.end:
        return []
    else:
        inside.append(
            tag("rect", x=left, y=middle - 6, width=max(right - left, 2), height=12, class_=f"interval {row.class_}")
        )
    for there, x, way in ((open_left, scale.start, -1), (open_right, scale.end, 1)):
        if there:
            inside.append(
                tag("path", d=f"M{x:.1f} {middle - 6}l{8 * way} 6l{-8 * way} 6z", class_=f"interval {row.class_} arrow")
            )
    if row.mark is not None and math.isfinite(row.mark):
        x = scale(row.mark)
        inside.append(tag("line", x1=x, x2=x, y1=middle - 9, y2=middle + 9, class_="mark"))
    return inside
