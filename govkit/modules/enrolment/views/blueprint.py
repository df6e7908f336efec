"""The blueprint of enrolment, and the year that an address is about."""

from collections.abc import Mapping
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


def chosen_year(work: Work, sent: Mapping[str, str] | None = None) -> int:
    """The year of entry that a request names, in its address if not said otherwise; else the next."""
    text = (request.args if sent is None else sent).get("year", "")
    is_year = len(text) == 4 and text.isascii() and text.isdecimal() and 2000 <= int(text) <= 2100
    return int(text) if is_year else next_entry_year(work)
