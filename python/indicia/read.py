"""Reading official statistics: any format indicia knows, as `Observations` or as a `Cube`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from indicia import _core
from indicia._codepages import declared_encoding, upper_half
from indicia._collapse import asked_for, check_folded
from indicia._where import filters_of, texts
from indicia.config import resolve_threads
from indicia.errors import FormatError, LimitError, UnsupportedFormatError
from indicia.sources import Given, Source, open_source

if TYPE_CHECKING:
    from indicia._labels import Labelled
    from indicia.cube import Cube
    from indicia.observations import Observations

__all__ = ["Format", "formats", "read_cube", "read_cubes", "read_observations", "sniff"]

Duplicates: TypeAlias = Literal["error", "first", "last", "sum"]
Rule: TypeAlias = Literal["sum", "count", "min", "max"]
Where: TypeAlias = Mapping[str, Any]
AnyContainer = TypeVar("AnyContainer", bound="Labelled")
Structure: TypeAlias = Given | Mapping[str, Any] | Sequence[Given] | None
Progress: TypeAlias = bool | Callable[[int, int], Any] | None

#: What `limits=` may change: cells of a result, columns and bytes of a row, inflated bytes per compressed one.
LIMITS: Mapping[str, float] = {"cells": 1 << 30, "columns": 100_000, "line": 1 << 24, "ratio": 200.0}

_DUPLICATES = ("error", "first", "last", "sum")


@dataclass(frozen=True)
class Format:
    """A format that can be read.

    Attributes
    ----------
    name : str
        What `format=` takes.
    title : str
        Its name in words.
    suffixes : tuple of str
        How files usually end; files are recognised by their first bytes, not by these.

    Examples
    --------
    >>> import indicia
    >>> [format.name for format in indicia.formats()][:2]
    ['eurostat-tsv', 'sdmx-csv']
    """

    name: str
    title: str
    suffixes: tuple[str, ...]


def formats() -> list[Format]:
    """The formats that can be read.

    Returns
    -------
    list of Format

    Examples
    --------
    >>> import indicia
    >>> indicia.formats()[0]
    Format(name='eurostat-tsv', title='Eurostat bulk TSV', suffixes=('.tsv', '.tsv.gz'))
    """
    return [Format(name, title, tuple(suffixes.split())) for name, title, suffixes, _ in _core.formats()]


def sniff(source: Given, *, member: str | None = None, encoding: str | None = None) -> str:
    r"""The format that a source is in, by its first bytes.

    Parameters
    ----------
    source : path, bytes or buffer, binary file object
        A file object that can be sought is left where it was.
    member : str, optional
        Of a zip archive with several.
    encoding : str, optional
        Of the text, as for `read_observations`.

    Returns
    -------
    str
        A name that `format=` takes.

    Raises
    ------
    FormatError
        No format is recognised.

    Examples
    --------
    >>> import indicia
    >>> indicia.sniff(b"geo\\time\t2022 \t2023 \nDE\t1.0 \t2.0 p\n")
    'eurostat-tsv'
    """
    place = source.tell() if hasattr(source, "read") and hasattr(source, "seekable") and source.seekable() else None
    try:
        with open_source(source, member=member, encoding=encoding, ratio=LIMITS["ratio"]) as opened:
            return _format_of(opened, None)
    finally:
        if place is not None:
            source.seek(place)


def read_observations(
    source: Given,
    *,
    format: str | None = None,
    where: Where | None = None,
    collapse: Mapping[str, Rule] | None = None,
    recode: Mapping[str, Mapping[str, str | None]] | None = None,
    min_coverage: float | None = None,
    level: int | None = None,
    attributes: Sequence[str] | None = None,
    time: str | EllipsisType | None = ...,
    duplicates: Duplicates = "error",
    member: str | None = None,
    dataset: str | None = None,
    measures: Sequence[str] | None = None,
    dims: Sequence[str] | None = None,
    language: str | None = None,
    structure: Structure = None,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    decimals: int | None = None,
    threads: int | None = None,
    progress: Progress = None,
    limits: Mapping[str, float] | None = None,
) -> Observations:
    r"""Reads a source in long form: one row per observation.

    A cell with a value, or without one but with a reason (a flag), is a row; what is merely empty is none.

    Parameters
    ----------
    source : path, bytes or buffer, binary file object, URL, or a list of those
        ``.gz``, ``.bz2``, ``.xz``, ``.zst`` and ``.zip`` are opened, and URLs by fsspec where that is installed. A list
        is of files of one data set: they are read beside each other and put together in their order.
    format : str, optional
        One of `formats`; by default the source's first bytes decide.
    where : mapping, optional
        Keeps, while scanning, only rows whose code in a dimension is the text given or one of a list of texts, and for
        "time" only periods that lie in a text ("2023" on months is its twelve), a list, or ``(start, end)``.
    collapse : mapping of str to {"sum", "count", "min", "max"}, optional
        Dimensions that the result doesn't have, and what becomes of rows that fall together: ``{"partner": "sum"}``.
        One rule for a reading. Long tables are folded while they are scanned, in memory for the result alone. Sums are
        exact and rounded once: the same for every order of the rows. Rows with one key count one by one.
    recode : mapping of str to mapping of str to str or None, optional
        New codes by dimension: ``{"product": {"870380": "cars", "870340": "cars"}}``; None drops a code's rows. Rows
        that get one code are folded, by `collapse`'s rule or else added up. The mapping names every code that
        occurs, or has a key "*" that says what the others become: None, a code, or "*", which leaves them as they are.
        The new codes come in the mapping's order, those without any row too. `where` still asks for the source's.
    min_coverage : float, optional
        The share of a cell's rows that must have a value, up to 1: more missing than that, and the cell is NaN. By
        default none may be missing. A cell of which some are is flagged PARTIAL.
    level : int, optional
        Of Comtrade: only commodities whose code has so many digits (2, 4, 6), or 0 for the one called TOTAL. A file may
        have several levels, each of which is a sum over the next.
    attributes : sequence of str, optional
        Columns that are neither dimension nor value to keep for every row, in ``.attributes``.
    time : str or None, optional
        The column or dimension that is time; None: there is none. By default the format knows.
    duplicates : {"error", "first", "last", "sum"}
        Rows with the same key and period: an error that names both lines, or which of them counts. With `collapse` or
        `recode` all of them do: rows that have been added up are not kept, and so whether one came before can't be
        known in the memory of the result; "first" and "last" are errors there, and a reading without them finds out.
    member : str, optional
        Of a zip archive with several.
    dataset : str, optional
        Only rows of this structure, as the file names it.
    measures : sequence of str, optional
        Columns that hold values; several of them give a dimension "measure".
    dims : sequence of str, optional
        Columns that are dimensions, all others being attributes; by default the format decides.
    language : str, optional
        Of names and labels, in formats that have several (px, SDMX); by default the file's own, or English.
    structure : source, sequence of sources, or mapping of dimensions to a source or to ``{code: label}``, optional
        Where labels are that the data lack: SDMX structure messages, or code lists (delimited text with a code and a
        label in each row). What it says wins over the file's own labels, code by code. By default what the source
        carries itself, such as a structure message in the same archive.
    encoding : str, optional
        Of the text. By default UTF-8, UTF-16 if it starts with its mark, and GB 18030 if it is no UTF-8 but looks like
        Chinese; ``attrs["encoding"]`` says which, if it was not UTF-8.
    separator, decimal : str, optional
        The field separator and the decimal mark, where the file's own should not be believed.
    decimals : int, optional
        Digits after the mark to which the values are rounded, whatever the file declares or prints.
    threads : int, optional
        By default `get_threads`; the result is the same for any number.
    progress : bool or callable, optional
        True draws a bar; a callable is called with the bytes done and all bytes (0: unknown).
    limits : mapping, optional
        Changes `indicia.read.LIMITS`: "cells" of the result, "columns" and bytes ("line") of a row, "ratio" of
        inflation.

    Returns
    -------
    Observations
        Codes are strings, values float64 with NaN for missing, flags `Flag` bits or None where no row has any; unit,
        multiplier and decimals per series where the source has them. ``attrs`` keeps the source's further words, and
        counts what could not be kept: "unplaced" periods, "unknown_flags", "skipped" rows. After folding it has
        "collapsed" (dimension and rule), "recoded" (which codes each new one was made of) and "absent" (codes that
        `recode` names and no row has); decimals of sums are unknown.

    Raises
    ------
    FormatError
        With path, line, column and what was expected.
    LimitError
        A size lies beyond a limit.
    UnsupportedFormatError
        Understood, but not read (hourly data).
    OSError
        The source can't be read.
    ValueError
        An option doesn't fit; `recode` has no word for a code (with the number of its rows); a total would be added up
        with its parts, or figures of different units.

    See Also
    --------
    read_cube : the same as a dense array.

    Examples
    --------
    >>> import indicia
    >>> text = b"geo\\time\t2022 \t2023 \nDE\t1.5 \t2.25 p\nFR\t: c\t: \n"
    >>> obs = indicia.read_observations(text)
    >>> obs.to_pandas(flags="text")  # doctest: +NORMALIZE_WHITESPACE
      geo  time  value         flags
    0  DE  2022   1.50
    1  DE  2023   2.25   PROVISIONAL
    2  FR  2022    NaN  CONFIDENTIAL

    Exports of two groups of products, to all importers:

    >>> text = (
    ...     b"t,i,j,k,v,q\n2023,156,842,854142,9.5,1\n2023,156,276,854142,1.5,1\n"
    ...     b"2023,156,276,850760,4.0,1\n2023,156,276,010119,0.1,1\n"
    ... )
    >>> groups = {"854142": "solar", "854143": "solar", "850760": "batteries", "*": None}
    >>> indicia.read_observations(text, recode={"k": groups}, collapse={"j": "sum"}).to_pandas()
         i          k  time  value
    0  156      solar  2023   11.0
    1  156  batteries  2023    4.0
    """
    request = {name: value for name, value in locals().items() if name != "source"}
    if isinstance(source, list | tuple):
        return _read_several(source, request)
    return _as_rows(_made(source, request, want_long=True))


def _as_rows(made: Cube | Observations) -> Observations:
    from indicia.cube import Cube

    return made.to_observations() if isinstance(made, Cube) else made  # a format that knows no rows


def _made(source: Given, request: Mapping[str, Any], *, want_long: bool) -> Cube | Observations:
    """What a source holds: several data sets of the same dimensions are put together."""
    from indicia._assemble import cube, observations

    place = source.tell() if hasattr(source, "read") and hasattr(source, "seekable") and source.seekable() else None
    words = {"language": request["language"], "decimals": request["decimals"]}

    def one(dataset: str | None) -> tuple[Cube | Observations, dict[str, Any]]:
        raw, format_name, path = _read(source, {**request, "dataset": dataset}, want_long=want_long)
        if raw["asked"] is not None and not raw["collapsed"]:
            return _folded(raw, format_name, path, request), raw
        return (cube if raw["dense"] else observations)(raw, format_name, path, **words), raw

    made, raw = one(request["dataset"])
    names = [text.partition(" ")[2] for name, text, _ in raw["notes"] if name == "datasets"]
    if names:
        from indicia._several import put_datasets_together

        def another(number: int) -> Observations:
            if place is not None:
                source.seek(place)
            return _as_rows(one(f"\x1f{number}")[0])

        if hasattr(source, "read") and place is None:
            raise FormatError(
                f"expected one data set of a source that is read once, not {', '.join(names)} (dataset= says which)",
                line=1,
            )
        made = put_datasets_together(_as_rows(made), another, names, duplicates=request["duplicates"])
    return _told(made, raw, request)


def _folded(raw: dict[str, Any], format_name: str, path: Any, request: Mapping[str, Any]) -> Observations:
    """The rows of a format that doesn't fold them while it reads."""
    from indicia import _assemble
    from indicia._collapse_rows import cells_of, fold

    words = {"language": request["language"], "decimals": request["decimals"]}
    if raw["dense"]:
        rows = cells_of(_assemble.cube(raw, format_name, path, **words))
    else:
        rows = _assemble.observations(raw, format_name, path, **words)
    return fold(rows, raw, raw["asked"], decimals=request["decimals"])


