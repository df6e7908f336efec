from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import Form, TimeField
from govkit.jp.times import TimeOfDay
from tests.forms.cases import check, outcome, posted

CASES = [
    ("9:05", "09:05", ""),
    ("09:05", "09:05", ""),
    ("９：０５", "09:05", ""),
    ("9∶05", "09:05", ""),
    (" 9 : 05 ", "09:05", ""),
    ("9.05", "09:05", ""),
    ("0905", "09:05", ""),
    ("１５３０", "15:30", ""),
    ("9時", "09:00", ""),
    ("9時5分", "09:05", ""),
    ("9 時 5 分", "09:05", ""),
    ("15時30分", "15:30", ""),
    ("15時30", "15:30", ""),
    ("十五時三十分", "15:30", ""),
    ("午前9時半", "09:30", ""),
    ("午前０時", "00:00", ""),
    ("午後3時", "15:00", ""),
    ("午後三時", "15:00", ""),
    ("午後３：３０", "15:30", ""),
    ("午後0時30分", "12:30", ""),
    ("正午", "12:00", ""),
    ("3pm", "15:00", ""),
    ("3:05 P.M.", "15:05", ""),
    ("12:30 am", "00:30", ""),
    ("00:00", "00:00", ""),
    ("23:59", "23:59", ""),
    ("09:05:00", "09:05", ""),
    ("'09:05", "09:05", ""),
    ("\u200b9:05", "09:05", ""),
    ("", None, ""),
    ("　", None, ""),
    ("24:00", None, "time_end_of_day"),
    ("24時", None, "time_end_of_day"),
    ("24:01", None, "time_no_such_hour"),
    ("25:00", None, "time_no_such_hour"),
    ("深夜25時", None, "time_unreadable"),
    ("午後15時", None, "time_no_such_hour"),
    ("12:60", None, "time_no_such_minute"),
    ("午後12時30分", None, "time_twelve_unclear"),
    ("午前12時", None, "time_twelve_unclear"),
    ("09:05:30", None, "time_with_seconds"),
    ("0.375", None, "time_spreadsheet_fraction"),
    ("9", None, "time_unreadable"),
    ("9:5", None, "time_unreadable"),
    ("9.5", None, "time_unreadable"),
    ("905", None, "time_unreadable"),
    ("-9:00", None, "time_unreadable"),
    ("٩:٠٥", None, "time_unreadable"),
    ("9:00頃", None, "time_unreadable"),
    ("夕方", None, "time_unreadable"),
    ("<script>", None, "time_unreadable"),
    ("123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_times(case):
    check(TimeField, case)


@pytest.mark.parametrize("typed", ["24:00", "２４時", "2400"])
def test_the_end_of_the_day_passes_where_it_may(typed):
    read = posted(TimeField, typed, end_of_day=True)
    assert (read.data, read.value, read.text) == ("24:00", TimeOfDay(24), "24:00")


def test_the_value_gives_a_time_of_python():
    assert posted(TimeField, "午後3時").value.to_time() == time(15)


def test_a_record_may_hold_a_time_of_python():
    class Sheet(Form):
        begin = TimeField("開始")

    assert Sheet(data={"begin": time(9, 5)}).begin.text == "09:05"
    assert Sheet(data={"begin": "09:05"}).begin.value == TimeOfDay(9, 5)
    assert Sheet(data={"begin": None}).begin.text == ""


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_time_reads_back_from_what_the_control_shows(hour, minute):
    read = posted(TimeField, TimeOfDay(hour, minute).words)
    assert outcome(TimeField, read.text) == (f"{hour:02}:{minute:02}", "")
