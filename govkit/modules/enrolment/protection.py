"""What of protected people is shown, and to whom (支援措置): one place for all pages and files.

The register holds the truth. Whoever lacks ``enrolment.see_protected`` gets ``＊＊＊`` for where a
protected child lives, with whom and which school it goes to, in every page and file, and cannot
find the child by any of these.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from govkit.base.work import Work
from govkit.modules.enrolment.models import RegisterEntry
from govkit.modules.resident_extracts import protected_now, protected_numbers
from govkit.residents.records import Masked

__all__ = ["Shield", "is_protected_entry"]

SEE_PROTECTED: Final = "enrolment.see_protected"


def is_protected_entry() -> sa.ColumnElement[bool]:
    """Whether an entry is of a protected child, by the register or by the latest list."""
    return sa.or_(RegisterEntry.is_protected, protected_now(RegisterEntry.addressee_number))


@dataclass(frozen=True, slots=True)
class Shield:
    """Decides for one actor what of some entries is shown.

    :ivar sees: Whether the actor may see protected locations.
    """

    sees: bool
    _protected: frozenset[UUID] = field(repr=False)

    @classmethod
    def of(cls, work: Work, entries: Iterable[RegisterEntry]) -> "Shield":
        """The shield for the actor of a work and the given entries."""
        listed = list(entries)
        numbers = protected_numbers(work.session, [each.addressee_number for each in listed])
        protected = frozenset(
            each.id for each in listed if each.is_protected or each.addressee_number in numbers
        )
        return cls(work.allows(SEE_PROTECTED), protected)

    def is_protected(self, entry: RegisterEntry) -> bool:
        """Whether the child is under support measures."""
        return entry.id in self._protected

    def hides(self, entry: RegisterEntry) -> bool:
        """Whether location, household, guardians and school are masked for the actor."""
        return not self.sees and entry.id in self._protected

    def shown(self, entry: RegisterEntry, text: str) -> str:
        """The text, or the mask."""
        return Masked.TEXT if self.hides(entry) else text
