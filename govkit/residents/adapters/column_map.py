"""How the columns of another system stand for the items of the standard: a map in TOML.

::

    table = "v_jumin"

    [columns]
    市区町村コード = { value = "132021" }
    宛名番号 = { column = "ATENA_NO", digits = 15 }
    氏名 = "SHIMEI"
    性別 = { column = "SEX", codes = { M = "1", F = "2" } }
    生年月日 = { column = "BIRTH_YMD", format = "YYYYMMDD", blank = ["00000000"] }
    支援措置 = { column = "DV_FLG", codes = { "0" = "0", "1" = "1" } }

(TOML wants the Japanese keys in quotation marks.) Items bear the headings of the standard
(基本データリスト) or the names of :class:`~govkit.residents.adapters.extract_columns.Cells`. What the
map does not name is never read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from govkit.errors import InvalidInput, InvalidValue, Problem
from govkit.residents.adapters.extract_columns import (
    COLUMNS,
    Cells,
    headings_by_field,
    refuse_personal_numbers,
)
from govkit.residents.toml_file import read_toml

__all__ = [
    "PROTECTED",
    "SEARCH_KEYS",
    "ColumnMap",
    "DateFormat",
    "MappedColumn",
    "MappingProblem",
    "read_column_map",
]

PROTECTED: Final = "支援措置"
"""Item whose column tells whether support measures apply: ``1`` they do, ``0`` or blank not."""
SEARCH_KEYS: Final = "検索キー"
"""Item whose column holds our own keys, see :func:`~govkit.residents.keys.resident_keys`."""

_EXTRA: Final = {PROTECTED: "is_protected", SEARCH_KEYS: "search_keys"}
_DATES: Final = ("birth", "moved_on", "resident_since")
_REQUIRED: Final = {
    **{name: col.name for name, col in zip(Cells._fields, COLUMNS, strict=True) if col.is_required},
    _EXTRA[PROTECTED]: PROTECTED,
}


class DateFormat(StrEnum):
    """How a text column writes a date; columns of a date type need none."""

    DASHED = "YYYY-MM-DD"
    PLAIN = "YYYYMMDD"


class MappingProblem(StrEnum):
    """Why a value of the other system cannot be taken over."""

    CODE = "map_unknown_code"
    DATE = "map_date_format"
    TYPE = "map_value_type"


TEXTS: Final[Mapping[StrEnum, str]] = MappingProxyType(
    {
        MappingProblem.CODE: "対応表にない値です。codes にこの値の行を足してください。",
        MappingProblem.DATE: "日付が format の形ではありません。対応表か元の値を直してください。",
        MappingProblem.TYPE: "文字・整数・日付のどれでもない型の列です。ビューで文字にしてください。",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedColumn:
    """Where an item comes from: a column, or the same value for everybody.

    :param column: Their name of the column; blank for a fixed ``value``.
    :param codes: Our value by theirs; a value that is not named is refused.
    :param date_format: How a text column writes the date.
    :param blank: Values that mean nothing, such as ``00000000``.
    :param digits: Width to which a number column is filled with leading zeros.
    """

    column: str = ""
    value: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    date_format: DateFormat | None = None
    blank: frozenset[str] = frozenset()
    digits: int = 0

    def read(self, raw: object) -> str:
        """A value of their column as the register writes it.

        :raises InvalidValue: With a :class:`MappingProblem`.
        """
        text = self._text(raw)
        if self.blank and text in self.blank:
            return ""
        if self.codes and text:
            try:
                return self.codes[text]
            except KeyError:
                raise InvalidValue(MappingProblem.CODE) from None
        if self.date_format is DateFormat.PLAIN and text and not isinstance(raw, date):
            if not re.fullmatch("[0-9A]{8}", text):
                raise InvalidValue(MappingProblem.DATE)
            return f"{text[:4]}-{text[4:6]}-{text[6:]}"
        return text

    def _text(self, raw: object) -> str:
        match raw:
            case None:
                return ""
            case str():
                return raw
            case bool():
                return str(int(raw))
            case int():
                return f"{raw:0{self.digits}d}"
            case Decimal() if raw == raw.to_integral_value():
                return f"{int(raw):0{self.digits}d}"
            case date():
                return raw.isoformat()[:10]  # without the time of a datetime
        raise InvalidValue(MappingProblem.TYPE)

    def raws(self, text: str) -> list[str]:
        """Texts of their column that :meth:`read` makes this not blank text of."""
        if self.codes:
            return [theirs for theirs, ours in self.codes.items() if ours == text]
        if self.date_format is DateFormat.PLAIN:
            return [text.replace("-", "")]
        return [text]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """The items of a view or table of another system.

    :param columns: By field of :class:`Cells`.
    :param is_protected: Where to see that support measures apply (支援措置).
    :param search_keys: Their column with our keys, or blank.
    """

    table: str
    schema: str = ""
    columns: Mapping[str, MappedColumn]
    is_protected: MappedColumn
    search_keys: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every column that is read."""
        mapped = (*self.columns.values(), self.is_protected)
        return frozenset({one.column for one in mapped} | {self.search_keys}) - {""}

    @property
    def has_history(self) -> bool:
        """Whether a person may have several rows (履歴)."""
        return any(
            name in self.columns and bool(self.columns[name].column)
            for name in ("history", "branch", "is_latest")
        )


