"""What a class has recorded: the classes of the day, and the corrections (出欠の訂正の記録)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from govkit.base.work import Work
from govkit.modules.attendance.marks import Mark, MarkEntry
from govkit.modules.attendance.models import MarkCorrection, RollCall
from govkit.modules.schools import ClassGroup, Pupil

__all__ = ["Correction", "corrections", "recorded_classes"]


@dataclass(frozen=True, slots=True)
class Correction:
    """A mark that was changed after it was recorded.

    :param before: ``None`` when the pupil had no mark.
    """

    day: date
    name: str
    before: MarkEntry | None
    after: MarkEntry
    corrected_by: str
    corrected_at: datetime
    reason: str


def corrections(
    work: Work, class_group: ClassGroup, first: date, last: date
) -> Sequence[Correction]:
    """Corrections to a class's days between two days, newest first."""
    work.require("attendance.view", class_group)
    rows = work.session.execute(
        sa.select(MarkCorrection, Pupil)
        .join(Pupil, Pupil.id == MarkCorrection.pupil_id)
        .where(
            MarkCorrection.class_group_id == class_group.id,
            MarkCorrection.day.between(first, last),
        )
        .order_by(MarkCorrection.corrected_at.desc(), Pupil.addressee_number)
    ).all()
    work.saw(pupil for _, pupil in rows)
    return [
        Correction(
            row.day,
            pupil.name,
            MarkEntry(Mark(row.before), row.before_note) if row.before else None,
            MarkEntry(Mark(row.after), row.after_note),
            row.corrected_by,
            row.corrected_at,
            row.reason,
        )
        for row, pupil in rows
    ]


def recorded_classes(work: Work, class_groups: Sequence[ClassGroup], day: date) -> frozenset[UUID]:
    """Which of some classes have recorded a day."""
    rows = work.session.scalars(
        sa.select(RollCall.class_group_id).where(
            RollCall.day == day,
            RollCall.class_group_id.in_(
                [each.id for each in class_groups if work.allows("attendance.view", each)]
            ),
        )
    )
    return frozenset(rows)
