"""What a module says about a document that it prints (帳票の種類)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

__all__ = ["COMMON_WORDS", "DocumentKind", "SheetSet"]

COMMON_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"number": "第{number}号", "again": "再交付", "specimen": "見本"}
)
"""Words that every kind has: issue number (文書番号), mark of a reissue, mark of a preview."""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A document that a module prints.

    The layout is ``documents/<name after the dot>.typ`` in the module's package, with
    ``<name>.sample.json`` beside it: the data of one sheet, with which the layout is checked.

    :param name: ``<module>.<document>``, such as ``enrolment.school_notice``.
    :param title: Japanese title, a lazy text.
    :param package: Import name of the package that holds ``documents/``.
    :param permission: Right that its preparation asks for.
    :param prepare: ``"package.file:function"``, which makes a
        :class:`~govkit.base.documents.Draft` of each key: ``function(work, keys)``.
    :param words: Texts of the layout that a municipality may replace by its policy.
    :param places: Lengths of the layout in millimetres that a municipality may change likewise.
    :param is_numbered: Whether each copy is entered in the issue ledger (交付簿) with a number.
    """

    name: str
    title: str
    package: str
    permission: str
    prepare: str
    words: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, float] = field(default_factory=dict)
    is_numbered: bool = True

    @property
    def layout(self) -> str:
        """File name of the layout, without its ending."""
        return self.name.rpartition(".")[2]

    @property
    def all_words(self) -> Mapping[str, str]:
        """:attr:`words` with those that every kind has."""
        return {**COMMON_WORDS, **self.words}


@dataclass(frozen=True, slots=True)
class SheetSet:
    """What one run of the press gets.

    :param sheets: Data of each document, in order; plain JSON.
    :param words: Words of the layout as the municipality has them.
    :param places: Lengths in millimetres as the municipality has them.
    :param municipality_code: Whose own layout is used where there is one.
    :param at: Moment that the PDF names as its creation, so that equal data gives equal bytes.
    :param title: Title of the PDF; names nobody.
    :param is_specimen: Whether every page bears the mark 見本.
    """

    sheets: tuple[Mapping[str, Any], ...]
    words: Mapping[str, str]
    places: Mapping[str, float]
    municipality_code: str
    at: datetime
    title: str
    is_specimen: bool = False
