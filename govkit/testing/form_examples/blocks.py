"""Several fields in one block."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(
    good={"-name": "架空商店", "-staff": "12"},
    bad={"-name": "", "-staff": "十二人"},
    wrong=("-name", "-staff"),
)
def workplace() -> Any:
    """自分で組み合わせるブロック

    いくつかの項目を1つの枠にまとめます。値は項目の名前ごとの辞書で、エラーは間違っている項目にだけ付きます。
    """
    return forms.Block(
        "勤務先",
        fields={
            "name": forms.TextField("勤務先の名前", required=True, autocomplete="organization"),
            "staff": forms.IntegerField("働いている人の数", required=True),
        },
    )


@example(
    good={
        "-family_name": "髙橋",
        "-given_name": "花子",
        "-family_kana": "たかはし",
        "-given_kana": "はなこ",
    },
    bad={"-family_name": "髙橋", "-given_name": "", "-family_kana": "高橋", "-given_kana": "ﾊﾅｺ"},
    wrong=("-given_name", "-family_kana"),
)
def applicant() -> Any:
    """氏名とフリガナ

    1つの欄でも、姓と名の2つの欄でも使えます。読みは作らず、突き合わせもしません。
    """
    return forms.NameBlock("申請する方", required=True)


@example(
    good={"-latin": "NGUYEN VAN AN", "-kana": "グエン バン アン"},
    bad={"-latin": "グエン", "-alias": "安田"},
    wrong=("-latin", "-alias_kana"),
)
def foreign_resident() -> Any:
    """外国人住民の氏名

    ローマ字・漢字・通称と、その読みです。通称を入力したら、その読みも要ります。
    """
    return forms.ForeignNameBlock("氏名", required=True)


@example(
    good={
        "-family_name": "髙橋",
        "-given_name": "花子",
        "-family_kana": "タカハシ",
        "-given_kana": "ハナコ",
        "-relationship": "mother",
        "-telephone": "042-000-0000",
        "-address_kind": "same",
    },
    bad={
        "-family_name": "髙橋",
        "-given_name": "花子",
        "-family_kana": "タカハシ",
        "-given_kana": "ハナコ",
        "-address_kind": "other",
    },
    wrong=(
        "-relationship",
        "-address-postcode",
        "-address-prefecture",
        "-address-city",
        "-address-lot",
    ),
)
def guardian() -> Any:
    """保護者

    住所が子と同じなら、住所は尋ねません。
    """
    return forms.GuardianBlock(
        "保護者",
        relationships=[("father", "父"), ("mother", "母"), ("other", "その他")],
        required=True,
    )


EXAMPLES: Final = [workplace, applicant, foreign_resident, guardian]
"""In the order of the page."""
