"""``python -m indicia``."""

import sys

from indicia.cli import main

if __name__ == "__main__":
    sys.exit(main())
