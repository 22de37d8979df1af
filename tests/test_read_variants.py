"""The twelve observations of the ECB's sample are the same from every variant: SDMX-ML as the samples have it, and
SDMX-JSON, SDMX-CSV, JSON-stat and px, made here from the figures by other means than indicia's.

The JSON samples beside the sample of SDMX-ML hold four daily observations of other currencies, and there is no CSV of
it: that variants agree can be shown for these formats on files made here alone.
"""

from __future__ import annotations

import csv
import io
import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

import indicia

SHARED = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "sdmx"
XML = ["ng_flat", "ng_ts", "ng_ts_gf", "ng_xs", "rg_flat", "rg_ts", "ng_flat_ss", "ng_ts_ss", "ng_xs_ss", "rg_ts_ss"]
XML += ["sg_ts_gf_flat_ss"]

# typed in from the sample: units of the currency for one euro
FIGURES = {
    "CHF": ("1.3413", "1.3089", "1.3452"),
    "GBP": ("0.82363", "0.83987", "0.87637"),
    "JPY": ("110.04", "110.26", "113.67"),
    "USD": ("1.2894", "1.3067", "1.3898"),
}
PERIODS = ("2010-08", "2010-09", "2010-10")
FIXED = {"FREQ": "M", "CURRENCY_DENOM": "EUR", "EXR_TYPE": "SP00", "EXR_VAR": "E"}
DECIMALS = {"CHF": 4, "GBP": 5, "JPY": 2, "USD": 4}
TWELVE = {
    (currency, period): float(text)
    for currency, texts in FIGURES.items()
    for period, text in zip(PERIODS, texts, strict=True)
}


def found(rows: indicia.Observations) -> dict[tuple[str, str], float]:
    """The observations by currency and period, and nothing else that there may be."""
    assert len(rows) == 12
    assert {**FIXED, "CURRENCY": None}.keys() == rows.positions.keys()
    for dim, code in FIXED.items():
        assert {rows.codes[dim][p] for p in rows.positions[dim]} == {code}
    currencies = [rows.codes["CURRENCY"][p] for p in rows.positions["CURRENCY"]]
    return dict(zip(zip(currencies, map(str, rows.time), strict=True), rows.values.tolist(), strict=True))


# ---- SDMX-ML ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", XML)
def test_sdmx_ml(name):
    path = SHARED / f"ecb_exr_{name}.xml"
    if not path.exists():
        pytest.skip("no shared data")
    rows = indicia.read_observations(path)
    assert found(rows) == TWELVE
    assert sorted(rows.decimals) == sorted(DECIMALS.values())
    assert rows.flags is None  # OBS_STATUS=A and CONF_STATUS_OBS=F say nothing


def test_the_variant_that_errs_is_refused():
    """Its third period is called 2010-08 as its first is, and one figure has two digits changed over."""
    path = SHARED / "ecb_exr_sg_xs.xml"
    if not path.exists():
        pytest.skip("no shared data")
    with pytest.raises(indicia.FormatError, match=r"CHF, 2010-08 is there twice, on line 70 and line 182"):
        indicia.read_observations(path)
    kept = found_of_eight(indicia.read_observations(path, duplicates="first"))
    assert {key for key, value in kept.items() if TWELVE[key] != value} == {("CHF", "2010-09")}


def found_of_eight(rows: indicia.Observations) -> dict[tuple[str, str], float]:
    currencies = [rows.codes["CURRENCY"][p] for p in rows.positions["CURRENCY"]]
    return dict(zip(zip(currencies, map(str, rows.time), strict=True), rows.values.tolist(), strict=True))


# ---- made here -------------------------------------------------------------------------------------------------------


