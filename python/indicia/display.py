"""How the containers show themselves: a few lines of text, a small table of HTML in a notebook."""

from __future__ import annotations

import html
from typing import Any

import numpy as np

from indicia._labels import Labelled
from indicia._times import span_text
from indicia.flags import Flag

__all__ = ["describe", "describe_html"]

WIDTH = 100


def describe(container: Labelled) -> str:
    """What a container holds, in a few lines of text.

    Parameters
    ----------
    container : Observations or Cube

    Returns
    -------
    str

    Examples
    --------
    >>> from indicia import Cube
    >>> from indicia.display import describe
    >>> cube = Cube.from_arrays([[1.0, float("nan")]], ["geo", "time"], {"geo": ["CN"], "time": ["2022", "2023"]},
    ...                         flags=[[4, 0]], unit="EUR", multiplier=6)
    >>> print(describe(cube))
    Cube
      dims    geo 1 x time 2
      span    2022 to 2023 (annual)
      missing 1 of 2 (50 %)
      flags   ESTIMATED 1
      unit    10**6 EUR
    """
    lines = [type(container).__name__]
    for name, text in _facts(container):
        lines.append(f"  {name:<7} {_cut(text, WIDTH)}")
    return "\n".join(lines)


def describe_html(container: Labelled) -> str:
    """The same as a small table of HTML, for notebooks; everything that comes from the data is escaped.

    Parameters
    ----------
    container : Observations or Cube

    Returns
    -------
    str

    Examples
    --------
    >>> from indicia import Cube
    >>> from indicia.display import describe_html
    >>> "&lt;b&gt;" in describe_html(Cube(["<b>"], {"<b>": ["x"]}, None, [1.0]))
    True
    """
    head = html.escape(type(container).__name__)
    title = container.attrs.get("title")
    if title is not None:
        head += f": {html.escape(_cut(_words(title), 200))}"
    rows = [
        f'<tr><th style="text-align:left">{html.escape(name)}</th>'
        f'<td style="text-align:left">{html.escape(_cut(text, 400))}</td></tr>'
        for name, text in [*_facts(container), *_codes(container)]
        if name != "title"
    ]
    caption = f'<thead><tr><th colspan="2" style="text-align:left">{head}</th></tr></thead>'
    return f"<table>{caption}<tbody>{''.join(rows)}</tbody></table>"


def _facts(container: Labelled) -> list[tuple[str, str]]:
    facts: list[tuple[str, str]] = []
    attrs = container.attrs
    if "title" in attrs:
        facts.append(("title", _words(attrs["title"])))
    sizes = [f"{dim} {len(codes):,}" for dim, codes in container.codes.items()]
    cells = container.values.size
    dense = container.values.shape
    is_cube = hasattr(container, "shape")
    if container.time is not None:
        sizes.append(f"time {dense[-1]:,}" if is_cube else "time")
    facts.append(("dims", " x ".join(sizes) or "none"))
    if not is_cube:
        facts.append(("rows", f"{cells:,}"))
    if container.time is not None:
        facts.append(("span", span_text(container.time) or "no period"))
    missing = int(np.count_nonzero(np.isnan(container.values)))
    facts.append(("missing", f"{missing:,} of {cells:,}" + (f" ({_share(missing, cells)})" if missing else "")))
    if container.flags is not None:
        counts = [f"{name} {n:,}" for name, n in flag_counts(container.flags)]
        if counts:
            facts.append(("flags", ", ".join(counts)))
    if (unit := _unit(container)) is not None:
        facts.append(("unit", unit))
    facts += [(name, _words(attrs[name])) for name in ("source", "updated") if name in attrs]
    if attrs.get("selected"):
        facts.append(("selected", ", ".join(f"{dim}={code}" for dim, code in attrs["selected"].items())))
    return facts


def flag_counts(flags: Any) -> list[tuple[str, int]]:
    """How many cells have each flag, in the order of the bits: exact, and quick where most cells have none."""
    marked = flags[flags != 0]
    together = int(np.bitwise_or.reduce(marked)) if marked.size else 0
    return [(str(f.name), int(np.count_nonzero(marked & np.uint32(f)))) for f in Flag if together & f]


def _share(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "under 1 %" if share < 1 else f"{share:.0f} %"


def _unit(container: Labelled) -> str | None:
    unit, multiplier = container.unit, container.multiplier
    if unit is None and not isinstance(multiplier, np.ndarray) and not multiplier:
        return None
    if isinstance(unit, np.ndarray):
        names = list(dict.fromkeys(str(u) for u in unit.flat if u is not None))
        words = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "") + " (by series)"
    else:
        words = unit or "not stated"
    if isinstance(multiplier, np.ndarray):
        return f"{words}, multiplier by series"
    return f"10**{multiplier} {words}" if multiplier else words


def _codes(container: Labelled) -> list[tuple[str, str]]:
    rows = []
    for dim, codes in container.codes.items():
        labels = container.labels.get(dim, {})
        shown = [f"{code} ({labels[code]})" if code in labels else code for code in codes[:5]]
        more = f" and {len(codes) - 5:,} more" if len(codes) > 5 else ""
        rows.append((f"codes of {dim}", ", ".join(shown) + more))
    return rows


def _words(value: Any) -> str:
    return " ".join(str(value).split())


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
