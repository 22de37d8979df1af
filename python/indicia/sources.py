"""Where bytes come from: paths, buffers, file objects, URLs; compressed ones are opened, other encodings transcoded."""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import stat
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, NamedTuple, TypeAlias

from indicia import _core
from indicia._codepages import declared_encoding, upper_half
from indicia._compressed import ZIP, compression, inflated, member_chunks, pieces
from indicia.errors import FormatError, LimitError

__all__ = ["Source", "open_source", "tells_as_table", "whole"]

Given: TypeAlias = Any  # a path, bytes or any buffer, a binary file object

_WESTERN = {"comtrade", "weo", "wdi"}  # formats whose files are in Windows' western code page where they are not UTF-8
HEAD = 1 << 16  # bytes that a format is recognised by
MEMBERS = 1000  # of an archive that are looked at
PATIENCE = 0.03  # seconds that a feeder is waited for after an error

_COMPRESSED_MEMBERS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "Zstandard"}
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_UTF16_XML = {"<?".encode(codec): codec for codec in ("utf-16-le", "utf-16-be")}
_DECLARATION = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_TELLING = (
    re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:[\w.-]+:)?Structure[\s>]", re.DOTALL),
    re.compile(
        rb'(?:\xef\xbb\xbf)?\s*\{(?=.*"(?:codelists|conceptSchemes|dataStructures)"\s*:)(?!.*"dataSets"\s*:)', re.DOTALL
    ),
    re.compile(rb'(?:\xef\xbb\xbf)?"?(?:Cube Title|Titre du cube)"?[,;]'),
)
_URL = re.compile(r"[a-z][a-z0-9+.-]+://")
_COMMON = re.compile(rb"[\xb0-\xd7\xa1-\xa3][\xa1-\xfe]")  # GB 2312: the frequent characters, punctuation
_PAIR = re.compile(rb"[\x81-\xfe](?:[\x40-\x7e\x80-\xfe]|[\x30-\x39][\x81-\xfe][\x30-\x39])", re.DOTALL)
_LATE = re.compile(rb"[\xc9-\xf7][\xa1-\xfe]")  # those from shan to zuo; Korean syllables lie before them
_CHINESE, _BEHIND = 0.9, 0.1  # the shares of both among all that are not ASCII


class Source:
    """What a reader reads: what `_core.read` takes, its size or 0, its first bytes, and the thread that feeds it.

    `encoding` is what it was transcoded from, None for UTF-8. `beside` are the members of the same archive that tell of
    the data: structure messages, and Statistics Canada's metadata. `remake` gives the feeder's chunks once more, from
    the first one on; None where the source can't be sought.
    """

    def __init__(
        self,
        name: Any,
        data: Any,
        size: int,
        head: bytes,
        feeder: Feeder | None = None,
        *,
        remake: Callable[[], Iterator[bytes]] | None = None,
        encoding: str | None = None,
        beside: Sequence[bytes] = (),
    ) -> None:
        self.name = name
        self.data = data
        self.size = size
        self.head = head
        self.feeder = feeder
        self.encoding = encoding
        self.beside = beside
        self._remake = remake
        self._failure: BaseException | None = None

    def begin(self) -> None:
        """Starts the feeder: the data are wanted."""
        if self.feeder is not None:
            self.feeder.start()

    @property
    def again(self) -> Callable[[], Any] | None:
        """What `_core.read` calls for another pipe with the same bytes, or None where there can't be one."""
        return None if self._remake is None else self._begin_again

    def _begin_again(self) -> Any:
        self._failure = self.failure
        self.part(None)  # the file is the next feeder's
        assert self._remake is not None
        self.data = _core.Pipe()
        self.feeder = Feeder(self._remake(), self.data)
        self.feeder.start()
        return self.data

    @property
    def failure(self) -> BaseException | None:
        """What made a feeder fail, if the core has come to that place."""
        if self._failure is None and self.feeder is not None and self.data.broken():
            return self.feeder.failure
        return self._failure

    def part(self, seconds: float | None) -> None:
        """Waits for the feeder, which stops when nobody reads."""
        if self.feeder is not None and self.feeder.ident is not None:
            self.data.desert()
            self.feeder.join(seconds)


