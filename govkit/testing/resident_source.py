"""The conformance suite of resident sources: what every adapter has to do alike.

A third party's adapter is right when this passes::

    class TestOurRegister(ResidentSourceConformance):
        def make_source(self, residents):
            return OurRegister(load(residents))

The suite hands invented residents to ``make_source`` and holds the source against plain filtering
of the same people by :class:`~govkit.residents.matching.Matcher`.
"""

import json
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govkit.residents.directory import LookupEntry, ResidentDirectory
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import (
    Address,
    FuzzyDate,
    HouseholdId,
    Masked,
    PersonId,
    PersonName,
    Resident,
)
from govkit.residents.results import NoMatch, Result, Several, Single, TooMany, Unavailable
from govkit.residents.source import ResidentSource

__all__ = [
    "CITY",
    "ResidentSourceConformance",
    "any_queries",
    "any_residents",
    "assert_hidden",
    "invented_residents",
]

CITY: Final = "132021"
"""Municipality of the invented residents."""
_OTHER_CITY: Final = "132071"

_SHOWS: Final = PurposeRule("register", "学校教育法施行令第1条", reveals_protected_location=True)
_HIDES: Final = PurposeRule("desk", "学校教育法施行令第1条", bulk=True)


def _resident(number: int, home: int, full: str, kana: str, **more: object) -> Resident:
    family, _, given = full.partition("　")
    kana_family, _, kana_given = kana.partition("　")
    town, postcode = [("富士見町一丁目", "1900013"), ("柴崎町二丁目", "1900023")][home % 2]
    parts: dict[str, object] = {
        "id": PersonId(CITY, f"{number:015d}"),
        "household": HouseholdId(CITY, f"{home:015d}"),
        "name": PersonName(
            full=full,
            family=family,
            given=given,
            kana_full=kana,
            kana_family=kana_family,
            kana_given=kana_given,
        ),
        "birth": FuzzyDate.of(date(2020, 4, 1)),
        "address": Address(
            CITY, f"{home:07d}", "東京都", "立川市", town, f"{home}番1号", f"コーポ{home}", postcode
        ),
        "sex": "2",
    }
    return Resident(**(parts | more))  # type: ignore[arg-type]


_FOREIGN: Final = PersonName(
    full="NGUYEN VAN AN",
    roman="NGUYEN VAN AN",
    kana_full="グエン　ヴァン　アン",
    alias="山本　安",
    alias_kana="ヤマモト　アン",
    preference="2",
)
_MARRIED: Final = PersonName(
    full="髙𣘺　裕子",
    family="髙𣘺",
    given="裕子",
    kana_full="タカハシ　ユウコ",
    kana_family="タカハシ",
    kana_given="ユウコ",
    former_family="大野",
    former_kana="オオノ",
)


def invented_residents() -> tuple[Resident, ...]:
    """The people of the rule cases: twins, variants, aliases, unknown dates, protected ones."""
    return (
        _resident(1, 1, "渡邉󠄂　葵", "ワタナベ　アオイ", relationship="子", head_name="渡邉󠄂　修"),
        _resident(2, 1, "渡邉󠄂　蒼", "ワタナベ　アオイ", relationship="子", head_name="渡邉󠄂　修"),
        _resident(
            3,
            1,
            "渡邉󠄂　修",
            "ワタナベ　オサム",
            birth=FuzzyDate.of(date(1988, 2, 29)),
            relationship="世帯主",
            sex="1",
        ),
        _resident(4, 2, "𠮷田　一郎", "ヨシダ　イチロウ", is_protected=True, relationship="世帯主"),
        _resident(5, 2, "𠮷田　花", "ヨシダ　ハナ", relationship="子", head_name="𠮷田　一郎"),
        _resident(6, 4, "NGUYEN VAN AN", "", name=_FOREIGN, kind="2", nationality="ベトナム"),
        _resident(
            7,
            3,
            "髙𣘺　裕子",
            "",
            name=_MARRIED,
            birth=FuzzyDate.parse("1947-02-29"),
        ),
        _resident(
            8,
            5,
            "佐藤　ウメ",
            "サトウ　ウメ",
            birth=FuzzyDate.parse("2020-00-00", unknown=True, phrase="令和2年月日不詳"),
        ),
        _resident(9, 5, "", "", birth=FuzzyDate.of(date(2026, 9, 30))),
        _resident(
            10,
            6,
            "100%　_星*",
            "ヒャクパーセント　ホシ",
            other_business_hidden=True,
            household=None,
        ),
    )