def _read_several(sources: Sequence[Given], request: Mapping[str, Any]) -> Observations:
    from indicia._several import read_several

    of_each = {**request, "structure": None}
    rows = read_several(
        sources,
        lambda source, threads, tell: read_observations(source, **{**of_each, "threads": threads, "progress": tell}),
        threads=resolve_threads(request["threads"]),
        duplicates=request["duplicates"],
        progress=request["progress"],
        rule=next(iter((request["collapse"] or {}).values()), "sum"),
    )
    return _told(rows, {}, request)


def _told(made: AnyContainer, raw: Mapping[str, Any], request: Mapping[str, Any]) -> AnyContainer:
    """The container with what the source and `structure=` tell of it."""
    carried, beside = raw.get("structures"), raw.get("beside")
    if not carried and not beside and request["structure"] is None:
        return made
    from indicia._structure import labelled

    return labelled(
        made,
        request["structure"],
        carried=carried or (),
        beside=beside or (),
        language=request["language"],
        ratio=_limits(request["limits"])["ratio"],
    )


def read_cubes(source: Given, *, freq: str | None = None, **options: Any) -> dict[str, Cube]:
    r"""Reads a source as dense arrays, one for each frequency in it.

    Parameters
    ----------
    source : path, bytes or buffer, binary file object
    freq : str, optional
        Only this frequency.
    **options
        As for `read_observations`.

    Returns
    -------
    dict of str to Cube
        By letter of frequency, sorted; one cube without time has the key "".

    Examples
    --------
    >>> import indicia
    >>> text = b"geo\\time\t2022 \t2022-Q1 \t2022-Q2 \nDE\t1.5 \t0.5 \t1.0 \n"
    >>> {freq: cube.shape for freq, cube in indicia.read_cubes(text).items()}
    {'A': (1, 1), 'Q': (1, 2)}
    """
    return _cubes(source, freq, options)[0]


