"""Who was affected by a leak (漏えい等の調べ)."""

import io
from datetime import timedelta
from typing import Any, Final

from flask import request
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.access_report import staff_accounts
from govkit.base.breach import (
    BREACH,
    BreachQuery,
    BreachReport,
    breach_report,
    report_tables,
    write_people,
)
from govkit.base.breach_text import breach_markdown, day_text
from govkit.base.exports import INVESTIGATION, Given, Outgoing, hand_out
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext as lazy
from govkit.base.work import Work
from govkit.modules.administration.forms import BreachForm
from govkit.modules.administration.views.blueprint import pages

__all__: list[str] = []

_MONTH: Final = timedelta(days=30)
_SHOWN: Final = 100
_FIELDS: Final = (
    *("first", "last", "known_on", "account", "table", "permission", "improper", "reason"),
)


def _form(work: Work, *, is_sent: bool) -> Any:
    usual = {"first": work.today - _MONTH, "last": work.today, "known_on": work.today}
    form: Any = BreachForm(request.form if is_sent else None, gettext=_, data=usual)
    # Titles of tables are terms, which are quoted in every language.
    form.table.choices = [(name, f"「{_(title)}」") for name, title in report_tables()]
    form.permission.choices = [(each.name, _(each.title)) for each in web.deployment().permissions]
    return form


@pages.get("/breach", permission=BREACH)
def breach(work: Work) -> ResponseReturnValue:
    """Ask what may have leaked."""
    return pages.render("administration/breach.html", form=_form(work, is_sent=False), report=None)


@pages.post("/breach", permission=BREACH)
def look_into_breach(work: Work) -> ResponseReturnValue:
    """How many were affected, and until when what must be done."""
    form = _form(work, is_sent=True)
    report = _report(work, form)
    if report is None:
        return pages.render("administration/breach.html", form=form, report=None), 400
    return pages.render(
        "administration/breach.html",
        form=form,
        report=report,
        day=day_text,
        shown=report.people[:_SHOWN],
        sent={name: request.form.get(name, "") for name in _FIELDS if request.form.get(name)},
    )


@pages.post("/breach/report", permission=BREACH)
def download_breach(work: Work) -> ResponseReturnValue:
    """The report as Markdown: figures, terms and the staff whose acts were looked into."""
    form = _form(work, is_sent=True)
    report = _report(work, form)
    if report is None:
        return pages.render("administration/breach.html", form=form, report=None), 400
    text = breach_markdown(report, work.municipality)
    file = Outgoing(
        kind="administration.breach_report",
        title=lazy("漏えい等の調べ"),
        permission=BREACH,
        file_name=_("漏えい等の調べ_{day}.md", day=work.today.isoformat()),
        media_type="text/markdown; charset=utf-8",
        content=text.encode(),
        rows=len(report.actors),
    )
    return web.hand_over(hand_out(work, file, Given(INVESTIGATION, form.reason.data)))


@pages.post("/breach/people", permission=BREACH)
def download_affected(work: Work) -> ResponseReturnValue:
    """The people affected as CSV, by number and without names."""
    form = _form(work, is_sent=True)
    report = _report(work, form)
    if report is None:
        return pages.render("administration/breach.html", form=form, report=None), 400
    body = io.BytesIO()
    write_people(body, work, report.people)
    file = Outgoing(
        kind="administration.breach_people",
        title=lazy("影響を受けた人の一覧"),
        permission=BREACH,
        file_name=_("影響を受けた人_{day}.csv", day=work.today.isoformat()),
        media_type="text/csv; charset=utf-8",
        content=body.getvalue(),
        rows=len(report.people),
        people=[each.number for each in report.people],
    )
    return web.hand_over(hand_out(work, file, Given(INVESTIGATION, form.reason.data)))


def _report(work: Work, form: Any) -> BreachReport | None:
    if form.validate() and form.first.data > form.last.data:
        form.add_error("last", _("期間の最終日は、初日以後の日付を入力してください。"))
    if form.errors:
        return None
    who = (form.account.data or "").strip()
    query = BreachQuery(
        first=form.first.data,
        last=form.last.data,
        known_on=form.known_on.data,
        actors=tuple(staff_accounts(work, who)) if who else None,
        table=form.table.data or "",
        permission=form.permission.data or "",
        is_improper=bool(form.improper.data),
    )
    return breach_report(work, query, web.deployment().actions, form.reason.data)
