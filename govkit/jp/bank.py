"""Bank accounts: the kana of account names (全銀), codes, numbers and the symbols of ゆうちょ銀行.

The character sets and lengths of the banks' common format (全銀協 標準通信プロトコル) are unverified.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import DASH_LIKE, read_digits, tidy, upper_ascii
from govkit.jp.text import fold_spaces, to_half_width, to_katakana

__all__ = [
    "AccountNumber",
    "AccountType",
    "BankAccountName",
    "BankCode",
    "BankCodeProblem",
    "BankName",
    "BankNameProblem",
    "BranchCode",
    "YuchoAccount",
    "YuchoProblem",
]


class BankNameProblem(StrEnum):
    """Why a name cannot be written in the kana of the banks."""

    EMPTY = "bank_name_empty"
    NOT_KANA = "bank_name_not_kana"
    MIDDLE_DOT = "bank_name_middle_dot"
    COMPANY_FORM = "bank_name_company_form"
    WO = "bank_name_wo"
    STRAY_MARK = "bank_name_stray_mark"
    NOT_ALLOWED = "bank_name_not_allowed"
    TOO_LONG = "bank_name_too_long"


_LARGE: Final = str.maketrans("ァィゥェォッャュョヮヵヶーヰヱ", "アイウエオツヤユヨワカケ-イエ")
_TO_HYPHEN: Final = dict.fromkeys(map(ord, DASH_LIKE.replace("_", "")), "-")
_LOOSE_MARKS: Final = {0x3099: 0xFF9E, 0x309B: 0xFF9E, 0x309A: 0xFF9F, 0x309C: 0xFF9F}
_ALLOWED: Final = re.compile(r"[0-9A-Z\uff66\uff71-\uff9f ()\-./]+")
_WORD: Final = re.compile(r"[0-9A-Z\uff66\uff71-\uff9d]")
_STRAY_MARK: Final = re.compile(
    r"(?<![\uff73\uff76-\uff84\uff8a-\uff8e])\uff9e|(?<![\uff8a-\uff8e])\uff9f"
)
_MIDDLE_DOTS: Final = re.compile("[・･·•‧∙⋅]")
# Short forms of legal persons in account names, unverified beyond the first five.
_COMPANY_FORMS: Final = {
    "株式会社": "カ", "有限会社": "ユ", "合名会社": "メ", "合資会社": "シ", "合同会社": "ド",
    "医療法人": "イ", "学校法人": "ガク", "宗教法人": "シユウ", "社会福祉法人": "フク",
    "一般社団法人": "シヤ", "公益社団法人": "シヤ", "一般財団法人": "ザイ", "公益財団法人": "ザイ",
}  # fmt: skip
_SQUARED: Final = {
    "㈱": "株式会社",
    "㍿": "株式会社",
    "㈲": "有限会社",
    "(株)": "株式会社",
    "(有)": "有限会社",
}


def _short_form(text: str) -> str:
    """The text with the form of a company in the banks' writing; blank without one."""
    for squared, written in _SQUARED.items():
        text = text.replace(squared, written)
    for written, short in _COMPANY_FORMS.items():
        if text.startswith(written):
            return f"{short}){text.removeprefix(written).strip()}"
        if text.endswith(written):
            return f"{text.removesuffix(written).strip()}({short}"
    return ""


def _narrow(text: str) -> str:
    katakana = to_katakana(fold_spaces(text)).translate(_LARGE).translate(_TO_HYPHEN)
    return to_half_width(upper_ascii(katakana)).translate(_LOOSE_MARKS)


