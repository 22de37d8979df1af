"""Compiles the core with its C tests under the sanitizers, and runs them.

::

    python tests/c/run.py                        # every test_*.c and fuzz_*.c, with gcc and with clang
    python tests/c/run.py number --compiler gcc  # test_number.c and fuzz_number.c
    python tests/c/run.py --tsan                 # the programs that make threads, under ThreadSanitizer
    python tests/c/run.py --fuzz 60 number       # libFuzzer, a minute for each target (clang)

Fuzz targets (``int ic_fuzz_one(const uint8_t *data, size_t size)`` in ``fuzz_<word>.c``) are fed every seed of
``tests/data/fuzz/<word>/``, cut at every length and with every byte changed; see replay.c. Needs no package.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SEEDS = ROOT / "tests" / "data" / "fuzz"

WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror"]
COMMON = ["-std=c11", *WARNINGS, "-Isrc", "-Itests/c", "-DIC_TEST_ALLOCATION", "-g", "-O1", "-pthread"]
COMMON += ["-fno-omit-frame-pointer", "-ffp-contract=off"]
CHECKED = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
THREADED = ["-fsanitize=thread"]
FUZZED = ["-fsanitize=fuzzer-no-link,address,undefined", "-fno-sanitize-recover=all"]

# words whose programs make threads: what --tsan runs
THREADS = ("base", "collapse", "cube", "disaggregation", "read", "sdmx_ml", "wide", "json", "growth")
SECONDS = 600  # a program that takes longer hangs

ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1",
}


@dataclass(frozen=True)
class Program:
    """What is linked and run: a test, or the replay of a fuzz target's seeds."""

    source: Path

    @property
    def name(self) -> str:
        return self.source.stem

    @property
    def word(self) -> str:
        return self.name.partition("_")[2]

    @property
    def fuzz(self) -> bool:
        return self.name.startswith("fuzz_")

    def seeds(self) -> list[str]:
        return sorted(str(p.relative_to(ROOT)) for p in (SEEDS / self.word).glob("*") if p.is_file())


def programs(words: Sequence[str]) -> list[Program]:
    found = [Program(p) for kind in ("test", "fuzz") for p in sorted(HERE.glob(f"{kind}_*.c"))]
    unknown = sorted(set(words) - {p.word for p in found})
    if unknown:
        sys.exit(f"no C test or fuzz target named {', '.join(unknown)}")
    return [p for p in found if not words or p.word in words]


