import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.address import AddressParts, Postcode, find_municipality
from govkit.jp.digits import DASH_LIKE
from govkit.jp.postcodes import municipalities, towns


@pytest.mark.parametrize(
    "typed",
    [
        "190-0022",
        "1900022",
        "〒１９０－００２２",
        "〒190-0022",
        "〒 190 0022",
        "190ー0022",
        "190ｰ0022",
        "190一0022",
        "190--0022",
        "190\u30000022",
        "190\u200b0022",
        "\ufeff1900022",
        "190\u00ad0022",
        "１９０００２２",
        "一九〇〇〇二二",
        "〒一九〇－〇〇二二",
        "郵便番号：190-0022",
        "郵便番号 1900022",
        "zip: 190-0022",
        "(190-0022)",
        "1900022.0",
        "'1900022",
        '="1900022"',
        " 1900022\n",
        "1 9 0 0 0 2 2",
    ],
)
def test_postcodes_are_read_as_people_write_them(typed):
    postcode = Postcode.parse(typed)
    assert (str(postcode), postcode.digits, postcode.raw) == ("190-0022", "1900022", typed)
    assert Postcode.parse(str(postcode)) == postcode


@pytest.mark.parametrize("dash", [*DASH_LIKE, "ㅡ", "゠"])
def test_any_dash_is_a_hyphen(dash):
    assert str(Postcode.parse(f"190{dash}0022")) == "190-0022"


@pytest.mark.parametrize(
    ("typed", "code", "suggestion"),
    [
        ("", "postcode_empty", ""),
        ("　", "postcode_empty", ""),
        ("〒", "postcode_empty", ""),
        ("-", "postcode_empty", ""),
        ("\u200b", "postcode_empty", ""),
        ("600001", "postcode_lost_zero", "060-0001"),
        ("６００００１", "postcode_lost_zero", "060-0001"),
        ("60-0001", "postcode_lost_zero", "060-0001"),
        ("6-0001", "postcode_lost_zero", "006-0001"),
        ("600001.0", "postcode_lost_zero", "060-0001"),
        ("1.9E+06", "postcode_spreadsheet", ""),
        ("1.900022E+06", "postcode_spreadsheet", ""),
        ("2e6", "postcode_spreadsheet", ""),
        ("190", "postcode_old", ""),
        ("190-15", "postcode_old", ""),
        ("19015", "postcode_old", ""),
        ("ABC-1234", "postcode_digital_address", ""),
        ("abc1234", "postcode_digital_address", ""),
        ("ＡＢＣ－１２３４", "postcode_digital_address", ""),
        ("A1B2C3D", "postcode_digital_address", ""),
        ("АВС-1234", "postcode_digital_address", ""),
        ("19O-0022", "postcode_not_digits", "190-0022"),
        ("l90-0022", "postcode_not_digits", "190-0022"),
        ("190-002", "postcode_wrong_length", ""),
        ("190-00221", "postcode_wrong_length", ""),
        ("19000221", "postcode_wrong_length", ""),
        ("1", "postcode_wrong_length", ""),
        ("0120-123-456", "postcode_wrong_length", ""),
        ("١٩٠-٠٠٢٢", "postcode_not_digits", ""),
        ("१९०००२२", "postcode_not_digits", ""),
        ("𝟏𝟗𝟎𝟎𝟎𝟐𝟐", "postcode_not_digits", ""),
        ("①⑨⓪⓪⓪②②", "postcode_not_digits", ""),
        ("190-0022 立川市", "postcode_not_digits", ""),
        ("立川市", "postcode_not_digits", ""),
        ("190.0022", "postcode_not_digits", ""),
        ("1,900,022", "postcode_not_digits", ""),
        ("190:0022", "postcode_not_digits", ""),
        ("\ue000\ue001", "postcode_not_digits", ""),
        ("AB-12345", "postcode_not_digits", ""),
        ("<script>", "postcode_not_digits", ""),
    ],
)
def test_other_texts_are_refused_and_never_repaired(typed, code, suggestion):
    with pytest.raises(InvalidValue) as refused:
        Postcode.parse(typed)
    assert (refused.value.problem, refused.value.suggestion) == (code, suggestion)


