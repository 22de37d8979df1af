"""The rules of the house that a program can check; each failure names the step that is missing.

What the rooms are and which way they depend is told in docs/architecture.md, what belongs to a new indicator or format
in CONTRIBUTING.md.
"""

import ast
import inspect
import pickle
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import indicia
from indicia import _core

ROOT = Path(__file__).parents[1]
CORE = ROOT / "src" / "core"
BIND = ROOT / "src" / "bind"
FACE = ROOT / "python" / "indicia"

# Which rooms of the core a room may include, besides itself.
MAY_INCLUDE = {
    "base": set(),
    "number": {"base"},
    "period": {"base"},
    "scan": {"base"},
    "cube": {"base"},
    "syntax": {"base", "number", "period", "scan"},
    "read": {"base", "number", "numeric", "period", "scan", "syntax"},
    "numeric": {"base"},
}
INDICATORS = (
    "deflation",
    "disaggregation",
    "interval",
    "growth",
    "index",
    "region",
    "tree",
    "trade",
    "inout",
    "match",
    "debt",
    "people",
    "cycle",
)
MAY_INCLUDE |= {room: {"base", "numeric"} for room in INDICATORS}

# What a room of the core is called in Python, where that is another word.
FACES = {"number": "numbers", "period": "periods"}
PAGES = {"index": "index-numbers"}  # docs/index.md is the front page
NO_FACE = {"base", "scan", "syntax", "numeric"}  # plumbing: tested in C


def files(folder, *suffixes):
    """Files of the project under a folder, without what was built there."""
    return [
        p
        for p in sorted(folder.rglob("*"))
        if p.suffix in suffixes and not {"__pycache__", "build", ".venv"} & set(p.relative_to(ROOT).parts)
    ]


def named(path):
    return str(path.relative_to(ROOT))


