import copy
import dataclasses
import json
import logging
import pickle
import pprint

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.my_number import MyNumber, MyNumberProblem, find_my_number, is_my_number

DIGITS = "123456789018"


def outcome(typed):
    try:
        return MyNumber.parse(typed).reveal()
    except InvalidValue as refused:
        return refused.problem


@pytest.mark.parametrize(
    "typed",
    [
        DIGITS, "１２３４５６７８９０１８", "1234-5678-9018", "1234 5678 9018", "1234　5678　9018",
        "1234－5678ー9018", "1234−5678‐9018", "1234—5678―9018", "1234─5678━9018", "1234_5678_9018",
        " 123456789018 ", "\t123456789018\r\n", "1234\u200b56789018", "\ufeff123456789018",
        "1234\u00ad5678\u00ad9018", "1 2 3 4 5 6 7 8 9 0 1 8", "１２３４ー５６７８ｰ９０１８", "'123456789018",
        '="123456789018"', "123456789018.0", "個人番号：123456789018", "マイナンバー 1234 5678 9018",
        "ﾏｲﾅﾝﾊﾞｰ:123456789018", "1234\u20605678\u00a09018", "-123456789018-", "1\ufe0f23456789018",
    ],
)  # fmt: skip
def test_my_number_is_read_as_people_type_it(typed):
    assert outcome(typed) == DIGITS


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", MyNumberProblem.EMPTY),
        ("　 \u200b", MyNumberProblem.EMPTY),
        ("--", MyNumberProblem.EMPTY),
        ("個人番号：", MyNumberProblem.EMPTY),
        ("123456789012", MyNumberProblem.CHECK_DIGIT),
        ("000000000000", MyNumberProblem.ALL_ZEROS),
        ("０００００００００００００", MyNumberProblem.WRONG_LENGTH),
        ("12345678901", MyNumberProblem.WRONG_LENGTH),
        ("1234567890183", MyNumberProblem.WRONG_LENGTH),
        ("T1234567890123", MyNumberProblem.NOT_DIGITS),
        ("١٢٣٤٥٦٧٨٩٠١٨", MyNumberProblem.NOT_DIGITS),
        ("१२३४५६७८९०१८", MyNumberProblem.NOT_DIGITS),
        ("𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖", MyNumberProblem.NOT_DIGITS),
        ("①②③④⑤⑥⑦⑧⑨⓪①⑧", MyNumberProblem.NOT_DIGITS),
        ("一二三四五六七八九〇一八", MyNumberProblem.NOT_DIGITS),
        ("12345678901²", MyNumberProblem.NOT_DIGITS),
        ("I23456789018", MyNumberProblem.NOT_DIGITS),
        ("12345678901８\u0301", MyNumberProblem.NOT_DIGITS),
        ("1.23457E+11", MyNumberProblem.SPREADSHEET),
        ("1.23456789018E+11", MyNumberProblem.SPREADSHEET),
        ("123,456,789,018", MyNumberProblem.NOT_DIGITS),
        ("123456789018です", MyNumberProblem.NOT_DIGITS),
        ("+123456789018", MyNumberProblem.NOT_DIGITS),
        ("12345678\ue0009018", MyNumberProblem.NOT_DIGITS),
        ("\U00020bb7123456789018", MyNumberProblem.NOT_DIGITS),
        ("123456789018 123456789018", MyNumberProblem.WRONG_LENGTH),
        ("なし", MyNumberProblem.NOT_DIGITS),
    ],
)
def test_what_is_no_my_number_is_refused_with_its_reason(typed, problem):
    assert outcome(typed) is problem


def test_nothing_but_reveal_gives_the_digits():
    number = MyNumber.parse(DIGITS)
    shown = [
        repr(number),
        str(number),
        f"{number}",
        f"{number:>20}",
        f"{number}",
        ascii(number),
    ]
    shown += [pprint.pformat([number]), repr({"n": number}), f"{number!r}", str(dir(number))]
    shown += [str(number.__doc__), repr(copy.deepcopy([number])), repr(copy.copy(number))]
    assert all(DIGITS[:4] not in text for text in shown)
    assert not hasattr(number, "__dict__")
    assert number.reveal() == DIGITS


