import shutil
from datetime import date

import pytest

from govkit.errors import InvalidInput
from govkit.residents.adapters.csv_delta import read_delta
from govkit.residents.adapters.csv_extract import read_extract
from govkit.residents.adapters.protection_list import ProtectionList
from govkit.residents.index import (
    NOBODY_PROTECTED,
    BuildOptions,
    ExtractFile,
    LocalIndex,
    apply_delta,
    build_index,
    verify_index,
)
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.records import HouseholdId, PersonId
from tests.residents.extracts import CITY, PLAIN, row, write
from tests.residents.index_files import scratch

HEADINGS = list(PLAIN)
FIRST, SECOND, THIRD, NEW = (f"{number:015d}" for number in (1, 2, 3, 9))


@pytest.fixture
def folder():
    path = scratch()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def target(folder):
    rows = [
        row(),
        row(宛名番号=SECOND, 氏名="山田　蒼", 名_日本人="蒼"),
        row(宛名番号=THIRD, 氏名="𠮷田　一郎", 氏_日本人="𠮷田", 名_日本人="一郎", 世帯番号="33"),
    ]
    build_index(
        folder / "index",
        [extract(folder, "whole.csv", rows)],
        protected={CITY: ProtectionList(frozenset({THIRD, NEW}), 2)},
        options=BuildOptions(as_of=date(2026, 10, 1)),
    )
    return folder / "index"


def extract(folder, name, rows):
    path = folder / name
    path.write_bytes(write(rows, headings=HEADINGS).getvalue())
    return ExtractFile(path, CITY)


def ids(*numbers):
    return tuple(PersonId(CITY, number) for number in numbers)


def get(index, number):
    return index.get_many(ids(number)).get(PersonId(CITY, number))


def married(**changes):
    """The second history row of the first person."""
    return row(**{"個人履歴番号": "2", "氏名": "鈴木　花", "氏_日本人": "鈴木"} | changes)


def numbers(found):
    return [one.id.addressee_number for one in found]


def test_changed_new_and_removed_people_are_answered_at_once(folder, target):
    index = LocalIndex(target)
    version = index.changes("").version
    report = apply_delta(
        target,
        [
            extract(
                folder,
                "delta.csv",
                [
                    row(最新フラグ="0"),
                    married(),
                    row(宛名番号=SECOND, 削除フラグ="1"),
                    row(宛名番号=NEW, 氏名="新田　結", 氏_日本人="新田", 名_日本人="結"),
                ],
            )
        ],
        as_of=date(2026, 10, 2),
    )
    assert (report.changed, report.removed, report.problems) == (2, 1, ())
    assert get(index, FIRST).name.full == "鈴木　花"
    assert [former.name.full for former in get(index, FIRST).history] == ["山田　花"]
    assert get(index, SECOND) is None
    assert numbers(index.search(ResidentQuery(name="鈴木"), 5)) == [FIRST]
    assert numbers(index.search(ResidentQuery(name="山田"), 5)) == [FIRST]
    assert numbers(index.search(ResidentQuery(name="山田", history=False), 5)) == []
    assert numbers(index.search(ResidentQuery(name="新田結"), 5)) == [NEW]
    assert numbers(index.household(HouseholdId(CITY, PLAIN["世帯番号"]))) == [FIRST, NEW]
    assert numbers(index.born_between(date(2020, 4, 1), date(2020, 4, 1))) == [FIRST, THIRD, NEW]
    assert index.describe().rows == 3
    assert index.describe().as_of == date(2026, 10, 2)
    assert index.changes(version).ids == ids(FIRST, SECOND, NEW)
    assert verify_index(target).problems == ()


def test_who_comes_with_a_delta_is_protected_if_the_list_said_so_before(folder, target):
    apply_delta(target, [extract(folder, "delta.csv", [row(宛名番号=NEW)])])
    assert get(LocalIndex(target), NEW).is_protected


def test_deltas_build_on_one_another_and_changes_are_told_from_any_of_them(folder, target):
    index = LocalIndex(target)
    first = index.changes("").version
    second = apply_delta(target, [extract(folder, "a.csv", [married()])]).generation
    third = apply_delta(
        target,
        [extract(folder, "b.csv", [married(最新フラグ="0"), married(個人履歴番号="3", 性別="1")])],
    ).generation
    assert get(index, FIRST).sex == "1"
    assert index.changes(first).ids == ids(FIRST)
    assert index.changes(second).ids == ids(FIRST)
    assert index.changes(third).ids == ()


