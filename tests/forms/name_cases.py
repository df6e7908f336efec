"""Cases that all fields for names of kanji and kana have in common, and the properties of names."""

from hypothesis import strategies as st

from govkit.jp.characters import CharacterKind, kind_of
from tests.forms.cases import outcome

LETTERS = (
    "山髙𠮷\ufa19葛々〆ヶアｱｶﾞあがゟA Ａé-ー−～・･'’\u3000 \u200b\u00ad\U000e0100\ufe00\u3099゛1."
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.text(
    LETTERS, max_size=20
)

KEPT = [
    ("髙", "髙", ""),
    ("𠮷田", "𠮷田", ""),
    ("神\ufa19", "神\ufa19", ""),
    ("葛\U000e0100", "葛\U000e0100", ""),
    ("辻\U000e0101", "辻\U000e0101", ""),
    ("邊\U000e0109", "邊\U000e0109", ""),
    ("\ufa11", "\ufa11", ""),
    ("\U0002363a本", "\U0002363a本", ""),
    ("\U00030edd", "\U00030edd", ""),
    ("佐々木", "佐々木", ""),
    ("〆木", "〆木", ""),
    ("\u3000山田\u3000", "山田", ""),
    ("山\u200b田", "山田", ""),
    ("\ufeff山田", "山田", ""),
    ("山\u00ad田", "山田", ""),
    ("山\x00田\x7f", "山田", ""),
    ("\u202e山田\u202c", "山田", ""),
    ("山田\r\n", "山田", ""),
    ("葛\U000e0100\U000e0101", "葛\U000e0100", ""),
    ("'山田", "山田", ""),
]
BLANK = [("", None, ""), (" \u3000\t", None, ""), ("\u200b\ufeff", None, ""), ("\x00", None, "")]
REFUSED = [
    ("山\ue000", None, "name_private_use"),
    ("\uf8ff", None, "name_private_use"),
    ("\U000f0000田", None, "name_private_use"),
    ("1\ue000", None, "name_private_use"),
    ("山\ufffd", None, "name_unreadable"),
    ("⼭田", None, "name_radical"),
    ("山田2", None, "name_digit"),
    ("山田２", None, "name_digit"),
    ("山田٣", None, "name_other_letter"),
    ("Аня", None, "name_other_letter"),
    ("김", None, "name_other_letter"),
    ("①", None, "name_symbol"),
    ("㈱山田", None, "name_symbol"),
    ("山田@example.jp", None, "name_symbol"),
    ("山田（旧姓）", None, "name_symbol"),
    ("山田😀", None, "name_symbol"),
    ("=山田", None, "name_symbol"),
    ("山田−本田", None, "name_symbol"),
    ("山○", None, "name_symbol"),
    ("山田-本田", None, "name_symbol"),
    ("山田,", None, "name_symbol"),
    ("山田？", None, "name_symbol"),
    ("〓田", None, "name_symbol"),
    ("⿰土口", None, "name_symbol"),
    ("𝐉𝐨𝐡𝐧", None, "name_other_letter"),
    ("<script>", None, "name_symbol"),
    ("{label}", None, "name_symbol"),
    ("ー", None, "name_no_letter"),
    ("・", None, "name_no_letter"),
]
COMMON = [*KEPT, *BLANK, *REFUSED]


def kanji_of(text):
    return [one for one in text if kind_of(one) is CharacterKind.KANJI]


def check_properties(field, typed):
    """What is stored is stored again as it is, is no longer than what was typed, has its kanji."""
    data, _code = outcome(field, typed, guards_my_number=False)
    if data is None:
        return
    assert outcome(field, data) == (data, "")
    assert len(data) <= len(typed)
    has_label = ":" in typed or "：" in typed
    assert has_label or kanji_of(data) == kanji_of(typed)
