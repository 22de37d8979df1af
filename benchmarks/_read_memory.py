"""What reading a file adds to the memory of a fresh process.

::

    python -m benchmarks._read_memory FILE                # rows, or a cube from what is one by nature
    python -m benchmarks._read_memory FILE cube           # or: rows
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import _harness

ROOM = 64 << 20  # bytes beside the output that a reader may take, whatever the file's size


@dataclass(frozen=True)
class Memory:
    """Bytes: what the arrays of a result hold, and what resident memory grew by at its highest (None: unknown)."""

    output: int
    peak: int | None

    def __str__(self) -> str:
        if self.peak is None:
            return "peak memory: this system doesn't tell"
        verdict = "within" if self.peak <= self.output + ROOM else "BEYOND"
        return (
            f"peak memory: {self.peak / 1e6:.0f} MB for {self.output / 1e6:.0f} MB of output, "
            f"{verdict} output + {ROOM >> 20} MiB"
        )


def held(result: Any) -> int:
    """Bytes in the arrays of an Observations or a Cube."""
    arrays = [result.values, result.flags, result.decimals]
    if hasattr(result, "positions"):
        arrays += [*result.positions.values(), result.time.ordinals]
    return sum(getattr(array, "nbytes", 0) for array in arrays)


def measure(path: Path, kind: str = "") -> Memory:
    """In this process; `kind` is "cube" or "rows", by default what the suffix makes likelier."""
    import indicia

    kind = kind or ("cube" if {".tsv", ".px"} & set(path.suffixes) else "rows")
    read = {"cube": indicia.read_cube, "rows": indicia.read_observations}[kind]
    return Memory(held(read(path)), _harness.peak_of(lambda: read(path)))


def apart(path: Path, kind: str = "") -> Memory:
    """In a fresh one."""
    command = [sys.executable, "-m", "benchmarks._read_memory", str(path), *([kind] if kind else [])]
    root = Path(__file__).parents[1]
    out = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return Memory(**json.loads(out.stdout))


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1]), *sys.argv[2:3]))))
