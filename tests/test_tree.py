"""Classifications: how they are made, what is refused, and the built-in ones."""

from __future__ import annotations

import csv
import os
import pickle
from pathlib import Path

import pytest

import indicia
from indicia import tree
from indicia.errors import UnknownNameError

DATA = Path(os.environ.get("INDICIA_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
REVISIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")


def rows_of(name):
    """The rows of a small CSV file."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not here: INDICIA_SHARED names the folder of data")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def baci(*rows):
    return ("t,i,j,k,v,q\n" + "".join(f"{row}\n" for row in rows)).encode()


# ---- making -------------------------------------------------------------------------------------------------------


def test_prefixes_make_what_is_missing_and_name_it():
    made = tree.prefixes(["01", "010121", "0102", "010210", "020110"])
    assert made.levels == ("2", "4", "6")
    assert made.level("4") == ("0101", "0102", "0201")
    assert set(made.added) == {"02", "0101", "0201"}
    assert made.leaves("01") == ("010121", "010210")
    assert tree.prefixes(["010121"]).added == ()  # no list of headings was given, so none is missing


def test_dotted_codes():
    nace = tree.prefixes(["01.11", "01.12", "02.10"], (2, 4, 5), levels=("division", "group", "class"))
    assert nace.parents("01.11") == {"01.1": 1.0}
    assert nace.level_of("02.1") == "group"


@pytest.mark.parametrize(
    ("codes", "lengths", "words"),
    [
        (["10121"], (2, 4, 6), "lost a zero: '010121'"),
        (["0101210"], (2, 4, 6), "'0101210'"),
        (["01"], (4, 2), "rising numbers"),
        ([""], (2,), "''"),
    ],
)
def test_prefixes_refuse(codes, lengths, words):
    with pytest.raises(ValueError, match=words):
        tree.prefixes(codes, lengths)


def test_codes_are_strings():
    for make in (tree.prefixes, tree.listed, lambda codes: tree.parents(codes, [None] * 2)):
        with pytest.raises(TypeError, match="loses its zeros"):
            make(["01", 2])
    with pytest.raises(TypeError, match="the text '01'"):
        tree.prefixes("01")


def test_parents_with_weights():
    made = tree.parents(["all", "a", "b", "x", "x"], [None, "all", "all", "a", "b"], [None, None, None, 0.1, 0.9])
    assert made.parents("x") == {"a": 0.1, "b": 0.9}
    assert made.level(0) == ("all",)
    assert made.leaves("all") == ("x",)
    assert tree.parents(
        ["x"] * 10 + [str(n) for n in range(10)], [*map(str, range(10))] + [None] * 10, [0.1] * 10 + [None] * 10
    )


@pytest.mark.parametrize(
    ("codes", "ups", "weights", "words"),
    [
        (["a", "b", "x", "x"], ["", "", "a", "b"], None, "'x' is part of 'a', 'b': weights"),
        (["a", "b", "x", "x"], ["", "", "a", "b"], [None, None, 0.5, 0.6], "add up to 1.1"),
        (["a", "b", "x", "x"], ["", "", "a", "b"], [None, None, -0.5, 1.5], "fractions"),
        (["a", "x"], ["", "a"], [None, 0.5], "add up to 0.5"),
        (["a", "x", "x"], ["", "a", "a"], [None, 0.5, 0.5], "'a' twice"),
        (["a", "b", "c"], ["b", "c", "a"], None, "a cycle: 'a' is part of 'b' is part of 'c' is part of 'a'"),
        (["a"], ["a"], None, "'a' is part of 'a'"),
        (["a", "*"], ["", "a"], None, "can't be a code"),
        (["a"], ["", "a"], None, "1 codes, 2 parents"),
    ],
)
def test_parents_refuse(codes, ups, weights, words):
    with pytest.raises(ValueError, match=words):
        tree.parents(codes, ups, weights)


def test_a_parent_that_is_missing_is_named_with_what_may_be_meant():
    with pytest.raises(UnknownNameError, match="'Coal', which is not among the codes; did you mean 'coal'"):
        tree.parents(["coal", "Coal|Lignite"], [None, "Coal"])


def test_long_chains_and_wide_rings_end():
    n = 20_000
    chain = [str(k) for k in range(n)]
    made = tree.parents(chain, [None, *chain[:-1]])
    assert made.leaves() == (chain[-1],)
    assert len(made.levels) == n
    with pytest.raises(ValueError, match="a cycle"):
        tree.parents(chain, [chain[-1], *chain[:-1]])


def test_listed_as_printed():
    rows = rows_of("classif/conc_isic_rev_4_english_structure.txt")
    isic = tree.listed([row["Code"] for row in rows], labels={row["Code"]: row["Description"] for row in rows})
    assert [len(isic.level(k)) for k in range(4)] == [21, 88, 238, 419]
    assert isic.parents("01") == {"A": 1.0}
    assert isic.parents("0111") == {"011": 1.0}
    assert isic.labels["0112"] == "Growing of rice"
    with pytest.raises(ValueError, match="twice"):
        tree.listed(["A", "A"])


def test_what_a_source_says():
    made = indicia.Cube(["k"], {"k": ["T", "a"]}, None, [1.0, 1.0], attrs={"children": {"k": {"T": ["a", "b"]}}})
    assert tree.tree_of(made, "k").leaves() == ("a", "b")
    with pytest.raises(ValueError, match="doesn't say"):
        tree.tree_of(indicia.Cube(["k"], {"k": ["T"]}, None, [1.0]), "k")
    with pytest.raises(ValueError, match="no dimension 'K'; did you mean 'k'"):
        tree.tree_of(made, "K")


def test_from_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'title = "Mine"\nscheme = "HS"\n[nodes.cars]\nlabel = "Cars"\ncodes = ["8703"]\nwithout = ["870310"]\n'
        '[nodes.cars.broader]\n870390 = "and others"\n[nodes.rest]\ncodes = {"92-17" = ["854140"], "22" = ["854142"]}\n'
    )
    made = tree.read_tree(path, revision="H6")
    assert made.revision == "HS22"
    assert "870310" not in made.leaves("cars")
    assert len(made.leaves("cars")) == 13
    assert tree.read_tree(path, revision="HS 1992").leaves("rest") == ("854140",)
    assert made.broader == {"870390": "and others"}
    with pytest.raises(ValueError, match="which revision"):
        tree.read_tree(path)
    path.write_text("nodes = [")
    with pytest.raises(ValueError, match=r"mine\.toml: Invalid value"):
        tree.read_tree(path)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "are missing"),
        (
            {"scheme": "HS", "nodes": {"a": {"codes": ["854140"]}}},
            "HS22 has no code '854140', which is of HS92 to HS17",
        ),
        ({"scheme": "HS", "nodes": {"a": {"codes": ["10121"]}}}, "has it lost a zero\\? '010121'"),
        ({"scheme": "HS", "nodes": {"a": {"codes": ["870381"]}}}, "did you mean '870380'"),
        ({"scheme": "HS", "nodes": {"a": {"codes": {"92-96": ["01"]}}}}, "no codes for HS22; there are some for 92-96"),
        ({"nodes": {"a": {"codes": ["x"]}, "b": {"codes": ["x"]}}}, "'x' is part of 'a', 'b'"),
        ({"nodes": {"a": {"codes": ["b"]}, "b": {"codes": ["a"]}}}, "a cycle"),
    ],
)
def test_a_file_is_refused(table, words):
    with pytest.raises(ValueError, match=words):
        tree.read_tree(table, revision="HS22")


def test_weights_in_a_file():
    nodes = {"a": {"codes": ["x", "y"], "weights": {"x": 0.25}}, "b": {"codes": ["x"], "weights": {"x": 0.75}}}
    assert tree.read_tree({"nodes": nodes}).parents("x") == {"a": 0.25, "b": 0.75}


def test_unknown_names_are_answered():
    goods = tree.hs("HS22")
    with pytest.raises(UnknownNameError, match="lost a zero: '010121'"):
        goods.leaves("10121")
    with pytest.raises(UnknownNameError, match="which is of HS92 to HS17: is the data in another revision"):
        goods.parents("854140")
    with pytest.raises(UnknownNameError, match="no level 'headings'; did you mean 'heading'"):
        goods.level("headings")
    with pytest.raises(UnknownNameError, match="4 levels"):
        goods.level(4)


def test_a_tree_is_a_value():
    made = tree.new_three("HS22")
    assert pickle.loads(pickle.dumps(made)) == made
    assert made != tree.new_three("HS17")
    assert hash(made) == hash(tree.new_three("HS 2022"))
    with pytest.raises(TypeError):
        tree.Tree()
    assert list(made.to_pandas()["parent"][:3]) == [None, None, None]
    assert "solar cells" in made
    assert "<pre>" in made._repr_html_()


# ---- built in -----------------------------------------------------------------------------------------------------


def test_revisions_are_those_of_the_files():
    bec = rows_of("classif/conc_hs2022_to_bec_conversion_and_correlation_tables.csv")
    of_22 = {row["HS 2022"] for row in bec} - {"", "999999"}
    of_92 = {row["code"].zfill(6) for row in rows_of("trade/baci_product_codes_HS92_V202301.csv")} - {"999999"}
    assert set(tree.hs("HS22").level("subheading")) - of_22 == {"710820", "711890"}  # money: UN tables leave it out
    assert of_22 <= set(tree.hs("HS22").codes)
    assert set(tree.hs("HS92").level("subheading")) == of_92
    printed = rows_of("classif/hs2017_harmonized_system.csv")
    sections = {row["hscode"]: row["section"] for row in printed if row["level"] == "2"}
    assert {c: s for c, s in sections.items() if c != "99"} == {
        chapter: next(iter(tree.hs("HS22").parents(chapter))) for chapter in tree.hs("HS22").level("chapter")
    }


@pytest.mark.parametrize("revision", REVISIONS)
def test_baskets_in_every_revision(revision):
    known = set(tree.hs(revision).level("subheading"))
    for vehicles in ("battery", "plug-in", "all"):
        three = tree.new_three(revision, vehicles=vehicles)
        assert three.roots() == ("electric vehicles", "lithium-ion batteries", "solar cells")
        assert set(three.leaves()) <= known
        assert set(three.broader) <= set(three.leaves())
        assert ("854140" in three.broader) == (revision != "HS22")
        assert ("870390" in three) == (revision not in {"HS17", "HS22"})
    old = tree.old_three(revision)
    assert old.roots() == ("clothing", "home appliances", "furniture")
    assert {code[:2] for code in old.leaves("clothing")} == {"61", "62"}
    assert set(old.leaves()) <= known
    assert not {"845090", "851690"} & set(old.leaves())


def test_choices_of_vehicles():
    assert tree.new_three("HS22", vehicles="battery").leaves("electric vehicles") == ("870380",)
    assert "870240" in tree.new_three("HS17", vehicles="all")
    with pytest.raises(ValueError, match="vehicles='none': expected one of 'battery', 'plug-in', 'all'"):
        tree.new_three("HS22", vehicles="none")
    with pytest.raises(ValueError, match="'HS23' is no revision"):
        tree.new_three("HS23")


def test_groups_of_the_article_and_of_nace():
    groups = tree.industries()
    assert groups.roots() == ("pillar", "emerging", "further", "future")
    assert len(groups.leaves()) == 14
    a10 = tree.nace_a10()
    assert len(a10.roots()) == 10
    assert sorted(a10.leaves()) == list("ABCDEFGHIJKLMNOPQRSTU")


# ---- readers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [20, 5_000])
def test_rows_become_the_new_three(rows):
    lines = [
        f"2023,{4 * (n % 3)},{n % 7 + 1},{k},{n},1"
        for n in range(rows)
        for k in ("850760", "854142", "854143", "010121")
    ]
    cube = indicia.read_cube(baci(*lines), format="baci", recode={"k": tree.new_three("HS22")}, collapse={"j": "sum"})
    assert cube.codes["k"] == ("electric vehicles", "lithium-ion batteries", "solar cells")
    by = [sum(n for n in range(rows) if n % 3 == i) for i in range(3)]
    assert cube.sel(k="solar cells", time="2023").values.ravel().tolist() == [2.0 * s for s in by]
    assert cube.sel(k="lithium-ion batteries").values.ravel().tolist() == by
    assert "870380" in cube.attrs["absent"]["k"]


@pytest.mark.parametrize("others", ["010121", "010130"])
def test_data_of_another_revision_are_refused(others):
    rows = ["2017,156,842,854140,5,1", *(f"2017,156,{j},{others},1,1" for j in range(1, 50)), "2017,156,276,854140,5,1"]
    for text, name in ((baci(*rows), "baci"), (baci(*rows).replace(b"t,i,j,k,v,q", b"time,i,j,k,value,q"), "table")):
        with pytest.raises(
            ValueError, match=r"k has '854140' \(2 rows\): HS22 has no code '854140', which is of HS92 to HS17"
        ):
            indicia.read_cube(
                text,
                format=name,
                recode={"k": tree.new_three("HS22")},
                **({"dims": ["i", "j", "k"]} if name == "table" else {}),
            )


def test_a_level_for_readers():
    goods = tree.hs("HS22")
    text = baci("2023,156,842,870380,5,1", "2023,156,842,870323,2,1", "2023,156,842,010121,1,1")
    cube = indicia.read_cube(text, format="baci", recode={"k": goods.recode("chapter")}, collapse={"j": "sum"})
    assert cube.sel(k="87").values.ravel().tolist() == [7.0]
    with pytest.raises(ValueError, match="doesn't name '999999'"):
        indicia.read_cube(baci("2023,156,842,999999,5,1"), format="baci", recode={"k": goods.recode("chapter")})
    kept = goods.recode("chapter", others="keep")
    assert "999999" in indicia.read_cube(baci("2023,1,2,999999,5,1"), format="baci", recode={"k": kept}).codes["k"]
    with pytest.raises(ValueError, match="others='none'"):
        goods.recode(others="none")


def test_rows_are_not_divided_among_parents():
    made = tree.parents(["a", "b", "x", "x"], [None, None, "a", "b"], [None, None, 0.5, 0.5])
    with pytest.raises(ValueError, match="'x' is part of 'a', 'b': rows can't be divided"):
        made.recode()
