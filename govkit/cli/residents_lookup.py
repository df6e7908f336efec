"""``govkit residents search`` and ``match``: the guarded lookup from the command line."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from govkit.base.deployment import Deployment
from govkit.base.work import Work
from govkit.cli.output import find_city, insist_on_modules, operator
from govkit.errors import InvalidSettings, Problem, Refused
from govkit.formats.tabular import Encoding, write_table
from govkit.modules.resident_lookup import (
    default_purposes,
    lookup_context,
    lookup_directory,
    purposes,
)
from govkit.residents.claims import ClaimFile, read_claims
from govkit.residents.directory import LookupDenied, LookupEntry, ResidentDirectory
from govkit.residents.linkage import Decision, LinkOutcome, ReviewReason
from govkit.residents.matching import Candidate, NameMatch, ResidentQuery
from govkit.residents.policy import LookupContext, PurposeRule
from govkit.residents.results import Denied, Invalid, Review, Several, Single, Unavailable
from govkit.residents.source import OUTAGES, ResidentSource
from govkit.residents.wording import (
    GRADES,
    PROTECTED,
    SEXES,
    birth_text,
    match_text,
    sentence,
)

__all__ = ["match", "open_index", "search"]

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_DOWN: Final = "いまは照会できません。いないという意味ではありません。しばらく待ってから、もう一度実行してください。"


def open_index(folder: Path, code: str) -> ResidentSource:
    """The local index in a folder.

    :raises Refused: When the extra ``index`` is missing or there is no index.
    """
    try:
        index = import_module("govkit.residents.index")  # needs numpy, an extra
    except ModuleNotFoundError as error:
        raise Refused('索引には、pip install "govkit-jp[index]" を実行してください。') from error
    if not import_module("govkit.residents.index.layout").current_generation(folder):
        raise Refused(
            "{path} に索引がありません。govkit residents index で作ってください。", path=folder
        )
    source: ResidentSource = index.LocalIndex(folder, code)
    return source


@dataclass(frozen=True, slots=True)
class _Door:
    """Through what a command looks residents up."""

    directory: ResidentDirectory
    context: LookupContext
    rule: PurposeRule


@contextmanager
def _opened(code: str, index: Path | None, purpose: str, reason: str) -> Iterator[_Door]:
    """The lookup of a city; with an index alone, where there is no deployment, unaudited."""
    try:
        deployment = Deployment.open()
    except InvalidSettings as error:
        if index is None or [each.code for each in error.problems] != ["settings_missing"]:
            raise
        click.echo("設定ファイルがないため、この照会は監査記録に残りません。", err=True)
        yield _unaudited(code, index, purpose, reason)
        return
    try:
        insist_on_modules(deployment, "resident_extracts", "resident_lookup")
        with deployment.work(find_city(deployment, code), operator(), writes=False) as work:
            source = open_index(index, code) if index else None
            yield _audited(work, source, purpose, reason)
    finally:
        deployment.close()


def _audited(work: Work, source: ResidentSource | None, purpose: str, reason: str) -> _Door:
    rule = _rule(purposes(work), purpose)
    return _Door(lookup_directory(work, source), lookup_context(work, rule, reason), rule)


def _unaudited(code: str, index: Path, purpose: str, reason: str) -> _Door:
    source, rules = open_index(index, code), default_purposes()
    rule, actor = _rule(rules, purpose), operator()
    directory = ResidentDirectory(source, municipality_code=code, purposes=rules, audit=_forget)
    context = rule.context(actor=actor.audit_name, section=actor.name, reason=reason)
    return _Door(directory, context, rule)


def _forget(entry: LookupEntry) -> None:
    """Where there is no deployment there is no audit log; the command has said so."""


def _rule(rules: Any, purpose: str) -> PurposeRule:
    if purpose not in rules:
        known = "、".join(f"{rule.name}（{rule.title or rule.name}）" for rule in rules.values())
        raise Refused(
            "利用目的「{purpose}」はありません。使えるのは {known} です。",
            purpose=purpose,
            known=known,
        )
    rule: PurposeRule = rules[purpose]
    return rule


def _asking(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every lookup; what is left out is asked for."""
    for option in (
        click.option(
            "--index", type=_FOLDER, help="受け入れた住民の代わりに、この索引を使います。"
        ),
        click.option("--reason", prompt="照会する理由", help="照会する理由（監査記録に残ります）"),
        click.option("--purpose", prompt="利用目的", help="利用目的（方針にある名前）"),
        click.option("--city", "code", required=True, help="団体コード"),
    ):
        command = option(command)
    return command


