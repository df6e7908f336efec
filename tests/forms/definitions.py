"""Definitions as the tests write them: short texts, and what is wrong with them."""

from govkit.errors import InvalidInput
from govkit.forms.definition import Definition

HEAD = '[form]\nid = "enquiry"\ntitle = "問い合わせ票"\n'


def define(text, *, head=HEAD):
    """The definition of a text without problems."""
    return Definition.read((head + text).encode(), "様式.toml")


def refusals(text, *, head=HEAD):
    """Every problem of a text."""
    content = text if isinstance(text, bytes) else (head + text).encode()
    try:
        Definition.read(content, "様式.toml")
    except InvalidInput as refused:
        return refused.problems
    return ()


def problems(text):
    """Line, key and code of every problem."""
    found = refusals(text)
    assert all(problem.file == "様式.toml" and str(problem) for problem in found)
    return [(each.row, each.column, each.code) for each in found]


def sentences(text):
    """What is told about every problem."""
    return [str(problem) for problem in refusals(text)]


def field(**keys):
    """A table ``[[field]]``."""
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return "\n".join(["[[field]]", *lines, ""])
