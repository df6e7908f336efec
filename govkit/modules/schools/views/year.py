"""Pages where a school prepares the next school year (年度更新)."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit import forms
from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.work import Work
from govkit.modules.schools.models import ClassGroup, School, SchoolKind
from govkit.modules.schools.pupils import class_members, member_counts
from govkit.modules.schools.rollover import prepare_year, retained_pupils
from govkit.modules.schools.units import (
    class_groups,
    current_school_year,
    first_day_shown,
    schools,
)
from govkit.modules.schools.views.blueprint import pages, year_title

__all__: list[str] = []

PREPARE = "schools.prepare_year"


@pages.get("/prepare", permission=PREPARE)
def prepare(work: Work) -> ResponseReturnValue:
    """Schools with the state of their next year; a single one opens at once."""
    found = schools(work, permission=PREPARE)
    if len(found) == 1:
        return web.see_other("schools.prepare_school", school_id=found[0].id)
    coming = current_school_year(work) + 1
    listed = [
        {
            "name": school.name,
            "is_prepared": bool(class_groups(work, coming, school, permission=PREPARE)),
            "url": url_for("schools.prepare_school", school_id=school.id),
        }
        for school in found
    ]
    return pages.render("schools/prepare.html", schools=listed, year=coming)


@pages.get("/prepare/<uuid:school_id>", permission=PREPARE)
def prepare_school(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Where every class goes, and who stays in the grade."""
    school = _school(work, school_id)
    coming = current_school_year(work) + 1
    return _page(work, school, _form(work, school, retained_pupils(work, school, coming)))


def _school(work: Work, school_id: UUID) -> School:
    school = work.find(School, school_id)
    work.require(PREPARE, school)
    return school


def _form(work: Work, school: School, retained: frozenset[UUID]) -> forms.Form:
    """One group of checkboxes for each class of this year, by the class's identifier."""
    fields: dict[str, Any] = {}
    for group in class_groups(work, current_school_year(work), school, permission=PREPARE):
        members = class_members(
            work, group, first_day_shown(group.school_year, work.today), permission=PREPARE
        )
        chosen = [each.pupil.id for each in members if each.pupil.id in retained]
        fields[_field(group)] = forms.CheckboxesField(
            _("{label}で原級に留まる児童生徒", label=group.label),
            choices=[
                (
                    each.pupil.id,
                    _("{number}番 {name}", number=each.number, name=each.pupil.name),
                )
                for each in members
                if each.ends_on is None
            ],
            coerce=UUID,
            default=chosen,
        )
    form: forms.Form = type("YearForm", (forms.Form,), fields)(request.form, gettext=_)
    return form


def _field(group: ClassGroup) -> str:
    return f"retained_{group.id.hex}"


def _page(work: Work, school: School, form: forms.Form) -> str:
    current = current_school_year(work)
    groups = class_groups(work, current, school, permission=PREPARE)
    counts = member_counts(work, groups, work.today) if groups else {}
    coming = class_groups(work, current + 1, school, permission=PREPARE)
    coming_counts = (
        member_counts(work, coming, first_day_shown(current + 1, work.today)) if coming else {}
    )
    return pages.render(
        "schools/prepare_school.html",
        school=school,
        year=current + 1,
        form=form,
        groups=[
            {
                "label": group.label,
                "members": counts[group.id],
                "next": _next_label(school, group),
                "field": _field(group),
                "chosen": len(form.data[_field(group)] or ()),
            }
            for group in groups
        ],
        coming=[
            {
                "label": group.label,
                "members": coming_counts[group.id],
                "url": url_for("schools.class_group", class_group_id=group.id),
            }
            for group in coming
        ],
    )


def _next_label(school: School, group: ClassGroup) -> str:
    if group.grade + 1 not in school.grades:
        return _("卒業")
    own = group.grade + 1 - (6 if school.kind == SchoolKind.JUNIOR_HIGH else 0)
    return _("{grade}年{name}", grade=own, name=group.name)


@pages.post("/prepare/<uuid:school_id>", permission=PREPARE)
def run_preparation(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Prepare the next year of a school."""
    school = _school(work, school_id)
    form = _form(work, school, frozenset())
    if not form.validate():
        return _page(work, school, form), 400
    retained = {pupil_id for chosen in form.data.values() for pupil_id in chosen or ()}
    result = prepare_year(work, school, current_school_year(work) + 1, retained)
    web.notify(
        _(
            "{year}を準備しました。進級{promoted}人、原級留置{retained}人、卒業{leaving}人です。4月1日の0時から使われます。",
            year=year_title(result.school_year),
            promoted=result.promoted,
            retained=result.retained,
            leaving=result.leaving,
        )
    )
    return web.see_other("schools.prepare_school", school_id=school_id)
