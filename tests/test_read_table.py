"""Tables of any kind: what is guessed, what is asked for, the slow twin, and what is broken."""

import io
import random
from pathlib import Path

import numpy as np
import pytest
from readers import outcome as frozen_outcome
from reference import table as reference

import indicia
from indicia import Flag
from indicia.read import _defaults, _read

DATA = Path(__file__).parent / "data" / "table"
GOOD = (DATA / "good_long.csv").read_bytes()
ODD = (DATA / "odd_wide.csv").read_bytes()


def read(text, **options):
    return indicia.read_observations(text.encode(), format="table", **options)


def found(obs):
    frame = obs.to_pandas().astype(object)
    return [tuple(row) for row in frame.itertuples(index=False)]


def test_good_long():
    obs = indicia.read_observations(DATA / "good_long.csv")
    assert obs.dims == ("Country Code", "time")
    expected = [("ABW", "2021", 54.5), ("ABW", "2022", 55.0), ("NA", "2021", 2530.2)]
    assert found(obs) == [*expected, ("001", "2021", 7888000.0), ("001", "2022", 7950946.25)]
    assert dict(obs.labels["Country Code"]) == {"ABW": "Aruba", "NA": "Namibia", "001": "World"}
    assert list(obs.decimals) == [1, 1, 2]
    assert obs.attrs["totals"] == {"Country Code": ("001",)}
    assert obs.attrs["guesses"] == {
        "separator": ",",
        "decimal": ".",
        "layout": "long",
        "time": ("Year",),
        "dims": ("Country Code",),
        "labels": ("Country Name",),
        "measures": ("Value",),
        "attributes": ("Flag",),
    }
    flags = indicia.read_observations(GOOD, attributes=["Flag"]).to_pandas()["Flag"]
    assert [text if isinstance(text, str) else None for text in flags] == [None, "p", None, "e", "e"]


def test_odd_wide():
    """A mark, CR LF, padded titles, an empty line, units, decimal commas, quotes, footnotes, the newest first."""
    cube = indicia.read_cube(DATA / "odd_wide.csv")
    assert cube.dims == ("Nr", "time")
    obs = indicia.read_observations(ODD)
    missing = (("11", "2023-Q1"), int(Flag.NOT_AVAILABLE))
    rows = {row[:2]: row[2] for row in found(obs)}
    assert [(row[:2], row[3]) for row in found(obs) if row[3]] == [missing]
    expected = {("09", "2023-Q2"): 1234.5, ("09", "2023-Q1"): -0.5, ("11", "2023-Q2"): 12.25}
    assert {key: value for key, value in rows.items() if not np.isnan(value)} == {
        **expected,
        ("00", "2023-Q2"): 1246000.0,
    }
    assert dict(obs.labels["Nr"]) == {"09": "Bayern", "11": "Berlin; Stadt", "00": "Insgesamt"}
    assert obs.unit == cube.unit == "Mio. EUR"
    assert obs.attrs["title"] == "Haushalte und Einkommen"
    assert obs.attrs["notes"] == "Stand: 2024\nQuelle: Amt; eigene Berechnung\n* vorläufig"
    assert obs.attrs["totals"] == {"Nr": ("00",)}
    guesses = obs.attrs["guesses"]
    assert (guesses["separator"], guesses["decimal"], guesses["thousands"]) == (";", ",", ".")
    assert (guesses["layout"], guesses["time"]) == ("wide", ("2023-Q2", "2023-Q1"))


@pytest.mark.parametrize(
    ("name", "error", "line", "message"),
    [
        ("broken_short_row.csv", indicia.FormatError, 14, "2 fields, expected 3"),
        ("broken_behind.csv", indicia.FormatError, 5, "behind the remarks"),
        ("broken_time.csv", ValueError, None, r'"year" and "period" could both be time; time='),
        ("broken_comma.csv", ValueError, None, "decimal= says which"),
    ],
)
def test_broken(name, error, line, message):
    assert indicia.sniff(DATA / name) == "table"
    with pytest.raises(error, match=message) as caught:
        indicia.read_observations(DATA / name)
    assert line is None or caught.value.line == line


