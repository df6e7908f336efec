"""Invented children, directories over them, and zones, for tests."""

import io
from dataclasses import replace
from datetime import date

from govkit.modules.enrolment import COMPILE_PURPOSE, compile_register, replace_zones
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.directory import ResidentDirectory
from govkit.residents.records import (
    Address,
    FuzzyDate,
    HouseholdId,
    PersonId,
    PersonName,
    Resident,
)

CITY = "132021"
OCTOBER = date(2026, 10, 1)
YEAR = 2027


def child(serial, birth="2020-05-05", name="山田　葵", kana="ヤマダ　アオイ", **changes):
    family, _, given = name.partition("　")
    kana_family, _, kana_given = kana.partition("　")
    resident = Resident(
        id=PersonId(CITY, f"{serial:015d}"),
        name=PersonName(
            full=name,
            family=family,
            given=given,
            kana_full=kana,
            kana_family=kana_family,
            kana_given=kana_given,
        ),
        birth=FuzzyDate.parse(birth),
        household=HouseholdId(CITY, f"{serial // 10:015d}"),
        address=Address(
            CITY, "0001001", "東京都", "立川市", "富士見町一丁目", "1番1号", "", "1900013"
        ),
        sex="2",
        relationship="子",
        head_name="山田　太郎",
        resident_since=date(2020, 5, 5),
    )
    return replace(resident, **changes)


def directory(work, *residents, as_of=date(2026, 10, 15)):
    def audit(entry):
        numbers = [person.addressee_number for person in entry.persons]
        work.record(f"residents.{entry.action}", numbers, entry.context.reason)

    return ResidentDirectory(
        MemorySource(residents, as_of=as_of),
        municipality_code=CITY,
        purposes={COMPILE_PURPOSE.name: COMPILE_PURPOSE},
        audit=audit,
    )


def compiled(work, *residents, day=OCTOBER, year=YEAR, **options):
    return compile_register(work, directory(work, *residents, **options), day, year)


def put_zones(work, *lines):
    text = "町字ID,町字,小学校コード,中学校コード\n" + "\n".join(lines)
    return replace_zones(work, io.BytesIO(text.encode()), encoding="utf-8", name="通学区域.csv")
