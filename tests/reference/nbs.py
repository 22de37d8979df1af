"""The slow, obvious twin of the reader of nbs: csv, split and float."""

from __future__ import annotations

import csv
import io
import re

WORDS = {"地区": "region", "指标": "indicator"}
EMPTY = {"", "-", "--", "NaN", "NA", "n/a", "..", "..."}
REMARK = re.compile(r"(注|数据来源|资料来源|说明|备注|来源)(：|:|1)")


def period(text: str) -> str:
    """The canonical text of a Chinese period."""
    year, rest = text.strip().split("年")
    if not rest:
        return year
    quarter = re.fullmatch("第([一二三四])季度", rest)
    if quarter:
        return f"{year}-Q{'一二三四'.index(quarter[1]) + 1}"
    return f"{year}-{int(rest.removesuffix('月').rpartition('-')[2]):02d}"


def read(data: bytes, encoding: str) -> dict[str, object]:
    """Codes by row, cells by (codes, period), units by indicator, what is said around the table."""
    rows = list(csv.reader(io.StringIO(data.decode(encoding).removeprefix("\ufeff"))))
    said: dict[str, str] = {}
    head = next(i for i, row in enumerate(rows) if any("年" in cell for cell in row[1:]))
    for row in rows[:head]:
        key, _, text = row[0].partition("：")
        said[key] = text
    name, *columns = [cell.strip() for cell in rows[head] if cell.strip()]
    cells = {}
    codes: list[str] = []
    notes: list[str] = []
    for row in rows[head + 1 :]:
        if notes or REMARK.match(row[0]):
            notes.append(row[0].strip(" \u3000"))
            continue
        codes.append(row[0].strip())
        for column, cell in zip(columns, row[1:], strict=False):
            text = cell.strip()
            if text not in EMPTY:
                cells[row[0].strip(), period(column)] = float(text)
    return {"dim": WORDS[name], "codes": codes, "cells": cells, "said": said, "notes": notes}
