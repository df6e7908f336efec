import pytest
from werkzeug.datastructures import MultiDict

from govkit.forms import Form, SearchField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

COUNTRIES = [
    ("JPN", "日本"),
    ("CHN", "中国"),
    ("KOR", "韓国"),
    ("PRK", "朝鮮"),
    ("USA", "アメリカ合衆国"),
    ("GBR", "イギリス"),
    ("GIN", "ギニア"),
    ("GNB", "ギニアビサウ"),
    ("PNG", "パプアニューギニア"),
    ("VNM", "ベトナム"),
    ("BRA", "ブラジル"),
    ("TWN", "台湾"),
    ("CIV", "コートジボワール"),
]
READINGS = {
    "JPN": "ニホン",
    "CHN": ("チュウゴク", "中華人民共和国"),
    "KOR": ("カンコク", "大韓民国"),
    "USA": ("米国", "ベイコク", "United States"),
    "TWN": "タイワン",
}
CASES = [
    ("日本", "JPN", ""),
    ("JPN", "JPN", ""),
    ("jpn", "JPN", ""),
    ("ＪＰＮ", "JPN", ""),
    (" 日本 ", "JPN", ""),
    ("日\u3000本", "JPN", ""),
    ("\u200b日本", "JPN", ""),
    ("ニホン", "JPN", ""),
    ("にほん", "JPN", ""),
    ("ﾆﾎﾝ", "JPN", ""),
    ("大韓民国", "KOR", ""),
    ("かんこく", "KOR", ""),
    ("チュウゴク", "CHN", ""),
    ("チユウゴク", "CHN", ""),
    ("中華人民共和国", "CHN", ""),
    ("べいこく", "USA", ""),
    ("united states", "USA", ""),
    ("ＵＮＩＴＥＤ　ＳＴＡＴＥＳ", "USA", ""),
    ("UnitedStates", "USA", ""),
    ("アメリカ", "USA", ""),
    ("ｱﾒﾘｶ合衆国", "USA", ""),
    ("ヴェトナム", "VNM", ""),
    ("べとなむ", "VNM", ""),
    ("ブラシル", "BRA", ""),
    ("コートジボアール", None, "choice_not_found"),
    ("コ－トジボワ－ル", "CIV", ""),
    ("コートジボワール", "CIV", ""),
    ("ギニア", "GIN", ""),
    ("ぎにあ", "GIN", ""),
    ("ギニ", None, "choice_ambiguous"),
    ("ニューギニア", "PNG", ""),
    ("国", None, "choice_ambiguous"),
    ("合衆国", "USA", ""),
    ("台湾", "TWN", ""),
    ("たいわん", "TWN", ""),
    ("ドイツ", None, "choice_not_found"),
    ("DEU", None, "choice_not_found"),
    ("xyz", None, "choice_not_found"),
    ("・・", None, "choice_not_found"),
    ("-", None, "choice_not_found"),
    ("ー", None, "choice_not_found"),
    ("٣", None, "choice_not_found"),
    ("\ue000", None, "choice_not_found"),
    ("\ud800", None, "choice_not_found"),
    ("<script>", None, "choice_not_found"),
    ("", None, ""),
    ("\u3000", None, ""),
    ("\u200b", None, ""),
    (None, None, ""),
    ("123456789018", None, "my_number_not_allowed"),
]


def country(**options):
    return SearchField("国籍", choices=COUNTRIES, readings=READINGS, **options)


@pytest.mark.parametrize("case", CASES, ids=ascii)
def test_one_found_by_typing(case):
    check(country(), case)


def test_a_required_one_is_asked_for():
    assert outcome(country(required=True), "") == (None, "required")


def test_the_candidates_are_offered_as_radio_buttons_and_the_summary_leads_there():
    field = posted(country(support="例：日本"), "ギニ")
    page = Page(field())
    radios = [each for each in page.all("input") if each["type"] == "radio"]

    assert [each["value"] for each in radios] == ["GIN", "GNB"]
    assert page.by_id("value")["value"] == "ギニ"
    assert page.by_id("value")["aria-invalid"] == "true"
    assert page.by_id("value")["aria-describedby"] == "value-error value-support"
    assert page.all("legend")[0].text == "国籍の候補"
    assert field.error_entries() == [
        ("value-0", "国籍は、合うものが2件あります。下から選んでください")
    ]
    assert page.by_id("value-0")["name"] == "value-pick"


@pytest.mark.parametrize(
    ("text", "picked", "typed_before", "expected"),
    [
        ("ギニ", "GNB", "ギニ", ("GNB", "")),
        ("ギニ", "", "ギニ", (None, "choice_ambiguous")),
        ("日本", "GNB", "ギニ", ("JPN", "")),
        ("ギニ", "x", "ギニ", (None, "choice_ambiguous")),
        ("", "GNB", "ギニ", (None, "")),
    ],
)
def test_a_candidate_counts_as_long_as_the_text_above_it_is_the_same(
    text, picked, typed_before, expected
):
    form = type("One", (Form,), {"value": country()})(
        MultiDict({"value": text, "value-pick": picked, "value-for": typed_before})
    )
    form.validate()

    assert (form.value.data, form.value.error_code) == expected


def test_too_many_candidates_ask_for_more_letters():
    many = [(str(number), f"第{number}小学校") for number in range(100, 130)]

    assert outcome(SearchField("学校", choices=many), "小学校") == (None, "choice_too_many")
    assert outcome(SearchField("学校", choices=many), "第105小学校") == ("105", "")
    assert outcome(SearchField("学校", choices=many), "105") == ("105", "")


def test_two_of_the_same_name_are_told_apart_by_asking():
    twins = [("1", "府中市"), ("2", "府中市")]

    assert outcome(SearchField("市", choices=twins), "府中市") == (None, "choice_ambiguous")
    assert outcome(SearchField("市", choices=twins), "2") == ("2", "")


def test_the_browser_offers_the_titles_and_a_found_choice_is_shown_by_its_title():
    page = Page(posted(country(), "jpn")())

    assert page.by_id("value")["value"] == "日本"
    assert page.by_id("value")["list"] == "value-list"
    assert [each["value"] for each in page.all("option")] == [title for _code, title in COUNTRIES]


def test_values_may_be_of_any_type():
    field = SearchField("学校", choices=[(1, "第一小学校"), (2, "第二小学校")], coerce=int)

    assert outcome(field, "第二") == (2, "")
    assert posted(field, "第二").answer == "第二小学校"
