"""``govkit residents``: extracts received from the command line, invented extracts written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from govkit.base.deployment import Deployment
from govkit.base.work import JAPAN, Work
from govkit.cli.output import find_city, insist_on_modules, open_deployment, operator
from govkit.cli.residents_lookup import match, search
from govkit.errors import InvalidInput, Problem, Refused
from govkit.formats.tabular import Encoding
from govkit.modules.resident_extracts import (
    SHRINKS,
    ExtractFile,
    ImportResult,
    Progress,
    import_protection_list,
    refused_rows,
)
from govkit.modules.resident_extracts import import_file as import_residents
from govkit.residents.synthetic import PROFILES, EdgeCase, Population

__all__ = ["residents"]

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_DAY: Final = click.DateTime(["%Y-%m-%d"])
_ENCODINGS: Final = click.Choice([encoding.value for encoding in Encoding])
_SYNTHETIC_CITIES: Final = ("132012", "132021", "132071")


_INDEX: Final = {
    "index": "抽出データから、手元の索引を作ります。",
    "delta": "差分の抽出データを、索引へ重ねます。",
    "verify-index": "索引の中身を確かめます。",
}
"""Commands that need the extra ``index``, with what they do."""


class _Residents(click.Group):
    """Imports the commands of the index only when one is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_INDEX]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _INDEX:
            return super().get_command(ctx, cmd_name)
        try:
            module = import_module("govkit.cli.residents_index")
        except ModuleNotFoundError as error:
            if error.name != "numpy":
                raise
            raise Refused(
                '索引には、pip install "govkit-jp[index]" を実行してください。'
            ) from error
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, each.get_short_help_str()) for name, each in self.commands.items()]
        with formatter.section("コマンド"):
            formatter.write_dl([*rows, *_INDEX.items()])


@click.group(cls=_Residents)
def residents() -> None:
    """住民データを取り込む、照会する、突き合わせる、架空のデータを作る。"""


residents.add_command(search)
residents.add_command(match)


@residents.command("import")
@click.argument("file", type=_FILE)
@click.option("--city", "code", required=True, help="団体コード")
@click.option("--encoding", type=_ENCODINGS, default="utf-8", show_default=True, help="文字コード")
@click.option("--as-of", type=_DAY, help="抽出時点（例：2026-10-01。既定は今日）")
@click.option("--protection", is_flag=True, help="支援措置対象者の一覧として受け入れます。")
@click.option("--allow-shrinking", is_flag=True, help="住民が大きく減るファイルも受け入れます。")
@click.option("--dry-run", is_flag=True, help="確かめるだけで、何も変えません。")
def import_file(
    file: Path,
    code: str,
    encoding: str,
    as_of: datetime | None,
    **flags: bool,
) -> None:
    """標準の住民票抽出データのCSVファイル FILE を受け入れます。全部か、何もしないかのどちらかです。"""
    with (
        open_deployment() as deployment,
        _work(deployment, code) as work,
    ):
        if flags["protection"]:
            result = import_protection_list(work, file, name=file.name, encoding=Encoding(encoding))
            click.echo(
                f"支援措置の対象者は{result.protected}人です"
                f"（新しく{result.added}人、解除{result.lifted}人）。"
            )
        else:
            extract = ExtractFile(
                file,
                file.name,
                Encoding(encoding),
                as_of.date() if as_of else work.today,
                allows_shrinking=flags["allow_shrinking"],
            )
            _report(work, _receive(work, extract))
        if flags["dry_run"]:
            work.discard()
            click.echo("確かめただけです。何も変えていません。")


@contextmanager
def _work(deployment: Deployment, code: str) -> Iterator[Work]:
    insist_on_modules(deployment, "resident_extracts")
    with deployment.work(find_city(deployment, code), operator()) as work:
        yield work


def _receive(work: Work, extract: ExtractFile) -> ImportResult:
    try:
        with _progress() as tell:
            return import_residents(work, extract, tell)
    except InvalidInput as refused:
        if any(problem.code == SHRINKS for problem in refused.problems):
            click.echo(
                "住民が本当に減ったのであれば、--allow-shrinking を付けて受け入れてください。",
                err=True,
            )
        raise


@contextmanager
def _progress() -> Iterator[Any]:
    bars: list[Any] = []

    def tell(step: Progress) -> None:
        if step.total is None:
            click.echo(f"{step.text}", err=True)
            return
        if not bars:
            bar = click.progressbar(length=step.total, label=str(step.text), show_eta=False)
            bars.append(bar.__enter__())
        bars[0].update((step.done or 0) - bars[0].pos)

    try:
        yield tell
    finally:
        for bar in bars:
            bar.update(bar.length - bar.pos)
            bar.__exit__(None, None, None)


def _report(work: Work, received: ImportResult) -> None:
    extract = received.extract
    if received.is_repeat:
        click.echo("前回と同じファイルです。何も変わりません。")
    click.echo(f"読んだ行 {extract.rows_read}行、受け入れた人 {extract.people}人")
    click.echo(
        f"新規 {extract.new_count}人、変更 {extract.changed_count}人、"
        f"なくなった人 {extract.gone_count}人"
    )
    if not extract.closes_gone:
        click.echo("だれの行か読めない行があるため、いなくなった人は前のままにしています。")
    refused = refused_rows(work, extract)
    click.echo(f"受け入れなかった件数 {len(refused)}件")
    for row in refused:
        problem = Problem(
            row.code,
            row.text,
            row=row.row_number,
            column=row.column_name,
            value=row.cell,
            params=row.params,
        )
        click.echo(f"  {problem}")


@residents.command()
@click.argument("file", type=_NEW_FILE)
@click.option(
    "--city", "code", type=click.Choice(_SYNTHETIC_CITIES), required=True, help="団体コード"
)
@click.option("--size", default=6000, show_default=True, type=click.IntRange(0), help="住民の人数")
@click.option("--seed", default=1, show_default=True, help="同じ数なら、同じ人々ができます。")
@click.option("--as-of", type=_DAY, help="抽出時点（既定は今日）")
@click.option("--encoding", type=_ENCODINGS, default="utf-8", show_default=True, help="文字コード")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default=next(iter(PROFILES)),
    show_default=True,
    help="項目名の版",
)
@click.option(
    "--protection", type=_NEW_FILE, help="支援措置対象者の一覧も、このファイルに書きます。"
)
@click.option(
    "--edge-cases", is_flag=True, help="間違えやすい人々（外字、双子、不詳日など）を加えます。"
)
def synthesize(
    file: Path,
    code: str,
    size: int,
    seed: int,
    as_of: datetime | None,
    **options: Any,
) -> None:
    """架空の住民の抽出データを FILE に書きます。実在する人はいません。"""
    day: date = as_of.date() if as_of else datetime.now(JAPAN).date()
    cases = list(EdgeCase) if options["edge_cases"] else []
    population = Population(code, size, seed=seed, as_of=day, edge_cases=cases)
    try:
        rows = population.write_extract(
            file, encoding=options["encoding"], profile=options["profile"]
        )
        if options["protection"]:
            population.write_protection_list(options["protection"])
    except OSError as error:
        raise Refused(
            "{path} に書けません：{reason}", path=error.filename, reason=error.strerror
        ) from error
    click.echo(f"{file} に{rows}行を書きました。")
