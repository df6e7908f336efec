"""Names, readings and what else is asked about people."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(good="髙橋　花子", bad="髙橋 花子1")
def full_name() -> Any:
    """氏名（1つの欄）

    漢字・かな・ローマ字のどれでも、部分がいくつでも受け取ります。字は1文字も変えません。
    """
    return forms.FullNameField("氏名", required=True)


@example(good="𠮷田", bad="吉田 太郎")
def family_name() -> Any:
    """姓

    姓と名を分けて尋ねるときに使います。
    """
    return forms.FamilyNameField("姓", required=True)


@example(good="花子", bad="花子★")
def given_name() -> Any:
    """名

    姓と名を分けて尋ねるときに使います。
    """
    return forms.GivenNameField("名", required=True)


@example(good="たかはし はなこ", bad="高橋 はなこ")
def furigana() -> Any:
    """フリガナ

    ひらがなと半角カナも受け取り、全角カタカナで保存します。小さい「ャ」と大きい「ヤ」は別の字のままです。
    """
    return forms.FuriganaField("氏名のフリガナ", required=True)


@example(good="佐藤", bad="Sato")
def former_name() -> Any:
    """旧氏

    戸籍に書かれている字だけを受け取ります。
    """
    return forms.FormerNameField("旧氏", support="住民票に旧氏がある方だけ入力してください")


@example(good="木村 安奈", bad="木村@安奈")
def alias() -> Any:
    """通称

    外国人住民の通称です。
    """
    return forms.AliasField("通称", support="住民票に通称がある方だけ入力してください")


@example(good="金 秀賢", bad="キム スヒョン")
def han_name() -> Any:
    """漢字の氏名（外国人住民）

    在留カードに漢字で書かれている氏名です。
    """
    return forms.HanNameField("漢字氏名")


@example(good="ＮＧＵＹＥＮ ＶＡＮ ＡＮ", bad="グエン")
def latin_name() -> Any:
    """ローマ字の氏名

    パスポートのとおりに、部分がいくつでも受け取ります。
    """
    return forms.LatinNameField("ローマ字氏名", required=True)


@example(good="2", bad="9")
def sex() -> Any:
    """性別

    尋ねる理由が無いと使えません。初めから選んでおくこともできません。
    """
    return forms.SexField("性別", reason="健診の案内の内容が法令で異なるためです", required=True)


@example(
    good={"-1": "12", "-2": "20"},
    bad={"-1": "", "-2": "20"},
    wrong=("-1",),
)
def relationship() -> Any:
    """続柄

    世帯主からみた続柄を「妻」「の」「子」のように組み合わせます。コードの表は団体のものを渡します。
    """
    return forms.RelationshipField(
        "世帯主との続柄",
        table=[("02", "世帯主"), ("12", "妻"), ("20", "子")],
        alone=["02"],
        required=True,
    )


EXAMPLES: Final = [
    full_name,
    family_name,
    given_name,
    furigana,
    former_name,
    alias,
    han_name,
    latin_name,
    sex,
    relationship,
]
"""In the order of the page."""
