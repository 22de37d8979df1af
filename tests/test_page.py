"""The page of a brief: well-formed, by itself, for every scheme and reader, with all figures in it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from page_checks import check_alone, check_heard, check_inside, texts, tree

import indicia
from indicia import _page_svg as svg
from indicia._brief_show import grid
from indicia.brief import brief
from indicia.cli import main

NAN, INF = float("nan"), float("inf")


def made(values, *, labels=None, unit="EUR", years=range(2018, 2024)):
    """A brief of members with one figure a year each."""
    rows = [(code, str(year), value) for code, line in values.items() for year, value in zip(years, line, strict=False)]
    return indicia.Observations.from_arrays(
        {"geo": [code for code, _, _ in rows]}, [value for *_, value in rows], time=[time for _, time, _ in rows],
        labels={"geo": labels or {}}, unit=unit, multiplier=6,
    )  # fmt: skip


@pytest.fixture(scope="module")
def built_in():
    return brief()


def test_the_page_of_the_built_in_table(built_in):
    page = built_in.to_page()
    root = tree(page)
    check_alone(page)
    check_heard(root)
    check_inside(root)
    said = texts(root)
    for row in grid(built_in).cells:
        for cell in row:
            shown = "\N{MINUS SIGN}" + cell[1:] if re.match(r"-\d", cell) else cell
            assert not cell or shown in said
    for foot in grid(built_in).feet:
        assert foot in said
    assert root.find("head/title").text == "Gross domestic product, 2024"
    lede = "Macao grew fastest in 2024, by 9.20 %; Foshan grew least, by 0.65 %."
    assert f"{lede} The 9 members in CNY together grew by 4.67 %." in said


def test_both_schemes_and_paper():
    style = re.search(r"<style>(.*?)</style>", brief().to_page(), re.S)[1]
    blocks = re.findall(r":root\s*\{(.*?)\}", style, re.S)
    assert len(blocks) == 3
    light, dark, paper = (dict(re.findall(r"--([a-z]+):\s*(#[0-9a-f]+)", block)) for block in blocks)
    assert set(light) == set(dark) == set(paper)
    used = set(re.findall(r"var\(--([a-z]+)\)", style)) - {"serif", "sans"}
    assert used <= set(light)

    def shine(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        lines = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * lines[0] + 0.7152 * lines[1] + 0.0722 * lines[2]

    def contrast(a, b):
        bright, dim = sorted((shine(a), shine(b)), reverse=True)
        return (bright + 0.05) / (dim + 0.05)

    for scheme in (light, dark, paper):  # WCAG 2.2: 4.5 for text, 3 for what is drawn
        for name in ("ink", "muted", "certain", "possible", "contradicted", "unknown"):
            assert contrast(scheme[name], scheme["paper"]) >= 4.5, name
        for name in ("bar", "lead", "mark"):
            assert contrast(scheme[name], scheme["paper"]) >= 3, name
    assert "@media print" in style
    assert "prefers-color-scheme: dark" in style


def test_bars_are_as_long_as_the_figures_say(built_in):
    root = tree(built_in.to_page())
    chart = next(root.iter("svg"))
    bars = [float(rect.get("width")) for rect in chart.iter("rect")]
    rates = [row.growth for row in built_in]
    assert len(bars) == len(rates) == 11
    for bar, rate in zip(bars, rates, strict=True):
        assert bar / bars[0] == pytest.approx(rate / rates[0], abs=1e-3)


def test_falls_go_to_the_left():
    page = brief(
        made({"A": [100, 100, 100, 100, 100, 90], "B": [100, 100, 100, 100, 100, 120]}), population=None
    ).to_page()
    root = tree(page)
    check_inside(root)
    chart = next(root.iter("svg"))
    up, down = ((float(rect.get("x")), float(rect.get("width"))) for rect in chart.iter("rect"))
    axis = next(line for line in chart.iter("line") if line.get("class") == "axis")
    assert float(axis.get("x1")) == pytest.approx(up[0], abs=0.02) == pytest.approx(sum(down), abs=0.02)
    assert up[1] == pytest.approx(2 * down[1], abs=0.03)
    assert "A fell most, by 10.00 %" in page


@pytest.mark.parametrize(
    "labels",
    [
        {"A": '<script>alert("&")</script>', "B": "'\"><img src=x onerror=alert(1)>"},
        {"A": "深圳市深汕特别合作区及其他各区各县各镇各村各街道", "B": "Île-de-France\u202e\x1b[31m"},
        {"A": "a member whose name goes on and on " * 5, "B": ""},
    ],
)
def test_names_from_files_stay_texts(labels):
    page = brief(made({"A": [1, 2, 3, 4, 5, 6], "B": [1, 2, 3, 4, 5, 7]}, labels=labels)).to_page()
    check_alone(page)
    root = tree(page)
    check_heard(root)
    assert "\x1b" not in page
    assert any(labels["A"].strip() in text for text in texts(root))


@pytest.mark.parametrize(
    "values",
    [
        {"A": [NAN] * 6, "B": [NAN, NAN, NAN, NAN, 4.0, 5.0]},
        {"A": [0.0] * 6, "B": [0.0, 0, 0, 0, 0, 1]},
        {"A": [-1.0, -2, -3, -2, -1, -2], "B": [5.0, 4, 3, 2, 1, 1]},
        {"A": [1e-300, 1, 1e300, 1e12, 1, 1], "B": [1, NAN, 1, NAN, 1, 1e-9]},
        {"A": [1.0]},
    ],
)
def test_odd_figures_still_make_a_page(values):
    page = brief(made(values), min_coverage=0.1).to_page()
    check_alone(page)
    check_heard(tree(page))
    assert not re.search(r'="(nan|-?inf)"', page)


def test_members_without_a_rate_are_counted_not_drawn():
    page = brief(made({"A": [1.0, 2, 3, 4, 5, 6], "B": [-1.0, -1, -1, -1, -1, -1], "C": [NAN] * 6})).to_page()
    root = tree(page)
    chart = next(root.iter("svg"))
    assert [rect.get("class") for rect in chart.iter("rect")] == ["bar lead"]
    assert "without a rate: the table says why." in page
    assert "\N{MINUS SIGN}1" in page


def test_many_members_are_cut_and_said():
    page = brief(made({f"M{i:04}": [100.0, 101, 102, 103, 104, 105 + i] for i in range(1200)})).to_page()
    root = tree(page)
    check_inside(root)
    assert len(list(next(root.iter("table")).find("tbody"))) == 1000
    assert "The 40 that grew fastest of 1,200." in page
    assert "The 40 largest of 1,200." in page
    assert "24 of 1,200 members" in page
    assert "the first 1,000 of 1,200 members" in page


def test_the_command_writes_the_page(tmp_path, capsys):
    out = tmp_path / "out.html"
    assert main(["brief", "--peers", "SZ,GZ", "--html", str(out)]) == 0
    assert capsys.readouterr().out == ""
    page = out.read_text(encoding="utf-8")
    check_alone(page)
    assert "Shenzhen" in page
    assert main(["brief", "--peers", "SZ,GZ", "--html", "-"]) == 0
    assert tree(capsys.readouterr().out) is not None
    assert main(["brief", "--peers", "SZ,GZ", "--json", "--html", str(out)]) == 0
    assert capsys.readouterr().out.startswith("{")
    data = tmp_path / "data.csv"
    data.write_text("geo,time,value\nA,2022,1\nA,2023,2\nB,2022,1\nB,2023,3\n")
    assert main(["brief", str(data), "--html", str(out)]) == 0
    check_heard(tree(out.read_text(encoding="utf-8")))
    assert main(["brief", str(data), "--html", str(data)]) == 1
    assert "written over" in capsys.readouterr().err
    assert main(["brief", str(data), "--html", str(tmp_path)]) == 1
    assert data.read_text().startswith("geo")


# ---- the drawings -----------------------------------------------------------------------------------------------


def drawn(text):
    return ET.fromstring(text)


def test_ticks_are_round_and_few():
    assert svg.ticks(0, 1, 5) == [(0.0, "0.0"), (0.5, "0.5"), (1.0, "1.0")]
    assert [text for _, text in svg.ticks(13_600, 14_500, 5)] == ["13,600", "13,800", "14,000", "14,200", "14,400"]
    assert [text for _, text in svg.ticks(-0.02, 0.02, 4)] == ["-0.02", "0.00", "0.02"]
    for low, high in [(0, 1e-9), (-3e12, 1e15), (5.9, 6.1), (1e300, 1.1e300)]:
        found = svg.ticks(low, high, 6)
        assert 1 <= len(found) <= 6
        assert all(low <= value <= high for value, _ in found)
    assert svg.ticks(1, 1) == svg.ticks(NAN, 1) == svg.ticks(0, INF) == []


def test_an_interval_stands_where_it_is():
    rows = [
        svg.Strip("a", 10, 20, "10 to 20", mark=15), svg.Strip("b", 20, 30, "20 to 30", "contradicted"),
        svg.Strip("c", 20, INF, "from 20"), svg.Strip("d", 30, 30, "30", "target"), svg.Strip("e", NAN, NAN, "unknown"),
    ]  # fmt: skip
    chart = drawn(svg.strips(rows, "t", "d", band=(25, 26, "band")))
    rects = {rect.get("class"): (float(rect.get("x")), float(rect.get("width"))) for rect in chart.iter("rect")}
    bands, first = rects["band"], rects["interval contradicted"]
    assert first[1] == pytest.approx(10 * bands[1], rel=1e-2)
    assert bands[0] - first[0] == pytest.approx(5 * bands[1], rel=1e-2)
    arrows = [path for path in chart.iter("path") if "arrow" in path.get("class")]
    assert len(arrows) == 1
    points = [path for path in chart.iter("path") if "point" in path.get("class")]
    assert len(points) == 1
    mark = next(line for line in chart.iter("line") if line.get("class") == "mark")
    assert float(mark.get("x1")) == pytest.approx(first[0] - 5 * bands[1], rel=1e-2)
    assert {"a", "b", "c", "d", "e", "unknown", "from 20", "band"} <= {text.text for text in chart.iter("text")}


@pytest.mark.parametrize(
    "rows", [[(0, INF)], [(-INF, INF)], [(5, 5)], [(-INF, 3), (4, INF)], [(0, 0)], [(1e-12, 2e-12)]]
)
def test_any_interval_can_be_drawn(rows):
    chart = svg.strips([svg.Strip("a", low, high, "text") for low, high in rows], "t", "d")
    drawn(chart)
    assert not re.search(r"nan|inf\b", chart.replace("interval", ""))
