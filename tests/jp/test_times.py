from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.times import TimeOfDay, TimeProblem


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("9:05", "09:05"),
        ("９：０５", "09:05"),
        ("09:05", "09:05"),
        (" 9 : 05 ", "09:05"),
        ("9∶05", "09:05"),
        ("9.05", "09:05"),
        ("0905", "09:05"),
        ("9時5分", "09:05"),
        ("9時", "09:00"),
        ("九時五分", "09:05"),
        ("午前9時半", "09:30"),
        ("午後3時", "15:00"),
        ("午後３時３０分", "15:30"),
        ("午後三時", "15:00"),
        ("午後0時30分", "12:30"),
        ("午前0時", "00:00"),
        ("15時30分", "15:30"),
        ("15時30", "15:30"),
        ("十五時三十分", "15:30"),
        ("3pm", "15:00"),
        ("3:05 p.m.", "15:05"),
        ("12:30 PM", "12:30"),
        ("12:00am", "00:00"),
        ("正午", "12:00"),
        ("24:00", "24:00"),
        ("24時", "24:00"),
        ("23:59", "23:59"),
        ("09:05:00", "09:05"),
        ("9時5分0秒", "09:05"),
        ("\u200b9:05", "09:05"),
        ("'09:05", "09:05"),
    ],
)
def test_time_is_read_as_people_write_it(typed, stored):
    read = TimeOfDay.parse(typed)
    assert (str(read), read.raw) == (stored, typed)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", TimeProblem.EMPTY),
        ("　", TimeProblem.EMPTY),
        ("24:01", TimeProblem.NO_SUCH_HOUR),
        ("25:00", TimeProblem.NO_SUCH_HOUR),
        ("2530", TimeProblem.NO_SUCH_HOUR),
        ("午後15時", TimeProblem.NO_SUCH_HOUR),
        ("12:60", TimeProblem.NO_SUCH_MINUTE),
        ("午後12時30分", TimeProblem.TWELVE),
        ("午前12時", TimeProblem.TWELVE),
        ("09:05:30", TimeProblem.WITH_SECONDS),
        ("0.375", TimeProblem.DAY_FRACTION),
        ("9", TimeProblem.UNREADABLE),
        ("9:5", TimeProblem.UNREADABLE),
        ("9.5", TimeProblem.UNREADABLE),
        ("905", TimeProblem.UNREADABLE),
        ("-9:00", TimeProblem.UNREADABLE),
        ("午前9時AM", TimeProblem.UNREADABLE),
        ("15:30頃", TimeProblem.UNREADABLE),
        ("夕方", TimeProblem.UNREADABLE),
        ("٩:٠٥", TimeProblem.UNREADABLE),
        ("9" * 200, TimeProblem.UNREADABLE),
    ],
)
def test_time_that_cannot_be_is_refused_with_its_reason(typed, problem):
    with pytest.raises(InvalidValue) as refused:
        TimeOfDay.parse(typed)
    assert refused.value.problem is problem


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("00:00", "午前0時"),
        ("09:05", "午前9時5分"),
        ("12:00", "正午"),
        ("12:30", "午後0時30分"),
        ("15:00", "午後3時"),
        ("24:00", "24時"),
    ],
)
def test_time_in_words_reads_back(stored, words):
    read = TimeOfDay.parse(stored)
    assert read.words == words
    assert TimeOfDay.parse(words) == read


def test_end_of_day_is_no_time_of_python():
    assert TimeOfDay(24).is_end_of_day
    assert TimeOfDay(9, 5).to_time() == time(9, 5)
    with pytest.raises(ValueError, match="hour"):
        TimeOfDay(24).to_time()
    assert TimeOfDay(9, 5) < TimeOfDay(10) < TimeOfDay(24)


@given(st.integers(0, 23), st.integers(0, 59))
def test_written_time_reads_back(hour, minute):
    read = TimeOfDay(hour, minute)
    assert TimeOfDay.parse(str(read)) == TimeOfDay.parse(read.words) == read


@given(st.text(max_size=12) | st.text("午前後時分半0123456789:. apm", max_size=9))
def test_any_text_is_read_or_refused(text):
    try:
        read = TimeOfDay.parse(text)
    except InvalidValue:
        return
    assert TimeOfDay.parse(str(read)) == read
