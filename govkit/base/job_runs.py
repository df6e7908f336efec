"""One run of a job: taken up under a lease, carried out, and settled in the transaction of its effect.

- *Taken up*: a short transaction sets ``running``, a new lease and a first sign of life. A job that a
  living worker holds, or that is over, is left alone.
- *Made ahead*, for jobs that say so: what takes long, in a work that only reads and locks nothing.
- *Carried out*: in a work of the user who asked, with the rights that the user holds now (AUT-4). The
  last statement of the work sets ``done`` where the lease is still this run's own, and otherwise
  everything is rolled back. So the effect exists exactly once, however often a job is begun.
- *Settled* otherwise: failed, stopped, tried again later after an outage, or handed back.
"""

import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

from govkit.base.deployment import Deployment
from govkit.base.i18n import lazy_gettext as _
from govkit.base.identity import Account, Actor, find_actor
from govkit.base.job_files import JobFiles
from govkit.base.jobs import (
    Job,
    JobCancelled,
    JobInterrupted,
    JobKind,
    JobState,
    LeaseLost,
    Progress,
    UnknownJob,
    check_payload,
    job_kind,
)
from govkit.base.logs import get_logger
from govkit.base.notices import tell
from govkit.base.tenancy import Scope, ScopedSession
from govkit.base.work import JAPAN, Origin, Work
from govkit.errors import Conflict, InvalidInput, NotFound, NotPermitted, Problem, Refused

__all__ = ["MOST_ATTEMPTS", "run_job"]

log = get_logger("govkit.jobs")

MOST_ATTEMPTS: Final = 6
"""A job that outages or crashes have stopped so many times is given up."""
_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(minutes=10)
_LOOK_EVERY_SECONDS: Final = 1.0
"""How often progress is stored, and the wish to stop asked for."""
_BEATS_PER_LEASE: Final = 4
_SHOWN_PROBLEMS: Final = 50

_OPERATOR: Final = "operator:"
_OUTAGES: Final = (OperationalError, InterfaceError, ConnectionError, TimeoutError, Conflict)
"""What may be over a little later, for every job."""

ENDED: Final = _("この処理をする権限がなくなったため、行いませんでした。")
UNKNOWN: Final = _("この処理のプログラムがありません。システム管理者に伝えてください。")
GIVEN_UP: Final = _(
    "何度も途中で止まったため、あきらめました。しばらく待ってから「やり直す」を押してください。"
)
FORBIDDEN: Final = _("この処理の対象を扱う権限がありません。")
GONE: Final = _("この処理の対象が見つかりません。ほかの人が変えたかもしれません。")
UNEXPECTED: Final = _(
    "予期しない問題で終わりました。データは何も変わっていません。"
    "続くときは、この処理の受付番号をシステム管理者に伝えてください。"
)


@dataclass(frozen=True, slots=True)
class _Run:
    """A job under the lease of this worker."""

    code: str
    job_id: UUID
    lease: UUID
    name: str
    title: str
    arguments: Mapping[str, Any]
    asked_by: str
    account_id: UUID | None
    staff_id: UUID | None
    attempts: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a run ended that has no effect."""

    state: JobState
    problems: Sequence[Problem] = ()
    action: str = "job.failed"
    pause: timedelta | None = None
    counts: bool = field(default=True)


def run_job(
    deployment: Deployment,
    code: str,
    job_id: UUID,
    is_stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Carry a job out, if it waits or its worker has died; what goes wrong stands in its row."""
    run = _take_up(deployment, code, job_id)
    if run is None:
        return
    progress = Progress(job_id, JobFiles(deployment.settings, code), is_stopping)
    with _Heartbeat(deployment, run, progress):
        outcome = _carry_out(deployment, run, progress)
    if outcome is not None:
        _settle(deployment, run, outcome)


def _take_up(deployment: Deployment, code: str, job_id: UUID) -> _Run | None:
    now = deployment.clock()
    with deployment.session(code) as session:
        row = session.scalar(sa.select(Job).where(Job.id == job_id).with_for_update())
        if row is None or not _is_free(row, now, deployment.settings.jobs.lease_seconds):
            return None
        row.state, row.lease, row.worker = JobState.RUNNING, uuid4(), _worker_name()
        row.attempts += 1
        row.started_at = row.started_at or now
        row.heartbeat_at = now
        row.done = row.total = 0
        lease, is_cancelled, title = row.lease, row.cancel_requested, row.title
        run = _Run(
            code,
            job_id,
            lease,
            row.name,
            title,
            row.arguments,
            row.asked_by,
            row.account_id,
            row.staff_id,
            row.attempts,
        )
        session.commit()
    if is_cancelled:  # its worker died before it could stop
        _settle(deployment, run, _Outcome(JobState.CANCELLED, action="job.stopped"))
        return None
    if run.attempts > MOST_ATTEMPTS:
        _settle(deployment, run, _failure("given_up", GIVEN_UP))
        return None
    return run


