import re
from datetime import date
from uuid import uuid4

import pytest

from govkit.base.municipality import MunicipalityPolicy
from govkit.modules.attendance import Mark, MarkEntry, close_month, record_day, roll_call
from govkit.modules.attendance.grid import choice_names, field_names
from govkit.modules.schools import ClassGroup, Pupil, leave
from tests.modules.attendance import rows
from tests.modules.attendance.browsing import fields_of, page_of

TODAY = date(2026, 11, 24)
JUNE_DAYS = rows.weekdays(date(2026, 6, 1), 22)


@pytest.fixture
def june(city):
    """June, recorded by the first class."""
    with city.work() as work:
        rows.record_days(work, work.find(ClassGroup, city.class_id), JUNE_DAYS)


@pytest.fixture
def teacher(sign_in, city):
    return sign_in("132021", "homeroom_teacher", unit_id=city.class_id)


@pytest.fixture
def principal(sign_in, city):
    return sign_in("132021", "principal", unit_id=city.school_id)


def stored(city, day: date = TODAY):
    with city.work(writes=False) as work:
        return [
            line.entry for line in roll_call(work, work.find(ClassGroup, city.class_id), day).lines
        ]


def test_a_teacher_comes_straight_to_the_own_class_and_saves(city, teacher):
    answer = teacher.get("/attendance/")
    assert answer.status_code == 303
    assert answer.location == page_of(city)
    page = teacher.get(answer.location).text
    assert "3年1組" in page
    sent = fields_of(page)
    mark, _other, note = field_names(city.pupils[1])
    assert sent[mark] == "present"

    answer = teacher.post(
        page_of(city), data=sent | {mark: "absent_illness", note: "発熱"}, follow_redirects=True
    )

    assert answer.status_code == 200
    assert "出欠を保存しました。" in answer.text
    assert "最後の保存：11/24（火） 9:00 試験 花子" in answer.text
    assert stored(city) == [MarkEntry(), MarkEntry(Mark.ABSENT_ILLNESS, "発熱"), MarkEntry()]
    again = teacher.post(page_of(city), data=fields_of(answer.text), follow_redirects=True)
    assert "保存済みの内容と同じです" in again.text


def test_a_mark_without_a_button_is_chosen_from_the_list(city, teacher):
    sent = fields_of(teacher.get(page_of(city)).text)
    mark, other, _note = field_names(city.pupils[0])

    answer = teacher.post(page_of(city), data=sent | {mark: "other"})
    assert answer.status_code == 400
    assert answer.text.count("「その他」の内容を選んでください") == 2
    assert "<title>エラー: 出席簿" in answer.text
    assert f'name="{mark}" value="other" checked' in answer.text

    teacher.post(page_of(city), data=sent | {mark: "other", other: "bereavement"})
    assert stored(city)[0] == MarkEntry(Mark.BEREAVEMENT)
    page = teacher.get(page_of(city)).text
    assert f'name="{mark}" value="other" checked' in page
    assert '<option value="bereavement" selected>' in page


def test_a_corrected_mark_is_listed_with_the_old_one(city, teacher):
    sent = fields_of(teacher.get(page_of(city)).text)
    mark = field_names(city.pupils[0])[0]
    teacher.post(page_of(city), data=sent)

    teacher.post(page_of(city), data=sent | {mark: "late"})

    page = teacher.get(f"/attendance/{city.class_id}/corrections/2026-11-01").text
    assert re.search(r"11/24（火）.*児童.*出席.*遅刻.*試験 花子", page, re.DOTALL)
    empty = teacher.get(f"/attendance/{city.class_id}/corrections/2026-10-01").text
    assert "この月の訂正はありません" in empty


@pytest.fixture
def two(city, sign_in):
    """Two teachers of one class, and what both see on the page of today."""
    both = [sign_in("132021", "homeroom_teacher", unit_id=city.class_id) for _ in range(2)]
    return *both, fields_of(both[0].get(page_of(city)).text)


def test_two_who_change_different_pupils_need_not_know_of_each_other(city, two):
    first, second, seen = two
    one, other = (field_names(each)[0] for each in city.pupils[:2])
    first.post(page_of(city), data=seen | {one: "absent_illness"})

    answer = second.post(page_of(city), data=seen | {other: "late"}, follow_redirects=True)

    assert "出欠を保存しました。" in answer.text
    assert "その人が変えた1人の出欠と合わせました" in answer.text
    assert stored(city)[:2] == [MarkEntry(Mark.ABSENT_ILLNESS), MarkEntry(Mark.LATE)]


