from datetime import date

import pytest

from govkit.errors import NotFound, NotPermitted
from govkit.jp.calendar import is_national_holiday
from govkit.modules.attendance import (
    ClosureCause,
    DayKind,
    FiveNumbers,
    Mark,
    MarkEntry,
    MonthClosed,
    MonthOpen,
    NewClosure,
    ReasonMissing,
    UnrecordedDays,
    add_closure,
    class_summary,
    close_month,
    month,
    pupil_summary,
    record_day,
    reopen_month,
)
from govkit.modules.schools import admit, leave
from tests.modules.attendance import rows

# June 2026 has no holiday: 22 weekdays from the 1st to the 30th.
JUNE = date(2026, 6, 1)
JUNE_DAYS = rows.weekdays(JUNE, 22)
WHOLE_JUNE = JUNE, date(2026, 6, 30)
YEAR = date(2026, 4, 1), date(2027, 3, 31)


def closure(first: date, last: date, **scope) -> NewClosure:
    return NewClosure(first, last, ClosureCause.INFECTION, "インフルエンザ", **scope)


def test_the_five_numbers_of_scenario_a6(work_for, work, school, class_group, pupils):
    work = work_for(session_of=work, today=date(2027, 3, 31))
    pupil = pupils[0]
    days = [day for day in rows.weekdays(date(2026, 4, 6), 240) if not is_national_holiday(day)][
        :202
    ]
    closed, recorded = days[:2], days[2:]
    add_closure(work, school, closure(closed[0], closed[1], class_group_id=class_group.id))
    kinds = (
        [Mark.SUSPENDED_INFECTION] * 5
        + [Mark.BEREAVEMENT]
        + [Mark.ABSENT_ILLNESS] * 4
        + [Mark.ABSENT_OTHER]
        + [Mark.LATE] * 3
        + [Mark.EARLY_LEAVE] * 2
    )
    marks = {(pupil, day): kind for day, kind in zip(recorded, kinds, strict=False)}
    rows.record_days(work, class_group, recorded, marks)

    result = pupil_summary(work, pupil, *YEAR)

    assert result.numbers == FiveNumbers(202, 8, 194, 5, 189, late=3, early=2)
    assert result.remarks == "遅刻3、早退2、病欠4、事故欠1、出席停止(感染症)5、学級閉鎖2、忌引1"
    assert class_summary(work, class_group, *YEAR)[pupil.id] == result


def test_class_closure_and_grade_closure_of_scenario_a7(work, school, class_group, pupils):
    other = rows.add_class(work, school, "2組")
    others = rows.add_pupils(work, other, 1)
    for group in (class_group, other):
        rows.record_days(work, group, JUNE_DAYS)

    def numbers() -> list[FiveNumbers]:
        return [pupil_summary(work, pupil, *WHOLE_JUNE).numbers for pupil in (pupils[0], others[0])]

    assert numbers() == [FiveNumbers(22, 0, 22, 0, 22)] * 2
    add_closure(work, school, closure(JUNE_DAYS[3], JUNE_DAYS[4], class_group_id=class_group.id))
    assert numbers() == [FiveNumbers(22, 2, 20, 0, 20), FiveNumbers(22, 0, 22, 0, 22)]
    add_closure(work, school, closure(JUNE_DAYS[7], JUNE_DAYS[7], grade=3))
    assert numbers() == [FiveNumbers(21, 2, 19, 0, 19), FiveNumbers(21, 0, 21, 0, 21)]


