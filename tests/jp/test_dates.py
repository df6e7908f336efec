from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govkit.errors import InvalidValue
from govkit.jp.calendar import parse_date as parse_date_of_calendar
from govkit.jp.dates import DateStyle, WarekiDate, format_date, parse_date, weekday_name
from govkit.jp.eras import CalendarProblem, Era, day_in_era

FIRST = date(1873, 1, 1)
DAYS = st.dates(FIRST, date(2200, 12, 31))
APRIL_1 = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("明治6年1月1日", date(1873, 1, 1)),
        ("令和1年5月1日", date(2019, 5, 1)),
        ("令和一年五月一日", date(2019, 5, 1)),
        ("令和6年2月29日", date(2024, 2, 29)),
        ("明治37年2月29日", date(1904, 2, 29)),
        ("Ｒ８．４．１", APRIL_1),
        ("R8.4.1", APRIL_1),
        ("r8/4/1", APRIL_1),
        ("R08-04-01", APRIL_1),
        ("R.8.4.1", APRIL_1),
        ("R8年4月1日", APRIL_1),
        ("R元.5.1", date(2019, 5, 1)),
        ("R080401", APRIL_1),
        ("Ｒ０８０４０１", APRIL_1),
        ("令和080401", APRIL_1),
        ("令6.2.9", date(2024, 2, 9)),
        ("㋿元年５月１日", date(2019, 5, 1)),
        ("㍻31年4月30日", date(2019, 4, 30)),
        ("㍼64.1.7", date(1989, 1, 7)),
        ("㍽15/12/25", date(1926, 12, 25)),
        ("㍾45年7月30日", date(1912, 7, 30)),
        ("Reiwa 8.4.1", APRIL_1),
        ("heisei 30/1/1", date(2018, 1, 1)),
        ("令和　８年　４月　１日", APRIL_1),
        ("令和 8 4 1", APRIL_1),
        ("\u3000令和8年4月1日\n", APRIL_1),
        ("令和八年四月一日", APRIL_1),
        ("昭和五十三年十二月三十一日", date(1978, 12, 31)),
        ("昭和二一年七月二一日", date(1946, 7, 21)),
        ("平成三十一年四月廿日", date(2019, 4, 20)),
        ("昭和廿一年七月廿一日", date(1946, 7, 21)),
        ("昭和卅一年十二月卅一日", date(1956, 12, 31)),
        ("昭和丗年一月丗日", date(1955, 1, 30)),
        ("昭和卌年五月五日", date(1965, 5, 5)),
        ("昭和廾一年五月五日", date(1946, 5, 5)),
        ("令和〇八〇四〇一", APRIL_1),
        ("昭和六〇年一〇月二〇日", date(1985, 10, 20)),
        ("昭和六○年一◯月二零日", date(1985, 10, 20)),
        ("昭和六拾参年壱月弐拾日", date(1988, 1, 20)),
        ("昭和貳拾壹年參月肆日", date(1946, 3, 4)),
        ("二〇二六年四月一日", APRIL_1),
        ("二千二十六年四月一日", APRIL_1),
        ("千九百八十五年十月二十日", date(1985, 10, 20)),
        ("令和八年4月１日", APRIL_1),
        ("2026-04-01", APRIL_1),
        ("2026-4-1", APRIL_1),
        ("2026/4/1", APRIL_1),
        ("２０２６／４／１", APRIL_1),
        ("2026.4.1", APRIL_1),
        ("2026．4．1", APRIL_1),
        ("2026・4・1", APRIL_1),
        ("2026 4 1", APRIL_1),
        ("2026　04　01", APRIL_1),
        ("2026年4月1日", APRIL_1),
        ("2026 年 4 月 1 日", APRIL_1),
        ("２０２６年０４月０１日", APRIL_1),
        ("西暦2026年4月1日", APRIL_1),
        ("20260401", APRIL_1),
        ("２０２６０４０１", APRIL_1),
        ("2026–04–01", APRIL_1),
        ("2026—04—01", APRIL_1),
        ("2026−04−01", APRIL_1),
        ("2026‐04‐01", APRIL_1),
        ("2026ー4ー1", APRIL_1),
        ("2026ｰ4ｰ1", APRIL_1),
        ("2026－04－01", APRIL_1),
        ("2026─04─01", APRIL_1),
        ("2026\u00ad04\u00ad01", APRIL_1),
        ("2026\u200b-04-\ufeff01", APRIL_1),
        ("\u200e2026-04-01\u200e", APRIL_1),
        ("2026\x00-04-01", APRIL_1),
        ("2026\u00a04\u00a01", APRIL_1),
        ("令\U000e0100和8年4月1日", APRIL_1),
        ("\uf9a8和8年4月1日", APRIL_1),
        ("2026年4⽉1⽇", APRIL_1),
        ("2026年㋃㏠", APRIL_1),
        ("2026年4月1日（水）", APRIL_1),
        ("2026年4月1日(水曜日)", APRIL_1),
        ("令和8年4月1日水曜日", APRIL_1),
        ("2026年4月5日日曜日", date(2026, 4, 5)),
        ("2026/4/1(Wed)", APRIL_1),
        ("2026年5月6日（水・祝）", date(2026, 5, 6)),
        ("2026年（令和8年）4月1日", APRIL_1),
        ("令和8年(2026年)4月1日", APRIL_1),
        ("令和8(2026)年4月1日", APRIL_1),
        ("令和8年4月1日生", APRIL_1),
        ("昭和60年1月1日生まれ", date(1985, 1, 1)),
        ("令和8年4月1日付け", APRIL_1),
        ("令和8年4月1日現在", APRIL_1),
        ("R8.4.1.", APRIL_1),
        ("'2026-04-01", APRIL_1),
        ('="2026-04-01"', APRIL_1),
        ("20260401.0", APRIL_1),
        ("2026-04-01 00:00:00", APRIL_1),
        ("2026-04-01T00:00:00", APRIL_1),
        ("2026/4/1 0:00", APRIL_1),
        ("昭和 ６ ０ 年 １ ２ 月 ３ １ 日", date(1985, 12, 31)),
        ("9999-12-31", date(9999, 12, 31)),
    ],
)
def test_date_is_read_as_people_type_it(typed, day):
    assert parse_date(typed) == day


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("明治5年12月2日", CalendarProblem.BEFORE_GREGORIAN),
        ("明治5年2月30日", CalendarProblem.BEFORE_GREGORIAN),
        ("明治元年10月23日", CalendarProblem.BEFORE_GREGORIAN),
        ("慶応4年1月1日", CalendarProblem.BEFORE_GREGORIAN),
        ("1872-12-31", CalendarProblem.BEFORE_GREGORIAN),
        ("0206-04-01", CalendarProblem.BEFORE_GREGORIAN),
        ("明治33年2月29日", CalendarProblem.NO_SUCH_DAY),
        ("令和0年1月1日", CalendarProblem.NO_SUCH_DAY),
        ("令和〇年一月一日", CalendarProblem.NO_SUCH_DAY),
        ("令和7年2月29日", CalendarProblem.NO_SUCH_DAY),
        ("2026-02-30", CalendarProblem.NO_SUCH_DAY),
        ("2026-13-01", CalendarProblem.NO_SUCH_DAY),
        ("2026-04-00", CalendarProblem.NO_SUCH_DAY),
        ("2026年4月31日", CalendarProblem.NO_SUCH_DAY),
        ("0000-00-00", CalendarProblem.NO_SUCH_DAY),
        ("20260231", CalendarProblem.NO_SUCH_DAY),
        ("R081301", CalendarProblem.NO_SUCH_DAY),
        ("", CalendarProblem.EMPTY),
        ("　", CalendarProblem.EMPTY),
        ("\u200b\ufeff", CalendarProblem.EMPTY),
        ("'", CalendarProblem.EMPTY),
        ("8.4.1", CalendarProblem.NO_ERA),
        ("08/04/01", CalendarProblem.NO_ERA),
        ("26年4月1日", CalendarProblem.NO_ERA),
        ("260401", CalendarProblem.NO_ERA),
        ("元年5月1日", CalendarProblem.NO_ERA),
        ("'26/4/1", CalendarProblem.NO_ERA),
        ("4/1/2026", CalendarProblem.YEAR_NOT_FIRST),
        ("01.04.2026", CalendarProblem.YEAR_NOT_FIRST),
        ("46113", CalendarProblem.SERIAL),
        ("46113.0", CalendarProblem.SERIAL),
        ("４６１１３．５", CalendarProblem.SERIAL),
        ("2026年4月", CalendarProblem.INCOMPLETE),
        ("令和8年", CalendarProblem.INCOMPLETE),
        ("R8", CalendarProblem.INCOMPLETE),
        ("2026", CalendarProblem.INCOMPLETE),
        ("202604", CalendarProblem.INCOMPLETE),
        ("4月1日", CalendarProblem.INCOMPLETE),
        ("4/1", CalendarProblem.INCOMPLETE),
        ("2026/4/1 13:45", CalendarProblem.WITH_TIME),
        ("2026-04-01T09:00+09:00", CalendarProblem.WITH_TIME),
        ("2026年4月1日（木）", CalendarProblem.WRONG_WEEKDAY),
        ("2026年（令和7年）4月1日", CalendarProblem.YEARS_DISAGREE),
        ("令和十十年一月一日", CalendarProblem.UNREADABLE),
        ("令和十1年1月1日", CalendarProblem.UNREADABLE),
        ("2026年十2月1日", CalendarProblem.UNREADABLE),
        ("R٨.٤.١", CalendarProblem.UNREADABLE),
        ("٢٠٢٦-٠٤-٠١", CalendarProblem.UNREADABLE),
        ("𝟐𝟎𝟐𝟔-04-01", CalendarProblem.UNREADABLE),
        ("2026-04-①", CalendarProblem.UNREADABLE),
        ("2O26-04-01", CalendarProblem.UNREADABLE),
        ("Н30.4.1", CalendarProblem.UNREADABLE),
        ("ſ60.4.1", CalendarProblem.UNREADABLE),
        ("X8.4.1", CalendarProblem.UNREADABLE),
        ("照和60年1月1日", CalendarProblem.UNREADABLE),
        ("10000-01-01", CalendarProblem.UNREADABLE),
        ("2026-04-001", CalendarProblem.UNREADABLE),
        ("202604011", CalendarProblem.UNREADABLE),
        ("2026041", CalendarProblem.UNREADABLE),
        ("2026/4/1 1", CalendarProblem.UNREADABLE),
        ("-2026-04-01", CalendarProblem.UNREADABLE),
        ("1.23E+11", CalendarProblem.UNREADABLE),
        ("2026-04-01-01", CalendarProblem.UNREADABLE),
        ("きのう", CalendarProblem.UNREADABLE),
        ("\ue000", CalendarProblem.UNREADABLE),
        ("2" * 10_000, CalendarProblem.UNREADABLE),
    ],
)
def test_date_that_cannot_be_is_refused_with_its_reason(typed, problem):
    with pytest.raises(InvalidValue) as refused:
        parse_date(typed)
    assert refused.value.problem is problem


