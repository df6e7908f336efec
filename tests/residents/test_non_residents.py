from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest

from govkit.residents.adapters.memory import MemorySource
from govkit.residents.adapters.non_residents import FourItems, NonResident, NonResidents
from govkit.residents.adapters.rest_settings import Condition, RestLayout
from govkit.residents.directory import ResidentDirectory
from govkit.residents.matching import Matcher, ResidentQuery
from govkit.residents.policy import PurposeRule
from govkit.residents.records import Address, FormerRow, HouseholdId, PersonId
from govkit.residents.results import Single, Unavailable
from govkit.residents.source import SourceUnavailable, UnsupportedQuery
from govkit.testing.resident_api import ApiFault, ResidentApi, serve
from govkit.testing.resident_source import CITY, ResidentSourceConformance, rule_people
from tests.residents.rest_api import Stand

CALL = "031/shokai"
LAYOUT = RestLayout(people_call=CALL, protection_call="031/hogo", page_people=3)
OWNER = FourItems(
    name="田中　実", birth=date(1950, 5, 5), sex="1", address="東京都立川市曙町三丁目28番9号"
)


def people():
    """The people of the rule cases, none of whom has a household here."""
    return [
        replace(one, household=None, relationship="", head_name="", business_id="031")
        for one in rule_people()
    ]


def person(number):
    return PersonId(CITY, f"{number:015d}")


@contextmanager
def outside_the_register():
    """A stand-in, and what makes sources of people outside the register on it."""
    api = ResidentApi({CALL: MemorySource([])}, municipality_code=CITY, layout=LAYOUT)

    def make_source(residents):
        api.sources[CALL] = MemorySource(residents)
        protected = {one.id.addressee_number for one in residents if one.is_protected}
        return NonResidents(
            stand.client(business_id="031"),
            municipality_code=CITY,
            protection=protected.intersection,
            layout=LAYOUT,
        )

    with serve(api) as url:
        stand = Stand(api, url)
        yield stand, make_source


@pytest.fixture(scope="module")
def _desk():
    with outside_the_register() as desk:
        yield desk


@pytest.fixture(scope="module")
def _stand(_desk):
    return _desk[0]


@pytest.fixture
def api(_stand):
    _stand.reset()
    _stand.api.sources[CALL] = MemorySource(people())
    _stand.api.items.clear()
    yield _stand.api
    _stand.reset()


@pytest.fixture
def source(_stand, api):
    client = _stand.client(business_id="031")
    return NonResidents(
        client, municipality_code=CITY, protection=lambda numbers: (), layout=LAYOUT
    )


def expected(query):
    matcher = Matcher(query)
    found = [one for one in people() if matcher.match(one) is not None]
    return [replace(one, is_protected=False) for one in found]


@pytest.mark.parametrize(
    "query",
    [
        ResidentQuery(kana="サイトウ"),
        ResidentQuery(name="高木"),
        ResidentQuery(birth_from=date(1950, 1, 1), birth_to=date(1950, 12, 31)),
        ResidentQuery(address="曙町", sex="1"),
    ],
)
def test_they_are_found_as_residents_are(source, query):
    assert expected(query)
    assert source.search(query, 50) == expected(query)


def test_nobody_has_a_household(source):
    assert source.household(HouseholdId(CITY, f"{1:015d}")) == ()
    assert source.search(ResidentQuery(household_number=f"{1:015d}", name="渡邉"), 5) == ()
    assert source.search(ResidentQuery(name="渡邉"), 5)[0].household is None


def test_what_only_they_have_is_in_the_details(source, api):
    api.items[person(27)] = {
        "名寄せ元フラグ": "1",
        "名寄せ先宛名番号": f"{28:015d}",
        "独自施策システム等ID": "A01",
        "住所_国名コード": "840",
        "住所_国名等": "アメリカ合衆国",
        "住所_国外住所": "1 Example Street",
    }
    found = source.details([person(27), person(28), person(999)])
    first, second = found[person(27)], found[person(28)]
    assert (first.is_joined, first.same_as, first.system_id) == (True, person(28), "A01")
    assert (first.country_code, first.country) == ("840", "アメリカ合衆国")
    assert first.foreign_address == "1 Example Street"
    assert second == NonResident(second.resident)
    assert len(found) == 2


@pytest.mark.parametrize("items", [{"名寄せ元フラグ": "9"}, {"独自施策システム等ID": 1}])
def test_wrong_items_are_an_outage(source, api, items):
    api.items[person(27)] = items
    with pytest.raises(SourceUnavailable, match="row"):
        source.details([person(27)])


def test_candidates_tell_a_clerk_what_agrees(source):
    found = source.candidates(OWNER)
    agreed = {one.person.resident.id: one.agreed for one in found}
    assert list(agreed) == [person(28), person(27)]
    assert agreed[person(28)] == {"name", "birth", "sex", "address"}
    assert found[1].differing == {"address"}


def test_candidates_agree_by_their_history_too(source, api):
    old = replace(people()[0], history=())
    assert isinstance(old.address, Address)
    former = FormerRow(
        replace(old.name, full="旧姓　葵", family="旧姓"), replace(old.address, lot="99番9号")
    )
    api.sources[CALL] = MemorySource([replace(old, history=(former,))])
    items = FourItems(name="旧姓葵", birth=date(2020, 4, 1), sex="2", address="99番9号")
    assert [one.differing for one in source.candidates(items)] == [frozenset()]


def test_nobody_like_that_is_nobody(source):
    assert source.candidates(replace(OWNER, name="無名　氏", birth=date(1800, 1, 1))) == []


def test_candidates_need_a_parameter_for_each_item(_stand, api):
    conditions = {Condition.NAME: "shimei", Condition.BIRTH_FROM: "seinengappi_kaishi"}
    layout = replace(LAYOUT, conditions=conditions)
    client = _stand.client(business_id="031")
    source = NonResidents(
        client, municipality_code=CITY, protection=lambda numbers: (), layout=layout
    )
    with pytest.raises(UnsupportedQuery, match="address sex"):
        source.candidates(OWNER)


@pytest.mark.parametrize(
    "fault",
    [ApiFault.MAINTENANCE, ApiFault.TRUNCATED, ApiFault.PEOPLE_MISSING, ApiFault.WRONG_TYPES],
)
def test_an_outage_is_never_nobody(source, api, fault):
    asks = (
        lambda: source.details([person(27)]),
        lambda: source.candidates(OWNER),
        lambda: source.search(ResidentQuery(name="田中"), 5),
    )
    for ask in asks:
        api.fail(fault, times=2)
        with pytest.raises(SourceUnavailable):
            ask()
        api.recover()


def test_the_directory_guards_them_like_residents(source, api):
    rule = PurposeRule("tax", "地方税法第20条の11")
    directory = ResidentDirectory(
        source, municipality_code=CITY, purposes={"tax": rule}, audit=lambda entry: None
    )
    context = rule.context(actor="a1", section="税務課", reason="納税義務者の確認")
    query = ResidentQuery(name="小林 恵")
    assert isinstance(directory.search(context, query), Single)
    api.fail(ApiFault.UNAVAILABLE, times=2)
    assert directory.search(context, query) == Unavailable()


class TestNonResidents(ResidentSourceConformance):
    """People outside the register behave as every other source; nobody has a household."""

    has_households = False

    @pytest.fixture(autouse=True)
    def _at_the_desk(self, _desk, api):
        self._make_source = _desk[1]

    def make_source(self, residents):
        return self._make_source(residents)
