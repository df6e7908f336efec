"""Fields and blocks for people: names, readings, sex, relationship, guardians.

A name is kept as it was written: no kanji is exchanged for another, variation selectors (IVS) stay
and are not counted. Width, spaces, dashes and invisible characters are put in order silently; what
cannot be taken is named with its place.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from govkit.errors import InvalidValue
from govkit.forms.choices import RadioField
from govkit.forms.fields import Field
from govkit.forms.messages import Invalid
from govkit.forms.parts import Part, PartsField
from govkit.jp.characters import (
    CharacterProblem,
    CharacterSet,
    InvalidCharacters,
    ShrinkUnavailable,
    check_characters,
    code_points,
    drop_stray_selectors,
    shrink_candidates,
)
from govkit.jp.names import (
    Alias,
    FormerName,
    FullName,
    Furigana,
    FuriganaProblem,
    HanName,
    LatinName,
    LatinNameProblem,
    NamePart,
    NameProblem,
)
from govkit.jp.text import drop_invisible, fold_dashes, fold_spaces, fold_width

__all__ = [
    "MAX_RELATIONSHIP_PARTS",
    "AliasField",
    "FamilyNameField",
    "FormerNameField",
    "FullNameField",
    "FuriganaField",
    "GivenNameField",
    "HanNameField",
    "LatinNameField",
    "Relationship",
    "RelationshipField",
    "RelationshipProblem",
    "SexField",
]

_PRIVATE_USE: Final = (
    "{label}の{places}は外字で、ほかのパソコンでは表示できません。代わりの文字で入力し、"
    "正しい字は備考に書くか、窓口でお知らせください"
)
_UNREADABLE: Final = "{label}の{places}は文字化けしています。その文字を入力し直してください"
_OTHER_LETTER: Final = (
    "{label}の{places}は氏名に使えない文字です。漢字、かな、ローマ字で入力してください"
)
_NAME_TEXTS: Final[Mapping[Any, str]] = {
    NameProblem.EMPTY: "{label}を入力してください",
    NameProblem.PRIVATE_USE: _PRIVATE_USE,
    NameProblem.UNREADABLE: _UNREADABLE,
    NameProblem.RADICAL: (
        "{label}の{places}は漢字ではなく部首の記号です。同じ形の漢字で入力し直してください"
    ),
    NameProblem.OTHER_LETTER: _OTHER_LETTER,
    NameProblem.DIGIT: "{label}の{places}は数字です。数字を除いて入力してください",
    NameProblem.SYMBOL: (
        "{label}の{places}は氏名に使えない記号です。除くか、正しい文字で入力してください"
    ),
    NameProblem.LATIN: "{label}の{places}はローマ字です。漢字かかなで入力してください",
    NameProblem.KANA: "{label}の{places}はかなです。漢字で入力してください",
    NameProblem.SPACE: "{label}の欄には{label}だけを、空白を入れずに入力してください",
    NameProblem.NO_LETTER: "{label}は記号だけでなく、文字で入力してください",
    CharacterProblem.NOT_IN_SET: (
        "{label}の{places}は、この手続では使えない文字です。代わりの文字で入力してください"
    ),
}
_NOT_IN_SET_BUT: Final = (
    "{label}の{places}は、この手続では使えない文字です。代わりの文字で入力してください"
    "（候補：{candidates}）"
)
_FURIGANA_TEXTS: Final[Mapping[Any, str]] = {
    FuriganaProblem.EMPTY: "{label}を入力してください",
    FuriganaProblem.PRIVATE_USE: "{label}の{places}は外字です。カタカナで入力してください",
    FuriganaProblem.UNREADABLE: _UNREADABLE,
    FuriganaProblem.KANJI: "{label}の{places}は漢字です。カタカナで入力してください",
    FuriganaProblem.LATIN: "{label}の{places}はローマ字です。カタカナで入力してください",
    FuriganaProblem.DIGIT: "{label}の{places}は数字です。カタカナで入力してください",
    FuriganaProblem.OTHER_LETTER: "{label}の{places}は{label}に使えません。カタカナで入力してください",
    FuriganaProblem.SYMBOL: (
        "{label}の{places}は{label}に使えません。区切るときは空白を入れてください"
    ),
    FuriganaProblem.NOT_LISTED: (
        "{label}の{places}は{label}に使えません。ふつうのカタカナで入力してください"
    ),
    FuriganaProblem.LEADING_MARK: "{label}は「ー」で始めずに、カタカナで入力してください",
}
_LATIN_TEXTS: Final[Mapping[Any, str]] = {
    LatinNameProblem.EMPTY: "{label}を入力してください",
    LatinNameProblem.PRIVATE_USE: "{label}の{places}は外字です。ローマ字で入力してください",
    LatinNameProblem.UNREADABLE: _UNREADABLE,
    LatinNameProblem.JAPANESE: "{label}の{places}はローマ字ではありません。ローマ字で入力してください",
    LatinNameProblem.OTHER_LETTER: (
        "{label}の{places}はローマ字ではありません（形の似た別の文字です）。ローマ字で入力してください"
    ),
    LatinNameProblem.DIGIT: "{label}の{places}は数字です。数字を除いて入力してください",
    LatinNameProblem.SYMBOL: (
        "{label}の{places}は使えない記号です。在留カードやパスポートのとおりに入力してください"
    ),
    LatinNameProblem.NO_LETTER: "{label}は記号だけでなく、文字で入力してください",
    CharacterProblem.NOT_IN_SET: _NAME_TEXTS[CharacterProblem.NOT_IN_SET],
}
# What a screen or a printer shows differently from machine to machine is named by its code point.
_SHOWN_BY_CODE: Final = {
    NameProblem.PRIVATE_USE,
    NameProblem.UNREADABLE,
    FuriganaProblem.PRIVATE_USE,
    FuriganaProblem.UNREADABLE,
    LatinNameProblem.PRIVATE_USE,
    LatinNameProblem.UNREADABLE,
}
# These look like what was meant.
_SHOWN_WITH_CODE: Final = {
    NameProblem.RADICAL,
    NameProblem.OTHER_LETTER,
    FuriganaProblem.OTHER_LETTER,
    LatinNameProblem.OTHER_LETTER,
    CharacterProblem.NOT_IN_SET,
}
_MAX_PLACES: Final = 3


class _NameField(Field):
    """A text box for a name.

    :param max_length: Most characters, variation selectors (IVS) not counted.
    :param character_set: What the receiving system takes; ``None`` takes every letter of names but
        外字 of the private use areas, which are always refused.
    """

    value_class: ClassVar[Any] = FullName
    problem_texts: ClassVar[Mapping[Any, str]] = _NAME_TEXTS
    max_length: int = 100
    character_set: CharacterSet | None = None

    def __init__(
        self,
        label: str,
        *args: Any,
        max_length: int | None = None,
        character_set: CharacterSet | None = None,
        **options: Any,
    ) -> None:
        if max_length is not None:
            self.max_length = max_length
        if character_set is not None:
            self.character_set = CharacterSet(character_set)
        super().__init__(label, *args, **options)

    def clean(self, text: str) -> str:
        """The text as typed; blank where nothing can be seen."""
        return text if fold_spaces(drop_stray_selectors(drop_invisible(text))) else ""

    def parse(self, text: str) -> Any:
        """The name as a value object."""
        name = self.value_class.parse(text)
        check_characters(str(name), self.character_set)
        if name.length > self.max_length:
            sentence = self.gettext(
                "{label}は{max}文字以内で入力してください（いま{count}文字です）",
                max=self.max_length,
                count=name.length,
            )
            raise Invalid(sentence, "text_too_long")
        return name

    def refusal(self, error: InvalidValue) -> Invalid:
        """The sentence names the characters that are wrong."""
        if not isinstance(error, InvalidCharacters):
            return super().refusal(error)
        text, params = self.problem_texts[error.problem], {"places": self._places(error)}
        if error.problem is CharacterProblem.NOT_IN_SET:
            candidates = self._candidates(error.letters)
            if candidates:
                text, params = _NOT_IN_SET_BUT, {**params, "candidates": candidates}
        return Invalid(self.gettext(text, **params), error.problem)

    def _places(self, error: InvalidCharacters) -> str:
        pattern = "{number}文字目の「{character}」"
        if error.problem in _SHOWN_BY_CODE:
            pattern = "{number}文字目（{code}）"
        elif error.problem in _SHOWN_WITH_CODE:
            pattern = "{number}文字目の「{character}」（{code}）"
        named = [
            self.gettext(pattern, number=number, character=letter, code=code_points(letter))
            for number, letter in error.places[:_MAX_PLACES]
        ]
        return self.translate("、").join(named)

    def _candidates(self, letters: Sequence[str]) -> str:
        """Letters that a person may choose from; blank without the extra ``shrink``."""
        target = self.character_set or CharacterSet.MOJI_JOHO
        try:
            offered = [(letter, shrink_candidates(letter, target)) for letter in letters]
        except ShrinkUnavailable:
            return ""
        named = [f"{letter}→{'・'.join(forms)}" for letter, forms in offered if forms]
        return self.translate("、").join(named)


class FullNameField(_NameField):
    """A whole name (氏名) in one box; ``value`` is a :class:`~govkit.jp.names.FullName`.

    Kanji, kana or Latin letters, any number of parts, one name only. White space of any kind
    becomes one half-width space and is never demanded.
    """

    autocomplete = "name"


class FamilyNameField(_NameField):
    """The family name (姓・氏) in a box of its own; ``value`` is a ``NamePart``."""

    value_class = NamePart
    autocomplete = "family-name"
    max_length = 50


class GivenNameField(_NameField):
    """The given name (名) in a box of its own; ``value`` is a ``NamePart``."""

    value_class = NamePart
    autocomplete = "given-name"
    max_length = 50


class AliasField(_NameField):
    """The alias of a foreign resident (通称); ``value`` is an ``Alias``."""

    value_class = Alias


class FormerNameField(_NameField):
    """The former family name (旧氏): kanji and kana of a 戸籍; ``value`` is a ``FormerName``."""

    value_class = FormerName
    max_length = 50


class HanNameField(_NameField):
    """A foreigner's name in Chinese characters (漢字氏名); ``value`` is a ``HanName``."""

    value_class = HanName


