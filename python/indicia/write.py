"""Writing official statistics: SDMX-CSV, JSON-stat and px, which `indicia.read` reads back as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia._write_target import Progress, Target, deliver

if TYPE_CHECKING:
    from indicia.cube import Cube
    from indicia.observations import Observations

__all__ = ["write_json_stat", "write_px", "write_sdmx_csv"]


def write_sdmx_csv(
    data: Observations | Cube,
    target: Target = None,
    *,
    structure: str | None = None,
    labels: bool = True,
    progress: Progress = None,
) -> bytes | None:
    r"""Writes SDMX-CSV 2.0: a row for each observation.

    Columns are the structure, the dimensions, ``TIME_PERIOD``, ``OBS_VALUE``, ``OBS_STATUS``, then ``UNIT_MEASURE``,
    ``UNIT_MULT`` and ``DECIMALS`` where they are known, and the further attributes. Figures have the fewest digits that
    read back as the same double, and at least `decimals` behind the mark. Flags are letters of ``OBS_STATUS``; behind
    them, by name, those that have no letter (``E;JOINT``). Periods may be of several frequencies.

    Parameters
    ----------
    data : Observations or Cube
        Of a cube, the cells with a value or a reason.
    target : path or binary file object, optional
        A path that ends in ``.gz`` is compressed; the file takes its place when it is complete. By default the bytes
        are returned.
    structure : str, optional
        The data flow that the file names. By default the one that the data were read with, else ``indicia:DATA(1.0)``.
    labels : bool
        Whether columns with the labels of codes stand behind those of the codes, if there are labels.
    progress : bool or callable, optional
        True draws a bar; a callable is called with the bytes done and an estimate of all bytes.

    Returns
    -------
    bytes or None
        None if there is a target.

    Raises
    ------
    ValueError
        For infinite values, names that clash with those of the format (a dimension called ``TIME_PERIOD``), and texts
        with a NUL.
    OSError
        The target can't be written.

    Warns
    -----
    DataWarning
        For what the file can't say: codes that no row has, rows with neither a value nor a reason.

    See Also
    --------
    read_observations : the way back.

    Notes
    -----
    SDMX-CSV field guide 2.0, section 3.

    Examples
    --------
    >>> import indicia
    >>> obs = indicia.Observations.from_arrays(
    ...     {"geo": ["CN", "DE"]}, [0.5, 2.0], time=["2023", "2023"], unit="EUR", decimals=1, flags=[0, 4])
    >>> text = indicia.write_sdmx_csv(obs)
    >>> print(text.decode())
    STRUCTURE,STRUCTURE_ID,ACTION,geo,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE,DECIMALS
    dataflow,indicia:DATA(1.0),I,CN,2023,0.5,A,EUR,1
    dataflow,indicia:DATA(1.0),I,DE,2023,2.0,E,EUR,1
    <BLANKLINE>
    >>> indicia.read_observations(text).equals(obs)
    True
    """
    from indicia._write_sdmx_csv import pieces

    return deliver(target, pieces(data, structure, labels), progress)


def write_json_stat(data: Observations | Cube, target: Target = None, *, progress: Progress = None) -> bytes | None:
    r"""Writes JSON-stat 2.0: a data set with a cell for every combination of codes.

    Flags are a ``status`` of letters, behind them the names of those that have no letter. Unit, multiplier and decimals
    stand with the categories of the dimension along which they vary, or for all in ``extension``. Values are an object
    where few cells have one.

    Parameters
    ----------
    data : Observations or Cube
        Of one frequency; observations become a cube first.
    target : path or binary file object, optional
        A path that ends in ``.gz`` is compressed; the file takes its place when it is complete. By default the bytes
        are returned.
    progress : bool or callable, optional
        True draws a bar; a callable is called with the bytes done and an estimate of all bytes.

    Returns
    -------
    bytes or None
        None if there is a target.

    Raises
    ------
    ValueError
        For infinite values, several frequencies, no period at all, a dimension called ``role``, and texts with NUL or
        the separators U+001E and U+001F.
    OSError
        The target can't be written.

    Warns
    -----
    DataWarning
        For what the file can't say: a unit, multiplier or decimals that vary along two dimensions at once.

    See Also
    --------
    read_cube : the way back.

    Notes
    -----
    JSON-stat 2.0, https://json-stat.org/full/

    Examples
    --------
    >>> import indicia
    >>> cube = indicia.Cube(["geo"], {"geo": ["CN", "DE"]}, None, [0.5, 2.0], flags=[0, 4], unit="EUR")
    >>> text = indicia.write_json_stat(cube)
    >>> print(text.decode())  # doctest: +NORMALIZE_WHITESPACE
    {"version":"2.0","class":"dataset","id":["geo"],"size":[2],"dimension":{"geo":{"category":{"index":["CN","DE"]}}},"extension":{"unit":{"label":"EUR"}},"value":[0.5,2],"status":{"1":"E"}}
    >>> indicia.read_cube(text).replace(decimals=None).equals(cube)
    True
    """
    from indicia._write_json_stat import pieces

    return deliver(target, pieces(data), progress)


def write_px(data: Observations | Cube, target: Target = None, *, progress: Progress = None) -> bytes | None:
    r"""Writes PC-Axis (px), in UTF-8: keywords, then cells, time in the heading and all other dimensions in the stub.

    Reasons are dots (``DATASYMBOL`` says what each is), nil is ``-``. All other flags stand in the keyword ``FLAGS``,
    by the numbers of the cells, and multipliers in ``UNIT-MULT``: indicia's own, which other programs pass over.

    Parameters
    ----------
    data : Observations or Cube
        Of one frequency; observations become a cube first.
    target : path or binary file object, optional
        A path that ends in ``.gz`` is compressed; the file takes its place when it is complete. By default the bytes
        are returned.
    progress : bool or callable, optional
        True draws a bar; a callable is called with the bytes done and an estimate of all bytes.

    Returns
    -------
    bytes or None
        None if there is a target.

    Raises
    ------
    ValueError
        For infinite values, several frequencies, a dimension without codes or name, and for double quotes in codes,
        labels and names, for which px has no escape.
    OSError
        The target can't be written.

    Warns
    -----
    DataWarning
        For what the file can't say: a unit, multiplier or decimals that vary along two dimensions at once.

    See Also
    --------
    read_cube : the way back.

    Notes
    -----
    PX file format specification, version 2013 (Statistics Sweden).

    Examples
    --------
    >>> import indicia
    >>> years = indicia.Periods.span("2022", "2023")
    >>> cube = indicia.Cube(["geo", "time"], {"geo": ["CN"]}, years, [[0.5, float("nan")]], flags=[[1, 512]])
    >>> text = indicia.write_px(cube)
    >>> print(text.decode().partition("STUB")[2])
    ="geo";
    HEADING="time";
    VALUES("geo")="CN";
    VALUES("time")="2022","2023";
    TIMEVAL("time")=TLIST(A1),"2022","2023";
    DATASYMBOL4="confidential";
    FLAGS("BREAK")="0";
    DATA=
    0.5 "...."
    ;
    <BLANKLINE>
    >>> indicia.read_cube(text).replace(decimals=None).equals(cube)
    True
    """
    from indicia._write_px import pieces

    return deliver(target, pieces(data), progress)
