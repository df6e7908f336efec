"""Lot and block numbers (番地・号) and what stands behind them: building and room (方書)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from govkit.errors import InvalidValue
from govkit.jp.digits import tidy
from govkit.jp.place_text import ALL_DASHES, clean_place, kanji_number, place_key
from govkit.jp.text import WAVES

__all__ = ["LotNumber", "LotProblem", "clean_building", "find_lot", "split_lot"]


class LotProblem(StrEnum):
    """Why a text is no lot number."""

    EMPTY = "lot_empty"
    NOT_A_LOT = "lot_not_a_lot"
    HAS_TOWN = "lot_has_town"
    HAS_BUILDING = "lot_has_building"
    DATE = "lot_turned_into_date"
    TOO_LONG = "lot_too_long"


_MAX_LENGTH: Final = 50  # 番地号表記, N50 in the standard data layout of resident records

_LONGEST: Final = 1000  # of a text in which a lot is looked for

_KANA: Final = "ァ-ヺぁ-ゖー"
_DASHES: Final = re.compile(f"ー+|[{re.escape(ALL_DASHES.replace('ー', ''))}]+")
_NUMERALS: Final = "〇零一二三四五六七八九十百千壱弐参拾廿卅丗"
_FORMAL: Final = str.maketrans(
    dict(zip("壱弐参拾", "一二三十", strict=True)) | {"廿": "二十", "卅": "三十", "丗": "三十"}
)
_IROHA: Final = (
    "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
)
_KANJI_STEMS: Final = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_STEMS: Final = f"{_KANJI_STEMS}{_IROHA}A-Za-z"
# Hiragana are stems only in front: い123. の joins numbers instead.
_SMALL_IROHA: Final = (
    "いろはにほへとちりぬるをわかよたれそつねならむうゐおくやまけふこえてあさきゆめみしゑひもせす"
)
_UNITS: Final = "丁目?|町目|番地割|番地|番外地|番(?![町館街外])|号地|号(?![室館棟車])|地割|街区|条通|条|線|区(?!画)"
_GROUP: Final = re.compile(
    f"(?P<before>第|[東西南北左右]|[{_STEMS}{_SMALL_IROHA}] ?[-の]? ?)?"
    "(?P<number>[0-9]+(?![0-9])(?! ?(?:号[室館棟車]|階|[Ff](?![A-Za-z])|棟|館|室))"
    f"|[{_NUMERALS}]+(?= ?(?:{_UNITS}|[のノ之-] ?[0-9{_NUMERALS}]|地?先|$| )))"
    f" ?(?P<unit>{_UNITS})?"
)
_JOINT: Final = re.compile(" ?([-のノ之・、,~〜]) ?")
# 1〜2〜3 is 1-2-3 typed with the wrong key; 12〜15番地 and 1〜2F are ranges.
_WAVE: Final = re.compile(
    f"(?<=[0-9{_NUMERALS}])[{re.escape(WAVES)}](?=[0-9{_NUMERALS}])"
    f"(?![0-9{_NUMERALS}]*(?:[番号丁Ff階]|[{re.escape(WAVES)}][0-9{_NUMERALS}]+番))"
)
_STEM_BEHIND: Final = re.compile(
    f"-?[のノ之]?(?:[{_KANJI_STEMS}{_IROHA}]号|[{_STEMS}])(?![0-9A-Za-z{_KANA}一-鿿々ヶ])"
)
_BEHIND: Final = re.compile(
    " ?(?:地先|先(?![一-鿿])|番外|内(?![一-鿿])|付近|合併"
    f"|(?:外|他|ほか)(?: ?[0-9]+ ?筆)?(?![0-9A-Za-z{_KANA}一-鿿々]))"
)
_NO_NUMBER: Final = re.compile("(?:無番地|番外地|番地なし|番地無し|無地番)(?:地?先)?")
_GOES_ON: Final = frozenset({"丁目", "町目", "丁", "条", "条通", "線", "地割"})
_MONTH: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE: Final = re.compile(
    "[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}年[0-9]{1,2}月(?:[0-9]{1,2}日)?"
    "|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}(?: 0?0:00(?::00)?)?|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
    f"|[0-9]{{1,2}}-{_MONTH}(?:-[0-9]{{2,4}})?|{_MONTH}-[0-9]{{2,4}}",
    re.IGNORECASE,
)
_EDGES: Final = " 、,，-"


def _dash(run: re.Match[str]) -> str:
    """What a run of dashes means where it stands."""
    text, start, end = run.string, run.start(), run.end()
    before, after = text[max(start - 2, 0) : start], text[end : end + 1]
    if not re.search(f"[{_KANA}]$", before):
        # ー opens no word; behind a kanji other dashes of a name stay as they are.
        beside = re.search(f"[0-9A-Za-z丁目番地号条線区{_STEMS}{_NUMERALS}]$", before)
        return "-" if beside or re.match(f"[0-9A-Za-z{_NUMERALS}]", after) else run[0]
    is_stem = re.fullmatch(f"(?:.*[^{_KANA}])?[{_IROHA}]", before)
    if is_stem and re.match("[0-9]", after):
        return "-"  # イー123: a stem, not a word
    if not is_stem and after in ("", " ") and "-" not in run[0]:
        return "ー" * len(run[0])  # シャト－　２０１
    if run[0][0] == "ー":
        return run[0]
    return "ー" * len(run[0]) if re.match(f"[{_KANA}]", after) else "-" if after else run[0]


def _hyphenated(text: str) -> str:
    """A cleaned text with every dash that is a hyphen as one ``-``; the long mark of a word stays."""
    before = ""
    while text != before:  # what a dash became may tell what the one beside it means
        before, folded = text, _WAVE.sub("-", _DASHES.sub(_dash, text))
        # Some keyboards put the numeral 一 where a hyphen was wanted.
        text = re.sub("-{2,}", "-", re.sub("(?<=[0-9])一(?=[0-9])", "-", folded))
    return text


def clean_building(text: str) -> str:
    """A building and room (方書) in one width: letters and digits half-width, kana full-width.

    Dashes beside digits become ``-``; the long mark of コーポ and ミノリー stays.
    """
    return _hyphenated(clean_place(text))


def _group(text: str, start: int = 0) -> re.Match[str] | None:
    """The number that begins there; 百百 is a name, no number."""
    found = _GROUP.match(text, start)
    return found if found and _digits(found["number"]) else None


def _digits(number: str) -> str:
    if number.isascii():
        return number
    value = kanji_number(number.translate(_FORMAL))
    return "" if value is None else str(value)


def _groups(text: str) -> Iterator[re.Match[str]]:
    """The numbers of a lot at the start of the text, with what joins them."""
    found = _group(text)
    while found:
        yield found
        found = _next(text, found)


def _next(text: str, last: re.Match[str]) -> re.Match[str] | None:
    end, unit = last.end(), last["unit"]
    joint = _JOINT.match(text, end)
    if joint and not (unit == "号" and joint[1] in "-・、,~〜"):
        return _group(text, joint.end())
    if not unit or unit == "号":
        return None
    if text[end : end + 1] != " ":
        return _group(text, end)
    found = _group(text, end + 1)
    return found if found and (found["unit"] or unit in _GOES_ON) else None


def _written(text: str, groups: list[re.Match[str]]) -> str:
    parts: list[str] = []
    end = 0
    for group in groups:
        joint = text[end : group.start()].replace(" ", "").replace("ノ", "の").replace("之", "の")
        before = (group["before"] or "").replace(" ", "")
        parts += [joint, before, _digits(group["number"]), group["unit"] or ""]
        end = group.end()
    return "".join(parts)


def _divide(text: str) -> tuple[str, str]:
    """Lot and rest of a text whose dashes are folded."""
    groups = list(_groups(text))
    nothing = _NO_NUMBER.match(text)
    if nothing:
        lot, end = nothing[0], nothing.end()
    elif groups:
        lot, end = _written(text, groups), groups[-1].end()
        stem = _STEM_BEHIND.match(text, end)
        end = stem.end() if stem else end
        behind = _BEHIND.match(text, end)
        for each in (stem, behind):
            lot += each[0].replace(" ", "") if each else ""
        end = behind.end() if behind else end
    else:
        return "", text.strip(_EDGES)
    return lot, text[end:].strip(_EDGES)


def split_lot(text: str) -> tuple[str, str]:
    """Divide what follows the town (町字) into lot number and building.

    「１－２－３メゾン・ド・ミノリー３０１」 gives ``1-2-3`` and ``メゾン・ド・ミノリー301``. Either may be
    blank.
    """
    if len(text) > _LONGEST:
        return "", clean_place(text)
    parts = _divide(_hyphenated(clean_place(text)).lstrip(_EDGES))
    # Written with a space between them they must be the same two: 1-番地 is 1番地.
    for _round in range(4):
        before, parts = parts, _divide(" ".join(parts)) if all(parts) else parts
        if parts == before:
            break
    return parts


_NAMED: Final = re.compile(f"[#(「{_KANA}一-鿿々〆0-9A-Za-z]")
_START: Final = re.compile(
    f"[0-9{_NUMERALS}]|[{_STEMS}] ?-? ?[0-9]|[東西南北左右][0-9]|無番地|番外地"
)


def find_lot(text: str) -> int:
    """Where in a cleaned text the first lot number begins; -1 when there is none."""
    if len(text) > _LONGEST:
        return -1
    folded = _hyphenated(text)
    for start in _START.finditer(folded):
        if _divide(folded[start.start() :])[0]:
            return start.start()
    return -1


@dataclass(frozen=True, slots=True)
class LotNumber:
    """Lot or block number (番地・号) in one width, as the register tells it: 1丁目2番3号, 1-2-3, 甲123.

    番地 and 番・号 mean two systems (地番 and 住居表示), so neither is rewritten as the other;
    :attr:`hyphenated` gives the short form that both have on envelopes.

    :param text: Half-width digits, ``-`` for every dash, no spaces.
    :param raw: The text as it was typed.
    """

    text: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a lot number in any width, with any dash, its numerals also in kanji.

        :raises InvalidValue: With a :class:`LotProblem`; where a building or room follows, the
            suggestion is the lot alone and ``building`` among the parameters is the rest.
        """
        cleaned = clean_place(tidy(text))
        if not cleaned:
            raise InvalidValue(LotProblem.EMPTY)
        if len(cleaned) > _LONGEST:
            raise InvalidValue(LotProblem.TOO_LONG)
        if _DATE.fullmatch(cleaned):
            raise InvalidValue(LotProblem.DATE)
        lot, rest = split_lot(cleaned)
        if lot and re.match("番[町丁]", rest):
            raise InvalidValue(LotProblem.HAS_TOWN)
        if lot and _NAMED.match(rest):
            raise InvalidValue(LotProblem.HAS_BUILDING, lot, building=rest)
        if not lot and len(cleaned) > 2 * _MAX_LENGTH:
            raise InvalidValue(LotProblem.TOO_LONG)
        if rest or not lot:
            has_town = find_lot(cleaned) > 0 and re.match("[一-鿿々ァ-ヶぁ-ゖ]{2}", cleaned)
            raise InvalidValue(LotProblem.HAS_TOWN if has_town else LotProblem.NOT_A_LOT)
        if len(lot) > _MAX_LENGTH:
            raise InvalidValue(LotProblem.TOO_LONG)
        return cls(lot, text)

    @property
    def hyphenated(self) -> str:
        """The short form of envelopes: 1丁目2番地の3 and 1丁目2番3号 are both ``1-2-3``."""
        units = "丁目?|町目|(?<!無)番(?!外)地?(?:の|(?=[先内、・]|$))?|号(?=$|の)|の"
        short = re.sub(units, "-", re.sub("番地(?=先|外|他|ほか)", "", self.text))
        return re.sub("-+(?=[、・]|$)|(?<=-)-+", "", short)

    @property
    def key(self) -> str:
        """The key under which two ways to write one lot are equal."""
        return place_key(self.hyphenated)

    def __str__(self) -> str:
        return self.text