def _cubes(source: Given, freq: str | None, options: Mapping[str, Any]) -> tuple[dict[str, Cube], Observations | None]:
    """The cubes, and the rows that they were made of, if they were."""
    request = _defaults(options)
    from indicia.cube import Cube

    several = isinstance(source, list | tuple)
    made = _read_several(source, request) if several else _made(source, request, want_long=False)
    rows = None if isinstance(made, Cube) else made
    if isinstance(made, Cube):
        cubes = {"" if made.time is None else str(made.time.freq): made}
    if rows is not None:
        cubes = rows.to_cubes(duplicates=request["duplicates"]) if rows.time is not None else {"": rows.to_cube()}
    if freq is None:
        return cubes, rows
    if freq not in cubes:
        raise ValueError(f"freq={freq!r}: the source has {_listed(cubes)}")
    return {freq: cubes[freq]}, rows


def read_cube(source: Given, *, freq: str | None = None, **options: Any) -> Cube:
    r"""Reads a source as one dense array with labels.

    The time axis is contiguous in its frequency: a period that the file lacks is NaN. Every code that the file
    declares is kept.

    Parameters
    ----------
    source : path, bytes or buffer, binary file object
    freq : str, optional
        The frequency to take where the source has several.
    **options
        As for `read_observations`.

    Returns
    -------
    Cube

    Raises
    ------
    ValueError
        The source has several frequencies and none is chosen; the message names them.
    FormatError, LimitError, UnsupportedFormatError, OSError
        As `read_observations`.

    Examples
    --------
    >>> import indicia
    >>> text = b"geo\\time\t2023 \t2021 \nDE\t1.5 \t2.25 \nFR\t: c\t: \n"
    >>> cube = indicia.read_cube(text)
    >>> cube.dims, cube.codes["geo"], [str(period) for period in cube.time]
    (('geo', 'time'), ('DE', 'FR'), ['2021', '2022', '2023'])
    >>> cube.values
    array([[2.25,  nan, 1.5 ],
           [ nan,  nan,  nan]])
    """
    cubes, rows = _cubes(source, freq, options)
    if len(cubes) > 1:
        raise ValueError(f"the source has {_listed(cubes)}; freq= chooses one, read_cubes reads them all")
    if not cubes and rows is not None:  # no row at all
        return rows.to_cube(freq)
    return next(iter(cubes.values()))


