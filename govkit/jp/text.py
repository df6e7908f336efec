"""Folding of width and kana, and the keys by which names are searched and sorted.

The tables are written out here on purpose: Unicode normalisation (NFC, NFKC) replaces kanji of
people's names (U+FA19 becomes U+795E) and takes ① and ㈱ apart, so it is never applied. Nothing in
this module changes a kanji, and no folding makes a text longer; only :func:`to_half_width` may, as
half-width kana carry their voiced marks apart.
"""

import re
from typing import Final

__all__ = [
    "DASHES",
    "WAVES",
    "drop_invisible",
    "fold_dashes",
    "fold_spaces",
    "fold_width",
    "kana_sort_key",
    "search_key",
    "spell_out_long_o",
    "to_full_width",
    "to_half_width",
    "to_hiragana",
    "to_katakana",
]

DASHES: Final = (
    "-\u00ad\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u2796"
    "\ufe58\ufe63\uff0d\u30fc\uff70"
)
"""Characters people type for a hyphen; the kana long mark (長音) is one of them."""

WAVES: Final = "~\u301c\uff5e\u223c\u3030"
"""Characters people type for a wave (波ダッシュ)."""

_BLANKS: Final = (
    "\t\n\v\f\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000"
)
_SPACES: Final = re.compile(f"[{_BLANKS}]+")
# Controls, soft hyphen, joiners, direction marks, fillers and tags: what cannot be seen. Variation
# selectors are none of them, they belong to the kanji before.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]+"
)
_HALF_KANA: Final = "｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ\uff9e\uff9f"
_FULL_KANA: Final = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u309b\u309c"
_FOLD: Final[dict[int, int | str]] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    ord("\u3000"): " ",
    **dict(zip(range(0xFFE0, 0xFFE7), "¢£¬¯¦¥₩", strict=True)),
    **dict(zip(map(ord, _HALF_KANA), _FULL_KANA, strict=True)),
}
_PLAIN: Final = "カキクケコサシスセソタチツテトハヒフヘホウワヰヱヲヽ"
_VOICED: Final = "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴヷヸヹヺヾ"
_HALF_VOICED: Final = dict(zip("ハヒフヘホ", "パピプペポ", strict=True))
_HIRAGANA: Final = "".join(map(chr, [*range(0x3041, 0x3097), 0x309D, 0x309E]))
_TO_KATAKANA: Final = {ord(kana): ord(kana) + 0x60 for kana in _HIRAGANA}
_TO_HIRAGANA: Final[dict[int, int]] = {new: old for old, new in _TO_KATAKANA.items()}

_VOICE_MARKS: Final = "\u3099\u309b\uff9e"
_HALF_VOICE_MARKS: Final = "\u309a\u309c\uff9f"


def _composition() -> dict[str, str]:
    voiced = dict(zip(_PLAIN, _VOICED, strict=True))
    pairs = {base + mark: kana for base, kana in voiced.items() for mark in _VOICE_MARKS}
    pairs |= {
        base + mark: kana for base, kana in _HALF_VOICED.items() for mark in _HALF_VOICE_MARKS
    }
    # ワ゛ and its row have no hiragana letter of their own.
    hiragana = {
        pair.translate(_TO_HIRAGANA): kana.translate(_TO_HIRAGANA)
        for pair, kana in pairs.items()
        if ord(kana) in _TO_HIRAGANA
    }
    full = pairs | hiragana
    half = dict(zip(_FULL_KANA, _HALF_KANA, strict=True))
    return full | {half[pair[0]] + pair[1]: kana for pair, kana in pairs.items() if pair[0] in half}


_COMPOSED: Final = _composition()
_VOICED_PAIR: Final = re.compile(
    f"[{''.join(sorted({pair[0] for pair in _COMPOSED}))}][{_VOICE_MARKS}{_HALF_VOICE_MARKS}]"
)
_LONG_MARKS: Final = re.escape(DASHES + WAVES)
_LONG_MARK: Final = re.compile(f"[{_LONG_MARKS}]")
_DASH_AFTER_KANA: Final = re.compile(f"(?<=[ぁ-ゖァ-ヺー])[{_LONG_MARKS}]+")
_LETTER: Final = "0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f"
_DASH_IN_LETTERS: Final = re.compile(f"(?<=[{_LETTER}])[{_LONG_MARKS}]+(?=[{_LETTER}])")


