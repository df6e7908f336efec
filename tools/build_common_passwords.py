"""Write ``govkit/base/data/common_passwords.txt`` from the lists of the package ``zxcvbn`` (MIT).

pip install zxcvbn && python tools/build_common_passwords.py
"""

import unicodedata
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

TARGET = Path(__file__).parents[1] / "govkit/base/data/common_passwords.txt"
MOST = 10_000
SHORTEST = 6
LONG_ENOUGH = 15


def main() -> None:
    """Take the most common ones of six characters and more, and every one that is long enough."""
    listed = import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS["passwords"]
    found = listed.split(",") if isinstance(listed, str) else list(listed)
    folded = [unicodedata.normalize("NFKC", each).casefold() for each in found]
    common = [each for each in folded if len(each) >= SHORTEST][:MOST]
    common += [each for each in folded if len(each) >= LONG_ENOUGH]
    head = (
        f"# Most common passwords. Source: zxcvbn {version('zxcvbn')} for Python (MIT licence), "
        f"frequency list 'passwords'; taken {datetime.now(UTC).date()}, folded to lower case."
    )
    TARGET.write_text("\n".join([head, *sorted(set(common))]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
