"""The page of connections names every place of the code that speaks to somebody, and every setting of an address."""

import ast
import re

import pytest

from govkit.base.settings import Settings
from tests.architecture.sources import PACKAGE, ROOT, called_name, python_files

PAGE = (ROOT / "docs" / "operate" / "connections.md").read_text(encoding="utf-8")
LIBRARIES = {
    *("ftplib", "http.client", "httpx", "imaplib", "redis", "requests", "smtplib"),
    *("socket", "ssl", "subprocess", "telnetlib", "urllib.request", "urllib3", "xmlrpc"),
}
CALLS = {"create_engine", "urlopen", "_open_redis"}
TOOLS = ("govkit/testing/",)
SILENT = {"govkit/base/deployment.py", "govkit/base/job_runs.py"}
"""The one opens its engine by way of govkit.base.db, the other asks what this machine is called."""


def speaks(source):
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names) if {each.name for each in names} & LIBRARIES:
                return True
            case ast.ImportFrom(module=str(module)) if module in LIBRARIES:
                return True
            case ast.Call() if called_name(node) in CALLS:
                return True
    return False


@pytest.mark.requirement("ASVS-13.1.1", "NET-1")
def test_every_file_that_speaks_to_somebody_is_named():
    told = set(re.findall(r"^\| `(govkit/\S+\.py)` \|", PAGE, re.M))
    users = {each.path for each in python_files() if not each.path.startswith(TOOLS)}
    found = {each.path for each in python_files() if speaks(each)} & users
    assert told == found - SILENT


@pytest.mark.requirement("ASVS-13.1.1")
def test_every_setting_that_names_somebody_is_told():
    names = {
        f"{section}.{key}"
        for section, field in Settings.model_fields.items()
        for key in type(field.default).model_fields
        if re.search(r"url$|^issuer$|^scanner$|host$|endpoint$|server$", key)
    }
    assert len(names) >= 6
    assert set(re.findall(r"`(\w+\.\w+)`", PAGE.partition("## 外から")[0])) == names


@pytest.mark.requirement("ASVS-14.2.3", "NET-1")
def test_pages_and_scripts_name_nobody_else():
    """No tag, style or script of ours names another host; the policy of every answer forbids the rest."""
    files = [path for kind in ("html", "js", "css") for path in PACKAGE.rglob(f"*.{kind}")]
    assert len(files) > 50
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"//[a-z0-9-]+(?:\.[a-z0-9-]+)+", text), path
