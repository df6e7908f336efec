"""Forms of roles (役割の入力画面)."""

from collections.abc import Sequence
from typing import Any

from govkit import forms
from govkit.base.i18n import lazy_gettext as _

__all__ = ["NewRoleForm", "RoleForm", "with_permissions"]


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
