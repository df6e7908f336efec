"""Fields of several controls, blocks of fields and helper buttons, with fields made for the tests."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import pytest
from werkzeug.datastructures import MultiDict

from govkit.errors import InvalidValue
from govkit.forms import Block, Field, Form, Invalid, Message, Part, PartsField, TextField
from govkit.forms.fields import Button
from tests.forms.cases import outcome, posted
from tests.forms.page import Page


class ClockProblem(StrEnum):
    NOT_DIGITS = "clock_not_digits"
    NO_SUCH_HOUR = "clock_no_such_hour"


@dataclass(frozen=True)
class Clock:
    hour: int
    minute: int

    @classmethod
    def parse(cls, text: str) -> Self:
        hour, _, minute = text.partition(":")
        if not (hour.isdigit() and minute.isdigit()):
            raise InvalidValue(ClockProblem.NOT_DIGITS)
        if int(hour) > 23:
            raise InvalidValue(ClockProblem.NO_SUCH_HOUR)
        return cls(int(hour), int(minute))

    def __str__(self) -> str:
        return f"{self.hour:02}:{self.minute:02}"


class ClockField(PartsField):
    parts = (
        Part("hour", "時", inputmode="numeric"),
        Part("minute", "分", choices=(("", "—"), ("0", "0"), ("30", "30"))),
    )
    problem_texts = {  # noqa: RUF012
        ClockProblem.NOT_DIGITS: "{label}は数字で入力してください",
        ClockProblem.NO_SUCH_HOUR: "{label}の時は0から23までの数で入力してください",
    }
    problem_parts = {ClockProblem.NO_SUCH_HOUR: "hour"}  # noqa: RUF012

    def parse(self, text):
        return Clock.parse(text)

    def parse_parts(self, texts):
        return Clock.parse(f"{texts['hour']}:{texts['minute']}")

    def format_parts(self, value):
        return {"hour": str(value.hour), "minute": str(value.minute)}


class ClockTextField(Field):
    problem_texts = ClockField.problem_texts

    def parse(self, text):
        return Clock.parse(text)

    def format(self, value):
        return f"{value.hour}時{value.minute}分"


class PeriodBlock(Block):
    class form_class(Form):  # noqa: N801
        begin = ClockField("開始", required=True)
        end = ClockField("終了", required=True)
        place = TextField("場所")

    @property
    def buttons(self):
        return [f"{self.name}-lookup", *super().buttons]

    def act(self, pressed):
        self["place"].take("市役所")

    def focus_after(self, pressed):
        return self["place"].focus_id

    def check(self):
        begin, end = self["begin"].value, self["end"].value
        if begin and end and (end.hour, end.minute) <= (begin.hour, begin.minute):
            raise Invalid("終了は開始より後にしてください", "period_reversed", "end")
        if self["place"].data == "なし":
            raise Invalid("場所か電話を入力してください", "place_or_phone")


class Booking(Form):
    name = TextField("氏名", required=True)
    period = PeriodBlock("時間", support="1時間から")
    guardian = Block(
        "保護者",
        fields={"name": TextField("氏名", required=True), "note": TextField("備考")},
        may_be_blank=True,
    )


GOOD = {
    "name": "山田",
    "period-begin-hour": "9",
    "period-begin-minute": "30",
    "period-end-hour": "１０",
    "period-end-minute": "0",
}


def book(**values):
    form = Booking(MultiDict({**GOOD, **{k.replace("_", "-"): v for k, v in values.items()}}))
    form.validate()
    return form


def test_a_message_is_a_sentence_with_a_code():
    message = Message("直してください", "some_code", "month")

    assert message == "直してください"
    assert (message.code, message.part) == ("some_code", "month")


def test_data_is_canonical_text_and_value_the_object():
    field = posted(ClockTextField, "9:30")

    assert field.data == "09:30"
    assert field.value == Clock(9, 30)
    assert field.text == "9時30分"


def test_a_stored_text_gives_the_value_and_a_spoilt_one_is_shown_as_it_is():
    form_class = type("One", (Form,), {"value": ClockTextField("時刻")})

    assert form_class(data={"value": "09:30"}).value.value == Clock(9, 30)
    assert form_class(data={"value": Clock(9, 30)}).value.data == "09:30"
    spoilt = form_class(data={"value": "正午"}).value
    assert (spoilt.value, spoilt.text) == (None, "正午")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"hour": "9", "minute": "30"}, ("09:30", "")),
        ({"hour": "", "minute": ""}, (None, "")),
        ({}, (None, "")),
        ({"hour": "24", "minute": "0"}, (None, "clock_no_such_hour")),
        ({"hour": "", "minute": "0"}, (None, "clock_not_digits")),
        ({"hour": "1234", "minute": "56789018"}, (None, "my_number_not_allowed")),
    ],
)
def test_parts_are_read_together(typed, expected):
    assert outcome(ClockField, typed) == expected


def test_a_required_field_of_parts_is_asked_for_at_its_first_part():
    field = posted(ClockField, {}, required=True)

    assert field.error_codes == ("required",)
    assert field.error_entries()[0][0] == "value-hour"


def test_only_the_wrong_part_is_invalid():
    field = posted(ClockField, {"hour": "24", "minute": "30"}, support="例：9時30分")
    page = Page(field())

    assert page.by_id("value-hour")["aria-invalid"] == "true"
    assert page.by_id("value-hour")["value"] == "24"
    assert page.by_id("value-minute").get("aria-invalid") is None
    assert page.all("fieldset")[0]["aria-describedby"] == "value-error value-support"
    assert field.error_entries() == [("value-hour", "項目の時は0から23までの数で入力してください")]
    chosen = [each["value"] for each in page.all("option") if "selected" in each.attributes]
    assert chosen == ["30"]


def test_both_parts_are_invalid_where_the_error_is_of_both():
    page = Page(posted(ClockField, {"hour": "a", "minute": "0"})())

    assert page.by_id("value-hour")["aria-invalid"] == "true"
    assert page.by_id("value-minute")["aria-invalid"] == "true"


def test_a_block_gives_its_data_by_name():
    form = book(period_place="会議室")

    assert form.errors == {}
    assert form.data["period"] == {"begin": "09:30", "end": "10:00", "place": "会議室"}
    assert form.period.value["begin"] == Clock(9, 30)
    assert form.period["end"].name == "period-end"


def test_a_block_takes_mappings_and_objects():
    period = {"begin": "09:30", "end": Clock(10, 0), "place": "会議室"}

    by_mapping = Booking(data={"period": period}).period
    by_object = Booking(data={"period": type("Period", (), period)()}).period

    assert by_mapping.data == by_object.data == {**period, "end": "10:00"}


def test_errors_of_a_block_are_in_the_summary_in_their_order():
    form = book(name="", period_begin_hour="24", period_place="なし")

    page = Page(form.error_summary() + form.render())
    assert [link["href"] for link in page.all("a")] == [
        "#name",
        "#period-begin-hour",
        "#period-begin-hour",
    ]
    for link in page.all("a"):
        assert page.by_id(link["href"].removeprefix("#")).tag == "input"
    assert form.period.error_codes == ("place_or_phone", "clock_no_such_hour")
    assert form.period.errors[1].part == "begin-hour"
    assert page.by_id("period")["aria-describedby"] == "period-error period-support"
    assert form.title_prefix == "エラー: "


def test_a_rule_between_fields_may_blame_one_of_them():
    form = book(period_end_hour="8")

    assert form.period["end"].error_codes == ("period_reversed",)
    assert form.period.own_errors == []


def test_a_block_may_be_blank_as_a_whole_but_not_by_half():
    assert book().errors == {}
    assert book(guardian_note="父").guardian.error_codes == ("required",)
    page = Page(book().guardian())
    assert page.all("legend")[0].text == "保護者任意"


def test_an_error_of_the_service_reaches_a_field_inside_a_block():
    form = book()
    form.add_error("period-place", "その部屋は埋まっています", "room_taken")

    assert form.period["place"].error_codes == ("room_taken",)


def test_a_helper_button_acts_and_shows_no_errors():
    form = book(name="", period_lookup="1")

    assert form.pressed == "period-lookup"
    assert not form.validate()
    assert form.errors == {}
    assert form.error_summary() == ""
    assert form.period["place"].data == "市役所"
    page = Page(form.render())
    assert [e["id"] for e in page.elements if "autofocus" in e.attributes] == ["period-place"]
    assert page.by_id("period-place")["value"] == "市役所"


def test_what_was_typed_stays_when_a_helper_button_is_pressed():
    form = book(period_begin_hour="朝", period_lookup="1")

    assert Page(form.render()).by_id("period-begin-hour")["value"] == "朝"


def test_a_helper_button_is_never_the_one_that_the_enter_key_presses():
    class Helped(Field):
        @property
        def help(self):
            return Button(f"{self.name}-help", "調べる")

    button = Button("x-help", "調べる")
    assert (button.name, button.title) == ("x-help", "調べる")
    assert posted(Helped, "a").default_button == ""


def test_a_value_that_cannot_be_changed_stays_and_says_why():
    class Fixed(Form):
        name = TextField("氏名", required=True, readonly="住民票の氏名です", support="例：山田")
        clock = ClockField("時刻", readonly="受付済みです")
        period = PeriodBlock("時間", readonly="受付済みです")

    record = {"name": "山田", "clock": "09:30", "period": {"place": "会議室"}}
    form = Fixed(
        MultiDict({"name": "佐藤", "clock-hour": "1", "period-place": "廊下"}), data=record
    )

    assert form.validate()
    assert form.name.data == "山田"
    assert form.clock.data == "09:30"
    assert form.period.data["place"] == "会議室"
    page = Page(form.render())
    assert "readonly" in page.by_id("name").attributes
    assert page.by_id("name")["aria-describedby"] == "name-support name-readonly"
    assert page.by_id("name-readonly").text == "住民票の氏名です"
    assert "readonly" in page.by_id("clock-hour").attributes
    assert "readonly" in page.by_id("period-place").attributes


def test_fields_of_a_block_may_not_hide_the_form():
    with pytest.raises(ValueError, match="data"):
        Block("x", fields={"data": TextField("y")})