@given(st.text(st.sampled_from("0123456789０９-－ー 〒A一〇.E+'\u200b")) | st.text())
def test_a_postcode_is_seven_digits_or_refused(text):
    try:
        postcode = Postcode.parse(text)
    except InvalidValue:
        return
    assert len(postcode.digits) == 7
    assert postcode.digits.isascii()
    assert Postcode.parse(str(postcode)) == postcode


ADDRESSES = [
    # line, prefecture, city, street, town, lot, building, code
    ("東京都立川市錦町1-2-3", "東京都", "立川市", "", "錦町", "1-2-3", "", "132021"),
    ("立川市錦町1-2-3", "東京都", "立川市", "", "錦町", "1-2-3", "", "132021"),
    (
        "東京都　立川市　錦町一丁目２－３　コーポ錦１０１",
        *("東京都", "立川市", "", "錦町", "1丁目2-3", "コーポ錦101", "132021"),
    ),
    (
        "住所：東京都立川市錦町３ー２ー１メゾン・ド・ミノリー３０１",
        *("東京都", "立川市", "", "錦町", "3-2-1", "メゾン・ド・ミノリー301", "132021"),
    ),
    (
        "東京都三宅島三宅村阿古497",
        *("東京都", "三宅島三宅村", "", "阿古", "497", "", "133817"),
    ),
    ("東京都三宅村阿古497", "東京都", "三宅村", "", "阿古", "497", "", "133817"),
    ("京都府八幡市八幡園内75", "京都府", "八幡市", "", "八幡園内", "75", "", "262102"),
    ("千葉県市川市八幡1-1-1", "千葉県", "市川市", "", "八幡", "1-1-1", "", "122033"),
    (
        "岐阜県郡上市八幡町島谷228",
        *("岐阜県", "郡上市", "", "八幡町島谷", "228", "", "212199"),
    ),
    (
        "新潟市中央区学校町通1番町602-1",
        *("新潟県", "新潟市中央区", "", "学校町通1番町", "602-1", "", "151033"),
    ),
    (
        "新潟県新潟市中央区学校町通一番町602番地1",
        *("新潟県", "新潟市中央区", "", "学校町通一番町", "602番地1", "", "151033"),
    ),
    ("三重県四日市市諏訪町1-5", "三重県", "四日市市", "", "諏訪町", "1-5", "", "242021"),
    (
        "広島県廿日市市下平良1-11-1",
        *("広島県", "廿日市市", "", "下平良", "1-11-1", "", "342131"),
    ),
    (
        "奈良県大和郡山市北郡山町248-4",
        *("奈良県", "大和郡山市", "", "北郡山町", "248-4", "", "292036"),
    ),
    ("東京都東村山市本町1-2-3", "東京都", "東村山市", "", "本町", "1-2-3", "", "132136"),
    (
        "北海道余市郡余市町朝日町26",
        *("北海道", "余市郡余市町", "", "朝日町", "26", "", "014087"),
    ),
    ("北海道余市町朝日町26", "北海道", "余市町", "", "朝日町", "26", "", "014087"),
    (
        "京都府京都市中京区寺町通御池上る上本能寺前町488",
        *("京都府", "京都市中京区", "寺町通御池上る", "上本能寺前町", "488", "", "261041"),
    ),
    (
        "京都市上京区今出川通河原町西入大宮町123 ハイツ2F",
        *("京都府", "京都市上京区", "今出川通河原町西入", "大宮町", "123", "ハイツ2F", "261025"),
    ),
    (
        "京都市中京区三条通烏丸東入ル梅忠町20",
        *("京都府", "京都市中京区", "三条通烏丸東入ル", "梅忠町", "20", "", "261041"),
    ),
    (
        "北海道札幌市中央区南5条西10丁目1-2",
        *("北海道", "札幌市中央区", "", "南5条西", "10丁目1-2", "", "011011"),
    ),
    (
        "札幌市中央区南五条西十丁目一番二号",
        *("北海道", "札幌市中央区", "", "南五条西", "10丁目1番2号", "", "011011"),
    ),
    (
        "横浜市みなとみらい2-2-1",
        *("神奈川県", "横浜市", "", "みなとみらい", "2-2-1", "", "141038"),
    ),
    ("横浜市1-2", "神奈川県", "横浜市", "", "", "1-2", "", ""),
    ("東京千代田区霞ヶ関1-2-3", "東京都", "千代田区", "", "霞ヶ関", "1-2-3", "", "131016"),
    (
        "東京都千代田区霞が関1丁目2番3号 中央合同庁舎第2号館",
        *("東京都", "千代田区", "", "霞が関", "1丁目2番3号", "中央合同庁舎第2号館", "131016"),
    ),
    ("東京都港区三田3-4", "東京都", "港区", "", "三田", "3-4", "", "131032"),
    ("東京都港区三田三丁目四番", "東京都", "港区", "", "三田", "3丁目4番", "", "131032"),
    (
        "東京都千代田区九段南1-2-1",
        *("東京都", "千代田区", "", "九段南", "1-2-1", "", "131016"),
    ),
    ("東京都千代田区一番町10", "東京都", "千代田区", "", "一番町", "10", "", "131016"),
    ("東京都中央区八丁堀2-3-4", "東京都", "中央区", "", "八丁堀", "2-3-4", "", "131024"),
    (
        "青森県青森市大字大野字若宮1-2",
        *("青森県", "青森市", "", "大字大野字若宮", "1-2", "", "022012"),
    ),
    (
        "宮城県大崎市鳴子温泉字新屋敷6",
        *("宮城県", "大崎市", "", "鳴子温泉字新屋敷", "6", "", "042153"),
    ),
    (
        "岩手県和賀郡西和賀町穴明22地割12",
        *("岩手県", "和賀郡西和賀町", "", "穴明", "22地割12", "", "033669"),
    ),
    (
        "香川県小豆郡土庄町甲123",
        *("香川県", "小豆郡土庄町", "", "", "甲123", "", "373222"),
    ),
    ("東京都利島村248", "東京都", "利島村", "", "", "248", "", "133621"),
    ("広島県府中市府川町315", "広島県", "府中市", "", "府川町", "315", "", "342084"),
    ("府中市府川町315", "広島県", "府中市", "", "府川町", "315", "", "342084"),
    ("府中市宮西町2-24", "東京都", "府中市", "", "宮西町", "2-24", "", "132063"),
    (
        "山形県西置賜郡小国町大字小国小坂町2-70",
        *("山形県", "西置賜郡小国町", "", "大字小国小坂町", "2-70", "", "064017"),
    ),
    ("西多摩郡桧原村467-1", "東京都", "西多摩郡桧原村", "", "", "467-1", "", "133078"),
    ("福島県伊達市保原町", "福島県", "伊達市", "", "保原町", "", "", "072133"),
    (
        "北海道樺戸郡浦臼町鶴沼第１　１２番地３４",
        *("北海道", "樺戸郡浦臼町", "", "鶴沼第1", "12番地34", "", "014311"),
    ),
    ("つくば市", "茨城県", "つくば市", "", "", "", "", "082201"),
    (
        "大阪市北区梅田１丁目１－３－２３００",
        *("大阪府", "大阪市北区", "", "梅田", "1丁目1-3-2300", "", "271276"),
    ),
]


