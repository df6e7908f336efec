"""Who may look residents up for what: contexts, purposes of use, and the policy file.

The policy is data that a city reviews like code: one TOML file with a table per purpose (利用目的).
::

    [purposes.school_register]
    title = "学齢簿の編製と確認"
    legal_basis = "学校教育法施行令第1条"
    keys = ["name", "birth", "addressee_number"]
    items = ["address", "household", "relationship"]
    max_rows = 50
    history = false
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from govkit.errors import GovkitError, InvalidInput, Problem
from govkit.residents.toml_file import read_toml

__all__ = [
    "InvalidContext",
    "LookupContext",
    "PurposeRule",
    "QueryKey",
    "ResidentItem",
    "read_policy",
]


class QueryKey(StrEnum):
    """Conditions by which a purpose may search (検索項目)."""

    ADDRESSEE_NUMBER = "addressee_number"
    NAME = "name"
    BIRTH = "birth"
    SEX = "sex"
    HOUSEHOLD = "household"
    ADDRESS = "address"
    """Town, lot, building and postcode (住所・方書・郵便番号)."""


class ResidentItem(StrEnum):
    """What a purpose may see beyond number, names, birth and protection (提供項目)."""

    ADDRESS = "address"
    HOUSEHOLD = "household"
    """Household number and name of the head (世帯番号・世帯主氏名)."""
    RELATIONSHIP = "relationship"
    SEX = "sex"
    NATIONALITY = "nationality"
    STATUS = "status"
    """State of the registration and the latest change (住民状態・異動)."""


class InvalidContext(GovkitError):
    """A lookup context lacks a field: nobody looks residents up without saying who and why."""

    code = "lookup_context_incomplete"


@dataclass(frozen=True, slots=True)
class LookupContext:
    """Who looks a resident up, and why; it goes into the audit log.

    :param actor: Stable identifier of the acting person.
    :param section: Section (課) the person acts for.
    :param purpose: Name of a :class:`PurposeRule`.
    :param legal_basis: Law and article that allow the use.
    :param reason: The case at hand in the actor's words.
    :param work_id: Reference of the case: an application number, a page, a job; may be blank.
    :param deadline: Seconds the asker waits for an answer; ``None`` leaves it to the source.
    :raises InvalidContext: When one of the first five is blank.
    """

    actor: str
    section: str
    purpose: str
    legal_basis: str
    reason: str
    work_id: str = ""
    deadline: float | None = None

    def __post_init__(self) -> None:
        required = ("actor", "section", "purpose", "legal_basis", "reason")
        blank = [name for name in required if not str(getattr(self, name)).strip()]
        if blank:
            raise InvalidContext(", ".join(blank))


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """What a purpose of use (利用目的) allows.

    :param legal_basis: Law and article that allow the use.
    :param reveals_protected_location: Whether address and household of protected people are given;
        only for work that cannot be done without, such as compiling the 学齢簿.
    :param max_rows: Most rows one interactive answer may hold.
    :param bulk: Whether ``born_between`` and ``match`` are allowed.
    :param keys: Conditions a query may have.
    :param items: What of a person is given out beyond number, names and birth.
    :param history: Whether earlier names and addresses are searched and given (履歴).
    :param single_match: Answers are one sure person or nobody: for forms that residents use.
    :param business_id: Business (業務ID) whose rows are seen although 他業務参照不可 is set.
    :param rows_per_hour: People one actor may be shown in an hour; 0 for no limit.
    :param title: What those who choose a purpose read; blank shows the name.
    """

    name: str
    legal_basis: str
    reveals_protected_location: bool = False
    max_rows: int = 50
    bulk: bool = False
    keys: frozenset[QueryKey] = frozenset(QueryKey)
    items: frozenset[ResidentItem] = frozenset(ResidentItem)
    history: bool = True
    single_match: bool = False
    business_id: str = ""
    rows_per_hour: int = 0
    title: str = ""

    def context(self, *, actor: str, section: str, reason: str, work_id: str = "") -> LookupContext:
        """A lookup context for this purpose and its legal basis."""
        return LookupContext(actor, section, self.name, self.legal_basis, reason, work_id)


_KINDS: Final[Mapping[str, tuple[type, str]]] = {
    "legal_basis": (str, "文字"),
    "reveals_protected_location": (bool, "true か false"),
    "max_rows": (int, "1以上の整数"),
    "bulk": (bool, "true か false"),
    "keys": (list, "項目名の一覧"),
    "items": (list, "項目名の一覧"),
    "history": (bool, "true か false"),
    "single_match": (bool, "true か false"),
    "business_id": (str, "文字"),
    "rows_per_hour": (int, "0以上の整数"),
    "title": (str, "文字"),
}
_LISTS: Final[Mapping[str, type[StrEnum]]] = {"keys": QueryKey, "items": ResidentItem}
_LEAST: Final[Mapping[str, Any]] = {"max_rows": 1, "rows_per_hour": 0}


def read_policy(source: Path | str) -> Mapping[str, PurposeRule]:
    """The purposes of a policy file (照会の方針), by name.

    A purpose names every condition and item it may use: what is not named is not allowed.

    :param source: A path, or the text of a TOML document.
    :raises InvalidInput: With everything that is wrong with the file, each with its place.
    """
    name, document = read_toml(source)
    purposes = document.get("purposes")
    if not isinstance(purposes, dict) or not purposes:
        empty = "利用目的がありません。[purposes.名前] の表を一つ以上書いてください。"
        raise InvalidInput([Problem("policy_empty", empty, name)])
    problems: list[Problem] = []
    for purpose, table in purposes.items():
        problems += (
            Problem(code, sentence, name, column=f"purposes.{purpose}{place}", params=params)
            for code, sentence, place, params in _problems(table)
        )
    if problems:
        raise InvalidInput(problems)
    return {purpose: _rule(purpose, table) for purpose, table in purposes.items()}


def _rule(name: str, table: Mapping[str, Any]) -> PurposeRule:
    options = {key: value for key, value in table.items() if key not in _LISTS}
    for key, kind in _LISTS.items():
        options[key] = frozenset(map(kind, table.get(key, ())))
    return PurposeRule(name, **({"history": False} | options))


_Found = tuple[str, str, str, Mapping[str, object]]


def _problems(table: Any) -> Iterable[_Found]:
    if not isinstance(table, dict):
        yield "policy_table", "表にしてください。", "", {}
        return
    if not str(table.get("legal_basis", "")).strip():
        yield "policy_legal_basis", "根拠となる法令の条文を legal_basis に書いてください。", "", {}
    for key, value in table.items():
        if key not in _KINDS:
            known = "、".join(_KINDS)
            text = "この設定はありません。使えるのは {known} です。"
            yield "policy_unknown", text, f".{key}", {"known": known}
        elif type(value) is not _KINDS[key][0] or value < _LEAST.get(key, value):
            text = "{expected}で書いてください。"
            yield "policy_kind", text, f".{key}", {"expected": _KINDS[key][1]}
        elif key in _LISTS:
            yield from _unknown_items(key, value)


def _unknown_items(key: str, value: Any) -> Iterable[_Found]:
    known = tuple(_LISTS[key])
    for item in value:
        if item not in known:
            text = "「{item}」はありません。使えるのは {known} です。"
            yield "policy_item", text, f".{key}", {"item": item, "known": "、".join(known)}