class Feeder(threading.Thread):
    """Writes chunks into a pipe while the core scans what came before; keeps the exception that ended it, if any."""

    def __init__(self, chunks: Iterator[bytes], pipe: Any) -> None:
        super().__init__(name="indicia-feeder", daemon=True)
        self.chunks = chunks
        self.pipe = pipe
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Until the chunks end, fail, or nobody reads any more."""
        try:
            for chunk in self.chunks:
                if not self.pipe.write(chunk):
                    break
        except BaseException as failure:  # whatever it is, the reader must hear of it
            self.failure = failure
            self.pipe.close(True)
        else:
            self.pipe.close()


# ---- chunks ------------------------------------------------------------------------------------------------------


def _transcode(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    first = True
    line = 1
    try:
        for chunk in chunks:
            text = decoder.decode(chunk)
            if first and text:
                text = text.removeprefix("\ufeff")
                first = False
            line += text.count("\n")
            yield text.encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeDecodeError as error:
        line += error.object[: error.start].decode(encoding, "ignore").count("\n")
        raise FormatError(f"bytes that are no {encoding}: {error.reason}", line=line) from None


def _prefetch(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, and the chunks with them."""
    kept: list[bytes] = []
    size = 0
    while size < HEAD and (chunk := next(chunks, None)) is not None:
        kept.append(chunk)
        size += len(chunk)

    def again() -> Iterator[bytes]:
        yield from kept
        yield from chunks

    return b"".join(kept)[:HEAD], again()


# ---- zip ----------------------------------------------------------------------------------------------------------


def _choose_member(
    archive: zipfile.ZipFile, wanted: _Wanted, name: Any
) -> tuple[zipfile.ZipInfo, list[zipfile.ZipInfo]]:
    """The member that is wanted, and those beside it that tell of the data."""
    member = wanted.member
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) == 1 and member is None:
        return infos[0], []
    heads = {info.filename: _head_of(archive, info, name) for info in infos[:MEMBERS]}
    telling = [info for info in infos if tells_of_data(heads.get(info.filename, b""))]
    if member is not None:
        try:
            chosen = archive.getinfo(member)
        except KeyError:
            there = ", ".join(info.filename for info in infos[:10])
            raise ValueError(f"member={member!r}: the archive has {there}") from None
        return chosen, [info for info in telling if info.filename != member]
    by_format: dict[str, list[zipfile.ZipInfo]] = {}
    for info in [info for info in infos if (info in telling) == wanted.structure]:
        format = "structure" if wanted.structure else _core.sniff(heads.get(info.filename, b""))
        if format is not None:
            by_format.setdefault(format, []).append(info)
    tables = by_format.pop("table", [])  # what lies beside the data is often a table too
    data = [info for found in by_format.values() for info in found] or tables
    if len(data) == 1:
        return data[0], telling
    there = ", ".join(info.filename for info in (data or infos)[:10])
    raise FormatError(
        f"the archive has {len(data) or len(infos)} members that could be meant; member= chooses one of {there}",
        path=name,
        line=1,
    )


def _head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: Any) -> bytes:
    try:
        with archive.open(info) as file:
            head = file.read(HEAD)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FormatError(f"the zip archive can't be read: {info.filename}: {error}", path=name, line=1) from None
    encoding = _foreign(head, None)
    return head if encoding is None else codecs.getincrementaldecoder(encoding)("replace").decode(head).encode()


def tells_of_data(head: bytes) -> bool:
    """Whether this is no data but tells of some: a structure message of SDMX, or Statistics Canada's metadata."""
    return any(start.match(head) is not None for start in _TELLING)


def tells_as_table(data: bytes) -> bool:
    """Whether this is Statistics Canada's metadata."""
    return _TELLING[-1].match(data) is not None


def _whole_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, ratio: float) -> bytes:
    with archive.open(info) as file:
        data = b"".join(member_chunks(file, info.compress_size, ratio))
    encoding = _foreign(data[:HEAD], None)
    return data if encoding is None else b"".join(_transcode(iter([data]), encoding))


# ---- opening -------------------------------------------------------------------------------------------------------


class _Chunks(NamedTuple):
    """The bytes of a source, as they come, and what gives them once more, or None."""

    first: Iterator[bytes]
    again: Callable[[], Iterator[bytes]] | None


def _fed(name: Any, chunks: _Chunks, size: int, encoding: str | None) -> Source:
    try:
        return _fed_by(name, chunks, size, encoding)
    except (FormatError, LimitError) as error:
        error.path = name
        raise


def _fed_by(name: Any, given: _Chunks, size: int, encoding: str | None) -> Source:
    head, chunks = _prefetch(given.first)
    encoding = _foreign(head, encoding)
    if encoding is not None:
        head, chunks = _prefetch(_transcode(chunks, encoding))
    lacks_feeds = _lacks_feeds(head)
    if lacks_feeds:
        head, chunks = _prefetch(_with_feeds(chunks))
    again = given.again

    def remake() -> Iterator[bytes]:
        assert again is not None
        more = again() if encoding is None else _transcode(again(), encoding)
        return _with_feeds(more) if lacks_feeds else more

    pipe = _core.Pipe()
    feeder = Feeder(chunks, pipe)
    return Source(name, pipe, size, head, feeder, remake=None if again is None else remake, encoding=encoding)


