import csv
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files

import pytest

from govkit.errors import InvalidValue
from govkit.jp.calendar import entry_cohort
from govkit.jp.my_number import find_my_number
from govkit.jp.numbers import MunicipalityCode
from govkit.residents.adapters.csv_extract import read_extract
from govkit.residents.synthetic import (
    PROFILES,
    PROTECTION_COLUMNS,
    RESIDENT_COLUMNS,
    EdgeCase,
    Population,
    check_digit,
    headings,
)
from govkit.residents.synthetic.data import table

SIZE = 6000
ENTRY_YEAR = 2027


@cache
def town():
    """One small town with every edge case, made once."""
    return tuple(Population("132021", SIZE, seed=7))


def residents():
    return [person for person in town() if person.current.status == "1"]


def households():
    found = defaultdict(list)
    for person in residents():
        found[person.current.household].append(person)
    return found


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    path = tmp_path_factory.mktemp("extract") / "住民票.csv"
    population = Population("132021", 2000, seed=3, edge_cases=list(EdgeCase))
    rows = population.write_extract(path)
    return path, rows


def read(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def edge(case):
    return Population("132021", 0, edge_cases=[case]).edge_people(case)


def birth_of_child(case):
    return edge(case)[1].current.birth


# --- repeatable ---------------------------------------------------------------------------


def test_the_same_seed_and_size_give_the_same_bytes(tmp_path):
    for name in ("first.csv", "second.csv"):
        Population("132071", 700, seed=5, edge_cases=list(EdgeCase)).write_extract(tmp_path / name)

    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "second.csv").read_bytes()


def test_another_seed_gives_other_people():
    names = [
        [person.current.name.full for person in Population("132021", 50, seed=seed)]
        for seed in (1, 2)
    ]
    assert names[0] != names[1]


def test_a_known_seed_still_gives_the_person_it_always_gave():
    first = next(iter(Population("132021", 10, seed=1, as_of=date(2026, 10, 15))))

    assert first.id.addressee_number == "000000100000008"


def test_edge_cases_change_nothing_about_the_others():
    plain = list(Population("132021", 200, seed=4))
    with_cases = list(Population("132021", 200, seed=4, edge_cases=list(EdgeCase)))

    assert with_cases[-len(plain) :] == plain


@pytest.mark.parametrize("size", [0, 1, 2, 13, 999])
def test_exactly_so_many_residents_are_made(size):
    statuses = Counter(person.current.status for person in Population("132021", size, seed=2))

    assert statuses["1"] == size


def test_nobody_is_made_for_a_negative_size():
    with pytest.raises(ValueError, match="nobody"):
        Population("132021", -1)


def test_a_municipality_without_towns_is_refused():
    with pytest.raises(InvalidValue):
        Population("011002", 10)


@pytest.mark.parametrize("code", ["132012", "132021", "132071"])
def test_each_city_has_its_own_towns_and_shares_numbers_with_the_others(code):
    people = list(Population(code, 60, seed=1))
    towns = {row["machiaza_id"] for row in table("towns") if row["municipality_code"] == code}

    assert {person.current.address.machiaza_id for person in people} <= towns
    assert people[0].id.addressee_number == "000000100000008"


# --- plausible ----------------------------------------------------------------------------


def share(count):
    return count / SIZE


@pytest.mark.parametrize(
    ("first_age", "last_age", "low", "high"),
    [(0, 14, 0.09, 0.15), (6, 14, 0.055, 0.09), (15, 64, 0.58, 0.68), (65, 120, 0.20, 0.30)],
)
def test_the_age_pyramid_is_that_of_a_suburb(first_age, last_age, low, high):
    today = date(2026, 10, 15)
    ages = [
        int((today - person.current.birth.value).days / 365.2425)
        for person in residents()
        if person.current.birth.value
    ]
    assert low < share(sum(first_age <= age <= last_age for age in ages)) < high
    assert max(ages) < 108


@pytest.mark.parametrize(
    ("what", "low", "high"),
    [
        (lambda person: person.current.sex == "2", 0.47, 0.55),
        (lambda person: person.current.kind == "2", 0.015, 0.05),
        (lambda person: person.is_protected, 0.0005, 0.008),
        (lambda person: len(person.rows) > 1, 0.1, 0.4),
        (lambda person: person.current.name.former_family, 0.0005, 0.02),
        (lambda person: "髙" in person.current.name.family, 0.001, 0.03),
    ],
)
def test_shares_are_within_bounds(what, low, high):
    assert low < share(sum(bool(what(person)) for person in residents())) < high


