"""続柄, composed of codes that the caller gives."""

import pytest
from werkzeug.datastructures import MultiDict

from govkit.errors import InvalidValue
from govkit.forms import Form, Relationship, RelationshipField
from tests.forms.cases import check, outcome, posted
from tests.forms.page import Page

TABLE = (("02", "世帯主"), ("11", "夫"), ("12", "妻"), ("20", "子"), ("51", "父"), ("99", "同居人"))
OPTIONS = {"table": TABLE, "alone": ("02", "99"), "depth": 3}


def chosen(*codes):
    return {str(number): code for number, code in enumerate(codes, 1)}


CASES = [
    (None, None, ""),
    (chosen("", "", ""), None, ""),
    (chosen("\u3000", ""), None, ""),
    (chosen("\u200b"), None, ""),
    (chosen("02"), "02", ""),
    (chosen("20"), "20", ""),
    (chosen("20", ""), "20", ""),
    (chosen("12", "20"), "12-20", ""),
    (chosen("12", "20", ""), "12-20", ""),
    (chosen("20", "20"), "20-20", ""),
    (chosen("20", "11", "51"), "20-11-51", ""),
    (chosen("２０"), "20", ""),
    (chosen(" 20 "), "20", ""),
    (chosen("20\x00"), "20", ""),
    (chosen("99", "", ""), "99", ""),
    ({"1": "20", "9": "12"}, "20", ""),
    (chosen("", "20"), None, "relationship_gap"),
    (chosen("12", "", "20"), None, "relationship_gap"),
    (chosen("", "", "20"), None, "relationship_gap"),
    (chosen("02", "20"), None, "relationship_not_combined"),
    (chosen("20", "99"), None, "relationship_not_combined"),
    (chosen("20", "12", "02"), None, "relationship_not_combined"),
    (chosen("99", "99"), None, "relationship_not_combined"),
    *(
        (chosen(code), None, "relationship_not_listed")
        for code in (
            "21", "2", "020", "子", "妻の子", "2O", "٢٠", "20-20", "20.0", "-20", "=20", "'20", "２ ０",
            "\ue000", "\ufffd", "<script>", "None", "一", "²⁰", "{label}",
        )
    ),
    (chosen("20", "21"), None, "relationship_not_listed"),
    (chosen("12", "20", "x"), None, "relationship_not_listed"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_relationships(case):
    check(RelationshipField, case, **OPTIONS)


def test_the_answer_is_in_words_and_the_value_in_codes():
    field = posted(RelationshipField, chosen("12", "20"), **OPTIONS)

    assert field.value == Relationship(("12", "20"))
    assert field.answer == "妻の子"
    page = Page(field())
    assert [each["name"] for each in page.all("select")] == ["value-1", "value-2", "value-3"]


def test_the_wrong_box_alone_is_marked():
    field = posted(RelationshipField("続柄", **OPTIONS), chosen("20", "99"))

    (error,) = field.errors
    assert error == "続柄の「同居人」は、ほかの続柄と組み合わせずに選んでください"
    page = Page(field())
    assert page.by_id("value-2")["aria-invalid"] == "true"
    assert page.by_id("value-1").get("aria-invalid") is None


@pytest.mark.parametrize(
    ("stored", "codes"),
    [
        ("20", ("20",)), ("12-20", ("12", "20")), ("１２－２０", ("12", "20")), ("12ー20", ("12", "20")),
        ("x", None), ("20-20-20-20", None), ("12--20", None), ("02-20", None),
    ],
)  # fmt: skip
def test_a_stored_relationship_is_read_again(stored, codes):
    form_class = type("One", (Form,), {"value": RelationshipField("続柄", **OPTIONS)})
    value = form_class(data={"value": stored}).value.value
    assert (value.codes if value else None) == codes


@pytest.mark.parametrize(
    ("text", "problem"), [("20--20", "relationship_gap"), ("1-1-1-1-1", "relationship_too_many")]
)
def test_a_relationship_has_one_to_four_codes(text, problem):
    with pytest.raises(InvalidValue) as caught:
        Relationship.parse(text)
    assert caught.value.problem == problem


def test_a_required_relationship_is_asked_for():
    assert outcome(RelationshipField, {}, required=True, **OPTIONS) == (None, "required")
    assert outcome(RelationshipField, chosen("20"), required=True, **OPTIONS) == ("20", "")


def test_there_are_one_to_four_boxes():
    with pytest.raises(ValueError, match="1 to 4"):
        posted(RelationshipField, None, table=TABLE, depth=5)


def test_a_form_shows_the_value_of_the_record():
    form_class = type("One", (Form,), {"value": RelationshipField("続柄", **OPTIONS)})
    page = Page(form_class(MultiDict(), data={"value": "12-20"}).value())
    picked = [each["value"] for each in page.all("option") if "selected" in each.attributes]
    assert picked[:2] == ["12", "20"]
