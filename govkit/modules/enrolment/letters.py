"""Letters of entry as documents (就学通知書・就学案内): what is printed, and all of a year at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.documents import (
    DocumentsMissing,
    Draft,
    Rendered,
    enter_bulk,
    issued_before,
    render_bulk,
)
from govkit.base.i18n import lazy_gettext as _
from govkit.base.jobs import Progress, job
from govkit.base.typesetting import DocumentKind
from govkit.base.work import Work
from govkit.errors import NotFound
from govkit.jp.calendar import format_date
from govkit.modules.enrolment.designation import excused_entries, open_designations
from govkit.modules.enrolment.models import RegisterEntry
from govkit.modules.enrolment.notices import Letter, LetterKind, guardians_of, letter_to, notices
from govkit.modules.enrolment.policy import EnrolmentPolicy
from govkit.modules.enrolment.protection import Shield
from govkit.modules.schools import School

__all__ = [
    "SCHOOL_NOTICE",
    "letters_to_make",
    "make_school_notices",
    "prepare_school_notices",
    "typeset_school_notices",
]

_CHUNK: Final = 500

SCHOOL_NOTICE: Final = DocumentKind(
    name="enrolment.school_notice",
    title=_("就学通知書"),
    package="govkit.modules.enrolment",
    permission="enrolment.notify",
    prepare="govkit.modules.enrolment.letters:prepare_school_notices",
)
"""就学通知書 (学校教育法施行令5条), and 就学案内 for children of other nationality."""


def prepare_school_notices(work: Work, keys: Sequence[str]) -> list[Draft]:
    """The letters to the guardians of some children, by school and reading of the name.

    A protected child's letter is printed by the officer in charge alone: for others it is missing.

    :param keys: Identifiers of entries.
    :raises NotFound: When one is no entry of the municipality.
    :raises DocumentsMissing: When one gets no letter: without a school, excused, or withheld.
    """
    work.require("enrolment.notify")
    entries = _entries(work, keys)
    designations = open_designations(work, [each.id for each in entries])
    excused = frozenset[UUID]().union(
        *(excused_entries(work, year) for year in {each.entry_school_year for each in entries})
    )
    shield = Shield.of(work, entries)
    missing = [
        each.name or each.addressee_number
        for each in entries
        if not each.is_active
        or each.id in excused
        or each.id not in designations
        or shield.hides(each)
    ]
    if missing:
        raise DocumentsMissing(missing)
    work.saw(entries)
    guardians = guardians_of(work, [each.id for each in entries])
    schools = {each.id: each for each in work.session.scalars(sa.select(School))}
    policy = work.policy(EnrolmentPolicy)
    pairs = [(each, schools[designations[each.id].school_id]) for each in entries]
    pairs.sort(key=lambda pair: (pair[1].code, pair[0].kana_key, pair[0].addressee_number))
    return [
        Draft(
            key=str(entry.id),
            label=entry.name,
            data=_data(work, letter_to(entry, school, guardians.get(entry.id, ())), policy),
            people=(entry,),
            addressee_number=entry.addressee_number,
            group=school.name,
        )
        for entry, school in pairs
    ]


def _entries(work: Work, keys: Sequence[str]) -> list[RegisterEntry]:
    try:
        ids = [UUID(each) for each in keys]
    except ValueError:
        raise NotFound("RegisterEntry") from None
    found: list[RegisterEntry] = []
    for start in range(0, len(ids), _CHUNK):
        query = sa.select(RegisterEntry).where(RegisterEntry.id.in_(ids[start : start + _CHUNK]))
        found += work.session.scalars(query)
    if len(found) != len(set(ids)):
        raise NotFound("RegisterEntry")
    return found


def _data(work: Work, letter: Letter, policy: EnrolmentPolicy) -> Mapping[str, Any]:
    guardians = [{"name": name, "kana": kana} for name, kana in letter.guardians]
    code = letter.postcode
    return {
        "is_guidance": letter.kind is LetterKind.GUIDANCE,
        "city": work.municipality.name,
        "postcode": f"{code[:3]}-{code[3:]}" if len(code) == 7 else code,
        "address": letter.address,
        "recipients": [each["name"] for each in guardians] or [f"{letter.name} 様の保護者"],
        "sender": policy.sender or f"{work.municipality.name}教育委員会",
        "name": letter.name,
        "kana": letter.kana,
        "birth": letter.birth if isinstance(letter.birth, str) else format_date(letter.birth),
        "guardians": guardians,
        "school": _school_name(work, letter.school),
        "starts_on": format_date(letter.starts_on),
        "ceremony": policy.ceremony,
        "contact": policy.contact,
    }


def _school_name(work: Work, name: str) -> str:
    city = work.municipality.name
    return name if name.startswith(city) else f"{city}立{name}"


def letters_to_make(work: Work, entry_year: int, school: School | None = None) -> list[str]:
    """Keys of the letters of a year that can be made and have not been issued."""
    found = notices(work, entry_year, school, hands_out=False)
    keys = [str(each.entry_id) for each in found.letters]
    issued = issued_before(work, SCHOOL_NOTICE.name, keys)
    return [key for key in keys if key not in issued]


def typeset_school_notices(
    work: Work, progress: Progress, *, year: int, school: str = "", by_school: bool = False
) -> Rendered | None:
    """All letters of a year that have not been issued, printed in the order of schools and names."""
    chosen = work.find(School, UUID(school)) if school else None
    keys = letters_to_make(work, year, chosen)
    if not keys:
        return None
    return render_bulk(work, progress, SCHOOL_NOTICE.name, keys, by_group=by_school)


@job("enrolment.school_notices", permission="enrolment.notify", ahead=typeset_school_notices)
def make_school_notices(
    work: Work, progress: Progress, *, year: int, made: Rendered | None, **_asked: object
) -> dict[str, Any]:
    """Issue the letters that :func:`typeset_school_notices` has printed."""
    if made is None:
        return {"text": "まだ交付していない就学通知書はありません。"}
    bulk = enter_bulk(work, made)
    ending = "zip" if bulk.media_type == "application/zip" else "pdf"
    name = f"就学通知書_{year}年度入学.{ending}"
    progress.keep_file(work, (name, bulk.media_type), iter([bulk.body]), people=bulk.count)
    return {"text": "就学通知書を{count}通作りました。", "params": {"count": bulk.count}}
