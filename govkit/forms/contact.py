"""Fields for telephone, e-mail and web addresses."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from govkit.forms.fields import Field
from govkit.forms.messages import Invalid
from govkit.forms.number_field import NumberField
from govkit.jp.contact import EmailAddress, EmailProblem, Url, UrlProblem
from govkit.jp.telephone import Telephone, TelephoneProblem

__all__ = ["EmailField", "TelephoneField", "UrlField"]

_BLANK: Final = "{label}を入力してください"
_WITH_AREA_CODE: Final = "{label}は市外局番から入力してください（例：042-523-2111、090-1234-5678）"


class TelephoneField(NumberField):
    """A telephone number (電話番号) in one box; any dashes, brackets, +81, （代）.

    The data is its digits, with 内線 and the digits of an extension after them; ``value.formatted``
    has the hyphens.

    :param allows_foreign: Whether numbers of other countries are taken, from their ``+``.
    :param allows_extension: Whether an extension (内線) is taken.
    """

    input_type = "tel"
    inputmode = "tel"
    autocomplete = "tel"
    width = 16
    problem_texts: ClassVar[Mapping[Any, str]] = {
        TelephoneProblem.EMPTY: _BLANK,
        TelephoneProblem.NOT_DIGITS: (
            "{label}は数字とハイフンで入力してください（例：042-523-2111、090-1234-5678）"
        ),
        TelephoneProblem.WRONG_LENGTH: (
            "{label}の桁数を確かめてください（固定電話は10桁、携帯電話は11桁です）"
        ),
        TelephoneProblem.LOST_ZERO: (
            "{label}の先頭の0が抜けています。「{suggestion}」ではありませんか"
        ),
        TelephoneProblem.NO_AREA_CODE: _WITH_AREA_CODE,
        TelephoneProblem.UNKNOWN_PREFIX: (
            "{label}の最初の番号は使われていません。番号を確かめて入力してください"
        ),
        TelephoneProblem.LETTER_FOR_DIGIT: (
            "{label}に英字があります。「{suggestion}」ではありませんか。数字で入力し直してください"
        ),
        TelephoneProblem.MISSING_PLUS: (
            "{label}は国番号を除いて「{suggestion}」のように入力してください"
        ),
        TelephoneProblem.FOREIGN: "{label}は日本国内の電話番号を入力してください",
        TelephoneProblem.EMERGENCY: _WITH_AREA_CODE,
        TelephoneProblem.EXTENSION: "{label}の内線番号は8桁までの数字で入力してください",
        TelephoneProblem.SEVERAL: "{label}は1つだけ入力してください",
        TelephoneProblem.SPREADSHEET: (
            "{label}は表計算ソフトで形が変わっています（3.12E+08など）。もとの番号を入力してください"
        ),
    }

    def __init__(
        self,
        label: str,
        *args: Any,
        allows_foreign: bool = False,
        allows_extension: bool = True,
        **options: Any,
    ) -> None:
        self.allows_foreign = allows_foreign
        self.allows_extension = allows_extension
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> Telephone:
        """The number."""
        telephone = Telephone.parse(text, allows_foreign=self.allows_foreign)
        if telephone.extension and not self.allows_extension:
            sentence = self.gettext("{label}は内線番号を除いて入力してください")
            raise Invalid(sentence, "telephone_extension_not_allowed")
        return telephone

    def format(self, value: Any) -> str:
        """The number with hyphens."""
        return value.formatted if isinstance(value, Telephone) else str(value)


class _InternetField(Field):
    """Spelling checks and capitals only disturb in addresses of the internet."""

    def attributes(self) -> Mapping[str, str | None]:
        """Attributes of the control."""
        return {**super().attributes(), "spellcheck": "false", "autocapitalize": "none"}


class EmailField(_InternetField):
    """An e-mail address (メールアドレス); the old ones of mobile carriers are taken as well."""

    input_type = "email"
    inputmode = "email"
    autocomplete = "email"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        EmailProblem.EMPTY: _BLANK,
        EmailProblem.NO_AT: "{label}は「@」を入れて入力してください（例：taro@example.jp）",
        EmailProblem.SEVERAL_AT: "{label}の「@」は1つだけにしてください",
        EmailProblem.SEVERAL: "{label}は1つだけ入力してください",
        EmailProblem.SPACE: "{label}は空白を入れずに入力してください",
        EmailProblem.COMMA: "{label}の区切りは「,」ではなく「.」で入力してください",
        EmailProblem.TRAILING_DOT: "{label}の最後の記号を除いて入力してください",
        EmailProblem.QUOTED: '{label}は引用符（"）を含まないものを入力してください',
        EmailProblem.LOCAL_CHARACTER: (
            "{label}の「@」より前は、英字、数字、記号（. - _ など）で入力してください"
        ),
        EmailProblem.LOCAL_DOTS: (
            "{label}の「@」より前の「.」の位置を確かめてください（続けたり、端に置いたりできません）"
        ),
        EmailProblem.LOCAL_EMPTY: "{label}は「@」より前も入力してください（例：taro@example.jp）",
        EmailProblem.DOMAIN: (
            "{label}の「@」より後を確かめて入力してください（例：taro@example.jp）"
        ),
        EmailProblem.TOO_LONG: "{label}は254文字以内で入力してください（「@」より前は64文字以内）",
    }
    _MEANT: ClassVar[str] = (
        "{label}は「{suggestion}」ではありませんか。確かめて入力し直してください"
    )
    meant_texts: ClassVar[Mapping[Any, str]] = dict.fromkeys(
        (EmailProblem.SPACE, EmailProblem.COMMA, EmailProblem.TRAILING_DOT, EmailProblem.DOMAIN),
        _MEANT,
    )

    def parse(self, text: str) -> EmailAddress:
        """The address."""
        return EmailAddress.parse(text)


class UrlField(_InternetField):
    """Address of a web page (URL) that begins with ``http://`` or ``https://``.

    :param allows_private: Whether hosts inside a network are taken.
    """

    input_type = "url"
    inputmode = "url"
    autocomplete = "url"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        UrlProblem.EMPTY: _BLANK,
        UrlProblem.MISSING_SCHEME: "{label}は「https://」から入力してください",
        UrlProblem.SCHEME: "{label}は「https://」か「http://」で始まるものを入力してください",
        UrlProblem.SPACE: "{label}は空白を入れずに入力してください",
        UrlProblem.CREDENTIALS: "{label}は利用者名やパスワードを除いて入力してください",
        UrlProblem.HOST: (
            "{label}の「//」の後を確かめて入力してください（例：https://www.example.jp/）"
        ),
        UrlProblem.PORT: "{label}のポート番号を確かめて入力してください",
        UrlProblem.PRIVATE_HOST: "{label}はインターネットで公開されているものを入力してください",
        UrlProblem.CHARACTER: (
            "{label}に使えない記号があります。ブラウザーのアドレス欄から写してください"
        ),
        UrlProblem.TOO_LONG: "{label}は2000文字以内で入力してください",
    }
    meant_texts: ClassVar[Mapping[Any, str]] = {
        UrlProblem.MISSING_SCHEME: "{label}は「https://」から「{suggestion}」と入力してください",
    }

    def __init__(
        self, label: str, *args: Any, allows_private: bool = False, **options: Any
    ) -> None:
        self.allows_private = allows_private
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> Url:
        """The address."""
        return Url.parse(text, allows_private=self.allows_private)
