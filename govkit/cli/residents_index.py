"""``govkit residents index``, ``delta`` and ``verify-index``: the local index of residents."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from govkit.errors import Problem, Refused
from govkit.formats.tabular import Encoding
from govkit.jp.numbers import MunicipalityCode
from govkit.residents.adapters.csv_delta import read_delta
from govkit.residents.adapters.protection_list import ProtectionList, read_protection_list
from govkit.residents.index import (
    NOBODY_PROTECTED,
    BuildOptions,
    ExtractFile,
    Locked,
    apply_delta,
    build_index,
)
from govkit.residents.index import verify_index as check_index

__all__ = ["delta", "index", "verify_index"]

_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_SHOWN: Final = 20
_STEPS: Final = {
    "read": "読んでいます",
    "names": "氏名を並べています",
    "merge": "自治体ごとにまとめています",
    "write": "書いています",
    "verify": "確かめています",
}


def _files_options(command: Any) -> Any:
    """Which files, of which municipality, with which list of protected people."""
    encodings = click.Choice([encoding.value for encoding in Encoding])
    for option in (
        click.option("--dry-run", is_flag=True, help="確かめるだけで、何も変えません。"),
        click.option(
            "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="抽出時点（例：2026-10-01）"
        ),
        click.option(
            "--encoding", type=encodings, default="utf-8", show_default=True, help="文字コード"
        ),
        click.option(
            "--protection",
            multiple=True,
            help="支援措置対象者の一覧（ファイル、または 団体コード=ファイル）",
        ),
        click.option("--city", "code", default="", help="団体コード（ファイルに付けないとき）"),
        click.argument("files", nargs=-1, required=True),
    ):
        command = option(command)
    return command


@click.command()
@_files_options
@click.option("--to", "target", type=_FOLDER, required=True, help="索引を置くフォルダー")
@click.option(
    "--nobody-protected", is_flag=True, help="一覧のない団体には、支援措置の対象者がいません。"
)
@click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="同時に読むプロセスの数"
)
@click.option("--any-size", is_flag=True, help="住民が5%より大きく増減しても受け入れます。")
def index(
    files: Sequence[str], code: str, target: Path, as_of: datetime | None, **options: Any
) -> None:
    """標準の住民票抽出データ FILES から、手元の索引を作ります。できあがるまで前の索引が使われます。

    いくつもの団体を一つの索引にするときは、132021=住民票.csv のように団体コードを付けます。
    途中で止まったら、同じ指定でもう一度実行すると続きから始まります。
    """
    named = _named(files, code)
    extracts = [ExtractFile(path, city, options["encoding"]) for city, path in named]
    protected = _lists(options["protection"], code, options["encoding"])
    if options["nobody_protected"]:
        protected = {city: NOBODY_PROTECTED for city, _path in named} | protected
    with _destination(target, is_trial=options["dry_run"]) as folder, _progress() as tell:
        try:
            report = build_index(
                folder,
                extracts,
                protected=protected,
                options=BuildOptions(
                    as_of=_day(as_of),
                    allowed_change=None if options["any_size"] else 0.05,
                    workers=options["workers"],
                ),
                tell=tell,
            )
        except Locked as error:
            raise _busy() from error
    seconds = sum(report.seconds.values())
    click.echo(
        f"読んだ行 {report.rows_read}行、住民 {report.people}人（支援措置 {report.protected}人）"
    )
    click.echo(f"{seconds:.1f}秒かかりました。")
    _tell_problems(report.notices, report.problems)
    _tell_trial(is_trial=options["dry_run"])


@contextmanager
def _destination(target: Path, *, is_trial: bool) -> Iterator[Path]:
    """Where the index is built: a folder that goes away afterwards when nothing may change."""
    if not is_trial:
        yield target
        return
    folder = Path(tempfile.mkdtemp(prefix="govkit-index-"))
    try:
        yield folder / "index"
    finally:
        shutil.rmtree(folder)


class _Bars:
    """A bar per step, one after the other."""

    def __init__(self) -> None:
        self._step = ""
        self._bar: Any = None

    def tell(self, step: str, done: int, total: int) -> None:
        """How much of a step is done."""
        if step != self._step:
            self.close()
            self._step = step
            self._bar = click.progressbar(length=total, label=_STEPS.get(step, step))
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def close(self) -> None:
        """End the bar of the present step."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    bars = _Bars()
    try:
        yield bars.tell
    finally:
        bars.close()


