"""Forms of the register: the reason for reopening a month, closures, the school's calendar."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from govkit import forms
from govkit.base.i18n import gettext
from govkit.base.i18n import lazy_gettext as _
from govkit.modules.attendance.calendar import NewClosure, NewEntry
from govkit.modules.attendance.models import ClosureCause, EntryKind
from govkit.modules.schools import ClassGroup

__all__ = ["CAUSES", "ENTRY_KINDS", "ClosureForm", "EntryForm", "ReopenForm"]

CAUSES = {
    ClosureCause.INFECTION: _("感染症の予防（学校保健安全法第20条）"),
    ClosureCause.DISASTER: _("非常変災その他の急迫の事情（学校教育法施行規則第63条）"),
    ClosureCause.OTHER: _("その他"),
}
"""Causes of a closure as the page says them."""

ENTRY_KINDS = {
    EntryKind.VACATION: _("長期休業日"),
    EntryKind.NO_CLASS: _("授業のない日（開校記念日、振替休業日など）"),
    EntryKind.LESSON_DAY: _("授業を行う日（土曜授業、運動会など）"),
}
"""Kinds of calendar entries as the page says them."""

_WHOLE_SCHOOL = "school"
_GRADE, _CLASS = "grade:", "class:"


class ReopenForm(forms.Form):
    """Why a month is reopened (締めの解除)."""

    reason = forms.TextField(
        _("解除する理由"),
        [forms.Length(max=200)],
        required=True,
        support=_("例：欠席の届けが後から届いたため"),
    )


class _PeriodForm(forms.Form):
    first_day = forms.DateField(_("最初の日"), required=True)
    last_day = forms.DateField(_("最後の日"), support=_("1日だけのときは空のままにします"))

    @property
    def days(self) -> tuple[date, date]:
        """First and last day; one day when the last is blank."""
        first: date = self.first_day.data
        return first, self.last_day.data or first


class EntryForm(_PeriodForm):
    """A vacation, an extra lesson day or a free day."""

    kind = forms.RadioField(_("種別"), choices=ENTRY_KINDS.items, coerce=EntryKind, required=True)
    name = forms.TextField(
        _("名称"), [forms.Length(max=60)], required=True, support=_("例：夏季休業日")
    )

    @property
    def entry(self) -> NewEntry:
        """What was entered."""
        return NewEntry(*self.days, self.kind.data, self.name.data)


class ClosureForm(_PeriodForm):
    """Cancelled lessons.

    :param classes: Classes of the school, in order.
    """

    scope = forms.SelectField(_("休業する範囲"), required=True)
    cause = forms.RadioField(_("事由"), choices=CAUSES.items, coerce=ClosureCause, required=True)
    reason = forms.TextField(
        _("理由"), [forms.Length(max=100)], required=True, support=_("例：インフルエンザの流行")
    )

    def __init__(self, *args: Any, classes: Sequence[ClassGroup], **options: Any) -> None:
        super().__init__(*args, **options)
        grades = {each.grade: each.label.removesuffix(each.name) for each in classes}
        self.scope.choices = [
            (_WHOLE_SCHOOL, gettext("学校全体")),
            *(
                (f"{_GRADE}{grade}", gettext("{grade}全体", grade=grades[grade]))
                for grade in grades
            ),
            *((f"{_CLASS}{each.id}", each.label) for each in classes),
        ]

    @property
    def closure(self) -> NewClosure:
        """What was entered."""
        scope: str = self.scope.data
        return NewClosure(
            *self.days,
            self.cause.data,
            self.reason.data,
            grade=int(scope.removeprefix(_GRADE)) if scope.startswith(_GRADE) else None,
            class_group_id=UUID(scope.removeprefix(_CLASS)) if scope.startswith(_CLASS) else None,
        )
