"""``govkit migration``: writes a migration from what a module's tables lack."""

import tempfile
from importlib import import_module
from pathlib import Path

import click

from govkit.base import migrate
from govkit.base.deployment import Deployment
from govkit.base.settings import DatabaseSettings, load_settings
from govkit.errors import Refused

__all__ = ["migration"]


@click.command()
@click.argument("module")
@click.argument("slug")
def migration(module: str, slug: str) -> None:
    """MODULE の表の変更から、SLUG という名前の移行ファイルを作ります（開発者向け）。"""
    with tempfile.TemporaryDirectory() as folder:
        database = DatabaseSettings(url=f"sqlite:///{folder}/scratch.sqlite3")
        deployment = Deployment(load_settings().model_copy(update={"database": database}))
        package = dict(deployment.packages).get(module)
        if package is None:
            raise Refused("モジュール「{name}」は有効ではありません。", name=module)
        deployment.migrate()
        with deployment.owner_engine() as owner:
            source = migrate.render_migration(owner, "govkit" if module == "base" else module)
        deployment.close()
    directory = Path(str(import_module(package).__file__)).parent / "migrations"
    directory.mkdir(exist_ok=True)
    (directory / "__init__.py").touch()
    latest = max((int(each.name[:4]) for each in directory.glob("[0-9]*.py")), default=0)
    path = directory / f"{latest + 1:04}_{slug}.py"
    path.write_text(source, encoding="utf-8")
    click.echo(path)
