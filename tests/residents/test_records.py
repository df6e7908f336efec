import copy
import json
import pickle
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.residents.codec import RecordProblem, content_hash, from_record, to_record
from govkit.residents.records import (
    Address,
    FuzzyDate,
    FuzzyDateProblem,
    HouseholdId,
    Masked,
    PersonId,
    PersonName,
    Resident,
)
from govkit.testing.resident_source import invented_residents


@pytest.mark.parametrize(
    ("text", "unknown", "phrase", "earliest", "latest"),
    [
        ("1947-02-29", False, "", date(1947, 2, 28), date(1947, 3, 1)),
        ("1948-02-29", False, "", date(1948, 2, 29), date(1948, 2, 29)),
        ("1950-00-00", True, "", date(1950, 1, 1), date(1950, 12, 31)),
        ("1950-A1-00", True, "昭和25年春", date(1950, 3, 1), date(1950, 5, 31)),
        ("1950-A4-00", True, "昭和25年冬", date(1950, 1, 1), date(1950, 12, 31)),
        ("1950-02-A3", True, "昭和25年2月下旬", date(1950, 2, 21), date(1950, 2, 28)),
        ("1950-06-00", True, "", date(1950, 6, 1), date(1950, 6, 30)),
        ("1950-06-15", True, "昭和25年日不詳", date(1950, 1, 1), date(1950, 12, 31)),
        ("1950-01-01", True, "昭和25年頃", date(1949, 1, 1), date(1951, 12, 31)),
        ("1950-01-01", True, "年月日不詳", None, None),
        ("0000-00-00", True, "", None, None),
        ("", True, "", None, None),
    ],
)
def test_fuzzy_date_tells_its_bounds(text, unknown, phrase, earliest, latest):
    read = FuzzyDate.parse(text, unknown=unknown, phrase=phrase)
    assert (read.earliest, read.latest) == (earliest, latest)
    assert (read.written, read.phrase) == (text, phrase)


@pytest.mark.parametrize(
    ("text", "unknown", "problem"),
    [
        ("", False, FuzzyDateProblem.BLANK),
        ("2018-4-1", False, FuzzyDateProblem.NOT_A_DATE),
        ("20180401", False, FuzzyDateProblem.NOT_A_DATE),
        ("2018-W13-7", False, FuzzyDateProblem.NOT_A_DATE),
        ("２０１８-04-01", False, FuzzyDateProblem.NOT_A_DATE),
        ("2018-04-31", False, FuzzyDateProblem.NO_SUCH_DAY),
        ("2018-02-30", True, FuzzyDateProblem.NO_SUCH_DAY),
        ("2018-13-00", True, FuzzyDateProblem.NO_SUCH_DAY),
        ("2018-00-32", True, FuzzyDateProblem.NO_SUCH_DAY),
        ("2018-04-00", False, FuzzyDateProblem.UNKNOWN_PART),
        ("0000-04-01", False, FuzzyDateProblem.UNKNOWN_PART),
    ],
)
def test_impossible_date_is_refused(text, unknown, problem):
    with pytest.raises(InvalidValue) as caught:
        FuzzyDate.parse(text, unknown=unknown)
    assert caught.value.problem is problem


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(1950, 1, 1), date(1950, 12, 31), True),
        (date(1950, 4, 2), date(1951, 4, 1), None),
        (date(1951, 1, 1), date(1951, 12, 31), False),
        (date(1952, 1, 1), date(1949, 12, 31), False),
    ],
)
def test_year_alone_lies_within_yes_no_or_maybe(first, last, expected):
    assert FuzzyDate.parse("1950-00-00", unknown=True).within(first, last) is expected


def test_date_without_any_known_part_may_lie_anywhere():
    assert FuzzyDate.parse("", unknown=True).within(date(2020, 1, 1), date(2020, 1, 1)) is None


@given(st.dates(), st.dates(), st.dates())
def test_known_date_compares_as_a_calendar_day(day, first, last):
    assert FuzzyDate.of(day) == FuzzyDate.parse(day.isoformat())
    assert FuzzyDate.of(day).within(first, last) is (first <= day <= last)


def test_date_prints_its_phrase_before_its_text():
    assert str(FuzzyDate.parse("1950-01-01", unknown=True, phrase="昭和25年頃")) == "昭和25年頃"
    assert str(FuzzyDate.parse("1947-02-29")) == "1947-02-29"


