"""Pages of one pupil: names, membership, leaving and taking it back (児童生徒)."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.work import Work
from govkit.errors import Refused
from govkit.jp.calendar import school_year_days
from govkit.jp.characters import CharacterSet, in_jis_x_0213, unsupported_characters
from govkit.modules.schools.certificates import ENROLMENT_CERTIFICATE
from govkit.modules.schools.forms import ExchangeNameForm, KanaForm, LeaveForm, ResumeForm
from govkit.modules.schools.models import ClassMembership, Pupil
from govkit.modules.schools.pupils import (
    allows_for_pupil,
    choose_exchange_name,
    correct_kana,
    find_pupil,
    grade_differs,
    leave,
    memberships_of,
    resume,
)
from govkit.modules.schools.units import current_school_year
from govkit.modules.schools.views.blueprint import pages, tell

__all__: list[str] = []

MANAGE = "schools.manage_pupils"


@pages.get("/pupils/<uuid:pupil_id>", permission="schools.view")
def pupil(work: Work, pupil_id: UUID) -> ResponseReturnValue:
    """A pupil: names, readings, classes."""
    found = find_pupil(work, pupil_id)
    return _page(work, found)


def _page(
    work: Work,
    pupil: Pupil,
    exchange: ExchangeNameForm | None = None,
    kana: KanaForm | None = None,
) -> str:
    memberships = memberships_of(work, pupil)
    readings = {"family_name": pupil.kana_family_name, "given_name": pupil.kana_given_name}
    lost = unsupported_characters(pupil.name, CharacterSet.JIS_X_0213)
    return pages.render(
        "schools/pupil.html",
        pupil=pupil,
        official_name=f"{pupil.family_name} {pupil.given_name}".strip(),
        exchange_name=_exchange_name(pupil),
        memberships=[_line(work, each) for each in memberships],
        differs=[each.class_group.label for each in memberships if _warns(work, each)],
        shows_protection=pupil.is_protected
        and allows_for_pupil(work, "schools.view_protection", pupil),
        may_manage=allows_for_pupil(work, MANAGE, pupil),
        certificate=ENROLMENT_CERTIFICATE.name
        if allows_for_pupil(work, "schools.certify", pupil)
        else "",
        lost=[(each.text, each.code_points) for each in lost],
        form=next((each for each in (exchange, kana) if each is not None), None),
        exchange=exchange or _exchange_form(pupil),
        kana=kana or KanaForm(gettext=_, data=readings, prefix="kana-"),
    )


def _exchange_form(pupil: Pupil) -> ExchangeNameForm:
    """The chosen form; where one has to be chosen, the part that may stay is filled in."""
    family, given = pupil.exchange_family_name, pupil.exchange_given_name
    if family is None and not in_jis_x_0213(pupil.name):
        parts = (
            pupil.preferred_family_name or pupil.family_name,
            pupil.preferred_given_name or pupil.given_name,
        )
        family, given = (part if in_jis_x_0213(part) else None for part in parts)
    data = {"family_name": family, "given_name": given}
    return ExchangeNameForm(gettext=_, data=data, prefix="exchange-")


def _exchange_name(pupil: Pupil) -> str:
    parts = (pupil.exchange_family_name, pupil.exchange_given_name)
    return " ".join(part for part in parts if part)


def _line(work: Work, membership: ClassMembership) -> dict[str, Any]:
    group = membership.class_group
    is_current = group.school_year == current_school_year(work)
    year_end = school_year_days(group.school_year)[1]
    return {
        "year": group.school_year,
        "school": group.school.name,
        "label": group.label,
        "url": url_for("schools.class_group", class_group_id=group.id)
        if work.allows("schools.view", group)
        else "",
        "number": membership.number,
        "starts_on": membership.starts_on,
        "ends_on": membership.ends_on,
        "is_retained": membership.is_retained,
        "may_resume": membership.ends_on is not None
        and membership.ends_on < year_end
        and is_current
        and work.allows(MANAGE, group),
        "resume_url": url_for("schools.resume_membership", membership_id=membership.id),
    }


def _warns(work: Work, membership: ClassMembership) -> bool:
    group = membership.class_group
    return group.school_year >= current_school_year(work) and grade_differs(membership.pupil, group)


@pages.post("/pupils/<uuid:pupil_id>/exchange-name", permission=MANAGE)
def save_exchange_name(work: Work, pupil_id: UUID) -> ResponseReturnValue:
    """Choose the form of the name for other systems."""
    found = find_pupil(work, pupil_id, permission=MANAGE)
    form = ExchangeNameForm(request.form, gettext=_, prefix="exchange-")
    if form.validate():
        try:
            choose_exchange_name(work, found, form.family_name.data, form.given_name.data)
        except Refused as refused:
            tell(form, refused, "family_name" if form.given_name.data else "given_name")
    if form.errors:
        return _page(work, found, exchange=form), 400
    web.notify(_("連携用の氏名を保存しました。"))
    return web.see_other("schools.pupil", pupil_id=pupil_id)


@pages.post("/pupils/<uuid:pupil_id>/kana", permission=MANAGE)
def save_kana(work: Work, pupil_id: UUID) -> ResponseReturnValue:
    """Write down the reading of the name."""
    found = find_pupil(work, pupil_id, permission=MANAGE)
    form = KanaForm(request.form, gettext=_, prefix="kana-")
    if not form.validate():
        return _page(work, found, kana=form), 400
    correct_kana(work, found, form.family_name.data, form.given_name.data)
    web.notify(_("フリガナを保存しました。"))
    return web.see_other("schools.pupil", pupil_id=pupil_id)


@pages.get("/pupils/<uuid:pupil_id>/leave", permission=MANAGE)
def leave_form(work: Work, pupil_id: UUID) -> ResponseReturnValue:
    """Ask for the last day and the reason before a membership ends."""
    found = find_pupil(work, pupil_id, permission=MANAGE)
    form = LeaveForm(gettext=_, data={"last_day": work.today})
    return pages.render("schools/leave.html", form=form, pupil=found)


@pages.post("/pupils/<uuid:pupil_id>/leave", permission=MANAGE)
def leave_class(work: Work, pupil_id: UUID) -> ResponseReturnValue:
    """End the membership of a pupil."""
    found = find_pupil(work, pupil_id, permission=MANAGE)
    form = LeaveForm(request.form, gettext=_)
    if form.validate():
        try:
            membership = leave(work, found, form.last_day.data, form.reason.data)
        except Refused as refused:
            tell(form, refused, "last_day")
    if form.errors:
        return pages.render("schools/leave.html", form=form, pupil=found), 400
    web.notify(_("{name}さんの在籍を終了しました。", name=found.name))
    return web.see_other("schools.class_group", class_group_id=membership.class_group_id)


@pages.get("/memberships/<uuid:membership_id>/resume", permission=MANAGE)
def resume_form(work: Work, membership_id: UUID) -> ResponseReturnValue:
    """Ask why the end of a membership is taken back."""
    membership = _membership(work, membership_id)
    return _resume_page(membership, ResumeForm(gettext=_))


def _membership(work: Work, membership_id: UUID) -> ClassMembership:
    membership = work.find(ClassMembership, membership_id)
    work.require(MANAGE, membership.class_group)
    work.saw([membership.pupil])
    return membership


def _resume_page(membership: ClassMembership, form: ResumeForm) -> str:
    return pages.render(
        "schools/resume.html",
        form=form,
        pupil=membership.pupil,
        label=membership.class_group.label,
        ends_on=membership.ends_on,
    )


@pages.post("/memberships/<uuid:membership_id>/resume", permission=MANAGE)
def resume_membership(work: Work, membership_id: UUID) -> ResponseReturnValue:
    """Take back the end of a membership."""
    membership = _membership(work, membership_id)
    form = ResumeForm(request.form, gettext=_)
    if form.validate():
        try:
            resume(work, membership, form.reason.data)
        except Refused as refused:
            tell(form, refused)
    if form.errors:
        return _resume_page(membership, form), 400
    web.notify(_("在籍の終了を取り消しました。"))
    return web.see_other("schools.pupil", pupil_id=membership.pupil_id)
