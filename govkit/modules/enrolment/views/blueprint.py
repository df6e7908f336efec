"""The blueprint of enrolment, and the year that an address is about."""

from typing import Final

from flask import request

from govkit.base import web
from govkit.base.work import Work
from govkit.jp.calendar import school_year_of

__all__ = ["chosen_year", "next_entry_year", "pages"]

pages: Final = web.Pages("enrolment", "govkit.modules.enrolment")
"""Blueprint of all pages of enrolment."""


def next_entry_year(work: Work) -> int:
    """The school year that the next entrants begin."""
    return school_year_of(work.today) + 1


def chosen_year(work: Work) -> int:
    """The year of entry that the address names, else the next one."""
    year = request.args.get("year", type=int)
    return year if year is not None and 2000 <= year <= 2100 else next_entry_year(work)
