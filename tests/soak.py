"""Whether the long forms of tests are asked for: ``GOVKIT_SOAK=1``, ``make soak``."""

import os

SOAK = os.environ.get("GOVKIT_SOAK") == "1"
