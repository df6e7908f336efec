"""The received residents as a source, and the guarded directory over it (住民照会)."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from govkit.base.persons import AddresseeNumber
from govkit.base.tenancy import ScopedSession
from govkit.base.work import Work
from govkit.modules.resident_extracts.models import ProtectedPerson, ResidentExtract, ResidentRow
from govkit.residents.codec import from_record, to_record
from govkit.residents.directory import LookupAudit, LookupEntry, ResidentDirectory
from govkit.residents.keys import KeyedName, resident_keys
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery, household_order
from govkit.residents.policy import PurposeRule
from govkit.residents.records import Address, HouseholdId, PersonId, Resident
from govkit.residents.source import ResidentSource, SourceDescription, SourceUnavailable
from govkit.residents.watch import Watch

__all__ = [
    "StoredResidents",
    "all_protected",
    "latest_extract",
    "protected_count",
    "protected_now",
    "protected_numbers",
    "resident_directory",
    "stored_values",
    "towns",
]

_CHUNK: Final = 500
_PAGE: Final = 1000
_NO_TOWN: Final = ("", "0000000", "9999999")
"""Town ids that name no town: none given, no town (町字なし), not in the registry of addresses."""


def latest_extract(session: ScopedSession) -> ResidentExtract | None:
    """The import that came last, or ``None`` before the first."""
    return session.scalar(
        sa.select(ResidentExtract).order_by(ResidentExtract.number.desc()).limit(1)
    )


def protected_now(column: Any) -> sa.ColumnElement[bool]:
    """Whether the addressee number in a column is under support measures by the latest list."""
    listed = sa.select(ProtectedPerson.addressee_number).where(ProtectedPerson.is_active)
    return sa.and_(column.in_(listed))


def all_protected(session: ScopedSession) -> frozenset[str]:
    """The addressee numbers of everybody under support measures by the latest list."""
    query = sa.select(ProtectedPerson.addressee_number).where(ProtectedPerson.is_active)
    return frozenset(session.scalars(query))


def protected_count(session: ScopedSession) -> int:
    """How many people are under support measures by the latest list."""
    query = sa.select(sa.func.count(ProtectedPerson.id)).where(ProtectedPerson.is_active)
    return session.scalar(query) or 0


def protected_numbers(session: ScopedSession, numbers: Sequence[str]) -> frozenset[str]:
    """Those of some addressee numbers that are under support measures by the latest list."""
    found: set[str] = set()
    for start in range(0, len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        query = sa.select(ProtectedPerson.addressee_number)
        found |= set(
            session.scalars(
                query.where(ProtectedPerson.is_active, ProtectedPerson.addressee_number.in_(chunk))
            )
        )
    return frozenset(found)


def stored_values(resident: Resident) -> dict[str, Any]:
    """The columns of :class:`ResidentRow` that follow from a resident, without hash and owner."""
    household, address = resident.household, resident.address
    own = ("", resident.id.municipality_code)
    is_here = isinstance(address, Address) and address.municipality_code in own
    place = address if isinstance(address, Address) and is_here else Address()
    # The mark of protection is a column of its own: it changes without a new extract.
    record = to_record(resident)
    record.pop("is_protected", None)
    return {
        "addressee_number": resident.id.addressee_number,
        "household_number": household.household_number
        if isinstance(household, HouseholdId)
        else None,
        "born_first": resident.birth.earliest or date.min,
        "born_last": resident.birth.latest or date.max,
        "machiaza_id": place.machiaza_id,
        "town": place.town,
        "name_keys": "\n".join(("", *resident_keys(resident), "")),
        "is_protected": resident.is_protected,
        "content": json.dumps(record, ensure_ascii=False, separators=(",", ":")),
        "gone_on": None,
    }


def towns(session: ScopedSession) -> list[tuple[str, str]]:
    """Id and name of every town of the municipality where somebody lives (町字), by id.

    Towns where only protected people live are left out.
    """
    query = (
        sa.select(ResidentRow.machiaza_id, sa.func.min(ResidentRow.town))
        .where(
            ResidentRow.gone_on.is_(None),
            ResidentRow.is_protected.is_(False),
            ResidentRow.machiaza_id.not_in(_NO_TOWN),
        )
        .group_by(ResidentRow.machiaza_id)
        .order_by(ResidentRow.machiaza_id)
    )
    return [(machiaza_id, town) for machiaza_id, town in session.execute(query)]


class StoredResidents(ResidentSource):
    """The residents of the latest extracts as a :class:`~govkit.residents.directory.ResidentSource`.

    Before the first extract every question is answered by
    :class:`~govkit.residents.directory.SourceUnavailable`: nobody is known, which is not nobody.
    """

    def __init__(self, session: ScopedSession, municipality_code: str) -> None:
        self._session = session
        self._municipality_code = municipality_code
        self._is_known_to_be_filled = False

    def describe(self) -> SourceDescription:
        """Day and layout of the latest extract, and how many people it left."""
        with _outages():
            extract = latest_extract(self._session)
            rows = self._session.scalar(
                sa.select(sa.func.count(ResidentRow.id)).where(ResidentRow.gone_on.is_(None))
            )
        if extract is None:
            return SourceDescription("resident_extracts", rows=0)
        return SourceDescription("resident_extracts", extract.profile, extract.as_of, rows)

    def get_many(self, ids: Sequence[PersonId]) -> Mapping[PersonId, Resident]:
        """The residents with these ids; of other municipalities there are none."""
        numbers = [
            one.addressee_number for one in ids if one.municipality_code == self._municipality_code
        ]
        found: dict[PersonId, Resident] = {}
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            rows = self._rows(ResidentRow.addressee_number.in_(chunk))
            found |= {resident.id: resident for resident in rows}
        if not numbers:
            self._insist_on_extract()
        return found

    def search(self, query: ResidentQuery, limit: int) -> Sequence[Resident]:
        """Everybody the query describes, by id, at most ``limit + 1``."""
        matcher = Matcher.of(query)
        found: list[Resident] = []
        after = ""
        while len(found) <= limit:
            page = list(
                self._rows(*_narrowing(matcher), ResidentRow.addressee_number > after, limit=_PAGE)
            )
            found += [resident for resident in page if matcher.match(resident) is not None]
            if len(page) < _PAGE:
                break
            after = page[-1].id.addressee_number
        return found[: limit + 1]

    def household(self, household: HouseholdId) -> Sequence[Resident]:
        """All members of a household, the head first, then by birth and id."""
        if household.municipality_code != self._municipality_code:
            self._insist_on_extract()
            return ()
        rows = self._rows(ResidentRow.household_number == household.household_number)
        return sorted(rows, key=household_order)

    def born_between(self, first: date, last: date) -> Iterator[Resident]:
        """Everybody born between two days or perhaps born then, by id."""
        rows = self._rows(ResidentRow.born_first <= last, ResidentRow.born_last >= first)
        return (row for row in rows if row.birth.within(first, last) is not False)

    def _rows(self, *conditions: Any, limit: int | None = None) -> Iterator[Resident]:
        self._insist_on_extract()
        statement = (
            sa.select(ResidentRow.content, ResidentRow.is_protected)
            .where(ResidentRow.gone_on.is_(None), *conditions)
            .order_by(ResidentRow.addressee_number)
            .limit(limit)
        )
        with _outages():
            found = self._session.execute(statement).all()
        for content, is_protected in found:
            record = json.loads(content)
            if is_protected:
                record["is_protected"] = True
            yield from_record(record)

    def _insist_on_extract(self) -> None:
        if self._is_known_to_be_filled:
            return
        with _outages():
            extract = latest_extract(self._session)
        if extract is None:
            raise SourceUnavailable("no extract has been received")
        self._is_known_to_be_filled = True


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise SourceUnavailable from error


def _narrowing(matcher: Matcher) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions that everybody fulfils whom the matcher accepts."""
    query = matcher.query
    if matcher.number:
        yield ResidentRow.addressee_number == matcher.number
    if matcher.household_number:
        yield ResidentRow.household_number == matcher.household_number
    if query.birth_from:
        yield ResidentRow.born_last >= query.birth_from
    if query.birth_to:
        yield ResidentRow.born_first <= query.birth_to
    for ways in matcher.names:
        yield sa.or_(*(_named(way, query.name_match) for way in ways))


