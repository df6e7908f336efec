"""How the commands speak: errors as sentences that say what to do."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sqlalchemy.exc import OperationalError

from govkit.base.deployment import Deployment
from govkit.base.identity import Actor
from govkit.base.municipality import Municipality
from govkit.base.work import JAPAN
from govkit.errors import (
    Conflict,
    GovkitError,
    InvalidInput,
    InvalidSettings,
    InvalidValue,
    NotFound,
    NotPermitted,
    Refused,
)
from govkit.jp.numbers import CodeProblem

__all__ = [
    "DEMO_LOGINS",
    "describe",
    "find_city",
    "insist_on_modules",
    "local_text",
    "open_deployment",
    "operator",
]

DEMO_LOGINS: Final = tuple(
    f"{prefix}-{role}"
    for prefix in ("tachikawa", "akishima")
    for role in ("board", "teacher", "principal", "office", "protection", "admin", "chief")
)
"""Log-ins of the demo, whose password everybody knows."""

_VALUES: Final[Mapping[str, str]] = {
    CodeProblem.EMPTY: "コードを指定してください。",
    CodeProblem.NOT_DIGITS: "コードは数字だけで指定してください。",
    CodeProblem.WRONG_LENGTH: "団体コードは検査数字を含む6桁で指定してください（例：132021）。",
    CodeProblem.WRONG_FORM: "コードの形が正しくありません。",
    CodeProblem.UNKNOWN_PREFECTURE: "コードの先頭2桁が都道府県コード（01から47）ではありません。",
    CodeProblem.CHECK_DIGIT: "コードの検査数字（最後の1桁）が合いません。写し間違いがないか確かめてください。",
}
_OTHERS: Final[Mapping[type[GovkitError], str]] = {
    NotPermitted: "この操作をする権限がありません。",
    NotFound: "指定されたものが見つかりません。",
    Conflict: "ほかの人が先に変更しました。もう一度実行してください。",
}


def local_text(moment: datetime) -> str:
    """A moment as the clock in Japan shows it, ``2026-11-24 09:00``."""
    return moment.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")


def describe(error: Exception) -> list[str]:
    """Japanese lines that tell what is wrong and what to do."""
    if isinstance(error, InvalidSettings | InvalidInput):
        heading = (
            "設定に問題があります。"
            if isinstance(error, InvalidSettings)
            else "受け付けられません。"
        )
        return [f"エラー: {heading}", *(f"  ・{problem}" for problem in error.problems)]
    if isinstance(error, InvalidValue):
        return [f"エラー: {_VALUES.get(error.problem.value, error.problem.value)}"]
    if isinstance(error, OperationalError):
        return [
            "エラー: データベースを使えません。接続先（database.url）と、動いているかを確かめてください。",
            f"  ・{str(error.orig).strip()}",
        ]
    if isinstance(error, Refused) and error.text:
        return [f"エラー: {error}"]
    sentence = next((text for kind, text in _OTHERS.items() if isinstance(error, kind)), str(error))
    return [f"エラー: {sentence}"]


def operator() -> Actor:
    """The one at the command line, named by the operating system."""
    return Actor.operator(getpass.getuser())


@contextmanager
def open_deployment() -> Iterator[Deployment]:
    """The deployment of the working directory, its tables up to date."""
    deployment = Deployment.open()
    try:
        yield deployment
    finally:
        deployment.close()


def insist_on_modules(deployment: Deployment, *names: str) -> None:
    """Insist that the modules are active which a command works on.

    :raises Refused: Otherwise.
    """
    missing = [name for name in names if name not in {each.name for each in deployment.modules}]
    if missing:
        raise Refused(
            "この操作にはモジュール「{names}」が必要です。設定の modules に加えてください。",
            names="」「".join(missing),
        )


def find_city(deployment: Deployment, code: str) -> Municipality:
    """The municipality that an option names.

    :raises Refused: When it has not joined.
    """
    try:
        return deployment.municipality(code)
    except NotFound as error:
        raise Refused(
            "団体「{code}」は参加していません。govkit city list で確かめてください。", code=code
        ) from error
