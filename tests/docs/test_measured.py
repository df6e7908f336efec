"""The page of what was measured has a row for each promise, which leads to what measures it."""

import re
import tomllib

from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "operate" / "measured.md").read_text(encoding="utf-8")


def test_every_promise_has_a_row_that_names_its_test():
    rows = re.findall(r"^\| (P\d+) \|.*\| `([^`]+)` \|$", PAGE, flags=re.M)
    listed = tomllib.loads(
        (ROOT / "docs" / "_ext" / "requirements.toml").read_text(encoding="utf-8")
    )
    assert [promise for promise, _file in rows] == list(listed["promises"])
    for promise, file in rows:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert file.startswith("benchmarks/") or f'"{promise}"' in text, (promise, file)
