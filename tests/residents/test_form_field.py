"""A resident picked in a form: every answer has its words, nothing masked gets out."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from govkit.forms import Form, SubmitField, TextField
from govkit.residents.adapters.memory import MemorySource
from govkit.residents.directory import ResidentDirectory
from govkit.residents.form_field import ResidentField, ResidentLookup
from govkit.residents.policy import PurposeRule, QueryKey
from govkit.residents.records import Address, PersonId
from govkit.residents.source import ResidentSource, SourceUnavailable
from govkit.testing.resident_source import CITY, invented_residents
from tests.forms.page import Page

PROTECTED = PersonId(CITY, "000000000000004")
RULE = PurposeRule("就学", "学校教育法施行令第1条", max_rows=3)


class Down(ResidentSource):
    def get_many(self, ids):
        raise SourceUnavailable

    def search(self, query, limit):
        raise SourceUnavailable


def form_of(source=None, rule=RULE, log=None, **options):
    directory = ResidentDirectory(
        source or MemorySource(invented_residents()),
        municipality_code=CITY,
        purposes={RULE.name: rule},
        audit=(lambda entry: None) if log is None else log.append,
    )
    context = RULE.context(actor="a1", section="学務課", reason="窓口")
    lookup = ResidentLookup(directory, context)

    class Request(Form):
        person = ResidentField("対象の方", required=True, lookup=lambda: lookup)
        reason = TextField("理由", required=True)
        send = SubmitField("送信する")

    return Request


def sent(kind, **values):
    form = kind(MultiDict({name.replace("__", "-"): text for name, text in values.items()}))
    form.validate()
    return form


def test_somebody_is_found_picked_and_becomes_the_data():
    log = []
    kind = form_of(log=log)
    found = sent(kind, person__name="わたなべ", person__find="1")
    page = Page(found["person"]())
    radio = next(each for each in page.all("input") if each["type"] == "radio")
    assert radio["value"].startswith(f"{CITY}:")
    assert "ワタナベ" in found["person"]()
    assert "フリガナ" in page.by_id("person-pick-0-details").text
    assert "要確認" in page.by_id("person-pick-0-details").text

    number = radio["value"].partition(":")[2]
    form = sent(kind, person__pick=radio["value"], reason="転居")
    assert form.data["person"] == PersonId(CITY, number)
    assert [entry.action for entry in log] == ["search", "get"]
    assert [each.addressee_number for each in log[1].persons] == [number]


def test_a_protected_person_is_marked_and_the_place_is_masked():
    address = next(each.address for each in invented_residents() if each.id == PROTECTED)
    assert isinstance(address, Address)
    form = sent(form_of(), person__pick=f"{CITY}:{PROTECTED.addressee_number}")
    html = form["person"]()
    assert form["person"].data == PROTECTED
    assert "支援措置" in html
    assert "＊＊＊" in html
    assert address.town not in html
    assert address.lot not in html


@pytest.mark.parametrize("value", ["132071:000000000000004", "000000000000004", ":", "132021:"])
def test_a_number_of_nobody_here_is_not_taken(value):
    assert sent(form_of(), person__pick=value)["person"].error_code == "pick_not_found"


FAR = replace(RULE, keys=frozenset({QueryKey.BIRTH}))
ANSWERS = {
    "あてはまる人は見つかりません": (RULE, None, {"person__name": "ヌヌヌ"}),
    "3人より多く": (RULE, None, {"person__birth": "", "person__name": "ア"}),
    "「氏名」を条件にできません": (FAR, None, {"person__name": "アオイ"}),
    "検索条件を1つ以上": (RULE, None, {}),
    "いないという意味ではありません": (RULE, Down(), {"person__name": "アオイ"}),
}


@pytest.mark.parametrize("words", ANSWERS)
def test_every_answer_without_people_has_its_own_sentence(words):
    rule, source, typed = ANSWERS[words]
    if words.startswith("3人"):
        one = invented_residents()[0]
        numbers = [f"{serial:015d}" for serial in range(1, 6)]
        people = [replace(one, id=PersonId(CITY, number)) for number in numbers]
        source, typed = MemorySource(people), {"person__name": one.name.kana_full}
    form = sent(form_of(source, rule), **typed, person__find="1")
    assert words in form["person"].notice
    assert form["person"].candidates == ()


def test_an_outage_while_sending_keeps_the_pick():
    form = sent(form_of(Down()), person__pick=f"{CITY}:000000000000001", reason="転居")
    assert form["person"].error_code == "resident_unavailable"
    assert "いないという意味ではありません" in form["person"].errors[0]
    assert f'value="{CITY}:000000000000001"' in form["person"]()


def test_a_stored_person_is_shown_again():
    form = form_of()(data={"person": PROTECTED})
    assert form["person"].picked is not None
    assert form["person"].data == PROTECTED
