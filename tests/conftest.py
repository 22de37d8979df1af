"""Settings of all tests."""

import os

from hypothesis import settings

# Shared machines stall, so examples have no deadline; where CI asks, the same examples come every time.
settings.register_profile("indicia", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("indicia")
