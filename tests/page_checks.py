"""What every page must be: well-formed, by itself, heard as well as seen, with nothing outside of its drawings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

VOID = {"meta"}


def tree(page):
    """The page as XML: every element closed, every attribute quoted, every & escaped."""
    assert page.startswith("<!DOCTYPE html>\n")
    return ET.fromstring(page.partition("\n")[2])


def texts(element):
    return [
        " ".join("".join(part.itertext()).split())
        for part in element.iter()
        if part.tag in ("text", "td", "th", "p", "li", "h1", "h2")
    ]


class Strict(HTMLParser):
    """Elements nest as HTML wants them."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, name, attributes):
        self.seen.append((name, dict(attributes)))
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.seen.append((name, dict(attributes)))

    def handle_endtag(self, name):
        assert self.open.pop() == name


def check_alone(page):
    """Nothing is loaded, nothing runs, and nothing is left open."""
    parser = Strict()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    names = {name for name, _ in parser.seen}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "use", "image", "video", "audio"}
    for name, attributes in parser.seen:
        assert not [key for key in attributes if key.startswith("on") or key in ("src", "srcset", "data", "xlink:href")]
        assert name == "a" or "href" not in attributes
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style
    assert "http" not in page.replace(style, "") or names & {"a"}


def check_heard(root):
    """Every chart says what it is and shows; every table names its columns and rows."""
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for chart in root.iter("svg"):
        if chart.get("aria-hidden") == "true":
            continue
        assert chart.get("role") == "img"
        title, described = chart.get("aria-labelledby").split()
        assert [child.tag for child in chart][:2] == ["title", "desc"]
        assert [child.get("id") for child in chart][:2] == [title, described]
        assert chart[0].text
        assert chart[1].text
    for table in root.iter("table"):
        assert all(cell.get("scope") == "col" for cell in table.find("thead").iter("th"))
        assert all(row.find("th") is None or row.find("th").get("scope") == "row" for row in table.find("tbody"))


def check_inside(root):
    """No text and no bar leaves its drawing, by the width that letters have at most."""
    for chart in root.iter("svg"):
        _, _, across, high = map(float, chart.get("viewBox").split())
        for element in chart.iter():
            if element.tag == "text":
                x, y = float(element.get("x")), float(element.get("y"))
                wide = (5.3 if "small" in (element.get("class") or "") else 6.0) * len(element.text or "")
                left = x - {None: 0, "middle": wide / 2, "end": wide}[element.get("text-anchor")]
                assert left >= -1, element.text
                assert left + wide <= across + 1, element.text
                assert 0 < y <= high
            if element.tag == "rect":
                x, y, wide, tall = (float(element.get(key)) for key in ("x", "y", "width", "height"))
                assert wide > 0
                assert tall > 0
                assert x >= 0
                assert x + wide <= across + 0.01
                assert y >= 0
                assert y + tall <= high + 0.01
