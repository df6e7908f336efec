"""Who looked at whom, alarms, and the state of the source (照会の記録・警告・住民情報の状態)."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from flask import request
from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.access_report import Access
from govkit.base.exports import DISCLOSURE, Given, Outgoing, hand_out
from govkit.base.i18n import gettext as _
from govkit.base.i18n import lazy_gettext as lazy
from govkit.base.work import JAPAN, Work
from govkit.jp.calendar import format_date
from govkit.modules.resident_lookup.forms import PeriodForm, ReportForm
from govkit.modules.resident_lookup.policy import purposes
from govkit.modules.resident_lookup.service import lookups_of, source_state, write_accesses
from govkit.modules.resident_lookup.views.blueprint import pages, purpose_title
from govkit.modules.resident_lookup.watching import alarms
from govkit.residents.policy import PurposeRule
from govkit.residents.watch import AlarmKind

__all__: list[str] = []

REPORT = "resident_lookup.access_report"
_ACTIONS: Final = {
    "residents.get": lazy("個人の表示"),
    "residents.search": lazy("検索結果の表示"),
    "residents.household": lazy("世帯の表示"),
    "residents.born_between": lazy("年齢による抽出"),
    "residents.match": lazy("名簿との突き合わせ"),
    "residents.verify": lazy("本人確認"),
    "resident_lookup.access_report_read": lazy("照会の記録の閲覧"),
}
_OUTCOMES: Final = {
    "single": lazy("1人を表示"),
    "several": lazy("複数人を表示"),
    "review": lazy("似ている人を表示"),
    "bulk": lazy("一括で取得"),
    "yes": lazy("一致"),
    "partial": lazy("一部が一致"),
    "no": lazy("不一致"),
}
_SCREENS: Final = {
    "resident_lookup.search": lazy("住民照会"),
    "resident_lookup.resident": lazy("住民照会"),
    "resident_lookup.household": lazy("住民照会"),
    "resident_lookup.report": lazy("照会の記録"),
    "resident_lookup.download_report": lazy("照会の記録"),
    "enrolment.compile_now": lazy("学齢簿の編製"),
}
_ALARMS: Final = {
    AlarmKind.MASS_SEARCH: lazy("短い時間に多くの照会"),
    AlarmKind.UNKNOWN_NUMBERS: lazy("いない番号の照会が続いた"),
    AlarmKind.NIGHT: lazy("夜間の照会"),
    AlarmKind.BUDGET: lazy("1時間の人数の上限に達した"),
}
_HALF_A_YEAR: Final = timedelta(days=183)
_MONTH: Final = timedelta(days=31)


@pages.get("/report", permission=REPORT)
def report_page(work: Work) -> ResponseReturnValue:
    """Ask of whom the lookups are to be told."""
    period = {"first": work.today - _HALF_A_YEAR, "last": work.today}
    return pages.render("resident_lookup/report_form.html", form=ReportForm(gettext=_, data=period))


@pages.post("/report", permission=REPORT)
def report(work: Work) -> ResponseReturnValue:
    """Who looked at a resident, to be read or printed."""
    form = _checked(ReportForm(request.form, gettext=_))
    if form.errors:
        return pages.render("resident_lookup/report_form.html", form=form), 400
    found, rules = _found(work, form), purposes(work)
    return pages.render(
        "resident_lookup/report.html",
        number=form.number.data,
        first=format_date(form.first.data),
        last=format_date(form.last.data),
        rows=[
            (_moment(each), each.who, "、".join(each.roles), *_texts(rules, each)) for each in found
        ],
        headings=_headings(),
        sent={name: request.form.get(name, "") for name in ("number", "first", "last", "reason")},
        made=format_date(work.today),
    )


def _checked(form: Any) -> Any:
    if form.validate() and form.first.data > form.last.data:
        form.add_error("last", _("期間の最終日は、初日以後の日付を入力してください。"))
    return form


def _found(work: Work, form: ReportForm) -> Sequence[Access]:
    period: tuple[date, date] = (form.first.data, form.last.data)
    return lookups_of(work, form.number.data, period, form.reason.data)


def _moment(access: Access) -> str:
    return f"{access.at.astimezone(JAPAN):%Y-%m-%d %H:%M}"


def _headings() -> list[str]:
    return [
        *(_("日時"), _("職員"), _("役割"), _("操作"), _("結果"), _("利用目的"), _("根拠")),
        *(_("理由"), _("所属"), _("画面")),
    ]


def _texts(rules: Mapping[str, PurposeRule], access: Access) -> tuple[str, ...]:
    rule = rules.get(access.purpose)
    return (
        str(_ACTIONS.get(access.action, access.action)),
        str(_OUTCOMES.get(access.outcome, access.outcome)),
        purpose_title(rule) if rule else access.purpose,
        access.legal_basis,
        access.reason,
        access.section,
        str(_SCREENS.get(access.screen, access.screen)),
    )


@pages.post("/report/download", permission=REPORT)
def download_report(work: Work) -> ResponseReturnValue:
    """The report as CSV."""
    form = _checked(ReportForm(request.form, gettext=_))
    if form.errors:
        return pages.render("resident_lookup/report_form.html", form=form), 400
    body, rules = io.BytesIO(), purposes(work)
    found = [(each, _texts(rules, each)) for each in _found(work, form)]
    write_accesses(body, _headings(), found)
    # The number of the resident is not in the name of the file: names of files travel further.
    file = Outgoing(
        kind="resident_lookup.access_report",
        title=lazy("照会の記録"),
        permission=REPORT,
        file_name=_("照会の記録_{day}.csv", day=work.today.isoformat()),
        media_type="text/csv; charset=utf-8",
        content=body.getvalue(),
        rows=len(found),
        people=[form.number.data],
    )
    return web.hand_over(hand_out(work, file, Given(DISCLOSURE, form.reason.data)))


@pages.get("/alarms", permission="resident_lookup.alarms")
def alarm_list(work: Work) -> ResponseReturnValue:
    """Lookups that were unlike daily work, of a month unless other days are asked for."""
    asked = {name: request.args[name] for name in ("first", "last") if request.args.get(name)}
    form = PeriodForm(
        request.args if asked else None,
        gettext=_,
        data={"first": work.today - _MONTH, "last": work.today},
    )
    found, rules = [], purposes(work)
    if not asked or not _checked(form).errors:
        found = alarms(work, form.first.data, form.last.data)
    return pages.render(
        "resident_lookup/alarms.html",
        form=form,
        rows=[
            (
                _moment(each.access),
                str(_ALARMS[each.kind]),
                each.count,
                each.access.who,
                "、".join(each.access.roles),
                _texts(rules, each.access)[2],
                each.access.reason,
            )
            for each in found
        ],
    )


@pages.get("/sources", permission="resident_lookup.sources")
def sources(work: Work) -> ResponseReturnValue:
    """What stands behind the lookups, without any personal data."""
    state = source_state(work)
    return pages.render("resident_lookup/sources.html", state=state, day=format_date)
