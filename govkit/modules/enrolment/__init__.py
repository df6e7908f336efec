"""Enrolment (就学事務): the enrolment register 学齢簿, zones, designated schools, notices, admission.

The order of the work: compile the register from the residents, keep the zones, designate schools,
send the notices, admit the children.
"""

from govkit.base.i18n import lazy_gettext as _
from govkit.base.module import Module, NavItem, Permission
from govkit.modules.enrolment.actions import ACTIONS, DETAILS
from govkit.modules.enrolment.admission import (
    AdmissionState,
    AdmitResult,
    admission_states,
    admit_entrants,
    entrants,
)
from govkit.modules.enrolment.codes import (
    Basis,
    ChangeKind,
    ClosedReason,
    DesignationReason,
    EntryStatus,
    ExemptionKind,
    Schooling,
    Source,
    compile_deadline,
    notice_deadline,
    reference_day,
)
from govkit.modules.enrolment.designation import (
    AssignResult,
    DesignationRequest,
    PermissionEndsTooEarly,
    SameSchool,
    assign_schools,
    change_designation,
    open_designations,
    update_remarks,
)
from govkit.modules.enrolment.letters import (
    SCHOOL_NOTICE,
    letters_to_make,
    make_school_notices,
    typeset_school_notices,
)
from govkit.modules.enrolment.listing import (
    Line,
    Listing,
    ListQuery,
    list_entries,
    write_entries,
)
from govkit.modules.enrolment.models import (
    AttendanceDemand,
    AttendanceZone,
    CompilationChange,
    Exemption,
    Guardian,
    OutOfDistrictSchooling,
    RegisterChange,
    RegisterCompilation,
    RegisterEntry,
    SchoolDesignation,
    SpecialNeedsSchooling,
)
from govkit.modules.enrolment.notices import Letter, LetterKind, NoticeSet, notices
from govkit.modules.enrolment.personal_files import PERSONAL_FILES
from govkit.modules.enrolment.policy import EnrolmentPolicy
from govkit.modules.enrolment.register import (
    COMPILE_PURPOSE,
    CompileResult,
    compile_register,
    latest_compilation,
)
from govkit.modules.enrolment.zones import Zone, ZoneResult, replace_zones, write_zones, zones

__all__ = [
    "COMPILE_PURPOSE",
    "SCHOOL_NOTICE",
    "AdmissionState",
    "AdmitResult",
    "AssignResult",
    "AttendanceDemand",
    "AttendanceZone",
    "Basis",
    "ChangeKind",
    "ClosedReason",
    "CompilationChange",
    "CompileResult",
    "DesignationReason",
    "DesignationRequest",
    "EnrolmentPolicy",
    "EntryStatus",
    "Exemption",
    "ExemptionKind",
    "Guardian",
    "Letter",
    "LetterKind",
    "Line",
    "ListQuery",
    "Listing",
    "NoticeSet",
    "OutOfDistrictSchooling",
    "PermissionEndsTooEarly",
    "RegisterChange",
    "RegisterCompilation",
    "RegisterEntry",
    "SameSchool",
    "SchoolDesignation",
    "Schooling",
    "Source",
    "SpecialNeedsSchooling",
    "Zone",
    "ZoneResult",
    "admission_states",
    "admit_entrants",
    "assign_schools",
    "change_designation",
    "compile_deadline",
    "compile_register",
    "entrants",
    "latest_compilation",
    "letters_to_make",
    "list_entries",
    "make_school_notices",
    "module",
    "notice_deadline",
    "notices",
    "open_designations",
    "reference_day",
    "replace_zones",
    "typeset_school_notices",
    "update_remarks",
    "write_entries",
    "write_zones",
    "zones",
]

_CLERK = (
    "enrolment.view",
    "enrolment.compile",
    "enrolment.edit",
    "enrolment.manage_zones",
    "enrolment.designate",
    "enrolment.notify",
    "enrolment.export",
    "enrolment.admit",
)

module = Module(
    name="enrolment",
    title=_("就学事務"),
    package="govkit.modules.enrolment",
    requires=("resident_extracts", "schools"),
    models=("govkit.modules.enrolment.models",),
    blueprint="govkit.modules.enrolment.views:pages",
    permissions=(
        Permission("enrolment.view", _("学齢簿を見る"), sensitive=True),
        Permission("enrolment.compile", _("学齢簿を編製する"), sensitive=True),
        Permission("enrolment.edit", _("学齢簿の備考などを記入する"), sensitive=True),
        Permission("enrolment.manage_zones", _("通学区域を管理する")),
        Permission("enrolment.designate", _("就学校を指定し、変更する"), sensitive=True),
        Permission("enrolment.notify", _("入学の通知を作る"), sensitive=True),
        Permission("enrolment.export", _("学齢簿の一覧をファイルにする"), sensitive=True),
        Permission("enrolment.admit", _("入学する児童を学級に受け入れる"), sensitive=True),
        Permission(
            "enrolment.see_protected", _("支援措置対象者の住所・世帯・学校を見る"), sensitive=True
        ),
    ),
    roles={
        "board_clerk": _CLERK,
        "protected_data_officer": (
            "enrolment.view",
            "enrolment.designate",
            "enrolment.notify",
            "enrolment.export",
            "enrolment.see_protected",
        ),
        "school_clerk": ("enrolment.admit",),
        "principal": ("enrolment.admit",),
    },
    navigation=(
        NavItem(
            "enrolment.compile_page",
            _("学齢簿の編製"),
            "enrolment.compile",
            _("10月1日現在の住民から、翌年4月に入学する児童の学齢簿を作ります。"),
        ),
        NavItem(
            "enrolment.zones_page",
            _("通学区域"),
            "enrolment.manage_zones",
            _("町字ごとの小学校・中学校をCSVで編集し、登録します。"),
        ),
        NavItem(
            "enrolment.register",
            _("学齢簿"),
            "enrolment.view",
            _("新規・変更・除かれた児童を確かめ、就学校を指定します。"),
        ),
        NavItem(
            "enrolment.notices_page",
            _("入学の通知"),
            "enrolment.notify",
            _("入学通知書と就学案内を印刷します。"),
        ),
        NavItem(
            "enrolment.admission",
            _("入学の受入"),
            "enrolment.admit",
            _("指定された児童を、学校ごとに1年生の学級へ受け入れます。"),
        ),
    ),
    policy=EnrolmentPolicy,
    documents=(SCHOOL_NOTICE,),
    actions=ACTIONS,
    details=DETAILS,
    personal_files=PERSONAL_FILES,
)
