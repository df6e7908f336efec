import pytest

from govkit.errors import InvalidInput
from govkit.residents.policy import PurposeRule, QueryKey, ResidentItem, read_policy

WHOLE = """
[purposes.desk]
legal_basis = "学校教育法施行令第1条"
keys = ["name", "birth"]
items = ["address"]
max_rows = 10
history = true
rows_per_hour = 300

[purposes.form]
legal_basis = "住民基本台帳法第1条"
keys = ["name", "birth", "address"]
single_match = true
business_id = "010"
"""

BROKEN = """
[purposes.a]
legal_basis = "法"
max_rows = 0
bulk = 1
keys = ["name", "mail"]
colour = "red"

[purposes.b]
legal_basis = "法"
rows_per_hour = -1
items = "sex"
max_rows = true
"""


def test_a_policy_file_gives_its_rules():
    assert read_policy(WHOLE) == {
        "desk": PurposeRule(
            "desk",
            "学校教育法施行令第1条",
            keys=frozenset({QueryKey.NAME, QueryKey.BIRTH}),
            items=frozenset({ResidentItem.ADDRESS}),
            max_rows=10,
            history=True,
            rows_per_hour=300,
        ),
        "form": PurposeRule(
            "form",
            "住民基本台帳法第1条",
            keys=frozenset({QueryKey.NAME, QueryKey.BIRTH, QueryKey.ADDRESS}),
            items=frozenset(),
            history=False,
            single_match=True,
            business_id="010",
        ),
    }


def test_what_a_policy_file_does_not_name_is_not_allowed():
    rule = read_policy('[purposes.a]\nlegal_basis = "法"')["a"]
    nothing = frozenset()
    assert rule == PurposeRule("a", "法", keys=nothing, items=nothing, history=False)
    assert (rule.bulk, rule.reveals_protected_location) == (False, False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("purposes = ", {("toml", "")}),
        ("", {("policy_empty", "")}),
        ("[purposes]", {("policy_empty", "")}),
        ("purposes = 3", {("policy_empty", "")}),
        ("[purposes]\na = 1", {("policy_table", "purposes.a")}),
        ("[purposes.a]", {("policy_legal_basis", "purposes.a")}),
        ('[purposes.a]\nlegal_basis = "　"', {("policy_legal_basis", "purposes.a")}),
        (
            BROKEN,
            {
                ("policy_kind", "purposes.a.max_rows"),
                ("policy_kind", "purposes.a.bulk"),
                ("policy_item", "purposes.a.keys"),
                ("policy_unknown", "purposes.a.colour"),
                ("policy_kind", "purposes.b.rows_per_hour"),
                ("policy_kind", "purposes.b.items"),
                ("policy_kind", "purposes.b.max_rows"),
            },
        ),
    ],
)
def test_everything_wrong_is_told_at_once(text, found):
    with pytest.raises(InvalidInput) as refused:
        read_policy(text)
    assert {(one.code, one.column) for one in refused.value.problems} == found
    assert all("{" not in one.message for one in refused.value.problems)


def test_a_problem_names_the_file(tmp_path):
    path = tmp_path / "方針.toml"
    path.write_text("[purposes.a]", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"方針\.toml"):
        read_policy(path)
