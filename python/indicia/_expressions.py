"""Relations between quantities as plain arithmetic: ``growth = now / base - 1``.

A text goes through `ast` and a white list; what comes out are a handful of frozen dataclasses, never code that runs.
Figures in it are the decimals that are printed, as fractions, not the doubles next to them.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple, TypeAlias

__all__ = [
    "Binary",
    "Comparison",
    "ExpressionError",
    "Name",
    "Negate",
    "Node",
    "Number",
    "Power",
    "compare",
    "evaluate",
    "holds",
    "names",
    "parse",
    "postorder",
    "to_text",
]

LARGEST_TEXT: Final = 100_000  # characters
MOST_NODES: Final = 10_000
DEEPEST: Final = 100  # brackets within brackets
LARGEST_POWER: Final = 100
_LONGEST_FIGURE: Final = 400  # digits, and the largest exponent: what doubles can hold, with room


class ExpressionError(ValueError):
    """A text is no relation. `.message` says why, `.column` where, in characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column

    def __str__(self) -> str:
        return f"column {self.column}: {self.message}"

    def __reduce__(self) -> tuple[type[ExpressionError], tuple[str, int]]:
        return type(self), (self.message, self.column)


@dataclass(frozen=True, slots=True)
class Number:
    """A figure, as printed."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity."""

    name: str


@dataclass(frozen=True, slots=True)
class Negate:
    """The negative of something."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and one of ``+ - * /``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Power:
    """A whole power."""

    operand: Node
    exponent: int


Node: TypeAlias = Number | Name | Negate | Binary | Power


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and one of ``= < <= > >=``."""

    left: Node
    op: str
    right: Node


# ---- from text -------------------------------------------------------------------------------------------------


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


_TOKENS: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<comparison>[<>]=?|==?)"
    r"|(?P<op>\*\*|[-+*/])"
    r"|(?P<open>\()|(?P<close>\))"
)
_FIGURE: Final = re.compile(r"(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?")
_HINTS: Final = {
    ",": "figures are written without separators: 1234.5",
    "%": "per cent is the unit of a quantity; in a formula 7 % is 0.07",
    "^": "a power is written x ** 2",
    "!": "only = < <= > >= compare",
    "×": "a product is written x * y",
    "−": "a minus is written -",
    "÷": "a quotient is written x / y",
    "'": "names stand without quotation marks",
    '"': "names stand without quotation marks",
}


def parse(text: str) -> Node | Comparison:
    """Reads an expression, or a comparison of two.

    Parameters
    ----------
    text : str
        Names, decimals, ``+ - * /``, whole powers (``**``), brackets, and at most one of ``= < <= > >=``.

    Returns
    -------
    Number, Name, Negate, Binary, Power or Comparison

    Raises
    ------
    ExpressionError
        The text is anything else, longer than 100,000 characters or 10,000 operands, or nested too deeply.

    Examples
    --------
    >>> from indicia._expressions import names, parse, to_text
    >>> relation = parse("growth = now / base - 1")
    >>> names(relation)
    ('growth', 'now', 'base')
    >>> to_text(relation)
    'growth = now / base - 1'
    >>> parse("0.055")
    Number(value=Fraction(11, 200))
    """
    if len(text) > LARGEST_TEXT:
        raise ExpressionError(f"{len(text)} characters; {LARGEST_TEXT} are the most", 1)
    comparison = None
    for token in _tokens(text):
        if token.kind == "comparison":
            comparison = token
    if comparison is None:
        return _side(text, 0)
    start, op = comparison.start, comparison.text
    end = start + len(op)
    return Comparison(_side(text[:start], 0), op[:1] if op == "==" else op, _side(text[end:], end))


