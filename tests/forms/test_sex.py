"""性別."""

import pytest

from govkit.forms import SexField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

REASON = "学齢簿に記載するため（学校教育法施行規則第30条）"
CASES = [
    (None, None, ""),
    ("", None, ""),
    ("1", "1", ""),
    ("2", "2", ""),
    ("0", "0", ""),
    ("１", "1", ""),
    ("２", "2", ""),
    ("０", "0", ""),
    (" 1", "1", ""),
    ("1\u3000", "1", ""),
    ("\u200b2", "2", ""),
    ("1\x00", "1", ""),
    ("男", "1", ""),
    ("女", "2", ""),
    ("男性", "1", ""),
    ("女性\n", "2", ""),
    ("答えない", "0", ""),
    (["1", "2"], "1", ""),
    *(
        (typed, None, "choice_not_listed")
        for typed in (
            "3", "9", "01", "1.0", "-1", "+1", "1e0", "M", "F", "male", "おとこ", "①", "一", "١", "²",
            "\ue000", "\ufffd", "1 2", "1,2", "男女", "'1", "=1", "<script>", "None", "true", "on",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_sexes(case):
    check(SexField, case, reason=REASON)


def test_the_reason_is_shown_and_nothing_is_chosen():
    page = Page(posted(SexField, None, reason=REASON)())

    assert page.by_id("value-support").text == REASON
    buttons = [each for each in page.all("input") if each["type"] == "radio"]
    assert [each["value"] for each in buttons] == ["1", "2", "0"]
    assert not any("checked" in each.attributes for each in buttons)


def test_declining_may_be_ruled_out():
    assert outcome(SexField, "0", reason=REASON, may_decline=False) == (None, "choice_not_listed")
    assert outcome(SexField, "", reason=REASON, required=True) == (None, "required")


@pytest.mark.parametrize("options", [{"reason": " "}, {"reason": REASON, "default": "1"}])
def test_no_field_without_a_reason_or_with_a_choice_made(options):
    with pytest.raises(ValueError, match=r"reason|beforehand"):
        posted(SexField, None, **options)


def test_a_reason_must_be_given():
    with pytest.raises(TypeError):
        posted(SexField, None)
