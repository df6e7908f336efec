"""Administration (管理): who may do what, as a table to read, to change and to hand on."""

from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module, NavItem, Permission
from govkit.modules.administration.actions import ACTIONS
from govkit.modules.administration.roles import (
    Holder,
    LastHolder,
    Matrix,
    RoleLine,
    add_role,
    change_role,
    find_role,
    permission_matrix,
    role_version,
)

__all__ = [
    "Holder",
    "LastHolder",
    "Matrix",
    "RoleLine",
    "add_role",
    "change_role",
    "find_role",
    "module",
    "permission_matrix",
    "role_version",
]

module = Module(
    name="administration",
    title=_("管理"),
    package="govkit.modules.administration",
    blueprint="govkit.modules.administration.views:pages",
    permissions=(
        Permission(
            "administration.permissions", _("役割の権限を見て、変える"), very_sensitive=True
        ),
        Permission("administration.audit", _("操作の記録を調べる"), sensitive=True),
        Permission("administration.breach", _("漏えい等で影響を受けた人を調べる"), sensitive=True),
        Permission("administration.disclosure", _("開示のために書き出す"), very_sensitive=True),
        Permission(
            "administration.disclose_protected",
            _("支援措置を受けている人の情報を、開示のために書き出す"),
            very_sensitive=True,
        ),
    ),
    actions=ACTIONS,
    roles={
        "administrator": (
            "administration.permissions",
            "administration.audit",
            "administration.breach",
        ),
        "auditor": ("administration.audit", "administration.breach"),
        "board_clerk": ("administration.disclosure",),
        "protected_data_officer": (
            "administration.disclosure",
            "administration.disclose_protected",
        ),
    },
    navigation=(
        NavItem(
            "administration.permissions",
            _("権限の表"),
            "administration.permissions",
            _("どの役割が何をできるか、だれがその役割かを確かめ、役割の権限を変えます。"),
        ),
        NavItem(
            "administration.audit",
            _("操作の記録"),
            "administration.audit",
            _("だれが、いつ、だれの情報を見て、何を変えたかを調べます。"),
        ),
        NavItem(
            "administration.breach",
            _("漏えい等の調べ"),
            "administration.breach",
            _("漏えい等で影響を受けた人の数、経過、報告の期限を調べます。"),
        ),
        NavItem(
            "administration.disclosure",
            _("開示のための書き出し"),
            "administration.disclosure",
            _("開示請求に応じるために、ある人の情報のすべてを書き出します。"),
        ),
    ),
)