@pytest.mark.parametrize(
    ("typed", "problem", "meant"),
    [
        ("平成31年5月1日", CalendarProblem.AFTER_ERA, "令和元年5月1日"),
        ("平成32年4月1日", CalendarProblem.AFTER_ERA, "令和2年4月1日"),
        ("昭和64年1月8日", CalendarProblem.AFTER_ERA, "平成元年1月8日"),
        ("昭和100年1月1日", CalendarProblem.AFTER_ERA, "令和7年1月1日"),
        ("昭和百年一月一日", CalendarProblem.AFTER_ERA, "令和7年1月1日"),
        ("大正15年12月26日", CalendarProblem.AFTER_ERA, "昭和元年12月26日"),
        ("大正16年1月1日", CalendarProblem.AFTER_ERA, "昭和2年1月1日"),
        ("明治45年7月31日", CalendarProblem.AFTER_ERA, "大正元年7月31日"),
        ("令和元年4月30日", CalendarProblem.BEFORE_ERA, "平成31年4月30日"),
        ("平成元年1月7日", CalendarProblem.BEFORE_ERA, "昭和64年1月7日"),
        ("昭和元年12月24日", CalendarProblem.BEFORE_ERA, "大正15年12月24日"),
        ("大正元年7月29日", CalendarProblem.BEFORE_ERA, "明治45年7月29日"),
        ("令和2026年4月1日", CalendarProblem.WESTERN_YEAR, "令和8年4月1日"),
        ("平成2019.5.1", CalendarProblem.WESTERN_YEAR, "令和元年5月1日"),
    ],
)
def test_day_outside_its_era_is_refused_with_its_right_name(typed, problem, meant):
    with pytest.raises(InvalidValue) as refused:
        parse_date(typed)
    assert (refused.value.problem, refused.value.suggestion) == (problem, meant)
    assert meant not in str(refused.value)
    assert parse_date(meant)


