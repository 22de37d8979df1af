"""Where written bytes go: a file that takes its place when all is there, a file object, or bytes."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias

from indicia.progress import shown

__all__ = ["Pieces", "Progress", "Target", "deliver", "finished"]

Target: TypeAlias = str | os.PathLike[str] | IO[bytes] | None
Progress: TypeAlias = bool | Callable[[int, int], Any] | None
Pieces: TypeAlias = Iterable[tuple[bytes, int, int]]  # bytes, and how many rows of how many are then written


def deliver(target: Target, pieces: Pieces, progress: Progress = None) -> bytes | None:
    """Puts the pieces of a file where they are wanted; bytes where no target is named.

    A path is written beside and renamed when all is there; ``.gz`` at its end is obeyed. `progress` is told of bytes.
    """
    if target is None:
        with shown(progress) as told:
            return b"".join(_told(pieces, told))
    if isinstance(target, str | os.PathLike):
        path = Path(target)
        if path.is_dir():
            raise IsADirectoryError(f"{path}: a directory; expected the path of a file")
        with shown(progress, path) as told, _file(path) as file:
            for piece in _told(pieces, told):
                file.write(piece)
        return None
    given: object = target
    if isinstance(given, io.TextIOBase):
        raise TypeError("target is a file of text; open it in binary mode, as in open(path, 'wb')")
    if not callable(getattr(given, "write", None)):
        raise TypeError(f"target is a path, a binary file object or None, not {type(target).__name__}")
    with shown(progress, getattr(target, "name", None)) as told:
        for piece in _told(pieces, told):
            target.write(piece)
    return None


def _told(pieces: Pieces, told: Callable[[int, int], Any] | None) -> Iterator[bytes]:
    written = 0
    for piece, done, total in pieces:
        yield piece
        written += len(piece)
        if told is not None:
            told(written, written * total // done if done else 0)


@contextmanager
def _file(path: Path) -> Iterator[IO[bytes]]:
    with finished(path) as file:
        if not path.name.lower().endswith(".gz"):
            yield file
            return
        with gzip.GzipFile("", "wb", 6, file, 0) as packed:
            yield packed  # type: ignore[misc]


@contextmanager
def finished(name: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file beside `name` that takes its place when all is written; what is no file (a pipe) is written to."""
    path = Path(os.path.realpath(name))
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
