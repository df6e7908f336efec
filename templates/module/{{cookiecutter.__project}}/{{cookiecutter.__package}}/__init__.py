"""{{ cookiecutter.title }}."""

from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module, NavItem, Permission
from {{ cookiecutter.__package }}.models import Entry

__all__ = ["Entry", "module"]

module = Module(
    name="{{ cookiecutter.module_name }}",
    title=_("{{ cookiecutter.title }}"),
    package="{{ cookiecutter.__package }}",
    models=("{{ cookiecutter.__package }}.models",),
    blueprint="{{ cookiecutter.__package }}.views:pages",
    permissions=(
        Permission("{{ cookiecutter.module_name }}.view", _("見る")),
        Permission("{{ cookiecutter.module_name }}.edit", _("登録する")),
    ),
    roles={
        "board_clerk": ("{{ cookiecutter.module_name }}.view", "{{ cookiecutter.module_name }}.edit"),
        "school_clerk": ("{{ cookiecutter.module_name }}.view",),
    },
    navigation=(
        NavItem(
            "{{ cookiecutter.module_name }}.entries",
            _("{{ cookiecutter.title }}"),
            "{{ cookiecutter.module_name }}.view",
        ),
    ),
)
