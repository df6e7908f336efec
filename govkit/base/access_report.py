"""Who looked at somebody's records, when and why (照会の記録), read from the audit events."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from govkit.base.audit import AuditEvent
from govkit.base.identity import Appointment, Staff
from govkit.base.work import JAPAN, Work

__all__ = ["Access", "access_report", "accesses_of", "staff_accounts", "whole_days"]


@dataclass(frozen=True, slots=True)
class Access:
    """One look at a person, as the person may be told (開示).

    :param who: Name of the member of staff, or the name of the log-in where there is none.
    :param roles: Titles of the appointments held on that day.
    :param screen: Endpoint of the page, or blank.
    """

    at: datetime
    who: str
    roles: tuple[str, ...]
    action: str
    reason: str
    purpose: str = ""
    legal_basis: str = ""
    section: str = ""
    outcome: str = ""
    screen: str = ""


def access_report(
    work: Work, kinds: Collection[str], identifier: str, first: date, last: date
) -> list[Access]:
    """Every look at a person between two days, both included, the latest first.

    :param kinds: Kinds of subject under which audit events name the person, such as ``Pupil``.
    :param identifier: The person's identifier in those events.
    """
    begin, end = whole_days(first, last)
    named = sa.cast(AuditEvent.subject_ids, sa.String).contains(f'"{identifier}"', autoescape=True)
    events = work.session.scalars(
        sa.select(AuditEvent)
        .where(
            AuditEvent.at >= begin,
            AuditEvent.at < end,
            AuditEvent.subject_kind.in_(kinds),
            named,
        )
        .order_by(AuditEvent.at.desc())
    ).all()
    return accesses_of(work, events)


def accesses_of(work: Work, events: Sequence[AuditEvent]) -> list[Access]:
    """The events in the same order, with the names and titles of those who acted."""
    people = _people(work, {event.actor for event in events})
    return [_access(event, people.get(event.actor)) for event in events]


def whole_days(first: date, last: date) -> tuple[datetime, datetime]:
    """Beginning of the first day and end of the last one in Japan, aware."""
    return (
        datetime.combine(first, time(), JAPAN),
        datetime.combine(last + timedelta(days=1), time(), JAPAN),
    )


def staff_accounts(work: Work, text: str) -> list[str]:
    """How audit rows may name the staff whose name begins with a text.

    :param text: With or without the space; an account, or a login of the command line, does too.
    """
    folded = text.replace(" ", "").replace("\u3000", "")
    name = Staff.family_name + Staff.given_name
    known = work.session.scalars(
        sa.select(Staff.account_id).where(name.startswith(folded, autoescape=True))
    )
    return [*(str(each) for each in known), text, f"operator:{text.removeprefix('operator:')}"]


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    appointments: tuple[Appointment, ...]

    def titles(self, day: date) -> tuple[str, ...]:
        return tuple(
            each.title
            for each in self.appointments
            if each.valid_from <= day and (each.valid_to is None or day <= each.valid_to)
        )


def _access(event: AuditEvent, person: _Person | None) -> Access:
    day = event.at.astimezone(JAPAN).date()
    told = {
        name: str(event.detail.get(name, ""))
        for name in ("purpose", "legal_basis", "section", "outcome", "screen")
    }
    return Access(
        at=event.at,
        who=person.name if person else event.actor.removeprefix("operator:"),
        roles=person.titles(day) if person else (),
        action=event.action,
        reason=event.reason,
        **told,
    )


def _people(work: Work, actors: Iterable[str]) -> Mapping[str, _Person]:
    accounts = {uuid: actor for actor in actors if (uuid := _uuid(actor))}
    rows = work.session.execute(
        sa.select(Staff, Appointment)
        .join(Appointment, Appointment.staff_id == Staff.id)
        .where(Staff.account_id.in_(accounts))
        .order_by(Appointment.valid_from, Appointment.title)
    ).all()
    found: dict[str, _Person] = {}
    for staff, appointment in rows:
        known = found.get(accounts[staff.account_id])
        held = known.appointments if known else ()
        found[accounts[staff.account_id]] = _Person(staff.name, (*held, appointment))
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