def code(path):
    """C without comments, strings and character constants; lines keep their numbers."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: "\n" * m[0].count("\n") + " ", path.read_text(), flags=re.S)


def includes(path):
    return re.findall(r'^\s*#\s*include\s*[<"]([^">]+)[">]', path.read_text(), re.M)


def rooms():
    return sorted({p.relative_to(CORE).parts[0] for p in files(CORE, ".c")})


def ufuncs():
    return {name: f for name, f in vars(_core).items() if isinstance(f, np.ufunc)}


def formats():
    return [f.name for f in getattr(indicia, "formats", list)()]


# ---- rooms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", rooms())
def test_a_room_has_its_counterparts(room):
    assert room in MAY_INCLUDE, (
        f"src/core/{room} is not a room of the house: add it to MAY_INCLUDE with what it may see"
    )
    face = FACES.get(room, room)
    wanted = [f"tests/c/test_{room}.c"]
    if room in NO_FACE:
        wanted = wanted if room != "numeric" else []
    elif room in INDICATORS:
        wanted = [f"python/indicia/{face}.py", f"tests/test_{face}.py", f"tests/reference/{face}.py"]
        wanted += [f"benchmarks/bench_{face}.py", f"docs/{PAGES.get(room, room)}.md"]
    else:
        wanted += [f"python/indicia/{face}.py", f"tests/test_{face}.py", f"benchmarks/bench_{face}.py"]
    missing = [p for p in wanted if not (ROOT / p).is_file() and not list(ROOT.glob(p.replace(".py", "_*.py")))]
    assert not missing, f"the room {room!r} lacks {', '.join(missing)}"


@pytest.mark.parametrize("path", files(CORE, ".c", ".h"), ids=named)
def test_the_core_sees_only_what_lies_below(path):
    room = path.relative_to(CORE).parts[0]
    for header in includes(path):
        assert not header.startswith(("Python.h", "numpy/", "bind/")), (
            f"{named(path)} includes {header}: the core is plain C"
        )
        assert header not in ("threads.h", "stdatomic.h", "locale.h"), f"{named(path)} includes {header}: not portable"
        if header.startswith("core/"):
            other = header.split("/")[1]
            assert other == room or other in MAY_INCLUDE[room], (
                f"{named(path)} includes {header}: the room {room!r} may see only {sorted(MAY_INCLUDE[room])}; "
                "what two rooms need goes down to numeric or base"
            )
            assert (ROOT / "src" / header).is_file(), f"{named(path)} includes {header}, which is not there"


# What the core may use only where it is at home.
HOMES = {
    "malloc": "base/memory.c", "calloc": "base/memory.c", "realloc": "base/memory.c", "free": "base/memory.c",
    "mmap": "base/memory.c", "errno": "base/source.c", "vsnprintf": "base/status.c", "pread": "base/source.c",
    "pthread_create": "base/parallel.c",
} | dict.fromkeys(
    ("strtod", "strtol", "strtoll", "strtoul", "strtoull", "atof", "atoi", "sscanf", "setlocale", "printf", "fprintf",
     "sprintf", "abort", "exit", "alloca", "strtok", "isdigit", "isspace", "isalpha", "tolower", "toupper")
)  # fmt: skip


@pytest.mark.parametrize("path", files(CORE, ".c", ".h"), ids=named)
def test_the_core_uses_the_heap_and_the_system_through_base(path):
    here = str(path.relative_to(CORE))
    for number, line in enumerate(code(path).splitlines(), 1):
        for word in re.findall(r"\b[a-z_]+\b(?=\s*\()|\berrno\b", line):
            home = HOMES.get(word, here)
            instead = "depends on the locale or writes to a stream" if home is None else f"stands in core/{home} only"
            assert home == here, f"{named(path)}:{number} uses {word}(), which {instead}"
    floating = re.search(r'"[^"\n]*%[-+ #0-9.*l]*[aefgAEFG][^"\n]*"', path.read_text())
    assert floating is None, (
        f"{named(path)} prints a double by {floating and floating[0]}: the locale decides its decimal mark"
    )


@pytest.mark.parametrize("path", files(CORE, ".c"), ids=named)
def test_the_core_has_no_mutable_globals(path):
    text = code(path)
    skipped = r"(?!static|typedef|extern|return|else|case|enum|struct \w+ \{|#)"
    variable = rf"^(?:static\s+)?{skipped}[A-Za-z_][\w \*]*?[ \*](\w+)(?:\[[^\]]*\])*\s*(?:=|;)"
    for found in re.finditer(variable, text, re.M):
        line = text[: found.start()].count("\n") + 1
        kind = found[0][: found.start(1) - found.start()]
        if "const" in kind.rpartition("*")[2] or found[1].startswith("ic_test_"):  # a const pointer, not one to const
            continue
        assert re.search(r"\bic_\w+_select\s*\(", text), (
            f"{named(path)}:{line} has the global variable {found[1]!r}: "
            "only the tables that ic_<room>_select() writes once, at import, are allowed"
        )


def test_only_the_entry_is_exported():
    nm = shutil.which("nm")
    if nm is None or not _core.__file__.endswith(".so"):
        pytest.skip("no nm for this kind of library")
    done = subprocess.run([nm, "-D", "--defined-only", _core.__file__], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("nm knows no -D here")
    exported = {line.split()[-1] for line in done.stdout.splitlines() if line.split()[-2] in "TDBRW"} - {
        "_init",
        "_fini",
    }
    assert exported == {"PyInit__core"}, "build with hidden visibility, so that only PyInit__core is exported"


def test_the_build_never_asks_for_this_machine():
    text = (ROOT / "setup.py").read_text()
    for flag in ("-march=", "-mtune=", "-ffast-math", "-Ofast", "-mavx"):
        assert flag not in text, f"setup.py passes {flag}: instruction sets are chosen at import, and NaN must stay NaN"


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("word", ["cube", "observations", "read", "periods", "numbers", "flags", "errors", "config"])
def test_plumbing_knows_no_indicator(word):
    path = FACE / f"{word}.py"
    assert path.is_file(), f"python/indicia/{word}.py is missing"
    known = {f"indicia.{room}" for room in INDICATORS} & set(imports(path))
    assert not known, f"{named(path)} imports {sorted(known)}: indicators see cubes, never the other way round"


def test_numpy_is_the_only_requirement():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert [re.match(r"[\w-]+", d)[0] for d in project["dependencies"]] == ["numpy"]
    assert project["version"] == indicia.__version__, "pyproject.toml and indicia.__version__ say different versions"
    heavy = {"pandas", "xarray", "polars", "pyarrow", "dask", "matplotlib", "rich", "plotext", "jinja2"}
    for path in files(FACE, ".py"):
        tree = ast.parse(path.read_text())
        top = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
        names = {a.name for n in top if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module for n in top if isinstance(n, ast.ImportFrom) and n.module}
        found = {
            extra for extra in heavy & {n.partition(".")[0] for n in names} if not path.stem.startswith(f"_{extra}")
        }
        assert not found, f"{named(path)} imports {sorted(found)} at its top: import an extra where it is used"
    code = f"import sys, indicia; print(*({heavy!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not loaded, f"import indicia loads {loaded}: import an extra where it is used"


# ---- ufuncs and formats ----------------------------------------------------------------------------------------


def mentions(folder, pattern, word):
    return any(re.search(rf"\b{word}\b", p.read_text()) for p in sorted((ROOT / folder).glob(pattern)))


@pytest.mark.parametrize("name", sorted(ufuncs()))
def test_a_ufunc_has_everything_that_belongs_to_it(name):
    public = getattr(indicia.ufuncs, name, None)
    assert public is ufuncs()[name], f"re-export {name} in python/indicia/ufuncs.py"
    assert name in indicia.ufuncs.__all__, f"add {name} to __all__ of python/indicia/ufuncs.py"
    assert "Examples" in (public.__doc__ or ""), f"document {name}, with an example, in python/indicia/ufuncs.py"
    assert pickle.loads(pickle.dumps(public)) is public, f"{name} must be picklable, for dask"
    room = name.partition("_")[0]
    assert (ROOT / "tests" / "reference" / f"{room}.py").is_file(), (
        f"write the slow twin of {name} in tests/reference/{room}.py"
    )
    tests = "".join(p.read_text() for p in sorted((ROOT / "tests").glob(f"test_{room}*.py")))
    assert re.search(rf"from reference import .*\b{room}\b", tests), (
        f"hold {room} against its slow twin in tests/test_{room}.py"
    )
    assert mentions("benchmarks", "bench_*.py", name), f"give {name} a row in benchmarks/"


@pytest.mark.parametrize("name", formats())
def test_a_format_has_everything_that_belongs_to_it(name):
    folder = ROOT / "tests" / "data" / name
    for kind in ("good", "odd", "broken"):
        assert list(folder.glob(f"{kind}*")), f"put a {kind} sample of {name} into tests/data/{name}/"
    assert re.search(rf"^## .*`{re.escape(name)}`", (ROOT / "docs" / "formats.md").read_text(), re.M), (
        f"give `{name}` a section in docs/formats.md"
    )
    assert f"`{name}`" in (ROOT / "README.md").read_text(), f"give `{name}` a row in README.md"
    seeds = ROOT / "tests" / "data" / "fuzz"
    word = name.replace("-", "_")
    assert any((seeds / w).is_dir() and any((seeds / w).iterdir()) for w in (name, word)), (
        f"put a fuzz seed of {name} into tests/data/fuzz/{word}/"
    )
    assert (ROOT / "tests" / "c" / f"fuzz_{word}.c").is_file(), f"write tests/c/fuzz_{word}.c"


@pytest.mark.parametrize("path", files(ROOT / "tests" / "c", ".c"), ids=named)
def test_a_fuzz_target_has_seeds(path):
    if path.stem.startswith("fuzz_"):
        folder = ROOT / "tests" / "data" / "fuzz" / path.stem.removeprefix("fuzz_")
        assert folder.is_dir() and any(folder.iterdir()), f"put seeds for {named(path)} into {named(folder)}/"  # noqa: PT018
    elif path.stem.startswith("test_"):
        text = path.read_text()
        assert "REPORT()" in text or '#include "test_' in text, f"{named(path)} must end in REPORT()"


def test_the_stub_of_the_core_is_complete():
    tree = ast.parse((FACE / "_core.pyi").read_text())
    stub = {n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    stub |= {n.target.id for n in tree.body if isinstance(n, ast.AnnAssign)}
    stub = {name for name in stub if not name.startswith("_")}
    here = {name for name in vars(_core) if not name.startswith("_")}
    assert stub == here, (
        f"python/indicia/_core.pyi lacks {sorted(here - stub)} and has {sorted(stub - here)}, which isn't there"
    )


# ---- words -----------------------------------------------------------------------------------------------------


def public():
    return [name for name in indicia.__all__ if not name.startswith("__")]


@pytest.mark.parametrize("name", public())
def test_a_public_name_is_explained(name):
    value = getattr(indicia, name)
    if inspect.ismodule(value):
        assert value.__doc__, f"indicia.{name} has no docstring"
        return
    text = inspect.getdoc(value) or ""
    assert text, f"indicia.{name} has no docstring"
    assert ">>>" in text, f"the docstring of indicia.{name} shows no example"


def test_the_public_names_are_sorted_and_exist():
    assert list(indicia.__all__) == sorted(set(indicia.__all__)), "keep __all__ of indicia sorted"
    assert set(indicia.__all__) <= set(dir(indicia)), "dir(indicia) must show every public name"
    for name in indicia.__all__:
        getattr(indicia, name)


def texts():
    found = [p for p in ROOT.iterdir() if p.suffix in (".md", ".toml", ".py", ".in", ".cfg")]
    for folder in ("src", "python", "tests", "benchmarks", "docs", ".github"):
        found += files(ROOT / folder, ".c", ".h", ".py", ".pyi", ".md", ".yml", ".toml")
    return [*found, ROOT / ".ci" / "run", *files(ROOT / "notebooks", ".ipynb")]


@pytest.mark.parametrize("path", texts(), ids=named)
def test_a_file_fits_the_house(path):
    text = path.read_text()
    lines = text.count("\n")
    assert lines <= 600 or "table" in path.stem, f"{named(path)} has {lines} lines: which two things is it?"
    roots = "|".join(("work", "farm", "root", "home", "tmp", "Users"))
    machine = re.search(rf"(?:^|[^\w.~/-])/(?:{roots})/[a-z]", text, re.M)
    assert machine is None, f"{named(path)} names a path of one machine: {machine and machine[0]}"
    open_ends = re.search(r"\b(TODO|FIXME|XXX)\b", text) if path.name != Path(__file__).name else None
    assert open_ends is None, f"{named(path)} has an open end: {open_ends and open_ends[0]}"
    assert text == "" or text.endswith("\n"), f"{named(path)} doesn't end in a newline"


def blocks(path, language):
    return re.findall(rf"^```(?:{language})\n(.*?)^```", path.read_text(), re.M | re.S)


def test_the_readme_begins_with_two_commands():
    first = re.findall(r"^```(\w*)\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)[:2]
    assert [language for language, _ in first] == ["sh", "sh"], "README.md begins with two shell blocks"
    for _, block in first:
        assert block.count("\n") == 1, f"each of the first two shell blocks of README.md is one line, not:\n{block}"
        assert block.startswith("python3 -m venv .venv && "), "each works by itself, in a fresh clone"
    assert "indicia brief" in first[0][1]
    assert "pytest" in first[1][1]


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *files(ROOT / "docs", ".md")], ids=named
)
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text()):
        if not re.match(r"[a-z]+:", link):
            assert (path.parent / link).exists(), f"{named(path)} links to {link}, which is not there"


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "index.md").read_text()
    missing = [p.name for p in files(ROOT / "docs", ".md") if p.name != "index.md" and f"({p.name})" not in index]
    assert not missing, f"docs/index.md doesn't link to {', '.join(missing)}"