@pytest.mark.parametrize("case", ADDRESSES, ids=lambda case: case[0])
def test_an_address_has_parts(case):
    line, *expected = case
    parts = AddressParts.parse(line)
    assert [
        *(parts.prefecture, parts.city, parts.street, parts.town, parts.lot, parts.building),
        parts.municipality_code,
    ] == expected
    assert parts.raw == line
    assert AddressParts.parse(str(parts)) == parts


@pytest.mark.parametrize(
    "line",
    [
        "〒190-0022 東京都立川市錦町1-2",
        "〒１９０ー００２２東京都立川市錦町1-2",
        "1900022　東京都立川市錦町1-2",
        "住所：〒190-0022 東京都立川市錦町1-2",
    ],
)
def test_a_postcode_may_stand_first(line):
    parts = AddressParts.parse(line)
    assert (parts.postcode, parts.town, parts.lot) == ("190-0022", "錦町", "1-2")
    assert str(parts) == "〒190-0022 東京都立川市錦町1-2"
    assert AddressParts.parse(str(parts)) == parts


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", "address_empty"),
        ("　", "address_empty"),
        ("〒190-0022", "address_empty"),
        ("曙町1-2-3", "address_no_city"),
        ("江戸", "address_no_city"),
        ("東京都", "address_no_city"),
        ("埼玉県立川市錦町1", "address_no_city"),
        ("日本", "address_no_city"),
        ("1-2-3", "address_no_city"),
        ("\ue000", "address_no_city"),
        ("<script>", "address_no_city"),
        ("府中市", "address_ambiguous_city"),
        ("立川市" + "一" * 1000, "address_too_long"),
        ("伊達市1-2", "address_ambiguous_city"),
    ],
)
def test_other_lines_are_refused(line, code):
    with pytest.raises(InvalidValue) as refused:
        AddressParts.parse(line)
    assert refused.value.problem == code


