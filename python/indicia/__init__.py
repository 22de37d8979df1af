"""indicia: reads official statistics at memory speed, computes economic indicators, audits claims."""

from indicia.config import get_threads, set_threads, show_config
from indicia.errors import DataWarning, DuplicateError, FormatError, LimitError, UnsupportedFormatError
from indicia.numbers import format_numbers, parse_numbers
from indicia.periods import Period, Periods, format_periods, parse_periods

__version__ = "0.1.0.dev0"

__all__ = [
    "DataWarning",
    "DuplicateError",
    "FormatError",
    "LimitError",
    "Period",
    "Periods",
    "UnsupportedFormatError",
    "__version__",
    "format_numbers",
    "format_periods",
    "get_threads",
    "parse_numbers",
    "parse_periods",
    "set_threads",
    "show_config",
]
