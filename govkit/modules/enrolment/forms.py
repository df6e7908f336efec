"""Forms of the enrolment pages (就学事務の画面)."""

from govkit import forms
from govkit.base.i18n import lazy_gettext as _
from govkit.formats.tabular import Encoding
from govkit.modules.enrolment.codes import REASON_TITLES, Schooling

__all__ = ["CompileForm", "DesignationForm", "RemarksForm", "ZonesForm"]


class CompileForm(forms.Form):
    """Whose register is compiled, and as of when."""

    entry_year = forms.SchoolYearField(
        _("入学する年度"),
        [forms.Range(2000, 2100)],
        required=True,
        support=_("例：令和9年度、2027（2027年4月に小学校に入学する児童）"),
    )
    reference_date = forms.DateField(
        _("基準日"),
        required=True,
        support=_(
            "この日に住民である児童が対象です。法令では10月1日。その後の転入などは、後の日付でもう一度編製します。"
        ),
    )


def _encodings() -> list[tuple[str, str]]:
    return [
        (Encoding.UTF_8.value, str(_("UTF-8（Excelの「CSV UTF-8」）"))),
        (Encoding.CP932.value, str(_("シフトJIS（Excelの「CSV」）"))),
    ]


class ZonesForm(forms.Form):
    """The file of zones."""

    file = forms.FileField(
        _("通学区域のファイル"),
        [forms.FileType(".csv", ".xlsx", is_checked=False)],
        required=True,
    )
    encoding = forms.RadioField(
        _("文字コード"), choices=_encodings, required=True, default=Encoding.UTF_8.value
    )


def _reasons() -> list[tuple[str, str]]:
    return [(code, str(title)) for code, title in REASON_TITLES.items()]


class DesignationForm(forms.Form):
    """Another school than that of the zone, and why (指定校変更)."""

    school = forms.SelectField(_("新しい指定校"), required=True)
    reason = forms.SelectField(_("変更の理由"), choices=_reasons, required=True)
    text = forms.TextAreaField(
        _("理由の説明"),
        [forms.Length(max=400)],
        required=True,
        rows=3,
        support=_("申立ての内容や確かめた書類を書きます。"),
    )
    valid_until = forms.DateField(
        _("許可の末日"), support=_("卒業までのときは空にします。例：2028年3月31日")
    )
    version = forms.HiddenField(_("版"))


def _schoolings() -> list[tuple[str, str]]:
    return [
        (Schooling.UNKNOWN.value, str(_("まだ確かめていない"))),
        (Schooling.MUNICIPAL.value, str(_("市立の学校を希望"))),
        (Schooling.FOREIGN_SCHOOL.value, str(_("外国人学校など"))),
        (Schooling.NONE.value, str(_("不就学"))),
    ]


class RemarksForm(forms.Form):
    """What the board finds necessary, and where a child of other nationality goes to school."""

    schooling = forms.RadioField(
        _("外国籍の児童の就学状況"), choices=_schoolings, default=Schooling.UNKNOWN.value
    )
    note = forms.TextAreaField(_("備考"), [forms.Length(max=2000)], rows=4)
    version = forms.HiddenField(_("版"))
