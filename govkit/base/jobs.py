"""Jobs: long work that goes on while its user does something else (ジョブ).

A job is a function that is registered by name and permission, and a row that says who asked for it::

    @job("enrolment.notices", permission="enrolment.register")
    def make_notices(work: Work, progress: Progress, *, year: int) -> dict[str, Any]: ...

    enqueue(work, "enrolment.notices", {"year": 2027}, title=_("就学通知書の作成"))

The row is written in the work that asks for it, and exists exactly if that is committed. A worker
(:mod:`govkit.base.worker`) takes it up, asks again whether its user still holds the permission, and
commits what it does together with the state ``done``: a crash repeats the job or finds it done, and
its effect exists exactly once.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, tenant_index, tenant_unique
from govkit.base.i18n import lazy_gettext as _
from govkit.base.job_files import JobFiles
from govkit.base.work import Work
from govkit.errors import GovkitError, NotFound, NotPermitted, Refused
from govkit.jp.my_number import find_my_number

__all__ = [
    "MANAGE_JOBS",
    "Job",
    "JobCancelled",
    "JobInterrupted",
    "JobKind",
    "JobState",
    "LeaseLost",
    "Progress",
    "UnknownJob",
    "cancel",
    "check_payload",
    "enqueue",
    "find_job",
    "job",
    "job_kind",
    "own_jobs",
    "retry",
]

MANAGE_JOBS: Final = "base.manage_jobs"
"""Permission to see and to stop the jobs of everybody in the municipality."""
_MOST_ARGUMENTS: Final = 4096
_MOST_RESULT: Final = 16384


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINISHED: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class Job(TenantTable, Base):
    """One job that somebody asked for (ジョブ).

    ``lease`` changes whenever a worker takes the job up, so that one that was thought dead and wakes
    up again can commit nothing.
    """

    __tablename__ = "govkit_job"
    __asset_class__ = AssetClass.III
    __table_args__ = (
        tenant_unique("name", "key"),
        tenant_index("govkit_job", "state", "not_before"),
        tenant_index("govkit_job", "account_id", "enqueued_at"),
        {"comment": "ジョブ"},
    )
    staff_columns = frozenset({"asked_by", "account_id", "staff_id"})

    name: Mapped[str] = mapped_column(sa.String(80), comment="ジョブ名")
    title: Mapped[str] = mapped_column(sa.String(200), comment="画面に出す名前")
    key: Mapped[str | None] = mapped_column(sa.String(120), comment="二重登録を防ぐ鍵")
    arguments: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="引数(識別子だけ)")
    state: Mapped[str] = mapped_column(sa.String(12), comment="状態")
    asked_by: Mapped[str] = mapped_column(sa.String(120), comment="頼んだ人(操作者)")
    account_id: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="頼んだ人のアカウント")
    staff_id: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="頼んだ職員")
    enqueued_at: Mapped[datetime] = mapped_column(comment="受け付けた日時")
    not_before: Mapped[datetime] = mapped_column(comment="この日時より前には始めない")
    started_at: Mapped[datetime | None] = mapped_column(comment="始めた日時")
    finished_at: Mapped[datetime | None] = mapped_column(comment="終えた日時")
    done: Mapped[int] = mapped_column(comment="済んだ数")
    total: Mapped[int] = mapped_column(comment="全体の数(分からなければ0)")
    attempts: Mapped[int] = mapped_column(comment="取りかかった回数")
    result: Mapped[dict[str, Any]] = mapped_column(sa.JSON, comment="結果")
    problems: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, comment="できなかった理由")
    worker: Mapped[str] = mapped_column(sa.String(120), comment="取りかかっているワーカー")
    lease: Mapped[UUID | None] = mapped_column(sa.Uuid, comment="取りかかりの印")
    heartbeat_at: Mapped[datetime | None] = mapped_column(comment="最後に生存を確かめた日時")
    cancel_requested: Mapped[bool] = mapped_column(comment="中止を頼まれた")

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in FINISHED


class UnknownJob(NotFound):
    """No active module has registered a job of that name."""


class JobCancelled(GovkitError):
    """The user has asked to stop; raised by :class:`Progress`, not to be caught by jobs."""


class JobInterrupted(GovkitError):
    """The worker stops, and hands the job back; raised by :class:`Progress`."""


class LeaseLost(GovkitError):
    """Another worker has taken the job over; raised by :class:`Progress`."""


class Progress:
    """How far a job is: called now and then, it also stops the job when it should.

    :param files: Where the job may leave files; ``None`` where nobody looks for them.
    :param is_stopping: Tells that the worker is about to end.
    """

    def __init__(
        self,
        job_id: UUID | None = None,
        files: JobFiles | None = None,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.done = 0
        self.total = 0
        self.is_cancelled = False
        self.is_lost = False
        self._job_id = job_id
        self._files = files
        self._is_stopping = is_stopping

    def __call__(self, done: int, total: int = 0) -> None:
        """Tell how much is done; the page shows it within a second or two.

        :param total: Of how much, 0 where that is not known.
        :raises JobCancelled: When the user has asked to stop.
        """
        self.done, self.total = done, total
        if self.is_lost:
            raise LeaseLost
        if self.is_cancelled:
            raise JobCancelled
        if self._is_stopping():
            raise JobInterrupted

    def keep_file(
        self, work: Work, named: tuple[str, str], chunks: Iterator[bytes], *, people: int
    ) -> None:
        """Leave a file for the user, which exists if the job's work is committed.

        It leaves by the one door of :mod:`govkit.base.exports`: for a purpose, and where it tells of
        many people, with a second person.

        :param named: Name as the user will see it, such as ``就学通知書.pdf``, and media type.
        :param people: How many people it tells of.
        """
        if self._files is None or self._job_id is None:
            raise RuntimeError("nobody keeps the files of this job")
        self._files.keep(work, self._job_id, named, chunks, people)


Run = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A registered job.

    :param permission: What its user must hold, when asking and again when it starts.
    :param retry_on: Outages after which it is tried again a little later.
    :param ahead: What is made before the run, in work that only reads and locks nothing.
    """

    name: str
    permission: str
    run: Run
    retry_on: tuple[type[Exception], ...] = ()
    ahead: Callable[..., Any] | None = None


