"""Names of people (氏名), their readings (フリガナ), former names (旧氏), aliases (通称), foreign names.

Every name is read once by ``parse`` and then trusted; ``str()`` gives the text to store and ``raw``
the text as typed. No kanji is ever exchanged for another, variation selectors (IVS) stay, and white
space of any kind and width between parts is one half-width space, because Latin names need that
one and everything that compares or sorts names disregards it. :class:`InvalidCharacters` names the
characters that cannot be taken and the place of the first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.characters import (
    CharacterKind,
    InvalidCharacters,
    characters,
    count_characters,
    drop_stray_selectors,
    kind_of,
)
from govkit.jp.text import (
    DASHES,
    drop_invisible,
    fold_dashes,
    fold_spaces,
    fold_width,
    to_katakana,
)

__all__ = [
    "FURIGANA_KANA",
    "Alias",
    "FamilyGiven",
    "ForeignName",
    "FormerName",
    "FullName",
    "Furigana",
    "FuriganaProblem",
    "HanName",
    "LatinName",
    "LatinNameProblem",
    "NamePart",
    "NameProblem",
]


class NameProblem(StrEnum):
    """Why a name cannot be read."""

    EMPTY = "name_empty"
    PRIVATE_USE = "name_private_use"
    UNREADABLE = "name_unreadable"
    RADICAL = "name_radical"
    OTHER_LETTER = "name_other_letter"
    DIGIT = "name_digit"
    SYMBOL = "name_symbol"
    LATIN = "name_latin"
    KANA = "name_kana"
    SPACE = "name_space"
    NO_LETTER = "name_no_letter"
    NOT_SPLIT = "name_not_split"


class FuriganaProblem(StrEnum):
    """Why a reading (フリガナ) cannot be read."""

    EMPTY = "furigana_empty"
    PRIVATE_USE = "furigana_private_use"
    UNREADABLE = "furigana_unreadable"
    KANJI = "furigana_kanji"
    LATIN = "furigana_latin"
    DIGIT = "furigana_digit"
    OTHER_LETTER = "furigana_other_letter"
    SYMBOL = "furigana_symbol"
    NOT_LISTED = "furigana_not_listed"
    LEADING_MARK = "furigana_leading_mark"


class LatinNameProblem(StrEnum):
    """Why a name in Latin letters cannot be read."""

    EMPTY = "latin_name_empty"
    PRIVATE_USE = "latin_name_private_use"
    UNREADABLE = "latin_name_unreadable"
    JAPANESE = "latin_name_japanese"
    OTHER_LETTER = "latin_name_other_letter"
    DIGIT = "latin_name_digit"
    SYMBOL = "latin_name_symbol"
    NO_LETTER = "latin_name_no_letter"


FURIGANA_KANA: Final = frozenset(map(chr, range(ord("ァ"), ord("ヶ") + 1))) | {"ー"}
"""The kana of readings (戸籍法 13条2項, 戸籍法施行規則) and the long vowel sign; that small ヮ ヵ ヶ are
among them is unverified. ヷ ヸ ヹ ヺ, ヽ ヾ, ヿ and the dot ・ are not."""

_SIGNS: Final = "-'.,・"
_APOSTROPHES: Final = re.compile(
    "(?<=[^\\W\\d_])[\u2018\u2019\u02bc\u00b4`\u2032]|[\u2018\u2019](?=[A-Za-z])"
)
_DOTS: Final = re.compile("(?<=[ぁ-ゖァ-ヺー\u3400-\u9fff])[\u00b7\u2022\u2027\u2219\u22c5\u30fb]")
_LABEL: Final = re.compile(
    "(?:(?:お?名前|氏名|姓|氏|名|旧氏|通称|氏名フリガナ|フリガナ|ふりがな|カナ|かな|ヨミ|よみ|name) ?: ?)+",
    re.IGNORECASE,
)
_LATIN: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff"
_SPACED_HYPHEN: Final = re.compile(f"(?<=[{_LATIN}.]) ?[{re.escape(DASHES)}] ?(?=[{_LATIN}])")
_STRAY_SIGN: Final = re.compile(f"(?<![{_LATIN}.])[-'.,](?![{_LATIN}])")
# A spreadsheet writes an apostrophe before what shall stay text.
_TEXT_MARK: Final = re.compile("'+ ?(?=[^ -~])")
_COMBINING: Final = {
    CharacterKind.LATIN: re.compile("[\u0300-\u036f]{0,3}"),
    CharacterKind.KANJI: re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]?"),
    # か゚ and its row, for Ainu and for the nasal sound, are JIS X 0213 letters.
    CharacterKind.HIRAGANA: re.compile("\u309a?"),
    CharacterKind.KATAKANA: re.compile("\u309a?"),
}
_JAPANESE: Final = {CharacterKind.KANJI, CharacterKind.HIRAGANA, CharacterKind.KATAKANA}
_LETTERS: Final = _JAPANESE | {CharacterKind.LATIN}


def _clean(text: str) -> str:
    """Fold widths, spaces, dashes and dots; drop what nobody can see, and a label typed along."""
    folded = fold_spaces(fold_width(drop_stray_selectors(drop_invisible(text))))
    folded = _SPACED_HYPHEN.sub("-", fold_dashes(folded))
    folded = _DOTS.sub("・", _APOSTROPHES.sub("'", folded))
    for prefix in (_LABEL, _TEXT_MARK):
        start = prefix.match(folded)
        folded = folded[start.end() :] if start else folded
    return folded


def _is_whole(one: str) -> bool:
    """Whether the marks upon a character belong there."""
    marks = _COMBINING.get(kind_of(one))
    return len(one) == 1 if marks is None else marks.fullmatch(one, 1) is not None


def _refuse_wrong(text: str, fault: Callable[[str], StrEnum | None], first: StrEnum) -> None:
    """Raise for the first wrong character, and before all others for those that ``first`` names."""
    faults = {one: problem for one in characters(text) if (problem := fault(one)) is not None}
    if not faults:
        return
    problem = first if first in faults.values() else next(iter(faults.values()))
    raise InvalidCharacters.found(problem, text, [one for one in faults if faults[one] == problem])


_NAME_FAULTS: Final = {
    CharacterKind.PRIVATE_USE: NameProblem.PRIVATE_USE,
    CharacterKind.UNREADABLE: NameProblem.UNREADABLE,
    CharacterKind.RADICAL: NameProblem.RADICAL,
    CharacterKind.OTHER_LETTER: NameProblem.OTHER_LETTER,
    CharacterKind.DIGIT: NameProblem.DIGIT,
}


def _name_fault(one: str) -> StrEnum | None:
    kind = kind_of(one)
    if one == " " or one in _SIGNS or (kind in _LETTERS and _is_whole(one)):
        return None
    return _NAME_FAULTS.get(kind, NameProblem.SYMBOL)


def _has_letter(text: str) -> bool:
    return any(kind_of(one) in _LETTERS and one != "ー" for one in characters(text))


def _read_name(text: str) -> str:
    name = _clean(text)
    if not name:
        raise InvalidValue(NameProblem.EMPTY)
    _refuse_wrong(name, _name_fault, NameProblem.PRIVATE_USE)
    if not _has_letter(name):
        raise InvalidValue(NameProblem.NO_LETTER)
    stray = _STRAY_SIGN.search(name)
    if stray:
        place = count_characters(name[: stray.start()]) + 1
        raise InvalidCharacters(NameProblem.SYMBOL, [(place, stray[0])])
    return name


def _refuse_kinds(name: str, kinds: frozenset[CharacterKind], problem: StrEnum) -> None:
    wrong = [one for one in characters(name) if kind_of(one) in kinds]
    if wrong:
        raise InvalidCharacters.found(problem, name, wrong)


@dataclass(frozen=True, slots=True)
class _Name:
    """A text that was read as a name.

    :param text: The name as it is stored.
    :param raw: The name as it was typed.
    """

    text: str
    raw: str = field(default="", compare=False, repr=False)

    @staticmethod
    def read(text: str) -> str:
        """The name as it is stored; see :class:`NameProblem`."""
        return _read_name(text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what was typed in any width.

        :raises InvalidValue: With a code of the class's own; as :class:`InvalidCharacters` where
            single characters are to blame.
        """
        return cls(cls.read(text), text)

    @property
    def parts(self) -> tuple[str, ...]:
        """What white space separates."""
        return tuple(self.text.split(" "))

    @property
    def length(self) -> int:
        """Number of characters as people count them, variation selectors not counted."""
        return count_characters(self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class NamePart(_Name):
    """The family name or the given name (姓, 名) out of a box of its own.

    White space is refused where there are kanji: somebody wrote the whole name into one box.
    Foreign family names such as ``VAN DER BERG`` keep theirs.
    """

    @staticmethod
    def read(text: str) -> str:
        """The part as it is stored; see :class:`NameProblem`."""
        name = _read_name(text)
        if " " in name and any(kind_of(one) is CharacterKind.KANJI for one in name):
            raise InvalidCharacters.found(NameProblem.SPACE, name, [" "])
        return name


@dataclass(frozen=True, slots=True)
class FamilyGiven:
    """Family name and given name (姓・名), each in a box of its own.

    People with one name only have it as ``given`` and a blank ``family``.
    """

    family: str
    given: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Split a whole name where white space splits it in two, or take it for the only name.

        :raises InvalidValue: With a :class:`NameProblem`; ``NOT_SPLIT`` for kanji without white
            space, for Latin letters, whose order nobody knows, and for three and more parts.
        """
        name = FullName.parse(text)
        split = name.split()
        if split is not None:
            return cls(split.family, split.given, text)
        has_kanji = any(kind_of(one) is CharacterKind.KANJI for one in name.text)
        if len(name.parts) > 1 or has_kanji:
            raise InvalidValue(NameProblem.NOT_SPLIT)
        return cls("", name.text, text)

    @classmethod
    def read(cls, family: str, given: str) -> Self:
        """Read two boxes, of which one may be blank.

        :raises InvalidValue: With a :class:`NameProblem`.
        """
        parts = [str(NamePart.parse(part)) if _clean(part) else "" for part in (family, given)]
        if not any(parts):
            raise InvalidValue(NameProblem.EMPTY)
        return cls(parts[0], parts[1], f"{family} {given}")

    def __str__(self) -> str:
        return " ".join(part for part in (self.family, self.given) if part)


@dataclass(frozen=True, slots=True)
class FullName(_Name):
    """A whole name (氏名) of one box: kanji, kana, Latin letters, any number of parts or one only."""

    @property
    def is_latin(self) -> bool:
        """Whether it holds Latin letters only."""
        return not any(kind_of(one) in _JAPANESE for one in self.text)

    def split(self) -> FamilyGiven | None:
        """Family and given name where exactly one white space divides a name in Japanese letters.

        ``None`` elsewhere: nothing tells where 東海林太郎 or JOHN PAUL SMITH is divided.
        """
        if self.is_latin or len(self.parts) != 2:
            return None
        family, given = self.parts
        return FamilyGiven(family, given, self.raw)


@dataclass(frozen=True, slots=True)
class Alias(_Name):
    """Alias of a foreign resident (通称, 住民基本台帳法施行令 30条の16, number unverified)."""


@dataclass(frozen=True, slots=True)
class FormerName(_Name):
    """Former family name (旧氏, 住民基本台帳法施行令 30条の13, number unverified).

    A family name out of a 戸籍, which is written in kanji and kana: Latin letters are refused, and
    white space, which tells that a whole name was written.
    """

    @staticmethod
    def read(text: str) -> str:
        """The name as it is stored; see :class:`NameProblem`."""
        name = _read_name(text)
        _refuse_kinds(name, frozenset({CharacterKind.LATIN}), NameProblem.LATIN)
        _refuse_kinds(name, frozenset({CharacterKind.SPACE}), NameProblem.SPACE)
        return name


@dataclass(frozen=True, slots=True)
class HanName(_Name):
    """Name of a foreigner in Chinese characters (漢字氏名), beside the Latin one."""

    @staticmethod
    def read(text: str) -> str:
        """The name as it is stored; see :class:`NameProblem`."""
        name = _read_name(text)
        kana = frozenset({CharacterKind.HIRAGANA, CharacterKind.KATAKANA})
        _refuse_kinds(name, kana, NameProblem.KANA)
        _refuse_kinds(name, frozenset({CharacterKind.LATIN}), NameProblem.LATIN)
        return name


_FURIGANA_FAULTS: Final = {
    CharacterKind.PRIVATE_USE: FuriganaProblem.PRIVATE_USE,
    CharacterKind.UNREADABLE: FuriganaProblem.UNREADABLE,
    CharacterKind.KANJI: FuriganaProblem.KANJI,
    CharacterKind.RADICAL: FuriganaProblem.KANJI,
    CharacterKind.LATIN: FuriganaProblem.LATIN,
    CharacterKind.DIGIT: FuriganaProblem.DIGIT,
    CharacterKind.OTHER_LETTER: FuriganaProblem.OTHER_LETTER,
    CharacterKind.HIRAGANA: FuriganaProblem.NOT_LISTED,
    CharacterKind.KATAKANA: FuriganaProblem.NOT_LISTED,
}


def _furigana_fault(one: str) -> StrEnum | None:
    if one == " " or one in FURIGANA_KANA:
        return None
    return _FURIGANA_FAULTS.get(kind_of(one), FuriganaProblem.SYMBOL)


@dataclass(frozen=True, slots=True)
class Furigana(_Name):
    """Reading of a name in katakana (フリガナ): whole, or of one part.

    Hiragana and half-width kana are read as katakana, a dash or wave after a kana as ー. Small kana
    are never made large nor large ones small: キョウコ and キヨウコ are two readings.
    """

    @staticmethod
    def read(text: str) -> str:
        """The reading as it is stored; see :class:`FuriganaProblem`."""
        reading = to_katakana(_clean(text))
        if not reading:
            raise InvalidValue(FuriganaProblem.EMPTY)
        _refuse_wrong(reading, _furigana_fault, FuriganaProblem.PRIVATE_USE)
        # The sign lengthens the sound before it.
        if any(part.startswith("ー") for part in reading.split(" ")):
            raise InvalidCharacters.found(FuriganaProblem.LEADING_MARK, reading, ["ー"])
        return reading


_LATIN_FAULTS: Final = {
    CharacterKind.PRIVATE_USE: LatinNameProblem.PRIVATE_USE,
    CharacterKind.UNREADABLE: LatinNameProblem.UNREADABLE,
    CharacterKind.KANJI: LatinNameProblem.JAPANESE,
    CharacterKind.RADICAL: LatinNameProblem.JAPANESE,
    CharacterKind.HIRAGANA: LatinNameProblem.JAPANESE,
    CharacterKind.KATAKANA: LatinNameProblem.JAPANESE,
    CharacterKind.OTHER_LETTER: LatinNameProblem.OTHER_LETTER,
    CharacterKind.DIGIT: LatinNameProblem.DIGIT,
}


def _latin_fault(one: str) -> StrEnum | None:
    kind = kind_of(one)
    is_letter = kind is CharacterKind.LATIN and _is_whole(one)
    if is_letter or (one in " -'.,"):
        return None
    return _LATIN_FAULTS.get(kind, LatinNameProblem.SYMBOL)


@dataclass(frozen=True, slots=True)
class LatinName(_Name):
    """Name in Latin letters (ローマ字氏名) as in a passport or on a residence card.

    Upper and lower case stay as typed, diacritics too; full-width letters become half-width.
    """

    @staticmethod
    def read(text: str) -> str:
        """The name as it is stored; see :class:`LatinNameProblem`."""
        name = _clean(text)
        if not name:
            raise InvalidValue(LatinNameProblem.EMPTY)
        _refuse_wrong(name, _latin_fault, LatinNameProblem.PRIVATE_USE)
        if not _has_letter(name):
            raise InvalidValue(LatinNameProblem.NO_LETTER)
        return name


@dataclass(frozen=True, slots=True)
class ForeignName:
    """Name of a foreign resident (外国人氏名): Latin letters, and Chinese characters where wanted.

    :param han: ``None`` where only the Latin form is registered.
    """

    latin: LatinName
    han: HanName | None = None
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``WANG XIAOMING 王小明``: the Latin form, then the other, in brackets or not.

        :raises InvalidValue: With a :class:`LatinNameProblem` or a :class:`NameProblem`.
        """
        folded = _clean(text)
        start = next(
            (at for at, one in enumerate(folded) if kind_of(one) is CharacterKind.KANJI),
            len(folded),
        )
        latin, han = folded[:start].rstrip(" ("), folded[start:].rstrip(" )")
        parsed = cls.read(latin, han)
        return cls(parsed.latin, parsed.han, text)

    @classmethod
    def read(cls, latin: str, han: str = "") -> Self:
        """Read two boxes, of which the second may be blank.

        :raises InvalidValue: With a :class:`LatinNameProblem` or a :class:`NameProblem`.
        """
        other = HanName.parse(han) if _clean(han) else None
        return cls(LatinName.parse(latin), other, f"{latin} {han}".rstrip())

    def __str__(self) -> str:
        return f"{self.latin} {self.han}" if self.han else str(self.latin)
