"""What the pages of the register show, as plain values for the components of the page shell."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from babel.dates import format_date, format_skeleton, get_day_names

from govkit.base.i18n import gettext as _
from govkit.base.i18n import language
from govkit.base.merging import Clash, Merge
from govkit.base.work import JAPAN
from govkit.modules.attendance.days import DayKind, SchoolDay
from govkit.modules.attendance.grid import (
    MINE,
    OTHER,
    THEIRS,
    RollGrid,
    choice_names,
    field_names,
    write_seen,
)
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
    "seen_text",
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


def seen_text(sheet: RollSheet, grid: RollGrid | None = None) -> str:
    """What the page of a roll call shows as recorded, for it to send back.

    :param grid: What was sent and comes back to be put right: it was typed over what its page showed.
    """
    seen: dict[UUID, MarkEntry] = {}
    for line in sheet.lines:
        shown = grid.shown(line.pupil_id) if grid else None
        seen[line.pupil_id] = shown or line.entry or MarkEntry()
    return write_seen(seen)


def roll_lines(
    sheet: RollSheet,
    policy: AttendancePolicy,
    sent: Mapping[str, str] | None = None,
    grid: RollGrid | None = None,
    merged: Merge[UUID, MarkEntry] | None = None,
) -> list[dict[str, Any]]:
    """The pupils of a roll call, as stored or as just sent.

    :param sent: What was sent and could not be saved; it wins over what is stored.
    :param grid: The same, read.
    :param merged: The same, put together with what somebody else has recorded; it wins over both.
    """
    buttons = {mark.value for mark, _title in policy.buttons}
    lines = []
    for line in sheet.lines:
        entry = line.entry or MarkEntry()
        if merged:
            entry = merged.values.get(line.pupil_id, entry)
        shown = _shown(entry, buttons)
        if grid and sent and not merged and line.pupil_id in grid.entries:
            shown = _sent(line.pupil_id, sent, grid)
        problem = grid.problems.get(line.pupil_id, "") if grid else ""
        lines.append(_line(line, problem) | shown | _meanwhile(line, sheet, grid, merged))
    return lines


def _line(line: RollLine, problem: str) -> dict[str, Any]:
    mark_name, other_name, note_name = field_names(line.pupil_id)
    return {
        "field": mark_name,
        "number": line.number,
        "name": line.name,
        "kana": line.kana,
        "note": "",
        "invalid": bool(problem),
        "problem": _(problem) if problem else "",
        "other_name": other_name,
        "note_name": note_name,
    }


def _shown(entry: MarkEntry, buttons: set[str]) -> dict[str, str]:
    value = entry.mark.value
    chosen, other = (value, "") if value in buttons else (OTHER, value)
    return {"value": chosen, "other": other, "remark": entry.note}


def _sent(pupil_id: UUID, sent: Mapping[str, str], grid: RollGrid) -> dict[str, str]:
    mark_name, other_name, _note_name = field_names(pupil_id)
    return {
        "value": sent[mark_name],
        "other": sent.get(other_name, ""),
        "remark": grid.entries[pupil_id].note,
    }


def _meanwhile(
    line: RollLine,
    sheet: RollSheet,
    grid: RollGrid | None,
    merged: Merge[UUID, MarkEntry] | None,
) -> dict[str, Any]:
    """What somebody else has done about a pupil: a sign, and the question which mark stays."""
    badge, clash, chosen = None, None, ""
    if sheet.is_recorded and line.entry is None:
        badge = {"text": _("未記録"), "kind": "warning"}
    if merged:
        clash = merged.clashes.get(line.pupil_id)
        if line.pupil_id in merged.theirs:
            badge = {"text": _("ほかの人が変更"), "kind": "info"}
    elif grid and line.pupil_id in grid.asked:
        theirs = grid.shown(line.pupil_id) or MarkEntry()
        clash, chosen = Clash(theirs, grid.entries[line.pupil_id]), grid.asked[line.pupil_id]
    return {"badge": badge, "clash": _question(line.pupil_id, clash, chosen) if clash else None}


def _question(pupil_id: UUID, clash: Clash[MarkEntry], chosen: str) -> dict[str, Any]:
    asked_name, choice_name = choice_names(pupil_id)
    theirs = _("保存済みの「{entry}」を残す", entry=entry_text(clash.theirs))
    mine = _("自分が入力した「{entry}」にする", entry=entry_text(clash.mine))
    return {
        "asked_name": asked_name,
        "name": choice_name,
        "choices": [
            {"value": value, "title": title, "checked": value == chosen}
            for value, title in ((THEIRS, theirs), (MINE, mine))
        ],
    }


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
    """Anchor and sentence of every line that has to be put right or decided."""
    decide = _("どちらの出欠を残すか選んでください")
    return [
        (
            f"{line['field']}-name",
            f"{line['number']} {line['name']}：{line['problem'] or decide}",
        )
        for line in lines
        if line["problem"] or (line["clash"] and not any(_checked(line["clash"])))
    ]


def _checked(clash: Mapping[str, Any]) -> Iterator[bool]:
    return (choice["checked"] for choice in clash["choices"])
