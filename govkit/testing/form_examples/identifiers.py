"""Numbers and codes that identify."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(good="123456789018", bad="123456789012")
def my_number() -> Any:
    """個人番号（マイナンバー）

    使ってよい根拠の条文を書かないと作れません。入力された番号は、画面にも記録にも下書きにも出ません。
    """
    return forms.MyNumberField("個人番号", legal_basis="番号法 第9条第1項", required=True)


@example(good="7000020010006", bad="7000020010007")
def corporate_number() -> Any:
    """法人番号

    検査数字を確かめます。
    """
    return forms.CorporateNumberField("法人番号", required=True)


@example(good="Ｔ７０００−０２００−１０００６", bad="T7000020010007")
def invoice_number() -> Any:
    """登録番号（適格請求書発行事業者）

    Tと13桁の数字です。Tが無くても受け取ります。
    """
    return forms.InvoiceNumberField("登録番号", required=True)


@example(good="ab12345678cd", bad="AB1234567CD")
def residence_card() -> Any:
    """在留カードの番号

    英字2つ、数字8つ、英字2つです。
    """
    return forms.ResidenceCardField("在留カードの番号", required=True)


@example(good="１３２０２１", bad="13202")
def municipality_code() -> Any:
    """全国地方公共団体コード

    検査数字を含む6桁です。
    """
    return forms.MunicipalityCodeField("団体コード", required=True)


@example(good="B113299999911", bad="B1132999999")
def school_code() -> Any:
    """学校コード

    文部科学省の13文字のコードです。
    """
    return forms.SchoolCodeField("学校コード", required=True)


@example(good="132021", bad="13202")
def board_code() -> Any:
    """教育委員会コード

    検査数字を含む6桁です。
    """
    return forms.BoardCodeField("教育委員会コード", required=True)


EXAMPLES: Final = [
    my_number,
    corporate_number,
    invoice_number,
    residence_card,
    municipality_code,
    school_code,
    board_code,
]
"""In the order of the page."""
