"""indicia: reads official statistics at memory speed, computes economic indicators, audits claims."""

from indicia.config import get_threads, set_threads, show_config
from indicia.errors import DataWarning, DuplicateError, FormatError, LimitError, UnsupportedFormatError

__version__ = "0.1.0.dev0"

__all__ = [
    "DataWarning",
    "DuplicateError",
    "FormatError",
    "LimitError",
    "UnsupportedFormatError",
    "__version__",
    "get_threads",
    "set_threads",
    "show_config",
]
