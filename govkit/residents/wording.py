"""What lookups say to people: names of grades, conditions and items, and a sentence per answer.

Texts are Japanese, which are the message ids of the catalogue; who shows them translates them.
"""

from collections.abc import Callable, Mapping
from typing import Final

from govkit.jp.calendar import format_date
from govkit.residents.matching import Candidate, Grade, MatchedOn, Reason
from govkit.residents.policy import QueryKey
from govkit.residents.records import FuzzyDate, Sex, Status
from govkit.residents.results import (
    Denial,
    Denied,
    Invalid,
    NoMatch,
    Result,
    Review,
    Several,
    Single,
    TooMany,
    Unavailable,
)

__all__ = [
    "GRADES",
    "KEYS",
    "MATCHED_ON",
    "PROTECTED",
    "REASONS",
    "SEXES",
    "STATUSES",
    "birth_text",
    "match_text",
    "sentence",
]

_: Final = str  # marks a text for the catalogue

PROTECTED: Final = _("支援措置")
"""Mark of people under support measures."""

GRADES: Final[Mapping[Grade, str]] = {
    Grade.CERTAIN: _("確実"),
    Grade.PROBABLE: _("ほぼ確実"),
    Grade.POSSIBLE: _("要確認"),
}
"""How sure a candidate is."""

MATCHED_ON: Final[Mapping[MatchedOn, str]] = {
    MatchedOn.NUMBER: _("宛名番号"),
    MatchedOn.HOUSEHOLD: _("世帯"),
    MatchedOn.NAME: _("氏名"),
    MatchedOn.KANA: _("フリガナ"),
    MatchedOn.ALIAS: _("通称"),
    MatchedOn.FORMER_NAME: _("旧氏"),
    MatchedOn.HISTORY: _("履歴"),
    MatchedOn.BIRTH: _("生年月日"),
    MatchedOn.ADDRESS: _("住所"),
    MatchedOn.SOURCE: _("照会先の判定"),
}
"""What made somebody a candidate."""

REASONS: Final[Mapping[Reason, str]] = {
    Reason.VARIANT: _("異体字を同じ字とみなしました"),
    Reason.CONFUSED: _("間違えやすい別の字です"),
    Reason.SPELLING: _("1文字違います"),
    Reason.ORDER: _("氏名の順序が違います"),
    Reason.UNSURE_BIRTH: _("生年月日の一部が不詳です"),
}
"""What does not agree letter for letter."""

KEYS: Final[Mapping[str, str]] = {
    QueryKey.ADDRESSEE_NUMBER: _("宛名番号"),
    QueryKey.NAME: _("氏名"),
    QueryKey.BIRTH: _("生年月日"),
    QueryKey.SEX: _("性別"),
    QueryKey.HOUSEHOLD: _("世帯"),
    QueryKey.ADDRESS: _("住所"),
}
"""Conditions of a query."""

SEXES: Final[Mapping[str, str]] = {
    Sex.UNKNOWN: _("不明"),
    Sex.MALE: _("男"),
    Sex.FEMALE: _("女"),
}
"""Sex as registered (性別)."""

STATUSES: Final[Mapping[str, str]] = {
    Status.RESIDENT: _("住民"),
    Status.MOVED_OUT: _("転出"),
    Status.DEAD: _("死亡"),
    Status.REMOVED: _("消除"),
}
"""State of the registration (住民状態)."""

_DENIALS: Final[Mapping[Denial, str]] = {
    Denial.PURPOSE: _(
        "この利用目的では、この照会はできません。利用目的を選び直すか、方針を決める係に相談してください。"
    ),
    Denial.KEY: _("この利用目的では「{keys}」を条件にできません。その条件を空にしてください。"),
    Denial.BUDGET: _(
        "この利用目的で1時間に照会できる人数に達しました。{minutes}分ほど待ってから、もう一度照会してください。"
    ),
}


def _as_written(text: str) -> str:
    return text


def sentence(result: Result, gettext: Callable[[str], str] = _as_written) -> str:
    """What an answer says in one sentence; every class has its own.

    :param gettext: Translates a Japanese sentence, placeholders left alone.
    """
    params: dict[str, object] = {}
    match result:
        case Single():
            text = _("1人見つかりました。")
        case Several():
            text = _("{count}人見つかりました。")
            params = {"count": len(result.candidates)}
        case Review():
            text = _(
                "似ている人が{count}人います。本人とは限りません。ほかの書類と見比べて確かめてください。"
            )
            params = {"count": len(result.candidates)}
        case NoMatch():
            text = _("あてはまる人は見つかりません。条件を減らすか、読みや漢字を確かめてください。")
        case TooMany():
            text = _("あてはまる人が{limit}人より多くいます。条件を加えて絞ってください。")
            params = {"limit": result.limit}
        case Denied():
            keys = "、".join(gettext(KEYS[key]) for key in result.keys)
            minutes = int((result.retry_after or 0) // 60) + 1
            text, params = _DENIALS[result.reason], {"keys": keys, "minutes": minutes}
        case Invalid():
            return " ".join(gettext(each.text).format(**each.params) for each in result.problems)
        case Unavailable():
            text = _(
                "いまは照会できません。いないという意味ではありません。しばらく待ってから、もう一度照会してください。"
            )
    return gettext(text).format(**params)


def match_text(candidate: Candidate, gettext: Callable[[str], str] = _as_written) -> str:
    """What of a candidate agrees, and what only nearly does: 「氏名・生年月日（1文字違います）」."""
    agreed = "・".join(gettext(MATCHED_ON[each]) for each in candidate.matched_on)
    reasons = "、".join(gettext(REASONS[each]) for each in candidate.reasons)
    return (
        gettext(_("{agreed}（{reasons}）")).format(agreed=agreed, reasons=reasons)
        if reasons
        else agreed
    )


def birth_text(birth: FuzzyDate) -> str:
    """A date of birth as people read it: 平成31年4月1日, or the phrase of the register."""
    return format_date(birth.value) if birth.value and birth.is_known else str(birth)
