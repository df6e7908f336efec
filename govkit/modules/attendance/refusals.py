"""What the register refuses, one class for each rule (出席簿の制限).

::

    Refused
    ├── MonthClosed          the month is closed, or its school year is over
    ├── MonthOpen            there is nothing to reopen
    ├── NotALessonDay        no lessons are held that day
    ├── FutureDay            the day has not come yet
    ├── NotEnrolledThatDay   a pupil is not in the class that day
    ├── MarkNotRecordable    a mark that no teacher gives
    ├── UnrecordedDays       a month with unrecorded days is to be closed
    ├── ReasonMissing        a reason has to be given
    └── InvalidPeriod        first and last day do not fit
    Conflict
    └── RollCallConflict     somebody else saved the roll call meanwhile
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from govkit.base.i18n import lazy_gettext as _
from govkit.base.merging import Merge
from govkit.errors import Conflict, Refused
from govkit.modules.attendance.marks import MarkEntry

__all__ = [
    "FutureDay",
    "InvalidPeriod",
    "MarkNotRecordable",
    "MonthClosed",
    "MonthOpen",
    "NotALessonDay",
    "NotEnrolledThatDay",
    "ReasonMissing",
    "RollCallConflict",
    "UnrecordedDays",
]


class MonthClosed(Refused):
    """The month is closed (月締め), or its school year is over and was not unlocked."""

    code = "month_closed"

    def __init__(self, month: date) -> None:
        super().__init__(
            _(
                "{year}年{month}月の出席簿は締められています。直すときは、校長に締めの解除を頼んでください。"
            ),
            year=month.year,
            month=month.month,
        )


class MonthOpen(Refused):
    """The month is not closed, so there is nothing to reopen."""

    code = "month_open"

    def __init__(self) -> None:
        super().__init__(_("この月は締められていません。そのまま記録や訂正ができます。"))


class NotALessonDay(Refused):
    """No lessons are held that day (授業日ではない)."""

    code = "not_a_lesson_day"

    def __init__(self) -> None:
        super().__init__(
            _(
                "この日は授業日ではありません。授業を行うときは、先に「授業日と臨時休業」に登録してください。"
            )
        )


class FutureDay(Refused):
    """The day has not come yet."""

    code = "future_day"

    def __init__(self) -> None:
        super().__init__(_("まだ来ていない日の出欠は記録できません。"))


class NotEnrolledThatDay(Refused):
    """A pupil is not in the class that day (在籍していない)."""

    code = "not_enrolled_that_day"

    def __init__(self) -> None:
        super().__init__(
            _(
                "この日に在籍していない児童生徒が含まれています。ページを開き直して、もう一度記録してください。"
            )
        )


class MarkNotRecordable(Refused):
    """A mark that follows from the calendar or from enrolment; no teacher gives it."""

    code = "mark_not_recordable"

    def __init__(self) -> None:
        super().__init__(_("この出欠の種別は選べません。ほかの種別を選んでください。"))


class UnrecordedDays(Refused):
    """A month cannot be closed while days are unrecorded (未記録日).

    :param days: The unrecorded days, in order.
    """

    code = "unrecorded_days"

    def __init__(self, days: Sequence[date]) -> None:
        self.days = tuple(days)
        super().__init__(
            _("記録していない授業日があるため締められません。次の日を記録してください: {days}"),
            days="、".join(f"{day.month}/{day.day}" for day in days),
        )


class ReasonMissing(Refused):
    """A reason has to be given (理由)."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("理由を入力してください。"))


class InvalidPeriod(Refused):
    """First and last day are the wrong way round, or in different school years."""

    code = "invalid_period"

    def __init__(self) -> None:
        super().__init__(_("期間は同じ年度の中で、終わりの日を始まりの日以後にしてください。"))


class RollCallConflict(Conflict):
    """Somebody else saved the roll call after it was opened; nothing was changed.

    :param merged: Both edits put together, with the pupils whom both changed; ``None`` when both
        called the roll for the first time at the same moment, so that trying again merges them.
    """

    code = "roll_call_conflict"

    def __init__(self, merged: Merge[UUID, MarkEntry] | None = None) -> None:
        super().__init__(self.code)
        self.merged = merged
