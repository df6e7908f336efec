import pytest

from govkit.base.i18n import problem_text, use_language
from govkit.errors import Problem

SPOILT = Problem(
    "rows", "誤りが{count}件に達したので、読むのをやめました。ファイルの作り方を確かめてください。",
    file="a.csv", row=3, column="氏名", params={"count": 5},
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", "a.csv 3行目「氏名」：誤りが5件に達したので、読むのをやめました。ファイルの作り方を確かめてください。"),
        ("en", "a.csv Row 3 “氏名”: Reading stopped after 5 mistakes. Check how the file is made."),
    ],
)  # fmt: skip
def test_a_problem_is_told_with_its_place_in_the_language_in_use(language, expected):
    with use_language(language):
        assert problem_text(SPOILT) == expected


def test_a_problem_without_a_place_is_its_sentence():
    text = "ファイルが空です。中身のあるファイルを選んでください。"
    with use_language("ja"):
        assert problem_text(Problem("empty", text)) == text
