"""Kana in Latin letters, Hepburn style (ヘボン式ローマ字), to recognise words and not to print names."""

from itertools import chain
from typing import Final

from govkit.jp.text import to_katakana

__all__ = ["romanised"]

_ROWS: Final = (
    *("アイウエオ a i u e o", "カキクケコ ka ki ku ke ko", "サシスセソ sa shi su se so"),
    *("タチツテト ta chi tsu te to", "ナニヌネノ na ni nu ne no", "ハヒフヘホ ha hi fu he ho"),
    *("マミムメモ ma mi mu me mo", "ヤユヨ ya yu yo", "ラリルレロ ra ri ru re ro"),
    *("ワヰヱヲン wa i e o n", "ガギグゲゴ ga gi gu ge go", "ザジズゼゾ za ji zu ze zo"),
    *("ダヂヅデド da ji zu de do", "バビブベボ ba bi bu be bo", "パピプペポ pa pi pu pe po"),
)
_SOUNDS: Final = dict(
    chain.from_iterable(zip(row.split()[0], row.split()[1:], strict=True) for row in _ROWS)
)
_SMALL: Final = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}


def romanised(kana: str) -> tuple[str, ...]:
    """The ways in which a reading is typed in Latin letters: long vowels in full, and short.

    >>> romanised("オオメシ")
    ('oomeshi', 'omeshi')
    """
    typed = ""
    doubles = False
    for letter in to_katakana(kana):
        sound = _SOUNDS.get(letter, "")
        if letter in _SMALL:
            stem = typed[:-1] if typed.endswith("i") else typed
            # シャ is sha, キャ is kya.
            typed = stem + (
                _SMALL[letter][1:] if stem.endswith(("sh", "ch", "j")) else _SMALL[letter]
            )
        elif letter == "ッ":
            doubles = True
            continue
        elif sound:
            typed += ("t" if sound.startswith("ch") else sound[0]) + sound if doubles else sound
        doubles = False
    short = typed.replace("ou", "o").replace("oo", "o").replace("uu", "u")
    return tuple(dict.fromkeys((typed, short)))
