"""A resident as a field of any form: searched for by name and birth, picked, looked up again.

For staff. The rest of :mod:`govkit.residents` knows no forms; this file alone needs WTForms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from govkit.forms import DateField, Form, Invalid, Length, Pick, PickerBlock, TextField
from govkit.residents.directory import ResidentDirectory
from govkit.residents.matching import Candidate, ResidentQuery
from govkit.residents.policy import LookupContext
from govkit.residents.records import PersonId
from govkit.residents.results import NoMatch, Review, Several, Single
from govkit.residents.wording import GRADES, PROTECTED, birth_text, match_text, sentence

__all__ = ["ResidentField", "ResidentLookup"]

_: Final = str  # marks a text for the catalogue


@dataclass(frozen=True, slots=True)
class ResidentLookup:
    """The guarded directory, bound to who asks and why.

    The purpose must allow the conditions ``name``, ``birth`` and ``addressee_number``.
    """

    directory: ResidentDirectory
    context: LookupContext


class _Conditions(Form):
    name = TextField(
        _("氏名またはフリガナ"),
        [Length(max=100)],
        support=_("はじめの何文字かだけでもさがせます。例：たかはし、髙橋 花子"),
        autocomplete="off",
    )
    birth = DateField(_("生年月日"), autocomplete="off")


class ResidentField(PickerBlock):
    """A resident (住民), found by name and day of birth; the data is the :class:`PersonId`.

    ::

        person = ResidentField("対象の方", required=True, lookup=current_lookup)

    Candidates are shown with what agreed and how surely; what the purpose may not see is masked. Of
    each answer without candidates the page says why: nobody, too many, not allowed, used up, unusable,
    or not to be told now. Each search and each sending is a lookup of its own in the audit log.

    :param lookup: The lookup, or a function that gives it for each request.
    """

    form_class = _Conditions

    def __init__(
        self,
        label: str,
        *args: Any,
        lookup: ResidentLookup | Callable[[], ResidentLookup],
        **options: Any,
    ) -> None:
        self._given = lookup
        super().__init__(label, *args, **options)

    @property
    def _lookup(self) -> ResidentLookup:
        return self._given if isinstance(self._given, ResidentLookup) else self._given()

    def find(self) -> Sequence[Pick] | str:
        """Those whom the conditions describe, the surest first, or why there are none."""
        lookup, born = self._lookup, self["birth"].data
        query = ResidentQuery(name=self["name"].data or "", birth_from=born, birth_to=born)
        result = lookup.directory.search(lookup.context, query)
        if isinstance(result, Single | Several | Review):
            return [self._pick(each, is_found=True) for each in result.candidates]
        return sentence(result, self.translate)

    def recall(self, value: str) -> Pick | None:
        """The person with the number that was sent, if the directory gives them out."""
        code, _colon, number = value.partition(":")
        lookup = self._lookup
        result = lookup.directory.get(lookup.context, PersonId(code, number))
        if isinstance(result, Single):
            return self._pick(result.candidate)
        if isinstance(result, NoMatch):
            return None
        raise Invalid(sentence(result, self.translate), f"resident_{result.outcome}")

    def value_of(self, data: Any) -> str:
        """Municipality and number of a :class:`PersonId`."""
        return f"{data.municipality_code}:{data.addressee_number}"

    def _pick(self, candidate: Candidate, *, is_found: bool = False) -> Pick:
        resident = candidate.resident
        details = [
            (_("フリガナ"), resident.name.display_kana),
            (_("生年月日"), birth_text(resident.birth)),
            (_("住所"), str(resident.address)),
        ]
        if is_found:
            details += [
                (_("確からしさ"), self.translate(GRADES[candidate.grade])),
                (_("一致した項目"), match_text(candidate, self.translate)),
            ]
        return Pick(
            self.value_of(resident.id),
            resident.id,
            resident.name.display or self.translate(_("（命名前）")),
            [(self.translate(term), text) for term, text in details if text],
            self.translate(PROTECTED) if resident.is_protected else "",
        )
