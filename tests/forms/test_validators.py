from datetime import date

import pytest
import wtforms.validators
from werkzeug.datastructures import MultiDict

from govkit.forms import (
    DateField,
    FileField,
    FileSize,
    FileType,
    Form,
    IntegerField,
    Length,
    OneOf,
    Pattern,
    Range,
    Required,
    TextField,
    ValidationError,
)


def errors_of(field, typed):
    form = type("OneField", (Form,), {"value": field})(MultiDict({"value": typed, "x": "1"}))
    form.validate()
    return list(form.value.errors)


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (TextField("氏名", [Length(max=2)]), "髙\U000e0100橋", []),
        (TextField("氏名", [Length(max=2)]), "𠮷𠮷", []),
        (
            TextField("氏名", [Length(max=2)]),
            "あいう",
            ["氏名は2文字以内で入力してください（いま3文字です）"],
        ),
        (
            TextField("氏名", [Length(min=3)]),
            "あい",
            ["氏名は3文字以上で入力してください（いま2文字です）"],
        ),
        (IntegerField("番号", [Range(1, 60)]), "60", []),
        (IntegerField("番号", [Range(1, 60)]), "0", ["番号は1から60までの数を入力してください"]),
        (IntegerField("番号", [Range(min=1)]), "0", ["番号は1以上の数を入力してください"]),
        (IntegerField("番号", [Range(max=9)]), "10", ["番号は9以下の数を入力してください"]),
        (
            DateField("基準日", [Range(date(2026, 4, 1), date(2027, 3, 31))]),
            "2027-04-01",
            ["基準日は2026年4月1日から2027年3月31日までの日付を入力してください"],
        ),
        (
            DateField("基準日", [Range(min=date(2026, 4, 1))]),
            "令和8年3月31日",
            ["基準日は2026年4月1日以降の日付を入力してください"],
        ),
        (
            DateField("基準日", [Range(max=date(2026, 4, 1))]),
            "2026-04-02",
            ["基準日は2026年4月1日以前の日付を入力してください"],
        ),
        (TextField("学年", [OneOf(["1", "2"])]), "1", []),
        (
            TextField("学年", [OneOf(["1", "2"])]),
            "3",
            ["学年は次のどれかを入力してください：1、2"],
        ),
        (TextField("記号", [Pattern("[A-Z]{2}", "記号は英大文字2字です")]), "AB", []),
        (
            TextField("記号", [Pattern("[A-Z]{2}", "記号は英大文字2字です")]),
            "ABC",
            ["記号は英大文字2字です"],
        ),
        (TextField("氏名", [Required()]), "", ["氏名を入力してください"]),
        (TextField("氏名", [Required("名乗ってください")]), "", ["名乗ってください"]),
        (TextField("氏名", required=True), "", ["氏名を入力してください"]),
    ],
)
def test_validators_say_what_to_do(field, typed, expected):
    assert errors_of(field, typed) == expected


@pytest.mark.parametrize(
    "field",
    [
        TextField("x", [Length(min=3), OneOf(["a"]), Pattern("a", "a")]),
        IntegerField("x", [Range(1, 2)]),
        FileField("x", [FileType(".csv"), FileSize(1)]),
    ],
)
def test_blank_passes_everything_but_required(field):
    assert errors_of(field, "") == []


def test_a_value_that_cannot_be_read_is_told_once():
    field = IntegerField("番号", [Range(1, 60)], required=True)

    assert errors_of(field, "x") == ["番号は数字だけで入力してください（例：12）"]


def test_required_by_validator_marks_the_field_too():
    form = type("OneField", (Form,), {"value": TextField("氏名", [Required()])})()

    assert "※必須" in form.value()


def test_forms_may_add_their_own_rule_for_blank_fields():
    class Move(Form):
        kind = TextField("区分")
        reason = TextField("理由")

        def validate_reason(self, field):
            if self.kind.data == "その他" and field.is_blank:
                raise ValidationError(field.required_message())

    form = Move(MultiDict({"kind": "その他"}))

    assert not form.validate()
    assert form.reason.errors == ["理由を入力してください"]


def test_validators_of_wtforms_speak_japanese_as_well():
    assert errors_of(TextField("a", [wtforms.validators.DataRequired()]), "") == [
        "入力してください。"
    ]
    assert errors_of(TextField("a", [wtforms.validators.Length(max=1)]), "ab") == [
        "1文字以内で入力してください。"
    ]
    assert errors_of(TextField("a", [wtforms.validators.IPAddress()]), "x") == [
        "IPアドレスの形で入力してください。"
    ]