def _tokens(text: str) -> Iterator[_Token]:
    """What the text consists of, where that is all on the white list."""
    at, opened, compared, count = 0, 0, False, 0
    wanted, called = True, False  # an operand is; a name came last
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None or found.lastgroup is None:
            hint = _HINTS.get(text[at])
            raise ExpressionError(f"{text[at]!r} can't stand in a formula" + (f": {hint}" if hint else ""), at + 1)
        token = _Token(found.lastgroup, found[0], at)
        at = found.end()
        if token.kind == "number":
            if at < len(text) and (text[at].isalnum() or text[at] in "._"):
                raise ExpressionError(f"{token.text + text[at]!r} is no figure", token.start + 1)
            exponent = _FIGURE.fullmatch(token.text)
            power = exponent[1] if exponent else None
            if len(token.text) > _LONGEST_FIGURE or (power and abs(int(power)) > _LONGEST_FIGURE):
                raise ExpressionError("a figure beyond all sizes", token.start + 1)
        elif token.kind == "name":
            if keyword.iskeyword(token.text):
                raise ExpressionError(f"{token.text!r} can't be a name here", token.start + 1)
            if text[at : at + 1] == ".":
                raise ExpressionError(f"{token.text + '.'!r}: a name has no dots in a formula", token.start + 1)
        elif token.kind == "comparison":
            if compared:
                raise ExpressionError(f"a second {token.text!r}: one comparison makes a relation", token.start + 1)
            if opened:
                raise ExpressionError(f"{token.text!r} stands within brackets", token.start + 1)
            compared = True
        operand = token.kind in ("number", "name", "open")
        if token.kind != "space":
            if operand and not wanted:
                raise ExpressionError(
                    "no functions: a formula is plain arithmetic"
                    if token.kind == "open" and called
                    else f"an operator is missing before {token.text!r}",
                    token.start + 1,
                )
            if wanted and not operand and token.text not in ("+", "-"):
                where = "nothing stands" if token.kind == "comparison" else "an operand is missing"
                raise ExpressionError(f"{where} before {token.text!r}", token.start + 1)
            wanted = token.kind not in ("number", "name", "close")
            called = token.kind == "name"
        opened += (token.kind == "open") - (token.kind == "close")
        if opened > DEEPEST:
            raise ExpressionError(f"brackets are nested more than {DEEPEST} deep", token.start + 1)
        if opened < 0:
            raise ExpressionError("a bracket is closed that was never opened", token.start + 1)
        count += token.kind in ("number", "name", "op")
        if count > MOST_NODES:
            raise ExpressionError(f"more than {MOST_NODES} operands and operators", token.start + 1)
        yield token
    if wanted:
        raise ExpressionError("an operand is missing at the end" if text.strip() else "a formula is missing", at + 1)
    if opened:
        raise ExpressionError("a bracket is never closed", len(text) + 1)


def _side(text: str, offset: int) -> Node:
    """The node of one side, which stands at `offset` of the whole."""
    blanks = len(text) - len(text.lstrip())
    # Blanks for line ends and tabs: formulas in TOML may have several lines, and columns must not move.
    source = re.sub(r"\s", " ", text[blanks:]).rstrip()
    offset += blanks
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        column = offset + min(max(error.offset or 1, 1), len(source) + 1)
        raise ExpressionError(f"no formula: {error.msg}", column) from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise ExpressionError("nested too deeply: make it several relations", offset + 1) from None
    return _Reader(source, offset).read(tree)


