"""The types of field that a definition can name: each word with the field class behind it."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from govkit.forms.choices import CheckboxesField, CheckboxField, RadioField, SelectField
from govkit.forms.contact import EmailField, TelephoneField, UrlField
from govkit.forms.dates import (
    DateField,
    EraDateField,
    MonthField,
    PartialDateField,
    SchoolYearField,
    TimeField,
)
from govkit.forms.definition_fields import DigitsField, YesNoField
from govkit.forms.definition_types import FieldDefinition, FieldKind
from govkit.forms.fields import TextAreaField, TextField
from govkit.forms.files import FileField, FilesField
from govkit.forms.identifiers import (
    BoardCodeField,
    CorporateNumberField,
    InvoiceNumberField,
    MunicipalityCodeField,
    MyNumberField,
    ResidenceCardField,
    SchoolCodeField,
)
from govkit.forms.money import AmountField, BankAccountBlock
from govkit.forms.people import (
    AliasField,
    FamilyNameField,
    FormerNameField,
    FullNameField,
    FuriganaField,
    GivenNameField,
    LatinNameField,
    SexField,
)
from govkit.forms.people_blocks import ForeignNameBlock, GuardianBlock, NameBlock
from govkit.forms.places import (
    MunicipalityField,
    OneLineAddressField,
    PostcodeField,
    PrefectureField,
)
from govkit.forms.places_block import AddressBlock
from govkit.forms.quantities import DecimalField, IntegerField
from govkit.forms.rows import RowsField
from govkit.forms.search import SearchField
from govkit.forms.validators import Length, Range

__all__ = ["FIELD_TYPES"]


def _length(given: FieldDefinition) -> dict[str, Any]:
    limits = {"min": given.options.get("min_length", 0), "max": given.options.get("max_length")}
    options: dict[str, Any] = {"validators": [Length(**limits)] if any(limits.values()) else []}
    if "lines" in given.options:
        options["rows"] = given.options["lines"]
    return options


def _range(given: FieldDefinition) -> dict[str, Any]:
    limits = {name: given.options[name] for name in ("min", "max") if name in given.options}
    return {
        "validators": [Range(**limits)] if limits else [],
        "allows_negative": any(limit < 0 for limit in limits.values()),
    }


def _decimal(given: FieldDefinition) -> dict[str, Any]:
    return {**_range(given), **_same("places")(given)}


def _guardian(given: FieldDefinition) -> dict[str, Any]:
    return {
        "relationships": _choices(given)["choices"],
        "telephone": TelephoneField("電話番号", required=given.is_required),
        "boxes": 1,
    }


def _day(given: FieldDefinition) -> dict[str, Any]:
    options = _same("min", "max", "past", "future")(given)
    return {**options, "today": given.today} if {"past", "future"} & options.keys() else options


def _legal_basis(given: FieldDefinition) -> dict[str, Any]:
    return {"legal_basis": given.legal_basis}


def _choices(given: FieldDefinition) -> dict[str, Any]:
    return {"choices": [(choice.value, choice.title.ja) for choice in given.choices]}


def _files(given: FieldDefinition) -> dict[str, Any]:
    options = {
        "types": given.options.get("accept", ("pdf", "jpeg", "png")),
        "max_megabytes": given.options.get("max_megabytes", 7),
    }
    if "max_files" in given.kind.keys:
        options["max_files"] = given.options.get("max_files", 5)
    return options


def _reason(given: FieldDefinition) -> dict[str, Any]:
    basis = f"根拠：{given.legal_basis}"
    return {"reason": f"{given.help.ja}　{basis}" if given.help else basis}


def _account(given: FieldDefinition) -> dict[str, Any]:
    return {
        "has_yucho": given.options.get("yucho", False),
        "may_be_blank": not given.is_required,
    }


def _rows(given: FieldDefinition) -> dict[str, Any]:
    return {**_same("min_rows", "max_rows")(given), "row_label": given.row_label.ja}


def _same(*names: str) -> Callable[[FieldDefinition], dict[str, Any]]:
    """Options that the field class knows under the names of the keys."""
    return lambda given: {name: given.options[name] for name in names if name in given.options}


def _kinds(*kinds: FieldKind) -> Mapping[str, FieldKind]:
    return {kind.name: kind for kind in kinds}


FIELD_TYPES: Final = _kinds(
    FieldKind(
        name="text",
        title="一行の文",
        about="一行の文。字は入力したまま残ります",
        field_class=TextField,
        keys=("max_length", "min_length"),
        options=_length,
    ),
    FieldKind(
        name="long_text",
        title="長い文",
        about="何行かの文。上限を決めると、残りの字数が出ます",
        field_class=TextAreaField,
        keys=("max_length", "min_length", "lines"),
        options=_length,
    ),
    FieldKind(
        name="number",
        title="整数",
        about="0以上の整数（min を負にすると、マイナスも）。全角でも半角でも受け取ります",
        field_class=IntegerField,
        keys=("min", "max"),
        example="3",
        options=_range,
    ),
    FieldKind(
        name="decimal",
        title="小数",
        about="0以上の、小数のある数（min を負にすると、マイナスも）。小数点以下の桁数を places で決められます",
        field_class=DecimalField,
        keys=("min", "max", "places"),
        example="36.5",
        options=_decimal,
        limit=(int, Decimal),
    ),
    FieldKind(
        name="digits",
        title="番号",
        about="頭に0があるかもしれない番号。桁数を length で決めます",
        field_class=DigitsField,
        keys=("length",),
        options=_same("length"),
    ),
    FieldKind(
        name="amount",
        title="金額",
        about="円の金額。コンマも「円」も受け取ります",
        field_class=AmountField,
        keys=("min", "max"),
        example="12000",
        options=_range,
    ),
    FieldKind(
        name="date",
        title="日付",
        about="日付を一つの欄で。西暦でも和暦でも、全角でも受け取ります",
        field_class=DateField,
        keys=("min", "max", "past", "future"),
        example="令和8年4月1日",
        options=_day,
        limit=date,
        shows_example=False,
    ),
    FieldKind(
        name="era_date",
        title="日付（元号を選ぶ）",
        about="日付を、元号の選択と年・月・日の欄で",
        field_class=EraDateField,
        table_class=DateField,
        keys=("min", "max", "past", "future"),
        example="令和8年4月1日",
        options=_day,
        limit=date,
        shows_example=False,
    ),
    FieldKind(
        name="partial_date",
        title="不詳のある日付",
        about="年だけ、月までなど、分かるところまでの日付",
        field_class=PartialDateField,
        keys=("min", "max", "past", "future"),
        example="昭和25年4月頃",
        options=_day,
        limit=date,
        shows_example=False,
    ),
    FieldKind(
        name="month",
        title="年月",
        about="年と月",
        field_class=MonthField,
        example="令和8年4月",
        shows_example=False,
    ),
    FieldKind(
        name="school_year",
        title="年度",
        about="年度・学年度。西暦でも和暦でも受け取ります",
        field_class=SchoolYearField,
        example="令和8年度",
        shows_example=False,
    ),
    FieldKind(
        name="time",
        title="時刻",
        about="時刻。午前・午後でも24時間でも受け取ります",
        field_class=TimeField,
        example="9:30",
        shows_example=False,
    ),
    FieldKind(
        name="choice",
        title="一つ選ぶ（ボタン）",
        about="少ない選択肢から一つ。どれも画面に見えています",
        field_class=RadioField,
        keys=("choices", "choices_en"),
        options=_choices,
        shows_example=False,
    ),
    FieldKind(
        name="select",
        title="一つ選ぶ（一覧）",
        about="多い選択肢から一つ。開くと一覧が出ます",
        field_class=SelectField,
        keys=("choices", "choices_en"),
        options=_choices,
        shows_example=False,
    ),
    FieldKind(
        name="search",
        title="一つ探す",
        about="とても多い選択肢から一つ。名前の一部や値を入力して探します",
        field_class=SearchField,
        keys=("choices", "choices_en"),
        options=_choices,
        shows_example=False,
    ),
    FieldKind(
        name="choices",
        title="いくつでも選ぶ",
        about="選択肢からいくつでも",
        field_class=CheckboxesField,
        keys=("choices", "choices_en"),
        options=_choices,
        shows_example=False,
    ),
    FieldKind(
        name="yes_no",
        title="はい・いいえ",
        about="はいかいいえ。どちらも、はじめは選ばれていません",
        field_class=YesNoField,
        example="はい",
        shows_example=False,
    ),
    FieldKind(
        name="agreement",
        title="同意",
        about="読んで同意したことのチェック。必須なら、付けないと先へ進めません",
        field_class=CheckboxField,
        example="はい",
        shows_example=False,
    ),
    FieldKind(
        name="file",
        title="ファイル",
        about="ファイル一つ",
        field_class=FileField,
        keys=("accept", "max_megabytes"),
        options=_files,
        shows_example=False,
        is_in_tables=False,
        fits_in_rows=False,
    ),
    FieldKind(
        name="files",
        title="ファイル（いくつも）",
        about="ファイルをいくつも",
        field_class=FilesField,
        keys=("accept", "max_megabytes", "max_files"),
        options=_files,
        shows_example=False,
        is_in_tables=False,
        fits_in_rows=False,
    ),
    FieldKind(
        name="rows",
        title="くり返し",
        about="同じ項目のくり返し（きょうだい、品目など）。行は画面で加えたり消したりできます",
        field_class=RowsField,
        keys=("column", "min_rows", "max_rows", "row_label", "row_label_en"),
        options=_rows,
        shows_example=False,
        fits_in_rows=False,
    ),
    FieldKind(
        name="name",
        title="氏名とフリガナ",
        about="氏名とフリガナを、それぞれ一つの欄で",
        field_class=NameBlock,
        keys=("own",),
        options=lambda _given: {"boxes": 1},
        examples={"name": "青葉 花子", "name_kana": "アオバ ハナコ"},
    ),
    FieldKind(
        name="split_name",
        title="姓と名とフリガナ",
        about="姓と名、そのフリガナを、それぞれの欄で。名だけの方も受け取ります",
        field_class=NameBlock,
        keys=("own",),
        options=lambda _given: {"boxes": 2, "allows_one_name": True},
        examples={
            "family_name": "青葉",
            "given_name": "花子",
            "family_kana": "アオバ",
            "given_kana": "ハナコ",
        },
    ),
    FieldKind(
        name="foreign_name",
        title="外国人の氏名",
        about="ローマ字氏名・漢字氏名・通称と、そのフリガナ",
        field_class=ForeignNameBlock,
        examples={"latin": "AOBA HANAKO", "kana": "アオバ ハナコ"},
    ),
    FieldKind(
        name="guardian",
        title="保護者",
        about="保護者の氏名・フリガナ・子との関係・電話番号・住所（子と別のとき）。関係は choices に書きます",
        field_class=GuardianBlock,
        keys=("choices", "choices_en", "own"),
        options=_guardian,
        examples={
            "name": "青葉 花子",
            "name_kana": "アオバ ハナコ",
            "telephone": "0420-00-0000",
            "address_kind": "子と同じ",
        },
    ),
    FieldKind(
        name="full_name",
        title="氏名",
        about="氏名を一つの欄で。空白の有無も、外国の名前も、そのまま受け取ります",
        field_class=FullNameField,
        keys=("max_length", "own"),
        example="青葉 花子",
        options=_same("max_length"),
    ),
    FieldKind(
        name="family_name",
        title="姓",
        about="姓だけの欄",
        field_class=FamilyNameField,
        keys=("max_length", "own"),
        example="青葉",
        options=_same("max_length"),
    ),
    FieldKind(
        name="given_name",
        title="名",
        about="名だけの欄",
        field_class=GivenNameField,
        keys=("max_length", "own"),
        example="花子",
        options=_same("max_length"),
    ),
    FieldKind(
        name="furigana",
        title="フリガナ",
        about="氏名の読み。ひらがなも半角も受け取り、全角カタカナにします。小さい字は直しません",
        field_class=FuriganaField,
        keys=("max_length",),
        example="アオバ ハナコ",
        options=_same("max_length"),
    ),
    FieldKind(
        name="latin_name",
        title="ローマ字氏名",
        about="旅券や在留カードにあるローマ字の氏名",
        field_class=LatinNameField,
        keys=("max_length", "own"),
        example="AOBA HANAKO",
        options=_same("max_length"),
    ),
    FieldKind(
        name="alias",
        title="通称",
        about="住民票に記載された通称",
        field_class=AliasField,
        keys=("max_length",),
        example="青葉 花子",
        options=_same("max_length"),
    ),
    FieldKind(
        name="former_name",
        title="旧氏",
        about="住民票に記載された旧氏",
        field_class=FormerNameField,
        keys=("max_length",),
        example="若葉",
        options=_same("max_length"),
    ),
    FieldKind(
        name="sex",
        title="性別",
        about="性別。法令で要る事務だけでたずね、「答えない」も選べます",
        field_class=SexField,
        example="答えない",
        options=_reason,
        shows_example=False,
        needs_legal_basis=True,
    ),
    FieldKind(
        name="postcode",
        title="郵便番号",
        about="郵便番号を一つの欄で。ハイフンも〒も全角も受け取ります",
        field_class=PostcodeField,
        keys=("own",),
        example="190-0022",
    ),
    FieldKind(
        name="prefecture",
        title="都道府県",
        about="47都道府県から一つ",
        field_class=PrefectureField,
        keys=("own",),
        example="東京都",
        shows_example=False,
    ),
    FieldKind(
        name="municipality",
        title="市区町村",
        about="いまある市区町村の名前",
        field_class=MunicipalityField,
        example="東京都立川市",
    ),
    FieldKind(
        name="address",
        title="住所",
        about="郵便番号・都道府県・市区町村・町名・番地・建物名をまとめて。郵便番号から住所が入ります",
        field_class=AddressBlock,
        keys=("own",),
        examples={
            "postcode": "190-0022",
            "prefecture": "東京都",
            "city": "立川市",
            "town": "錦町",
            "lot": "1-2-3",
        },
    ),
    FieldKind(
        name="one_line_address",
        title="一行の住所",
        about="住所を一つの欄で",
        field_class=OneLineAddressField,
        keys=("own",),
        example="東京都立川市錦町1-2-3",
    ),
    FieldKind(
        name="telephone",
        title="電話番号",
        about="電話番号を一つの欄で。ハイフンもかっこも全角も受け取ります",
        field_class=TelephoneField,
        keys=("own",),
        example="0420-00-0000",
    ),
    FieldKind(
        name="email",
        title="メールアドレス",
        about="メールアドレス。携帯電話会社の古い形も受け取ります",
        field_class=EmailField,
        keys=("own",),
        example="hanako@example.jp",
    ),
    FieldKind(
        name="url",
        title="ウェブページ",
        about="ウェブページの場所（URL）",
        field_class=UrlField,
        example="https://www.example.jp/",
    ),
    FieldKind(
        name="bank_account",
        title="口座",
        about="振込先の口座。金融機関・支店・種別・番号・名義をまとめて",
        field_class=BankAccountBlock,
        keys=("yucho",),
        options=_account,
        examples={
            "bank_name": "アオバ",
            "bank_code": "9999",
            "branch_name": "ホンテン",
            "branch_code": "001",
            "type": "普通預金",
            "number": "0123456",
            "holder": "ｱｵﾊﾞ ﾊﾅｺ",
        },
    ),
    FieldKind(
        name="my_number",
        title="個人番号",
        about="個人番号（マイナンバー）。番号法で使える事務だけでたずねます。画面にもファイルにも出ません",
        field_class=MyNumberField,
        options=_legal_basis,
        needs_legal_basis=True,
        is_in_tables=False,
        is_asked_last=True,
        fits_in_rows=False,
    ),
    FieldKind(
        name="corporate_number",
        title="法人番号",
        about="法人番号13桁。検査数字も確かめます",
        field_class=CorporateNumberField,
        example="5000020999999",
    ),
    FieldKind(
        name="invoice_number",
        title="登録番号",
        about="適格請求書発行事業者の登録番号（Tと13桁）",
        field_class=InvoiceNumberField,
        example="T5000020999999",
    ),
    FieldKind(
        name="residence_card",
        title="在留カード番号",
        about="在留カード・特別永住者証明書の番号",
        field_class=ResidenceCardField,
        example="AB12345678CD",
    ),
    FieldKind(
        name="municipality_code",
        title="団体コード",
        about="全国地方公共団体コード6桁。検査数字も確かめます",
        field_class=MunicipalityCodeField,
        example="132021",
    ),
    FieldKind(
        name="school_code",
        title="学校コード",
        about="文部科学省の学校コード13文字",
        field_class=SchoolCodeField,
        example="B113299999911",
    ),
    FieldKind(
        name="board_code",
        title="教育委員会コード",
        about="文部科学省の教育委員会コード6桁",
        field_class=BoardCodeField,
        example="132021",
    ),
)
"""Types of field by the word for them, in the order of the reference."""
