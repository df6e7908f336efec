"""Pages."""

from flask import request
from flask.typing import ResponseReturnValue
from govkit.base.i18n import gettext as _
from govkit.base.web import Pages, notify, see_other
from govkit.base.work import Work
from {{ cookiecutter.__package }} import service
from {{ cookiecutter.__package }}.forms import EntryForm

__all__ = ["pages"]

pages = Pages("{{ cookiecutter.module_name }}", __name__)


@pages.get("/", permission="{{ cookiecutter.module_name }}.view")
def entries(work: Work) -> ResponseReturnValue:
    """The newest entries."""
    return pages.render(
        "{{ cookiecutter.module_name }}/entries.html",
        entries=[(entry.title, entry.entered_on) for entry in service.newest(work)],
        can_edit=work.allows("{{ cookiecutter.module_name }}.edit"),
    )


@pages.get("/new", permission="{{ cookiecutter.module_name }}.edit")
def new(work: Work) -> ResponseReturnValue:
    """Form of a new entry."""
    return pages.render("{{ cookiecutter.module_name }}/new.html", form=EntryForm(gettext=_))


@pages.post("/new", permission="{{ cookiecutter.module_name }}.edit")
def add(work: Work) -> ResponseReturnValue:
    """Add it."""
    form = EntryForm(request.form, gettext=_)
    if not form.validate():
        return pages.render("{{ cookiecutter.module_name }}/new.html", form=form), 400
    service.add_entry(work, form.title.data)
    notify(_("登録しました。"))
    return see_other("{{ cookiecutter.module_name }}.entries")