@pytest.mark.parametrize(("choice", "mark"), [("mine", Mark.LATE), ("theirs", Mark.ABSENT_ILLNESS)])
@pytest.mark.requirement("P8")
def test_of_two_who_change_the_same_pupil_the_second_chooses(city, two, choice, mark):
    first, second, seen = two
    one, other, third = (field_names(each)[0] for each in city.pupils)
    first.post(page_of(city), data=seen | {one: "absent_illness", third: "early_leave"})

    answer = second.post(page_of(city), data=seen | {one: "late", other: "late"})

    assert answer.status_code == 409
    assert "<title>エラー: 出席簿" in answer.text
    assert answer.text.count("保存済みの「欠席（病気）」を残す") == 1
    assert answer.text.count("自分が入力した「遅刻」にする") == 1
    assert "ほかの人が変更" in answer.text
    assert stored(city)[1] == MarkEntry()
    mine = fields_of(answer.text)
    assert (mine[one], mine[other], mine[third]) == ("late", "late", "early_leave")
    again = second.post(page_of(city), data=mine)
    assert again.status_code == 400
    assert again.text.count("どちらの出欠を残すか選んでください") == 2
    name = choice_names(city.pupils[0])[1]
    answer = second.post(page_of(city), data=fields_of(again.text) | {name: choice})
    assert answer.status_code == 303
    assert [each.mark for each in stored(city)] == [mark, Mark.LATE, Mark.EARLY_LEAVE]


def test_a_page_that_has_to_be_put_right_still_knows_what_was_seen(city, two):
    first, second, seen = two
    one, other, note = (
        *(field_names(each)[0] for each in city.pupils[:2]),
        field_names(city.pupils[1])[2],
    )
    first.post(page_of(city), data=seen | {one: "absent_illness"})

    answer = second.post(page_of(city), data=seen | {other: "late", note: "あ" * 101})

    assert answer.status_code == 400
    second.post(page_of(city), data=fields_of(answer.text) | {note: "バス"})
    assert stored(city)[:2] == [MarkEntry(Mark.ABSENT_ILLNESS), MarkEntry(Mark.LATE, "バス")]


def test_a_pupil_who_left_meanwhile_takes_no_other_mark_along(city, teacher):
    sent = fields_of(teacher.get(page_of(city)).text)
    one, other = (field_names(each)[0] for each in city.pupils[:2])
    with city.work() as work:
        leave(work, work.find(Pupil, city.pupils[0]), date(2026, 11, 20), "転出")

    answer = teacher.post(page_of(city), data=sent | {one: "late", other: "late"})

    assert answer.status_code == 409
    assert "名簿から外れた人がいるため、まだ保存していません" in answer.text
    teacher.post(page_of(city), data=fields_of(answer.text))
    assert stored(city)[0] == MarkEntry(Mark.LATE)


def test_a_pupil_who_joined_meanwhile_is_pointed_out(city, june, teacher):
    sent = fields_of(teacher.get(page_of(city)).text)
    with city.work() as work:
        rows.add_pupils(work, work.find(ClassGroup, city.class_id), 1, start=9)

    answer = teacher.post(page_of(city), data=sent, follow_redirects=True)

    assert "名簿に加わった1人を出席として記録しました。確かめてください。" in answer.text
    june = teacher.get(page_of(city, JUNE_DAYS[0])).text
    assert "未記録" in june


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 23), "勤労感謝の日のため、授業日ではありません。"),
        (date(2026, 11, 21), "土曜日のため、授業日ではありません。"),
        (date(2026, 11, 25), "まだ来ていない日の出欠は記録できません。"),
    ],
)
def test_a_day_without_roll_call_says_why_and_leads_on(city, teacher, day, text):
    page = teacher.get(page_of(city, day)).text

    assert text in page
    assert "前の授業日" in page
    assert "<form" not in page.split("<main")[1]


def test_a_cut_off_or_made_up_request_is_refused(city, teacher):
    sent = fields_of(teacher.get(page_of(city)).text)
    for data in [
        {},
        {name: value for name, value in sent.items() if name != "lines"},
        sent | {field_names(uuid4())[0]: "late", "lines": "4"},
    ]:
        assert teacher.post(page_of(city), data=data).status_code in (400, 409)
    assert stored(city) == [None, None, None]


def test_another_class_and_another_year_look_like_nothing(city, teacher):
    for path in [
        page_of(city, class_id=city.other_class_id),
        page_of(city, class_id=uuid4()),
        page_of(city, date(2025, 11, 24)),
        f"/attendance/{city.other_class_id}/months/2026-06-01",
        f"/attendance/{city.class_id}/months/2025-06-01",
        f"/attendance/{city.other_class_id}/corrections/2026-06-01",
        f"/attendance/{city.other_class_id}/months/2026-06-01/close",
        f"/attendance/?school={uuid4()}",
        "/attendance/?school=x",
    ]:
        expected = 303 if path.startswith("/attendance/?") else 404
        assert teacher.get(path).status_code == expected, path
    sent = {field_names(city.pupils[0])[0]: "late", "lines": "1", "seen": "{}"}
    other = page_of(city, class_id=city.other_class_id)
    assert teacher.post(other, data=sent).status_code == 404
    assert teacher.get(f"/attendance/calendar/{city.school_id}").status_code == 403


