"""Resident extracts (住民票抽出データの受入): the received residents, and the directory over them."""

from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module, NavItem, Permission
from govkit.modules.resident_extracts.actions import ACTIONS, DETAILS
from govkit.modules.resident_extracts.models import (
    ProtectedPerson,
    RefusedRow,
    ResidentExtract,
    ResidentRow,
)
from govkit.modules.resident_extracts.personal_files import PERSONAL_FILES
from govkit.modules.resident_extracts.service import (
    SHRINKS,
    ExtractFile,
    ImportResult,
    Progress,
    ProtectionResult,
    import_extract,
    import_file,
    import_protection_list,
    import_steps,
    refused_rows,
)
from govkit.modules.resident_extracts.source import (
    StoredResidents,
    latest_extract,
    protected_count,
    protected_now,
    protected_numbers,
    resident_directory,
    towns,
)

__all__ = [
    "SHRINKS",
    "ExtractFile",
    "ImportResult",
    "Progress",
    "ProtectedPerson",
    "ProtectionResult",
    "RefusedRow",
    "ResidentExtract",
    "ResidentRow",
    "StoredResidents",
    "import_extract",
    "import_file",
    "import_protection_list",
    "import_steps",
    "latest_extract",
    "module",
    "protected_count",
    "protected_now",
    "protected_numbers",
    "refused_rows",
    "resident_directory",
    "towns",
]

module = Module(
    name="resident_extracts",
    title=_("住民票抽出データ"),
    package="govkit.modules.resident_extracts",
    models=("govkit.modules.resident_extracts.models",),
    blueprint="govkit.modules.resident_extracts.views:pages",
    permissions=(
        Permission("resident_extracts.import", _("住民票抽出データを受け入れる"), sensitive=True),
    ),
    roles={"board_clerk": ("resident_extracts.import",)},
    navigation=(
        NavItem(
            "resident_extracts.overview",
            _("住民票抽出データ"),
            "resident_extracts.import",
            _("住民記録システムから取り出したCSVファイルを受け入れ、結果を確かめます。"),
        ),
    ),
    actions=ACTIONS,
    details=DETAILS,
    personal_files=PERSONAL_FILES,
)
