"""Ledgers that mean no good: broken, twisted, circular, huge. Each ends, in findings or in an error with its line."""

import json
import random
import time
from pathlib import Path

import pytest

from indicia import LedgerError, Verdict, read_ledger
from indicia.cli import main

BAKERY = (Path(__file__).parent / "data" / "ledger" / "bakery.toml").read_bytes()


def audited(text, tmp_path):
    """What becomes of a file: an audit, or the error."""
    path = tmp_path / "hostile.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        return read_ledger(path).audit()
    except LedgerError as error:
        problem = error
    assert str(problem).startswith(str(path))
    assert 1 <= problem.line <= path.read_bytes().count(b"\n") + 1
    return problem


PIECES = [
    b'"', b"'", b"[", b"]", b"[[relations]]\n", b"[quantities.x]\n", b"=", b"\n", b"\\", b"#", b".", b"said",
    b"-", b"1e400", b"nan", b"inf", b"9" * 30, b" / 0", b" ** 99", b"(", b")", b"more than", b"about -", b"to", b"%",
    b"trillion", b"EUR",
    b"\xff", b"\xed\xa0\x80", "零".encode(), b"\0", b"true", b"1979-05-27", b"{}", b"[]", b'""',
]  # fmt: skip


def mutated(rng, text):
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(5)
        lines = text.split(b"\n")
        if kind == 0:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + rng.randint(1, 8) :]
        elif kind == 2:
            k = rng.randrange(len(lines))
            text = b"\n".join(lines[:k] + lines[k + 1 :])
        elif kind == 3:
            i, k = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[i], lines[k] = lines[k], lines[i]
            text = b"\n".join(lines)
        else:
            word = rng.choice([w for w in text.split() if w])
            text = text.replace(word, rng.choice(PIECES), 1)
    return text


def test_what_is_changed_by_chance(tmp_path):
    rng = random.Random(11)
    errors = 0
    for _ in range(150):
        found = audited(mutated(rng, BAKERY), tmp_path)
        errors += isinstance(found, LedgerError)
        if not isinstance(found, LedgerError):
            str(found)
            json.dumps(found.to_dict(), allow_nan=False)
    assert 30 < errors < 150


def figures(**said):
    return "".join(
        f'[quantities.{name}]\nsaid = "{text}"\n' if text else f"[quantities.{name}]\n" for name, text in said.items()
    )


def relations(*held):
    return "".join(f'[[relations]]\nholds = "{text}"\n' for text in held)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (figures(x="0 to 1", y="-1 to 1", z="5") + relations("z = x / y"), Verdict.POSSIBLE),
        (figures(x="1", y="0.0", z="0.5") + relations("z = x / y"), Verdict.CONTRADICTED),
        (figures(x="1 to 2", y="0 to 0", z="5") + relations("z <= x / y"), Verdict.CONTRADICTED),
        (figures(x="", y="") + relations("x = y + 1", "y = x + 1"), None),
        (figures(x="", y="5") + relations("x = x * y"), None),
        (figures(x="5", y="") + relations("y = ((x ** 100) ** 100) ** 100", "y > x"), Verdict.CERTAIN),
        (figures(x="-2 to 2", y="") + relations("y = ((x ** 99) ** 99) ** 99", "y ** 99 > x ** 98"), Verdict.UNKNOWN),
        (figures(x="0 to 4") + relations("x ** 2 - 4 * x + 4 >= 0"), Verdict.UNKNOWN),
        (figures(x="1 to 2", y="3 to 4") + relations("x / (x + y) <= 0.4"), Verdict.CERTAIN),
        (figures(x="3", y="4") + relations("x + y = y + x"), Verdict.CERTAIN),
        (figures(x="1" * 300) + relations("x > 1"), Verdict.UNKNOWN),
        (figures(x="1e300", y="1e-300") + relations("x / y > 1"), None),
    ],
    ids=range(12),
)
def test_relations_that_mean_no_good(text, verdict, tmp_path):
    started = time.process_time()
    found = audited(text, tmp_path)
    assert time.process_time() - started < 20
    assert not isinstance(found, LedgerError)
    assert str(found)
    if verdict is not None:
        assert found.findings[-1].verdict == verdict
    assert all(f.reason for f in found.findings if f.verdict == Verdict.UNKNOWN)


@pytest.mark.parametrize("text", ["1 = 2", "x = nothing", "x = x.high", "x = 5 %", "x", "x = 5 = x", "f(x) = 1", ""])
def test_what_is_no_relation(text, tmp_path):
    found = audited(figures(x="3") + relations(text), tmp_path)
    assert isinstance(found, LedgerError)
    assert found.line == 4


def test_hundreds_of_figures_of_one_base(tmp_path, capsys):
    n = 400
    text = figures(
        base="100", **{f"x{k}": str(100 + k % 7) for k in range(n)}, **{f"g{k}": f"{k % 7}.0 %" for k in range(n)}
    )
    path = tmp_path / "many.toml"
    path.write_text(text + relations(*(f"g{k} = x{k} / base - 1" for k in range(n))))
    started = time.process_time()
    assert main(["audit", str(path), "--json"]) == 0
    assert time.process_time() - started < 20
    assert len(json.loads(capsys.readouterr().out)["findings"]) == n


def test_a_circle_of_a_hundred(tmp_path):
    n = 100
    text = figures(**{f"x{k}": "" if k else "7" for k in range(n)})
    found = audited(text + relations(*(f"x{(k + 1) % n} = 1.01 * x{k}" for k in range(n))), tmp_path)
    assert not isinstance(found, LedgerError)
    assert found.findings or found.conflicts


@pytest.mark.parametrize("depth", [50, 99, 150, 5_000])
def test_brackets(depth, tmp_path):
    found = audited(figures(x="5") + relations("(" * depth + "x" + ")" * depth + " = 5"), tmp_path)
    assert isinstance(found, LedgerError) == (depth > 100)