def _is_free(row: Job, now: datetime, lease_seconds: int) -> bool:
    if row.state == JobState.QUEUED:
        return row.not_before <= now
    is_dead = row.heartbeat_at is None or row.heartbeat_at < now - timedelta(seconds=lease_seconds)
    return row.state == JobState.RUNNING and is_dead


def _worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.current_thread().name}"[:120]


def _carry_out(deployment: Deployment, run: _Run, progress: Progress) -> _Outcome | None:
    """Do the job; ``None`` when it is done, or another worker's."""
    retry_on: tuple[type[Exception], ...] = _OUTAGES
    try:
        kind = job_kind(run.name)
        retry_on = (*_OUTAGES, *kind.retry_on)
        actor = _present_actor(deployment, run, kind)
        _do(deployment, run, kind, actor, progress)
    except LeaseLost:
        log.warning("lease of a job lost", extra={"job": str(run.job_id)})
    except JobCancelled:
        return _Outcome(JobState.CANCELLED, action="job.stopped")
    except JobInterrupted:
        return _Outcome(JobState.QUEUED, action="job.handed_back", counts=False)
    except retry_on as error:
        log.warning(
            "outage in a job", extra={"job": str(run.job_id), "error": type(error).__name__}
        )
        return _after_outage(run)
    except Exception as error:
        return _failed_by(run, error)
    except BaseException:
        _settle(deployment, run, _Outcome(JobState.QUEUED, action="job.handed_back", counts=False))
        raise
    return None


def _present_actor(deployment: Deployment, run: _Run, kind: JobKind) -> Actor:
    """Who asked, with the rights held now.

    :raises Refused: When the right has ended, or the account is closed.
    """
    if run.account_id is None:
        return Actor.operator(run.asked_by.removeprefix(_OPERATOR))
    with deployment.system(writes=False) as system:
        account = system.get(Account, run.account_id)
        is_enabled = account is not None and account.is_enabled
    with deployment.session(run.code, writes=False) as session:
        today = deployment.clock().astimezone(JAPAN).date()
        actor = find_actor(session, run.account_id, today)
    if not is_enabled or actor is None or not actor.holds(kind.permission):
        raise Refused(ENDED)
    return actor


def _do(deployment: Deployment, run: _Run, kind: JobKind, actor: Actor, progress: Progress) -> None:
    municipality = deployment.municipality(run.code)
    origin = Origin(request_id=run.job_id.hex, screen=f"job:{run.name}")
    arguments = dict(run.arguments)
    if kind.ahead is not None:
        with deployment.work(municipality, actor, writes=False, origin=origin) as work:
            arguments["made"] = kind.ahead(work, progress, **run.arguments)
    with deployment.work(municipality, actor, origin=origin) as work:
        result = kind.run(work, progress, **arguments)
        check_payload(result)
        _present_actor(deployment, run, kind)  # a right that ended meanwhile has no effect any more
        _complete(work, run, progress, dict(result))


def _complete(work: Work, run: _Run, progress: Progress, result: dict[str, Any]) -> None:
    """Set ``done`` in the work of the effect.

    :raises LeaseLost: When another worker has taken the job over, so that nothing is committed.
    """
    tell(
        work,
        run.staff_id,
        _("「{title}」が終わりました。"),
        kind="success",
        path=f"/jobs/{run.job_id}",
        title=run.title,
    )
    work.record("job.done", work.find(Job, run.job_id), job=run.name)
    values = {"state": JobState.DONE, "result": result, "finished_at": work.now, "lease": None}
    _update(work.session, run, {**values, "done": progress.done, "total": progress.total})


