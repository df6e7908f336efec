"""``govkit account``: which person of the identity provider an account belongs to."""

import click

from govkit.base.deployment import Deployment
from govkit.base.external_identity import link_account, linked_identities, unlink_account
from govkit.cli.output import open_deployment, operator
from govkit.errors import Refused

__all__ = ["account"]

_ISSUER_HELP = "認証基盤の発行者（既定は設定の oidc.issuer）"


@click.group()
def account() -> None:
    """アカウントを認証基盤の利用者と結び付ける、外す、一覧を見る。"""


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


def _issuer(deployment: Deployment, named: str) -> str:
    issuer = named or deployment.settings.oidc.issuer
    if not issuer:
        raise Refused("認証基盤の設定がありません。--issuer で発行者を指定してください。")
    return issuer