@dataclass(frozen=True, slots=True)
class BankAccountName:
    """Name of an account's holder in the kana of the banks (口座名義, 全銀カナ).

    :param text: Half-width: kana without small ones, A-Z, 0-9, space and ``( ) - . /``; a voiced mark
        is a character of its own.
    """

    longest: ClassVar[int] = 30
    allows_wo: ClassVar[bool] = True

    text: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read kana of any kind, letters and signs of either width.

        Small kana become large, the long mark a hyphen, several spaces one. 株式会社 and the like are
        refused with カ) in their place, the middle dot with a space.

        :raises InvalidValue: With a :class:`BankNameProblem`; when too long with ``longest`` and
            ``count`` among its params.
        """
        plain = fold_spaces(tidy(text))
        if not plain:
            raise InvalidValue(BankNameProblem.EMPTY)
        if meant := _short_form(plain):
            is_kana = cls._problem_of(_narrow(meant)) is None
            problem = BankNameProblem.COMPANY_FORM if is_kana else BankNameProblem.NOT_KANA
            raise InvalidValue(problem, meant if is_kana else "")
        if _MIDDLE_DOTS.search(plain):
            spaced = fold_spaces(_MIDDLE_DOTS.sub(" ", plain))
            raise InvalidValue(BankNameProblem.MIDDLE_DOT, spaced)
        name = _narrow(plain)
        if refused := cls._problem_of(name):
            raise InvalidValue(refused)
        if len(name) > cls.longest:
            raise InvalidValue(BankNameProblem.TOO_LONG, longest=cls.longest, count=len(name))
        return cls(name, text)

    @classmethod
    def _problem_of(cls, name: str) -> BankNameProblem | None:
        if not _ALLOWED.fullmatch(name):
            is_sign = all(not character.isalpha() for character in _ALLOWED.sub("", name))
            return BankNameProblem.NOT_ALLOWED if is_sign else BankNameProblem.NOT_KANA
        if _STRAY_MARK.search(name):
            return BankNameProblem.STRAY_MARK
        if "ｦ" in name and not cls.allows_wo:
            return BankNameProblem.WO
        return None if _WORD.search(name) else BankNameProblem.NOT_KANA

    def __str__(self) -> str:
        return self.text


class BankName(BankAccountName):
    """Name of a bank or branch in the kana of the banks (金融機関名, 支店名): without ヲ, 15 characters."""

    __slots__ = ()
    longest = 15
    allows_wo = False


class BankCodeProblem(StrEnum):
    """Why the code of a bank or branch, or an account number, cannot be read."""

    EMPTY = "bank_code_empty"
    NOT_DIGITS = "bank_code_not_digits"
    WRONG_LENGTH = "bank_code_wrong_length"
    LOST_ZERO = "bank_code_lost_zero"
    SPREADSHEET = "bank_code_spreadsheet"


@dataclass(frozen=True, slots=True, order=True)
class BankCode:
    """Code of a bank (金融機関コード, 統一金融機関コード): four digits.

    :param digits: ASCII digits.
    """

    length: ClassVar[int] = 4
    shortest: ClassVar[int] = 1

    digits: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number in any width.

        Too few digits are never filled up silently, as one may be missing anywhere: they are refused
        with the number that zeros before it give.

        :raises InvalidValue: With a :class:`BankCodeProblem` and ``length`` among its params.
        """
        digits = read_digits(
            text,
            empty=BankCodeProblem.EMPTY,
            spoilt=BankCodeProblem.SPREADSHEET,
            other=BankCodeProblem.NOT_DIGITS,
        )
        if cls.shortest <= len(digits) < cls.length:
            meant = digits.zfill(cls.length)
            raise InvalidValue(BankCodeProblem.LOST_ZERO, meant, length=cls.length)
        if len(digits) != cls.length:
            raise InvalidValue(BankCodeProblem.WRONG_LENGTH, length=cls.length)
        return cls(digits, text)

    def __str__(self) -> str:
        return self.digits


class BranchCode(BankCode):
    """Code of a branch (支店コード, 店番): three digits."""

    __slots__ = ()
    length = 3


class AccountNumber(BankCode):
    """Number of an account (口座番号): seven digits; passbooks may show fewer, without the zeros."""

    __slots__ = ()
    length = 7
    shortest = 4


