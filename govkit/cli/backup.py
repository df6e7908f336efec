"""``govkit backup`` and ``govkit restore``: a whole deployment as one file, and back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from govkit.base import archive as archives
from govkit.base.audit_chain import verify
from govkit.base.deployment import Deployment
from govkit.cli.output import open_deployment, operator
from govkit.errors import Refused

__all__ = ["backup", "restore", "told_progress", "writing_to"]

_NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_NEW_FILE)
def backup(file: Path) -> None:
    """全団体のデータの控えを FILE に書きます。サーバーを止める必要はありません。"""
    with open_deployment() as deployment, writing_to(file), told_progress() as tell:
        made = archives.write_archive(deployment, file, actor=operator().audit_name, tell=tell)
    click.echo(f"{file} に、{len(made.tables)}の表、{made.rows}行を書きました。")
    click.echo("個人の情報が入っています。暗号化して、本番とは別の場所に置いてください。")


@click.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """控え FILE を、空のデータベースに戻します。全部か、何もしないかのどちらかです。"""
    with open_deployment() as deployment:
        with told_progress() as tell:
            made = archives.restore(deployment, file, actor=operator().audit_name, tell=tell)
        click.echo(f"{made.made_at:%Y-%m-%d %H:%M} の控えから、{made.rows}行を戻しました。")
        _verify_chains(deployment)


def _verify_chains(deployment: Deployment) -> None:
    for city in deployment.municipalities():
        with deployment.session(city.code, writes=False) as session:
            found = verify(session)
        if found.faults:
            raise Refused(
                "{name}の監査記録の鎖が壊れています。govkit audit verify で確かめてください。",
                name=city.name,
            )
    click.echo("監査記録の鎖は、すべての団体で正常です。")


@contextmanager
def writing_to(file: Path) -> Iterator[None]:
    """What goes wrong with a file that is written, in words."""
    try:
        yield
    except OSError as error:
        raise Refused("{path} に書けません：{reason}", path=file, reason=error.strerror) from error


@contextmanager
def told_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Progress over the tables of an archive, as a bar."""
    bars: list[Any] = []

    def tell(_table: str, done: int, total: int) -> None:
        if not bars:
            bars.append(click.progressbar(length=total, label="表"))
            bars[0].__enter__()
        bars[0].update(done + 1 - bars[0].pos)

    try:
        yield tell
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)