def test_what_is_not_recorded_is_listed_and_never_counted(work_for, work, class_group, pupils):
    work = work_for(session_of=work, today=date(2026, 6, 10))
    rows.record_days(work, class_group, [JUNE_DAYS[0], JUNE_DAYS[2]])
    newcomer = rows.add_pupils(work, class_group, 1, JUNE_DAYS[2], start=9)[0]

    sheet = month(work, class_group, date(2026, 6, 15))

    first, *_rest, last = sheet.rows
    assert first.attendance.numbers == FiveNumbers(2, 0, 2, 0, 2)
    assert first.attendance.unrecorded == (JUNE_DAYS[1], *JUNE_DAYS[3:8])
    assert last.pupil_id == newcomer.id
    assert last.attendance.numbers == FiveNumbers(0, 0, 0, 0, 0)
    assert last.attendance.unrecorded == tuple(JUNE_DAYS[2:8])
    assert sheet.unrecorded == tuple(JUNE_DAYS[1:8])


def test_the_month_shows_each_day_of_each_pupil(work, school, class_group, pupils):
    first, second, _third = pupils
    newcomer = rows.add_pupils(work, class_group, 1, JUNE_DAYS[2], start=9)[0]
    leave(work, second, JUNE_DAYS[1], "転出")
    rows.record_days(work, class_group, JUNE_DAYS[:2], {(second, JUNE_DAYS[1]): Mark.LATE})
    add_closure(work, school, closure(JUNE_DAYS[2], JUNE_DAYS[2], class_group_id=class_group.id))

    sheet = month(work, class_group, JUNE)

    cells = {row.pupil_id: row.marks[:8] for row in sheet.rows}
    weekend = (Mark.NO_CLASS, Mark.NO_CLASS)
    assert cells[first.id] == (
        *(Mark.PRESENT, Mark.PRESENT, Mark.CLASS_CLOSURE, None, None),
        *weekend,
        None,
    )
    assert cells[second.id] == (
        *(Mark.PRESENT, Mark.LATE, Mark.LEFT, Mark.LEFT, Mark.LEFT),
        *weekend,
        Mark.LEFT,
    )
    assert cells[newcomer.id][:3] == (
        Mark.NOT_YET_ENROLLED,
        Mark.NOT_YET_ENROLLED,
        Mark.CLASS_CLOSURE,
    )
    assert [day.kind for day in sheet.days[:6]] == [
        DayKind.LESSON,
        DayKind.LESSON,
        DayKind.CLASS_CLOSED,
        DayKind.LESSON,
        DayKind.LESSON,
        DayKind.WEEKEND,
    ]


def test_a_pupil_who_changes_class_has_one_summary_without_double_or_gap(
    work_for, work, school, class_group, pupils
):
    other = rows.add_class(work, school, "2組")
    rows.add_pupils(work, other, 1)
    rows.record_days(work, class_group, JUNE_DAYS[:10], {(pupils[0], JUNE_DAYS[0]): Mark.LATE})
    leave(work, pupils[0], JUNE_DAYS[9], "学級替え")
    admit(work, other, [rows.child(class_group, 1)], JUNE_DAYS[10])
    absent = {(pupils[0], JUNE_DAYS[10]): Mark.ABSENT_OTHER}
    rows.record_days(work, other, JUNE_DAYS[10:], absent)

    result = pupil_summary(work, pupils[0], *WHOLE_JUNE)

    assert result.numbers == FiveNumbers(22, 0, 22, 1, 21, late=1)
    assert result.unrecorded == ()
    assert class_summary(work, class_group, *WHOLE_JUNE)[pupils[0].id].numbers == FiveNumbers(
        10, 0, 10, 0, 10, late=1
    )
    # The record follows the pupil to the teacher of the new class, and to nobody else's.
    own = work_for(role="homeroom_teacher", units=(other.id,), session_of=work)
    assert pupil_summary(own, pupils[0], *WHOLE_JUNE) == result
    with pytest.raises(NotFound):
        pupil_summary(own, pupils[1], *WHOLE_JUNE)


