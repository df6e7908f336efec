from datetime import date

import pytest

from govkit.base.work import Work
from govkit.modules.attendance import (
    ClosureCause,
    DayKind,
    EntryKind,
    NewClosure,
    NewEntry,
    add_calendar_entry,
    add_closure,
)
from govkit.modules.attendance.days import LessonCalendar, lesson_calendar, month_days
from govkit.modules.schools import ClassGroup, School
from tests.modules.attendance import rows

YEAR = date(2026, 4, 1), date(2027, 3, 31)


@pytest.fixture
def calendar(work: Work, school: School, class_group: ClassGroup) -> LessonCalendar:
    other = rows.add_class(work, school, "2組")
    for first, last, kind, name in [
        (date(2026, 7, 21), date(2026, 8, 31), EntryKind.VACATION, "夏季休業日"),
        (date(2026, 8, 28), date(2026, 8, 28), EntryKind.LESSON_DAY, "登校日"),
        (date(2026, 10, 3), date(2026, 10, 3), EntryKind.LESSON_DAY, "運動会"),
        (date(2026, 10, 5), date(2026, 10, 5), EntryKind.NO_CLASS, "振替休業日"),
        (date(2026, 11, 3), date(2026, 11, 3), EntryKind.LESSON_DAY, "学校公開"),
    ]:
        add_calendar_entry(work, school, NewEntry(first, last, kind, name))
    influenza = ClosureCause.INFECTION, "インフルエンザ"
    for closure in [
        NewClosure(
            date(2026, 11, 12), date(2026, 11, 16), *influenza, class_group_id=class_group.id
        ),
        NewClosure(date(2026, 11, 17), date(2026, 11, 17), *influenza, class_group_id=other.id),
        NewClosure(date(2026, 11, 18), date(2026, 11, 18), *influenza, grade=3),
        NewClosure(date(2026, 11, 19), date(2026, 11, 19), *influenza, grade=4),
        NewClosure(date(2026, 11, 20), date(2026, 11, 20), ClosureCause.DISASTER, "大雪"),
        NewClosure(
            date(2026, 11, 20), date(2026, 11, 20), *influenza, class_group_id=class_group.id
        ),
    ]:
        add_closure(work, school, closure)
    return lesson_calendar(work, school.id, *YEAR)


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2026, 11, 20), DayKind.CLOSED, "大雪"),  # the school's closure wins over the class's
        (date(2026, 11, 14), DayKind.WEEKEND, "土曜日"),  # inside the class's closure
        (date(2026, 11, 12), DayKind.CLASS_CLOSED, "インフルエンザ"),
        (date(2026, 11, 16), DayKind.CLASS_CLOSED, "インフルエンザ"),
        (date(2026, 11, 17), DayKind.LESSON, ""),  # only the other class is closed
        (date(2026, 11, 18), DayKind.CLOSED, "インフルエンザ"),
        (date(2026, 11, 19), DayKind.LESSON, ""),  # another grade
        (date(2026, 11, 3), DayKind.LESSON, ""),  # lessons on 文化の日
        (date(2026, 9, 22), DayKind.HOLIDAY, "国民の休日"),
        (date(2026, 5, 6), DayKind.HOLIDAY, "振替休日"),
        (date(2026, 10, 3), DayKind.LESSON, ""),
        (date(2026, 10, 4), DayKind.WEEKEND, "日曜日"),
        (date(2026, 10, 5), DayKind.NO_CLASS, "振替休業日"),
        (date(2026, 7, 20), DayKind.HOLIDAY, "海の日"),
        (date(2026, 8, 11), DayKind.VACATION, "夏季休業日"),
        (date(2026, 8, 28), DayKind.LESSON, ""),
        (date(2026, 9, 1), DayKind.LESSON, ""),
    ],
)
def test_what_a_day_is_for_a_class(calendar, class_group, day, kind, name):
    found = calendar.at(class_group.id, class_group.grade, day)

    assert (found.kind, found.name) == (kind, name)
    assert found.takes_roll == (kind is DayKind.LESSON)
    assert found.is_lesson_day == (kind in (DayKind.LESSON, DayKind.CLASS_CLOSED))


def test_the_lesson_days_around_a_day_skip_what_is_free_and_end_with_the_year(
    calendar, class_group
):
    assert calendar.near(class_group, date(2026, 8, 1), 1) == date(2026, 8, 28)
    assert calendar.near(class_group, date(2026, 8, 1), -1) == date(2026, 7, 17)
    assert calendar.near(class_group, date(2026, 4, 1), -1) is None
    assert calendar.near(class_group, date(2027, 3, 31), 1) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2028, 2, 10), (date(2028, 2, 1), date(2028, 2, 29))),
        (date(2026, 12, 31), (date(2026, 12, 1), date(2026, 12, 31))),
        (date(2027, 2, 28), (date(2027, 2, 1), date(2027, 2, 28))),
    ],
)
def test_month_days(day, expected):
    assert month_days(day) == expected
