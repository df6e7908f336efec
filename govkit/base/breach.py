"""Who was affected by a leak: people, counts, course and terms (漏えい等の報告のための調べ).

個人情報の保護に関する法律第68条 and 同法施行規則第43条: more than a hundred people, sensitive data
(要配慮個人情報), a risk to property, or an improper purpose make a report necessary: a preliminary one in
about 3 to 5 days, a final one in 30 (60 when the purpose may be improper). That the day on which it became
known counts as the first is from memory (unverified). Whether to report is decided by people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.access_report import whole_days
from govkit.base.audit import AuditEvent
from govkit.base.audit_words import Action, subject_title
from govkit.base.columns import AssetClass, asset_class
from govkit.base.i18n import gettext as _
from govkit.base.identity import Appointment, Role, Staff
from govkit.base.persons import (
    ADDRESSEE_NUMBER,
    AddresseeNumber,
    numbers_of,
    person_classes,
    person_names,
)
from govkit.base.work import JAPAN, Work
from govkit.formats.tabular import write_table

__all__ = [
    "BREACH",
    "Affected",
    "BreachQuery",
    "BreachReport",
    "Term",
    "breach_report",
    "report_tables",
    "write_people",
]

BREACH: Final = "administration.breach"
"""Permission of those who look into a leak."""
MANY: Final = 100
"""More people than this must be reported (施行規則第43条)."""
_PAGE: Final = 5000
_NUMBERS: Final = frozenset({AddresseeNumber.__name__, "PersonId"})
_PLAIN: Final = frozenset({"UUID", "str"})
_MONEY: Final = ("口座", "カード番号", "暗証")


@dataclass(frozen=True, slots=True)
class BreachQuery:
    """What may have leaked; blank conditions are none.

    :param actors: Names of actors in the audit, any of which will do; ``None`` for everybody.
    :param table: Name of a table with people in it.
    :param permission: Only acts of those who held this right at some time of the period, by their
        appointments and the roles as they are now.
    :param known_on: Day on which the leak became known.
    """

    first: date
    last: date
    known_on: date
    actors: tuple[str, ...] | None = None
    table: str = ""
    permission: str = ""
    is_improper: bool = False


@dataclass(frozen=True, slots=True)
class Affected:
    """A person who was seen, changed or exported.

    :param number: Addressee number, or the identifier of a row that is gone.
    :param tables: Titles of the kinds of data.
    """

    number: str
    times: int
    first_at: datetime
    last_at: datetime
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A date by which something must be done.

    :param first: First and last day of the term; equal where it is one day.
    """

    title: str
    first: date
    last: date
    days_left: int


@dataclass(frozen=True, slots=True)
class BreachReport:
    """What is known of a leak.

    :param events: Records looked through that fit.
    :param elsewhere: Records whose subjects are no people, such as classes.
    :param grounds: Why a report is, or may be, necessary.
    :param days: Day, how often people were seen, and how many people.
    """

    query: BreachQuery
    people: tuple[Affected, ...]
    events: int
    elsewhere: int
    actions: tuple[tuple[str, int], ...]
    actors: tuple[tuple[str, int], ...]
    days: tuple[tuple[date, int, int], ...]
    grounds: tuple[str, ...]
    terms: tuple[Term, ...]


def report_tables() -> list[tuple[str, str]]:
    """Name and title of every table with people in it."""
    return [(each.__tablename__, str(each.__table__.comment)) for each in person_classes()]


