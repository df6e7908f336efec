"""Fields for places: postcode, prefecture, municipality, town, lot, building, an address on one line.

Width, dashes, spaces and invisible characters are put in order silently; names stay as they were
typed. What a spreadsheet spoilt is never repaired: the error says what was probably meant.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from govkit.errors import InvalidValue
from govkit.forms.choices import SelectField
from govkit.forms.fields import Field, TextField
from govkit.forms.messages import Invalid
from govkit.jp.address import (
    AddressParts,
    AddressProblem,
    MunicipalityProblem,
    Postcode,
    PostcodeProblem,
    find_municipality,
)
from govkit.jp.characters import check_characters, count_characters
from govkit.jp.lots import LotNumber, LotProblem, clean_building, split_lot
from govkit.jp.place_text import clean_place
from govkit.jp.postcodes import Municipality, lookup
from govkit.jp.prefectures import Prefecture

__all__ = [
    "BuildingField",
    "LotField",
    "MunicipalityField",
    "OneLineAddressField",
    "PostcodeField",
    "PrefectureField",
    "TownField",
]

_BLANK: Final = "{label}を入力してください"


class PostcodeField(Field):
    """Postcode (郵便番号) in any usual writing; the data is the form of envelopes, ``190-0022``.

    :param known: Whether the code must be in the postcode data. New codes come into being every
        month, so leave it out where an unknown one does no harm.
    """

    autocomplete = "postal-code"
    inputmode = "numeric"
    width = 8
    problem_texts: ClassVar[Mapping[Any, str]] = {
        PostcodeProblem.EMPTY: _BLANK,
        PostcodeProblem.NOT_DIGITS: "{label}は7桁の数字で入力してください（例：190-0022）",
        PostcodeProblem.WRONG_LENGTH: "{label}は7桁の数字で入力してください（例：190-0022）",
        PostcodeProblem.OLD: (
            "{label}は7桁で入力してください。3桁と5桁の番号は、今は使われていません"
        ),
        PostcodeProblem.LOST_ZERO: "{label}は先頭の0も入れて、7桁で入力してください",
        PostcodeProblem.SPREADSHEET: (
            "{label}は表計算ソフトで形が変わっています（1.9E+06など）。7桁の数字で入力してください"
        ),
        PostcodeProblem.DIGITAL_ADDRESS: (
            "デジタルアドレスから住所を調べられるのは、日本郵便のサービスだけです。"
            "{label}は7桁の数字で入力してください"
        ),
    }
    meant_texts: ClassVar[Mapping[Any, str]] = {
        PostcodeProblem.NOT_DIGITS: (
            "{label}は数字だけで入力してください。「{suggestion}」ではありませんか（英字のOと数字の0など）"
        ),
        PostcodeProblem.LOST_ZERO: (
            "{label}は7桁で入力してください。「{suggestion}」ではありませんか（先頭の0が抜けています）"
        ),
    }

    def __init__(self, label: str, *args: Any, known: bool = False, **options: Any) -> None:
        self.known = known
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> Postcode:
        """The postcode.

        :raises Invalid: With code ``postcode_unknown``, where it must be known.
        """
        postcode = Postcode.parse(text)
        if self.known and not lookup(postcode.digits):
            raise Invalid(
                self.gettext("この{label}は見つかりませんでした。番号を確かめてください"),
                "postcode_unknown",
            )
        return postcode


class PrefectureField(SelectField):
    """One of the 47 prefectures (都道府県) in a select box; the data is its name.

    What browsers and programs send for it is understood as well: 東京, a reading, a JIS code.
    """

    autocomplete = "address-level1"

    def __init__(self, label: str, *args: Any, **options: Any) -> None:
        options.setdefault("choices", _PREFECTURES)
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> Prefecture:
        """The prefecture."""
        return Prefecture.parse(text)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the choice, however it is written."""
        text = self.clean(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not clean_place(text):
            return
        try:
            self.take(Prefecture.parse(text))
        except InvalidValue:
            raise self._not_listed() from None


# Written out, as each is a text to translate.
_PREFECTURES: Final = tuple(
    (name, name)
    for name in (
        "北海道",
        "青森県",
        "岩手県",
        "宮城県",
        "秋田県",
        "山形県",
        "福島県",
        "茨城県",
        "栃木県",
        "群馬県",
        "埼玉県",
        "千葉県",
        "東京都",
        "神奈川県",
        "新潟県",
        "富山県",
        "石川県",
        "福井県",
        "山梨県",
        "長野県",
        "岐阜県",
        "静岡県",
        "愛知県",
        "三重県",
        "滋賀県",
        "京都府",
        "大阪府",
        "兵庫県",
        "奈良県",
        "和歌山県",
        "鳥取県",
        "島根県",
        "岡山県",
        "広島県",
        "山口県",
        "徳島県",
        "香川県",
        "愛媛県",
        "高知県",
        "福岡県",
        "佐賀県",
        "長崎県",
        "熊本県",
        "大分県",
        "宮崎県",
        "鹿児島県",
        "沖縄県",
    )
)


def _limited(field: Any, text: str, limit: int) -> str:
    count = count_characters(text)
    if count > limit:
        sentence = field.gettext(
            "{label}は{max}文字以内で入力してください（いま{count}文字です）",
            max=limit,
            count=count,
        )
        raise Invalid(sentence, "text_too_long")
    return text


class MunicipalityField(Field):
    """A municipality (市区町村) of today, typed with or without its prefecture and district (郡).

    The data is its official name with the prefecture (東京都立川市), or without where the prefecture
    is given to the field; ``value`` is a :class:`govkit.jp.postcodes.Municipality` with its code.

    :param prefecture: Name of the prefecture in which it lies, where that is known.
    """

    problem_texts: ClassVar[Mapping[Any, str]] = {
        MunicipalityProblem.EMPTY: _BLANK,
        MunicipalityProblem.UNKNOWN: (
            "この{label}は見つかりませんでした。今の市区町村名を、市・区・町・村まで入力してください"
        ),
        MunicipalityProblem.AMBIGUOUS: (
            "{label}がひとつに決まりません。都道府県から、政令指定都市は区まで入力してください"
        ),
    }

    def __init__(self, label: str, *args: Any, prefecture: str = "", **options: Any) -> None:
        self.prefecture = prefecture
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> Municipality:
        """The municipality."""
        return find_municipality(text, self.prefecture)

    def stored(self, value: Any) -> Any:
        """Its name."""
        if not isinstance(value, Municipality):
            return value
        return value.name if self.prefecture else f"{value.prefecture}{value.name}"

    def format(self, value: Any) -> str:
        """Its name."""
        return str(self.stored(value))


class TownField(TextField):
    """Town (町字) as typed, with 大字 and 字; up to 120 characters as in resident records.

    Digits of either width become half-width, numerals in kanji stay: 一番町, 三田.
    """

    autocomplete = "address-level3"

    def parse(self, text: str) -> Any:
        """The town."""
        return _limited(self, clean_place(super().parse(text)), 120) or None


class LotField(Field):
    """Lot or block number (番地・号), up to 50 characters: 1丁目2番3号, 1-2-3, 甲123, 無番地.

    Every dash becomes ``-``, numerals in kanji become digits; 番地 and 番・号 stay, as they are two
    systems.

    :param building: Whether a building and room (方書) may follow in the same box; the data is then
        text with a space between them.
    """

    autocomplete = "address-line1"
    width = 16
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **TextField.problem_texts,
        LotProblem.EMPTY: _BLANK,
        LotProblem.NOT_A_LOT: (
            "{label}は「1丁目2番3号」や「1-2-3」のように入力してください（番地がないときは「無番地」）"
        ),
        LotProblem.HAS_TOWN: "{label}の欄には、町名を除いて、数字から入力してください（例：1-2-3）",
        LotProblem.HAS_BUILDING: (
            "{label}の欄には「{suggestion}」だけを入力し、「{building}」は建物名の欄に入力してください"
        ),
        LotProblem.DATE: (
            "{label}は表計算ソフトで日付に変わっています。「1-2-3」のように入力し直してください"
        ),
        LotProblem.TOO_LONG: "{label}は50文字以内で入力してください",
    }

    def __init__(self, label: str, *args: Any, building: bool = False, **options: Any) -> None:
        self.building = building
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> LotNumber | str:
        """The lot number; with a building the whole text in order."""
        lot, building = split_lot(text)
        if self.building and lot and building:
            check_characters(text)
            return _limited(self, f"{LotNumber.parse(lot)} {building}", 350)
        return LotNumber.parse(text)


