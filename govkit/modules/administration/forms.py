"""Forms of roles, of auditors and of disclosure (役割・監査・開示の入力画面)."""

from collections.abc import Sequence
from typing import Any

from govkit import forms
from govkit.base.i18n import lazy_gettext as _

__all__ = [
    "AuditForm",
    "BreachForm",
    "DisclosureForm",
    "DownloadForm",
    "NewRoleForm",
    "RoleForm",
    "with_permissions",
]


class RoleForm(forms.Form):
    """What a role is called, and which version of it was looked at."""

    title = forms.TextField(
        _("役割名"), [forms.Length(max=60)], required=True, support=_("例：養護教諭")
    )
    version = forms.HiddenField("")


class NewRoleForm(forms.Form):
    """A new role."""

    name = forms.TextField(
        _("役割コード"),
        [forms.Length(max=60)],
        required=True,
        support=_("小文字の英字で始まる英数字と「_」。後から変えられません。例：school_nurse"),
    )
    title = RoleForm.title


class AuditForm(forms.Form):
    """Which records are looked for."""

    shows_optional = False

    first = forms.DateField(_("期間の初日"), required=True, autocomplete="off")
    last = forms.DateField(_("期間の最終日"), required=True, autocomplete="off")
    actor = forms.TextField(
        _("職員"),
        [forms.Length(max=100)],
        autocomplete="off",
        support=_("氏名のはじめの文字から。コマンドで操作した人は、そのログイン名です。"),
    )
    subject = forms.TextField(
        _("対象の人"),
        [forms.Length(max=60)],
        autocomplete="off",
        width=16,
        support=_("宛名番号を入力すると、児童生徒や学齢簿としての記録も見つかります。"),
    )
    action = forms.SelectField(_("操作"))
    purpose = forms.TextField(
        _("利用目的・理由に含まれる言葉"), [forms.Length(max=100)], autocomplete="off"
    )
    request_id = forms.TextField(
        _("受付番号"),
        [forms.Length(max=40)],
        autocomplete="off",
        support=_("エラーの画面や、記録の一覧に出る番号です。"),
    )


class DownloadForm(forms.Form):
    """For what records leave the system."""

    why = forms.TextField(
        _("ダウンロードの目的"), [forms.Length(max=400)], required=True, autocomplete="off"
    )


class BreachForm(forms.Form):
    """What may have leaked."""

    shows_optional = False

    first = forms.DateField(_("期間の初日"), required=True, autocomplete="off")
    last = forms.DateField(_("期間の最終日"), required=True, autocomplete="off")
    known_on = forms.DateField(
        _("漏えい等を知った日"),
        required=True,
        autocomplete="off",
        support=_("報告の期限を、この日から数えます。"),
    )
    account = forms.TextField(
        _("職員"),
        [forms.Length(max=100)],
        autocomplete="off",
        support=_("この職員が見た人・書き出した人を数えます。空欄なら全員です。"),
    )
    table = forms.SelectField(_("データの種類"))
    permission = forms.SelectField(
        _("権限"), support=_("この権限を期間内に持っていた人の操作だけを数えます。")
    )
    improper = forms.CheckboxField(
        _("不正の目的によるおそれがある（盗難、不正アクセス、持ち出しなど）")
    )
    reason = forms.TextField(
        _("調べる理由"), [forms.Length(max=200)], required=True, autocomplete="off"
    )


class DisclosureForm(forms.Form):
    """Whose data are disclosed, and why."""

    number = forms.TextField(
        _("宛名番号"),
        [forms.Length(max=20)],
        required=True,
        autocomplete="off",
        inputmode="numeric",
        width=16,
        support=_("開示を請求した本人、または請求の対象の子の番号を入力します。"),
    )
    reason = forms.TextField(
        _("書き出す理由"),
        [forms.Length(max=200)],
        required=True,
        autocomplete="off",
        support=_("例：保有個人情報の開示請求（受付番号5）"),
    )
    confirmed = forms.CheckboxField(
        _("支援措置の担当課に確かめた（対象者が支援措置を受けているとき）")
    )


def with_permissions(
    form: type[forms.Form], groups: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]
) -> type[Any]:
    """The form with a group of boxes for each module.

    :param groups: Name and title of each module, and its permissions with their titles.
    """
    fields = {
        f"permissions_{name}": forms.CheckboxesField(title, choices=list(choices))
        for name, title, choices in groups
    }
    return type(f"{form.__name__}WithPermissions", (form,), fields)
