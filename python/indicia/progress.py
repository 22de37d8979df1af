"""Progress of long work: a bar on the terminal, or whatever the caller wants to be told."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["shown"]

Told = Callable[[int, int], Any]

AFTER = 0.3  # seconds before a bar is worth drawing
WIDTH = 30


@contextmanager
def shown(progress: bool | Told | None, name: Any = None) -> Iterator[Told | None]:
    """What the core is to call with (done, total): nothing, the caller's own, or a bar on stderr that ends itself.

    Parameters
    ----------
    progress
        None or False: nothing; True: a bar; a callable: called with bytes done and all bytes, 0 where unknown.
    name
        What the bar says is being read.
    """
    if callable(progress):
        yield progress
    elif progress:
        bar = _Bar(os.path.basename(str(name)) if name is not None else "")
        try:
            yield bar
        finally:
            bar.end()
    else:
        yield None


class _Bar:
    def __init__(self, name: str) -> None:
        self.name = name
        self.start = time.monotonic()
        self.drawn = False

    def __call__(self, done: int, total: int) -> None:
        seconds = time.monotonic() - self.start
        if seconds < AFTER:
            return
        rate = f"{done / 1e6:,.0f} MB, {done / 1e6 / seconds:,.0f} MB/s"
        if total:
            share = min(done / total, 1.0)
            filled = int(share * WIDTH)
            text = f"{self.name} [{'#' * filled}{'.' * (WIDTH - filled)}] {share:4.0%} {rate}"
        else:
            text = f"{self.name} {rate}"
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()
        self.drawn = True

    def end(self) -> None:
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
