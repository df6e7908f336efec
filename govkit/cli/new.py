"""``govkit new``: applications, modules and adapters from the starters, offline, no questions."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from govkit.cli.starters import ADAPTER, APP, MODULE, starter
from govkit.errors import Refused

__all__ = ["new", "render"]

_HERE = click.Path(file_okay=False, path_type=Path)


def render(name: str, into: Path, values: dict[str, str]) -> Path:
    """Render a starter; the folder that was made.

    :param values: Answers by question of the starter's ``cookiecutter.json``.
    :raises Refused: When the folder exists or a value is refused by the starter's checks.
    """
    try:
        # Imported late: production installs leave the extra out.
        from cookiecutter import generate
        from cookiecutter.exceptions import FailedHookException, OutputDirExistsException
        from cookiecutter.main import cookiecutter
    except ImportError as error:
        raise Refused(
            'ひな形を作るには、govkit のリポジトリのフォルダーで pip install ".[scaffold]" を'
            "実行してください。"
        ) from error
    template = str(starter(name))
    # The starter's check has told the reason already; the library would add its traceback.
    logging.getLogger("cookiecutter").setLevel(logging.CRITICAL)
    try:
        with _only_nul_is_binary(generate):
            made = cookiecutter(
                template,
                no_input=True,
                extra_context=values,
                output_dir=str(into),
                default_config=True,
            )
    except OutputDirExistsException as error:
        raise Refused(
            "同じ名前のフォルダーがすでにあります。別の名前にするか、フォルダーを移してください。"
        ) from error
    except FailedHookException as error:
        raise Refused("上の理由で、ひな形を作りませんでした。") from error
    return Path(made)


@contextmanager
def _only_nul_is_binary(generate: Any) -> Iterator[None]:
    """Let cookiecutter render every file without a NUL byte.

    It guesses from the first 512 bytes, takes some Japanese UTF-8 for binary data (most easily
    where the 512th byte cuts a character) and would copy such a file unrendered.
    """
    guess = generate.is_binary
    generate.is_binary = _holds_nul
    try:
        yield
    finally:
        generate.is_binary = guess


def _holds_nul(file: str) -> bool:
    return b"\0" in Path(file).read_bytes()


@click.group()
def new() -> None:
    """新しいアプリ・モジュール・アダプターのひな形を作ります。"""


@new.command()
@click.argument("name")
@click.option("--title", default="校務共同システム", show_default=True, help="画面に出すサービス名")
@click.option("--contact", default="教育委員会 学務課", show_default=True, help="問い合わせ先")
@click.option("--into", type=_HERE, default=".", show_default=True, help="作る場所")
def app(name: str, title: str, contact: str, into: Path) -> None:
    """NAME という自治体アプリを作ります。"""
    values = {"project_slug": name, "project_name": title, "contact": contact}
    made = render(APP, into, values)
    click.echo(f"{made} を作りました。次のコマンドで動きます。")
    click.echo(f"  cd {click.format_filename(made)}")
    click.echo("  govkit run --demo      （架空の2市のデモデータで試す）")
    click.echo("  govkit city add 132012 八王子市      （実際の団体を参加させる）")


@new.command()
@click.argument("name")
@click.option("--title", default="新しい業務", show_default=True, help="画面に出す名前")
@click.option("--into", type=_HERE, default=".", show_default=True, help="作る場所")
def module(name: str, title: str, into: Path) -> None:
    """NAME という共同開発モジュールを作ります。"""
    _tell(render(MODULE, into, {"module_name": name, "title": title}))


@new.command()
@click.argument("name")
@click.option(
    "--title", default="住民情報システムのアダプター", show_default=True, help="何につなぐか"
)
@click.option("--into", type=_HERE, default=".", show_default=True, help="作る場所")
def adapter(name: str, title: str, into: Path) -> None:
    """NAME という住民照会のアダプターを作ります。"""
    _tell(render(ADAPTER, into, {"adapter_name": name, "title": title}))


def _tell(made: Path) -> None:
    click.echo(f"{made} を作りました。次のコマンドで検査できます。")
    click.echo(f"  cd {click.format_filename(made)}")
    click.echo("  pip install -e . && pytest")
