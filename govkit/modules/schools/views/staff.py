"""Pages of staff and their appointments (職員と配属)."""

from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.audit import SystemEvent
from govkit.base.i18n import gettext as _
from govkit.base.identity import Account, Appointment, Staff
from govkit.base.passwords import InitialPassword, add_account, new_initial_password
from govkit.base.work import Work
from govkit.errors import Refused
from govkit.modules.schools.forms import DUTIES, EndForm, ExchangeNameForm, PostingForm
from govkit.modules.schools.models import ClassGroup, Duty, School
from govkit.modules.schools.staffing import (
    MANAGE,
    NewPosting,
    PostedStaff,
    PostingPeriod,
    check_posting,
    choose_staff_exchange_name,
    end_appointment,
    find_appointment,
    find_staff,
    periods_of,
    post_staff,
    posted_staff,
    roles,
    staff_exchange_name,
)
from govkit.modules.schools.units import class_groups, current_school_year, schools
from govkit.modules.schools.views.blueprint import pages, tell, year_title

__all__: list[str] = []


@pages.get("/staff", permission=MANAGE)
def staff(work: Work) -> ResponseReturnValue:
    """Staff with their appointments, present and to come."""
    people = posted_staff(work)
    return pages.render(
        "schools/staff.html",
        rows=[_line(person, period) for person in people for period in person.periods],
        count=len(people),
        may_open=work.allows(MANAGE),
    )


def _line(person: PostedStaff, period: PostingPeriod) -> dict[str, Any]:
    return {
        "name": person.name,
        "kana": person.kana,
        "url": url_for("schools.staff_member", staff_id=person.staff_id),
        **_period(period),
    }


def _period(period: PostingPeriod) -> dict[str, Any]:
    return {
        "title": period.title,
        "duty": str(DUTIES[period.duty]) if period.duty else "",
        "valid_from": period.valid_from,
        "valid_to": period.valid_to,
        "is_future": period.state == "future",
        "end_url": url_for("schools.end_form", appointment_id=period.appointment_id),
    }


@pages.get("/staff/new", permission=MANAGE)
def new_posting(work: Work) -> ResponseReturnValue:
    """The form of a new appointment."""
    return _posting_page(_posting_form(work))


def _posting_form(work: Work) -> PostingForm:
    form = PostingForm(request.form, gettext=_)
    found = schools(work, permission=MANAGE)
    form.role.choices = [(role.name, _(role.title)) for role in roles(work)]
    form.school.choices = [(school.id, school.name) for school in found]
    current = current_school_year(work)
    form.class_group.choices = [
        (group.id, f"{year_title(year)} {group.school.name} {group.label}")
        for year in (current, current + 1)
        for group in class_groups(work, year, permission=MANAGE)
    ]
    return form


def _posting_page(form: PostingForm, *, asks_for_account: bool = False) -> str:
    return pages.render(
        "schools/new_posting.html",
        form=form,
        asks_for_account=asks_for_account or bool(form.creates_account.data),
    )


@pages.post("/staff/new", permission=MANAGE, endpoint="post_staff")
def appoint(work: Work) -> ResponseReturnValue:
    """Appoint somebody; a new account's password is shown this once."""
    # SQLite has one writer: accounts are written before the request's own work begins to write,
    # and everything that could refuse the appointment is asked before that.
    with web.open_work(writes=False) as reading:
        form = _posting_form(reading)
        if not form.validate():
            return _posting_page(form), 400
        account_id = _account_id(form.login.data)
        is_new = account_id is None
        try:
            check_posting(reading, _posting(reading, form, account_id or uuid4()))
        except Refused as refused:
            tell(form, refused)
            return _posting_page(form), 400
        if is_new and not form.creates_account.data:
            text = _("このログイン名のアカウントはありません。つづりを本人に確かめてください。")
            form.add_error("login", text)
            return _posting_page(form, asks_for_account=True), 400
    password = new_initial_password(web.deployment())
    if account_id is None:
        account_id = _add_account(form.login.data, password, work.actor.audit_name)
    appointment = post_staff(work, _posting(work, form, account_id))
    if is_new:
        page = pages.render(
            "schools/account_made.html",
            login=form.login.data,
            password=password,
            title=appointment.title,
        )
        return web.show_once(page)
    web.notify(_("「{title}」に配属しました。", title=appointment.title))
    return web.see_other("schools.staff_member", staff_id=appointment.staff_id)


