"""Pages of classes: the list of a year, one class with its members (学級)."""

from itertools import groupby
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.work import Work
from govkit.errors import NotFound
from govkit.jp.calendar import format_school_year
from govkit.modules.schools.models import ClassGroup
from govkit.modules.schools.pupils import (
    Member,
    class_members,
    grade_differs,
    member_counts,
    renumber,
)
from govkit.modules.schools.units import (
    class_groups,
    current_school_year,
    find_class_group,
    first_day_shown,
    open_school_years,
)
from govkit.modules.schools.views.blueprint import pages, year_title

__all__: list[str] = []


@pages.get("/", permission="schools.view")
def classes(work: Work) -> ResponseReturnValue:
    """The classes of a year, by school; the current year unless another is asked for."""
    current = current_school_year(work)
    years = open_school_years(work)
    year = request.args.get("year", current, int)
    if year not in years:
        raise NotFound("school_year")
    groups = class_groups(work, year)
    counts = member_counts(work, groups, first_day_shown(year, work.today)) if groups else {}
    listed = [
        {
            "name": school.name,
            "classes": [
                {
                    "label": group.label,
                    "is_special_needs": group.is_special_needs,
                    "members": counts[group.id],
                    "url": url_for("schools.class_group", class_group_id=group.id),
                }
                for group in found
            ],
        }
        for school, found in (
            (school, list(found)) for school, found in groupby(groups, lambda each: each.school)
        )
    ]
    return pages.render(
        "schools/classes.html",
        schools=listed,
        year=year,
        era_year=format_school_year(year),
        is_tentative=year > current,
        previous=_year_link(max((each for each in years if each < year), default=None)),
        following=_year_link(min((each for each in years if each > year), default=None)),
        may_manage=work.actor.holds("schools.manage"),
        current=current,
    )


def _year_link(year: int | None) -> tuple[str, str] | None:
    return (year_title(year), url_for("schools.classes", year=year)) if year is not None else None


@pages.get("/classes/<uuid:class_group_id>", permission="schools.view")
def class_group(work: Work, class_group_id: UUID) -> ResponseReturnValue:
    """One class with its members, as of today or the nearest day of its year."""
    group = find_class_group(work, class_group_id)
    day = first_day_shown(group.school_year, work.today)
    shows_protection = work.allows("schools.view_protection", group)
    members = [
        _line(member, group, shows_protection=shows_protection)
        for member in class_members(work, group, day)
    ]
    is_tentative = group.school_year > current_school_year(work)
    return pages.render(
        "schools/class_group.html",
        group=group,
        school=group.school.name,
        day=day,
        members=members,
        is_tentative=is_tentative,
        may_renumber=is_tentative and work.allows("schools.manage_pupils", group),
        has_warning=any(line["differs"] for line in members),
    )


def _line(member: Member, group: ClassGroup, *, shows_protection: bool) -> dict[str, Any]:
    return {
        "number": member.number,
        "name": member.pupil.name,
        "kana": member.pupil.kana,
        "url": url_for("schools.pupil", pupil_id=member.pupil.id),
        "is_protected": shows_protection and member.pupil.is_protected,
        "is_retained": member.is_retained,
        "differs": grade_differs(member.pupil, group),
        "ends_on": member.ends_on,
    }


@pages.post("/classes/<uuid:class_group_id>/renumber", permission="schools.manage_pupils")
def renumber_class(work: Work, class_group_id: UUID) -> ResponseReturnValue:
    """Number a class of the coming year anew in kana order."""
    group = find_class_group(work, class_group_id, permission="schools.manage_pupils")
    count = renumber(work, group)
    web.notify(_("{count}人の出席番号を五十音順に振り直しました。", count=count))
    return web.see_other("schools.class_group", class_group_id=class_group_id)
