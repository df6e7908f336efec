"""Residents as JSON, without loss: what a store keeps and compares by hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any, Final

from govkit.errors import InvalidValue
from govkit.residents.records import (
    Address,
    FormerRow,
    FuzzyDate,
    HouseholdId,
    Masked,
    PersonId,
    PersonName,
    Resident,
)

__all__ = ["RecordProblem", "content_hash", "from_record", "to_record"]

VERSION: Final = 1


class RecordProblem(StrEnum):
    """Why a record is not one of ours."""

    VERSION = "resident_record_version"
    MALFORMED = "resident_record_malformed"


_NAME_FIELDS: Final = tuple(item.name for item in fields(PersonName))
_ADDRESS_FIELDS: Final = tuple(item.name for item in fields(Address))
_TEXT_FIELDS: Final = (
    "sex",
    "kind",
    "status",
    "relationship",
    "move_reason",
    "nationality",
)
_LATER_TEXT_FIELDS: Final = ("business_id",)
_FLAGS: Final = ("is_protected", "other_business_hidden")
_DAYS: Final = ("resident_since", "moved_on")


def to_record(resident: Resident) -> dict[str, Any]:
    """A resident as a dictionary of JSON values; what is blank is left out.

    :raises TypeError: When the resident is masked: a mask is not data.
    """
    household, address, head_name = resident.household, resident.address, resident.head_name
    if (
        isinstance(household, Masked)
        or isinstance(address, Masked)
        or isinstance(head_name, Masked)
    ):
        raise TypeError("a masked resident cannot be stored")
    record: dict[str, Any] = {
        "v": VERSION,
        "municipality_code": resident.id.municipality_code,
        "addressee_number": resident.id.addressee_number,
        "birth": _date_record(resident.birth),
        "name": _texts(resident.name, _NAME_FIELDS),
        "address": _texts(address, _ADDRESS_FIELDS),
        **{name: getattr(resident, name) for name in _TEXT_FIELDS},
    }
    if household is not None:
        record["household"] = [household.municipality_code, household.household_number]
    if head_name:
        record["head_name"] = head_name
    for name in _DAYS:
        day = getattr(resident, name)
        if day is not None:
            record[name] = day.isoformat()
    for name in _LATER_TEXT_FIELDS:
        if text := getattr(resident, name):
            record[name] = text
    for name in _FLAGS:
        if getattr(resident, name):
            record[name] = True
    if resident.history:
        record["history"] = [_former_record(row) for row in resident.history]
    return record


def from_record(record: Mapping[str, Any]) -> Resident:
    """The resident that :func:`to_record` was given.

    :raises InvalidValue: With a :class:`RecordProblem`.
    """
    if record.get("v") != VERSION:
        raise InvalidValue(RecordProblem.VERSION)
    try:
        household = record.get("household")
        return Resident(
            id=PersonId(record["municipality_code"], record["addressee_number"]),
            name=PersonName(**record["name"]),
            birth=_date(record["birth"]),
            household=HouseholdId(*household) if household else None,
            address=Address(**record["address"]),
            head_name=record.get("head_name", ""),
            **{name: record[name] for name in _TEXT_FIELDS},
            **{name: record.get(name, "") for name in _LATER_TEXT_FIELDS},
            **{name: record.get(name, False) for name in _FLAGS},
            resident_since=_day(record.get("resident_since")),
            moved_on=_day(record.get("moved_on")),
            history=tuple(map(_former, record.get("history", ()))),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidValue(RecordProblem.MALFORMED) from error


def content_hash(record: Mapping[str, Any]) -> str:
    """A hash of the content, the same for the same resident in every process and version."""
    text = json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _texts(source: object, names: tuple[str, ...]) -> dict[str, str]:
    return {name: text for name in names if (text := getattr(source, name))}


def _former_record(row: FormerRow) -> dict[str, Any]:
    if isinstance(row.address, Masked):
        raise TypeError("a masked resident cannot be stored")
    record: dict[str, Any] = {
        "name": _texts(row.name, _NAME_FIELDS),
        "address": _texts(row.address, _ADDRESS_FIELDS),
    }
    if row.moved_on:
        record["moved_on"] = row.moved_on.isoformat()
    return record


def _former(record: Mapping[str, Any]) -> FormerRow:
    return FormerRow(
        PersonName(**record["name"]), Address(**record["address"]), _day(record.get("moved_on"))
    )


_DATE_FIELDS: Final = ("year", "month", "day", "unknown", "phrase", "written")


def _date_record(when: FuzzyDate) -> str | dict[str, Any]:
    if when.value is not None and when == FuzzyDate.of(when.value):
        return when.written
    parts = {name: getattr(when, name) for name in _DATE_FIELDS}
    return parts | {"value": when.value.isoformat() if when.value else None}


def _date(record: str | Mapping[str, Any]) -> FuzzyDate:
    if isinstance(record, str):
        return FuzzyDate.of(date.fromisoformat(record))
    return FuzzyDate(_day(record["value"]), **{name: record[name] for name in _DATE_FIELDS})
