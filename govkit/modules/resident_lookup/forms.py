"""Forms of the lookup: the purpose, the conditions, the period of a report (照会の入力画面)."""

from govkit import forms
from govkit.base.i18n import lazy_gettext as _
from govkit.residents.matching import NameMatch
from govkit.residents.records import Sex

__all__ = ["PeriodForm", "PurposeForm", "ReportForm", "SearchForm"]


def _ways() -> list[tuple[str, str]]:
    return [
        (NameMatch.PREFIX.value, str(_("前方一致（はじめの文字から）"))),
        (NameMatch.EXACT.value, str(_("完全一致（氏名の全部、または氏か名）"))),
        (NameMatch.PART.value, str(_("部分一致（途中の文字でも）"))),
        (NameMatch.FUZZY.value, str(_("あいまい（1文字の違いも）"))),
    ]


def _sexes() -> list[tuple[str, str]]:
    return [(Sex.MALE.value, str(_("男"))), (Sex.FEMALE.value, str(_("女")))]


class PurposeForm(forms.Form):
    """What the following lookups are for."""

    purpose = forms.RadioField(_("利用目的"), required=True)
    reason = forms.TextField(
        _("照会する理由"),
        [forms.Length(max=200)],
        required=True,
        autocomplete="off",
        support=_("どの仕事のために調べるかを書きます。例：区域外就学の申請（受付番号12）の確認"),
    )


class SearchForm(forms.Form):
    """What is known about the person."""

    shows_optional = False

    name = forms.TextField(
        _("氏名またはフリガナ"),
        [forms.Length(max=100)],
        autocomplete="off",
        support=_("通称・旧氏・前の氏名も見つかります。ひらがなでも構いません。"),
    )
    how = forms.RadioField(
        _("氏名の調べ方"), choices=_ways, default=NameMatch.PREFIX.value, badge=False
    )
    birth_from = forms.DateField(
        _("生年月日"),
        autocomplete="off",
        support=_("例：平成31年4月1日、2019-04-01。1日だけのときは、ここだけ入力します。"),
    )
    birth_to = forms.DateField(_("生年月日の範囲の終わり"), autocomplete="off")
    sex = forms.SelectField(_("性別"), choices=_sexes)
    address = forms.TextField(
        _("住所"), [forms.Length(max=100)], autocomplete="off", support=_("例：錦町1丁目")
    )
    building = forms.TextField(
        _("方書（建物名・部屋番号）"), [forms.Length(max=100)], autocomplete="off"
    )
    number = forms.TextField(
        _("宛名番号"), [forms.Length(max=20)], autocomplete="off", inputmode="numeric", width=16
    )


class PeriodForm(forms.Form):
    """Two days, both included."""

    first = forms.DateField(_("期間の初日"), required=True, autocomplete="off")
    last = forms.DateField(_("期間の最終日"), required=True, autocomplete="off")


class ReportForm(PeriodForm):
    """Of whom the lookups are told, and why."""

    number = forms.TextField(
        _("宛名番号"),
        [forms.Length(max=20)],
        required=True,
        autocomplete="off",
        inputmode="numeric",
        width=16,
        support=_("照会された住民の番号を入力します。"),
    )
    reason = forms.TextField(
        _("記録を見る理由"),
        [forms.Length(max=200)],
        required=True,
        autocomplete="off",
        support=_("例：本人からの開示請求（受付番号5）。この閲覧も記録に残ります。"),
    )
