import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.forms import AccountHolderField, BankNameKanaField
from govkit.jp.bank import BankAccountName
from tests.forms.cases import check, outcome, posted

NOT_KANA, NOT_ALLOWED = "bank_name_not_kana", "bank_name_not_allowed"
STRAY, DOT = "bank_name_stray_mark", "bank_name_middle_dot"
CASES = [
    ("ヤマダ タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ", ""),
    ("ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ", ""),
    ("ヤマダ 　 タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ", ""),
    ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ ﾀﾛｳ", ""),
    ("やまだ　たろう", "ﾔﾏﾀﾞ ﾀﾛｳ", ""),
    (" ヤマダ\r\n", "ﾔﾏﾀﾞ", ""),
    ("ヤマ\u200bダ", "ﾔﾏﾀﾞ", ""),
    ("ヤマタ\u3099", "ﾔﾏﾀﾞ", ""),
    ("ヤマタ゛", "ﾔﾏﾀﾞ", ""),
    ("ﾔﾏﾀ゛", "ﾔﾏﾀﾞ", ""),
    ("ハ\u309aハﾟは゜", "ﾊﾟﾊﾟﾊﾟ", ""),
    ("ヴァン", "ｳﾞｱﾝ", ""),
    ("ゔぁん", "ｳﾞｱﾝ", ""),
    ("キョウコ", "ｷﾖｳｺ", ""),
    ("きょうこ", "ｷﾖｳｺ", ""),
    ("ｷｮｳｺ", "ｷﾖｳｺ", ""),
    ("イッペイ", "ｲﾂﾍﾟｲ", ""),
    ("クヮヵヶ", "ｸﾜｶｹ", ""),
    ("ヰヱ", "ｲｴ", ""),
    ("ゐゑ", "ｲｴ", ""),
    ("ヲノ", "ｦﾉ", ""),
    ("サービス", "ｻ-ﾋﾞｽ", ""),
    ("ｻｰﾋﾞｽ", "ｻ-ﾋﾞｽ", ""),
    ("サ-ビス", "ｻ-ﾋﾞｽ", ""),
    ("サ−ビス", "ｻ-ﾋﾞｽ", ""),
    ("サ—ビス", "ｻ-ﾋﾞｽ", ""),
    ("サ‐ビス", "ｻ-ﾋﾞｽ", ""),
    ("カ)ヤマダ", "ｶ)ﾔﾏﾀﾞ", ""),
    ("カ）ヤマダ", "ｶ)ﾔﾏﾀﾞ", ""),
    ("ヤマダ(カ", "ﾔﾏﾀﾞ(ｶ", ""),
    ("ヤマダ（カ）エイギヨウシヨ", "ﾔﾏﾀﾞ(ｶ)ｴｲｷﾞﾖｳｼﾖ", ""),
    ("カブシキガイシャ ヤマダ", "ｶﾌﾞｼｷｶﾞｲｼﾔ ﾔﾏﾀﾞ", ""),
    ("SMITH JOHN", "SMITH JOHN", ""),
    ("Smith John", "SMITH JOHN", ""),
    ("Ｓｍｉｔｈ　Ｊ．", "SMITH J.", ""),
    ("ＡＢＣ－１／２", "ABC-1/2", ""),
    ("A" * 30, "A" * 30, ""),
    ("ガ" * 15, "ｶﾞ" * 15, ""),
    ("", None, ""),
    ("　", None, ""),
    ("\u200b", None, ""),
    ("山田太郎", None, NOT_KANA),
    ("ヤマダ 太郎", None, NOT_KANA),
    ("𠮷ダ", None, NOT_KANA),
    ("김", None, NOT_KANA),
    ("Ämi", None, NOT_KANA),
    ("Иван", None, NOT_KANA),
    ("ß", None, NOT_KANA),
    ("ヤヽ", None, NOT_KANA),
    ("ゟ", None, NOT_KANA),
    ("()", None, NOT_KANA),
    ("-", None, NOT_KANA),
    ("ジョン・スミス", None, DOT),
    ("ｼﾞｮﾝ･ｽﾐｽ", None, DOT),
    ("John·Smith", None, DOT),
    ("株式会社ヤマダ", None, "bank_name_company_form"),
    ("ヤマダ株式会社", None, "bank_name_company_form"),
    ("㈱ヤマダ", None, "bank_name_company_form"),
    ("（株）ヤマダ", None, "bank_name_company_form"),
    ("㍿ヤマダ", None, "bank_name_company_form"),
    ("ヤマダ有限会社", None, "bank_name_company_form"),
    ("株式会社山田", None, NOT_KANA),
    ("ア゛", None, STRAY),
    ("゛ア", None, STRAY),
    ("カ゜", None, STRAY),
    ("ヷ", None, STRAY),
    ("ン\u3099", None, STRAY),
    ("カﾞﾞ", None, STRAY),
    ("ヤマダ、タロウ", None, NOT_ALLOWED),
    ("ヤマダ。", None, NOT_ALLOWED),
    ("ヤマダ,タロウ", None, NOT_ALLOWED),
    ("O'BRIEN", None, NOT_ALLOWED),
    ("A&B", None, NOT_ALLOWED),
    ("ヤマダ_タロウ", None, NOT_ALLOWED),
    ("ヤマダ「タロウ」", None, NOT_ALLOWED),
    ("ヤマダ\ue000", None, NOT_ALLOWED),
    ("ヤマダ😀", None, NOT_ALLOWED),
    ("ヤマダ①", None, NOT_ALLOWED),
    ("<script>", None, NOT_ALLOWED),
    ("=ヤマダ", None, NOT_ALLOWED),
    ("A" * 31, None, "bank_name_too_long"),
    ("ガ" * 16, None, "bank_name_too_long"),
    ("ガ" * 5000, None, "bank_name_too_long"),
    ("123456789018", None, "my_number_not_allowed"),
]


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_account_holder(case):
    check(AccountHolderField, case)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("株式会社ヤマダ", "カ)ヤマダ"),
        ("ヤマダ㈱", "ヤマダ(カ"),
        ("合同会社 ヤマダ", "ド)ヤマダ"),
        ("ジョン・スミス", "ジョン スミス"),
    ],
)
def test_the_error_says_what_was_meant(typed, meant):
    error = posted(AccountHolderField, typed).errors[0]
    assert f"「{meant}」" in error
    assert posted(AccountHolderField, meant).errors == []