def drop_invisible(text: str) -> str:
    """The text without what nobody can see: controls, zero-width characters, the soft hyphen.

    White space and variation selectors (異体字セレクタ) stay.
    """
    return _INVISIBLE.sub("", text)


def fold_spaces(text: str) -> str:
    """White space of any kind, line ends too, as single half-width spaces; none at the ends."""
    return _SPACES.sub(" ", text).strip(" ")


def fold_dashes(text: str) -> str:
    """Dash and wave look-alikes by what stands around them.

    After a kana they are the long mark (ー), between Latin letters or digits a hyphen; everywhere
    else, as after a kanji in the name of a building, they stay.
    """
    marked = _DASH_AFTER_KANA.sub(lambda dashes: "ー" * len(dashes[0]), text)
    return _DASH_IN_LETTERS.sub(lambda dashes: "-" * len(dashes[0]), marked)


def fold_width(text: str) -> str:
    """Letters, digits and signs half-width; kana full-width with their voiced marks joined.

    Kanji, hiragana and every character without another width stay as they are.
    """
    if text.isascii():
        return text
    joined = _VOICED_PAIR.sub(lambda pair: _COMPOSED.get(pair[0], pair[0]), text)
    return joined.translate(_FOLD)


def to_katakana(text: str) -> str:
    """A reading (フリガナ) in full-width katakana, whatever kana it was typed in.

    Any dash after a kana is read as the long mark; what cannot be seen is dropped. Small kana stay
    small: キョウコ and キヨウコ are two readings. The ligatures ゟ and ヿ stay.
    """
    folded = fold_width(drop_invisible(text))
    katakana = fold_width(folded.translate(_TO_KATAKANA))  # わ゛ has no letter, ワ゛ has
    return _DASH_AFTER_KANA.sub(lambda dashes: "ー" * len(dashes[0]), katakana)


def to_hiragana(text: str) -> str:
    """Katakana of either width as hiragana; ヷ ヸ ヹ ヺ and ヿ have no hiragana and stay."""
    return fold_width(text).translate(_TO_HIRAGANA)


_TO_HALF: Final[dict[int, str]] = {
    **{code + 0xFEE0: chr(code) for code in range(0x21, 0x7F)},
    0x3000: " ",
    **dict(zip(map(ord, _FULL_KANA), _HALF_KANA, strict=True)),
}


def _half_voiced() -> dict[int, str]:
    marks = {kana: plain + "\uff9e" for kana, plain in zip(_VOICED, _PLAIN, strict=True)}
    marks |= {kana: plain + "\uff9f" for plain, kana in _HALF_VOICED.items()}
    return {
        ord(kana): _TO_HALF[ord(pair[0])] + pair[1]
        for kana, pair in marks.items()
        if ord(pair[0]) in _TO_HALF
    }


_NARROW: Final = _TO_HALF | _half_voiced()
_TO_FULL: Final[dict[int, int]] = {
    **{code: code + 0xFEE0 for code in range(0x21, 0x7F)},
    0x20: 0x3000,
}


def to_half_width(text: str) -> str:
    """Katakana, letters, digits and signs half-width, voiced marks apart: ガ becomes two characters.

    Kana without a half-width form (ヰ ヱ ヮ ヵ ヶ, hiragana) stay.
    """
    return fold_width(text).translate(_NARROW)


def to_full_width(text: str) -> str:
    """Everything full-width, as registers print it; the half-width space becomes U+3000."""
    return fold_width(text).translate(_TO_FULL)


_SMALL: Final = dict(zip("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ", strict=True))
_UNVOICED: Final = {
    **dict(zip(_VOICED, _PLAIN, strict=True)),
    **{voiced: plain for plain, voiced in _HALF_VOICED.items()},
}
_SAME_SOUND: Final = {"ワ": "ハ", "ヲ": "オ", "ヰ": "イ", "ヱ": "エ", "チ": "シ", "ツ": "ス"}


_RARE_DASHES: Final = "=\u2053\u30a0\u31d0\ufe31\ufe32"
_DOTS: Final = "・.,·•\u2027'`\u00b4\u2018\u2019\u02bc\u2032\u2035"


