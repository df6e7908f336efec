"""Attendance register (出席簿): roll call, calendar, closures, the five numbers, closing months."""

from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module, NavItem, Permission
from govkit.modules.attendance.actions import ACTIONS, DETAILS
from govkit.modules.attendance.calendar import (
    NewClosure,
    NewEntry,
    SchoolCalendar,
    add_calendar_entry,
    add_closure,
    remove_calendar_entry,
    remove_closure,
    school_calendar,
)
from govkit.modules.attendance.closing import MonthState
from govkit.modules.attendance.days import DayKind, SchoolDay
from govkit.modules.attendance.history import Correction, corrections, recorded_classes
from govkit.modules.attendance.infection import (
    SUSPENSIONS,
    Infection,
    Suspension,
    suspension_end,
)
from govkit.modules.attendance.marks import (
    MARKS,
    AttendancePolicy,
    Category,
    Mark,
    MarkEntry,
    MarkKind,
)
from govkit.modules.attendance.models import (
    CalendarEntry,
    Closure,
    ClosureCause,
    DayMark,
    EntryKind,
    MarkCorrection,
    MonthClose,
    RollCall,
)
from govkit.modules.attendance.months import (
    MonthRow,
    MonthSheet,
    class_summary,
    close_month,
    month,
    pupil_summary,
    reopen_month,
)
from govkit.modules.attendance.numbers import Attendance, FiveNumbers, FiveNumbersProblem
from govkit.modules.attendance.personal_files import PERSONAL_FILES
from govkit.modules.attendance.refusals import (
    FutureDay,
    InvalidPeriod,
    MarkNotRecordable,
    MonthClosed,
    MonthOpen,
    NotALessonDay,
    NotEnrolledThatDay,
    ReasonMissing,
    RollCallConflict,
    UnrecordedDays,
)
from govkit.modules.attendance.register_sheets import MONTH_REGISTER, register_key
from govkit.modules.attendance.roll import Recorded, RollLine, RollSheet, record_day, roll_call

__all__ = [
    "MARKS",
    "MONTH_REGISTER",
    "SUSPENSIONS",
    "Attendance",
    "AttendancePolicy",
    "CalendarEntry",
    "Category",
    "Closure",
    "ClosureCause",
    "Correction",
    "DayKind",
    "DayMark",
    "EntryKind",
    "FiveNumbers",
    "FiveNumbersProblem",
    "FutureDay",
    "Infection",
    "InvalidPeriod",
    "Mark",
    "MarkCorrection",
    "MarkEntry",
    "MarkKind",
    "MarkNotRecordable",
    "MonthClose",
    "MonthClosed",
    "MonthOpen",
    "MonthRow",
    "MonthSheet",
    "MonthState",
    "NewClosure",
    "NewEntry",
    "NotALessonDay",
    "NotEnrolledThatDay",
    "ReasonMissing",
    "Recorded",
    "RollCall",
    "RollCallConflict",
    "RollLine",
    "RollSheet",
    "SchoolCalendar",
    "SchoolDay",
    "Suspension",
    "UnrecordedDays",
    "add_calendar_entry",
    "add_closure",
    "class_summary",
    "close_month",
    "corrections",
    "module",
    "month",
    "pupil_summary",
    "record_day",
    "recorded_classes",
    "register_key",
    "remove_calendar_entry",
    "remove_closure",
    "reopen_month",
    "roll_call",
    "school_calendar",
    "suspension_end",
]

module = Module(
    name="attendance",
    title=_("出席簿"),
    package="govkit.modules.attendance",
    requires=("schools",),
    models=("govkit.modules.attendance.models",),
    blueprint="govkit.modules.attendance.views:pages",
    permissions=(
        Permission("attendance.view", _("出席簿を見る"), sensitive=True),
        Permission("attendance.print", _("出席簿を印刷する")),
        Permission("attendance.record", _("出欠を記録する"), sensitive=True),
        Permission("attendance.close_month", _("出席簿の月を締める"), sensitive=True),
        Permission("attendance.reopen_month", _("締めた月を解除する"), sensitive=True),
        Permission("attendance.manage_calendar", _("授業日と臨時休業を登録する")),
    ),
    roles={
        "homeroom_teacher": (
            "attendance.view",
            "attendance.print",
            "attendance.record",
            "attendance.close_month",
        ),
        "principal": (
            "attendance.view",
            "attendance.print",
            "attendance.close_month",
            "attendance.reopen_month",
            "attendance.manage_calendar",
        ),
        "school_clerk": ("attendance.view", "attendance.print", "attendance.manage_calendar"),
        "board_clerk": ("attendance.view",),
    },
    navigation=(
        NavItem(
            "attendance.today",
            _("今日の出席簿"),
            "attendance.view",
            _("出欠を記録し、月ごとの出席簿を見ます。"),
        ),
        NavItem(
            "attendance.calendars",
            _("授業日と臨時休業"),
            "attendance.manage_calendar",
            _("長期休業、振替の授業日、学級閉鎖などを登録します。"),
        ),
    ),
    policy=AttendancePolicy,
    documents=(MONTH_REGISTER,),
    actions=ACTIONS,
    details=DETAILS,
    personal_files=PERSONAL_FILES,
)