def breach_report(
    work: Work, query: BreachQuery, actions: Mapping[str, Action], reason: str
) -> BreachReport:
    """Look through the records of a period; the inquiry itself is recorded.

    :param actions: Every declared action, for its title.
    """
    work.require(BREACH)
    count = _Count()
    for row in _events(work, query):
        count.take(row)
    people = count.people(work)
    tables = {each for kinds in count.kinds_of.values() for each in kinds}
    report = BreachReport(
        query=query,
        people=tuple(sorted(people, key=lambda each: each.number)),
        events=sum(count.actions.values()),
        elsewhere=count.elsewhere,
        actions=tuple(
            (_(actions[name].title) if name in actions else name, number)
            for name, number in count.actions.most_common()
        ),
        actors=tuple(_named(work, count.actors)),
        days=tuple(count.course()),
        grounds=tuple(_grounds(len(people), tables, is_improper=query.is_improper)),
        terms=tuple(_terms(query, work.today)),
    )
    work.record(
        "breach.reported",
        work.municipality.code,
        reason,
        is_read=True,
        first=query.first.isoformat(),
        last=query.last.isoformat(),
        conditions={
            "actors": list(query.actors or ()),
            "table": query.table,
            "permission": query.permission,
        },
        count=len(people),
    )
    return report


def _events(work: Work, query: BreachQuery) -> Iterator[Any]:
    begin, end = whole_days(query.first, query.last)
    conditions = [AuditEvent.at >= begin, AuditEvent.at < end]
    if query.actors is not None:
        conditions.append(AuditEvent.actor.in_(query.actors))
    if query.permission:
        conditions.append(AuditEvent.actor.in_(_holders(work, query)))
    if query.table:
        conditions.append(AuditEvent.subject_kind.in_(_kinds(query.table)))
    columns = (
        AuditEvent.at,
        AuditEvent.actor,
        AuditEvent.action,
        AuditEvent.subject_kind,
        AuditEvent.subject_ids,
    )
    statement = sa.select(*columns).where(*conditions).order_by(AuditEvent.at)
    yield from work.session.execute(statement.execution_options(yield_per=_PAGE))


def _kinds(table: str) -> list[str]:
    found = [each for each in person_classes() if each.__tablename__ == table]
    kinds = [each.__name__ for each in found]
    # Lookups in the register of residents name people by number.
    is_register = any(hasattr(each, "household_number") for each in found)
    return [*kinds, *(_NUMBERS if is_register else ())]


def _holders(work: Work, query: BreachQuery) -> list[str]:
    rows = work.session.execute(
        sa.select(Staff.account_id, Role.permissions)
        .join(Appointment, Appointment.staff_id == Staff.id)
        .join(Role, Role.id == Appointment.role_id)
        .where(
            Appointment.valid_from <= query.last,
            sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= query.first),
        )
    )
    return sorted({str(row.account_id) for row in rows if query.permission in row.permissions})


@dataclass
class _Count:
    actions: Counter[str] = field(default_factory=Counter)
    actors: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    by_day: dict[date, Counter[tuple[str, str]]] = field(default_factory=dict)
    number_of: dict[tuple[str, str], str] = field(default_factory=dict)
    kinds_of: dict[str, set[str]] = field(default_factory=dict)
    elsewhere: int = 0
    _about_people: frozenset[str] = field(
        default_factory=lambda: frozenset(
            {*(each.__name__ for each in person_classes()), *_NUMBERS, *_PLAIN}
        )
    )

    def take(self, row: Any) -> None:
        self.actions[row.action] += 1
        self.actors[row.actor] += 1
        if row.subject_kind not in self._about_people:
            self.elsewhere += 1
            return
        day = self.by_day.setdefault(row.at.astimezone(JAPAN).date(), Counter())
        for each in row.subject_ids:
            known = self.seen.get((row.subject_kind, each))
            if known is None:
                self.seen[row.subject_kind, each] = [1, row.at, row.at]
            else:
                known[0] += 1
                known[2] = row.at
            day[row.subject_kind, each] += 1

    def people(self, work: Work) -> list[Affected]:
        """The people behind the identifiers, each of them once."""
        by_kind: dict[str, list[str]] = {}
        for kind, each in self.seen:
            by_kind.setdefault(kind, []).append(each)
        together: dict[str, list[Any]] = {}
        for kind, identifiers in by_kind.items():
            numbers = _numbers(work, kind, identifiers)
            for each in identifiers:
                number = numbers.get(each) or (each if kind not in _PLAIN else "")
                if not number:
                    continue  # text or an identifier of something that is no person
                self.number_of[kind, each] = number
                self.kinds_of.setdefault(number, set()).add(kind)
                times, first, last = self.seen[kind, each]
                known = together.setdefault(number, [0, first, last])
                known[0] += times
                known[1], known[2] = min(known[1], first), max(known[2], last)
        return [
            Affected(number, times, first, last, tuple(sorted(_titles(self.kinds_of[number]))))
            for number, (times, first, last) in together.items()
        ]

    def course(self) -> Iterator[tuple[date, int, int]]:
        """Day, times and people, once :meth:`people` has told who is who."""
        for day, seen in sorted(self.by_day.items()):
            known = {each: times for each, times in seen.items() if each in self.number_of}
            yield day, sum(known.values()), len({self.number_of[each] for each in known})


