"""``govkit file-register``: the register of files of personal information (個人情報ファイル簿)."""

import sys
from collections.abc import Iterator, Sequence
from typing import Final

import click
import sqlalchemy as sa

from govkit.base.db import Base, TenantTable
from govkit.base.deployment import Deployment
from govkit.base.file_register import BASE_FILES, HEADINGS, Desk, PersonalFile, register_entries
from govkit.cli.output import find_city, open_deployment
from govkit.formats.table_writing import write_table

__all__ = ["file_register"]

_FEW: Final = 1000
"""Files about fewer people need no entry (個人情報の保護に関する法律第74条第2項第9号, unverified)."""


@click.command("file-register")
@click.argument("city")
@click.option("--section", default="", help="事務をつかさどる組織の名称（例：教育委員会学務課）")
@click.option("--reception", default="", help="開示請求等を受理する組織の名称（例：総務部文書課）")
@click.option("--address", default="", help="開示請求等を受理する組織の所在地")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "markdown"]),
    default="csv",
    help="出力の形（既定はCSV）",
)
def file_register(city: str, section: str, reception: str, address: str, form: str) -> None:
    """団体 CITY の個人情報ファイル簿の案を、表とモジュールの宣言から作ります。公表の前に確かめてください。"""
    with open_deployment() as deployment:
        municipality = find_city(deployment, city)
        files = personal_files(deployment)
        counts = [_people(deployment, city, each) for each in files]
    entries = register_entries(files, municipality, Desk(section, reception, address))
    if form == "csv":
        write_table(sys.stdout.buffer, HEADINGS, entries)
    else:
        click.echo("\n".join(_markdown(entries)))
    for file, count in zip(files, counts, strict=True):
        few = f"（{_FEW}人未満のため、作成を要しない場合があります）" if count < _FEW else ""
        click.echo(f"{file.name}：{count}人{few}", err=True)


def personal_files(deployment: Deployment) -> list[PersonalFile]:
    """The files of the base and of the active modules."""
    own = (each for module in deployment.modules for each in module.personal_files)
    return [*own, *BASE_FILES]


def _people(deployment: Deployment, city: str, file: PersonalFile) -> int:
    by_table = {each.local_table.name: each.class_ for each in Base.registry.mappers}  # type: ignore[attr-defined]
    model = by_table[file.tables[0]]
    assert issubclass(model, TenantTable)  # noqa: S101
    with deployment.session(city, writes=False) as session:
        return session.scalar(sa.select(sa.func.count(model.id))) or 0


def _markdown(entries: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "# 個人情報ファイル簿"
    for entry in entries:
        yield f"\n## {entry[0]}\n\n| 項目 | 内容 |\n|---|---|"
        for heading, text in zip(HEADINGS, entry, strict=True):
            yield f"| {heading} | {text.replace('|', '｜')} |"
