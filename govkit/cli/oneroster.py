"""``govkit oneroster``: the roster for other systems, from the command line."""

from pathlib import Path

import click

from govkit.cli.output import find_city, insist_on_modules, open_deployment, operator
from govkit.errors import Refused
from govkit.formats.oneroster import Profile
from govkit.jp.calendar import school_year_of
from govkit.modules.schools import export_roster

__all__ = ["oneroster"]


@click.group()
def oneroster() -> None:
    """名簿をOneRosterの形で書き出します。"""


@oneroster.command()
@click.option("--city", "code", required=True, help="団体コード")
@click.option("--year", type=int, help="年度（西暦。既定は今日の年度）")
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    default=Profile.newest().value,
    show_default=True,
    help="日本版プロファイルの版",
)
@click.option("--purpose", required=True, help="渡す相手が名簿を使う目的（監査記録に残ります）")
@click.option(
    "--out",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="書き出すフォルダー",
)
def export(code: str, year: int | None, profile: str, purpose: str, out: Path) -> None:
    """団体の名簿パッケージ（ZIP）を書き出します。"""
    with open_deployment() as deployment:
        insist_on_modules(deployment, "schools")
        with deployment.work(find_city(deployment, code), operator()) as work:
            year = year or school_year_of(work.today)
            package = export_roster(work, year, Profile(profile), purpose)
            # Written before the commit: what is recorded as handed over can be handed over.
            path = _write(out / package.filename, package.content)
    counts = "、".join(f"{name} {count}件" for name, count in package.counts.items())
    click.echo(f"{path} に書き出しました（{counts}）。")


def _write(path: Path, content: bytes) -> Path:
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise Refused(
            "{path} はすでにあります。移すか、--out で別のフォルダーを指定してください。",
            path=path,
        ) from error
    return path
