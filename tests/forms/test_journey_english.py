"""A journey in English says nothing in Japanese but what was declared or typed."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from govkit.forms.steps import Show, Visit
from govkit.translations import translator
from tests.architecture.sources import is_japanese
from tests.forms.journey import create_journey

TITLES = (
    "転入・転居の届出|届け出る人|世帯|子ども|書類|前の住所での手続|住所が変わる人のうち、1人について答えてください。"
    "|氏名|届出の種類|転入|転居|前の市区町村|備考|子どもがいるか|はい|いいえ|相談したいこと|学校|保育|生年月日"
    "|本人確認の書類|写真|転出証明書があるか|ない理由|内容に間違いがないことを確かめました|花子|令8-0001"
)
EXAMPLE = "(?:令和)?[0-9]+年[0-9]+月[0-9]+日"
DECLARED = re.compile("|".join([EXAMPLE, *sorted(TITLES.split("|"), key=len, reverse=True)]))


@pytest.fixture
def visit():
    journey, _uploads = create_journey(gettext=translator("en"))
    state = {}

    def visit(page, *pairs):
        return journey.handle(Visit("POST" if pairs else "GET", page, MultiDict(pairs)), state)

    return visit


def words(shown):
    assert isinstance(shown, Show)
    text = re.sub("<[^>]*>", " ", str(shown.html(str))) + shown.title
    return [each for each in DECLARED.sub("", text).split() if is_japanese(each)]


@pytest.mark.parametrize(
    "pages",
    [
        [("", [])],
        [("applicant", [])],
        [("applicant", [("name", "")]), ("applicant", [])],
        [("applicant", [("name", "123456789018")]), ("applicant", [])],
        [("house", [("has_children", "yes")]), ("children", [])],
        [("house", [("has_children", "yes")]), ("children", [("children-add", "1"), ("children", "0")]), ("children", [])],
        [("house", [("has_children", "yes")]), ("children", [("children-remove-0", "1"), ("children", "0"), ("children-0-name", "花子")]), ("children", [])],
        [("papers", [("papers", "x")]), ("papers", [])],
        [("check", [])],
        [("resume", [])],
        [("resume", [("code", "x")])],
        [("resume", [("code", "2222-2222-2222")])],
        [("applicant", [("name", "花子"), ("go", "save")]), ("save", [])],
        [("applicant", [("name", "花子"), ("kind", "move")]), ("", [])],
    ],
    ids=lambda pages: " ".join(page or "list" for page, _pairs in pages),
)  # fmt: skip
def test_no_japanese_is_left(visit, pages):
    for page, pairs in pages:
        shown = visit(page, *pairs)

    assert words(shown) == []


def test_the_search_finds_what_is_left():
    assert DECLARED.sub("", "次へ 花子").split() == ["次へ"]
