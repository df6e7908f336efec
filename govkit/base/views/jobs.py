"""Jobs: what one has asked for, how far it is, and what came of it (処理の状況)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.exports import Outgoing, hand_out
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext, problem_text
from govkit.base.job_files import JobFile, JobFiles
from govkit.base.jobs import (
    MANAGE_JOBS,
    Job,
    JobState,
    cancel,
    find_job,
    is_own,
    job_kind,
    own_jobs,
    retry,
)
from govkit.base.views.blueprint import pages
from govkit.base.views.purpose import PurposeForm, given, offer_purposes
from govkit.base.work import Work
from govkit.errors import NotFound, NotPermitted, Problem

__all__: list[str] = []

_STATES: Final[Mapping[str, tuple[str, str]]] = {
    JobState.QUEUED: (lazy_gettext("順番を待っています"), ""),
    JobState.RUNNING: (lazy_gettext("進めています"), "info"),
    JobState.DONE: (lazy_gettext("終わりました"), "success"),
    JobState.FAILED: (lazy_gettext("できませんでした"), "error"),
    JobState.CANCELLED: (lazy_gettext("中止しました"), "warning"),
}
"""Title of each state, and how its badge looks."""


@pages.get("/jobs", permission=web.SIGNED_IN)
def jobs(work: Work) -> ResponseReturnValue:
    """The actor's jobs, or with the right to it everybody's (処理の状況)."""
    manages = work.allows(MANAGE_JOBS)
    of_everybody = manages and "all" in request.args
    rows = own_jobs(work, of_everybody=of_everybody)
    return pages.render(
        "govkit/base/jobs.html",
        jobs=[_shown(row) for row in rows],
        manages=manages,
        of_everybody=of_everybody,
    )


@pages.get("/jobs/<uuid:job_id>", permission=web.SIGNED_IN, endpoint="job")
def show_job(work: Work, job_id: UUID) -> ResponseReturnValue:
    """How far a job is, what came of it, and its files."""
    row = find_job(work, job_id)
    is_mine = is_own(work, row)
    files = _files(work, row) if is_mine else []
    return pages.render(
        "govkit/base/job.html",
        job=_shown(row),
        reasons=[problem_text(_problem(each)) for each in row.problems],
        result=_result(row),
        files=[_shown_file(work, each) for each in files],
        may_cancel=not row.is_finished and not row.cancel_requested,
        may_retry=is_mine and row.state in (JobState.FAILED, JobState.CANCELLED),
        is_still="still" in request.args,
    )


def _shown(row: Job) -> dict[str, Any]:
    title, kind = _STATES[row.state]
    if row.cancel_requested and not row.is_finished:
        title = lazy_gettext("中止しています")
    done, total = _progress(row)
    return {
        "id": row.id,
        "url": url_for("govkit.job", job_id=row.id),
        "title": _(row.title),
        "state": str(title),
        "kind": kind,
        "is_finished": row.is_finished,
        "is_running": row.state == JobState.RUNNING,
        "done": done,
        "total": total,
        "enqueued_at": row.enqueued_at,
        "finished_at": row.finished_at,
        "spoken": _spoken(str(title), done, total) if row.state == JobState.RUNNING else str(title),
    }


def _progress(row: Job) -> tuple[int, int]:
    told = web.deployment().queue.progress(row.id) if row.state == JobState.RUNNING else None
    return told or (row.done, row.total)


def _spoken(state: str, done: int, total: int) -> str:
    """What a screen reader is told, which changes at every tenth of the way only."""
    if not total:
        return state
    return _("{state}（{percent}%）", state=state, percent=done * 10 // total * 10)


def _result(row: Job) -> dict[str, str]:
    """The sentence and the link of what a job gave."""
    params = row.result.get("params", {})
    return {
        "text": _(row.result["text"], **params) if "text" in row.result else "",
        "url": web.inside(row.result.get("path", "")),
    }


def _problem(record: Mapping[str, Any]) -> Problem:
    names = ("code", "text", "file", "row", "column", "params")
    return Problem(**{name: record[name] for name in names})


def _files(work: Work, row: Job) -> Sequence[JobFile]:
    return work.session.scalars(
        sa.select(JobFile).where(JobFile.job_id == row.id).order_by(JobFile.name)
    ).all()


def _shown_file(work: Work, file: JobFile) -> dict[str, Any]:
    is_there = file.removed_at is None and file.expires_at > work.now
    return {
        "name": file.name,
        "kilobytes": -(-file.size // 1024),
        "expires_at": file.expires_at,
        "url": url_for("govkit.job_file", file_id=file.id) if is_there else "",
    }


@pages.get("/jobs/files/<uuid:file_id>", permission=web.SIGNED_IN)
def job_file(work: Work, file_id: UUID) -> ResponseReturnValue:
    """Say what a file of one of the actor's own jobs is for."""
    return _file_page(work, *_own_file(work, file_id), PurposeForm(gettext=_))


def _own_file(work: Work, file_id: UUID) -> tuple[Job, JobFile]:
    """A file of the actor's, while the right to its job lasts."""
    file = work.find(JobFile, file_id)
    row = work.find(Job, file.job_id)
    if not is_own(work, row) or file.removed_at is not None or file.expires_at <= work.now:
        raise NotFound("job file")
    if not work.actor.holds(job_kind(row.name).permission):
        raise NotPermitted(row.name)
    return row, file


def _file_page(work: Work, row: Job, file: JobFile, form: PurposeForm) -> str:
    offer_purposes(form, work)
    return pages.render(
        "govkit/base/job_file.html",
        form=form,
        job=_shown(row),
        file=_shown_file(work, file),
        people=file.people,
    )


@pages.post("/jobs/files/<uuid:file_id>", permission=web.SIGNED_IN)
def take_job_file(work: Work, file_id: UUID) -> ResponseReturnValue:
    """The file, for a purpose; of many people, once a second person agrees."""
    row, file = _own_file(work, file_id)
    form = PurposeForm(request.form, gettext=_)
    offer_purposes(form, work)
    if not form.validate():
        return _file_page(work, row, file, form), 400
    content = JobFiles(web.deployment().settings, work.municipality.code).read(file, work.now)
    outgoing = Outgoing(
        kind=row.name,
        title=row.title,
        permission=job_kind(row.name).permission,
        file_name=file.name,
        media_type=file.media_type,
        content=content,
        rows=file.people,
    )
    release = hand_out(work, outgoing, given(form))
    if release.content is not None:
        work.record("job.file_downloaded", file, is_read=True, job=row.name)
    return web.hand_over(release)


@pages.post("/jobs/<uuid:job_id>/cancel", permission=web.SIGNED_IN)
def cancel_job(work: Work, job_id: UUID) -> ResponseReturnValue:
    """Stop a job: one's own, or anybody's with the right to it."""
    row = find_job(work, job_id)
    cancel(work, row)
    if row.state == JobState.CANCELLED:
        web.notify(_("中止しました。"))
    else:
        web.notify(_("中止を頼みました。きりのよいところで止まります。"), "info")
    return web.see_other("govkit.job", job_id=job_id)


@pages.post("/jobs/<uuid:job_id>/retry", permission=web.SIGNED_IN)
def retry_job(work: Work, job_id: UUID) -> ResponseReturnValue:
    """Begin one's own job anew that failed or was stopped."""
    row = find_job(work, job_id)
    if not is_own(work, row):
        raise NotPermitted("job")
    retry(work, row)
    return web.see_other("govkit.job", job_id=job_id)
