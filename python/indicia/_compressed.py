"""Compressed bytes in, plain bytes out, a window at a time: gzip, bzip2, xz, Zstandard, members of zip archives."""

from __future__ import annotations

import bz2
import importlib
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from indicia.errors import FormatError, LimitError

__all__ = ["ZIP", "compression", "inflated", "member_chunks", "pieces"]

CHUNK = 1 << 18  # compressed bytes at a time
WINDOW = 1 << 20  # inflated bytes at a time
FREE_INFLATION = 1 << 26  # below this, no ratio is suspicious

ZIP = b"PK\x03\x04"


def pieces(file: IO[bytes], size: int = CHUNK) -> Iterator[bytes]:
    while True:
        piece = file.read(size)
        if not isinstance(piece, bytes | bytearray | memoryview):
            raise TypeError(f"a file object must give bytes, not {type(piece).__name__}; open it in binary mode")
        if not piece:
            return
        yield bytes(piece)


def _check_ratio(done: int, given: int, ratio: float) -> None:
    if done > FREE_INFLATION and done > ratio * max(given, 1):
        raise LimitError(
            f"{given} compressed bytes give more than {ratio:g} times as many (limits={{'ratio': ...}} allows more)",
            line=1,
        )


def _gunzip(given_pieces: Iterator[bytes], ratio: float) -> Iterator[bytes]:
    """The members of a gzip stream, one after the other, checked against their sums."""
    given = done = 0
    inflater = zlib.decompressobj(31)
    started = False
    for piece in given_pieces:
        given += len(piece)
        rest = piece
        while rest:
            if inflater.eof:
                rest = rest.lstrip(b"\0") if started else rest  # padding behind the last member
                if not rest:
                    break
                inflater = zlib.decompressobj(31)
            try:
                out = inflater.decompress(rest, WINDOW)
            except zlib.error as error:
                raise FormatError(f"the gzip stream is damaged: {error}", line=1) from None
            started = True
            done += len(out)
            _check_ratio(done, given, ratio)
            if out:
                yield out
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    if not inflater.eof:
        raise FormatError("the gzip stream ends early", line=1)


def member_chunks(file: IO[bytes], size: int, ratio: float) -> Iterator[bytes]:
    done = 0
    try:
        while chunk := file.read(WINDOW):
            done += len(chunk)
            _check_ratio(done, size, ratio)
            yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise FormatError(f"the zip archive is damaged: {error}", line=1) from None


def _unpacked(made: Callable[[], Any], word: str, given_pieces: Iterator[bytes], ratio: float) -> Iterator[bytes]:
    """The streams of bzip2, xz or Zstandard, one after the other: their decompressors are used alike."""
    given = done = 0
    inflater = made()
    for piece in given_pieces:
        given += len(piece)
        rest = piece
        while rest or not (inflater.eof or inflater.needs_input):
            if inflater.eof:
                rest = rest.lstrip(b"\0")  # padding between streams
                if not rest:
                    break
                inflater = made()
            try:
                out = inflater.decompress(rest, WINDOW)
            except (OSError, lzma.LZMAError, ValueError, EOFError) as error:
                raise FormatError(f"the {word} stream is damaged: {error}", line=1) from None
            done += len(out)
            _check_ratio(done, given, ratio)
            if out:
                yield out
            rest = inflater.unused_data if inflater.eof else b""
    if not inflater.eof:
        raise FormatError(f"the {word} stream ends early", line=1)


def _zstandard() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name).ZstdDecompressor()
        except ModuleNotFoundError:
            continue
    raise ModuleNotFoundError("a Zstandard stream is read by Python 3.14 and later; before, install backports.zstd")


_STARTS: dict[bytes, str] = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}  # what streams start with
_MADE: dict[str, Callable[[], Any]] = {
    "bzip2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
    "Zstandard": _zstandard,
}


def compression(head: bytes) -> str | None:
    """How a stream is compressed, by its first bytes."""
    return next((word for start, word in _STARTS.items() if head.startswith(start)), None)


def inflated(word: str, given_pieces: Iterator[bytes], ratio: float) -> Iterator[bytes]:
    """What a stream holds that is compressed as `compression` says."""
    return _gunzip(given_pieces, ratio) if word == "gzip" else _unpacked(_MADE[word], word, given_pieces, ratio)