@pytest.mark.parametrize(
    ("name", "shown", "kana"),
    [
        (PersonName(full="渡邉󠄂　葵", kana_full="ワタナベ　アオイ"), "渡邉󠄂　葵", "ワタナベ　アオイ"),
        (
            PersonName(full="LI WEI", alias="山本", alias_kana="ヤマモト", preference="2"),
            "山本",
            "ヤマモト",
        ),
        (PersonName(full="LI WEI", alias="山本", kana_full="リ", preference="1"), "LI WEI", "リ"),
        (PersonName(full="LI WEI", kanji="李偉", preference="3"), "李偉", ""),
        (PersonName(full="LI WEI", preference="2"), "LI WEI", ""),
        (PersonName(roman="LI WEI"), "LI WEI", ""),
        (PersonName(), "", ""),
    ],
)
def test_name_is_shown_by_preference(name, shown, kana):
    assert (name.display, name.display_kana) == (shown, kana)
    assert name.is_blank is (shown == "")


def test_address_in_one_line():
    address = Address(prefecture="東京都", city="立川市", town="富士見町一丁目", lot="2番3号")
    assert str(address) == "東京都立川市富士見町一丁目2番3号"
    assert replace(address, building="101号").line.endswith("2番3号　101号")


@pytest.mark.parametrize(
    "leak",
    [
        json.dumps,
        lambda mask: json.dumps({"address": mask}),
        pickle.dumps,
        lambda mask: mask == mask,
        lambda mask: mask != Masked(),
        lambda mask: mask in [Masked()],
        lambda mask: mask < Masked(),
        lambda mask: sorted([mask, Masked()]),
        lambda mask: {mask},
        hash,
        vars,
        lambda mask: setattr(mask, "value", "x") or mask.missing,
    ],
)
def test_mask_cannot_be_compared_hashed_or_serialised(leak):
    with pytest.raises((TypeError, AttributeError)):
        leak(Masked())


def test_mask_prints_the_same_in_every_format():
    mask = Masked()
    assert {str(mask), repr(mask), f"{mask}", f"{mask:>20}", "%s" % mask, "%r" % mask} == {"＊＊＊"}  # noqa: UP031
    assert str(copy.copy(mask)) == str(copy.deepcopy(mask)) == "＊＊＊"
    assert mask.is_masked
    assert not Address().is_masked


def test_masked_residents_cannot_be_compared_or_stored():
    first = replace(invented_residents()[3], address=Masked(), household=Masked())
    second = replace(first, address=Masked(), household=Masked())
    with pytest.raises(TypeError):
        assert first == second
    with pytest.raises(TypeError):
        to_record(first)
    with pytest.raises(TypeError):
        pickle.dumps(first)


def test_ids_sort_as_text_and_keep_their_zeros():
    assert PersonId("132021", "002") < PersonId("132021", "1")
    assert PersonId("132021", "1") != PersonId("132071", "1")


_TEXT = st.text(max_size=8)
_DATES = st.one_of(
    st.dates().map(FuzzyDate.of),
    st.sampled_from(["1947-02-29", "1950-12-01"]).map(FuzzyDate.parse),
    st.builds(
        FuzzyDate.parse,
        st.sampled_from(["", "1950-A1-00", "0000-00-00", "1950-01-01"]),
        unknown=st.just(True),
        phrase=_TEXT,
    ),
)
_RESIDENTS = st.builds(
    Resident,
    id=st.builds(PersonId, _TEXT, _TEXT),
    name=st.builds(PersonName, **dict.fromkeys(("full", "roman", "alias", "preference"), _TEXT)),
    birth=_DATES,
    household=st.none() | st.builds(HouseholdId, _TEXT, _TEXT),
    address=st.builds(Address, town=_TEXT, building=_TEXT),
    sex=_TEXT,
    relationship=_TEXT,
    head_name=_TEXT,
    resident_since=st.none() | st.dates(),
    moved_on=st.none() | st.dates(),
    nationality=_TEXT,
    is_protected=st.booleans(),
    other_business_hidden=st.booleans(),
)


@given(_RESIDENTS)
def test_codec_loses_nothing(resident):
    record = json.loads(json.dumps(to_record(resident)))
    assert from_record(record) == resident
    assert content_hash(record) == content_hash(to_record(resident))


def test_hash_of_a_record_never_changes():
    record = to_record(invented_residents()[0])
    assert content_hash(record) == content_hash(dict(reversed(record.items())))
    assert content_hash(record) != content_hash(record | {"sex": "1"})
    assert content_hash({"v": 1, "town": "柴崎町"}) == (
        "4579c3bbcf98a4b331c86ae78fc944a429df157a2acf01bf027b85eb1f540f53"
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"v": 2}, RecordProblem.VERSION),
        ({"birth": "x"}, RecordProblem.MALFORMED),
        ({"name": {"surname": "x"}}, RecordProblem.MALFORMED),
        ({"household": ["1"]}, RecordProblem.MALFORMED),
    ],
)
def test_record_that_is_not_ours_is_refused(change, problem):
    with pytest.raises(InvalidValue) as caught:
        from_record(to_record(invented_residents()[0]) | change)
    assert caught.value.problem is problem