def test_the_error_counts_voiced_marks():
    assert "30文字以内" in posted(AccountHolderField, "ガ" * 16).errors[0]
    assert "32文字" in posted(AccountHolderField, "ガ" * 16).errors[0]


@pytest.mark.parametrize(
    ("typed", "data", "code"),
    [
        ("みずほ", "ﾐｽﾞﾎ", ""),
        ("ヲノ", None, "bank_name_wo"),
        ("ｦﾉ", None, "bank_name_wo"),
        ("A" * 15, "A" * 15, ""),
        ("A" * 16, None, "bank_name_too_long"),
    ],
)
def test_names_of_banks_and_branches_have_no_wo_and_fifteen_characters(typed, data, code):
    assert outcome(BankNameKanaField, typed) == (data, code)


@given(st.text("アァガパヴーﾞ゛\u3099ぁがハﾊｰ-（）() Aａ１", max_size=12) | st.text())
def test_reading_is_idempotent_and_gives_the_characters_of_the_banks(text):
    try:
        name = BankAccountName.parse(text)
    except InvalidValue:
        return
    assert BankAccountName.parse(str(name)) == name
    assert str(name).encode("cp932").isascii() or len(str(name).encode("cp932")) == len(str(name))
    assert not set("ｧｨｩｪｫｬｭｮｯｰ") & set(str(name))
