import logging
from dataclasses import replace
from datetime import date

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.rest import Pages, StandardRest
from govkit.residents.adapters.rest_settings import Condition, RestLayout
from govkit.residents.directory import ResidentDirectory
from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import HouseholdId, PersonId
from govkit.residents.results import Invalid, Several, Unavailable
from govkit.residents.source import Capability, SourceUnavailable, UnsupportedQuery
from govkit.testing.resident_api import ApiFault
from govkit.testing.resident_source import (
    CITY,
    Fault,
    ResidentSourceConformance,
    invented_residents,
    rule_people,
)
from tests.residents.rest_api import PEOPLE, Clock, _stand, stand  # noqa: F401 - fixtures

API_FAULTS = {
    Fault.UNAUTHORISED: ApiFault.EXPIRED,
    Fault.NOT_JSON: ApiFault.ERROR,
    Fault.MAINTENANCE: ApiFault.MAINTENANCE,
    Fault.MALFORMED: ApiFault.WRONG_TYPES,
    Fault.TRUNCATED: ApiFault.TRUNCATED,
    Fault.DAMAGED: ApiFault.DAMAGED,
    Fault.MISSING_COLUMN: ApiFault.ITEM_MISSING,
    Fault.WRONG_ENCODING: ApiFault.WRONG_CHARSET,
    Fault.DUPLICATE_LATEST: ApiFault.DUPLICATE_LATEST,
    Fault.SLOW: ApiFault.SLOW,
    Fault.UNREACHABLE: ApiFault.RESET,
    Fault.TOKEN_EXPIRED: ApiFault.EXPIRED,
}
RULE = PurposeRule("desk", "学校教育法施行令第1条", bulk=True)
CONTEXT = RULE.context(actor="a1", section="学務課", reason="窓口の照会")
SMALL = RestLayout(page_people=2)


class TestStandardRest(ResidentSourceConformance):
    faults = frozenset(API_FAULTS)

    @pytest.fixture(autouse=True)
    def _shared(self, stand):  # noqa: F811
        self.stand = stand
        self.client = stand.client()

    def make_source(self, residents):
        return self.stand.source(residents, self.client, SMALL)

    def make_faulty_source(self, residents, fault):
        source = self.stand.source(residents, self.stand.client())
        self.stand.api.slow_seconds = 0.4
        times = 1 if fault.is_harmless else 200
        self.stand.api.fail(API_FAULTS[fault], times=times, path=f"/{PEOPLE}")
        return source


def directory(source):
    rules = {RULE.name: RULE}
    return ResidentDirectory(
        source, municipality_code=CITY, purposes=rules, audit=lambda entry: None
    )


def ask(source, **query):
    return directory(source).search(CONTEXT, ResidentQuery(**query))


ONCE = [
    fault for fault in ApiFault if fault not in (ApiFault.SLOW, ApiFault.HANG, ApiFault.TRICKLE)
]


@pytest.mark.parametrize("path", [PEOPLE, RestLayout().protection_call])
@pytest.mark.parametrize("fault", ONCE)
def test_a_fault_is_an_outage_and_never_nobody(stand, fault, path, caplog):  # noqa: F811
    source = stand.source(rule_people())
    stand.api.fail(fault, times=4, path=f"/{path}")
    caplog.set_level(logging.DEBUG)

    answer = ask(source, kana="ヨシダ")

    harmless = path != PEOPLE and fault in (ApiFault.ITEM_MISSING, ApiFault.DUPLICATE_LATEST)
    assert isinstance(answer, Several if harmless else Unavailable), answer
    assert not any(text in caplog.text for text in ("𠮷", "ヨシ", "柴崎", f"{4:015d}"))


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [(ApiFault.MAINTENANCE, 600), (ApiFault.TOO_MANY, 7), (ApiFault.EMPTY, None)],
)
def test_an_outage_tells_when_to_come_back(stand, fault, seconds):  # noqa: F811
    source = stand.source(rule_people())
    stand.api.fail(fault, times=4)
    assert ask(source, name="渡邉") == Unavailable(seconds)
    stand.api.fail(fault, times=4)
    assert source.health().retry_after == seconds


def test_rows_are_read_page_by_page_in_order_and_whole(stand):  # noqa: F811
    people = rule_people()
    source = stand.source(people, layout=SMALL)
    found = source.get_many([one.id for one in reversed(people)])
    assert found == {one.id: one for one in people}
    assert list(source.born_between(date.min, date.max)) == list(people)
    assert stand.api.asked[f"/{PEOPLE}"] > len(people) // 2


def test_a_page_that_changes_meanwhile_is_an_outage(stand):  # noqa: F811
    people = invented_residents()
    source = stand.source(people, layout=SMALL)
    rows = source.born_between(date.min, date.max)
    next(rows)
    stand.api.sources[PEOPLE] = MemorySource(people[:6])
    with pytest.raises(SourceUnavailable, match="came or went"):
        list(rows)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda page: page | {"kekka": []}, "empty page"),
        (lambda page: page | {"kekka": page["kekka"][::-1] + page["kekka"]}, None),
        (lambda page: page | {"sokensu": "10"}, "not a page"),
        (lambda page: page | {"keizokukii": 3}, "not a page"),
        (lambda page: page | {"kekka": {}}, "not a page"),
        (lambda page: page | {"sokensu": 1}, "came or went"),
    ],
)
def test_pages_that_are_not_as_agreed_are_an_outage(change, reason):
    first = {"sokensu": 4, "kekka": [{"atenabango": "1"}, {"atenabango": "2"}], "keizokukii": "x"}
    pages = Pages(_Told([change(first), first]), "a", CITY, SMALL)
    with pytest.raises(SourceUnavailable, match=reason or "not by number"):
        list(pages.read({Condition.SEX: "1"}))


