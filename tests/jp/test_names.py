import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.characters import CharacterKind, InvalidCharacters, characters, kind_of
from govkit.jp.names import (
    FURIGANA_KANA,
    Alias,
    FamilyGiven,
    ForeignName,
    FormerName,
    FullName,
    Furigana,
    HanName,
    LatinName,
    NamePart,
)

CLASSES = (FullName, NamePart, Alias, FormerName, HanName, Furigana, LatinName)
LETTERS = (
    "山髙𠮷\ufa19々〆ヶアｱｶﾞあがゟA Ａé-ー−～・･'’\u3000 \u200b\u00ad\U000e0100\ufe00\u3099゛1."
)
TEXTS = st.text(max_size=20) | st.text(LETTERS, max_size=20)


def problem_of(parse, *texts):
    with pytest.raises(InvalidValue) as caught:
        parse(*texts)
    return caught.value.problem


@pytest.mark.parametrize(
    ("typed", "text", "parts"),
    [
        ("山田　太郎", "山田 太郎", 2),
        ("  山田\u00a0\t太郎\r\n", "山田 太郎", 2),
        ("髙橋𠮷子", "髙橋𠮷子", 1),
        ("葛\U000e0100城 辻\U000e0101子", "葛\U000e0100城 辻\U000e0101子", 2),
        ("神\ufa19", "神\ufa19", 1),
        ("ＪＯＨＮ　Ｆ．　O’Ｂｒｉｅｎ", "JOHN F. O'Brien", 3),
        ("’t Hooft", "'t Hooft", 2),
        ("ｼﾞｮﾝ･ｽﾐｽ", "ジョン・スミス", 1),
        ("シ-ナ·シ~ナ", "シーナ・シーナ", 1),
        ("Anne–Marie", "Anne-Marie", 1),
        ("Anne – Marie", "Anne-Marie", 1),
        ("J.−P. Sartre", "J.-P. Sartre", 2),
        ("氏名：山田 太郎", "山田 太郎", 2),
        ("'山田太郎", "山田太郎", 1),
        ("山\u200b田\ufeff\u00ad\x00", "山田", 1),
        ("あ\ufe0fい\U000e0100", "あい", 1),
        ("か\u3099く", "がく", 1),
        ("\U0001b002", "\U0001b002", 1),
        ("Suharto", "Suharto", 1),
    ],
)
def test_a_whole_name_keeps_its_letters(typed, text, parts):
    name = FullName.parse(typed)
    assert (str(name), len(name.parts), name.raw) == (text, parts, typed)
    assert name == FullName.parse(text)


def test_selectors_do_not_count():
    assert FullName.parse("葛\U000e0100城 𠮷子").length == 5


@pytest.mark.parametrize(
    ("typed", "problem", "number", "letters"),
    [
        ("山\ue000田\uf8ff", "name_private_use", 2, ("\ue000", "\uf8ff")),
        ("1\ue000", "name_private_use", 2, ("\ue000",)),
        ("山\ufffd", "name_unreadable", 2, ("\ufffd",)),
        ("⼭田", "name_radical", 1, ("⼭",)),
        ("Аnna", "name_other_letter", 1, ("А",)),
        ("山田 太郎２", "name_digit", 6, ("2",)),
        ("山田−太郎", "name_symbol", 3, ("−",)),
        ("葛\U000e0100@山@", "name_symbol", 2, ("@",)),
        ("葛\U000e0100-太郎", "name_symbol", 2, ("-",)),
        ("山田,太郎", "name_symbol", 3, (",",)),
        ("山田.", "name_symbol", 3, (".",)),
        ("山'", "name_symbol", 2, ("'",)),
        ("山\u0301", "name_symbol", 1, ("山\u0301",)),
    ],
)
def test_the_wrong_letters_of_a_name_are_named(typed, problem, number, letters):
    with pytest.raises(InvalidCharacters) as caught:
        FullName.parse(typed)
    error = caught.value
    assert (error.problem, error.number, error.letters) == (problem, number, letters)


