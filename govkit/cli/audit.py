"""``govkit audit``: the chain of audit events checked, and its newest links written down."""

from collections.abc import Mapping
from typing import Final

import click

from govkit.base.audit_chain import Anchor, Fault, head, read_anchors, verify
from govkit.base.deployment import Deployment
from govkit.base.municipality import Municipality
from govkit.cli.output import find_city, open_deployment
from govkit.errors import Refused

__all__ = ["audit"]

_FAULTS: Final[Mapping[str, str]] = {
    "missing": "{number}番の記録がありません。",
    "changed": "{number}番の記録が書き換えられています。",
    "anchor": "{number}番の記録が、データベースの外の控えと違います。",
    "cut": "控えにある{number}番の記録がありません。",
    "head": "最新の記録が{number}番ではありません。終わりが切り取られたか、付け足されています。",
    "unnumbered": "鎖につながっていない記録が、増えたか減ったかしています。",
}
_SHOWN: Final = 20


@click.group()
def audit() -> None:
    """監査記録が書き換えられていないかを調べる、鎖の控えを取る。"""


@audit.command("verify")
@click.option("--city", "code", help="団体コード（既定はすべての団体）")
@click.pass_context
def verify_chain(ctx: click.Context, code: str | None) -> None:
    """監査記録の鎖を、データベースの外の控えとともに確かめます。壊れていれば終了コードは1です。"""
    with open_deployment() as deployment:
        checked = [_verified(deployment, city) for city in _cities(deployment, code)]
    if not all(checked):
        ctx.exit(1)


def _cities(deployment: Deployment, code: str | None) -> list[Municipality]:
    return [find_city(deployment, code)] if code else deployment.municipalities()


def _verified(deployment: Deployment, city: Municipality) -> bool:
    anchors = _anchors(deployment, city)
    with deployment.session(city.code, writes=False) as session:
        found = verify(session, anchors)
    title = f"{city.name}（{city.code}）"
    earlier = f"、鎖より前の記録{found.unnumbered}件" if found.unnumbered else ""
    if not found.faults:
        click.echo(f"✔ {title}：記録{found.events}件、控え{found.anchors}件{earlier}。正常です。")
        return True
    click.echo(f"✘ {title}：記録{found.events}件、控え{found.anchors}件{earlier}", err=True)
    for fault in found.faults[:_SHOWN]:
        click.echo(f"  {_text(fault)}", err=True)
    if (more := len(found.faults) - _SHOWN) > 0:
        click.echo(f"  ほかに{more}か所あります。", err=True)
    return False


def _text(fault: Fault) -> str:
    return _FAULTS[fault.code].format(number=fault.number)


def _anchors(deployment: Deployment, city: Municipality) -> list[Anchor]:
    if deployment.anchor_file is None:
        return []
    try:
        return list(read_anchors(deployment.anchor_file, city.code))
    except ValueError as error:
        raise Refused(
            "控えのファイル {path} の{line}行目を読めません。書き換えられていないか調べてください。",
            path=deployment.anchor_file,
            line=error.args[0],
        ) from error


@audit.command()
def anchor() -> None:
    """鎖の最新の値を、控えのファイルに書き、画面にも出します。紙などほかの所にも残せます。"""
    with open_deployment() as deployment:
        for city in deployment.municipalities():
            with deployment.session(city.code, writes=False) as session:
                newest = head(session, deployment.clock())
            if newest is None:
                click.echo(f"{city.name}（{city.code}）：まだ記録がありません。")
                continue
            deployment.anchor(city.code)
            click.echo(f"{city.name}（{city.code}）：{newest.number}番　{newest.chain_hash}")
        if deployment.anchor_file is not None:
            click.echo(f"{deployment.anchor_file} に書きました。")
