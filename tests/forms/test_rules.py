from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.forms.rules import ALWAYS, NEVER, InvalidRule, Rule, When, all_of, any_of, not_

IN = When("kind", equals="in")
NOTE = When("note", filled=True)
MONDAY = When("days", ticked="mon")
TWO = When("children", compares=(">=", 2))


@pytest.mark.parametrize(
    ("rule", "answers", "held"),
    [
        (IN, {"kind": "in"}, True),
        (IN, {"kind": "out"}, False),
        (IN, {"kind": "In"}, False),
        (IN, {"kind": None}, False),
        (IN, {}, False),
        (IN, {"kind": ["in", "out"]}, True),
        (IN, {"kind": "i"}, False),
        (When("kind", is_in=("in", "move")), {"kind": "move"}, True),
        (When("kind", is_in=("in", "move")), {"kind": "out"}, False),
        (When("number", equals=3), {"number": 3}, True),
        (NOTE, {"note": "x"}, True),
        (NOTE, {"note": ""}, False),
        (NOTE, {"note": None}, False),
        (NOTE, {"note": 0}, True),
        (NOTE, {"note": []}, False),
        (NOTE, {"note": ["a"]}, True),
        (NOTE, {"note": False}, False),
        (NOTE, {"note": {"year": None, "month": ""}}, False),
        (NOTE, {"note": {"year": "1", "month": ""}}, True),
        (When("agreed", ticked=True), {"agreed": True}, True),
        (When("agreed", ticked=True), {"agreed": False}, False),
        (When("agreed", ticked=True), {}, False),
        (MONDAY, {"days": ["mon", "tue"]}, True),
        (MONDAY, {"days": ["tue"]}, False),
        (MONDAY, {"days": []}, False),
        (TWO, {"children": 2}, True),
        (TWO, {"children": 1}, False),
        (TWO, {"children": Decimal("2.5")}, True),
        (TWO, {"children": None}, False),
        (TWO, {"children": "2"}, False),
        (TWO, {"children": True}, False),
        (TWO, {"children": [{}, {}]}, True),
        (When("children", compares=("<", 2)), {"children": 0}, True),
        (When("children", compares=("<", 2)), {}, False),
        (When("home.city", equals="立川市"), {"home": {"city": "立川市"}}, True),
        (When("home.city", equals="立川市"), {"home": None}, False),
        (When("home.city", equals="立川市"), {"home.city": "立川市"}, True),
        (all_of(IN, NOTE), {"kind": "in", "note": "x"}, True),
        (all_of(IN, NOTE), {"kind": "in"}, False),
        (any_of(IN, NOTE), {"kind": "in"}, True),
        (any_of(IN, NOTE), {}, False),
        (not_(IN), {}, True),
        (IN & ~NOTE | MONDAY, {"kind": "in"}, True),
        (ALWAYS, {}, True),
        (NEVER, {"kind": "in"}, False),
        (all_of(), {}, True),
        (any_of(), {}, False),
    ],
)
def test_a_rule_holds(rule, answers, held):
    assert rule.holds(answers) is held
    assert not_(rule).holds(answers) is not held


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("kind = in", IN),
        ("kind=in", IN),
        ("　kind　＝　in　", IN),
        ('kind = "in"', IN),
        ("kind != in", not_(IN)),
        ("kind = in, move", When("kind", is_in=("in", "move"))),
        ("kind = in、move", When("kind", is_in=("in", "move"))),
        ("kind = 転入", When("kind", equals="転入")),
        ('kind = "転 入", b', When("kind", is_in=("転 入", "b"))),
        ('kind = "and"', When("kind", equals="and")),
        ("note", NOTE),
        ("not note", not_(NOTE)),
        ("not not note", NOTE),
        ("children >= 2", TWO),
        ("children>=2", TWO),
        ("children < -1.5", When("children", compares=("<", Decimal("-1.5")))),
        ("kind = in and note", all_of(IN, NOTE)),
        ("kind = in or note and days = mon", any_of(IN, all_of(NOTE, MONDAY))),
        ("(kind = in or note) and days = mon", all_of(any_of(IN, NOTE), MONDAY)),
        ("（kind＝in or note）and days=mon", all_of(any_of(IN, NOTE), MONDAY)),
        ("not (kind = in or note)", not_(any_of(IN, NOTE))),
        ("home.city = 立川市", When("home.city", equals="立川市")),
        ("number = 3", When("number", equals=3)),
        ("kind = in-2", When("kind", equals="in-2")),
    ],
)
def test_the_text_form_is_read(text, rule):
    assert Rule.parse(text) == rule
    assert Rule.parse(str(rule)) == rule


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "rule_empty", 1),
        (" \t　", "rule_empty", 1),
        ("=", "rule_name_expected", 1),
        ("kind =", "rule_value_expected", 7),
        ("kind = ", "rule_value_expected", 7),
        ("kind = and", "rule_value_expected", 8),
        ("kind = in,", "rule_value_expected", 11),
        ("kind == in", "rule_value_expected", 7),
        ("kind = (in", "rule_value_expected", 8),
        ('kind = "in', "rule_value_expected", 8),
        ("kind in", "rule_left_over", 6),
        ("kind = in note", "rule_left_over", 11),
        ("kind = in)", "rule_left_over", 10),
        ("(kind = in", "rule_not_closed", 11),
        ("kind = in and", "rule_name_expected", 14),
        ("and kind", "rule_name_expected", 1),
        ("not", "rule_name_expected", 4),
        ("区分 = 転入", "rule_name_expected", 1),
        ('"kind" = in', "rule_name_expected", 1),
        ("children >= two", "rule_number_expected", 13),
        ("children >=", "rule_number_expected", 12),
        ("kind ! in", "rule_left_over", 6),
    ],
)
def test_a_text_that_is_no_rule_names_the_place(text, code, position):
    with pytest.raises(InvalidRule) as caught:
        Rule.parse(text)

    assert caught.value.problem == code
    assert caught.value.position == position
    assert code == "rule_empty" or f"{position}文字目" in str(caught.value)


