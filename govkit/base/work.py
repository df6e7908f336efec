"""The unit of work: all that a service gets (作業単位).

A service is ``verb(work, …)``. It asks for rights, finds rows, changes them and records what it
did; it never commits, never reads a clock and never sees HTTP.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm.util import identity_key

from govkit.base.audit import AuditEvent
from govkit.base.audit_chain import append
from govkit.base.db import Base, TenantTable
from govkit.base.fixed import Fixed
from govkit.base.identity import Actor
from govkit.base.municipality import Municipality, MunicipalityPolicy
from govkit.base.tenancy import ScopedSession
from govkit.base.typesetting import Press
from govkit.errors import NotFound, NotPermitted

__all__ = ["JAPAN", "Origin", "Scoped", "Work"]

JAPAN: Final = ZoneInfo("Asia/Tokyo")
"""Time zone in which dates of law are meant."""

Row = TypeVar("Row", bound=Base)
Policy = TypeVar("Policy", bound=BaseModel)


_POLICY: Final = Fixed(
    sa.select(MunicipalityPolicy.values).where(MunicipalityPolicy.module == sa.bindparam("module"))
)


@cache
def _by_id(model: Any) -> sa.Select[Any]:
    """Made once for a model, where ``Session.get`` makes it each time."""
    return sa.select(model).where(model.id == sa.bindparam("id"))


class Scoped(Protocol):
    """Something that a right can be limited to."""

    @property
    def scope_path(self) -> tuple[UUID, ...]:
        """Identifiers from the widest unit to the narrowest, such as school and class."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What began a unit of work, for its audit rows.

    :param screen: What is being looked at, such as the endpoint.
    :param audit_key: Key of :meth:`Work.fingerprint`; the deployment sets it.
    :param press: What prints documents; the deployment sets it.
    """

    request_id: str = ""
    screen: str = ""
    audit_key: bytes = field(default=b"", repr=False)
    press: Press = field(default_factory=Press, repr=False)


class Work:
    """One unit of work of one actor inside one municipality.

    :param session: Bound to the municipality for life.
    :param now: The moment the work began, aware; ``today`` is its date in Japan.
    :param policies: Pydantic model of each module's policy, with the module's name.
    """

    def __init__(
        self,
        session: ScopedSession,
        actor: Actor,
        municipality: Municipality,
        now: datetime,
        policies: dict[type[BaseModel], str] | None = None,
        origin: Origin = Origin(),
    ) -> None:
        self.session: Final = session
        self.actor: Final = actor
        self.municipality: Final = municipality
        self.now: Final = now
        self.origin: Final = origin
        self._policies = policies or {}
        self._seen: dict[str, dict[str, None]] = {}
        self._events: list[AuditEvent] = []
        self._reads: list[AuditEvent] = []
        self._is_finished = False
        self.jobs_to_start: Final[list[UUID]] = []
        """Jobs that the deployment hands to the workers once the work is committed."""

    @property
    def today(self) -> date:
        """Date in Japan at which the work began."""
        return self.now.astimezone(JAPAN).date()

    @property
    def press(self) -> Press:
        """What prints documents, with those of the active modules."""
        return self.origin.press

    def require(self, permission: str, scope: Scoped | None = None) -> None:
        """Insist on a right.

        :raises NotPermitted: When the actor does not hold the right at all.
        :raises NotFound: When the right is held, but not for this scope: what is not the
            actor's looks like what does not exist.
        """
        if not self.actor.holds(permission):
            raise NotPermitted(permission)
        if not self.allows(permission, scope):
            raise NotFound(permission)

    def allows(self, permission: str, scope: Scoped | None = None) -> bool:
        """Whether the right is held for the scope; without a scope, for the whole municipality."""
        if not self.actor.holds(permission):
            return False
        units = self.actor.units(permission)
        return units is None or (scope is not None and not units.isdisjoint(scope.scope_path))

    def units(self, permission: str) -> frozenset[UUID] | None:
        """Schools and classes that a right is limited to; ``None`` for the whole municipality."""
        return self.actor.units(permission)

    def find(self, model: type[Row], identifier: UUID) -> Row:
        """The row with the identifier, in this municipality.

        :raises NotFound: When there is none.
        """
        key = (self.municipality.code, identifier)
        row: Row | None
        if identity_key(model, key) in self.session.identity_map:
            row = self.session.get(model, key)
        else:
            row = self.session.scalar(_by_id(model), {"id": identifier})
        if row is None:
            raise NotFound(model.__name__)
        return row

    def policy(self, model: type[Policy]) -> Policy:
        """What the municipality decided about a module, with the module's defaults."""
        found = self.session.read(_POLICY, module=self._policies[model])
        return model.model_validate(found[0].values if found else {})

    def record(
        self,
        action: str,
        subject: object,
        reason: str = "",
        *,
        is_read: bool = False,
        **detail: Any,
    ) -> None:
        """Record an act or a read, in the transaction of the work.

        An act is forgotten when it is rolled back; what was read stays read.

        :param subject: A row, something with an addressee number, an identifier (``UUID`` or
            text), or a sequence of these.
        :param is_read: A read or a lookup; in work that only reads, everything is one.
        """
        self._insist_on_open()
        event = self._event(action, *_named(subject), reason, detail)
        self._events.append(event)
        if is_read or not self.session.writes:
            self._reads.append(event)

    def _event(
        self, action: str, kind: str, ids: list[str], reason: str, detail: dict[str, Any]
    ) -> AuditEvent:
        return AuditEvent(
            municipality_code=self.municipality.code,
            at=self.now,
            actor=self.actor.audit_name,
            action=action,
            subject_kind=kind,
            subject_ids=ids,
            reason=reason,
            detail=detail,
            request_id=self.origin.request_id,
        )

    def fingerprint(self, text: str) -> str:
        """A keyed hash (HMAC-SHA256) of what an audit row must not hold in the open, such as a question.

        The same text gives the same fingerprint within a municipality, as long as the secret key of
        the deployment stays; without the key nobody can try texts out.
        """
        if not self.origin.audit_key:
            raise RuntimeError("this work was opened without a key")
        return hmac.new(self.origin.audit_key, text.encode(), "sha256").hexdigest()

    def saw(self, people: Iterable[TenantTable]) -> None:
        """Note whose records are read; one audit row of the work names them all at the end."""
        self._insist_on_open()
        for person in people:
            self.saw_ids(type(person), [person.id])

    def saw_ids(self, model: type[TenantTable], ids: Iterable[UUID]) -> None:
        """Note the same of people whose rows were read as columns."""
        self._insist_on_open()
        seen = self._seen.setdefault(model.__name__, {})
        seen.update(dict.fromkeys(map(str, ids)))

    def _insist_on_open(self) -> None:
        if self._is_finished:
            raise RuntimeError("the work is over; streamed answers open their own")

    def discard(self) -> None:
        """Roll the changes back and forget their records; what was read stays recorded."""
        self.session.rollback()
        self._events = [*self._reads]
        self.jobs_to_start.clear()

    def finish(self, write: Callable[[Iterable[AuditEvent]], None]) -> None:
        """Commit with the audit rows; ``write`` stores the reads when there is no commit."""
        self._insist_on_open()
        self._is_finished = True
        seen = list(self._sightings())
        unwritten = [*self._reads, *seen]
        try:
            if self.session.writes:
                append(self.session, [*self._events, *seen])
                self.session.commit()
                unwritten = []
        finally:
            self.session.rollback()
            if unwritten:
                write(unwritten)

    def _sightings(self) -> Iterator[AuditEvent]:
        for kind, ids in self._seen.items():
            detail = {"screen": self.origin.screen, "count": len(ids)}
            yield self._event("read", kind, list(ids), "", detail)


def _named(subject: object) -> tuple[str, list[str]]:
    items: Sequence[object]
    items = (
        list(subject)
        if isinstance(subject, Iterable) and not isinstance(subject, str)
        else [subject]
    )
    kind = type(items[0]).__name__ if items else "none"
    return kind, [_identifier(item) for item in items]


def _identifier(item: object) -> str:
    """What names a subject in the audit; anything else could carry a name into it."""
    if isinstance(item, TenantTable):
        return str(item.id)
    if isinstance(item, str | UUID):
        return str(item)
    number = getattr(item, "addressee_number", None)
    if not isinstance(number, str):
        raise TypeError(f"{type(item).__name__} is no subject of an audit row")
    return number
