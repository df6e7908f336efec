"""氏名 in one box."""

import pytest
from hypothesis import given

from govkit.forms import FullNameField
from govkit.jp.characters import CharacterSet
from govkit.jp.names import FullName
from tests.forms.cases import check, outcome, posted
from tests.forms.name_cases import COMMON, TEXTS, check_properties
from tests.forms.page import Page

CASES = [
    *COMMON,
    ("山田　太郎", "山田 太郎", ""),
    ("山田\u00a0\u2003太郎", "山田 太郎", ""),
    ("山田\n太郎", "山田 太郎", ""),
    ("山田太郎", "山田太郎", ""),
    ("やまだ さくら", "やまだ さくら", ""),
    ("か\u3099く", "がく", ""),
    ("ﾊﾟﾙｸ ｼﾞｼ", "パルク ジシ", ""),
    ("ジョン･スミス", "ジョン・スミス", ""),
    ("ジョン·スミス", "ジョン・スミス", ""),
    ("シ-ナ", "シーナ", ""),
    ("シ−ナ", "シーナ", ""),
    ("シ～ナ", "シーナ", ""),
    ("関ヶ原 すゞ", "関ヶ原 すゞ", ""),
    ("\U0001b002", "\U0001b002", ""),
    ("ＳＭＩＴＨ　Ｊｏｈｎ", "SMITH John", ""),
    ("John  Paul\tvan der Berg", "John Paul van der Berg", ""),
    ("Suharto", "Suharto", ""),
    ("O’Brien", "O'Brien", ""),
    ("O＇Brien", "O'Brien", ""),
    ("’t Hooft", "'t Hooft", ""),
    ("Anne‐Marie", "Anne-Marie", ""),
    ("Anne–Marie", "Anne-Marie", ""),
    ("AnneーMarie", "Anne-Marie", ""),
    ("Nguyễn Văn A", "Nguyễn Văn A", ""),
    ("José Ibáñez", "José Ibáñez", ""),
    ("Zoe\u0308", "Zoe\u0308", ""),
    ("John F. Smith, Jr.", "John F. Smith, Jr.", ""),
    ("氏名：山田 太郎", "山田 太郎", ""),
    ("お名前: 山田", "山田", ""),
    ("氏名：", None, "name_empty"),
    ("-", None, "name_no_letter"),
    ("Аnna", None, "name_other_letter"),
    ("山田/太郎", None, "name_symbol"),
    ("か゛゛", None, "name_symbol"),
    ("山\u0301", None, "name_symbol"),
    ("123456789018", None, "my_number_not_allowed"),
    ("あ" * 100, "あ" * 100, ""),
    ("あ" * 101, None, "text_too_long"),
    ("葛\U000e0100" * 100, "葛\U000e0100" * 100, ""),
    ("𠮷" * 101, None, "text_too_long"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_whole_names(case):
    check(FullNameField, case)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "葛\U000e0100\ue000",
            (
                "項目の2文字目（U+E000）は外字で、ほかのパソコンでは表示できません。"
                "代わりの文字で入力し、正しい字は備考に書くか、窓口でお知らせください"
            ),
        ),
        (
            "山@田#@",
            (
                "項目の2文字目の「@」、4文字目の「#」は氏名に使えない記号です。"
                "除くか、正しい文字で入力してください"
            ),
        ),
        (
            "Аnna",
            (
                "項目の1文字目の「А」（U+0410）は氏名に使えない文字です。"
                "漢字、かな、ローマ字で入力してください"
            ),
        ),
        ("!#$%", "項目の1文字目の「!」、2文字目の「#」、3文字目の「$」は氏名に使えない記号です。"),
    ],
)
def test_the_message_names_the_wrong_characters_and_their_places(typed, sentence):
    (error,) = posted(FullNameField, typed).errors
    assert error.startswith(sentence)


@pytest.mark.parametrize(
    ("typed", "character_set", "code"),
    [
        ("髙橋", CharacterSet.CP932, ""),
        ("髙橋", CharacterSet.JIS_X_0213, "character_not_in_set"),
        ("﨑", CharacterSet.JIS_X_0213, ""),
        ("﨑", CharacterSet.JIS_X_0208, "character_not_in_set"),
        ("𠮷", CharacterSet.CP932, "character_not_in_set"),
        ("葛\U000e0100", CharacterSet.JIS_X_0213, "character_not_in_set"),
        ("葛\U000e0100 𠮷", CharacterSet.MOJI_JOHO, ""),
        ("Nguyễn", CharacterSet.MOJI_JOHO, "character_not_in_set"),
        ("José", CharacterSet.LATIN, ""),
        ("山田", CharacterSet.LATIN, "character_not_in_set"),
        ("山\ue000", CharacterSet.MOJI_JOHO, "name_private_use"),
    ],
)
def test_a_field_takes_the_characters_of_its_set(typed, character_set, code):
    assert outcome(FullNameField, typed, character_set=character_set)[1] == code


def test_letters_that_may_stand_for_a_missing_one_are_offered():
    (error,) = posted(FullNameField, "髙橋𠮷子", character_set=CharacterSet.JIS_X_0208).errors
    assert error == (
        "項目の1文字目の「髙」（U+9AD9）、3文字目の「𠮷」（U+20BB7）は、この手続では使えない文字です。"
        "代わりの文字で入力してください（候補：髙→高、𠮷→吉）"
    )
    (error,) = posted(FullNameField, "Nguyễn", character_set=CharacterSet.JIS_X_0208).errors
    assert "候補" not in error


def test_the_limit_of_length_is_the_callers():
    assert outcome(FullNameField, "葛\U000e0100城", max_length=2) == ("葛\U000e0100城", "")
    (error,) = posted(FullNameField, "山田 太郎", max_length=4).errors
    assert error == "項目は4文字以内で入力してください（いま5文字です）"


def test_the_value_is_a_name_and_a_required_one_is_asked_for():
    field = posted(FullNameField, "山田　太郎")
    assert field.value == FullName("山田 太郎")
    assert field.value.split().family == "山田"
    assert posted(FullNameField, " ", required=True).error_code == "required"
    assert Page(field()).by_id("value")["autocomplete"] == "name"


def test_what_was_typed_is_shown_again():
    field = posted(FullNameField, "山田＠太郎")
    assert Page(field()).by_id("value")["value"] == "山田＠太郎"


@given(TEXTS)
def test_names_keep_their_properties(typed):
    check_properties(FullNameField, typed)
