"""Runs the Python of one page from top to bottom: ``python -m tests.docs.run_page PAGE``.

With ``--alone`` each block starts with nothing, as one who copies only that block does. A process
of its own, because pages may map tables.
"""

import doctest
import sys
from pathlib import Path

from tests.docs.pages import Block, blocks


def run(page: Path, *, alone: bool = False) -> list[str]:
    """What went wrong."""
    names: dict[str, object] = {"__name__": "page"}
    told: list[str] = []
    for block in blocks(page):
        if alone:
            names = {"__name__": "page"}
        if block.language == "python":
            exec(compile("\n" * block.line + block.body, block.page, "exec"), names)
        elif block.language == "pycon":
            _run_session(block, names, told)
    return told


def _run_session(block: Block, names: dict[str, object], told: list[str]) -> None:
    parser = doctest.DocTestParser()
    test = parser.get_doctest(block.body, names, block.page, block.page, block.line)
    if not test.examples:
        told.append(f"{block.page}:{block.line} holds no example")
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)


if __name__ == "__main__":
    found = run(Path(sys.argv[1]), alone="--alone" in sys.argv)
    print("".join(found))
    sys.exit(1 if found else 0)
