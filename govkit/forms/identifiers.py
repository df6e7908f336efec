"""Fields for numbers that identify: municipalities, schools, corporations, residence cards, people."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from govkit.forms.fields import Field
from govkit.forms.number_field import NumberField
from govkit.forms.widgets import TemplateWidget
from govkit.jp.corporate import (
    CorporateNumber,
    CorporateNumberProblem,
    InvoiceNumber,
    InvoiceNumberProblem,
)
from govkit.jp.my_number import MyNumber, MyNumberProblem
from govkit.jp.numbers import BoardCode, CodeProblem, MunicipalityCode, SchoolCode
from govkit.jp.residence_card import ResidenceCardNumber, ResidenceCardProblem

__all__ = [
    "BoardCodeField",
    "CorporateNumberField",
    "InvoiceNumberField",
    "MunicipalityCodeField",
    "MyNumberField",
    "ResidenceCardField",
    "SchoolCodeField",
]

_BLANK: Final = "{label}を入力してください"
_SPOILT: Final = (
    "{label}は表計算ソフトで形が変わっています（1.23E+12など）。もとの番号を数字で入力してください"
)
_WRONG_CHECK_DIGIT: Final = (
    "{label}の検査数字が合いません。打ち間違いがないか、一文字ずつ確かめてください"
)
_MEANT: Final = "{label}は「{suggestion}」ではありませんか。確かめて入力し直してください"
_THIRTEEN_DIGITS: Final = re.compile("[Tt]?[0-9]{13}")
_SIX_DIGITS: Final = "{label}は6桁の数字で入力してください（例：132021）"
_MEANT_SIX: Final = "{label}は6桁で入力してください。「{suggestion}」ではありませんか（先頭の0や最後の検査数字が必要です）"
_SIX_TEXTS: Final[Mapping[Any, str]] = {
    CodeProblem.EMPTY: _BLANK,
    CodeProblem.NOT_DIGITS: _SIX_DIGITS,
    CodeProblem.WRONG_LENGTH: _SIX_DIGITS,
    CodeProblem.UNKNOWN_PREFECTURE: (
        "{label}の最初の2桁は都道府県の番号（01から47まで）で入力してください"
    ),
    CodeProblem.CHECK_DIGIT: _WRONG_CHECK_DIGIT,
    CodeProblem.SPREADSHEET: _SPOILT,
}


class MunicipalityCodeField(NumberField):
    """Code of a local government (全国地方公共団体コード) of six digits, the check digit included."""

    inputmode = "numeric"
    width = 8
    problem_texts: ClassVar[Mapping[Any, str]] = _SIX_TEXTS
    meant_texts: ClassVar[Mapping[Any, str]] = {CodeProblem.WRONG_LENGTH: _MEANT_SIX}

    def parse(self, text: str) -> MunicipalityCode:
        """The code."""
        return MunicipalityCode.parse(text)


class BoardCodeField(NumberField):
    """Code of a board of education (教育委員会コード) of six digits."""

    inputmode = "numeric"
    width = 8
    problem_texts: ClassVar[Mapping[Any, str]] = _SIX_TEXTS
    meant_texts: ClassVar[Mapping[Any, str]] = {CodeProblem.WRONG_LENGTH: _MEANT_SIX}

    def parse(self, text: str) -> BoardCode:
        """The code."""
        return BoardCode.parse(text)


class SchoolCodeField(NumberField):
    """School code of the Ministry of Education (学校コード): a letter and twelve digits."""

    width = 16
    shape = re.compile(r"[^0-9].{12}")
    problem_texts: ClassVar[Mapping[Any, str]] = {
        CodeProblem.EMPTY: _BLANK,
        CodeProblem.WRONG_LENGTH: "{label}は13文字で入力してください（例：B113299999911）",
        CodeProblem.WRONG_FORM: (
            "{label}は英字1文字と数字12桁で入力してください（例：B113299999911）"
        ),
        CodeProblem.UNKNOWN_PREFECTURE: (
            "{label}の3文字目と4文字目は都道府県の番号（01から47まで）で入力してください"
        ),
        CodeProblem.CHECK_DIGIT: _WRONG_CHECK_DIGIT,
        CodeProblem.SPREADSHEET: _SPOILT,
    }
    meant_texts: ClassVar[Mapping[Any, str]] = {
        CodeProblem.WRONG_FORM: _MEANT,
        CodeProblem.UNKNOWN_PREFECTURE: _MEANT,
    }

    def parse(self, text: str) -> SchoolCode:
        """The code."""
        return SchoolCode.parse(text)


class CorporateNumberField(NumberField):
    """Corporate number (法人番号) of thirteen digits; T before it is taken off."""

    inputmode = "numeric"
    width = 16
    shape = _THIRTEEN_DIGITS
    problem_texts: ClassVar[Mapping[Any, str]] = {
        CorporateNumberProblem.EMPTY: _BLANK,
        CorporateNumberProblem.NOT_DIGITS: "{label}は13桁の数字で入力してください",
        CorporateNumberProblem.WRONG_LENGTH: "{label}は13桁の数字で入力してください",
        CorporateNumberProblem.REGISTRY_NUMBER: (
            "{label}は13桁です。12桁の番号は会社法人等番号ですので、法人番号を確かめて入力してください"
        ),
        CorporateNumberProblem.CHECK_DIGIT: _WRONG_CHECK_DIGIT,
        CorporateNumberProblem.SPREADSHEET: _SPOILT,
    }
    meant_texts: ClassVar[Mapping[Any, str]] = {
        CorporateNumberProblem.REGISTRY_NUMBER: (
            "{label}は13桁です。12桁の会社法人等番号の法人番号は「{suggestion}」です。"
            "確かめて入力してください"
        ),
    }

    def parse(self, text: str) -> CorporateNumber:
        """The number."""
        return CorporateNumber.parse(text)


class InvoiceNumberField(NumberField):
    """Registration number of an issuer of qualified invoices (登録番号): T and thirteen digits."""

    width = 16
    shape = _THIRTEEN_DIGITS
    problem_texts: ClassVar[Mapping[Any, str]] = {
        InvoiceNumberProblem.EMPTY: _BLANK,
        InvoiceNumberProblem.MISSING_T: "{label}は先頭にTを付けて入力してください",
        InvoiceNumberProblem.LOOK_ALIKE: _MEANT,
        InvoiceNumberProblem.NOT_DIGITS: "{label}は「T」と13桁の数字で入力してください",
        InvoiceNumberProblem.WRONG_LENGTH: "{label}は「T」と13桁の数字で入力してください",
        InvoiceNumberProblem.CHECK_DIGIT: _WRONG_CHECK_DIGIT,
        InvoiceNumberProblem.SPREADSHEET: _SPOILT,
    }
    meant_texts: ClassVar[Mapping[Any, str]] = {
        InvoiceNumberProblem.MISSING_T: (
            "{label}は先頭にTを付けて「{suggestion}」と入力してください"
        ),
    }

    def parse(self, text: str) -> InvoiceNumber:
        """The number."""
        return InvoiceNumber.parse(text)


class ResidenceCardField(NumberField):
    """Number of a residence card (在留カード番号) or special permanent resident certificate."""

    width = 16
    problem_texts: ClassVar[Mapping[Any, str]] = {
        ResidenceCardProblem.EMPTY: _BLANK,
        ResidenceCardProblem.WRONG_LENGTH: (
            "{label}は12文字で入力してください（英字2文字、数字8桁、英字2文字）"
        ),
        ResidenceCardProblem.WRONG_FORM: (
            "{label}は英字2文字、数字8桁、英字2文字の順に入力してください（例：AB12345678CD）"
        ),
        ResidenceCardProblem.LETTER_FOR_DIGIT: (
            "{label}の数字の所に英字があります。「{suggestion}」ではありませんか。"
            "カードを見て入力し直してください"
        ),
        ResidenceCardProblem.DIGIT_FOR_LETTER: (
            "{label}の英字の所に数字があります。「{suggestion}」ではありませんか。"
            "カードを見て入力し直してください"
        ),
        ResidenceCardProblem.LOOK_ALIKE: (
            "{label}に形の似た別の文字があります。「{suggestion}」ではありませんか。"
            "英字と数字で入力し直してください"
        ),
        ResidenceCardProblem.SPREADSHEET: _SPOILT,
    }

    def parse(self, text: str) -> ResidenceCardNumber:
        """The number."""
        return ResidenceCardNumber.parse(text)


_LEGAL_BASIS: Final = re.compile(
    r"(?:番号法|番号の利用等に関する法律|条例).*第[0-9０-９一二三四五六七八九十百]+条"
)


class MyNumberField(Field):
    """An individual number (個人番号, マイナンバー), for the few procedures that a law lets ask for it.

    The data is a :class:`~govkit.jp.my_number.MyNumber`, whose digits only ``reveal()`` gives. What
    was typed is forgotten once it is read: after any error the person types it again. It never
    stands in the page, in an error, a log, a session, a draft or on the check-answers page.

    :param legal_basis: The article that allows the use, such as ``番号法 第9条第1項``; without one
        there is no such field.
    """

    widget = TemplateWidget("text.html", fixed="fixed.html")
    inputmode = "numeric"
    autocomplete = "off"
    width = 16
    guards_my_number = False
    is_secret: ClassVar[bool] = True
    """Nothing that was typed here may be kept, whether it can be read or not."""
    legal_basis: str
    support = "12桁の数字です。入力し直しになったときは、安全のため番号も入力し直してください"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        MyNumberProblem.EMPTY: _BLANK,
        MyNumberProblem.NOT_DIGITS: "{label}は12桁の数字で入力してください",
        MyNumberProblem.WRONG_LENGTH: "{label}は12桁の数字で入力してください",
        MyNumberProblem.ALL_ZEROS: "{label}は通知カードやマイナンバーカードを見て入力してください",
        MyNumberProblem.CHECK_DIGIT: _WRONG_CHECK_DIGIT,
        MyNumberProblem.SPREADSHEET: _SPOILT,
    }

    def __new__(cls, *args: Any, **options: Any) -> Any:
        """Refuse the declaration of a field that names no law."""
        if not _LEGAL_BASIS.search(str(options.get("legal_basis", ""))):
            raise TypeError("MyNumberField needs legal_basis: the article that allows it")
        return super().__new__(cls, *args, **options)

    def __init__(self, label: str, *args: Any, legal_basis: str, **options: Any) -> None:
        self.legal_basis = legal_basis
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> MyNumber:
        """The number."""
        return MyNumber.parse(text)

    def process_data(self, value: Any) -> None:
        """Take a number that is known; text becomes a ``MyNumber`` at once.

        :raises InvalidValue: For text that is no 個人番号.
        """
        self.take(MyNumber.parse(value) if isinstance(value, str) and value else value or None)
        self.object_data = self.data

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was sent, and forget it."""
        self.raw_data = []
        super().process_formdata(valuelist)

    @property
    def text(self) -> str:
        """Nothing: the control is always blank."""
        return ""

    @property
    def answer(self) -> str:
        """That a number was entered, not which."""
        return "" if self.is_blank else self.gettext("入力済み（番号は表示しません）")