_kinds: dict[str, JobKind] = {}


def job(
    name: str,
    *,
    permission: str,
    retry_on: tuple[type[Exception], ...] = (),
    ahead: Callable[..., Any] | None = None,
) -> Callable[[Run], Run]:
    """Register a function ``run(work, progress, **arguments)`` as a job.

    It gives what its user reads at the end, as JSON: ``{"text": message id, "params": {…}}``, and
    ``"path"`` for a page where the effect can be seen. It never commits.

    :param name: ``<module>.<noun>``, never changed once released.
    :param ahead: A function of the same arguments for what takes long, such as typesetting. It is
        called before the run, in work that only reads, so that nobody waits for a lock meanwhile; the
        run gets what it gives as ``made``, and raises :class:`~govkit.errors.Conflict` when that no
        longer holds: the job then begins anew.
    """

    def register(run: Run) -> Run:
        known = _kinds.get(name)
        if known is not None and known.run is not run:
            raise RuntimeError(f"two jobs are named {name}")
        _kinds[name] = JobKind(name, permission, run, retry_on, ahead)
        return run

    return register


def job_kind(name: str) -> JobKind:
    """The job of that name.

    :raises UnknownJob: When no active module has registered it.
    """
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownJob(name) from None


def enqueue(
    work: Work, name: str, arguments: Mapping[str, Any], *, title: str, key: str | None = None
) -> Job:
    """Ask for a job; it begins once the work is committed.

    :param arguments: Identifiers, codes and numbers as JSON, never what people are called.
    :param title: What the user reads, without personal data: a Japanese message id.
    :param key: Asking again with the same key gives the job that there is (二重登録の防止).
    :raises NotPermitted: When the actor does not hold the job's permission.
    :raises ValueError: When the arguments hold what does not belong there.
    """
    kind = job_kind(name)
    if not work.actor.holds(kind.permission):
        raise NotPermitted(kind.permission)
    check_payload(arguments, _MOST_ARGUMENTS, only_codes=True)
    known = _by_key(work, name, key)
    if known is not None:
        return known
    row = _new_row(work, name, arguments, str.__str__(title), key)
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:  # somebody else was quicker
        known = _by_key(work, name, key)
        if known is None:
            raise
        return known
    work.record("job.enqueued", row, job=name)
    work.jobs_to_start.append(row.id)
    return row


