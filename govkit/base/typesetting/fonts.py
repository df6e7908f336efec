"""Which fonts there are, and which text they can show (書体と外字).

The standard fonts come from a package with a free licence (Noto Serif JP and Noto Sans JP, SIL Open
Font License). Characters and variants that they lack (外字, IVS) are taken from further fonts: those
of the setting ``documents.font_paths``, and IPAmj明朝 where the system has it.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from govkit.errors import InvalidSettings, Problem, Refused

__all__ = ["Fonts", "PrintingNotInstalled", "Unshown", "clusters", "import_extra"]

_PACKAGE: Final = "pylopdf_fonts_jp"
_SYSTEM: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_ENDINGS: Final = frozenset({".otf", ".ttf"})
_BLANKS: Final = frozenset(" \u3000\u00a0\n\t")
_MISSING_EXTRA: Final = "帳票の印刷には追加のライブラリが要ります。pip install 'govkit-jp[documents]' を実行してください。"


class PrintingNotInstalled(Refused):
    """The extra ``documents`` is not installed."""

    code = "printing_not_installed"


@dataclass(frozen=True, slots=True)
class Unshown:
    """A piece of text that no font can show.

    :param text: The character, with its variation selector where it has one.
    """

    text: str

    @property
    def code_points(self) -> str:
        """``U+845B U+E0102``."""
        return " ".join(f"U+{ord(each):04X}" for each in self.text)


@dataclass(frozen=True, slots=True)
class _Face:
    family: str
    characters: frozenset[int]
    variants: frozenset[tuple[int, int]]

    def shows(self, cluster: str) -> bool:
        points = [ord(each) for each in cluster]
        if len(points) == 2 and _is_selector(points[1]):
            return (points[0], points[1]) in self.variants
        return all(each in self.characters for each in points)


def _is_selector(point: int) -> bool:
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF


def clusters(text: str) -> Iterator[str]:
    """The characters of a text, each with its variation selector."""
    held = ""
    for character in text:
        if held and _is_selector(ord(character)):
            yield held + character
            held = ""
            continue
        if held:
            yield held
        held = character
    if held:
        yield held


class Fonts:
    """The fonts of a deployment.

    :param paths: Font files, or folders of them, beyond the standard ones.
    """

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self._paths = tuple(paths)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """All font files, the standard ones first.

        :raises InvalidSettings: When a path of the settings holds no font.
        :raises PrintingNotInstalled: When there is no font at all.
        """
        spec = find_spec(_PACKAGE)
        folders = list(spec.submodule_search_locations or ()) if spec else []
        found = [*_fonts_in(map(Path, folders))]
        for path in self._paths:
            added = sorted(_fonts_in([path]))
            if not added:
                raise InvalidSettings([_no_font_at(path)])
            found += added
        known = {each.name for each in found}
        found += [each for each in _japanese_gaiji_fonts() if each.name not in known]
        if not found:
            raise PrintingNotInstalled(_MISSING_EXTRA)
        return tuple(found)

    @cached_property
    def loaded(self) -> Any:
        """The fonts as Typst takes them.

        :raises InvalidSettings: When it cannot read one of them.
        """
        made = _load(tuple(sorted({str(each.parent) for each in self.files})))
        if unread := set(self.families).difference(made.families()):
            raise InvalidSettings([_unread_fonts(unread)])
        return made

    @cached_property
    def _faces(self) -> tuple[_Face, ...]:
        return tuple(_read_face(each) for each in self.files)

    @property
    def families(self) -> tuple[str, ...]:
        """Names of the fonts, in the order in which they are asked."""
        return tuple(dict.fromkeys(each.family for each in self._faces))

    @property
    def standard(self) -> dict[str, list[str]]:
        """Families for ``serif`` (明朝) and ``sans`` (ゴシック), each followed by all others."""
        names = list(self.families)
        serif = [each for each in names if "Serif" in each or "明朝" in each or "Mincho" in each]
        sans = [each for each in names if each not in serif]
        return {"serif": [*serif, *sans], "sans": [*sans, *serif]}

    def unshown(self, texts: Iterable[str]) -> list[Unshown]:
        """What of some texts no font can show, each once, in order.

        A variant (IVS) that only its plain character is there for counts as missing: another form
        of somebody's name would be printed. So does what has no form at all, such as a control
        character.
        """
        found = dict.fromkeys(
            cluster
            for text in texts
            for cluster in clusters(text)
            if cluster not in _BLANKS and not self._is_shown(cluster)
        )
        return [Unshown(each) for each in found]

    def _is_shown(self, cluster: str) -> bool:
        if unicodedata.category(cluster[0]) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            return False
        return any(face.shows(cluster) for face in self._faces)

    def substitutes(self, texts: Iterable[str]) -> dict[str, str]:
        """Variants that not all standard fonts have, with the family that shows each.

        Plain characters need none: Typst asks one font after the other for them.
        """
        found: dict[str, str] = {}
        for text in texts:
            for cluster in clusters(text):
                if len(cluster) == 2 and cluster not in found:
                    able = [face.family for face in self._faces if face.shows(cluster)]
                    if able and able != [face.family for face in self._faces]:
                        found[cluster] = able[0]
        return found


def _fonts_in(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        each = [path] if path.is_file() else path.rglob("*") if path.is_dir() else []
        # Serif first: letters of a public office are set in 明朝.
        yield from sorted(
            (file for file in each if file.suffix.lower() in _ENDINGS),
            key=lambda file: ("Serif" not in file.name, file.name),
        )


def _japanese_gaiji_fonts() -> list[Path]:
    """IPAmj明朝 (文字情報基盤) where the system has it."""
    return [
        file for folder in _SYSTEM if folder.is_dir() for file in folder.rglob("ipamjm*.[ot]tf")
    ]


def _no_font_at(path: Path) -> Problem:
    return Problem(
        "no_font_at_path",
        "書体のファイル(.ttf、.otf)がありません。パスを確かめてください。",
        column="documents.font_paths",
        value=str(path),
    )


def _unread_fonts(families: Iterable[str]) -> Problem:
    return Problem(
        "unread_fonts",
        "組版に使えない書体があります。別の書体のファイルに替えてください。",
        column="documents.font_paths",
        value="、".join(sorted(families)),
    )


@cache
def _load(folders: tuple[str, ...]) -> Any:
    # Typst takes folders alone, and passes over what it cannot read.
    return import_extra("typst").Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
    )


@cache
def _read_face(path: Path) -> _Face:
    library = import_extra("fontTools.ttLib")
    with library.TTFont(str(path), lazy=True) as font:
        table = font["cmap"]
        variants = {
            (base, selector)
            for each in table.tables
            if each.format == 14
            for selector, pairs in each.uvsDict.items()
            for base, _glyph in pairs
        }
        # The name by which Typst knows it: typographic family, else family.
        name = font["name"].getBestFamilyName() or path.stem
        return _Face(name, frozenset(font.getBestCmap()), frozenset(variants))


def import_extra(name: str) -> Any:
    """A library of the extra ``documents``.

    :raises PrintingNotInstalled: When it is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise PrintingNotInstalled(_MISSING_EXTRA) from error
