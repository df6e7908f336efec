import io
from datetime import date

import pytest

from govkit.errors import InvalidInput
from govkit.residents.claims import Claim, read_claims
from govkit.residents.records import FuzzyDate


def reading(*lines, encoding="utf-8"):
    file = io.BytesIO("\r\n".join(lines).encode(encoding))
    return read_claims(file, encoding=encoding, name="申請.csv")


def test_a_list_is_read_by_the_usual_headings_in_any_order():
    found = reading(
        "受付番号,住所,建物名,生年月日,お名前,ふりがな,性別,〒",
        "A-1,立川市曙町2-9-5,曙荘101,昭和45年5月5日,斉藤　健,さいとう けん,男,190-0012",
    )

    assert found.claims == [
        Claim(
            key="A-1",
            name="斉藤　健",
            kana="さいとう けん",
            birth=FuzzyDate.of(date(1970, 5, 5)),
            sex="1",
            address="立川市曙町2-9-5 曙荘101",
            postcode="190-0012",
        )
    ]
    assert (found.rows, found.problems, found.notices) == (1, [], ())


def test_names_in_two_columns_are_joined_and_a_row_without_a_key_is_called_by_its_number():
    (claim,) = reading("姓,名,セイ,メイ,備考", "斉藤,健,サイトウ,ケン,急ぐ").claims

    assert (claim.key, claim.name, claim.kana) == ("2", "斉藤　健", "サイトウ　ケン")


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1970-05-05", date(1970, 5, 5), date(1970, 5, 5)),
        ("S45.5.5", date(1970, 5, 5), date(1970, 5, 5)),
        ("昭和45年5月", date(1970, 5, 1), date(1970, 5, 31)),
        ("1970-05-00", date(1970, 5, 1), date(1970, 5, 31)),
        ("昭和45年月日不詳", date(1970, 1, 1), date(1970, 12, 31)),
        ("1947-02-29", date(1947, 2, 28), date(1947, 3, 1)),
        ("昭和22年2月29日", date(1947, 2, 28), date(1947, 3, 1)),
        ("年月日不詳", None, None),
    ],
)
def test_births_are_read_as_they_are_written(written, first, last):
    (claim,) = reading("氏名,生年月日", f"斉藤健,{written}").claims

    assert (claim.birth.earliest, claim.birth.latest) == (first, last)


def test_what_cannot_be_used_is_told_by_row_and_column_and_left_out():
    found = reading(
        "番号,氏名,生年月日,性別",
        "1,斉藤健,1970-13-05,男",
        "2,斉藤健,,オトコ",
        "2,田中恵,,女",
        "2,中村茂,,",
        "3,加藤清,1970-02-30",
        "",
    )

    assert [claim.name for claim in found.claims] == ["田中恵"]
    assert [(each.row, each.column, each.code) for each in found.problems] == [
        (2, "生年月日", "claim_birth"),
        (3, "性別", "claim_sex"),
        (5, "番号", "claim_key_twice"),
        (6, "", "ragged_row"),
    ]
    assert found.rows == 5


def test_a_list_with_a_column_for_the_personal_number_is_refused():
    with pytest.raises(InvalidInput) as refused:
        reading("氏名,個人番号", "斉藤健,123456789012")

    assert [each.code for each in refused.value.problems] == ["forbidden_column"]


def test_a_list_in_cp932_is_read_when_it_is_said_so(tmp_path):
    path = tmp_path / "名簿.csv"
    path.write_bytes("氏名,生年月日\r\n斉藤健,x".encode("cp932"))

    assert [each.file for each in read_claims(path, encoding="cp932").problems] == ["名簿.csv"]