def test_a_text_behind_the_sample_is_an_error():
    rows = "".join(f"A{i},{1900 + i % 100},{i}.5\n" for i in range(1200))
    with pytest.raises(indicia.FormatError, match='v: "x1" is no number') as caught:
        read(f"geo,year,v\n{rows}B,2001,x1\n")
    assert (caught.value.line, caught.value.column) == (1202, 8)


def test_two_guesses_that_are_equal_are_none():
    both = "a,b;c,d\n1,5;2,1\n2,5;3,3\n"
    with pytest.raises(ValueError, match="separator="):
        read(both)
    assert read(both, separator=";", dims=["a,b"]).dims == ("a,b",)
    comma = (DATA / "broken_comma.csv").read_text()
    assert [row[-1] for row in found(read(comma, decimal=","))] == [1.234, 5.678]
    assert [row[-1] for row in found(read(comma, decimal="."))] == [1234.0, 5678.0]
    time = (DATA / "broken_time.csv").read_text()
    assert found(read(time, time="year")) == [("2021", "2020", 1.5), ("2022", "2021", 2.5)]
    assert read(time, time=None, dims=["year", "period"]).dims == ("year", "period")


def test_what_a_column_is():
    assert read("hs,x\n1905,1\n1906,2\n").dims == ("time",)  # consecutive years, a guess
    assert read("hs,x\n1905,1\n1906,2\n", time=None, dims=["hs"]).dims == ("hs",)
    assert read("geo,2020,2021\nDE,1,2\n").dims == ("geo", "time")
    assert read("geo,2020,2021\nDE,1,2\n", time=None).dims == ("geo", "measure")
    assert read("id,name,v\n" + "1,a,5\n2,b,6\n1,a,7\n2,b,8\n", duplicates="sum").dims == ("id",)
    assert read("地区,年份,值\n北京,2020,1\n北京,2021,2\n").dims == ("地区", "time")
    assert read("année,x\n2020,1\n2022,2\n").dims == ("time",)
    assert found(read("zip,v\n01,5\n02,6\n")) == [("01", 5.0), ("02", 6.0)]
    several = read("geo,year,a (EUR),b\nDE,2020,1,2\n")
    assert several.codes["measure"] == ("a (EUR)", "b")
    assert found(read("geo,year,a,b\nDE,2020,1.5,2\n", measures=["b"])) == [("DE", "2020", 2.0)]
    units = read("geo,year,a,b\n,,EUR,%\nDE,2020,1,2\n")
    assert list(units.unit) == ["EUR", "%"]
    assert found(units) == [("DE", "a", "2020", 1.0), ("DE", "b", "2020", 2.0)]


def test_marks_of_what_is_missing():
    obs = read("geo,year,v\na,2020,..\na,2021,...\na,2022,-\na,2023,n/a\na,2024,1\n")
    assert [row[1:] for row in found(obs)][-1] == ("2024", 1.0, 0)
    flags = [row[3] for row in found(obs)]
    assert flags == [int(Flag.NOT_AVAILABLE), int(Flag.NOT_YET), 0]


@pytest.mark.parametrize(
    "text", [b"", b"x\n1\n2\n", b"a b c\nd e f\n", b"<a>,1\n2,3\n", b"a,b\n", b"\0,1\n1,2\n", b"hello, world\n"]
)
def test_what_is_no_table(text):
    with pytest.raises(indicia.FormatError):
        indicia.sniff(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"time": "x"}, 'time="x": there is no such column'),
        ({"dims": ["x"]}, 'dims names "x"'),
        ({"measures": ["x"]}, 'measures names "x"'),
        ({"where": {"x": "y"}}, 'where names "x"'),
        ({"dataset": "x"}, "dataset="),
    ],
)
def test_options_that_do_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        indicia.read_observations(GOOD, **options)


