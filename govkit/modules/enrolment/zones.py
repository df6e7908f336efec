"""Attendance zones (通学区域): which town belongs to which schools, edited as a CSV file."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.i18n import gettext
from govkit.base.i18n import lazy_gettext as _
from govkit.base.work import Work
from govkit.errors import InvalidInput, Problem
from govkit.formats.tabular import Column, Encoding, ReadOptions, read_table, write_table
from govkit.modules.enrolment.models import AttendanceZone
from govkit.modules.resident_extracts import towns
from govkit.modules.schools import School, SchoolKind, schools

__all__ = ["Zone", "ZoneResult", "replace_zones", "write_zones", "zones"]

_TOWN_ID, _TOWN = "町字ID", "町字"
_ELEMENTARY, _ELEMENTARY_NAME = "小学校コード", "小学校名"
_JUNIOR_HIGH, _JUNIOR_HIGH_NAME = "中学校コード", "中学校名"
_HEADINGS: Final = (
    _TOWN_ID,
    _TOWN,
    _ELEMENTARY,
    _ELEMENTARY_NAME,
    _JUNIOR_HIGH,
    _JUNIOR_HIGH_NAME,
)
_COLUMNS: Final = (
    Column(_TOWN_ID),
    Column(_TOWN),
    Column(_ELEMENTARY),
    Column(_ELEMENTARY_NAME, is_required=False),
    Column(_JUNIOR_HIGH, is_required=False),
    Column(_JUNIOR_HIGH_NAME, is_required=False),
)
_ELEMENTARY_KINDS: Final = frozenset({SchoolKind.ELEMENTARY, SchoolKind.COMPULSORY})
_JUNIOR_HIGH_KINDS: Final = frozenset({SchoolKind.JUNIOR_HIGH, SchoolKind.COMPULSORY})


@dataclass(frozen=True, slots=True)
class Zone:
    """A town and its schools; without schools it is a town where people live but no zone is."""

    machiaza_id: str
    town: str
    elementary: School | None
    junior_high: School | None


@dataclass(frozen=True, slots=True)
class ZoneResult:
    """How many towns have a zone now, and how many lines named no school."""

    zones: int
    left_out: int


def zones(work: Work) -> list[Zone]:
    """All zones by town id, with the towns of residents that lack one."""
    work.require("enrolment.manage_zones")
    by_id = {school.id: school for school in work.session.scalars(sa.select(School))}
    found = [
        Zone(
            row.machiaza_id,
            row.town,
            by_id[row.elementary_school_id],
            by_id[row.junior_high_school_id] if row.junior_high_school_id else None,
        )
        for row in work.session.scalars(sa.select(AttendanceZone))
    ]
    known = {zone.machiaza_id for zone in found}
    found += [
        Zone(machiaza_id, town, None, None)
        for machiaza_id, town in towns(work.session)
        if machiaza_id not in known
    ]
    return sorted(found, key=lambda zone: zone.machiaza_id)


def write_zones(work: Work) -> bytes:
    """The zones as a CSV file for people, to be edited and sent back."""
    body = io.BytesIO()
    rows = [
        (
            zone.machiaza_id,
            zone.town,
            zone.elementary.code if zone.elementary else "",
            zone.elementary.name if zone.elementary else "",
            zone.junior_high.code if zone.junior_high else "",
            zone.junior_high.name if zone.junior_high else "",
        )
        for zone in zones(work)
    ]
    work.record("enrolment.zones_downloaded", work.municipality.code, count=len(rows))
    write_table(body, _HEADINGS, rows)
    return body.getvalue()


def replace_zones(
    work: Work, source: Path | BinaryIO, *, encoding: Encoding | str, name: str = ""
) -> ZoneResult:
    """Replace all zones by those of a file, or none if any line is wrong.

    Lines without a school code are left out: their towns have no zone.

    :raises InvalidInput: With every wrong line.
    """
    work.require("enrolment.manage_zones")
    options = ReadOptions(is_guarded=True)
    with read_table(source, _COLUMNS, encoding=encoding, name=name, options=options) as table:
        reader = _Reader({school.code: school for school in schools(work)}, name)
        for row, cells in table:
            reader.take(row, cells)
    problems = sorted((*table.problems, *reader.problems), key=lambda one: one.row or 0)
    if problems:
        raise InvalidInput(problems)
    if not reader.zones:
        raise InvalidInput([Problem("no_zones", _NO_ZONES, file=name)])
    work.session.execute(sa.delete(AttendanceZone))
    work.session.add_all(reader.zones.values())
    work.session.flush()
    work.record("enrolment.zones_replaced", work.municipality.code, count=len(reader.zones))
    return ZoneResult(len(reader.zones), reader.left_out)


_NO_ZONES: Final = _(
    "学校の決まった町字が一つもありません。学校コードを入れたファイルを選んでください。"
)
_BAD_TOWN: Final = _(
    "町字IDは7桁の数字で入れてください。Excelで先頭の0が消えていないか確かめてください。"
)
_TWICE: Final = _("同じ町字IDの行が二つあります（{first}行目）。どちらかを消してください。")
_UNKNOWN: Final = _("この学校コードの学校は登録されていないか、廃止されています。")
_WRONG_KIND: Final = _("{name}は{column}に入れられない学校種です。")
_NO_ELEMENTARY: Final = _("小学校コードを入れてください。")


class _Reader:
    def __init__(self, by_code: Mapping[str, School], name: str) -> None:
        self._by_code = by_code
        self._name = name
        self._rows: dict[str, int] = {}
        self.zones: dict[str, AttendanceZone] = {}
        self.problems: list[Problem] = []
        self.left_out = 0

    def take(self, row: int, cells: tuple[str, ...]) -> None:
        """Read one line, or note what is wrong with it."""
        town_id, town, elementary, _n, junior_high, _m = (cell.strip() for cell in cells)
        if not (town_id.isascii() and town_id.isdigit() and len(town_id) == 7):
            self._refuse(row, _TOWN_ID, town_id, "bad_machiaza_id", _BAD_TOWN)
            return
        if town_id in self._rows:
            first = self._rows[town_id]
            self._refuse(row, _TOWN_ID, town_id, "duplicate_machiaza_id", _TWICE, first=first)
            return
        self._rows[town_id] = row
        if not elementary and not junior_high:
            self.left_out += 1
            return
        if not elementary:
            self._refuse(row, _ELEMENTARY, "", "no_elementary_school", _NO_ELEMENTARY)
            return
        first_school = self._school(row, _ELEMENTARY, elementary, _ELEMENTARY_KINDS)
        second_school = self._school(row, _JUNIOR_HIGH, junior_high, _JUNIOR_HIGH_KINDS)
        if first_school is not None:
            self.zones[town_id] = AttendanceZone(
                machiaza_id=town_id,
                town=town[:300],
                elementary_school_id=first_school,
                junior_high_school_id=second_school,
            )

    def _school(
        self, row: int, column: str, code: str, kinds: frozenset[SchoolKind]
    ) -> UUID | None:
        if not code:
            return None
        school = self._by_code.get(code)
        if school is None:
            self._refuse(row, column, code, "unknown_school", _UNKNOWN)
            return None
        if school.kind not in kinds:
            self._refuse(
                row,
                column,
                code,
                "wrong_kind",
                _WRONG_KIND,
                name=school.name,
                column=gettext(column),
            )
            return None
        return school.id

    def _refuse(
        self, row: int, place: str, value: str, code: str, text: str, **params: object
    ) -> None:
        self.problems.append(
            Problem(
                code,
                str.__str__(text),
                file=self._name,
                row=row,
                column=place,
                value=value,
                params=params,
            )
        )
