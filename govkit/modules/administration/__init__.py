"""Administration (管理): who may do what, as a table to read, to change and to hand on."""

from govkit.base.audit_words import Action, RecordKind
from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module, NavItem, Permission
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
        Permission("administration.audit", _("操作の記録を調べる")),
    ),
    actions=(
        Action("administration.role_added", _("役割の追加"), RecordKind.RIGHTS),
        Action("administration.role_changed", _("役割の権限の変更"), RecordKind.RIGHTS),
        Action(
            "administration.permissions_exported",
            _("権限の表のダウンロード"),
            RecordKind.EXPORT,
        ),
    ),
    roles={
        "administrator": ("administration.permissions", "administration.audit"),
        "auditor": ("administration.audit",),
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
    ),
)
