"""Notices of entry (入学通知書・就学案内): who gets which letter, and whether all are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from govkit.base.work import Work
from govkit.modules.enrolment.codes import EntryStatus, notice_deadline
from govkit.modules.enrolment.designation import excused_entries, open_designations
from govkit.modules.enrolment.models import Guardian, RegisterEntry
from govkit.modules.enrolment.protection import Shield
from govkit.modules.schools import School

__all__ = ["Letter", "LetterKind", "NoticeSet", "guardians_of", "letter_to", "notices"]

_CHUNK = 500


class LetterKind(StrEnum):
    """入学通知書 for children who must attend, 就学案内 for those who may."""

    ADMISSION = "admission"
    GUIDANCE = "guidance"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is printed on one letter.

    :param birth: As the letter says it, unknown parts included.
    :param guardians: Name and reading of each.
    """

    entry_id: UUID
    kind: LetterKind
    name: str
    kana: str
    birth: str | date
    postcode: str
    address: str
    guardians: tuple[tuple[str, str], ...]
    school: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class NoticeSet:
    """All letters of a year, and why others are not made: the sum is everybody.

    :param asked: Children in the register.
    :param unplaced: Children without a designated school, for whom no letter can be made yet.
    :param excused: Children who get none (猶予・免除、特別支援学校).
    :param withheld: Letters to protected families, which only the officer in charge prints.
    :param is_late: Whether the day by which guardians are to be told is over (施行令第5条).
    """

    letters: tuple[Letter, ...]
    asked: int
    unplaced: int
    excused: int
    withheld: int
    deadline: date
    is_late: bool

    @property
    def is_complete(self) -> bool:
        """Whether everybody who is to get a letter has one."""
        return self.unplaced == 0 and self.withheld == 0


def notices(
    work: Work, entry_year: int, school: School | None = None, *, hands_out: bool = True
) -> NoticeSet:
    """The letters to the guardians of a year's entrants, by school and kana.

    :param school: Only those designated for this school.
    :param hands_out: Whether the letters leave the service, which is put on record.
    """
    work.require("enrolment.notify")
    entries = work.session.scalars(
        sa.select(RegisterEntry)
        .where(
            RegisterEntry.entry_school_year == entry_year,
            RegisterEntry.status == EntryStatus.ACTIVE,
        )
        .order_by(RegisterEntry.kana_key, RegisterEntry.addressee_number)
    ).all()
    ids = [entry.id for entry in entries]
    designations = open_designations(work, ids)
    excused = excused_entries(work, entry_year)
    guardians = guardians_of(work, ids)
    shield = Shield.of(work, entries)
    by_id = {each.id: each for each in work.session.scalars(sa.select(School))}
    asked = unplaced = withheld = spared = 0
    found: list[tuple[str, Letter]] = []
    printed: list[RegisterEntry] = []
    for entry in entries:
        designation = designations.get(entry.id)
        if school is not None and (designation is None or designation.school_id != school.id):
            continue
        if school is not None and shield.hides(entry):
            # Which school a protected child goes to must not show in a count either.
            continue
        asked += 1
        if entry.id in excused:
            spared += 1
        elif designation is None:
            unplaced += 1
        elif shield.hides(entry):
            withheld += 1
        else:
            target = by_id[designation.school_id]
            printed.append(entry)
            found.append((target.code, letter_to(entry, target, guardians.get(entry.id, ()))))
    found.sort(key=lambda pair: pair[0])
    letters = tuple(letter for _code, letter in found)
    if len(letters) + unplaced + withheld + spared != asked:
        raise RuntimeError("letters made and letters asked for differ")
    deadline = notice_deadline(entry_year)
    if letters and hands_out:
        work.record(
            "enrolment.notices_made",
            printed,
            school_year=entry_year,
            count=len(letters),
        )
    return NoticeSet(
        letters, asked, unplaced, spared, withheld, deadline, is_late=work.today > deadline
    )


def guardians_of(work: Work, entry_ids: Sequence[UUID]) -> dict[UUID, list[Guardian]]:
    """The guardians of some children, in order."""
    found: dict[UUID, list[Guardian]] = {}
    for start in range(0, len(entry_ids), _CHUNK):
        query = (
            sa.select(Guardian)
            .where(Guardian.entry_id.in_(entry_ids[start : start + _CHUNK]))
            .order_by(Guardian.position)
        )
        for guardian in work.session.scalars(query):
            found.setdefault(guardian.entry_id, []).append(guardian)
    return found


def letter_to(entry: RegisterEntry, school: School, guardians: Sequence[Guardian]) -> Letter:
    """The letter about one child; who may see it has been asked before."""
    return Letter(
        entry_id=entry.id,
        kind=LetterKind.GUIDANCE if entry.is_foreign else LetterKind.ADMISSION,
        name=entry.name,
        kana=entry.kana,
        birth=entry.birth_phrase if not entry.birth_is_certain else entry.birth_date,
        postcode=entry.postcode,
        address=entry.address,
        guardians=tuple((each.name, each.kana) for each in guardians),
        school=school.name,
        starts_on=date(entry.entry_school_year, 4, 1),
    )
