"""The command line: ``indicia brief``, ``audit``, ``sniff``, ``convert``, ``formats``, ``config``."""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import signal
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from indicia._ledger_audit import LedgerAudit
    from indicia.brief import Brief

__all__ = ["main"]

FAILED, USAGE, REFUTED = 1, 2, 3
MANY = 1000  # members; beyond, JSON is one line, which is ten times as fast
INTERRUPTED = 128 + signal.SIGINT
PIPE_CLOSED = 128 + 13  # SIGPIPE, which Windows doesn't have

EXAMPLES = """examples:
  indicia brief
  indicia brief --peers SZ,GZ,HK --at 2022
  indicia brief --html brief.html
  indicia brief nama_10_gdp.tsv.gz --where unit=CP_MEUR --where na_item=B1GQ --exclude UK
  indicia brief gdp.csv --by REF_AREA --total W0 --json
  indicia audit ledger.toml --strict
  indicia convert nama_10_gdp.tsv.gz gdp.parquet --where geo=AT,BE"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default the program's own.

    Returns
    -------
    int
        The exit code: 0, 1 for data that can't be read or understood, 2 for wrong usage, 3 for ``audit --strict`` that
        found a contradiction, 130 after Ctrl-C, 141 when nobody reads the output any more.

    Examples
    --------
    >>> from indicia.cli import main
    >>> main(["brief", "--where", "nonsense"])
    2
    """
    parser = _parser()
    try:
        options = parser.parse_args(argv)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else USAGE
    name = getattr(options, "file", None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")  # they are for the reader of the output, not for a developer
            warnings.showwarning = _warned
            code = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted")
        if argv is None:
            os._exit(INTERRUPTED)  # what was read may be large, and taking it down in order would take its time
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return PIPE_CLOSED
    except (OSError, ValueError, KeyError, MemoryError, ModuleNotFoundError) as error:
        _say(f"error: {_told(error, name)}")
        return FAILED
    return code if isinstance(code, int) else 0


# ---- arguments ------------------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """An argparse parser whose errors look like all others."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"indicia: error: {message} ({self.prog} --help)\n")


class _Codes(argparse.Action):
    """``dim=code[,code]``, any number of times, and ``time=first:last``; quotes protect a comma."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: Any, values: Any, option_string: str | None = None
    ) -> None:
        dim, mark, text = str(values).partition("=")
        codes = _codes(text)
        if not mark or not dim or not codes:
            parser.error(f"{option_string} {values}: expected DIM=CODE or DIM=CODE,CODE")
        kept = dict(getattr(namespace, self.dest) or {})
        if dim == "time" and ":" in text:
            first, _, last = text.partition(":")
            setattr(namespace, self.dest, {**kept, dim: (first or None, last or None)})
            return
        if dim in kept and not isinstance(kept[dim], list):
            parser.error(f"{option_string} {values}: {dim} is said twice")
        kept[dim] = [*kept.get(dim, []), *codes]
        setattr(namespace, self.dest, kept)


def _codes(text: str) -> list[str]:
    """The codes of a list with commas; quotes protect a comma.

    Examples
    --------
    >>> _codes('CN,"Korea, Rep."')
    ['CN', 'Korea, Rep.']
    """
    return [code for row in csv.reader([text]) for code in row if code]


def _parser() -> _Parser:
    from indicia import __version__

    parser = _Parser(
        prog="indicia",
        description="Reads official statistics and says how their members grow.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"indicia {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)
    _brief_arguments(
        commands.add_parser("brief", help="level, growth, share, contribution, rank and gap of every member")
    )
    _audit_arguments(commands.add_parser("audit", help="whether the figures of a ledger bear out what is claimed"))
    sniff = commands.add_parser("sniff", help="the format of files")
    sniff.add_argument("files", nargs="+", metavar="FILE")
    sniff.set_defaults(run=_sniff)
    convert = commands.add_parser("convert", help="a file as SDMX-CSV, JSON-stat, px, Parquet or Arrow")
    convert.add_argument("file", metavar="FILE")
    convert.add_argument(
        "out",
        metavar="OUT",
        help=".csv, .json or .px (and .gz), .parquet or .arrow; - is CSV on the standard output",
    )
    convert.add_argument("--attributes", type=_codes, metavar="NAME[,NAME]", help="further columns of the file to keep")
    _reading_arguments(convert)
    convert.set_defaults(run=_convert)
    formats = commands.add_parser("formats", help="what can be read")
    formats.set_defaults(run=_formats)
    config = commands.add_parser("config", help="versions, instruction set, threads")
    config.set_defaults(run=_config)
    return parser


def _reading_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--where",
        action=_Codes,
        metavar="DIM=CODE[,CODE]",
        help="only these codes, or time=FIRST:LAST; once or more, quotes protect a comma",
    )
    parser.add_argument("--format", metavar="NAME", help="the format, where the file's own look misleads")
    parser.add_argument("--freq", choices=list("ASQMWD"), help="the frequency, where there are several")
    parser.add_argument("--progress", action="store_true", help="show progress even if stderr is no terminal")


def _brief_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE", help="by default the built-in table of the Greater Bay Area, and an article")
    add("--by", metavar="DIM", help="the dimension whose codes are compared")
    add("--at", metavar="PERIOD", help="the period; by default the latest with a value for half of the members")
    add("--total", metavar="CODE", help="the member that is the total of the others")
    add("--exclude", metavar="CODE[,CODE]", type=_codes, default=[], help="members to leave out")
    add("--peers", metavar="CODE[,CODE]", type=_codes, help="the members to show and rank; shares stay those of all")
    add("--population", metavar="FILE|DIM=CODE", help="persons, for figures per head")
    add(
        "--target",
        action="append",
        metavar="TEXT|CODE=TEXT",
        help='what is aimed at for the growth of the year ("around 5 %%"), for all or for one member; once or more',
    )
    add("--trade", metavar="FILE", action="append", help="a file of BACI: the new three in it; two years give growth")
    add("--revision", metavar="HS22", help="of the Harmonized System, where the name of the file of trade doesn't say")
    add("--years", type=int, default=5, metavar="N", help="what the average goes over (5)")
    add("--min-coverage", type=float, default=0.5, metavar="PART", help="members that a total needs (0.5)")
    sums = parser.add_mutually_exclusive_group()
    sums.add_argument("--additive", action="store_const", const=True, help="members do add up, whatever the unit is")
    sums.add_argument("--not-additive", dest="additive", action="store_const", const=False, help="they don't")
    _reading_arguments(parser)
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="for programs: fractions, null for missing, ISO periods")
    shown.add_argument("--plain", action="store_true", help="no colours, no bars")
    add("--chart", action="store_true", help="bars of growth below the table")
    add("--html", metavar="OUT", help="one page with charts, by itself; - is the standard output")
    parser.set_defaults(run=_brief)


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="LEDGER.toml", help="quantities, relations and assumptions (docs/ledger.md)")
    add("--assume", metavar="KEY", action="append", default=[], help="make an assumption that the ledger doesn't make")
    add("--without", metavar="KEY", action="append", default=[], help="leave out an assumption, a relation or a figure")
    add("--json", action="store_true", help="for programs: everything, in one object")
    add("--plain", action="store_true", help="no colours")
    add("--html", metavar="OUT", help="one page with charts, by itself; - is the standard output")
    add("--strict", action="store_true", help=f"exit with {REFUTED} if anything is contradicted")
    parser.set_defaults(run=_audit)


# ---- commands -------------------------------------------------------------------------------------------------------


def _brief(options: argparse.Namespace) -> None:
    from indicia.brief import article, brief, deflators, exports, targets

    if options.trade is not None and options.html is not None:
        raise ValueError("--trade: shown as text and by --json, not on the page of --html")
    sales = None if options.trade is None else exports(options.trade, revision=options.revision)
    found = brief(
        options.file,
        by=options.by,
        at=options.at,
        where=options.where,
        total=options.total,
        exclude=options.exclude,
        peers=options.peers,
        population=_population(options.population),
        targets=_targets(options.target),
        additive=options.additive,
        years=options.years,
        min_coverage=options.min_coverage,
        freq=options.freq,
        format=options.format,
        progress=_progress(options),
    )
    audit, aims, prices = (article(), targets(), deflators()) if _unasked(options) else (None, None, None)
    if options.html is not None:
        _write_page(found.to_page(audit, aims, prices), options.html, options.file)
        if not options.json:
            return
    if options.json:
        told = found.to_dict()
        if audit is not None and aims is not None and prices is not None:
            told = {**told, "targets": aims.to_dict(), "deflators": prices.to_dict(), "article": audit.to_dict()}
        if sales is not None:
            told = {**told, "trade": sales.to_dict()}
        print(json.dumps(told, ensure_ascii=not _unicode(), allow_nan=False, indent=2 if len(found) <= MANY else None))
        return
    _show(found, options)
    if aims is not None:
        _print(f"\n{aims}")
    if prices is not None:
        _print(f"\n{prices}")
    if sales is not None:
        _print(f"\n{sales}")
    if audit is not None:
        _show_audit(audit, options)


def _unasked(options: argparse.Namespace) -> bool:
    """Whether nothing was asked for but the brief as it comes: it then ends in the audit of the article."""
    choices = ("file", "by", "at", "total", "exclude", "peers", "where", "population", "target", "format", "freq")
    return not any(getattr(options, name) for name in choices) and options.additive is None


def _write_page(page: str, out: str, source: str | None) -> None:
    """A page into a file, or to the standard output, whatever its encoding is."""
    if out == "-":
        sys.stdout.flush()
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:
            sys.stdout.write(page)
        else:
            binary.write(page.encode())
        return
    if source is not None and os.path.exists(out) and os.path.samefile(source, out):
        raise ValueError(f"{out} would be written over what it is made of")
    with open(out, "w", encoding="utf-8", newline="\n") as file:
        file.write(page)


def _show(found: Brief, options: argparse.Namespace) -> None:
    from indicia._brief_show import bars, print_rich

    rich = not options.plain and sys.stdout.isatty() and print_rich(found, sys.stdout)
    if not rich:
        _print(str(found))
    if options.chart:
        _print("\n" + bars(found, min(_columns(), 100)))


def _audit(options: argparse.Namespace) -> int:
    from indicia.audit import Verdict
    from indicia.ledger import read_ledger

    found = read_ledger(options.file).audit(assume=options.assume, without=options.without)
    if options.html is not None:
        from indicia._page import audit_page

        _write_page(audit_page(found), options.html, options.file)
    if options.json:
        print(json.dumps(found.to_dict(), ensure_ascii=not _unicode(), allow_nan=False, indent=2))
    elif options.html is None:
        from indicia._ledger_show import print_rich

        if options.plain or not sys.stdout.isatty() or not print_rich(found, sys.stdout):
            _print(str(found))
    return REFUTED if options.strict and found.count()[Verdict.CONTRADICTED] else 0


def _show_audit(audit: LedgerAudit, options: argparse.Namespace) -> None:
    from indicia._audit_show import print_rich, to_text
    from indicia._audit_view import view_of

    view = view_of(audit)
    _print("")
    if options.plain or not sys.stdout.isatty() or not print_rich(view, sys.stdout):
        _print(to_text(view))


def _population(text: str | None) -> Any:
    if text is None or "=" not in text:
        return text
    dim, _, codes = text.partition("=")
    return {dim: _codes(codes)}


def _targets(texts: Sequence[str] | None) -> Any:
    if texts is None:
        return None
    if len(texts) == 1 and "=" not in texts[0]:
        return texts[0]
    pairs = [text.partition("=") for text in texts]
    if not all(mark and code and said for code, mark, said in pairs):
        raise ValueError("--target: expected one TEXT for all, or CODE=TEXT once or more")
    return {code: said for code, _, said in pairs}


def _sniff(options: argparse.Namespace) -> None:
    from indicia.read import sniff

    for name in options.files:
        options.file = name
        found = sniff(name)
        _print(found if len(options.files) == 1 else f"{name}: {found}")


def _convert(options: argparse.Namespace) -> None:
    from indicia._brief_series import rows_where
    from indicia._convert import kind_of, write
    from indicia._dense import of_freq

    kind_of(options.out)
    if options.out != "-" and os.path.exists(options.out) and os.path.samefile(options.file, options.out):
        raise ValueError(f"{options.out} would be written over while it is read")
    progress = _progress(options)
    reading = {"format": options.format, "attributes": options.attributes, "progress": progress}
    rows = rows_where(options.file, options.where or {}, **reading)
    if options.freq is not None:
        rows = of_freq(rows, options.freq)
    write(rows, options.out, progress)


def _formats(options: argparse.Namespace) -> None:
    from indicia._tables import aligned
    from indicia.read import formats

    rows = [[known.name, known.title, " ".join(known.suffixes)] for known in formats()]
    _print("\n".join(aligned(rows)))


def _config(options: argparse.Namespace) -> None:
    from indicia.config import show_config

    show_config()


# ---- the terminal ---------------------------------------------------------------------------------------------------


def _progress(options: argparse.Namespace) -> bool:
    return bool(options.progress or sys.stderr.isatty())


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns


def _unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def _print(text: str) -> None:
    """Prints; what the terminal's encoding lacks becomes a question mark, not a traceback."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def _say(text: str) -> None:
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    print(f"indicia: {text}".encode(encoding, "replace").decode(encoding), file=sys.stderr, flush=True)


def _warned(message: Warning | str, *details: Any, **more: Any) -> None:
    _say(f"warning: {_line([str(message)])}")


def _silence() -> None:
    """Nobody reads any more: what is still buffered must not fail at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(error: BaseException, name: str | None) -> str:
    """One line: the file, the place, what is wrong."""
    from indicia.errors import FormatError, LedgerError, LimitError, UnsupportedFormatError

    if isinstance(error, OSError) and error.strerror:
        place = error.filename if isinstance(error.filename, str) else name
        return _line([place, error.strerror])
    if isinstance(error, MemoryError):
        return _line([name, "not enough memory"])
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if isinstance(error, FormatError | LedgerError | LimitError | UnsupportedFormatError) and error.path is not None:
        return _line([text])
    if isinstance(error, ModuleNotFoundError) or (name and text.startswith(name)):
        return _line([text])
    return _line([name, text])


def _line(parts: Iterable[str | None]) -> str:
    from indicia._tables import shown

    return " ".join(shown(": ".join(part for part in parts if part)).split())


if __name__ == "__main__":
    sys.exit(main())
