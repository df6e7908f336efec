"""A deployment: the engines, the active modules and the doors to the data (導入環境)."""

import hmac
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.engine import Engine, make_url

from govkit.base import credentials, db, external_identity, idempotency, migrate  # noqa: F401 - maps tables of its own
from govkit.base.audit import AuditEvent, SystemEvent
from govkit.base.audit_chain import append, head, write_anchor
from govkit.base.audit_policy import AuditPolicy
from govkit.base.audit_words import BASE_ACTIONS, BASE_DETAILS, Action
from govkit.base.default_roles import DefaultRole, RoleAddition, add_defaults, gather, offered_all
from govkit.base.documents import DocumentsPolicy
from govkit.base.encryption import Keyring, keyring_of
from govkit.base.exports import ExportPolicy
from govkit.base.i18n import lazy_gettext as _
from govkit.base.identity import Actor
from govkit.base.jobs import MANAGE_JOBS
from govkit.base.migrate import Migration
from govkit.base.module import Module, Permission, load_modules
from govkit.base.municipality import Municipality, MunicipalityRow
from govkit.base.postgres import role_problems
from govkit.base.queue import JobQueue
from govkit.base.settings import Settings, load_settings
from govkit.base.tenancy import EVERYWHERE, SYSTEM, Scope, ScopedSession, guard_engine
from govkit.base.typesetting import Press
from govkit.base.work import Origin, Work
from govkit.errors import InvalidSettings, NotFound, Refused
from govkit.jp.numbers import MunicipalityCode

__all__ = ["ROLE_TITLES", "Deployment", "system_clock"]

log = logging.getLogger("govkit")

Clock = Callable[[], datetime]

ROLE_TITLES: Final[Mapping[str, str]] = {
    "administrator": _("システム管理者"),
    "board_clerk": _("学務課担当"),
    "protected_data_officer": _("支援措置担当"),
    "principal": _("校長"),
    "school_clerk": _("学校事務職員"),
    "homeroom_teacher": _("学級担任"),
    "auditor": _("監査担当"),
}
"""Roles that every new municipality starts with."""

_BASE = ("base", "govkit.base")
_MINUTE: Final = timedelta(minutes=1)
_ANCHOR_EVERY: Final = timedelta(minutes=15)
BASE_PERMISSIONS: Final = (
    Permission("base.manage_staff", _("職員と配属を管理する"), sensitive=True),
    Permission(MANAGE_JOBS, _("全員の処理の状況を見て、中止する")),
)


def system_clock() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


