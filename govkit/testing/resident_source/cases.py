"""The rule cases of searching: a question to the rule people and the numbers it has to give.

After 住民記録システム標準仕様書 2.1.2 and 2.1.3. Names are found by any of their forms; see
:class:`~govkit.residents.matching.NameMatch` for how much of them has to agree.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from govkit.residents.matching import NameMatch, ResidentQuery
from govkit.residents.source import Capability

__all__ = ["RULE_CASES", "RuleCase"]

_NEEDS: Final = {NameMatch.PART: Capability.PART_MATCH, NameMatch.FUZZY: Capability.FUZZY_MATCH}


@dataclass(frozen=True, slots=True)
class RuleCase:
    """A question and who it has to find.

    :param numbers: Serial numbers of the people, in order.
    :param without_history: The same from a source that knows no earlier rows.
    """

    query: ResidentQuery
    numbers: tuple[int, ...]
    without_history: tuple[int, ...]

    @property
    def needs(self) -> Capability | None:
        """What a source has to be able to do to be asked at all."""
        return _NEEDS.get(self.query.name_match)

    def expected(self, capabilities: frozenset[Capability]) -> list[int]:
        """The numbers for a source with these capabilities."""
        knows = Capability.HISTORY in capabilities
        return list(self.numbers if knows else self.without_history)


def _case(*numbers: int, **conditions: Any) -> RuleCase:
    return RuleCase(ResidentQuery(**conditions), numbers, numbers)


def _exact(*numbers: int, **conditions: Any) -> RuleCase:
    return _case(*numbers, name_match=NameMatch.EXACT, **conditions)


def _part(*numbers: int, **conditions: Any) -> RuleCase:
    return _case(*numbers, name_match=NameMatch.PART, **conditions)


def _fuzzy(*numbers: int, **conditions: Any) -> RuleCase:
    return _case(*numbers, name_match=NameMatch.FUZZY, **conditions)


def _former(*numbers: int, **conditions: Any) -> RuleCase:
    return RuleCase(ResidentQuery(**conditions), numbers, ())


def _born(*numbers: int, on: date, **conditions: Any) -> RuleCase:
    return _case(*numbers, birth_from=on, birth_to=on, **conditions)


_WIDTH_AND_SOUND: Final = (
    _case(1, 2, kana="あおい"),
    _exact(1, 2, kana="ﾜﾀﾅﾍﾞ ｱｵｲ"),
    _case(1, 2, 3, kana="ワタナヘ"),
    _case(41, kana="ナカシマ"),
    _case(41, kana="カオリ"),
    _case(40, kana="チズル"),
    _case(40, name="佐佐木"),
    _case(42, kana="バルガ"),
    _exact(42, kana="ヴァレリー ヴァルガ"),
    _exact(42, kana="バレリ"),
    _exact(13, kana="ショウ"),
    _exact(13, kana="シヨウ"),
    _case(11, 12, 13, kana="シヨウ"),
    _case(7, 16, 18, kana="おうの"),
    _case(7, 16, 18, kana="オオノ"),
    _case(17, 18, kana="オノ"),
    _case(7, 16, 17, 18, kana="オーノ"),
    _case(19, 20, kana="ニワ"),
    _case(19, 20, kana="ニハ"),
    _exact(29, kana="イ"),
    _case(29, kana="アベ"),
    _part(29, kana="アベ"),
    _exact(29, kana="い あべ"),
)
_KANJI: Final = (
    _case(1, name="渡邉葵"),
    _case(1, name="渡辺葵"),
    _exact(1, name="葵 渡邊"),
    _part(1, 2, 3, name="邉"),
    _case(name="邉"),
    _exact(4, name="𠮷田 一郎"),
    _exact(4, name="吉田一郎"),
    _case(7, name="高橋"),
    _part(14, 15, name="葛城"),
    _exact(14, 15, name="葛󠄀城茜"),
    _exact(11, name="斎藤翔太"),
    _exact(11, name="齋藤 翔太"),
    _exact(12, name="斉藤翔太"),
    _case(11, 12, 13, name="斎藤"),
    _case(11, 12, 13, name="斉藤"),
    _case(11, 12, name="翔太 斉藤"),
)
_FORMS: Final = (
    _case(6, name="山本"),
    _case(6, name="van an"),
    _case(6, kana="グエンバン"),
    _exact(21, name="John Smith"),
    _exact(21, name="Ｐａｕｌ　ｊｏｈｎ・smith"),
    _case(21, name="smithjohn"),
    _case(name="johnsmith"),
    _case(21, name="jo smi"),
    _exact(21, kana="ジョン スミス"),
    _exact(22, name="王暁明"),
    _exact(22, name="暁明 王"),
    _exact(22, name="Xiaoming Wang"),
    _exact(22, name="新井"),
    _exact(22, kana="アライレン"),
    _case(45, name="OBrien"),
    _case(45, name="O'Brien Anne Marie"),
    _case(45, kana="アンヌマリー"),
    _case(7, name="大野裕子"),
    _case(7, kana="ゆうこ"),
    _former(23, name="高木"),
    _former(23, name="高木恵", name_match=NameMatch.EXACT),
    _former(23, kana="タカギ"),
    _former(23, address="昭島市玉川町"),
    _former(23, building="玉川荘"),
    _case(name="高木", history=False),
    _case(address="昭島市玉川町", history=False),
    _case(23, name="小林恵", history=False),
)
_LETTERS: Final = (
    _case(name="%"),
    _case(name="1__%"),
    _case(10, name="100%"),
    _part(10, name="%"),
    _part(10, name="*"),
    _part(name="\\"),
    _part(name="a%"),
)
_FUZZY: Final = (
    _fuzzy(43, 44, kana="サトウケン"),
    _fuzzy(43, 44, kana="ケン サトウ"),
    _fuzzy(8, 11, 12, 13, 43, 44, 46, kana="サトウ"),
    _fuzzy(1, name="渡部葵"),
    _fuzzy(29, kana="アベ"),
    _fuzzy(kana="アボ"),
)
_OTHERS: Final = (
    _case(3, addressee_number=f"{3:015d}"),
    _case(addressee_number="3"),
    _case(4, 5, household_number=f"{2:015d}"),
    _case(1, 2, 3, address="立川市柴崎町", kana="ワタナベ"),
    _case(3, postcode="〒190-0023", sex="1"),
    _case(6, machiaza_id="0000004"),
    _case(7, building="コーポ３"),
    _born(7, on=date(1947, 3, 1)),
    _born(8, on=date(2020, 12, 31)),
    _case(9, birth_from=date(2026, 1, 1)),
    _born(24, on=date(1931, 7, 7)),
    _born(on=date(1930, 12, 31)),
    _born(on=date(1932, 1, 1)),
    _born(25, on=date(1989, 1, 7)),
    _born(26, on=date(1989, 1, 8)),
    _born(27, 28, on=date(1950, 5, 5), name="田中実"),
    _exact(27, 28, name="田中 実"),
)
RULE_CASES: Final = (*_WIDTH_AND_SOUND, *_KANJI, *_FORMS, *_LETTERS, *_FUZZY, *_OTHERS)
"""Every rule case; asked of the people of :func:`~govkit.testing.resident_source.rule_people`."""
