from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from govkit.forms import Form, PartialDateField
from govkit.jp.dates import DateStyle
from govkit.jp.partial_dates import PartialDate
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

APRIL_1 = date(2026, 4, 1)

CASES = [
    ("昭和25年4月1日", "1950-04-01", ""),
    ("1950-04-01", "1950-04-01", ""),
    ("Ｓ２５．４．１", "1950-04-01", ""),
    ("昭和二十五年四月一日", "1950-04-01", ""),
    ("昭和25年", "1950-00-00", ""),
    ("1950", "1950-00-00", ""),
    ("１９５０年", "1950-00-00", ""),
    ("S25", "1950-00-00", ""),
    ("昭和25年月日不詳", "1950-00-00", ""),
    ("昭和25年（月日不詳）", "1950-00-00", ""),
    ("昭和25年　月日不明", "1950-00-00", ""),
    ("昭和25年4月", "1950-04-00", ""),
    ("昭和25年4月日不詳", "1950-04-00", ""),
    ("1950/4", "1950-04-00", ""),
    ("昭和25年春", "1950-A1-00", ""),
    ("昭和25年冬", "1950-A4-00", ""),
    ("昭和25年4月上旬", "1950-04-A1", ""),
    ("昭和25年４月中旬", "1950-04-A2", ""),
    ("昭和廿五年四月下旬", "1950-04-A3", ""),
    ("昭和25年頃", "1950-00-00頃", ""),
    ("昭和25年ごろ", "1950-00-00頃", ""),
    ("推定昭和25年4月1日", "1950-04-01頃", ""),
    ("昭和25年4月上旬頃", "1950-04-A1頃", ""),
    ("昭和64年", "S64-00-00", ""),
    ("平成31年春", "H31-A1-00", ""),
    ("昭和年月日不詳", "S00-00-00", ""),
    ("年月日不詳", "0000-00-00", ""),
    ("不詳", "0000-00-00", ""),
    ("わからない", "0000-00-00", ""),
    ("昭和\u200b25年\u20034月", "1950-04-00", ""),
    ({"unknown": "1"}, "0000-00-00", ""),
    ("", None, ""),
    ("　", None, ""),
    (None, None, ""),
    ("頃", None, "date_unreadable"),
    ("むかし", None, "date_unreadable"),
    ("昭和", None, "date_unreadable"),
    ("昭和25年度", None, "date_unreadable"),
    ("昭和25年から30年", None, "date_unreadable"),
    ("昭和٢٥年", None, "date_unreadable"),
    ("4月頃", None, "date_incomplete"),
    ("25年4月1日", None, "date_year_without_era"),
    ("18354", None, "date_spreadsheet_serial"),
    ("昭和25年13月", None, "date_no_such_day"),
    ("昭和25年4月31日頃", None, "date_no_such_day"),
    ("昭和22年2月29日", None, "date_no_such_day"),
    ("平成31年夏", None, "date_after_era"),
    ("令和元年1月上旬", None, "date_before_era"),
    ("明治3年", None, "date_before_gregorian"),
    ("<script>", None, "date_unreadable"),
    ("123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_what_is_known(case):
    check(PartialDateField, case)


def test_a_date_and_the_box_contradict_each_other():
    class Sheet(Form):
        birth = PartialDateField("生年月日", required=True)

    form = Sheet(MultiDict({"birth": "昭和25年", "birth-unknown": "1"}))
    assert not form.validate()
    assert form.birth.error_code == "date_known_and_unknown"
    assert form.birth.data is None
    page = Page(form.birth())
    assert page.by_id("birth")["value"] == "昭和25年"
    assert "checked" in page.by_id("birth-unknown").attributes
    agreeing = Sheet(MultiDict({"birth": "不詳", "birth-unknown": "1"}))
    assert agreeing.validate()
    assert agreeing.birth.value == PartialDate()


def test_the_box_answers_a_required_field():
    assert outcome(PartialDateField, {"unknown": "1"}, required=True) == ("0000-00-00", "")
    assert outcome(PartialDateField, "", required=True) == (None, "required")


@pytest.mark.parametrize("typed", ["不詳", "昭和年月日不詳", "年不詳4月1日"])
def test_a_field_may_ask_for_something_known(typed):
    assert outcome(PartialDateField, typed, may_be_unknown=False) == (None, "date_unknown")
    read = posted(PartialDateField, {"unknown": "1"}, may_be_unknown=False, required=True)
    assert read.error_code == "required"
    assert "unknown" not in read()


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("昭和25年4月", PartialDate(1950, 4), "昭和25年4月日不詳"),
        ("1950-04-01", PartialDate(1950, 4, 1), "昭和25年4月1日"),
        ("1950年頃", PartialDate(1950, about=True), "昭和25年頃"),
        ("不詳", PartialDate(), ""),
    ],
)
def test_the_value_is_a_partial_date_and_shown_in_words(typed, value, shown):
    read = posted(PartialDateField, typed)
    assert (read.value, read.text) == (value, shown)
    assert read.answer == value.phrase
    assert read.data == str(value)
    box = Page(read()).by_id("value-unknown")
    assert ("checked" in box.attributes) is (value == PartialDate())


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (PartialDate(1950, 4), "昭和25年4月日不詳"),
        ("1950-04-00", "昭和25年4月日不詳"),
        (date(1950, 4, 1), "昭和25年4月1日"),
        (PartialDate(), ""),
        ("0000-00-00", ""),
        (None, ""),
    ],
)
def test_what_the_record_holds_is_shown(held, shown):
    class Sheet(Form):
        birth = PartialDateField("生年月日")

    field = Sheet(data={"birth": held}).birth
    page = Page(field())
    assert page.by_id("birth")["value"] == shown
    assert ("checked" in page.by_id("birth-unknown").attributes) is (bool(held) and not shown)


def test_a_known_day_may_be_shown_in_western_years():
    assert posted(PartialDateField, "S25.4.1", style=DateStyle.WESTERN).text == "1950年4月1日"


@pytest.mark.parametrize(
    ("options", "typed", "code"),
    [
        ({"past": True, "today": APRIL_1}, "令和8年", ""),
        ({"past": True, "today": APRIL_1}, "令和8年4月", ""),
        ({"past": True, "today": APRIL_1}, "令和8年5月", "date_in_future"),
        ({"past": True, "today": APRIL_1}, "令和8年4月中旬", "date_in_future"),
        ({"past": True, "today": APRIL_1}, "不詳", ""),
        ({"min": date(1900, 1, 1)}, "1899年", "date_too_early"),
        ({"min": date(1900, 1, 1)}, "1899年頃", ""),
        ({"max": APRIL_1}, "2027年", "date_too_late"),
    ],
)
def test_limits_refuse_only_what_is_certainly_beyond(options, typed, code):
    assert outcome(PartialDateField, typed, **options)[1] == code


@given(st.dates(date(1873, 1, 1), date(2100, 12, 31)), st.sampled_from(["", "頃"]))
def test_what_the_control_shows_reads_back(day, about):
    typed = f"{day.year}年{day.month}月{about}"
    read = posted(PartialDateField, typed)
    assert outcome(PartialDateField, read.text) == (read.data, "")
    assert outcome(PartialDateField, read.data) == (read.data, "")
