from datetime import date
from uuid import uuid4

import pytest

from govkit.errors import NotFound, NotPermitted
from govkit.modules.attendance import (
    ClosureCause,
    EntryKind,
    InvalidPeriod,
    Mark,
    MarkEntry,
    MonthClosed,
    NewClosure,
    NewEntry,
    NotALessonDay,
    add_calendar_entry,
    add_closure,
    close_month,
    month,
    record_day,
    remove_calendar_entry,
    remove_closure,
    reopen_month,
    school_calendar,
)
from tests.modules.attendance import rows

JUNE_DAYS = rows.weekdays(date(2026, 6, 1), 22)
DAY = JUNE_DAYS[2]


def closure(first: date = DAY, last: date = DAY, **scope) -> NewClosure:
    return NewClosure(first, last, ClosureCause.INFECTION, "インフルエンザ", **scope)


def entry(first: date = DAY, last: date = DAY, kind: EntryKind = EntryKind.NO_CLASS) -> NewEntry:
    return NewEntry(first, last, kind, "開校記念日")


def test_a_withdrawn_closure_lets_the_marks_of_its_days_count_again(
    work, school, class_group, pupils
):
    record_day(work, class_group, DAY, {pupils[0].id: MarkEntry(Mark.LATE)})
    row = add_closure(work, school, closure())
    with pytest.raises(NotALessonDay):
        record_day(work, class_group, DAY, {})
    assert month(work, class_group, DAY).rows[0].attendance.numbers.lesson_days == 0

    remove_closure(work, school, row.id)

    assert month(work, class_group, DAY).rows[0].attendance.numbers.late == 1
    assert school_calendar(work, school, 2026).closures == []
    assert (row.withdrawn_by, row.withdrawn_at) == ("test", work.now)
    with pytest.raises(NotFound):
        remove_closure(work, school, row.id)


def test_an_entry_is_added_listed_and_withdrawn(work, school, class_group, pupils):
    sunday = date(2026, 6, 7)
    row = add_calendar_entry(work, school, entry(sunday, sunday, EntryKind.LESSON_DAY))
    record_day(work, class_group, sunday, {})
    assert [each.id for each in school_calendar(work, school, 2026).entries] == [row.id]
    assert school_calendar(work, school, 2027).entries == []

    remove_calendar_entry(work, school, row.id)

    with pytest.raises(NotALessonDay):
        record_day(work, class_group, sunday, {})
    with pytest.raises(NotFound):
        remove_calendar_entry(work, school, row.id)


@pytest.mark.parametrize(
    ("first", "last"),
    [(DAY, JUNE_DAYS[1]), (date(2027, 3, 25), date(2027, 4, 5))],
)
def test_a_period_that_runs_backwards_or_over_the_year_is_refused(work, school, first, last):
    with pytest.raises(InvalidPeriod):
        add_closure(work, school, closure(first, last))
    with pytest.raises(InvalidPeriod):
        add_calendar_entry(work, school, entry(first, last))


def test_a_grade_or_class_of_another_school_is_refused(work, school, class_group):
    elsewhere = rows.add_class(work, rows.add_school(work, "B113299999920", "試験第二小学校"))
    last_year = rows.add_class(work, school, "9組", year=2025)

    for scope in [
        {"grade": 7},
        {"grade": 3, "class_group_id": class_group.id},
        {"class_group_id": elsewhere.id},
        {"class_group_id": last_year.id},
        {"class_group_id": uuid4()},
    ]:
        with pytest.raises(NotFound):
            add_closure(work, school, closure(**scope))


def test_lines_of_another_school_cannot_be_withdrawn(work, school):
    elsewhere = rows.add_school(work, "B113299999920", "試験第二小学校")
    closed, added = add_closure(work, school, closure()), add_calendar_entry(work, school, entry())

    with pytest.raises(NotFound):
        remove_closure(work, elsewhere, closed.id)
    with pytest.raises(NotFound):
        remove_calendar_entry(work, elsewhere, added.id)


def test_the_calendar_of_a_closed_month_stays_until_the_month_is_reopened(
    work, school, class_group, pupils
):
    other = rows.add_class(work, school, "2組")
    row, added = (
        add_closure(work, school, closure(grade=3)),
        add_calendar_entry(work, school, entry(JUNE_DAYS[3], JUNE_DAYS[3])),
    )
    rows.record_days(work, class_group, [*JUNE_DAYS[:2], *JUNE_DAYS[4:]])
    close_month(work, class_group, DAY)

    for change in [
        lambda: remove_closure(work, school, row.id),
        lambda: remove_calendar_entry(work, school, added.id),
        lambda: add_calendar_entry(work, school, entry()),
        lambda: add_closure(work, school, closure(class_group_id=class_group.id)),
        lambda: add_closure(work, school, closure(date(2026, 5, 29), JUNE_DAYS[0])),
    ]:
        with pytest.raises(MonthClosed):
            change()
    add_closure(work, school, closure(class_group_id=other.id))
    add_closure(work, school, closure(grade=4))

    reopen_month(work, class_group, DAY, "閉鎖日の誤り")
    remove_closure(work, school, row.id)


def test_the_calendar_of_a_past_year_is_closed(work_for, work, school, class_group):
    next_year = work_for(session_of=work, today=date(2027, 4, 1))

    with pytest.raises(MonthClosed):
        add_closure(next_year, school, closure())


def test_the_office_and_the_principal_keep_the_calendar_of_their_school(
    work_for, work, school, class_group
):
    elsewhere = rows.add_school(work, "B113299999920", "試験第二小学校")
    teacher = work_for(role="homeroom_teacher", units=(class_group.id,), session_of=work)
    with pytest.raises(NotPermitted):
        add_closure(teacher, school, closure())

    for role in ("principal", "school_clerk"):
        keeper = work_for(role=role, units=(school.id,), session_of=work)
        add_closure(keeper, school, closure())
        add_calendar_entry(keeper, school, entry())
        for act in (
            lambda keeper=keeper: add_closure(keeper, elsewhere, closure()),
            lambda keeper=keeper: add_calendar_entry(keeper, elsewhere, entry()),
            lambda keeper=keeper: school_calendar(keeper, elsewhere, 2026),
        ):
            with pytest.raises(NotFound):
                act()
