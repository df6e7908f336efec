"""What the parsers of places share: cleaning, numerals in kanji, and the key places are found by."""

import re
from collections.abc import Iterator
from typing import Final

from govkit.jp.characters import drop_stray_selectors
from govkit.jp.digits import DASH_LIKE
from govkit.jp.text import drop_invisible, fold_spaces, fold_width

__all__ = ["ALL_DASHES", "clean_place", "kanji_number", "keyed", "place_key", "without_district"]

ALL_DASHES: Final = DASH_LIKE + "\u2053\u2e3a\u2e3b\u30a0\u3161\ufe31\ufe32"
"""The dashes of :data:`govkit.jp.digits.DASH_LIKE` and the rarer ones that keyboards offer."""


def clean_place(text: str) -> str:
    """Folded to one width, without unseen characters, any white space as one space."""
    return fold_spaces(fold_width(drop_stray_selectors(drop_invisible(text))))


_DIGITS: Final = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")} | {"零": 0}
_UNITS: Final = (("千", 1000), ("百", 100), ("十", 10))
_COUNTED: Final = re.compile(
    "(?:([一二三四五六七八九])?千)?(?:([一二三四五六七八九])?百)?"
    "(?:([一二三四五六七八九])?十)?([一二三四五六七八九])?"
)


def kanji_number(text: str) -> int | None:
    """The number that numerals in kanji (漢数字) write, up to 9,999 when counted.

    Both ways of writing are read: 二十三 and 二三 are 23. ``None`` when it is neither.
    """
    if len(text) > 18:
        return None
    if text and all(each in _DIGITS for each in text):
        return int("".join(str(_DIGITS[each]) for each in text))
    match = _COUNTED.fullmatch(text)
    if not text or match is None:
        return None
    total = _DIGITS.get(match[4] or "", 0)
    for group, (unit, worth) in zip(match.groups()[:3], _UNITS, strict=True):
        if unit in text:
            total += _DIGITS.get(group or "", 1) * worth
    return total


_SAME: Final = {
    **{chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)},
    **dict.fromkeys("ヶがガヵ箇个", "ケ"),
    **dict.fromkeys("ッっつ", "ツ"),
    **dict.fromkeys("の之乃", "ノ"),
    **dict(
        zip(
            "龍澤濱嶋髙﨑檜藪條廣瀧櫻國壺鷗曾惠榮穗應藏嶽淵舘籠麴蘆鹽萬與圓德會來學寶當舊",
            "竜沢浜島高崎桧薮条広滝桜国壷鴎曽恵栄穂応蔵岳渕館篭麹芦塩万与円徳会来学宝当旧",
            strict=True,
        )
    ),
    **dict(zip("邊邉淸靜祐鐵龜鄕黑眞戶德姬", "辺辺清静祐鉄亀郷黒真戸徳姫", strict=True)),
    **dict(zip("\ufa10\ufa12\ufa16\ufa19\ufa1b\ufa26", "塚晴猪神福都", strict=True)),
}
# 字 and 大字 are written or left out at will; a variation selector never tells two places apart.
_TOKEN: Final = re.compile(
    "(?P<drop>大字|字|[ \ufe00-\ufe0f\U000e0100-\U000e01ef])"
    "|(?P<number>[0-9]+|[〇零一二三四五六七八九十百千]+)"
)


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            letter = text[position]
            position += 1
            yield "-" if letter in ALL_DASHES else _SAME.get(letter, letter).upper(), position
            continue
        position = match.end()
        if match["number"]:
            digits = match["number"]
            value = digits if digits.isascii() else kanji_number(digits)
            yield digits if value is None else str(value), position


def keyed(text: str) -> tuple[str, list[int]]:
    """The key of a cleaned text, and for each of its letters where in the text it ends.

    The place is -1 inside a number, which must not be cut.
    """
    key: list[str] = []
    ends: list[int] = []
    for letters, end in _tokens(text):
        key.append(letters)
        ends += [-1] * (len(letters) - 1) + [end]
    return "".join(key), ends


def place_key(text: str) -> str:
    """The key under which two ways to write one place are equal.

    ヶ, ケ and が are one, as are の, ノ and 之; 大字 and 字 fall away; 一条 is 1条; old and new forms
    of common kanji (瀧, 滝) are one. The text itself is stored as it was written.
    """
    return keyed(clean_place(text))[0]


def without_district(name: str) -> str:
    """The name, or key, of a town or village without its district (郡); others stay."""
    head, sign, rest = name.partition("郡")
    return rest if head and sign and rest[-1:] in ("町", "村") else name
