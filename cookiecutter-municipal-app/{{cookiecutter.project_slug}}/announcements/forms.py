"""Forms of the announcements."""

from govkit.base.i18n import lazy_gettext as _
from govkit.forms import Form, Length, TextAreaField, TextField

__all__ = ["AnnouncementForm"]


class AnnouncementForm(Form):
    """A new announcement."""

    title = TextField(_("件名"), [Length(max=100)], required=True)
    body = TextAreaField(_("本文"), [Length(max=2000)], required=True)
