"""Names in Latin letters (ローマ字氏名)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms import LatinNameField
from govkit.jp.names import LatinName
from tests.forms.cases import check, outcome, posted
from tests.forms.name_cases import TEXTS
from tests.forms.page import Page

CASES = [
    ("", None, ""),
    ("\u3000\u200b", None, ""),
    ("SMITH JOHN", "SMITH JOHN", ""),
    ("Smith John", "Smith John", ""),
    ("smith", "smith", ""),
    ("ＳＭＩＴＨ　Ｊｏｈｎ", "SMITH John", ""),
    ("  SMITH \t JOHN\u00a0PAUL\r\n", "SMITH JOHN PAUL", ""),
    ("DE LA CRUZ MARIA JOSE", "DE LA CRUZ MARIA JOSE", ""),
    ("SUHARTO", "SUHARTO", ""),
    ("O’BRIEN", "O'BRIEN", ""),
    ("O‘BRIEN", "O'BRIEN", ""),
    ("O＇BRIEN", "O'BRIEN", ""),
    ("O´BRIEN", "O'BRIEN", ""),
    ("’t HOOFT", "'t HOOFT", ""),
    ("ANNE-MARIE", "ANNE-MARIE", ""),
    ("ANNE‐MARIE", "ANNE-MARIE", ""),
    ("ANNE–MARIE", "ANNE-MARIE", ""),
    ("ANNE−MARIE", "ANNE-MARIE", ""),
    ("ANNEーMARIE", "ANNE-MARIE", ""),
    ("ANNE－MARIE", "ANNE-MARIE", ""),
    ("ANNE\u00adMARIE", "ANNEMARIE", ""),
    ("JOHN F. SMITH, JR.", "JOHN F. SMITH, JR.", ""),
    ("José Ibáñez", "José Ibáñez", ""),
    ("Nguyễn Văn A", "Nguyễn Văn A", ""),
    ("Zoe\u0308", "Zoe\u0308", ""),
    ("Łukasz Şahin İnan", "Łukasz Şahin İnan", ""),
    ("Müller-Lüdenscheidt", "Müller-Lüdenscheidt", ""),
    ("SM\u200bITH\ufeff", "SMITH", ""),
    ("SMITH\x00", "SMITH", ""),
    ("Name: SMITH", "SMITH", ""),
    ("山田", None, "latin_name_japanese"),
    ("スミス", None, "latin_name_japanese"),
    ("ｽﾐｽ", None, "latin_name_japanese"),
    ("すみす", None, "latin_name_japanese"),
    ("SMITH太郎", None, "latin_name_japanese"),
    ("⼭", None, "latin_name_japanese"),
    ("ЈOHN", None, "latin_name_other_letter"),
    ("SMITH А", None, "latin_name_other_letter"),
    ("Αlex", None, "latin_name_other_letter"),
    ("محمد", None, "latin_name_other_letter"),
    ("김", None, "latin_name_other_letter"),
    ("JOHN 2", None, "latin_name_digit"),
    ("JOHN ２", None, "latin_name_digit"),
    ("J0HN", None, "latin_name_digit"),
    ("JOHN٣", None, "latin_name_other_letter"),
    ("JOHN/SMITH", None, "latin_name_symbol"),
    ("JOHN・SMITH", None, "latin_name_symbol"),
    ("SMITH<<JOHN", None, "latin_name_symbol"),
    ("SMITH Ⅲ", None, "latin_name_symbol"),
    ("SMITH (JOHN)", None, "latin_name_symbol"),
    ("john@example.com", None, "latin_name_symbol"),
    ("=SMITH", None, "latin_name_symbol"),
    ("JOHN😀", None, "latin_name_symbol"),
    ("×", None, "latin_name_symbol"),
    ("-", None, "latin_name_no_letter"),
    ("''", None, "latin_name_no_letter"),
    ("J\ue000", None, "latin_name_private_use"),
    ("J\ufffd", None, "latin_name_unreadable"),
    ("A" * 100, "A" * 100, ""),
    ("A" * 101, None, "text_too_long"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_latin_names(case):
    check(LatinNameField, case)


def test_a_look_alike_of_another_script_is_shown_with_its_code():
    (error,) = posted(LatinNameField("ローマ字"), "ЈOHN").errors
    assert error == (
        "ローマ字の1文字目の「Ј」（U+0408）はローマ字ではありません（形の似た別の文字です）。"
        "ローマ字で入力してください"
    )


def test_the_value_is_a_name_that_no_browser_corrects():
    field = posted(LatinNameField, "Ｓｍｉｔｈ")
    assert field.value == LatinName("Smith")
    control = Page(field()).by_id("value")
    assert (control["spellcheck"], control["autocomplete"]) == ("false", "name")


@given(TEXTS | st.text("abÀéＡ '’-‐ー.,\u0301", max_size=15))
def test_reading_again_changes_nothing_and_never_lengthens(typed):
    data, _code = outcome(LatinNameField, typed, guards_my_number=False)
    if data is not None:
        assert outcome(LatinNameField, data) == (data, "")
        assert len(data) <= len(typed)
