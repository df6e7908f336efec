"""What can be done."""

from collections.abc import Sequence

import sqlalchemy as sa
from govkit.base.work import Work
from {{ cookiecutter.__package }}.models import Entry

__all__ = ["add_entry", "newest"]


def newest(work: Work, limit: int = 50) -> Sequence[Entry]:
    """The newest entries of the municipality."""
    work.require("{{ cookiecutter.module_name }}.view")
    order = (Entry.entered_on.desc(), Entry.title)
    return work.session.scalars(sa.select(Entry).order_by(*order).limit(limit)).all()


def add_entry(work: Work, title: str) -> Entry:
    """Add an entry."""
    work.require("{{ cookiecutter.module_name }}.edit")
    entry = Entry(title=title, entered_on=work.today)
    work.session.add(entry)
    work.record("{{ cookiecutter.module_name }}.entry_added", entry)
    return entry
