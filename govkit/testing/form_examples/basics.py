"""Text, numbers, choices, buttons."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(good="申請の理由", bad="あ" * 21)
def subject() -> Any:
    """1行の文字

    字はそのまま保存し、異体字も変えません。前後の空白と制御文字だけを除きます。
    """
    return forms.TextField(
        "件名", [forms.Length(max=20)], required=True, support="20文字以内で入力してください"
    )


@example(good="入学する学校を変えたいため\n（兄と同じ学校）", bad="あ" * 201)
def reason() -> Any:
    """複数行の文字

    上限があれば、入力した文字数を数えて見せます（JavaScriptが動くときだけ）。
    """
    return forms.TextAreaField("理由", [forms.Length(max=200)], required=True, rows=3)


@example(good="３", bad="三人")
def household_size() -> Any:
    """整数

    全角の数字も受け取ります。
    """
    return forms.IntegerField("世帯の人数", [forms.Range(1, 30)], required=True)


@example(good="３６．５", bad="36,5")
def temperature() -> Any:
    """小数

    小数点は全角でも受け取ります。
    """
    return forms.DecimalField("体温", places=1, required=True)


@example(good="in", bad="")
def move() -> Any:
    """ラジオボタン

    選択肢が少なく、すべて見せたいときに使います。
    """
    return forms.RadioField("届出の種類", choices=[("in", "転入"), ("out", "転出")], required=True)


@example(good=["mon", "wed"], bad=[])
def days() -> Any:
    """チェックボックスの組

    値は選んだものの一覧です。
    """
    return forms.CheckboxesField(
        "利用する曜日",
        choices=[("mon", "月曜日"), ("tue", "火曜日"), ("wed", "水曜日")],
        required=True,
        support="当てはまるものをすべて選んでください",
    )


@example(good="1", bad=[])
def agreement() -> Any:
    """チェックボックス1つ

    必須にすると、チェックが入るまで先に進めません。
    """
    return forms.CheckboxField("注意事項を確かめました", required=True)


@example(good="b", bad="z")
def school() -> Any:
    """選択欄

    選択肢が多いときに使います。最初の行は空です。
    """
    return forms.SelectField(
        "学校", choices=[("a", "第一小学校"), ("b", "第二小学校")], required=True
    )


@example(good="だいいちしょうがっこう", bad="小学校")
def previous_school() -> Any:
    """検索して選ぶ欄

    名前でも、読みでも、コードでも探せます。JavaScriptが無くても、合うものが並びます。
    """
    return forms.SearchField(
        "前の学校",
        choices=[("101", "第一小学校"), ("102", "第二小学校"), ("201", "第一中学校")],
        readings={"101": "だいいちしょうがっこう", "102": "だいにしょうがっこう"},
        required=True,
    )


@example(good="correct horse battery", bad="")
def password() -> Any:
    """パスワード

    送られたあとに画面へ出ることはありません。
    """
    return forms.PasswordField("パスワード", required=True)


EXAMPLES: Final = [
    subject,
    reason,
    household_size,
    temperature,
    move,
    days,
    agreement,
    school,
    previous_school,
    password,
]
"""In the order of the page."""
