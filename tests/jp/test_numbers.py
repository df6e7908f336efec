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


@given(st.from_regex(r"(0[1-9]|[1-3][0-9]|4[0-7])[0-9]{3}", fullmatch=True))
def test_exactly_one_check_digit_makes_a_municipality_code(five):
    assert str(MunicipalityCode.parse(five + MunicipalityCode.check_digit(five))).startswith(five)
