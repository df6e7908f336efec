"""Forms of schools, classes, pupils, staff and the roster (学校の入力画面)."""

from typing import Any, Final
from uuid import UUID

from govkit import forms
from govkit.base.i18n import lazy_gettext as _
from govkit.base.views.purpose import purpose_field, reason_field
from govkit.formats.oneroster import Profile
from govkit.jp.characters import CharacterSet
from govkit.modules.schools.models import Duty

__all__ = [
    "DUTIES",
    "ClassForm",
    "CloseSchoolForm",
    "EndForm",
    "ExchangeNameForm",
    "ExportForm",
    "KanaForm",
    "LeaveForm",
    "PostingForm",
    "ResumeForm",
    "SchoolForm",
]

DUTIES: Final = {
    Duty.HOMEROOM: _("学級担任"),
    Duty.SUBJECT: _("教科・専科担当"),
    Duty.HEAD: _("校長・副校長・教頭"),
    Duty.OFFICE: _("事務"),
}
"""Titles of what staff do at a school (職務)."""

PROFILES: Final = {
    Profile.JAPAN_K12_1_0: _("1EdTech Japan K-12 1.0（相互運用標準モデル 6.00）"),
    Profile.JAPAN_1_2_1: _("JP v1.2.1（学習eポータル 4.00・5.00）"),
    Profile.JAPAN_ED2: _("JP第2版（学習eポータル 3.00）"),
}
"""Titles of the dialects of a roster, the newest first."""

# Names of others: what the browser knows of its own user would be wrong.
_FOR_EXCHANGE: Final[dict[str, Any]] = {
    "character_set": CharacterSet.JIS_X_0213,
    "max_length": 100,
    "width": 16,
    "autocomplete": "off",
}


class SchoolForm(forms.Form):
    """A new school."""

    code = forms.SchoolCodeField(
        _("学校コード"),
        required=True,
        support=_("文部科学省の学校コード13桁。例：B113299999911"),
    )
    name = forms.TextField(
        _("学校名"), [forms.Length(max=100)], required=True, support=_("例：立川市立第一小学校")
    )
    opened_on = forms.DateField(_("設置年月日"))


class CloseSchoolForm(forms.Form):
    """The last day of a school, and who takes over."""

    closed_on = forms.DateField(_("廃止年月日"), required=True)
    successor_code = forms.SchoolCodeField(
        _("移行後の学校コード"),
        support=_("統合先の学校があるときに入力します。"),
    )


class ClassForm(forms.Form):
    """A new class."""

    school_year = forms.SelectField(_("年度"), required=True, coerce=int)
    grade = forms.SelectField(_("学年"), required=True, coerce=int)
    name = forms.TextField(
        _("組"), [forms.Length(max=20)], required=True, width=8, support=_("例：1組")
    )
    is_special_needs = forms.CheckboxField(_("特別支援学級"))


class ExchangeNameForm(forms.Form):
    """Form of a name for systems that know JIS X 0213 only."""

    family_name = forms.FamilyNameField(_("連携用の氏"), **_FOR_EXCHANGE)
    given_name = forms.GivenNameField(_("連携用の名"), **_FOR_EXCHANGE)


class KanaForm(forms.Form):
    """Reading of a name."""

    family_name = forms.FuriganaField(_("氏のフリガナ"), required=True, width=16)
    given_name = forms.FuriganaField(_("名のフリガナ"), required=True, width=16)


class LeaveForm(forms.Form):
    """The last day of a pupil in the class, and why."""

    last_day = forms.DateField(_("最後に在籍した日"), required=True)
    reason = forms.TextField(
        _("理由"), [forms.Length(max=200)], required=True, support=_("例：市外への転出")
    )


class ResumeForm(forms.Form):
    """Why the end of a membership was a mistake."""

    reason = forms.TextField(
        _("取り消す理由"),
        [forms.Length(max=200)],
        required=True,
        support=_("例：別の児童の手続きだったため"),
    )


class PostingForm(forms.Form):
    """A new appointment of somebody, known or new."""

    login = forms.TextField(
        _("ログイン名"),
        [forms.Length(max=120)],
        required=True,
        autocomplete="off",
        support=_(
            "ほかの団体から異動してきた人は、これまでのログイン名をそのまま使います。本人に確かめて入力してください。"
        ),
    )
    creates_account = forms.CheckboxField(_("このログイン名で新しいアカウントを作る"))
    family_name = forms.FamilyNameField(
        _("氏"),
        width=16,
        autocomplete="off",
        support=_("この団体にはじめて配属する職員のときに入力します。"),
    )
    given_name = forms.GivenNameField(_("名"), width=16, autocomplete="off")
    kana_family_name = forms.FuriganaField(_("氏のフリガナ"), width=16)
    kana_given_name = forms.FuriganaField(_("名のフリガナ"), width=16)
    role = forms.SelectField(_("役割"), required=True)
    school = forms.SelectField(
        _("学校"), coerce=UUID, support=_("教育委員会に配属するときは選びません。")
    )
    duty = forms.SelectField(_("職務"), choices=[(key.value, DUTIES[key]) for key in Duty])
    class_group = forms.SelectField(
        _("学級"), coerce=UUID, support=_("学級担任など、学級を受け持つときに選びます。")
    )
    valid_from = forms.DateField(_("開始日"), required=True)
    valid_to = forms.DateField(
        _("終了日"),
        support=_(
            "この日まで有効です。決まっていなければ空にします。学級の配属は年度末で終わります。"
        ),
    )


class EndForm(forms.Form):
    """The last day of an appointment."""

    last_day = forms.DateField(
        _("最後の日"),
        required=True,
        support=_("翌日の0時から、この配属では使えなくなります。"),
    )


class ExportForm(forms.Form):
    """Which roster is written, and what for."""

    school_year = forms.SelectField(_("年度"), required=True, coerce=int)
    profile = forms.SelectField(
        _("形式"),
        required=True,
        choices=[(profile.name, title) for profile, title in PROFILES.items()],
        support=_("連携先から指定がなければ、最新の形式のまま書き出します。"),
    )
    purpose = purpose_field()
    reason = reason_field()
