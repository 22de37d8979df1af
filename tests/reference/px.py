"""px, read slowly: one character after the other, one dictionary entry for each cell."""

from __future__ import annotations

import re
from itertools import product

NIL, REASONS = 1 << 16, {1: 1 << 19, 2: 1 << 18, 3: 1 << 22, 4: 1 << 28, 5: 1 << 28, 6: 1 << 28, 7: 1 << 28}
WORDS = {"secret": 1 << 9, "not yet": 1 << 22, "suppressed": 1 << 21, "not available": 1 << 18}


def statements(text):
    """[(keyword, language, subs, values)], and what follows DATA=."""
    found, place = [], 0
    while True:
        end, quoted = place, False
        while end < len(text) and (quoted or text[end] != ";"):
            quoted ^= text[end] == '"'
            end += 1
            if not quoted and re.fullmatch(r"\s*DATA\s*=", text[place:end], re.IGNORECASE):
                return found, text[end:]
        if end == len(text):
            raise ValueError("no data")
        found.append(statement(text[place:end]))
        place = end + 1


def statement(text):
    left, _, right = split_outside(text, "=")
    keyword = re.match(r"\s*([\w-]+)", left)[1].upper()
    language = re.search(r"\[\s*([\w-]+)\s*\]", left.split('"')[0])
    subs = left.partition("(")[2].rpartition(")")[0]
    return keyword, language[1] if language else "", items(subs), items(right)


def split_outside(text, mark):
    """Partition at the first mark outside of quotes and parentheses."""
    quoted, depth = False, 0
    for i, c in enumerate(text):
        if c == '"':
            quoted = not quoted
        elif not quoted and c in "()":
            depth += 1 if c == "(" else -1
        elif not quoted and depth == 0 and c == mark:
            return text[:i], mark, text[i + 1 :]
    return text, "", ""


def items(text):
    """Texts apart by commas; pieces in quotes belong together."""
    found = []
    while text.strip():
        first, _, text = split_outside(text, ",")
        found.append("".join(first.split('"')[1::2]) if first.strip().startswith('"') else first.strip())
    return found


def cells(text):
    return re.findall(r'"[^"]*"[^\s,;]*|[^\s,;"]+', text)


def cell(word, reasons, symbols):
    word = word[1:-1] if word.startswith('"') else word
    word = word.strip()
    if re.fullmatch(r"\.{1,7}", word):
        return None, reasons[len(word)]
    if word == "-":
        return 0.0, NIL
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", word):
        return float(word), 0
    if word in symbols:
        return None, reasons[symbols[word]]
    return None, 0


def read(text, language=""):
    """(names, codes by name, cells by codes): those with a value or a reason; time is a dimension like any other."""
    said, data = statements(text)
    usual = next((values[0] for keyword, _, _, values in said if keyword == "LANGUAGE"), "")

    def find(keyword, sub, spoken):
        for word, tongue, subs, values in said:
            if word == keyword and subs == ([sub] if sub is not None else []) and (tongue or usual) == spoken:
                return values
        return None

    names, own = [], []
    for keyword in ("STUB", "HEADING"):
        base = [name for name in find(keyword, None, usual) or [] if name]
        own += base
        names += (find(keyword, None, language) if language else None) or base
    codes = {
        name: find("CODES", base, usual) or find("VALUES", base, usual) for name, base in zip(names, own, strict=True)
    }
    reasons, symbols = dict(REASONS), {}
    for i in range(1, 7):
        word = find(f"DATASYMBOL{i}", None, usual)
        if word:
            reasons[i] = WORDS.get(word[0], reasons[i])
            symbols.setdefault(word[0], i)
    kept = {}
    words = cells(data)
    stub = len([name for name in find("STUB", None, usual) or [] if name])
    if any(keyword == "KEYS" for keyword, *_ in said):
        width = 1
        for name in names[stub:]:
            width *= len(codes[name])
        for start in range(0, len(words), stub + width):
            row = words[start : start + stub + width]
            keys = []
            for name, base, word in zip(names[:stub], own, row, strict=False):
                by = find("KEYS", base, usual)
                listed = codes[name] if by == ["CODES"] else find("VALUES", base, usual)
                keys.append(codes[name][listed.index(word.strip('"'))])
            for rest, word in zip(product(*(codes[name] for name in names[stub:])), row[stub:], strict=True):
                kept[(*keys, *rest)] = cell(word, reasons, symbols)
    else:
        for key, word in zip(product(*(codes[name] for name in names)), words, strict=True):
            kept[key] = cell(word, reasons, symbols)
    return names, codes, {key: what for key, what in kept.items() if what != (None, 0)}
