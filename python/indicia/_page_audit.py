"""The audit of a ledger on a page: the claims with their verdicts, then the figures, drawn and in tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

from indicia._audit_view import Case, Claim, Figure, Section, View, ends_text, worst
from indicia._page_svg import Strip, escaped, strips, tag
from indicia.audit import Verdict

__all__ = ["audited"]

NEAR = 5  # widths of what a chart must show; as far off may be what it shows besides
PARTS_OF_ONE = ("per cent", "percentage points")
WORDS = {
    Verdict.CERTAIN: "every value that the figures may stand for satisfies it",
    Verdict.POSSIBLE: "some values do, some don't",
    Verdict.CONTRADICTED: "no value does",
    Verdict.UNKNOWN: "a figure is missing, or the audit can't tell",
}
_GLYPHS = {
    Verdict.CERTAIN: '<circle cx="7" cy="7" r="6" class="full"/>',
    Verdict.POSSIBLE: '<circle cx="7" cy="7" r="5.4" class="rim"/>'
    '<path d="M7 1.6a5.4 5.4 0 0 0 0 10.8z" class="full"/>',
    Verdict.CONTRADICTED: '<rect x="0.6" y="0.6" width="12.8" height="12.8" class="full"/>'
    '<path d="M4 4l6 6M10 4l-6 6" class="cross"/>',
    Verdict.UNKNOWN: '<circle cx="7" cy="7" r="5.4" class="rim gone"/>',
}


def audited(view: View) -> list[str]:
    """The sections of a page, without its title."""
    parts = []
    if view.note:
        parts.append(tag("p", escaped(view.note), class_="lede"))
    if view.claims:
        parts.append(_tally(view))
        parts.append(tag("section", tag("h2", "What is claimed"), _claims(view.claims)))
    if view.conflicts:
        sub = tag("p", "All of it together is impossible; without any one of it, it is not.", class_="sub")
        sets = [tag("ul", *(tag("li", escaped(words)) for words in one), class_="conflict") for one in view.conflicts]
        parts.append(tag("section", tag("h2", "What can't be true together"), sub, *sets))
    parts += [_section(section) for section in view.sections]
    if view.sources:
        parts.append(_sources(view))
    return parts


def verdict(found: Verdict) -> str:
    """A verdict as a sign and a word: the shape tells it without the colour."""
    name = found.name.lower()
    sign = f'<svg viewBox="0 0 14 14" aria-hidden="true" focusable="false">{_GLYPHS[found]}</svg>'
    return tag("span", sign, name, class_=f"verdict {name}")


def _tally(view: View) -> str:
    items = [
        tag("li", tag("b", str(count)), verdict(found), tag("span", escaped(WORDS[found]), class_="why"))
        for found, count in view.tally().items()
        if count
    ]
    return tag("ul", *items, class_="tally")


def _claims(claims: Sequence[Claim]) -> str:
    head = tag("tr", *(tag("th", text, scope="col") for text in ("claim", "verdict", "because")))
    rows = []
    for claim in claims:
        formula = tag("span", escaped(claim.formula), class_="why formula")
        assumed = "".join(tag("span", escaped(f"Assumed: {text}"), class_="why") for text in claim.assumes)
        for number, (found, cases) in enumerate(_grouped(claim.cases)):
            first = tag("th", escaped(claim.words), formula, scope="row") if number == 0 else tag("td", "")
            said = "".join(_because(case) for case in cases)
            last = number == len({case.verdict for case in claim.cases}) - 1
            cells = first, tag("td", verdict(found)), tag("td", said, assumed if last else "")
            rows.append(tag("tr", *cells, class_=None if last else "more"))
    return tag("div", tag("table", tag("thead", head), tag("tbody", *rows), class_="claims"), class_="scroll")


def _because(case: Case) -> str:
    which = tag("span", escaped(case.which), class_="case") + " " if case.which else ""
    return tag("span", which, escaped(case.reason), class_="reason")


def _grouped(cases: Sequence[Case]) -> list[tuple[Verdict, list[Case]]]:
    """Cases by verdict, in the order in which verdicts appear."""
    groups: dict[Verdict, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.verdict, []).append(case)
    return list(groups.items())


# ---- sections ------------------------------------------------------------------------------------------------------


def _section(section: Section) -> str:
    groups = _groups(section)
    charts = sorted(
        (_chart(section, group, len(groups) == 1) for group in groups), key=lambda chart: "wide" not in chart
    )
    return tag(
        "section",
        tag("h2", escaped(section.heading)),
        tag("div", *charts, class_="charts"),
        _figures(section),
    )


def _groups(section: Section) -> list[list[Figure]]:
    """Figures of one unit that a chart can hold together: what claims are of or the audit found, and what lies near."""
    claimed = {name for claim in section.claims for name in claim.names}
    groups: dict[str, list[Figure]] = {}
    for figure in section.figures:
        if (figure.ends is not None and not all(map(math.isinf, figure.ends))) or figure.key in claimed:
            groups.setdefault(figure.unit, []).append(figure)
    chosen = []
    for figures in groups.values():
        first = [f for f in figures if f.ends is not None and (f.key in claimed or not f.published)]
        closed = [f.ends for f in first if f.ends is not None and all(map(math.isfinite, f.ends))]
        if not closed:
            continue
        low, high = min(low for low, _ in closed), max(high for _, high in closed)
        room = NEAR * (high - low)
        near = [f for f in figures if f in first or (f.ends and low - room <= f.ends[0] and f.ends[1] <= high + room)]
        chosen.append(near)
    return [figures for figures in chosen if len(figures) > 1]


def _chart(section: Section, figures: Sequence[Figure], alone: bool) -> str:
    band, rows = _band(section, figures)
    common = _common(section, rows)
    drawn = [_strip(section, figure, common) for figure in rows]
    unit = rows[0].unit or "number"
    title = f"{unit[:1].upper()}{unit[1:]}"
    said = "; ".join(", ".join(text for text in (row.label, row.below, row.text) if text) for row in drawn)
    shaded = None
    if band is not None and band.ends is not None:
        shaded = (*band.ends, f"{band.label}: {ends_text(band.ends)}")
        said = f"{shaded[2]}, shaded; {said}"
    wide = alone or shaded is not None
    lows = [row.low for row in drawn if math.isfinite(row.low)]
    from_zero = unit in PARTS_OF_ONE and bool(lows) and min(lows) > 0
    chart = strips(
        drawn, f"{section.heading}: {unit}", said, band=shaded, from_zero=from_zero, across=860 if wide else 470
    )
    heading = tag("h3", escaped(title), tag("span", escaped(f", {common}")) if common else "")
    return tag("figure", heading, chart, class_="wide" if wide else "half")


def _common(section: Section, rows: Sequence[Figure]) -> str:
    """What rows that are named by their places have all in common."""
    told = {", ".join(text for text in (row.label, row.period) if text) for row in rows}
    return told.pop() if len(told) == 1 and _by_place(section, rows[0]) and len(rows) > 1 else ""


def _by_place(section: Section, figure: Figure) -> bool:
    return not section.place and bool(figure.place)


def _band(section: Section, figures: Sequence[Figure]) -> tuple[Figure | None, list[Figure]]:
    """Of a claim that two quantities are equal, the one that is the same in all cases: what others are held against."""
    count: dict[str, int] = {}
    for figure in figures:
        count[figure.key] = count.get(figure.key, 0) + 1
    for claim in section.claims:
        there = [name for name in claim.names if name in count]
        if " = " in claim.formula and len(claim.names) == 2 and len(there) == 2:
            single = [name for name in there if count[name] == 1]
            if len(single) == 1:
                band = next(figure for figure in figures if figure.key == single[0])
                return band, [figure for figure in figures if figure is not band]
    return None, list(figures)


def _strip(section: Section, figure: Figure, common: str) -> Strip:
    low, high = figure.ends if figure.ends is not None else (math.nan, math.nan)
    kind = figure.kind if figure.kind not in ("", "outcome") else ""
    label, besides = (figure.place, figure.label) if _by_place(section, figure) else (figure.label, "")
    words = (figure.case, kind) if common else (besides, figure.period, figure.case, "" if kind in besides else kind)
    mark = None if low == high else figure.mark
    text = figure.said or ends_text(figure.ends)
    return Strip(label, low, high, text, _style(section, figure), mark, ", ".join(filter(None, words)))


def _style(section: Section, figure: Figure) -> str:
    if figure.forecast:
        return "forecast"
    if figure.published:
        return "target" if figure.kind in ("target", "claim") else "published"
    for claim in section.claims:
        found = {case.verdict for case in claim.cases if case.which == figure.case}
        if figure.key in claim.names and found and len({case.which for case in claim.cases}) > 1:
            return worst([case for case in claim.cases if case.which == figure.case]).name.lower()
    return "implied"


def _figures(section: Section) -> str:
    from indicia._page_brief import table

    figures, place = section.figures, section.place
    columns = [("quantity", False), ("where, when", False), ("case", False), ("published", True)]
    columns += [("stands for", True), ("unit", False), ("source", False)]
    rows = []
    for figure in figures:
        said = figure.said + (" f" if figure.forecast else "")
        where = figure.period if figure.place in ("", place) else figure.where
        rows.append([figure.label, where, figure.case, said, figure.text, figure.unit, figure.source])
    keep = [i for i in range(len(columns)) if i in (0, 3, 4) or any(row[i] for row in rows)]
    notes = ["f: forecast, a projection and not an outcome"] if any(figure.forecast for figure in figures) else []
    notes += [f"Assumed for what is implied: {text}" for text in section.assumes]
    notes += list(dict.fromkeys(f"{figure.label}, {figure.said}: {figure.note}" for figure in figures if figure.note))
    below = tag("ul", *(tag("li", escaped(note)) for note in notes), class_="notes plain") if notes else ""
    return table([columns[i] for i in keep], [[row[i] for i in keep] for row in rows]) + below


def _sources(view: View) -> str:
    items = []
    for key, text, address in view.sources:
        link = (
            tag("a", escaped(address), href=address)
            if address.startswith(("http://", "https://"))
            else escaped(address)
        )
        items.append(tag("li", tag("b", escaped(key)), escaped(f": {text}"), f" {link}" if address else ""))
    return tag("section", tag("h2", "Sources"), tag("ul", *items, class_="notes plain"))