def _update(session: ScopedSession, run: _Run, values: dict[str, Any]) -> None:
    session.flush()
    changed: Any = session.execute(
        sa.update(Job)
        .where(Job.id == run.job_id, Job.lease == run.lease, Job.state == JobState.RUNNING)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:
        raise LeaseLost


def _after_outage(run: _Run) -> _Outcome:
    if run.attempts >= MOST_ATTEMPTS:
        return _failure("given_up", GIVEN_UP)
    pause = min(_FIRST_PAUSE * 2 ** (run.attempts - 1), _LONGEST_PAUSE)
    return _Outcome(JobState.QUEUED, action="job.postponed", pause=pause)


def _failure(code: str, text: str, **params: object) -> _Outcome:
    return _Outcome(JobState.FAILED, [Problem(code, text, params=params)])


def _failed_by(run: _Run, error: Exception) -> _Outcome:
    if isinstance(error, InvalidInput):
        return _Outcome(JobState.FAILED, error.problems)
    if isinstance(error, Refused) and error.text:
        return _failure("refused", error.text, **error.params)
    if isinstance(error, NotPermitted):
        return _failure("not_permitted", FORBIDDEN)
    if isinstance(error, UnknownJob):
        return _failure("unknown_job", UNKNOWN)
    if isinstance(error, NotFound):
        return _failure("not_found", GONE)
    log.error("job failed", exc_info=error, extra={"job": str(run.job_id)})
    return _failure("unexpected", UNEXPECTED)


def _settle(deployment: Deployment, run: _Run, outcome: _Outcome) -> None:
    """Write down how a run ended without an effect; a job that another took over is left alone."""
    actor = Actor(name="", account_id=run.account_id)
    if run.account_id is None:
        actor = Actor.operator(run.asked_by.removeprefix(_OPERATOR))
    origin = Origin(request_id=run.job_id.hex, screen=f"job:{run.name}")
    municipality = deployment.municipality(run.code)
    with suppress(LeaseLost), deployment.work(municipality, actor, origin=origin) as work:
        _update(work.session, run, _values(work.now, run, outcome))
        work.record(outcome.action, work.find(Job, run.job_id), job=run.name)
        if outcome.state == JobState.FAILED:
            tell(
                work,
                run.staff_id,
                _("「{title}」ができませんでした。理由を確かめてください。"),
                kind="error",
                path=f"/jobs/{run.job_id}",
                title=run.title,
            )


def _values(now: datetime, run: _Run, outcome: _Outcome) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": outcome.state,
        "lease": None,
        "problems": [_as_record(each) for each in outcome.problems[:_SHOWN_PROBLEMS]],
        "attempts": run.attempts if outcome.counts else run.attempts - 1,
    }
    if outcome.state == JobState.QUEUED:
        return values | {"not_before": now + (outcome.pause or timedelta(0))}
    return values | {"finished_at": now}


def _as_record(problem: Problem) -> dict[str, Any]:
    """A problem as JSON, without the refused value, which may be anything."""
    params = {name: str(value)[:200] for name, value in problem.params.items()}
    record = {
        "code": problem.code,
        "text": str.__str__(problem.text),
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "params": params,
    }
    try:
        check_payload(record)
    except ValueError:
        record |= {"file": "", "column": "", "params": dict.fromkeys(params, "")}
    return record


class _Heartbeat:
    """A thread that shows the job to be alive and how far it is, and learns when to stop.

    Progress goes to the queue, for on SQLite the job's own work may hold the lock of the database; the
    sign of life stands back then, and nobody can take the job over meanwhile either.
    """

    def __init__(self, deployment: Deployment, run: _Run, progress: Progress) -> None:
        self._deployment = deployment
        self._run = run
        self._progress = progress
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)
        self._beat_at = deployment.clock()
        self._told = (0, 0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._told != (0, 0):
            self._try(self._deployment.queue.forget_progress, self._run.job_id)

    def _go_on(self) -> None:
        while not self._over.wait(_LOOK_EVERY_SECONDS):
            for act in (self._look, self._show, self._beat):
                self._try(act)

    def _try(self, act: Callable[..., None], *arguments: object) -> None:
        """What fails is tried again at the next beat: the job itself must not suffer from it."""
        try:
            act(*arguments)
        except Exception as error:
            log.warning("no heartbeat", extra={"error": type(error).__name__})

    def _look(self) -> None:
        run, progress = self._run, self._progress
        with self._deployment.session(run.code, writes=False) as session:
            row = session.execute(
                sa.select(Job.lease, Job.cancel_requested).where(Job.id == run.job_id)
            ).one()
        progress.is_cancelled = row.cancel_requested
        progress.is_lost = row.lease != run.lease

    def _show(self) -> None:
        now_told = (self._progress.done, self._progress.total)
        if now_told != self._told:
            self._deployment.queue.show_progress(self._run.job_id, *now_told)
            self._told = now_told

    def _beat(self) -> None:
        run, now = self._run, self._deployment.clock()
        every = self._deployment.settings.jobs.lease_seconds / _BEATS_PER_LEASE
        if now - self._beat_at < timedelta(seconds=every):
            return
        values = {"heartbeat_at": now, "done": self._told[0], "total": self._told[1]}
        with (
            suppress(LeaseLost, OperationalError),
            ScopedSession(self._deployment.engine, Scope(run.code), waits=False) as session,
        ):
            _update(session, run, values)
            session.commit()
            self._beat_at = now
