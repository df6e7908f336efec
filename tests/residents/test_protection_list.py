import pytest

from govkit.errors import InvalidInput
from govkit.residents.adapters.protection_list import read_protection_list
from tests.residents.extracts import CITY, write


def entry(number, history="1", measure="1", **more):
    return {
        "市区町村コード": CITY,
        "宛名番号": number,
        "履歴番号": history,
        "最新フラグ": "",
        "支援措置開始年月日": "2020-04-01",
        "支援措置終了年月日": "2021-03-31",
        "措置区分": measure,
        "削除フラグ": "0",
    } | more


def protected(*rows):
    return read_protection_list(write(rows), municipality_code=CITY).protected


def test_protection_past_its_end_date_lasts_until_lifted():
    assert protected(entry("1")) == {"1"}


def test_measure_three_in_the_current_row_ends_a_protection():
    assert protected(entry("1", "2", "3"), entry("1", "1")) == set()
    assert protected(entry("1", "2", "1"), entry("1", "1", "3")) == {"1"}


def test_deleted_row_does_not_end_a_protection():
    assert protected(entry("1"), entry("1", "2", "3", 削除フラグ="1")) == {"1"}


def test_two_current_rows_protect():
    assert protected(entry("1", "1", "3"), entry("1", "1", "1")) == {"1"}
    assert protected(entry("1", "1", "3", 最新フラグ="1"), entry("1", "2", 最新フラグ="1")) == {"1"}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (entry(""), "number_missing"),
        (entry("1.32E+14"), "spoilt_number"),
        (entry("2", 市区町村コード="132071"), "other_municipality"),
        (entry("2", "x"), "history_number"),
        (entry("2", 最新フラグ="x"), "latest_flag"),
    ],
)
def test_one_bad_row_refuses_the_list_because_somebody_would_lose_protection(bad, code):
    with pytest.raises(InvalidInput) as caught:
        protected(entry("1"), bad)
    assert [(one.row, one.code) for one in caught.value.problems] == [(3, code)]


def test_column_of_personal_numbers_refuses_the_list():
    with pytest.raises(InvalidInput) as caught:
        protected(entry("1", 個人番号="123456789018"))
    assert "123456789018" not in repr(caught.value.problems)


def test_cut_list_is_refused():
    whole = write([entry("1"), entry("2")])
    whole.truncate(len(whole.getvalue()) - 20)
    with pytest.raises(InvalidInput):
        read_protection_list(whole, municipality_code=CITY)


def test_rows_are_counted():
    assert read_protection_list(write([entry("1")]), municipality_code=CITY).rows_read == 1