class BuildingField(TextField):
    """Building and room (方書), up to 300 characters as in resident records.

    The long mark of コーポ stays, dashes beside digits become ``-``.
    """

    autocomplete = "address-line2"

    def parse(self, text: str) -> Any:
        """The building."""
        return clean_building(_limited(self, clean_place(super().parse(text)), 300)) or None


class OneLineAddressField(Field):
    """A whole address (住所) in one box; ``value`` has its parts.

    :param needs_lot: Whether a lot number (番地) must be there.
    """

    autocomplete = "street-address"
    problem_texts: ClassVar[Mapping[Any, str]] = {
        **TextField.problem_texts,
        AddressProblem.EMPTY: _BLANK,
        AddressProblem.NO_CITY: (
            "{label}は、今の市区町村名から入力してください（例：東京都立川市錦町1-2-3）"
        ),
        AddressProblem.TOO_LONG: "{label}は1000文字以内で入力してください",
        AddressProblem.AMBIGUOUS_CITY: (
            "{label}の市区町村がひとつに決まりません。都道府県から入力してください"
        ),
    }

    def __init__(self, label: str, *args: Any, needs_lot: bool = False, **options: Any) -> None:
        self.needs_lot = needs_lot
        super().__init__(label, *args, **options)

    def parse(self, text: str) -> AddressParts:
        """The parts.

        :raises Invalid: With code ``address_no_lot``, where a lot number must be there.
        """
        parts = AddressParts.parse(text)
        check_characters(text)
        if self.needs_lot and not parts.lot:
            raise Invalid(
                self.gettext("{label}は番地まで入力してください（番地がないときは「無番地」）"),
                "address_no_lot",
            )
        return parts