def test_a_length_in_a_format_keeps_the_mask():
    assert f"{MyNumber(DIGITS):.4}" == "****"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_cannot_be_pickled(protocol):
    with pytest.raises(TypeError) as refused:
        pickle.dumps(MyNumber(DIGITS), protocol)
    assert DIGITS not in str(refused.value)


def test_it_cannot_be_written_as_json_or_taken_apart():
    for take in (json.dumps, vars, dict, list, dataclasses.asdict):
        with pytest.raises(TypeError) as refused:
            take(MyNumber(DIGITS))
        assert DIGITS not in str(refused.value)


def test_logs_show_stars(caplog):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("%s %r", MyNumber(DIGITS), [MyNumber(DIGITS)])
    assert DIGITS not in caplog.text
    assert "****" in caplog.text


def test_it_is_a_value():
    number = MyNumber.parse(DIGITS)
    assert number == MyNumber.parse("1234 5678 9018")
    assert number != DIGITS
    assert len({number, MyNumber(DIGITS), copy.deepcopy(number)}) == 1
    with pytest.raises(AttributeError):
        number.digits = DIGITS
    with pytest.raises(AttributeError):
        del number.digits


def test_it_cannot_be_made_from_wrong_digits():
    with pytest.raises(InvalidValue):
        MyNumber("123456789012")


@given(st.from_regex(r"[0-9]{11}", fullmatch=True), st.integers(0, 10), st.integers(1, 9))
def test_a_wrong_digit_is_caught_unless_the_law_gives_both_remainders_zero(eleven, place, change):
    other = eleven[:place] + str((int(eleven[place]) + change) % 10) + eleven[place + 1 :]
    same = MyNumber.check_digit(eleven) == MyNumber.check_digit(other)
    assert not same or MyNumber.check_digit(eleven) == "0"


@given(st.text())
def test_any_text_is_read_or_refused_with_a_code(text):
    read = outcome(text)
    assert isinstance(read, MyNumberProblem) or outcome(read) == read


@pytest.mark.parametrize("typed", [DIGITS[:11] + "0", DIGITS + "1", "X" + DIGITS])
def test_the_error_holds_no_digit(typed):
    with pytest.raises(InvalidValue) as refused:
        MyNumber.parse(typed)
    assert not any(digit in f"{refused.value!r}{refused.value}" for digit in "123456789")
    assert refused.value.suggestion == ""


@pytest.mark.parametrize(
    "typed",
    [
        "123456789018", "１２３４５６７８９０１８", "1234-5678-9018", "1234 5678 9018",
        "1234　5678　9018", "1234－5678ー9018", " 123456789018 ", "1234\u200b56789018",
    ],
)  # fmt: skip
def test_my_number_is_recognised_as_people_write_it(typed):
    assert is_my_number(typed)
    assert find_my_number(f"番号は{typed}です。") is not None


@pytest.mark.parametrize(
    "typed",
    [
        "123456789012",
        "000000000000",
        "1234567890183",
        "0123456789018",
        "12345678901",
        "",
        "番号",
        "١٢٣٤٥٦٧٨٩٠١٨",
    ],
)
def test_other_numbers_are_no_my_number(typed):
    assert not is_my_number(typed)
    assert find_my_number(typed) is None


@pytest.mark.parametrize(
    "text", ["2026-10-01 123456789018", "042-523-2111 1234-5678-9018", "メモ\n123456789018\n以上"]
)
def test_my_number_is_found_behind_other_digits(text):
    assert find_my_number(text) is not None
    assert not is_my_number(text)


def test_the_id_of_a_row_holds_no_my_number():
    found_alone = "3f9b1efe 4871-4767-9242"
    assert find_my_number(found_alone) is not None
    for text in ("3f9b1efe-4871-4767-9242-dfc18ac0c88e", "3F9B1EFE-4871-4767-9242-DFC18AC0C88E"):
        assert find_my_number(f"児童 {text} を見た") is None
        assert find_my_number(f"{text} 1234-5678-9018") is not None
        assert find_my_number(f"{text[:-1]} と") is not None


def test_only_the_place_of_the_number_is_told():
    assert find_my_number("番号 1234-5678-9018。") == (3, 17)


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_exactly_one_check_digit_makes_a_my_number(eleven):
    found = sum(is_my_number(f"{eleven}{digit}") for digit in range(10))
    assert found == (eleven != "0" * 11)
