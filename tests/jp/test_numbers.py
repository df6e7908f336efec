import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.numbers import (
    BoardCode,
    CodeProblem,
    MunicipalityCode,
    SchoolCode,
    SchoolCodeKind,
    find_my_number,
    is_my_number,
)


@pytest.mark.parametrize(
    "typed", ["132021", "132071", "132012", "011002", "１３２０２１", " 132021 "]
)
def test_municipality_code_is_read(typed):
    assert len(str(MunicipalityCode.parse(typed))) == 6


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("132022", CodeProblem.CHECK_DIGIT),
        ("13202", CodeProblem.WRONG_LENGTH),
        ("", CodeProblem.EMPTY),
        ("13202a", CodeProblem.NOT_DIGITS),
        ("١٣٢٠٢١", CodeProblem.NOT_DIGITS),
        ("482021", CodeProblem.UNKNOWN_PREFECTURE),
        ("002021", CodeProblem.UNKNOWN_PREFECTURE),
    ],
)
def test_wrong_municipality_code_is_refused_with_its_reason(typed, problem):
    with pytest.raises(InvalidValue) as refused:
        MunicipalityCode.parse(typed)
    assert refused.value.problem is problem


def test_municipality_code_tells_its_prefecture():
    assert MunicipalityCode.parse("132021").prefecture == "13"
    assert not MunicipalityCode.parse("132021").is_prefecture
    assert MunicipalityCode.parse("130001").is_prefecture


def test_board_code_has_no_check_digit():
    board = BoardCode.parse("０１１０００")
    assert (str(board), board.prefecture) == ("011000", "01")


@pytest.mark.parametrize(("typed", "problem"), [("13", CodeProblem.WRONG_LENGTH)])
def test_wrong_board_code_is_refused(typed, problem):
    with pytest.raises(InvalidValue) as refused:
        BoardCode.parse(typed)
    assert refused.value.problem is problem


@pytest.mark.parametrize(
    "typed",
    [
        "B108254200026", "C102210000881", "F112310102342", "C239290000059", "E139290000162",
        "H239390000083", "B113299999911", "B113299999920", "C113299999919", "C213299999918",
        "ｂ１１３２９９９９９９１１",
    ],
)  # fmt: skip
def test_school_code_is_read(typed):
    assert SchoolCode.parse(typed).text.startswith(typed[0].upper().replace("Ｂ", "B"))


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("B113210000001", CodeProblem.CHECK_DIGIT),
        ("B11321000000", CodeProblem.WRONG_LENGTH),
        ("", CodeProblem.EMPTY),
        ("B313210000005", CodeProblem.WRONG_FORM),
        ("B213210000005", CodeProblem.WRONG_FORM),
        ("B113410000005", CodeProblem.WRONG_FORM),
        ("B148210000005", CodeProblem.UNKNOWN_PREFECTURE),
        ("B1132１000000٥", CodeProblem.WRONG_FORM),
    ],
)
def test_wrong_school_code_is_refused_with_its_reason(typed, problem):
    with pytest.raises(InvalidValue) as refused:
        SchoolCode.parse(typed)
    assert refused.value.problem is problem


def test_school_code_tells_what_it_says():
    code = SchoolCode.parse("C213299999918")
    assert code.kind is SchoolCodeKind.COMPULSORY
    assert (code.prefecture, code.is_public, str(code)) == ("13", True, "C213299999918")
    assert not SchoolCode.parse("H239390000083").is_public


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


def test_only_the_place_of_the_number_is_told():
    assert find_my_number("番号 1234-5678-9018。") == (3, 17)


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_exactly_one_check_digit_makes_a_my_number(eleven):
    found = sum(is_my_number(f"{eleven}{digit}") for digit in range(10))
    assert found == (eleven != "0" * 11)


@given(st.from_regex(r"(0[1-9]|[1-3][0-9]|4[0-7])[0-9]{3}", fullmatch=True))
def test_exactly_one_check_digit_makes_a_municipality_code(five):
    assert str(MunicipalityCode.parse(five + MunicipalityCode.check_digit(five))).startswith(five)