class _Told:
    """A provider that answers what it was told to."""

    def __init__(self, answers):
        self._answers = iter(answers)

    def ask(self, call, body):
        return next(self._answers)


def test_only_what_is_needed_is_read(stand):  # noqa: F811
    source = stand.source(invented_residents(), layout=SMALL)
    source.search(ResidentQuery(address="立川市"), 1)
    assert stand.api.asked[f"/{PEOPLE}"] == 1


def test_a_person_of_another_municipality_is_an_outage(stand):  # noqa: F811
    stranger = replace(invented_residents()[0], id=PersonId("132071", f"{1:015d}"))
    source = stand.source([stranger])
    with pytest.raises(SourceUnavailable, match="other_municipality"):
        source.search(ResidentQuery(name="渡邉"), 5)


def test_strangers_are_not_asked_for(stand):  # noqa: F811
    source = stand.source(invented_residents())
    stand.api.asked.clear()
    assert source.get_many([PersonId("132071", f"{1:015d}")]) == {}
    assert source.household(HouseholdId("132071", f"{1:015d}")) == ()
    assert not stand.api.asked


@pytest.mark.parametrize("number", ["12-3", "1" * 16, "１２３四"])
def test_a_number_that_the_provider_refuses_is_no_absence(stand, number):  # noqa: F811
    source = stand.source(invented_residents())
    assert isinstance(ask(source, addressee_number=number), Invalid)
    with pytest.raises(UnsupportedQuery):
        source.get_many([PersonId(CITY, number)])


def test_our_own_mistake_is_an_outage(stand):  # noqa: F811
    source = stand.source(invented_residents(), layout=RestLayout(page_size="wrong"))
    with pytest.raises(SourceUnavailable, match="E0001"):
        source.search(ResidentQuery(name="渡邉"), 5)
    assert isinstance(ask(source, name="渡邉"), Unavailable)


def test_conditions_that_the_provider_lacks_are_sorted_out_here(stand):  # noqa: F811
    layout = RestLayout(
        conditions={
            Condition.BIRTH_FROM: "seinengappi_kaishi",
            Condition.BIRTH_TO: "seinengappi_shuryo",
        }
    )
    source = stand.source(invented_residents(), layout=layout)
    born = {"birth_from": date(2020, 4, 1), "birth_to": date(2020, 4, 1)}
    found = source.search(ResidentQuery(name="邉　葵", name_match=NameMatch.PART, **born), 5)
    assert [one.name.full for one in found] == ["渡邉󠄂　葵"]
    for unsupported in ({"name": "渡邉"}, {"address": "立川市"}, {"addressee_number": "1"}):
        with pytest.raises(UnsupportedQuery):
            source.search(ResidentQuery(**unsupported), 5)
    with pytest.raises(UnsupportedQuery):
        source.household(HouseholdId(CITY, f"{1:015d}"))


def test_ways_to_compare_names_that_the_provider_lacks_are_refused(stand):  # noqa: F811
    layout = RestLayout(match_codes={NameMatch.EXACT: "1", NameMatch.PREFIX: "2"}, history="")
    source = stand.source(invented_residents(), layout=layout)
    assert source.describe().capabilities == frozenset()
    assert isinstance(ask(source, name="渡邉"), Several)
    assert isinstance(ask(source, name="邉", name_match=NameMatch.PART), Invalid)
    with pytest.raises(UnsupportedQuery):
        source.search(ResidentQuery(name="邉", name_match=NameMatch.PART), 5)
    assert StandardRest(
        stand.client(), municipality_code=CITY, protection=lambda numbers: ()
    ).describe().capabilities == {Capability.PART_MATCH, Capability.FUZZY_MATCH, Capability.HISTORY}


def test_other_names_of_items_are_settings(stand):  # noqa: F811
    layout = RestLayout(items={"氏名": "na"})
    source = stand.source(invented_residents(), layout=layout)
    with pytest.raises(SourceUnavailable, match="row: no na"):
        source.search(ResidentQuery(kana="ワタナベ"), 5)


def test_who_is_protected_is_asked_for_every_time(stand):  # noqa: F811
    people = invented_residents()
    source = stand.source(people)
    query = ResidentQuery(kana="ワタナベ")
    assert not any(one.is_protected for one in source.search(query, 5))
    stand.api.sources[PEOPLE] = MemorySource([replace(one, is_protected=True) for one in people])
    assert all(one.is_protected for one in source.search(query, 5))


def test_health_asks_the_provider(stand):  # noqa: F811
    source = stand.source(invented_residents())
    assert source.health().is_up
    stand.api.fail(ApiFault.FORBIDDEN)
    health = source.health()
    assert (health.is_up, health.note) == (False, "http_403")


def test_with_a_clock_that_stands_still_pages_still_come(stand):  # noqa: F811
    source = stand.source(invented_residents(), stand.client(Clock()))
    assert len(source.search(ResidentQuery(address="立川市"), 50)) == 10
