"""``govkit encryption``: keys of the encrypted columns made, changed and checked (列の暗号化)."""

import secrets

import click

from govkit.base.encryption import DERIVED, Place
from govkit.base.sealing import check_values
from govkit.base.sealing import rotate as rotate_keys
from govkit.cli.output import open_deployment, operator

__all__ = ["encryption"]

_SHOWN = 20


@click.group()
def encryption() -> None:
    """暗号化した列の鍵を作る、替える、すべての値が読めるかを調べる。"""


@encryption.command("new-key")
@click.argument("name")
@click.pass_context
def new_key(ctx: click.Context, name: str) -> None:
    """新しい鍵を作り、設定 encryption.keys に書く1行を出します。NAME は年など、鍵の名前です。"""
    if (
        not (name.isascii() and name.isalnum() and name.islower() | name.isdigit())
        or len(name) > 20
    ):
        raise click.BadParameter("英小文字と数字、20文字以内の名前にしてください。", ctx)
    if name == DERIVED:
        raise click.BadParameter(
            "この名前は秘密鍵から作る鍵のものです。別の名前にしてください。", ctx
        )
    click.echo(f"{name}:{secrets.token_urlsafe(32)}")
    click.echo(
        "encryption.keys の先頭に足し、データベースとは別の所にも保管してください。", err=True
    )


@encryption.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """暗号化された値をすべて開き、鍵ごとの数を出します。開かない値があれば終了コードは1です。"""
    with open_deployment() as deployment:
        with deployment.unscoped("暗号化の点検", operator().audit_name):
            pass  # recorded before anything is read
        with deployment.snapshot() as session:
            found = check_values(session, deployment.keyring)
        names = deployment.keyring.names
    for name, count in sorted(found.by_key.items()):
        click.echo(f"鍵「{name}」：{count}件{'' if name in names else '（鍵が設定にありません）'}")
    for name in sorted(set(names) - set(found.by_key) - {names[0], DERIVED}):
        click.echo(f"鍵「{name}」で暗号化された値はありません。設定から外せます。")
    _tell_places("開かない値", found.unreadable)
    _tell_places("照合用の索引が値と違う行", found.wrong_index)
    if found.unreadable or found.wrong_index:
        ctx.exit(1)
    click.echo("✔ すべての値が開きます。")


def _tell_places(title: str, places: list[Place]) -> None:
    if places:
        click.echo(f"✘ {title}：{len(places)}件", err=True)
    for place in places[:_SHOWN]:
        click.echo(
            f"  {place.municipality_code or '全体'} {place.table}.{place.column} {place.row}",
            err=True,
        )


@encryption.command()
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """古い鍵で暗号化された値を、先頭の鍵で暗号化し直します。途中で止めても、続きから再開できます。"""
    with open_deployment() as deployment:
        with deployment.unscoped("暗号化の鍵の更新", operator().audit_name):
            pass
        with deployment.owner_engine() as owner:
            done, unreadable = rotate_keys(owner, deployment.app_role, deployment.keyring, _tell)
        newest = deployment.keyring.newest
    click.echo(f"{done}行を鍵「{newest}」で暗号化し直しました。")
    _tell_places("開かないため、そのままの値", unreadable)
    if unreadable:
        ctx.exit(1)
    click.echo("govkit encryption check で確かめてから、古い鍵を設定から外してください。")


def _tell(table: str, done: int) -> None:
    click.echo(f"{table}：{done}行", err=True)
