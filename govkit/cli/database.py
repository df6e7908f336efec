"""``govkit database``: PostgreSQL made ready for a deployment."""

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from govkit.base.deployment import Deployment
from govkit.base.postgres import prepare_postgres
from govkit.base.settings import load_settings
from govkit.base.tenancy import secure_schema
from govkit.cli.output import open_deployment
from govkit.errors import Refused

__all__ = ["database"]


@click.group()
def database() -> None:
    """データベースを準備します。"""


@database.command()
@click.option(
    "--superuser-url",
    required=True,
    envvar="GOVKIT_SUPERUSER_URL",
    help="ロールとデータベースを作れる接続先（環境変数 GOVKIT_SUPERUSER_URL でも指定できます）",
)
def prepare(superuser_url: str) -> None:
    """設定にあるロールとデータベースをPostgreSQLに作り、表を用意します。何度実行しても構いません。"""
    settings = load_settings()
    urls = settings.database
    if not urls.url.startswith("postgresql") or not urls.owner_url:
        raise Refused(
            "PostgreSQLを使う設定ではありません。"
            "設定の database.url と database.owner_url に接続先を書いてください。"
        )
    try:
        make_url(superuser_url)
        prepare_postgres(superuser_url, urls.owner_url, urls.url)
    except ArgumentError as error:
        raise Refused(
            "--superuser-url を接続先として読めません（例：postgresql://postgres@localhost/postgres）。"
        ) from error
    except ValueError as error:
        raise Refused(
            "database.url と database.owner_url は同じデータベースを指し、"
            "ロール名とデータベース名は英小文字・数字・下線だけにしてください。"
        ) from error
    with open_deployment():
        pass  # opening brings the tables up to date
    click.echo("ロールとデータベースを作り、表を用意しました。")


@database.command()
def migrate() -> None:
    """表を最新の版にし、新しい既定の権限を団体の役割に加えます（起動のときにも自動で行われます）。"""
    deployment = Deployment(load_settings())
    try:
        done = deployment.migrate()
        click.echo(f"{done}件の移行を行いました。" if done else "表は最新の版です。")
        titles = {each.name: str(each.title) for each in deployment.permissions}
        for municipality, additions in deployment.offer_defaults().items():
            for each in additions:
                names = "、".join(titles[name] for name in each.permissions)
                what = "を加えました" if each.is_new else "に、新しい既定の権限を加えました"
                click.echo(f"{municipality.name}：役割「{each.role.title}」{what}：{names}")
    finally:
        deployment.close()


@database.command()
def secure() -> None:
    """団体間の分離と追記だけの表の仕組みを、データベースに作り直します。"""
    with (
        open_deployment() as deployment,
        deployment.owner_engine() as owner,
        owner.begin() as connection,
    ):
        url = make_url(deployment.settings.database.url)
        app_role = url.username if url.get_backend_name() == "postgresql" else None
        secure_schema(connection, app_role)
    click.echo("分離の仕組みを作り直しました。")