def components(names: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [{"id": name, "values": [{"id": code} for code in codes]} for name, codes in names.items()]


def sdmx_json(shape: str, version: int) -> bytes:
    fixed = {name: [code] for name, code in FIXED.items()}
    levels: dict[str, dict[str, list[str]]] = {"dataSet": {}, "series": {}, "observation": {}}
    currency, time = {"CURRENCY": list(FIGURES)}, {"TIME_PERIOD": list(PERIODS)}
    cells = {(c, p): [float(text), 0] for c, row in enumerate(FIGURES.values()) for p, text in enumerate(row)}
    data: dict[str, Any]
    if shape == "flat":
        levels["observation"] = {**fixed, **currency, **time}
        data = {"observations": {f"0:0:0:0:{c}:{p}": cell for (c, p), cell in cells.items()}}
    elif shape == "time series":
        levels["dataSet"], levels["series"], levels["observation"] = fixed, currency, time
        data = {"series": {str(c): {"observations": {str(p): cells[c, p] for p in range(3)}} for c in range(4)}}
    else:
        levels["series"], levels["observation"] = {**fixed, **time}, currency
        data = {"series": {f"0:0:0:0:{p}": {"observations": {str(c): cells[c, p] for c in range(4)}} for p in range(3)}}
    structure = {
        "dimensions": {level: components(names) for level, names in levels.items()},
        "attributes": {"dataSet": [], "series": [], "observation": components({"OBS_STATUS": ["A"]})},
    }
    if version == 1:
        return json.dumps({"header": {"id": "1"}, "dataSets": [data], "structure": structure}).encode()
    return json.dumps({"meta": {"id": "1"}, "data": {"dataSets": [data], "structures": [structure]}}).encode()


def sdmx_csv(version: int) -> bytes:
    out = io.StringIO()
    head = ["DATAFLOW"] if version == 1 else ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    first = ["ECB:EXR(1.0)"] if version == 1 else ["dataflow", "ECB:EXR(1.0)", "I"]
    write = csv.writer(out).writerow
    write([*head, *FIXED, "CURRENCY", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "DECIMALS"])
    for currency, texts in FIGURES.items():
        for period, text in zip(PERIODS, texts, strict=True):
            write([*first, *FIXED.values(), currency, period, text, "A", DECIMALS[currency]])
    return out.getvalue().encode()


def json_stat(sparse: bool) -> bytes:
    codes = {**{name: [code] for name, code in FIXED.items()}, "CURRENCY": list(FIGURES), "TIME_PERIOD": list(PERIODS)}
    values = [float(text) for texts in FIGURES.values() for text in texts]
    return json.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "value": {str(k): value for k, value in enumerate(values)} if sparse else values,
            "id": list(codes),
            "size": [len(one) for one in codes.values()],
            "role": {"time": ["TIME_PERIOD"]},
            "dimension": {name: {"category": {"index": one}} for name, one in codes.items()},
        }
    ).encode()


def px() -> bytes:
    words = ['CHARSET="ANSI"', 'STUB="' + '","'.join([*FIXED, "CURRENCY"]) + '"', 'HEADING="month"', "DECIMALS=5"]
    words += [f'VALUES("{name}")="{code}"' for name, code in FIXED.items()]
    words += ['VALUES("CURRENCY")="' + '","'.join(FIGURES) + '"']
    words += ['VALUES("month")="2010M08","2010M09","2010M10"', 'TIMEVAL("month")=TLIST(M1,"201008"-"201010")']
    return (";\n".join(words) + ";\nDATA=\n" + "\n".join(" ".join(row) for row in FIGURES.values()) + ";\n").encode()


MADE = {
    f"SDMX-JSON {version}.0, {shape}": lambda shape=shape, version=version: sdmx_json(shape, version)
    for version in (1, 2)
    for shape in ("flat", "time series", "cross-section")
}
MADE |= {f"SDMX-CSV {version}.0": lambda version=version: sdmx_csv(version) for version in (1, 2)}
MADE |= {"JSON-stat": lambda: json_stat(False), "JSON-stat, by cell": lambda: json_stat(True), "px": px}


@pytest.mark.parametrize("name", MADE)
def test_made_here(name):
    rows = indicia.read_observations(MADE[name]())
    assert found(rows) == TWELVE
    assert rows.flags is None


# ---- written by indicia ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", ["write_sdmx_csv", "write_json_stat", "write_px"])
def test_written(write):
    """What indicia writes reads as the others do; a program that knows nothing of it finds the same figures."""
    rows = indicia.read_observations(sdmx_csv(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", indicia.DataWarning)
        written = getattr(indicia, write)(rows)
    assert found(indicia.read_observations(written)) == TWELVE
    if write == "write_sdmx_csv":
        table = csv.DictReader(io.StringIO(written.decode()))
        plain = {(row["CURRENCY"], row["TIME_PERIOD"]): float(row["OBS_VALUE"]) for row in table}
    elif write == "write_json_stat":
        document = json.loads(written)
        codes = [list(document["dimension"][name]["category"]["index"]) for name in document["id"]]
        plain = {}
        for k, value in enumerate(document["value"]):
            at = []
            for axis in reversed(codes):
                k, place = divmod(k, len(axis))  # noqa: PLW2901 - the number of the cell is taken apart
                at.append(axis[place])
            key = dict(zip(document["id"], reversed(at), strict=True))
            plain[key["CURRENCY"], key["time"].replace("M", "-").replace("--", "-")] = value
    else:
        figures = written.decode().partition("DATA=")[2].replace(";", " ").split()
        plain = dict(zip(TWELVE, map(float, figures), strict=True))
    assert plain == TWELVE
