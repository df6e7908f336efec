"""Residents in JSON rows with romaji item names, as REST interfaces of the standard give them.

The rows go through the same checks as those of the CSV extract. One row that is not as agreed
spoils the whole answer: leaving it out would make somebody look absent.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

from govkit.errors import InvalidInput
from govkit.residents.adapters.extract_columns import COLUMNS, Cells, refuse_personal_numbers
from govkit.residents.adapters.extract_history import History
from govkit.residents.adapters.extract_rows import RowChecker, resident_of
from govkit.residents.adapters.protection_list import PROTECTION_COLUMNS, ProtectionReader
from govkit.residents.adapters.rest_settings import RestLayout
from govkit.residents.records import (
    Address,
    FuzzyDate,
    Masked,
    PersonId,
    PersonName,
    Resident,
)
from govkit.residents.source import SourceUnavailable

__all__ = ["JsonRow", "PersonRow", "protected_in", "read_people", "rows_of", "text_of"]

JsonRow = Mapping[str, Any]
"""A row of an answer: text by romaji name."""

_NEEDED: Final = ("市区町村コード", "宛名番号", "生年月日", "氏名", "氏名_フリガナ", "住所_町字")
"""Items that must be in every row, blank or not: without them everybody would look like nobody."""
_NO_LIMIT: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person and the current row, for what a :class:`Resident` does not hold."""

    resident: Resident
    row: JsonRow


def read_people(
    rows: Sequence[object], municipality_code: str, layout: RestLayout
) -> list[PersonRow]:
    """The people of the rows, by number; nobody is marked as protected yet.

    :raises SourceUnavailable: When any row is not as agreed; its reason names codes alone.
    """
    given = _sound(rows, layout, _NEEDED)
    names = [layout.item(column.name) for column in COLUMNS]
    table = _Rows([tuple(text_of(row.get(name)) for name in names) for row in given])
    checker = RowChecker(table, municipality_code, name="", max_problems=_NO_LIMIT)
    history: History[tuple[str, FuzzyDate | None]] = History()
    for row, cells, rank, content, birth in checker:
        history.add(cells[1], rank, row, (content, birth))
    for number, tied in history.ties.items():
        checker.refuse_duplicates(tied, number)
    found: list[PersonRow] = []
    for number, (_, row, (content, birth)) in sorted(history.current.items()):
        if (birth := birth or checker.checked_birth(row, content)) is None:
            break
        former = (content for content, _ in history.former.get(number, ()))
        person = PersonId(municipality_code, number)
        contents = (content, *former)
        resident = resident_of(person, contents, checker.dates, is_protected=False, birth=birth)
        found.append(PersonRow(resident, given[row]))
    if checker.problems:
        codes = sorted({f"{one.code} {one.column}".strip() for one in checker.problems})
        raise SourceUnavailable(f"row: {', '.join(codes)}")
    return found


def protected_in(
    rows: Sequence[object], municipality_code: str, layout: RestLayout
) -> Container[str]:
    """Addressee numbers of the protected people (支援措置) of these rows.

    :raises SourceUnavailable: When any row is not as agreed.
    """
    names = [layout.item(column.name) for column in PROTECTION_COLUMNS]
    needed = [column.name for column in PROTECTION_COLUMNS if column.is_required]
    reader = ProtectionReader(municipality_code)
    for number, row in enumerate(_sound(rows, layout, needed)):
        reader.take(number, tuple(text_of(row.get(name)) for name in names))
    if reader.problems:
        codes = sorted({one.code for one in reader.problems})
        raise SourceUnavailable(f"row: {', '.join(codes)}")
    return reader.protected


class _Rows:
    """Cells with the headings of the columns, as the checks of a file want them."""

    def __init__(self, rows: Sequence[tuple[str, ...]]) -> None:
        self.headings = tuple(column.name for column in COLUMNS)
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        return enumerate(self._rows)


def _sound(rows: Sequence[object], layout: RestLayout, needed: Iterable[str]) -> Sequence[JsonRow]:
    given = [row for row in rows if isinstance(row, dict)]
    if len(given) != len(rows):
        raise SourceUnavailable("row: not an object")
    if _hold_personal_numbers(frozenset(key for row in given for key in row)):
        raise SourceUnavailable("row: personal numbers, which must not be delivered here")
    names = [*map(layout.item, needed)]
    if lacking := sorted({name for row in given for name in names if name not in row}):
        raise SourceUnavailable(f"row: no {', '.join(lacking)}")
    return given


@lru_cache(maxsize=64)
def _hold_personal_numbers(keys: frozenset[str]) -> bool:
    try:
        refuse_personal_numbers(keys, "")
    except InvalidInput:
        return True
    return False


def text_of(value: object) -> str:
    """The text of an item; an absent one is blank.

    :raises SourceUnavailable: When it is no text: a number may have lost its leading zeros.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise SourceUnavailable("row: not a text")
    if not value.isascii() and any("\ud800" <= mark <= "\udfff" for mark in value):
        raise SourceUnavailable("row: half a character")
    return value


def rows_of(resident: Resident, layout: RestLayout) -> list[dict[str, str]]:
    """The rows of a person, the current one first: what a provider would give.

    :raises TypeError: When the resident is masked.
    """
    names = [layout.item(column.name) for column in COLUMNS]
    versions = [(resident.name, resident.address, resident.moved_on)]
    versions += [(one.name, one.address, one.moved_on) for one in resident.history]
    rows: list[dict[str, str]] = []
    for position, (name, address, moved_on) in enumerate(versions):
        changed = replace(resident, name=name, address=address, moved_on=moved_on)
        number = len(versions) - position
        cells = _cells(changed, number)._replace(is_latest=str(int(position == 0)))
        rows.append(dict(zip(names, cells, strict=True)))
    return rows


def _cells(resident: Resident, number: int) -> Cells:
    household, address, head_name = resident.household, resident.address, resident.head_name
    if (
        isinstance(household, Masked)
        or isinstance(address, Masked)
        or isinstance(head_name, Masked)
    ):
        raise TypeError("a masked resident cannot be sent")
    birth = resident.birth
    return Cells(
        municipality_code=resident.id.municipality_code,
        addressee_number=resident.id.addressee_number,
        history=str(number),
        branch="0",
        is_latest="",
        is_deleted="0",
        household_number=household.household_number if household else "",
        kind=resident.kind,
        status=resident.status,
        moved_on=_day(resident.moved_on),
        moved_on_unknown="0",
        move_reason=resident.move_reason,
        **_name_cells(resident.name),
        sex=resident.sex,
        birth=birth.written,
        birth_unknown=str(int(birth.unknown)),
        birth_phrase=birth.phrase,
        relationship=resident.relationship,
        head_name=head_name,
        **_address_cells(address),
        resident_since=_day(resident.resident_since),
        resident_since_unknown="0",
        nationality=resident.nationality,
        other_business_hidden=str(int(resident.other_business_hidden)),
        business_id=resident.business_id,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _name_cells(name: PersonName) -> dict[str, str]:
    fields = PersonName.__dataclass_fields__
    return {"roman_kana": ""} | {field: getattr(name, field) for field in fields}


def _address_cells(address: Address) -> dict[str, str]:
    fields = (field for field in Address.__dataclass_fields__ if field in Cells._fields)
    own = {field: getattr(address, field) for field in fields if field != "municipality_code"}
    return own | {"address_municipality_code": address.municipality_code}
