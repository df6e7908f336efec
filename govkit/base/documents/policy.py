"""What a municipality decides about its documents (帳票の方針): words and places, as data."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from govkit.base.typesetting import DocumentKind

__all__ = ["DocumentsPolicy", "KindPolicy", "ReissueNumber"]


class ReissueNumber(StrEnum):
    """Which number a reissue (再交付) bears."""

    SAME = "same"
    """That of the first copy, with the mark 再交付."""
    NEW = "new"
    """The next one of the year."""


class KindPolicy(BaseModel):
    """What a municipality decides about one document.

    :param words: Texts of the layout by name; those left out stay as the module has them.
    :param places: Lengths of the layout in millimetres, likewise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Mapping[str, str] = Field(default_factory=dict)
    places: Mapping[str, float] = Field(default_factory=dict)
    reissue_number: ReissueNumber = ReissueNumber.SAME


class DocumentsPolicy(BaseModel):
    """Decisions by document, such as ``enrolment.school_notice``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: Mapping[str, KindPolicy] = Field(default_factory=dict)

    def of(self, kind: DocumentKind) -> KindPolicy:
        """What was decided about a document, with the module's words and places filled in."""
        own = self.kinds.get(kind.name, KindPolicy())
        return KindPolicy(
            words={**kind.words, **own.words},
            places={**kind.places, **own.places},
            reissue_number=own.reissue_number,
        )