class AccountType(StrEnum):
    """Kind of account (預金種目), valued by its code in the banks' format."""

    ORDINARY = "1"
    CURRENT = "2"
    SAVINGS = "4"

    @property
    def japanese(self) -> str:
        """Its name on a passbook: 普通, 当座 or 貯蓄."""
        return _TYPE_NAMES[self]


_TYPE_NAMES: Final = {
    AccountType.ORDINARY: "普通",
    AccountType.CURRENT: "当座",
    AccountType.SAVINGS: "貯蓄",
}


_REISSUED: Final = re.compile(f"^([0-9]{{5}})[ {re.escape(DASH_LIKE)}]+[0-9]$")


class YuchoProblem(StrEnum):
    """Why symbol and number of an account of ゆうちょ銀行 cannot be read."""

    SYMBOL_EMPTY = "yucho_symbol_empty"
    SYMBOL_NOT_DIGITS = "yucho_symbol_not_digits"
    SYMBOL_LENGTH = "yucho_symbol_length"
    SYMBOL_FORM = "yucho_symbol_form"
    NUMBER_EMPTY = "yucho_number_empty"
    NUMBER_NOT_DIGITS = "yucho_number_not_digits"
    NUMBER_LENGTH = "yucho_number_length"
    NUMBER_FORM = "yucho_number_form"
    SPREADSHEET = "yucho_spreadsheet"


@dataclass(frozen=True, slots=True)
class YuchoAccount:
    """A savings account of ゆうちょ銀行 by its symbol (記号) and number (番号).

    :param symbol: Five digits, 1 at the beginning and 0 at the end.
    :param number: Two to eight digits, 1 at the end.
    """

    symbol: str
    number: str
    raw: tuple[str, str] = field(default=("", ""), compare=False, repr=False)

    bank_code: ClassVar[str] = "9900"

    @classmethod
    def parse(cls, symbol: str, number: str) -> Self:
        """Read symbol and number; a digit after the symbol (再発行, as in 10980-2) is left out.

        :raises InvalidValue: With a :class:`YuchoProblem`.
        """
        return cls(cls.parse_symbol(symbol), cls.parse_number(number), (symbol, number))

    @staticmethod
    def parse_symbol(text: str) -> str:
        """Read the symbol alone.

        :raises InvalidValue: With a :class:`YuchoProblem`.
        """
        symbol = read_digits(
            _REISSUED.sub(r"\1", tidy(text)),
            empty=YuchoProblem.SYMBOL_EMPTY,
            spoilt=YuchoProblem.SPREADSHEET,
            other=YuchoProblem.SYMBOL_NOT_DIGITS,
        )
        if len(symbol) != 5:
            raise InvalidValue(YuchoProblem.SYMBOL_LENGTH)
        if symbol[0] != "1" or symbol[4] != "0":
            raise InvalidValue(YuchoProblem.SYMBOL_FORM)
        return symbol

    @staticmethod
    def parse_number(text: str) -> str:
        """Read the number alone.

        :raises InvalidValue: With a :class:`YuchoProblem`.
        """
        number = read_digits(
            text,
            empty=YuchoProblem.NUMBER_EMPTY,
            spoilt=YuchoProblem.SPREADSHEET,
            other=YuchoProblem.NUMBER_NOT_DIGITS,
        )
        if not 2 <= len(number) <= 8:
            raise InvalidValue(YuchoProblem.NUMBER_LENGTH)
        if number[-1] != "1":
            raise InvalidValue(YuchoProblem.NUMBER_FORM)
        return number

    @property
    def branch_code(self) -> str:
        """Branch for transfers from other banks: the symbol's second and third digit and 8.

        The rule is unverified; show the result to the holder for comparison with the passbook.
        """
        return f"{self.symbol[1:3]}8"

    @property
    def account_number(self) -> str:
        """Account number for transfers from other banks: the number without its last 1, seven digits.

        The rule is unverified, as that of :attr:`branch_code`.
        """
        return self.number[:-1].zfill(7)

    def __str__(self) -> str:
        return f"{self.symbol}-{self.number}"
