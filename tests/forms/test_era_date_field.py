from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from govkit.forms import EraDateField, Form
from govkit.jp.dates import DateStyle
from govkit.jp.eras import eras_on
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

APRIL_1 = date(2026, 4, 1)


def boxes(era, year, month, day):
    return {"era": era, "year": year, "month": month, "day": day}


CASES = [
    (("令和", "8", "4", "1"), APRIL_1, ""),
    (("令和", "８", "４", "１"), APRIL_1, ""),
    (("令和", "08", "04", "01"), APRIL_1, ""),
    (("令和", "八", "四", "一"), APRIL_1, ""),
    (("令和", "8年", "4月", "1日"), APRIL_1, ""),
    (("令和", " 8 ", "\u20034", "1\u200b"), APRIL_1, ""),
    (("令和", "元", "5", "1"), date(2019, 5, 1), ""),
    (("令和", "元年", "5", "1"), date(2019, 5, 1), ""),
    (("令和", "1", "5", "1"), date(2019, 5, 1), ""),
    (("西暦", "2026", "4", "1"), APRIL_1, ""),
    (("西暦", "２０２６", "4", "1"), APRIL_1, ""),
    (("", "2026", "4", "1"), APRIL_1, ""),
    (("", "西暦2026", "4", "1"), APRIL_1, ""),
    (("", "R8", "4", "1"), APRIL_1, ""),
    (("", "令和8", "4", "1"), APRIL_1, ""),
    (("令和", "R8", "4", "1"), APRIL_1, ""),
    (("R", "8", "4", "1"), APRIL_1, ""),
    (("平成", "31", "4", "30"), date(2019, 4, 30), ""),
    (("昭和", "64", "1", "7"), date(1989, 1, 7), ""),
    (("昭和", "六十四", "一", "七"), date(1989, 1, 7), ""),
    (("大正", "15", "12", "25"), date(1926, 12, 25), ""),
    (("昭和", "元", "12", "25"), date(1926, 12, 25), ""),
    (("明治", "45", "7", "30"), date(1912, 7, 30), ""),
    (("大正", "元", "7", "30"), date(1912, 7, 30), ""),
    (("令和", "6", "2", "29"), date(2024, 2, 29), ""),
    (("", "", "", ""), None, ""),
    (("", " ", "\u3000", ""), None, ""),
    (("平成", "31", "5", "1"), None, "date_after_era"),
    (("平成", "32", "4", "1"), None, "date_after_era"),
    (("昭和", "100", "1", "1"), None, "date_after_era"),
    (("大正", "16", "1", "1"), None, "date_after_era"),
    (("令和", "元", "4", "30"), None, "date_before_era"),
    (("平成", "1", "1", "7"), None, "date_before_era"),
    (("明治", "5", "12", "2"), None, "date_before_gregorian"),
    (("西暦", "9999", "12", "31"), date(9999, 12, 31), ""),
    (("西暦", "1872", "12", "31"), None, "date_before_gregorian"),
    (("令和", "8", "4", "31"), None, "date_no_such_day"),
    (("令和", "7", "2", "29"), None, "date_no_such_day"),
    (("明治", "33", "2", "29"), None, "date_no_such_day"),
    (("令和", "8", "13", "1"), None, "date_no_such_day"),
    (("令和", "8", "0", "1"), None, "date_no_such_day"),
    (("令和", "8", "4", "32"), None, "date_no_such_day"),
    (("令和", "0", "4", "1"), None, "date_no_such_day"),
    (("", "8", "4", "1"), None, "date_year_without_era"),
    (("", "元", "5", "1"), None, "date_year_without_era"),
    (("西暦", "26", "4", "1"), None, "date_year_without_era"),
    (("西暦", "元", "4", "1"), None, "date_year_without_era"),
    (("令和", "2026", "4", "1"), None, "date_western_year_with_era"),
    (("令和", "H30", "4", "1"), None, "date_years_disagree"),
    (("西暦", "R8", "4", "1"), None, "date_years_disagree"),
    (("令和", "8", "", "1"), None, "date_incomplete"),
    (("令和", "", "", ""), None, "date_incomplete"),
    (("令和", "8", "4", "一日中"), None, "date_unreadable"),
    (("令和", "٨", "4", "1"), None, "date_unreadable"),
    (("令和", "8", "４.0", "1"), None, "date_unreadable"),
    (("令和", "8", "-4", "1"), None, "date_unreadable"),
    (("令和", "8", "Apr", "1"), None, "date_unreadable"),
    (("令和", "10000", "4", "1"), None, "date_unreadable"),
    (("慶応", "4", "4", "1"), None, "date_unreadable"),
    (("<script>", "8", "4", "1"), None, "date_unreadable"),
    (("令和", "123456789018", "4", "1"), None, "my_number_not_allowed"),
]


