"""The 47 prefectures (都道府県) with their JIS codes."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.numbers import MunicipalityCode
from govkit.jp.place_text import clean_place
from govkit.jp.text import to_katakana

__all__ = ["PREFECTURES", "Prefecture", "PrefectureProblem"]


class PrefectureProblem(StrEnum):
    """Why a text names no prefecture."""

    EMPTY = "prefecture_empty"
    UNKNOWN = "prefecture_unknown"


@dataclass(frozen=True, slots=True)
class Prefecture:
    """One of the 47 prefectures (都道府県).

    :param code: Two digits of JIS X 0401, from north to south.
    :param name: With 都, 道, 府 or 県.
    :param kana: Reading in full-width katakana.
    :param raw: The text as it was typed.
    """

    code: str
    name: str
    kana: str = field(compare=False)
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a name with or without its last letter, a reading, or a code of JIS X 0401.

        :raises InvalidValue: With a :class:`PrefectureProblem`.
        """
        cleaned = clean_place(text).replace(" ", "")
        if not cleaned:
            raise InvalidValue(PrefectureProblem.EMPTY)
        found = _KNOWN.get(to_katakana(cleaned))
        if found is None:
            raise InvalidValue(PrefectureProblem.UNKNOWN)
        return cls(found.code, found.name, found.kana, text)

    @property
    def municipality_code(self) -> str:
        """Code of the prefecture as a local government (全国地方公共団体コード), six digits."""
        five = f"{self.code}000"
        return five + MunicipalityCode.check_digit(five)

    def __str__(self) -> str:
        return self.name


_TABLE: Final = """
北海道:ホッカイドウ 青森県:アオモリケン 岩手県:イワテケン 宮城県:ミヤギケン 秋田県:アキタケン
山形県:ヤマガタケン 福島県:フクシマケン 茨城県:イバラキケン 栃木県:トチギケン 群馬県:グンマケン
埼玉県:サイタマケン 千葉県:チバケン 東京都:トウキョウト 神奈川県:カナガワケン 新潟県:ニイガタケン
富山県:トヤマケン 石川県:イシカワケン 福井県:フクイケン 山梨県:ヤマナシケン 長野県:ナガノケン
岐阜県:ギフケン 静岡県:シズオカケン 愛知県:アイチケン 三重県:ミエケン 滋賀県:シガケン
京都府:キョウトフ 大阪府:オオサカフ 兵庫県:ヒョウゴケン 奈良県:ナラケン 和歌山県:ワカヤマケン
鳥取県:トットリケン 島根県:シマネケン 岡山県:オカヤマケン 広島県:ヒロシマケン 山口県:ヤマグチケン
徳島県:トクシマケン 香川県:カガワケン 愛媛県:エヒメケン 高知県:コウチケン 福岡県:フクオカケン
佐賀県:サガケン 長崎県:ナガサキケン 熊本県:クマモトケン 大分県:オオイタケン 宮崎県:ミヤザキケン
鹿児島県:カゴシマケン 沖縄県:オキナワケン
"""

PREFECTURES: Final = tuple(
    Prefecture(f"{code:02d}", *row.split(":")) for code, row in enumerate(_TABLE.split(), 1)
)
"""All of them in the order of their codes."""


def _known() -> dict[str, Prefecture]:
    known = {each.name: each for each in PREFECTURES}
    for each in PREFECTURES:
        known[each.kana] = known[each.code] = known[each.code.lstrip("0")] = each
        if each.name != "北海道":
            known[each.name[:-1]] = known[each.kana[: -len(_LAST[each.name[-1]])]] = each
    return known


_LAST: Final = {"都": "ト", "府": "フ", "県": "ケン"}
_KNOWN: Final = _known()
