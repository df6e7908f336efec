"""The blueprint of schools and what its pages share."""

from typing import Final

from govkit import forms
from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.errors import Refused

__all__ = ["pages", "tell", "year_title"]

pages: Final = web.Pages("schools", "govkit.modules.schools")
"""Blueprint of all pages of schools."""


def tell(form: forms.Form, refused: Refused, field: str = "") -> None:
    """Show in a form why a service refused."""
    form.add_error(field, _(refused.text, **refused.params))


def year_title(school_year: int) -> str:
    """A school year as people say it."""
    return _("{year}年度", year=school_year)