@pytest.mark.parametrize(("typed", "data", "code"), CASES, ids=repr)
def test_boxes(typed, data, code):
    check(EraDateField, (boxes(*typed), data, code))


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        (("令和", "8", "4", "31"), ["day"]),
        (("令和", "8", "13", "1"), ["month"]),
        (("令和", "8", "13", "32"), ["month", "day"]),
        (("令和", "0", "4", "1"), ["year"]),
        (("令和", "8", "", "1"), ["month"]),
        (("令和", "", "", ""), ["year", "month", "day"]),
        (("", "8", "", "1"), ["era", "month"]),
        (("", "8", "4", "1"), ["era"]),
        (("西暦", "26", "4", "1"), ["year"]),
        (("令和", "2026", "4", "1"), ["year"]),
        (("明治", "5", "4", "1"), ["year"]),
        (("平成", "31", "5", "1"), ["era"]),
        (("昭和", "100", "1", "1"), ["era"]),
        (("慶応", "4", "4", "1"), ["era"]),
    ],
)
def test_only_the_box_that_is_wrong_is_marked(typed, parts):
    read = posted(EraDateField, boxes(*typed))
    page = Page(read())

    assert [message.part for message in read.errors] == parts
    for part in ("era", "year", "month", "day"):
        assert page.by_id(f"value-{part}").get("aria-invalid") == (
            "true" if part in parts else None
        )
    assert [target for target, _ in read.error_entries()] == [f"value-{part}" for part in parts]


def test_the_blank_box_is_named():
    read = posted(EraDateField, boxes("令和", "8", "", ""))
    assert read.errors == ["項目の月を入力してください", "項目の日を入力してください"]


def test_the_right_era_is_suggested():
    (error,) = posted(EraDateField, boxes("平成", "31", "5", "1")).errors
    assert error == "項目の元号と年を確かめてください。「令和元年5月1日」のことでしょうか"


def test_a_required_day_left_blank():
    assert outcome(EraDateField, {}, required=True) == (None, "required")
    assert outcome(EraDateField, None, required=True) == (None, "required")


def test_what_was_typed_is_shown_again():
    page = Page(posted(EraDateField, boxes("平成", "３１", "5", "1"))())
    assert page.by_id("value-year")["value"] == "３１"
    assert page.by_id("value-month")["value"] == "5"


@pytest.mark.parametrize(
    ("options", "day", "shown"),
    [
        ({}, APRIL_1, ("令和", "8", "4", "1")),
        ({}, date(2019, 5, 1), ("令和", "元", "5", "1")),
        ({}, date(1926, 12, 25), ("昭和", "元", "12", "25")),
        ({"eras": ("西暦", "大正")}, date(1926, 12, 25), ("大正", "15", "12", "25")),
        ({"eras": ("西暦", "令和")}, date(1980, 1, 2), ("西暦", "1980", "1", "2")),
        ({"style": DateStyle.WESTERN}, APRIL_1, ("西暦", "2026", "4", "1")),
        ({}, date(1603, 3, 24), ("西暦", "1603", "3", "24")),
    ],
)
def test_a_day_fills_the_boxes(options, day, shown):
    class Sheet(Form):
        day_field = EraDateField("日", **options)

    field = Sheet(data={"day_field": day}).day_field
    assert field.shown_texts == boxes(*shown)


