"""Postcodes and addresses."""

from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES"]


@example(good="〒１９０ー００２２", bad="190-001")
def postcode() -> Any:
    """郵便番号

    全角でも、どの横線でも、「〒」が付いていても受け取ります。
    """
    return forms.PostcodeField("郵便番号", required=True)


@example(good="東京都", bad="江戸")
def prefecture() -> Any:
    """都道府県

    47の都道府県から選びます。
    """
    return forms.PrefectureField("都道府県", required=True)


@example(good="立川市", bad="架空市")
def municipality() -> Any:
    """市区町村

    郡や政令市の区まで、名前で確かめます。
    """
    return forms.MunicipalityField("前の住所の市区町村", required=True)


@example(good="余市郡余市町", bad="\ue000市")
def city() -> Any:
    """市区町村（昔の名前も）

    今は無い市区町村も受け取ります。
    """
    return forms.CityField("市区町村", required=True)


@example(good="錦町", bad="\ue000町")
def town() -> Any:
    """町名

    データに無い町名も受け取ります。
    """
    return forms.TownField("町名", required=True)


@example(good="１丁目２番３号", bad="番地")
def lot() -> Any:
    """番地

    「1丁目2番3号」も「1-2-3」も「無番地」も受け取ります。
    """
    return forms.LotField("番地", required=True)


@example(good="コーポ錦１０１号室", bad="コーポ\ue000")
def building() -> Any:
    """建物名と部屋番号

    「コーポ」の長音は横線に変えません。
    """
    return forms.BuildingField("建物名・部屋番号")


@example(good="東京都立川市錦町1-2-3 コーポ錦101", bad="東京都立川市錦町")
def whole_address() -> Any:
    """住所（1つの欄）

    1行の住所を、都道府県・市区町村・町名・番地・建物名に分けて読みます。
    """
    return forms.OneLineAddressField("住所", needs_lot=True, required=True)


@example(
    good={
        "-postcode": "190-0022",
        "-prefecture": "東京都",
        "-city": "立川市",
        "-town": "錦町",
        "-lot": "1-2-3",
        "-building": "コーポ錦101",
    },
    bad={
        "-postcode": "190-0022",
        "-prefecture": "大阪府",
        "-city": "",
        "-town": "錦町",
        "-lot": "1-2-3",
    },
    wrong=("-prefecture", "-city"),
)
def residence() -> Any:
    """住所のブロック

    郵便番号から住所を調べるボタンが付きます。JavaScriptが無くても動き、同じ番号の町がいくつもあるときは選べます。
    """
    return forms.AddressBlock("住所", required=True)


EXAMPLES: Final = [
    postcode,
    prefecture,
    municipality,
    city,
    town,
    lot,
    building,
    whole_address,
    residence,
]
"""In the order of the page."""
