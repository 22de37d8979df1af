"""Observations as files: what `indicia.write` has, and Parquet and Arrow through pyarrow."""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import numpy as np

from indicia._write_target import Progress, deliver, finished
from indicia.errors import DataWarning
from indicia.observations import Observations

__all__ = ["KINDS", "kind_of", "write"]

KINDS = {
    **{".csv": "csv", ".csv.gz": "csv", ".json": "json-stat", ".json.gz": "json-stat", ".px": "px", ".px.gz": "px"},
    **{".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow"},
}


def kind_of(name: str) -> str:
    """What a file is to be, by its name; ``-`` is CSV on the standard output.

    Raises
    ------
    ValueError
        The ending says nothing.

    Examples
    --------
    >>> from indicia._convert import kind_of
    >>> kind_of("gdp.parquet"), kind_of("-")
    ('parquet', 'csv')
    """
    if name == "-":
        return "csv"
    for suffix, kind in KINDS.items():
        if name.lower().endswith(suffix):
            return kind
    raise ValueError(f"{name}: the ending must be one of {', '.join(KINDS)}, or - for CSV on the standard output")


def write(rows: Observations, name: str, progress: Progress = None) -> None:
    """Writes a file; half a file never stands under its name. CSV is that of `indicia.write_sdmx_csv`."""
    from indicia._write_sdmx_csv import pieces
    from indicia.write import write_json_stat, write_px

    kind = kind_of(name)
    if kind in {"json-stat", "px"}:
        (write_px if kind == "px" else write_json_stat)(rows, name, progress=progress)
        return
    if kind != "csv":
        _write_arrow(rows, name, kind)
        return
    with warnings.catch_warnings():  # of codes that no row has: those of the part that was asked for are meant
        warnings.simplefilter("ignore", DataWarning)
        parts = pieces(rows, None, labels=False)
    deliver(sys.stdout.buffer if name == "-" else name, parts, progress)


# ---- Arrow ----------------------------------------------------------------------------------------------------------


def _write_arrow(rows: Observations, name: str, kind: str) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ModuleNotFoundError(f"{kind} needs pyarrow: pip install 'indicia[arrow]'") from None
    table = pa.table(rows)
    facts: dict[str, Any] = {}
    for word in ("unit", "multiplier", "decimals"):
        fact = getattr(rows, word)
        if isinstance(fact, np.ndarray):
            by_row = fact[rows.series_index()[0]]
            kept = pa.array(by_row.tolist(), pa.string()).dictionary_encode() if word == "unit" else pa.array(by_row)
            table = table.append_column(word if word not in table.column_names else f"{word}_", kept)
        elif fact is not None:
            facts[word] = fact
    facts["labels"] = {dim: dict(words) for dim, words in rows.labels.items()}
    table = table.replace_schema_metadata({"indicia": json.dumps(facts, ensure_ascii=False)})
    with finished(name) as file:
        if kind == "parquet":
            pq.write_table(table, file)
        else:
            with pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