def test_eras_stand_in_the_order_given():
    page = posted(EraDateField, None, eras=("昭和", "平成", "令和", "西暦"))()
    assert page.index(">昭和<") < page.index(">平成<") < page.index(">令和<") < page.index(">西暦<")
    assert "明治" not in page
    with pytest.raises(ValueError, match="慶応"):
        posted(EraDateField, None, eras=("慶応",))


def test_boxes_stand_in_the_order_given():
    order = ("day", "month", "era", "year")
    read = posted(EraDateField, boxes("", "8", "", ""), order=order)
    assert [control.name for control in read.controls()] == [f"value-{name}" for name in order]
    assert [message.part for message in read.errors] == ["day", "month", "era"]
    assert read.focus_id == "value-day"
    with pytest.raises(ValueError, match="order"):
        posted(EraDateField, None, order=("year", "month", "day"))


def test_birthdays_have_their_autocomplete_tokens():
    page = Page(posted(EraDateField, None, autocomplete="bday")())
    tokens = [page.by_id(f"value-{part}").get("autocomplete") for part in ("year", "month", "day")]
    assert tokens == ["bday-year", "bday-month", "bday-day"]
    assert "autocomplete" not in posted(EraDateField, None)()


def test_boxes_stand_in_a_fieldset_with_labels():
    html = posted(EraDateField, None, support="住民票のとおり")()
    assert html.startswith("<fieldset")
    assert "<legend" in html
    for part, label in (("era", "元号"), ("year", "年"), ("month", "月"), ("day", "日")):
        assert f'for="value-{part}">{label}</label>' in html
    assert html.count('inputmode="numeric"') == 3


@pytest.mark.parametrize(
    ("options", "typed", "code"),
    [
        ({"min": APRIL_1}, ("令和", "8", "3", "31"), "date_too_early"),
        ({"max": APRIL_1}, ("令和", "8", "4", "2"), "date_too_late"),
        ({"past": True, "today": APRIL_1}, ("令和", "8", "4", "2"), "date_in_future"),
        ({"future": True, "today": lambda: APRIL_1}, ("令和", "8", "3", "31"), "date_in_past"),
        ({"past": True, "today": APRIL_1}, ("令和", "8", "4", "1"), ""),
    ],
)
def test_limits(options, typed, code):
    read = posted(EraDateField, boxes(*typed), **options)
    assert read.error_code == code
    if code:
        assert read().count("aria-invalid") == 4


def test_a_day_that_cannot_be_changed_stays():
    class Sheet(Form):
        day = EraDateField("日", readonly="受付で確かめたため")

    form = Sheet(
        MultiDict({f"day-{part}": "1" for part in ("year", "month", "day")}), data={"day": APRIL_1}
    )
    assert form.validate()
    assert form.day.data == APRIL_1


def test_the_answer_is_told_in_both_calendars():
    read = posted(EraDateField, boxes("令和", "8", "4", "1"))
    assert (read.answer, read.text) == ("2026年（令和8年）4月1日", "令和8年4月1日")


@given(st.dates(date(1873, 1, 1), date(2100, 12, 31)), st.booleans(), st.booleans())
def test_every_day_reads_back_under_every_name(day, wide, western):
    to_wide = {code: code + 0xFEE0 for code in range(0x30, 0x3A)}
    names = (
        [("西暦", day.year)] if western else [(e.kanji, e.year_of(day.year)) for e in eras_on(day)]
    )
    for name, year in names:
        texts = [str(number) for number in (year, day.month, day.day)]
        if wide:
            texts = [text.translate(to_wide) for text in texts]
        read = posted(EraDateField, boxes(name, *texts))
        assert (read.data, read.error_code) == (day, "")
        assert outcome(EraDateField, read.shown_texts) == (day, "")
