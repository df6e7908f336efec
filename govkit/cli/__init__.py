"""The ``govkit`` command."""

import tempfile
from importlib import import_module
from pathlib import Path

import click

from govkit import __version__
from govkit.base import migrate
from govkit.base.deployment import Deployment
from govkit.base.settings import DatabaseSettings, Settings

__all__ = ["main"]


@click.group()
@click.version_option(__version__, prog_name="govkit")
def main() -> None:
    """自治体が共同で開発する業務アプリの道具箱です。"""


@main.command("migration")
@click.argument("module")
@click.argument("slug")
def migration(module: str, slug: str) -> None:
    """MODULE の表の変更から移行ファイルを作ります（開発者向け）。"""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/scratch.sqlite3"
        deployment = Deployment.open(Settings(database=DatabaseSettings(url=url)))
        package = dict(deployment.packages)[module]
        prefix = "govkit" if module == "base" else module
        with deployment.owner_engine() as owner:
            source = migrate.render_migration(owner, prefix)
        deployment.close()
    directory = Path(str(import_module(package).__file__)).parent / "migrations"
    directory.mkdir(exist_ok=True)
    number = len(list(directory.glob("[0-9]*.py"))) + 1
    path = directory / f"{number:04}_{slug}.py"
    path.write_text(source, encoding="utf-8")
    click.echo(path)