# ---- options ------------------------------------------------------------------------------------------------------


def _listed(cubes: Iterable[str]) -> str:
    names = [repr(name) for name in cubes]
    return "the frequencies " + ", ".join(names) if len(names) > 1 else "the frequency " + "".join(names)


def _defaults(options: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(read_observations.__kwdefaults__ or {})
    for name in options:
        if name not in given:
            raise TypeError(f"there is no option {name!r}")
    return given | dict(options)


def _limits(limits: Mapping[str, float] | None) -> dict[str, float]:
    for name, value in (limits or {}).items():
        if name not in LIMITS:
            raise ValueError(f"limits: there is no {name!r}, only {', '.join(LIMITS)}")
        if not value > 0:
            raise ValueError(f"limits: {name!r} must be positive, not {value!r}")
    return {**LIMITS, **(limits or {})}


def _level(given: int | None) -> int:
    """As the core has it: 0 for all levels."""
    if given is None:
        return 0
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(f"level: expected a number of digits, got {type(given).__name__}")
    if not 0 <= given <= 20:
        raise ValueError(f"level={given}: expected a number of digits, such as 6, or 0 for the total")
    return given + 1


def _mark(name: str, given: str | None, allowed: str) -> str:
    if given is None:
        return ""
    if len(given) != 1 or given not in allowed:
        raise ValueError(f"{name}={given!r}: expected one of {', '.join(map(repr, allowed))}")
    return given


def _format_of(source: Source, format: str | None) -> str:
    if format is not None:
        known = [one.name for one in formats()]
        if format not in known:
            raise ValueError(f"format={format!r}: expected one of {', '.join(known)}")
        return format
    name = _core.sniff(source.head)
    if name is None:
        what = "the source is empty" if not source.head else "the format is not recognised"
        names = ", ".join(one.name for one in formats())
        raise FormatError(f"{what}; indicia reads {names} (format= says which)", path=source.name, line=1)
    return name


# ---- the call -----------------------------------------------------------------------------------------------------


def _raise_failure(source: Source, place: FormatError | None, format: str | None) -> None:
    """Raises what made the feeding thread fail, with the place that was reached."""
    failure = source.failure
    if failure is None:
        return  # the error lies in the bytes that came before
    if isinstance(failure, FormatError | LimitError):
        failure.path = source.name
        failure.format = format
        if place is not None:
            failure.line, failure.offset = max(place.line, failure.line, 1), place.offset
    raise failure from None


def _read(
    given: Given, request: Mapping[str, Any], *, want_long: bool, plain: bool = False
) -> tuple[dict[str, Any], str, Any]:
    """What the core makes of a source, by the options of `read_observations`; the format's name; the source's."""
    from indicia.progress import shown

    duplicates = request["duplicates"]
    if duplicates not in _DUPLICATES:
        raise ValueError(f"duplicates={duplicates!r}: expected one of {', '.join(map(repr, _DUPLICATES))}")
    filters, days = filters_of(request["where"])
    asked = asked_for(
        request["collapse"], request["recode"], request["min_coverage"], duplicates, request["attributes"]
    )
    limits = _limits(request["limits"])
    time = request["time"]
    options: dict[str, Any] = {
        "filters": filters,
        "days": days,
        "attributes": texts("attributes", request["attributes"]),
        "measures": texts("measures", request["measures"]),
        "dims": texts("dims", request["dims"]),
        "time": time if isinstance(time, str) else None,
        "no_time": time is None,
        "dataset": request["dataset"],
        "separator": _mark("separator", request["separator"], ",;\t|"),
        "decimal": _mark("decimal", request["decimal"], ".,"),
        "duplicates": _DUPLICATES.index(duplicates),
        "want_long": want_long and asked is None,  # an array knows which of its cells are empty
        "threads": resolve_threads(request["threads"]),
        "plain": plain,
        "level": _level(request["level"]),
        "collapse": None if asked is None else asked.core(),
        "language": request["language"],
        **{name: int(min(limits[name], 1 << 62)) for name in ("cells", "columns", "line")},
    }
    with (
        open_source(given, member=request["member"], encoding=request["encoding"], ratio=limits["ratio"]) as source,
        shown(request["progress"], source.name) as progress,
    ):
        name = _format_of(source, request["format"])
        if request["level"] is not None and name != "comtrade":
            raise ValueError(f"level=: codes of {name} have none; where= and recode= take codes by name")
        if name == "px" and source.encoding is None and request["encoding"] is None:
            options["codepage_name"] = declared_encoding(source.head)
            options["codepage"] = upper_half(options["codepage_name"])
        source.begin()
        try:
            raw = _core.read(source.data, name, source.name, source.size, progress, again=source.again, **options)
        except (FormatError, UnsupportedFormatError) as error:
            _raise_failure(source, error if isinstance(error, FormatError) else None, name)
            raise
        raw["encoding"] = source.encoding
        raw["beside"] = source.beside
        raw["asked"] = asked
        if asked is not None and raw["collapsed"]:
            raw["told"] = check_folded(asked, raw)
        return raw, name, source.name
