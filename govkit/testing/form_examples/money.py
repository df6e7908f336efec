"""Amounts and bank accounts."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(good="１２，０００円", bad="1,2000")
def amount() -> Any:
    """金額

    値は円の整数です。コンマも「円」もそのまま受け取ります。
    """
    return forms.AmountField("支払った金額", required=True)


@example(good="ｶ)ﾐﾎﾝｼﾖｳﾃﾝ", bad="見本商店")
def account_holder() -> Any:
    """口座名義（カナ）

    銀行が使うカナに直して保存します。
    """
    return forms.AccountHolderField("口座名義", required=True)


@example(good="0001", bad="12")
def bank_code() -> Any:
    """金融機関コード

    4桁の数字です。
    """
    return forms.BankCodeField("金融機関コード", required=True)


@example(good="001", bad="1")
def branch_code() -> Any:
    """支店コード

    3桁の数字です。
    """
    return forms.BranchCodeField("支店コード", required=True)


@example(good="1234567", bad="12345")
def account_number() -> Any:
    """口座番号

    7桁の数字です。桁が足りないときは、先頭の0を尋ねます。
    """
    return forms.AccountNumberField("口座番号", required=True)


@example(good="ﾐﾎﾝ", bad="見本銀行")
def bank_name_kana() -> Any:
    """金融機関名（カナ）

    全銀のカナで15文字までです。
    """
    return forms.BankNameKanaField("金融機関名（カナ）", required=True)


@example(
    good={
        "-institution": "bank",
        "-bank_name": "見本銀行",
        "-branch_name": "架空支店",
        "-branch_code": "001",
        "-type": "1",
        "-number": "1234567",
        "-holder": "タカハシ　ハナコ",
    },
    bad={
        "-institution": "yucho",
        "-symbol": "10010",
        "-yucho_number": "12345672",
        "-holder": "髙橋 花子",
    },
    wrong=("-yucho_number", "-holder"),
)
def refund_account() -> Any:
    """口座のブロック

    銀行なら支店と口座番号、ゆうちょ銀行なら記号と番号を尋ねます。選ばれなかった側に入力されたものは捨てます。
    """
    return forms.BankAccountBlock("還付金の振込先", has_yucho=True)


EXAMPLES: Final = [
    amount,
    account_holder,
    bank_code,
    branch_code,
    account_number,
    bank_name_kana,
    refund_account,
]
"""In the order of the page."""
