"""The documentation's own extension, importable in tests."""

import sys

from tests.architecture.sources import ROOT

sys.path.insert(0, str(ROOT / "docs" / "_ext"))
