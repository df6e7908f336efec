"""The five numbers of the register and how days add up to them (出欠の記録).

授業日数 = 出席停止・忌引等 + 出席しなければならない日数, and the latter = 欠席日数 + 出席日数
(指導要録「出欠の記録」). Being late or leaving early is being present.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.modules.attendance.days import DayKind, SchoolDay
from govkit.modules.attendance.marks import MARKS, Category, Mark

__all__ = ["Attendance", "FiveNumbers", "FiveNumbersProblem", "Period", "add_up"]


class FiveNumbersProblem(StrEnum):
    """Why figures cannot be the numbers of a register."""

    NEGATIVE = "five_numbers_negative"
    LESSON_DAYS = "five_numbers_lesson_days"
    REQUIRED_DAYS = "five_numbers_required_days"
    LATE_OR_EARLY = "five_numbers_late_or_early"


@dataclass(frozen=True, slots=True)
class FiveNumbers:
    """The five numbers, with days late and days left early. Never at odds with each other.

    :param lesson_days: 授業日数.
    :param excused_days: 出席停止・忌引等の日数.
    :param required_days: 出席しなければならない日数.
    :param absent_days: 欠席日数.
    :param present_days: 出席日数.
    :param late: Days late (遅刻), of the days present.
    :param early: Days left early (早退), of the days present.
    :raises InvalidValue: With a :class:`FiveNumbersProblem`.
    """

    lesson_days: int
    excused_days: int
    required_days: int
    absent_days: int
    present_days: int
    late: int = 0
    early: int = 0

    def __post_init__(self) -> None:
        if min(self.lesson_days, *self.figures[1:], self.late, self.early) < 0:
            raise InvalidValue(FiveNumbersProblem.NEGATIVE)
        if self.lesson_days != self.excused_days + self.required_days:
            raise InvalidValue(FiveNumbersProblem.LESSON_DAYS)
        if self.required_days != self.absent_days + self.present_days:
            raise InvalidValue(FiveNumbersProblem.REQUIRED_DAYS)
        if max(self.late, self.early) > self.present_days:
            raise InvalidValue(FiveNumbersProblem.LATE_OR_EARLY)

    @classmethod
    def count(cls, marks: Mapping[Mark, int]) -> Self:
        """The numbers of so many days of each mark."""
        days: Counter[Category] = Counter()
        late = early = 0
        for mark, number in marks.items():
            kind = MARKS[mark]
            days[kind.category] += number
            late += number * kind.is_late
            early += number * kind.is_early
        excused, absent, present = (
            days[each] for each in (Category.EXCUSED, Category.ABSENT, Category.PRESENT)
        )
        required = absent + present
        return cls(excused + required, excused, required, absent, present, late, early)

    @property
    def figures(self) -> tuple[int, int, int, int, int]:
        """The five in the order of the register."""
        return (
            self.lesson_days,
            self.excused_days,
            self.required_days,
            self.absent_days,
            self.present_days,
        )


_NOT_REMARKED: Final = {Mark.PRESENT}


@dataclass(frozen=True, slots=True)
class Attendance:
    """How a pupil attended over some days.

    :param by_mark: Days of each mark.
    :param unrecorded: Lesson days up to today without a mark; they are in none of the numbers.
    """

    numbers: FiveNumbers
    by_mark: Mapping[Mark, int]
    unrecorded: tuple[date, ...] = ()

    @property
    def remarks(self) -> str:
        """Draft of the remarks (備考): how many days of what, 病欠4、遅刻3."""
        return "、".join(
            f"{str.__str__(MARKS[mark].short)}{self.by_mark[mark]}"
            for mark in Mark
            if mark not in _NOT_REMARKED and self.by_mark.get(mark)
        )


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a pupil belongs to a class (在籍期間), without an end while it lasts."""

    starts_on: date
    ends_on: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def add_up(
    days: Iterable[SchoolDay], periods: Sequence[Period], marks: Mapping[date, Mark], today: date
) -> Attendance:
    """Add one pupil's days up.

    A day counts when lessons are held, the pupil belongs to the class, and it is recorded; a
    class closure needs no record. What is not recorded by today is listed, never guessed.
    """
    counted: Counter[Mark] = Counter()
    unrecorded = []
    for each in days:
        if not each.is_lesson_day or not any(each.day in period for period in periods):
            continue
        mark = Mark.CLASS_CLOSURE if each.kind is DayKind.CLASS_CLOSED else marks.get(each.day)
        if mark is not None:
            if MARKS[mark].category is not Category.OUTSIDE:
                counted[mark] += 1
        elif each.day <= today:
            unrecorded.append(each.day)
    return Attendance(FiveNumbers.count(counted), dict(counted), tuple(unrecorded))