def test_the_month_shows_signs_numbers_and_what_is_missing(city, june, teacher):
    with city.work() as work:
        group = work.find(ClassGroup, city.class_id)
        record_day(work, group, JUNE_DAYS[3], {city.pupils[0]: MarkEntry(Mark.BEREAVEMENT)})

    page = teacher.get(f"/attendance/{city.class_id}/months/2026-06-15").text

    assert "忌引" in page
    sums = re.findall(r'<td class="gk-month__sum">(\d+)</td>', page)
    assert sums[:7] == ["22", "1", "21", "0", "21", "0", "0"]
    assert sums[-7:] == ["66", "1", "65", "0", "65", "0", "0"]
    assert "記録していない授業日が" not in page
    november = teacher.get(f"/attendance/{city.class_id}/months/2026-11-01").text
    assert "記録していない授業日が15日あります" in november
    assert "次の月" not in november


def test_a_month_is_closed_after_asking_and_reopened_with_a_reason(city, june, teacher, principal):
    june, november = (f"/attendance/{city.class_id}/months/2026-{each}-01" for each in ("06", "11"))
    assert "まだ締められません" in teacher.get(f"{november}/close").text
    assert teacher.post(f"{november}/close").status_code == 409
    assert "締めると、この月の出欠は直せなくなります。" in teacher.get(f"{june}/close").text

    answer = teacher.post(f"{june}/close", follow_redirects=True)
    assert "2026年6月の出席簿を締めました。" in answer.text
    assert "すでに締められています" in teacher.get(f"{june}/close").text
    locked = teacher.get(page_of(city, JUNE_DAYS[0])).text
    assert "この月は締められているため、見るだけです" in locked
    assert teacher.get(f"{june}/reopen").status_code == 403

    assert principal.post(f"{june}/reopen", data={}).status_code == 400
    assert "締めを解除する" in principal.get(f"{june}/reopen").text
    answer = principal.post(f"{june}/reopen", data={"reason": "届けの遅れ"}, follow_redirects=True)
    assert "締めを解除しました。" in answer.text
    assert "理由：届けの遅れ" in answer.text
    assert 'name="seen"' in teacher.get(page_of(city, JUNE_DAYS[0])).text


def test_a_principal_sees_which_classes_are_missing_and_records_nothing(city, teacher, principal):
    teacher.post(page_of(city), data=fields_of(teacher.get(page_of(city)).text))

    page = principal.get("/attendance/").text

    assert page.index("3年1組") < page.index("記録済み") < page.index("3年2組")
    assert "未記録" in page
    view = principal.get(page_of(city)).text
    assert 'name="seen"' not in view
    assert "最後の保存" in view
    assert "まだ記録されていません" in principal.get(page_of(city, date(2026, 11, 20))).text
    assert principal.post(page_of(city), data={}).status_code == 403


def test_the_board_chooses_a_school_first(city, sign_in):
    with city.work() as work:
        second = rows.add_school(work, "B113299999920", "試験第二小学校")
        rows.add_class(work, second)
    clerk = sign_in("132021", "board_clerk")

    page = clerk.get("/attendance/").text

    assert "試験第一小学校" in page
    assert "記録済み 0 / 2 学級" in page
    assert "3年2組" in clerk.get(f"/attendance/?school={city.school_id}").text
    for wrong in (str(uuid4()), "x"):
        assert clerk.get(f"/attendance/?school={wrong}").status_code == 404


def test_without_classes_the_page_says_what_to_do(deployment, sign_in):
    assert (
        "今年度の学級がまだありません" in sign_in("132021", "board_clerk").get("/attendance/").text
    )


