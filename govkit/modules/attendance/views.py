"""Pages of the attendance register (出席簿)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base.i18n import gettext as _
from govkit.base.merging import Merge
from govkit.base.web import Pages, notify, see_other
from govkit.base.work import Work
from govkit.errors import NotFound, Refused
from govkit.jp.calendar import school_year_of
from govkit.modules.attendance import display
from govkit.modules.attendance.calendar import (
    add_calendar_entry,
    add_closure,
    remove_calendar_entry,
    remove_closure,
    school_calendar,
)
from govkit.modules.attendance.days import month_days
from govkit.modules.attendance.forms import (
    CAUSES,
    ENTRY_KINDS,
    ClosureForm,
    EntryForm,
    ReopenForm,
)
from govkit.modules.attendance.grid import RollGrid, read_grid
from govkit.modules.attendance.history import corrections as find_corrections
from govkit.modules.attendance.history import recorded_classes
from govkit.modules.attendance.marks import MARKS, AttendancePolicy, MarkEntry
from govkit.modules.attendance.models import CalendarEntry, Closure, ClosureCause, EntryKind
from govkit.modules.attendance.months import close_month, closing, reopen_month
from govkit.modules.attendance.months import month as month_sheet
from govkit.modules.attendance.refusals import NotEnrolledThatDay, RollCallConflict
from govkit.modules.attendance.register_sheets import MONTH_REGISTER, register_key
from govkit.modules.attendance.roll import Recorded, RollSheet, record_day
from govkit.modules.attendance.roll import roll_call as roll_sheet
from govkit.modules.schools import (
    ClassGroup,
    School,
    class_groups,
    current_school_year,
    find_class_group,
    schools,
)

__all__ = ["pages"]

VIEW, RECORD = "attendance.view", "attendance.record"
CLOSE, REOPEN = "attendance.close_month", "attendance.reopen_month"
CALENDAR = "attendance.manage_calendar"
_SHOWN_YEARS = 50

pages = Pages("attendance", __name__)


def _class(work: Work, class_group_id: UUID, permission: str = VIEW) -> ClassGroup:
    return find_class_group(work, class_group_id, permission=permission)


# ---- Today ----


@pages.get("/", permission=VIEW)
def today(work: Work) -> ResponseReturnValue:
    """Today's roll calls (今日の出席簿); a teacher of one class comes straight to it."""
    groups = class_groups(work, current_school_year(work), permission=VIEW)
    own = [each for each in groups if work.allows(RECORD, each)]
    if len(own) == 1:
        return see_other("attendance.roll_call", class_group_id=own[0].id, day=work.today)
    held = {each.school.id: each.school for each in groups}
    recorded = recorded_classes(work, groups, work.today)
    chosen = request.args.get("school", "")
    if len(held) > 1 and not chosen:
        cards = [_school_card(school, groups, recorded) for school in held.values()]
        return pages.render(
            "attendance/schools.html", cards=cards, day=display.day_text(work.today)
        )
    school = held.get(_school_id(chosen)) if chosen else next(iter(held.values()), None)
    if chosen and school is None:
        raise NotFound("School")
    return pages.render(
        "attendance/today.html",
        school=school,
        several=len(held) > 1,
        day=display.day_text(work.today),
        cards=[
            _class_card(work, each, is_recorded=each.id in recorded)
            for each in groups
            if school is not None and each.school_id == school.id
        ],
    )


def _school_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("School") from None


def _school_card(
    school: School, groups: list[ClassGroup], recorded: frozenset[UUID]
) -> dict[str, Any]:
    own = [each.id for each in groups if each.school_id == school.id]
    done = len(recorded.intersection(own))
    return {
        "title": school.name,
        "url": url_for("attendance.today", school=school.id),
        "text": _("記録済み {done} / {all} 学級", done=done, all=len(own)),
        "badge": None,
    }


def _class_card(work: Work, class_group: ClassGroup, *, is_recorded: bool) -> dict[str, Any]:
    badge = (
        {"text": _("記録済み"), "kind": "success"}
        if is_recorded
        else {"text": _("未記録"), "kind": "warning"}
    )
    return {
        "title": class_group.label,
        "url": url_for("attendance.roll_call", class_group_id=class_group.id, day=work.today),
        "text": "",
        "badge": badge,
    }


# ---- Roll call ----


