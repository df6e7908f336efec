"""An invented school, its classes and pupils, for the tests of the attendance register."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from govkit.base.work import Work
from govkit.modules import schools
from govkit.modules.attendance import Mark, MarkEntry, record_day
from govkit.modules.schools import ClassGroup, NewPupil, Pupil, School

FIRST_DAY = date(2026, 4, 1)


def add_school(work: Work, code: str = "B113299999911", name: str = "試験第一小学校") -> School:
    return schools.add_school(work, code, name)


def add_class(
    work: Work, school: School, name: str = "1組", *, grade: int = 3, year: int = 2026
) -> ClassGroup:
    return schools.add_class_group(work, school, year, grade, name)


def child(class_group: ClassGroup, number: int) -> NewPupil:
    """The child who is known by a number, the same each time."""
    return NewPupil(
        addressee_number=f"{class_group.name[0]}{class_group.grade}{number:04}",
        family_name="試験",
        given_name=f"児童{number}",
        kana_family_name="シケン",
        kana_given_name=f"ジドウ{'アイウエオカキクケコ'[number % 10]}",
        birth_date=date(2017, 6, 1),
        sex="1",
        is_protected=False,
    )


def add_pupils(
    work: Work, class_group: ClassGroup, count: int, starts_on: date = FIRST_DAY, start: int = 1
) -> list[Pupil]:
    children = [child(class_group, number) for number in range(start, start + count)]
    return schools.admit(work, class_group, children, starts_on)


def weekdays(first: date, count: int) -> list[date]:
    """So many days from Monday to Friday; choose them without holidays."""
    days, day = [], first
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return days


def record_days(
    work: Work,
    class_group: ClassGroup,
    days: Iterable[date],
    marks: Mapping[tuple[Pupil, date], Mark] | None = None,
) -> None:
    """Record days; everyone is present but for the marks given."""
    for day in days:
        entries = {
            pupil.id: MarkEntry(mark) for (pupil, on), mark in (marks or {}).items() if on == day
        }
        record_day(work, class_group, day, entries)