def _with_feeds(chunks: Iterator[bytes]) -> Iterator[bytes]:
    return (chunk.replace(b"\r", b"\n") for chunk in chunks)


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
    except LookupError:  # also for what transforms bytes, such as "hex"
        raise ValueError(f"encoding={encoding!r}: there is no such encoding") from None


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig", "ascii"}


def _foreign(head: bytes, encoding: str | None) -> str | None:
    """What a text must be transcoded from: what was asked for, else by its first bytes; None for UTF-8.

    UTF-16 is known by its mark, XML by its declaration, and some producers by what they still write. What else is no
    UTF-8 is GB 18030 (and so GBK, GB 2312) if it decodes as such, and nearly all characters are those that Chinese
    texts are made of: any 8-bit text decodes as something, but not as that.
    """
    if encoding is not None:
        return None if _is_utf8(encoding) else encoding
    if head[:2] in _UTF16:
        return _UTF16[head[:2]]
    if head[:4] in _UTF16_XML:
        return _UTF16_XML[head[:4]]
    if head[:2].count(b"\0") == 1 and 3 * head.count(b"\0") > len(head):  # half of western UTF-16
        return "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    if (declaration := _DECLARATION.match(head)) is not None:
        return _declared(declaration[1].decode())
    if head.isascii() or _decodes(head, "utf-8"):
        return None
    format = _core.sniff(head.replace(b"\r", b"\n") if _lacks_feeds(head) else head)
    if format in _WESTERN and _decodes(head, "cp1252"):
        return "cp1252"
    if format == "px":  # says it itself; the core decodes what is no more than a table
        declared = declared_encoding(head)
        return declared if upper_half(declared) is None else None
    if not _decodes(head, "gb18030"):
        return None
    pairs = _PAIR.findall(head)
    common, late = (sum(kind.fullmatch(pair) is not None for pair in pairs) for kind in (_COMMON, _LATE))
    return "gb18030" if common >= _CHINESE * len(pairs) and late >= _BEHIND * len(pairs) else None


def _lacks_feeds(head: bytes) -> bool:
    """Whether lines end in CR alone, as they did on old Macs."""
    return b"\r" in head and b"\n" not in head


def _declared(encoding: str) -> str | None:
    """What an XML declaration names, None for UTF-8; what it can't be, as its bytes were read, is not believed."""
    try:
        codec = codecs.lookup(encoding)
        "".encode(encoding)
    except LookupError:
        raise FormatError(
            f"the declaration names an encoding that there is not: {encoding}", line=1, column=1
        ) from None
    if codec.name.startswith(("utf-16", "utf-32")) or _is_utf8(encoding):
        return None
    return "gb18030" if codec.name in {"gb2312", "gbk"} else encoding


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head)  # a character cut at the end is none's fault
    except UnicodeDecodeError:
        return False
    return True


class _Wanted(NamedTuple):
    """The options of `open_source`."""

    member: str | None
    encoding: str | None
    ratio: float
    structure: bool


@contextmanager
def _opened_zip(file: Any, name: Any, wanted: _Wanted) -> Iterator[Source]:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise FormatError(f"the zip archive is damaged: {error}", path=name, line=1) from None
    with archive:
        info, telling = _choose_member(archive, wanted, name)
        label = f"{name}:{info.filename}" if name is not None else info.filename
        try:
            inner = archive.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:  # damaged, unknown, encrypted
            raise FormatError(f"the zip archive can't be read: {error}", path=label, line=1) from None
        word = _COMPRESSED_MEMBERS.get(os.path.splitext(info.filename)[1].lower())

        def chunks_of(opened: IO[bytes]) -> Iterator[bytes]:
            chunks = member_chunks(opened, info.compress_size, wanted.ratio)
            return chunks if word is None else inflated(word, chunks, wanted.ratio)

        def again() -> Iterator[bytes]:
            with archive.open(info) as opened:
                yield from chunks_of(opened)

        with inner:
            source = _fed(label, _Chunks(chunks_of(inner), again), info.file_size, wanted.encoding)
            if not wanted.structure:
                source.beside = [_whole_member(archive, one, wanted.ratio) for one in telling]
            yield from _closing(source)


def _closing(source: Source) -> Iterator[Source]:
    """Gives the source, and afterwards waits for its feeder, which stops when nobody reads.

    After an error it waits a moment only: a source that has nothing to give may keep the feeder for ever.
    """
    try:
        yield source
    except BaseException:
        source.part(PATIENCE)
        raise
    source.part(None)


def _open_descriptor(path: Any) -> tuple[int, os.stat_result]:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    return descriptor, status


def whole(source: Source) -> bytes:
    """All bytes of a source that nobody has begun to read."""
    if source.feeder is not None:
        return b"".join(source.feeder.chunks)
    if not isinstance(source.data, int):
        return bytes(source.data)
    os.lseek(source.data, 0, os.SEEK_SET)
    with os.fdopen(source.data, "rb", closefd=False) as file:
        return file.read()


