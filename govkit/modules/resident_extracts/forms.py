"""Forms to receive files from the resident register (住民記録からのファイルの受入)."""

from govkit import forms
from govkit.base.i18n import lazy_gettext as _
from govkit.formats.tabular import Encoding

__all__ = ["ExtractForm", "ProtectionForm"]


def _encodings() -> list[tuple[str, str]]:
    return [
        (Encoding.UTF_8.value, str(_("UTF-8（BOMの有無は問いません）"))),
        (Encoding.CP932.value, str(_("シフトJIS（CP932）"))),
    ]


class _FileForm(forms.Form):
    file = forms.FileField(
        _("ファイル"), [forms.FileType(".csv", ".xlsx", is_checked=False)], required=True
    )
    encoding = forms.RadioField(
        _("文字コード"),
        choices=_encodings,
        required=True,
        default=Encoding.UTF_8.value,
        support=_(
            "CSVのときに選びます（Excelブックでは使いません）。自動では判定しません。出力元の設定を確かめてください。"
        ),
    )


class ExtractForm(_FileForm):
    """An extract of the resident register and the day it stands for."""

    as_of = forms.DateField(
        _("抽出時点"),
        required=True,
        support=_("住民票のデータをいつの時点で取り出したか。例：2026年10月1日、令和8年10月1日"),
    )
    allows_shrinking = forms.CheckboxField(
        _("住民が大きく減ることを確かめました"),
        support=_(
            "いまの住民の1割より多く（50人以上）がファイルにいないと、受け入れません。本当に減ったときだけ選んでください。"
        ),
    )


class ProtectionForm(_FileForm):
    """The list of people under support measures."""
