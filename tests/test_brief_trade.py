"""The new three in a file of trade: figures by hand, the command line, and what must be refused."""

import json

import pytest

from indicia import brief, cli

ROWS = """t,i,j,k,v,q
2022,156,528,870380,5,1
2022,156,826,870360,3,1
2022,276,528,870380,10,1
2022,704,528,854143,4,1
2023,156,528,870380,9,1
2023,156,826,870360,7,1
2023,276,528,870380,12,1
2023,410,528,870380,4,1
2023,410,528,610910,400,1
2023,704,528,854143,3,1
2023,156,528,854142,9,1
"""


def test_the_figures():
    found = brief.exports(ROWS.encode(), revision="HS22", format="baci")
    cars, cells = found.rows
    assert (cars.basket, cells.basket) == ("electric vehicles", "solar cells")
    assert (cars.value, cars.own, cars.own_share, cars.own_rank) == (32, 16, 0.5, 1)
    assert cars.own_growth == pytest.approx(1.0)
    assert cars.growth == pytest.approx(28 / 18 - 1)  # without the exporter that has no figure a year before
    assert cars.leaders == (("156", 0.5), ("276", 0.375), ("410", 0.125))
    assert (cells.own, cells.own_rank) == (9, 1)
    assert cells.own_growth != cells.own_growth
    assert any("no exports of lithium-ion batteries" in note for note in found.notes)
    assert "2023" in str(found)
    assert found._repr_html_().count("<tr>") == 3
    viet_nam = brief.exports(ROWS.encode(), revision="HS22", format="baci", country="704").rows
    assert (viet_nam[0].own_rank, viet_nam[1].own_rank) == (None, 2)


def test_the_command_line(tmp_path, capsys):
    path = tmp_path / "BACI_HS22_Y2023_V202501.csv"
    path.write_text(ROWS)
    assert cli.main(["brief", "--trade", str(path), "--plain"]) == 0
    assert "The new three, 2023" in capsys.readouterr().out
    assert cli.main(["brief", "--trade", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["trade"]
    assert told["rows"][0]["own"] == {"value": 16.0, "growth": 1.0, "share": 0.5, "rank": 1}
    assert told["rows"][1]["own"]["growth"] is None
    assert cli.main(["brief", "--trade", str(path), "--html", str(tmp_path / "page.html")]) != 0
    assert "--trade" in capsys.readouterr().err


def test_years_in_files_of_their_own(tmp_path):
    head, *rest = ROWS.splitlines()
    paths = [tmp_path / f"BACI_HS22_Y{year}.csv" for year in (2022, 2023)]
    for year, path in zip(("2022", "2023"), paths, strict=True):
        path.write_text("\n".join([head, *[line for line in rest if line.startswith(year)]]) + "\n")
    both = brief.exports(paths)
    same = brief.exports(ROWS.encode(), revision="HS22", format="baci")
    assert str(both) == str(same)
    alone = brief.exports(paths[1])
    assert any("one year alone" in note for note in alone.notes)


def test_what_is_refused(tmp_path):
    path = tmp_path / "trade.csv"
    path.write_text(ROWS)
    with pytest.raises(ValueError, match="revision: its name doesn't say"):
        brief.exports(path)
    with pytest.raises(ValueError, match="country: no exporter '999'"):
        brief.exports(path, revision="HS22", country="999", format="baci")
    with pytest.raises(ValueError, match="HS17 has no code '85414"):
        brief.exports(path, revision="HS17", format="baci")
