"""The two fields of every form that takes a file with personal data out (利用目的・理由)."""

from govkit import forms
from govkit.base.exports import Given, export_purposes
from govkit.base.i18n import lazy_gettext as _
from govkit.base.work import Work

__all__ = ["PurposeForm", "given", "offer_purposes", "purpose_field", "reason_field"]


def purpose_field() -> forms.SelectField:
    """What the file is for, to be chosen; :func:`offer_purposes` fills in the choices."""
    return forms.SelectField(_("利用目的"), required=True)


def reason_field() -> forms.TextField:
    """Who uses the file for what, in their own words."""
    return forms.TextField(
        _("理由"),
        [forms.Length(max=200)],
        required=True,
        support=_("だれが何に使うか。監査記録に残ります。例：就学時健康診断の案内の発送"),
    )


class PurposeForm(forms.Form):
    """The purpose of a file, where nothing else is asked."""

    purpose = purpose_field()
    reason = reason_field()


def offer_purposes(form: forms.Form, work: Work) -> None:
    """Let the municipality's purposes be chosen from."""
    form.purpose.choices = export_purposes(work)


def given(form: forms.Form) -> Given:
    """What a valid form says."""
    return Given(form.purpose.data, form.reason.data)
