"""What a px file says about its characters: CHARSET and CODEPAGE, and what to make of them where they are wrong."""

from __future__ import annotations

import codecs
import re

__all__ = ["declared_encoding", "upper_half"]

_STATEMENT = re.compile(rb'^\s*(CHARSET|CODEPAGE)\s*=\s*"([^"]*)"', re.MULTILINE | re.IGNORECASE)
_HALF = bytes(range(128, 256))
_ENOUGH = 96  # of the upper 128 bytes, those that are a character by themselves in an 8-bit code


def declared_encoding(head: bytes) -> str:
    """The encoding of a px text that is no UTF-8, by its own words, as Python calls it.

    Without CHARSET="ANSI" it is a DOS code page by the specification; but if most bytes lie where only Windows has
    letters, that is what it was written with. What is declared to be ISO 8859-1 is read as Windows-1252, its superset.

    Examples
    --------
    >>> declared_encoding(b'CHARSET="ANSI";\\nCODEPAGE="Windows-1251";\\n')
    'cp1251'
    """
    said = {name.upper(): value.decode("ascii", "replace").strip() for name, value in _STATEMENT.findall(head)}
    name = said.get(b"CODEPAGE", "")
    try:
        found = codecs.lookup(name if not name.isdecimal() else f"cp{name}").name if name else ""
        b"".decode(found or "ascii")
    except (LookupError, ValueError):  # there is no such encoding, or it is none of texts
        found = ""
    if found in {"", "utf-8", "utf-8-sig", "ascii"} or found.startswith("utf-"):  # none, unknown, or untrue
        if said.get(b"CHARSET", "").upper() == "ANSI" or found or name:
            return "cp1252"
        letters = sum(byte >= 0xC0 for byte in head)
        return "cp1252" if letters > sum(0x80 <= byte <= 0xA8 for byte in head) else "cp850"
    return "cp1252" if found == "iso8859-1" else found


def upper_half(encoding: str) -> str | None:
    """The characters of the bytes 128 to 255 in an 8-bit code; None for one that needs several bytes for a character.

    Examples
    --------
    >>> upper_half("cp1251")[0x40:0x44], upper_half("big5")
    ('АБВГ', None)
    """
    characters = []
    known = 0
    for byte in _HALF:
        try:
            one = bytes([byte]).decode(encoding)
        except UnicodeError:
            one = ""
        known += len(one) == 1
        # what the code leaves open is a control character, so that no byte is lost
        characters.append(one if len(one) == 1 else chr(byte))
    return "".join(characters) if known >= _ENOUGH else None