def _numbers(work: Work, kind: str, identifiers: list[str]) -> dict[str, str]:
    if kind in _NUMBERS:
        return {each: each for each in identifiers}
    if kind not in _PLAIN:
        return numbers_of(work.session, kind, identifiers)
    found: dict[str, str] = {}
    for model in person_classes():
        if model.person_column == ADDRESSEE_NUMBER:
            found |= numbers_of(work.session, model.__name__, identifiers)
    return found


def _titles(kinds: Iterable[str]) -> set[str]:
    return {title for each in kinds if (title := subject_title(each))}


def _named(work: Work, actors: Counter[str]) -> Iterator[tuple[str, int]]:
    accounts = [key for each in actors if (key := _uuid(each))]
    rows = work.session.scalars(sa.select(Staff).where(Staff.account_id.in_(accounts)))
    names = {str(row.account_id): row.name for row in rows}
    for actor, number in actors.most_common():
        yield names.get(actor, actor.removeprefix("operator:")), number


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _grounds(people: int, kinds: set[str], *, is_improper: bool) -> Iterator[str]:
    columns = [
        column
        for each in person_classes()
        if each.__name__ in kinds or (kinds & _NUMBERS and hasattr(each, "household_number"))
        for column in each.__table__.columns
    ]
    if people > MANY:
        yield _("{limit}人を超えています。", limit=MANY)
    grave = {AssetClass.I, AssetClass.II}
    if any(asset_class(each) in grave for each in columns):
        yield _("重要性分類がIかIIの項目を含みます。要配慮個人情報がないか確かめてください。")
    if any(word in str(each.comment) for each in columns for word in _MONEY):
        yield _("口座などの項目を含みます。財産的被害のおそれを確かめてください。")
    if is_improper:
        yield _("不正の目的によるおそれがあります。")


def _terms(query: BreachQuery, today: date) -> Iterator[Term]:
    def day(number: int) -> date:
        return query.known_on + timedelta(days=number - 1)

    final = 60 if query.is_improper else 30
    yield Term(_("速報（3日から5日以内）"), day(3), day(5), (day(5) - today).days)
    title = _("確報（{days}日以内）", days=final)
    yield Term(title, day(final), day(final), (day(final) - today).days)


def write_people(
    target: BinaryIO, work: Work, people: Sequence[Affected], *, with_names: bool = False
) -> int:
    """Write the people as CSV; names only where they are asked for."""
    names = person_names(work.session, [each.number for each in people]) if with_names else {}
    headings = [_("宛名番号など"), _("回数"), _("最初"), _("最後"), _("データの種類")]
    rows = (
        [
            *([names.get(each.number, "")] if with_names else []),
            each.number,
            each.times,
            f"{each.first_at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}",
            f"{each.last_at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}",
            "、".join(each.tables),
        ]
        for each in people
    )
    return write_table(target, [*([_("氏名")] if with_names else []), *headings], rows)
