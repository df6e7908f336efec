"""What the pages of the register show, as plain values for the components of the page shell."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from babel.dates import format_date, format_skeleton, get_day_names

from govkit.base.i18n import gettext as _
from govkit.base.i18n import language
from govkit.base.work import JAPAN
from govkit.modules.attendance.days import DayKind, SchoolDay
from govkit.modules.attendance.grid import OTHER, RollGrid, field_names
from govkit.modules.attendance.history import Correction
from govkit.modules.attendance.marks import MARKS, AttendancePolicy, Mark, MarkEntry
from govkit.modules.attendance.months import MonthRow, MonthSheet
from govkit.modules.attendance.roll import RollLine, RollSheet

__all__ = [
    "correction_rows",
    "day_text",
    "entry_text",
    "moment_text",
    "month_table",
    "month_text",
    "problem_links",
    "roll_choices",
    "roll_lines",
    "short_day",
    "why_no_roll",
]


def day_text(day: date) -> str:
    """A day in full, ``2026年11月24日火曜日``."""
    return format_date(day, "full", locale=language())


def short_day(day: date) -> str:
    """A day on a button, ``11/24（火）``."""
    return _("{month}/{day}（{weekday}）", month=day.month, day=day.day, weekday=_weekday(day))


def month_text(month: date) -> str:
    """A month, ``2026年11月``."""
    return format_skeleton("yMMMM", month, locale=language())


def moment_text(moment: datetime) -> str:
    """A moment in Japan, ``11/24（火） 9:05``."""
    local = moment.astimezone(JAPAN)
    return f"{short_day(local.date())} {local:%-H:%M}"


def _weekday(day: date, width: Literal["abbreviated", "short"] = "abbreviated") -> str:
    return str(get_day_names(width, locale=language())[day.weekday()])


def entry_text(entry: MarkEntry | None) -> str:
    """A mark with its note, ``欠席（病気）：発熱``."""
    if entry is None:
        return _("記録なし")
    title = str(MARKS[entry.mark].title)
    return _("{mark}：{note}", mark=title, note=entry.note) if entry.note else title


def why_no_roll(day: SchoolDay, today: date) -> str:
    """Why no roll is called on a day; blank when one is."""
    match day.kind:
        case DayKind.CLASS_CLOSED:
            return _(
                "学級閉鎖です（{name}）。全員が「出席停止・忌引等」の日数に入ります。",
                name=day.name,
            )
        case DayKind.CLOSED:
            return _("臨時休業です（{name}）。授業日数に入りません。", name=day.name)
        case DayKind.LESSON:
            return _("まだ来ていない日の出欠は記録できません。") if day.day > today else ""
        case _:
            return _("{name}のため、授業日ではありません。", name=day.name)


def roll_choices(policy: AttendancePolicy) -> list[dict[str, Any]]:
    """The row of buttons of each pupil."""
    buttons: list[dict[str, Any]] = [
        {"value": mark.value, "title": str(title), "marked": mark is not Mark.PRESENT}
        for mark, title in policy.buttons
    ]
    return [*buttons, {"value": OTHER, "title": _("その他"), "marked": True}]


def roll_lines(
    sheet: RollSheet,
    policy: AttendancePolicy,
    sent: Mapping[str, str] | None = None,
    grid: RollGrid | None = None,
) -> list[dict[str, Any]]:
    """The pupils of a roll call, as stored or as just sent.

    :param sent: What was sent and could not be saved; it wins over what is stored.
    :param grid: The same, read: lines that differ from the stored ones are pointed out.
    """
    buttons = {mark.value for mark, _title in policy.buttons}
    return [_roll_line(line, sheet, buttons, sent, grid) for line in sheet.lines]


def _roll_line(
    line: RollLine,
    sheet: RollSheet,
    buttons: set[str],
    sent: Mapping[str, str] | None,
    grid: RollGrid | None,
) -> dict[str, Any]:
    mark_name, other_name, note_name = field_names(line.pupil_id)
    entry = line.entry or MarkEntry()
    value = entry.mark.value
    shown = {
        "value": value if value in buttons else OTHER,
        "other": value if value not in buttons else "",
        "note": entry.note,
    }
    if sent is not None and mark_name in sent:
        shown = {
            "value": sent[mark_name],
            "other": sent.get(other_name, ""),
            "note": sent.get(note_name, ""),
        }
    problem = grid.problems.get(line.pupil_id, "") if grid else ""
    if grid and line.pupil_id in grid.entries and problem:
        shown["note"] = grid.entries[line.pupil_id].note
    return {
        "field": mark_name,
        "number": line.number,
        "name": line.name,
        "kana": line.kana,
        "value": shown["value"],
        "badge": _badge(line, sheet, grid),
        "note": "",
        "invalid": bool(problem),
        "problem": _(problem) if problem else "",
        "other_name": other_name,
        "other": shown["other"],
        "note_name": note_name,
        "remark": shown["note"],
    }


def _badge(line: RollLine, sheet: RollSheet, grid: RollGrid | None) -> dict[str, str] | None:
    if grid and not grid.problems and grid.entries.get(line.pupil_id, MarkEntry()) != line.entry:
        return {"text": _("保存済み：{entry}", entry=entry_text(line.entry)), "kind": "warning"}
    if sheet.is_recorded and line.entry is None:
        return {"text": _("未記録"), "kind": "warning"}
    return None


def month_table(sheet: MonthSheet, policy: AttendancePolicy) -> dict[str, Any]:
    """Days, rows, sums and signs of the month table."""
    used = {mark for row in sheet.rows for mark in row.marks if mark is not None}
    figures = [_figures(row) for row in sheet.rows]
    return {
        "days": [
            {
                "title": each.day.day,
                "weekday": _weekday(each.day, "short"),
                "off": not each.is_lesson_day,
            }
            for each in sheet.days
        ],
        "rows": [
            {
                "number": row.number,
                "name": row.name,
                "marks": [
                    _cell(mark, day, sheet.unrecorded, policy)
                    for mark, day in zip(row.marks, sheet.days, strict=True)
                ],
                "sums": sums,
            }
            for row, sums in zip(sheet.rows, figures, strict=True)
        ],
        "sums": [
            _("授業日数"),
            _("出席停止・忌引等"),
            _("出席すべき日数"),
            _("欠席"),
            _("出席"),
            _("遅刻"),
            _("早退"),
        ],
        "totals": [sum(column) for column in zip(*figures, strict=True)] if figures else None,
        "legend": [
            (policy.symbol(mark), str(MARKS[mark].title))
            for mark in Mark
            if mark in used and policy.symbol(mark)
        ],
        "remarks": [
            (f"{row.number} {row.name}", row.attendance.remarks)
            for row in sheet.rows
            if row.attendance.remarks
        ],
    }


def _figures(row: MonthRow) -> list[int]:
    numbers = row.attendance.numbers
    return [*numbers.figures, numbers.late, numbers.early]


def _cell(
    mark: Mark | None, day: SchoolDay, unrecorded: Sequence[date], policy: AttendancePolicy
) -> dict[str, str] | str:
    if mark is None:
        missing = {"symbol": "？", "title": _("未記録")}
        return missing if day.day in unrecorded else ""
    symbol = policy.symbol(mark)
    return {"symbol": symbol, "title": str(MARKS[mark].title)} if symbol else ""


def correction_rows(found: Sequence[Correction]) -> list[list[str]]:
    """Corrections as rows of a table."""
    return [
        [
            short_day(each.day),
            each.name,
            entry_text(each.before),
            entry_text(each.after),
            each.corrected_by,
            moment_text(each.corrected_at),
            each.reason,
        ]
        for each in found
    ]


def problem_links(lines: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Anchor and sentence of every line that has to be put right."""
    return [
        (f"{line['field']}-name", f"{line['number']} {line['name']}：{line['problem']}")
        for line in lines
        if line["problem"]
    ]