def read_column_map(source: Path | str) -> ColumnMap:
    """Read a column map (項目対応表).

    :param source: A path, or the text of a TOML document.
    :raises InvalidInput: With everything that is wrong with the map, each with its place.
    """
    name, document = read_toml(source)
    reader = _Reader(name)
    found = reader.read(document)
    if reader.problems:
        raise InvalidInput(reader.problems)
    return found


_KINDS: Final[Mapping[str, str]] = {
    "column": "文字",
    "value": "文字",
    "format": "文字",
    "codes": "「相手の値 = 標準の値」の表",
    "blank": "文字の一覧",
    "digits": "1から15までの整数",
}
_TEXT_KEYS: Final = frozenset({"column", "value", "format"})


class _Reader:
    """One pass over a map that keeps every problem."""

    def __init__(self, name: str) -> None:
        self.problems: list[Problem] = []
        self._name = name

    def read(self, document: Mapping[str, Any]) -> ColumnMap:
        for key in document.keys() - {"table", "schema", "columns"}:
            known = "table、schema、[columns]"
            self._refuse(
                "map_unknown", "この設定はありません。使えるのは {known} です。", key, known=known
            )
        for key in ("table", "schema"):
            if not isinstance(document.get(key, ""), str):
                self._refuse("map_kind", "{expected}で書いてください。", key, expected="文字")
        if not document.get("table"):
            self._refuse(
                "map_table", "参照する表かビューの名前を table に書いてください。", "table"
            )
        columns = document.get("columns", {})
        items = dict(self._items(columns if isinstance(columns, dict) else {}))
        for name, heading in _REQUIRED.items():
            if name not in items:
                text = (
                    "「{heading}」がありません。列の名前か、全員に同じ値（value）を書いてください。"
                )
                self._refuse("map_required", text, "columns", heading=heading)
        keys = items.pop(_EXTRA[SEARCH_KEYS], MappedColumn())
        protected = items.pop(_EXTRA[PROTECTED], MappedColumn())
        return ColumnMap(
            table=str(document.get("table", "")),
            schema=str(document.get("schema", "")),
            columns=items,
            is_protected=protected,
            search_keys=keys.column,
        )

    def _items(self, columns: Mapping[str, Any]) -> Iterator[tuple[str, MappedColumn]]:
        given: dict[str, str] = {}
        for heading, table in columns.items():
            place = f"columns.{heading}"
            name = _field(heading)
            if name is None:
                text = "この項目はありません。標準の見出しで書いてください。"
                self._refuse("map_item", text, place)
            elif name in given:
                text = "「{other}」と同じ項目です。どちらかを消してください。"
                self._refuse("map_twice", text, place, other=given[name])
            else:
                given[name] = heading
                table = {"column": table} if isinstance(table, str) else table
                if self._is_sound(name, table, place):
                    yield name, _mapped(name, table)
                else:
                    yield name, MappedColumn()
        self._refuse_numbers(columns)

    def _is_sound(self, name: str, table: Any, place: str) -> bool:
        before = len(self.problems)
        if not isinstance(table, dict):
            text = "列の名前か、column や value の表で書いてください。"
            self._refuse("map_shape", text, place)
            return False
        for key, value in table.items():
            self._check(key, value, f"{place}.{key}")
        if ("column" in table) == ("value" in table):
            text = "column（列の名前）か value（全員に同じ値）のどちらか一つを書いてください。"
            self._refuse("map_source", text, place)
        if "format" in table and name not in _DATES:
            self._refuse(
                "map_not_a_date", "日付の項目ではありません。消してください。", f"{place}.format"
            )
        if "codes" in table and name in _DATES:
            text = "日付の項目には使えません。意味のない値は blank に書いてください。"
            self._refuse("map_codes_of_date", text, f"{place}.codes")
        if name == _EXTRA[SEARCH_KEYS] and set(table) != {"column"}:
            self._refuse("map_keys", "列の名前（column）だけを書いてください。", place)
        return len(self.problems) == before

    def _check(self, key: str, value: Any, place: str) -> None:
        if key not in _KINDS:
            known = "、".join(_KINDS)
            text = "この設定はありません。使えるのは {known} です。"
            self._refuse("map_unknown", text, place, known=known)
            return
        if not _is_of_kind(key, value):
            text = "{expected}で書いてください。"
            self._refuse("map_kind", text, place, expected=_KINDS[key])
        elif key == "format" and value not in list(DateFormat):
            known = "、".join(DateFormat)
            self._refuse("map_format", "使えるのは {known} です。", place, known=known)

    def _refuse_numbers(self, columns: Mapping[str, Any]) -> None:
        theirs = (
            one.get("column", "") if isinstance(one, dict) else one for one in columns.values()
        )
        names = [*columns, *(one for one in theirs if isinstance(one, str))]
        try:
            refuse_personal_numbers(names, self._name)
        except InvalidInput as refused:
            text = "個人番号の列は読み込めません。対応表から消してください。"
            for one in refused.problems:
                self._refuse("forbidden_column", text, f"columns.{one.column}")

    def _refuse(self, code: str, text: str, place: str, **params: object) -> None:
        self.problems.append(Problem(code, text, self._name, column=place, params=params))


def _is_of_kind(key: str, value: Any) -> bool:
    match value:
        case bool():
            return False
        case int():
            return key == "digits" and 1 <= value <= 15
        case list():
            return key == "blank" and all(isinstance(one, str) for one in value)
        case dict():
            texts = all(isinstance(one, str) for one in value.values())
            return key == "codes" and texts and bool(value)
    return isinstance(value, str) and key in _TEXT_KEYS and (key != "column" or bool(value))


def _field(heading: str) -> str | None:
    if heading in Cells._fields:
        return heading
    if heading in _EXTRA:
        return _EXTRA[heading]
    return next(iter(headings_by_field([heading])), None)


def _mapped(name: str, table: Mapping[str, Any]) -> MappedColumn:
    written = DateFormat(table.get("format", DateFormat.DASHED))
    return MappedColumn(
        column=table.get("column", ""),
        value=table.get("value", ""),
        codes=MappingProxyType(dict(table.get("codes", {}))),
        date_format=written if name in _DATES else None,
        blank=frozenset(table.get("blank", ())),
        digits=table.get("digits", 0),
    )
