"""indicia: reads official statistics at memory speed, computes economic indicators, audits claims."""

from indicia import (
    audit,
    brief,
    deflation,
    disaggregation,
    growth,
    index,
    interval,
    ledger,
    region,
    targets,
    trade,
    tree,
    ufuncs,
)
from indicia.audit import Verdict
from indicia.config import get_threads, set_threads, show_config
from indicia.cube import Cube, align, concat
from indicia.errors import (
    DataWarning,
    DuplicateError,
    FormatError,
    LedgerError,
    LimitError,
    UnknownNameError,
    UnsupportedFormatError,
)
from indicia.flags import Flag
from indicia.ledger import read_ledger
from indicia.numbers import format_numbers, parse_numbers
from indicia.observations import Observations
from indicia.periods import Period, Periods, format_periods, parse_periods
from indicia.read import Format, formats, read_cube, read_cubes, read_observations, sniff
from indicia.write import write_json_stat, write_px, write_sdmx_csv

__version__ = "0.1.0.dev0"

__all__ = [
    "Cube",
    "DataWarning",
    "DuplicateError",
    "Flag",
    "Format",
    "FormatError",
    "LedgerError",
    "LimitError",
    "Observations",
    "Period",
    "Periods",
    "UnknownNameError",
    "UnsupportedFormatError",
    "Verdict",
    "__version__",
    "align",
    "audit",
    "brief",
    "concat",
    "deflation",
    "disaggregation",
    "format_numbers",
    "format_periods",
    "formats",
    "get_threads",
    "growth",
    "index",
    "interval",
    "ledger",
    "parse_numbers",
    "parse_periods",
    "read_cube",
    "read_cubes",
    "read_ledger",
    "read_observations",
    "region",
    "set_threads",
    "show_config",
    "sniff",
    "targets",
    "trade",
    "tree",
    "ufuncs",
    "write_json_stat",
    "write_px",
    "write_sdmx_csv",
]
