"""Compiling the register of a year's entrants from the resident register (学齢簿の編製)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from govkit.base.work import Work
from govkit.errors import Conflict, Refused
from govkit.jp.calendar import entry_cohort
from govkit.modules.enrolment.codes import ChangeKind, ClosedReason, EntryStatus, Schooling, Source
from govkit.modules.enrolment.facts import assumed_birth, new_pupil, resident_facts, search_columns
from govkit.modules.enrolment.models import (
    CompilationChange,
    Guardian,
    RegisterChange,
    RegisterCompilation,
    RegisterEntry,
    SchoolDesignation,
)
from govkit.modules.schools import refresh_pupils
from govkit.residents.directory import ResidentDirectory
from govkit.residents.policy import PurposeRule
from govkit.residents.records import Address, Masked, Resident, Status

__all__ = [
    "COMPILE_PURPOSE",
    "CompileResult",
    "compile_register",
    "latest_compilation",
]

COMPILE_PURPOSE: Final = PurposeRule(
    "enrolment.compile",
    "学校教育法施行令第1条・第2条",
    reveals_protected_location=True,
    bulk=True,
)
"""Compiling the register: the law asks for every child, so locations are given in the open."""

_HEAD: Final = "世帯主"
_CHUNK: Final = 500
_DEPARTURES: Final[Mapping[str, ClosedReason]] = {
    Status.MOVED_OUT.value: ClosedReason.MOVED_OUT,
    Status.DEAD.value: ClosedReason.DEAD,
    Status.REMOVED.value: ClosedReason.REMOVED,
}


@dataclass(frozen=True, slots=True)
class CompileResult:
    """A compilation, and whether it was the same as the last and so changed nothing."""

    compilation: RegisterCompilation
    is_repeat: bool


def latest_compilation(work: Work, entry_year: int) -> RegisterCompilation | None:
    """The last compilation of the entrants of a school year."""
    return work.session.scalar(
        sa.select(RegisterCompilation)
        .where(RegisterCompilation.entry_school_year == entry_year)
        .order_by(RegisterCompilation.number.desc())
        .limit(1)
    )


def compile_register(
    work: Work, directory: ResidentDirectory, reference_date: date, entry_year: int
) -> CompileResult:
    """Compile the register of those who enter elementary school in a school year.

    Children are those born in the cohort who are residents since the reference date or earlier.
    Who came later is left to a compilation with a later reference date (施行令第4条); who has left
    since is closed. What clerks keep by hand is never touched, and compiling again with the same
    data changes nothing.

    :param directory: Knows the purpose :data:`COMPILE_PURPOSE`.
    :raises Refused: When the residents' data is older than the reference date, or a later date
        was compiled before.
    :raises Conflict: When somebody else compiled at the same moment.
    """
    work.require("enrolment.compile")
    source = directory.describe()
    if source.as_of is not None and source.as_of < reference_date:
        raise Refused(
            "住民データ（{as_of}時点）が基準日より前のものです。基準日以後に取り出したデータを受け入れてから編製してください。",
            as_of=source.as_of.isoformat(),
        )
    last = latest_compilation(work, entry_year)
    if last is not None and reference_date < last.reference_date:
        raise Refused(
            "基準日を{date}とする編製がすでにあります。それより前の基準日では編製できません。",
            date=last.reference_date.isoformat(),
        )
    context = COMPILE_PURPOSE.context(
        actor=work.actor.audit_name,
        section="学務課",
        reason=f"{entry_year}年度就学予定者の学齢簿の編製",
    )
    first, final = entry_cohort(entry_year)
    cohort = _Cohort(
        work, directory.born_between(context, first, final), reference_date, entry_year
    )
    entries = _known_entries(work, entry_year, cohort.listed)
    changes = _Changes(work, reference_date, entry_year)
    for number, resident in cohort.listed.items():
        changes.take(resident, entries.pop(number, None))
    for number, entry in entries.items():
        if entry.is_active and number not in cohort.later:
            changes.close(entry, cohort.departed.get(number, ClosedReason.NOT_LISTED))
    as_before = last is not None and (
        (last.reference_date, last.source_as_of, last.undecided)
        == (reference_date, source.as_of, cohort.undecided)
    )
    if last is not None and as_before and not changes.kinds:
        work.record("enrolment.compiled_again", last)
        return CompileResult(last, is_repeat=True)
    count = last.number + 1 if last else 1
    compilation = changes.store(source.as_of, count, cohort.undecided)
    return CompileResult(compilation, is_repeat=False)


class _Cohort:
    """The children of a cohort, sorted by what the register has to do with them."""

    def __init__(
        self, work: Work, residents: Iterable[Resident], reference_date: date, entry_year: int
    ) -> None:
        self.listed: dict[str, Resident] = {}
        self.later: set[str] = set()
        self.departed: dict[str, ClosedReason] = {}
        self.undecided: list[str] = []
        first, last = entry_cohort(entry_year)
        for resident in residents:
            number = resident.id.addressee_number
            birth = assumed_birth(resident.birth)
            if resident.status in _DEPARTURES:
                self.departed[number] = _DEPARTURES[resident.status]
            elif _lives_elsewhere(resident, work.municipality.code):
                continue
            elif birth is None:
                self.undecided.append(number)
            elif not first <= birth <= last:
                continue
            elif resident.resident_since is not None and resident.resident_since > reference_date:
                self.later.add(number)
            else:
                self.listed[number] = resident


def _lives_elsewhere(resident: Resident, municipality_code: str) -> bool:
    """Whether it is a person outside the resident register (住登外者)."""
    address = resident.address
    return (
        resident.household is None
        and isinstance(address, Address)
        and address.municipality_code not in ("", municipality_code)
    )


def _known_entries(
    work: Work, entry_year: int, listed: Mapping[str, Resident]
) -> dict[str, RegisterEntry]:
    """Entries of the year, and those of listed children that stand under another year."""
    query = sa.select(RegisterEntry)
    found = list(work.session.scalars(query.where(RegisterEntry.entry_school_year == entry_year)))
    missing = sorted(set(listed) - {entry.addressee_number for entry in found})
    for chunk in _chunks(missing):
        found += work.session.scalars(query.where(RegisterEntry.addressee_number.in_(chunk)))
    return {entry.addressee_number: entry for entry in found}


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


@dataclass(slots=True)
class _Changes:
    """Collects what changes in the entries, and writes it with the compilation."""

    work: Work
    reference_date: date
    entry_year: int
    kinds: dict[UUID, tuple[ChangeKind, list[str]]] = field(default_factory=dict)
    _entries: list[RegisterEntry] = field(default_factory=list)
    _rows: list[Guardian | RegisterChange] = field(default_factory=list)
    _changed: list[RegisterEntry] = field(default_factory=list)
    _guardians: dict[UUID, list[Guardian]] | None = None

    def take(self, resident: Resident, entry: RegisterEntry | None) -> None:
        """Enter a child, or bring the entry up to date."""
        facts = resident_facts(resident, self.entry_year)
        if entry is None:
            entry = _new_entry(resident.id.addressee_number)
            self._fill(entry, resident, facts)
            self._entries.append(entry)
            self._guardian(entry, resident, is_new=True)
            self.kinds[entry.id] = (ChangeKind.NEW, [])
            return
        facts["status"] = EntryStatus.ACTIVE.value
        before = {
            name: getattr(entry, name) for name in facts if getattr(entry, name) != facts[name]
        }
        after = {name: facts[name] for name in before}
        was_closed = not entry.is_active
        guardian = self._guardian(entry, resident, is_new=False)
        if guardian is not None:
            before["guardian"], after["guardian"] = guardian
        if not before:
            return
        self._fill(entry, resident, facts)
        self._note(entry, "住民票の異動", before, after)
        kind = ChangeKind.NEW if was_closed else ChangeKind.CHANGED
        self.kinds[entry.id] = (kind, sorted(before))
        self._changed.append(entry)

    def close(self, entry: RegisterEntry, reason: ClosedReason) -> None:
        """Close the entry of a child who is no longer a resident."""
        self._note(
            entry, reason.value, {"status": entry.status}, {"status": EntryStatus.CLOSED.value}
        )
        entry.status = EntryStatus.CLOSED.value
        entry.closed_on = self.reference_date
        entry.closed_reason = reason.value
        self.kinds[entry.id] = (ChangeKind.GONE, ["status"])

    def store(
        self, source_as_of: date | None, number: int, undecided: list[str]
    ) -> RegisterCompilation:
        """Write everything.

        :raises Conflict: When somebody else compiled the same year meanwhile.
        """
        session = self.work.session
        try:
            # Entries first: the other rows point at them.
            session.add_all(self._entries)
            session.flush()
            session.add_all(self._rows)
            compilation = self._compilation(source_as_of, number, undecided)
            session.add(compilation)
            session.flush()
        except IntegrityError as error:
            raise Conflict from error
        rows = [
            {
                "municipality_code": self.work.municipality.code,
                "id": uuid4(),
                "compilation_id": compilation.id,
                "entry_id": entry_id,
                "kind": kind.value,
                "fields": fields,
            }
            for entry_id, (kind, fields) in self.kinds.items()
        ]
        if rows:
            session.execute(sa.insert(CompilationChange), rows)
        self._end_designations()
        if self.work.allows("schools.manage_pupils"):
            facts = [new_pupil(each, is_protected=each.is_protected) for each in self._changed]
            refresh_pupils(self.work, facts)
        session.flush()
        self.work.record(
            "enrolment.compiled",
            compilation,
            new=compilation.new_count,
            changed=compilation.changed_count,
            gone=compilation.gone_count,
        )
        return compilation

    def _compilation(
        self, source_as_of: date | None, number: int, undecided: list[str]
    ) -> RegisterCompilation:
        kinds = [kind for kind, _fields in self.kinds.values()]
        children = self.work.session.scalar(
            sa.select(sa.func.count(RegisterEntry.id)).where(
                RegisterEntry.entry_school_year == self.entry_year,
                RegisterEntry.status == EntryStatus.ACTIVE,
            )
        )
        return RegisterCompilation(
            entry_school_year=self.entry_year,
            number=number,
            reference_date=self.reference_date,
            source_as_of=source_as_of,
            children=children or 0,
            new_count=kinds.count(ChangeKind.NEW),
            changed_count=kinds.count(ChangeKind.CHANGED),
            gone_count=kinds.count(ChangeKind.GONE),
            undecided=undecided,
            compiled_by=self.work.actor.name,
            compiled_at=self.work.now,
        )

    def _fill(self, entry: RegisterEntry, resident: Resident, facts: Mapping[str, Any]) -> None:
        for name, value in {**facts, **search_columns(resident)}.items():
            setattr(entry, name, value)
        entry.status = EntryStatus.ACTIVE.value
        entry.closed_on, entry.closed_reason = None, ""

    def _note(
        self,
        entry: RegisterEntry,
        reason: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._rows.append(
            RegisterChange(
                entry_id=entry.id,
                notified_on=None,
                changed_on=self.reference_date,
                reason=reason,
                source=Source.RESIDENT.value,
                before=_plain(before),
                after=_plain(after),
                recorded_by=self.work.actor.name,
                recorded_at=self.work.now,
            )
        )

    def _guardian(
        self, entry: RegisterEntry, resident: Resident, *, is_new: bool
    ) -> tuple[str, str] | None:
        """Name the head of the household as guardian; the names before and after if that changed.

        Guardians that a clerk entered stay as they are, and a child who is the head has none.
        """
        head = resident.head_name
        known = [] if is_new else self._guardians_of(entry)
        if isinstance(head, Masked) or not head or resident.relationship == _HEAD:
            return None
        if any(each.source == Source.MANUAL for each in known):
            return None
        if not known:
            guardian = _new_guardian(entry, head)
            self._rows.append(guardian)
            return None if is_new else ("", head)
        if known[0].name == head:
            return None
        before, known[0].name = known[0].name, head
        return before, head

    def _guardians_of(self, entry: RegisterEntry) -> list[Guardian]:
        if self._guardians is None:
            self._guardians = {}
            query = (
                sa.select(Guardian)
                .join(RegisterEntry, RegisterEntry.id == Guardian.entry_id)
                .where(
                    RegisterEntry.entry_school_year.in_((self.entry_year, entry.entry_school_year))
                )
                .order_by(Guardian.position)
            )
            for guardian in self.work.session.scalars(query):
                self._guardians.setdefault(guardian.entry_id, []).append(guardian)
        return self._guardians.get(entry.id, [])

    def _end_designations(self) -> None:
        gone = [one for one, (kind, _fields) in self.kinds.items() if kind is ChangeKind.GONE]
        for chunk in _chunks(gone):
            query = sa.select(SchoolDesignation).where(
                SchoolDesignation.entry_id.in_(chunk), SchoolDesignation.ended_on.is_(None)
            )
            for designation in self.work.session.scalars(query):
                designation.ended_on = self.work.today


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _new_entry(addressee_number: str) -> RegisterEntry:
    return RegisterEntry(
        addressee_number=addressee_number,
        school_id=None,
        entered_on=None,
        joined_on=None,
        transferred_on=None,
        graduated_on=None,
        is_special_needs_class=False,
        schooling=Schooling.UNKNOWN.value,
        note="",
    )


def _new_guardian(entry: RegisterEntry, name: str) -> Guardian:
    return Guardian(
        entry_id=entry.id,
        position=1,
        name=name,
        kana="",
        address="",
        relation=_HEAD,
        nationality="",
        contact="",
        has_custody=True,
        has_joint_authority=False,
        source=Source.RESIDENT.value,
    )
