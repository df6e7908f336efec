import pytest

from govkit.forms import BankAccountBlock
from tests.forms.cases import posted

BANK = {
    "bank_name": "みずほ銀行",
    "branch_name": "立川支店",
    "branch_code": "１９８",
    "type": "1",
    "number": "123-4567",
    "holder": "やまだ　たろう",
}
YUCHO = {
    "institution": "yucho",
    "symbol": "11940",
    "yucho_number": "12345671",
    "holder": "ヤマダ タロウ",
}
REQUIRED = "required"


def read(has_yucho=False, **texts):
    return posted(BankAccountBlock("振込先", has_yucho=has_yucho), texts)


def codes(block):
    return {message.part: message.code for message in block.errors}


def test_an_account_is_read_whole():
    block = read(**BANK, bank_code="0001")
    assert block.errors == []
    assert block.data == {
        "bank_name": "みずほ銀行",
        "bank_code": "0001",
        "branch_name": "立川支店",
        "branch_code": "198",
        "type": "1",
        "number": "1234567",
        "holder": "ﾔﾏﾀﾞ ﾀﾛｳ",
    }
    assert block.yucho is None


@pytest.mark.parametrize(
    ("changed", "part", "code"),
    [
        ({"bank_name": ""}, "bank_name", REQUIRED),
        ({"bank_name": "　"}, "bank_name", REQUIRED),
        ({"bank_name": "123456789018"}, "bank_name", "my_number_not_allowed"),
        ({"branch_name": ""}, "branch_name", REQUIRED),
        ({"branch_code": ""}, "branch_code", REQUIRED),
        ({"branch_code": "1"}, "branch_code", "bank_code_lost_zero"),
        ({"branch_code": "1980"}, "branch_code", "bank_code_wrong_length"),
        ({"branch_code": "本店"}, "branch_code", "bank_code_not_digits"),
        ({"bank_code": "1"}, "bank_code", "bank_code_lost_zero"),
        ({"bank_code": "みずほ"}, "bank_code", "bank_code_not_digits"),
        ({"type": ""}, "type", REQUIRED),
        ({"type": "9"}, "type", "choice_not_listed"),
        ({"type": "普通"}, "type", "choice_not_listed"),
        ({"number": ""}, "number", REQUIRED),
        ({"number": "123456"}, "number", "bank_code_lost_zero"),
        ({"number": "12345678"}, "number", "bank_code_wrong_length"),
        ({"number": "１２３４５６Ｏ"}, "number", "bank_code_not_digits"),
        ({"number": "1.23E+06"}, "number", "bank_code_spreadsheet"),
        ({"holder": ""}, "holder", REQUIRED),
        ({"holder": "山田太郎"}, "holder", "bank_name_not_kana"),
        ({"holder": "ジョン・スミス"}, "holder", "bank_name_middle_dot"),
        ({"holder": "㈱ヤマダ"}, "holder", "bank_name_company_form"),
        ({"holder": "ガ" * 16}, "holder", "bank_name_too_long"),
        ({"holder": "O'BRIEN"}, "holder", "bank_name_not_allowed"),
    ],
)
def test_each_field_is_judged_by_itself(changed, part, code):
    assert codes(read(**BANK | changed)) == {part: code}


@pytest.mark.parametrize(
    ("typed", "data"),
    [
        ({"number": "　１２３４５６７"}, {"number": "1234567"}),
        ({"number": "'1234567"}, {"number": "1234567"}),
        ({"branch_code": "1 9 8"}, {"branch_code": "198"}),
        ({"bank_code": "０００１"}, {"bank_code": "0001"}),
        ({"bank_code": ""}, {"bank_code": None}),
        ({"type": "2"}, {"type": "2"}),
        ({"type": "4"}, {"type": "4"}),
        ({"holder": "カ）サービス"}, {"holder": "ｶ)ｻ-ﾋﾞｽ"}),
        ({"holder": "Smith　John"}, {"holder": "SMITH JOHN"}),
    ],
)
def test_each_field_is_put_in_order(typed, data):
    block = read(**BANK | typed)
    assert block.errors == []
    assert block.data.items() >= data.items()


def test_the_post_bank_takes_symbol_and_number():
    block = read(has_yucho=True, **YUCHO)
    assert block.errors == []
    assert (block["symbol"].data, block["yucho_number"].data) == ("11940", "12345671")
    account = block.yucho
    assert (account.bank_code, account.branch_code, account.account_number) == (
        "9900", "198", "1234567",
    )  # fmt: skip
    assert str(account) == "11940-12345671"


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"institution": ""}, {"institution": REQUIRED}),
        ({"institution": "jp"}, {"institution": "choice_not_listed"}),
        ({"symbol": ""}, {"symbol": REQUIRED}),
        ({"yucho_number": ""}, {"yucho_number": REQUIRED}),
        ({"symbol": "", "yucho_number": ""}, {"symbol": REQUIRED, "yucho_number": REQUIRED}),
        ({"symbol": "1194"}, {"symbol": "yucho_symbol_length"}),
        ({"symbol": "119400"}, {"symbol": "yucho_symbol_length"}),
        ({"symbol": "21940"}, {"symbol": "yucho_symbol_form"}),
        ({"symbol": "11941"}, {"symbol": "yucho_symbol_form"}),
        ({"symbol": "一九"}, {"symbol": "yucho_symbol_not_digits"}),
        ({"yucho_number": "123456781"}, {"yucho_number": "yucho_number_length"}),
        ({"yucho_number": "1"}, {"yucho_number": "yucho_number_length"}),
        ({"yucho_number": "12345672"}, {"yucho_number": "yucho_number_form"}),
        ({"yucho_number": "番号"}, {"yucho_number": "yucho_number_not_digits"}),
        ({"yucho_number": "1.2E+07"}, {"yucho_number": "yucho_spreadsheet"}),
        ({"holder": ""}, {"holder": REQUIRED}),
    ],
)
def test_the_fields_of_the_post_bank_are_judged(changed, wrong):
    assert codes(read(has_yucho=True, **YUCHO | changed)) == wrong


@pytest.mark.parametrize("symbol", ["１１９４０", "11940-2", "11940－２", " 1194 0 "])
def test_symbols_are_read_as_passbooks_print_them(symbol):
    assert read(has_yucho=True, **YUCHO | {"symbol": symbol})["symbol"].data == "11940"


def test_short_numbers_of_the_post_bank_get_their_zeros():
    assert (
        read(has_yucho=True, **YUCHO | {"yucho_number": "123451"}).yucho.account_number == "0012345"
    )


def test_what_belongs_to_the_other_kind_is_dropped_and_not_judged():
    block = read(has_yucho=True, **YUCHO | {"branch_code": "X", "number": "12"})
    assert block.errors == []
    assert block["number"].data is None
    assert "X" not in block["branch_code"]()

    block = read(has_yucho=True, **BANK, institution="bank", symbol="9")
    assert block.errors == []
    assert (block["symbol"].data, block["number"].data) == (None, "1234567")


def test_a_bank_in_the_block_for_both_needs_all_of_it():
    block = read(has_yucho=True, institution="bank", holder="ヤマダ")
    assert codes(block) == dict.fromkeys(
        ("bank_name", "branch_name", "branch_code", "type", "number"), REQUIRED
    )


def test_an_account_may_stay_blank_where_that_is_allowed():
    block = posted(BankAccountBlock("振込先", may_be_blank=True), {})
    assert block.errors == []


def test_the_block_is_a_fieldset_with_the_radios_in_their_own():
    html = read(has_yucho=True)()
    assert html.count("<fieldset") == 3
    assert 'inputmode="numeric"' in html
