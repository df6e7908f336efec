"""Search, one resident, a household (検索・住民・世帯).

Conditions and numbers travel in the body of a POST, never in an address: addresses end up in access
logs, in the history of the browser and in what is sent on to other sites. An opaque token would keep
them out as well, but the server would have to store what was asked.
"""

from typing import Any, Final

from flask import request
from flask.typing import ResponseReturnValue

from govkit.base.i18n import gettext as _
from govkit.base.work import Work
from govkit.jp.calendar import format_date
from govkit.jp.text import fold_width
from govkit.modules.resident_lookup.forms import SearchForm
from govkit.modules.resident_lookup.service import lookup_context, lookup_directory
from govkit.modules.resident_lookup.views.blueprint import (
    Purpose,
    ask_for_purpose,
    current_purpose,
    pages,
)
from govkit.residents.matching import Candidate, Grade, NameMatch, ResidentQuery
from govkit.residents.records import FormerRow, HouseholdId, PersonId, Resident
from govkit.residents.results import NoMatch, Result, Review, Several, Single
from govkit.residents.wording import (
    GRADES,
    PROTECTED,
    SEXES,
    STATUSES,
    birth_text,
    match_text,
    sentence,
)

__all__: list[str] = []

PERMISSION = "resident_lookup.search"
_GRADE_KINDS: Final = {Grade.CERTAIN: "success", Grade.PROBABLE: "info", Grade.POSSIBLE: "warning"}
_KINDS: Final = {
    "single": "success",
    "several": "success",
    "no_match": "info",
    "unavailable": "error",
}
_CONDITIONS: Final = (
    *("name", "how", "birth_from", "birth_to", "sex", "address", "building", "number"),
)


@pages.get("/", permission=PERMISSION)
def search_page(work: Work) -> ResponseReturnValue:
    """The search, once a purpose is chosen."""
    purpose = current_purpose(work)
    if purpose is None:
        return ask_for_purpose()
    return _search_page(purpose, SearchForm(gettext=_))


def _search_page(purpose: Purpose, form: SearchForm, result: Result | None = None) -> str:
    return pages.render(
        "resident_lookup/search.html",
        purpose=purpose,
        form=form,
        result=_told(result) if result else None,
        people=_people(result),
        kept=_kept(),
    )


def _told(result: Result) -> dict[str, str]:
    return {"text": sentence(result, _), "kind": _KINDS.get(result.outcome, "warning")}


def _people(result: Result | None) -> list[dict[str, Any]]:
    if not isinstance(result, Single | Several | Review):
        return []
    return [_line(each) for each in result.candidates]


def _line(candidate: Candidate) -> dict[str, Any]:
    return {
        **_person(candidate.resident),
        "grade": _(GRADES[candidate.grade]),
        "grade_kind": _GRADE_KINDS[candidate.grade],
        "matched": match_text(candidate, _),
    }


def _person(resident: Resident) -> dict[str, Any]:
    return {
        "number": resident.id.addressee_number,
        "name": resident.name.display or _("（命名前）"),
        "kana": resident.name.display_kana,
        "birth": birth_text(resident.birth),
        "sex": _(SEXES[resident.sex]) if resident.sex in ("1", "2") else "",
        "address": str(resident.address),
        "relationship": resident.relationship,
        "protected": _(PROTECTED) if resident.is_protected else "",
        "status": _(STATUSES[resident.status]) if resident.status in STATUSES else "",
    }


def _kept() -> dict[str, str]:
    """The conditions as they were typed, to come back to the search."""
    return {name: request.form[name] for name in _CONDITIONS if request.form.get(name)}


@pages.post("/search", permission=PERMISSION)
def search(work: Work) -> ResponseReturnValue:
    """Search with the conditions that were sent."""
    purpose = current_purpose(work)
    if purpose is None:
        return ask_for_purpose()
    form = SearchForm(request.form, gettext=_)
    if not form.validate():
        return _search_page(purpose, form), 400
    return _search_page(purpose, form, _answer(work, purpose, _query(form)))


