"""Pages where schools and classes are added and closed (学校と学級の管理)."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.work import Work
from govkit.errors import Refused
from govkit.modules.schools.forms import ClassForm, CloseSchoolForm, SchoolForm
from govkit.modules.schools.models import ClassGroup, School, SchoolKind
from govkit.modules.schools.pupils import member_counts
from govkit.modules.schools.units import (
    add_class_group,
    add_school,
    class_groups,
    close_school,
    current_school_year,
    first_day_shown,
    schools,
)
from govkit.modules.schools.views.blueprint import pages, tell, year_title

__all__: list[str] = []

MANAGE = "schools.manage"


def _kind_title(kind: str) -> str:
    return {
        SchoolKind.ELEMENTARY: _("小学校"),
        SchoolKind.JUNIOR_HIGH: _("中学校"),
        SchoolKind.COMPULSORY: _("義務教育学校"),
        SchoolKind.SPECIAL: _("特別支援学校"),
    }[SchoolKind(kind)]


@pages.get("/manage", permission=MANAGE)
def school_list(work: Work) -> ResponseReturnValue:
    """All schools that the actor manages."""
    listed = [
        {
            "name": school.name,
            "code": school.code,
            "kind": _kind_title(school.kind),
            "closed_on": school.closed_on,
            "url": url_for("schools.school", school_id=school.id),
        }
        for school in schools(work, permission=MANAGE, includes_closed=True)
    ]
    return pages.render("schools/school_list.html", schools=listed, may_add=work.allows(MANAGE))


@pages.get("/manage/new", permission=MANAGE)
def new_school(work: Work) -> ResponseReturnValue:
    """The form of a new school."""
    work.require(MANAGE)
    return pages.render("schools/new_school.html", form=SchoolForm(gettext=_))


@pages.post("/manage/new", permission=MANAGE, endpoint="add_school")
def create_school(work: Work) -> ResponseReturnValue:
    """Add a school."""
    form = SchoolForm(request.form, gettext=_)
    if form.validate():
        try:
            school = add_school(work, form.code.data, form.name.data, form.opened_on.data)
        except Refused as refused:
            tell(form, refused, "code")
    if form.errors:
        return pages.render("schools/new_school.html", form=form), 400
    web.notify(_("{name}を登録しました。続けて学級を登録してください。", name=school.name))
    return web.see_other("schools.school", school_id=school.id)


@pages.get("/manage/<uuid:school_id>", permission=MANAGE)
def school(work: Work, school_id: UUID) -> ResponseReturnValue:
    """A school with its classes of this year and the next, and the form of a new class."""
    found = _school(work, school_id)
    return _page(work, found, _class_form(work, found))


def _school(work: Work, school_id: UUID) -> School:
    found = work.find(School, school_id)
    work.require(MANAGE, found)
    return found


def _class_form(work: Work, school: School) -> ClassForm:
    current = current_school_year(work)
    # Bound to what was sent only when something was sent.
    form = ClassForm(request.form, gettext=_, data={"school_year": current})
    form.school_year.choices = [(year, year_title(year)) for year in (current, current + 1)]
    form.grade.choices = [(grade, _grade_title(school, grade)) for grade in school.grades]
    return form


def _grade_title(school: School, grade: int) -> str:
    own = grade - 6 if school.kind == SchoolKind.JUNIOR_HIGH else grade
    return _("{grade}年", grade=own)


def _page(work: Work, school: School, form: ClassForm) -> str:
    current = current_school_year(work)
    return pages.render(
        "schools/school.html",
        school=school,
        kind=_kind_title(school.kind),
        years=[_year(work, school, year) for year in (current, current + 1)],
        form=form,
        may_close=work.allows(MANAGE) and school.closed_on is None,
    )


def _year(work: Work, school: School, year: int) -> dict[str, Any]:
    groups: list[ClassGroup] = class_groups(work, year, school, permission=MANAGE)
    counts = member_counts(work, groups, first_day_shown(year, work.today)) if groups else {}
    return {
        "title": year_title(year),
        "classes": [
            {
                "label": group.label,
                "is_special_needs": group.is_special_needs,
                "members": counts[group.id],
                "url": url_for("schools.class_group", class_group_id=group.id)
                if work.allows("schools.view", group)
                else "",
            }
            for group in groups
        ],
    }


@pages.post("/manage/<uuid:school_id>", permission=MANAGE, endpoint="add_class")
def create_class(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Add a class to a school."""
    found = _school(work, school_id)
    form = _class_form(work, found)
    if form.validate():
        try:
            group = add_class_group(
                work,
                found,
                form.school_year.data,
                form.grade.data,
                form.name.data,
                is_special_needs=form.is_special_needs.data,
            )
        except Refused as refused:
            tell(form, refused, "name")
    if form.errors:
        return _page(work, found, form), 400
    web.notify(_("{label}を登録しました。", label=group.label))
    return web.see_other("schools.school", school_id=school_id)


@pages.get("/manage/<uuid:school_id>/close", permission=MANAGE)
def close_form(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Ask for the last day of a school and its successor."""
    work.require(MANAGE)
    found = _school(work, school_id)
    return pages.render("schools/close_school.html", form=CloseSchoolForm(gettext=_), school=found)


@pages.post("/manage/<uuid:school_id>/close", permission=MANAGE, endpoint="close_school")
def close(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Close a school."""
    found = _school(work, school_id)
    form = CloseSchoolForm(request.form, gettext=_)
    if form.validate():
        try:
            close_school(work, found, form.closed_on.data, form.successor_code.data)
        except Refused as refused:
            tell(form, refused, "successor_code")
    if form.errors:
        return pages.render("schools/close_school.html", form=form, school=found), 400
    web.notify(_("{name}の廃止を登録しました。", name=found.name))
    return web.see_other("schools.school", school_id=school_id)