@pytest.mark.parametrize(
    ("typed", "params"),
    [
        ("令和0年4月1日", {"part": "year"}),
        ("令和8年13月1日", {"part": "month"}),
        ("令和8年4月31日", {"part": "day", "month": 4, "last_day": 30}),
        ("2026-02-29", {"part": "day", "month": 2, "last_day": 28}),
        ("2024-02-30", {"part": "day", "month": 2, "last_day": 29}),
    ],
)
def test_the_part_that_is_wrong_is_named(typed, params):
    with pytest.raises(InvalidValue) as refused:
        parse_date(typed)
    assert refused.value.params == params


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(1912, 7, 30), ["明治45年7月30日", "大正元年7月30日"]),
        (date(1926, 12, 25), ["大正15年12月25日", "昭和元年12月25日"]),
        (date(1989, 1, 7), ["昭和64年1月7日"]),
        (date(1989, 1, 8), ["平成元年1月8日"]),
        (date(2019, 4, 30), ["平成31年4月30日"]),
    ],
)
def test_change_days_are_given_back_under_every_name(day, names):
    wareki = WarekiDate.all_of(day)

    assert [str(name) for name in wareki] == names
    assert wareki[-1] == WarekiDate.from_date(day)
    assert {name.to_date() for name in wareki} == {day}
    assert [str(WarekiDate.parse(name)) for name in names] == names