class FuriganaField(_NameField):
    """The reading of a name (フリガナ) in katakana; ``value`` is a ``Furigana``.

    Hiragana and half-width kana are taken and stored in full-width katakana; small kana stay small
    and large ones large.
    """

    value_class = Furigana
    problem_texts = _FURIGANA_TEXTS


class LatinNameField(_NameField):
    """A name in Latin letters (ローマ字氏名) as in a passport; ``value`` is a ``LatinName``."""

    value_class = LatinName
    problem_texts = _LATIN_TEXTS
    autocomplete = "name"

    def attributes(self) -> Mapping[str, str | None]:
        """Without the corrections of a browser."""
        return {**super().attributes(), "spellcheck": "false", "autocapitalize": "words"}


class SexField(RadioField):
    """Sex (性別): asked only where a law needs it, and never chosen beforehand.

    Data are the codes ``1`` 男, ``2`` 女 and ``0`` 答えない (ISO 5218).

    :param reason: Why it is asked, with the law that needs it; shown before the buttons.
    :param may_decline: Whether 「答えない」 is offered.
    """

    def __init__(
        self, label: str, *args: Any, reason: str, may_decline: bool = True, **options: Any
    ) -> None:
        if not reason.strip():
            raise ValueError("a reason must be given for asking the sex")
        if options.get("default") is not None:
            raise ValueError("sex is never chosen beforehand")
        choices = [("1", "男"), ("2", "女"), *([("0", "答えない")] if may_decline else [])]
        options["support"] = reason
        super().__init__(label, *args, choices=choices, coerce=self._code, **options)

    @staticmethod
    def _code(text: str) -> str:
        """The code of a button, or of what a file writes for it."""
        folded = fold_spaces(fold_width(drop_invisible(text)))
        return _SEX_CODES.get(folded, folded)


