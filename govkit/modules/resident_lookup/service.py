"""Looking residents up for a purpose, and telling who did (住民照会・照会の記録)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from govkit.base.access_report import Access, access_report
from govkit.base.persons import AddresseeNumber
from govkit.base.work import JAPAN, Work
from govkit.formats.tabular import write_table
from govkit.modules.resident_extracts import (
    ResidentExtract,
    StoredResidents,
    latest_extract,
    protected_count,
    resident_directory,
)
from govkit.modules.resident_lookup.policy import purposes
from govkit.modules.resident_lookup.watching import lookup_watch
from govkit.residents.directory import ResidentDirectory
from govkit.residents.policy import LookupContext, PurposeRule
from govkit.residents.source import Health, ResidentSource, SourceDescription, SourceUnavailable

__all__ = [
    "SourceState",
    "lookup_context",
    "lookup_directory",
    "lookups_of",
    "source_state",
    "write_accesses",
]

_SEARCH: Final = "resident_lookup.search"
_REPORT: Final = "resident_lookup.access_report"
_KINDS: Final = (AddresseeNumber.__name__, "PersonId")


def lookup_directory(work: Work, source: ResidentSource | None = None) -> ResidentDirectory:
    """The guarded directory of the municipality with its purposes, budgets and alarms.

    :param source: Where to look, if not in the residents received.
    """
    work.require(_SEARCH)
    return resident_directory(work, purposes(work).values(), lookup_watch(work), source)


def lookup_context(work: Work, rule: PurposeRule, reason: str) -> LookupContext:
    """Who looks up and why; the section is what the actor is appointed to."""
    section = "、".join(work.actor.titles) or work.actor.name
    return rule.context(
        actor=work.actor.audit_name,
        section=section,
        reason=reason,
        work_id=work.origin.request_id,
    )


def lookups_of(work: Work, number: str, period: tuple[date, date], reason: str) -> Sequence[Access]:
    """Who looked at the person with an addressee number between two days, the latest first.

    The report is audited itself, and shows up in the next one.
    """
    work.require(_REPORT)
    first, last = period
    found = access_report(work, _KINDS, number, first, last)
    work.record(
        "resident_lookup.access_report_read",
        [AddresseeNumber(number)],
        reason,
        is_read=True,
        first=first.isoformat(),
        last=last.isoformat(),
        count=len(found),
        screen=work.origin.screen,
    )
    return found


def write_accesses(
    target: BinaryIO, headings: Sequence[str], rows: Iterable[tuple[Access, Sequence[str]]]
) -> int:
    """Write a report as CSV for people; formulas in a reason do not run.

    :param headings: Of the moment, the name, the roles and then of the texts of each row.
    """
    return write_table(
        target,
        headings,
        (
            (
                f"{each.at.astimezone(JAPAN):%Y-%m-%d %H:%M:%S}",
                each.who,
                "、".join(each.roles),
                *texts,
            )
            for each, texts in rows
        ),
    )


@dataclass(frozen=True, slots=True)
class SourceState:
    """What stands behind the lookups (住民情報の状態); no personal data.

    :param description: ``None`` while the source cannot answer.
    """

    description: SourceDescription | None
    health: Health
    protected: int
    last_import: ResidentExtract | None


def source_state(work: Work) -> SourceState:
    """Name, version, day, rows, health and last import of the residents received."""
    work.require("resident_lookup.sources")
    source = StoredResidents(work.session, work.municipality.code)
    extract = latest_extract(work.session)
    health = source.health()
    if extract is None:
        health = Health(is_up=False, note=SourceUnavailable.code)
    return SourceState(
        source.describe() if health.is_up else None,
        health,
        protected_count(work.session),
        extract,
    )
