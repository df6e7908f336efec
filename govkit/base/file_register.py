"""The register of files of personal information (個人情報ファイル簿, 個人情報の保護に関する法律第75条).

A municipality publishes an entry for each of its files. What a file holds follows from the tables; a
module declares the rest as :class:`PersonalFile`, and who is in charge is for each city to say.

The headings follow the form that the law's 第75条第1項 (with 第74条第1項) and the commission's guide for
local governments give, from memory (unverified): check them against the form in force. Files about
fewer than 1,000 people, and those of staff matters alone, need no entry (第74条第2項, unverified).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from govkit.base.columns import asset_class, strictest
from govkit.base.db import Base, SystemTable, TenantTable
from govkit.base.encrypted_columns import BlindIndex
from govkit.base.municipality import Municipality

__all__ = [
    "BASE_FILES",
    "HEADINGS",
    "Desk",
    "PersonalFile",
    "holds_people",
    "items_of",
    "register_entries",
]


@dataclass(frozen=True, slots=True)
class PersonalFile:
    """A file of personal information (個人情報ファイル), as far as the tables do not tell.

    :param name: 個人情報ファイルの名称.
    :param purpose: 利用目的.
    :param people: Whom it is about (記録範囲).
    :param collected: How it is collected (記録情報の収集方法).
    :param tables: Its tables; rows of the first one are counted as the people.
    :param sensitive: What special care-required information (要配慮個人情報) it holds, or blank.
    :param recipients: To whom it is given regularly (経常的提供先), or blank.
    :param items: What is recorded inside columns that hold several items (記録項目).
    :param remark: Anything else (備考).
    """

    name: str
    purpose: str
    people: str
    collected: str
    tables: tuple[str, ...]
    sensitive: str = ""
    recipients: str = ""
    items: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is in charge at a municipality; blank where the city fills it in by hand.

    :param section: Section whose work the files serve (事務をつかさどる組織).
    :param reception: Where disclosure is asked for (開示請求等を受理する組織).
    :param address: Address of that place.
    """

    section: str = ""
    reception: str = ""
    address: str = ""


_STAFF_EXCEPTION: Final = "職員に関する情報であり、公表を要しない場合がある(法第75条第2項。要確認)"

BASE_FILES: Final = (
    PersonalFile(
        name="校務システム利用者ファイル",
        purpose="システムを利用する職員の確認、権限の管理、利用の連絡のため",
        people="システムを利用する職員",
        collected="職員および所属からの届出、認証基盤からの連携",
        tables=(
            "govkit_staff",
            "govkit_account",
            "govkit_appointment",
            "govkit_external_identity",
            "govkit_kept_form",
            "govkit_notice",
            "govkit_passkey",
            "govkit_recovery_code",
            "govkit_second_factor",
            "govkit_web_session",
        ),
        remark=_STAFF_EXCEPTION,
    ),
    PersonalFile(
        name="校務システム利用記録ファイル",
        purpose="不正な利用の防止と調査、事務処理の実行と確認のため",
        people="システムを利用した職員、記録を閲覧または変更された児童生徒・住民",
        collected="システムの利用に伴う自動的な記録",
        tables=(
            "govkit_audit_event",
            "govkit_audit_checkpoint",
            "govkit_answered_request",
            "govkit_document_issue",
            "govkit_export",
            "govkit_job",
            "govkit_job_file",
            "govkit_system_event",
        ),
    ),
)
"""Files that the tables of the base make up."""

HEADINGS: Final = (
    "個人情報ファイルの名称",
    "行政機関等の名称",
    "個人情報ファイルが利用に供される事務をつかさどる組織の名称",
    "個人情報ファイルの利用目的",
    "記録項目",
    "記録範囲",
    "記録情報の収集方法",
    "要配慮個人情報が含まれるときは、その旨",
    "記録情報の経常的提供先",
    "開示請求等を受理する組織の名称及び所在地",
    "訂正及び利用停止に関する他の法令の規定による特別の手続等",
    "個人情報ファイルの種別",
    "行政機関等匿名加工情報の提案の募集をする個人情報ファイルである旨",
    "備考",
)
"""Headings of an entry (unverified)."""

_BY_HAND: Final = "(団体で記入)"


def register_entries(
    files: Iterable[PersonalFile], municipality: Municipality, desk: Desk = Desk()
) -> list[tuple[str, ...]]:
    """The entries of a municipality, a text for each of :data:`HEADINGS`."""
    return [_entry(each, municipality, desk) for each in files]


def _entry(file: PersonalFile, municipality: Municipality, desk: Desk) -> tuple[str, ...]:
    reception = f"{desk.reception} {desk.address}".strip() or _BY_HAND
    protection = strictest(column for table in _tables(file) for column in table.columns)
    return (
        file.name,
        f"{municipality.name}教育委員会" if municipality.board_code else municipality.name,
        desk.section or _BY_HAND,
        file.purpose,
        "、".join(f"{number}{item}" for number, item in enumerate(items_of(file), 1)),
        file.people,
        file.collected,
        f"含む({file.sensitive})" if file.sensitive else "含まない",
        file.recipients or "なし",
        reception,
        "なし",
        "法第60条第2項第1号(電算処理ファイル)",
        "非該当",
        "。".join(filter(None, (f"情報資産の重要性分類{protection}", file.remark))),
    )


def items_of(file: PersonalFile) -> list[str]:
    """What is recorded (記録項目): the Japanese names of the columns, without those of the machine."""
    items: dict[str, None] = dict.fromkeys(file.items)
    for table in _tables(file):
        items |= dict.fromkeys(str(each.comment) for each in table.columns if _is_item(each))
    return list(items)


def _is_item(column: sa.Column[Any]) -> bool:
    is_technical = column.primary_key or column.name == "version"
    return not (
        is_technical
        or isinstance(column.type, BlindIndex)
        or any(word in str(column.comment) for word in _OF_THE_MACHINE)
    )


_OF_THE_MACHINE: Final = ("ハッシュ", "検索キー", "SHA-256", "JSON", "文に入る値")


def _tables(file: PersonalFile) -> list[sa.Table]:
    known = Base.metadata.tables
    return [known[name] for name in file.tables if name in known]


def holds_people(model: type[Base]) -> bool:
    """Whether a table holds personal information: it says so, or a column is of class I or II."""
    if not issubclass(model, TenantTable | SystemTable):
        return False
    names = getattr(model, "person_column", None) or getattr(model, "staff_columns", None)
    return bool(names) or strictest(_columns(model)).rank <= 2


def _columns(model: Any) -> Iterator[sa.Column[Any]]:
    return (each for each in model.__table__.columns if asset_class(each))
