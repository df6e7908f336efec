"""``govkit check``: what an operator must mend before a deployment serves real people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import click
import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError

from govkit.base import migrate
from govkit.base.app import create_app
from govkit.base.db import AppendOnly, Base, TenantTable
from govkit.base.deployment import Deployment
from govkit.base.identity import Account
from govkit.base.migrate import Migration, SchemaVersion
from govkit.base.postgres import role_problems
from govkit.base.settings import load_settings
from govkit.cli.output import DEMO_LOGINS
from govkit.errors import GovkitError, InvalidSettings

__all__ = ["Finding", "check", "findings"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend.

    :param code: Stable identifier, ``<area>.<fact>``.
    :param text: What is wrong.
    :param remedy: What to do.
    """

    code: str
    text: str
    remedy: str


@click.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """設定・移行・権限・団体間の分離を検査します。問題があれば終了コードは1です。"""
    found = list(findings())
    for finding in found:
        click.echo(f"✘ {finding.code}: {finding.text}\n    → {finding.remedy}")
    if found:
        click.echo(f"{len(found)}件の問題があります。", err=True)
        ctx.exit(1)
    click.echo("✔ 設定、移行、権限、団体間の分離に問題はありません。")


def findings() -> Iterator[Finding]:
    """Everything that is wrong with the deployment of the working directory."""
    try:
        deployment = Deployment(load_settings())
    except InvalidSettings as error:
        yield from (
            Finding(f"settings.{each.code}", str(each), "設定を直してください。")
            for each in error.problems
        )
        return
    try:
        yield from _inside(deployment)
    except OperationalError as error:
        yield Finding(
            "database.unreachable",
            f"データベースに接続できません（{str(error.orig).strip()}）。",
            "接続先の設定と、データベースが動いているかを確かめてください。",
        )
    finally:
        deployment.close()


def _inside(deployment: Deployment) -> Iterator[Finding]:
    pending = _pending(deployment)
    for migration in pending:
        yield Finding(
            "migrations.pending",
            f"「{migration.module}」の移行 {migration.revision} がまだです。",
            "govkit database migrate を実行するか、アプリを起動し直してください。",
        )
    if not pending:
        yield from _schema(deployment)
        yield from _demo_logins(deployment)
    yield from _routes(deployment)


def _pending(deployment: Deployment) -> list[Migration]:
    with deployment.owner_engine() as owner:
        is_new = not sa.inspect(owner).has_table(SchemaVersion.__tablename__)
    if not is_new:
        return deployment.pending_migrations()
    return [each for module in deployment.packages for each in migrate.history(*module)]


def _schema(deployment: Deployment) -> Iterator[Finding]:
    with deployment.owner_engine() as owner, owner.connect() as connection:
        for difference in migrate.differences(connection):
            yield Finding(
                "migrations.differ",
                f"表の定義とデータベースが違います：{difference}",
                "govkit migration で移行ファイルを作ってください。手で変えた表は元に戻してください。",
            )
        if connection.dialect.name == "postgresql":
            yield from _postgres_walls(connection, deployment.settings.database.url)
        else:
            yield from _sqlite_walls(connection)


def _routes(deployment: Deployment) -> Iterator[Finding]:
    try:
        create_app(deployment=deployment)
    except RuntimeError as error:
        yield Finding(
            "routes.no_permission",
            f"権限を宣言していない画面があります（{error}）。",
            "Pages の get と post に permission を渡し、同じ名前の Permission をモジュールで宣言してください。",
        )
    except (ImportError, GovkitError) as error:
        yield Finding(
            "routes.broken",
            f"画面を組み立てられません（{error}）。",
            "設定の modules にあるモジュールを確かめてください。",
        )


def _demo_logins(deployment: Deployment) -> Iterator[Finding]:
    if deployment.settings.app.environment != "production":
        return
    with deployment.system(writes=False) as session:
        known = sa.select(Account.login).where(Account.login.in_(DEMO_LOGINS), Account.is_enabled)
        logins = session.scalars(known).all()
    if logins:
        yield Finding(
            "accounts.demo",
            f"だれもが知っているパスワードのデモ用ログインがあります（{'、'.join(sorted(logins))}）。",
            "本番には、デモデータのない新しいデータベースを使ってください。",
        )


def _tables(kind: type) -> list[str]:
    return sorted(
        str(mapper.local_table.description)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, kind)
    )


_REBUILD: Final = "govkit database secure を実行して、分離の仕組みを作り直してください。"


def _sqlite_walls(connection: Connection) -> Iterator[Finding]:
    triggers = set(
        connection.execute(
            sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars()
    )
    for table in _tables(AppendOnly):
        if not {f"{table}_no_update", f"{table}_no_delete"} <= triggers:
            yield _not_append_only(table)


def _not_append_only(table: str) -> Finding:
    return Finding(
        "isolation.not_append_only", f"追記だけのはずの表「{table}」を書き換えられます。", _REBUILD
    )


_ROW_SECURITY: Final = """
SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
       (SELECT array_agg(p.polname::text) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
"""
_POLICIES: Final = frozenset({"own_municipality", "every_municipality"})


def _postgres_walls(connection: Connection, app_url: str) -> Iterator[Finding]:
    for problem in role_problems(app_url):
        yield Finding(
            f"isolation.{problem.code}",
            problem.message,
            "govkit database prepare で作られるロールを database.url に使ってください。",
        )
    rows = {row.name: row for row in connection.execute(sa.text(_ROW_SECURITY))}
    for table in (each for each in _tables(TenantTable) if each in rows):  # others are differences
        if not rows[table].forced:
            yield Finding(
                "isolation.no_row_security",
                f"表「{table}」で行レベルの分離が働いていません。",
                _REBUILD,
            )
        if set(rows[table].policies or ()) != _POLICIES:
            yield Finding(
                "isolation.policies",
                f"表「{table}」の行レベルの分離の方針が、決められたものと違います。",
                _REBUILD,
            )
    yield from _privileges(connection, str(make_url(app_url).username), _tables(AppendOnly))


def _privileges(connection: Connection, role: str, tables: Iterable[str]) -> Iterator[Finding]:
    query = sa.text("SELECT has_table_privilege(:role, :table, 'UPDATE, DELETE, TRUNCATE')")
    for table in tables:
        if connection.execute(query, {"role": role, "table": table}).scalar_one():
            yield _not_append_only(table)
