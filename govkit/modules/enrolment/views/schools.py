"""Pages of zones, notices and admission (通学区域・入学の通知・入学の受入)."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext, problem_text
from govkit.base.jobs import enqueue
from govkit.base.work import Work
from govkit.errors import InvalidInput, NotFound, Refused
from govkit.jp.calendar import format_date, format_school_year
from govkit.modules.enrolment.admission import admission_states, admit_entrants
from govkit.modules.enrolment.forms import ZonesForm
from govkit.modules.enrolment.letters import letters_to_make
from govkit.modules.enrolment.notices import LetterKind, notices
from govkit.modules.enrolment.policy import EnrolmentPolicy
from govkit.modules.enrolment.views.blueprint import chosen_year, next_entry_year, pages
from govkit.modules.enrolment.zones import replace_zones, write_zones, zones
from govkit.modules.schools import School, schools

__all__: list[str] = []

_SHOWN = 200


@pages.get("/zones", permission="enrolment.manage_zones")
def zones_page(work: Work) -> ResponseReturnValue:
    """All zones, and the towns of registered children that have none."""
    return _zones_page(work, ZonesForm(gettext=_))


def _zones_page(work: Work, form: ZonesForm) -> str:
    found = zones(work)
    return pages.render(
        "enrolment/zones.html",
        form=form,
        zones=found,
        missing=sum(zone.elementary is None for zone in found),
        schools=schools(work),
    )


@pages.get("/zones/file", permission="enrolment.manage_zones")
def zones_file(work: Work) -> ResponseReturnValue:
    """The zones as a CSV file to be edited."""
    return web.attachment(write_zones(work), _("通学区域.csv"), "text/csv")


@pages.post("/zones", permission="enrolment.manage_zones", uploads=True)
def replace(work: Work) -> ResponseReturnValue:
    """Replace all zones by those of the file, or explain every wrong line."""
    form = ZonesForm(request.form, files=request.files, gettext=_)
    if form.validate():
        try:
            with web.receive_table(work, form.file.data) as received:
                result = replace_zones(
                    work,
                    received.path,
                    encoding=received.encoding(form.encoding.data),
                    name=received.name,
                )
        except InvalidInput as refused:
            for problem in refused.problems[:_SHOWN]:
                form.add_error("file", problem_text(problem))
    if form.errors:
        return _zones_page(work, form), 400
    web.notify(
        _(
            "通学区域を登録しました（{count}町字）。学校の入っていない行は{left_out}行ありました。",
            count=result.zones,
            left_out=result.left_out,
        )
    )
    return web.see_other("enrolment.zones_page")


@pages.get("/notices", permission="enrolment.notify")
def notices_page(work: Work) -> ResponseReturnValue:
    """How many letters there are to send, and the way to print them."""
    year = chosen_year(work)
    found = notices(work, year, hands_out=False)
    kinds = [letter.kind for letter in found.letters]
    return pages.render(
        "enrolment/notices.html",
        found=found,
        waiting=len(letters_to_make(work, year)),
        schools=[each for each in schools(work, permission="enrolment.notify") if 1 in each.grades],
        admission=kinds.count(LetterKind.ADMISSION),
        guidance=kinds.count(LetterKind.GUIDANCE),
        year=year,
        day=format_date,
        year_name=format_school_year,
    )


@pages.post("/notices", permission="enrolment.notify")
def make_notices(work: Work) -> ResponseReturnValue:
    """Ask for the letters of a year that have not been issued; a job makes them (一括作成)."""
    year = request.form.get("year", next_entry_year(work), int)
    by_school = request.form.get("by_school") == "1"
    arguments: dict[str, object] = {"year": year, "by_school": by_school}
    if chosen := request.form.get("school", ""):
        arguments["school"] = str(work.find(School, _uuid(chosen)).id)
    asked = enqueue(
        work, "enrolment.school_notices", arguments, title=lazy_gettext("就学通知書の作成")
    )
    return web.see_other("govkit.job", job_id=asked.id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("School") from None


@pages.get("/notices/print", permission="enrolment.notify")
def notices_print(work: Work) -> ResponseReturnValue:
    """All letters of a year, a sheet each (入学通知書・就学案内)."""
    year = chosen_year(work)
    found = notices(work, year)
    policy = work.policy(EnrolmentPolicy)
    return pages.render(
        "enrolment/notices_print.html",
        found=found,
        year=year,
        sender=policy.sender or _("{name}教育委員会", name=work.municipality.name),
        policy=policy,
        today=work.today,
        day=format_date,
        year_name=format_school_year,
    )


@pages.get("/admission", permission="enrolment.admit")
def admission(work: Work) -> ResponseReturnValue:
    """How far admission is at each school of the actor."""
    year = chosen_year(work)
    return pages.render(
        "enrolment/admission.html",
        states=admission_states(work, year),
        may_see=lambda school: work.allows("schools.view", school),
        year=year,
        year_name=format_school_year,
    )


@pages.post("/admission/<uuid:school_id>", permission="enrolment.admit")
def admit(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Admit the entrants of a school to classes."""
    year = request.form.get("year", next_entry_year(work), int)
    try:
        result = admit_entrants(work, work.find(School, school_id), year)
    except Refused as refused:
        work.discard()
        web.notify(_(refused.text, **refused.params), "error")
        return web.see_other("enrolment.admission", year=year)
    if result.admitted:
        web.notify(
            _(
                "{admitted}人を{classes}学級に受け入れました。",
                admitted=result.admitted,
                classes=result.classes,
            )
        )
    else:
        web.notify(_("新しく受け入れる児童はいません。"), "info")
    return web.see_other("enrolment.admission", year=year)