class Deployment:
    """Everything that one running installation shares.

    :param clock: Source of the present moment; tests hand in their own.
    """

    def __init__(self, settings: Settings, *, clock: Clock = system_clock) -> None:
        self.settings: Final = settings
        self.clock: Final = clock
        self.modules: Final[Sequence[Module]] = load_modules(settings.app.modules)
        self.keyring: Final = keyring_of(settings)
        self.engine: Final[Engine] = guard_engine(_engine(settings.database.url, self.keyring))
        self.queue: Final = JobQueue(settings)
        self.anchor_file: Final = _anchor_file(settings)
        self.press: Final = Press(
            [each for module in self.modules for each in module.documents],
            **settings.documents.model_dump(),
        )
        self._anchored: dict[str, datetime] = {}
        self._municipalities: dict[str, tuple[Municipality, datetime]] = {}
        own: dict[type[BaseModel], str] = {
            AuditPolicy: "audit",
            DocumentsPolicy: "documents",
            ExportPolicy: "exports",
        }
        self.policies: Final = own | {
            module.policy: module.name for module in self.modules if module.policy is not None
        }

    @classmethod
    def open(cls, settings: Settings | None = None, *, clock: Clock = system_clock) -> "Deployment":
        """A deployment whose tables are up to date, and whose municipalities have all default roles.

        :raises InvalidSettings: With every problem of the settings.
        """
        deployment = cls(settings or load_settings(), clock=clock)
        deployment.migrate()
        url = deployment.settings.database.url
        is_production = deployment.settings.app.environment == "production"
        if is_production and url.startswith("postgresql") and (found := role_problems(url)):
            raise InvalidSettings(found)
        deployment.offer_defaults()
        return deployment

    @property
    def packages(self) -> list[tuple[str, str]]:
        """Name and package of everything that has migrations, in order."""
        return [_BASE, *((module.name, module.package) for module in self.modules)]

    @property
    def permissions(self) -> list[Permission]:
        """Every permission that the base and the active modules declare."""
        return [
            *BASE_PERMISSIONS,
            *(each for module in self.modules for each in module.permissions),
        ]

    @property
    def actions(self) -> Mapping[str, Action]:
        """Every action that the base and the active modules record, by name."""
        declared = (each for module in self.modules for each in module.actions)
        return {each.name: each for each in (*BASE_ACTIONS, *declared)}

    @property
    def details(self) -> Mapping[str, str]:
        """Titles of what stands in the detail of audit events."""
        return dict(
            pair
            for words in (BASE_DETAILS, *(module.details for module in self.modules))
            for pair in words.items()
        )

    @property
    def app_role(self) -> str | None:
        """PostgreSQL role of the application; ``None`` on SQLite."""
        url = make_url(self.settings.database.url)
        return url.username if url.get_backend_name() == "postgresql" else None

    @contextmanager
    def owner_engine(self) -> Iterator[Engine]:
        """Engine of the role that owns the tables, for migrations and checks of the schema."""
        database = self.settings.database
        engine = _engine(database.owner_url or database.url, self.keyring)
        try:
            yield engine
        finally:
            engine.dispose()

    def migrate(self) -> int:
        """Bring the tables up to date; how many migrations were run."""
        with self.owner_engine() as owner:
            done = migrate.upgrade(owner, self.packages, self.app_role)
        if done:
            log.info("migrated", extra={"migrations": done})
        return done

    @property
    def default_roles(self) -> list[DefaultRole]:
        """Roles that every new municipality starts with, and their permissions."""
        own = ("administrator", tuple(each.name for each in BASE_PERMISSIONS))
        return gather(
            ROLE_TITLES, [own, *(grant for each in self.modules for grant in each.roles.items())]
        )

    def offer_defaults(self) -> dict[Municipality, list[RoleAddition]]:
        """Add to each municipality's roles what is new among the defaults; what that was.

        A new version, or a module that became active later, brings it; see
        :mod:`govkit.base.default_roles`.
        """
        defaults, added = self.default_roles, {}
        for municipality in self.municipalities():
            with self.session(municipality.code, writes=False) as session:
                if offered_all(session, defaults):
                    continue
            with self.work(municipality, Actor.operator("migrate")) as work:
                additions = add_defaults(work.session, defaults)
                for each in additions:
                    after = {"permissions": list(each.role.permissions)}
                    work.record(
                        "role.defaults_added", each.role, after=after, count=len(each.permissions)
                    )
            if additions:
                added[municipality] = additions
        if added:
            log.info("default permissions added")
        return added

    def pending_migrations(self) -> list[Migration]:
        """Migrations that the database lacks; asks without waiting for anybody."""
        with self.system(writes=False) as session:
            return migrate.pending(migrate.applied(session), self.packages)

    def close(self) -> None:
        """Give all connections back."""
        self.queue.close()
        self.engine.dispose()

    @contextmanager
    def _session(
        self, scope: Scope, *, writes: bool = True, waits: bool = True
    ) -> Iterator[ScopedSession]:
        with ScopedSession(self.engine, scope, writes=writes, waits=waits) as session:
            yield session
            session.commit()

    @contextmanager
    def system(self, *, writes: bool = True, waits: bool = True) -> Iterator[ScopedSession]:
        """Session on the deployment's own tables; commits at the end of the block."""
        with self._session(SYSTEM, writes=writes, waits=waits) as session:
            yield session

    @contextmanager
    def unscoped(self, reason: str, actor: str) -> Iterator[ScopedSession]:
        """Session across municipalities; every use is recorded with its reason."""
        with self._session(EVERYWHERE) as session:
            session.add(
                SystemEvent(
                    id=uuid4(),
                    at=self.clock(),
                    actor=actor,
                    action="unscoped",
                    reason=reason,
                    detail={},
                )
            )
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[ScopedSession]:
        """Session that reads all municipalities as they are at its first statement.

        The caller records the reason with :meth:`unscoped`.
        """
        engine = self.engine
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with ScopedSession(engine, EVERYWHERE, writes=False) as session:
            yield session

    def session(self, municipality_code: str, *, writes: bool = True) -> ScopedSession:
        """A session bound to one municipality; the caller commits or rolls back."""
        return ScopedSession(self.engine, Scope(municipality_code), writes=writes)

    @contextmanager
    def work(
        self,
        municipality: Municipality,
        actor: Actor,
        *,
        writes: bool = True,
        origin: Origin = Origin(),
        session: ScopedSession | None = None,
    ) -> Iterator[Work]:
        """A unit of work; commits at the end of the block.

        When the block fails, or is left, the changes are rolled back and the reads are recorded
        all the same.

        :param session: An open one of the municipality to go on in; the work closes it.
        """

        def write_events(events: Iterable[AuditEvent]) -> None:
            with self.session(municipality.code) as writer:
                append(writer, events)
                writer.commit()

        audit_key = self._audit_key(municipality.code)
        origin = replace(origin, audit_key=audit_key, press=self.press)
        with session or self.session(municipality.code, writes=writes) as own:
            work = Work(own, actor, municipality, self.clock(), self.policies, origin)
            try:
                yield work
            except BaseException:
                work.discard()
                work.finish(write_events)
                raise
            work.finish(write_events)
        self._start_jobs(municipality.code, work.jobs_to_start)
        self._keep_anchor(municipality.code)

    def _start_jobs(self, code: str, jobs: Iterable[UUID]) -> None:
        for job_id in jobs:
            try:
                self.queue.put(code, job_id)
            except Exception as error:  # a sweep finds the rows, which are committed
                log.error("job not told to the workers", extra={"error": type(error).__name__})

    def _audit_key(self, code: str) -> bytes:
        secret = self.settings.security.secret_key.get_secret_value()
        return hmac.digest(secret.encode(), f"govkit.audit.fingerprint:{code}".encode(), "sha256")

    def _keep_anchor(self, code: str) -> None:
        """Write down the newest link of the audit chain, unless that was done lately."""
        now = self.clock()
        if self.anchor_file is None or now - self._anchored.get(code, now - _ANCHOR_EVERY) < (
            _ANCHOR_EVERY
        ):
            return
        self._anchored[code] = now
        try:
            self.anchor(code)
        except OSError as error:  # the work itself is done and committed
            log.error("audit anchor not written", extra={"error": type(error).__name__})

    def anchor(self, code: str) -> None:
        """Write the newest link of a municipality's audit chain to the anchor file.

        :raises OSError: When it cannot be written.
        """
        with self.session(code, writes=False) as session:
            newest = head(session, self.clock())
        if newest is not None and self.anchor_file is not None:
            write_anchor(self.anchor_file, newest)

    def municipalities(self) -> list[Municipality]:
        """All municipalities of the deployment, by code."""
        with self.system(writes=False) as session:
            rows = session.scalars(sa.select(MunicipalityRow).order_by(MunicipalityRow.code))
            return [row.value() for row in rows]

    def municipality(self, code: str) -> Municipality:
        """One municipality; its name is kept for a minute.

        :raises NotFound: When it has not joined.
        """
        now = self.clock()
        known, until = self._municipalities.get(code, (None, now))
        if known is None or until <= now:
            known = self._read_municipality(code)
            self._municipalities[code] = (known, now + _MINUTE)
        return known

    def _read_municipality(self, code: str) -> Municipality:
        with self.system(writes=False) as session:
            row: MunicipalityRow | None = session.get(MunicipalityRow, code)
            if row is None:
                raise NotFound("municipality")
            return row.value()

    def add_municipality(
        self, code: str, name: str, *, board_code: str = "", actor: str = "operator"
    ) -> Municipality:
        """Let a municipality join (参加), with the default roles; others need not stop.

        :raises InvalidValue: When the code's check digit is wrong.
        :raises Refused: When it has joined before.
        """
        municipality = Municipality(str(MunicipalityCode.parse(code)), name, board_code)
        with self.system() as session:
            if session.get(MunicipalityRow, municipality.code):
                raise Refused("この団体はすでに参加しています。")
            session.add(
                MunicipalityRow(
                    code=municipality.code, name=name, board_code=board_code, joined_at=self.clock()
                )
            )
            session.add(
                SystemEvent(
                    id=uuid4(),
                    at=self.clock(),
                    actor=actor,
                    action="municipality.joined",
                    reason="",
                    detail={"municipality_code": municipality.code},
                )
            )
        with self.session(municipality.code) as session:
            add_defaults(session, self.default_roles)
            session.commit()
        return municipality


def _anchor_file(settings: Settings) -> Path | None:
    if settings.security.audit_anchor_file:
        return settings.security.audit_anchor_file
    url = make_url(settings.database.url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return Path(f"{url.database}.audit-anchors.jsonl")
    return None


def _engine(url: str, keyring: Keyring) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = db.create_engine(parsed)
    engine.update_execution_options(govkit_keyring=keyring)
    return engine
