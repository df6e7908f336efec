from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from govkit.residents.adapters.extract_columns import COLUMNS
from govkit.residents.adapters.protection_list import PROTECTION_COLUMNS
from govkit.residents.adapters.rest_rows import protected_in, read_people, rows_of
from govkit.residents.adapters.rest_settings import RestLayout, item_names
from govkit.residents.records import FormerRow, Masked
from govkit.residents.source import SourceUnavailable
from govkit.testing.resident_source import CITY, any_residents, invented_residents, rule_people

LAYOUT = RestLayout()
FIRST = invented_residents()[0]


def plain(**changes):
    (row,) = rows_of(FIRST, LAYOUT)
    return row | changes


def read(*rows):
    return [one.resident for one in read_people(rows, CITY, LAYOUT)]


def sent(people):
    return [row for one in people for row in rows_of(one, LAYOUT)]


def test_people_come_back_as_they_were_sent():
    people = [replace(one, is_protected=False) for one in rule_people()]
    assert read(*reversed(sent(people))) == people


@given(any_residents())
def test_anybody_comes_back(people):
    people = [replace(one, is_protected=False) for one in people]
    assert read(*sent(people)) == people


def test_a_history_comes_back_with_its_days():
    before = FormerRow(
        replace(FIRST.name, family="旧", full="旧　葵"), FIRST.address, date(2021, 3, 1)
    )
    first = FormerRow(before.name, replace(FIRST.address, lot="9番"), date(2020, 4, 1))
    one = replace(FIRST, moved_on=date(2024, 4, 1), history=(before, first))
    assert len(sent([one])) == 3
    assert read(*sent([one])) == [one]


def test_deleted_rows_do_not_count():
    assert read(plain(sakujofuragu="1")) == []
    assert read(plain(), plain(sakujofuragu="1", kojinrirekibango="2", shimei="誤　り")) == [FIRST]


def test_what_is_blank_may_be_null_or_left_out():
    row = {name: text or None for name, text in plain().items() if name != "tsusho"}
    assert read(row) == [FIRST]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("text", "not an object"),
        (plain(kojinbango="X"), "personal numbers"),
        (plain(kojimbango_joho="X"), "personal numbers"),
        ({name: text for name, text in plain().items() if name != "shimei"}, "no shimei"),
        (plain(setaibango=11), "not a text"),
        (plain(shimei=["山田"]), "not a text"),
        (plain(shimei="\ud842"), "half a character"),
        (plain(shimei="山\x1f田"), "control_character"),
        (plain(atenabango=""), "number_missing"),
        (plain(atenabango="1-2"), "number_format"),
        (plain(shikuchosonkodo="132071"), "other_municipality"),
        (plain(seinengappi=""), "fuzzy_date_blank"),
        (plain(seinengappi="20200401"), "fuzzy_date_format"),
        (plain(seinengappi="2020-02-30"), "no_such_day"),
        (plain(seibetsu="男"), "unknown_code"),
        (plain(saishinfuragu="2"), "latest_flag"),
        (plain(shimei="長" * 301), "text_too_long"),
    ],
)
def test_one_wrong_row_spoils_the_answer(row, reason):
    with pytest.raises(SourceUnavailable, match=reason) as spoilt:
        read(plain(atenabango="9"), row)
    assert not any(text in str(spoilt.value) for text in ("渡", "山田", "2020"))


def test_two_current_rows_of_a_person_spoil_the_answer():
    with pytest.raises(SourceUnavailable, match="duplicate_latest"):
        read(plain(), plain(shimei="別　人"))


def measure(**changes):
    row = {
        "shikuchosonkodo": CITY,
        "atenabango": "1",
        "sochikubun": "1",
        "rirekibango": "1",
    }
    return row | changes


def test_a_protection_lasts_until_it_is_lifted():
    rows = [
        measure(),
        measure(atenabango="2"),
        measure(atenabango="2", rirekibango="2", sochikubun="3"),
    ]
    assert protected_in(rows, CITY, LAYOUT) == {"1"}


@pytest.mark.parametrize(
    "row", [measure(shikuchosonkodo="132071"), measure(rirekibango="x"), {"atenabango": "1"}, None]
)
def test_a_wrong_row_of_protections_is_an_outage(row):
    with pytest.raises(SourceUnavailable):
        protected_in([measure(), row], CITY, LAYOUT)


def test_a_masked_person_is_not_sent():
    with pytest.raises(TypeError):
        rows_of(replace(FIRST, address=Masked()), LAYOUT)


def test_every_column_has_a_romaji_name_of_its_own():
    names = item_names()
    assert {column.name for column in (*COLUMNS, *PROTECTION_COLUMNS)} <= names.keys()
    assert len(set(names.values())) == len(names)
    assert all(name.isascii() and name.replace("_", "").islower() for name in names.values())
    assert names["宛名番号"] == "atenabango"
