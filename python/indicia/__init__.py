"""indicia: reads official statistics at memory speed, computes economic indicators, audits claims."""

from indicia.errors import DataWarning, FormatError, LimitError, UnsupportedFormatError

__version__ = "0.1.0.dev0"

__all__ = ["DataWarning", "FormatError", "LimitError", "UnsupportedFormatError", "__version__"]