def test_wareki_keeps_what_was_typed():
    typed = " Ｒ８．４．１ "
    assert WarekiDate.parse(typed).raw == typed
    assert WarekiDate.parse(typed) == WarekiDate(Era.REIWA, 8, 4, 1)
    assert "Ｒ" not in repr(WarekiDate.parse(typed))


def test_wareki_is_not_read_from_a_western_year():
    with pytest.raises(InvalidValue) as refused:
        WarekiDate.parse("2026-04-01")
    assert refused.value.problem is CalendarProblem.NO_ERA


@pytest.mark.parametrize("build", [WarekiDate, day_in_era])
def test_wareki_cannot_be_built_outside_its_era(build):
    with pytest.raises(InvalidValue):
        build(Era.HEISEI, 31, 5, 1)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (DateStyle.WAREKI, "令和元年5月1日"),
        (DateStyle.WAREKI_KANJI, "令和元年五月一日"),
        (DateStyle.WAREKI_SHORT, "R1.5.1"),
        (DateStyle.WAREKI_PADDED, "R01.05.01"),
        (DateStyle.WAREKI_COMPACT, "R010501"),
        (DateStyle.WESTERN, "2019年5月1日"),
        (DateStyle.BOTH, "2019年（令和元年）5月1日"),
        (DateStyle.ISO, "2019-05-01"),
        (DateStyle.SLASHES, "2019/05/01"),
        (DateStyle.COMPACT, "20190501"),
    ],
)
def test_every_style(style, text):
    assert format_date(date(2019, 5, 1), style) == text
    assert parse_date(format_date(date(2019, 5, 1), style, with_weekday=True)) == date(2019, 5, 1)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(1978, 12, 31), "昭和五十三年十二月三十一日"),
        (date(2028, 10, 20), "令和十年十月二十日"),
        (date(2039, 1, 11), "令和二十一年一月十一日"),
        (date(2118, 1, 1), "令和百年一月一日"),
        (date(2139, 1, 1), "令和百二十一年一月一日"),
    ],
)
def test_kanji_style(day, text):
    assert format_date(day, DateStyle.WAREKI_KANJI) == text
    assert parse_date(text) == day


def test_weekday_in_one_letter():
    assert weekday_name(APRIL_1) == "水"
    assert format_date(APRIL_1, with_weekday=True) == "令和8年4月1日（水）"


def test_days_before_the_gregorian_calendar_are_written_in_western_years_alone():
    assert format_date(date(1603, 3, 24), DateStyle.WESTERN) == "1603年3月24日"
    with pytest.raises(InvalidValue):
        format_date(date(1603, 3, 24), DateStyle.BOTH)


def test_every_day_of_1873_to_2100_reads_back_from_every_style():
    styles = tuple(DateStyle)
    for day in (FIRST + timedelta(days=n) for n in range((date(2101, 1, 1) - FIRST).days)):
        wareki = WarekiDate.from_date(day)
        # Every style on the days where months and eras turn, one style in turn on the others.
        turns = day.day in (1, 30, 31) or wareki.to_date() in (date(1989, 1, 7), date(1989, 1, 8))
        for style in styles if turns else styles[day.toordinal() % 10 :][:1]:
            assert parse_date(wareki.format(style)) == day


@given(DAYS, st.sampled_from(DateStyle), st.booleans())
def test_written_day_reads_back(day, style, with_weekday):
    text = format_date(day, style, with_weekday=with_weekday)
    assert parse_date(text) == day
    wide = text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert parse_date(f"　{wide} ") == day
    for name in WarekiDate.all_of(day):
        assert WarekiDate.parse(str(name)) == name
        assert parse_date(name.format(style)) == day


@given(st.text(max_size=30) | st.text("RSH令和昭元一二十〇年月日0123456789-/.()（） ", max_size=14))
def test_any_text_is_read_or_refused(text):
    try:
        day = parse_date(text)
    except InvalidValue:
        return
    assert parse_date(format_date(day)) == day


def test_calendar_gives_the_same_parser():
    assert parse_date_of_calendar is parse_date