def _account_id(login: str) -> UUID | None:
    with web.deployment().system(writes=False) as session:
        return session.scalar(sa.select(Account.id).where(Account.login == login.strip()))


def _add_account(login: str, password: InitialPassword, actor: str) -> UUID:
    deployment = web.deployment()
    with deployment.system() as session:
        account = add_account(session, login, password)
        session.add(
            SystemEvent(
                id=uuid4(),
                at=deployment.clock(),
                actor=actor,
                action="account.added",
                reason="",
                detail={"account_id": str(account.id)},
            )
        )
        return account.id


def _posting(work: Work, form: PostingForm, account_id: UUID) -> NewPosting:
    school_id, group_id = form.school.data, form.class_group.data
    return NewPosting(
        account_id=account_id,
        family_name=form.family_name.data or "",
        given_name=form.given_name.data or "",
        kana_family_name=form.kana_family_name.data or "",
        kana_given_name=form.kana_given_name.data or "",
        role=form.role.data,
        school=work.find(School, school_id) if school_id else None,
        class_group=work.find(ClassGroup, group_id) if group_id else None,
        duty=Duty(form.duty.data) if form.duty.data else None,
        valid_from=form.valid_from.data,
        valid_to=form.valid_to.data,
    )


@pages.get("/staff/<uuid:staff_id>", permission=MANAGE)
def staff_member(work: Work, staff_id: UUID) -> ResponseReturnValue:
    """One member of staff: name, form of the name for exchange, appointments."""
    family, given = staff_exchange_name(work, find_staff(work, staff_id)) or (None, None)
    data = {"family_name": family, "given_name": given}
    return _member_page(work, staff_id, ExchangeNameForm(gettext=_, data=data))


def _member_page(work: Work, staff_id: UUID, form: ExchangeNameForm) -> str:
    member = find_staff(work, staff_id)
    return pages.render(
        "schools/staff_member.html",
        name=member.name,
        kana=f"{member.kana_family_name} {member.kana_given_name}".strip(),
        exchange_name=" ".join(staff_exchange_name(work, member) or ()),
        periods=[_period(period) for period in periods_of(work, member)],
        form=form,
        url=url_for("schools.save_staff_exchange_name", staff_id=staff_id),
        logins_url=url_for("govkit.staff_logins", staff_id=staff_id),
    )


@pages.post("/staff/<uuid:staff_id>/exchange-name", permission=MANAGE)
def save_staff_exchange_name(work: Work, staff_id: UUID) -> ResponseReturnValue:
    """Choose the form of the name for other systems."""
    member = find_staff(work, staff_id)
    form = ExchangeNameForm(request.form, gettext=_)
    if form.validate():
        try:
            choose_staff_exchange_name(work, member, form.family_name.data, form.given_name.data)
        except Refused as refused:
            tell(form, refused, "family_name" if form.given_name.data else "given_name")
    if form.errors:
        return _member_page(work, staff_id, form), 400
    web.notify(_("連携用の氏名を保存しました。"))
    return web.see_other("schools.staff_member", staff_id=staff_id)


@pages.get("/appointments/<uuid:appointment_id>/end", permission=MANAGE)
def end_form(work: Work, appointment_id: UUID) -> ResponseReturnValue:
    """Ask for the last day of an appointment."""
    appointment = find_appointment(work, appointment_id)
    form = EndForm(gettext=_, data={"last_day": work.today})
    return _end_page(work, appointment, form)


def _end_page(work: Work, appointment: Appointment, form: EndForm) -> str:
    return pages.render(
        "schools/end_appointment.html",
        form=form,
        name=work.find(Staff, appointment.staff_id).name,
        title=appointment.title,
    )


@pages.post("/appointments/<uuid:appointment_id>/end", permission=MANAGE)
def end(work: Work, appointment_id: UUID) -> ResponseReturnValue:
    """End an appointment."""
    appointment = find_appointment(work, appointment_id)
    form = EndForm(request.form, gettext=_)
    if form.validate():
        try:
            end_appointment(work, appointment, form.last_day.data)
        except Refused as refused:
            tell(form, refused, "last_day")
    if form.errors:
        return _end_page(work, appointment, form), 400
    web.notify(_("「{title}」の配属を終了しました。", title=appointment.title))
    return web.see_other("schools.staff")
