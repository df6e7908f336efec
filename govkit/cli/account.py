"""``govkit account``: whose an account is at the identity provider, and a password for who forgot theirs."""

from uuid import uuid4

import click
import sqlalchemy as sa

from govkit.base.audit import SystemEvent
from govkit.base.deployment import Deployment
from govkit.base.external_identity import link_account, linked_identities, unlink_account
from govkit.base.identity import Account
from govkit.base.logins import end_logins
from govkit.base.passwords import issue_password
from govkit.cli.output import local_text, open_deployment, operator
from govkit.errors import Refused

__all__ = ["account"]

_ISSUER_HELP = "認証基盤の発行者（既定は設定の oidc.issuer）"


@click.group()
def account() -> None:
    """アカウントを認証基盤の利用者と結び付け、初期パスワードを発行します。"""


@account.command()
@click.argument("login")
@click.option("--subject", required=True, help="認証基盤での利用者の識別子（sub）")
@click.option("--issuer", default="", help=_ISSUER_HELP)
def link(login: str, subject: str, issuer: str) -> None:
    """ログイン名 LOGIN のアカウントを、認証基盤の利用者と結び付けます。"""
    with open_deployment() as deployment:
        issuer = _issuer(deployment, issuer)
        with deployment.system() as session:
            link_account(
                session,
                login,
                issuer,
                subject,
                now=deployment.clock(),
                actor=operator().audit_name,
            )
    click.echo("結び付けました。次から認証基盤でログインできます。")


@account.command()
@click.argument("login")
@click.option("--issuer", default="", help=_ISSUER_HELP)
def unlink(login: str, issuer: str) -> None:
    """ログイン名 LOGIN のアカウントの結び付けを外し、認証基盤からのログインを終わらせます。"""
    with open_deployment() as deployment:
        issuer = _issuer(deployment, issuer)
        with deployment.system() as session:
            unlink_account(
                session, login, issuer, now=deployment.clock(), actor=operator().audit_name
            )
    click.echo("結び付けを外しました。認証基盤からのログインは終わりました。")


@account.command("list")
def list_links() -> None:
    """結び付けの一覧を、ログイン名・発行者・識別子の順に出します。"""
    with open_deployment() as deployment, deployment.system(writes=False) as session:
        for each in linked_identities(session):
            click.echo("\t".join(each))


@account.command()
@click.argument("login")
def password(login: str) -> None:
    """ログイン名 LOGIN の人がパスワードを忘れたとき、初期パスワードを発行し、ログインをすべて終わらせます。"""
    with open_deployment() as deployment:
        with deployment.system(writes=False) as session:
            account_id = session.scalar(sa.select(Account.id).where(Account.login == login))
        if account_id is None:
            raise Refused(
                "ログイン名「{login}」のアカウントはありません。つづりを本人に確かめてください。",
                login=login,
            )
        issued = issue_password(deployment, account_id)
        end_logins(deployment, account_id)
        with deployment.system() as session:
            session.add(
                SystemEvent(
                    id=uuid4(),
                    at=deployment.clock(),
                    actor=operator().audit_name,
                    action="account.password_issued",
                    reason="",
                    detail={"account_id": str(account_id)},
                )
            )
    click.echo(f"初期パスワード {issued.text}")
    click.echo("今だけ表示します。本人であることを確かめてから、本人に安全な方法で渡してください。")
    click.echo(f"{local_text(issued.until)}まで使えます。ログインすると、本人が変えます。")


def _issuer(deployment: Deployment, named: str) -> str:
    issuer = named or deployment.settings.oidc.issuer
    if not issuer:
        raise Refused("認証基盤の設定がありません。--issuer で発行者を指定してください。")
    return issuer