def test_some_left_and_some_died():
    statuses = Counter(person.current.status for person in town())

    assert 0.01 < share(statuses["2"]) < 0.06
    assert 0.002 < share(statuses["3"]) < 0.02


def test_every_household_has_one_head_whose_name_the_others_carry():
    for members in households().values():
        heads = [person for person in members if person.current.relation == ("02",)]

        assert len(heads) == 1
        assert {person.current.head_name for person in members} == {heads[0].current.name.display}


def test_members_of_a_household_live_at_one_address():
    for members in households().values():
        assert len({person.current.address for person in members}) == 1


def test_children_are_younger_than_their_parents():
    for members in households().values():
        head = next(person for person in members if person.current.relation == ("02",))
        for child in members:
            if child.current.relation == ("20",):
                years = child.current.birth.year - head.current.birth.year
                assert 15 <= years <= 75


def test_twins_occur_by_themselves():
    births = Counter(
        (person.current.household, person.current.birth.written)
        for person in residents()
        if person.current.relation == ("20",)
    )
    assert any(count > 1 for count in births.values())


def test_siblings_of_japanese_families_have_different_names():
    for members in households().values():
        names = [
            person.current.name.full
            for person in members
            if person.current.kind == "1" and person.current.relation == ("20",)
        ]
        assert len(names) == len(set(names))


def test_history_is_in_order_and_only_the_last_row_is_the_latest():
    for person in town():
        days = [row.changed_on for row in person.rows]
        assert days == sorted(days)
        assert [row.number for row in person.rows] == list(range(1, len(person.rows) + 1))
        assert [row.is_latest for row in person.rows] == [False] * (len(days) - 1) + [True]
        assert all(row.changed_on <= date(2026, 10, 15) for row in person.rows)
        assert all(row.resident_since <= row.changed_on for row in person.rows)


def test_nobody_becomes_a_resident_before_birth():
    for person in town():
        born = person.current.birth.value
        assert born is None or person.rows[0].changed_on >= born


# --- numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fourteen", "digit"),
    [("00000010000000", "8"), ("00000000000000", "0"), ("00000000000006", None)],
)
def test_check_digit(fourteen, digit):
    assert check_digit(fourteen) == digit


def test_numbers_are_unique_and_end_in_their_check_digit():
    numbers = [person.id.addressee_number for person in town()]

    assert len(set(numbers)) == len(numbers)
    for number in [*numbers, *(key.household_number for key in households())]:
        assert len(number) == 15
        assert number[-1] == check_digit(number[:14])


def test_codes_of_municipalities_in_the_data_files_are_right():
    codes = {row["municipality_code"] for row in (*table("towns"), *table("elsewhere"))}

    assert {MunicipalityCode.parse(code).check_digit(code[:5]) == code[5] for code in codes} == {
        True
    }


@pytest.mark.parametrize("name", ["towns", "elsewhere"])
def test_town_ids_have_seven_digits_and_postcodes_too(name):
    for row in table(name):
        assert len(row["machiaza_id"]) == len(row["postcode"]) == 7


def test_nothing_looks_like_a_my_number(extract):
    path, _ = extract
    for row in read(path):
        for value in row.values():
            assert find_my_number(value) is None
    assert "個人番号" not in RESIDENT_COLUMNS


# --- files --------------------------------------------------------------------------------


def test_the_extract_has_every_column_and_as_many_rows_as_it_says(extract):
    path, count = extract
    rows = read(path)

    assert len(rows) == count > 2000
    assert tuple(rows[0]) == RESIDENT_COLUMNS
    assert len(set(RESIDENT_COLUMNS)) == len(RESIDENT_COLUMNS) > 122
    assert all(None not in row and None not in row.values() for row in rows)


@pytest.mark.parametrize(
    "column",
    ["市区町村コード", "宛名番号", "世帯番号", "生年月日", "住民となった年月日", "住所_町字コード"],
)
def test_required_columns_are_never_blank(extract, column):
    assert all(row[column] for row in read(extract[0]))


def test_history_rows_of_a_person_stand_out_of_order(extract):
    numbers = defaultdict(list)
    for row in read(extract[0]):
        numbers[row["宛名番号"]].append(int(row["個人履歴番号"]))

    assert any(order != sorted(order) for order in numbers.values())
    assert any(order == sorted(order) for order in numbers.values() if len(order) > 1)
    assert all(sorted(order) == list(range(1, len(order) + 1)) for order in numbers.values())


