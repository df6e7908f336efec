"""The enrolment register as a file of personal information (個人情報ファイル); the wording is ours, each city reviews it (unverified)."""

from typing import Final

from govkit.base.file_register import PersonalFile

__all__ = ["PERSONAL_FILES"]

PERSONAL_FILES: Final = (
    PersonalFile(
        name="学齢簿ファイル",
        purpose="学校教育法施行令第1条に基づく学齢簿の編製、就学校の指定、就学義務の管理のため",
        people="市町村に住所を有する学齢児童生徒および就学予定者ならびにその保護者",
        collected="住民基本台帳の情報、本人または保護者からの届出・申請",
        tables=(
            "enrolment_register_entry",
            "enrolment_guardian",
            "enrolment_out_of_district",
            "enrolment_special_needs",
            "enrolment_attendance_demand",
            "enrolment_exemption",
            "enrolment_register_change",
            "enrolment_compilation",
            "enrolment_compilation_change",
            "enrolment_designation",
        ),
        sensitive="障がい区分、就学の猶予・免除の事由、特別支援学級",
        recipients="就学校の校長(学校教育法施行令第7条)",
    ),
)
"""What :mod:`govkit.base.file_register` makes entries of."""
