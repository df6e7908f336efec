"""お知らせ: この自治体アプリだけのモジュールの例。"""

from pathlib import Path

from announcements.models import Announcement
from govkit.base.i18n import add_catalogue
from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module, NavItem, Permission

__all__ = ["Announcement", "module"]

_READ = ("announcements.read",)

add_catalogue(Path(__file__).parent / "translations")

module = Module(
    name="announcements",
    title=_("お知らせ"),
    package="announcements",
    models=("announcements.models",),
    blueprint="announcements.views:pages",
    permissions=(
        Permission("announcements.read", _("お知らせを読む")),
        Permission("announcements.post", _("お知らせを掲示する")),
    ),
    roles={
        "board_clerk": ("announcements.read", "announcements.post"),
        "principal": _READ,
        "school_clerk": _READ,
        "homeroom_teacher": _READ,
    },
    navigation=(
        NavItem(
            "announcements.board",
            _("お知らせ"),
            "announcements.read",
            _("教育委員会からのお知らせを読みます。"),
        ),
    ),
)