def test_the_reason_says_where_a_mover_came_from(extract):
    for row in read(extract[0]):
        if row["異動事由"] == "11":
            assert row["転入前住所_市区町村コード"] not in ("", "132021")
        if row["異動事由"] == "31":
            assert row["転居前住所_市区町村コード"] == "132021"
        if row["異動事由"] == "21":
            assert row["転出先住所（確定）_市区町村コード"]
            assert row["住民票コード"] == ""


def test_the_era_code_fits_the_birth(extract):
    codes = {row["生年月日"]: row["生年月日_元号"] for row in read(extract[0])}

    assert codes["1947-02-29"] == "3"
    assert codes["2020-04-02"] == "5"


@pytest.mark.parametrize("profile", PROFILES)
def test_versions_differ_in_headings_alone(tmp_path, profile):
    population = Population("132021", 20)
    population.write_extract(tmp_path / "a.csv", profile=profile)
    population.write_extract(tmp_path / "b.csv")

    lines = [(tmp_path / name).read_text("utf-8").splitlines() for name in ("a.csv", "b.csv")]
    assert lines[0][1:] == lines[1][1:]
    assert lines[0][0] == ",".join(headings(profile))


def test_a_byte_order_mark_is_written_on_request(tmp_path):
    Population("132021", 3).write_extract(tmp_path / "a.csv", bom=True)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")

    with pytest.raises(ValueError, match="byte order mark"):
        Population("132021", 3).write_extract(tmp_path / "b.csv", bom=True, encoding="cp932")


def test_cp932_writes_what_it_can(tmp_path):
    case = EdgeCase.NAMES_OUTSIDE_JIS
    Population("132021", 0, edge_cases=[case]).write_extract(tmp_path / "a.csv", encoding="cp932")

    names = {row["氏_日本人"] for row in read(tmp_path / "a.csv", "cp932")}
    assert names == {"髙橋", "〓田", "葛西", "〓本", "山﨑"}


def test_the_protection_list_names_exactly_the_protected(tmp_path):
    path = tmp_path / "支援措置.csv"
    population = Population("132021", 3000, seed=9, edge_cases=list(EdgeCase))
    assert population.write_protection_list(path) == len(read(path))

    rows = read(path)
    assert tuple(rows[0]) == PROTECTION_COLUMNS
    listed = {
        row["宛名番号"] for row in rows if row["最新フラグ"] == "1" and row["措置区分"] != "3"
    }
    assert listed == {person.id.addressee_number for person in population if person.is_protected}


def test_people_outside_the_register_come_only_when_asked_for(tmp_path):
    population = Population("132021", 500, edge_cases=[EdgeCase.NOT_REGISTERED])
    assert all(person.is_registered for person in population)

    outside = [
        person
        for person in population.persons(include_non_residents=True)
        if not person.is_registered
    ]
    assert len(outside) == 2 + 5
    assert all(person.resident.household is None for person in outside)
    population.write_extract(tmp_path / "a.csv", include_non_residents=True)
    rows = [row for row in read(tmp_path / "a.csv") if row["業務ID"] == "031"]
    assert {row["宛名番号"] for row in rows} == {person.id.addressee_number for person in outside}


def private_use(text):
    return any(0xE000 <= ord(mark) <= 0xF8FF for mark in text)


def test_private_use_characters_appear_only_when_asked_for():
    plain = Population("132021", 4000, seed=1)
    asked = Population("132021", 4000, seed=1, include_private_use=True)

    assert not any(private_use(person.current.name.full) for person in plain)
    assert any(private_use(person.current.name.full) for person in asked)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_extract_reads_back_as_the_same_residents(tmp_path, profile):
    population = Population("132021", 800, seed=6, edge_cases=list(EdgeCase))
    population.write_extract(tmp_path / "a.csv", profile=profile)
    reading = read_extract(tmp_path / "a.csv", municipality_code="132021")

    assert (reading.problems, reading.profile) == ((), profile)
    made = {record.id: replace(record, is_protected=False) for record in population.residents()}
    assert {row.id: row.resident for row in reading} == made


# --- records and edge cases ---------------------------------------------------------------


def test_residents_are_current_records_without_deleted_rows():
    population = Population("132021", 300, edge_cases=[EdgeCase.DELETED, EdgeCase.RETURNED])
    records = {record.id: record for record in population.residents()}

    deleted, returned = edge(EdgeCase.DELETED), edge(EdgeCase.RETURNED)
    assert not any(person.id in records for person in deleted)
    assert records[returned[1].id].status == "1"
    assert records[returned[1].id].address == returned[1].rows[-1].address


