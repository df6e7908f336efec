from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from govkit.forms import DateField, Form
from govkit.jp.dates import DateStyle, format_date
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

APRIL_1 = date(2026, 4, 1)
MY_NUMBER = "123456789018"

CASES = [
    ("2026-04-01", APRIL_1, ""),
    ("２０２６年４月１日", APRIL_1, ""),
    ("令和8年4月1日", APRIL_1, ""),
    ("Ｒ８．４．１", APRIL_1, ""),
    ("㋿八年四月一日", APRIL_1, ""),
    ("R080401", APRIL_1, ""),
    ("20260401", APRIL_1, ""),
    ("2026年4月1日（水）", APRIL_1, ""),
    ("2026年（令和8年）4月1日", APRIL_1, ""),
    (" 2026 4 1 ", APRIL_1, ""),
    ("2026\u200b−04−01", APRIL_1, ""),
    ("2026\u00ad04\u00ad01", APRIL_1, ""),
    ("2026年4⽉1⽇", APRIL_1, ""),
    ("'2026-04-01", APRIL_1, ""),
    ('="2026-04-01"', APRIL_1, ""),
    ("20260401.0", APRIL_1, ""),
    ("2026-04-01 00:00:00", APRIL_1, ""),
    ("令和8年\n4月1日", APRIL_1, ""),
    ("平成31年4月30日", date(2019, 4, 30), ""),
    ("令和元年5月1日", date(2019, 5, 1), ""),
    ("昭和64年1月7日", date(1989, 1, 7), ""),
    ("大正15年12月25日", date(1926, 12, 25), ""),
    ("昭和元年12月25日", date(1926, 12, 25), ""),
    ("明治45年7月30日", date(1912, 7, 30), ""),
    ("明治6年1月1日", date(1873, 1, 1), ""),
    ("令和6年2月29日", date(2024, 2, 29), ""),
    ("", None, ""),
    (" \u3000\t", None, ""),
    ("\u200b", None, ""),
    (None, None, ""),
    ("平成31年5月1日", None, "date_after_era"),
    ("昭和100年1月1日", None, "date_after_era"),
    ("大正16年1月1日", None, "date_after_era"),
    ("令和元年4月30日", None, "date_before_era"),
    ("明治5年12月2日", None, "date_before_gregorian"),
    ("1872-12-31", None, "date_before_gregorian"),
    ("令和0年1月1日", None, "date_no_such_day"),
    ("2026-02-29", None, "date_no_such_day"),
    ("明治33年2月29日", None, "date_no_such_day"),
    ("2026-13-01", None, "date_no_such_day"),
    ("0000-00-00", None, "date_no_such_day"),
    ("46113", None, "date_spreadsheet_serial"),
    ("8.4.1", None, "date_year_without_era"),
    ("26/4/1", None, "date_year_without_era"),
    ("4/1/2026", None, "date_year_not_first"),
    ("4/1", None, "date_incomplete"),
    ("令和8年4月", None, "date_incomplete"),
    ("2026/4/1 13:45", None, "date_with_time"),
    ("2026年4月1日（木）", None, "date_wrong_weekday"),
    ("2026年（令和7年）4月1日", None, "date_years_disagree"),
    ("令和2026年4月1日", None, "date_western_year_with_era"),
    ("٢٠٢٦-٠٤-٠١", None, "date_unreadable"),
    ("Н30.4.1", None, "date_unreadable"),
    ("1.23E+11", None, "date_unreadable"),
    ("<script>", None, "date_unreadable"),
    ("\ue000", None, "date_unreadable"),
    ("𠮷日", None, "date_unreadable"),
    (MY_NUMBER, None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_days(case):
    check(DateField, case)


def test_a_lone_surrogate_is_refused():
    assert outcome(DateField, "\ud83d")[1] == "date_unreadable"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("平成31年5月1日", "項目の元号と年を確かめてください。「令和元年5月1日」のことでしょうか"),
        ("2026-04-31", "項目の日を確かめてください。この年の4月は30日までです"),
        ("2026-13-01", "項目の月は1から12までの数字で入力してください"),
        ("令和0年1月1日", "項目の年は1以上の数字で入力してください"),
        ("2026年4月1日（木）", "項目の日付と曜日を確かめてください。この日は水曜日です"),
        (
            "令和2026年4月1日",
            "項目の元号の後が西暦の年になっています。「令和8年4月1日」のことでしょうか",
        ),
        ("きのう", "項目は「2026年4月1日」か「令和8年4月1日」の形で入力してください"),
    ],
)
def test_the_error_says_what_to_do(typed, sentence):
    read = posted(DateField, typed)
    assert read.errors == [sentence]
    assert Page(read()).by_id("value")["value"] == typed
    assert Page(read()).by_id("value")["aria-invalid"] == "true"