@pytest.mark.parametrize("typed", ["", " \u3000", "\u200b", "氏名："])
def test_a_blank_name_is_empty(typed):
    assert problem_of(FullName.parse, typed) == "name_empty"


@pytest.mark.parametrize("typed", ["-", "・", "ー", "--'"])
def test_signs_alone_are_no_name(typed):
    assert problem_of(FullName.parse, typed) == "name_no_letter"


@pytest.mark.parametrize(
    ("typed", "family", "given"),
    [
        ("山田　太郎", "山田", "太郎"),
        ("やまだ さくら", "やまだ", "さくら"),
        ("スミス ジョン", "スミス", "ジョン"),
        ("スカルノ", "", "スカルノ"),
        ("Suharto", "", "Suharto"),
    ],
)
def test_a_name_is_divided_only_by_its_space(typed, family, given):
    pair = FamilyGiven.parse(typed)
    assert (pair.family, pair.given) == (family, given)
    assert FamilyGiven.parse(str(pair)) == pair


@pytest.mark.parametrize("typed", ["山田太郎", "JOHN SMITH", "デ ラ クルス"])
def test_what_nobody_can_divide_is_left_whole(typed):
    assert problem_of(FamilyGiven.parse, typed) == "name_not_split"
    assert FullName.parse(typed).split() is None


def test_two_boxes_may_hold_one_name():
    pair = FamilyGiven.read("　VAN DER　BERG ", "Ｊａｎ")
    assert (pair.family, pair.given, str(pair)) == ("VAN DER BERG", "Jan", "VAN DER BERG Jan")
    assert str(FamilyGiven.read("", "スカルノ")) == "スカルノ"
    assert problem_of(FamilyGiven.read, " ", "") == "name_empty"
    assert problem_of(FamilyGiven.read, "山田 太郎", "太郎") == "name_space"


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("きょうこ", "キョウコ"),
        ("きようこ", "キヨウコ"),
        ("ｷﾖｳｺ", "キヨウコ"),
        ("ヤマダ　ハナコ", "ヤマダ ハナコ"),
        ("サラ−ｻﾗ‐", "サラーサラー"),
        ("さ〜ら", "サーラ"),
        ("カ\u3099く", "ガク"),
        ("ヴィヰヱヲヂヅ", "ヴィヰヱヲヂヅ"),
        ("ンゴ", "ンゴ"),
        ("フリガナ：ヤマダ", "ヤマダ"),
        ("シ\u00adナ", "シナ"),
    ],
)
def test_a_reading_is_katakana(typed, reading):
    assert str(Furigana.parse(typed)) == reading


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "furigana_empty"),
        ("山ダ", "furigana_kanji"),
        ("サ一ラ", "furigana_kanji"),
        ("口バート", "furigana_kanji"),
        ("⼭", "furigana_kanji"),
        ("Yamada", "furigana_latin"),
        ("ヤマダ2", "furigana_digit"),
        ("ヤマダ٣", "furigana_other_letter"),
        ("ジョン・スミス", "furigana_symbol"),
        ("-ヤマダ", "furigana_symbol"),
        ("ーヤマダ", "furigana_leading_mark"),
        ("ヤマダ ー", "furigana_leading_mark"),
        ("ミスヾ", "furigana_not_listed"),
        ("ヷ", "furigana_not_listed"),
        ("ゟ", "furigana_not_listed"),
        ("か\u309a", "furigana_not_listed"),
        ("ㇰ", "furigana_not_listed"),
        ("ヤ\ue000", "furigana_private_use"),
        ("ヤ\ufffd", "furigana_unreadable"),
        ("ア゛", "furigana_symbol"),
    ],
)
def test_other_characters_are_no_reading(typed, problem):
    assert problem_of(Furigana.parse, typed) == problem


