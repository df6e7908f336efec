"""Accessible Japanese forms on WTForms and Jinja, in the anatomy of the Digital Agency Design System.

Works in any application; Flask is not needed. Every field renders itself with its label, the mark
必須 or 任意, its help, its control and its error::

    class Enquiry(Form):
        name = TextField("氏名", [Length(max=100)], required=True, autocomplete="name")
        birth = DateField("生年月日", required=True, autocomplete="bday")

    form = Enquiry(request.form)
    if form.validate(): ...

    {{ form.error_summary() }} <form method="post" novalidate>{{ form.name() }} {{ form.birth() }}</form>

Blank text is ``None``. Text that holds a 個人番号 is refused and not shown again. The style sheets are
``tokens.css``, ``components.css`` and ``forms.css`` of ``govkit/base/static/govkit``.
"""

from govkit.forms.blocks import Block
from govkit.forms.choices import CheckboxesField, CheckboxField, RadioField, SelectField
from govkit.forms.confirm import ConfirmField
from govkit.forms.contact import (
    EmailField,
    TelephoneField,
    UrlField,
)
from govkit.forms.dates import (
    DateField,
    DateOptions,
    EraDateField,
    MonthField,
    PartialDateField,
    SchoolYearField,
    TimeField,
)
from govkit.forms.fields import (
    Button,
    Field,
    FieldOptions,
    HiddenField,
    PasswordField,
    SubmitField,
    TextAreaField,
    TextField,
)
from govkit.forms.files import FileField, FilesField
from govkit.forms.form import Form
from govkit.forms.identifiers import (
    BoardCodeField,
    CorporateNumberField,
    InvoiceNumberField,
    MunicipalityCodeField,
    MyNumberField,
    ResidenceCardField,
    SchoolCodeField,
)
from govkit.forms.messages import Invalid, Message
from govkit.forms.money import (
    AccountHolderField,
    AccountNumberField,
    AmountField,
    BankAccountBlock,
    BankCodeField,
    BankNameKanaField,
    BranchCodeField,
)
from govkit.forms.parts import Part, PartsField
from govkit.forms.people import (
    AliasField,
    FamilyNameField,
    FormerNameField,
    FullNameField,
    FuriganaField,
    GivenNameField,
    HanNameField,
    LatinNameField,
    Relationship,
    RelationshipField,
    RelationshipProblem,
    SexField,
)
from govkit.forms.people_blocks import ForeignNameBlock, GuardianBlock, NameBlock
from govkit.forms.picker import Pick, PickerBlock
from govkit.forms.places import (
    BuildingField,
    LotField,
    MunicipalityField,
    OneLineAddressField,
    PostcodeField,
    PrefectureField,
    TownField,
)
from govkit.forms.places_block import AddressBlock, CityField, postcode_json
from govkit.forms.quantities import DecimalField, IntegerField
from govkit.forms.rows import RowsField
from govkit.forms.rules import Rule, When, all_of, any_of, not_
from govkit.forms.search import SearchField
from govkit.forms.validators import (
    FileSize,
    FileType,
    Length,
    OneOf,
    Pattern,
    Range,
    Required,
    StopValidation,
    ValidationError,
)

__all__ = [
    "AccountHolderField",
    "AccountNumberField",
    "AddressBlock",
    "AliasField",
    "AmountField",
    "BankAccountBlock",
    "BankCodeField",
    "BankNameKanaField",
    "Block",
    "BoardCodeField",
    "BranchCodeField",
    "BuildingField",
    "Button",
    "CheckboxField",
    "CheckboxesField",
    "CityField",
    "ConfirmField",
    "CorporateNumberField",
    "DateField",
    "DateOptions",
    "DecimalField",
    "EmailField",
    "EraDateField",
    "FamilyNameField",
    "Field",
    "FieldOptions",
    "FileField",
    "FileSize",
    "FileType",
    "FilesField",
    "ForeignNameBlock",
    "Form",
    "FormerNameField",
    "FullNameField",
    "FuriganaField",
    "GivenNameField",
    "GuardianBlock",
    "HanNameField",
    "HiddenField",
    "IntegerField",
    "Invalid",
    "InvoiceNumberField",
    "LatinNameField",
    "Length",
    "LotField",
    "Message",
    "MonthField",
    "MunicipalityCodeField",
    "MunicipalityField",
    "MyNumberField",
    "NameBlock",
    "OneLineAddressField",
    "OneOf",
    "Part",
    "PartialDateField",
    "PartsField",
    "PasswordField",
    "Pattern",
    "Pick",
    "PickerBlock",
    "PostcodeField",
    "PrefectureField",
    "RadioField",
    "Range",
    "Relationship",
    "RelationshipField",
    "RelationshipProblem",
    "Required",
    "ResidenceCardField",
    "RowsField",
    "Rule",
    "SchoolCodeField",
    "SchoolYearField",
    "SearchField",
    "SelectField",
    "SexField",
    "StopValidation",
    "SubmitField",
    "TelephoneField",
    "TextAreaField",
    "TextField",
    "TimeField",
    "TownField",
    "UrlField",
    "ValidationError",
    "When",
    "all_of",
    "any_of",
    "not_",
    "postcode_json",
]
