"""The attendance register as a file of personal information (個人情報ファイル); the wording is ours, each city reviews it (unverified)."""

from typing import Final

from govkit.base.file_register import PersonalFile

__all__ = ["PERSONAL_FILES"]

PERSONAL_FILES: Final = (
    PersonalFile(
        name="出席簿ファイル",
        purpose="学校教育法施行令第19条および同施行規則第25条に基づく出席状況の把握と記録のため",
        people="市町村立学校に在籍する、または在籍した児童生徒",
        collected="学級担任等による記録、保護者からの連絡",
        tables=(
            "attendance_day_mark",
            "attendance_roll_call",
            "attendance_mark_correction",
            "attendance_month_close",
            "attendance_calendar_entry",
            "attendance_closure",
        ),
        sensitive="病気、感染症による出席停止等の記録",
    ),
)
"""What :mod:`govkit.base.file_register` makes entries of."""
