"""お知らせのテスト。書き方の見本です。"""

from datetime import date

import pytest

from announcements import module, service
from govkit.base.i18n import use_language
from govkit.errors import NotPermitted


def test_the_newest_announcement_comes_first(work_for):
    march = work_for(today=date(2026, 3, 31))
    april = work_for(today=date(2026, 4, 1), session_of=march)
    service.post(march, "春休み", "4月5日までです。")
    service.post(april, "入学式", "4月6日です。")

    assert [each.title for each in service.newest(april)] == ["入学式", "春休み"]


def test_a_teacher_reads_but_does_not_post(work_for):
    teacher = work_for(role="homeroom_teacher")

    assert service.newest(teacher) == []
    with pytest.raises(NotPermitted):
        service.post(teacher, "懇談会", "5月1日です。")


def test_a_clerk_posts_in_the_browser_and_the_other_city_sees_nothing(sign_in):
    clerk = sign_in("132021", "board_clerk")
    other = sign_in("132071", "board_clerk")

    answer = clerk.post("/announcements/new", data={"title": "入学式", "body": "4月6日です。"})
    assert answer.status_code == 303
    assert "入学式" in clerk.get("/announcements/").text
    assert "入学式" not in other.get("/announcements/").text


def test_a_blank_announcement_is_refused_with_a_sentence(sign_in):
    clerk = sign_in("132021", "board_clerk")

    answer = clerk.post("/announcements/new", data={"title": "入学式", "body": ""})
    assert answer.status_code == 400
    assert "本文を入力してください" in answer.text


def test_a_teacher_cannot_open_the_form(sign_in):
    teacher = sign_in("132021", "homeroom_teacher")

    assert teacher.get("/announcements/").status_code == 200
    assert teacher.get("/announcements/new").status_code == 403


def test_the_module_speaks_english_too():
    with use_language("en"):
        assert str(module.permissions[1].title) == "Post announcements"