_KANJI: Final = st.sampled_from(["渡邉", "渡辺", "髙橋", "𠮷田", "齋藤", "山田", "大野"])
_GIVEN: Final = st.sampled_from(["葵", "蒼", "一郎", "優", "ゆう", "さくら"])
_KANA: Final = st.sampled_from(["ワタナベ", "タカハシ", "ヨシダ", "オオノ", "ヤマダ", "サイトウ"])
_KANA_GIVEN: Final = st.sampled_from(["アオイ", "イチロウ", "ユウ", "サクラ", "ジュン"])
_DAYS: Final = st.dates(date(2017, 1, 1), date(2021, 12, 31))


@st.composite
def any_residents(draw: st.DrawFn) -> tuple[Resident, ...]:
    """A small town of invented people, for properties."""
    people: list[Resident] = []
    for number in range(draw(st.integers(0, 8))):
        person = _resident(
            number,
            draw(st.integers(1, 3)),
            f"{draw(_KANJI)}　{draw(_GIVEN)}",
            f"{draw(_KANA)}　{draw(_KANA_GIVEN)}",
            birth=FuzzyDate.of(draw(_DAYS)),
            is_protected=draw(st.booleans()),
        )
        people.append(person)
    return tuple(people)


_CONDITIONS: Final = {
    "addressee_number": st.sampled_from([f"{number:015d}" for number in range(4)]),
    "name": st.one_of(_KANJI, _GIVEN, st.just("渡")),
    "kana": st.one_of(_KANA, st.just("ﾜﾀﾅ"), st.just("ゆう")),
    "birth_from": _DAYS,
    "birth_to": _DAYS,
    "household_number": st.sampled_from([f"{number:015d}" for number in range(1, 4)]),
    "machiaza_id": st.sampled_from(["0000001", "0000002"]),
    "address": st.sampled_from(["立川市", "立川市富士見町", "柴崎"]),
    "building": st.sampled_from(["コーポ", "コーポ1"]),
    "postcode": st.sampled_from(["190-0013", "1900023"]),
}


@st.composite
def any_queries(draw: st.DrawFn) -> ResidentQuery:
    """A query of one or two conditions, so that it often finds somebody."""
    names = draw(st.sets(st.sampled_from(sorted(_CONDITIONS)), min_size=1, max_size=2))
    conditions = {name: draw(_CONDITIONS[name]) for name in sorted(names)}
    return ResidentQuery(name_match=draw(st.sampled_from(NameMatch)), **conditions)  # type: ignore[arg-type]


def _silent(entry: LookupEntry) -> None:
    """An audit for checks that look at answers only."""


def _directory(source: ResidentSource, rule: PurposeRule = _HIDES) -> ResidentDirectory:
    rules = {rule.name: rule}
    return ResidentDirectory(source, municipality_code=CITY, purposes=rules, audit=_silent)


_CONTEXT: Final = _HIDES.context(actor="a1", section="学務課", reason="窓口の照会")


def _ids(residents: Iterable[Resident]) -> list[PersonId]:
    return [resident.id for resident in residents]


def _shown(result: Result) -> Sequence[Resident]:
    return result.residents if isinstance(result, Single | Several) else ()


_PROPERTY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)


