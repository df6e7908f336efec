"""Whether a month of the register may still be changed (月締めと年度替わり)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.fixed import Fixed, columns_of
from govkit.base.work import JAPAN, Work
from govkit.jp.calendar import school_year_days, school_year_of
from govkit.modules.attendance.models import MonthClose
from govkit.modules.attendance.refusals import MonthClosed

__all__ = ["MonthState", "month_states", "refuse_closed", "turn_of_year"]


@dataclass(frozen=True, slots=True)
class MonthState:
    """A month of a class's register: open or closed, since when and by whom.

    :param is_over: Whether the turn of the school year closed it, not a person.
    :param reason: Why it was reopened, if it was.
    """

    month: date
    is_closed: bool
    is_over: bool = False
    closed_by: str = ""
    closed_at: datetime | None = None
    reopened_by: str = ""
    reopened_at: datetime | None = None
    reason: str = ""


_CLOSES: Final = sa.select(*columns_of(MonthClose)).order_by(MonthClose.times)
_MONTHS: Final = MonthClose.month.between(sa.bindparam("first"), sa.bindparam("last"))
_OF_A_CLASS: Final = Fixed(
    _CLOSES.where(MonthClose.class_group_id == sa.bindparam("class_group_id"), _MONTHS)
)
_OF_CLASSES: Final = _CLOSES.where(
    MonthClose.class_group_id.in_(sa.bindparam("class_group_ids", expanding=True)), _MONTHS
)


def month_states(
    work: Work, class_group_ids: Collection[UUID], first: date, last: date
) -> dict[tuple[UUID, date], MonthState]:
    """State of every month of some classes between two days."""
    months = _months(first, last)
    asked = {"first": months[0], "last": months[-1]}
    rows: Iterable[Any]
    if len(class_group_ids) == 1:
        [only] = class_group_ids
        rows = work.session.read(_OF_A_CLASS, class_group_id=only, **asked)
    else:
        rows = work.session.execute(_OF_CLASSES, {"class_group_ids": class_group_ids, **asked})
    latest = {(row.class_group_id, row.month): row for row in rows}
    return {
        (each, month): _state(month, latest.get((each, month)), work.today)
        for each in class_group_ids
        for month in months
    }


def refuse_closed(work: Work, class_group_ids: Collection[UUID], first: date, last: date) -> None:
    """Insist that all months between two days are open.

    :raises MonthClosed: For the first month that is not.
    """
    for state in month_states(work, class_group_ids, first, last).values():
        if state.is_closed:
            raise MonthClosed(state.month)


def turn_of_year(month: date) -> datetime:
    """The moment at which a month's school year is over (年度替わり), 0:00 on 1 April in Japan."""
    _first, last = school_year_days(school_year_of(month))
    return datetime.combine(last.replace(month=4, day=1), time(0), JAPAN)


def _state(month: date, row: Any, today: date) -> MonthState:
    over = school_year_of(month) < school_year_of(today)
    if row is None:
        return MonthState(month, is_closed=over, is_over=over)
    reopened = row.reopened_at is not None
    # A month reopened during its year is closed again by the turn of the year.
    lapsed = row.reopened_at is not None and over and row.reopened_at < turn_of_year(month)
    return MonthState(
        month,
        is_closed=not reopened or lapsed,
        is_over=lapsed or row.closed_by is None,
        closed_by=row.closed_by or "",
        closed_at=row.closed_at,
        reopened_by=row.reopened_by or "",
        reopened_at=row.reopened_at,
        reason=row.reason,
    )


def _months(first: date, last: date) -> Sequence[date]:
    count = (last.year - first.year) * 12 + last.month - first.month
    numbers = (first.year * 12 + first.month - 1 + each for each in range(count + 1))
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]