_SEX_CODES: Final = {"男": "1", "男性": "1", "女": "2", "女性": "2", "答えない": "0"}


class RelationshipProblem(StrEnum):
    """Why a relationship (続柄) cannot be read."""

    GAP = "relationship_gap"
    NOT_LISTED = "relationship_not_listed"
    NOT_COMBINED = "relationship_not_combined"
    TOO_MANY = "relationship_too_many"


@dataclass(frozen=True, slots=True)
class Relationship:
    """Relationship to the head of the household (続柄), composed of up to four codes.

    ``("12", "20")`` is 妻の子 where 12 is 妻 and 20 is 子: read from the head outwards.

    :param codes: Codes of the table that the caller gave.
    """

    codes: tuple[str, ...]
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read codes joined by ``-``, in any width.

        :raises InvalidValue: With a :class:`RelationshipProblem`.
        """
        folded = fold_dashes(fold_width(fold_spaces(drop_invisible(text))))
        codes = tuple(folded.split("-"))
        if not all(codes):
            raise InvalidValue(RelationshipProblem.GAP)
        if len(codes) > MAX_RELATIONSHIP_PARTS:
            raise InvalidValue(RelationshipProblem.TOO_MANY)
        return cls(codes, text)

    def title(self, titles: Mapping[str, str], link: str = "の") -> str:
        """In words: 妻の子."""
        return link.join(titles.get(code, code) for code in self.codes)

    def __str__(self) -> str:
        return "-".join(self.codes)


MAX_RELATIONSHIP_PARTS: Final = 4
"""続柄コード1 to 4 of the standard records of residents (基本データリスト)."""


class RelationshipField(PartsField):
    """Relationship (続柄), composed of select boxes: 妻 + の + 子.

    Data are the codes joined by ``-``; ``value`` is a :class:`Relationship`, ``answer`` its words.

    :param table: Code and title of every link, as the municipality uses them; none is built in.
    :param alone: Codes that combine with nothing, such as those of 世帯主 and 同居人.
    :param depth: Number of select boxes, at most 4.
    """

    problem_texts: ClassVar[Mapping[Any, str]] = {
        RelationshipProblem.GAP: "{label}は1つめから順に選んでください",
        RelationshipProblem.NOT_LISTED: "{label}は一覧から選んでください",
        RelationshipProblem.NOT_COMBINED: "{label}の「{title}」は、ほかの続柄と組み合わせずに選んでください",
        RelationshipProblem.TOO_MANY: "{label}は{max}つまで選んでください",
    }

    def __init__(
        self,
        label: str,
        *args: Any,
        table: Sequence[tuple[str, str]],
        alone: Collection[str] = (),
        depth: int = 2,
        **options: Any,
    ) -> None:
        if not 1 <= depth <= MAX_RELATIONSHIP_PARTS:
            raise ValueError(f"depth must be 1 to {MAX_RELATIONSHIP_PARTS}")
        self.titles = dict(table)
        self.alone = frozenset(alone)
        choices = (("", "選んでください"), *table)
        self.parts = tuple(
            Part(
                name=str(number),
                label="続柄" if number == 1 else "の",
                width=16,
                choices=choices,
                is_optional=number > 1,
            )
            for number in range(1, depth + 1)
        )
        super().__init__(label, *args, **options)

    def required_message(self) -> str:
        """What to do when nothing was chosen."""
        return self.gettext("{label}を選んでください")

    def clean(self, text: str) -> str:
        """The code in any width."""
        return fold_width(fold_spaces(drop_invisible(text)))

    @property
    def answer(self) -> str:
        """The relationship in words."""
        titles = {code: self.translate(title) for code, title in self.titles.items()}
        return self.value.title(titles, self.translate("の")) if self.value else ""

    def parse(self, text: str) -> Relationship:
        """The relationship of a stored or imported text: codes joined by ``-``."""
        value = Relationship.parse(text)
        self._check(value.codes)
        return value

    def parse_parts(self, texts: Mapping[str, str]) -> Relationship:
        """The relationship of the select boxes."""
        codes = [texts.get(part.name, "") for part in self.parts]
        while not codes[-1]:
            codes.pop()
        self._check(codes)
        return Relationship(tuple(codes), "-".join(texts.values()))

    def format_parts(self, value: Any) -> Mapping[str, str]:
        """Codes by select box."""
        return {str(number): code for number, code in enumerate(value.codes, 1)}

    def _check(self, codes: Sequence[str]) -> None:
        if len(codes) > len(self.parts):
            raise self._wrong(RelationshipProblem.TOO_MANY, 1, max=len(self.parts))
        for number, code in enumerate(codes, 1):
            if not code:
                raise self._wrong(RelationshipProblem.GAP, number)
            if code not in self.titles:
                raise self._wrong(RelationshipProblem.NOT_LISTED, number)
            if code in self.alone and len(codes) > 1:
                title = self.translate(self.titles[code])
                raise self._wrong(RelationshipProblem.NOT_COMBINED, number, title=title)

    def _wrong(self, problem: RelationshipProblem, number: int, **params: object) -> Invalid:
        return Invalid(self.gettext(self.problem_texts[problem], **params), problem, str(number))