def test_the_calendar_is_kept_on_its_page(city, principal, teacher):
    answer = principal.get("/attendance/calendar")
    base = f"/attendance/calendar/{city.school_id}"
    assert answer.location == base
    page = principal.get(base).text
    assert "まだ登録がありません" in page
    # The menu shows one place, although the register's address is above the calendar's.
    assert (
        re.findall(r'gk-nav__link"[^>]* aria-current="true">([^<]+)', page)
        == ["授業日と臨時休業"] * 2
    )
    assert "夏季休業日" in principal.get(f"{base}/entries/new").text

    wrong = principal.post(
        f"{base}/entries/new",
        data={"first_day": "R8.8.31", "last_day": "R8.7.21", "kind": "vacation", "name": "夏"},
    )
    assert wrong.status_code == 400
    assert "終わりの日を始まりの日以後" in wrong.text
    assert principal.post(f"{base}/entries/new", data={}).status_code == 400
    entry = {
        "first_day": "R8.7.21",
        "last_day": "R8.8.31",
        "kind": "vacation",
        "name": "夏季休業日",
    }
    page = principal.post(f"{base}/entries/new", data=entry, follow_redirects=True).text
    assert "7/21（火）から8/31（月）まで" in page
    assert (
        "夏季休業日のため、授業日ではありません。"
        in teacher.get(page_of(city, date(2026, 8, 5))).text
    )
    removal = re.search(rf'action="({base}/entries/[^"]+/remove)"', page)[1]
    assert "取り消しました" in principal.post(removal, follow_redirects=True).text


@pytest.mark.parametrize(
    ("scope", "shown", "text"),
    [
        ("school", "学校全体", "臨時休業です（インフルエンザ）。授業日数に入りません。"),
        ("grade:3", "3年全体", "臨時休業です（インフルエンザ）。授業日数に入りません。"),
        ("class", "3年1組", "学級閉鎖です（インフルエンザ）。"),
    ],
)
def test_closures_are_entered_and_withdrawn(city, principal, teacher, scope, shown, text):
    base = f"/attendance/calendar/{city.school_id}"
    data = {
        "first_day": "2026-11-24",
        "scope": scope if scope != "class" else f"class:{city.class_id}",
        "cause": "infection",
        "reason": "インフルエンザ",
    }
    assert principal.post(f"{base}/closures/new", data={}).status_code == 400

    page = principal.post(f"{base}/closures/new", data=data, follow_redirects=True).text

    assert shown in page
    assert text in teacher.get(page_of(city)).text
    removal = re.search(rf'action="({base}/closures/[^"]+/remove)"', page)[1]
    assert "取り消しました" in principal.post(removal, follow_redirects=True).text
    assert 'name="seen"' in teacher.get(page_of(city)).text
    assert "まだ登録がありません" in principal.get(f"{base}?year=2027").text
    assert principal.get(f"{base}?year=99999").status_code == 404


def test_a_closed_month_refuses_its_closure_on_the_form(city, june, principal):
    with city.work() as work:
        close_month(work, work.find(ClassGroup, city.class_id), JUNE_DAYS[0])
    data = {"first_day": "2026-06-03", "scope": "school", "cause": "other", "reason": "断水"}

    answer = principal.post(f"/attendance/calendar/{city.school_id}/closures/new", data=data)

    assert answer.status_code == 400
    assert "2026年6月の出席簿は締められています。" in answer.text


def test_several_schools_are_offered_for_their_calendars(city, sign_in):
    with city.work() as work:
        rows.add_school(work, "B113299999920", "試験第二小学校")
    clerk = sign_in("132021", "school_clerk")

    page = clerk.get("/attendance/calendar").text

    assert "試験第一小学校" in page
    assert "試験第二小学校" in page


def test_the_other_city_sees_nothing(city, sign_in):
    stranger = sign_in("132071", "principal")
    for path in [
        page_of(city),
        f"/attendance/{city.class_id}/months/2026-06-01",
        f"/attendance/{city.class_id}/months/2026-06-01/reopen",
        f"/attendance/calendar/{city.school_id}",
        f"/attendance/calendar/{city.school_id}/closures/new",
    ]:
        assert stranger.get(path).status_code == 404
    assert "登録できる学校がありません" in stranger.get("/attendance/calendar").text


def test_a_city_differs_by_data_only(city, teacher):
    with city.work() as work:
        values = {"asks_absence_reason": True, "symbols": {"absent_other": "Ｊ"}}
        work.session.add(MunicipalityPolicy(module="attendance", values=values))
    page = teacher.get(page_of(city)).text
    assert re.findall(r'gk-segments__text">([^<]+)<', page)[:6] == [
        "出席",
        "病欠",
        "事故欠",
        "遅刻",
        "早退",
        "その他",
    ]
    assert "「欠席」は病気による欠席です。" not in page
    mark = field_names(city.pupils[0])[0]

    teacher.post(page_of(city), data=fields_of(page) | {mark: "absent_other"})

    month = teacher.get(f"/attendance/{city.class_id}/months/2026-11-01").text
    assert '<span aria-hidden="true">Ｊ</span>' in month
    assert "<b>Ｊ</b>欠席（事故・その他）" in month


def test_the_pages_speak_english(city, teacher):
    page = teacher.get(f"{page_of(city)}?lang=en").text

    assert "Tuesday, November 24, 2026" in page
