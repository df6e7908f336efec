"""``govkit worker`` and ``govkit jobs``: doing jobs, and looking after them."""

import logging
import signal
import threading
from types import FrameType
from typing import Final
from uuid import UUID

import click

from govkit.base.deployment import Deployment
from govkit.base.jobs import Job, JobState, cancel, find_job, own_jobs, retry
from govkit.base.logs import write_json_lines
from govkit.base.worker import Worker, run_due_jobs
from govkit.cli.output import find_city, local_text, open_deployment, operator
from govkit.jp.numbers import MunicipalityCode

__all__ = ["jobs", "worker"]

_STATES: Final = {
    JobState.QUEUED: "待機",
    JobState.RUNNING: "進行中",
    JobState.DONE: "完了",
    JobState.FAILED: "失敗",
    JobState.CANCELLED: "中止",
}


@click.command()
@click.option(
    "--workers", type=click.IntRange(1, 64), help="同時に進める数（既定は設定の jobs.workers）"
)
@click.option(
    "--kind",
    type=click.Choice(["thread", "process"]),
    help="スレッドかプロセスか（既定は設定の jobs.worker_kind）",
)
@click.option("--once", is_flag=True, help="いま待っている処理だけを済ませて終わります。")
def worker(workers: int | None, kind: str | None, *, once: bool) -> None:
    """時間のかかる処理（ジョブ）を受け持つワーカーを動かします。止めるには Ctrl+C か SIGTERM です。"""
    write_json_lines(logging.WARNING)
    with open_deployment() as deployment:
        if once:
            click.echo(f"{run_due_jobs(deployment)}件の処理をしました。")
        else:
            _serve(Worker(deployment, workers=workers, kind=kind))


def _serve(crew: Worker) -> None:
    stopped = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)  # who asks a second time is not kept waiting
        stopped.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    click.echo("ワーカーが動いています。")
    crew.run_until(stopped)
    click.echo("止めました。")


@click.group()
def jobs() -> None:
    """時間のかかる処理（ジョブ）の一覧を見る、中止する、やり直す。"""


@jobs.command("list")
@click.option("--city", "code", help="団体コード（既定はすべての団体）")
@click.option(
    "--state", type=click.Choice([str(each) for each in JobState]), help="この状態のものだけ"
)
def list_jobs(code: str | None, state: str | None) -> None:
    """ジョブを新しい順に並べます。"""
    with open_deployment() as deployment:
        cities = [find_city(deployment, code)] if code else deployment.municipalities()
        for city in cities:
            with deployment.work(city, operator(), writes=False) as work:
                rows = [
                    row for row in own_jobs(work, of_everybody=True) if state in (None, row.state)
                ]
                for row in rows:
                    click.echo(f"{city.code}  {_line(row)}")


def _line(row: Job) -> str:
    moment = local_text(row.enqueued_at)
    progress = f" {row.done}/{row.total}" if row.total else ""
    reason = f"（{row.problems[0]['code']}）" if row.problems else ""
    return f"{row.id}  {moment}  {_STATES[JobState(row.state)]}{progress}{reason}  {row.title}"


@jobs.command("cancel")
@click.argument("code")
@click.argument("job_id", type=click.UUID)
def cancel_job(code: str, job_id: UUID) -> None:
    """ジョブを中止します。進行中なら、きりのよいところで止まります。"""
    with open_deployment() as deployment:
        _change(deployment, code, job_id, cancels=True)
    click.echo("中止を受け付けました。")


@jobs.command("retry")
@click.argument("code")
@click.argument("job_id", type=click.UUID)
def retry_job(code: str, job_id: UUID) -> None:
    """失敗したジョブか中止したジョブを、頼んだ人の処理としてやり直します。"""
    with open_deployment() as deployment:
        _change(deployment, code, job_id, cancels=False)
    click.echo("やり直しを受け付けました。")


def _change(deployment: Deployment, code: str, job_id: UUID, *, cancels: bool) -> None:
    city = find_city(deployment, str(MunicipalityCode.parse(code)))
    with deployment.work(city, operator()) as work:
        row = find_job(work, job_id)
        (cancel if cancels else retry)(work, row)
