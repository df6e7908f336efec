"""An example of every field of :mod:`govkit.forms`, in every state.

The documentation shows them, the browser tests try them. A team that has its own style sheet or
overrides templates can do both with its own look::

    for state in State:
        form_of(all_examples(), state).render()
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Final

from govkit.testing.form_examples import (
    basics,
    blocks,
    contact,
    dates,
    files,
    identifiers,
    money,
    people,
    places,
    rows,
)
from govkit.testing.form_examples.files import SentFile
from govkit.testing.form_examples.registry import (
    READONLY_REASON,
    Example,
    State,
    example,
    form_of,
)

__all__ = [
    "FAMILIES",
    "READONLY_REASON",
    "Example",
    "SentFile",
    "State",
    "all_examples",
    "example",
    "form_of",
]

FAMILIES: Final[Mapping[str, ModuleType]] = {
    "basics": basics,
    "people": people,
    "places": places,
    "contact": contact,
    "dates": dates,
    "identifiers": identifiers,
    "money": money,
    "files": files,
    "rows": rows,
    "blocks": blocks,
}
"""Modules of examples by name, in the order of the pages."""


def all_examples() -> list[Example]:
    """Every example of every family."""
    return [each for family in FAMILIES.values() for each in family.EXAMPLES]
