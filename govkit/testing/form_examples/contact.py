"""Telephone numbers, e-mail and web addresses."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(good="０９０ー１２３４ー５６７８", bad="03-1234-567")
def telephone() -> Any:
    """電話番号

    全角でも、どの横線でも、横線が無くても受け取ります。3つの欄に分けません。
    """
    return forms.TelephoneField("電話番号", required=True)


@example(good="Ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", bad="hanako.example.jp")
def email() -> Any:
    """メールアドレス

    昔の携帯電話のアドレス（点が続くものや@の前が点のもの）も受け取ります。
    """
    return forms.EmailField("メールアドレス", required=True)


@example(good="https://www.example.jp/", bad="http://")
def website() -> Any:
    """ウェブサイトのURL

    外から見えるアドレスだけを受け取ります。
    """
    return forms.UrlField("ウェブサイト")


@example(
    good={"-email": "hanako@example.jp", "-again": "ｈａｎａｋｏ@example.jp"},
    bad={"-email": "hanako@example.jp", "-again": "hanako@example.com"},
    wrong=("-again",),
    shows=forms.ConfirmField,
)
def reply_to() -> Any:
    """確かめのための再入力

    もう一方の項目と同じ読み方で比べるので、全角と半角の違いは問いません。
    """
    return forms.Block(
        "返信先",
        fields={
            "email": forms.EmailField("メールアドレス", required=True),
            "again": forms.ConfirmField("メールアドレス（確認）", of="email"),
        },
    )


EXAMPLES: Final = [telephone, email, website, reply_to]
"""In the order of the page."""
