"""Forms."""

from govkit.base.i18n import lazy_gettext as _
from govkit.forms import Form, Length, TextField

__all__ = ["EntryForm"]


class EntryForm(Form):
    """A new entry."""

    title = TextField(_("件名"), [Length(max=100)], required=True)
