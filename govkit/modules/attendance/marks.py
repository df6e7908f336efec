"""Marks of the attendance register (出席簿), what each counts as, and what a city may decide.

No national code table exists, and every board draws its own signs, so the marks are ours and the
signs are data: :class:`AttendancePolicy`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from govkit.base.i18n import lazy_gettext as _

__all__ = ["MARKS", "AttendancePolicy", "Category", "Mark", "MarkEntry", "MarkKind"]


class Category(StrEnum):
    """Which of the five numbers of the register a mark adds to."""

    PRESENT = "present"
    """出席日数."""
    EXCUSED = "excused"
    """出席停止・忌引等の日数."""
    ABSENT = "absent"
    """欠席日数."""
    OUTSIDE = "outside"
    """Not a lesson day for this pupil, so in none of them."""


class Mark(StrEnum):
    """How one pupil spent one day (出欠)."""

    PRESENT = "present"
    LATE = "late"
    EARLY_LEAVE = "early_leave"
    LATE_AND_EARLY = "late_and_early"
    ABSENT_ILLNESS = "absent_illness"
    ABSENT_OTHER = "absent_other"
    SUSPENDED_INFECTION = "suspended_infection"
    SUSPENDED_CONDUCT = "suspended_conduct"
    CLASS_CLOSURE = "class_closure"
    BEREAVEMENT = "bereavement"
    DISASTER = "disaster"
    PRINCIPAL_EXCUSED = "principal_excused"
    COUNTED_PRESENT_OFFSITE = "counted_present_offsite"
    NOT_YET_ENROLLED = "not_yet_enrolled"
    LEFT = "left"
    NO_CLASS = "no_class"


@dataclass(frozen=True, slots=True)
class MarkKind:
    """What a mark means.

    :param title: In full, as lists offer it.
    :param short: As a narrow button says it, and as remarks (備考) name it.
    :param symbol: Sign in the month table unless the city has its own.
    :param is_recordable: Whether a teacher gives it; the others follow from the calendar and
        from the dates of enrolment.
    """

    category: Category
    title: str
    short: str
    symbol: str
    is_late: bool = False
    is_early: bool = False
    is_recordable: bool = True


MARKS: Final[Mapping[Mark, MarkKind]] = MappingProxyType(
    {
        Mark.PRESENT: MarkKind(Category.PRESENT, _("出席"), _("出席"), ""),
        Mark.LATE: MarkKind(Category.PRESENT, _("遅刻"), _("遅刻"), "遅", is_late=True),
        Mark.EARLY_LEAVE: MarkKind(Category.PRESENT, _("早退"), _("早退"), "早", is_early=True),
        Mark.LATE_AND_EARLY: MarkKind(
            Category.PRESENT, _("遅刻して早退"), _("遅刻・早退"), "両", is_late=True, is_early=True
        ),
        Mark.ABSENT_ILLNESS: MarkKind(Category.ABSENT, _("欠席（病気）"), _("病欠"), "病"),
        Mark.ABSENT_OTHER: MarkKind(Category.ABSENT, _("欠席（事故・その他）"), _("事故欠"), "事"),
        # 学校保健安全法第19条
        Mark.SUSPENDED_INFECTION: MarkKind(
            Category.EXCUSED, _("出席停止（感染症）"), _("出席停止(感染症)"), "停"
        ),
        # 学校教育法第35条
        Mark.SUSPENDED_CONDUCT: MarkKind(
            Category.EXCUSED, _("出席停止（性行不良）"), _("出席停止(性行)"), "行"
        ),
        # 学校保健安全法第20条の臨時休業のうち、学年の一部の休業
        Mark.CLASS_CLOSURE: MarkKind(
            Category.EXCUSED, _("学級閉鎖"), _("学級閉鎖"), "閉", is_recordable=False
        ),
        Mark.BEREAVEMENT: MarkKind(Category.EXCUSED, _("忌引"), _("忌引"), "忌"),
        Mark.DISASTER: MarkKind(Category.EXCUSED, _("非常変災など"), _("非常変災等"), "災"),
        Mark.PRINCIPAL_EXCUSED: MarkKind(
            Category.EXCUSED, _("校長が出席しなくてよいと認めた日"), _("校長の認めた日"), "認"
        ),
        Mark.COUNTED_PRESENT_OFFSITE: MarkKind(
            Category.PRESENT,
            _("出席扱い（教育支援センター・ICTなど）"),
            _("学校外で出席扱い"),
            "扱",
        ),
        Mark.NOT_YET_ENROLLED: MarkKind(
            Category.OUTSIDE, _("在籍前"), _("在籍前"), "－", is_recordable=False
        ),
        Mark.LEFT: MarkKind(
            Category.OUTSIDE, _("転学・退学の後"), _("転退学後"), "－", is_recordable=False
        ),
        Mark.NO_CLASS: MarkKind(
            Category.OUTSIDE, _("授業のない日"), _("授業なし"), "", is_recordable=False
        ),
    }
)
"""Every mark: the one place that says what it counts as (指導要録の「出欠の記録」, 平成31年通知;
the signs are ours)."""


@dataclass(frozen=True, slots=True)
class MarkEntry:
    """A mark and what the teacher noted with it (出欠と備考)."""

    mark: Mark = Mark.PRESENT
    note: str = ""


_MOST_BUTTONS: Final = 5


class AttendancePolicy(BaseModel):
    """What differs between municipalities in the attendance register (出席簿の様式).

    :param symbols: Sign by mark; marks that are left out keep the sign of :data:`MARKS`.
    :param quick_marks: Marks with a button of their own, the first of them 出席.
    :param asks_absence_reason: Whether absence by illness and by accident have a button each;
        otherwise one button 欠席 records illness, and accident is among the other marks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    symbols: Mapping[Mark, str] = Field(default_factory=dict)
    quick_marks: tuple[Mark, ...] = (
        Mark.PRESENT,
        Mark.ABSENT_ILLNESS,
        Mark.LATE,
        Mark.EARLY_LEAVE,
    )
    asks_absence_reason: bool = False

    @field_validator("symbols")
    @classmethod
    def _are_short(cls, symbols: Mapping[Mark, str]) -> Mapping[Mark, str]:
        if any(len(symbol) > 2 for symbol in symbols.values()):
            raise ValueError("出欠の記号は2文字以内にしてください。")
        return symbols

    @field_validator("quick_marks")
    @classmethod
    def _are_buttons(cls, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        if not marks or marks[0] is not Mark.PRESENT or len(set(marks)) != len(marks):
            raise ValueError("出欠のボタンは「出席」から始め、同じものを2度入れないでください。")
        if len(marks) > _MOST_BUTTONS:
            raise ValueError("出欠のボタンは5個までにしてください。")
        if not all(MARKS[mark].is_recordable for mark in marks):
            raise ValueError("出欠のボタンには、担任が記録する種別だけを入れてください。")
        return marks

    def symbol(self, mark: Mark) -> str:
        """Sign of a mark in the month table."""
        return self.symbols.get(mark, MARKS[mark].symbol)

    @property
    def buttons(self) -> tuple[tuple[Mark, str], ...]:
        """Marks with a button of their own and what the button says."""
        if not self.asks_absence_reason:
            return tuple(
                (mark, _("欠席") if mark is Mark.ABSENT_ILLNESS else MARKS[mark].short)
                for mark in self.quick_marks
            )
        marks: list[Mark] = [each for each in self.quick_marks if each is not Mark.ABSENT_OTHER]
        if Mark.ABSENT_ILLNESS in marks:
            marks.insert(marks.index(Mark.ABSENT_ILLNESS) + 1, Mark.ABSENT_OTHER)
        return tuple((mark, MARKS[mark].short) for mark in marks)

    @property
    def others(self) -> tuple[Mark, ...]:
        """Marks that a teacher may give and that have no button, in order."""
        shown = {mark for mark, _title in self.buttons}
        return tuple(mark for mark in Mark if MARKS[mark].is_recordable and mark not in shown)