@click.command()
@_asking
@click.option("--name", default="", help="氏名・通称・旧氏（かなでも）")
@click.option("--kana", default="", help="フリガナだけで探します。")
@click.option(
    "--how",
    type=click.Choice([way.value for way in NameMatch]),
    default="prefix",
    show_default=True,
    help="氏名の調べ方：完全一致・前方一致・部分一致・あいまい",
)
@click.option(
    "--birth", default="", help="生年月日（例：2020-04-01、範囲は 2020-04-01..2021-03-31）"
)
@click.option("--sex", type=click.Choice(["1", "2"]), help="性別（1は男、2は女）")
@click.option("--address", default="", help="住所の一部")
@click.option("--number", default="", help="宛名番号")
def search(code: str, purpose: str, reason: str, index: Path | None, **typed: Any) -> None:
    """住民を照会します。画面の「住民照会」と同じ決まりで伏せ、監査記録に残します。"""
    born = [_day(part) for part in typed.pop("birth").split("..") if part]
    query = ResidentQuery(
        name=typed["name"],
        kana=typed["kana"],
        name_match=NameMatch(typed["how"]),
        birth_from=born[0] if born else None,
        birth_to=born[-1] if born else None,
        sex=typed["sex"] or "",
        address=typed["address"],
        addressee_number=typed["number"],
    )
    with _opened(code, index, purpose, reason) as door:
        result = door.directory.search(door.context, query)
    if isinstance(result, Unavailable | Denied | Invalid):
        raise Refused(sentence(result))
    click.echo(sentence(result))
    if isinstance(result, Single | Several | Review):
        headings = (
            "宛名番号",
            "氏名",
            "フリガナ",
            "生年月日",
            "性別",
            "住所",
            "確からしさ",
            "一致",
        )
        for line in _aligned([headings, *map(_cells, result.candidates)]):
            click.echo(line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(
            "「{typed}」は日付として読めません。2020-04-01 の形で書いてください。", typed=text
        ) from error


def _cells(candidate: Candidate) -> tuple[str, ...]:
    resident = candidate.resident
    name = resident.name.display or "（命名前）"
    return (
        resident.id.addressee_number,
        f"{name}〔{PROTECTED}〕" if resident.is_protected else name,
        resident.name.display_kana,
        birth_text(resident.birth),
        SEXES.get(resident.sex, ""),
        str(resident.address),
        GRADES[candidate.grade],
        match_text(candidate),
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as columns; kanji are two wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            f"{cell}{' ' * (width - _width(cell))}" for cell, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(letter) in "FWA" for letter in text)
    return len(text) + wide


_OUTCOMES: Final = {
    LinkOutcome.LINK: "一致",
    LinkOutcome.REVIEW: "要確認",
    LinkOutcome.NO_MATCH: "見つからない",
}
_REASONS: Final = {
    ReviewReason.WEAK: "証拠が足りません",
    ReviewReason.SEVERAL: "同じくらい合う人がほかにいます",
    ReviewReason.GIVEN_NAME: "名が合いません（双子などの別人かもしれません）",
    ReviewReason.NOT_RESIDENT: "死亡または転出した人です",
}
_UNREADABLE: Final = "読めない行"
_HEADINGS: Final = (
    *("番号", "結果", "宛名番号", "氏名", "生年月日", "支援措置", "点数", "確認する理由"),
    *("ほかの候補", "根拠"),
)


@click.command()
@click.argument("file", type=_FILE)
@_asking
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="結果のCSVファイル",
)
@click.option(
    "--encoding",
    type=click.Choice([encoding.value for encoding in Encoding]),
    default="utf-8",
    show_default=True,
    help="文字コード",
)
@click.option("--dry-run", is_flag=True, help="名簿を読めるかだけを確かめ、住民を照会しません。")
def match(
    file: Path, code: str, purpose: str, reason: str, index: Path | None, **options: Any
) -> None:
    """名簿のCSVファイル FILE を住民と突き合わせ、1行に1つの結果を書きます。

    住所や読みの違いを証拠の重さで量り、確かでないものは「要確認」にします。利用目的に一括の許可
    （bulk = true）が要ります。
    """
    claims = read_claims(file, encoding=Encoding(options["encoding"]), name=file.name)
    for problem in (*claims.notices, *claims.problems):
        click.echo(f"  {problem}", err=True)
    click.echo(f"{claims.rows}行のうち{len(claims.claims)}行を読みました。")
    if options["dry_run"]:
        click.echo("確かめただけです。だれも照会していません。")
        return
    with _opened(code, index, purpose, reason) as door:
        rows = _matched(door, claims)
    written = _write(options["output"], rows, claims.problems)
    counts = [f"{word} {sum(row[1] == word for row in rows)}件" for word in _OUTCOMES.values()]
    click.echo(f"{'、'.join(counts)}。{options['output']} に{written}行を書きました。")


def _matched(door: _Door, claims: ClaimFile) -> list[tuple[str, ...]]:
    """A row for each claim; the people are in the audit log before any row is kept."""
    if not door.rule.bulk:
        raise Refused(
            "利用目的「{purpose}」では一括の突き合わせができません。bulk = true の目的を使ってください。",
            purpose=door.rule.name,
        )
    try:
        decisions = door.directory.match(door.context, claims.claims)
        with click.progressbar(
            decisions, length=len(claims.claims), label="突き合わせています"
        ) as bar:
            return [_row(decision) for decision in bar]
    except LookupDenied as denied:
        raise Refused(sentence(denied.denied)) from denied
    except OUTAGES as outage:
        raise Refused(_DOWN) from outage


def _row(decision: Decision) -> tuple[str, ...]:
    if not decision.people:
        return (decision.claim.key, _OUTCOMES[decision.outcome], *[""] * (len(_HEADINGS) - 2))
    best = decision.people[0]
    resident = best.resident
    return (
        decision.claim.key,
        _OUTCOMES[decision.outcome],
        resident.id.addressee_number,
        resident.name.display,
        birth_text(resident.birth),
        PROTECTED if resident.is_protected else "",
        f"{best.score:.1f}",
        "、".join(_REASONS[each] for each in decision.reasons),
        " ".join(one.resident.id.addressee_number for one in decision.people[1:]),
        "、".join(decision.explanation),
    )


def _write(output: Path, rows: Sequence[Sequence[str]], problems: Sequence[Problem]) -> int:
    """Write the rows, and those that could not be read with the reason."""
    blank = [""] * 5
    refused = [(f"{each.row}行目", _UNREADABLE, *blank, str(each), "", "") for each in problems]
    try:
        with output.open("wb") as stream:
            return write_table(stream, _HEADINGS, [*rows, *refused])
    except OSError as error:
        raise Refused(
            "{path} に書けません：{reason}", path=output, reason=error.strerror
        ) from error
