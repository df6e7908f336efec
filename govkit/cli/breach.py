"""``govkit breach-report``: who was affected by a leak, from the records of acts."""

from datetime import datetime
from pathlib import Path

import click
import sqlalchemy as sa

from govkit.base.breach import BreachQuery, breach_report, report_tables, write_people
from govkit.base.breach_text import breach_markdown
from govkit.base.deployment import Deployment
from govkit.base.identity import Account
from govkit.base.municipality import Municipality
from govkit.base.work import JAPAN
from govkit.cli.output import find_city, open_deployment, operator
from govkit.errors import Refused

__all__ = ["breach_report_command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("breach-report")
@click.option("--municipality", "--city", "code", help="団体コード（既定はすべての団体）")
@click.option("--account", "login", help="ログイン名（この人の操作だけを調べます）")
@click.option("--from", "first", type=_DAY, required=True, help="期間の初日（例：2026-11-01）")
@click.option("--to", "last", type=_DAY, required=True, help="期間の最終日")
@click.option("--table", default="", help="データの種類（表の名前。例：schools_pupil）")
@click.option("--permission", default="", help="権限（期間内に持っていた人の操作だけを調べます）")
@click.option("--known-on", type=_DAY, help="漏えい等を知った日（既定は今日）")
@click.option("--improper", is_flag=True, help="不正の目的によるおそれがあるとき")
@click.option("--names", is_flag=True, help="影響を受けた人の一覧に氏名も載せます。")
@click.option("--reason", required=True, help="調べる理由（記録に残ります）")
@click.option(
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="報告（Markdown）と影響を受けた人の一覧（CSV）を書くフォルダー",
)
def breach_report_command(
    code: str | None, login: str | None, folder: Path | None, reason: str, **options: object
) -> None:
    """漏えい等で影響を受けた人を、操作の記録から調べます。

    人数、経過、報告の期限（個人情報保護法第68条）を示します。氏名は --names を付けたときだけ一覧に載ります。
    """
    with open_deployment() as deployment:
        query = _query(deployment, login, options)
        cities = [find_city(deployment, code)] if code else deployment.municipalities()
        for city in cities:
            _report(deployment, city, query, reason, folder, with_names=bool(options["names"]))


def _query(deployment: Deployment, login: str | None, options: dict[str, object]) -> BreachQuery:
    def day(name: str) -> datetime | None:
        found = options[name]
        return found if isinstance(found, datetime) else None

    table = str(options["table"])
    if table and table not in dict(report_tables()):
        raise Refused(
            "「{table}」という表に、人のデータはありません。選べる表：{names}",
            table=table,
            names="、".join(name for name, _title in report_tables()),
        )
    first, last, known = day("first"), day("last"), day("known_on")
    assert first is not None and last is not None  # noqa: PT018, S101 - required options
    return BreachQuery(
        first=first.date(),
        last=last.date(),
        known_on=known.date() if known else deployment.clock().astimezone(JAPAN).date(),
        actors=(_account(deployment, login),) if login else None,
        table=table,
        permission=str(options["permission"]),
        is_improper=bool(options["improper"]),
    )


def _account(deployment: Deployment, login: str) -> str:
    with deployment.system(writes=False) as session:
        found = session.scalar(sa.select(Account.id).where(Account.login == login))
    # People at the command line have no account.
    return str(found) if found else f"operator:{login}"


def _report(
    deployment: Deployment,
    city: Municipality,
    query: BreachQuery,
    reason: str,
    folder: Path | None,
    *,
    with_names: bool,
) -> None:
    with deployment.work(city, operator(), writes=False) as work:
        report = breach_report(work, query, deployment.actions, reason)
        text = breach_markdown(report, city)
        if folder is None:
            click.echo(text)
            return
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"breach-{city.code}.md"
        path.write_text(text, encoding="utf-8")
        with path.with_suffix(".csv").open("wb") as target:
            write_people(target, work, report.people, with_names=with_names)
    click.echo(f"{city.name}：{len(report.people):,}人。{path} と同じ名前のCSVに書きました。")
