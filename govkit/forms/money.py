"""Fields for amounts of money and for bank accounts."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from govkit.errors import InvalidValue
from govkit.forms.blocks import Block
from govkit.forms.choices import RadioField
from govkit.forms.fields import Field, TextField
from govkit.forms.number_field import NumberField
from govkit.forms.rules import When
from govkit.forms.validators import Length
from govkit.jp.amounts import Amount, AmountProblem
from govkit.jp.bank import (
    AccountNumber,
    AccountType,
    BankAccountName,
    BankCode,
    BankCodeProblem,
    BankName,
    BankNameProblem,
    BranchCode,
    YuchoAccount,
    YuchoProblem,
)

__all__ = [
    "AccountHolderField",
    "AccountNumberField",
    "AmountField",
    "BankAccountBlock",
    "BankCodeField",
    "BankNameKanaField",
    "BranchCodeField",
]

_BLANK: Final = "{label}を入力してください"
_SPOILT: Final = (
    "{label}は表計算ソフトで形が変わっています（1.23E+12など）。もとの番号を数字で入力してください"
)


class AmountField(NumberField):
    """An amount of money in yen (金額); the data is whole yen.

    Validators such as ``Range`` limit it.

    :param allows_negative: Whether amounts below zero are taken, written with -, ▲ or △.
    """

    inputmode = "numeric"
    width = 16
    problem_texts: ClassVar[Mapping[Any, str]] = {
        AmountProblem.EMPTY: _BLANK,
        AmountProblem.NOT_A_NUMBER: "{label}は数字で入力してください（例：12,000円）",
        AmountProblem.COMMAS: "{label}のコンマは3桁ごとに入れるか、入れずに入力してください",
        AmountProblem.DECIMALS: "{label}は1円未満のない数字で入力してください（例：12,000円）",
        AmountProblem.NEGATIVE: "{label}は0円以上の金額を入力してください",
        AmountProblem.TOO_LARGE: "{label}は15桁以内で入力してください",
        AmountProblem.SPREADSHEET: _SPOILT,
        AmountProblem.OTHER_CURRENCY: "{label}は日本円で入力してください",
    }
    meant_texts: ClassVar[Mapping[Any, str]] = {
        AmountProblem.COMMAS: (
            "{label}のコンマの位置を確かめてください。「{suggestion}」ではありませんか"
        ),
    }

    def __init__(
        self, label: str, *args: Any, allows_negative: bool = False, **options: Any
    ) -> None:
        self.allows_negative = allows_negative
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> Amount:
        """The amount."""
        return Amount.parse(text, allows_negative=self.allows_negative)

    def stored(self, value: Any) -> Any:
        """Whole yen."""
        return value.yen if isinstance(value, Amount) else value

    def process_data(self, value: Any) -> None:
        """Take whole yen, or an ``Amount``."""
        self.take(Amount(value) if isinstance(value, int) else value)

    def format(self, value: Any) -> str:
        """The amount with commas and 円."""
        return value.formatted if isinstance(value, Amount) else str(value)


_BANK_NAME_TEXTS: Final[Mapping[Any, str]] = {
    BankNameProblem.EMPTY: _BLANK,
    BankNameProblem.NOT_KANA: "{label}は通帳のとおりカタカナで入力してください（例：ヤマダ タロウ）",
    BankNameProblem.MIDDLE_DOT: "{label}に「・」は使えません。空白に替えて入力してください",
    BankNameProblem.COMPANY_FORM: (
        "{label}の法人の種類は略して「{suggestion}」のように入力してください"
    ),
    BankNameProblem.WO: "{label}に「ヲ」は使えません。「オ」で入力してください",
    BankNameProblem.STRAY_MARK: "{label}の濁点や半濁点の位置を確かめて入力してください",
    BankNameProblem.NOT_ALLOWED: (
        "{label}はカタカナ、英字、数字と ( ) - . / だけで入力してください"
    ),
    BankNameProblem.TOO_LONG: (
        "{label}は{longest}文字以内で入力してください（いま{count}文字です。濁点も1文字と数えます）"
    ),
}
_MEANT_NAME: Final = "{label}に「・」は使えません。「{suggestion}」のように入力してください"


class AccountHolderField(Field):
    """Name of an account's holder in the kana of the banks (口座名義, 全銀カナ).

    The data is half-width with large kana, as passbooks and transfers have it.
    """

    width = None
    problem_texts: ClassVar[Mapping[Any, str]] = _BANK_NAME_TEXTS
    meant_texts: ClassVar[Mapping[Any, str]] = {BankNameProblem.MIDDLE_DOT: _MEANT_NAME}

    def parse(self, text: str) -> BankAccountName:
        """The name."""
        return BankAccountName.parse(text)


class BankNameKanaField(AccountHolderField):
    """Name of a bank or branch in the kana of the banks (金融機関名, 支店名): without ヲ, 15 characters."""

    problem_texts: ClassVar[Mapping[Any, str]] = {
        **_BANK_NAME_TEXTS,
        BankNameProblem.NOT_KANA: "{label}は通帳のとおりカタカナで入力してください（例：ミホン）",
    }

    def parse(self, text: str) -> BankName:
        """The name."""
        return BankName.parse(text)


_CODE_TEXTS: Final[Mapping[Any, str]] = {
    BankCodeProblem.EMPTY: _BLANK,
    BankCodeProblem.NOT_DIGITS: "{label}は数字で入力してください",
    BankCodeProblem.WRONG_LENGTH: "{label}は{length}桁の数字で入力してください",
    BankCodeProblem.LOST_ZERO: (
        "{label}は{length}桁です。通帳の番号がそれより短いときは、先頭に0を付けて"
        "「{suggestion}」と入力してください"
    ),
    BankCodeProblem.SPREADSHEET: _SPOILT,
}


class BankCodeField(NumberField):
    """Code of a bank (金融機関コード) of four digits."""

    inputmode = "numeric"
    width = 4
    problem_texts: ClassVar[Mapping[Any, str]] = _CODE_TEXTS

    def parse(self, text: str) -> BankCode:
        """The code."""
        return BankCode.parse(text)


class BranchCodeField(BankCodeField):
    """Code of a branch (支店コード, 店番) of three digits."""

    def parse(self, text: str) -> BranchCode:
        """The code."""
        return BranchCode.parse(text)


class AccountNumberField(BankCodeField):
    """Number of an account (口座番号) of seven digits; shorter ones are asked for with their zeros."""

    width = 8

    def parse(self, text: str) -> AccountNumber:
        """The number."""
        return AccountNumber.parse(text)


_YUCHO_TEXTS: Final[Mapping[Any, str]] = {
    YuchoProblem.SYMBOL_EMPTY: _BLANK,
    YuchoProblem.SYMBOL_NOT_DIGITS: "{label}は5桁の数字で入力してください",
    YuchoProblem.SYMBOL_LENGTH: "{label}は5桁の数字で入力してください",
    YuchoProblem.SYMBOL_FORM: "{label}は通帳の左側の5桁（1で始まり0で終わる番号）を入力してください",
    YuchoProblem.NUMBER_EMPTY: _BLANK,
    YuchoProblem.NUMBER_NOT_DIGITS: "{label}は8桁までの数字で入力してください",
    YuchoProblem.NUMBER_LENGTH: "{label}は8桁までの数字で入力してください",
    YuchoProblem.NUMBER_FORM: "{label}は通帳の右側の番号（1で終わる番号）を入力してください",
    YuchoProblem.SPREADSHEET: _SPOILT,
}


class _SymbolField(NumberField):
    """Symbol (記号) of an account of ゆうちょ銀行."""

    inputmode = "numeric"
    width = 8
    problem_texts: ClassVar[Mapping[Any, str]] = _YUCHO_TEXTS

    def parse(self, text: str) -> str:
        """The symbol."""
        return YuchoAccount.parse_symbol(text)


class _NumberOfSymbolField(_SymbolField):
    """Number (番号) of an account of ゆうちょ銀行."""

    def parse(self, text: str) -> str:
        """The number."""
        return YuchoAccount.parse_number(text)


_BANK: Final = "bank"
_YUCHO: Final = "yucho"
_YUCHO_FIELDS: Final[tuple[str, ...]] = ("symbol", "yucho_number")

_TYPES: Final = (
    (AccountType.ORDINARY.value, "普通預金"),
    (AccountType.CURRENT.value, "当座預金"),
    (AccountType.SAVINGS.value, "貯蓄預金"),
)


def _fields(*, has_yucho: bool) -> Iterator[tuple[str, Any]]:
    bank: dict[str, Any] = {}
    yucho: dict[str, Any] = {"show_if": When("institution", equals=_YUCHO), "required": True}
    if has_yucho:
        choices = ((_BANK, "銀行・信用金庫・農協など"), (_YUCHO, "ゆうちょ銀行"))
        yield "institution", RadioField("金融機関の種類", choices=choices, required=True)
        bank = {"show_if": When("institution", equals=_BANK)}
    name = {"required": True, "width": 16, **bank}
    yield "bank_name", TextField("金融機関名", [Length(max=40)], **name)
    about = "分かるときは4桁で入力してください"
    yield "bank_code", BankCodeField("金融機関コード", support=about, **bank)
    yield "branch_name", TextField("支店名", [Length(max=40)], **name)
    yield "branch_code", BranchCodeField("支店コード（店番）", required=True, **bank)
    yield "type", RadioField("預金の種類", choices=_TYPES, required=True, **bank)
    yield "number", AccountNumberField("口座番号", required=True, **bank)
    if has_yucho:
        yield "symbol", _SymbolField("記号", **yucho)
        yield "yucho_number", _NumberOfSymbolField("番号", **yucho)
    yield (
        "holder",
        AccountHolderField(
            "口座名義（カナ）",
            required=True,
            support="通帳の見開きにあるカタカナのとおりに入力してください",
        ),
    )


class BankAccountBlock(Block):
    """A bank account (口座): bank, branch, type, number and holder in the kana of the banks.

    The fields are ``bank_name``, ``bank_code``, ``branch_name``, ``branch_code``, ``type`` (an
    :class:`~govkit.jp.bank.AccountType`'s code), ``number`` and ``holder``. With ``has_yucho`` the
    block also asks for the kind of ``institution``, and for ゆうちょ銀行 takes ``symbol`` and
    ``yucho_number`` instead; what does not belong to the chosen kind is not asked.

    :param has_yucho: Whether accounts of ゆうちょ銀行 can be given by symbol and number.
    """

    def __new__(cls, *args: Any, has_yucho: bool = False, **options: Any) -> Any:
        """Put the fields together when the block is declared."""
        if "_form" not in options:
            options["fields"] = dict(_fields(has_yucho=has_yucho))
        return super().__new__(cls, *args, **options)

    @property
    def is_yucho(self) -> bool:
        """Whether an account of ゆうちょ銀行 was chosen."""
        return "institution" in self.form and self["institution"].data == _YUCHO

    @property
    def yucho(self) -> YuchoAccount | None:
        """The account of ゆうちょ銀行, with its branch and number for transfers (rule unverified)."""
        if not self.is_yucho or not all(self[name].data for name in _YUCHO_FIELDS):
            return None
        try:
            return YuchoAccount.parse(*(self[name].data for name in _YUCHO_FIELDS))
        except InvalidValue:
            return None