@contextmanager
def open_source(
    given: Given,
    *,
    member: str | None = None,
    encoding: str | None = None,
    ratio: float = 200.0,
    structure: bool = False,
) -> Iterator[Source]:
    """Opens whatever a reader is given, and closes it afterwards (but a file object stays its owner's).

    Parameters
    ----------
    given
        A path, bytes or any other buffer, a binary file object, or a URL that fsspec opens.
    member
        Of a zip archive.
    encoding
        Of the text; None: UTF-8, UTF-16 if it starts with its mark, or GB 18030 if it looks like Chinese in that.
    ratio
        How many times as large as its compressed form a file may get.
    structure
        Of a zip archive what tells of the data is wanted, not the data.
    """
    if encoding is not None:
        _check_encoding(encoding)
    wanted = _Wanted(member, encoding, ratio, structure)
    if isinstance(given, str) and _URL.match(given):
        with _fetched(given) as file:
            yield from _opened_stream(file, given, wanted)
    elif isinstance(given, str | os.PathLike):
        try:
            with _opened_path(given, wanted) as source:
                yield source
        except FormatError as error:  # of the head, before there is a source
            error.path = error.path or os.fspath(given)
            raise
    elif hasattr(given, "read"):
        name = getattr(given, "name", None)
        yield from _opened_stream(given, name if isinstance(name, str) else None, wanted)
    else:
        try:
            view = memoryview(given).cast("B")
        except TypeError:
            raise TypeError(
                f"expected a path, bytes or a buffer, or a binary file object, got {type(given).__name__}"
            ) from None
        head = bytes(view[:HEAD])
        if (
            head.startswith(ZIP)
            or compression(head) is not None
            or _foreign(head, encoding) is not None
            or _lacks_feeds(head)
        ):
            yield from _opened_stream(io.BytesIO(view), None, wanted)
        else:
            _check_member(member)
            yield Source(None, view, len(view), head)


def _fetched(url: str) -> Any:
    try:
        import fsspec
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"{url}: URLs are opened by fsspec, which is not installed") from None
    return fsspec.open(url, "rb")


@contextmanager
def _opened_path(path: Any, wanted: _Wanted) -> Iterator[Source]:
    descriptor, status = _open_descriptor(path)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(status.st_mode):  # a pipe, a device: read once, in order
            yield from _opened_stream(file, os.fspath(path), wanted)
            return
        head = file.read(HEAD)
        compressed = head.startswith(ZIP) or compression(head) is not None
        if compressed or _foreign(head, wanted.encoding) is not None or _lacks_feeds(head):
            file.seek(0)
            yield from _opened_stream(file, os.fspath(path), wanted)
        else:
            _check_member(wanted.member)
            yield Source(os.fspath(path), descriptor, status.st_size, head)


def _opened_stream(file: Any, name: Any, wanted: _Wanted) -> Iterator[Source]:
    start = b""
    place = file.tell() if _is_seekable(file) else None
    while len(start) < 6 and (piece := next(pieces(file, 6 - len(start)), b"")):  # a stream may give less than asked
        start += piece
    if start.startswith(ZIP):
        if place is None:
            file = io.BytesIO(start + b"".join(pieces(file)))  # an archive's list of members is at its end
        else:
            file.seek(place)
        with _opened_zip(file, name, wanted) as source:
            yield source
        return
    _check_member(wanted.member)
    word = compression(start)
    size = _stated_size(file) if word == "gzip" else 0

    def plain(chunks: Iterator[bytes]) -> Iterator[bytes]:
        return chunks if word is None else inflated(word, chunks, wanted.ratio)

    def again() -> Iterator[bytes]:
        file.seek(place)
        return plain(pieces(file))

    chunks = _Chunks(plain(_chain(start, pieces(file))), None if place is None else again)
    yield from _closing(_fed(name, chunks, size, wanted.encoding))


def _is_seekable(file: Any) -> bool:
    return hasattr(file, "seekable") and bool(file.seekable())


def _stated_size(file: Any) -> int:
    """What a gzip file says it inflates to: its last member, modulo 2^32. 0 where that can't be or can't be asked."""
    if not _is_seekable(file):
        return 0
    place = file.tell()
    end = file.seek(0, io.SEEK_END)
    file.seek(max(place, end - 4))
    size = int.from_bytes(file.read(4)[-4:], "little")
    file.seek(place)
    return size if end - 18 <= size <= 1032 * end else 0  # deflate's own bounds, nearly


def _check_member(member: str | None) -> None:
    if member is not None:
        raise ValueError(f"member={member!r}: the source is no zip archive")


def _chain(start: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if start:
        yield start
    yield from pieces
