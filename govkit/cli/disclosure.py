"""``govkit disclosure``: everything held of one person, as a file for that person."""

import io
from pathlib import Path

import click

from govkit.base.disclosure import export_disclosure
from govkit.cli.output import find_city, open_deployment, operator

__all__ = ["disclosure"]


@click.group()
def disclosure() -> None:
    """開示のために、ある人の情報を書き出す。"""


@disclosure.command()
@click.option("--municipality", "--city", "code", required=True, help="団体コード")
@click.option("--person", "number", required=True, help="宛名番号")
@click.option("--reason", required=True, help="書き出す理由（開示請求の受付番号など）")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="書き出すZIPファイル",
)
@click.option(
    "--protected-confirmed",
    is_flag=True,
    help="支援措置の担当者が、相手方からの請求でないことを確かめたとき",
)
def export(code: str, number: str, reason: str, output: Path, *, protected_confirmed: bool) -> None:
    """この導入環境にある、ある人の情報のすべてをZIPファイルに書き出します（個人情報保護法第76条）。

    ほかの人の情報は載せません。職員の氏名を載せるかどうかは、団体の方針（audit）で決めます。
    """
    body = io.BytesIO()
    with open_deployment() as deployment:
        city = find_city(deployment, code)
        with deployment.work(city, operator(), writes=False) as work:
            found = export_disclosure(
                work,
                number,
                reason,
                body,
                actions=deployment.actions,
                confirmed=protected_confirmed,
            )
    output.touch(mode=0o600)
    output.write_bytes(body.getvalue())
    for title, count in found.tables:
        click.echo(f"{title}\t{count}件")
    click.echo(f"{output} に書きました。渡す前に、載せてよい内容かを確かめてください。")