def test_taking_a_row_away_brings_the_one_before_back(folder, target):
    apply_delta(target, [extract(folder, "a.csv", [row(最新フラグ="0"), married()])])
    apply_delta(target, [extract(folder, "b.csv", [row(), married(削除フラグ="1")])])
    person = get(LocalIndex(target), FIRST)
    assert (person.name.full, person.history) == ("山田　花", ())


def test_a_delta_that_says_nothing_new_changes_nobody(folder, target):
    report = apply_delta(target, [extract(folder, "same.csv", [row()])])
    assert (report.changed, report.removed) == (0, 0)
    assert LocalIndex(target).changes(report.generation).ids == ()


def test_a_new_protection_list_counts_at_once(folder, target):
    index = LocalIndex(target)
    version = index.changes("").version
    assert [get(index, one).is_protected for one in (FIRST, THIRD)] == [False, True]
    apply_delta(target, protected={CITY: ProtectionList(frozenset({FIRST}), 1)})
    assert [get(index, one).is_protected for one in (FIRST, THIRD)] == [True, False]
    (found,) = index.search(ResidentQuery(name="山田花", name_match=NameMatch.EXACT), 5)
    assert found.is_protected
    assert index.changes(version).ids == ids(FIRST, THIRD, NEW)


def test_protection_outlasts_later_deltas(folder, target):
    apply_delta(target, protected={CITY: ProtectionList(frozenset({FIRST}), 1)})
    apply_delta(target, [extract(folder, "a.csv", [married(), row(宛名番号=THIRD, 性別="1")])])
    index = LocalIndex(target)
    assert [get(index, one).is_protected for one in (FIRST, THIRD)] == [True, False]


def test_people_whose_rows_are_refused_stay_as_they_are(folder, target):
    rows = [married(), married(), row(宛名番号=SECOND, 生年月日="x", 個人履歴番号="2")]
    report = apply_delta(target, [extract(folder, "bad.csv", rows)])
    assert [one.code for one in report.problems] == [
        "duplicate_latest",
        "duplicate_latest",
        "fuzzy_date_format",
    ]
    assert get(LocalIndex(target), FIRST).name.full == "山田　花"
    assert get(LocalIndex(target), SECOND).birth.value == date(2020, 4, 1)


def test_a_refused_file_changes_nothing(folder, target):
    whole = write([married()], headings=HEADINGS).getvalue()
    (folder / "cut.csv").write_bytes(whole[:-40])
    before = (target / "CURRENT").read_text()
    with pytest.raises(InvalidInput):
        apply_delta(target, [ExtractFile(folder / "cut.csv", CITY)])
    assert (target / "CURRENT").read_text() == before


def test_a_delta_without_an_index_is_refused(folder):
    with pytest.raises(InvalidInput):
        apply_delta(folder / "nothing", protected={CITY: NOBODY_PROTECTED})


def test_a_delta_equals_the_whole_extract_of_the_next_day(folder, target):
    rows = [row(最新フラグ="0"), married(住所_番地号表記="9番"), row(宛名番号=NEW)]
    apply_delta(
        target, [extract(folder, "delta.csv", [*rows, row(宛名番号=THIRD, 削除フラグ="1")])]
    )
    second = row(宛名番号=SECOND, 氏名="山田　蒼", 名_日本人="蒼")
    next_day = extract(folder, "next.csv", [*rows, second])
    reading = read_extract(next_day.path, municipality_code=CITY, protected={NEW})
    index = LocalIndex(target)
    for one in reading:
        assert get(index, one.addressee_number) == one.resident
    assert index.describe().rows == len(reading)


def test_reading_a_delta_counts_rows_and_names_the_municipality(folder):
    reading = read_delta(
        extract(folder, "d.csv", [row(最新フラグ="0"), married()]).path, municipality_code=CITY
    )
    assert (reading.rows_read, reading.municipality_code) == (2, CITY)
    assert [len(rows) for rows in reading.people.values()] == [2]
