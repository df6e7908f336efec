"""The press: layouts, fonts and Typst (https://typst.app, Apache-2.0).

Data never becomes source text: a layout reads it as JSON, so that nothing a person is called can be
a command. Layouts see their own folder alone, and no network.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from govkit.base.typesetting.fonts import Fonts, Unshown, import_extra
from govkit.base.typesetting.kinds import DocumentKind, SheetSet
from govkit.errors import NotFound, Refused

__all__ = ["LayoutBroken", "Press", "Unprintable"]

_SHEETS: Final = files("govkit.base.typesetting") / "sheets"
_REMOTE: Final = re.compile(rb'"@[a-z0-9-]+/')
_PNG_DPI: Final = 110.0
_ASSETS: Final = frozenset({".typ", ".png", ".jpg", ".svg"})


class LayoutBroken(Refused):
    """A layout cannot be set: a mistake in the file, or data that it does not expect."""

    code = "layout_broken"


class Unprintable(Refused):
    """Texts that no font can show; nothing has been printed.

    :ivar found: Label of each sheet and what of it cannot be shown.
    """

    code = "unprintable"

    def __init__(self, found: Sequence[tuple[str, tuple[Unshown, ...]]]) -> None:
        super().__init__(
            "印刷できない文字のある文書が{count}件あります。まだ何も印刷していません。",
            count=len(found),
        )
        self.found = tuple(found)


class Press:
    """All that prints documents in a deployment.

    :param kinds: Documents of the active modules.
    :param folder: Own layouts of municipalities: ``<code>/<kind>.typ``, with pictures beside them.
    :param font_paths: Fonts beyond the standard ones.
    :param public_url: Where people may verify a document, without the code; blank prints none.
    """

    def __init__(
        self,
        kinds: Sequence[DocumentKind] = (),
        *,
        folder: Path | None = None,
        font_paths: Sequence[Path] = (),
        public_url: str = "",
    ) -> None:
        self.kinds: Final[Mapping[str, DocumentKind]] = MappingProxyType(
            {each.name: each for each in kinds}
        )
        self.fonts: Final = Fonts(font_paths)
        self.public_url: Final = public_url
        self._folder = folder

    def kind(self, name: str) -> DocumentKind:
        """A document by its name.

        :raises NotFound: When no active module prints it.
        """
        if name not in self.kinds:
            raise NotFound("DocumentKind")
        return self.kinds[name]

    def own_layout(self, kind: DocumentKind, municipality_code: str) -> Path | None:
        """The municipality's own layout of a document, if it has one."""
        if self._folder is None:
            return None
        path = self._folder / municipality_code / f"{kind.name}.typ"
        return path if path.is_file() else None

    def pdf(self, kind: DocumentKind, sheets: SheetSet) -> bytes:
        """Print a tagged PDF (PDF/UA-1); equal data gives equal bytes.

        :raises LayoutBroken: When the layout cannot be set.
        """
        made = self._compile(kind, sheets, "pdf")
        return made if isinstance(made, bytes) else b"".join(made)

    def pictures(self, kind: DocumentKind, sheets: SheetSet) -> list[bytes]:
        """The same pages as PNG, for a preview."""
        made = self._compile(kind, sheets, "png")
        return [made] if isinstance(made, bytes) else list(made)

    def unshown(self, data: Mapping[str, Any]) -> tuple[Unshown, ...]:
        """What of a sheet's data no font can show."""
        return tuple(self.fonts.unshown(_texts(data)))

    def edition(self, kind: DocumentKind, municipality_code: str) -> str:
        """Fingerprint of all that shapes a document but its data: layout, fonts, typesetter.

        Frozen data printed again with the same edition gives the same bytes.
        """
        digest = hashlib.sha256(self._engine.encode())
        for name, source in sorted(self._sources(kind, municipality_code).items()):
            digest.update(name.encode() + b"\0" + source + b"\0")
        return digest.hexdigest()

    @cached_property
    def _engine(self) -> str:
        import_extra("typst")
        version = import_extra("importlib.metadata").version("typst")
        marks = [f"{each.name}:{each.stat().st_size}" for each in self.fonts.files]
        return "\0".join([version, *marks])

    def _sources(self, kind: DocumentKind, municipality_code: str) -> dict[str, bytes]:
        found = {name: (_SHEETS / name).read_bytes() for name in ("main.typ", "govkit.typ")}
        own = self.own_layout(kind, municipality_code)
        standard = files(kind.package) / "documents" / f"{kind.layout}.typ"
        beside = self._beside(municipality_code)
        if any(_REMOTE.search(each) for each in beside.values()):
            raise LayoutBroken(
                "様式「{kind}」が外部の部品を読み込もうとしています。「@」で始まる import を除いてください。",
                kind=str(kind.title),
            )
        return {**beside, **found, "layout.typ": (own or standard).read_bytes()}

    def _beside(self, municipality_code: str) -> dict[str, bytes]:
        """Pictures and parts of a municipality's layouts, by file name."""
        folder = self._folder / municipality_code if self._folder else None
        if folder is None or not folder.is_dir():
            return {}
        return {
            each.name: each.read_bytes()
            for each in sorted(folder.iterdir())
            if each.suffix.lower() in _ASSETS
        }

    def _compile(
        self, kind: DocumentKind, sheets: SheetSet, output: Literal["pdf", "png"]
    ) -> bytes | list[bytes]:
        typst = import_extra("typst")
        texts = list(_texts([*sheets.sheets, sheets.words]))
        given = {
            "sheets": list(sheets.sheets),
            "words": dict(sheets.words),
            "places": dict(sheets.places),
            "title": sheets.title,
            "is_specimen": sheets.is_specimen,
            "fonts": self.fonts.standard,
            "substitutes": self.fonts.substitutes(texts),
        }
        try:
            return typst.compile(  # type: ignore[no-any-return]
                self._sources(kind, sheets.municipality_code),
                root=str(_SHEETS),
                font_paths=self.fonts.loaded,
                format=output,
                ppi=_PNG_DPI,
                sys_inputs={"data": json.dumps(given)},
                pdf_standards=["ua-1"],
                timestamp=sheets.at.replace(microsecond=0),
            )
        except typst.TypstError as error:
            raise LayoutBroken(
                "様式「{kind}」を組めません（{detail}）。",
                kind=str(kind.title),
                detail=_explain(error, list(_texts(sheets.sheets))),
            ) from None


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for each in data.values():
            yield from _texts(each)
    elif isinstance(data, Sequence):
        for each in data:
            yield from _texts(each)


def _explain(error: Any, texts: Sequence[str]) -> str:
    """Message, place and hints, without the texts of the data: errors name nobody."""
    place = re.search(r"[\w.]+\.typ:\d+:\d+", error.diagnostic)
    said = " ".join(part for part in (error.message, place and place[0], *error.hints) if part)
    # Files are named as their author knows them, without the folder that Typst looked in.
    said = re.sub(r"searched at [^)]*?([^/)]*)\)", r"\1)", said)
    for text in sorted({each for each in texts if len(each) > 1}, key=len, reverse=True):
        said = said.replace(text, "…")
    return said
