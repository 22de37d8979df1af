"""Settings of all tests."""

import os
import signal

from hypothesis import settings

# Shared machines stall, so examples have no deadline; where CI asks, the same examples come every time.
settings.register_profile("indicia", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("indicia")

# A shell that starts the tests in the background has Ctrl-C ignored, by them and by what they start: then those that
# interrupt a reading would read for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