def test_limits_and_filters():
    with pytest.raises(indicia.LimitError, match="columns"):
        indicia.read_observations(GOOD, limits={"columns": 4}, separator=",", format="table")
    with pytest.raises(indicia.LimitError, match="cells"):
        indicia.read_observations(GOOD, limits={"cells": 3})
    assert len(indicia.read_observations(GOOD, where={"Country Code": "ABW", "time": "2022"})) == 1


# ---- the twin ------------------------------------------------------------------------------------------------------


def written(seed):
    """A table, and what its twin must be told."""
    r = random.Random(seed)
    separator, decimal, thousands = r.choice(
        [(",", ".", ""), (";", ",", ""), (";", ",", "."), ("\t", ".", ""), ("|", ".", " ")]
    )

    def quoted(text):
        return '"' + text.replace('"', '""') + '"' if separator in text or '"' in text or r.random() < 0.05 else text

    def figure(first=False):
        if not first and r.random() < 0.15:
            return r.choice(["", "NA", "--"])
        text = f"{r.uniform(-1e6, 1e6):{',' if thousands else ''}.{r.randint(1, 4) if not first else 2}f}"
        return quoted(text.replace(",", "T").replace(".", decimal).replace("T", thousands))

    codes = r.sample(["DE", "NA", "001", "TRUE", "Bosnia, the", 'q"x', "Ö", "a b"], r.randint(2, 8))
    years = range(1990, 1990 + r.randint(2, 9))
    told = {"separator": separator, "decimal": decimal, "thousands": thousands}
    if r.random() < 0.5:
        lines = [separator.join(["area", *map(str, r.sample(years, len(years)))])]
        lines += [separator.join([quoted(code), *(figure(first=not k) for k in range(len(years)))]) for code in codes]
        cells = reference.wide
        told["dims"] = ["area"]
    else:
        measures = ["gdp", "population"][: r.randint(1, 2)]
        lines = [separator.join(["area", "year", *measures])]
        lines += [
            separator.join(
                [quoted(code), str(year), *(figure(first=True) if year == 1990 else figure() for _ in measures)]
            )
            for code in codes
            for year in years
        ]
        cells = reference.long
        told |= {"dims": ["area"], "time": "year", "measures": measures}
    if r.random() < 0.5:
        lines += ["Source: nobody", "* a note"]
    end = r.choice(["\n", "\r\n"])
    text = (end.join(lines) + r.choice(["", end])).encode(r.choice(["utf-8", "utf-8-sig"]))
    return text, cells(text, **told), told


@pytest.mark.parametrize("seed", range(150))
def test_the_slow_twin_agrees(seed):
    data, cells, told = written(seed)
    assert indicia.sniff(data) == "table"
    obs = indicia.read_observations(data)
    guesses = obs.attrs["guesses"]
    assert (guesses["separator"], guesses["decimal"]) == (told["separator"], told["decimal"])
    frame = obs.to_pandas()
    columns = [frame["area"].astype(str)]
    if "measures" in told:
        measure = frame["measure"].astype(str) if "measure" in frame else [told["measures"][0]] * len(frame)
        columns.append(measure)
    keys = list(zip(*columns, frame["time"].astype(str), strict=True))
    assert dict(zip(keys, frame["value"], strict=True)) == cells
    assert len(keys) == len(cells)


def outcome(data, **options):
    """What is read, or the error, to compare."""
    request = _defaults({"format": "table", **options})
    plain = request.pop("plain", False)
    try:
        raw, _, _ = _read(data, request, want_long=True, plain=plain)
    except (indicia.FormatError, indicia.LimitError, indicia.UnsupportedFormatError) as error:
        assert error.line >= 1, error  # noqa: PT017
        return type(error), error.line, error.column, error.message
    except ValueError as error:  # it asks for an option
        assert "=" in str(error), error  # noqa: PT017
        return str(error)
    return {name: value.tolist() if isinstance(value, np.ndarray) else repr(value) for name, value in raw.items()}


@pytest.mark.parametrize("data", [GOOD, ODD], ids=["good", "odd"])
def test_cut_anywhere_it_is_read_or_refused(data):
    for n in range(len(data)):
        outcome(data[:n])


