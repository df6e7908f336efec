"""Pages of the register: compilation, list, entry, files (学齢簿の画面)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.exports import hand_out
from govkit.base.i18n import gettext as _
from govkit.base.views.purpose import PurposeForm, given, offer_purposes
from govkit.base.work import Work
from govkit.errors import Refused
from govkit.jp.calendar import format_date, format_school_year
from govkit.modules.enrolment.codes import (
    ChangeKind,
    DesignationReason,
    Schooling,
    compile_deadline,
    reference_day,
)
from govkit.modules.enrolment.designation import (
    DesignationRequest,
    PermissionEndsTooEarly,
    assign_schools,
    change_designation,
    update_remarks,
)
from govkit.modules.enrolment.entry_page import entry_context
from govkit.modules.enrolment.facts import FIELD_TITLES
from govkit.modules.enrolment.forms import (
    CompileForm,
    DesignationForm,
    RemarksForm,
)
from govkit.modules.enrolment.letters import SCHOOL_NOTICE
from govkit.modules.enrolment.listing import ListQuery, list_entries, write_entries
from govkit.modules.enrolment.models import RegisterCompilation, RegisterEntry
from govkit.modules.enrolment.register import COMPILE_PURPOSE, compile_register
from govkit.modules.enrolment.views.blueprint import chosen_year, next_entry_year, pages
from govkit.modules.resident_extracts import latest_extract, resident_directory
from govkit.modules.schools import School, schools

__all__: list[str] = []


@pages.get("/compile", permission="enrolment.compile")
def compile_page(work: Work) -> ResponseReturnValue:
    """Choose year and reference date, and see what the register would be made of."""
    year = next_entry_year(work)
    form = CompileForm(gettext=_, data={"entry_year": year, "reference_date": reference_day(year)})
    return _compile_page(work, form)


def _compile_page(work: Work, form: CompileForm) -> str:
    year = next_entry_year(work)
    extract = latest_extract(work.session)
    compilations = work.session.scalars(
        sa.select(RegisterCompilation).order_by(RegisterCompilation.compiled_at.desc()).limit(20)
    ).all()
    return pages.render(
        "enrolment/compile.html",
        form=form,
        extract=extract,
        compilations=compilations,
        deadline=compile_deadline(year),
        is_late=work.today > compile_deadline(year),
        year=year,
        day=format_date,
        year_name=format_school_year,
    )


@pages.post("/compile", permission="enrolment.compile")
def compile_now(work: Work) -> ResponseReturnValue:
    """Compile the register; the list shows what changed."""
    form = CompileForm(request.form, gettext=_)
    if not form.validate():
        return _compile_page(work, form), 400
    if latest_extract(work.session) is None:
        form.add_error("", _("先に住民票抽出データを受け入れてください。"))
        return _compile_page(work, form), 400
    directory = resident_directory(work, [COMPILE_PURPOSE])
    try:
        result = compile_register(work, directory, form.reference_date.data, form.entry_year.data)
    except Refused as refused:
        form.add_error("reference_date", _(refused.text, **refused.params))
        return _compile_page(work, form), 400
    compilation = result.compilation
    if result.is_repeat:
        web.notify(_("前回の編製から変わったことはありません。何も変更していません。"), "info")
    else:
        web.notify(
            _(
                "編製しました。新規{new}人、変更{changed}人、除かれた児童{gone}人。",
                new=compilation.new_count,
                changed=compilation.changed_count,
                gone=compilation.gone_count,
            )
        )
    return web.see_other("enrolment.register", year=form.entry_year.data)


def _query(work: Work, sent: Mapping[str, str]) -> ListQuery:
    kind = sent.get("tab") or sent.get("kind", "")
    school = sent.get("school", "")
    return ListQuery(
        entry_year=chosen_year(work, sent),
        kind=ChangeKind(kind) if kind in set(ChangeKind) else None,
        school_id=_uuid(school),
        is_unassigned=school == "none",
        name=request.form.get("q", "").strip()[:100],
    )


def _filters(query: ListQuery) -> dict[str, Any]:
    """What of a query may stand in an address: everything but the name."""
    school = "none" if query.is_unassigned else query.school_id
    return {
        "year": query.entry_year,
        **({"kind": query.kind.value} if query.kind else {}),
        **({"school": str(school)} if school else {}),
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@pages.get("/entries", permission="enrolment.view")
def register(work: Work) -> ResponseReturnValue:
    """The register, with what is new, changed or gone since the last compilation (学齢簿)."""
    return _register_page(work, _query(work, request.args), request.args.get("page", 1, int))


@pages.post("/entries", permission="enrolment.view")
def search_register(work: Work) -> ResponseReturnValue:
    """The entries of a name, which never stands in an address; without one, back to the address."""
    query = _query(work, request.form)
    if not query.name:
        return web.see_other("enrolment.register", **_filters(query))
    return _register_page(work, query, request.form.get("page", 1, int))


def _register_page(work: Work, query: ListQuery, page: int) -> str:
    listing = list_entries(work, query, page)
    kept = _filters(query)

    def tab(kind: ChangeKind | None, title: str, count: int | None) -> dict[str, Any]:
        return {
            "title": title if count is None else _("{title}（{count}）", title=title, count=count),
            "value": kind.value if kind else "all",
            "url": url_for("enrolment.register", **{**kept, "kind": kind and kind.value}),
            "current": query.kind is kind,
        }

    last = listing.compilation
    tabs = [
        tab(None, _("全員"), last.children if last else None),
        tab(ChangeKind.NEW, _("新規"), last.new_count if last else None),
        tab(ChangeKind.CHANGED, _("変更"), last.changed_count if last else None),
        tab(ChangeKind.GONE, _("除かれた"), last.gone_count if last else None),
    ]
    return pages.render(
        "enrolment/register.html",
        listing=listing,
        query=query,
        tabs=tabs,
        schools=_entry_schools(work),
        filters=kept,
        page_url=lambda number: url_for("enrolment.register", **kept, page=number),
        titles=FIELD_TITLES,
        day=format_date,
        year_name=format_school_year,
        may_designate=work.allows("enrolment.designate"),
        may_export=work.allows("enrolment.export"),
        may_compile=work.allows("enrolment.compile"),
    )


def _entry_schools(work: Work) -> list[School]:
    rows = work.session.scalars(sa.select(School).order_by(School.code))
    return [school for school in rows if 1 in school.grades]


@pages.post("/assign", permission="enrolment.designate")
def assign(work: Work) -> ResponseReturnValue:
    """Designate the schools of the zones."""
    year = request.form.get("year", next_entry_year(work), int)
    result = assign_schools(work, year)
    web.notify(
        _(
            "就学校を指定しました。新しく指定{assigned}人、そのまま{kept}人、学校を指定しない児童{excused}人。",
            assigned=result.assigned,
            kept=result.kept,
            excused=result.excused,
        )
    )
    if result.unplaced:
        web.notify(
            _(
                "通学区域が決まっていない町字の児童が{count}人います。通学区域を直して、もう一度指定してください。",
                count=result.unplaced,
            ),
            "warning",
        )
    return web.see_other("enrolment.register", year=year)


@pages.get("/entries/export", permission="enrolment.export")
def export_page(work: Work) -> ResponseReturnValue:
    """Say what the file is for."""
    return _ask_for_purpose(work)


@pages.post("/entries/export/found", permission="enrolment.export")
def export_found(work: Work) -> ResponseReturnValue:
    """Say what the file is for that holds the entries of a name."""
    return _ask_for_purpose(work)


def _ask_for_purpose(work: Work) -> str:
    form = PurposeForm(gettext=_)
    offer_purposes(form, work)
    return _export_page(work, form)


def _export_page(work: Work, form: PurposeForm) -> str:
    query = _query(work, request.args)
    return pages.render(
        "enrolment/export.html", form=form, filters=_filters(query), name=query.name
    )


@pages.post("/entries/export", permission="enrolment.export")
def export(work: Work) -> ResponseReturnValue:
    """The list as a CSV file for people; the purpose is on record before it is handed out."""
    form = PurposeForm(request.form, gettext=_)
    offer_purposes(form, work)
    if not form.validate():
        return _export_page(work, form), 400
    file = write_entries(work, _query(work, request.args), form.reason.data)
    return web.hand_over(hand_out(work, file, given(form)))


@pages.get("/entries/<uuid:entry_id>", permission="enrolment.view")
def entry(work: Work, entry_id: UUID) -> ResponseReturnValue:
    """One child with all groups of the register and its history."""
    found = work.find(RegisterEntry, entry_id)
    return _entry_page(work, found)


def _designation_form(work: Work, found: RegisterEntry, sent: Any = None) -> DesignationForm:
    form = DesignationForm(sent, gettext=_, data={"version": found.version})
    form.school.choices = [(str(each.id), each.name) for each in schools(work) if 1 in each.grades]
    return form


def _remarks_form(found: RegisterEntry, sent: Any = None) -> RemarksForm:
    values = {"note": found.note, "schooling": found.schooling, "version": found.version}
    form = RemarksForm(sent, gettext=_, data=values)
    if not found.is_foreign:
        del form.schooling
    return form


def _entry_page(
    work: Work,
    found: RegisterEntry,
    *,
    designation: DesignationForm | None = None,
    remarks: RemarksForm | None = None,
) -> str:
    context = entry_context(work, found)
    may_change = found.is_active and not context["is_masked"]
    may_designate = work.allows("enrolment.designate") and may_change
    if designation is None and may_designate:
        designation = _designation_form(work, found)
    if remarks is None and work.allows("enrolment.edit"):
        remarks = _remarks_form(found)
    work.saw([found])
    # The layout puts 「エラー: 」 before the title when the form in the context has errors.
    shown = next((each for each in (designation, remarks) if each and each.errors), designation)
    return pages.render(
        "enrolment/entry.html",
        **context,
        entry=found,
        letter=SCHOOL_NOTICE.name if work.allows("enrolment.notify") and found.is_active else "",
        form=shown,
        designation=designation if may_designate else None,
        remarks=remarks,
        day=format_date,
        year_name=format_school_year,
        titles=FIELD_TITLES,
    )


def _version(form: Any) -> int | None:
    text = str(form.version.data or "")
    return int(text) if text.isdecimal() else None


@pages.post("/entries/<uuid:entry_id>/designation", permission="enrolment.designate")
def designate(work: Work, entry_id: UUID) -> ResponseReturnValue:
    """Designate another school with a reason (指定校変更)."""
    found = work.find(RegisterEntry, entry_id)
    form = _designation_form(work, found, request.form)
    if form.validate():
        wanted = DesignationRequest(
            DesignationReason(form.reason.data),
            form.text.data,
            form.valid_until.data,
            _version(form),
        )
        try:
            school = work.find(School, UUID(form.school.data))
            change_designation(work, found, school, wanted)
        except PermissionEndsTooEarly as refused:
            form.add_error("valid_until", _(refused.text, **refused.params))
        except Refused as refused:
            form.add_error("school", _(refused.text, **refused.params))
    if form.errors:
        return _entry_page(work, found, designation=form), 400
    web.notify(_("指定校を変更しました。"))
    return web.see_other("enrolment.entry", entry_id=found.id)


@pages.post("/entries/<uuid:entry_id>/remarks", permission="enrolment.edit")
def remark(work: Work, entry_id: UUID) -> ResponseReturnValue:
    """Keep remarks and the schooling of a child of other nationality."""
    found = work.find(RegisterEntry, entry_id)
    form = _remarks_form(found, request.form)
    if not form.validate():
        return _entry_page(work, found, remarks=form), 400
    chosen = form.schooling.data if found.is_foreign else ""
    update_remarks(
        work,
        found,
        note=form.note.data or "",
        schooling=Schooling(chosen or found.schooling),
        version=_version(form),
    )
    web.notify(_("記入しました。"))
    return web.see_other("enrolment.entry", entry_id=found.id)
