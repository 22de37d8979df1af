"""``python -m benchmarks [word ...]``: every row of ``bench_<word>.py``, in a process of its own for each word."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import _harness

ROOT = Path(__file__).parents[1]
HIDDEN = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # set on some machines, and they slow NumPy down


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in HIDDEN}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks", *words]


# ---- the process that measures -------------------------------------------------------------------------------


def emit(kind: str, content: Any) -> None:
    print(json.dumps({kind: content}), flush=True)


def work(word: str, options: argparse.Namespace) -> None:
    """Prints one JSON line for the machine, then one for each row."""
    emit("machine", _harness.machine())
    for row in _harness.rows_of(word, options.scale):
        if options.check:
            seconds, absent = _harness.check(row)
            emit("checked", {"row": row.name, "peers": list(seconds)[1:], "absent": absent})
            continue
        result = _harness.run(row, options.seconds)
        if options.memory:
            for timing in result.timings:
                timing.peak = apart(word, row.name, timing.who, options.scale)
        found = result.as_dict()
        found["versions"] = _harness.versions([t.who for t in result.timings])
        emit("row", found)


def apart(word: str, name: str, who: str, scale: float) -> int | None:
    """The peak of one call, measured in a fresh process."""
    out = subprocess.run(
        command("--peak", word, name, who, "--scale", repr(scale)),
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    peak: int | None = json.loads(out.stdout.splitlines()[-1])["peak"]
    return peak


# ---- the process that prints ---------------------------------------------------------------------------------


def clock(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def table(lines: list[list[str]]) -> str:
    """Columns as wide as their widest cell, the first one to the left."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def show(row: dict[str, Any]) -> str:
    size = "" if row["bytes"] is None else f" ({row['bytes'] / 1e6:.4g} MB)"
    memory = any(t["peak"] is not None for t in row["timings"])
    moving = any(t["over_moving"] is not None for t in row["timings"])
    more = [*(["over moving"] if moving else []), *(["peak MB"] if memory else [])]
    lines = [["", "min", "median", "n", "times ours", "GB/s", *more]]
    for t in row["timings"]:
        name = f"  {t['who']} {row['versions'].get(t['who'].split()[0], '')}".rstrip()
        rate = "" if t["gb_per_second"] is None else f"{t['gb_per_second']:.3g}"
        ratio = "" if t["who"] == _harness.OURS else f"{t['ratio']:.3g}"
        cells = [name, clock(t["min"]), clock(t["median"]), str(t["n"]), ratio, rate]
        if moving:
            cells.append(f"{t['over_moving']:.2f}")
        if memory:
            cells.append("" if t["peak"] is None else f"{t['peak'] / 1e6:.4g}")
        lines.append(cells)
    out = [row["row"] + size, table(lines)]
    if row["absent"]:
        out.append("  absent: " + ", ".join(row["absent"]))
    if row["note"]:
        out.append("  " + row["note"])
    return "\n".join(out)


def headline(machine: dict[str, Any]) -> str:
    rest = ", ".join(f"{key} {value}" for key, value in machine.items() if key not in ("processor", "cores"))
    return f"{machine['processor']}, {machine['cores']} cores; {rest}"


def measure(word: str, options: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """Runs one word in a fresh process; yields what it prints, then ("failed", code) if it broke."""
    words = ["--worker", "--seconds", repr(options.seconds), "--scale", repr(options.scale)]
    words += ["--memory"] * options.memory + ["--check"] * options.check
    with subprocess.Popen(
        command(word, *words), env=environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                yield from json.loads(line).items()
    if process.returncode:
        yield "failed", process.returncode


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="word", help=f"of: {' '.join(_harness.words())} (default: all)")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write every figure there as well")
    parser.add_argument("--seconds", type=float, default=1.0, help="time spent on each callable (default: 1)")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the sizes of the inputs (default: 1)")
    parser.add_argument(
        "--memory", action="store_true", help="also the peak of resident memory, each in a fresh process"
    )
    parser.add_argument("--check", action="store_true", help="only whether all results agree")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--peak", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)

    if options.peak:
        word, name, who = options.peak
        emit("peak", _harness.peak_memory(word, name, who, options.scale))
        return 0
    unknown = sorted(set(options.words) - set(_harness.words()))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(_harness.words())}")
    if options.worker:
        for word in options.words:
            work(word, options)
        return 0

    machine: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    failed: list[str] = []
    for word in options.words or _harness.words():
        print(f"\n== {word}", flush=True)
        for kind, content in measure(word, options):
            if kind == "machine" and not machine:
                machine = content
                print(headline(machine), flush=True)
            elif kind == "checked":
                absent = f"; absent: {', '.join(content['absent'])}" if content["absent"] else ""
                print(f"{content['row']}: same as {', '.join(content['peers']) or 'nobody'}{absent}", flush=True)
            elif kind == "row":
                rows.append({"word": word, **content})
                print(show(content), flush=True)
            elif kind == "failed":
                failed.append(word)
                print(f"bench_{word} failed (exit {content}): its message stands above", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
