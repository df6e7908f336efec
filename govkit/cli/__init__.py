"""The ``govkit`` command.

Each subject is a file of its own, imported only when it is asked for, so that the command starts
at once. Modules add commands by :attr:`govkit.base.module.Module.commands`.

Exit codes: 0 done, 1 refused or problems found (told in Japanese on standard error), 2 wrong usage.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy.exc import OperationalError

from govkit import __version__
from govkit.base.module import load_modules
from govkit.base.settings import load_settings
from govkit.cli.output import describe
from govkit.errors import GovkitError, InvalidSettings

__all__ = ["main"]

_COMMANDS: Final = {
    "new": ("govkit.cli.new:new", "新しいアプリやモジュールのひな形を作ります。"),
    "run": ("govkit.cli.serve:run", "開発用のサーバーを動かします。"),
    "worker": ("govkit.cli.jobs:worker", "時間のかかる処理（ジョブ）を受け持ちます。"),
    "jobs": ("govkit.cli.jobs:jobs", "ジョブの一覧を見る、中止する、やり直す。"),
    "demo": ("govkit.cli.demo:demo", "架空の2市のデモデータを入れます。"),
    "city": ("govkit.cli.city:city", "団体を参加させる、一覧を見る、方針を決める。"),
    "account": (
        "govkit.cli.account:account",
        "アカウントを認証基盤の利用者と結び付け、初期パスワードを発行します。",
    ),
    "residents": ("govkit.cli.residents:residents", "住民データを取り込む、架空のデータを作る。"),
    "oneroster": ("govkit.cli.oneroster:oneroster", "名簿をOneRosterの形で書き出します。"),
    "audit": ("govkit.cli.audit:audit", "監査記録が書き換えられていないかを調べる。"),
    "breach-report": (
        "govkit.cli.breach:breach_report_command",
        "漏えい等で影響を受けた人を、操作の記録から調べます。",
    ),
    "disclosure": (
        "govkit.cli.disclosure:disclosure",
        "開示のために、ある人の情報を書き出します。",
    ),
    "columns": ("govkit.cli.columns:columns", "表と列の重要性分類を見る。"),
    "encryption": ("govkit.cli.encryption:encryption", "暗号化した列の鍵を作る、替える、調べる。"),
    "file-register": (
        "govkit.cli.file_register:file_register",
        "個人情報ファイル簿を作ります。",
    ),
    "backup": ("govkit.cli.backup:backup", "全団体のデータの控えを取ります。"),
    "restore": ("govkit.cli.backup:restore", "控えを空のデータベースに戻します。"),
    "forms": ("govkit.cli.forms:forms", "様式の定義を検査する、用紙や表を作る、表を調べる。"),
    "doctor": ("govkit.cli.doctor:doctor", "設置のしかたを、置いた場所ごと点検します。"),
    "advisories": (
        "govkit.cli.advisories:advisories",
        "部品に、直す期限を過ぎた弱点がないかを調べます。",
    ),
    "documents": ("govkit.cli.documents:documents", "帳票の様式を点検する、団体ごとに替える。"),
    "check": ("govkit.cli.check:check", "設定・移行・権限・団体間の分離を検査します。"),
    "database": ("govkit.cli.database:database", "データベースを準備します。"),
    "migration": ("govkit.cli.migration:migration", "移行ファイルを作ります（開発者向け）。"),
}


class _Govkit(click.Group):
    """Imports a subject only when it is asked for, and tells errors in words."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        # Modules of the project in the working directory are found, as with ``python -m``.
        folder = str(Path.cwd())
        if folder not in sys.path:
            sys.path.insert(0, folder)
        return super().make_context(info_name, args, parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS, *_module_commands()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        path = _COMMANDS[cmd_name][0] if cmd_name in _COMMANDS else _module_commands().get(cmd_name)
        return _load(path) if path else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # The short helps stand here, so that ``govkit --help`` need not import every subject.
        rows = [(name, help_text) for name, (_, help_text) in _COMMANDS.items()]
        rows += [
            (name, _load(path).get_short_help_str()) for name, path in _module_commands().items()
        ]
        with formatter.section("コマンド"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (GovkitError, OperationalError) as error:
            for line in describe(error):
                click.echo(line, err=True)
            ctx.exit(1)


def _module_commands() -> dict[str, str]:
    try:
        modules = load_modules(load_settings().app.modules)
    except InvalidSettings:
        return {}  # the subject that needs the settings tells what is wrong with them
    return {module.name: module.commands for module in modules if module.commands}


def _load(path: str) -> click.Command:
    package, _, name = path.partition(":")
    command: click.Command = getattr(import_module(package), name)
    return command


@click.group(cls=_Govkit)
@click.version_option(__version__, prog_name="govkit")
def main() -> None:
    """自治体が共同で開発する業務アプリの道具箱です。"""
