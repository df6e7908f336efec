import pytest

from govkit.errors import InvalidValue
from govkit.jp.numbers import MunicipalityCode
from govkit.jp.prefectures import PREFECTURES, Prefecture


def test_the_47_are_in_the_order_of_their_codes():
    assert len(PREFECTURES) == 47
    assert [each.code for each in PREFECTURES] == [f"{code:02d}" for code in range(1, 48)]
    assert (PREFECTURES[0].name, PREFECTURES[12].name, PREFECTURES[46].name) == (
        "北海道",
        "東京都",
        "沖縄県",
    )
    assert [str(MunicipalityCode.parse(each.municipality_code)) for each in PREFECTURES]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("東京都", "東京都"),
        ("東京", "東京都"),
        ("　東京都 ", "東京都"),
        ("東\u200b京都", "東京都"),
        ("東 京 都", "東京都"),
        ("京都", "京都府"),
        ("京都府", "京都府"),
        ("北海道", "北海道"),
        ("ほっかいどう", "北海道"),
        ("ﾄｳｷｮｳﾄ", "東京都"),
        ("とうきょう", "東京都"),
        ("きょうと", "京都府"),
        ("カガワ", "香川県"),
        ("13", "東京都"),
        ("１３", "東京都"),
        ("1", "北海道"),
        ("01", "北海道"),
        ("47", "沖縄県"),
    ],
)
def test_prefectures_are_read_as_people_write_them(typed, name):
    read = Prefecture.parse(typed)
    assert (str(read), read.raw) == (name, typed)
    assert Prefecture.parse(str(read)) == read


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "prefecture_empty"),
        ("　", "prefecture_empty"),
        ("\u200b", "prefecture_empty"),
        ("東京府", "prefecture_unknown"),
        ("江戸", "prefecture_unknown"),
        ("北海", "prefecture_unknown"),
        ("0", "prefecture_unknown"),
        ("48", "prefecture_unknown"),
        ("001", "prefecture_unknown"),
        ("١٣", "prefecture_unknown"),
        ("東京都立川市", "prefecture_unknown"),
        ("大分府", "prefecture_unknown"),
        ("<script>", "prefecture_unknown"),
    ],
)
def test_other_texts_are_refused(typed, code):
    with pytest.raises(InvalidValue) as refused:
        Prefecture.parse(typed)
    assert refused.value.problem == code