def test_every_edge_case_is_in_the_whole_population():
    population = Population("132021", 0, edge_cases=list(EdgeCase))
    present = {person.id for person in population.persons(include_non_residents=True)}

    for case in EdgeCase:
        people = population.edge_people(case)
        assert people
        assert {person.id for person in people} <= present
        assert case.name in (EdgeCase.__doc__ or "")


@pytest.mark.parametrize(
    ("case", "birth", "entrant"),
    [
        (EdgeCase.BORN_A_DAY_TOO_EARLY, "2020-04-01", False),
        (EdgeCase.ENTRANT_FIRST_DAY, "2020-04-02", True),
        (EdgeCase.ENTRANT_LAST_DAY, "2021-04-01", True),
        (EdgeCase.BORN_A_DAY_TOO_LATE, "2021-04-02", False),
        (EdgeCase.LEAP_DAY, "2020-02-29", False),
        (EdgeCase.BIRTH_DAY_UNKNOWN, "2020-08-00", True),
    ],
)
def test_births_at_the_edges_of_the_entrants(case, birth, entrant):
    written = birth_of_child(case)

    assert written.written == birth
    assert written.within(*entry_cohort(ENTRY_YEAR)) is entrant


def test_the_mover_came_the_day_after_the_reference_day():
    child = edge(EdgeCase.MOVED_IN_AFTER_REFERENCE)[1].current

    assert child.resident_since == date(2026, 10, 2)
    assert child.status == "1"


def test_the_leaver_left_before_the_reference_day():
    child = edge(EdgeCase.MOVED_OUT_BEFORE_REFERENCE)[1].current

    assert child.status == "2"
    assert child.changed_on < date(2026, 10, 1)


def test_twins_share_birth_and_reading_but_not_the_name():
    one, other = (person.current for person in edge(EdgeCase.TWINS_SAME_KANA)[1:])

    assert (one.birth, one.name.kana_full) == (other.birth, other.name.kana_full)
    assert {one.name.given, other.name.given} == {"葵", "蒼"}


def test_support_measures_last_until_they_are_lifted():
    assert all(person.is_protected for person in edge(EdgeCase.PROTECTED_FAMILY))
    assert all(person.is_protected for person in edge(EdgeCase.PROTECTED_PAST_LAST_DAY))
    assert not any(person.is_protected for person in edge(EdgeCase.PROTECTION_ENDED))


def test_a_foreign_entrant_has_latin_and_kanji_name_and_alias():
    name = edge(EdgeCase.FOREIGN_ENTRANT)[1].current.name

    assert (name.full, name.kanji, name.alias) == ("WANG ZIHAN", "王　梓涵", "新井　蓮")
    assert name.display == "新井　蓮"


def test_other_edge_cases_are_as_described():
    assert len(edge(EdgeCase.LONG_FOREIGN_NAME)[1].current.name.full) == 100
    assert edge(EdgeCase.UNNAMED_NEWBORN)[1].current.name.is_blank
    assert edge(EdgeCase.NO_SUCH_DAY)[0].current.birth.is_off_calendar
    assert edge(EdgeCase.BIRTH_UNKNOWN)[0].current.birth.within(date(1, 1, 1), date.max) is None
    assert edge(EdgeCase.FORMER_NAME)[0].current.name.former_family == "齋藤"
    assert len(edge(EdgeCase.LONG_HISTORY)[1].rows) == 5
    assert [row.status for row in edge(EdgeCase.RETURNED)[1].rows] == ["1", "2", "1"]
    assert edge(EdgeCase.DEAD_CHILD)[1].current.status == "3"
    assert edge(EdgeCase.OTHER_BUSINESS_HIDDEN)[1].resident.other_business_hidden
    assert not edge(EdgeCase.NOT_REGISTERED)[1].is_registered


def test_two_people_may_share_name_and_birth():
    people = [person.current for person in edge(EdgeCase.SAME_NAME_SAME_BIRTH)]
    one, other = people[1], people[3]

    assert (one.name, one.birth) == (other.name, other.birth)
    assert one.id != other.id
    assert one.household != other.household


def test_every_data_file_names_its_source_and_licence():
    for path in (files("govkit.residents") / "data").iterdir():
        header = "".join(
            line for line in path.read_text("utf-8").splitlines() if line.startswith("#")
        )
        assert "PDL1.0" in header or "CC0" in header
        assert "2022" in header or "2026" in header