@given(st.data())
def test_every_address_of_the_data_is_found_again(data):
    place = data.draw(st.sampled_from(municipalities()))
    found = towns(place.code)
    town = data.draw(st.sampled_from(found)).name if found else ""
    parts = AddressParts.parse(f"{place.prefecture}{place.name}{town} 12番地34")
    assert (parts.prefecture, parts.city, parts.lot) == (place.prefecture, place.name, "12番地34")
    assert (parts.municipality_code, parts.street + parts.town) == (place.code, clean(town))


def clean(town):
    return town.translate({0xFF10 + each: str(each) for each in range(10)} | WIDE)


WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF21, 0xFF5B)}


@given(
    st.text(st.sampled_from("東京都立川市錦町1２三－ー 　京上る通字大丁目番号ビル①")) | st.text()
)
def test_dividing_again_changes_nothing(text):
    try:
        parts = AddressParts.parse(text)
    except InvalidValue:
        return
    assert AddressParts.parse(str(parts)) == parts


@pytest.mark.parametrize(
    ("typed", "prefecture", "code"),
    [
        ("立川市", "", "132021"),
        ("立川市", "東京都", "132021"),
        ("東京都立川市", "", "132021"),
        (" 立 川 市 ", "", "132021"),
        ("余市町", "", "014087"),
        ("余市郡余市町", "", "014087"),
        ("三宅村", "", "133817"),
        ("府中市", "広島県", "342084"),
        ("広島県府中市", "", "342084"),
        ("札幌市中央区", "", "011011"),
        ("千代田区", "", "131016"),
        ("鎌ヶ谷市", "", "122246"),
        ("鎌ケ谷市", "", "122246"),
    ],
)
def test_municipalities_are_found_by_name(typed, prefecture, code):
    assert find_municipality(typed, prefecture).code == code


@pytest.mark.parametrize(
    ("typed", "prefecture", "code"),
    [
        ("", "", "municipality_empty"),
        ("　", "", "municipality_empty"),
        ("府中市", "", "municipality_ambiguous"),
        ("横浜市", "", "municipality_ambiguous"),
        ("中央区", "", "131024"),
        ("立川市", "埼玉県", "municipality_unknown"),
        ("立川", "", "municipality_unknown"),
        ("立川市錦町", "", "municipality_unknown"),
        ("東京都", "", "municipality_unknown"),
    ],
)
def test_other_names_are_refused(typed, prefecture, code):
    try:
        found = find_municipality(typed, prefecture).code
    except InvalidValue as refused:
        found = str(refused.problem)
    assert found == code
