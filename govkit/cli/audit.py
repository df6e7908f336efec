"""``govkit audit``: the chain of audit events checked, anchored, and retired past its term."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click
import sqlalchemy as sa

from govkit.base.audit import AuditCheckpoint
from govkit.base.audit_chain import Anchor, Fault, head, read_anchors, verify
from govkit.base.deployment import Deployment
from govkit.base.municipality import Municipality
from govkit.base.retention import Segment, last_due, read_segment
from govkit.base.retention import retire as retire_events
from govkit.cli.output import find_city, open_deployment, operator
from govkit.errors import Refused

__all__ = ["audit"]

_FAULTS: Final[Mapping[str, str]] = {
    "missing": "{number}番の記録がありません。",
    "changed": "{number}番の記録が書き換えられています。",
    "anchor": "{number}番の記録が、データベースの外の控えと違います。",
    "cut": "控えにある{number}番の記録がありません。",
    "head": "最新の記録が{number}番ではありません。終わりが切り取られたか、付け足されています。",
    "unnumbered": "鎖につながっていない記録が、増えたか減ったかしています。",
    "checkpoint": "{number}番からの記録の削除が、データベースの外の控えにありません。",
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
    earlier += f"、保存期間を過ぎて削除した記録{found.retired}件" if found.retired else ""
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


@audit.command()
@click.option("--city", "code", required=True, help="団体コード")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="削除する記録を書き出すフォルダー",
)
@click.option("--reason", default="", help="削除の理由（決裁の番号など）")
@click.option("--dry-run", is_flag=True, help="何番まで削除できるかを調べるだけで、削除しません。")
def retire(code: str, folder: Path, reason: str, *, dry_run: bool) -> None:
    """保存期間を過ぎた記録を、古いほうから、ファイルに書き出してから削除します。

    期間は govkit city policy で団体ごとに決めます（方針の名前は audit）。残す記録より古いものだけを消すので、鎖は
    つながったままです。
    """
    with open_deployment() as deployment:
        city = find_city(deployment, code)
        if dry_run:
            with deployment.work(city, operator(), writes=False) as work:
                last = last_due(work, deployment.actions)
            click.echo(f"{last}番までの記録を削除できます。" if last else _NOTHING_DUE)
            return
        if not reason.strip():
            raise Refused("削除の理由を --reason で書いてください。")
        segment = retire_events(deployment, city, folder, actor=operator(), reason=reason.strip())
    if segment is None:
        click.echo(_NOTHING_DUE)
        return
    click.echo(
        f"{segment.first_number}番から{segment.last_number}番までの記録{segment.count}件を、"
        f"{segment.path} に書き出して削除しました。"
    )


_NOTHING_DUE: Final = "保存期間を過ぎた記録はありません。"


@audit.command("check-archive")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_archive(file: Path) -> None:
    """削除した記録のファイル FILE が、書き出したときのままかを、鎖の区切りと控えとに突き合わせます。"""
    segment = read_segment(file)
    with open_deployment() as deployment:
        city = find_city(deployment, segment.municipality_code)
        anchors = {each.number: each.chain_hash for each in _anchors(deployment, city)}
        with deployment.session(city.code, writes=False) as session:
            known = session.scalar(
                sa.select(AuditCheckpoint).where(AuditCheckpoint.last_number == segment.last_number)
            )
    if known is None or known.archive_sha256 != segment.sha256 or not _fits(segment, anchors):
        raise Refused("このファイルは、削除したときに書き出したものではありません。")
    click.echo(
        f"✔ {city.name}：{segment.first_number}番から{segment.last_number}番までの記録"
        f"{segment.count}件。正常です。"
    )


def _fits(segment: Segment, anchors: Mapping[int, str]) -> bool:
    return anchors.get(segment.last_number) == segment.chain_hash
