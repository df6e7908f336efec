"""Files of personal information about pupils and school staff (個人情報ファイル); the wording is ours, each city reviews it (unverified)."""

from typing import Final

from govkit.base.file_register import PersonalFile

__all__ = ["PERSONAL_FILES"]

PERSONAL_FILES: Final = (
    PersonalFile(
        name="児童生徒名簿ファイル",
        purpose="学級の編制、在籍の管理、学校間および学習用システムとの名簿連携のため",
        people="市町村立学校に在籍する、または在籍した児童生徒",
        collected="学齢簿および保護者からの届出",
        tables=(
            "schools_pupil",
            "schools_class_membership",
        ),
        sensitive="支援措置の有無は、犯罪により害を被った事実に当たることがある",
        recipients="学習用システムの提供者(名簿連携を行う場合)",
    ),
    PersonalFile(
        name="校務分掌ファイル",
        purpose="校務分掌と担任の管理、学習用システムとの名簿連携のため",
        people="学校に配属された職員",
        collected="所属からの届出",
        tables=(
            "schools_staff_posting",
            "schools_staff_exchange_name",
        ),
        remark="職員に関する情報であり、公表を要しない場合がある(法第75条第2項。要確認)",
    ),
)
"""What :mod:`govkit.base.file_register` makes entries of."""