def _named(name: KeyedName, how: NameMatch) -> sa.ColumnElement[bool]:
    holds: Callable[[str], sa.ColumnElement[bool]] = {
        NameMatch.EXACT: _equal,
        NameMatch.PREFIX: _beginning,
        NameMatch.PART: _has,
        NameMatch.FUZZY: _near,
    }[how]
    found = [holds(name.whole), sa.and_(*map(holds, name.parts))]
    if how is NameMatch.FUZZY and len(name.parts) == 1:
        # Typed without a space: two stretches of the name, in either order.
        typed = name.whole
        cuts = ((typed[:n], typed[n:]) for n in range(1, len(typed)))
        found += (sa.and_(_near(left), _near(right)) for left, right in cuts)
    return sa.or_(*found)


def _has(text: str) -> sa.ColumnElement[bool]:
    return ResidentRow.name_keys.contains(text, autoescape=True)


def _equal(key: str) -> sa.ColumnElement[bool]:
    return _has(f"\n{key}\n")


def _beginning(key: str) -> sa.ColumnElement[bool]:
    return _has(f"\n{key}")


def _near(key: str) -> sa.ColumnElement[bool]:
    """Some key may be one edit off: the edit lies in one half, or swaps the letters between."""
    if len(key) < 3:
        return _equal(key)
    half = len(key) // 2
    swapped = f"{key[: half - 1]}{key[half]}{key[half - 1]}{key[half + 1 :]}"
    return sa.or_(_beginning(key[:half]), _has(f"{key[half:]}\n"), _equal(swapped))


def _audit_in(work: Work) -> LookupAudit:
    """Writes lookups into the audit of a unit of work.

    The question is kept as a keyed hash only: whether the same was asked again can be told, what was
    asked cannot.
    """

    def audit(entry: LookupEntry) -> None:
        context = entry.context
        hashed = {"question_hmac": work.fingerprint(entry.question)} if entry.question else {}
        work.record(
            f"residents.{entry.action}",
            [AddresseeNumber(person.addressee_number) for person in entry.persons],
            context.reason,
            is_read=True,
            purpose=context.purpose,
            legal_basis=context.legal_basis,
            section=context.section,
            outcome=entry.outcome,
            keys=list(entry.keys),
            work_id=context.work_id,
            screen=work.origin.screen,
            **hashed,
        )

    return audit


def resident_directory(
    work: Work,
    purposes: Iterable[PurposeRule],
    watch: Watch | None = None,
    source: ResidentSource | None = None,
) -> ResidentDirectory:
    """The directory through which a module looks residents up, audited in the given work.

    :param purposes: The purposes of use that the calling module declares.
    :param watch: Budgets and alarms, if any.
    :param source: Where to look, if not in the residents received.
    """
    return ResidentDirectory(
        source or StoredResidents(work.session, work.municipality.code),
        municipality_code=work.municipality.code,
        purposes={rule.name: rule for rule in purposes},
        audit=_audit_in(work),
        watch=watch,
    )
