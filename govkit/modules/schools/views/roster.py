"""The page where the roster is written for other systems (名簿の書き出し)."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.exports import Outgoing, hand_out
from govkit.base.i18n import gettext as _
from govkit.base.views.purpose import given, offer_purposes
from govkit.base.work import Work
from govkit.errors import Refused
from govkit.formats.oneroster import Profile
from govkit.modules.schools.forms import ExportForm
from govkit.modules.schools.oneroster import (
    RosterExport,
    RosterFinding,
    RosterRefused,
    export_roster,
)
from govkit.modules.schools.units import current_school_year, open_school_years
from govkit.modules.schools.views.blueprint import pages, tell, year_title

__all__: list[str] = []

EXPORT = "schools.export_roster"
_SHOWN = 50


@pages.get("/export", permission=EXPORT)
def export(work: Work) -> ResponseReturnValue:
    """The choice of year and dialect, and the purpose."""
    return _page(work, _form(work), ())


def _form(work: Work) -> ExportForm:
    defaults = {"school_year": current_school_year(work), "profile": Profile.newest().name}
    form = ExportForm(request.form, gettext=_, data=defaults)
    offer_purposes(form, work)
    form.school_year.choices = [(year, year_title(year)) for year in open_school_years(work)]
    return form


def _page(work: Work, form: ExportForm, findings: Sequence[RosterFinding]) -> str:
    may_mend = work.allows("schools.manage_pupils")
    may_mend_staff = work.allows("base.manage_staff")
    return pages.render(
        "schools/export.html",
        form=form,
        has_board_code=bool(work.municipality.board_code),
        findings=[
            _line(finding, may_mend=may_mend, may_mend_staff=may_mend_staff)
            for finding in findings[:_SHOWN]
        ],
        total=len(findings),
    )


def _line(finding: RosterFinding, *, may_mend: bool, may_mend_staff: bool) -> dict[str, Any]:
    url = ""
    if finding.pupil_id is not None and may_mend:
        url = url_for("schools.pupil", pupil_id=finding.pupil_id)
    elif finding.staff_id is not None and may_mend_staff:
        url = url_for("schools.staff_member", staff_id=finding.staff_id)
    return {
        "place": finding.place,
        "name": finding.name,
        "item": _(finding.item),
        "text": _(finding.problem.text, **finding.problem.params),
        "url": url,
    }


def _outgoing(made: RosterExport) -> Outgoing:
    return Outgoing(
        kind="schools.roster",
        title=_("名簿（OneRoster）"),
        permission=EXPORT,
        file_name=made.filename,
        media_type="application/zip",
        content=made.content,
        rows=made.counts["users"],
        people=made.people,
    )


@pages.post("/export", permission=EXPORT)
def download(work: Work) -> ResponseReturnValue:
    """The package, or every problem with a way to mend it."""
    form = _form(work)
    findings: Sequence[RosterFinding] = ()
    if form.validate():
        try:
            made = export_roster(
                work, form.school_year.data, Profile[form.profile.data], form.reason.data
            )
            return web.hand_over(hand_out(work, _outgoing(made), given(form)))
        except RosterRefused as refused:
            findings = refused.findings
        except Refused as refused:
            tell(form, refused)
    return _page(work, form, findings), 400