def test_a_condition_needs_something_to_compare_with():
    with pytest.raises(InvalidRule):
        When("kind")
    with pytest.raises(InvalidRule):
        When("区分", filled=True)
    with pytest.raises(KeyError):
        When("children", compares=("=>", 2))


def test_slips_in_names_and_values_are_found():
    rule = Rule.parse("kind = inn, out and not nmae or days >= 1")

    assert rule.unknown({"kind": {"in", "out"}, "days": None}) == ("kind = inn", "nmae")
    assert rule.names == {"kind", "nmae", "days"}


def test_what_is_settled_elsewhere_is_decided_and_the_rest_stays_open():
    rule = Rule.parse("kind = in and note")

    assert rule.given({"kind": "in"}, {"note"}) == NOTE
    assert rule.given({"kind": "out"}, {"note"}) == NEVER
    assert rule.given({"kind": "in", "note": "x"}, set()) == ALWAYS
    assert Rule.parse("not note").given({"kind": "in"}, {"note"}) == not_(NOTE)


def test_the_script_gets_lists():
    rule = Rule.parse("kind = in, move and not (note or children >= 2)")

    assert rule.as_data() == [
        "and",
        ["=", "kind", "in", "move"],
        ["not", ["or", ["filled", "note"], [">=", "children", "2"]]],
    ]


NAMES = st.sampled_from(["kind", "note", "home.city", "days"])
VALUES = st.lists(st.text(max_size=5).filter(lambda text: '"' not in text and text.translate(str.maketrans("“”", '""')) == text), min_size=1, max_size=3)  # fmt: skip
LEAVES = st.one_of(
    st.builds(lambda name: When(name, filled=True), NAMES),
    st.builds(lambda name, values: When(name, is_in=values), NAMES, VALUES),
    st.builds(
        lambda name, sign, number: When(name, compares=(sign, number)),
        NAMES,
        st.sampled_from([">=", "<=", ">", "<"]),
        st.integers(-99, 99),
    ),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(not_, inner),
        st.builds(all_of, inner, inner),
        st.builds(any_of, inner, inner),
    ),
    max_leaves=6,
)


@given(RULES)
def test_every_rule_survives_being_written_and_read(rule):
    assert Rule.parse(str(rule)) == rule


@given(st.text(max_size=30))
def test_any_text_is_a_rule_or_names_the_place(text):
    position = 1
    try:
        written = str(Rule.parse(text))
    except InvalidRule as error:
        position = error.position
    else:
        assert str(Rule.parse(written)) == written
    assert 1 <= position <= len(text) + 1