@pages.get("/<uuid:class_group_id>/<date:day>", permission=VIEW)
def roll_call(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue:
    """A class's roll call of a day."""
    class_group = _class(work, class_group_id)
    if school_year_of(day) != class_group.school_year:
        raise NotFound("RollCall")
    return _roll_page(work, class_group, roll_sheet(work, class_group, day))


def _roll_page(
    work: Work,
    class_group: ClassGroup,
    sheet: RollSheet,
    sent: Mapping[str, str] | None = None,
    grid: RollGrid | None = None,
    merged: Merge[UUID, MarkEntry] | None = None,
) -> str:
    policy = work.policy(AttendancePolicy)
    lines = display.roll_lines(sheet, policy, sent, grid, merged)
    day = sheet.day.day
    return pages.render(
        "attendance/roll_call.html",
        class_group=class_group,
        day=day,
        day_text=display.day_text(day),
        short_day=display.short_day(day),
        sheet=sheet,
        why=display.why_no_roll(sheet.day, work.today),
        choices=display.roll_choices(policy),
        asks_reason=policy.asks_absence_reason,
        others=[(mark.value, str(MARKS[mark].title)) for mark in policy.others],
        lines=lines,
        problems=display.problem_links(lines),
        seen=display.seen_text(sheet, None if merged else grid),
        is_conflict=merged is not None,
        is_left=grid is not None and not grid.problems and not merged,
        entries=[(each.number, each.name, display.entry_text(each.entry)) for each in sheet.lines],
        can_record=work.allows(RECORD, class_group),
        is_just_saved=sheet.is_recorded and request.args.get("saved", type=int) == sheet.version,
        saved_at=display.moment_text(sheet.recorded_at) if sheet.recorded_at else "",
        previous=_day_link(class_group, sheet.previous),
        following=_day_link(class_group, sheet.following),
        today=work.today,
        month=month_days(day)[0],
    )


def _day_link(class_group: ClassGroup, day: date | None) -> tuple[str, str] | None:
    if day is None:
        return None
    url = url_for("attendance.roll_call", class_group_id=class_group.id, day=day)
    return display.short_day(day), url


@pages.post("/<uuid:class_group_id>/<date:day>", permission=RECORD, endpoint="record")
def save_roll_call(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue:
    """Save a roll call; the page comes back when something is left to put right."""
    class_group = _class(work, class_group_id, RECORD)
    grid = read_grid(request.form)
    if grid.problems:
        sheet = roll_sheet(work, class_group, day)
        return _roll_page(work, class_group, sheet, request.form, grid), 400
    try:
        done = _record(work, class_group, day, grid)
    except RollCallConflict as conflict:
        sheet = roll_sheet(work, class_group, day)
        return _roll_page(work, class_group, sheet, request.form, grid, conflict.merged), 409
    except NotEnrolledThatDay:
        sheet = roll_sheet(work, class_group, day)
        return _roll_page(work, class_group, sheet, request.form, grid), 409
    _tell(done)
    # The address says what was saved, so that the busiest act of the day keeps no notice for later.
    saved = done.version if done.changed else None
    return see_other("attendance.roll_call", class_group_id=class_group.id, day=day, saved=saved)


def _record(work: Work, class_group: ClassGroup, day: date, grid: RollGrid) -> Recorded:
    """Record what was sent; of two who call the roll at the same moment, the second is merged."""
    try:
        return record_day(work, class_group, day, grid.marks, seen=grid.seen)
    except RollCallConflict as conflict:
        if conflict.merged is not None:
            raise
    # The database has ended the transaction: the first one's marks are read in a new one.
    identifier = class_group.id
    work.discard()
    return record_day(work, _class(work, identifier, RECORD), day, grid.marks, seen=grid.seen)


def _tell(done: Recorded) -> None:
    if not done.changed:
        notify(_("保存済みの内容と同じです。変更はありません。"), "info")
    if done.kept:
        notify(
            _(
                "同じ日をほかの人も記録していたため、その人が変えた{count}人の出欠と合わせました。",
                count=len(done.kept),
            ),
            "info",
        )
    if done.assumed:
        notify(
            _(
                "名簿に加わった{count}人を出席として記録しました。確かめてください。",
                count=len(done.assumed),
            ),
            "warning",
        )


@pages.get("/<uuid:class_group_id>/corrections/<date:day>", permission=VIEW)
def corrections(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue:
    """Corrections to a month of a class (訂正の記録)."""
    class_group = _class(work, class_group_id)
    first, last = month_days(day)
    return pages.render(
        "attendance/corrections.html",
        class_group=class_group,
        month=first,
        month_text=display.month_text(first),
        rows=display.correction_rows(find_corrections(work, class_group, first, last)),
    )


# ---- Month ----


@pages.get("/<uuid:class_group_id>/months/<date:day>", permission=VIEW)
def month(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue:
    """A class's register of a month (月表)."""
    class_group = _class(work, class_group_id)
    if school_year_of(day) != class_group.school_year:
        raise NotFound("month")
    first, last = month_days(day)
    sheet = month_sheet(work, class_group, first)
    return pages.render(
        "attendance/month.html",
        class_group=class_group,
        month=first,
        month_text=display.month_text(first),
        sheet=sheet,
        document=MONTH_REGISTER.name if work.allows("attendance.print", class_group) else "",
        document_key=register_key(class_group.id, first),
        table=display.month_table(sheet, work.policy(AttendancePolicy)),
        unrecorded=[_day_link(class_group, each) for each in sheet.unrecorded],
        closed_at=display.moment_text(sheet.state.closed_at) if sheet.state.closed_at else "",
        reopened_at=(
            display.moment_text(sheet.state.reopened_at) if sheet.state.reopened_at else ""
        ),
        can_close=work.allows(CLOSE, class_group),
        can_reopen=work.allows(REOPEN, class_group),
        previous=_month_link(class_group, first - timedelta(days=1)),
        following=_month_link(class_group, last + timedelta(days=1)),
        is_over=last <= work.today,
        today=work.today,
    )


def _month_link(class_group: ClassGroup, day: date) -> tuple[str, str] | None:
    if school_year_of(day) != class_group.school_year:
        return None
    first, _last = month_days(day)
    url = url_for("attendance.month", class_group_id=class_group.id, day=first)
    return display.month_text(first), url


@pages.get("/<uuid:class_group_id>/months/<date:day>/close", permission=CLOSE)
def confirm_close(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue:
    """Ask before a month is closed."""
    class_group = _class(work, class_group_id, CLOSE)
    first, _last = month_days(day)
    return pages.render(
        "attendance/close.html",
        class_group=class_group,
        month=first,
        month_text=display.month_text(first),
        sheet=closing(work, class_group, first),
    )


@pages.post("/<uuid:class_group_id>/months/<date:day>/close", permission=CLOSE)
def close(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue:
    """Close a month (月締め)."""
    class_group = _class(work, class_group_id, CLOSE)
    close_month(work, class_group, day)
    notify(_("{month}の出席簿を締めました。", month=display.month_text(day)))
    return see_other("attendance.month", class_group_id=class_group.id, day=month_days(day)[0])


@pages.get("/<uuid:class_group_id>/months/<date:day>/reopen", permission=REOPEN)
def ask_reopen(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue:
    """Ask why a month is reopened."""
    class_group = _class(work, class_group_id, REOPEN)
    return _reopen_page(class_group, day, ReopenForm(gettext=_))


def _reopen_page(class_group: ClassGroup, day: date, form: ReopenForm) -> str:
    first, _last = month_days(day)
    return pages.render(
        "attendance/reopen.html",
        class_group=class_group,
        month=first,
        month_text=display.month_text(first),
        form=form,
    )


@pages.post("/<uuid:class_group_id>/months/<date:day>/reopen", permission=REOPEN)
def reopen(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue:
    """Reopen a month (締めの解除)."""
    class_group = _class(work, class_group_id, REOPEN)
    form = ReopenForm(request.form, gettext=_)
    if not form.validate():
        return _reopen_page(class_group, day, form), 400
    reopen_month(work, class_group, day, form.reason.data)
    notify(_("{month}の締めを解除しました。", month=display.month_text(day)))
    return see_other("attendance.month", class_group_id=class_group.id, day=month_days(day)[0])


# ---- Calendar ----


@pages.get("/calendar", permission=CALENDAR)
def calendars(work: Work) -> ResponseReturnValue:
    """Schools whose calendar the actor keeps; with one school straight to it."""
    held = schools(work, permission=CALENDAR)
    if len(held) == 1:
        return see_other("attendance.calendar", school_id=held[0].id)
    cards = [
        {"title": each.name, "url": url_for("attendance.calendar", school_id=each.id)}
        for each in held
    ]
    return pages.render("attendance/calendars.html", cards=cards)


def _school(work: Work, school_id: UUID) -> School:
    school = work.find(School, school_id)
    work.require(CALENDAR, school)
    return school


@pages.get("/calendar/<uuid:school_id>", permission=CALENDAR)
def calendar(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Lesson days and closures of a school in a school year."""
    school = _school(work, school_id)
    current = current_school_year(work)
    year = request.args.get("year", type=int) or current
    if abs(year - current) > _SHOWN_YEARS:
        raise NotFound("SchoolYear")
    found = school_calendar(work, school, year)
    labels = {each.id: each.label for each in _classes(work, school, year)}
    return pages.render(
        "attendance/calendar.html",
        school=school,
        year=year,
        entries=[
            (_span(each), str(ENTRY_KINDS[EntryKind(each.kind)]), each.name, each.id)
            for each in found.entries
        ],
        closures=[
            (
                _span(each),
                _closed_scope(each, school, labels),
                each.reason,
                str(CAUSES[ClosureCause(each.cause)]),
                each.id,
            )
            for each in found.closures
        ],
    )


def _classes(work: Work, school: School, year: int) -> list[ClassGroup]:
    return class_groups(work, year, school, permission=CALENDAR)


def _span(row: CalendarEntry | Closure) -> str:
    first, last = display.short_day(row.first_day), display.short_day(row.last_day)
    return first if first == last else _("{first}から{last}まで", first=first, last=last)


def _closed_scope(row: Closure, school: School, labels: Mapping[UUID, str]) -> str:
    if row.class_group_id is not None:
        return labels.get(row.class_group_id, "")
    if row.grade is None:
        return _("学校全体")
    return _("{grade}年全体", grade=school.grades.index(row.grade) + 1)


@pages.get("/calendar/<uuid:school_id>/entries/new", permission=CALENDAR)
def new_entry(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Form for a vacation, an extra lesson day or a free day."""
    return pages.render(
        "attendance/new_entry.html", school=_school(work, school_id), form=EntryForm(gettext=_)
    )


@pages.post("/calendar/<uuid:school_id>/entries/new", permission=CALENDAR)
def save_entry(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Enter a vacation, an extra lesson day or a free day."""
    school = _school(work, school_id)
    form = EntryForm(request.form, gettext=_)
    if not _done(form, lambda: add_calendar_entry(work, school, form.entry)):
        return pages.render("attendance/new_entry.html", school=school, form=form), 400
    notify(_("授業日・休業日を登録しました。"))
    return _to_calendar(school, form.days[0])


@pages.post(
    "/calendar/<uuid:school_id>/entries/<uuid:calendar_entry_id>/remove", permission=CALENDAR
)
def remove_entry(work: Work, school_id: UUID, calendar_entry_id: UUID) -> ResponseReturnValue:
    """Withdraw an entry."""
    school = _school(work, school_id)
    remove_calendar_entry(work, school, calendar_entry_id)
    notify(_("授業日・休業日の登録を取り消しました。必要なときは、もう一度登録できます。"))
    return _to_calendar(school, work.find(CalendarEntry, calendar_entry_id).first_day)


@pages.get("/calendar/<uuid:school_id>/closures/new", permission=CALENDAR)
def new_closure(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Form for a closure (臨時休業)."""
    school = _school(work, school_id)
    form = ClosureForm(gettext=_, classes=_classes(work, school, current_school_year(work)))
    return pages.render("attendance/new_closure.html", school=school, form=form)


@pages.post("/calendar/<uuid:school_id>/closures/new", permission=CALENDAR)
def save_closure(work: Work, school_id: UUID) -> ResponseReturnValue:
    """Enter a closure (臨時休業)."""
    school = _school(work, school_id)
    classes = _classes(work, school, current_school_year(work))
    form = ClosureForm(request.form, gettext=_, classes=classes)
    if not _done(form, lambda: add_closure(work, school, form.closure)):
        return pages.render("attendance/new_closure.html", school=school, form=form), 400
    notify(_("臨時休業を登録しました。"))
    return _to_calendar(school, form.days[0])


@pages.post("/calendar/<uuid:school_id>/closures/<uuid:closure_id>/remove", permission=CALENDAR)
def remove_closed(work: Work, school_id: UUID, closure_id: UUID) -> ResponseReturnValue:
    """Withdraw a closure."""
    school = _school(work, school_id)
    remove_closure(work, school, closure_id)
    notify(_("臨時休業の登録を取り消しました。必要なときは、もう一度登録できます。"))
    return _to_calendar(school, work.find(Closure, closure_id).first_day)


def _done(form: EntryForm | ClosureForm, act: Any) -> bool:
    """Whether the form is valid and the act was not refused; a refusal becomes its error."""
    if not form.validate():
        return False
    try:
        act()
    except Refused as error:
        form.add_error("first_day", _(error.text, **error.params))
        return False
    return True


def _to_calendar(school: School, day: date) -> ResponseReturnValue:
    return see_other("attendance.calendar", school_id=school.id, year=school_year_of(day))