@pytest.mark.parametrize("data", [GOOD, ODD], ids=["good", "odd"])
def test_with_any_byte_changed_it_is_read_or_refused(data):
    for n in range(0, len(data), 3):
        for byte in b'\0"\n,;-\xff':
            outcome(data[:n] + bytes([byte]) + data[n + 1 :])


def test_any_number_of_threads_gives_the_same():
    """More than two parts; remarks at the end, that begin in one part and go on in the next; and a row behind them."""
    lines = ["area,year,v"] + [f"A{i // 50},{1950 + i % 50},{i}.5" for i in range(250_000)]
    body = "\n".join(lines)
    remarks = "\n".join(f"Note {i} {'x' * 3000}" for i in range(800))
    for text in (body, f"{body}\nSource: x\n", f"{body}\n{remarks}\n", f"{body}\n{remarks}\nB,2000,1\n"):
        data = text.encode()
        assert len(data) > 3 << 20
        assert outcome(data, threads=1) == outcome(data, threads=3)


# ---- Statistics Canada --------------------------------------------------------------------------------------------


def test_statistics_canada():
    """Its columns are the same everywhere: nothing is guessed, and its symbols mean what they mean there."""
    rows = indicia.read_observations(DATA / "odd_statcan.csv")
    assert dict(rows.codes) == {"GEO": ("Canada", "Ontario"), "Products": ("All-items", "Food")}
    np.testing.assert_array_equal(rows.values, [153.9, 154.5, np.nan, 181.2, np.nan, np.nan, 0, 12.5, np.nan, 7.5])
    suppressed = Flag.SUPPRESSED | Flag.LOW_RELIABILITY | Flag.REVISED
    flags = [0, Flag.PROVISIONAL, Flag.NOT_AVAILABLE, Flag.LOW_RELIABILITY, Flag.CONFIDENTIAL, suppressed]
    assert rows.flags.tolist() == [*flags, Flag.LESS_THAN_HALF, 0, Flag.NOT_APPLICABLE, Flag.OTHER]
    assert (rows.unit, rows.multiplier.tolist(), rows.decimals) == ("2002=100", [0, 0, 3], 1)
    assert rows.attrs["by_series"]["VECTOR"] == ("v1", "v2", "v3")
    assert rows.attrs["unknown_flags"] == {"<": 1}
    kept = indicia.read_observations(DATA / "odd_statcan.csv", attributes=["TERMINATED", "COORDINATE"])
    assert kept.to_pandas()["TERMINATED"].astype(object).tolist()[-2:] == ["t", "t"]
    cube = indicia.read_cube(DATA / "odd_statcan.csv", where={"GEO": "Ontario", "time": ("2023-02", None)})
    assert cube.shape == (1, 1, 5)
    assert cube.flags[0, 0, 0] == suppressed


def test_statistics_canada_by_parts():
    """Out of the ordinary or not, and divided among threads or not: the same."""
    head, *lines = (DATA / "odd_statcan.csv").read_text().splitlines()
    rows = [line.replace("Canada", f"C{k}").replace("Ontario", f"O{k}") for k in range(3000) for line in lines]
    data = "\n".join([head, *rows, ""]).encode()
    assert len(data) > 2 << 20
    plain = frozen_outcome(data, plain=True)
    for threads in (1, 2, 3):
        assert frozen_outcome(data, threads=threads) == plain
    assert frozen_outcome(io.BytesIO(data)) == plain
    folded = indicia.read_observations(data, collapse={"GEO": "sum"})
    assert folded.values[0] == pytest.approx(153.9 * 3000)


def test_a_table_that_only_resembles_statistics_canadas():
    text = (DATA / "odd_statcan.csv").read_text()
    rows = indicia.read_observations(text.encode(), dims=["VECTOR"], measures=["VALUE"], time="REF_DATE")
    assert rows.dims == ("VECTOR", "time")  # the caller knows better
    other = indicia.read_observations(text.replace('"COORDINATE"', '"PLACE"').encode())
    assert "PLACE" in other.attrs["guesses"]["measures"]  # guessed, as of any table
