from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.modules.attendance import (
    MARKS,
    Attendance,
    Category,
    EntryKind,
    FiveNumbers,
    FiveNumbersProblem,
    Mark,
)
from govkit.modules.attendance.days import (
    ClosedDays,
    DayKind,
    EntryDays,
    LessonCalendar,
    days_between,
)
from govkit.modules.attendance.numbers import Period, add_up

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
CLASS, OTHER_CLASS = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("figures", "problem"),
    [
        ((10, 2, 7, 3, 4), FiveNumbersProblem.LESSON_DAYS),
        ((10, 2, 8, 3, 4), FiveNumbersProblem.REQUIRED_DAYS),
        ((10, 12, -2, 0, -2), FiveNumbersProblem.NEGATIVE),
        ((-1, 0, -1, 0, -1), FiveNumbersProblem.NEGATIVE),
        ((10, 2, 8, 3, 5, -1), FiveNumbersProblem.NEGATIVE),
        ((10, 2, 8, 3, 5, 6), FiveNumbersProblem.LATE_OR_EARLY),
        ((10, 2, 8, 3, 5, 0, 6), FiveNumbersProblem.LATE_OR_EARLY),
    ],
)
def test_figures_at_odds_with_each_other_are_refused(figures, problem):
    with pytest.raises(InvalidValue) as caught:
        FiveNumbers(*figures)

    assert caught.value.problem is problem


def test_late_and_early_do_not_change_the_days_present():
    marks = {
        Mark.PRESENT: 184,
        Mark.LATE: 3,
        Mark.EARLY_LEAVE: 2,
        Mark.SUSPENDED_INFECTION: 5,
        Mark.CLASS_CLOSURE: 2,
        Mark.BEREAVEMENT: 1,
        Mark.ABSENT_ILLNESS: 4,
        Mark.ABSENT_OTHER: 1,
    }
    numbers = FiveNumbers.count(marks)

    assert numbers == FiveNumbers(202, 8, 194, 5, 189, late=3, early=2)
    assert (
        Attendance(numbers, marks).remarks
        == "遅刻3、早退2、病欠4、事故欠1、出席停止(感染症)5、学級閉鎖2、忌引1"
    )


def test_a_day_late_and_left_early_is_one_of_each():
    assert FiveNumbers.count({Mark.LATE_AND_EARLY: 1}) == FiveNumbers(1, 0, 1, 0, 1, 1, 1)


def spans(longest: int) -> st.SearchStrategy[tuple[date, date]]:
    return st.builds(
        lambda start, length: (start, start + timedelta(days=length)),
        st.dates(FIRST, LAST),
        st.integers(0, longest),
    )


calendars = st.builds(
    LessonCalendar,
    st.lists(
        st.builds(
            lambda span, kind: EntryDays(*span, kind, "x"), spans(20), st.sampled_from(EntryKind)
        ),
        max_size=4,
    ),
    st.lists(
        st.builds(
            lambda span, scope: ClosedDays(*span, *scope, "x"),
            spans(5),
            st.sampled_from(
                [(None, None), (3, None), (4, None), (None, CLASS), (None, OTHER_CLASS)]
            ),
        ),
        max_size=4,
    ),
)
periods = st.lists(
    st.builds(
        lambda span, goes_on: Period(span[0], None if goes_on else span[1]),
        spans(60),
        st.booleans(),
    ),
    max_size=3,
)
records = st.dictionaries(
    st.dates(FIRST, LAST), st.sampled_from([mark for mark in Mark if MARKS[mark].is_recordable])
)


@given(calendars, periods, records, st.dates(FIRST, LAST))
def test_the_identities_hold_for_any_calendar_membership_and_marks(
    calendar, periods, records, today
):
    days = [calendar.at(CLASS, 3, day) for day in days_between(FIRST, LAST)]

    result = add_up(days, periods, records, today)

    numbers = result.numbers
    assert numbers.lesson_days == numbers.excused_days + numbers.required_days
    assert numbers.required_days == numbers.absent_days + numbers.present_days
    assert min(numbers.figures) >= 0
    assert max(numbers.late, numbers.early) <= numbers.present_days
    assert sum(result.by_mark.values()) == numbers.lesson_days
    # Counted the slow way, a day at a time.
    expected: Counter[Category] = Counter()
    missing = []
    for each in days:
        enrolled = any(
            period.starts_on <= each.day and (not period.ends_on or each.day <= period.ends_on)
            for period in periods
        )
        if not enrolled or each.kind not in (DayKind.LESSON, DayKind.CLASS_CLOSED):
            continue
        if each.kind is DayKind.CLASS_CLOSED:
            expected[Category.EXCUSED] += 1
        elif each.day in records:
            expected[MARKS[records[each.day]].category] += 1
        elif each.day <= today:
            missing.append(each.day)
    assert result.unrecorded == tuple(missing)
    assert (numbers.excused_days, numbers.absent_days, numbers.present_days) == (
        expected[Category.EXCUSED],
        expected[Category.ABSENT],
        expected[Category.PRESENT],
    )


@given(calendars, spans(5), records)
def test_closing_only_the_class_moves_days_and_closing_the_grade_removes_them(
    calendar, span, records
):
    periods = [Period(FIRST)]
    closed_class = LessonCalendar(
        calendar.entries, [*calendar.closures, ClosedDays(*span, None, CLASS, "x")]
    )
    closed_grade = LessonCalendar(
        calendar.entries, [*calendar.closures, ClosedDays(*span, 3, None, "x")]
    )
    all_days = days_between(FIRST, LAST)

    def count(used: LessonCalendar) -> FiveNumbers:
        days = [used.at(CLASS, 3, day) for day in all_days]
        every = dict.fromkeys(all_days, Mark.PRESENT) | records
        return add_up(days, periods, every, LAST).numbers

    before, by_class, by_grade = count(calendar), count(closed_class), count(closed_grade)

    assert by_class.lesson_days == before.lesson_days
    assert by_class.excused_days >= before.excused_days
    assert by_grade.lesson_days <= before.lesson_days
    assert by_grade.excused_days <= before.excused_days


def test_a_mark_outside_lessons_is_in_none_of_the_numbers():
    day = date(2026, 4, 6)
    days = [LessonCalendar().at(CLASS, 3, day)]

    result = add_up(days, [Period(FIRST)], {day: Mark.LEFT}, LAST)

    assert result.numbers == FiveNumbers(0, 0, 0, 0, 0)
    assert result.remarks == ""