def test_a_month_is_closed_only_when_every_lesson_day_is_recorded(work, class_group, pupils):
    rows.record_days(work, class_group, JUNE_DAYS[:-2])

    with pytest.raises(UnrecordedDays) as caught:
        close_month(work, class_group, date(2026, 6, 12))
    assert caught.value.days == tuple(JUNE_DAYS[-2:])
    assert "6/29、6/30" in str(caught.value)

    rows.record_days(work, class_group, JUNE_DAYS[-2:])
    close_month(work, class_group, date(2026, 6, 12))
    state = month(work, class_group, JUNE).state
    assert (state.is_closed, state.closed_by, state.closed_at) == (True, "test", work.now)
    with pytest.raises(MonthClosed):
        record_day(work, class_group, JUNE_DAYS[0], {})
    with pytest.raises(MonthClosed):
        close_month(work, class_group, JUNE)


def test_a_month_that_is_not_over_cannot_be_closed(work_for, work, class_group, pupils):
    work = work_for(session_of=work, today=JUNE_DAYS[4])
    rows.record_days(work, class_group, JUNE_DAYS[:5])

    with pytest.raises(UnrecordedDays) as caught:
        close_month(work, class_group, JUNE)
    assert caught.value.days == tuple(JUNE_DAYS[5:])


def test_a_reopened_month_can_be_corrected_and_closed_again(work, class_group, pupils):
    rows.record_days(work, class_group, JUNE_DAYS)
    close_month(work, class_group, JUNE)

    with pytest.raises(ReasonMissing):
        reopen_month(work, class_group, JUNE, "　 ")
    reopen_month(work, class_group, JUNE, " 診断書が届いたため ")
    state = month(work, class_group, JUNE).state
    assert (state.is_closed, state.reopened_by, state.reason) == (
        False,
        "test",
        "診断書が届いたため",
    )
    record_day(work, class_group, JUNE_DAYS[0], {pupils[0].id: MarkEntry(Mark.LATE)})
    with pytest.raises(MonthOpen):
        reopen_month(work, class_group, JUNE, "もう一度")

    close_month(work, class_group, JUNE)
    assert month(work, class_group, JUNE).state.is_closed


def test_the_turn_of_the_year_closes_what_nobody_closed_as_in_scenario_a10(
    work_for, work, class_group, pupils
):
    rows.record_days(work, class_group, JUNE_DAYS)
    close_month(work, class_group, JUNE)
    reopen_month(work, class_group, JUNE, "訂正")
    may = date(2026, 5, 1)
    old_year = work_for(session_of=work, today=date(2027, 3, 31))
    assert not month(old_year, class_group, JUNE).state.is_closed
    assert not month(old_year, class_group, may).state.is_closed

    new_year = work_for(session_of=work, today=date(2027, 4, 1))
    for each in (JUNE, may):
        state = month(new_year, class_group, each).state
        assert (state.is_closed, state.is_over) == (True, True)
        with pytest.raises(MonthClosed):
            record_day(new_year, class_group, each, {pupils[0].id: MarkEntry(Mark.LATE)})
        reopen_month(new_year, class_group, each, "指導要録の確認")
        assert not month(new_year, class_group, each).state.is_closed
        record_day(new_year, class_group, each, {pupils[0].id: MarkEntry(Mark.LATE)})

    close_month(new_year, class_group, JUNE)
    assert month(new_year, class_group, JUNE).state.closed_by == "test"


def test_only_the_principal_reopens_and_only_in_the_own_school(
    work_for, work, school, class_group, pupils
):
    rows.record_days(work, class_group, JUNE_DAYS)
    teacher = work_for(role="homeroom_teacher", units=(class_group.id,), session_of=work)
    close_month(teacher, class_group, JUNE)
    elsewhere = rows.add_school(work, "B113299999920", "試験第二小学校")

    with pytest.raises(NotPermitted):
        reopen_month(teacher, class_group, JUNE, "訂正")
    with pytest.raises(NotFound):
        reopen_month(
            work_for(role="principal", units=(elsewhere.id,), session_of=work),
            class_group,
            JUNE,
            "訂正",
        )
    reopen_month(
        work_for(role="principal", units=(school.id,), session_of=work), class_group, JUNE, "訂正"
    )
