"""What a module says about a document that it prints (帳票の種類)."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
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

    The layout is ``documents/<name after the dot>.typ`` in the module's package. Beside it lie
    ``<name>.toml``, the words and places of the layout that a municipality may replace by its policy,
    and ``<name>.sample.json``, the data of one sheet, with which the layout is checked.

    :param name: ``<module>.<document>``, such as ``enrolment.school_notice``.
    :param title: Japanese title, a lazy text.
    :param package: Import name of the package that holds ``documents/``.
    :param permission: Right that its preparation asks for.
    :param prepare: ``"package.file:function"``, which makes a
        :class:`~govkit.base.documents.Draft` of each key: ``function(work, keys)``.
    :param is_numbered: Whether each copy is entered in the issue ledger (交付簿) with a number.
    """

    name: str
    title: str
    package: str
    permission: str
    prepare: str
    is_numbered: bool = True

    @property
    def layout(self) -> str:
        """File name of the layout, without its ending."""
        return self.name.rpartition(".")[2]

    @property
    def words(self) -> Mapping[str, str]:
        """Texts of the layout, with those that every kind has."""
        return {**COMMON_WORDS, **_defaults(self.package, self.layout).get("words", {})}

    @property
    def places(self) -> Mapping[str, float]:
        """Lengths of the layout in millimetres."""
        return dict(_defaults(self.package, self.layout).get("places", {}))

    @property
    def sample(self) -> Mapping[str, Any]:
        """Data of one sheet, invented."""
        text = (files(self.package) / "documents" / f"{self.layout}.sample.json").read_text("utf-8")
        return dict(json.loads(text))


@cache
def _defaults(package: str, layout: str) -> Mapping[str, Any]:
    text = (files(package) / "documents" / f"{layout}.toml").read_text("utf-8")
    return tomllib.loads(text)


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
