"""Exports of the National Bureau of Statistics of China: samples, the slow twin, encodings, and what is broken."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
from reference import nbs as reference

import indicia
from indicia import Flag
from indicia.read import _defaults, _read
from indicia.sources import _foreign

DATA = Path(__file__).parent / "data" / "nbs"
SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
GOOD = (DATA / "good_region.csv").read_bytes()
ODD = (DATA / "odd_gb18030.csv").read_bytes()


def test_good():
    cube = indicia.read_cube(DATA / "good_region.csv")
    assert cube.dims == ("region", "indicator", "time")
    assert cube.codes["region"] == ("北京市", "天津市", "河北省")
    assert [str(p) for p in cube.time] == ["2022", "2023", "2024"]
    expected = [[45222.4, 47353.7, 49670.2], [16588.5, np.nan, 17931.3], [43198.3, 45660.0, 47448.1]]
    np.testing.assert_array_equal(cube.values[:, 0, :], expected)
    assert cube.flags is None
    assert cube.unit == "亿元"
    assert cube.decimals == 1
    assert dict(cube.labels["indicator"]) == {"地区生产总值(亿元)": "地区生产总值"}
    assert cube.attrs["title"] == "地区生产总值(亿元)"
    assert cube.attrs["database"] == "分省年度数据"
    assert cube.attrs["range"] == "最近3年"
    assert cube.attrs["source"] == "国家统计局"
    assert cube.attrs["notes"] == "注：1.按当年价格计算。\n2.天津市2023年为空，仅作示例。"
    assert "encoding" not in cube.attrs


def test_odd():
    """GB 18030, CR LF, padded title lines, several frequencies, a joint figure, quotes, blanks, no last line feed."""
    obs = indicia.read_observations(DATA / "odd_gb18030.csv")
    assert obs.attrs["encoding"] == "gb18030"
    frame = obs.to_pandas()
    found = list(
        zip(frame["indicator"].astype(str), frame["time"].astype(str), frame["value"], frame["flags"], strict=True)
    )
    gdp, cpi, sales = "国内生产总值_当季值(亿元)", "居民消费价格指数(上年同期=100)", "社会消费品零售总额（亿元）"
    joint = int(Flag.JOINT)
    expected = [(gdp, "2024-Q2", 320573.7, 0), (gdp, "2024-Q1", 296299.0, 0)]
    expected += [(cpi, "2024-Q2", 100.3, 0), (cpi, "2024-02", 100.0, joint), (cpi, "2024-Q1", 100.0, 0)]
    expected += [(sales, "2024-Q2", float("nan"), int(Flag.NOT_AVAILABLE)), (sales, "2024-02", 81307.0, joint)]
    assert list(map(repr, found)) == list(map(repr, [*expected, (sales, "2024-Q1", -0.5, 0)]))
    assert set(frame["region"]) == {"全国"}
    assert list(obs.unit) == ["亿元", "上年同期=100", "亿元"]
    assert obs.attrs["说明一下"] == "本表为样例"
    assert obs.attrs["source"] == "国家统计局"
    cubes = indicia.read_cubes(DATA / "odd_gb18030.csv")
    assert {freq: cube.shape for freq, cube in cubes.items()} == {"M": (4, 1, 1), "Q": (4, 1, 2)}


@pytest.mark.parametrize(
    ("name", "line", "column", "message"),
    [
        ("broken_number.csv", 2, 19, '2023年: "约128万" is no number'),
        ("broken_short_row.csv", 3, 11, "2 fields, expected 3"),
        ("broken_head.csv", 3, 10, '"去年" is no period'),
    ],
)
def test_broken(name, line, column, message):
    with pytest.raises(indicia.FormatError, match=message) as caught:
        indicia.read_cube(DATA / name)
    error = caught.value
    assert (error.line, error.column, error.format) == (line, column, "nbs")
    assert (DATA / name).read_bytes()[: error.offset].count(b"\n") == line - 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_encoding_is_seen(encoding):
    given = GOOD.decode().encode(encoding)
    cube = indicia.read_cube(given)
    expected = indicia.read_cube(GOOD)
    assert (cube.codes, cube.labels, cube.unit) == (expected.codes, expected.labels, expected.unit)
    assert cube.attrs.get("encoding") == {"gb18030": "gb18030", "gbk": "gb18030", "utf-16": "utf-16"}.get(encoding)
    assert indicia.sniff(given) == "nbs"
    named = encoding.removesuffix("-sig")
    assert indicia.read_cube(given, encoding=encoding).codes == expected.codes
    assert indicia.sniff(given, encoding=named) == "nbs"


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Россия и Германия: экспорт", "cp1251 koi8-r iso8859-5"),
        ("Côte d'Ivoire;Größe;été;Élevé;Español", "latin-1 cp1252 cp850"),
        ("日本,データ,東京都,ひらがな", "shift_jis euc_jp"),
        ("中華民國,臺北市,統計", "big5"),
        ("대한민국,서울", "euc_kr"),
    ],
)
def test_other_encodings_are_not_taken_for_chinese(text, encodings):
    for encoding in encodings.split():
        with pytest.raises(indicia.FormatError):
            indicia.read_cube("指标,2024年\n".encode() + text.encode(encoding) + b",1\n")
        assert _foreign(text.encode(encoding), None) is None, encoding


def test_a_wrong_encoding_is_an_error():
    with pytest.raises(indicia.FormatError, match=r"no UTF-8"):
        indicia.read_cube(GOOD.decode().encode("gb18030"), encoding="utf-8", format="nbs")


def written(seed: int) -> bytes:
    """A file in the bureau's manner, all of it by chance."""
    r = random.Random(seed)
    texts = ["北京市", "天津市", "国民总收入(亿元)", "指数（上年=100）", "a b", "NA", "0012", 'q"x', "内蒙古, 自治区"]
    codes = r.sample(texts, r.randint(1, len(texts)))
    spell = r.choice(
        [lambda y: f"{y}年", lambda y: f"{y}年{y % 12 + 1}月", lambda y: f"{y}年第{'一二三四'[y % 4]}季度"]
    )
    years = r.sample(range(1990, 2025), r.randint(1, 12))
    pad = "," * r.choice([0, 0, len(years)])

    def quoted(text: str) -> str:
        must = '"' in text or "," in text
        return '"' + text.replace('"', '""') + '"' if must or r.random() < 0.1 else text

    def figure() -> str:
        kind = r.random()
        if kind < 0.2:
            return r.choice(["", "", "--", " ", "NaN"])
        text = (
            f"{r.uniform(-1e6, 1e6):.{r.randint(0, 6)}f}"
            if kind < 0.9
            else repr(r.uniform(-1, 1) * 10 ** r.randint(-9, 20))
        )
        return f" {text} " if r.random() < 0.1 else text

    lines = [f"数据库：库{pad}", f"时间：近{pad}"] if r.random() < 0.7 else []
    lines.append(",".join([r.choice(["地区", "指标"]), *map(spell, years)]) + ("," if pad else ""))
    for code in codes:
        lines.append(",".join([quoted(code), *(quoted(figure()) for _ in years)]) + ("," if pad else ""))
    if r.random() < 0.7:
        lines += ["注：一", "　　2.二", "数据来源：局"]
    end = r.choice(["\n", "\r\n"])
    return (end.join(lines) + r.choice([end, ""])).encode()