@click.command()
@_files_options
@click.option("--index", "target", type=_FOLDER, required=True, help="索引のフォルダー")
def delta(
    files: Sequence[str], code: str, target: Path, as_of: datetime | None, **options: Any
) -> None:
    """差分の抽出データ FILES を、作られた順に索引へ重ねます。"""
    extracts = [ExtractFile(path, city, options["encoding"]) for city, path in _named(files, code)]
    protected = _lists(options["protection"], code, options["encoding"])
    if options["dry_run"]:
        _try_delta(extracts)
        return
    try:
        report = apply_delta(target, extracts, protected=protected, as_of=_day(as_of))
    except Locked as error:
        raise _busy() from error
    click.echo(
        f"読んだ行 {report.rows_read}行、変わった人 {report.changed}人、"
        f"なくなった人 {report.removed}人、支援措置が変わった人 {report.protection_changed}人"
    )
    click.echo(f"索引に重ねた人は、いま{report.overlay}人です。")
    _tell_problems(report.notices, report.problems)


def _try_delta(extracts: Sequence[ExtractFile]) -> None:
    for extract in extracts:
        reading = read_delta(
            extract.path, municipality_code=extract.municipality_code, encoding=extract.encoding
        )
        click.echo(f"{extract.path.name}：読んだ行 {reading.rows_read}行、{len(reading.people)}人")
        _tell_problems(reading.notices, reading.problems)
    _tell_trial(is_trial=True)


@click.command("verify-index")
@click.argument("folder", type=_FOLDER)
@click.pass_context
def verify_index(ctx: click.Context, folder: Path) -> None:
    """索引 FOLDER の中身を確かめます。壊れていれば終了コードは1です。"""
    try:
        report = check_index(folder)
    except OSError as error:
        raise Refused(
            "{path} を読めません：{reason}", path=error.filename, reason=error.strerror
        ) from error
    if report.problems:
        for problem in report.problems:
            click.echo(f"✘ {problem}", err=True)
        ctx.exit(1)
    click.echo(
        f"✔ 正常です（世代 {report.generation}、住民 {report.people}人、{report.bytes / 1e6:.1f} MB）。"
    )


def _named(texts: Sequence[str], code: str) -> list[tuple[str, Path]]:
    """Municipality and path of each file.

    :raises Refused: When a file is not there, or of no municipality.
    """
    found = []
    for text in texts:
        city, equals, path = text.partition("=")
        if not (equals and city.isdecimal()):
            city, path = code, text
        if not city:
            raise Refused("{file} の団体コードを --city で指定してください。", file=text)
        if not Path(path).is_file():
            raise Refused("{file} がありません。", file=path)
        found.append((str(MunicipalityCode.parse(city)), Path(path)))
    return found


def _lists(texts: Sequence[str], code: str, encoding: str) -> dict[str, ProtectionList]:
    return {
        city: read_protection_list(path, municipality_code=city, encoding=encoding)
        for city, path in _named(texts, code)
    }


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _busy() -> Refused:
    return Refused(
        "ほかのプロセスがこの索引を書いています。終わってから、もう一度実行してください。"
    )


def _tell_problems(notices: Sequence[Problem], problems: Sequence[Problem]) -> None:
    for notice in notices:
        click.echo(f"  {notice}", err=True)
    click.echo(f"受け入れなかった件数 {len(problems)}件")
    for problem in problems[:_SHOWN]:
        click.echo(f"  {problem}", err=True)
    if (more := len(problems) - _SHOWN) > 0:
        click.echo(f"  ほかに{more}件あります。", err=True)


def _tell_trial(*, is_trial: bool) -> None:
    if is_trial:
        click.echo("確かめただけです。何も変えていません。")