def test_a_required_day_left_blank():
    assert outcome(DateField, " ", required=True) == (None, "required")


@pytest.mark.parametrize(
    ("options", "typed", "code"),
    [
        ({"min": date(2026, 4, 1)}, "2026-03-31", "date_too_early"),
        ({"min": date(2026, 4, 1)}, "2026-04-01", ""),
        ({"max": date(2027, 3, 31)}, "令和9年4月1日", "date_too_late"),
        ({"max": date(2027, 3, 31)}, "令和9年3月31日", ""),
        ({"max": lambda: date(2027, 3, 31)}, "令和9年4月1日", "date_too_late"),
        ({"past": True, "today": APRIL_1}, "2026-04-02", "date_in_future"),
        ({"past": True, "today": APRIL_1}, "2026-04-01", ""),
        ({"past": True, "today": lambda: APRIL_1}, "2026-04-02", "date_in_future"),
        ({"future": True, "today": APRIL_1}, "2026-03-31", "date_in_past"),
        ({"future": True, "today": APRIL_1}, "2026-04-01", ""),
    ],
)
def test_limits(options, typed, code):
    assert outcome(DateField, typed, **options)[1] == code


@pytest.mark.parametrize(
    ("options", "typed", "sentence"),
    [
        (
            {"min": date(2019, 5, 1), "max": APRIL_1},
            "2019-04-30",
            "項目は2019年（令和元年）5月1日から2026年（令和8年）4月1日までの日付を入力してください",
        ),
        (
            {"min": APRIL_1},
            "2019-04-30",
            "項目は2026年（令和8年）4月1日以降の日付を入力してください",
        ),
        (
            {"max": date(1603, 3, 24)},
            "2019-04-30",
            "項目は1603年3月24日以前の日付を入力してください",
        ),
        (
            {"past": True, "today": APRIL_1},
            "2026-04-02",
            "項目は今日（2026年（令和8年）4月1日）までの日付を入力してください",
        ),
    ],
)
def test_limits_are_told_in_both_calendars(options, typed, sentence):
    assert posted(DateField, typed, **options).errors == [sentence]


@pytest.mark.parametrize("rule", ["past", "future"])
def test_no_field_reads_the_clock(rule):
    with pytest.raises(ValueError, match="today"):
        posted(DateField, "", **{rule: True})


@pytest.mark.parametrize(
    ("style", "day", "shown"),
    [
        (DateStyle.WESTERN, APRIL_1, "2026年4月1日"),
        (DateStyle.WAREKI, APRIL_1, "令和8年4月1日"),
        (DateStyle.WAREKI_SHORT, APRIL_1, "R8.4.1"),
        (DateStyle.WAREKI, date(9999, 12, 31), "令和7981年12月31日"),
        (DateStyle.WAREKI, date(1603, 3, 24), "1603年3月24日"),
    ],
)
def test_a_day_is_shown_in_either_calendar(style, day, shown):
    class Sheet(Form):
        day_field = DateField("日", style=style)

    field = Sheet(data={"day_field": day}).day_field
    assert Page(field()).by_id("day_field")["value"] == field.text == shown


def test_what_was_read_is_shown_again_in_the_style_of_the_field():
    assert posted(DateField, "Ｒ８．４．１").text == "2026年4月1日"
    assert posted(DateField, "Ｒ８．４．１").answer == "2026年（令和8年）4月1日"
    assert posted(DateField, "").answer == ""


def test_the_text_of_a_record_becomes_a_day():
    class Sheet(Form):
        day = DateField("日")

    assert Sheet(data={"day": "2026-04-01"}).day.data == APRIL_1
    assert Sheet(data={"day": "?"}).day.text == "?"
    assert Sheet(data={"day": datetime(2026, 4, 1, 9, 30)}).day.data == APRIL_1  # noqa: DTZ001


def test_a_day_that_cannot_be_changed_stays():
    class Sheet(Form):
        day = DateField("日", readonly="受付で確かめたため")

    form = Sheet(MultiDict({"day": "2020-01-01"}), data={"day": APRIL_1})
    assert form.validate()
    assert form.day.data == APRIL_1
    assert "2026年4月1日" in form.day()


@given(
    st.dates(date(1873, 1, 1), date(2100, 12, 31)),
    st.sampled_from(DateStyle),
    st.sampled_from(DateStyle),
)
def test_every_day_reads_back_from_what_the_control_shows(day, typed_as, style):
    read = posted(DateField, format_date(day, typed_as), style=style)
    assert (read.data, read.error_code) == (day, "")
    assert outcome(DateField, read.text) == (day, "")