def _search_table() -> dict[int, str | None]:
    table: dict[str, str | None] = {}
    for kana in (*_SMALL, *_UNVOICED, *_SAME_SOUND):
        plain = _SMALL.get(kana, kana)
        plain = _UNVOICED.get(plain, plain)
        table[kana] = _SAME_SOUND.get(plain, plain)
    table["ヴ"] = "フ"
    table |= {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    table |= dict.fromkeys(f"{DASHES}{WAVES}{_RARE_DASHES}{_VOICE_MARKS}{_HALF_VOICE_MARKS}{_DOTS}")
    table |= dict.fromkeys(chr(code) for code in range(0x3001) if _SPACES.match(chr(code)))
    selectors = [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
    return {ord(key): value for key, value in table.items()} | dict.fromkeys(selectors)


_SEARCH: Final = _search_table()
_V_SOUND: Final = re.compile("ヴ[ァアィイェエォオ]")
_V_ROW: Final = dict(zip("ァアィイェエォオ", "ハハヒヒヘヘホホ", strict=True))
_O_ROW: Final = "オコソトノホモヨロ"
_LONG_O: Final = re.compile(f"(?<=[{_O_ROW}])ウ+")
_LONG_MARK_AFTER_O: Final = re.compile(f"(?<=[{_O_ROW}ォョゴゾドボポヲ])ー+")
_ITERATED: Final = re.compile("([^々〻ヽ])([々〻ヽ]+)")


def search_key(text: str) -> str:
    """The key under which names that sound alike are found together.

    Follows the search rules of the standard specification of resident records (住民記録システム
    標準仕様書 2.1.2): without regard to width, hiragana or katakana, voicing, small kana, ワ/ハ,
    オ/ヲ, ヂ/ジ, ヅ/ズ, ヴァ/バ, spaces, dots, dashes and the long mark; ウ after the o-row is オ. As
    ツ = ヅ = ズ = ス, the four fall together: the key finds too many rather than too few. Iteration
    marks (々 ヽ ゝ) are the letter they repeat. Kanji stay, without their variation selectors.
    """
    katakana = _V_SOUND.sub(lambda pair: _V_ROW[pair[0][1]], to_katakana(text))
    folded = _ITERATED.sub(lambda run: run[1] * len(run[0]), katakana.translate(_SEARCH))
    return _LONG_O.sub(lambda run: "オ" * len(run[0]), folded)


def spell_out_long_o(text: str) -> str:
    """A reading with the long mark after the o-row as ウ: オーノ is オウノ.

    :func:`search_key` drops the mark; who wants オーノ and オオノ found together asks for both. A text
    without such a mark comes back as it is.
    """
    if _LONG_MARK.search(text) is None:
        return text
    katakana = to_katakana(text)
    spelled = _LONG_MARK_AFTER_O.sub(lambda marks: "ウ" * len(marks[0]), katakana)
    return text if spelled == katakana else spelled


_VOWELS: Final = {
    kana: vowel
    for vowel, row in {
        "ア": "アカサタナハマヤラワ",
        "イ": "イキシチニヒミリヰ",
        "ウ": "ウクスツヌフムユル",
        "エ": "エケセテネヘメレヱ",
        "オ": "オコソトノホモヨロヲ",
    }.items()
    for kana in row
}


def kana_sort_key(text: str) -> str:
    """The key of the kana order (五十音順) after JIS X 4061, for names in kana.

    Base letters decide first, the long mark counting as the vowel before it; then clear before
    voiced before half-voiced; then the long mark before small before full-sized kana. Compare
    keys by code point.
    """
    letters: list[str] = []
    voices: list[str] = []
    sizes: list[str] = []
    for kana in to_katakana(text).lower():
        large = _SMALL.get(kana, kana)
        base = _UNVOICED.get(large, large)
        voice = "0" if base == large else "2" if large in _HALF_VOICED.values() else "1"
        size = "1" if large != kana else "2"
        if kana == "ー" and letters:
            base, size = _VOWELS.get(letters[-1], letters[-1]), "0"
        elif kana in "ヽヾ" and letters:
            base = letters[-1]
        letters.append(base)
        voices.append(voice)
        sizes.append(size)
    return "\x00".join("".join(part) for part in (letters, voices, sizes))
