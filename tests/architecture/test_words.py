"""Nothing in the repository depends on, or tells about, the machine it was written on."""

import re

from tests.architecture.sources import ROOT

FOLDERS = (
    "govkit",
    "tests",
    "docs",
    "changes",
    "tools",
    "benchmarks",
    "templates",
    "cookiecutter-municipal-app",
    "requirements",
    ".ci",
)
ENDINGS = {
    ".py", ".html", ".css", ".js", ".sh", ".md", ".toml", ".txt", ".lock", ".cfg", ".json", ".po", ""
}  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w.<{/])/(?:home|Users|root|work|tmp)/[\w.]+")
INDEX_HOST = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host")


def _texts():
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in files:
        hidden = {"_build", "__pycache__", "node_modules"} & set(path.parts)
        if path.is_file() and path.suffix in ENDINGS and not hidden:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def _found(pattern: re.Pattern[str]) -> list[str]:
    own = "tests/architecture/test_words.py"
    return [
        f"{name}: {match[0]}"
        for name, text in _texts()
        if name != own
        for match in pattern.finditer(text)
    ]


def test_no_path_of_a_machine():
    assert _found(MACHINE_PATH) == []


def test_no_package_index_is_named():
    assert _found(INDEX_HOST) == []
