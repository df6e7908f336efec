"""``govkit forms``: definitions of forms checked, printed, exchanged; tables of answers judged."""

import json
from io import BytesIO
from pathlib import Path
from typing import Final

import click

from govkit.errors import InvalidInput, Problem, Refused
from govkit.formats.tabular import Encoding
from govkit.forms.definition import Definition
from govkit.forms.definition_print import print_form
from govkit.forms.definition_schema import json_schema, write_json
from govkit.forms.definition_selectors import compare_selectors, read_selectors, write_selectors
from govkit.forms.definition_table import CheckedTable, check_table, write_results, write_template

__all__ = ["forms"]

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_ENCODINGS: Final = click.Choice([encoding.value for encoding in Encoding])
_SHOWN: Final = 20


@click.group()
def forms() -> None:
    """様式の定義（TOML）を検査する、用紙や表を作る、記入された表を調べる。"""


@forms.command()
@click.argument("file", type=_FILE)
@click.option("--selectors", type=_NEW_FILE, help="項目の記録（既定は FILE の .selectors.json）")
@click.option("--record", is_flag=True, help="検査に通れば、いまの項目を記録します。")
def check(file: Path, selectors: Path | None, *, record: bool) -> None:
    """様式の定義 FILE を検査します。記録があれば、idが変わっていないことも確かめます。"""
    definition = Definition.load(file)
    known = selectors or file.with_suffix(".selectors.json")
    if known.exists():
        before = read_selectors(known.read_bytes(), known.name)
        if problems := compare_selectors(definition, before, file.name):
            raise InvalidInput(problems)
    elif selectors and not record:
        raise Refused("{path} がありません。--record を付けると作ります。", path=known)
    if record:
        _write(known, write_selectors(definition), replace=True)
    pages, fields = len(definition.pages), len(definition.fields)
    click.echo(f"{definition.title.ja}：よい定義です（{pages}ページ、{fields}項目）。")


@forms.command()
@click.argument("file", type=_FILE)
@click.option("--out", type=_NEW_FILE, help="書き出す先（既定は FILE の名前の .csv）")
@click.option("--replace", is_flag=True, help="書き出す先があれば置き換えます。")
def template(file: Path, out: Path | None, *, replace: bool) -> None:
    """様式の定義 FILE から、記入用の表（CSV、BOM付き）を作ります。"""
    content = BytesIO()
    write_template(Definition.load(file), content)
    _write(out or file.with_suffix(".csv"), content.getvalue(), replace=replace)


@forms.command("print")
@click.argument("file", type=_FILE)
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", help="言語（既定は ja）")
@click.option("--out", type=_NEW_FILE, help="書き出す先（既定は FILE の名前の .html）")
@click.option("--replace", is_flag=True, help="書き出す先があれば置き換えます。")
def print_paper(file: Path, language: str, out: Path | None, *, replace: bool) -> None:
    """様式の定義 FILE から、A4に印刷する用紙（HTML）を作ります。"""
    definition = Definition.load(file)
    if language not in definition.parts.languages:
        raise Refused(
            '{file} に英語の文がありません。languages に "en" を加え、英語を書いてください。',
            file=file.name,
        )
    page = print_form(definition, language)
    _write(out or file.with_suffix(".html"), page.encode(), replace=replace)


@forms.command()
@click.argument("file", type=_FILE)
@click.option("--out", type=_NEW_FILE, help="書き出す先（既定は FILE の名前の .schema.json）")
@click.option("--replace", is_flag=True, help="書き出す先があれば置き換えます。")
def schema(file: Path, out: Path | None, *, replace: bool) -> None:
    """様式の定義 FILE から、答えの JSON Schema（2020-12）を作ります。"""
    text = json.dumps(json_schema(Definition.load(file)), ensure_ascii=False, indent=2) + "\n"
    _write(out or file.with_suffix(".schema.json"), text.encode(), replace=replace)


@forms.command("import")
@click.argument("file", type=_FILE)
@click.argument("data", type=_FILE)
@click.option("--encoding", type=_ENCODINGS, default="utf-8", show_default=True, help="文字コード")
@click.option("--result", type=_NEW_FILE, help="行ごとの結果（CSV）を書き出す先")
@click.option(
    "--out", type=_NEW_FILE, help="答え（JSON）を書き出す先（既定は DATA の名前の .json）"
)
@click.option("--dry-run", is_flag=True, help="確かめるだけで、答えを書き出しません。")
@click.option("--replace", is_flag=True, help="書き出す先があれば置き換えます。")
def import_table(
    file: Path, data: Path, encoding: str, result: Path | None, out: Path | None, **flags: bool
) -> None:
    """記入された表 DATA（CSV）を、様式の定義 FILE の画面と同じ決まりで調べ、答えをJSONにします。

    一つでも誤りがあれば、何も書き出しません。
    """
    definition = Definition.load(file)
    checked = check_table(definition, data, encoding=Encoding(encoding))
    if result:
        told = BytesIO()
        write_results(checked, told)
        _write(result, told.getvalue(), replace=flags["replace"])
    _report(checked)
    if checked.problems:
        click.get_current_context().exit(1)
    if flags["dry_run"]:
        click.echo("確かめただけです。答えは書き出していません。")
        return
    content = BytesIO()
    write_json(definition, checked.answers, content)
    _write(out or data.with_suffix(".json"), content.getvalue(), replace=flags["replace"])


def _report(checked: CheckedTable) -> None:
    wrong = {problem.row for problem in checked.problems}
    click.echo(f"読んだ行 {len(checked.rows)}行、誤りのある行 {len(wrong)}行")
    for notice in checked.notices:
        click.echo(f"  {notice}")
    shown: tuple[Problem, ...] = checked.problems[:_SHOWN]
    for problem in shown:
        click.echo(f"  {problem}", err=True)
    if len(shown) < len(checked.problems):
        rest = len(checked.problems) - len(shown)
        click.echo(
            f"  ほかに{rest}件。--result を付けると、すべてをファイルに書き出します。", err=True
        )


def _write(path: Path, content: bytes, *, replace: bool) -> None:
    """All of a file or nothing: it takes its name once it is whole."""
    if path.exists() and not replace:
        raise Refused(
            "{path} はすでにあります。--out で別の名前にするか、--replace を付けてください。",
            path=path,
        )
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Refused(
            "{path} に書けません：{reason}", path=path, reason=error.strerror or ""
        ) from error
    click.echo(f"{path} に書きました。")