class ResidentSourceConformance:
    """Derive a test class from this and implement :meth:`make_source`."""

    def make_source(self, residents: Sequence[Resident]) -> ResidentSource:
        """Your adapter over exactly these residents of the municipality :data:`CITY`."""
        raise NotImplementedError

    @pytest.fixture
    def residents(self) -> tuple[Resident, ...]:
        """The people of the rule cases."""
        return invented_residents()

    @pytest.fixture
    def source(self, residents: tuple[Resident, ...]) -> ResidentSource:
        """The adapter under test over the people of the rule cases."""
        return self.make_source(residents)

    def test_describe_counts_the_people(
        self, source: ResidentSource, residents: tuple[Resident, ...]
    ) -> None:
        """A description names the source; the number of rows is right or unknown."""
        description = source.describe()
        assert description.name
        assert description.rows in (None, len(residents))

    def test_get_many_gives_every_record_unchanged(
        self, source: ResidentSource, residents: tuple[Resident, ...]
    ) -> None:
        """Names with IVS and beyond the BMP, numbers with leading zeros, unknown dates."""
        found = source.get_many(_ids(residents))
        assert found == {resident.id: resident for resident in residents}

    def test_get_many_leaves_strangers_out(self, source: ResidentSource) -> None:
        """Another municipality, a number without its zeros and an unknown number are nobody."""
        strangers = [
            PersonId(_OTHER_CITY, f"{1:015d}"),
            PersonId(CITY, "1"),
            PersonId(CITY, "999999999999999"),
        ]
        assert source.get_many(strangers) == {}
        assert source.get_many([]) == {}

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            (ResidentQuery(kana="あおい"), [1, 2]),
            (ResidentQuery(kana="ﾜﾀﾅﾍﾞ ｱｵｲ", name_match=NameMatch.EXACT), [1, 2]),
            (ResidentQuery(kana="ワタナヘ"), [1, 2, 3]),
            (ResidentQuery(name="渡邉葵"), [1]),
            (ResidentQuery(name="邉", name_match=NameMatch.PART), [1, 2, 3]),
            (ResidentQuery(name="邉"), []),
            (ResidentQuery(name="𠮷田 一郎", name_match=NameMatch.EXACT), [4]),
            (ResidentQuery(name="山本"), [6]),
            (ResidentQuery(name="van an"), [6]),
            (ResidentQuery(kana="グエンバン"), [6]),
            (ResidentQuery(name="大野裕子"), [7]),
            (ResidentQuery(kana="おうの"), [7]),
            (ResidentQuery(kana="ゆうこ"), [7]),
            (ResidentQuery(name="%"), []),
            (ResidentQuery(name="1__%"), []),
            (ResidentQuery(name="100%"), [10]),
            (ResidentQuery(name="*", name_match=NameMatch.PART), [10]),
            (ResidentQuery(addressee_number=f"{3:015d}"), [3]),
            (ResidentQuery(addressee_number="3"), []),
            (ResidentQuery(household_number=f"{2:015d}"), [4, 5]),
            (ResidentQuery(address="立川市柴崎町", kana="ワタナベ"), [1, 2, 3]),
            (ResidentQuery(postcode="〒190-0023", sex="1"), [3]),
            (ResidentQuery(machiaza_id="0000004"), [6]),
            (ResidentQuery(building="コーポ３"), [7]),
            (ResidentQuery(birth_from=date(1947, 3, 1), birth_to=date(1947, 3, 1)), [7]),
            (ResidentQuery(birth_from=date(2020, 12, 31), birth_to=date(2020, 12, 31)), [8]),
            (ResidentQuery(birth_from=date(2026, 1, 1)), [9]),
        ],
    )
    def test_search_finds(
        self, source: ResidentSource, query: ResidentQuery, numbers: list[int]
    ) -> None:
        """The rule cases of searching (住民記録システム標準仕様書 2.1.2); wildcards are letters."""
        found = source.search(query, 50)
        assert [int(one.id.addressee_number) for one in found] == numbers

    def test_search_stops_one_past_the_limit(self, source: ResidentSource) -> None:
        """So that a cut answer can be told from a whole one."""
        query = ResidentQuery(birth_from=date(1900, 1, 1))
        whole = source.search(query, 50)
        assert len(source.search(query, 2)) == 3
        assert _ids(source.search(query, 2)) == _ids(whole)[:3]

    def test_household_begins_with_its_head(self, source: ResidentSource) -> None:
        """Then come the others by birth and number."""
        members = source.household(HouseholdId(CITY, f"{1:015d}"))
        assert [int(one.id.addressee_number) for one in members] == [3, 1, 2]
        assert list(source.household(HouseholdId(_OTHER_CITY, f"{1:015d}"))) == []

    @pytest.mark.parametrize(
        ("first", "last", "numbers"),
        [
            (date(2020, 4, 1), date(2020, 4, 1), [1, 2, 4, 5, 6, 8, 10]),
            (date(2020, 4, 2), date(2021, 4, 1), [8]),
            (date(1947, 2, 28), date(1947, 2, 28), [7]),
            (date(1988, 2, 29), date(1988, 2, 29), [3]),
            (date(2020, 4, 1), date(2020, 3, 31), []),
        ],
    )
    def test_born_between_includes_both_days_and_every_maybe(
        self, source: ResidentSource, first: date, last: date, numbers: list[int]
    ) -> None:
        """Somebody whose birth date may lie between is given rather than lost."""
        found = source.born_between(first, last)
        assert [int(one.id.addressee_number) for one in found] == numbers

    @_PROPERTY
    @given(residents=any_residents(), query=any_queries())
    def test_search_gives_exactly_the_matches(
        self, residents: tuple[Resident, ...], query: ResidentQuery
    ) -> None:
        """Whatever the index, the answer is that of the matcher; asking twice changes nothing."""
        source, matcher = self.make_source(residents), Matcher(query)
        expected = [one.id for one in residents if matcher.match(one) is not None]
        assert _ids(source.search(query, 50)) == expected
        assert _ids(source.search(query, 50)) == expected

    @_PROPERTY
    @given(residents=any_residents(), picks=st.lists(st.integers(0, 10), max_size=6))
    def test_batch_equals_singles(self, residents: tuple[Resident, ...], picks: list[int]) -> None:
        """``get_many`` of several is what it is of each."""
        source = self.make_source(residents)
        ids = [PersonId(CITY, f"{number:015d}") for number in picks]
        singles = {key: row for one in ids for key, row in source.get_many([one]).items()}
        assert dict(source.get_many(ids)) == singles

    @_PROPERTY
    @given(residents=any_residents(), query=any_queries())
    def test_a_mask_never_leaks(
        self, residents: tuple[Resident, ...], query: ResidentQuery
    ) -> None:
        """Through the directory no query shows where a protected person lives."""
        directory = _directory(self.make_source(residents))
        result = directory.search(_CONTEXT, query)
        for one in _shown(result):
            if one.is_protected:
                assert not query.uses_location
                assert_hidden(one)
        for one in residents:
            for member in _shown(directory.household(_CONTEXT, one.household)):  # type: ignore[arg-type]
                assert not member.is_protected

    @_PROPERTY
    @given(residents=any_residents(), query=any_queries())
    def test_location_queries_answer_as_if_the_protected_did_not_exist(
        self, residents: tuple[Resident, ...], query: ResidentQuery
    ) -> None:
        """The same shape and count, also at the limit."""
        if not query.uses_location or query.problems:
            return
        open_people = [one for one in residents if not one.is_protected]
        every = _directory(self.make_source(residents)).search(_CONTEXT, query, limit=2)
        without = _directory(self.make_source(open_people)).search(_CONTEXT, query, limit=2)
        assert type(every) is type(without)
        assert _ids(_shown(every)) == _ids(_shown(without))
        assert not isinstance(every, Unavailable)

    def test_the_directory_finds_through_the_source(self, source: ResidentSource) -> None:
        """One, several, none and too many."""
        directory = _directory(source, _SHOWS)
        context = _SHOWS.context(actor="a1", section="学務課", reason="名簿の調製")

        def ask(query: ResidentQuery, limit: int = 50) -> Result:
            return directory.search(context, query, limit)

        assert isinstance(ask(ResidentQuery(name="渡邉葵")), Single)
        assert isinstance(ask(ResidentQuery(kana="アオイ")), Several)
        assert ask(ResidentQuery(name="存在しない")) == NoMatch()
        assert ask(ResidentQuery(kana="ワタナベ"), limit=2) == TooMany(2)


def assert_hidden(resident: Resident) -> None:
    """Nothing of a protected person's location and household can be got out of the record."""
    for hidden in (resident.address, resident.household, resident.head_name):
        assert isinstance(hidden, Masked)
        assert str(hidden) == f"{hidden}" == repr(hidden) == f"{hidden:>9}" == "＊＊＊"
        for leak in _leaks(hidden):
            with pytest.raises(TypeError):
                leak()


def _leaks(hidden: Masked) -> Iterator[Callable[[], object]]:
    yield lambda: json.dumps(hidden)
    yield lambda: pickle.dumps(hidden)
    yield lambda: hidden == Masked()
    yield lambda: hidden != Masked()
    yield lambda: hash(hidden)