def _answer(work: Work, purpose: Purpose, query: ResidentQuery) -> Result:
    """The answer to a query; a number alone is asked for as one, so that guessing is noticed."""
    directory = lookup_directory(work)
    context = lookup_context(work, purpose.rule, purpose.reason)
    if [*query.conditions()] != ["addressee_number"]:
        return directory.search(context, query)
    number = fold_width(query.addressee_number).strip()
    return directory.get(context, PersonId(work.municipality.code, number))


def _query(form: SearchForm) -> ResidentQuery:
    first, last = form.birth_from.data, form.birth_to.data
    return ResidentQuery(
        addressee_number=form.number.data or "",
        name=form.name.data or "",
        name_match=NameMatch(form.how.data or NameMatch.PREFIX),
        birth_from=first,
        birth_to=last or first,
        sex=form.sex.data or "",
        address=form.address.data or "",
        building=form.building.data or "",
    )


@pages.post("/resident", permission=PERMISSION)
def resident(work: Work) -> ResponseReturnValue:
    """One resident with everything that the purpose may see."""
    purpose = current_purpose(work)
    if purpose is None:
        return ask_for_purpose()
    person = PersonId(work.municipality.code, request.form.get("person", "")[:20])
    context = lookup_context(work, purpose.rule, purpose.reason)
    result = lookup_directory(work).get(context, person)
    if not isinstance(result, Single):
        return _search_page(purpose, SearchForm(request.form, gettext=_), result)
    found = result.resident
    has_household = isinstance(found.household, HouseholdId)
    return pages.render(
        "resident_lookup/resident.html",
        purpose=purpose,
        person=_person(found),
        facts=_facts(found),
        former=[_former(row) for row in found.history],
        household=str(found.household.household_number) if has_household else "",  # type: ignore[union-attr]
        may_report=work.allows("resident_lookup.access_report"),
        kept=_kept(),
    )


def _facts(resident: Resident) -> list[tuple[str, str]]:
    name = resident.name
    moved = format_date(resident.moved_on) if resident.moved_on else ""
    facts = [
        (_("氏名"), name.full),
        (_("フリガナ"), name.kana_full),
        (_("ローマ字氏名"), name.roman),
        (_("漢字氏名"), name.kanji),
        (_("通称"), f"{name.alias} {name.alias_kana}".strip()),
        (_("旧氏"), f"{name.former_family} {name.former_kana}".strip()),
        (_("生年月日"), birth_text(resident.birth)),
        (_("性別"), _person(resident)["sex"]),
        (_("住所"), str(resident.address)),
        (_("世帯主"), str(resident.head_name)),
        (_("続柄"), resident.relationship),
        (_("国籍・地域"), resident.nationality),
        (_("状態"), _person(resident)["status"]),
        (_("最後の異動日"), moved),
        (_("宛名番号"), resident.id.addressee_number),
    ]
    return [(term, text) for term, text in facts if text]


def _former(row: FormerRow) -> tuple[str, str, str]:
    return (
        format_date(row.moved_on) if row.moved_on else "",
        row.name.display,
        str(row.address),
    )


@pages.post("/household", permission=PERMISSION)
def household(work: Work) -> ResponseReturnValue:
    """The members of a household, without those whose place must not become known."""
    purpose = current_purpose(work)
    if purpose is None:
        return ask_for_purpose()
    number = request.form.get("household", "")[:300]
    context = lookup_context(work, purpose.rule, purpose.reason)
    result: Result = NoMatch()
    if number:
        asked = HouseholdId(work.municipality.code, number)
        result = lookup_directory(work).household(context, asked)
    return pages.render(
        "resident_lookup/household.html",
        purpose=purpose,
        result=_told(result),
        people=_people(result),
        person=request.form.get("person", ""),
        kept=_kept(),
    )