class Build:
    """Objects of one compiler and one set of flags, kept by the hash of what went into them."""

    def __init__(self, compiler: str, flags: list[str], folder: Path, jobs: int) -> None:
        self.compiler = compiler
        self.flags = flags
        self.folder = folder
        self.jobs = jobs
        version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
        headers = sorted([*(ROOT / "src" / "core").rglob("*.h"), *HERE.glob("*.h")])
        self.salt = hashlib.sha256("\0".join([version, *flags]).encode())
        for header in headers:
            self.salt.update(str(header.relative_to(ROOT)).encode() + b"\0" + header.read_bytes())
        folder.mkdir(parents=True, exist_ok=True)

    def object(self, source: Path, *extra: str) -> Path:
        """Compiles one file, unless the same bytes were compiled before."""
        key = self.salt.copy()
        key.update("\0".join([str(source.relative_to(ROOT)), *extra]).encode() + b"\0" + source.read_bytes())
        out = self.folder / f"{source.stem}-{key.hexdigest()[:20]}.o"
        if not out.exists():
            part = out.with_suffix(f".{os.getpid()}.part")
            self.run(["-c", str(source.relative_to(ROOT)), *extra, "-o", str(part)])
            part.replace(out)
        return out

    def objects(self, sources: list[Path]) -> list[Path]:
        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(self.object, sources))

    def link(self, name: str, objects: list[Path], *extra: str) -> Path:
        out = self.folder / name
        self.run([*map(str, objects), *extra, "-o", str(out), "-lm"])
        return out

    def run(self, arguments: list[str]) -> None:
        done = subprocess.run(
            [self.compiler, *self.flags, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CompileError(f"{self.compiler} {' '.join(arguments)}\n{done.stdout}{done.stderr}")


class CompileError(Exception):
    """A compiler said no; the text is its own."""


def core() -> list[Path]:
    return sorted((ROOT / "src" / "core").rglob("*.c"))


def environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("LD_PRELOAD", *ENVIRONMENT)}
    return kept | ENVIRONMENT


def execute(command: list[str]) -> tuple[int, int, str]:
    """Runs a program; what it counted as passed and failed, and its complaints."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 0, 1, f"still running after {SECONDS} s"
    totals = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
    if totals is None:
        return 0, 1, f"exit {done.returncode} without a REPORT()\n{done.stdout}{done.stderr}"
    passed, failed = int(totals[1]), int(totals[2])
    if done.returncode and not failed:  # a leak is found after the report
        failed = 1
    if passed == failed == 0:
        return 0, 1, "checks nothing"
    return passed, failed, done.stderr if failed else ""


def judge(label: str, command: list[str]) -> tuple[int, int]:
    start = time.monotonic()
    passed, failed, complaint = execute(command)
    print(f"{label}: {passed} passed, {failed} failed ({time.monotonic() - start:.1f} s)", flush=True)
    if complaint:
        print("    " + complaint.strip().replace("\n", "\n    "), flush=True)
    return passed, failed


def run_tests(build: Build, selected: list[Program], prefix: list[str], kind: str) -> tuple[int, int]:
    """Builds everything, then runs the programs, a few at a time."""
    objects = build.objects(core())
    mains = build.objects([p.source for p in selected])
    replay = build.object(HERE / "replay.c") if any(p.fuzz for p in selected) else None

    def one(pair: tuple[Program, Path]) -> tuple[int, int]:
        program, main = pair
        own = [main, replay] if program.fuzz and replay else [main]
        binary = build.link(program.name, [*own, *objects])
        label = f"{build.compiler} {kind} {program.name}"
        if program.fuzz and not program.seeds():
            print(f"{label}: no seeds in {(SEEDS / program.word).relative_to(ROOT)}", flush=True)
            return 0, 1
        return judge(label, [*prefix, str(binary), *(program.seeds() if program.fuzz else [])])

    with ThreadPoolExecutor(build.jobs) as pool:
        totals = list(pool.map(one, zip(selected, mains, strict=True)))
    return sum(t[0] for t in totals), sum(t[1] for t in totals)


def fuzz(build: Build, selected: list[Program], seconds: int, corpus: Path) -> tuple[int, int]:
    """libFuzzer on every target; what it finds stays in the build folder."""
    objects = build.objects(core())
    replay = build.object(HERE / "replay.c", "-DIC_LIBFUZZER")
    passed = failed = 0
    for program in (p for p in selected if p.fuzz):
        binary = build.link(program.name, [build.object(program.source), replay, *objects], "-fsanitize=fuzzer")
        found = corpus / program.word
        found.mkdir(parents=True, exist_ok=True)
        command = [str(binary), str(found), f"-max_total_time={seconds}", "-max_len=65536", "-print_final_stats=1"]
        command += [f"-artifact_prefix={found.parent / program.word}-"]
        if program.seeds():
            command.append(str(SEEDS / program.word))
        done = subprocess.run(
            command, cwd=ROOT, env=environment(), capture_output=True, text=True, errors="replace", check=False
        )
        runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
        print(
            f"{build.compiler} fuzz {program.word}: {runs[1] if runs else '?'} inputs, exit {done.returncode}",
            flush=True,
        )
        if done.returncode:
            print("    " + done.stderr[-6000:].replace("\n", "\n    "), flush=True)
            failed += 1
        else:
            passed += 1
    return passed, failed


def fixed_addresses() -> list[str]:
    """ThreadSanitizer of older compilers dies where the kernel scatters addresses widely."""
    return ["setarch", "-R"] if sys.platform == "linux" and shutil.which("setarch") else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="word", help="only test_<word>.c and fuzz_<word>.c")
    parser.add_argument(
        "--compiler", action="append", metavar="CC", help="instead of gcc and clang; may be given twice"
    )
    parser.add_argument(
        "--build", type=Path, default=ROOT / "build" / "c", metavar="DIR", help="where objects are kept"
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at a time (default: 2)")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--tsan", action="store_true", help=f"ThreadSanitizer, on: {' '.join(THREADS)}")
    kind.add_argument("--fuzz", type=int, metavar="SECONDS", help="libFuzzer, so long for each target")
    options = parser.parse_args()

    wanted = options.compiler or (["clang"] if options.fuzz else ["gcc", "clang"])
    compilers = [cc for cc in wanted if shutil.which(cc)]
    for cc in wanted:
        if cc not in compilers:
            print(f"{cc}: not installed, skipped")
    if not compilers or (options.compiler and compilers != wanted):
        print("0 passed, 1 failed: no compiler")
        return 1
    selected = programs(options.words)
    if options.tsan:
        selected = [p for p in selected if not p.fuzz and (options.words or p.word in THREADS)]
        compilers = compilers[-1:]  # one is enough, and clang's is the newer one

    passed = failed = 0
    for cc in compilers:
        folder = options.build / Path(cc).name
        try:
            if options.tsan:
                build = Build(cc, COMMON + THREADED, folder / "tsan", options.jobs)
                done = run_tests(build, selected, fixed_addresses(), "tsan")
            elif options.fuzz:
                build = Build(cc, COMMON + FUZZED, folder / "fuzz", options.jobs)
                done = fuzz(build, selected, options.fuzz, folder / "found")
            else:
                build = Build(cc, COMMON + CHECKED, folder / "asan", options.jobs)
                done = run_tests(build, selected, [], "asan+ubsan")
        except CompileError as problem:
            print(problem, flush=True)
            done = (0, 1)
        passed, failed = passed + done[0], failed + done[1]
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