_OPERATORS: Final[dict[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class _Reader:
    """Turns Python's tree into ours, without recursion: sums of a thousand parts are a thousand deep."""

    def __init__(self, source: str, offset: int) -> None:
        self.offset = offset
        self.bytes = source.encode()  # ast counts its columns in bytes

    def column(self, tree: ast.expr) -> int:
        return self.offset + len(self.bytes[: tree.col_offset].decode()) + 1

    def read(self, tree: ast.expr) -> Node:
        done: list[Node] = []
        todo: list[tuple[ast.expr, bool]] = [(tree, False)]
        while todo:
            here, ready = todo.pop()
            if isinstance(here, ast.Constant):
                done.append(self.figure(here))
            elif isinstance(here, ast.Name):
                done.append(Name(here.id))
            elif isinstance(here, ast.BinOp) and isinstance(here.op, ast.Pow):
                if ready:
                    done.append(Power(done.pop(), self.exponent(here.right)))
                else:
                    todo += [(here, True), (here.left, False)]
            elif isinstance(here, ast.BinOp) and type(here.op) in _OPERATORS:
                if ready:
                    right = done.pop()
                    done.append(Binary(_OPERATORS[type(here.op)], done.pop(), right))
                else:
                    todo += [(here, True), (here.right, False), (here.left, False)]
            elif isinstance(here, ast.UnaryOp) and isinstance(here.op, (ast.USub, ast.UAdd)):
                if isinstance(here.op, ast.UAdd):
                    todo.append((here.operand, False))
                elif ready:
                    done.append(Negate(done.pop()))
                else:
                    todo += [(here, True), (here.operand, False)]
            else:
                raise ExpressionError(f"{type(here).__name__} can't stand in a formula", self.column(here))
        return done.pop()

    def figure(self, constant: ast.Constant) -> Number:
        printed = self.bytes[constant.col_offset : constant.end_col_offset].decode()
        if isinstance(constant.value, bool) or not _FIGURE.fullmatch(printed):
            raise ExpressionError(f"{printed!r} is no figure", self.column(constant))
        return Number(Fraction(printed))

    def exponent(self, tree: ast.expr) -> int:
        sign = 1
        base = tree
        while isinstance(base, ast.UnaryOp) and isinstance(base.op, (ast.USub, ast.UAdd)):
            sign = -sign if isinstance(base.op, ast.USub) else sign
            base = base.operand
        if not isinstance(base, ast.Constant) or type(base.value) is not int:
            raise ExpressionError("the exponent of a power is a whole number", self.column(tree))
        if base.value > LARGEST_POWER:
            raise ExpressionError(f"an exponent beyond {LARGEST_POWER}", self.column(tree))
        return sign * base.value


# ---- walks -----------------------------------------------------------------------------------------------------


def postorder(node: Node | Comparison) -> Iterator[Node]:
    """All nodes, operands before what is made of them.

    Examples
    --------
    >>> from indicia._expressions import parse, postorder, to_text
    >>> [to_text(node) for node in postorder(parse("a + 2 * b"))]
    ['a', '2', 'b', '2 * b', 'a + 2 * b']
    """
    todo: list[tuple[Node, bool]] = (
        [(node.right, False), (node.left, False)] if isinstance(node, Comparison) else [(node, False)]
    )
    while todo:
        here, ready = todo.pop()
        if ready or isinstance(here, (Number, Name)):
            yield here
        elif isinstance(here, Binary):
            todo += [(here, True), (here.right, False), (here.left, False)]
        else:
            todo += [(here, True), (here.operand, False)]


def names(node: Node | Comparison) -> tuple[str, ...]:
    """The quantities in it, each once, in order of appearance.

    Examples
    --------
    >>> from indicia._expressions import names, parse
    >>> names(parse("a / (a + b)"))
    ('a', 'b')
    """
    return tuple(dict.fromkeys(here.name for here in postorder(node) if isinstance(here, Name)))


def evaluate(node: Node, values: Mapping[str, Fraction]) -> Fraction:
    """The exact value.

    Parameters
    ----------
    node : Node
    values : mapping of str to Fraction
        A value for each name.

    Returns
    -------
    Fraction

    Raises
    ------
    ZeroDivisionError
        A denominator is zero.
    KeyError
        A name has no value.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from indicia._expressions import evaluate, parse
    >>> evaluate(parse("now / base - 1"), {"now": Fraction(107), "base": Fraction(100)})
    Fraction(7, 100)
    """
    stack: list[Fraction] = []
    for here in postorder(node):
        if isinstance(here, Number):
            stack.append(here.value)
        elif isinstance(here, Name):
            stack.append(values[here.name])
        elif isinstance(here, Negate):
            stack.append(-stack.pop())
        elif isinstance(here, Power):
            stack.append(Fraction(stack.pop() ** here.exponent))
        else:
            right = stack.pop()
            left = stack.pop()
            if here.op == "+":
                stack.append(left + right)
            elif here.op == "-":
                stack.append(left - right)
            else:
                stack.append(left * right if here.op == "*" else left / right)
    return stack.pop()


def compare(op: str, left: Fraction, right: Fraction) -> bool:
    """Whether two figures compare so.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from indicia._expressions import compare
    >>> compare("<=", Fraction(1), Fraction(1))
    True
    """
    if op == "=":
        return left == right
    if op in ("<", "<="):
        return left < right or (op == "<=" and left == right)
    return left > right or (op == ">=" and left == right)


def holds(comparison: Comparison, values: Mapping[str, Fraction]) -> bool:
    """Whether a comparison is true of these values; where it has no value (a zero denominator) it isn't.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from indicia._expressions import holds, parse
    >>> holds(parse("a / b < 1"), {"a": Fraction(1), "b": Fraction(0)})
    False
    """
    try:
        return compare(comparison.op, evaluate(comparison.left, values), evaluate(comparison.right, values))
    except ZeroDivisionError:
        return False


# ---- to text ---------------------------------------------------------------------------------------------------


def decimal_text(value: Fraction) -> str:
    """The shortest decimal that is exactly it, or else a quotient.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from indicia._expressions import decimal_text
    >>> decimal_text(Fraction(11, 200)), decimal_text(Fraction(1, 3))
    ('0.055', '1 / 3')
    """
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator} / {value.denominator}"
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[: len(digits) - places]}" + (f".{digits[len(digits) - places :]}" if places else "")


_BINDING: Final = {"+": 1, "-": 1, "*": 2, "/": 2}


def to_text(node: Node | Comparison) -> str:
    """A text that `parse` makes the same node of, with no more brackets than needed.

    Examples
    --------
    >>> from indicia._expressions import parse, to_text
    >>> to_text(parse("((now/base) - 1) == (g)"))
    'now / base - 1 = g'
    """
    if isinstance(node, Comparison):
        return f"{to_text(node.left)} {node.op} {to_text(node.right)}"
    stack: list[tuple[str, int]] = []  # texts, and how strongly their outermost operator binds

    def bracketed(piece: tuple[str, int], least: int) -> str:
        return piece[0] if piece[1] >= least else f"({piece[0]})"

    for here in postorder(node):
        if isinstance(here, Number):
            text = decimal_text(here.value)
            stack.append((text, 2 if "/" in text else 3 if here.value < 0 else 5))
        elif isinstance(here, Name):
            stack.append((here.name, 5))
        elif isinstance(here, Negate):
            stack.append((f"-{bracketed(stack.pop(), 3)}", 3))
        elif isinstance(here, Power):
            stack.append((f"{bracketed(stack.pop(), 5)} ** {here.exponent}", 4))
        else:
            right = stack.pop()
            left = stack.pop()
            binding = _BINDING[here.op]
            stack.append((f"{bracketed(left, binding)} {here.op} {bracketed(right, binding + 1)}", binding))
    return stack.pop()[0]