@pytest.mark.parametrize("seed", range(150))
def test_the_slow_twin_agrees(seed):
    data = written(seed)
    twin = reference.read(data, "utf-8")
    obs = indicia.read_observations(data, format="nbs")
    frame = obs.to_pandas()
    keys = list(zip(frame[twin["dim"]].astype(str), frame["time"].astype(str), strict=True))
    assert dict(zip(keys, frame["value"], strict=True)) == twin["cells"]
    assert len(keys) == len(twin["cells"])
    cube = indicia.read_cube(data, format="nbs")
    assert list(cube.codes[twin["dim"]]) == twin["codes"]
    assert obs.attrs.get("database") == twin["said"].get("数据库")
    notes = [line for line in twin["notes"] if not line.startswith("数据来源")]
    assert obs.attrs.get("notes", "") == "\n".join(notes)


def outcome(data: bytes, **options):
    """What is read, or the error, to compare."""
    request = _defaults({"format": "nbs", **options})
    plain = request.pop("plain", False)
    try:
        raw, _, _ = _read(data, request, want_long=True, plain=plain)
    except (indicia.FormatError, indicia.LimitError, indicia.UnsupportedFormatError) as error:
        assert error.line >= 1, error  # noqa: PT017
        return type(error), error.line, error.column, error.message
    raw.pop("encoding")
    return {name: value.tolist() if isinstance(value, np.ndarray) else repr(value) for name, value in raw.items()}


@pytest.mark.parametrize("data", [GOOD, ODD], ids=["good", "odd"])
def test_cut_anywhere_it_is_read_or_refused(data):
    for n in range(len(data)):
        outcome(data[:n], encoding="gb18030" if data is ODD else "utf-8")


def test_with_any_byte_changed_it_is_read_or_refused():
    for n in range(0, len(GOOD)):
        for byte in b'\0"\n,-9\xff':
            outcome(GOOD[:n] + bytes([byte]) + GOOD[n + 1 :], encoding="utf-8")


def test_options():
    one = indicia.read_cube(GOOD, where={"region": "天津市", "time": ("2023", None)})
    assert one.codes["region"] == ("天津市",)
    np.testing.assert_array_equal(one.values[0, 0], [np.nan, 17931.3])
    with pytest.raises(ValueError, match="no such dimension"):
        indicia.read_cube(GOOD, where={"geo": "x"})
    with pytest.raises(indicia.LimitError, match="cells"):
        indicia.read_cube(GOOD, limits={"cells": 8})
    with pytest.raises(indicia.LimitError, match="columns"):
        indicia.read_cube(GOOD, limits={"columns": 3})
    swapped = GOOD.replace(b",", b";").replace(b".", b",")
    np.testing.assert_array_equal(indicia.read_cube(swapped, decimal=",").values, indicia.read_cube(GOOD).values)
    twice = GOOD.replace("天津市".encode(), "北京市".encode())
    with pytest.raises(indicia.FormatError, match="line 5 and line 6"):
        indicia.read_cube(twice)
    assert indicia.read_cube(twice, duplicates="last").values[0, 0, 2] == 17931.3
    for threads in (1, 3):
        assert outcome(GOOD, threads=threads) == outcome(GOOD)


def test_files_of_the_bureau():
    """The files that the bureau's site gave: read, and the same by the slow twin."""
    if not SHARED.is_dir():
        pytest.skip("no shared data here")
    for path in sorted((SHARED / "data" / "china").glob("nbs_*.csv")):
        data = path.read_bytes()
        cube = indicia.read_cube(path)
        twin = reference.read(data, cube.attrs.get("encoding", "utf-8"))
        frame = cube.to_observations().to_pandas()
        keys = zip(frame[twin["dim"]].astype(str), frame["time"].astype(str), strict=True)
        assert dict(zip(keys, frame["value"], strict=True)) == twin["cells"]