def _by_key(work: Work, name: str, key: str | None) -> Job | None:
    if key is None:
        return None
    return work.session.scalar(sa.select(Job).where(Job.name == name, Job.key == key))


def _new_row(
    work: Work, name: str, arguments: Mapping[str, Any], title: str, key: str | None
) -> Job:
    return Job(
        name=name,
        title=title,
        key=key,
        arguments=dict(arguments),
        state=JobState.QUEUED,
        asked_by=work.actor.audit_name,
        account_id=work.actor.account_id,
        staff_id=work.actor.staff_id,
        enqueued_at=work.now,
        not_before=work.now,
        done=0,
        total=0,
        attempts=0,
        result={},
        problems=[],
        worker="",
        cancel_requested=False,
    )


def check_payload(
    payload: Mapping[str, Any], most: int = _MOST_RESULT, *, only_codes: bool = False
) -> None:
    """Insist that a payload is JSON, small, and free of 個人番号.

    :param most: Greatest number of bytes.
    :param only_codes: Texts are identifiers, dates and codes, that is, ASCII: names are none.
    :raises ValueError: Otherwise; the error repeats no value.
    """
    if len(json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()) > most:
        raise ValueError("the payload of a job is small: put the data into rows of the module")
    for text in _texts(payload):
        if only_codes and not text.isascii():
            raise ValueError("arguments of a job hold identifiers and codes, no words")
        if find_my_number(text):
            raise ValueError("a payload of a job holds no 個人番号")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)


def find_job(work: Work, job_id: UUID) -> Job:
    """A job that the actor asked for, or any one with :data:`MANAGE_JOBS`.

    :raises NotFound: Otherwise.
    """
    row = work.find(Job, job_id)
    if not (is_own(work, row) or work.allows(MANAGE_JOBS)):
        raise NotFound("job")
    return row


def is_own(work: Work, row: Job) -> bool:
    """Whether the actor has asked for the job."""
    return row.asked_by == work.actor.audit_name


def own_jobs(work: Work, *, of_everybody: bool = False, most: int = 100) -> Sequence[Job]:
    """The actor's jobs, the latest first.

    :param of_everybody: All jobs of the municipality, which needs :data:`MANAGE_JOBS`.
    """
    query = sa.select(Job).order_by(Job.enqueued_at.desc(), Job.id).limit(most)
    if of_everybody:
        work.require(MANAGE_JOBS)
    else:
        query = query.where(Job.asked_by == work.actor.audit_name)
    return work.session.scalars(query).all()


def cancel(work: Work, row: Job) -> None:
    """Stop a job: one that waits at once, one that runs when it next tells its progress.

    :raises Refused: When it is over.
    """
    row = _locked(work, row)
    if row.is_finished:
        raise Refused(_("この処理はもう終わっています。"))
    row.cancel_requested = True
    if row.state == JobState.QUEUED:
        row.state, row.finished_at = JobState.CANCELLED, work.now
    work.record("job.cancelled", row, job=row.name)


def retry(work: Work, row: Job) -> None:
    """Begin a job anew that failed or was stopped.

    :raises Refused: When it is neither.
    """
    row = _locked(work, row)
    if row.state not in (JobState.FAILED, JobState.CANCELLED):
        raise Refused(_("やり直せるのは、失敗した処理と中止した処理だけです。"))
    row.state, row.problems, row.attempts = JobState.QUEUED, [], 0
    row.done = row.total = 0
    row.not_before, row.finished_at, row.cancel_requested = work.now, None, False
    work.record("job.retried", row, job=row.name)
    work.jobs_to_start.append(row.id)


def _locked(work: Work, row: Job) -> Job:
    """The row as it is now, which no worker changes until the work ends."""
    return work.session.scalars(
        sa.select(Job).where(Job.id == row.id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
