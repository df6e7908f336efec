"""What an entry takes over from the resident register, and what a school gets of it."""

from datetime import date
from typing import Any, Final

from govkit.base.i18n import lazy_gettext as _
from govkit.jp.text import search_key
from govkit.modules.enrolment.models import RegisterEntry
from govkit.modules.schools import NewPupil
from govkit.residents.keys import name_keys
from govkit.residents.records import Address, FuzzyDate, HouseholdId, Kind, PersonName, Resident

__all__ = ["FIELD_TITLES", "assumed_birth", "new_pupil", "resident_facts"]

FIELD_TITLES: Final = {
    "official_name": _("氏名"),
    "family_name": _("氏"),
    "given_name": _("名"),
    "kana_name": _("フリガナ"),
    "kana_family_name": _("氏のフリガナ"),
    "kana_given_name": _("名のフリガナ"),
    "preferred_name": _("通称名"),
    "preferred_kana": _("通称名のフリガナ"),
    "roman_name": _("外国人氏名（英字）"),
    "kanji_name": _("外国人氏名（漢字）"),
    "name_preference": _("氏名優先区分"),
    "birth_date": _("生年月日"),
    "birth_phrase": _("生年月日（不詳の表記）"),
    "birth_is_certain": _("生年月日が確かか"),
    "sex": _("性別"),
    "postcode": _("郵便番号"),
    "address_municipality_code": _("住所の市区町村コード"),
    "machiaza_id": _("町字ID"),
    "prefecture": _("都道府県"),
    "city": _("市区町村"),
    "town": _("町字"),
    "lot": _("番地号"),
    "building": _("方書"),
    "household_number": _("世帯番号"),
    "relationship_to_head": _("続柄"),
    "nationality": _("国籍"),
    "is_foreign": _("外国籍"),
    "is_protected": _("支援措置"),
    "resident_since": _("住民となった年月日"),
    "entry_school_year": _("入学する年度"),
    "status": _("状態"),
    "guardian": _("保護者"),
    "school": _("指定校"),
    "note": _("備考"),
    "schooling": _("就学状況"),
}
"""Japanese titles of what can change in an entry."""


def assumed_birth(birth: FuzzyDate) -> date | None:
    """The day of birth to go by: the one the register holds, else the earliest it can be."""
    return birth.value or birth.earliest


def resident_facts(resident: Resident, entry_year: int) -> dict[str, Any]:
    """The columns of a :class:`RegisterEntry` that follow the resident register."""
    name, address, household = resident.name, resident.address, resident.household
    assert isinstance(address, Address)  # noqa: S101 - the purpose reveals locations
    birth = assumed_birth(resident.birth)
    return {
        **_names(name),
        "birth_date": birth,
        "birth_phrase": resident.birth.phrase,
        "birth_is_certain": resident.birth.is_known,
        "sex": resident.sex,
        "postcode": address.postcode,
        "address_municipality_code": address.municipality_code,
        "machiaza_id": address.machiaza_id,
        "prefecture": address.prefecture,
        "city": address.city,
        "town": address.town,
        "lot": address.lot,
        "building": address.building,
        "household_number": household.household_number
        if isinstance(household, HouseholdId)
        else "",
        "relationship_to_head": resident.relationship,
        "nationality": resident.nationality,
        "is_foreign": resident.kind == Kind.FOREIGN,
        "is_protected": resident.is_protected,
        "resident_since": resident.resident_since,
        "entry_school_year": entry_year,
    }


def _names(name: PersonName) -> dict[str, str]:
    return {
        "official_name": name.full or f"{name.family}　{name.given}".strip(),
        "family_name": name.family,
        "given_name": name.given,
        "kana_name": name.kana_full,
        "kana_family_name": name.kana_family,
        "kana_given_name": name.kana_given,
        "preferred_name": name.alias,
        "preferred_kana": name.alias_kana,
        "roman_name": name.roman,
        "kanji_name": name.kanji,
        "name_preference": name.preference,
    }


def search_columns(resident: Resident) -> dict[str, str]:
    """The columns by which an entry is found; they follow the names and are no facts."""
    return {
        "kana_key": search_key(resident.name.display_kana),
        "name_keys": "\n".join(("", *name_keys(resident.name), "")),
    }


def _two_parts(full: str) -> tuple[str, str]:
    family, _space, given = " ".join(full.split()).partition(" ")
    return family, given


def new_pupil(entry: RegisterEntry, *, is_protected: bool) -> NewPupil:
    """The child as the school gets it: names, birth and sex, and neither address nor guardian."""
    family, given = entry.family_name, entry.given_name
    if not (family or given):
        family, given = _two_parts(entry.official_name or entry.roman_name)
    kana_family, kana_given = entry.kana_family_name, entry.kana_given_name
    if not (kana_family or kana_given):
        kana_family, kana_given = _two_parts(entry.kana_name)
    uses_alias = entry.name_preference == "2" and bool(entry.preferred_name)
    names = _two_parts(entry.preferred_name) if uses_alias else ("", "")
    kana = _two_parts(entry.preferred_kana) if uses_alias else ("", "")
    return NewPupil(
        addressee_number=entry.addressee_number,
        family_name=family[:100],
        given_name=given[:100],
        kana_family_name=kana_family[:100],
        kana_given_name=kana_given[:100],
        birth_date=entry.birth_date,
        sex=entry.sex,
        is_protected=is_protected,
        preferred_family_name=names[0][:100] or None,
        preferred_given_name=names[1][:100] or None,
        preferred_kana_family_name=kana[0][:100] or None,
        preferred_kana_given_name=kana[1][:100] or None,
    )
