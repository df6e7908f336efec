"""The file of residents that an extract brings (個人情報ファイル); the wording is ours, each city reviews it (unverified)."""

from typing import Final

from govkit.base.file_register import PersonalFile

__all__ = ["PERSONAL_FILES"]

PERSONAL_FILES: Final = (
    PersonalFile(
        name="就学事務用住民情報ファイル",
        purpose="学齢簿の編製、就学校の指定、就学に関する通知のため",
        people="住民基本台帳に記録されている者で、抽出の対象となった者",
        collected="住民記録システムからの抽出データ",
        tables=(
            "resident_extracts_resident",
            "resident_extracts_extract",
            "resident_extracts_protected",
            "resident_extracts_refused_row",
        ),
        items=(
            "氏名",
            "氏名フリガナ",
            "通称",
            "旧氏",
            "性別",
            "住所",
            "続柄",
            "世帯主の氏名",
            "国籍・地域",
            "異動の事由と年月日",
        ),
        sensitive="支援措置の有無は、犯罪により害を被った事実に当たることがある",
    ),
)
"""What :mod:`govkit.base.file_register` makes entries of."""