def test_a_reading_takes_86_kana_and_the_long_mark():
    assert len(FURIGANA_KANA) == 87
    assert all(kind_of(kana) is CharacterKind.KATAKANA for kana in FURIGANA_KANA)


@pytest.mark.parametrize(
    ("parse", "typed", "problem"),
    [
        (NamePart.parse, "山田 太郎", "name_space"),
        (FormerName.parse, "Smith", "name_latin"),
        (FormerName.parse, "山田 花子", "name_space"),
        (HanName.parse, "ワン", "name_kana"),
        (HanName.parse, "WANG", "name_latin"),
        (HanName.parse, "", "name_empty"),
        (LatinName.parse, "", "latin_name_empty"),
        (LatinName.parse, "山田", "latin_name_japanese"),
        (LatinName.parse, "ｼﾞｮﾝ", "latin_name_japanese"),
        (LatinName.parse, "Јohn", "latin_name_other_letter"),
        (LatinName.parse, "John2", "latin_name_digit"),
        (LatinName.parse, "John/Smith", "latin_name_symbol"),
        (LatinName.parse, "John・Smith", "latin_name_symbol"),
        (LatinName.parse, "-", "latin_name_no_letter"),
        (LatinName.parse, "J\ue000", "latin_name_private_use"),
        (LatinName.parse, "J\ufffd", "latin_name_unreadable"),
        (Alias.parse, "\ue000", "name_private_use"),
        (ForeignName.parse, "王小明", "latin_name_empty"),
        (ForeignName.parse, "WANG 王シャ", "name_kana"),
    ],
)
def test_each_kind_of_name_has_its_letters(parse, typed, problem):
    assert problem_of(parse, typed) == problem


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("ＷＡＮＧ　Xiaoming", "WANG Xiaoming"),
        ("Nguyễn Văn A", "Nguyễn Văn A"),
        ("O`Neill", "O'Neill"),
        ("Smith, John Jr.", "Smith, John Jr."),
        ("Zoe\u0308", "Zoe\u0308"),
    ],
)
def test_latin_names_keep_case_and_diacritics(typed, text):
    assert str(LatinName.parse(typed)) == text


@pytest.mark.parametrize(
    ("typed", "latin", "han"),
    [
        ("WANG XIAOMING 王小明", "WANG XIAOMING", "王小明"),
        ("ＷＡＮＧ　ＸＩＡＯＭＩＮＧ（王　小明）", "WANG XIAOMING", "王 小明"),
        ("SMITH JOHN", "SMITH JOHN", None),
    ],
)
def test_a_foreign_name_has_a_latin_and_maybe_a_chinese_form(typed, latin, han):
    name = ForeignName.parse(typed)
    assert str(name.latin) == latin
    assert (str(name.han) if name.han else None) == han
    assert ForeignName.parse(str(name)) == name
    assert ForeignName.read(latin, han or "") == name


def test_former_names_and_aliases_are_names():
    assert str(FormerName.parse(" 佐々木\u3000")) == "佐々木"
    assert str(Alias.parse("金村　太郎")) == "金村 太郎"
    assert str(HanName.parse("李　白")) == "李 白"


def kanji_of(text):
    return [one for one in text if kind_of(one) is CharacterKind.KANJI]


@pytest.mark.parametrize("name_class", CLASSES)
@given(typed=TEXTS)
def test_reading_a_name_again_changes_nothing(name_class, typed):
    try:
        name = name_class.parse(typed)
    except InvalidValue:
        return
    assert name_class.parse(str(name)) == name
    assert len(str(name)) <= len(typed)
    assert kanji_of(str(name)) == kanji_of(typed) or ":" in typed or "：" in typed
    assert name.length <= len(characters(typed))


@given(st.text("山田髙𠮷\ufa19葛辻々〆〇\U0002363a\U00030000", min_size=1))
def test_kanji_are_stored_as_they_were_typed(typed):
    for name_class in (FullName, NamePart, Alias, FormerName, HanName):
        assert str(name_class.parse(typed)) == typed
