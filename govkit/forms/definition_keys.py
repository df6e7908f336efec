"""The keys of a definition: what may be written under each heading, checked and explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from govkit.forms.definition_lines import KeyPath
from govkit.forms.definition_problems import Report, suggest

__all__ = ["FIELD_KEYS", "FORM_KEYS", "PAGE_KEYS", "Key", "Kind", "read_table", "read_tables"]


class Kind(StrEnum):
    """What stands on the right side of a key; the value is the code told when it does not."""

    TEXT = "wrong_text"
    YES_NO = "wrong_yes_no"
    WHOLE = "wrong_whole"
    LIMIT = "wrong_limit"
    IDS = "wrong_ids"
    CHOICES = "wrong_choices"
    TABLES = "wrong_tables"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may be written.

    :param title: Name in Japanese, which also finds the key for one who wrote it in Japanese.
    :param about: What it does, for the reference.
    :param default: What holds where it is not written, in words.
    """

    name: str
    kind: Kind
    title: str
    about: str
    default: str = ""
    is_required: bool = False


def _keys(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


FORM_KEYS: Final = _keys(
    Key("id", Kind.TEXT, "様式のid", "様式を見分ける名前。後から変えません", is_required=True),
    Key("title", Kind.TEXT, "様式の名前", "画面と用紙の題名", is_required=True),
    Key("title_en", Kind.TEXT, "様式の名前（英語）", "英語の題名"),
    Key("about", Kind.TEXT, "説明", "はじめに読む説明。空行で段落を分けます"),
    Key("about_en", Kind.TEXT, "説明（英語）", "英語の説明"),
    Key("addressee", Kind.TEXT, "宛先", "用紙の左上に出る宛先（例：青葉市教育委員会）"),
    Key("legal_basis", Kind.TEXT, "根拠", "様式の根拠となる法令や要綱"),
    Key("contact", Kind.TEXT, "問い合わせ先", "用紙の下に出る問い合わせ先"),
    Key("languages", Kind.IDS, "言語", "en を入れると、英語の抜けを誤りとして示します", '["ja"]'),
    Key("retired", Kind.IDS, "使うのをやめたid", "項目を消したら、そのidをここに残します。二度と使えません"),
)  # fmt: skip
"""Keys below ``[form]``."""

PAGE_KEYS: Final = _keys(
    Key("id", Kind.TEXT, "ページのid", "ページを見分ける名前。後から変えません", is_required=True),
    Key("title", Kind.TEXT, "ページの名前", "ページの見出し", is_required=True),
    Key("title_en", Kind.TEXT, "ページの名前（英語）", "英語の見出し"),
    Key("about", Kind.TEXT, "説明", "ページのはじめに読む説明"),
    Key("about_en", Kind.TEXT, "説明（英語）", "英語の説明"),
    Key("fields", Kind.IDS, "項目のid", "このページに出る項目のid。この順に出ます", is_required=True),
    Key("show_if", Kind.TEXT, "出す条件", "この条件に合うときだけページを出します", "いつも出す"),
)  # fmt: skip
"""Keys below ``[[page]]``."""

FIELD_KEYS: Final = _keys(
    Key("id", Kind.TEXT, "項目のid", "項目を見分ける名前。見出しを変えてもidは変えません", is_required=True),
    Key("type", Kind.TEXT, "種類", "項目の種類。種類の一覧から選びます", '"text"'),
    Key("label", Kind.TEXT, "見出し", "項目の見出し。「〜を入力してください」と続けて読める名詞", is_required=True),
    Key("label_en", Kind.TEXT, "見出し（英語）", "英語の見出し"),
    Key("help", Kind.TEXT, "説明", "見出しの下に出る短い説明"),
    Key("help_en", Kind.TEXT, "説明（英語）", "英語の説明"),
    Key("example", Kind.TEXT, "記入例", "記入例。画面の説明、CSVのひな形、用紙に出ます", "種類ごとの例"),
    Key("required", Kind.YES_NO, "必須", "入力が必ず要るかどうか", "true"),
    Key("show_if", Kind.TEXT, "出す条件", "この条件に合うときだけ項目を出します", "いつも出す"),
    Key("legal_basis", Kind.TEXT, "根拠", "この項目をたずねる根拠となる法令"),
    Key("own", Kind.YES_NO, "本人のこと", "入力する本人のことなら true。ブラウザーが自動で入れられます", "true（くり返しの中では false）"),
    Key("max_length", Kind.WHOLE, "文字数の上限", "この文字数まで入力できます"),
    Key("min_length", Kind.WHOLE, "文字数の下限", "この文字数から入力できます"),
    Key("length", Kind.WHOLE, "桁数", "番号の桁数。頭の0も数えます"),
    Key("lines", Kind.WHOLE, "行数", "入力欄の高さ（行）", "5"),
    Key("min", Kind.LIMIT, "下限", "この数、またはこの日から入力できます"),
    Key("max", Kind.LIMIT, "上限", "この数、またはこの日まで入力できます"),
    Key("places", Kind.WHOLE, "小数の桁数", "小数点以下の桁数の上限"),
    Key("past", Kind.YES_NO, "今日まで", "true なら、今日までの日付だけを受け取ります", "false"),
    Key("future", Kind.YES_NO, "今日から", "true なら、今日からの日付だけを受け取ります", "false"),
    Key("choices", Kind.CHOICES, "選択肢", "選択肢。1行に一つ、値 = \"見出し\" の形で書きます"),
    Key("choices_en", Kind.CHOICES, "選択肢（英語）", "英語の選択肢。choices と同じ値に英語の見出しを付けます"),
    Key("yucho", Kind.YES_NO, "ゆうちょ銀行", "true なら、ゆうちょ銀行の記号・番号でも入力できます", "false"),
    Key("accept", Kind.IDS, "ファイルの種類", "受け取るファイルの種類", '["pdf", "jpeg", "png"]'),
    Key("max_megabytes", Kind.WHOLE, "ファイルの大きさの上限", "一つのファイルの上限（MB）", "7"),
    Key("max_files", Kind.WHOLE, "ファイルの数の上限", "選べるファイルの数", "5"),
    Key("min_rows", Kind.WHOLE, "行の下限", "少なくともこの行数を入力します", "必須なら1、任意なら0"),
    Key("max_rows", Kind.WHOLE, "行の上限", "この行数まで加えられます", "10"),
    Key("row_label", Kind.TEXT, "行の呼び方", "一行の呼び方。{number} に順番が入ります", '"{number}人目"'),
    Key("row_label_en", Kind.TEXT, "行の呼び方（英語）", "英語での一行の呼び方", '"No. {number}"'),
    Key("column", Kind.TABLES, "列", "くり返す項目。[[field.column]] の下に、項目と同じキーで書きます"),
)  # fmt: skip
"""Keys below ``[[field]]``; each type of field takes the first ten and those it names."""


def _is(kind: Kind, value: Any) -> bool:
    match kind:
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.YES_NO:
            return isinstance(value, bool)
        case Kind.WHOLE:
            return type(value) is int and value >= 0
        case Kind.LIMIT:
            is_day = isinstance(value, date) and not isinstance(value, datetime)
            return is_day or type(value) in (int, float)
        case Kind.IDS:
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case Kind.CHOICES:
            return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
        case Kind.TABLES:
            return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def read_table(
    table: Mapping[str, Any], path: KeyPath, keys: Mapping[str, Key], report: Report
) -> dict[str, Any]:
    """The values of a table that are what they should be; everything else is told.

    Texts lose white space around them; numbers with a fraction become ``Decimal``.
    """
    good: dict[str, Any] = {}
    meant: set[str] = set()
    for name, value in table.items():
        key = keys.get(name)
        if key is None:
            near = suggest(name, keys, {each.title: each.name for each in keys.values()})
            report.tell_near((*path, name), "unknown_key", near)
            meant.add(near)
        elif not _is(key.kind, value):
            report.tell((*path, name), key.kind.value, **_heading(key))
        elif isinstance(value, str) and not value.strip():
            report.tell((*path, name), "blank_text")
        else:
            good[name] = _cleaned(value)
    for key in keys.values():
        if key.is_required and key.name not in table and key.name not in meant:
            report.tell(path, "missing_key", key=key.name, title=key.title)
    return good


def _heading(key: Key) -> dict[str, object]:
    return {"key": f"field.{key.name}"} if key.kind is Kind.TABLES else {}


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    return Decimal(repr(value)) if isinstance(value, float) else value


def read_tables(
    tree: Mapping[str, Any], path: KeyPath, keys: Mapping[str, Key], report: Report
) -> list[tuple[KeyPath, dict[str, Any]]]:
    """All tables of a list with their paths.

    :param tree: What holds the list under the last name of the path.
    """
    tables = tree.get(str(path[-1]), [])
    if not _is(Kind.TABLES, tables):
        names = ".".join(each for each in path if isinstance(each, str))
        report.tell(path, "wrong_tables", key=names)
        return []
    return [
        ((*path, index), read_table(table, (*path, index), keys, report))
        for index, table in enumerate(tables)
    ]
